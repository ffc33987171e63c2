//! Whether a value that leaves somewhere leaves to a client: by the framework, by the file, and by where the module runs.

use super::entries::{self, Inside};
use super::package::Framework as F;
use super::{FileFacts, Project};
use crate::lang::{Directives, Flow, Sink, Value};
use crate::terms::Place;

impl Project<'_> {
    /// Whether a flow of a file leads to a client, and the sentence that says how: "`loader` sends what it returns to the
    /// browser".
    pub fn sends(&self, file: &FileFacts, flow: &Flow) -> Option<String> {
        let at = self.number(file)?;
        let inside = self.graph.inside(file, at);
        if entries::is_aside(&inside) || matches!(self.place_of(file).place, Place::Test | Place::Docs) {
            return None;
        }
        // A part that a client gets runs there; a function that is taken out of the client's copy does not.
        let in_client = self.live.way(at, flow.part).is_some();
        match &flow.sink {
            Sink::Result(name) => result(&inside, name, &flow.value),
            Sink::ServerFunction(name) => Some(match name.as_str() {
                "" => "a function of the server sends what it returns to the client that calls it".to_owned(),
                name => format!("`{name}` runs on the server and sends what it returns to the client that calls it"),
            }),
            Sink::Property(name, import) => self.property(at, &inside, name, *import, in_client),
            Sink::Bridge(call) => inside.has(F::Electron).then(|| format!("`{call}` hands it to the pages of the app")),
            Sink::Define(..) | Sink::Log(_) | Sink::Error(_) | Sink::Url(_) | Sink::Argument(_) | Sink::Request(_) | Sink::Sdk(_) => None,
            Sink::InlineScript | Sink::Global(_) if in_client && !is_both(&inside) => None,
            Sink::Response(_) | Sink::Render(_) | Sink::Cookie | Sink::Header(_) | Sink::Socket(_) if in_client || !self.may_answer(file, at) => None,
            // Some are told of in words that hold quotes of their own.
            Sink::Response(call) if call.contains('`') => Some(format!("{call} sends it to whoever asks")),
            Sink::Response(call) => Some(format!("`{call}` sends it to whoever asks")),
            Sink::Render(call) => Some(format!("`{call}` hands it to the template of a page")),
            Sink::Template => Some("the template writes it into the page".to_owned()),
            Sink::InlineScript => Some("it is written into a script of the page".to_owned()),
            Sink::Global(name) => Some(format!("the page gets it as `{name}`")),
            Sink::Cookie => Some("it goes into a cookie that scripts of the page can read".to_owned()),
            Sink::Header(name) => Some(format!("it is sent as the response header `{name}`")),
            Sink::Socket(call) => Some(format!("`{call}` sends it to every client that is connected")),
        }
    }

    /// A property of an element: it crosses where a module of the server hands it to a component of the client.
    fn property(&self, at: u32, inside: &Inside, name: &str, import: Option<u32>, in_client: bool) -> Option<String> {
        let (name, property) = name.split_once(' ').map_or((name, None), |(component, property)| (component, Some(property)));
        let what = property.map_or_else(|| "what is spread into the props".to_owned(), |property| format!("the prop `{property}`"));
        // Astro's page holds parts of both sides; its elements are the server's.
        if in_client && !inside.is_astro() {
            // Frameworks that render on the server run client components there first, with the whole environment.
            let renders_first = [F::Next, F::Remix, F::Gatsby, F::SolidStart, F::TanStackStart].into_iter().any(|framework| inside.has(framework));
            let is_shown = import.is_none() && name.starts_with(|first: char| first.is_ascii_lowercase());
            return (renders_first && is_shown).then(|| "the server renders it into the page before the browser takes over".to_owned());
        }
        let Some(import) = import else {
            let is_element = name.starts_with(|first: char| first.is_ascii_lowercase());
            let how = if name == "text" { "as text".to_owned() } else { format!("as `{}` of `<{name}>`", property.unwrap_or("an attribute")) };
            return (is_element && self.renders(at, inside)).then(|| format!("the server writes it into the page, {how}"));
        };
        let given = self.files[at as usize].facts.module.as_ref()?.imports.get(import as usize)?;
        if inside.is_astro() {
            return given.is_island.then(|| format!("{what} of the island `{name}` is written into the page"));
        }
        let target = self.graph.target(at, import)?;
        let offered = self.offered(at, import, name);
        let holder = self.graph.holder(&self.files, target, &offered).unwrap_or(target);
        let is_client = |file: u32| self.files[file as usize].facts.directives.client || self.graph.entries[file as usize].is_some();
        // A barrel may say "use client" for all that it passes on.
        let crosses = is_client(holder) || is_client(target);
        crosses.then(|| format!("{what} of the client component `{name}` is serialised into the page"))
    }

    /// The other module's name for a component; of `Ui.Chart`, for `Ui`, or for `Chart` where `Ui` is the whole module.
    fn offered(&self, at: u32, import: u32, component: &str) -> String {
        let (head, member) = component.split_once('.').unwrap_or((component, "default"));
        let module = self.files[at as usize].facts.module.as_ref();
        let names = module.and_then(|module| module.imports.get(import as usize)).map_or(&[][..], |import| &import.names[..]);
        match names.iter().find(|name| name.local == head).or(names.first()) {
            Some(name) if name.imported == "*" => member.to_owned(),
            Some(name) => name.imported.clone(),
            None => "default".to_owned(),
        }
    }

    /// Whether a module may run where requests are answered: all but what lies with clients and no server imports.
    fn may_answer(&self, file: &FileFacts, at: u32) -> bool {
        let is_served = self.graph.served_by.get(at as usize).copied().flatten().is_some();
        let lies_with_clients = |place: Place| matches!(place, Place::Client | Place::Mobile | Place::Bundle);
        // What a file only mentions, as a script that it writes into a page, is no place.
        let by_words = file.facts.directives.browser && self.config.place_of(&file.lives_at).is_none();
        let without_words = Directives { browser: false, ..file.facts.directives };
        is_served || !lies_with_clients(self.place_of(file).place) || by_words && !lies_with_clients(self.places.of(&file.lives_at, &without_words).place)
    }

    /// Whether a server turns the elements of a module into a page.
    fn renders(&self, at: u32, inside: &Inside) -> bool {
        if inside.is_astro() {
            return true;
        }
        let by_server = self.graph.served_by.get(at as usize).copied().flatten();
        by_server.is_some_and(|server| {
            let server = self.graph.inside(self.files[server as usize], server);
            entries::is_next_app(&server) || server.is_astro()
        })
    }
}

impl Inside<'_> {
    fn is_astro(&self) -> bool {
        self.file_name().ends_with(".astro")
    }
}

/// Whether a server renders a module that a client gets as well, so that what it writes stands in the page.
fn is_both(inside: &Inside) -> bool {
    entries::is_next_page(inside)
        || entries::is_remix_route(inside)
        || inside.is_astro()
        || entries::is_nuxt_module(inside)
        || inside.file_name().ends_with(".html")
}

/// Whether an object has a body, as an answer has.
fn has_body(value: &Value) -> bool {
    match value {
        Value::Object(fields, _) => fields.iter().any(|(name, _)| name == "body"),
        Value::Via(_, _, value) => matches!(&**value, Value::Object(fields, _) if fields.iter().any(|(name, _)| name == "body")),
        _ => false,
    }
}

/// What frameworks do with the results of functions by their names.
fn result(inside: &Inside, name: &str, value: &Value) -> Option<String> {
    match name {
        // Nobody else has such names, and a page may only pass on what another module exports.
        "getServerSideProps" | "getStaticProps" | "getInitialProps" if inside.has(F::Next) || !inside.has(F::Backend) => {
            Some(format!("`{name}` puts what it returns into the page as __NEXT_DATA__"))
        }
        "loader" | "action" if entries::is_remix_route(inside) && !inside.file_name().contains(".server.") => {
            Some(format!("`{name}` sends what it returns to the browser"))
        }
        "load" | "actions" if entries::is_kit_page(inside) => Some(format!("`{name}` puts what it returns into the page")),
        "metadata" | "generateMetadata" | "viewport" if entries::is_next_app(inside) => Some(format!("Next.js writes `{name}` into the head of the page")),
        "headers" | "redirects" if inside.has(F::Next) && inside.file_name().starts_with("next.config.") => {
            Some(format!("Next.js sends what `{name}` returns with its answers"))
        }
        "getServerData" => Some("`getServerData` puts what it returns into the page".to_owned()),
        // A function in the cloud: the field tells that it answers a request.
        "handler" | "main" if has_body(value) => Some(format!("`{name}` answers a request with it")),
        "default" if entries::is_nuxt_endpoint(inside) => Some("the endpoint sends what it returns to whoever asks".to_owned()),
        _ => None,
    }
}
