//! What errors tell: exceptions, rejections, failed assertions, and answers with a status that says so.

use oxc_ast::ast::{Argument, CallExpression, Expression, NewExpression, ObjectPropertyKind, ThrowStatement};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::super::{Out, root, specifier_of};
use super::{Ground, arguments, method, tell, written};
use crate::lang::js::scene::Scene;
use crate::lang::js::values::{self, last_name, object_of};
use crate::lang::{Dump, Sink, Value};

/// Functions that make an error, and the first argument that it tells.
const MAKERS: &[(&str, usize)] = &[
    ("createError", 0),
    ("createHttpError", 0),
    ("httpError", 0),
    ("HttpError", 0),
    ("createFetchError", 0),
    ("boomify", 0),
    ("invariant", 1),
    ("assert", 1),
    ("ok", 1),
    ("fail", 0),
    ("panic", 0),
    ("reject", 0),
    ("setFailed", 0),
];

/// `new Error(message)`, `new HTTPException(400, { message })`, and answers: `new Response(body, { status: 500 })`.
pub(super) fn of_new<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, ground: &mut Ground, node: NodeId, call: &'a NewExpression<'a>) {
    let Some(name) = last_name(&call.callee) else { return };
    if is_error(name) {
        let value = without_request(arguments(scene, &call.arguments, 0));
        return tell(scene, out, ground, node, Sink::Error(format!("new {name}")), call.span, value);
    }
    let options = call.arguments.get(1).and_then(Argument::as_expression);
    if ["Response", "NextResponse", "HttpResponse"].contains(&name) && options.is_some_and(|options| has_error_status(scene, options)) {
        let value = arguments(scene, &call.arguments[..1], 0);
        tell(scene, out, ground, node, Sink::Error(format!("new {name}")), call.span, value);
    }
}

/// A request that an error keeps is not in what it tells.
fn without_request(value: Value) -> Value {
    match value {
        Value::Dump(_, Dump::Request) => Value::Nothing,
        Value::Some(all) => values::some(all.into_iter().map(without_request).filter(|value| *value != Value::Nothing).collect()),
        Value::Via(spot, text, value) => match without_request(*value) {
            Value::Nothing => Value::Nothing,
            value => Value::Via(spot, text, Box::new(value)),
        },
        other => other,
    }
}

fn is_error(name: &str) -> bool {
    name.ends_with("Error") || name.ends_with("Exception") || name == "HttpErrorResponse"
}

/// `throw 'a text'`
pub(super) fn of_throw<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, ground: &mut Ground, node: NodeId, thrown: &'a ThrowStatement<'a>) {
    let is_text = matches!(
        thrown.argument.get_inner_expression(),
        Expression::TemplateLiteral(_) | Expression::StringLiteral(_) | Expression::BinaryExpression(_) | Expression::ObjectExpression(_)
    );
    if is_text {
        let value = values::told(scene, &thrown.argument);
        tell(scene, out, ground, node, Sink::Error("throw".to_owned()), thrown.argument.span(), value);
    }
}

pub(super) fn of_call<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, ground: &mut Ground, node: NodeId, call: &'a CallExpression<'a>) {
    let Some(from) = first(scene, call) else { return };
    let is_made = |argument: &Argument| matches!(argument, Argument::NewExpression(_));
    if call.arguments.get(from).is_some_and(is_made) {
        return;
    }
    let value = arguments(scene, &call.arguments, from);
    if value != Value::Nothing {
        let how = written(scene, &call.callee);
        tell(scene, out, ground, node, Sink::Error(how), call.span, value);
    }
}

/// The first argument that an error tells, for a call that makes one.
fn first<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>) -> Option<usize> {
    if let Expression::Identifier(callee) = call.callee.get_inner_expression() {
        let name = callee.name.as_str();
        // `error(401, message)`
        if name == "error" {
            return specifier_of(scene, callee).filter(|from| from.starts_with("@sveltejs/kit") || *from == "elysia").map(|_| 1);
        }
        if is_error(name) && name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return Some(0);
        }
        if values::local_function(scene, &call.callee).is_some() || name == "ok" || name == "fail" {
            return None;
        }
        return MAKERS.iter().find(|(maker, _)| *maker == name).map(|(_, from)| *from);
    }
    let (object, name) = method(call)?;
    let owner = last_name(object).unwrap_or("");
    match (owner, name) {
        ("Promise", "reject") | ("Boom" | "boom" | "httpErrors" | "HttpErrors" | "createError", _) => return Some(0),
        ("assert", "ok") => return Some(1),
        ("assert", "fail") | ("core", "setFailed") => return Some(0),
        ("ctx" | "context", "throw" | "assert") => return Some(0),
        _ => {}
    }
    let is_body = ["json", "send", "jsonp", "end", "write", "text", "body", "html", "format"].contains(&name);
    if !is_body {
        return None;
    }
    // res.status(500).json(body)
    if let Expression::CallExpression(inner) = object.get_inner_expression()
        && matches!(last_name(&inner.callee), Some("status" | "code" | "sendStatus" | "writeHead"))
        && inner.arguments.first().and_then(Argument::as_expression).is_some_and(is_error_status)
    {
        return Some(0);
    }
    // c.json(body, 500), NextResponse.json(body, { status: 500 })
    let second = call.arguments.get(1).and_then(Argument::as_expression)?;
    let is_context = matches!(root(object), Some("c" | "ctx" | "context"));
    let is_answer = matches!(owner, "Response" | "NextResponse" | "HttpResponse");
    (is_context && is_error_status(second) || is_answer && has_error_status(scene, second)).then_some(0)
}

/// Options of an answer that tell of an error.
fn has_error_status<'a>(scene: &Scene<'a, '_>, options: &'a Expression<'a>) -> bool {
    let Some(object) = object_of(scene, options) else { return false };
    object.properties.iter().any(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => property.key.is_specific_static_name("status") && is_error_status(&property.value),
        ObjectPropertyKind::SpreadProperty(_) => false,
    })
}

/// Words of constants that stand for a status.
const STATUSES: &[&str] = &[
    "ERROR",
    "BAD",
    "UNAUTHORIZED",
    "FORBIDDEN",
    "NOT_FOUND",
    "CONFLICT",
    "INVALID",
    "UNAVAILABLE",
    "UNPROCESSABLE",
    "TOO_MANY",
    "TIMEOUT",
    "GATEWAY",
    "FAILED",
];

/// Whether a status is an error's, as far as the text tells: `500`, `error.status || 500`, `HttpStatus.BAD_REQUEST`.
fn is_error_status(status: &Expression) -> bool {
    match status.get_inner_expression() {
        Expression::NumericLiteral(number) => (400.0..600.0).contains(&number.value),
        Expression::LogicalExpression(logical) => {
            matches!(logical.right.get_inner_expression(), Expression::NumericLiteral(number) if (400.0..600.0).contains(&number.value))
        }
        Expression::ConditionalExpression(choice) => [&choice.consequent, &choice.alternate]
            .iter()
            .all(|side| matches!(side.get_inner_expression(), Expression::NumericLiteral(number) if (400.0..600.0).contains(&number.value))),
        Expression::StaticMemberExpression(member) => {
            let upper = member.property.name.to_ascii_uppercase();
            STATUSES.iter().any(|word| upper.contains(word))
        }
        _ => false,
    }
}
