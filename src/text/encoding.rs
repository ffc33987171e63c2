//! UTF-8 and UTF-16, with and without a byte order mark, told apart by their bytes.
//!
//! UTF-16 is normal on Windows (PowerShell writes it by default), and a scanner that takes it for binary is blind there.

use std::borrow::Cow;

/// How text is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, ASCII, or any encoding that keeps ASCII bytes as they are.
    Utf8,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
}

/// The bytes that are searched, and the way back from them to what is stored.
#[derive(Debug, Clone)]
pub struct Text<'b> {
    /// UTF-8 as far as the stored bytes are valid; for `Utf8` the stored bytes themselves.
    pub bytes: Cow<'b, [u8]>,
    /// How the stored bytes are encoded.
    pub encoding: Encoding,
    /// Bytes of a UTF-16 byte order mark, or of a character that began in the window before: the decoded text does not hold
    /// them.
    skipped: usize,
}

/// How much of the head decides between text and binary, in bytes.
pub(crate) const HEAD: usize = 8 * 1024;

impl<'b> Text<'b> {
    /// Decodes a whole file, or the first window of one; `None` for binary content: a NUL byte in the first 8 KiB of
    /// what is not UTF-16.
    pub fn sniff(stored: &'b [u8]) -> Option<Self> {
        let head = &stored[..stored.len().min(HEAD)];
        match stored {
            // UTF-32 LE begins with the mark of UTF-16 LE; its NUL pairs would decode to noise.
            [0xff, 0xfe, 0, 0, ..] => None,
            [0xff, 0xfe, ..] => Some(Self::utf16(stored, Encoding::Utf16Le, 2)),
            [0xfe, 0xff, ..] => Some(Self::utf16(stored, Encoding::Utf16Be, 2)),
            _ if memchr::memchr(0, head).is_none() => Some(Self::plain(stored)),
            _ => unmarked_utf16(head).map(|encoding| Self::utf16(stored, encoding, 0)),
        }
    }

    /// The bytes as they are.
    pub fn plain(stored: &'b [u8]) -> Self {
        Self { bytes: Cow::Borrowed(stored), encoding: Encoding::Utf8, skipped: 0 }
    }

    /// Decodes a later window of a file whose encoding is known. What a character that began before it has in it is left out.
    pub fn window(stored: &'b [u8], encoding: Encoding) -> Self {
        let skipped = Self::rest_of_character(stored, encoding);
        match encoding {
            Encoding::Utf8 => Self { bytes: Cow::Borrowed(&stored[skipped..]), encoding, skipped },
            encoding => Self::utf16(stored, encoding, skipped),
        }
    }

    fn utf16(stored: &'b [u8], encoding: Encoding, skipped: usize) -> Self {
        let units = stored[skipped..].chunks_exact(2).map(|pair| match encoding {
            Encoding::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
            _ => u16::from_le_bytes([pair[0], pair[1]]),
        });
        let mut bytes = Vec::with_capacity(stored.len() / 2 + stored.len() / 8);
        let mut buffer = [0; 4];
        for unit in char::decode_utf16(units) {
            let letter = unit.unwrap_or(char::REPLACEMENT_CHARACTER);
            bytes.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes());
        }
        Self { bytes: Cow::Owned(bytes), encoding, skipped }
    }

    /// The stored bytes that `decoded` bytes of this text came from: the way from a length here to an offset there.
    /// A byte order mark before them counts.
    pub fn stored_len(&self, decoded: &[u8]) -> usize {
        match self.encoding {
            Encoding::Utf8 => decoded.len(),
            // A character of four UTF-8 bytes is a pair of units; each other one, a lone surrogate's stand-in too, is one unit.
            _ => 2 * decoded.iter().map(|byte| usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0)).sum::<usize>(),
        }
    }

    /// How many of the first bytes may belong to a character that began before them.
    pub fn rest_of_character(stored: &[u8], encoding: Encoding) -> usize {
        let is_low = |high: usize| stored.get(high).is_some_and(|byte| (0xdc..=0xdf).contains(byte)) && stored.len() > 1;
        match encoding {
            Encoding::Utf8 => stored.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count(),
            Encoding::Utf16Le => 2 * usize::from(is_low(1)),
            Encoding::Utf16Be => 2 * usize::from(is_low(0)),
        }
    }

    /// Bytes that stand before the decoded text in the file or window: a byte order mark, the rest of a character.
    pub fn mark_len(&self) -> usize {
        self.skipped
    }
}

/// Tells UTF-16 without a mark: ASCII text in it has a NUL in every second byte, and next to none in the others.
fn unmarked_utf16(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |odd: usize| head.chunks_exact(2).filter(|pair| pair[odd] == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    let mostly = pairs * 7 / 10;
    let few = (pairs / 50).max(2);
    let printable = |odd: usize| head.chunks_exact(2).all(|pair| pair[odd] >= 0x20 || pair[1 - odd] != 0 || matches!(pair[odd], b'\t' | b'\n' | b'\r'));
    match () {
        () if low_first >= mostly && high_first <= few && printable(0) => Some(Encoding::Utf16Le),
        () if high_first >= mostly && low_first <= few && printable(1) => Some(Encoding::Utf16Be),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str, encoding: Encoding, mark: bool) -> Vec<u8> {
        let text = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
        text.encode_utf16().flat_map(|unit| if encoding == Encoding::Utf16Be { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn both_orders_with_and_without_a_mark() {
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            for mark in [true, false] {
                let bytes = stored("key = \"value\"\r\n", encoding, mark);
                let text = Text::sniff(&bytes).expect("text");
                assert_eq!(text.bytes.as_ref(), b"key = \"value\"\r\n", "{encoding:?} {mark}");
                assert_eq!(text.encoding, encoding);
            }
        }
    }

    #[test]
    fn stored_lengths_count_units() {
        let bytes = stored("a\u{1f511}z", Encoding::Utf16Le, true);
        let text = Text::sniff(&bytes).expect("text");
        assert_eq!(text.mark_len() + text.stored_len("a\u{1f511}".as_bytes()), 2 + 2 + 4);
    }

    #[test]
    fn binary_is_no_text() {
        assert!(Text::sniff(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0").is_none());
        assert!(Text::sniff(&[0; 64]).is_none());
        assert!(Text::sniff(b"plain").is_some());
        assert!(Text::sniff(b"").is_some());
    }
}
