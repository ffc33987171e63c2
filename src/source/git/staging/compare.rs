//! The comparison of an index with the tree of `HEAD`: one walk over both in their common order.
//!
//! A folder whose cached tree has the id that `HEAD` has for it is passed over as a whole: neither its entries nor its
//! tree are read. So the trees on the way to what is staged are all that is read from the object store.

use super::super::changes::{MAX_DEPTH, Side, TreeTrouble, TreeWalk, keep};
use super::super::tree::{FOLDER, SUBMODULE};
use super::super::{ObjectId, Trouble};
use super::Staged;
use super::cache_tree::CacheTree;
use super::entries::Entries;
use super::file::{Entry, is_sparse_folder};
use crate::error::Error;

/// What is compared with `HEAD`.
pub(super) struct Index<'a> {
    pub(super) entries: Entries<'a>,
    /// The cached tree and the bytes of the index file that it is from.
    pub(super) cache: Option<(CacheTree, &'a [u8])>,
    pub(super) total_entries: usize,
}

/// Compares. `read` gives the bytes of a tree.
pub(super) fn compare(index: Index<'_>, head_tree: Option<ObjectId>, read: impl FnMut(&ObjectId) -> Result<Vec<u8>, Trouble>) -> Result<Staged, Error> {
    let staged = Staged { total_entries: index.total_entries, ..Staged::default() };
    let mut comparison = Comparison { index, trees: TreeWalk::new(read), stack: Vec::new(), path: Vec::new(), out: Output { staged, kept: 0, is_full: false } };
    comparison.run(head_tree)?;
    Ok(comparison.out.staged)
}

struct Comparison<'a, R> {
    index: Index<'a>,
    trees: TreeWalk<R>,
    /// The open folders of `HEAD`.
    stack: Vec<Frame<'a>>,
    /// The path of the current name of the innermost one, with a slash behind a folder's.
    path: Vec<u8>,
    out: Output,
}

struct Frame<'a> {
    side: Side,
    /// The length of the folder's path, with its slash.
    prefix: usize,
    /// The folders in it that the cached tree knows, sorted by name.
    cached: Vec<(&'a [u8], usize)>,
}

impl<R: FnMut(&ObjectId) -> Result<Vec<u8>, Trouble>> Comparison<'_, R> {
    fn run(&mut self, head_tree: Option<ObjectId>) -> Result<(), Error> {
        if let Some(id) = head_tree
            && !self.pass_over(Some(0), id)?
        {
            self.descend(Some(0), id);
        }
        while let Some(frame) = self.stack.last_mut()
            && !self.out.is_full
        {
            self.path.truncate(frame.prefix);
            let Some((entry, next)) = frame.side.peek() else {
                frame.side.finish(&self.path, &mut self.out.staged.troubles);
                self.stack.pop();
                continue;
            };
            let node = if entry.is_folder() { frame.cached.binary_search_by(|(name, _)| (*name).cmp(entry.name)).ok() } else { None };
            let node = node.and_then(|at| frame.cached.get(at)).map(|(_, number)| *number);
            self.path.extend_from_slice(entry.name);
            let head = (entry.mode, entry.id);
            frame.side.go_to(next);
            if head.0 == FOLDER {
                self.path.push(b'/');
                self.folder(head.1, node)?;
            } else {
                self.file(head)?;
            }
        }
        while self.index.entries.entry().is_some() && !self.out.is_full {
            self.take(None)?;
        }
        Ok(())
    }

    /// A folder of `HEAD`, whose path is the current one.
    fn folder(&mut self, id: ObjectId, node: Option<usize>) -> Result<(), Error> {
        self.add_those_before()?;
        let entries = &self.index.entries;
        let Some(entry) = entries.entry().filter(|_| entries.path().starts_with(&self.path)) else {
            let path = self.path.clone();
            self.trees(&path, Some(id), None);
            return Ok(());
        };
        if is_sparse_folder(&entry) && entries.path() == self.path {
            let path = self.path.clone();
            self.trees(&path, Some(id), Some(entry.id));
            return self.index.entries.advance();
        }
        if !self.pass_over(node, id)? {
            self.descend(node, id);
        }
        Ok(())
    }

    /// A file of `HEAD`, whose path is the current one.
    fn file(&mut self, head: (u32, ObjectId)) -> Result<(), Error> {
        self.add_those_before()?;
        if self.index.entries.entry().is_some() && self.index.entries.path() == self.path {
            return self.take(Some(head));
        }
        self.out.change(&self.path, Some(head), None);
        Ok(())
    }

    /// Takes the entries before the current path for additions.
    fn add_those_before(&mut self) -> Result<(), Error> {
        while !self.out.is_full && self.index.entries.entry().is_some() && self.index.entries.path() < self.path.as_slice() {
            self.take(None)?;
        }
        Ok(())
    }

    /// Takes the current entry, and those of a conflict about the same path, against what `HEAD` has there.
    fn take(&mut self, head: Option<(u32, ObjectId)>) -> Result<(), Error> {
        let path = self.index.entries.path().to_vec();
        let mut is_absent = true;
        while let Some(entry) = self.index.entries.entry().filter(|_| self.index.entries.path() == path) {
            if is_sparse_folder(&entry) {
                self.trees(&path, None, Some(entry.id));
            } else if !entry.intent_to_add {
                is_absent = false;
                self.out.entry(&path, head, &entry);
            }
            self.index.entries.advance()?;
        }
        if is_absent && head.is_some() {
            self.out.change(&path, head, None);
        }
        Ok(())
    }

    /// The differences of two trees that stand at `path`, which ends in a slash.
    fn trees(&mut self, path: &[u8], old: Option<ObjectId>, new: Option<ObjectId>) {
        let mut troubles = Vec::new();
        let out = &mut self.out;
        self.trees.compare(path, old, new, &mut troubles, &mut |path, old, new| {
            out.change(path, old, new);
            Ok(())
        });
        self.out.staged.troubles.append(&mut troubles);
    }

    /// Passes over the entries of a folder if the cached tree says that they are what `HEAD` has; says whether it did.
    fn pass_over(&mut self, node: Option<usize>, head: ObjectId) -> Result<bool, Error> {
        let Some((cache, _)) = &self.index.cache else { return Ok(false) };
        let Some(valid) = node.and_then(|number| cache.get(number)).and_then(|node| node.valid).filter(|valid| valid.id == head) else { return Ok(false) };
        // The number must be that of the entries in the folder. A cached tree that errs once is not asked again: what is
        // compared then is compared entry by entry, and once.
        let mut ahead = self.index.entries.clone();
        if let Some(before_last) = valid.entries.checked_sub(1) {
            ahead.skip(before_last)?;
            let is_inside = |entries: &Entries<'_>| entries.entry().is_some() && entries.path().starts_with(&self.path);
            if is_inside(&ahead) {
                ahead.advance()?;
                if !is_inside(&ahead) {
                    self.index.entries = ahead;
                    return Ok(true);
                }
            }
        } else if self.path.is_empty() && ahead.entry().is_none() {
            return Ok(true);
        }
        self.index.cache = None;
        Ok(false)
    }

    /// Opens a folder of `HEAD`.
    fn descend(&mut self, node: Option<usize>, id: ObjectId) {
        if self.stack.len() >= MAX_DEPTH {
            let trouble = Trouble::Corrupt(format!("it lies more than {MAX_DEPTH} folders deep"));
            self.out.staged.troubles.push(TreeTrouble { path: self.path.clone(), id, trouble });
            return;
        }
        let side = self.trees.open(&self.path, Some(id), &mut self.out.staged.troubles);
        let cached = match (&self.index.cache, node) {
            (Some((cache, bytes)), Some(number)) => cache.folders(number, bytes),
            _ => Vec::new(),
        };
        self.stack.push(Frame { side, prefix: self.path.len(), cached });
    }
}

struct Output {
    staged: Staged,
    kept: u64,
    /// Whether memory has run out; that is reported once.
    is_full: bool,
}

impl Output {
    /// An entry against what `HEAD` has at its path.
    fn entry(&mut self, path: &[u8], head: Option<(u32, ObjectId)>, entry: &Entry) {
        if entry.stage > 0 && self.staged.unmerged.last().is_none_or(|last| last != path) {
            self.kept += path.len() as u64;
            self.staged.unmerged.push(path.to_vec());
        }
        // What both sides come from has been there before.
        if entry.stage != 1 {
            self.change(path, head, Some((entry.mode, entry.id)));
        }
    }

    fn change(&mut self, path: &[u8], old: Option<(u32, ObjectId)>, new: Option<(u32, ObjectId)>) {
        if old == new || self.is_full {
            return;
        }
        let is_submodule = new.or(old).is_some_and(|side| side.0 == SUBMODULE);
        let list = if is_submodule { &mut self.staged.submodules } else { &mut self.staged.changes };
        if let Err(trouble) = keep(list, &mut self.kept, path, old, new) {
            self.is_full = true;
            let id = new.or(old).map(|side| side.1);
            self.staged.troubles.extend(id.map(|id| TreeTrouble { path: path.to_vec(), id, trouble }));
        }
    }
}
