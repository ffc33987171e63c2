//! What `git commit` would commit: the difference between the tree of `HEAD` and the index.
//!
//! In come an index file and the objects, out come [`Change`]s, as `git diff --cached --raw --no-renames` names them.
//! The index is read here, because what the libraries offer visits every entry and reads every tree: this reads only
//! what its cached tree does not already answer for. Contents are never read, the working tree is never looked at.

mod bits;
mod cache_tree;
mod compare;
mod entries;
mod file;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::changes::{Change, TreeTrouble};
use super::tree::read_tree;
use super::{GitDir, ObjectId, Objects, Trouble};
use crate::error::Error;
use bits::Bits;
use cache_tree::CacheTree;
use entries::{Entries, SplitChanges};
use file::{IndexFile, damaged};

/// What is staged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staged {
    /// Files and symbolic links, in the order of the index. Of a conflict both sides, each against `HEAD`.
    /// What is added with `--intent-to-add` is not in the index's content yet and so absent.
    pub changes: Vec<Change>,
    /// The paths in conflict, which keep `git commit` from committing.
    pub unmerged: Vec<Vec<u8>>,
    /// The submodules that are added, moved to another commit or deleted.
    pub submodules: Vec<Change>,
    /// How many entries the index has; a folder that is left out of a sparse index is one.
    pub total_entries: usize,
    /// The trees that could not be read. What `HEAD` has in them counts as absent, and so all that is staged there is new.
    pub troubles: Vec<TreeTrouble>,
}

impl Staged {
    /// Compares the index at `index_path` (`index` in [`GitDir::git_dir`], unless `GIT_INDEX_FILE` says another) with a tree,
    /// which is none before the first commit. An index that does not exist is empty.
    ///
    /// # Errors
    /// When the index can't be read or understood.
    pub fn read(index_path: &Path, dir: &GitDir, head_tree: Option<ObjectId>, objects: &Objects) -> Result<Self, Error> {
        let Some(own) = IndexFile::open(index_path, dir.hash)? else {
            return compare_nothing(head_tree, |id| read_tree(objects, id));
        };
        let shared = |name: &str| {
            let path = dir.git_dir.join(name);
            IndexFile::open(&path, dir.hash)?.ok_or_else(|| Error::new("the index can't be read: its shared part is missing").at(path).help(MEND_SPLIT))
        };
        compare_file(&own, shared, head_tree, |id| read_tree(objects, id)).map_err(|error| if error.path().is_none() { error.at(index_path) } else { error })
    }
}

const MEND_SPLIT: &str = "`git read-tree HEAD` writes the index anew, without what is staged";

/// Compares index files given as bytes, the second the shared one: what the fuzzer calls.
///
/// # Errors
/// When the bytes are no index.
#[doc(hidden)]
pub fn staged_of_bytes(
    index: &[u8],
    shared: &[u8],
    hash: super::Hash,
    head_tree: Option<ObjectId>,
    read: impl FnMut(&ObjectId) -> Result<Vec<u8>, Trouble>,
) -> Result<Staged, Error> {
    let own = IndexFile::from_bytes(index.to_vec(), hash)?;
    compare_file(&own, |_| IndexFile::from_bytes(shared.to_vec(), hash), head_tree, read)
}

fn compare_nothing(head_tree: Option<ObjectId>, read: impl FnMut(&ObjectId) -> Result<Vec<u8>, Trouble>) -> Result<Staged, Error> {
    // A header that counts no entries, and room for a checksum.
    let empty = [&b"DIRC\0\0\0\x02\0\0\0\0"[..], &[0; 32]].concat();
    let own = IndexFile::from_bytes(empty, super::Hash::Sha256)?;
    compare_file(&own, |_| Err(damaged("it has no shared part")), head_tree, read)
}

fn compare_file(
    own: &IndexFile,
    shared: impl FnOnce(&str) -> Result<IndexFile, Error>,
    head_tree: Option<ObjectId>,
    read: impl FnMut(&ObjectId) -> Result<Vec<u8>, Trouble>,
) -> Result<Staged, Error> {
    let bytes = own.bytes();
    let cache = own.cache_tree.clone().and_then(|range| CacheTree::parse(bytes, range, own.hash())).map(|cache| (cache, bytes));
    let link = own.link.clone().and_then(|range| bytes.get(range));
    let id = link
        .map(|link| link.get(..own.hash().size()).and_then(ObjectId::from_bytes).ok_or_else(|| damaged("its link to a shared index is cut off")))
        .transpose()?;
    // An id of zeros says that the index is not split any more.
    let (Some(id), Some(link)) = (id.filter(|id| !id.is_zero()), link) else {
        let index = compare::Index { entries: Entries::of_file(own)?, cache, total_entries: own.len() };
        return compare::compare(index, head_tree, read);
    };
    let shared = shared(&format!("sharedindex.{id}"))?;
    if shared.link.is_some() {
        return Err(damaged("its shared part is split itself").help(MEND_SPLIT));
    }
    let changes = read_changes(link.get(own.hash().size()..).unwrap_or_default(), &shared)?;
    let total_entries = (shared.len() + own.len()).saturating_sub(changes.deleted.count() + changes.replaced.count());
    let index = compare::Index { entries: Entries::of_split(&shared, &changes, own)?, cache, total_entries };
    compare::compare(index, head_tree, read)
}

/// The two sets of numbers behind the name of the shared index: without them all of it counts.
fn read_changes(bytes: &[u8], shared: &IndexFile) -> Result<SplitChanges, Error> {
    if bytes.is_empty() {
        return Ok(SplitChanges::default());
    }
    let malformed = || damaged("what it says of its shared part is malformed");
    let (deleted, end) = Bits::read(bytes, shared.len()).ok_or_else(malformed)?;
    let (replaced, end_of_all) = bytes.get(end..).and_then(|bytes| Bits::read(bytes, shared.len())).ok_or_else(malformed)?;
    if end + end_of_all == bytes.len() { Ok(SplitChanges { deleted, replaced }) } else { Err(malformed()) }
}
