//! Texts and comments of a source file, in one pass: where a value stands in a string literal, and which quotes are its.
//!
//! This is no parser. What it misreads is caught where the result is parsed, or ends at the end of a line.

use super::language::Language;
use crate::text::Span;

/// A string literal, or a stretch of a template between its holes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    /// The first byte of the opening quote.
    pub(super) open: usize,
    /// What stands between the quotes.
    pub(super) body: Span,
    /// One past the closing quote.
    pub(super) end: usize,
    /// Whether it is a template, whose holes are `${...}`.
    pub(super) is_template: bool,
    /// Whether the quotes are on both sides: a template with holes has several stretches.
    pub(super) is_whole: bool,
}

/// What a stretch of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Text(Text),
    Comment(Span),
}

impl Token {
    pub(super) fn span(self) -> Span {
        match self {
            Token::Text(text) => Span::new(text.open, text.end),
            Token::Comment(span) => span,
        }
    }
}

struct Syntax {
    line: &'static [&'static str],
    has_blocks: bool,
    /// Quotes, and whether a text in them may span lines; the longer first.
    quotes: &'static [(&'static str, bool)],
    has_templates: bool,
}

fn syntax(language: Language) -> Syntax {
    let (line, has_blocks, quotes, has_templates): (&[&str], bool, &[(&str, bool)], bool) = match language {
        Language::JavaScript => (&["//"], true, &[("\"", false), ("'", false)], true),
        Language::Python => (&["#"], false, &[("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)], false),
        Language::Ruby => (&["#"], false, &[("\"", false), ("'", false)], false),
        Language::Php => (&["//", "#"], true, &[("\"", false), ("'", false)], false),
        Language::Go => (&["//"], true, &[("\"", false), ("`", true)], false),
        Language::Rust => (&["//"], true, &[("\"", true)], false),
        Language::Java | Language::Kotlin | Language::CSharp => (&["//"], true, &[("\"\"\"", true), ("\"", false), ("'", false)], false),
        Language::Shell => (&["#"], false, &[("\"", true), ("'", true)], false),
        Language::Workflow | Language::Compose => (&["#"], false, &[("\"", false), ("'", false)], false),
    };
    Syntax { line, has_blocks, quotes, has_templates }
}

/// The texts and comments of `text[from..to]`, in order.
pub(super) fn tokens(text: &[u8], language: Language, from: usize, to: usize) -> Vec<Token> {
    let syntax = syntax(language);
    let text = &text[..to.min(text.len())];
    let needs_gap = matches!(language, Language::Shell | Language::Workflow | Language::Compose);
    let mut found = Vec::new();
    // Braces open within each hole of a template that we are in.
    let mut holes: Vec<u32> = Vec::new();
    let mut before = b'\n';
    let mut at = from;
    while at < text.len() {
        let rest = &text[at..];
        let byte = rest[0];
        let gap = at == from || text[at - 1].is_ascii_whitespace() || text[at - 1] == b';';
        if syntax.line.iter().any(|mark| rest.starts_with(mark.as_bytes())) && (!needs_gap || gap) {
            let end = memchr::memchr(b'\n', rest).map_or(text.len(), |end| at + end);
            found.push(Token::Comment(Span::new(at, end)));
            at = end;
            continue;
        }
        if syntax.has_blocks && rest.starts_with(b"/*") {
            let end = memchr::memmem::find(&rest[2..], b"*/").map_or(text.len(), |end| at + end + 4);
            found.push(Token::Comment(Span::new(at, end)));
            at = end;
            continue;
        }
        if syntax.has_templates && (byte == b'`' || byte == b'}' && holes.last() == Some(&0)) {
            if byte == b'}' {
                holes.pop();
            }
            let (end, goes_on) = template(text, at + 1);
            let is_whole = byte == b'`' && !goes_on && end < text.len();
            let body = Span::new(at + 1, end);
            let (open, last) = if is_whole { (at, end + 1) } else { (body.start, body.end) };
            found.push(Token::Text(Text { open, body, end: last, is_template: true, is_whole }));
            if goes_on {
                holes.push(0);
            }
            at = if goes_on { end + 2 } else { end + 1 };
            before = b'`';
            continue;
        }
        if let Some(open) = holes.last_mut() {
            *open = match byte {
                b'{' => *open + 1,
                b'}' => open.saturating_sub(1),
                _ => *open,
            };
        }
        if syntax.has_templates
            && byte == b'/'
            && b"(,=:[!&|?{};+-*%~^\n".contains(&before)
            && let Some(end) = regex(rest)
        {
            at += end;
            before = b'/';
            continue;
        }
        if let Some((quote, spans_lines)) = syntax.quotes.iter().find(|(quote, _)| rest.starts_with(quote.as_bytes())) {
            let escapes = !(language == Language::Shell && byte == b'\'' || language == Language::Go && byte == b'`');
            let body = at + quote.len();
            match close(text, body, quote.as_bytes(), *spans_lines, escapes) {
                Some(end) => {
                    let text = Text { open: at, body: Span::new(body, end), end: end + quote.len(), is_template: false, is_whole: true };
                    found.push(Token::Text(text));
                    at = text.end;
                }
                // An apostrophe of prose, or a text that its line breaks off.
                None => at += quote.len(),
            }
            before = byte;
            continue;
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        at += 1;
    }
    found
}

/// The end of a stretch of a template, and whether a hole begins there.
fn template(text: &[u8], mut at: usize) -> (usize, bool) {
    while at < text.len() {
        match text[at] {
            b'\\' => at += 1,
            b'`' => return (at, false),
            b'$' if text.get(at + 1) == Some(&b'{') => return (at, true),
            _ => {}
        }
        at += 1;
    }
    (text.len(), false)
}

/// Longer ones are taken for a division. In bytes.
const LONGEST_REGEX: usize = 4096;

/// The length of a regular expression literal that ends in its line.
fn regex(text: &[u8]) -> Option<usize> {
    let (mut at, mut in_class) = (1, false);
    while at < text.len().min(LONGEST_REGEX) {
        match text[at] {
            b'\n' => return None,
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the closing quote begins.
fn close(text: &[u8], mut at: usize, quote: &[u8], spans_lines: bool, escapes: bool) -> Option<usize> {
    while at < text.len() {
        match text[at] {
            b'\\' if escapes => at += 1,
            b'\n' if !spans_lines => return None,
            _ if text[at..].starts_with(quote) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The token that holds a span; tokens are in order.
pub(super) fn holder(tokens: &[Token], value: Span) -> Option<Token> {
    let at = tokens.partition_point(|token| token.span().start <= value.start);
    tokens[..at].last().copied().filter(|token| token.span().end >= value.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(language: Language, code: &str) -> Vec<String> {
        let all = tokens(code.as_bytes(), language, 0, code.len());
        let text = |token: &Token| match token {
            Token::Text(text) => Some(String::from_utf8_lossy(text.body.of(code.as_bytes())).into_owned()),
            Token::Comment(_) => None,
        };
        all.iter().filter_map(text).collect()
    }

    #[test]
    fn texts_of_languages() {
        for (language, code, wanted) in [
            (Language::JavaScript, "a = 'x' // 'no'\nb = \"y\\\"z\"; /* 'no' */ c = `w`", &["x", "y\\\"z", "w"][..]),
            (Language::JavaScript, "f(`a${ g({x: 'y'}) }b`, 'z')", &["a", "y", "b", "z"]),
            (Language::JavaScript, "a.replace(/['\"]/g, 'x')", &["x"]),
            (Language::JavaScript, "<p>Don't</p>\nf('x')", &["x"]),
            (Language::Python, "\"\"\"doc 'x'\n\"\"\"\na = f'y' # 'no'", &["doc 'x'\n", "y"]),
            (Language::Go, "a := `x\"y`\nb := \"z\"", &["x\"y", "z"]),
            (Language::Shell, "a='x' b=\"y\" # 'no'\necho a#b 'z'", &["x", "y", "z"]),
        ] {
            assert_eq!(texts(language, code), wanted, "{code}");
        }
    }

    #[test]
    fn what_never_ends_ends() {
        for code in ["`a${`b${", "'", "/*", "`", "a = /x", "}}}"] {
            tokens(code.as_bytes(), Language::JavaScript, 0, code.len());
        }
    }
}
