//! What the pieces of a request's URL come to.

use super::super::FileContext;
use crate::keys::endpoints::UNKNOWN;
use crate::lang::Value;
use crate::project::Held;

/// URLs that one request may have.
const MOST: usize = 8;
/// Longer than any URL that tells something.
const LONGEST: usize = 2000;

/// The texts that a URL may be, with [`UNKNOWN`] for what is not known.
pub(super) fn of(cx: &FileContext<'_>, pieces: &[Value]) -> Vec<String> {
    let mut urls = vec![String::new()];
    for piece in pieces {
        let ways = texts(cx, piece);
        let mut next = Vec::new();
        for (url, way) in urls.iter().flat_map(|url| ways.iter().map(move |way| (url, way))).take(MOST) {
            next.push(joined(url, way));
        }
        urls = next;
        if urls.iter().any(|url| url.len() > LONGEST) {
            return Vec::new();
        }
    }
    urls
}

/// A URL and what follows. A base that is a variable is a host of that name: `PLUNK_API_URL` says that Plunk is meant.
fn joined(url: &str, way: &Part) -> String {
    match way {
        Part::Text(text) if url.ends_with('/') && (text.starts_with("http://") || text.starts_with("https://")) => text.clone(),
        Part::Text(text) if url.ends_with('/') && text.starts_with('/') => format!("{url}{}", &text[1..]),
        Part::Text(text) => format!("{url}{text}"),
        Part::Variable(name) if url.is_empty() => format!("https://{}", name.to_ascii_lowercase().replace('_', "-")),
        Part::Variable(name) if url == "https://" || url == "http://" => format!("{url}{}", name.to_ascii_lowercase().replace('_', "-")),
        Part::Variable(_) | Part::Nothing => format!("{url}{UNKNOWN}"),
    }
}

#[derive(Debug)]
enum Part {
    Text(String),
    Variable(String),
    Nothing,
}

fn texts(cx: &FileContext<'_>, piece: &Value) -> Vec<Part> {
    match piece {
        Value::Text(text) => return vec![Part::Text(text.clone())],
        Value::Nothing => return vec![Part::Nothing],
        _ => {}
    }
    let ends = cx.project.origins(cx.file, piece);
    let mut found: Vec<Part> = ends
        .into_iter()
        .take(MOST)
        .map(|origin| match origin.held {
            Held::Text(_, text) => Part::Text(text),
            Held::Env(file, read) => {
                let read = file.facts.module.as_ref().and_then(|module| module.reads.get(read as usize));
                read.map_or(Part::Nothing, |read| Part::Variable(read.name.clone()))
            }
            Held::Field(_, _, name) => Part::Variable(name),
            _ => Part::Nothing,
        })
        .collect();
    // A constant that stands for a variable which is not set says what is meant.
    if found.iter().any(|part| matches!(part, Part::Text(_))) {
        found.retain(|part| matches!(part, Part::Text(_)));
    }
    if found.is_empty() {
        found.push(Part::Nothing);
    }
    found
}
