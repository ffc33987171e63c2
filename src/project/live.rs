//! What of each module a client gets: as a bundler that drops what nobody uses, from where clients begin.

use std::collections::{HashMap, HashSet, VecDeque};

use super::FileFacts;
use super::graph::Graph;
use crate::lang::{self, Import, ImportKind, Module, Part};

/// No node, no import.
const NONE: u32 = u32::MAX;

/// Something that a client needs. Numbers of nodes are dense: parts of all files, then files three times over, then exports.
#[derive(Debug, Clone, Copy)]
enum Node<'p> {
    /// A part of a file; a file that is no script is one part.
    Part(u32, u32),
    /// A file is run, for its effects.
    Run(u32),
    /// All that a file offers.
    All(u32),
    /// What a file offers under a name.
    Export(u32, &'p str),
}

/// How a node was reached first: from which, and by which import of that one's file.
#[derive(Debug, Clone, Copy)]
struct Came {
    from: u32,
    import: u32,
}

/// What clients get.
#[derive(Debug, Default)]
pub(super) struct Live<'p> {
    /// The number of the first part of each file.
    first: Vec<u32>,
    /// For each node; `None` where no client comes.
    came: Vec<Option<Came>>,
    exports: Vec<(u32, &'p str)>,
    by_export: HashMap<(u32, &'p str), u32>,
    parts: u32,
    files: u32,
}

impl<'p> Live<'p> {
    /// Follows what is needed from where clients begin, by the shortest ways.
    pub(super) fn follow(files: &[&'p FileFacts], graph: &Graph<'p>) -> Self {
        let mut first = Vec::with_capacity(files.len() + 1);
        let mut parts = 0;
        for file in files {
            first.push(parts);
            parts += count(file);
        }
        first.push(parts);
        let count = files.len() as u32;
        let came = vec![None; (parts + 2 * count) as usize];
        let live = Self { first, came, parts, files: count, ..Self::default() };
        let mut walk = Walk { files, graph, live, near: VecDeque::new(), far: VecDeque::new() };
        let mut entries: Vec<u32> = (0..count).filter(|at| graph.entries[*at as usize].is_some()).collect();
        entries.sort_by_key(|at| &files[*at as usize].path.text);
        for entry in entries {
            walk.enter(entry);
        }
        walk.finish()
    }

    /// The imports that lead from a part to where a client begins, each with its file; and that file.
    pub(super) fn way(&self, file: u32, part: u32) -> Option<(Vec<(u32, u32)>, u32)> {
        let mut node = self.part(file, part)?;
        let mut hops = Vec::new();
        // Each node was reached from one that was reached before it.
        loop {
            let came = self.came[node as usize]?;
            if came.from == NONE {
                return Some((hops, self.file_of(node)));
            }
            if came.import != NONE {
                hops.push((self.file_of(came.from), came.import));
            }
            node = came.from;
        }
    }

    /// Whether a framework takes a part out of the client's copy of a module where a client begins.
    pub(super) fn is_stripped(file: u32, part: u32, module: &Module, graph: &Graph) -> bool {
        graph.entries[file as usize].as_ref().is_some_and(|entry| stripped(module, entry.strips).contains(&part))
    }

    /// Whether a client gets any part of a file.
    pub(super) fn is_any(&self, file: u32) -> bool {
        let runs = (self.parts + file) as usize;
        self.came.get(runs).is_some_and(Option::is_some) || self.first_part(file).is_some()
    }

    /// The first part of a file that a client gets.
    pub(super) fn first_part(&self, file: u32) -> Option<u32> {
        let (start, end) = (self.first[file as usize], self.first[file as usize + 1]);
        (start..end).find(|node| self.came[*node as usize].is_some()).map(|node| node - start)
    }

    fn part(&self, file: u32, part: u32) -> Option<u32> {
        let node = self.first.get(file as usize)?.checked_add(part)?;
        (node < *self.first.get(file as usize + 1)?).then_some(node)
    }

    fn file_of(&self, node: u32) -> u32 {
        if node < self.parts {
            return (self.first.partition_point(|first| *first <= node) - 1) as u32;
        }
        let rest = node - self.parts;
        if rest < 2 * self.files { rest % self.files } else { self.exports[(rest - 2 * self.files) as usize].0 }
    }

    fn node(&self, number: u32) -> Node<'p> {
        if number < self.parts {
            let file = self.file_of(number);
            return Node::Part(file, number - self.first[file as usize]);
        }
        let rest = number - self.parts;
        match rest / self.files {
            0 => Node::Run(rest),
            1 => Node::All(rest - self.files),
            _ => {
                let (file, name) = self.exports[(rest - 2 * self.files) as usize];
                Node::Export(file, name)
            }
        }
    }

    fn number(&mut self, node: Node<'p>) -> Option<u32> {
        match node {
            Node::Part(file, part) => self.part(file, part),
            Node::Run(file) => Some(self.parts + file),
            Node::All(file) => Some(self.parts + self.files + file),
            Node::Export(file, name) => Some(*self.by_export.entry((file, name)).or_insert_with(|| {
                self.exports.push((file, name));
                self.came.push(None);
                (self.came.len() - 1) as u32
            })),
        }
    }
}

/// Parts of a file.
fn count(file: &FileFacts) -> u32 {
    file.facts.module.as_ref().map_or(1, |module| module.parts.len().max(1) as u32)
}

/// The walk of all that is needed; what lies as many imports away as the present node is near.
struct Walk<'w, 'p> {
    files: &'w [&'p FileFacts],
    graph: &'w Graph<'p>,
    live: Live<'p>,
    near: VecDeque<(u32, Came)>,
    far: VecDeque<(u32, Came)>,
}

impl<'p> Walk<'_, 'p> {
    fn module(&self, file: u32) -> Option<&'p Module> {
        self.files[file as usize].facts.module.as_ref()
    }

    /// Begins a client in a file.
    fn enter(&mut self, file: u32) {
        let start = Came { from: NONE, import: NONE };
        let Some(module) = self.module(file) else { return self.push(Node::Part(file, 0), start) };
        let strips = self.graph.entries[file as usize].as_ref().map_or(&[][..], |entry| entry.strips);
        let stripped = stripped(module, strips);
        for at in 0..module.parts.len() {
            if !stripped.contains(&(at as u32)) {
                self.push(Node::Part(file, at as u32), start);
            }
        }
        self.push(Node::Run(file), start);
        for export in module.exports.iter().filter(|export| matches!(export.target, lang::Target::Other(..)) && !strips.contains(&export.name.as_str())) {
            self.push(Node::Export(file, &export.name), start);
        }
        for import in &self.graph.names[file as usize].stars {
            if let Some(target) = self.enterable(file, *import) {
                // What is passed on as a whole is one import away, as everything else.
                let number = self.live.number(Node::Run(file)).unwrap_or(NONE);
                self.push_far(Node::All(target), Came { from: number, import: *import });
            }
        }
    }

    fn push(&mut self, node: Node<'p>, came: Came) {
        if let Some(number) = self.live.number(node) {
            self.near.push_back((number, came));
        }
    }

    fn push_far(&mut self, node: Node<'p>, came: Came) {
        if let Some(number) = self.live.number(node) {
            self.far.push_back((number, came));
        }
    }

    fn finish(mut self) -> Live<'p> {
        loop {
            while let Some((number, came)) = self.near.pop_front() {
                if self.live.came[number as usize].is_none() {
                    self.live.came[number as usize] = Some(came);
                    self.expand(number);
                }
            }
            if self.far.is_empty() {
                return self.live;
            }
            std::mem::swap(&mut self.near, &mut self.far);
        }
    }

    /// Pushes what a node needs.
    fn expand(&mut self, number: u32) {
        let here = Came { from: number, import: NONE };
        match self.live.node(number) {
            Node::Part(file, part) => {
                let Some((module, part_of)) = self.module(file).and_then(|module| Some((module, module.parts.get(part as usize)?))) else { return };
                self.push(Node::Run(file), here);
                self.uses(file, module, part_of, number);
                if self.graph.is_whole(file, Some(part_of)) {
                    self.whole(file, module, here);
                }
                for name in &part_of.free {
                    if let Some(target) = self.graph.by_name(file, name) {
                        self.push_far(Node::Export(target, name), here);
                    }
                }
                for (at, import) in module.imports.iter().enumerate().filter(|(_, import)| import.part == part) {
                    if matches!(import.kind, ImportKind::Dynamic | ImportKind::Require) {
                        self.asked(file, at as u32, import, part_of, number);
                    }
                }
            }
            Node::Run(file) => {
                let Some(module) = self.module(file) else { return };
                if self.graph.is_whole(file, None) {
                    self.whole(file, module, here);
                }
                for sibling in self.graph.siblings(file) {
                    self.push(Node::Run(*sibling), here);
                }
                let stripped = stripped(module, self.strips(file));
                for (at, part) in module.parts.iter().enumerate() {
                    if part.has_effects && !stripped.contains(&(at as u32)) {
                        self.push(Node::Part(file, at as u32), here);
                    }
                }
                let dropped = self.dropped(file, module, &stripped);
                for (at, import) in module.imports.iter().enumerate() {
                    if matches!(import.kind, ImportKind::Static | ImportKind::ReExport)
                        && !dropped.contains(&(at as u32))
                        && let Some(target) = self.enterable(file, at as u32)
                        && !self.is_pure(target)
                    {
                        self.push_far(Node::Run(target), Came { from: number, import: at as u32 });
                    }
                }
            }
            Node::All(file) => {
                let Some(module) = self.module(file) else { return self.push(Node::Part(file, 0), here) };
                self.push(Node::Run(file), here);
                if module.exports.is_empty() {
                    self.all_parts(file, module, here);
                }
                for export in module.exports.iter().filter(|export| export.name != "*") {
                    self.push(Node::Export(file, &export.name), here);
                }
                for import in &self.graph.names[file as usize].stars {
                    if let Some(target) = self.enterable(file, *import) {
                        self.push_far(Node::All(target), Came { from: number, import: *import });
                    }
                }
            }
            Node::Export(file, name) => self.exported(file, name, number),
        }
    }

    fn exported(&mut self, file: u32, name: &'p str, number: u32) {
        let here = Came { from: number, import: NONE };
        let Some(module) = self.module(file) else { return self.push(Node::Part(file, 0), here) };
        if !self.is_pure(file) {
            self.push(Node::Run(file), here);
        }
        let names = &self.graph.names[file as usize];
        match names.exports.get(name).and_then(|export| module.exports.get(*export as usize)) {
            Some(export) => match &export.target {
                lang::Target::Local(local) => {
                    let declaring = || names.declares.all(local);
                    declaring().filter(|part| !module.parts[**part as usize].is_server).for_each(|part| self.push(Node::Part(file, *part), here));
                    let is_own = module.parts.get(export.part as usize).is_some_and(|part| !part.is_server);
                    if is_own && declaring().next().is_none() && !names.imported.contains_key(local) {
                        self.push(Node::Part(file, export.part), here);
                    }
                    // An imported name that is exported again.
                    if let Some((import, name)) = names.imported.get(local.as_str()) {
                        self.take(file, *import, name, None, number);
                    }
                }
                lang::Target::Other(import, name) => self.take(file, *import, name, None, number),
            },
            None if module.exports.is_empty() || (name == "default" && names.stars.is_empty()) => self.all_parts(file, module, here),
            None if name == "default" => {}
            None => {
                for import in &names.stars {
                    if let Some(target) = self.enterable(file, *import) {
                        self.push_far(Node::Export(target, name), Came { from: number, import: *import });
                    }
                }
            }
        }
    }

    /// Names that a part uses, of its own module and of others.
    fn uses(&mut self, file: u32, module: &'p Module, part: &'p Part, number: u32) {
        let here = Came { from: number, import: NONE };
        for used in &part.uses {
            // A list of exports names what it does not use.
            if !part.declares.contains(&used.name) && exports_list(module, part, &used.name) {
                continue;
            }
            let names = &self.graph.names[file as usize];
            let declaring = names.declares.all(&used.name);
            declaring.filter(|at| !module.parts[**at as usize].is_server).for_each(|at| self.push(Node::Part(file, *at), here));
            if let Some((import, name)) = names.imported.get(used.name.as_str()) {
                self.take(file, *import, name, used.member.as_deref(), number);
            }
        }
    }

    /// What of another module is taken by a name.
    fn take(&mut self, file: u32, import: u32, name: &'p str, member: Option<&'p str>, number: u32) {
        let Some(target) = self.enterable(file, import) else { return };
        let came = Came { from: number, import };
        match (name, member) {
            ("*", Some("default")) | ("*", None) => self.push_far(Node::All(target), came),
            ("*", Some(member)) => self.push_far(Node::Export(target, member), came),
            (name, _) => self.push_far(Node::Export(target, name), came),
        }
    }

    /// What `import(...)` and `require(...)` take.
    fn asked(&mut self, file: u32, at: u32, import: &'p Import, part: &Part, number: u32) {
        let Some(target) = self.enterable(file, at) else { return };
        let came = Came { from: number, import: at };
        self.push_far(Node::Run(target), came);
        // Nearly all bundlers take a module whole that is required.
        if import.names.is_empty() || import.kind == ImportKind::Require {
            self.push_far(Node::All(target), came);
        }
        for name in &import.names {
            // A name of the module's scope is taken where it is used.
            if part.declares.contains(&name.local) {
                continue;
            }
            self.take(file, at, &name.imported, None, number);
        }
    }

    /// All parts of a module that its bundler leaves nothing out of, but for those that a framework takes away.
    fn whole(&mut self, file: u32, module: &Module, came: Came) {
        let stripped = stripped(module, self.strips(file));
        for at in (0..module.parts.len() as u32).filter(|at| !stripped.contains(at)) {
            self.push(Node::Part(file, at), came);
        }
    }

    fn all_parts(&mut self, file: u32, module: &Module, came: Came) {
        for (at, _) in module.parts.iter().enumerate().filter(|(_, part)| !part.is_server) {
            self.push(Node::Part(file, at as u32), came);
        }
    }

    /// The file of an import, where a client may go there by it.
    fn enterable(&self, file: u32, import: u32) -> Option<u32> {
        let target = self.graph.target(file, import)?;
        let module = self.module(file)?;
        let from_server = module.parts.get(module.imports.get(import as usize)?.part as usize).is_some_and(|part| part.is_server);
        (!from_server && !self.graph.barred[target as usize]).then_some(target)
    }

    fn is_pure(&self, file: u32) -> bool {
        self.graph.packages.list[self.graph.package_of[file as usize]].is_pure
    }

    fn strips(&self, file: u32) -> &'static [&'static str] {
        self.graph.entries[file as usize].as_ref().map_or(&[], |entry| entry.strips)
    }

    /// Imports that are not even run: what TypeScript leaves out because nothing uses it, and what only parts of the
    /// server use.
    fn dropped(&self, file: u32, module: &'p Module, stripped: &HashSet<u32>) -> HashSet<u32> {
        let strips = self.strips(file);
        let text = &self.files[file as usize].path.text;
        let is_typed = [".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro"].iter().any(|end| text.ends_with(end));
        let (mut kept, mut lost) = (HashSet::new(), HashSet::new());
        for (at, part) in module.parts.iter().enumerate() {
            let names = if stripped.contains(&(at as u32)) { &mut lost } else { &mut kept };
            names.extend(part.uses.iter().map(|used| used.name.as_str()));
        }
        kept.extend(module.exports.iter().filter(|export| !strips.contains(&export.name.as_str())).filter_map(|export| match &export.target {
            lang::Target::Local(local) => Some(local.as_str()),
            lang::Target::Other(..) => None,
        }));
        let is_dropped = |at: usize, import: &Import| match import.kind {
            ImportKind::Static => {
                let any = |names: &HashSet<&str>| import.names.iter().any(|name| names.contains(name.local.as_str()));
                !import.names.is_empty() && !any(&kept) && (is_typed || any(&lost))
            }
            ImportKind::ReExport => {
                let mut exports =
                    module.exports.iter().filter(|export| matches!(export.target, lang::Target::Other(number, _) if number as usize == at)).peekable();
                exports.peek().is_some() && exports.all(|export| strips.contains(&export.name.as_str()))
            }
            ImportKind::Dynamic | ImportKind::Require => false,
        };
        module.imports.iter().enumerate().filter(|(at, import)| is_dropped(*at, import)).map(|(at, _)| at as u32).collect()
    }
}

/// Whether a part exports a name that another part declares.
fn exports_list(module: &Module, part: &Part, name: &str) -> bool {
    let is_same = |number: u32| module.parts.get(number as usize).is_some_and(|other| std::ptr::eq(other, part));
    !part.has_effects && module.exports.iter().any(|export| is_same(export.part) && export.target == lang::Target::Local(name.to_owned()))
}

/// Parts that a framework takes out of the client's copy: those of the server, those behind stripped exports, and what only
/// those use.
fn stripped(module: &Module, strips: &[&str]) -> HashSet<u32> {
    let mut out: HashSet<u32> = module.parts.iter().enumerate().filter(|(_, part)| part.is_server).map(|(at, _)| at as u32).collect();
    let is_stripped = |name: &str| strips.contains(&name);
    if out.is_empty() && !module.exports.iter().any(|export| is_stripped(&export.name)) {
        return out;
    }
    let mut declares: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, part) in module.parts.iter().enumerate() {
        part.declares.iter().for_each(|name| declares.entry(name).or_default().push(at));
    }
    // Exports of each part, by whether they stay.
    let (mut stays, mut goes) = (HashSet::new(), HashSet::new());
    for export in &module.exports {
        let parts = match &export.target {
            lang::Target::Local(local) => declares.get(local.as_str()).cloned().unwrap_or_else(|| vec![export.part as usize]),
            lang::Target::Other(..) => continue,
        };
        if is_stripped(&export.name) { goes.extend(parts) } else { stays.extend(parts) }
    }
    out.extend(goes.difference(&stays).map(|at| *at as u32));
    let mut users: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, part) in module.parts.iter().enumerate() {
        for used in part.uses.iter().filter(|used| !exports_list(module, part, &used.name)) {
            for declaring in declares.get(used.name.as_str()).into_iter().flatten().filter(|declaring| **declaring != at) {
                users.entry(*declaring).or_default().push(at);
            }
        }
    }
    // Each round looks at what the last one took out.
    let mut uses: HashMap<usize, Vec<usize>> = HashMap::new();
    for (declaring, users) in &users {
        users.iter().for_each(|user| uses.entry(*user).or_default().push(*declaring));
    }
    let mut open: Vec<usize> = out.iter().map(|at| *at as usize).collect();
    while let Some(gone) = open.pop() {
        for at in uses.get(&gone).into_iter().flatten() {
            let all_gone = users[at].iter().all(|user| out.contains(&(*user as u32)));
            if all_gone && !stays.contains(at) && out.insert(*at as u32) {
                open.push(*at);
            }
        }
    }
    out
}
