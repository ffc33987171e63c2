//! Reading single objects by id: chains of deltas, in packs or loose, from whichever copy is whole.

use std::rc::Rc;

use super::bases::Bases;
use super::kind::{Kind, Trouble};
use super::objects::Objects;
use super::pack::delta::{self, Copied};
use super::pack::entry::{Entry, Form};
use super::pack::inflate::{Inflater, plausible};
use super::{ObjectId, loose};

/// A chain of more deltas is refused; git makes at most 4095 and by default 50.
const DEPTH: usize = 10_000;
/// A base may be larger than what was asked for, up to this.
const BASE: u64 = 512 << 20;
/// One object may not cost more than this many bytes of bases, so that a hostile chain ends.
const WORK: u64 = 8 << 30;

/// Reads objects one after another and remembers the bases of deltas between them: for commits and trees in sequence.
pub struct ObjectReader<'a> {
    objects: &'a Objects,
    inflater: Inflater,
    copied: Vec<Copied>,
    bases: Bases,
    /// The pack that had the last object has most likely the next as well.
    last: usize,
}

impl std::fmt::Debug for ObjectReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ObjectReader")
    }
}

impl<'a> ObjectReader<'a> {
    pub(super) fn new(objects: &'a Objects) -> Self {
        Self { objects, inflater: Inflater::new(), copied: Vec::new(), bases: Bases::default(), last: 0 }
    }

    /// Reads an object of at most `limit` bytes.
    ///
    /// # Errors
    /// A [`Trouble`]; where there are several copies, that of the last one.
    pub fn read(&mut self, id: &ObjectId, limit: u64) -> Result<(Kind, Vec<u8>), Trouble> {
        self.read_except(id, limit, None)
    }

    /// Reads an object, but not from that place.
    pub(super) fn read_except(&mut self, id: &ObjectId, limit: u64, except: Option<Place>) -> Result<(Kind, Vec<u8>), Trouble> {
        self.any_copy(id, except, |reader, place| match place {
            Place::Pack(pack, offset) => reader.unpack(pack, offset, limit),
            Place::Folder(folder) => loose::read(&reader.objects.folders[folder], id, limit, &mut reader.inflater),
        })
    }

    /// What an object is, and its size in bytes; only the start of it is inflated.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub fn header(&mut self, id: &ObjectId) -> Result<(Kind, u64), Trouble> {
        self.any_copy(id, None, |reader, place| match place {
            Place::Pack(pack, offset) => reader.packed_header(pack, offset),
            Place::Folder(folder) => loose::header(&reader.objects.folders[folder], id, &mut reader.inflater),
        })
    }

    /// Tries the copies of an object until one succeeds.
    fn any_copy<T>(&mut self, id: &ObjectId, except: Option<Place>, mut read: impl FnMut(&mut Self, Place) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let objects = self.objects;
        let mut trouble = Trouble::Missing;
        let first = self.last;
        for pack in std::iter::once(first).chain((0..objects.packs.len()).filter(|pack| *pack != first)) {
            let Some(index) = objects.packs.get(pack).map(|pack| &pack.index) else { continue };
            for offset in index.places(id) {
                let place = offset.map(|offset| Place::Pack(pack, offset));
                if place.is_some() && place == except {
                    continue;
                }
                match place.ok_or_else(|| Trouble::from("the index points outside itself")).and_then(|place| read(self, place)) {
                    Ok(read) => {
                        self.last = pack;
                        return Ok(read);
                    }
                    Err(worse) => trouble = worse,
                }
            }
        }
        for folder in 0..objects.folders.len() {
            match read(self, Place::Folder(folder)) {
                Ok(read) => return Ok(read),
                Err(Trouble::Missing) => {}
                Err(worse) => trouble = worse,
            }
        }
        Err(trouble)
    }

    fn entry(&self, pack: usize, offset: u64) -> Result<Entry, Trouble> {
        Ok(self.objects.packs[pack].entry(offset)?)
    }

    /// Where a delta's base is.
    fn base(&self, pack: usize, form: Form) -> Result<Base, Trouble> {
        match form {
            Form::Whole(kind) => Ok(Base::None(kind)),
            Form::OffsetDelta(offset) => Ok(Base::Packed(pack, offset)),
            Form::IdDelta(id) => {
                let packs = &self.objects.packs;
                for candidate in std::iter::once(pack).chain((0..packs.len()).filter(|other| *other != pack)) {
                    let index = &packs[candidate].index;
                    if let Some(offset) = index.find(id.as_bytes()).and_then(|position| index.offset(position)) {
                        return Ok(Base::Packed(candidate, offset));
                    }
                }
                Ok(Base::Loose(id))
            }
        }
    }

    fn packed_header(&mut self, pack: usize, offset: u64) -> Result<(Kind, u64), Trouble> {
        let entry = self.entry(pack, offset)?;
        let mut size = entry.size;
        if !matches!(entry.form, Form::Whole(_)) {
            let mut start = [0; 32];
            let len = self.inflater.beginning(self.objects.packs[pack].compressed(&entry), &mut start)?;
            size = delta::sizes(&start[..len])?.result;
        }
        let (mut pack, mut form) = (pack, entry.form);
        let mut circles = Circles::default();
        loop {
            match self.base(pack, form)? {
                Base::None(kind) => return Ok((kind, size)),
                Base::Packed(next, offset) => {
                    circles.step(next, offset)?;
                    pack = next;
                    form = self.entry(pack, offset)?.form;
                }
                Base::Loose(id) => {
                    let folders = &self.objects.folders;
                    let found = folders.iter().find_map(|folder| loose::header(folder, &id, &mut self.inflater).ok());
                    return found.map(|(kind, _)| (kind, size)).ok_or_else(|| base_missing(&id));
                }
            }
        }
    }

    /// Decodes the entry at an offset.
    fn unpack(&mut self, pack: usize, offset: u64, limit: u64) -> Result<(Kind, Vec<u8>), Trouble> {
        // From the object to its root, or to a base that is known.
        let mut chain: Vec<(usize, u64, Entry)> = Vec::new();
        let mut circles = Circles::default();
        let (mut pack, mut offset) = (pack, offset);
        let (kind, mut bytes) = loop {
            if let Some(known) = self.bases.get(pack, offset)
                && !chain.is_empty()
            {
                break known;
            }
            circles.step(pack, offset)?;
            let entry = self.entry(pack, offset)?;
            match self.base(pack, entry.form)? {
                Base::None(kind) => {
                    let root = self.inflate(pack, &entry, if chain.is_empty() { limit } else { limit.max(BASE) })?;
                    if chain.is_empty() {
                        return Ok((kind, root));
                    }
                    let root = Rc::new(root);
                    self.bases.put(pack, offset, kind, &root);
                    break (kind, root);
                }
                Base::Packed(next, at) => {
                    chain.push((pack, offset, entry));
                    (pack, offset) = (next, at);
                }
                Base::Loose(id) => {
                    chain.push((pack, offset, entry));
                    let folders = &self.objects.folders;
                    let found = folders.iter().find_map(|folder| loose::read(folder, &id, limit.max(BASE), &mut self.inflater).ok());
                    let (kind, bytes) = found.ok_or_else(|| base_missing(&id))?;
                    break (kind, Rc::new(bytes));
                }
            }
        };
        let mut work = 0u64;
        while let Some((pack, offset, entry)) = chain.pop() {
            let instructions = self.inflate(pack, &entry, limit.max(BASE))?;
            let sizes = delta::sizes(&instructions)?;
            let most = if chain.is_empty() { limit } else { limit.max(BASE) };
            if sizes.result > most {
                return Err(Trouble::TooLarge(sizes.result));
            }
            if sizes.base != bytes.len() as u64 {
                return Err("a delta's base has another size than it says".into());
            }
            work = work.saturating_add(sizes.result).saturating_add(instructions.len() as u64);
            if work > WORK.max(limit.saturating_mul(2)) {
                return Err("a chain of deltas takes too much work".into());
            }
            let mut result = vec![0; usize::try_from(sizes.result).map_err(|_| Trouble::TooLarge(sizes.result))?];
            delta::apply(&bytes, instructions.get(sizes.len..).unwrap_or_default(), &mut result, &mut self.copied)?;
            if chain.is_empty() {
                return Ok((kind, result));
            }
            bytes = Rc::new(result);
            self.bases.put(pack, offset, kind, &bytes);
        }
        // INVARIANT: the chain holds at least the object itself, since a whole one has returned above.
        Err("a chain of deltas is empty".into())
    }

    fn inflate(&mut self, pack: usize, entry: &Entry, limit: u64) -> Result<Vec<u8>, Trouble> {
        if entry.size > limit {
            return Err(Trouble::TooLarge(entry.size));
        }
        let compressed = self.objects.packs[pack].compressed(entry);
        if !plausible(compressed.len(), entry.size) {
            return Err("an entry is shorter than it says".into());
        }
        let mut bytes = vec![0; usize::try_from(entry.size).map_err(|_| Trouble::TooLarge(entry.size))?];
        self.inflater.exact(compressed, &mut bytes)?;
        Ok(bytes)
    }
}

/// Ends a walk along a chain of deltas that goes in a circle (after Brent: a place is remembered at each doubling of the
/// way, and met again if there is a circle) or is too long.
#[derive(Default)]
struct Circles {
    steps: usize,
    remembered: Option<(usize, u64)>,
}

impl Circles {
    fn step(&mut self, pack: usize, offset: u64) -> Result<(), Trouble> {
        if self.remembered == Some((pack, offset)) {
            return Err("a chain of deltas goes in a circle".into());
        }
        self.steps += 1;
        if self.steps > DEPTH {
            return Err("a chain of deltas is too long".into());
        }
        if self.steps.is_power_of_two() {
            self.remembered = Some((pack, offset));
        }
        Ok(())
    }
}

/// Where a copy of an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The position of the pack, and an offset in it.
    Pack(usize, u64),
    /// The position of a folder of loose objects.
    Folder(usize),
}

enum Base {
    /// It needs none.
    None(Kind),
    Packed(usize, u64),
    Loose(ObjectId),
}

fn base_missing(id: &ObjectId) -> Trouble {
    Trouble::Corrupt(format!("the base of a delta is missing: {id}"))
}
