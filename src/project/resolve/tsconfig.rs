//! `tsconfig.json` and `jsconfig.json`: `paths`, `baseUrl`, `extends`, `references`.

use std::collections::HashMap;

use serde_json::Value;

use super::{Setting, joined, parted, upwards};

/// What a file of settings says of names, its parents' words included.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    base: Option<String>,
    /// Before and after the star, whether there is one, and the paths, which begin at the root of the tree.
    paths: Vec<(String, String, bool, Vec<String>)>,
}

/// Files that extend each other go no deeper.
const DEEPEST: usize = 12;

impl Settings {
    /// The paths that a specifier may mean, the best first.
    pub(super) fn paths<'s>(&'s self, specifier: &'s str) -> impl Iterator<Item = String> + 's {
        let mapped = self.paths.iter().filter_map(move |(start, end, has_star, targets)| {
            let rest = match has_star {
                true => specifier.strip_prefix(start.as_str())?.strip_suffix(end.as_str())?,
                false => (specifier == start).then_some("")?,
            };
            Some(targets.iter().map(move |target| target.replace('*', rest)))
        });
        mapped.flatten().chain(self.base.iter().map(move |base| joined(base, specifier)))
    }

    fn is_empty(&self) -> bool {
        self.base.is_none() && self.paths.is_empty()
    }
}

/// The settings of each folder that has some.
pub(super) fn gather<'a>(all: &'a [Setting<'a>], packages: &HashMap<&str, &str>) -> HashMap<&'a str, Settings> {
    let by_path: HashMap<&str, &Value> = all.iter().filter(|(path, _)| is_one(parted(path).1)).map(|(path, json)| (*path, json)).collect();
    let mut out: HashMap<&str, Settings> = HashMap::new();
    for (path, _) in all {
        let (folder, name) = parted(path);
        if matches!(name, "tsconfig.json" | "jsconfig.json") {
            let read = read(path, &by_path, packages, 0);
            if name == "tsconfig.json" || !out.contains_key(folder) {
                out.insert(folder, read);
            }
        }
    }
    // `tsconfig.base.json` at the root alone is how Nx names the paths of all.
    for (path, _) in all {
        let (folder, name) = parted(path);
        if name == "tsconfig.base.json" && !out.contains_key(folder) {
            out.insert(folder, read(path, &by_path, packages, 0));
        }
    }
    out
}

/// The nearest settings upwards; a file that says nothing of names leaves that to none.
pub(super) fn nearest<'s>(folder: &str, settings: &'s HashMap<&str, Settings>) -> Option<&'s Settings> {
    upwards(folder).filter_map(|folder| settings.get(folder)).find(|settings| !settings.is_empty())
}

fn is_one(name: &str) -> bool {
    name == "jsconfig.json" || name.starts_with("tsconfig")
}

fn read(path: &str, all: &HashMap<&str, &Value>, packages: &HashMap<&str, &str>, depth: usize) -> Settings {
    let mut out = Settings::default();
    let Some(json) = all.get(path).filter(|_| depth < DEEPEST) else { return out };
    let folder = parted(path).0;
    let parents = match json.get("extends") {
        Some(Value::String(parent)) => vec![parent.as_str()],
        Some(Value::Array(parents)) => parents.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    // A later parent overrides an earlier one.
    for parent in parents.into_iter().rev() {
        if let Some(parent) = file(folder, parent, all, packages) {
            let read = read(&parent, all, packages, depth + 1);
            out.base = out.base.or(read.base);
            if out.paths.is_empty() {
                out.paths = read.paths;
            }
        }
    }
    if let Some(options) = json.get("compilerOptions") {
        if let Some(base) = options.get("baseUrl").and_then(Value::as_str) {
            out.base = Some(joined(folder, base));
        }
        if let Some(paths) = options.get("paths").and_then(Value::as_object) {
            let base = out.base.clone().unwrap_or_else(|| folder.to_owned());
            out.paths = paths
                .iter()
                .map(|(pattern, targets)| {
                    let (start, end) = pattern.split_once('*').unwrap_or((pattern, ""));
                    let targets = targets.as_array().into_iter().flatten().filter_map(|target| Some(joined(&base, target.as_str()?)));
                    (start.to_owned(), end.to_owned(), pattern.contains('*'), targets.collect())
                })
                .collect();
            out.paths.sort_by_key(|(start, _, has_star, _)| (*has_star, std::cmp::Reverse(start.len())));
        }
    }
    if out.is_empty() {
        let references = json.get("references").and_then(Value::as_array).into_iter().flatten();
        let read_first = references
            .filter_map(|one| file(folder, &format!("./{}", one.get("path")?.as_str()?.trim_start_matches("./")), all, packages))
            // A reference to another package tells of that one's names.
            .filter(|path| parted(path).0 == folder)
            .map(|path| read(&path, all, packages, depth + 1))
            .find(|read| !read.is_empty());
        out = read_first.unwrap_or(out);
    }
    out
}

/// The file that `extends` or a reference names.
fn file(folder: &str, name: &str, all: &HashMap<&str, &Value>, packages: &HashMap<&str, &str>) -> Option<String> {
    let path = if name.starts_with('.') {
        joined(folder, name)
    } else {
        let cut = name.find('/').filter(|_| !name.starts_with('@')).or_else(|| name.match_indices('/').nth(1).map(|(at, _)| at)).unwrap_or(name.len());
        joined(packages.get(&name[..cut])?, &name[cut..])
    };
    [path.clone(), format!("{path}.json"), joined(&path, "tsconfig.json")].into_iter().find(|path| all.contains_key(path.as_str()))
}
