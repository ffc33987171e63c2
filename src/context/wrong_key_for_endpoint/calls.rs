//! Keys that calls carry, beside what the calls take.

use super::super::{FileContext, Observations, Subject};
use super::WrongKeyForEndpoint;
use super::names::{self, Asks, reach, right};
use super::urls;
use crate::context_data_static::NO_PROVIDERS;
use crate::finding::{Location, TraceStep};
use crate::keys::endpoints::{self, Endpoint, SdkCall};
use crate::keys::naming::{self, Says};
use crate::keys::{KeyType, KeyTypeIx, Shape};
use crate::lang::{Flow, Literal, Request, Sdk, Sink, SpotIx};
use crate::project::{FileFacts, Held};
use crate::terms::{Confidence, Place, Role};

/// What a call asks for.
struct Asked {
    provider: &'static str,
    /// Roles of keys that it takes.
    takes: Vec<Role>,
    /// Whether it is made for clients, although a secret opens it as well.
    is_for_clients: bool,
    /// How it is written, for a sentence.
    written: String,
    /// Whether it is a request, and no function of a library.
    is_request: bool,
    /// Whether a library was told to run in browsers with a secret key.
    is_forced: bool,
}

/// What is given to it.
struct Given<'a> {
    /// The file and the number of the value in it, where it is written out.
    literal: Option<(&'a FileFacts, &'a Literal)>,
    subject: Subject<'a>,
    /// "a Plunk public key", "the value of `PLUNK_PUBLIC_KEY`".
    what: String,
    role: Role,
    key_type: KeyTypeIx,
    trace: Vec<TraceStep>,
}

pub(super) fn request<'a>(cx: &FileContext<'a>, number: usize, flow: &'a Flow, request: &Request, out: &mut Observations<'a>) {
    let mut known: Vec<&'static Endpoint> = Vec::new();
    let (mut host, mut way) = (String::new(), String::new());
    for url in urls::of(cx, &request.url) {
        let Some((at, path)) = endpoints::split(&url) else { continue };
        let found = endpoints::find(&at, &path, request.method.as_deref());
        if !found.is_empty() {
            (host, way) = (at, path);
            known.extend(found);
        }
    }
    let Some(first) = known.first() else { return };
    if known.iter().any(|one| one.provider != first.provider) {
        return;
    }
    let most = known.iter().max_by_key(|one| one.path.len()).unwrap_or(first);
    let asked = Asked {
        provider: first.provider,
        takes: known.iter().flat_map(|one| one.accepts.iter().copied()).collect(),
        is_for_clients: known.iter().all(|one| one.prefers == Some(Role::Publishable)),
        written: format!("`{}`", most.written(request.method.as_deref(), &host, &way)),
        is_request: true,
        is_forced: false,
    };
    // A second key beside one that fits, such as Supabase's `apikey`, takes nothing away.
    let has_other = || {
        let module = cx.file.facts.module.as_ref();
        let near = module.into_iter().flat_map(|module| module.flows.iter().enumerate()).skip(number.saturating_sub(6)).take(13);
        let same = near.filter(|(at, other)| {
            *at != number && matches!(&other.sink, Sink::Request(beside) if beside.url == request.url && beside.method == request.method)
        });
        same.flat_map(|(_, other)| given(cx, other, asked.provider)).any(|one| asked.takes.contains(&one.role))
    };
    judge(cx, flow, &asked, has_other, out);
}

pub(super) fn sdk<'a>(cx: &FileContext<'a>, flow: &'a Flow, sdk: &Sdk, out: &mut Observations<'a>) {
    let known: Vec<&'static SdkCall> = endpoints::sdk(&sdk.package, &sdk.callee).into_iter().filter(|one| one.argument == sdk.argument).collect();
    let Some(first) = known.first() else { return };
    if known.iter().any(|one| one.provider != first.provider) {
        return;
    }
    let name = if first.call == "default" { sdk.package.as_str() } else { first.call };
    let written = match sdk.argument.as_str() {
        "" => format!("`{name}`"),
        argument if argument.bytes().all(|byte| byte.is_ascii_digit()) => format!("`{name}(...)`"),
        argument => format!("`{argument}` of `{name}`"),
    };
    let is_forced = first.call == "dangerouslyAllowBrowser";
    if is_forced && !is_client(cx, flow) {
        return;
    }
    let takes = known.iter().flat_map(|one| one.takes.iter().copied()).collect();
    let asked = Asked { provider: first.provider, takes, is_for_clients: false, written, is_request: false, is_forced };
    judge(cx, flow, &asked, || false, out);
}

fn judge<'a>(cx: &FileContext<'a>, flow: &'a Flow, asked: &Asked, has_other: impl Fn() -> bool, out: &mut Observations<'a>) {
    let all = given(cx, flow, asked.provider);
    // A list of keys of several providers is tried out, or chosen from.
    let is_alone = all.len() == 1;
    for given in all {
        let own = cx.catalog.get(given.key_type);
        let what = &given.what;
        let call = &asked.written;
        let (message, advice) = if own.id.provider() != asked.provider && !NO_PROVIDERS.contains(&own.id.provider()) {
            if !is_alone || !is_stranger(cx, &given, own, asked) {
                continue;
            }
            let provider = provider_name(cx, asked.provider);
            let message = format!("{what} is sent to {provider} ({call}), which does not know it: the call answers 401, and {provider} has seen the key");
            (
                message,
                format!("Use the {} here, and look at which variable the value comes from.", right(cx.catalog, own, asked.provider, !takes_secret(asked))),
            )
        } else {
            match given.role {
                // A name that says neither, behind a prefix that publishes it.
                Role::Unknown if asked.takes.contains(&Role::Secret) && !asked.takes.iter().any(|role| !role.bears_authority()) => {
                    if has_other() {
                        continue;
                    }
                    let fails = if asked.is_request { "the call answers 401" } else { "its calls answer 401" };
                    (
                        format!(
                            "{what}, which is published by its prefix, is given to {call}, which takes a secret key alone: either everybody who loads the page has {}, or {fails}",
                            reach(own)
                        ),
                        format!("Make the call on a server, with the {} in a variable without the prefix.", right(cx.catalog, own, asked.provider, false)),
                    )
                }
                Role::Publishable if !asked.takes.contains(&Role::Publishable) => {
                    if has_other() {
                        continue;
                    }
                    let fails = if asked.is_request { "the call answers 401" } else { "its calls answer 401" };
                    let wanted = if takes_secret(asked) { "a secret key alone" } else { "no API key" };
                    let key = right(cx.catalog, own, asked.provider, false);
                    (format!("{what} is given to {call}, which takes {wanted}: {fails}"), format!("Use the {key} here, on a server alone."))
                }
                Role::WebhookSigning if !asked.takes.contains(&Role::WebhookSigning) && given.literal.is_some() => (
                    format!("{what} is given to {call}: it proves who sent an event, and opens nothing"),
                    format!("Use the {} here.", right(cx.catalog, own, asked.provider, false)),
                ),
                Role::Secret | Role::Restricted if asked.is_forced => (
                    format!("{what} is used in client code, and a browser's user can read it: `dangerouslyAllowBrowser` only silences the warning"),
                    "Make the call on a server, or give the page a short-lived key.".to_owned(),
                ),
                Role::Secret | Role::Restricted if !takes_secret(asked) => (
                    format!("{what} is given to {call}, which is made for publishable keys: it gives everybody who loads the page {}", reach(own)),
                    format!("Use the {} here and keep the secret on a server.", right(cx.catalog, own, asked.provider, true)),
                ),
                Role::Secret | Role::Restricted if asked.is_for_clients && is_client(cx, flow) => (
                    format!("{what} makes a call from client code that the publishable key is made for ({call}): it gives every visitor {}", reach(own)),
                    format!("Use the {} for this call.", right(cx.catalog, own, asked.provider, true)),
                ),
                _ => continue,
            }
        };
        note(cx, flow, given, message, advice, out);
    }
}

fn takes_secret(asked: &Asked) -> bool {
    asked.takes.iter().any(|role| matches!(role, Role::Secret | Role::Restricted))
}

/// Notes a key: where it is written, if that is within the call, and else where the call gets it.
fn note<'a>(cx: &FileContext<'a>, flow: &'a Flow, given: Given<'a>, message: String, advice: String, out: &mut Observations<'a>) {
    if let Some((file, literal)) = given.literal
        && file.path == cx.file.path
        && let Some(spot) = cx.file.facts.spot(flow.spot)
        && spot.span.start <= literal.credential.span.start
        && literal.credential.span.end <= spot.span.end
    {
        out.note(WrongKeyForEndpoint::ID, cx, literal, message, advice);
        return;
    }
    // Nobody has seen the value: what only fails shows itself, what leaks may not.
    let steps = if given.literal.is_none() && given.role != Role::Publishable { -1 } else { 0 };
    out.note_at(WrongKeyForEndpoint::ID, (cx.file, flow.spot), given.subject, message, advice, given.trace);
    if let Some(last) = out.list.last_mut().filter(|last| last.rule == WrongKeyForEndpoint::ID) {
        last.steps = steps;
    }
}

/// Whether a flow is in what a client gets.
fn is_client(cx: &FileContext<'_>, flow: &Flow) -> bool {
    matches!(cx.placed.place, Place::Client | Place::Bundle | Place::Mobile | Place::Desktop) || cx.project.way(cx.file, flow.part).is_some()
}

fn provider_name(cx: &FileContext<'_>, provider: &str) -> String {
    cx.catalog.iter().find(|(_, one)| one.id.provider() == provider).map_or_else(|| provider.to_owned(), |(_, one)| one.provider_name.to_string())
}

/// Whether a key is surely another provider's: its shape says so, and none of this one's begins alike.
fn is_stranger(cx: &FileContext<'_>, given: &Given<'_>, own: &KeyType, asked: &Asked) -> bool {
    let Some((_, literal)) = given.literal else { return false };
    let credential = &literal.credential;
    if credential.confidence < Confidence::High || !matches!(credential.role, Role::Secret | Role::Restricted | Role::Publishable) {
        return false;
    }
    let length = credential.span.len();
    let is_parts = |key_type: &KeyType| matches!(key_type.shape, Shape::Parts { .. });
    let mut theirs =
        cx.catalog.iter().map(|(_, one)| one).filter(|one| one.id.provider() == asked.provider).filter(|one| is_parts(one) || one.role == credential.role);
    is_parts(own) && !theirs.any(|one| may_be(own, one, length))
}

/// Whether a value of one type, so many bytes long, may be of another type as well.
fn may_be(own: &KeyType, other: &KeyType, length: usize) -> bool {
    let Shape::Parts { prefixes: ours, .. } = &own.shape else { return true };
    match &other.shape {
        Shape::Parts { prefixes, lengths, suffix, .. } => {
            let is_long = |prefix: &str| {
                let body = length.saturating_sub(prefix.len() + suffix.len()) as u32;
                lengths.iter().any(|(from, to)| (*from..=*to).contains(&body))
            };
            let begins = |prefix: &str| ours.is_empty() || ours.iter().any(|own| own.starts_with(prefix) || prefix.starts_with(own.as_ref()));
            prefixes.is_empty() && is_long("") || prefixes.iter().any(|prefix| begins(prefix) && is_long(prefix))
        }
        Shape::Pattern(pattern) => {
            let start: String = pattern.source().chars().take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')).collect();
            start.is_empty() || ours.iter().any(|own| own.starts_with(&start) || start.starts_with(own.as_ref()))
        }
    }
}

/// What a flow carries, as far as its role is known.
fn given<'a>(cx: &FileContext<'a>, flow: &'a Flow, provider: &str) -> Vec<Given<'a>> {
    let mut found = Vec::new();
    for origin in cx.project.origins(cx.file, &flow.value) {
        let hops = origin.hops.iter().map(|hop| step(hop.file, hop.spot, &hop.text));
        let (name, source) = match &origin.held {
            Held::Literal(file, index) => {
                let Some(literal) = file.facts.literals.get(*index as usize) else { continue };
                let credential = &literal.credential;
                let name = cx.key_name(literal);
                let location = Location { path: file.path.clone(), region: literal.region };
                let mut trace = vec![TraceStep { location, text: format!("{name} is written here") }];
                trace.extend(hops);
                found.push(Given {
                    literal: Some((file, literal)),
                    subject: Subject::Value(literal),
                    what: name,
                    role: credential.role,
                    key_type: credential.key_type,
                    trace,
                });
                continue;
            }
            Held::Env(file, index) => {
                let Some(read) = file.facts.module.as_ref().and_then(|module| module.reads.get(*index as usize)) else { continue };
                (read.name.clone(), step(file, read.spot, &format!("`{}` is read here", read.name)))
            }
            Held::Field(file, spot, name) => (name.clone(), step(file, *spot, "all variables are taken here")),
            Held::Named(file, spot, name) => (name.clone(), step(file, *spot, &format!("`{name}` is used here"))),
            Held::WholeEnv(..) | Held::Dump(..) | Held::Text(..) => continue,
        };
        let is_published = || matches!(&origin.held, Held::Env(file, _) if cx.project.public_prefix(file, &name));
        let neither = || naming::says(cx.catalog, &name) == Says::Nothing && is_published();
        let of_provider = || cx.catalog.iter().find(|(_, one)| one.id.provider() == provider && one.role == Role::Secret).map(|(index, _)| index);
        let unknown = || Some((Role::Unknown, of_provider().filter(|_| neither())?));
        let Some((role, key_type)) = by_name(cx, &name, provider).or_else(unknown) else { continue };
        let mut trace = vec![source];
        trace.extend(hops);
        let what = format!("the value of `{name}`");
        let is_variable = matches!(origin.held, Held::Named(..));
        let subject = if is_variable { Subject::Variable(name, key_type) } else { Subject::Named(name, key_type) };
        found.push(Given { literal: None, subject, what, role, key_type, trace });
    }
    found
}

/// The role that a name tells, and the provider's key type of that role.
fn by_name(cx: &FileContext<'_>, name: &str, provider: &str) -> Option<(Role, KeyTypeIx)> {
    let of_role = |role: Role| cx.catalog.iter().find(|(_, one)| one.id.provider() == provider && one.role == role).map(|(index, _)| index);
    match (names::asks(cx.catalog, name), naming::says(cx.catalog, name)) {
        (Some(Asks::Publishable), _) => Some((Role::Publishable, of_role(Role::Publishable)?)),
        // A name that speaks of another provider may still hold a key of this one: nothing is sure.
        (_, Says::Secret(Some(index))) if cx.catalog.get(index).id.provider() == provider => {
            let role = cx.catalog.get(index).role;
            matches!(role, Role::Secret | Role::Restricted).then_some((role, index))
        }
        (Some(Asks::Secret), Says::Secret(known)) => {
            let is_generic = known.is_none_or(|index| NO_PROVIDERS.contains(&cx.catalog.get(index).id.provider()));
            is_generic.then_some((Role::Secret, of_role(Role::Secret)?))
        }
        _ => None,
    }
}

fn step(file: &FileFacts, spot: SpotIx, text: &str) -> TraceStep {
    let region = file.facts.spot(spot).map(|spot| spot.region).unwrap_or_default();
    TraceStep { location: Location { path: file.path.clone(), region }, text: text.to_owned() }
}
