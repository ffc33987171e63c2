//! One index file: its header, where its entries start, and where its extensions lie. The format is git's
//! `gitformat-index`, versions 2 to 4, with ids of either hash.
//!
//! In come bytes, out come entries by number. Entries are of different lengths, so that all of them are stepped over once
//! when a file is opened; only their flags and lengths are looked at then. Paths are put together by `entries`.

use std::borrow::Cow;
use std::ops::{Deref, Range};
use std::path::Path;

use super::super::tree::{self, FOLDER};
use super::super::{Hash, ObjectId};
use crate::error::Error;

/// The signature, the version, the number of entries.
const HEADER: usize = 12;
/// Times, device, inode, mode, owner and size; the id follows.
const STAT: usize = 40;
/// Where in those the mode is.
const MODE: usize = 24;

/// Longer paths are refused: no system has them, and compressed ones take a few bytes each in the file.
const LONGEST_PATH: usize = 64 << 10;

/// Flags: the low bits hold the path's length, or this where it is as long or longer.
const LENGTH: u16 = 0xfff;
/// Flags: two more bytes of flags follow.
const EXTENDED: u16 = 0x4000;
/// Further flags: the file's content is not to be committed yet.
const INTENT_TO_ADD: u16 = 0x2000;
/// Further flags: the working tree lacks it. Nothing depends on it here.
const SKIP_WORKTREE: u16 = 0x4000;

/// The bytes of an index file, with what has been found in them.
#[derive(Debug)]
pub(super) struct IndexFile {
    bytes: Bytes,
    hash: Hash,
    compressed: bool,
    /// Where each entry starts. 32 bits do: larger files are refused.
    starts: Vec<u32>,
    /// The content of the `TREE` extension: which folders are known to equal which trees.
    pub(super) cache_tree: Option<Range<usize>>,
    /// The content of the `link` extension: the other half of a split index.
    pub(super) link: Option<Range<usize>>,
}

/// What an entry says of its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) mode: u32,
    pub(super) id: ObjectId,
    /// 0, or 1 (base), 2 (ours), 3 (theirs) of a conflict.
    pub(super) stage: u8,
    pub(super) intent_to_add: bool,
}

/// An entry's path as it is stored: the end of the previous one is cut off by `strip` bytes and `suffix` added. Without
/// compression `strip` is all of it.
pub(super) struct StoredPath<'a> {
    pub(super) strip: usize,
    pub(super) suffix: &'a [u8],
}

#[derive(Debug)]
enum Bytes {
    Mapped(memmap2::Mmap),
    Owned(Vec<u8>),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl IndexFile {
    /// Opens an index file; `None` where there is none, which is an index without entries.
    pub(super) fn open(path: &Path, hash: Hash) -> Result<Option<Self>, Error> {
        let refuse = |error: std::io::Error| Error::new("the index can't be read").at(path).because(error).help("check that the file is readable");
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refuse(error)),
        };
        if !file.metadata().map_err(refuse)?.is_file() {
            return Err(Error::new("the index can't be read: it is no regular file").at(path).help("check GIT_INDEX_FILE"));
        }
        // SAFETY: the map is only read, and as bytes, for which any content is valid. Git never writes into an index that
        // stands: it writes another file and renames it to this name, so that the bytes under the map don't change.
        #[allow(unsafe_code, reason = "a copy of the file would cost as much as the whole comparison")]
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(refuse)?;
        Self::parse(Bytes::Mapped(map), hash).map(Some).map_err(|error| error.at(path))
    }

    /// Takes the bytes of a file.
    pub(super) fn from_bytes(bytes: Vec<u8>, hash: Hash) -> Result<Self, Error> {
        Self::parse(Bytes::Owned(bytes), hash)
    }

    fn parse(bytes: Bytes, hash: Hash) -> Result<Self, Error> {
        if bytes.get(..4) != Some(b"DIRC") {
            return Err(damaged("it does not begin as one"));
        }
        let version = word(&bytes, 4).ok_or_else(|| damaged("it is cut off"))?;
        if !(2..=4).contains(&version) {
            return Err(Error::new(format!("the index can't be read: version {version} is not known"))
                .help("update skout, or run `git update-index --index-version 4`"));
        }
        if u32::try_from(bytes.len()).is_err() {
            return Err(Error::new("the index can't be read: it is larger than 4 GiB").help("scan the working tree instead"));
        }
        let count = word(&bytes, 8).ok_or_else(|| damaged("it is cut off"))?;
        // The checksum behind everything is not verified: that costs as much as all else together, and lengths are checked.
        let end = bytes.len().checked_sub(hash.size()).filter(|end| *end >= HEADER).ok_or_else(|| damaged("it is cut off"))?;
        let mut file = Self { bytes, hash, compressed: version == 4, starts: Vec::new(), cache_tree: None, link: None };
        let after_entries = file.step_over_entries(count as usize, end)?;
        file.read_extensions(after_entries, end)?;
        Ok(file)
    }

    /// The number of entries.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn hash(&self) -> Hash {
        self.hash
    }

    /// Whether a path is stored as its difference from the one before.
    pub(super) fn is_compressed(&self) -> bool {
        self.compressed
    }

    /// The entry with this number, counted from 0.
    pub(super) fn entry(&self, number: usize) -> Option<Entry> {
        let start = *self.starts.get(number)? as usize;
        let mode = word(&self.bytes, start + MODE)?;
        let id = ObjectId::from_bytes(self.bytes.get(start + STAT..start + STAT + self.hash.size())?)?;
        let (flags, further, _) = self.flags(start)?;
        Some(Entry { mode: tree::canonical(mode), id, stage: (flags >> 12 & 3) as u8, intent_to_add: further & INTENT_TO_ADD != 0 })
    }

    /// The path of the entry with this number, as it is stored.
    pub(super) fn path(&self, number: usize) -> Option<StoredPath<'_>> {
        let start = *self.starts.get(number)? as usize;
        let (flags, _, at) = self.flags(start)?;
        if self.compressed {
            let (strip, at) = varint(&self.bytes, at)?;
            let suffix = self.bytes.get(at..)?;
            return Some(StoredPath { strip, suffix: suffix.get(..memchr::memchr(0, suffix)?)? });
        }
        let name = self.bytes.get(at..)?;
        let length = if flags & LENGTH == LENGTH { memchr::memchr(0, name)? } else { usize::from(flags & LENGTH) };
        Some(StoredPath { strip: usize::MAX, suffix: name.get(..length)? })
    }

    /// The flags of the entry at `start`, its further flags, and where its path begins.
    fn flags(&self, start: usize) -> Option<(u16, u16, usize)> {
        let at = start + STAT + self.hash.size();
        let flags = half_word(&self.bytes, at)?;
        if flags & EXTENDED == 0 { Some((flags, 0, at + 2)) } else { Some((flags, half_word(&self.bytes, at + 2)?, at + 4)) }
    }

    /// Finds where every entry starts, and returns where the last one ends.
    fn step_over_entries(&mut self, count: usize, end: usize) -> Result<usize, Error> {
        let smallest = STAT + self.hash.size() + 2;
        let cut = || damaged("its entries are cut off");
        if count > end / smallest {
            return Err(cut());
        }
        let mut starts = Vec::with_capacity(count);
        let mut start = HEADER;
        let mut previous_length = 0;
        for _ in 0..count {
            starts.push(u32::try_from(start).expect("the file is shorter than 4 GiB"));
            let (flags, further, at) = self.flags(start).ok_or_else(cut)?;
            if further & !(INTENT_TO_ADD | SKIP_WORKTREE) != 0 {
                return Err(Error::new("the index can't be read: an entry has flags that are not known").help("update skout"));
            }
            let stored_length = usize::from(flags & LENGTH);
            start = if self.compressed {
                let (strip, at) = varint(&self.bytes, at).ok_or_else(cut)?;
                let suffix = self.bytes.get(at..end).and_then(|rest| memchr::memchr(0, rest)).ok_or_else(cut)?;
                let kept = usize::checked_sub(previous_length, strip).ok_or_else(|| damaged("a path takes more from the one before than there is"))?;
                previous_length = kept + suffix;
                if stored_length != previous_length.min(usize::from(LENGTH)) {
                    return Err(damaged("a path is not as long as its entry says"));
                }
                at + suffix + 1
            } else {
                let length = if stored_length == usize::from(LENGTH) {
                    let name = self.bytes.get(at..end).ok_or_else(cut)?;
                    memchr::memchr(0, name).filter(|length| *length >= stored_length).ok_or_else(|| damaged("a path is not as long as its entry says"))?
                } else {
                    stored_length
                };
                previous_length = length;
                if self.bytes.get(at + length) != Some(&0) {
                    return Err(damaged("a path is not as long as its entry says"));
                }
                // From one to eight zeros end an entry, so that its length is a multiple of eight.
                start + ((at - start + length + 8) & !7)
            };
            if start > end {
                return Err(cut());
            }
            if previous_length > LONGEST_PATH {
                return Err(damaged("a path is longer than 64 KiB"));
            }
        }
        self.starts = starts;
        Ok(start)
    }

    fn read_extensions(&mut self, mut at: usize, end: usize) -> Result<(), Error> {
        let cut = || damaged("an extension is cut off");
        while at < end {
            let header: [u8; 4] = self.bytes.get(at..at + 4).and_then(|name| name.try_into().ok()).ok_or_else(cut)?;
            let size = word(&self.bytes, at + 4).ok_or_else(cut)? as usize;
            let content = at + 8..(at + 8).checked_add(size).filter(|stop| *stop <= end).ok_or_else(cut)?;
            at = content.end;
            match &header {
                b"TREE" => self.cache_tree = Some(content),
                b"link" => self.link = Some(content),
                // Says that folders may stand for their files, which their mode says as well.
                b"sdir" => {}
                // A capital letter begins what may be ignored: undo information, the untracked cache, offsets for threads.
                [b'A'..=b'Z', ..] => {}
                name => {
                    let name = String::from_utf8_lossy(name);
                    return Err(Error::new(format!("the index can't be read: it needs the extension {name:?}, which is not known")).help("update skout"));
                }
            }
        }
        Ok(())
    }
}

/// The path of a sparse folder ends in a slash, no other does.
pub(super) fn is_sparse_folder(entry: &Entry) -> bool {
    entry.mode == FOLDER
}

/// An error about bytes that don't make an index.
pub(super) fn damaged(how: impl Into<Cow<'static, str>>) -> Error {
    Error::new(format!("the index can't be read: {}", how.into()))
        .help("check it with `git status`; `git read-tree HEAD` writes it anew, without what is staged")
}

/// Four bytes, the highest first.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

fn half_word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

/// A number of seven bits a byte, the highest first, each continuation adding one: git's "offset encoding". Returns where
/// it ends.
fn varint(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut value = 0usize;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        value = value.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some((value, at));
        }
        value = value.checked_add(1)?;
    }
}
