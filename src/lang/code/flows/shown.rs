//! What is shown of the arguments of a call: by their order, and by the names before them.

use crate::lang::Value;
use crate::lang::code::language::Blocks;
use crate::lang::code::tree::{Call, NodeIx, What};
use crate::lang::code::values::{Known, Reader};

/// Names of the arguments that make the message of an error.
const MESSAGES: &[&str] = &[
    "message",
    "msg",
    "detail",
    "details",
    "description",
    "reason",
    "error",
    "errors",
    "text",
    "title",
    "body",
    "content",
    "info",
    "format",
    "format_string",
    "err",
    "errormessage",
    "statustext",
    "hint",
    "userinfo",
];

/// What is shown of all arguments; of functions among them, what they give.
pub(super) fn shown<'t>(reader: &mut Reader<'t, '_>, call: &'t Call<'t>, path: &str) -> Known {
    let first = usize::from(is_assertion(path));
    shown_from(reader, call, path, first)
}

/// The same from an argument on.
pub(super) fn shown_from<'t>(reader: &mut Reader<'t, '_>, call: &'t Call<'t>, path: &str, first: usize) -> Known {
    // Ruby's `p` shows what `inspect` gives.
    if matches!(path, "p" | "pp" | "ap") && reader.language.grammar.blocks == Blocks::Ends {
        let known = call.args.iter().take(12).map(|arg| reader.inspected(arg.value)).collect();
        return reader.all(known);
    }
    let mut all = Vec::new();
    let hidden = reader.hidden(call);
    let is_error = super::is_error(reader, call, path);
    for (number, arg) in call.args.iter().enumerate().skip(first).take(30) {
        // What an error keeps beside its message is not shown with it.
        if is_error && arg.name.is_some_and(|name| !MESSAGES.contains(&name.to_ascii_lowercase().as_str())) {
            continue;
        }
        let is_shape = arg.name.is_some_and(|name| matches!(name, "file" | "exc_info" | "stack_info" | "level" | "end" | "sep" | "flush" | "cause"));
        if is_shape || hidden.contains(&number) {
            continue;
        }
        reader.evaluate_shown(arg.value, arg.name, &mut all);
    }
    all.extend(reader.pairs(call, path));
    reader.all(all)
}

/// The first argument of an assertion is what must be true.
fn is_assertion(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    ["assert", "debug_assert", "ensure", "precondition"].iter().any(|word| last.starts_with(word)) && !last.ends_with("Failure")
}

impl<'t> Reader<'t, '_> {
    pub(super) fn evaluate_shown(&mut self, at: NodeIx, name: Option<&'t str>, all: &mut Vec<Known>) {
        let known = match self.tree.node(at).what {
            What::Function(number) => self.evaluate_result(number),
            _ => self.evaluate(at),
        };
        let known = match known {
            Known::Instance(class) => self.shown_instance(class, self.tree.node(at).span),
            // What only the name of the argument speaks of: `password=user_input`.
            Known::Unknown => name.map_or(Known::Unknown, |name| self.named(name, self.tree.node(at).span)),
            Known::Holds(value) => without_env(value),
            other => other,
        };
        all.push(known);
    }
}

/// A process that is to be started tells nothing of its variables when it is printed.
fn without_env(value: Value) -> Known {
    match value {
        Value::Object(mut fields, spread) => {
            fields.retain(|(name, _)| !matches!(name.as_str(), "Env" | "env" | "environment"));
            if fields.is_empty() && spread.is_empty() { Known::Unknown } else { Known::Holds(Value::Object(fields, spread)) }
        }
        Value::Via(spot, text, inner) => match without_env(*inner) {
            Known::Holds(value) => Known::Holds(Value::Via(spot, text, Box::new(value))),
            other => other,
        },
        other => Known::Holds(other),
    }
}
