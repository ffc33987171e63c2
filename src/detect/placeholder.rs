//! What is written where a secret would stand: masks, words, sequences, documented samples, references.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use sha2::{Digest, Sha256};

use super::Rejection;
use super::rarity;
use crate::context_data_static::{PLACEHOLDER_VALUES, PLACEHOLDER_WORDS, SAMPLES};
use crate::text::Span;

/// Why a value is a placeholder, if it is one. `prefix` bytes at its start belong to the format; `exotic` says whether
/// its characters may be free (a password) so that only whole-value tests are fair.
pub(super) fn judge(value: &[u8], prefix: usize, exotic: bool) -> Option<Rejection> {
    let body = &value[prefix.min(value.len())..];
    let lower = String::from_utf8_lossy(body).to_ascii_lowercase();
    if PLACEHOLDER_VALUES.contains(&lower.as_str()) {
        return Some(Rejection::Placeholder("its whole value is a stock word"));
    }
    if is_reference(body) {
        return Some(Rejection::Reference);
    }
    if is_mask(body) {
        return Some(Rejection::Placeholder("one character is repeated"));
    }
    if exotic {
        let plain = if lower.contains('%') { without_escapes(&lower) } else { lower };
        return (words_alone(&plain) || says_password(&plain)).then_some(Rejection::Placeholder("it is made of stock words"));
    }
    if is_sequence(body) {
        return Some(Rejection::Placeholder("it counts up or down, or repeats a short piece"));
    }
    if holds_word(body) {
        return Some(Rejection::Placeholder("it holds a stock word"));
    }
    if body.len() >= 20 && body.iter().all(u8::is_ascii_digit) {
        return Some(Rejection::Placeholder("it is all digits"));
    }
    let lettered = body.iter().filter(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit()).count();
    if body.len() <= 120 && lettered * 3 >= body.len() && rarity::reads_like_words(body) {
        return Some(Rejection::NotRare);
    }
    None
}

/// The owner of a sample key that everybody may read.
pub(super) fn sample(value: &[u8]) -> Option<&'static str> {
    let mut short = [0; 8];
    short.copy_from_slice(&Sha256::digest(value)[..8]);
    let name = data_encoding::HEXLOWER.encode(&short);
    SAMPLES.binary_search_by(|(known, _)| (*known).cmp(name.as_str())).ok().map(|at| SAMPLES[at].1)
}

/// `${X}`, `{{ x }}`, `<x>`, `%X%`, `$(x)`: the value comes from somewhere else.
fn is_reference(value: &[u8]) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(value, needle).is_some();
    // `{password}` and its kin are filled by whoever formats the text.
    memchr::memchr(b'{', value).is_some_and(|at| memchr::memchr(b'}', &value[at..]).is_some())
        || has(b"${")
        || has(b"{{")
        || has(b"$(")
        || has(b"<%")
        || has(b"#{")
        || has(b"%(")
        || has(b"ENC[")
        || has(b"...")
        || has("\u{2026}".as_bytes())
        || matches!((value.first(), value.last()), (Some(b'<'), Some(b'>')) | (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}')) | (Some(b'%'), Some(b'%')))
        || (value.first() == Some(&b'$') && value.len() > 1 && value[1..].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'))
        || (value.starts_with(b"__") && value.ends_with(b"__"))
}

/// Words and paths right before a digest or the name of a version.
const DIGESTS: &[&str] = &[
    "sha",
    "sha1",
    "sha256",
    "sha384",
    "sha512",
    "md5",
    "commit",
    "commits",
    "rev",
    "revision",
    "ref",
    "digest",
    "checksum",
    "etag",
    "integrity",
    "hash",
    "fingerprint",
    "oid",
    "tree",
    "blob",
    "raw",
    "parent",
    "parents",
    "head",
    "base",
    "version",
    "nonce",
    "crc",
    "cid",
    "reference",
    "shasum",
];

/// What stands right before digests in base64: lists of installed files, lock files, `go.sum`.
const DIGEST_MARKS: &[&[u8]] = &[b"sha256=", b"sha384=", b"sha512=", b"sha256-", b"sha384-", b"sha512-", b"sha256:", b" h1:"];

/// Last words of names that say of a value that it is no secret. `r` and `s` are the halves of a signature.
const OTHER_NAMES: &[&str] = &["id", "ids", "uuid", "guid", "signature", "accessor", "serial", "thumbprint", "slug", "r", "s"];

/// The last word before a value and, of `commitSha`, the last part of it; nothing where more than a few separators lie between.
fn word_before(left: &[u8]) -> Option<[&[u8]; 2]> {
    let end = left.iter().rposition(|byte| byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let between = &left[end..];
    if between.is_empty() || between.len() > 6 || between.iter().any(|byte| matches!(byte, b',' | b';' | b'\n' | b'(' | b')')) {
        return None;
    }
    let start = left[..end].iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let word = &left[start..end];
    let inner = word.iter().rposition(|byte| !byte.is_ascii_uppercase()).map_or(word, |at| &word[at + 1..]);
    // `appID` ends with capitals, `commitSha` with one and small letters.
    let camel = if inner.is_empty() { word.iter().rposition(u8::is_ascii_uppercase).map_or(word, |at| &word[at..]) } else { inner };
    Some([word, camel])
}

/// Whether the word before a value names a digest, or a path or `@` before it a version: `sha: `, `"etag": "`,
/// `/blob/`, `action@`, `sha256=`.
pub(super) fn is_digest(text: &[u8], value: Span) -> bool {
    let left = &text[value.start.saturating_sub(48)..value.start];
    if DIGEST_MARKS.iter().any(|mark| left.ends_with(mark)) {
        return true;
    }
    let body = value.of(text);
    if !body.strip_prefix(b"0x").unwrap_or(body).iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    // `action@`, and the `b'` of Python before a commit.
    if left.ends_with(b"@") || left.ends_with(b"@ b'") {
        return true;
    }
    word_before(left).is_some_and(|words| words.iter().any(|word| DIGESTS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))))
}

/// The last word of a value's own name that says of it that it is no secret: `project_id`, `appID`, `Signature=`.
pub(super) fn other_name(text: &[u8], value: Span) -> Option<&'static str> {
    let words = word_before(&text[value.start.saturating_sub(48)..value.start])?;
    OTHER_NAMES.iter().find(|known| words.iter().any(|word| known.as_bytes().eq_ignore_ascii_case(word))).copied()
}

/// The URL up to a value that stands in its path or its fragment.
pub(super) fn path_before(text: &[u8], value: Span) -> Option<&[u8]> {
    let left = &text[value.start.saturating_sub(512)..value.start];
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'{' | b'}' | b'|' | b'\\' | b',');
    let start = left.iter().rposition(ends).map_or(0, |at| at + 1);
    let scheme = memchr::memmem::rfind(&left[start..], b"://")?;
    let rest = &left[start + scheme + 3..];
    // A user name and a password come before the host, a key in the query behind a question mark.
    let at = memchr::memchr2(b'/', b'#', rest)?;
    let is_query = memchr::memchr(b'?', &rest[at..]).is_some() && memchr::memchr(b'#', rest).is_none();
    (!is_query && text.get(value.end) != Some(&b'@')).then_some(rest)
}

/// The longest line of base64 that is one of many, and the shortest, in bytes.
const BLOCK_LINE: std::ops::RangeInclusive<usize> = 60..=76;
/// The most bytes of line ends, quotes and indentation between two of them.
const GAP: usize = 16;

/// Whether a value lies in a line of base64 beside one that is as long and as mixed: a block of PEM without its dress.
fn is_in_block(text: &[u8], value: Span) -> bool {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let reach = BLOCK_LINE.end() + GAP;
    let before = &text[value.start.saturating_sub(reach)..value.start];
    let after = &text[value.end..(value.end + reach).min(text.len())];
    let left = before.iter().rev().take_while(|byte| inner(byte)).count();
    let right = after.iter().take_while(|byte| inner(byte)).count();
    // The `n` of an escape before the line is none of it.
    let left = if left > 0 && before[..before.len() - left].ends_with(b"\\") { left - 1 } else { left };
    let length = left + value.len() + right;
    if !BLOCK_LINE.contains(&length) || value.len() * 3 < length {
        return false;
    }
    let is_line = |run: &[u8]| {
        run.len() == length
            && run.iter().all(inner)
            && run.iter().any(u8::is_ascii_uppercase)
            && run.iter().any(u8::is_ascii_lowercase)
            && run.iter().any(u8::is_ascii_digit)
    };
    let is_gap = |gap: &[u8]| gap.iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'\\' | b'n' | b'+' | b'.' | b'*'));
    let next = |gap: usize| {
        let rest = &text[value.end + right..];
        let end = gap + length;
        rest.len() >= end && is_gap(&rest[..gap]) && is_line(&rest[gap..end]) && !rest.get(end).is_some_and(&inner)
    };
    let previous = |gap: usize| {
        let rest = &text[..value.start - left];
        let Some(start) = rest.len().checked_sub(gap + length) else { return false };
        is_gap(&rest[start + length..]) && is_line(&rest[start..start + length]) && !rest[..start].last().is_some_and(&inner)
    };
    (1..=GAP).any(|gap| next(gap) || previous(gap))
}

/// Whether a value lies amid a longer run of base64: a prefix of three letters stands in every megabyte of it.
pub(super) fn is_in_blob(text: &[u8], value: Span) -> bool {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mixed = |run: &[u8]| {
        run.len() == 12
            && run.iter().all(inner)
            && run.iter().any(u8::is_ascii_uppercase)
            && run.iter().any(u8::is_ascii_lowercase)
            && run.iter().any(u8::is_ascii_digit)
    };
    let before =
        text[..value.start].last().is_some_and(|byte| matches!(byte, b'+' | b'/')) && value.start >= 13 && mixed(&text[value.start - 13..value.start - 1]);
    let after = text.get(value.end).is_some_and(|byte| matches!(byte, b'+' | b'/')) && text.get(value.end + 1..value.end + 13).is_some_and(mixed);
    before || after || is_in_block(text, value)
}

/// Three or fewer different characters, or a long run of one.
fn is_mask(body: &[u8]) -> bool {
    if body.len() < 4 {
        return false;
    }
    let mut seen = [false; 256];
    body.iter().for_each(|byte| seen[usize::from(byte.to_ascii_lowercase())] = true);
    if body.len() >= 8 && seen.iter().filter(|present| **present).count() <= 3 {
        return true;
    }
    let (mut run, mut longest) = (1, 1);
    for pair in body.windows(2) {
        run = if pair[0] == pair[1] { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest * 2 >= body.len() || (longest >= 6 && body.len() <= 64)
}

/// Half of it or more counts up or down, or the whole repeats a short piece.
fn is_sequence(body: &[u8]) -> bool {
    let len = body.len();
    if len < 8 {
        return false;
    }
    if (1..=(len / 2).min(16)).any(|period| body.iter().zip(&body[period..]).all(|(one, other)| one == other)) {
        return true;
    }
    let step = |one: u8, other: u8| -> i16 { i16::from(other.to_ascii_lowercase()) - i16::from(one.to_ascii_lowercase()) };
    let (mut covered, mut start) = (0, 0);
    for at in 1..=len {
        let goes_on = at < len && at > start && {
            let direction = step(body[start], body[(start + 1).min(len - 1)]);
            matches!(direction, 1 | -1) && step(body[at - 1], body[at]) == direction
        };
        if !goes_on {
            if at - start >= 3 {
                covered += at - start;
            }
            start = at;
        }
    }
    covered * 3 >= len * 2 || (covered * 2 >= len && len >= 16)
}

/// All stock words at once, whatever their case.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(PLACEHOLDER_WORDS).ok());

/// A stock word as a word of the body, or a long one anywhere in it.
fn holds_word(body: &[u8]) -> bool {
    let is_break = |at: usize| {
        at == 0
            || at >= body.len()
            || !body[at - 1].is_ascii_alphabetic()
            || !body[at].is_ascii_alphabetic()
            || (body[at - 1].is_ascii_lowercase() && body[at].is_ascii_uppercase())
    };
    let is_edge = |at: usize| at == 0 || at >= body.len() || !body[at - 1].is_ascii_alphanumeric() || !body[at].is_ascii_alphanumeric();
    let Some(words) = WORDS.as_ref() else { return false };
    words.find_overlapping_iter(body).any(|found| {
        let (at, end) = (found.start(), found.end());
        let written = &body[at..end];
        let one_case = written.iter().skip(1).all(u8::is_ascii_lowercase) || written.iter().all(u8::is_ascii_uppercase);
        match written.len() {
            0..=2 => false,
            3 => is_edge(at) && is_edge(end) && body.len() > 3,
            4 => one_case && is_break(at) && is_break(end) && (is_edge(at) || is_edge(end)),
            5 | 6 => one_case && is_break(at) && is_break(end),
            _ => true,
        }
    })
}

/// `a%20secret` with spaces for what is escaped.
fn without_escapes(lower: &str) -> String {
    let mut parts = lower.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push(' ');
        plain.push_str(if part.len() >= 2 && part.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit) { &part[2..] } else { part });
    }
    plain
}

/// A word for passwords with letters before it, as documentation writes it: `bbpasswd`, `reader_password`, `DB_PASSWORD`.
fn says_password(lower: &str) -> bool {
    const ENDS: &[&str] =
        &["password", "passwd", "passwort", "passphrase", "wachtwoord", "kennwort", "contrasena", "contraseña", "motdepasse", "senha", "heslo"];
    let stem = lower.trim_end_matches(|letter: char| letter.is_ascii_digit());
    lower.len() - stem.len() <= 3
        && ENDS.iter().any(|end| stem.ends_with(end))
        && stem.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '_' | '-' | '.'))
}

/// Every part between separators is a stock word or a number of at most four digits; a letter alone says nothing.
fn words_alone(lower: &str) -> bool {
    let parts = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let mut any = false;
    for part in parts {
        if part.len() == 1 && part.as_bytes()[0].is_ascii_alphabetic() {
            continue;
        }
        let stem = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
        if !(PLACEHOLDER_WORDS.contains(&stem) || PLACEHOLDER_VALUES.contains(&stem) || (stem.is_empty() && part.len() <= 4)) {
            return false;
        }
        any = true;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::examples::fill;

    fn check(template: &str, prefix: usize) -> bool {
        let value = fill(template, 7).expect("a template");
        judge(value.as_bytes(), prefix, false).is_some()
    }

    #[test]
    fn placeholders() {
        for (template, prefix) in [
            ("sk_live_{repeat:x:24}", 8),
            ("sk_test_your_secret_key_goes_here", 8),
            ("sk_{repeat:0123456789abcdef:3}", 3),
            ("sk_live_51J{repeat:*:10}", 8),
            ("sk_test_1234567890", 8),
            ("sk_live_NEVER_LEAK", 8),
            ("ghp_abcdefghijkl{repeat:m:1}nopqrstuvwxyz0123456789", 4),
            ("sk_abc123def456ghi789jkl012mno345pqr678", 3),
            ("sk_{repeat:deadbeef:6}", 3),
            ("AKIA{upper-alnum:9}EXAMPLE", 4),
            ("sk_live_{repeat:thisIsNotARealKeyButLong:1}", 8),
            ("sk_live_${STRIPE_KEY}", 8),
        ] {
            assert!(check(template, prefix), "{template}");
        }
    }

    #[test]
    fn digests_by_their_names() {
        let check = |text: &str| {
            let start = text.find("0a1b").expect("a value");
            is_digest(text.as_bytes(), Span::new(start, start + 8))
        };
        for text in ["sha: 0a1b2c3d", "{\"etag\":\"0a1b2c3d\"}", "x/blob/0a1b2c3d/y", "action@0a1b2c3d", "commitSha = '0a1b2c3d'", "--hash=sha256:0a1b2c3d"] {
            assert!(check(text), "{text}");
        }
        for text in ["key: 0a1b2c3d", "https://h/v2/0a1b2c3d", "secret = '0a1b2c3d'", "f(hash, '0a1b2c3d')"] {
            assert!(!check(text), "{text}");
        }
    }

    #[test]
    fn digests_in_lists_of_files() {
        let value = fill("{base64url:43}", 3).expect("a template");
        for before in ["a/b.py,sha256=", "\"integrity\": \"sha512-", "github.com/x/y v1.0.0 h1:"] {
            let text = format!("{before}{value}");
            assert!(is_digest(text.as_bytes(), Span::new(before.len(), text.len())), "{before}");
        }
    }

    #[test]
    fn values_by_their_own_names() {
        let value = fill("{lower-hex:32}", 3).expect("a template");
        for (before, wanted) in [
            ("\"runtime-id\": \"", Some("id")),
            ("| project_id   | ", Some("id")),
            ("appID = '", Some("id")),
            ("SignedHeaders=host, Signature=", Some("signature")),
            ("v: '0x1b', r: '", Some("r")),
            ("api_key: '", None),
            ("valid = '", None),
            ("f(id, '", None),
        ] {
            let text = format!("{before}{value}'");
            assert_eq!(other_name(text.as_bytes(), Span::new(before.len(), before.len() + value.len())), wanted, "{before}");
        }
    }

    #[test]
    fn values_in_paths() {
        let value = fill("{alnum:32}", 3).expect("a template");
        for (before, after, wanted) in [
            ("'https://x.app.box.com/s/", "/file'", true),
            ("// http://download.x.com/help.html#", "", true),
            ("https://x.com/#view/a%2F", " ", true),
            ("https://x.com/v1?key=", "", false),
            ("https://user:", "@x.com/a", false),
            ("fetch('https://x.com/a', '", "')", false),
            ("key = '", "'", false),
        ] {
            let text = format!("{before}{value}{after}");
            assert_eq!(path_before(text.as_bytes(), Span::new(before.len(), before.len() + value.len())).is_some(), wanted, "{before}");
        }
    }

    #[test]
    fn lines_of_blocks() {
        let [one, two, short] = [(64, 1), (64, 2), (48, 3)].map(|(length, seed)| fill(&format!("{{alnum:{length}}}"), seed).expect("a template"));
        for (before, after, wanted) in [
            ("\"".to_owned(), format!("\\n\"\n  \"{two}\\n\""), true),
            (format!("{two}\n"), String::new(), true),
            (format!("\"{two}\\n"), "\\n\"".to_owned(), true),
            (format!("{two} "), format!(" {short}"), true),
            ("KEY=".to_owned(), format!("\nOTHER={two}"), false),
            (format!("{short}\n"), String::new(), false),
        ] {
            let text = format!("{before}{one}{after}");
            assert_eq!(is_in_block(text.as_bytes(), Span::new(before.len(), before.len() + one.len())), wanted, "{text}");
        }
    }

    #[test]
    fn passwords_of_documentation() {
        for password in ["tiger", "tiger^5HHH", "bbpasswd", "oplog_reader_password", "DB_PASSWORD", "a%20secret", "wachtwoord", "benutzerpasswort", "mypass"] {
            assert!(judge(password.as_bytes(), 0, true).is_some(), "{password}");
        }
        for template in ["{alnum:12}", "correct-horse-{lower-alnum:6}", "Tr{digits:4}%40{alnum:5}"] {
            let password = fill(template, 5).expect("a template");
            assert!(judge(password.as_bytes(), 0, true).is_none(), "{password}");
        }
    }

    #[test]
    fn real_bodies() {
        for (template, prefix) in
            [("sk_{lower-hex:48}", 3), ("sk_live_{alnum:24}", 8), ("ghp_{alnum:36}", 4), ("AKIA{base32:16}", 4), ("whsec_{base64url:32}", 6)]
        {
            for seed in 0..300 {
                let value = fill(template, seed).expect("a template");
                let judged = judge(value.as_bytes(), prefix, false);
                assert!(judged.is_none(), "{template} with seed {seed}: {judged:?}");
            }
        }
    }
}
