//! The conductor: wires the stages, owns the threads, counts what was covered.
//!
//! Workers carry each file from its bytes to small owned facts and let the bytes go; what needs all files together comes
//! after, on one thread. Between reading and reporting nothing can fail: bad input gives fewer facts or a counted skip.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::config::Config;
use crate::context::{self, FileContext};
use crate::detect::{Detector, Scratch};
use crate::error::{Error, ScanPath, Skip, SkipClass};
use crate::finding::{Finding, Note, Report, Summary};
use crate::keys::Catalog;
use crate::lang::{self, Literal};
use crate::project::{FileFacts, Project};
use crate::source::{Found, Reader, Walk, Window};
use crate::suppress::{self, AllowMark, AllowUse};
use crate::terms::{Confidence, Severity};
use crate::text::{Encoding, Locator, Position, Span, Text, cut_excerpt};
use crate::verdict::{self, Verdicts};

/// What a scan reports, and how it judges.
#[derive(Debug, Default)]
pub struct Policy {
    /// The severity table and its changes.
    pub verdicts: Verdicts,
    /// Findings below are left out.
    pub min_severity: Option<Severity>,
    /// Credentials below are left out.
    pub min_confidence: Option<Confidence>,
    /// Places, suppressions and exclusions.
    pub config: Config,
    /// Remarks on suppressions that match nothing or a whole file.
    pub verbose: bool,
    /// Keeps the values (`--show-secrets`).
    pub reveal: bool,
    /// Files above this size are left out, unless named. In bytes.
    pub max_file_size: Option<u64>,
}

/// What a running scan tells others: a progress bar, an interrupt.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files read so far.
    pub files: AtomicU64,
    /// Bytes read so far.
    pub bytes: AtomicU64,
    /// Set by whoever wants the scan to end.
    pub stop: AtomicBool,
}

/// What to read.
#[derive(Debug)]
pub enum Input {
    /// Files and folders.
    Tree(Walk),
    /// Standard input, under a name.
    Stdin(PathBuf),
}

/// One file's facts, with the allow marks at its values.
struct FileRecord {
    facts: FileFacts,
    marks: Vec<Vec<AllowMark>>,
}

/// Scans and reports. The order of findings and skips depends on their paths and positions alone.
///
/// # Errors
/// When standard input can't be read.
pub fn run(catalog: &Catalog, input: &Input, policy: &Policy, progress: &Progress) -> Result<Report, Error> {
    let started = Instant::now();
    let detector = Detector::new(catalog, policy.reveal);
    let gathered = Mutex::new(Gathered::default());
    let worker = || Worker {
        detector: &detector,
        policy,
        progress,
        reader: Reader::default(),
        scratch: Scratch::default(),
        mine: Gathered::default(),
        gathered: &gathered,
    };
    let mut notes = Vec::new();
    match input {
        Input::Tree(walk) => {
            notes.extend(walk.refused().iter().map(|text| Note { code: "repository-unreadable", text: text.clone() }));
            let skips = walk.run(&policy.config, || {
                let mut worker = worker();
                move |found: Found| worker.file(&found)
            });
            if let Ok(mut gathered) = gathered.lock() {
                gathered.skips.extend(skips);
            }
        }
        Input::Stdin(name) => {
            let mut worker = worker();
            let stdin = std::io::stdin().lock();
            worker.input(&ScanPath::from_path(name), stdin).map_err(|error| Error::new("standard input can't be read").because(error))?;
        }
    }
    let mut gathered = gathered.into_inner().unwrap_or_default();
    gathered.records.sort_by(|one, other| one.facts.path.cmp(&other.facts.path));
    gathered.skips.sort();
    gathered.skips.dedup();
    let (findings, used) = conclude(catalog, &gathered.records, policy);
    if policy.verbose {
        notes.extend(remarks(&used, &policy.config));
    }
    if gathered.files == 0 {
        notes.push(Note { code: "nothing-to-scan", text: "no file was read: everything is ignored, excluded, or the folder is empty".to_owned() });
    }
    notes.sort();
    let summary = Summary {
        files: gathered.files,
        bytes: gathered.bytes,
        skipped: gathered.skips,
        notes,
        elapsed_ms: started.elapsed().as_millis() as u64,
        ..Summary::default()
    };
    Ok(Report { findings, summary })
}

/// From the facts of all files to findings, in order.
fn conclude(catalog: &Catalog, records: &[FileRecord], policy: &Policy) -> (Vec<Finding>, Vec<AllowUse>) {
    let project = Project::join(records.iter().map(|record| &record.facts), &policy.config);
    let mut findings = Vec::new();
    for record in records.iter().filter(|record| !record.facts.facts.literals.is_empty()) {
        let cx = FileContext { file: &record.facts, placed: project.place_of(&record.facts), project: &project, catalog };
        let observations = context::observe(&cx);
        let mut judged = verdict::judge(&cx, &observations.list, &policy.verdicts);
        judged.retain(|finding| {
            let shown = !finding.key.role.bears_authority() && policy.verdicts.show_publishable;
            (shown || policy.min_severity.is_none_or(|least| finding.severity >= least))
                && policy.min_confidence.is_none_or(|least| finding.confidence >= least)
        });
        findings.extend(judged);
    }
    findings.sort_by(|one, other| (&one.location, one.rule, &one.fingerprint).cmp(&(&other.location, other.rule, &other.fingerprint)));
    let marks = |finding: &Finding| -> &[AllowMark] {
        let Ok(at) = records.binary_search_by(|record| record.facts.path.cmp(&finding.location.path)) else { return &[] };
        let record = &records[at];
        let literal = record.facts.facts.literals.binary_search_by(|literal| literal.region.cmp(&finding.location.region));
        literal.map_or(&[], |literal| &record.marks[literal])
    };
    let used = suppress::apply(&mut findings, marks, &policy.config);
    (findings, used)
}

/// What `-v` says of suppressions: one that does nothing, and one that does more than its writer may have meant.
fn remarks(used: &[AllowUse], config: &Config) -> Vec<Note> {
    let mut notes = Vec::new();
    for allow in used {
        let place = format!("{}:{}", config.name, allow.line);
        if allow.matched == 0 {
            notes.push(Note { code: "unused-suppression", text: format!("the [[allow]] at {place} matches nothing that was scanned") });
        }
        for path in &allow.whole_files {
            notes.push(Note { code: "whole-file-suppressed", text: format!("the [[allow]] at {place} silences every finding in {path}") });
        }
    }
    notes
}

/// What workers bring home.
#[derive(Default)]
struct Gathered {
    records: Vec<FileRecord>,
    skips: Vec<Skip>,
    files: u64,
    bytes: u64,
}

struct Worker<'s> {
    detector: &'s Detector<'s>,
    policy: &'s Policy,
    progress: &'s Progress,
    reader: Reader,
    scratch: Scratch,
    mine: Gathered,
    gathered: &'s Mutex<Gathered>,
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.gathered.lock() {
            all.records.append(&mut self.mine.records);
            all.skips.append(&mut self.mine.skips);
            all.files += self.mine.files;
            all.bytes += self.mine.bytes;
        }
    }
}

impl Worker<'_> {
    /// Scans one file; false when the scan should end.
    fn file(&mut self, found: &Found) -> bool {
        if self.progress.stop.load(Ordering::Relaxed) {
            return false;
        }
        if let Some(limit) = self.policy.max_file_size.filter(|_| !found.named)
            && std::fs::metadata(&found.path).is_ok_and(|about| about.len() > limit)
        {
            self.skip(&found.name, "larger than --max-file-size".to_owned(), SkipClass::Chosen);
            return true;
        }
        match std::fs::File::open(&found.path).and_then(|file| self.input(&found.name, file)) {
            Ok(()) => {}
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
    fn input(&mut self, name: &ScanPath, input: impl Read) -> std::io::Result<()> {
        let mut reader = std::mem::take(&mut self.reader);
        let mut state = InputState { encoding: None, base: Position::START, binary: false, record: None };
        let read = reader.read(input, |window| {
            self.window(name, &window, &mut state);
            !state.binary && !self.progress.stop.load(Ordering::Relaxed)
        });
        self.reader = reader;
        let bytes = read?;
        if state.binary {
            self.skip(name, binary_reason(name), SkipClass::Chosen);
            return Ok(());
        }
        self.mine.files += 1;
        self.mine.bytes += bytes;
        self.progress.files.fetch_add(1, Ordering::Relaxed);
        self.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.mine.records.extend(state.record);
        Ok(())
    }

    fn window(&mut self, name: &ScanPath, window: &Window<'_>, state: &mut InputState) {
        let text = match state.encoding {
            Some(encoding) => Text::window(window.bytes, encoding),
            None => match Text::sniff(window.bytes) {
                Some(text) => text,
                None => {
                    state.binary = true;
                    return;
                }
            },
        };
        state.encoding = Some(text.encoding);
        let mut found = self.detector.detect(&text.bytes, &mut self.scratch, false);
        let mut locator = Locator::new(&text, state.base);
        if !(window.first && window.last) {
            let own = window.own();
            let mut within = Locator::new(&text, Position::START);
            found.credentials.retain(|credential| own.contains(&(within.position(credential.span.start).offset as usize)));
        }
        let is_manifest = window.first && lang::is_manifest(name);
        if !found.credentials.is_empty() || is_manifest {
            let record = state
                .record
                .get_or_insert_with(|| FileRecord { facts: FileFacts { path: name.clone(), facts: lang::facts(name, &text.bytes) }, marks: Vec::new() });
            let hidden: Vec<Span> =
                found.rejected.iter().map(|rejected| rejected.span).chain(found.credentials.iter().map(|credential| credential.span)).collect();
            let hidden = Hidden::new(hidden);
            for credential in found.credentials {
                let span = credential.span;
                let region = locator.region(span);
                record.marks.push(suppress::marks(&text.bytes, span, region.start.line, &hidden.near(span, MARKS_REACH)));
                let mut near = hidden.near(span, EXCERPT_REACH);
                near.retain(|other| !other.overlaps(span));
                let excerpt = cut_excerpt(&text.bytes, span, credential.redacted.as_str(), &near);
                let name = lang::name_of(&text.bytes, span);
                record.facts.facts.literals.push(Literal { credential, region, excerpt, name });
            }
        }
        if !window.last {
            let next = decoded_offset(&text, window.next_start());
            state.base = locator.position(next);
        }
    }

    fn skip(&mut self, name: &ScanPath, reason: String, class: SkipClass) {
        self.mine.skips.push(Skip { path: name.clone(), reason, class });
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
    binary: bool,
    record: Option<FileRecord>,
}

/// The decoded offset of a stored one; windows begin at even bytes, so that UTF-16 units stay whole.
fn decoded_offset(text: &Text<'_>, stored: usize) -> usize {
    if text.encoding == Encoding::Utf8 {
        return stored;
    }
    let mut left = stored.saturating_sub(text.mark_len());
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
    const ARCHIVES: &[&str] =
        &["zip", "jar", "whl", "apk", "ipa", "aab", "docx", "xlsx", "vsix", "tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "asar", "crx", "xpi"];
    let end = name.text.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if ARCHIVES.contains(&end.as_str()) { "an archive, which nobody asked to open".to_owned() } else { "binary".to_owned() }
}
