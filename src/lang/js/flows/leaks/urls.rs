//! Keys that become a part of a URL: its query, its path, its user name and password. Servers, proxies and browsers keep
//! what they are asked for.

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, BinaryExpression, CallExpression, Expression, NewExpression, ObjectProperty, ObjectPropertyKind, TemplateLiteral};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span as Bytes};
use oxc_syntax::operator::BinaryOperator;

use super::super::{Out, root};
use super::{Ground, Piece, holes, method, note};
use crate::lang::hint::may_say_secret;
use crate::lang::js::scene::{Origin, Scene, constant};
use crate::lang::js::values::{self, last_name, object_of};
use crate::lang::{Sink, Value};

/// Pieces of one text; more than these nobody writes.
const MOST: usize = 60;

pub(super) fn of_template<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, ground: &Ground, node: NodeId, template: &'a TemplateLiteral<'a>) {
    if template.expressions.is_empty() || ground.is_told(template.span) || is_within_text(scene, node) {
        return;
    }
    let pieces = holes(template);
    of_pieces(scene, out, node, template.span, &pieces);
}

/// Texts put together with `+`; the outermost sum is looked at.
pub(super) fn of_sum<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, ground: &Ground, node: NodeId, sum: &'a BinaryExpression<'a>) {
    if sum.operator != BinaryOperator::Addition || ground.is_told(sum.span) {
        return;
    }
    if matches!(scene.nodes.parent_kind(node), AstKind::BinaryExpression(outer) if outer.operator == BinaryOperator::Addition) {
        return;
    }
    let mut pieces = vec![piece(&sum.right)];
    let mut at = &sum.left;
    while let Expression::BinaryExpression(inner) = at.get_inner_expression() {
        if inner.operator != BinaryOperator::Addition || pieces.len() > MOST {
            break;
        }
        pieces.push(piece(&inner.right));
        at = &inner.left;
    }
    pieces.push(piece(at));
    pieces.reverse();
    if pieces.iter().any(|piece| matches!(piece, Piece::Word(_))) {
        of_pieces(scene, out, node, sum.span, &pieces);
    }
}

fn piece<'a>(expression: &'a Expression<'a>) -> Piece<'a> {
    constant(expression).map_or(Piece::Hole(expression), Piece::Word)
}

/// Whether a template is a piece of a text around it, which is looked at as a whole.
fn is_within_text(scene: &Scene, node: NodeId) -> bool {
    matches!(scene.nodes.parent_kind(node), AstKind::TaggedTemplateExpression(_))
}

fn of_pieces<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, span: Bytes, pieces: &[Piece<'a>]) {
    let is_url = begins_as_url(scene, pieces);
    let mut before = String::new();
    for (number, piece) in pieces.iter().enumerate().take(MOST) {
        let hole = match piece {
            Piece::Word(word) => {
                before.push_str(word);
                continue;
            }
            Piece::Hole(hole) => hole,
        };
        let after = match pieces.get(number + 1) {
            Some(Piece::Word(word)) => *word,
            _ => "",
        };
        if let Some(fields) = query_object(scene, hole).filter(|_| before.ends_with(['?', '&'])) {
            fields_of(scene, out, node, span, fields);
        } else if let Some(part) = part(&before, after, is_url) {
            let mut value = values::told(scene, hole);
            if value == Value::Nothing && part.name.is_some_and(may_say_secret) && values::shown(scene, hole) == Value::Nothing {
                let at = scene.spot(hole.span());
                value = Value::Named(at, part.name.unwrap_or("").to_owned());
            } else if let Some(name) = part.name.filter(|name| may_say_secret(name) && value != Value::Nothing) {
                value = with_name(scene, value, name, hole.span());
            }
            note(scene, out, node, Sink::Url(part.text()), span, value);
        }
        // What a hole holds is a part of the path or the query, and hides no end of either.
        before.push('\u{1}');
    }
}

/// A value that is known by a weak name, and the name of the parameter that it becomes.
fn with_name(scene: &mut Scene, value: Value, name: &str, span: Bytes) -> Value {
    match &value {
        Value::Named(_, known) if known != name => {
            let at = scene.spot(span);
            values::some(vec![value, Value::Named(at, name.to_owned())])
        }
        _ => value,
    }
}

/// A part of a URL.
struct Part<'t> {
    kind: &'static str,
    name: Option<&'t str>,
}

impl Part<'_> {
    fn text(&self) -> String {
        self.name.map_or_else(|| self.kind.to_owned(), |name| format!("{} `{name}`", self.kind))
    }
}

/// Schemes whose user name and password are how the thing works: databases, queues, mail.
fn is_of_the_web(before: &str) -> bool {
    let scheme = before.split("://").next().unwrap_or("");
    let scheme: String = scheme.chars().rev().take_while(|char| char.is_ascii_alphanumeric() || *char == '+').collect();
    matches!(scheme.chars().rev().collect::<String>().to_ascii_lowercase().as_str(), "http" | "https" | "ws" | "wss" | "ftp" | "" | "git+https")
}

/// The part of a URL that stands after `before`.
fn part<'t>(before: &'t str, after: &str, is_url: bool) -> Option<Part<'t>> {
    if let Some(at) = before.rfind(['?', '&'])
        && let Some(name) = before[at + 1..].strip_suffix('=')
        && !name.is_empty()
        && name.len() < 60
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.[]$".contains(&byte))
    {
        return Some(Part { kind: "the query parameter", name: Some(name) });
    }
    if let Some((_, authority)) = before.split_once("://")
        && !authority.contains(['/', '?', ' '])
        && is_of_the_web(before)
    {
        let is_user = after.starts_with('@') || after.starts_with(':') && !after[1..].starts_with(|char: char| char.is_ascii_digit());
        return is_user.then_some(Part { kind: "the user name and password", name: None });
    }
    if !is_url || before.contains(['?', ' ', '\n']) || !is_of_the_web(before) {
        return None;
    }
    // A host that is a hole, or the path of one that is written.
    let is_path = before.rfind('/').is_some_and(|at| at > 0 || before.len() > 1);
    is_path.then_some(Part { kind: "the path", name: None })
}

/// Whether pieces begin a URL: with a scheme, or with a name that holds one.
fn begins_as_url<'a>(scene: &Scene<'a, '_>, pieces: &[Piece<'a>]) -> bool {
    match pieces.iter().find(|piece| !matches!(piece, Piece::Word(""))) {
        Some(Piece::Word(word)) => ["http://", "https://", "wss://", "ws://"].iter().any(|scheme| word.starts_with(scheme)),
        Some(Piece::Hole(hole)) => {
            let is_next = matches!(pieces.iter().skip_while(|piece| !matches!(piece, Piece::Hole(_))).nth(1), Some(Piece::Word(word)) if word.starts_with('/'));
            let name = last_name(hole).unwrap_or("").to_ascii_lowercase();
            is_next && (["url", "uri", "base", "host", "endpoint", "origin", "server"].iter().any(|end| name.ends_with(end)) || holds_url(scene, hole))
        }
        None => false,
    }
}

fn holds_url<'a>(scene: &Scene<'a, '_>, hole: &'a Expression<'a>) -> bool {
    let Expression::Identifier(identifier) = hole.get_inner_expression() else { return false };
    let Some(symbol) = scene.symbol(identifier) else { return false };
    scene.sources_of(symbol).iter().any(|source| match source.from {
        Origin::Expression(init) => constant(init).is_some_and(|text| text.starts_with("http")),
        _ => false,
    })
}

/// The object that a query is made of: `new URLSearchParams({...})`, `qs.stringify({...})`, also by a name.
fn query_object<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>) -> Option<&'a oxc_ast::ast::ObjectExpression<'a>> {
    let mut at = expression.get_inner_expression();
    for _ in 0..6 {
        at = match at {
            Expression::CallExpression(call) => match method(call) {
                Some((object, "toString")) => object.get_inner_expression(),
                Some((object, "stringify")) if matches!(last_name(object), Some("qs" | "querystring" | "queryString")) => {
                    return object_of(scene, call.arguments.first()?.as_expression()?);
                }
                _ => return None,
            },
            Expression::NewExpression(made) if last_name(&made.callee) == Some("URLSearchParams") => {
                return object_of(scene, made.arguments.first()?.as_expression()?);
            }
            Expression::Identifier(identifier) => scene.sources_of(scene.symbol(identifier)?).iter().find_map(|source| match source.from {
                Origin::Expression(init) if source.path.is_empty() && source.field.is_none() => Some(init.get_inner_expression()),
                _ => None,
            })?,
            _ => return None,
        };
    }
    None
}

/// Each field of an object as a query parameter.
fn fields_of<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, span: Bytes, object: &'a oxc_ast::ast::ObjectExpression<'a>) {
    for property in object.properties.iter().take(MOST) {
        match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                let Some(name) = property.key.static_name() else { continue };
                let mut value = values::told(scene, &property.value);
                if may_say_secret(&name) {
                    value = with_name(scene, value, &name, property.value.span());
                }
                note(scene, out, node, Sink::Url(format!("the query parameter `{name}`")), span, value);
            }
            ObjectPropertyKind::SpreadProperty(spread) => {
                let value = values::told(scene, &spread.argument);
                note(scene, out, node, Sink::Url("the query".to_owned()), span, value);
            }
        }
    }
}

/// `url.searchParams.set('token', key)`, and a list of parameters that a text later takes.
pub(super) fn of_call<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, call: &'a CallExpression<'a>) {
    let Some((object, "set" | "append")) = method(call) else { return };
    let is_url = match object.get_inner_expression() {
        Expression::StaticMemberExpression(member) => member.property.name == "searchParams",
        Expression::Identifier(identifier) => scene.symbol(identifier).is_some_and(|symbol| is_joined(scene, symbol)),
        _ => false,
    };
    if !is_url {
        return;
    }
    let (Some(first), Some(second)) = (call.arguments.first().and_then(Argument::as_expression), call.arguments.get(1).and_then(Argument::as_expression))
    else {
        return;
    };
    let Some(name) = constant(first) else { return };
    let mut value = values::told(scene, second);
    if may_say_secret(name) && value != Value::Nothing {
        value = with_name(scene, value, name, second.span());
    }
    note(scene, out, node, Sink::Url(format!("the query parameter `{name}`")), call.span, value);
}

/// Whether a name holds parameters that become a part of a URL: it is written into a text, or is the parameters of one.
fn is_joined(scene: &Scene, symbol: oxc_semantic::SymbolId) -> bool {
    let (mut is_list, mut is_of_url) = (false, false);
    for source in scene.sources_of(symbol) {
        let Origin::Expression(init) = source.from else { continue };
        match init.get_inner_expression() {
            Expression::NewExpression(made) => is_list |= last_name(&made.callee) == Some("URLSearchParams"),
            Expression::StaticMemberExpression(member) => is_of_url |= member.property.name == "searchParams",
            _ => {}
        }
        is_of_url |= matches!(source.path.last(), Some(crate::lang::js::scene::Step::Field(name)) if name == "searchParams");
    }
    is_of_url
        || is_list
            && scene.scoping.get_resolved_references(symbol).take(40).any(|reference| {
                let mut parents = scene.nodes.ancestors(reference.node_id()).take(3).map(|parent| parent.kind());
                parents.any(|kind| match kind {
                    AstKind::TemplateLiteral(_) => true,
                    AstKind::BinaryExpression(sum) => sum.operator == BinaryOperator::Addition,
                    _ => false,
                })
            })
}

/// `new URL('/x?key=' + key, base)` is found by its text; this finds a query object that is given as a whole.
pub(super) fn of_new<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, _: &mut Ground, node: NodeId, call: &'a NewExpression<'a>) {
    // url.search = new URLSearchParams({ key })
    if last_name(&call.callee) != Some("URLSearchParams") {
        return;
    }
    let AstKind::AssignmentExpression(assignment) = parent(scene, node) else { return };
    let is_search = matches!(&assignment.left, oxc_ast::ast::AssignmentTarget::StaticMemberExpression(member) if member.property.name == "search");
    if let Some(object) = call.arguments.first().and_then(Argument::as_expression).and_then(|first| object_of(scene, first)).filter(|_| is_search) {
        fields_of(scene, out, node, call.span, object);
    }
}

/// What is around a node, calls of `toString` left out.
fn parent<'a>(scene: &Scene<'a, '_>, node: NodeId) -> AstKind<'a> {
    let is_wrapper = |kind: &AstKind| match kind {
        AstKind::StaticMemberExpression(member) => member.property.name == "toString",
        AstKind::CallExpression(call) => matches!(method(call), Some((_, "toString"))),
        _ => false,
    };
    let mut ancestors = scene.nodes.ancestors(node).map(|ancestor| ancestor.kind()).filter(|kind| !matches!(kind, AstKind::NewExpression(_)));
    ancestors.find(|kind| !is_wrapper(kind)).unwrap_or(AstKind::Program(scene.program))
}

/// `axios.get(url, { params: { api_key: key } })`, `got(url, { searchParams: { key } })`
pub(super) fn of_property<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, node: NodeId, property: &'a ObjectProperty<'a>) {
    let name = property.key.static_name();
    let name = name.as_deref().unwrap_or("");
    if !["params", "searchParams", "qs", "query"].contains(&name) {
        return;
    }
    let around = scene.nodes.ancestors(node).skip(1).take(2).find_map(|ancestor| match ancestor.kind() {
        AstKind::CallExpression(call) => Some(call),
        _ => None,
    });
    let Some(call) = around else { return };
    let callee = last_name(&call.callee).unwrap_or("");
    let owner = root(&call.callee).unwrap_or("").to_ascii_lowercase();
    let is_method = ["get", "post", "put", "patch", "delete", "head", "request", "create"].contains(&callee);
    let is_client = ["axios", "http", "client", "instance", "request", "this", "got", "ky", "api"].iter().any(|client| owner.contains(client));
    let is_one = match name {
        "params" => callee == "axios" || is_method && is_client,
        "searchParams" => true,
        "qs" => callee == "request" || owner == "request" || owner == "cy",
        _ => ["$fetch", "ofetch", "useFetch"].contains(&callee),
    };
    if !is_one {
        return;
    }
    if let Some(object) = object_of(scene, &property.value) {
        for field in object.properties.iter().filter_map(|field| field.as_property()).take(MOST) {
            let Some(name) = field.key.static_name() else { continue };
            let mut value = values::told(scene, &field.value);
            if may_say_secret(&name) {
                value = with_name(scene, value, &name, field.value.span());
            }
            note(scene, out, node, Sink::Url(format!("the query parameter `{name}`")), field.span, value);
        }
    }
}
