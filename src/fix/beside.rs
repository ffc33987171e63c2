//! What a rewrite needs beside it: the list of variables, and the rule that keeps env files out of git.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files::Source;
use super::plan::{Action, Plan, Wish};
use super::{edit, example};
use crate::error::ScanPath;

impl Plan<'_> {
    /// `.env.example` and `.gitignore`.
    pub(super) fn set_and_ignore(&mut self, wishes: &BTreeMap<usize, Wish>) {
        let mut lists: BTreeMap<PathBuf, (usize, BTreeSet<String>)> = BTreeMap::new();
        let mut rules: BTreeMap<PathBuf, (usize, BTreeSet<String>)> = BTreeMap::new();
        for (file, name) in self.needs.clone() {
            let path = self.files.list[file].path.clone();
            let top = self.top_of(&path);
            let list = example::list_of(&example::package_folder(&path, &top));
            lists.entry(list).or_insert_with(|| (file, BTreeSet::new())).1.insert(name);
            if let Some(rule) = self.rule_for(file, ".env") {
                rules.entry(rule).or_insert_with(|| (file, BTreeSet::new())).1.insert(".env".to_owned());
            }
        }
        let mut private: BTreeMap<usize, Option<PathBuf>> = BTreeMap::new();
        for file in self.private.clone() {
            let name = self.files.list[file].name.file_name().to_owned();
            let rule = self.rule_for(file, &name);
            if let Some(rule) = &rule {
                rules.entry(rule.clone()).or_insert_with(|| (file, BTreeSet::new())).1.insert(name);
            }
            private.insert(file, rule);
        }
        for (path, (file, names)) in lists {
            let is_missing = |text: &[u8], name: &str| !example::lists(text, name);
            self.add_lines(&path, file, names.iter().map(|name| (name.clone(), format!("{name}="))).collect(), is_missing);
        }
        let mut refused: BTreeSet<PathBuf> = BTreeSet::new();
        for (path, (file, names)) in rules {
            let is_missing = |text: &[u8], name: &str| !example::ignores(text, name);
            if !self.add_lines(&path, file, names.iter().map(|name| (name.clone(), name.clone())).collect(), is_missing) {
                refused.insert(path);
            }
        }
        for (index, wish) in wishes.iter().filter(|(_, wish)| matches!(wish.action, Action::Env)) {
            let why = match private.get(&wish.file) {
                Some(None) => "git ignores the env file, where the value may stay: nothing is to be rewritten",
                Some(Some(rule)) if refused.contains(rule) => "list the env file in .gitignore, which lies outside of the paths or can't be changed",
                _ => continue,
            };
            self.left.entry(*index).or_insert_with(|| why.to_owned());
        }
    }

    /// The `.gitignore` that has to list an env file of this name; `None` where some rule does.
    fn rule_for(&self, file: usize, name: &str) -> Option<PathBuf> {
        let path = &self.files.list[file].path;
        let top = self.top_of(path);
        let folders = path.ancestors().skip(1).take(64).take_while(|folder| folder.starts_with(&top));
        let is_ignored = folders.map(|folder| folder.join(".gitignore")).any(|path| std::fs::read(path).is_ok_and(|text| example::ignores(&text, name)));
        (!is_ignored).then(|| top.join(".gitignore"))
    }

    /// Adds lines to a file that may not be there; false where it may not be touched, and a sentence says which.
    fn add_lines(&mut self, path: &Path, near: usize, lines: Vec<(String, String)>, is_missing: impl Fn(&[u8], &str) -> bool) -> bool {
        let name = name_of(&self.files.list[near].path, &self.files.list[near].name, path);
        let is_within = self.folders.iter().any(|folder| path.starts_with(folder)) || self.files.list.iter().any(|seen| seen.path == path);
        let known = self.files.list.iter().position(|seen| seen.path == path);
        let exists = std::fs::symlink_metadata(path).is_ok();
        let read = |plan: &mut Self| -> Result<(), String> {
            if !exists {
                plan.beside.entry(path.to_owned()).or_insert_with(|| Source::new(path.to_owned(), name.clone()));
            } else if known.is_none() && !plan.beside.contains_key(path) {
                let source = Source::read(path, &name, plan.detector, &mut plan.scratch)?;
                plan.beside.insert(path.to_owned(), source);
            }
            Ok(())
        };
        let result = if is_within { read(self) } else { Err("it lies outside of the paths".to_owned()) };
        let source = result.and_then(|()| match known {
            Some(known) => self.source(known),
            None => self.beside.get_mut(path).ok_or_else(String::new),
        });
        match source {
            Ok(source) => {
                let now = edit::apply(&source.text, &source.edits);
                let missing: Vec<String> = lines.into_iter().filter(|(key, _)| is_missing(&now, key)).map(|(_, line)| line).collect();
                if !missing.is_empty() {
                    let append = edit::append(&source.text, &missing);
                    source.edits.push(append);
                    edit::arrange(&mut source.edits);
                }
                true
            }
            Err(why) => {
                let there = std::fs::read(path).unwrap_or_default();
                let missing: Vec<String> = lines.into_iter().filter(|(key, _)| is_missing(&there, key)).map(|(_, line)| format!("`{line}`")).collect();
                if !missing.is_empty() {
                    self.next.push(format!("Add {} to {name} by hand: {why}.", missing.join(", ")));
                }
                missing.is_empty()
            }
        }
    }
}

/// How a file is called that lies beside another, or in a folder above it.
fn name_of(near: &Path, near_name: &ScanPath, path: &Path) -> ScanPath {
    let folder = path.parent().unwrap_or(path);
    let below = near.strip_prefix(folder).map_or(1, |rest| rest.components().count());
    let parts: Vec<&str> = near_name.text.split('/').collect();
    let mut kept: Vec<&str> = parts[..parts.len().saturating_sub(below)].to_vec();
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    kept.push(&file);
    ScanPath::from_bytes(kept.join("/").as_bytes())
}
