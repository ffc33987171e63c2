//! `secret-in-log`: a secret, written where people and log stores read it.

use super::{ContextRule, FileContext, Observations, context_rule, leaks};
use crate::lang::Sink;
use crate::terms::RuleId;

context_rule! {
    /// # secret-in-log
    ///
    /// ## What it finds
    ///
    /// A secret that goes into a logging or output call, a shell's `echo`, the log of a CI job: a value that is written in the text, an environment variable whose name says secret, a variable, parameter or field that is named like one, and whole things that hold secrets, such as all environment variables, all headers of a request, or settings with a password in them.
    ///
    /// ## Why it matters
    ///
    /// Logs are kept for long, copied to log stores and sent to vendors, and read by more people than the server's settings are. A key in a log is found by whoever looks for one.
    ///
    /// ## Fires
    ///
    /// ```js fires path=server/mail.js
    /// console.log("using key", process.env.PLUNK_SECRET_KEY);
    /// ```
    ///
    /// ```js fires path=server/login.js
    /// export function login(user, password) {
    ///   logger.info(`login of ${user} with ${password}`);
    /// }
    /// ```
    ///
    /// ```js fires path=server/start.js
    /// console.log("environment", process.env);
    /// ```
    ///
    /// ```sh fires path=deploy.sh
    /// echo "deploying with $STRIPE_SECRET_KEY"
    /// ```
    ///
    /// ## Stays silent
    ///
    /// What is logged tells whether there is a key, and not which.
    ///
    /// ```js silent path=server/mail.js
    /// console.log("has a key:", Boolean(process.env.PLUNK_SECRET_KEY));
    /// ```
    ///
    /// A publishable key is made to be read by anyone.
    ///
    /// ```js silent path=server/track.js
    /// console.log("tracking with", process.env.PLUNK_PUBLIC_KEY);
    /// ```
    ///
    /// A name that has a word of secrecy in it, and is no secret.
    ///
    /// ```js silent path=server/usage.js
    /// export function report(tokenCount, apiKeyName) {
    ///   console.log(`${apiKeyName} used ${tokenCount} tokens`);
    /// }
    /// ```
    ///
    /// ```sh silent path=deploy.sh
    /// echo "$STRIPE_SECRET_KEY" | docker login --password-stdin
    /// echo "a key: ${STRIPE_SECRET_KEY:+set}"
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Log what identifies the key and does not open anything: its name, its id, whether it is set, its last four characters. Give the logger a list of fields that it redacts. If the line has run where logs are kept, the key is known to others: rotate it.
    ///
    /// In tests and documentation only values that are written out count, not names.
    ///
    /// ## What it cannot see
    ///
    /// Whether the logger redacts by a setting of its own, and what a function logs that is not in the scanned files. That a command-line tool prints a token on purpose looks like any other print: mark such a line with `skout:allow secret-in-log`.
    SecretInLog, "secret-in-log"
}

impl ContextRule for SecretInLog {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        leaks::check(self, cx, out, |flow| {
            let Sink::Log(how) = &flow.sink else { return None };
            Some(leaks::Leak {
                message: format!("is written to a log by `{how}`"),
                step: format!("`{how}` writes it"),
                advice: "Take the secret out of what is logged: log whether it is set, its id, or its last four characters.",
                advice_whole: "Log the few fields that are needed by name, not the whole.",
                steps: 0,
            })
        });
    }
}
