//! The contract's JSON: `skout/1` as one document, or a line for each finding.
//!
//! The structs here spell the contract; renaming a field of a finding renames nothing in it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{VERSION, opens_command};
use crate::error::{ScanPath, SkipClass};
use crate::finding::{Finding, GitOrigin, KeyInfo, Location, Part, Report, Suppression};
use crate::terms::{Confidence, Mode, Place, Role, Severity};
use crate::text::{Position, Region};

/// Writes one indented document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = DocumentJson {
        schema: "skout/1",
        tool: ToolJson { name: "skout", version: VERSION },
        findings: report.findings.iter().map(finding).collect(),
        summary: summary(report),
    };
    let text = serde_json::to_string_pretty(&document)?;
    writeln!(out, "{}", escaped(&text))
}

/// Writes `{"finding": ...}` lines, then a `{"summary": ...}` line.
pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for one in &report.findings {
        let line = serde_json::to_string(&BTreeMap::from([("finding", finding(one))]))?;
        writeln!(out, "{}", escaped(&line))?;
    }
    let line = serde_json::to_string(&BTreeMap::from([("summary", summary(report))]))?;
    writeln!(out, "{}", escaped(&line))
}

/// JSON with every character that would steer a terminal, reorder text or complete a CI system's log command written
/// as an escape. The strings stay exactly the same.
pub(super) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for (at, letter) in json.char_indices() {
        // A line feed here is layout: those in strings were escaped by the serialiser.
        let steers = letter != '\n' && crate::text::is_hostile(letter);
        if steers || (letter == '[' && opens_command(&json[..at])) {
            for unit in letter.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(letter);
        }
    }
    out
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    schema: &'static str,
    tool: ToolJson,
    findings: Vec<FindingJson<'a>>,
    summary: SummaryJson<'a>,
}

#[derive(Serialize)]
struct ToolJson {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: &'static str,
    severity: Severity,
    confidence: Confidence,
    key: KeyJson<'a>,
    place: Place,
    message: &'a str,
    also: Vec<&'static str>,
    location: LocationJson<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    encoding: &'a [&'static str],
    trace: Vec<TraceJson<'a>>,
    git: Option<GitJson<'a>>,
    fingerprint: &'a str,
    remediation: RemediationJson<'a>,
    suppressed: Option<SuppressedJson<'a>>,
}

#[derive(Serialize)]
struct KeyJson<'a> {
    #[serde(rename = "type")]
    key_type: &'a str,
    provider: &'a str,
    role: Role,
    mode: Mode,
    redacted: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    partner: Option<&'a str>,
}

#[derive(Serialize)]
struct PartJson<'a> {
    key: KeyJson<'a>,
    location: LocationJson<'a>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct PathJson<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

#[derive(Serialize)]
struct LocationJson<'a> {
    #[serde(flatten)]
    path: PathJson<'a>,
    start: PointJson,
    end: PointJson,
}

#[derive(Serialize)]
struct PointJson {
    line: u64,
    column: u64,
    offset: u64,
}

#[derive(Serialize)]
struct TraceJson<'a> {
    location: LocationJson<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct GitJson<'a> {
    commit: Option<&'a str>,
    #[serde(flatten)]
    path: PathJson<'a>,
    author: &'a str,
    email: &'a str,
    time: &'a str,
    message: &'a str,
    in_tip: bool,
    tip: Option<TipJson<'a>>,
    refs: &'a [String],
    occurrences: u64,
}

#[derive(Serialize)]
struct TipJson<'a> {
    #[serde(flatten)]
    path: PathJson<'a>,
    line: u64,
}

#[derive(Serialize)]
struct RemediationJson<'a> {
    steps: &'a [String],
    docs: Option<&'a str>,
}

#[derive(Serialize)]
struct SuppressedJson<'a> {
    by: &'static str,
    #[serde(rename = "where")]
    place: &'a str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct SummaryJson<'a> {
    files: u64,
    bytes: u64,
    commits: u64,
    blobs: u64,
    skipped: Vec<SkipJson<'a>>,
    notes: Vec<NoteJson<'a>>,
    complete: bool,
    elapsed_ms: u64,
    by_severity: BTreeMap<Severity, u64>,
    secrets: u64,
    suppressed: u64,
}

#[derive(Serialize)]
struct SkipJson<'a> {
    #[serde(flatten)]
    path: PathJson<'a>,
    reason: &'a str,
    class: &'static str,
}

#[derive(Serialize)]
struct NoteJson<'a> {
    code: &'a str,
    text: &'a str,
}

fn finding(finding: &Finding) -> FindingJson<'_> {
    FindingJson {
        rule: finding.rule.0,
        severity: finding.severity,
        confidence: finding.confidence,
        key: key(&finding.key),
        place: finding.place,
        message: &finding.message,
        also: finding.also.iter().map(|rule| rule.0).collect(),
        location: location(&finding.location),
        parts: finding.parts.iter().map(|part| part_of(finding, part)).collect(),
        encoding: &finding.encoding,
        trace: finding.trace.iter().map(|step| TraceJson { location: location(&step.location), text: &step.text }).collect(),
        git: finding.git.as_ref().map(git),
        fingerprint: finding.fingerprint.as_str(),
        remediation: RemediationJson { steps: &finding.remediation.steps, docs: finding.remediation.docs.as_deref() },
        suppressed: finding.suppressed.as_ref().map(suppressed),
    }
}

fn key(key: &KeyInfo) -> KeyJson<'_> {
    KeyJson {
        key_type: key.key_type.as_str(),
        provider: key.key_type.provider(),
        role: key.role,
        mode: key.mode,
        redacted: key.redacted.as_str(),
        value: key.value.as_ref().map(|value| value.expose()),
        partner: key.partner.as_ref().map(|partner| partner.as_str()),
    }
}

fn part_of<'a>(finding: &'a Finding, part: &'a Part) -> PartJson<'a> {
    PartJson { key: key(&part.key), location: region(&finding.location.path, part.region), fingerprint: part.fingerprint.as_str() }
}

fn path(path: &ScanPath) -> PathJson<'_> {
    PathJson { path: &path.text, path_bytes: path.bytes.as_ref().map(|bytes| data_encoding::BASE64.encode(bytes)) }
}

fn location(location: &Location) -> LocationJson<'_> {
    region(&location.path, location.region)
}

fn region(of: &ScanPath, region: Region) -> LocationJson<'_> {
    let point = |position: Position| PointJson { line: position.line, column: position.column, offset: position.offset };
    LocationJson { path: path(of), start: point(region.start), end: point(region.end) }
}

fn git(git: &GitOrigin) -> GitJson<'_> {
    GitJson {
        // A blob that no commit reaches has none.
        commit: Some(git.commit.as_str()).filter(|commit| !commit.is_empty()),
        path: path(&git.path),
        author: &git.author,
        email: &git.email,
        time: &git.time,
        message: &git.message,
        in_tip: git.in_tip,
        tip: git.tip.as_ref().map(|(tip, line)| TipJson { path: path(tip), line: *line }),
        refs: &git.refs,
        occurrences: git.occurrences,
    }
}

fn suppressed(suppression: &Suppression) -> SuppressedJson<'_> {
    SuppressedJson { by: super::suppressed_by(suppression.by), place: &suppression.place, reason: suppression.reason.as_deref() }
}

fn summary(report: &Report) -> SummaryJson<'_> {
    let summary = &report.summary;
    let skipped = summary.skipped.iter().map(|skip| SkipJson {
        path: path(&skip.path),
        reason: &skip.reason,
        class: match skip.class {
            SkipClass::Chosen => "chosen",
            SkipClass::Lost => "lost",
        },
    });
    SummaryJson {
        files: summary.files,
        bytes: summary.bytes,
        commits: summary.commits,
        blobs: summary.blobs,
        skipped: skipped.collect(),
        notes: summary.notes.iter().map(|note| NoteJson { code: note.code, text: &note.text }).collect(),
        complete: summary.is_complete(),
        elapsed_ms: summary.elapsed_ms,
        by_severity: report.by_severity(),
        secrets: report.secrets(),
        suppressed: report.suppressed(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, sample};
    use super::*;
    use serde_json::Value;

    fn parsed(report: &Report) -> Value {
        serde_json::from_str(&sample::written(Format::Json, report, &sample::options())).expect("valid JSON")
    }

    fn keys(value: &Value) -> String {
        let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys.join(" ")
    }

    #[test]
    fn keys_are_those_of_the_contract() {
        let all = parsed(&sample::plain());
        assert_eq!(keys(&all), "findings schema summary tool");
        assert_eq!((all["schema"].as_str(), keys(&all["tool"])), (Some("skout/1"), "name version".to_owned()));
        let one = &all["findings"][0];
        assert_eq!(keys(one), "also confidence fingerprint git key location message place remediation rule severity suppressed trace");
        assert_eq!(keys(&one["key"]), "mode partner provider redacted role type");
        assert_eq!((one["key"]["type"].as_str(), one["key"]["provider"].as_str()), (Some("plunk.secret-key"), Some("plunk")));
        assert_eq!(keys(&one["location"]), "end path start");
        assert_eq!(keys(&one["location"]["start"]), "column line offset");
        assert_eq!(keys(&one["trace"][0]), "location text");
        assert_eq!(keys(&one["remediation"]), "docs steps");
        assert!(one["git"].is_null() && one["suppressed"].is_null());
        let two = &all["findings"][1];
        assert_eq!(two["encoding"], serde_json::json!(["base64"]));
        assert_eq!(keys(&two["git"]), "author commit email in_tip message occurrences path refs time tip");
        assert_eq!(keys(&two["git"]["tip"]), "line path");
        assert_eq!(keys(&two["parts"][0]), "fingerprint key location");
        assert_eq!(keys(&two["parts"][0]["key"]), keys(&one["key"]));
        assert_eq!(two["parts"][0]["location"]["path"], two["location"]["path"]);
        assert_eq!(keys(&all["findings"][2]["suppressed"]), "by reason where");
        assert_eq!(keys(&all["summary"]), "blobs by_severity bytes commits complete elapsed_ms files notes secrets skipped suppressed");
        assert_eq!(all["summary"]["by_severity"], serde_json::json!({"critical": 1, "medium": 1}));
        assert_eq!(keys(&all["summary"]["notes"][0]), "code text");
        assert_eq!(keys(&all["summary"]["skipped"][0]), "class path reason");
    }

    #[test]
    fn hostile_strings_stay_exact() {
        let report = sample::hostile();
        let all = parsed(&report);
        for (one, finding) in all["findings"].as_array().expect("findings").iter().zip(&report.findings) {
            assert_eq!(one["location"]["path"].as_str(), Some(finding.location.path.text.as_str()));
            let bytes = one["location"]["path_bytes"].as_str().map(|text| data_encoding::BASE64.decode(text.as_bytes()).expect("base64"));
            assert_eq!(bytes, finding.location.path.bytes);
        }
    }

    #[test]
    fn escapes_read_back() {
        let text = "\u{202e}\u{7f}\u{e0041}\u{9b}##[error]x ##vso[y] \u{e4}[z]";
        let json = escaped(&serde_json::to_string(text).expect("a string"));
        assert!(json.contains("\\u202e\\u007f\\udb40\\udc41\\u009b##\\u005berror]x ##vso\\u005by] \u{e4}[z]"), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("valid JSON"), text);
    }

    #[test]
    fn lines_hold_one_finding_each() {
        let report = sample::hostile();
        let text = sample::written(Format::Jsonl, &report, &sample::options());
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("valid JSON")).collect();
        assert_eq!(lines.len(), report.findings.len() + 1);
        assert!(lines[..lines.len() - 1].iter().all(|line| keys(line) == "finding"));
        assert_eq!(keys(&lines[lines.len() - 1]), "summary");
        assert_eq!(lines[0]["finding"], parsed(&report)["findings"][0]);
    }
}
