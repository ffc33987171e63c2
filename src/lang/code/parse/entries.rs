//! Lists, maps and structures: what stands between brackets, item by item.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Arg, Call, Key, NodeIx, What};

impl<'t> Parser<'t> {
    /// `[ ... ]`: a list or a map; or Go's `[]T{ ... }`.
    pub(super) fn square(&mut self) -> NodeIx {
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
    pub(super) fn typed_literal(&mut self, from: usize) -> NodeIx {
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
                let is_named =
                    parser.grammar.blocks != Blocks::Indent && parser.is_name(parser.at) && (parser.is(parser.at + 1, ":") || parser.is(parser.at + 1, "="));
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
    pub(super) fn curly(&mut self) -> NodeIx {
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
    pub(super) fn instance(&mut self, from: usize) -> NodeIx {
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
}
