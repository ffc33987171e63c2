//! Values that leave to somebody who reads a log, an error, a URL or a list of processes.
//!
//! A pass of its own over all nodes, after the others: here a value that nothing is known of but its name counts as well, and
//! what is known to be harmless does not.

mod errors;
mod logs;
mod process;
mod telemetry;
mod urls;

use std::collections::HashSet;

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, CallExpression, Expression, TSSignature, TSType, TemplateLiteral};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span as Bytes};

use super::{MOST, Out, keep};
use crate::lang::hint::may_say_secret;
use crate::lang::js::scene::{Scene, callable, constant};
use crate::lang::js::values;
use crate::lang::{Sink, Value};

/// Words that say secret by themselves: of several fields, the one that is told.
const STRONG: &[&str] = &["password", "secret", "apikey", "api_key", "accesstoken", "access_token", "privatekey", "credential", "passwd", "authtoken"];

/// What is known of the whole text before its calls are looked at.
#[derive(Default)]
struct Ground {
    /// Names that a logger leaves out: `redact: ['password']`.
    redacted: HashSet<String>,
    /// Bytes of calls that log or tell an error: a URL within one is told there.
    told: Vec<Bytes>,
}

/// Adds the flows of a text, in order.
pub(super) fn leaks(scene: &mut Scene, out: &mut Out) {
    let mut ground = ground(scene);
    let before = out.flows.len();
    let nodes = scene.nodes;
    for node in nodes.iter() {
        if out.flows.len() >= before + MOST {
            break;
        }
        let id = node.id();
        match node.kind() {
            AstKind::CallExpression(call) => {
                logs::of_call(scene, out, &mut ground, id, call);
                urls::of_call(scene, out, id, call);
                process::of_call(scene, out, id, call);
            }
            AstKind::NewExpression(call) => {
                errors::of_new(scene, out, &mut ground, id, call);
                urls::of_new(scene, out, &mut ground, id, call);
            }
            AstKind::ThrowStatement(thrown) => errors::of_throw(scene, out, &mut ground, id, thrown),
            AstKind::TemplateLiteral(template) => urls::of_template(scene, out, &ground, id, template),
            AstKind::BinaryExpression(sum) => urls::of_sum(scene, out, &ground, id, sum),
            AstKind::ObjectProperty(property) => urls::of_property(scene, out, id, property),
            AstKind::TaggedTemplateExpression(tagged) => process::of_tagged(scene, out, id, tagged),
            _ => {}
        }
    }
}

/// One look at all nodes for what the flows rest on.
fn ground(scene: &mut Scene) -> Ground {
    let mut ground = Ground::default();
    let nodes = scene.nodes;
    for node in nodes.iter() {
        match node.kind() {
            AstKind::CallExpression(call) => {
                if let Some(function) = values::local_function(scene, &call.callee) {
                    let callers = scene.callers.entry(function.node()).or_default();
                    if callers.len() < 8 {
                        callers.push(call);
                    }
                }
                // What the toolkit of GitHub Actions is told to mask.
                if values::last_name(&call.callee) == Some("setSecret")
                    && let Some(masked) = call.arguments.first().and_then(Argument::as_expression)
                {
                    let masked = text_of(scene, masked.span()).to_owned();
                    values::shown_state(scene).masked.push(masked);
                }
            }
            AstKind::TSInterfaceDeclaration(declared) => {
                let field = declared.body.body.iter().filter_map(field_of).collect();
                note_type(scene, declared.id.name.as_str(), field);
            }
            AstKind::TSTypeAliasDeclaration(declared) => {
                if let TSType::TSTypeLiteral(literal) = &declared.type_annotation {
                    let fields = literal.members.iter().filter_map(field_of).collect();
                    note_type(scene, declared.id.name.as_str(), fields);
                }
            }
            AstKind::ObjectProperty(property) if property.key.is_specific_static_name("redact") => {
                let list = match property.value.get_inner_expression() {
                    Expression::ObjectExpression(object) => object
                        .properties
                        .iter()
                        .filter_map(|one| one.as_property())
                        .find_map(|one| one.key.is_specific_static_name("paths").then(|| one.value.get_inner_expression())),
                    other => Some(other),
                };
                if let Some(Expression::ArrayExpression(list)) = list {
                    let names = list.elements.iter().filter_map(|one| one.as_expression()).filter_map(constant);
                    ground.redacted.extend(names.filter_map(|path| path.rsplit(['.', '[', '"', '\'', ']']).find(|part| !part.is_empty())).map(str::to_owned));
                }
            }
            _ => {}
        }
    }
    ground
}

fn field_of(signature: &TSSignature) -> Option<String> {
    let TSSignature::TSPropertySignature(property) = signature else { return None };
    let is_text = !matches!(
        property.type_annotation.as_ref().map(|annotation| &annotation.type_annotation),
        Some(TSType::TSBooleanKeyword(_) | TSType::TSNumberKeyword(_) | TSType::TSFunctionType(_))
    );
    property.key.static_name().filter(|name| is_text && may_say_secret(name)).map(|name| name.into_owned())
}

fn note_type(scene: &mut Scene, name: &str, fields: Vec<String>) {
    let is_strong = |field: &&String| {
        let lower = field.to_ascii_lowercase();
        STRONG.iter().any(|word| lower.contains(word))
    };
    if let Some(field) = fields.iter().find(is_strong).or(fields.first()) {
        values::shown_state(scene).types.insert(name.to_owned(), field.clone());
    }
}

/// The text of a span.
fn text_of<'s>(scene: &'s Scene, span: Bytes) -> &'s str {
    scene.code.text.get(span.start as usize..span.end as usize).unwrap_or("")
}

/// How a callee is written, in a line.
fn written(scene: &Scene, callee: &Expression) -> String {
    let text = text_of(scene, callee.span());
    if text.len() <= 48 && !text.contains(['\n', '"', '\'', '`', '{']) {
        return text.to_owned();
    }
    match callee.get_inner_expression() {
        Expression::ComputedMemberExpression(member) => {
            format!("{}.{}", values::last_name(&member.object).unwrap_or(""), constant(&member.expression).unwrap_or("*"))
        }
        Expression::StaticMemberExpression(member) => {
            let owner = values::last_name(&member.object).unwrap_or("");
            let dot = if owner.is_empty() { "" } else { "." };
            format!("{owner}{dot}{}", member.property.name)
        }
        other => values::last_name(other).unwrap_or("a call").to_owned(),
    }
}

/// What the arguments of a call show, from one of them on.
fn arguments<'a>(scene: &mut Scene<'a, '_>, all: &'a [Argument<'a>], from: usize) -> Value {
    let mut found = Vec::new();
    for argument in all.iter().skip(from).take(24) {
        let given = match argument {
            Argument::SpreadElement(spread) => Some(&spread.argument),
            other => other.as_expression(),
        };
        let Some(given) = given else { continue };
        match callable(given) {
            // A message that is only made when it is wanted.
            Some(function) => {
                for result in scene.results(function).into_iter().take(4) {
                    found.push(values::told(scene, result));
                }
            }
            None => found.push(values::told(scene, given)),
        }
    }
    values::some(found.into_iter().filter(|value| *value != Value::Nothing).collect())
}

/// Notes a flow of a call, unless it carries nothing or never happens.
fn note(scene: &mut Scene, out: &mut Out, node: NodeId, sink: Sink, span: Bytes, value: Value) -> bool {
    if value == Value::Nothing || is_dead(scene, node) {
        return false;
    }
    keep(scene, out, node, sink, span, value);
    true
}

/// Whether a node is in `if (false)`.
fn is_dead(scene: &Scene, node: NodeId) -> bool {
    scene.nodes.ancestors(node).any(|ancestor| match ancestor.kind() {
        AstKind::IfStatement(choice) => {
            let is_false = matches!(&choice.test, Expression::BooleanLiteral(literal) if !literal.value);
            is_false && choice.consequent.span().contains_inclusive(scene.nodes.kind(node).span())
        }
        _ => false,
    })
}

/// The same, of what a log or an error tells: a URL in it is no other leak.
fn tell(scene: &mut Scene, out: &mut Out, ground: &mut Ground, node: NodeId, sink: Sink, span: Bytes, value: Value) {
    if note(scene, out, node, sink, span, value) {
        ground.told.push(span);
    }
}

impl Ground {
    fn is_told(&self, span: Bytes) -> bool {
        self.told.iter().rev().take(12).any(|told| told.start <= span.start && span.end <= told.end)
    }
}

/// The words of a template, and its holes.
fn holes<'a>(template: &'a TemplateLiteral<'a>) -> Vec<Piece<'a>> {
    let mut out = Vec::new();
    for (number, quasi) in template.quasis.iter().enumerate() {
        out.push(Piece::Word(quasi.value.cooked.map_or(quasi.value.raw.as_str(), |cooked| cooked.as_str())));
        out.extend(template.expressions.get(number).map(Piece::Hole));
    }
    out
}

/// A piece of a text that is put together.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Word(&'a str),
    Hole(&'a Expression<'a>),
}

/// A method call: what it is called on, and the method.
fn method<'a>(call: &'a CallExpression<'a>) -> Option<(&'a Expression<'a>, &'a str)> {
    match call.callee.get_inner_expression() {
        Expression::StaticMemberExpression(member) => Some((&member.object, member.property.name.as_str())),
        Expression::ComputedMemberExpression(member) => Some((&member.object, constant(&member.expression).unwrap_or("*"))),
        _ => None,
    }
}
