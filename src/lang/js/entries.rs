//! Where a bundler is told to begin: the paths of `entry`, `entryPoints` and `input` in its configuration.

use oxc_ast::AstKind;
use oxc_ast::ast::{ArrayExpressionElement, Expression, ObjectExpression, ObjectPropertyKind};
use oxc_semantic::NodeId;

use super::scene::{Scene, constant};

/// How deep entries may lie in objects and lists of one setting.
const DEEPEST: u32 = 4;
/// Objects around a setting that may say for what it is built.
const AROUND: usize = 16;
/// Tools that build for Node unless they are told otherwise.
const FOR_NODE: &[&str] = &["tsup.config.", "tsdown.config.", "unbuild.config.", "build.config."];

/// The paths, as they are written. A build for Node, or for the rendering on a server, begins no client.
pub(super) fn entries(scene: &Scene) -> Vec<String> {
    let file = scene.path.rsplit('/').next().unwrap_or("");
    let mut out = Vec::new();
    if !super::flows::is_config(scene) {
        return out;
    }
    for node in scene.nodes.iter() {
        let AstKind::ObjectProperty(property) = node.kind() else { continue };
        let Some(key) = property.key.static_name().filter(|key| matches!(&**key, "entry" | "entryPoints" | "input")) else { continue };
        let target = target(scene, node.id());
        if target == Some(false) || target.is_none() && FOR_NODE.iter().any(|start| file.starts_with(start)) {
            continue;
        }
        // Other tools call other things their input.
        let is_rolled = || ["rollup", "rolldown", "vite", "electron.vite", "astro"].iter().any(|start| file.starts_with(start));
        if key != "input" || is_rolled() || scene.imports.iter().any(|import| matches!(&import.specifier[..], "rollup" | "rolldown" | "vite")) {
            paths(&property.value, &mut out, DEEPEST);
        }
    }
    out
}

/// Whether the objects around a setting say that they build for browsers, or for something else; `None` where none says.
fn target(scene: &Scene, property: NodeId) -> Option<bool> {
    let mut objects = scene.nodes.ancestors(property).take(AROUND).filter_map(|ancestor| match ancestor.kind() {
        AstKind::ObjectExpression(object) => Some(object),
        _ => None,
    });
    objects.find_map(said)
}

fn said(object: &ObjectExpression) -> Option<bool> {
    let named = |name: &str| object.properties.iter().filter_map(ObjectPropertyKind::as_property).find(|property| property.key.is_specific_static_name(name));
    let text = |expression: &Expression| match expression.get_inner_expression() {
        Expression::StringLiteral(literal) => Some(literal.value.to_string()),
        Expression::ArrayExpression(array) => array.elements.first().and_then(ArrayExpressionElement::as_expression).and_then(|first| match first {
            Expression::StringLiteral(literal) => Some(literal.value.to_string()),
            _ => None,
        }),
        _ => None,
    };
    if let Some(platform) = named("platform").and_then(|property| text(&property.value)) {
        return Some(platform == "browser");
    }
    if let Some(target) = named("target").and_then(|property| text(&property.value)) {
        if ["node", "async-node", "electron-main", "electron-preload"].iter().any(|start| target.starts_with(start)) {
            return Some(false);
        }
        if matches!(target.as_str(), "web" | "browserslist" | "webworker" | "electron-renderer") {
            return Some(true);
        }
    }
    let is_ssr = named("ssr").is_some_and(|property| !matches!(&property.value, Expression::BooleanLiteral(said) if !said.value));
    let is_common = named("output").is_some_and(|output| match &output.value {
        Expression::ObjectExpression(output) => output.properties.iter().filter_map(ObjectPropertyKind::as_property).any(|property| {
            property.key.is_specific_static_name("format") && constant(&property.value).is_some_and(|format| matches!(format, "cjs" | "commonjs"))
        }),
        _ => false,
    });
    (is_ssr || is_common).then_some(false)
}

/// The paths that a setting names: a text, a list, an object of them, `path.resolve(__dirname, "src/a.js")`.
fn paths<'a>(given: &'a Expression<'a>, out: &mut Vec<String>, depth: u32) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some(text) = constant(given) {
        out.push(text.to_owned());
        return;
    }
    match given.get_inner_expression() {
        Expression::ArrayExpression(array) => {
            array.elements.iter().filter_map(ArrayExpressionElement::as_expression).for_each(|element| paths(element, out, depth));
        }
        Expression::ObjectExpression(object) => {
            for property in object.properties.iter().filter_map(ObjectPropertyKind::as_property) {
                let is_other = ["out", "filename", "dependOn", "library", "runtime", "publicPath", "chunkLoading", "layer", "title", "template"];
                if property.key.static_name().is_none_or(|name| !is_other.contains(&&*name)) {
                    paths(&property.value, out, depth);
                }
            }
        }
        Expression::CallExpression(call) => {
            let mut arguments = call.arguments.iter().filter_map(|argument| argument.as_expression());
            let texts: Vec<&str> = arguments.clone().filter_map(constant).collect();
            match arguments.next().map(Expression::get_inner_expression) {
                // `fileURLToPath(new URL("./src/a.js", import.meta.url))`
                Some(Expression::NewExpression(url)) => {
                    out.extend(url.arguments.first().and_then(|first| first.as_expression()).and_then(constant).map(str::to_owned));
                }
                _ if !texts.is_empty() => out.push(texts.join("/")),
                _ => {}
            }
        }
        _ => {}
    }
}
