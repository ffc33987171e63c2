//! What calls show, for logs and their kin: masks, tests and texts for people are harmless; formatters show what they are
//! given; and what reads by a name, or is called by one, is known by it.

use oxc_ast::ast::{Argument, CallExpression, Expression};
use oxc_span::GetSpan;

use super::super::scene::{Scene, callable, constant};
use super::build::{self, HARMLESS};
use super::calls::{argument, is_named};
use super::kinds::Kinds;
use super::shown::{last_name, named};
use super::value;
use crate::lang::Value;
use crate::lang::hint::may_say_secret;

/// A call that is known for what it is; `None` for others.
pub(super) fn call<'a>(scene: &mut Scene<'a, '_>, call: &'a CallExpression<'a>, name: &str) -> Option<Value> {
    let kinds = super::kinds::of(name);
    if is_safe(name) || kinds.has(Kinds::TEST) || is_question(name) {
        return Some(HARMLESS);
    }
    let object = match call.callee.get_inner_expression() {
        Expression::StaticMemberExpression(callee) => Some(&callee.object),
        _ => None,
    };
    let owner = object.and_then(last_name).unwrap_or("");
    if kinds.has(Kinds::TRANSLATOR) || ["bcrypt", "bcryptjs", "argon2", "i18n", "z", "yup", "Joi", "screen", "cy", "page"].contains(&owner) {
        return Some(HARMLESS);
    }
    if let Some(object) = object.filter(|_| name == "replace" || name == "replaceAll") {
        let with = argument(call, 1);
        if with.and_then(constant).is_some_and(is_mask) {
            return Some(HARMLESS);
        }
        let mut all = vec![value(scene, object)];
        all.extend(with.filter(|with| callable(with).is_none()).map(|with| build::data(value(scene, with))));
        return Some(build::some(all));
    }
    // A second argument of `JSON.stringify` picks or replaces.
    if name == "stringify" && argument(call, 1).is_some_and(picks) {
        return Some(HARMLESS);
    }
    if kinds.has(Kinds::FORMATTER) && !call.arguments.is_empty() {
        let all = call.arguments.iter().filter_map(Argument::as_expression).map(|one| build::data(value(scene, one))).collect();
        return Some(build::some(all));
    }
    if name == "sign" && ["jwt", "jsonwebtoken", "jwtService", "JWT"].contains(&owner) {
        return Some(named(scene, "jwtToken", call.span));
    }
    let asked = argument(call, 0).and_then(constant).filter(|asked| !asked.is_empty() && asked.len() < 60 && !asked.contains(['/', ' ', ':', '?']));
    if kinds.has(Kinds::GETTER)
        && let Some(asked) = asked
    {
        let held = object.map(|object| value(scene, object)).unwrap_or_default();
        let known = match held {
            Value::Object(..) | Value::WholeEnv(_) | Value::Text(_) | Value::Via(..) => super::member(scene, held, asked, call.span),
            _ => Value::Nothing,
        };
        if known != Value::Nothing {
            return Some(known);
        }
        return match may_say_secret(asked) {
            true => Some(Value::Named(scene.spot(call.span), asked.to_owned())),
            false if ["get", "getItem", "header", "getHeader"].contains(&name) => Some(Value::Nothing),
            false => None,
        };
    }
    None
}

/// Whether a name is of a function that makes something safe to show.
fn is_safe(name: &str) -> bool {
    name.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"safe")) && {
        let lower = name.to_ascii_lowercase();
        !["stringify", "json", "parse", "await", "string"].iter().any(|word| lower.contains(word))
    }
}

/// `isSet`, `hasToken`
fn is_question(name: &str) -> bool {
    ["is", "has", "should", "can", "are", "needs"]
        .iter()
        .any(|verb| name.strip_prefix(verb).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())))
}

/// Whether a text stands for what is not shown.
fn is_mask(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    text.contains(['*', '•', '█', '…'])
        || ["redacted", "hidden", "masked", "xxx", "[secret", "<secret", "removed", "filtered"].iter().any(|word| lower.contains(word))
        || lower == "x"
}

/// Whether the second argument of `JSON.stringify` leaves something out.
fn picks(replacer: &Expression) -> bool {
    match replacer.get_inner_expression() {
        Expression::NullLiteral(_) => false,
        Expression::Identifier(identifier) => {
            let lower = identifier.name.to_ascii_lowercase();
            !["undefined", "null"].contains(&lower.as_str()) && !["circular", "cycle", "bigint", "seen"].iter().any(|word| lower.contains(word))
        }
        Expression::CallExpression(_) => false,
        _ => true,
    }
}

/// A call of which nothing is known but what it is called.
pub(super) fn called<'a>(scene: &mut Scene<'a, '_>, call: &'a CallExpression<'a>, name: &str) -> Value {
    let verb = &name[..name.bytes().take_while(u8::is_ascii_lowercase).count()];
    let is_class = name.starts_with(|first: char| first.is_ascii_uppercase());
    if is_class || super::kinds::of(verb).has(Kinds::OTHER_VERB) || is_named(&call.callee, "require") {
        return Value::Nothing;
    }
    named(scene, name, call.callee.span())
}
