//! Literals in pieces: `"sk_" + "..."`, `'a' . 'b'`, adjacent literals of C and Python, a backslash at the line's end.

use super::places::is_token;
use crate::text::Span;

/// How long what joins two literals may be, in bytes, and how long a literal and how many of them.
const LONGEST_JOINT: usize = 100;
const LONGEST_PIECE: usize = 512;
const MOST_PIECES: usize = 32;

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Where the next literal's text begins, if the quote at `at` closes a literal that is joined with another, or if the
/// backslash there joins two lines.
fn joint(text: &[u8], at: usize) -> Option<usize> {
    let limit = (at + LONGEST_JOINT).min(text.len());
    let rest = &text[..limit];
    let first = *rest.get(at)?;
    if first == b'\\' {
        return match rest[at + 1..] {
            [b'\n', ..] => Some(at + 2),
            [b'\r', b'\n', ..] => Some(at + 3),
            _ => None,
        };
    }
    if !is_quote(first) {
        return None;
    }
    let spaces = |from: usize| from + rest[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let gap = spaces(at + 1);
    // Nearly always something else stands behind a literal.
    if !rest.get(gap).is_some_and(|byte| is_quote(*byte) || is_mark(*byte) || b"+.&~|<\\".contains(byte)) {
        return None;
    }
    let operators: [&[u8]; 8] = [b"+", b"..", b".", b"&", b"~", b"||", b"<>", b"\\"];
    let operator = operators.iter().find(|operator| rest[gap..].starts_with(operator));
    let mut next = spaces(gap + operator.map_or(0, |operator| operator.len()));
    // Visual Basic goes on in the next line after an underscore.
    if operator == Some(&&b"&"[..]) && rest.get(next) == Some(&b'_') {
        next = spaces(next + 1);
    }
    if rest.get(next).copied().is_some_and(is_mark) {
        next += 1;
    }
    let quote = *rest.get(next)?;
    let joins = is_quote(quote) && (operator.is_some() || quote == first && gap > at + 1);
    joins.then_some(next + 1)
}

/// Where the literal before the one that opens with the quote at `open` closes, if they are joined and its text ends in a
/// token character.
pub(super) fn before(text: &[u8], open: usize) -> Option<usize> {
    let floor = open.saturating_sub(LONGEST_JOINT - 1);
    let left = &text[floor..open];
    // Nearly always something else stands before a literal, and the last byte tells.
    let space = |byte: &&u8| byte.is_ascii_whitespace();
    let gap = left.iter().rev().take_while(space).count();
    let last = *left.get(left.len().checked_sub(gap + 1)?)?;
    if !(is_quote(last) || b"+.&~|>\\_".contains(&last) || gap == 0 && is_mark(last)) {
        return None;
    }
    let close = floor + left.iter().rposition(|byte| is_quote(*byte))?;
    (joint(text, close) == Some(open + 1) && close > 0 && is_token(text[close - 1])).then_some(close)
}

/// What may stand right before a literal: `f"..."`, `b'...'`, `@"..."`.
fn is_mark(byte: u8) -> bool {
    b"brfuBRFUL@$".contains(&byte)
}

/// Whether the literal that closes at `at` is joined with one that begins with a token character.
pub(super) fn after(text: &[u8], at: usize) -> bool {
    joint(text, at).and_then(|next| text.get(next)).is_some_and(|byte| is_token(*byte))
}

/// Gives all joints of the chain that the one at `at` belongs to.
pub(super) fn chain(text: &[u8], at: usize, each: &mut impl FnMut(Span)) {
    let mut close = at;
    for _ in 0..MOST_PIECES {
        let Some(next) = joint(text, close) else { break };
        each(Span::new(close, next));
        let ceiling = (next + LONGEST_PIECE).min(text.len());
        let Some(length) = text[next..ceiling].iter().position(|byte| is_quote(*byte) || matches!(byte, b'\n' | b'\\')) else { break };
        close = next + length;
    }
    let mut close = at;
    for _ in 0..MOST_PIECES {
        let floor = close.saturating_sub(LONGEST_PIECE);
        let Some(open) = text[floor..close].iter().rposition(|byte| is_quote(*byte) || *byte == b'\n').map(|open| floor + open) else { break };
        let previous = if is_quote(text[open]) {
            let floor = open.saturating_sub(LONGEST_JOINT - 1);
            text[floor..open].iter().rposition(|byte| is_quote(*byte)).map(|found| floor + found)
        } else {
            open.checked_sub(1).map(|end| if text[end] == b'\r' { end.saturating_sub(1) } else { end })
        };
        let Some(previous) = previous.filter(|previous| joint(text, *previous) == Some(open + 1)) else { break };
        each(Span::new(previous, open + 1));
        close = previous;
    }
}
