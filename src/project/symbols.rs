//! What programs offer each other by name: modules, classes and constants that hold something, in languages other than scripts.
//!
//! A program names what it wants, and where that is told by the language's own rules, by settings of a build, by folders.
//! The few modules that hold a secret at all are known; among them the one is meant whose file, class or constant bears the
//! names that are asked for.

use std::collections::HashMap;

use super::{FileFacts, Origin};
use crate::lang::{self, Import};

/// Modules that offer something, by the names of what they offer and by their own.
#[derive(Debug, Default)]
pub(super) struct Symbols<'p> {
    by_name: HashMap<(&'static str, &'p str), Vec<u32>>,
    by_module: HashMap<(&'static str, &'p str), Vec<u32>>,
}

/// More modules of one name than this tell nothing.
const MOST: usize = 40;

impl<'p> Symbols<'p> {
    /// Gathers what is offered.
    pub(super) fn gather(files: &[&'p FileFacts]) -> Self {
        let mut found = Self::default();
        for (at, file) in files.iter().enumerate().filter(|(_, file)| file.origin == Origin::Present) {
            let Some((language, module)) = lang::language_of(&file.path.text).zip(file.facts.module.as_ref()) else { continue };
            if module.exports.is_empty() {
                continue;
            }
            for export in &module.exports {
                found.by_name.entry((language, export.name.as_str())).or_default().push(at as u32);
            }
            found.by_module.entry((language, module_name(&file.path.text))).or_default().push(at as u32);
        }
        found
    }

    /// The module that an import of a file means when it asks for a name, and the name there; `*` for the whole module.
    pub(super) fn find(&self, files: &[&'p FileFacts], from: u32, import: &Import, name: &str) -> Option<(u32, String)> {
        let from_path = &files[from as usize].path.text;
        let language = lang::language_of(from_path)?;
        let words: Vec<&str> = import.specifier.split(['.', '/', '\\', ':']).filter(|word| !word.is_empty()).collect();
        let is_near = |at: u32| folder(&files[at as usize].path.text) == folder(from_path);
        let is_named = |at: u32| {
            let path = &files[at as usize].path.text;
            let stem = module_name(path);
            words.last().is_none_or(|last| stem == *last || folder(path).rsplit('/').next() == Some(*last)) || stem == name
        };
        let one = |candidates: &Vec<u32>| {
            let fit = || candidates.iter().take(MOST).copied().filter(|at| *at != from);
            // What is asked for without an import lies beside, or bears the name of its file.
            if words.is_empty() {
                return fit().find(|at| is_near(*at)).or_else(|| fit().find(|at| module_name(&files[*at as usize].path.text).eq_ignore_ascii_case(name)));
            }
            fit().find(|at| is_named(*at) && is_near(*at)).or_else(|| fit().find(|at| is_named(*at)))
        };
        if let Some(at) = self.by_name.get(&(language, name)).and_then(one) {
            return Some((at, name.to_owned()));
        }
        // A module of which members are asked: `from app import config`, `import app.config`.
        let stem = if name == "*" { words.last().copied()? } else { name };
        let modules = self.by_module.get(&(language, stem))?;
        let is_below = |at: &u32| {
            let above = folder(&files[*at as usize].path.text);
            name == "*" || words.last().is_none_or(|last| above.rsplit('/').next() == Some(*last))
        };
        modules.iter().take(MOST).copied().find(|at| *at != from && is_below(at)).map(|at| (at, "*".to_owned()))
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What others call the module of a file: its name without an ending, or its folder's for `__init__.py` and `mod.rs`.
fn module_name(path: &str) -> &str {
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    if matches!(stem, "__init__" | "mod" | "lib" | "index") && !above.is_empty() { above.rsplit('/').next().unwrap_or(stem) } else { stem }
}
