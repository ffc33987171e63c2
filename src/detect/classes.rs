//! Which of 64 bytes are token characters, as bits.
//!
//! Runs are looked for in every byte of every text, so that this is done for 16 or 32 bytes at a time where the machine
//! can; the table says the same for all others, and a test holds the ways together.

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

/// For each of 64 bytes a bit, the first in the lowest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// Letters, digits and `_`.
    pub(super) word: u64,
    /// These and `-`.
    pub(super) narrow: u64,
    /// These, `+` and `/`.
    pub(super) wide: u64,
    /// What escapes begin with: `\`, `%` and `&`.
    pub(super) escape: u64,
}

/// The 64 bytes at `at`; zero, which is no token character, where the text has ended.
#[inline(always)]
pub(super) fn with_block<T>(text: &[u8], at: usize, look: impl Fn(&[u8; 64]) -> T) -> T {
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(block) => look(block),
        None => {
            let mut block = [0; 64];
            block[..rest.len()].copy_from_slice(rest);
            look(&block)
        }
    }
}

/// The bits of a block where nothing is known of the machine.
#[inline(always)]
pub(super) fn masks(block: &[u8; 64]) -> Masks {
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
fn by_table(block: &[u8; 64]) -> Masks {
    let mut masks = Masks::default();
    for (bit, byte) in block.iter().enumerate() {
        let class = CLASSES[usize::from(*byte)];
        masks.word |= u64::from(class & NARROW & !DASH != 0) << bit;
        masks.narrow |= u64::from(class & NARROW != 0) << bit;
        masks.wide |= u64::from(class != 0) << bit;
        masks.escape |= u64::from(matches!(byte, b'\\' | b'%' | b'&')) << bit;
    }
    masks
}

/// None of these intrinsics reads memory, so that nothing here is unsafe but the call.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
#[inline]
fn by_sse2(block: &[u8; 64]) -> Masks {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm_setzero_si128, _mm_sub_epi8, _mm_subs_epu8};
    let mut masks = Masks::default();
    for part in 0..4 {
        let bytes = _mm_set_epi64x(word(block, part * 16 + 8), word(block, part * 16));
        let is = |byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
        // A byte is within a range of `count` if it is at most that far above the range's start.
        let within = |bytes, start: u8, count: u8| {
            let above = _mm_sub_epi8(bytes, _mm_set1_epi8(start as i8));
            _mm_cmpeq_epi8(_mm_subs_epu8(above, _mm_set1_epi8((count - 1) as i8)), _mm_setzero_si128())
        };
        let bits = |bytes| u64::from(_mm_movemask_epi8(bytes) as u16) << (part * 16);
        let letters = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), b'a', 26);
        let words = _mm_or_si128(_mm_or_si128(letters, within(bytes, b'0', 10)), is(b'_'));
        let narrow = _mm_or_si128(words, is(b'-'));
        let wide = _mm_or_si128(narrow, _mm_or_si128(is(b'+'), is(b'/')));
        let escape = _mm_or_si128(is(b'\\'), _mm_or_si128(is(b'%'), is(b'&')));
        masks.word |= bits(words);
        masks.narrow |= bits(narrow);
        masks.wide |= bits(wide);
        masks.escape |= bits(escape);
    }
    masks
}

/// For each value of the lower four bits of a byte the classes that it may belong to, and for each of the upper four.
/// A class is a set of upper halves with a set of lower ones; a byte is of those classes that both halves allow.
#[cfg(target_arch = "x86_64")]
static HALVES: ([u8; 16], [u8; 16]) = {
    /// Each class: its bit, its upper halves, and the first and last of its lower ones.
    const CLASSES: [(u8, &[usize], usize, usize); 9] = [
        (1, &[4, 6], 1, 15),
        (2, &[5, 7], 0, 10),
        (4, &[3], 0, 9),
        (8, &[5], 15, 15),
        (16, &[2], 13, 13),
        (32, &[2], 11, 11),
        (32, &[2], 15, 15),
        (64, &[2], 5, 6),
        (128, &[5], 12, 12),
    ];
    let mut halves = ([0; 16], [0; 16]);
    let mut class = 0;
    while class < CLASSES.len() {
        let (bit, uppers, mut lower, last) = CLASSES[class];
        let mut upper = 0;
        while upper < uppers.len() {
            halves.1[uppers[upper]] |= bit;
            upper += 1;
        }
        while lower <= last {
            halves.0[lower] |= bit;
            lower += 1;
        }
        class += 1;
    }
    halves
};

/// The same with AVX2, by looking up both halves of 32 bytes at once. No intrinsic here reads memory.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn by_avx2(block: &[u8; 64]) -> Masks {
    use std::arch::x86_64::{
        _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_srli_epi16,
    };
    let twice = |half: &[u8; 16]| {
        let (low, high) = (word(half, 0), word(half, 8));
        _mm256_set_epi64x(high, low, high, low)
    };
    let (lower, upper) = (twice(&HALVES.0), twice(&HALVES.1));
    let mut masks = Masks::default();
    for part in 0..2 {
        let from = part * 32;
        let bytes = _mm256_set_epi64x(word(block, from + 24), word(block, from + 16), word(block, from + 8), word(block, from));
        let above = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(15));
        // A byte beyond ASCII is looked up as zero: it has no class.
        let classes = _mm256_and_si256(_mm256_shuffle_epi8(lower, bytes), _mm256_shuffle_epi8(upper, above));
        let bits = |wanted: u8| {
            let none = _mm256_cmpeq_epi8(_mm256_and_si256(classes, _mm256_set1_epi8(wanted as i8)), _mm256_setzero_si256());
            u64::from(!_mm256_movemask_epi8(none) as u32) << from
        };
        masks.word |= bits(0x0f);
        masks.narrow |= bits(0x1f);
        masks.wide |= bits(0x3f);
        masks.escape |= bits(0xc0);
    }
    masks
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> i64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| i64::from_le_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_say_the_same_of_every_byte() {
        for start in 0..=255_u8 {
            let block = std::array::from_fn(|at| start.wrapping_add((at as u8).wrapping_mul(7)));
            assert_eq!(masks(&block), by_table(&block), "from {start}");
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the machine has the feature.
                #[allow(unsafe_code, reason = "the compiler cannot know")]
                let found = unsafe { by_avx2(&block) };
                assert_eq!(found, by_table(&block), "from {start}");
            }
        }
    }
}
