//! Runs of token characters that may be a value without a prefix, such as 32 hex digits or 40 of base64.
//!
//! Nothing tells such a value but its shape and the words around it. Words of providers stand in every file, runs of the
//! right length and alphabet that do not read like a name stand in few: so the runs are found first, by their own bytes
//! alone, and words are looked for around those that are left.

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

/// Which lengths fit which kinds of characters, over all key types without an anchor of their own.
#[derive(Debug)]
pub(super) struct Runs {
    /// For each set of kinds a bit for each length.
    fits: Vec<[u64; LONGEST / 64]>,
    shortest: usize,
    has_wide: bool,
    /// Whether runs that read like names count as well.
    names_too: bool,
    /// Sorted by number.
    pub(super) bare: Vec<Bare>,
}

impl Runs {
    /// Reads the shapes of a catalog. `short_identifiers` counts account numbers of less than 16 characters in.
    pub(super) fn new(catalog: &Catalog, short_identifiers: bool) -> Self {
        let mut runs = Self { fits: vec![[0; LONGEST / 64]; 1 << KINDS.len()], shortest: LONGEST, has_wide: false, names_too: short_identifiers, bare: Vec::new() };
        for (index, key_type) in catalog.iter() {
            let Shape::Parts { prefixes, alphabet, lengths, .. } = &key_type.shape else { continue };
            let has_anchor = !prefixes.is_empty() && prefixes.iter().all(|prefix| prefix.len() >= 3);
            if has_anchor || (!short_identifiers && is_short_identifier(key_type, lengths)) {
                continue;
            }
            let shortest = lengths.iter().map(|range| range.0 as usize).min().unwrap_or(0);
            runs.bare.push(Bare { index, alphabet: *alphabet, shortest });
            let (least, most) = prefixes.iter().fold((usize::MAX, 0), |(least, most), prefix| (least.min(prefix.len()), most.max(prefix.len())));
            let (least, most) = if prefixes.is_empty() { (0, 0) } else { (least, most) };
            let pads = if alphabet.has(b'=') { 2 } else { 0 };
            let is_wide = alphabet.has(b'+') || alphabet.has(b'/');
            runs.has_wide |= is_wide;
            let mut kinds = kinds_of(|byte| alphabet.has(byte));
            for prefix in prefixes.iter() {
                kinds |= kinds_of(|byte| prefix.as_bytes().contains(&byte));
            }
            for range in lengths.iter() {
                let (from, to) = ((range.0 as usize + least).saturating_sub(pads).max(1), (range.1 as usize + most).min(LONGEST - 1));
                runs.shortest = runs.shortest.min(from);
                for (_, fits) in runs.fits.iter_mut().enumerate().filter(|(set, _)| set & !kinds == 0) {
                    (from..=to).for_each(|length| fits[length / 64] |= 1 << (length % 64));
                }
            }
        }
        runs.bare.sort_by_key(|bare| bare.index);
        runs.shortest = runs.shortest.max(6);
        runs
    }

    /// The key type of a number, if it has no anchor of its own.
    pub(super) fn bare(&self, index: KeyTypeIx) -> Option<&Bare> {
        self.bare.binary_search_by_key(&index, |bare| bare.index).ok().map(|at| &self.bare[at])
    }

    /// Appends the plausible runs that lie in `range` of `text` or touch it.
    pub(super) fn scan(&self, text: &[u8], range: Span, out: &mut Vec<Span>) {
        if self.bare.is_empty() {
            return;
        }
        let narrow = |byte: u8| CLASSES[usize::from(byte)] & NARROW != 0;
        for run in long_runs(text, stretched(text, range, narrow), self.shortest, narrow) {
            out.extend(self.plausible(text, run));
        }
        if self.has_wide {
            let wide = |byte: u8| CLASSES[usize::from(byte)] & (NARROW | WIDE) != 0;
            let range = stretched(text, range, wide);
            out.extend(long_runs(text, range, SHORTEST_WIDE, wide).filter(|run| is_plausible_wide(run.of(text))));
        }
    }

    /// The part of a run that may be a value.
    fn plausible(&self, text: &[u8], run: Span) -> Option<Span> {
        if run.len() >= LONGEST {
            return None;
        }
        let fits = |span: Span| {
            let kinds = span.of(text).iter().fold(0, |kinds, byte| kinds | CLASSES[usize::from(*byte)]) & KINDS_MASK;
            self.fits[usize::from(kinds)][span.len() / 64] >> (span.len() % 64) & 1 == 1
        };
        let start = run.start + escape(text, run.start);
        let dashes = |mut bytes: std::slice::Iter<'_, u8>, back: bool| {
            let dash = |byte: Option<&u8>| byte == Some(&b'-');
            let mut count = 0;
            while dash(if back { bytes.next_back() } else { bytes.next() }) {
                count += 1;
            }
            count
        };
        let found = [Span::new(start.min(run.end), run.end), run].into_iter().find_map(|span| {
            if span.is_empty() {
                return None;
            }
            if fits(span) {
                return Some(span);
            }
            let (left, right) = (dashes(span.of(text).iter(), false), dashes(span.of(text).iter(), true));
            let trimmed = Span::new(span.start + left, span.end.saturating_sub(right).max(span.start + left));
            (trimmed.len() < span.len() && !trimmed.is_empty() && fits(trimmed)).then_some(trimmed)
        })?;
        (self.names_too || !reads_like_a_name(found.of(text))).then_some(found)
    }
}

/// An account number or application id of a few characters and no prefix: nobody is harmed by it, no secret has its shape,
/// and looking for it costs more than for all others together.
fn is_short_identifier(key_type: &KeyType, lengths: &[(u32, u32)]) -> bool {
    !key_type.role.bears_authority() && lengths.iter().all(|range| range.0 < 16)
}

fn reads_like_a_name(value: &[u8]) -> bool {
    let lettered = value.iter().filter(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit()).count();
    value.len() <= 120 && lettered * 3 >= value.len() && rarity::surprise(value).is_some_and(|surprise| surprise < rarity::WORDS_BELOW)
}

/// Whether a run with `+` or `/` in it may be base64: paths seldom have capitals and digits and no dot, and bodies of this
/// length nearly always do.
fn is_plausible_wide(run: &[u8]) -> bool {
    let kinds = run.iter().fold(0, |kinds, byte| kinds | CLASSES[usize::from(*byte)]);
    let has = |set: u8| kinds & set != 0;
    run.len() < LONGEST && has(WIDE) && has(DIGIT) && has(UPPER_HEX | UPPER) && has(LOWER_HEX | LOWER)
}

/// How many bytes of a run at `start` are the end of an escape that begins before it: `\n`, `\u003d`, `%3D`.
fn escape(text: &[u8], start: usize) -> usize {
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
fn stretched(text: &[u8], range: Span, class: impl Fn(u8) -> bool) -> Span {
    let end = range.end.min(text.len());
    let floor = range.start.saturating_sub(LONGEST + 1);
    let left = text[floor..range.start.min(end)].iter().rev().take_while(|byte| class(**byte)).count();
    let ceiling = (end + LONGEST + 1).min(text.len());
    let right = text[end..ceiling].iter().take_while(|byte| class(**byte)).count();
    Span::new(range.start.min(end) - left, end + right)
}

/// The maximal runs within a span of at least `shortest` bytes of a class. Reads each window backwards: what breaks it
/// near its end lets the next one begin behind the break, so that most bytes are never looked at.
pub(super) fn long_runs(text: &[u8], span: Span, shortest: usize, class: impl Fn(u8) -> bool) -> impl Iterator<Item = Span> {
    let shortest = shortest.max(1);
    let mut start = span.start;
    std::iter::from_fn(move || {
        while start + shortest <= span.end {
            if let Some(at) = text[start..start + shortest].iter().rposition(|byte| !class(*byte)) {
                start += at + 1;
                continue;
            }
            let rest = &text[start + shortest..span.end];
            let end = start + shortest + rest.iter().position(|byte| !class(*byte)).unwrap_or(rest.len());
            let run = Span::new(start, end);
            start = end + 1;
            return Some(run);
        }
        None
    })
}

const DIGIT: u8 = 1;
const LOWER_HEX: u8 = 2;
const LOWER: u8 = 4;
const UPPER_HEX: u8 = 8;
const UPPER: u8 = 16;
const LOW_LINE: u8 = 32;
const DASH: u8 = 64;
const WIDE: u8 = 128;
const KINDS: [u8; 7] = [DIGIT, LOWER_HEX, LOWER, UPPER_HEX, UPPER, LOW_LINE, DASH];
const KINDS_MASK: u8 = 127;
const NARROW: u8 = KINDS_MASK;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 128 {
        classes[at] = match at as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => LOWER_HEX,
            b'g'..=b'z' => LOWER,
            b'A'..=b'F' => UPPER_HEX,
            b'G'..=b'Z' => UPPER,
            b'_' => LOW_LINE,
            b'-' => DASH,
            b'+' | b'/' => WIDE,
            _ => 0,
        };
        at += 1;
    }
    classes
};

fn kinds_of(has: impl Fn(u8) -> bool) -> usize {
    usize::from((0..128).filter(|byte| has(*byte)).fold(0, |kinds, byte| kinds | CLASSES[usize::from(byte)]) & KINDS_MASK)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let catalog = Catalog::built_in();
        let mut out = Vec::new();
        Runs::new(&catalog, false).scan(text.as_bytes(), Span::new(0, text.len()), &mut out);
        out.iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn shapes_that_fit() {
        let hex = "0123456789abcdef".repeat(2);
        for text in [format!("key = {hex}"), format!("a\\n{hex}"), format!("%20{hex}"), hex.clone()] {
            assert_eq!(found(&text), [hex.as_str()], "{text}");
        }
        assert!(found(&format!("{hex}0 {hex}_x getElementsByTagName")).is_empty());
        assert!(found(&hex.repeat(40)).is_empty());
    }
}
