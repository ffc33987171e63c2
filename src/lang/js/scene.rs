//! A parsed text with what its names stand for: the ground on which all facts are read.

use rustc_hash::FxHashMap;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    ArrowFunctionExpression, AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, BindingPattern, CallExpression, Class, Expression,
    FormalParameters, Function, IdentifierReference, Program, Statement,
};
use oxc_semantic::{AstNodes, NodeId, Scoping, Semantic, SymbolId};
use oxc_span::{GetSpan, Span as Bytes};
use oxc_syntax::operator::AssignmentOperator;

use super::embed::Code;
use crate::lang::{Import, Read, SpotIx, Spots};
use crate::text::Span;

/// What a name gets its value from.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    pub(super) from: Origin<'a>,
    /// The way from there by destructuring.
    pub(super) path: Vec<Step>,
    /// The property of the name that gets it, as in `config.key = ...`.
    pub(super) field: Option<&'a str>,
    /// The assignment by which it gets it; `None` for a declaration.
    pub(super) by: Option<NodeId>,
}

/// Where a value begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin<'a> {
    Expression(&'a Expression<'a>),
    /// A parameter of a function: its node, and its place.
    Parameter(NodeId, u32),
    Function(Callable<'a>),
    Class(&'a Class<'a>),
    /// A name of an import: its number, and the other module's name.
    Import(u32, &'a str),
}

/// Sources that are kept of one name.
const MOST_SOURCES: usize = 12;

/// Some of the sources of a name: a bit for each, in their order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen(u16);

impl Chosen {
    /// Every one.
    pub(super) const ALL: Self = Self(u16::MAX);

    /// Whether the one at a place is among them.
    pub(super) fn has(self, at: usize) -> bool {
        at < MOST_SOURCES && self.0 >> at & 1 == 1
    }
}

/// One step of destructuring.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Field(String),
    /// One of the items.
    Item,
    /// All but these fields.
    Rest(Vec<String>),
}

/// A function as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Callable<'a> {
    Function(&'a Function<'a>),
    Arrow(&'a ArrowFunctionExpression<'a>),
}

impl<'a> Callable<'a> {
    pub(super) fn node(self) -> NodeId {
        match self {
            Self::Function(function) => function.node_id.get(),
            Self::Arrow(arrow) => arrow.node_id.get(),
        }
    }

    pub(super) fn parameters(self) -> &'a FormalParameters<'a> {
        match self {
            Self::Function(function) => &function.params,
            Self::Arrow(arrow) => &arrow.params,
        }
    }

    /// Whether it begins with "use server".
    pub(super) fn is_server(self) -> bool {
        let body = match self {
            Self::Function(function) => function.body.as_deref(),
            Self::Arrow(arrow) => arrow.body.as_function_body(),
        };
        body.is_some_and(|body| body.directives.iter().any(|directive| directive.directive == "use server"))
    }
}

/// The function that an expression is.
pub(super) fn callable<'a>(expression: &'a Expression<'a>) -> Option<Callable<'a>> {
    match expression.get_inner_expression() {
        Expression::FunctionExpression(function) => Some(Callable::Function(function)),
        Expression::ArrowFunctionExpression(arrow) => Some(Callable::Arrow(arrow)),
        _ => None,
    }
}

/// See the module.
pub(super) struct Scene<'a, 's> {
    pub(super) path: &'s str,
    pub(super) code: &'s Code,
    pub(super) values: &'s [Span],
    pub(super) program: &'a Program<'a>,
    pub(super) nodes: &'s AstNodes<'a>,
    pub(super) scoping: &'s Scoping,
    /// Bytes of the statements that are parts.
    pub(super) statements: Vec<Bytes>,
    /// What each name gets its value from, by its number.
    pub(super) sources: Vec<Vec<Source<'a>>>,
    /// What each function returns, by its node.
    pub(super) returns: FxHashMap<NodeId, Vec<&'a Expression<'a>>>,
    /// What the fields of `this` are given, by the class and the field.
    pub(super) own: FxHashMap<(NodeId, &'a str), Vec<&'a Expression<'a>>>,
    /// Calls of functions of the text, by the function; filled in for what is logged alone.
    pub(super) callers: FxHashMap<NodeId, Vec<&'a CallExpression<'a>>>,
    pub(super) imports: Vec<Import>,
    /// The import that an expression is, by where it begins.
    pub(super) import_at: FxHashMap<u32, u32>,
    pub(super) reads: Vec<Read>,
    /// The read that an expression is, by its bytes.
    pub(super) read_at: FxHashMap<(u32, u32), u32>,
    /// The read that a name holds.
    pub(super) read_of: FxHashMap<SymbolId, u32>,
    /// Values that are exported without a name of the module's scope, by the names that they get: `default`, `exports.key`.
    pub(super) offered: Vec<(String, Origin<'a>)>,
    /// Steps that the search for an object of variables has left.
    pub(super) steps: std::cell::Cell<u32>,
    /// The object of variables that an expression is, by its address: it is asked whenever an evaluation comes by.
    pub(super) wholes: FxHashMap<usize, Option<super::reads::Object>>,
    /// Which sources of its name a use sees.
    seen_at: FxHashMap<NodeId, Chosen>,
    spots: &'s mut Spots,
    spot_at: FxHashMap<(u32, u32), SpotIx>,
    pub(super) eval: super::values::Evaluation,
}

impl<'a, 's> Scene<'a, 's> {
    pub(super) fn new(path: &'s str, code: &'s Code, values: &'s [Span], spots: &'s mut Spots, program: &'a Program<'a>, semantic: &'s Semantic<'a>) -> Self {
        let is_part = |statement: &&Statement| !matches!(statement, Statement::EmptyStatement(_));
        Self {
            path,
            code,
            values,
            program,
            nodes: semantic.nodes(),
            scoping: semantic.scoping(),
            statements: program.body.iter().filter(is_part).map(|statement| statement.span()).collect(),
            sources: vec![Vec::new(); semantic.scoping().symbols_len()],
            returns: FxHashMap::default(),
            own: FxHashMap::default(),
            callers: FxHashMap::default(),
            imports: Vec::new(),
            import_at: FxHashMap::default(),
            reads: Vec::new(),
            read_at: FxHashMap::default(),
            read_of: FxHashMap::default(),
            offered: Vec::new(),
            steps: std::cell::Cell::new(0),
            wholes: FxHashMap::default(),
            seen_at: FxHashMap::default(),
            spots,
            spot_at: FxHashMap::default(),
            eval: super::values::Evaluation::default(),
        }
    }

    /// Notes a place, once.
    pub(super) fn spot(&mut self, span: Bytes) -> SpotIx {
        let (spots, code) = (&mut *self.spots, self.code);
        *self.spot_at.entry((span.start, span.end)).or_insert_with(|| spots.add(code.original(span.start, span.end)))
    }

    /// Notes a place of the original text.
    pub(super) fn spot_of_original(&mut self, span: Span) -> SpotIx {
        self.spots.add(span)
    }

    /// The number of the statement that a byte is in.
    pub(super) fn part_at(&self, at: u32) -> u32 {
        self.statements.partition_point(|statement| statement.start <= at).saturating_sub(1) as u32
    }

    /// The name that an identifier stands for; `None` for one that the text does not declare.
    pub(super) fn symbol(&self, identifier: &IdentifierReference) -> Option<SymbolId> {
        self.scoping.get_reference(identifier.reference_id.get()?).symbol_id()
    }

    pub(super) fn sources_of(&self, symbol: SymbolId) -> &[Source<'a>] {
        self.sources.get(symbol.index()).map_or(&[], Vec::as_slice)
    }

    /// Those of a name's sources that were chosen.
    pub(super) fn chosen(&self, symbol: SymbolId, chosen: Chosen) -> impl Iterator<Item = &Source<'a>> {
        self.sources_of(symbol).iter().enumerate().filter(move |(at, _)| chosen.has(*at)).map(|(_, source)| source)
    }

    /// Whether a name is the module's own: declared in its outermost scope.
    pub(super) fn is_top(&self, symbol: SymbolId) -> bool {
        self.scoping.symbol_scope_id(symbol) == self.scoping.root_scope_id()
    }

    pub(super) fn top_symbol(&self, name: &str) -> Option<SymbolId> {
        self.scoping.get_binding(self.scoping.root_scope_id(), name.into())
    }

    /// The specifier by which an identifier is imported, and the other module's name for it.
    pub(super) fn imported(&self, identifier: &IdentifierReference) -> Option<(&str, &'a str)> {
        let symbol = self.symbol(identifier)?;
        self.sources_of(symbol).iter().find_map(|source| match source.from {
            Origin::Import(import, name) => Some((self.imports.get(import as usize)?.specifier.as_str(), name)),
            _ => None,
        })
    }

    /// Gives names their sources and functions their results.
    pub(super) fn bind(&mut self) {
        for node in self.nodes.iter() {
            match node.kind() {
                AstKind::VariableDeclarator(declarator) => {
                    let (from, path) = match &declarator.init {
                        Some(init) => (Origin::Expression(init), Vec::new()),
                        None => match self.nodes.parent_kind(self.nodes.parent_id(node.id())) {
                            AstKind::ForOfStatement(each) => (Origin::Expression(&each.right), vec![Step::Item]),
                            _ => continue,
                        },
                    };
                    self.bind_pattern(&declarator.id, from, path);
                }
                AstKind::Function(function) => {
                    let own = function.id.as_ref().and_then(|id| id.symbol_id.get());
                    if let Some(symbol) = own.filter(|_| function.body.is_some()) {
                        self.add(symbol, Origin::Function(Callable::Function(function)), Vec::new(), None);
                    }
                    self.bind_parameters(Callable::Function(function));
                }
                AstKind::Class(class) => {
                    if let Some(symbol) = class.id.as_ref().and_then(|id| id.symbol_id.get()) {
                        self.add(symbol, Origin::Class(class), Vec::new(), None);
                    }
                }
                AstKind::ArrowFunctionExpression(arrow) => {
                    if let Some(result) = arrow.get_expression() {
                        self.returns.entry(node.id()).or_default().push(result);
                    }
                    self.bind_parameters(Callable::Arrow(arrow));
                }
                AstKind::ReturnStatement(returned) => {
                    if let Some(result) = &returned.argument
                        && let Some((function, _)) = self.function_around(node.id())
                    {
                        self.returns.entry(function).or_default().push(result);
                    }
                }
                AstKind::AssignmentExpression(assignment) => self.bind_target(&assignment.left, &assignment.right, node.id()),
                _ => {}
            }
        }
    }

    fn bind_target(&mut self, target: &'a AssignmentTarget<'a>, right: &'a Expression<'a>, by: NodeId) {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(identifier) => {
                if let Some(symbol) = self.symbol(identifier) {
                    self.assign(symbol, right, Vec::new(), None, by);
                }
            }
            AssignmentTarget::StaticMemberExpression(member) => match &member.object {
                Expression::Identifier(object) => {
                    if let Some(symbol) = self.symbol(object) {
                        self.assign(symbol, right, Vec::new(), Some(member.property.name.as_str()), by);
                    }
                }
                Expression::ThisExpression(_) => self.bind_own(member.property.name.as_str(), right, by),
                _ => {}
            },
            AssignmentTarget::PrivateFieldExpression(member) if matches!(member.object, Expression::ThisExpression(_)) => {
                self.bind_own(member.field.name.as_str(), right, by);
            }
            // `({ key, token: mine } = settings)`
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                for property in &object.properties {
                    let (identifier, field) = match property {
                        AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(one) => (&one.binding, Some(one.binding.name.to_string())),
                        AssignmentTargetProperty::AssignmentTargetPropertyProperty(one) => match &one.binding {
                            AssignmentTargetMaybeDefault::AssignmentTargetIdentifier(identifier) => {
                                (&**identifier, one.name.static_name().map(|name| name.into_owned()))
                            }
                            _ => continue,
                        },
                    };
                    if let (Some(symbol), Some(field)) = (self.symbol(identifier), field) {
                        self.assign(symbol, right, vec![Step::Field(field)], None, by);
                    }
                }
            }
            _ => {}
        }
    }

    fn assign(&mut self, symbol: SymbolId, right: &'a Expression<'a>, path: Vec<Step>, field: Option<&'a str>, by: NodeId) {
        self.add(symbol, Origin::Expression(right), path, field);
        if let Some(source) = self.sources.get_mut(symbol.index()).and_then(|sources| sources.last_mut()) {
            source.by = Some(by);
        }
    }

    /// `this.key = value`: the class is the innermost one around.
    fn bind_own(&mut self, field: &'a str, right: &'a Expression<'a>, by: NodeId) {
        if let Some(class) = self.class_around(by) {
            let given = self.own.entry((class, field)).or_default();
            if given.len() < 12 {
                given.push(right);
            }
        }
    }

    /// The innermost class around a node.
    pub(super) fn class_around(&self, node: NodeId) -> Option<NodeId> {
        self.nodes.ancestors(node).find(|ancestor| matches!(ancestor.kind(), AstKind::Class(_))).map(|class| class.id())
    }

    /// What a name gets its value from as seen by one use of it: what is assigned later is left out, and what an assignment
    /// before surely replaced.
    /// Tells them by their places among the sources of the name.
    pub(super) fn sources_at(&mut self, symbol: SymbolId, node: NodeId) -> Chosen {
        let all = self.sources_of(symbol);
        if all.len() < 2 || all.iter().all(|source| source.by.is_none()) {
            return Chosen::ALL;
        }
        // A use is asked about whenever an evaluation comes by.
        if let Some(known) = self.seen_at.get(&node) {
            return *known;
        }
        let chosen = self.seen_by(symbol, node);
        self.seen_at.insert(node, chosen);
        chosen
    }

    fn seen_by(&self, symbol: SymbolId, node: NodeId) -> Chosen {
        let all = self.sources_of(symbol);
        let here = self.nodes.kind(node).span().start;
        let function = self.function_around(node).map(|(function, _)| function);
        let is_loop = |kind: AstKind| {
            matches!(
                kind,
                AstKind::ForStatement(_) | AstKind::ForOfStatement(_) | AstKind::ForInStatement(_) | AstKind::WhileStatement(_) | AstKind::DoWhileStatement(_)
            )
        };
        let is_repeated = self.nodes.ancestors(node).any(|ancestor| is_loop(ancestor.kind()));
        let sure = all.iter().filter(|source| source.field.is_none()).filter_map(|source| source.by);
        let sure = sure.filter(|by| self.nodes.kind(*by).span().end <= here && self.is_sure(*by, node));
        let from = sure.map(|by| self.nodes.kind(by).span().start).max();
        let counts = |source: &&Source<'a>| {
            let Some(by) = source.by else { return from.is_none() };
            let span = self.nodes.kind(by).span();
            let is_later = span.end > here && !is_repeated && self.function_around(by).map(|(function, _)| function) == function;
            !is_later && from.is_none_or(|from| span.start >= from)
        };
        Chosen(all.iter().enumerate().filter(|(_, source)| counts(source)).fold(0, |set, (at, _)| set | 1 << at))
    }

    /// Whether an assignment has happened wherever a later node of the same block is reached.
    fn is_sure(&self, by: NodeId, node: NodeId) -> bool {
        let AstKind::AssignmentExpression(assignment) = self.nodes.kind(by) else { return false };
        let statement = self.nodes.parent_id(by);
        if assignment.operator != AssignmentOperator::Assign || !matches!(self.nodes.kind(statement), AstKind::ExpressionStatement(_)) {
            return false;
        }
        let block = self.nodes.parent_id(statement);
        matches!(self.nodes.kind(block), AstKind::BlockStatement(_) | AstKind::FunctionBody(_) | AstKind::Program(_))
            && self.nodes.ancestors(node).any(|ancestor| ancestor.id() == block)
    }

    fn bind_parameters(&mut self, function: Callable<'a>) {
        for (number, parameter) in function.parameters().items.iter().enumerate() {
            self.bind_pattern(&parameter.pattern, Origin::Parameter(function.node(), number as u32), Vec::new());
            if let Some(default) = &parameter.initializer {
                self.bind_pattern(&parameter.pattern, Origin::Expression(default), Vec::new());
            }
        }
    }

    fn bind_pattern(&mut self, pattern: &'a BindingPattern<'a>, from: Origin<'a>, path: Vec<Step>) {
        match pattern {
            BindingPattern::BindingIdentifier(identifier) => {
                if let Some(symbol) = identifier.symbol_id.get() {
                    self.add(symbol, from, path, None);
                }
            }
            BindingPattern::ObjectPattern(object) => {
                let mut taken = Vec::new();
                for property in &object.properties {
                    let Some(name) = property.key.static_name() else { continue };
                    taken.push(name.to_string());
                    self.bind_pattern(&property.value, from, [&path[..], &[Step::Field(name.into_owned())]].concat());
                }
                if let Some(rest) = &object.rest {
                    self.bind_pattern(&rest.argument, from, [&path[..], &[Step::Rest(taken)]].concat());
                }
            }
            BindingPattern::ArrayPattern(array) => {
                for item in array.elements.iter().flatten() {
                    self.bind_pattern(item, from, [&path[..], &[Step::Item]].concat());
                }
                if let Some(rest) = &array.rest {
                    self.bind_pattern(&rest.argument, from, path);
                }
            }
            BindingPattern::AssignmentPattern(assignment) => {
                self.bind_pattern(&assignment.left, from, path);
                self.bind_pattern(&assignment.left, Origin::Expression(&assignment.right), Vec::new());
            }
        }
    }

    pub(super) fn add(&mut self, symbol: SymbolId, from: Origin<'a>, path: Vec<Step>, field: Option<&'a str>) {
        // What is assigned all over the place is unknown for all that can be said here.
        if let Some(sources) = self.sources.get_mut(symbol.index())
            && sources.len() < MOST_SOURCES
        {
            sources.push(Source { from, path, field, by: None });
        }
    }

    /// The innermost function around a node.
    pub(super) fn function_around(&self, node: NodeId) -> Option<(NodeId, Callable<'a>)> {
        self.nodes.ancestors(node).find_map(|ancestor| match ancestor.kind() {
            AstKind::Function(function) => Some((ancestor.id(), Callable::Function(function))),
            AstKind::ArrowFunctionExpression(arrow) => Some((ancestor.id(), Callable::Arrow(arrow))),
            _ => None,
        })
    }

    /// What a function returns, each on its own.
    pub(super) fn results(&self, function: Callable) -> Vec<&'a Expression<'a>> {
        self.returns.get(&function.node()).cloned().unwrap_or_default()
    }
}

/// The text of a constant: a string, or a template without holes.
pub(super) fn constant<'a>(expression: &'a Expression<'a>) -> Option<&'a str> {
    match expression.get_inner_expression() {
        Expression::StringLiteral(literal) => Some(literal.value.as_str()),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => template.quasis.first()?.value.cooked.map(|text| text.as_str()),
        _ => None,
    }
}
