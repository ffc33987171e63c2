//! From anchor hits to candidates: hand-made matching of prefix, body and suffix, anchored regexes for the rest.
//!
//! Work happens around hits only and is linear in the text: windows of one key type are merged before they are read.

use regex_automata::{Anchored, Input, meta::Regex, util::captures::Captures};

use super::prefilter::Hit;
use super::{Rejected, Rejection};
use crate::keys::{Alphabet, AnchorKind, Catalog, KeyType, KeyTypeIx, Shape};
use crate::text::Span;

/// A span where a key type's shape matched; nothing is proven yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub key_type: KeyTypeIx,
    pub span: Span,
    /// Bytes of literal prefix at the start of the value.
    pub prefix: usize,
    /// The text that tells the mode: the prefix, or the head of a pattern's match.
    pub head: Span,
}

/// How far around a keyword its value may stand, in bytes.
const BEFORE_KEYWORD: usize = 400;
const AFTER_KEYWORD: usize = 2048;
/// How far around an inner anchor a match may reach.
const BEFORE_INNER: usize = 512;
const AFTER_INNER: usize = 4096;
/// The longest match of a pattern, and of one that is a block such as PEM. A text of many starts costs that much for each.
const LONGEST: usize = 8 * 1024;
const LONGEST_BLOCK: usize = 64 * 1024;

/// Finds candidates around hits. Near misses at a telling prefix go to `rejected`, if somebody wants them.
pub(super) fn candidates(
    catalog: &Catalog,
    text: &[u8],
    hits: &[Hit],
    short_identifiers: bool,
    out: &mut Vec<Candidate>,
    mut rejected: Option<&mut Vec<Rejected>>,
) {
    let mut windows: Vec<(KeyTypeIx, Span)> = Vec::new();
    let mut bare: Vec<KeyTypeIx> = Vec::new();
    let mut last_keyword = u16::MAX;
    for hit in hits {
        let anchor = &catalog.anchors()[usize::from(hit.anchor)];
        let at = hit.at as usize;
        for used in anchor.uses.iter() {
            let index = KeyTypeIx(used.key_type);
            let key_type = catalog.get(index);
            match (used.kind, &key_type.shape) {
                (AnchorKind::Prefix, Shape::Parts { prefixes, .. }) => {
                    for prefix in prefixes.iter().filter(|prefix| begins_with_anchor(prefix, &anchor.text) && text[at..].starts_with(prefix.as_bytes())) {
                        match match_parts(key_type, text, at, prefix.len()) {
                            Ok(span) => out.push(Candidate { key_type: index, span, prefix: prefix.len(), head: Span::new(at, at + prefix.len()) }),
                            Err(Some(why)) => {
                                if let Some(list) = rejected.as_deref_mut() {
                                    list.push(Rejected { key_type: index, span: Span::new(at, (at + prefix.len() + 8).min(text.len())), why });
                                }
                            }
                            Err(None) => {}
                        }
                    }
                }
                (AnchorKind::PatternStart, Shape::Pattern(pattern)) => {
                    if left_boundary(text, at)
                        && let Some(regex) = pattern.regex()
                    {
                        let longest = if text[at] == b'-' { LONGEST_BLOCK } else { LONGEST };
                        let limit = (at + longest).min(text.len());
                        let literal = text[at..].iter().zip(anchor.text.as_bytes()).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count();
                        pattern_at(regex, text, index, Span::new(at, limit), Some(literal), out);
                    }
                }
                (AnchorKind::PatternInner, Shape::Pattern(_)) => windows.push((index, window(text, at, BEFORE_INNER, AFTER_INNER))),
                (AnchorKind::Keyword, Shape::Parts { .. }) if last_keyword == hit.anchor => {}
                (AnchorKind::Keyword, Shape::Parts { lengths, .. }) if !short_identifiers && is_short_identifier(key_type, lengths) => {}
                (AnchorKind::Keyword, Shape::Parts { .. }) => bare.push(index),
                _ => windows.push((index, window(text, at, BEFORE_KEYWORD, AFTER_KEYWORD))),
            }
        }
        last_keyword = hit.anchor;
    }
    windows.sort_unstable();
    windows.dedup();
    let mut rest = windows.as_slice();
    while let Some(((index, first), tail)) = rest.split_first() {
        let mut merged = *first;
        let taken = tail.iter().take_while(|(other, span)| {
            let joins = other == index && span.start <= merged.end;
            if joins {
                merged.end = merged.end.max(span.end);
            }
            joins
        });
        let taken = taken.count();
        if let Shape::Pattern(pattern) = &catalog.get(*index).shape
            && let Some(regex) = pattern.regex()
        {
            pattern_at(regex, text, *index, merged, None, out);
        }
        rest = &tail[taken..];
    }
    bare.sort_unstable();
    bare.dedup();
    search_runs(catalog, &bare, text, out);
}

/// An account number or application id of a few characters and no prefix: nobody is harmed by it, no secret has its shape,
/// and looking for it costs more than for all others together.
fn is_short_identifier(key_type: &KeyType, lengths: &[(u32, u32)]) -> bool {
    !key_type.role.bears_authority() && lengths.iter().all(|range| range.0 < 16)
}

fn window(text: &[u8], at: usize, before: usize, after: usize) -> Span {
    Span::new(at.saturating_sub(before), (at + after).min(text.len()))
}

fn begins_with_anchor(prefix: &str, anchor: &str) -> bool {
    prefix.len() >= anchor.len() && prefix.as_bytes()[..anchor.len()].eq_ignore_ascii_case(anchor.as_bytes())
}

/// Matches a body and suffix after a prefix of `prefix` bytes at `at`. `Err(None)` is no match worth a word.
fn match_parts(key_type: &KeyType, text: &[u8], at: usize, prefix: usize) -> Result<Span, Option<Rejection>> {
    let Shape::Parts { alphabet, lengths, suffix, .. } = &key_type.shape else { return Err(None) };
    let body = at + prefix;
    let longest = lengths.iter().map(|range| range.1).max().unwrap_or(0) as usize;
    let run = body_run(&text[body..], *alphabet, longest + suffix.len() + 1);
    if run == 0 {
        return Err(None);
    }
    if !left_boundary(text, at) {
        return Err((run >= 8).then_some(Rejection::Boundary));
    }
    let fits = |length: usize| lengths.iter().any(|range| (range.0 as usize..=range.1 as usize).contains(&length));
    let end_of = |length: usize| {
        let end = body + length + suffix.len();
        (fits(length) && text.get(body + length..end) == Some(suffix.as_bytes())).then_some(end)
    };
    // The alphabet may hold the suffix's own characters, so that the run swallows it.
    let lengths_to_try = [run, run.wrapping_sub(suffix.len())];
    let end = lengths_to_try.iter().filter(|length| **length <= run).find_map(|length| end_of(*length));
    match end {
        Some(end) if right_boundary(text, end, *alphabet) => Ok(Span::new(at, end)),
        Some(_) => Err(Some(Rejection::Boundary)),
        None => Err((run >= 8).then_some(Rejection::Length)),
    }
}

/// How many of the first `limit` bytes are a body's: `=` pads at the end and stands nowhere else.
fn body_run(text: &[u8], alphabet: Alphabet, limit: usize) -> usize {
    let text = &text[..text.len().min(limit)];
    let plain = text.iter().take_while(|byte| alphabet.has(**byte) && **byte != b'=').count();
    let padding = if plain > 0 && alphabet.has(b'=') { text[plain..].iter().take(2).take_while(|byte| **byte == b'=').count() } else { 0 };
    plain + padding
}

/// A prefix is not preceded by a letter, digit or underscore, unless that is the end of an escape.
pub(super) fn left_boundary(text: &[u8], at: usize) -> bool {
    if at == 0 {
        return true;
    }
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !word(text[at]) || !word(text[at - 1]) {
        return true;
    }
    let before = &text[..at];
    let escape = |length: usize, start: &[u8]| {
        before.len() >= length + start.len()
            && before[before.len() - length - start.len()..].starts_with(start)
            && before[before.len() - length..].iter().all(u8::is_ascii_hexdigit)
    };
    matches!(before, [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f' | b'v' | b'0']) || escape(2, b"%") || escape(4, b"\\u") || escape(2, b"\\x")
}

/// A body is not followed by more of its own, nor by a letter, digit or underscore.
fn right_boundary(text: &[u8], end: usize, alphabet: Alphabet) -> bool {
    let Some(next) = text.get(end) else { return true };
    !(next.is_ascii_alphanumeric() || *next == b'_' || alphabet.has(*next) && *next != b'=')
}

/// A body without a prefix is a word of its own: `bpk-` and `.png` beside it make it part of another format.
fn stands_alone(text: &[u8], run: Span) -> bool {
    let joins = |byte: Option<&u8>| matches!(byte, Some(b'-' | b'.' | b'+'));
    let word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let at = |index: Option<usize>| index.and_then(|index| text.get(index));
    let left = joins(at(run.start.checked_sub(1))) && word(at(run.start.checked_sub(2)));
    let right = joins(text.get(run.end)) && word(text.get(run.end + 1));
    !left && !right
}

/// Finds values of key types that are a bare body, or nearly so, and whose keyword stands somewhere in the text: in one
/// pass over its long runs of token characters, whatever the number of key types. Whether the keyword stands in the
/// value's statement is asked later.
fn search_runs(catalog: &Catalog, key_types: &[KeyTypeIx], text: &[u8], out: &mut Vec<Candidate>) {
    let bare: Vec<Bare<'_>> = key_types
        .iter()
        .filter_map(|index| {
            let key_type = catalog.get(*index);
            let Shape::Parts { prefixes, alphabet, lengths, .. } = &key_type.shape else { return None };
            Some(Bare { index: *index, key_type, prefixes, alphabet: *alphabet, shortest: lengths.iter().map(|range| range.0).min()? as usize })
        })
        .collect();
    // Most bodies are long and have no `/`, `.` or `=`: between those, code has few long runs, and the many key types of
    // that kind look at few.
    let is_narrow = |bare: &Bare<'_>| (0..=255).all(|byte| NARROW[usize::from(byte)] || !bare.alphabet.has(byte));
    let (narrow, wide): (Vec<Bare<'_>>, Vec<Bare<'_>>) = bare.into_iter().partition(is_narrow);
    let (long, short): (Vec<Bare<'_>>, Vec<Bare<'_>>) = narrow.into_iter().partition(|bare| bare.shortest >= 16);
    for (bare, class) in [(long, &NARROW), (short, &NARROW), (wide, &TOKEN)] {
        let Some(shortest) = bare.iter().map(|bare| bare.shortest).min() else { continue };
        for run in long_runs(text, Span::new(0, text.len()), shortest.max(6), |byte| class[usize::from(byte)]) {
            for bare in bare.iter().filter(|bare| bare.shortest <= run.len()) {
                search_run(text, run, bare, out);
            }
        }
    }
}

/// A key type without an anchor of its own.
struct Bare<'c> {
    index: KeyTypeIx,
    key_type: &'c KeyType,
    prefixes: &'c [std::borrow::Cow<'static, str>],
    alphabet: Alphabet,
    shortest: usize,
}

fn search_run(text: &[u8], run: Span, bare: &Bare<'_>, out: &mut Vec<Candidate>) {
    if bare.prefixes.is_empty() {
        let (alphabet, padded) = (bare.alphabet, bare.alphabet.has(b'='));
        for body in long_runs(text, run, bare.shortest.saturating_sub(if padded { 2 } else { 0 }), move |byte| alphabet.has(byte) && byte != b'=') {
            if stands_alone(text, body)
                && let Ok(span) = match_parts(bare.key_type, text, body.start, 0)
            {
                out.push(Candidate { key_type: bare.index, span, prefix: 0, head: Span::new(span.start, span.start) });
            }
        }
        return;
    }
    for prefix in bare.prefixes {
        for at in memchr::memmem::find_iter(run.of(text), prefix.as_bytes()).map(|at| run.start + at) {
            if let Ok(span) = match_parts(bare.key_type, text, at, prefix.len()) {
                out.push(Candidate { key_type: bare.index, span, prefix: prefix.len(), head: Span::new(at, at + prefix.len()) });
            }
        }
    }
}

/// The characters of most bodies.
static NARROW: [bool; 256] = {
    let mut set = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let it = byte as u8;
        set[byte] = it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-');
        byte += 1;
    }
    set
};

/// Characters that tokens are written in, over all alphabets.
static TOKEN: [bool; 256] = {
    let mut set = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let it = byte as u8;
        set[byte] = it.is_ascii_alphanumeric()
            || matches!(it, b'+' | b'/' | b'_' | b'-' | b'=' | b'.' | b'~' | b':' | b'!' | b'*' | b'#' | b'$' | b'@' | b'%' | b'&' | b'^');
        byte += 1;
    }
    set
};

/// The maximal runs within a span of at least `shortest` bytes of a class. Reads each window backwards: what breaks it
/// near its end lets the next one begin behind the break, so that most bytes are never looked at.
fn long_runs(text: &[u8], span: Span, shortest: usize, class: impl Fn(u8) -> bool) -> impl Iterator<Item = Span> {
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

/// Searches one range with a pattern; where the literal that it begins with is known, at the range's start alone. The regex sees the whole text, so that look-around assertions hold at its ends.
fn pattern_at(regex: &Regex, text: &[u8], index: KeyTypeIx, range: Span, literal: Option<usize>, out: &mut Vec<Candidate>) {
    let mut captures: Captures = regex.create_captures();
    let anchored = if literal.is_some() { Anchored::Yes } else { Anchored::No };
    let mut at = range.start;
    while at <= range.end {
        // Looking past the range's end is refused, so a match that would need more is not found: ranges are wide.
        let input = Input::new(text).range(at..range.end).anchored(anchored);
        regex.search_captures(&input, &mut captures);
        let Some(whole) = captures.get_match() else { return };
        let group = captures.get_group_by_name("secret").unwrap_or_else(|| whole.span());
        let span = Span::new(group.start, group.end);
        let ends_well = !span.is_empty()
            && text.get(span.end).is_none_or(|next| {
                let last = text[span.end - 1];
                !((last.is_ascii_alphanumeric() || last == b'_') && (next.is_ascii_alphanumeric() || *next == b'_'))
            });
        if ends_well && left_boundary(text, whole.start()) {
            let head = Span::new(whole.start(), whole.end().min(whole.start() + 32));
            let prefix = if span.start == whole.start() { literal.unwrap_or_else(|| literal_head(span.of(text))) } else { 0 };
            out.push(Candidate { key_type: index, span, prefix, head });
        }
        if literal.is_some() {
            return;
        }
        at = whole.end().max(at + 1);
    }
}

/// How much of a match is a format's literal start, for patterns that are found by what stands inside or beside them: up
/// to the last separator within the first 16 bytes, where those are lower-case words as no random body begins with.
fn literal_head(value: &[u8]) -> usize {
    if value.starts_with(b"eyJ") {
        return 3;
    }
    let words = value.iter().take(16).take_while(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'$' | b'/' | b'|')).count();
    value[..words].iter().rposition(|byte| !byte.is_ascii_lowercase()).map_or(0, |at| at + 1).min(value.len() / 2)
}
