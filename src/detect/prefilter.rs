//! One pass over the bytes that finds every anchor and passes over the rest.
//!
//! See `table` for how the table is made and why every second byte is enough. In ordinary code one position in
//! some thousand gets past the bitmap, so the loop below is nearly all that a scan costs beyond reading.

use std::borrow::Cow;

use super::grams::Grams;
use super::matcher::left_boundary;
use super::starts::begins_word;
use super::statement::is_whole_word;
use super::table::{self, Entry, HEADS, LARGE_BITS, Needle, SLOT_BITS, WORDS};
use crate::keys::follow::{self, may_name_a_user};
use crate::keys::{Anchor, AnchorKind, Catalog, KeyTypeIx, Shape, Use};
use crate::text::Span;

include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// How common each slot's grams are; measured once by `examples/train.rs`, used here for custom key types alone.
pub(super) static GRAM_COUNTS: &[u8] = include_bytes!("../../rules/context/grams.bin");

/// How many bytes behind an anchor are looked at.
pub(super) const BEHIND: usize = if follow::USER > follow::PLACES { follow::USER } else { follow::PLACES };

/// A place where an anchor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Its first byte.
    pub(super) at: u32,
    /// Its number in the catalog.
    pub(super) anchor: u16,
    /// Whether it has been pursued and led to nothing: it will again where nothing near it is new.
    pub(super) vain: bool,
}

/// A table over some anchors of one catalog.
#[derive(Debug)]
pub(super) struct Prefilter {
    bitmap: Bitmap,
    heads: Cow<'static, [u32]>,
    entries: Cow<'static, [Entry]>,
}

/// One bit for each slot.
#[derive(Debug)]
enum Bitmap {
    BuiltIn(&'static [u64]),
    Made(Box<[u64]>),
    Large(Box<[u64]>),
}

/// Catalogs of more anchors have a larger table.
const MANY: usize = 4000;

impl Prefilter {
    /// The table of what is looked for everywhere, which leaves out what begins words: static data for the built-in catalog, made anew where custom key
    /// types are added.
    pub(super) fn anchors(catalog: &Catalog) -> Self {
        if catalog.is_built_in() {
            return Self { bitmap: Bitmap::BuiltIn(&ANCHOR_BITMAP), heads: Cow::Borrowed(&ANCHOR_HEADS), entries: Cow::Borrowed(&ANCHOR_ENTRIES) };
        }
        Self::build(catalog, |anchor| !begins_word(anchor) && !anchor.uses.iter().all(|used| is_word(catalog, used)))
    }

    /// The table of the words that speak for values without a prefix: looked for around such values alone, since many
    /// of them stand in every file.
    pub(super) fn words(catalog: &Catalog) -> Self {
        if catalog.is_built_in() {
            return Self { bitmap: Bitmap::BuiltIn(&WORD_BITMAP), heads: Cow::Borrowed(&WORD_HEADS), entries: Cow::Borrowed(&WORD_ENTRIES) };
        }
        Self::build(catalog, |anchor| anchor.uses.iter().any(|used| is_word(catalog, used)))
    }

    fn build(catalog: &Catalog, wanted: impl Fn(&Anchor) -> bool) -> Self {
        let needle = |anchor: &Anchor| Needle {
            text: anchor.text.as_bytes().to_vec(),
            before: if anchor.uses.iter().all(|used| used.kind == AnchorKind::Prefix) { table::before_prefix() } else { [true; 256] },
            after: anchor.behind.first().map_or([true; 256], |(set, _)| std::array::from_fn(|byte| set.has(byte as u8))),
        };
        let numbered = catalog.anchors().iter().zip(0..).filter(|(anchor, _)| wanted(anchor));
        let needles: Vec<(u16, Needle)> = numbered.map(|(anchor, number)| (number, needle(anchor))).collect();
        let is_large = needles.len() > MANY;
        let built = table::build(&needles, GRAM_COUNTS, if is_large { LARGE_BITS } else { SLOT_BITS });
        let (heads, entries) = (built.heads.into(), built.entries.into());
        let bits = built.bitmap.into_boxed_slice();
        let bitmap = if is_large { Bitmap::Large(bits) } else { Bitmap::Made(bits) };
        Self { bitmap, heads, entries }
    }

    /// Appends every place in `range` of `text` where an anchor stands. `text` must be shorter than 4 GiB: larger inputs
    /// come in windows. An anchor of 3 or 4 bytes at an edge of the range may be passed over.
    pub(super) fn scan(&self, catalog: &Catalog, text: &[u8], range: Span, hits: &mut Vec<Hit>) {
        let text = &text[..range.end.min(text.len())];
        let table = match &self.bitmap {
            Bitmap::BuiltIn(bitmap) => Grams::<SLOT_BITS>::new(bitmap),
            Bitmap::Made(bitmap) => Grams::<SLOT_BITS>::new(bitmap),
            Bitmap::Large(bitmap) => {
                Grams::<LARGE_BITS>::new(bitmap).each(text, range.start, text.len(), |at, gram| {
                    self.probe(catalog, text, at, gram, LARGE_BITS, hits);
                    true
                });
                return;
            }
        };
        table.each(text, range.start, text.len(), |at, gram| {
            self.probe(catalog, text, at, gram, SLOT_BITS, hits);
            true
        });
    }

    /// Whether an anchor with such a place stands where its value or match begins.
    pub(super) fn is_start(kind: AnchorKind) -> bool {
        matches!(kind, AnchorKind::Prefix | AnchorKind::PatternStart)
    }

    #[cold]
    fn probe(&self, catalog: &Catalog, text: &[u8], at: usize, gram: u32, bits: u32, hits: &mut Vec<Hit>) {
        let slot = table::slot(gram, bits);
        for entry in &self.entries[table::head_range(&self.heads, slot)] {
            let other = at.checked_add_signed(isize::from(entry.other)).and_then(|at| text.get(at));
            if entry.gram != gram || other.is_some_and(|byte| table::fold(*byte) != entry.byte) {
                continue;
            }
            let Some(start) = at.checked_add_signed(-isize::from(entry.offset)) else { continue };
            if stands(&catalog.anchors()[usize::from(entry.anchor)], text, start) {
                hits.push(Hit { at: start as u32, anchor: entry.anchor, vain: false });
            }
        }
    }
}

/// Whether an anchor stands at a place, with what may stand beside it.
pub(super) fn stands(anchor: &Anchor, text: &[u8], start: usize) -> bool {
    let wanted = anchor.text.as_bytes();
    let end = start + wanted.len();
    text.get(start..end).is_some_and(|found| if anchor.exact { found == wanted } else { found.eq_ignore_ascii_case(wanted) })
        && is_telling(anchor, text, start, end)
}

/// Whether what stands beside an anchor lets it be one. A short word counts as a whole word only: `ably` is in
/// `probably`, which says nothing of a provider. After a prefix a body begins, and before it no word goes on.
fn is_telling(anchor: &Anchor, text: &[u8], start: usize, end: usize) -> bool {
    if anchor.uses.iter().all(|used| used.kind == AnchorKind::Keyword) {
        return anchor.text.len() >= 5 || is_whole_word(text, start, end);
    }
    let mut at = end;
    for (set, count) in anchor.behind.iter() {
        let stop = at + usize::from(*count);
        if text.get(at..stop).is_none_or(|bytes| !bytes.iter().all(|byte| set.has(*byte))) {
            return false;
        }
        at = stop;
    }
    (!anchor.user || may_name_a_user(&text[end..])) && (!anchor.uses.iter().all(|used| Prefilter::is_start(used.kind)) || left_boundary(text, start))
}

/// Whether an anchor is a word that speaks for a value of which nothing else is known.
fn is_word(catalog: &Catalog, used: &Use) -> bool {
    used.kind == AnchorKind::Keyword && matches!(catalog.get(KeyTypeIx(used.key_type)).shape, Shape::Parts { .. })
}

const _: () = assert!(ANCHOR_HEADS.len() == HEADS && WORD_HEADS.len() == HEADS);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Alphabet;

    #[test]
    fn anchors_are_found_at_every_offset() {
        let catalog = Catalog::built_in();
        for (words, prefilter) in [(false, Prefilter::anchors(&catalog)), (true, Prefilter::words(&catalog))] {
            for (number, anchor) in catalog.anchors().iter().enumerate() {
                let is_here = |used: &Use| is_word(&catalog, used) == words;
                if !anchor.uses.iter().any(is_here) || begins_word(anchor) {
                    continue;
                }
                let is_keyword = anchor.uses.iter().all(|used| used.kind == AnchorKind::Keyword);
                for pad in 0..20 {
                    let rest = if is_keyword { "_" } else { "@" };
                    let one = |set: &Alphabet| (9..127_u8).find(|byte| set.has(*byte)).unwrap_or(b'a') as char;
                    let body: String = anchor.behind.iter().map(|(set, count)| one(set).to_string().repeat(usize::from(*count))).collect();
                    let text = format!("{}{}{body}{rest}", " ".repeat(pad), anchor.text);
                    let mut hits = Vec::new();
                    prefilter.scan(&catalog, text.as_bytes(), Span::new(0, text.len()), &mut hits);
                    let found = hits.iter().filter(|hit| usize::from(hit.anchor) == number && hit.at as usize == pad).count();
                    assert_eq!(found, 1, "{} after {pad} bytes", anchor.text);
                }
            }
        }
    }
}
