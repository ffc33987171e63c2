//! What calls give.

use super::{FEW, Known, Reader};
use crate::lang::code::tree::{Call, Given, NodeIx, What};
use crate::lang::hint::may_say_secret;
use crate::lang::{Dump, Value, hint};

/// Methods whose arguments say what is asked for, or what to do on failure, and become no part of the result.
const SAYS_WHAT: &[&str] = &[
    "Value",
    "Encode",
    "Error",
    "Text",
    "String",
    "Interface",
    "read",
    "parse",
    "map_err",
    "context",
    "with_context",
    "wrap_err",
    "expect",
    "filter",
    "inspect",
    "ok_or",
    "ok_or_else",
    "ok_or_eyre",
    "lock",
    "first",
    "last",
    "data",
];
/// Whether a text is written as the names of variables of the environment are: `AZURE_API_BASE`.
pub(super) fn is_screaming(text: &str) -> bool {
    text.len() > 3 && text.contains('_') && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether something of this name holds texts for people.
fn is_of_texts(name: &str) -> bool {
    let lower = name.trim_start_matches(['_', '$', '@']).to_ascii_lowercase();
    matches!(lower.as_str(), "sm" | "rb" | "nls" | "texts" | "labels" | "strings" | "res" | "l10n" | "localizer" | "resources" | "getresources" | "lang")
        || ["bundle", "messages", "message", "msgs", "i18n", "translations", "stringmanager", "messagesource", "resourcemanager"]
            .iter()
            .any(|end| lower.ends_with(end))
}

impl<'t> Reader<'t, '_> {
    pub(super) fn call(&mut self, at: NodeIx, call: &Call<'t>) -> Known {
        let tree = self.tree;
        let span = tree.node(at).span;
        let path = tree.path(call.callee).unwrap_or_default();
        let last = path.rsplit('.').next().unwrap_or("").to_owned();
        let receiver = match &tree.node(call.callee).what {
            What::Member(object, _) => Some(*object),
            _ => None,
        };
        let first = call.args.first().map(|arg| arg.value);
        if last == "interpolate" && receiver.is_none() {
            let is_private = call.args.iter().any(|arg| {
                let said = self.tree.last_name(arg.value);
                arg.name == Some("privacy") && matches!(said, Some("private" | "sensitive" | "auto"))
                    || self.text[tree.node(arg.value).span.start..tree.node(arg.value).span.end].contains(".private(")
            });
            return if is_private { Known::Clean } else { first.map_or(Known::Unknown, |first| self.known(first)) };
        }
        if call.args.is_empty() && self.is_one(|api| api.env_calls, &path) {
            return self.whole_env(span);
        }
        if self.is_one(|api| api.env_reads, &path) {
            let mut all = Vec::new();
            if let Some(name) = first.and_then(|first| self.constant_behind(first)) {
                all.push(self.env(name, span));
            }
            // What stands in for a variable that is not set.
            for arg in call.args.iter().skip(1).take(2) {
                if let Known::Holds(value @ (Value::Literal(_) | Value::Env(_) | Value::Via(..))) = self.known(arg.value) {
                    all.push(Known::Holds(value));
                }
            }
            return if all.is_empty() { Known::Unknown } else { self.all(all) };
        }
        // What is taken out of a type that prints as stars.
        if matches!(last.as_str(), "expose_secret" | "get_secret_value" | "expose" | "unsecure" | "reveal_secret")
            && let Some(object) = receiver
        {
            return match self.known(object) {
                Known::Holds(value) => Known::Holds(value),
                _ => {
                    let name = tree.last_name(object).unwrap_or("");
                    let all = vec![self.named(name, span), self.named("secret", span)];
                    self.all(all)
                }
            };
        }
        let is_getter = self.is_one(|api| api.getters, &last);
        if is_getter
            && call.args.is_empty()
            && let Some(object) = receiver
            && let known @ (Known::Holds(_) | Known::Clean) = self.known(object)
        {
            // `optional.get()`
            return known;
        }
        if is_getter && let Some(object) = receiver {
            let object_path = tree.path(object).unwrap_or_default();
            let name = first.and_then(|first| self.constant_behind(first));
            if self.is_one(|api| api.env_objects, &object_path) {
                return name.map_or(Known::Unknown, |name| self.env(name, span));
            }
            if self.is_one(|api| api.env_calls, &object_path) {
                return name.map_or(Known::Unknown, |name| self.env(name, span));
            }
        }
        if self.is_one(|api| api.env_calls, &path) {
            return self.whole_env(span);
        }
        let is_guarded = |name: &str| self.language.api.iter().flat_map(|api| api.guarded_types).any(|guarded| guarded.trim_end_matches(['<', '[']) == name);
        if path.split('.').any(is_guarded) {
            return Known::Clean;
        }
        if hint::hides(&last) {
            return Known::Clean;
        }
        if self.is_one(|api| api.harmless, &path) || self.is_one(|api| api.harmless, &last) && receiver.is_none() {
            return Known::Clean;
        }
        // `gsub(/./, "*")`, `replace(key, ~r/./, "*")`
        let is_stars = |text: &str| !text.is_empty() && text.len() <= 40 && text.chars().all(|char| matches!(char, '*' | 'x' | 'X' | '•' | '#'));
        let lower = last.to_ascii_lowercase();
        let replaces = lower.contains("replace") || matches!(lower.as_str(), "gsub" | "gsub!" | "sub" | "tr" | "replaceall");
        if replaces && call.args.iter().skip(1).any(|arg| self.constant(arg.value).is_some_and(is_stars)) {
            return Known::Clean;
        }
        if self.is_one(|api| api.headers, &path) {
            return match first.and_then(|first| self.constant_behind(first)) {
                Some(name) => self.named(name, span),
                None => self.dump(span, Dump::Headers),
            };
        }
        if self.is_one(|api| api.requests, &path) {
            return self.dump(span, Dump::Request);
        }
        if self.is_one(|api| api.stores, &path) && call.args.is_empty() {
            return self.dump(span, Dump::Secrets);
        }
        if self.is_one(|api| api.cuts, &path) {
            return self.cut(call, receiver);
        }
        if let ("vars", None, Some(first)) = (last.as_str(), receiver, first) {
            return self.inspected(first);
        }
        if let ("inspect" | "pretty_inspect" | "instance_variables_hash" | "instance_values", Some(object)) = (last.as_str(), receiver) {
            return self.inspected(object);
        }
        if let Some(known) = self.of_function(at, call, receiver, &last) {
            return known;
        }
        if self.is_one(|api| api.passes, &path) {
            let hidden = self.hidden(call);
            let mut all: Vec<Known> = Vec::new();
            for (number, arg) in call.args.iter().enumerate().take(12) {
                if !hidden.contains(&number) {
                    all.push(match self.tree.node(arg.value).what {
                        // `lazy { x }`
                        What::Function(number) => self.result(number, None),
                        _ => self.shown(arg.value),
                    });
                }
            }
            all.extend(self.pairs(call, &path));
            return self.all(all);
        }
        // `x.map(|x| ...)`: what the closure makes of it.
        if let Some(object) = receiver
            && matches!(last.as_str(), "map" | "and_then" | "map_or" | "map_or_else" | "flatMap" | "let")
            && let Some(What::Function(number)) = call.args.last().map(|arg| &tree.node(arg.value).what)
            && !self.function(*number).params.is_empty()
        {
            let held = self.known(object);
            let mut all = vec![self.result(*number, Some(vec![held]))];
            for arg in call.args.iter().take(call.args.len() - 1) {
                all.push(self.known(arg.value));
            }
            return self.all(all);
        }
        if matches!(last.as_str(), "map" | "and_then")
            && let Some(name) = first.and_then(|first| tree.last_name(first))
            && hint::hides(name)
        {
            return Known::Clean;
        }
        if let Some(object) = receiver
            && self.is_one(|api| api.keeps, &last)
        {
            let mut all = vec![self.shown(object)];
            let takes = if SAYS_WHAT.contains(&last.as_str()) { 0 } else { 8 };
            for arg in call.args.iter().take(takes) {
                all.push(match self.known(arg.value) {
                    Known::Unknown => Known::Clean,
                    Known::Holds(Value::Returns(_)) => Known::Clean,
                    known => known,
                });
            }
            return self.all(all);
        }
        // `dig(:stripe, :secret_key)`, `get_env(:app, :api_key)`: the last name says what it is.
        let is_path = matches!(last.as_str(), "dig" | "get_env" | "fetch_env" | "fetch_env!" | "compile_env" | "compile_env!");
        if is_getter && is_path && receiver.is_some() && call.args.len() > 1 {
            let names: Vec<&str> = call.args.iter().take(6).filter_map(|arg| self.constant_behind(arg.value)).collect();
            let names = if last == "dig" { names.join("_") } else { names.into_iter().skip(1).take(1).collect() };
            return self.setting(&names, span);
        }
        // Texts for people, by their names: `messages.getString("password.wrong")`.
        if is_getter && receiver.and_then(|object| tree.last_name(object).or_else(|| self.called(object))).is_some_and(is_of_texts) {
            return Known::Clean;
        }
        if is_getter && let Some(name) = call.args.iter().take(2).find_map(|arg| self.constant_behind(arg.value)) {
            if let Some(object) = receiver {
                let held = self.known(object);
                match self.member_of(held, name, span) {
                    known @ Known::Holds(Value::Import { .. }) => {
                        let named = self.setting(name, span);
                        return self.all(vec![known, named]);
                    }
                    known @ (Known::Holds(_) | Known::Instance(_)) => return known,
                    _ => {}
                }
            }
            let name = name.to_owned();
            return self.setting(&name, span);
        }
        // `get_secret_str("AZURE_API_BASE")`: what is asked for by its name is what that says.
        if !call.is_new
            && may_say_secret(&last)
            && let Some(name) = first.and_then(|first| self.constant_behind(first)).filter(|name| is_screaming(name))
        {
            let name = name.to_owned();
            return self.setting(&name, span);
        }
        let mut all = Vec::new();
        // A function of another module.
        if !call.is_new
            && let Known::Holds(value) = self.known(call.callee)
        {
            match value {
                Value::Import { import, name, path, is_called: false } => all.push(Known::Holds(Value::Import { import, name, path, is_called: true })),
                Value::Some(values) => {
                    for value in values {
                        if let Value::Import { import, name, path, is_called: false } = value {
                            all.push(Known::Holds(Value::Import { import, name, path, is_called: true }));
                        }
                    }
                }
                Value::Returns(inner) => all.push(Known::Holds(*inner)),
                _ => {}
            }
        }
        // Where types stand first, an instance shows its fields only if its class says so.
        if call.is_new
            && !self.language.grammar.types_first
            && let Some(value) = self.with_fields(call)
        {
            all.push(Known::Holds(value));
        }
        let is_class = call.is_new || last.starts_with(|first: char| first.is_ascii_uppercase()) && !self.language.grammar.functions.contains(&"func");
        if !is_class {
            all.push(self.named(&last, span));
        }
        match self.all(all) {
            Known::Clean => Known::Unknown,
            known => known,
        }
    }

    /// What is shown of an argument when it becomes text.
    pub(in crate::lang::code) fn shown(&mut self, at: NodeIx) -> Known {
        match self.known(at) {
            Known::Instance(class) => self.shown_instance(class, self.tree.node(at).span),
            known => known,
        }
    }

    /// What is shown of an instance of a class.
    pub(in crate::lang::code) fn shown_instance(&mut self, class: u32, span: crate::text::Span) -> Known {
        match self.shown_field(class) {
            Some((class, field)) => self.dump(span, Dump::Settings(class.to_owned(), field.to_owned())),
            None => Known::Unknown,
        }
    }

    /// What is shown of something when all of it is, its fields too.
    pub(in crate::lang::code) fn inspected(&mut self, at: NodeIx) -> Known {
        let known = match self.tree.node(at).what {
            What::Name(name) if self.is_self(self.tree.node(at).scope, name) => self.class_of(self.tree.node(at).scope).map_or(Known::Unknown, Known::Instance),
            _ => self.known(at),
        };
        match known {
            Known::Instance(class) => match self.inspected_field(class) {
                Some((class, field)) => self.dump(self.tree.node(at).span, Dump::Settings(class.to_owned(), field.to_owned())),
                None => Known::Unknown,
            },
            known => known,
        }
    }

    /// A part of a text by numbers.
    fn cut(&mut self, call: &Call<'t>, receiver: Option<NodeIx>) -> Known {
        let mut numbers: Vec<Option<i64>> = Vec::new();
        for arg in &call.args {
            match self.tree.node(arg.value).what {
                // `slice(text, 0..3)`
                What::Binary(".." | "...", from, to) => {
                    numbers.push(self.number(from));
                    numbers.push(self.number(to).map(|to| to + i64::from(to >= 0)));
                }
                _ => numbers.push(self.number(arg.value)),
            }
        }
        let plain: Vec<i64> = numbers.iter().flatten().copied().collect();
        // `substr(text, 0, 4)`, `take(4)`, `substring(0, 4)`, `slice(-4)`, `last(4)`
        let is_short = match plain[..] {
            [only] => only.abs() <= FEW,
            [from, to] => (from >= 0 && (to - from).abs() <= FEW) || from < 0 && -from <= FEW || to > 0 && to <= FEW,
            [] => call.args.is_empty(),
            _ => false,
        };
        // `key.substring(4)` shows all but the first.
        let last = self.tree.last_name(call.callee).unwrap_or("");
        let shows_rest = matches!(last, "substring" | "Substring" | "substr" | "slice" | "drop" | "from" | "dropFirst" | "Skip" | "skip")
            && plain.len() == 1
            && plain[0] >= 0;
        if is_short && !shows_rest {
            return Known::Clean;
        }
        let mut all = Vec::new();
        if let Some(object) = receiver {
            all.push(self.known(object));
        }
        for arg in call.args.iter().take(3) {
            all.push(match self.known(arg.value) {
                Known::Unknown => Known::Clean,
                known => known,
            });
        }
        match self.all(all) {
            Known::Clean => Known::Unknown,
            known => known,
        }
    }

    fn number(&self, at: NodeIx) -> Option<i64> {
        let node = self.tree.node(at);
        match node.what {
            What::Constant => self.text[node.span.start..node.span.end].replace('_', "").parse().ok(),
            What::Unary("-", inner) => self.number(inner).map(|number| -number),
            // `Math.min(4, key.length())`
            What::Call(ref call) if self.tree.last_name(call.callee).is_some_and(|name| matches!(name, "min" | "Min" | "coerceAtMost")) => {
                call.args.iter().take(2).filter_map(|arg| self.plain_number(arg.value)).min()
            }
            // `key.length() - 4`: the end of a text.
            What::Binary("-", left, right) if self.plain_number(left).is_none() => self.plain_number(right).map(|number| -number),
            What::Name(_) => self.plain_number(at),
            _ => None,
        }
    }

    /// The name of what is called.
    fn called(&self, at: NodeIx) -> Option<&'t str> {
        match &self.tree.node(at).what {
            What::Call(call) => self.tree.last_name(call.callee),
            _ => None,
        }
    }

    /// A number that is written here, or that a name is given.
    fn plain_number(&self, at: NodeIx) -> Option<i64> {
        let node = self.tree.node(at);
        match node.what {
            What::Constant => self.text[node.span.start..node.span.end].replace('_', "").parse().ok(),
            What::Name(name) => {
                let mut scope = Some(node.scope);
                while let Some(here) = scope {
                    if let Some([binding]) = self.tree.bindings.get(&(here, name)).map(Vec::as_slice)
                        && let Given::Node(value, None) = binding.value
                        && matches!(self.tree.node(value).what, What::Constant)
                    {
                        let span = self.tree.node(value).span;
                        return self.text[span.start..span.end].replace('_', "").parse().ok();
                    }
                    scope = self.tree.scopes[here as usize].parent;
                }
                None
            }
            _ => None,
        }
    }

    /// The result of a function or the instance of a class of this text.
    fn of_function(&mut self, at: NodeIx, call: &Call<'t>, receiver: Option<NodeIx>, last: &str) -> Option<Known> {
        let tree = self.tree;
        let name = tree.last_name(call.callee)?;
        if let Some(class) = self.class_called(name, tree.node(at).scope).filter(|_| receiver.is_none() || call.is_new) {
            return Some(self.made(class, call));
        }
        // `Config.new(...)`, `Config::default()`
        if let Some(object) = receiver
            && matches!(last, "new" | "new!" | "default" | "create" | "from_env" | "fromEnv" | "load" | "instance")
            && let What::Name(class) = tree.node(object).what
            && let Some(class) = self.class_called(class, tree.node(at).scope)
        {
            return Some(Known::Instance(class));
        }
        let candidates = self.functions.get(name)?;
        let scope = tree.node(at).scope;
        let found = match receiver {
            None => candidates.iter().find(|number| self.is_visible(**number, scope)).copied(),
            Some(object) => {
                let What::Name(own) = tree.node(object).what else { return None };
                let class = if self.is_self(scope, own) { self.class_of(scope) } else { self.classes.get(own).copied() };
                let class = class?;
                candidates.iter().find(|number| self.function(**number).class == Some(class)).copied()
            }
        }?;
        let mut given: Vec<Known> = Vec::new();
        let params = &self.function(found).params;
        let skips = usize::from(params.first().is_some_and(|param| self.language.grammar.selves.contains(&param.name)));
        given.resize(params.len().min(40), Known::Unknown);
        for (number, arg) in call.args.iter().enumerate().take(20) {
            let place = match arg.name {
                Some(name) => params.iter().position(|param| param.name == name),
                None => Some(number + skips),
            };
            let known = self.known(arg.value);
            if let Some(place) = place.filter(|place| *place < given.len()) {
                given[place] = known;
            }
        }
        let result = self.result(found, Some(given));
        Some(match result {
            // The function may be asked for by a name that speaks.
            Known::Unknown => self.named(name, tree.node(at).span),
            known => known,
        })
    }

    /// An instance that is made here: what it is given is in its fields, when those are the class's parameters.
    fn made(&mut self, class: u32, call: &Call<'t>) -> Known {
        let is_shown = self.shown_field(class).is_some();
        match self.with_fields(call) {
            Some(value) if is_shown => Known::Holds(value),
            _ => Known::Instance(class),
        }
    }

    /// What an instance holds by the fields that it is made with, where one of them holds something that is known.
    fn with_fields(&mut self, call: &Call<'t>) -> Option<Value> {
        let mut fields = Vec::new();
        for arg in call.args.iter().take(40) {
            let Some(name) = arg.name else { continue };
            let known = match self.known(arg.value) {
                Known::Unknown => self.named(name, self.tree.node(arg.value).span),
                known => known,
            };
            if let Known::Holds(value) = known {
                fields.push((name.to_owned(), value));
            }
        }
        (!fields.is_empty()).then_some(Value::Object(fields, Vec::new()))
    }

    fn is_visible(&self, number: u32, mut scope: u32) -> bool {
        let own = self.function(number);
        let Some(holder) = self.tree.scopes[own.scope as usize].parent else { return false };
        for _ in 0..60 {
            if scope == holder {
                return true;
            }
            match self.tree.scopes[scope as usize].parent {
                Some(parent) => scope = parent,
                None => return false,
            }
        }
        false
    }

    pub(super) fn class_of(&self, mut scope: u32) -> Option<u32> {
        for _ in 0..60 {
            let here = self.tree.scopes[scope as usize];
            if here.class.is_some() {
                return here.class;
            }
            scope = here.parent?;
        }
        None
    }
}
