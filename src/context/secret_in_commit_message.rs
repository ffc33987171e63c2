//! `secret-in-commit-message`: a value in the text of a commit, an annotated tag or a note.

use super::{ContextRule, FileContext, Observations, context_rule};
use crate::project::Origin;
use crate::terms::RuleId;

context_rule! {
    /// # secret-in-commit-message
    ///
    /// ## What it finds
    ///
    /// A value that gives its holder authority, in the message of a commit, of an annotated tag or of a note.
    ///
    /// ## Why it matters
    ///
    /// Messages are shown in more places than files: in `git log`, on every page of the hosting service, in mails, chats and release notes.
    /// No later commit can take one back.
    ///
    /// ## Fires
    ///
    /// ```text fires path=commit:1234
    /// Use the new mail key
    ///
    /// It is {{plunk.secret-key}} from now on.
    /// ```
    ///
    /// ## Stays silent
    ///
    /// ```text silent path=commit:1234
    /// Track signups with {{plunk.public-key}}
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Name the key by its last characters or by the name it has at its provider; rotate the one that was written down.
    /// A commit that was not pushed yet is mended by `git commit --amend` or `git rebase -i`.
    ///
    /// ## What it cannot see
    ///
    /// Pull request texts and comments, which are no part of the repository.
    SecretInCommitMessage, "secret-in-commit-message"
}

impl ContextRule for SecretInCommitMessage {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn origin(&self) -> Origin {
        Origin::Message
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        for literal in cx.secrets() {
            let name = cx.key_name(literal);
            let advice = "Amend the message if it was not pushed yet; otherwise it stays, and only a new key helps.";
            out.note(Self::ID, cx, literal, format!("{name} is written in a commit message, tag or note"), advice);
        }
    }
}
