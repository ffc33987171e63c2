//! Results of functions: of exported ones, and of those that a framework calls from the client.

use std::collections::HashMap;

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, Expression, ObjectExpression, ObjectProperty, ObjectPropertyKind};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::{Out, leave, push};
use crate::lang::js::parts::is_server_handler;
use crate::lang::js::scene::{Callable, Origin, Scene, callable};
use crate::lang::js::values::{self, data};
use crate::lang::{Sink, Target};

/// Decorators of methods whose results are sent.
const ROUTES: &[&str] = &["Get", "Post", "Put", "Patch", "Delete", "All", "Sse", "Query", "Mutation", "SubscribeMessage"];

/// How many names and wrappers an export may be behind.
const DEEPEST: u32 = 5;

/// Results of what the module exports.
pub(super) fn of_exports(scene: &mut Scene, out: &mut Out) {
    let is_server = scene.program.directives.iter().any(|directive| directive.directive == "use server");
    let offered: HashMap<String, Origin> = scene.offered.iter().rev().cloned().collect();
    for export in out.exports.iter() {
        let Target::Local(local) = &export.target else { continue };
        let origins: Vec<Origin> = match offered.get(local) {
            Some(origin) => vec![*origin],
            None => of_name(scene, local),
        };
        let sink = if is_server { Sink::ServerFunction(export.name.clone()) } else { Sink::Result(export.name.clone()) };
        for origin in origins {
            of_origin(scene, out, origin, &sink, DEEPEST);
        }
    }
}

fn of_name<'a>(scene: &Scene<'a, '_>, name: &str) -> Vec<Origin<'a>> {
    let Some(symbol) = scene.top_symbol(name) else { return Vec::new() };
    let whole = scene.sources_of(symbol).iter().filter(|source| source.path.is_empty() && source.field.is_none());
    whole.map(|source| source.from).collect()
}

fn of_origin<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, origin: Origin<'a>, sink: &Sink, depth: u32) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let expression = match origin {
        Origin::Function(function) => return of_function(scene, out, function, sink),
        Origin::Expression(expression) => expression,
        Origin::Parameter(..) | Origin::Import(..) | Origin::Class(_) => return,
    };
    if let Some(function) = callable(expression) {
        return of_function(scene, out, function, sink);
    }
    match expression.get_inner_expression() {
        Expression::Identifier(identifier) => {
            let symbol = scene.symbol(identifier);
            let Some(symbol) = symbol.filter(|symbol| scene.is_top(*symbol)) else { return };
            for source in scene.sources_of(symbol).to_vec() {
                if source.path.is_empty() && source.field.is_none() {
                    of_origin(scene, out, source.from, sink, depth);
                }
            }
        }
        Expression::ObjectExpression(object) => {
            of_methods(scene, out, object, sink);
            whole(scene, out, expression, sink);
        }
        // `wrap(async () => ...)`, `defineComponent({ data() { ... } })`
        Expression::CallExpression(call) => {
            let mut is_wrapped = false;
            for argument in call.arguments.iter().filter_map(Argument::as_expression) {
                let inner = argument.get_inner_expression();
                if let Some(function) = callable(argument).or_else(|| values::local_function(scene, argument)) {
                    is_wrapped = true;
                    of_function(scene, out, function, sink);
                } else if let Expression::ObjectExpression(object) = inner {
                    of_methods(scene, out, object, sink);
                } else if let Expression::CallExpression(_) = inner {
                    of_origin(scene, out, Origin::Expression(argument), sink, depth);
                }
            }
            if !is_wrapped {
                whole(scene, out, expression, sink);
            }
        }
        _ => whole(scene, out, expression, sink),
    }
}

fn whole<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, expression: &'a Expression<'a>, sink: &Sink) {
    let node = node_of(scene, expression);
    leave(scene, out, node, sink.clone(), expression);
}

/// The methods of an exported object, by their own names where the object is the default export.
fn of_methods<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, object: &'a ObjectExpression<'a>, sink: &Sink) {
    for property in &object.properties {
        let ObjectPropertyKind::ObjectProperty(property) = property else { continue };
        let Some(function) = callable(&property.value).or_else(|| values::local_function(scene, &property.value)) else { continue };
        let own = match (sink, property.key.static_name()) {
            (Sink::Result(name), Some(method)) if name == "default" => Sink::Result(method.into_owned()),
            (sink, _) => sink.clone(),
        };
        of_function(scene, out, function, &own);
    }
}

fn of_function<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, function: Callable<'a>, sink: &Sink) {
    // These are told apart, as functions that a client calls.
    if matches!(sink, Sink::Result(_)) && (function.is_server() || is_server_handler(scene, function.node())) {
        return;
    }
    results(scene, out, function, sink);
}

/// One flow for each result.
pub(super) fn results<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, function: Callable<'a>, sink: &Sink) {
    for expression in scene.results(function) {
        leave(scene, out, function.node(), sink.clone(), expression);
    }
}

/// The node that an expression is, or the outermost one: only asked whether a function is around it.
fn node_of(scene: &Scene, expression: &Expression) -> NodeId {
    match expression.get_inner_expression() {
        Expression::ObjectExpression(object) => object.node_id.get(),
        Expression::CallExpression(call) => call.node_id.get(),
        _ => scene.program.node_id.get(),
    }
}

/// Results of a function that begins with "use server", or is the handler of a `createServerFn` and kin.
pub(super) fn of_server_function(scene: &mut Scene, out: &mut Out, node: NodeId) {
    let function = match scene.nodes.kind(node) {
        AstKind::Function(function) => Callable::Function(function),
        AstKind::ArrowFunctionExpression(arrow) => Callable::Arrow(arrow),
        _ => return,
    };
    if function.is_server() || is_server_handler(scene, node) {
        let name = name_of(scene, node).unwrap_or("default").to_owned();
        results(scene, out, function, &Sink::ServerFunction(name));
        return;
    }
    // Nest and kin: `@Get() find() { return ... }`
    if let AstKind::MethodDefinition(method) = scene.nodes.parent_kind(node) {
        let name = method.decorators.iter().find_map(|decorator| match decorator.expression.get_inner_expression() {
            Expression::CallExpression(call) => match &call.callee {
                Expression::Identifier(callee) if ROUTES.contains(&callee.name.as_str()) => Some(callee.name.as_str()),
                _ => None,
            },
            _ => None,
        });
        if let Some(name) = name {
            results(scene, out, function, &Sink::Response(format!("the handler of `@{name}`")));
        }
    }
    // `Page.getInitialProps` as a static method.
    if let AstKind::MethodDefinition(method) = scene.nodes.parent_kind(node)
        && method.r#static
        && let Some(name) = method.key.static_name().filter(|name| name == "getInitialProps" || name == "getServerSideProps")
    {
        results(scene, out, function, &Sink::Result(name.into_owned()));
    }
}

/// The name that a function goes by.
fn name_of<'a>(scene: &Scene<'a, '_>, node: NodeId) -> Option<&'a str> {
    if let AstKind::Function(function) = scene.nodes.kind(node)
        && let Some(id) = &function.id
    {
        return Some(id.name.as_str());
    }
    scene.nodes.ancestors(node).find_map(|ancestor| match ancestor.kind() {
        AstKind::VariableDeclarator(declarator) => declarator.id.get_identifier_name().map(|name| name.as_str()),
        _ => None,
    })
}

/// GraphQL: the functions in `Query: { ... }` and its kin.
pub(super) fn of_resolvers<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, property: &'a ObjectProperty<'a>) {
    let Some(kind) = property.key.static_name().filter(|name| ["Query", "Mutation", "Subscription"].contains(&&**name)) else { return };
    let Expression::ObjectExpression(object) = property.value.get_inner_expression() else { return };
    for field in &object.properties {
        let ObjectPropertyKind::ObjectProperty(field) = field else { continue };
        let (Some(name), Some(function)) = (field.key.static_name(), callable(&field.value)) else { continue };
        let sink = Sink::ServerFunction(format!("{kind}.{name}"));
        for result in scene.results(function) {
            let value = data(values::evaluate(scene, result));
            push(scene, out, node, sink.clone(), result.span(), value);
        }
    }
}
