//! Reads of environment variables.

use oxc_ast::AstKind;
use oxc_ast::ast::{BindingPattern, CallExpression, Expression, ObjectExpression, ObjectPropertyKind};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::{GetSpan, Span as Bytes};

use super::scene::{Origin, Scene, Source, Step, constant};
use crate::lang::{EnvObject, Read};

/// An object that variables are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    /// Its properties are variables.
    Env(EnvObject, Written),
    /// `useRuntimeConfig()`, and what lies in it: its properties are variables, or groups of them.
    Runtime,
}

/// How an object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// By its own name, where a bundler sees it.
    Plainly,
    Otherwise,
    /// As a parameter, of which nothing is sure: only names in capitals are variables.
    AsParameter,
}

/// How many names an alias may go over.
pub(super) const LONGEST_ALIAS: u32 = 12;
/// How many expressions may be looked at for one alias.
pub(super) const STEPS: u32 = 200;

struct Found {
    name: String,
    from: EnvObject,
    is_direct: bool,
    span: Bytes,
    at: At,
}

enum At {
    Expression,
    Symbol(SymbolId),
}

/// Finds all reads, and numbers them in the order of the text.
pub(super) fn read(scene: &mut Scene) {
    let mut found = Vec::new();
    of_names(scene, &mut found);
    let nodes = scene.nodes;
    for node in nodes.iter() {
        match node.kind() {
            AstKind::StaticMemberExpression(member) => {
                of_member(scene, node.id(), &member.object, member.property.name.as_str(), member.span, &mut found);
            }
            AstKind::ComputedMemberExpression(member) => {
                let is_plain = constant(&member.expression).is_some();
                if let Some(name) = known(scene, &member.expression) {
                    let before = found.len();
                    of_member(scene, node.id(), &member.object, &name, member.span, &mut found);
                    found[before..].iter_mut().for_each(|read| read.is_direct &= is_plain);
                }
            }
            AstKind::CallExpression(call) => of_call(scene, call, &mut found),
            _ => {}
        }
    }
    found.sort_by_key(|read| (read.span.start, read.span.end));
    for read in found {
        let number = scene.reads.len() as u32;
        match read.at {
            At::Expression => drop(scene.read_at.insert((read.span.start, read.span.end), number)),
            At::Symbol(symbol) => drop(scene.read_of.insert(symbol, number)),
        }
        add(scene, read.name, read.from, read.is_direct, read.span);
    }
}

/// Notes a read, and gives its number.
pub(super) fn add(scene: &mut Scene, name: String, from: EnvObject, is_direct: bool, span: Bytes) -> u32 {
    let spot = scene.spot(span);
    let part = scene.part_at(span.start);
    scene.reads.push(Read { name, from, is_direct, spot, part });
    scene.reads.len() as u32 - 1
}

/// Names that hold a variable: imported ones, and destructured ones.
fn of_names(scene: &Scene, found: &mut Vec<Found>) {
    for symbol in scene.scoping.symbol_ids() {
        for source in scene.sources_of(symbol) {
            let span = scene.scoping.symbol_span(symbol);
            match source.from {
                Origin::Import(import, name) => {
                    let Some(import) = scene.imports.get(import as usize) else { continue };
                    if let Some((from, true)) = module(&import.specifier)
                        && name != "*"
                        && name != "getSecret"
                    {
                        found.push(Found { name: name.to_owned(), from, is_direct: true, span, at: At::Symbol(symbol) });
                    }
                }
                Origin::Expression(_) | Origin::Parameter(..) => {
                    let Some((Step::Field(name), before)) = source.path.split_last() else { continue };
                    let whole = Source { path: before.to_vec(), ..source.clone() };
                    scene.steps.set(STEPS);
                    let Some(object) = of_source(scene, &whole, LONGEST_ALIAS) else { continue };
                    if is_variable(object, name)
                        && let Some(from) = env_of(object, name)
                    {
                        found.push(Found { name: name.clone(), from, is_direct: false, span, at: At::Symbol(symbol) });
                    }
                }
                Origin::Function(_) | Origin::Class(_) => {}
            }
        }
    }
}

/// The modules of frameworks whose names are variables, or, where the second is false, that offer an object of them.
fn module(specifier: &str) -> Option<(EnvObject, bool)> {
    Some(match specifier {
        "$env/static/private" | "astro:env/server" | "$app/env/private" => (EnvObject::PrivateModule, true),
        "$env/static/public" | "astro:env/client" | "$app/env/public" => (EnvObject::PublicModule, true),
        "$env/dynamic/private" => (EnvObject::PrivateModule, false),
        "$env/dynamic/public" => (EnvObject::PublicModule, false),
        "@env" => (EnvObject::Process, true),
        _ => return None,
    })
}

fn env_of(object: Object, name: &str) -> Option<EnvObject> {
    match object {
        Object::Env(from, _) => Some(from),
        Object::Runtime if name == "public" || name == "app" => None,
        Object::Runtime => Some(EnvObject::Server),
    }
}

/// Whether a property may be a variable: one of an object that is only guessed must look like one.
fn is_variable(object: Object, name: &str) -> bool {
    let is_capital = name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_capital || !matches!(object, Object::Env(_, Written::AsParameter)) && !["toObject", "get", "has"].contains(&name)
}

fn of_member<'a>(scene: &Scene<'a, '_>, node: NodeId, object: &'a Expression<'a>, name: &str, span: Bytes, found: &mut Vec<Found>) {
    scene.steps.set(STEPS);
    let Some(whole) = object_of(scene, object, LONGEST_ALIAS) else { return };
    if !is_variable(whole, name) || is_written(scene, node, span) {
        return;
    }
    let Some(from) = env_of(whole, name) else { return };
    // In a configuration the innermost property is the variable, and what is called on it is none.
    if whole == Object::Runtime && is_callee(scene, node, span) {
        return;
    }
    if whole == Object::Runtime
        && let AstKind::StaticMemberExpression(outer) = scene.nodes.parent_kind(node)
        && outer.object.span() == span
        && !is_callee(scene, scene.nodes.parent_id(node), outer.span)
    {
        return;
    }
    let is_direct = matches!(whole, Object::Env(_, Written::Plainly));
    found.push(Found { name: name.to_owned(), from, is_direct, span, at: At::Expression });
}

fn is_callee(scene: &Scene, node: NodeId, span: Bytes) -> bool {
    matches!(scene.nodes.parent_kind(node), AstKind::CallExpression(call) if call.callee.span() == span)
}

/// Whether a property is given a value, or taken away, rather than read.
fn is_written(scene: &Scene, node: NodeId, span: Bytes) -> bool {
    match scene.nodes.parent_kind(node) {
        AstKind::AssignmentExpression(assignment) => assignment.left.span() == span && assignment.operator == oxc_syntax::operator::AssignmentOperator::Assign,
        AstKind::UnaryExpression(unary) => unary.operator == oxc_syntax::operator::UnaryOperator::Delete,
        _ => false,
    }
}

/// `Deno.env.get("X")`, and what configurations are asked.
fn of_call<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>, found: &mut Vec<Found>) {
    let Some(name) = call.arguments.first().and_then(|argument| argument.as_expression()).and_then(|name| known(scene, name)) else { return };
    let mut push = |from| found.push(Found { name: name.clone(), from, is_direct: false, span: call.span, at: At::Expression });
    let is_capital = is_variable(Object::Env(EnvObject::Server, Written::AsParameter), &name);
    match &call.callee {
        Expression::StaticMemberExpression(member) if member.property.name == "get" || member.property.name == "getOrThrow" => {
            let text = &scene.code.text[member.object.span().start as usize..member.object.span().end as usize];
            let last = text.rsplit(['.', '#', '_']).next().unwrap_or("").to_ascii_lowercase();
            if text == "Deno.env" || is_capital && (["env", "config", "configservice"].contains(&&last[..])) {
                push(EnvObject::Server);
            }
        }
        Expression::Identifier(callee) if callee.name == "getSecret" && scene.imported(callee).is_some_and(|(from, _)| from == "astro:env/server") => {
            push(EnvObject::PrivateModule);
        }
        Expression::Identifier(callee)
            if is_capital && ["getenv", "requireEnv", "getEnv", "env", "getEnvVar", "mustGetEnv"].contains(&callee.name.as_str()) =>
        {
            push(EnvObject::Server);
        }
        _ => {}
    }
}

/// The text of a constant, also by a name for it.
fn known<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> Option<String> {
    if let Some(text) = constant(expression) {
        return Some(text.to_owned());
    }
    let Expression::Identifier(identifier) = expression.get_inner_expression() else { return None };
    match scene.sources_of(scene.symbol(identifier)?) {
        [Source { from: Origin::Expression(init), path, field: None, .. }] if path.is_empty() => constant(init).map(str::to_owned),
        _ => None,
    }
}

/// The object of variables that an expression is.
pub(super) fn object_of<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>, fuel: u32) -> Option<Object> {
    let fuel = fuel.checked_sub(1)?;
    scene.steps.set(scene.steps.get().checked_sub(1)?);
    match expression.get_inner_expression() {
        Expression::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            of_property(scene, &member.object, name, fuel)
        }
        Expression::ComputedMemberExpression(member) => {
            let name = constant(&member.expression)?;
            of_property(scene, &member.object, name, fuel)
        }
        Expression::ChainExpression(chain) => match &chain.expression {
            oxc_ast::ast::ChainElement::StaticMemberExpression(member) => of_property(scene, &member.object, member.property.name.as_str(), fuel),
            _ => None,
        },
        Expression::Identifier(identifier) => {
            let symbol = scene.symbol(identifier)?;
            scene.sources_of(symbol).iter().find_map(|source| of_source(scene, source, fuel)).map(otherwise)
        }
        Expression::LogicalExpression(logical) => object_of(scene, &logical.left, fuel).or_else(|| object_of(scene, &logical.right, fuel)).map(otherwise),
        Expression::ConditionalExpression(choice) => {
            object_of(scene, &choice.consequent, fuel).or_else(|| object_of(scene, &choice.alternate, fuel)).map(otherwise)
        }
        Expression::AwaitExpression(awaited) => object_of(scene, &awaited.argument, fuel),
        Expression::ObjectExpression(object) => of_spread(scene, object, fuel).map(otherwise),
        Expression::CallExpression(call) => of_called(scene, call, fuel).map(otherwise),
        _ => None,
    }
}

fn otherwise(object: Object) -> Object {
    match object {
        Object::Env(from, Written::Plainly) => Object::Env(from, Written::Otherwise),
        other => other,
    }
}

fn of_property<'a>(scene: &Scene<'a, '_>, object: &'a Expression<'a>, name: &str, fuel: u32) -> Option<Object> {
    let object = object.get_inner_expression();
    if name == "env" {
        match object {
            Expression::Identifier(identifier) if identifier.name == "process" => return Some(Object::Env(EnvObject::Process, Written::Plainly)),
            Expression::Identifier(identifier) if identifier.name == "Bun" => return Some(Object::Env(EnvObject::Server, Written::Otherwise)),
            Expression::StaticMemberExpression(member) if member.property.name == "process" => {
                return Some(Object::Env(EnvObject::Process, Written::Otherwise));
            }
            Expression::ImportMeta(_) => return Some(Object::Env(EnvObject::ImportMeta, Written::Plainly)),
            _ if is_of_parameter(scene, object, fuel) => return Some(Object::Env(EnvObject::Server, Written::AsParameter)),
            _ => {}
        }
    }
    if name == "parsed"
        && let Expression::CallExpression(call) = object
        && let Expression::StaticMemberExpression(member) = &call.callee
        && member.property.name == "config"
    {
        return Some(Object::Env(EnvObject::Process, Written::Otherwise));
    }
    match object_of(scene, object, fuel)? {
        Object::Runtime if name != "public" && name != "app" => Some(Object::Runtime),
        // `schema.safeParse(process.env).data`
        env @ Object::Env(..) if name == "data" && matches!(object, Expression::CallExpression(_) | Expression::Identifier(_)) => Some(env),
        _ => None,
    }
}

/// Whether an expression is a parameter, or a property of one: a request's context, a platform, `this`.
fn is_of_parameter<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>, fuel: u32) -> bool {
    let Some(fuel) = fuel.checked_sub(1) else { return false };
    match expression.get_inner_expression() {
        Expression::Identifier(identifier) => {
            scene.symbol(identifier).is_some_and(|symbol| scene.sources_of(symbol).iter().any(|source| matches!(source.from, Origin::Parameter(..))))
        }
        Expression::StaticMemberExpression(member) => is_of_parameter(scene, &member.object, fuel),
        Expression::ChainExpression(chain) => match &chain.expression {
            oxc_ast::ast::ChainElement::StaticMemberExpression(member) => is_of_parameter(scene, &member.object, fuel),
            _ => false,
        },
        Expression::ThisExpression(_) => true,
        _ => false,
    }
}

/// The object of variables that a name gets from its source.
pub(super) fn of_source<'a>(scene: &Scene<'a, '_>, source: &Source<'a>, fuel: u32) -> Option<Object> {
    let fuel = fuel.checked_sub(1)?;
    if source.field.is_some() {
        return None;
    }
    match (source.from, &source.path[..]) {
        (Origin::Expression(expression), []) => object_of(scene, expression, fuel),
        (Origin::Expression(expression), [Step::Rest(_)]) => object_of(scene, expression, fuel),
        (Origin::Expression(expression), [Step::Field(name), rest @ ..]) => {
            if name == "env" && rest.is_empty() && matches!(expression.get_inner_expression(), Expression::Identifier(id) if id.name == "process") {
                return Some(Object::Env(EnvObject::Process, Written::Otherwise));
            }
            let is_runtime = object_of(scene, expression, fuel) == Some(Object::Runtime);
            let is_group = |step: &Step| matches!(step, Step::Field(name) if name != "public" && name != "app");
            (is_runtime && source.path.iter().all(is_group)).then_some(Object::Runtime)
        }
        // `fetch(request, env)`, `onRequest({ env })`
        (Origin::Parameter(_, number), path) => {
            let is_named = |expected: &str| parameter_name(scene, source).is_some_and(|name| name == expected);
            let is_env = match path {
                [] => number > 0 && is_named("env"),
                [.., Step::Field(name)] => name == "env" && path.len() <= 3,
                _ => false,
            };
            is_env.then_some(Object::Env(EnvObject::Server, Written::AsParameter))
        }
        (Origin::Import(import, name), []) => {
            let specifier = scene.imports.get(import as usize)?.specifier.as_str();
            match module(specifier) {
                Some((from, is_static)) if is_static == (name == "*") => Some(Object::Env(from, Written::Otherwise)),
                None if name == "env" && ["process", "node:process", "cloudflare:workers", "bun"].contains(&specifier) => {
                    let from = if specifier.ends_with("process") { EnvObject::Process } else { EnvObject::Server };
                    Some(Object::Env(from, Written::Otherwise))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn parameter_name<'a>(scene: &Scene<'a, '_>, source: &Source<'a>) -> Option<&'a str> {
    let Origin::Parameter(function, number) = source.from else { return None };
    let parameters = match scene.nodes.kind(function) {
        AstKind::Function(function) => &function.params,
        AstKind::ArrowFunctionExpression(arrow) => &arrow.params,
        _ => return None,
    };
    match &parameters.items.get(number as usize)?.pattern {
        BindingPattern::BindingIdentifier(identifier) => Some(identifier.name.as_str()),
        _ => None,
    }
}

/// `{ ...process.env }`
fn of_spread<'a>(scene: &Scene<'a, '_>, object: &'a ObjectExpression<'a>, fuel: u32) -> Option<Object> {
    object.properties.iter().find_map(|property| match property {
        ObjectPropertyKind::SpreadProperty(spread) => object_of(scene, &spread.argument, fuel),
        ObjectPropertyKind::ObjectProperty(_) => None,
    })
}

/// Calls that give variables: `useRuntimeConfig()`, Vite's `loadEnv`, and checks that give back what they are given.
pub(super) fn of_called<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>, fuel: u32) -> Option<Object> {
    let first = call.arguments.first().and_then(|argument| argument.as_expression());
    match &call.callee {
        Expression::Identifier(callee) => match callee.name.as_str() {
            "useRuntimeConfig" => Some(Object::Runtime),
            "loadEnv" => {
                // Vite gives those with its prefix, unless it is told another: the empty one is all.
                let prefix = call.arguments.get(2).and_then(|argument| argument.as_expression());
                let is_public = prefix.is_none_or(|prefix| constant(prefix).is_some_and(|prefix| !prefix.is_empty()));
                let from = if is_public { EnvObject::PublicModule } else { EnvObject::Process };
                Some(Object::Env(from, Written::Otherwise))
            }
            "cleanEnv" | "parseEnv" | "validateEnv" | "parse" | "env" => object_of(scene, first?, fuel),
            _ => None,
        },
        Expression::StaticMemberExpression(member) => match member.property.name.as_str() {
            "parse" | "safeParse" | "parseAsync" | "validateSync" | "cast" | "assert" | "freeze" | "from" => object_of(scene, first?, fuel),
            "toObject" if matches!(&member.object, Expression::StaticMemberExpression(env) if env.property.name == "env") => {
                Some(Object::Env(EnvObject::Server, Written::Otherwise))
            }
            "assign" => call.arguments.iter().filter_map(|argument| argument.as_expression()).find_map(|argument| object_of(scene, argument, fuel)),
            _ => None,
        },
        _ => None,
    }
}
