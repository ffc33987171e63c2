//! Which commit brought a blob in, and where the tip holds it.
//!
//! Costs something only for blobs that somebody asks about. All trees are decoded once, in the order that is quickest;
//! those that lead to a wanted blob are marked from below; then commits are gone through, parents first, and only marked
//! trees that no earlier commit held are opened. The first commit that leads to a blob is the one that introduced it,
//! since all of its ancestors came before.

use std::collections::{HashMap, HashSet};

use super::graph::Graph;
use super::pack::delta::Copied;
use super::tree::TreeEntries;
use super::{Hash, Kind, ObjectId, ObjectReader, Objects, Trouble, Visit, VisitOptions, Visitor};

/// The largest folder that is read, in bytes.
const LARGEST_TREE: u64 = 256 << 20;
/// Deeper folders are not entered: a hostile tree may name itself.
const DEEPEST: usize = 2048;
/// Folders that one tree holds at several paths are opened again for each, but no more than this often: ten trees of ten
/// entries can unfold to ten thousand million files.
const MOST_AGAIN: usize = 1 << 16;

/// All folders of a repository, seen once.
#[derive(Debug, Default)]
pub struct Trees {
    /// The first bytes of the ids of trees that lead to a wanted object.
    marked: HashSet<u64>,
    /// Ids that some tree names and no object has, each with the folder that names it.
    pub absent: HashMap<ObjectId, ObjectId>,
    /// Trees that can't be read.
    pub broken: Vec<(ObjectId, Trouble)>,
    /// How many trees there are.
    pub count: u64,
    /// Whether one of them names a commit of another repository.
    pub has_modules: bool,
}

/// Where a blob was seen first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduced {
    /// The commit's place in the graph.
    pub commit: u32,
    /// The path there.
    pub path: Vec<u8>,
}

/// What is asked of the walk through the commits.
pub struct Attribution<'a> {
    /// All objects.
    pub objects: &'a Objects,
    /// The trees that lead to what is wanted.
    pub trees: &'a Trees,
    /// The blobs that are wanted.
    pub wanted: &'a HashSet<ObjectId>,
    /// Whether a path shall be passed over; the flag says that it is a folder.
    pub passes_over: &'a dyn Fn(&[u8], bool) -> bool,
    /// Whether what is passed over depends on the folders above it: then a folder is looked at in each of its places.
    pub by_path: bool,
}

impl std::fmt::Debug for Attribution<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attribution({} wanted)", self.wanted.len())
    }
}

impl Trees {
    /// Reads every tree: which lead to one of `wanted`, and which name what is not there.
    pub fn survey(objects: &Objects, wanted: &HashSet<ObjectId>, threads: usize, stopped: &(dyn Fn() -> bool + Sync)) -> Self {
        let make = || Surveyor { objects, hash: objects.hash, wanted, stopped, edges: Vec::new(), direct: Vec::new(), trees: Self::default() };
        let surveyors = objects.visit_all(&[Kind::Tree], threads, &VisitOptions::default(), make);
        let mut all = Self::default();
        let (mut edges, mut waiting) = (Vec::new(), Vec::new());
        for surveyor in surveyors {
            all.absent.extend(surveyor.trees.absent);
            all.broken.extend(surveyor.trees.broken);
            all.count += surveyor.trees.count;
            all.has_modules |= surveyor.trees.has_modules;
            edges.extend(surveyor.edges);
            waiting.extend(surveyor.direct);
        }
        edges.sort_unstable();
        while let Some(key) = waiting.pop() {
            if all.marked.insert(key) {
                let first = edges.partition_point(|(child, _)| *child < key);
                waiting.extend(edges[first..].iter().take_while(|(child, _)| *child == key).map(|(_, parent)| *parent));
            }
        }
        all
    }

    fn leads(&self, id: &ObjectId) -> bool {
        self.marked.contains(&key(id))
    }
}

/// The first bytes of an id: a table of these is a third as large, and two that agree cost a look and nothing else.
fn key(id: &ObjectId) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&id.as_bytes()[..8]);
    u64::from_be_bytes(first)
}

/// A number for a folder's path.
fn hash(folder: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    hasher.finish()
}

struct Surveyor<'a> {
    objects: &'a Objects,
    hash: Hash,
    wanted: &'a HashSet<ObjectId>,
    stopped: &'a (dyn Fn() -> bool + Sync),
    /// From a folder to the one that holds it.
    edges: Vec<(u64, u64)>,
    direct: Vec<u64>,
    trees: Trees,
}

impl Visitor for Surveyor<'_> {
    type State = ();

    fn visit(&mut self, object: &Visit<'_>, _base: Option<&()>) {
        self.trees.count += 1;
        let own = key(&object.id);
        let mut entries = TreeEntries::new(object.bytes, self.hash);
        let mut known = Known { copied: object.copied.unwrap_or_default().iter(), part: None };
        let mut is_direct = false;
        let mut start = 0;
        while let Some(entry) = entries.next() {
            let end = object.bytes.len() - entries.rest().len();
            let Ok(entry) = entry else {
                self.trees.broken.push((object.id, Trouble::Corrupt("it is no tree".to_owned())));
                break;
            };
            if entry.is_folder() && !self.wanted.is_empty() {
                self.edges.push((key(&entry.id), own));
            }
            is_direct |= self.wanted.contains(&entry.id);
            // What stood in the base as well was asked about there.
            let is_module = entry.mode == super::tree::SUBMODULE;
            self.trees.has_modules |= is_module;
            if !known.holds(start, end) && !is_module && !self.objects.has(&entry.id) {
                self.trees.absent.insert(entry.id, object.id);
            }
            start = end;
        }
        if is_direct {
            self.direct.push(own);
        }
    }

    fn pass(&mut self, _object: &Visit<'_>, _base: Option<&()>) {}

    fn large(&mut self, id: ObjectId, _kind: Kind, size: u64, _bytes: Option<&mut dyn std::io::Read>) {
        self.trees.broken.push((id, Trouble::TooLarge(size)));
    }

    fn lost(&mut self, id: ObjectId, trouble: Trouble) {
        self.trees.broken.push((id, trouble));
    }

    fn stopped(&self) -> bool {
        (self.stopped)()
    }
}

/// Goes along the copied parts of an object.
struct Known<'a> {
    copied: std::slice::Iter<'a, Copied>,
    part: Option<Copied>,
}

impl Known<'_> {
    /// Whether a range lies in one of them; ranges come in rising order.
    fn holds(&mut self, start: usize, end: usize) -> bool {
        loop {
            match self.part {
                Some(part) if (part.at + part.len) as usize >= end => return part.at as usize <= start,
                _ => match self.copied.next() {
                    Some(next) => self.part = Some(*next),
                    None => return false,
                },
            }
        }
    }
}

impl Attribution<'_> {
    /// For each wanted blob the first of the chosen commits that leads to it. What can't be read goes to `troubles`.
    pub fn introductions(&self, graph: &Graph, chosen: &[bool], troubles: &mut Vec<(ObjectId, Trouble)>) -> HashMap<ObjectId, Introduced> {
        let mut found = HashMap::new();
        let mut seen = HashSet::new();
        let mut reader = self.objects.reader();
        for (node, at) in graph.nodes().iter().zip(0..) {
            if found.len() == self.wanted.len() {
                break;
            }
            let Some(tree) = node.tree.filter(|tree| chosen[at as usize] && self.trees.leads(tree)) else { continue };
            self.walk(&mut reader, tree, &mut seen, troubles, &mut |id, path| {
                found.entry(id).or_insert_with(|| Introduced { commit: at, path: path.to_vec() });
            });
        }
        found
    }

    /// Every path at which a tree holds one of the wanted blobs, in order.
    pub fn places(&self, tree: ObjectId, troubles: &mut Vec<(ObjectId, Trouble)>) -> Vec<(Vec<u8>, ObjectId)> {
        let mut places = Vec::new();
        // A folder that stands at two paths is opened for each.
        self.walk_all(&mut self.objects.reader(), tree, None, troubles, &mut |id, path| places.push((path.to_vec(), id)));
        places.sort_unstable();
        places
    }

    fn walk(
        &self,
        reader: &mut ObjectReader<'_>,
        tree: ObjectId,
        seen: &mut HashSet<(ObjectId, u64)>,
        troubles: &mut Vec<(ObjectId, Trouble)>,
        each: &mut dyn FnMut(ObjectId, &[u8]),
    ) {
        self.walk_all(reader, tree, Some(seen), troubles, each);
    }

    fn walk_all(
        &self,
        reader: &mut ObjectReader<'_>,
        root: ObjectId,
        mut seen: Option<&mut HashSet<(ObjectId, u64)>>,
        troubles: &mut Vec<(ObjectId, Trouble)>,
        each: &mut dyn FnMut(ObjectId, &[u8]),
    ) {
        let (mut opened, mut again) = (HashSet::new(), 0);
        let mut waiting = vec![(root, Vec::new(), 0)];
        while let Some((tree, folder, depth)) = waiting.pop() {
            let place = if self.by_path { hash(&folder) } else { 0 };
            if !self.trees.leads(&tree) || seen.as_mut().is_some_and(|seen| !seen.insert((tree, place))) {
                continue;
            }
            again += usize::from(!opened.insert(tree));
            if again > MOST_AGAIN {
                troubles.push((root, Trouble::Corrupt("its folders unfold to more than is read".to_owned())));
                break;
            }
            let bytes = match reader.read(&tree, LARGEST_TREE) {
                Ok((Kind::Tree, bytes)) => bytes,
                Ok(_) => {
                    troubles.push((tree, Trouble::Corrupt("it is no tree".to_owned())));
                    continue;
                }
                Err(trouble) => {
                    troubles.push((tree, trouble));
                    continue;
                }
            };
            for entry in TreeEntries::new(&bytes, self.objects.hash).flatten() {
                let is_wanted = self.wanted.contains(&entry.id);
                if !is_wanted && !entry.is_folder() {
                    continue;
                }
                let path = if folder.is_empty() { entry.name.to_vec() } else { [&folder[..], b"/", entry.name].concat() };
                if (self.passes_over)(&path, entry.is_folder()) {
                    continue;
                }
                if is_wanted {
                    each(entry.id, &path);
                } else if depth < DEEPEST {
                    waiting.push((entry.id, path, depth + 1));
                }
            }
        }
    }
}
