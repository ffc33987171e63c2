//! `public-env-secret`: a value with authority behind a prefix that publishes variables.

use super::{ContextRule, FileContext, Observations, context_rule};
use crate::context_data_static::PUBLIC_PREFIXES;
use crate::terms::RuleId;

context_rule! {
    /// # public-env-secret
    ///
    /// ## What it finds
    ///
    /// A value that gives its holder authority, given to a variable whose name carries a public prefix (`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_`, `EXPO_PUBLIC_` and kin), in an env file, a CI file, a Dockerfile, a manifest or code.
    ///
    /// ## Why it matters
    ///
    /// The prefix is an instruction to the build tool: put this value into the code that is sent to browsers or devices. It does so whatever the value is.
    ///
    /// ## Fires
    ///
    /// ```ini fires path=.env
    /// NEXT_PUBLIC_PLUNK_API_KEY={{plunk.secret-key}}
    /// ```
    ///
    /// ```yaml fires path=.github/workflows/deploy.yml
    /// env:
    ///   VITE_STRIPE_KEY: {{stripe.secret-key}}
    /// ```
    ///
    /// ```dockerfile fires path=Dockerfile
    /// ENV REACT_APP_SUPABASE_KEY={{supabase.secret-key}}
    /// ```
    ///
    /// ## Stays silent
    ///
    /// ```ini silent path=.env
    /// NEXT_PUBLIC_STRIPE_KEY={{stripe.publishable-key}}
    /// ```
    ///
    /// ```ini silent path=.env
    /// MY_NEXT_PUBLIC_KEY={{plunk.secret-key}}
    /// ```
    ///
    /// The second has the prefix in the middle of its name, which publishes nothing; it is `hardcoded-secret`.
    ///
    /// ## What to do instead
    ///
    /// Name the variable without the prefix, read it in server code alone, and rotate the key if a build was ever deployed with it.
    ///
    /// ## What it cannot see
    ///
    /// Prefixes that a build configuration adds, and values that are not in the scanned files.
    ///
    /// ## References
    ///
    /// - <https://nextjs.org/docs/app/guides/environment-variables>
    /// - <https://vite.dev/guide/env-and-mode>
    PublicEnvSecret, "public-env-secret"
}

impl ContextRule for PublicEnvSecret {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        for literal in cx.secrets() {
            let Some(name) = literal.name.as_deref().map(variable) else { continue };
            let published = PUBLIC_PREFIXES.iter().find(|(prefix, _, needs)| {
                name.len() > prefix.len() && name.starts_with(prefix) && (needs.is_empty() || cx.project.depends_on(&cx.file.path, needs))
            });
            if let Some((prefix, tool, _)) = published {
                let message = format!("{} is given to `{name}`, which {tool} puts into client code because of its prefix `{prefix}`", cx.key_name(literal));
                let bare = name.strip_prefix(prefix).unwrap_or(name);
                out.note(
                    Self::ID,
                    cx,
                    literal,
                    message,
                    format!("Rename the variable to `{bare}` and read it in server code alone; no build may see it as `{name}`."),
                );
            }
        }
    }
}

/// The variable at the end of `process.env.NAME` or `import.meta.env.NAME`.
fn variable(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
