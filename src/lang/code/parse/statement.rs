//! Statements: what each begins with, and assignments.

use super::{Parser, Stop};
use crate::lang::code::language::{Blocks, Special};
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Given, NodeIx, What};

/// Signs that give a value to what stands before them.
const GIVES: &[&str] = &["=", ":=", "+=", ".=", "||=", "??=", "&&=", "|=", "*=", "-=", "/=", "%=", "<<="];

impl<'t> Parser<'t> {
    pub(super) fn statement(&mut self) {
        let from = self.at;
        let Some(kind) = self.kind(from) else { return };
        match kind {
            Kind::Open if self.is(from, "{") && self.grammar.blocks == Blocks::Braces => {
                self.braces(self.scope);
                return;
            }
            Kind::Open if self.is(from, "[") && self.grammar.types_first && self.is_name(from + 1) && self.newline(self.closing(from) + 1) => {
                // An attribute on a line of its own.
                let close = self.closing(from);
                self.at = close + 1;
                let span = self.span_from(from);
                self.marks.push(span);
                return;
            }
            Kind::Close => {
                self.at += 1;
                return;
            }
            Kind::Sign if matches!(self.word(from), ";" | ",") => {
                self.at += 1;
                return;
            }
            Kind::Sign if self.word(from) == "@" || self.word(from) == "#" => {
                self.mark(from);
                return;
            }
            Kind::Name if self.word(from).starts_with('@') && self.language.lexis.name_starts.contains('@') && self.grammar.types_first => {
                self.mark(from);
                return;
            }
            // The branches of a choice: what stands before the arrow is a pattern.
            Kind::Sign if self.word(from) == "->" && self.language.lexis.special == Special::Elixir => {
                self.at += 1;
                return;
            }
            Kind::Name if self.language.lexis.special == Special::Elixir && self.word(from).starts_with('@') && self.setting(from) => return,
            Kind::Name if self.keyword(from) => return,
            _ => {}
        }
        self.plain(from);
    }

    /// Elixir's `@name value`: a setting of the module; whether it was one.
    fn setting(&mut self, from: usize) -> bool {
        if self.ends_here(from) || !self.token(from + 1).is_some_and(|token| token.space) || self.kind(from + 1) == Some(Kind::Sign) && !self.is(from + 1, "%")
        {
            return false;
        }
        let name = self.word(from);
        let is_type = matches!(name, "@spec" | "@type" | "@typep" | "@opaque" | "@callback" | "@macrocallback");
        let until = (from + 1..self.end).find(|at| self.newline(*at)).unwrap_or(self.end);
        if is_type {
            self.at = until;
            return true;
        }
        self.at = from + 1;
        let value = self.expression(0);
        if name == "@derive" {
            let span = self.span_from(from);
            if let Some(class) = self.class_here() {
                self.tree.classes[class as usize].marks.push(span);
            }
        } else {
            let span = self.tokens[from].span();
            self.give(self.scope, name, Given::Node(value, None), span, false);
        }
        true
    }

    /// `@Name(...)`, `#[...]`: kept for what follows.
    fn mark(&mut self, from: usize) {
        self.at = from + 1;
        if self.word(from) == "#" && !self.is(self.at, "[") && !self.is(self.at, "!") {
            return;
        }
        if self.is(self.at, "!") {
            self.at += 1;
        }
        if self.is(self.at, "[") {
            self.at = (self.closing(self.at) + 1).min(self.end);
        } else {
            while self.is_name(self.at) && !self.newline(self.at) {
                self.at += 1;
                if !self.is(self.at, ".") && !self.is(self.at, ":") {
                    break;
                }
                self.at += 1;
            }
            if self.is(self.at, "(") && !self.token(self.at).is_some_and(|token| token.space) {
                self.at = (self.closing(self.at) + 1).min(self.end);
            }
        }
        // Elixir's `@name value` is a setting of the module.
        let span = self.span_from(from);
        if self.marks.len() < 20 {
            self.marks.push(span);
        }
    }

    /// A statement that begins with a word of the language; whether it was one.
    fn keyword(&mut self, from: usize) -> bool {
        let word = self.word(from);
        let grammar = self.grammar;
        // `object.class`, `class: x`, `return` as a field.
        if self.is(from + 1, ":") && grammar.blocks != Blocks::Indent && !matches!(word, "else" | "default" | "try" | "do") {
            return false;
        }
        if grammar.imports.contains(&word) && self.import(from) {
            self.marks.clear();
            return true;
        }
        if grammar.modifiers.contains(&word) && self.is_name(from + 1) && !self.newline(from + 1) {
            self.at += 1;
            return true;
        }
        if self.class(from) || self.function(from) {
            return true;
        }
        if grammar.returns.contains(&word) {
            self.at += 1;
            self.last = None;
            if !self.ends_here(from) {
                let value = self.list();
                let scope = self.tree.scopes[self.scope as usize];
                if let Some(function) = scope.function {
                    self.tree.functions[function as usize].results.push(value);
                }
            }
            self.modifier();
            return true;
        }
        if grammar.throws.contains(&word) && !self.is(from + 1, "(") || grammar.throws.contains(&word) && !grammar.commands {
            self.thrown(from);
            self.modifier();
            return true;
        }
        if grammar.command_words.contains(&word) && !self.is(from + 1, "=") && !self.is(from + 1, ".") {
            self.at += 1;
            self.last = Some(self.command(from, None));
            return true;
        }
        if grammar.control.contains(&word) {
            self.control(from);
            return true;
        }
        // `const fn f() {`
        if grammar.declares.contains(&word) && grammar.functions.contains(&self.word(from + 1)) {
            self.at += 1;
            return true;
        }
        if grammar.declares.contains(&word) && (self.is_name(from + 1) || self.kind(from + 1) == Some(Kind::Open)) {
            self.declare(from);
            return true;
        }
        false
    }

    /// Whether nothing follows the word at `from` in its statement.
    pub(super) fn ends_here(&self, from: usize) -> bool {
        let at = from + 1;
        match self.token(at) {
            None => true,
            Some(token) => {
                matches!(self.word(at), ";" | "}" | ")") && !matches!(token.kind, Kind::Text(_))
                    || token.newline && self.grammar.newline_ends && !self.inside
                    || self.grammar.blocks == Blocks::Ends && matches!(self.word(at), "end" | "if" | "unless")
            }
        }
    }

    /// `throw x`, `raise X, "y"`: one expression for all that is thrown.
    pub(super) fn thrown(&mut self, from: usize) -> NodeIx {
        self.at = from + 1;
        if self.ends_here(from) {
            let span = self.span_from(from);
            return self.unknown(span);
        }
        let mut values = vec![self.expression(0)];
        while self.is(self.at, ",") && !self.inside {
            self.at += 1;
            let (name, value) = self.named();
            let _ = name;
            values.push(value);
        }
        let span = self.span_from(from);
        let node = match values.len() {
            1 => values[0],
            _ => self.node(What::List(values), span),
        };
        if self.grammar.blocks == Blocks::Indent && self.is(self.at, "from") {
            self.at += 1;
            self.expression(0);
        }
        self.tree.throws.push((node, span));
        node
    }

    /// An expression, or what is given to a name; or a declaration that begins with a type.
    fn plain(&mut self, from: usize) {
        if self.grammar.types_first && self.typed(from) {
            return;
        }
        self.last = None;
        let value = self.assignment();
        self.last = Some(value);
        // `Some(x) => ...`, `Ok(x) if c => ...`
        if let (Some(matched), What::Call(call)) = (self.matched, &self.tree.node(value).what)
            && matches!(self.word(self.at), "=>" | "if" | "|")
            && matches!(self.tree.last_name(call.callee), Some("Some" | "Ok"))
        {
            self.bind(value, Given::Node(matched, None), true);
        }
        let here = self.tree.scopes[self.scope as usize];
        if here.class.is_some() && here.function.is_none() && matches!(self.word(from + 1), ":" | "=") {
            self.field_here(from);
        }
        self.modifier();
        if self.grammar.blocks == Blocks::Ends && self.is(self.at, "do") && !self.newline(self.at) && !self.is(self.at + 1, ":") {
            let column = self.column(from);
            self.at += 1;
            self.enter(column, self.scope, None);
        }
    }

    /// `x if y`, `x unless y`: the condition behind a statement.
    fn modifier(&mut self) {
        if self.grammar.blocks != Blocks::Ends || self.newline(self.at) {
            return;
        }
        for _ in 0..4 {
            if !matches!(self.word(self.at), "if" | "unless" | "while" | "until" | "rescue") || !self.is_name(self.at) || self.newline(self.at) {
                return;
            }
            self.at += 1;
            self.expression(0);
        }
    }

    /// An expression that may give its value to what stands before a sign.
    pub(super) fn assignment(&mut self) -> NodeIx {
        let from = self.at;
        let first = self.expression(0);
        let mut targets = vec![first];
        if self.is(self.at, ",") && !self.inside && self.is_target(first) && self.is_several(self.at) {
            while self.is(self.at, ",") {
                self.at += 1;
                if self.is(self.at, "=") {
                    break;
                }
                targets.push(self.expression(1));
            }
        }
        // `name: Type = value`
        let mut type_span = None;
        if self.is(self.at, ":") && self.grammar.blocks == Blocks::Indent && self.is_target(first) && !self.no_block && !self.inside {
            type_span = self.skip_type(self.at + 1);
        } else if self.grammar.newline_ends && !self.inside && !self.grammar.commands && targets.len() == 1 && self.is_target(first) {
            type_span = self.type_behind();
        }
        let sign = self.word(self.at);
        if !GIVES.contains(&sign) || matches!(self.kind(self.at), Some(Kind::Text(_)) | None) {
            // Declared with its type alone.
            if let (Some(types), What::Name(name)) = (type_span, self.tree.node(first).what.clone()) {
                let span = self.tree.node(first).span;
                self.give(self.scope, name, Given::Empty, span, true);
                if let Some(last) = self.tree.bindings.get_mut(&(self.scope, name)).and_then(|all| all.last_mut()) {
                    last.type_span = types;
                }
            }
            return first;
        }
        let adds = !matches!(sign, "=" | ":=");
        self.at += 1;
        let value = self.value_of_assignment();
        self.targets(&targets, value, adds, type_span);
        let span = self.span_from(from);
        self.node(What::Assign(value), span)
    }

    /// What stands behind the sign: another assignment, or several values.
    fn value_of_assignment(&mut self) -> NodeIx {
        if self.is_full() {
            self.at += 1;
            let span = self.span_from(self.at - 1);
            return self.unknown(span);
        }
        self.depth += 1;
        let from = self.at;
        let mut values = vec![self.assignment_inner()];
        while self.is(self.at, ",") && !self.inside && !self.no_block {
            self.at += 1;
            values.push(self.expression(0));
        }
        self.depth -= 1;
        let span = self.span_from(from);
        if values.len() == 1 { values[0] } else { self.node(What::List(values), span) }
    }

    fn assignment_inner(&mut self) -> NodeIx {
        let from = self.at;
        let value = self.expression(0);
        if self.is(self.at, "=") && self.is_target(value) {
            self.at += 1;
            let inner = self.value_of_assignment();
            self.bind(value, Given::Node(inner, None), false);
            let span = self.span_from(from);
            return self.node(What::Assign(inner), span);
        }
        value
    }

    /// Whether a name is the instance that a method is of.
    pub(super) fn is_self(&self, name: &str) -> bool {
        self.grammar.selves.contains(&name) || self.receiver() == Some(name)
    }

    /// The class around here.
    pub(super) fn class_here(&self) -> Option<u32> {
        let mut scope = self.scope;
        for _ in 0..60 {
            let here = self.tree.scopes[scope as usize];
            if here.class.is_some() {
                return here.class;
            }
            scope = here.parent?;
        }
        None
    }

    /// The text of a constant, where nothing else is in it.
    pub(super) fn plain_text(&self, node: NodeIx) -> Option<String> {
        match &self.tree.node(node).what {
            What::Text(parts) if parts.is_empty() => Some(String::new()),
            _ => self.plain_span(node).map(|span| self.text[span.start..span.end].to_owned()),
        }
    }

    /// Where the text of a constant stands.
    pub(super) fn plain_span(&self, node: NodeIx) -> Option<crate::text::Span> {
        use crate::lang::code::tree::Part;
        match &self.tree.node(node).what {
            What::Text(parts) => match parts[..] {
                [Part::Plain(span)] if span.len() <= 200 => Some(span),
                _ => None,
            },
            _ => None,
        }
    }

    /// Expressions with commas between them, as one.
    pub(super) fn list(&mut self) -> NodeIx {
        let from = self.at;
        let mut values = vec![self.expression(0)];
        while self.is(self.at, ",") && !self.inside {
            self.at += 1;
            values.push(self.expression(0));
        }
        let span = self.span_from(from);
        if values.len() == 1 { values[0] } else { self.node(What::List(values), span) }
    }

    /// Reads the statements of a closure up to its `end`.
    pub(super) fn body_to_end(&mut self, scope: u32) -> Option<NodeIx> {
        let (outer, block) = (self.scope, self.block);
        let (inside, no_block) = (self.inside, self.no_block);
        (self.inside, self.no_block) = (false, false);
        self.block = self.new_block();
        self.scope = scope;
        self.last = None;
        let branches = self.branches.len();
        if self.is_full() {
            self.at = self.end;
        } else {
            self.statements(Stop::End);
        }
        self.join_branches(branches);
        (self.scope, self.block) = (outer, block);
        (self.inside, self.no_block) = (inside, no_block);
        self.last
    }
}
