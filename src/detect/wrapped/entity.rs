//! Character references of HTML and XML.

use super::unicode::number;

/// Those with a name that may stand in a key, and those that every text has.
const NAMED: &[(&[u8], u8)] = &[
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"lowbar", b'_'),
    (b"UnderBar", b'_'),
    (b"sol", b'/'),
    (b"plus", b'+'),
    (b"equals", b'='),
    (b"colon", b':'),
    (b"commat", b'@'),
    (b"period", b'.'),
    (b"hyphen", b'-'),
];

/// The length of the reference at `at` and the code point that it stands for.
pub(super) fn unit(text: &[u8], at: usize) -> Option<(usize, u32)> {
    let inside = text.get(at + 1..(at + 12).min(text.len()))?;
    if text[at] != b'&' {
        return None;
    }
    let end = memchr::memchr(b';', inside)?;
    let code = match &inside[..end] {
        [b'#', b'x' | b'X', digits @ ..] => number(digits)?,
        [b'#', digits @ ..] if !digits.is_empty() && digits.len() <= 7 && digits.iter().all(u8::is_ascii_digit) => {
            digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
        }
        name => NAMED.iter().find(|(known, _)| known == &name).map(|(_, byte)| u32::from(*byte))?,
    };
    Some((end + 2, code))
}
