//! What imports what: every import of every module with the file that it means, and what each module offers.

use std::collections::HashMap;

use rayon::prelude::*;
use serde_json::Value;

use super::entries::{self, Entry, Inside};
use super::package::{Framework, Packages};
use super::resolve::{Resolver, Setting, Target, joined, parted};
use super::{FileFacts, Origin};
use crate::lang::{self, Module, Part};

/// What stands under names, sorted by these: a table of hashes would take several times the memory, and there is one for each file.
#[derive(Debug)]
pub(super) struct ByName<'p, T>(Box<[(&'p str, T)]>);

impl<T> Default for ByName<'_, T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<'p, T> ByName<'p, T> {
    /// Of one name the first comes first.
    fn new(mut list: Vec<(&'p str, T)>) -> Self {
        list.sort_by_key(|(name, _)| *name);
        Self(list.into_boxed_slice())
    }

    /// Everything of a name, in order.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &T> {
        let start = self.0.partition_point(|(known, _)| *known < name);
        self.0[start..].iter().take_while(move |(known, _)| *known == name).map(|(_, one)| one)
    }

    /// The first of a name.
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let start = self.0.partition_point(|(known, _)| *known < name);
        self.0.get(start).filter(|(known, _)| *known == name).map(|(_, one)| one)
    }

    pub(super) fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The names of one module, by number.
#[derive(Debug, Default)]
pub(super) struct Names<'p> {
    /// Parts that declare a name.
    pub(super) declares: ByName<'p, u32>,
    /// Imports that bring a name, and the other module's name for it.
    pub(super) imported: ByName<'p, (u32, &'p str)>,
    /// Exports by their names.
    pub(super) exports: ByName<'p, u32>,
    /// Imports of which all is passed on.
    pub(super) stars: Vec<u32>,
}

/// The modules of a tree, joined by their imports.
#[derive(Debug, Default)]
pub(super) struct Graph<'p> {
    /// For each file and each of its imports.
    pub(super) targets: Vec<Vec<Target>>,
    /// For each file.
    pub(super) names: Vec<Names<'p>>,
    /// For each file, the number of its package.
    pub(super) package_of: Vec<usize>,
    pub(super) packages: Packages<'p>,
    /// For each file, whether a client may not enter it.
    pub(super) barred: Vec<bool>,
    /// For each file, why a client begins in it.
    pub(super) entries: Vec<Option<Entry>>,
    /// For each package, whether it is known where its clients begin.
    pub(super) is_begun: Vec<bool>,
    /// For each file, the file of a server from which imports lead to it; its own number where a server begins in it.
    pub(super) served_by: Vec<Option<u32>>,
    /// For each file, whether a bundler leaves nothing out of it.
    whole: Vec<Whole>,
    /// Files for other platforms that lie beside a file, for Metro.
    siblings: HashMap<u32, Vec<u32>>,
    /// What Nuxt imports by its name alone: for each package and name, the file.
    by_name: HashMap<(usize, &'p str), u32>,
    /// Instructions to put values into client code: files and the numbers of their flows, in the order of paths.
    pub(super) defines: Vec<(u32, u32)>,
}

/// What a client gets of a module of which it needs something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Whole {
    /// What is needed of it.
    #[default]
    Parts,
    /// All of it, once something of it is needed: a source map holds its text.
    Mapped,
    /// The same, unless only plain values are: these are put where they are used.
    MappedCode,
    /// All of it, once it is run.
    All,
}

/// Endings of files for one platform, which Metro takes in the place of the file without.
const PLATFORMS: &[&str] = &[".web", ".native", ".ios", ".android"];

/// What to know of a file from elsewhere: whether it is one that nobody ships, and whether it is said to run on a server.
pub(super) type Aside<'c> = &'c (dyn Fn(&FileFacts) -> (bool, bool) + Sync);

/// Whether a file may be a part of what bundlers and frameworks of the web put together. Programs of other languages are none: what
/// one of them imports says nothing of a framework, and where it runs nobody needs to know before a rule speaks of it.
fn takes_part(file: &FileFacts) -> bool {
    lang::language_of(&file.path.text).is_none()
}

impl<'p> Graph<'p> {
    /// Joins the files. `by_path` holds those that are present.
    pub(super) fn join(files: &[&'p FileFacts], by_path: &HashMap<&'p str, usize>, aside: Aside) -> Self {
        let mut settings: Vec<Setting> = files
            .iter()
            .filter(|file| file.origin == Origin::Present)
            .filter_map(|file| Some((file.path.text.as_str(), serde_json::from_str::<Value>(&file.facts.manifest.as_ref()?.json).ok()?)))
            .collect();
        settings.sort_by_key(|(path, _)| *path);
        let mut paths: Vec<&'p str> = by_path.keys().copied().collect();
        paths.sort_unstable();
        let resolver = Resolver::new(by_path, &settings);
        let is_present = |at: usize| by_path.get(files[at].path.text.as_str()) == Some(&at);
        let mut packages = Packages::find(&paths, &settings);
        let package_of: Vec<usize> = files.iter().map(|file| packages.holder(parted(&file.path.text).0).unwrap_or_default()).collect();
        let module = |at: usize| files[at].facts.module.as_ref().filter(|_| is_present(at));
        let shipped: Vec<(&FileFacts, usize)> = files
            .iter()
            .zip(&package_of)
            .enumerate()
            .filter(|(at, (file, _))| is_present(*at) && takes_part(file) && !aside(file).0)
            .map(|(_, (file, package))| (*file, *package))
            .collect();
        packages.guess(&shipped);
        let targets: Vec<Vec<Target>> = (0..files.len())
            .into_par_iter()
            .map(|at| {
                // Programs of other languages find each other by name.
                module(at)
                    .filter(|_| lang::language_of(&files[at].path.text).is_none())
                    .map_or_else(Vec::new, |module| module.imports.iter().map(|import| resolver.resolve(&files[at].path.text, &import.specifier)).collect())
            })
            .collect();
        let names = (0..files.len()).into_par_iter().map(|at| module(at).map(Names::of).unwrap_or_default()).collect();
        for (at, file) in files.iter().enumerate() {
            let Some(module) = module(at) else { continue };
            let package = &mut packages.list[package_of[at]];
            let is_page = [".html", ".htm"].iter().any(|end| file.path.text.ends_with(end));
            // What a page loads and is not there is built.
            package.is_complete &= !module.is_broken && (is_page || !targets[at].contains(&Target::Missing));
            package.has_page |= is_page && targets[at].iter().any(|target| matches!(target, Target::File(_))) && !aside(file).0;
        }
        for (at, file) in files.iter().enumerate() {
            // A configuration may lie below the package: `config/webpack.prod.js`.
            let Some(module) = module(at).filter(|module| !module.entries.is_empty()) else { continue };
            let package = &mut packages.list[package_of[at]];
            let below = parted(&file.path.text).0.strip_prefix(package.folder).unwrap_or_default().trim_start_matches('/');
            for entry in &module.entries {
                package.entries.push(joined("", entry));
                if !below.is_empty() {
                    package.entries.push(joined(below, entry));
                }
            }
        }
        let judged: Vec<(bool, Option<Entry>, bool)> = (0..files.len())
            .into_par_iter()
            .map(|at| {
                if !is_present(at) || !takes_part(files[at]) {
                    return (true, None, false);
                }
                let inside = Inside::new(&packages.list[package_of[at]], files[at]);
                let entry = entries::client(&inside);
                let (is_server, is_barred) = (entries::is_server(&inside), entries::is_barred(&inside));
                let (is_aside, is_stated) = if entry.is_some() || is_server || module(at).is_some() { aside(files[at]) } else { (false, false) };
                let is_story = files[at].path.file_name().contains(".stories.");
                (is_barred || is_stated, entry.filter(|_| !is_stated && (!is_aside || is_story)), is_server && !is_aside)
            })
            .collect();
        let mut graph = Self { targets, names, package_of, packages, ..Self::default() };
        let mut servers = Vec::new();
        for (at, (is_barred, entry, is_server)) in judged.into_iter().enumerate() {
            graph.barred.push(is_barred);
            graph.entries.push(entry);
            if is_server {
                servers.push(at as u32);
            }
        }
        for at in paths.iter().filter_map(|path| by_path.get(path).copied()) {
            let flows = files[at].facts.module.iter().flat_map(|module| module.flows.iter().enumerate());
            graph.defines.extend(flows.filter(|(_, flow)| matches!(flow.sink, lang::Sink::Define(..))).map(|(flow, _)| (at as u32, flow as u32)));
        }
        graph.is_begun = vec![false; graph.packages.list.len()];
        for (entry, package) in graph.entries.iter().zip(&graph.package_of) {
            graph.is_begun[*package] |= entry.is_some();
        }
        graph.strays(files, aside);
        graph.loaded(files);
        graph.islands(files);
        graph.shapes(files, by_path);
        graph.serve(files, servers);
        graph
    }

    /// Where nothing tells how a package's page begins, components that nobody but tests imports begin a client each: who brings
    /// them into the page is not here, or not understood.
    fn strays(&mut self, files: &[&'p FileFacts], aside: Aside) {
        let is_one = |at: usize| {
            let is_open = !self.is_begun[self.package_of[at]]
                && !self.barred[at]
                && self.entries[at].is_none()
                && files[at].facts.module.is_some()
                && takes_part(files[at]);
            is_open && entries::is_stray(&self.inside(files[at], at as u32)) && !aside(files[at]).0
        };
        let mut strays: Vec<bool> = (0..files.len()).map(is_one).collect();
        if !strays.contains(&true) {
            return;
        }
        for (at, targets) in self.targets.iter().enumerate() {
            let own = |target: &Target| if let Target::File(target) = target { Some(*target as usize).filter(|target| *target != at) } else { None };
            if targets.iter().filter_map(own).any(|target| strays[target]) && !aside(files[at]).0 {
                targets.iter().filter_map(own).for_each(|target| strays[target] = false);
            }
        }
        for (at, _) in strays.into_iter().enumerate().filter(|(_, is_stray)| *is_stray) {
            let place = self.inside(files[at], at as u32).ships();
            self.entries[at] = Some(Entry { place, why: "it is a component of a page", strips: &[] });
        }
    }

    /// The scripts that a page loads begin a client each, where no build tool is known that leaves anything of them out.
    fn loaded(&mut self, files: &[&'p FileFacts]) {
        for (at, file) in files.iter().enumerate() {
            let is_page = [".html", ".htm", ".xhtml"].iter().any(|end| file.path.text.ends_with(end));
            let Some(page) = self.entries[at].clone().filter(|_| is_page) else { continue };
            for (number, import) in file.facts.module.iter().flat_map(|module| module.imports.iter().enumerate()) {
                let Some(Target::File(target)) = self.targets[at].get(number).copied().filter(|_| import.names.is_empty()) else { continue };
                let target = target as usize;
                let package = &self.packages.list[self.package_of[target]];
                if !package.is_guessed && !package.frameworks.is_empty() {
                    continue;
                }
                if !self.barred[target] && self.entries[target].is_none() && files[target].facts.module.is_some() {
                    self.entries[target] = Some(Entry { why: "a page loads it", ..page.clone() });
                }
            }
        }
    }

    /// The components that an Astro page sends to the browser begin a client each.
    fn islands(&mut self, files: &[&'p FileFacts]) {
        for (at, file) in files.iter().enumerate() {
            for (number, import) in file.facts.module.iter().flat_map(|module| module.imports.iter().enumerate()).filter(|(_, import)| import.is_island) {
                let Some(Target::File(target)) = self.targets[at].get(number).copied() else { continue };
                let mut holders = vec![target];
                for name in &import.names {
                    holders.extend(self.holder(files, target, &name.imported));
                }
                for holder in holders {
                    if !self.barred[holder as usize] && self.entries[holder as usize].is_none() {
                        let entry = Entry { place: crate::terms::Place::Client, why: "an Astro page makes it an island of the browser", strips: &[] };
                        self.entries[holder as usize] = Some(entry);
                    }
                }
            }
        }
    }

    /// What bundlers do with modules by their kind, and by the bundler.
    fn shapes(&mut self, files: &[&'p FileFacts], by_path: &HashMap<&'p str, usize>) {
        self.whole = vec![Whole::Parts; files.len()];
        for (at, file) in files.iter().enumerate() {
            let Some(module) = &file.facts.module else { continue };
            let package = &self.packages.list[self.package_of[at]];
            let inside = Inside::new(package, file);
            let is_plain = entries::is_plain(package, &file.path.text);
            if is_plain || module.is_common {
                self.whole[at] = Whole::All;
            } else if package.has_maps && package.has(Framework::Parcel) && self.whole[at] == Whole::Parts {
                self.whole[at] = Whole::Mapped;
            } else if package.has_maps && package.has(Framework::Cra) && self.whole[at] == Whole::Parts {
                self.whole[at] = Whole::MappedCode;
            }
            if entries::is_nuxt_import(&inside) {
                for export in module.exports.iter().filter(|export| !matches!(&export.name[..], "*" | "default")) {
                    self.by_name.entry((self.package_of[at], &export.name)).or_insert(at as u32);
                }
            }
            for (number, _) in module.imports.iter().enumerate().filter(|(_, import)| import.names.iter().any(|name| name.local.is_empty())) {
                if let Some(Target::File(target)) = self.targets[at].get(number) {
                    self.whole[*target as usize] = Whole::All;
                }
            }
            let path = &file.path.text;
            if package.has_any(&[Framework::Expo, Framework::ReactNative])
                && let Some((stem, end)) = path.rsplit_once('.')
                && !PLATFORMS.iter().any(|platform| stem.ends_with(platform))
            {
                let beside: Vec<u32> =
                    PLATFORMS.iter().filter_map(|platform| by_path.get(&format!("{stem}{platform}.{end}")[..])).map(|at| *at as u32).collect();
                if !beside.is_empty() {
                    self.siblings.insert(at as u32, beside);
                }
            }
        }
    }

    /// Whether a client gets all of a file once it runs it, or once it gets a part of it.
    pub(super) fn is_whole(&self, file: u32, part: Option<&Part>) -> bool {
        match self.whole.get(file as usize) {
            Some(Whole::All) => true,
            Some(Whole::Mapped) => part.is_some(),
            Some(Whole::MappedCode) => part.is_some_and(|part| part.has_effects || !part.uses.is_empty()),
            _ => false,
        }
    }

    /// Files for other platforms in a file's place.
    pub(super) fn siblings(&self, file: u32) -> &[u32] {
        self.siblings.get(&file).map_or(&[], Vec::as_slice)
    }

    /// The file that offers what a file uses by its name alone.
    pub(super) fn by_name(&self, file: u32, name: &str) -> Option<u32> {
        self.by_name.get(&(self.package_of[file as usize], name)).copied().filter(|target| *target != file)
    }

    /// Follows imports from where servers begin.
    fn serve(&mut self, files: &[&'p FileFacts], mut servers: Vec<u32>) {
        self.served_by = vec![None; files.len()];
        servers.sort_by_key(|at| &files[*at as usize].path.text);
        servers.iter().for_each(|at| self.served_by[*at as usize] = Some(*at));
        let mut queue: std::collections::VecDeque<u32> = servers.into();
        while let Some(at) = queue.pop_front() {
            let by = self.served_by[at as usize];
            for target in &self.targets[at as usize] {
                if let Target::File(target) = target
                    && self.served_by[*target as usize].is_none()
                {
                    self.served_by[*target as usize] = by;
                    queue.push_back(*target);
                }
            }
        }
    }

    /// The file that an import means.
    pub(super) fn target(&self, file: u32, import: u32) -> Option<u32> {
        match self.targets.get(file as usize)?.get(import as usize)? {
            Target::File(target) => Some(*target),
            _ => None,
        }
    }

    /// The file that declares what another offers under a name, over all that pass it on.
    pub(super) fn holder(&self, files: &[&'p FileFacts], file: u32, name: &str) -> Option<u32> {
        let mut seen = std::collections::HashSet::new();
        let mut open = vec![(file, name.to_owned())];
        while let Some((file, name)) = open.pop() {
            if seen.len() > 256 || !seen.insert((file, name.clone())) {
                continue;
            }
            let names = &self.names[file as usize];
            let module = files[file as usize].facts.module.as_ref()?;
            match names.exports.get(name.as_str()).and_then(|export| module.exports.get(*export as usize)).map(|export| &export.target) {
                Some(lang::Target::Other(import, name)) => open.extend(self.target(file, *import).map(|target| (target, name.clone()))),
                Some(lang::Target::Local(local)) => match names.imported.get(local.as_str()) {
                    Some((import, name)) => open.extend(self.target(file, *import).map(|target| (target, (*name).to_owned()))),
                    None => return Some(file),
                },
                None if names.stars.is_empty() => {
                    if name == "default" {
                        return Some(file);
                    }
                }
                None => open.extend(names.stars.iter().rev().filter_map(|import| Some((self.target(file, *import)?, name.clone())))),
            }
        }
        None
    }

    /// A file as its package sees it.
    pub(super) fn inside<'s>(&'s self, file: &'s FileFacts, at: u32) -> Inside<'s> {
        Inside::new(&self.packages.list[self.package_of[at as usize]], file)
    }
}

impl<'p> Names<'p> {
    fn of(module: &'p Module) -> Self {
        let parts = module.parts.iter().zip(0..);
        let declares = parts.flat_map(|(part, at)| part.declares.iter().map(move |name| (name.as_str(), at))).collect();
        let named = module.imports.iter().zip(0..).flat_map(|(import, at)| import.names.iter().map(move |name| (name, at)));
        let imported = named.filter(|(name, _)| !name.local.is_empty()).map(|(name, at)| (name.local.as_str(), (at, name.imported.as_str()))).collect();
        let (mut exports, mut stars) = (Vec::new(), Vec::new());
        for (export, at) in module.exports.iter().zip(0..) {
            match &export.target {
                lang::Target::Other(import, name) if export.name == "*" && name == "*" => stars.push(*import),
                _ => exports.push((export.name.as_str(), at)),
            }
        }
        Self { declares: ByName::new(declares), imported: ByName::new(imported), exports: ByName::new(exports), stars }
    }
}
