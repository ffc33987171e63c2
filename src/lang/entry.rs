//! What encloses a value: the object, the call, the item of a list or the section that it is an entry of.
//!
//! Works backwards from the value over brackets, indents and section heads, so that it serves code, JSON, YAML, INI and TOML
//! alike. Brackets in texts and comments may mislead it: whoever asks must be content with a good guess.

use crate::text::Span;

/// How far left a structure may begin, in bytes.
const REACH: usize = 2 << 10;

/// The innermost structure around a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry {
    /// Where it begins, as an offset that tells structures of one file apart; nothing where none begins within reach.
    pub start: Option<u64>,
    /// Whether it has a head of its own, as a section or a parent of indented lines has: what stands below another head
    /// belongs to something else. A bracket may well stand within the statement that it belongs to.
    pub headed: bool,
}

impl Entry {
    /// Whether two values are entries of one structure.
    pub fn is_same(self, other: Self) -> bool {
        self.start.is_some() && self.start == other.start
    }

    /// Whether each has a head of its own.
    pub fn is_apart(self, other: Self) -> bool {
        self.headed && other.headed && self.start != other.start
    }
}

/// The structure around `value`. `base` is the offset of `text` in its file, in bytes.
pub fn entry_of(text: &[u8], value: Span, base: u64) -> Entry {
    let to = value.start.min(text.len());
    let from = to.saturating_sub(REACH);
    let left = &text[from..to];
    let found = |at: usize, headed: bool| Entry { start: Some(base + (from + at) as u64), headed };
    let (mut end, mut depth, mut column) = (left.len(), 0_usize, None);
    loop {
        let start = memchr::memrchr(b'\n', &left[..end]).map_or(0, |at| at + 1);
        let line = &left[start..end];
        let is_balanced = depth == 0;
        for (at, byte) in line.iter().enumerate().rev() {
            match byte {
                b'}' | b')' | b']' => depth += 1,
                b'{' | b'(' | b'[' if depth == 0 => return found(start + at, false),
                b'{' | b'(' | b'[' => depth -= 1,
                _ => {}
            }
        }
        // A line that reach has cut tells nothing of its indent.
        let is_whole = start > 0 || from == 0;
        if is_whole && is_balanced && depth == 0 {
            let head = Head::of(line);
            match column {
                None if head.item => return found(start, false),
                None => column = Some(head.column),
                Some(_) if is_section(line) => return found(start, true),
                Some(_) if head.blank => {}
                Some(column) if head.item && head.column == column => return found(start, false),
                Some(column) if head.indent < column && line.trim_ascii_end().ends_with(b":") => return found(start, true),
                Some(_) => {}
            }
        }
        match start.checked_sub(1) {
            Some(before) => end = before,
            None => return Entry::default(),
        }
    }
}

/// How a line begins.
struct Head {
    /// The blanks before anything else, in bytes.
    indent: usize,
    /// Where its key stands, behind the dashes of a list's item, in bytes.
    column: usize,
    /// Whether it begins an item of a list.
    item: bool,
    /// Whether it says nothing: empty, or a comment.
    blank: bool,
}

impl Head {
    fn of(line: &[u8]) -> Self {
        let blanks = |from: usize| line[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let indent = blanks(0);
        let mut column = indent;
        while line.get(column) == Some(&b'-') && matches!(line.get(column + 1), Some(b' ' | b'\t')) {
            column += 1 + blanks(column + 1);
        }
        let rest = line[column..].trim_ascii();
        Self { indent, column, item: column > indent, blank: rest.is_empty() || rest.starts_with(b"#") || rest.starts_with(b"//") }
    }
}

/// `[default]`, `[[accounts]]`, `[profile dev]`: a line that is the head of a section.
fn is_section(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let name = line.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or_default();
    let name = name.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or(name);
    name.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') && !name.iter().any(|byte| b"[]{},=".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The entries of all `V` in a text.
    fn entries(text: &str) -> Vec<Entry> {
        text.match_indices('V').map(|(at, _)| entry_of(text.as_bytes(), Span::new(at, at + 1), 0)).collect()
    }

    #[test]
    fn values_of_one_structure() {
        for text in [
            "{ \"id\": \"V\", \"secret\": \"V\" }",
            "new Client({\n  id: 'V',\n  options: { a: [1, 2] },\n  secret: 'V',\n})",
            "[default]\nid = V\n\n# old\nsecret = V\n",
            "accounts:\n  - id: V\n    secret: V\n",
            "accounts:\n- secret: V\n  region: eu\n  id: V\n",
            "twilio:\n  sid: V\n  # the token\n  token: V\n",
            "class Config:\n    ID = 'V'\n    SECRET = 'V'\n",
            "connect(\"V\", \"V\")",
        ] {
            let found = entries(text);
            assert!(found[0].is_same(found[1]), "{text}: {found:?}");
        }
    }

    #[test]
    fn values_of_two_structures() {
        for (text, apart) in [
            ("[{ id: \"V\" }, { id: \"V\" }]", false),
            ("accounts:\n  - id: V\n  - id: V\n", false),
            ("[dev]\nid = V\n[prod]\nsecret = V\n", true),
            ("dev:\n  id: V\nprod:\n  secret: V\n", true),
            ("const id = 'V';\nconst client = f({ secret: 'V' });", false),
        ] {
            let found = entries(text);
            assert!(!found[0].is_same(found[1]), "{text}: {found:?}");
            assert_eq!(found[0].is_apart(found[1]), apart, "{text}: {found:?}");
        }
    }

    #[test]
    fn nothing_around() {
        for text in ["ID=V\nSECRET=V\n", "V", "", ") ] } V"] {
            assert!(entries(text).iter().all(|entry| entry.start.is_none()), "{text}");
        }
        let far = format!("{{{}V", " \n".repeat(REACH));
        assert_eq!(entries(&far), [Entry::default()]);
    }
}
