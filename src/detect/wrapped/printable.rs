//! Quoted-printable (RFC 2045, section 6.7): `=XX`, and `=` at a line's end, which goes on in the next.

use super::places::is_token;
use super::unicode::number;
use crate::text::Span;

/// What a soft break stands for: nothing.
pub(super) const BREAK: u32 = u32::MAX;
/// The longest line, with the `=` at its end, and the shortest that somebody breaks.
const LONGEST_LINE: usize = 76;
const SHORTEST_LINE: usize = 40;
/// How far before a place its paragraph is looked for, and how far it goes on behind. In bytes.
const BEFORE: usize = 2048;
const AFTER: usize = 64 << 10;

/// The length of the escape or soft break at `at` and what it stands for.
pub(super) fn unit(text: &[u8], at: usize) -> Option<(usize, u32)> {
    match *text.get(at..)? {
        [b'=', b'\n', ..] => Some((2, BREAK)),
        [b'=', b'\r', b'\n', ..] => Some((3, BREAK)),
        [b'=', one @ (b'0'..=b'9' | b'A'..=b'F'), other @ (b'0'..=b'9' | b'A'..=b'F'), ..] => Some((3, number(&[one, other])?)),
        _ => None,
    }
}

/// Whether the `=` at `at` ends a line of the right length, and the next begins with what may be the rest of a value.
pub(super) fn breaks_softly(text: &[u8], at: usize) -> bool {
    let Some((length, BREAK)) = unit(text, at) else { return false };
    let floor = at.saturating_sub(LONGEST_LINE);
    let column = memchr::memrchr(b'\n', &text[floor..at]).map_or(at - floor, |feed| at - floor - feed - 1);
    (SHORTEST_LINE..LONGEST_LINE).contains(&column) && text.get(at + length).is_some_and(|byte| is_token(*byte))
}

/// The lines that hold a place and hang together by soft breaks, from `done` on.
pub(super) fn region(text: &[u8], at: usize, done: usize) -> Span {
    let floor = at.saturating_sub(BEFORE).max(done).min(at);
    let line_of = |at: usize| memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |feed| floor + feed + 1);
    let mut start = line_of(at);
    while start > floor {
        let before = &text[floor..start - 1];
        if !before.strip_suffix(b"\r").unwrap_or(before).ends_with(b"=") {
            break;
        }
        start = line_of(start - 1);
    }
    let ceiling = (at + AFTER).min(text.len());
    let mut end = at;
    while let Some(feed) = memchr::memchr(b'\n', &text[end..ceiling]).map(|feed| end + feed) {
        end = feed + 1;
        let line = text[..feed].strip_suffix(b"\r").unwrap_or(&text[..feed]);
        if !line.ends_with(b"=") {
            return Span::new(start, end);
        }
    }
    Span::new(start, ceiling)
}
