//! `key-mode-mismatch`: a test key where the live one belongs, or the reverse.

use std::collections::BTreeSet;

use super::{ContextRule, FileContext, Observations, context_rule};
use crate::keys::KeyTypeIx;
use crate::lang::Literal;
use crate::terms::{Mode, Place, Role, RuleId};

context_rule! {
    /// # key-mode-mismatch
    ///
    /// ## What it finds
    ///
    /// A test key in production configuration, a live key in tests or examples, and a live secret beside the test half of its pair in one file.
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
    /// ## What to do instead
    ///
    /// Use one pair of keys for each environment, and let the environment provide it.
    ///
    /// ## What it cannot see
    ///
    /// The mode of keys whose format does not tell it, and pairs that are split over several files.
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
        let production = is_production(&cx.file.path.text);
        let tests = test_key_types(cx);
        for literal in &cx.file.facts.literals {
            let credential = &literal.credential;
            let name = cx.key_name(literal);
            let advice = "Use one pair of keys for each environment, and let the environment provide it.";
            match (credential.mode, cx.placed.place) {
                (Mode::Test, _) if production => {
                    out.note(Self::ID, cx, literal, format!("{name} of the test mode stands in production configuration"), advice);
                }
                (Mode::Live, Place::Test | Place::Docs) if credential.role.bears_authority() => {
                    out.note(
                        Self::ID,
                        cx,
                        literal,
                        format!("{name} of the live mode stands in a test or an example"),
                        "Use a test key, or better a made-up value.",
                    );
                }
                (Mode::Live, _) if credential.role == Role::Secret && has_test_half(cx, literal, &tests) => {
                    out.note(Self::ID, cx, literal, format!("{name} of the live mode stands beside the test half of its pair"), advice);
                }
                _ => {}
            }
        }
    }
}

/// Whether a path speaks of production: `.env.production`, `config/prod.yml`.
fn is_production(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let is_code = [".js", ".ts", ".tsx", ".jsx", ".py", ".rb", ".go", ".map", ".mjs", ".css", ".md"].iter().any(|end| lower.ends_with(end));
    let is_settings = lower.contains("environments/");
    (!is_code || is_settings) && lower.split(['/', '.', '-', '_']).any(|word| matches!(word, "production" | "prod"))
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
        assert!(is_production(".env.production") && is_production("config/prod.yml") && is_production("src/environments/environment.prod.ts"));
        assert!(!is_production("src/product.yml") && !is_production("dist/app.production.js") && !is_production(".env"));
    }
}
