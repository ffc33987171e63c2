//! Where something may be wrapped. A place depends on [`REACH`] bytes around it and on nothing else: it is a lead, and a
//! history inherits it.
//!
//! They show at long runs of letters and digits, by their first bytes and what stands at their ends; and at the characters
//! that escapes begin with. Both are found with the runs that may be values (`pass`).

use super::super::classes::CLASSES;
use super::{Kind, Unit, base64, entity, hex, joined, json, percent, printable, unicode};

/// A place that is worth decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Place {
    pub(in super::super) at: u32,
    pub(in super::super) kind: Kind,
}

/// How many bytes before and after a place decide whether it is one.
pub(in super::super) const REACH: usize = 256;

/// Shorter runs say nothing by themselves.
const SHORTEST_RUN: usize = super::super::table::SHORTEST_START;
/// How much of the stretch around an escape is looked at on each side, and how long it must be. In bytes.
const STRETCH: usize = 64;
const SHORTEST_STRETCH: usize = 20;

/// Looks at one of the characters that escapes begin with.
pub(in super::super) fn escape_at(text: &[u8], at: usize, out: &mut Vec<Place>) {
    // Nearly always two more bytes tell that it is none: a line feed's escape, an operator, a letter beyond ASCII.
    let (one, other) = (text.get(at + 1).copied().unwrap_or_default(), text.get(at + 2).copied().unwrap_or_default());
    let kind = match (text[at], one) {
        (b'\\', b'u' | b'U') if matches!(other, b'0' | b'{') && tells(text, at, unicode::unit, &[4, 6]) => Kind::Unicode,
        (b'\\', b'x') if matches!(other, b'0' | b'2'..=b'7' | b'{') && tells(text, at, unicode::unit, &[4, 6]) => Kind::Unicode,
        (b'\\', b'/') if json::begins(text, at) => Kind::Json,
        (b'%', b'2'..=b'7') if other.is_ascii_hexdigit() && tells(text, at, percent::unit, &[3]) => Kind::Percent,
        (b'&', b'#' | b'a'..=b'z' | b'U') if tells(text, at, entity::unit, &[5, 6, 7]) => Kind::Entity,
        _ => return,
    };
    out.push(Place { at: at as u32, kind });
}

/// Whether an escape stands for a character that keys have, amid a stretch that is long enough for one, and is the first of
/// those that follow each other; `lengths` are those of the escapes before it.
fn tells(text: &[u8], at: usize, unit: Unit, lengths: &[usize]) -> bool {
    let telling = |at: usize| unit(text, at).filter(|(_, code)| u8::try_from(*code).is_ok_and(is_telling));
    if telling(at).is_none() {
        return false;
    }
    let follows = |length: &usize| at.checked_sub(*length).is_some_and(|before| telling(before).is_some_and(|(found, _)| found == *length));
    !lengths.iter().any(follows) && stretch(text, at) >= SHORTEST_STRETCH
}

fn is_telling(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+/.:@=%\\&".contains(&byte)
}

/// The length of what stands around a place without a space or a quote, as far as it is looked at.
fn stretch(text: &[u8], at: usize) -> usize {
    let joins = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-+/.=:@\\%&#;{}~!*".contains(byte);
    let left = text[at.saturating_sub(STRETCH)..at].iter().rev().take_while(joins).count();
    let right = text[at..(at + STRETCH).min(text.len())].iter().take_while(joins).count();
    left + right
}

/// Whether base64 may have a byte, in either alphabet; padding is none.
pub(super) fn is_token(byte: u8) -> bool {
    CLASSES[usize::from(byte)] != 0
}

/// Looks at the runs that begin among the 64 bytes at `at` or have their last 16 bytes begin there. The bits of `here` say
/// which of these bytes are token characters, `carry` whether the one before is, and `joined` where 16 follow each other.
pub(in super::super) fn runs_in(text: &[u8], at: usize, carry: u64, here: u64, joined: u128, out: &mut Vec<Place>) {
    let mut starts = joined as u64 & !(here << 1 | carry);
    // And here where 22 do: shorter ones hold no base64 of a key.
    let long = (joined & joined >> 6) as u64;
    while starts != 0 {
        let start = starts.trailing_zeros();
        begins(text, at + start as usize, long >> start & 1 == 1, out);
        starts &= starts - 1;
    }
    let mut lasts = (joined & !(joined >> 1)) as u64;
    while lasts != 0 {
        ends(text, at + lasts.trailing_zeros() as usize + SHORTEST_RUN, out);
        lasts &= lasts - 1;
    }
}

/// Looks at the first bytes of a run, if it is long, and at what stands before it.
fn begins(text: &[u8], start: usize, is_long: bool, out: &mut Vec<Place>) {
    let mut add = |at: usize, kind: Kind| out.push(Place { at: at as u32, kind });
    let before = start.checked_sub(1).map(|at| text[at]);
    if is_long {
        // The last letter of an escape is no part of what follows it.
        let inner = start + usize::from(before == Some(b'\\') && matches!(text[start], b'n' | b'r' | b't'));
        let digits = inner + 2 * usize::from(text[inner] == b'0' && text[inner..].starts_with(b"0x"));
        if hex::begins(text, digits) {
            add(digits, Kind::Hex);
        } else if base64::begins(text, inner) {
            add(inner, Kind::Base64);
        }
    }
    match before {
        Some(b'"' | b'\'' | b'`') => {
            if let Some(at) = joined::before(text, start - 1) {
                add(at, Kind::Joined);
            }
        }
        Some(b'\n') => {
            let feed = start - 1 - usize::from(start > 1 && text[start - 2] == b'\r');
            match feed.checked_sub(1).map(|at| text[at]) {
                Some(b'=') => add(feed - 1, Kind::Printable),
                Some(b'\\') => add(feed - 1, Kind::Joined),
                _ => {}
            }
        }
        Some(b'=') if printable::unit(text, start - 1).is_some_and(|(_, code)| code == u32::from(b'=')) => add(start - 1, Kind::Printable),
        _ => {}
    }
}

/// Looks at what stands behind a run.
fn ends(text: &[u8], end: usize, out: &mut Vec<Place>) {
    let kind = match text.get(end) {
        Some(b'"' | b'\'' | b'`' | b'\\') if joined::after(text, end) => Kind::Joined,
        Some(b'=') if printable::breaks_softly(text, end) => Kind::Printable,
        _ => return,
    };
    out.push(Place { at: end as u32, kind });
}
