//! Reads the words of a shell script: quotes, expansions, substitutions.

use super::lex::{DEEPEST, Lexer};
use super::syntax::{Assign, Piece, Var, Word};
use crate::text::Span;

impl Lexer<'_> {
    /// A word up to a blank or an operator.
    pub(super) fn read_word(&mut self) -> Word {
        let start = self.at;
        let mut out = Pieces::default();
        while self.at < self.end {
            match self.peek(0) {
                b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b')' => break,
                b'<' | b'>' if self.peek(1) == b'(' && self.at == start => {
                    self.at += 2;
                    self.substitution(&mut out, start);
                }
                b'<' | b'>' | b'(' => break,
                b'\\' if self.peek(1) == b'\n' => self.at += 2,
                b'\\' => {
                    let next = self.char_at(self.at + 1);
                    out.text(self.text.get(self.at + 1..next).unwrap_or_default(), Span::new(self.at + 1, next));
                    self.at = next;
                }
                b'\'' => {
                    self.at += 1;
                    let close = self.close_quote(b'\'');
                    out.raw(self.text, Span::new(self.at, close));
                    self.at = (close + 1).min(self.end);
                }
                b'"' => {
                    self.at += 1;
                    let inner = self.quoted(Some(b'"'));
                    if inner.pieces.is_empty() {
                        out.text("", Span::new(self.at, self.at));
                    }
                    inner.pieces.into_iter().for_each(|piece| out.push(piece));
                }
                b'$' if self.peek(1) == b'\'' => {
                    self.at += 2;
                    let close = self.close_quote(b'\'');
                    out.raw(self.text, Span::new(self.at, close));
                    self.at = (close + 1).min(self.end);
                }
                b'$' => self.dollar(&mut out),
                b'`' => self.backtick(&mut out),
                _ => {
                    let next = self.char_at(self.at);
                    out.text(self.text.get(self.at..next).unwrap_or_default(), Span::new(self.at, next));
                    self.at = next;
                }
            }
        }
        Word { pieces: out.list, span: Span::new(start, self.at) }
    }

    /// The end of the character at a position.
    fn char_at(&self, at: usize) -> usize {
        let mut next = (at + 1).min(self.end);
        while next < self.end && !self.text.is_char_boundary(next) {
            next += 1;
        }
        next
    }

    fn close_quote(&mut self, quote: u8) -> usize {
        if self.at >= self.line_closed {
            return self.line_end();
        }
        match memchr::memchr(quote, &self.bytes[self.at..self.end]) {
            Some(found) => self.at + found,
            // A quote that nothing closes ends with its line: the rest is worth reading.
            None => {
                self.line_closed = self.at;
                self.line_end()
            }
        }
    }

    /// Text between double quotes, whose end is consumed; without an end, all of it.
    pub(super) fn quoted(&mut self, close: Option<u8>) -> Word {
        let start = self.at;
        let mut out = Pieces::default();
        while self.at < self.end {
            match self.peek(0) {
                byte if Some(byte) == close => {
                    self.at += 1;
                    break;
                }
                b'\\' if matches!(self.peek(1), b'$' | b'`' | b'"' | b'\\' | b'\n') => {
                    let text = self.text.get(self.at + 1..self.at + 2).unwrap_or_default();
                    out.text(text, Span::new(self.at + 1, self.at + 2));
                    self.at += 2;
                }
                b'$' => self.dollar(&mut out),
                b'`' => self.backtick(&mut out),
                _ => {
                    let mut next = self.char_at(self.at);
                    while next < self.end && !matches!(self.bytes[next], b'\\' | b'$' | b'`' | b'"') && Some(self.bytes[next]) != close {
                        next += 1;
                    }
                    out.text(self.text.get(self.at..next).unwrap_or_default(), Span::new(self.at, next));
                    self.at = next;
                }
            }
        }
        Word { pieces: out.list, span: Span::new(start, self.at) }
    }

    fn backtick(&mut self, out: &mut Pieces) {
        let start = self.at;
        let Some(close) = memchr::memchr(b'`', &self.bytes[self.at + 1..self.end]).map(|found| self.at + 1 + found) else {
            self.at += 1;
            return;
        };
        if self.depth < DEEPEST {
            self.depth += 1;
            self.at += 1;
            let end = std::mem::replace(&mut self.end, close);
            let inner = self.list(false);
            self.end = end;
            self.depth -= 1;
            out.push(Piece::Run(inner, Span::new(start, close + 1)));
        }
        self.at = close + 1;
    }

    /// Behind `$(`, `<(` or `>(`.
    fn substitution(&mut self, out: &mut Pieces, start: usize) {
        if self.depth >= DEEPEST {
            // Nothing so deep is worth reading.
            self.at = self.line_end();
            return;
        }
        self.depth += 1;
        let inner = self.list(true);
        self.depth -= 1;
        out.push(Piece::Run(inner, Span::new(start, self.at)));
    }

    fn dollar(&mut self, out: &mut Pieces) {
        let start = self.at;
        if self.starts("${{") {
            let limit = self.end.min(start + 1000);
            let close = memchr::memmem::find(&self.bytes[start..limit], b"}}").map_or(start + 3, |found| start + found + 2);
            let inner = self.text.get(start + 3..close.saturating_sub(2)).unwrap_or_default();
            self.at = close;
            out.push(Piece::Expression(inner.trim().to_owned(), Span::new(start, close)));
            return;
        }
        match self.peek(1) {
            b'(' if self.peek(2) == b'(' => {
                self.at += 2;
                self.arithmetic();
                out.push(Piece::Text("0".to_owned(), Span::new(start, self.at)));
            }
            b'(' => {
                self.at += 2;
                self.substitution(out, start);
            }
            b'{' => self.braces(out),
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.at += 1;
                let from = self.at;
                while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' {
                    self.at += 1;
                }
                out.var(self.text.get(from..self.at).unwrap_or_default(), Span::new(start, self.at), false, None);
            }
            byte if byte.is_ascii_digit() || matches!(byte, b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-') => {
                self.at += 2;
                out.var(self.text.get(start + 1..start + 2).unwrap_or_default(), Span::new(start, self.at), false, None);
            }
            _ => {
                out.text("$", Span::new(start, start + 1));
                self.at += 1;
            }
        }
    }

    /// `${...}`
    fn braces(&mut self, out: &mut Pieces) {
        let start = self.at;
        self.at += 2;
        let is_length = self.peek(0) == b'#' && self.peek(1) != b'}';
        if matches!(self.peek(0), b'#' | b'!') {
            self.at += 1;
        }
        let from = self.at;
        while self.peek(0).is_ascii_alphanumeric() || matches!(self.peek(0), b'_' | b'.') {
            self.at += 1;
        }
        let name = self.text.get(from..self.at).unwrap_or_default().to_owned();
        if self.peek(0) == b'[' {
            self.at = memchr::memchr2(b']', b'\n', &self.bytes[self.at..self.end]).map_or(self.end, |found| self.at + found + 1);
        }
        let operator_at = self.at;
        if self.depth >= DEEPEST {
            self.at = self.line_end();
            return;
        }
        self.depth += 1;
        let rest = self.quoted(Some(b'}'));
        self.depth -= 1;
        let operator = self.text.get(operator_at..self.at).unwrap_or_default().trim_end_matches('}');
        let is_test = operator.starts_with(":+") || operator.starts_with('+');
        let is_part = operator.strip_prefix(':').is_some_and(is_few) || is_mask(operator);
        let skip =
            if operator.starts_with(":-") || operator.starts_with(":=") { 2 } else { usize::from(operator.starts_with('-') || operator.starts_with('=')) };
        let default = if is_test { Some(rest.without(if operator.starts_with(':') { 2 } else { 1 })) } else { (skip > 0).then(|| rest.without(skip)) };
        let is_harmless = is_length || is_test || is_part;
        out.var(&name, Span::new(start, self.at), is_harmless, default);
    }
}

/// Whether `0:4`, ` -4` are a few letters.
fn is_few(range: &str) -> bool {
    let number = |text: &str| text.trim().trim_start_matches('(').trim_end_matches(')').trim().parse::<i64>().ok();
    match range.split_once(':') {
        Some((_, length)) => number(length).is_some_and(|length| (0..=8).contains(&length)),
        None => number(range).is_some_and(|from| (-8..0).contains(&from) && !range.starts_with('-')),
    }
}

/// `//?/*`, `//[a-z]/x`: every letter is replaced.
fn is_mask(operator: &str) -> bool {
    let Some(rest) = operator.strip_prefix("//") else { return false };
    rest.starts_with("?/") || rest.starts_with("[!") && rest.contains("]/") || rest.starts_with("[[:alnum:]]/") || rest.starts_with("./")
}

/// A word as an assignment, if it begins like one.
pub(in crate::lang) fn split_assignment(word: &Word) -> Option<Assign> {
    let Some(Piece::Text(text, first)) = word.pieces.first() else { return None };
    let equals = text.find('=')?;
    let name = text[..equals].strip_suffix('+').unwrap_or(&text[..equals]);
    let name = name.split('[').next().unwrap_or(name);
    let is_name =
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name || first.start != word.span.start {
        return None;
    }
    let name = name.to_owned();
    let mut value = word.without(equals + 1);
    if matches!(value.pieces.first(), Some(Piece::Text(text, _)) if text.is_empty()) {
        value.pieces.remove(0);
    }
    Some(Assign { name, value, span: word.span })
}

/// Pieces that are being put together.
#[derive(Default)]
pub(super) struct Pieces {
    pub(super) list: Vec<Piece>,
}

impl Pieces {
    fn text(&mut self, text: &str, span: Span) {
        match self.list.last_mut() {
            // Texts that touch are one, so that positions in it can be counted; one with a quote between is another.
            Some(Piece::Text(last, before)) if before.end == span.start => {
                last.push_str(text);
                before.end = span.end;
            }
            _ => self.list.push(Piece::Text(text.to_owned(), span)),
        }
    }

    /// Text in which the shell expands nothing; what a CI service puts there, it puts there all the same.
    pub(super) fn raw(&mut self, text: &str, span: Span) {
        let mut from = span.start;
        while let Some(open) = text.get(from..span.end).and_then(|rest| rest.find("${{")).map(|found| from + found) {
            let Some(close) = text.get(open..span.end).and_then(|rest| rest.find("}}")).map(|found| open + found + 2) else { break };
            if open > from {
                self.text(&text[from..open], Span::new(from, open));
            }
            self.list.push(Piece::Expression(text[open + 3..close - 2].trim().to_owned(), Span::new(open, close)));
            from = close;
        }
        self.text(text.get(from..span.end).unwrap_or_default(), Span::new(from, span.end));
    }

    fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Text(text, span) => self.text(&text, span),
            other => self.list.push(other),
        }
    }

    fn var(&mut self, name: &str, span: Span, is_harmless: bool, default: Option<Word>) {
        self.list.push(Piece::Var(Var { name: name.to_owned(), span, is_harmless, default }));
    }
}
