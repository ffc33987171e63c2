//! One thread's part of a traversal: goes through the trees of deltas depth first, without recursion.

use std::sync::atomic::Ordering;

use super::Pack;
use super::delta::{self, Copied};
use super::entry::{Entry, Form};
use super::inflate::{Inflater, plausible};
use super::plan::{Origin, Plan};
use super::pool::{Buffer, Pool};
use super::traverse::{Visit, Visitor, Work};
use crate::source::git::exact::Exact;
use crate::source::git::kind::{Kind, Trouble};
use crate::source::git::reader::{ObjectReader, Place};
use crate::source::git::{ObjectId, loose};

/// After as many vain attempts to find an object elsewhere the rest is given up at once: each may walk a long chain.
const FAILURES: usize = 1000;

/// What one thread has.
pub(super) struct Walker<'a, V: Visitor> {
    work: &'a Work<'a>,
    pub(super) visitor: V,
    reader: ObjectReader<'a>,
    inflater: Inflater,
    pool: Pool,
    copied: Vec<Copied>,
}

/// A base that has deltas to be read.
struct Frame<S> {
    /// Unknown where it could not be read.
    kind: Option<Kind>,
    base: Result<Base<S>, Trouble>,
    next: u32,
    end: u32,
}

struct Base<S> {
    bytes: Buffer,
    state: S,
}

/// A decoded object.
struct Decoded {
    kind: Kind,
    bytes: Buffer,
    /// Whether `copied` tells how it came from its base.
    is_copied: bool,
}

/// One pack.
#[derive(Clone, Copy)]
struct Here<'a> {
    number: usize,
    pack: &'a Pack,
    plan: &'a Plan,
}

impl<'a, V: Visitor> Walker<'a, V> {
    pub(super) fn new(work: &'a Work<'a>, visitor: V) -> Self {
        Self { work, visitor, reader: work.objects.reader(), inflater: Inflater::new(), pool: Pool::default(), copied: Vec::new() }
    }

    /// Visits a root and everything that is made from it.
    pub(super) fn tree(&mut self, pack: u32, root: u32) {
        let number = pack as usize;
        let here = Here { number, pack: &self.work.objects.packs[number], plan: &self.work.plans[number] };
        let mut stack: Vec<Frame<V::State>> = Vec::new();
        stack.extend(self.node(here, root, None));
        while let Some(top) = stack.last_mut() {
            if self.visitor.stopped() || self.work.stop.load(Ordering::Relaxed) {
                return self.work.stop.store(true, Ordering::Relaxed);
            }
            let child = (top.next < top.end).then(|| here.plan.child(top.next));
            top.next += 1;
            let below = child.filter(|child| here.plan.weight(*child) > 0).and_then(|child| self.node(here, child, Some(top)));
            if top.next >= top.end
                && let Some(Frame { base: Ok(base), .. }) = stack.pop()
            {
                self.pool.give(base.bytes);
            }
            stack.extend(below);
        }
        if self.visitor.stopped() {
            self.work.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Visits one object; gives a frame if others are made from it.
    fn node(&mut self, here: Here<'a>, rank: u32, base: Option<&Frame<V::State>>) -> Option<Frame<V::State>> {
        let id = here.pack.index.id(here.plan.position(rank));
        let is_seen = here.plan.is_seen(rank);
        let below = here.plan.children(rank);
        let frame = |kind, base| Frame { kind, base, next: below.start, end: below.end };
        let mut kind = base.and_then(|base| base.kind);
        let decoded = self.decode(here, rank, base, &mut kind).or_else(|trouble| match trouble {
            Trouble::TooLarge(_) if kind.is_some() => Err(trouble),
            trouble => self.find_elsewhere(Some(Place::Pack(here.number, here.plan.offset(rank))), &id, &mut kind).unwrap_or(Err(trouble)),
        });
        if kind.is_some_and(|kind| !self.work.kinds.contains(&kind)) {
            return None;
        }
        match decoded {
            Ok(Decoded { kind, bytes, is_copied }) => {
                let base = base.and_then(|base| base.base.as_ref().ok()).filter(|_| is_copied).map(|base| &base.state);
                let visit = Visit { id, kind, bytes: bytes.bytes(), copied: base.map(|_| &self.copied[..]) };
                let state = if is_seen { self.visitor.pass(&visit, base) } else { self.visitor.visit(&visit, base) };
                if here.plan.weight(rank) > u32::from(!is_seen) {
                    return Some(frame(Some(kind), Ok(Base { bytes, state })));
                }
                self.pool.give(bytes);
                None
            }
            Err(trouble) => {
                if !is_seen {
                    self.refuse(here, rank, id, kind, &trouble);
                }
                (here.plan.weight(rank) > u32::from(!is_seen)).then(|| frame(kind, Err(trouble)))
            }
        }
    }

    /// Tells the visitor of what can't be visited.
    fn refuse(&mut self, here: Here<'a>, rank: u32, id: ObjectId, kind: Option<Kind>, trouble: &Trouble) {
        match (trouble, kind) {
            (Trouble::TooLarge(size), Some(kind)) => match here.pack.entry(here.plan.offset(rank)) {
                Ok(entry) if matches!(entry.form, Form::Whole(_)) => {
                    let mut stream = Exact::new(flate2::bufread::ZlibDecoder::new(compressed(here, rank, &entry)), *size);
                    self.visitor.large(id, kind, *size, Some(&mut stream));
                }
                _ => self.visitor.large(id, kind, *size, None),
            },
            _ => self.visitor.lost(id, trouble.clone()),
        }
    }

    /// Decodes one object; `kind` becomes known as soon as it is, even when the rest fails.
    fn decode(&mut self, here: Here<'a>, rank: u32, base: Option<&Frame<V::State>>, kind: &mut Option<Kind>) -> Result<Decoded, Trouble> {
        match here.plan.origin(rank) {
            Origin::Broken => {
                // The header may tell what is wrong.
                here.pack.entry(here.plan.offset(rank))?;
                Err("an object's place or the place of its base is wrong".into())
            }
            Origin::Whole(whole) => {
                *kind = Some(whole);
                let entry = here.pack.entry(here.plan.offset(rank))?;
                let bytes = self.inflate(here, rank, &entry)?;
                Ok(Decoded { kind: whole, bytes, is_copied: false })
            }
            Origin::Delta => {
                let Some(Frame { kind: Some(kind), base: Ok(base), .. }) = base else {
                    return Err("the base of a delta can't be read".into());
                };
                let bytes = self.derive(here, rank, base.bytes.bytes())?;
                Ok(Decoded { kind: *kind, bytes, is_copied: true })
            }
            Origin::Outside => {
                let entry = here.pack.entry(here.plan.offset(rank))?;
                let Form::IdDelta(id) = entry.form else { return Err("an object's place is wrong".into()) };
                let (found, base) = self.reader.read(&id, self.work.max_size).map_err(|trouble| match trouble {
                    Trouble::Missing => "the base of a delta is missing".into(),
                    trouble => trouble,
                })?;
                *kind = Some(found);
                let bytes = self.derive(here, rank, &base)?;
                Ok(Decoded { kind: found, bytes, is_copied: false })
            }
        }
    }

    /// Makes an object from its base.
    fn derive(&mut self, here: Here<'a>, rank: u32, base: &[u8]) -> Result<Buffer, Trouble> {
        let entry = here.pack.entry(here.plan.offset(rank))?;
        let instructions = self.inflate(here, rank, &entry)?;
        let sizes = delta::sizes(instructions.bytes())?;
        if sizes.result > self.work.max_size {
            return Err(Trouble::TooLarge(sizes.result));
        }
        if sizes.base != base.len() as u64 {
            return Err("a delta's base has another size than it says".into());
        }
        // INVARIANT: the largest size fits 32 bits.
        let mut bytes = self.pool.take(sizes.result as usize);
        let done = delta::apply(base, instructions.bytes().get(sizes.len..).unwrap_or_default(), bytes.bytes_mut(), &mut self.copied);
        self.pool.give(instructions);
        match done {
            Ok(()) => Ok(bytes),
            Err(how) => {
                self.pool.give(bytes);
                Err(how.into())
            }
        }
    }

    fn inflate(&mut self, here: Here<'a>, rank: u32, entry: &Entry) -> Result<Buffer, Trouble> {
        if entry.size > self.work.max_size {
            return Err(Trouble::TooLarge(entry.size));
        }
        let compressed = compressed(here, rank, entry);
        if !plausible(compressed.len(), entry.size) {
            return Err("an entry is shorter than it says".into());
        }
        let mut bytes = self.pool.take(entry.size as usize);
        match self.inflater.exact(compressed, bytes.bytes_mut()) {
            Ok(()) => Ok(bytes),
            Err(how) => {
                self.pool.give(bytes);
                Err(how.into())
            }
        }
    }

    /// Looks for another copy of what can't be read here; `None` where there is none.
    fn find_elsewhere(&mut self, place: Option<Place>, id: &ObjectId, kind: &mut Option<Kind>) -> Option<Result<Decoded, Trouble>> {
        if self.work.failures.load(Ordering::Relaxed) >= FAILURES || !self.work.objects.has_except(id, place) {
            return None;
        }
        match self.reader.read_except(id, self.work.max_size, place) {
            Ok((found, bytes)) => {
                *kind = Some(found);
                Some(Ok(Decoded { kind: found, bytes: bytes.into(), is_copied: false }))
            }
            Err(trouble) => {
                self.work.failures.fetch_add(1, Ordering::Relaxed);
                Some(Err(trouble))
            }
        }
    }

    /// Visits an object that its pack can't give.
    pub(super) fn misplaced(&mut self, id: &ObjectId) {
        let mut kind = None;
        let found = self.find_elsewhere(None, id, &mut kind);
        match found.unwrap_or_else(|| Err("the index of a pack leads nowhere, or deltas go in a circle".into())) {
            Ok(decoded) => self.whole(*id, decoded.kind, decoded.bytes.bytes()),
            Err(trouble) => self.visitor.lost(*id, trouble),
        }
    }

    /// Visits a loose object.
    pub(super) fn loose(&mut self, folder: u32, id: &ObjectId) {
        let folders = &self.work.objects.folders;
        let mut read = loose::read(&folders[folder as usize], id, self.work.max_size, &mut self.inflater);
        if matches!(read, Err(Trouble::Corrupt(_))) && folders.len() > 1 {
            read = self.reader.read(id, self.work.max_size);
        }
        match read {
            Ok((kind, bytes)) => self.whole(*id, kind, &bytes),
            Err(Trouble::TooLarge(size)) => match loose::stream(&folders[folder as usize], id) {
                Ok((kind, _, _)) if !self.work.kinds.contains(&kind) => {}
                Ok((kind, size, stream)) => self.visitor.large(*id, kind, size, Some(&mut Exact::new(stream, size))),
                Err(_) => self.visitor.lost(*id, Trouble::TooLarge(size)),
            },
            // It was removed, or packed, after it was listed.
            Err(trouble) => self.visitor.lost(*id, trouble),
        }
        if self.visitor.stopped() {
            self.work.stop.store(true, Ordering::Relaxed);
        }
    }

    fn whole(&mut self, id: ObjectId, kind: Kind, bytes: &[u8]) {
        if self.work.kinds.contains(&kind) {
            self.visitor.visit(&Visit { id, kind, bytes, copied: None }, None);
        }
    }
}

/// The compressed bytes of an entry: up to the next one at most.
fn compressed<'a>(here: Here<'a>, rank: u32, entry: &Entry) -> &'a [u8] {
    here.pack.entries().get(entry.data..here.plan.end(rank, here.pack)).unwrap_or_default()
}
