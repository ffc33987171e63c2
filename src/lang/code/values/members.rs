//! What members of values hold: fields of instances, entries of maps, items of lists.

use super::calls::is_screaming;
use super::names::is_named_alone;
use super::{Known, Reader};
use crate::lang::code::language::{Blocks, Special};
use crate::lang::code::tree::{Call, NodeIx, What};
use crate::lang::hint::may_say_secret;
use crate::lang::{Dump, Value};
use crate::text::Span;

impl<'t> Reader<'t, '_> {
    /// `object.name`
    pub(super) fn member(&mut self, at: NodeIx, object: NodeIx, name: &'t str) -> Known {
        let tree = self.tree;
        let span = tree.node(at).span;
        let path = tree.path(at).unwrap_or_default();
        if self.is_one(|api| api.env_objects, &path) {
            return self.whole_env(span);
        }
        if self.is_one(|api| api.headers, &path) {
            return self.dump(span, Dump::Headers);
        }
        if self.is_one(|api| api.requests, &path) {
            return self.dump(span, Dump::Request);
        }
        if self.is_one(|api| api.stores, &path) {
            return self.dump(span, Dump::Secrets);
        }
        if self.calls_without_brackets() && self.is_one(|api| api.env_calls, &path) {
            return self.whole_env(span);
        }
        if self.is_one(|api| api.harmless, &path) {
            return Known::Clean;
        }
        if name == "__dict__" {
            return self.inspected(object);
        }
        if let What::Name(own) = &tree.node(object).what {
            let own: &'t str = own;
            if self.is_self(tree.node(object).scope, own) {
                if self.calls_without_brackets() && self.functions.contains_key(name) {
                    return self.call(at, &Call { callee: at, args: Vec::new(), is_new: false });
                }
                return self.own_field(at, name, span);
            }
            if let Some(class) = self.classes.get(own).copied() {
                return match self.field(class, name) {
                    Known::Unknown => self.named(name, span),
                    known => known,
                };
            }
        }
        let held = match self.known(object) {
            Known::Holds(Value::WholeEnv(_)) if self.calls_without_brackets() => Known::Unknown,
            held => held,
        };
        // `key.trim`: a method that needs no brackets, or a property that gives the same.
        let keeps = self.language.grammar.trailing_blocks || self.language.grammar.types_first;
        if keeps && matches!(held, Known::Holds(Value::Named(..) | Value::Env(_) | Value::Literal(_) | Value::Via(..))) && self.is_one(|api| api.keeps, name) {
            return held;
        }
        match self.member_of(held, name, span) {
            // A method is called without brackets.
            Known::Unknown if self.calls_without_brackets() => self.call(at, &Call { callee: at, args: Vec::new(), is_new: false }),
            Known::Unknown => self.named(name, span),
            known => known,
        }
    }

    /// Whether a name alone may be a call.
    pub(super) fn calls_without_brackets(&self) -> bool {
        self.language.grammar.commands && self.language.grammar.blocks == Blocks::Ends
    }

    /// A member of what is known.
    pub(super) fn member_of(&mut self, held: Known, name: &str, span: Span) -> Known {
        match held {
            Known::Clean | Known::Unknown => Known::Unknown,
            Known::Instance(class) => self.field(class, name),
            Known::Holds(value) => match value {
                Value::Object(fields, spread) => match fields.into_iter().rev().find(|(field, _)| field == name) {
                    Some((_, value)) => Known::Holds(value),
                    None => {
                        let all = spread.into_iter().map(|value| self.member_of(Known::Holds(value), name, span)).collect();
                        match self.all(all) {
                            Known::Clean => Known::Unknown,
                            known => known,
                        }
                    }
                },
                Value::Import { import, name: whole, path, is_called: false } if whole == "*" && path.is_empty() => {
                    let own = Known::Holds(Value::Import { import, name: name.to_owned(), path, is_called: false });
                    // What a package of Go offers under a name in capitals is mostly the name of something.
                    let package = self.imports.get(import as usize).map_or("", |import| import.specifier.as_str());
                    let last = package.rsplit('/').next().unwrap_or(package);
                    let may_hold =
                        !package.contains('/') || ["conf", "setting", "secret", "env", "cred", "var", "key", "auth"].iter().any(|word| last.contains(word));
                    let named = if may_hold { self.named(name, span) } else { Known::Unknown };
                    self.all(vec![own, named])
                }
                Value::Import { import, name: of, mut path, is_called } => {
                    if path.len() > 6 {
                        return Known::Unknown;
                    }
                    path.push(name.to_owned());
                    let own = Known::Holds(Value::Import { import, name: of, path, is_called });
                    let named = self.named(name, span);
                    self.all(vec![own, named])
                }
                Value::Via(_, _, value) => self.member_of(Known::Holds(*value), name, span),
                Value::Some(values) => {
                    let all = values.into_iter().map(|value| self.member_of(Known::Holds(value), name, span)).collect();
                    match self.all(all) {
                        Known::Clean => Known::Unknown,
                        known => known,
                    }
                }
                Value::WholeEnv(_) => self.env(name, span),
                _ => Known::Unknown,
            },
        }
    }

    /// A field of the instance that a method is of.
    fn own_field(&mut self, at: NodeIx, name: &'t str, span: Span) -> Known {
        let mut scope = Some(self.tree.node(at).scope);
        for _ in 0..60 {
            let Some(here) = scope else { break };
            if let Some(class) = self.tree.scopes[here as usize].class {
                return match self.field(class, name) {
                    Known::Unknown => self.named(name, span),
                    known => known,
                };
            }
            scope = self.tree.scopes[here as usize].parent;
        }
        self.named(name, span)
    }

    /// What a field of a class's instances holds: what its declaration and its methods give it.
    pub(super) fn field(&mut self, class: u32, name: &str) -> Known {
        let tree = self.tree;
        let Some(known) = tree.classes.get(class as usize) else { return Known::Unknown };
        if self.depth > 30 {
            return Known::Unknown;
        }
        // `self::$key`
        let name = name.trim_start_matches('$');
        let mut all = Vec::new();
        for (_, value, span) in known.fields.iter().filter(|(field, ..)| *field == name).take(4) {
            if self.is_guarded(*span) {
                all.push(Known::Clean);
            }
            if let Some(value) = value {
                // What stands in until the field is set says nothing of what it is set to.
                let stands_in = match &tree.node(*value).what {
                    What::Constant => matches!(&self.text[tree.node(*value).span.start..tree.node(*value).span.end], "None" | "nil" | "null" | "NULL"),
                    What::Text(parts) => parts.is_empty() || self.text[known.head.start..known.head.end].contains("Settings"),
                    _ => false,
                };
                let value = self.known(*value);
                all.push(if stands_in && value == Known::Clean { Known::Unknown } else { value });
            }
        }
        if let Some(values) = tree.fields.get(&(class, name)) {
            for value in values.iter().take(8) {
                all.push(self.known(*value));
            }
        }
        if let Some(values) = self.made.get(&(class, name)).cloned() {
            for value in values.into_iter().take(8) {
                all.push(self.known(value));
            }
        }
        if all.is_empty() {
            return Known::Unknown;
        }
        // One place that gives it something unknown makes it unknown, whatever the others say; but not what others hold.
        self.all(all)
    }

    /// Whether the type beside a field's name prints as stars.
    fn is_guarded(&self, field: Span) -> bool {
        let bytes = self.text.as_bytes();
        let end = memchr::memchr(b'\n', &bytes[field.end..]).map_or(bytes.len(), |feed| field.end + feed);
        let behind = &self.text[field.end..end];
        let types = &behind[..behind.find('=').unwrap_or(behind.len())];
        types.starts_with(':') && self.language.api.iter().flat_map(|api| api.guarded_types).any(|guarded| types.contains(guarded))
    }

    /// `object[key]`
    pub(super) fn index(&mut self, at: NodeIx, object: NodeIx, key: NodeIx) -> Known {
        let tree = self.tree;
        let span = tree.node(at).span;
        let path = tree.path(object).unwrap_or_default();
        let name = match tree.node(key).what {
            // `"$options[key]"`
            What::Name(bare) if self.language.lexis.special == Special::Php && !bare.starts_with('$') => self.constant_behind(key).or(Some(bare)),
            _ => self.constant_behind(key),
        };
        if self.is_one(|api| api.env_objects, &path) {
            return name.map_or(Known::Unknown, |name| self.env(name, span));
        }
        if let Some(name) = name {
            let held = self.known(object);
            return match self.member_of(held, name, span) {
                Known::Unknown => self.setting(name, span),
                known => known,
            };
        }
        // A symbol or a name as key: `options[:token]`.
        if matches!(tree.node(key).what, What::Constant) && self.is_split(object) {
            // The scheme before the value: `header.split(" ")[0]`.
            let is_first = self.text[tree.node(key).span.start..tree.node(key).span.end].trim() == "0";
            return if is_first { Known::Clean } else { self.known(object) };
        }
        match self.known(object) {
            // `$params[self::CONN_HOST]`: of what only names speak of, the constant tells which it is.
            Known::Holds(value) if is_of_names(&value) && tree.last_name(key).is_some_and(is_screaming) => {
                let name = tree.last_name(key).unwrap_or_default().to_owned();
                self.setting(&name, span)
            }
            Known::Holds(value) => items(value),
            other => other,
        }
    }

    pub(super) fn is_split(&self, at: NodeIx) -> bool {
        match &self.tree.node(at).what {
            What::Call(call) => {
                self.tree.last_name(call.callee).is_some_and(|name| matches!(name, "split" | "Split" | "explode" | "Fields" | "partition" | "String.split"))
            }
            _ => false,
        }
    }

    /// The first field of a class whose name may say secret, if an instance shows its fields when it is printed.
    pub(super) fn shown_field(&self, class: u32) -> Option<(&'t str, &'t str)> {
        let own = &self.tree.classes[class as usize];
        if !super::super::classes::shows_fields(self.language, self.text, self.tree, own) {
            return None;
        }
        self.secret_field(class)
    }

    /// The same, where what prints it looks into whatever it gets: `p`, `inspect`.
    pub(super) fn inspected_field(&self, class: u32) -> Option<(&'t str, &'t str)> {
        let own = &self.tree.classes[class as usize];
        if super::super::classes::prints_itself(self.tree, own) {
            return None;
        }
        self.secret_field(class).or_else(|| {
            let field = self.own_fields.get(&class)?.iter().find(|name| may_say_secret(name))?;
            Some((own.name, field))
        })
    }

    fn secret_field(&self, class: u32) -> Option<(&'t str, &'t str)> {
        let class = &self.tree.classes[class as usize];
        let may = |name: &str, span: Span| may_say_secret(name) && !super::super::classes::is_hidden(self.language, self.text, span);
        // One that is made for clients says less than the next.
        let is_public = |name: &str| name.to_ascii_lowercase().contains("publi");
        let mut fields = class.fields.iter().filter(|(name, _, span)| may(name, *span));
        let field = fields.clone().find(|(name, ..)| !is_public(name)).or_else(|| fields.next())?;
        Some((class.name, field.0))
    }
}

/// The items of a value, whatever their names.
pub(super) fn items(value: Value) -> Known {
    match value {
        Value::Object(fields, spread) => {
            let all: Vec<Value> = fields.into_iter().map(|(_, value)| value).chain(spread).collect();
            Known::Holds(Value::Some(all))
        }
        Value::WholeEnv(_) | Value::Dump(..) => Known::Unknown,
        // Several of these are what somebody is allowed to, as ACME has them.
        Value::Named(_, name) if name.eq_ignore_ascii_case("authorizations") => Known::Unknown,
        Value::Via(spot, text, value) => match items(*value) {
            Known::Holds(value) => Known::Holds(Value::Via(spot, text, Box::new(value))),
            other => other,
        },
        other => Known::Holds(other),
    }
}

/// Whether only names speak of a value and of all its entries.
fn is_of_names(value: &Value) -> bool {
    match value {
        Value::Object(fields, spread) => fields.iter().map(|(_, field)| field).chain(spread).all(is_of_names),
        Value::Some(values) => values.iter().all(is_of_names),
        Value::Via(_, _, inner) => is_of_names(inner),
        other => is_named_alone(other),
    }
}
