//! The bytes of a tree object, entry by entry: `MODE NAME\0ID`, as git's `tree-walk.c` reads them.
//!
//! In come the bytes, out come names and ids, nothing is copied. Whether an object can be read at all is the matter of
//! [`Objects`], and what two trees have in common that of `changes`.

use super::{Hash, Kind, ObjectId, Objects, Trouble};

/// The mode of a folder, in trees and in a sparse index.
pub const FOLDER: u32 = 0o040_000;
/// The mode of a file.
pub const FILE: u32 = 0o100_644;
/// The mode of a file that can be run.
pub const EXECUTABLE: u32 = 0o100_755;
/// The mode of a symbolic link, whose blob is the text of its target.
pub const SYMLINK: u32 = 0o120_000;
/// The mode of a submodule, whose id is a commit of another repository.
pub const SUBMODULE: u32 = 0o160_000;

/// Nobody has a folder of five million entries; a larger object is an attack.
const TREE_LIMIT: u64 = 256 << 20;

/// One line of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeEntry<'a> {
    /// One of the five modes above: what else is written, git takes for one of them as well.
    pub mode: u32,
    /// The last part of the path; never empty, without a zero byte, and in a hostile tree possibly with slashes.
    pub name: &'a [u8],
    /// What it names.
    pub id: ObjectId,
}

impl TreeEntry<'_> {
    /// Whether it names another tree.
    pub fn is_folder(&self) -> bool {
        self.mode == FOLDER
    }
}

/// The entries of a tree in their stored order. After bytes that are no entry it yields one [`Malformed`] and ends.
#[derive(Debug, Clone)]
pub struct TreeEntries<'a> {
    rest: &'a [u8],
    hash: Hash,
}

/// The bytes of a tree are not what a tree is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl From<Malformed> for Trouble {
    fn from(_: Malformed) -> Self {
        Self::Corrupt("it is no tree".to_owned())
    }
}

impl<'a> TreeEntries<'a> {
    /// Takes the bytes of a tree object, without the object's header.
    pub fn new(bytes: &'a [u8], hash: Hash) -> Self {
        Self { rest: bytes, hash }
    }

    /// The bytes that have not been walked over.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn split(&self) -> Option<(TreeEntry<'a>, &'a [u8])> {
        let (mode, after_mode) = split_at_byte(self.rest, b' ')?;
        let (name, after_name) = split_at_byte(after_mode, 0)?;
        let id = after_name.get(..self.hash.size())?;
        if mode.is_empty() || mode.len() > 10 || name.is_empty() {
            return None;
        }
        let mut value = 0u32;
        for digit in mode {
            value = value.checked_mul(8)?.checked_add(u32::from(digit.checked_sub(b'0').filter(|digit| *digit < 8)?))?;
        }
        let entry = TreeEntry { mode: canonical(value), name, id: ObjectId::from_bytes(id)? };
        Some((entry, after_name.get(self.hash.size()..)?))
    }
}

impl<'a> Iterator for TreeEntries<'a> {
    type Item = Result<TreeEntry<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        match self.split() {
            Some((entry, rest)) => {
                self.rest = rest;
                Some(Ok(entry))
            }
            None => {
                self.rest = &[];
                Some(Err(Malformed))
            }
        }
    }
}

/// The mode that git takes another for: old versions wrote all of a file's permissions (`100664`).
pub(super) fn canonical(mode: u32) -> u32 {
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 != 0 => EXECUTABLE,
        0o100_000 => FILE,
        SYMLINK => SYMLINK,
        FOLDER => FOLDER,
        _ => SUBMODULE,
    }
}

/// Reads a tree's bytes. The empty tree is known without being stored, as git knows it.
pub(crate) fn read_tree(objects: &Objects, id: &ObjectId) -> Result<Vec<u8>, Trouble> {
    if is_empty_tree(id) {
        return Ok(Vec::new());
    }
    match objects.read(id, TREE_LIMIT)? {
        (Kind::Tree, bytes) => Ok(bytes),
        (kind, _) => Err(Trouble::Corrupt(format!("a tree was expected, it is a {}", format!("{kind:?}").to_lowercase()))),
    }
}

fn is_empty_tree(id: &ObjectId) -> bool {
    const SHA1: [u8; 20] = *b"\x4b\x82\x5d\xc6\x42\xcb\x6e\xb9\xa0\x60\xe5\x4b\xf8\xd6\x92\x88\xfb\xee\x49\x04";
    const SHA256: [u8; 32] =
        *b"\x6e\xf1\x9b\x41\x22\x5c\x53\x69\xf1\xc1\x04\xd4\x5d\x8d\x85\xef\xa9\xb0\x57\xb5\x3b\x14\xb4\xb9\xb9\x39\xdd\x74\xde\xcc\x53\x21";
    id.as_bytes() == SHA1 || id.as_bytes() == SHA256
}

fn split_at_byte(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(byte, bytes)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], hash: Hash, expected: &[(u32, &[u8])]) {
        let entries: Result<Vec<_>, _> = TreeEntries::new(bytes, hash).collect();
        let entries = entries.expect("a tree");
        assert_eq!(entries.iter().map(|entry| (entry.mode, entry.name)).collect::<Vec<_>>(), expected);
        assert!(entries.iter().all(|entry| entry.id.as_bytes() == &b"0123456789abcdefghij0123456789ab"[..hash.size()]));
    }

    #[test]
    fn entries_of_both_hashes_are_read() {
        let tree = b"100644 a\x000123456789abcdefghij40000 b\x000123456789abcdefghij";
        check(tree, Hash::Sha1, &[(FILE, b"a"), (FOLDER, b"b")]);
        check(b"120000 a b\x000123456789abcdefghij0123456789ab", Hash::Sha256, &[(SYMLINK, b"a b")]);
        check(b"", Hash::Sha1, &[]);
    }

    #[test]
    fn old_modes_are_those_that_git_takes_them_for() {
        for (mode, expected) in [("100664", FILE), ("100775", EXECUTABLE), ("040000", FOLDER), ("160000", SUBMODULE)] {
            check(format!("{mode} a\x000123456789abcdefghij").as_bytes(), Hash::Sha1, &[(expected, b"a")]);
        }
    }

    #[test]
    fn what_is_no_tree_is_said_once() {
        for bytes in [
            &b"100644 a\x000123456789abcdefghi"[..],
            b"100644 a",
            b" a\x000123456789abcdefghij",
            b"100648 a\x000123456789abcdefghij",
            b"100644 \x000123456789abcdefghij",
            b"99999999999999 a\x000123456789abcdefghij",
        ] {
            let mut entries = TreeEntries::new(bytes, Hash::Sha1);
            assert_eq!((entries.next(), entries.next()), (Some(Err(Malformed)), None), "{bytes:?}");
        }
    }

    #[test]
    fn the_empty_tree_has_the_ids_that_git_gives_it() {
        for hex in ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"] {
            assert!(is_empty_tree(&ObjectId::from_hex(hex.as_bytes()).expect("an id")), "{hex}");
        }
    }
}
