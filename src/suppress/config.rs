//! `[[allow]]`: whether an entry speaks of a finding, and how that is told.

use crate::config::{Allow, Config};
use crate::finding::{Finding, SuppressedBy, Suppression};
use crate::text::Span;

/// Whether a finding meets every criterion of an entry.
///
/// A rule is that which speaks for the finding, never one it has in `also`: an entry covers values that nobody has written
/// yet, and `hardcoded-secret` allowed for a folder must not silence the day when one of them is served to browsers.
pub(super) fn speaks_of(allow: &Allow, config: &Config, finding: &Finding) -> bool {
    let key_type = &finding.key.key_type;
    let of_type = |wanted: &String| is_or_covers(wanted, key_type.as_str());
    (allow.paths.is_empty() || paths_of(finding).any(|path| config.relative(path).is_some_and(|path| allow.paths.matches(path))))
        && (allow.rules.is_empty() || allow.rules.iter().any(|rule| rule == finding.rule.0))
        && (allow.key_types.is_empty() || allow.key_types.iter().any(of_type))
        && (allow.fingerprints.is_empty() || allow.fingerprints.iter().any(|wanted| wanted == finding.fingerprint.as_str()))
}

/// What is noted on a finding that the entry silences.
pub(super) fn suppression(allow: &Allow, config: &Config) -> Suppression {
    let reason = super::shown_reason(allow.reason.as_bytes(), Span::new(0, allow.reason.len()), &[]);
    Suppression { by: SuppressedBy::Config, place: format!("{}:{}", config.name, allow.line), reason }
}

/// Whether `wanted` is a key type's id, or `provider.*` for its provider.
pub(super) fn is_or_covers(wanted: &str, id: &str) -> bool {
    match wanted.strip_suffix(".*") {
        Some(provider) => id.split('.').next() == Some(provider),
        None => wanted == id,
    }
}

/// The path of a finding, and the one that the tip has for the same value: a file that was renamed since is allowed by its
/// present name, in the history as in the tree.
fn paths_of(finding: &Finding) -> impl Iterator<Item = &str> {
    let tip = finding.git.as_ref().and_then(|git| git.tip.as_ref()).map(|(path, _)| path.text.as_str());
    std::iter::once(finding.location.path.text.as_str()).chain(tip)
}
