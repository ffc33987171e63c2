//! Tables of what scripts say, written as short texts.

mod broken;
mod flows;
mod leaks;
mod names;
mod parts;
mod reads;
mod values;

use crate::lang::{Export, Import, Module, Spots, Target, Value};
use crate::text::Span;

/// The facts of a text, with the text of each spot. Credentials in it are the words that begin with `sk_`.
pub(super) fn module(path: &str, text: &str) -> (Module, Vec<String>) {
    let mut spots = Spots::default();
    let values = credentials(text);
    let module = super::read(path, text.as_bytes(), &values, &mut spots).expect("facts");
    let shown = spots.finish().iter().map(|spot| String::from_utf8_lossy(spot.span.of(text.as_bytes())).into_owned()).collect();
    (module, shown)
}

fn credentials(text: &str) -> Vec<Span> {
    let end = |at: usize| at + text[at..].find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len() - at);
    text.match_indices("sk_").map(|(at, _)| Span::new(at, end(at))).collect()
}

/// A value as a short text: `PLUNK` for a variable, `#0` for a credential, `./a:b.c()` for an import.
pub(super) fn shown(module: &Module, value: &Value) -> String {
    let all = |values: &[Value]| values.iter().map(|value| shown(module, value)).collect::<Vec<_>>().join(" | ");
    match value {
        Value::Nothing => "-".to_owned(),
        Value::Env(read) => module.reads[*read as usize].name.clone(),
        Value::WholeEnv(_) => "ENV".to_owned(),
        Value::Literal(number) => format!("#{number}"),
        Value::Import { import, name, path, is_called } => {
            let path: String = path.iter().map(|name| format!(".{name}")).collect();
            format!("{}:{name}{path}{}", module.imports[*import as usize].specifier, if *is_called { "()" } else { "" })
        }
        Value::Object(fields, spread) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", shown(module, value)));
            let spread = spread.iter().map(|value| format!("...{}", shown(module, value)));
            format!("{{{}}}", fields.chain(spread).collect::<Vec<_>>().join(", "))
        }
        Value::Returns(value) => format!("=> {}", shown(module, value)),
        Value::Some(values) => format!("[{}]", all(values)),
        Value::Named(_, name) => format!("?{name}"),
        Value::Dump(_, what) => format!("{what:?}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Via(_, text, value) => format!("{}>{}", text.split('`').nth(1).unwrap_or("?"), shown(module, value)),
    }
}

pub(super) fn shown_import(import: &Import) -> String {
    let names: Vec<String> =
        import.names.iter().map(|name| if name.imported == name.local { name.local.clone() } else { format!("{} as {}", name.imported, name.local) }).collect();
    format!("{:?} {} {{{}}}", import.kind, import.specifier, names.join(", "))
}

pub(super) fn shown_export(export: &Export) -> String {
    match &export.target {
        Target::Local(name) => format!("{} = {name} @{}", export.name, export.part),
        Target::Other(import, name) => format!("{} = #{import}.{name} @{}", export.name, export.part),
    }
}
