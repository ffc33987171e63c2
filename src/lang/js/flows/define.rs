//! Settings by which a bundler puts values into client code.

use oxc_ast::AstKind;
use oxc_ast::ast::{ArrayExpressionElement, CallExpression, Expression, NewExpression, ObjectProperty, ObjectPropertyKind, StringLiteral};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span as Bytes};

use super::{Out, keep, push, specifier_of};
use crate::lang::js::reads;
use crate::lang::js::scene::{Scene, callable, constant};
use crate::lang::js::values::{self, data, object_of};
use crate::lang::{EnvObject, Sink, Value};

/// How deep a setting may be an object of objects.
const DEEPEST: u32 = 4;

pub(super) fn of_property<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, property: &'a ObjectProperty<'a>) {
    if !out.is_config {
        return;
    }
    let Some(key) = property.key.static_name() else { return };
    let file = scene.path.rsplit('/').next().unwrap_or("");
    let is_file = |names: &[&str]| names.iter().any(|name| file.starts_with(name));
    let around = around(scene, node);
    let setting = match &*key {
        "define" | "globalVars" | "defineConstants" | "customFields" => &*key,
        "env" if is_file(&["next.config", "nuxt.config"]) && around.is_none() => "env",
        "env" if is_file(&["quasar.config"]) && around == Some("build") => "build.env",
        "env" if scene.path.contains(".storybook/") && around.is_none() => "env",
        "rawDefine" => "define",
        "publicRuntimeConfig" => "publicRuntimeConfig",
        "public" if around == Some("runtimeConfig") => "runtimeConfig.public",
        "extra" if is_file(&["app.config"]) => "extra",
        "schema" if is_file(&["astro.config"]) && around == Some("env") => return fields(scene, out, node, &property.value),
        "envPrefix" | "publicPrefix" => return prefixes(scene, out, node, &key, &property.value),
        _ => return,
    };
    entries(scene, out, node, setting, "", &property.value, DEEPEST);
}

/// The setting that the object of a property is given to; `None` for the outermost.
fn around<'a>(scene: &Scene<'a, '_>, property: NodeId) -> Option<&'a str> {
    let object = scene.nodes.parent_id(property);
    match scene.nodes.parent_kind(object) {
        AstKind::ObjectProperty(outer) => match &outer.key {
            oxc_ast::ast::PropertyKey::StaticIdentifier(name) => Some(name.name.as_str()),
            oxc_ast::ast::PropertyKey::StringLiteral(name) => Some(name.value.as_str()),
            _ => Some(""),
        },
        _ => None,
    }
}

/// Each name that a setting gives a value to.
fn entries<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, setting: &str, prefix: &str, given: &'a Expression<'a>, depth: u32) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let named = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    if let Some(function) = callable(given) {
        for result in scene.results(function) {
            entries(scene, out, node, setting, prefix, result, depth);
        }
        return;
    }
    let literal = match given.get_inner_expression() {
        Expression::CallExpression(_) => None,
        _ => object_of(scene, given),
    };
    let Some(object) = literal else {
        let value = data(values::evaluate(scene, given));
        flatten(scene, out, node, setting, prefix, given.span(), value, depth);
        return;
    };
    for property in &object.properties {
        match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                let name = property.key.static_name().map_or_else(|| named("*"), |name| named(&name));
                if matches!(property.value.get_inner_expression(), Expression::ObjectExpression(_)) && depth > 0 {
                    entries(scene, out, node, setting, &name, &property.value, depth);
                } else {
                    let value = data(values::evaluate(scene, &property.value));
                    push(scene, out, node, Sink::Define(setting.to_owned(), name), property.span, value);
                }
            }
            ObjectPropertyKind::SpreadProperty(spread) => {
                let value = data(values::evaluate(scene, &spread.argument));
                flatten(scene, out, node, setting, prefix, spread.span, value, depth);
            }
        }
    }
}

/// The same of a value whose names are only known after evaluation.
#[expect(clippy::too_many_arguments, reason = "the state of the recursion")]
fn flatten(scene: &mut Scene, out: &mut Out, node: NodeId, setting: &str, prefix: &str, span: Bytes, value: Value, depth: u32) {
    let named = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    match value {
        Value::Object(fields, spread) if depth > 0 => {
            for (name, value) in fields {
                push(scene, out, node, Sink::Define(setting.to_owned(), named(&name)), span, value);
            }
            for value in spread {
                flatten(scene, out, node, setting, prefix, span, value, depth - 1);
            }
        }
        Value::Via(_, _, value) if matches!(*value, Value::Object(..)) && depth > 0 => flatten(scene, out, node, setting, prefix, span, *value, depth - 1),
        value => push(scene, out, node, Sink::Define(setting.to_owned(), named("*")), span, value),
    }
}

/// Variables that Astro's schema makes public: `envField.string({ context: "client", access: "public" })`.
fn fields<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, given: &'a Expression<'a>) {
    let Some(schema) = object_of(scene, given) else { return };
    for property in schema.properties.iter().filter_map(|property| property.as_property()) {
        let (Some(name), Expression::CallExpression(call)) = (property.key.static_name(), property.value.get_inner_expression()) else { continue };
        let Some(options) = call.arguments.first().and_then(|argument| argument.as_expression()).and_then(|options| object_of(scene, options)) else {
            continue;
        };
        let says = |key: &str, text: &str| {
            options.properties.iter().filter_map(|one| one.as_property()).any(|one| one.key.is_specific_static_name(key) && constant(&one.value) == Some(text))
        };
        if says("context", "client") {
            keep(scene, out, node, Sink::Define("env.schema".to_owned(), name.into_owned()), property.span, Value::Nothing);
        }
    }
}

/// Prefixes are told whatever they are: which variables they publish, the project knows.
fn prefixes<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, setting: &str, given: &'a Expression<'a>) {
    for (prefix, span) in texts(given) {
        keep(scene, out, node, Sink::Define(setting.to_owned(), prefix), span, Value::Nothing);
    }
}

/// A text, or the texts of a list.
fn texts<'a>(expression: &'a Expression<'a>) -> Vec<(String, Bytes)> {
    if let Some(text) = constant(expression) {
        return vec![(text.to_owned(), expression.span())];
    }
    let Expression::ArrayExpression(array) = expression.get_inner_expression() else { return Vec::new() };
    let elements = array.elements.iter().filter_map(ArrayExpressionElement::as_expression);
    elements.filter_map(|element| Some((constant(element)?.to_owned(), element.span()))).collect()
}

/// Variables that a plugin is told to put into code, by their names.
fn variables<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, setting: &str, given: &'a Expression<'a>) {
    let mut names = texts(given);
    if let Expression::ObjectExpression(object) = given.get_inner_expression() {
        names.extend(
            object
                .properties
                .iter()
                .filter_map(|property| property.as_property())
                .filter_map(|property| Some((property.key.static_name()?.into_owned(), property.span))),
        );
    }
    for (name, span) in names {
        let value =
            if name == "all" { Value::WholeEnv(scene.spot(span)) } else { Value::Env(reads::add(scene, name.clone(), EnvObject::Process, false, span)) };
        let name = if name == "all" { "*".to_owned() } else { name };
        keep(scene, out, node, Sink::Define(setting.to_owned(), name), span, value);
    }
}

/// `new webpack.DefinePlugin({ ... })` and kin, in any file.
pub(super) fn of_new<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a NewExpression<'a>) {
    let (name, identifier) = match call.callee.get_inner_expression() {
        Expression::Identifier(identifier) => (identifier.name.as_str(), Some(identifier)),
        Expression::StaticMemberExpression(member) => (member.property.name.as_str(), None),
        _ => return,
    };
    let first = call.arguments.first().and_then(|argument| argument.as_expression());
    match (name, first) {
        ("DefinePlugin", Some(given)) => entries(scene, out, node, "DefinePlugin", "", given, DEEPEST),
        ("EnvironmentPlugin", Some(_)) => {
            for argument in call.arguments.iter().filter_map(|argument| argument.as_expression()) {
                variables(scene, out, node, "EnvironmentPlugin", argument);
            }
        }
        _ => {
            let is_dotenv = |specifier: &str| specifier == "dotenv-webpack" || specifier == "dotenv-webpack-plugin";
            if identifier.and_then(|identifier| specifier_of(scene, identifier)).is_some_and(is_dotenv) {
                let value = Value::WholeEnv(scene.spot(call.span));
                keep(scene, out, node, Sink::Define("dotenv-webpack".to_owned(), "*".to_owned()), call.span, value);
            }
        }
    }
}

/// Plugins that are functions: `vite-plugin-environment`, `@rollup/plugin-replace`.
pub(super) fn of_call<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>) {
    let Expression::Identifier(identifier) = call.callee.get_inner_expression() else { return };
    let Some(first) = call.arguments.first().and_then(|argument| argument.as_expression()) else { return };
    match specifier_of(scene, identifier).unwrap_or("") {
        "vite-plugin-environment" => variables(scene, out, node, "EnvironmentPlugin", first),
        "@rollup/plugin-replace" | "rollup-plugin-replace" => {
            let object = object_of(scene, first);
            let inner = object.and_then(|object| {
                object.properties.iter().filter_map(|property| property.as_property()).find(|property| property.key.is_specific_static_name("values"))
            });
            entries(scene, out, node, "replace", "", inner.map_or(first, |property| &property.value), DEEPEST);
        }
        _ if identifier.name == "EnvironmentPlugin" => variables(scene, out, node, "EnvironmentPlugin", first),
        _ => {}
    }
}

/// Babel's plugin that puts variables into code: those that it lists, or all.
pub(super) fn of_text<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, literal: &'a StringLiteral<'a>) {
    if !literal.value.ends_with("transform-inline-environment-variables") || !out.is_config {
        return;
    }
    let options = match scene.nodes.parent_kind(node) {
        AstKind::ArrayExpression(array) if array.elements.first().is_some_and(|first| first.span() == literal.span) => {
            array.elements.get(1).and_then(ArrayExpressionElement::as_expression).and_then(|options| object_of(scene, options))
        }
        _ => None,
    };
    let listed = options.and_then(|options| {
        options.properties.iter().filter_map(|property| property.as_property()).find(|property| property.key.is_specific_static_name("include"))
    });
    match listed {
        Some(property) => variables(scene, out, node, "babel", &property.value),
        None => {
            let value = Value::WholeEnv(scene.spot(literal.span));
            keep(scene, out, node, Sink::Define("babel".to_owned(), "*".to_owned()), literal.span, value);
        }
    }
}
