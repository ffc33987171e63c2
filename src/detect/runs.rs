//! Runs of token characters that may be a value without a prefix, such as 32 hex digits or 40 of base64.
//!
//! Nothing tells such a value but its shape and the words around it. Words of providers stand in every file, runs of the
//! right length and alphabet that do not read like a name stand in few: so the runs are found first, by their own bytes
//! alone, and words are looked for around those that are left.

use super::classes::{CLASSES, DIGIT, KINDS, LOWER, LOWER_HEX, Masks, NARROW, UPPER, UPPER_HEX, WIDE};
use super::pass::may_join;
use super::rarity;
use crate::keys::{Alphabet, Catalog, KeyType, KeyTypeIx, Shape};
use crate::text::Span;

/// Longer runs are no value of any key type. In bytes.
pub(super) const LONGEST: usize = 1024;
/// What a run's plausibility may depend on beside its own bytes: an escape before it, its end after it. In bytes.
pub(super) const MARGIN: usize = 8;
/// Bodies in base64 are longer than the paths that look like them.
const SHORTEST_WIDE: usize = 32;

/// A key type without an anchor of its own.
#[derive(Debug)]
pub(super) struct Bare {
    pub(super) index: KeyTypeIx,
    pub(super) alphabet: Alphabet,
    pub(super) shortest: usize,
}

/// A run that may be a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    /// Where it begins, and where it ends.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether no key type was found in it: none will be where nothing near it is new.
    pub(super) vain: bool,
}

impl Run {
    pub(super) fn new(span: Span) -> Self {
        Self { start: span.start as u32, end: span.end as u32, vain: false }
    }

    pub(super) fn span(self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// Which lengths fit which kinds of characters, over all key types without an anchor of their own.
#[derive(Debug)]
pub(super) struct Runs {
    /// For each set of kinds a bit for each length.
    fits: Vec<[u64; LONGEST / 64]>,
    shortest: usize,
    has_wide: bool,
    /// Whether runs that read like names count as well.
    names_too: bool,
    /// Prefixes of one and two bytes: what begins with one need not stand alone. Sorted.
    short_prefixes: Vec<String>,
    /// For each byte where those that begin with it or a greater one begin.
    short_heads: [u16; 257],
    /// Sorted by number.
    pub(super) bare: Vec<Bare>,
}

impl Runs {
    /// Reads the shapes of a catalog. `short_identifiers` counts account numbers of less than 16 characters in.
    pub(super) fn new(catalog: &Catalog, short_identifiers: bool) -> Self {
        // First what fits exactly the kinds of each alphabet, then what fits any part of them.
        let mut by_kinds = vec![[0_u64; LONGEST / 64]; 1 << KINDS];
        let mut runs = Self {
            fits: vec![[0; LONGEST / 64]; 1 << KINDS],
            shortest: LONGEST,
            has_wide: false,
            names_too: short_identifiers,
            short_prefixes: Vec::new(),
            short_heads: [0; 257],
            bare: Vec::new(),
        };
        for (index, key_type) in catalog.iter() {
            let Shape::Parts { prefixes, alphabet, lengths, .. } = &key_type.shape else { continue };
            let has_anchor = !prefixes.is_empty() && prefixes.iter().all(|prefix| prefix.len() >= 3);
            if has_anchor || (!short_identifiers && is_short_identifier(key_type, lengths)) {
                continue;
            }
            let shortest = lengths.iter().map(|range| range.0 as usize).min().unwrap_or(0);
            runs.short_prefixes.extend(prefixes.iter().map(ToString::to_string));
            runs.bare.push(Bare { index, alphabet: *alphabet, shortest });
            let (least, most) = prefixes.iter().fold((usize::MAX, 0), |(least, most), prefix| (least.min(prefix.len()), most.max(prefix.len())));
            let (least, most) = if prefixes.is_empty() { (0, 0) } else { (least, most) };
            let pads = if alphabet.has(b'=') { 2 } else { 0 };
            let is_wide = alphabet.has(b'+') || alphabet.has(b'/');
            runs.has_wide |= is_wide;
            let prefixed = prefixes.iter().flat_map(|prefix| prefix.bytes()).fold(*alphabet, Alphabet::with);
            let kinds = kinds_of(prefixed);
            for range in lengths.iter() {
                let (from, to) = ((range.0 as usize + least).saturating_sub(pads).max(1), (range.1 as usize + most).min(LONGEST - 1));
                runs.shortest = runs.shortest.min(from);
                (from..=to).for_each(|length| by_kinds[kinds][length / 64] |= 1 << (length % 64));
            }
        }
        for (kinds, lengths) in by_kinds.iter().enumerate().filter(|(_, lengths)| lengths.iter().any(|word| *word != 0)) {
            let mut set = kinds;
            loop {
                runs.fits[set].iter_mut().zip(lengths).for_each(|(fits, lengths)| *fits |= lengths);
                if set == 0 {
                    break;
                }
                set = (set - 1) & kinds;
            }
        }
        runs.short_prefixes.sort();
        runs.short_prefixes.dedup();
        let before = |byte: usize| runs.short_prefixes.partition_point(|prefix| prefix.bytes().next().is_none_or(|first| usize::from(first) < byte)) as u16;
        runs.short_heads = std::array::from_fn(before);
        runs.bare.sort_by_key(|bare| bare.index);
        runs.shortest = runs.shortest.max(crate::keys::schema::SHORTEST_BARE);
        runs
    }

    /// The key type of a number, if it has no anchor of its own.
    pub(super) fn bare(&self, index: KeyTypeIx) -> Option<&Bare> {
        self.bare.binary_search_by_key(&index, |bare| bare.index).ok().map(|at| &self.bare[at])
    }

    /// Takes the bits of the 64 bytes at `at`, which follow those that it took before, and appends the plausible runs that
    /// end among them.
    #[inline(always)]
    pub(super) fn take(&self, text: &[u8], (narrow, wide): (&mut Open, &mut Open), masks: Masks, at: usize, out: &mut Vec<Run>) {
        if self.bare.is_empty() {
            return;
        }
        narrow.take(masks.narrow, at, self.shortest, &mut |run| out.extend(self.plausible(text, run).map(Run::new)));
        if self.has_wide {
            wide.take(masks.wide, at, SHORTEST_WIDE, &mut |run| {
                if is_plausible_wide(run.of(text)) {
                    out.push(Run::new(run));
                }
            });
        }
    }

    /// The part of a run that may be a value.
    #[inline(never)]
    fn plausible(&self, text: &[u8], run: Span) -> Option<Span> {
        if run.len() >= LONGEST {
            return None;
        }
        let value = run.of(text);
        // What ends an escape is no part of a value, though it may fit as one.
        let may_be_escaped = run.start.checked_sub(1).is_some_and(|before| matches!(text[before], b'\\' | b'%'));
        let is_escaped = may_be_escaped && escape(text, run.start) > 0;
        let has_ends = value.first() == Some(&b'-') || value.last() == Some(&b'-');
        let trimmed = || if is_escaped || has_ends { self.trimmed(text, run) } else { None };
        let whole = || self.fits(value).then_some(run);
        let found = if is_escaped { trimmed().or_else(whole) } else { whole().or_else(trimmed) }?;
        (self.may_be_whole(text, found) && (self.names_too || !reads_like_a_name(found.of(text)))).then_some(found)
    }

    /// Without a dash in it no part of a run is a value, but the whole of it alone, and most such runs in code are names
    /// behind a dot.
    fn may_be_whole(&self, text: &[u8], run: Span) -> bool {
        let value = run.of(text);
        // Byte by byte: they are of one or two.
        let begins = |prefix: &String| prefix.len() <= value.len() && prefix.bytes().zip(value).all(|(one, other)| one == *other);
        let first = value.first().map_or(0, |first| usize::from(*first));
        let known = usize::from(self.short_heads[first])..usize::from(self.short_heads[first + 1]);
        stands_alone(text, run) || value.contains(&b'-') || self.short_prefixes[known].iter().any(begins)
    }

    fn fits(&self, value: &[u8]) -> bool {
        let mut kinds = 0;
        for byte in value {
            kinds |= CLASSES[usize::from(*byte)];
        }
        self.fits[usize::from(kinds & NARROW)][value.len() / 64] >> (value.len() % 64) & 1 == 1
    }

    /// A part of a run that fits without the end of an escape before it, and without dashes around it.
    fn trimmed(&self, text: &[u8], run: Span) -> Option<Span> {
        let after = Span::new((run.start + escape(text, run.start)).min(run.end), run.end);
        [after, run].into_iter().find_map(|span| {
            let value = span.of(text);
            if span != run && !value.is_empty() && self.fits(value) {
                return Some(span);
            }
            let left = value.iter().take_while(|byte| **byte == b'-').count();
            let right = value[left..].iter().rev().take_while(|byte| **byte == b'-').count();
            let inner = Span::new(span.start + left, span.end - right);
            (left + right > 0 && !inner.is_empty() && self.fits(inner.of(text))).then_some(inner)
        })
    }
}

/// An account number or application id of a few characters and no prefix: nobody is harmed by it, no secret has its shape,
/// and looking for it costs more than for all others together.
fn is_short_identifier(key_type: &KeyType, lengths: &[(u32, u32)]) -> bool {
    !key_type.role.bears_authority() && lengths.iter().all(|range| range.0 < 16)
}

fn reads_like_a_name(value: &[u8]) -> bool {
    let lettered = value.iter().filter(|byte| CLASSES[usize::from(**byte)] & (LOWER | UPPER) != 0).count();
    value.len() <= 120 && lettered * 3 >= value.len() && rarity::reads_like_words(value)
}

/// A body without a prefix is a word of its own: `bpk-` and `.png` beside it make it part of another format.
pub(super) fn stands_alone(text: &[u8], run: Span) -> bool {
    let joins = |byte: Option<&u8>| matches!(byte, Some(b'-' | b'.' | b'+'));
    let word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let at = |index: Option<usize>| index.and_then(|index| text.get(index));
    let left = joins(at(run.start.checked_sub(1))) && word(at(run.start.checked_sub(2)));
    let right = joins(text.get(run.end)) && word(text.get(run.end + 1));
    !left && !right
}

/// Whether a run with `+` or `/` in it may be base64: paths seldom have capitals and digits and no dot, and bodies of this
/// length nearly always do.
fn is_plausible_wide(run: &[u8]) -> bool {
    let kinds = run.iter().fold(0, |kinds, byte| kinds | CLASSES[usize::from(*byte)]);
    let has = |set: u8| kinds & set != 0;
    run.len() < LONGEST && has(WIDE) && has(DIGIT) && has(UPPER_HEX | UPPER) && has(LOWER_HEX | LOWER)
}

/// How many bytes of a run at `start` are the end of an escape that begins before it: `\n`, `\u003d`, `%3D`.
pub(super) fn escape(text: &[u8], start: usize) -> usize {
    let Some(before) = start.checked_sub(1).map(|at| text[at]) else { return 0 };
    let hex = |from: usize, count: usize| text.get(from..from + count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    match (before, text.get(start)) {
        (b'%', _) if hex(start, 2) => 2,
        (b'\\', Some(b'u')) if hex(start + 1, 4) => 5,
        (b'\\', Some(b'x')) if hex(start + 1, 2) => 3,
        (b'\\', Some(b'n' | b't' | b'r' | b'b' | b'f' | b'v' | b'0')) => 1,
        _ => 0,
    }
}

/// A range widened so that no run is cut at its ends, but for those that are too long anyway.
pub(super) fn stretched(text: &[u8], range: Span) -> Span {
    let class = |byte: &&u8| CLASSES[usize::from(**byte)] != 0;
    let end = range.end.min(text.len());
    let floor = range.start.saturating_sub(LONGEST + 1);
    let left = text[floor..range.start.min(end)].iter().rev().take_while(class).count();
    let ceiling = (end + LONGEST + 1).min(text.len());
    let right = text[end..ceiling].iter().take_while(class).count();
    Span::new(range.start.min(end) - left, end + right)
}

/// A run that may go on in the next 64 bytes.
#[derive(Default)]
pub(super) struct Open {
    /// How many bytes of it have been seen.
    length: usize,
}

impl Open {
    /// Takes the bits of the 64 bytes at `base` and gives every run of at least `shortest` bytes that ends among them.
    #[inline(always)]
    fn take(&mut self, bits: u64, base: usize, shortest: usize, each: &mut impl FnMut(Span)) {
        if bits == u64::MAX {
            self.length += 64;
            return;
        }
        let first = bits.trailing_ones() as usize;
        if self.length + first >= shortest {
            each(Span::new(base - self.length, base + first));
        }
        // What is left begins behind the first run's end and does not reach the last byte's run, which stays open.
        let last = bits.leading_ones() as usize;
        self.length = last;
        let mut inner = bits & (u64::MAX << first);
        if last > 0 {
            inner &= u64::MAX >> last;
        }
        if shortest > 64 || shortest >= 15 && !may_join(inner) {
            return;
        }
        // A bit is left where as many ones follow each other: halves are joined to the next power of two below.
        let (mut starts, mut joined) = (inner, 1);
        while joined * 2 <= shortest {
            starts &= starts >> joined;
            joined *= 2;
        }
        starts &= starts >> (shortest - joined);
        while starts != 0 {
            let start = starts.trailing_zeros() as usize;
            let length = (inner >> start).trailing_ones() as usize;
            each(Span::new(base + start, base + start + length));
            let done = start + length;
            starts &= if done >= 64 { 0 } else { u64::MAX << done };
        }
    }
}

/// The maximal runs within a span of at least `shortest` bytes of a class. Reads each window backwards: what breaks it
/// near its end lets the next one begin behind the break, so that most bytes are never looked at.
pub(super) fn long_runs(text: &[u8], span: Span, shortest: usize, class: impl Fn(u8) -> bool) -> impl Iterator<Item = Span> {
    let mut start = span.start;
    std::iter::from_fn(move || next_run(text, &mut start, span.end, shortest.max(1), &class))
}

/// The first run from `start` on, which moves behind it. Written as loops over bytes: it is where a scan spends its time.
#[inline(always)]
fn next_run(text: &[u8], start: &mut usize, end: usize, shortest: usize, class: &impl Fn(u8) -> bool) -> Option<Span> {
    let text = &text[..end.min(text.len())];
    let mut from = *start;
    'window: while let Some(window) = text.get(from..from + shortest) {
        let mut at = shortest;
        while at > 0 {
            at -= 1;
            if !class(window[at]) {
                from += at + 1;
                continue 'window;
            }
        }
        let mut to = from + shortest;
        while to < text.len() && class(text[to]) {
            to += 1;
        }
        *start = to + 1;
        return Some(Span::new(from, to));
    }
    *start = text.len();
    None
}

/// The bytes of each kind.
static KIND_SETS: [Alphabet; KINDS] = {
    let mut sets = [Alphabet::EMPTY; KINDS];
    let mut byte = 0;
    while byte < 128 {
        if CLASSES[byte] & NARROW != 0 {
            let kind = CLASSES[byte].trailing_zeros() as usize;
            sets[kind] = sets[kind].with(byte as u8);
        }
        byte += 1;
    }
    sets
};

/// The kinds of which a set has bytes.
fn kinds_of(set: Alphabet) -> usize {
    let meets = |kind: &Alphabet| kind.words().iter().zip(set.words()).any(|(one, other)| one & other != 0);
    KIND_SETS.iter().enumerate().filter(|(_, kind)| meets(kind)).map(|(bit, _)| 1 << bit).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::leads::{Finder, Leads};
    use crate::detect::pass::{self, Wanted};

    fn found(text: &str) -> Vec<&str> {
        let catalog = Catalog::built_in();
        let mut out = Leads::default();
        let finder = Finder::new(&catalog, false);
        pass::scan(Wanted { values: Some((&catalog, &finder)), places: false }, text.as_bytes(), Span::new(0, text.len()), &mut out);
        out.runs.iter().map(|run| &text[run.start as usize..run.end as usize]).collect()
    }

    #[test]
    fn shapes_that_fit() {
        let hex = "0123456789abcdef".repeat(2);
        for text in [format!("key = {hex}"), format!("a\\n{hex}"), format!("%20{hex}"), hex.clone()] {
            assert_eq!(found(&text), [hex.as_str()], "{text}");
        }
        assert_eq!(found("getElementsByTagName a_name_of_some_length"), Vec::<&str>::new());
        assert!(found(&hex.repeat(40)).is_empty());
    }
}
