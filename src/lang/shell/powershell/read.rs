//! Reads PowerShell into statements of words.

use crate::lang::shell::syntax::{Command, Piece, Var, Word};
use crate::text::Span;

/// Groups one inside another.
const DEEPEST: usize = 12;
/// No script has more.
const MOST: usize = 20_000;

/// A statement: commands that are joined by `|`.
#[derive(Debug, Clone, Default)]
pub(super) struct Statement {
    /// Each by its words; a word that is a group or a table holds what is in it.
    pub stages: Vec<Vec<Word>>,
}

/// The statements of a text.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0, made: 0 };
    reader.list(b'\0')
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    made: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Statements up to a closing bracket, which is consumed, or the end.
    fn list(&mut self, close: u8) -> Vec<Statement> {
        let mut out = Vec::new();
        let mut stages: Vec<Vec<Word>> = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let finish = |stages: &mut Vec<Vec<Word>>, words: &mut Vec<Word>, out: &mut Vec<Statement>| {
            if !words.is_empty() {
                stages.push(std::mem::take(words));
            }
            if !stages.is_empty() {
                out.push(Statement { stages: std::mem::take(stages) });
            }
        };
        while self.at < self.bytes.len() {
            self.made += 1;
            if self.made > MOST * 10 {
                self.at = self.bytes.len();
                break;
            }
            match self.peek(0) {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'`' if matches!(self.peek(1), b'\n' | b'\r') => self.at += if self.peek(1) == b'\r' { 3 } else { 2 },
                b'<' if self.peek(1) == b'#' => {
                    self.at = memchr::memmem::find(&self.bytes[self.at..], b"#>").map_or(self.bytes.len(), |found| self.at + found + 2);
                }
                b'#' => self.at = memchr::memchr(b'\n', &self.bytes[self.at..]).map_or(self.bytes.len(), |found| self.at + found),
                b'\n' => {
                    self.at += 1;
                    if !words.is_empty() || stages.is_empty() {
                        finish(&mut stages, &mut words, &mut out);
                    }
                }
                b';' => {
                    self.at += 1;
                    finish(&mut stages, &mut words, &mut out);
                }
                b'|' | b'&' if self.peek(1) == self.peek(0) => {
                    self.at += 2;
                    finish(&mut stages, &mut words, &mut out);
                }
                b'|' => {
                    self.at += 1;
                    if !words.is_empty() {
                        stages.push(std::mem::take(&mut words));
                    }
                }
                byte @ (b')' | b'}') => {
                    self.at += 1;
                    if byte == close {
                        break;
                    }
                    finish(&mut stages, &mut words, &mut out);
                }
                b'{' => {
                    self.at += 1;
                    finish(&mut stages, &mut words, &mut out);
                }
                _ => {
                    let from = self.at;
                    let word = self.word();
                    if self.at == from {
                        self.at += 1;
                    } else {
                        words.push(word);
                    }
                }
            }
        }
        finish(&mut stages, &mut words, &mut out);
        out
    }

    /// A group in round brackets, or a table: the words of all that is in it, as one.
    fn group(&mut self, close: u8, start: usize, out: &mut Vec<Piece>) {
        if self.depth >= DEEPEST {
            self.at = memchr::memchr(b'\n', &self.bytes[self.at..]).map_or(self.bytes.len(), |found| self.at + found);
            return;
        }
        self.depth += 1;
        let inner = self.list(close);
        self.depth -= 1;
        let commands = inner.into_iter().map(|statement| {
            // The stages of one are told apart by a word that no script has.
            let mut words = Vec::new();
            for (number, stage) in statement.stages.into_iter().enumerate() {
                if number > 0 {
                    words.push(Word { pieces: vec![Piece::Text("|".to_owned(), Span::default())], span: Span::default() });
                }
                words.extend(stage);
            }
            Command { words, ..Command::default() }
        });
        let commands = commands.collect();
        out.push(Piece::Run(commands, Span::new(start, self.at)));
    }

    fn word(&mut self) -> Word {
        let start = self.at;
        let mut pieces = Vec::new();
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b' ' | b'\t' | b'\n' | b'\r' | b';' | b'|' | b')' | b'}' | b'{' => break,
                b',' | b'=' | b'+' if self.at > start => break,
                b',' | b'=' | b'+' => {
                    self.at += 1;
                    push(&mut pieces, self.slice(start, self.at), Span::new(start, self.at));
                    break;
                }
                b'`' => {
                    let next = self.next(self.at + 1);
                    push(&mut pieces, self.slice(self.at + 1, next), Span::new(self.at + 1, next));
                    self.at = next;
                }
                b'@' if matches!(self.peek(1), b'"' | b'\'') => self.here(&mut pieces),
                b'@' if matches!(self.peek(1), b'{' | b'(') => {
                    let from = self.at;
                    let close = if self.peek(1) == b'{' { b'}' } else { b')' };
                    self.at += 2;
                    self.group(close, from, &mut pieces);
                }
                b'"' => {
                    self.at += 1;
                    self.quoted(&mut pieces, self.bytes.len(), true);
                }
                b'\'' => {
                    let from = self.at + 1;
                    let end = memchr::memchr2(b'\'', b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |found| from + found);
                    let text = self.slice(from, end).to_owned();
                    pieces.push(Piece::Text(text, Span::new(from, end)));
                    self.at = (end + 1).min(self.bytes.len());
                }
                b'$' => self.dollar(&mut pieces),
                b'(' => {
                    let from = self.at;
                    self.at += 1;
                    self.group(b')', from, &mut pieces);
                    self.members_of_group(&mut pieces);
                }
                _ => {
                    let next = self.next(self.at);
                    push(&mut pieces, self.slice(self.at, next), Span::new(self.at, next));
                    self.at = next;
                }
            }
        }
        Word { pieces, span: Span::new(start, self.at) }
    }

    /// `(...).Length` shows nothing of the group, `(...).Password` is known by its name.
    fn members_of_group(&mut self, pieces: &mut [Piece]) {
        let from = self.at;
        let chain = self.chain();
        let Some(Piece::Run(_, span)) = pieces.last() else { return };
        if chain.is_empty() {
            return;
        }
        let span = Span::new(span.start, self.at);
        let name = self.slice(from, self.at).to_owned();
        let is_harmless = is_harmless(&chain, &name);
        let Some(last) = chain.iter().rev().find(|(_, is_call)| !is_call).map(|(name, _)| name.clone()) else {
            if is_harmless && let Some(piece) = pieces.last_mut() {
                *piece = Piece::Text(String::new(), span);
            }
            return;
        };
        if let Some(piece) = pieces.last_mut() {
            *piece = if is_harmless {
                Piece::Text(String::new(), span)
            } else {
                Piece::Var(Var { name: format!("it.{last}"), span, is_harmless: false, default: None })
            };
        }
    }

    fn next(&self, at: usize) -> usize {
        let mut next = (at + 1).min(self.bytes.len());
        while next < self.bytes.len() && !self.text.is_char_boundary(next) {
            next += 1;
        }
        next
    }

    /// `@"` ... `"@`
    fn here(&mut self, pieces: &mut Vec<Piece>) {
        let quote = self.peek(1);
        let from = self.at + 2;
        let close: &[u8] = if quote == b'"' { b"\n\"@" } else { b"\n'@" };
        let end = memchr::memmem::find(&self.bytes[from..], close).map_or(self.bytes.len(), |found| from + found);
        self.at = from;
        if quote == b'"' {
            self.quoted(pieces, end, false);
        } else {
            push(pieces, self.slice(from, end), Span::new(from, end));
        }
        self.at = (end + close.len()).min(self.bytes.len());
    }

    /// Text up to a double quote, or to a place.
    fn quoted(&mut self, pieces: &mut Vec<Piece>, end: usize, closes: bool) {
        pieces.push(Piece::Text(String::new(), Span::new(self.at, self.at)));
        while self.at < end {
            match self.peek(0) {
                b'"' if closes && self.peek(1) == b'"' => {
                    push(pieces, "\"", Span::new(self.at, self.at + 2));
                    self.at += 2;
                }
                b'"' if closes => {
                    self.at += 1;
                    break;
                }
                b'`' => {
                    let next = self.next(self.at + 1);
                    push(pieces, self.slice(self.at + 1, next), Span::new(self.at + 1, next));
                    self.at = next;
                }
                b'$' => self.dollar_in_text(pieces),
                _ => {
                    let next = self.next(self.at);
                    push(pieces, self.slice(self.at, next), Span::new(self.at, next));
                    self.at = next;
                }
            }
        }
    }

    /// In a text, only `$(...)` reads members.
    fn dollar_in_text(&mut self, pieces: &mut Vec<Piece>) {
        let start = self.at;
        if let Some(name) = self.name() {
            pieces.push(Piece::Var(Var { name, span: Span::new(start, self.at), is_harmless: false, default: None }));
        } else {
            self.dollar(pieces);
        }
    }

    /// `$name`, `$env:NAME`, `${env:NAME}`; where it is none of these, nothing is consumed.
    fn name(&mut self) -> Option<String> {
        let start = self.at;
        let is_braced = self.peek(1) == b'{' && self.peek(2) != b'{';
        let mut at = start + 1 + usize::from(is_braced);
        let from = at;
        while let Some(byte) = self.bytes.get(at)
            && (byte.is_ascii_alphanumeric()
                || *byte == b'_'
                || *byte == b':' && self.bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'_'))
        {
            at += 1;
        }
        if at == from {
            return None;
        }
        let name = self.slice(from, at).to_owned();
        self.at = at + usize::from(is_braced && self.bytes.get(at) == Some(&b'}'));
        let lower = name.to_ascii_lowercase();
        Some(match name.split_once(':') {
            Some((_, rest)) if lower.starts_with("env:") => format!("env.{rest}"),
            Some((_, rest)) => rest.to_owned(),
            // The folder that the shell is in.
            None if lower == "pwd" => "location".to_owned(),
            None => name,
        })
    }

    fn dollar(&mut self, pieces: &mut Vec<Piece>) {
        let start = self.at;
        if self.bytes[start..].starts_with(b"${{") {
            let limit = self.bytes.len().min(start + 1000);
            let close = memchr::memmem::find(&self.bytes[start..limit], b"}}").map_or(start + 3, |found| start + found + 2);
            let inner = self.slice(start + 3, close.saturating_sub(2)).trim().to_owned();
            self.at = close;
            pieces.push(Piece::Expression(inner, Span::new(start, close)));
            return;
        }
        if self.peek(1) == b'(' {
            self.at += 2;
            self.group(b')', start, pieces);
            return;
        }
        let Some(name) = self.name() else {
            self.at += 1;
            push(pieces, "$", Span::new(start, self.at));
            return;
        };
        let from = self.at;
        let chain = self.chain();
        let span = Span::new(start, self.at);
        let is_harmless = is_harmless(&chain, self.slice(from, self.at));
        let field = chain.iter().rev().find(|(_, is_call)| !is_call).map(|(name, _)| name.clone());
        let name = match field {
            Some(field) if !chain.is_empty() => format!("it.{field}"),
            _ => name,
        };
        pieces.push(Piece::Var(Var { name, span, is_harmless, default: None }));
    }

    /// `.Name`, `.Call(...)`, `[0]`, `['name']` behind a value; each name with whether it is called.
    fn chain(&mut self) -> Vec<(String, bool)> {
        let mut out = Vec::new();
        loop {
            match self.peek(0) {
                b'.' if self.peek(1).is_ascii_alphabetic() || self.peek(1) == b'_' => {
                    let from = self.at + 1;
                    self.at += 1;
                    while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' {
                        self.at += 1;
                    }
                    let name = self.slice(from, self.at).to_owned();
                    let is_call = self.peek(0) == b'(';
                    if is_call {
                        self.brackets(b'(', b')');
                    }
                    out.push((name, is_call));
                }
                b'[' => {
                    let from = self.at + 1;
                    self.brackets(b'[', b']');
                    let inner = self.slice(from, self.at.saturating_sub(1)).trim();
                    let name = inner.trim_matches(['\'', '"']);
                    if name != inner {
                        out.push((name.to_owned(), false));
                    } else if inner.starts_with('-') || inner.contains("..") {
                        out.push(("Substring".to_owned(), true));
                    }
                }
                _ => return out,
            }
            if out.len() > 40 {
                return out;
            }
        }
    }

    fn brackets(&mut self, open: u8, close: u8) {
        let mut depth = 0;
        while self.at < self.bytes.len() {
            let byte = self.peek(0);
            depth += i32::from(byte == open) - i32::from(byte == close);
            if byte == b'\n' {
                return;
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }
}

/// Members that show nothing of a value, or a few letters of it.
fn is_harmless(chain: &[(String, bool)], text: &str) -> bool {
    chain.iter().any(|(name, is_call)| {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "length" | "count" | "gettype" | "startswith" | "endswith" | "contains" | "gethashcode" | "equals" | "indexof" | "isnullorempty" | "name"
            | "keys" | "statuscode" => true,
            "substring" | "remove" => {
                let inner = text.rsplit_once('(').map(|(_, inner)| inner.trim_end_matches(')')).unwrap_or_default();
                let last = inner.rsplit(',').next().unwrap_or_default().trim();
                *is_call
                    && (inner.contains(',') || lower == "remove" || inner.to_ascii_lowercase().contains("length"))
                    && last.parse::<u32>().is_ok_and(|count| count <= 8)
                    || !text.contains('(')
                    || inner.to_ascii_lowercase().contains("length") && last.chars().filter(char::is_ascii_digit).count() <= 1
            }
            "replace" => text.contains("'*'") || text.contains("\"*\""),
            _ => false,
        }
    })
}

fn push(pieces: &mut Vec<Piece>, text: &str, span: Span) {
    match pieces.last_mut() {
        Some(Piece::Text(last, before)) if before.end == span.start || last.is_empty() && before.start <= span.start => {
            if last.is_empty() {
                before.start = span.start;
            }
            last.push_str(text);
            before.end = span.end;
        }
        _ => pieces.push(Piece::Text(text.to_owned(), span)),
    }
}
