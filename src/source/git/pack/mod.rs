//! A pack and its index: many objects in one file, most of them as deltas of others.

#[cfg(any(test, fuzzing))]
pub(super) mod build;
pub(super) mod bytes;
pub(super) mod delta;
mod doubles;
pub(super) mod entry;
pub(super) mod index;
pub(super) mod inflate;
mod plan;
mod pool;
pub(super) mod traverse;
mod walker;

use std::path::{Path, PathBuf};

use bytes::Bytes;
use entry::Entry;
use index::Index;

use super::Hash;

/// The bytes of a pack's header: `PACK`, version, count.
const HEADER: usize = 12;

/// An opened pack.
#[derive(Debug)]
pub(super) struct Pack {
    /// The `.pack` file.
    pub(super) path: PathBuf,
    /// Which objects it has.
    pub(super) index: Index,
    bytes: Bytes,
    hash: Hash,
}

impl Pack {
    /// Maps the pack that belongs to the index at `path`; says what is wrong with them.
    pub(super) fn open(path: &Path, hash: Hash) -> Result<Self, String> {
        let pack = path.with_extension("pack");
        let index = Bytes::map(path).map_err(|error| format!("the index can't be read: {error}"))?;
        let bytes = Bytes::map(&pack).map_err(|error| format!("its pack can't be read: {error}"))?;
        Self::from_bytes(pack, bytes, index, hash)
    }

    /// Checks a pack and its index against each other.
    pub(super) fn from_bytes(path: PathBuf, bytes: Bytes, index: Bytes, hash: Hash) -> Result<Self, String> {
        let index = Index::open(index, hash)?;
        let number = |at: usize| bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
        if !bytes.starts_with(b"PACK") || bytes.len() < HEADER + hash.size() {
            return Err("its pack is no pack".to_owned());
        }
        match number(4) {
            Some(2 | 3) => {}
            version => return Err(format!("version {} of packs is unknown", version.unwrap_or(0))),
        }
        if number(8) != Some(index.count()) {
            return Err(format!("the index has {} objects, its pack {}", index.count(), number(8).unwrap_or(0)));
        }
        if index.count() > plan::MOST {
            return Err(format!("{} objects in one pack are too many", index.count()));
        }
        if index.pack_checksum() != &bytes[bytes.len() - hash.size()..] {
            return Err("the index was made for another pack".to_owned());
        }
        Ok(Self { path, index, bytes, hash })
    }

    /// The bytes that hold entries, and the header before them: offsets count from its start.
    pub(super) fn entries(&self) -> &[u8] {
        // INVARIANT: `from_bytes` has seen the trailing checksum.
        &self.bytes[..self.bytes.len() - self.hash.size()]
    }

    /// The header of the entry at an offset.
    pub(super) fn entry(&self, offset: u64) -> Result<Entry, &'static str> {
        if offset < HEADER as u64 {
            return Err("an entry lies in the pack's header");
        }
        Entry::parse(self.entries(), offset, self.hash)
    }

    /// The compressed bytes of an entry, and what follows it.
    pub(super) fn compressed(&self, entry: &Entry) -> &[u8] {
        self.entries().get(entry.data..).unwrap_or_default()
    }
}
