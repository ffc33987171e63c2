//! Makefiles: make prints each command of a recipe with its own variables filled in, unless `@` stands before it.

use std::collections::HashMap;

use super::plain_lines;
use crate::lang::shell::{self, Held, Host, Known, Sheet, Shell, Source};
use crate::lang::{Sink, hint};
use crate::text::Span;

/// Whether a file is a Makefile.
pub(super) fn is_one(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "Makefile" | "makefile" | "GNUmakefile") || name.starts_with("Makefile.") || name.ends_with(".mk") || name.ends_with(".mak")
}

/// A variable that is expanded by make.
struct Use {
    name: String,
    span: Span,
}

/// Reads a Makefile.
pub(super) fn read(text: &str, sheet: &mut Sheet<'_>) {
    let lines = plain_lines(text);
    // `.SILENT:` and `MAKEFLAGS += -s` hide all commands.
    let is_silent = lines.iter().any(|(_, line)| {
        line.trim_end() == ".SILENT:" || line.starts_with("MAKEFLAGS") && (line.contains("-s") || line.contains("--silent") || line.contains("--quiet"))
    });
    let silenced: Vec<&str> = lines.iter().filter_map(|(_, line)| line.strip_prefix(".SILENT:")).flat_map(str::split_ascii_whitespace).collect();
    let mut vars: HashMap<String, Vec<Held>> = HashMap::new();
    let mut target_is_silent = false;
    let mut number = 0;
    while let Some((at, line)) = lines.get(number).copied() {
        number += 1;
        if let Some(recipe) = line.strip_prefix('\t') {
            let mut source = Source::empty();
            let body = recipe.trim_start();
            let mut from = at + line.len() - body.len();
            let mut end = at + line.trim_end().len();
            source.push(body, from);
            let mut ends_open = body.trim_end().ends_with('\\');
            while ends_open {
                let Some((at, line)) = lines.get(number).copied() else { break };
                number += 1;
                source.push("\n", end);
                let inner = line.strip_prefix('\t').unwrap_or(line);
                source.push(inner, at + line.len() - inner.len());
                end = at + line.trim_end().len();
                ends_open = line.trim_end().ends_with('\\');
            }
            let marks = source.text.bytes().take_while(|byte| matches!(byte, b'@' | b'-' | b'+' | b' ')).count();
            let is_hidden = source.text[..marks].contains('@') || is_silent || target_is_silent;
            from += marks;
            recipe_line(&source, marks, is_hidden, Span::new(from, end.max(from)), &vars, sheet);
            continue;
        }
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') || trimmed.is_empty() {
            continue;
        }
        if let Some((kind, place)) = ["$(info ", "$(warning ", "$(error "].iter().find_map(|call| Some((*call, line.find(call)?))) {
            let span = Span::new(at + place, at + line.trim_end().len());
            let held =
                held(uses(&line[place + kind.len()..]), &vars, |inner| Span::new(at + place + kind.len() + inner.start, at + place + kind.len() + inner.end));
            let what = kind.trim_start_matches("$(").trim_end();
            sheet.flow(if what == "error" { Sink::Error("$(error)".to_owned()) } else { Sink::Log(format!("$({what})")) }, span, &held);
        }
        if let Some((name, value, operator)) = assignment(trimmed) {
            let start = at + line.len() - trimmed.len();
            let value_at = start + trimmed.len() - value.len();
            let known = if let Some(inner) = value.strip_prefix("$(shell ") {
                // What a command prints is named by the variable.
                let is_hash = ["sha256sum", "md5sum", "shasum", "git ", "date", "wc "].iter().any(|word| inner.contains(word));
                let is_read = hint::may_say_secret(name) && !is_hash;
                let place = Span::new(start, start + name.len());
                let mut held = if is_read { vec![Held::Named(name.to_owned(), place)] } else { Vec::new() };
                held.extend(shell::fetched_by(inner.trim_end_matches(')')).map(|secret| Held::Named(secret, place)));
                held
            } else {
                held(uses(value), &vars, |inner| Span::new(value_at + inner.start, value_at + inner.end))
                    .into_iter()
                    .map(|held| held.via(Span::new(start, at + line.trim_end().len()), format!("kept in `{name}`")))
                    .collect()
            };
            if operator == "?=" && hint::may_say_secret(name) && known.is_empty() && (value.trim().is_empty() || value.contains("$(error")) {
                // Only a default: what the environment gives it counts.
                continue;
            }
            vars.insert(name.to_owned(), known);
        } else if let Some((targets, _)) = line.split_once(':') {
            target_is_silent = targets.split_ascii_whitespace().any(|target| silenced.contains(&target));
        }
    }
}

/// `NAME = value` and kin, with `export` before it.
fn assignment(line: &str) -> Option<(&str, &str, &str)> {
    let line = line.strip_prefix("export ").or_else(|| line.strip_prefix("override ")).unwrap_or(line);
    let end = line.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.')))?;
    let rest = line[end..].trim_start();
    let operator = ["?=", ":=", "::=", "+=", "!=", "="].into_iter().find(|operator| rest.starts_with(operator))?;
    (end > 0).then(|| (&line[..end], rest[operator.len()..].trim(), operator))
}

/// A command of a recipe.
fn recipe_line(source: &Source<'_>, marks: usize, is_hidden: bool, span: Span, vars: &HashMap<String, Vec<Held>>, sheet: &mut Sheet<'_>) {
    let text = source.text.as_ref();
    let trimmed = text[marks..].trim_start();
    if trimmed.starts_with('#') {
        return;
    }
    if !is_hidden {
        let held = held(uses(text), vars, |inner| source.place(inner));
        if !held.is_empty() {
            // Make prints the whole command: what the shell prints besides is the same.
            sheet.flow(Sink::Log("make".to_owned()), span, &held);
            return;
        }
    }
    // For the shell, `$(NAME)` is text that make has put there, and `$$NAME` its own variable.
    let mut script = Source::empty();
    let bytes = text.as_bytes();
    let mut from = marks;
    let mut now = marks;
    while now < bytes.len() {
        if bytes[now] == b'$' {
            script.push(&text[from..now], source.place(Span::new(from, from + 1)).start);
            let place = source.place(Span::new(now, now + 1)).start;
            if bytes.get(now + 1) == Some(&b'$') {
                script.push("$", place + 1);
                now += 2;
            } else if let Some((name, end)) = expansion(text, now) {
                script.push(&format!("${{{name}}}"), place);
                now = end;
            } else {
                script.push("_", place);
                now += 1;
            }
            from = now;
        } else {
            now += 1;
        }
    }
    script.push(&text[from..], source.place(Span::new(from, from + 1)).start);
    let known = vars.iter().map(|(name, held)| (name.clone(), Known { held: held.clone(), ..Known::default() })).collect();
    shell::script(Shell::Posix, &script, Host::Plain, known, false, sheet);
}

/// `$(NAME)`, `${NAME}` at a position: the name, and where it ends.
fn expansion(text: &str, at: usize) -> Option<(&str, usize)> {
    let close = match text.as_bytes().get(at + 1)? {
        b'(' => ')',
        b'{' => '}',
        _ => return None,
    };
    let rest = &text[at + 2..];
    let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))?;
    (end > 0 && rest[end..].starts_with(close)).then(|| (&rest[..end], at + 2 + end + 1))
}

/// The variables that make fills in; `$$` is a `$` for the shell.
fn uses(text: &str) -> Vec<Use> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'$' {
            at += 1;
        } else if bytes.get(at + 1) == Some(&b'$') {
            at += 2;
        } else if let Some((name, end)) = expansion(text, at) {
            out.push(Use { name: name.to_owned(), span: Span::new(at, end) });
            at = end;
        } else {
            at += 1;
        }
    }
    out
}

fn held(uses: Vec<Use>, vars: &HashMap<String, Vec<Held>>, place: impl Fn(Span) -> Span) -> Vec<Held> {
    let mut out = Vec::new();
    for one in uses {
        match vars.get(&one.name) {
            Some(known) => out.extend(known.iter().cloned()),
            None if hint::may_say_secret(&one.name) && !matches!(one.name.as_str(), "PWD" | "CURDIR") => out.push(Held::Env(one.name, place(one.span))),
            None => {}
        }
    }
    out
}
