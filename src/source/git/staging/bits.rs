//! A set of entry numbers, as a split index stores it: an EWAH bitmap, runs of equal words and words as they are
//! (git's `ewah/ewah_io.c`).

use super::file::word;

/// A set of numbers below a limit.
#[derive(Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Reads the bitmap that `bytes` begin with: numbers below `limit`. Returns where it ends; `None` where there is none,
    /// or where it holds other numbers.
    pub(super) fn read(bytes: &[u8], limit: usize) -> Option<(Self, usize)> {
        // The number of bits, the number of words, the words, and the number of the last marker.
        let count = word(bytes, 4)? as usize;
        let content = bytes.get(8..8usize.checked_add(count.checked_mul(8)?)?)?;
        let end = content.len() + 12;
        bytes.get(..end)?;
        let mut stored = content.chunks_exact(8).filter_map(|word| word.try_into().ok().map(u64::from_be_bytes));
        let mut bits = Self { words: vec![0; limit.div_ceil(64)] };
        let mut at = 0usize;
        // A marker says: so many words of ones or zeros, then so many words as they are.
        while let Some(marker) = stored.next() {
            let run = usize::try_from(marker >> 1 & 0xffff_ffff).ok()?;
            let run_end = at.checked_add(run)?;
            if marker & 1 != 0 {
                bits.words.get_mut(at..run_end)?.fill(u64::MAX);
            }
            at = run_end;
            for _ in 0..marker >> 33 {
                let word = stored.next()?;
                match bits.words.get_mut(at) {
                    Some(place) => *place = word,
                    None if word == 0 => {}
                    None => return None,
                }
                at = at.checked_add(1)?;
            }
        }
        let is_beyond = !limit.is_multiple_of(64) && bits.words.last().is_some_and(|last| last >> (limit % 64) != 0);
        (!is_beyond).then_some((bits, end))
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
    }

    pub(super) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(words: &[u64]) -> Vec<u8> {
        let head = [0, words.len() as u32].map(u32::to_be_bytes).concat();
        [head, words.iter().flat_map(|word| word.to_be_bytes()).collect(), vec![0; 4]].concat()
    }

    fn check(words: &[u64], limit: usize, expected: Option<&[usize]>) {
        let read = Bits::read(&stored(words), limit);
        let numbers = read.as_ref().map(|(bits, _)| (0..limit + 200).filter(|number| bits.contains(*number)).collect::<Vec<_>>());
        assert_eq!(numbers.as_deref(), expected);
        if let Some((bits, end)) = read {
            assert_eq!((bits.count(), end), (expected.map_or(0, <[_]>::len), stored(words).len()));
        }
    }

    #[test]
    fn runs_and_words_are_read() {
        let marker = |ones: u64, run: u64, words: u64| ones | run << 1 | words << 33;
        check(&[], 10, Some(&[]));
        check(&[marker(0, 0, 1), 0b101], 3, Some(&[0, 2]));
        check(&[marker(0, 1, 1), 0b10, marker(1, 1, 0)], 192, Some(&[vec![65], (128..192).collect()].concat()));
        check(&[marker(0, 1 << 31, 0)], 3, Some(&[]));
    }

    #[test]
    fn numbers_beyond_the_limit_are_refused() {
        let marker = |ones: u64, run: u64, words: u64| ones | run << 1 | words << 33;
        check(&[marker(0, 0, 1), 0b1000], 3, None);
        check(&[marker(1, 1, 0)], 3, None);
        check(&[marker(0, 1 << 31, 1), 1], 3, None);
        check(&[marker(1, 0xffff_ffff, 0)], 64, None);
        check(&[marker(0, 0, 5), 1], 64, None);
        assert!(Bits::read(&stored(&[1])[..15], 64).is_none());
    }
}
