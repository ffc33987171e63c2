//! `secret-in-mobile-app`: a value with authority in what ships inside a mobile app.

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
        if cx.placed.place != Place::Mobile {
            return;
        }
        for literal in cx.secrets() {
            let message = format!("{} ships inside a mobile app: anybody can take it out of the package", cx.key_name(literal));
            out.note(Self::ID, cx, literal, message, "Keep it on a server of yours that the app calls; released versions keep the old value, so rotate it.");
        }
    }
}
