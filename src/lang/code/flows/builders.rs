//! Requests that are put together by several calls: builders, blocks that set headers, clients and messages that hold them.

use super::leave;
use super::requests::{header_of_call, is_method, is_url, method_of, url_pieces};
use crate::lang::code::tree::{Call, Given, NodeIx, What};
use crate::lang::code::values::Reader;
use crate::lang::{Flow, Request, Sink, hint};
use crate::text::Span;

/// Requests of one client that a header goes with.
const MOST: usize = 6;

/// What a call of a builder's chain tells: `.uri(x)`, `.url(x)`, `.POST(body)`, `.method("PUT", body)`.
pub(super) fn of_chain(reader: &Reader<'_, '_>, call: &Call<'_>, method: &mut Option<String>, url: &mut Option<NodeIx>) {
    let Some(name) = reader.tree.last_name(call.callee) else { return };
    let first = call.args.first().map(|arg| arg.value);
    match name {
        "uri" | "url" | "target" | "endpoint" if url.is_none() => *url = first,
        "method" if method.is_none() => *method = first.and_then(|first| reader.constant_behind(first)).map(str::to_ascii_uppercase),
        _ if method.is_none() && is_method(name) => {
            *method = Some(name.to_ascii_uppercase());
            // `request.post(uri)`
            if url.is_none() {
                *url = first.filter(|first| is_url(reader, *first) && !matches!(reader.tree.node(*first).what, What::Call(_)));
            }
        }
        // Builders ask for what is there, where nothing else is said.
        "build" if method.is_none() => *method = Some("GET".to_owned()),
        _ => {}
    }
}

/// The headers that calls within a block set: `client.post(url) { header("Authorization", x) }`.
pub(super) fn of_block(reader: &Reader<'_, '_>, block: Span, keys: &mut Vec<(NodeIx, String)>, method: &mut Option<String>) {
    let tree = reader.tree;
    for node in tree.calls.iter().map(|at| tree.node(*at)).filter(|node| block.start <= node.span.start && node.span.end <= block.end).take(40) {
        if let What::Call(call) = &node.what {
            header_of_call(reader, call, keys);
            if method.is_none() && tree.last_name(call.callee) == Some("method") {
                *method = call.args.first().and_then(|first| reader.constant_behind(first.value)).map(str::to_ascii_uppercase);
            }
        }
    }
}

/// Headers that are set on what holds them for requests that come later: `client.DefaultRequestHeaders.Authorization = x`,
/// `request.Headers.Add("Authorization", x)`, `connection.setRequestProperty("Authorization", x)`.
pub(super) fn flows(reader: &mut Reader<'_, '_>, out: &mut Vec<Flow>) {
    let tree = reader.tree;
    if !reader.language.grammar.types_first {
        return;
    }
    let mut found: Vec<(NodeIx, NodeIx, String)> = Vec::new();
    for (target, value) in tree.assignments.iter().take(2000) {
        let What::Member(_, field) = tree.node(*target).what else { continue };
        if !hint::carries_key(field) {
            continue;
        }
        // `new AuthenticationHeaderValue("Bearer", key)`
        let key = match &tree.node(*value).what {
            What::Call(call) => call.args.last().map_or(*value, |arg| arg.value),
            _ => *value,
        };
        found.push((*target, key, field.to_owned()));
    }
    for at in &tree.calls {
        let What::Call(call) = &tree.node(*at).what else { continue };
        let name = tree.last_name(call.callee).unwrap_or("");
        if matches!(name, "Add" | "TryAddWithoutValidation" | "setRequestProperty" | "addRequestProperty" | "setHeader" | "addHeader" | "set")
            && let [header, key] = &call.args[..]
            && let Some(header) = reader.constant(header.value).filter(|text| hint::carries_key(text))
        {
            found.push((call.callee, key.value, header.to_owned()));
        }
        if found.len() > 100 {
            break;
        }
    }
    for (holder, key, by) in found {
        let Some(name) = root(reader, holder) else { continue };
        for (method, url) in requests_of(reader, name, tree.node(holder).scope) {
            let url = url_pieces(reader, url);
            let known = reader.evaluate(key);
            leave(reader, out, Sink::Request(Request { method, url, by: by.clone() }), tree.node(key).span, known);
        }
    }
}

/// The name that a path of members begins with.
fn root<'t>(reader: &Reader<'t, '_>, mut at: NodeIx) -> Option<&'t str> {
    for _ in 0..8 {
        at = match &reader.tree.node(at).what {
            What::Member(object, field) => match &reader.tree.node(*object).what {
                // `this.client.DefaultRequestHeaders`
                What::Name(own) if reader.language.grammar.selves.contains(own) => return Some(field),
                _ => *object,
            },
            What::Name(name) => return Some(name),
            _ => return None,
        };
    }
    None
}

/// The requests that a name is, or that are made by it: methods and URLs.
fn requests_of<'t>(reader: &Reader<'t, '_>, name: &'t str, scope: u32) -> Vec<(Option<String>, NodeIx)> {
    let tree = reader.tree;
    let mut out = Vec::new();
    // The method that a call of its own sets: `connection.setRequestMethod("POST")`.
    let mut said = None;
    for at in &tree.calls {
        let What::Call(call) = &tree.node(*at).what else { continue };
        let What::Member(object, method) = tree.node(call.callee).what else { continue };
        if root(reader, object) != Some(name) {
            continue;
        }
        let Some(first) = call.args.first().map(|arg| arg.value) else { continue };
        if method == "setRequestMethod" {
            said = reader.constant_behind(first).map(str::to_ascii_uppercase);
        } else if tree.path(call.callee).is_some_and(|path| method_of(reader, &path).is_some()) && out.len() < MOST {
            let path = tree.path(call.callee).unwrap_or_default();
            out.push((method_of(reader, &path).filter(|method| *method != "*").map(str::to_owned), first));
        }
    }
    let Some(made) = tree.bindings.get(&(scope, name)).and_then(|all| all.iter().find_map(|binding| given(binding.value))) else { return out };
    let mut at = made;
    for _ in 0..6 {
        let What::Call(call) = &tree.node(at).what else { break };
        let path = tree.path(call.callee).unwrap_or_default();
        let is_request = method_of(reader, &path).is_some() || path == "URL";
        if is_request {
            let mut method = method_of(reader, &path).filter(|method| *method != "*").map(str::to_owned);
            let mut url = None;
            for arg in &call.args {
                let last = tree.last_name(arg.value).unwrap_or("");
                if method.is_none() && is_method(last) {
                    method = Some(last.to_ascii_uppercase());
                } else if url.is_none() && is_url(reader, arg.value) {
                    url = Some(arg.value);
                }
            }
            out.extend(url.map(|url| (method.or(said), url)));
            break;
        }
        let What::Member(object, _) = tree.node(call.callee).what else { break };
        at = object;
    }
    out
}

fn given(value: Given) -> Option<NodeIx> {
    match value {
        Given::Node(node, None) => Some(node),
        _ => None,
    }
}
