//! What a module asks of others, and what it offers them.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, AssignmentTarget, BindingPattern, CallExpression, Declaration, ExportDefaultDeclarationKind, Expression, ImportDeclaration,
    ImportDeclarationSpecifier, ImportOrExportKind, ModuleExportName, ObjectPattern, ObjectPropertyKind, Statement, TSModuleReference,
};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span as Bytes};

use super::scene::{Callable, Origin, Scene, callable, constant};
use crate::lang::{Export, Import, ImportKind, ImportName, Target};

/// Fills in the imports, and gives imported names their sources.
pub(super) fn imports<'a>(scene: &mut Scene<'a, '_>) {
    let nodes = scene.nodes;
    for node in nodes.iter() {
        match node.kind() {
            AstKind::ImportDeclaration(import) => declaration(scene, import),
            AstKind::ExportFromDeclaration(export) if export.export_kind == ImportOrExportKind::Value => {
                let values = export.specifiers.iter().filter(|specifier| specifier.export_kind == ImportOrExportKind::Value);
                let names: Vec<_> = values.map(|specifier| pair(&name_of(&specifier.local), &name_of(&specifier.exported))).collect();
                if !names.is_empty() || export.specifiers.is_empty() {
                    add(scene, export.source.value.as_str(), ImportKind::ReExport, names, export.span, export.source.span);
                }
            }
            AstKind::ExportAllDeclaration(export) if export.export_kind == ImportOrExportKind::Value => {
                let names = export.exported.iter().map(|exported| pair("*", &name_of(exported))).collect();
                add(scene, export.source.value.as_str(), ImportKind::ReExport, names, export.span, export.source.span);
            }
            AstKind::TSImportEqualsDeclaration(import) if import.import_kind == ImportOrExportKind::Value => {
                if let TSModuleReference::ExternalModuleReference(module) = &import.module_reference {
                    let names = vec![pair("*", import.id.name.as_str())];
                    let number = add(scene, module.expression.value.as_str(), ImportKind::Require, names, import.span, module.expression.span);
                    if let Some(symbol) = import.id.symbol_id.get() {
                        scene.add(symbol, Origin::Import(number, "*"), Vec::new(), None);
                    }
                }
            }
            AstKind::ImportExpression(import) => {
                if let Some(specifier) = constant(&import.source) {
                    let names = taken(scene, node.id(), import.span);
                    let number = add(scene, specifier, ImportKind::Dynamic, names, import.span, import.source.span());
                    scene.import_at.insert(import.span.start, number);
                }
            }
            AstKind::CallExpression(call) => {
                if let Some(specifier) = required(scene, call) {
                    let names = taken(scene, node.id(), call.span);
                    let number = add(scene, specifier, ImportKind::Require, names, call.span, call.arguments[0].span());
                    scene.import_at.insert(call.span.start, number);
                }
            }
            _ => {}
        }
    }
}

fn pair(imported: &str, local: &str) -> ImportName {
    ImportName { imported: imported.to_owned(), local: local.to_owned() }
}

fn name_of(name: &ModuleExportName) -> String {
    name.name().to_string()
}

/// The statement when it is one line, else what it names.
fn add(scene: &mut Scene, specifier: &str, kind: ImportKind, names: Vec<ImportName>, whole: Bytes, short: Bytes) -> u32 {
    let text = scene.code.text.get(whole.start as usize..whole.end as usize).unwrap_or("\n");
    let spot = scene.spot(if text.contains('\n') { short } else { whole });
    let part = scene.part_at(whole.start);
    scene.imports.push(Import { specifier: specifier.to_owned(), kind, names, spot, part, is_island: false });
    scene.imports.len() as u32 - 1
}

fn declaration<'a>(scene: &mut Scene<'a, '_>, import: &'a ImportDeclaration<'a>) {
    if import.import_kind == ImportOrExportKind::Type {
        return;
    }
    let number = scene.imports.len() as u32;
    let mut names = Vec::new();
    for specifier in import.specifiers.iter().flatten() {
        let (imported, local) = match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(one) if one.import_kind == ImportOrExportKind::Type => continue,
            ImportDeclarationSpecifier::ImportSpecifier(one) => (one.imported.name().as_str(), &one.local),
            ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => ("default", &one.local),
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => ("*", &one.local),
        };
        // TypeScript drops a name that is only used as a type; markup may use it too.
        let symbol = local.symbol_id.get();
        let is_type = |symbol| {
            let mut references = scene.scoping.get_resolved_references(symbol).peekable();
            references.peek().is_some() && references.all(|reference| !reference.is_value())
        };
        if scene.program.source_type.is_typescript() && scene.code.markup.is_empty() && symbol.is_some_and(is_type) {
            continue;
        }
        names.push((imported, local.name.as_str(), symbol));
    }
    if names.is_empty() && import.specifiers.as_ref().is_some_and(|all| !all.is_empty()) {
        return;
    }
    let pairs = names.iter().map(|(imported, local, _)| pair(imported, local)).collect();
    add(scene, import.source.value.as_str(), ImportKind::Static, pairs, import.span, import.source.span);
    for (imported, _, symbol) in names {
        if let Some(symbol) = symbol {
            scene.add(symbol, Origin::Import(number, imported), Vec::new(), None);
        }
    }
}

/// The specifier of `require("x")`.
pub(super) fn required<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>) -> Option<&'a str> {
    let Expression::Identifier(callee) = &call.callee else { return None };
    if callee.name != "require" || scene.symbol(callee).is_some() || call.arguments.len() != 1 {
        return None;
    }
    constant(call.arguments[0].as_expression()?)
}

/// What is taken of a module that an expression gives, by what is done with it there.
fn taken(scene: &Scene, node: NodeId, span: Bytes) -> Vec<ImportName> {
    let nodes = scene.nodes;
    let (mut at, mut inner) = (nodes.parent_id(node), span);
    loop {
        match nodes.kind(at) {
            AstKind::AwaitExpression(_) | AstKind::TSAsExpression(_) | AstKind::TSNonNullExpression(_) => {}
            AstKind::VariableDeclarator(declarator) if declarator.init.as_ref().is_some_and(|init| init.span() == inner) => {
                return match &declarator.id {
                    BindingPattern::ObjectPattern(object) => pattern(object),
                    BindingPattern::BindingIdentifier(identifier) => vec![pair("*", identifier.name.as_str())],
                    _ => Vec::new(),
                };
            }
            AstKind::StaticMemberExpression(member) if member.object.span() == inner => {
                let name = member.property.name.as_str();
                return if name == "then" { then(scene, nodes.parent_id(at)) } else { held(scene, nodes.parent_id(at), member.span, name) };
            }
            _ => return Vec::new(),
        }
        (inner, at) = (nodes.kind(at).span(), nodes.parent_id(at));
    }
}

/// `const x = require("y").z`: the name that it gets here.
fn held(scene: &Scene, parent: NodeId, member: Bytes, name: &str) -> Vec<ImportName> {
    match scene.nodes.kind(parent) {
        AstKind::VariableDeclarator(declarator) if declarator.init.as_ref().is_some_and(|init| init.span() == member) => match &declarator.id {
            BindingPattern::BindingIdentifier(identifier) => vec![pair(name, identifier.name.as_str())],
            _ => vec![pair(name, name)],
        },
        _ => vec![pair(name, name)],
    }
}

fn pattern(object: &ObjectPattern) -> Vec<ImportName> {
    if object.rest.is_some() {
        return Vec::new();
    }
    let one = |property: &oxc_ast::ast::BindingProperty| {
        let name = property.key.static_name()?;
        let local = property.value.get_identifier_name().map_or_else(|| name.to_string(), |local| local.to_string());
        Some(pair(&name, &local))
    };
    object.properties.iter().map(one).collect::<Option<_>>().unwrap_or_default()
}

/// What the function in `import("x").then(function)` takes.
fn then(scene: &Scene, call: NodeId) -> Vec<ImportName> {
    let AstKind::CallExpression(call) = scene.nodes.kind(call) else { return Vec::new() };
    let function = call.arguments.first().and_then(Argument::as_expression).and_then(callable);
    let Some(parameter) = function.and_then(|function| function.parameters().items.first()) else { return Vec::new() };
    match &parameter.pattern {
        BindingPattern::ObjectPattern(object) => pattern(object),
        BindingPattern::BindingIdentifier(identifier) => {
            let Some(symbol) = identifier.symbol_id.get() else { return Vec::new() };
            let references = scene.scoping.get_resolved_references(symbol);
            let one = |reference: &oxc_semantic::Reference| match scene.nodes.parent_kind(reference.node_id()) {
                AstKind::StaticMemberExpression(member) => Some(pair(member.property.name.as_str(), member.property.name.as_str())),
                _ => None,
            };
            let mut names = references.map(one).collect::<Option<Vec<_>>>().unwrap_or_default();
            names.dedup();
            names
        }
        _ => Vec::new(),
    }
}

/// What the module offers. Anonymous values get a name that no identifier has: `default`, `exports.key`.
pub(super) fn exports<'a>(scene: &mut Scene<'a, '_>) -> Vec<Export> {
    let mut out = Vec::new();
    let program = scene.program;
    let statements = program.body.iter().filter(|statement| !matches!(statement, Statement::EmptyStatement(_)));
    // The number of the import that a re-export is, by the order of the statements.
    let passed = scene.imports.iter().enumerate().filter(|(_, import)| import.kind == ImportKind::ReExport);
    let mut passed = passed.map(|(number, import)| (import.part, number as u32)).collect::<Vec<_>>().into_iter();
    let mut others = Vec::new();
    for (number, statement) in statements.enumerate() {
        let part = number as u32;
        match statement {
            Statement::ExportDeclaration(export) => {
                for name in super::parts::declared(&export.declaration) {
                    out.push(Export { target: Target::Local(name.clone()), name, part });
                }
            }
            Statement::ExportNamedDeclaration(export) if export.export_kind == ImportOrExportKind::Value => {
                for specifier in export.specifiers.iter().filter(|specifier| specifier.export_kind == ImportOrExportKind::Value) {
                    let local = name_of(&specifier.local);
                    out.push(Export { name: name_of(&specifier.exported), target: target(scene, &local), part });
                }
            }
            Statement::ExportFromDeclaration(export) => {
                let Some(import) = passed_at(&mut passed, part) else { continue };
                for specifier in export.specifiers.iter().filter(|specifier| specifier.export_kind == ImportOrExportKind::Value) {
                    others.push(Export { name: name_of(&specifier.exported), target: Target::Other(import, name_of(&specifier.local)), part });
                }
            }
            Statement::ExportAllDeclaration(export) => {
                let Some(import) = passed_at(&mut passed, part) else { continue };
                let name = export.exported.as_ref().map_or("*".to_owned(), name_of);
                others.push(Export { name, target: Target::Other(import, "*".to_owned()), part });
            }
            Statement::ExportDefaultDeclaration(export) => {
                let name = match &export.declaration {
                    ExportDefaultDeclarationKind::FunctionDeclaration(function) => function.id.as_ref().map(|id| id.name.as_str()),
                    ExportDefaultDeclarationKind::ClassDeclaration(class) => class.id.as_ref().map(|id| id.name.as_str()),
                    ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => continue,
                    other => other.as_expression().and_then(|expression| top_name(scene, expression)),
                };
                if name.is_none() {
                    offer_default(scene, &export.declaration);
                }
                out.push(Export { name: "default".to_owned(), target: target(scene, name.unwrap_or("default")), part });
            }
            Statement::TSExportAssignment(export) => whole(scene, &export.expression, part, &mut out),
            Statement::ExpressionStatement(statement) => common(scene, &statement.expression, part, &mut out),
            _ => {}
        }
    }
    out.extend(others);
    out
}

fn passed_at(passed: &mut impl Iterator<Item = (u32, u32)>, part: u32) -> Option<u32> {
    passed.find(|(at, _)| *at >= part).filter(|(at, _)| *at == part).map(|(_, number)| number)
}

/// The name of the module's own scope that an expression is.
fn top_name<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> Option<&'a str> {
    let Expression::Identifier(identifier) = expression.get_inner_expression() else { return None };
    scene.symbol(identifier).filter(|symbol| scene.is_top(*symbol)).map(|_| identifier.name.as_str())
}

/// What a name of the module's own scope stands for: an imported one is the other module's.
fn target(scene: &Scene, local: &str) -> Target {
    // A variable of a framework's module is held here: nobody else's module has it.
    let imported = scene.top_symbol(local).filter(|symbol| !scene.read_of.contains_key(symbol)).and_then(|symbol| {
        scene.sources_of(symbol).iter().find_map(|source| match source.from {
            Origin::Import(import, name) => Some(Target::Other(import, name.to_owned())),
            _ => None,
        })
    });
    imported.unwrap_or_else(|| Target::Local(local.to_owned()))
}

/// The value of an export in the manner of CommonJS: `exports.x = value`, `module.exports.x = value`; `None` for the
/// name in `module.exports = value`.
pub(super) fn common_value<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> Option<(Option<&'a str>, &'a Expression<'a>)> {
    let Expression::AssignmentExpression(assignment) = expression else { return None };
    let AssignmentTarget::StaticMemberExpression(member) = &assignment.left else { return None };
    let is_free = |name: &str, expression: &Expression| matches!(expression, Expression::Identifier(id) if id.name == name && scene.symbol(id).is_none());
    let name = member.property.name.as_str();
    let is_exports = |expression: &'a Expression<'a>| {
        is_free("exports", expression)
            || matches!(expression, Expression::StaticMemberExpression(inner) if inner.property.name == "exports" && is_free("module", &inner.object))
    };
    if name == "exports" && is_free("module", &member.object) {
        return Some((None, &assignment.right));
    }
    is_exports(&member.object).then_some((Some(name), &assignment.right))
}

/// Whether the module offers what it offers in the manner of CommonJS.
pub(super) fn is_common(scene: &Scene) -> bool {
    scene.program.body.iter().any(|statement| match statement {
        Statement::ExpressionStatement(statement) => common_value(scene, &statement.expression).is_some(),
        Statement::TSExportAssignment(_) => true,
        _ => false,
    })
}

fn offer_default<'a>(scene: &mut Scene<'a, '_>, declaration: &'a ExportDefaultDeclarationKind<'a>) {
    let origin = match declaration {
        ExportDefaultDeclarationKind::FunctionDeclaration(function) => Some(Origin::Function(Callable::Function(function))),
        other => other.as_expression().map(Origin::Expression),
    };
    scene.offered.extend(origin.map(|origin| ("default".to_owned(), origin)));
}

/// The name of the module's own scope that a value is, or one that it is given here.
fn named<'a>(scene: &mut Scene<'a, '_>, value: &'a Expression<'a>, name: &str) -> String {
    if let Some(name) = top_name(scene, value) {
        return name.to_owned();
    }
    let name = if name == "default" { name.to_owned() } else { format!("exports.{name}") };
    scene.offered.push((name.clone(), Origin::Expression(value)));
    name
}

fn common<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>, part: u32, out: &mut Vec<Export>) {
    match common_value(scene, expression) {
        Some((None, value)) => {
            // `exports = module.exports = value` and chains of it.
            match common_value(scene, value) {
                Some(_) => common(scene, value, part, out),
                None => whole(scene, value, part, out),
            }
        }
        Some((Some("__esModule"), _)) | None => {}
        Some((Some(name), value)) => {
            let local = named(scene, value, name);
            out.push(Export { name: name.to_owned(), target: target(scene, &local), part });
        }
    }
}

/// `module.exports = value`: the default, and each field of an object by its name.
fn whole<'a>(scene: &mut Scene<'a, '_>, value: &'a Expression<'a>, part: u32, out: &mut Vec<Export>) {
    let local = named(scene, value, "default");
    out.push(Export { name: "default".to_owned(), target: target(scene, &local), part });
    if let Some(import) = scene.import_at.get(&value.span().start) {
        out.push(Export { name: "*".to_owned(), target: Target::Other(*import, "*".to_owned()), part });
    }
    let Some(object) = super::values::object_of(scene, value) else { return };
    for property in &object.properties {
        match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                let Some(name) = property.key.static_name().filter(|name| name != "default") else { continue };
                let local = named(scene, &property.value, &name);
                out.push(Export { name: name.into_owned(), target: target(scene, &local), part });
            }
            ObjectPropertyKind::SpreadProperty(spread) => {
                if let Some(import) = scene.import_at.get(&spread.argument.span().start) {
                    out.push(Export { name: "*".to_owned(), target: Target::Other(*import, "*".to_owned()), part });
                }
            }
        }
    }
}

/// The declarations of an exported statement.
pub(super) fn declaration_of<'a>(statement: &'a Statement<'a>) -> Option<&'a Declaration<'a>> {
    match statement {
        Statement::ExportDeclaration(export) => Some(&export.declaration),
        other => other.as_declaration(),
    }
}
