//! Strings of one line, for any language: enough to tell a comment after a string from text inside it.

use std::ops::Range;

/// Letters that stand before the quote of a string without being its contents: Python's, Rust's, C's, SQL's.
const PREFIXES: &[&[u8]] = &[b"b", b"br", b"e", b"f", b"fr", b"l", b"n", b"r", b"rb", b"rf", b"s", b"t", b"u", b"x"];

/// Where strings stand in `line`, quotes included. A quote without a partner opens none, and neither does an apostrophe
/// within a word; a backslash takes the next byte with it. Linear in the length of the line: a search for a partner that
/// fails is the last of its kind of quote.
pub(super) fn strings(line: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let byte = line[at];
        match byte {
            b'\\' => at += 1,
            b'"' | b'`' => at = close(line, at).map_or(at, |end| push(&mut found, at, end)),
            b'\'' if !within_word(line, at) => at = close(line, at).map_or(at, |end| push(&mut found, at, end)),
            _ => {}
        }
        at += 1;
    }
    found
}

fn push(found: &mut Vec<Range<usize>>, start: usize, end: usize) -> usize {
    found.push(start..end + 1);
    end
}

/// The quote that ends the string which begins at `start`.
fn close(line: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    while at < line.len() {
        match line[at] {
            b'\\' => at += 1,
            byte if byte == line[start] => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether the apostrophe at `at` is that of `don't`.
fn within_word(line: &[u8], at: usize) -> bool {
    let before = &line[..at];
    let word = &before[before.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |gap| gap + 1)..];
    let after = line.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
    !word.is_empty() && after && !PREFIXES.iter().any(|prefix| prefix.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_a_line() {
        let cases: &[(&str, &[&str])] = &[
            (r#"a = "b" + 'c' + `d`"#, &[r#""b""#, "'c'", "`d`"]),
            (r#"a = "b \" c" # "d""#, &[r#""b \" c""#, r#""d""#]),
            ("don't, isn't 'x'", &["'x'"]),
            ("f'abc' + N'x'", &["'abc'", "'x'"]),
            (r#"say "open"#, &[]),
            (r#"it"s 'a"#, &[]),
            (r#"\"a\" "b""#, &[r#""b""#]),
            ("\"\"\"a\"\"\"", &["\"\"", "\"a\"", "\"\""]),
            ("", &[]),
            ("\\", &[]),
        ];
        for (line, expected) in cases {
            let found: Vec<&str> = strings(line.as_bytes()).into_iter().map(|range| &line[range]).collect();
            assert_eq!(found, *expected, "{line}");
        }
    }
}
