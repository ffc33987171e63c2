//! What is kept of a file of a tree: facts that somebody may still ask for.

use std::collections::BTreeSet;

use super::around::imports_of;
use super::conclude::speaks;
use super::worker::FileRecord;
use crate::lang::{self, Sink, Target};
use crate::text::Excerpt;

/// A copy of a record without what nobody will ask for; `None` where that is all. A copy lies close together and holds no more
/// than it must, where the original lies scattered among what reading the file took.
pub(super) fn packed(record: &FileRecord) -> Option<FileRecord> {
    if lang::language_of(&record.facts.path.text).is_none() {
        return Some(record.clone());
    }
    if says_nothing(record) {
        return None;
    }
    let mut record = record.clone();
    forget_imports(&mut record);
    Some(record)
}

/// Whether nobody will ask for a record: a program other than a script, of which nothing leaves and which offers nothing.
fn says_nothing(record: &FileRecord) -> bool {
    let facts = &record.facts.facts;
    let is_silent = facts.module.as_ref().is_none_or(|module| module.exports.is_empty() && module.entries.is_empty());
    is_silent && !speaks(facts) && facts.manifest.is_none() && facts.assigned.is_empty()
}

/// Empties the imports of a program that no value comes from: programs other than scripts find each other by what they name, and
/// what else one imports says nothing of where it runs.
fn forget_imports(record: &mut FileRecord) {
    let Some(module) = &mut record.facts.facts.module else { return };
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
    for (import, number) in module.imports.iter_mut().zip(0..) {
        if !asked.contains(&number) {
            import.specifier = String::new();
            import.names = Vec::new();
            if let Some(spot) = record.facts.facts.spots.get_mut(import.spot.0 as usize) {
                spot.excerpt = Excerpt::default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ScanPath;
    use crate::lang::{Facts, Flow, Import, ImportKind, ImportName, Module, Spot, SpotIx, Value};
    use crate::project::{FileFacts, Origin};

    fn record(path: &str, flows: Vec<Flow>) -> FileRecord {
        let import = |specifier: &str, spot| Import {
            specifier: specifier.to_owned(),
            kind: ImportKind::Static,
            names: vec![ImportName { imported: "x".to_owned(), local: "x".to_owned() }],
            spot: SpotIx(spot),
            part: 0,
            is_island: false,
        };
        let module = Module { imports: vec![import("os", 0), import("config", 1)], flows, ..Module::default() };
        let facts = Facts { module: Some(module), spots: vec![Spot::default(); 3], ..Facts::default() };
        let path = ScanPath::from_bytes(path.as_bytes());
        let facts = FileFacts { lives_at: path.text.clone(), path, origin: Origin::Present, is_context: false, facts };
        FileRecord { facts, marks: Vec::new(), spot_marks: Vec::new() }
    }

    #[test]
    fn imports_that_no_value_comes_from_are_emptied() {
        let value = Value::Some(vec![Value::Import { import: 1, name: "x".to_owned(), path: Vec::new(), is_called: false }]);
        let flow = Flow { sink: Sink::Log("print".to_owned()), spot: SpotIx(2), value, part: 0, within: None };
        let specifiers = |path: &str| {
            let packed = packed(&record(path, vec![flow.clone()])).expect("it speaks");
            packed.facts.facts.module.expect("it has one").imports.into_iter().map(|import| import.specifier).collect::<Vec<_>>()
        };
        assert_eq!(specifiers("app/main.py"), ["", "config"]);
        assert_eq!(specifiers("app/main.ts"), ["os", "config"]);
        assert!(packed(&record("app/main.py", Vec::new())).is_none());
        assert!(packed(&record("app/main.ts", Vec::new())).is_some());
    }
}
