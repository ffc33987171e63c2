//! GitLab's secret-detection report, version 15 of its schema
//! (<https://gitlab.com/gitlab-org/security-products/security-report-schemas>).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Options, VERSION, shown};
use crate::finding::{Finding, Report};
use crate::terms::Severity;

/// The version of the schema that the report keeps to.
const SCHEMA: &str = "15.2.1";

/// Stands for the commit of what no commit holds yet: GitLab requires one.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

/// Writes one document.
pub(super) fn write(report: &Report, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let program = json!({ "id": "skout", "name": "skout", "version": VERSION, "vendor": { "name": "skout" } });
    let time = options.started.as_deref().unwrap_or("1970-01-01T00:00:00").trim_end_matches('Z');
    let document = json!({
        "version": SCHEMA,
        "scan": {
            "analyzer": program.clone(),
            "scanner": program,
            "type": "secret_detection",
            "start_time": time,
            "end_time": time,
            "status": if report.summary.is_complete() { "success" } else { "failure" },
            "messages": report.summary.notes.iter().map(|note| json!({ "level": "warn", "value": shown(&note.text) })).collect::<Vec<_>>(),
        },
        "vulnerabilities": report.open().map(vulnerability).collect::<Vec<_>>(),
    });
    writeln!(out, "{}", super::json::escaped(&serde_json::to_string_pretty(&document)?))
}

fn vulnerability(finding: &Finding) -> Value {
    let region = finding.location.region;
    let mut commit = json!({ "sha": NO_COMMIT });
    if let Some(git) = finding.git.as_ref().filter(|git| !git.commit.is_empty()) {
        commit = json!({ "sha": git.commit, "author": shown(&git.author), "date": git.time, "message": shown(&git.message) });
    }
    let mut out = json!({
        "id": id(finding),
        "category": "secret_detection",
        "name": short(&format!("{} ({})", shown(&finding.key.name), finding.rule)),
        "description": format!("{}.", markdown(&finding.message)),
        "severity": match finding.severity {
            Severity::Critical => "Critical",
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
            Severity::Info => "Info",
        },
        "location": {
            "file": finding.location.path.text,
            "start_line": region.start.line,
            "end_line": region.end.line,
            "commit": commit,
        },
        "identifiers": [
            { "type": "skout_rule", "name": finding.rule.0, "value": finding.rule.0 },
            { "type": "skout_key_type", "name": finding.key.key_type.as_str(), "value": finding.key.key_type.as_str() },
            { "type": "skout_fingerprint", "name": finding.fingerprint.as_str(), "value": finding.fingerprint.as_str() },
        ],
        "raw_source_code_extract": shown(finding.key.redacted.as_str()),
    });
    if !finding.remediation.steps.is_empty() {
        let steps: Vec<String> = finding.remediation.steps.iter().map(|step| markdown(step)).collect();
        out["solution"] = steps.join("\n").into();
    }
    // A custom key type may name anything as its page; GitLab makes a link of it.
    if let Some(docs) = finding.remediation.docs.as_deref().filter(|docs| docs.starts_with("https://") || docs.starts_with("http://")) {
        out["links"] = json!([{ "url": docs }]);
    }
    out
}

/// The same finding has the same id in every run, and no other one in the run has it.
fn id(finding: &Finding) -> String {
    let mut hash = blake3::Hasher::new();
    let path = &finding.location.path;
    let region = finding.location.region;
    let place = format!("{}:{}-{}:{}", region.start.line, region.start.column, region.end.line, region.end.column);
    let commit = finding.git.as_ref().map(|git| git.commit.as_str()).unwrap_or_default();
    for part in [finding.rule.0.as_bytes(), finding.fingerprint.as_str().as_bytes(), place.as_bytes(), commit.as_bytes()] {
        hash.update(part);
        hash.update(b"\0");
    }
    hash.update(path.bytes.as_deref().unwrap_or(path.text.as_bytes()));
    hash.finalize().to_hex().to_string()
}

/// Text where GitLab reads Markdown: names of files and variables in it make no link, image or element.
fn markdown(text: &str) -> String {
    shown(text).replace('<', "\\<").replace("](", "\\](")
}

/// Cut to the 255 characters that GitLab allows in a name.
fn short(text: &str) -> String {
    text.chars().take(255).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Format, sample};
    use super::*;

    fn parsed(report: &Report) -> Value {
        serde_json::from_str(&sample::written(Format::Gitlab, report, &sample::options())).expect("valid JSON")
    }

    #[test]
    fn required_fields_are_there() {
        let all = parsed(&sample::plain());
        assert_eq!(all["version"], SCHEMA);
        assert_eq!(all["scan"]["type"], "secret_detection");
        assert_eq!(all["scan"]["start_time"], "1970-01-01T00:00:00");
        assert_eq!(all["scan"]["status"], "failure");
        let found = all["vulnerabilities"].as_array().expect("a list");
        assert_eq!(found.len(), 2, "a suppressed finding is no vulnerability");
        assert_eq!(found[0]["severity"], "Critical");
        assert_eq!(found[0]["category"], "secret_detection");
        assert_eq!(found[0]["raw_source_code_extract"], "sk_01...cdef");
        assert_eq!(found[0]["location"], json!({ "file": "app/page.tsx", "start_line": 3, "end_line": 3, "commit": { "sha": NO_COMMIT } }));
        assert_eq!(found[1]["location"]["commit"]["sha"], "1234567890abcdef1234567890abcdef12345678");
        assert_eq!(found[1]["identifiers"][0]["value"], "hardcoded-secret");
    }

    #[test]
    fn hostile_text_makes_no_link() {
        let all = parsed(&sample::hostile());
        let one = &all["vulnerabilities"][0];
        assert!(one["description"].as_str().is_some_and(|text| text.contains("\\<b>") && text.contains("[l\\](")), "{one}");
        assert!(one.get("links").is_none());
        assert_eq!(parsed(&sample::plain())["vulnerabilities"][0]["links"][0]["url"], "https://docs.useplunk.com/api-reference");
    }

    #[test]
    fn ids_are_unique() {
        let all = parsed(&sample::hostile());
        let mut ids: Vec<&str> = all["vulnerabilities"].as_array().expect("a list").iter().filter_map(|one| one["id"].as_str()).collect();
        let number = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), number), (8, 8));
    }
}
