//! `public-env-secret`: a value with authority behind a prefix that publishes variables, or a name that promises one.

mod bundlers;
mod names;
#[cfg(test)]
mod tests;

use super::{ContextRule, FileContext, Observations, context_rule};
use crate::keys::naming::{self, Says};
use crate::keys::{Catalog, KeyTypeIx};
use crate::lang::Declared;
use crate::terms::RuleId;

context_rule! {
    /// # public-env-secret
    ///
    /// ## What it finds
    ///
    /// A value that gives its holder authority, or a name that says so, behind something that publishes variables: a public prefix (`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_`, `EXPO_PUBLIC_` and kin), or a section that is published whatever its names are. It looks at env files, CI files, Dockerfiles, Compose, manifests, Terraform, shell scripts and code.
    ///
    /// A name says secret by its words (`SECRET`, `PRIVATE_KEY`, `SERVICE_ROLE`, `PASSWORD`, `AUTH_TOKEN`, `DATABASE_URL`), or by a provider that issues no publishable keys (`OPENAI_API_KEY`, `GITHUB_TOKEN`). The finding stands where the name is declared; where nothing in the project declares it, at the first place in a file that reads it. A name alone is one step less severe than a value.
    ///
    /// Published sections: Expo's `extra`, `--dart-define` of Flutter, `buildConfigField`, `resValue` and `manifestPlaceholders` of Gradle, `Info.plist`, `includeEnvironmentVariables` of Redwood, and in the configuration of bundlers what they put into client code: `define`, `DefinePlugin`, `EnvironmentPlugin`, `env` and `publicRuntimeConfig` of Next, `runtimeConfig.public` of Nuxt, an empty `envPrefix`. Prefixes that `envPrefix` adds count like the tools' own, and the env files that react-native-config and react-native-dotenv pack into an app are published as they are.
    ///
    /// ## Why it matters
    ///
    /// The prefix is an instruction to the build tool: put this value into the code that is sent to browsers or devices. It does so whatever the value is. A secret name without a value is no better: the deployment fills it in.
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
    /// Names alone, wherever the values come from:
    ///
    /// ```ini fires path=.env.example
    /// NEXT_PUBLIC_STRIPE_SECRET_KEY=
    /// ```
    ///
    /// ```yaml fires path=.github/workflows/build.yml
    /// env:
    ///   VITE_OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}
    /// ```
    ///
    /// ```dockerfile fires path=Dockerfile
    /// ARG REACT_APP_SUPABASE_SERVICE_ROLE_KEY
    /// ```
    ///
    /// ```json fires path=app.json
    /// { "expo": { "extra": { "stripeSecretKey": "set by the build" } } }
    /// ```
    ///
    /// ```sh fires path=build.sh
    /// flutter build apk --dart-define=SENDGRID_API_KEY=$SENDGRID_API_KEY
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
    /// Names of what is made to be public, names that speak of something else, and comments:
    ///
    /// ```ini silent path=.env
    /// NEXT_PUBLIC_SUPABASE_ANON_KEY=
    /// NEXT_PUBLIC_MAPBOX_ACCESS_TOKEN=
    /// NEXT_PUBLIC_RECAPTCHA_SITE_KEY=
    /// NEXT_PUBLIC_FIREBASE_API_KEY=
    /// NEXT_PUBLIC_SENTRY_DSN=
    /// NEXT_PUBLIC_TOKEN_ENDPOINT=https://example.com/token
    /// NEXT_PUBLIC_PASSWORD_MIN_LENGTH=12
    /// # NEXT_PUBLIC_STRIPE_SECRET_KEY=
    /// STRIPE_SECRET_KEY=
    /// ```
    ///
    /// A secret name with a publishable key as its value is only badly chosen:
    ///
    /// ```ini silent path=.env
    /// NEXT_PUBLIC_STRIPE_SECRET={{stripe.publishable-key}}
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Name the variable without the prefix, read it in server code alone, and rotate the key if a build was ever deployed with it.
    ///
    /// ## What it cannot see
    ///
    /// Prefixes that a build configuration puts together when it runs, and values that are not in the scanned files. A name that says neither, such as `NEXT_PUBLIC_PLUNK_API_KEY` of a provider with publishable and secret keys, is judged by its value alone. `PUBLIC_` counts only where the project depends on a tool that publishes it.
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
        names::values(cx, out);
        names::declared(cx, out);
        names::reads(cx, out);
        bundlers::flows(cx, out);
    }
}

/// What publishes a name.
struct Publisher {
    /// The end of a sentence after the name: "which Next.js puts into client code because of its prefix `NEXT_PUBLIC_`".
    how: String,
    /// What to do about the place.
    advice: String,
}

/// What publishes a name by its prefix, in the project that holds the file: a tool's own, or one that its settings add.
fn by_prefix(cx: &FileContext<'_>, name: &str) -> Option<Publisher> {
    by_known_prefix(cx, name).or_else(|| {
        let (prefix, config) = cx.project.configured_prefix(cx.file, name)?;
        let how = format!("the bundler puts into client code because `envPrefix` in `{}` says so of `{prefix}`", config.path);
        Some(Publisher { how, advice: format!("Give the variable a name that does not begin with `{prefix}`, and read it in server code alone.") })
    })
}

/// The same of the prefixes that tools have by themselves.
fn by_known_prefix(cx: &FileContext<'_>, name: &str) -> Option<Publisher> {
    let found = naming::prefixes(name).into_iter().find(|one| one.needs.is_empty() || cx.project.depends_near(&cx.file.path, one.needs))?;
    let private = name.strip_prefix(found.prefix).unwrap_or(name);
    let how = format!("{} puts into client code because of its prefix `{}`", found.tool, found.prefix);
    let read = READS.iter().find(|(prefix, _)| *prefix == found.prefix).map_or("server code alone", |(_, read)| read);
    let advice = format!("Rename the variable to `{private}` and read it in {}; no build may see it as `{name}`.", read.replace("NAME", private));
    Some(Publisher { how, advice })
}

/// Where a variable without the prefix is read, by the prefix; NAME stands for it.
const READS: &[(&str, &str)] = &[
    ("NEXT_PUBLIC_", "server code alone, as `process.env.NAME` in a route handler, a server action or a server component"),
    ("VITE_", "server code alone, as `process.env.NAME` of a backend or a function that the page calls"),
    ("REACT_APP_", "server code alone, as `process.env.NAME` of a backend that the page calls"),
    ("EXPO_PUBLIC_", "server code alone, as `process.env.NAME` of an API route or a backend that the app calls"),
    ("NUXT_PUBLIC_", "server code alone, through a key of `runtimeConfig` that is not below `public`"),
    ("GATSBY_", "server code alone, as `process.env.NAME` of a Gatsby function"),
    ("PUBLIC_", "server code alone, from `$env/static/private` in SvelteKit or as a secret of `astro:env/server` in Astro"),
];

/// What publishes a name, by its prefix or by the section that declares it.
fn of_declared(cx: &FileContext<'_>, one: &Declared) -> Option<Publisher> {
    by_prefix(cx, &one.name).or_else(|| {
        let section = one.published_by?;
        let advice = format!("Take `{}` out of {section}: what an app needs a secret for, a server of yours does in its place.", one.name);
        Some(Publisher { how: format!("{section} puts into what is shipped"), advice })
    })
}

/// The key type that a name promises; `None` when it promises no secret.
fn promised(catalog: &Catalog, name: &str) -> Option<KeyTypeIx> {
    naming::key_type_of(catalog, naming::says(catalog, name))
}

/// "a Stripe secret key", "a secret": what a name promises, for a sentence.
fn kind_of(catalog: &Catalog, name: &str) -> String {
    match naming::says(catalog, name) {
        Says::Secret(Some(index)) => {
            let kind = catalog.get(index).full_name();
            let article = if kind.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) { "an" } else { "a" };
            format!("{article} {kind}")
        }
        _ => "a secret".to_owned(),
    }
}

/// The variable at the end of `process.env.NAME` or `import.meta.env.NAME`.
fn variable(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
