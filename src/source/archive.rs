//! Archives: their members as inputs of their own. The zip family (app packages, jars, wheels, extensions, office
//! documents) by the crate `zip`, and Electron's `asar`, whose header is JSON.
//!
//! Sizes that an archive states are never believed: what comes out is counted, and ends at a limit.

use std::io::{Read, Seek, SeekFrom};

use serde_json::Value;

/// What an archive is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    /// `.zip` and what is a zip under another name.
    Zip,
    /// Electron's.
    Asar,
}

/// Bytes that come out of one archive, all members together and those of archives within it.
const MOST: u64 = 4 << 30;
/// Members of one archive.
const MEMBERS: usize = 200_000;
/// The largest header of an `asar`, in bytes.
const LARGEST_HEADER: u32 = 64 << 20;
/// Folders within folders of an `asar`.
const DEEPEST: usize = 64;

/// Names that mark a zip.
const ZIPS: &[&str] =
    &["zip", "jar", "war", "ear", "aar", "apk", "aab", "apks", "xapk", "ipa", "whl", "vsix", "xpi", "crx", "nupkg", "docx", "xlsx", "pptx", "odt"];

/// The kind of archive that a file name tells.
pub fn kind_of(name: &str) -> Option<Archive> {
    let ending = name.rsplit('/').next().and_then(|last| last.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase())?;
    match ending.as_str() {
        "asar" => Some(Archive::Asar),
        ending if ZIPS.contains(&ending) => Some(Archive::Zip),
        _ => None,
    }
}

/// What became of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// All of it was visited.
    Whole,
    /// Members could not be read, or a limit was reached: a sentence each.
    Partly(Vec<String>),
    /// It is no archive of its kind: why.
    Not(String),
}

/// Visits each member: its name within the archive, and its bytes. `visit` returns false to end it all.
pub fn each(archive: Archive, input: impl Read + Seek, visit: &mut dyn FnMut(&str, &mut dyn Read) -> bool) -> Opened {
    match archive {
        Archive::Zip => zip(input, visit),
        Archive::Asar => asar(input, visit),
    }
}

fn zip(input: impl Read + Seek, visit: &mut dyn FnMut(&str, &mut dyn Read) -> bool) -> Opened {
    let mut archive = match zip::ZipArchive::new(input) {
        Ok(archive) => archive,
        Err(error) => return Opened::Not(format!("no zip archive: {error}")),
    };
    let (mut lost, mut left) = (Vec::new(), MOST);
    for number in 0..archive.len() {
        if number >= MEMBERS {
            lost.push(format!("it has more than {MEMBERS} members"));
            break;
        }
        let listed = archive.name_for_index(number).and_then(Result::ok).map_or_else(|| number.to_string(), |name| name.into_owned());
        match archive.by_index(number) {
            Ok(member) if member.is_dir() || member.is_symlink() => {}
            Ok(mut member) => {
                if !limited(&listed, &mut member, &mut left, &mut lost, visit) {
                    break;
                }
            }
            Err(error) => lost.push(format!("its member {listed} can't be read: {error}")),
        }
    }
    if lost.is_empty() { Opened::Whole } else { Opened::Partly(lost) }
}

/// Visits a member as far as the limit allows; false when all is to end.
fn limited(name: &str, member: &mut dyn Read, left: &mut u64, lost: &mut Vec<String>, visit: &mut dyn FnMut(&str, &mut dyn Read) -> bool) -> bool {
    let mut counted = Counted { input: member, left: *left, failed: false };
    let goes_on = visit(name, &mut counted);
    *left = counted.left;
    if counted.failed {
        lost.push(format!("its member {name} is broken"));
    }
    if *left == 0 {
        lost.push(format!("more than {} GiB come out of it", MOST >> 30));
    }
    goes_on && *left > 0
}

/// Lets so many bytes through and no more; what is broken ends early, and is noted.
struct Counted<'r> {
    input: &'r mut dyn Read,
    left: u64,
    failed: bool,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        match self.input.read(&mut buffer[..most]) {
            Ok(read) => {
                self.left -= read as u64;
                Ok(read)
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(error),
            Err(_) => {
                self.failed = true;
                Ok(0)
            }
        }
    }
}

/// The format of `@electron/asar`: a Chromium pickle of the header's size, the header as JSON, and the files one after the other.
fn asar(mut input: impl Read + Seek, visit: &mut dyn FnMut(&str, &mut dyn Read) -> bool) -> Opened {
    let mut head = [0; 16];
    if input.read_exact(&mut head).is_err() {
        return Opened::Not("no asar archive: it ends early".to_owned());
    }
    let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (header, text) = (number(4), number(12));
    if number(0) != 4 || text > LARGEST_HEADER || header < text {
        return Opened::Not("no asar archive".to_owned());
    }
    let mut json = Vec::new();
    let read = input.by_ref().take(u64::from(text)).read_to_end(&mut json);
    let Some(root) = read.ok().and_then(|_| serde_json::from_slice::<Value>(&json).ok()) else {
        return Opened::Not("no asar archive: its header is broken".to_owned());
    };
    let base = 8 + u64::from(header);
    let mut members = Vec::new();
    listed(&root, String::new(), DEEPEST, &mut members);
    members.sort();
    let (mut lost, mut left) = (Vec::new(), MOST);
    for (offset, name, size) in members {
        if input.seek(SeekFrom::Start(base.saturating_add(offset))).is_err() {
            lost.push(format!("its member {name} can't be read"));
            continue;
        }
        let mut member = input.by_ref().take(size);
        if !limited(&name, &mut member, &mut left, &mut lost, visit) {
            break;
        }
    }
    if lost.is_empty() { Opened::Whole } else { Opened::Partly(lost) }
}

/// The packed files of an `asar`: offset, name and size.
fn listed(folder: &Value, name: String, depth: usize, out: &mut Vec<(u64, String, u64)>) {
    let Some(files) = folder.get("files").and_then(Value::as_object).filter(|_| depth > 0) else { return };
    for (part, entry) in files {
        let name = if name.is_empty() { part.clone() } else { format!("{name}/{part}") };
        let offset = entry.get("offset").and_then(|offset| offset.as_str()?.parse().ok());
        match (offset, entry.get("size").and_then(Value::as_u64)) {
            (Some(offset), Some(size)) if out.len() < MEMBERS => out.push((offset, name, size)),
            _ => listed(entry, name, depth - 1, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn all(archive: Archive, bytes: Vec<u8>) -> (Vec<(String, String)>, Opened) {
        let mut found = Vec::new();
        let opened = each(archive, Cursor::new(bytes), &mut |name, input| {
            let mut text = String::new();
            let _ = input.read_to_string(&mut text);
            found.push((name.to_owned(), text));
            true
        });
        (found, opened)
    }

    fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
            writer.write_all(text.as_bytes()).expect("bytes");
        }
        writer.finish().expect("an archive").into_inner()
    }

    fn asar_of(header: &str, body: &str) -> Vec<u8> {
        let text = header.len() as u32;
        let mut bytes = Vec::new();
        for number in [4, text + 8, text + 4, text] {
            bytes.extend(number.to_le_bytes());
        }
        [&bytes, header.as_bytes(), body.as_bytes()].concat()
    }

    #[test]
    fn kinds() {
        assert_eq!(kind_of("build/App.APK"), Some(Archive::Zip));
        assert_eq!(kind_of("resources/app.asar"), Some(Archive::Asar));
        assert_eq!(kind_of("zip"), None);
        assert_eq!(kind_of("a.zip/b.txt"), None);
    }

    #[test]
    fn members_of_a_zip() {
        let (found, opened) = all(Archive::Zip, zipped(&[("assets/config.json", "one"), ("b.txt", &"two".repeat(1000))]));
        assert_eq!(found, [("assets/config.json".to_owned(), "one".to_owned()), ("b.txt".to_owned(), "two".repeat(1000))]);
        assert_eq!(opened, Opened::Whole);
    }

    #[test]
    fn members_of_an_asar() {
        let header = r#"{"files":{"main.js":{"size":3,"offset":"0"},"lib":{"files":{"a.js":{"size":2,"offset":"3"},"l":{"link":"main.js"}}}}}"#;
        // The header is as long as it says, with a length that needs no padding.
        let header = format!("{header}{}", " ".repeat(header.len().next_multiple_of(4) - header.len()));
        let mut bytes = asar_of(&header, "onetw");
        let text = header.len() as u32;
        bytes[4..8].copy_from_slice(&(text + 8).to_le_bytes());
        let (found, opened) = all(Archive::Asar, bytes);
        assert_eq!(found, [("main.js".to_owned(), "one".to_owned()), ("lib/a.js".to_owned(), "tw".to_owned())]);
        assert_eq!(opened, Opened::Whole);
    }

    #[test]
    fn what_is_broken_is_said() {
        let mut bytes = zipped(&[("a.txt", &"abc".repeat(4000))]);
        let at = bytes.len() / 4;
        bytes[at] ^= 0xff;
        let (_, opened) = all(Archive::Zip, bytes);
        assert!(matches!(opened, Opened::Partly(_) | Opened::Not(_)), "{opened:?}");
        assert!(matches!(all(Archive::Zip, b"no zip".to_vec()).1, Opened::Not(_)));
        assert!(matches!(all(Archive::Asar, b"no asar, and long enough".to_vec()).1, Opened::Not(_)));
    }
}
