//! `secret-reaches-client`: a secret that a server holds, on its way to a browser.

use super::{ContextRule, FileContext, Observation, Observations, Subject, context_rule};
use crate::finding::{Location, TraceStep};
use crate::keys::naming::{self, Says};
use crate::lang::{Flow, SpotIx};
use crate::project::{FileFacts, Held, Hop, Way};
use crate::terms::{Place, RuleId};

context_rule! {
    /// # secret-reaches-client
    ///
    /// ## What it finds
    ///
    /// A secret that a server, the environment or a module holds, and that some way leads to a client: a chain of imports, props of a client component, what a loader, an action or a handler returns, a response, a template, an injected script, a cookie that scripts can read, the bridge of a desktop app.
    ///
    /// The finding stands where the secret crosses the boundary, and its trace tells the whole way, from the source to the client.
    ///
    /// ## Why it matters
    ///
    /// No file on this way looks wrong by itself. The module that holds the secret is a server's, the page that imports it names no secret, and the framework sends what it is given.
    ///
    /// ## Fires
    ///
    /// ```js fires path=server/app.js
    /// app.get("/config", (req, res) => {
    ///   res.json({ key: process.env.STRIPE_SECRET_KEY });
    /// });
    /// ```
    ///
    /// ```js fires path=pages/index.js
    /// export async function getServerSideProps() {
    ///   return { props: { token: process.env.PLUNK_SECRET_KEY } };
    /// }
    /// export default function Page({ token }) {
    ///   return null;
    /// }
    /// ```
    ///
    /// ## Stays silent
    ///
    /// The secret is used, and what comes back is no secret.
    ///
    /// ```js silent path=server/app.js
    /// app.get("/charge", async (req, res) => {
    ///   const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
    ///   res.json(await stripe.charges.list());
    /// });
    /// ```
    ///
    /// A publishable key is made to be sent.
    ///
    /// ```js silent path=server/app.js
    /// app.get("/config", (req, res) => {
    ///   res.json({ key: process.env.STRIPE_PUBLISHABLE_KEY });
    /// });
    /// ```
    ///
    /// A variable without a public prefix is `undefined` in a browser: reading it in a client component does not work, and leaks nothing, as long as the component does not show it: the server that renders the page first has its value.
    ///
    /// ```js silent path=app/chart.jsx
    /// "use client";
    /// const key = process.env.STRIPE_SECRET_KEY;
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Let the server make the call that needs the secret, and send its result. Mark modules that hold secrets with `import "server-only"`, so that the build refuses to bring them to a client.
    ///
    /// ## What it cannot see
    ///
    /// Values that travel through a database, a cache or another service, and calls of functions that are not in the scanned files.
    SecretReachesClient, "secret-reaches-client"
}

impl ContextRule for SecretReachesClient {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        imported(cx, out);
        inlined(cx, out);
        let Some(module) = &cx.file.facts.module else { return };
        for flow in &module.flows {
            if let Some(how) = cx.project.sends(cx.file, flow) {
                sent(cx, flow, &how, out);
            }
        }
    }
}

/// Literals in modules that a client imports: told where the client asks for them.
fn imported<'a>(cx: &FileContext<'a>, out: &mut Observations<'a>) {
    // A page that loads a built file brings nothing new: the value is the bundle's own finding.
    if cx.placed.place == Place::Bundle {
        return;
    }
    for (literal, index) in cx.file.facts.literals.iter().zip(0..).filter(|(literal, _)| literal.credential.role.bears_authority()) {
        let Some(way) = cx.project.client_way_of_literal(cx.file, index) else { continue };
        // What a page loads itself is client code like the page, and told where it stands: nothing crosses there.
        let is_page = |hop: &Hop<'_>| [".html", ".htm"].iter().any(|end| hop.file.path.text.ends_with(end));
        // The module of the client that is next to the key; where paths tell of none, the one where the client begins.
        let is_client = |hop: &&Hop<'_>| cx.project.place_of(hop.file).place == way.place && !is_page(hop);
        let own: &[Hop<'_>] = if way.hops.last().is_some_and(is_page) { &way.hops[..way.hops.len() - 1] } else { &way.hops };
        let Some(crossing) = own.iter().find(is_client).or(own.last()) else { continue };
        let name = cx.key_name(literal);
        let message = format!("{name} of `{}` is in what this client code imports ({})", cx.file.path.text, way.why);
        let advice = format!("Keep the key out of `{}`, or out of what clients import: make the call on a server.", cx.file.path.text);
        let mut trace = vec![TraceStep { location: Location { path: cx.file.path.clone(), region: literal.region }, text: format!("{name} is written here") }];
        trace.extend(steps(&way));
        out.note_at(SecretReachesClient::ID, (crossing.file, crossing.spot), Subject::Value(literal), message, advice, trace);
        if let Some(last) =
            out.list.last_mut().filter(|last| last.rule == SecretReachesClient::ID && cx.project.place_of(crossing.file).place == Place::Unknown)
        {
            last.place = Some(way.place);
        }
    }
}

/// Variables without a public prefix that the bundler of this package puts into client code all the same.
fn inlined<'a>(cx: &FileContext<'a>, out: &mut Observations<'a>) {
    let Some(module) = cx.file.facts.module.as_ref().filter(|_| is_shipped(cx)) else { return };
    for read in &module.reads {
        let Says::Secret(key_type) = naming::says(cx.catalog, &read.name) else { continue };
        if cx.project.public_prefix(cx.file, &read.name) {
            continue;
        }
        let (Some(how), Some(way)) = (cx.project.inlines(cx.file, read), cx.project.way(cx.file, read.part)) else { continue };
        let Some(key_type) = naming::key_type_of(cx.catalog, Says::Secret(key_type)) else { continue };
        let subject = Subject::Named(read.name.clone(), key_type);
        let message = format!("the value of `{}` becomes a part of client code: {how}", read.name);
        let mut trace = vec![step(&Hop::new(cx.file, read.spot, format!("`{}` is read here", read.name)))];
        trace.extend(steps(&way));
        out.note_at(
            SecretReachesClient::ID,
            (cx.file, read.spot),
            subject,
            message,
            "Read the variable in server code alone, and let the client call that.",
            trace,
        );
    }
}

/// A value that leaves by a way that leads to a client.
fn sent<'a>(cx: &FileContext<'a>, flow: &'a Flow, how: &str, out: &mut Observations<'a>) {
    let in_client = cx.project.way(cx.file, flow.part).is_some();
    let advice = "Send what the client needs to show, not the secret: make the call that needs it on the server.";
    for origin in cx.project.origins(cx.file, &flow.value) {
        let (subject, what, source) = match &origin.held {
            Held::Literal(file, index) => {
                let Some(literal) = file.facts.literals.get(*index as usize).filter(|literal| literal.credential.role.bears_authority()) else {
                    continue;
                };
                // A value that is written in client code is there already, and its own finding.
                if cx.placed.place == Place::Bundle || cx.project.client_way_of_literal(file, *index as usize).is_some() {
                    continue;
                }
                let name = cx.key_name(literal);
                let location = Location { path: file.path.clone(), region: literal.region };
                (Subject::Value(literal), name.clone(), TraceStep { location, text: format!("{name} is written here") })
            }
            Held::Env(file, index) => {
                let Some(read) = file.facts.module.as_ref().and_then(|module| module.reads.get(*index as usize)) else { continue };
                let Says::Secret(key_type) = naming::says(cx.catalog, &read.name) else { continue };
                if !is_shipped(cx) || cx.project.public_prefix(file, &read.name) {
                    continue;
                }
                let Some(key_type) = naming::key_type_of(cx.catalog, Says::Secret(key_type)) else { continue };
                let subject = Subject::Named(read.name.clone(), key_type);
                let filled = cx.project.filled_by(file, read).map_or_else(String::new, |name| format!(", which `{name}` fills"));
                (subject, format!("the value of `{}`", read.name), step(&Hop::new(file, read.spot, format!("`{}` is read here{filled}", read.name))))
            }
            Held::WholeEnv(file, spot) => {
                if !is_shipped(cx) || in_client {
                    continue;
                }
                let Some(key_type) = naming::key_type_of(cx.catalog, Says::Secret(None)) else { continue };
                let subject = Subject::Named("*".to_owned(), key_type);
                (subject, "every environment variable".to_owned(), step(&Hop::new(file, *spot, "all variables are taken here")))
            }
            Held::Field(file, spot, name) => {
                let Says::Secret(key_type) = naming::says(cx.catalog, name) else { continue };
                if !is_shipped(cx) || cx.project.public_prefix(file, name) {
                    continue;
                }
                let Some(key_type) = naming::key_type_of(cx.catalog, Says::Secret(key_type)) else { continue };
                let subject = Subject::Named(name.clone(), key_type);
                (subject, format!("the value of `{name}`"), step(&Hop::new(file, *spot, format!("all variables are taken here, `{name}` among them"))))
            }
            // A setting, which is named as a variable of the environment is, in a language other than the page's.
            Held::Named(file, spot, name) if is_setting(file, name) => {
                let Says::Secret(key_type) = naming::says(cx.catalog, name) else { continue };
                if !is_shipped(cx) {
                    continue;
                }
                let Some(key_type) = naming::key_type_of(cx.catalog, Says::Secret(key_type)) else { continue };
                let subject = Subject::Named(name.clone(), key_type);
                (subject, format!("the value of `{name}`"), step(&Hop::new(file, *spot, format!("the setting `{name}` is read here"))))
            }
            // What only a name speaks of may be the user's own: an answer to a login holds a token.
            Held::Named(..) | Held::Dump(..) | Held::Text(..) => continue,
        };
        let message = format!("{what} is sent to the client: {how}");
        // An element and the text in it are one way.
        let line = region(cx.file, flow.spot).start.line;
        let is_told = |one: &Observation<'_>| {
            one.rule == SecretReachesClient::ID && one.file.path == cx.file.path && one.region.start.line == line && one.message == message
        };
        if out.list.iter().rev().take(8).any(is_told) {
            continue;
        }
        let mut trace = vec![source];
        trace.extend(origin.hops.iter().map(step));
        trace.push(step(&Hop::new(cx.file, flow.spot, how)));
        out.note_at(SecretReachesClient::ID, (cx.file, flow.spot), subject, message, advice, trace);
    }
}

/// Whether a name is one of a setting of a program, and no constant of a script: `STRIPE_SECRET_KEY` of Django's settings.
fn is_setting(file: &FileFacts, name: &str) -> bool {
    const PROGRAMS: &[&str] = &[".py", ".rb", ".php", ".go", ".java", ".kt", ".cs", ".rs", ".ex", ".exs", ".scala"];
    PROGRAMS.iter().any(|end| file.path.text.ends_with(end))
        && name.contains('_')
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether what only names speak of counts here: tests and documentation send nothing to anybody.
fn is_shipped(cx: &FileContext<'_>) -> bool {
    !matches!(cx.placed.place, Place::Test | Place::Docs)
}

/// The imports of a way, and why its end is a client.
pub(super) fn steps(way: &Way<'_>) -> Vec<TraceStep> {
    let mut steps: Vec<TraceStep> = way.hops.iter().map(step).collect();
    let end = TraceStep { location: start_of(way.entry), text: format!("this is client code: {}", way.why) };
    steps.push(end);
    steps
}

fn step(hop: &Hop<'_>) -> TraceStep {
    TraceStep { location: Location { path: hop.file.path.clone(), region: region(hop.file, hop.spot) }, text: hop.text.clone() }
}

fn region(file: &FileFacts, spot: SpotIx) -> crate::text::Region {
    file.facts.spot(spot).map(|spot| spot.region).unwrap_or_default()
}

fn start_of(file: &FileFacts) -> Location {
    Location { path: file.path.clone(), region: crate::text::Region::default() }
}
