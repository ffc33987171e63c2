//! What the configuration of bundlers puts into client code, whatever it is called.

use std::collections::HashSet;

use super::{PublicEnvSecret, by_prefix, kind_of, promised, variable};
use crate::context::{FileContext, Observations, Subject};
use crate::finding::{Location, TraceStep};
use crate::keys::naming::{self, Says};
use crate::lang::{Flow, Sink};
use crate::project::{Held, Hop, Origins};

/// Values and names that bundlers are told to publish.
pub(super) fn flows<'a>(cx: &FileContext<'a>, out: &mut Observations<'a>) {
    let Some(module) = &cx.file.facts.module else { return };
    let mut done = HashSet::new();
    for flow in &module.flows {
        if let Sink::Define(setting, name) = &flow.sink
            && done.insert((setting.as_str(), name.as_str(), flow.spot))
        {
            define(cx, flow, setting, name, out);
        }
    }
}

fn define<'a>(cx: &FileContext<'a>, flow: &Flow, setting: &str, name: &str, out: &mut Observations<'a>) {
    let at = (cx.file, flow.spot);
    if setting == "envPrefix" {
        if name.is_empty()
            && let Some(key_type) = naming::key_type_of(cx.catalog, Says::Secret(None))
        {
            let message = "An empty `envPrefix` puts every variable of the build machine into the bundle".to_owned();
            out.note_at(
                PublicEnvSecret::ID,
                at,
                Subject::Named("envPrefix".to_owned(), key_type),
                message,
                "Name a prefix of your own, such as `VITE_`.",
                Vec::new(),
            );
        }
        return;
    }
    if !cx.project.is_put(cx.file, setting, name) {
        return;
    }
    let origins = cx.project.origins(cx.file, &flow.value);
    // Whether what is published is known: then its name here says no more.
    let mut is_known = false;
    for origin in &origins {
        is_known |= published(cx, flow, (setting, name), origin, out);
    }
    let defined = variable(name);
    // What carries a public prefix is published by it, and judged where it is declared or read.
    if let Some(key_type) = promised(cx.catalog, defined).filter(|_| !is_known && by_prefix(cx, defined).is_none()) {
        let message = format!("`{name}` promises {}, and `{setting}` puts it into client code", kind_of(cx.catalog, defined));
        out.note_at(PublicEnvSecret::ID, at, Subject::Named(defined.to_owned(), key_type), message, advice(setting, defined), Vec::new());
    }
}

/// Judges one origin of what is published; whether it settles what the value is.
fn published<'a>(cx: &FileContext<'a>, flow: &Flow, (setting, name): (&str, &str), origin: &Origins<'a>, out: &mut Observations<'a>) -> bool {
    let at = (cx.file, flow.spot);
    match &origin.held {
        Held::Literal(file, number) => {
            let Some(literal) = file.facts.literals.get(*number as usize) else { return false };
            if literal.credential.role.bears_authority() {
                let message = format!("`{setting}` puts {} into client code as `{name}`", cx.key_name(literal));
                if file.path == cx.file.path {
                    out.note(PublicEnvSecret::ID, cx, literal, message, advice(setting, name)).trace = trace(origin);
                } else {
                    out.note_at(PublicEnvSecret::ID, at, Subject::Value(literal), message, advice(setting, name), trace(origin));
                }
            }
            true
        }
        Held::Env(file, number) => {
            let read = file.facts.module.as_ref().and_then(|module| module.reads.get(*number as usize));
            let Some(read) = read else { return false };
            match naming::says(cx.catalog, &read.name) {
                Says::Nothing => false,
                Says::Publishable => true,
                // Its prefix publishes it, and it is judged where it is declared or read.
                Says::Secret(_) if by_prefix(cx, &read.name).is_some() => true,
                says => {
                    let Some(key_type) = naming::key_type_of(cx.catalog, says) else { return false };
                    let shown = if variable(name) == read.name { String::new() } else { format!(" as `{name}`") };
                    let message = format!("`{setting}` puts `{}` into client code{shown}; its name promises {}", read.name, kind_of(cx.catalog, &read.name));
                    out.note_at(PublicEnvSecret::ID, at, Subject::Named(read.name.clone(), key_type), message, advice(setting, &read.name), trace(origin));
                    true
                }
            }
        }
        Held::Field(_, _, name_there) => match naming::says(cx.catalog, name_there) {
            Says::Nothing => false,
            Says::Publishable => true,
            Says::Secret(_) if by_prefix(cx, name_there).is_some() => true,
            says => {
                let Some(key_type) = naming::key_type_of(cx.catalog, says) else { return false };
                let message = format!("`{setting}` puts `{name_there}` into client code; its name promises {}", kind_of(cx.catalog, name_there));
                out.note_at(PublicEnvSecret::ID, at, Subject::Named(name_there.clone(), key_type), message, advice(setting, name_there), trace(origin));
                true
            }
        },
        Held::WholeEnv(..) => {
            let Some(key_type) = naming::key_type_of(cx.catalog, Says::Secret(None)) else { return false };
            let message = format!("`{setting}` puts every variable of the build machine into the bundle");
            let advice = format!("Give `{setting}` the few variables that client code needs, each by its name.");
            out.note_at(PublicEnvSecret::ID, at, Subject::Named("process.env".to_owned(), key_type), message, advice, trace(origin));
            true
        }
        Held::Named(..) | Held::Dump(..) | Held::Text(..) => false,
    }
}

fn advice(setting: &str, name: &str) -> String {
    format!("Take `{name}` out of `{setting}`, and read the variable in server code alone, as `process.env.{}`.", variable(name))
}

fn trace(origin: &Origins<'_>) -> Vec<TraceStep> {
    let step = |hop: &Hop<'_>| {
        let spot = hop.file.facts.spot(hop.spot)?;
        Some(TraceStep { location: Location { path: hop.file.path.clone(), region: spot.region }, text: hop.text.clone() })
    };
    origin.hops.iter().filter_map(step).collect()
}
