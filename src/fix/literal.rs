//! A value in a string literal becomes a read of the environment: which bytes go, and what stands there instead.

use super::edit::Edit;
use super::language::Language;
use super::lexer::{Text, Token};
use crate::text::Span;

/// Why a value stays, as the end of a line: a sentence without a full stop.
pub(super) type Reason = String;

/// The edit that puts `read`, an expression, in the place of `value`.
pub(super) fn replace(text: &[u8], language: Language, token: Option<Token>, value: Span, read: &str, name: &str) -> Result<Edit, Reason> {
    match language {
        Language::Workflow | Language::Compose => {
            if matches!(token, Some(Token::Comment(_))) {
                return Err(in_comment());
            }
            return Ok(Edit::new(value.start, value.end, read));
        }
        Language::Shell => return shell(text, token, value, name),
        _ => {}
    }
    let literal = match token {
        Some(Token::Text(literal)) => literal,
        Some(Token::Comment(_)) => return Err(in_comment()),
        None => return Err("it is in no string literal that skout can take apart: put a read of the environment there by hand".to_owned()),
    };
    let prefix = prefix(text, literal);
    check_statement(text, language, literal)?;
    if literal.body == value && literal.is_whole {
        whole(text, language, literal, &prefix, read)
    } else {
        within(text, language, literal, &prefix, value, read)
    }
}

fn in_comment() -> Reason {
    "it is in a comment: take it out by hand".to_owned()
}

/// Letters that belong to the literal and stand right before its quote: `f"`, `@"`, a tag.
fn prefix(text: &[u8], literal: Text) -> String {
    let before = &text[..literal.open];
    let letters = before.iter().rev().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'$' | b'#')).count();
    String::from_utf8_lossy(&before[before.len() - letters..]).into_owned()
}

/// The whole literal goes, its quotes with it.
fn whole(text: &[u8], language: Language, literal: Text, prefix: &str, read: &str) -> Result<Edit, Reason> {
    let odd = || Err(format!("the literal begins with `{prefix}`, which skout does not take apart"));
    let start = match (language, prefix) {
        (_, "") => literal.open,
        // A tag gets the value in a hole.
        (Language::JavaScript, tag) if literal.is_template && !is_keyword(tag) => {
            return Ok(Edit::new(literal.body.start, literal.body.end, format!("${{{read}}}")));
        }
        (Language::JavaScript, word) if is_keyword(word) => return Ok(Edit::new(literal.open, literal.end, format!(" {read}"))),
        (Language::Python, "f" | "F" | "r" | "R" | "u" | "U" | "rf" | "fr") => literal.open - prefix.len(),
        (Language::CSharp, "@" | "$" | "$@" | "@$") => literal.open - prefix.len(),
        _ => return odd(),
    };
    if matches!(language, Language::Python | Language::Ruby) && is_neighbour(text, start, literal.end) {
        return Err("another literal stands right beside it and is joined to it: join them by hand".to_owned());
    }
    if language == Language::JavaScript && after(text, literal.end).starts_with(b"as const") {
        return Err("it is a constant type (`as const`), which a variable of the environment is not".to_owned());
    }
    if language == Language::Rust {
        let before = statement(text, literal.open);
        let before = before.trim_end();
        // An argument may want a `&str`, which the read is not.
        if !before.ends_with('=') && !before.ends_with("String::from(") {
            return Err(format!("what takes the text may not take a `String`: read `{name}` into a variable by hand", name = read_name(read)));
        }
        let typed = before.trim_end_matches(['=', ' ', '\n']).ends_with("&str");
        return Ok(Edit::new(start, literal.end, if typed { format!("&{read}") } else { read.to_owned() }));
    }
    Ok(Edit::new(start, literal.end, read))
}

/// The variable that an expression reads.
fn read_name(read: &str) -> &str {
    read.split('"').nth(1).unwrap_or(read)
}

/// The value alone goes, and the rest of the literal stays.
fn within(text: &[u8], language: Language, literal: Text, prefix: &str, value: Span, read: &str) -> Result<Edit, Reason> {
    let body = literal.body.of(text);
    if literal.is_template {
        return Ok(Edit::new(value.start, value.end, format!("${{{read}}}")));
    }
    // A text with quotes in it may be code within code, or a line that was misread.
    if body.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`')) {
        return Err("it is a part of a text with quotes in it: take it apart by hand".to_owned());
    }
    let quote = String::from_utf8_lossy(&text[literal.open..literal.body.start]).into_owned();
    let is_double = quote.starts_with('"');
    let in_hole = |hole: String| Ok(Edit::new(value.start, value.end, hole));
    let operator = match (language, prefix) {
        (Language::Python, "f" | "F" | "rf" | "fr") => {
            let other = if is_double { '\'' } else { '"' };
            return in_hole(format!("{{{}}}", read.replace('"', &other.to_string())));
        }
        (Language::Ruby, "") if is_double => return in_hole(format!("#{{{read}}}")),
        (Language::Kotlin, "") => return in_hole(format!("${{{read}}}")),
        (Language::Php, "") => ".",
        (Language::Python | Language::JavaScript | Language::Ruby | Language::Java | Language::CSharp | Language::Go, "") => "+",
        (Language::Rust, _) => return Err("it is a part of a longer text: build that with `format!` by hand".to_owned()),
        _ => return Err(format!("the literal begins with `{prefix}`, which skout does not take apart")),
    };
    if matches!(language, Language::Python | Language::Ruby) && is_neighbour(text, literal.open, literal.end) {
        return Err("another literal stands right beside it and is joined to it: join them by hand".to_owned());
    }
    let next = after(text, literal.end);
    if next.starts_with(b".") && language != Language::Php || next.starts_with(b"[") || next.starts_with(b"%") || next.starts_with(b"as const") {
        return Err("something is done to the text that it is a part of: take it apart by hand".to_owned());
    }
    let (has_left, has_right) = (value.start > literal.body.start, value.end < literal.body.end);
    let left = if has_left { format!("{quote} {operator} ") } else { String::new() };
    let right = if has_right { format!(" {operator} {quote}") } else { String::new() };
    let start = if has_left { value.start } else { literal.open };
    let end = if has_right { value.end } else { literal.end };
    Ok(Edit::new(start, end, format!("{left}{read}{right}")))
}

/// `"$NAME"`, in whichever quotes the value stands.
fn shell(text: &[u8], token: Option<Token>, value: Span, name: &str) -> Result<Edit, Reason> {
    if value.start > LONGEST_SHELL {
        return Err("the script is too long to be written by hand".to_owned());
    }
    if in_heredoc(&text[..value.start]) {
        return Err("it is in a here-document, which may or may not replace variables: put one there by hand".to_owned());
    }
    match token {
        Some(Token::Comment(_)) => Err(in_comment()),
        None => Ok(Edit::new(value.start, value.end, format!("\"${name}\""))),
        Some(Token::Text(literal)) => {
            let is_single = text[literal.open] == b'\'';
            if literal.body == value {
                return Ok(Edit::new(literal.open, literal.end, format!("\"${name}\"")));
            }
            let read = if is_single { format!("'\"${name}\"'") } else { format!("${{{name}}}") };
            Ok(Edit::new(value.start, value.end, read))
        }
    }
}

/// Further down a shell script nothing is rewritten. In bytes.
const LONGEST_SHELL: usize = 1 << 20;

/// Whether a here-document is open at the end of a shell text.
fn in_heredoc(before: &[u8]) -> bool {
    let mut awaited: Option<Vec<u8>> = None;
    for line in before.split(|byte| *byte == b'\n') {
        if let Some(end) = &awaited {
            if line.trim_ascii() == &end[..] {
                awaited = None;
            }
            continue;
        }
        if let Some(at) = memchr::memmem::find(line, b"<<").filter(|at| line.get(at + 2) != Some(&b'<')) {
            let word = line[at + 2..].trim_ascii_start();
            let word = word.strip_prefix(b"-").unwrap_or(word).trim_ascii_start();
            let word: Vec<u8> =
                word.iter().copied().filter(|byte| !b"'\"\\".contains(byte)).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').collect();
            if word.first().is_some_and(|byte| !byte.is_ascii_digit()) {
                awaited = Some(word);
            }
        }
    }
    awaited.is_some()
}

/// Whether another literal touches this one but for white space, which two languages join.
fn is_neighbour(text: &[u8], start: usize, end: usize) -> bool {
    let from = start.saturating_sub(200);
    let before = text[from..start].trim_ascii_end();
    let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
    is_quote(before.last()) || is_quote(after(text, end).first())
}

/// What follows, white space left out.
fn after(text: &[u8], end: usize) -> &[u8] {
    text[end..text.len().min(end + 200)].trim_ascii_start()
}

/// The text of the statement before a literal, as far as a line or two tell.
fn statement(text: &[u8], open: usize) -> String {
    let from = open.saturating_sub(300);
    let before = &text[from..open];
    let start = before.iter().rposition(|byte| matches!(byte, b';' | b'{' | b'}')).map_or(0, |at| at + 1);
    String::from_utf8_lossy(&before[start..]).into_owned()
}

fn line_before(text: &[u8], open: usize) -> String {
    let from = memchr::memrchr(b'\n', &text[..open]).map_or(0, |at| at + 1).max(open.saturating_sub(300));
    String::from_utf8_lossy(&text[from..open]).trim_start().to_owned()
}

/// Places where a language takes constants alone.
fn check_statement(text: &[u8], language: Language, literal: Text) -> Result<(), Reason> {
    let line = line_before(text, literal.open);
    let before = statement(text, literal.open);
    let has = |word: &str| before.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|own| own == word);
    let is_constant = match language {
        Language::Go => has("const") || in_const_block(&text[..literal.open]),
        Language::Kotlin => has("const") || line.starts_with('@'),
        Language::CSharp => has("const") || has("case") || line.starts_with('['),
        Language::Java => has("case") || line.starts_with('@'),
        Language::Php => {
            let is_property = ["public", "private", "protected", "static", "var"].iter().any(|word| has(word)) && !has("return");
            has("const") || has("case") || is_property || has("function")
        }
        Language::Rust => !has("let") || has("const") || has("static"),
        _ => false,
    };
    if !is_constant {
        return Ok(());
    }
    Err(match language {
        Language::Rust => "only a `let` of a function may read the environment: move it there by hand".to_owned(),
        _ => "the language wants a constant here, which no read of the environment is: make it a variable by hand".to_owned(),
    })
}

/// Whether a `const (` of Go is open.
fn in_const_block(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(64 << 10)..];
    let Some(at) = memchr::memmem::rfind(before, b"const (") else { return false };
    memchr::memmem::find(&before[at..], b"\n)").is_none()
}

fn is_keyword(word: &str) -> bool {
    matches!(word, "return" | "case" | "typeof" | "in" | "of" | "await" | "yield" | "default" | "else" | "new" | "throw" | "void" | "delete")
}

#[cfg(test)]
mod tests {
    use super::super::edit;
    use super::super::lexer;
    use super::*;

    /// VALUE stands for the secret, NAME for the variable.
    fn after(language: Language, code: &str, read: &str) -> Result<String, Reason> {
        let start = code.find("VALUE").expect("a value");
        let value = Span::new(start, start + 5);
        let tokens = lexer::tokens(code.as_bytes(), language, 0, code.len());
        let edit = replace(code.as_bytes(), language, lexer::holder(&tokens, value), value, read, "NAME")?;
        Ok(String::from_utf8(edit::apply(code.as_bytes(), &[edit])).expect("UTF-8"))
    }

    #[test]
    fn literals_become_reads() {
        use Language::*;
        for (language, read, code, wanted) in [
            (JavaScript, "env.N", "f('VALUE')", "f(env.N)"),
            (JavaScript, "env.N", "f(`VALUE`)", "f(env.N)"),
            (JavaScript, "env.N", "f(\"Bearer VALUE\")", "f(\"Bearer \" + env.N)"),
            (JavaScript, "env.N", "f('a VALUE b')", "f('a ' + env.N + ' b')"),
            (JavaScript, "env.N", "f(`Bearer VALUE`)", "f(`Bearer ${env.N}`)"),
            (JavaScript, "env.N", "f(`${a} VALUE`)", "f(`${a} ${env.N}`)"),
            (JavaScript, "env.N", "return'VALUE'", "return env.N"),
            (JavaScript, "env.N", "sql`VALUE`", "sql`${env.N}`"),
            (Python, "os.environ[\"N\"]", "a = \"VALUE\"", "a = os.environ[\"N\"]"),
            (Python, "os.environ[\"N\"]", "a = f\"x VALUE\"", "a = f\"x {os.environ['N']}\""),
            (Python, "os.environ[\"N\"]", "a = \"x VALUE\"", "a = \"x \" + os.environ[\"N\"]"),
            (Ruby, "ENV.fetch(\"N\")", "a = \"x VALUE\"", "a = \"x #{ENV.fetch(\"N\")}\""),
            (Php, "getenv('N')", "$a = 'x VALUE';", "$a = 'x ' . getenv('N');"),
            (Kotlin, "System.getenv(\"N\")", "val a = \"x VALUE\"", "val a = \"x ${System.getenv(\"N\")}\""),
            (Rust, "r()", "fn f() { let a = \"VALUE\"; }", "fn f() { let a = r(); }"),
            (Rust, "r()", "fn f() { let a: &str = \"VALUE\"; }", "fn f() { let a: &str = &r(); }"),
            (Rust, "r()", "fn f() { let a = String::from(\"VALUE\"); }", "fn f() { let a = String::from(r()); }"),
            (Shell, "", "A=VALUE", "A=\"$NAME\""),
            (Shell, "", "A='VALUE'", "A=\"$NAME\""),
            (Shell, "", "c -H 'a: VALUE'", "c -H 'a: '\"$NAME\"''"),
            (Shell, "", "c -H \"a: VALUE\"", "c -H \"a: ${NAME}\""),
            (Workflow, "${{ secrets.N }}", "  A: 'VALUE'", "  A: '${{ secrets.N }}'"),
        ] {
            assert_eq!(after(language, code, read).as_deref(), Ok(wanted), "{code}");
        }
    }

    #[test]
    fn what_is_not_safe_stays() {
        use Language::*;
        for (language, code) in [
            (JavaScript, "// 'VALUE'"),
            (JavaScript, "f('a \"VALUE\"')"),
            (JavaScript, "'x VALUE'.trim()"),
            (JavaScript, "return'x VALUE'"),
            (JavaScript, "'VALUE' as const"),
            (Python, "a = b\"VALUE\""),
            (Python, "a = (\"x\"\n  \"VALUE\")"),
            (Python, "\"x VALUE %s\" % y"),
            (Go, "const a = \"VALUE\""),
            (Go, "const (\n\ta = \"VALUE\"\n)"),
            (Java, "@Value(\"VALUE\")"),
            (Kotlin, "const val A = \"VALUE\""),
            (CSharp, "const string A = \"VALUE\";"),
            (Php, "class A { private $a = 'VALUE'; }"),
            (Rust, "const A: &str = \"VALUE\";"),
            (Rust, "fn f() { let a = Plunk::new(\"VALUE\"); }"),
            (Shell, "cat <<EOF\nVALUE\nEOF"),
            (Shell, "# VALUE"),
        ] {
            assert!(after(language, code, "read").is_err(), "{code}");
        }
    }
}
