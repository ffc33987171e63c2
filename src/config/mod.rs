//! `skout.toml`: found, read, checked, and handed on as plain data. Whatever is wrong in it ends the run with file and line,
//! and an unknown key names the nearest known one: a setting that nobody reads is worse than none.
//!
//! Nothing here applies a setting. Rules are known by the names that the caller gives; key types by the catalog.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::keys::schema::Spec;
use crate::terms::{Confidence, Place, Severity};

mod entries;
mod nearest;
mod paths;
mod size;

pub use nearest::nearest;
pub use paths::Paths;
pub use size::parse_size;

/// The name that is searched for.
pub const FILE_NAME: &str = "skout.toml";

/// The output formats that `[report] format` may name.
pub const FORMATS: &[&str] = &["text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv"];

/// What a `skout.toml` says; empty when there is none.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The file as it is named to people (`skout.toml:12`): its last part, or after [`Config::anchor`] its path below the root.
    pub name: String,
    /// The folder that its patterns of paths begin at: empty for the root of the scan, else with `/` at its end.
    pub base: String,
    /// `[scan]`.
    pub scan: ScanSettings,
    /// `[report]`.
    pub report: ReportSettings,
    /// `[rules]`, in file order.
    pub rules: Vec<RuleSetting>,
    /// `[[allow]]`, in file order.
    pub allow: Vec<Allow>,
    /// `[[place]]`, in file order.
    pub places: Vec<PlaceSetting>,
    /// `[[key-type]]`, in file order.
    pub key_types: Vec<CustomKeyType>,
}

/// `[scan]`: what is read.
#[derive(Debug, Clone, Default)]
pub struct ScanSettings {
    /// Files that are not scanned.
    pub exclude: Paths,
    /// Whether archives are opened.
    pub archives: bool,
    /// Whether binary files are scanned.
    pub binary: bool,
    /// Bytes above which a file is not scanned.
    pub max_file_size: Option<u64>,
    /// Whether hidden files are left out.
    pub skip_hidden: bool,
}

/// `[report]`: what is told, and what fails a run.
#[derive(Debug, Clone, Default)]
pub struct ReportSettings {
    /// The severity from which findings fail a run.
    pub fail_on: Option<Severity>,
    /// The least severity told.
    pub min_severity: Option<Severity>,
    /// The least confidence told.
    pub min_confidence: Option<Confidence>,
    /// Formats as `--format` takes them, `json` or `sarif=FILE`. A FILE lies below the root and outside `.git`: whoever
    /// scans a foreign repository must not have its configuration choose which of his files are written.
    pub format: Vec<String>,
}

/// One line of `[rules]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSetting {
    /// 1-based.
    pub line: usize,
    /// The rule's id.
    pub rule: String,
    /// The severity of all its findings; `None` turns it off.
    pub severity: Option<Severity>,
}

/// One `[[allow]]`: findings that meet every criterion given are suppressed.
#[derive(Debug, Clone, Default)]
pub struct Allow {
    /// 1-based, of its header.
    pub line: usize,
    /// Where; empty for anywhere.
    pub paths: Paths,
    /// Ids of rules; empty for any.
    pub rules: Vec<String>,
    /// Ids of key types or `provider.*`; empty for any.
    pub key_types: Vec<String>,
    /// Whole fingerprints; empty for any.
    pub fingerprints: Vec<String>,
    /// Why, in the person's words; never empty.
    pub reason: String,
}

/// One `[[place]]`.
#[derive(Debug, Clone)]
pub struct PlaceSetting {
    /// 1-based, of its header.
    pub line: usize,
    /// Which files.
    pub paths: Paths,
    /// Where they run.
    pub place: Place,
}

/// One `[[key-type]]`.
#[derive(Debug, Clone)]
pub struct CustomKeyType {
    /// 1-based, of its header.
    pub line: usize,
    /// The checked entry.
    pub spec: Spec,
}

impl Config {
    /// Takes the file for one of the repository at `root`: it is named by its path there, and its patterns begin at its own
    /// folder, as those of a `.gitignore` do. Meant for a file that [`find`] found; the patterns of one that was named
    /// with `--config` begin at the root.
    pub fn anchor(&mut self, file: &Path, root: &Path) {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        // The folder alone is resolved: the file itself may be a link to one shared by many.
        let folder = real(folder_of(file));
        if let Ok(below) = folder.strip_prefix(real(root)) {
            self.base = below.components().map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect();
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            self.name = format!("{}{name}", self.base);
        }
    }

    /// A path of a report as this file's patterns see it; `None` for one outside of its folder.
    pub fn relative<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.base.as_str())
    }

    /// Whether `exclude` covers a file.
    pub fn excludes(&self, path: &str) -> bool {
        self.relative(path).is_some_and(|path| self.scan.exclude.matches(path))
    }

    /// Whether `exclude` covers a folder with all that it holds.
    pub fn excludes_folder(&self, path: &str) -> bool {
        self.relative(path).is_some_and(|path| self.scan.exclude.covers_folder(path))
    }

    /// The place that a `[[place]]` gives a file; the last that covers it counts.
    pub fn place_of(&self, path: &str) -> Option<&PlaceSetting> {
        let path = self.relative(path)?;
        self.places.iter().rev().find(|setting| setting.paths.matches(path))
    }

    /// The custom key types, as [`crate::keys::Catalog::with_custom`] takes them.
    pub fn specs(&self) -> Vec<Spec> {
        self.key_types.iter().map(|custom| custom.spec.clone()).collect()
    }
}

/// Searches `skout.toml` from `start` (a folder, or a file's folder) upwards to `top`, which is searched as well; the
/// nearest wins. Without `top`, or when `start` is not below it, only `start` is searched.
pub fn find(start: &Path, top: Option<&Path>) -> Option<PathBuf> {
    let start = if start.is_dir() { start } else { folder_of(start) };
    let lies_in = |folder: &Path| {
        let file = folder.join(FILE_NAME);
        // A link that leads nowhere is found, so that reading it fails: it was meant to be read.
        file.symlink_metadata().is_ok_and(|found| !found.is_dir()).then_some(file)
    };
    if let Some(file) = lies_in(start) {
        return Some(file);
    }
    let (start, top) = (start.canonicalize().ok()?, top?.canonicalize().ok()?);
    start.strip_prefix(&top).ok()?;
    start.ancestors().skip(1).take_while(|folder| folder.starts_with(&top)).find_map(lies_in)
}

/// Reads a `skout.toml`. `known_rules` are the ids that may be named in it.
///
/// # Errors
/// What is wrong, where, and what would be right.
pub fn read(path: &Path, known_rules: &[&str]) -> Result<Config, Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::new("the configuration cannot be read").at(path).because(error))?;
    match String::from_utf8(bytes) {
        Ok(text) => parse(&text, path, known_rules),
        Err(error) => {
            let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            Err(Error::new("the configuration is not UTF-8").at(path).line(line).help("save it as UTF-8, without another encoding of the editor"))
        }
    }
}

/// Reads the text of a `skout.toml`; `path` is for messages.
///
/// # Errors
/// What is wrong, where, and what would be right.
pub fn parse(text: &str, path: &Path, known_rules: &[&str]) -> Result<Config, Error> {
    let mut config = entries::read(&entries::Source { text, path, known_rules })?;
    config.name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(config)
}

/// The folder that holds a file; `.` for a bare name.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests;
