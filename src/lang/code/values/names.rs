//! What names, members and entries hold.

use super::members::items;
use super::{Known, Reader};
use crate::lang::Value;
use crate::lang::code::language::Blocks;
use crate::lang::code::tree::{Binding, Given, NodeIx, What};
use crate::lang::hint::{hides, may_say_secret};
use crate::text::Span;

/// Types that hold no secret.
const PLAIN_TYPES: &[&str] = &[
    "bool",
    "boolean",
    "Boolean",
    "Bool",
    "int",
    "Int",
    "Integer",
    "long",
    "Long",
    "float",
    "Float",
    "double",
    "Double",
    "number",
    "usize",
    "u8",
    "u16",
    "u32",
    "u64",
    "i32",
    "i64",
    "int64",
    "int32",
    "uint64",
    "size_t",
    "Duration",
    "time.Duration",
    "TimeSpan",
    "timedelta",
    "datetime",
    "DateTime",
    "CancellationToken",
    "context.Context",
    "Context",
    "UUID",
    "Guid",
    "None",
    "void",
    "Path",
    "PathBuf",
    "pathlib.Path",
    "File",
];

impl<'t> Reader<'t, '_> {
    /// Whether something in the text gives a name its value.
    pub(super) fn is_bound(&self, scope: u32, name: &str) -> bool {
        let mut at = Some(scope);
        while let Some(here) = at {
            if let Some(all) = self.tree.bindings.get(&(here, name))
                && all.iter().any(|binding| !matches!(binding.value, Given::Param(..)))
            {
                return true;
            }
            at = self.tree.scopes[here as usize].parent;
        }
        false
    }

    /// Whether something in the text declares a name, be it a parameter.
    pub(super) fn is_declared(&self, scope: u32, name: &str) -> bool {
        let mut at = Some(scope);
        while let Some(here) = at {
            if self.tree.bindings.contains_key(&(here, name)) {
                return true;
            }
            at = self.tree.scopes[here as usize].parent;
        }
        false
    }

    /// What a name holds where it is used.
    pub(super) fn name(&mut self, at: NodeIx, name: &'t str) -> Known {
        let node = self.tree.node(at);
        let span = node.span;
        let mut scope = Some(node.scope);
        let mut crossed = false;
        for _ in 0..60 {
            let Some(here) = scope else { break };
            if let Some(bindings) = self.tree.bindings.get(&(here, name)) {
                return self.bound(here, name, bindings, span, node.block, crossed);
            }
            let about = self.tree.scopes[here as usize];
            crossed |= about.function.is_some();
            scope = about.parent;
        }
        if let Some((import, other)) = self.imported.get(name).cloned() {
            let value = Value::Import { import, name: other, path: Vec::new(), is_called: false };
            let mut all = vec![Known::Holds(value)];
            if name.to_ascii_uppercase() == name {
                all.push(self.named(name, span));
            }
            return self.all(all);
        }
        if self.classes.contains_key(name) || self.functions.contains_key(name) {
            return Known::Unknown;
        }
        // A class is a value there, and no secret.
        let is_class = self.calls_without_brackets()
            && name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.contains(|char: char| char.is_ascii_lowercase());
        if is_class {
            return Known::Unknown;
        }
        // A class or a constant of the same package.
        let is_package_wide = self.language.grammar.functions.contains(&"func") && may_say_secret(name);
        let is_shared =
            name.len() > 2 && (name.starts_with(|first: char| first.is_ascii_uppercase()) || is_package_wide) && self.language.grammar.blocks != Blocks::Indent;
        let named = self.named(name, span);
        if is_shared {
            let implied = self.implied(name, span);
            return self.all(vec![implied, named]);
        }
        named
    }

    /// What the bindings of a name come to at a place.
    fn bound(&mut self, scope: u32, name: &'t str, bindings: &'t [Binding], span: Span, block: u32, crossed: bool) -> Known {
        // An error is told of where it is made.
        if self.open_names.contains(&(scope, name)) || self.open_names.len() > 24 || is_error(name) {
            return Known::Unknown;
        }
        // `api_key_hash`, `safe_cred`: whatever made it, it says itself that it can't be read.
        if may_say_secret(name) && (hides(name) || name.trim_start_matches('_').to_ascii_lowercase().starts_with("safe_")) {
            return Known::Clean;
        }
        let before: Vec<&Binding> =
            if crossed { bindings.iter().collect() } else { bindings.iter().filter(|binding| binding.span.start < span.start).collect() };
        // Used before it is given anything: in a loop, or a function's own name.
        let before = if before.is_empty() { bindings.iter().collect() } else { before };
        self.open_names.push((scope, name));
        let mut all = Vec::new();
        let mut from = None;
        for binding in before.into_iter().rev().take(12) {
            if self.is_plain_type(binding.type_span) || self.is_other_type(binding.type_span, name) {
                all.push(Known::Clean);
                break;
            }
            let known = self.given(scope, name, binding);
            if matches!(binding.value, Given::Node(..)) {
                from.get_or_insert(binding.span);
            }
            all.push(known);
            let is_whole = !binding.adds && !matches!(binding.value, Given::Empty);
            if is_whole && !crossed && self.tree.is_around(binding.block, block) {
                break;
            }
        }
        // What is set by another name: `config.key = x`.
        let mut added = Vec::new();
        // `e.message = x` of one exception says nothing of the next that has this name.
        if let Some(members) = self.tree.members.get(&(scope, name)).filter(|_| !matches!(name, "e" | "ex")) {
            for (field, value) in members.iter().take(40) {
                if let Known::Holds(value) = self.known(*value) {
                    added.push((field.clone(), value));
                }
            }
        }
        // A field that methods give its value to: `this.key = x`, read as `key`.
        let about = self.tree.scopes[scope as usize];
        if let (Some(class), None) = (about.class, about.function)
            && let Some(values) = self.tree.fields.get(&(class, name))
        {
            for value in values.iter().take(8) {
                all.push(self.known(*value));
            }
        }
        self.open_names.pop();
        if !added.is_empty() {
            all.push(Known::Holds(Value::Object(added, Vec::new())));
        }
        let known = self.all(all);
        match known {
            Known::Unknown if bindings.last().is_some_and(|binding| self.is_path(binding)) => Known::Clean,
            Known::Unknown => match self.named(name, span) {
                Known::Unknown => bindings.last().map_or(Known::Unknown, |binding| self.instance_of(binding.type_span, name)),
                known => known,
            },
            Known::Holds(value) if is_named_alone(&value) => {
                let own = self.named(name, span);
                self.all(vec![own, Known::Holds(value)])
            }
            // What another module holds may be out of reach: the name speaks as well.
            Known::Holds(value) if is_elsewhere(&value) && may_say_secret(name) => {
                let own = self.named(name, span);
                self.all(vec![own, Known::Holds(value)])
            }
            Known::Holds(value) => match from.filter(|_| !matches!(value, Value::Import { .. } | Value::Returns(_))) {
                Some(held) => {
                    let spot = self.spot(held);
                    Known::Holds(Value::Via(spot, format!("held by `{name}`"), Box::new(value)))
                }
                None => Known::Holds(value),
            },
            other => other,
        }
    }

    /// Whether a name is given the path of a file: `"%s/credentials.yaml"`.
    fn is_path(&self, binding: &Binding) -> bool {
        let Given::Node(node, None) = binding.value else { return false };
        let node = match &self.tree.node(node).what {
            What::Call(call) if call.args.len() > 1 => call.args[0].value,
            _ => node,
        };
        let node = self.tree.node(node);
        if !matches!(node.what, What::Text(_)) {
            return false;
        }
        let text = &self.text[node.span.start..node.span.end];
        text.contains('/') && !text.contains("://") && !text.contains(' ')
    }

    /// The type that stands beside a name, with what stands there besides.
    pub(in crate::lang::code) fn type_of(&self, at: NodeIx) -> Option<&'t str> {
        let What::Name(name) = self.tree.node(at).what else { return None };
        let mut scope = Some(self.tree.node(at).scope);
        while let Some(here) = scope {
            if let Some(binding) = self.tree.bindings.get(&(here, name)).and_then(|all| all.last()) {
                let span = match binding.value {
                    Given::Param(function, number) => self.function(function).params[number as usize].type_span,
                    _ => binding.type_span,
                };
                return Some(&self.text[span.start..span.end]);
            }
            scope = self.tree.scopes[here as usize].parent;
        }
        None
    }

    /// The expression that a name was given last.
    pub(in crate::lang::code) fn behind(&self, at: NodeIx) -> Option<NodeIx> {
        let What::Name(name) = self.tree.node(at).what else { return None };
        let start = self.tree.node(at).span.start;
        let mut scope = Some(self.tree.node(at).scope);
        while let Some(here) = scope {
            if let Some(all) = self.tree.bindings.get(&(here, name)) {
                let own = all.iter().rev().find(|binding| binding.span.start < start).or(all.last());
                return match own.map(|binding| binding.value) {
                    Some(Given::Node(node, None | Some(0))) => Some(node),
                    _ => None,
                };
            }
            scope = self.tree.scopes[here as usize].parent;
        }
        None
    }

    /// An instance, where a type is a class of this text.
    fn instance_of(&self, span: Span, name: &str) -> Known {
        let text = &self.text[span.start..span.end];
        if text.len() > 80 || text.contains("func") || text.contains("->") {
            return Known::Unknown;
        }
        let words = text.split(|char: char| !char.is_alphanumeric() && char != '_').filter(|word| *word != name);
        words.filter_map(|word| self.classes.get(word)).next_back().map_or(Known::Unknown, |class| Known::Instance(*class))
    }

    fn is_plain_type(&self, span: Span) -> bool {
        if span.is_empty() {
            return false;
        }
        let text = self.text[span.start..span.end].trim_start_matches([':', ' ', '*', '&']).trim();
        let last = text.rsplit([' ', '\n']).next().unwrap_or(text).trim_end_matches('?');
        PLAIN_TYPES.contains(&last) || self.language.api.iter().flat_map(|api| api.guarded_types).any(|guarded| text.contains(guarded))
    }

    fn given(&mut self, scope: u32, name: &'t str, binding: &Binding) -> Known {
        match binding.value {
            // A function without parameters is called by its name alone, in some languages.
            Given::Node(node, None) => match self.tree.node(node).what {
                What::Function(number)
                    if self.language.grammar.last_is_result
                        && self.language.grammar.functions.contains(&"def")
                        && self.function(number).name.is_some()
                        && self.function(number).params.is_empty() =>
                {
                    self.result(number, Some(Vec::new()))
                }
                _ => self.known(node),
            },
            Given::Node(node, Some(item)) => {
                if let What::List(items) = &self.tree.node(node).what {
                    return items.get(item as usize).map_or(Known::Unknown, |item| self.known(*item));
                }
                let is_call = matches!(self.tree.node(node).what, What::Call(_));
                // `scheme, value = auth_header.split()`: of what only a name speaks of, each part's own name tells more.
                if self.takes_apart(node, binding.span) {
                    return match self.known(node) {
                        Known::Holds(value) if !is_named_alone(&value) && !is_call => Known::Holds(value),
                        _ => Known::Unknown,
                    };
                }
                if item > 0 && is_call { Known::Clean } else { self.known(node) }
            }
            Given::Items(node) => match self.known(node) {
                // Of what a collection's name says, its items' own name tells more.
                Known::Holds(value) if is_named_alone(&value) => Known::Unknown,
                // Entries of all variables, with their values.
                Known::Holds(value @ Value::WholeEnv(_)) if matches!(self.tree.node(node).what, What::Call(_)) && !is_key(name) => Known::Holds(value),
                Known::Holds(value) => items(value),
                other => other,
            },
            Given::Values(node) => match self.known(node) {
                Known::Holds(value @ Value::WholeEnv(_)) => Known::Holds(value),
                Known::Holds(value) => items(value),
                other => other,
            },
            Given::Param(function, number) => self.parameter(function, number),
            Given::Unknown => Known::Unknown,
            Given::Empty => match self.annotated(scope, name) {
                Some(known) => known,
                None => self.class_of_type(binding.type_span, name).map_or(Known::Unknown, Known::Instance),
            },
        }
    }

    /// Whether an expression is given to several names that each get a part of it: what is split, an entry, three or more at once.
    /// Of two the second may be an error, as Go's calls give it: `value, err := f()`.
    fn takes_apart(&self, node: NodeIx, span: Span) -> bool {
        let line = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.tree.node(node).span.start;
        let Some(names) = self.text.get(line.max(end.saturating_sub(400))..end).filter(|_| line < end) else { return false };
        let names: Vec<&str> =
            names.trim_end().trim_end_matches([':', '=', '(', ' ']).split(',').map(|name| name.trim_matches([' ', '(', ')', '\t'])).collect();
        let tells_an_error = names.len() == 2 && matches!(names[1], "_" | "ok" | "err" | "error" | "found" | "exists");
        names.len() > 2 || names.len() == 2 && !tells_an_error && (self.is_split(node) || matches!(self.tree.node(node).what, What::Index(..)))
    }

    /// Whether a name of two or three letters stands for something that is no text, by its type: `SelectionKey sk`.
    fn is_other_type(&self, span: Span, name: &str) -> bool {
        if span.is_empty() || name.len() > 3 || !may_say_secret(name) || !self.language.grammar.types_first {
            return false;
        }
        let text = &self.text[span.start..span.end];
        let text = text.trim_end().strip_suffix(name).unwrap_or(text).trim_end();
        let last = text.rsplit([' ', '\n']).next().unwrap_or(text);
        last.starts_with(|first: char| first.is_ascii_uppercase())
            && !["String", "CharSequence", "Object", "byte", "char"].iter().any(|word| last.contains(word))
    }

    /// The class of this text that a type names, where the name that it stands beside says nothing.
    fn class_of_type(&self, span: Span, name: &str) -> Option<u32> {
        if span.is_empty() || may_say_secret(name) {
            return None;
        }
        let text = self.text[span.start..span.end].trim_start_matches([':', ' ', '*', '&']).trim_end_matches(['?', ' ']);
        let text = text.strip_suffix(name).map_or(text, str::trim_end);
        let last = text.rsplit([' ', '\n']).next().unwrap_or(text);
        self.classes.get(last).copied()
    }

    /// `@Value("${stripe.key}") String key;`
    fn annotated(&mut self, scope: u32, name: &'t str) -> Option<Known> {
        let (_, span) = self.tree.marked.iter().find(|(key, _)| *key == (scope, name))?;
        let text = &self.text[span.start..span.end];
        let open = text.find("${")?;
        let close = open + text[open..].find('}')?;
        let setting = text[open + 2..close].split(':').next()?.to_owned();
        let span = *span;
        Some(self.setting(&setting, span))
    }

    /// A setting that is read by its name: its last word says what it is; with the words before, which provider's.
    pub(super) fn setting(&mut self, name: &str, span: Span) -> Known {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'/' | b'-' | b'[' | b']');
        // A URL or a sentence is no name.
        if name.contains("//") || name.starts_with('/') || !name.bytes().all(is_name) {
            return Known::Unknown;
        }
        let name = name.replace(['.', ':', '/', '-'], "_");
        self.named(&name, span)
    }

    fn parameter(&mut self, function: u32, number: u32) -> Known {
        let param = &self.function(function).params[number as usize];
        if self.is_plain_type(param.type_span) || self.is_other_type(param.type_span, param.name) {
            return Known::Clean;
        }
        if let Some(class) = self.class_of_type(param.type_span, param.name) {
            return Known::Instance(class);
        }
        if let Some(known) = self.given.iter().rev().find(|(at, _)| *at == function).and_then(|(_, values)| values.get(number as usize)).cloned() {
            return match known {
                Known::Unknown => self.named(param.name, param.span),
                other => other,
            };
        }
        let mut all = vec![self.named(param.name, param.span)];
        if let Some(default) = param.default
            && let Known::Holds(value) = self.known(default)
        {
            all.push(Known::Holds(value));
        }
        match self.all(all) {
            Known::Unknown => self.instance_of(param.type_span, param.name),
            known => known,
        }
    }

    /// Whether a name is that of a function where it is used.
    pub(super) fn is_function(&self, scope: u32, name: &str) -> bool {
        if !self.functions.contains_key(name) {
            return false;
        }
        let mut at = Some(scope);
        for _ in 0..60 {
            let Some(here) = at else { break };
            if let Some(all) = self.tree.bindings.get(&(here, name)) {
                return all.iter().all(|binding| matches!(binding.value, Given::Node(node, None) if matches!(self.tree.node(node).what, What::Function(_))));
            }
            at = self.tree.scopes[here as usize].parent;
        }
        false
    }

    /// Whether a name is the instance of the method around.
    pub(super) fn is_self(&self, scope: u32, name: &str) -> bool {
        if self.language.grammar.selves.contains(&name) {
            return true;
        }
        let mut at = Some(scope);
        for _ in 0..20 {
            let Some(here) = at else { return false };
            if self.tree.receivers.get(&here).is_some_and(|receiver| *receiver == name) {
                return true;
            }
            at = self.tree.scopes[here as usize].parent;
        }
        false
    }
}

/// Whether only names speak of a value.
pub(super) fn is_named_alone(value: &Value) -> bool {
    match value {
        Value::Named(..) | Value::Import { is_called: true, .. } => true,
        Value::Some(values) => values.iter().all(|value| matches!(value, Value::Named(..) | Value::Import { .. })),
        _ => false,
    }
}

/// Whether all that is known of a value is which other module it comes from.
fn is_elsewhere(value: &Value) -> bool {
    match value {
        Value::Import { .. } => true,
        Value::Some(values) => values.iter().all(|value| matches!(value, Value::Import { .. })),
        _ => false,
    }
}

/// Whether a name is that of an error, or tells whether there is one.
fn is_error(name: &str) -> bool {
    matches!(name, "err" | "error" | "ok" | "exc" | "exception") || name.ends_with("Err") || name.ends_with("_err") || name.len() <= 6 && name.ends_with("err")
}

/// What people call the names of entries.
fn is_key(name: &str) -> bool {
    matches!(name.trim_start_matches('$'), "k" | "key" | "name" | "_" | "i" | "var" | "n") || name.ends_with("_name") || name.ends_with("Name")
}
