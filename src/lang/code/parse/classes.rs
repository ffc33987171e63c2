//! Classes, structures and modules: their heads, their parameters, their fields.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::Class;
use crate::text::Span;

impl<'t> Parser<'t> {
    /// `class X(...) : Y { ... }`, `type X struct { ... }`, `impl X { ... }`; whether it was one.
    pub(super) fn class(&mut self, from: usize) -> bool {
        let grammar = self.grammar;
        let word = self.word(from);
        let mut name_at = from + 1;
        if !grammar.classes.contains(&word) {
            return false;
        }
        // `enum class X`, `type X struct`, `impl<T> Trait for X`
        while grammar.classes.contains(&self.word(name_at)) && self.is_name(name_at + 1) {
            name_at += 1;
        }
        if word == "type" && !matches!(self.word(name_at + 1), "struct" | "interface" | "[") {
            return false;
        }
        if word == "impl" {
            let open = (from..self.end.min(from + 60)).find(|at| self.is(*at, "{"));
            let after = (from..open.unwrap_or(from)).find(|at| self.is(*at, "for"));
            name_at = after.map_or(name_at, |at| at + 1);
            if self.is(name_at, "<") {
                while name_at < self.end && !self.is(name_at, ">") {
                    name_at += 1;
                }
                name_at += 1;
            }
        }
        if word == "object" && self.is(name_at, "{") {
            // Kotlin's `companion object { ... }`: what it holds is the class's.
            self.at = name_at;
            self.braces(self.scope);
            return true;
        }
        if !self.is_name(name_at) || self.newline(name_at) {
            // Ruby's `class << self`
            return false;
        }
        while matches!(self.word(name_at + 1), "::" | "." | "\\") && self.is_name(name_at + 2) {
            name_at += 2;
        }
        let column = self.column(from);
        let name = self.word(name_at);
        let class = self.class_named(name, name_at);
        let marks = std::mem::take(&mut self.marks);
        self.tree.classes[class as usize].marks.extend(marks);
        let before = from.saturating_sub(1);
        let word_from = if self.is_name(before) && !self.newline(from) { before } else { from };
        self.tree.classes[class as usize].word = Span::new(self.tokens[word_from].start as usize, self.tokens[name_at].start as usize);
        let scope = self.new_scope(None, Some(class));
        self.at = name_at + 1;
        // Ruby's `class X < Y` has no types.
        if self.is(self.at, "<") && grammar.blocks != Blocks::Ends {
            self.skip_type_name();
        }
        // Parameters of the class are its fields.
        if self.is(self.at, "(") && grammar.blocks == Blocks::Braces {
            let close = self.closing(self.at);
            let span = self.tokens[name_at].span();
            let function = self.open(None, span);
            let inner = self.tree.functions[function as usize].scope;
            self.tree.scopes[inner as usize].class = Some(class);
            let at = self.at;
            self.class_params(at, close, function, scope, class);
            self.at = (close + 1).min(self.end);
        }
        match grammar.blocks {
            Blocks::Indent => {
                while self.at < self.end && !self.is(self.at, ":") && !self.newline(self.at) {
                    self.at = if self.kind(self.at) == Some(Kind::Open) { (self.closing(self.at) + 1).min(self.end) } else { self.at + 1 };
                }
                self.tree.classes[class as usize].head = self.span_from(name_at);
                if self.is(self.at, ":") {
                    self.at += 1;
                }
                self.enter(column, scope, None);
            }
            Blocks::Ends => {
                while self.at < self.end && !self.newline(self.at) && !self.is(self.at, "do") && !self.is(self.at, ";") {
                    // `class Name < Struct.new(:a, :b)`
                    if let Some(Kind::Text(_)) = self.kind(self.at) {
                        let span = self.tokens[self.at].span();
                        let word = self.text_of(span).trim_start_matches(':');
                        self.tree.classes[class as usize].fields.push((word, None, span));
                    }
                    self.at += 1;
                }
                self.tree.classes[class as usize].head = self.span_from(name_at);
                if self.is(self.at, "do") {
                    self.at += 1;
                }
                self.enter(column, scope, None);
            }
            Blocks::Braces => {
                let limit = self.end.min(self.at + 120);
                while self.at < limit && !matches!(self.word(self.at), "{" | ";" | "}") {
                    // A Kotlin class may have no body.
                    if self.newline(self.at)
                        && grammar.newline_ends
                        && (grammar.classes.contains(&self.word(self.at))
                            || grammar.functions.contains(&self.word(self.at))
                            || grammar.declares.contains(&self.word(self.at))
                            || self.is(self.at, "@"))
                    {
                        break;
                    }
                    self.at = if self.kind(self.at) == Some(Kind::Open) { (self.closing(self.at) + 1).min(self.end) } else { self.at + 1 };
                }
                self.tree.classes[class as usize].head = self.span_from(name_at);
                if self.is(self.at, "{") {
                    let is_plain = matches!(word, "struct" | "type") && (grammar.macros || grammar.classes.contains(&"type"));
                    if is_plain {
                        self.struct_fields(class);
                    } else {
                        self.braces(scope);
                    }
                }
            }
        }
        true
    }

    /// The class of a name: known, or new.
    pub(super) fn class_named(&mut self, name: &'t str, at: usize) -> u32 {
        let span = self.tokens[at].span();
        self.class_at(name, span)
    }

    pub(super) fn class_at(&mut self, name: &'t str, span: Span) -> u32 {
        if let Some(known) = self.tree.classes.iter().position(|class| class.name == name) {
            return known as u32;
        }
        let empty = Span::new(span.end, span.end);
        self.tree.classes.push(Class { name, fields: Vec::new(), methods: Vec::new(), head: empty, marks: Vec::new(), word: empty });
        (self.tree.classes.len() - 1) as u32
    }

    fn class_params(&mut self, open: usize, close: usize, function: u32, scope: u32, class: u32) {
        self.at = open;
        let before = self.tree.functions[function as usize].params.len();
        self.params_of(open, close, function, scope);
        let found: Vec<_> = self.tree.functions[function as usize].params[before..].iter().map(|param| (param.name, param.default, param.span)).collect();
        self.tree.classes[class as usize].fields.extend(found);
    }

    /// The fields of a plain structure: a name and a type each.
    fn struct_fields(&mut self, class: u32) {
        let open = self.at;
        let close = self.closing(open);
        let mut at = open + 1;
        let mut begins = true;
        while at < close {
            let word = self.word(at);
            if begins || self.newline(at) && self.grammar.newline_ends {
                let is_mark = word == "#" && self.is(at + 1, "[");
                if is_mark {
                    at = self.closing(at + 1) + 1;
                    continue;
                }
                if self.is_name(at) && !matches!(word, "pub" | "case" | "var" | "let") {
                    let span = self.tokens[at].span();
                    let name = self.text_of(span);
                    let fields = &mut self.tree.classes[class as usize].fields;
                    if fields.len() < 500 {
                        fields.push((name, None, span));
                    }
                    begins = false;
                } else if word == "pub" && self.is(at + 1, "(") {
                    at = self.closing(at + 1);
                }
            } else if word == "," || word == ";" {
                begins = true;
            }
            at = if self.kind(at) == Some(Kind::Open) { self.closing(at) + 1 } else { at + 1 };
        }
        self.at = (close + 1).min(self.end);
    }
}
