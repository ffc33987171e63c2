//! The prefilter's table: two hashed 4-grams for each anchor, made by the build.
//!
//! The text is read at every second byte only. Of two grams of an anchor, one at an even place in it and one at an odd
//! one, one lies on an even byte of the text, so each anchor puts in two; an anchor of 3 or 4 bytes has too few grams of
//! its own and borrows a byte from its neighbours: what may stand before a prefix (no letter, no digit) or after it (the
//! body's alphabet). So may a longer one whose own grams are common.
//! Of all grams those that ordinary code holds least are taken: `rules/context/grams.bin` holds measured counts.
//!
//! Compiled into the build script as well: it may name no neighbour.

/// Bits of a slot number: 128 KiB of bitmap, of which text touches a small part, so that it stays in the nearest caches;
/// a smaller one would let through too much at this number of grams.
pub const SLOT_BITS: u32 = 20;
/// The same for catalogs that are several times as large as the built-in one: its table would be full.
pub const LARGE_BITS: u32 = 23;
/// Bits of the slots that `grams.bin` counts: the highest of a slot's.
pub const COUNT_BITS: u32 = 17;
/// 64-bit words of the bitmap.
pub const WORDS: usize = 1 << (SLOT_BITS - 6);
/// Slots that share one entry of `heads`, as a power of two.
const HEAD_SHIFT: u32 = 6;
/// Entries of `heads`.
pub const HEADS: usize = (1 << (SLOT_BITS - HEAD_SHIFT)) + 1;
/// An anchor that begins a word is looked for there alone, if it and what is known of the places behind it are so many
/// letters, digits, `_`, `-`, `+` or `/` at least: words of this length are few. In bytes.
pub const SHORTEST_START: usize = 16;
/// 64-bit words of the bitmap of these anchors.
pub const START_WORDS: usize = 1 << (START_BITS - 6);
const START_BITS: u32 = 17;

/// Letters lose their case; a few other bytes fall together, all beyond ASCII among them, which the exact comparison tells
/// apart later. What may be any byte has half as many entries so.
pub const fn fold(byte: u8) -> u8 {
    if byte < 0x80 { byte | 0x20 } else { BEYOND }
}

/// What bytes beyond ASCII are folded to.
pub const BEYOND: u8 = 0x7f;

/// Four bytes folded at once.
#[inline(always)]
pub const fn fold_gram(gram: u32) -> u32 {
    fold_word(gram as u64) as u32
}

/// Eight bytes folded at once.
#[inline(always)]
pub const fn fold_word(word: u64) -> u64 {
    const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
    let beyond = word & BEYOND_ASCII;
    // Of a high bit all lower ones are made.
    (word & !beyond) | (beyond - (beyond >> 7)) | 0x2020_2020_2020_2020
}

/// What a gram is multiplied with.
pub const FACTOR: u32 = 0x9e37_79b1;

/// The slot of four folded bytes, the first in the lowest bits, in a table of `2^bits` slots.
#[inline(always)]
pub const fn slot(gram: u32, bits: u32) -> u32 {
    gram.wrapping_mul(FACTOR) >> (32 - bits)
}

/// How common a gram is, by `grams.bin`: 8 levels to the doubling.
fn level(counts: &[u8], gram: u32) -> Option<u8> {
    counts.get(slot(gram, COUNT_BITS) as usize).copied()
}

/// One gram of one anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The gram, folded.
    pub gram: u32,
    /// The anchor's number.
    pub anchor: u16,
    /// Where the gram begins, counted from the anchor's first byte; -1 is the byte before it.
    pub offset: i8,
    /// Where another byte of the anchor stands, counted from the gram's first byte, and that byte, folded: it tells most of
    /// what only shares a gram. 0 and the gram's own first byte where the anchor has no other.
    pub other: i8,
    /// That byte.
    pub byte: u8,
}

/// What the builder needs of an anchor.
#[derive(Debug, Clone)]
pub struct Needle {
    /// Its bytes.
    pub text: Vec<u8>,
    /// Whether a byte may stand before it.
    pub before: [bool; 256],
    /// Whether a byte may stand after it.
    pub after: [bool; 256],
}

/// The finished table.
#[derive(Debug, Clone)]
pub struct Built {
    /// One bit a slot.
    pub bitmap: Vec<u64>,
    /// For each group of slots its first entry.
    pub heads: Vec<u32>,
    /// Sorted by the slots of their grams.
    pub entries: Vec<Entry>,
}

/// How often a slot's grams stand in a megabyte of ordinary code, by its level in `grams.bin`.
pub fn per_megabyte(level: u8) -> f64 {
    ((f64::from(level) / 8.0).exp2() - 1.0) / 16.0
}

/// How often an anchor stands in a megabyte of ordinary code at most, by the rarest of its grams. One of 3 bytes is taken
/// with what may follow it. `counts` is `grams.bin`.
pub fn estimate(needle: &Needle, counts: &[u8]) -> f64 {
    let text: Vec<u8> = needle.text.iter().map(|byte| fold(*byte)).collect();
    let count = |gram: u32| level(counts, gram).map_or(0.0, per_megabyte);
    let rarest = text.windows(4).map(|gram| count(u32::from_le_bytes([gram[0], gram[1], gram[2], gram[3]]))).reduce(f64::min);
    let followed = |set: &[bool; 256]| with_after(&text, set).iter().map(|(gram, _)| count(*gram)).sum::<f64>();
    match text.len() {
        0..=2 => f64::INFINITY,
        3 => followed(&needle.after),
        _ => rarest.unwrap_or(f64::INFINITY).min(if needle.after == [true; 256] { f64::INFINITY } else { followed(&needle.after) }),
    }
}

/// Grams, each with its place in the anchor.
type Grams = Vec<(u32, i8)>;

/// What an entry costs beside how common its gram is, in the same measure: grams that share a slot with it. Of the half a
/// million that are read in a megabyte, every second falls into one of a million slots.
const COST_OF_ENTRY: f64 = 8.0;

/// Builds the table of numbered anchors, with `2^bits` slots. `counts` holds for each slot how common its grams are, 8 to
/// the doubling; empty when unmeasured.
pub fn build(needles: &[(u16, Needle)], counts: &[u8], bits: u32) -> Built {
    let costs: [f64; 256] = std::array::from_fn(|level| (level as f64 / 8.0).exp2());
    let cost_of = |gram: u32| level(counts, gram).map_or(1.0, |level| costs[usize::from(level)]);
    let cost = |grams: &Grams| -> f64 { grams.iter().map(|(gram, _)| cost_of(*gram) + COST_OF_ENTRY).sum() };
    let slot = |gram: u32| slot(gram, bits);
    let mut entries = Vec::new();
    for (number, needle) in needles {
        let text: Vec<u8> = needle.text.iter().map(|byte| fold(*byte)).collect();
        if text.len() < 3 {
            continue;
        }
        let exact =
            (0..(text.len() + 1).saturating_sub(4)).map(|at| vec![(u32::from_le_bytes([text[at], text[at + 1], text[at + 2], text[at + 3]]), at as i8)]);
        let ways: Vec<Grams> = exact.chain([with_before(&text, &needle.before), with_after(&text, &needle.after)]).collect();
        // Of the grams that begin at an even place and of those at an odd one the rarest, each for itself.
        let best = [0, 1].into_iter().flat_map(|parity| {
            let fit = ways.iter().filter(|grams| grams.first().is_some_and(|(_, at)| at.rem_euclid(2) == parity));
            fit.min_by(|one, other| cost(one).total_cmp(&cost(other))).cloned().unwrap_or_default()
        });
        let best: Grams = best.collect();
        entries.extend(best.into_iter().map(|(gram, offset)| {
            let behind = usize::try_from(offset + 4).ok().and_then(|at| text.get(at));
            let before = usize::try_from(offset - 1).ok().and_then(|at| text.get(at));
            let (other, byte) = match (behind, before) {
                (Some(byte), _) => (4, *byte),
                (None, Some(byte)) => (-1, *byte),
                (None, None) => (0, gram as u8),
            };
            Entry { gram, anchor: *number, offset, other, byte }
        }));
    }
    entries.sort_unstable_by_key(|entry: &Entry| (slot(entry.gram), *entry));
    entries.dedup();
    let mut bitmap = vec![0_u64; 1 << (bits - 6)];
    for entry in &entries {
        let slot = slot(entry.gram);
        bitmap[(slot >> 6) as usize] |= 1 << (slot & 63);
    }
    let heads =
        (0..=1_usize << (bits - HEAD_SHIFT)).map(|head| entries.partition_point(|entry| ((slot(entry.gram) >> HEAD_SHIFT) as usize) < head) as u32).collect();
    Built { bitmap, heads, entries }
}

/// The entries of one slot lie within this range.
#[inline]
pub fn head_range(heads: &[u32], slot: u32) -> std::ops::Range<usize> {
    let head = (slot >> HEAD_SHIFT) as usize;
    heads[head] as usize..heads[head + 1] as usize
}

/// One anchor that is looked for at the starts of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StartEntry {
    /// Its first four bytes, folded; of one of three bytes these.
    pub key: u32,
    /// Its number.
    pub anchor: u16,
}

/// What an anchor of four bytes or more and one of three may be entered as that stands where four bytes are read.
#[inline(always)]
pub const fn start_keys(gram: u32) -> (u32, u32) {
    let folded = gram | 0x2020_2020;
    (folded, folded & 0xff_ffff)
}

/// The bit of a key.
#[inline(always)]
pub const fn start_slot(key: u32) -> u32 {
    slot(key, START_BITS)
}

/// Whether an anchor that is not preceded by a letter may be looked for at the starts of words alone. `behind` are the
/// places behind it as far as they are known, each as whether a byte may stand there.
pub fn is_start<F: Fn(u8) -> bool>(text: &[u8], behind: impl Iterator<Item = F>) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/');
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let known = behind.take_while(|has| (0..=255_u8).all(|byte| !has(byte) || is_token(byte))).count();
    text.len() >= 3 && text.first().is_some_and(is_word) && text.iter().all(|byte| is_token(*byte)) && text.len() + known >= SHORTEST_START
}

/// The bitmap and the entries of numbered anchors that begin words.
pub fn build_starts(texts: &[(u16, &[u8])]) -> (Vec<u64>, Vec<StartEntry>) {
    let mut entries: Vec<StartEntry> = texts
        .iter()
        .filter_map(|(anchor, text)| {
            let (long, short) = start_keys(u32::from_le_bytes([*text.first()?, *text.get(1)?, *text.get(2)?, text.get(3).copied().unwrap_or_default()]));
            Some(StartEntry { key: if text.len() > 3 { long } else { short }, anchor: *anchor })
        })
        .collect();
    entries.sort_unstable();
    let mut bitmap = vec![0_u64; START_WORDS];
    for entry in &entries {
        let slot = start_slot(entry.key);
        bitmap[(slot >> 6) as usize] |= 1 << (slot & 63);
    }
    (bitmap, entries)
}

/// Grams that begin with the byte before the anchor.
fn with_before(text: &[u8], before: &[bool; 256]) -> Grams {
    folded(before).map(|byte| (u32::from_le_bytes([byte, text[0], text[1], text[2]]), -1)).collect()
}

/// Grams that end with the byte after the anchor.
fn with_after(text: &[u8], after: &[bool; 256]) -> Grams {
    let at = text.len() - 3;
    folded(after).map(move |byte| (u32::from_le_bytes([text[at], text[at + 1], text[at + 2], byte]), at as i8)).collect()
}

fn folded(set: &[bool; 256]) -> impl Iterator<Item = u8> + use<> {
    let mut folded = [false; 128];
    (0..=255_u8).filter(|byte| set[*byte as usize]).for_each(|byte| folded[fold(byte) as usize] = true);
    (0..128_u8).filter(move |byte| folded[*byte as usize])
}

/// What may stand before a prefix: anything but a letter, a digit or an underscore, and the ends of escapes (`\n`,
/// `%3D`, `\u003d`), which the matcher looks at again.
pub fn before_prefix() -> [bool; 256] {
    std::array::from_fn(|byte| {
        let byte = byte as u8;
        !(byte.is_ascii_alphanumeric() || byte == b'_') || byte.is_ascii_hexdigit() || matches!(byte, b'n' | b't' | b'r')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_anchor_has_a_gram_on_every_parity() {
        let texts = ["sk_", "ghp_", "AKIA", "sk_live_", "paystack"];
        let needles =
            texts.iter().zip(0..).map(|(text, number)| (number, Needle { text: text.as_bytes().to_vec(), before: before_prefix(), after: [true; 256] }));
        let needles: Vec<(u16, Needle)> = needles.collect();
        let built = build(&needles, &[], SLOT_BITS);
        for (number, text) in texts.iter().enumerate() {
            let offsets: Vec<i8> = built.entries.iter().filter(|entry| entry.anchor as usize == number).map(|entry| entry.offset).collect();
            assert!(offsets.iter().any(|offset| offset.rem_euclid(2) == 0) && offsets.iter().any(|offset| offset.rem_euclid(2) == 1), "{text}");
        }
    }
}
