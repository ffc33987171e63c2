//! A text taken apart: names, numbers, texts with the expressions in them, signs and brackets. Comments are gone.
//!
//! Never fails: what is not understood is a sign.

use super::begins::{COMMENT, TEXT, begins};
use super::language::{Holes, Language, Quote, Special};
use crate::text::Span;

/// Texts within expressions within texts.
const DEEPEST: usize = 6;

/// A word of the language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether a line break stands before it.
    pub(super) newline: bool,
    /// Whether white space stands before it.
    pub(super) space: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    /// Its number among the texts.
    Text(u32),
    Sign,
    Open,
    Close,
}

impl Token {
    pub(super) fn span(self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// A text: what stands between its quotes.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug)]
pub(super) enum Piece {
    Plain(Span),
    /// An expression, taken apart; and the text behind it that says how it is written: `.4` in `{key:.4}`.
    Hole(Vec<Token>, Span),
}

/// All of a text.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    pub(super) texts: Vec<Text>,
}

/// Signs of more than one character, the longest first.
const SIGNS: &[&str] = &[
    "<=>", "===", "!==", "**=", "||=", "&&=", "??=", "...", "..<", "..=", "<<=", ">>=", "?->", "->", "=>", "::", "?.", "&.", "??", "?:", "||", "&&", "==",
    "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", ".=", ":=", "|>", "<>", "++", "--", "<<", ">>", "..", "!!", "**", "<-", "=~", "|=", "&=",
];

pub(super) fn lex(language: &Language, text: &str) -> Lexed {
    let mut lexer = Lexer { language, text: text.as_bytes(), source: text, texts: Vec::new(), heredocs: Vec::new(), begins: begins(language) };
    let mut at = 0;
    if language.lexis.special == Special::Php {
        at = lexer.until_php(0);
    }
    let mut tokens = Vec::with_capacity(text.len() / 5);
    lexer.run(at, text.len(), None, &mut tokens, 0);
    Lexed { tokens, texts: lexer.texts }
}

struct Lexer<'t> {
    language: &'t Language,
    text: &'t [u8],
    source: &'t str,
    texts: Vec<Text>,
    /// Ends of heredocs whose bodies begin with the next line: the word, whether it may be indented, whether it has holes, and
    /// the number of the text.
    heredocs: Vec<(Span, bool, bool, u32)>,
    /// What may begin with a byte: `COMMENT`, `TEXT`.
    begins: [u8; 256],
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Lexer<'_> {
    /// Takes apart from `at` up to `end`, or up to the bracket that closes what was open before; gives where it ended.
    fn run(&mut self, mut at: usize, end: usize, closing: Option<u8>, tokens: &mut Vec<Token>, depth: usize) -> usize {
        let lexis = &self.language.lexis;
        let mut open = 0_usize;
        let (mut newline, mut space) = (true, true);
        while at < end {
            let byte = self.text[at];
            if byte == b'\n' {
                (newline, space) = (true, true);
                at += 1;
                if !self.heredocs.is_empty() && closing.is_none() {
                    at = self.heredoc_bodies(at, depth);
                }
                continue;
            }
            if byte.is_ascii_whitespace() {
                space = true;
                at += 1;
                continue;
            }
            // A line that goes on.
            if byte == b'\\' && matches!(self.text.get(at + 1), Some(b'\n' | b'\r')) {
                at += if self.text[at + 1] == b'\r' && self.text.get(at + 2) == Some(&b'\n') { 3 } else { 2 };
                space = true;
                continue;
            }
            let begins = self.begins[usize::from(byte)];
            if begins & COMMENT != 0
                && let Some(next) = self.comment(at, end)
            {
                space = true;
                at = next;
                continue;
            }
            if lexis.special == Special::Php && self.text[at..].starts_with(b"?>") {
                tokens.push(Token { kind: Kind::Sign, start: at as u32, end: at as u32, newline: true, space: true });
                at = self.until_php(at + 2);
                newline = true;
                continue;
            }
            if let Some(closing) = closing
                && byte == closing
                && open == 0
            {
                return at;
            }
            let start = at;
            let kind;
            if begins & TEXT != 0
                && let Some((text, next)) = self.text_at(at, end, tokens, newline || space, depth)
            {
                kind = Kind::Text(text);
                at = next;
            } else if byte.is_ascii_digit() {
                at += 1;
                while at < end && (is_name(self.text[at]) || self.text[at] == b'.' && self.text.get(at + 1).is_some_and(u8::is_ascii_digit)) {
                    at += 1;
                }
                kind = Kind::Number;
            } else if is_name(byte)
                || lexis.name_starts.as_bytes().contains(&byte)
                    && self.text.get(at + 1).is_some_and(|next| is_name(*next) || lexis.name_starts.as_bytes().contains(next))
            {
                at += 1;
                while at < end && (is_name(self.text[at]) || at == start + 1 && lexis.name_starts.as_bytes().contains(&self.text[at])) {
                    at += 1;
                }
                if at < end && lexis.name_ends.as_bytes().contains(&self.text[at]) && self.text.get(at + 1) != Some(&b'=') {
                    at += 1;
                }
                kind = Kind::Name;
            } else if matches!(byte, b'(' | b'[' | b'{') {
                open += 1;
                at += 1;
                kind = Kind::Open;
            } else if matches!(byte, b')' | b']' | b'}') {
                open = open.saturating_sub(1);
                at += 1;
                kind = Kind::Close;
            } else {
                let rest = &self.text[at..end];
                // Most signs stand alone.
                let is_long = rest.get(1).is_some_and(|next| b"=>:.?&|<+-*~!".contains(next));
                at += if is_long { SIGNS.iter().find(|sign| rest.starts_with(sign.as_bytes())).map_or(1, |sign| sign.len()) } else { 1 };
                kind = Kind::Sign;
            }
            // What ends in the middle of a character would be no text.
            while at < end && !self.source.is_char_boundary(at) {
                at += 1;
            }
            tokens.push(Token { kind, start: start as u32, end: at as u32, newline, space });
            (newline, space) = (false, false);
        }
        end
    }

    /// Where a comment ends that begins here.
    fn comment(&self, at: usize, end: usize) -> Option<usize> {
        let lexis = &self.language.lexis;
        let rest = &self.text[at..end];
        for (open, close) in lexis.block_comments {
            if !rest.starts_with(open.as_bytes()) || open.starts_with('=') && at > 0 && self.text[at - 1] != b'\n' {
                continue;
            }
            let mut depth = 1;
            let mut inner = at + open.len();
            while inner < end {
                let left = &self.text[inner..end];
                if left.starts_with(close.as_bytes()) {
                    depth -= 1;
                    inner += close.len();
                    if depth == 0 {
                        return Some(inner);
                    }
                } else if lexis.nested_comments && left.starts_with(open.as_bytes()) {
                    depth += 1;
                    inner += open.len();
                } else {
                    inner += 1;
                }
            }
            return Some(end);
        }
        // What stands behind is data.
        if lexis.special == Special::Ruby && rest.starts_with(b"__END__\n") && (at == 0 || self.text[at - 1] == b'\n') {
            return Some(end);
        }
        let is_line = lexis.line_comments.iter().any(|open| rest.starts_with(open.as_bytes()));
        // `#[attribute]` is none.
        if !is_line || lexis.special == Special::Php && rest.starts_with(b"#[") {
            return None;
        }
        let mut stop = memchr::memchr(b'\n', rest).map_or(end, |feed| at + feed);
        if lexis.special == Special::Php
            && let Some(close) = memchr::memmem::find(&self.text[at..stop], b"?>")
        {
            stop = at + close;
        }
        Some(stop)
    }

    /// The text that begins here, if one does: its number, and where it ends.
    fn text_at(&mut self, at: usize, end: usize, tokens: &[Token], after_space: bool, depth: usize) -> Option<(u32, usize)> {
        let lexis = &self.language.lexis;
        let byte = self.text[at];
        if byte.is_ascii_alphabetic() {
            let length = self.text[at..end].iter().take(6).take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let next = self.text.get(at + length).copied()?;
            let word = &self.source[at..at + length];
            if matches!(lexis.special, Special::Rust) && matches!(word, "r" | "br" | "cr") && (next == b'"' || next == b'#') {
                return self.hashed(at + length, end);
            }
            if !matches!(next, b'"' | b'\'' | b'`') {
                return None;
            }
            let prefix = lexis.prefixes.iter().find(|prefix| prefix.word.eq_ignore_ascii_case(word))?;
            let quote = lexis.quotes.iter().find(|quote| self.text[at + length..end].starts_with(quote.open.as_bytes()))?;
            return Some(self.quoted(at + length, end, quote, prefix.holes.unwrap_or(quote.holes), prefix.raw, depth));
        }
        if lexis.characters && byte == b'\'' {
            return self.character(at, end);
        }
        if lexis.special == Special::Swift
            && byte == b'#'
            && self.text[at..end].iter().take(4).any(|byte| *byte == b'"')
            && matches!(self.text.get(at + 1), Some(b'"' | b'#'))
        {
            return self.hashed(at, end);
        }
        if let Some(quote) = lexis.quotes.iter().find(|quote| self.text[at..end].starts_with(quote.open.as_bytes())) {
            return Some(self.quoted(at, end, quote, quote.holes, !quote.escapes, depth));
        }
        super::texts::special(self.language, self.source, at, end, tokens, after_space).and_then(|found| self.found(end, found, depth))
    }

    fn found(&mut self, end: usize, found: super::texts::Found, depth: usize) -> Option<(u32, usize)> {
        use super::texts::Found;
        match found {
            Found::Delimited { body, close, is_nested, holes } => {
                let open = self.text[body - 1];
                let mut inner = body;
                let mut level = 1;
                while inner < end {
                    let byte = self.text[inner];
                    if byte == b'\\' {
                        inner += 2;
                        continue;
                    }
                    if byte == close {
                        level -= 1;
                        if level == 0 {
                            break;
                        }
                    } else if is_nested && byte == open {
                        level += 1;
                    }
                    inner += 1;
                }
                let stop = inner.min(end);
                let pieces = self.pieces(body, stop, if holes { Holes::Hash } else { Holes::None }, !holes, depth);
                Some(self.keep((stop + 1).min(end), pieces))
            }
            Found::Heredoc { word, next, is_indented, has_holes } => {
                let (number, _) = self.keep(next, Vec::new());
                self.heredocs.push((word, is_indented, has_holes, number));
                Some((number, next))
            }
            Found::Plain { body, next } => Some(self.keep(next, vec![Piece::Plain(body)])),
        }
    }

    /// Keeps a text that ends at `end`: its number, and where to go on.
    fn keep(&mut self, end: usize, pieces: Vec<Piece>) -> (u32, usize) {
        self.texts.push(Text { pieces });
        ((self.texts.len() - 1) as u32, end)
    }

    /// `'x'`, `'\n'`, `'\u{1F600}'`; anything else is a sign.
    fn character(&mut self, at: usize, end: usize) -> Option<(u32, usize)> {
        let is_escape = self.text.get(at + 1) == Some(&b'\\');
        let from = if is_escape { at + 3 } else { at + 2 };
        let close = (from..end.min(at + 14)).find(|inner| self.text[*inner] == b'\'')?;
        let is_one = is_escape || self.source.get(at + 1..close).is_some_and(|body| body.chars().count() == 1);
        if !is_one {
            return None;
        }
        Some(self.keep(close + 1, Vec::new()))
    }

    /// A text with signs around its quotes, which end it: `r#"..."#`.
    fn hashed(&mut self, at: usize, end: usize) -> Option<(u32, usize)> {
        let hashes = self.text[at..end].iter().take_while(|byte| **byte == b'#').count();
        if self.text.get(at + hashes) != Some(&b'"') {
            return None;
        }
        let body = at + hashes + 1;
        let mut inner = body;
        while let Some(found) = memchr::memchr(b'"', &self.text[inner..end]) {
            let close = inner + found;
            if self.text[close + 1..end].iter().take(hashes).take_while(|byte| **byte == b'#').count() == hashes {
                let holes = if self.language.lexis.special == Special::Rust { Holes::BracedNames } else { Holes::None };
                let pieces = self.pieces(body, close, holes, true, DEEPEST);
                return Some(self.keep(close + 1 + hashes, pieces));
            }
            inner = close + 1;
        }
        Some(self.keep(end, vec![Piece::Plain(Span::new(body, end))]))
    }

    fn quoted(&mut self, at: usize, end: usize, quote: &Quote, holes: Holes, raw: bool, depth: usize) -> (u32, usize) {
        let body = at + quote.open.len();
        let mut inner = body;
        let mut stop = None;
        let close = quote.close.as_bytes();
        while inner < end {
            let byte = self.text[inner];
            if byte == b'\\' && !raw {
                // An expression may hold quotes of its own.
                if holes == Holes::Backslash && self.text.get(inner + 1) == Some(&b'(') {
                    inner = self.skip_brackets(inner + 1, end, depth);
                    continue;
                }
                inner += 2;
                continue;
            }
            let begins = match holes {
                Holes::Hash => byte == b'#' && self.text.get(inner + 1) == Some(&b'{'),
                Holes::Dollar => byte == b'$' && self.text.get(inner + 1) == Some(&b'{'),
                Holes::Braces => byte == b'{' && self.text.get(inner + 1) != Some(&b'{'),
                _ => false,
            };
            if begins {
                let bracket = if byte == b'{' { inner } else { inner + 1 };
                inner = self.skip_brackets(bracket, end, depth);
                continue;
            }
            if holes == Holes::Braces && byte == b'{' {
                inner += 2;
                continue;
            }
            if byte == b'\n' && !quote.lines {
                break;
            }
            if byte == close[0] && self.text[inner..end].starts_with(close) {
                // `""` within `@"..."` is a quote.
                if raw && close == b"\"" && quote.open.contains('@') && self.text.get(inner + 1) == Some(&b'"') {
                    inner += 2;
                    continue;
                }
                stop = Some(inner);
                break;
            }
            inner += 1;
        }
        let stop_at = stop.unwrap_or(inner.min(end));
        let pieces = self.pieces(body, stop_at, holes, raw, depth);
        let next = if stop.is_some() { stop_at + close.len() } else { stop_at };
        self.keep(next, pieces)
    }

    /// Behind the bracket that closes the one at `at`; a text that never closes it ends with its line.
    fn skip_brackets(&self, at: usize, end: usize, depth: usize) -> usize {
        let mut open = 0_usize;
        let mut inner = at;
        while inner < end && inner - at < 4000 {
            match self.text[inner] {
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return inner + 1;
                    }
                }
                b'\\' => inner += 1,
                quote @ (b'"' | b'\'') if depth < DEEPEST => {
                    // A text within the expression, if it ends on this line.
                    let rest = &self.text[inner + 1..end.min(inner + 400)];
                    let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    if let Some(close) = memchr::memchr(quote, &rest[..line])
                        && self.text.get(inner + close + 2) != Some(&quote)
                        && !rest[..close].contains(&b'}')
                    {
                        inner += close + 1;
                    }
                }
                b'\n' if open == 0 => return inner,
                _ => {}
            }
            inner += 1;
        }
        (at + 1).min(end)
    }

    /// What a text holds between its quotes.
    fn pieces(&mut self, from: usize, to: usize, holes: Holes, raw: bool, depth: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut plain = from;
        let mut at = from;
        let to = to.max(from);
        if holes != Holes::None && depth < DEEPEST {
            while at < to {
                let byte = self.text[at];
                let next = if at + 1 < to { self.text[at + 1] } else { 0 };
                if byte == b'\\' && !raw && !(holes == Holes::Backslash && next == b'(') {
                    at += 2;
                    continue;
                }
                let begin = match holes {
                    Holes::Braces if byte == b'{' && next == b'{' => {
                        at += 2;
                        continue;
                    }
                    Holes::Braces if byte == b'{' => Some((at + 1, b'}')),
                    Holes::DoubleBraces if byte == b'{' && next == b'{' => Some((at + 2, b'}')),
                    Holes::Dollar | Holes::Php if byte == b'$' && next == b'{' => Some((at + 2, b'}')),
                    Holes::Php if byte == b'{' && next == b'$' => Some((at + 1, b'}')),
                    Holes::Hash if byte == b'#' && next == b'{' => Some((at + 2, b'}')),
                    Holes::Backslash if byte == b'\\' => Some((at + 2, b')')),
                    _ => None,
                };
                let simple = match holes {
                    Holes::Dollar if byte == b'$' && (next.is_ascii_alphabetic() || next == b'_') => Some(at + 1),
                    Holes::Php if byte == b'$' && (next.is_ascii_alphabetic() || next == b'_') => Some(at),
                    Holes::BracedNames if byte == b'{' && (next.is_ascii_alphabetic() || next == b'_') => Some(at + 1),
                    _ => None,
                };
                if let Some((inside, close)) = begin {
                    push_plain(&mut pieces, plain, at);
                    let mut tokens = Vec::new();
                    let stop = self.run(inside, to, Some(close), &mut tokens, depth + 1);
                    let format =
                        if matches!(holes, Holes::Braces | Holes::DoubleBraces) { self.split_format(&mut tokens, stop) } else { Span::new(stop, stop) };
                    pieces.push(Piece::Hole(tokens, format));
                    at = (stop + if holes == Holes::DoubleBraces { 2 } else { 1 }).min(to);
                    plain = at;
                } else if let Some(name) = simple {
                    let mut stop = name + 1;
                    while stop < to && is_name(self.text[stop]) {
                        stop += 1;
                    }
                    if holes == Holes::Php && self.text[stop..to].starts_with(b"->") && self.text.get(stop + 2).is_some_and(u8::is_ascii_alphabetic) {
                        stop += 3;
                        while stop < to && is_name(self.text[stop]) {
                            stop += 1;
                        }
                    } else if holes == Holes::Php && self.text.get(stop) == Some(&b'[') {
                        stop = memchr::memchr(b']', &self.text[stop..to]).map_or(stop, |close| stop + close + 1);
                    }
                    if holes == Holes::BracedNames {
                        let rest = &self.text[stop..to];
                        let is_hole = rest.first() == Some(&b'}') || rest.first() == Some(&b':');
                        if !is_hole {
                            at = stop;
                            continue;
                        }
                    }
                    push_plain(&mut pieces, plain, at);
                    let mut tokens = Vec::new();
                    self.run(name, stop, None, &mut tokens, depth + 1);
                    let mut after = stop;
                    if holes == Holes::BracedNames {
                        after = memchr::memchr(b'}', &self.text[stop..to]).map_or(stop, |close| stop + close + 1);
                    }
                    pieces.push(Piece::Hole(tokens, Span::new(stop, after)));
                    at = after;
                    plain = at;
                } else {
                    at += 1;
                }
            }
        }
        push_plain(&mut pieces, plain, to);
        pieces
    }

    /// Takes `!r` and `:format` off an expression between braces.
    fn split_format(&self, tokens: &mut Vec<Token>, stop: usize) -> Span {
        let mut open = 0_usize;
        let mut choice = 0_usize;
        for at in 0..tokens.len() {
            let token = tokens[at];
            match token.kind {
                Kind::Open => open += 1,
                Kind::Close => open = open.saturating_sub(1),
                Kind::Sign if open == 0 => {
                    let sign = &self.text[token.start as usize..token.end as usize];
                    if sign == b"?" {
                        choice += 1;
                    } else if sign == b":" && choice > 0 {
                        choice -= 1;
                    } else if sign == b":"
                        || sign == b"!" && at > 0 && at + 1 < tokens.len() && tokens[at + 1].end - tokens[at + 1].start == 1 && !token.space
                        || sign == b"=" && at + 1 == tokens.len()
                    {
                        tokens.truncate(at);
                        return Span::new(token.start as usize, stop);
                    }
                }
                _ => {}
            }
        }
        Span::new(stop, stop)
    }

    /// Reads the bodies of heredocs, which begin at `at`; gives where the last one ends.
    fn heredoc_bodies(&mut self, mut at: usize, depth: usize) -> usize {
        for (word, is_indented, has_holes, number) in std::mem::take(&mut self.heredocs) {
            let mark = &self.source[word.start..word.end];
            let from = at;
            let mut body_end = self.text.len();
            let mut next = self.text.len();
            let mut line = at;
            while line < self.text.len() {
                let feed = memchr::memchr(b'\n', &self.text[line..]).map_or(self.text.len(), |feed| line + feed);
                let shown = &self.source[line..feed];
                let own = if is_indented { shown.trim_start() } else { shown };
                if own.trim_end() == mark || is_indented && own.strip_prefix(mark).is_some_and(|rest| rest.starts_with([';', ',', ')'])) {
                    body_end = line;
                    next = line + (shown.len() - own.len()) + mark.len();
                    break;
                }
                line = feed + 1;
            }
            let holes = match (has_holes, self.language.lexis.special) {
                (false, _) => Holes::None,
                (true, Special::Php) => Holes::Php,
                (true, _) => Holes::Hash,
            };
            let pieces = self.pieces(from.min(body_end), body_end, holes, !has_holes, depth);
            self.texts[number as usize].pieces = pieces;
            at = next;
        }
        at
    }

    /// Behind the next mark that begins PHP.
    fn until_php(&self, from: usize) -> usize {
        let found = memchr::memmem::find(&self.text[from..], b"<?").map(|at| from + at);
        match found {
            Some(at) if self.text[at..].starts_with(b"<?php") => at + 5,
            Some(at) if self.text[at..].starts_with(b"<?=") => at + 3,
            Some(at) if self.text[at..].starts_with(b"<?xml") => self.until_php(at + 5),
            Some(at) => at + 2,
            None => self.text.len(),
        }
    }
}

fn push_plain(pieces: &mut Vec<Piece>, from: usize, to: usize) {
    if from < to {
        pieces.push(Piece::Plain(Span::new(from, to)));
    }
}
