//! Where values leave.
//!
//! One pass over all nodes, each asked whether it is a sink: a call, an assignment, an element, a setting of a bundler.
//! Results of exported functions come first. A flow that carries nothing is none.

mod calls;
mod define;
mod leaks;
mod markup;
pub(super) mod requests;
mod responses;
mod results;
mod sdk;

use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span as Bytes};

use super::scene::{Origin, Scene};
use super::values::{self, data};
use crate::lang::{Export, Flow, Sink, Target, Value};

/// No hand writes more into one file.
const MOST: usize = 3000;

/// What is collected.
struct Out<'e> {
    flows: Vec<Flow>,
    exports: &'e [Export],
    /// Whether the file tells a bundler what to do.
    is_config: bool,
}

/// The flows of a text, in order.
pub(super) fn flows(scene: &mut Scene, exports: &[Export]) -> Vec<Flow> {
    let mut out = Out { flows: Vec::new(), exports, is_config: is_config(scene) };
    results::of_exports(scene, &mut out);
    let nodes = scene.nodes;
    for node in nodes.iter() {
        if out.flows.len() >= MOST {
            break;
        }
        match node.kind() {
            AstKind::CallExpression(call) => {
                calls::of_call(scene, &mut out, node.id(), call);
                requests::of_call(scene, &mut out, node.id(), call);
                sdk::of_call(scene, &mut out, node.id(), call);
                define::of_call(scene, &mut out, node.id(), call);
            }
            AstKind::NewExpression(call) => {
                responses::of_new(scene, &mut out, node.id(), call);
                requests::of_new(scene, &mut out, node.id(), call);
                sdk::of_new(scene, &mut out, node.id(), call);
                define::of_new(scene, &mut out, node.id(), call);
            }
            AstKind::AssignmentExpression(assignment) => {
                calls::of_assignment(scene, &mut out, node.id(), assignment);
                sdk::of_assignment(scene, &mut out, node.id(), assignment);
            }
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => results::of_server_function(scene, &mut out, node.id()),
            AstKind::JSXAttribute(attribute) => {
                markup::of_attribute(scene, &mut out, node.id(), attribute);
                sdk::of_attribute(scene, &mut out, node.id(), attribute);
            }
            AstKind::JSXSpreadAttribute(spread) => markup::of_spread(scene, &mut out, node.id(), spread),
            AstKind::JSXExpressionContainer(container) => markup::of_child(scene, &mut out, node.id(), container),
            AstKind::TemplateLiteral(template) => markup::of_template(scene, &mut out, node.id(), template),
            AstKind::ObjectProperty(property) => {
                results::of_resolvers(scene, &mut out, node.id(), property);
                define::of_property(scene, &mut out, node.id(), property);
            }
            AstKind::StringLiteral(literal) => define::of_text(scene, &mut out, node.id(), literal),
            _ => {}
        }
    }
    leaks::leaks(scene, &mut out);
    out.flows
}

/// Whether the file tells a bundler what to do, by its name or by what it imports.
pub(super) fn is_config(scene: &Scene) -> bool {
    let bundlers = ["vite", "webpack", "esbuild", "@rspack/core", "@rsbuild/core", "rollup", "rolldown", "tsup", "tsdown", "@farmfe/core"];
    super::cue::is_build_config(scene.path) || scene.imports.iter().any(|import| bundlers.contains(&import.specifier.as_str()))
}

/// Notes that an expression leaves, if it holds something.
fn leave<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, sink: Sink, expression: &'a Expression<'a>) {
    let mut value = data(values::evaluate(scene, expression));
    if value == Value::Nothing && matches!(sink, Sink::Response(_)) && values::is_worker_env(scene, expression) {
        value = Value::WholeEnv(scene.spot(expression.span()));
    }
    push(scene, out, node, sink, expression.span(), value);
}

fn push(scene: &mut Scene, out: &mut Out, node: NodeId, sink: Sink, span: Bytes, value: Value) {
    if value != Value::Nothing {
        keep(scene, out, node, sink, span, value);
    }
}

/// Notes a flow whatever it carries.
fn keep(scene: &mut Scene, out: &mut Out, node: NodeId, sink: Sink, span: Bytes, value: Value) {
    let spot = scene.spot(span);
    let part = scene.part_at(span.start);
    let within = within(scene, out.exports, node, part);
    out.flows.push(Flow { sink, spot, value, part, within });
}

/// The exported name of the outermost function around a node.
fn within(scene: &Scene, exports: &[Export], node: NodeId, part: u32) -> Option<String> {
    let is_function = matches!(scene.nodes.kind(node), AstKind::Function(_) | AstKind::ArrowFunctionExpression(_));
    if !is_function && scene.function_around(node).is_none() {
        return None;
    }
    let here: Vec<(&str, &str)> = exports
        .iter()
        .filter(|export| export.part == part)
        .filter_map(|export| match &export.target {
            Target::Local(local) => Some((local.as_str(), export.name.as_str())),
            Target::Other(..) => None,
        })
        .collect();
    if let [(_, name)] = here[..] {
        return Some(name.to_owned());
    }
    let outermost = scene.nodes.ancestors(node).filter_map(|ancestor| match ancestor.kind() {
        AstKind::VariableDeclarator(declarator) => declarator.id.get_identifier_name().map(|name| name.as_str()),
        AstKind::Function(function) => function.id.as_ref().map(|id| id.name.as_str()),
        _ => None,
    });
    let name = outermost.last()?;
    here.iter().find(|(local, _)| *local == name).map(|(_, exported)| (*exported).to_owned())
}

/// The identifier that a chain of members and calls begins with.
fn root<'a>(expression: &'a Expression<'a>) -> Option<&'a str> {
    let mut at = expression.get_inner_expression();
    for _ in 0..40 {
        at = match at {
            Expression::Identifier(identifier) => return Some(identifier.name.as_str()),
            Expression::StaticMemberExpression(member) => member.object.get_inner_expression(),
            Expression::CallExpression(call) => call.callee.get_inner_expression(),
            Expression::AwaitExpression(awaited) => awaited.argument.get_inner_expression(),
            _ => return None,
        };
    }
    None
}

/// The import that an identifier is brought by.
fn import_of(scene: &Scene, identifier: &oxc_ast::ast::IdentifierReference) -> Option<u32> {
    scene.sources_of(scene.symbol(identifier)?).iter().find_map(|source| match source.from {
        Origin::Import(import, _) => Some(import),
        _ => None,
    })
}

/// The specifier of the module that an identifier stands for, or comes from.
fn specifier_of<'s>(scene: &'s Scene, identifier: &oxc_ast::ast::IdentifierReference) -> Option<&'s str> {
    let import = scene.sources_of(scene.symbol(identifier)?).iter().find_map(|source| match source.from {
        Origin::Import(import, _) => Some(import),
        Origin::Expression(init) => scene.import_at.get(&init.span().start).copied(),
        _ => None,
    })?;
    Some(scene.imports.get(import as usize)?.specifier.as_str())
}

/// Whether nothing in the text declares an identifier.
fn is_free(scene: &Scene, expression: &Expression, names: &[&str]) -> bool {
    matches!(expression.get_inner_expression(), Expression::Identifier(id) if names.contains(&id.name.as_str()) && scene.symbol(id).is_none())
}
