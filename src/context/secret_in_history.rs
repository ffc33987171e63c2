//! `secret-in-history`: a value that the tip holds no more, and every clone still does.

use super::{ContextRule, FileContext, Observations, context_rule};
use crate::project::Origin;
use crate::terms::RuleId;

context_rule! {
    /// # secret-in-history
    ///
    /// ## What it finds
    ///
    /// A value that gives its holder authority, in a git object and not in the tip: in a file that was deleted or changed later, on another branch, in a merge, a stash, a reflog, or in an object that nothing reaches any more.
    ///
    /// `skout scan --history` looks at all of them, `skout scan --diff` at those that the commits of a pull request add.
    ///
    /// ## Why it matters
    ///
    /// A commit that removes a key hides it from people who read files, and from nobody else.
    /// Whoever has a clone, a fork or a cached pull request has every version of every file, and those who look for keys look there first.
    ///
    /// ## Fires
    ///
    /// ```js fires path=server/mail.js
    /// // As it was two commits ago.
    /// const key = "{{plunk.secret-key}}";
    /// ```
    ///
    /// ```ini fires path=.env
    /// STRIPE_SECRET_KEY={{stripe.secret-key}}
    /// ```
    ///
    /// ## Stays silent
    ///
    /// A publishable key is made to be read by anyone, also in the history.
    ///
    /// ```js silent path=web/track.js
    /// const key = "{{plunk.public-key}}";
    /// ```
    ///
    /// A value that the tip still holds is reported where it stands now, by the rule that speaks of that place, with the commit that introduced it.
    ///
    /// ## What to do instead
    ///
    /// Rotate the key first: that alone ends the risk.
    /// Rewriting the history (`git filter-repo`) is worth it only afterwards, and only where forks and caches can be reached too.
    ///
    /// ## What it cannot see
    ///
    /// Objects that a shallow or partial clone does not have: they are counted, and the scan is called incomplete.
    SecretInHistory, "secret-in-history"
}

impl ContextRule for SecretInHistory {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn origin(&self) -> Origin {
        Origin::Gone
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        for literal in cx.secrets() {
            let name = cx.key_name(literal);
            let advice = "Rotate it: every clone and fork holds it, and rewriting the history does not reach them.";
            out.note(Self::ID, cx, literal, format!("{name} is in the history, though no longer in the tip"), advice);
        }
    }
}
