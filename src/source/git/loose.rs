//! Loose objects: one file each, `ab/cdef...` in an objects folder, a zlib stream of `kind size\0` and the bytes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::kind::{Kind, Trouble};
use super::pack::inflate::{Inflater, plausible};
use super::{Hash, ObjectId};

/// More than the longest header: `commit `, 20 digits and a zero byte.
const HEADER: usize = 32;

/// Where the object would be in an objects folder.
pub(super) fn path(folder: &Path, id: &ObjectId) -> PathBuf {
    let hex = id.to_string();
    folder.join(&hex[..2]).join(&hex[2..])
}

/// Reads an object of at most `limit` bytes.
pub(super) fn read(folder: &Path, id: &ObjectId, limit: u64, inflater: &mut Inflater) -> Result<(Kind, Vec<u8>), Trouble> {
    let mut file = open(folder, id)?;
    // What is compressed is hardly ever larger than the object. A file far beyond the limit is not read whole.
    let most = limit.saturating_add(limit / 8).saturating_add(1 << 16);
    let mut packed = Vec::new();
    file.by_ref().take(most).read_to_end(&mut packed).map_err(|error| unreadable(&error))?;
    let mut start = [0; HEADER];
    let len = inflater.beginning(&packed, &mut start)?;
    let (kind, size, header) = parse(&start[..len])?;
    if size > limit {
        return Err(Trouble::TooLarge(size));
    }
    let whole = size.checked_add(header as u64).filter(|whole| plausible(packed.len(), *whole)).and_then(|whole| usize::try_from(whole).ok());
    let mut bytes = vec![0; whole.ok_or("a loose object is shorter than it says")?];
    inflater.exact(&packed, &mut bytes)?;
    bytes.drain(..header);
    Ok((kind, bytes))
}

/// Reads what an object is and its size in bytes.
pub(super) fn header(folder: &Path, id: &ObjectId, inflater: &mut Inflater) -> Result<(Kind, u64), Trouble> {
    let mut packed = Vec::new();
    open(folder, id)?.take(256).read_to_end(&mut packed).map_err(|error| unreadable(&error))?;
    let mut start = [0; HEADER];
    let len = inflater.beginning(&packed, &mut start)?;
    parse(&start[..len]).map(|(kind, size, _)| (kind, size))
}

/// Opens an object as a stream of its bytes, without its header.
pub(super) fn stream(folder: &Path, id: &ObjectId) -> Result<(Kind, u64, impl Read + use<>), Trouble> {
    let file = open(folder, id)?;
    let mut stream = BufReader::new(flate2::bufread::ZlibDecoder::new(BufReader::new(file)));
    let mut start = Vec::new();
    stream.by_ref().take(HEADER as u64).read_until(0, &mut start).map_err(|error| unreadable(&error))?;
    let (kind, size, _) = parse(&start)?;
    Ok((kind, size, stream))
}

/// The ids of all loose objects of a folder, or of those in its folder `first` alone. Other files are passed over.
pub(super) fn list(folder: &Path, first: Option<u8>, hash: Hash) -> Vec<ObjectId> {
    let mut ids = Vec::new();
    for byte in first.map_or(0..=255, |byte| byte..=byte) {
        let start = format!("{byte:02x}");
        let Ok(entries) = std::fs::read_dir(folder.join(&start)) else { continue };
        let names = entries.flatten().map(|entry| entry.file_name());
        let found = names.filter_map(|name| ObjectId::from_hex(format!("{start}{}", name.to_str()?).as_bytes()));
        ids.extend(found.filter(|id| id.hash() == hash));
    }
    ids
}

fn open(folder: &Path, id: &ObjectId) -> Result<File, Trouble> {
    let path = path(folder, id);
    let trouble = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Trouble::Missing,
        _ => unreadable(&error),
    };
    // Opening a pipe would wait for ever, and a folder gives a stranger error.
    if !std::fs::metadata(&path).map_err(trouble)?.is_file() {
        return Err("a loose object is no file".into());
    }
    File::open(path).map_err(trouble)
}

fn unreadable(error: &io::Error) -> Trouble {
    Trouble::Corrupt(format!("a loose object can't be read: {error}"))
}

/// Kind, size and the length of the header with its zero byte.
fn parse(start: &[u8]) -> Result<(Kind, u64, usize), Trouble> {
    const BAD: &str = "a loose object's header is broken";
    let end = memchr::memchr(0, start).ok_or(BAD)?;
    let space = memchr::memchr(b' ', &start[..end]).ok_or(BAD)?;
    let kind = Kind::from_word(&start[..space]).ok_or(BAD)?;
    let digits = &start[space + 1..end];
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(BAD.into());
    }
    let size = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(BAD)?;
    Ok((kind, size, end + 1))
}

#[cfg(test)]
mod tests {
    use super::super::pack::inflate::deflate;
    use super::*;

    #[test]
    fn whole_and_broken_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = ObjectId::from_bytes(&[0xab; 20]).expect("an id");
        let mut inflater = Inflater::new();
        let mut write = |stored: &[u8]| {
            let path = path(folder.path(), &id);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, stored).expect("a file");
            (read(folder.path(), &id, 100, &mut inflater), header(folder.path(), &id, &mut inflater))
        };
        let good = deflate(b"blob 5\0hello");
        assert_eq!(write(&good), (Ok((Kind::Blob, b"hello".to_vec())), Ok((Kind::Blob, 5))));
        assert_eq!(write(&deflate(b"tree 0\0")), (Ok((Kind::Tree, Vec::new())), Ok((Kind::Tree, 0))));
        assert_eq!(write(&deflate(b"blob 101\0hello")).0, Err(Trouble::TooLarge(101)));
        for bad in
            [&b"blob 4\0hello"[..], b"blob 6\0hello", b"blob +5\0hello", b"blob \0hello", b"blub 5\0hello", b"blob 5", b"", b"blob 99999999999999999999\0"]
        {
            assert!(matches!(write(&deflate(bad)).0, Err(Trouble::Corrupt(_))), "{bad:?}");
        }
        for len in 0..good.len() {
            assert!(matches!(write(&good[..len]).0, Err(Trouble::Corrupt(_))), "{len}");
        }
        assert_eq!(read(folder.path(), &ObjectId::from_bytes(&[1; 20]).expect("an id"), 9, &mut inflater), Err(Trouble::Missing));
        let odd = ObjectId::from_bytes(&[2; 20]).expect("an id");
        std::fs::create_dir_all(path(folder.path(), &odd)).expect("a folder");
        assert!(matches!(read(folder.path(), &odd, 9, &mut inflater), Err(Trouble::Corrupt(_))));
        assert_eq!(list(folder.path(), Some(0xab), Hash::Sha1), [id]);
        assert_eq!(list(folder.path(), Some(1), Hash::Sha1), []);
    }
}
