//! Arguments of processes, which everybody on the machine may list.

use oxc_ast::ast::{Argument, CallExpression, Expression, TaggedTemplateExpression};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::super::{Out, specifier_of};
use super::{method, note, text_of};
use crate::lang::js::scene::{Origin, Scene};
use crate::lang::js::values::{self, last_name, object_of};
use crate::lang::{Sink, Value};

/// Functions that nothing else is called like.
const PLAIN: &[&str] = &[
    "execSync",
    "spawnSync",
    "execFileSync",
    "execFile",
    "execa",
    "execaSync",
    "execaCommand",
    "execaCommandSync",
    "execAsync",
    "execPromise",
    "spawnAsync",
    "execFileAsync",
    "getExecOutput",
    "execaNode",
];
/// Functions that count where one of the packages brings them.
const BROUGHT: &[&str] = &["exec", "spawn", "fork", "x", "$"];
const PACKAGES: &[&str] = &[
    "child_process",
    "node:child_process",
    "execa",
    "zx",
    "shelljs",
    "@actions/exec",
    "bun",
    "cross-spawn",
    "tinyexec",
    "node-pty",
    "child-process-promise",
    "nano-spawn",
];
/// Names that such a package goes by.
const OWNERS: &[&str] = &["cp", "child_process", "childProcess", "child", "shell", "shelljs", "exec", "Bun", "execa", "proc", "pty"];

pub(super) fn of_call<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>) {
    if !runs(scene, call) {
        return;
    }
    let Some(first) = call.arguments.first().and_then(Argument::as_expression) else { return };
    let mut all = vec![values::told(scene, first)];
    // Options hold the environment, which is where a key belongs.
    if let Some(second) = call.arguments.get(1).and_then(Argument::as_expression)
        && object_of(scene, second).is_none()
    {
        all.push(values::told(scene, second));
    }
    let value = values::some(all.into_iter().filter(|value| *value != Value::Nothing).collect());
    let program = program(text_of(scene, first.span()));
    note(scene, out, node, Sink::Argument(program), call.span, value);
}

/// $`curl -H ${header}`
pub(super) fn of_tagged<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, tagged: &'a TaggedTemplateExpression<'a>) {
    let is_shell = match tagged.tag.get_inner_expression() {
        Expression::Identifier(tag) => tag.name == "$" || tag.name == "$$" || tag.name == "execa",
        Expression::StaticMemberExpression(tag) => tag.property.name == "$",
        Expression::CallExpression(call) => matches!(last_name(&call.callee), Some("$")),
        _ => false,
    };
    if !is_shell {
        return;
    }
    let mut all = Vec::new();
    for hole in &tagged.quasi.expressions {
        all.push(values::told(scene, hole));
    }
    let value = values::some(all.into_iter().filter(|value| *value != Value::Nothing).collect());
    let program = program(text_of(scene, tagged.quasi.span));
    note(scene, out, node, Sink::Argument(program), tagged.span, value);
}

fn runs<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>) -> bool {
    match call.callee.get_inner_expression() {
        Expression::Identifier(callee) => {
            let name = callee.name.as_str();
            PLAIN.contains(&name)
                || BROUGHT.contains(&name) && specifier_of(scene, callee).is_some_and(|from| PACKAGES.contains(&from))
                || name == "spawn" && scene.symbol(callee).is_none()
                || is_promised(scene, callee)
        }
        _ => {
            let Some((object, name)) = method(call) else { return false };
            let is_one = PLAIN.contains(&name) || ["exec", "spawn", "fork"].contains(&name);
            is_one
                && match object.get_inner_expression() {
                    Expression::Identifier(owner) => {
                        OWNERS.contains(&owner.name.as_str()) || specifier_of(scene, owner).is_some_and(|from| PACKAGES.contains(&from))
                    }
                    Expression::CallExpression(required) => text_of(scene, required.span).contains("child_process"),
                    _ => false,
                }
        }
    }
}

/// `const run = promisify(exec)`
fn is_promised(scene: &Scene, callee: &oxc_ast::ast::IdentifierReference) -> bool {
    let Some(symbol) = scene.symbol(callee) else { return false };
    scene.sources_of(symbol).iter().any(|source| match source.from {
        Origin::Expression(init) => match init.get_inner_expression() {
            Expression::CallExpression(made) if last_name(&made.callee) == Some("promisify") => {
                made.arguments.first().and_then(Argument::as_expression).and_then(last_name).is_some_and(|name| ["exec", "execFile", "spawn"].contains(&name))
            }
            _ => false,
        },
        _ => false,
    })
}

/// The first word of a command.
fn program(command: &str) -> String {
    let word = command.trim_start_matches(['`', '"', '\'', ' ']).split([' ', '`', '"', '\'', '$']).next().unwrap_or("");
    if word.is_empty() || word.len() > 40 { "a process".to_owned() } else { word.to_owned() }
}
