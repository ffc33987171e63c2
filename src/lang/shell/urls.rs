//! Secrets in URLs and in requests, as `curl` and its kin are given them.

use super::sheet::{Held, Sheet};
use super::state::State;
use super::syntax::{Command, Piece, Word};
use crate::lang::{Request, Sink, Value, hint};
use crate::text::Span;

/// A request as its pieces are found.
#[derive(Debug, Default)]
pub(in crate::lang) struct Call {
    /// In capitals.
    pub method: Option<String>,
    /// Its URL.
    pub url: Option<Word>,
    /// `Name: value` each.
    pub headers: Vec<Word>,
    /// What `-u` is given.
    pub user: Option<Word>,
    /// Whether what is sent is printed, headers and all.
    pub is_verbose: bool,
    /// Whether a body is sent.
    pub has_body: bool,
}

/// Options of `curl` that take a value.
const CURL_TAKES: &[&str] = &[
    "-o",
    "--output",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "-b",
    "--cookie",
    "-c",
    "--cookie-jar",
    "-m",
    "--max-time",
    "-w",
    "--write-out",
    "-x",
    "--proxy",
    "--retry",
    "--retry-delay",
    "--connect-timeout",
    "-F",
    "--form",
    "-T",
    "--upload-file",
    "--cacert",
    "--cert",
    "--key",
    "-K",
    "--config",
    "--resolve",
    "-r",
    "--range",
    "--oauth2-bearer",
    "--limit-rate",
    "-E",
];

/// What a command asks of an API; `None` for what asks nothing.
pub(in crate::lang) fn call(command: &Command) -> Option<Call> {
    match command.name().as_str() {
        "curl" => Some(curl(command)),
        "wget" => Some(wget(command)),
        "http" | "https" | "xh" | "xhs" => Some(httpie(command)),
        _ => None,
    }
}

fn curl(command: &Command) -> Call {
    let mut call = Call::default();
    let arguments = command.arguments();
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        at += 1;
        let text = word.text();
        let (option, own) = match text.split_once('=') {
            Some((option, _)) if option.starts_with("--") && !option.contains(' ') => (option.to_owned(), Some(word.without(option.len() + 1))),
            _ => (text.clone(), None),
        };
        let mut value = || {
            own.clone().or_else(|| {
                at += 1;
                arguments.get(at - 1).cloned()
            })
        };
        match option.as_str() {
            "-H" | "--header" => call.headers.extend(value()),
            "-X" | "--request" => call.method = value().and_then(|word| word.plain()).map(|word| word.to_ascii_uppercase()),
            "-u" | "--user" => call.user = value(),
            "--oauth2-bearer" => call.user = value(),
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-urlencode" | "--json" | "--data-ascii" | "-F" | "--form" => {
                call.has_body = true;
                let _ = value();
            }
            "--url" => call.url = value(),
            "-v" | "--verbose" => call.is_verbose = true,
            "--trace" | "--trace-ascii" => {
                call.is_verbose = true;
                let _ = value();
            }
            "-I" | "--head" => call.method = Some("HEAD".to_owned()),
            "-G" | "--get" => call.method = Some("GET".to_owned()),
            option if CURL_TAKES.contains(&option) => {
                let _ = value();
            }
            short if short.starts_with("--") => {}
            short if short.starts_with('-') && short.len() > 1 => {
                // `-sSfv`, `-XPOST`, `-H"Name: value"`
                let letters = &short[1..];
                if let Some(method) = letters.strip_prefix('X').filter(|method| method.bytes().all(|byte| byte.is_ascii_alphabetic())) {
                    call.method = Some(method.to_ascii_uppercase());
                } else if letters.starts_with('H') {
                    call.headers.push(word.without(2));
                } else if letters.starts_with('u') {
                    call.user = Some(word.without(2));
                } else if letters.starts_with('d') {
                    call.has_body = true;
                } else if letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                    call.is_verbose |= letters.contains('v');
                    match letters.bytes().last() {
                        Some(b'H') => call.headers.extend(value()),
                        Some(b'u') => call.user = value(),
                        Some(b'X') => call.method = value().and_then(|word| word.plain()).map(|word| word.to_ascii_uppercase()),
                        Some(b'd') => {
                            call.has_body = true;
                            let _ = value();
                        }
                        Some(b'o' | b'w' | b'm' | b'A' | b'b' | b'x') => {
                            let _ = value();
                        }
                        _ => {}
                    }
                }
            }
            _ if call.url.is_none() => call.url = Some(word.clone()),
            _ => {}
        }
    }
    if call.method.is_none() {
        call.method = Some(if call.has_body { "POST" } else { "GET" }.to_owned());
    }
    call
}

fn wget(command: &Command) -> Call {
    let mut call = Call { method: Some("GET".to_owned()), ..Call::default() };
    let arguments = command.arguments();
    for (at, word) in arguments.iter().enumerate() {
        let text = word.text();
        if text.starts_with("--header=") {
            call.headers.push(word.without("--header=".len()));
        } else if text == "--header" {
            call.headers.extend(arguments.get(at + 1).cloned());
        } else if text.starts_with("--post-data") || text.starts_with("--body-data") {
            call.method = Some("POST".to_owned());
        } else if let Some(method) = text.strip_prefix("--method=") {
            call.method = Some(method.to_ascii_uppercase());
        } else if text == "-d" || text == "--debug" {
            call.is_verbose = true;
        } else if text.contains("://") && !text.starts_with('-') || call.url.is_none() && matches!(word.pieces.first(), Some(Piece::Var(_))) {
            call.url = Some(word.clone());
        }
    }
    call
}

/// `http POST example.com Authorization:"Bearer $T" a=b`
fn httpie(command: &Command) -> Call {
    let mut call = Call::default();
    let mut arguments = command.arguments().iter().filter(|word| !word.head().starts_with('-')).peekable();
    let flags = command.arguments().iter().map(Word::text);
    flags.for_each(|flag| call.is_verbose |= flag == "-v" || flag == "--verbose");
    if let Some(method) = arguments.peek().and_then(|word| word.plain())
        && method.len() > 2
        && method.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        call.method = Some(method);
        arguments.next();
    }
    call.url = arguments.next().cloned();
    for word in arguments {
        let text = word.text();
        match text.find([':', '=']) {
            Some(at) if text[at..].starts_with(':') && !text[at..].starts_with(":=") => call.headers.push(word.clone()),
            _ => call.has_body = true,
        }
    }
    if call.method.is_none() {
        call.method = Some(if call.has_body { "POST" } else { "GET" }.to_owned());
    }
    call
}

/// The name of a header, if it holds a key.
fn key_header(header: &Word) -> Option<String> {
    let name = header.head().split(':').next().unwrap_or_default().trim();
    let lower = name.to_ascii_lowercase();
    let is_key = hint::carries_key(name) || ["token", "api-key", "apikey", "secret"].iter().any(|word| lower.ends_with(word));
    is_key.then(|| name.to_owned())
}

impl State<'_, '_> {
    /// Notes what a request does with secrets; gives what its headers hold.
    pub(in crate::lang) fn request(&self, call: &Call, sheet: &mut Sheet<'_>) -> Vec<Held> {
        let mut all = Vec::new();
        let mut keys: Vec<(String, Span, Vec<Held>)> = Vec::new();
        for header in &call.headers {
            let Some(name) = key_header(header) else { continue };
            for piece in &header.pieces {
                let held = self.piece(piece, sheet, 0).held;
                if !held.is_empty() {
                    all.extend(held.iter().cloned());
                    keys.push((name.clone(), self.key_place(piece, &held, sheet), held));
                }
            }
        }
        for piece in call.user.iter().flat_map(|word| &word.pieces) {
            let held = self.piece(piece, sheet, 0).held;
            if !held.is_empty() {
                all.extend(held.iter().cloned());
                keys.push(("Authorization".to_owned(), self.key_place(piece, &held, sheet), held));
            }
        }
        if let Some(url) = &call.url {
            self.url(url, sheet);
            for (piece, part) in parts(url) {
                let held = self.piece(piece, sheet, 0).held;
                if let Part::Query(name) = part
                    && !held.is_empty()
                {
                    keys.push((format!("?{name}"), self.key_place(piece, &held, sheet), held));
                }
            }
        }
        if keys.is_empty() {
            return all;
        }
        let url: Vec<Value> = call.url.iter().flat_map(|url| &url.pieces).map(|piece| self.url_part(piece, sheet)).collect();
        for (by, at, held) in keys {
            let request = Request { method: call.method.clone(), url: url.clone(), by };
            sheet.flow(Sink::Request(request), at, &held);
        }
        all
    }

    fn key_place(&self, piece: &Piece, held: &[Held], sheet: &Sheet<'_>) -> Span {
        let span = match piece {
            Piece::Text(_, span) | Piece::Run(_, span) | Piece::Expression(_, span) => *span,
            Piece::Var(var) => var.span,
        };
        // A credential that is written there is a part of a text.
        let literal = held.iter().find_map(|one| if let Held::Literal(number) = one { sheet.literal(*number) } else { None });
        let place = self.place(span);
        literal.filter(|inner| inner.start >= place.start && inner.end <= place.end).unwrap_or(place)
    }

    fn url_part(&self, piece: &Piece, sheet: &mut Sheet<'_>) -> Value {
        match piece {
            Piece::Text(text, _) => Value::Text(text.clone()),
            Piece::Var(var) => match self.vars.get(&var.name).and_then(|known| known.text.clone()) {
                Some(text) => Value::Text(text),
                None => match var.default.as_ref().and_then(Word::plain) {
                    Some(text) => Value::Text(text),
                    None => self.first(piece, sheet),
                },
            },
            other => self.first(other, sheet),
        }
    }

    fn first(&self, piece: &Piece, sheet: &mut Sheet<'_>) -> Value {
        match self.piece(piece, sheet, 0).held.first() {
            Some(held) => sheet.value(held),
            None => Value::Nothing,
        }
    }

    /// Notes secrets that a URL is put together with.
    pub(in crate::lang) fn url(&self, url: &Word, sheet: &mut Sheet<'_>) {
        let mut found: Vec<(String, Vec<Held>)> = Vec::new();
        for (piece, part) in parts(url) {
            let held = match piece {
                // A key that is written into a URL is found as such; which part it is in is told by what is before it.
                Piece::Text(text, span) => text_secrets(self, text, *span, sheet),
                piece => self.piece(piece, sheet, 0).held.into_iter().map(|held| (part.clone(), held)).collect(),
            };
            for (part, held) in held {
                let Some(part) = part.told() else { continue };
                match found.iter_mut().find(|(told, _)| *told == part) {
                    Some((_, list)) => list.push(held),
                    None => found.push((part, vec![held])),
                }
            }
        }
        for (part, held) in found {
            sheet.flow(Sink::Url(part), self.place(url.span), &held);
        }
    }
}

/// The credentials in a constant part of a URL, with the parts of the URL that they are in.
fn text_secrets(state: &State<'_, '_>, text: &str, span: Span, sheet: &Sheet<'_>) -> Vec<(Part, Held)> {
    let held = sheet.literals(state.place(span));
    let place = |held: &Held| match held {
        Held::Literal(number) => sheet.literal(*number).map(|inner| inner.start.saturating_sub(state.place(span).start)),
        _ => None,
    };
    let part = |at: Option<usize>| at.and_then(|at| Some(part_of(text.get(..at)?, text.get(at..)?))).unwrap_or(Part::Path);
    held.into_iter().map(|held| (part(place(&held)), held)).collect()
}

/// Where in a URL something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    User,
    Host,
    Path,
    Query(String),
}

impl Part {
    fn told(&self) -> Option<String> {
        match self {
            Self::User => Some("the user name and password".to_owned()),
            Self::Host => None,
            Self::Path => Some("the path".to_owned()),
            Self::Query(name) => Some(format!("the query parameter `{name}`")),
        }
    }
}

/// The pieces of a URL with where in it they stand.
fn parts(url: &Word) -> Vec<(&Piece, Part)> {
    let mut before = String::new();
    let mut out = Vec::new();
    for (number, piece) in url.pieces.iter().enumerate() {
        let behind = match url.pieces.get(number + 1) {
            Some(Piece::Text(text, _)) => text.as_str(),
            // `user:$PASS$AT` and kin are not read.
            _ => "",
        };
        let rest: String = url.pieces.iter().skip(number + 1).take(4).map(|piece| if let Piece::Text(text, _) = piece { text.as_str() } else { " " }).collect();
        let behind = if rest.is_empty() { behind } else { rest.as_str() };
        out.push((piece, part_of(&before, behind)));
        match piece {
            Piece::Text(text, _) => before.push_str(text),
            // A variable in front is where the API is.
            _ if before.is_empty() => before.push_str("https://host"),
            _ => before.push('x'),
        }
    }
    out
}

fn part_of(before: &str, behind: &str) -> Part {
    if let Some((_, query)) = before.split_once('?') {
        let last = query.rsplit(['&', '?']).next().unwrap_or_default();
        return match last.split_once('=') {
            Some((name, _)) => Part::Query(name.to_owned()),
            None => Part::Path,
        };
    }
    let Some((_, inner)) = before.split_once("://") else {
        return if before.contains('/') { Part::Path } else { Part::Host };
    };
    if inner.contains('/') {
        return Part::Path;
    }
    let end = behind.find('/').unwrap_or(behind.len());
    if behind[..end].contains('@') { Part::User } else { Part::Host }
}

/// The words of a command that are URLs with something before an `@`: `git clone https://x:$TOKEN@example.com/a`.
pub(in crate::lang) fn with_user(command: &Command) -> Vec<&Word> {
    let is_one = |word: &&Word| {
        let text = word.text();
        text.find("://").is_some_and(|at| {
            let rest = &text[at + 3..];
            rest[..rest.find('/').unwrap_or(rest.len())].contains('@')
        })
    };
    command.arguments().iter().filter(is_one).collect()
}
