//! Where two histories parted, by marking the ancestors of both until only common ones are left.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use super::ObjectId;
use super::commits::{Commits, Flags, WAITING};
use super::graph::ABSENT;

// What is known of a commit while two histories are compared; apart from `WAITING`.
const ONE: u8 = 16;
const TWO: u8 = 32;
const BOTH: u8 = ONE | TWO;
/// An ancestor of a common ancestor.
const STALE: u8 = 64;
const RESULT: u8 = 128;

impl Commits<'_> {
    /// The best common ancestors of two commits: those from which no other is reached. None where histories are unrelated,
    /// or where `boundary` or `missing` says that they may have parted beyond.
    pub fn merge_bases(&mut self, one: &ObjectId, two: &ObjectId) -> Vec<ObjectId> {
        let (Some(one), Some(two)) = (self.commit(one), self.commit(two)) else { return Vec::new() };
        let flags = self.paint(one, &[two]);
        let found: Vec<u32> = (0..).zip(&flags).filter(|(_, flags)| **flags & (RESULT | STALE) == RESULT).map(|(at, _)| at).collect();
        let mut redundant = HashSet::new();
        if found.len() > 1 {
            for base in &found {
                let rest: Vec<u32> = found.iter().copied().filter(|other| other != base && !redundant.contains(other)).collect();
                let flags = self.paint(*base, &rest);
                if !redundant.contains(base) && flags.get(*base as usize).is_some_and(|flags| flags & TWO != 0) {
                    redundant.insert(*base);
                }
            }
        }
        let mut bases: Vec<_> = found.iter().filter(|at| !redundant.contains(at)).filter_map(|at| self.graph.nodes().get(*at as usize)).collect();
        bases.sort_by_key(|node| (Reverse(node.time), node.id));
        bases.into_iter().map(|node| node.id).collect()
    }

    /// Whether `old` is `new` or one of its ancestors.
    pub fn is_ancestor(&mut self, old: &ObjectId, new: &ObjectId) -> bool {
        let (Some(old), Some(new)) = (self.commit(old), self.commit(new)) else { return false };
        self.paint(old, &[new]).get(old as usize).is_some_and(|flags| flags & TWO != 0)
    }

    /// Marks the ancestors of both sides until only common ones are left, as git's `paint_down_to_common` does: the best
    /// common ancestors are then `RESULT` and not `STALE`. Unlike an ancestor's marks, that does not rest on clocks.
    fn paint(&mut self, one: u32, two: &[u32]) -> Vec<u8> {
        let mut flags = Flags::default();
        // Places in the queue that may still lead to something.
        let (mut queue, mut open) = (BinaryHeap::new(), 0usize);
        for (at, side) in std::iter::once((one, ONE)).chain(two.iter().map(|at| (*at, TWO))) {
            if flags.get(at) & WAITING == 0 && self.ensure(at) {
                queue.push((self.time(at), at));
                flags.set(at, WAITING);
                open += 1;
            }
            flags.set(at, side);
        }
        while open > 0 {
            let Some((_, at)) = queue.pop() else { break };
            let mut passed = flags.get(at) & (BOTH | STALE);
            flags.clear(at, WAITING);
            open -= usize::from(passed & STALE == 0);
            if passed & BOTH == BOTH {
                flags.set(at, RESULT);
                passed |= STALE;
            }
            for index in 0..self.graph.parents(at).len() {
                let parent = self.graph.parents(at)[index];
                let before = flags.get(parent);
                if before & passed == passed || parent == ABSENT || !self.ensure(parent) {
                    continue;
                }
                flags.set(parent, passed);
                if before & WAITING == 0 {
                    queue.push((self.time(parent), parent));
                    flags.set(parent, WAITING);
                    open += usize::from(flags.get(parent) & STALE == 0);
                } else if before & STALE == 0 && passed & STALE != 0 {
                    open -= 1;
                }
            }
        }
        flags.0
    }
}
