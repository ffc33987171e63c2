//! What differs between two trees: files, symbolic links and submodules, each with its mode and id on both sides.
//!
//! Both trees are walked in their common order, and only folders whose ids differ are opened. Renames are not looked
//! for: the one side is a deletion, the other an addition. Contents are never read.

use std::cmp::Ordering;

use super::tree::{FOLDER, Malformed, TreeEntries, TreeEntry};
use super::{ObjectId, Trouble};

/// One path that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// From the root, its parts separated by `/`.
    pub path: Vec<u8>,
    /// Mode and id before; `None` where it is added.
    pub old: Option<(u32, ObjectId)>,
    /// Mode and id after; `None` where it is deleted. A change of the mode alone has twice the same id.
    pub new: Option<(u32, ObjectId)>,
}

/// A tree that could not be looked into. An old one counts as empty then, so that too much is said to be new rather than
/// too little; a new one's contents are unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeTrouble {
    /// The folder, with a slash at the end; empty for the root.
    pub path: Vec<u8>,
    /// The tree.
    pub id: ObjectId,
    /// What is wrong with it.
    pub trouble: Trouble,
}

/// All differences between two trees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// In the order of the trees.
    pub changes: Vec<Change>,
    /// What keeps `changes` from being complete.
    pub troubles: Vec<TreeTrouble>,
}

/// Compares two trees, `None` being the empty one. `read` gives the bytes of a tree.
pub fn changes(old: Option<ObjectId>, new: Option<ObjectId>, read: impl FnMut(&ObjectId) -> Result<Vec<u8>, Trouble>) -> Difference {
    let mut difference = Difference::default();
    let Difference { changes, troubles } = &mut difference;
    let mut kept = 0;
    let mut walk = TreeWalk::new(read);
    walk.compare(&[], old, new, troubles, &mut |path, old, new| keep(changes, &mut kept, path, old, new));
    difference
}

/// All files, symbolic links and submodules of a tree, as additions.
pub fn list(tree: ObjectId, read: impl FnMut(&ObjectId) -> Result<Vec<u8>, Trouble>) -> Difference {
    changes(None, Some(tree), read)
}

/// A path's length in folders that is still followed.
pub(super) const MAX_DEPTH: usize = 4096;

/// The bytes of trees that one walk may read. A tree can name another many times over, so that a few kilobytes unfold to
/// billions of files; the largest repositories known stay below a tenth of this.
const MAX_WORK: u64 = 2 << 30;

/// What reading one tree costs besides its bytes.
const TREE_COST: u64 = 1024;

/// The bytes that all changes together may take.
const MAX_KEPT: u64 = 128 << 20;

/// Adds a change unless memory would run out; says whether it did.
pub(super) fn keep(changes: &mut Vec<Change>, kept: &mut u64, path: &[u8], old: Option<(u32, ObjectId)>, new: Option<(u32, ObjectId)>) -> Result<(), Trouble> {
    *kept += (path.len() + size_of::<Change>()) as u64;
    if *kept > MAX_KEPT {
        return Err(Trouble::Corrupt("it has more changes than memory is given to them".to_owned()));
    }
    changes.push(Change { path: path.to_vec(), old, new });
    Ok(())
}

/// What takes the differences: path, before, after. An error ends the walk and is reported.
pub(super) type Sink<'s> = dyn FnMut(&[u8], Option<(u32, ObjectId)>, Option<(u32, ObjectId)>) -> Result<(), Trouble> + 's;

/// Reads trees, within bounds.
pub(super) struct TreeWalk<R> {
    read: R,
    work: u64,
}

/// A folder being compared, on both sides.
struct Frame {
    old: Side,
    new: Side,
    /// The length of the folder's path, with its slash.
    prefix: usize,
}

/// One side of a folder: its tree's bytes and how far they have been walked.
pub(super) struct Side {
    id: Option<ObjectId>,
    bytes: Vec<u8>,
    at: usize,
}

impl Side {
    pub(super) const EMPTY: Self = Self { id: None, bytes: Vec::new(), at: 0 };

    /// The entry at the current place and the place after it; `None` at the end, and where the bytes are no entry.
    pub(super) fn peek(&self) -> Option<(TreeEntry<'_>, usize)> {
        let mut entries = TreeEntries::new(self.bytes.get(self.at..)?, self.id?.hash());
        let entry = entries.next()?.ok()?;
        Some((entry, self.bytes.len() - entries.rest().len()))
    }

    /// Goes to a place that [`peek`](Self::peek) gave.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Reports what is left where nothing should be: bytes that are no entry.
    pub(super) fn finish(&self, path: &[u8], troubles: &mut Vec<TreeTrouble>) {
        if self.at < self.bytes.len() {
            troubles.extend(self.id.map(|id| TreeTrouble { path: path.to_vec(), id, trouble: Malformed.into() }));
        }
    }
}

impl<R: FnMut(&ObjectId) -> Result<Vec<u8>, Trouble>> TreeWalk<R> {
    pub(super) fn new(read: R) -> Self {
        Self { read, work: 0 }
    }

    /// Opens a tree; one that can't be read is reported and empty.
    pub(super) fn open(&mut self, path: &[u8], id: Option<ObjectId>, troubles: &mut Vec<TreeTrouble>) -> Side {
        let Some(id) = id else { return Side::EMPTY };
        let bytes =
            if self.work > MAX_WORK { Err(Trouble::Corrupt("the folders around it unfold to more than can be walked".to_owned())) } else { (self.read)(&id) };
        match bytes {
            Ok(bytes) => {
                self.work += bytes.len() as u64 + TREE_COST;
                Side { id: Some(id), bytes, at: 0 }
            }
            Err(trouble) => {
                troubles.push(TreeTrouble { path: path.to_vec(), id, trouble });
                Side::EMPTY
            }
        }
    }

    /// Compares two trees that stand at `prefix`: empty, or a folder with its slash.
    pub(super) fn compare(&mut self, prefix: &[u8], old: Option<ObjectId>, new: Option<ObjectId>, troubles: &mut Vec<TreeTrouble>, sink: &mut Sink<'_>) {
        if old == new {
            return;
        }
        let mut path = prefix.to_vec();
        let frame = Frame { old: self.open(&path, old, troubles), new: self.open(&path, new, troubles), prefix: path.len() };
        let mut stack = vec![frame];
        while let Some(frame) = stack.last_mut() {
            path.truncate(frame.prefix);
            let Some((old, new)) = frame.step(&mut path) else {
                frame.old.finish(&path, troubles);
                frame.new.finish(&path, troubles);
                stack.pop();
                continue;
            };
            if old == new {
                continue;
            }
            let as_folder = |side: Option<(u32, ObjectId)>| side.filter(|side| side.0 == FOLDER).map(|side| side.1);
            let (old_folder, new_folder) = (as_folder(old), as_folder(new));
            if old_folder.is_none() && new_folder.is_none() {
                if let Err(trouble) = sink(&path, old, new) {
                    let id = new.or(old).map(|side| side.1);
                    troubles.extend(id.map(|id| TreeTrouble { path: path.clone(), id, trouble }));
                    return;
                }
                continue;
            }
            path.push(b'/');
            if stack.len() >= MAX_DEPTH {
                let trouble = Trouble::Corrupt(format!("it lies more than {MAX_DEPTH} folders deep"));
                troubles.extend(new_folder.or(old_folder).map(|id| TreeTrouble { path: path.clone(), id, trouble }));
                continue;
            }
            // One trouble says enough: the rest of a walk that has no bounds would be millions of them.
            if self.work > MAX_WORK {
                self.open(&path, new_folder.or(old_folder), troubles);
                return;
            }
            let frame = Frame { old: self.open(&path, old_folder, troubles), new: self.open(&path, new_folder, troubles), prefix: path.len() };
            stack.push(frame);
        }
    }
}

/// Mode and id on both sides.
type Both = (Option<(u32, ObjectId)>, Option<(u32, ObjectId)>);

impl Frame {
    /// Takes the next name from the side or sides that have it, and puts it behind `path`. `None` at the end.
    fn step(&mut self, path: &mut Vec<u8>) -> Option<Both> {
        let (old, new) = (self.old.peek(), self.new.peek());
        let order = match (&old, &new) {
            (Some((old, _)), Some((new, _))) => order(old, new),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        let (old, new) = (old.filter(|_| order != Ordering::Greater), new.filter(|_| order != Ordering::Less));
        path.extend_from_slice(old.or(new)?.0.name);
        let version = |(entry, _): (TreeEntry<'_>, usize)| (entry.mode, entry.id);
        let (both, old_end, new_end) = ((old.map(version), new.map(version)), old.map(|old| old.1), new.map(|new| new.1));
        self.old.at = old_end.unwrap_or(self.old.at);
        self.new.at = new_end.unwrap_or(self.new.at);
        Some(both)
    }
}

/// The order within a tree: as if a folder's name ended in a slash.
fn order(left: &TreeEntry<'_>, right: &TreeEntry<'_>) -> Ordering {
    let common = left.name.len().min(right.name.len());
    let (left_start, right_start) = (left.name.get(..common), right.name.get(..common));
    let after = |entry: &TreeEntry<'_>| entry.name.get(common).copied().unwrap_or(if entry.is_folder() { b'/' } else { 0 });
    left_start.cmp(&right_start).then_with(|| after(left).cmp(&after(right))).then_with(|| left.name.len().cmp(&right.name.len()))
}

/// The blob at a path of a tree, if there is one.
pub fn find_in(objects: &super::Objects, tree: ObjectId, path: &[u8]) -> Option<ObjectId> {
    let (mode, id) = entry_in(objects, tree, path)?;
    (mode != super::tree::FOLDER && mode != super::tree::SUBMODULE).then_some(id)
}

/// The mode and the id of what stands at a path of a tree.
pub fn entry_in(objects: &super::Objects, tree: ObjectId, path: &[u8]) -> Option<(u32, ObjectId)> {
    const LARGEST: u64 = 256 << 20;
    let mut reader = objects.reader();
    let mut at = tree;
    let mut parts = path.split(|byte| *byte == b'/').peekable();
    while let Some(part) = parts.next() {
        let (_, bytes) = reader.read(&at, LARGEST).ok()?;
        let entry = super::tree::TreeEntries::new(&bytes, objects.hash).flatten().find(|entry| entry.name == part)?;
        match (parts.peek().is_some(), entry.is_folder()) {
            (true, true) => at = entry.id,
            (false, _) => return Some((entry.mode, entry.id)),
            (true, false) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::source::git::tree::{EXECUTABLE, FILE, SUBMODULE};

    /// Trees by id; the id of a tree is made from its place in the list.
    #[derive(Default)]
    struct Store(HashMap<ObjectId, Vec<u8>>);

    impl Store {
        fn add(&mut self, entries: &[(u32, &str, ObjectId)]) -> ObjectId {
            let bytes: Vec<u8> = entries.iter().flat_map(|(mode, name, id)| [format!("{mode:o} {name}\0").as_bytes(), id.as_bytes()].concat()).collect();
            let tree = id(100 + self.0.len() as u8);
            self.0.insert(tree, bytes);
            tree
        }

        fn compare(&self, old: Option<ObjectId>, new: Option<ObjectId>) -> Difference {
            changes(old, new, |id| self.0.get(id).cloned().ok_or(Trouble::Missing))
        }
    }

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes(&[byte; 20]).expect("20 bytes")
    }

    fn show(difference: &Difference) -> Vec<String> {
        let side = |side: Option<(u32, ObjectId)>| side.map_or("-".to_owned(), |(mode, id)| format!("{mode:o}:{}", id.as_bytes()[0]));
        let changes = difference.changes.iter().map(|change| format!("{} {} {}", String::from_utf8_lossy(&change.path), side(change.old), side(change.new)));
        changes.chain(difference.troubles.iter().map(|trouble| format!("{} {:?}", String::from_utf8_lossy(&trouble.path), trouble.trouble))).collect()
    }

    #[test]
    fn only_what_differs_is_named() {
        let mut store = Store::default();
        let same = store.add(&[(FILE, "never-read", id(1))]);
        let before = store.add(&[(FILE, "gone", id(1)), (FILE, "kept", id(2)), (FILE, "mode", id(3))]);
        let after = store.add(&[(FILE, "kept", id(2)), (EXECUTABLE, "mode", id(3)), (FILE, "new", id(4))]);
        let old = store.add(&[(FOLDER, "a", before), (FOLDER, "b", same), (SUBMODULE, "s", id(5))]);
        let new = store.add(&[(FOLDER, "a", after), (FOLDER, "b", same), (SUBMODULE, "s", id(6))]);
        store.0.remove(&same);
        let expected = ["a/gone 100644:1 -", "a/mode 100644:3 100755:3", "a/new - 100644:4", "s 160000:5 160000:6"];
        assert_eq!(show(&store.compare(Some(old), Some(new))), expected);
    }

    #[test]
    fn a_file_that_becomes_a_folder_is_deleted_and_added() {
        let mut store = Store::default();
        let inner = store.add(&[(FILE, "x", id(1))]);
        let old = store.add(&[(FILE, "a", id(1)), (FILE, "a.txt", id(2))]);
        let new = store.add(&[(FILE, "a.txt", id(2)), (FOLDER, "a", inner)]);
        assert_eq!(show(&store.compare(Some(old), Some(new))), ["a 100644:1 -", "a/x - 100644:1"]);
        assert_eq!(show(&store.compare(Some(new), Some(old))), ["a - 100644:1", "a/x 100644:1 -"]);
        assert_eq!(show(&store.compare(None, Some(new))), ["a.txt - 100644:2", "a/x - 100644:1"]);
        assert_eq!(show(&store.compare(Some(old), None)), ["a 100644:1 -", "a.txt 100644:2 -"]);
        assert_eq!(store.compare(None, None), Difference::default());
    }

    #[test]
    fn what_cannot_be_read_is_said_and_the_rest_goes_on() {
        let mut store = Store::default();
        let cut = store.add(&[(FILE, "first", id(1)), (FILE, "second", id(2))]);
        store.0.get_mut(&cut).expect("stored").pop();
        let new = store.add(&[(FOLDER, "a", id(9)), (FOLDER, "b", cut), (FILE, "c", id(3))]);
        let expected = ["b/first - 100644:1", "c - 100644:3", "a/ Missing", "b/ Corrupt(\"it is no tree\")"];
        assert_eq!(show(&store.compare(None, Some(new))), expected);
        // Without its old state everything in a folder is new.
        let old = store.add(&[(FOLDER, "x", id(9))]);
        let inner = store.add(&[(FILE, "y", id(3))]);
        let new = store.add(&[(FOLDER, "x", inner)]);
        assert_eq!(show(&store.compare(Some(old), Some(new))), ["x/y - 100644:3", "x/ Missing"]);
    }

    #[test]
    fn trees_that_unfold_without_end_are_given_up() {
        let mut store = Store::default();
        let mut tree = store.add(&[(FILE, "f", id(1))]);
        for _ in 0..40 {
            tree = store.add(&[(FOLDER, "a", tree), (FOLDER, "b", tree)]);
        }
        let mut troubles = Vec::new();
        let mut walk = TreeWalk::new(|id: &ObjectId| store.0.get(id).cloned().ok_or(Trouble::Missing));
        walk.work = MAX_WORK - (10 << 20);
        walk.compare(&[], None, Some(tree), &mut troubles, &mut |_, _, _| Ok(()));
        assert_eq!(troubles.len(), 1);
        // A tree in itself ends with the depth.
        let cycle = store.add(&[]);
        store.0.insert(cycle, [&b"40000 a\0"[..], cycle.as_bytes()].concat());
        let found = store.compare(None, Some(cycle));
        assert_eq!((found.changes.len(), found.troubles.len(), found.troubles[0].path.len()), (0, 1, 2 * MAX_DEPTH));
    }
}
