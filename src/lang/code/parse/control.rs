//! Statements with a block: conditions, loops, what catches errors, what opens things.

use super::Parser;
use crate::lang::code::language::{Blocks, Special};
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Given, What};

impl<'t> Parser<'t> {
    /// `if x`, `for y in z`, `catch (E e)`: the expressions in it, and its block.
    pub(super) fn control(&mut self, from: usize) {
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
}
