//! What several windows of a file hold is what the whole of it holds: each value once, at the same place.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::Path;
use std::sync::{LazyLock, Mutex};

use data_encoding::BASE64;
use proptest::prelude::*;
use proptest::sample::Index;

use super::worker::{Gathered, Worker};
use super::{Policy, Progress};
use crate::detect::Detector;
use crate::error::ScanPath;
use crate::keys::schema::{self, Spec};
use crate::keys::{Catalog, examples};
use crate::source::Reader;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&CATALOG, false));

/// The `match` templates of every key type.
static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut paths: Vec<_> = std::fs::read_dir(rules).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_rule_file = |path: &Path| path.extension().is_some_and(|end| end == "toml") && path.file_name().is_some_and(|name| name != "verdicts.toml");
    let texts = paths.iter().filter(|path| is_rule_file(path)).map(|path| std::fs::read_to_string(path).unwrap());
    let specs = texts.flat_map(|text| schema::read_rule_file(&text).unwrap().1);
    specs.flat_map(|Spec { matches, .. }| matches).collect()
});

/// Windows of the tests, in bytes. Half of what two share is more than any template with its statement.
const WINDOW: usize = 64 << 10;
const OVERLAP: usize = 32 << 10;

/// Every value with its key type, line, column, offset and end.
fn found(stored: &[u8], reader: Reader) -> Vec<(&'static str, [u64; 4])> {
    let (policy, progress, gathered) = (Policy::default(), Progress::default(), Mutex::new(Gathered::default()));
    let mut worker = Worker::new(&DETECTOR, &policy, &progress, &gathered);
    worker.reader = reader;
    let name = ScanPath::from_bytes(b"notes.txt");
    worker.input(&name, "notes.txt", stored).unwrap();
    drop(worker);
    let records = gathered.into_inner().unwrap().records;
    let literals = records.iter().flat_map(|record| &record.facts.facts.literals);
    let row = literals.map(|literal| {
        let (start, end) = (literal.region.start, literal.region.end);
        (CATALOG.get(literal.credential.key_type).id.as_str(), [start.line, start.column, start.offset, end.offset])
    });
    row.collect()
}

/// Filler that holds nothing: characters of one to four bytes, with and without line feeds.
fn filler(length: usize, seed: usize, breaks: bool) -> String {
    const WORDS: &[&str] = &["if", "(x)", "return", "=>", "\u{e4}\u{f6}", "\u{1f511}", "\u{20ac}", "&&", "<div>", "42", "+", "[0]"];
    let mut text = String::with_capacity(length + 8);
    let mut at = seed;
    while text.len() < length {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(WORDS[(at >> 33) % WORDS.len()]);
        text.push_str(if breaks && (at >> 50).is_multiple_of(9) { ";\n" } else { "; " });
    }
    text
}

/// How a text is stored.
fn stored(text: &str, how: u8) -> Vec<u8> {
    let units = || std::iter::once(0xfeff).chain(text.encode_utf16());
    match how {
        0 => text.as_bytes().to_vec(),
        1 => units().flat_map(u16::to_le_bytes).collect(),
        _ => units().flat_map(u16::to_be_bytes).collect(),
    }
}

/// Where seams are and what is near them: the ends of windows, of what each answers for, and of what two share.
const SEAMS: &[usize] = &[WINDOW, WINDOW - OVERLAP / 2, WINDOW - OVERLAP, 2 * WINDOW - OVERLAP, 2 * WINDOW - OVERLAP - OVERLAP / 2];

fn config() -> ProptestConfig {
    ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn windows_equal_the_whole(
        picks in prop::collection::vec((any::<Index>(), 0..1000_u64, any::<Index>(), 0..400_usize, 0..4_u8), 1..6),
        how in 0..3_u8,
        breaks in any::<bool>(),
        seed in any::<u32>(),
    ) {
        // Offsets are wanted in stored bytes.
        let scale = if how == 0 { 1 } else { 2 };
        let mut places: Vec<(usize, String)> = picks.iter().map(|(template, fill, seam, back, wrap)| {
            let line = examples::fill(template.get::<String>(&EXAMPLES), *fill).unwrap();
            let line = if *wrap == 0 { format!("data: {}", BASE64.encode(line.as_bytes())) } else { line };
            ((seam.get(SEAMS) / scale).saturating_sub(*back), line)
        }).collect();
        places.sort();
        let mut text = String::new();
        for (number, (at, line)) in places.iter().enumerate() {
            text.push_str(&filler(at.saturating_sub(text.len()), seed as usize + number, breaks));
            // Each begins a statement of its own: what a window can't see must not matter.
            text.push_str("\n\n");
            text.push_str(line);
            text.push_str("\n\n");
        }
        text.push_str(&filler(WINDOW, seed as usize, breaks));
        let bytes = stored(&text, how);
        let whole = found(&bytes, Reader::with_windows(bytes.len().next_multiple_of(2) + 2, OVERLAP));
        let parts = found(&bytes, Reader::with_windows(WINDOW, OVERLAP));
        prop_assert_eq!(&parts, &whole);
    }
}

/// The same without chance: one key at every offset around a seam, plain and in UTF-16.
#[test]
fn a_key_at_every_offset_around_a_seam() {
    let key = examples::fill("PLUNK_SECRET_KEY=sk_{lower-hex:48}", 1).unwrap();
    for (how, back) in (0..3).flat_map(|how| (0..key.len() + 4).step_by(3).map(move |back| (how, back))) {
        for seam in SEAMS {
            let at = seam / if how == 0 { 1 } else { 2 };
            let mut text = "\u{20ac}".repeat((at - back) / 3);
            text.push_str(&"\n".repeat(at - back - text.len()));
            text.push_str(&key);
            text.push('\n');
            text.push_str(&"\u{e4} ".repeat(WINDOW));
            let bytes = stored(&text, how);
            let whole = found(&bytes, Reader::with_windows(bytes.len().next_multiple_of(2) + 2, OVERLAP));
            assert_eq!(whole.len(), 1, "{how} {back} {seam}");
            assert_eq!(found(&bytes, Reader::with_windows(WINDOW, OVERLAP)), whole, "{how} {back} {seam}");
        }
    }
}
