//! `secret-in-bundle`: a value with authority in a built asset.

use super::secret_reaches_client::steps;
use super::{ContextRule, FileContext, Observations, context_rule};
use crate::finding::{Location, TraceStep};
use crate::terms::{Place, RuleId};

context_rule! {
    /// # secret-in-bundle
    ///
    /// ## What it finds
    ///
    /// A value that gives its holder authority, in a built asset: a bundle, a chunk, a source map, an inline script of a built page, a built service worker.
    ///
    /// ## Why it matters
    ///
    /// This is what is deployed. A key in it has been, or is about to be, sent to every visitor, and crawlers collect such keys.
    ///
    /// ## Fires
    ///
    /// ```js fires path=dist/assets/index-4f9a1c2b.js
    /// const e="{{plunk.secret-key}}";fetch("/x",{headers:{Authorization:`Bearer ${e}`}});
    /// ```
    ///
    /// ```json fires path=build/static/js/main.js.map
    /// {"sourcesContent":["const key = \"{{stripe.secret-key}}\""]}
    /// ```
    ///
    /// ## Stays silent
    ///
    /// ```js silent path=dist/assets/index-4f9a1c2b.js
    /// const e=Stripe("{{stripe.publishable-key}}");
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Find the import or the public variable that brings the value into the build, move the call to a server, rebuild, and purge caches and CDNs: an old chunk stays reachable by its name.
    ///
    /// ## What it cannot see
    ///
    /// Which source line the value came from, where no source map tells.
    SecretInBundle, "secret-in-bundle"
}

impl ContextRule for SecretInBundle {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        if cx.placed.place != Place::Bundle {
            return;
        }
        for literal in cx.secrets() {
            let name = cx.key_name(literal);
            let advice = "Move the call that needs it to a server, rebuild, and purge caches: old chunks stay reachable by name.";
            let Some(original) = &literal.original else {
                out.note(Self::ID, cx, literal, format!("{name} is in a built asset: whoever loads the page gets it"), advice);
                continue;
            };
            let from = format!("`{}`, line {}", original.source, original.line);
            let noted = out.note(Self::ID, cx, literal, format!("{name} is in a built asset: whoever loads the page gets it; it comes from {from}"), advice);
            // Where the project holds the source, the way into the build is told from there.
            if let Some((file, index)) = cx.project.written(&original.source, &literal.credential) {
                let region = file.facts.literals[index].region;
                noted.trace.push(TraceStep { location: Location { path: file.path.clone(), region }, text: format!("{name} is written here") });
                noted.trace.extend(cx.project.client_way_of_literal(file, index).iter().flat_map(steps));
                noted
                    .trace
                    .push(TraceStep { location: Location { path: cx.file.path.clone(), region: literal.region }, text: "the build puts it here".to_owned() });
            }
        }
    }
}
