//! Base64 in either alphabet, padded or not, on one line or several.

use super::places::is_token;
use crate::text::Span;

/// Shorter runs hold no key.
pub(super) const SHORTEST: usize = 24;
/// A line that goes on in the next has at least this length.
const SHORTEST_LINE: usize = 40;
/// A decoded text with a zero byte among so many first is none.
const HEAD: usize = 512;
const NONE: u8 = 0xff;

/// The value of each character; both alphabets.
static VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut at = 0;
    while at < 26 {
        values[b'A' as usize + at] = at as u8;
        values[b'a' as usize + at] = at as u8 + 26;
        at += 1;
    }
    let mut digit = 0;
    while digit < 10 {
        values[b'0' as usize + digit] = digit as u8 + 52;
        digit += 1;
    }
    values[b'+' as usize] = 62;
    values[b'-' as usize] = 62;
    values[b'/' as usize] = 63;
    values[b'_' as usize] = 63;
    values
};

/// Whether a text may begin with a character: with a printable one, a tab, the end of a line, or a letter of two or three bytes.
static FIRST: [bool; 256] = {
    let mut first = [false; 256];
    let mut at = 0;
    while at < 256 {
        let value = VALUES[at];
        first[at] = value == 2 || value == 3 || value >= 8 && value < 32 || value >= 48 && value < 60;
        at += 1;
    }
    first
};

/// Whether a run of base64 begins here that decodes to text, by its first 24 characters. Names and paths fail at the
/// first four.
pub(super) fn begins(text: &[u8], at: usize) -> bool {
    let Some(head) = text.get(at..at + SHORTEST) else { return false };
    if !FIRST[usize::from(head[0])] {
        return false;
    }
    let mut bytes = [0; SHORTEST / 4 * 3];
    // The second byte of UTF-16 is zero: such a text fails at once, or never.
    let wide = VALUES[usize::from(head[1])] & 15 == 0 && VALUES[usize::from(head[2])] >> 2 == 0;
    for (four, three) in head.chunks_exact(4).zip(bytes.chunks_exact_mut(3)) {
        let Some(decoded) = group(four) else { return false };
        three.copy_from_slice(&decoded);
        if !wide && !three.iter().all(|byte| is_textual(*byte)) {
            return false;
        }
    }
    if wide { is_wide(&bytes) } else { is_utf8(&bytes) }
}

/// A byte of a text, or of a letter beyond ASCII.
fn is_textual(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0x80..)
}

/// Whether bytes are UTF-8, up to a letter that is cut at the end.
fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Whether bytes are text of two bytes a letter, the second zero: what PowerShell takes with `-EncodedCommand`.
fn is_wide(bytes: &[u8]) -> bool {
    bytes.chunks_exact(2).all(|pair| pair[1] == 0 && pair[0] < 0x80 && is_textual(pair[0]))
}

fn group(four: &[u8]) -> Option<[u8; 3]> {
    let mut bits = 0_u32;
    for byte in four {
        let value = VALUES[usize::from(*byte)];
        if value == NONE {
            return None;
        }
        bits = bits << 6 | u32::from(value);
    }
    let [_, one, two, three] = bits.to_be_bytes();
    Some([one, two, three])
}

/// What a block of base64 is.
#[derive(Debug)]
pub(super) enum Block {
    /// Where it stands, its text, and what its encoding is called.
    Decoded(Span, Vec<u8>, &'static str),
    /// Something else, up to here.
    Other(usize),
}

/// Decodes the block that begins at `at`, if it gives no more than `most` bytes.
pub(super) fn block(text: &[u8], at: usize, most: usize) -> Block {
    let mut lines: Vec<Span> = Vec::new();
    let (mut start, mut length) = (at, 0);
    let end = loop {
        let end = start + text[start..].iter().take_while(|byte| is_token(**byte)).count();
        lines.push(Span::new(start, end));
        length += end - start;
        match next_line(text, start, end, length) {
            Some(next) => start = next,
            None => break end,
        }
    };
    let padding = text[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
    let whole = Span::new(at, end + padding);
    let has = |byte: u8| lines.iter().any(|line| memchr::memchr(byte, line.of(text)).is_some());
    let (url, standard) = (has(b'-') || has(b'_'), has(b'+') || has(b'/'));
    if url && standard || is_token_part(text, whole) || length / 4 * 3 > most {
        return Block::Other(whole.end);
    }
    let mut bytes = Vec::with_capacity(length / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in lines.iter().flat_map(|line| line.of(text)) {
        bits = bits << 6 | u32::from(VALUES[usize::from(*byte)]);
        count += 1;
        if count == 4 {
            bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match count {
        2 => bytes.push((bits >> 4) as u8),
        3 => bytes.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
    if is_wide(&bytes[..bytes.len().min(HEAD)]) {
        bytes = bytes.iter().copied().step_by(2).collect();
    } else if memchr::memchr(0, &bytes[..bytes.len().min(HEAD)]).is_some() {
        return Block::Other(whole.end);
    }
    Block::Decoded(whole, bytes, if url { "base64url" } else { "base64" })
}

/// Whether a run is one of the parts of a JSON Web Token, whose key type reads all of it.
fn is_token_part(text: &[u8], run: Span) -> bool {
    let dotted = |at: Option<usize>, next: Option<usize>| {
        at.and_then(|at| text.get(at)) == Some(&b'.') && next.and_then(|at| text.get(at)).is_some_and(|byte| is_token(*byte))
    };
    run.of(text).starts_with(b"ey") && (dotted(Some(run.end), Some(run.end + 1)) || dotted(run.start.checked_sub(1), run.start.checked_sub(2)))
}

/// Where a block goes on in the next line: this one is long, nothing follows it, and the next holds base64 alone. A line
/// feed may be written as an escape. `total` characters have been read so far.
fn next_line(text: &[u8], start: usize, end: usize, total: usize) -> Option<usize> {
    if end - start < SHORTEST_LINE {
        return None;
    }
    let rest = &text[end..];
    let feeds = [&b"\r\n"[..], b"\n", b"\\r\\n", b"\\n"];
    let feed = feeds.iter().find(|feed| rest.starts_with(feed))?;
    let indent = rest[feed.len()..].iter().take(80).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let next = end + feed.len() + indent;
    let length = text[next..].iter().take(end - start + 1).take_while(|byte| is_token(**byte)).count();
    let after = text.get(next + length);
    let closes = matches!(after, None | Some(b'\r' | b'\n' | b'=' | b'"' | b'\'' | b'`' | b'\\' | b'<' | b',' | b')' | b';'));
    // A line that is text by itself and would not be as the rest of this one: two values below each other.
    let is_other = !total.is_multiple_of(4) && begins(text, next);
    (length > 0 && length <= (end - start).max(76) && closes && !is_other).then_some(next)
}
