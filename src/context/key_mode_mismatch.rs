//! `key-mode-mismatch`: a test key where the live one belongs, or the reverse.

use std::collections::BTreeSet;

use super::{ContextRule, FileContext, Observations, context_rule};
use crate::finding::{Location, TraceStep};
use crate::keys::KeyTypeIx;
use crate::lang::Literal;
use crate::project::{FileFacts, environment};
use crate::terms::{Mode, Place, Role, RuleId};

context_rule! {
    /// # key-mode-mismatch
    ///
    /// ## What it finds
    ///
    /// A test key in production configuration, a live key in tests or examples, and a live secret beside the test half of its pair: in one file, in the files of one environment, or in one package.
    ///
    /// Production configuration is what a path says to be that (`.env.production`, `values-prod.yaml`, `terraform/prod/`), a Dockerfile, `fly.toml`, `vercel.json`, `render.yaml`, and a workflow that deploys or releases. What says in its path that it is for development, staging, a preview or an example is none.
    ///
    /// ## Why it matters
    ///
    /// A test key in production takes no payments and sends no mail, and nobody notices until customers do.
    /// A live key in a test touches real accounts each time the test runs.
    ///
    /// ## Fires
    ///
    /// ```ini fires path=.env.production
    /// STRIPE_SECRET_KEY=sk_test_{alnum:24}
    /// ```
    ///
    /// ```js fires path=tests/pay.test.js
    /// const stripe = new Stripe("sk_live_{alnum:24}");
    /// ```
    ///
    /// ```ini fires path=.env
    /// STRIPE_SECRET_KEY=sk_live_{alnum:24}
    /// STRIPE_PUBLISHABLE_KEY=pk_test_{alnum:24}
    /// ```
    ///
    /// ```dockerfile fires path=Dockerfile
    /// ENV STRIPE_SECRET_KEY=sk_test_{alnum:24}
    /// ```
    ///
    /// ## Stays silent
    ///
    /// ```ini silent path=.env.production
    /// STRIPE_SECRET_KEY=sk_live_{alnum:24}
    /// STRIPE_PUBLISHABLE_KEY=pk_live_{alnum:24}
    /// ```
    ///
    /// ```js silent path=tests/pay.test.js
    /// const stripe = new Stripe("sk_test_{alnum:24}");
    /// ```
    ///
    /// Each environment has its own pair.
    ///
    /// ```ini silent path=.env.development
    /// STRIPE_SECRET_KEY=sk_test_{alnum:24}
    /// STRIPE_PUBLISHABLE_KEY=pk_test_{alnum:24}
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Use one pair of keys for each environment, and let the environment provide it.
    ///
    /// ## What it cannot see
    ///
    /// The mode of keys whose format does not tell it, and settings that choose between environments while the program runs. Where an environment or a package holds both modes of a half, it is taken to choose between them.
    KeyModeMismatch, "key-mode-mismatch"
}

impl ContextRule for KeyModeMismatch {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        let production = is_production(&cx.file.lives_at);
        let tests = test_key_types(cx);
        for literal in &cx.file.facts.literals {
            let credential = &literal.credential;
            let advice = "Use one pair of keys for each environment, and let the environment provide it.";
            match (credential.mode, cx.placed.place) {
                (Mode::Test, place) if production && !matches!(place, Place::Test | Place::Docs) => {
                    let name = cx.key_name(literal);
                    out.note(Self::ID, cx, literal, format!("{name} of the test mode stands in production configuration"), advice);
                }
                (Mode::Live, Place::Test | Place::Docs) if credential.role.bears_authority() => {
                    let name = cx.key_name(literal);
                    out.note(
                        Self::ID,
                        cx,
                        literal,
                        format!("{name} of the live mode stands in a test or an example"),
                        "Use a test key, or better a made-up value.",
                    );
                }
                (Mode::Live, _) if credential.role == Role::Secret && has_test_half(cx, literal, &tests) => {
                    let name = cx.key_name(literal);
                    out.note(Self::ID, cx, literal, format!("{name} of the live mode stands beside the test half of its pair"), advice);
                }
                (Mode::Live, _) if credential.role == Role::Secret => {
                    if let Some((file, half)) = test_half_elsewhere(cx, literal) {
                        let name = cx.key_name(literal);
                        let message = format!("{name} of the live mode stands here, and the test half of its pair in `{}`", file.path);
                        let text = format!("{} of the test mode is written here", cx.key_name(half));
                        let trace = vec![TraceStep { location: Location { path: file.path.clone(), region: half.region }, text }];
                        out.note(Self::ID, cx, literal, message, advice).trace = trace;
                    }
                }
                _ => {}
            }
        }
    }
}

/// The test half of a live secret's pair, in another file of the same environment or package. What holds both modes of a half
/// chooses between them.
fn test_half_elsewhere<'a>(cx: &FileContext<'a>, literal: &Literal) -> Option<(&'a FileFacts, &'a Literal)> {
    let own = literal.credential.key_type;
    let partner = cx.catalog.get(own).partner.as_ref()?;
    let (half, _) = cx.catalog.iter().find(|(_, one)| one.id == *partner)?;
    let halves = cx.project.modes(cx.file, half);
    if halves.live.is_some() || cx.project.modes(cx.file, own).test.is_some() {
        return None;
    }
    halves.test
}

/// Files that settle how an app runs once it is deployed.
const DEPLOYED: &[&str] = &["dockerfile", "containerfile", "fly.toml", "vercel.json", "render.yaml", "render.yml", "apprunner.yaml"];

/// Whether a file is the configuration of production: by the words of its path, or by what reads it.
fn is_production(path: &str) -> bool {
    match environment(path) {
        Some(environment) => environment == "production",
        None => {
            let lower = path.to_ascii_lowercase();
            let name = lower.rsplit('/').next().unwrap_or(&lower);
            let is_workflow = lower.contains(".github/workflows/") && name.split(['.', '-', '_']).any(|word| matches!(word, "deploy" | "release" | "publish"));
            DEPLOYED.contains(&name) || is_workflow
        }
    }
}

/// The key types of which the file holds a test key. Gathered once: a file may hold a hundred thousand keys.
fn test_key_types(cx: &FileContext<'_>) -> BTreeSet<KeyTypeIx> {
    cx.file.facts.literals.iter().map(|literal| &literal.credential).filter(|one| one.mode == Mode::Test).map(|one| one.key_type).collect()
}

/// Whether the same file holds a test key of the partner type.
fn has_test_half(cx: &FileContext<'_>, literal: &Literal, tests: &BTreeSet<KeyTypeIx>) -> bool {
    let Some(partner) = &cx.catalog.get(literal.credential.key_type).partner else { return false };
    tests.iter().any(|test| cx.catalog.get(*test).id == *partner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_by_path() {
        for path in [
            ".env.production",
            "config/prod.yml",
            "src/environments/environment.prod.ts",
            "chart/values-prod.yaml",
            "terraform/prod/main.tf",
            "Dockerfile",
            "web/fly.toml",
            ".github/workflows/deploy.yml",
        ] {
            assert!(is_production(path), "{path}");
        }
        for path in [
            "src/product.yml",
            "dist/app.production.js",
            ".env",
            ".env.production.example",
            "Dockerfile.dev",
            "dev/Dockerfile",
            ".github/workflows/deploy-preview.yml",
            ".github/workflows/ci.yml",
            "fly.staging.toml",
        ] {
            assert!(!is_production(path), "{path}");
        }
    }
}
