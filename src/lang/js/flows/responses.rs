//! Answers to requests: bodies, headers, cookies, templates.

use oxc_ast::ast::{CallExpression, Expression, IdentifierReference, NewExpression, ObjectPropertyKind};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::calls::{argument, respond};
use super::{Out, is_free, leave, push, root};
use crate::lang::Sink;
use crate::lang::js::scene::{Origin, Scene, constant};
use crate::lang::js::values::{self, data, object_of};

/// Names that an answer goes by.
const ANSWERS: &[&str] = &["res", "response", "resp", "reply", "rep", "h", "httpResponse"];
/// Names that a request's context goes by.
const CONTEXTS: &[&str] = &["c", "ctx", "context"];
const ENGINES: &[&str] = &["ejs", "nunjucks", "eta", "pug", "twig", "mustache", "Mustache", "Handlebars", "Eta"];

pub(super) fn of_method<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>, object: &'a Expression<'a>, method: &'a str) {
    if is_cookies(scene, call, object, method, out, node) {
        return;
    }
    let Some(root) = root(object) else { return };
    let is_direct = matches!(object.get_inner_expression(), Expression::Identifier(_));
    let (is_answer, is_context) = (ANSWERS.contains(&root), CONTEXTS.contains(&root));
    let written = format!("{root}.{method}");
    match method {
        "json" if is_direct && ["Response", "NextResponse"].contains(&root) => {
            respond(scene, out, node, call, 0, Sink::Response(written));
            headers(scene, out, node, argument(call, 1));
        }
        "json" | "send" | "jsonp" | "end" | "write" | "respond" | "code" if is_answer => {
            let number = usize::from(call.arguments.len() > 1 && matches!(argument(call, 0), Some(Expression::NumericLiteral(_))));
            respond(scene, out, node, call, number, Sink::Response(written));
        }
        "response" if root == "h" => respond(scene, out, node, call, 0, Sink::Response(written)),
        "redirect" if is_answer || is_context || ["Response", "NextResponse"].contains(&root) => {
            let last = call.arguments.len().saturating_sub(1);
            let number = if matches!(argument(call, 0), Some(Expression::NumericLiteral(_))) { last } else { 0 };
            respond(scene, out, node, call, number, Sink::Response(written));
        }
        "json" | "text" | "html" | "body" | "send" | "ok" if is_context => respond(scene, out, node, call, 0, Sink::Response(written)),
        "render" | "view" | "viewAsync" if is_answer || is_context => respond(scene, out, node, call, 1, Sink::Render(written)),
        "render" | "renderFile" | "renderString" | "renderAsync" if ENGINES.contains(&root) => respond(scene, out, node, call, 1, Sink::Render(written)),
        "cookie" | "setCookie" if is_answer || is_context => cookie(scene, out, node, argument(call, 1), argument(call, 2), true),
        "setHeader" | "header" | "set" | "append" | "appendHeader" if is_answer || is_context => match argument(call, 0).and_then(constant) {
            Some(name) => {
                let Some(value) = argument(call, 1) else { return };
                header(scene, out, node, name, value);
            }
            None => named_headers(scene, out, node, argument(call, 0)),
        },
        "writeHead" if is_answer => named_headers(scene, out, node, argument(call, call.arguments.len().saturating_sub(1))),
        "locals" if is_answer => respond(scene, out, node, call, 0, Sink::Render(written)),
        _ => {}
    }
}

/// `new Response(x, { headers })`
pub(super) fn of_new<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a NewExpression<'a>) {
    let Expression::Identifier(callee) = call.callee.get_inner_expression() else { return };
    if !["Response", "NextResponse", "HttpResponse"].contains(&callee.name.as_str()) {
        return;
    }
    if let Some(body) = call.arguments.first().and_then(|argument| argument.as_expression()) {
        leave(scene, out, node, Sink::Response(format!("new {}", callee.name)), body);
    }
    headers(scene, out, node, call.arguments.get(1).and_then(|argument| argument.as_expression()));
}

/// The `headers` of the options of a response.
pub(super) fn headers<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, options: Option<&'a Expression<'a>>) {
    let Some(options) = options.and_then(|options| object_of(scene, options)) else { return };
    let named = options.properties.iter().filter_map(|property| property.as_property()).find(|property| property.key.is_specific_static_name("headers"));
    if let Some(property) = named {
        named_headers(scene, out, node, Some(&property.value));
    }
}

/// Headers by their names.
fn named_headers<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, headers: Option<&'a Expression<'a>>) {
    let Some(object) = headers.and_then(|headers| object_of(scene, headers)) else { return };
    for property in &object.properties {
        match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                if let Some(name) = property.key.static_name() {
                    header(scene, out, node, &name, &property.value);
                }
            }
            ObjectPropertyKind::SpreadProperty(spread) => leave(scene, out, node, Sink::Header("*".to_owned()), &spread.argument),
        }
    }
}

/// A header; a cookie as a header is a cookie, unless it says that scripts can't read it.
fn header<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, name: &str, value: &'a Expression<'a>) {
    if !name.eq_ignore_ascii_case("set-cookie") {
        return leave(scene, out, node, Sink::Header(name.to_owned()), value);
    }
    let text = &scene.code.text[value.span().start as usize..value.span().end as usize];
    if !text.to_ascii_lowercase().contains("httponly") {
        leave(scene, out, node, Sink::Cookie, value);
    }
}

/// A cookie that scripts can read. `is_open` is whether that is so where the options do not say.
pub(super) fn cookie<'a>(
    scene: &mut Scene<'a, '_>,
    out: &mut Out,
    node: NodeId,
    value: Option<&'a Expression<'a>>,
    options: Option<&'a Expression<'a>>,
    is_open: bool,
) {
    let Some(value) = value else { return };
    if is_readable(scene, options, is_open) {
        leave(scene, out, node, Sink::Cookie, value);
    }
}

fn is_readable<'a>(scene: &Scene<'a, '_>, options: Option<&'a Expression<'a>>, is_open: bool) -> bool {
    let Some(options) = options else { return is_open };
    let Some(object) = object_of(scene, options) else { return false };
    let said = object.properties.iter().filter_map(|property| property.as_property()).find(|property| property.key.is_specific_static_name("httpOnly"));
    match said.map(|property| property.value.get_inner_expression()) {
        Some(Expression::BooleanLiteral(said)) => !said.value,
        Some(_) => false,
        None => is_open && !object.properties.iter().any(ObjectPropertyKind::is_spread),
    }
}

/// Whether a name holds what Next's `cookies()` gives.
fn is_jar(scene: &Scene, identifier: &IdentifierReference) -> bool {
    let Some(symbol) = scene.symbol(identifier) else { return false };
    scene.sources_of(symbol).iter().any(|source| match source.from {
        Origin::Expression(init) if source.path.is_empty() && source.field.is_none() => match init.get_inner_expression() {
            Expression::AwaitExpression(awaited) => is_cookies_call(scene, &awaited.argument),
            call => is_cookies_call(scene, call),
        },
        _ => false,
    })
}

fn is_cookies_call(scene: &Scene, expression: &Expression) -> bool {
    let Expression::CallExpression(call) = expression.get_inner_expression() else { return false };
    matches!(&call.callee, Expression::Identifier(callee) if callee.name == "cookies" && scene.imported(callee).is_some_and(|(from, _)| from == "next/headers"))
}

/// `cookies().set(name, value, options)` and kin.
fn is_cookies<'a>(scene: &mut Scene<'a, '_>, call: &'a CallExpression<'a>, object: &'a Expression<'a>, method: &str, out: &mut Out, node: NodeId) -> bool {
    if method != "set" {
        return false;
    }
    let is_named = |name: &str| name.to_ascii_lowercase().contains("cookie");
    // SvelteKit's `cookies` and Koa's hide cookies from scripts unless told otherwise; Next's and Astro's do not.
    let is_open = match object.get_inner_expression() {
        Expression::Identifier(identifier) if is_jar(scene, identifier) => true,
        Expression::Identifier(identifier) if is_named(&identifier.name) => {
            let is_own = identifier.name != "cookies";
            is_own || is_free(scene, object, &["cookies"])
        }
        Expression::StaticMemberExpression(member) if member.property.name == "cookies" => !matches!(root(object), Some("ctx" | "event")),
        Expression::CallExpression(inner) if root(&inner.callee) == Some("cookies") => true,
        Expression::AwaitExpression(awaited) if root(&awaited.argument) == Some("cookies") => true,
        _ => return false,
    };
    let first = argument(call, 0);
    if let Some(whole) = first.and_then(|first| object_of(scene, first)).filter(|_| call.arguments.len() == 1) {
        let value = whole.properties.iter().filter_map(|property| property.as_property()).find(|property| property.key.is_specific_static_name("value"));
        if let Some(property) = value
            && is_readable(scene, first, is_open)
        {
            let value = data(values::evaluate(scene, &property.value));
            push(scene, out, node, Sink::Cookie, property.value.span(), value);
        }
        return true;
    }
    cookie(scene, out, node, argument(call, 1), argument(call, 2), is_open);
    true
}
