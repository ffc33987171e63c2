//! `secret-in-client-code`: a value with authority, written in what runs in a browser or ships in a desktop app.

use super::secret_reaches_client::steps;
use super::{ContextRule, FileContext, Observations, context_rule};
use crate::terms::{Place, RuleId};

context_rule! {
    /// # secret-in-client-code
    ///
    /// ## What it finds
    ///
    /// A value that gives its holder authority, written in source that runs in a browser or an extension, or that ships in a desktop app (Electron main, preload and renderer; Tauri front end).
    ///
    /// ## Why it matters
    ///
    /// Client code is read by everybody who opens the page: the key needs no break-in, only "view source".
    ///
    /// ## Fires
    ///
    /// ```tsx fires path=app/page.tsx
    /// "use client";
    /// const key = "{{plunk.secret-key}}";
    /// ```
    ///
    /// ```html fires path=index.html
    /// <script>const stripe = Stripe("{{stripe.secret-key}}");</script>
    /// ```
    ///
    /// ```vue fires path=src/App.vue
    /// <script setup>const supabase = createClient(url, "{{supabase.secret-key}}");</script>
    /// ```
    ///
    /// ```js fires path=electron/main.js
    /// const key = "{{openai.project-key}}";
    /// ```
    ///
    /// ## Stays silent
    ///
    /// ```tsx silent path=app/page.tsx
    /// "use client";
    /// const stripe = loadStripe("{{stripe.publishable-key}}");
    /// ```
    ///
    /// ```ts silent path=app/api/pay/route.ts
    /// const stripe = new Stripe("{{stripe.secret-key}}");
    /// ```
    ///
    /// The last one is `hardcoded-secret`: bad, but no visitor sees it.
    ///
    /// ## What to do instead
    ///
    /// Move the call to a server (a route handler, a server action, a function) and let the client call that. Where the provider has a publishable key for the purpose, use that one.
    ///
    /// ## What it cannot see
    ///
    /// Imports that are put together at run time, and build tools that skout does not know.
    SecretInClientCode, "secret-in-client-code"
}

impl ContextRule for SecretInClientCode {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        let reader = match cx.placed.place {
            Place::Client => "every visitor of the page can read it",
            Place::Desktop => "everybody who installs the app can read it",
            // Built, mobile, tests and documentation have rules and weights of their own; elsewhere imports decide.
            Place::Server | Place::Unknown | Place::Config => "every visitor of the page can read it",
            _ => return,
        };
        let by_file = matches!(cx.placed.place, Place::Client | Place::Desktop);
        for (literal, index) in cx.file.facts.literals.iter().zip(0..).filter(|(literal, _)| literal.credential.role.bears_authority()) {
            let way = cx.project.client_way_of_literal(cx.file, index);
            // What an app imports is the mobile rule's matter.
            if way.as_ref().is_some_and(|way| way.place == Place::Mobile) {
                continue;
            }
            // A part of a client's file may run on the server alone: Astro's frontmatter, the handler of a server function.
            let start = literal.credential.span.start;
            let is_servers =
                cx.file.facts.module.iter().flat_map(|module| &module.parts).any(|part| part.is_server && part.span.start <= start && start < part.span.end);
            if way.is_none() && (!by_file || is_servers || cx.project.stays_on_server(cx.file, index)) {
                continue;
            }
            let name = cx.key_name(literal);
            let twin = cx.catalog.get(literal.credential.key_type).partner.as_ref().and_then(|partner| cx.catalog.find(partner.as_str()));
            let advice = match twin.filter(|twin| !twin.role.bears_authority()) {
                Some(twin) => format!("Call the provider from a server; in the client use the {} where its calls suffice.", twin.full_name()),
                None => "Call the provider from a server, and let the client call that server.".to_owned(),
            };
            // A way tells more than the kind of a path does.
            let is_by_path = cx.placed.why == "client code";
            let why = match &way {
                Some(way) if (!by_file || is_by_path) && !way.hops.is_empty() => format!("`{}` imports it, and {}", way.entry.path.text, way.why),
                Some(way) if !by_file || is_by_path => way.why.clone(),
                _ if is_by_path => "its path is one of client code".to_owned(),
                _ => cx.placed.why.to_string(),
            };
            let noted = out.note(Self::ID, cx, literal, format!("{name} is written in client code: {reader} ({why})"), advice);
            if let Some(way) = way {
                if !by_file {
                    noted.place = Some(way.place);
                }
                if !way.hops.is_empty() {
                    noted.trace = steps(&way);
                }
            }
        }
    }
}
