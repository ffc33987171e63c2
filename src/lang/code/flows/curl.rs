//! PHP's curl: a request that is put together by several calls.

use super::leave;
use super::requests::url_pieces;
use crate::lang::code::tree::{Call, Given, Key, NodeIx, Part, What};
use crate::lang::code::values::Reader;
use crate::lang::{Flow, Request, Sink, hint};

/// Calls before and behind that may speak of the same request.
const NEAR: usize = 30;

/// `curl_setopt($ch, CURLOPT_HTTPHEADER, [...])`, `curl_setopt_array($ch, [...])`
pub(super) fn of_call<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, at: NodeIx, call: &'t Call<'t>, path: &str) {
    let tree = reader.tree;
    let options = options(reader, call, path);
    if !options.iter().any(|(name, _)| matches!(*name, "CURLOPT_HTTPHEADER" | "CURLOPT_USERPWD" | "CURLOPT_XOAUTH2_BEARER")) {
        return;
    }
    let Some(handle) = call.args.first().and_then(|arg| tree.last_name(arg.value)) else { return };
    let scope = tree.node(at).scope;
    let place = tree.calls.partition_point(|other| *other < at);
    let near = &tree.calls[place.saturating_sub(NEAR)..(place + NEAR).min(tree.calls.len())];
    let (mut url, mut method) = (None, None);
    if let Some(all) = tree.bindings.get(&(scope, handle))
        && let Some(Given::Node(made, None)) = all.last().map(|binding| binding.value)
        && let What::Call(init) = &tree.node(made).what
    {
        url = init.args.first().map(|arg| arg.value);
    }
    for other in near {
        let What::Call(other) = &tree.node(*other).what else { continue };
        if other.args.first().and_then(|arg| tree.last_name(arg.value)) != Some(handle) {
            continue;
        }
        let path = tree.path(other.callee).unwrap_or_default();
        for (name, value) in self::options(reader, other, &path) {
            match name {
                "CURLOPT_URL" => url = Some(value),
                "CURLOPT_POST" | "CURLOPT_POSTFIELDS" => method = method.or(Some("POST")),
                "CURLOPT_CUSTOMREQUEST" => method = reader.constant_behind(value),
                _ => {}
            }
        }
    }
    let pieces = url.map(|url| url_pieces(reader, url)).unwrap_or_default();
    for (name, value) in options {
        let keys: Vec<NodeIx> = match (name, &tree.node(value).what) {
            ("CURLOPT_HTTPHEADER", What::List(values)) => values.iter().copied().take(20).filter(|value| is_key_header(reader, *value)).collect(),
            ("CURLOPT_USERPWD" | "CURLOPT_XOAUTH2_BEARER", _) => vec![value],
            _ => Vec::new(),
        };
        for key in keys {
            let known = reader.evaluate(key);
            let method = method.or(Some("GET")).map(str::to_owned);
            let sink = Sink::Request(Request { method, url: pieces.clone(), by: "Authorization".to_owned() });
            leave(reader, out, sink, tree.node(key).span, known);
        }
    }
}

fn options<'t>(reader: &Reader<'t, '_>, call: &'t Call<'t>, path: &str) -> Vec<(&'t str, NodeIx)> {
    let tree = reader.tree;
    match (path, &call.args[..]) {
        ("curl_setopt", [_, name, value, ..]) => tree.last_name(name.value).map(|name| (name, value.value)).into_iter().collect(),
        ("curl_setopt_array", [_, map, ..]) => {
            let What::Map(entries) = &tree.node(map.value).what else { return Vec::new() };
            let one = |(key, value): &(Key<'t>, NodeIx)| match key {
                Key::Name(name) => Some((*name, *value)),
                Key::Value(key) => Some((tree.last_name(*key)?, *value)),
                Key::Spread => None,
            };
            entries.iter().take(40).filter_map(one).collect()
        }
        _ => Vec::new(),
    }
}

/// `"Authorization: Bearer ..."`
fn is_key_header(reader: &Reader<'_, '_>, at: NodeIx) -> bool {
    let first = match &reader.tree.node(at).what {
        What::Text(parts) => match parts.first() {
            Some(Part::Plain(span)) => &reader.text[span.start..span.end],
            _ => return false,
        },
        What::Binary(_, left, _) => return is_key_header(reader, *left),
        _ => return false,
    };
    first.split_once(':').is_some_and(|(name, _)| hint::carries_key(name))
}
