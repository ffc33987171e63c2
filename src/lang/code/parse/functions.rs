//! Functions: their heads, their parameters, their bodies.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Function, Given, Param, What};
use crate::text::Span;

/// Words behind which a name and brackets are no head of a function.
const NO_HEADS: &[&str] =
    &["return", "new", "throw", "else", "in", "await", "yield", "case", "assert", "not", "and", "or", "is", "when", "print", "echo", "await", "goto"];

impl<'t> Parser<'t> {
    /// A function that begins here, if one does: its head and its body.
    pub(super) fn function(&mut self, from: usize) -> bool {
        let grammar = self.grammar;
        let word = self.word(from);
        let name_at = if grammar.functions.contains(&word) {
            // Go: `func (c *Config) Name(`
            if self.is(from + 1, "(") && grammar.newline_ends && self.is_name(self.closing(from + 1) + 1) { self.closing(from + 1) + 1 } else { from + 1 }
        } else if grammar.functions.is_empty() || grammar.types_first {
            match self.head(from) {
                Some(at) => at,
                None => return false,
            }
        } else {
            return false;
        };
        let mut name_at = name_at;
        // Swift's `init(`: the word is the name.
        if name_at == from + 1 && self.is(name_at, "(") && word == "init" && self.class_here().is_some() {
            name_at = from;
        }
        // Kotlin's `fun <T> name(` and `fun String.name(`; Ruby's `def self.name`; PHP's `function &name(`.
        if self.is(name_at, "<") {
            while name_at < self.end.min(from + 30) && !self.is(name_at, ">") {
                name_at += 1;
            }
            name_at += 1;
        }
        if self.is(name_at, "&") {
            name_at += 1;
        }
        while matches!(self.word(name_at + 1), "." | "::") && self.is_name(name_at + 2) && self.is_name(name_at) {
            name_at += 2;
        }
        if !self.is_name(name_at) {
            return false;
        }
        let name = self.word(name_at);
        let receiver = (name_at > from + 2 && self.is(from + 1, "(")).then(|| self.closing(from + 1));
        // Python's `async def` is indented as its first word is.
        let first = if from > 0 && self.word(from - 1) == "async" && !self.newline(from) { from - 1 } else { from };
        let column = self.column(first);
        self.at = name_at + 1;
        if self.is(self.at, "<") {
            let mut depth = 0_i32;
            while self.at < self.end.min(name_at + 60) {
                match self.word(self.at) {
                    "<" => depth += 1,
                    ">" => depth -= 1,
                    _ => {}
                }
                self.at += 1;
                if depth == 0 {
                    break;
                }
            }
        }
        if self.is(self.at, "[") && grammar.last_is_result && grammar.blocks == Blocks::Braces {
            self.at = (self.closing(self.at) + 1).min(self.end);
        }
        let span = self.tokens[name_at].span();
        let function = self.open(Some(name), span);
        let scope = self.tree.functions[function as usize].scope;
        // Go: type parameters, then parameters.
        if self.is(self.at, "[") && grammar.newline_ends && grammar.blocks == Blocks::Braces {
            self.at = (self.closing(self.at) + 1).min(self.end);
        }
        if let Some(close) = receiver {
            self.receive(from + 2, close, function, scope);
        }
        let has_brackets = self.is(self.at, "(");
        if has_brackets {
            while self.is(self.at, "(") && !(self.newline(self.at) && grammar.newline_ends) {
                self.params(function, scope);
            }
        } else if grammar.commands
            && grammar.blocks == Blocks::Ends
            && !self.newline(self.at)
            && !self.is(self.at, "=")
            && !self.is(self.at, "do")
            && !self.is(self.at, ",")
            && !self.is(self.at, ";")
        {
            let until = (self.at..self.end).find(|at| *at > self.at && self.newline(*at)).unwrap_or(self.end);
            self.params_between(self.at, until, function, scope);
            self.at = until;
        }
        self.body(from, column, function, scope);
        true
    }

    /// The name of a function whose head begins here with a type: `public static String name(...) {`.
    fn head(&self, from: usize) -> Option<usize> {
        let mut at = from;
        let mut open = 0_i32;
        while at < self.end.min(from + 40) {
            let word = self.word(at);
            match self.kind(at)? {
                Kind::Name => {
                    if NO_HEADS.contains(&word) || self.grammar.control.contains(&word) && at == from {
                        return None;
                    }
                    if open == 0 && self.is(at + 1, "(") {
                        break;
                    }
                }
                Kind::Sign => match word {
                    "<" => open += 1,
                    ">" => open -= 1,
                    ">>" => open -= 2,
                    "." | "," | "?" | "*" | "&" | "::" | "@" => {}
                    _ => return None,
                },
                Kind::Open if word == "[" => {}
                Kind::Close if word == "]" => {}
                Kind::Open if word == "(" && at > from && self.is_name(at.checked_sub(1)?) && self.word(from).starts_with('@') => {}
                _ => return None,
            }
            at += 1;
        }
        if !self.is(at + 1, "(") {
            return None;
        }
        let close = self.closing(at + 1);
        let after = self.word(close + 1);
        // A type stands before the name; or it is a constructor, in a class, that bears its name.
        let is_constructor = at == from && self.tree.scopes[self.scope as usize].class.is_some() && self.tree.scopes[self.scope as usize].function.is_none();
        let has_type = at > from && !matches!(self.word(at - 1), "." | "::" | "?." | ",");
        let has_body = match after {
            "{" => true,
            "=>" => has_type,
            "throws" | "async" | "where" | "sync" => true,
            ":" => is_constructor || matches!(self.word(close + 2), "base" | "this" | "super"),
            ";" => false,
            _ => false,
        };
        ((has_type || is_constructor) && has_body).then_some(at)
    }

    /// A new function, with a scope of its own.
    pub(super) fn open(&mut self, name: Option<&'t str>, span: Span) -> u32 {
        let number = self.tree.functions.len() as u32;
        let scope = self.new_scope(Some(number), None);
        let class = self.class_here();
        let marks = if name.is_some() { std::mem::take(&mut self.marks) } else { Vec::new() };
        self.tree.functions.push(Function { name, params: Vec::new(), scope, results: Vec::new(), class, marks });
        if let (Some(class), Some(_)) = (class, name) {
            self.tree.classes[class as usize].methods.push(number);
        }
        if let Some(name) = name {
            let node = self.node(What::Function(number), span);
            let holder = self.scope;
            self.give(holder, name, Given::Node(node, None), span, false);
        }
        number
    }

    /// Go: the receiver makes it a method of its type.
    fn receive(&mut self, from: usize, close: usize, function: u32, scope: u32) {
        let names: Vec<usize> = (from..close).filter(|at| self.is_name(*at)).collect();
        let (Some(first), Some(class)) = (names.first(), names.get(1)) else { return };
        let name = self.word(*class);
        let class = self.class_named(name, *class);
        self.tree.functions[function as usize].class = Some(class);
        self.tree.classes[class as usize].methods.push(function);
        self.tree.scopes[scope as usize].class = Some(class);
        let span = self.tokens[*first].span();
        let word = self.word(*first);
        self.give(scope, word, Given::Unknown, span, false);
        self.tree.receivers.insert(scope, word);
    }

    /// What the method around here calls its instance, in Go.
    pub(super) fn receiver(&self) -> Option<&'t str> {
        let mut scope = self.scope;
        for _ in 0..20 {
            if let Some(name) = self.tree.receivers.get(&scope) {
                return Some(name);
            }
            scope = self.tree.scopes[scope as usize].parent?;
        }
        None
    }

    /// The parameters between the brackets that open here.
    pub(super) fn params(&mut self, function: u32, scope: u32) {
        let close = self.closing(self.at);
        self.params_between(self.at + 1, close, function, scope);
        self.at = (close + 1).min(self.end);
    }

    /// Parameters whose scope is another than the function's own: a class's.
    pub(super) fn params_of(&mut self, open: usize, close: usize, function: u32, scope: u32) {
        self.params_between(open + 1, close, function, scope);
    }

    pub(super) fn params_between(&mut self, from: usize, close: usize, function: u32, scope: u32) {
        let mut at = from;
        let mut steps = 0;
        while at < close && steps < 80 {
            steps += 1;
            let mut end = at;
            let mut angle = 0_i32;
            while end < close {
                match self.word(end) {
                    "," if angle <= 0 => break,
                    "<" => angle += 1,
                    ">" => angle -= 1,
                    "=" => angle = 0,
                    _ => {}
                }
                end = if self.kind(end) == Some(Kind::Open) { (self.closing(end) + 1).min(close) } else { end + 1 };
            }
            self.param(at, end.min(close), function, scope);
            at = end + 1;
        }
    }

    fn param(&mut self, from: usize, end: usize, function: u32, scope: u32) {
        let grammar = self.grammar;
        // Dart's `(String a, {required String b})`
        if grammar.types_first && matches!(self.word(from), "{" | "[") && self.kind(from) == Some(Kind::Open) && self.closing(from) + 1 == end {
            if self.depth < super::DEEPEST {
                self.depth += 1;
                self.params_between(from + 1, end - 1, function, scope);
                self.depth -= 1;
            }
            return;
        }
        let mut equals = None;
        let mut at = from;
        while at < end && equals.is_none() {
            equals = (matches!(self.word(at), "=" | "\\") && self.kind(at) == Some(Kind::Sign)).then_some(at);
            at = if self.kind(at) == Some(Kind::Open) { self.closing(at) + 1 } else { at + 1 };
        }
        let colon = (from..equals.unwrap_or(end)).find(|at| self.is(*at, ":"));
        let is_noise = |word: &str| {
            matches!(
                word,
                "mut"
                    | "ref"
                    | "out"
                    | "in"
                    | "inout"
                    | "val"
                    | "var"
                    | "let"
                    | "const"
                    | "final"
                    | "this"
                    | "params"
                    | "required"
                    | "private"
                    | "public"
                    | "protected"
                    | "override"
                    | "vararg"
                    | "implicit"
                    | "readonly"
                    | "covariant"
                    | "self"
                    | "dyn"
                    | "noinline"
                    | "crossinline"
            )
        };
        let names = |from: usize, to: usize| -> Vec<usize> { (from..to).filter(|at| self.is_name(*at) && !is_noise(self.word(*at))).collect() };
        let name_at = if grammar.types_first || grammar.joins.contains(&".") {
            names(from, equals.unwrap_or(end)).last().copied()
        } else if let Some(colon) = colon {
            // Swift: a label may stand before the name.
            names(from, colon).last().copied()
        } else {
            names(from, equals.unwrap_or(end)).first().copied()
        };
        let Some(name_at) = name_at else { return };
        // Ruby: `def f(key: value)`
        let equals = if grammar.blocks == Blocks::Ends { equals.or(colon.filter(|colon| colon + 1 < end)) } else { equals };
        let name = self.word(name_at);
        let span = self.tokens[name_at].span();
        let number = self.tree.functions[function as usize].params.len() as u32;
        let default = equals.map(|equals| {
            let (at, end_before) = (self.at, self.end);
            self.at = equals + 1;
            while self.kind(self.at) == Some(Kind::Sign) && self.is(self.at, "\\") {
                self.at += 1;
            }
            self.end = end;
            let value = self.within(|parser| parser.expression(0));
            (self.at, self.end) = (at, end_before);
            value
        });
        let type_from = colon.map_or(from, |colon| colon + 1);
        let start = self.tokens.get(type_from).map_or(span.end, |token| token.start as usize);
        let stop = self.tokens.get(end.max(1) - 1).map_or(span.end, |token| token.end as usize);
        let type_span = Span::new(start.min(stop), stop);
        self.tree.functions[function as usize].params.push(Param { name, default, span, type_span });
        // PHP: a parameter of the constructor that says who sees it is a field.
        if self.tree.functions[function as usize].name == Some("__construct")
            && (from..name_at).any(|at| matches!(self.word(at), "private" | "public" | "protected" | "readonly"))
            && let Some(class) = self.tree.functions[function as usize].class
        {
            self.tree.classes[class as usize].fields.push((name.trim_start_matches('$'), default, span));
        }
        let binding_scope = self.scope;
        self.scope = scope;
        self.give(scope, name, Given::Param(function, number), span, false);
        self.scope = binding_scope;
    }

    /// What follows the head of a function.
    fn body(&mut self, from: usize, column: usize, function: u32, scope: u32) {
        let block = self.block;
        match self.grammar.blocks {
            Blocks::Indent => {
                while self.at < self.end && !self.is(self.at, ":") && !self.newline(self.at) {
                    self.at = if self.kind(self.at) == Some(Kind::Open) { (self.closing(self.at) + 1).min(self.end) } else { self.at + 1 };
                }
                if self.is(self.at, ":") {
                    self.at += 1;
                    self.enter(column, scope, Some(function));
                }
            }
            Blocks::Ends => {
                // Guards of Elixir: `when is_binary(x)`
                while self.at < self.end && !self.newline(self.at) && !matches!(self.word(self.at), "do" | "=" | "," | ";") {
                    self.at = if self.kind(self.at) == Some(Kind::Open) { (self.closing(self.at) + 1).min(self.end) } else { self.at + 1 };
                }
                let is_short = self.is(self.at, ",") && self.is(self.at + 1, "do") || self.is(self.at, "=") && !self.newline(self.at);
                if is_short {
                    self.at += if self.is(self.at, ",") { 3 } else { 1 };
                    self.result_of(function, scope);
                } else if self.is(self.at, ",") {
                    // A head alone.
                } else {
                    if self.is(self.at, "do") {
                        self.at += 1;
                    }
                    self.enter(column, scope, Some(function));
                }
            }
            Blocks::Braces => {
                let limit = self.end.min(self.at + 80);
                while self.at < limit {
                    match self.word(self.at) {
                        "interface" | "struct" if self.is(self.at + 1, "{") => self.at = (self.closing(self.at + 1) + 1).min(self.end),
                        "{" if self.kind(self.at) == Some(Kind::Open) => {
                            let last = self.braces(scope);
                            if let Some(last) = last.filter(|_| self.grammar.last_is_result) {
                                self.tree.functions[function as usize].results.push(last);
                            }
                            break;
                        }
                        "=" | "=>" => {
                            self.at += 1;
                            if self.is(self.at, "{") {
                                continue;
                            }
                            self.result_of(function, scope);
                            break;
                        }
                        ";" | "}" => break,
                        _ if self.newline(self.at)
                            && self.grammar.newline_ends
                            && !matches!(self.word(self.at), "where" | "->" | ":")
                            && self.at > from + 1 =>
                        {
                            break;
                        }
                        _ => self.at = if self.kind(self.at) == Some(Kind::Open) { (self.closing(self.at) + 1).min(self.end) } else { self.at + 1 },
                    }
                }
            }
        }
        let _ = block;
    }

    /// One expression as the body of a function.
    pub(super) fn result_of(&mut self, function: u32, scope: u32) {
        let (outer, block) = (self.scope, self.block);
        self.scope = scope;
        self.block = self.new_block();
        let value = self.deeper(|parser| parser.assignment());
        self.tree.functions[function as usize].results.push(value);
        (self.scope, self.block) = (outer, block);
    }
}
