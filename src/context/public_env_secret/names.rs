//! Values and names behind what publishes variables: written, declared, read.

use std::collections::HashSet;

use super::{PublicEnvSecret, by_known_prefix, by_prefix, kind_of, of_declared, promised, variable};
use crate::context::{FileContext, Observations, Subject};
use crate::finding::{Location, TraceStep};
use crate::lang::{Declared, EnvObject, Literal, Spot};
use crate::project::Hop;
use crate::terms::Place;

/// Values with authority that are given to a published name.
pub(super) fn values<'a>(cx: &FileContext<'a>, out: &mut Observations<'a>) {
    for literal in cx.secrets() {
        let given = given_to(cx, literal);
        let own = literal.name.as_deref().map(variable);
        let (name, publisher) = match own.and_then(|name| Some((name, by_prefix(cx, name)?))) {
            Some(found) => found,
            None => match given.and_then(|one| Some((one.name.as_str(), of_declared(cx, one)?))) {
                Some(found) => found,
                None => {
                    packed(cx, literal, out);
                    continue;
                }
            },
        };
        let message = format!("{} is given to `{name}`, which {}", cx.key_name(literal), publisher.how);
        // What Gradle is told belongs to the app, wherever its file lies.
        let is_app = given.and_then(|one| one.published_by).is_some_and(|by| by.starts_with("Gradle"));
        let noted = out.note(PublicEnvSecret::ID, cx, literal, message, publisher.advice);
        noted.place = is_app.then_some(Place::Mobile);
    }
}

/// A value in an env file that a library packs into an app, whatever its name.
fn packed<'a>(cx: &FileContext<'a>, literal: &'a Literal, out: &mut Observations<'a>) {
    let Some(name) = literal.name.as_deref().map(variable).filter(|_| cx.placed.weighed() == Place::EnvFile) else { return };
    let Some((library, hop)) = cx.project.packs(cx.file, name) else { return };
    let message = format!("{} is given to `{name}`, which {library} packs into the app: anybody can take it out of the package", cx.key_name(literal));
    let advice = format!("Take `{name}` out of the app's env file: what an app needs a secret for, a server of yours does in its place.");
    let step = |hop: Hop<'_>| {
        let region = hop.file.facts.spot(hop.spot).map(|spot| spot.region).unwrap_or_default();
        TraceStep { location: Location { path: hop.file.path.clone(), region }, text: hop.text }
    };
    let noted = out.note(PublicEnvSecret::ID, cx, literal, message, advice);
    noted.trace = hop.map(step).into_iter().collect();
}

/// Names that are declared, and promise a secret.
pub(super) fn declared<'a>(cx: &FileContext<'a>, out: &mut Observations<'a>) {
    let all = &cx.file.facts.declared;
    if all.is_empty() {
        return;
    }
    // What a value stands for is judged by the value: one of authority has its finding, a publishable one is only badly named.
    let mut done: HashSet<&str> = cx.file.facts.literals.iter().filter_map(|literal| Some(given_to(cx, literal)?.name.as_str())).collect();
    // `ARG NAME` and `ENV NAME=$NAME` are one declaration: the one with a value speaks.
    let (with, without): (Vec<&Declared>, Vec<&Declared>) = all.iter().partition(|one| one.has_value);
    for one in with.into_iter().chain(without) {
        let name = one.name.as_str();
        let Some(key_type) = promised(cx.catalog, name).filter(|_| !done.contains(name)) else { continue };
        let Some(publisher) = of_declared(cx, one) else { continue };
        done.insert(name);
        let message = format!("`{name}` promises {}, and {}", kind_of(cx.catalog, name), publisher.how.replacen(" puts", " puts it", 1));
        out.note_at(PublicEnvSecret::ID, (cx.file, one.spot), Subject::Named(name.to_owned(), key_type), message, publisher.advice, Vec::new());
    }
}

/// Names that are read and that nothing declares.
pub(super) fn reads<'a>(cx: &FileContext<'a>, out: &mut Observations<'a>) {
    let Some(module) = &cx.file.facts.module else { return };
    if module.reads.is_empty() || matches!(cx.placed.weighed(), Place::Test | Place::Docs) {
        return;
    }
    let mut done: HashSet<&str> = HashSet::new();
    for read in &module.reads {
        let name = read.name.as_str();
        let is_published = matches!(read.from, EnvObject::Process | EnvObject::ImportMeta | EnvObject::PublicModule);
        if !is_published || cx.project.declares(name) || !done.insert(name) {
            continue;
        }
        // What a bundler's settings publish is in `import.meta.env`; a server of the same package has the whole environment.
        let by = if read.from == EnvObject::ImportMeta { by_prefix(cx, name) } else { by_known_prefix(cx, name) };
        let (Some(publisher), Some(key_type)) = (by, promised(cx.catalog, name)) else { continue };
        let message = format!("`{name}` is read here; it promises {}, and {}", kind_of(cx.catalog, name), publisher.how.replacen(" puts", " puts it", 1));
        out.note_at(PublicEnvSecret::ID, (cx.file, read.spot), Subject::Named(name.to_owned(), key_type), message, publisher.advice, Vec::new());
    }
}

/// The declaration that a value belongs to: in the same line with nothing between that begins another entry, or in the
/// lines before where the value's own name is `value`.
fn given_to<'a>(cx: &FileContext<'a>, literal: &Literal) -> Option<&'a Declared> {
    let facts = &cx.file.facts;
    let start = literal.region.start;
    // Declarations stand in the order of the text, and so do their spots.
    let spot = |one: &Declared| facts.spot(one.spot).map_or(0, |spot| spot.region.end.offset);
    let before = facts.declared.partition_point(|one| spot(one) <= start.offset);
    let one = facts.declared[..before].last()?;
    let place: &Spot = facts.spot(one.spot)?;
    let own = literal.name.as_deref().map(variable);
    let is_own = own == Some(one.name.as_str());
    if place.region.start.line == start.line {
        let left = literal.excerpt.text.get(..literal.excerpt.mark.start).unwrap_or_default();
        let between = left.rfind(&one.name).map_or(left, |at| &left[at..]);
        return (is_own || own.is_none_or(|name| name.eq_ignore_ascii_case("value")) || !between.contains(',')).then_some(one);
    }
    let is_near = start.line.saturating_sub(place.region.start.line) <= 2;
    (is_near && (is_own || own.is_some_and(|name| name.eq_ignore_ascii_case("value")))).then_some(one)
}
