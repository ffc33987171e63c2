//! What names and members show, for logs and their kin: where nothing is known of a value, its name is noted; a whole
//! request or a whole configuration is a thing of its own; and what is known to be harmless stays so whatever it is called.

use std::collections::HashMap;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    CallExpression, Class, ClassElement, ComputedMemberExpression, Expression, IdentifierReference, NewExpression, ObjectProperty, PrivateFieldExpression,
    StaticMemberExpression, TSType, TSTypeAnnotation,
};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::{GetSpan, Span as Bytes};

use super::super::scene::{Chosen, Origin, Scene, Source, Step, callable};
use super::build::{self, HARMLESS};
use super::{calls, held_by, value, whole};
use crate::lang::hint::may_say_secret;
use crate::lang::{Dump, Value};

/// What is kept for this kind of question.
#[derive(Debug, Default)]
pub(in crate::lang::js) struct Shown {
    pub(super) is_on: bool,
    pub(super) spent: u32,
    /// Functions whose callers are being asked, and fields that are being followed.
    open: Vec<NodeId>,
    open_own: Vec<(NodeId, String)>,
    /// Expressions that are masked in whatever is written, as they stand in the text: `core.setSecret(token)`.
    pub(in crate::lang::js) masked: Vec<String>,
    /// Types of the text that have a field which may say secret: the type, and the field.
    pub(in crate::lang::js) types: HashMap<String, String>,
}

/// Properties that measure a thing.
const MEASURES: &[&str] = &["length", "size", "byteLength", "constructor", "prototype", "count"];
/// Objects whose members are texts for people, or names of things.
const TEXTS: &[&str] = &[
    "messages",
    "message",
    "strings",
    "labels",
    "i18n",
    "translations",
    "translation",
    "locale",
    "locales",
    "texts",
    "errors",
    "errormessages",
    "errorcodes",
    "placeholders",
    "lang",
    "styles",
    "classes",
    "classnames",
    "css",
    "colors",
    "icons",
    "routes",
    "paths",
    "selectors",
    "types",
    "fieldnames",
    "columns",
    "touched",
    "validators",
    "fields",
    "schemas",
    "schema",
    "validation",
    "descriptions",
    "headernames",
];
/// Names that an incoming request goes by.
const REQUESTS: &[&str] = &["req", "request"];
/// What has the headers of a request.
const REQUESTERS: &[&str] = &["req", "request", "event", "ctx", "context", "config", "requestOptions", "incomingMessage", "originalRequest", "c"];
/// Contexts that have a request.
const CONTEXTS: &[&str] = &["ctx", "context", "c", "event", "koaCtx"];
/// Names of errors, which clients of HTTP hang their request on.
const ERRORS: &[&str] = &["err", "error", "e", "ex", "exception", "axiosError", "response", "resp", "httpError", "reason"];

/// Something that is known by its name alone, if the name may say secret.
pub(super) fn named(scene: &mut Scene, name: &str, span: Bytes) -> Value {
    if may_say_secret(name) { Value::Named(scene.spot(span), name.to_owned()) } else { Value::Nothing }
}

fn is_masked(scene: &Scene, span: Bytes) -> bool {
    let masked = &scene.eval.shown.masked;
    !masked.is_empty() && scene.code.text.get(span.start as usize..span.end as usize).is_some_and(|text| masked.iter().any(|one| one == text))
}

/// The name that stands last in an expression: `headers` in `req.headers`, `get` in `config.get('x')`.
pub(in crate::lang::js) fn last_name<'a>(expression: &'a Expression<'a>) -> Option<&'a str> {
    match expression.get_inner_expression() {
        Expression::Identifier(identifier) => Some(identifier.name.as_str()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        Expression::PrivateFieldExpression(member) => Some(member.field.name.as_str()),
        Expression::CallExpression(call) => calls::name_of(&call.callee),
        Expression::AwaitExpression(awaited) => calls::name_of(&awaited.argument),
        Expression::ThisExpression(_) => Some("this"),
        Expression::ChainExpression(chain) => match &chain.expression {
            oxc_ast::ast::ChainElement::StaticMemberExpression(member) => Some(member.property.name.as_str()),
            oxc_ast::ast::ChainElement::CallExpression(call) => calls::name_of(&call.callee),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn identifier<'a>(scene: &mut Scene<'a, '_>, identifier: &'a IdentifierReference<'a>, expression: &'a Expression<'a>) -> Value {
    let (name, span) = (identifier.name.as_str(), identifier.span);
    if ["undefined", "NaN", "Infinity"].contains(&name) || is_masked(scene, span) {
        return HARMLESS;
    }
    let Some(symbol) = scene.symbol(identifier) else { return named(scene, name, span) };
    let flags = scene.scoping.symbol_flags(symbol);
    if flags.is_catch_variable() || flags.is_enum() {
        return HARMLESS;
    }
    let node = identifier.reference_id.get().map(|id| scene.scoping.get_reference(id).node_id());
    let chosen = node.map_or(Chosen::ALL, |node| scene.sources_at(symbol, node));
    let is_open = scene.eval.names.contains(&symbol);
    let held = held_by(scene, symbol, chosen);
    let is_variable = scene.chosen(symbol, chosen).any(|source| matches!(source.from, Origin::Expression(_)));
    if (held == Value::Nothing || !is_variable)
        && let Some(whole) = whole(scene, expression)
    {
        return whole;
    }
    match held {
        Value::Nothing if scene.chosen(symbol, chosen).any(is_function) => HARMLESS,
        Value::Nothing => match of_type(scene, symbol, name, span) {
            Value::Nothing if is_open => Value::Nothing,
            Value::Nothing if REQUESTS.contains(&name) && scene.chosen(symbol, chosen).any(|source| is_request(scene, source, name)) => {
                Value::Dump(scene.spot(span), Dump::Request)
            }
            Value::Nothing => named(scene, name, span),
            known => known,
        },
        Value::Text(_) | Value::Returns(_) => held,
        Value::Import { .. } => or_by_name(scene, held, name, span),
        held if build::is_whole(&held) && is_item_name(scene.chosen(symbol, chosen), name) => HARMLESS,
        held => {
            let is_named = build::is_named(&held) && !is_called(&held, name);
            let spot = scene.spot(scene.scoping.symbol_span(symbol));
            let held = if is_variable { build::via(spot, format_args!("held by `{name}`"), held) } else { held };
            if !is_named {
                return held;
            }
            let by_name = named(scene, name, span);
            build::some(vec![held, by_name])
        }
    }
}

/// What another module offers, which may turn out to be unknown there, also by its name here. A name in capitals is more often
/// the name of a thing than the thing: `API_KEY_HEADER`.
pub(super) fn or_by_name(scene: &mut Scene, held: Value, name: &str, span: Bytes) -> Value {
    let is_import = matches!(held, Value::Import { is_called: false, .. });
    if !is_import || is_function_name(name) || !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return held;
    }
    match named(scene, name, span) {
        Value::Nothing => held,
        by_name => build::some(vec![held, by_name]),
    }
}

/// Whether an imported name is a verb's: functions are not printed, and what they return has no name here.
fn is_function_name(name: &str) -> bool {
    ["get", "set", "is", "has", "use", "create", "make", "validate", "verify", "on"]
        .iter()
        .any(|verb| name.strip_prefix(verb).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())))
}

fn is_function(source: &Source) -> bool {
    match source.from {
        Origin::Function(_) | Origin::Class(_) => true,
        Origin::Expression(init) => source.path.is_empty() && source.field.is_none() && callable(init).is_some(),
        _ => false,
    }
}

/// Whether a parameter that is called so is a request of HTTP: its type says so, an answer or a continuation stands beside it,
/// or the text reads what requests have from it. Resolvers and renderers have requests of their own.
fn is_request(scene: &Scene, source: &Source, name: &str) -> bool {
    let Origin::Parameter(function, number) = source.from else { return false };
    let parameters = match scene.nodes.kind(function) {
        AstKind::Function(function) => &function.params,
        AstKind::ArrowFunctionExpression(arrow) => &arrow.params,
        _ => return false,
    };
    let is_answer = |name: &str| ["res", "response", "reply", "rep", "next", "resp", "h", "_res"].contains(&name);
    if parameters.items.iter().filter_map(|parameter| parameter.pattern.get_identifier_name()).any(|name| is_answer(&name)) {
        return true;
    }
    let annotation = parameters.items.get(number as usize).and_then(|parameter| parameter.type_annotation.as_ref());
    if let Some(annotation) = annotation {
        return scene.code.text.get(annotation.span.start as usize..annotation.span.end as usize).is_some_and(|text| text.contains("Request"));
    }
    let body = scene.nodes.kind(function).span();
    let body = scene.code.text.get(body.start as usize..body.end as usize).unwrap_or("");
    let reads = |at: usize| ["headers", "body", "query", "cookies", "get("].iter().any(|member| body.as_bytes()[at..].starts_with(member.as_bytes()));
    memchr::memmem::find_iter(body.as_bytes(), format!("{name}.").as_bytes()).any(|at| reads(at + name.len() + 1))
}

/// Whether a name is the one of an item of a list of names and values: `for (const [key, value] of Object.entries(headers))`.
fn is_item_name<'s, 'a: 's>(mut sources: impl Iterator<Item = &'s Source<'a>>, name: &str) -> bool {
    ["k", "key", "name", "header", "headerName", "envVar", "varName", "field", "prop"].contains(&name)
        && sources.any(|source| matches!(source.path.last(), Some(Step::Item)))
}

/// Whether a value that is known by a name alone is known by this one.
fn is_called(value: &Value, name: &str) -> bool {
    match value {
        Value::Named(_, known) => known == name,
        Value::Some(values) => values.iter().any(|value| is_called(value, name)),
        Value::Via(_, _, value) => is_called(value, name),
        _ => false,
    }
}

/// What the type of a variable or a parameter tells: a number is harmless, and settings with a key in them are a whole thing.
fn of_type(scene: &mut Scene, symbol: SymbolId, name: &str, span: Bytes) -> Value {
    let annotation = match scene.nodes.kind(scene.scoping.symbol_declaration(symbol)) {
        AstKind::VariableDeclarator(declarator) if declarator.id.get_identifier_name().is_some() => declarator.type_annotation.as_deref(),
        AstKind::FormalParameter(parameter) if parameter.pattern.get_identifier_name().is_some() => parameter.type_annotation.as_deref(),
        _ => None,
    };
    annotation.map(|annotation| typed(scene, annotation, name, span)).unwrap_or_default()
}

fn typed(scene: &mut Scene, annotation: &TSTypeAnnotation, name: &str, span: Bytes) -> Value {
    match &annotation.type_annotation {
        TSType::TSBooleanKeyword(_) | TSType::TSNumberKeyword(_) | TSType::TSFunctionType(_) => HARMLESS,
        TSType::TSTypeReference(reference) => {
            let written = reference.type_name.span();
            let written = scene.code.text.get(written.start as usize..written.end as usize).unwrap_or("");
            match scene.eval.shown.types.get(written).cloned() {
                Some(field) => Value::Dump(scene.spot(span), Dump::Settings(name.to_owned(), field)),
                None => Value::Nothing,
            }
        }
        _ => Value::Nothing,
    }
}

/// What a parameter is given by the calls that the text makes, or by the method that calls the function back.
pub(super) fn parameter(scene: &mut Scene, function: NodeId, number: u32) -> Value {
    if scene.eval.shown.open.contains(&function) || scene.eval.shown.open.len() > 6 {
        return Value::Nothing;
    }
    scene.eval.shown.open.push(function);
    let mut found = Vec::new();
    for call in scene.callers.get(&function).cloned().unwrap_or_default() {
        let Some(given) = calls::argument(call, number as usize) else { continue };
        let given = build::data(value(scene, given));
        if !matches!(given, Value::Nothing | Value::Text(_)) {
            let spot = scene.spot(call.span);
            found.push(build::via(spot, format!("given to `{}`", calls::name_of(&call.callee).unwrap_or("the function")), given));
        }
    }
    if found.is_empty() {
        found.push(called_back(scene, function, number));
    }
    scene.eval.shown.open.pop();
    build::some(found)
}

fn called_back(scene: &mut Scene, function: NodeId, number: u32) -> Value {
    let AstKind::CallExpression(call) = scene.nodes.parent_kind(function) else { return Value::Nothing };
    let Expression::StaticMemberExpression(callee) = call.callee.get_inner_expression() else { return Value::Nothing };
    match callee.property.name.as_str() {
        "forEach" | "map" | "flatMap" | "filter" | "find" | "some" | "every" if number == 0 => {
            let list = value(scene, &callee.object);
            build::items(list)
        }
        "then" | "tap" if number == 0 && is_argument(scene, call, 0, function) => value(scene, &callee.object),
        // axios.interceptors.request.use(config => ...)
        "use" if number == 0 => {
            let span = callee.object.span();
            let written = scene.code.text.get(span.start as usize..span.end as usize).unwrap_or("");
            let is_request = written.ends_with("interceptors.request");
            if is_request { Value::Dump(scene.spot(call.callee.span()), Dump::Request) } else { Value::Nothing }
        }
        _ => Value::Nothing,
    }
}

fn is_argument<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>, number: usize, function: NodeId) -> bool {
    calls::argument(call, number).is_some_and(|argument| argument.span() == scene.nodes.kind(function).span())
}

/// A property, where more than the value of its object tells what it is.
pub(super) fn property<'a>(scene: &mut Scene<'a, '_>, access: &'a StaticMemberExpression<'a>) -> Option<Value> {
    let (name, span) = (access.property.name.as_str(), access.span);
    if MEASURES.contains(&name) || is_masked(scene, span) {
        return Some(HARMLESS);
    }
    if matches!(access.object.get_inner_expression(), Expression::ThisExpression(_)) {
        return Some(own(scene, access.node_id.get(), name, span));
    }
    let last = last_name(&access.object)?;
    if TEXTS.iter().any(|text| text.eq_ignore_ascii_case(last)) || is_constant_of_class(last, name) {
        return Some(HARMLESS);
    }
    let dump = match name {
        "config" | "request" if ERRORS.contains(&last) => Dump::Request,
        "request" | "req" if CONTEXTS.contains(&last) => Dump::Request,
        "headers" | "rawHeaders" if REQUESTERS.contains(&last) => {
            let object = value(scene, &access.object);
            let known = super::member(scene, object, name, span);
            if known != Value::Nothing {
                return Some(known);
            }
            Dump::Headers
        }
        _ => return None,
    };
    Some(Value::Dump(scene.spot(span), dump))
}

/// `TokenKind.PrivateKeyword`, `Errors.INVALID_TOKEN`: a constant of an enumeration.
fn is_constant_of_class(object: &str, name: &str) -> bool {
    let mut bytes = object.bytes();
    let is_class = bytes.next().is_some_and(|first| first.is_ascii_uppercase()) && bytes.next().is_some_and(|second| second.is_ascii_lowercase());
    is_class && name.starts_with(|first: char| first.is_ascii_uppercase()) && {
        let lower = object.to_ascii_lowercase();
        !["config", "env", "setting", "secret", "credential", "option", "const"].iter().any(|word| lower.contains(word))
    }
}

/// A property of `this`: what the methods and the fields of the class give it.
fn own(scene: &mut Scene, node: NodeId, name: &str, span: Bytes) -> Value {
    let Some(class) = scene.class_around(node) else { return named(scene, name, span) };
    let key = (class, name.to_owned());
    if scene.eval.shown.open_own.contains(&key) || scene.eval.shown.open_own.len() > 8 {
        return Value::Nothing;
    }
    let AstKind::Class(body) = scene.nodes.kind(class) else { return Value::Nothing };
    let mut given = scene.own.get(&(class, name)).cloned().unwrap_or_default();
    given.extend(initial(body, name));
    let place = given.first().map(|first| first.span());
    scene.eval.shown.open_own.push(key);
    let all = given.into_iter().map(|one| value(scene, one)).collect();
    scene.eval.shown.open_own.pop();
    match build::some(all) {
        Value::Nothing => match own_type(body, name).map(|annotation| typed(scene, annotation, &format!("this.{name}"), span)) {
            None | Some(Value::Nothing) => named(scene, name, span),
            Some(known) => known,
        },
        Value::Text(_) => HARMLESS,
        held => {
            let is_named = build::is_named(&held) && !is_called(&held, name);
            let spot = scene.spot(place.unwrap_or(span));
            let held = build::via(spot, format!("held by `this.{name}`"), held);
            let by_name = if is_named { named(scene, name, span) } else { Value::Nothing };
            build::some(vec![held, by_name])
        }
    }
}

fn initial<'a>(class: &'a Class<'a>, name: &str) -> Option<&'a Expression<'a>> {
    class.body.body.iter().find_map(|element| match element {
        ClassElement::PropertyDefinition(property) if property.key.is_specific_static_name(name) || property.key.is_specific_id(name) => {
            property.value.as_ref()
        }
        ClassElement::PropertyDefinition(property) => {
            let is_it = property.key.private_name().is_some_and(|private| private.as_str() == name);
            property.value.as_ref().filter(|_| is_it)
        }
        _ => None,
    })
}

/// The type of a field, or of a parameter of the constructor that is one.
fn own_type<'a>(class: &'a Class<'a>, name: &str) -> Option<&'a TSTypeAnnotation<'a>> {
    class.body.body.iter().find_map(|element| match element {
        ClassElement::PropertyDefinition(property) if property.key.is_specific_static_name(name) => property.type_annotation.as_deref(),
        ClassElement::MethodDefinition(method) if method.kind.is_constructor() => {
            let mut all = method.value.params.items.iter();
            let one = all.find(|parameter| parameter.accessibility.is_some() && parameter.pattern.get_identifier_name().is_some_and(|own| own == name))?;
            one.type_annotation.as_deref()
        }
        _ => None,
    })
}

/// `this.#key`
pub(super) fn private<'a>(scene: &mut Scene<'a, '_>, access: &'a PrivateFieldExpression<'a>) -> Value {
    own(scene, access.node_id.get(), access.field.name.as_str(), access.span)
}

/// An item by a number or a name that is not constant.
pub(super) fn item<'a>(scene: &mut Scene<'a, '_>, access: &'a ComputedMemberExpression<'a>, object: Value) -> Value {
    // The scheme of an `Authorization` header.
    let is_first = matches!(access.expression.get_inner_expression(), Expression::NumericLiteral(number) if number.value == 0.0);
    if is_first && last_name(&access.object) == Some("split") {
        return HARMLESS;
    }
    match object {
        Value::Dump(..) => Value::Nothing,
        _ if is_masked(scene, access.span) => HARMLESS,
        object => build::items(object),
    }
}

/// What `new` makes: wrappers hold what they are given, errors print it; others are objects of their own.
pub(super) fn created<'a>(scene: &mut Scene<'a, '_>, call: &'a NewExpression<'a>) -> Value {
    let name = last_name(&call.callee).unwrap_or("");
    let all = call.arguments.iter().filter_map(|argument| argument.as_expression());
    let most = match name {
        "URL" | "URLSearchParams" | "String" | "Headers" | "Request" | "Set" | "Map" | "Blob" | "Uint8Array" => 1,
        _ if name.ends_with("Error") || name.ends_with("Exception") => 3,
        _ => 0,
    };
    if most > 0 {
        let held = all.take(most).map(|one| build::data(value(scene, one))).collect();
        return build::some(held);
    }
    match super::classes::instance(scene, &call.callee) {
        Value::Nothing => HARMLESS,
        held => held,
    }
}

/// The value of a property in an object: a call of which nothing is known has the property's name.
pub(super) fn field<'a>(scene: &mut Scene<'a, '_>, property: &'a ObjectProperty<'a>, held: Value) -> Value {
    if held != Value::Nothing {
        return held;
    }
    let mut made = property.value.get_inner_expression();
    if let Expression::AwaitExpression(awaited) = made {
        made = awaited.argument.get_inner_expression();
    }
    match (made, property.key.static_name()) {
        (Expression::CallExpression(_), Some(name)) => named(scene, &name, property.value.span()),
        _ => held,
    }
}

/// A text that is put together. Words around what is unknown make it a message, which its variable's name says nothing of.
pub(super) fn text(values: Vec<Value>, words: &[&str]) -> Value {
    match build::some(values) {
        Value::Nothing => {
            let first = words.iter().find(|word| !word.is_empty()).copied().unwrap_or("").trim_start().to_ascii_lowercase();
            let is_header = ["bearer", "basic", "token "].iter().any(|scheme| first.starts_with(scheme));
            let letters = words.iter().map(|word| word.bytes().filter(u8::is_ascii_alphabetic).count()).sum::<usize>();
            if letters >= 3 && !is_header { HARMLESS } else { Value::Nothing }
        }
        held => held,
    }
}

/// A property of a whole thing, or of something harmless; `None` where the value itself tells.
pub(super) fn of_whole(scene: &mut Scene, value: &Value, name: &str, span: Bytes) -> Option<Value> {
    match value {
        _ if MEASURES.contains(&name) => Some(HARMLESS),
        Value::Text(_) => Some(HARMLESS),
        Value::Dump(_, Dump::Request) if name == "headers" || name == "rawHeaders" => Some(Value::Dump(scene.spot(span), Dump::Headers)),
        Value::Dump(_, Dump::Request) if name == "request" || name == "req" => Some(Value::Dump(scene.spot(span), Dump::Request)),
        _ => None,
    }
}
