//! The files that may be changed: those that the paths lead to, each read once and only where it matters.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::diff::Values;
use super::edit::Edit;
use crate::config::Config;
use crate::detect::{Credential, Detector, Scratch};
use crate::error::{Error, ScanPath};
use crate::source::{Found, Walk, WalkOptions};
use crate::text::{Encoding, Span, Text};

/// Larger files are not rewritten: nobody writes them by hand. In bytes.
pub(super) const LARGEST: u64 = 4 << 20;

/// A file that the walk found.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) path: PathBuf,
    pub(super) name: ScanPath,
    pub(super) lives_at: String,
}

/// All of them, by the names that findings have.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) list: Vec<Seen>,
    by_name: HashMap<String, usize>,
}

/// A file's bytes and what is to become of them.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) name: ScanPath,
    pub(super) text: Vec<u8>,
    /// Whether there is no such file yet.
    pub(super) is_new: bool,
    pub(super) edits: Vec<Edit>,
    credentials: Vec<Credential>,
    refused: Vec<Span>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("edits", &self.edits).finish_non_exhaustive()
    }
}

impl Source {
    /// Reads a file that may be changed; else the reason why it may not.
    pub(super) fn read(path: &Path, name: &ScanPath, detector: &Detector<'_>, scratch: &mut Scratch) -> Result<Self, String> {
        let about = std::fs::symlink_metadata(path).map_err(|_| "the file can't be read any more".to_owned())?;
        if !about.is_file() {
            return Err("it is a link, which is not followed".to_owned());
        }
        if about.len() > LARGEST {
            return Err("the file is too large to be written by hand".to_owned());
        }
        let text = std::fs::read(path).map_err(|_| "the file can't be read any more".to_owned())?;
        let is_plain = std::str::from_utf8(&text).is_ok() && Text::sniff(&text).is_some_and(|found| found.encoding == Encoding::Utf8);
        if !is_plain {
            return Err("the file is not in UTF-8".to_owned());
        }
        let found = detector.detect(&text, scratch, false);
        let mut refused: Vec<Span> = found.rejected.iter().map(|one| one.span).collect();
        refused.sort_unstable();
        Ok(Self { path: path.to_owned(), name: name.clone(), text, is_new: false, edits: Vec::new(), credentials: found.credentials, refused })
    }

    /// A file that is not there.
    pub(super) fn new(path: PathBuf, name: ScanPath) -> Self {
        Self { path, name, text: Vec::new(), is_new: true, edits: Vec::new(), credentials: Vec::new(), refused: Vec::new() }
    }

    /// The credential that stands at these stored bytes.
    pub(super) fn credential(&self, start: u64, end: u64) -> Option<&Credential> {
        let at = self.credentials.binary_search_by(|one| (one.span.start as u64).cmp(&start)).ok()?;
        self.credentials.get(at).filter(|one| one.span.end as u64 == end)
    }

    /// What of the file is redacted, and how.
    pub(super) fn values(&self) -> Values {
        let mut others: Vec<Span> = Vec::new();
        for span in &self.refused {
            match others.last_mut().filter(|last| span.start <= last.end) {
                Some(last) => last.end = last.end.max(span.end),
                None => others.push(*span),
            }
        }
        Values { known: self.credentials.iter().map(|one| (one.span, one.redacted.clone())).collect(), others }
    }
}

impl Files {
    /// What the paths lead to. A path that is a link itself is left out: what it leads to lies elsewhere.
    pub(super) fn walk(paths: &[PathBuf], options: WalkOptions, config: &Config) -> Result<(Self, Walk), Error> {
        let walk = Walk::new(paths, options)?;
        let found = Mutex::new(Vec::new());
        walk.run(config, || {
            |one: Found| {
                if let Ok(mut found) = found.lock() {
                    found.push(Seen { path: one.path, name: one.name, lives_at: one.lives_at });
                }
                true
            }
        });
        let mut list = found.into_inner().unwrap_or_default();
        let links: Vec<PathBuf> = paths.iter().filter(|path| is_link(path) && path.is_file()).filter_map(|path| path.canonicalize().ok()).collect();
        list.retain(|one| !links.contains(&one.path));
        list.sort_by(|one, other| one.name.cmp(&other.name));
        list.dedup_by(|one, other| one.name == other.name);
        let by_name = list.iter().enumerate().map(|(at, one)| (one.name.text.clone(), at)).collect();
        Ok((Self { list, by_name }, walk))
    }

    /// The file of a finding.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}

fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink())
}

/// The packages that the manifests above a file name.
pub(super) fn packages(file: &Path, top: &Path, known: &mut BTreeMap<PathBuf, Vec<String>>) -> Vec<String> {
    let Some(folder) = file.parent() else { return Vec::new() };
    if let Some(known) = known.get(folder) {
        return known.clone();
    }
    let mut all = Vec::new();
    for folder in folder.ancestors().take(64).take_while(|folder| folder.starts_with(top)) {
        let manifest = folder.join("package.json");
        if manifest.metadata().is_ok_and(|about| about.is_file() && about.len() <= LARGEST)
            && let Ok(text) = std::fs::read(&manifest)
        {
            let facts = crate::lang::facts(&ScanPath::from_bytes(b"package.json"), &text, &[]);
            all.extend(facts.manifest.map(|manifest| manifest.dependencies).unwrap_or_default());
        }
    }
    known.insert(folder.to_owned(), all.clone());
    all
}
