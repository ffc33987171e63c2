//! Declarations: names with their types, and classes.

use super::Parser;
use crate::lang::code::language::{Blocks, Special};
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Class, Given, Key, Part, What};
use crate::text::Span;

impl<'t> Parser<'t> {
    /// `let x: T = y`, `var (a, b) = y`, `const ( ... )`; the first word declares.
    pub(super) fn declare(&mut self, from: usize) {
        self.at = from + 1;
        while self.grammar.declares.contains(&self.word(self.at))
            || self.grammar.modifiers.contains(&self.word(self.at)) && self.is_name(self.at + 1) && !self.is(self.at + 1, "by")
        {
            self.at += 1;
        }
        if self.is(self.at, "(") && self.grammar.blocks == Blocks::Braces && self.newline(self.at + 1) {
            // A group: each line declares.
            let close = self.closing(self.at);
            self.at += 1;
            while self.at < close {
                let before = self.at;
                if self.is_name(self.at) {
                    self.declared(self.at);
                } else {
                    self.at += 1;
                }
                if self.at == before {
                    self.at += 1;
                }
            }
            self.at = (close + 1).min(self.end);
            return;
        }
        if self.grammar.types_first && self.typed(self.at) {
            return;
        }
        self.declared(self.at);
    }

    /// The names that are declared, their type, and their value.
    fn declared(&mut self, from: usize) {
        let mut targets = vec![self.target()];
        while self.is(self.at, ",") && self.is_name(self.at + 1) && !self.no_block {
            self.at += 1;
            targets.push(self.target());
        }
        let mut type_span = None;
        if self.is(self.at, ":") {
            type_span = self.skip_type(self.at + 1);
        } else if !matches!(self.word(self.at), "=" | ":=" | "{" | ";" | "else" | "in" | "by" | ")") && !self.newline(self.at) {
            type_span = self.skip_type(self.at);
        }
        let sign = self.word(self.at);
        if matches!(sign, "=" | ":=" | "by") {
            self.at += 1;
            let from_value = self.at;
            let mut values = vec![self.assignment()];
            while self.is(self.at, ",") && targets.len() > 1 {
                self.at += 1;
                values.push(self.expression(0));
            }
            let value = if values.len() == 1 {
                values[0]
            } else {
                let span = self.span_from(from_value);
                self.node(What::List(values), span)
            };
            let declaring = std::mem::replace(&mut self.declaring, true);
            self.targets(&targets, value, false, type_span);
            self.declaring = declaring;
        } else if self.no_block {
            // `if let x {` declares it anew.
        } else {
            for target in targets {
                if let What::Name(name) = self.tree.node(target).what {
                    let span = self.tree.node(target).span;
                    let given = if sign == "{" { Given::Unknown } else { Given::Empty };
                    self.give(self.scope, name, given, span, true);
                    if let Some(types) = type_span
                        && let Some(last) = self.tree.bindings.get_mut(&(self.scope, name)).and_then(|all| all.last_mut())
                    {
                        last.type_span = types;
                    }
                }
            }
        }
        let marks = std::mem::take(&mut self.marks);
        if self.is_name(from) {
            let name = self.word(from);
            self.tree.marked.extend(marks.into_iter().map(|mark| ((self.scope, name), mark)));
        }
        self.field_here(from);
        // The other branch of a `let ... else`.
        if self.is(self.at, "else") && self.is(self.at + 1, "{") {
            self.at += 1;
            let scope = self.scope;
            self.braces(scope);
        }
    }

    /// The name or the pattern that is declared.
    fn target(&mut self) -> crate::lang::code::tree::NodeIx {
        let from = self.at;
        if self.is_name(from) && !matches!(self.word(from + 1), "(" | "." | "::" | "{") {
            let token = self.tokens[from];
            self.at += 1;
            return self.node(What::Name(self.word(from)), token.span());
        }
        let no_block = std::mem::replace(&mut self.no_block, true);
        let target = self.deeper(|parser| parser.expression(6));
        self.no_block = no_block;
        target
    }

    /// Notes a name that a class's body declares as its field.
    pub(super) fn field_here(&mut self, at: usize) {
        let here = self.tree.scopes[self.scope as usize];
        let Some(class) = here.class.filter(|_| here.function.is_none()) else { return };
        if !self.is_name(at) {
            return;
        }
        let name = self.word(at);
        let span = self.tokens[at].span();
        let value = self.tree.bindings.get(&(self.scope, name)).and_then(|all| all.last()).and_then(|binding| match binding.value {
            Given::Node(node, _) => Some(node),
            _ => None,
        });
        let fields = &mut self.tree.classes[class as usize].fields;
        if fields.len() < 500 {
            fields.push((name.trim_start_matches('$'), value, span));
        }
    }

    /// Ruby's `Name = Struct.new(:a, :b)`: a class.
    pub(super) fn structure_given(&mut self, name: &'t str, value: crate::lang::code::tree::NodeIx, span: Span) {
        if self.language.lexis.special != Special::Ruby || !name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return;
        }
        let What::Call(call) = &self.tree.node(value).what else { return };
        let What::Member(object, "new" | "define") = self.tree.node(call.callee).what else { return };
        if !matches!(self.tree.last_name(object), Some("Struct" | "Data" | "ImmutableStruct")) {
            return;
        }
        let (args, head) = (call.args.clone(), self.tree.node(value).span);
        let class = self.class_at(name, span);
        self.tree.classes[class as usize].head = head;
        self.fields_of_words(class, &args);
    }

    /// The fields that symbols and names of arguments give to a structure.
    pub(super) fn fields_of_words(&mut self, class: u32, args: &[crate::lang::code::tree::Arg<'t>]) {
        let mut found: Vec<(&'t str, Span)> = Vec::new();
        for arg in args.iter().take(200) {
            let node = self.tree.node(arg.value);
            if let Some(name) = arg.name {
                found.push((name, node.span));
                continue;
            }
            let items = match &node.what {
                What::List(items) => items.clone(),
                What::Map(entries) => {
                    for (key, value) in entries {
                        match key {
                            Key::Name(name) => found.push((name, self.tree.node(*value).span)),
                            // `[:a, b: 1]`
                            Key::Spread => found.extend(self.word_of(*value)),
                            Key::Value(key) => found.extend(self.word_of(*key)),
                        }
                    }
                    continue;
                }
                _ => vec![arg.value],
            };
            found.extend(items.into_iter().filter_map(|item| self.word_of(item)));
        }
        let fields = &mut self.tree.classes[class as usize].fields;
        fields.extend(found.into_iter().take(500).map(|(name, span)| (name, None, span)));
    }

    /// A constant text that is a word.
    fn word_of(&self, at: crate::lang::code::tree::NodeIx) -> Option<(&'t str, Span)> {
        match &self.tree.node(at).what {
            What::Text(parts) => match parts[..] {
                [Part::Plain(span)] if span.len() <= 60 => Some((&self.text[span.start..span.end], span)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A declaration that begins with a type: `String key = x;`, `private final Map<A, B> m;`; whether it was one.
    pub(super) fn typed(&mut self, from: usize) -> bool {
        let mut at = from;
        let mut angle = 0_i32;
        let mut names = 0;
        let limit = self.end.min(from + 40);
        let mut last = None;
        let mut adjacent = false;
        while at < limit {
            let word = self.word(at);
            match self.kind(at) {
                Some(Kind::Name) => {
                    if angle == 0 {
                        // Two names side by side: a type, and what it is the type of.
                        adjacent =
                            last.is_some_and(|last: usize| at > from && (last + 1 == at || matches!(self.word(at - 1), ">" | "]" | "?" | "*" | "&" | ">>")));
                        last = Some(at);
                        names += 1;
                    }
                }
                Some(Kind::Sign) => match word {
                    "<" => angle += 1,
                    ">" => angle -= 1,
                    ">>" => angle -= 2,
                    "." | "?" | "*" | "&" | "::" => {}
                    "," if angle > 0 => {}
                    _ => break,
                },
                Some(Kind::Open) if word == "[" && (self.is(at + 1, "]") || self.is(at + 1, ",")) => at = self.closing(at),
                Some(Kind::Open) if word == "(" && angle > 0 => at = self.closing(at),
                _ => break,
            }
            at += 1;
        }
        let Some(name_at) = last.filter(|_| names >= 2 && adjacent && angle == 0) else { return false };
        if at != name_at + 1 {
            return false;
        }
        let sign = self.word(at);
        let is_property = sign == "{" && matches!(self.word(at + 1), "get" | "set" | "init" | "private" | "protected" | "internal" | "[") || sign == "=>";
        if !matches!(sign, "=" | ";" | ",") && !is_property
            || self.grammar.control.contains(&self.word(from))
            || self.grammar.returns.contains(&self.word(from))
        {
            return false;
        }
        let name = self.word(name_at);
        let span = self.tokens[name_at].span();
        let start = self.tokens[from].start as usize;
        let type_span = Span::new(start, self.tokens[name_at - 1].end as usize);
        self.at = name_at + 1;
        if is_property && sign == "{" {
            self.at = (self.closing(self.at) + 1).min(self.end);
        }
        if matches!(self.word(self.at), "=" | "=>") {
            self.at += 1;
            let value = self.assignment();
            self.give(self.scope, name, Given::Node(value, None), span, false);
        } else {
            let marks = std::mem::take(&mut self.marks);
            self.give(self.scope, name, Given::Empty, span, true);
            self.tree.marked.extend(marks.into_iter().map(|mark| ((self.scope, name), mark)));
        }
        self.marks.clear();
        if let Some(last) = self.tree.bindings.get_mut(&(self.scope, name)).and_then(|all| all.last_mut()) {
            last.type_span = type_span;
        }
        self.field_here(name_at);
        true
    }

    /// A type between a name and its value: `Name string = x`, within a line.
    pub(super) fn type_behind(&mut self) -> Option<Span> {
        let from = self.at;
        if !self.is_name(from) && !matches!(self.word(from), "*" | "[")
            || self.newline(from)
            || !self.grammar.functions.contains(&"func")
            || self.grammar.trailing_blocks
        {
            return None;
        }
        let until = self.end.min(from + 10);
        let equals = (from..until).take_while(|at| !self.newline(*at)).find(|at| self.is(*at, "="))?;
        self.at = equals;
        Some(self.span_from(from))
    }

    /// Steps over a type, from `from` up to what ends it; gives its span.
    pub(super) fn skip_type(&mut self, from: usize) -> Option<Span> {
        self.at = from;
        let limit = self.end.min(from + 60);
        let mut angle = 0_i32;
        while self.at < limit {
            let word = self.word(self.at);
            if self.newline(self.at) && self.grammar.newline_ends && self.at > from && angle <= 0 {
                break;
            }
            match self.kind(self.at) {
                Some(Kind::Open) if word == "{" && self.has_go_types() && matches!(self.word(self.at.max(1) - 1), "interface" | "struct") => {
                    self.at = self.closing(self.at);
                }
                Some(Kind::Open) if word == "{" => break,
                Some(Kind::Open) => self.at = self.closing(self.at),
                Some(Kind::Close) => break,
                Some(Kind::Sign) => match word {
                    "=" | ";" | ":=" => break,
                    "," if angle <= 0 => break,
                    "<" => angle += 1,
                    ">" => angle -= 1,
                    ">>" => angle -= 2,
                    _ => {}
                },
                Some(Kind::Name) if matches!(word, "by" | "else" | "get") => break,
                None => break,
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.end);
        (self.at > from).then(|| self.span_from(from))
    }

    /// Steps over the name of a type: `a.B<C>?`.
    pub(super) fn skip_type_name(&mut self) {
        while self.at < self.end {
            if self.is_name(self.at) {
                self.at += 1;
                // `interface{}`, `struct{ ... }`
                if self.is(self.at, "{") && matches!(self.word(self.at - 1), "interface" | "struct") && self.has_go_types() {
                    self.at = (self.closing(self.at) + 1).min(self.end);
                    return;
                }
            }
            match self.word(self.at) {
                "." | "::" if self.is_name(self.at + 1) => self.at += 1,
                "<" => {
                    let from = self.at;
                    let mut depth = 0_i32;
                    while self.at < self.end.min(from + 30) {
                        match self.word(self.at) {
                            "<" => depth += 1,
                            ">" => depth -= 1,
                            ">>" => depth -= 2,
                            _ => {}
                        }
                        self.at += 1;
                        if depth <= 0 {
                            break;
                        }
                    }
                    return;
                }
                "[" if self.is(self.at + 1, "]") || self.grammar.newline_ends && !self.newline(self.at) => {
                    self.at = (self.closing(self.at) + 1).min(self.end);
                    if !self.is_name(self.at) || self.newline(self.at) {
                        return;
                    }
                }
                "?" | "*" => {
                    self.at += 1;
                    if !self.is_name(self.at) {
                        return;
                    }
                }
                _ => return,
            }
        }
    }

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

    fn class_at(&mut self, name: &'t str, span: Span) -> u32 {
        if let Some(known) = self.tree.classes.iter().position(|class| class.name == name) {
            return known as u32;
        }
        let empty = Span::new(span.end, span.end);
        self.tree.classes.push(Class { name, fields: Vec::new(), methods: Vec::new(), span, head: empty, marks: Vec::new(), word: empty });
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

    fn text_of(&self, span: Span) -> &'t str {
        &self.text[span.start..span.end]
    }
}
