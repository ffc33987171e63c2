//! The smallest expressions: names, texts, what stands in round brackets, choices as values.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::{Kind, Piece};
use crate::lang::code::tree::{Arg, Call, Key, NodeIx, Part, What};

/// Words that are values of which nothing is to be known.
const CONSTANTS: &[&str] = &["true", "false", "True", "False", "None", "nil", "null", "NULL", "TRUE", "FALSE", "undefined", "Nothing"];

impl<'t> Parser<'t> {
    pub(super) fn primary(&mut self) -> NodeIx {
        let from = self.at;
        let Some(token) = self.token(from) else {
            let span = self.span_from(from);
            return self.unknown(span);
        };
        match token.kind {
            Kind::Number => {
                self.at += 1;
                self.node(What::Constant, token.span())
            }
            Kind::Text(_) => self.texts(),
            Kind::Open => match self.word(from) {
                "(" => self.group(),
                "[" => self.square(),
                _ => self.curly(),
            },
            Kind::Close => self.unknown(token.span()),
            Kind::Sign => {
                // `.case(x)`
                if matches!(self.word(from), "." | "?.") && self.is_name(from + 1) {
                    self.at += 2;
                    let name = self.word(from + 1);
                    let span = self.span_from(from);
                    return self.node(What::Name(name), span);
                }
                // Dart's `<String, String>{...}`
                if self.is(from, "<") && self.grammar.types_first && self.generic(from) && matches!(self.word(self.at), "{" | "[") {
                    return self.deeper(Self::primary);
                }
                if matches!(self.word(from), "," | ";" | ":" | "=>" | "=" | "->") {
                    return self.unknown(token.span());
                }
                self.at += 1;
                self.unknown(token.span())
            }
            Kind::Name => self.name(),
        }
    }

    fn name(&mut self) -> NodeIx {
        let from = self.at;
        let token = self.tokens[from];
        let word = self.word(from);
        let next_is_name = self.is_name(from + 1) && !self.newline(from + 1);
        match word {
            _ if CONSTANTS.contains(&word) => {
                self.at += 1;
                return self.node(What::Constant, token.span());
            }
            "new" if next_is_name || matches!(self.word(from + 1), "(" | "[" | "{" | "\\") => return self.instance(from),
            "map" if self.is(from + 1, "[") && self.has_go_types() => {
                self.at = (self.closing(from + 1) + 1).min(self.end);
                return self.typed_literal(from);
            }
            "lambda" if self.grammar.blocks == Blocks::Indent => return self.lambda_word(from),
            "fn" if self.grammar.blocks == Blocks::Ends => return self.fn_end(from),
            "if" | "unless" if self.grammar.last_is_result => return self.if_value(from),
            "match" | "when" | "switch" | "case" | "begin" | "do" | "loop"
                if self.grammar.last_is_result && self.grammar.control.contains(&word) && !matches!(self.word(from + 1), "." | "," | ")" | "=") =>
            {
                return self.block_value(from);
            }
            _ if self.grammar.throws.contains(&word)
                && (next_is_name || self.grammar.blocks == Blocks::Braces && !matches!(self.word(from + 1), "." | "=" | ",")) =>
            {
                return self.thrown(from);
            }
            _ if self.grammar.functions.contains(&word) && (self.is(from + 1, "(") || self.is(from + 1, "&") || self.is(from + 1, "<")) => {
                return self.function_value(from);
            }
            _ if self.grammar.command_words.contains(&word) && !matches!(self.word(from + 1), "=" | "." | "," | ")" | "(") => {
                self.at += 1;
                return self.command(from, None);
            }
            _ => {}
        }
        // `x -> ...`, `x => ...`
        if matches!(self.word(from + 1), "->" | "=>") && self.kind(from + 1) == Some(Kind::Sign) && self.is_lambda_arrow(from + 1) {
            return self.arrow(from, from, from + 1);
        }
        self.at += 1;
        self.node(What::Name(word), token.span())
    }

    /// Whether an arrow makes a closure of what stands before it, and no entry of a map or a branch of a choice.
    fn is_lambda_arrow(&self, at: usize) -> bool {
        let is_thin = self.is(at, "->");
        match self.grammar.blocks {
            Blocks::Indent | Blocks::Ends => false,
            Blocks::Braces if self.grammar.joins.contains(&".") => false,
            Blocks::Braces if self.grammar.macros => false,
            // In brackets, or given to a name: elsewhere it is a branch.
            Blocks::Braces => self.inside || !is_thin && !self.newline(at.saturating_sub(1)),
        }
    }

    /// Texts, put together where they stand side by side.
    fn texts(&mut self) -> NodeIx {
        let from = self.at;
        let mut parts = Vec::new();
        while let Some(Kind::Text(number)) = self.kind(self.at) {
            let is_more = self.at > from;
            if is_more && (self.newline(self.at) && !self.inside || self.grammar.blocks == Blocks::Braces) {
                break;
            }
            self.at += 1;
            let Some(text) = self.lexed.texts.get(number as usize) else { continue };
            // The first text alone is the format.
            let is_format = std::mem::take(&mut self.in_macro);
            for piece in &text.pieces {
                match piece {
                    Piece::Plain(span) => parts.push(Part::Plain(*span)),
                    // `{name}` means nothing but in formats.
                    Piece::Hole(tokens, format) if self.grammar.macros && !is_format => {
                        let start = tokens.first().map_or(format.start, |token| (token.start as usize).saturating_sub(1));
                        parts.push(Part::Plain(crate::text::Span::new(start.min(format.end), format.end)));
                    }
                    Piece::Hole(tokens, format) => {
                        let node = self.hole(tokens);
                        parts.push(Part::Hole(node, *format));
                    }
                }
            }
        }
        let span = self.span_from(from);
        self.node(What::Text(parts), span)
    }

    /// An expression within a text.
    fn hole(&mut self, tokens: &'t [crate::lang::code::lexer::Token]) -> NodeIx {
        let close = super::matching(tokens, self.text);
        let outer = (self.tokens, std::mem::replace(&mut self.close, close), self.at, self.end);
        let state = (self.inside, self.no_block);
        (self.tokens, self.at, self.end) = (tokens, 0, tokens.len());
        (self.inside, self.no_block) = (true, false);
        let node = if self.is_full() || tokens.is_empty() {
            let span = tokens.first().map_or_else(Default::default, |token| token.span());
            self.unknown(span)
        } else {
            self.depth += 1;
            let first = self.expression(0);
            // `\(key, privacy: .private)`
            let node = if self.is(self.at, ",") {
                let from = self.at;
                let mut args = vec![Arg { name: None, value: first }];
                while self.is(self.at, ",") {
                    self.at += 1;
                    let (name, value) = self.named();
                    args.push(Arg { name, value });
                }
                let callee = self.node(What::Name("interpolate"), tokens[from.min(tokens.len() - 1)].span());
                let span = self.span_from(0);
                self.node(What::Call(Call { callee, args, is_new: false }), span)
            } else {
                first
            };
            self.depth -= 1;
            node
        };
        (self.tokens, self.close, self.at, self.end) = outer;
        (self.inside, self.no_block) = state;
        node
    }

    /// `( ... )`: an expression, several, a cast, or the names of a closure.
    fn group(&mut self) -> NodeIx {
        let open = self.at;
        let close = self.closing(open);
        let arrow = close + 1;
        if self.grammar.blocks == Blocks::Braces
            && matches!(self.word(arrow), "->" | "=>")
            && self.kind(arrow) == Some(Kind::Sign)
            && (self.inside || self.is(arrow, "=>") || !self.grammar.newline_ends)
        {
            return self.arrow(open, open, arrow);
        }
        // `(T) x`
        let is_cast = self.grammar.types_first || self.grammar.joins.contains(&".");
        if is_cast
            && close > open + 1
            && close - open <= 6
            && (open + 1..close).all(|at| self.is_name(at) || matches!(self.word(at), "." | "<" | ">" | "[" | "]" | "?"))
            && matches!(self.kind(arrow), Some(Kind::Name | Kind::Text(_) | Kind::Number))
            && !self.newline(arrow)
            && !matches!(
                self.word(arrow),
                "is" | "in" | "instanceof" | "as" | "and" | "or" | "if" | "else" | "switch" | "with" | "for" | "return" | "throw" | "throws" | "where"
            )
            || is_cast
                && close == open + 2
                && self.is_name(open + 1)
                && self.is(arrow, "(")
                && !self.newline(arrow)
                && matches!(self.word(open + 1), "string" | "String" | "object" | "int" | "long")
        {
            self.at = arrow;
            let shape = self.word(open + 1);
            let value = self.deeper(|parser| parser.expression(6));
            // What is cast to a number or a truth value is no text any more.
            if close == open + 2 && matches!(shape, "bool" | "boolean" | "int" | "integer" | "float" | "double") {
                let span = self.span_from(open);
                return self.node(What::Unary("!", value), span);
            }
            return value;
        }
        self.at += 1;
        let mut values = Vec::new();
        let mut entries: Vec<(Key<'t>, NodeIx)> = Vec::new();
        self.within(|parser| {
            while parser.at < close && !parser.is_full() {
                let before = parser.at;
                if matches!(parser.word(parser.at), "," | ";") && parser.kind(parser.at) == Some(Kind::Sign) {
                    parser.at += 1;
                    continue;
                }
                if parser.grammar.control.contains(&parser.word(parser.at)) && parser.grammar.last_is_result {
                    values.push(parser.expression(0));
                } else {
                    let (name, value) = parser.named();
                    match name {
                        Some(name) => entries.push((Key::Name(name), value)),
                        None => values.push(value),
                    }
                }
                parser.comprehension();
                if parser.at == before {
                    parser.at += 1;
                }
            }
        });
        self.at = (close + 1).min(self.end);
        let span = self.span_from(open);
        if !entries.is_empty() {
            return self.node(What::Map(entries), span);
        }
        if values.len() == 1 {
            return values[0];
        }
        self.node(What::List(values), span)
    }

    /// `if c { a } else { b }`, `if c then a else b` as a value.
    fn if_value(&mut self, from: usize) -> NodeIx {
        self.at = from + 1;
        let no_block = std::mem::replace(&mut self.no_block, true);
        let condition = if self.grammar.declares.contains(&self.word(self.at)) {
            self.declare(self.at);
            let span = self.span_from(from);
            self.unknown(span)
        } else {
            self.expression(0)
        };
        self.no_block = no_block;
        if self.grammar.blocks == Blocks::Ends {
            if self.is(self.at, "then") {
                self.at += 1;
            }
            if self.is(self.at, ",") && self.is(self.at + 1, "do") {
                return self.if_words(from, condition);
            }
            let scope = self.scope;
            let last = self.body_to_end(scope);
            let span = self.span_from(from);
            return last.unwrap_or_else(|| self.unknown(span));
        }
        let first = self.branch(from);
        let second = if self.is(self.at, "else") {
            self.at += 1;
            if self.is(self.at, "if") {
                let at = self.at;
                self.deeper(|parser| parser.if_value(at))
            } else {
                self.branch(from)
            }
        } else {
            let span = self.span_from(from);
            self.node(What::Constant, span)
        };
        let span = self.span_from(from);
        self.node(What::Choice(first, second), span)
    }

    /// `if c, do: a, else: b`
    fn if_words(&mut self, from: usize, condition: NodeIx) -> NodeIx {
        let mut values = Vec::new();
        while self.is(self.at, ",") && matches!(self.word(self.at + 1), "do" | "else") && self.is(self.at + 2, ":") && values.len() < 2 {
            self.at += 3;
            values.push(self.deeper(|parser| parser.expression(0)));
        }
        let span = self.span_from(from);
        let first = values.first().copied().unwrap_or(condition);
        let second = values.get(1).copied().unwrap_or_else(|| self.node(What::Constant, span));
        self.node(What::Choice(first, second), span)
    }

    fn branch(&mut self, from: usize) -> NodeIx {
        if self.is(self.at, "{") {
            let scope = self.scope;
            let last = self.braces(scope);
            let span = self.span_from(from);
            return last.unwrap_or_else(|| self.unknown(span));
        }
        self.expression(0)
    }

    /// `match x { ... }`, `when (x) { ... }`, `case x ... end`: what its branches hold is unknown, their calls are not.
    fn block_value(&mut self, from: usize) -> NodeIx {
        self.at = from + 1;
        let mut matched = None;
        if !self.newline(self.at) && !self.is(self.at, "{") {
            let no_block = std::mem::replace(&mut self.no_block, true);
            matched = Some(self.expression(0));
            self.no_block = no_block;
        }
        let outer = std::mem::replace(&mut self.matched, matched);
        let scope = self.scope;
        let last = match self.grammar.blocks {
            Blocks::Ends => {
                if self.is(self.at, "do") {
                    self.at += 1;
                }
                self.body_to_end(scope)
            }
            _ if self.is(self.at, "{") => {
                self.braces(scope);
                None
            }
            _ => None,
        };
        self.matched = outer;
        let span = self.span_from(from);
        self.node(What::Unknown(last.into_iter().collect()), span)
    }
}
