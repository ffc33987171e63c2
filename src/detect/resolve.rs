//! From candidates to credentials: each is examined, and of those that fit the same text one is chosen.
//!
//! In this order: a proof (checksum, decoded structure), a keyword in the statement, a sign of the provider in the file,
//! the key type that needs no context, the tightest shape. A home-made or nameless type never outranks a provider's.

use std::cell::OnceCell;

use aho_corasick::AhoCorasick;

use super::matcher::Candidate;
use super::statement::Statement;
use super::validate::{self, Subject};
use super::{Rejected, Rejection, placeholder};
use crate::keys::{Catalog, CheckKind, KeyType, Shape};
use crate::terms::Confidence;
use crate::text::Span;

/// A candidate that is a credential.
#[derive(Debug, Clone, Copy)]
pub(super) struct Winner {
    pub candidate: Candidate,
    pub confidence: Confidence,
    /// Whether the value is a password: free in its characters, guessable.
    pub exotic: bool,
}

/// Providers whose key types stand for "some credential": they yield to any named one.
const NAMELESS: &[&str] = &["generic", "http-auth", "jwt", "database-url", "broker-url"];

/// Examines all candidates and returns the winners in rising order, none overlapping.
pub(super) fn resolve(catalog: &Catalog, text: &[u8], candidates: &mut Vec<Candidate>, rejected: &mut Vec<Rejected>) -> Vec<Winner> {
    candidates.sort_unstable_by_key(|candidate| (candidate.span, candidate.key_type));
    candidates.dedup();
    let mut standing: Vec<(Candidate, Rank)> = Vec::new();
    let mut vetoes: Vec<Span> = Vec::new();
    let mut context: Option<((Span, usize), Statement)> = None;
    for candidate in candidates.iter() {
        let key_type = catalog.get(candidate.key_type);
        let why = examine(key_type, text, candidate);
        if let Some(why) = why {
            if matches!(why, Rejection::Checksum | Rejection::Placeholder(_) | Rejection::Sample(_)) && !is_nameless(key_type) {
                vetoes.push(candidate.span);
            }
            rejected.push(Rejected { key_type: candidate.key_type, span: candidate.span, why });
            continue;
        }
        let place = (candidate.span, candidate.prefix);
        if context.as_ref().is_none_or(|(known, _)| *known != place) {
            context = Some((place, Statement::around(text, candidate.span, candidate.prefix)));
        }
        // A phrase of more words says more: `infura secret` beats `infura`.
        let spoken = context
            .as_ref()
            .and_then(|(_, statement)| key_type.keywords.iter().filter(|phrase| statement.says(text, phrase)).map(|phrase| phrase.len()).max())
            .unwrap_or(0);
        standing.push((*candidate, Rank::new(key_type, spoken)));
    }
    let signs = Signs::default();
    for (candidate, rank) in &mut standing {
        let key_type = catalog.get(candidate.key_type);
        if !key_type.signs.is_empty() && (has_prefix(key_type) && key_type.required && rank.keyword == 0 || contested(candidates, candidate)) {
            rank.sign = signs.present(catalog, text, key_type);
        }
    }
    standing.retain(|(candidate, rank)| {
        let key_type = catalog.get(candidate.key_type);
        let why = if key_type.required && rank.keyword == 0 && !(rank.sign && has_prefix(key_type)) {
            Rejection::NoKeyword
        } else if is_nameless(key_type) && vetoes.iter().any(|veto| veto.overlaps(candidate.span)) {
            Rejection::Outranked
        } else {
            return true;
        };
        rejected.push(Rejected { key_type: candidate.key_type, span: candidate.span, why });
        false
    });
    standing.sort_by(|(one, rank), (other, other_rank)| other_rank.cmp(rank).then(one.key_type.cmp(&other.key_type)));
    let mut winners: Vec<Winner> = Vec::new();
    for (candidate, _) in standing {
        if winners.iter().any(|winner| winner.candidate.span.overlaps(candidate.span)) {
            rejected.push(Rejected { key_type: candidate.key_type, span: candidate.span, why: Rejection::Outranked });
            continue;
        }
        let key_type = catalog.get(candidate.key_type);
        winners.push(Winner { candidate, confidence: key_type.confidence, exotic: is_exotic(key_type) });
    }
    winners.sort_unstable_by_key(|winner| winner.candidate.span);
    winners
}

/// Why a candidate is no credential by its own text.
fn examine(key_type: &KeyType, text: &[u8], candidate: &Candidate) -> Option<Rejection> {
    let subject = Subject { text, span: candidate.span, prefix: candidate.prefix };
    let blocks =
        key_type.checks.iter().any(|check| matches!(check.kind, CheckKind::Pem | CheckKind::GoogleServiceAccount | CheckKind::Jwt | CheckKind::BasicAuth));
    if !blocks
        && let Some(why) = placeholder::judge(subject.value(), candidate.prefix, is_exotic(key_type))
        // The public half of a pair may well be made of words.
        && (key_type.role.bears_authority() || why != Rejection::NotRare)
    {
        return Some(why);
    }
    key_type.checks.iter().find_map(|check| validate::fails(check, subject))
}

fn is_exotic(key_type: &KeyType) -> bool {
    key_type.checks.iter().any(|check| matches!(check.kind, CheckKind::UrlPassword | CheckKind::BasicAuth))
}

fn is_nameless(key_type: &KeyType) -> bool {
    NAMELESS.contains(&key_type.id.provider())
}

/// Whether a shape has a literal that tells something: with one, a sign anywhere in the file is context enough.
fn has_prefix(key_type: &KeyType) -> bool {
    matches!(&key_type.shape, Shape::Parts { prefixes, .. } if prefixes.iter().any(|prefix| prefix.len() >= 3))
}

/// Whether another key type's candidate overlaps this one.
fn contested(candidates: &[Candidate], candidate: &Candidate) -> bool {
    let from = candidates.partition_point(|other| other.span.start + 4096 < candidate.span.start);
    candidates[from..]
        .iter()
        .take_while(|other| other.span.start < candidate.span.end)
        .any(|other| other.key_type != candidate.key_type && other.span.overlaps(candidate.span))
}

/// What speaks for a key type at a place; the greater the better.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rank {
    named: bool,
    proven: bool,
    /// Words of the longest phrase that its statement says.
    keyword: usize,
    sign: bool,
    free: bool,
    tightness: f64,
}

impl Rank {
    fn new(key_type: &KeyType, keyword: usize) -> Self {
        let claims = key_type.checks.iter().map(|check| check.argument.len()).sum::<usize>();
        Self {
            named: !is_nameless(key_type),
            proven: key_type.is_proven(),
            keyword,
            sign: false,
            free: !key_type.required,
            tightness: 16.0 * claims as f64 - key_type.bits,
        }
    }

    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let flags = |rank: &Self| (rank.named, rank.proven, rank.keyword, rank.sign, rank.free);
        flags(self).cmp(&flags(other)).then(self.tightness.total_cmp(&other.tightness))
    }
}

/// Which providers' signs a text holds, looked for once and only when shapes collide.
#[derive(Default)]
struct Signs {
    present: OnceCell<Vec<String>>,
}

impl Signs {
    fn present(&self, catalog: &Catalog, text: &[u8], key_type: &KeyType) -> bool {
        let present = self.present.get_or_init(|| {
            let mut signs: Vec<&str> = catalog.iter().flat_map(|(_, key_type)| key_type.signs.iter().map(AsRef::as_ref)).collect();
            signs.sort_unstable();
            signs.dedup();
            let Ok(automaton) = AhoCorasick::builder().ascii_case_insensitive(true).build(&signs) else { return Vec::new() };
            let mut seen = vec![false; signs.len()];
            automaton.find_overlapping_iter(text).for_each(|found| seen[found.pattern().as_usize()] = true);
            signs.iter().zip(seen).filter(|(_, seen)| *seen).map(|(sign, _)| (*sign).to_owned()).collect()
        });
        key_type.signs.iter().any(|sign| present.binary_search_by(|known| known.as_str().cmp(sign)).is_ok())
    }
}
