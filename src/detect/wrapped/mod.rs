//! Secrets behind an encoding: base64, hex, escapes, quoted-printable, literals in pieces.
//!
//! [`places`] finds where something may be wrapped, by few bytes; [`decode`] turns places into edits, each a stretch of
//! the text and what it decodes to; [`edited`] makes a text with these edits done. In that text everything is looked for
//! as in any other, so that the words around a wrapped value speak for it as they would for a plain one. What is found
//! there, and holds something that was decoded, is reported at the wrapping text.

#[cfg(test)]
mod back_tests;
mod base64;
mod decode;
mod edited;
mod entity;
mod hex;
mod joined;
mod json;
mod percent;
mod places;
mod printable;
#[cfg(test)]
mod tests;
mod unicode;

use super::matcher::Candidate;
use super::resolve::{self, Winner};
use super::{Detector, Rejected, Rejection, Scratch};
use crate::keys::CheckKind;
use crate::terms::Confidence;
use crate::text::Span;
use edited::Edited;

pub(super) use places::{Place, REACH, escape_at, runs_in};

/// How a value may be wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Base64,
    Hex,
    Percent,
    Json,
    Unicode,
    Entity,
    Printable,
    Joined,
}

/// Reads one escape of a text at an offset: its length, and the code point that it stands for.
type Unit = fn(&[u8], usize) -> Option<(usize, u32)>;

/// Wrappings within wrappings that are opened.
const DEEPEST: usize = 3;
/// What is decoded of one text at most: twice its length, more of a small one, less of a large one. In bytes.
const LEAST_WORK: usize = 64 << 10;
const MOST_WORK: usize = 16 << 20;
/// A literal in pieces is joined for the sake of a prefix of this length at least: anything shorter is chance.
const SHORTEST_PREFIX: usize = 3;

/// A value that was found, plain or wrapped.
pub(super) struct Value {
    /// What was found; its span lies in the text that was searched.
    pub(super) winner: Winner,
    /// What the span does not hold.
    held: Option<Held>,
    /// How it was wrapped, outermost first.
    pub(super) encoding: Vec<&'static str>,
}

/// The value and the text that tells its mode, out of a decoded text.
struct Held {
    value: Box<[u8]>,
    head: Box<[u8]>,
}

impl Value {
    pub(super) fn plain(winner: Winner) -> Self {
        Self { winner, held: None, encoding: Vec::new() }
    }

    /// Where it stands in the text that was searched.
    pub(super) fn span(&self) -> Span {
        self.winner.candidate.span
    }

    /// The value.
    pub(super) fn bytes<'v>(&'v self, text: &'v [u8]) -> &'v [u8] {
        self.held.as_ref().map_or_else(|| self.span().of(text), |held| &held.value)
    }

    /// The text that tells its mode.
    pub(super) fn head<'v>(&'v self, text: &'v [u8]) -> &'v [u8] {
        self.held.as_ref().map_or_else(|| self.winner.candidate.head.of(text), |held| &held.head)
    }
}

/// What is left to do with one text, and all that is decoded from it.
pub(super) struct Work {
    bytes: usize,
    depth: usize,
}

impl Work {
    /// What may be done with a text of a length.
    pub(super) fn of(length: usize) -> Self {
        Self { bytes: (length.saturating_mul(2)).clamp(LEAST_WORK, MOST_WORK), depth: DEEPEST }
    }
}

/// What a search is done with.
pub(super) struct Tools<'t, 'c> {
    pub(super) detector: &'t Detector<'c>,
    pub(super) scratch: &'t mut Scratch,
    /// Whether near misses are wanted.
    pub(super) explain: bool,
}

/// Finds what is wrapped at `places` and adds it to the `values` that were found plain.
pub(super) fn search(tools: Tools<'_, '_>, text: &[u8], places: &[Place], values: &mut Vec<Value>, work: &mut Work, rejected: &mut Vec<Rejected>) {
    let Tools { detector, scratch, explain } = tools;
    if places.is_empty() || work.depth == 0 {
        return;
    }
    let mut inner = std::mem::take(&mut scratch.inner).unwrap_or_default();
    let refused = rejected.len();
    let mut found = Vec::new();
    let edits = decode::edits(text, places, work.bytes);
    for group in edited::groups(text, &edits) {
        let edited = Edited::new(text, &edits, group);
        let Some(left) = work.bytes.checked_sub(edited.text.len()) else { break };
        work.bytes = left;
        work.depth -= 1;
        let mut why_not = Vec::new();
        for value in detector.look(&edited, work, &mut inner, explain, &mut why_not) {
            if let Some(value) = outward(&edited, value) {
                found.push(value);
            }
        }
        work.depth += 1;
        if explain {
            let inside = why_not.into_iter().filter(|one| edited.name_at(one.span).is_some());
            rejected.extend(inside.map(|one| Rejected { span: edited.outer(one.span), ..one }));
        }
    }
    scratch.inner = Some(inner);
    merge(detector, text, found, values, &rejected[..refused]);
}

impl Detector<'_> {
    /// What an edited text holds, at any depth.
    fn look(&self, edited: &Edited, work: &mut Work, scratch: &mut Scratch, explain: bool, rejected: &mut Vec<Rejected>) -> Vec<Value> {
        let mut leads = std::mem::take(&mut scratch.leads);
        self.finder.all(self.catalog, &edited.text, &mut leads);
        // What stands beside the edits was looked at before.
        leads.wrapped.retain(|place| edited.concerns(place.at as usize));
        let values = self.values(&edited.text, &mut leads, work, scratch, explain, rejected);
        scratch.leads = leads;
        values
    }
}

/// A value of an edited text as one of the text that was edited; nothing for one that does not come from an edit.
fn outward(edited: &Edited, value: Value) -> Option<Value> {
    let span = value.span();
    let (kind, name) = edited.name_at(span)?;
    let telling = match kind {
        Kind::Joined => value.winner.candidate.prefix >= SHORTEST_PREFIX || !value.encoding.is_empty(),
        _ => value.winner.confidence >= Confidence::Medium,
    };
    if !telling {
        return None;
    }
    let held = Held { value: value.bytes(&edited.text).into(), head: value.head(&edited.text).into() };
    let mut encoding = vec![name];
    encoding.extend(value.encoding);
    let candidate = Candidate { span: edited.outer(span), ..value.winner.candidate };
    Some(Value { winner: Winner { candidate, ..value.winner }, held: Some(held), encoding })
}

/// Adds what was found wrapped to what was found plain. A value that was found plain is not told again; but a key within
/// a nameless wrapping, such as the token in a basic authorization, says more than the wrapping.
fn merge(detector: &Detector<'_>, text: &[u8], found: Vec<Value>, values: &mut Vec<Value>, refused: &[Rejected]) {
    if found.is_empty() {
        return;
    }
    let catalog = detector.catalog;
    let key_type = |value: &Value| catalog.get(value.winner.candidate.key_type);
    let yields = |value: &Value| {
        let is_basic = key_type(value).checks.iter().any(|check| check.kind == CheckKind::BasicAuth);
        value.encoding.is_empty() && (is_basic || resolve::is_nameless(key_type(value)) && !key_type(value).is_proven())
    };
    let stock = |one: &&Rejected| matches!(one.why, Rejection::Placeholder(_) | Rejection::Sample(_) | Rejection::Reference | Rejection::Expired);
    let mut refused: Vec<Span> = refused.iter().filter(stock).map(|one| one.span).collect();
    refused.sort_unstable();
    let plain = values.len();
    let mut gone = vec![false; plain];
    let mut kept: Vec<Value> = Vec::new();
    for value in found {
        let span = value.span();
        let is_block = matches!(value.encoding.first(), Some(&"base64" | &"base64url" | &"hex"));
        // The plain values are sorted and apart from each other.
        let from = values.partition_point(|one| one.span().end <= span.start);
        let over = from..from + values[from..].iter().take_while(|one| one.span().start < span.end).count();
        let outranks = value.winner.confidence >= Confidence::High && values[over.clone()].iter().all(yields);
        let is_refused = !is_block && overlaps_any(&refused, span);
        let is_told = kept
            .iter()
            .rev()
            .take_while(|one| one.span() == span)
            .any(|one| one.winner.candidate.key_type == value.winner.candidate.key_type && one.bytes(text) == value.bytes(text));
        if is_refused || is_told || !over.is_empty() && !outranks {
            continue;
        }
        over.for_each(|at| gone[at] = true);
        kept.push(value);
    }
    let mut at = 0;
    values.retain(|_| {
        at += 1;
        !gone[at - 1]
    });
    values.append(&mut kept);
    values.sort_by_key(Value::span);
}

/// Whether a span overlaps one of some spans, which are sorted and may overlap each other.
fn overlaps_any(spans: &[Span], span: Span) -> bool {
    let to = spans.partition_point(|one| one.start < span.end);
    // Values are short: what begins far before does not reach here.
    spans[..to].iter().rev().take(16).any(|one| one.end > span.start)
}
