//! Query parameters that are set by their names.

use super::{leave, urls};
use crate::lang::code::tree::{Call, Key, NodeIx, What};
use crate::lang::code::values::{Known, Reader};
use crate::lang::hint::may_say_secret;
use crate::lang::{Flow, Sink};
use crate::text::Span;

/// Calls of which an argument holds the parameters: the end of the callee, and the number or the name of the argument.
const WHOLE: &[(&str, usize, &str)] =
    &[("Uri.https", 2, "queryParameters"), ("Uri.http", 2, "queryParameters"), ("Uri", 40, "queryParameters"), ("url.Values", 40, "")];

/// `Uri.https(host, path, {...})`, `query.Set("api_key", key)`, `URLQueryItem(name: "api_key", value: key)`
pub(super) fn of_call<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, call: &'t Call<'t>, path: &str) {
    let tree = reader.tree;
    for (callee, number, name) in WHOLE.iter().filter(|(callee, ..)| *callee == path) {
        if *callee == "url.Values" && !is_query_there(reader.text, tree.node(call.callee).span) {
            continue;
        }
        for (at, arg) in call.args.iter().enumerate() {
            if at == *number || arg.name == Some(*name) {
                all(reader, out, arg.value);
            }
            if *callee == "url.Values"
                && let Some(key) = arg.name
            {
                given(reader, out, key, arg.value);
            }
        }
    }
    if let Some(arg) = call.args.iter().find(|arg| matches!(arg.name, Some("queryParameters" | "queryParams"))) {
        all(reader, out, arg.value);
    }
    if path == "URLQueryItem" || path == "NSURLQueryItem" {
        if let [name, value] = &call.args[..] {
            parameter(reader, out, name.value, value.value);
        }
        return;
    }
    let last = path.rsplit('.').next().unwrap_or(path);
    if matches!(last, "Set" | "Add" | "append_pair")
        && let [name, value] = &call.args[..]
        && let What::Member(object, _) = tree.node(call.callee).what
    {
        let made = reader.behind(object).unwrap_or(object);
        let made = tree.path(made).unwrap_or_default();
        let is_values = made.ends_with("url.Values") || reader.type_of(object).is_some_and(|of| of.contains("url.Values"));
        let is_query = ["Query", "query_pairs_mut"].iter().any(|end| made.ends_with(end));
        if is_query || is_values && is_query_there(reader.text, tree.node(call.callee).span) {
            parameter(reader, out, name.value, value.value);
        }
    }
}

/// How far from where Go's values are made it is looked for what becomes of them, in bytes.
const BEFORE: usize = 800;
const AFTER: usize = 2000;

/// Whether the values that are made here become a query: the same type holds the form in the body of a request, which is no URL.
fn is_query_there(text: &str, span: Span) -> bool {
    let bytes = text.as_bytes();
    let around = &bytes[span.start.saturating_sub(BEFORE)..(span.end + AFTER).min(bytes.len())];
    let has = |needle: &str| memchr::memmem::find(around, needle.as_bytes()).is_some();
    let is_read = |call: &str| {
        memchr::memmem::find_iter(around, call.as_bytes()).any(|at| memchr::memmem::find(&around[at..(at + 60).min(around.len())], b".Encode()").is_some())
    };
    let is_form = has("form-urlencoded") || has("PostForm(") || is_read("NewReader(") || is_read("NewBufferString(");
    // `params.Set`, `query := url.Values{}`
    let own = String::from_utf8_lossy(&bytes[span.start.saturating_sub(32)..span.end]).to_ascii_lowercase();
    let is_named = !own.contains("multipart") && ["params", "parameters", "query", "qs."].iter().any(|name| own.contains(name));
    let becomes = ["RawQuery", "?%s", "?%v", "\"?\"", "?\" +", "?\"+"].iter().any(|needle| has(needle));
    becomes || !is_form && (is_named || has("Query()") || has("Parameters:"))
}

/// Query parameters that a map or a list of pairs sets.
pub(super) fn all<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, at: NodeIx) {
    let tree = reader.tree;
    match &tree.node(at).what {
        What::Map(entries) => {
            for (key, value) in entries {
                if let Key::Value(key) = key {
                    parameter(reader, out, *key, *value);
                }
            }
        }
        What::List(pairs) => {
            for pair in pairs.iter().take(40) {
                if let What::List(pair) = &tree.node(*pair).what
                    && let [name, value] = pair[..]
                {
                    parameter(reader, out, name, value);
                }
            }
        }
        What::Unary(_, inner) => all(reader, out, *inner),
        _ => {}
    }
}

pub(super) fn parameter<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, name: NodeIx, value: NodeIx) {
    if let Some(name) = reader.constant(name) {
        given(reader, out, name, value);
    }
}

fn given<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, name: &str, value: NodeIx) {
    let tree = reader.tree;
    if !may_say_secret(name) {
        return;
    }
    let known = match reader.evaluate(value) {
        Known::Unknown => reader.named(name, tree.node(value).span),
        known => known,
    };
    leave(reader, out, Sink::Url(urls::place(&format!("https://x/?{name}="))), tree.node(value).span, known);
}
