//! What expressions hold.
//!
//! There are three answers: something that matters, something that is known to be harmless, and nothing known. Only of the
//! last a name may speak: `token` in `token = fetch()` may be a secret, in `token = mask(raw)` it is none.

mod calls;
mod formats;
mod members;
mod names;

use formats::{ends_with_secret, is_of_a_name};
use rustc_hash::FxHashMap as HashMap;

use super::language::{Api, Blocks, Language, Special};
use super::tree::{Call, Function, Key, NodeIx, Part, Tree, What};
use crate::lang::hint::may_say_secret;
use crate::lang::{Dump, EnvObject, Import, Read, SpotIx, Spots, Value};
use crate::text::Span;

/// Steps of one evaluation, and of all in a text.
const FUEL: u32 = 800;
const ALL_FUEL: u32 = 50_000;
/// How deep an evaluation goes.
const DEEPEST: u32 = 50;
/// More than this many things at once tell no more.
const MOST: usize = 24;
/// Characters that may be shown of a secret.
pub(super) const FEW: i64 = 8;

/// What is known of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known {
    /// Harmless: a number, a constant, a mask.
    Clean,
    /// Nothing.
    Unknown,
    /// It holds this.
    Holds(Value),
    /// An instance of a class of this text.
    Instance(u32),
}

/// All that is read from one text.
pub(super) struct Reader<'t, 's> {
    pub(super) language: &'static Language,
    pub(super) text: &'t str,
    pub(super) tree: &'t Tree<'t>,
    /// Whether the program stands in the markup of a page.
    pub(super) is_page: bool,
    /// The credentials in the text, in rising order.
    pub(super) credentials: &'s [Span],
    pub(super) spots: &'s mut Spots,
    pub(super) reads: Vec<Read>,
    pub(super) imports: Vec<Import>,
    /// Names that imports bring: the number of the import, and the other module's name.
    pub(super) imported: HashMap<&'t str, (u32, String)>,
    fuel: u32,
    spent: u32,
    depth: u32,
    /// Names and functions that are being looked into.
    open_names: Vec<(u32, &'t str)>,
    open_functions: Vec<u32>,
    /// What functions that are being called were given.
    given: Vec<(u32, Vec<Known>)>,
    known_spots: HashMap<Span, SpotIx>,
    known_reads: HashMap<Span, u32>,
    /// What expressions hold that were looked into.
    cache: HashMap<NodeIx, Known>,
    /// The import that stands for what is used without one.
    implied: Option<u32>,
    /// Functions and classes by their names.
    functions: HashMap<&'t str, Vec<u32>>,
    classes: HashMap<&'t str, u32>,
    /// Fields that methods give to instances, by class, in order.
    own_fields: HashMap<u32, Vec<&'t str>>,
    /// What instances of classes are made with, by class and field.
    made: HashMap<(u32, &'t str), Vec<NodeIx>>,
}

impl Known {
    /// The same without the parts that are to go; `left` where nothing stays.
    pub(super) fn without(self, left: Self, goes: &impl Fn(&Value) -> bool) -> Self {
        match self {
            Self::Holds(value) => match prune(value, goes) {
                Value::Nothing => left,
                value => Self::Holds(value),
            },
            other => other,
        }
    }
}

impl<'t, 's> Reader<'t, 's> {
    pub(super) fn new(language: &'static Language, text: &'t str, tree: &'t Tree<'t>, credentials: &'s [Span], spots: &'s mut Spots) -> Self {
        let mut functions: HashMap<&str, Vec<u32>> = HashMap::default();
        for (number, function) in tree.functions.iter().enumerate() {
            if let Some(name) = function.name {
                functions.entry(name).or_default().push(number as u32);
            }
        }
        let mut own: Vec<(u32, NodeIx, &str)> =
            tree.fields.iter().filter_map(|((class, name), values)| Some((*class, values.first().copied()?, *name))).collect();
        own.sort_unstable();
        let mut own_fields: HashMap<u32, Vec<&str>> = HashMap::default();
        for (class, _, name) in own {
            own_fields.entry(class).or_default().push(name);
        }
        let classes = tree.classes.iter().enumerate().map(|(number, class)| (class.name, number as u32)).collect();
        Self {
            language,
            text,
            tree,
            is_page: language.lexis.special == Special::Php && super::texts::is_page(text),
            credentials,
            spots,
            reads: Vec::new(),
            imports: Vec::new(),
            imported: HashMap::default(),
            fuel: FUEL,
            spent: 0,
            depth: 0,
            open_names: Vec::new(),
            open_functions: Vec::new(),
            given: Vec::new(),
            known_spots: HashMap::default(),
            known_reads: HashMap::default(),
            cache: HashMap::default(),
            implied: None,
            functions,
            classes,
            own_fields,
            made: HashMap::default(),
        }
        .with_made()
    }

    /// Notes what `Config { key: x }` gives to fields, whoever uses them.
    fn with_made(mut self) -> Self {
        let tree = self.tree;
        for at in &tree.calls {
            let What::Call(call) = &tree.node(*at).what else { continue };
            if !call.is_new {
                continue;
            }
            let Some(class) = tree.last_name(call.callee).and_then(|name| self.class_called(name, tree.node(*at).scope)) else { continue };
            for arg in call.args.iter().take(60) {
                let Some(name) = arg.name else { continue };
                self.made.entry((class, name)).or_default().push(arg.value);
            }
        }
        self
    }

    /// The class of a name, which may stand for the one around.
    fn class_called(&self, name: &str, scope: u32) -> Option<u32> {
        if name == "Self" { self.class_of(scope) } else { self.classes.get(name).copied() }
    }

    /// What an expression holds.
    pub(super) fn evaluate(&mut self, at: NodeIx) -> Known {
        self.fuel = FUEL.min(ALL_FUEL.saturating_sub(self.spent));
        self.depth = 0;
        self.known(at)
    }

    /// What a field of a class holds.
    pub(super) fn evaluate_field(&mut self, class: u32, name: &str) -> Known {
        self.fuel = FUEL.min(ALL_FUEL.saturating_sub(self.spent));
        self.depth = 0;
        self.field(class, name)
    }

    /// What a function gives.
    pub(super) fn evaluate_result(&mut self, number: u32) -> Known {
        self.fuel = FUEL.min(ALL_FUEL.saturating_sub(self.spent));
        self.depth = 0;
        self.result(number, None)
    }

    /// A name that nothing here declares: of the same package, or of a class that needs no import.
    pub(super) fn implied(&mut self, name: &str, span: Span) -> Known {
        let spot = self.spot(span);
        let imports = &mut self.imports;
        let import = *self.implied.get_or_insert_with(|| {
            imports.push(Import { specifier: String::new(), kind: crate::lang::ImportKind::Static, names: Vec::new(), spot, part: 0, is_island: false });
            (imports.len() - 1) as u32
        });
        Known::Holds(Value::Import { import, name: name.to_owned(), path: Vec::new(), is_called: false })
    }

    pub(super) fn spot(&mut self, span: Span) -> SpotIx {
        let spots = &mut *self.spots;
        *self.known_spots.entry(span).or_insert_with(|| spots.add(span))
    }

    /// Whether a path of names is one of an API's.
    pub(super) fn is_one(&self, select: fn(&Api) -> &'static [&'static str], path: &str) -> bool {
        super::index::is_in(self.language, select, path)
    }

    /// What is known only by a name, if the name may say secret.
    pub(super) fn named(&mut self, name: &str, span: Span) -> Known {
        // A variant or a type, as `ErrorKind::Credential` is, holds nothing.
        let is_type =
            self.language.grammar.macros && name.starts_with(|first: char| first.is_ascii_uppercase()) && name.contains(|char: char| char.is_ascii_lowercase());
        if is_type || !may_say_secret(name) {
            return Known::Unknown;
        }
        let spot = self.spot(span);
        Known::Holds(Value::Named(spot, name.trim_start_matches(['$', '@']).to_owned()))
    }

    /// An environment variable that is read here.
    pub(super) fn env(&mut self, name: &str, span: Span) -> Known {
        if let Some(known) = self.known_reads.get(&span) {
            return Known::Holds(Value::Env(*known));
        }
        let spot = self.spot(span);
        let number = self.reads.len() as u32;
        self.reads.push(Read { name: name.to_owned(), from: EnvObject::Server, is_direct: false, spot, part: 0 });
        self.known_reads.insert(span, number);
        Known::Holds(Value::Env(number))
    }

    pub(super) fn whole_env(&mut self, span: Span) -> Known {
        let spot = self.spot(span);
        Known::Holds(Value::WholeEnv(spot))
    }

    fn dump(&mut self, span: Span, what: Dump) -> Known {
        let spot = self.spot(span);
        Known::Holds(Value::Dump(spot, what))
    }

    /// The text of a constant.
    pub(super) fn constant(&self, at: NodeIx) -> Option<&'t str> {
        match &self.tree.node(at).what {
            What::Text(parts) => match &parts[..] {
                [] => Some(""),
                [Part::Plain(span)] => Some(&self.text[span.start..span.end]),
                _ => None,
            },
            _ => None,
        }
    }

    /// The credentials that are written in a span.
    fn literals(&self, span: Span) -> Vec<Value> {
        let first = self.credentials.partition_point(|value| value.end <= span.start);
        let within = self.credentials[first..].iter().take_while(|value| value.start < span.end).count();
        (first..first + within).map(|number| Value::Literal(number as u32)).collect()
    }

    pub(super) fn known(&mut self, at: NodeIx) -> Known {
        if self.fuel == 0 || self.depth >= DEEPEST {
            return Known::Unknown;
        }
        self.fuel -= 1;
        self.spent += 1;
        // Without a caller's arguments an expression holds the same whoever asks.
        let is_shared = self.given.is_empty() && matches!(self.tree.node(at).what, What::Name(_) | What::Call(_) | What::Member(..) | What::Text(_));
        if is_shared && let Some(known) = self.cache.get(&at) {
            return known.clone();
        }
        self.depth += 1;
        let out = self.inner(at);
        self.depth -= 1;
        if is_shared && self.fuel > 0 && self.open_names.is_empty() && self.open_functions.is_empty() {
            self.cache.insert(at, out.clone());
        }
        out
    }

    fn inner(&mut self, at: NodeIx) -> Known {
        let tree = self.tree;
        let node = tree.node(at);
        match &node.what {
            What::Constant => Known::Clean,
            What::Name(name) => {
                if self.is_one(|api| api.env_objects, name) && !self.is_declared(node.scope, name) {
                    return self.whole_env(node.span);
                }
                if self.is_one(|api| api.requests, name) && !self.is_bound(node.scope, name) {
                    return self.dump(node.span, Dump::Request);
                }
                if self.calls_without_brackets() && self.is_function(node.scope, name) {
                    return self.call(at, &Call { callee: at, args: Vec::new(), is_new: false });
                }
                if self.language.grammar.blocks != Blocks::Ends
                    && !name.starts_with('$')
                    && self.is_self(node.scope, name)
                    && let Some(class) = self.class_of(node.scope)
                {
                    return Known::Instance(class);
                }
                self.name(at, name)
            }
            What::Text(parts) => {
                let mut all = vec![Known::Clean];
                for (number, part) in parts.iter().enumerate() {
                    match part {
                        Part::Plain(span) => all.extend(self.literals(*span).into_iter().map(Known::Holds)),
                        Part::Hole(hole, format) => {
                            if !self.is_cut_format(*format) && !self.is_quoted_name(parts, number) {
                                all.push(self.known(*hole));
                            }
                        }
                    }
                }
                self.all(all)
            }
            What::Member(object, name) => self.member(at, *object, name),
            What::Index(object, key) => self.index(at, *object, *key),
            What::Slice(object, from, to) => {
                let is_short = match (from, to) {
                    (None | Some(0), Some(to)) if *to >= 0 => *to <= FEW,
                    (Some(from), None) if *from < 0 => -*from <= FEW,
                    (Some(from), Some(to)) if *from >= 0 && *to >= *from => *to - *from <= FEW,
                    (Some(from), Some(_)) if *from < 0 => -*from <= FEW,
                    _ => false,
                };
                if is_short { Known::Clean } else { self.known(*object) }
            }
            What::Call(call) => self.call(at, call),
            What::List(values) => {
                let all = values.iter().take(MOST * 2).map(|value| self.known(*value)).collect();
                self.all(all)
            }
            What::Map(entries) => self.map(entries),
            What::Binary(sign, left, right) => self.binary(sign, *left, *right),
            What::Unary(sign, inner) => match *sign {
                "!" | "-" | "~" | "not" => Known::Clean,
                _ => self.known(*inner),
            },
            What::Choice(first, second) => {
                let all = vec![self.known(*first), self.known(*second)];
                self.all(all)
            }
            What::Function(number) => match self.result(*number, None) {
                Known::Holds(value) => Known::Holds(Value::Returns(Box::new(value))),
                _ => Known::Unknown,
            },
            What::Assign(value) => self.known(*value),
            What::Unknown(inner) => {
                let all = inner.iter().map(|value| self.known(*value)).collect::<Vec<_>>();
                match self.all(all) {
                    Known::Clean => Known::Unknown,
                    other => other,
                }
            }
        }
    }

    /// Whether a hole speaks of a secret by its name: `the secret '{self.secret}' was not found`, `Secret {secret} not defined`.
    fn is_quoted_name(&self, parts: &[Part], number: usize) -> bool {
        let (Some(Part::Hole(hole, _)), Some(Part::Plain(before))) = (parts.get(number), number.checked_sub(1).and_then(|before| parts.get(before))) else {
            return false;
        };
        let text = &self.text[before.start..before.end];
        let is_quoted = text.ends_with(['\'', '"', '`']);
        let after = match parts.get(number + 1) {
            Some(Part::Plain(after)) => &self.text[after.start..after.end],
            _ => "",
        };
        is_quoted && ends_with_secret(text) && matches!(self.tree.last_name(*hole), Some("secret" | "name" | "secret_name" | "secretName"))
            || is_of_a_name(text, after)
    }

    /// `:.4`, `%.4s`: a few characters alone are shown.
    fn is_cut_format(&self, format: Span) -> bool {
        let text = &self.text[format.start..format.end];
        let Some(dot) = text.find('.') else { return false };
        let digits: String = text[dot + 1..].chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<i64>().is_ok_and(|count| count <= FEW)
    }

    /// All of these together.
    pub(super) fn all(&self, all: Vec<Known>) -> Known {
        let mut values: Vec<Value> = Vec::new();
        let (mut unknown, mut instance) = (false, None);
        for one in all {
            match one {
                Known::Clean => {}
                Known::Unknown => unknown = true,
                Known::Instance(class) => instance = Some(class),
                Known::Holds(value) => {
                    let inner = match value {
                        Value::Some(inner) => inner,
                        other => vec![other],
                    };
                    for value in inner {
                        let is_known = |other: &Value| match (other, &value) {
                            (Value::Named(_, one), Value::Named(_, two)) => one == two,
                            (one, two) => one == two,
                        };
                        if values.len() < MOST && !values.iter().any(is_known) {
                            values.push(value);
                        }
                    }
                }
            }
        }
        match (values.len(), instance) {
            (0, Some(class)) => Known::Instance(class),
            (0, None) if unknown => Known::Unknown,
            (0, None) => Known::Clean,
            (1, _) => Known::Holds(values.remove(0)),
            _ => Known::Holds(Value::Some(values)),
        }
    }

    fn map(&mut self, entries: &[(Key<'t>, NodeIx)]) -> Known {
        let (mut fields, mut spread, mut unknown) = (Vec::new(), Vec::new(), false);
        for (key, value) in entries.iter().take(60) {
            let known = match self.known(*value) {
                Known::Holds(value) => value,
                Known::Unknown => {
                    unknown = true;
                    // The key is the name of what is unknown.
                    let name = match key {
                        Key::Name(name) => Some((*name).to_owned()),
                        Key::Value(key) => self.constant(*key).map(str::to_owned),
                        Key::Spread => None,
                    };
                    match name.map(|name| self.named(&name, self.tree.node(*value).span)) {
                        Some(Known::Holds(value)) => value,
                        _ => continue,
                    }
                }
                _ => continue,
            };
            match key {
                Key::Name(name) => fields.push(((*name).to_owned(), known)),
                Key::Value(key) => match self.constant(*key) {
                    Some(name) => fields.push((name.to_owned(), known)),
                    None => spread.push(known),
                },
                Key::Spread => spread.push(known),
            }
        }
        if fields.is_empty() && spread.is_empty() {
            return if unknown { Known::Unknown } else { Known::Clean };
        }
        Known::Holds(Value::Object(fields, spread))
    }

    fn binary(&mut self, sign: &str, left: NodeIx, right: NodeIx) -> Known {
        match sign {
            "==" | "!=" | "===" | "!==" | "<" | ">" | "<=" | ">=" | "<=>" | "=~" | "in" | "instanceof" => Known::Clean,
            "&&" | "and" => self.known(right),
            "%" if !matches!(self.tree.node(left).what, What::Text(_)) && self.constant_behind(left).is_none() => Known::Clean,
            "-" | "*" | "/" | "**" | ".." | "..." | "..<" | "..=" | "^" | ">>" | "&" => Known::Clean,
            "%" => {
                let hidden = self.constant_behind(left).map_or_else(Vec::new, |format| self.hidden_verbs(format, 0));
                let tree = self.tree;
                let given = match &tree.node(right).what {
                    What::List(items) => items.iter().take(MOST).copied().collect(),
                    _ => vec![right],
                };
                let shown = given.into_iter().enumerate().filter(|(number, _)| !hidden.contains(&(number + 1)));
                let mut all = vec![self.known(left)];
                all.extend(shown.map(|(_, item)| self.known(item)).collect::<Vec<_>>());
                self.all(all)
            }
            _ => {
                let all = vec![self.known(left), self.known(right)];
                self.all(all)
            }
        }
    }

    /// The text that a name is given as a constant.
    pub(super) fn constant_behind(&self, at: NodeIx) -> Option<&'t str> {
        if let Some(text) = self.constant(at) {
            return Some(text);
        }
        let What::Name(name) = self.tree.node(at).what else { return None };
        let mut scope = Some(self.tree.node(at).scope);
        while let Some(here) = scope {
            if let Some(all) = self.tree.bindings.get(&(here, name)) {
                return match all.last().map(|binding| binding.value) {
                    Some(super::tree::Given::Node(node, None)) => self.constant(node),
                    _ => None,
                };
            }
            scope = self.tree.scopes[here as usize].parent;
        }
        None
    }

    /// What a function gives back, and what it was given if that is known.
    pub(super) fn result(&mut self, number: u32, given: Option<Vec<Known>>) -> Known {
        if self.open_functions.contains(&number) || self.open_functions.len() > 10 {
            return Known::Unknown;
        }
        self.open_functions.push(number);
        let is_called = given.is_some();
        if let Some(given) = given {
            self.given.push((number, given));
        }
        let tree = self.tree;
        let results = &tree.functions[number as usize].results;
        let mut all = Vec::new();
        for value in results.iter().take(12) {
            all.push(self.known(*value));
        }
        if is_called {
            self.given.pop();
        }
        self.open_functions.pop();
        // What is one of many things is named by what it is asked for with.
        let held = all.iter().filter(|known| matches!(known, Known::Holds(_) | Known::Instance(_))).count();
        let differ = all.iter().any(|known| *known != all[0]);
        if all.len() > 2 && held * 2 < all.len() || all.len() > 3 && differ {
            return Known::Unknown;
        }
        if all.is_empty() { Known::Unknown } else { self.all(all) }
    }

    /// Whether the text declares a function of this name.
    pub(super) fn has_function(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    pub(super) fn function(&self, number: u32) -> &'t Function<'t> {
        &self.tree.functions[number as usize]
    }
}

/// Whether a path of names is what a pattern says: with dots also as the end of a longer path; `.name` as a method of anything;
/// without any dot alone.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    // Whatever a pattern says, both end alike: this tells nearly all apart.
    if pattern.as_bytes().last() != path.as_bytes().last() {
        return false;
    }
    if let Some(method) = pattern.strip_prefix('.') {
        return path.len() > method.len() && path.ends_with(method) && path.as_bytes()[path.len() - method.len() - 1] == b'.';
    }
    // `Command.new.*.arg`: with anything between.
    if pattern.as_bytes().contains(&b'*')
        && let Some((head, tail)) = pattern.split_once(".*.")
    {
        let Some(before) = path.strip_suffix(tail).and_then(|before| before.strip_suffix('.')) else { return false };
        return before.split('.').any(|name| name == head) || head.contains('.') && before.contains(head);
    }
    if path.len() == pattern.len() {
        return path == pattern;
    }
    // `$client.post` is `client.post` as well, as are `@client.post` and `:logger.info`.
    pattern.contains('.')
        && path.len() > pattern.len()
        && path.ends_with(pattern)
        && matches!(path.as_bytes()[path.len() - pattern.len() - 1], b'.' | b'$' | b'@' | b':')
}

/// A value without the parts that are to go; `Value::Nothing` where nothing stays. What goes is not looked into.
pub(super) fn prune(value: Value, goes: &impl Fn(&Value) -> bool) -> Value {
    let stay = |values: Vec<Value>| -> Vec<Value> { values.into_iter().map(|value| prune(value, goes)).filter(|value| *value != Value::Nothing).collect() };
    match value {
        value if goes(&value) => Value::Nothing,
        Value::Some(values) => {
            let mut values = stay(values);
            match values.len() {
                0 => Value::Nothing,
                1 => values.remove(0),
                _ => Value::Some(values),
            }
        }
        Value::Object(fields, spread) => {
            let fields: Vec<(String, Value)> =
                fields.into_iter().map(|(name, value)| (name, prune(value, goes))).filter(|(_, value)| *value != Value::Nothing).collect();
            let spread = stay(spread);
            if fields.is_empty() && spread.is_empty() { Value::Nothing } else { Value::Object(fields, spread) }
        }
        Value::Via(spot, text, inner) => match prune(*inner, goes) {
            Value::Nothing => Value::Nothing,
            inner => Value::Via(spot, text, Box::new(inner)),
        },
        Value::Returns(inner) => match prune(*inner, goes) {
            Value::Nothing => Value::Nothing,
            inner => Value::Returns(Box::new(inner)),
        },
        other => other,
    }
}

/// A value without what no flow but a request's carries: functions and texts.
pub(super) fn data(value: Value) -> Value {
    prune(value, &|value| matches!(value, Value::Returns(_) | Value::Text(_)))
}
