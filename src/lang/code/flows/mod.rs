//! Where values leave: logs, errors, URLs, processes, requests, client libraries.

mod answers;
mod curl;
mod requests;
mod signs;
mod urls;

use super::language::Blocks;
use super::tree::{Call, NodeIx, What};
use super::values::{Known, Reader, data};
use crate::lang::{Flow, Sink, Value};
use crate::text::Span;

/// No hand writes more into one file.
const MOST: usize = 3000;

/// Calls that write into the page, where there is one around them.
const PAGE_WRITES: &[&str] = &["echo", "print", "printf", "print_r", "var_dump", "var_export", "vprintf"];
/// Names of the arguments that make the message of an error.
const MESSAGES: &[&str] = &["message", "msg", "detail", "details", "description", "reason", "error", "errors", "text", "title", "body", "content", "info", "format", "format_string", "err", "errormessage", "statustext", "hint"];

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
    marked(reader, &mut out);
    out.sort_by_key(|flow| reader.spots.span(flow.spot));
    out
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
    if is_log(reader, call, &path) {
        if !is_quiet(reader, call) {
            let known = shown_chain(reader, call, &path);
            let is_page = reader.is_page && PAGE_WRITES.contains(&path.as_str());
            leave(reader, out, if is_page { Sink::Template } else { Sink::Log(written) }, span, known);
        }
    } else if reader.is_one(|api| api.checks, &path) {
        let known = shown_from(reader, call, 1);
        leave(reader, out, Sink::Error(written), span, known);
    } else if is_error(reader, call, &path) {
        let known = shown(reader, call);
        let written = if call.is_new { format!("new {written}") } else { written };
        leave(reader, out, Sink::Error(written), span, known);
    } else if reader.is_one(|api| api.telemetry, &path) {
        let known = shown(reader, call);
        leave(reader, out, Sink::Error(written), span, known);
    } else if reader.is_one(|api| api.answers, &path) && answers::is_error(reader, at, call) {
        let known = shown(reader, call);
        leave(reader, out, Sink::Error(written), span, known);
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
    requests::of_call(reader, out, at, call, &path);
}

/// Maps among the arguments of a process are its environment or its options.
fn without_maps(known: Known) -> Known {
    fn value(held: Value) -> Option<Value> {
        match held {
            Value::Object(..) | Value::WholeEnv(_) | Value::Dump(..) => None,
            Value::Via(spot, text, inner) => value(*inner).map(|inner| Value::Via(spot, text, Box::new(inner))),
            Value::Some(values) => {
                let values: Vec<Value> = values.into_iter().filter_map(value).collect();
                (!values.is_empty()).then_some(Value::Some(values))
            }
            other => Some(other),
        }
    }
    match known {
        Known::Holds(held) => value(held).map_or(Known::Clean, Known::Holds),
        other => other,
    }
}

/// How a callee is written, short enough to be read.
fn written(path: &str) -> String {
    let path = path.trim_start_matches("?.").trim_start_matches('$');
    let parts: Vec<&str> = path.split('.').collect();
    if parts.len() > 3 { parts[parts.len() - 2..].join(".") } else { path.to_owned() }
}

/// What is shown of all arguments; of functions among them, what they give.
fn shown<'t>(reader: &mut Reader<'t, '_>, call: &'t Call<'t>) -> Known {
    shown_from(reader, call, 0)
}

/// The same of a call that logs, with what the calls of its chain are given.
fn shown_chain<'t>(reader: &mut Reader<'t, '_>, call: &'t Call<'t>, path: &str) -> Known {
    let mut all = vec![shown(reader, call)];
    if is_chain(reader, path) {
        let tree = reader.tree;
        let mut at = call.callee;
        for _ in 0..24 {
            at = match &tree.node(at).what {
                What::Member(object, _) => *object,
                What::Call(inner) => {
                    all.push(shown(reader, inner));
                    inner.callee
                }
                _ => break,
            };
        }
    }
    reader.all(all)
}

/// Whether something in a path makes it a chain of calls that logs.
fn is_chain(reader: &Reader<'_, '_>, path: &str) -> bool {
    reader.language.api.iter().any(|api| !api.log_chains.is_empty() && path.split('.').any(|part| api.log_chains.contains(&part)))
}

fn shown_from<'t>(reader: &mut Reader<'t, '_>, call: &'t Call<'t>, first: usize) -> Known {
    let mut all = Vec::new();
    // Ruby's `p` shows what `inspect` gives.
    if let (Blocks::Ends, What::Name("p" | "pp" | "ap")) = (reader.language.grammar.blocks, &reader.tree.node(call.callee).what) {
        let known = call.args.iter().take(12).map(|arg| reader.inspected(arg.value)).collect();
        return reader.all(known);
    }
    let is_error = is_error(reader, call, &reader.tree.path(call.callee).unwrap_or_default());
    for arg in call.args.iter().skip(first).take(30) {
        // What an error keeps beside its message is not shown with it.
        if is_error && arg.name.is_some_and(|name| !MESSAGES.contains(&name.to_ascii_lowercase().as_str())) {
            continue;
        }
        let is_shape = arg.name.is_some_and(|name| matches!(name, "file" | "exc_info" | "stack_info" | "level" | "end" | "sep" | "flush" | "cause"));
        if is_shape {
            continue;
        }
        reader.evaluate_shown(arg.value, arg.name, &mut all);
    }
    reader.all(all)
}

fn is_log(reader: &Reader<'_, '_>, call: &Call<'_>, path: &str) -> bool {
    !call.is_new && is_log_path(reader, path)
}

fn is_log_path(reader: &Reader<'_, '_>, path: &str) -> bool {
    if reader.is_one(|api| api.logs, path) {
        return true;
    }
    let Some((receiver, method)) = path.rsplit_once('.') else { return false };
    let own = receiver.rsplit('.').next().unwrap_or(receiver).trim_start_matches(['$', '@', '_']);
    if is_chain(reader, receiver) && reader.language.api.iter().any(|api| api.log_methods.contains(&method)) {
        return true;
    }
    let all = reader.language.api;
    let is_logger = |logger: &&str| match logger.strip_prefix('~') {
        Some(end) => own.len() >= end.len() && own.is_char_boundary(own.len() - end.len()) && own[own.len() - end.len()..].eq_ignore_ascii_case(end),
        None => own == *logger,
    };
    all.iter().any(|api| api.log_methods.contains(&method)) && all.iter().flat_map(|api| api.loggers).any(is_logger)
}

/// Whether a call writes elsewhere than where people read: into a file, a buffer, a socket.
fn is_quiet(reader: &Reader<'_, '_>, call: &Call<'_>) -> bool {
    call.args.iter().any(|arg| {
        arg.name == Some("file") && {
            let path = reader.tree.path(arg.value).unwrap_or_default();
            !matches!(path.as_str(), "sys.stderr" | "sys.stdout" | "stderr" | "stdout")
        }
    })
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
            let last = tree.last_name(call.callee);
            let made = match tree.node(call.callee).what {
                What::Member(object, "new") => tree.last_name(object),
                _ => last,
            };
            let is_type = made.is_some_and(|name| name.starts_with(|first: char| first.is_ascii_uppercase()));
            if !is_type || tree.path(call.callee).is_some_and(|path| is_error(reader, call, &path)) {
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
        && reader.tree.last_name(at).is_some_and(|name| name.starts_with(|first: char| first.is_ascii_uppercase()) && name.contains(|char: char| char.is_ascii_lowercase()))
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

impl<'t> Reader<'t, '_> {
    fn evaluate_shown(&mut self, at: NodeIx, name: Option<&'t str>, all: &mut Vec<Known>) {
        let known = match self.tree.node(at).what {
            What::Function(number) => self.evaluate_result(number),
            _ => self.evaluate(at),
        };
        let known = match known {
            Known::Instance(_) => self.shown(at),
            // What only the name of the argument speaks of: `password=user_input`.
            Known::Unknown => name.map_or(Known::Unknown, |name| self.named(name, self.tree.node(at).span)),
            other => other,
        };
        all.push(known);
    }
}
