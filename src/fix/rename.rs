//! A variable loses its public prefix, at every use in the project: where it is declared and where it is read.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::accessor::words;
use super::edit::Edit;
use crate::keys::naming;
use crate::lang::{self, EnvObject};
use crate::project::{FileFacts, Project};
use crate::terms::Place;

/// A file that holds the name.
pub(super) struct Holder<'a> {
    /// What it says.
    pub(super) facts: &'a FileFacts,
    /// Its number, for whoever asks.
    pub(super) number: usize,
    /// Its bytes.
    pub(super) text: &'a [u8],
}

/// What a renaming does.
#[derive(Debug, Default)]
pub(super) struct Renaming {
    /// By the file's number.
    pub(super) edits: Vec<(usize, Edit)>,
    /// Client code that reads the variable, `path:line`: it is left as it is.
    pub(super) clients: Vec<String>,
}

static KIT_PUBLIC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?-u)import\s*\{([^}]*)\}\s*from\s*["'](\$env/static/public)["']\s*;?"#).expect("the pattern is a constant"));

/// Plans to take the prefix off `name` in all of `holders`, which are the files that hold the name or the bare one.
pub(super) fn plan(name: &str, holders: &[Holder<'_>], project: &Project<'_>) -> Result<Renaming, String> {
    let bare = naming::bare(name);
    if bare == name || bare.is_empty() || bare.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err("no prefix publishes it, but the section that it stands in: take it out of there by hand".to_owned());
    }
    if name.starts_with("NUXT_PUBLIC_") {
        return Err("Nuxt maps it to a key below `runtimeConfig.public`: move that key out of `public` by hand, and rename the variable with it".to_owned());
    }
    check_collisions(name, bare, holders)?;
    let mut found = Renaming::default();
    for holder in holders {
        let places: Vec<usize> = words(holder.text, name).collect();
        let Some(first) = places.first() else { continue };
        if let Some(at) = client_read(name, holder, project, *first) {
            let line = memchr::memchr_iter(b'\n', &holder.text[..at]).count() + 1;
            found.clients.push(format!("{}:{line}", holder.facts.path));
            continue;
        }
        in_file(name, bare, holder, project, &places, &mut found)?;
    }
    Ok(found)
}

/// Where client code reads the variable in this file.
fn client_read(name: &str, holder: &Holder<'_>, project: &Project<'_>, first: usize) -> Option<usize> {
    let file = holder.facts;
    if file.facts.declared.iter().any(|one| one.name == name) {
        return None;
    }
    let place = project.place_of(file).place;
    let is_client = matches!(place, Place::Client | Place::Desktop | Place::Mobile | Place::Bundle);
    let Some(module) = &file.facts.module else { return is_client.then_some(first) };
    let starts_with = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let is_read_by_client = |read: &&lang::Read| {
        if read.name != name {
            return false;
        }
        // Where nothing tells, a tool without a server of its own puts all it builds into the client.
        let has_no_server = match read.from {
            EnvObject::ImportMeta => starts_with(&["VITE_"]),
            EnvObject::Process => starts_with(&["REACT_APP_", "EXPO_PUBLIC_", "GATSBY_"]),
            _ => false,
        };
        is_client || has_no_server && !matches!(place, Place::Server | Place::Test) || project.way(file, read.part).is_some()
    };
    let read = module.reads.iter().find(is_read_by_client);
    match read {
        Some(read) => Some(file.facts.spot(read.spot).map_or(first, |spot| spot.span.start)),
        // Declarations of types and the like may say the name without reading it.
        None => (is_client && module.reads.iter().all(|read| read.name != name) && !file.path.text.ends_with(".d.ts")).then_some(first),
    }
}

fn in_file(name: &str, bare: &str, holder: &Holder<'_>, project: &Project<'_>, places: &[usize], found: &mut Renaming) -> Result<(), String> {
    let text = holder.text;
    let module = holder.facts.facts.module.as_ref();
    let push = |found: &mut Renaming, edit: Edit| found.edits.push((holder.number, edit));
    if module.is_some() && (memchr::memmem::find(text, b"$env/dynamic/public").is_some() || memchr::memmem::find(text, b"astro:env/client").is_some()) {
        return Err(format!("`{}` reads it from a module of public variables: rename it there by hand", holder.facts.path));
    }
    // An env file that has the bare name already, with the same value: the public one goes.
    if module.is_none() && words(text, bare).any(|at| is_declaration(text, at, bare)) {
        let is_env = project.place_of(holder.facts).place == Place::EnvFile || super::language::is_example(&holder.facts.path.text);
        if !is_env {
            return Err(format!("`{}` has `{bare}` as well", holder.facts.path));
        }
        for at in places {
            let start = memchr::memrchr(b'\n', &text[..*at]).map_or(0, |at| at + 1);
            let end = memchr::memchr(b'\n', &text[*at..]).map_or(text.len(), |end| at + end + 1);
            if is_declaration(text, *at, name) && memchr::memchr(b'\n', &text[start..*at]).is_none() {
                push(found, Edit::new(start, end, ""));
            } else {
                push(found, Edit::new(*at, at + name.len(), bare));
            }
        }
        return Ok(());
    }
    let mut done = None;
    if let Some(import) = module.and_then(|_| KIT_PUBLIC.captures_iter(text).find(|found| words(&found[1], name).next().is_some())) {
        let (all, list, specifier) = (import.get(0), import.get(1), import.get(2));
        if let (Some(all), Some(list), Some(specifier)) = (all, list, specifier) {
            let items: Vec<&[u8]> = list.as_bytes().split(|byte| *byte == b',').filter(|item| !item.trim_ascii().is_empty()).collect();
            if items.len() == 1 {
                push(found, Edit::new(specifier.start(), specifier.end(), "$env/static/private"));
            } else {
                let mine = items
                    .iter()
                    .find(|item| words(item, name).next().is_some())
                    .map_or(bare.to_owned(), |item| String::from_utf8_lossy(item.trim_ascii()).replace(name, bare));
                let others: Vec<String> = items
                    .iter()
                    .filter(|item| words(item, name).next().is_none())
                    .map(|item| String::from_utf8_lossy(item.trim_ascii()).into_owned())
                    .collect();
                let end = super::edit::line_end(text);
                let quote = text[specifier.end()] as char;
                push(found, Edit::new(all.start(), all.start(), format!("import {{ {mine} }} from {quote}$env/static/private{quote};{end}")));
                push(found, Edit::new(list.start(), list.end(), format!(" {} ", others.join(", "))));
                done = Some(list.range());
            }
        }
    }
    for at in places {
        if done.as_ref().is_some_and(|range| range.contains(at)) {
            continue;
        }
        // The store of a CI system is renamed by its owner, not by a file.
        if text[..*at].ends_with(b"secrets.") || text[..*at].ends_with(b"vars.") {
            continue;
        }
        let read = module.and_then(|module| {
            module.reads.iter().find_map(|read| {
                let span = holder.facts.facts.spot(read.spot)?.span;
                (read.name == name && span.start <= *at && *at < span.end).then_some((read, span))
            })
        });
        if let Some((read, span)) = read.filter(|(read, _)| read.from == EnvObject::ImportMeta)
            && !name.starts_with("PUBLIC_")
        {
            const OBJECT: &[u8] = b"import.meta.env";
            if !read.is_direct || !text[span.start..].starts_with(OBJECT) {
                return Err(format!(
                    "`{}` takes it out of `import.meta.env`, which has public variables alone: read it from `process.env` by hand",
                    holder.facts.path
                ));
            }
            push(found, Edit::new(span.start, span.start + OBJECT.len(), "process.env"));
        }
        push(found, Edit::new(*at, at + name.len(), bare));
    }
    Ok(())
}

/// A variable of the bare name that has another value, or a script where both names live.
fn check_collisions(name: &str, bare: &str, holders: &[Holder<'_>]) -> Result<(), String> {
    let mut own: Vec<Vec<u8>> = Vec::new();
    let mut other: Vec<(Vec<u8>, &Holder<'_>)> = Vec::new();
    for holder in holders {
        let text = holder.text;
        if holder.facts.facts.module.is_some() {
            let is_loose = |word: &str| words(text, word).any(|at| !text[..at].ends_with(b"."));
            if words(text, name).next().is_some() && words(text, bare).next().is_some() && (is_loose(name) || is_loose(bare)) {
                return Err(format!("`{}` uses `{bare}` as well", holder.facts.path));
            }
            continue;
        }
        own.extend(words(text, name).filter_map(|at| value_of(text, at, name)));
        other.extend(words(text, bare).filter_map(|at| Some((value_of(text, at, bare)?, holder))));
    }
    match other.iter().find(|(value, _)| own.iter().any(|own| own != value)) {
        Some((_, holder)) => Err(format!("`{bare}` has another value in `{}`: one of the two needs a name of its own", holder.facts.path)),
        None => Ok(()),
    }
}

/// Whether the name at `at` is given something there.
fn is_declaration(text: &[u8], at: usize, name: &str) -> bool {
    let rest = text[at + name.len()..].iter().copied().skip_while(|byte| matches!(byte, b'"' | b'\'' | b' ')).take(2).collect::<Vec<u8>>();
    matches!(rest[..], [b'=' | b':'] | [b'=' | b':', _]) && !matches!(rest[..], [b'=', b'='] | [b'=', b'>'] | [b':', b':']) && !text[..at].ends_with(b".")
}

/// What a name is given, if it is anything: bytes that are compared and never shown.
fn value_of(text: &[u8], at: usize, name: &str) -> Option<Vec<u8>> {
    if !is_declaration(text, at, name) {
        return None;
    }
    let rest = &text[at + name.len()..];
    let rest = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    let value = &rest[rest.iter().position(|byte| matches!(byte, b'=' | b':'))? + 1..];
    let value: &[u8] = value.trim_ascii();
    // What closes an object or a list on the same line is no part of it.
    let end = value.iter().rposition(|byte| !matches!(byte, b',' | b'}' | b']' | b' ')).map_or(0, |at| at + 1);
    let end = if memchr::memmem::find(&value[..end], b"${").is_some() { value.len() } else { end };
    let trimmed: Vec<u8> = value[..end].iter().copied().filter(|byte| !matches!(byte, b'"' | b'\'')).collect();
    (!trimmed.is_empty()).then_some(trimmed)
}
