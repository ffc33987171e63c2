//! Dockerfiles: what a build prints, and what an image's history keeps.

use std::collections::HashMap;

use super::plain_lines;
use crate::lang::shell::{self, Held, Host, Known, Sheet, Shell, Source};
use crate::lang::{Sink, hint};
use crate::text::Span;

/// Whether a file is a Dockerfile.
pub(super) fn is_one(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name == "dockerfile" || name == "containerfile" || name.starts_with("dockerfile.") || name.ends_with(".dockerfile")
}

/// Reads a Dockerfile.
pub(super) fn read(text: &str, sheet: &mut Sheet<'_>) {
    let lines = plain_lines(text);
    let mut vars: HashMap<String, Known> = HashMap::new();
    let mut shell = Shell::Posix;
    let mut number = 0;
    while let Some((at, line)) = lines.get(number).copied() {
        number += 1;
        let trimmed = line.trim_start();
        let start = at + line.len() - trimmed.len();
        let Some((word, rest)) = trimmed.split_once([' ', '\t']) else { continue };
        let rest_at = start + trimmed.len() - rest.len();
        // The lines that a backslash joins.
        let mut source = Source::empty();
        source.push(rest, rest_at);
        let mut ends_open = rest.trim_end().ends_with('\\');
        let mut end = start + trimmed.trim_end().len();
        let is_run = word.eq_ignore_ascii_case("run");
        let heredoc = rest.split("<<").nth(1).filter(|_| is_run || word.eq_ignore_ascii_case("copy")).map(|mark| {
            let mark: String =
                mark.trim_start_matches('-').trim_matches(['"', '\'']).chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
            mark
        });
        if let Some(mark) = heredoc.filter(|mark| !mark.is_empty()) {
            if rest.trim_start().starts_with("<<") || rest.contains("--mount") {
                source = Source::empty();
            }
            let mut body = Source::empty();
            while let Some((at, line)) = lines.get(number).copied() {
                number += 1;
                if line.trim() == mark {
                    break;
                }
                body.push(line, at);
                body.push("\n", at + line.len());
            }
            if source.text.is_empty() {
                source = body;
            }
        }
        while ends_open {
            let Some((at, line)) = lines.get(number).copied() else { break };
            number += 1;
            // Comments between joined lines are left out.
            if line.trim_start().starts_with('#') {
                continue;
            }
            source.push("\n", end);
            source.push(line, at);
            end = at + line.trim_end().len();
            ends_open = line.trim_end().ends_with('\\') || line.trim().is_empty();
        }
        match word.to_ascii_uppercase().as_str() {
            "ARG" | "ENV" => declared(word, &source, Span::new(start, end), &mut vars, sheet),
            "SHELL" => shell = if rest.to_ascii_lowercase().contains("powershell") || rest.contains("pwsh") { Shell::Power } else { Shell::Posix },
            "RUN" => run(&source, shell, &vars, sheet),
            "CMD" | "ENTRYPOINT" if !rest.trim_start().starts_with('[') => shell::script(shell, &source, Host::Plain, vars.clone(), false, sheet),
            "FROM" => shell = Shell::Posix,
            _ => {}
        }
    }
}

/// `RUN` with its options taken off.
fn run(source: &Source<'_>, shell: Shell, vars: &HashMap<String, Known>, sheet: &mut Sheet<'_>) {
    let mut skip = 0;
    let text = source.text.as_ref();
    loop {
        let rest = &text[skip..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\\', '\n', '\r']).len();
        if !rest[blank..].starts_with("--") {
            break;
        }
        let word = rest[blank..].find([' ', '\n', '\t']).unwrap_or(rest.len() - blank);
        skip += blank + word;
    }
    if text[skip..].trim_start().starts_with('[') {
        return;
    }
    let mut blanked = source.clone();
    blanked.blank(skip);
    shell::script(shell, &blanked, Host::Image, vars.clone(), false, sheet);
}

/// `ARG NAME`, `ENV NAME=$OTHER`: the history of the image keeps what they are given.
fn declared(word: &str, source: &Source<'_>, span: Span, vars: &mut HashMap<String, Known>, sheet: &mut Sheet<'_>) {
    let text = source.text.trim();
    let is_arg = word.eq_ignore_ascii_case("arg");
    for (number, pair) in text.split_ascii_whitespace().enumerate() {
        if pair == "\\" {
            continue;
        }
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) => (name, value.trim_matches(['"', '\''])),
            None if is_arg => (pair, ""),
            // `ENV NAME value`
            None if number == 0 => (pair, text[pair.len()..].trim().trim_matches(['"', '\''])),
            None => break,
        };
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name {
            continue;
        }
        let is_secret = hint::may_say_secret(name);
        // What is written out is found by its value, if it is a credential; a path or a switch is none.
        let is_given = if is_arg { value.is_empty() } else { value.contains('$') && !value.contains("/$") };
        if is_secret && is_given {
            sheet.flow(Sink::Argument("docker build".to_owned()), span, &[Held::Env(name.to_owned(), span)]);
        } else if !is_given {
            vars.insert(name.to_owned(), Known { text: Some(value.to_owned()), ..Known::default() });
        }
        if !pair.contains('=') && !is_arg {
            break;
        }
    }
}
