//! What stands around the files that were read: the few other scripts that must be parsed to tell where a secret ends up.
//!
//! A script that holds a secret may be imported by a client, and what a server sends may come from another module. Every
//! script gives up the last names that it asks for while it is scanned, at next to no cost; here those names lead from
//! the files that matter to the others that may have to do with them, and only these are parsed. The names err on the
//! side of too many files: what really leads where is for the project to say.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::scripts::{MOST_ASKERS, Scripts, Sorted};
use super::worker::Gathered;
use crate::error::{ScanPath, SkipClass};
use crate::lang::outline::{self, NameHash};
use crate::lang::{self, Module, Sink, Target, Value};
use crate::project::{FileFacts, Origin};

/// Modules that values are followed through, from where they leave backwards.
const ROUNDS: usize = 8;
/// Files that are parsed for the sake of others: more would mean that names tell nothing.
const MOST: usize = 20_000;

/// Programs that are parsed for the sake of others: the modules that hold a secret are few in any project.
const MOST_PROGRAMS: usize = 500;

/// Files of one name that it may mean: a name that stands for many tells nothing, so that a few are enough.
const MOST_OWNERS: usize = 16;

/// Which scripts lead where, by last names.
pub(super) struct Around<B> {
    scripts: Sorted<B>,
    /// Who goes by a name, sorted.
    owners: Vec<(NameHash, u32)>,
}

impl<B: Copy> Around<B> {
    /// Sorts the scripts of a tree.
    pub(super) fn new(scripts: Vec<Scripts<B>>) -> Self {
        let scripts = Sorted::new(scripts);
        let mut owners: Vec<(NameHash, u32)> = Vec::new();
        for at in 0..scripts.len() {
            owners.extend(outline::names_of(&scripts.path(at).text).into_iter().map(|name| (name, at)));
        }
        owners.sort_unstable();
        let (mut last, mut count) = (0, 0);
        owners.retain(|(name, _)| {
            count = if *name == last { count + 1 } else { 1 };
            last = *name;
            count <= MOST_OWNERS
        });
        owners.shrink_to_fit();
        Self { scripts, owners }
    }

    /// Everything that may import a file, directly or through others, as many levels as asked for.
    fn importers(&self, seeds: impl Iterator<Item = ScanPath>, packages: &[Package], levels: usize) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        let mut asked: HashSet<NameHash> = HashSet::new();
        let mut front: Vec<String> = seeds.map(|path| path.text).collect();
        for _ in 0..levels {
            // The names that are new, and whether a script goes by them. Other programs than scripts ask by single words: one
            // that everybody has tells nothing.
            let mut wanted: HashMap<NameHash, bool> = HashMap::new();
            for path in front.drain(..) {
                let mut names = outline::names_of(&path);
                packages.iter().for_each(|package| package.names_of(&path, &mut names));
                let is_script = lang::language_of(&path).is_none();
                for name in names {
                    if asked.insert(name) || wanted.contains_key(&name) {
                        *wanted.entry(name).or_default() |= is_script;
                    }
                }
            }
            wanted.retain(|name, is_script| *is_script || !self.scripts.is_common(*name));
            if wanted.is_empty() {
                break;
            }
            let mut few: HashMap<NameHash, Vec<u32>> = HashMap::new();
            let mut next = BTreeSet::new();
            self.scripts.askers(&wanted, |at, name, is_script| {
                if *is_script {
                    next.insert(at);
                } else {
                    let askers = few.entry(name).or_default();
                    askers.extend((askers.len() <= MOST_ASKERS).then_some(at));
                }
            });
            next.extend(few.into_values().filter(|askers| askers.len() <= MOST_ASKERS).flatten());
            for at in next {
                if found.len() >= MOST || found.contains(&at) {
                    continue;
                }
                let path = self.scripts.path(at).text;
                if !lang::is_test_of_program(&path) {
                    found.insert(at);
                    front.push(path);
                }
            }
        }
        found
    }

    /// What an import may mean.
    fn targets(&self, from: &str, specifier: &str, packages: &[Package]) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        for name in outline::asked(from, specifier) {
            let start = self.owners.partition_point(|(owned, _)| *owned < name);
            found.extend(self.owners[start..].iter().take_while(|(owned, _)| *owned == name).map(|(_, at)| *at));
        }
        if !specifier.starts_with('.') {
            let (name, last) = (outline::hash_package(specifier), outline::last_name(specifier));
            for package in packages.iter().filter(|package| package.name == Some(name)) {
                let is_asked = |path: &str| {
                    let below = path.strip_prefix(&package.folder).and_then(|rest| rest.strip_prefix('/'));
                    let stem = outline::last_name(path);
                    below.is_some_and(|below| stem == last || matches!(stem, "index" | "main" | "mod") && below.matches('/').count() < 2)
                };
                // What is below a folder stands together in the order of paths.
                let below = self.scripts.below(&format!("{}/", package.folder));
                found.extend(below.filter(|at| is_asked(&self.scripts.path(*at).text)).take(MOST_OWNERS));
            }
        }
        found
    }
}

/// How much of the tree the files that were read are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it: whatever holds a secret is among them, and only what lies on its way may be missing.
    Whole,
    /// A part: what they import may hold secrets that nobody has seen yet.
    Part,
}

/// What files ask for that their old versions did not: an import may bring a secret that stood elsewhere all along.
pub(super) type Fresh = HashMap<ScanPath, HashSet<NameHash>>;

/// Parses what the files that were read have to do with, until nothing is missing. `outlines` lists the scripts of
/// the tree, and says what they ask for if it is told to; `load` reads files for their facts; `is_secret` judges the names
/// of variables.
pub(super) fn complete<B: Copy>(
    gathered: &mut Gathered,
    extent: Extent,
    fresh: &Fresh,
    is_secret: impl Fn(&str) -> bool,
    outlines: impl FnOnce(&mut Gathered, bool) -> Vec<Scripts<B>>,
    load: impl Fn(&[(ScanPath, B)]) -> Gathered,
) {
    // What tests of other programs than scripts hold is nobody's to print but theirs.
    let is_seed = |facts: &FileFacts| facts.origin == Origin::Present && facts.facts.module.is_some() && !lang::is_test_of_program(&facts.path.text);
    let writes = |facts: &FileFacts| is_seed(facts) && facts.facts.literals.iter().any(|literal| literal.credential.role.bears_authority());
    let offers = |facts: &FileFacts| is_seed(facts) && facts.facts.module.as_ref().is_some_and(|module| offers_secrets(module, &is_secret));
    let sends = |facts: &FileFacts| is_seed(facts) && facts.facts.module.as_ref().is_some_and(|module| leads_elsewhere(&facts.path.text, module));
    let all = || gathered.records.iter().map(|record| &record.facts);
    let asks = all().any(|facts| writes(facts) || offers(facts));
    if !asks && fresh.is_empty() && !all().any(sends) {
        return;
    }
    let around = Around::new(outlines(gathered, asks));
    let packages: Vec<Package> = gathered.records.iter().filter_map(|record| Package::of(&record.facts)).collect();
    let mut known: HashSet<ScanPath> =
        gathered.records.iter().filter(|record| record.facts.origin == Origin::Present).map(|record| record.facts.path.clone()).collect();
    // Files from which others can get a secret, and files that were read to tell what an element is.
    let (mut offering, mut elements): (HashSet<ScanPath>, HashSet<ScanPath>) = Default::default();
    // Files that came in by an import which is new, all of whose imports count.
    let mut brought: HashSet<ScanPath> = HashSet::new();
    let (mut done, mut programs) = (0, 0);
    for round in 0..ROUNDS {
        let (mut needed, mut newly) = (BTreeSet::new(), Vec::new());
        let records = gathered.records.iter().map(|record| &record.facts);
        if round == 0 {
            // A client may be any number of imports away; what other programs print is one.
            let written = records.clone().filter(|file| writes(file)).map(|file| file.path.clone());
            offering.extend(written.clone());
            offering.extend(records.clone().filter(|file| offers(file)).map(|file| file.path.clone()));
            needed = around.importers(written.filter(|path| lang::is_script(&path.text)), &packages, usize::MAX);
            needed.extend(around.importers(offering.iter().cloned(), &packages, 1));
        }
        for file in records.skip(done).filter(|file| is_seed(file)) {
            let Some(module) = &file.facts.module else { continue };
            let targets = |import: u32| {
                module.imports.get(import as usize).map(|import| around.targets(&file.path.text, &import.specifier, &packages)).unwrap_or_default()
            };
            let is_offered = |import: u32| targets(import).iter().any(|at| offering.contains(&around.scripts.path(*at)));
            // Through a module that hands a secret on, others may get it.
            if handed_on(module).into_iter().any(&is_offered) {
                newly.push(file.path.clone());
            }
            for import in elements_of(module, &is_secret, is_offered) {
                for at in targets(import) {
                    elements.insert(around.scripts.path(at));
                    needed.insert(at);
                }
            }
            let follows = match extent {
                Extent::Part => values_of(module),
                Extent::Whole if elements.contains(&file.path) => handed_on(module),
                Extent::Whole => BTreeSet::new(),
            };
            needed.extend(follows.into_iter().chain(urls_of(module)).flat_map(targets));
            let is_brought = brought.contains(&file.path);
            let added = fresh.get(&file.path);
            for import in module.imports.iter().filter(|_| is_brought || added.is_some()) {
                if is_brought || outline::asked(&file.path.text, &import.specifier).iter().any(|name| added.is_some_and(|added| added.contains(name))) {
                    for at in around.targets(&file.path.text, &import.specifier, &packages) {
                        brought.insert(around.scripts.path(at));
                        needed.insert(at);
                    }
                }
            }
        }
        needed.extend(around.importers(newly.iter().cloned(), &packages, 1));
        offering.extend(newly);
        done = gathered.records.len();
        let missing = needed
            .into_iter()
            .map(|at| (around.scripts.path(at), around.scripts.bytes(at)))
            .filter(|(path, _)| !known.contains(path) && !gathered.silent.contains(&outline::hash_bytes(path.exact())));
        let fits = |(path, _): &(ScanPath, B)| {
            let is_program = lang::language_of(&path.text).is_some();
            programs += usize::from(is_program);
            !is_program || programs <= MOST_PROGRAMS
        };
        let missing: Vec<(ScanPath, B)> = missing.filter(fits).take(MOST.saturating_sub(done)).collect();
        known.extend(missing.iter().map(|(path, _)| path.clone()));
        if missing.is_empty() {
            return;
        }
        let mut more = load(&missing);
        gathered.records.append(&mut more.records);
        gathered.silent.extend(more.silent.drain());
        gathered.skips.extend(more.skips.into_iter().filter(|skip| skip.class == SkipClass::Lost));
    }
}

/// Whether what leaves a module may depend on another.
fn leads_elsewhere(path: &str, module: &Module) -> bool {
    if lang::is_script(path) {
        return !module.flows.is_empty();
    }
    let is_asked = |import: u32| module.imports.get(import as usize).is_some_and(|import| !import.specifier.is_empty());
    module.flows.iter().any(|flow| flow.value.ends().any(|end| matches!(end, Value::Import { import, .. } if is_asked(*import))))
}

/// Elements that get a value which may be secret: the imports that bring them.
fn elements_of(module: &Module, is_secret: impl Fn(&str) -> bool, is_offered: impl Fn(u32) -> bool) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for flow in &module.flows {
        let Sink::Property(_, Some(element)) = flow.sink else { continue };
        let may_hold = flow.value.ends().any(|end| match end {
            Value::Literal(_) | Value::WholeEnv(_) => true,
            Value::Env(read) => module.reads.get(*read as usize).is_some_and(|read| is_secret(&read.name)),
            Value::Import { import, .. } => is_offered(*import),
            _ => false,
        });
        if may_hold {
            found.insert(element);
        }
    }
    found
}

/// The imports that a module's exports come from.
fn handed_on(module: &Module) -> BTreeSet<u32> {
    let mut found: BTreeSet<u32> =
        module.exports.iter().filter_map(|export| if let Target::Other(import, _) = export.target { Some(import) } else { None }).collect();
    if !module.exports.is_empty() {
        module.holds.iter().for_each(|(_, value)| imports_of(value, &mut found));
    }
    found
}

/// The imports that a module's own values depend on: what leaves it, and what it hands on.
fn values_of(module: &Module) -> BTreeSet<u32> {
    let mut found = handed_on(module);
    for flow in &module.flows {
        imports_of(&flow.value, &mut found);
        if let Sink::Property(_, Some(import)) = flow.sink {
            found.insert(import);
        }
    }
    found
}

/// The imports that say where requests with keys go.
fn urls_of(module: &Module) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for flow in &module.flows {
        if let Sink::Request(request) = &flow.sink {
            request.url.iter().for_each(|piece| imports_of(piece, &mut found));
        }
    }
    found
}

/// Whether others can get a variable's value from a module, and the variable's name says that it is secret.
fn offers_secrets(module: &Module, is_secret: impl Fn(&str) -> bool) -> bool {
    !module.exports.is_empty()
        && module.holds.iter().any(|(_, value)| {
            value.ends().any(|end| match end {
                Value::WholeEnv(_) => true,
                Value::Env(read) => module.reads.get(*read as usize).is_some_and(|read| is_secret(&read.name)),
                _ => false,
            })
        })
}

/// The imports that a value is made of.
pub(super) fn imports_of(value: &Value, out: &mut BTreeSet<u32>) {
    out.extend(value.ends().filter_map(|end| if let Value::Import { import, .. } = end { Some(*import) } else { None }));
}

/// Names that a manifest gives to files: of the package, of a path in `tsconfig.json`, of `imports`.
struct Package {
    folder: String,
    name: Option<NameHash>,
    /// An alias, and the text of what it stands for.
    aliases: Vec<(NameHash, String)>,
}

impl Package {
    fn of(file: &FileFacts) -> Option<Self> {
        let manifest = file.facts.manifest.as_ref()?;
        let folder = file.path.text.rsplit_once('/').map_or("", |(folder, _)| folder);
        let json: serde_json::Value = serde_json::from_str(&manifest.json).ok()?;
        let tables = [json.get("imports"), json.pointer("/compilerOptions/paths")];
        let entries = tables.into_iter().flatten().filter_map(|table| table.as_object()).flatten();
        // With a star the last names of both sides agree.
        let aliases = entries.filter(|(key, _)| !key.contains('*')).map(|(key, value)| (outline::hash(outline::last_name(key)), value.to_string()));
        // The root's own name is asked for by nobody within it.
        let name = manifest.name.as_deref().filter(|_| !folder.is_empty()).map(outline::hash_package);
        Some(Self { folder: folder.to_owned(), name, aliases: aliases.collect() })
    }

    fn names_of(&self, path: &str, out: &mut Vec<NameHash>) {
        let is_below = self.folder.is_empty() || path.strip_prefix(&self.folder).is_some_and(|rest| rest.starts_with('/'));
        if is_below {
            out.extend(self.name);
            let stem = outline::last_name(path);
            out.extend(self.aliases.iter().filter(|(_, value)| value.contains(stem)).map(|(name, _)| *name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(files: &[(&str, &str)]) -> Around<()> {
        let mut scripts = Scripts::default();
        files.iter().for_each(|(path, text)| scripts.push(&ScanPath::from_bytes(path.as_bytes()), (), outline::outline(path, text.as_bytes())));
        Around::new(vec![scripts])
    }

    fn paths(around: &Around<()>, found: impl IntoIterator<Item = u32>) -> Vec<String> {
        found.into_iter().map(|at| around.scripts.path(at).text).collect()
    }

    #[test]
    fn importers_through_barrels() {
        let around = around(&[
            ("app/page.tsx", "import { mail } from '@/lib'"),
            ("lib/index.ts", "export * from './mail'"),
            ("lib/mail.ts", "import { KEY } from './config'"),
            ("lib/config.ts", ""),
            ("lib/other.ts", "import './unrelated'"),
        ]);
        let found = around.importers(std::iter::once(ScanPath::from_bytes(b"lib/config.ts")), &[], usize::MAX);
        assert_eq!(paths(&around, found), ["app/page.tsx", "lib/index.ts", "lib/mail.ts"]);
    }

    #[test]
    fn targets_of_specifiers() {
        let around = around(&[("src/lib/config.ts", ""), ("src/config.ts", ""), ("packages/ui/src/index.ts", ""), ("src/lib/index.ts", "")]);
        assert_eq!(paths(&around, around.targets("src/lib/mail.ts", "./config", &[])), ["src/lib/config.ts"]);
        assert_eq!(paths(&around, around.targets("src/lib/mail.ts", "../config.js", &[])), ["src/config.ts"]);
        assert_eq!(paths(&around, around.targets("src/app.ts", "./lib", &[])), ["src/lib/index.ts"]);
        assert_eq!(paths(&around, around.targets("src/app.ts", "$lib/config", &[])), ["src/config.ts", "src/lib/config.ts"]);
        assert_eq!(paths(&around, around.targets("src/app.ts", "@/lib/config", &[])), ["src/lib/config.ts"]);
    }
}
