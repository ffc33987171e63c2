//! What is kept of a file of a tree: facts that somebody may still ask for.

use std::collections::{BTreeSet, HashSet};

use super::around::imports_of;
use super::conclude::speaks;
use super::worker::FileRecord;
use crate::context;
use crate::keys::Catalog;
use crate::lang::{self, EnvObject, Facts, Module, Sink, SpotIx, Target, Value};
use crate::text::Excerpt;

/// A copy of a record without what nobody will ask for; `None` where that is all. A copy lies close together and holds no more
/// than it must, where the original lies scattered among what reading the file took.
pub(super) fn packed(catalog: &Catalog, mut record: FileRecord) -> Option<FileRecord> {
    let facts = &mut record.facts.facts;
    if let Some(module) = &mut facts.module {
        forget_flows(catalog, module);
        forget_members(module);
        if lang::language_of(&record.facts.path.text).is_some() {
            forget_imports(module);
            forget_reads(module);
            if says_nothing(facts) {
                return None;
            }
        }
    }
    forget_spots(&mut record);
    Some(record.clone())
}

/// Whether nobody will ask for a record: a program other than a script, of which nothing leaves and which offers nothing.
fn says_nothing(facts: &Facts) -> bool {
    let is_silent = facts.module.as_ref().is_none_or(|module| module.exports.is_empty() && module.entries.is_empty());
    is_silent && !speaks(facts) && facts.manifest.is_none() && facts.assigned.is_empty()
}

/// Forgets flows of which no rule will speak. A request is judged beside its neighbours, so that all stay where there is one.
fn forget_flows(catalog: &Catalog, module: &mut Module) {
    if !module.flows.iter().any(|flow| matches!(flow.sink, Sink::Request(_))) {
        let mut flows = std::mem::take(&mut module.flows);
        flows.retain(|flow| !context::is_harmless(catalog, module, flow));
        module.flows = flows;
    }
}

/// Forgets the imports of a program that no value comes from: programs other than scripts find each other by what they name, and
/// what else one imports says nothing of where it runs.
fn forget_imports(module: &mut Module) {
    let mut asked = BTreeSet::new();
    module.holds.iter().for_each(|(_, value)| imports_of(value, &mut asked));
    for flow in &module.flows {
        imports_of(&flow.value, &mut asked);
        match &flow.sink {
            Sink::Property(_, Some(import)) => drop(asked.insert(*import)),
            Sink::Request(request) => request.url.iter().for_each(|piece| imports_of(piece, &mut asked)),
            _ => {}
        }
    }
    asked.extend(module.exports.iter().filter_map(|export| if let Target::Other(import, _) = export.target { Some(import) } else { None }));
    // Where the kept ones stand then.
    let numbers: Vec<u32> = (0..module.imports.len() as u32).scan(0, |kept, import| Some((*kept, *kept += u32::from(asked.contains(&import))).0)).collect();
    let mut number = 0..;
    module.imports.retain(|_| number.next().is_some_and(|number| asked.contains(&number)));
    let new = |import: &mut u32| *import = numbers.get(*import as usize).copied().unwrap_or(u32::MAX);
    each_value(module, &mut |value| {
        if let Value::Import { import, .. } = value {
            new(import);
        }
    });
    module.flows.iter_mut().for_each(|flow| {
        if let Sink::Property(_, Some(import)) = &mut flow.sink {
            new(import);
        }
    });
    module.exports.iter_mut().for_each(|export| {
        if let Target::Other(import, _) = &mut export.target {
            new(import);
        }
    });
}

/// Forgets the reads of a program behind the last one that a value comes from. Only what publishes variables by their names asks
/// for others, and there are none in a program that a server runs.
fn forget_reads(module: &mut Module) {
    let mut kept = module.reads.iter().rposition(|read| read.from != EnvObject::Server).map_or(0, |last| last + 1);
    each_value(module, &mut |value| {
        if let Value::Env(read) = value {
            kept = kept.max(*read as usize + 1);
        }
    });
    module.reads.truncate(kept);
}

/// Forgets which properties are read of names that the module has itself: they tell what of another module is needed.
fn forget_members(module: &mut Module) {
    let imported: HashSet<&str> = module.imports.iter().flat_map(|import| &import.names).map(|name| name.local.as_str()).collect();
    for part in &mut module.parts {
        part.uses.iter_mut().filter(|used| !imported.contains(used.name.as_str())).for_each(|used| used.member = None);
        let mut known = BTreeSet::new();
        let is_new: Vec<bool> = part.uses.iter().map(|used| known.insert(used)).collect();
        let mut keep = is_new.into_iter();
        part.uses.retain(|_| keep.next().unwrap_or(true));
    }
}

/// Forgets the places that nothing speaks of any more, and the lines of those where nothing can be found.
fn forget_spots(record: &mut FileRecord) {
    let is_script = lang::language_of(&record.facts.path.text).is_none();
    let facts = &mut record.facts.facts;
    let mut new = vec![None; facts.spots.len()];
    each_spot(facts, &mut |spot, _| {
        if let Some(new) = new.get_mut(spot.0 as usize) {
            *new = Some(0);
        }
    });
    for (number, new) in new.iter_mut().flatten().enumerate() {
        *new = number as u32;
    }
    let mut shown = vec![false; facts.spots.len()];
    each_spot(facts, &mut |spot, speaks| {
        let at = spot.0 as usize;
        if let (Some(Some(new)), Some(shown)) = (new.get(at), shown.get_mut(at)) {
            *shown |= speaks == Speaks::Here || speaks == Speaks::InScripts && is_script;
            spot.0 = *new;
        }
    });
    for (at, _) in shown.iter().enumerate().filter(|(_, is_shown)| !**is_shown) {
        facts.spots[at].excerpt = Excerpt::default();
        if let Some(marks) = record.spot_marks.get_mut(at) {
            *marks = Vec::new();
        }
    }
    let mut keep = new.iter().map(Option::is_some);
    facts.spots.retain(|_| keep.next().unwrap_or(true));
    let mut keep = new.iter().map(Option::is_some);
    record.spot_marks.retain(|_| keep.next().unwrap_or(true));
    if record.spot_marks.iter().all(Vec::is_empty) {
        record.spot_marks = Vec::new();
    }
}

/// Whether a finding may stand at a place, or only a step on the way to one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaks {
    Here,
    InScripts,
    Never,
}

fn each_spot(facts: &mut Facts, each: &mut impl FnMut(&mut SpotIx, Speaks)) {
    facts.declared.iter_mut().for_each(|one| each(&mut one.spot, Speaks::Here));
    let Some(module) = &mut facts.module else { return };
    // Where a client asks for a module that holds a key.
    module.imports.iter_mut().for_each(|one| each(&mut one.spot, Speaks::InScripts));
    module.reads.iter_mut().for_each(|one| each(&mut one.spot, Speaks::Here));
    module.flows.iter_mut().for_each(|one| each(&mut one.spot, Speaks::Here));
    each_value(module, &mut |value| match value {
        Value::WholeEnv(spot) | Value::Via(spot, ..) | Value::Named(spot, _) | Value::Dump(spot, _) => each(spot, Speaks::Never),
        _ => {}
    });
}

/// Every value of a module, and every value within one.
fn each_value(module: &mut Module, each: &mut impl FnMut(&mut Value)) {
    let mut work: Vec<&mut Value> = module.holds.iter_mut().map(|(_, value)| value).collect();
    for flow in &mut module.flows {
        work.push(&mut flow.value);
        if let Sink::Request(request) = &mut flow.sink {
            work.extend(&mut request.url);
        }
    }
    while let Some(value) = work.pop() {
        each(value);
        match value {
            Value::Object(fields, rest) => work.extend(fields.iter_mut().map(|(_, value)| value).chain(rest)),
            Value::Returns(value) | Value::Via(_, _, value) => work.push(value),
            Value::Some(values) => work.extend(values),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ScanPath;
    use crate::lang::{Dump, Flow, Import, ImportKind, ImportName, Read, Request, Spot};
    use crate::project::{FileFacts, Origin};
    use crate::text::{Position, Region};

    fn record(path: &str, flows: Vec<Flow>) -> FileRecord {
        let import = |specifier: &str, spot| Import {
            specifier: specifier.to_owned(),
            kind: ImportKind::Static,
            names: vec![ImportName { imported: "x".to_owned(), local: "x".to_owned() }],
            spot: SpotIx(spot),
            part: 0,
            is_island: false,
        };
        let spot = |line| Spot { region: Region { start: Position { line, ..Position::START }, end: Position::START }, ..Spot::default() };
        let module = Module { imports: vec![import("os", 0), import("config", 1)], flows, ..Module::default() };
        let facts = Facts { module: Some(module), spots: (0..3).map(spot).collect(), ..Facts::default() };
        let path = ScanPath::from_bytes(path.as_bytes());
        let facts = FileFacts { lives_at: path.text.clone(), path, origin: Origin::Present, is_context: false, facts };
        FileRecord { facts, marks: Vec::new(), spot_marks: Vec::new() }
    }

    #[test]
    fn imports_that_no_value_comes_from_are_forgotten() {
        let value = |import| Value::Some(vec![Value::Import { import, name: "x".to_owned(), path: Vec::new(), is_called: false }]);
        let flow = Flow { sink: Sink::Log("print".to_owned()), spot: SpotIx(2), value: value(1), part: 0, within: None };
        let catalog = Catalog::built_in();
        let kept = |path: &str| packed(&catalog, record(path, vec![flow.clone()])).expect("it speaks").facts.facts;
        let (program, script) = (kept("app/main.py"), kept("app/main.ts"));
        let specifiers = |facts: &Facts| facts.module.iter().flat_map(|module| &module.imports).map(|import| import.specifier.clone()).collect::<Vec<_>>();
        assert_eq!((specifiers(&program), specifiers(&script)), (vec!["config".to_owned()], vec!["os".to_owned(), "config".to_owned()]));
        let module = program.module.expect("it has one");
        assert_eq!((module.flows[0].value.clone(), module.flows[0].spot, module.imports[0].spot), (value(0), SpotIx(1), SpotIx(0)));
        let lines: Vec<u64> = program.spots.iter().map(|spot| spot.region.start.line).collect();
        assert_eq!((lines, script.spots.len()), (vec![1, 2], 3));
        assert!(packed(&catalog, record("app/main.py", Vec::new())).is_none());
        assert!(packed(&catalog, record("app/main.ts", Vec::new())).is_some());
    }

    #[test]
    fn flows_of_which_no_rule_speaks_are_forgotten() {
        let named = |name: &str| Value::Named(SpotIx(0), name.to_owned());
        let log = || Sink::Log("print".to_owned());
        let imported = Value::Import { import: 0, name: "x".to_owned(), path: Vec::new(), is_called: false };
        let cases = [
            (log(), named("password"), true),
            (log(), named("color"), false),
            (log(), Value::Some(vec![named("color"), named("password")]), true),
            (log(), Value::Some(vec![Value::Text("x".to_owned()), Value::Nothing]), false),
            (log(), Value::Env(0), true),
            (log(), Value::Env(1), false),
            (log(), Value::Literal(0), true),
            (log(), imported.clone(), true),
            (log(), Value::WholeEnv(SpotIx(0)), true),
            (log(), Value::Dump(SpotIx(0), Dump::Headers), true),
            (log(), Value::Dump(SpotIx(0), Dump::Settings("options".to_owned(), "color".to_owned())), false),
            (Sink::Response("send".to_owned()), named("password"), false),
            (Sink::Response("send".to_owned()), Value::Env(0), true),
            (Sink::Response("send".to_owned()), imported, true),
            (Sink::Property("Map token".to_owned(), Some(0)), named("color"), true),
            (Sink::Define("env".to_owned(), "COLOR".to_owned()), named("color"), true),
        ];
        let read = |name: &str| Read { name: name.to_owned(), from: EnvObject::Process, is_direct: true, spot: SpotIx(0), part: 0 };
        let catalog = Catalog::built_in();
        let kept = |flows| {
            let mut record = record("app/main.ts", flows);
            record.facts.facts.module.as_mut().expect("it has one").reads = vec![read("STRIPE_SECRET_KEY"), read("COLOR")];
            packed(&catalog, record).and_then(|record| record.facts.facts.module).expect("it has one").flows.len()
        };
        let request = Flow { sink: Sink::Request(Request::default()), spot: SpotIx(0), value: Value::Nothing, part: 0, within: None };
        for (sink, value, is_kept) in cases {
            let flow = Flow { sink, spot: SpotIx(0), value, part: 0, within: None };
            assert_eq!(kept(vec![flow.clone()]), usize::from(is_kept), "{flow:?}");
            assert_eq!(kept(vec![flow, request.clone()]), 2);
        }
    }
}
