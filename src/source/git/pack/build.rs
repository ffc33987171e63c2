//! Makes packs and indexes in memory, right and wrong ones: for tests and fuzzing alone.

use std::path::PathBuf;

use super::Pack;
use super::bytes::Bytes;
use crate::source::git::{Hash, ObjectId};

/// A pack in the making.
pub(crate) struct Builder {
    hash: Hash,
    pub(crate) bytes: Vec<u8>,
    /// What the index will say.
    pub(crate) entries: Vec<(ObjectId, u64)>,
}

/// What stands in an entry's header.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Code {
    /// The number of its kind.
    Whole(u8),
    Offset(u64),
    Id(ObjectId),
}

impl Builder {
    pub(crate) fn new(hash: Hash) -> Self {
        Self { hash, bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(), entries: Vec::new() }
    }

    /// Where the next entry begins.
    pub(crate) fn offset(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Adds an object or a delta; `size` is the true one of `content` if not given.
    pub(crate) fn add(&mut self, id: ObjectId, code: Code, content: &[u8], size: Option<u64>) -> u64 {
        let offset = self.offset();
        self.entries.push((id, offset));
        let mut size = size.unwrap_or(content.len() as u64);
        let number = match code {
            Code::Whole(number) => number & 7,
            Code::Offset(_) => 6,
            Code::Id(_) => 7,
        };
        let mut byte = number << 4 | (size & 15) as u8;
        size >>= 4;
        while size > 0 {
            self.bytes.push(byte | 0x80);
            byte = (size & 0x7f) as u8;
            size >>= 7;
        }
        self.bytes.push(byte);
        match code {
            Code::Whole(_) => {}
            Code::Offset(base) => {
                let mut back = offset.wrapping_sub(base);
                let mut digits = vec![(back & 0x7f) as u8];
                back >>= 7;
                while back > 0 {
                    back -= 1;
                    digits.push(0x80 | (back & 0x7f) as u8);
                    back >>= 7;
                }
                self.bytes.extend(digits.iter().rev());
            }
            Code::Id(base) => self.bytes.extend(base.as_bytes()),
        }
        self.bytes.extend(stored(content));
        offset
    }

    /// The pack, opened.
    pub(crate) fn finish(mut self) -> Result<Pack, String> {
        self.bytes[8..12].copy_from_slice(&(self.entries.len() as u32).to_be_bytes());
        self.bytes.resize(self.bytes.len() + self.hash.size(), 0);
        self.entries.sort();
        let index = index(&self.entries, self.hash);
        Pack::from_bytes(PathBuf::from("memory.pack"), Bytes::Owned(self.bytes), Bytes::Owned(index), self.hash)
    }
}

/// A zlib stream that compresses nothing: a thousand times quicker to make than another, which fuzzing lives by.
fn stored(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x78, 0x01];
    let mut blocks = content.chunks(0xffff).peekable();
    if content.is_empty() {
        bytes.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let len = block.len() as u16;
        bytes.push(u8::from(blocks.peek().is_none()));
        bytes.extend([len.to_le_bytes(), (!len).to_le_bytes()].concat());
        bytes.extend(block);
    }
    let (a, b) = content.iter().fold((1u32, 0u32), |(a, b), byte| ((a + u32::from(*byte)) % 65_521, (b + a + u32::from(*byte)) % 65_521));
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}

/// An index of version 2 for sorted entries of a pack whose checksum is zero.
pub(crate) fn index(entries: &[(ObjectId, u64)], hash: Hash) -> Vec<u8> {
    let mut bytes = b"\xfftOc\0\0\0\x02".to_vec();
    for byte in 0..=255 {
        let count = entries.partition_point(|(id, _)| id.as_bytes()[0] <= byte);
        bytes.extend((count as u32).to_be_bytes());
    }
    entries.iter().for_each(|(id, _)| bytes.extend(id.as_bytes()));
    entries.iter().for_each(|_| bytes.extend([0; 4]));
    let mut wide = Vec::new();
    for (_, offset) in entries {
        match u32::try_from(*offset).ok().filter(|offset| *offset < 1 << 31) {
            Some(offset) => bytes.extend(offset.to_be_bytes()),
            None => {
                bytes.extend((1u32 << 31 | (wide.len() / 8) as u32).to_be_bytes());
                wide.extend(offset.to_be_bytes());
            }
        }
    }
    bytes.extend(wide);
    bytes.resize(bytes.len() + 2 * hash.size(), 0);
    bytes
}
