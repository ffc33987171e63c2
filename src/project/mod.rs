//! The facts of all files joined: which frameworks a project uses, what imports what, and where each file runs.
//!
//! This is the seam of the pipeline: left of it each stage sees one blob, right of it small owned data of all files.

mod place;
mod way;

use std::collections::HashMap;

use crate::config::Config;
use crate::detect::Credential;
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
        Self { files, by_path, manifests, config, places: place::Places::default() }
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

    /// The way by which a client gets a part of a module; `None` when none does.
    pub fn way(&self, file: &FileFacts, part: u32) -> Option<Way<'p>> {
        let _ = (file, part, &self.files, &self.by_path);
        None
    }

    /// The way by which a client gets a credential that is written in a module: its number among the file's literals.
    pub fn way_of_literal(&self, file: &FileFacts, literal: u32) -> Option<Way<'p>> {
        let span = file.facts.literals.get(literal as usize)?.credential.span;
        let parts = &file.facts.module.as_ref()?.parts;
        let part = parts.iter().position(|part| part.span.start <= span.start && span.end <= part.span.end)?;
        self.way(file, part as u32)
    }

    /// Where a credential is written in the source that a source map names, if the project holds it: the file whose path ends
    /// like the name, and the number of the literal there.
    pub fn written(&self, source: &str, credential: &Credential) -> Option<(&'p FileFacts, u32)> {
        let is_it = |path: &str| path == source || path.ends_with(&format!("/{source}")) || source.ends_with(&format!("/{path}"));
        self.files.iter().filter(|file| file.origin == Origin::Present && is_it(&file.path.text)).find_map(|file| {
            let at = file.facts.literals.iter().position(|literal| literal.credential.identity == credential.identity)?;
            Some((*file, at as u32))
        })
    }

    /// Whether the bundler of this package puts the variable of a read into client code, and the sentence how.
    pub fn inlines(&self, file: &FileFacts, read: &crate::lang::Read) -> Option<String> {
        let _ = (file, read);
        None
    }

    /// Whether a variable's name has a prefix that publishes it in this package.
    pub fn public_prefix(&self, file: &FileFacts, name: &str) -> bool {
        let is_public = |(prefix, _, needs): &&(&str, &str, &[&str])| name.starts_with(prefix) && (needs.is_empty() || self.depends_on(&file.path, needs));
        crate::context_data_static::PUBLIC_PREFIXES.iter().any(|prefix| is_public(&prefix))
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
