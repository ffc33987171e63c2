//! Allow comments: `skout:allow`, and what other scanners' users have written already.
//!
//! A worker asks for the marks that concern a span while it holds the bytes. Looked at are the lines on which the span
//! begins and ends, at most [`REACH`] bytes to either side, so that a minified line of any length costs the same; and the
//! line above, when it holds nothing but an allow comment.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::quotes::strings;
use super::{config::is_or_covers, shown_reason};
use crate::finding::Finding;
use crate::text::Span;

/// Bytes looked at on a line before a span, and after it.
const REACH: usize = 4096;

/// A comment that allows what stands on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowMark {
    /// The 1-based line of the comment.
    pub line: u64,
    /// The 1-based line that it covers.
    pub covers: u64,
    /// Ids of rules and key types, or `provider.*`, in lower case; empty for everything.
    pub targets: Vec<String>,
    /// Why, where it says so; fit to be shown.
    pub reason: Option<String>,
    /// The marker, as it is documented.
    pub marker: &'static str,
}

impl AllowMark {
    /// Whether the mark, which covers the finding's line, means this finding.
    pub fn speaks_of(&self, finding: &Finding) -> bool {
        let of = |wanted: &String| {
            *wanted == finding.rule.0 || finding.also.iter().any(|rule| *wanted == rule.0) || is_or_covers(wanted, finding.key.key_type.as_str())
        };
        self.targets.is_empty() || self.targets.iter().any(of)
    }
}

/// The marks that concern `span` of `text`, which begins on the 1-based `line`: those of its own lines in their order,
/// then that of the line above. `values` are the spans of all credentials known in `text`, which no reason may repeat.
///
/// Text within the span, or within a string around it, is no comment.
pub fn marks(text: &[u8], span: Span, line: u64, values: &[Span]) -> Vec<AllowMark> {
    let start = span.start.min(text.len());
    let mut end = span.end.clamp(start, text.len());
    // A span that takes its line feed along, as those of key blocks do, still ends on the line before it.
    while end > start && matches!(text[end - 1], b'\n' | b'\r') {
        end -= 1;
    }
    let span = Span::new(start, end);
    let mut found = Vec::new();

    let own = line_start(text, start);
    let from = own.unwrap_or(start.saturating_sub(REACH));
    let breaks = memchr::memchr_iter(b'\n', span.of(text)).count() as u64;
    if breaks == 0 {
        beside(&Look { text, line: Span::new(from, line_end(text, end)), span, values }, line, &mut found);
    } else {
        // Such a span is a block of text or a call over several lines: its first line may end with a comment.
        beside(&Look { text, line: Span::new(from, line_end(text, start)), span, values }, line, &mut found);
        let from = line_start(text, end).unwrap_or(end.saturating_sub(REACH));
        beside(&Look { text, line: Span::new(from, line_end(text, end)), span, values }, line + breaks, &mut found);
    }
    if let Some(stop) = own.and_then(|own| own.checked_sub(1))
        && let Some(begin) = line_start(text, stop)
    {
        above(&Look { text, line: Span::new(begin, stop), span, values }, line, &mut found);
    }
    found
}

/// The start of the line that holds `at`; `None` when it is out of reach.
fn line_start(text: &[u8], at: usize) -> Option<usize> {
    let floor = at.saturating_sub(REACH);
    match memchr::memrchr(b'\n', &text[floor..at]) {
        Some(feed) => Some(floor + feed + 1),
        None => (floor == 0).then_some(0),
    }
}

/// The end of the line that holds `at`, or of what is in reach.
fn line_end(text: &[u8], at: usize) -> usize {
    let ceiling = (at + REACH).min(text.len());
    memchr::memchr(b'\n', &text[at..ceiling]).map_or(ceiling, |feed| at + feed)
}

/// What is looked at: a line, or the part of it within reach, and the span that it is about.
struct Look<'t> {
    text: &'t [u8],
    line: Span,
    span: Span,
    values: &'t [Span],
}

/// The marks of a line on which the span begins or ends.
fn beside(look: &Look<'_>, line: u64, out: &mut Vec<AllowMark>) {
    for mark in markers(look) {
        let inside = mark.at.overlaps(look.span);
        let in_value = inside && (memchr::memchr(b'\n', look.span.of(look.text)).is_none() || !after_opener(look, mark.at.start));
        if !in_value && !mark.next_line {
            out.push(look.mark(&mark, line, line));
        }
    }
}

/// The mark of a line that holds nothing else. With words before it the comment may well be a value that was commented
/// out, with a mark for itself; that must not allow the value below.
fn above(look: &Look<'_>, covered: u64, out: &mut Vec<AllowMark>) {
    let alone = |mark: &Marker| {
        let before = Span::new(look.line.start, mark.at.start).of(look.text);
        let after = Span::new(look.body(mark).end, look.line.end).of(look.text);
        opens_comment(before) && after.iter().all(|byte| byte.is_ascii_punctuation() || byte.is_ascii_whitespace())
    };
    let mark = markers(look).into_iter().find(|mark| (mark.own || mark.next_line) && alone(mark));
    out.extend(mark.map(|mark| look.mark(&mark, covered - 1, covered)));
}

/// Whether the start of a line is that of a comment, whatever the language.
fn opens_comment(before: &[u8]) -> bool {
    const OPENERS: &[&[u8]] = &[b"#", b"//", b"*", b"--", b";", b"%", b"'", b"!", b"::", b".."];
    let before = before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before).trim_ascii();
    if [&b"rem"[..], b"@rem", b"dnl"].iter().any(|word| before.eq_ignore_ascii_case(word)) {
        return true;
    }
    before.iter().all(|byte| byte.is_ascii_punctuation() || byte.is_ascii_whitespace())
        && OPENERS.iter().any(|opener| memchr::memmem::find(before, opener).is_some())
}

/// A marker in its place, its conditions met.
struct Marker {
    at: Span,
    name: &'static str,
    /// `skout:allow`, which may name targets.
    own: bool,
    next_line: bool,
}

/// Words that the search begins with; some need a look at what follows.
const WORDS: [&str; 8] = ["skout:allow", "gitleaks:allow", "betterleaks:allow", "trufflehog:ignore", "kingfisher:ignore", "ggignore", "nosecret", "nosec"];
const PRAGMA: &str = "pragma:";

static SEARCH: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = WORDS.iter().chain([&PRAGMA]);
    // Of `nosec` and `nosecret` the longer must win.
    let search = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(words);
    search.expect("the words are constants")
});

/// The markers of a line that stand as comments do.
fn markers(look: &Look<'_>) -> Vec<Marker> {
    let line = look.line.of(look.text);
    let mut found = Vec::new();
    let mut quoted = None;
    for hit in SEARCH.find_iter(line) {
        let at = Span::new(look.line.start + hit.start(), look.line.start + hit.end());
        let rest = Span::new(at.end, look.line.end).of(look.text);
        let marker = match WORDS.get(hit.pattern().as_usize()).copied() {
            None => pragma(rest).map(|(len, name, next_line)| Marker { at: Span::new(at.start, at.end + len), name, own: false, next_line }),
            Some("nosec") if !is_about_secrets(rest, after_opener(look, at.start)) => None,
            Some("nosecret") if !after_opener(look, at.start) => None,
            Some(name) => Some(Marker { at, name, own: name == WORDS[0], next_line: false }),
        };
        let Some(marker) = marker else { continue };
        let ends = |rest: &[u8]| match rest {
            [b'-', next, ..] => !next.is_ascii_alphanumeric(),
            [next, ..] => !next.is_ascii_alphanumeric() && *next != b'_',
            [] => true,
        };
        let follows = stands_free(look, at.start) && ends(Span::new(marker.at.end, look.line.end).of(look.text));
        if follows && !quoted.get_or_insert_with(|| quoted_parts(look)).iter().any(|part| part.overlaps(at)) {
            found.push(marker);
        }
    }
    found
}

/// Strings of the line. Where quotes stand right around the span, what lies before and after it is read on its own: the
/// start of a long line may be out of reach, and a block of many lines opens its string on another.
fn quoted_parts(look: &Look<'_>) -> Vec<Span> {
    let (text, span) = (look.text, look.span);
    let quote = span.start.checked_sub(1).map(|before| text[before]).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let parts = match quote {
        Some(quote) if text.get(span.end) == Some(&quote) => {
            let (open, shut) = (span.start - 1, span.end + 1);
            vec![Span::new(look.line.start, look.line.end.min(open)), Span::new(look.line.start.max(shut), look.line.end)]
        }
        _ => vec![look.line],
    };
    let within = |part: Span| strings(part.of(text)).into_iter().map(move |found| Span::new(part.start + found.start, part.start + found.end));
    parts.into_iter().flat_map(within).collect()
}

/// Whether a marker at `at` begins a word: at the start of a line, after white space, or right after a comment's opener.
fn stands_free(look: &Look<'_>, at: usize) -> bool {
    let before = &look.text[..at];
    before.is_empty() || before == b"\xef\xbb\xbf" || before.last().is_some_and(u8::is_ascii_whitespace) || ends_with_opener(before)
}

/// Whether nothing but blanks stands between a comment's opener and `at`.
fn after_opener(look: &Look<'_>, at: usize) -> bool {
    ends_with_opener(Span::new(look.line.start, at).of(look.text).trim_ascii_end())
}

fn ends_with_opener(before: &[u8]) -> bool {
    match before {
        // The slashes of a URL open no comment.
        [.., b':', b'/', b'/'] => false,
        [.., b'/', b'/'] | [.., b'-', b'-'] => true,
        [.., last] => matches!(last, b'#' | b'*' | b';' | b'%' | b'\'' | b'!'),
        [] => false,
    }
}

/// What follows `pragma:` in detect-secrets' comments: its length, the marker's name, whether it means the next line.
fn pragma(rest: &[u8]) -> Option<(usize, &'static str, bool)> {
    const FORMS: &[(&str, &str, bool)] = &[
        ("allowlist secret", "pragma: allowlist secret", false),
        ("whitelist secret", "pragma: whitelist secret", false),
        ("allowlist nextline secret", "pragma: allowlist nextline secret", true),
        ("whitelist nextline secret", "pragma: whitelist nextline secret", true),
    ];
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let words = &rest[blanks..];
    // It also takes hyphens between the words.
    let same = |form: &str| {
        let mut pairs = form.bytes().zip(words);
        words.len() >= form.len() && pairs.all(|(wanted, byte)| byte.to_ascii_lowercase() == wanted || (wanted == b' ' && *byte == b'-'))
    };
    FORMS.iter().find(|(form, ..)| same(form)).map(|(form, name, next_line)| (blanks + form.len(), *name, *next_line))
}

/// Whether a `nosec` of Bandit or gosec means secrets: its tests for hard-coded passwords, or, right after a comment's
/// opener, all tests because it names none.
fn is_about_secrets(rest: &[u8], in_comment: bool) -> bool {
    const TESTS: &[&str] = &["b105", "b106", "b107", "g101", "hardcoded_password_string", "hardcoded_password_funcarg", "hardcoded_password_default"];
    let mut named = false;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    for word in rest.split(|byte| matches!(byte, b' ' | b'\t' | b',')).filter(|word| !word.is_empty()) {
        let word = String::from_utf8_lossy(word.trim_ascii()).to_ascii_lowercase();
        let letters = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let is_number = letters.len() < word.len() && matches!(letters.len(), 1..=3) && letters.bytes().all(|byte| byte.is_ascii_lowercase());
        if TESTS.contains(&word.as_str()) {
            return true;
        }
        if !is_number && !word.contains('_') {
            break;
        }
        named = true;
    }
    !named && in_comment
}

impl Look<'_> {
    fn mark(&self, marker: &Marker, line: u64, covers: u64) -> AllowMark {
        let body = self.body(marker);
        let (targets, reason) = if marker.own { targets_and_reason(self.text, body) } else { (Vec::new(), stated_reason(self.text, body)) };
        let reason = reason.and_then(|reason| shown_reason(self.text, reason, self.values));
        AllowMark { line, covers, targets, reason, marker: marker.name }
    }

    /// What the comment says after its marker: up to its closer, the span, or the end of the line.
    fn body(&self, marker: &Marker) -> Span {
        const CLOSERS: &[&[u8]] = &[b"*/", b"-->", b"\"\"\"", b"'''", b"#}", b"%>", b"}}", b"*)"];
        let end = if marker.at.end <= self.span.start { self.line.end.min(self.span.start) } else { self.line.end };
        let body = Span::new(marker.at.end, end);
        let bytes = body.of(self.text);
        let close = CLOSERS.iter().filter_map(|closer| memchr::memmem::find(bytes, closer)).min();
        Span::new(body.start, body.start + close.unwrap_or(bytes.len()))
    }
}

/// `secret-in-log, plunk.* -- why`: ids separated by commas, then the reason, for which many forget the dashes.
fn targets_and_reason(text: &[u8], body: Span) -> (Vec<String>, Option<Span>) {
    let mut targets = Vec::new();
    let mut at = skip_blanks(text, body.start, body.end);
    loop {
        let rest = Span::new(at, body.end).of(text);
        let len = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'*')).count();
        let len = memchr::memmem::find(&rest[..len], b"--").unwrap_or(len);
        let word = rest[..len].strip_suffix(b".").unwrap_or(&rest[..len]);
        if !word.first().is_some_and(u8::is_ascii_alphanumeric) {
            break;
        }
        targets.push(String::from_utf8_lossy(word).to_ascii_lowercase());
        at = skip_blanks(text, at + len, body.end);
        if at >= body.end || text[at] != b',' {
            break;
        }
        at = skip_blanks(text, at + 1, body.end);
    }
    let rest = Span::new(at, body.end);
    // Another tool's comment right behind is no reason.
    let other = [&b"#"[..], b"//"].iter().any(|opener| rest.of(text).starts_with(opener));
    (targets, if other { None } else { trimmed(text, rest) })
}

/// The reason after a foreign marker, which has one only behind dashes.
fn stated_reason(text: &[u8], body: Span) -> Option<Span> {
    let dashes = memchr::memmem::find(body.of(text), b"-- ")?;
    trimmed(text, Span::new(body.start + dashes, body.end))
}

/// A reason without the dashes, colons and blanks around it.
fn trimmed(text: &[u8], mut span: Span) -> Option<Span> {
    const DASHES: [&str; 2] = ["\u{2013}", "\u{2014}"];
    loop {
        let bytes = span.of(text);
        match bytes {
            [] => return None,
            [first, ..] if first.is_ascii_whitespace() || matches!(first, b'-' | b':' | b',') => span.start += 1,
            [.., last] if last.is_ascii_whitespace() || *last == b'-' => span.end -= 1,
            _ if DASHES.iter().any(|dash| bytes.starts_with(dash.as_bytes())) => span.start += 3,
            _ => return Some(span),
        }
    }
}

fn skip_blanks(text: &[u8], at: usize, end: usize) -> usize {
    at + Span::new(at, end).of(text).iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}
