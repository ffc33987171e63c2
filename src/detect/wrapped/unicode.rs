//! `\xNN`, `\uNNNN`, `\u{N}` and `\UNNNNNNNN` of programs and JSON.

/// The length of the escape at `at` and the code point that it stands for.
pub(super) fn unit(text: &[u8], at: usize) -> Option<(usize, u32)> {
    let [b'\\', letter @ (b'x' | b'u' | b'U'), ..] = *text.get(at..)? else { return None };
    if text.get(at + 2) == Some(&b'{') && letter != b'U' {
        let inside = &text[at + 3..(at + 3 + 9).min(text.len())];
        let digits = memchr::memchr(b'}', inside)?;
        return Some((digits + 4, number(&inside[..digits])?));
    }
    let digits = match letter {
        b'x' => 2,
        b'u' => 4,
        _ => 8,
    };
    Some((digits + 2, number(text.get(at + 2..at + 2 + digits)?)?))
}

/// The value of at least one and at most eight hex digits.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0, |sum: u32, digit| Some(sum << 4 | (*digit as char).to_digit(16)?))
}
