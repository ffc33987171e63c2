//! Context rules: each is one reason for a finding, in one file, whose doc comment is its page in `docs/rules/`.
//!
//! A rule sees facts and the project, never bytes, and notes observations; how bad one is, `verdict` decides.

pub mod examples;
mod hardcoded_secret;
mod key_mode_mismatch;
mod leaks;
mod public_env_secret;
mod secret_in_bundle;
mod secret_in_client_code;
mod secret_in_commit_message;
mod secret_in_error;
mod secret_in_history;
mod secret_in_log;
mod secret_in_mobile_app;
mod secret_in_url;
mod secret_reaches_client;
mod wrong_key_for_endpoint;

use crate::finding::TraceStep;
use crate::keys::{Catalog, KeyTypeIx};
use crate::lang::{Literal, SpotIx};
use crate::project::{FileFacts, Origin, Placed, Project};
use crate::terms::{Place, RuleId};
use crate::text::{Excerpt, Region};
pub(crate) use leaks::is_harmless;

/// All rules, from the most to the least specific: on equal severity the first speaks.
pub static RULES: &[&dyn ContextRule] = &[
    &secret_in_bundle::SecretInBundle,
    &secret_in_client_code::SecretInClientCode,
    &secret_in_mobile_app::SecretInMobileApp,
    &secret_reaches_client::SecretReachesClient,
    &public_env_secret::PublicEnvSecret,
    &secret_in_log::SecretInLog,
    &secret_in_error::SecretInError,
    &wrong_key_for_endpoint::WrongKeyForEndpoint,
    &secret_in_url::SecretInUrl,
    &key_mode_mismatch::KeyModeMismatch,
    &secret_in_commit_message::SecretInCommitMessage,
    &secret_in_history::SecretInHistory,
    &hardcoded_secret::HardcodedSecret,
];

/// One reason for a finding.
pub trait ContextRule: Sync {
    /// Its id, which reads as the end of "skout:allow".
    fn id(&self) -> RuleId;

    /// Its page, in Markdown.
    fn page(&self) -> &'static str;

    /// What it looks at: files as they are, what the history alone holds, or messages.
    fn origin(&self) -> Origin {
        Origin::Present
    }

    /// Notes what this rule sees in one file.
    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>);
}

/// Declares a rule: its page, its type and its id.
macro_rules! context_rule {
    ($(#[doc = $line:literal])+ $name:ident, $id:literal) => {
        $(#[doc = $line])+
        pub(super) struct $name;

        impl $name {
            const ID: $crate::terms::RuleId = $crate::terms::RuleId($id);
            const PAGE: &'static str = concat!($($line, "\n"),+);
        }
    };
}
pub(crate) use context_rule;

/// What a rule may know of one file.
#[derive(Debug, Clone)]
pub struct FileContext<'a> {
    /// The file.
    pub file: &'a FileFacts,
    /// Where it lives or runs.
    pub placed: Placed,
    /// All files.
    pub project: &'a Project<'a>,
    /// The key types.
    pub catalog: &'a Catalog,
}

impl<'a> FileContext<'a> {
    /// The values in this file whose holder has some authority.
    pub fn secrets(&self) -> impl Iterator<Item = &'a Literal> + use<'a> {
        self.file.facts.literals.iter().filter(|literal| literal.credential.role.bears_authority())
    }

    /// The name of a value's key type, `Plunk secret key`.
    pub fn key_name(&self, literal: &Literal) -> String {
        self.catalog.get(literal.credential.key_type).full_name()
    }
}

/// What a rule speaks of.
#[derive(Debug, Clone)]
pub enum Subject<'a> {
    /// A value that is written in a file.
    Value(&'a Literal),
    /// A value that is known by the name of the variable that holds it, and the key type that the name tells.
    Named(String, KeyTypeIx),
    /// What the name of a variable, a parameter, a field or a call of the program says to be a secret, and the key type that the
    /// name tells: less sure than an environment variable, whose name is made for one value.
    Variable(String, KeyTypeIx),
}

/// A rule that fired; no severity yet.
#[derive(Debug, Clone)]
pub struct Observation<'a> {
    /// Which rule.
    pub rule: RuleId,
    /// What it speaks of.
    pub subject: Subject<'a>,
    /// Where: the file, the region in it, and the line.
    pub file: &'a FileFacts,
    /// The region in `file`.
    pub region: Region,
    /// The redacted line.
    pub excerpt: &'a Excerpt,
    /// Where the value really runs, if the file's own place does not tell.
    pub place: Option<Place>,
    /// One sentence, without a full stop.
    pub message: String,
    /// What to do about the place, before the key itself is rotated; one sentence.
    pub advice: String,
    /// The way that the value takes.
    pub trace: Vec<TraceStep>,
    /// Whole steps of severity by which this is worse than what the table says of its rule; below nought, less bad.
    pub steps: i8,
}

/// Collects the observations of one file.
#[derive(Debug, Default)]
pub struct Observations<'a> {
    /// In the order that rules noted them.
    pub list: Vec<Observation<'a>>,
}

impl<'a> Observations<'a> {
    /// Notes that `rule` fired at a value that is written in the file.
    pub fn note(&mut self, rule: RuleId, cx: &FileContext<'a>, literal: &'a Literal, message: String, advice: impl Into<String>) -> &mut Observation<'a> {
        self.list.push(Observation {
            rule,
            subject: Subject::Value(literal),
            file: cx.file,
            region: literal.region,
            excerpt: &literal.excerpt,
            place: None,
            message,
            advice: advice.into(),
            trace: Vec::new(),
            steps: 0,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Notes that `rule` fired at a place of some file.
    pub fn note_at(
        &mut self,
        rule: RuleId,
        at: (&'a FileFacts, SpotIx),
        subject: Subject<'a>,
        message: String,
        advice: impl Into<String>,
        trace: Vec<TraceStep>,
    ) {
        let Some(spot) = at.0.facts.spot(at.1) else { return };
        self.list.push(Observation {
            rule,
            subject,
            file: at.0,
            region: spot.region,
            excerpt: &spot.excerpt,
            place: None,
            message,
            advice: advice.into(),
            trace,
            steps: 0,
        });
    }
}

/// Runs every rule over one file.
pub fn observe<'a>(cx: &FileContext<'a>) -> Observations<'a> {
    let mut out = Observations::default();
    for rule in RULES.iter().filter(|rule| rule.origin() == cx.file.origin) {
        rule.check_file(cx, &mut out);
    }
    out
}

/// Whether a finding speaks of an answer to a request, which a client may rely on.
pub fn is_answer(finding: &crate::finding::Finding) -> bool {
    finding.rule.0 == "secret-in-error" && finding.message.contains(secret_in_error::ANSWER)
}

/// The rule of an id.
pub fn find(id: &str) -> Option<&'static dyn ContextRule> {
    RULES.iter().copied().find(|rule| rule.id().0 == id)
}

/// The first sentence of a page's first section: what a list says of a rule.
pub fn title(page: &str) -> &str {
    let text = page.lines().map(str::trim).skip_while(|line| !line.starts_with("## ")).skip(1).find(|line| !line.is_empty()).unwrap_or_default();
    text.find(". ").map_or(text.trim_end_matches('.'), |end| &text[..end])
}

/// A page as Markdown: doc comments begin each line with a space.
pub fn markdown(page: &str) -> String {
    page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).flat_map(|line| [line, "\n"]).collect()
}
