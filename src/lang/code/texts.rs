//! Texts that begin with a word of their own: heredocs, `%w[...]`, sigils, regular expressions, symbols.

use super::language::{Language, Special};
use super::lexer::{Kind, Token};
use crate::text::Span;

/// A text that begins here.
pub(super) enum Found {
    /// Up to a closing character.
    Delimited { body: usize, close: u8, is_nested: bool, holes: bool },
    /// Its body begins with the next line.
    Heredoc { word: Span, next: usize, is_indented: bool, has_holes: bool },
    /// All of it.
    Plain { body: Span, next: usize },
}

/// The text that begins at `at`, by the language's own ways.
pub(super) fn special(language: &Language, source: &str, at: usize, end: usize, tokens: &[Token], after_space: bool) -> Option<Found> {
    match language.lexis.special {
        Special::Ruby => ruby(source, at, end, tokens, after_space),
        Special::Elixir => elixir(source, at, end, tokens),
        Special::Php => php(source, at, end),
        Special::None | Special::Rust | Special::Swift => None,
    }
}

/// Whether what stands before is a value, so that a sign here is an operator.
fn after_value(source: &str, tokens: &[Token]) -> bool {
    const WORDS: &[&str] =
        &["if", "unless", "when", "and", "or", "not", "return", "puts", "p", "raise", "in", "elsif", "while", "until", "case", "then", "do", "else"];
    tokens.last().is_some_and(|last| match last.kind {
        Kind::Name => !WORDS.contains(&&source[last.start as usize..last.end as usize]),
        Kind::Number | Kind::Text(_) | Kind::Close => true,
        Kind::Sign | Kind::Open => false,
    })
}

fn closing(open: u8) -> (u8, bool) {
    match open {
        b'(' => (b')', true),
        b'[' => (b']', true),
        b'{' => (b'}', true),
        b'<' => (b'>', true),
        other => (other, false),
    }
}

/// `:name`, `:"name"`: the plain word.
fn symbol(source: &str, at: usize, end: usize, tokens: &[Token]) -> Option<Found> {
    let text = source.as_bytes();
    let next = *text.get(at + 1)?;
    // `a ? b :c` and `key:value` are none.
    let is_glued = tokens.last().is_some_and(|last| last.end as usize == at && !matches!(last.kind, Kind::Open | Kind::Sign));
    if text[at] != b':' || is_glued || !(next.is_ascii_alphabetic() || next == b'_') {
        return None;
    }
    let length = text[at + 1..end].iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_')).count();
    let next = at + 1 + length;
    Some(Found::Plain { body: Span::new(at + 1, next), next })
}

fn ruby(source: &str, at: usize, end: usize, tokens: &[Token], after_space: bool) -> Option<Found> {
    let text = source.as_bytes();
    let is_glued = tokens.last().is_some_and(|last| last.end as usize == at);
    match text[at] {
        b'<' if text[at..end].starts_with(b"<<") => heredoc(source, at + 2, end),
        b':' => symbol(source, at, end, tokens),
        b'%' if !after_value(source, tokens)
            || after_space && !is_glued && text.get(at + 1).is_some_and(|next| matches!(next, b'w' | b'i' | b'q' | b'Q' | b'W' | b'I' | b'r')) =>
        {
            let letter = *text.get(at + 1)?;
            let at_open = if letter.is_ascii_alphabetic() { at + 2 } else { at + 1 };
            let open = *text.get(at_open)?;
            if open.is_ascii_alphanumeric() || open.is_ascii_whitespace() || open == b'=' || open >= 0x80 || at_open >= end {
                return None;
            }
            let (close, is_nested) = closing(open);
            Some(Found::Delimited { body: at_open + 1, close, is_nested, holes: !matches!(letter, b'q' | b'w' | b'i') })
        }
        b'/' if !after_value(source, tokens) && text.get(at + 1).is_some_and(|next| *next != b'=') => {
            // Only where it ends on its line.
            let line = memchr::memchr(b'\n', &text[at..end]).map_or(end, |feed| at + feed);
            memchr::memchr(b'/', &text[at + 1..line])?;
            Some(Found::Delimited { body: at + 1, close: b'/', is_nested: false, holes: true })
        }
        _ => None,
    }
}

fn heredoc(source: &str, mut at: usize, end: usize) -> Option<Found> {
    let text = source.as_bytes();
    let is_indented = matches!(text.get(at), Some(b'~' | b'-'));
    at += usize::from(is_indented);
    let quote = text.get(at).copied().filter(|byte| matches!(byte, b'\'' | b'"' | b'`'));
    at += usize::from(quote.is_some());
    let first = *text.get(at)?;
    // `list << item` is none: a heredoc's word is in capitals, or it says by its sign that it is one.
    if !(first.is_ascii_uppercase() || is_indented && (first.is_ascii_alphabetic() || first == b'_') || quote.is_some() && first.is_ascii_alphabetic()) {
        return None;
    }
    let length = text[at..end].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let word = Span::new(at, at + length);
    let next = word.end + usize::from(quote.is_some());
    Some(Found::Heredoc { word, next: next.min(end), is_indented, has_holes: quote != Some(b'\'') })
}

fn php(source: &str, at: usize, end: usize) -> Option<Found> {
    let text = source.as_bytes();
    let mut inner = text[at..end].starts_with(b"<<<").then_some(at + 3)?;
    while text.get(inner) == Some(&b' ') {
        inner += 1;
    }
    match heredoc(source, inner, end)? {
        Found::Heredoc { word, next, has_holes, .. } => Some(Found::Heredoc { word, next, is_indented: true, has_holes }),
        _ => None,
    }
}

fn elixir(source: &str, at: usize, end: usize, tokens: &[Token]) -> Option<Found> {
    let text = source.as_bytes();
    match text[at] {
        b':' => {
            let found = symbol(source, at, end, tokens)?;
            // `:logger.info(x)` calls: there it is a name.
            let calls =
                matches!(&found, Found::Plain { next, .. } if text.get(*next) == Some(&b'.') && text.get(*next + 1).is_some_and(u8::is_ascii_alphabetic));
            (!calls).then_some(found)
        }
        // `?"` is a character.
        b'?' if !tokens.last().is_some_and(|last| last.end as usize == at && last.kind == Kind::Name) => {
            let length = match text.get(at + 1)? {
                b'\\' => 3,
                next if next.is_ascii_graphic() => 2,
                _ => return None,
            };
            let next = (at + length).min(end);
            Some(Found::Plain { body: Span::new(next, next), next })
        }
        b'~' => {
            let letter = *text.get(at + 1).filter(|letter| letter.is_ascii_alphabetic())?;
            let open = *text.get(at + 2)?;
            if let Some(mark) = ["\"\"\"", "'''"].into_iter().find(|mark| text[at + 2..end].starts_with(mark.as_bytes())) {
                let body = at + 5;
                let stop = memchr::memmem::find(&text[body..end], mark.as_bytes()).map_or(end, |found| body + found);
                return Some(Found::Plain { body: Span::new(body, stop), next: (stop + 3).min(end) });
            }
            if open.is_ascii_alphanumeric() || open.is_ascii_whitespace() || at + 2 >= end {
                return None;
            }
            let (close, is_nested) = closing(open);
            Some(Found::Delimited { body: at + 3, close, is_nested, holes: letter.is_ascii_lowercase() })
        }
        _ => None,
    }
}

/// Whether markup stands around the programs of a text: outside of `<?php ... ?>`.
pub(super) fn is_page(source: &str) -> bool {
    let text = source.as_bytes();
    let mut at = 0;
    loop {
        let open = memchr::memmem::find(&text[at..], b"<?").map_or(text.len(), |found| at + found);
        let outside = &text[at..open];
        let is_markup = |start: usize| outside.get(start + 1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!'));
        if memchr::memchr_iter(b'<', outside).any(is_markup) {
            return true;
        }
        match memchr::memmem::find(&text[open..], b"?>") {
            Some(close) => at = open + close + 2,
            None => return false,
        }
    }
}
