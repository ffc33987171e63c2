//! The line around a finding as a person may see it: the value redacted, and every other value in the line as well.
//!
//! A neighbour on the line may be a secret that nobody detected, so all that looks like a value is masked, not only
//! what skout knows. Names stay readable: they are what tells a person where they are.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::Span;

/// One line of text, redacted and safe to print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, without its end; long lines are cut on both sides, marked by an ellipsis.
    pub text: String,
    /// Where the redacted value stands in `text`, in bytes.
    pub mark: std::ops::Range<usize>,
}

/// Bytes of a line shown before a value, and after it.
const BEFORE: usize = 72;
const AFTER: usize = 40;
/// Shorter values of neighbours may be words that say something elsewhere in the line.
const TELLING: usize = 8;

/// Cuts the line in which `value` begins. `redacted` stands for the value; `others` are spans of further credentials,
/// known or refused, each masked; so is everything else that looks like a value, and each of these values where it
/// stands once more.
pub fn cut(text: &[u8], value: Span, redacted: &str, others: &[Span]) -> Excerpt {
    let start = value.start.min(text.len());
    let end = value.end.clamp(start, text.len());
    let floor = start.saturating_sub(BEFORE);
    let from = memchr::memrchr(b'\n', &text[floor..start]).map_or(floor, |at| floor + at + 1);
    let ceiling = (end + AFTER).min(text.len());
    let to = memchr::memchr(b'\n', &text[end..ceiling]).map_or(ceiling, |at| end + at);

    let from = align(text, from).min(start);
    let mut values: Vec<&[u8]> = others.iter().map(|other| other.of(text)).filter(|other| other.len() >= TELLING).collect();
    values.push(Span::new(start, end).of(text));
    let mut out = String::new();
    if from > 0 && text[from - 1] != b'\n' {
        out.push('\u{2026}');
    }
    masked(text, Span::new(from, start), others, &values, &mut out);
    let mark_start = out.len();
    visible(redacted.as_bytes(), &mut out);
    let mark = mark_start..out.len();
    masked(text, Span::new(end, to), others, &values, &mut out);
    if to < text.len() && text[to] != b'\n' {
        out.push('\u{2026}');
    }
    while out.len() > mark.end && out.ends_with([' ', '\r']) {
        out.pop();
    }
    Excerpt { text: out, mark }
}

/// Cuts the line in which `part` begins, with `part` itself shown as far as it is no value: for code, not for secrets.
pub fn cut_shown(text: &[u8], part: Span, others: &[Span]) -> Excerpt {
    let start = part.start.min(text.len());
    let end = part.end.clamp(start, text.len()).min(start + AFTER * 2);
    let end = memchr::memchr2(b'\n', b'\r', &text[start..end]).map_or(end, |at| start + at);
    let part = Span::new(start, end);
    let mut shown = String::new();
    let values: Vec<&[u8]> = others.iter().map(|other| other.of(text)).filter(|other| other.len() >= TELLING).collect();
    masked(text, part, others, &values, &mut shown);
    cut(text, part, &shown, others)
}

/// The first start of a character at or after `at`.
fn align(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at] & 0xc0 == 0x80 {
        at += 1;
    }
    at
}

/// Values by their look: the right side of an assignment in capitals, a quoted text after `=` or `:`, the password of a
/// URL, and any longer run of letters with a digit in it.
static VALUES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        (?-u: ^ \s* (?:export\s+|set\s+|ENV\s+|ARG\s+)? [A-Z][A-Z0-9_]{2,} \s* = \s* ["']? (?<env> [^\s"'] [^"'\r\n]* ) )
        | [=:] \s* ["'`] (?<quoted> [^"'`\s]{6,} ) ["'`]
        | :// [^/\s:@]* : (?<url> [^/\s@]+ ) @
        | (?<run> [A-Za-z0-9+/_\-]* [0-9] [A-Za-z0-9+/_\-=]* )
        "#,
    )
    .expect("the pattern is a constant")
});

/// Appends the bytes of `part`, with every value in them masked: what stands at `others`, the text of `values`, and what
/// looks like one.
fn masked(text: &[u8], part: Span, others: &[Span], values: &[&[u8]], out: &mut String) {
    let bytes = part.of(text);
    let mut at = 0;
    for span in hidden(text, part, others, values) {
        let span = Span::new(span.start - part.start, span.end - part.start);
        if span.start >= at {
            visible(&bytes[at..span.start], out);
            out.push_str("****");
        }
        at = at.max(span.end.min(bytes.len()));
    }
    visible(&bytes[at..], out);
}

/// What of `part`, a line or a piece of one, may not be shown, in rising order: what stands at `others`, the text of
/// `values`, and what looks like a value.
pub(crate) fn hidden(text: &[u8], part: Span, others: &[Span], values: &[&[u8]]) -> Vec<Span> {
    let bytes = part.of(text);
    let mut hidden: Vec<Span> = others
        .iter()
        .filter(|other| other.overlaps(part))
        .map(|other| Span::new(other.start.max(part.start) - part.start, other.end.min(part.end) - part.start))
        .collect();
    for found in VALUES.captures_iter(bytes) {
        let group = ["env", "quoted", "url", "run"].iter().find_map(|name| found.name(name));
        if let Some(value) = group {
            let is_run = found.name("run").is_some();
            if !is_run || (value.len() >= 8 && value.as_bytes().iter().any(u8::is_ascii_alphabetic)) {
                hidden.push(Span::new(value.start(), value.end()));
            }
        }
    }
    for value in values.iter().filter(|value| !value.is_empty() && value.len() <= bytes.len()) {
        hidden.extend(memchr::memmem::find_iter(bytes, value).map(|at| Span::new(at, at + value.len())));
    }
    hidden.sort_unstable();
    hidden.into_iter().map(|span| Span::new(span.start + part.start, span.end + part.start)).collect()
}

/// Appends text that a terminal shows and does not obey: tabs become spaces, bytes that are not valid and control,
/// escape and bidirectional characters become visible codes.
pub(crate) fn visible(bytes: &[u8], out: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\t' => out.push(' '),
                '\r' | '\n' => out.push(' '),
                letter if is_hostile(letter) => out.extend(letter.escape_unicode()),
                letter => out.push(letter),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
}

/// Whether a character steers a terminal or reorders text instead of showing something.
pub(crate) fn is_hostile(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(line: &str, value: &str) -> String {
        let start = line.find(value).expect("the value is in the line");
        let excerpt = cut(line.as_bytes(), Span::new(start, start + value.len()), "<R>", &[]);
        assert_eq!(&excerpt.text[excerpt.mark.clone()], "<R>");
        excerpt.text
    }

    #[test]
    fn neighbours_are_masked_and_names_stay() {
        assert_eq!(show("const key = 'VALUE'; // why", "VALUE"), "const key = '<R>'; // why");
        assert_eq!(show("a = 'hunter22', b = 'VALUE'", "VALUE"), "a = '****', b = '<R>'");
        assert_eq!(show("one\nAPI_KEY=VALUE\nDB=secret", "VALUE"), "API_KEY=<R>");
        assert_eq!(show("postgres://me:pass@h/ VALUE", "VALUE"), "postgres://me:****@h/ <R>");
        assert_eq!(show("x(VALUE, abcdef12345)", "VALUE"), "x(<R>, ****)");
    }

    #[test]
    fn a_value_that_stands_twice_is_hidden_twice() {
        assert_eq!(show("mysql://root:correcthorse@db # was correcthorse before", "correcthorse"), "mysql://root:<R>@db # was **** before");
    }

    #[test]
    fn terminals_are_not_steered() {
        assert_eq!(show("\x1b[31m\u{202e} VALUE", "VALUE"), "\\u{1b}[31m\\u{202e} <R>");
    }

    #[test]
    fn long_lines_are_cut() {
        let line = format!("{}VALUE{}", "x ".repeat(500), " y".repeat(500));
        let text = show(&line, "VALUE");
        assert!(text.len() < 140 && text.starts_with('\u{2026}') && text.ends_with('\u{2026}'), "{text}");
    }
}
