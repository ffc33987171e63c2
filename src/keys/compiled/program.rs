//! A regex as a short list of steps.
//!
//! A counted run of bytes such as `[0-9a-z]{60,8000}` is one step here, where an automaton has a state for each number: nearly
//! all patterns are made of such runs, and their automata took a hundred times as much memory and time to make.

use regex_automata::util::look::Look;
use regex_syntax::hir::{Class, Hir, HirKind, Literal, Repetition};
use regex_syntax::utf8::Utf8Sequences;
use rustc_hash::FxHashSet;

use super::super::Alphabet;

/// What a search does at one place of the program. Where nothing else is said, the step behind it comes next.
#[derive(Debug)]
pub(super) enum Step {
    /// Takes a byte of a set.
    Set(u16),
    /// Takes some bytes, which the list of literals holds.
    Literal { from: u32, length: u32 },
    /// Takes some bytes of a set.
    Run(Run),
    /// Goes on at `first`; if that leads nowhere, at `second`.
    Split { first: u32, second: u32, mark: u32 },
    /// Goes on elsewhere.
    Jump(u32),
    /// Asks for something at this place, and takes nothing.
    Look(Look),
    /// The value begins (0) or ends (1) here.
    Value(usize),
    /// All of it fits.
    Match,
}

/// Bytes of one set, so many of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) set: u16,
    /// What the byte behind the run must be, where something is known of it.
    pub(super) next: Option<u16>,
    pub(super) min: u32,
    /// `None` for any number; `min` is 0 then.
    pub(super) max: Option<u32>,
    /// Whether as many as possible are tried first, or as few.
    pub(super) is_greedy: bool,
    pub(super) mark: u32,
}

/// A compiled regex.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) sets: Vec<Alphabet>,
    pub(super) literals: Vec<u8>,
    /// How many steps remember places of the text.
    pub(super) marks: u32,
    /// What a match begins with: the bytes of each of its first places, as far as all matches have them. None for one that may
    /// be empty, or where that would take too long to tell.
    pub(super) opening: Vec<Alphabet>,
    /// Whether all of these are the same.
    pub(super) is_even: bool,
    /// One of these places that takes three bytes at most, and these: they are looked for first.
    pub(super) rare: Option<(usize, Vec<u8>)>,
    /// Whether steps are added of what repeats and may be empty.
    in_empty: bool,
}

/// The longest program, in steps.
const LONGEST: usize = 1 << 18;
/// Steps that are looked at for what a run is followed by.
const AHEAD: u32 = 64;
/// Places of a match that are known beforehand at most. In bytes.
const OPENING: usize = 12;
/// Steps that are gone through for them.
const MOST_OPENING: usize = 2048;

impl Program {
    /// Compiles a regex; `None` for one that would be too long.
    pub(super) fn new(hir: &Hir) -> Option<Self> {
        let mut program =
            Self { steps: Vec::new(), sets: Vec::new(), literals: Vec::new(), marks: 0, opening: Vec::new(), is_even: false, rare: None, in_empty: false };
        program.add(hir)?;
        program.push(Step::Match)?;
        for at in 0..program.steps.len() {
            if let Step::Run(mut run) = program.steps[at] {
                run.next = program.begins(at + 1, &mut AHEAD.clone()).and_then(|set| program.set(set));
                program.steps[at] = Step::Run(run);
            }
        }
        program.opening = program.opens().unwrap_or_default();
        program.rare = rarest(&program.opening);
        program.is_even = program.opening.windows(2).all(|pair| pair[0] == pair[1]);
        program.steps.shrink_to_fit();
        program.sets.shrink_to_fit();
        program.literals.shrink_to_fit();
        Some(program)
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.steps.capacity() * size_of::<Step>() + self.sets.capacity() * size_of::<Alphabet>() + self.literals.capacity()
    }

    fn push(&mut self, step: Step) -> Option<()> {
        (self.steps.len() < LONGEST).then(|| self.steps.push(step))
    }

    /// The number of the next step.
    fn here(&self) -> u32 {
        self.steps.len() as u32
    }

    fn mark(&mut self) -> u32 {
        self.marks += 1;
        self.marks - 1
    }

    fn set(&mut self, set: Alphabet) -> Option<u16> {
        let known = self.sets.iter().position(|known| *known == set);
        let number = known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        });
        u16::try_from(number).ok()
    }

    /// Adds the steps of a part of a regex. The parser bounds how deep parts lie in each other.
    fn add(&mut self, hir: &Hir) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => Some(()),
            HirKind::Literal(Literal(bytes)) => self.literal(bytes),
            HirKind::Class(class) => match bytes_of(hir) {
                Some(set) => {
                    let set = self.set(set)?;
                    self.push(Step::Set(set))
                }
                None => self.characters(class),
            },
            HirKind::Look(look) => self.push(Step::Look(Look::from_repr(look.as_repr())?)),
            HirKind::Repetition(repetition) => self.repetition(repetition),
            HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => {
                self.push(Step::Value(0))?;
                self.add(&capture.sub)?;
                self.push(Step::Value(1))
            }
            HirKind::Capture(capture) => self.add(&capture.sub),
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.add(part)),
            HirKind::Alternation(parts) => self.either(parts.len(), |program, number| program.add(&parts[number])),
        }
    }

    fn literal(&mut self, bytes: &[u8]) -> Option<()> {
        if let [byte] = bytes {
            let set = self.set(Alphabet::EMPTY.with(*byte))?;
            return self.push(Step::Set(set));
        }
        let from = self.literals.len() as u32;
        self.literals.extend(bytes);
        self.push(Step::Literal { from, length: bytes.len() as u32 })
    }

    /// Characters of several bytes each.
    fn characters(&mut self, class: &Class) -> Option<()> {
        let Class::Unicode(class) = class else { return None };
        let all: Vec<_> = class.iter().flat_map(|range| Utf8Sequences::new(range.start(), range.end())).collect();
        self.either(all.len(), |program, number| {
            all[number].as_slice().iter().try_for_each(|range| {
                let set = program.set((range.start..=range.end).fold(Alphabet::EMPTY, Alphabet::with))?;
                program.push(Step::Set(set))
            })
        })
    }

    /// One of `count` parts, the first before the others.
    fn either(&mut self, count: usize, mut add: impl FnMut(&mut Self, usize) -> Option<()>) -> Option<()> {
        let mut ends = Vec::new();
        for number in 0..count {
            let (split, is_last) = (self.steps.len(), number + 1 == count);
            if !is_last {
                self.split()?;
            }
            add(self, number)?;
            if !is_last {
                ends.push(self.steps.len());
                self.push(Step::Jump(0))?;
                let here = self.here();
                self.lead(split, true, here);
            }
        }
        let here = self.here();
        ends.into_iter().for_each(|end| self.steps[end] = Step::Jump(here));
        Some(())
    }

    fn mark_of(&self, step: usize) -> u32 {
        if let Step::Split { mark, .. } = self.steps[step] { mark } else { 0 }
    }

    fn repetition(&mut self, repetition: &Repetition) -> Option<()> {
        let Repetition { min, max, greedy, sub } = repetition;
        // An automaton notices where it goes around without taking a byte at its states, which a run has none of.
        let is_run = max.is_none() || *min > 0 || !self.in_empty;
        if let Some(set) = bytes_of(sub).filter(|_| is_run) {
            let set = self.set(set)?;
            let mut run = |min, max| {
                let mark = self.mark();
                self.push(Step::Run(Run { set, next: None, min, max, is_greedy: *greedy, mark }))
            };
            if max.is_none() && *min > 0 {
                run(*min, Some(*min))?;
            }
            return run(if max.is_none() { 0 } else { *min }, *max);
        }
        // What must stand. Of `x{2,}` the second one is the one that repeats.
        let once = if max.is_none() { min.saturating_sub(1) } else { *min };
        for _ in 0..once {
            let before = self.steps.len();
            self.add(sub)?;
            if self.steps.len() == before {
                break;
            }
        }
        match max {
            Some(max) => {
                let mut skips = Vec::new();
                for _ in *min..*max {
                    let before = self.steps.len();
                    skips.push(before);
                    self.split()?;
                    self.add(sub)?;
                    if self.steps.len() == before + 1 {
                        break;
                    }
                }
                let here = self.here();
                skips.into_iter().for_each(|skip| self.lead(skip, *greedy, here));
            }
            None if *min == 0 && sub.properties().minimum_len().is_some_and(|length| length > 0) => {
                let start = self.steps.len();
                self.split()?;
                self.add(sub)?;
                self.push(Step::Jump(start as u32))?;
                let here = self.here();
                self.lead(start, *greedy, here);
            }
            // Of what may be empty, once around is told from none: `(x+)?`.
            None => {
                let skip = self.steps.len();
                if *min == 0 {
                    self.split()?;
                }
                let (start, before) = (self.here(), self.in_empty);
                self.in_empty = true;
                self.add(sub)?;
                self.in_empty = before;
                let (mark, behind) = (self.mark(), self.here() + 1);
                let (first, second) = if *greedy { (start, behind) } else { (behind, start) };
                self.push(Step::Split { first, second, mark })?;
                if *min == 0 {
                    let here = self.here();
                    self.lead(skip, *greedy, here);
                }
            }
        }
        Some(())
    }

    /// A choice that [`Self::lead`] completes.
    fn split(&mut self) -> Option<()> {
        let mark = self.mark();
        self.push(Step::Split { first: 0, second: 0, mark })
    }

    /// Says where the choice at `at` leads besides the step behind it, which comes first if `is_greedy`.
    fn lead(&mut self, at: usize, is_greedy: bool, other: u32) {
        let (mark, behind) = (self.mark_of(at), at as u32 + 1);
        let (first, second) = if is_greedy { (behind, other) } else { (other, behind) };
        self.steps[at] = Step::Split { first, second, mark };
    }

    /// The bytes of the first places of all matches; `None` where that would take too long to tell.
    fn opens(&self) -> Option<Vec<Alphabet>> {
        let mut sets = [Alphabet::EMPTY; OPENING];
        let mut known = OPENING;
        // Steps with the place of the match that they are reached at.
        let mut left = vec![(0_usize, 0_usize)];
        let mut seen: FxHashSet<(usize, usize)> = FxHashSet::default();
        while let Some((step, place)) = left.pop() {
            if place >= known || !seen.insert((step, place)) {
                continue;
            }
            if seen.len() > MOST_OPENING {
                return None;
            }
            match &self.steps[step] {
                Step::Set(set) => {
                    sets[place] = sets[place].or(self.sets[usize::from(*set)]);
                    left.push((step + 1, place + 1));
                }
                Step::Literal { from, length } => {
                    let literal = &self.literals[*from as usize..][..*length as usize];
                    sets[place..].iter_mut().zip(literal).for_each(|(set, byte)| *set = set.with(*byte));
                    left.push((step + 1, place + literal.len()));
                }
                Step::Run(run) => {
                    let set = self.sets[usize::from(run.set)];
                    let most = run.max.map_or(OPENING, |max| max as usize).min(OPENING - place);
                    sets[place..place + most].iter_mut().for_each(|known| *known = known.or(set));
                    left.extend((run.min as usize..=most).map(|count| (step + 1, place + count)));
                }
                Step::Split { first, second, .. } => left.extend([(*first as usize, place), (*second as usize, place)]),
                Step::Jump(to) => left.push((*to as usize, place)),
                Step::Look(_) | Step::Value(_) => left.push((step + 1, place)),
                Step::Match => known = known.min(place),
            }
        }
        Some(sets[..known].to_vec())
    }

    /// What the text must go on with for the steps from `at` on to fit; `None` where it may end, or where that would take too
    /// long to tell.
    fn begins(&self, at: usize, left: &mut u32) -> Option<Alphabet> {
        let mut at = at;
        loop {
            *left = left.checked_sub(1)?;
            match &self.steps[at] {
                Step::Set(set) => return Some(self.sets[usize::from(*set)]),
                Step::Literal { from, .. } => return Some(Alphabet::EMPTY.with(self.literals[*from as usize])),
                Step::Run(run) => {
                    let set = self.sets[usize::from(run.set)];
                    return if run.min > 0 { Some(set) } else { Some(self.begins(at + 1, left)?.or(set)) };
                }
                Step::Split { first, second, .. } => return Some(self.begins(*first as usize, left)?.or(self.begins(*second as usize, left)?)),
                Step::Jump(to) => at = *to as usize,
                Step::Look(_) | Step::Value(_) => at += 1,
                Step::Match => return None,
            }
        }
    }
}

/// The place that takes the fewest bytes, three at most, and of several such one that code holds seldom.
fn rarest(opening: &[Alphabet]) -> Option<(usize, Vec<u8>)> {
    const COMMON: &[u8] = b" \n\t\"'=:.,()-_/aeinorst";
    let bytes = |set: &Alphabet| (0..=255_u8).filter(|byte| set.has(*byte)).collect::<Vec<u8>>();
    let places = opening.iter().enumerate().filter(|(_, set)| (1..=3).contains(&set.size())).map(|(place, set)| (place, bytes(set)));
    places.min_by_key(|(_, bytes)| (bytes.iter().filter(|byte| COMMON.contains(byte)).count(), bytes.len()))
}

/// The bytes of which a part of a regex takes one; `None` where it may take more or none.
fn bytes_of(hir: &Hir) -> Option<Alphabet> {
    match hir.kind() {
        HirKind::Literal(Literal(bytes)) if bytes.len() == 1 => Some(Alphabet::EMPTY.with(bytes[0])),
        HirKind::Class(Class::Bytes(class)) => Some(class.iter().flat_map(|range| range.start()..=range.end()).fold(Alphabet::EMPTY, Alphabet::with)),
        HirKind::Class(Class::Unicode(class)) if class.is_ascii() => {
            Some(class.iter().flat_map(|range| range.start() as u8..=range.end() as u8).fold(Alphabet::EMPTY, Alphabet::with))
        }
        _ => None,
    }
}
