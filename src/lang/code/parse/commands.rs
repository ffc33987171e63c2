//! Calls: their arguments, their blocks, and calls that need no brackets.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Arg, Call, Key, NodeIx, What};

/// Macros whose texts are no formats.
const NO_FORMATS: &[&str] =
    &["json!", "vec!", "concat!", "matches!", "html!", "quote!", "env!", "option_env!", "include_str!", "query!", "query_as!", "regex!"];

impl<'t> Parser<'t> {
    /// `callee(args)`; the bracket is next.
    pub(super) fn call(&mut self, from: usize, callee: NodeIx) -> NodeIx {
        let is_format = self.tree.last_name(callee).is_some_and(|name| name.ends_with('!') && !NO_FORMATS.contains(&name));
        let outer = std::mem::replace(&mut self.in_macro, is_format);
        let args = self.arguments();
        self.in_macro = outer;
        let span = self.span_from(from);
        self.filled(callee, &args, span);
        self.defines(callee, &args);
        self.node(What::Call(Call { callee, args, is_new: false }), span)
    }

    /// The name of a macro has its sign.
    pub(super) fn macro_name(&mut self, node: NodeIx) -> NodeIx {
        let (Some(name), Some(sign)) = (self.at.checked_sub(1).and_then(|at| self.token(at)), self.token(self.at)) else { return node };
        if name.kind != Kind::Name || name.end != sign.start {
            return node;
        }
        let written = &self.text[name.start as usize..sign.end as usize];
        let span = self.tree.node(node).span;
        match self.tree.node(node).what {
            What::Name(_) => self.node(What::Name(written), span),
            What::Member(object, _) => self.node(What::Member(object, written), span),
            _ => node,
        }
    }

    /// What stands between the brackets that open here.
    pub(super) fn arguments(&mut self) -> Vec<Arg<'t>> {
        let close = self.closing(self.at);
        self.at += 1;
        let mut args: Vec<Arg<'t>> = Vec::new();
        let mut entries: Vec<(Key<'t>, NodeIx)> = Vec::new();
        let from = self.at;
        self.within(|parser| {
            while parser.at < close && !parser.is_full() {
                let before = parser.at;
                if matches!(parser.word(parser.at), "," | ";") && parser.kind(parser.at) == Some(Kind::Sign) {
                    parser.at += 1;
                    continue;
                }
                let (name, value) = parser.named();
                if matches!(parser.word(parser.at), "=>" | ":") && parser.kind(parser.at) == Some(Kind::Sign) && name.is_none() {
                    parser.at += 1;
                    let held = parser.expression(0);
                    entries.push((Key::Value(value), held));
                } else {
                    args.push(Arg { name, value });
                    parser.comprehension();
                }
                if parser.at == before {
                    parser.at += 1;
                }
            }
        });
        self.at = close.max(self.at.min(close)).min(self.end);
        self.at = (close + 1).min(self.end);
        if !entries.is_empty() {
            let span = self.span_from(from.min(close));
            let map = self.node(What::Map(entries), span);
            args.push(Arg { name: None, value: map });
        }
        args
    }

    /// An argument with its name, if it has one: `name: x`, `name = x`.
    pub(super) fn named(&mut self) -> (Option<&'t str>, NodeIx) {
        let is_sign = self.kind(self.at + 1) == Some(Kind::Sign);
        if self.is_name(self.at) && is_sign && matches!(self.word(self.at + 1), ":" | "=") {
            let name = self.word(self.at).trim_end_matches([':', '?']);
            self.at += 2;
            // `name:` alone is the variable of that name.
            if matches!(self.word(self.at), "," | ")" | "]" | "}") && !matches!(self.kind(self.at), Some(Kind::Text(_))) {
                let token = self.tokens[self.at - 2];
                let node = self.node(What::Name(name), token.span());
                return (Some(name), node);
            }
            let in_macro = std::mem::take(&mut self.in_macro);
            let value = self.assignment();
            self.in_macro = in_macro;
            return (Some(name), value);
        }
        (None, self.assignment())
    }

    /// `for x in xs if c`: what stands behind an expression between brackets.
    pub(super) fn comprehension(&mut self) {
        while self.grammar.blocks == Blocks::Indent && matches!(self.word(self.at), "for" | "async") && self.inside {
            if self.is(self.at, "async") {
                self.at += 1;
            }
            self.at += 1;
            let from = self.at;
            while self.at < self.end && !self.is(self.at, "in") {
                self.at += 1;
            }
            let names: Vec<usize> = (from..self.at).filter(|at| self.is_name(*at)).collect();
            self.at += 1;
            let over = self.expression(2);
            for at in names {
                let span = self.tokens[at].span();
                let word = self.word(at);
                self.give(self.scope, word, crate::lang::code::tree::Given::Items(over), span, true);
            }
            while self.is(self.at, "if") {
                self.at += 1;
                self.expression(2);
            }
        }
    }

    /// Hands a closure to a call, or makes one of a name.
    pub(super) fn with_block(&mut self, from: usize, node: NodeIx, block: NodeIx) -> NodeIx {
        self.goes_over(node, block);
        let span = self.span_from(from);
        if let What::Call(call) = &mut self.tree.nodes[node.0 as usize].what {
            call.args.push(Arg { name: None, value: block });
            self.tree.nodes[node.0 as usize].span = span;
            return node;
        }
        self.node(What::Call(Call { callee: node, args: vec![Arg { name: None, value: block }], is_new: false }), span)
    }

    /// Whether what stands here is the first argument of a call without brackets.
    pub(super) fn begins_command(&self, node: NodeIx) -> bool {
        if !self.grammar.commands || self.newline(self.at) || self.no_block {
            return false;
        }
        let Some(token) = self.token(self.at).filter(|token| token.space) else { return false };
        match &self.tree.node(node).what {
            What::Name(name) if self.is_plain_word(name) => {}
            What::Member(..) => {}
            _ => return false,
        }
        let word = self.word(self.at);
        match token.kind {
            Kind::Name => !matches!(
                word,
                "do" | "end"
                    | "if"
                    | "unless"
                    | "while"
                    | "until"
                    | "and"
                    | "or"
                    | "then"
                    | "rescue"
                    | "in"
                    | "when"
                    | "else"
                    | "not"
                    | "is"
                    | "as"
                    | "for"
                    | "elsif"
                    | "ensure"
                    | "to"
                    | "downTo"
            ),
            Kind::Text(_) | Kind::Number => true,
            Kind::Sign => {
                matches!(word, "*" | "&" | ":" | "-" | "::" | "!" | "->" | "**" | "%" | "~")
                    && !self.token(self.at + 1).is_some_and(|next| next.space)
                    && self.token(self.at + 1).is_some()
            }
            // `puts [a, b]`
            Kind::Open => word == "[",
            Kind::Close => false,
        }
    }

    fn is_plain_word(&self, name: &str) -> bool {
        !name.starts_with(['@', '$'])
    }

    pub(super) fn takes_do(&self, node: NodeIx) -> bool {
        matches!(self.tree.node(node).what, What::Call(_) | What::Name(_) | What::Member(..))
    }

    /// A call without brackets: its arguments go to the end of the line.
    pub(super) fn command(&mut self, from: usize, callee: Option<NodeIx>) -> NodeIx {
        let callee = callee.unwrap_or_else(|| {
            let token = self.tokens[from];
            let name = self.word(from);
            self.node(What::Name(name), token.span())
        });
        let mut args: Vec<Arg<'t>> = Vec::new();
        let mut entries: Vec<(Key<'t>, NodeIx)> = Vec::new();
        let first = self.at;
        if !self.ends_here(self.at - 1) {
            loop {
                let before = self.at;
                let (name, value) = self.deeper_named();
                if self.is(self.at, "=>") && name.is_none() {
                    self.at += 1;
                    let held = self.expression(0);
                    entries.push((Key::Value(value), held));
                } else {
                    args.push(Arg { name, value });
                }
                if !self.is(self.at, ",") || self.at == before || self.is_full() {
                    break;
                }
                self.at += 1;
            }
        }
        if !entries.is_empty() {
            let span = self.span_from(first);
            let map = self.node(What::Map(entries), span);
            args.push(Arg { name: None, value: map });
        }
        let span = self.span_from(from);
        self.defines(callee, &args);
        self.node(What::Call(Call { callee, args, is_new: false }), span)
    }

    fn deeper_named(&mut self) -> (Option<&'t str>, NodeIx) {
        if self.is_name(self.at) && self.is(self.at + 1, ":") && !self.token(self.at + 1).is_some_and(|token| token.space) {
            return self.named();
        }
        (None, self.expression(0))
    }
}
