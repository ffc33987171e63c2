//! Ansible: what `debug` shows, and what a task's command prints.

use super::yaml::Entry;
use crate::lang::shell::{Held, Sheet};
use crate::lang::{Sink, hint};
use crate::text::Span;

/// Modules that show what they are given.
const SHOWN: &[&str] =
    &["debug", "ansible.builtin.debug", "fail", "ansible.builtin.fail", "assert", "ansible.builtin.assert", "ansible.builtin.pause", "pause"];
/// Modules that run a command, whose arguments are printed with its result.
const COMMANDS: &[&str] = &["shell", "command", "raw", "ansible.builtin.shell", "ansible.builtin.command", "ansible.builtin.raw", "win_shell"];
/// Filters that show nothing of a value.
const FILTERS: &[&str] = &[
    "length",
    "hash",
    "bool",
    "regex_replace",
    "password_hash",
    "count",
    "type_debug",
    "ternary",
    "sha1",
    "md5",
    "checksum",
    "is defined",
    "is undefined",
    "dict2items",
    "select",
];

/// Reads the scalars of a playbook or of a list of tasks.
pub(super) fn read(entries: &[Entry<'_>], sheet: &mut Sheet<'_>) {
    let silent: Vec<&[String]> = entries
        .iter()
        .filter(|other| other.key() == "no_log" && matches!(other.value.text.trim(), "true" | "yes" | "True" | "on"))
        .take(500)
        .map(Entry::parent)
        .collect();
    for entry in entries {
        let module = entry.path.iter().rposition(|key| SHOWN.contains(&key.as_str()) || COMMANDS.contains(&key.as_str()));
        let Some(at) = module else { continue };
        let task = &entry.path[..at];
        if silent.iter().any(|above| task.starts_with(above)) {
            continue;
        }
        let name = entry.path[at].as_str();
        let short = name.rsplit('.').next().unwrap_or(name);
        let text = entry.value.text.as_ref();
        let is_shown = SHOWN.contains(&name);
        let place = entry.value.place(Span::new(0, text.len()));
        let mut held = Vec::new();
        match entry.key() {
            "var" if is_shown => {
                let last = text.trim().trim_matches(['{', '}', ' ']).rsplit(['.', '[']).next().unwrap_or_default().trim_matches(['\'', '"', ']']);
                if hint::may_say_secret(last) {
                    held.push(Held::Named(last.to_owned(), place));
                }
            }
            "verbosity" | "when" | "that" | "chdir" | "creates" | "stdin" => {}
            _ if is_shown || text.contains("echo ") => {
                // `debug: var=x msg=...`
                for word in text.split_ascii_whitespace().filter_map(|word| word.strip_prefix("var=")) {
                    if hint::may_say_secret(word) {
                        held.push(Held::Named(word.to_owned(), place));
                    }
                }
                held.extend(templates(text, place));
            }
            _ => {}
        }
        sheet.flow(if short == "fail" { Sink::Error(short.to_owned()) } else { Sink::Log(short.to_owned()) }, entry.span, &held);
    }
}

/// The variables that `{{ ... }}` shows.
pub(super) fn templates(text: &str, place: Span) -> Vec<Held> {
    let mut out = Vec::new();
    for part in text.split("{{").skip(1).take(50) {
        let inner = part.split("}}").next().unwrap_or_default().trim();
        if inner.contains("lookup(") {
            if let Some(name) = inner.split(['\'', '"']).nth(3).filter(|name| hint::may_say_secret(name)) {
                out.push(if inner.contains("env") { Held::Env(name.to_owned(), place) } else { Held::Named(name.to_owned(), place) });
            }
            continue;
        }
        let (value, filters) = inner.split_once('|').unwrap_or((inner, ""));
        if FILTERS.iter().any(|filter| filters.contains(filter) || value.contains(filter) && filter.starts_with("is "))
            || value.contains("==")
            || value.contains("[:4]")
        {
            continue;
        }
        let last = value.trim().rsplit('.').next().unwrap_or_default();
        let last = last.rsplit('[').next().unwrap_or(last).trim_matches(['\'', '"', ']', ' ']);
        if hint::may_say_secret(last) && last.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            out.push(Held::Named(last.to_owned(), place));
        }
    }
    out
}
