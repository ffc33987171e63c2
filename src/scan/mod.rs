//! The conductor: wires the stages, owns the threads, counts what was covered.
//!
//! Workers carry each file from its bytes to small owned facts and let the bytes go; what needs all files together comes
//! after, on one thread. Between reading and reporting nothing can fail: bad input gives fewer facts or a counted skip.

mod around;
mod changed;
mod conclude;
mod git;
mod history;
mod pack;
mod packed;
mod scripts;
mod spot;
#[cfg(test)]
mod windows_tests;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Instant;

use crate::config::Config;
use crate::detect::{Detector, Scratch};
use crate::error::{Error, ScanPath, Skip};
use crate::finding::{self, Finding, Note, Report, Summary};
use crate::keys::{Catalog, naming};
use crate::lang;
use crate::source::{Found, Walk, archive};
use crate::suppress::AllowUse;
use crate::terms::{Confidence, Severity};
use crate::verdict::Verdicts;
use around::{Extent, Fresh};
pub use changed::{Changes, What};
use conclude::conclude;
pub use history::History;
use scripts::Scripts;
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
    /// Tells each part of a credential by itself: whoever rewrites values needs all of them.
    pub apart: bool,
    /// Keeps the values (`--show-secrets`).
    pub reveal: bool,
    /// Opens archives, also those that are not named.
    pub archives: bool,
    /// Searches binary files by the texts in them.
    pub binary: bool,
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
    /// Objects of a repository looked at so far.
    pub objects: AtomicU64,
    /// Objects that a repository has; 0 where that is not known.
    pub total: AtomicU64,
    /// Inputs with a finding so far.
    pub findings: AtomicU64,
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
    /// Every object of a repository.
    History(History),
    /// What is staged, or what a range of commits adds.
    Changes(Changes),
}

/// What one kind of input gives.
#[derive(Debug, Default)]
struct Outcome {
    findings: Vec<Finding>,
    used: Vec<AllowUse>,
    skips: Vec<Skip>,
    notes: Vec<Note>,
    files: u64,
    bytes: u64,
    commits: u64,
    blobs: u64,
}

/// Scans and reports. The order of findings and skips depends on their paths and positions alone.
///
/// # Errors
/// When standard input can't be read, or a repository can't be.
pub fn run(catalog: &Catalog, input: &Input, policy: &Policy, progress: &Progress) -> Result<Report, Error> {
    let started = Instant::now();
    let detector = Detector::new(catalog, policy.reveal).at(policy.now).short_identifiers(policy.verdicts.show_publishable);
    let mut outcome = match input {
        Input::Tree(walk) => tree(catalog, &detector, walk, policy, progress),
        Input::Stdin(name) => stdin(catalog, &detector, name, policy, progress)?,
        Input::History(input) => history::scan(catalog, &detector, input, policy, progress)?,
        Input::Changes(input) => changed::scan(catalog, &detector, input, policy, progress)?,
    };
    outcome.findings.sort_by(|one, other| (&one.location, one.rule, &one.fingerprint).cmp(&(&other.location, other.rule, &other.fingerprint)));
    if !policy.apart {
        finding::fold(&mut outcome.findings);
    }
    outcome.skips.sort();
    outcome.skips.dedup();
    if !policy.reveal {
        hide_names(&detector, &mut outcome);
    }
    if policy.verbose {
        outcome.notes.extend(remarks(&outcome.used, &policy.config));
    }
    outcome.notes.sort();
    let Outcome { findings, skips, notes, files, bytes, commits, blobs, .. } = outcome;
    let summary = Summary { files, bytes, commits, blobs, skipped: skips, notes, elapsed_ms: started.elapsed().as_millis() as u64 };
    Ok(Report { findings, summary })
}

fn tree(catalog: &Catalog, detector: &Detector<'_>, walk: &Walk, policy: &Policy, progress: &Progress) -> Outcome {
    let gathered = Mutex::new(Gathered::default());
    let skips = walk.run(&policy.config, || {
        let mut worker = Worker::new(detector, policy, progress, &gathered);
        worker.packs = true;
        move |found: Found| worker.file(&found)
    });
    let mut gathered = gathered.into_inner().unwrap_or_default();
    gathered.skips.extend(skips);
    around_tree(detector, walk, policy, progress, &mut gathered);
    let mut outcome = concluded(catalog, gathered, policy);
    outcome.notes.extend(walk.refused().iter().map(|text| Note { code: "repository-unreadable", text: text.clone() }));
    outcome
}

/// Reads what the files of a walk have to do with: files of the walk itself, or of the rest of the repository.
fn around_tree(detector: &Detector<'_>, walk: &Walk, policy: &Policy, progress: &Progress, gathered: &mut Gathered) {
    let rest = walk.around();
    let is_context = rest.is_some();
    let located = rest.as_ref().unwrap_or(walk);
    let read = |files: &[(&ScanPath, PathBuf)]| {
        let more = Mutex::new(Gathered::default());
        let share = files.len().div_ceil(walk.threads()).max(64);
        rayon::scope(|scope| {
            for files in files.chunks(share) {
                let more = &more;
                scope.spawn(move |_| {
                    let mut worker = Worker::new(detector, policy, progress, more);
                    worker.thorough = true;
                    worker.packs = true;
                    worker.context = is_context;
                    for (name, path) in files {
                        // What can't be read was told when it was scanned, or nobody asked for it.
                        let _ = std::fs::File::open(path).and_then(|file| worker.input(name, &name.text, file));
                    }
                });
            }
        });
        more.into_inner().unwrap_or_default()
    };
    let outlines = |gathered: &mut Gathered, asks: bool| {
        let Some(rest) = &rest else { return std::mem::take(&mut gathered.scripts) };
        let found = Mutex::new((Scripts::default(), Vec::new()));
        rest.run(&policy.config, || {
            |file: Found| {
                if lang::is_manifest(&file.name) {
                    if let Ok(mut found) = found.lock() {
                        found.1.push((file.name, file.path));
                    }
                } else if lang::has_imports(&file.name.text)
                    && let Some(asks) = asked_on_disk(&file.name.text, &file.path, asks)
                    && let Ok(mut found) = found.lock()
                {
                    found.0.push(&file.name, file.root, asks);
                }
                !progress.stop.load(std::sync::atomic::Ordering::Relaxed)
            }
        });
        let (scripts, mut manifests) = found.into_inner().unwrap_or_default();
        manifests.retain(|(name, _)| !gathered.records.iter().any(|record| record.facts.path == *name));
        gathered.records.append(&mut read(&manifests.iter().map(|(name, path)| (name, path.clone())).collect::<Vec<_>>()).records);
        vec![scripts]
    };
    let is_secret = |name: &str| matches!(naming::says(detector.catalog(), name), naming::Says::Secret(_));
    let extent = if is_context { Extent::Part } else { Extent::Whole };
    around::complete(gathered, extent, &Fresh::new(), is_secret, outlines, |files| {
        read(&files.iter().map(|(name, root)| (name, located.locate(*root, name))).collect::<Vec<_>>())
    });
}

/// What the script at `path` asks for, if that is wanted; `None` where it is no script that somebody wrote.
fn asked_on_disk(name: &str, path: &Path, is_wanted: bool) -> Option<Vec<lang::outline::NameHash>> {
    if !is_wanted {
        return Some(Vec::new());
    }
    std::fs::read(path).ok().filter(|text| text.len() <= lang::LARGEST_SCRIPT).map(|text| lang::outline::outline(name, &text))
}

fn stdin(catalog: &Catalog, detector: &Detector<'_>, name: &Path, policy: &Policy, progress: &Progress) -> Result<Outcome, Error> {
    let gathered = Mutex::new(Gathered::default());
    {
        let name = ScanPath::from_path(name);
        let mut worker = Worker::new(detector, policy, progress, &gathered);
        // Whoever gives it the name of an archive names one.
        let called = |head: &[u8]| match archive::is_one(&name.text) {
            true => Some(name.text.clone()),
            false => policy.archives.then(|| archive::stand_in(head)).flatten().map(str::to_owned),
        };
        let read = worker.archive_or_input(&name, called, std::io::stdin().lock());
        read.map_err(|error| Error::new("standard input can't be read").because(error))?;
    }
    Ok(concluded(catalog, gathered.into_inner().unwrap_or_default(), policy))
}

/// All files judged together.
fn concluded(catalog: &Catalog, mut gathered: Gathered, policy: &Policy) -> Outcome {
    gathered.records.sort_by(|one, other| one.facts.path.cmp(&other.facts.path));
    let (findings, used) = conclude(catalog, &gathered.records, policy);
    let mut notes = Vec::new();
    if gathered.files == 0 {
        notes.push(Note { code: "nothing-to-scan", text: "no file was read: everything is ignored, excluded, or the folder is empty".to_owned() });
    }
    Outcome { findings, used, skips: gathered.skips, notes, files: gathered.files, bytes: gathered.bytes, ..Outcome::default() }
}

/// Hides values in names and messages: people put tokens there, and a report repeats each.
fn hide_names(detector: &Detector<'_>, outcome: &mut Outcome) {
    let mut scratch = Scratch::default();
    let mut hide_path = |path: &mut ScanPath| {
        if let Some(hidden) = hide_values(detector, &path.text, &mut scratch) {
            *path = ScanPath { text: hidden, bytes: None };
        }
    };
    outcome.skips.iter_mut().for_each(|skip| hide_path(&mut skip.path));
    for finding in &mut outcome.findings {
        hide_path(&mut finding.location.path);
        if let Some(git) = &mut finding.git {
            hide_path(&mut git.path);
            git.tip.iter_mut().for_each(|(path, _)| hide_path(path));
        }
    }
    for git in outcome.findings.iter_mut().filter_map(|finding| finding.git.as_mut()) {
        let texts = [&mut git.author, &mut git.email, &mut git.message];
        for text in texts.into_iter().chain(&mut git.refs) {
            if let Some(hidden) = hide_values(detector, text, &mut scratch) {
                *text = hidden;
            }
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
