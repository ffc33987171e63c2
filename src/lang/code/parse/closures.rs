//! Closures in all their forms.

use super::{Parser, Stop};
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{NodeIx, What};

impl<'t> Parser<'t> {
    fn closure(&mut self, from: usize, read: impl FnOnce(&mut Self, u32, u32)) -> NodeIx {
        let span = self.span_from(from);
        let function = self.open(None, span);
        let scope = self.tree.functions[function as usize].scope;
        read(self, function, scope);
        let span = self.span_from(from);
        self.node(What::Function(function), span)
    }

    /// A closure's body: a block, or an expression.
    fn closure_body(&mut self, function: u32, scope: u32) {
        if self.is(self.at, "{") && !(self.grammar.joins.contains(&"<>") && self.is_map(self.at)) {
            let last = self.braces(scope);
            if let Some(last) = last {
                // The last expression of a block that says `return` nowhere may be its result.
                let results = &mut self.tree.functions[function as usize].results;
                if results.is_empty() || self.grammar.last_is_result {
                    results.push(last);
                }
            }
        } else {
            let inside = self.inside;
            self.result_of(function, scope);
            self.inside = inside;
        }
    }

    /// `x -> y`, `(x, y) => { ... }`; the arrow is at `arrow`.
    pub(super) fn arrow(&mut self, from: usize, first: usize, arrow: usize) -> NodeIx {
        self.closure(from, |parser, function, scope| {
            if parser.is(first, "(") {
                parser.params_between(first + 1, arrow - 1, function, scope);
            } else {
                parser.params_between(first, arrow, function, scope);
            }
            parser.at = arrow + 1;
            parser.closure_body(function, scope);
        })
    }

    /// `lambda x: y`
    pub(super) fn lambda_word(&mut self, from: usize) -> NodeIx {
        let colon = (from..self.end.min(from + 60)).find(|at| self.is(*at, ":")).unwrap_or(from + 1);
        self.closure(from, |parser, function, scope| {
            parser.params_between(from + 1, colon, function, scope);
            parser.at = colon + 1;
            parser.result_of(function, scope);
        })
    }

    /// `fn x -> ... end`
    pub(super) fn fn_end(&mut self, from: usize) -> NodeIx {
        let arrow = (from..self.end.min(from + 60)).find(|at| self.is(*at, "->")).unwrap_or(from);
        self.closure(from, |parser, function, scope| {
            parser.params_between(from + 1, arrow, function, scope);
            parser.at = arrow + 1;
            let last = parser.body_to_end(scope);
            parser.tree.functions[function as usize].results.extend(last);
        })
    }

    /// `func(x T) { ... }`, `function($x) use ($y) { ... }`, `fn($x) => y`
    pub(super) fn function_value(&mut self, from: usize) -> NodeIx {
        self.at = from + 1;
        if self.is(self.at, "&") {
            self.at += 1;
        }
        self.closure(from, |parser, function, scope| {
            if parser.is(parser.at, "(") {
                parser.params(function, scope);
            }
            let limit = parser.end.min(parser.at + 40);
            while parser.at < limit && !matches!(parser.word(parser.at), "{" | "=>" | ";" | ")" | ",") {
                parser.at = if parser.kind(parser.at) == Some(Kind::Open) { (parser.closing(parser.at) + 1).min(parser.end) } else { parser.at + 1 };
            }
            if parser.is(parser.at, "=>") {
                parser.at += 1;
                parser.result_of(function, scope);
            } else if parser.is(parser.at, "{") {
                parser.closure_body(function, scope);
            }
        })
    }

    /// `|x, y| z`, `|| z`
    pub(super) fn bar_closure(&mut self, from: usize) -> NodeIx {
        let mut close = from;
        if self.is(from, "|") {
            close = (from + 1..self.end.min(from + 60)).find(|at| self.is(*at, "|")).unwrap_or(from + 1);
        }
        self.closure(from, |parser, function, scope| {
            parser.params_between(from + 1, close.max(from + 1), function, scope);
            parser.at = (close + 1).min(parser.end);
            if parser.is(parser.at, "->") {
                while parser.at < parser.end && !parser.is(parser.at, "{") {
                    parser.at += 1;
                }
            }
            parser.closure_body(function, scope);
        })
    }

    /// `->(x) { ... }`, `-> do ... end`
    pub(super) fn arrow_lambda(&mut self, from: usize) -> NodeIx {
        self.at = from + 1;
        self.closure(from, |parser, function, scope| {
            if parser.is(parser.at, "(") {
                parser.params(function, scope);
            }
            parser.block_of(function, scope);
        })
    }

    /// `do |x| ... end`
    pub(super) fn lambda_do(&mut self) -> NodeIx {
        let from = self.at;
        self.closure(from, |parser, function, scope| parser.block_of(function, scope))
    }

    fn block_of(&mut self, function: u32, scope: u32) {
        let is_do = self.is(self.at, "do");
        if !is_do && !self.is(self.at, "{") {
            return;
        }
        let open = self.at;
        if self.is(open + 1, "|") {
            let close = (open + 2..self.end.min(open + 60)).find(|at| self.is(*at, "|")).unwrap_or(open + 2);
            self.params_between(open + 2, close, function, scope);
            if is_do {
                self.at = close + 1;
                let last = self.body_to_end(scope);
                self.tree.functions[function as usize].results.extend(last);
                return;
            }
            // The names are skipped within the braces.
            self.block_between(open, close + 1, function, scope);
            return;
        }
        if is_do {
            self.at = open + 1;
            let last = self.body_to_end(scope);
            self.tree.functions[function as usize].results.extend(last);
        } else {
            self.block_between(open, open + 1, function, scope);
        }
    }

    /// The statements between braces, from a word behind the names of a closure.
    fn block_between(&mut self, open: usize, first: usize, function: u32, scope: u32) {
        let close = self.closing(open);
        if self.is_full() {
            self.at = (close + 1).min(self.end);
            return;
        }
        let (outer, block) = (self.scope, self.block);
        let (inside, no_block) = (self.inside, self.no_block);
        (self.inside, self.no_block) = (false, false);
        self.scope = scope;
        self.block = self.new_block();
        self.last = None;
        self.at = first.min(close);
        self.statements(Stop::At(close));
        self.at = (close + 1).min(self.end);
        (self.scope, self.block) = (outer, block);
        (self.inside, self.no_block) = (inside, no_block);
        if let Some(last) = self.last.take() {
            self.tree.functions[function as usize].results.push(last);
        }
    }

    /// `{ x, y -> ... }`, `{ x in ... }`, `{ |x| ... }`, `{ ... }`
    pub(super) fn lambda_braces(&mut self) -> NodeIx {
        let from = self.at;
        let close = self.closing(from);
        if self.is(from + 1, "|") {
            return self.closure(from, |parser, function, scope| parser.block_of(function, scope));
        }
        // Names before an arrow, on the first line.
        let mut at = from + 1;
        let mut arrow = None;
        while at < close && at < from + 40 {
            let word = self.word(at);
            match self.kind(at) {
                Some(Kind::Sign) if matches!(word, "->" | "=>") => {
                    arrow = Some(at);
                    break;
                }
                Some(Kind::Name) if word == "in" => {
                    arrow = Some(at);
                    break;
                }
                Some(Kind::Name) => {}
                Some(Kind::Sign) if matches!(word, "," | ":" | "." | "?" | "<" | ">" | "@") => {}
                Some(Kind::Open) if word != "{" => {
                    at = self.closing(at);
                }
                _ => break,
            }
            at += 1;
        }
        // `case x => ...` is a branch.
        let arrow = arrow.filter(|_| !self.is(from + 1, "case"));
        self.closure(from, |parser, function, scope| {
            let mut first = from + 1;
            if let Some(arrow) = arrow {
                let mut names = from + 1;
                if parser.is(names, "[") {
                    names = parser.closing(names) + 1;
                }
                if parser.is(names, "(") {
                    let end = parser.closing(names);
                    parser.params_between(names + 1, end, function, scope);
                } else {
                    parser.params_between(names, arrow, function, scope);
                }
                first = arrow + 1;
            }
            parser.block_between(from, first, function, scope);
        })
    }

    /// Whether a closure in braces may follow an expression.
    pub(super) fn may_take_block(&self, node: NodeIx) -> bool {
        match &self.tree.node(node).what {
            What::Call(_) | What::Member(..) => true,
            What::Name(name) => !self.grammar.control.contains(name) && !self.grammar.selves.contains(name),
            _ => false,
        }
    }
}
