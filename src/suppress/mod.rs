//! What people have looked at and allowed: findings are marked with it, never dropped, so that every report still has them.
//!
//! A worker that holds a file's bytes takes the [`marks`] around a span; [`apply`] marks findings at the end, by comment
//! first and then by `skout.toml`. Nothing silences by position alone: a comment stands beside the value itself.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::error::ScanPath;
use crate::finding::{Finding, SuppressedBy, Suppression};
use crate::text::Span;

mod comment;
mod config;
mod quotes;

pub use comment::{AllowMark, marks};

/// What one `[[allow]]` did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowUse {
    /// 1-based line of the entry.
    pub line: usize,
    /// Findings that it speaks of, also where a comment or an earlier entry had silenced them.
    pub matched: u64,
    /// Files all of whose findings it speaks of, sorted.
    pub whole_files: Vec<ScanPath>,
}

/// Marks what an allow comment or an `[[allow]]` silences; a mark that is there already stays. `marks` gives those that
/// the worker noted for the finding at a place in the slice. Returns what each `[[allow]]` did, in the order of the configuration.
pub fn apply<'m>(findings: &mut [Finding], marks: impl Fn(usize) -> &'m [AllowMark], config: &Config) -> Vec<AllowUse> {
    let mut per_file: BTreeMap<ScanPath, u64> = BTreeMap::new();
    let mut matched: Vec<BTreeMap<ScanPath, u64>> = vec![BTreeMap::new(); config.allow.len()];
    for (at, finding) in findings.iter_mut().enumerate() {
        *per_file.entry(finding.location.path.clone()).or_default() += 1;
        let by_comment = marks(at).iter().find(|mark| mark.speaks_of(finding)).map(|mark| Suppression {
            by: SuppressedBy::Comment,
            place: format!("{}:{}", finding.location.path.text, mark.line),
            reason: mark.reason.clone(),
        });
        let mut by_config = None;
        for (allow, matched) in config.allow.iter().zip(&mut matched) {
            if config::speaks_of(allow, config, finding) {
                *matched.entry(finding.location.path.clone()).or_default() += 1;
                by_config.get_or_insert(allow);
            }
        }
        if finding.suppressed.is_none() {
            finding.suppressed = by_comment.or_else(|| by_config.map(|allow| config::suppression(allow, config)));
        }
    }
    let used = config.allow.iter().zip(matched).map(|(allow, files)| AllowUse {
        line: allow.line,
        matched: files.values().sum(),
        whole_files: files.into_iter().filter(|(path, count)| per_file.get(path) == Some(count)).map(|(path, _)| path).collect(),
    });
    used.collect()
}

/// A reason as reports may show it: on one line, bounded, without `values`, their text where it stands once more, and what
/// looks like one. People do paste the key into the very comment that allows it.
fn shown_reason(text: &[u8], reason: Span, values: &[Span]) -> Option<String> {
    const LONGEST: usize = 400;
    // Shorter values may be words, and those further away are nobody's to paste.
    const TELLING: usize = 8;
    const NEAR: usize = 512;
    let mut hidden = values.iter().copied().filter(|value| value.overlaps(reason)).collect::<Vec<_>>();
    let mut reason = Span::new(reason.start, reason.end.min(reason.start + LONGEST));
    // Not amid a character; UTF-8 has up to three bytes after the first.
    let partial = reason.of(text).utf8_chunks().last().map_or(0, |chunk| chunk.invalid().len());
    if reason.len() == LONGEST {
        reason.end -= partial;
    }
    let in_value = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'=' | b'_');
    let mut at = reason.start;
    for word in reason.of(text).split(|byte| !in_value(byte)) {
        if word.len() >= 16 && word.iter().any(u8::is_ascii_digit) && word.iter().any(u8::is_ascii_alphabetic) {
            hidden.push(Span::new(at, at + word.len()));
        }
        at += word.len() + 1;
    }
    let beside = values.iter().filter(|value| value.start < reason.end + NEAR && reason.start < value.end + NEAR);
    for value in beside.map(|value| value.of(text)).filter(|value| (TELLING..=reason.len()).contains(&value.len())) {
        hidden.extend(memchr::memmem::find_iter(reason.of(text), value).map(|at| Span::new(reason.start + at, reason.start + at + value.len())));
    }
    hidden.sort_unstable();
    let (mut shown, mut at) = (String::new(), reason.start);
    for span in hidden {
        if span.start >= at {
            crate::text::visible(Span::new(at, span.start.min(reason.end)).of(text), &mut shown);
        }
        if span.end > at && !shown.ends_with("****") {
            shown.push_str("****");
        }
        at = at.max(span.end);
    }
    crate::text::visible(Span::new(at.min(reason.end), reason.end).of(text), &mut shown);
    let shown = shown.trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests;
