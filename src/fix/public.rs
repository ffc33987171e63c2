//! All renamings of a run: which files hold the names, and what each renaming does to them.

use std::collections::HashSet;
use std::sync::Mutex;

use aho_corasick::AhoCorasick;

use super::accessor::words;
use super::edit::{self, Edit};
use super::files::{LARGEST, Seen};
use super::plan::{Plan, check};
use super::rename::{self, Holder};
use crate::keys::naming;
use crate::lang;
use crate::project::{FileFacts, Origin, Project};
use crate::source::Found;

/// Plans each renaming and adds its edits; for each name the client code that reads it, or why it is not renamed.
pub(super) fn rename_all(plan: &mut Plan<'_>, names: &[String]) -> Vec<Result<Vec<String>, String>> {
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    wanted.extend(names.iter().map(|name| naming::bare(name)).filter(|bare| !bare.is_empty()));
    let Ok(finder) = AhoCorasick::new(&wanted) else { return vec![Err("the names are too many".to_owned()); names.len()] };
    let mut facts: Vec<FileFacts> = Vec::new();
    // For each file that holds a name: its number, and the number of its facts.
    let mut holders: Vec<(usize, usize)> = Vec::new();
    let files = plan.files;
    for (number, seen) in files.list.iter().enumerate() {
        let is_told = lang::is_manifest(&seen.name) || lang::is_script(&seen.name.text);
        let Some(text) = text_of(seen) else { continue };
        let holds = finder.find_overlapping_iter(&text).any(|found| {
            let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            !is_word(found.start().checked_sub(1).and_then(|at| text.get(at))) && !is_word(text.get(found.end()))
        });
        if holds || is_told {
            if holds {
                holders.push((number, facts.len()));
            }
            let (path, lives_at) = (seen.name.clone(), seen.lives_at.clone());
            facts.push(FileFacts { facts: lang::facts(&path, &text, &[]), path, lives_at, origin: Origin::Present, is_context: false });
        }
    }
    let project = Project::join(facts.iter(), &plan.policy.config);
    let elsewhere = outside(plan, names);
    let mut results = Vec::new();
    for (name, elsewhere) in names.iter().zip(elsewhere) {
        results.push(match elsewhere {
            Some(path) => Err(format!("`{path}` uses it as well, outside of the paths: name that too")),
            None => one(plan, name, &holders, &facts, &project),
        });
    }
    results
}

fn one(plan: &mut Plan<'_>, name: &str, holders: &[(usize, usize)], facts: &[FileFacts], project: &Project<'_>) -> Result<Vec<String>, String> {
    let bare = naming::bare(name);
    let mut mine: Vec<(usize, usize)> = Vec::new();
    for (number, fact) in holders {
        match plan.source(*number) {
            Ok(source) => {
                if words(&source.text, name).next().is_some() || words(&source.text, bare).next().is_some() {
                    mine.push((*number, *fact));
                }
            }
            Err(why) => return Err(format!("`{}` holds it too, and {why}", facts[*fact].path)),
        }
    }
    let held: Vec<Holder<'_>> = mine
        .iter()
        .filter_map(|(number, fact)| {
            let source = plan.sources.get(number)?.as_ref().ok()?;
            Some(Holder { facts: &facts[*fact], number: *number, text: &source.text })
        })
        .collect();
    let found = rename::plan(name, &held, project)?;
    let mut by_file: Vec<(usize, Vec<Edit>)> = Vec::new();
    for (number, _) in &mine {
        let own: Vec<Edit> = found.edits.iter().filter(|(at, _)| at == number).map(|(_, edit)| edit.clone()).collect();
        let Some(Ok(source)) = plan.sources.get(number) else { continue };
        if own.is_empty() {
            continue;
        }
        let mut all = source.edits.clone();
        all.extend(own);
        if !edit::arrange(&mut all) {
            return Err(format!("two changes would touch the same bytes of `{}`: make them by hand", source.name));
        }
        check(source, &all).map_err(|_| format!("`{}` would not parse any more: rename it by hand", source.name))?;
        by_file.push((*number, all));
    }
    if by_file.is_empty() {
        return match found.clients.is_empty() {
            true => Err("nothing that may be changed declares or reads it".to_owned()),
            false => Err(format!("client code alone reads it ({}): move what needs it to a server, and read `{bare}` there", found.clients.join(", "))),
        };
    }
    for (number, edits) in by_file {
        if let Ok(source) = plan.source(number) {
            source.edits = edits;
        }
    }
    Ok(found.clients)
}

/// The text of a file that a name may stand in: what is installed or too large is nobody's hand.
fn text_of(seen: &Seen) -> Option<Vec<u8>> {
    let is_installed = seen.name.text.split('/').any(|part| part == "node_modules");
    let is_small = || std::fs::symlink_metadata(&seen.path).is_ok_and(|about| about.is_file() && about.len() <= LARGEST);
    (!is_installed && is_small()).then(|| std::fs::read(&seen.path).ok()).flatten()
}

/// For each name a file of the repository that uses it and lies outside of the paths.
fn outside(plan: &Plan<'_>, names: &[String]) -> Vec<Option<String>> {
    let mut found = vec![None; names.len()];
    let Some(rest) = plan.walk.around() else { return found };
    let own: HashSet<&std::path::Path> = plan.files.list.iter().map(|seen| seen.path.as_path()).collect();
    let uses: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());
    rest.run(&plan.policy.config, || {
        |one: Found| {
            if !own.contains(one.path.as_path()) {
                let seen = Seen { path: one.path, name: one.name, lives_at: one.lives_at };
                if let Some(text) = text_of(&seen) {
                    for (at, _) in names.iter().enumerate().filter(|(_, name)| words(&text, name).next().is_some()) {
                        if let Ok(mut uses) = uses.lock() {
                            uses.push((at, seen.name.to_string()));
                        }
                    }
                }
            }
            true
        }
    });
    let mut uses = uses.into_inner().unwrap_or_default();
    uses.sort();
    for (at, path) in uses {
        found[at].get_or_insert(path);
    }
    found
}
