//! `wrong-key-for-endpoint`: a key where a key of another role belongs.

mod calls;
mod names;
#[cfg(test)]
mod tests;
mod urls;

use super::{ContextRule, FileContext, Observations, context_rule};
use crate::lang::Sink;
use crate::terms::RuleId;

context_rule! {
    /// # wrong-key-for-endpoint
    ///
    /// ## What it finds
    ///
    /// A key whose role does not fit what it is used for:
    ///
    /// - a publishable key on a call of an API, or in an argument of a client library, that needs the secret: it fails;
    /// - a secret key where the publishable one is made for it: it works, and everybody who loads the page gets the key;
    /// - a key of one provider that is sent to another;
    /// - a variable or an option whose name asks for the other role.
    ///
    /// It knows a key by its value, or by the name of the variable that holds it, and calls by the tables of `rules/`: host, path and method of a request, or the package, the function and the argument of a client library. Parts of a URL are followed over constants and imports; a part that nobody knows is taken for one that makes the call right.
    ///
    /// ## Why it matters
    ///
    /// Providers with two keys say which one goes where. The publishable key where the secret belongs gives errors that look like a broken account. The secret where the publishable one belongs works on the first try, and is public from the first deployment on.
    ///
    /// ## Fires
    ///
    /// ```js fires path=server/mail.js
    /// await fetch("https://api.useplunk.com/v1/send", {
    ///   method: "POST",
    ///   headers: { Authorization: "Bearer {{plunk.public-key}}" },
    /// });
    /// ```
    ///
    /// ```js fires path=server/mail.js
    /// import Plunk from "@plunk/node";
    /// const plunk = new Plunk(process.env.PLUNK_PUBLIC_KEY);
    /// ```
    ///
    /// ```js fires path=src/checkout.js
    /// import { loadStripe } from "@stripe/stripe-js";
    /// const stripe = loadStripe("{{stripe.secret-key}}");
    /// ```
    ///
    /// ```ini fires path=.env
    /// STRIPE_PUBLISHABLE_KEY={{stripe.secret-key}}
    /// ```
    ///
    /// ```ini fires path=.env
    /// PLUNK_SECRET_KEY={{plunk.public-key}}
    /// ```
    ///
    /// ## Stays silent
    ///
    /// ```js silent path=server/mail.js
    /// await fetch("https://api.useplunk.com/v1/send", {
    ///   method: "POST",
    ///   headers: { Authorization: `Bearer ${process.env.PLUNK_SECRET_KEY}` },
    /// });
    /// ```
    ///
    /// Tracking takes both keys of Plunk. On a server the secret does no harm there.
    ///
    /// ```js silent path=server/track.js
    /// await fetch("https://api.useplunk.com/v1/track", {
    ///   method: "POST",
    ///   headers: { Authorization: `Bearer ${process.env.PLUNK_SECRET_KEY}` },
    /// });
    /// ```
    ///
    /// ```ini silent path=.env
    /// STRIPE_PUBLISHABLE_KEY={{stripe.publishable-key}}
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Use the key that the call asks for: the secret one on servers, the publishable one in what others load. If a secret stood where a publishable key belongs, treat it as known to others and rotate it.
    ///
    /// ## What it cannot see
    ///
    /// Calls whose host only shows at run time, servers that people run themselves under a name that does not say what they are, and keys whose value and name tell no role.
    WrongKeyForEndpoint, "wrong-key-for-endpoint"
}

impl ContextRule for WrongKeyForEndpoint {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        names::values(cx, out);
        let Some(module) = &cx.file.facts.module else { return };
        for (number, flow) in module.flows.iter().enumerate() {
            match &flow.sink {
                Sink::Request(request) => calls::request(cx, number, flow, request, out),
                Sink::Sdk(sdk) => calls::sdk(cx, flow, sdk, out),
                _ => {}
            }
        }
    }
}
