//! Prefixes where words begin.
//!
//! A value with a prefix is a long run of token characters, and its prefix is not preceded by a letter. Such places are
//! few (`pass`), so that a look into a table at each of them costs less than looking for the same prefixes everywhere:
//! one of three bytes would put hundreds of grams into the prefilter's table. See `table` for which anchors are looked
//! for here.

use std::borrow::Cow;

use super::prefilter::{self, Hit, Prefilter};
use super::table::{self, START_WORDS, StartEntry};
use crate::keys::{Anchor, Catalog};

include!(concat!(env!("OUT_DIR"), "/starts.rs"));

/// A table over the anchors of one catalog that begin words.
#[derive(Debug)]
pub(super) struct Starts {
    bitmap: Cow<'static, [u64; START_WORDS]>,
    /// Sorted by key.
    entries: Cow<'static, [StartEntry]>,
}

impl Starts {
    pub(super) fn new(catalog: &Catalog) -> Self {
        if catalog.is_built_in() {
            return Self { bitmap: Cow::Borrowed(&START_BITMAP), entries: Cow::Borrowed(&START_ENTRIES) };
        }
        let numbered = catalog.anchors().iter().zip(0..).filter(|(anchor, _)| begins_word(anchor));
        let texts: Vec<(u16, &[u8])> = numbered.map(|(anchor, number)| (number, anchor.text.as_bytes())).collect();
        let (bits, entries) = table::build_starts(&texts);
        let mut bitmap = [0; START_WORDS];
        bitmap.copy_from_slice(&bits);
        Self { bitmap: Cow::Owned(bitmap), entries: entries.into() }
    }

    /// Appends the anchors that stand at `at`, where at least 16 token characters do.
    #[inline(always)]
    pub(super) fn look(&self, catalog: &Catalog, text: &[u8], at: usize, hits: &mut Vec<Hit>) {
        let Some(gram) = text.get(at..).and_then(|rest| rest.first_chunk()) else { return };
        let (long, short) = table::start_keys(u32::from_le_bytes(*gram));
        let bit = |key: u32| {
            let slot = table::start_slot(key) as usize;
            self.bitmap[(slot >> 6) % START_WORDS] >> (slot & 63) & 1
        };
        if bit(long) | bit(short) != 0 {
            self.probe(catalog, text, at, [long, short], hits);
        }
    }

    #[cold]
    fn probe(&self, catalog: &Catalog, text: &[u8], at: usize, keys: [u32; 2], hits: &mut Vec<Hit>) {
        for key in keys {
            let from = self.entries.partition_point(|entry| entry.key < key);
            for entry in self.entries[from..].iter().take_while(|entry| entry.key == key) {
                let anchor = &catalog.anchors()[usize::from(entry.anchor)];
                if prefilter::stands(anchor, text, at) {
                    hits.push(Hit { at: at as u32, anchor: entry.anchor, vain: false });
                }
            }
        }
    }
}

/// Whether an anchor is looked for at the starts of words alone.
pub(super) fn begins_word(anchor: &Anchor) -> bool {
    let behind = anchor.behind.iter().flat_map(|(set, count)| std::iter::repeat_n(*set, usize::from(*count)));
    anchor.uses.iter().all(|used| Prefilter::is_start(used.kind)) && table::is_start(anchor.text.as_bytes(), behind.map(|set| move |byte| set.has(byte)))
}
