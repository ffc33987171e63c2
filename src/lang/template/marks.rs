//! Which files are templates, and where in them an expression is written into the page.

use crate::text::Span;

/// How an expression is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// `open expression close`; what begins with one of `not` is no output.
    Pair { open: &'static str, close: &'static str, not: &'static [&'static str] },
    /// `@Model.Key`
    Razor,
    /// `tag= expression`, and `(name=expression)`
    Line,
}

/// The marks of one kind of template.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    marks: Vec<Mark>,
    /// Comments, in which nothing is written.
    comments: &'static [(&'static str, &'static str)],
    /// Whether only markup in the text tells a page from another file that is filled in.
    pub(super) needs_markup: bool,
}

const ANGLE: Mark = Mark::Pair { open: "<%=", close: "%>", not: &[] };
const ANGLE_RAW: Mark = Mark::Pair { open: "<%-", close: "%>", not: &[] };
const BRACES: Mark = Mark::Pair {
    open: "{{",
    close: "}}",
    not: &["#", "/", "!", "^", ">", "&lt;", "if ", "else", "end", "range ", "with ", "define ", "template ", "block ", "partial ", "unless "],
};
const RAW_BRACES: Mark = Mark::Pair { open: "{!!", close: "!!}", not: &[] };
const ECHO: Mark = Mark::Pair { open: "<?=", close: "?>", not: &[] };
const PHP_ECHO: Mark = Mark::Pair { open: "<?php echo ", close: "?>", not: &[] };
const DOLLAR: Mark = Mark::Pair { open: "${", close: "}", not: &[] };
const HASH: Mark = Mark::Pair { open: "#{", close: "}", not: &[] };
const BANG: Mark = Mark::Pair { open: "!{", close: "}", not: &[] };
const ATTRIBUTE: Mark = Mark::Pair { open: "={", close: "}", not: &[] };

const NO_COMMENTS: &[(&str, &str)] = &[];
const BRACE_COMMENTS: &[(&str, &str)] =
    &[("{{!--", "--}}"), ("{{--", "--}}"), ("{#", "#}"), ("{{/*", "*/}}"), ("{% comment %}", "{% endcomment %}"), ("{% raw %}", "{% endraw %}")];
const ANGLE_COMMENTS: &[(&str, &str)] = &[("<%#", "%>"), ("<%--", "--%>")];

/// The marks of a file's kind; `None` for what is no template of a page.
pub(super) fn of(path: &str) -> Option<Marks> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = name.to_ascii_lowercase();
    let (stem, end) = lower.rsplit_once('.')?;
    let inner = stem.rsplit_once('.').map(|(_, inner)| inner);
    let marks = |marks: &[Mark], comments| Some(Marks { marks: marks.to_vec(), comments, needs_markup: false });
    let is_page = |inner: &str| matches!(inner, "html" | "htm" | "xhtml" | "js" | "blade" | "turbo_stream");
    // `database.yml.erb` is filled in, and is no page.
    let is_other = inner.is_some_and(|inner| NOT_PAGES.contains(&inner));
    if is_other {
        return None;
    }
    match end {
        "ejs" => marks(&[ANGLE, ANGLE_RAW], ANGLE_COMMENTS),
        "erb" | "rhtml" | "eex" if inner.is_some_and(is_page) => marks(&[ANGLE], ANGLE_COMMENTS),
        "erb" | "eex" => Some(Marks { marks: vec![ANGLE], comments: ANGLE_COMMENTS, needs_markup: true }),
        "heex" | "leex" => marks(&[ANGLE, ATTRIBUTE], ANGLE_COMMENTS),
        "jsp" | "jspx" | "jspf" => marks(&[ANGLE, DOLLAR], ANGLE_COMMENTS),
        "ftl" | "ftlh" => marks(&[DOLLAR], NO_COMMENTS),
        "hbs" | "handlebars" | "mustache" | "liquid" | "njk" | "nunjucks" | "twig" => marks(&[BRACES], BRACE_COMMENTS),
        "php" if inner == Some("blade") => marks(&[BRACES, RAW_BRACES, ECHO, PHP_ECHO], BRACE_COMMENTS),
        "php" | "phtml" => Some(Marks { marks: vec![ECHO, PHP_ECHO], comments: NO_COMMENTS, needs_markup: end == "php" }),
        "gohtml" => marks(&[BRACES], BRACE_COMMENTS),
        "tmpl" | "tpl" | "j2" | "jinja" | "jinja2" | "template" => Some(Marks {
            marks: vec![BRACES],
            comments: BRACE_COMMENTS,
            needs_markup: !(inner.is_some_and(is_page) || end == "tmpl" && folders.contains("web")),
        }),
        "cshtml" | "razor" | "vbhtml" => marks(&[Mark::Razor], &[("@*", "*@")]),
        "pug" | "jade" => marks(&[HASH, BANG, Mark::Line], NO_COMMENTS),
        "haml" | "slim" => marks(&[HASH, Mark::Line], NO_COMMENTS),
        "html" | "htm" if folders.split('/').any(|folder| matches!(folder, "templates" | "views")) => marks(&[BRACES, DOLLAR], BRACE_COMMENTS),
        _ => None,
    }
}

/// Endings before that of a template by which it is no page.
const NOT_PAGES: &[&str] = &[
    "yml",
    "yaml",
    "json",
    "toml",
    "ini",
    "conf",
    "cfg",
    "env",
    "sh",
    "bash",
    "txt",
    "text",
    "sql",
    "xml",
    "service",
    "properties",
    "tf",
    "py",
    "rb",
    "go",
    "ts",
    "java",
    "cs",
    "md",
    "c",
    "h",
    "rs",
    "php5",
    "csv",
    "config",
    "plist",
    "nix",
    "hcl",
    "dockerfile",
    "ps1",
    "bat",
    "d",
];

impl Marks {
    /// Whether one of the marks is in a text at all.
    pub(super) fn open_in(&self, text: &[u8]) -> bool {
        self.marks.iter().any(|mark| match mark {
            Mark::Pair { open, .. } => memchr::memmem::find(text, open.as_bytes()).is_some(),
            Mark::Razor => memchr::memchr(b'@', text).is_some(),
            Mark::Line => true,
        })
    }

    /// The expressions that are written, without their marks.
    pub(super) fn outputs(&self, text: &str) -> Vec<Span> {
        let comments = self.comments_in(text);
        let mut out = Vec::new();
        for mark in &self.marks {
            match mark {
                Mark::Pair { open, close, not } => pairs(text, open, close, not, &mut out),
                Mark::Razor => razor(text, &mut out),
                Mark::Line => lines(text, &mut out),
            }
        }
        out.retain(|span| {
            let at = comments.partition_point(|comment| comment.end <= span.start);
            comments.get(at).is_none_or(|comment| comment.start > span.start)
        });
        out.sort_unstable_by_key(|span| (span.start, span.end));
        out
    }

    /// Comments, in order.
    fn comments_in(&self, text: &str) -> Vec<Span> {
        let mut out = Vec::new();
        for (open, close) in self.comments {
            let mut at = 0;
            while let Some(start) = text[at..].find(open).map(|found| at + found) {
                let body = start + open.len();
                let end = text[body..].find(close).map_or(text.len(), |found| body + found + close.len());
                out.push(Span::new(start, end));
                at = end;
            }
        }
        out.sort_unstable_by_key(|span| span.start);
        // Comments of two kinds may overlap: what is joined is in order by both ends.
        let mut joined: Vec<Span> = Vec::new();
        for span in out {
            match joined.last_mut().filter(|last| span.start < last.end) {
                Some(last) => *last = Span::new(last.start, last.end.max(span.end)),
                None => joined.push(span),
            }
        }
        joined
    }
}

/// The longest expression that is read, in bytes.
const LONGEST: usize = 2000;

fn pairs(text: &str, open: &str, close: &str, not: &[&str], out: &mut Vec<Span>) {
    let mut at = 0;
    while let Some(start) = text[at..].find(open).map(|found| at + found + open.len()) {
        let Some(end) = memchr::memmem::find(&text.as_bytes()[start..(start + LONGEST).min(text.len())], close.as_bytes()).map(|found| start + found) else {
            at = start;
            continue;
        };
        at = end + close.len();
        // `{{{raw}}}`, `{{- trimmed -}}`, `<%== raw %>`, `{{~ trimmed ~}}`
        let inner = text[start..end].trim_start_matches(['{', '=', '-', '~']).trim_start();
        if !not.iter().any(|word| inner.starts_with(word)) {
            out.push(Span::new(end - inner.len(), end));
        }
    }
}

/// Words behind an `@` that begin no expression.
const RAZOR_WORDS: &[&str] = &[
    "using",
    "model",
    "inject",
    "if",
    "foreach",
    "for",
    "while",
    "section",
    "page",
    "addTagHelper",
    "functions",
    "code",
    "layout",
    "inherits",
    "implements",
    "namespace",
    "switch",
    "media",
    "import",
    "keyframes",
];

fn razor(text: &str, out: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'@', bytes) {
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        if before.is_ascii_alphanumeric() || before == b'@' || before == b'.' {
            continue;
        }
        let rest = &bytes[at + 1..(at + 1 + LONGEST).min(bytes.len())];
        let Some(end) = chain_end(rest) else { continue };
        let Some(found) = text.get(at + 1..at + 1 + end) else { continue };
        if !RAZOR_WORDS.contains(&found) {
            out.push(Span::new(at + 1, at + 1 + end));
        }
    }
}

/// The end of `Name.Name["x"].Call(y)`, or of an expression in brackets.
fn chain_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    if !bytes.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_' || *first == b'(') {
        return None;
    }
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'(' | b'[' => {
                let mut depth = 0;
                let close = bytes[at..].iter().position(|byte| {
                    depth += i32::from(matches!(byte, b'(' | b'[')) - i32::from(matches!(byte, b')' | b']'));
                    depth == 0
                })?;
                at += close + 1;
            }
            b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => at += 1,
            byte if byte.is_ascii_alphanumeric() || *byte == b'_' => at += 1,
            _ => break,
        }
    }
    Some(at)
}

/// `p= expression`, `meta(content=expression)`: the indented languages.
fn lines(text: &str, out: &mut Vec<Span>) {
    let base = text.as_ptr() as usize;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("//") || trimmed.starts_with("-#") || trimmed.starts_with('/') || line.len() > LONGEST {
            continue;
        }
        let start = line.as_ptr() as usize - base;
        let tag = trimmed.find(|char: char| !(char.is_alphanumeric() || matches!(char, '.' | '#' | '-' | '_' | '%'))).unwrap_or(trimmed.len());
        let rest = &trimmed[tag..];
        if let Some(written) = rest.strip_prefix("!=").or_else(|| rest.strip_prefix("= ")) {
            let from = start + line.len() - written.len();
            out.push(Span::new(from, start + line.len()));
        } else if rest.starts_with('(') {
            for (at, _) in rest.match_indices('=') {
                let value = &rest[at + 1..];
                let end = value.find([' ', ',', ')']).unwrap_or(value.len());
                if value.starts_with(|first: char| first.is_ascii_alphabetic()) {
                    let from = start + line.len() - value.len();
                    out.push(Span::new(from, from + end));
                }
            }
        }
    }
}
