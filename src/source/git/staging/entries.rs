//! The entries of an index in order, each with its path: those of one file, or of the two files of a split index.
//!
//! A split index keeps most entries in a shared file that seldom changes; the index itself says which of those are
//! gone and which are replaced, and adds its own. Nothing is copied but the path of the current entry, so that a path
//! of a hostile index that is made of a million others takes memory once.

use std::cmp::Ordering;

use super::bits::Bits;
use super::file::{Entry, IndexFile, damaged, is_sparse_folder};
use crate::error::Error;

/// A place in the entries of one file.
#[derive(Debug, Clone)]
pub(super) struct Walk<'a> {
    file: &'a IndexFile,
    number: usize,
    /// The current entry; `None` behind the last one.
    entry: Option<Entry>,
    path: Vec<u8>,
}

impl<'a> Walk<'a> {
    /// Begins at the entry with this number.
    fn new(file: &'a IndexFile, number: usize) -> Result<Self, Error> {
        let mut walk = Self { file, number: 0, entry: None, path: Vec::new() };
        walk.take_path();
        walk.skip(number)?;
        Ok(walk)
    }

    /// What entries are ordered by.
    fn key(&self) -> Option<(&[u8], u8)> {
        Some((&self.path, self.entry?.stage))
    }

    /// Goes to the next entry, which must come after this one.
    fn advance(&mut self) -> Result<(), Error> {
        let stage = self.entry.map(|entry| entry.stage);
        self.number += 1;
        self.entry = self.file.entry(self.number);
        let Some(next) = self.entry else { return Ok(()) };
        let stored = self.file.path(self.number).ok_or_else(|| damaged("a path is cut off"))?;
        let kept = self.path.len().saturating_sub(stored.strip);
        let old_end = self.path.get(kept..).unwrap_or_default();
        let order = stored.suffix.cmp(old_end).then(Some(next.stage).cmp(&stage));
        self.path.truncate(kept);
        self.path.extend_from_slice(stored.suffix);
        if order == Ordering::Greater { self.check() } else { Err(damaged("its entries are not in order")) }
    }

    /// Goes `count` entries on. Those between are not looked at.
    fn skip(&mut self, count: usize) -> Result<(), Error> {
        let target = self.number.saturating_add(count).min(self.file.len());
        if self.file.is_compressed() {
            while self.number < target {
                self.number += 1;
                self.take_path();
            }
        } else {
            self.number = target;
            self.take_path();
        }
        self.entry = self.file.entry(self.number);
        self.check()
    }

    fn take_path(&mut self) {
        if let Some(stored) = self.file.path(self.number) {
            self.path.truncate(self.path.len().saturating_sub(stored.strip));
            self.path.extend_from_slice(stored.suffix);
        }
    }

    /// Checks the current entry by itself.
    fn check(&self) -> Result<(), Error> {
        let Some(entry) = self.entry else { return Ok(()) };
        match self.path.split_last() {
            None => Err(damaged("an entry has no path")),
            Some((b'/', start)) if is_sparse_folder(&entry) && !start.is_empty() => Ok(()),
            Some((last, _)) if *last == b'/' || is_sparse_folder(&entry) => Err(damaged("a folder's path does not end in a slash, or a file's does")),
            Some(_) => Ok(()),
        }
    }
}

/// The entries of an index.
#[derive(Debug, Clone)]
pub(super) enum Entries<'a> {
    /// Of one file.
    Whole(Walk<'a>),
    /// Of two files.
    Split(Box<SplitWalk<'a>>),
}

/// How an index changes the shared one.
#[derive(Debug, Default)]
pub(super) struct SplitChanges {
    /// The entries of the shared index that are gone.
    pub(super) deleted: Bits,
    /// The entries of the shared index whose path alone is left: the rest is in the index's own first entries, in order.
    pub(super) replaced: Bits,
}

#[derive(Debug, Clone)]
pub(super) struct SplitWalk<'a> {
    shared: Walk<'a>,
    changes: &'a SplitChanges,
    /// How many entries before the current one of `shared` are replaced.
    replaced: usize,
    own: Walk<'a>,
    /// Which file's entry is the current one: `Less` for the shared one, `Equal` where the index's own stands for it.
    order: Option<Ordering>,
}

impl<'a> Entries<'a> {
    /// Begins with the first entry of a file.
    pub(super) fn of_file(file: &'a IndexFile) -> Result<Self, Error> {
        Walk::new(file, 0).map(Self::Whole)
    }

    /// Begins with the first entry of a split index.
    pub(super) fn of_split(shared: &'a IndexFile, changes: &'a SplitChanges, own: &'a IndexFile) -> Result<Self, Error> {
        let replacements = changes.replaced.count();
        if replacements > own.len() || (0..replacements).any(|number| own.path(number).is_none_or(|path| !path.suffix.is_empty())) {
            return Err(damaged("its entries don't match the shared index that it is split from"));
        }
        let mut walk = SplitWalk { shared: Walk::new(shared, 0)?, changes, replaced: 0, own: Walk::new(own, replacements)?, order: None };
        walk.settle()?;
        Ok(Self::Split(Box::new(walk)))
    }

    /// The current entry; `None` behind the last one.
    pub(super) fn entry(&self) -> Option<Entry> {
        match self {
            Self::Whole(walk) => walk.entry,
            Self::Split(walk) if walk.order == Some(Ordering::Less) => walk.shared_entry(),
            Self::Split(walk) => walk.own.entry,
        }
    }

    /// The path of the current entry; of no meaning behind the last one.
    pub(super) fn path(&self) -> &[u8] {
        match self {
            Self::Whole(walk) => &walk.path,
            Self::Split(walk) if walk.order == Some(Ordering::Less) => &walk.shared.path,
            Self::Split(walk) => &walk.own.path,
        }
    }

    /// Goes to the next entry.
    pub(super) fn advance(&mut self) -> Result<(), Error> {
        match self {
            Self::Whole(walk) => walk.advance(),
            Self::Split(walk) => walk.advance(),
        }
    }

    /// Goes `count` entries on.
    pub(super) fn skip(&mut self, count: usize) -> Result<(), Error> {
        match self {
            Self::Whole(walk) => walk.skip(count),
            Self::Split(walk) => {
                for _ in 0..count {
                    if walk.order.is_none() {
                        break;
                    }
                    walk.advance()?;
                }
                Ok(())
            }
        }
    }
}

impl SplitWalk<'_> {
    fn shared_entry(&self) -> Option<Entry> {
        if self.changes.replaced.contains(self.shared.number) { self.own.file.entry(self.replaced) } else { self.shared.entry }
    }

    fn advance(&mut self) -> Result<(), Error> {
        let Some(order) = self.order else { return Ok(()) };
        if order != Ordering::Less {
            self.own.advance()?;
        }
        if order != Ordering::Greater {
            self.advance_shared()?;
        }
        self.settle()
    }

    fn advance_shared(&mut self) -> Result<(), Error> {
        self.replaced += usize::from(self.changes.replaced.contains(self.shared.number));
        self.shared.advance()
    }

    /// Passes what is deleted and finds out whose entry is the current one.
    fn settle(&mut self) -> Result<(), Error> {
        while self.changes.deleted.contains(self.shared.number) {
            self.advance_shared()?;
        }
        self.order = match (self.shared.key(), self.own.key()) {
            (Some(shared), Some(own)) => Some(shared.cmp(&own)),
            (Some(_), None) => Some(Ordering::Less),
            (None, Some(_)) => Some(Ordering::Greater),
            (None, None) => None,
        };
        Ok(())
    }
}
