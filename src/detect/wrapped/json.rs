//! The short escapes of JSON: `\/`, `\"`, `\\`, `\n`.

/// The length of the escape at `at` and the character that it stands for.
pub(super) fn unit(text: &[u8], at: usize) -> Option<(usize, u32)> {
    if text.get(at) != Some(&b'\\') {
        return None;
    }
    let stands_for = match text.get(at + 1)? {
        slash @ (b'/' | b'"' | b'\\') => *slash,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        _ => return None,
    };
    Some((2, u32::from(stands_for)))
}

/// How far around an escaped slash is looked, in bytes, and how long a value with one is.
const REACH: usize = 100;
const SHORTEST: usize = 32;

/// Whether the escaped slash at `at` may stand within a key, which has digits and letters of both cases, or begins the
/// host of a URL with a password.
pub(super) fn begins(text: &[u8], at: usize) -> bool {
    let joins = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'\\' | b'=');
    let left = text[at.saturating_sub(REACH)..at].iter().rev().take_while(joins).count();
    let ahead = &text[at..(at + REACH).min(text.len())];
    let right = ahead.iter().take_while(joins).count();
    let around = &text[at - left..at + right];
    let is_key = around.len() >= SHORTEST
        && around.iter().any(u8::is_ascii_digit)
        && around.iter().any(u8::is_ascii_uppercase)
        && around.iter().any(u8::is_ascii_lowercase);
    let is_host = || ahead.starts_with(br"\/\/") && ahead.iter().take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'"').any(|byte| *byte == b'@');
    is_key || at > 0 && text[at - 1] == b':' && is_host()
}
