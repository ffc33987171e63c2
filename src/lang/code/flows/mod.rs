//! Where values leave: logs, errors, URLs, processes, requests, client libraries.

mod answers;
mod builders;
mod curl;
mod logs;
mod queries;
mod requests;
mod shown;
mod signs;
mod urls;

use super::language::Blocks;
use super::tree::{Call, NodeIx, What};
use super::values::{Known, Reader, data};
use crate::lang::{Flow, Sink, Value};
use crate::text::Span;
use shown::shown;

/// No hand writes more into one file.
const MOST: usize = 3000;

/// Calls that write into the page, where there is one around them.
const PAGE_WRITES: &[&str] = &["echo", "print", "printf", "print_r", "var_dump", "var_export", "vprintf"];

/// The flows of a text, in order.
pub(super) fn flows(reader: &mut Reader<'_, '_>) -> Vec<Flow> {
    let mut out = Vec::new();
    let tree = reader.tree;
    for at in &tree.calls {
        if out.len() >= MOST {
            break;
        }
        let What::Call(call) = &tree.node(*at).what else { continue };
        of_call(reader, &mut out, *at, call);
    }
    for (thrown, span) in &tree.throws {
        of_throw(reader, &mut out, *thrown, *span);
    }
    answers::returned(reader, &mut out);
    signs::flows(reader, &mut out);
    urls::flows(reader, &mut out);
    requests::of_assignments(reader, &mut out);
    builders::flows(reader, &mut out);
    marked(reader, &mut out);
    if let Some(tests) = tests(reader) {
        // In tests names are what they like.
        out.retain_mut(|flow| {
            let is_leak = matches!(flow.sink, Sink::Log(_) | Sink::Error(_) | Sink::Url(_) | Sink::Argument(_));
            if !is_leak || reader.spots.span(flow.spot).start < tests {
                return true;
            }
            match logs::sure(Known::Holds(std::mem::take(&mut flow.value))) {
                Known::Holds(value) => {
                    flow.value = value;
                    true
                }
                _ => false,
            }
        });
    }
    out.sort_by_key(|flow| reader.spots.span(flow.spot));
    out
}

/// Where the tests of a text begin, which in Rust stand at its end: `#[cfg(test)] mod tests {`.
fn tests(reader: &Reader<'_, '_>) -> Option<usize> {
    const MARK: &str = "#[cfg(test)]";
    if !reader.language.grammar.macros {
        return None;
    }
    reader.text.match_indices(MARK).map(|(at, _)| at).find(|at| {
        let rest = reader.text[at + MARK.len()..].trim_start();
        rest.strip_prefix("mod ").is_some_and(|rest| rest.trim_start_matches(|char: char| char.is_alphanumeric() || char == '_').trim_start().starts_with('{'))
    })
}

/// Notes that a value leaves, if it holds something.
pub(super) fn leave(reader: &mut Reader<'_, '_>, out: &mut Vec<Flow>, sink: Sink, span: Span, known: Known) {
    let Known::Holds(value) = known else { return };
    let value = if matches!(sink, Sink::Request(_)) { value } else { data(value) };
    if value == Value::Nothing {
        return;
    }
    let spot = reader.spot(span);
    if !out.iter().rev().take(8).any(|flow| flow.spot == spot && std::mem::discriminant(&flow.sink) == std::mem::discriminant(&sink) && flow.value == value) {
        out.push(Flow { sink, spot, value, part: 0, within: None });
    }
}

fn of_call<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, at: NodeIx, call: &'t Call<'t>) {
    let tree = reader.tree;
    let Some(path) = tree.path(call.callee) else { return };
    let span = tree.node(at).span;
    let written = written(&path);
    if let Some(sink) = logs::stream(reader, call, &path) {
        logs::of_stream(reader, out, at, call, sink, written);
    } else if reader.is_one(|api| api.answers, &path) {
        logs::of_answer(reader, out, at, call, written);
    } else if logs::is_log(reader, call, &path) {
        if !logs::is_quiet(reader, call) {
            let known = if logs::is_veiled(reader, &path) { logs::unveiled(reader, call) } else { logs::shown_chain(reader, call, &path) };
            let is_page = reader.is_page && PAGE_WRITES.contains(&path.as_str());
            leave(reader, out, if is_page { Sink::Template } else { Sink::Log(written) }, span, known);
        }
    } else if reader.is_one(|api| api.checks, &path) {
        let known = shown::shown_from(reader, call, &path, 1);
        leave(reader, out, Sink::Error(written), span, known);
    } else if is_error(reader, call, &path) {
        let known = shown(reader, call, &path);
        let written = if call.is_new { format!("new {written}") } else { written };
        leave(reader, out, Sink::Error(written), span, known);
    } else if reader.is_one(|api| api.telemetry, &path) {
        let known = shown(reader, call, &path);
        leave(reader, out, Sink::Error(written), span, known);
    } else if reader.is_one(|api| api.responses, &path) {
        logs::of_answer(reader, out, at, call, written);
    } else if reader.is_one(|api| api.processes, &path) {
        // The environment of a process is the place for its secrets.
        let args: Vec<NodeIx> = call
            .args
            .iter()
            .filter(|arg| !arg.name.is_some_and(|name| matches!(name, "env" | "environment" | "input" | "stdin")))
            .map(|arg| arg.value)
            .collect();
        let known = args.into_iter().map(|arg| reader.evaluate(arg)).collect();
        let known = without_maps(reader.all(known));
        leave(reader, out, Sink::Argument(written), span, known);
    }
    if path.starts_with("curl_setopt") {
        curl::of_call(reader, out, at, call, &path);
    }
    logs::of_headers(reader, out, at, call, &path);
    queries::of_call(reader, out, call, &path);
    requests::of_call(reader, out, at, call, &path);
}

/// Maps among the arguments of a process are its environment or its options.
fn without_maps(known: Known) -> Known {
    known.without(Known::Clean, &|value| matches!(value, Value::Object(..) | Value::WholeEnv(_) | Value::Dump(..)))
}

/// How a callee is written, short enough to be read.
fn written(path: &str) -> String {
    let path = path.trim_start_matches("?.").trim_start_matches('$');
    let parts: Vec<&str> = path.split('.').collect();
    if parts.len() > 3 { parts[parts.len() - 2..].join(".") } else { path.to_owned() }
}

fn is_error(reader: &Reader<'_, '_>, call: &Call<'_>, path: &str) -> bool {
    if reader.is_one(|api| api.errors, path) {
        return true;
    }
    let last = path.rsplit('.').next().unwrap_or(path);
    let is_type = |last: &str| {
        last.starts_with(|first: char| first.is_ascii_uppercase()) && reader.language.api.iter().flat_map(|api| api.error_types).any(|end| last.ends_with(end))
    };
    // `X.new("...")`
    let holder = path.rsplit('.').nth(1).unwrap_or("");
    is_type(last) && (call.is_new || !path.contains('.') || holder.starts_with(|first: char| first.is_lowercase()))
        || matches!(last, "new" | "exception") && is_type(holder)
}

/// What is thrown without being made by a call that is an error itself: a text, several values.
fn of_throw(reader: &mut Reader<'_, '_>, out: &mut Vec<Flow>, thrown: NodeIx, span: Span) {
    let tree = reader.tree;
    let values = match &tree.node(thrown).what {
        // `raise Invalid, "text"`: the class is no value.
        What::List(values) => values.iter().copied().filter(|value| !is_class(reader, *value)).collect(),
        What::Text(_) | What::Binary(..) => vec![thrown],
        What::Call(call) => {
            // An error type of which the table does not know.
            let values: Vec<NodeIx> = call.args.iter().map(|arg| arg.value).collect();
            // `Failure(...)`, `Failure.refused(...)`
            let path = tree.path(call.callee).unwrap_or_default();
            let is_type = path.split('.').any(|name| name.starts_with(|first: char| first.is_ascii_uppercase()));
            if !is_type || is_error(reader, call, &path) {
                return;
            }
            values
        }
        _ => return,
    };
    let word = reader.text[span.start..span.end].split(|char: char| !char.is_alphanumeric()).next().unwrap_or("throw").to_owned();
    let all = values.into_iter().map(|value| reader.evaluate(value)).collect();
    let known = reader.all(all);
    leave(reader, out, Sink::Error(word), span, known);
}

/// Whether an expression is the name of a class, where classes are values.
fn is_class(reader: &Reader<'_, '_>, at: NodeIx) -> bool {
    reader.language.grammar.blocks == Blocks::Ends
        && reader
            .tree
            .last_name(at)
            .is_some_and(|name| name.starts_with(|first: char| first.is_ascii_uppercase()) && name.contains(|char: char| char.is_ascii_lowercase()))
}

/// Functions whose arguments are logged because a mark on them says so: `#[instrument]`, `@log_call`.
fn marked(reader: &mut Reader<'_, '_>, out: &mut Vec<Flow>) {
    let tree = reader.tree;
    for function in &tree.functions {
        for mark in &function.marks {
            let text = &reader.text[mark.start..mark.end];
            if !text.contains("instrument") || text.contains("skip_all") {
                continue;
            }
            let skipped = text.find("skip(").map_or("", |at| &text[at..]);
            let skipped = &skipped[..skipped.find(')').unwrap_or(skipped.len())];
            for param in &function.params {
                let is_skipped = skipped.split(|char: char| !char.is_alphanumeric() && char != '_').any(|name| name == param.name);
                if !is_skipped {
                    let known = reader.named(param.name, param.span);
                    leave(reader, out, Sink::Log("#[instrument]".to_owned()), *mark, known);
                }
            }
        }
    }
}
