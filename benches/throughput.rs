//! Throughput of the parts that see every byte, and what one small file costs from a standing start.
//!
//! The text is made from a word list with a fixed seed, so that two machines and two years measure the same.
//!
//!     cargo bench --bench throughput

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use skout::detect::{Detector, Scratch};
use skout::keys::{Catalog, examples};
use skout::text::{Locator, Position, Text};

fn main() {
    divan::main();
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&CATALOG, false));

/// Bytes of each text but the minified line.
const SIZE: usize = 1 << 20;
/// Bytes of the minified line.
const LINE: usize = 8 << 20;

/// Words of ordinary code; the few that are anchors of some key type stand in code about as often.
const WORDS: &[&str] = &[
    "const",
    "let",
    "return",
    "function",
    "if",
    "else",
    "await",
    "async",
    "import",
    "export",
    "default",
    "from",
    "class",
    "extends",
    "this",
    "new",
    "props",
    "state",
    "value",
    "index",
    "result",
    "response",
    "request",
    "items",
    "length",
    "map",
    "filter",
    "forEach",
    "onChange",
    "className",
    "container",
    "handleSubmit",
    "useEffect",
    "useState",
    "children",
    "render",
    "component",
    "options",
    "config",
    "params",
    "query",
    "url",
    "path",
    "name",
    "title",
    "message",
    "error",
    "data",
    "type",
    "string",
    "number",
    "boolean",
    "interface",
    "public",
    "private",
    "static",
    "token",
    "key",
    "secret",
    "password",
    "header",
    "stripe",
];
const MARKS: &[&str] = &[" ", " ", " ", " = ", "(", ")", ".", ", ", ": ", " => ", "\"", "'", "_", "[0]", " === ", "{ ", " }"];

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as usize % limit
    }
}

/// Text that looks like code: lines of about 40 bytes, indented, or one line only.
fn code(size: usize, lines: bool) -> String {
    let mut random = Random(1);
    let mut text = String::with_capacity(size + 64);
    while text.len() < size {
        if lines {
            text.push_str(&"    "[..2 * random.below(3)]);
        }
        for _ in 0..3 + random.below(6) {
            text.push_str(WORDS[random.below(WORDS.len())]);
            text.push_str(MARKS[random.below(MARKS.len())]);
        }
        text.push_str(if lines { ";\n" } else { ";" });
    }
    text
}

/// The same with a key to each `every` bytes, as an environment file of a large project has them.
fn code_with_keys(size: usize, every: usize) -> String {
    let mut text = String::with_capacity(size + size / 8);
    for (seed, part) in code(size, true).as_bytes().chunks(every).enumerate() {
        text.push_str(&String::from_utf8_lossy(part));
        let key = examples::fill("ghp_{crc32-base62:30}", seed as u64).unwrap_or_default();
        let _ = writeln!(text, "\nGITHUB_TOKEN={key}");
    }
    text
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The pass that every byte pays for.
#[divan::bench]
fn prefilter(bencher: Bencher<'_, '_>) {
    let text = code(SIZE, true);
    let mut scratch = Scratch::default();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| DETECTOR.count_leads(black_box(text.as_bytes()), &mut scratch));
}

#[divan::bench]
fn detect(bencher: Bencher<'_, '_>) {
    let text = code(SIZE, true);
    let mut scratch = Scratch::default();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| DETECTOR.detect(black_box(text.as_bytes()), &mut scratch, false));
}

#[divan::bench(args = [1024, 16 * 1024])]
fn detect_a_key_to_each(bencher: Bencher<'_, '_>, every: usize) {
    let text = code_with_keys(SIZE, every);
    let mut scratch = Scratch::default();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| DETECTOR.detect(black_box(text.as_bytes()), &mut scratch, false));
}

/// One line of 8 MB, as bundlers write them.
#[divan::bench(sample_count = 10)]
fn detect_minified(bencher: Bencher<'_, '_>) {
    let text = code(LINE, false);
    let mut scratch = Scratch::default();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| DETECTOR.detect(black_box(text.as_bytes()), &mut scratch, false));
}

/// Telling the encoding of plain text: no copy.
#[divan::bench]
fn sniff_utf8(bencher: Bencher<'_, '_>) {
    let text = code(SIZE, true);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| Text::sniff(black_box(text.as_bytes())).map(|text| text.bytes.len()));
}

#[divan::bench]
fn decode_utf16(bencher: Bencher<'_, '_>) {
    let stored = utf16(&code(SIZE, true));
    bencher.counter(BytesCount::of_slice(&stored)).bench_local(|| Text::sniff(black_box(&stored)).map(|text| text.bytes.len()));
}

/// From an offset to line and column.
#[divan::bench(args = ["utf-8", "utf-16"])]
fn locate(bencher: Bencher<'_, '_>, encoding: &str) {
    let text = code(SIZE, true);
    let stored = if encoding == "utf-8" { text.into_bytes() } else { utf16(&text) };
    let Some(text) = Text::sniff(&stored) else { return };
    bencher.counter(BytesCount::of_slice(&stored)).bench_local(|| Locator::new(&text, Position::START).position(black_box(text.bytes.len())));
}

/// What a hook on one small file pays besides starting a process.
#[divan::bench]
fn start_and_scan_a_small_file(bencher: Bencher<'_, '_>) {
    let text = format!("{}\nGITHUB_TOKEN={}\n", code(2048, true), examples::fill("ghp_{crc32-base62:30}", 1).unwrap_or_default());
    bencher.bench_local(|| {
        let catalog = Catalog::built_in();
        let detector = Detector::new(&catalog, false);
        detector.detect(black_box(text.as_bytes()), &mut Scratch::default(), false).credentials.len()
    });
}
