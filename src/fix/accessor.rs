//! How code reads a variable of the environment, by its language and framework, and the import that this needs.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::edit::{Edit, line_end};
use super::language::Language;
use super::lexer::{self, Token};

/// A read of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    /// The expression.
    pub(super) read: String,
    /// A line that must be added for it.
    pub(super) import: Option<Edit>,
}

fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

static DENO: LazyLock<Regex> = LazyLock::new(|| constant(r"(?-u:\b)Deno\."));
static IMPORTS_OS: LazyLock<Regex> = LazyLock::new(|| constant(r"(?m-u)^import[ \t]+(?:[\w., \t]+,[ \t]*)?os(?:\.\w+)*[ \t]*(?:,|;|#|\r?$)"));
static GO_OS: LazyLock<Regex> = LazyLock::new(|| constant(r#"(?m-u)^(?:import)?[ \t]*"os"[ \t]*\r?$"#));
static USING_SYSTEM: LazyLock<Regex> = LazyLock::new(|| constant(r"(?m-u)^\s*(?:global\s+)?using\s+System\s*;"));
static STATIC_PRIVATE: LazyLock<Regex> = LazyLock::new(|| constant(r#"(?-u)import\s*\{([^}]*)\}\s*from\s*["']\$env/static/private["']"#));

/// The read of `name` in a file. `packages` are what the package of the file depends on.
pub(super) fn of(path: &str, text: &[u8], language: Language, name: &str, packages: &[String]) -> Result<Access, String> {
    let plain = |read: String| Ok(Access { read, import: None });
    match language {
        Language::JavaScript => Ok(script(path, text, name, packages)),
        Language::Python => Ok(Access { read: format!("os.environ[\"{name}\"]"), import: import_os(text) }),
        Language::Ruby => plain(format!("ENV.fetch(\"{name}\")")),
        Language::Php => plain(format!("getenv('{name}')")),
        Language::Go if GO_OS.is_match(text) => plain(format!("os.Getenv(\"{name}\")")),
        Language::Go => Err(format!("the file does not import \"os\": import it and read os.Getenv(\"{name}\")")),
        Language::Java | Language::Kotlin => plain(format!("System.getenv(\"{name}\")")),
        Language::CSharp if USING_SYSTEM.is_match(text) => plain(format!("Environment.GetEnvironmentVariable(\"{name}\")")),
        Language::CSharp => plain(format!("System.Environment.GetEnvironmentVariable(\"{name}\")")),
        // Written in two, for skout itself reads no variable here.
        Language::Rust => plain(format!("std::env::{}(\"{name}\").expect(\"{name} is set\")", "var")),
        Language::Shell | Language::Compose => plain(format!("${{{name}}}")),
        Language::Workflow => plain(format!("${{{{ secrets.{name} }}}}")),
    }
}

/// The name of a secret of GitHub, where names must not begin with `GITHUB_`.
pub(super) fn of_workflow(name: &str) -> String {
    name.strip_prefix("GITHUB_").map_or_else(|| name.to_owned(), |rest| format!("GH_{rest}"))
}

fn script(path: &str, text: &[u8], name: &str, packages: &[String]) -> Access {
    let has = |package: &str| packages.iter().any(|own| own == package);
    let plain = |read: String| Access { read, import: None };
    if DENO.is_match(text) {
        return plain(format!("Deno.env.get(\"{name}\")"));
    }
    if path.ends_with(".astro") || has("astro") && (path.starts_with("src/") || path.contains("/src/")) {
        return plain(format!("import.meta.env.{name}"));
    }
    if has("@sveltejs/kit") && is_kit_server(path) {
        return from_kit(text, name);
    }
    plain(format!("process.env.{name}"))
}

/// Modules of SvelteKit that no client may import.
fn is_kit_server(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.starts_with("+server.") || file.contains(".server.") || path.contains("lib/server/")
}

/// `import { NAME } from "$env/static/private"`, under another name where the module has one of its own.
fn from_kit(text: &[u8], name: &str) -> Access {
    let imported = |list: &[u8]| list.split(|byte| *byte == b',').any(|one| one.trim_ascii() == name.as_bytes());
    if STATIC_PRIVATE.captures_iter(text).any(|found| imported(&found[1])) {
        return Access { read: name.to_owned(), import: None };
    }
    let is_used = words(text, name).next().is_some();
    let local = if is_used { format!("{name}_FROM_ENV") } else { name.to_owned() };
    let list = if is_used { format!("{name} as {local}") } else { name.to_owned() };
    let at = text.strip_prefix(b"\xef\xbb\xbf").map_or(0, |_| 3);
    let line = format!("import {{ {list} }} from \"$env/static/private\";{}", line_end(text));
    Access { read: local, import: Some(Edit::new(at, at, line)) }
}

/// Where `name` stands as a whole word.
pub(super) fn words<'t>(text: &'t [u8], name: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memchr::memmem::find_iter(text, name.as_bytes())
        .filter(move |at| !is_word(at.checked_sub(1).and_then(|at| text.get(at))) && !is_word(text.get(at + name.len())))
}

/// `import os` after the file's docstring and its `from __future__` imports; `None` where it is there.
fn import_os(text: &[u8]) -> Option<Edit> {
    if IMPORTS_OS.is_match(text) {
        return None;
    }
    let tokens = lexer::tokens(text, Language::Python, 0, text.len().min(1 << 20));
    let mut tokens = tokens.iter().peekable();
    let mut at = text.strip_prefix(b"\xef\xbb\xbf").map_or(0, |_| 3);
    // Where the line would go if nothing else came: before the first statement that is no docstring.
    let mut place = at;
    let mut had_docstring = false;
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1);
        let line = &text[at..end];
        let code = line.trim_ascii();
        if code.is_empty() || code.starts_with(b"#") {
            at = end;
            // The head of comments, with the interpreter and the encoding, stays on top.
            if code.starts_with(b"#") && place + 3 >= at - line.len() {
                place = end;
            }
            continue;
        }
        let start = at + line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        while tokens.next_if(|token| token.span().end <= start).is_some() {}
        let text_here = match tokens.peek() {
            Some(Token::Text(found)) if found.open <= start + 1 && text[start..found.open].iter().all(u8::is_ascii_alphabetic) => Some(*found),
            _ => None,
        };
        if let Some(docstring) = text_here.filter(|_| !had_docstring) {
            had_docstring = true;
            at = line_after(text, docstring.end);
            place = at;
            continue;
        }
        if code.starts_with(b"from __future__") {
            let last = if memchr::memchr(b'(', code).is_some() { memchr::memchr(b')', &text[start..]).map_or(end, |close| start + close) } else { end - 1 };
            at = line_after(text, last);
            place = at;
            continue;
        }
        // Beside the imports that follow, if they do.
        if code.starts_with(b"import ") || code.starts_with(b"from ") {
            place = at;
        }
        break;
    }
    let end = line_end(text);
    let before = if place > 0 && text.get(place - 1) != Some(&b'\n') && place > 3 { end } else { "" };
    Some(Edit::new(place, place, format!("{before}import os{end}")))
}

fn line_after(text: &[u8], at: usize) -> usize {
    let at = at.min(text.len());
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1)
}

/// The variable by which client code of a package may read what is public, as an expression and by its name.
pub(super) fn public(name: &str, packages: &[String]) -> Option<(String, String)> {
    const PUBLIC: &[(&str, &str, &str)] = &[
        ("next", "process.env.", "NEXT_PUBLIC_"),
        ("astro", "import.meta.env.", "PUBLIC_"),
        ("react-scripts", "process.env.", "REACT_APP_"),
        ("expo", "process.env.", "EXPO_PUBLIC_"),
        ("gatsby", "process.env.", "GATSBY_"),
        ("vite", "import.meta.env.", "VITE_"),
    ];
    // Nuxt publishes through its runtime configuration alone.
    if packages.iter().any(|own| own == "nuxt") {
        return None;
    }
    let (_, object, prefix) = PUBLIC.iter().find(|(package, ..)| packages.iter().any(|own| own == package))?;
    Some((format!("{object}{prefix}{name}"), format!("{prefix}{name}")))
}

#[cfg(test)]
mod tests {
    use super::super::edit;
    use super::*;

    #[test]
    fn import_os_stands_where_it_may() {
        for (text, wanted) in [
            ("a = 1\n", "import os\na = 1\n"),
            ("#!/usr/bin/python\n# coding: utf-8\na = 1\n", "#!/usr/bin/python\n# coding: utf-8\nimport os\na = 1\n"),
            ("\"\"\"doc\nmore\"\"\"\n\nimport sys\n", "\"\"\"doc\nmore\"\"\"\n\nimport os\nimport sys\n"),
            ("\"\"\"doc\"\"\"\nfrom __future__ import annotations\n\nx = 1\n", "\"\"\"doc\"\"\"\nfrom __future__ import annotations\nimport os\n\nx = 1\n"),
            ("from __future__ import (\n  a,\n)\nx = 1\n", "from __future__ import (\n  a,\n)\nimport os\nx = 1\n"),
            ("a = 1\r\n", "import os\r\na = 1\r\n"),
            ("'doc'", "'doc'\nimport os\n"),
        ] {
            let edit = import_os(text.as_bytes()).expect("an import");
            assert_eq!(String::from_utf8_lossy(&edit::apply(text.as_bytes(), &[edit])), wanted);
        }
        for text in ["import os\n", "import sys, os\n", "import os.path\n", "import os, sys\r\n"] {
            assert_eq!(import_os(text.as_bytes()), None, "{text}");
        }
        assert!(import_os(b"from os import path\nimport os as o\nimport ossaudiodev\n").is_some());
    }

    #[test]
    fn scripts_read_as_their_framework_does() {
        let read = |path: &str, text: &str, package: &str| script(path, text.as_bytes(), "N", &[package.to_owned()]);
        assert_eq!(read("a.ts", "", "").read, "process.env.N");
        assert_eq!(read("a.ts", "Deno.serve()", "").read, "Deno.env.get(\"N\")");
        assert_eq!(read("src/pages/a.ts", "", "astro").read, "import.meta.env.N");
        assert_eq!(read("astro.config.mjs", "", "astro").read, "process.env.N");
        let kit = read("src/routes/+server.ts", "const N = 1", "@sveltejs/kit");
        assert_eq!(
            (kit.read.as_str(), kit.import.expect("an import").text.as_str()),
            ("N_FROM_ENV", "import { N as N_FROM_ENV } from \"$env/static/private\";\n")
        );
        assert_eq!(read("src/lib/server/a.ts", "import { N } from '$env/static/private'", "@sveltejs/kit").import, None);
        assert_eq!(public("K", &["next".to_owned()]).map(|found| found.0).as_deref(), Some("process.env.NEXT_PUBLIC_K"));
        assert_eq!(public("K", &["nuxt".to_owned(), "vite".to_owned()]), None);
    }
}
