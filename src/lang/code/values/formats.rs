//! Arguments that go by what stands before them: a name, or a format.

use super::{FEW, Known, Reader, fits};
use crate::lang::code::language::Holes;
use crate::lang::code::tree::{Call, NodeIx, What};

/// Names longer than this are messages.
const LONGEST_NAME: usize = 48;

impl<'t> Reader<'t, '_> {
    /// What is told only by the names that stand before values: `"token", t`.
    pub(in crate::lang::code) fn pairs(&mut self, call: &Call<'t>, path: &str) -> Vec<Known> {
        let Some(first) = self.language.api.iter().flat_map(|api| api.pairs).find(|(pattern, _)| fits(pattern, path)).map(|(_, first)| *first) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for pair in call.args.iter().skip(first).take(40).collect::<Vec<_>>().chunks(2) {
            let [name, value] = pair else { continue };
            let Some(name) = self.constant_behind(name.value).filter(|name| name.len() <= LONGEST_NAME && !name.contains(' ')) else { continue };
            if self.known(value.value) == Known::Unknown {
                out.push(self.named(name, self.tree.node(value.value).span));
            }
        }
        out
    }

    /// The numbers of arguments of which a format shows nothing: `%T`, `%p`, `%.4s`, `{:.4}`.
    pub(in crate::lang::code) fn hidden(&self, call: &Call<'_>) -> Vec<usize> {
        let Some(at) = call.args.iter().take(4).position(|arg| arg.name.is_none() && self.is_format(arg.value)) else { return Vec::new() };
        let Some(format) = self.constant_behind(call.args[at].value) else { return Vec::new() };
        let takes_braces = self.language.lexis.quotes.iter().any(|quote| quote.holes == Holes::BracedNames);
        if takes_braces { hidden_braces(format, at) } else { self.hidden_verbs(format, at) }
    }

    fn is_format(&self, at: NodeIx) -> bool {
        matches!(self.tree.node(at).what, What::Text(_)) && self.constant(at).is_some_and(|text| text.contains(['%', '{']))
    }

    pub(super) fn hidden_verbs(&self, format: &str, at: usize) -> Vec<usize> {
        let shows_nothing = |letter: char| self.language.api.iter().any(|api| api.harmless_verbs.contains(letter));
        let mut hidden = Vec::new();
        let mut number = at;
        let mut rest = format;
        while let Some(found) = rest.find('%').filter(|_| number < at + 40) {
            rest = &rest[found + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                rest = after;
                continue;
            }
            let length = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'#' | b' ' | b'*' | b'[' | b']')).count();
            let (shape, after) = rest.split_at(length);
            rest = after;
            number += 1 + shape.matches('*').count();
            let before = format[..format.len() - after.len() - length].trim_end_matches('%');
            let is_name = is_of_a_name(before, after.get(1..).unwrap_or_default());
            let count = shape.split_once('.').and_then(|(_, digits)| digits.parse::<i64>().ok());
            if rest.chars().next().is_some_and(shows_nothing) || count.is_some_and(|count| count <= FEW) || is_name {
                hidden.push(number);
            }
        }
        hidden
    }
}

fn hidden_braces(format: &str, at: usize) -> Vec<usize> {
    let mut hidden = Vec::new();
    let mut number = at;
    let mut rest = format;
    while let Some(open) = rest.find('{').filter(|_| number < at + 40) {
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let hole = &rest[..close];
        rest = &rest[close + 1..];
        if hole.is_empty() || hole.starts_with(':') {
            number += 1;
            let digits = hole.split_once('.').map_or("", |(_, digits)| digits.trim_end_matches('?'));
            if digits.parse::<i64>().is_ok_and(|count| count <= FEW) || hole == ":p" {
                hidden.push(number);
            }
        }
    }
    hidden
}

/// Whether a text ends by saying that a secret follows.
pub(super) fn ends_with_secret(before: &str) -> bool {
    before.trim_end_matches(['\'', '"', '`', '\\']).trim_end().to_ascii_lowercase().ends_with("secret")
}

/// Whether a message tells of a secret by its name, because it is missing or is being set: nobody has its value then.
pub(super) fn is_of_a_name(before: &str, after: &str) -> bool {
    const MISSING: &[&str] = &[
        "not defined",
        "not found",
        "does not exist",
        "doesn't exist",
        "already exists",
        "not exist",
        "seem to exist",
        "does not contain",
        "retrieved from",
        "is missing",
        "not set",
    ];
    const DOING: &[&str] = &["unable to ", "failed to ", "could not ", "cannot ", "no such ", "denied to ", "missing ", "couldn't ", "failed "];
    const WRITING: &[&str] = &["writing ", "wrote ", "written ", "saving ", "saved ", "storing ", "stored ", "symlink "];
    let (is_secret, before) = (ends_with_secret(before), before.to_ascii_lowercase());
    // `Writing private key to %s`: a path.
    if before.trim_end_matches(['\'', '"', '`']).ends_with(" to ") && WRITING.iter().any(|word| before.contains(word)) {
        return true;
    }
    if !is_secret {
        return false;
    }
    let after = after.to_ascii_lowercase();
    let after: String = after.chars().take(60).collect();
    MISSING.iter().any(|word| after.contains(word)) || DOING.iter().any(|word| before.contains(word))
}
