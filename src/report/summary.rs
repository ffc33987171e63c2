//! The sentence that says what was found, in how much, and what was not looked at.

use std::collections::BTreeMap;

use super::shown;
use crate::finding::Report;

/// Reasons for skips that the sentence names one by one.
const REASONS: usize = 5;

/// `2 findings (1 critical, 1 high), 2 secrets in 1,234 files, 12.3 MB, 0.12 s; 3 skipped: 2 binary, 1 unreadable; 1 suppressed`.
pub(super) fn sentence(report: &Report) -> String {
    let time = format!("{}.{:02} s", thousands(report.summary.elapsed_ms / 1000), report.summary.elapsed_ms % 1000 / 10);
    told(report, Some(time))
}

/// The same without the time, which differs from run to run.
pub(super) fn timeless(report: &Report) -> String {
    told(report, None)
}

fn told(report: &Report, time: Option<String>) -> String {
    let mut out = found(report);
    let summary = &report.summary;
    let mut covered = Vec::new();
    // A scan of history has no files, and a scan of nothing has to say so.
    if summary.files > 0 || (summary.commits == 0 && summary.blobs == 0) {
        covered.push(count(summary.files, "file"));
    }
    if summary.commits > 0 {
        covered.push(count(summary.commits, "commit"));
    }
    if summary.blobs > 0 {
        covered.push(count(summary.blobs, "blob"));
    }
    covered.push(size(summary.bytes));
    covered.extend(time);
    out.push_str(&format!(" in {}", covered.join(", ")));
    if !summary.skipped.is_empty() {
        out.push_str(&format!("; {} skipped: {}", thousands(summary.skipped.len() as u64), skipped(report)));
    }
    if report.suppressed() > 0 {
        out.push_str(&format!("; {} suppressed", thousands(report.suppressed())));
    }
    out
}

fn found(report: &Report) -> String {
    let by_severity = report.by_severity();
    let total: u64 = by_severity.values().sum();
    if total == 0 {
        return "no findings".to_owned();
    }
    let parts: Vec<String> = by_severity.iter().rev().map(|(severity, number)| format!("{} {severity}", thousands(*number))).collect();
    format!("{} ({}), {}", count(total, "finding"), parts.join(", "), count(report.secrets(), "secret"))
}

/// `2 binary, 1 unreadable`: the most frequent reasons first.
fn skipped(report: &Report) -> String {
    let mut numbers: BTreeMap<&str, u64> = BTreeMap::new();
    for skip in &report.summary.skipped {
        *numbers.entry(&skip.reason).or_insert(0) += 1;
    }
    let mut reasons: Vec<(&str, u64)> = numbers.into_iter().collect();
    reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let rest: u64 = reasons.iter().skip(REASONS).map(|(_, number)| number).sum();
    let mut parts: Vec<String> = reasons.iter().take(REASONS).map(|(reason, number)| format!("{} {}", thousands(*number), shown(reason))).collect();
    if rest > 0 {
        parts.push(format!("{} for other reasons", thousands(rest)));
    }
    parts.join(", ")
}

/// `1 file`, `1,234 files`.
pub(super) fn count(number: u64, word: &str) -> String {
    format!("{} {word}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// `1,234,567`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `12.3 MB`, in powers of 1000.
fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return count(bytes, "byte");
    }
    let mut scaled = bytes as f64 / 1000.0;
    let mut unit = 0;
    // 999.95 would be printed as 1000.0.
    while scaled >= 999.95 && unit + 1 < units.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    format!("{scaled:.1} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_sentence_is_whole() {
        let mut report = sample::plain();
        report.summary.files = 1234;
        report.summary.bytes = 12_345_678;
        report.summary.elapsed_ms = 123;
        assert_eq!(
            sentence(&report),
            "2 findings (1 critical, 1 medium), 2 secrets in 1,234 files, 12.3 MB, 0.12 s; 3 skipped: 2 binary, 1 unreadable; 1 suppressed"
        );
        report.findings.truncate(1);
        report.summary.skipped.clear();
        (report.summary.files, report.summary.commits, report.summary.blobs, report.summary.bytes) = (0, 1, 2, 1);
        assert_eq!(sentence(&report), "1 finding (1 critical), 1 secret in 1 commit, 2 blobs, 1 byte, 0.12 s");
        assert_eq!(sentence(&Report::default()), "no findings in 0 files, 0 bytes, 0.00 s");
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000_000), "1,000,000");
        assert_eq!(size(1000), "1.0 kB");
        assert_eq!(size(999_999), "1.0 MB");
        assert_eq!(size(u64::MAX), "18446744.1 TB");
    }
}
