//! The texts of a JSON file with where they stand: for formats whose place in the file matters as much as what they say.
//!
//! Tolerant: what is broken ends the walk or is passed over, and what came before it counts.

use crate::text::Span;

/// One step of the way to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The entry with this key, as it stands in the file, without its quotes.
    Key(Span),
    /// The item of this number, from 0.
    Index(usize),
}

impl Step {
    /// Whether it is the entry `key`.
    pub(super) fn is(self, text: &[u8], key: &str) -> bool {
        matches!(self, Self::Key(span) if span.of(text) == key.as_bytes())
    }
}

/// Objects and lists within each other that are looked into.
const DEEPEST: usize = 64;

/// Gives each text that is a value to `visit`: the way to it, and what stands between its quotes, escapes as they are.
pub(super) fn texts(json: &[u8], visit: &mut dyn FnMut(&[Step], Span)) {
    let (mut way, mut at, mut is_key) = (Vec::new(), 0, false);
    while let Some(byte) = json.get(at) {
        match byte {
            b'{' | b'[' if way.len() >= DEEPEST => return,
            b'{' => {
                way.push(Step::Key(Span::default()));
                is_key = true;
            }
            b'[' => {
                way.push(Step::Index(0));
                is_key = false;
            }
            b'}' | b']' => {
                way.pop();
                is_key = false;
            }
            b',' => match way.last_mut() {
                Some(Step::Index(number)) => *number += 1,
                Some(Step::Key(_)) => is_key = true,
                None => {}
            },
            b'"' => {
                let end = end_of_text(json, at);
                let span = Span::new(at + 1, (end - 1).max(at + 1));
                match way.last_mut() {
                    Some(Step::Key(key)) if is_key => *key = span,
                    _ => visit(&way, span),
                }
                at = end;
                continue;
            }
            b':' => is_key = false,
            _ => {}
        }
        at += 1;
    }
}

/// One past the quote that ends the text which begins at `start`.
pub(super) fn end_of_text(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(offset) = json.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += offset;
        if json[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    json.len().max(start + 1)
}

/// Text without its escapes, and the way back to where each part of it stands.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// What the texts say.
    pub(super) text: Vec<u8>,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Where it begins in the plain text.
    plain: usize,
    /// Where it begins and ends in the file.
    stored: Span,
    /// Whether it is one escape; else byte stands for byte.
    is_escape: bool,
}

impl Plain {
    /// Appends what stands between the quotes of a text.
    pub(super) fn push(&mut self, json: &[u8], inner: Span) {
        let end = inner.end.min(json.len());
        let mut at = inner.start;
        while at < end {
            let run = memchr::memchr(b'\\', &json[at..end]).map_or(end, |offset| at + offset);
            if run > at {
                self.pieces.push(Piece { plain: self.text.len(), stored: Span::new(at, run), is_escape: false });
                self.text.extend_from_slice(&json[at..run]);
                at = run;
                continue;
            }
            let (letter, length) = escape(&json[at..end]);
            self.pieces.push(Piece { plain: self.text.len(), stored: Span::new(at, at + length), is_escape: true });
            self.text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            at += length;
        }
    }

    /// Appends what stands nowhere in the file, or has its place elsewhere.
    pub(super) fn add(&mut self, text: &[u8]) {
        let at = self.pieces.last().map_or(0, |piece| piece.stored.end);
        self.pieces.push(Piece { plain: self.text.len(), stored: Span::new(at, at), is_escape: true });
        self.text.extend_from_slice(text);
    }

    /// Where a span of the plain text stands in the file.
    pub(super) fn stored(&self, span: Span) -> Span {
        let Some(start) = self.piece_of(span.start) else { return Span::default() };
        let from = if start.is_escape { start.stored.start } else { (start.stored.start + (span.start - start.plain)).min(start.stored.end) };
        let Some(last) = span.end.checked_sub(1).filter(|_| !span.is_empty()).and_then(|last| self.piece_of(last)) else { return Span::new(from, from) };
        let to = if last.is_escape { last.stored.end } else { (last.stored.start + (span.end - last.plain)).min(last.stored.end) };
        Span::new(from, to.max(from))
    }

    /// Where a place in the file is in the plain text; `None` where it is in none of the texts.
    pub(super) fn plain(&self, stored: usize) -> Option<usize> {
        let piece = self.pieces.get(self.pieces.partition_point(|piece| piece.stored.start <= stored).checked_sub(1)?)?;
        let is_within = stored < piece.stored.end;
        is_within.then(|| if piece.is_escape { piece.plain } else { piece.plain + (stored - piece.stored.start) })
    }

    fn piece_of(&self, plain: usize) -> Option<Piece> {
        self.pieces.get(self.pieces.partition_point(|piece| piece.plain <= plain).checked_sub(1)?).copied()
    }
}

/// The letter of the escape at the start of `text`, and its length there.
fn escape(text: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6).filter(|part| part.starts_with(b"\\u"))?;
        u32::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
    };
    match text.get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b' | b'f') => (' ', 2),
        Some(b'u') => match (unit(0), unit(6)) {
            (Some(high @ 0xd800..0xdc00), Some(low @ 0xdc00..0xe000)) => {
                (char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
            }
            (Some(unit), _) => (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
            (None, _) => ('\\', 1),
        },
        Some(byte @ (b'"' | b'\\' | b'/')) => (char::from(*byte), 2),
        _ => ('\\', 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> Vec<String> {
        let mut found = Vec::new();
        texts(json.as_bytes(), &mut |way, span| {
            let steps = way.iter().map(|step| match step {
                Step::Key(key) => String::from_utf8_lossy(key.of(json.as_bytes())).into_owned(),
                Step::Index(number) => number.to_string(),
            });
            found.push(format!("{}={}", steps.collect::<Vec<_>>().join("."), String::from_utf8_lossy(span.of(json.as_bytes()))));
        });
        found
    }

    #[test]
    fn ways_to_texts() {
        assert_eq!(shown(r#"{"a":{"b":["x",1,{"c":"y\"z"}],"d":"e"},"f":"g"}"#), ["a.b.0=x", r#"a.b.2.c=y\"z"#, "a.d=e", "f=g"]);
        assert_eq!(shown(r#"{"a":"cut"#), ["a=cu"]);
        assert_eq!(shown(r#"}]"a"{,:"#), ["=a"]);
        assert_eq!(shown(&"[".repeat(100)), Vec::<String>::new());
    }

    #[test]
    fn escapes_lead_back() {
        let json = r#"{"a":"x = \"\ud83d\udd11\u00e4\"\n"}"#;
        let mut plain = Plain::default();
        texts(json.as_bytes(), &mut |_, span| plain.push(json.as_bytes(), span));
        let text = String::from_utf8(plain.text.clone()).expect("valid text");
        assert_eq!(text, "x = \"\u{1f511}\u{e4}\"\n");
        for (word, stored) in [("x", "x"), ("\"\u{1f511}", r#"\"\ud83d\udd11"#), ("\u{e4}", r"\u00e4"), ("\n", r"\n"), ("= ", "= ")] {
            let at = text.find(word).expect("a part");
            let span = plain.stored(Span::new(at, at + word.len()));
            assert_eq!(&json[span.start..span.end], stored, "{word:?}");
            assert_eq!(plain.plain(span.start), Some(at));
        }
        assert_eq!((plain.plain(0), plain.plain(json.len())), (None, None));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(json in "[\\[\\]{}\",:a\\\\u0-9d\u{e4}]{0,60}", at in 0_usize..80, to in 0_usize..80) {
            let mut plain = Plain::default();
            texts(json.as_bytes(), &mut |_, span| {
                assert!(span.start <= span.end && span.end <= json.len());
                plain.push(json.as_bytes(), span);
                plain.add(b"\n");
            });
            let span = plain.stored(Span::new(at, to));
            proptest::prop_assert!(span.start <= span.end && span.end <= json.len());
            plain.plain(at);
        }
    }
}
