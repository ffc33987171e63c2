//! Rewrites that take secrets out of code: a read of the environment in place of a literal, a publishable key where that is
//! enough, a name without its public prefix. A plan first, as a redacted diff; files change only when they are asked to.
//!
//! Nothing here writes a value anywhere. What can't be done safely is not done, and said.

mod accessor;
mod beside;
mod diff;
mod edit;
mod example;
mod files;
mod language;
mod lexer;
mod literal;
mod names;
mod plan;
mod public;
mod redact;
mod rename;
mod twin;
mod write;

use std::path::PathBuf;

use crate::detect::{Detector, Scratch};
use crate::error::{Error, ScanPath};
use crate::finding::Report;
use crate::keys::Catalog;
use crate::scan::{self, Input, Policy, Progress};
use crate::secret::Redacted;
use crate::source::{Walk, WalkOptions};
use crate::terms::RuleId;
use files::Source;

/// A finding that no rewrite takes away.
#[derive(Debug, Clone)]
pub struct Left {
    /// The file.
    pub path: ScanPath,
    /// The 1-based line.
    pub line: u64,
    /// The rule that speaks.
    pub rule: RuleId,
    /// What may be shown of the value, or the name of its variable.
    pub redacted: Redacted,
    /// Why, a sentence without a full stop.
    pub why: String,
}

/// What is to be done, and what can't be.
#[derive(Debug)]
pub struct Fixes {
    /// A unified diff of all changes, redacted.
    pub diff: String,
    /// Findings that remain, in their order.
    pub left: Vec<Left>,
    /// The number of findings that the changes take away.
    pub fixed: usize,
    /// What a person has to do besides, one sentence each.
    pub next: Vec<String>,
    /// The scan that all rests on.
    pub report: Report,
    sources: Vec<Source>,
}

impl Fixes {
    /// The number of files that change.
    pub fn files(&self) -> usize {
        self.sources.len()
    }

    /// Writes the changes: each file as a whole or not at all, and only where it is still what the plan was made for.
    ///
    /// # Errors
    /// For the first file that can't be written; those before it are written.
    pub fn write(&self) -> Result<(), Error> {
        self.sources.iter().try_for_each(|source| {
            let new = edit::apply(&source.text, &source.edits);
            write::replace(&source.path, (!source.is_new).then_some(&source.text[..]), &new)
        })
    }
}

/// Scans `paths` and plans the changes that take the findings away.
///
/// # Errors
/// When a path can't be looked at.
pub fn plan(catalog: &Catalog, paths: &[PathBuf], policy: &Policy, progress: &Progress) -> Result<Fixes, Error> {
    let options = WalkOptions { skip_hidden: policy.config.scan.skip_hidden, ..WalkOptions::default() };
    let report = scan::run(catalog, &Input::Tree(Walk::new(paths, options.clone())?), policy, progress)?;
    let (files, walk) = files::Files::walk(paths, options, &policy.config)?;
    let detector = Detector::new(catalog, false).at(policy.now).short_identifiers(false);
    let planned = plan::Plan::new(catalog, &detector, &files, &walk, paths, policy).make(&report);
    let mut scratch = Scratch::default();
    let mut hide = |text: String| scan::hide_values(&detector, &text, &mut scratch).unwrap_or(text);
    let mut diff = String::new();
    for source in &planned.sources {
        diff::write(&source.name.text, &source.text, source.is_new, &source.edits, &source.values(), &mut diff);
    }
    Ok(Fixes {
        // A name may hold a value too: people put tokens everywhere.
        diff: hide(diff),
        left: planned.left.into_iter().map(|left| Left { why: hide(left.why), ..left }).collect(),
        fixed: planned.fixed,
        next: planned.next.into_iter().map(&mut hide).collect(),
        report,
        sources: planned.sources,
    })
}
