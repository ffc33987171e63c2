//! What classes and their instances hold.

use oxc_ast::ast::{Class, ClassElement, Expression, MethodDefinitionKind};

use super::super::scene::{Callable, Origin, Scene};
use super::{build, result, value};
use crate::lang::Value;

/// What a class holds itself, or what its instances do.
pub(super) fn fields<'a>(scene: &mut Scene<'a, '_>, class: &'a Class<'a>, is_static: bool) -> Value {
    let mut fields = Vec::new();
    for element in &class.body.body {
        match element {
            ClassElement::PropertyDefinition(property) if property.r#static == is_static => {
                if let (Some(name), Some(held)) = (property.key.static_name(), &property.value) {
                    fields.push((name.into_owned(), value(scene, held)));
                }
            }
            ClassElement::MethodDefinition(method) if method.r#static == is_static => {
                let Some(name) = method.key.static_name().filter(|_| method.kind != MethodDefinitionKind::Set && !method.kind.is_constructor()) else {
                    continue;
                };
                let result = result(scene, Callable::Function(&method.value), None);
                let is_read = method.kind == MethodDefinitionKind::Get;
                fields.push((name.into_owned(), if is_read { result } else { build::returns(result) }));
            }
            _ => {}
        }
    }
    build::object(fields, Vec::new())
}

/// An instance of a class of the text; what others are given is theirs.
pub(super) fn instance<'a>(scene: &mut Scene<'a, '_>, callee: &'a Expression<'a>) -> Value {
    let Expression::Identifier(identifier) = callee.get_inner_expression() else { return Value::Nothing };
    let Some(symbol) = scene.symbol(identifier).filter(|symbol| !scene.eval.names.contains(symbol)) else { return Value::Nothing };
    let class = scene.sources_of(symbol).iter().find_map(|source| match source.from {
        Origin::Class(class) => Some(class),
        _ => None,
    });
    let Some(class) = class else { return Value::Nothing };
    scene.eval.names.push(symbol);
    let held = fields(scene, class, false);
    scene.eval.names.pop();
    held
}
