//! Any bytes through the encodings, and offsets back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::text::{Encoding, Locator, Position, Span, Text, cut_excerpt};

fuzz_target!(|bytes: &[u8]| {
    for text in [Text::sniff(bytes), Some(Text::window(bytes, Encoding::Utf16Le)), Some(Text::window(bytes, Encoding::Utf16Be)), Some(Text::plain(bytes))]
        .into_iter()
        .flatten()
    {
        let decoded = text.bytes.as_ref();
        let whole = text.mark_len() + text.stored_len(decoded);
        match text.encoding {
            Encoding::Utf8 => assert_eq!(whole, bytes.len()),
            // Half a unit at the end is no character.
            _ => assert_eq!(whole, bytes.len() & !1),
        }
        let mut locator = Locator::new(&text, Position::START);
        let mut last = Position { line: 1, column: 0, offset: 0 };
        for at in (0..=decoded.len()).filter(|at| decoded.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80)) {
            let place = locator.position(at);
            assert!(place.offset >= last.offset && (place.line, place.column) >= (last.line, last.column), "{place:?} after {last:?}");
            assert!(place.offset <= bytes.len() as u64);
            last = place;
        }
        let (from, to) = (bytes.first().map_or(0, |byte| usize::from(*byte)), bytes.last().map_or(0, |byte| usize::from(*byte)));
        let excerpt = cut_excerpt(decoded, Span::new(from, to), "<R>", &[Span::new(0, 3), Span::new(to, to + 9)]);
        assert_eq!(excerpt.text.get(excerpt.mark), Some("<R>"));
    }
});
