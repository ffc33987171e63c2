//! The statement or structured entry that a value stands in: the words that may say whose key it is.
//!
//! Not a parser. Going left from the value over balanced brackets it gathers the clause, then the head of each
//! enclosing entry or call (`algolia: {`, `new Plunk(`, `[algolia]`, a YAML parent), and to the right the rest of the
//! clause. Nearness alone is no evidence: a neighbour's line or a sibling's entry is left out.

use super::Span;

/// The parts of a text that belong to a value, nearest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Statement {
    parts: Vec<Span>,
}

/// How far it looks to the left and to the right, in bytes: a line of any length costs no more.
pub(super) const LEFT: usize = 2048;
pub(super) const RIGHT: usize = 240;
/// How much of one clause or head counts, in bytes.
const CLAUSE: usize = 320;
/// How many enclosing brackets or parents are looked at.
const LEVELS: usize = 5;

impl Statement {
    /// The statement around `value`, with the `prefix` bytes at its start. The body says nothing: chance spells short
    /// words in it.
    pub(super) fn around(text: &[u8], value: Span, prefix: usize) -> Self {
        let end = value.end.min(text.len());
        let mut parts = vec![Span::new(end, clause_end(text, end)), Span::new(value.start, value.start + prefix)];
        let floor = value.start.saturating_sub(LEFT);
        let mut at = value.start;
        let mut in_bracket = false;
        siblings_with_hosts(text, floor, value, &mut parts);
        for _ in 0..LEVELS {
            let step = step_out(text, floor, at, in_bracket);
            // In a minified line a clause may be the whole file: what is far from the value says nothing of it.
            parts.push(Span::new(step.clause.start.max(step.clause.end.saturating_sub(CLAUSE)), step.clause.end));
            match step.stop {
                Stop::Opener(opener) if !is_block(text, opener) => {
                    at = opener;
                    in_bracket = enclosed(text, floor, opener);
                }
                Stop::Opener(_) => break,
                Stop::Line(start) => {
                    parents(text, floor, start, value.start, &mut parts);
                    break;
                }
                Stop::Floor => break,
            }
        }
        Self { parts }
    }

    /// How clearly it says a phrase, all of whose words must stand in it: the more words the clearer, and clearer where each
    /// begins a word of the text: `kucoinApiKey` says `kucoin` rather than `coinapi`. Zero for a phrase that it does not
    /// say. Words of fewer than 5 letters count only as whole words of an identifier or a text.
    pub(super) fn says<W: AsRef<str>>(&self, text: &[u8], phrase: &[W]) -> usize {
        let mut begins = true;
        for word in phrase {
            let found = self.parts.iter().filter_map(|part| held(part.of(text), word.as_ref())).max();
            let Some(at_beginning) = found else { return 0 };
            begins &= at_beginning;
        }
        2 * phrase.len() + usize::from(begins)
    }
}

/// Why going left stopped.
enum Stop {
    /// An opening bracket that is not closed before the value.
    Opener(usize),
    /// The start of a line outside all brackets.
    Line(usize),
    /// Too far.
    Floor,
}

struct Step {
    clause: Span,
    stop: Stop,
}

/// Goes left from `from` to the enclosing opener or the start of the line. The clause ends at `;`, at `,` within
/// braces and brackets, and at a line's start; within the parentheses of a call the other arguments belong to it.
fn step_out(text: &[u8], floor: usize, from: usize, in_bracket: bool) -> Step {
    let mut depth = 0_usize;
    let mut clause = None;
    let mut comma = None;
    let mut at = from;
    while at > floor {
        at -= 1;
        match text[at] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            opener @ (b'(' | b'[' | b'{') => {
                let start = if opener == b'(' { at + 1 } else { clause.or(comma).unwrap_or(at + 1) };
                return Step { clause: Span::new(start.min(from), from), stop: Stop::Opener(at) };
            }
            b';' if depth == 0 && clause.is_none() => clause = Some(at + 1),
            b',' if depth == 0 && comma.is_none() && !is_in_quotes(text, floor, at) => comma = Some(at + 1),
            b'\n' if depth == 0 && !in_bracket && clause.is_none() && !continues(text, at) => {
                // Unless an opener is still open further left, this is where the line begins.
                if !enclosed(text, floor, at) {
                    return Step { clause: Span::new(at + 1, from), stop: Stop::Line(at + 1) };
                }
                clause = Some(at + 1);
            }
            _ => {}
        }
    }
    let start = clause.unwrap_or(at);
    let stop = if at == 0 { Stop::Line(0) } else { Stop::Floor };
    Step { clause: Span::new(start.min(from), from), stop }
}

/// The other entries of the object that holds the value, where they name a host: `{ url: "https://...", token: VALUE }`.
/// Other siblings say nothing of this value.
fn siblings_with_hosts(text: &[u8], floor: usize, value: Span, parts: &mut Vec<Span>) {
    let ceiling = (value.end + LEFT).min(text.len());
    let mut keep = |start: usize, end: usize| {
        if end - start <= CLAUSE && memchr::memmem::find(&text[start..end], b"://").is_some() {
            parts.push(Span::new(start, end));
        }
    };
    let (mut depth, mut end) = (0_usize, value.start);
    for at in (floor..value.start).rev() {
        match text[at] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'{' => {
                keep(at, end);
                // Only now it is sure that this is an object: its entries to the right count as well.
                let (mut depth, mut start) = (0_usize, value.end);
                for (at, byte) in text.iter().enumerate().take(ceiling).skip(value.end) {
                    match byte {
                        b'(' | b'[' | b'{' => depth += 1,
                        b')' | b']' | b'}' if depth > 0 => depth -= 1,
                        b',' if depth == 0 => {
                            keep(start, at);
                            start = at;
                        }
                        b')' | b']' | b'}' | b';' => {
                            keep(start, at);
                            return;
                        }
                        _ => {}
                    }
                }
                return;
            }
            b'(' | b'[' | b';' => return,
            b',' if depth == 0 => {
                keep(at, end);
                end = at;
            }
            _ => {}
        }
    }
}

/// A comma within a quoted text is no separator. Looks at the quotes of its line only.
fn is_in_quotes(text: &[u8], floor: usize, at: usize) -> bool {
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |index| floor + index + 1);
    text[start..at].iter().filter(|byte| **byte == b'"').count() % 2 == 1
}

/// Whether the line that ends at `end` goes on in the next: a backslash, an operator, an opener or an assignment.
fn continues(text: &[u8], end: usize) -> bool {
    let line = text[end.saturating_sub(80)..end].trim_ascii_end();
    // `=` at the end may pad base64, which assigns nothing.
    let pads = line.ends_with(b"=") && !line.ends_with(b" =");
    !pads && matches!(line.last(), Some(b'\\' | b'+' | b'=' | b'.' | b'|'))
}

/// Whether some bracket that opens left of `at` is still open there.
fn enclosed(text: &[u8], floor: usize, at: usize) -> bool {
    let mut depth = 0_usize;
    for index in (floor..at).rev() {
        match text[index] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' | b'[' | b'{' => return true,
            _ => {}
        }
    }
    false
}

/// A brace after `)`, `=>`, or a word such as `else` opens a block of code: what stands before it heads no entry.
fn is_block(text: &[u8], opener: usize) -> bool {
    if text[opener] != b'{' {
        return false;
    }
    let before = &text[opener.saturating_sub(40)..opener];
    let end = before.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |at| at + 1);
    let before = &before[..end];
    before.ends_with(b")") || before.ends_with(b"=>") || [&b"else"[..], b"try", b"do", b"finally", b"static"].iter().any(|word| before.ends_with(word))
}

/// The heads of enclosing entries in formats that nest by indentation or by sections: YAML parents, `[section]`.
fn parents(text: &[u8], floor: usize, line_start: usize, value: usize, parts: &mut Vec<Span>) {
    let indent = |line: &[u8]| line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let mut least = indent(&text[line_start..value]);
    // `- name: X` with `value: Y` below: the entry of a list is one entry.
    let mut end = line_start.saturating_sub(1);
    let mut first = true;
    while end > floor {
        let start = memchr::memrchr(b'\n', &text[floor..end]).map_or(floor, |at| floor + at + 1);
        let line = &text[start..end];
        let trimmed = line.trim_ascii();
        let depth = indent(line);
        let is_section = trimmed.starts_with(b"[") && trimmed.ends_with(b"]");
        let is_item = first && trimmed.starts_with(b"- ") && depth + 2 == least;
        let is_comment = first && (trimmed.starts_with(b"#") || trimmed.starts_with(b"//")) && depth == least;
        if is_section
            || is_comment
            || is_item
            || (!trimmed.is_empty()
                && depth < least
                && (trimmed.ends_with(b":") || trimmed.ends_with(b"{") || trimmed.ends_with(b"(") || trimmed.starts_with(b"- ")))
        {
            parts.push(Span::new(start, end));
            least = least.min(depth);
        }
        if is_section || parts.len() > 2 * LEVELS {
            break;
        }
        first = first && trimmed.is_empty();
        end = start.saturating_sub(1);
    }
}

/// Where the clause that holds the value ends: its line, a `;`, or a bracket that closes around it.
fn clause_end(text: &[u8], from: usize) -> usize {
    let ceiling = (from + RIGHT).min(text.len());
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate().take(ceiling).skip(from) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth > 0 => depth -= 1,
            b'}' | b']' => return at,
            b'\n' if !continues(text, at) => return at,
            b';' => return at,
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    ceiling
}

/// Whether a word that stands in bytes, whatever its case, begins a word there; nothing where it does not stand.
fn held(bytes: &[u8], word: &str) -> Option<bool> {
    let word = word.as_bytes();
    let last = bytes.len().checked_sub(word.len())?;
    let first = word.first()?;
    let counts = |at: usize, end: usize| match word.len() {
        5.. => begins_word(bytes, at) || ends_glued(bytes, at, word),
        _ => is_whole_word(bytes, at, end),
    };
    let mut found = None;
    for at in memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), &bytes[..=last.min(bytes.len() - 1)]) {
        let end = at + word.len();
        if bytes[at..end].eq_ignore_ascii_case(word) && counts(at, end) {
            if begins_word(bytes, at) {
                return Some(true);
            }
            found = Some(false);
        }
    }
    found
}

/// Within another word a long one counts only before what keys are called: `mystripekey` says `stripe`, `configmap` not `figma`.
fn ends_glued(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    const CALLED: &[&[u8]] = &[b"api", b"key", b"token", b"secret", b"auth", b"access", b"admin", b"client", b"pass"];
    let rest = &bytes[at + word.len()..];
    !word[0].is_ascii_alphabetic() || CALLED.iter().any(|name| rest.get(..name.len()).is_some_and(|rest| rest.eq_ignore_ascii_case(name)))
}

/// Whether no letter of the same word stands before a place.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| {
        let is_escape = before > 0 && bytes[before - 1] == b'\\' && matches!(bytes[before], b'n' | b'r' | b't');
        let before = bytes[before];
        let is_capital = bytes[at].is_ascii_uppercase() && (before.is_ascii_lowercase() || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase));
        !before.is_ascii_alphabetic() || is_escape || is_capital
    })
}

/// Whether letters on both sides begin and end another word: `tapKey`, `TAP_KEY` and `tap-key` hold the word, `bootstrap` does not.
pub(super) fn is_whole_word(bytes: &[u8], start: usize, end: usize) -> bool {
    let last = bytes[end - 1];
    let closes = bytes.get(end).is_none_or(|after| !after.is_ascii_alphabetic() || (after.is_ascii_uppercase() && last.is_ascii_lowercase()));
    begins_word(bytes, start) && closes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str, phrase: &str) -> bool {
        let start = text.find("VALUE").expect("a value");
        let statement = Statement::around(text.as_bytes(), Span::new(start, start + 5), 0);
        statement.says(text.as_bytes(), &phrase.split(' ').collect::<Vec<_>>()) > 0
    }

    #[test]
    fn names_heads_and_hosts_belong() {
        for text in [
            "ALGOLIA_ADMIN_KEY=VALUE",
            "const algoliaAdminKey = 'VALUE';",
            "algolia: {\n  admin: 'VALUE',\n}",
            "{\"algolia\": {\"index\": \"x\", \"adminKey\": \"VALUE\"}}",
            "[algolia]\nindex = 1\nadmin_key = VALUE\n",
            "algolia:\n  app: x\n  admin_key: VALUE\n",
            "client = algoliasearch('APP', 'VALUE') # admin",
            "fetch('https://algolia.net/admin', {\n  headers: {\n    key: 'VALUE',\n  },\n})",
            "- name: ALGOLIA_ADMIN\n  value: VALUE\n",
            "curl -H \"key: VALUE\" https://algolia.net/admin",
            "createClient({ url: 'https://algolia.net', adminKey: 'VALUE' })",
            "createClient({ adminKey: 'VALUE', url: 'https://algolia.net' })",
        ] {
            assert!(says(text, "algolia admin"), "{text}");
        }
    }

    #[test]
    fn neighbours_and_siblings_do_not() {
        for text in [
            "ALGOLIA_ADMIN_KEY=other\nKEY=VALUE",
            "const a = algolia.admin; const b = 'VALUE';",
            "x: { algolia: { admin: 'other' }, stripe: { key: 'VALUE' } }",
            "algolia:\n  admin_key: other\nstripe:\n  key: VALUE\n",
            "function algoliaAdmin() {\n  const key = 'VALUE';\n}",
        ] {
            assert!(!says(text, "algolia admin"), "{text}");
        }
    }

    #[test]
    fn long_words_begin_words() {
        for text in ["cohere_key = 'VALUE'", "myCohereKey = 'VALUE'", "mycoherekey = 'VALUE'", "\\ncohere=VALUE", "UICohere(VALUE)"] {
            assert!(says(text, "cohere"), "{text}");
        }
        assert!(!says("incoherent = 'VALUE'", "cohere") && !says("configmap: VALUE", "figma") && !says("scrollbar(VALUE)", "rollbar"));
    }

    #[test]
    fn short_words_are_whole_words() {
        assert!(says("tapKey = 'VALUE'", "tap") && says("TAP_KEY=VALUE", "tap"));
        assert!(!says("bootstrapKey = 'VALUE'", "tap") && !says("tapeKey = 'VALUE'", "tap"));
    }
}
