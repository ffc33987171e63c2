//! Values as they are put together: what holds nothing is nothing.

use crate::lang::{SpotIx, Value};

/// More than this many things at once tell no more.
const MOST: usize = 40;

/// What is known, and known to be harmless: a constant, a mask. Only what is asked for logs is told apart so.
pub(super) const HARMLESS: Value = Value::Text(String::new());

/// One of these. Harmless when all are; what nothing is known of makes the harmless ones unknown.
pub(in crate::lang::js) fn some(values: Vec<Value>) -> Value {
    let mut out: Vec<Value> = Vec::new();
    let (mut is_unknown, mut is_harmless) = (false, false);
    let add = |out: &mut Vec<Value>, value: Value| {
        if out.len() < MOST && !out.contains(&value) {
            out.push(value);
        }
    };
    for value in values {
        match value {
            Value::Nothing => is_unknown = true,
            Value::Text(_) => is_harmless = true,
            Value::Some(inner) => inner.into_iter().for_each(|value| add(&mut out, value)),
            other => add(&mut out, other),
        }
    }
    match out.len() {
        0 if is_harmless && !is_unknown => HARMLESS,
        0 => Value::Nothing,
        1 => out.remove(0),
        _ => Value::Some(out),
    }
}

/// An object. A field that holds nothing stays where something is spread, for it may hide a field of that.
pub(super) fn object(mut fields: Vec<(String, Value)>, mut spread: Vec<Value>) -> Value {
    spread.retain(|value| *value != Value::Nothing);
    if spread.is_empty() {
        fields.retain(|(_, value)| *value != Value::Nothing);
    }
    if spread.is_empty() && fields.is_empty() {
        return Value::Nothing;
    }
    Value::Object(fields, spread)
}

pub(super) fn returns(value: Value) -> Value {
    if value == Value::Nothing { value } else { Value::Returns(Box::new(value)) }
}

/// A value after a step; a step of functions and of imports tells nothing.
pub(super) fn via(spot: SpotIx, text: impl std::fmt::Display, value: Value) -> Value {
    match value {
        Value::Nothing | Value::Returns(_) | Value::Import { .. } | Value::Text(_) => value,
        other => Value::Via(spot, text.to_string(), Box::new(other)),
    }
}

/// What a value gives when it is called; unlike a function itself, data.
pub(super) fn called(value: Value) -> Value {
    match value {
        Value::Returns(inner) => *inner,
        Value::Import { import, name, path, is_called: false } => Value::Import { import, name, path, is_called: true },
        Value::Some(values) => some(values.into_iter().map(called).collect()),
        Value::Via(_, _, value) => called(*value),
        _ => Value::Nothing,
    }
}

/// A value without the functions in it: they do not leave.
pub(in crate::lang::js) fn data(value: Value) -> Value {
    match value {
        Value::Returns(_) => Value::Nothing,
        Value::Some(values) => some(values.into_iter().map(data).collect()),
        Value::Object(fields, spread) => {
            let fields = fields.into_iter().map(|(name, value)| (name, data(value))).collect();
            object(fields, spread.into_iter().map(data).collect())
        }
        Value::Via(spot, text, value) => via(spot, text, data(*value)),
        other => other,
    }
}

/// A value without what is harmless in it.
pub(super) fn told(value: Value) -> Value {
    match value {
        Value::Text(_) => Value::Nothing,
        Value::Some(values) => some(values.into_iter().map(told).collect()),
        Value::Object(fields, spread) => {
            let fields = fields.into_iter().map(|(name, value)| (name, told(value))).collect();
            object(fields, spread.into_iter().map(told).collect())
        }
        Value::Via(spot, text, value) => via(spot, text, told(*value)),
        other => other,
    }
}

/// Whether a value is known by names alone, or not at all.
pub(super) fn is_named(value: &Value) -> bool {
    match value {
        Value::Named(..) => true,
        Value::Some(values) => values.iter().all(is_named),
        Value::Via(_, _, value) => is_named(value),
        _ => false,
    }
}

/// Whether a value holds whole things, headers or variables, beside others.
pub(super) fn is_whole(value: &Value) -> bool {
    match value {
        Value::Dump(..) | Value::WholeEnv(_) => true,
        Value::Some(values) => values.iter().any(is_whole),
        Value::Via(_, _, value) => is_whole(value),
        _ => false,
    }
}

/// A value without these fields.
pub(super) fn without(value: Value, names: &[String]) -> Value {
    match value {
        Value::Object(mut fields, spread) => {
            fields.retain(|(name, _)| !names.contains(name));
            if !spread.is_empty() {
                fields.extend(names.iter().map(|name| (name.clone(), Value::Nothing)));
            }
            object(fields, spread)
        }
        Value::Some(values) => some(values.into_iter().map(|value| without(value, names)).collect()),
        Value::Via(spot, text, value) => via(spot, text, without(*value, names)),
        value @ (Value::Import { .. } | Value::WholeEnv(_)) => Value::Object(names.iter().map(|name| (name.clone(), Value::Nothing)).collect(), vec![value]),
        _ => Value::Nothing,
    }
}

/// A value without all variables at once: what is filtered is chosen by name, and mostly by a public prefix.
pub(super) fn chosen(value: Value) -> Value {
    match value {
        Value::WholeEnv(_) => Value::Nothing,
        Value::Via(spot, text, value) => via(spot, text, chosen(*value)),
        Value::Some(values) => some(values.into_iter().map(chosen).collect()),
        Value::Object(fields, spread) => object(fields, spread.into_iter().map(chosen).collect()),
        other => other,
    }
}

/// The values in an object or a list, whatever their names.
pub(super) fn items(value: Value) -> Value {
    match value {
        Value::Object(fields, spread) => some(fields.into_iter().map(|(_, value)| value).chain(spread.into_iter().map(items)).collect()),
        Value::Via(spot, text, value) => via(spot, text, items(*value)),
        other => other,
    }
}
