//! Scripts of `package.json`, steps of a Jenkinsfile, and files of HTTP requests.

use std::collections::HashMap;

use super::plain_lines;
use crate::lang::shell::{self, Call, Held, Host, Known, Piece, Sheet, Shell, Source, State, Var, Word};
use crate::lang::{Sink, hint};
use crate::text::Span;

/// The scripts of a manifest: one to a line, as they are written.
pub(super) fn package(text: &str, sheet: &mut Sheet<'_>) {
    let Some(start) = text.find("\"scripts\"") else { return };
    let open = text[start..].find('{').map_or(text.len(), |found| start + found);
    let end = text[open..].find('}').map_or(text.len(), |found| open + found);
    // A brace in a script ends nothing: `${X}`.
    let mut end = end;
    while end < text.len() && text[open..end].matches('{').count() > text[open..end].matches('}').count() + 1 {
        end = text[end + 1..].find('}').map_or(text.len(), |found| end + 1 + found);
        if end - open > 100_000 {
            break;
        }
    }
    for (at, line) in plain_lines(&text[open..end]) {
        let Some(colon) = line.find("\":") else { continue };
        let value = line[colon + 2..].trim();
        let Some(inner) = value.strip_prefix('"') else { continue };
        let inner = inner.trim_end_matches(',').trim_end().trim_end_matches('"');
        let base = open + at + line.find(value).unwrap_or(0) + 1;
        let mut source = Source::empty();
        let mut from = 0;
        for (slash, _) in inner.match_indices('\\') {
            if slash < from {
                continue;
            }
            source.push(&inner[from..slash], base + from);
            from = slash + 1;
        }
        source.push(&inner[from..], base + from);
        shell::script(Shell::Posix, &source, Host::Plain, HashMap::new(), false, sheet);
        if source.text.contains('%') && source.text.contains("echo ") {
            shell::script(Shell::Batch, &source, Host::Plain, HashMap::new(), false, sheet);
        }
    }
}

/// A Jenkinsfile: `sh`, `bat`, `powershell` and `echo` steps. In double quotes Groovy fills in `${X}` itself.
pub(super) fn jenkins(text: &str, sheet: &mut Sheet<'_>) {
    let mut at = 0;
    while at < text.len() {
        let Some((word, found)) = ["sh", "bat", "powershell", "pwsh", "echo", "println"]
            .iter()
            .filter_map(|word| Some((*word, step(text, at, word)?)))
            .min_by_key(|(_, found)| *found)
        else {
            return;
        };
        at = found + word.len();
        let rest = &text[at..];
        let skip = rest.len() - rest.trim_start_matches([' ', '(']).len();
        let rest = &rest[skip..];
        let named = rest.find("script:").filter(|found| *found < 80 && !rest[..*found].contains(['\'', '"', '\n'])).map_or(0, |found| found + 7);
        let rest = &rest[named..];
        let blank = rest.len() - rest.trim_start().len();
        let rest = &rest[blank..];
        let Some(quote) = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| rest.starts_with(quote)) else { continue };
        let start = at + skip + named + blank + quote.len();
        let Some(end) = text[start..].find(quote).map(|found| start + found) else { continue };
        let body = &text[start..end];
        at = end + quote.len();
        if word == "echo" || word == "println" {
            if quote.starts_with('"') {
                let held = groovy(body, start);
                sheet.flow(Sink::Log(word.to_owned()), Span::new(found, at), &held);
            }
            continue;
        }
        let shell = match word {
            "sh" => Shell::Posix,
            "bat" => Shell::Batch,
            _ => Shell::Power,
        };
        // Jenkins starts scripts with `sh -xe`: every command is printed, unless the first line says otherwise; secrets that
        // `withCredentials` binds are masked there, so that only what is echoed counts.
        shell::script(shell, &Source::whole(body, start), Host::Ci, HashMap::new(), false, sheet);
    }
}

/// Where a step begins.
fn step(text: &str, from: usize, word: &str) -> Option<usize> {
    let mut at = from;
    while let Some(found) = text[at..].find(word).map(|found| at + found) {
        let before = text[..found].bytes().next_back().unwrap_or(b'\n');
        let behind = text[found + word.len()..].bytes().next().unwrap_or(b'\n');
        if !before.is_ascii_alphanumeric() && !matches!(before, b'_' | b'.' | b'-' | b'/' | b'\'' | b'"') && matches!(behind, b' ' | b'(') {
            return Some(found);
        }
        at = found + word.len();
    }
    None
}

/// What a text of Groovy's holds.
fn groovy(text: &str, at: usize) -> Vec<Held> {
    let word = shell::template(text);
    let mut held = Vec::new();
    for piece in &word.pieces {
        if let Piece::Var(var) = piece {
            let last = var.name.rsplit('.').next().unwrap_or(&var.name);
            if hint::may_say_secret(last) {
                let span = Span::new(at + var.span.start, at + var.span.end);
                held.push(if last.bytes().any(|byte| byte.is_ascii_lowercase()) {
                    Held::Named(last.to_owned(), span)
                } else {
                    Held::Env(last.to_owned(), span)
                });
            }
        }
    }
    held
}

/// Methods of requests.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// A file of requests, as editors send them: `POST https://...`, headers, an empty line, a body.
pub(super) fn requests(text: &str, sheet: &mut Sheet<'_>) {
    let lines = plain_lines(text);
    let source = Source::whole(text, 0);
    let mut vars: HashMap<String, Known> = HashMap::new();
    for (at, line) in &lines {
        if let Some((name, value)) = line.trim_start().strip_prefix('@').and_then(|rest| rest.split_once('=')) {
            let (name, value) = (name.trim(), value.trim());
            let from = at + line.find('=').unwrap_or(0) + 1;
            let mut held = sheet.literals(Span::new(from, at + line.len()));
            let word = braces(value, from + (line[line.find('=').unwrap_or(0) + 1..].len() - line[line.find('=').unwrap_or(0) + 1..].trim_start().len()));
            let is_filled = word.pieces.iter().any(|piece| matches!(piece, Piece::Var(_)));
            for piece in &word.pieces {
                if let Piece::Var(var) = piece {
                    match vars.get(&var.name) {
                        Some(known) => held.extend(known.held.iter().cloned()),
                        None if hint::may_say_secret(&var.name) => held.push(Held::Env(var.name.clone(), var.span)),
                        None => {}
                    }
                }
            }
            vars.insert(name.to_owned(), Known { held, by_name: false, text: (!is_filled).then(|| value.to_owned()) });
        }
    }
    let state = State { source: &source, host: Host::Plain, vars, masked: Default::default(), seen: Default::default() };
    let mut number = 0;
    while let Some((at, line)) = lines.get(number).copied() {
        number += 1;
        let trimmed = line.trim();
        let (first, rest) = trimmed.split_once(' ').unwrap_or(("", trimmed));
        let is_request = METHODS.contains(&first) && !rest.is_empty() || trimmed.starts_with("https://") || trimmed.starts_with("http://");
        if !is_request {
            continue;
        }
        let (method, url) = if METHODS.contains(&first) { (first, rest) } else { ("GET", trimmed) };
        let url = url.split(" HTTP/").next().unwrap_or(url).trim();
        let url_at = at + line.find(url).unwrap_or(0);
        let mut word = braces(url, url_at);
        // The parameters may go on below.
        while let Some((at, line)) = lines.get(number).copied().filter(|(_, line)| line.starts_with([' ', '\t']) && line.trim_start().starts_with(['?', '&'])) {
            number += 1;
            let inner = line.trim();
            word.pieces.extend(braces(inner, at + line.find(inner).unwrap_or(0)).pieces);
        }
        let mut call = Call { method: Some(method.to_owned()), url: Some(word), ..Call::default() };
        while let Some((at, line)) = lines.get(number).copied().filter(|(_, line)| !line.trim().is_empty()) {
            number += 1;
            if line.contains(':') && !line.trim_start().starts_with(['#', '/', '{', '"']) {
                let inner = line.trim();
                call.headers.push(braces(inner, at + line.find(inner).unwrap_or(0)));
            } else if line.starts_with("###") {
                break;
            }
        }
        state.request(&call, sheet);
    }
}

/// A text with `{{name}}` in it.
fn braces(text: &str, at: usize) -> Word {
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|found| from + found) {
        let Some(close) = text[open..].find("}}").map(|found| open + found) else { break };
        if open > from {
            pieces.push(Piece::Text(text[from..open].to_owned(), Span::new(at + from, at + open)));
        }
        let inner = text[open + 2..close].trim();
        // `{{$dotenv API_KEY}}`, `{{$processEnv API_KEY}}`, `{{login.response.body.token}}`
        let name = inner.rsplit([' ', '%']).next().unwrap_or(inner).trim_start_matches('$');
        pieces.push(Piece::Var(Var { name: name.to_owned(), span: Span::new(at + open, at + close + 2), is_harmless: false, default: None }));
        from = close + 2;
    }
    if from < text.len() {
        pieces.push(Piece::Text(text[from..].to_owned(), Span::new(at + from, at + text.len())));
    }
    Word { pieces, span: Span::new(at, at + text.len()) }
}
