//! `secret-in-mobile-app`: a value with authority in what ships inside a mobile app.

use super::secret_reaches_client::steps;
use super::{ContextRule, FileContext, Observations, context_rule};
use crate::terms::{Place, RuleId};

context_rule! {
    /// # secret-in-mobile-app
    ///
    /// ## What it finds
    ///
    /// A value that gives its holder authority, written in what ships inside a mobile app: Swift, Kotlin and Java sources of an app, Dart, plists, Android resources, app configuration, assets.
    ///
    /// ## Why it matters
    ///
    /// An app package is an archive that anybody can download and open; strings survive compilation and obfuscation.
    /// A key in a released app cannot be called back either: old versions stay installed.
    ///
    /// ## Fires
    ///
    /// ```swift fires path=ios/App/Config.swift
    /// let key = "{{plunk.secret-key}}"
    /// ```
    ///
    /// ```xml fires path=android/app/src/main/res/values/strings.xml
    /// <string name="stripe_key">{{stripe.secret-key}}</string>
    /// ```
    ///
    /// ```dart fires path=lib/api.dart
    /// const key = '{{paystack.secret-key}}';
    /// ```
    ///
    /// ## Stays silent
    ///
    /// ```swift silent path=ios/App/Config.swift
    /// StripeAPI.defaultPublishableKey = "{{stripe.publishable-key}}"
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Keep the key on a server of yours that the app talks to, and rotate this one.
    ///
    /// ## What it cannot see
    ///
    /// The inside of app packages.
    SecretInMobileApp, "secret-in-mobile-app"
}

impl ContextRule for SecretInMobileApp {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        // Tests and documentation never ship; what is built has a rule of its own.
        if matches!(cx.placed.place, Place::Test | Place::Docs | Place::Bundle | Place::Ci | Place::EnvFile) {
            return;
        }
        for (literal, index) in cx.file.facts.literals.iter().zip(0..).filter(|(literal, _)| literal.credential.role.bears_authority()) {
            let way = cx.project.client_way_of_literal(cx.file, index).filter(|way| way.place == Place::Mobile);
            if cx.placed.place != Place::Mobile && way.is_none() {
                continue;
            }
            let message = format!("{} ships inside a mobile app: anybody can take it out of the package", cx.key_name(literal));
            let noted = out.note(
                Self::ID,
                cx,
                literal,
                message,
                "Keep it on a server of yours that the app calls; released versions keep the old value, so rotate it.",
            );
            noted.place = Some(Place::Mobile);
            noted.trace = way.iter().filter(|way| !way.hops.is_empty()).flat_map(steps).collect();
        }
    }
}
