//! Sections whose names are published whatever they are: Expo's `extra`, `--dart-define`, Gradle's fields, `Info.plist`.

use memchr::memmem;

use super::{Entry, Format, is_comment, is_name};
use crate::text::Span;

const EXPO: &str = "Expo's `extra`";
const ANGULAR: &str = "Angular's `define`";
const DART: &str = "`--dart-define`";
const PLIST: &str = "`Info.plist`";
const REDWOOD: &str = "Redwood's `includeEnvironmentVariables`";

/// Gradle's words, and what each is in a message.
const GRADLE: &[(&str, &str)] =
    &[("buildConfigField", "Gradle's `buildConfigField`"), ("resValue", "Gradle's `resValue`"), ("manifestPlaceholders", "Gradle's `manifestPlaceholders`")];

/// How far after a word its names may stand, in bytes.
const REACH: usize = 600;

pub(super) fn has_cue(format: Format, path: &str, text: &[u8]) -> bool {
    let holds = |word: &str| memmem::find(text, word.as_bytes()).is_some();
    match format {
        Format::Plist => true,
        Format::Gradle => GRADLE.iter().any(|(word, _)| holds(word)),
        Format::Json if is_angular(path) => holds("\"define\""),
        Format::Json if is_expo(path) => holds("\"extra\"") || holds("--dart-define"),
        Format::Toml if is_redwood(path) => holds("includeEnvironmentVariables"),
        Format::Json | Format::Yaml | Format::Shell | Format::Docker => holds("--dart-define"),
        Format::Env | Format::Toml | Format::Hcl => false,
    }
}

pub(super) fn read(format: Format, path: &str, text: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    match format {
        Format::Plist => plist(text, &mut entries),
        Format::Gradle => gradle(text, &mut entries),
        Format::Toml if is_redwood(path) => redwood(text, &mut entries),
        Format::Json | Format::Yaml | Format::Shell | Format::Docker => {
            dart(format, text, &mut entries);
            if format == Format::Json && is_expo(path) {
                section(text, EXPO, &mut entries);
            } else if format == Format::Json && is_angular(path) {
                section(text, ANGULAR, &mut entries);
            }
        }
        Format::Env | Format::Toml | Format::Hcl => {}
    }
    entries
}

fn is_expo(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("app.json" | "app.config.json"))
}

fn is_angular(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("angular.json" | "project.json"))
}

fn is_redwood(path: &str) -> bool {
    path.rsplit('/').next() == Some("redwood.toml")
}

/// Whether the line that holds a place is a comment.
fn in_comment(format: Format, text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(REACH);
    let start = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |feed| from + feed + 1);
    is_comment(format, &text[start..at])
}

/// The first text in quotes from a place, before `end`.
fn quoted(text: &[u8], from: usize, end: usize) -> Option<Span> {
    let open = from + text.get(from..end)?.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let close = open + 1 + memchr::memchr(text[open], &text[open + 1..end])?;
    Some(Span::new(open + 1, close))
}

/// `--dart-define=NAME=value`, `--dart-define NAME=value`, `"--dart-define", "NAME=value"`.
fn dart(format: Format, text: &[u8], entries: &mut Vec<Entry>) {
    const WORD: &[u8] = b"--dart-define";
    for at in memmem::find_iter(text, WORD) {
        let after = at + WORD.len();
        let gap = text[after..].iter().take(8).take_while(|byte| matches!(byte, b'=' | b' ' | b'"' | b'\'' | b',' | b'\n')).count();
        let start = after + gap;
        let end = start + text[start..].iter().take(REACH).take_while(|byte| is_name(**byte)).count();
        if gap > 0 && end > start && text.get(end) == Some(&b'=') && !in_comment(format, text, at) {
            let has_value = text.get(end + 1).is_some_and(|next| !next.is_ascii_whitespace());
            entries.push(Entry { span: Span::new(start, end), has_value, published_by: Some(DART) });
        }
    }
}

/// `buildConfigField "String", "NAME", "..."`, `resValue("string", "name", ...)`, `manifestPlaceholders = [NAME: ...]`.
fn gradle(text: &[u8], entries: &mut Vec<Entry>) {
    for (word, published_by) in GRADLE {
        for at in memmem::find_iter(text, word.as_bytes()) {
            let after = at + word.len();
            let end = text.len().min(after + REACH);
            if in_comment(Format::Gradle, text, at) || text[..at].last().is_some_and(|byte| is_name(*byte)) {
                continue;
            }
            let published_by = Some(*published_by);
            if *word == "manifestPlaceholders" {
                placeholders(text, after, end, published_by, entries);
            } else if let Some(name) = quoted(text, after, end).and_then(|kind| quoted(text, kind.end + 1, end))
                && !name.is_empty()
                && name.of(text).iter().all(|byte| is_name(*byte))
            {
                entries.push(Entry { span: name, has_value: true, published_by });
            }
        }
    }
}

/// The names of `["NAME"] = `, `= [NAME: "x", other: "y"]`, `+= mapOf("NAME" to x)`.
fn placeholders(text: &[u8], from: usize, end: usize, published_by: Option<&'static str>, entries: &mut Vec<Entry>) {
    let Some(open) = text[from..end].iter().position(|byte| matches!(byte, b'[' | b'(')).map(|at| from + at) else { return };
    if text[from..open].iter().any(|byte| matches!(byte, b';' | b'}')) {
        return;
    }
    let mut at = open + 1;
    let mut is_key = true;
    while at < end {
        match text[at] {
            b']' | b')' => break,
            b',' => {
                is_key = true;
                at += 1;
            }
            quote @ (b'"' | b'\'') => {
                let Some(close) = memchr::memchr(quote, &text[at + 1..end]).map(|close| at + 1 + close) else { break };
                if is_key && close > at + 1 && text[at + 1..close].iter().all(|byte| is_name(*byte)) {
                    entries.push(Entry { span: Span::new(at + 1, close), has_value: true, published_by });
                }
                is_key = false;
                at = close + 1;
            }
            byte if is_name(byte) => {
                let stop = at + text[at..end].iter().take_while(|byte| is_name(**byte)).count();
                if is_key && text[stop..end].trim_ascii_start().first() == Some(&b':') {
                    entries.push(Entry { span: Span::new(at, stop), has_value: true, published_by });
                    is_key = false;
                }
                at = stop;
            }
            _ => at += 1,
        }
    }
}

/// `<key>NAME</key>` before a text.
fn plist(text: &[u8], entries: &mut Vec<Entry>) {
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', &text[at..]).map(|open| at + open) {
        let rest = &text[open..];
        if rest.starts_with(b"<!--") {
            let Some(close) = memmem::find(rest, b"-->") else { return };
            at = open + close + 3;
        } else if let Some(inner) = rest.strip_prefix(b"<key>") {
            let start = open + b"<key>".len();
            let length = inner.iter().take(REACH).take_while(|byte| **byte != b'<').count();
            let value = inner[length..].strip_prefix(b"</key>").map(<[u8]>::trim_ascii_start);
            let name = Span::new(start, start + length);
            if let Some(value) = value.and_then(|value| value.strip_prefix(b"<string>"))
                && !name.is_empty()
                && name.of(text).iter().all(|byte| is_name(*byte) || *byte == b'-')
            {
                entries.push(Entry { span: name, has_value: value.first() != Some(&b'<'), published_by: Some(PLIST) });
            }
            at = start + length;
        } else {
            at = open + 1;
        }
    }
}

/// `includeEnvironmentVariables = ['NAME', "OTHER"]`.
fn redwood(text: &[u8], entries: &mut Vec<Entry>) {
    for at in memmem::find_iter(text, b"includeEnvironmentVariables") {
        if in_comment(Format::Toml, text, at) {
            continue;
        }
        let from = at + b"includeEnvironmentVariables".len();
        let end = text.len().min(from + 8 * REACH);
        let Some(close) = memchr::memchr(b']', &text[from..end]).map(|close| from + close) else { continue };
        let mut next = from;
        while let Some(name) = quoted(text, next, close) {
            if !name.is_empty() && name.of(text).iter().all(|byte| is_name(*byte)) && !in_comment(Format::Toml, text, name.start) {
                entries.push(Entry { span: name, has_value: false, published_by: Some(REDWOOD) });
            }
            next = name.end + 1;
        }
    }
}

/// The keys below `extra`, or below `expo.extra`, or below any `define` of Angular's; a list of containers takes the place
/// of recursion.
fn section(text: &[u8], published_by: &'static str, entries: &mut Vec<Entry>) {
    let word: &[u8] = if published_by == EXPO { b"extra" } else { b"define" };
    // For each open container: whether it lies in the section, and whether it is one whose section counts.
    let mut open: Vec<(bool, bool)> = Vec::new();
    let mut key: Option<Span> = None;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'{' | b'[' => {
                let name = key.take().map(|span| span.of(text));
                let next = match open.last() {
                    None => (false, true),
                    Some((true, _)) => (true, false),
                    Some((false, counts)) => (*counts && name == Some(word), published_by != EXPO || open.len() == 1 && name == Some(b"expo")),
                };
                open.push(next);
            }
            b'}' | b']' => {
                open.pop();
            }
            b',' => key = None,
            b'/' if text.get(at + 1) == Some(&b'/') => at += memchr::memchr(b'\n', &text[at..]).unwrap_or(text.len() - at),
            b'"' => {
                let Some(close) = end_of_text(text, at + 1) else { return };
                let span = Span::new(at + 1, close);
                let rest = text[close + 1..].trim_ascii_start();
                at = close;
                if let (None, Some(value)) = (key, rest.strip_prefix(b":")) {
                    key = Some(span);
                    let value = value.trim_ascii_start();
                    let is_text = value.first() == Some(&b'"');
                    if open.last().is_some_and(|(is_in, _)| *is_in) && is_text && !span.is_empty() {
                        entries.push(Entry { span, has_value: value.get(1) != Some(&b'"'), published_by: Some(published_by) });
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Where a JSON text ends whose quote is behind us.
fn end_of_text(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(b'"', b'\\', &text[at..])?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
        if at > text.len() {
            return None;
        }
    }
}
