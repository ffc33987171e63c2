//! The conductor: wires the stages, owns the threads, counts what was covered.
//!
//! Workers carry each file from its bytes to small owned facts and let the bytes go; what needs all files together comes
//! after, on one thread. Between reading and reporting nothing can fail: bad input gives fewer facts or a counted skip.

mod conclude;
mod worker;

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Instant;

use crate::config::Config;
use crate::detect::{Detector, Scratch};
use crate::error::{Error, ScanPath};
use crate::finding::{Note, Report, Summary};
use crate::keys::Catalog;
use crate::source::{Found, Walk};
use crate::suppress::AllowUse;
use crate::terms::{Confidence, Severity};
use crate::verdict::Verdicts;
use conclude::conclude;
use worker::{Gathered, Worker};

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
    /// Seconds since 1970, for what says itself when it expires; 0 when nothing shall have expired.
    pub now: u64,
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

/// Scans and reports. The order of findings and skips depends on their paths and positions alone.
///
/// # Errors
/// When standard input can't be read.
pub fn run(catalog: &Catalog, input: &Input, policy: &Policy, progress: &Progress) -> Result<Report, Error> {
    let started = Instant::now();
    let detector = Detector::new(catalog, policy.reveal).at(policy.now).short_identifiers(policy.verdicts.show_publishable);
    let gathered = Mutex::new(Gathered::default());
    let worker = || Worker::new(&detector, policy, progress, &gathered);
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
            {
                let name = ScanPath::from_path(name);
                worker.input(&name, &name.text, stdin)
            }
            .map_err(|error| Error::new("standard input can't be read").because(error))?;
        }
    }
    let mut gathered = gathered.into_inner().unwrap_or_default();
    gathered.records.sort_by(|one, other| one.facts.path.cmp(&other.facts.path));
    gathered.skips.sort();
    gathered.skips.dedup();
    let (mut findings, used) = conclude(catalog, &gathered.records, policy);
    if !policy.reveal {
        let paths = findings.iter_mut().map(|finding| &mut finding.location.path).chain(gathered.skips.iter_mut().map(|skip| &mut skip.path));
        hide_names(&detector, paths);
    }
    if policy.verbose {
        notes.extend(remarks(&used, &policy.config));
    }
    if gathered.files == 0 {
        notes.push(Note { code: "nothing-to-scan", text: "no file was read: everything is ignored, excluded, or the folder is empty".to_owned() });
    }
    // What the configuration may ask for and this version does not do is said, never passed over.
    for (asked, what) in [(policy.config.scan.archives, "archives"), (policy.config.scan.binary, "binary files")] {
        if asked {
            notes.push(Note { code: "not-supported", text: format!("the configuration asks to read {what}, which this version does not do") });
        }
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

/// Hides values in the names of files: people put tokens there, and a report repeats each name.
fn hide_names<'p>(detector: &Detector<'_>, paths: impl Iterator<Item = &'p mut ScanPath>) {
    let mut scratch = Scratch::default();
    for path in paths {
        if let Some(hidden) = hide_values(detector, &path.text, &mut scratch) {
            *path = ScanPath { text: hidden, bytes: None };
        }
    }
}

/// `text` with every value of some authority redacted; `None` when it holds none. For what a person wrote and a message
/// repeats: a path, an argument, a line of a configuration.
pub(crate) fn hide_values(detector: &Detector<'_>, text: &str, scratch: &mut Scratch) -> Option<String> {
    let found = detector.detect(text.as_bytes(), scratch, false);
    let secrets = found.credentials.iter().filter(|credential| credential.role.bears_authority());
    let (mut out, mut done) = (String::new(), 0);
    for credential in secrets {
        out.push_str(&String::from_utf8_lossy(&text.as_bytes()[done..credential.span.start]));
        out.push_str(credential.redacted.as_str());
        done = credential.span.end;
    }
    out.push_str(&String::from_utf8_lossy(&text.as_bytes()[done..]));
    (done > 0).then_some(out)
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
