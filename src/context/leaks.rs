//! What the rules on logs, errors and URLs have in common: where a value that leaves comes from, and whether it is a secret.

use super::{ContextRule, FileContext, Observations, Subject};
use crate::finding::{Location, TraceStep};
use crate::keys::naming::{self, Says};
use crate::keys::{Catalog, KeyTypeIx};
use crate::lang::{Dump, Flow, Module, Sink, SpotIx, Value};
use crate::project::{FileFacts, Held, Hop, Origins};
use crate::terms::Place;
use crate::text::Region;

/// What a rule says of one way by which values leave.
pub(super) struct Leak {
    /// The end of a sentence that begins with the value: "is written to a log by `console.log`".
    pub message: String,
    /// The last step of the trace.
    pub step: String,
    /// What to do about it.
    pub advice: &'static str,
    /// The same, where a whole thing that holds secrets leaves.
    pub advice_whole: &'static str,
    /// Whole steps by which this way is less bad than others of its rule.
    pub steps: i8,
}

/// Notes what leaves by the flows of a file that a rule speaks of: one observation a flow, the most telling.
pub(super) fn check<'a>(rule: &dyn ContextRule, cx: &FileContext<'a>, out: &mut Observations<'a>, leak: impl Fn(&Flow) -> Option<Leak>) {
    // Nobody wrote a bundle by hand, and what is in one is known to whoever loads it: that is another rule's finding.
    let Some(module) = cx.file.facts.module.as_ref().filter(|_| cx.placed.weighed() != Place::Bundle) else { return };
    for flow in module.flows.iter().filter(|flow| speaks_of(&flow.sink)) {
        let Some(leak) = leak(flow) else { continue };
        let sources = cx.project.origins(cx.file, &flow.value);
        // What everybody has already may stand in a URL.
        let counts = |source: &Source<'a>| !source.is_published || matches!(flow.sink, Sink::Log(_) | Sink::Error(_));
        let secrets = sources.iter().filter_map(|origin| Some((source(cx, origin).filter(counts)?, origin)));
        let Some((source, origin)) = secrets.min_by_key(|(source, _)| source.rank) else { continue };
        let mut trace = vec![source.step];
        trace.extend(origin.hops.iter().map(step));
        trace.push(step(&Hop::new(cx.file, flow.spot, leak.step)));
        let advice = if source.is_whole { leak.advice_whole } else { leak.advice };
        let message = format!("{} {}", source.what, leak.message);
        let (noted, is_published) = (out.list.len(), source.is_published);
        out.note_at(rule.id(), (cx.file, flow.spot), source.subject, message, advice, trace);
        if let Some(observation) = out.list.get_mut(noted) {
            observation.steps = leak.steps - if is_published { 2 } else { 0 };
        }
    }
}

fn speaks_of(sink: &Sink) -> bool {
    matches!(sink, Sink::Log(_) | Sink::Error(_) | Sink::Url(_) | Sink::Argument(_))
}

/// A secret that leaves.
struct Source<'a> {
    subject: Subject<'a>,
    /// How a sentence begins that speaks of it.
    what: String,
    /// The first step of the trace.
    step: TraceStep,
    /// The most telling first: a value, a variable of the environment, all of them, a name, a whole thing.
    rank: u8,
    is_whole: bool,
    /// A variable with a public prefix.
    is_published: bool,
}

impl<'a> Source<'a> {
    fn new(subject: Subject<'a>, what: String, step: TraceStep, rank: u8) -> Self {
        Self { subject, what, step, rank, is_whole: false, is_published: false }
    }

    fn whole(self) -> Self {
        Self { is_whole: true, ..self }
    }
}

/// What an origin is, if it is a secret.
fn source<'a>(cx: &FileContext<'a>, origin: &Origins<'a>) -> Option<Source<'a>> {
    if let Held::Literal(file, index) = &origin.held {
        let literal = file.facts.literals.get(*index as usize).filter(|literal| literal.credential.role.bears_authority())?;
        let name = cx.key_name(literal);
        let location = Location { path: file.path.clone(), region: literal.region };
        return Some(Source::new(Subject::Value(literal), name.clone(), TraceStep { location, text: format!("{name} is written here") }, 0));
    }
    // Tests and documentation name what they like: there only values count. A notebook is a program that somebody runs.
    let place = cx.placed.weighed();
    if place == Place::Test || place == Place::Docs && cx.file.facts.cells.is_empty() {
        return None;
    }
    let unknown = || naming::key_type_of(cx.catalog, Says::Secret(None));
    match &origin.held {
        Held::Literal(..) | Held::Text(..) => None,
        Held::Env(file, index) => {
            let read = file.facts.module.as_ref()?.reads.get(*index as usize)?;
            let first = at(file, read.spot, format!("`{}` is read here", read.name));
            Some(variable(cx, file, &read.name, first)?)
        }
        Held::Field(file, spot, name) => {
            let first = at(file, *spot, format!("all variables are taken here, `{name}` among them"));
            Some(variable(cx, file, name, first)?)
        }
        Held::WholeEnv(file, spot) => {
            let subject = Subject::Named("*".to_owned(), unknown()?);
            Some(Source::new(subject, "every environment variable".to_owned(), at(file, *spot, "all variables are taken here".to_owned()), 2).whole())
        }
        Held::Named(file, spot, name) => {
            let key_type = by_name(cx.catalog, name)?;
            let subject = Subject::Variable(name.clone(), key_type);
            Some(Source::new(subject, format!("`{name}`"), at(file, *spot, format!("`{name}` is named like a secret")), 3))
        }
        Held::Dump(file, spot, dump) => {
            let (name, key_type, what, step) = whole(cx, dump)?;
            Some(Source::new(Subject::Variable(name, key_type), what, at(file, *spot, step), 4).whole())
        }
    }
}

/// A variable of the environment, if its name says that it holds a secret.
fn variable<'a>(cx: &FileContext<'a>, file: &FileFacts, name: &str, first: TraceStep) -> Option<Source<'a>> {
    let key_type = promised(cx.catalog, name)?;
    let source = Source::new(Subject::Named(name.to_owned(), key_type), format!("the value of `{name}`"), first, 1);
    // What a bundler publishes is no secret any more; that it is published is another rule's finding.
    Some(Source { is_published: cx.project.public_prefix(file, name), ..source })
}

/// The key type that the name of a variable of the environment promises, if it says that it holds a secret.
fn promised(catalog: &Catalog, name: &str) -> Option<KeyTypeIx> {
    match naming::says(catalog, name) {
        Says::Publishable => None,
        Says::Secret(known) => naming::key_type_of(catalog, Says::Secret(known)),
        Says::Nothing => naming::bears(catalog, name),
    }
}

/// The key type that a variable of the program is named after: a header's name says more than its words do.
fn by_name(catalog: &Catalog, name: &str) -> Option<KeyTypeIx> {
    let is_header = || name.contains('-') && naming::bears_header(name);
    naming::bears(catalog, name).or_else(|| is_header().then(|| naming::key_type_of(catalog, Says::Secret(None))).flatten())
}

/// Whether no rule will speak of a flow, whatever other files say: nothing in its value is a secret by what its own module says,
/// and nothing comes from elsewhere.
pub(crate) fn is_harmless(catalog: &Catalog, module: &Module, flow: &Flow) -> bool {
    let read_name = |read: u32| module.reads.get(read as usize).map(|read| read.name.as_str());
    match &flow.sink {
        sink if speaks_of(sink) => flow.value.ends().all(|end| match end {
            Value::Env(read) => read_name(*read).is_none_or(|name| promised(catalog, name).is_none()),
            Value::Named(_, name) | Value::Dump(_, Dump::Settings(_, name)) => by_name(catalog, name).is_none(),
            Value::Nothing | Value::Text(_) => true,
            _ => false,
        }),
        // These are told by more than their values, or lead to other files.
        Sink::Define(..) | Sink::Request(_) | Sink::Sdk(_) | Sink::Property(..) => false,
        // What is sent to a client counts where it is a value, or a variable of the environment.
        _ => flow.value.ends().all(|end| match end {
            Value::Env(read) => read_name(*read).is_none_or(|name| !matches!(naming::says(catalog, name), Says::Secret(_))),
            Value::Named(..) | Value::Dump(..) | Value::Nothing | Value::Text(_) => true,
            _ => false,
        }),
    }
}

/// A whole thing that holds secrets: its name, the key type, how a sentence begins, and the first step of the trace.
fn whole(cx: &FileContext<'_>, dump: &Dump) -> Option<(String, KeyTypeIx, String, String)> {
    let unknown = naming::key_type_of(cx.catalog, Says::Secret(None))?;
    let told = |name: &str, what: &str, step: &str| Some((name.to_owned(), unknown, what.to_owned(), step.to_owned()));
    match dump {
        Dump::Headers => told("headers", "all headers of a request, `Authorization` among them,", "all headers are taken here"),
        Dump::Request => told("request", "a whole request, its `Authorization` header included,", "the whole request is taken here"),
        Dump::Secrets => told("secrets", "every secret of the store", "all secrets are taken here"),
        Dump::Settings(how, field) => {
            let key_type = by_name(cx.catalog, field)?;
            let (what, step) = (format!("`{how}`, with `{field}` in it,"), format!("`{how}` holds `{field}`"));
            Some((field.clone(), key_type, what, step))
        }
    }
}

fn at(file: &FileFacts, spot: SpotIx, text: String) -> TraceStep {
    let region = file.facts.spot(spot).map_or_else(Region::default, |spot| spot.region);
    TraceStep { location: Location { path: file.path.clone(), region }, text }
}

fn step(hop: &Hop<'_>) -> TraceStep {
    at(hop.file, hop.spot, hop.text.clone())
}
