//! What a CI service writes into a script before the shell sees it: `${{ secrets.API_KEY }}`.

use std::collections::HashMap;

use super::sheet::Held;
use super::state::Known;
use crate::lang::hint;
use crate::text::Span;

/// Contexts whose fields are known by their name alone.
const BY_NAME: &[&str] = &["inputs", "outputs", "parameters", "variables", "pipeline", "github"];

/// Functions of which nothing is seen but whether something is so.
const TESTS: &[&str] = &["contains", "startswith", "endswith", "hashfiles", "success", "failure", "always"];

/// Whether an expression shows nothing of what it speaks of.
pub(in crate::lang) fn is_harmless(text: &str) -> bool {
    text.contains("==") || text.contains("!=") || text.starts_with('!') || {
        let lower = text.to_ascii_lowercase();
        TESTS.iter().any(|test| lower.strip_prefix(test).is_some_and(|rest| rest.starts_with('(')))
    }
}

/// What an expression holds.
pub(in crate::lang) fn held(text: &str, at: Span, vars: &HashMap<String, Known>) -> Vec<Held> {
    if is_harmless(text) {
        return Vec::new();
    }
    // `secrets.X && 'set' || 'missing'`
    let text = match text.split_once("&&") {
        Some((_, behind)) => behind,
        None => text,
    };
    let lower = text.to_ascii_lowercase();
    if lower.contains("tojson(") || lower.contains("tojson (") {
        let inner: String =
            lower.split("tojson").nth(1).unwrap_or_default().chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_')).collect();
        return match inner.as_str() {
            "secrets" | "github" => vec![Held::Secrets(at)],
            "env" => vec![Held::Whole(at)],
            _ => chains(text).into_iter().filter_map(|chain| one(&chain, at)).collect(),
        };
    }
    let mut out = Vec::new();
    for chain in chains(text) {
        if let Some(name) = chain.strip_prefix("env.")
            && let Some(known) = vars.get(name)
        {
            out.extend(known.held.iter().cloned());
            continue;
        }
        out.extend(one(&chain, at));
    }
    out
}

/// What a chain of names holds.
fn one(chain: &str, at: Span) -> Option<Held> {
    let (owner, name) = chain.rsplit_once('.')?;
    let last = owner.rsplit('.').next().unwrap_or(owner);
    if chain == "github.token" {
        return Some(Held::Env("GITHUB_TOKEN".to_owned(), at));
    }
    if !hint::may_say_secret(name) || owner == "vars" {
        return None;
    }
    if matches!(owner, "secrets" | "env") {
        return Some(Held::Env(name.to_owned(), at));
    }
    (BY_NAME.contains(&last) || last == "parameters" || owner.starts_with("pipeline.")).then(|| Held::Named(name.to_owned(), at))
}

/// The chains of names in an expression, texts left out; `secrets['X']` is `secrets.X`.
fn chains(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut now = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' => now.push(letter),
            '[' if matches!(letters.peek(), Some('\'' | '"')) && !now.is_empty() => {
                letters.next();
                now.push('.');
                for inner in letters.by_ref() {
                    if matches!(inner, '\'' | '"') {
                        break;
                    }
                    now.push(inner);
                }
                letters.next();
            }
            '\'' | '"' => {
                letters.by_ref().find(|inner| *inner == letter);
            }
            _ => out.push(std::mem::take(&mut now)),
        }
    }
    out.push(now);
    out.retain(|chain| chain.contains('.'));
    out
}
