//! Regexes of key types, which hold little memory however many threads use them.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use regex_automata::Input;
use regex_automata::meta::{self, Cache, Config};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;

/// A compiled regex with the scratch memory that searching takes. A regex of some hundred repetitions has a megabyte of it,
/// and searches are short and rare: all threads share one, where each would have its own.
pub struct Regex {
    compiled: meta::Regex,
    cache: Mutex<Cache>,
}

/// The largest compiled form, in bytes.
const LARGEST: usize = 16 << 20;
/// States of the lazy automaton that are kept, in bytes: of a regex whose compiled form is small, and of others.
const STATES: [usize; 2] = [128 << 10, 1 << 20];
/// A compiled form above this is not small, in bytes.
const SMALL: usize = 64 << 10;
/// The largest automaton that finds groups in one pass, in bytes. Without one, other ways are nearly as quick on short texts.
const ONE_PASS: usize = 64 << 10;

impl Regex {
    /// Compiles a regex over bytes; `None` for one that is wrong, or whose automaton would be too large.
    pub(super) fn new(source: &str) -> Option<Self> {
        let build = |states: usize| {
            let syntax = syntax::Config::new().unicode(false).utf8(false);
            let limits = Config::new().utf8_empty(false).nfa_size_limit(Some(LARGEST)).onepass_size_limit(Some(ONE_PASS)).hybrid_cache_capacity(states);
            meta::Regex::builder().syntax(syntax).configure(limits).build(source).ok()
        };
        let small = build(STATES[0])?;
        let compiled = if small.memory_usage() <= SMALL { small } else { build(STATES[1])? };
        let cache = Mutex::new(compiled.create_cache());
        Some(Self { compiled, cache })
    }

    /// Room for the groups of a match.
    pub fn create_captures(&self) -> Captures {
        self.compiled.create_captures()
    }

    /// Looks for the first match and its groups.
    pub fn search_captures(&self, input: &Input<'_>, captures: &mut Captures) {
        // A search that panicked leaves nothing in it that the next one reads.
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        self.compiled.search_captures_with(&mut cache, input, captures);
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.compiled.fmt(f)
    }
}
