//! The facts of all files joined: which frameworks a project uses, what imports what, and where each file runs.
//!
//! This is the seam of the pipeline: left of it each stage sees one blob, right of it small owned data of all files.

mod entries;
mod globs;
mod graph;
mod inlines;
mod live;
mod modes;
mod origins;
mod package;
mod packed;
mod place;
mod resolve;
mod sends;
mod symbols;
#[cfg(test)]
mod tests;
mod way;

use std::collections::{HashMap, HashSet};

use crate::config::Config;
use crate::detect::Credential;
use crate::error::ScanPath;
use crate::lang::{Facts, ImportKind, SpotIx};
use crate::terms::Place;

pub use modes::{Modes, environment};
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
    graph: graph::Graph<'p>,
    live: live::Live<'p>,
    symbols: symbols::Symbols<'p>,
    /// Made when a rule first asks.
    modes: std::sync::OnceLock<modes::Table<'p>>,
    /// The same.
    packers: std::sync::OnceLock<Vec<packed::Packer>>,
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
        let places = place::Places::default();
        let aside = |file: &FileFacts| {
            let stated = config.place_of(&file.lives_at).map(|stated| stated.place);
            let place = stated.unwrap_or_else(|| places.of(&file.lives_at, &file.facts.directives).place);
            (matches!(place, Place::Test | Place::Docs | Place::Bundle), stated == Some(Place::Server))
        };
        let graph = graph::Graph::join(&files, &by_path, &aside);
        let live = live::Live::follow(&files, &graph);
        let present = files.iter().filter(|file| file.origin == Origin::Present);
        let declared = present.flat_map(|file| &file.facts.declared).map(|one| one.name.as_str()).collect();
        let symbols = symbols::Symbols::gather(&files);
        Self {
            files,
            by_path,
            manifests,
            declared,
            config,
            places,
            graph,
            live,
            symbols,
            modes: std::sync::OnceLock::new(),
            packers: std::sync::OnceLock::new(),
        }
    }

    /// Where a file's bytes live or run, and the sentence that says why.
    pub fn place_of(&self, file: &FileFacts) -> Placed {
        let lives = || match self.config.place_of(&file.lives_at) {
            Some(stated) => Placed::new(stated.place, "the configuration says so"),
            None => self.run_place(file, self.places.of(&file.lives_at, &file.facts.directives)),
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

    /// A file's place by its path and its own words, mended by what imports it: a module of an app is in the app, and a
    /// component that only the server's modules import never leaves the server.
    fn run_place(&self, file: &FileFacts, by_path: Placed) -> Placed {
        // Expo and Nuxt call different things `app.config`.
        if by_path.place == Place::Mobile
            && file.path.file_name().starts_with("app.config.")
            && let Some(at) = self.number(file)
            && self.graph.packages.list[self.graph.package_of[at as usize]].has(package::Framework::Nuxt)
        {
            return Placed::new(Place::Client, "Nuxt puts it into the browser's bundle");
        }
        let by_path = self.in_page(file, by_path);
        let Some(at) = self.number(file).filter(|_| matches!(by_path.place, Place::Client | Place::Unknown)) else { return by_path };
        if let Some(part) = self.live.first_part(at) {
            let entry = self.live.way(at, part).and_then(|(_, entry)| Some((entry, self.graph.entries[entry as usize].as_ref()?)));
            return match entry {
                Some((entry, found)) if matches!(found.place, Place::Desktop | Place::Mobile) => {
                    let why = if entry == at { found.why.to_owned() } else { format!("`{}` imports it, and {}", self.files[entry as usize].path, found.why) };
                    Placed::new(found.place, why)
                }
                _ => by_path,
            };
        }
        let Some(server) = self.graph.served_by.get(at as usize).copied().flatten() else { return by_path };
        let is_parsed = file.facts.module.as_ref().is_some_and(|module| !module.is_broken);
        let package = &self.graph.packages.list[self.graph.package_of[at as usize]];
        let speaks = file.facts.directives.client || file.facts.directives.browser;
        if by_path.place == Place::Client && is_parsed && package.is_complete && !speaks {
            let why = if server == at {
                "its framework runs it on the server alone".to_owned()
            } else {
                format!("the server's `{}` imports it, and no client does", self.files[server as usize].path)
            };
            return Placed::new(Place::Server, why);
        }
        by_path
    }

    /// A file's place by its path, mended by what its package makes: a page that is packed into an app is in the app, and a
    /// folder such as `src/services` belongs to the page of a package that has nothing else.
    fn in_page(&self, file: &FileFacts, by_path: Placed) -> Placed {
        let Some(at) = self.number(file).filter(|_| matches!(by_path.place, Place::Client | Place::Server | Place::Unknown)) else { return by_path };
        let inside = self.graph.inside(file, at);
        // Where the page begins is known mostly, and what a bundler takes of this module with it.
        let is_begun = self.graph.is_begun[self.graph.package_of[at as usize]];
        let is_page = by_path.place != Place::Client && !is_begun && entries::is_page_module(&inside);
        let speaks = file.facts.directives.client || file.facts.directives.browser;
        if by_path.place == Place::Client && !speaks && entries::is_server_module(&inside) && !self.live.is_any(at) {
            return Placed::new(Place::Server, "its package is a server");
        }
        match inside.ships() {
            Place::Mobile if is_page || by_path.place == Place::Client => Placed::new(Place::Mobile, "its package is made into an app"),
            Place::Client if is_page => Placed::new(Place::Client, "its package is made into a page"),
            _ => by_path,
        }
    }

    /// The number of a file that is present.
    fn number(&self, file: &FileFacts) -> Option<u32> {
        let at = self.by_path.get(file.path.text.as_str()).filter(|_| file.origin == Origin::Present)?;
        Some(*at as u32)
    }

    /// The way by which a client gets a part of a module; `None` when none does. A file that is no script is one part.
    pub fn way(&self, file: &FileFacts, part: u32) -> Option<Way<'p>> {
        let (hops, entry) = self.live.way(self.number(file)?, part)?;
        let found = self.graph.entries[entry as usize].as_ref()?;
        let hops = hops.into_iter().filter_map(|(file, import)| {
            let file = self.files[file as usize];
            let import = file.facts.module.as_ref()?.imports.get(import as usize)?;
            let how = match import.kind {
                ImportKind::Static => "imported by",
                ImportKind::ReExport => "passed on by",
                ImportKind::Dynamic => "imported on demand by",
                ImportKind::Require => "required by",
            };
            Some(Hop::new(file, import.spot, format!("{how} `{}`", file.path)))
        });
        Some(Way { hops: hops.collect(), entry: self.files[entry as usize], place: found.place, why: found.why.to_owned() })
    }

    /// Where a credential is written in the source that a source map names, if the project holds it: the file whose path ends
    /// like the name, and the number of the literal there.
    pub fn written(&self, source: &str, credential: &Credential) -> Option<(&'p FileFacts, usize)> {
        let is_it = |path: &str| path == source || path.ends_with(&format!("/{source}")) || source.ends_with(&format!("/{path}"));
        self.files.iter().filter(|file| file.origin == Origin::Present && is_it(&file.path.text)).find_map(|file| {
            let at = file.facts.literals.iter().position(|literal| literal.credential.identity == credential.identity)?;
            Some((*file, at))
        })
    }

    /// The variable that fills a key of Nuxt's `runtimeConfig`, if some env file gives it a value: `NUXT_API_SECRET` for
    /// `apiSecret`.
    pub fn filled_by(&self, file: &FileFacts, read: &crate::lang::Read) -> Option<String> {
        if read.from != crate::lang::EnvObject::Server || !self.depends_on(&file.path, &["nuxt", "nuxt3", "nuxt-nightly"]) {
            return None;
        }
        let mut name = String::from("NUXT");
        for word in read.name.split_inclusive('_') {
            for (at, letter) in word.char_indices() {
                if at == 0 || letter.is_ascii_uppercase() {
                    name.push('_');
                }
                name.extend(letter.to_uppercase().filter(|letter| *letter != '_'));
            }
        }
        let is_given = |file: &&FileFacts| file.facts.assigned.binary_search(&name).is_ok();
        self.files.iter().any(|file| file.origin == Origin::Present && is_given(file)).then_some(name)
    }

    /// Whether a variable's name has a prefix that publishes it in this package.
    pub fn public_prefix(&self, file: &FileFacts, name: &str) -> bool {
        let is_public = |(prefix, _, needs): &&(&str, &str, &[&str])| name.starts_with(prefix) && (needs.is_empty() || self.depends_on(&file.path, needs));
        crate::context_data_static::PUBLIC_PREFIXES.iter().any(|prefix| is_public(&prefix))
    }

    /// The way by which a client gets a credential that is written in a file, by its number among the file's literals.
    pub fn client_way_of_literal(&self, file: &FileFacts, literal: usize) -> Option<Way<'p>> {
        let Some(module) = &file.facts.module else { return self.way(file, 0) };
        self.way(file, part_of(file, module, literal)?)
    }

    /// Whether a literal of a module where a client begins is in what the framework takes out of the client's copy: Astro's
    /// frontmatter, a `loader`, and what only these use.
    pub fn stays_on_server(&self, file: &FileFacts, literal: usize) -> bool {
        let Some((module, at)) = file.facts.module.as_ref().filter(|module| !module.is_broken).zip(self.number(file)) else { return false };
        part_of(file, module, literal).is_some_and(|part| live::Live::is_stripped(at, part, module, &self.graph) && self.live.way(at, part).is_none())
    }

    /// Whether a client gets any part of a file.
    pub fn is_client_live(&self, file: &FileFacts) -> bool {
        self.number(file).is_some_and(|at| self.live.is_any(at))
    }
}

/// The part that holds a literal: the text around the scripts of a component may be one part that spans them all.
fn part_of(file: &FileFacts, module: &crate::lang::Module, literal: usize) -> Option<u32> {
    let span = file.facts.literals.get(literal)?.credential.span;
    let holds = |part: &crate::lang::Part| part.span.start <= span.start && span.start < part.span.end;
    let part = module.parts.iter().enumerate().filter(|(_, part)| holds(part)).min_by_key(|(_, part)| part.span.len())?;
    Some(part.0 as u32)
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
