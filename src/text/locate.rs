//! From byte offsets in decoded text to lines, columns and stored offsets, in one walk.

use super::{Position, Region, Span, Text};

/// Walks a text once, answering where offsets lie. Offsets asked for in rising order cost linear time together, on a
/// line of any length; an earlier offset starts the walk again.
#[derive(Debug)]
pub struct Locator<'t> {
    text: &'t Text<'t>,
    base: Position,
    at: usize,
    here: Position,
}

impl<'t> Locator<'t> {
    /// A walk over `text`, whose first byte stands at `base` of its file (`Position::START` but for a later window).
    pub fn new(text: &'t Text<'t>, base: Position) -> Self {
        let base = Position { offset: base.offset + text.mark_len() as u64, ..base };
        Self { text, base, at: 0, here: base }
    }

    /// Where the byte at `offset` of the decoded text lies; an offset past the end is the end.
    pub fn position(&mut self, offset: usize) -> Position {
        let offset = offset.min(self.text.bytes.len());
        if offset < self.at {
            (self.at, self.here) = (0, self.base);
        }
        let mut passed = &self.text.bytes[self.at..offset];
        self.here.offset += self.text.stored_len(passed) as u64;
        let first = self.here.line == 1 && self.here.column == 1;
        let breaks = memchr::memchr_iter(b'\n', passed).count();
        if breaks > 0 {
            let last = memchr::memrchr(b'\n', passed).map_or(0, |at| at + 1);
            passed = &passed[last..];
            self.here.line += breaks as u64;
            self.here.column = 1;
        } else if first && self.base.offset == 0 {
            passed = passed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(passed);
        }
        self.here.column += code_points(passed) as u64;
        self.at = offset;
        self.here
    }

    /// Where a span lies.
    pub fn region(&mut self, span: Span) -> Region {
        Region { start: self.position(span.start), end: self.position(span.end.max(span.start)) }
    }
}

/// The number of code points; each byte that is part of no valid one counts as one.
fn code_points(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(stored: &[u8], offset: usize) -> (u64, u64, u64) {
        let text = Text::sniff(stored).expect("text");
        let place = Locator::new(&text, Position::START).position(offset);
        (place.line, place.column, place.offset)
    }

    #[test]
    fn columns_are_code_points() {
        assert_eq!(at(b"abc\ndef", 5), (2, 2, 5));
        assert_eq!(at("\u{e4}\u{1f511}x".as_bytes(), 6), (1, 3, 6));
        assert_eq!(at(b"\xff\xffx", 2), (1, 3, 2));
        assert_eq!(at(b"\xef\xbb\xbfx y", 5), (1, 3, 5));
        assert_eq!(at(b"a\r\nb", 3), (2, 1, 3));
        assert_eq!(at(b"\n", 1), (2, 1, 1));
    }

    #[test]
    fn utf16_offsets_are_those_of_the_file() {
        let stored: Vec<u8> = "\u{feff}k\n\u{1f511}v".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(at(&stored, 6), (2, 2, 2 + 2 + 2 + 4));
    }

    proptest::proptest! {
        #[test]
        fn walking_forth_equals_starting_anew(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), mut offsets in proptest::collection::vec(0usize..220, 1..8)) {
            let text = Text::plain(&bytes);
            let mut walk = Locator::new(&text, Position::START);
            offsets.sort_unstable();
            for offset in offsets {
                let anew = Locator::new(&text, Position::START).position(offset);
                let here = walk.position(offset);
                proptest::prop_assert_eq!((here.line, here.offset), (anew.line, anew.offset));
            }
        }
    }
}
