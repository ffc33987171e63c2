//! Keys that client libraries are given: `loadStripe(key)`, `new Plunk(key)`, `<ClerkProvider publishableKey={key}>`.
//!
//! Which function takes one as which argument, the catalog knows.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, CallExpression, Expression, IdentifierReference, JSXAttribute, JSXAttributeName, JSXAttributeValue,
    JSXElementName, JSXExpression, NewExpression, ObjectExpression, ObjectPropertyKind,
};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::{Out, push};
use crate::keys::endpoints::{self, SdkCall};
use crate::lang::js::scene::{Origin, Scene};
use crate::lang::js::values;
use crate::lang::{Sdk, Sink};

/// Properties in the callee of a call that are looked through.
const LONGEST: usize = 6;

/// The option by which a library of a server runs in browsers.
const FORCED: &str = "dangerouslyAllowBrowser";

pub(super) fn of_call<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>) {
    let Some((package, callee)) = named(scene, &call.callee, "page") else { return };
    given(scene, out, node, &package, &callee, &call.arguments);
}

pub(super) fn of_new<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a NewExpression<'a>) {
    let Some((package, callee)) = named(scene, &call.callee, "page-new") else { return };
    given(scene, out, node, &package, &callee, &call.arguments);
    // `new OpenAI({ apiKey, dangerouslyAllowBrowser: true })`
    let is_true = |allowed: &Expression| matches!(allowed.get_inner_expression(), Expression::BooleanLiteral(literal) if literal.value);
    if field(scene, &call.arguments, FORCED).is_some_and(is_true) {
        given(scene, out, node, &package, &format!("{callee}.{FORCED}"), &call.arguments);
    }
}

/// `mapboxgl.accessToken = key`
pub(super) fn of_assignment<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, assignment: &'a AssignmentExpression<'a>) {
    let AssignmentTarget::StaticMemberExpression(member) = &assignment.left else { return };
    let Some((package, object)) = named(scene, &member.object, "page") else { return };
    let callee = format!("{object}.{}", member.property.name);
    if endpoints::sdk(&package, &callee).iter().any(|one| one.argument.is_empty()) {
        note(scene, out, node, Sdk { package, callee, argument: String::new() }, &assignment.right);
    }
}

pub(super) fn of_attribute<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, attribute: &'a JSXAttribute<'a>) {
    let JSXAttributeName::Identifier(name) = &attribute.name else { return };
    let AstKind::JSXOpeningElement(element) = scene.nodes.parent_kind(node) else { return };
    let JSXElementName::IdentifierReference(component) = &element.name else { return };
    let Some((package, callee)) = of_identifier(scene, component, "page") else { return };
    let argument = name.name.as_str();
    if !endpoints::sdk(&package, &callee).iter().any(|one| one.argument == argument) {
        return;
    }
    let sdk = Sdk { package, callee, argument: argument.to_owned() };
    match &attribute.value {
        Some(JSXAttributeValue::StringLiteral(literal)) => {
            let value = values::literals(scene, literal.span);
            push(scene, out, node, Sink::Sdk(sdk), literal.span, value);
        }
        Some(JSXAttributeValue::ExpressionContainer(container)) => {
            if let Some(expression) =
                (!matches!(container.expression, JSXExpression::EmptyExpression(_))).then(|| container.expression.as_expression()).flatten()
            {
                note(scene, out, node, sdk, expression);
            }
        }
        _ => {}
    }
}

/// Notes what the arguments of a known function are given.
fn given<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, package: &str, callee: &str, arguments: &'a [Argument<'a>]) {
    let known: Vec<&'static SdkCall> = endpoints::sdk(package, callee);
    let mut done: Vec<&str> = Vec::new();
    for one in known {
        if one.argument.is_empty() || done.contains(&one.argument) {
            continue;
        }
        done.push(one.argument);
        let expression = match one.argument.parse::<usize>() {
            Ok(number) => arguments.get(number).and_then(Argument::as_expression).filter(|given| !matches!(given, Expression::ObjectExpression(_))),
            Err(_) => field(scene, arguments, one.argument),
        };
        if let Some(expression) = expression {
            let sdk = Sdk { package: package.to_owned(), callee: callee.to_owned(), argument: one.argument.to_owned() };
            note(scene, out, node, sdk, expression);
        }
    }
}

/// A field, by its name or by names with dots, of an object among the arguments.
fn field<'a>(scene: &Scene<'a, '_>, arguments: &'a [Argument<'a>], name: &str) -> Option<&'a Expression<'a>> {
    let objects = arguments.iter().take(4).filter_map(Argument::as_expression).filter_map(|one| values::object_of(scene, one));
    let within = |object: &'a ObjectExpression<'a>, name: &str| {
        let mut properties = object.properties.iter().take(200).filter_map(ObjectPropertyKind::as_property);
        properties.find(|property| property.key.is_specific_static_name(name)).map(|property| &property.value)
    };
    let mut parts = name.split('.');
    let first = parts.next()?;
    let mut found = objects.filter_map(|object| within(object, first)).next()?;
    for part in parts {
        found = within(values::object_of(scene, found)?, part)?;
    }
    Some(found)
}

fn note<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, sdk: Sdk, expression: &'a Expression<'a>) {
    let value = super::requests::held_key(scene, expression);
    push(scene, out, node, Sink::Sdk(sdk), expression.span(), value);
}

/// The package that brings what is called, and its name there. `page` stands for the package of what no import brings.
fn named<'a>(scene: &Scene<'a, '_>, callee: &'a Expression<'a>, page: &str) -> Option<(String, String)> {
    let mut path: Vec<&str> = Vec::new();
    let mut at = callee.get_inner_expression();
    loop {
        match at {
            Expression::StaticMemberExpression(member) if path.len() < LONGEST => {
                path.push(member.property.name.as_str());
                at = member.object.get_inner_expression();
            }
            Expression::Identifier(identifier) => {
                let (package, name) = if matches!(identifier.name.as_str(), "window" | "globalThis") && scene.symbol(identifier).is_none() {
                    (page.to_owned(), path.pop()?.to_owned())
                } else {
                    of_identifier(scene, identifier, page)?
                };
                // What a module exports as such may stand for its named exports.
                let mut callee = name;
                for one in path.iter().rev() {
                    callee = format!("{callee}.{one}");
                }
                return Some((package, callee));
            }
            // `require("stripe")(key)`
            Expression::CallExpression(_) => {
                let import = scene.imports.get(*scene.import_at.get(&at.span().start)? as usize)?;
                let callee = std::iter::once("default").chain(path.iter().rev().copied()).collect::<Vec<_>>().join(".");
                return Some((import.specifier.clone(), callee));
            }
            _ => return None,
        }
    }
}

fn of_identifier(scene: &Scene, identifier: &IdentifierReference, page: &str) -> Option<(String, String)> {
    let Some(symbol) = scene.symbol(identifier) else { return Some((page.to_owned(), identifier.name.to_string())) };
    scene.sources_of(symbol).iter().find_map(|source| {
        let field = source.path.iter().find_map(|step| if let crate::lang::js::scene::Step::Field(name) = step { Some(name.as_str()) } else { None });
        let (import, name) = match source.from {
            Origin::Import(import, "*") => (import, field.unwrap_or("default")),
            Origin::Import(import, name) => (import, name),
            Origin::Expression(init) => {
                let init = if let Expression::AwaitExpression(awaited) = init.get_inner_expression() { &awaited.argument } else { init };
                let at = match init.get_inner_expression() {
                    // `require("@clerk/backend").createClerkClient`
                    Expression::StaticMemberExpression(member) => return of_required(scene, member.object.span().start, member.property.name.as_str()),
                    other => other.span().start,
                };
                (*scene.import_at.get(&at)?, field.unwrap_or("default"))
            }
            _ => return None,
        };
        Some((scene.imports.get(import as usize)?.specifier.clone(), name.to_owned()))
    })
}

fn of_required(scene: &Scene, at: u32, name: &str) -> Option<(String, String)> {
    let import = scene.import_at.get(&at)?;
    Some((scene.imports.get(*import as usize)?.specifier.clone(), name.to_owned()))
}
