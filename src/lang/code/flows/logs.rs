//! What is a log: calls, methods of loggers and of chains that begin at one, streams, answers.

use super::leave;
use super::shown::shown;
use crate::lang::code::language::Blocks;
use crate::lang::code::tree::{Call, NodeIx, Part, What};
use crate::lang::code::values::{Known, Reader};
use crate::lang::{Dump, Flow, Sink, Value};

/// Where a stream leads.
pub(super) enum Stream {
    /// To a terminal.
    Terminal,
    /// To whoever made a request.
    Answer,
    /// To a file, a buffer, a socket.
    Elsewhere,
}

pub(super) fn is_log(reader: &Reader<'_, '_>, call: &Call<'_>, path: &str) -> bool {
    !call.is_new && is_log_path(reader, path)
}

/// The same of the path of a callee.
pub(super) fn is_log_path(reader: &Reader<'_, '_>, path: &str) -> bool {
    if reader.is_one(|api| api.logs, path) {
        // A function of this text may bear the name of one of the language.
        return path.contains('.') || reader.language.grammar.blocks != Blocks::Braces || !reader.has_function(path);
    }
    let Some((receiver, method)) = path.rsplit_once('.') else { return false };
    let api = reader.language.api;
    let logs = |name: &str| reader.is_one(|api| api.log_methods, name);
    let goes_on = |name: &str| reader.is_one(|api| api.fluent, name);
    let is_one = logs(method);
    if !is_one && !goes_on(method) {
        return false;
    }
    if is_one && is_chain(reader, receiver) {
        return true;
    }
    // The chain is gone back to the logger that it begins at.
    let has_chain = api.iter().any(|api| !api.fluent.is_empty());
    for own in receiver.rsplit('.') {
        let own = own.trim_start_matches(['$', '@', '_']);
        if is_logger(reader, own) {
            return true;
        }
        if !has_chain || !(goes_on(own) || logs(own)) {
            return false;
        }
    }
    false
}

/// What a call that logs shows, with what the calls of its chain are given.
pub(super) fn shown_chain<'t>(reader: &mut Reader<'t, '_>, call: &'t Call<'t>, path: &str) -> Known {
    let mut all = vec![shown(reader, call, path)];
    if is_chain(reader, path) {
        let tree = reader.tree;
        let mut at = call.callee;
        for _ in 0..24 {
            at = match &tree.node(at).what {
                What::Member(object, _) => *object,
                What::Call(inner) => {
                    all.push(shown(reader, inner, path));
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

fn is_logger(reader: &Reader<'_, '_>, own: &str) -> bool {
    reader.language.api.iter().flat_map(|api| api.loggers).any(|logger| match logger.strip_prefix('~') {
        Some(end) => own.len() >= end.len() && own.is_char_boundary(own.len() - end.len()) && own[own.len() - end.len()..].eq_ignore_ascii_case(end),
        None => own == *logger,
    })
}

/// Whether a call writes elsewhere than where people read: into a file, a buffer, a socket.
pub(super) fn is_quiet(reader: &Reader<'_, '_>, call: &Call<'_>) -> bool {
    call.args.iter().any(|arg| {
        arg.name == Some("file") && {
            let path = reader.tree.path(arg.value).unwrap_or_default();
            !matches!(path.as_str(), "sys.stderr" | "sys.stdout" | "stderr" | "stdout")
        }
    })
}

/// Where a call writes that writes to a stream; `None` for all other calls.
pub(super) fn stream(reader: &Reader<'_, '_>, call: &Call<'_>, path: &str) -> Option<Stream> {
    if !reader.is_one(|api| api.streams, path) && !path.rsplit_once('.').is_some_and(|(before, _)| reader.is_one(|api| api.streams, before)) {
        return None;
    }
    // `json.NewEncoder(w).Encode(x)`: the stream is what the encoder was made of.
    let target = match &reader.tree.node(call.callee).what {
        What::Member(object, _) => match &reader.tree.node(*object).what {
            What::Call(made) => made.args.first().map(|arg| arg.value),
            _ if call.args.len() < 2 => Some(*object),
            _ => None,
        },
        _ => None,
    };
    let target = target.or_else(|| call.args.first().map(|arg| arg.value))?;
    let written = reader.tree.path(target).unwrap_or_default();
    let last = written.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    let types = reader.type_of(target).unwrap_or("");
    Some(if matches!(last.as_str(), "stdout" | "stderr" | "defaultwriter" | "outorstdout" | "errorwriter") {
        Stream::Terminal
    } else if types.contains("ResponseWriter") || types.is_empty() && matches!(last.as_str(), "rw" | "respwriter" | "responsewriter") {
        Stream::Answer
    } else {
        Stream::Elsewhere
    })
}

pub(super) fn of_stream<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, at: NodeIx, call: &'t Call<'t>, stream: Stream, written: String) {
    match stream {
        Stream::Terminal => {
            let known = shown(reader, call, &written);
            leave(reader, out, Sink::Log(written), reader.tree.node(at).span, known);
        }
        // A text is no token that was asked for, an object may be.
        Stream::Answer if written.starts_with("fmt.") || written.starts_with("io.") => {
            let known = shown(reader, call, &written);
            leave(reader, out, Sink::Error(written), reader.tree.node(at).span, known);
        }
        Stream::Answer => of_answer(reader, out, at, call, written),
        Stream::Elsewhere => {}
    }
}

/// Without a status that tells of an error, a token in an answer may be what was asked for: what surely is a secret reaches a
/// client there.
pub(super) fn of_answer<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, at: NodeIx, call: &'t Call<'t>, written: String) {
    let known = shown(reader, call, &written);
    let span = reader.tree.node(at).span;
    if super::answers::is_error(reader, at, call) {
        leave(reader, out, Sink::Error(written), span, known);
    } else {
        let is_page = super::answers::is_page(&written, call);
        let sink = if is_page { Sink::Render(written) } else { Sink::Response(written) };
        leave(reader, out, sink, span, settings(known));
    }
}

/// What is a secret by more than its name, or by the name of a setting, which is written as a variable of the environment is:
/// `settings.STRIPE_SECRET_KEY`.
pub(super) fn settings(known: Known) -> Known {
    let is_setting = |name: &str| name.contains('_') && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    known.without(Known::Unknown, &|value| match value {
        Value::Named(_, name) => !is_setting(name),
        Value::Dump(..) | Value::Text(_) => true,
        _ => false,
    })
}

/// What is a secret by more than its name.
pub(super) fn sure(known: Known) -> Known {
    known.without(Known::Unknown, &|value| matches!(value, Value::Named(..) | Value::Dump(..) | Value::Text(_)))
}

/// Whether a log hides what is not said to be public: Apple's.
pub(super) fn is_veiled(reader: &Reader<'_, '_>, path: &str) -> bool {
    let mut veils = reader.language.api.iter().flat_map(|api| api.veils).peekable();
    if veils.peek().is_none() {
        return false;
    }
    path == "os_log"
        || path.contains('.')
            && reader.imports.iter().any(|import| veils.clone().any(|veil| import.specifier == *veil || import.names.iter().any(|name| name.imported == *veil)))
}

/// What is said to be public of the arguments of a log that hides the rest.
pub(super) fn unveiled<'t>(reader: &mut Reader<'t, '_>, call: &'t Call<'t>) -> Known {
    let tree = reader.tree;
    let mut all = Vec::new();
    for arg in &call.args {
        let What::Text(parts) = &tree.node(arg.value).what else { continue };
        for part in parts {
            let Part::Hole(hole, _) = part else { continue };
            let What::Call(inner) = &tree.node(*hole).what else { continue };
            let is_public = inner.args.iter().any(|arg| arg.name == Some("privacy") && tree.last_name(arg.value) == Some("public"));
            if is_public && let Some(first) = inner.args.first() {
                all.push(reader.evaluate(first.value));
            }
        }
    }
    // `os_log("%{public}@", key)`
    let is_public = call.args.iter().any(|arg| reader.constant(arg.value).is_some_and(|text| text.contains("{public")));
    if is_public {
        for arg in &call.args {
            reader.evaluate_shown(arg.value, arg.name, &mut all);
        }
    }
    reader.all(all)
}

/// `LogInterceptor(requestHeader: true)`
pub(super) fn of_headers<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, at: NodeIx, call: &'t Call<'t>, path: &str) {
    let Some((_, name)) = reader.language.api.iter().flat_map(|api| api.header_logs).find(|(callee, _)| *callee == path) else { return };
    let span = reader.tree.node(at).span;
    let is_on = call.args.iter().any(|arg| {
        let value = reader.tree.node(arg.value).span;
        arg.name == Some(*name) && &reader.text[value.start..value.end] == "true"
    });
    if is_on {
        let spot = reader.spot(span);
        leave(reader, out, Sink::Log(path.to_owned()), span, Known::Holds(Value::Dump(spot, Dump::Headers)));
    }
}
