//! Top-level statements: what each declares, uses, and does.

use std::collections::{BTreeSet, HashMap, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::{
    BindingPattern, ClassElement, Declaration, ExportDefaultDeclarationKind, Expression, JSXMemberExpressionObject, ObjectPropertyKind, Statement,
    VariableDeclaration,
};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::names::{common_value, declaration_of};
use super::scene::{Callable, Scene};
use crate::lang::{EnvObject, Export, Import, ImportKind, Module, Part, Read, Target, Use};
use crate::text::Span;

/// The parts. An export that only names what another statement declares belongs to that statement.
pub(super) fn parts(scene: &Scene, exports: &mut [Export]) -> Vec<Part> {
    let program = scene.program;
    let statements = program.body.iter().filter(|statement| !matches!(statement, Statement::EmptyStatement(_)));
    let mut parts: Vec<Part> = statements.map(|statement| part(scene, statement)).collect();
    for export in exports.iter() {
        if let (Target::Local(name), Some(part)) = (&export.target, parts.get_mut(export.part as usize))
            && (name == "default" || name.starts_with("exports."))
        {
            part.declares.push(name.clone());
        }
    }
    for part in &mut parts {
        let mut seen = HashSet::new();
        part.declares.retain(|name| seen.insert(name.clone()));
    }
    for (used, part) in uses(scene) {
        if let Some(part) = parts.get_mut(part as usize) {
            part.uses.push(used);
        }
    }
    for part in &mut parts {
        let declares: HashSet<&str> = part.declares.iter().map(String::as_str).collect();
        let own: BTreeSet<Use> = std::mem::take(&mut part.uses).into_iter().filter(|used| !declares.contains(used.name.as_str())).collect();
        part.uses = own.into_iter().collect();
    }
    let named = parts.iter().enumerate().rev().flat_map(|(number, part)| part.declares.iter().map(move |name| (name.as_str(), number as u32)));
    let declaring: HashMap<&str, u32> = named.collect();
    for export in exports.iter_mut() {
        if let Target::Local(name) = &export.target
            && let Some(part) = declaring.get(name.as_str())
        {
            export.part = *part;
        }
    }
    server_parts(scene, &mut parts);
    parts
}

fn part<'a>(scene: &Scene<'a, '_>, statement: &'a Statement<'a>) -> Part {
    let span = scene.code.original(statement.span().start, statement.span().end);
    // The fence behind the frontmatter has become the end of its last statement.
    let is_server = scene.code.server.is_some_and(|server| {
        let (start, end) = (statement.span().start as usize, statement.span().end as usize);
        server.start <= start && end <= server.end + 1
    });
    let mut declares = declaration_of(statement).map(declared).unwrap_or_default();
    if let Statement::ExportDefaultDeclaration(export) = statement {
        let own = match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => function.id.as_ref(),
            ExportDefaultDeclarationKind::ClassDeclaration(class) => class.id.as_ref(),
            _ => None,
        };
        declares.extend(own.map(|id| id.name.to_string()));
    }
    if let Statement::ImportDeclaration(import) = statement {
        declares.extend(import.specifiers.iter().flatten().map(|specifier| specifier.local().name.to_string()));
    }
    // No bundler drops anything of a script that is written into a page.
    let is_page = scene.path.ends_with(".html") || scene.path.ends_with(".htm");
    Part { span, declares, uses: Vec::new(), has_effects: is_page || has_effects(scene, statement), is_server }
}

/// The names that a declaration gives.
pub(super) fn declared(declaration: &Declaration) -> Vec<String> {
    match declaration {
        Declaration::VariableDeclaration(variables) if !variables.declare => {
            let names = variables.declarations.iter().flat_map(|one| one.id.get_binding_identifiers());
            names.map(|id| id.name.to_string()).collect()
        }
        Declaration::FunctionDeclaration(function) if !function.declare && function.body.is_some() => {
            function.id.iter().map(|id| id.name.to_string()).collect()
        }
        Declaration::ClassDeclaration(class) if !class.declare => class.id.iter().map(|id| id.name.to_string()).collect(),
        Declaration::TSEnumDeclaration(one) if !one.declare => vec![one.id.name.to_string()],
        Declaration::TSImportEqualsDeclaration(import) => vec![import.id.name.to_string()],
        _ => Vec::new(),
    }
}

/// All uses of the module's own names, each with the statement that it is in.
fn uses(scene: &Scene) -> Vec<(Use, u32)> {
    let mut out = Vec::new();
    for (_, &symbol) in scene.scoping.get_bindings(scene.scoping.root_scope_id()).iter() {
        let name = scene.scoping.symbol_name(symbol);
        for reference in scene.scoping.get_resolved_references(symbol).filter(|reference| reference.is_value()) {
            let node = reference.node_id();
            let part = scene.part_at(scene.nodes.kind(node).span().start);
            match members(scene, node) {
                Some(members) => out.extend(members.into_iter().map(|member| (Use { name: name.to_owned(), member: Some(member) }, part))),
                None if matches!(scene.nodes.parent_kind(node), AstKind::ExportSpecifier(_) | AstKind::ExportNamedDeclaration(_)) => {}
                None => out.push((Use { name: name.to_owned(), member: None }, part)),
            }
        }
    }
    // Svelte: `$store` is what the store `store` holds.
    if scene.path.ends_with(".svelte") {
        for (name, references) in scene.scoping.root_unresolved_references() {
            let Some(store) = name.as_str().strip_prefix('$').filter(|store| scene.top_symbol(store).is_some()) else { continue };
            for reference in references {
                let node = scene.scoping.get_reference(*reference).node_id();
                let part = scene.part_at(scene.nodes.kind(node).span().start);
                out.push((Use { name: store.to_owned(), member: None }, part));
            }
        }
    }
    out
}

/// The properties that alone are read of a name where it stands.
fn members(scene: &Scene, node: NodeId) -> Option<Vec<String>> {
    let span = scene.nodes.kind(node).span();
    match scene.nodes.parent_kind(node) {
        AstKind::StaticMemberExpression(member) if member.object.span() == span => Some(vec![member.property.name.to_string()]),
        AstKind::JSXMemberExpression(member) => match &member.object {
            JSXMemberExpressionObject::IdentifierReference(_) => Some(vec![member.property.name.to_string()]),
            _ => None,
        },
        AstKind::VariableDeclarator(declarator) => match &declarator.id {
            BindingPattern::ObjectPattern(object) if object.rest.is_none() && declarator.init.as_ref().is_some_and(|init| init.span() == span) => {
                object.properties.iter().map(|property| Some(property.key.static_name()?.into_owned())).collect()
            }
            _ => None,
        },
        _ => None,
    }
}

fn has_effects<'a>(scene: &Scene<'a, '_>, statement: &'a Statement<'a>) -> bool {
    match statement {
        Statement::ExpressionStatement(statement) => match common_value(scene, &statement.expression) {
            Some((_, value)) => common_value(scene, value).is_none() && does_something(value, 0),
            None => statement.expression.is_jsx() || does_something(&statement.expression, 0),
        },
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::ClassDeclaration(class) => class_does_something(class, 0),
            other => other.as_expression().is_some_and(|expression| does_something(expression, 0)),
        },
        Statement::TSExportAssignment(export) => does_something(&export.expression, 0),
        Statement::EmptyStatement(_) | Statement::ImportDeclaration(_) => false,
        Statement::ExportNamedDeclaration(_) | Statement::ExportFromDeclaration(_) | Statement::ExportAllDeclaration(_) => false,
        other => match declaration_of(other) {
            Some(Declaration::VariableDeclaration(variables)) => variables_do_something(variables),
            Some(Declaration::ClassDeclaration(class)) => class_does_something(class, 0),
            Some(_) => false,
            None => !matches!(other, Statement::TSNamespaceExportDeclaration(_)),
        },
    }
}

fn variables_do_something(variables: &VariableDeclaration) -> bool {
    !variables.declare && variables.declarations.iter().any(|one| one.init.as_ref().is_some_and(|init| does_something(init, 0)))
}

fn class_does_something(class: &oxc_ast::ast::Class, depth: u32) -> bool {
    let element = |element: &ClassElement| match element {
        ClassElement::StaticBlock(block) => !block.body.is_empty(),
        ClassElement::PropertyDefinition(property) => property.r#static && property.value.as_ref().is_some_and(|value| does_something(value, depth + 1)),
        _ => false,
    };
    !class.decorators.is_empty() || class.heritage_expression().is_some_and(|of| does_something(of, depth + 1)) || class.body.body.iter().any(element)
}

/// Whether evaluating an expression may do more than to give a value. A call may, unless it says that it does not.
fn does_something(expression: &Expression, depth: u32) -> bool {
    if depth > 60 {
        return true;
    }
    let within = |expression: &Expression| does_something(expression, depth + 1);
    match expression.get_inner_expression() {
        Expression::CallExpression(call) => !call.pure,
        Expression::NewExpression(call) => {
            let is_plain = matches!(&call.callee, Expression::Identifier(id) if ["Map", "Set", "WeakMap", "WeakSet", "URL", "Date", "RegExp", "Error"].contains(&id.name.as_str()));
            !call.pure && (!is_plain || call.arguments.iter().any(|argument| argument.as_expression().is_none_or(within)))
        }
        Expression::ChainExpression(chain) => !matches!(chain.expression, oxc_ast::ast::ChainElement::StaticMemberExpression(_)),
        Expression::AssignmentExpression(_) | Expression::UpdateExpression(_) | Expression::AwaitExpression(_) | Expression::YieldExpression(_) => true,
        Expression::ImportExpression(_) | Expression::TaggedTemplateExpression(_) => true,
        Expression::StaticMemberExpression(member) => within(&member.object),
        Expression::ComputedMemberExpression(member) => within(&member.object) || within(&member.expression),
        Expression::ObjectExpression(object) => object.properties.iter().any(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => within(&property.value) || property.key.as_expression().is_some_and(within),
            ObjectPropertyKind::SpreadProperty(spread) => within(&spread.argument),
        }),
        Expression::ArrayExpression(array) => array.elements.iter().any(|element| match element {
            oxc_ast::ast::ArrayExpressionElement::SpreadElement(spread) => within(&spread.argument),
            other => other.as_expression().is_some_and(within),
        }),
        Expression::TemplateLiteral(template) => template.expressions.iter().any(within),
        Expression::BinaryExpression(binary) => within(&binary.left) || within(&binary.right),
        Expression::LogicalExpression(logical) => within(&logical.left) || within(&logical.right),
        Expression::ConditionalExpression(choice) => within(&choice.test) || within(&choice.consequent) || within(&choice.alternate),
        Expression::UnaryExpression(unary) => unary.operator == oxc_syntax::operator::UnaryOperator::Delete || within(&unary.argument),
        Expression::SequenceExpression(sequence) => sequence.expressions.iter().any(within),
        Expression::ClassExpression(class) => class_does_something(class, depth),
        _ => false,
    }
}

/// Calls whose function runs on the server alone.
pub(super) const SERVER_CALLS: &[&str] = &["routeLoader$", "routeAction$", "globalAction$", "server$", "serverFn$", "createServerAction$", "createServerData$"];

/// Statements that are a function of the server: it says "use server", or is given to a call of `SERVER_CALLS`.
fn server_parts(scene: &Scene, parts: &mut [Part]) {
    for node in scene.nodes.iter() {
        let (function, span) = match node.kind() {
            AstKind::Function(function) => (Callable::Function(function), function.span),
            AstKind::ArrowFunctionExpression(arrow) => (Callable::Arrow(arrow), arrow.span),
            _ => continue,
        };
        let is_server = function.is_server() || is_server_handler(scene, node.id());
        if is_server
            && scene.function_around(node.id()).is_none()
            && let Some(part) = parts.get_mut(scene.part_at(span.start) as usize)
        {
            part.is_server = true;
        }
    }
}

/// Whether a function is the handler of a `createServerFn`, or an argument of a call of `SERVER_CALLS`.
pub(super) fn is_server_handler(scene: &Scene, function: NodeId) -> bool {
    let AstKind::CallExpression(call) = scene.nodes.parent_kind(function) else { return false };
    match &call.callee {
        Expression::Identifier(callee) => SERVER_CALLS.contains(&callee.name.as_str()),
        Expression::StaticMemberExpression(member) => {
            member.property.name == "handler" && {
                let text = &scene.code.text[call.callee.span().start as usize..call.callee.span().end as usize];
                ["createServerFn", "createServerOnlyFn", "createMiddleware"].iter().any(|name| text.starts_with(name))
            }
        }
        _ => false,
    }
}

/// Adds what the markup around the scripts says: the scripts that it loads, the names that it mentions, the variables
/// that it reads. It is a statement of its own, and the last.
pub(super) fn markup(scene: &mut Scene, module: &mut Module, text: &str) {
    let code = scene.code;
    for (specifier, span) in &code.loads {
        let spot = scene.spot_of_original(*span);
        let part = module.parts.len() as u32;
        scene.imports.push(Import { specifier: specifier.clone(), kind: ImportKind::Static, names: Vec::new(), spot, part, is_island: false });
        module.parts.push(Part { span: *span, has_effects: true, ..Part::default() });
    }
    let spans: Vec<Span> = code.markup.iter().copied().filter(|span| !span.is_empty()).collect();
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return };
    let own: HashSet<&str> = {
        let bindings = scene.scoping.get_bindings(scene.scoping.root_scope_id());
        bindings.iter().map(|(_, symbol)| scene.scoping.symbol_name(*symbol)).collect()
    };
    let mut used = BTreeSet::new();
    let part = module.parts.len() as u32;
    for span in &spans {
        let markup = &text[span.start..span.end];
        for (word, at) in words(markup) {
            for (object, from) in [("process.env.", EnvObject::Process), ("import.meta.env.", EnvObject::ImportMeta)] {
                if markup[..at].ends_with(object) {
                    let spot = scene.spot_of_original(Span::new(span.start + at - object.len(), span.start + at + word.len()));
                    scene.reads.push(Read { name: word.to_owned(), from, is_direct: true, spot, part });
                }
            }
            // `%VITE_X%` in the page of a bundler
            let is_hole =
                (word.starts_with("VITE_") || word.starts_with("REACT_APP_")) && markup[..at].ends_with('%') && markup[at + word.len()..].starts_with('%');
            if is_hole {
                let from = if word.starts_with("VITE_") { EnvObject::ImportMeta } else { EnvObject::Process };
                let spot = scene.spot_of_original(Span::new(span.start + at, span.start + at + word.len()));
                scene.reads.push(Read { name: word.to_owned(), from, is_direct: true, spot, part });
            }
            let member =
                markup[at + word.len()..].strip_prefix('.').and_then(|rest| words(rest).next()).filter(|(_, at)| *at == 0).map(|(name, _)| name.to_owned());
            // `my-chart` is `MyChart`, `$store` is `store`.
            let names = [word.to_owned(), pascal(word), word.trim_start_matches('$').to_owned()];
            for name in names.into_iter().chain(word.split('-').map(str::to_owned)) {
                if own.contains(name.as_str()) && !markup[..at].ends_with('.') {
                    used.insert(Use { name, member: member.clone() });
                }
            }
        }
    }
    let span = Span::new(first.start, last.end);
    module.parts.push(Part { span, uses: used.into_iter().collect(), has_effects: true, ..Part::default() });
}

fn words(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let is_word = |char: char| char.is_alphanumeric() || char == '_' || char == '$' || char == '-';
    let base = text.as_ptr() as usize;
    text.split(move |char: char| !is_word(char)).filter(|word| !word.is_empty()).map(move |word| (word, word.as_ptr() as usize - base))
}

fn pascal(word: &str) -> String {
    let upper = |part: &str| part.chars().next().map(|first| first.to_ascii_uppercase().to_string() + &part[first.len_utf8()..]).unwrap_or_default();
    word.split('-').map(upper).collect()
}
