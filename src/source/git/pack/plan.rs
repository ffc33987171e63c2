//! What is to be read of one pack and in which order: its entries by offset, and for each base the deltas of it.
//!
//! Everything is in flat arrays of 21 bytes an object (33 while they are made), named by *rank*, the place in the order of offsets, and
//! made without inflating anything. A delta has the kind of its root, so that what hangs below roots of other kinds is
//! never touched.

use super::Pack;
use super::entry::Form;
use crate::source::git::Kind;

/// No rank.
const NONE: u32 = u32::MAX;
/// How many objects one pack may have here: what fits beside an offset of 64 GiB in 64 bits.
pub(super) const MOST: u32 = 1 << 28;

/// Fewer objects than this are planned by one thread.
const FEW: u32 = 8192;

/// What an entry is, in three bits, with marks above them.
const KIND: u8 = 7;
const DELTA: u8 = 6;
/// Its header, its offset or its place in the tree of deltas is wrong.
const BROKEN: u8 = 0;
/// A delta of an object that the pack doesn't have.
const OUTSIDE: u8 = 5;
/// It is visited through another copy.
const SEEN: u8 = 8;

/// The order of work on one pack.
pub(crate) struct Plan {
    /// Offset and position of each rank: the position in the index is in the low `bits`.
    keys: Vec<u64>,
    bits: u32,
    marks: Vec<u8>,
    /// How many objects of the subtree are to be visited.
    weights: Vec<u32>,
    /// Where the children of each rank begin in `children`; one more at the end.
    starts: Vec<u32>,
    /// The heaviest child of each is the last: when it is read its base is no longer needed, and so a walk never holds
    /// more bases than there are doublings in the number of objects.
    children: Vec<u32>,
    /// Positions of objects that the index puts outside the pack, or whose deltas go in a circle.
    pub(crate) misplaced: Vec<u32>,
}

/// How the bytes of an entry are to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Whole(Kind),
    /// From its parent.
    Delta,
    /// From an object elsewhere.
    Outside,
    Broken,
}

impl Plan {
    /// Plans a pack. `is_seen` tells of a position in the index whether it is visited through another copy.
    pub(crate) fn new(pack: &Pack, threads: usize, is_seen: &(dyn Fn(u32) -> bool + Sync)) -> Self {
        let count = pack.index.count();
        // A thread costs more than a few headers.
        let threads = if count < FEW { 1 } else { threads };
        let bits = 32 - count.leading_zeros();
        let mut plan = Self {
            keys: Vec::with_capacity(count as usize),
            bits,
            marks: Vec::new(),
            weights: Vec::new(),
            starts: Vec::new(),
            children: Vec::new(),
            misplaced: Vec::new(),
        };
        for position in 0..count {
            match pack.index.offset(position).filter(|offset| offset.leading_zeros() >= bits && *offset < pack.entries().len() as u64) {
                Some(offset) => plan.keys.push(offset << bits | u64::from(position)),
                None => plan.misplaced.push(position),
            }
        }
        if threads > 1 {
            rayon::slice::ParallelSliceMut::par_sort_unstable(&mut plan.keys[..]);
        } else {
            plan.keys.sort_unstable();
        }
        let parents = plan.read_headers(pack, threads, is_seen);
        plan.tie(&parents);
        plan
    }

    /// How many ranks there are.
    pub(crate) fn len(&self) -> u32 {
        // INVARIANT: at most the count of the index, a u32.
        self.keys.len() as u32
    }

    pub(crate) fn offset(&self, rank: u32) -> u64 {
        self.keys[rank as usize] >> self.bits
    }

    /// The place of a rank in the index.
    pub(crate) fn position(&self, rank: u32) -> u32 {
        // INVARIANT: the low bits hold a u32.
        (self.keys[rank as usize] & ((1 << self.bits) - 1)) as u32
    }

    /// Where the bytes of a rank end at the latest: at the next entry with another offset.
    pub(crate) fn end(&self, rank: u32, pack: &Pack) -> usize {
        let offset = self.offset(rank);
        let after = self.keys[rank as usize + 1..].iter().map(|key| key >> self.bits).find(|next| *next != offset);
        after.map_or(pack.entries().len(), |next| next as usize)
    }

    pub(crate) fn origin(&self, rank: u32) -> Origin {
        match self.marks[rank as usize] & KIND {
            1 => Origin::Whole(Kind::Commit),
            2 => Origin::Whole(Kind::Tree),
            3 => Origin::Whole(Kind::Blob),
            4 => Origin::Whole(Kind::Tag),
            DELTA => Origin::Delta,
            OUTSIDE => Origin::Outside,
            _ => Origin::Broken,
        }
    }

    /// Whether it is visited through another copy, and here needed for its children only.
    pub(crate) fn is_seen(&self, rank: u32) -> bool {
        self.marks[rank as usize] & SEEN != 0
    }

    /// How many objects of the subtree are to be visited.
    pub(crate) fn weight(&self, rank: u32) -> u32 {
        self.weights[rank as usize]
    }

    /// Where the deltas of a rank are in the list of children.
    pub(crate) fn children(&self, rank: u32) -> std::ops::Range<u32> {
        self.starts[rank as usize]..self.starts[rank as usize + 1]
    }

    /// The rank of a child.
    pub(crate) fn child(&self, at: u32) -> u32 {
        self.children[at as usize]
    }

    /// Reads the header of each entry; gives the parents.
    fn read_headers(&mut self, pack: &Pack, threads: usize, is_seen: &(dyn Fn(u32) -> bool + Sync)) -> Vec<u32> {
        let count = self.keys.len();
        self.marks = vec![BROKEN; count];
        let mut parents = vec![NONE; count];
        let buckets = Buckets::new(&self.keys, self.bits, pack.entries().len());
        let part = count.div_ceil(threads.max(1)).max(1);
        let (keys, bits) = (&self.keys[..], self.bits);
        let parts = self.marks.chunks_mut(part).zip(parents.chunks_mut(part)).enumerate();
        std::thread::scope(|scope| {
            for (index, (marks, parents)) in parts {
                let buckets = &buckets;
                let work = move || {
                    for (at, (mark, parent)) in marks.iter_mut().zip(parents).enumerate() {
                        let rank = index * part + at;
                        let offset = keys[rank] >> bits;
                        // Two ids at one offset: one of them is wrong, and nobody can tell which.
                        let is_double = rank > 0 && keys[rank - 1] >> bits == offset;
                        *mark = match pack.entry(offset).map(|entry| entry.form) {
                            Ok(_) if is_double => BROKEN,
                            Err(_) => BROKEN,
                            Ok(Form::Whole(kind)) => kind as u8 + 1,
                            Ok(Form::OffsetDelta(base)) => match buckets.find(keys, bits, base) {
                                Some(base) => {
                                    *parent = base;
                                    DELTA
                                }
                                None => BROKEN,
                            },
                            Ok(Form::IdDelta(id)) => {
                                let base = pack.index.find(id.as_bytes()).and_then(|position| pack.index.offset(position));
                                match base.and_then(|base| buckets.find(keys, bits, base)) {
                                    Some(base) => {
                                        *parent = base;
                                        DELTA
                                    }
                                    None => OUTSIDE,
                                }
                            }
                        };
                        if is_seen((keys[rank] & ((1 << bits) - 1)) as u32) {
                            *mark |= SEEN;
                        }
                    }
                };
                // The last part needs no thread of its own, and so a single one none at all.
                if (index + 1) * part >= count { work() } else { drop(scope.spawn(work)) }
            }
        });
        parents
    }

    /// Turns parents into lists of children and weighs the subtrees.
    fn tie(&mut self, parents: &[u32]) {
        let count = parents.len();
        self.starts = vec![0; count + 1];
        for parent in parents.iter().filter(|parent| **parent != NONE) {
            self.starts[*parent as usize + 1] += 1;
        }
        for rank in 0..count {
            self.starts[rank + 1] += self.starts[rank];
        }
        self.children = vec![0; self.starts[count] as usize];
        // Filled from the back, so that each list's start moves to where it belongs.
        let mut ends = self.starts[1..].to_vec();
        for (rank, parent) in parents.iter().enumerate().rev() {
            if let Some(end) = ends.get_mut(*parent as usize) {
                *end -= 1;
                self.children[*end as usize] = rank as u32;
            }
        }
        drop(ends);
        self.weights = self.marks.iter().map(|mark| u32::from(mark & SEEN == 0)).collect();
        // Offsets lead back, so that ranks are an order already; ids may lead forth and in circles.
        if parents.iter().enumerate().all(|(rank, parent)| *parent == NONE || (*parent as usize) < rank) {
            for (rank, parent) in parents.iter().enumerate().rev() {
                if *parent != NONE {
                    self.weights[*parent as usize] += self.weights[rank];
                }
            }
        } else {
            self.weigh_from_roots(parents);
        }
        for rank in 0..count {
            let children = &mut self.children[self.starts[rank] as usize..self.starts[rank + 1] as usize];
            if let Some(heaviest) = (0..children.len()).max_by_key(|at| self.weights[children[*at] as usize]) {
                let last = children.len() - 1;
                children.swap(heaviest, last);
            }
        }
    }

    /// Weighs where bases may follow their deltas. What no root leads to is in a circle, or hangs on one: it has no way
    /// to be decoded, and becomes a broken object without children of its own.
    fn weigh_from_roots(&mut self, parents: &[u32]) {
        let mut order: Vec<u32> = (0..self.len()).filter(|rank| parents[*rank as usize] == NONE).collect();
        let mut at = 0;
        while let Some(rank) = order.get(at).copied() {
            order.extend(&self.children[self.starts[rank as usize] as usize..self.starts[rank as usize + 1] as usize]);
            at += 1;
        }
        for rank in order.iter().rev() {
            if let Some(parent) = parents.get(parents[*rank as usize] as usize).map(|_| parents[*rank as usize]) {
                self.weights[parent as usize] += self.weights[*rank as usize];
            }
        }
        if order.len() == parents.len() {
            return;
        }
        let mut reached = vec![false; parents.len()];
        order.iter().for_each(|rank| reached[*rank as usize] = true);
        for rank in (0..parents.len()).filter(|rank| !reached[*rank]) {
            self.marks[rank] = self.marks[rank] & SEEN | BROKEN;
            // Its children are unreached as well, and so are roots themselves; weight zero hides them from it.
            self.misplaced.push(self.position(rank as u32));
            self.weights[rank] = 0;
        }
    }
}

/// Finds the rank of an offset: as many buckets as entries, each with the first rank in it.
struct Buckets {
    shift: u32,
    firsts: Vec<u32>,
}

impl Buckets {
    fn new(keys: &[u64], bits: u32, len: usize) -> Self {
        let size = (len / keys.len().max(1)).max(1).ilog2();
        let mut firsts = vec![0; (len >> size) + 2];
        let mut next = 0;
        for (rank, key) in keys.iter().enumerate() {
            let bucket = (key >> bits >> size) as usize;
            while next <= bucket {
                firsts[next] = rank as u32;
                next += 1;
            }
        }
        firsts[next..].fill(keys.len() as u32);
        Self { shift: size, firsts }
    }

    fn find(&self, keys: &[u64], bits: u32, offset: u64) -> Option<u32> {
        let bucket = usize::try_from(offset >> self.shift).ok()?;
        let (start, end) = (*self.firsts.get(bucket)?, *self.firsts.get(bucket + 1)?);
        let within = keys.get(start as usize..end as usize)?;
        let at = within.partition_point(|key| key >> bits < offset);
        (within.get(at)? >> bits == offset).then_some(start + at as u32)
    }
}
