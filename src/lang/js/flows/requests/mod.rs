//! Requests to APIs, with the keys that they carry: `fetch`, `axios`, `ky`, `got`, `https.request` and kin.
//!
//! A key is what a header, a query parameter or the client's own setting holds. The URL goes along in pieces; one that
//! another module holds is for the project to resolve.

mod urls;

use std::collections::HashSet;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, ArrayExpressionElement, AssignmentTarget, CallExpression, Class, ClassElement, Expression, NewExpression, ObjectExpression, ObjectPropertyKind,
    Statement,
};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::{GetSpan, Span as Bytes};
use oxc_syntax::operator::BinaryOperator;

use super::{Out, push, specifier_of};
use crate::lang::js::scene::{Origin, Scene, constant};
use crate::lang::js::values::{self, data};
use crate::lang::{Request, Sink, Value};
use urls::pieces;

pub(in crate::lang::js) use urls::hold_texts;

/// Packages that send requests.
const CLIENTS: &[&str] = &[
    "axios",
    "ky",
    "ky-universal",
    "got",
    "ofetch",
    "undici",
    "superagent",
    "needle",
    "node-fetch",
    "node-fetch-native",
    "cross-fetch",
    "isomorphic-fetch",
    "isomorphic-unfetch",
    "unfetch",
    "request",
    "request-promise",
    "request-promise-native",
    "http",
    "https",
    "node:http",
    "node:https",
    "@nestjs/axios",
    "expo/fetch",
    "@tauri-apps/plugin-http",
    "supertest",
    "phin",
    "redaxios",
];
/// The same, where nothing declares them: globals, and what a framework imports by its name alone.
const GLOBALS: &[&str] = &["fetch", "$fetch", "ofetch", "useFetch", "useLazyFetch", "axios", "ky", "superagent", "$", "jQuery", "got"];
const VERBS: &[(&str, &str)] =
    &[("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE"), ("del", "DELETE"), ("head", "HEAD"), ("options", "OPTIONS")];
/// Names and functions that are followed one inside another.
const DEEPEST: u32 = 8;
/// Headers, and pieces of a URL, that anybody writes.
const MOST: usize = 40;

/// A request as it is written.
#[derive(Debug, Default)]
struct Written<'a> {
    method: Option<String>,
    url: Vec<Piece<'a>>,
    headers: Vec<(String, &'a Expression<'a>)>,
    parameters: Vec<(String, &'a Expression<'a>)>,
}

/// A part of a URL.
#[derive(Debug, Clone)]
struct Piece<'a> {
    value: Value,
    /// What it is, where it is no constant.
    from: Option<&'a Expression<'a>>,
    /// The credential in it, and where it stands, with the parameter that it is.
    key: Option<(Bytes, Value)>,
}

pub(super) fn of_call<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>) {
    let Some(written) = request(scene, node, call) else { return };
    note(scene, out, node, written);
}

/// `new Request(url, { headers })`
pub(super) fn of_new<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a NewExpression<'a>) {
    if !matches!(&call.callee, Expression::Identifier(name) if name.name == "Request") {
        return;
    }
    let mut written = Written { method: Some("GET".to_owned()), ..Written::default() };
    if let Some(url) = call.arguments.first().and_then(Argument::as_expression) {
        pieces(scene, node, url, &mut written.url, 0);
    }
    settings(scene, node, &mut written, call.arguments.get(1).and_then(Argument::as_expression));
    note(scene, out, node, written);
}

fn request<'a>(scene: &mut Scene<'a, '_>, node: NodeId, call: &'a CallExpression<'a>) -> Option<Written<'a>> {
    let arguments = || call.arguments.iter().filter_map(Argument::as_expression);
    let first = arguments().next()?;
    match call.callee.get_inner_expression() {
        Expression::Identifier(callee) => {
            let instance = instance(scene, node, &call.callee);
            let is_client = is_client(scene, &call.callee) || callee.name.ends_with("etch") && callee.name != "prefetch";
            if instance.is_none() && !is_client {
                return None;
            }
            let mut written = instance.unwrap_or_default();
            written.method = Some("GET".to_owned());
            // `axios({ url, method })`, or the URL first.
            match values::object_of(scene, first).filter(|object| has(object, &["url", "uri", "hostname", "host", "baseURL"])) {
                Some(object) => whole(scene, node, &mut written, object),
                None => {
                    pieces(scene, node, first, &mut written.url, 0);
                    arguments().skip(1).take(3).for_each(|one| settings(scene, node, &mut written, Some(one)));
                }
            }
            Some(written)
        }
        Expression::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            let verb = VERBS.iter().find(|(verb, _)| *verb == name).map(|(_, method)| (*method).to_owned());
            if name == "setRequestHeader" {
                return of_page(scene, node, &member.object, call);
            }
            if matches!(name, "set" | "auth" | "query") {
                return chained(scene, node, &member.object, name, call);
            }
            if verb.is_none() && !matches!(name, "request" | "fetch" | "ajax" | "stream" | "raw" | "json") {
                return None;
            }
            let instance = instance(scene, node, &member.object);
            let is_client = is_client(scene, &member.object);
            let mut written = instance.unwrap_or_default();
            let is_known = is_client || !written.url.is_empty();
            let is_whole = matches!(name, "request" | "ajax" | "fetch") || is_known && verb.is_some();
            if is_whole && let Some(object) = values::object_of(scene, first).filter(|object| has(object, &["url", "uri", "hostname", "host"])) {
                written.method = Some(verb.unwrap_or_else(|| "GET".to_owned()));
                whole(scene, node, &mut written, object);
                return Some(written);
            }
            let before = written.url.len();
            pieces(scene, node, first, &mut written.url, 0);
            // A method of this name belongs to half of all classes: its first argument tells, if nothing else does.
            let is_url = |piece: &Piece| matches!(&piece.value, Value::Text(text) if text.starts_with("http")) || matches!(piece.value, Value::Import { .. });
            if !is_known && !written.url.get(before..).is_some_and(|own| own.first().is_some_and(is_url)) {
                return None;
            }
            written.method = Some(verb.unwrap_or_else(|| "GET".to_owned()));
            arguments().skip(1).take(3).for_each(|one| settings(scene, node, &mut written, Some(one)));
            Some(written)
        }
        _ => None,
    }
}

/// `xhr.setRequestHeader(name, value)`, with the `xhr.open(method, url)` before it.
fn of_page<'a>(scene: &mut Scene<'a, '_>, node: NodeId, object: &'a Expression<'a>, call: &'a CallExpression<'a>) -> Option<Written<'a>> {
    let Expression::Identifier(identifier) = object.get_inner_expression() else { return None };
    let opened = uses(scene, scene.symbol(identifier)?, &["open"]).into_iter().next()?;
    let mut written = header(call)?;
    written.method = opened.arguments.first()?.as_expression().and_then(constant).map(str::to_ascii_uppercase);
    pieces(scene, node, opened.arguments.get(1)?.as_expression()?, &mut written.url, 0);
    Some(written)
}

/// `superagent.post(url).set(name, value)`
fn chained<'a>(scene: &mut Scene<'a, '_>, node: NodeId, object: &'a Expression<'a>, name: &str, call: &'a CallExpression<'a>) -> Option<Written<'a>> {
    let mut at = object.get_inner_expression();
    for _ in 0..12 {
        let Expression::CallExpression(inner) = at else { return None };
        let Expression::StaticMemberExpression(member) = inner.callee.get_inner_expression() else { return None };
        let verb = VERBS.iter().find(|(verb, _)| *verb == member.property.name.as_str());
        if let Some((_, method)) = verb.filter(|_| is_client(scene, &member.object)) {
            let mut written = match name {
                "set" => header(call)?,
                "auth" => {
                    let key = call.arguments.first()?.as_expression()?;
                    Written { headers: vec![("Authorization".to_owned(), key)], ..Written::default() }
                }
                _ => Written { parameters: fields(values::object_of(scene, call.arguments.first()?.as_expression()?)?), ..Written::default() },
            };
            written.method = Some((*method).to_owned());
            pieces(scene, node, inner.arguments.first()?.as_expression()?, &mut written.url, 0);
            return Some(written);
        }
        at = member.object.get_inner_expression();
    }
    None
}

/// A call that is given the name of a header and its value.
fn header<'a>(call: &'a CallExpression<'a>) -> Option<Written<'a>> {
    let name = call.arguments.first()?.as_expression().and_then(constant)?;
    let value = call.arguments.get(1)?.as_expression()?;
    Some(Written { headers: vec![(name.to_owned(), value)], ..Written::default() })
}

/// Notes each key that a request carries.
fn note<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, written: Written<'a>) {
    if written.url.is_empty() {
        return;
    }
    let url: Vec<Value> = written.url.iter().map(|piece| piece.value.clone()).take(MOST).collect();
    let sink = |by: String| Sink::Request(Request { method: written.method.clone(), url: url.clone(), by });
    let mut done: HashSet<(u32, u32)> = HashSet::new();
    for (name, expression) in written.headers.into_iter().take(MOST) {
        let (span, expression) = key_of(expression);
        if done.insert((span.start, span.end)) {
            let value = held_key(scene, expression);
            push(scene, out, node, sink(name), span, value);
        }
    }
    for (name, expression) in written.parameters.into_iter().take(MOST) {
        let value = held_key(scene, expression);
        push(scene, out, node, sink(format!("?{name}")), expression.span(), value);
    }
    let mut before = String::new();
    for piece in written.url.into_iter().take(MOST) {
        if let Some((span, value)) = piece.key {
            let by = match &piece.value {
                Value::Text(text) => parameter(text).unwrap_or_else(|| "the URL".to_owned()),
                _ => "the URL".to_owned(),
            };
            push(scene, out, node, sink(by), span, value);
        } else if let (Some(by), Some(from)) = (parameter(&before), piece.from) {
            let value = held_key(scene, from);
            push(scene, out, node, sink(by), from.span(), value);
        }
        before = if let Value::Text(text) = piece.value { text } else { String::new() };
    }
}

/// What an expression holds as a key; where nothing is known of it, its name.
pub(super) fn held_key<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>) -> Value {
    let value = values::shown(scene, expression);
    keys(data(value))
}

/// A value without what is no key: an object, all variables at once.
fn keys(value: Value) -> Value {
    match value {
        Value::WholeEnv(_) | Value::Object(..) | Value::Dump(..) | Value::Text(_) => Value::Nothing,
        Value::Some(all) => values::some(all.into_iter().map(keys).collect()),
        Value::Via(spot, text, inner) => match keys(*inner) {
            Value::Nothing => Value::Nothing,
            inner => Value::Via(spot, text, Box::new(inner)),
        },
        other => other,
    }
}

/// `?api_key`, where a text ends with the name of a query parameter.
fn parameter(text: &str) -> Option<String> {
    let rest = text.strip_suffix('=')?;
    let at = rest.rfind(['?', '&'])?;
    Some(format!("?{}", &rest[at + 1..]))
}

/// The part of a header's value that is the key: what follows `Bearer`.
fn key_of<'a>(expression: &'a Expression<'a>) -> (Bytes, &'a Expression<'a>) {
    match expression.get_inner_expression() {
        Expression::TemplateLiteral(template) => match &template.expressions[..] {
            [one] if template.quasis.iter().all(|quasi| quasi.value.raw.len() < 16) => (one.span(), one),
            _ => (template.span, expression),
        },
        Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition && constant(&sum.left).is_some() => (sum.right.span(), &sum.right),
        other => (other.span(), expression),
    }
}

/// What an object of options says: `{ method, headers, params, auth, baseURL }`.
fn settings<'a>(scene: &mut Scene<'a, '_>, node: NodeId, written: &mut Written<'a>, options: Option<&'a Expression<'a>>) {
    let Some(options) = options else { return };
    // `fetch(url, init())`
    let object = match values::object_of(scene, options) {
        Some(object) => Some(object),
        None => returned(scene, options).and_then(|result| values::object_of(scene, result)),
    };
    let Some(object) = object else { return };
    if !has(object, &["headers", "method", "params", "searchParams", "auth", "baseURL", "prefixUrl", "query", "username", "Authorization"]) {
        return;
    }
    options_of(scene, node, written, object, 0);
}

fn options_of<'a>(scene: &mut Scene<'a, '_>, node: NodeId, written: &mut Written<'a>, object: &'a ObjectExpression<'a>, depth: u32) {
    for property in object.properties.iter().take(200) {
        let (name, value) = match property {
            ObjectPropertyKind::ObjectProperty(property) => match property.key.static_name() {
                Some(name) => (name, &property.value),
                None => continue,
            },
            ObjectPropertyKind::SpreadProperty(spread) => {
                if depth < DEEPEST
                    && let Some(inner) = values::object_of(scene, &spread.argument)
                {
                    options_of(scene, node, written, inner, depth + 1);
                }
                continue;
            }
        };
        match name.as_ref() {
            "method" | "type" => written.method = constant(value).map(str::to_ascii_uppercase),
            "headers" => headers(scene, value, &mut written.headers, depth),
            "params" | "searchParams" | "qs" | "query" => written.parameters.extend(values::object_of(scene, value).map(fields).unwrap_or_default()),
            "auth" => {
                let inner = values::object_of(scene, value).map(fields).unwrap_or_default();
                let keys = inner.into_iter().filter(|(name, _)| matches!(name.as_str(), "username" | "user" | "password" | "pass" | "bearer"));
                written.headers.extend(keys.map(|(_, value)| ("Authorization".to_owned(), value)));
            }
            "baseURL" | "prefixUrl" | "baseUrl" if written.url.first().is_none_or(|piece| !begins_with_host(piece)) => {
                let mut base = Vec::new();
                pieces(scene, node, value, &mut base, 0);
                base.push(Piece { value: Value::Text("/".to_owned()), from: None, key: None });
                base.append(&mut written.url);
                written.url = base;
            }
            _ => {}
        }
    }
}

fn begins_with_host(piece: &Piece) -> bool {
    matches!(&piece.value, Value::Text(text) if text.contains("://"))
}

/// `axios({ url, method, headers })`, `https.request({ hostname, path, method, headers })`
fn whole<'a>(scene: &mut Scene<'a, '_>, node: NodeId, written: &mut Written<'a>, object: &'a ObjectExpression<'a>) {
    let field = |names: &[&str]| names.iter().find_map(|name| fields(object).into_iter().find(|(field, _)| field == name)).map(|(_, value)| value);
    match field(&["url", "uri"]) {
        Some(url) => pieces(scene, node, url, &mut written.url, 0),
        None => {
            if let Some(host) = field(&["hostname", "host"]) {
                written.url.push(Piece { value: Value::Text("https://".to_owned()), from: None, key: None });
                pieces(scene, node, host, &mut written.url, 0);
            }
            if let Some(path) = field(&["path", "pathname"]) {
                pieces(scene, node, path, &mut written.url, 0);
            }
        }
    }
    options_of(scene, node, written, object, 0);
}

fn has(object: &ObjectExpression, names: &[&str]) -> bool {
    object.properties.iter().take(200).any(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => property.key.static_name().is_some_and(|name| names.contains(&name.as_ref())),
        ObjectPropertyKind::SpreadProperty(_) => false,
    })
}

fn fields<'a>(object: &'a ObjectExpression<'a>) -> Vec<(String, &'a Expression<'a>)> {
    let properties = object.properties.iter().take(200).filter_map(ObjectPropertyKind::as_property);
    properties.filter_map(|property| Some((property.key.static_name()?.into_owned(), &property.value))).collect()
}

/// Names and values of headers.
fn headers<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>, out: &mut Vec<(String, &'a Expression<'a>)>, depth: u32) {
    if depth > DEEPEST || out.len() > MOST {
        return;
    }
    match expression.get_inner_expression() {
        Expression::ObjectExpression(object) => {
            for property in object.properties.iter().take(MOST) {
                match property {
                    ObjectPropertyKind::ObjectProperty(property) => {
                        if let Some(name) = property.key.static_name() {
                            out.push((name.into_owned(), &property.value));
                        }
                    }
                    ObjectPropertyKind::SpreadProperty(spread) => headers(scene, &spread.argument, out, depth + 1),
                }
            }
        }
        Expression::ArrayExpression(array) => {
            for pair in array.elements.iter().take(MOST).filter_map(ArrayExpressionElement::as_expression) {
                if let Expression::ArrayExpression(pair) = pair.get_inner_expression()
                    && let [name, value] = &pair.elements[..]
                    && let (Some(name), Some(value)) = (name.as_expression().and_then(constant), value.as_expression())
                {
                    out.push((name.to_owned(), value));
                }
            }
        }
        // `new Headers({ ... })`, `new HttpHeaders()`
        Expression::NewExpression(call) => {
            if let Some(first) = call.arguments.first().and_then(Argument::as_expression) {
                headers(scene, first, out, depth + 1);
            }
        }
        Expression::ConditionalExpression(choice) => {
            headers(scene, &choice.consequent, out, depth + 1);
            headers(scene, &choice.alternate, out, depth + 1);
        }
        Expression::LogicalExpression(choice) => headers(scene, &choice.right, out, depth + 1),
        Expression::AwaitExpression(awaited) => headers(scene, &awaited.argument, out, depth + 1),
        Expression::CallExpression(call) => {
            if let Some(result) = returned(scene, expression) {
                headers(scene, result, out, depth + 1);
            } else if let Expression::StaticMemberExpression(member) = &call.callee
                && matches!(member.property.name.as_str(), "set" | "append")
            {
                headers(scene, &member.object, out, depth + 1);
                out.extend(header(call).into_iter().flat_map(|written| written.headers));
            } else if let Some(first) = call.arguments.first().and_then(Argument::as_expression) {
                // `Object.assign({}, ...)`, `Object.freeze({ ... })`
                if !matches!(first.get_inner_expression(), Expression::Identifier(_)) {
                    headers(scene, first, out, depth + 1);
                }
            }
        }
        Expression::Identifier(identifier) => {
            let Some(symbol) = scene.symbol(identifier) else { return };
            for source in scene.sources_of(symbol) {
                match (&source.from, source.field, &source.path[..]) {
                    (Origin::Expression(init), None, []) => headers(scene, init, out, depth + 1),
                    (Origin::Expression(value), Some(field), []) => out.push((field.to_owned(), value)),
                    _ => {}
                }
            }
            let set = uses(scene, symbol, &["set", "append"]);
            out.extend(set.into_iter().filter_map(header).flat_map(|written| written.headers));
        }
        _ => {}
    }
}

/// What a function of the text returns that an expression calls.
fn returned<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> Option<&'a Expression<'a>> {
    let Expression::CallExpression(call) = expression.get_inner_expression() else { return None };
    let function = values::local_function(scene, &call.callee)?;
    scene.results(function).into_iter().next()
}

/// Calls of methods of a name, in order.
fn uses<'a>(scene: &Scene<'a, '_>, symbol: SymbolId, methods: &[&str]) -> Vec<&'a CallExpression<'a>> {
    let mut found = Vec::new();
    for reference in scene.scoping.get_resolved_references(symbol).take(MOST) {
        let member = scene.nodes.parent_node(reference.node_id());
        let AstKind::StaticMemberExpression(access) = member.kind() else { continue };
        if !methods.contains(&access.property.name.as_str()) {
            continue;
        }
        if let AstKind::CallExpression(call) = scene.nodes.parent_kind(member.id())
            && call.callee.span() == access.span
        {
            found.push(call);
        }
    }
    found
}

/// Whether an expression is a client of HTTP: an import of one, or a global.
fn is_client<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> bool {
    match expression.get_inner_expression() {
        Expression::Identifier(identifier) => match scene.symbol(identifier) {
            Some(_) => specifier_of(scene, identifier).is_some_and(|specifier| CLIENTS.contains(&specifier)),
            None => GLOBALS.contains(&identifier.name.as_str()),
        },
        // `window.fetch`, `this.http`, `this.httpService.axiosRef`
        Expression::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            matches!(name, "http" | "httpClient" | "httpService" | "axios" | "axiosRef" | "$http" | "$axios")
                || matches!(&member.object, Expression::Identifier(object) if matches!(object.name.as_str(), "window" | "globalThis" | "self") && name == "fetch")
        }
        _ => false,
    }
}

/// What `axios.create({ baseURL, headers })` and kin set for all requests of a client.
fn instance<'a>(scene: &mut Scene<'a, '_>, node: NodeId, expression: &'a Expression<'a>) -> Option<Written<'a>> {
    let made = match expression.get_inner_expression() {
        Expression::Identifier(identifier) => scene.sources_of(scene.symbol(identifier)?).iter().find_map(|source| match source.from {
            Origin::Expression(init) if source.path.is_empty() && source.field.is_none() => Some(init),
            _ => None,
        })?,
        Expression::StaticMemberExpression(member) if matches!(member.object, Expression::ThisExpression(_)) => {
            own_member(scene, node, member.property.name.as_str())?
        }
        Expression::CallExpression(_) => expression,
        _ => return None,
    };
    let Expression::CallExpression(call) = made.get_inner_expression() else { return None };
    let Expression::StaticMemberExpression(callee) = call.callee.get_inner_expression() else { return None };
    if !matches!(callee.property.name.as_str(), "create" | "extend" | "instance" | "defaults") || !is_client(scene, &callee.object) {
        return None;
    }
    let object = values::object_of(scene, call.arguments.first()?.as_expression()?)?;
    let mut written = Written::default();
    options_of(scene, node, &mut written, object, 0);
    Some(written)
}

/// What a class gives to a property of its own: where it declares it, or in its constructor.
fn own_member<'a>(scene: &Scene<'a, '_>, node: NodeId, name: &str) -> Option<&'a Expression<'a>> {
    let class: &Class = scene.nodes.ancestors(node).find_map(|ancestor| match ancestor.kind() {
        AstKind::Class(class) => Some(class),
        _ => None,
    })?;
    for element in class.body.body.iter().take(200) {
        match element {
            ClassElement::PropertyDefinition(property) => {
                if property.key.static_name().is_some_and(|own| own == name)
                    && let Some(value) = &property.value
                {
                    return Some(value);
                }
            }
            ClassElement::MethodDefinition(method) if method.kind.is_constructor() => {
                for statement in method.value.body.iter().flat_map(|body| body.statements.iter()).take(200) {
                    if let Statement::ExpressionStatement(statement) = statement
                        && let Expression::AssignmentExpression(assignment) = &statement.expression
                        && let AssignmentTarget::StaticMemberExpression(target) = &assignment.left
                        && matches!(target.object, Expression::ThisExpression(_))
                        && target.property.name == name
                    {
                        return Some(&assignment.right);
                    }
                }
            }
            _ => {}
        }
    }
    None
}
