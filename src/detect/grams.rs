//! The loop over a text's grams that both kinds of tables share: it is most of what a scan costs beyond reading.

use super::table;

/// One bit for each of `2^BITS` slots.
#[derive(Clone, Copy)]
pub(super) struct Grams<'b, const BITS: u32> {
    bitmap: &'b [u64],
}

impl<'b, const BITS: u32> Grams<'b, BITS> {
    /// Of the words of a bitmap; one of another size than `BITS` says is taken for empty.
    pub(super) fn new(bitmap: &'b [u64]) -> Self {
        Self { bitmap: if bitmap.len() == 1 << (BITS - 6) { bitmap } else { &[] } }
    }

    /// Gives the grams at every second byte from `from` on whose bit is set, until one that begins at or behind `until` or
    /// `each` says that it has enough. Returns where the next one would begin.
    pub(super) fn each(self, text: &[u8], from: usize, until: usize, mut each: impl FnMut(usize, u32) -> bool) -> usize {
        if self.bitmap.is_empty() {
            return text.len().max(from);
        }
        let base = match self.blocks(text, from, until, &mut each) {
            Ok(base) => base,
            Err(enough) => return enough,
        };
        if base >= until && until < text.len() {
            return base;
        }
        let mut base = base;
        // The last gram may lack a byte: a keyword of three or four letters borrows the one after it, whatever that is.
        while let Some(gram) = text.get(base..).filter(|rest| rest.len() >= 3) {
            let gram = u32::from_le_bytes(std::array::from_fn(|byte| table::fold(gram.get(byte).copied().unwrap_or(b' '))));
            if self.bit(gram) == 1 && !each(base, gram) {
                return base + 2;
            }
            base += 2;
        }
        text.len().max(base)
    }

    fn bit(self, gram: u32) -> u32 {
        let slot = table::slot(gram, BITS);
        self.bitmap.get((slot >> 6) as usize).map_or(0, |word| (word >> (slot & 63)) as u32 & 1)
    }

    fn blocks(self, text: &[u8], from: usize, until: usize, each: &mut impl FnMut(usize, u32) -> bool) -> Result<usize, usize> {
        #[cfg(target_arch = "x86_64")]
        if gathers() {
            // SAFETY: the machine has the feature.
            #[allow(unsafe_code, reason = "the compiler cannot know what was just asked")]
            return unsafe { self.by_gather(text, from, until, each) };
        }
        self.by_words(text, from, until, each)
    }

    fn by_words(self, text: &[u8], from: usize, until: usize, each: &mut impl FnMut(usize, u32) -> bool) -> Result<usize, usize> {
        let mut base = from;
        while base < until
            && let Some(block) = text.get(base..).and_then(|rest| rest.first_chunk())
        {
            let grams = grams(block);
            let mut set = 0;
            for (index, gram) in grams.iter().enumerate() {
                set |= self.bit(*gram) << index;
            }
            told(set, base, block, each)?;
            base += 16;
        }
        Ok(base)
    }

    /// The same eight grams at once: shuffled into place, multiplied, and their bits gathered.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    #[allow(unsafe_code, reason = "reads the text and the bitmap by address, within bounds as said below")]
    fn by_gather(self, text: &[u8], from: usize, until: usize, each: &mut impl FnMut(usize, u32) -> bool) -> Result<usize, usize> {
        use std::arch::x86_64::{
            __m128i, _mm_loadu_si128, _mm256_and_si256, _mm256_castsi256_ps, _mm256_i32gather_epi32, _mm256_min_epu8, _mm256_movemask_ps, _mm256_mullo_epi32,
            _mm256_or_si256, _mm256_set_m128i, _mm256_set1_epi8, _mm256_set1_epi32, _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_sllv_epi32,
            _mm256_srli_epi32, _mm256_srlv_epi32, _mm256_sub_epi32,
        };
        let places = _mm256_setr_epi8(0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9);
        let (fold, beyond) = (_mm256_set1_epi8(0x20), _mm256_set1_epi8(table::BEYOND as i8));
        let (odd, last) = (_mm256_set1_epi32(table::FACTOR as i32), _mm256_set1_epi32(31));
        let to_slot = _mm256_set1_epi32(32 - BITS as i32);
        let words = self.bitmap.as_ptr().cast::<i32>();
        let mut base = from;
        while base < until
            && let Some(block) = text.get(base..).and_then(|rest| rest.first_chunk::<BLOCK>())
        {
            let at = block.as_ptr();
            // SAFETY: 16 bytes from the first and from the ninth of the block's 24 are read.
            let bytes = unsafe { _mm256_set_m128i(_mm_loadu_si128(at.add(8).cast::<__m128i>()), _mm_loadu_si128(at.cast::<__m128i>())) };
            let grams = _mm256_or_si256(_mm256_min_epu8(_mm256_shuffle_epi8(bytes, places), beyond), fold);
            let slots = _mm256_srlv_epi32(_mm256_mullo_epi32(grams, odd), to_slot);
            // SAFETY: a slot has `BITS` bits and the bitmap as many, which `new` holds: 32 of them are read at `slot / 32`.
            // Words of 64 bits are two of 32, the lower one first.
            let found = unsafe { _mm256_i32gather_epi32::<4>(words, _mm256_srli_epi32::<5>(slots)) };
            let shift = _mm256_sub_epi32(last, _mm256_and_si256(slots, last));
            let set = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(found, shift))) as u32;
            told(set, base, block, each)?;
            base += 16;
        }
        Ok(base)
    }
}

/// How many bytes a step looks at. In bytes.
const BLOCK: usize = 24;

/// Gives the grams of a block whose bits are set; an error is that somebody has enough, and where the next gram begins.
#[inline(always)]
fn told(mut set: u32, base: usize, block: &[u8; BLOCK], each: &mut impl FnMut(usize, u32) -> bool) -> Result<(), usize> {
    while set != 0 {
        let index = set.trailing_zeros() as usize & 7;
        set &= set - 1;
        let gram = block.get(2 * index..).and_then(|rest| rest.first_chunk()).map_or(0, |gram| table::fold_gram(u32::from_le_bytes(*gram)));
        if !each(base + 2 * index, gram) {
            return Err(base + 2 * index + 2);
        }
    }
    Ok(())
}

/// Whether the machine gathers words from memory quickly: of those with AVX2 the later ones, which microcode does not slow.
#[cfg(target_arch = "x86_64")]
fn gathers() -> bool {
    std::arch::is_x86_feature_detected!("avx2") && (std::arch::is_x86_feature_detected!("avx512bf16") || std::arch::is_x86_feature_detected!("avxvnni"))
}

/// The eight grams of a block. Not by `copy_from_slice`, which became a call for each word and a quarter of all time.
#[inline(always)]
fn grams(block: &[u8; BLOCK]) -> [u32; 8] {
    let word = |at: usize| block.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| table::fold_word(u64::from_le_bytes(*word)));
    let (one, two, three) = (word(0), word(8), word(16));
    [
        one as u32,
        (one >> 16) as u32,
        (one >> 32) as u32,
        (one >> 48 | two << 16) as u32,
        two as u32,
        (two >> 16) as u32,
        (two >> 32) as u32,
        (two >> 48 | three << 16) as u32,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    type Each<'e> = &'e mut dyn FnMut(usize, u32) -> bool;

    #[test]
    fn both_ways_give_the_same_grams() {
        let text: Vec<u8> = (0..5000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let bitmap: Vec<u64> = (0..1 << 9_u64).map(|at: u64| at.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(at as u32)).collect();
        let table = Grams::<15>::new(&bitmap);
        for (from, until) in [(0, 5000), (1, 77), (3, 4990), (4999, 5000)] {
            let list = |blocks: &dyn Fn(Each<'_>) -> Result<usize, usize>| {
                let mut out = Vec::new();
                let end = blocks(&mut |at, gram| {
                    out.push((at, gram));
                    out.len() < 700
                });
                (end, out)
            };
            let expected = list(&|each| table.by_words(&text, from, until, &mut &mut *each));
            assert!(from > 100 || until < 100 || expected.1.len() == 700);
            for (at, gram) in &expected.1 {
                assert_eq!(gram.to_le_bytes(), [0, 1, 2, 3].map(|byte| table::fold(text[at + byte])));
                assert_eq!(table.bit(*gram), 1);
            }
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the machine has the feature.
                #[allow(unsafe_code, reason = "the compiler cannot know")]
                let found = list(&|each| unsafe { table.by_gather(&text, from, until, &mut &mut *each) });
                assert_eq!(found, expected);
            }
        }
    }
}
