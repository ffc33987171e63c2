//! A pack's index (`.idx`, versions 1 and 2): which objects the pack holds and where.
//!
//! The layout is that of git's `Documentation/gitformat-pack`. Table bounds and the fanout are checked once when it is
//! opened; the order of the ids is not, since that would read the whole file: in a wrong order look-ups find nothing, and
//! iteration finds everything still.

use super::bytes::Bytes;
use crate::source::git::{Hash, ObjectId};

/// Four bytes, `\377tOc`, that no first fanout entry of version 1 would be.
const MAGIC: [u8; 4] = [0xff, b't', b'O', b'c'];
/// 256 counts of 4 bytes.
const FANOUT: usize = 1024;
/// Set in a 32-bit offset that is an index into the table of 64-bit offsets.
const WIDE: u32 = 1 << 31;

/// An opened index.
#[derive(Debug)]
pub(crate) struct Index {
    bytes: Bytes,
    hash: Hash,
    count: u32,
    fanout: usize,
    /// Where the first id is.
    ids: usize,
    /// From one id to the next, in bytes.
    stride: usize,
    offsets: Offsets,
}

#[derive(Debug, Clone, Copy)]
enum Offsets {
    /// Version 1: four bytes before each id.
    BeforeIds,
    /// Version 2: a table at `near`, and one of `wide` offsets of 64 bits at `far`.
    Tables { near: usize, far: usize, wide: u32 },
}

impl Index {
    /// Checks the layout; says what is wrong with it.
    pub(crate) fn open(bytes: Bytes, hash: Hash) -> Result<Self, String> {
        let size = hash.size();
        let version_2 = bytes.starts_with(&MAGIC);
        let fanout = if version_2 {
            match be32(&bytes, 4) {
                Some(2) => 8,
                Some(version) => return Err(format!("version {version} of pack indexes is unknown")),
                None => return Err("the index is cut short".to_owned()),
            }
        } else {
            0
        };
        let mut count = 0;
        for index in 0..256 {
            let next = be32(&bytes, fanout + 4 * index).ok_or("the index is cut short")?;
            if next < count {
                return Err("the index's fanout table falls".to_owned());
            }
            count = next;
        }
        let table = |start: usize, width: usize| (count as usize).checked_mul(width).and_then(|len| start.checked_add(len));
        let ids = fanout + FANOUT;
        let trailer = 2 * size;
        let too_short = || format!("the index is too short for its {count} objects");
        let index = if version_2 {
            let near = table(ids, size + 4).ok_or_else(too_short)?;
            let far = table(near, 4).ok_or_else(too_short)?;
            let wide = bytes.len().checked_sub(far).and_then(|rest| rest.checked_sub(trailer)).ok_or_else(too_short)?;
            if wide % 8 != 0 || wide / 8 > count as usize {
                return Err("the index's length fits no count of 64-bit offsets".to_owned());
            }
            // INVARIANT: at most `count`, a u32.
            let offsets = Offsets::Tables { near, far, wide: (wide / 8) as u32 };
            Self { bytes, hash, count, fanout, ids, stride: size, offsets }
        } else {
            let end = table(ids, size + 4).and_then(|end| end.checked_add(trailer)).ok_or_else(too_short)?;
            if end != bytes.len() {
                return Err(format!("the index has {} bytes where its {count} objects need {end}", bytes.len()));
            }
            Self { bytes, hash, count, fanout, ids: ids + 4, stride: size + 4, offsets: Offsets::BeforeIds }
        };
        Ok(index)
    }

    /// How many objects the pack has.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// The checksum of the pack that it was made for.
    pub(crate) fn pack_checksum(&self) -> &[u8] {
        let size = self.hash.size();
        // INVARIANT: `open` has seen two checksums at the end.
        &self.bytes[self.bytes.len() - 2 * size..self.bytes.len() - size]
    }

    /// The id at a position below `count`.
    pub(crate) fn id(&self, position: u32) -> ObjectId {
        ObjectId::from_bytes(self.id_bytes(position)).expect("the size of a hash")
    }

    /// Its bytes.
    pub(crate) fn id_bytes(&self, position: u32) -> &[u8] {
        // INVARIANT: `open` has seen `count` ids.
        let start = self.ids + self.stride * position as usize;
        &self.bytes[start..start + self.hash.size()]
    }

    /// Where in the pack the object at a position below `count` begins; `None` where the index points outside itself.
    pub(crate) fn offset(&self, position: u32) -> Option<u64> {
        match self.offsets {
            Offsets::BeforeIds => be32(&self.bytes, self.ids - 4 + self.stride * position as usize).map(u64::from),
            Offsets::Tables { near, far, wide } => {
                let offset = be32(&self.bytes, near + 4 * position as usize)?;
                if offset & WIDE == 0 {
                    return Some(u64::from(offset));
                }
                let at = offset & !WIDE;
                if at >= wide {
                    return None;
                }
                let at = far + 8 * at as usize;
                self.bytes.get(at..at + 8)?.try_into().ok().map(u64::from_be_bytes)
            }
        }
    }

    /// The positions whose ids begin with this byte.
    pub(crate) fn range(&self, first: u8) -> std::ops::Range<u32> {
        let at = |index: usize| be32(&self.bytes, self.fanout + 4 * index).unwrap_or(self.count);
        let start = if first == 0 { 0 } else { at(usize::from(first) - 1) };
        start..at(usize::from(first))
    }

    /// The position of an id, the first if it is there twice.
    pub(crate) fn find(&self, id: &[u8]) -> Option<u32> {
        let position = self.lower_bound(id)?;
        (position < self.count && self.id_bytes(position) == id).then_some(position)
    }

    /// Where in the pack an object begins; twice where the pack has it twice, and `None` for what is outside itself.
    pub(crate) fn places(&self, id: &ObjectId) -> impl Iterator<Item = Option<u64>> + use<'_> {
        let id = *id;
        let first = self.find(id.as_bytes()).unwrap_or(self.count);
        (first..self.count).take_while(move |position| self.id_bytes(*position) == id.as_bytes()).map(|position| self.offset(position))
    }

    /// The first position whose id is not less than `key`, a whole id or its beginning; `None` for an empty key.
    pub(crate) fn lower_bound(&self, key: &[u8]) -> Option<u32> {
        let key = &key[..key.len().min(self.hash.size())];
        let mut range = self.range(*key.first()?);
        while range.start < range.end {
            let middle = range.start + (range.end - range.start) / 2;
            if self.id_bytes(middle) < key { range.start = middle + 1 } else { range.end = middle }
        }
        Some(range.start)
    }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of version 2 with these ids' first bytes and offsets.
    fn version_2(entries: &[(u8, u64)]) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &2u32.to_be_bytes()].concat();
        for byte in 0..=255 {
            bytes.extend((entries.iter().filter(|entry| entry.0 <= byte).count() as u32).to_be_bytes());
        }
        entries.iter().for_each(|entry| bytes.extend([entry.0; 20]));
        entries.iter().for_each(|_| bytes.extend([0; 4]));
        let mut wide = Vec::new();
        for entry in entries {
            if entry.1 < u64::from(WIDE) {
                bytes.extend((entry.1 as u32).to_be_bytes());
            } else {
                bytes.extend((WIDE | (wide.len() / 8) as u32).to_be_bytes());
                wide.extend(entry.1.to_be_bytes());
            }
        }
        bytes.extend(wide);
        bytes.extend([0; 40]);
        bytes
    }

    #[test]
    fn both_versions_are_read() {
        let entries = [(0, 12), (7, 5_000_000_000), (7, 90), (255, 1 << 31)];
        let index = Index::open(Bytes::Owned(version_2(&entries)), Hash::Sha1).expect("an index");
        let offsets: Vec<Option<u64>> = (0..index.count()).map(|position| index.offset(position)).collect();
        assert_eq!(offsets, entries.map(|entry| Some(entry.1)));
        assert_eq!(index.find(&[255; 20]), Some(3));
        assert_eq!(index.find(&[0; 20]), Some(0));
        assert_eq!(index.find(&[8; 20]), None);
        assert_eq!(index.range(7), 1..3);
        assert_eq!(index.lower_bound(&[7, 8]), Some(3));

        let mut old = Vec::new();
        (0..=255u32).for_each(|byte| old.extend(if byte < 9 { 0u32 } else { 1 }.to_be_bytes()));
        old.extend(77u32.to_be_bytes());
        old.extend([9; 20]);
        old.extend([0; 40]);
        let index = Index::open(Bytes::Owned(old), Hash::Sha1).expect("an index");
        assert_eq!((index.count(), index.find(&[9; 20]), index.offset(0)), (1, Some(0), Some(77)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let good = version_2(&[(0, 12), (7, 5_000_000_000)]);
        for len in 0..good.len() {
            // A whole wide offset less would be the length of an index without it; its offset then leads nowhere.
            let cut = Index::open(Bytes::Owned(good[..len].to_owned()), Hash::Sha1);
            if let Ok(index) = cut {
                assert_eq!((len, index.offset(1)), (good.len() - 8, None));
            }
        }
        let mut falling = good.clone();
        falling[8..12].copy_from_slice(&9u32.to_be_bytes());
        assert!(Index::open(Bytes::Owned(falling), Hash::Sha1).is_err());
        let mut later = good;
        later[7] = 3;
        assert!(Index::open(Bytes::Owned(later), Hash::Sha1).is_err_and(|error| error.contains("version 3")));
    }
}
