//! What an assignment gives its value to, and where that name belongs.

use super::Parser;
use crate::lang::code::language::Blocks;
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::{Given, NodeIx, What};

impl<'t> Parser<'t> {
    pub(super) fn targets(&mut self, targets: &[NodeIx], value: NodeIx, adds: bool, type_span: Option<crate::text::Span>) {
        let pair = match &self.tree.node(value).what {
            What::List(values) if values.len() == targets.len() && targets.len() > 1 => Some(values.clone()),
            _ => None,
        };
        for (number, target) in targets.iter().enumerate() {
            let given = match &pair {
                Some(values) => Given::Node(values[number], None),
                None if targets.len() == 1 => Given::Node(value, None),
                None => Given::Node(value, Some(number as u32)),
            };
            self.bind(*target, given, adds);
            if let Some(span) = type_span
                && let What::Name(name) = self.tree.node(*target).what
                && let Some(last) = self.tree.bindings.get_mut(&(self.scope, name)).and_then(|all| all.last_mut())
            {
                last.type_span = span;
            }
        }
    }

    pub(super) fn is_target(&self, node: NodeIx) -> bool {
        matches!(self.tree.node(node).what, What::Name(_) | What::Member(..) | What::Index(..) | What::List(_) | What::Map(_) | What::Unary(..) | What::Call(_))
    }

    /// Whether a list of names from here on is given something: `a, b = ...` on this line.
    pub(super) fn is_several(&self, from: usize) -> bool {
        let mut at = from;
        while at < self.end.min(from + 40) {
            if at > from && self.newline(at) && self.grammar.newline_ends || matches!(self.word(at), ";" | "{" | "}" | ")") {
                return false;
            }
            if matches!(self.word(at), "=" | ":=") {
                return true;
            }
            at = if self.kind(at) == Some(Kind::Open) { self.closing(at) + 1 } else { at + 1 };
        }
        false
    }

    /// Gives a value to what an expression names.
    pub(super) fn bind(&mut self, target: NodeIx, given: Given, adds: bool) {
        self.bind_at(target, given, adds, 0);
    }

    fn bind_at(&mut self, target: NodeIx, given: Given, adds: bool, depth: u32) {
        if depth > 8 {
            return;
        }
        let node = self.tree.node(target);
        let span = node.span;
        match node.what.clone() {
            What::Name(name) => {
                let scope = self.holder(name);
                match self.declared_around(scope, name) {
                    Some(outer) => self.give(outer, name, given, span, true),
                    None => self.give(scope, name, given, span, adds),
                }
                if let (Given::Node(value, None), true, Some(class)) = (given, name.starts_with('@'), self.class_here()) {
                    let fields = &mut self.tree.classes[class as usize].fields;
                    if fields.len() < 500 {
                        fields.push((name.trim_start_matches('@'), Some(value), span));
                    }
                }
                if let Given::Node(value, None) = given {
                    self.structure_given(name, value, span);
                }
            }
            What::Member(object, field) => {
                let Given::Node(value, _) = given else { return };
                self.tree.assignments.push((target, value));
                match self.tree.node(object).what {
                    What::Name(name) if self.is_self(name) => {
                        if let Some(class) = self.class_here() {
                            self.tree.fields.entry((class, field.trim_start_matches('$'))).or_default().push(value);
                        }
                    }
                    What::Name(name) => {
                        let scope = self.scope;
                        self.tree.members.entry((scope, name)).or_default().push((field.to_owned(), value));
                    }
                    _ => {}
                }
            }
            What::Index(object, key) => {
                let Given::Node(value, _) = given else { return };
                self.tree.assignments.push((target, value));
                let (What::Name(name), Some(field)) = (&self.tree.node(object).what, self.plain_text(key)) else { return };
                let (name, scope) = (*name, self.scope);
                self.tree.members.entry((scope, name)).or_default().push((field, value));
            }
            What::List(items) => {
                for (number, item) in items.into_iter().enumerate().take(40) {
                    let part = match given {
                        Given::Node(value, None) => Given::Node(value, Some(number as u32)),
                        other => other,
                    };
                    self.bind_at(item, part, adds, depth + 1);
                }
            }
            What::Map(entries) => entries.into_iter().take(40).for_each(|(_, value)| self.bind_at(value, given, true, depth + 1)),
            What::Unary(_, inner) => self.bind_at(inner, given, adds, depth + 1),
            // What a structure is taken apart into is none of what it is as a whole.
            What::Call(call) if call.is_new || self.tree.last_name(call.callee) == Some("Err") => {
                call.args.into_iter().take(8).for_each(|arg| self.bind_at(arg.value, Given::Unknown, adds, depth + 1));
            }
            // `Some(x) = y`, `Ok(x)`
            What::Call(call) => call.args.into_iter().take(8).for_each(|arg| self.bind_at(arg.value, given, adds, depth + 1)),
            _ => {}
        }
    }

    /// The scope around, other than this one, that declares a name which is given something without being declared here: a field, a
    /// variable outside of a closure.
    fn declared_around(&self, scope: u32, name: &str) -> Option<u32> {
        let declares = self.grammar.types_first || self.grammar.trailing_blocks && self.grammar.blocks == Blocks::Braces;
        if !declares || self.declaring || self.tree.bindings.contains_key(&(scope, name)) {
            return None;
        }
        let mut at = self.tree.scopes[scope as usize].parent;
        for _ in 0..20 {
            let here = at?;
            if self.tree.bindings.contains_key(&(here, name)) {
                return Some(here);
            }
            at = self.tree.scopes[here as usize].parent;
        }
        None
    }

    /// The scope that a name of an instance or of all belongs to: `@x` to the class.
    fn holder(&self, name: &str) -> u32 {
        if !name.starts_with('@') {
            return self.scope;
        }
        let mut scope = self.scope;
        while self.tree.scopes[scope as usize].function.is_some() {
            match self.tree.scopes[scope as usize].parent {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        scope
    }
}
