//! Requests to APIs and what client libraries are given.

use super::{leave, queries};
use crate::keys::endpoints;
use crate::lang::code::index;
use crate::lang::code::tree::{Call, Key, NodeIx, Part, What};
use crate::lang::code::values::{Known, Reader};
use crate::lang::hint::carries_key;
use crate::lang::{Flow, Request, Sdk, Sink, Value};

/// How deep settings of a request lie in each other.
const DEEPEST: u32 = 4;

pub(super) fn of_call<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, at: NodeIx, call: &'t Call<'t>, path: &str) {
    match method_of(reader, path) {
        Some(method) => request(reader, out, at, call, method),
        None if set_headers(reader, out, call) => {}
        None => sdk(reader, out, call, path),
    }
}

/// The method of a call that makes a request.
pub(super) fn method_of(reader: &Reader<'_, '_>, path: &str) -> Option<&'static str> {
    index::http_method(reader.language, path)
}

/// `request.Header.Set("Authorization", key)`: of a request that a variable holds; whether it was that.
fn set_headers<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, call: &'t Call<'t>) -> bool {
    let tree = reader.tree;
    let mut keys = Vec::new();
    header_of_call(reader, call, &mut keys);
    if keys.is_empty() {
        return false;
    }
    let mut root = call.callee;
    for _ in 0..8 {
        root = match &tree.node(root).what {
            What::Member(object, _) => *object,
            What::Call(inner) => inner.callee,
            _ => break,
        };
    }
    let Some(made) = reader.behind(root) else { return false };
    let What::Call(made) = &tree.node(made).what else { return false };
    let path = tree.path(made.callee).unwrap_or_default();
    let Some(mut method) = index::http_method(reader.language, &path).map(|method| (method != "*").then(|| method.to_owned())) else { return false };
    let mut url = None;
    for arg in &made.args {
        match reader.constant_behind(arg.value).or_else(|| method_constant(reader, arg.value)) {
            Some(text) if url.is_none() && method.is_none() && is_method(text) => method = Some(text.to_ascii_uppercase()),
            _ if url.is_none() && is_url(reader, arg.value) && !is_context(reader, arg.value) => url = Some(arg.value),
            _ => {}
        }
    }
    // `request.httpMethod = "POST"`
    if let What::Name(name) = tree.node(root).what
        && let Some(set) = tree.members.get(&(tree.node(root).scope, name))
    {
        let said = set.iter().find(|(field, _)| matches!(field.as_str(), "httpMethod" | "Method" | "method")).and_then(|(_, value)| reader.constant(*value));
        method = said.map(str::to_ascii_uppercase).or(method);
    }
    let pieces = url.map(|url| url_pieces(reader, url)).unwrap_or_default();
    for (key, by) in keys {
        let known = reader.evaluate(key);
        let sink = Sink::Request(Request { method: method.clone(), url: pieces.clone(), by });
        leave(reader, out, sink, tree.node(key).span, known);
    }
    true
}

/// `http.MethodPost`
fn method_constant<'t>(reader: &Reader<'t, '_>, at: NodeIx) -> Option<&'t str> {
    let name = reader.tree.last_name(at)?;
    // C#'s `HttpMethod.Post`
    let is_own = reader.tree.path(at).is_some_and(|path| path.starts_with("HttpMethod."));
    name.strip_prefix("Method").or_else(|| is_own.then_some(name)).filter(|name| is_method(name))
}

/// `ctx`, `context.Background()`
fn is_context(reader: &Reader<'_, '_>, at: NodeIx) -> bool {
    reader.tree.path(at).is_some_and(|path| path.starts_with("context.") || path.ends_with(".Context") || path == "ctx")
}

fn request<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, at: NodeIx, call: &'t Call<'t>, method: &str) {
    let tree = reader.tree;
    let mut method = (method != "*").then(|| method.to_owned());
    let mut url = None;
    let mut given: Vec<NodeIx> = Vec::new();
    for arg in &call.args {
        match arg.name {
            Some("url" | "uri" | "endpoint" | "requestUri" | "Uri") => url = Some(arg.value),
            Some("method") => method = reader.constant_behind(arg.value).map(str::to_ascii_uppercase),
            Some(_) => given.push(arg.value),
            None => match reader.constant_behind(arg.value).or_else(|| method_constant(reader, arg.value)) {
                Some(text) if url.is_none() && method.is_none() && is_method(text) => method = Some(text.to_ascii_uppercase()),
                _ if url.is_none() && is_url(reader, arg.value) && !is_context(reader, arg.value) => url = Some(arg.value),
                _ => given.push(arg.value),
            },
        }
    }
    if let Some(named) = call.args.iter().find(|arg| arg.name == Some("params")).map(|arg| arg.value).filter(|_| url.is_some()) {
        queries::all(reader, out, named);
    }
    let mut keys = Vec::new();
    for arg in &call.args {
        if arg.name == Some("auth") {
            let first = match &tree.node(arg.value).what {
                What::List(values) => values.first().copied(),
                What::Call(call) => call.args.first().map(|arg| arg.value),
                _ => None,
            };
            keys.extend(first.map(|first| (first, "Authorization".to_owned())));
        }
    }
    // `Http.withToken(key).post(url)`, `client.post(url).bearer_auth(key)`: what stands before and behind in the chain.
    let mut chain = call.callee;
    for _ in 0..8 {
        chain = match &tree.node(chain).what {
            What::Member(object, _) => *object,
            What::Call(inner) => {
                header_of_call(reader, inner, &mut keys);
                inner.callee
            }
            _ => break,
        };
    }
    let span = tree.node(at).span;
    for other in tree.calls.iter().map(|other| tree.node(*other)).filter(|other| other.span.start == span.start && other.span.end > span.end).take(20) {
        let What::Call(outer) = &other.what else { continue };
        header_of_call(reader, outer, &mut keys);
        super::builders::of_chain(reader, outer, &mut method, &mut url);
        // `.query(&[("api_key", key)])`
        if matches!(tree.last_name(outer.callee), Some("query" | "queryParams" | "queryParam" | "set_query" | "SetQueryParam" | "SetQueryParams")) {
            match &outer.args[..] {
                [all] => queries::all(reader, out, all.value),
                [name, value] => queries::parameter(reader, out, name.value, value.value),
                _ => {}
            }
        }
    }
    for node in given {
        if matches!(tree.node(node).what, What::Function(_)) {
            super::builders::of_block(reader, tree.node(node).span, &mut keys, &mut method);
        }
        headers(reader, node, &mut keys, 0);
    }
    let pieces = url.map(|url| url_pieces(reader, url)).unwrap_or_default();
    for (key, by) in keys {
        let known = reader.evaluate(key);
        let sink = Sink::Request(Request { method: method.clone(), url: pieces.clone(), by });
        leave(reader, out, sink, tree.node(key).span, known);
    }
}

pub(super) fn is_method(text: &str) -> bool {
    matches!(text.to_ascii_uppercase().as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD")
}

pub(super) fn is_url(reader: &Reader<'_, '_>, at: NodeIx) -> bool {
    match &reader.tree.node(at).what {
        What::Map(_) | What::Constant | What::Function(_) => false,
        What::Text(_) | What::Binary(..) => true,
        _ => {
            reader.constant_behind(at).is_some_and(|text| text.contains("://") || text.starts_with('/'))
                || reader.tree.last_name(at).is_some_and(|name| {
                    let lower = name.to_ascii_lowercase();
                    lower.contains("url") || lower.contains("uri") || lower.contains("endpoint")
                })
                || matches!(reader.tree.node(at).what, What::Call(_))
        }
    }
}

/// What a URL is put together from.
pub(super) fn url_pieces(reader: &mut Reader<'_, '_>, at: NodeIx) -> Vec<Value> {
    let mut out = Vec::new();
    pieces(reader, at, &mut out, 0);
    out
}

fn pieces(reader: &mut Reader<'_, '_>, at: NodeIx, out: &mut Vec<Value>, depth: u32) {
    let tree = reader.tree;
    if depth > 8 || out.len() > 20 {
        return;
    }
    match &tree.node(at).what {
        What::Text(parts) => {
            for part in parts {
                match part {
                    Part::Plain(span) => out.push(Value::Text(reader.text[span.start..span.end].to_owned())),
                    Part::Hole(node, _) => pieces(reader, *node, out, depth + 1),
                }
            }
        }
        What::Binary(_, left, right) => {
            pieces(reader, *left, out, depth + 1);
            pieces(reader, *right, out, depth + 1);
        }
        What::Call(call) => {
            // `Sprintf(format, ...)`, `URI("...")`, `parse("...")`
            match call.args.first() {
                Some(first) => pieces(reader, first.value, out, depth + 1),
                None => out.push(Value::Nothing),
            }
        }
        _ => match reader.constant_behind(at) {
            Some(text) => out.push(Value::Text(text.to_owned())),
            None => match reader.evaluate(at) {
                Known::Holds(value @ Value::Import { .. }) => out.push(value),
                Known::Holds(Value::Some(values)) => out.extend(values.into_iter().filter(|value| matches!(value, Value::Import { .. })).take(1)),
                _ => match reader.behind(at).filter(|node| !matches!(tree.node(*node).what, What::Name(_))) {
                    Some(node) => pieces(reader, node, out, depth + 1),
                    None => out.push(Value::Nothing),
                },
            },
        },
    }
}

/// The keys among the headers that an expression sets.
fn headers<'t>(reader: &Reader<'t, '_>, at: NodeIx, out: &mut Vec<(NodeIx, String)>, depth: u32) {
    let tree = reader.tree;
    if depth > DEEPEST {
        return;
    }
    match &tree.node(at).what {
        What::Map(entries) => {
            for (key, value) in entries {
                let name = match key {
                    Key::Name(name) => (*name).to_owned(),
                    Key::Value(key) => reader.constant(*key).or_else(|| tree.last_name(*key)).unwrap_or("").to_owned(),
                    Key::Spread => String::new(),
                };
                if carries_key(&name) {
                    out.push((*value, name));
                } else if matches!(tree.node(*value).what, What::Map(_) | What::Name(_)) {
                    headers(reader, *value, out, depth + 1);
                }
            }
        }
        What::Name(name) => {
            let mut scope = Some(tree.node(at).scope);
            while let Some(here) = scope {
                if let Some(all) = tree.bindings.get(&(here, *name)) {
                    for binding in all.iter().take(4) {
                        if let super::super::tree::Given::Node(node, None) = binding.value
                            && matches!(tree.node(node).what, What::Map(_))
                        {
                            headers(reader, node, out, depth + 1);
                        }
                    }
                    return;
                }
                scope = tree.scopes[here as usize].parent;
            }
        }
        What::List(values) => {
            // `{"authorization", "Bearer ..."}`
            if let [name, key] = values[..]
                && let Some(header) = reader.constant(name).filter(|text| carries_key(text))
            {
                out.push((key, header.to_owned()));
                return;
            }
            values.iter().take(20).for_each(|value| headers(reader, *value, out, depth + 1));
        }
        What::Call(call) => {
            header_of_call(reader, call, out);
            // `Options(headers: {...})`
            for arg in call.args.iter().filter(|arg| arg.name == Some("headers")) {
                headers(reader, arg.value, out, depth + 1);
            }
        }
        _ => {}
    }
}

/// `.header("Authorization", x)`, `.bearer_auth(x)`, `.withToken(x)`
pub(super) fn header_of_call(reader: &Reader<'_, '_>, call: &Call<'_>, out: &mut Vec<(NodeIx, String)>) {
    let Some(name) = reader.tree.last_name(call.callee) else { return };
    match (name, &call.args[..]) {
        ("bearer_auth" | "withToken" | "bearerAuth" | "BearerAuth" | "SetAuthToken" | "basic_auth" | "withBasicAuth" | "SetBasicAuth" | "basic", [key, ..]) => {
            out.push((key.value, "Authorization".to_owned()));
        }
        // Swift's `setValue(key, forHTTPHeaderField: "Authorization")`
        (_, [key, name, ..]) if name.name == Some("forHTTPHeaderField") => {
            if let Some(header) = reader.constant(name.value).filter(|text| carries_key(text)) {
                out.push((key.value, header.to_owned()));
            }
        }
        (_, [name, key, ..]) => {
            if let Some(header) = reader.constant(name.value).filter(|text| carries_key(text)) {
                out.push((key.value, header.to_owned()));
            }
        }
        _ => {}
    }
}

/// `Client(key)`, `sdk.init(api_key=key)`: of a package that is imported.
fn sdk<'t>(reader: &mut Reader<'t, '_>, out: &mut Vec<Flow>, call: &'t Call<'t>, path: &str) {
    let Some((package, callee)) = from_package(reader, path).filter(|(package, callee)| !endpoints::sdk(package, callee).is_empty()) else { return };
    for (number, arg) in call.args.iter().enumerate().take(8) {
        let is_text = matches!(reader.tree.node(arg.value).what, What::Map(_));
        if is_text {
            let What::Map(entries) = &reader.tree.node(arg.value).what else { continue };
            for (key, value) in entries.iter().take(20) {
                let name = match key {
                    Key::Name(name) => *name,
                    Key::Value(key) => reader.constant(*key).unwrap_or(""),
                    Key::Spread => continue,
                };
                let known = reader.evaluate(*value);
                let sink = Sink::Sdk(Sdk { package: package.clone(), callee: callee.clone(), argument: name.to_owned() });
                leave(reader, out, sink, reader.tree.node(*value).span, single(known));
            }
            continue;
        }
        let known = reader.evaluate(arg.value);
        let argument = arg.name.map_or_else(|| number.to_string(), str::to_owned);
        let sink = Sink::Sdk(Sdk { package: package.clone(), callee: callee.clone(), argument });
        leave(reader, out, sink, reader.tree.node(arg.value).span, single(known));
    }
}

/// A key, not something that holds one among others.
fn single(known: Known) -> Known {
    match known {
        Known::Holds(Value::Object(..) | Value::Returns(_) | Value::WholeEnv(_) | Value::Dump(..)) => Known::Unknown,
        other => other,
    }
}

/// The package that a path of names begins in, and the path within it.
fn from_package(reader: &Reader<'_, '_>, path: &str) -> Option<(String, String)> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let (import, name) = reader.imported.get(first)?;
    let specifier = reader.imports.get(*import as usize)?.specifier.clone();
    let callee = match (name.as_str(), rest) {
        // With the name that the package goes by: `stripe.Key`.
        ("*", _) => path.to_owned(),
        (name, "") => name.to_owned(),
        (name, rest) => format!("{name}.{rest}"),
    };
    Some((specifier, callee))
}

/// `stripe.api_key = x`
pub(super) fn of_assignments(reader: &mut Reader<'_, '_>, out: &mut Vec<Flow>) {
    let tree = reader.tree;
    for (target, value) in tree.assignments.iter().take(2000) {
        let Some(path) = tree.path(*target) else { continue };
        let known = from_package(reader, &path).or_else(|| {
            // A constant of a library that is always there: `Stripe.api_key = x` in Ruby.
            let first = path.split('.').next().unwrap_or("");
            (first.starts_with(|letter: char| letter.is_ascii_uppercase())).then(|| (String::new(), path.clone()))
        });
        let Some((package, callee)) = known.filter(|(package, callee)| !endpoints::sdk(package, callee).is_empty()) else { continue };
        let known = reader.evaluate(*value);
        let sink = Sink::Sdk(Sdk { package, callee, argument: String::new() });
        leave(reader, out, sink, tree.node(*value).span, single(known));
    }
}
