//! Does a text look random, or like names and words? Judged by which characters follow which in ordinary code.
//!
//! Entropy of a text's own characters tells little at 24 of them; what tells is that `th` and `er` are everywhere and
//! `q7` and `xK` are not. The table is `rules/context/bigrams.bin`, measured by `examples/train.rs`.

static BIGRAMS: &[u8; 36 * 36] = include_bytes!("../../rules/context/bigrams.bin");

/// Mean bits of surprise for each pair of neighbouring letters and digits; `None` where there are fewer than 6 pairs.
pub(super) fn surprise(text: &[u8]) -> Option<f64> {
    let (sum, pairs) = surprises(text);
    (pairs >= 6).then(|| f64::from(sum) / f64::from(pairs) / 16.0)
}

/// Whether a text has pairs of letters and digits, and those that names and words have.
pub(super) fn reads_like_words(text: &[u8]) -> bool {
    let (sum, pairs) = surprises(text);
    const _: () = assert!(WORDS_BELOW == 4.9);
    pairs >= 6 && sum * 10 < pairs * 784
}

/// The surprise of all pairs, in sixteenths of a bit, and how many pairs there are. Asked of every run that may be a value,
/// so that each byte takes two looks into tables and no branch. For texts below 16 MB.
fn surprises(text: &[u8]) -> (u32, u32) {
    let (mut sum, mut pairs, mut row) = (0_u32, 0_u32, usize::from(NONE) * CODES_IN_ALL);
    for byte in text {
        let code = usize::from(CODES[usize::from(*byte)]);
        let pair = u32::from(PAIRS[row + code]);
        sum += pair & 0xff;
        pairs += pair >> 8;
        row = code * CODES_IN_ALL;
    }
    (sum, pairs)
}

const CODES_IN_ALL: usize = NONE as usize + 1;

/// For each two codes the surprise, and 256 where both are a letter or a digit.
static PAIRS: [u16; CODES_IN_ALL * CODES_IN_ALL] = {
    let mut pairs = [0; CODES_IN_ALL * CODES_IN_ALL];
    let mut at = 0;
    while at < 36 * 36 {
        pairs[at / 36 * CODES_IN_ALL + at % 36] = 256 | BIGRAMS[at] as u16;
        at += 1;
    }
    pairs
};

/// How many guesses a text may take, as a power of two, from its length and the kinds of its characters. A rough upper
/// bound: good enough to tell a password from 32 random bytes.
pub(super) fn bits(text: &[u8]) -> f64 {
    let kinds = [
        (text.iter().any(u8::is_ascii_digit), 10.0),
        (text.iter().any(u8::is_ascii_lowercase), 26.0),
        (text.iter().any(u8::is_ascii_uppercase), 26.0),
        (text.iter().any(|byte| !byte.is_ascii_alphanumeric()), 12.0),
    ];
    let size: f64 = kinds.iter().filter(|(present, _)| *present).map(|(_, size)| size).sum();
    text.len() as f64 * size.max(1.0).log2()
}

/// Below this a text reads like names or words.
pub(super) const WORDS_BELOW: f64 = 4.9;
/// A shape that words also fit must be at least this surprising.
pub(super) const RARE_FROM: f64 = 5.4;

/// No letter and no digit.
const NONE: u8 = 36;

/// The row of each byte in the table: letters in either case, then digits.
static CODES: [u8; 256] = {
    let mut codes = [NONE; 256];
    let mut at = 0;
    while at < 26 {
        codes[b'a' as usize + at] = at as u8;
        codes[b'A' as usize + at] = at as u8;
        at += 1;
    }
    let mut digit = 0;
    while digit < 10 {
        codes[b'0' as usize + digit] = 26 + digit as u8;
        digit += 1;
    }
    codes
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_not_rare() {
        for name in ["thisIsNotARealSecretKeyAtAll", "customer_payment_intent_identifier", "getServerSideProps", "applicationConfiguration"] {
            let surprise = surprise(name.as_bytes()).expect("long enough");
            assert!(surprise < WORDS_BELOW, "{name} {surprise}");
        }
    }

    #[test]
    fn random_texts_are_rare() {
        let mut low = 0;
        for seed in 0..2000_u64 {
            let text = crate::keys::examples::fill("{alnum:24}", seed).expect("a hole");
            low += u32::from(surprise(text.as_bytes()).expect("long enough") < WORDS_BELOW);
        }
        assert!(low <= 2, "{low} of 2000 random texts pass for words");
    }
}
