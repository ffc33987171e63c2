//! Expressions: what stands between signs, and what is read from it.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Arg, Call, Key, NodeIx, What};

/// Macros whose texts are no formats.
const NO_FORMATS: &[&str] =
    &["json!", "vec!", "concat!", "matches!", "html!", "quote!", "env!", "option_env!", "include_str!", "query!", "query_as!", "regex!"];

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
                    left = self.node(What::Choice(left, first, second), span);
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
        let condition = self.expression(2);
        let other = if self.is(self.at, "else") {
            self.at += 1;
            self.expression(1)
        } else {
            // The condition of a comprehension.
            return left;
        };
        let span = self.span_from(from);
        self.node(What::Choice(condition, left, other), span)
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

    /// What follows an expression: members, calls, indexes.
    fn behind(&mut self, from: usize, first: NodeIx) -> NodeIx {
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
                    "(" if !breaks && !(token.space && self.grammar.commands && self.grammar.blocks == Blocks::Ends && !self.is_call_spaced()) => {
                        node = self.call(from, node);
                    }
                    "[" if !breaks && !(token.space && self.grammar.commands) => node = self.index(from, node),
                    "[" if self.begins_command(node) => node = self.command(from, Some(node)),
                    "{" if !breaks || self.is_block_expected(node) => {
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

    /// Ruby: a space before the bracket makes it a bracket of the first argument, which mostly comes to the same.
    fn is_call_spaced(&self) -> bool {
        true
    }

    fn is_block_expected(&self, _node: NodeIx) -> bool {
        false
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
    fn macro_name(&mut self, node: NodeIx) -> NodeIx {
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

    /// Hands a closure to a call, or makes one of a name.
    fn with_block(&mut self, from: usize, node: NodeIx, block: NodeIx) -> NodeIx {
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
    fn begins_command(&self, node: NodeIx) -> bool {
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

    fn takes_do(&self, node: NodeIx) -> bool {
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
