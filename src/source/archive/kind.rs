//! What an archive is: its name says whether anybody wants it opened, its first bytes say as what.

/// How an archive is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    /// `.zip` and what is a zip under another name.
    Zip,
    /// Electron's.
    Asar,
    /// Members one after the other, as `tar` writes them.
    Tar,
    /// Of Unix: Debian packages and static libraries.
    Ar,
    /// One compressed stream: of a file, or of a `tar`.
    Stream(Codec),
}

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// RFC 1952.
    Gzip,
    /// That of `bzip2`.
    Bzip2,
    /// The container of LZMA2.
    Xz,
    /// RFC 8878.
    Zstd,
}

impl Codec {
    /// Its name among encodings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }
}

/// So many bytes of the beginning tell what an archive is.
pub const HEAD: usize = 512;

/// Endings that mark a zip.
const ZIPS: &[&str] = &[
    "zip", "jar", "war", "ear", "aar", "apk", "aab", "apks", "xapk", "ipa", "whl", "egg", "vsix", "xpi", "crx", "nupkg", "snupkg", "appx", "msix", "conda",
    "docx", "docm", "xlsx", "xlsm", "pptx", "pptm", "odt", "ods", "odp",
];

/// Endings of all the others, with what the name of the one file in it ends in instead.
const OTHERS: &[(&str, &str)] = &[
    ("asar", ""),
    ("tar", ""),
    ("gem", ""),
    ("deb", ""),
    ("udeb", ""),
    ("a", ""),
    ("gz", ""),
    ("bz2", ""),
    ("xz", ""),
    ("zst", ""),
    ("tgz", ".tar"),
    ("crate", ".tar"),
    ("tbz", ".tar"),
    ("tbz2", ".tar"),
    ("txz", ".tar"),
    ("tzst", ".tar"),
];

/// The last part of a path, split at its last dot.
fn parts(path: &str) -> Option<(&str, String)> {
    let (stem, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    Some((stem, ending.to_ascii_lowercase()))
}

/// Whether a file's name is that of an archive.
pub fn is_one(path: &str) -> bool {
    parts(path).is_some_and(|(_, ending)| ZIPS.contains(&ending.as_str()) || OTHERS.iter().any(|(known, _)| *known == ending))
}

/// What a file is that has the name of an archive, by its first [`HEAD`] bytes; `None` for what is a file like any other.
pub fn kind_of(path: &str, head: &[u8]) -> Option<Archive> {
    let (_, ending) = parts(path).filter(|_| is_one(path))?;
    match head {
        [0x1f, 0x8b, 8, ..] => Some(Archive::Stream(Codec::Gzip)),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Archive::Stream(Codec::Bzip2)),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Archive::Stream(Codec::Xz)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Archive::Stream(Codec::Zstd)),
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => Some(Archive::Ar),
        [b'P', b'K', 3, 4, ..] | [b'C', b'r', b'2', b'4', ..] => Some(Archive::Zip),
        [4, 0, 0, 0, rest @ ..] if rest.get(12..20) == Some(b"{\"files\"") => Some(Archive::Asar),
        _ if is_tar(head) => Some(Archive::Tar),
        // A zip may stand behind something else: the signature of an extension, the script that starts a jar.
        _ if ZIPS.contains(&ending.as_str()) => Some(Archive::Zip),
        _ if ending == "asar" => Some(Archive::Asar),
        _ => None,
    }
}

/// A name under which bytes are opened as what they are, for those of which no name is known; `None` for what is no archive.
pub fn stand_in(head: &[u8]) -> Option<&'static str> {
    // An ending of which nothing is taken for granted.
    const NAME: &str = "unnamed.tar";
    kind_of(NAME, head).map(|_| NAME)
}

/// The name of the one file in a compressed stream: `dump.sql` of `dump.sql.gz`.
pub(super) fn inner_name(path: &str) -> String {
    let Some((stem, ending)) = parts(path) else { return "content".to_owned() };
    let inner = OTHERS.iter().find(|(known, _)| *known == ending).map_or("", |(_, inner)| *inner);
    if stem.is_empty() { "content".to_owned() } else { format!("{stem}{inner}") }
}

/// Whether a block is the header of a member of a tar: its checksum is the sum of its bytes, with spaces for itself.
pub(super) fn is_tar(block: &[u8]) -> bool {
    let Some(block) = block.get(..512) else { return false };
    let Ok(stated) = tar::Header::from_byte_slice(block).cksum() else { return false };
    let sum: u32 = block.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    // A block of nothing sums up to the eight spaces, and says nothing.
    sum == stated && sum > 256
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let zip = b"PK\x03\x04".as_slice();
        let gzip = [0x1f, 0x8b, 8, 0].as_slice();
        for (path, head, kind) in [
            ("build/App.APK", zip, Some(Archive::Zip)),
            ("x.crx", b"Cr24", Some(Archive::Zip)),
            ("resources/app.asar", b"\x04\0\0\0", Some(Archive::Asar)),
            ("a.tgz", gzip, Some(Archive::Stream(Codec::Gzip))),
            // Alpine's packages have the name of Android's.
            ("a.apk", gzip, Some(Archive::Stream(Codec::Gzip))),
            ("a.tar.bz2", b"BZh91AY", Some(Archive::Stream(Codec::Bzip2))),
            ("a.txz", b"\xfd7zXZ\0", Some(Archive::Stream(Codec::Xz))),
            ("a.zst", b"\x28\xb5\x2f\xfd", Some(Archive::Stream(Codec::Zstd))),
            ("a.deb", b"!<arch>\n", Some(Archive::Ar)),
            ("a.gem", zip, Some(Archive::Zip)),
            ("a.tar", b"no tar", None),
            ("a.tar", b"Cr24\x03", Some(Archive::Zip)),
            ("a.tar", b"\x04\0\0\0\x10\0\0\0\x0c\0\0\0\x0a\0\0\0{\"files\":{", Some(Archive::Asar)),
            ("a.gz", b"text", None),
            ("zip", zip, None),
            ("a.zip/b.txt", zip, None),
            ("a.cbz", zip, None),
            ("a.txt", gzip, None),
        ] {
            assert_eq!(kind_of(path, head), kind, "{path}");
        }
    }

    #[test]
    fn inner_names() {
        for (path, inner) in [("a/dump.sql.gz", "dump.sql"), ("a.TGZ", "a.tar"), ("x.crate", "x.tar"), (".gz", "content"), ("plain", "content")] {
            assert_eq!(inner_name(path), inner, "{path}");
        }
    }

    #[test]
    fn blocks_of_a_tar() {
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        header.set_cksum();
        assert!(is_tar(header.as_bytes()));
        let mut other = *header.as_bytes();
        other[0] ^= 1;
        assert!(!is_tar(&other) && !is_tar(&[0; 512]) && !is_tar(b"short"));
    }
}
