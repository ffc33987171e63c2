//! URLs of requests, in pieces.

use oxc_ast::ast::{Argument, Expression};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span as Bytes};
use oxc_syntax::operator::BinaryOperator;

use super::{DEEPEST, MOST, Piece, begins_with_host, fields, own_member, returned};
use crate::lang::Value;
use crate::lang::js::scene::{Origin, Scene, callable, constant};
use crate::lang::js::values::{self, data};

/// What a URL is put together from.
pub(super) fn pieces<'a>(scene: &mut Scene<'a, '_>, node: NodeId, expression: &'a Expression<'a>, out: &mut Vec<Piece<'a>>, depth: u32) {
    if out.len() > MOST {
        return;
    }
    let unknown = Piece { value: Value::Nothing, from: Some(expression), key: None };
    if depth > DEEPEST {
        out.push(unknown);
        return;
    }
    match expression.get_inner_expression() {
        Expression::StringLiteral(literal) => text(scene, literal.span, literal.value.as_str(), out),
        Expression::TemplateLiteral(template) => {
            for (number, quasi) in template.quasis.iter().enumerate() {
                if let Some(cooked) = quasi.value.cooked.as_ref().filter(|cooked| !cooked.is_empty()) {
                    text(scene, quasi.span, cooked.as_str(), out);
                }
                if let Some(hole) = template.expressions.get(number) {
                    pieces(scene, node, hole, out, depth + 1);
                }
            }
        }
        Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
            pieces(scene, node, &sum.left, out, depth + 1);
            pieces(scene, node, &sum.right, out, depth + 1);
        }
        // What a URL is by default says more than the variable that may say another.
        Expression::LogicalExpression(choice) => {
            let mut fallback = Vec::new();
            pieces(scene, node, &choice.right, &mut fallback, depth + 1);
            if fallback.first().is_some_and(begins_with_host) {
                out.append(&mut fallback);
            } else {
                pieces(scene, node, &choice.left, out, depth + 1);
            }
        }
        Expression::ConditionalExpression(choice) => {
            let mut ways = [Vec::new(), Vec::new()];
            pieces(scene, node, &choice.consequent, &mut ways[0], depth + 1);
            pieces(scene, node, &choice.alternate, &mut ways[1], depth + 1);
            let all: Vec<Value> = ways.into_iter().filter_map(|way| if let [one] = &way[..] { Some(one.value.clone()) } else { None }).collect();
            out.push(if all.len() == 2 { Piece { value: values::some(all), ..unknown } } else { unknown });
        }
        // `new URL(path, base)`
        Expression::NewExpression(call) if matches!(&call.callee, Expression::Identifier(name) if name.name == "URL" || name.name == "Request") => {
            let argument = |number: usize| call.arguments.get(number).and_then(Argument::as_expression);
            if let Some(base) = argument(1).filter(|_| matches!(&call.callee, Expression::Identifier(name) if name.name == "URL")) {
                pieces(scene, node, base, out, depth + 1);
                out.push(Piece { value: Value::Text("/".to_owned()), from: None, key: None });
            }
            if let Some(url) = argument(0) {
                pieces(scene, node, url, out, depth + 1);
            }
        }
        Expression::CallExpression(call) => match call.callee.get_inner_expression() {
            Expression::StaticMemberExpression(member) if matches!(member.property.name.as_str(), "toString" | "trim") => {
                pieces(scene, node, &member.object, out, depth + 1);
            }
            _ => match returned(scene, expression) {
                Some(result) => pieces(scene, node, result, out, depth + 1),
                None => out.push(unknown),
            },
        },
        Expression::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            if name == "href" {
                pieces(scene, node, &member.object, out, depth + 1);
                return;
            }
            let own = match &member.object {
                Expression::ThisExpression(_) => own_member(scene, node, name),
                object => {
                    values::object_of(scene, object).and_then(|object| fields(object).into_iter().find(|(field, _)| field == name)).map(|(_, value)| value)
                }
            };
            match own {
                Some(value) => pieces(scene, node, value, out, depth + 1),
                None => held(scene, expression, out),
            }
        }
        Expression::Identifier(identifier) => {
            let sources = scene.symbol(identifier).map_or(&[][..], |symbol| scene.sources_of(symbol));
            let init = match sources {
                [one] => match one.from {
                    Origin::Expression(init) if one.path.is_empty() && one.field.is_none() && callable(init).is_none() => Some(init),
                    _ => None,
                },
                _ => None,
            };
            match init {
                Some(init) => pieces(scene, node, init, out, depth + 1),
                None => held(scene, expression, out),
            }
        }
        _ => held(scene, expression, out),
    }
}

/// What nothing in the text writes out: a variable of the environment, a name of another module.
fn held<'a>(scene: &mut Scene<'a, '_>, expression: &'a Expression<'a>, out: &mut Vec<Piece<'a>>) {
    let value = match data(values::evaluate(scene, expression)) {
        Value::Via(_, _, inner) => *inner,
        other => other,
    };
    let value = if matches!(value, Value::Env(_) | Value::Import { .. }) { value } else { Value::Nothing };
    out.push(Piece { value, from: Some(expression), key: None });
}

/// A constant text. One with a credential in it is cut off before that.
fn text<'a>(scene: &Scene<'a, '_>, span: Bytes, text: &str, out: &mut Vec<Piece<'a>>) {
    let key = values::literals(scene, span);
    if key == Value::Nothing {
        out.push(Piece { value: Value::Text(text.to_owned()), from: None, key: None });
        return;
    }
    let original = scene.code.original(span.start, span.end);
    let first = scene.values.iter().map(|value| value.start).find(|start| *start >= original.start).unwrap_or(original.start);
    // The quotes of a text are in its span, those of a template are not.
    let written = scene.code.text.get(span.start as usize..span.end as usize).unwrap_or_default();
    let quote = usize::from(written.starts_with(['"', '\'', '`']));
    let before = written.get(quote..(first - original.start).max(quote)).unwrap_or_default();
    let value = if before.contains('\\') { Value::Nothing } else { Value::Text(before.to_owned()) };
    out.push(Piece { value, from: None, key: Some((span, key)) });
}

/// Constant texts of URLs that a module offers to others, added to what its names hold.
pub(in crate::lang::js) fn hold_texts(scene: &Scene, exports: &[crate::lang::Export], holds: &mut Vec<(String, Value)>) {
    for export in exports.iter().take(500) {
        let crate::lang::Target::Local(local) = &export.target else { continue };
        let init = match scene.top_symbol(local).map(|symbol| scene.sources_of(symbol)) {
            Some([one]) if one.path.is_empty() && one.field.is_none() => match one.from {
                Origin::Expression(init) => init,
                _ => continue,
            },
            _ => match scene.offered.iter().find(|(name, _)| name == local) {
                Some((_, Origin::Expression(init))) => init,
                _ => continue,
            },
        };
        let Some(held) = url_text(scene, init, 0) else { continue };
        match (holds.iter_mut().find(|(name, _)| name == local), held) {
            (None, held) => holds.push((local.clone(), held)),
            (Some((_, Value::Object(fields, _))), Value::Object(added, _)) => {
                let new: Vec<(String, Value)> = added.into_iter().filter(|(name, _)| !fields.iter().any(|(known, _)| known == name)).collect();
                fields.extend(new);
            }
            _ => {}
        }
    }
}

/// A text that may be a part of a URL, or an object with some.
fn url_text<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>, depth: u32) -> Option<Value> {
    if depth > 3 || values::literals(scene, expression.span()) != Value::Nothing && constant(expression).is_some() {
        return None;
    }
    let expression = match expression.get_inner_expression() {
        Expression::LogicalExpression(choice) => &choice.right,
        _ => expression,
    };
    if let Some(text) = constant(expression) {
        let is_part = text.len() < 300 && (text.starts_with("http") || text.starts_with('/') || text.contains('.') && !text.contains(char::is_whitespace));
        return is_part.then(|| Value::Text(text.to_owned()));
    }
    let object = match expression.get_inner_expression() {
        Expression::ObjectExpression(object) => object,
        Expression::CallExpression(call) => match call.arguments.first()?.as_expression()?.get_inner_expression() {
            Expression::ObjectExpression(object) => object,
            _ => return None,
        },
        _ => return None,
    };
    let texts: Vec<(String, Value)> =
        fields(object).into_iter().take(MOST).filter_map(|(name, value)| Some((name, url_text(scene, value, depth + 1)?))).collect();
    (!texts.is_empty()).then(|| Value::Object(texts, Vec::new()))
}
