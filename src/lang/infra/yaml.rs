//! YAML as far as it tells which scripts run, with which variables: keys, scalars and blocks by their indentation. What it
//! does not understand it leaves out.

use crate::lang::shell::Source;
use crate::text::Span;

/// No file has more.
const MOST: usize = 30_000;

/// A scalar with the keys above it.
#[derive(Debug, Clone)]
pub(super) struct Entry<'t> {
    /// From the root; an item of a list is `#` and its number.
    pub path: Vec<String>,
    /// Its text with indentation and quotes taken off.
    pub value: Source<'t>,
    /// Key and value in the file.
    pub span: Span,
}

impl Entry<'_> {
    /// The last key that is no item.
    pub(super) fn key(&self) -> &str {
        self.path.iter().rev().find(|key| !key.starts_with('#')).map_or("", String::as_str)
    }

    /// What stands around its key.
    pub(super) fn parent(&self) -> &[String] {
        let at = self.path.iter().rposition(|key| !key.starts_with('#')).unwrap_or(0);
        &self.path[..at]
    }
}

struct Line<'t> {
    at: usize,
    indent: usize,
    /// Without indentation and what ends the line.
    text: &'t str,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let mut out = Vec::new();
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        let inner = body.trim_start_matches(' ');
        let indent = body.len() - inner.len();
        out.push(Line { at: at + indent, indent, text: inner });
        at += line.len();
        if out.len() >= MOST {
            break;
        }
    }
    out
}

/// All scalars of a file, in order.
pub(super) fn entries(text: &str) -> Vec<Entry<'_>> {
    let lines = lines(text);
    let mut out: Vec<Entry<'_>> = Vec::new();
    // Keys that are open, with their indentation.
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut items = 0;
    let mut number = 0;
    while let Some(line) = lines.get(number) {
        number += 1;
        if line.text.is_empty() || line.text.starts_with('#') || line.text == "---" {
            continue;
        }
        let mut indent = line.indent;
        let mut at = line.at;
        let mut rest = line.text;
        // `- - key: value`
        while let Some(inner) = rest.strip_prefix("- ").or((rest == "-").then_some("")) {
            let is_same = |(other, key): &&(usize, String)| *other < indent || *other == indent && !key.starts_with('#');
            let keep = open.iter().take_while(is_same).count();
            open.truncate(keep);
            items += 1;
            open.push((indent, format!("#{items}")));
            let trimmed = inner.trim_start();
            let skipped = rest.len() - trimmed.len();
            indent += skipped.max(2);
            at += skipped;
            rest = trimmed;
        }
        let key = key_of(rest);
        if let Some((name, value_at)) = key {
            let keep = open.iter().take_while(|(other, key)| *other < indent || *other == indent && key.starts_with('#') && indent > line.indent).count();
            open.truncate(keep);
            if open.len() > 60 {
                continue;
            }
            open.push((indent, name.to_owned()));
            let value = rest[value_at..].trim_start();
            let value_at = at + rest.len() - value.len();
            scalar(&lines, &mut number, (value, value_at), indent, at, &open, &mut out);
        } else {
            let keep = open.iter().take_while(|(other, key)| *other < indent || key.starts_with('#') && *other <= indent && indent > line.indent).count();
            open.truncate(keep);
            let outer = open.iter().rev().find(|(_, key)| key.starts_with('#')).map_or(line.indent, |(outer, _)| *outer);
            scalar(&lines, &mut number, (rest, at), outer, at, &open, &mut out);
        }
    }
    out
}

/// The key of `key: value` with where the value begins.
fn key_of(text: &str) -> Option<(&str, usize)> {
    let (name, behind) = match text.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let close = text[1..].find(*quote as char)? + 1;
            (&text[1..close], close + 1)
        }
        b'{' | b'[' | b'|' | b'>' | b'&' | b'*' | b'!' | b'$' => return None,
        _ => {
            let colon = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1))?;
            (text[..colon].trim_end(), colon)
        }
    };
    let rest = text.get(behind..)?;
    let is_key = rest.starts_with(':') && (rest.len() == 1 || rest[1..].starts_with(' ')) && name.len() < 120;
    // A text with a colon somewhere in it is no key: `echo a: b`.
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'$' | b'<' | b'(' | b')'));
    (is_key && (is_word || text.starts_with(['"', '\'']))).then_some((name, behind + 1))
}

fn scalar<'t>(
    lines: &[Line<'t>],
    number: &mut usize,
    (value, value_at): (&'t str, usize),
    indent: usize,
    start: usize,
    open: &[(usize, String)],
    out: &mut Vec<Entry<'t>>,
) {
    let path = || open.iter().map(|(_, key)| key.clone()).collect::<Vec<_>>();
    // Anchors and tags say nothing here.
    let (value, value_at) = match value.split_once(' ') {
        Some((first, rest)) if first.starts_with('&') || first.starts_with('!') && !rest.is_empty() => {
            (rest.trim_start(), value_at + value.len() - rest.trim_start().len())
        }
        _ => (value, value_at),
    };
    let is_block = value.starts_with(['|', '>']) && value.len() <= 4 || value.starts_with("| #") || value.starts_with("> #");
    if is_block {
        let mut source = Source::empty();
        let mut block = None;
        let mut end = value_at + value.len();
        while let Some(line) = lines.get(*number) {
            if !line.text.is_empty() {
                if line.indent <= indent {
                    break;
                }
                let base = *block.get_or_insert(line.indent);
                let extra = line.indent.saturating_sub(base);
                // Blanks beyond the block's own are kept.
                source.push(&" ".repeat(extra.min(200)), line.at - extra.min(line.indent));
                source.push(line.text, line.at);
                end = line.at + line.text.len();
            }
            source.push("\n", end);
            *number += 1;
        }
        out.push(Entry { path: path(), value: source, span: Span::new(start, end) });
        return;
    }
    if value.is_empty() {
        return;
    }
    if value.starts_with('[') || value.starts_with('{') {
        return flow(lines, number, (value, value_at), &path(), out);
    }
    let mut source = Source::empty();
    let end = value_at + value.len();
    match value.as_bytes()[0] {
        b'"' => {
            unquote(&value[1..], value_at + 1, b'"', &mut source);
        }
        b'\'' => {
            unquote(&value[1..], value_at + 1, b'\'', &mut source);
        }
        _ => {
            let plain = value.find(" #").map_or(value, |comment| &value[..comment]);
            source.push(plain, value_at);
            // A plain text goes on in the lines below that lie deeper.
            while let Some(line) = lines.get(*number) {
                if line.text.is_empty() || line.indent <= indent || line.text.starts_with("- ") || line.text.starts_with('#') || key_of(line.text).is_some() {
                    break;
                }
                source.push(" ", line.at.saturating_sub(1));
                source.push(line.text, line.at);
                *number += 1;
            }
        }
    }
    out.push(Entry { path: path(), value: source, span: Span::new(start, end) });
}

/// Takes in a quoted text; gives the length of what was read, without the closing quote.
fn unquote(text: &str, at: usize, quote: u8, source: &mut Source<'_>) -> usize {
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut now = 0;
    while now < bytes.len() {
        if bytes[now] == b'\\' && quote == b'"' && now + 1 < bytes.len() {
            source.push(&text[from..now], at + from);
            let made = match bytes[now + 1] {
                b'n' => "\n",
                b't' => "\t",
                b'"' => "\"",
                b'\\' => "\\",
                _ => "",
            };
            source.push(made, at + now);
            from = if made.is_empty() { now + 1 } else { now + 2 };
            now += 2;
            continue;
        }
        if bytes[now] == quote {
            if quote == b'\'' && bytes.get(now + 1) == Some(&b'\'') {
                source.push(&text[from..=now], at + from);
                now += 2;
                from = now;
                continue;
            }
            break;
        }
        now += 1;
    }
    let now = now.min(bytes.len());
    source.push(text.get(from..now).unwrap_or_default(), at + from);
    now
}

/// `[a, "b"]`, `{ a: b }`, over as many lines as it takes: the scalars in it.
fn flow<'t>(lines: &[Line<'t>], number: &mut usize, (value, value_at): (&'t str, usize), path: &[String], out: &mut Vec<Entry<'t>>) {
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut item = 0;
    let mut text = value;
    let mut at = value_at;
    let mut key: Option<String> = None;
    for _ in 0..400 {
        let bytes = text.as_bytes();
        let mut now = 0;
        while now < bytes.len() {
            match bytes[now] {
                b'[' | b'{' => {
                    open.push((key.take().unwrap_or_default(), now));
                    now += 1;
                }
                b']' | b'}' => {
                    open.pop();
                    key = None;
                    now += 1;
                    if open.is_empty() {
                        return;
                    }
                }
                b',' => {
                    key = None;
                    now += 1;
                }
                b' ' | b'\t' => now += 1,
                b'#' => break,
                byte => {
                    let mut source = Source::empty();
                    let start = now;
                    let end;
                    if byte == b'"' || byte == b'\'' {
                        let read = unquote(&text[now + 1..], at + now + 1, byte, &mut source);
                        end = (now + read + 2).min(bytes.len());
                    } else if text[now..].starts_with("${{") {
                        end = text[now..].find("}}").map_or(bytes.len(), |close| now + close + 2);
                        source.push(&text[now..end], at + now);
                    } else {
                        let stop = text[now..].find([',', ']', '}']).map_or(bytes.len(), |stop| now + stop);
                        let stop = text[now..stop].find(": ").map_or(stop, |colon| now + colon);
                        end = stop.max(now + 1);
                        source.push(text.get(now..end).unwrap_or_default().trim_end(), at + now);
                    }
                    if !text.is_char_boundary(end) {
                        return;
                    }
                    now = end;
                    if text[now..].trim_start().starts_with(':') {
                        key = Some(source.text.to_string());
                        now += text[now..].find(':').unwrap_or(0) + 1;
                    } else {
                        let mut whole = path.to_vec();
                        whole.extend(open.iter().filter(|(key, _)| !key.is_empty()).map(|(key, _)| key.clone()));
                        item += 1;
                        whole.push(key.take().unwrap_or_else(|| format!("#{item}")));
                        out.push(Entry { path: whole, value: source, span: Span::new(at + start, at + end) });
                        if out.len() > MOST {
                            return;
                        }
                    }
                }
            }
        }
        let Some(line) = lines.get(*number) else { return };
        *number += 1;
        text = line.text;
        at = line.at;
    }
}
