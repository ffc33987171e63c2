//! `hardcoded-secret`: a value with authority, written in a file.

use super::{ContextRule, FileContext, Observations, context_rule};
use crate::terms::{Place, RuleId};

context_rule! {
    /// # hardcoded-secret
    ///
    /// ## What it finds
    ///
    /// A value that gives its holder authority (a secret, a restricted key, a webhook signing secret, a session token or a credential of no known type), written literally in a scanned file.
    ///
    /// ## Why it matters
    ///
    /// Who can read the file can use the key: every clone, every fork, every laptop, every backup.
    /// Deleting the line later does not help, since the history keeps it.
    ///
    /// ## Fires
    ///
    /// ```js fires path=server/mail.js
    /// const key = "{{plunk.secret-key}}";
    /// ```
    ///
    /// ```ini fires path=.env
    /// STRIPE_SECRET_KEY={{stripe.secret-key}}
    /// ```
    ///
    /// ```python fires path=settings.py
    /// PAYSTACK = "{{paystack.secret-key}}"
    /// ```
    ///
    /// ## Stays silent
    ///
    /// A publishable key is made to be read by anyone.
    ///
    /// ```js silent path=server/track.js
    /// const key = "{{plunk.public-key}}";
    /// ```
    ///
    /// ```js silent path=server/mail.js
    /// const key = process.env.PLUNK_SECRET_KEY;
    /// ```
    ///
    /// ```ini silent path=.env.example
    /// STRIPE_SECRET_KEY=sk_live_your_key_here
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Read the key from the environment or a secret manager, and rotate the one that was written down: treat it as known to others.
    ///
    /// ## What it cannot see
    ///
    /// A secret of no known format, and one that is put together at run time.
    HardcodedSecret, "hardcoded-secret"
}

/// Whether a file is one of a programming language, as far as its name or what was read of it tells.
fn is_program(cx: &FileContext<'_>) -> bool {
    const KEPT: &[&str] =
        &["pem", "key", "p8", "p12", "pfx", "ppk", "jks", "asc", "gpg", "crt", "cer", "der", "txt", "log", "csv", "tsv", "dump", "bak", "har"];
    let name = cx.file.path.file_name();
    let is_kept = match name.rsplit_once('.') {
        Some((stem, end)) => !stem.is_empty() && KEPT.iter().any(|one| end.eq_ignore_ascii_case(one)),
        None => name.starts_with("id_"),
    };
    !is_kept || cx.file.facts.module.is_some()
}

impl ContextRule for HardcodedSecret {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        for literal in cx.secrets() {
            let name = cx.key_name(literal);
            let (where_, advice) = match cx.placed.place {
                Place::EnvFile => (
                    "in an env file that git does not ignore",
                    "Take the env file out of version control (`git rm --cached`), list it in .gitignore, and keep the value in the environment.",
                ),
                Place::Ci => ("in a CI file", "Store it as a secret of the CI system and refer to it by name."),
                Place::Docs => ("in documentation", "Replace it by a placeholder that nobody can use."),
                Place::Test => ("in a test", "Use a made-up value, or read a test key from the environment."),
                Place::Config => ("in a configuration file", "Refer to an environment variable or a secret manager instead."),
                // A key or a dump that lies about is no program.
                Place::Unknown if !is_program(cx) => {
                    ("in a file of the project", "Take the file out of version control, and keep its content in a secret manager.")
                }
                _ => ("in source code", "Read it from an environment variable or a secret manager."),
            };
            out.note(Self::ID, cx, literal, format!("{name} is written {where_}"), advice);
        }
    }
}
