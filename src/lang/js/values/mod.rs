//! What expressions hold.
//!
//! An expression is followed to what it is made of: over names, members, objects, texts and local calls. Each evaluation
//! has fuel, and so has the whole file; what is not understood holds nothing.

mod build;
mod calls;
mod classes;
mod kinds;
mod known;
mod shown;

use std::collections::HashSet;

use oxc_ast::ast::{
    ArrayExpressionElement, CallExpression, ChainElement, ComputedMemberExpression, Expression, ObjectExpression, ObjectPropertyKind, PropertyKind,
    StaticMemberExpression, TemplateLiteral,
};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::{GetSpan, Span as Bytes};
use oxc_syntax::operator::{BinaryOperator, LogicalOperator, UnaryOperator};
use rustc_hash::{FxHashMap, FxHashSet};

use super::reads::{self, Object};
use super::scene::{Callable, Chosen, Origin, Scene, Source, Step, constant};
use crate::lang::{EnvObject, Export, Target, Value};

pub(super) use build::{data, some};
pub(super) use calls::local as local_function;
pub(super) use shown::last_name;

/// Steps of one evaluation.
const FUEL: u32 = 2000;
/// Steps of all evaluations in a file.
const ALL_FUEL: u32 = 60_000;
/// How deep an evaluation may go.
const DEEPEST: u32 = 60;

/// The state of an evaluation.
#[derive(Debug, Default)]
pub(super) struct Evaluation {
    fuel: u32,
    spent: u32,
    depth: u32,
    /// Names and functions that are being evaluated.
    names: Vec<SymbolId>,
    functions: Vec<NodeId>,
    /// What functions that are being called were given.
    given: Vec<(NodeId, Vec<Value>)>,
    /// Reads that nothing in the text writes as such.
    implied: FxHashMap<(String, u32), u32>,
    /// Which object of variables a spot is; `None` for a configuration, whose public part is none.
    objects: FxHashMap<u32, Option<EnvObject>>,
    /// What is asked for logs and their kin alone.
    shown: shown::Shown,
}

/// What an expression holds.
pub(super) fn evaluate<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>) -> Value {
    begin(scene);
    value(scene, expression)
}

/// What an expression shows to whoever reads it as text: names that may say secret, and whole things, as well.
pub(super) fn shown<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>) -> Value {
    scene.eval.shown.is_on = true;
    scene.eval.depth = 0;
    scene.eval.fuel = FUEL.min(ALL_FUEL.saturating_sub(scene.eval.shown.spent));
    let fuel = scene.eval.fuel;
    let value = data(value(scene, expression));
    scene.eval.shown.spent += fuel - scene.eval.fuel;
    scene.eval.shown.is_on = false;
    value
}

/// What is kept for such questions.
pub(super) fn shown_state<'s>(scene: &'s mut Scene) -> &'s mut shown::Shown {
    &mut scene.eval.shown
}

/// The same without what is harmless.
pub(super) fn told<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>) -> Value {
    build::told(shown(scene, expression))
}

fn begin(scene: &mut Scene) {
    let left = ALL_FUEL.saturating_sub(scene.eval.spent);
    scene.eval.fuel = FUEL.min(left);
    scene.eval.depth = 0;
}

/// What the names of the module's own scope hold.
pub(super) fn holds(scene: &mut Scene, exports: &[Export]) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    let root = scene.scoping.root_scope_id();
    let mut symbols: Vec<SymbolId> = scene.scoping.get_bindings(root).iter().map(|(_, symbol)| *symbol).collect();
    symbols.sort_unstable();
    for symbol in symbols {
        if scene.sources_of(symbol).iter().any(|source| matches!(source.from, Origin::Import(..))) && !scene.read_of.contains_key(&symbol) {
            continue;
        }
        begin(scene);
        let held = held(scene, symbol);
        if held != Value::Nothing {
            out.push((scene.scoping.symbol_name(symbol).to_owned(), held));
        }
    }
    let asked = exports.iter().filter_map(|export| match &export.target {
        Target::Local(name) => Some(name.as_str()),
        Target::Other(..) => None,
    });
    let asked: HashSet<&str> = asked.collect();
    let offered = scene.offered.clone();
    for (name, origin) in offered {
        let is_asked = asked.contains(name.as_str());
        begin(scene);
        let held = if is_asked { of_origin(scene, origin) } else { Value::Nothing };
        if held != Value::Nothing {
            out.push((name, held));
        }
    }
    out
}

/// The object that an expression writes out, itself or by a name.
pub(super) fn object_of<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> Option<&'a ObjectExpression<'a>> {
    let mut expression = expression.get_inner_expression();
    for _ in 0..6 {
        match expression {
            Expression::ObjectExpression(object) => return Some(object),
            Expression::Identifier(identifier) => {
                let sources = scene.sources_of(scene.symbol(identifier)?);
                expression = sources.iter().find_map(|source| match source {
                    Source { from: Origin::Expression(init), path, field: None, .. } if path.is_empty() => Some(init.get_inner_expression()),
                    _ => None,
                })?;
            }
            // `defineConfig({ ... })`, `Object.freeze({ ... })`
            Expression::CallExpression(call) => {
                let arguments = || call.arguments.iter().filter_map(|argument| argument.as_expression());
                expression = arguments()
                    .find(|argument| matches!(argument.get_inner_expression(), Expression::ObjectExpression(_) | Expression::Identifier(_)))?
                    .get_inner_expression();
            }
            _ => return None,
        }
    }
    None
}

/// What a name holds.
fn held(scene: &mut Scene, symbol: SymbolId) -> Value {
    held_by(scene, symbol, Chosen::ALL)
}

fn held_by(scene: &mut Scene, symbol: SymbolId, chosen: Chosen) -> Value {
    if let Some(read) = scene.read_of.get(&symbol) {
        return Value::Env(*read);
    }
    // What a use sees of a name may be made from what an earlier use saw.
    let most = if scene.eval.shown.is_on { 3 } else { 1 };
    if scene.eval.names.iter().filter(|name| **name == symbol).count() >= most {
        return Value::Nothing;
    }
    scene.eval.names.push(symbol);
    let (mut held, mut added) = (Vec::new(), Vec::new());
    for at in 0..scene.sources_of(symbol).len() {
        let Some(source) = scene.sources_of(symbol).get(at).filter(|_| chosen.has(at)) else { continue };
        let (from, field) = (source.from, source.field);
        // Few names are destructured: the others have no way to copy.
        let path = if source.path.is_empty() { Vec::new() } else { source.path.clone() };
        let value = of_origin(scene, from);
        let value = walk(scene, value, &path, scene.scoping.symbol_span(symbol));
        match field {
            Some(field) => added.push((field.to_owned(), value)),
            None => held.push(value),
        }
    }
    scene.eval.names.pop();
    let held = build::some(held);
    match (held, build::object(added, Vec::new())) {
        (held, Value::Nothing) => held,
        (Value::Nothing, added) => added,
        (Value::Object(mut fields, spread), Value::Object(added, _)) => {
            fields.extend(added);
            Value::Object(fields, spread)
        }
        (held, added) => build::some(vec![held, added]),
    }
}

fn of_origin<'a>(scene: &mut Scene<'a, '_>, origin: Origin<'a>) -> Value {
    match origin {
        Origin::Expression(expression) => value(scene, expression),
        Origin::Function(function) => {
            let result = result(scene, function, None);
            build::returns(result)
        }
        Origin::Class(class) => classes::fields(scene, class, true),
        Origin::Import(import, name) => Value::Import { import, name: name.to_owned(), path: Vec::new(), is_called: false },
        Origin::Parameter(function, number) => {
            let given = scene.eval.given.iter().rev().find(|(at, _)| *at == function);
            match given.and_then(|(_, values)| values.get(number as usize)).cloned() {
                None if scene.eval.shown.is_on => shown::parameter(scene, function, number),
                given => given.unwrap_or_default(),
            }
        }
    }
}

/// The way that destructuring takes into a value.
fn walk(scene: &mut Scene, mut value: Value, path: &[Step], span: Bytes) -> Value {
    for step in path {
        value = match step {
            Step::Field(name) => member(scene, value, name, span),
            Step::Item => build::items(value),
            Step::Rest(taken) => build::without(value, taken),
        };
    }
    value
}

/// What a function gives back. `given` is what it is called with, where that is known.
fn result<'a>(scene: &mut Scene<'a, '_>, function: Callable<'a>, given: Option<Vec<Value>>) -> Value {
    let node = function.node();
    if scene.eval.functions.contains(&node) || scene.eval.functions.len() > 12 {
        return Value::Nothing;
    }
    scene.eval.functions.push(node);
    let is_called = given.is_some();
    if let Some(given) = given {
        scene.eval.given.push((node, given));
    }
    let mut values = Vec::new();
    for expression in scene.results(function).into_iter().take(16) {
        values.push(value(scene, expression));
    }
    if is_called {
        scene.eval.given.pop();
    }
    scene.eval.functions.pop();
    build::some(values)
}

fn value<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>) -> Value {
    if scene.eval.fuel == 0 || scene.eval.depth >= DEEPEST {
        return Value::Nothing;
    }
    scene.eval.fuel -= 1;
    scene.eval.spent += 1;
    scene.eval.depth += 1;
    let out = inner(scene, expression.get_inner_expression());
    scene.eval.depth -= 1;
    out
}

fn inner<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>) -> Value {
    let span = expression.span();
    if let Some(read) = scene.read_at.get(&(span.start, span.end)) {
        return Value::Env(*read);
    }
    match expression {
        Expression::StringLiteral(_) => match literals(scene, span) {
            Value::Nothing => harmless(scene),
            found => found,
        },
        Expression::TemplateLiteral(template) => template_value(scene, template),
        Expression::TaggedTemplateExpression(tagged) => match &tagged.tag {
            Expression::StaticMemberExpression(member) if member.property.name == "raw" => template_value(scene, &tagged.quasi),
            Expression::Identifier(tag) if ["html", "svg", "css"].contains(&tag.name.as_str()) => template_value(scene, &tagged.quasi),
            _ if scene.eval.shown.is_on => template_value(scene, &tagged.quasi),
            _ => Value::Nothing,
        },
        Expression::Identifier(identifier) if scene.eval.shown.is_on => shown::identifier(scene, identifier, expression),
        Expression::Identifier(identifier) => {
            let Some(symbol) = scene.symbol(identifier) else { return Value::Nothing };
            let held = held(scene, symbol);
            let is_variable = scene.sources_of(symbol).iter().any(|source| matches!(source.from, Origin::Expression(_)));
            if held == Value::Nothing {
                return whole(scene, expression).unwrap_or_default();
            }
            if !is_variable {
                return whole(scene, expression).unwrap_or(held);
            }
            let spot = scene.spot(scene.scoping.symbol_span(symbol));
            build::via(spot, format_args!("held by `{}`", identifier.name), held)
        }
        Expression::StaticMemberExpression(access) => {
            if let Some(whole) = whole(scene, expression) {
                return whole;
            }
            property(scene, access)
        }
        Expression::ComputedMemberExpression(access) => computed(scene, access),
        Expression::PrivateFieldExpression(access) if scene.eval.shown.is_on => shown::private(scene, access),
        Expression::PrivateFieldExpression(_) => Value::Nothing,
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(call) => calls::call(scene, call),
            ChainElement::StaticMemberExpression(access) => {
                if let Some(read) = scene.read_at.get(&(access.span.start, access.span.end)) {
                    return Value::Env(*read);
                }
                if let Some(whole) = whole(scene, expression) {
                    return whole;
                }
                property(scene, access)
            }
            ChainElement::ComputedMemberExpression(access) => computed(scene, access),
            ChainElement::PrivateFieldExpression(access) if scene.eval.shown.is_on => shown::private(scene, access),
            ChainElement::TSNonNullExpression(inner) => value(scene, &inner.expression),
            _ => Value::Nothing,
        },
        Expression::ObjectExpression(object) => object_value(scene, object),
        Expression::ArrayExpression(array) => {
            let mut values = Vec::new();
            for element in &array.elements {
                match element {
                    ArrayExpressionElement::SpreadElement(spread) => values.push(value(scene, &spread.argument)),
                    other => values.extend(other.as_expression().map(|element| value(scene, element))),
                }
            }
            build::some(values)
        }
        Expression::BinaryExpression(_) => sum(scene, expression),
        Expression::LogicalExpression(logical) => {
            // What stands before `&&` only passes when it is empty.
            let left = if logical.operator == LogicalOperator::And { harmless(scene) } else { value(scene, &logical.left) };
            build::some(vec![left, value(scene, &logical.right)])
        }
        Expression::ConditionalExpression(choice) => build::some(vec![value(scene, &choice.consequent), value(scene, &choice.alternate)]),
        Expression::AwaitExpression(awaited) => value(scene, &awaited.argument),
        Expression::SequenceExpression(sequence) => sequence.expressions.last().map(|last| value(scene, last)).unwrap_or_default(),
        Expression::AssignmentExpression(assignment) => value(scene, &assignment.right),
        Expression::UnaryExpression(unary) if unary.operator == UnaryOperator::UnaryPlus => value(scene, &unary.argument),
        Expression::CallExpression(call) => calls::call(scene, call),
        Expression::NewExpression(call) if scene.eval.shown.is_on => shown::created(scene, call),
        Expression::NewExpression(call) => classes::instance(scene, &call.callee),
        Expression::ImportExpression(import) => imported(scene, import.span),
        Expression::FunctionExpression(function) => {
            let result = result(scene, Callable::Function(function), None);
            build::returns(result)
        }
        Expression::ArrowFunctionExpression(arrow) => {
            let result = result(scene, Callable::Arrow(arrow), None);
            build::returns(result)
        }
        Expression::UnaryExpression(_)
        | Expression::UpdateExpression(_)
        | Expression::BooleanLiteral(_)
        | Expression::NullLiteral(_)
        | Expression::NumericLiteral(_)
        | Expression::BigIntLiteral(_)
        | Expression::RegExpLiteral(_)
        | Expression::ClassExpression(_)
        | Expression::JSXElement(_)
        | Expression::JSXFragment(_) => harmless(scene),
        _ => Value::Nothing,
    }
}

/// What is known to be harmless, where that matters.
fn harmless(scene: &Scene) -> Value {
    if scene.eval.shown.is_on { build::HARMLESS } else { Value::Nothing }
}

fn property<'a>(scene: &mut Scene<'a, '_>, access: &'a StaticMemberExpression<'a>) -> Value {
    if scene.eval.shown.is_on
        && let Some(known) = shown::property(scene, access)
    {
        return known;
    }
    let object = value(scene, &access.object);
    member(scene, object, access.property.name.as_str(), access.span)
}

fn computed<'a>(scene: &mut Scene<'a, '_>, access: &'a ComputedMemberExpression<'a>) -> Value {
    let object = value(scene, &access.object);
    match constant(&access.expression) {
        Some(name) => member(scene, object, name, access.span),
        None if matches!(object, Value::WholeEnv(_)) => Value::Nothing,
        None if scene.eval.shown.is_on => shown::item(scene, access, object),
        None => build::items(object),
    }
}

/// Whether an expression is a worker's object of variables, itself or as JSON. As a parameter of some function it may be
/// anything, so that only what answers a request asks this.
pub(super) fn is_worker_env<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> bool {
    let mut expression = expression.get_inner_expression();
    if let Expression::CallExpression(call) = expression
        && matches!(&call.callee, Expression::StaticMemberExpression(member) if member.property.name == "stringify")
        && let Some(first) = call.arguments.first().and_then(|argument| argument.as_expression())
    {
        expression = first.get_inner_expression();
    }
    scene.steps.set(reads::STEPS);
    matches!(reads::object_of(scene, expression, reads::LONGEST_ALIAS), Some(Object::Env(EnvObject::Server, reads::Written::AsParameter)))
}

/// All variables at once, where an expression is the object of them.
fn whole<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>) -> Option<Value> {
    let address = std::ptr::from_ref(expression).addr();
    let object = match scene.wholes.get(&address) {
        Some(known) => *known,
        None => {
            scene.steps.set(reads::STEPS);
            let found = reads::object_of(scene, expression, reads::LONGEST_ALIAS);
            scene.wholes.insert(address, found);
            found
        }
    };
    note_whole(scene, object?, expression.span())
}

fn note_whole(scene: &mut Scene, object: Object, span: Bytes) -> Option<Value> {
    let from = match object {
        Object::Env(EnvObject::PublicModule, _) | Object::Env(_, reads::Written::AsParameter) => return None,
        Object::Env(from, _) => Some(from),
        Object::Runtime => None,
    };
    let spot = scene.spot(span);
    scene.eval.objects.insert(spot.0, from);
    Some(Value::WholeEnv(spot))
}

/// All variables at once, where a call gives the object of them.
fn whole_of_call<'a>(scene: &mut Scene<'a, '_>, call: &'a CallExpression<'a>) -> Option<Value> {
    scene.steps.set(reads::STEPS);
    let object = reads::of_called(scene, call, reads::LONGEST_ALIAS)?;
    note_whole(scene, object, call.span)
}

fn imported(scene: &Scene, span: Bytes) -> Value {
    let import = scene.import_at.get(&span.start);
    import.map_or(Value::Nothing, |import| Value::Import { import: *import, name: "*".to_owned(), path: Vec::new(), is_called: false })
}

/// The credentials that are written in a span.
pub(super) fn literals(scene: &Scene, span: Bytes) -> Value {
    let span = scene.code.original(span.start, span.end);
    let first = scene.values.partition_point(|value| value.end <= span.start);
    let within = scene.values[first..].iter().take_while(|value| value.start < span.end).count();
    build::some((first..first + within).map(|number| Value::Literal(number as u32)).collect())
}

fn template_value<'a>(scene: &mut Scene<'a, '_>, template: &'a TemplateLiteral<'a>) -> Value {
    let mut values: Vec<Value> = Vec::new();
    for quasi in &template.quasis {
        values.push(literals(scene, quasi.span));
    }
    if scene.eval.shown.is_on {
        values.retain(|value| *value != Value::Nothing);
    }
    for expression in &template.expressions {
        values.push(data(value(scene, expression)));
    }
    if scene.eval.shown.is_on {
        let words: Vec<&str> = template.quasis.iter().map(|quasi| quasi.value.raw.as_str()).collect();
        return shown::text(values, &words);
    }
    build::some(values)
}

/// Texts put together; a chain of any length goes down its left side without recursion.
fn sum<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>) -> Value {
    let mut values = Vec::new();
    let (mut at, mut is_other, mut words) = (expression, false, Vec::new());
    while let Expression::BinaryExpression(binary) = at.get_inner_expression() {
        if binary.operator != BinaryOperator::Addition {
            if scene.eval.shown.is_on {
                values.push(build::HARMLESS);
            }
            is_other = true;
            break;
        }
        words.extend(constant(&binary.right));
        values.push(value(scene, &binary.right));
        at = &binary.left;
    }
    if !is_other {
        words.extend(constant(at));
        values.push(value(scene, at));
    }
    values.reverse();
    if scene.eval.shown.is_on && words.len() < values.len() && !words.is_empty() {
        words.reverse();
        return shown::text(values, &words);
    }
    build::some(values)
}

fn object_value<'a>(scene: &mut Scene<'a, '_>, object: &'a ObjectExpression<'a>) -> Value {
    let (mut fields, mut spread): (Vec<(String, Value)>, Vec<Value>) = (Vec::new(), Vec::new());
    let mut named = FxHashSet::default();
    for property in &object.properties {
        match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                let held = value(scene, &property.value);
                let held = if property.kind == PropertyKind::Get { build::called(held) } else { held };
                let held = if scene.eval.shown.is_on { shown::field(scene, property, held) } else { held };
                match property.key.static_name() {
                    Some(name) if property.kind != PropertyKind::Set => {
                        // Looked for only where there is one, so that a long table of values takes no time.
                        if !named.insert(name.clone()) {
                            fields.retain(|(other, _)| *other != name);
                        }
                        fields.push((name.into_owned(), held));
                    }
                    Some(_) => {}
                    None => spread.push(held),
                }
            }
            ObjectPropertyKind::SpreadProperty(one) => {
                let held = value(scene, &one.argument);
                if held != Value::Nothing {
                    // What is spread later hides what was said before, as far as it is known: the earlier stay, for it may not.
                    fields.retain(|(_, value)| *value != Value::Nothing);
                    spread.push(held);
                }
            }
        }
    }
    build::object(fields, spread)
}

/// A property of a value.
pub(super) fn member(scene: &mut Scene, value: Value, name: &str, span: Bytes) -> Value {
    if !scene.eval.shown.is_on {
        return member_of(scene, value, name, span);
    }
    match shown::of_whole(scene, &value, name, span) {
        Some(known) => known,
        None => match member_of(scene, value, name, span) {
            Value::Nothing => shown::named(scene, name, span),
            known => shown::or_by_name(scene, known, name, span),
        },
    }
}

fn member_of(scene: &mut Scene, value: Value, name: &str, span: Bytes) -> Value {
    match value {
        Value::Object(fields, spread) => match fields.into_iter().rev().find(|(field, _)| field == name) {
            Some((_, value)) => value,
            None => {
                let from: Vec<Value> = spread.into_iter().map(|value| member(scene, value, name, span)).collect();
                build::some(from)
            }
        },
        Value::Import { import, name: whole, path, is_called: false } if whole == "*" && path.is_empty() => {
            Value::Import { import, name: name.to_owned(), path, is_called: false }
        }
        Value::Import { import, name: of, mut path, is_called } => {
            if path.len() > 8 {
                return Value::Nothing;
            }
            path.push(name.to_owned());
            Value::Import { import, name: of, path, is_called }
        }
        Value::WholeEnv(spot) => {
            let from = scene.eval.objects.get(&spot.0).copied().unwrap_or(Some(EnvObject::Process));
            if from.is_none() && (name == "public" || name == "app") {
                return Value::Nothing;
            }
            let known = scene.eval.implied.get(&(name.to_owned(), spot.0)).copied();
            let read = known.unwrap_or_else(|| {
                let read = reads::add(scene, name.to_owned(), from.unwrap_or(EnvObject::Server), false, span);
                scene.eval.implied.insert((name.to_owned(), spot.0), read);
                read
            });
            Value::Env(read)
        }
        Value::Some(values) => {
            let from: Vec<Value> = values.into_iter().map(|value| member(scene, value, name, span)).collect();
            build::some(from)
        }
        Value::Via(spot, text, value) => build::via(spot, text, member(scene, *value, name, span)),
        Value::Nothing | Value::Env(_) | Value::Literal(_) | Value::Returns(_) | Value::Named(..) | Value::Dump(..) | Value::Text(_) => Value::Nothing,
    }
}
