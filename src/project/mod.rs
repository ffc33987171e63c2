//! The facts of all files joined: which frameworks a project uses and where each file runs.
//!
//! This is the seam of the pipeline: left of it each stage sees one blob, right of it small owned data of all files.

mod place;

use crate::config::Config;
use crate::error::ScanPath;
use crate::lang::Facts;
use crate::terms::Place;

pub use place::Placed;

/// Whether what was read is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// A file as it is now: in the working tree, the index, or the tip.
    #[default]
    Present,
    /// A version of a file that the tip holds no more.
    Gone,
    /// The text of a commit, a tag or a note.
    Message,
}

/// One file's facts with its path.
#[derive(Debug, Clone)]
pub struct FileFacts {
    /// Relative to the root of the scan.
    pub path: ScanPath,
    /// The path that tells its place, mostly the same.
    pub lives_at: String,
    /// Whether it is still there.
    pub origin: Origin,
    /// What it says.
    pub facts: Facts,
}

/// All that is known of the scanned tree as a whole.
#[derive(Debug)]
pub struct Project<'c> {
    /// Folders of manifests, with the packages each depends on; the deepest first.
    manifests: Vec<(String, Vec<String>)>,
    config: &'c Config,
    places: place::Places,
}

impl<'c> Project<'c> {
    /// Joins the facts of all files. The configuration may state places.
    pub fn join<'f>(files: impl Iterator<Item = &'f FileFacts>, config: &'c Config) -> Self {
        let mut manifests: Vec<(String, Vec<String>)> = files
            .filter(|file| !file.facts.dependencies.is_empty())
            .map(|file| (folder(&file.path.text).to_owned(), file.facts.dependencies.clone()))
            .collect();
        manifests.sort_by(|(one, _), (other, _)| other.len().cmp(&one.len()).then(one.cmp(other)));
        Self { manifests, config, places: place::Places::default() }
    }

    /// Where a file's bytes live or run, and the sentence that says why.
    pub fn place_of(&self, file: &FileFacts) -> Placed {
        let lives = || match self.config.place_of(&file.lives_at) {
            Some(stated) => Placed::new(stated.place, "the configuration says so"),
            None => self.places.of(&file.lives_at, &file.facts.directives),
        };
        match file.origin {
            Origin::Present => lives(),
            Origin::Gone => Placed { lived: Some(lives().place), ..Placed::new(Place::History, "the tip holds it no more") },
            Origin::Message => Placed::new(Place::CommitMessage, "it is the text of a commit, a tag or a note"),
        }
    }

    /// Whether the package that holds `path` depends on one of `packages`.
    pub fn depends_on(&self, path: &ScanPath, packages: &[&str]) -> bool {
        let holders = self.manifests.iter().filter(|(folder, _)| folder.is_empty() || path.text.starts_with(&format!("{folder}/")));
        holders.into_iter().any(|(_, names)| names.iter().any(|name| packages.contains(&name.as_str())))
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
