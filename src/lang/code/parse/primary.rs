//! The smallest expressions: names, texts, lists, maps, closures.

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

    /// `[ ... ]`: a list or a map; or Go's `[]T{ ... }`.
    fn square(&mut self) -> NodeIx {
        let open = self.at;
        let close = self.closing(open);
        if self.grammar.blocks == Blocks::Braces
            && self.grammar.newline_ends
            && (self.is_name(close + 1) || matches!(self.word(close + 1), "*" | "[") && self.has_go_types())
            && !self.newline(close + 1)
            && !self.token(close + 1).is_some_and(|token| token.space)
        {
            self.at = close + 1;
            return self.typed_literal(open);
        }
        self.at += 1;
        self.entries(open, close)
    }

    /// Whether types stand behind names, and before the braces of lists and maps.
    pub(super) fn has_go_types(&self) -> bool {
        self.grammar.functions.contains(&"func") && !self.grammar.trailing_blocks
    }

    /// The rest of `[]T{...}` and `map[K]V{...}`, or of `[]T(x)`, a conversion that is called as its type.
    fn typed_literal(&mut self, from: usize) -> NodeIx {
        self.skip_type_name();
        if self.is(self.at, "{") {
            return self.fields_of(from, None);
        }
        let span = self.span_from(from);
        let last = self.at.max(1) - 1;
        if self.is_name(last) {
            let name = self.word(last);
            return self.node(What::Name(name), span);
        }
        self.unknown(span)
    }

    /// Items or entries up to a closing bracket.
    fn entries(&mut self, open: usize, close: usize) -> NodeIx {
        let mut values = Vec::new();
        let mut entries: Vec<(Key<'t>, NodeIx)> = Vec::new();
        self.within(|parser| {
            while parser.at < close && !parser.is_full() {
                let before = parser.at;
                if matches!(parser.word(parser.at), "," | ";") && parser.kind(parser.at) == Some(Kind::Sign) {
                    parser.at += 1;
                    continue;
                }
                let spread = matches!(parser.word(parser.at), "**" | "..." | "..") && parser.kind(parser.at) == Some(Kind::Sign);
                if spread {
                    parser.at += 1;
                    let value = parser.expression(0);
                    entries.push((Key::Spread, value));
                    continue;
                }
                let is_named = parser.is_name(parser.at)
                    && (parser.is(parser.at + 1, ":") && parser.grammar.blocks != Blocks::Indent
                        || parser.is(parser.at + 1, "=") && parser.grammar.blocks != Blocks::Indent);
                if is_named {
                    let name = parser.word(parser.at);
                    let (_, value) = parser.named();
                    entries.push((Key::Name(name), value));
                } else {
                    let value = parser.expression(0);
                    if matches!(parser.word(parser.at), ":" | "=>" | "->" | "to") && !matches!(parser.kind(parser.at), Some(Kind::Text(_))) {
                        parser.at += 1;
                        let held = parser.expression(0);
                        entries.push((Key::Value(value), held));
                    } else if let Some(key) = parser.bracketed_key(value) {
                        // `["key"] = x`
                        parser.at += 1;
                        let held = parser.expression(0);
                        entries.push((Key::Value(key), held));
                    } else if let Some((key, held)) = parser.pair(before, value) {
                        entries.push((Key::Value(key), held));
                    } else {
                        values.push(value);
                    }
                }
                // Elixir's `%{map | key: value}`
                if parser.is(parser.at, "|") {
                    parser.at += 1;
                }
                parser.comprehension();
                if parser.at == before {
                    parser.at += 1;
                }
            }
        });
        self.at = (close + 1).min(self.end);
        let span = self.span_from(open);
        if entries.is_empty() {
            return self.node(What::List(values), span);
        }
        entries.extend(values.into_iter().map(|value| (Key::Spread, value)));
        self.node(What::Map(entries), span)
    }

    /// The key of `["key"] = x`, which `=` follows.
    fn bracketed_key(&self, value: NodeIx) -> Option<NodeIx> {
        if !self.grammar.types_first || !self.is(self.at, "=") {
            return None;
        }
        match &self.tree.node(value).what {
            What::List(items) => items.first().copied().filter(|_| items.len() == 1),
            _ => None,
        }
    }

    /// `{ "key", x }` as an entry of a map.
    fn pair(&self, from: usize, value: NodeIx) -> Option<(NodeIx, NodeIx)> {
        if !self.grammar.types_first || !self.is(from, "{") {
            return None;
        }
        match &self.tree.node(value).what {
            What::List(items) => match items[..] {
                [key, held] if matches!(self.tree.node(key).what, What::Text(_)) => Some((key, held)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the entries of a map have texts as their keys.
    fn has_plain_keys(&self, map: NodeIx) -> bool {
        match &self.tree.node(map).what {
            What::Map(entries) => matches!(entries.first(), Some((Key::Value(_), _))),
            _ => false,
        }
    }

    /// `{ ... }` as an expression: a map, a closure, or a block.
    fn curly(&mut self) -> NodeIx {
        let open = self.at;
        let close = self.closing(open);
        if self.grammar.blocks != Blocks::Braces || self.is_map(open) {
            self.at += 1;
            return self.entries(open, close);
        }
        if self.grammar.trailing_blocks {
            return self.lambda_braces();
        }
        let scope = self.scope;
        let last = self.braces(scope);
        let span = self.span_from(open);
        last.unwrap_or_else(|| self.unknown(span))
    }

    /// Whether what stands in braces is entries: `key: x`, `"key" => x`, `Key = x`, a list of values.
    pub(super) fn is_map(&self, open: usize) -> bool {
        let close = self.closing(open);
        let first = open + 1;
        if first >= close {
            return true;
        }
        let sign = self.word(first + 1);
        match self.kind(first) {
            Some(Kind::Name) => matches!(sign, ":" | "=>") && self.kind(first + 1) == Some(Kind::Sign) || sign == "," && !self.grammar.trailing_blocks,
            Some(Kind::Text(_) | Kind::Number) => matches!(sign, ":" | "=>" | "," | "}") || first + 1 == close,
            Some(Kind::Sign) => matches!(self.word(first), "..." | ".." | "**"),
            Some(Kind::Open) => self.is(first, "{") && self.is_map(first) || self.is(first, "[") && self.is(self.closing(first) + 1, "="),
            _ => false,
        }
    }

    /// Whether braces behind a name hold the fields of a structure.
    pub(super) fn literal_fields(&self, node: NodeIx) -> bool {
        if !matches!(self.tree.node(node).what, What::Name(_) | What::Member(..) | What::Index(..)) || self.grammar.blocks == Blocks::Indent {
            return false;
        }
        let open = self.at;
        let close = self.closing(open);
        let first = open + 1;
        if self.grammar.trailing_blocks {
            return false;
        }
        if first == close {
            return !self.no_block && self.starts_upper(node);
        }
        let sign = self.word(first + 1);
        let is_field = self.is_name(first) && (sign == ":" || sign == "," && self.grammar.macros && !self.no_block) && self.kind(first + 1) == Some(Kind::Sign);
        let is_short = self.is_name(first) && first + 1 == close && self.grammar.macros && !self.no_block && self.starts_upper(node);
        let is_list = matches!(self.kind(first), Some(Kind::Text(_))) && !self.no_block;
        is_field && (self.starts_upper(node) || !self.no_block) || is_list || is_short || self.is(first, "..") && !self.no_block
    }

    fn starts_upper(&self, node: NodeIx) -> bool {
        self.tree.last_name(node).is_some_and(|name| name.starts_with(|first: char| first.is_uppercase()))
    }

    /// `Name{ field: x }`: an instance.
    pub(super) fn structure(&mut self, from: usize, node: NodeIx) -> NodeIx {
        self.fields_of(from, Some(node))
    }

    pub(super) fn fields_of(&mut self, from: usize, callee: Option<NodeIx>) -> NodeIx {
        let open = self.at;
        let close = self.closing(open);
        self.at += 1;
        let map = self.entries(open, close);
        let Some(callee) = callee else { return map };
        let args = match self.tree.node(map).what.clone() {
            What::Map(entries) => entries
                .into_iter()
                .map(|(key, value)| Arg {
                    name: match key {
                        Key::Name(name) => Some(name),
                        Key::Value(key) => self.tree.last_name(key).or_else(|| self.plain_span(key).map(|span| &self.text[span.start..span.end])),
                        Key::Spread => None,
                    },
                    value,
                })
                .collect(),
            What::List(values) => values.into_iter().map(|value| Arg { name: None, value }).collect(),
            _ => Vec::new(),
        };
        let span = self.span_from(from);
        self.node(What::Call(Call { callee, args, is_new: true }), span)
    }

    /// `new X(...) { ... }`
    fn instance(&mut self, from: usize) -> NodeIx {
        self.at = from + 1;
        if self.is(self.at, "\\") {
            self.at += 1;
        }
        let start = self.at;
        let mut callee = match self.kind(self.at) {
            Some(Kind::Name) => {
                let token = self.tokens[self.at];
                let name = self.word(self.at);
                self.at += 1;
                self.node(What::Name(name), token.span())
            }
            _ => {
                let span = self.span_from(from);
                self.unknown(span)
            }
        };
        while matches!(self.word(self.at), "." | "::" | "\\") && self.is_name(self.at + 1) {
            let name = self.word(self.at + 1);
            self.at += 2;
            let span = self.span_from(start);
            callee = self.node(What::Member(callee, name), span);
        }
        if self.is(self.at, "<") && !self.generic(self.at) {
            self.skip_type_name();
        }
        let mut args = Vec::new();
        if self.is(self.at, "(") {
            args = self.arguments();
        } else if self.is(self.at, "[") {
            // `new T[] { ... }`
            self.at = (self.closing(self.at) + 1).min(self.end);
            if self.is(self.at, "[") {
                self.at = (self.closing(self.at) + 1).min(self.end);
            }
            if self.is(self.at, "{") {
                return self.fields_of(from, None);
            }
        }
        let span = self.span_from(from);
        if self.is(self.at, "{") && !self.no_block {
            let open = self.at;
            let is_fields = self.is_name(open + 1) && self.is(open + 2, "=")
                || self.is(open + 1, "{")
                || self.is(open + 1, "[")
                || self.closing(open) == open + 1
                || self.is_map(open);
            if is_fields {
                let close = self.closing(open);
                self.at += 1;
                let map = self.entries(open, close);
                // `new { a, b = x }`, `new() { ["a"] = x }`
                if matches!(self.tree.node(callee).what, What::Unknown(_)) || self.has_plain_keys(map) {
                    return map;
                }
                if let What::Map(entries) = self.tree.node(map).what.clone() {
                    for (key, value) in entries {
                        let name = match key {
                            Key::Name(name) => Some(name),
                            _ => None,
                        };
                        args.push(Arg { name, value });
                    }
                } else {
                    args.push(Arg { name: None, value: map });
                }
            } else {
                // A class without a name.
                let scope = self.scope;
                self.braces(scope);
            }
        }
        self.node(What::Call(Call { callee, args, is_new: true }), span)
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
        self.node(What::Choice(condition, first, second), span)
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
        self.node(What::Choice(condition, first, second), span)
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
