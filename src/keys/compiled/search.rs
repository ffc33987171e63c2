//! Searching with a program: one way after the other, in the order in which the regex prefers them.
//!
//! A step that offers several ways remembers the places of the text from where it has offered them: what led nowhere once leads
//! nowhere again. So each is tried once, and a search takes time in proportion to text and program, whatever both hold.

use std::cell::Cell;

use regex_automata::util::look::LookMatcher;

use super::super::Alphabet;
use super::program::{Program, Run, Step};
use crate::text::Span;

/// What a search needs besides text and program. It is kept from one search to the next.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Ways that are left to try, the next one last.
    ways: Vec<Way>,
    /// What each step remembers, by its mark.
    places: Vec<Places>,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = const { Cell::new(Scratch { ways: Vec::new(), places: Vec::new() }) };
}

/// What is kept of it from one search to the next at most, in bytes.
const KEPT: usize = 256 << 10;
/// How far a search goes on before what lies behind it is forgotten, in bytes.
const FORGOTTEN: usize = 64 << 10;

/// A way that is left to try. Places are offsets in the text.
#[derive(Debug)]
enum Way {
    /// The step `step` at `at`.
    Step { step: u32, at: usize },
    /// The run `step`, ending at one of `from` to `to`, both inclusive.
    Run { step: u32, from: usize, to: usize },
    /// The run `step` of any number without greed, from `at` on by at least one byte.
    Longer { step: u32, at: usize },
    /// Nothing: one end of the value is again where it was.
    Value { end: usize, at: Option<usize> },
}

/// What a step knows of the text.
#[derive(Debug, Default)]
struct Places {
    /// A bit for each place it was at, from the place `base * 64` on.
    bits: Vec<u64>,
    base: usize,
    /// Bytes known to belong to the set of a run, and whether the one behind them is known not to.
    same: (usize, usize),
    ends: bool,
    /// Places of which it is known that the steps behind a run don't fit there, or were tried.
    tried: (usize, usize),
}

impl Places {
    fn clear(&mut self) {
        self.bits.clear();
        (self.same, self.ends, self.tried) = ((0, 0), false, (0, 0));
    }

    /// Notes a place; false when it was noted before. None lies before `floor`.
    fn note(&mut self, at: usize, floor: usize) -> bool {
        let word = at / 64;
        if self.bits.is_empty() {
            self.base = word;
        } else if word < self.base {
            // Places often come from the last to the first: as many again are made room for.
            let more = (self.base - word).max(self.bits.len()).min(self.base - floor / 64);
            self.bits.splice(..0, std::iter::repeat_n(0, more));
            self.base -= more;
        }
        let index = word - self.base;
        if index >= self.bits.len() {
            self.bits.resize(index + 1, 0);
        }
        let bit = 1 << (at % 64);
        let is_new = self.bits[index] & bit == 0;
        self.bits[index] |= bit;
        is_new
    }

    /// Forgets places before `floor`.
    fn forget(&mut self, floor: usize) {
        let gone = (floor / 64).saturating_sub(self.base).min(self.bits.len());
        self.bits.drain(..gone);
        self.base += gone;
    }

    /// Where bytes of the set end that stand at `at`, but not beyond `limit`.
    fn end_of(&mut self, set: &Alphabet, text: &[u8], at: usize, limit: usize) -> usize {
        if !(self.same.0..=self.same.1).contains(&at) {
            (self.same, self.ends) = ((at, at), false);
        }
        if !self.ends && self.same.1 < limit {
            let more = text[self.same.1..limit].iter().take_while(|byte| set.has(**byte)).count();
            self.same.1 += more;
            self.ends = self.same.1 < limit;
        }
        self.same.1.min(limit)
    }

    fn was_tried(&self, at: usize) -> bool {
        (self.tried.0..self.tried.1).contains(&at)
    }

    fn note_tried(&mut self, at: usize) {
        let (from, to) = self.tried;
        self.tried = match () {
            () if at + 1 == from => (at, to),
            () if at == to => (from, at + 1),
            () if (from..to).contains(&at) => return,
            () => (at, at + 1),
        };
    }
}

/// What a search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// All of it.
    pub whole: Span,
    /// The group `secret`, where there is one and it took part.
    pub value: Option<Span>,
}

/// Looks for the first match within `range`; with `anchored`, at its start alone. What asserts something of neighbours sees the
/// whole text.
pub(super) fn search(program: &Program, text: &[u8], range: Span, anchored: bool) -> Option<Match> {
    let end = range.end.min(text.len());
    // Nearly all of what a prefilter leads to ends here.
    let mut start = program.next_start(&text[..end], range.start, anchored)?;
    let mut scratch = SCRATCH.take();
    scratch.ways.clear();
    let marks = program.marks as usize;
    scratch.places.resize_with(scratch.places.len().max(marks), Places::default);
    scratch.places[..marks].iter_mut().for_each(Places::clear);
    let mut search = Search { program, text: &text[..end], around: text, scratch: &mut scratch, value: [None; 2], floor: start };
    let found = loop {
        if let Some(end) = search.from(start) {
            let value = if let [Some(from), Some(to)] = search.value { Some(Span::new(from, to)) } else { None };
            break Some(Match { whole: Span::new(start, end), value });
        }
        if anchored || start >= end {
            break None;
        }
        let Some(next) = program.next_start(&text[..end], start + 1, false) else { break None };
        start = next;
        if start - search.floor >= FORGOTTEN {
            search.scratch.places[..marks].iter_mut().for_each(|places| places.forget(start));
            search.floor = start;
        }
    };
    if scratch.memory() <= KEPT {
        SCRATCH.set(scratch);
    }
    found
}

impl Scratch {
    fn memory(&self) -> usize {
        let bits: usize = self.places.iter().map(|places| places.bits.capacity() * size_of::<u64>()).sum();
        bits + self.places.capacity() * size_of::<Places>() + self.ways.capacity() * size_of::<Way>()
    }
}

impl Program {
    /// The first place from `at` on where a match may begin; with `anchored`, `at` or none. Each place is looked at from its last
    /// known byte to its first, after one that takes few bytes: where all belong to one set, what breaks it near its end is passed over at once.
    fn next_start(&self, text: &[u8], at: usize, anchored: bool) -> Option<usize> {
        let count = self.opening.len();
        let mut at = at;
        loop {
            if let Some((place, bytes)) = self.rare.as_ref().filter(|_| !anchored) {
                let rest = text.get(at.checked_add(*place)?..)?;
                at += match bytes[..] {
                    [one] => memchr::memchr(one, rest)?,
                    [one, two] => memchr::memchr2(one, two, rest)?,
                    [one, two, three] => memchr::memchr3(one, two, three, rest)?,
                    _ => 0,
                };
            }
            let window = text.get(at..at.checked_add(count)?)?;
            let Some(wrong) = self.opening.iter().zip(window).rposition(|(set, byte)| !set.has(*byte)) else { return Some(at) };
            if anchored {
                return None;
            }
            at += if self.is_even { wrong + 1 } else { 1 };
        }
    }
}

struct Search<'s> {
    program: &'s Program,
    /// The text up to where matches may reach.
    text: &'s [u8],
    /// All of it.
    around: &'s [u8],
    scratch: &'s mut Scratch,
    value: [Option<usize>; 2],
    /// No place before is asked for any more.
    floor: usize,
}

impl Search<'_> {
    /// The end of the match that begins at `start`.
    fn from(&mut self, start: usize) -> Option<usize> {
        self.value = [None; 2];
        let mut next = Some((0, start));
        loop {
            let (step, at) = next.or_else(|| self.next_way())?;
            if let Step::Match = self.program.steps[step as usize] {
                return Some(at);
            }
            next = self.step(step, at);
        }
    }

    /// Takes a step; returns what comes next, if it fits.
    fn step(&mut self, step: u32, at: usize) -> Option<(u32, usize)> {
        let program = self.program;
        match &program.steps[step as usize] {
            Step::Set(set) => self.text.get(at).is_some_and(|byte| program.sets[usize::from(*set)].has(*byte)).then_some((step + 1, at + 1)),
            Step::Literal { from, length } => {
                let literal = &program.literals[*from as usize..][..*length as usize];
                let begins = self.text.get(at) == literal.first();
                (begins && self.text[at..].starts_with(literal)).then_some((step + 1, at + literal.len()))
            }
            Step::Run(run) => self.run(run, step, at).map(|at| (step + 1, at)),
            Step::Split { first, second, mark } => {
                if !self.scratch.places[*mark as usize].note(at, self.floor) {
                    return None;
                }
                self.scratch.ways.push(Way::Step { step: *second, at });
                Some((*first, at))
            }
            Step::Jump(to) => Some((*to, at)),
            Step::Look(look) => LookMatcher::new().matches(*look, self.around, at).then_some((step + 1, at)),
            Step::Value(end) => {
                self.scratch.ways.push(Way::Value { end: *end, at: self.value[*end] });
                self.value[*end] = Some(at);
                Some((step + 1, at))
            }
            Step::Match => None,
        }
    }

    /// The way that was put aside last.
    fn next_way(&mut self) -> Option<(u32, usize)> {
        let program = self.program;
        while let Some(way) = self.scratch.ways.pop() {
            let next = match way {
                Way::Step { step, at } => return Some((step, at)),
                Way::Value { end, at } => {
                    self.value[end] = at;
                    continue;
                }
                Way::Run { step, from, to } => match &program.steps[step as usize] {
                    Step::Run(run) => self.ends(run, step, from, to).map(|at| (step + 1, at)),
                    _ => None,
                },
                Way::Longer { step, at } => match &program.steps[step as usize] {
                    Step::Run(run) if self.text.get(at).is_some_and(|byte| program.sets[usize::from(run.set)].has(*byte)) => {
                        self.shortest(run, step, at + 1).map(|at| (step + 1, at))
                    }
                    _ => None,
                },
            };
            if next.is_some() {
                return next;
            }
        }
        None
    }

    /// Takes a run that begins at `at`; returns its first end, and puts the others aside.
    fn run(&mut self, run: &Run, step: u32, at: usize) -> Option<usize> {
        let set = &self.program.sets[usize::from(run.set)];
        let Some(max) = run.max else {
            return if run.is_greedy { self.longest(run, step, at) } else { self.shortest(run, step, at) };
        };
        let limit = at.saturating_add(max as usize).min(self.text.len());
        let end = self.scratch.places[run.mark as usize].end_of(set, self.text, at, limit);
        let first = at.saturating_add(run.min as usize);
        match () {
            () if end < first => None,
            () if run.min == max => Some(first),
            () => self.ends(run, step, first, end),
        }
    }

    /// The next end of a run among `from` to `to`; the others are put aside.
    fn ends(&mut self, run: &Run, step: u32, mut from: usize, mut to: usize) -> Option<usize> {
        loop {
            if from > to {
                return None;
            }
            let at = if run.is_greedy { to } else { from };
            let places = &mut self.scratch.places[run.mark as usize];
            // Of runs of any number all places were noted when they were met.
            let is_noted = run.max.is_none();
            let mut fits = is_noted || !places.was_tried(at);
            if !fits {
                // Everything up to the other end of what was tried is passed over.
                if run.is_greedy {
                    to = places.tried.0.checked_sub(1)?;
                } else {
                    from = places.tried.1;
                }
                continue;
            }
            fits = self.may_follow(run, at);
            let places = &mut self.scratch.places[run.mark as usize];
            if !is_noted {
                fits = fits && places.note(at, self.floor);
                places.note_tried(at);
            }
            if run.is_greedy {
                let Some(left) = at.checked_sub(1) else { return fits.then_some(at) };
                to = left;
            } else {
                from = at + 1;
            }
            if fits {
                if from <= to {
                    self.scratch.ways.push(Way::Run { step, from, to });
                }
                return Some(at);
            }
        }
    }

    /// Whether what follows a run may begin at `at`.
    fn may_follow(&self, run: &Run, at: usize) -> bool {
        run.next.is_none_or(|next| self.text.get(at).is_some_and(|byte| self.program.sets[usize::from(next)].has(*byte)))
    }

    /// Takes a run of any number with greed. Where it meets a place from which it went on before, it ends: that way was taken.
    fn longest(&mut self, run: &Run, step: u32, at: usize) -> Option<usize> {
        let set = &self.program.sets[usize::from(run.set)];
        let places = &mut self.scratch.places[run.mark as usize];
        let mut end = at;
        while places.note(end, self.floor) {
            if !self.text.get(end).is_some_and(|byte| set.has(*byte)) {
                return self.ends(run, step, at, end);
            }
            end += 1;
        }
        if end == at { None } else { self.ends(run, step, at, end - 1) }
    }

    /// The same without greed, byte by byte.
    fn shortest(&mut self, run: &Run, step: u32, mut at: usize) -> Option<usize> {
        let set = &self.program.sets[usize::from(run.set)];
        while self.scratch.places[run.mark as usize].note(at, self.floor) {
            if self.may_follow(run, at) {
                self.scratch.ways.push(Way::Longer { step, at });
                return Some(at);
            }
            if !self.text.get(at).is_some_and(|byte| set.has(*byte)) {
                return None;
            }
            at += 1;
        }
        None
    }
}
