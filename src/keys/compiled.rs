//! Regexes of key types.
//!
//! There are some hundred, nearly all made of counted runs of characters, and each is tried at few places. Automata are made for
//! the opposite: they took half of the memory of a scan and half of the time of a short one. So there is a matcher of our own: a
//! short [`program`], which a [`search`] follows. Both find what `regex_automata` finds, byte for byte, and a test holds that.

use std::fmt;

use regex_syntax::hir::Hir;

use crate::text::Span;

mod program;
mod search;
#[cfg(test)]
mod tests;

pub use search::Match;

/// A compiled regex over bytes. All threads may search with it at once.
pub struct Regex(program::Program);

impl Regex {
    /// Compiles a regex; `None` for one whose program would be too long.
    pub(super) fn new(hir: &Hir) -> Option<Self> {
        program::Program::new(hir).map(Self)
    }

    /// Looks for the first match that lies in `range`, offsets of `text`; with `is_anchored`, one that begins where it does. What
    /// asks for a boundary sees the neighbours of the range too.
    pub fn find(&self, text: &[u8], range: Span, is_anchored: bool) -> Option<Match> {
        search::search(&self.0, text, range, is_anchored)
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Regex({} bytes)", self.0.memory())
    }
}
