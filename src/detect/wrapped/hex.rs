//! Hexadecimal digits, two a byte.

/// Digits of which all must spell text: half as many bytes. Digests do not.
const SHORTEST: usize = 32;

/// Whether a run of hex digits begins here that spells printable text.
pub(super) fn begins(text: &[u8], at: usize) -> bool {
    // Most runs are none by their first digit.
    matches!(text.get(at), Some(b'0' | b'2'..=b'7'))
        && text.get(at..at + SHORTEST).is_some_and(|head| {
            head.chunks_exact(2).all(|pair| matches!(byte_of(pair), Some(b' '..=b'~' | b'\n' | b'\r' | b'\t')))
            // Chance and hand-written samples are digits; letters begin with 6 and 7.
            && head.chunks_exact(2).any(|pair| matches!(pair[0], b'6' | b'7'))
        })
}

fn byte_of(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    Some((digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?) as u8)
}

/// Where the whole bytes of a run end.
pub(super) fn end(text: &[u8], at: usize) -> usize {
    let digits = text[at..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    at + digits / 2 * 2
}

/// Decodes digits.
pub(super) fn decode(digits: &[u8], out: &mut Vec<u8>) {
    out.extend(digits.chunks_exact(2).filter_map(byte_of));
}
