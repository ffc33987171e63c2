//! Scripts of one file that run apart, as one module.

use crate::lang::{Module, Target, Value};

/// Puts the facts of another script behind a module's. Its names get a prefix: they are no names of the module.
pub(super) fn append(module: &mut Module, script: Module, prefix: &str) {
    let (parts, imports, reads) = (module.parts.len() as u32, module.imports.len() as u32, module.reads.len() as u32);
    let named = |name: &str| format!("{prefix}{name}");
    let shift = Shift { imports, reads };
    module.parts.extend(script.parts.into_iter().map(|mut part| {
        part.declares.iter_mut().for_each(|name| *name = named(name));
        part.uses.iter_mut().for_each(|used| used.name = named(&used.name));
        part
    }));
    module.imports.extend(script.imports.into_iter().map(|mut import| {
        import.names.iter_mut().for_each(|name| name.local = named(&name.local));
        import.part += parts;
        import
    }));
    module.exports.extend(script.exports.into_iter().map(|mut export| {
        export.name = named(&export.name);
        export.part += parts;
        match &mut export.target {
            Target::Local(name) => *name = named(name),
            Target::Other(import, _) => *import += imports,
        }
        export
    }));
    module.holds.extend(script.holds.into_iter().map(|(name, value)| (named(&name), shift.value(value))));
    module.flows.extend(script.flows.into_iter().map(|mut flow| {
        flow.value = shift.value(flow.value);
        flow.part += parts;
        flow
    }));
    module.reads.extend(script.reads.into_iter().map(|mut read| {
        read.part += parts;
        read
    }));
    module.entries.extend(script.entries);
    module.is_broken |= script.is_broken;
}

struct Shift {
    imports: u32,
    reads: u32,
}

impl Shift {
    /// A value's depth is bounded by the fuel that made it.
    fn value(&self, value: Value) -> Value {
        let all = |values: Vec<Value>| values.into_iter().map(|value| self.value(value)).collect();
        match value {
            Value::Env(read) => Value::Env(read + self.reads),
            Value::Import { import, name, path, is_called } => Value::Import { import: import + self.imports, name, path, is_called },
            Value::Object(fields, spread) => Value::Object(fields.into_iter().map(|(name, value)| (name, self.value(value))).collect(), all(spread)),
            Value::Returns(value) => Value::Returns(Box::new(self.value(*value))),
            Value::Some(values) => Value::Some(all(values)),
            Value::Via(spot, text, value) => Value::Via(spot, text, Box::new(self.value(*value))),
            Value::Nothing | Value::WholeEnv(_) | Value::Literal(_) | Value::Named(..) | Value::Dump(..) | Value::Text(_) => value,
        }
    }
}
