//! What must hold of every text, whatever it is: shared by the targets that detect.

use std::sync::LazyLock;

use skout::detect::{Credential, Detector, Scratch};
use skout::error::ScanPath;
use skout::keys::Catalog;
use skout::text::{Encoding, Locator, Position, Span, Text, cut_excerpt};
use skout::{lang, suppress};

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);

/// Detection with the built-in key types.
pub static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&CATALOG, false));

/// Values shorter than this may stand in a line by chance.
const TELLING: usize = 8;

/// Takes stored bytes through all that a worker does with a file, and checks what must hold of it.
pub fn check_stored(stored: &[u8], detector: &Detector<'_>) {
    if let Some(text) = Text::sniff(stored) {
        check_text(&text, detector);
    }
}

/// The same for text whose encoding is known.
pub fn check_text(text: &Text<'_>, detector: &Detector<'_>) {
    let bytes = text.bytes.as_ref();
    let mut scratch = Scratch::default();
    let found = detector.detect(bytes, &mut scratch, true);
    let silent = detector.detect(bytes, &mut scratch, false);
    assert!(found.credentials.iter().map(|one| one.span).eq(silent.credentials.iter().map(|one| one.span)), "`explain` changes what is found");

    let mut hidden: Vec<Span> = found.credentials.iter().map(|one| one.span).chain(found.rejected.iter().map(|one| one.span)).collect();
    hidden.sort_unstable();
    for span in &hidden {
        assert!(span.start < span.end && span.end <= bytes.len(), "{span:?} of {}", bytes.len());
    }
    for pair in found.credentials.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "{:?} overlaps {:?}", pair[0].span, pair[1].span);
    }
    let facts = lang::facts(&ScanPath::from_path(std::path::Path::new("package.json")), bytes, &[]);
    assert!(facts.literals.is_empty());

    let mut locator = Locator::new(text, Position::START);
    for credential in &found.credentials {
        let span = credential.span;
        let region = locator.region(span);
        check_place(text, span, region.start);
        check_place(text, Span::new(span.end, span.end), region.end);

        let near: Vec<Span> = hidden.iter().filter(|other| !other.overlaps(span)).copied().collect();
        let excerpt = cut_excerpt(bytes, span, credential.redacted.as_str(), &near);
        assert!(excerpt.mark.start <= excerpt.mark.end && excerpt.text.get(excerpt.mark.clone()).is_some(), "the mark lies outside of the excerpt");
        assert!(!excerpt.text.contains('\n'));
        shows_none(&excerpt.text, bytes, &found.credentials, "an excerpt");
        shows_none(credential.redacted.as_str(), bytes, std::slice::from_ref(credential), "a redaction");
        for mark in suppress::marks(bytes, span, region.start.line, &hidden) {
            shows_none(&mark.reason.unwrap_or_default(), bytes, &found.credentials, "a reason");
        }
        let name = lang::name_of(bytes, span);
        assert!(name.is_none_or(|name| !name.is_empty()));
    }
}

/// Counts anew, from the start, what the locator says of an offset.
fn check_place(text: &Text<'_>, span: Span, place: Position) {
    let before = &text.bytes[..span.start];
    assert_eq!(place.line, 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64);
    if text.encoding == Encoding::Utf8 {
        assert_eq!(place.offset, span.start as u64);
    }
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = if line.len() == before.len() { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
    let points: usize = line.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
    assert_eq!(place.column, 1 + points as u64);
}

fn shows_none(shown: &str, text: &[u8], credentials: &[Credential], what: &str) {
    for credential in credentials {
        let value = String::from_utf8_lossy(credential.span.of(text));
        // Redactions keep the first line of a key block; its body is what must not be shown.
        assert!(value.len() < TELLING || !shown.contains(value.as_ref()), "{what} shows the value at {:?}", credential.span);
    }
}
