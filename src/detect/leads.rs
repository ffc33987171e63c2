//! Where something may be: anchors, and runs that may be values without one.
//!
//! A lead depends on a few bytes around it and on nothing else in the text. So the leads of a text that was made from
//! another one by copying parts of it are those of the copied parts, and what the seams and the new parts hold.

use super::matcher;
use super::pass::{self, Wanted};
use super::prefilter::{Hit, Prefilter};
use super::runs::{self, Run, Runs};
use super::starts::Starts;
use super::wrapped::{self, Place};
use crate::keys::Catalog;
use crate::text::Span;

/// The leads of one text.
#[derive(Debug, Clone, Default)]
pub struct Leads {
    /// Anchors, in rising order.
    pub(super) hits: Vec<Hit>,
    /// The length of the text.
    pub(super) length: usize,
    /// Plausible runs, in rising order.
    pub(super) runs: Vec<Run>,
    /// Places where something may be wrapped, in rising order.
    pub(super) wrapped: Vec<Place>,
}

impl Leads {
    /// Whether there is nothing to pursue.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty() && self.runs.is_empty() && self.wrapped.is_empty()
    }

    /// How many anchors and how many runs there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.hits.len(), self.runs.len())
    }

    fn sort(&mut self) {
        // Found anew and inherited as well: the one that is known to lead nowhere comes second and goes.
        self.hits.sort_unstable();
        self.hits.dedup_by_key(|hit| (hit.at, hit.anchor));
        self.runs.sort_unstable();
        self.runs.dedup_by_key(|run| (run.start, run.end));
        self.wrapped.sort_unstable();
        self.wrapped.dedup();
    }
}

/// A part of a text that stood in another text before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Where it began in the other text, in bytes.
    pub from: usize,
    /// Where it begins in this one.
    pub at: usize,
    /// Its length.
    pub len: usize,
}

/// What finding leads needs.
#[derive(Debug)]
pub(super) struct Finder {
    pub(super) anchors: Prefilter,
    pub(super) starts: Starts,
    pub(super) runs: Runs,
}

/// The longest anchor and what is looked at behind it. In bytes.
const ANCHOR_REACH: usize = 25 + super::prefilter::BEHIND;

impl Finder {
    /// What finds the leads of a catalog. `short_identifiers` counts account numbers of less than 16 characters in.
    pub(super) fn new(catalog: &Catalog, short_identifiers: bool) -> Self {
        Self { anchors: Prefilter::anchors(catalog), starts: Starts::new(catalog), runs: Runs::new(catalog, short_identifiers) }
    }

    /// The leads of a whole text.
    pub(super) fn all(&self, catalog: &Catalog, text: &[u8], out: &mut Leads) {
        let whole = Span::new(0, text.len());
        out.hits.clear();
        out.runs.clear();
        out.wrapped.clear();
        out.length = text.len();
        self.anchors.scan(catalog, text, whole, &mut out.hits);
        pass::scan(Wanted { values: Some((catalog, self)), places: true }, text, whole, out);
        out.sort();
    }

    /// The leads of a text that holds `parts` of another one, whose leads are `base`. `parts` are in rising order of
    /// `at`, and disjoint.
    pub(super) fn derived(&self, catalog: &Catalog, text: &[u8], parts: &[Part], base: &Leads, out: &mut Leads) {
        let base_length = base.length;
        out.hits.clear();
        out.runs.clear();
        out.wrapped.clear();
        out.length = text.len();
        for part in parts {
            let end = part.from + part.len;
            // Where the texts begin or end alike, nothing beyond can differ.
            let floor = if part.from == 0 && part.at == 0 { 0 } else { part.at + 1 };
            let ceiling = if part.at + part.len == text.len() && end == base_length { usize::MAX } else { part.at + part.len };
            let first = base.hits.partition_point(|hit| (hit.at as usize) < part.from + runs::MARGIN);
            for hit in base.hits[first..].iter().take_while(|hit| hit.at as usize + ANCHOR_REACH <= end) {
                let at = hit.at as usize - part.from + part.at;
                let vain = hit.vain && {
                    let (from, to) = matcher::reach(catalog, hit.anchor, text, at);
                    from >= floor && to <= ceiling
                };
                out.hits.push(Hit { at: at as u32, anchor: hit.anchor, vain });
            }
            let first = base.runs.partition_point(|run| (run.start as usize) < part.from + runs::MARGIN);
            for run in base.runs[first..].iter().take_while(|run| (run.start as usize) < end).filter(|run| run.end as usize + 2 <= end) {
                let span = run.span();
                let span = Span::new(span.start - part.from + part.at, span.end - part.from + part.at);
                let vain = run.vain && span.start.saturating_sub(matcher::WORDS_REACH) >= floor && span.end + matcher::WORDS_REACH <= ceiling;
                out.runs.push(Run { vain, ..Run::new(span) });
            }
            let first = base.wrapped.partition_point(|place| (place.at as usize) < part.from + wrapped::REACH);
            for place in base.wrapped[first..].iter().take_while(|place| place.at as usize + wrapped::REACH <= end) {
                out.wrapped.push(Place { at: (place.at as usize - part.from + part.at) as u32, ..*place });
            }
        }
        for window in fresh(parts, text.len(), wrapped::REACH + 4) {
            pass::scan(Wanted { values: None, places: true }, text, window, out);
        }
        for window in fresh(parts, text.len(), ANCHOR_REACH + runs::MARGIN + 4) {
            self.anchors.scan(catalog, text, window, &mut out.hits);
            pass::scan(Wanted { values: Some((catalog, self)), places: false }, text, window, out);
        }
        out.sort();
    }
}

/// The windows of `reach` bytes around all that was not copied and around each seam, joined where they touch.
fn fresh(parts: &[Part], length: usize, reach: usize) -> Vec<Span> {
    let mut windows: Vec<Span> = Vec::new();
    let mut add = |start: usize, end: usize| {
        let window = Span::new(start.saturating_sub(reach), (end + reach).min(length));
        match windows.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => windows.push(window),
        }
    };
    let mut done = 0;
    for part in parts {
        add(done, part.at);
        done = part.at + part.len;
    }
    add(done, length);
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_what_is_new() {
        let parts = [Part { from: 0, at: 0, len: 1000 }, Part { from: 1200, at: 1010, len: 500 }];
        let windows = fresh(&parts, 2000, 64);
        assert!(windows.iter().any(|window| window.start <= 1000 && window.end >= 1010));
        assert!(windows.iter().any(|window| window.start <= 1510 && window.end == 2000));
        assert!(windows.iter().all(|window| window.end <= 2000));
    }
}
