//! Names that configuration declares: env files, YAML, TOML, JSON, Dockerfiles, Terraform, scripts of shells.
//!
//! Names with a public prefix are looked for as such, and what stands around one tells whether it is declared there: so
//! the section does not matter, a broken file gives what it holds, and every file is read once. Sections that publish
//! names whatever they are called have readers of their own, in `published`.

mod published;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Declared, Spots};
use crate::context_data_static::{NOT_PUBLIC, PUBLIC_PREFIXES};
use crate::text::Span;

/// Files larger than this are data, not configuration. In bytes.
const LARGEST: usize = 2 << 20;

/// How far around a name the reader looks within its line, in bytes.
const REACH: usize = 240;

/// How a file gives values to names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// `NAME=value`, one a line.
    Env,
    /// `NAME=value` anywhere, `export NAME`, `--build-arg NAME=value`; YAML, JSON and Dockerfiles hold such text too.
    Shell,
    /// `NAME: value`, `- NAME=value`, `- name: NAME`.
    Yaml,
    /// `ARG NAME`, `ENV NAME value`, `ENV NAME=value`.
    Docker,
    /// `"NAME": "value"`, `"name": "NAME"`, and lists of names.
    Json,
    /// `NAME = value`.
    Toml,
    /// `NAME = value`, `"NAME" = value`, `variable "NAME"`: Terraform, and Groovy's likes.
    Hcl,
    /// A property list: its keys.
    Plist,
    /// Gradle's build scripts.
    Gradle,
}

/// The format of a file, by its name.
fn format(path: &str) -> Option<Format> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let has = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    let is = |names: &[&str]| names.contains(&lower.as_str());
    if lower == ".env"
        || lower.starts_with(".env.")
        || lower.starts_with("env.") && !has(&[".ts", ".js", ".mjs", ".py", ".rb", ".go", ".rs", ".php", ".d.ts", ".sh"])
    {
        return Some(Format::Env);
    }
    if is(&[".envrc", ".dev.vars", ".flaskenv"]) || lower.starts_with(".dev.vars.") || has(&[".env", ".properties", ".xcconfig", ".ini"]) {
        return Some(Format::Env);
    }
    if lower == "dockerfile" || lower.starts_with("dockerfile.") || is(&["containerfile"]) || has(&[".dockerfile"]) {
        return Some(Format::Docker);
    }
    if has(&[".yml", ".yaml"]) {
        return Some(Format::Yaml);
    }
    if has(&[".gradle", ".gradle.kts"]) {
        return Some(Format::Gradle);
    }
    if has(&[".tf", ".tfvars", ".hcl", ".groovy"]) || lower == "jenkinsfile" || lower.starts_with("jenkinsfile.") {
        return Some(Format::Hcl);
    }
    if has(&["info.plist"]) || lower.starts_with("info-") && has(&[".plist"]) {
        return Some(Format::Plist);
    }
    if has(&[".toml"]) && lower != "cargo.toml" {
        return Some(Format::Toml);
    }
    let is_lock = is(&["package-lock.json", "npm-shrinkwrap.json", "composer.lock"]);
    if has(&[".json", ".jsonc", ".json5"]) && !is_lock {
        return Some(Format::Json);
    }
    let is_make = is(&["makefile", "gnumakefile", "justfile", "procfile"]) || has(&[".mk", ".mak"]);
    (is_make || has(&[".sh", ".bash", ".zsh", ".ksh", ".ps1", ".bat", ".cmd", ".service", ".conf", ".command"])).then_some(Format::Shell)
}

/// Whether a file may declare a name that a build tool publishes.
pub(super) fn has_cue(path: &str, text: &[u8]) -> bool {
    let Some(format) = format(path).filter(|_| text.len() <= LARGEST) else { return false };
    is_env_file(path) || published::has_cue(format, path, text) || finder().find_iter(text).any(|found| begins_name(text, found.start()))
}

/// The names that a file declares with a public prefix, or in a section that is published; in the order of the text.
pub(super) fn read(path: &str, text: &[u8], spots: &mut Spots) -> Vec<Declared> {
    let Some(format) = format(path).filter(|_| text.len() <= LARGEST) else { return Vec::new() };
    let mut found = prefixed(format, text);
    found.extend(published::read(format, path, text));
    found.sort_by_key(|one| (one.span, one.published_by.is_none()));
    found.dedup_by_key(|one| one.span);
    let whole = |one: Entry| {
        let name = String::from_utf8_lossy(one.span.of(text)).into_owned();
        Declared { name, has_value: one.has_value, published_by: one.published_by, spot: spots.add(one.span) }
    };
    found.into_iter().map(whole).collect()
}

/// Whether a file is one that dotenv and its kin read.
fn is_env_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == ".env" || name.starts_with(".env.")
}

/// The names that an env file gives values to, sorted: some tools publish all of one file, whatever they are called.
pub(super) fn variables(path: &str, text: &[u8]) -> Vec<String> {
    if !is_env_file(path) || text.len() > LARGEST {
        return Vec::new();
    }
    let name = |line: &[u8]| {
        let line = line.trim_ascii_start();
        let line = line.strip_prefix(b"export ").unwrap_or(line).trim_ascii_start();
        let end = line.iter().take_while(|byte| is_name(**byte)).count();
        let is_given = line[end..].trim_ascii_start().starts_with(b"=");
        (end > 0 && is_given).then(|| String::from_utf8_lossy(&line[..end]).into_owned())
    };
    let mut names: Vec<String> = text.split(|byte| *byte == b'\n').filter_map(name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A declaration, before its name is read.
#[derive(Debug)]
struct Entry {
    /// The name.
    span: Span,
    has_value: bool,
    published_by: Option<&'static str>,
}

fn finder() -> &'static AhoCorasick {
    static FINDER: OnceLock<AhoCorasick> = OnceLock::new();
    FINDER.get_or_init(|| {
        let prefixes = PUBLIC_PREFIXES.iter().map(|(prefix, ..)| prefix);
        // The prefixes are part of the program, and few: no limit is near.
        AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(prefixes).expect("the public prefixes make an automaton")
    })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a name begins at a place, and is no reference: `$NAME`, `${NAME}`, `secrets.NAME`, `%NAME%`.
fn begins_name(text: &[u8], at: usize) -> bool {
    match text[..at] {
        [.., b'$', b'{'] => false,
        [.., byte] => !is_name(byte) && !matches!(byte, b'$' | b'%' | b'@'),
        [] => true,
    }
}

/// Names with a public prefix that are declared where they stand.
fn prefixed(format: Format, text: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut line = Line { start: 0, is_comment: is_comment(format, text) };
    for found in finder().find_iter(text) {
        let start = found.start();
        if let Some(feed) = memchr::memrchr(b'\n', &text[line.start..start]) {
            line.start += feed + 1;
            line.is_comment = is_comment(format, &text[line.start..start]);
        }
        if line.is_comment || !begins_name(text, start) {
            continue;
        }
        let end = found.end() + text[found.end()..].iter().take(REACH).take_while(|byte| is_name(**byte)).count();
        let name = &text[start..end];
        if end == found.end() || end >= found.end() + REACH || NOT_PUBLIC.iter().any(|beginning| name.starts_with(beginning.as_bytes())) {
            continue;
        }
        let before = &text[line.start.max(start.saturating_sub(REACH))..start];
        let after = &text[end..text.len().min(end + REACH)];
        let after = &after[..memchr::memchr(b'\n', after).unwrap_or(after.len())];
        if ends_in_comment(format, before) {
            continue;
        }
        let is_continued = || text[..line.start].trim_ascii_end().ends_with(b"\\");
        if let Some(has_value) = declares(format, before, after.trim_ascii_end(), is_continued) {
            entries.push(Entry { span: Span::new(start, end), has_value, published_by: None });
        }
    }
    entries
}

struct Line {
    start: usize,
    is_comment: bool,
}

fn is_comment(format: Format, line: &[u8]) -> bool {
    let line = &line[..line.len().min(REACH)];
    let line = line.trim_ascii_start();
    match format {
        Format::Json | Format::Gradle => line.starts_with(b"//") || line.starts_with(b"*") || line.starts_with(b"/*"),
        Format::Plist => line.starts_with(b"<!--"),
        Format::Env => line.starts_with(b"#") || line.starts_with(b"//") || line.starts_with(b";"),
        Format::Hcl => line.starts_with(b"#") || line.starts_with(b"//") || line.starts_with(b"*") || line.starts_with(b"/*"),
        Format::Shell => line.starts_with(b"#") || line.starts_with(b"::") || line.len() > 4 && line[..4].eq_ignore_ascii_case(b"rem "),
        Format::Yaml | Format::Docker | Format::Toml => line.starts_with(b"#"),
    }
}

/// Whether a comment begins in the text before a name, in its line.
fn ends_in_comment(format: Format, before: &[u8]) -> bool {
    let mark: &[u8] = match format {
        Format::Json | Format::Gradle => b" //",
        _ => b" #",
    };
    memchr::memmem::find(before, mark).is_some()
}

/// Whether a name is declared between these texts of its line; if so, whether it gets a value.
fn declares(format: Format, before: &[u8], after: &[u8], is_continued: impl Fn() -> bool) -> Option<bool> {
    let head = before.trim_ascii();
    match format {
        Format::Env => {
            let is_first = head.is_empty() || matches!(head, b"export" | b"set" | b"dotenv");
            assigned(after, b"=:").filter(|_| is_first)
        }
        Format::Shell => shell(before, after),
        Format::Yaml => yaml(before, after).or_else(|| shell(before, after)),
        Format::Docker => docker(head, before, after, is_continued).or_else(|| shell(before, after)),
        Format::Json => json(before, after).or_else(|| shell(before, after)),
        Format::Toml => {
            let head = unquoted(head);
            let is_key = head.is_empty() || head.ends_with(b"{") || head.ends_with(b",") || head.ends_with(b".");
            assigned(after_quote(after), b"=").filter(|_| is_key)
        }
        Format::Hcl | Format::Gradle => {
            let is_named = || ends_with_key(before) || unquoted(head).trim_ascii_end().ends_with(b"variable");
            let is_reference = head.ends_with(b".");
            let value = assigned(after_quote(after), b"=:").filter(|_| !is_reference);
            value.or_else(|| is_named().then_some(false))
        }
        Format::Plist => None,
    }
}

/// `= value` or the like at the start of a text: whether the value is more than nothing.
fn assigned(after: &[u8], signs: &[u8]) -> Option<bool> {
    let after = after.trim_ascii_start();
    let after = after.strip_prefix(b"?").or_else(|| after.strip_prefix(b":").filter(|rest| rest.starts_with(b"="))).unwrap_or(after);
    let (sign, value) = after.split_first()?;
    if !signs.contains(sign) || value.first() == Some(&b'=') {
        return None;
    }
    Some(is_value(value))
}

/// Whether a text begins with a value: more than quotes, a comment or the end of what holds it.
fn is_value(text: &[u8]) -> bool {
    let value = text.trim_ascii();
    let value = value.strip_prefix(b"\\").filter(|rest| matches!(rest.first(), Some(b'"' | b'\''))).unwrap_or(value);
    match value.first() {
        None | Some(b'#' | b',' | b'}' | b';' | b'\\') => false,
        Some(quote @ (b'"' | b'\'')) => value.get(1).is_some_and(|next| next != quote),
        Some(_) => !value.starts_with(b"null"),
    }
}

/// `NAME=value` with nothing that makes it a comparison or a part of something else; `export NAME`, `--build-arg NAME`.
fn shell(before: &[u8], after: &[u8]) -> Option<bool> {
    if before.ends_with(b".") && !before.ends_with(b"..") {
        return None;
    }
    let is_spaced = before.to_ascii_lowercase().ends_with(b"$env:");
    if is_spaced {
        return assigned(after, b"=");
    }
    if after.first() == Some(&b'=') || after.starts_with(b":=") || after.starts_with(b"?=") {
        let sign = if after[0] == b'=' { 0 } else { 1 };
        let value = &after[sign + 1..];
        return (value.first() != Some(&b'=')).then(|| !matches!(value.first(), None | Some(b' ' | b'\t' | b'"' | b'\'')) || is_value(value));
    }
    // Make lets spaces stand around the sign, where a shell does not.
    let head = before.trim_ascii();
    if let Some(value) = assigned(after, b"=").filter(|_| head.is_empty() || head == b"export") {
        return Some(value);
    }
    let is_end = after.is_empty() || matches!(after[0], b' ' | b'\t' | b'"' | b'\'' | b'\\' | b';');
    let tells = [&b"export"[..], b"--build-arg", b"--env", b" -e"];
    let head = unquoted(head);
    (is_end && tells.iter().any(|word| head.ends_with(word.trim_ascii_start()) && before.len() > head.len())).then_some(false)
}

fn yaml(before: &[u8], after: &[u8]) -> Option<bool> {
    let head = before.trim_ascii_start();
    let bare = unquoted(head);
    let is_key = bare.is_empty() || bare == b"- " || bare.ends_with(b"{ ") || bare.ends_with(b"{") || bare.ends_with(b", ") || bare.ends_with(b",");
    let rest = after_quote(after);
    if let Some(value) = rest.strip_prefix(b":").filter(|value| value.is_empty() || matches!(value[0], b' ' | b'\t')).filter(|_| is_key) {
        return Some(is_value(value));
    }
    // `- NAME`: the value comes from where the file is used.
    let is_alone = rest.is_empty() || rest.trim_ascii_start().starts_with(b"#");
    if (bare == b"- " || ends_with_key(before)) && is_alone {
        return Some(false);
    }
    (ends_with_key(before) && rest.trim_ascii_start().first().is_some_and(|next| matches!(next, b',' | b'}'))).then_some(false)
}

fn docker(head: &[u8], before: &[u8], after: &[u8], is_continued: impl Fn() -> bool) -> Option<bool> {
    let mut words = head.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_ascii_uppercase();
    let is_end = after.is_empty() || matches!(after[0], b' ' | b'\t');
    if !is_end {
        return None;
    }
    match first.as_slice() {
        b"ARG" => Some(false),
        b"ENV" if words.next().is_none() => Some(is_value(after)),
        b"" if before.trim_ascii().is_empty() && matches!(after.trim_ascii(), b"" | b"\\") && is_continued() => Some(false),
        _ => None,
    }
}

fn json(before: &[u8], after: &[u8]) -> Option<bool> {
    let rest = after.strip_prefix(b"\"").or_else(|| after.strip_prefix(b"'"))?.trim_ascii_start();
    if !matches!(before.last(), Some(b'"' | b'\'')) {
        return None;
    }
    if let Some(value) = rest.strip_prefix(b":") {
        return Some(is_value(value));
    }
    let head = unquoted(before).trim_ascii_end();
    let is_item = head.is_empty() || head.ends_with(b"[") || head.ends_with(b",");
    (ends_with_key(before) || is_item).then_some(false)
}

/// Whether a text ends with what says that a name follows: `name: `, `"key": "`, `key = "`.
fn ends_with_key(before: &[u8]) -> bool {
    let head = unquoted(before).trim_ascii_end();
    let Some(head) = head.strip_suffix(b":").or_else(|| head.strip_suffix(b"=")) else { return false };
    let head = unquoted(head.trim_ascii_end());
    let start = head.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    matches!(head[start..].to_ascii_lowercase().as_slice(), b"name" | b"key" | b"variable" | b"envvar")
}

fn unquoted(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\"").or_else(|| text.strip_suffix(b"'")).unwrap_or(text);
    text.strip_suffix(b"\\").unwrap_or(text)
}

fn after_quote(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\"").or_else(|| text.strip_prefix(b"'")).unwrap_or(text)
}
