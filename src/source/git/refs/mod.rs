//! Every name that keeps an object alive: references, the heads and pending operations of all working trees, reflogs,
//! grafts, the edge of a shallow clone.
//!
//! The files are read here and not by libgit2, so that two million references stay fast and small, and so that a broken
//! one is counted while the others are used. Out come ids; whether their objects exist is for who reads those.

mod files;
mod gather;
mod lines;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::{GitDir, ObjectId};

pub use files::Head;

/// What fuzz targets need of the inside.
#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing {
    use super::super::Hash;
    use super::files;

    /// Reads bytes as a reference, and each of their lines as one of `packed-refs`, a reflog and `shallow`; the number of
    /// those that could be read.
    pub fn read_lines(bytes: &[u8], hash: Hash) -> usize {
        let lines = bytes.split(|byte| *byte == b'\n');
        let read = |line| [files::packed(line, hash).is_some(), files::logged(line, hash).is_some(), files::listed(line, hash).is_some()];
        lines.flat_map(read).chain([files::loose(bytes, hash).is_some()]).filter(|read| *read).count()
    }
}

/// A symbolic reference that leads through more than this is refused, as git refuses it.
const MOST_STEPS: usize = 5;

/// The names of a repository.
#[derive(Debug, Clone)]
pub struct Refs {
    /// The names of `entries`, one after the other.
    names: Vec<u8>,
    /// In the order of their names.
    entries: Vec<Entry>,
    /// What annotated tags lead to, as far as `packed-refs` says so.
    peeled: Vec<ObjectId>,
    /// Symbolic references and what they name, in order.
    symbolic: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where the working tree is.
    pub head: Head,
    /// The objects that reflogs name, old values and new, each once.
    pub reflog: Vec<LogEntry>,
    /// The names of the logs.
    pub logs: Vec<Vec<u8>>,
    /// The commits whose parents a shallow clone left behind.
    pub shallow: Vec<ObjectId>,
    /// All commits that `info/grafts` names. Grafts are never applied: what they hide is still in the repository.
    pub grafts: Vec<ObjectId>,
    /// What could not be read: the file, and what is wrong with it.
    pub problems: Vec<(PathBuf, String)>,
}

/// A name and its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ref<'a> {
    /// In full: `refs/heads/main`, `HEAD`, `worktrees/side/HEAD` (the head of another working tree). `FETCH_HEAD` and its
    /// kin may come several times, once a line.
    pub name: &'a [u8],
    /// What it points to; what a symbolic reference leads to in the end.
    pub target: ObjectId,
    /// What an annotated tag leads to, where that is known without reading it.
    pub peeled: Option<ObjectId>,
}

/// An object that a reflog names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEntry {
    /// The object.
    pub id: ObjectId,
    /// The first log that names it, as a place in [`Refs::logs`].
    pub log: u32,
}

/// Two million of these are kept at a time.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Its name in `names`.
    start: u32,
    length: u32,
    target: ObjectId,
    /// Its place in `peeled` plus one; 0 where that is not known.
    peeled: u32,
}

impl Refs {
    /// Reads all names of a repository. What can't be read is among the problems.
    pub fn read(dir: &GitDir) -> Self {
        let mut refs = Self {
            names: Vec::new(),
            entries: Vec::new(),
            peeled: Vec::new(),
            symbolic: Vec::new(),
            head: Head::Broken,
            reflog: Vec::new(),
            logs: Vec::new(),
            shallow: Vec::new(),
            grafts: Vec::new(),
            problems: Vec::new(),
        };
        gather::gather(dir, &mut refs);
        refs.settle();
        refs.head = refs.settled_head();
        refs
    }

    /// All names in order, symbolic references with what they lead to.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Ref<'_>> {
        self.entries.iter().map(|entry| self.at(entry))
    }

    /// A name's object; the name is in full.
    pub fn get(&self, name: &[u8]) -> Option<Ref<'_>> {
        let first = self.entries.partition_point(|entry| self.name(entry) < name);
        self.entries.get(first).filter(|entry| self.name(entry) == name).map(|entry| self.at(entry))
    }

    /// What a symbolic reference names, such as `refs/remotes/origin/main` for `refs/remotes/origin/HEAD`.
    pub fn symbolic_target(&self, name: &[u8]) -> Option<&[u8]> {
        let at = self.symbolic.binary_search_by(|(other, _)| other.as_slice().cmp(name)).ok()?;
        self.symbolic.get(at).map(|(_, target)| target.as_slice())
    }

    /// Every object that something here keeps alive; some come more than once.
    pub fn ids(&self) -> impl Iterator<Item = ObjectId> {
        let logged = self.reflog.iter().map(|entry| entry.id);
        self.entries.iter().map(|entry| entry.target).chain(logged).chain(self.grafts.iter().copied())
    }

    fn at(&self, entry: &Entry) -> Ref<'_> {
        let peeled = (entry.peeled as usize).checked_sub(1).and_then(|at| self.peeled.get(at)).copied();
        Ref { name: self.name(entry), target: entry.target, peeled }
    }

    fn name(&self, entry: &Entry) -> &[u8] {
        let start = entry.start as usize;
        self.names.get(start..start + entry.length as usize).unwrap_or_default()
    }

    /// Takes a name; false when there is no room for it.
    fn push(&mut self, name: &[u8], target: ObjectId) -> bool {
        let (Ok(start), Ok(length)) = (u32::try_from(self.names.len()), u32::try_from(name.len())) else { return false };
        self.names.extend_from_slice(name);
        self.entries.push(Entry { start, length, target, peeled: 0 });
        true
    }

    /// Puts names in order, resolves symbolic ones, and lets the last value of each reference win: loose files are read
    /// after `packed-refs`.
    fn settle(&mut self) {
        self.order();
        self.symbolic.sort();
        self.symbolic.dedup_by(|later, first| later.0 == first.0);
        let mut resolved = Vec::new();
        let mut endless = Vec::new();
        for (name, target) in &self.symbolic {
            match self.follow(target) {
                Ok(Some(id)) => resolved.push((name.clone(), id)),
                // An unborn branch, or a remote's HEAD whose branch was pruned.
                Ok(None) => {}
                Err(()) => endless.push(name.clone()),
            }
        }
        for name in endless {
            let path = PathBuf::from(String::from_utf8_lossy(&name).into_owned());
            self.problems.push((path, "a symbolic reference that leads through too many others or in a circle".to_owned()));
        }
        for (name, id) in resolved {
            self.push(&name, id);
        }
        self.order();
    }

    fn follow(&self, name: &[u8]) -> Result<Option<ObjectId>, ()> {
        let mut name = name;
        for _ in 0..MOST_STEPS {
            match self.symbolic_target(name) {
                Some(next) => name = next,
                None => return Ok(self.get(name).map(|found| found.target)),
            }
        }
        Err(())
    }

    fn order(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        // Stable, and quick on what is in order already: `packed-refs` is.
        entries.sort_by(|one, two| self.name(one).cmp(self.name(two)));
        entries.dedup_by(|later, first| {
            if self.name(later) != self.name(first) {
                return false;
            }
            let many_lines = is_many_lines(self.name(first));
            if !many_lines {
                *first = *later;
            }
            !many_lines || later.target == first.target
        });
        self.entries = entries;
    }

    fn settled_head(&self) -> Head {
        match (self.symbolic_target(b"HEAD"), self.get(b"HEAD")) {
            (Some(branch), Some(found)) => Head::Branch(branch.to_vec(), found.target),
            (Some(branch), None) if branch.starts_with(b"refs/") => Head::Unborn(branch.to_vec()),
            (None, Some(found)) => Head::Detached(found.target),
            (_, None) => Head::Broken,
        }
    }
}

/// Whether a name is of a file that may list several objects, such as `FETCH_HEAD`.
fn is_many_lines(name: &[u8]) -> bool {
    !name.starts_with(b"refs/") && !name.windows(6).any(|part| part == b"/refs/")
}
