//! What follows an expression: members, calls, indexes, blocks.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{NodeIx, What};

impl<'t> Parser<'t> {
    /// What follows an expression: members, calls, indexes.
    pub(super) fn behind(&mut self, from: usize, first: NodeIx) -> NodeIx {
        let mut node = first;
        let mut steps = 0;
        loop {
            steps += 1;
            let Some(token) = self.token(self.at).filter(|_| steps < 400) else { return node };
            let word = self.word(self.at);
            let breaks = token.newline && !self.inside && self.grammar.newline_ends;
            match token.kind {
                Kind::Sign => match word {
                    "." | "?." | "->" | "?->" | "::" | "&." => {
                        let is_join = word == "." && self.grammar.joins.contains(&".");
                        let is_arrow = word == "->" && !self.grammar.selves.contains(&"$this");
                        if is_join || is_arrow || breaks && self.grammar.blocks == Blocks::Indent {
                            return node;
                        }
                        if !self.member(from, &mut node) {
                            return node;
                        }
                    }
                    "!" if self.grammar.macros && matches!(self.word(self.at + 1), "(" | "[" | "{") && !breaks => {
                        node = self.macro_name(node);
                        self.at += 1;
                        node = self.call(from, node);
                    }
                    "!" | "!!" if !token.space && !breaks && self.grammar.blocks == Blocks::Braces && !self.is(self.at + 1, "=") => self.at += 1,
                    "?" if self.grammar.macros && !token.space => self.at += 1,
                    "?" if !token.space && self.is(self.at + 1, "[") && !self.token(self.at + 1).is_some_and(|next| next.space) => self.at += 1,
                    "?" if !token.space
                        && self.grammar.newline_ends
                        && self.grammar.blocks == Blocks::Braces
                        && matches!(self.word(self.at + 1), "." | "(") =>
                    {
                        self.at += 1
                    }
                    "<" if self.generic(self.at) => {}
                    "++" | "--" if self.grammar.blocks == Blocks::Braces && !token.space => self.at += 1,
                    _ => return node,
                },
                Kind::Open => match word {
                    // Ruby: a space before the bracket makes it one of the first argument, which mostly comes to the same.
                    "(" if !breaks => node = self.call(from, node),
                    "[" if !breaks && (!token.space || !self.grammar.commands) => node = self.index(from, node),
                    "[" if self.begins_command(node) => node = self.command(from, Some(node)),
                    "{" if !breaks => {
                        if self.literal_fields(node) {
                            node = self.structure(from, node);
                        } else if self.grammar.trailing_blocks && !self.no_block && self.may_take_block(node) {
                            let block = self.lambda_braces();
                            node = self.with_block(from, node, block);
                        } else {
                            return node;
                        }
                    }
                    _ => return node,
                },
                Kind::Name
                    if word == "do"
                        && self.grammar.blocks == Blocks::Ends
                        && !self.no_block
                        && !breaks
                        && !self.is(self.at + 1, ":")
                        && self.takes_do(node) =>
                {
                    let block = self.lambda_do();
                    node = self.with_block(from, node, block);
                }
                Kind::Name | Kind::Text(_) | Kind::Number | Kind::Close if self.begins_command(node) => {
                    node = self.command(from, Some(node));
                }
                _ => {
                    if token.kind == Kind::Sign && self.begins_command(node) {
                        node = self.command(from, Some(node));
                        continue;
                    }
                    return node;
                }
            }
        }
    }

    /// `.name`, `.(x)`, `.await`; false where nothing such follows.
    fn member(&mut self, from: usize, node: &mut NodeIx) -> bool {
        let sign_at = self.at;
        self.at += 1;
        let word = self.word(self.at);
        match self.kind(self.at) {
            Some(Kind::Name) => {
                let name = word;
                self.at += 1;
                // `x.await`, `T::class`
                if name == "await" && self.grammar.macros {
                    return true;
                }
                let span = self.span_from(from);
                *node = self.node(What::Member(*node, name), span);
                true
            }
            // `f.(x)`
            Some(Kind::Open) if self.is(self.at, "(") && self.grammar.blocks == Blocks::Ends => {
                *node = self.call(from, *node);
                true
            }
            // Go's `x.(T)`, Rust's `::<T>`
            Some(Kind::Open) if self.is(self.at, "(") => {
                self.at = (self.closing(self.at) + 1).min(self.end);
                true
            }
            Some(Kind::Sign) if word == "<" => {
                if !self.generic(self.at) {
                    self.at += 1;
                }
                true
            }
            Some(Kind::Number) => {
                let span = self.span_from(from);
                self.at += 1;
                *node = self.node(What::Unknown(vec![*node]), span);
                true
            }
            Some(Kind::Open) if self.is(self.at, "{") && !self.newline(self.at) => {
                // `use a::{b, c}`, `x.{f}`
                self.at = (self.closing(self.at) + 1).min(self.end);
                true
            }
            _ => {
                self.at = sign_at + 1;
                false
            }
        }
    }

    /// Steps over `<T, U>` where it is one, before a call or a member.
    pub(super) fn generic(&mut self, at: usize) -> bool {
        let mut depth = 0_i32;
        let mut inner = at;
        while inner < self.end.min(at + 30) {
            match self.word(inner) {
                "<" => depth += 1,
                ">" => depth -= 1,
                ">>" => depth -= 2,
                "," | "." | "::" | "?" | "[" | "]" | "&" | "*" | "(" | ")" | "->" | ":" | "=>" => {}
                _ if self.is_name(inner) => {}
                _ => return false,
            }
            inner += 1;
            if depth <= 0 {
                break;
            }
        }
        let is_one = depth == 0 && matches!(self.word(inner), "(" | "." | "::" | "{" | "[" | "?.") && !self.token(inner).is_some_and(|token| token.newline);
        if is_one {
            self.at = inner;
        }
        is_one
    }

    /// `object[key]`, `object[1:2]`, `object[..2]`.
    fn index(&mut self, from: usize, object: NodeIx) -> NodeIx {
        let close = self.closing(self.at);
        let open = self.at;
        // Numbers around `:`, `..` or `,` alone.
        let mut numbers: [Option<i64>; 2] = [None, None];
        let mut side = 0;
        let mut is_slice = false;
        let mut plain = true;
        let mut at = open + 1;
        let mut negative = false;
        while at < close && at < open + 12 {
            let word = self.word(at);
            match self.kind(at) {
                Some(Kind::Number) => {
                    let number = word.replace('_', "").parse::<i64>().ok();
                    numbers[side.min(1)] = number.map(|number| if negative { -number } else { number });
                    negative = false;
                }
                Some(Kind::Sign) if word == "-" => negative = true,
                Some(Kind::Sign) if matches!(word, ":" | ".." | "..." | "..<" | "..=") => {
                    is_slice = true;
                    side += 1;
                }
                Some(Kind::Sign) if word == "," && self.grammar.blocks == Blocks::Ends => {
                    is_slice = true;
                    side += 1;
                }
                Some(Kind::Sign) if word == "^" => negative = true,
                _ => plain = false,
            }
            at += 1;
        }
        if is_slice && close > open + 1 {
            self.at = open + 1;
            if !plain {
                self.within(|parser| {
                    while parser.at < close {
                        let before = parser.at;
                        parser.expression(0);
                        if parser.at == before {
                            parser.at += 1;
                        }
                    }
                });
            }
            self.at = (close + 1).min(self.end);
            let span = self.span_from(from);
            // Ruby's `[from, length]`
            let [first, mut second] = if plain { numbers } else { [None, None] };
            if !plain {
                let last = self.last_few(open, close);
                return self.node(What::Slice(object, Some(last.unwrap_or(0)), None), span);
            }
            let is_length = (open + 1..close).any(|at| self.is(at, ","));
            if is_length {
                second = first.zip(second).map(|(first, second)| if first < 0 { 0 } else { first + second });
            }
            return self.node(What::Slice(object, first, second), span);
        }
        self.at += 1;
        let key = if self.at >= close {
            let span = self.span_from(from);
            self.unknown(span)
        } else {
            self.within(|parser| parser.expression(0))
        };
        self.at = (close + 1).min(self.end);
        let span = self.span_from(from);
        self.node(What::Index(object, key), span)
    }

    /// `[len(x) - 4:]`, `[x.len() - 4..]`: how far from the end it begins, as a negative number.
    fn last_few(&self, open: usize, close: usize) -> Option<i64> {
        let sign = close.checked_sub(1).filter(|at| matches!(self.word(*at), ":" | ".."))?;
        let number = sign.checked_sub(1).filter(|at| *at > open + 2 && self.kind(*at) == Some(Kind::Number))?;
        let has_length = (open + 1..number).any(|at| matches!(self.word(at), "len" | "length" | "count" | "size" | "Length"));
        if !has_length || !self.is(number - 1, "-") {
            return None;
        }
        self.word(number).parse::<i64>().ok().map(|number| -number)
    }
}
