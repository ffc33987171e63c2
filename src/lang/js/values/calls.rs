//! What calls give.

use oxc_ast::ast::{Argument, CallExpression, Expression, UnaryExpression};
use oxc_span::GetSpan;
use oxc_syntax::operator::UnaryOperator;

use super::super::scene::{Callable, Origin, Scene, callable};
use super::kinds::Kinds;
use super::{build, known, member, result, value};
use crate::lang::{Value, hint};

/// Characters that may be shown of a secret.
const FEW: f64 = 8.0;

pub(super) fn name_of<'a>(callee: &'a Expression<'a>) -> Option<&'a str> {
    match callee.get_inner_expression() {
        Expression::Identifier(identifier) => Some(identifier.name.as_str()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        Expression::PrivateFieldExpression(member) => Some(member.field.name.as_str()),
        _ => None,
    }
}

pub(super) fn call<'a>(scene: &mut Scene<'a, '_>, call: &'a CallExpression<'a>) -> Value {
    if let Some(read) = scene.read_at.get(&(call.span.start, call.span.end)) {
        return Value::Env(*read);
    }
    if scene.import_at.contains_key(&call.span.start) && name_of(&call.callee) == Some("require") {
        return super::imported(scene, call.span);
    }
    let name = name_of(&call.callee).unwrap_or("");
    if hint::hides(name) {
        return super::harmless(scene);
    }
    if scene.eval.shown.is_on
        && let Some(known) = known::call(scene, call, name)
    {
        return known;
    }
    let kinds = super::kinds::of(name);
    let first = argument(call, 0);
    match (&call.callee, name) {
        (Expression::StaticMemberExpression(callee), "assign") if is_named(&callee.object, "Object") => {
            let all = call.arguments.iter().filter_map(Argument::as_expression).map(|one| value(scene, one)).collect();
            return build::object(Vec::new(), all);
        }
        (Expression::StaticMemberExpression(callee), "values") if is_named(&callee.object, "Object") => {
            return first.map(|first| build::items(value(scene, first))).unwrap_or_default();
        }
        (Expression::StaticMemberExpression(callee), "keys") if is_named(&callee.object, "Object") => return super::harmless(scene),
        (Expression::StaticMemberExpression(callee), "then") => {
            let object = value(scene, &callee.object);
            return applied(scene, first, object);
        }
        (Expression::StaticMemberExpression(callee), "map" | "flatMap" | "reduce") => {
            let object = build::items(value(scene, &callee.object));
            let given = if name == "reduce" { vec![Value::Nothing, object] } else { vec![object] };
            return first.and_then(callable).map(|function| result(scene, function, Some(given))).unwrap_or_default();
        }
        // t3-env
        (_, "createEnv") => {
            let held = first.map(|first| value(scene, first)).unwrap_or_default();
            let mut from = Vec::new();
            for field in ["runtimeEnv", "runtimeEnvStrict", "experimental__runtimeEnv"] {
                from.push(member(scene, held.clone(), field, call.span));
            }
            return build::some(from);
        }
        (_, "useMemo" | "computed" | "createMemo" | "lazy" | "memoize" | "once" | "derived") => {
            return first.map(|first| build::called(value(scene, first))).unwrap_or_default();
        }
        (callee, _) if kinds.has(Kinds::PASS) && !is_local(scene, callee) => {
            return first.map(|first| value(scene, first)).unwrap_or_default();
        }
        (Expression::StaticMemberExpression(callee), _) if kinds.has(Kinds::KEEP) => {
            if is_short(call, name) {
                return super::harmless(scene);
            }
            let mut all = vec![value(scene, &callee.object)];
            if name == "filter" || name == "find" {
                all = all.into_iter().map(build::chosen).collect();
            }
            if ["concat", "join", "replace", "replaceAll"].contains(&name) {
                let more = call.arguments.iter().filter_map(Argument::as_expression);
                all.extend(more.map(|one| build::data(value(scene, one))));
            }
            // A method of its own may have such a name.
            let own = all[0].clone();
            if matches!(own, Value::Object(..) | Value::Import { .. }) {
                let method = member(scene, own, name, call.callee.span());
                let result = build::called(method);
                if result != Value::Nothing && !matches!(result, Value::Import { .. }) {
                    return result;
                }
            }
            return build::some(all);
        }
        _ => {}
    }
    if let Some(whole) = super::whole_of_call(scene, call) {
        return whole;
    }
    match of_function(scene, call) {
        Value::Nothing if scene.eval.shown.is_on => known::called(scene, call, name),
        found => found,
    }
}

/// The result of a function of the text, or of one that is imported.
fn of_function<'a>(scene: &mut Scene<'a, '_>, call: &'a CallExpression<'a>) -> Value {
    if let Some(function) = local(scene, &call.callee) {
        let given = call.arguments.iter().map(|argument| argument.as_expression().map(|one| value(scene, one)).unwrap_or_default()).collect();
        return result(scene, function, Some(given));
    }
    let callee = value(scene, &call.callee);
    let mut results = vec![build::called(callee)];
    // `cache(async () => ...)`, `wrap(handler)`: what is given a function is taken to give one of its kind.
    let is_own = matches!(&call.callee, Expression::Identifier(_) | Expression::StaticMemberExpression(_));
    for function in call.arguments.iter().filter_map(Argument::as_expression).filter_map(callable).take(2).filter(|_| is_own) {
        let result = result(scene, function, None);
        results.push(build::returns(result));
    }
    build::some(results)
}

/// The function of the text that a callee is.
pub(in crate::lang::js) fn local<'a>(scene: &Scene<'a, '_>, callee: &'a Expression<'a>) -> Option<Callable<'a>> {
    if let Some(function) = callable(callee) {
        return Some(function);
    }
    let Expression::Identifier(identifier) = callee.get_inner_expression() else { return None };
    let [source] = scene.sources_of(scene.symbol(identifier)?) else { return None };
    match source.from {
        Origin::Function(function) => Some(function),
        Origin::Expression(init) if source.path.is_empty() && source.field.is_none() => callable(init),
        _ => None,
    }
}

fn is_local<'a>(scene: &Scene<'a, '_>, callee: &'a Expression<'a>) -> bool {
    local(scene, callee).is_some()
}

/// A function, given as an argument, called with a value.
fn applied<'a>(scene: &mut Scene<'a, '_>, function: Option<&'a Expression<'a>>, given: Value) -> Value {
    let Some(function) = function else { return given };
    match callable(function).or_else(|| local(scene, function)) {
        Some(function) => result(scene, function, Some(vec![given])),
        None => Value::Nothing,
    }
}

pub(super) fn argument<'a>(call: &'a CallExpression<'a>, number: usize) -> Option<&'a Expression<'a>> {
    match call.arguments.get(number)? {
        Argument::SpreadElement(spread) => Some(&spread.argument),
        other => other.as_expression(),
    }
}

pub(super) fn is_named(expression: &Expression, name: &str) -> bool {
    matches!(expression, Expression::Identifier(identifier) if identifier.name == name)
}

/// Whether a cut leaves a few characters: `key.slice(0, 4)`, `key.slice(-4)`.
fn is_short(call: &CallExpression, name: &str) -> bool {
    let number = |at: usize| match argument_of(call, at)? {
        Expression::NumericLiteral(number) => Some(number.value),
        Expression::UnaryExpression(unary) => negative(unary),
        _ => None,
    };
    match (name, number(0), number(1)) {
        ("slice" | "substr", Some(from), None) => (-FEW..0.0).contains(&from),
        ("slice" | "substring", Some(from), Some(to)) => from >= 0.0 && to >= 0.0 && to - from <= FEW || (-FEW..0.0).contains(&from),
        ("substr", Some(_), Some(length)) => length <= FEW,
        ("at", ..) => true,
        _ => false,
    }
}

fn argument_of<'c, 'a>(call: &'c CallExpression<'a>, number: usize) -> Option<&'c Expression<'a>> {
    call.arguments.get(number)?.as_expression()
}

fn negative(unary: &UnaryExpression) -> Option<f64> {
    match (&unary.operator, &unary.argument) {
        (UnaryOperator::UnaryNegation, Expression::NumericLiteral(number)) => Some(-number.value),
        _ => None,
    }
}
