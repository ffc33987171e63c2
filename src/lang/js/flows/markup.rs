//! Elements: properties, texts, scripts in pages.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Expression, JSXAttribute, JSXAttributeName, JSXAttributeValue, JSXElementName, JSXExpression, JSXExpressionContainer, JSXMemberExpression,
    JSXMemberExpressionObject, JSXSpreadAttribute, TemplateLiteral,
};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::{Out, import_of, push};
use crate::lang::js::scene::Scene;
use crate::lang::js::values::{self, data, some};
use crate::lang::{Sink, Value};

/// Attributes by which nothing leaves.
const QUIET: &[&str] = &["key", "ref", "className", "style", "class"];
/// Attributes whose text becomes part of the page as it is, or a script of it.
const RAW: &[&str] = &["dangerouslySetInnerHTML", "set:html", "define:vars", "innerHTML"];

pub(super) fn of_attribute<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, attribute: &'a JSXAttribute<'a>) {
    let name = match &attribute.name {
        JSXAttributeName::Identifier(name) => name.name.to_string(),
        JSXAttributeName::NamespacedName(name) => format!("{}:{}", name.namespace.name, name.name.name),
    };
    // Astro: the component is sent to the browser, and its properties with it.
    if name.starts_with("client:") {
        if let Some(Sink::Property(_, Some(import))) = property(scene, node)
            && let Some(import) = scene.imports.get_mut(import as usize)
        {
            import.is_island = true;
        }
        return;
    }
    let is_handler = name.strip_prefix("on").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()));
    if is_handler || QUIET.contains(&&name[..]) {
        return;
    }
    let of_element = |sink| if let Sink::Property(component, import) = sink { Sink::Property(format!("{component} {name}"), import) } else { sink };
    let Some(sink) = (if RAW.contains(&&name[..]) { Some(Sink::InlineScript) } else { property(scene, node).map(of_element) }) else { return };
    let value = match &attribute.value {
        Some(JSXAttributeValue::StringLiteral(literal)) => values::literals(scene, literal.span),
        Some(JSXAttributeValue::ExpressionContainer(container)) => of_container(scene, container),
        _ => return,
    };
    push(scene, out, node, sink, attribute.span, no_components(value));
}

pub(super) fn of_spread<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, spread: &'a JSXSpreadAttribute<'a>) {
    let Some(sink) = property(scene, node) else { return };
    let value = data(values::evaluate(scene, &spread.argument));
    push(scene, out, node, sink, spread.span, no_components(value));
}

/// `{x}` between tags.
pub(super) fn of_child<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, container: &'a JSXExpressionContainer<'a>) {
    let sink = match scene.nodes.parent_kind(node) {
        AstKind::JSXElement(element) => match &element.opening_element.name {
            JSXElementName::Identifier(tag) if tag.name == "script" => Sink::InlineScript,
            _ => Sink::Property("text".to_owned(), None),
        },
        AstKind::JSXFragment(_) => Sink::Property("text".to_owned(), None),
        _ => return,
    };
    let value = of_container(scene, container);
    push(scene, out, node, sink, container.span, no_components(value));
}

fn of_container<'a>(scene: &mut Scene<'a, '_>, container: &'a JSXExpressionContainer<'a>) -> Value {
    match &container.expression {
        JSXExpression::EmptyExpression(_) => Value::Nothing,
        other => other.as_expression().map(|expression| data(values::evaluate(scene, expression))).unwrap_or_default(),
    }
}

/// The element that an attribute belongs to.
fn property(scene: &Scene, attribute: NodeId) -> Option<Sink> {
    let AstKind::JSXOpeningElement(element) = scene.nodes.parent_kind(attribute) else { return None };
    let (name, import) = match &element.name {
        JSXElementName::Identifier(tag) => (tag.name.to_string(), None),
        JSXElementName::IdentifierReference(component) => (component.name.to_string(), import_of(scene, component)),
        JSXElementName::MemberExpression(member) => (path(member, 0), first(member).and_then(|first| import_of(scene, first))),
        JSXElementName::NamespacedName(name) => (format!("{}:{}", name.namespace.name, name.name.name), None),
        JSXElementName::ThisExpression(_) => ("this".to_owned(), None),
    };
    Some(Sink::Property(name, import))
}

fn path(member: &JSXMemberExpression, depth: u32) -> String {
    let object = match &member.object {
        JSXMemberExpressionObject::IdentifierReference(identifier) => identifier.name.to_string(),
        JSXMemberExpressionObject::MemberExpression(inner) if depth < 8 => path(inner, depth + 1),
        _ => "this".to_owned(),
    };
    format!("{object}.{}", member.property.name)
}

fn first<'r, 'a>(member: &'r JSXMemberExpression<'a>) -> Option<&'r oxc_ast::ast::IdentifierReference<'a>> {
    let mut member = member;
    loop {
        match &member.object {
            JSXMemberExpressionObject::IdentifierReference(identifier) => return Some(identifier),
            JSXMemberExpressionObject::MemberExpression(inner) => member = inner,
            JSXMemberExpressionObject::ThisExpression(_) => return None,
        }
    }
}

/// A value without the components in it: `icon={HomeIcon}`.
fn no_components(value: Value) -> Value {
    match value {
        Value::Import { ref name, ref path, is_called: false, .. } => {
            let last = path.last().unwrap_or(name);
            let is_component = last.starts_with(|first: char| first.is_ascii_uppercase()) && last.contains(|char: char| char.is_ascii_lowercase());
            if is_component { Value::Nothing } else { value }
        }
        Value::Some(values) => some(values.into_iter().map(no_components).collect()),
        other => other,
    }
}

/// Texts that are script in a page.
pub(super) fn of_template<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, template: &'a TemplateLiteral<'a>) {
    if template.expressions.is_empty() || matches!(scene.nodes.parent_kind(node), AstKind::TaggedTemplateExpression(_)) && !is_html(scene, node) {
        return;
    }
    let is_script = template.quasis.iter().any(|quasi| {
        let text = quasi.value.raw.as_str();
        text.contains("<script") || text.contains("window.") || text.contains("globalThis.")
    });
    if !is_script {
        return;
    }
    let mut all = Vec::new();
    for expression in &template.expressions {
        all.push(data(values::evaluate(scene, expression)));
    }
    push(scene, out, node, Sink::InlineScript, template.span, some(all));
}

fn is_html(scene: &Scene, node: NodeId) -> bool {
    match scene.nodes.parent_kind(node) {
        AstKind::TaggedTemplateExpression(tagged) => match &tagged.tag {
            Expression::Identifier(tag) => tag.name == "html",
            other => scene.code.text[other.span().start as usize..other.span().end as usize].ends_with("raw"),
        },
        _ => false,
    }
}
