//! One pass over a text for all that shows by where its token characters stand: runs that may be values, prefixes at the
//! starts of words, and places where something may be wrapped.
//!
//! 64 bytes at a time become bits (`classes`), and most blocks are done with by a few operations on these.

use super::classes::{self, Masks, with_block};
use super::leads::{Finder, Leads};
use super::runs::{self, Open};
use super::table::SHORTEST_START;
use super::wrapped;
use crate::keys::Catalog;
use crate::text::Span;

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'f> {
    /// Runs, and prefixes at the starts of words.
    pub(super) values: Option<(&'f Catalog, &'f Finder)>,
    /// Places where something may be wrapped.
    pub(super) places: bool,
}

/// Appends what is found in `range` of `text`, and perhaps some beside it.
pub(super) fn scan(wanted: Wanted<'_>, text: &[u8], range: Span, out: &mut Leads) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the machine has the feature.
        #[allow(unsafe_code, reason = "the compiler cannot know what was just asked")]
        return unsafe { by_avx2(wanted, text, range, out) };
    }
    blocks(wanted, text, range, out, classes::masks);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
fn by_avx2(wanted: Wanted<'_>, text: &[u8], range: Span, out: &mut Leads) {
    blocks(wanted, text, range, out, |block| classes::by_avx2(block));
}

/// Copied into each of its callers, so that it is compiled for what their machines have.
#[inline(always)]
fn blocks(wanted: Wanted<'_>, text: &[u8], range: Span, out: &mut Leads, masks: impl Fn(&[u8; 64]) -> Masks) {
    // A run that begins before the range may end in it.
    let span = runs::stretched(text, Span::new(range.start.saturating_sub(SHORTEST_START), range.end));
    let mut at = span.start;
    let mut before = with_block(&text[..at], at.saturating_sub(64), &masks);
    if at < 64 {
        // What stands before the text's start is nothing, and the bytes that are there lie right before the block.
        let shift = (64 - at as u32) % 64;
        before = Masks { word: before.word << shift, narrow: before.narrow << shift, wide: before.wide << shift, escape: before.escape << shift };
    }
    let mut here = with_block(text, at, &masks);
    let (mut narrow, mut wide) = (Open::default(), Open::default());
    loop {
        let next = with_block(text, at + 64, &masks);
        if let Some((_, finder)) = wanted.values {
            finder.runs.take(text, (&mut narrow, &mut wide), here, at, &mut out.runs);
        }
        if wanted.places {
            let mut escapes = here.escape;
            while escapes != 0 {
                wrapped::escape_at(text, at + escapes.trailing_zeros() as usize, &mut out.wrapped);
                escapes &= escapes - 1;
            }
        }
        if may_join(here.wide) || next.wide & 0xff == 0xff {
            let joined = joined(here.wide, next.wide);
            if wanted.places {
                wrapped::runs_in(text, at, before.wide >> 63, here.wide, joined, &mut out.wrapped);
            }
            if let Some((catalog, finder)) = wanted.values {
                let mut starts = joined as u64 & starts_of_words(before, here);
                while starts != 0 {
                    finder.starts.look(catalog, text, at + starts.trailing_zeros() as usize, &mut out.hits);
                    starts &= starts - 1;
                }
            }
        }
        if at + 64 > span.end {
            return;
        }
        (before, here) = (here, next);
        at += 64;
    }
}

/// Whether 15 ones in a row may stand in a block: these hold 8 that begin at a multiple of 8. Most blocks have none.
#[inline(always)]
pub(super) fn may_join(bits: u64) -> bool {
    let breaks = !bits;
    breaks.wrapping_sub(0x0101_0101_0101_0101) & bits & 0x8080_8080_8080_8080 != 0
}

/// A bit is left where [`SHORTEST_START`] ones follow each other.
#[inline(always)]
fn joined(here: u64, next: u64) -> u128 {
    const _: () = assert!(SHORTEST_START == 16);
    let mut joined = u128::from(here) | u128::from(next) << 64;
    joined &= joined >> 1;
    joined &= joined >> 2;
    joined &= joined >> 4;
    joined & joined >> 8
}

/// Where a prefix may begin: not behind a letter, a digit or `_`, unless that is the end of an escape: `\n`, `%3D`, `\x3d`,
/// `\u003d`. What only looks like the end of one counts as well; the text is asked later.
#[inline(always)]
fn starts_of_words(before: Masks, here: Masks) -> u64 {
    let shifted = |by: u32| here.escape << by | before.escape >> (64 - by);
    !(here.word << 1 | before.word >> 63) | shifted(2) | shifted(3) | shifted(4) | shifted(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of a text and of its parts do not depend on where the blocks lie.
    #[test]
    fn blocks_may_begin_anywhere() {
        let catalog = Catalog::built_in();
        let finder = Finder::new(&catalog, false);
        let key = crate::keys::examples::fill("sk_live_{alnum:24} ghp_{crc32-base62:30} {hex:32}\\n{hex:40}", 3).expect("a template");
        for pad in 0..130 {
            let text = format!("{}\"{key}\" %41{key}", "- ".repeat(pad));
            let mut leads = Leads::default();
            scan(Wanted { values: Some((&catalog, &finder)), places: true }, text.as_bytes(), Span::new(0, text.len()), &mut leads);
            let starts: std::collections::BTreeSet<u32> = leads.hits.iter().map(|hit| hit.at - 2 * pad as u32).collect();
            let wanted: Vec<usize> = text.match_indices("sk_live_").chain(text.match_indices("ghp_")).map(|(at, _)| at - 2 * pad).collect();
            assert!(wanted.iter().all(|at| starts.contains(&(*at as u32))), "{pad}: {starts:?}");
            assert!(leads.runs.len() >= 4, "{pad}");
            // From the middle on the same is found there.
            let half = text.len() / 2;
            let mut part = Leads::default();
            scan(Wanted { values: Some((&catalog, &finder)), places: true }, text.as_bytes(), Span::new(half, text.len()), &mut part);
            for run in leads.runs.iter().filter(|run| run.end as usize > half) {
                assert!(part.runs.contains(run), "{pad}");
            }
            for hit in leads.hits.iter().filter(|hit| hit.at as usize >= half) {
                assert!(part.hits.contains(hit), "{pad}");
            }
            for place in leads.wrapped.iter().filter(|place| place.at as usize >= half) {
                assert!(part.wrapped.contains(place), "{pad}");
            }
        }
    }
}
