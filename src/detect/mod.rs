//! Bytes in, credentials out: the prefilter finds anchors, the matcher makes candidates around them, and validators
//! tell credentials from what only looks like one.
//!
//! This module sees bytes, never a path or a commit: where a value stands is judged later, and a blob is searched once
//! however many paths carry it.

mod ciphertext;
mod classes;
mod grams;
mod leads;
mod matcher;
#[cfg(test)]
mod oracle_tests;
mod pass;
mod placeholder;
mod prefilter;
mod rarity;
mod resolve;
mod runs;
mod says;
mod starts;
mod statement;
#[allow(dead_code, unreachable_pub, reason = "the build script's half of the table is compiled here for custom key types and tests")]
mod table;
pub mod trial;
mod validate;
mod words;
mod wrapped;

use std::fmt;

use crate::keys::{Catalog, KeyTypeIx};
use crate::secret::{Fingerprint, Identity, Redacted, Revealed, Secret};
use crate::terms::{Confidence, Mode, Role};
use crate::text::Span;
use leads::Finder;
use prefilter::{Hit, Prefilter};
use runs::Runs;
use wrapped::{Value, Work};

pub use leads::{Leads, Part};
pub use says::says;
pub use words::Words;

/// A recognised secret or publishable value, without the value.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Its key type's number in the catalog.
    pub key_type: KeyTypeIx,
    /// What the holder may do.
    pub role: Role,
    /// Live or test.
    pub mode: Mode,
    /// How sure.
    pub confidence: Confidence,
    /// Where the value stands in the decoded text; of a wrapped value, its wrapping.
    pub span: Span,
    /// What may be shown.
    pub redacted: Redacted,
    /// Its name.
    pub fingerprint: Fingerprint,
    /// Its name within this run.
    pub identity: Identity,
    /// The value, when its owner asked to see it.
    pub revealed: Option<Revealed>,
    /// How it was wrapped, outermost first; empty when plain.
    pub encoding: Vec<&'static str>,
}

/// A credential as far as a first look needs it: which one, and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spotted {
    /// Its key type's number in the catalog.
    pub key_type: KeyTypeIx,
    /// How sure.
    pub confidence: Confidence,
    /// Its name within this run.
    pub identity: Identity,
}

/// Why a candidate is not a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// A letter, digit or underscore stands right before or after it: it is part of something else.
    Boundary,
    /// The body has another length than the format.
    Length,
    /// A stock value; how it shows.
    Placeholder(&'static str),
    /// A sample that its owner documents for everybody.
    Sample(&'static str),
    /// A reference to a value, not a value.
    Reference,
    /// The password of a local default.
    LocalDefault,
    /// The format's checksum is wrong.
    Checksum,
    /// The format's structure is not there; which.
    Structure(&'static str),
    /// It reads like names or words.
    NotRare,
    /// Its own expiry is past.
    Expired,
    /// It is a digest or the name of a version: the word or path right before it says so.
    Digest,
    /// It stands amid a longer run of base64.
    Blob,
    /// It stands in the path or fragment of a URL.
    Path,
    /// Its own name ends with this word, which no name of a secret does.
    Name(&'static str),
    /// It is encrypted; by what.
    Ciphertext(&'static str),
    /// Nothing in its statement says that it is such a key.
    NoKeyword,
    /// Another key type fits better.
    Outranked,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boundary => f.write_str("a letter, digit or underscore right beside it makes it part of something else"),
            Self::Length => f.write_str("its body has another length than this format"),
            Self::Placeholder(how) => write!(f, "it is a placeholder: {how}"),
            Self::Sample(owner) => write!(f, "it is a published sample ({owner})"),
            Self::Reference => f.write_str("it refers to a value that stands elsewhere"),
            Self::LocalDefault => f.write_str("it is the password of a local default or an example host"),
            Self::Checksum => f.write_str("the checksum that this format holds is wrong, so nobody issued it"),
            Self::Structure(which) => write!(f, "it lacks the structure of this format ({which})"),
            Self::NotRare => f.write_str("it reads like names or words, not like random characters"),
            Self::Expired => f.write_str("it expired, by what it says itself"),
            Self::Digest => f.write_str("it is a digest or names a version, as the word or path before it says"),
            Self::Path => f.write_str("it stands in the path of a URL, and this format has no place there"),
            Self::Name(word) => write!(f, "its own name ends with `{word}`, and tells of no secret"),
            Self::Blob => f.write_str("it stands amid a longer run of base64"),
            Self::Ciphertext(which) => write!(f, "it is ciphertext ({which}), worth nothing without the key that opens it"),
            Self::NoKeyword => f.write_str("the shape alone proves nothing, and no name, host or key around it speaks of this provider"),
            Self::Outranked => f.write_str("another key type fits the same text better"),
        }
    }
}

/// A candidate that is no credential: what `explain` shows and a scan drops.
#[derive(Debug, Clone, Copy)]
pub struct Rejected {
    /// The key type whose shape matched.
    pub key_type: KeyTypeIx,
    /// Where.
    pub span: Span,
    /// Why not.
    pub why: Rejection,
}

/// What one text holds.
#[derive(Debug, Default)]
pub struct Detection {
    /// In rising order of their spans. None overlap, but for several that one wrapping holds.
    pub credentials: Vec<Credential>,
    /// Spans of values that were refused: masked where lines are shown, and explained where somebody asks.
    pub rejected: Vec<Rejected>,
}

/// What a worker keeps from one text to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    leads: Leads,
    words: Vec<Hit>,
    candidates: Vec<matcher::Candidate>,
    /// For texts that were decoded.
    inner: Option<Box<Scratch>>,
}

/// Detection over one catalog; shared by all workers.
#[derive(Debug)]
pub struct Detector<'c> {
    catalog: &'c Catalog,
    finder: Finder,
    words: Prefilter,
    reveal: bool,
    now: u64,
    short_identifiers: bool,
}

impl<'c> Detector<'c> {
    /// Detection over `catalog`. `reveal` keeps the values in the credentials (`--show-secrets`).
    pub fn new(catalog: &'c Catalog, reveal: bool) -> Self {
        Self { catalog, finder: Finder::new(catalog, true), words: Prefilter::words(catalog), reveal, now: 0, short_identifiers: true }
    }

    /// Takes what has expired by `now`, in seconds since 1970, for no credential.
    #[must_use]
    pub fn at(mut self, now: u64) -> Self {
        self.now = now;
        self
    }

    /// Passes over account numbers and application ids of less than 16 characters, unless somebody wants to see them.
    #[must_use]
    pub fn short_identifiers(mut self, wanted: bool) -> Self {
        if wanted != self.short_identifiers {
            self.short_identifiers = wanted;
            self.finder.runs = Runs::new(self.catalog, wanted);
        }
        self
    }

    /// The catalog that it detects.
    pub fn catalog(&self) -> &'c Catalog {
        self.catalog
    }

    /// How many anchors and how many runs a text holds that are worth a second look: what a benchmark counts.
    pub fn count_leads(&self, text: &[u8], scratch: &mut Scratch) -> (usize, usize) {
        self.finder.all(self.catalog, text, &mut scratch.leads);
        scratch.leads.counts()
    }

    /// For every anchor its text and how often it is a lead in a text: what a scan pays for.
    pub fn count_leads_by_anchor(&self, text: &[u8], scratch: &mut Scratch, counts: &mut std::collections::BTreeMap<String, usize>) {
        self.finder.all(self.catalog, text, &mut scratch.leads);
        for hit in &scratch.leads.hits {
            *counts.entry(self.catalog.anchors()[usize::from(hit.anchor)].text.to_string()).or_default() += 1;
        }
    }

    /// For every anchor its text and how often it stands in a text, words for values without a prefix included.
    pub fn count_by_anchor(&self, text: &[u8], scratch: &mut Scratch, counts: &mut std::collections::BTreeMap<String, usize>) {
        self.finder.all(self.catalog, text, &mut scratch.leads);
        scratch.words.clear();
        self.words.scan(self.catalog, text, Span::new(0, text.len()), &mut scratch.words);
        scratch.words.append(&mut scratch.leads.hits);
        scratch.words.sort_unstable();
        scratch.words.dedup();
        for hit in &scratch.words {
            *counts.entry(self.catalog.anchors()[usize::from(hit.anchor)].text.to_string()).or_default() += 1;
        }
    }

    /// Finds the credentials in a text of less than 4 GiB. With `explain`, near misses are kept among the rejected.
    pub fn detect(&self, text: &[u8], scratch: &mut Scratch, explain: bool) -> Detection {
        let mut leads = std::mem::take(&mut scratch.leads);
        self.finder.all(self.catalog, text, &mut leads);
        let found = self.pursue(text, &mut leads, scratch, explain);
        scratch.leads = leads;
        found
    }

    /// Where something may be in a text of less than 4 GiB.
    pub fn leads(&self, text: &[u8]) -> Leads {
        let mut out = Leads::default();
        self.finder.all(self.catalog, text, &mut out);
        out
    }

    /// The same for a text that holds `parts` of another one, whose leads are `base`: only what was not copied is read.
    /// `parts` are in rising order of `at`, disjoint, and lie within both texts.
    pub fn leads_derived(&self, text: &[u8], parts: &[Part], base: &Leads) -> Leads {
        let mut out = Leads::default();
        self.finder.derived(self.catalog, text, parts, base, &mut out);
        out
    }

    /// Finds the credentials in a text by its leads, and notes which of them led nowhere, for what is derived from them.
    pub fn pursue(&self, text: &[u8], leads: &mut Leads, scratch: &mut Scratch, explain: bool) -> Detection {
        let mut found = Detection::default();
        for value in self.values(text, leads, &mut Work::of(text.len()), scratch, explain, &mut found.rejected) {
            found.credentials.push(self.credential(text, value));
        }
        found
    }

    /// Which credentials a text holds, by its leads: what is found in many versions of a file is told apart quickly.
    pub fn spot(&self, text: &[u8], leads: &mut Leads, scratch: &mut Scratch) -> Vec<Spotted> {
        let values = self.values(text, leads, &mut Work::of(text.len()), scratch, false, &mut Vec::new());
        let spotted = values.into_iter().map(|value| {
            let key_type = value.winner.candidate.key_type;
            let identity = Secret::new(value.bytes(text)).identity(&self.catalog.get(key_type).id);
            Spotted { key_type, confidence: value.winner.confidence, identity }
        });
        spotted.collect()
    }

    /// What stands in a text, plain and wrapped, in rising order.
    fn values(&self, text: &[u8], leads: &mut Leads, work: &mut Work, scratch: &mut Scratch, explain: bool, rejected: &mut Vec<Rejected>) -> Vec<Value> {
        let mut values: Vec<Value> = self.winners(text, leads, scratch, explain, rejected).into_iter().map(Value::plain).collect();
        let tools = wrapped::Tools { detector: self, scratch, explain };
        wrapped::search(tools, text, &leads.wrapped, &mut values, work, rejected);
        values
    }

    fn winners(&self, text: &[u8], leads: &mut Leads, scratch: &mut Scratch, explain: bool, rejected: &mut Vec<Rejected>) -> Vec<resolve::Winner> {
        if leads.hits.is_empty() && leads.runs.is_empty() {
            return Vec::new();
        }
        scratch.candidates.clear();
        matcher::around_anchors(self.catalog, text, &mut leads.hits, &mut scratch.candidates, explain.then_some(&mut *rejected));
        let finder = matcher::Words { words: &self.words, runs: &self.finder.runs, anywhere: self.short_identifiers };
        matcher::around_runs(self.catalog, text, &mut leads.runs, &finder, &mut scratch.words, &mut scratch.candidates);
        if scratch.candidates.is_empty() {
            return Vec::new();
        }
        let bench = resolve::Bench { catalog: self.catalog, text, now: self.now };
        resolve::resolve(&bench, &mut scratch.candidates, rejected)
    }

    fn credential(&self, text: &[u8], found: Value) -> Credential {
        let winner = found.winner;
        let candidate = winner.candidate;
        let key_type = self.catalog.get(candidate.key_type);
        let value = found.bytes(text);
        let secret = Secret::new(value);
        let exposed = if winner.exotic { 0 } else { candidate.prefix };
        let bits = if winner.exotic { rarity::bits(value).min(60.0) } else { rarity::bits(&value[candidate.prefix.min(value.len())..]) };
        Credential {
            key_type: candidate.key_type,
            role: key_type.role,
            mode: key_type.mode_of(&String::from_utf8_lossy(found.head(text))),
            confidence: winner.confidence,
            span: candidate.span,
            redacted: secret.redacted(exposed),
            fingerprint: secret.fingerprint(&key_type.id, bits),
            identity: secret.identity(&key_type.id),
            revealed: self.reveal.then(|| secret.reveal()),
            encoding: found.encoding,
        }
    }
}
