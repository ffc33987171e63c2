//! From bytes to small owned facts: what a worker does with one input, whatever it comes from.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use super::pack::packed;
use super::scripts::Scripts;
use super::{Policy, Progress};
use crate::detect::{Detector, Scratch};
use crate::error::{ScanPath, Skip, SkipClass};
use crate::lang::har::View;
use crate::lang::outline;
use crate::lang::sourcemap::{Point, Reference};
use crate::lang::{self, Literal, Spot};
use crate::project::{FileFacts, Origin};
use crate::source::archive;
use crate::source::{Binary, Found, Reader, Runs, Window, alone};
use crate::suppress::{self, AllowMark};
use crate::terms::Confidence;
use crate::text::{Encoding, Locator, Position, Region, Span, Text, cut_excerpt, cut_shown};

/// One file's facts, with the allow marks at its values.
#[derive(Debug, Clone)]
pub(super) struct FileRecord {
    pub(super) facts: FileFacts,
    /// At each literal.
    pub(super) marks: Vec<Vec<AllowMark>>,
    /// At each spot.
    pub(super) spot_marks: Vec<Vec<AllowMark>>,
}

/// Of a file that comes in several windows, so much of the first is read for facts: directives stand there. In bytes.
const LARGEST_HEAD: usize = 64 << 10;

/// What workers bring home.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) records: Vec<FileRecord>,
    /// Files that were read for facts and have none to keep, by the hashes of their names: nobody need read them again.
    pub(super) silent: HashSet<u64>,
    pub(super) skips: Vec<Skip>,
    /// Scripts that gave up what they ask for, with the number of the walk's path that each lies below; a list for each thread.
    pub(super) scripts: Vec<Scripts<u16>>,
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// One thread's tools, and what it has found so far.
pub(super) struct Worker<'s> {
    detector: &'s Detector<'s>,
    policy: &'s Policy,
    pub(super) progress: &'s Progress,
    pub(super) reader: Reader,
    scratch: Scratch,
    /// What the next inputs are.
    pub(super) origin: Origin,
    /// Whether the next inputs are read only so that others can be judged.
    pub(super) context: bool,
    /// Whether the next inputs are read for their facts, whatever they hold.
    pub(super) thorough: bool,
    /// Whether of the next inputs only that is kept which a scan of a whole tree may still ask for.
    pub(super) packs: bool,
    /// What the next inputs are wrapped in, outermost first; empty for files on disk.
    pub(super) wraps: Vec<&'static str>,
    /// Whether scripts give up what they ask for: the number of the walk's path that they lie below, for those that do.
    outlined: Option<u16>,
    scripts: Scripts<u16>,
    pub(super) mine: Gathered,
    gathered: &'s Mutex<Gathered>,
}

impl<'s> Worker<'s> {
    /// A worker that hands over what it found when it is dropped.
    pub(super) fn new(detector: &'s Detector<'s>, policy: &'s Policy, progress: &'s Progress, gathered: &'s Mutex<Gathered>) -> Self {
        let (reader, scratch) = (Reader::default(), Scratch::default());
        Self {
            detector,
            policy,
            progress,
            reader,
            scratch,
            origin: Origin::Present,
            context: false,
            thorough: false,
            packs: false,
            wraps: Vec::new(),
            outlined: None,
            scripts: Scripts::default(),
            mine: Gathered::default(),
            gathered,
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.gathered.lock() {
            // The first one's list becomes that of all, so that both are not there at once.
            if all.records.is_empty() {
                std::mem::swap(&mut all.records, &mut self.mine.records);
            }
            all.records.append(&mut self.mine.records);
            all.silent.extend(self.mine.silent.drain());
            all.skips.append(&mut self.mine.skips);
            if !self.scripts.is_empty() {
                self.scripts.finish();
                all.scripts.push(std::mem::take(&mut self.scripts));
            }
            all.files += self.mine.files;
            all.bytes += self.mine.bytes;
        }
    }
}

impl Worker<'_> {
    /// Scans one file; false when the scan should end.
    pub(super) fn file(&mut self, found: &Found) -> bool {
        if self.progress.stop.load(Ordering::Relaxed) {
            return false;
        }
        if let Some(limit) = self.policy.max_file_size.filter(|_| !found.named)
            && std::fs::metadata(&found.path).is_ok_and(|about| about.len() > limit)
        {
            self.skip(&found.name, "larger than --max-file-size".to_owned(), SkipClass::Chosen);
            return true;
        }
        // What only has the name of an archive is a file like any other.
        if (found.named || self.policy.archives) && archive::is_one(&found.name.text) && self.archive_at(&found.name, &found.path) {
            return true;
        }
        self.outlined = lang::has_imports(&found.name.text).then_some(found.root);
        let before = self.mine.records.len();
        match std::fs::File::open(&found.path).and_then(|file| self.input(&found.name, &found.lives_at, file)) {
            Ok(()) => {
                if let Some(record) = self.mine.records.get_mut(before)
                    && let Some(reference) = record.facts.facts.map.take()
                    && let Some(map) = map_beside(&found.path, &reference)
                {
                    let points: Vec<Point> = record.facts.facts.literals.iter().take(MOST_MAPPED).map(|literal| literal.built).collect();
                    let originals = lang::sourcemap::originals(&map, &points);
                    record.facts.facts.literals.iter_mut().zip(originals).for_each(|(literal, original)| literal.original = original);
                }
            }
            // A file that vanished since its folder was read was nobody's to scan.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !found.named => {
                self.skip(&found.name, "vanished during the scan".to_owned(), SkipClass::Chosen)
            }
            Err(error) => {
                let text = error.to_string().to_lowercase();
                let words = text.split(" (os error").next().unwrap_or_default();
                self.skip(&found.name, format!("can't be read: {words}"), SkipClass::Lost);
            }
        }
        true
    }

    /// Scans one input of any length, window by window.
    pub(super) fn input(&mut self, name: &ScanPath, lives_at: &str, input: impl Read) -> std::io::Result<()> {
        let mut reader = std::mem::take(&mut self.reader);
        let mut state = InputState { encoding: None, base: Position::START, binary: false, runs: None, head: Vec::new(), record: None };
        let read = reader.read(input, wants_whole(&name.text), |window| {
            self.window(name, lives_at, &window, &mut state);
            !state.binary && !self.progress.stop.load(Ordering::Relaxed)
        });
        self.reader = reader;
        let bytes = read?;
        if state.binary {
            self.skip(name, binary_reason(name), SkipClass::Chosen);
            return Ok(());
        }
        // A record of a tree waits for all others.
        let record = match state.record {
            Some(record) if self.packs => {
                let packed = packed(self.detector.catalog(), record);
                if packed.is_none() {
                    self.mine.silent.insert(outline::hash_bytes(name.exact()));
                }
                packed
            }
            record => record,
        };
        self.mine.records.extend(record);
        // What is read for the sake of others, or once more, counts for nothing.
        if self.thorough {
            return Ok(());
        }
        self.mine.files += 1;
        self.mine.bytes += bytes;
        self.progress.files.fetch_add(1, Ordering::Relaxed);
        self.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    fn window(&mut self, name: &ScanPath, lives_at: &str, window: &Window<'_>, state: &mut InputState) {
        let sniffed = if window.first { Text::sniff(window.bytes) } else { state.encoding.map(|encoding| Text::window(window.bytes, encoding)) };
        if window.first && sniffed.is_none() {
            // Within an archive binaries are searched without being asked for: programs and resource tables keep their texts.
            if self.wraps.is_empty() && !self.policy.binary {
                state.binary = true;
                return;
            }
            state.runs = Some(Binary::of(window.bytes));
        }
        let runs = state.runs.map(|binary| binary.runs(window.bytes, state.base.offset));
        let stored = match (&runs, sniffed) {
            (None, Some(text)) => text,
            _ => Text::plain(window.bytes),
        };
        state.encoding = Some(stored.encoding);
        let is_whole = window.first && window.last;
        if window.first && !is_whole {
            state.head = window.bytes[..window.bytes.len().min(LARGEST_HEAD)].to_vec();
        }
        if let Some(root) = self.outlined.take()
            && stored.bytes.len() <= lang::LARGEST_SCRIPT
        {
            let asks = lang::outline::outline(&name.text, &stored.bytes);
            self.scripts.push(name, root, asks);
        }
        // A recorded exchange is searched as what was sent, and told of where the file has it.
        let view = if is_whole && runs.is_none() { lang::har::view(&name.text, &stored.bytes) } else { None };
        let seen = runs.as_ref().map(|runs| runs.text.as_slice()).or(view.as_ref().map(|view| view.text())).map(Text::plain);
        let text = seen.as_ref().unwrap_or(&stored);
        let mut found = self.detector.detect(&text.bytes, &mut self.scratch, false);
        let mut places = match (&runs, &view) {
            (Some(runs), _) => Places::Runs(runs, state.base.offset),
            (None, Some(view)) => Places::View(view, Locator::new(&stored, state.base)),
            (None, None) => Places::Text(Locator::new(&stored, state.base)),
        };
        // Noise has many shapes: in a binary only what is distinctive counts.
        found.credentials.retain(|credential| runs.is_none() || credential.confidence >= Confidence::High);
        if !self.wraps.is_empty() {
            found.credentials.iter_mut().for_each(|credential| drop(credential.encoding.splice(..0, self.wraps.iter().copied())));
        }
        if !is_whole {
            let own = window.own();
            let start = state.base.offset;
            found.credentials.retain(|credential| own.contains(&((places.region(credential.span).start.offset - start) as usize)));
        }
        // What a binary says of itself is not read as a program.
        let said: &[u8] = match is_whole {
            _ if runs.is_some() => b"",
            true => &stored.bytes,
            false => &stored.bytes[..stored.bytes.len().min(LARGEST_HEAD)],
        };
        let speaks = window.first && (lang::is_manifest(name) || self.thorough) || is_whole && self.origin == Origin::Present && lang::has_cue(name, said);
        if !found.credentials.is_empty() || speaks {
            let values: Vec<Span> = found.credentials.iter().map(|credential| credential.span).collect();
            let hidden = Hidden::new(found.rejected.iter().map(|rejected| rejected.span).chain(values.iter().copied()).collect());
            let (origin, is_context, head) = (self.origin, self.context, &state.head);
            let record = state.record.get_or_insert_with(|| {
                let (facts, spot_marks) = if window.first {
                    let _alone = (said.len() > LARGE_TEXT && !window.is_alone).then(alone);
                    let mut facts = lang::facts(name, said, if seen.is_some() { &[] } else { &values });
                    let marks = resolve_spots(&mut facts.spots, &stored, &hidden, state.base);
                    (facts, marks)
                } else {
                    facts_of_head(name, head, runs.is_some())
                };
                let facts = FileFacts { path: name.clone(), lives_at: lives_at.to_owned(), origin, is_context, facts };
                FileRecord { facts, marks: Vec::new(), spot_marks }
            });
            for credential in found.credentials {
                let span = credential.span;
                let region = places.region(span);
                record.marks.push(suppress::marks(&text.bytes, span, region.start.line, &hidden.near(span, MARKS_REACH)));
                let mut near = hidden.near(span, EXCERPT_REACH);
                near.retain(|other| !other.overlaps(span));
                let excerpt = cut_excerpt(&text.bytes, span, credential.redacted.as_str(), &near);
                let held_by = lang::name_of(&text.bytes, span);
                let entry = lang::entry_of(&text.bytes, span, state.base.offset);
                let is_mapped = record.facts.facts.map.is_some() && record.facts.facts.literals.len() < MOST_MAPPED;
                let built = if is_mapped { built_point(&text.bytes, span, region.start, window.first) } else { Point::default() };
                record.facts.facts.literals.push(Literal { credential, region, excerpt, name: held_by, entry, built, original: None });
            }
            if is_whole && seen.is_none() && name.text.ends_with(".map") {
                let offsets: Vec<usize> = record.facts.facts.literals.iter().take(MOST_MAPPED).map(|literal| literal.credential.span.start).collect();
                let found = lang::sourcemap::within(&text.bytes, &offsets);
                record.facts.facts.literals.iter_mut().zip(found).for_each(|(literal, found)| literal.original = found);
            }
        }
        if !window.last {
            state.base = match &mut places {
                Places::Runs(_, base) => binary_position(*base + window.next_start() as u64),
                Places::Text(locator) | Places::View(_, locator) => {
                    // A character on the seam belongs to this window.
                    let (start, offset) = (window.next_start(), state.base.offset);
                    let rest = Text::rest_of_character(&window.bytes[start..], stored.encoding);
                    Position { offset: offset + start as u64, ..locator.position(decoded_offset(&stored, start + rest)) }
                }
            };
        }
    }

    pub(super) fn skip(&mut self, name: &ScanPath, reason: String, class: SkipClass) {
        self.mine.skips.push(Skip { path: name.clone(), reason, class });
    }
}

/// Texts above this are read for facts by one thread at a time, since a syntax tree is many times as large as its text. In bytes.
const LARGE_TEXT: usize = 128 << 10;

/// What a file of several windows says of itself, when a later one holds the first of its values. `stored` is its head.
fn facts_of_head(name: &ScanPath, stored: &[u8], is_binary: bool) -> (lang::Facts, Vec<Vec<AllowMark>>) {
    let Some(text) = Text::sniff(stored).filter(|_| !is_binary) else { return (lang::facts(name, b"", &[]), Vec::new()) };
    let mut facts = lang::facts(name, &text.bytes, &[]);
    // Where the whole names no map it is beside the file; its end, which could name one, is not looked for.
    facts.map = lang::sourcemap::reference(&name.text, &[]);
    let marks = resolve_spots(&mut facts.spots, &text, &Hidden::new(Vec::new()), Position::START);
    (facts, marks)
}

/// Where a value begins, as source maps count: UTF-16 units of its line. Of a line that began in an earlier window the code
/// points before this one count, which are the same but for rare characters.
fn built_point(text: &[u8], span: Span, at: Position, is_first: bool) -> Point {
    let line = u32::try_from(at.line - 1).unwrap_or(u32::MAX);
    let start = match memchr::memrchr(b'\n', &text[..span.start]) {
        Some(feed) => feed + 1,
        None if is_first => 0,
        None => return Point { line, column: u32::try_from(at.column - 1).unwrap_or(u32::MAX) },
    };
    let units = text[start..span.start].iter().map(|byte| u32::from(byte & 0xc0 != 0x80) + u32::from(*byte >= 0xf0)).sum();
    Point { line, column: units }
}

/// Gives each spot its region and line, and returns the allow marks there.
fn resolve_spots(spots: &mut [Spot], text: &Text<'_>, hidden: &Hidden, base: Position) -> Vec<Vec<AllowMark>> {
    let mut locator = Locator::new(text, base);
    let mut marks = vec![Vec::new(); spots.len()];
    let mut order: Vec<usize> = (0..spots.len()).collect();
    order.sort_by_key(|at| spots[*at].span);
    for at in order {
        let span = spots[at].span;
        let region = locator.region(span);
        marks[at] = suppress::marks(&text.bytes, span, region.start.line, &hidden.near(span, MARKS_REACH));
        spots[at].excerpt = cut_shown(&text.bytes, span, &hidden.near(span, EXCERPT_REACH));
        spots[at].region = region;
    }
    marks
}

/// Whether a file is read as a whole up to a larger size than others: what a source map, a recording or a notebook says of a value
/// may stand far from it, and the map of a built file is named at its end.
fn wants_whole(name: &str) -> bool {
    const ENDINGS: &[&str] = &[".map", ".har", ".ipynb", ".js", ".mjs", ".cjs", ".css"];
    let ending = name.rfind('.').map_or("", |dot| &name[dot..]);
    ENDINGS.iter().any(|one| ending.eq_ignore_ascii_case(one))
}

/// Values of one built file whose source is looked up.
const MOST_MAPPED: usize = 1000;
/// The largest source map that is read for where values come from, in bytes.
const LARGEST_MAP: u64 = 256 << 20;

/// The text of the source map beside a built file: the one that it names, or else the one of its own name.
fn map_beside(path: &Path, reference: &Reference) -> Option<Vec<u8>> {
    let read = |beside: PathBuf| {
        std::fs::metadata(&beside).ok().filter(|about| about.is_file() && about.len() <= LARGEST_MAP).and_then(|_| std::fs::read(beside).ok())
    };
    match reference {
        Reference::Inline(text) => Some(text.clone()),
        // It lies in the same tree: a name that leads elsewhere is not followed.
        Reference::File(name) => {
            let is_within = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
            read(path.with_file_name("").join(name)).filter(|_| is_within)
        }
    }
}

/// How far around a value excerpts and allow comments look, in bytes, and somewhat more.
const EXCERPT_REACH: usize = 512;
const MARKS_REACH: usize = 12 << 10;

/// The spans of all values in a text, known or refused.
struct Hidden {
    /// In rising order of their starts.
    spans: Vec<Span>,
    /// For each the greatest end up to it: spans may lie within each other.
    ends: Vec<usize>,
}

impl Hidden {
    fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        let mut last = 0;
        let ends = spans.iter().map(|span| {
            last = last.max(span.end);
            last
        });
        Self { ends: ends.collect(), spans }
    }

    /// Those within `reach` bytes of `span`: asked for every value of a file, so that it must not look at all of them.
    fn near(&self, span: Span, reach: usize) -> Vec<Span> {
        let from = self.ends.partition_point(|end| end + reach <= span.start);
        let rest = self.spans[from..].iter().take_while(|other| other.start < span.end + reach);
        rest.filter(|other| span.start < other.end + reach).copied().collect()
    }
}

/// What is kept from one window of an input to the next.
struct InputState {
    encoding: Option<Encoding>,
    base: Position,
    /// Whether it is a binary that nobody asked to read.
    binary: bool,
    /// How it is read as a binary.
    runs: Option<Binary>,
    /// The first stored bytes of one that comes in several windows: facts are read from them.
    head: Vec<u8>,
    record: Option<FileRecord>,
}

/// Where a window's text lies in its file.
enum Places<'t> {
    Text(Locator<'t>),
    /// Of what a recording of HTTP says.
    View(&'t View, Locator<'t>),
    /// Of a binary, whose window begins at this offset.
    Runs(&'t Runs, u64),
}

impl Places<'_> {
    fn region(&mut self, span: Span) -> Region {
        match self {
            Self::Text(locator) => locator.region(span),
            Self::View(view, locator) => locator.region(view.stored(span)),
            Self::Runs(runs, base) => {
                Region { start: binary_position(*base + runs.stored(span.start) as u64), end: binary_position(*base + runs.stored_end(span.end) as u64) }
            }
        }
    }
}

/// A binary has no lines: all of it is the first, and its columns are bytes.
fn binary_position(offset: u64) -> Position {
    Position { line: 1, column: offset + 1, offset }
}

/// The decoded offset of a stored one; windows begin at even bytes, so that UTF-16 units stay whole.
fn decoded_offset(text: &Text<'_>, stored: usize) -> usize {
    let mut left = stored.saturating_sub(text.mark_len());
    if text.encoding == Encoding::Utf8 {
        return left.min(text.bytes.len());
    }
    for (at, byte) in text.bytes.iter().enumerate() {
        if byte & 0xc0 != 0x80 {
            if left == 0 {
                return at;
            }
            left = left.saturating_sub(if *byte >= 0xf0 { 4 } else { 2 });
        }
    }
    text.bytes.len()
}

fn binary_reason(name: &ScanPath) -> String {
    let is_unread = [".7z", ".rar"].iter().any(|ending| name.text.to_ascii_lowercase().ends_with(ending));
    if is_unread {
        "an archive of a kind that skout does not read".to_owned()
    } else if archive::is_one(&name.text) {
        "an archive, which nobody asked to open".to_owned()
    } else {
        "binary".to_owned()
    }
}
