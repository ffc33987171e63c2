//! Every object once: all packs and all loose objects, each base decoded once for all its deltas.

use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::delta::Copied;
use super::doubles;
use super::plan::{Origin, Plan};
use super::walker::Walker;
use crate::source::git::kind::{Kind, Trouble};
use crate::source::git::objects::Objects;
use crate::source::git::{ObjectId, loose};

/// Light roots are handed out by so many, heavy ones alone.
const CHUNK: usize = 32;
/// A root with as many objects in its tree is heavy.
const HEAVY: u32 = 64;

/// An object as a [`Visitor`] sees it.
#[derive(Debug)]
pub struct Visit<'a> {
    /// Its name.
    pub id: ObjectId,
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub bytes: &'a [u8],
    /// What of `bytes` was copied from the bytes of the base, whose visit came before: in rising order of `at`, disjoint.
    /// `None` where there is no base, or its state is not known.
    pub copied: Option<&'a [Copied]>,
}

/// What is done with each object; every thread has one of its own.
pub trait Visitor: Send {
    /// What a visit leaves for the objects that are deltas of this one.
    type State;

    /// An object. `base` is what the visit of its base left, there whenever `object.copied` is.
    fn visit(&mut self, object: &Visit<'_>, base: Option<&Self::State>) -> Self::State;

    /// An object that is visited elsewhere as well, by whichever thread: leaves a state for its deltas here, and counts
    /// nothing.
    fn pass(&mut self, object: &Visit<'_>, base: Option<&Self::State>) -> Self::State {
        self.visit(object, base)
    }

    /// An object above [`VisitOptions::max_size`]: its size, and its bytes as a stream where it is no delta.
    fn large(&mut self, id: ObjectId, kind: Kind, size: u64, bytes: Option<&mut dyn Read>);

    /// An object that could not be read. Its kind may be unknown, so that it need not be of those asked for.
    fn lost(&mut self, id: ObjectId, trouble: Trouble);

    /// Asked between objects: true ends the whole traversal soon.
    fn stopped(&self) -> bool {
        false
    }
}

/// How objects are visited.
#[derive(Debug, Clone)]
pub struct VisitOptions {
    /// Larger objects are not decoded but given to [`Visitor::large`], in bytes; below 4 GiB.
    pub max_size: u64,
}

impl Default for VisitOptions {
    fn default() -> Self {
        Self { max_size: 256 << 20 }
    }
}

/// What all threads share.
pub(super) struct Work<'a> {
    pub(super) objects: &'a Objects,
    pub(super) plans: Vec<Plan>,
    pub(super) kinds: &'a [Kind],
    pub(super) max_size: u64,
    /// How often an object was sought elsewhere in vain.
    pub(super) failures: AtomicUsize,
    pub(super) stop: AtomicBool,
    /// Pack and rank of what is no delta, the heaviest trees first so that none is left for the end.
    roots: Vec<(u32, u32)>,
    /// How many of them are heavy.
    heavy: usize,
    /// Objects that no tree leads to.
    misplaced: Vec<ObjectId>,
    loose: Vec<(ObjectId, u32)>,
    next: AtomicUsize,
}

impl Objects {
    /// Visits every object of the given kinds once, by `threads` threads of which each has a visitor of its own, and
    /// returns the visitors. The order is that which is quickest.
    ///
    /// Memory: 21 bytes for each packed object, and for each thread the bases that wait for another delta, which are at
    /// most as many as there are doublings in the number of objects.
    pub fn visit_all<V: Visitor>(&self, kinds: &[Kind], threads: usize, options: &VisitOptions, make_visitor: impl Fn() -> V + Sync) -> Vec<V> {
        let threads = threads.max(1);
        let work = Work::new(self, kinds, threads, options);
        let run = || {
            let mut walker = Walker::new(&work, make_visitor());
            work.run(&mut walker);
            walker.visitor
        };
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
            let mut visitors = vec![run()];
            for other in others {
                match other.join() {
                    Ok(visitor) => visitors.push(visitor),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            visitors
        })
    }
}

impl<'a> Work<'a> {
    fn new(objects: &'a Objects, kinds: &'a [Kind], threads: usize, options: &VisitOptions) -> Self {
        let seen = doubles::find(&objects.packs);
        let plans: Vec<Plan> = objects.packs.iter().zip(&seen).map(|(pack, seen)| Plan::new(pack, threads, &|position| seen.has(position))).collect();
        let mut heavy = Vec::new();
        let mut light = Vec::new();
        let mut misplaced = Vec::new();
        for (number, plan) in plans.iter().enumerate() {
            for rank in 0..plan.len() {
                let is_root = match plan.origin(rank) {
                    Origin::Whole(kind) => kinds.contains(&kind),
                    Origin::Delta => false,
                    Origin::Outside | Origin::Broken => true,
                };
                if is_root && plan.weight(rank) > 0 {
                    if plan.weight(rank) >= HEAVY { &mut heavy } else { &mut light }.push((number as u32, rank));
                }
            }
            let unseen = plan.misplaced.iter().filter(|position| !seen[number].has(**position));
            misplaced.extend(unseen.map(|position| objects.packs[number].index.id(*position)));
        }
        heavy.sort_by_key(|(pack, rank)| std::cmp::Reverse(plans[*pack as usize].weight(*rank)));
        let mut loose = Vec::new();
        for (number, folder) in objects.folders.iter().enumerate() {
            loose.extend(loose::list(folder, None, objects.hash).into_iter().map(|id| (id, number as u32)));
        }
        loose.sort_unstable();
        loose.dedup_by_key(|(id, _)| *id);
        loose.retain(|(id, _)| objects.packs.iter().all(|pack| pack.index.find(id.as_bytes()).is_none()));
        let (heavy, roots) = (heavy.len(), [heavy, light].concat());
        // Copies are written with offsets of 32 bits.
        let max_size = options.max_size.min(u64::from(u32::MAX));
        let (failures, stop, next) = (AtomicUsize::new(0), AtomicBool::new(false), AtomicUsize::new(0));
        Self { objects, plans, kinds, max_size, failures, stop, roots, heavy, misplaced, loose, next }
    }

    fn run<V: Visitor>(&self, walker: &mut Walker<'_, V>) {
        loop {
            // Each claims what comes next: a heavy root, or some light ones, or loose objects.
            let size = |at| if at < self.heavy { 1 } else { CHUNK };
            let Ok(start) = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |at| Some(at + size(at))) else { return };
            if start >= self.roots.len() + self.misplaced.len() + self.loose.len() {
                return;
            }
            for at in start..start + size(start) {
                if let Some((pack, rank)) = self.roots.get(at) {
                    walker.tree(*pack, *rank);
                } else if let Some(id) = self.misplaced.get(at - self.roots.len()) {
                    walker.misplaced(id);
                } else if let Some((id, folder)) = self.loose.get(at - self.roots.len() - self.misplaced.len()) {
                    walker.loose(*folder, id);
                }
                if self.stop.load(Ordering::Relaxed) {
                    return;
                }
            }
        }
    }
}
