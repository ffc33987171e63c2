//! Batch files of Windows: `echo %TOKEN%`, and secrets that programs are given in their arguments.

use super::sheet::{Held, Sheet};
use super::state::State;
use crate::lang::{Sink, hint};
use crate::text::Span;

/// Runs through the lines of a batch file.
pub(super) fn run(state: &State<'_, '_>, sheet: &mut Sheet<'_>) {
    let text = &state.source.text;
    let mut is_shown = true;
    let mut known: Vec<String> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim_end();
        let inner = body.trim_start();
        let is_hidden = inner.starts_with('@');
        let command = inner.trim_start_matches('@').trim_start();
        let from = start + (body.len() - command.len());
        let lower = command.to_ascii_lowercase();
        if lower.starts_with("rem ") || lower.starts_with("::") || command.is_empty() {
            continue;
        }
        if lower == "echo off" || lower == "echo on" {
            is_shown = lower == "echo on";
            continue;
        }
        let span = Span::new(from, from + command.len());
        if let Some((name, value)) =
            lower.strip_prefix("set ").and_then(|_| command[4..].trim_start_matches("/p ").trim_start().trim_matches('"').split_once('='))
            && !value.contains('%')
            && !lower.starts_with("set /p")
        {
            known.push(name.to_ascii_lowercase());
        }
        // A command may stand behind others: `if defined X echo %X%`.
        let echo = lower.find("echo ").or_else(|| lower.find("echo.")).filter(|echo| *echo == 0 || !lower.as_bytes()[echo - 1].is_ascii_alphanumeric());
        let held = |part: &str, base: usize| -> Vec<Held> {
            let found = names(part).into_iter().filter(|(name, _)| hint::may_say_secret(name) && !known.contains(&name.to_ascii_lowercase()));
            let mut held: Vec<Held> = found.map(|(name, span)| Held::Env(name, state.place(Span::new(base + span.start, base + span.end)))).collect();
            held.extend(sheet.literals(state.place(Span::new(base, base + part.len()))));
            held
        };
        if let Some(echo) = echo {
            let rest = &command[echo..];
            let goes_on =
                rest.contains('|') || rest.contains('>') && !rest.to_ascii_lowercase().contains(".log") && !rest.contains(">&2") && !rest.contains("1>&2");
            if !goes_on {
                let held = held(rest, from + echo);
                sheet.flow(Sink::Log("echo".to_owned()), state.place(Span::new(from + echo, from + command.len())), &held);
            }
        } else if lower == "set" {
            let at = state.place(span);
            sheet.flow(Sink::Log("set".to_owned()), at, &[Held::Whole(at)]);
        } else if is_shown && !is_hidden && state.host != super::Host::Plain {
            let held = held(command, from);
            sheet.flow(Sink::Log("echo on".to_owned()), state.place(span), &held);
        }
    }
}

/// The variables that are expanded: `%NAME%`, `!NAME!`; none of which only a part is shown.
fn names(text: &str) -> Vec<(String, Span)> {
    let mut out = Vec::new();
    for mark in ['%', '!'] {
        let mut at = 0;
        while let Some(open) = text[at..].find(mark).map(|found| at + found) {
            let rest = &text[open + 1..];
            let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(rest.len());
            if end > 0 && rest[end..].starts_with(mark) {
                out.push((rest[..end].to_owned(), Span::new(open, open + end + 2)));
                at = open + end + 2;
            } else {
                at = open + 1;
            }
        }
    }
    out
}
