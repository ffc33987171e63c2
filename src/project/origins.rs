//! Where values come from, over as many modules as it takes.

use super::{FileFacts, Held, Hop, Origins, Project};
use crate::lang::{Target, Value};

/// Modules and values that are entered one inside another.
const DEEPEST: usize = 32;
/// Ends that are told of one value; more than these nobody reads.
const MOST: usize = 64;
/// Steps that are taken for one value.
const FUEL: usize = 20_000;

impl<'p> Project<'p> {
    /// What a value is in the end, over as many modules as it takes.
    pub fn origins(&self, file: &'p FileFacts, value: &Value) -> Vec<Origins<'p>> {
        let Some(at) = self.number(file) else { return Vec::new() };
        let mut search = Search { project: self, hops: Vec::new(), open: Vec::new(), found: Vec::new(), fuel: FUEL };
        search.value(at, value, &Asked::default(), 0);
        search.found
    }
}

/// What of a value is asked for.
#[derive(Debug, Clone, Default)]
struct Asked {
    /// Properties that are read, the first first.
    path: Vec<String>,
    /// Whether it is called.
    is_called: bool,
}

struct Search<'s, 'p> {
    project: &'s Project<'p>,
    /// From the expression that was asked about to where the search is.
    hops: Vec<Hop<'p>>,
    /// Exports that are being looked into.
    open: Vec<(u32, String)>,
    found: Vec<Origins<'p>>,
    fuel: usize,
}

impl<'p> Search<'_, 'p> {
    fn value(&mut self, at: u32, value: &Value, asked: &Asked, depth: usize) {
        self.fuel = self.fuel.saturating_sub(1);
        if depth > DEEPEST || self.fuel == 0 || self.found.len() >= MOST {
            return;
        }
        let file = self.project.files[at as usize];
        match value {
            Value::Nothing => {}
            Value::Env(read) => self.note(Held::Env(file, *read)),
            // A property of it is another thing, of which nothing is known.
            Value::Named(spot, name) if asked.path.is_empty() => self.note(Held::Named(file, *spot, name.clone())),
            Value::Dump(spot, what) if asked.path.is_empty() => self.note(Held::Dump(file, *spot, what.clone())),
            Value::Text(text) if asked.path.is_empty() => self.note(Held::Text(file, text.clone())),
            Value::Named(..) | Value::Dump(..) | Value::Text(_) => {}
            Value::Literal(literal) => self.note(Held::Literal(file, *literal)),
            // The public part of a configuration is none of its variables.
            Value::WholeEnv(spot) => match asked.path.first().map(String::as_str) {
                None => self.note(Held::WholeEnv(file, *spot)),
                Some("public" | "app") => {}
                Some(name) => self.note(Held::Field(file, *spot, name.to_owned())),
            },
            Value::Import { import, name, path, is_called } => {
                let path = path.iter().chain(&asked.path).cloned().collect();
                let asked = Asked { path, is_called: *is_called || asked.is_called };
                self.other(at, *import, name, &asked, depth);
            }
            Value::Object(fields, spread) => match asked.path.split_first() {
                Some((first, rest)) => {
                    let rest = Asked { path: rest.to_vec(), is_called: asked.is_called };
                    let mut own = fields.iter().rev().filter(|(name, _)| name == first).peekable();
                    match own.next() {
                        Some((_, value)) => self.value(at, value, &rest, depth + 1),
                        None => spread.iter().for_each(|value| self.value(at, value, asked, depth + 1)),
                    }
                }
                None => {
                    fields.iter().for_each(|(_, value)| self.value(at, value, asked, depth + 1));
                    spread.iter().for_each(|value| self.value(at, value, asked, depth + 1));
                }
            },
            Value::Returns(value) => {
                // A function that is handed on holds nothing itself.
                if asked.is_called {
                    self.value(at, value, &Asked { path: asked.path.clone(), is_called: false }, depth + 1);
                }
            }
            Value::Some(values) => values.iter().for_each(|value| self.value(at, value, asked, depth + 1)),
            Value::Via(spot, text, value) => {
                self.hops.push(Hop::new(file, *spot, text.clone()));
                self.value(at, value, asked, depth + 1);
                self.hops.pop();
            }
        }
    }

    /// A name of another module.
    fn other(&mut self, at: u32, import: u32, name: &str, asked: &Asked, depth: usize) {
        let file = self.project.files[at as usize];
        if crate::lang::language_of(&file.path.text).is_some() {
            return self.symbol(at, import, name, asked, depth);
        }
        let Some(target) = self.project.graph.target(at, import) else { return };
        let Some(import) = file.facts.module.as_ref().and_then(|module| module.imports.get(import as usize)) else { return };
        let path = &self.project.files[target as usize].path;
        self.hops.push(Hop::new(file, import.spot, format!("imported from `{path}`")));
        self.export(target, name, asked, depth + 1);
        self.hops.pop();
    }

    /// A name of another program's module.
    fn symbol(&mut self, at: u32, import: u32, name: &str, asked: &Asked, depth: usize) {
        let file = self.project.files[at as usize];
        let Some(asks) = file.facts.module.as_ref().and_then(|module| module.imports.get(import as usize)) else { return };
        let (name, asked) = match (name, asked.path.split_first()) {
            // `app.config.KEY`: a module within a package.
            ("*", Some((first, rest))) if self.project.symbols.find(&self.project.files, at, asks, "*").is_none() => {
                (first.as_str(), Asked { path: rest.to_vec(), is_called: asked.is_called })
            }
            _ => (name, asked.clone()),
        };
        let Some((target, name)) = self.project.symbols.find(&self.project.files, at, asks, name) else { return };
        let path = &self.project.files[target as usize].path;
        self.hops.push(Hop::new(file, asks.spot, format!("imported from `{path}`")));
        self.export(target, &name, &asked, depth + 1);
        self.hops.pop();
    }

    /// What a module offers under a name.
    fn export(&mut self, at: u32, name: &str, asked: &Asked, depth: usize) {
        if depth > DEEPEST || self.fuel == 0 || self.open.iter().any(|(file, open)| (*file, open.as_str()) == (at, name)) {
            return;
        }
        let project = self.project;
        let Some(module) = project.files[at as usize].facts.module.as_ref() else { return };
        let names = &project.graph.names[at as usize];
        self.open.push((at, name.to_owned()));
        let known = names.exports.get(name).and_then(|export| module.exports.get(*export as usize));
        match known {
            Some(export) => match &export.target {
                Target::Local(local) => match module.holds.iter().find(|(held, _)| held == local) {
                    Some((_, value)) => self.value(at, value, asked, depth + 1),
                    None => {
                        if let Some((import, name)) = names.imported.get(local.as_str()) {
                            self.other(at, *import, name, asked, depth + 1);
                        }
                    }
                },
                Target::Other(import, name) => self.other(at, *import, name, asked, depth + 1),
            },
            None if name == "*" => self.whole(at, asked, depth),
            // The default of a module that has none is the module, as bundlers see CommonJS.
            None if name == "default" => {
                if !names.exports.is_empty() {
                    self.whole(at, asked, depth);
                }
            }
            None => {
                // What CommonJS exports as a whole may have a property of the name.
                if names.stars.is_empty() && names.exports.contains_key("default") {
                    let path = std::iter::once(name.to_owned()).chain(asked.path.iter().cloned()).collect();
                    self.export(at, "default", &Asked { path, is_called: asked.is_called }, depth + 1);
                }
                for import in &names.stars {
                    self.other(at, *import, name, asked, depth + 1);
                }
            }
        }
        self.open.pop();
    }

    /// A module as one object.
    fn whole(&mut self, at: u32, asked: &Asked, depth: usize) {
        let names = &self.project.graph.names[at as usize];
        match asked.path.split_first() {
            Some((first, rest)) => {
                let is_known = names.exports.contains_key(first.as_str()) || !names.exports.contains_key("default");
                let (name, path) = if is_known { (first.as_str(), rest) } else { ("default", &asked.path[..]) };
                self.export(at, name, &Asked { path: path.to_vec(), is_called: asked.is_called }, depth + 1);
            }
            // `require` of a module that is a function.
            None if asked.is_called => self.export(at, "default", asked, depth + 1),
            None => {
                let Some(module) = &self.project.files[at as usize].facts.module else { return };
                let mut held: Vec<&str> = module.exports.iter().map(|export| export.name.as_str()).filter(|name| *name != "*").collect();
                // A default that repeats the others says nothing new.
                if held.len() > 1 {
                    held.retain(|name| *name != "default");
                }
                held.into_iter().for_each(|name| self.export(at, name, asked, depth + 1));
                names.stars.iter().for_each(|import| self.other(at, *import, "*", asked, depth + 1));
            }
        }
    }

    fn note(&mut self, held: Held<'p>) {
        fn key<'h>(held: &'h Held) -> (u8, usize, u32, &'h str) {
            match held {
                Held::Literal(file, at) => (0, std::ptr::from_ref::<FileFacts>(file) as usize, *at, ""),
                Held::Env(file, at) => (1, std::ptr::from_ref::<FileFacts>(file) as usize, *at, ""),
                Held::WholeEnv(file, spot) => (2, std::ptr::from_ref::<FileFacts>(file) as usize, spot.0, ""),
                Held::Field(file, spot, name) => (3, std::ptr::from_ref::<FileFacts>(file) as usize, spot.0, name),
                Held::Named(file, _, name) => (4, std::ptr::from_ref::<FileFacts>(file) as usize, 0, name),
                Held::Dump(file, spot, _) => (5, std::ptr::from_ref::<FileFacts>(file) as usize, spot.0, ""),
                Held::Text(file, text) => (6, std::ptr::from_ref::<FileFacts>(file) as usize, 0, text),
            }
        }
        if !self.found.iter().any(|found| key(&found.held) == key(&held)) {
            self.found.push(Origins { held, hops: self.hops.iter().rev().cloned().collect() });
        }
    }
}
