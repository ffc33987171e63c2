//! Trees in a few lines each, and what the project says of them.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod bundlers;
mod frameworks;
mod values;
mod ways;

use super::{FileFacts, Held, Origin, Project};
use crate::config::Config;
use crate::error::ScanPath;
use crate::lang::{self, EnvObject, Export, Facts, Flow, Import, ImportKind, ImportName, Module, Part, Read, Sink, Spot, SpotIx, Target, Use, Value};
use crate::text::Span;

/// Reads a tree: each file begins with a line `== path`. A manifest follows as its text, a module as lines:
///
/// ```text
/// "use client"                        a directive
/// import a, b as c, * as d from ./x   (also `island`, `reexport`, `lazy`, `require`, `server import`)
/// import ./x                          for its effects
/// star ./x                            export * from
/// [export] name = VALUE [: uses]      a declaration; uses are names or name.member
/// effect [: uses]                     a statement that does something
/// server name [: uses]                a part of the server alone
/// list a b                            export { a, b }
/// flow SINK NAME [@import] = VALUE    a value that leaves, in a part of its own; `server flow` in one of the server
/// ```
pub(super) fn tree(text: &str) -> Vec<FileFacts> {
    text.split("== ").skip(1).map(file).collect()
}

fn file(text: &str) -> FileFacts {
    let (path, body) = text.split_once('\n').unwrap_or((text, ""));
    let path = ScanPath::from_bytes(path.trim().as_bytes());
    let facts = if lang::is_manifest(&path) {
        lang::facts(&path, body.as_bytes(), &[])
    } else if path.text.ends_with(".json") || path.text.ends_with(".css") {
        Facts::default()
    } else {
        module(body)
    };
    FileFacts { lives_at: path.text.clone(), path, origin: Origin::Present, is_context: false, facts }
}

fn module(body: &str) -> Facts {
    let mut facts = Facts::default();
    let mut module = Module::default();
    for (number, line) in body.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        facts.spots.push(Spot::default());
        match line {
            "\"use client\"" => facts.directives.client = true,
            "\"use server\"" => facts.directives.server = true,
            "browser" => facts.directives.browser = true,
            "broken" => module.is_broken = true,
            "common" => module.is_common = true,
            _ if line.starts_with("entry ") => module.entries.push(line["entry ".len()..].to_owned()),
            _ => statement(line, number as u32, &mut module),
        }
    }
    facts.module = Some(module);
    facts
}

fn statement(line: &str, spot: u32, module: &mut Module) {
    let number = module.parts.len() as u32;
    let mut part = Part { span: Span::new(spot as usize * 100, spot as usize * 100 + 100), ..Part::default() };
    let (line, uses) = line.split_once(" : ").unwrap_or((line, ""));
    part.uses = uses
        .split_whitespace()
        .map(|used| match used.split_once('.') {
            Some((name, member)) => Use { name: name.to_owned(), member: Some(member.to_owned()) },
            None => Use { name: used.to_owned(), member: None },
        })
        .collect();
    let (line, is_server) = line.strip_prefix("server ").map_or((line, false), |line| (line, true));
    part.is_server = is_server;
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let at = module.imports.len() as u32;
    match word {
        "import" | "island" | "reexport" | "lazy" | "require" => {
            let (names, specifier) = rest.split_once(" from ").unwrap_or(("", rest));
            let names: Vec<ImportName> = names
                .split(", ")
                .filter(|name| !name.is_empty())
                .map(|name| {
                    let (imported, local) = name.split_once(" as ").unwrap_or((name, name));
                    ImportName { imported: imported.to_owned(), local: local.to_owned() }
                })
                .collect();
            let kind = match word {
                "reexport" => ImportKind::ReExport,
                "lazy" => ImportKind::Dynamic,
                "require" => ImportKind::Require,
                _ => ImportKind::Static,
            };
            if word == "reexport" {
                for name in &names {
                    module.exports.push(Export { name: name.local.clone(), target: Target::Other(at, name.imported.clone()), part: number });
                }
            } else {
                part.declares = names.iter().map(|name| name.local.clone()).collect();
            }
            part.has_effects = matches!(word, "lazy" | "require");
            let names = if word == "reexport" { Vec::new() } else { names };
            module.imports.push(Import { specifier: specifier.to_owned(), kind, names, spot: SpotIx(spot), part: number, is_island: word == "island" });
        }
        "star" => {
            module.exports.push(Export { name: "*".to_owned(), target: Target::Other(at, "*".to_owned()), part: number });
            module.imports.push(Import {
                specifier: rest.to_owned(),
                kind: ImportKind::ReExport,
                names: Vec::new(),
                spot: SpotIx(spot),
                part: number,
                is_island: false,
            });
        }
        "effect" => part.has_effects = true,
        "free" => {
            part.has_effects = true;
            part.free = vec![rest.to_owned()];
        }
        "list" => {
            part.uses = rest.split_whitespace().map(|name| Use { name: name.to_owned(), member: None }).collect();
            for name in rest.split_whitespace() {
                module.exports.push(Export { name: name.to_owned(), target: Target::Local(name.to_owned()), part: number });
            }
        }
        "flow" => {
            let (sink, value) = rest.split_once(" = ").unwrap_or((rest, ""));
            let (sink, import) = sink.split_once(" @").map_or((sink, None), |(sink, import)| (sink, import.parse().ok()));
            let (kind, name) = sink.split_once(' ').unwrap_or((sink, ""));
            let name = name.to_owned();
            let sink = match kind {
                "result" => Sink::Result(name),
                "serverfn" => Sink::ServerFunction(name),
                "response" => Sink::Response(name),
                "render" => Sink::Render(name),
                "prop" => Sink::Property(name, import),
                "script" => Sink::InlineScript,
                "global" => Sink::Global(name),
                "cookie" => Sink::Cookie,
                "header" => Sink::Header(name),
                "socket" => Sink::Socket(name),
                "bridge" => Sink::Bridge(name),
                "define" => name.split_once(' ').map(|(setting, name)| Sink::Define(setting.to_owned(), name.to_owned())).unwrap(),
                _ => panic!("no sink: {line}"),
            };
            part.has_effects = true;
            let value = parse(value, spot, number, module);
            module.flows.push(Flow { sink, spot: SpotIx(spot), value, part: number, within: None });
        }
        _ => {
            let (is_export, line) = line.strip_prefix("export ").map_or((false, line), |line| (true, line));
            let (name, value) = line.split_once(" = ").unwrap_or((line, ""));
            part.declares.push(name.to_owned());
            if is_export {
                module.exports.push(Export { name: name.to_owned(), target: Target::Local(name.to_owned()), part: number });
            }
            let value = parse(value, spot, number, module);
            module.holds.push((name.to_owned(), value));
        }
    }
    module.parts.push(part);
}

/// Reads a value: `literal 0`, `env X`, `wholeenv`, `import 0 name.path`, `call 0 name.path`, `{ a: VALUE; b: VALUE }`,
/// `{ ...VALUE }`, `fn VALUE`, `via VALUE`.
fn parse(text: &str, spot: u32, part: u32, module: &mut Module) -> Value {
    let text = text.trim();
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "literal" => Value::Literal(rest.parse().unwrap()),
        "env" | "meta" => {
            let from = if word == "env" { EnvObject::Process } else { EnvObject::ImportMeta };
            module.reads.push(Read { name: rest.to_owned(), from, is_direct: true, spot: SpotIx(spot), part });
            Value::Env((module.reads.len() - 1) as u32)
        }
        "wholeenv" => Value::WholeEnv(SpotIx(spot)),
        "import" | "call" => {
            let (import, name) = rest.split_once(' ').unwrap();
            let mut path: Vec<String> = name.split('.').map(str::to_owned).collect();
            let name = path.remove(0);
            Value::Import { import: import.parse().unwrap(), name, path, is_called: word == "call" }
        }
        "{" => {
            let (mut fields, mut spread) = (Vec::new(), Vec::new());
            for field in rest.trim_end_matches('}').split(';') {
                match field.trim().strip_prefix("...") {
                    Some(value) => spread.push(parse(value, spot, part, module)),
                    None => {
                        let (name, value) = field.split_once(':').unwrap();
                        fields.push((name.trim().to_owned(), parse(value, spot, part, module)));
                    }
                }
            }
            Value::Object(fields, spread)
        }
        "fn" => Value::Returns(Box::new(parse(rest, spot, part, module))),
        "via" => Value::Via(SpotIx(spot), "a step".to_owned(), Box::new(parse(rest, spot, part, module))),
        _ => Value::Nothing,
    }
}

/// The file of a path.
pub(super) fn at<'f>(files: &'f [FileFacts], path: &str) -> &'f FileFacts {
    files.iter().find(|file| file.path.text == path).unwrap_or_else(|| panic!("no file {path}"))
}

/// How a client gets a part, `path#name` or `path` for the first one: `-` when none does, else the files of the hops, and
/// `entry` at its end.
pub(super) fn way(files: &[FileFacts], project: &Project, query: &str) -> String {
    let (path, name) = query.split_once('#').unwrap_or((query, ""));
    let file = at(files, path);
    let parts = file.facts.module.as_ref().map_or(&[][..], |module| &module.parts[..]);
    let part =
        if name.is_empty() { 0 } else { parts.iter().position(|part| part.declares.iter().any(|one| one == name)).unwrap_or_else(|| panic!("no {query}")) };
    let Some(way) = project.way(file, part as u32) else { return "-".to_owned() };
    if way.hops.is_empty() && way.entry.path.text != path {
        return format!("by name, {}", way.entry.path.text);
    }
    assert_eq!(way.hops.last().map_or(path, |hop| hop.file.path.text.as_str()), way.entry.path.text, "{query}");
    let hops: Vec<&str> = way.hops.iter().map(|hop| hop.file.path.text.as_str()).collect();
    if hops.is_empty() { "entry".to_owned() } else { hops.join(" < ") }
}

/// Checks the ways of a tree.
pub(super) fn check(text: &str, rows: &[(&str, &str)]) {
    let (files, config) = (tree(text), Config::default());
    let project = Project::join(files.iter(), &config);
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(query, expected)| {
            let found = way(&files, &project, query);
            (found != *expected).then(|| format!("{query}: {found}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}\n{text}", wrong.join("\n"));
}

/// What a value is in the end, and the texts of the hops.
pub(super) fn told(found: &super::Origins) -> String {
    let held = match &found.held {
        Held::Named(file, _, name) => format!("?{name} of {}", file.path),
        Held::Dump(file, _, what) => format!("{what:?} of {}", file.path),
        Held::Text(file, text) => format!("{text:?} of {}", file.path),
        Held::Literal(file, at) => format!("literal {at} of {}", file.path),
        Held::Env(file, at) => format!("env {}", file.facts.module.as_ref().unwrap().reads[*at as usize].name),
        Held::Field(file, _, name) => format!("{name} of {}", file.path),
        Held::WholeEnv(file, _) => format!("all of {}", file.path),
    };
    let hops: Vec<String> = found.hops.iter().map(|hop| format!("{}: {}", hop.file.path, hop.text)).collect();
    [vec![held], hops].concat().join(" | ")
}
