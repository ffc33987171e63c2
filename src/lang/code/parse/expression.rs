//! Expressions: signs, and what stands before and between them.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Arg, Call, NodeIx, What};

/// How strongly a sign between two expressions binds; `None` where it ends the expression.
fn level(sign: &str) -> Option<u8> {
    Some(match sign {
        "?" => 1,
        "||" | "??" | "?:" | "or" => 2,
        "&&" | "and" => 3,
        "==" | "!=" | "===" | "!==" | "<" | ">" | "<=" | ">=" | "<=>" | "=~" | "is" | "in" | "instanceof" | "not" => 4,
        "|>" => 5,
        "+" | "-" | "*" | "/" | "%" | "." | "<>" | "++" | "--" | "|" | "&" | "^" | "<<" | ">>" | ".." | "..." | "..<" | "..=" | "**" | "to" | "until"
        | "downTo" => 6,
        _ => return None,
    })
}

impl<'t> Parser<'t> {
    /// An expression whose signs bind at least as strongly as `least`.
    pub(super) fn expression(&mut self, least: u8) -> NodeIx {
        let from = self.at;
        if self.is_full() {
            // Too deep: the whole bracket is stepped over.
            self.at = if self.kind(from) == Some(Kind::Open) { (self.closing(from) + 1).min(self.end) } else { (from + 1).min(self.end) };
            let span = self.span_from(from);
            return self.unknown(span);
        }
        self.depth += 1;
        let mut left = self.unary();
        loop {
            let sign = self.word(self.at);
            if !matches!(self.kind(self.at), Some(Kind::Sign | Kind::Name)) {
                break;
            }
            if self.ends_line(sign) {
                break;
            }
            let Some(own) = level(sign).filter(|own| *own >= least) else {
                // `x if c else y`
                if sign == "if" && self.grammar.blocks == Blocks::Indent && least <= 1 && (self.inside || !self.newline(self.at)) {
                    left = self.choice_behind(from, left);
                    continue;
                }
                if sign == "as" && self.grammar.blocks == Blocks::Braces && !self.no_as() {
                    self.at += 1;
                    if matches!(self.word(self.at), "?" | "!") {
                        self.at += 1;
                    }
                    self.skip_type_name();
                    continue;
                }
                break;
            };
            match sign {
                "?" => {
                    if self.grammar.macros || self.grammar.blocks == Blocks::Indent {
                        break;
                    }
                    self.at += 1;
                    let first = self.expression(1);
                    if !self.is(self.at, ":") {
                        continue;
                    }
                    self.at += 1;
                    let second = self.expression(1);
                    let span = self.span_from(from);
                    left = self.node(What::Choice(first, second), span);
                }
                "." if !self.grammar.joins.contains(&".") => break,
                "to" | "until" | "downTo" if !self.grammar.trailing_blocks || self.grammar.blocks != Blocks::Braces => break,
                "in" if self.grammar.blocks == Blocks::Braces && !self.grammar.newline_ends => break,
                "not" if !self.is(self.at + 1, "in") => break,
                "is" | "not" => {
                    self.at += if sign == "not" || self.is(self.at + 1, "not") { 2 } else { 1 };
                    let right = self.expression(own + 1);
                    let span = self.span_from(from);
                    left = self.node(What::Binary("==", left, right), span);
                }
                "|>" => {
                    self.at += 1;
                    let right = self.expression(own + 1);
                    left = self.piped(from, left, right);
                }
                "||" | "|" if self.grammar.macros && self.is_closure_here(sign) => break,
                _ => {
                    self.at += 1;
                    let throws = self.grammar.throws.contains(&self.word(self.at));
                    let right = if throws { self.thrown(self.at) } else { self.expression(own + 1) };
                    let span = self.span_from(from);
                    left = self.node(What::Binary(sign, left, right), span);
                }
            }
        }
        self.depth -= 1;
        left
    }

    /// Whether a line break before this word ends the expression.
    fn ends_line(&self, sign: &str) -> bool {
        if !self.newline(self.at) || self.inside || !self.grammar.newline_ends {
            return false;
        }
        // A line that begins so goes on with the one before, where no statement may begin so.
        let goes_on = match self.grammar.blocks {
            Blocks::Indent => false,
            Blocks::Ends => matches!(sign, "||" | "&&" | "|>" | "<>" | "and" | "or"),
            Blocks::Braces => matches!(sign, "||" | "&&" | "?:" | "??" | "?" | "+" | "==" | "!="),
        };
        !goes_on
    }

    fn no_as(&self) -> bool {
        // In a loop's head `as` parts what is gone over from its names.
        self.no_block && self.grammar.joins.contains(&".")
    }

    fn is_closure_here(&self, sign: &str) -> bool {
        sign == "|" && self.token(self.at).is_some_and(|token| token.newline)
    }

    /// `x if c else y`
    fn choice_behind(&mut self, from: usize, left: NodeIx) -> NodeIx {
        self.at += 1;
        self.expression(2);
        let other = if self.is(self.at, "else") {
            self.at += 1;
            self.expression(1)
        } else {
            // The condition of a comprehension.
            return left;
        };
        let span = self.span_from(from);
        self.node(What::Choice(left, other), span)
    }

    /// `x |> f(y)`: `f(x, y)`
    fn piped(&mut self, from: usize, left: NodeIx, right: NodeIx) -> NodeIx {
        let span = self.span_from(from);
        if let What::Call(call) = &mut self.tree.nodes[right.0 as usize].what {
            // It stands where it is written, not where the pipe begins.
            call.args.insert(0, Arg { name: None, value: left });
            return right;
        }
        self.node(What::Call(Call { callee: right, args: vec![Arg { name: None, value: left }], is_new: false }), span)
    }

    fn unary(&mut self) -> NodeIx {
        let from = self.at;
        let word = self.word(from);
        let is_sign = self.kind(from) == Some(Kind::Sign);
        if is_sign && word == "->" && self.grammar.blocks == Blocks::Ends {
            return self.arrow_lambda(from);
        }
        if is_sign && self.grammar.macros && matches!(word, "|" | "||") {
            return self.bar_closure(from);
        }
        if is_sign
            && matches!(
                word,
                "!" | "-" | "+" | "*" | "&" | "~" | "**" | "..." | ".." | "^" | "@" | "%" | "?" | "&&" | "<-" | "\\" | "$" | "::" | "#" | "..<" | "..="
            )
        {
            self.at += 1;
            // `%{...}`, `%Struct{...}`
            if word == "%" && self.grammar.blocks == Blocks::Ends {
                return self.unary();
            }
            if self.kind(self.at).is_none() || matches!(self.word(self.at), ")" | "]" | "}" | "," | ";") && self.kind(self.at) != Some(Kind::Open) {
                let span = self.span_from(from);
                return self.unknown(span);
            }
            let inner = if self.is_full() {
                let span = self.span_from(from);
                self.unknown(span)
            } else {
                self.depth += 1;
                let inner = self.unary();
                self.depth -= 1;
                inner
            };
            if matches!(word, "\\" | "::") {
                return inner;
            }
            let span = self.span_from(from);
            return self.node(What::Unary(word, inner), span);
        }
        if self.is_name(from) {
            match word {
                "await" | "yield" | "async" | "move" | "ref" | "out" | "mut" | "suspend" | "try" | "unsafe" | "consume" | "copy" | "some" | "any" | "clone"
                | "dyn" | "go" | "defer" | "checked" | "static"
                    if !self.newline(from + 1) && matches!(self.kind(from + 1), Some(Kind::Name | Kind::Open | Kind::Text(_))) && !self.is(from + 1, "(") =>
                {
                    self.at += 1;
                    if self.is(self.at, "{") {
                        return self.primary();
                    }
                    return self.deeper(Self::unary);
                }
                "try" | "await" if matches!(self.word(from + 1), "?" | "!" | "(") => {
                    self.at += 1;
                    if self.kind(self.at) == Some(Kind::Sign) {
                        self.at += 1;
                    }
                    return self.deeper(Self::unary);
                }
                "not" | "typeof" | "sizeof" | "nameof" | "defined?" if !self.is(from + 1, "=") && !self.is(from + 1, ".") => {
                    self.at += 1;
                    let inner = self.deeper(|parser| parser.expression(4));
                    let span = self.span_from(from);
                    return self.node(What::Unary("!", inner), span);
                }
                _ => {}
            }
        }
        let first = self.primary();
        self.behind(from, first)
    }

    pub(super) fn deeper(&mut self, read: impl FnOnce(&mut Self) -> NodeIx) -> NodeIx {
        if self.is_full() {
            self.at += 1;
            let span = self.span_from(self.at - 1);
            return self.unknown(span);
        }
        self.depth += 1;
        let out = read(self);
        self.depth -= 1;
        out
    }
}
