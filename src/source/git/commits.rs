//! Questions about history, answered by reading commits when they are needed: what a range holds, where two branches
//! parted, which came before.
//!
//! Commits are read newest first by their time, so that a short range of a long history costs little. A clock that went
//! backwards can make a range larger than it is, never smaller.

use std::collections::{BinaryHeap, HashSet};

use super::graph::Graph;
use super::{Kind, ObjectId, Trouble};

/// How an object is read: its kind and bytes.
pub type ReadObject<'a> = Box<dyn FnMut(&ObjectId) -> Result<(Kind, Vec<u8>), Trouble> + 'a>;

/// The largest commit or tag that is read, in bytes: a limit for [`ReadObject`].
pub const LARGEST_COMMIT: u64 = 64 << 20;

/// After only hidden commits are left, this many more are read in case a clock was wrong. git reads 5.
const MORE: usize = 256;
/// Clocks are not trusted within this many seconds.
const SLACK: i64 = 86_400;

/// Commits that are read when asked for, and kept.
pub struct Commits<'a> {
    pub(super) graph: Graph,
    state: Vec<State>,
    read: ReadObject<'a>,
    shallow: HashSet<ObjectId>,
    /// Commits whose parents a shallow clone left behind, as far as they were met.
    pub boundary: Vec<ObjectId>,
    /// What could not be read.
    pub missing: Vec<(ObjectId, Trouble)>,
}

/// The commits of a range.
#[derive(Debug, Clone)]
pub struct Walked {
    /// The commits, parents first. The first `edge` of them are outside: parents of the others that are hidden.
    pub graph: Graph,
    /// How many commits at the beginning of `graph` are outside of the range. They have no parents here.
    pub edge: usize,
    /// Annotated tags among the starts, and the tags that those name.
    pub tags: Vec<ObjectId>,
    /// Starts, or what tags among them lead to, that are no commits; without a kind where they are too large to tell.
    pub others: Vec<(ObjectId, Option<Kind>)>,
    /// Commits whose parents a shallow clone left behind, but for those that are hidden themselves.
    pub boundary: Vec<ObjectId>,
    /// What could not be read.
    pub missing: Vec<(ObjectId, Trouble)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unread,
    Read,
    Missing,
}

// What is known of a commit during a walk.
const SEEN: u8 = 1;
const HIDDEN: u8 = 2;
pub(super) const WAITING: u8 = 4;
const EDGE: u8 = 8;

impl std::fmt::Debug for Commits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Commits({} read)", self.state.len())
    }
}

impl<'a> Commits<'a> {
    /// Commits read by `read`, which refuses what is larger than [`LARGEST_COMMIT`]; `shallow` is [`super::Refs::shallow`].
    pub fn new(read: impl FnMut(&ObjectId) -> Result<(Kind, Vec<u8>), Trouble> + 'a, shallow: &[ObjectId]) -> Self {
        Self {
            graph: Graph::default(),
            state: Vec::new(),
            read: Box::new(read),
            shallow: shallow.iter().copied().collect(),
            boundary: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Every commit that one of `starts` leads to and none of `hidden` does. Tags are followed.
    pub fn walk(mut self, starts: &[ObjectId], hidden: &[ObjectId]) -> Walked {
        let (mut tags, mut others) = (Vec::new(), Vec::new());
        let mut walk = Walk::default();
        let hidden: Vec<u32> = hidden.iter().filter_map(|id| self.peel(*id, &mut Vec::new(), &mut Vec::new())).collect();
        for at in hidden {
            walk.hide(at, &self.graph);
            self.enter(at, &mut walk);
        }
        let mut peeled = HashSet::new();
        for id in starts {
            // Thousands of references may name one commit.
            if peeled.insert(*id)
                && let Some(at) = self.peel(*id, &mut tags, &mut others)
            {
                self.enter(at, &mut walk);
            }
        }
        drop(peeled);

        let (mut listed, mut oldest, mut more) = (Vec::new(), i64::MAX, MORE);
        while let Some((time, at)) = walk.queue.pop() {
            if walk.open == 0 {
                if listed.is_empty() {
                    break;
                }
                if time < oldest.saturating_sub(SLACK) {
                    more -= 1;
                    if more == 0 {
                        break;
                    }
                }
            }
            let is_hidden = walk.leave(at);
            if !is_hidden {
                listed.push(at);
                oldest = oldest.min(time);
            }
            for index in 0..self.graph.parents(at).len() {
                let parent = self.graph.parents(at)[index];
                if is_hidden {
                    walk.hide(parent, &self.graph);
                }
                self.enter(parent, &mut walk);
            }
        }
        listed.retain(|at| !walk.has(*at, HIDDEN));
        // What lies behind a hidden commit is hidden as well, and no loss.
        let graph = &self.graph;
        self.boundary.retain(|id| graph.find(id).is_none_or(|at| !walk.has(at, HIDDEN)));
        let mut edge = Vec::new();
        for at in &listed {
            for parent in self.graph.parents(*at) {
                if walk.has(*parent, HIDDEN) && !walk.has(*parent, EDGE) && self.state.get(*parent as usize) == Some(&State::Read) {
                    walk.set(*parent, EDGE);
                    edge.push(*parent);
                }
            }
        }
        let order = self.graph.topological(&listed);
        drop(listed);
        for at in &edge {
            self.graph.orphan(*at);
        }
        let mut noted = HashSet::new();
        self.missing.retain(|(id, _)| noted.insert(*id));
        edge.sort_by_key(|at| self.graph.nodes().get(*at as usize).map(|node| (node.time, node.id)));
        let count = edge.len();
        edge.extend(order);
        let graph = std::mem::take(&mut self.graph).arranged(&edge);
        Walked { graph, edge: count, tags, others, boundary: self.boundary, missing: self.missing }
    }

    /// The commit that an object leads to through tags.
    pub fn commit_of(&mut self, id: &ObjectId) -> Option<ObjectId> {
        let at = self.commit(id)?;
        self.graph.nodes().get(at as usize).map(|node| node.id)
    }

    /// A parent of a commit, counted from 0.
    pub fn parent_of(&mut self, id: &ObjectId, number: usize) -> Option<ObjectId> {
        let at = self.commit(id)?;
        let parent = *self.graph.parents(at).get(number)?;
        self.graph.nodes().get(parent as usize).map(|node| node.id)
    }

    pub(super) fn commit(&mut self, id: &ObjectId) -> Option<u32> {
        self.peel(*id, &mut Vec::new(), &mut Vec::new())
    }

    /// Follows tags to a commit and reads it.
    fn peel(&mut self, mut id: ObjectId, tags: &mut Vec<ObjectId>, others: &mut Vec<(ObjectId, Option<Kind>)>) -> Option<u32> {
        let mut seen = HashSet::new();
        loop {
            if let Some(at) = self.graph.find(&id)
                && self.state.get(at as usize) == Some(&State::Read)
            {
                return Some(at);
            }
            if !seen.insert(id) {
                return None;
            }
            match (self.read)(&id) {
                Ok((Kind::Commit, bytes)) => {
                    let at = self.graph.add(id)?;
                    self.take(at, &bytes);
                    return Some(at);
                }
                Ok((Kind::Tag, bytes)) => {
                    tags.push(id);
                    match super::Tag::parse(&bytes).target {
                        Some(target) => id = target,
                        None => {
                            self.missing.push((id, Trouble::Corrupt("a tag without a target".to_owned())));
                            return None;
                        }
                    }
                }
                Ok((kind, _)) => {
                    others.push((id, Some(kind)));
                    return None;
                }
                Err(Trouble::TooLarge(_)) => {
                    others.push((id, None));
                    return None;
                }
                Err(trouble) => {
                    self.missing.push((id, trouble));
                    return None;
                }
            }
        }
    }

    /// Reads the commit at a place; false where it can't be read, which is noted once.
    pub(super) fn ensure(&mut self, at: u32) -> bool {
        match self.state.get(at as usize) {
            Some(State::Read) => return true,
            Some(State::Missing) => return false,
            _ => {}
        }
        let Some(id) = self.graph.nodes().get(at as usize).map(|node| node.id) else { return false };
        let trouble = match (self.read)(&id) {
            Ok((Kind::Commit, bytes)) => {
                self.take(at, &bytes);
                return true;
            }
            Ok(_) => Trouble::Corrupt("no commit, where one is named".to_owned()),
            Err(trouble) => trouble,
        };
        self.missing.push((id, trouble));
        self.mark(at, State::Missing);
        false
    }

    fn take(&mut self, at: u32, bytes: &[u8]) {
        self.graph.fill(at, bytes);
        self.mark(at, State::Read);
        let Some(node) = self.graph.nodes().get(at as usize).copied() else { return };
        if node.tree.is_none() {
            self.missing.push((node.id, Trouble::Corrupt("a commit without a tree".to_owned())));
        }
        if self.shallow.contains(&node.id) {
            if !self.graph.parents(at).is_empty() {
                self.boundary.push(node.id);
            }
            self.graph.orphan(at);
        }
    }

    fn mark(&mut self, at: u32, state: State) {
        let at = at as usize;
        if self.state.len() <= at {
            self.state.resize(at + 1, State::Unread);
        }
        self.state[at] = state;
    }

    /// Puts a commit in the queue of a walk, once.
    fn enter(&mut self, at: u32, walk: &mut Walk) {
        if !walk.has(at, SEEN) {
            walk.set(at, SEEN);
            if self.ensure(at)
                && let Some(node) = self.graph.nodes().get(at as usize)
            {
                walk.queue.push((node.time, at));
                walk.set(at, WAITING);
                walk.open += usize::from(!walk.has(at, HIDDEN));
            }
        }
    }

    pub(super) fn time(&self, at: u32) -> i64 {
        self.graph.nodes().get(at as usize).map_or(0, |node| node.time)
    }
}

/// Marks by place; a place beyond the end has none.
#[derive(Default)]
pub(super) struct Flags(pub(super) Vec<u8>);

impl Flags {
    pub(super) fn get(&self, at: u32) -> u8 {
        self.0.get(at as usize).copied().unwrap_or(0)
    }

    pub(super) fn set(&mut self, at: u32, flags: u8) {
        let at = at as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= flags;
    }

    pub(super) fn clear(&mut self, at: u32, flags: u8) {
        if let Some(found) = self.0.get_mut(at as usize) {
            *found &= !flags;
        }
    }
}

#[derive(Default)]
struct Walk {
    flags: Flags,
    queue: BinaryHeap<(i64, u32)>,
    /// Places in the queue that are not hidden.
    open: usize,
}

impl Walk {
    fn has(&self, at: u32, flag: u8) -> bool {
        self.flags.get(at) & flag != 0
    }

    fn set(&mut self, at: u32, flag: u8) {
        self.flags.set(at, flag);
    }

    /// Takes a place out of the queue; whether it is hidden.
    fn leave(&mut self, at: u32) -> bool {
        self.flags.clear(at, WAITING);
        let hidden = self.has(at, HIDDEN);
        self.open -= usize::from(!hidden);
        hidden
    }

    /// Hides a commit, and its ancestors as far as the walk has been there.
    fn hide(&mut self, at: u32, graph: &Graph) {
        let mut waiting = vec![at];
        while let Some(at) = waiting.pop() {
            if self.has(at, HIDDEN) {
                continue;
            }
            self.set(at, HIDDEN);
            if self.has(at, WAITING) {
                self.open -= 1;
            } else if self.has(at, SEEN) {
                waiting.extend(graph.parents(at));
            }
        }
    }
}
