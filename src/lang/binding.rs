//! The name that a value is given to: a variable, a key of an object, a header, an environment entry.
//!
//! Works backwards from the value over what languages put between a name and its value, so that it serves code, env
//! files, YAML, JSON, TOML, XML and Dockerfiles alike.

use crate::text::Span;

/// How far left a name may stand, in bytes.
const REACH: usize = 200;

/// The name to the left of a value, or nothing.
pub fn name_of(text: &[u8], value: Span) -> Option<String> {
    let from = value.start.saturating_sub(REACH);
    let left = &text[from..value.start.min(text.len())];
    direct(left).or_else(|| xml(left)).or_else(|| named_entry(text, value))
}

/// `NAME = "`, `"name": "`, `name := '`, `ENV NAME `, `NAME => `, `name="Bearer `.
fn direct(left: &[u8]) -> Option<String> {
    let mut rest = strip_end(left, |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\'));
    for scheme in [&b"Bearer "[..], b"Basic ", b"bearer ", b"Token ", b"token "] {
        if let Some(before) = rest.strip_suffix(scheme) {
            rest = strip_end(before, |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\'));
        }
    }
    // Python's and Rust's string prefixes: `f"`, `r"`, `b'`.
    if let [.., b' ' | b':' | b'=' | b'(' | b',', b'f' | b'r' | b'b' | b'u'] = rest
        && rest.len() < left.len()
    {
        rest = &rest[..rest.len() - 1];
    }
    let trimmed = strip_end(rest, |byte| matches!(byte, b' ' | b'\t'));
    let operators: [&[u8]; 9] = [b":=", b"=>", b"??", b"||", b"=", b":", b",", b"(", b"|"];
    let (before, operator) = match operators.iter().find_map(|operator| Some((trimmed.strip_suffix(*operator)?, *operator))) {
        Some(found) => found,
        // `ENV NAME value` and `export NAME value` have nothing but a space.
        None if trimmed.len() < rest.len() => (trimmed, &b" "[..]),
        None => return None,
    };
    if matches!(operator, b"|" | b"(") {
        return None;
    }
    let mut before = strip_end(before, |byte| matches!(byte, b' ' | b'\t' | b'?' | b'!'));
    // `name: string = "..."`: the type stands between.
    if operator == b"="
        && let Some(at) = type_annotation(before)
    {
        before = &before[..at];
    }
    let bare = strip_end(before, |byte| matches!(byte, b'"' | b'\'' | b'`' | b']' | b'\\'));
    let start = bare.iter().rposition(|byte| !is_name(*byte)).map_or(0, |at| at + 1);
    let name = &bare[start..];
    if operator == b" " {
        let head = bare[..start].trim_ascii_end();
        if !(head.ends_with(b"ENV") || head.ends_with(b"ARG") || head.ends_with(b"set") || head.ends_with(b"setx")) {
            return None;
        }
    }
    // In `call("a", value)` the text before the comma names the value only when it looks like a name of one.
    if operator == b"," && !(name.len() > 3 && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')) {
        return None;
    }
    let name = String::from_utf8_lossy(name).trim_matches(|letter| matches!(letter, '.' | '-')).to_owned();
    (!name.is_empty() && name.bytes().any(|byte| byte.is_ascii_alphabetic())).then_some(name)
}

fn type_annotation(before: &[u8]) -> Option<usize> {
    let at = memchr::memrchr(b':', before)?;
    let kind = before[at + 1..].trim_ascii();
    (!kind.is_empty()
        && kind.iter().all(|byte| is_name(*byte) || matches!(byte, b' ' | b'<' | b'>' | b'&' | b'\''))
        && before[..at].last().is_some_and(|byte| is_name(*byte)))
    .then_some(at)
}

/// `<string name="api_key">`, `<add key="ApiKey" value="`, `<key>ApiKey</key> <string>`.
fn xml(left: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(left);
    let text = text.trim_end();
    if let Some(open) = text.strip_suffix('>') {
        let tag = &open[open.rfind('<')? + 1..];
        if let Some(at) = tag.find("name=") {
            let name = tag[at + 5..].trim_matches(|letter| letter == '"' || letter == '\'');
            return Some(name.split(['"', '\'']).next().unwrap_or(name).to_owned());
        }
        let before = open[..open.rfind('<')?].trim_end();
        if let Some(key) = before.strip_suffix("</key>") {
            return Some(key[key.rfind('>')? + 1..].to_owned());
        }
        return Some(tag.split_whitespace().next()?.to_owned()).filter(|name| name.bytes().all(is_name));
    }
    let tag = &text[text.rfind('<')?..];
    let at = ["key=", "name=", "android:name="].iter().filter_map(|word| Some(tag.find(word)? + word.len())).max()?;
    tag[at..].split(['"', '\'']).nth(1).map(str::to_owned)
}

/// `- name: X` with `value: ...` on the next line, and `"name": "X", "value": "..."`.
fn named_entry(text: &[u8], value: Span) -> Option<String> {
    let from = value.start.saturating_sub(REACH);
    let left = String::from_utf8_lossy(&text[from..value.start]).into_owned();
    let at = left.rfind("name")?;
    let rest = left[at + 4..].trim_start_matches(['"', '\'', ':', '=', ' ']);
    let name: String = rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
    (rest[name.len()..].matches('\n').count() <= 1 && !name.is_empty()).then_some(name)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'$')
}

fn strip_end(bytes: &[u8], drop: impl Fn(u8) -> bool) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !drop(*byte)).map_or(0, |at| at + 1);
    &bytes[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_languages() {
        for (text, name) in [
            ("NEXT_PUBLIC_KEY=VALUE", "NEXT_PUBLIC_KEY"),
            ("export VITE_KEY=\"VALUE\"", "VITE_KEY"),
            ("const key = 'VALUE'", "key"),
            ("const key: string = 'VALUE'", "key"),
            ("{ \"apiKey\": \"VALUE\" }", "apiKey"),
            ("process.env.VITE_KEY = 'VALUE'", "process.env.VITE_KEY"),
            ("key := `VALUE`", "key"),
            ("ENV NEXT_PUBLIC_KEY VALUE", "NEXT_PUBLIC_KEY"),
            ("ARG NEXT_PUBLIC_KEY=VALUE", "NEXT_PUBLIC_KEY"),
            ("    - name: VITE_KEY\n      value: VALUE", "VITE_KEY"),
            ("    - name: VITE_KEY\n      value: \"VALUE\"", "VITE_KEY"),
            ("<string name=\"api_key\">VALUE</string>", "api_key"),
            ("<key>ApiKey</key>\n\t<string>VALUE</string>", "ApiKey"),
            ("Authorization: Bearer VALUE", "Authorization"),
            ("headers = {\"Authorization\": f\"Bearer VALUE\"}", "Authorization"),
            ("define('STRIPE_KEY', 'VALUE')", "STRIPE_KEY"),
        ] {
            let start = text.find("VALUE").expect("a value");
            let found = name_of(text.as_bytes(), Span::new(start, start + 5));
            let wanted = if text.contains("value:") { ["value", name] } else { [name, name] };
            assert!(found.as_deref().is_some_and(|found| wanted.contains(&found)), "{text}: {found:?}");
        }
    }

    #[test]
    fn no_name() {
        for text in ["send(VALUE)", "VALUE", "see VALUE here", "f('a', 'VALUE')"] {
            let start = text.find("VALUE").expect("a value");
            assert_eq!(name_of(text.as_bytes(), Span::new(start, start + 5)), None, "{text}");
        }
    }
}
