//! What calls give to names: definitions, fields, what a buffer is filled with, what a closure goes over.

use super::Parser;
use crate::lang::code::language::{Blocks, Special};
use crate::lang::code::tree::{Arg, Given, NodeIx, Part, What};
use crate::text::Span;

/// Methods that put what they are given into what they are called of.
const FILLS: &[&str] = &[
    "append",
    "appendLine",
    "appendln",
    "Append",
    "AppendLine",
    "AppendFormat",
    "add",
    "Add",
    "addAll",
    "put",
    "putAll",
    "push",
    "push_str",
    "plusAssign",
    "putIfAbsent",
    "TryAdd",
    "addOne",
    "WriteString",
    "add_field",
];

impl<'t> Parser<'t> {
    /// PHP's `define('NAME', value)`: a name of all. Elixir's `defstruct a: 1` and `field :a, :string`: fields.
    pub(super) fn defines(&mut self, callee: NodeIx, args: &[Arg<'t>]) {
        let here = self.tree.scopes[self.scope as usize];
        if let (What::Name(word), Some(class), None, Special::Elixir) = (&self.tree.node(callee).what, here.class, here.function, self.language.lexis.special) {
            match *word {
                "defstruct" => self.fields_of_words(class, args),
                "field" => self.fields_of_words(class, &args[..args.len().min(1)]),
                _ => {}
            }
            return;
        }
        let ([name, value, ..], What::Name("define")) = (args, &self.tree.node(callee).what) else { return };
        if self.language.lexis.special != Special::Php {
            return;
        }
        if let What::Text(parts) = &self.tree.node(name.value).what
            && let [Part::Plain(span)] = parts[..]
        {
            let (text, value) = (self.text, value.value);
            self.give(0, &text[span.start..span.end], Given::Node(value, None), span, false);
        }
    }

    /// `text.append(x)`, `map.put("name", x)`: the name before holds what it is given besides.
    pub(super) fn filled(&mut self, callee: NodeIx, args: &[Arg<'t>], span: Span) {
        let (Some(first), What::Member(object, method)) = (args.first(), &self.tree.node(callee).what) else { return };
        if !FILLS.contains(method) {
            return;
        }
        let mut root = *object;
        for _ in 0..40 {
            match &self.tree.node(root).what {
                What::Call(call) => match self.tree.node(call.callee).what {
                    What::Member(inner, name) if FILLS.contains(&name) => root = inner,
                    _ => return,
                },
                _ => break,
            }
        }
        let What::Name(name) = self.tree.node(root).what else { return };
        let scope = self.scope;
        if !self.tree.bindings.contains_key(&(scope, name)) {
            return;
        }
        let field = (args.len() == 2).then(|| self.plain_text(first.value)).flatten();
        match (field, args) {
            (Some(field), [_, value]) => self.tree.members.entry((scope, name)).or_default().push((field, value.value)),
            (None, [.., last]) => self.give(scope, name, Given::Node(last.value, None), span, true),
            _ => {}
        }
    }

    /// `xs.each do |x|`, `map.each { |k, v| ... }`: what the names of the closure get.
    pub(super) fn goes_over(&mut self, node: NodeIx, block: NodeIx) {
        let callee = match &self.tree.node(node).what {
            What::Call(call) => call.callee,
            _ => node,
        };
        let (What::Member(object, "each" | "each_pair" | "map" | "each_value" | "each_with_index" | "flat_map" | "forEach"), What::Function(function)) =
            (&self.tree.node(callee).what, &self.tree.node(block).what)
        else {
            return;
        };
        let (object, function) = (*object, &self.tree.functions[*function as usize]);
        let (scope, names) = (function.scope, function.params.iter().map(|param| (param.name, param.span)).collect::<Vec<_>>());
        let given = match names[..] {
            [one] => Some((one, Given::Items(object))),
            [_, second] => Some((second, Given::Values(object))),
            _ => None,
        };
        if let Some(((name, span), given)) = given.filter(|_| self.grammar.blocks == Blocks::Ends) {
            self.give(scope, name, given, span, true);
        }
    }
}
