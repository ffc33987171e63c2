//! `secret-in-error`: a secret in an exception, an answer that tells of an error, or error telemetry.

use super::{ContextRule, FileContext, Observations, context_rule, leaks};
use crate::lang::Sink;
use crate::terms::RuleId;

context_rule! {
    /// # secret-in-error
    ///
    /// ## What it finds
    ///
    /// A secret, or a variable that is named like one, that goes into the message of an exception or a panic, into the body of an answer that tells of an error, or into error telemetry and analytics (Sentry, Bugsnag, Rollbar, Datadog and kin).
    ///
    /// ## Why it matters
    ///
    /// An error travels to where nobody thinks of secrets: into logs, to the error tracker of another company, onto the page of the user who met it. Nobody who throws an exception knows who will print it.
    ///
    /// ## Fires
    ///
    /// ```js fires path=server/mail.js
    /// export function connect(apiKey) {
    ///   throw new Error(`the server refused ${apiKey}`);
    /// }
    /// ```
    ///
    /// ```js fires path=server/pay.js
    /// Sentry.setExtra("key", process.env.STRIPE_SECRET_KEY);
    /// ```
    ///
    /// ## Stays silent
    ///
    /// The error says which key, and not what it is.
    ///
    /// ```js silent path=server/mail.js
    /// const apiKey = process.env.PLUNK_SECRET_KEY;
    /// if (!apiKey) {
    ///   throw new Error("PLUNK_SECRET_KEY is not set");
    /// }
    /// ```
    ///
    /// ```js silent path=server/keys.js
    /// export function missing(apiKeyName) {
    ///   throw new Error(`no key of the name ${apiKeyName}`);
    /// }
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Name the key in the message, or tell its last four characters. Let the telemetry's own hook (`beforeSend` and kin) take out what slips through. If the error has been reported somewhere, rotate the key.
    ///
    /// ## What it cannot see
    ///
    /// Exceptions of libraries that have the request, and its headers, in a field, and filters that the telemetry is set up with.
    SecretInError, "secret-in-error"
}

impl ContextRule for SecretInError {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        leaks::check(self, cx, out, |flow| {
            let Sink::Error(how) = &flow.sink else { return None };
            let into = where_to(how);
            Some(leaks::Leak {
                message: format!("goes into {into} (`{how}`)"),
                step: format!("`{how}` takes it into {into}"),
                advice: "Take the secret out of the error: name the key, or tell its last four characters.",
                advice_whole: "Put the few fields that are needed into the error by name, not the whole.",
                steps: 0,
            })
        });
    }
}

/// Beginnings of names of services that errors and events are sent to.
const TELEMETRY: &[&str] = &[
    "sentry",
    "bugsnag",
    "rollbar",
    "honeybadger",
    "datadog",
    "newrelic",
    "logrocket",
    "appinsights",
    "posthog",
    "mixpanel",
    "analytics",
    "amplitude",
    "gtag",
    "datalayer",
    "logtail",
    "axiom",
    "span",
    "firebasecrashlytics",
    "crashlytics",
    "telemetryclient",
    "statsd",
    "wandb",
    "mlflow",
    "airbrake",
    "raygun",
    "appsignal",
    "\\sentry",
    "tracer",
    "activity",
    "scope",
    "configure_scope",
    "opentelemetry",
];

/// Parts of names of calls that answer a request.
const ANSWERS: &[&str] = &["res.", "response", "reply", "json", "status(", "http.error", "abort", "render", "results.", "ctx.", "c.text", "send", "writer"];

/// How an answer to a request is called in a message.
pub(super) const ANSWER: &str = "the answer that tells of an error";

fn where_to(how: &str) -> &'static str {
    let lower = how.to_ascii_lowercase();
    let bare = lower.trim_start_matches(['\\', '@', '$', ' ']);
    let is_thrown =
        ["new ", "throw", "raise"].iter().any(|start| bare.starts_with(start)) || ["error", "exception", "panic"].iter().any(|end| bare.ends_with(end));
    if TELEMETRY.iter().any(|name| bare.starts_with(name)) {
        "what an error tracker or analytics is sent"
    } else if !is_thrown && ANSWERS.iter().any(|part| bare.contains(part)) || bare == "http.error" {
        ANSWER
    } else {
        "the message of an exception"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_errors() {
        for (how, wanted) in [
            ("new Error", "exception"),
            ("raise ValueError", "exception"),
            ("fmt.Errorf", "exception"),
            ("panic!", "exception"),
            ("new ResponseStatusException", "exception"),
            ("Sentry.setExtra", "tracker"),
            ("sentry_sdk.capture_message", "tracker"),
            ("\\Sentry\\captureMessage", "tracker"),
            ("res.status().json", "answer"),
            ("http.Error", "answer"),
            ("abort", "answer"),
        ] {
            assert!(where_to(how).contains(wanted), "{how}: {}", where_to(how));
        }
    }
}
