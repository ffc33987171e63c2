//! A secret in a log call or an error becomes the text `[redacted]`: the argument, the operand or the hole of a template that
//! holds nothing else.
//!
//! Which of them that is, the facts tell: what may go is replaced, and what need not go comes back, as long as the call leaks
//! no more. So nothing is replaced that is no secret, and nothing is called fixed that still leaks.

use super::edit::{self, Edit};
use super::language::Language;
use super::lexer::{self, Text, Token};
use crate::error::ScanPath;
use crate::keys::Catalog;
use crate::keys::naming::{self, Says};
use crate::lang::{self, Module, Sink, Value};
use crate::text::Span;

/// What stands in the place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// A call with more arguments than this is rewritten by hand.
const MOST: usize = 16;

/// Values that are entered one inside another.
const DEEPEST: usize = 32;

/// The edits that take the secrets out of a call; the reason where that is not safe.
pub(super) fn edits(catalog: &Catalog, path: &ScanPath, text: &[u8], language: Language, tokens: &[Token], call: Span) -> Result<Vec<Edit>, String> {
    if !matches!(language, Language::JavaScript | Language::Python) || call.end > text.len() || call.start >= call.end {
        return Err(by_hand());
    }
    let state = |text: &[u8]| state_of(catalog, path, text, call.start);
    match state(text) {
        State::Leaks => {}
        State::Whole => return Err("a whole thing is written out, of which some is needed: name the fields".to_owned()),
        State::Silent => return Err("what is written out comes from another file: take it out by hand".to_owned()),
    }
    let mut chosen = candidates(text, language, tokens, call);
    let after = |edits: &[Edit]| state(&edit::apply(text, edits));
    if chosen.is_empty() || chosen.len() > MOST || after(&chosen) != State::Silent {
        return Err(by_hand());
    }
    let mut at = 0;
    while at < chosen.len() {
        let kept = chosen.remove(at);
        if after(&chosen) != State::Silent {
            chosen.insert(at, kept);
            at += 1;
        }
    }
    if chosen.is_empty() { Err(by_hand()) } else { Ok(chosen) }
}

/// Whether a value stands in a text that the call itself is given, and no other call in it.
pub(super) fn is_own_text(path: &str, text: &[u8], call: Span, value: Span) -> bool {
    let Some((language, (from, to))) = super::language::of(path).zip(super::language::script_part(path, text, value.start)) else { return false };
    let tokens = lexer::tokens(text, language, from, to);
    if !matches!(lexer::holder(&tokens, value), Some(Token::Text(_))) || matches!(language, Language::Shell | Language::Workflow | Language::Compose) {
        return false;
    }
    let mut depth = 0_i32;
    let mut inside = tokens.iter().filter(|token| token.span().start >= call.start && token.span().start <= value.start).peekable();
    let mut at = call.start;
    while at < value.start {
        if let Some(token) = inside.next_if(|token| token.span().start <= at) {
            at = token.span().end.max(at);
            continue;
        }
        depth += i32::from(text[at] == b'(') - i32::from(text[at] == b')');
        at += 1;
    }
    depth == 1
}

fn by_hand() -> String {
    "the secret is a part of a larger expression: take it out by hand".to_owned()
}

/// What a call does with secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Silent,
    Leaks,
    /// It writes a whole thing that holds secrets among others.
    Whole,
}

fn state_of(catalog: &Catalog, path: &ScanPath, text: &[u8], start: usize) -> State {
    let facts = lang::facts(path, text, &[]);
    // What does not parse tells nothing, least of all that it is silent.
    let Some(module) = facts.module.as_ref().filter(|module| !module.is_broken) else { return State::Leaks };
    let is_here = |flow: &&lang::Flow| matches!(flow.sink, Sink::Log(_) | Sink::Error(_)) && facts.spot(flow.spot).is_some_and(|spot| spot.span.start == start);
    module.flows.iter().filter(is_here).map(|flow| of_value(catalog, module, &flow.value, 0)).max().unwrap_or(State::Silent)
}

fn of_value(catalog: &Catalog, module: &Module, value: &Value, depth: usize) -> State {
    if depth > DEEPEST {
        return State::Leaks;
    }
    let is_secret = |name: &str| match naming::says(catalog, name) {
        Says::Secret(_) => true,
        Says::Publishable => false,
        Says::Nothing => naming::bears(catalog, name).is_some(),
    };
    let leaks = |is_leak: bool| if is_leak { State::Leaks } else { State::Silent };
    let worst = |values: &mut dyn Iterator<Item = &Value>| values.map(|value| of_value(catalog, module, value, depth + 1)).max().unwrap_or(State::Silent);
    match value {
        Value::Nothing | Value::Literal(_) | Value::Text(_) => State::Silent,
        Value::Env(read) => leaks(module.reads.get(*read as usize).is_some_and(|read| is_secret(&read.name))),
        Value::Named(_, name) => leaks(naming::bears(catalog, name).is_some()),
        Value::WholeEnv(_) | Value::Dump(..) => State::Whole,
        Value::Import { name, path, .. } => leaks(naming::bears(catalog, path.last().unwrap_or(name)).is_some()),
        Value::Object(fields, spread) => worst(&mut fields.iter().map(|(_, value)| value).chain(spread)),
        Value::Some(values) => worst(&mut values.iter()),
        Value::Returns(value) | Value::Via(_, _, value) => worst(&mut std::iter::once(&**value)),
    }
}

/// Names and paths of names that are an argument, an operand of `+`, a field or a hole of a template, each as the edit that
/// takes it out.
fn candidates(text: &[u8], language: Language, tokens: &[Token], call: Span) -> Vec<Edit> {
    let inside: Vec<Token> = tokens.iter().copied().filter(|token| token.span().start >= call.start && token.span().end <= call.end).collect();
    let quote = inside.iter().find_map(|token| matches!(token, Token::Text(one) if !one.is_template).then(|| text[token.span().start])).unwrap_or(b'"');
    let quote = if quote == b'\'' { '\'' } else { '"' };
    let mut found = Vec::new();
    // Braces and brackets that are open: the byte of each.
    let mut open: Vec<u8> = Vec::new();
    let Some(first) = memchr::memchr(b'(', call.of(text)) else { return found };
    let (mut at, mut next) = (call.start + first, 0);
    let mut before = b' ';
    while at < call.end {
        while inside.get(next).is_some_and(|token| token.span().end <= at && token.span().start < at) {
            next += 1;
        }
        if let Some(token) = inside.get(next).filter(|token| token.span().start == at && token.span().end > at) {
            if let Token::Text(one) = token {
                if language == Language::Python {
                    holes(text, *one, &mut found);
                }
                before = b'"';
            }
            at = token.span().end;
            next += 1;
            continue;
        }
        let byte = text[at];
        if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') && text.get(at + 1) != Some(&b'{') {
            let end = path_end(text, language, at, call.end);
            found.extend(candidate(text, language, Span::new(at, end), before, &open, quote));
            at = end.max(at + 1);
            before = b'a';
            continue;
        }
        match byte {
            b'(' | b'[' | b'{' => open.push(if byte == b'{' && at > 0 && text[at - 1] == b'$' { b'$' } else { byte }),
            b')' | b']' | b'}' => {
                open.pop();
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        at += 1;
    }
    found
}

/// The edit for a path of names, if it is a whole expression where it stands.
fn candidate(text: &[u8], language: Language, path: Span, before: u8, open: &[u8], quote: char) -> Option<Edit> {
    let after = text[path.end..].iter().position(|byte| !byte.is_ascii_whitespace()).map(|skipped| path.end + skipped)?;
    let next = text[after];
    let context = open.last().copied()?;
    let quoted = format!("{quote}{REDACTED}{quote}");
    let replaced = |text: String| Some(Edit::new(path.start, path.end, text));
    if context == b'$' {
        // The whole hole, with the marks around it.
        let is_whole = before == b'{' && next == b'}' && text[..path.start].ends_with(b"${") && after == path.end;
        return if is_whole { Some(Edit::new(path.start - 2, path.end + 1, REDACTED)) } else { None };
    }
    if !matches!(next, b',' | b')' | b']' | b'}' | b'+') || next == b'+' && text.get(after + 1) == Some(&b'+') {
        return None;
    }
    if context == b'{' && language == Language::JavaScript && matches!(before, b'{' | b',') {
        let name = String::from_utf8_lossy(path.of(text)).into_owned();
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
        return if is_name { replaced(format!("{name}: {quoted}")) } else { None };
    }
    let begins = matches!(before, b'(' | b',' | b'+' | b'[') || before == b':' && context == b'{' || before == b'=' && language == Language::Python;
    if begins { replaced(quoted) } else { None }
}

/// Where a path of names ends: `a`, `a.b`, `a?.b`, `a["b"]`, `os.getenv("B")`.
fn path_end(text: &[u8], language: Language, start: usize, limit: usize) -> usize {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80;
    let word = |from: usize| from + text[from..limit].iter().take_while(|byte| is_name(byte)).count();
    let quoted = |from: usize, close: u8| -> Option<usize> {
        let quote = *text.get(from).filter(|byte| matches!(byte, b'"' | b'\''))?;
        let body = text[from + 1..limit].iter().take_while(|byte| is_name(byte)).count();
        (text.get(from + 1 + body) == Some(&quote) && text.get(from + 2 + body) == Some(&close)).then_some(from + 3 + body)
    };
    let mut at = word(start);
    while at < limit {
        let rest = &text[at..limit];
        let skipped = if rest.starts_with(b"?.") { 2 } else { usize::from(rest[0] == b'.') };
        if skipped > 0 && text.get(at + skipped).filter(|_| at + skipped < limit).is_some_and(is_name) {
            at = word(at + skipped);
            continue;
        }
        let is_read = || [&b".getenv"[..], b".environ.get", b".env.get"].iter().any(|end| text[start..at].ends_with(end));
        let end = match rest[0] {
            b'[' => quoted(at + 1, b']'),
            b'(' if is_read() => quoted(at + 1, b')'),
            // TypeScript: it is there.
            b'!' if language == Language::JavaScript && rest.get(1) != Some(&b'=') => Some(at + 1),
            _ => None,
        };
        match end {
            Some(end) if end <= limit => at = end,
            _ => break,
        }
    }
    at
}

/// The holes of a formatted text of Python that hold a path of names and nothing else.
fn holes(text: &[u8], literal: Text, found: &mut Vec<Edit>) {
    let letters = text[..literal.open].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if !text[literal.open - letters..literal.open].iter().any(|byte| matches!(byte, b'f' | b'F')) {
        return;
    }
    let mut at = literal.body.start;
    while at < literal.body.end {
        if text[at] != b'{' {
            at += 1;
            continue;
        }
        if text.get(at + 1) == Some(&b'{') {
            at += 2;
            continue;
        }
        let end = path_end(text, Language::Python, at + 1, literal.body.end);
        if end > at + 1 && end < literal.body.end {
            // A conversion or a format may follow: `{key!r:>40}`.
            let close = memchr::memchr(b'}', &text[end..literal.body.end]).map(|skipped| end + skipped);
            if let Some(close) = close.filter(|close| *close == end || matches!(text[end], b'!' | b':' | b'=')) {
                found.push(Edit::new(at, close + 1, REDACTED));
                at = close + 1;
                continue;
            }
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with each candidate taken out.
    fn all(language: Language, code: &str) -> String {
        let tokens = lexer::tokens(code.as_bytes(), language, 0, code.len());
        let mut edits = candidates(code.as_bytes(), language, &tokens, Span::new(0, code.len()));
        assert!(edit::arrange(&mut edits), "{code}: {edits:?}");
        String::from_utf8_lossy(&edit::apply(code.as_bytes(), &edits)).into_owned()
    }

    #[test]
    fn what_may_be_taken_out() {
        for (language, code, wanted) in [
            (Language::JavaScript, "console.log('key', key)", "console.log('key', '[redacted]')"),
            (Language::JavaScript, "console.log(key)", "console.log(\"[redacted]\")"),
            (Language::JavaScript, "console.log(`a ${key} b ${f(1)}`)", "console.log(`a [redacted] b ${f(1)}`)"),
            (Language::JavaScript, "console.log(`a ${a.b?.c}`)", "console.log(`a [redacted]`)"),
            (Language::JavaScript, "console.log(\"a\" + process.env.KEY)", "console.log(\"a\" + \"[redacted]\")"),
            (Language::JavaScript, "console.log(process.env['KEY'], env.A!)", "console.log('[redacted]', '[redacted]')"),
            (Language::JavaScript, "log.info({ key, other: a.b }, 'x')", "log.info({ key: '[redacted]', other: '[redacted]' }, 'x')"),
            (Language::JavaScript, "console.log(a ? key : b)", "console.log(a ? key : b)"),
            (Language::JavaScript, "console.log(f(key).x, key.slice(0))", "console.log(f(\"[redacted]\").x, key.slice(0))"),
            (Language::JavaScript, "console.log(a && key, i++, key == b)", "console.log(a && key, i++, key == b)"),
            (Language::Python, "print('key', key)", "print('key', '[redacted]')"),
            (Language::Python, "print(f\"a {key} {{x}} {key!r} {f(x)}\")", "print(f\"a [redacted] {{x}} [redacted] {f(x)}\")"),
            (Language::Python, "log.info(\"%s\", os.environ[\"KEY\"])", "log.info(\"%s\", \"[redacted]\")"),
            (Language::Python, "log.info(\"%s\", os.getenv(\"KEY\"), exc_info=e)", "log.info(\"%s\", \"[redacted]\", exc_info=\"[redacted]\")"),
            (Language::Python, "print({'a': key})", "print({'a': '[redacted]'})"),
            (Language::Python, "print(\"{key}\")", "print(\"{key}\")"),
        ] {
            assert_eq!(all(language, code), wanted, "{code}");
        }
    }

    #[test]
    fn texts_of_the_call_itself() {
        for (path, code, wanted) in [
            ("a.js", "console.log('KEY')", true),
            ("a.js", "console.log(`a ${b} KEY`, c)", true),
            ("a.js", "a.child(b).info({ c: ['KEY'] })", true),
            ("a.js", "console.log(await fetch(a, { b: 'KEY' }))", false),
            ("a.js", "console.log(/* KEY */)", false),
            ("a.py", "print(\"KEY\")", true),
            ("a.sh", "echo \"KEY\"", false),
        ] {
            let at = code.find("KEY").expect("a value");
            assert_eq!(is_own_text(path, code.as_bytes(), Span::new(0, code.len()), Span::new(at, at + 3)), wanted, "{code}");
        }
    }

    #[test]
    fn odd_calls_end() {
        for code in ["f(", "f", "f($", "f(`${`${a", "f(a[\"", "f(a.", "f(é", "f(a?.", "f({a", "f(os.getenv("] {
            for language in [Language::JavaScript, Language::Python] {
                let tokens = lexer::tokens(code.as_bytes(), language, 0, code.len());
                let _ = candidates(code.as_bytes(), language, &tokens, Span::new(0, code.len()));
            }
        }
    }
}
