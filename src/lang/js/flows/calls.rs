//! Calls and assignments by which values leave.

use oxc_ast::ast::{Argument, AssignmentExpression, AssignmentTarget, CallExpression, Expression};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::{Out, import_of, is_free, leave, push, responses, results, root};
use crate::lang::js::parts::SERVER_CALLS;
use crate::lang::js::scene::{Callable, Origin, Scene, callable};
use crate::lang::js::values;
use crate::lang::{Sink, Value};

/// Nitro and h3.
const EVENT_HANDLERS: &[&str] = &[
    "defineEventHandler",
    "eventHandler",
    "defineCachedEventHandler",
    "cachedEventHandler",
    "defineLazyEventHandler",
    "lazyEventHandler",
    "fromNodeMiddleware",
    "defineWebSocketHandler",
];
const SOCKETS: &[&str] = &["ws", "socket", "io", "client", "connection", "conn", "peer", "nsp", "namespace", "wsClient", "sock"];

pub(super) fn of_call<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>) {
    match call.callee.get_inner_expression() {
        Expression::Identifier(callee) => {
            let name = callee.name.as_str();
            let specifier = import_of(scene, callee).and_then(|import| scene.imports.get(import as usize)).map_or("", |import| import.specifier.as_str());
            let is_framework = specifier.starts_with("@remix-run/")
                || specifier.starts_with("react-router")
                || specifier.starts_with("@react-router/")
                || specifier.starts_with("@sveltejs/kit")
                || specifier.starts_with("@solidjs/")
                || specifier.starts_with("@shopify/remix-oxygen")
                || specifier.starts_with("@tanstack/");
            match name {
                "json" | "data" | "defer" | "typedjson" if is_framework => {
                    respond(scene, out, node, call, 0, Sink::Response(name.to_owned()));
                    responses::headers(scene, out, node, argument(call, 1));
                }
                "fail" | "error" if is_framework => respond(scene, out, node, call, 1, Sink::Response(name.to_owned())),
                "onCall" => handled(scene, out, call, call.arguments.len().saturating_sub(1), Sink::ServerFunction("onCall".to_owned())),
                "redirect" if is_framework || specifier == "next/navigation" || specifier == "h3" => {
                    for number in 0..call.arguments.len().min(2) {
                        respond(scene, out, node, call, number, Sink::Response("redirect".to_owned()));
                    }
                }
                "send" if specifier == "h3" || specifier == "micro" => respond(scene, out, node, call, 1, Sink::Response("send".to_owned())),
                "setCookie" | "setSignedCookie" => responses::cookie(scene, out, node, argument(call, 2), argument(call, 3), true),
                "setHeader" | "setResponseHeader" | "appendHeader" | "appendResponseHeader" => {
                    if let (Some(header), Some(value)) = (argument(call, 1).and_then(crate::lang::js::scene::constant), argument(call, 2)) {
                        leave(scene, out, node, Sink::Header(header.to_owned()), value);
                    }
                }
                "useHead" | "useServerHead" | "useHeadSafe" | "useSeoMeta" => respond(scene, out, node, call, 0, Sink::InlineScript),
                // What Nuxt computes on the server goes to the client with the page.
                "useState" | "useAsyncData" | "useLazyAsyncData" if scene.symbol(callee).is_none() || specifier == "#imports" || specifier == "#app" => {
                    for number in 0..call.arguments.len().min(2) {
                        handled(scene, out, call, number, Sink::Global("__NUXT__".to_owned()));
                    }
                }
                _ if EVENT_HANDLERS.contains(&name) => handled(scene, out, call, 0, Sink::Response("defineEventHandler".to_owned())),
                // An inline function is found as such.
                _ if SERVER_CALLS.contains(&name) => named_handler(scene, out, call, name),
                _ => {}
            }
        }
        Expression::StaticMemberExpression(member) => of_method(scene, out, node, call, &member.object, member.property.name.as_str()),
        _ => {}
    }
}

fn of_method<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>, object: &'a Expression<'a>, method: &'a str) {
    let last = match object.get_inner_expression() {
        Expression::StaticMemberExpression(inner) => inner.property.name.as_str(),
        Expression::Identifier(identifier) => identifier.name.as_str(),
        _ => "",
    };
    match (last, method) {
        ("contextBridge", "exposeInMainWorld" | "exposeInIsolatedWorld") => {
            if let Some(exposed) = call.arguments.last().and_then(Argument::as_expression) {
                let value = opened(values::evaluate(scene, exposed));
                push(scene, out, node, Sink::Bridge(format!("contextBridge.{method}")), exposed.span(), value);
            }
        }
        ("ipcMain", "handle" | "handleOnce") => handled(scene, out, call, 1, Sink::Bridge("ipcMain.handle".to_owned())),
        ("webContents" | "sender", "send") | ("event", "reply") => {
            for number in 1..call.arguments.len() {
                respond(scene, out, node, call, number, Sink::Bridge(format!("{last}.{method}")));
            }
        }
        (_, "handler") if root(object) == Some("createServerFn") => named_handler(scene, out, call, "createServerFn"),
        (_, "query" | "mutation" | "subscription") => {
            let text = &scene.code.text[call.callee.span().start as usize..call.callee.span().end as usize];
            if text.contains("rocedure") {
                handled(scene, out, call, 0, Sink::ServerFunction(method.to_owned()));
            }
        }
        (_, "emit") if root(object).is_some_and(|root| SOCKETS.contains(&root)) && !is_dialled(scene, object) => {
            let written = format!("{}.emit", root(object).unwrap_or(""));
            for number in 1..call.arguments.len() {
                respond(scene, out, node, call, number, Sink::Socket(written.clone()));
            }
        }
        ("controller", "enqueue") => respond(scene, out, node, call, 0, Sink::Socket("controller.enqueue".to_owned())),
        (_, "writeSSE") => respond(scene, out, node, call, 0, Sink::Socket("writeSSE".to_owned())),
        (name, "send") if SOCKETS.contains(&name) && is_dialled(scene, object) => {}
        (name, "send") if SOCKETS.contains(&name) => respond(scene, out, node, call, 0, Sink::Socket(format!("{name}.send"))),
        ("functions" | "https", "onCall") => handled(scene, out, call, call.arguments.len().saturating_sub(1), Sink::ServerFunction("onCall".to_owned())),
        (_, "get" | "post" | "put" | "patch" | "delete" | "all" | "route") if returns_answers(scene, call) => {
            let sink = Sink::Response(format!("the handler of `{method}`"));
            handled(scene, out, call, call.arguments.len().saturating_sub(1), sink);
        }
        _ => responses::of_method(scene, out, node, call, object, method),
    }
}

/// Whether a socket is this program's own connection to somebody: `new WebSocket(url)`, `io(url)`.
fn is_dialled<'a>(scene: &Scene<'a, '_>, object: &'a Expression<'a>) -> bool {
    let Expression::Identifier(identifier) = object.get_inner_expression() else { return false };
    let sources = scene.symbol(identifier).map_or(&[][..], |symbol| scene.sources_of(symbol));
    let is_named =
        |callee: &Expression, names: &[&str]| matches!(callee.get_inner_expression(), Expression::Identifier(id) if names.contains(&id.name.as_str()));
    sources.iter().any(|source| match source.from {
        Origin::Expression(init) => match init.get_inner_expression() {
            Expression::NewExpression(call) => is_named(&call.callee, &["WebSocket", "ReconnectingWebSocket", "Socket"]),
            Expression::CallExpression(call) => is_named(&call.callee, &["io", "connect", "createConnection"]),
            _ => false,
        },
        _ => false,
    })
}

/// Frameworks of servers that send what a handler returns.
const RETURNING: &[&str] = &["fastify", "elysia", "@hapi/hapi", "@elysiajs/", "itty-router", "h3", "@adonisjs/core", "hyper-express", "polka-return"];

/// Whether a call gives a handler to a path, in a file of a framework that sends what handlers return.
fn returns_answers<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>) -> bool {
    let is_path = argument(call, 0).is_some_and(|first| match first.get_inner_expression() {
        Expression::ObjectExpression(_) => true,
        _ => crate::lang::js::scene::constant(first).is_some_and(|path| path.starts_with('/') || path == "*"),
    });
    is_path && (scene.imports.iter().any(|import| RETURNING.iter().any(|name| import.specifier.starts_with(name))) || root(&call.callee) == Some("fastify"))
}

/// What a bridge offers: functions are called from the other side, so that their results leave.
fn opened(value: Value) -> Value {
    match value {
        Value::Returns(value) => opened(*value),
        Value::Some(all) => values::some(all.into_iter().map(opened).collect()),
        Value::Object(fields, spread) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, opened(value))).collect(), spread.into_iter().map(opened).collect())
        }
        other => other,
    }
}

pub(super) fn argument<'a>(call: &'a CallExpression<'a>, number: usize) -> Option<&'a Expression<'a>> {
    match call.arguments.get(number)? {
        Argument::SpreadElement(spread) => Some(&spread.argument),
        other => other.as_expression(),
    }
}

pub(super) fn respond<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>, number: usize, sink: Sink) {
    if let Some(sent) = argument(call, number) {
        leave(scene, out, node, sink, sent);
    }
}

fn function_of<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> Option<Callable<'a>> {
    callable(expression).or_else(|| values::local_function(scene, expression))
}

/// Results of the function that is given, itself or as the `handler` of an object.
fn handled<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, call: &'a CallExpression<'a>, number: usize, sink: Sink) {
    let Some(given) = argument(call, number) else { return };
    let function = function_of(scene, given).or_else(|| {
        let object = values::object_of(scene, given)?;
        let handler =
            object.properties.iter().filter_map(|property| property.as_property()).find(|property| property.key.is_specific_static_name("handler"))?;
        function_of(scene, &handler.value)
    });
    if let Some(function) = function {
        results::results(scene, out, function, &sink);
    }
}

/// Results of a handler that is given by its name.
fn named_handler<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, call: &'a CallExpression<'a>, name: &str) {
    let given = argument(call, 0).filter(|given| callable(given).is_none());
    if let Some(function) = given.and_then(|given| function_of(scene, given)) {
        results::results(scene, out, function, &Sink::ServerFunction(name.to_owned()));
    }
}

pub(super) fn of_assignment<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, assignment: &'a AssignmentExpression<'a>) {
    let (object, name) = match &assignment.left {
        AssignmentTarget::StaticMemberExpression(member) => (&member.object, member.property.name.as_str()),
        AssignmentTarget::ComputedMemberExpression(member) => (&member.object, crate::lang::js::scene::constant(&member.expression).unwrap_or("*")),
        _ => return,
    };
    let last = match object.get_inner_expression() {
        Expression::StaticMemberExpression(inner) => inner.property.name.as_str(),
        _ => "",
    };
    let globals = ["window", "globalThis", "self"];
    let sink = if is_free(scene, object, &globals) {
        Sink::Global(name.to_owned())
    } else if let Expression::StaticMemberExpression(inner) = object.get_inner_expression()
        && is_free(scene, &inner.object, &globals)
        && inner.property.name != "process"
    {
        Sink::Global(inner.property.name.to_string())
    } else if name == "cookie" && is_free(scene, object, &["document"]) {
        Sink::Cookie
    } else if name == "body" && root(object).is_some_and(|root| ["ctx", "context", "koaCtx"].contains(&root)) {
        Sink::Response("ctx.body".to_owned())
    } else if name == "res" && root(object) == Some("context") {
        Sink::Response("context.res".to_owned())
    } else if name == "returnValue" && root(object) == Some("event") {
        Sink::Bridge("event.returnValue".to_owned())
    } else if last == "locals" && root(object).is_some_and(|root| ["res", "response", "app"].contains(&root)) {
        Sink::Render(format!("{}.locals", root(object).unwrap_or("res")))
    } else if ["getInitialProps", "getServerSideProps", "getStaticProps"].contains(&name) {
        if let Some(function) = function_of(scene, &assignment.right) {
            results::results(scene, out, function, &Sink::Result(name.to_owned()));
        }
        return;
    } else {
        return;
    };
    leave(scene, out, node, sink, &assignment.right);
}
