//! Many fixed words, looked for in one pass.
//!
//! Whether a program is worth reading is asked of every file, by whether it says one of some hundred words. An automaton
//! takes a step for each byte that depends on the one before; this reads every second byte, as the prefilter does, and
//! costs next to nothing to make.

use std::ops::Range;

use super::grams::Grams;
use super::prefilter::GRAM_COUNTS;
use super::table::{self, Built, Needle};

/// Slots for each set, as a power of two: 4 KiB.
const BITS: u32 = 15;
/// How much of a text is looked at before what was found there is asked about. In bytes.
const CHUNK: usize = 2048;

/// Words of 3 bytes or more. Shorter ones are passed over.
#[derive(Debug)]
pub struct Words {
    words: Vec<Box<[u8]>>,
    any_case: bool,
    table: Built,
}

impl Words {
    /// A set of words, in any case if `any_case`.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>, any_case: bool) -> Self {
        let words: Vec<Box<[u8]>> = words.into_iter().map(|word| word.as_bytes().into()).collect();
        let needle = |word: &[u8]| Needle { text: word.to_vec(), before: [true; 256], after: [true; 256] };
        let needles: Vec<(u16, Needle)> = words.iter().zip(0..).map(|(word, number)| (number, needle(word))).collect();
        Self { words, any_case, table: table::build(&needles, GRAM_COUNTS, BITS) }
    }

    /// Whether one of the words stands in a text.
    pub fn are_in(&self, text: &[u8]) -> bool {
        let mut found = false;
        self.grams().each(text, 0, text.len(), |at, gram| {
            self.probe(text, at, gram, |_| found = true);
            !found
        });
        found
    }

    /// Whether something is true of a place of one of the words. Places are asked about in the order of their ends; of
    /// those that overlap, the one that ends first.
    pub fn any(&self, text: &[u8], mut tells: impl FnMut(Range<usize>) -> bool) -> bool {
        let mut found: Vec<(usize, usize)> = Vec::new();
        let (mut base, mut done) = (0, 0);
        while base < text.len() {
            let until = base + CHUNK;
            base = self.grams().each(text, base, until, |at, gram| {
                self.probe(text, at, gram, |place| found.push((place.end, place.start)));
                true
            });
            // A word that ends later may be followed by one that ends before it and shows later.
            let limit = if base >= text.len() { usize::MAX } else { base };
            found.sort_unstable();
            let known = found.partition_point(|(end, _)| *end <= limit);
            for (end, start) in found.drain(..known) {
                if start < done {
                    continue;
                }
                done = end;
                if tells(start..end) {
                    return true;
                }
            }
        }
        false
    }

    fn grams(&self) -> Grams<'_, BITS> {
        Grams::new(&self.table.bitmap)
    }

    fn probe(&self, text: &[u8], at: usize, gram: u32, mut each: impl FnMut(Range<usize>)) {
        for entry in &self.table.entries[table::head_range(&self.table.heads, table::slot(gram, BITS))] {
            if entry.gram != gram {
                continue;
            }
            let Some(start) = at.checked_add_signed(-isize::from(entry.offset)) else { continue };
            let word = &*self.words[usize::from(entry.anchor)];
            let stands = |found: &[u8]| if self.any_case { found.eq_ignore_ascii_case(word) } else { found == word };
            if text.get(start..start + word.len()).is_some_and(stands) {
                each(start..start + word.len());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    const WORDS: &[&str] = &["abc", "abcd", "bcd", "dab", "cabba", "print(", "_key", "secret"];

    proptest! {
        /// The same places as an automaton gives, wherever the chunks end.
        #[test]
        fn words_are_found_as_by_an_automaton(pad in 0..2100_usize, text in "([abcd]{0,9}|print\\(|_KEY|_key|secret){0,12}", any_case: bool) {
            let text = format!("{}{text}{}abc", "-".repeat(pad), ".".repeat(pad / 2));
            let words = Words::new(WORDS.iter().copied(), any_case);
            let automaton = AhoCorasick::builder().ascii_case_insensitive(any_case).build(WORDS).expect("a few words");
            let expected: Vec<Range<usize>> = automaton.find_iter(&text).map(|found| found.range()).collect();
            let mut found = Vec::new();
            let tells = words.any(text.as_bytes(), |place| {
                found.push(place);
                false
            });
            prop_assert!(!tells);
            prop_assert_eq!(found, expected);
            prop_assert!(words.are_in(text.as_bytes()));
        }
    }

    #[test]
    fn words_at_the_ends_are_found() {
        for word in WORDS {
            let words = Words::new([*word], false);
            for pad in 0..40 {
                assert!(words.are_in(format!("{}{word}", " ".repeat(pad)).as_bytes()), "{word} after {pad}");
                assert!(words.are_in(format!("{}{word}{}", " ".repeat(pad), " ".repeat(40)).as_bytes()), "{word} after {pad}");
                assert!(!words.are_in(format!("{}{}", " ".repeat(pad), &word[1..]).as_bytes()), "{word} after {pad}");
            }
        }
    }
}
