//! From candidates to credentials: each is examined, and of those that fit the same text one is chosen.
//!
//! In this order: a proof (checksum, decoded structure), a keyword in the statement, a sign of the provider in the file,
//! the key type that needs no context, the tightest shape. A home-made or nameless type never outranks a provider's.

use aho_corasick::AhoCorasick;

use super::ciphertext::Ciphertext;
use super::matcher::Candidate;
use super::statement::Statement;
use super::validate::{self, Subject};
use super::{Rejected, Rejection, placeholder};
use crate::keys::{Catalog, CheckKind, KeyType, KeyTypeIx, Shape};
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

/// A literal of fewer bytes at the start of a value tells nothing of whose it is: `0x`.
const TELLING: usize = 3;

/// What the candidates of one text are examined with.
#[derive(Clone, Copy)]
pub(super) struct Bench<'t> {
    pub catalog: &'t Catalog,
    pub text: &'t [u8],
    pub now: u64,
}

/// Examines all candidates and returns the winners in rising order, none overlapping.
pub(super) fn resolve(bench: &Bench<'_>, candidates: &mut Vec<Candidate>, rejected: &mut Vec<Rejected>) -> Vec<Winner> {
    let Bench { catalog, text, .. } = *bench;
    candidates.sort_unstable_by_key(|candidate| (candidate.span, candidate.key_type));
    candidates.dedup();
    let mut standing: Vec<(Candidate, Rank)> = Vec::new();
    let mut vetoes = Disjoint::default();
    let mut context: Option<((Span, usize), Statement)> = None;
    let mut ciphertext = Ciphertext::default();
    for candidate in candidates.iter() {
        let key_type = catalog.get(candidate.key_type);
        // A phrase of more words says more: `infura secret` beats `infura`.
        let mut said = || {
            let place = (candidate.span, candidate.prefix);
            if context.as_ref().is_none_or(|(known, _)| *known != place) {
                context = Some((place, Statement::around(text, candidate.span, candidate.prefix)));
            }
            context.as_ref().and_then(|(_, statement)| key_type.keywords.iter().map(|phrase| statement.says(text, phrase)).max()).unwrap_or(0)
        };
        if let Some(why) = examine(bench, key_type, candidate, &mut ciphertext) {
            // What nothing speaks for has no say in what the text is.
            if matches!(why, Rejection::Checksum | Rejection::Placeholder(_)) && !is_nameless(key_type) && (!key_type.required || said() > 0) {
                vetoes.insert(candidate.span);
            }
            rejected.push(Rejected { key_type: candidate.key_type, span: candidate.span, why });
            continue;
        }
        let mut rank = Rank::new(key_type, &subject(bench, candidate));
        if !key_type.keywords.is_empty() {
            rank.keyword = said();
        }
        standing.push((*candidate, rank));
    }
    drop_inner(catalog, &mut standing, rejected);
    // Without a keyword, only a telling prefix can still be vouched for, by a sign anywhere in the file.
    drop_unspoken(catalog, &mut standing, rejected, |key_type, rank| rank.keyword > 0 || (has_prefix(key_type) && !key_type.signs.is_empty()));
    let spans: Vec<(Span, KeyTypeIx)> = standing.iter().map(|(candidate, _)| (candidate.span, candidate.key_type)).collect();
    let asks = |candidate: &Candidate, rank: &Rank| {
        let key_type = catalog.get(candidate.key_type);
        !key_type.signs.is_empty() && (key_type.required && rank.keyword == 0 || contested(&spans, candidate))
    };
    let mut asking: Vec<KeyTypeIx> = standing.iter().filter(|(candidate, rank)| asks(candidate, rank)).map(|(candidate, _)| candidate.key_type).collect();
    asking.sort_unstable();
    asking.dedup();
    if !asking.is_empty() {
        let present = present(catalog, text, &asking);
        for (candidate, rank) in &mut standing {
            let signs = &catalog.get(candidate.key_type).signs;
            rank.sign = asks(candidate, rank) && signs.iter().any(|sign| present.binary_search_by(|known| known.as_str().cmp(sign)).is_ok());
        }
    }
    drop_unspoken(catalog, &mut standing, rejected, |_, rank| rank.keyword > 0 || rank.sign);
    standing.retain(|(candidate, _)| {
        let vetoed = is_nameless(catalog.get(candidate.key_type)) && vetoes.overlaps(candidate.span);
        if vetoed {
            rejected.push(Rejected { key_type: candidate.key_type, span: candidate.span, why: Rejection::Outranked });
        }
        !vetoed
    });
    // Where nothing tells the roles of one shape apart, the one that does harm is meant.
    let is_harmless = |candidate: &Candidate| !catalog.get(candidate.key_type).role.bears_authority();
    standing.sort_by(|(one, rank), (other, other_rank)| {
        let by_role = is_harmless(one).cmp(&is_harmless(other));
        other_rank.cmp(rank).then(one.span.cmp(&other.span)).then(by_role).then(one.key_type.cmp(&other.key_type))
    });
    let mut taken = Disjoint::default();
    let mut winners: Vec<Winner> = Vec::new();
    for (candidate, rank) in standing {
        let key_type = catalog.get(candidate.key_type);
        // A published sample takes its place, so that no other key type claims it, and is no credential.
        let why = if taken.overlaps(candidate.span) { Some(Rejection::Outranked) } else { placeholder::sample(candidate.span.of(text)).map(Rejection::Sample) };
        taken.insert(candidate.span);
        match why {
            Some(why) => rejected.push(Rejected { key_type: candidate.key_type, span: candidate.span, why }),
            None => {
                // What a rule says of its own shape counts, unless this very value has a proof that not all have.
                let confidence = if rank.proven && !key_type.is_proven() { Confidence::Confirmed } else { key_type.confidence };
                winners.push(Winner { candidate, confidence, exotic: is_exotic(key_type) });
            }
        }
    }
    winners.sort_unstable_by_key(|winner| winner.candidate.span);
    winners
}

/// Drops candidates that need context and for which nothing speaks.
fn drop_unspoken(catalog: &Catalog, standing: &mut Vec<(Candidate, Rank)>, rejected: &mut Vec<Rejected>, spoken: impl Fn(&KeyType, &Rank) -> bool) {
    standing.retain(|(candidate, rank)| {
        let key_type = catalog.get(candidate.key_type);
        let stays = !key_type.required || spoken(key_type, rank);
        if !stays {
            rejected.push(Rejected { key_type: candidate.key_type, span: candidate.span, why: Rejection::NoKeyword });
        }
        stays
    });
}

/// Drops candidates that are the tail of one with a longer literal: `api-UUID` of one provider within `px-api-UUID` of another.
/// No word in the file outweighs that.
fn drop_inner(catalog: &Catalog, standing: &mut Vec<(Candidate, Rank)>, rejected: &mut Vec<Rejected>) {
    let whole: Vec<Span> =
        standing.iter().filter(|(candidate, rank)| rank.named && rank.free && !is_bare(catalog, candidate)).map(|(candidate, _)| candidate.span).collect();
    standing.retain(|(candidate, rank)| {
        let from = whole.partition_point(|span| span.start + 4096 < candidate.span.start);
        let is_tail = |span: &Span| span.end == candidate.span.end && span.start < candidate.span.start;
        let stays = rank.proven || !whole[from..].iter().take_while(|span| span.start < candidate.span.start).any(is_tail);
        if !stays {
            rejected.push(Rejected { key_type: candidate.key_type, span: candidate.span, why: Rejection::Outranked });
        }
        stays
    });
}

/// Whether a shape begins with no literal.
fn is_bare(catalog: &Catalog, candidate: &Candidate) -> bool {
    candidate.prefix == 0 && matches!(catalog.get(candidate.key_type).shape, Shape::Parts { .. })
}

/// Spans joined where they overlap, so that thousands of values on one line are looked up in no time.
#[derive(Default)]
struct Disjoint(std::collections::BTreeMap<usize, usize>);

impl Disjoint {
    fn overlaps(&self, span: Span) -> bool {
        self.0.range(..span.end).next_back().is_some_and(|(_, end)| *end > span.start)
    }

    fn insert(&mut self, mut span: Span) {
        while let Some((start, end)) = self.0.range(..span.end).next_back().map(|(start, end)| (*start, *end)).filter(|(_, end)| *end > span.start) {
            self.0.remove(&start);
            span = Span::new(start.min(span.start), end.max(span.end));
        }
        self.0.insert(span.start, span.end);
    }
}

/// Why a candidate is no credential by its own text and the bytes right beside it.
fn examine(bench: &Bench<'_>, key_type: &KeyType, candidate: &Candidate, ciphertext: &mut Ciphertext) -> Option<Rejection> {
    let subject = subject(bench, candidate);
    let blocks =
        key_type.checks.iter().any(|check| matches!(check.kind, CheckKind::Pem | CheckKind::GoogleServiceAccount | CheckKind::Jwt | CheckKind::BasicAuth));
    if !blocks {
        if let Some(which) = ciphertext.around(bench.text, candidate.span) {
            return Some(Rejection::Ciphertext(which));
        }
        let why = placeholder::judge(subject.value(), candidate.prefix, is_exotic(key_type));
        // The public half of a pair may well be made of words.
        if let Some(why) = why.filter(|why| key_type.role.bears_authority() || *why != Rejection::NotRare) {
            return Some(why);
        }
        if candidate.prefix < TELLING
            && let Some(why) = elsewhere(bench.text, key_type, candidate.span, candidate.prefix)
        {
            return Some(why);
        }
        if placeholder::is_in_blob(bench.text, candidate.span) {
            return Some(Rejection::Blob);
        }
    }
    key_type.checks.iter().find_map(|check| validate::fails(check, subject))
}

fn subject<'t>(bench: &Bench<'t>, candidate: &Candidate) -> Subject<'t> {
    Subject { text: bench.text, span: candidate.span, prefix: candidate.prefix, now: bench.now }
}

/// Why a value without a prefix is something else by what stands right before it.
fn elsewhere(text: &[u8], key_type: &KeyType, value: Span, prefix: usize) -> Option<Rejection> {
    if placeholder::is_digest(text, value) {
        return Some(Rejection::Digest);
    }
    if !key_type.role.bears_authority() || is_exotic(key_type) || prefix == 0 && !key_type.required {
        return None;
    }
    let holds = |wanted: &dyn Fn(&str) -> bool| key_type.keywords.iter().flat_map(|phrase| phrase.iter()).any(|word| wanted(word));
    // The key of a provider whose host tells it may well be a part of the path.
    if let Some(url) = placeholder::path_before(text, value) {
        let url = String::from_utf8_lossy(url).to_ascii_lowercase();
        if !holds(&|word| word.contains('.') && url.contains(word.trim_start_matches("https://"))) {
            return Some(Rejection::Path);
        }
    }
    placeholder::other_name(text, value).filter(|name| !holds(&|word| word == *name || name.len() > 1 && word.contains(*name))).map(Rejection::Name)
}

fn is_exotic(key_type: &KeyType) -> bool {
    key_type.checks.iter().any(|check| matches!(check.kind, CheckKind::UrlPassword | CheckKind::BasicAuth | CheckKind::Password))
}

pub(super) fn is_nameless(key_type: &KeyType) -> bool {
    NAMELESS.contains(&key_type.id.provider())
}

/// Whether a shape has a literal that tells something: with one, a sign anywhere in the file is context enough.
fn has_prefix(key_type: &KeyType) -> bool {
    matches!(&key_type.shape, Shape::Parts { prefixes, .. } if prefixes.iter().any(|prefix| prefix.len() >= 3))
}

/// Whether another key type's candidate overlaps this one. `spans` are those that stand, in rising order.
fn contested(spans: &[(Span, KeyTypeIx)], candidate: &Candidate) -> bool {
    let from = spans.partition_point(|(span, _)| span.start + 4096 < candidate.span.start);
    spans[from..]
        .iter()
        .take_while(|(span, _)| span.start < candidate.span.end)
        .any(|(span, key_type)| *key_type != candidate.key_type && span.overlaps(candidate.span))
}

/// What speaks for a key type at a place; the greater the better.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rank {
    named: bool,
    proven: bool,
    /// How clearly its statement says the clearest of its phrases.
    keyword: usize,
    sign: bool,
    free: bool,
    tightness: f64,
}

impl Rank {
    fn new(key_type: &KeyType, subject: &Subject<'_>) -> Self {
        let claims = key_type.checks.iter().map(|check| check.argument.len()).sum::<usize>();
        Self {
            named: !is_nameless(key_type),
            proven: key_type.is_proven() || key_type.proofs.iter().any(|proof| validate::fails(proof, *subject).is_none()),
            keyword: 0,
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

/// Which signs of the candidates that need one a text holds, sorted. Those of all providers would be far more than any text
/// asks for, and making ready to look for them more than all else that a small file costs.
fn present(catalog: &Catalog, text: &[u8], asking: &[KeyTypeIx]) -> Vec<String> {
    let mut signs: Vec<&str> = asking.iter().flat_map(|index| catalog.get(*index).signs.iter().map(AsRef::as_ref)).collect();
    signs.sort_unstable();
    signs.dedup();
    let Ok(automaton) = AhoCorasick::builder().ascii_case_insensitive(true).build(&signs) else { return Vec::new() };
    let mut seen = vec![false; signs.len()];
    automaton.find_overlapping_iter(text).for_each(|found| seen[found.pattern().as_usize()] = true);
    signs.iter().zip(seen).filter(|(_, seen)| *seen).map(|(sign, _)| (*sign).to_owned()).collect()
}
