//! Statements.

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

    /// `if x`, `for y in z`, `catch (E e)`: the expressions in it, and its block.
    fn control(&mut self, from: usize) {
        let word = self.word(from);
        let column = self.column(from);
        self.at = from + 1;
        if let (Blocks::Ends, "else" | "elsif" | "when" | "in" | "rescue" | "catch", Some(last)) = (self.grammar.blocks, word, self.last) {
            self.branches.push((self.frames.len(), last));
        }
        self.last = None;
        match word {
            "for" | "with" if self.language.lexis.special == Special::Elixir => self.clauses(),
            "assert" if self.grammar.blocks == Blocks::Indent => {
                self.asserted(from);
                return;
            }
            "match" if self.grammar.macros => {
                let no_block = std::mem::replace(&mut self.no_block, true);
                let matched = self.expression(0);
                self.no_block = no_block;
                if self.is(self.at, "{") {
                    let outer = self.matched.replace(matched);
                    self.braces(self.scope);
                    self.matched = outer;
                }
                return;
            }
            "for" | "foreach" => self.loop_over(),
            "catch" | "rescue" | "except" => self.caught(),
            "with" | "using" | "use" if self.grammar.blocks == Blocks::Indent || self.is(self.at, "(") => self.with(),
            "else" | "try" | "finally" | "do" | "begin" | "ensure" | "loop" | "default" | "unsafe" | "defer" | "go" | "then"
                if self.is(self.at, "{") || self.newline(self.at) || self.is(self.at, ":") => {}
            "else" | "ensure" | "begin" | "then" | "after" | "try" if self.grammar.blocks == Blocks::Ends => {}
            _ if self.newline(self.at) && self.grammar.newline_ends => {}
            _ => self.header(),
        }
        match self.grammar.blocks {
            Blocks::Braces => {}
            Blocks::Indent => {
                if self.is(self.at, ":") {
                    self.at += 1;
                    self.enter(column, self.scope, None);
                }
            }
            Blocks::Ends => {
                if self.is(self.at, "then") {
                    self.at += 1;
                }
                if self.is(self.at, "do") && !self.is(self.at + 1, ":") {
                    self.at += 1;
                }
                if matches!(word, "if" | "unless" | "while" | "until" | "for" | "case" | "begin" | "cond" | "try" | "receive" | "with") {
                    let one_line = self.is(self.at, ",") || self.is(self.at, "do");
                    if one_line {
                        self.at += 1;
                    } else {
                        self.enter(column, self.scope, None);
                    }
                } else if matches!(word, "else" | "elsif" | "when" | "rescue" | "ensure" | "in")
                    && self.frames.last().is_some_and(|frame| frame.function.is_none())
                {
                    // Another branch: what the first gave does not hold here.
                    self.block = self.frames.last().map_or(self.block, |frame| frame.block);
                    self.block = self.new_block();
                }
            }
        }
    }

    /// The condition of a control statement, with what it declares.
    fn header(&mut self) {
        let no_block = std::mem::replace(&mut self.no_block, true);
        for _ in 0..16 {
            if self.grammar.declares.contains(&self.word(self.at)) || self.is(self.at, "case") {
                if self.is(self.at, "case") {
                    self.at += 1;
                }
                self.declare(self.at);
            } else {
                let before = self.at;
                self.assignment();
                if self.at == before {
                    break;
                }
            }
            if matches!(self.word(self.at), "," | "&&" | ";") && !self.newline(self.at) && self.grammar.blocks == Blocks::Braces {
                self.at += 1;
            } else {
                break;
            }
        }
        self.no_block = no_block;
    }

    /// `assert x, message`: the message is thrown.
    fn asserted(&mut self, from: usize) {
        self.expression(0);
        if self.is(self.at, ",") {
            self.at += 1;
            let message = self.expression(0);
            let span = self.span_from(from);
            self.tree.throws.push((message, span));
        }
    }

    /// `with {:ok, a} <- f(), b = g(a) do`, `for x <- xs, x > 1 do`
    fn clauses(&mut self) {
        let no_block = std::mem::replace(&mut self.no_block, true);
        for _ in 0..32 {
            let pattern = self.assignment();
            if self.is(self.at, "<-") {
                self.at += 1;
                let value = self.expression(0);
                self.bind(pattern, Given::Items(value), true);
            }
            // `, do: x` and `, into: %{}` are no clauses.
            if !self.is(self.at, ",") || self.is(self.at + 2, ":") && self.is(self.at + 1, "do") {
                break;
            }
            self.at += 1;
            if self.is(self.at + 1, ":") {
                self.at += 2;
            }
        }
        self.no_block = no_block;
    }

    /// `for x in xs`, `for (T x : xs)`, `for k, v := range xs`, `foreach ($xs as $k => $v)`.
    fn loop_over(&mut self) {
        if self.is(self.at, "await") {
            self.at += 1;
        }
        // `for (k, v) in x` has none.
        let has_brackets = self.is(self.at, "(") && !self.is(self.closing(self.at) + 1, "in");
        let close = if has_brackets { self.closing(self.at) } else { self.end };
        let from = if has_brackets { self.at + 1 } else { self.at };
        // What stands between the names and what is gone over.
        let until = close.min(from + 40);
        let mut open = 0;
        let split = (from..until).find(|at| {
            match self.kind(*at) {
                Some(Kind::Open) if self.is(*at, "{") && !has_brackets => return true,
                Some(Kind::Open) => open += 1,
                Some(Kind::Close) => open -= 1,
                _ => {}
            }
            open <= 0 && matches!(self.word(*at), "in" | ":" | "range" | "as" | "<-" | "of" | ";")
        });
        let Some(split) = split.filter(|at| !self.is(*at, ";") && !self.is(*at, "{")) else {
            if has_brackets {
                self.at = from;
                self.within(|parser| {
                    while parser.at < close {
                        let before = parser.at;
                        parser.statement();
                        if parser.at == before {
                            parser.at += 1;
                        }
                    }
                });
                self.at = (close + 1).min(self.end);
            } else {
                self.header();
            }
            return;
        };
        let names: Vec<usize> = (from..split).filter(|at| self.is_name(*at)).collect();
        self.at = split + 1;
        let no_block = std::mem::replace(&mut self.no_block, true);
        let over = self.expression(0);
        self.no_block = no_block;
        let is_php = self.is(split, "as");
        if is_php {
            // The names follow.
            let over = {
                self.at = from;
                self.within(|parser| parser.expression(0))
            };
            let names: Vec<usize> = (split + 1..close).filter(|at| self.is_name(*at)).collect();
            let has_keys = (split + 1..close).any(|at| self.is(at, "=>"));
            for (number, at) in names.into_iter().enumerate() {
                let span = self.tokens[at].span();
                let given = match (has_keys, number) {
                    (true, 0) => Given::Unknown,
                    (true, _) => Given::Values(over),
                    (false, _) => Given::Items(over),
                };
                self.give(self.scope, self.word(at), given, span, true);
            }
        } else {
            let is_typed = self.grammar.types_first;
            let names: Vec<usize> = if is_typed { names.last().copied().into_iter().collect() } else { names };
            // `for k, v in x.items()`, `for k, v := range x`
            let has_keys = names.len() == 2
                && (self.is(split, "range")
                    || matches!(&self.tree.node(over).what, What::Call(call) if matches!(self.tree.last_name(call.callee), Some("items" | "iteritems" | "entries"))));
            for (number, at) in names.into_iter().enumerate() {
                let word = self.word(at);
                if matches!(word, "let" | "var" | "val" | "const" | "mut" | "final") {
                    continue;
                }
                let span = self.tokens[at].span();
                let given = match (has_keys, number) {
                    (true, 0) => Given::Unknown,
                    (true, _) => Given::Values(over),
                    (false, _) => Given::Items(over),
                };
                self.give(self.scope, word, given, span, true);
            }
        }
        if has_brackets {
            self.at = (close + 1).min(self.end);
        }
    }

    /// `catch (E e)`, `except E as e:`, `rescue E => e`: nothing is known of the error.
    fn caught(&mut self) {
        let has_brackets = self.is(self.at, "(");
        let close = if has_brackets { self.closing(self.at) } else { self.end };
        let mut last = None;
        while self.at < close && self.at < self.end {
            let word = self.word(self.at);
            if !has_brackets && (word == "{" || word == ":" || word == ";" || self.newline(self.at)) {
                break;
            }
            if self.is_name(self.at) {
                last = Some(self.at);
            }
            self.at += 1;
        }
        if has_brackets {
            self.at = (close + 1).min(self.end);
        }
        if let Some(at) = last {
            let span = self.tokens[at].span();
            self.give(self.scope, self.word(at), Given::Unknown, span, false);
        }
    }

    /// `with open(x) as f, y as z:`, `using (var x = y)`.
    fn with(&mut self) {
        if self.grammar.blocks != Blocks::Indent {
            let close = self.closing(self.at);
            self.at += 1;
            self.within(|parser| {
                while parser.at < close {
                    let before = parser.at;
                    parser.statement();
                    if parser.at == before {
                        parser.at += 1;
                    }
                }
            });
            self.at = (close + 1).min(self.end);
            return;
        }
        for _ in 0..16 {
            let value = self.expression(0);
            if self.is(self.at, "as") {
                self.at += 1;
                let target = self.expression(0);
                self.bind(target, Given::Node(value, None), false);
            }
            if !self.is(self.at, ",") {
                break;
            }
            self.at += 1;
        }
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

    pub(super) fn targets(&mut self, targets: &[NodeIx], value: NodeIx, adds: bool, type_span: Option<crate::text::Span>) {
        let pair = match &self.tree.node(value).what {
            What::List(values) if values.len() == targets.len() && targets.len() > 1 => Some(values.clone()),
            _ => None,
        };
        for (number, target) in targets.iter().enumerate() {
            let given = match &pair {
                Some(values) => Given::Node(values[number], None),
                None if targets.len() == 1 => Given::Node(value, None),
                None => Given::Node(value, Some(number as u32)),
            };
            self.bind(*target, given, adds);
            if let Some(span) = type_span
                && let What::Name(name) = self.tree.node(*target).what
                && let Some(last) = self.tree.bindings.get_mut(&(self.scope, name)).and_then(|all| all.last_mut())
            {
                last.type_span = span;
            }
        }
    }

    fn is_target(&self, node: NodeIx) -> bool {
        matches!(self.tree.node(node).what, What::Name(_) | What::Member(..) | What::Index(..) | What::List(_) | What::Map(_) | What::Unary(..) | What::Call(_))
    }

    /// Whether a list of names from here on is given something: `a, b = ...` on this line.
    fn is_several(&self, from: usize) -> bool {
        let mut at = from;
        while at < self.end.min(from + 40) {
            if at > from && self.newline(at) && self.grammar.newline_ends || matches!(self.word(at), ";" | "{" | "}" | ")") {
                return false;
            }
            if matches!(self.word(at), "=" | ":=") {
                return true;
            }
            at = if self.kind(at) == Some(Kind::Open) { self.closing(at) + 1 } else { at + 1 };
        }
        false
    }

    /// Gives a value to what an expression names.
    pub(super) fn bind(&mut self, target: NodeIx, given: Given, adds: bool) {
        self.bind_at(target, given, adds, 0);
    }

    fn bind_at(&mut self, target: NodeIx, given: Given, adds: bool, depth: u32) {
        if depth > 8 {
            return;
        }
        let node = self.tree.node(target);
        let span = node.span;
        match node.what.clone() {
            What::Name(name) => {
                let scope = self.holder(name);
                match self.declared_around(scope, name) {
                    Some(outer) => self.give(outer, name, given, span, true),
                    None => self.give(scope, name, given, span, adds),
                }
                if let (Given::Node(value, None), true, Some(class)) = (given, name.starts_with('@'), self.class_here()) {
                    let fields = &mut self.tree.classes[class as usize].fields;
                    if fields.len() < 500 {
                        fields.push((name.trim_start_matches('@'), Some(value), span));
                    }
                }
                if let Given::Node(value, None) = given {
                    self.structure_given(name, value, span);
                }
            }
            What::Member(object, field) => {
                let Given::Node(value, _) = given else { return };
                self.tree.assignments.push((target, value));
                match self.tree.node(object).what {
                    What::Name(name) if self.is_self(name) => {
                        if let Some(class) = self.class_here() {
                            self.tree.fields.entry((class, field.trim_start_matches('$'))).or_default().push(value);
                        }
                    }
                    What::Name(name) => {
                        let scope = self.scope;
                        self.tree.members.entry((scope, name)).or_default().push((field.to_owned(), value));
                    }
                    _ => {}
                }
            }
            What::Index(object, key) => {
                let Given::Node(value, _) = given else { return };
                self.tree.assignments.push((target, value));
                let (What::Name(name), Some(field)) = (&self.tree.node(object).what, self.plain_text(key)) else { return };
                let (name, scope) = (*name, self.scope);
                self.tree.members.entry((scope, name)).or_default().push((field, value));
            }
            What::List(items) => {
                for (number, item) in items.into_iter().enumerate().take(40) {
                    let part = match given {
                        Given::Node(value, None) => Given::Node(value, Some(number as u32)),
                        other => other,
                    };
                    self.bind_at(item, part, adds, depth + 1);
                }
            }
            What::Map(entries) => entries.into_iter().take(40).for_each(|(_, value)| self.bind_at(value, given, true, depth + 1)),
            What::Unary(_, inner) => self.bind_at(inner, given, adds, depth + 1),
            // What a structure is taken apart into is none of what it is as a whole.
            What::Call(call) if call.is_new || self.tree.last_name(call.callee) == Some("Err") => {
                call.args.into_iter().take(8).for_each(|arg| self.bind_at(arg.value, Given::Unknown, adds, depth + 1));
            }
            // `Some(x) = y`, `Ok(x)`
            What::Call(call) => call.args.into_iter().take(8).for_each(|arg| self.bind_at(arg.value, given, adds, depth + 1)),
            _ => {}
        }
    }

    /// The scope around, other than this one, that declares a name which is given something without being declared here: a field, a
    /// variable outside of a closure.
    fn declared_around(&self, scope: u32, name: &str) -> Option<u32> {
        let declares = self.grammar.types_first || self.grammar.trailing_blocks && self.grammar.blocks == Blocks::Braces;
        if !declares || self.declaring || self.tree.bindings.contains_key(&(scope, name)) {
            return None;
        }
        let mut at = self.tree.scopes[scope as usize].parent;
        for _ in 0..20 {
            let here = at?;
            if self.tree.bindings.contains_key(&(here, name)) {
                return Some(here);
            }
            at = self.tree.scopes[here as usize].parent;
        }
        None
    }

    /// The scope that a name of an instance or of all belongs to: `@x` to the class.
    fn holder(&self, name: &str) -> u32 {
        if !name.starts_with('@') {
            return self.scope;
        }
        let mut scope = self.scope;
        while self.tree.scopes[scope as usize].function.is_some() {
            match self.tree.scopes[scope as usize].parent {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        scope
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
