//! Which of 64 bytes are token characters, as bits.
//!
//! Runs are looked for in every byte of every text, so that this is done for 16 bytes at a time where the machine can; the
//! table says the same for all others, and a test holds the two together.

pub(super) const DIGIT: u8 = 1;
pub(super) const LOWER_HEX: u8 = 2;
pub(super) const LOWER: u8 = 4;
pub(super) const UPPER_HEX: u8 = 8;
pub(super) const UPPER: u8 = 16;
pub(super) const LOW_LINE: u8 = 32;
pub(super) const DASH: u8 = 64;
/// `+` and `/`.
pub(super) const WIDE: u8 = 128;
/// All kinds but [`WIDE`].
pub(super) const NARROW: u8 = 127;
/// How many kinds [`NARROW`] has.
pub(super) const KINDS: usize = 7;

/// The kind of each byte; 0 for what is no token character.
pub(super) static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 128 {
        classes[at] = match at as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => LOWER_HEX,
            b'g'..=b'z' => LOWER,
            b'A'..=b'F' => UPPER_HEX,
            b'G'..=b'Z' => UPPER,
            b'_' => LOW_LINE,
            b'-' => DASH,
            b'+' | b'/' => WIDE,
            _ => 0,
        };
        at += 1;
    }
    classes
};

/// For each of 64 bytes a bit, the first in the lowest: of letters, digits, `_` and `-`; and of those with `+` and `/`.
#[inline(always)]
pub(super) fn masks(block: &[u8; 64]) -> (u64, u64) {
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: the function needs SSE2, and every x86-64 target of Rust has it.
        #[allow(unsafe_code, reason = "the compiler asks for it although the target has the feature")]
        unsafe {
            by_sse2(block)
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    by_table(block)
}

#[cfg(any(test, not(target_arch = "x86_64")))]
fn by_table(block: &[u8; 64]) -> (u64, u64) {
    let mut masks = (0, 0);
    for (bit, byte) in block.iter().enumerate() {
        let class = CLASSES[usize::from(*byte)];
        masks.0 |= u64::from(class & NARROW != 0) << bit;
        masks.1 |= u64::from(class != 0) << bit;
    }
    masks
}

/// None of these intrinsics reads memory, so that nothing here is unsafe but the call.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
#[inline]
fn by_sse2(block: &[u8; 64]) -> (u64, u64) {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm_setzero_si128, _mm_sub_epi8, _mm_subs_epu8};
    let mut masks = (0, 0);
    for part in 0..4 {
        let word = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&block[part * 16 + at..part * 16 + at + 8]);
            i64::from_le_bytes(word)
        };
        let bytes = _mm_set_epi64x(word(8), word(0));
        let is = |byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
        // A byte is within a range of `count` if it is at most that far above the range's start.
        let within = |bytes, start: u8, count: u8| {
            let above = _mm_sub_epi8(bytes, _mm_set1_epi8(start as i8));
            _mm_cmpeq_epi8(_mm_subs_epu8(above, _mm_set1_epi8((count - 1) as i8)), _mm_setzero_si128())
        };
        let letters = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), b'a', 26);
        let narrow = _mm_or_si128(_mm_or_si128(letters, within(bytes, b'0', 10)), _mm_or_si128(is(b'_'), is(b'-')));
        let wide = _mm_or_si128(narrow, _mm_or_si128(is(b'+'), is(b'/')));
        masks.0 |= u64::from(_mm_movemask_epi8(narrow) as u16) << (part * 16);
        masks.1 |= u64::from(_mm_movemask_epi8(wide) as u16) << (part * 16);
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_say_the_same_of_every_byte() {
        for start in 0..=255_u8 {
            let block = std::array::from_fn(|at| start.wrapping_add((at as u8).wrapping_mul(7)));
            assert_eq!(masks(&block), by_table(&block), "from {start}");
        }
    }
}
