//! From anchor hits to candidates: hand-made matching of prefix, body and suffix, anchored regexes for the rest.
//!
//! Work happens around hits only and is linear in the text: windows of one key type are merged before they are read.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::prefilter::{Hit, Prefilter};
use super::runs::{Bare, Run, Runs, long_runs, stands_alone};
use super::{Rejected, Rejection, placeholder, statement};
use crate::keys::{Alphabet, AnchorKind, Catalog, KeyType, KeyTypeIx, Match, Pattern, Regex, Shape};
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
/// A prefix with the longest body and suffix after it.
const LONGEST_PREFIXED: usize = 1200;
/// What the boundaries of a match look at beyond it.
const MARGIN: usize = 8;
/// How far from a run words are looked for, and a little more.
pub(super) const WORDS_REACH: usize = statement::LEFT + 64;
/// The longest match of a pattern, and of one that is a block such as PEM. A text of many starts costs that much for each.
const LONGEST: usize = 8 * 1024;
const LONGEST_BLOCK: usize = 64 * 1024;

/// Finds candidates around hits of anchors. Near misses at a telling prefix go to `rejected`, if somebody wants them.
///
/// A hit that is known to be vain is passed over, and those that lead nowhere are noted.
pub(super) fn around_anchors(catalog: &Catalog, text: &[u8], hits: &mut [Hit], out: &mut Vec<Candidate>, mut rejected: Option<&mut Vec<Rejected>>) {
    let mut windows: Vec<(KeyTypeIx, Span, usize)> = Vec::new();
    for (number, hit) in hits.iter_mut().enumerate().filter(|(_, hit)| !hit.vain) {
        let before = out.len();
        hit.vain = true;
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
                        let mut limit = (at + longest).min(text.len());
                        if pattern.needs_at_sign() {
                            if !pattern.crosses_lines() {
                                limit = memchr::memchr(b'\n', &text[at..limit]).map_or(limit, |feed| at + feed + 1);
                            }
                            if memchr::memchr(b'@', &text[at..limit]).is_none() {
                                continue;
                            }
                        }
                        let literal = text[at..].iter().zip(anchor.text.as_bytes()).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count();
                        pattern_at(regex, text, index, Span::new(at, limit), Some(literal), out);
                    }
                }
                (AnchorKind::PatternInner, Shape::Pattern(pattern)) => {
                    let mut around = window(text, at, BEFORE_INNER, AFTER_INNER);
                    // A match that covers the anchor and holds no line feed lies in the anchor's line. Its neighbours are left
                    // in, for what a boundary looks at.
                    if stays_in_line(catalog, index, pattern) {
                        around.start = memchr::memrchr(b'\n', &text[around.start..at]).map_or(around.start, |feed| around.start + feed);
                        around.end = memchr::memchr(b'\n', &text[at..around.end]).map_or(around.end, |feed| at + feed + 1);
                    }
                    windows.push((index, around, number));
                }
                // A word that speaks for a value without a prefix: looked for around such values.
                (AnchorKind::Keyword, Shape::Parts { .. }) => {}
                _ => windows.push((index, window(text, at, BEFORE_KEYWORD, AFTER_KEYWORD), number)),
            }
        }
        hit.vain = out.len() == before;
    }
    windows.sort_unstable();
    let mut rest = windows.as_slice();
    while let Some(((index, first, _), tail)) = rest.split_first() {
        let mut merged = *first;
        let taken = tail.iter().take_while(|(other, span, _)| {
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
            let before = out.len();
            pattern_at(regex, text, *index, merged, None, out);
            if out.len() > before {
                rest[..=taken].iter().for_each(|(.., number)| hits[*number].vain = false);
            }
        }
        rest = &tail[taken..];
    }
}

/// On which part of a text it depends whether a hit leads to something. Both ends may lie beyond the text's own.
pub(super) fn reach(catalog: &Catalog, anchor: u16, text: &[u8], at: usize) -> (usize, usize) {
    let (mut from, mut to) = (at.saturating_sub(MARGIN), at + MARGIN);
    for used in catalog.anchors()[usize::from(anchor)].uses.iter() {
        let shape = &catalog.get(KeyTypeIx(used.key_type)).shape;
        let in_line = |before: usize, after: usize| {
            let (floor, ceiling) = (at.saturating_sub(before), (at + after).min(text.len()));
            let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(at.saturating_sub(before), |feed| floor + feed + 1);
            let end = memchr::memchr(b'\n', &text[at..ceiling]).map_or(at + after, |feed| at + feed + 1);
            (start, end)
        };
        let (start, end) = match (used.kind, shape) {
            (AnchorKind::Prefix, _) => (at, at + LONGEST_PREFIXED),
            (AnchorKind::Keyword, Shape::Parts { .. }) => (at, at),
            (AnchorKind::PatternStart, Shape::Pattern(pattern)) if pattern.crosses_lines() => (at, at + if text[at] == b'-' { LONGEST_BLOCK } else { LONGEST }),
            (AnchorKind::PatternStart, _) => (at, in_line(0, LONGEST).1),
            (AnchorKind::PatternInner, Shape::Pattern(pattern)) if stays_in_line(catalog, KeyTypeIx(used.key_type), pattern) => {
                in_line(BEFORE_INNER + AFTER_INNER, BEFORE_INNER + AFTER_INNER)
            }
            (AnchorKind::PatternInner, _) => (at.saturating_sub(BEFORE_INNER + AFTER_INNER), at + BEFORE_INNER + AFTER_INNER),
            (AnchorKind::Keyword, _) => (at.saturating_sub(2 * AFTER_KEYWORD), at + 2 * AFTER_KEYWORD),
        };
        (from, to) = (from.min(start), to.max(end));
    }
    (from, to)
}

/// Whether a match lies in the line of the anchor. Where a keyword is among the anchors they stand near matches, not within
/// them: `discord:` and the token on the next line.
fn stays_in_line(catalog: &Catalog, index: KeyTypeIx, pattern: &Pattern) -> bool {
    let is_keyword = |text: &str| catalog.get(index).keywords.iter().any(|phrase| phrase.iter().any(|word| word == text));
    pattern.stays_in_line(|| {
        let mut own =
            catalog.anchors().iter().filter(|anchor| anchor.uses.iter().any(|used| used.key_type == index.0 && used.kind == AnchorKind::PatternInner));
        !own.any(|anchor| is_keyword(&anchor.text))
    })
}

fn window(text: &[u8], at: usize, before: usize, after: usize) -> Span {
    Span::new(at.saturating_sub(before), (at + after).min(text.len()))
}

fn begins_with_anchor(prefix: &str, anchor: &str) -> bool {
    prefix.len() >= anchor.len() && prefix.as_bytes()[..anchor.len()].eq_ignore_ascii_case(anchor.as_bytes())
}

/// A key type's prefix of `prefix` bytes at `at`, with the rest of its shape behind it.
#[cfg(test)]
pub(super) fn match_prefixed(catalog: &Catalog, text: &[u8], index: KeyTypeIx, at: usize, prefix: usize) -> Option<Candidate> {
    let span = match_parts(catalog.get(index), text, at, prefix).ok()?;
    Some(Candidate { key_type: index, span, prefix, head: Span::new(at, at + prefix) })
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

/// Finds values of key types that are a bare body, or nearly so, among runs that may be such values: where a word that
/// speaks for the key type stands near. Whether it stands in the value's statement is asked later.
///
/// A run that is known to be vain is passed over, and those that lead nowhere are noted.
pub(super) fn around_runs(catalog: &Catalog, text: &[u8], runs: &mut [Run], finder: &Words<'_>, hits: &mut Vec<Hit>, out: &mut Vec<Candidate>) {
    let mut open = Vec::new();
    for (number, run) in runs.iter_mut().enumerate().filter(|(_, run)| !run.vain) {
        run.vain = true;
        // A run right after a digest's name is none: most runs in lock files.
        if !placeholder::is_digest(text, run.span()) {
            open.push((number, run.span(), finder.window(text, run.span())));
        }
    }
    let mut left = open.as_slice();
    let mut types: Vec<KeyTypeIx> = Vec::new();
    while let Some((_, _, first)) = left.first() {
        let mut window = *first;
        let count = left.iter().take_while(|(_, _, next)| {
            let joins = next.start <= window.end;
            window.end = if joins { window.end.max(next.end) } else { window.end };
            joins
        });
        let (group, rest) = left.split_at(count.count());
        left = rest;
        hits.clear();
        finder.words.scan(catalog, text, window, hits);
        hits.sort_unstable();
        let mut asked = None;
        for (number, run, near) in group.iter().copied() {
            let before = out.len();
            // Where words count anywhere, all runs of a text have one window.
            if asked != Some(near) {
                asked = Some(near);
                let from = hits.partition_point(|hit| (hit.at as usize) < near.start);
                types.clear();
                for hit in hits[from..].iter().take_while(|hit| (hit.at as usize) < near.end) {
                    let words = catalog.anchors()[usize::from(hit.anchor)].uses.iter().filter(|used| used.kind == AnchorKind::Keyword);
                    types.extend(words.map(|used| KeyTypeIx(used.key_type)));
                }
                types.sort_unstable();
                types.dedup();
            }
            for bare in types.iter().filter_map(|index| finder.runs.bare(*index)).filter(|bare| bare.shortest <= run.len() + 2) {
                search_run(catalog, text, run, bare, out);
            }
            runs[number].vain = out.len() == before;
        }
    }
}

/// What finding words around runs needs.
pub(super) struct Words<'f> {
    pub words: &'f Prefilter,
    pub runs: &'f Runs,
    /// Whether words count wherever they stand in the text.
    pub anywhere: bool,
}

/// What a host is told by.
static HOST: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"://"));

impl Words<'_> {
    fn window(&self, text: &[u8], run: Span) -> Span {
        if self.anywhere {
            return Span::new(0, text.len());
        }
        // What a statement has to the right of a value is near, but for siblings that name a host.
        let (near, far) = ((run.end + statement::RIGHT + 32).min(text.len()), (run.end + statement::LEFT + 32).min(text.len()));
        let end = if HOST.find(&text[run.end.min(far)..far]).is_some() { far } else { near };
        Span::new(run.start.saturating_sub(statement::LEFT + 32), end)
    }
}

pub(super) fn search_run(catalog: &Catalog, text: &[u8], run: Span, bare: &Bare, out: &mut Vec<Candidate>) {
    let key_type = catalog.get(bare.index);
    let Shape::Parts { prefixes, .. } = &key_type.shape else { return };
    if prefixes.is_empty() {
        let (alphabet, padded) = (bare.alphabet, bare.alphabet.has(b'='));
        for body in long_runs(text, run, bare.shortest.saturating_sub(if padded { 2 } else { 0 }), move |byte| alphabet.has(byte) && byte != b'=') {
            if stands_alone(text, body)
                && let Ok(span) = match_parts(key_type, text, body.start, 0)
            {
                out.push(Candidate { key_type: bare.index, span, prefix: 0, head: Span::new(span.start, span.start) });
            }
        }
        return;
    }
    for prefix in prefixes.iter() {
        for at in memchr::memmem::find_iter(run.of(text), prefix.as_bytes()).map(|at| run.start + at) {
            if let Ok(span) = match_parts(key_type, text, at, prefix.len()) {
                out.push(Candidate { key_type: bare.index, span, prefix: prefix.len(), head: Span::new(at, at + prefix.len()) });
            }
        }
    }
}

/// Searches one range with a pattern; where the literal that it begins with is known, at the range's start alone. The regex sees the whole text, so that look-around assertions hold at its ends.
pub(super) fn pattern_at(regex: &Regex, text: &[u8], index: KeyTypeIx, range: Span, literal: Option<usize>, out: &mut Vec<Candidate>) {
    let mut at = range.start;
    while at <= range.end {
        // Looking past the range's end is refused, so a match that would need more is not found: ranges are wide.
        let Some(Match { whole, value }) = regex.find(text, Span::new(at, range.end), literal.is_some()) else { return };
        let span = value.unwrap_or(whole);
        let ends_well = !span.is_empty()
            && text.get(span.end).is_none_or(|next| {
                let last = text[span.end - 1];
                !((last.is_ascii_alphanumeric() || last == b'_') && (next.is_ascii_alphanumeric() || *next == b'_'))
            });
        if ends_well && left_boundary(text, whole.start) {
            let head = Span::new(whole.start, whole.end.min(whole.start + 32));
            let prefix = if span.start == whole.start { literal.unwrap_or_else(|| literal_head(span.of(text))) } else { 0 };
            out.push(Candidate { key_type: index, span, prefix, head });
        }
        if literal.is_some() {
            return;
        }
        at = whole.end.max(at + 1);
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

#[cfg(test)]
mod tests {
    use crate::detect::{Detector, Scratch};
    use crate::keys::{Catalog, examples};

    /// Words that are anchors may stand on another line than the value.
    #[test]
    fn an_anchor_may_stand_on_another_line() {
        let catalog = Catalog::built_in();
        let detector = Detector::new(&catalog, false);
        for (id, template) in [
            ("discord.bot-token", "discord:\n  credential: {b64url:8{digits:17}}.{alnum:6}.{alnum:38}\n"),
            ("mailchimp.transactional-key", "mandrill:\n  key: md-{alnum:22}\n"),
        ] {
            let text = examples::fill(template, 1).expect("a template");
            let found = detector.detect(text.as_bytes(), &mut Scratch::default(), false).credentials;
            assert!(found.iter().any(|one| catalog.get(one.key_type).id.as_str() == id), "{id}");
        }
    }
}
