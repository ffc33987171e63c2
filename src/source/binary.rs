//! Binary files as the texts in them: runs of printable ASCII and UTF-8, runs of UTF-16 as Windows programs hold them, and the
//! columns of SQLite databases.

use super::sqlite::{Cell, Pages};

/// A run of fewer characters says nothing.
const SHORTEST: usize = 6;

/// How a binary file is read. Its first window tells.
#[derive(Debug, Clone, Copy)]
pub struct Binary {
    pages: Option<Pages>,
}

/// The texts of a part of a binary, each on a line of its own, and where they came from. Columns of one record of a database
/// stand on one line, with tabs between.
#[derive(Debug, Default)]
pub struct Runs {
    /// The texts.
    pub text: Vec<u8>,
    /// Pieces of the text, in its order.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Where it begins in the text.
    text: usize,
    /// Where it begins in the stored bytes.
    stored: usize,
    /// Stored bytes for each of the text's.
    wide: usize,
}

impl Binary {
    /// For a file that begins with these bytes.
    pub fn of(head: &[u8]) -> Self {
        Self { pages: Pages::of(head) }
    }

    /// The texts of a window that begins at `offset` of the file.
    pub fn runs(&self, stored: &[u8], offset: u64) -> Runs {
        let mut runs = Runs { text: Vec::with_capacity(stored.len() / 4), pieces: Vec::new() };
        let cells = self.pages.map(|pages| pages.cells(stored, offset)).unwrap_or_default();
        let (mut at, mut before) = (0, None);
        for cell in cells {
            if cell.start > at {
                runs.scan(stored, at, cell.start);
            }
            // What lies between columns is numbers: they end no line.
            let is_next = before.is_some_and(|before: Cell| before.record == cell.record) && runs.text.ends_with(b"\n");
            if is_next && runs.pieces.last().is_some_and(|piece| piece.stored == before.map_or(0, |before| before.start)) {
                runs.text.pop();
                runs.text.push(b'\t');
            }
            runs.push(&stored[cell.start..cell.end], cell.start, 1);
            (at, before) = (cell.end, Some(cell));
        }
        runs.scan(stored, at, stored.len());
        runs
    }
}

impl Runs {
    /// Where a byte of the text is stored, as an offset in the bytes that were read.
    pub fn stored(&self, at: usize) -> usize {
        let number = self.pieces.partition_point(|piece| piece.text <= at);
        number.checked_sub(1).and_then(|number| self.pieces.get(number)).map_or(0, |piece| piece.stored + (at - piece.text) * piece.wide)
    }

    /// Where what ends before `end` in the text ends in the stored bytes.
    pub fn stored_end(&self, end: usize) -> usize {
        let Some(last) = end.checked_sub(1) else { return 0 };
        let wide =
            self.pieces.partition_point(|piece| piece.text <= last).checked_sub(1).and_then(|number| self.pieces.get(number)).map_or(1, |piece| piece.wide);
        self.stored(last) + wide
    }

    fn push(&mut self, bytes: &[u8], stored: usize, wide: usize) {
        self.pieces.push(Piece { text: self.text.len(), stored, wide });
        self.text.extend(bytes.iter().step_by(wide));
        self.text.push(b'\n');
    }

    /// Takes the runs of `stored[from..to]`.
    fn scan(&mut self, stored: &[u8], from: usize, to: usize) {
        let part = &stored[..to];
        let mut at = from;
        while at < to {
            let wide = wide_run(part, at);
            if wide >= SHORTEST {
                self.push(&part[at..at + 2 * wide - 1], at, 2);
                at += 2 * wide;
                continue;
            }
            let length = plain_run(part, at);
            if length >= SHORTEST {
                self.push(&part[at..at + length], at, 1);
            }
            let end = at + length;
            // The letter before a zero byte may be the first of a wide run, behind a length that looks like a letter.
            at = if (2..SHORTEST).contains(&length) && part.get(end) == Some(&0) && part.get(end + 1).is_some_and(|byte| is_printable(*byte)) {
                end - 1
            } else {
                end.max(at + 1)
            };
        }
    }
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// ASCII letters from `at` on with a zero byte behind each, in letters.
fn wide_run(bytes: &[u8], at: usize) -> usize {
    bytes[at..].chunks_exact(2).take_while(|pair| pair[1] == 0 && is_printable(pair[0])).count()
}

/// Printable ASCII and letters of UTF-8 from `at` on, in bytes.
fn plain_run(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(first) = bytes.get(end) {
        let length = match first {
            first if is_printable(*first) => {
                end += 1;
                continue;
            }
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => break,
        };
        match bytes.get(end..end + length).map(std::str::from_utf8) {
            Some(Ok(letter)) if !letter.chars().any(char::is_control) => end += length,
            _ => break,
        }
    }
    end - at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn texts(stored: &[u8]) -> String {
        String::from_utf8_lossy(&Binary::of(stored).runs(stored, 0).text).into_owned()
    }

    #[test]
    fn runs_of_each_kind() {
        for (stored, text) in [
            (b"\0\x01hello world\0\xff".to_vec(), "hello world\n"),
            (b"\0short\0longer\0".to_vec(), "longer\n"),
            ("\0\u{e4}\u{20ac}\u{1f511}\0".as_bytes().to_vec(), "\u{e4}\u{20ac}\u{1f511}\n"),
            (b"\xffbroken\xe2\x82 after it\xff".to_vec(), "broken\n after it\n"),
            ([b"\x01\0".as_slice(), &wide("wide text"), b"\0\0"].concat(), "wide text\n"),
            // At an odd offset, and behind a length that is a letter.
            ([b"\0\x01\x02".as_slice(), &wide("wide text"), b"\xff"].concat(), "wide text\n"),
            ([b"\0\x02A".as_slice(), &wide("wide text"), b"\xff"].concat(), "wide text\n"),
            ([b"\0plain text\0".as_slice(), &wide("wide text")].concat(), "plain text\nwide text\n"),
            (vec![0; 100], ""),
            (Vec::new(), ""),
        ] {
            assert_eq!(texts(&stored), text, "{stored:?}");
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let stored = [b"\0\0plain text\xff\xff\xff".as_slice(), &wide("wide text"), b"\xff\xffmore of it"].concat();
        let runs = Binary::of(&stored).runs(&stored, 0);
        for (word, place, end) in [("plain", 2, 7), ("text\nwide", 8, 23), ("text\nmore", 25, 39), ("it", 43, 45)] {
            let at = String::from_utf8_lossy(&runs.text).find(word).expect("a run");
            assert_eq!((runs.stored(at), runs.stored_end(at + word.len())), (place, end), "{word}");
        }
    }

    #[test]
    fn rows_of_a_database_are_lines() {
        let database = crate::source::sqlite::tests::database(&[&["plunk", "value of it"], &["x", "second"]]);
        assert!(texts(&database).ends_with("x\tsecond\nplunk\tvalue of it\n"), "{}", texts(&database));
    }

    proptest::proptest! {
        #[test]
        fn every_byte_came_from_somewhere(stored in proptest::collection::vec(proptest::prop_oneof![proptest::strategy::Just(0_u8), 32_u8..127, proptest::prelude::any::<u8>()], 0..300)) {
            let runs = Binary::of(&stored).runs(&stored, 0);
            for (at, byte) in runs.text.iter().enumerate() {
                let place = runs.stored(at);
                proptest::prop_assert!(place <= stored.len() + 1 && runs.stored_end(at + 1) >= place);
                proptest::prop_assert!(*byte == b'\n' || *byte == b'\t' || stored[place] == *byte);
            }
        }

        #[test]
        fn no_long_run_is_lost(before in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20), text in "[a-z]{6,20}", is_wide: bool) {
            let text_bytes = if is_wide { wide(&text) } else { text.as_bytes().to_vec() };
            let stored = [before.as_slice(), &[0xff, 0xff], &text_bytes, &[0xff, 0xff]].concat();
            proptest::prop_assert!(texts(&stored).contains(&text));
        }
    }
}
