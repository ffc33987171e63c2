//! Commits and how they follow from each other.
//!
//! A [`Graph`] holds commits in topological order, parents first: all of a repository's ([`Graph::from_commits`]), or those
//! that a [`super::Commits`] walk found. Replace references and grafts are never applied: what they hide is still in the
//! repository.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{BuildHasher, RandomState};

use super::{ObjectId, object};

/// In the place of a parent that is not in the graph.
pub const ABSENT: u32 = u32::MAX;

/// A commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub id: ObjectId,
    /// Its root folder; `None` where the commit is broken.
    pub tree: Option<ObjectId>,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    first: u32,
    count: u32,
}

/// Commits with their parents.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    /// The parents of each node, one node's after the other's.
    parents: Vec<u32>,
    table: Table,
}

impl Graph {
    /// Takes commits as ids and bytes, in any order. A commit that comes twice counts once.
    pub fn from_commits<'a>(commits: impl IntoIterator<Item = (ObjectId, &'a [u8])>) -> Self {
        let mut graph = Self::default();
        let mut read = Vec::new();
        for (id, bytes) in commits {
            let Some(at) = graph.add(id) else { break };
            read.resize(read.len().max(graph.nodes.len()), false);
            if let Some(read) = read.get_mut(at as usize)
                && !std::mem::replace(read, true)
            {
                graph.fill(at, bytes);
            }
        }
        read.resize(graph.nodes.len(), false);
        let chosen: Vec<u32> = (0..).zip(&read).filter(|(_, read)| **read).map(|(at, _)| at).collect();
        let order = graph.topological(&chosen);
        graph.arranged(&order)
    }

    /// The commits, parents before their children.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The parents of the commit at a place, as places, in the commit's order; [`ABSENT`] for one that is not here.
    pub fn parents(&self, at: u32) -> &[u32] {
        let Some(node) = self.nodes.get(at as usize) else { return &[] };
        let first = node.first as usize;
        self.parents.get(first..first + node.count as usize).unwrap_or_default()
    }

    /// The place of a commit.
    pub fn find(&self, id: &ObjectId) -> Option<u32> {
        self.table.find(id, &self.nodes)
    }

    /// For each place, whether one of `starts` leads there and none of `hidden` does.
    pub fn reachable(&self, starts: &[ObjectId], hidden: &[ObjectId]) -> Vec<bool> {
        let mut marks = vec![None; self.nodes.len()];
        for (ids, mark) in [(hidden, false), (starts, true)] {
            let mut waiting: Vec<u32> = ids.iter().filter_map(|id| self.find(id)).collect();
            while let Some(at) = waiting.pop() {
                if let Some(found) = marks.get_mut(at as usize).filter(|found| found.is_none()) {
                    *found = Some(mark);
                    waiting.extend(self.parents(at).iter().filter(|parent| **parent != ABSENT));
                }
            }
        }
        marks.into_iter().map(|mark| mark == Some(true)).collect()
    }

    /// The place of a commit, which is made if there is none; `None` when there is no room left.
    pub(super) fn add(&mut self, id: ObjectId) -> Option<u32> {
        if let Some(at) = self.find(&id) {
            return Some(at);
        }
        let at = u32::try_from(self.nodes.len()).ok().filter(|at| *at != ABSENT)?;
        self.nodes.push(Node { id, tree: None, time: 0, first: 0, count: 0 });
        self.table.insert(at, &self.nodes);
        Some(at)
    }

    /// Gives a commit its tree, time and parents.
    pub(super) fn fill(&mut self, at: u32, bytes: &[u8]) {
        let mut ids = Vec::new();
        let (tree, time) = object::links(bytes, &mut ids);
        let Ok(first) = u32::try_from(self.parents.len()) else { return };
        let places: Vec<u32> = ids.into_iter().map_while(|id| self.add(id)).collect();
        let Some(node) = self.nodes.get_mut(at as usize) else { return };
        (node.tree, node.time, node.first) = (tree, time, first);
        node.count = u32::try_from(places.len()).unwrap_or(0);
        self.parents.extend(places);
    }

    /// Takes a commit's parents away, as at the edge of a shallow clone.
    pub(super) fn orphan(&mut self, at: u32) {
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.count = 0;
        }
    }

    /// The chosen places, each after its parents and otherwise the older first, then by id, so that the order does not
    /// depend on which commit was read first. A circle, which only corruption can make,
    /// comes last in the order of time.
    pub(super) fn topological(&self, chosen: &[u32]) -> Vec<u32> {
        let mut pending = vec![0u32; self.nodes.len()];
        let mut is_chosen = vec![false; self.nodes.len()];
        for at in chosen {
            is_chosen[*at as usize] = true;
        }
        let inner = |at: u32| self.parents(at).iter().filter(|parent| is_chosen.get(**parent as usize) == Some(&true));
        // The children of each place, one place's after the other's.
        let mut starts = vec![0u32; self.nodes.len() + 1];
        for at in chosen {
            for parent in inner(*at) {
                starts[*parent as usize + 1] += 1;
                pending[*at as usize] += 1;
            }
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut children = vec![0u32; starts.last().map_or(0, |count| *count as usize)];
        let mut filled = starts.clone();
        for at in chosen {
            for parent in inner(*at) {
                children[filled[*parent as usize] as usize] = *at;
                filled[*parent as usize] += 1;
            }
        }
        drop(filled);
        let age = |at: u32| self.nodes.get(at as usize).map(|node| (node.time, node.id));
        let mut ready: BinaryHeap<_> = chosen.iter().filter(|at| pending[**at as usize] == 0).map(|at| Reverse((age(*at), *at))).collect();
        let mut order = Vec::with_capacity(chosen.len());
        while let Some(Reverse((_, at))) = ready.pop() {
            order.push(at);
            for child in &children[starts[at as usize] as usize..starts[at as usize + 1] as usize] {
                pending[*child as usize] -= 1;
                if pending[*child as usize] == 0 {
                    ready.push(Reverse((age(*child), *child)));
                }
            }
        }
        let mut circle: Vec<u32> = chosen.iter().copied().filter(|at| pending[*at as usize] > 0).collect();
        circle.sort_by_key(|at| age(*at));
        order.extend(circle);
        order
    }

    /// The graph of the places in `order`, each once; parents that are not among them are [`ABSENT`].
    pub(super) fn arranged(self, order: &[u32]) -> Self {
        let mut place = vec![ABSENT; self.nodes.len()];
        for (to, from) in (0..).zip(order) {
            place[*from as usize] = to;
        }
        let mut graph = Self { nodes: Vec::with_capacity(order.len()), parents: Vec::with_capacity(self.parents.len()), table: Table::default() };
        for from in order {
            let Some(node) = self.nodes.get(*from as usize) else { continue };
            let first = u32::try_from(graph.parents.len()).expect("no more parents than before");
            graph.parents.extend(self.parents(*from).iter().map(|parent| place.get(*parent as usize).copied().unwrap_or(ABSENT)));
            graph.nodes.push(Node { first, ..*node });
        }
        graph.table = Table::of(&graph.nodes);
        graph
    }
}

/// Finds places by id with 4 to 11 bytes for each, where a map that holds the ids again would take 60.
#[derive(Debug, Clone, Default)]
struct Table {
    /// A power of two of slots, at most three quarters of them taken: places plus one, 0 for an empty one.
    slots: Vec<u32>,
    taken: usize,
    /// Seeded at random, so that nobody can make ids that collide.
    hasher: RandomState,
}

impl Table {
    fn of(nodes: &[Node]) -> Self {
        let mut table = Self { slots: vec![0; (nodes.len() * 4 / 3 + 2).next_power_of_two()], ..Self::default() };
        for at in (0..).take(nodes.len()) {
            table.put(at, nodes);
        }
        table
    }

    fn find(&self, id: &ObjectId, nodes: &[Node]) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = self.hasher.hash_one(id) as usize & mask;
        while let Some(at) = self.slots[slot].checked_sub(1) {
            if nodes.get(at as usize).is_some_and(|node| node.id == *id) {
                return Some(at);
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    /// Adds the node at a place, which is not here yet.
    fn insert(&mut self, at: u32, nodes: &[Node]) {
        if (self.taken + 1) * 4 > self.slots.len() * 3 {
            let before = nodes.get(..nodes.len() - 1).unwrap_or_default();
            let mut larger = Self { slots: vec![0; (self.slots.len() * 2).max(64)], taken: 0, hasher: std::mem::take(&mut self.hasher) };
            for at in (0..).take(before.len()) {
                larger.put(at, before);
            }
            *self = larger;
        }
        self.put(at, nodes);
    }

    fn put(&mut self, at: u32, nodes: &[Node]) {
        let mask = self.slots.len() - 1;
        let Some(node) = nodes.get(at as usize) else { return };
        let mut slot = self.hasher.hash_one(node.id) as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = at + 1;
        self.taken += 1;
    }
}
