//! What a scan concludes: findings, the coverage they rest on, and the report of both. Everyone after `context` shares
//! these; none of them holds a value or a file's bytes.

use std::collections::{BTreeMap, HashSet};

use crate::error::{ScanPath, Skip, SkipClass};
use crate::lang::Literal;
use crate::secret::{Fingerprint, Redacted, Revealed};
use crate::terms::{Confidence, KeyTypeId, Mode, Place, Role, RuleId, Severity};
use crate::text::{Excerpt, Region};

/// An observation, judged.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that speaks.
    pub rule: RuleId,
    /// How bad.
    pub severity: Severity,
    /// How sure that the value is a real credential.
    pub confidence: Confidence,
    /// The key, without its value.
    pub key: KeyInfo,
    /// Where the bytes live or run.
    pub place: Place,
    /// One sentence for a person, without a full stop.
    pub message: String,
    /// Rules that fired at the same place and are less severe or less specific.
    pub also: Vec<RuleId>,
    /// Where.
    pub location: Location,
    /// The redacted line.
    pub excerpt: Excerpt,
    /// How the value was wrapped, outermost first.
    pub encoding: Vec<&'static str>,
    /// The way that a value takes, from its source to where it leaves.
    pub trace: Vec<TraceStep>,
    /// The commit that introduced the value, in git modes.
    pub git: Option<GitOrigin>,
    /// The name of key type and value.
    pub fingerprint: Fingerprint,
    /// What to do.
    pub remediation: Remediation,
    /// What silenced it, if anything did.
    pub suppressed: Option<Suppression>,
    /// The other values of the same credential that stand beside this one in its file: an id, a passphrase.
    pub parts: Vec<Part>,
    /// The fingerprint of the value that tells of this one among its parts, by the same rule.
    pub part_of: Option<Fingerprint>,
}

/// A value that makes one credential with another.
#[derive(Debug, Clone)]
pub struct Part {
    /// The key, without its value.
    pub key: KeyInfo,
    /// The name of key type and value.
    pub fingerprint: Fingerprint,
    /// Where it stands, in the file of the finding.
    pub region: Region,
}

/// Takes away findings at values that another finding names among its parts: one credential is told once. A finding whose
/// other part is not told, for instance because it was there before, stays.
pub fn fold(findings: &mut Vec<Finding>) {
    let told: HashSet<(RuleId, Fingerprint, Fingerprint)> =
        findings.iter().flat_map(|one| one.parts.iter().map(|part| (one.rule, one.fingerprint.clone(), part.fingerprint.clone()))).collect();
    findings.retain(|one| one.part_of.as_ref().is_none_or(|main| !told.contains(&(one.rule, main.clone(), one.fingerprint.clone()))));
}

impl Finding {
    /// Moves the finding to where a version of its file has its value, if `literals`, those of that version, hold it; its
    /// parts go with it, and those that this version lacks are no longer told.
    pub fn move_to(&mut self, path: &ScanPath, literals: &[Literal]) -> bool {
        let Some(literal) = literals.iter().find(|literal| literal.credential.fingerprint == self.fingerprint) else { return false };
        self.location = Location { path: path.clone(), region: literal.region };
        self.excerpt = literal.excerpt.clone();
        let line = literal.region.start.line;
        self.parts.retain_mut(|part| {
            let same = literals.iter().filter(|literal| literal.credential.fingerprint == part.fingerprint);
            let nearest = same.min_by_key(|literal| literal.region.start.line.abs_diff(line));
            nearest.inspect(|literal| part.region = literal.region).is_some()
        });
        true
    }

    /// Where a person finds the value now: the tip's place, if it holds it elsewhere than the commit that introduced it; then
    /// the region is known by its first line alone.
    pub fn stands(&self) -> (&ScanPath, u64, Option<Region>) {
        let own = (&self.location.path, self.location.region.start.line);
        match self.git.as_ref().and_then(|git| git.tip.as_ref()) {
            Some((path, line)) if (path, *line) != own => (path, *line, None),
            _ => (own.0, own.1, Some(self.location.region)),
        }
    }
}

/// What is told of a key.
#[derive(Debug, Clone)]
pub struct KeyInfo {
    /// `provider.name`.
    pub key_type: KeyTypeId,
    /// As people call it, `Plunk secret key`.
    pub name: String,
    /// What the holder may do.
    pub role: Role,
    /// Live or test.
    pub mode: Mode,
    /// What may be shown.
    pub redacted: Redacted,
    /// The other half of the pair.
    pub partner: Option<KeyTypeId>,
    /// The value, with `--show-secrets`.
    pub value: Option<Revealed>,
}

/// A region of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub path: ScanPath,
    /// From and to.
    pub region: Region,
}

/// One hop of a trace.
#[derive(Debug, Clone)]
pub struct TraceStep {
    /// Where.
    pub location: Location,
    /// What happens there.
    pub text: String,
}

/// Where a value entered the history.
#[derive(Debug, Clone)]
pub struct GitOrigin {
    /// The commit's id.
    pub commit: String,
    /// The path in that commit.
    pub path: ScanPath,
    /// The author's name.
    pub author: String,
    /// The author's address.
    pub email: String,
    /// RFC 3339 with its offset.
    pub time: String,
    /// The first line of the message.
    pub message: String,
    /// Whether the tip still has it.
    pub in_tip: bool,
    /// Where the tip has it: path and 1-based line.
    pub tip: Option<(ScanPath, u64)>,
    /// The refs that reach it.
    pub refs: Vec<String>,
    /// Distinct blobs that hold it.
    pub occurrences: u64,
}

impl GitOrigin {
    /// An origin of which only the path is known.
    pub fn nowhere(path: ScanPath) -> Self {
        let none = String::new;
        Self { commit: none(), path, author: none(), email: none(), time: none(), message: none(), in_tip: false, tip: None, refs: Vec::new(), occurrences: 1 }
    }
}

/// What to do about a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remediation {
    /// Steps in order, one sentence each.
    pub steps: Vec<String>,
    /// The provider's page.
    pub docs: Option<String>,
}

/// What silenced a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Which means.
    pub by: SuppressedBy,
    /// Where it stands, `skout.toml:12`.
    pub place: String,
    /// The reason given.
    pub reason: Option<String>,
}

/// The means of suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppressedBy {
    /// An allow comment at the line.
    Comment,
    /// An `[[allow]]` of `skout.toml`.
    Config,
    /// An entry of the baseline.
    Baseline,
}

/// A remark on the run as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Note {
    /// A stable word, `nothing-to-scan`.
    pub code: &'static str,
    /// A sentence.
    pub text: String,
}

/// What was scanned and what was not.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Files read.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Commits covered, in git modes.
    pub commits: u64,
    /// Distinct blobs read, in git modes.
    pub blobs: u64,
    /// Inputs that were not scanned, sorted.
    pub skipped: Vec<Skip>,
    /// Remarks, sorted.
    pub notes: Vec<Note>,
    /// Wall time in milliseconds.
    pub elapsed_ms: u64,
}

impl Summary {
    /// Whether nothing was lost.
    pub fn is_complete(&self) -> bool {
        self.skipped.iter().all(|skip| skip.class == SkipClass::Chosen)
    }
}

/// Findings and coverage: all that a writer or an exit code is made from.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Sorted by path, position and rule; suppressed ones among them.
    pub findings: Vec<Finding>,
    /// What they rest on.
    pub summary: Summary,
}

impl Report {
    /// Findings that nothing silenced.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.suppressed.is_none())
    }

    /// The number of open findings of each severity that has any.
    pub fn by_severity(&self) -> BTreeMap<Severity, u64> {
        let mut counts = BTreeMap::new();
        for finding in self.open() {
            *counts.entry(finding.severity).or_insert(0) += 1;
        }
        counts
    }

    /// The number of distinct values among the open findings.
    pub fn secrets(&self) -> u64 {
        let mut names: Vec<&Fingerprint> = self.open().map(|finding| &finding.fingerprint).collect();
        names.sort();
        names.dedup();
        names.len() as u64
    }

    /// The number of findings that something silenced.
    pub fn suppressed(&self) -> u64 {
        self.findings.len() as u64 - self.open().count() as u64
    }
}
