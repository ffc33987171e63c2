//! SARIF 2.1.0 for code scanning: one run, within the limits of GitHub
//! (<https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support>).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactContent, ArtifactLocation, CodeFlow, Invocation, Location as SarifLocation, Message, MultiformatMessageString, Notification, PhysicalLocation,
    PropertyBag, Region as SarifRegion, ReportingConfiguration, ReportingDescriptor, ReportingDescriptorReference, Result as SarifResult, ResultLevel, Run,
    RunAutomationDetails, Sarif, Suppression as SarifSuppression, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent, VersionControlDetails,
};

use super::{Level, Options, RuleDoc, VERSION, shown, summary, uri};
use crate::error::{ScanPath, SkipClass};
use crate::finding::{Finding, Location, Report, SuppressedBy, Suppression};
use crate::text::Region;

/// Where the format is defined.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name that stands for the root of the scan.
const ROOT: &str = "SRCROOT";

/// GitHub refuses a run with more results.
const RESULTS: usize = 25_000;

/// GitHub shows this many related locations of a result.
const RELATED: usize = 100;

/// Related locations of all results together: one value in thousands of places would otherwise outgrow GitHub's 10 MB.
const RELATED_TOTAL: usize = 100_000;

/// Skipped inputs that are named one by one.
const SKIPS: usize = 1_000;

/// GitHub takes no more tags of a rule.
const TAGS: usize = 20;

/// Writes the log.
pub(super) fn write(report: &Report, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let log = Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run(report, options)]).build();
    writeln!(out, "{}", super::json::escaped(&serde_json::to_string(&log)?))
}

fn run(report: &Report, options: &Options<'_>) -> Run {
    let kept = most_severe(report, RESULTS);
    let cut = report.findings.len() - kept.len();
    let driver =
        ToolComponent::builder().name("skout").version(VERSION).semantic_version(VERSION).rules(options.rules.iter().map(rule).collect::<Vec<_>>()).build();
    let mut root = ArtifactLocation::builder().description(text("The root of the scan")).build();
    root.uri = options.root_uri.as_ref().map(|uri| if uri.ends_with('/') { uri.clone() } else { format!("{uri}/") });
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .invocations(vec![invocation(report, options, cut)])
        // GitHub takes what stands before the last slash for the category; uploads of one category replace each other.
        .automation_details(RunAutomationDetails::builder().id(format!("skout/{}/", options.mode)).build())
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root)]))
        .column_kind(json!("unicodeCodePoints"))
        .results(results(&kept, report, options))
        .build();
    run.version_control_provenance = provenance(options);
    run
}

/// At most `limit` findings, still in the report's order: open ones before suppressed ones, the worst first.
fn most_severe(report: &Report, limit: usize) -> Vec<&Finding> {
    let mut ranked: Vec<(usize, &Finding)> = report.findings.iter().enumerate().collect();
    ranked.sort_by_key(|(_, finding)| (finding.suppressed.is_some(), std::cmp::Reverse(finding.severity)));
    ranked.truncate(limit);
    ranked.sort_by_key(|(at, _)| *at);
    ranked.into_iter().map(|(_, finding)| finding).collect()
}

fn rule(doc: &RuleDoc) -> ReportingDescriptor {
    let level = match doc.security_severity {
        7.0.. => "error",
        4.0.. => "warning",
        _ => "note",
    };
    let mut tags = vec!["security".to_owned()];
    for tag in &doc.tags {
        if tags.len() < TAGS && !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    let properties =
        BTreeMap::from([("security-severity".to_owned(), json!(format!("{:.1}", doc.security_severity))), ("precision".to_owned(), json!("high"))]);
    ReportingDescriptor::builder()
        .id(doc.id.0)
        .name(doc.id.0)
        .short_description(MultiformatMessageString::builder().text(&doc.title).build())
        .full_description(MultiformatMessageString::builder().text(&doc.title).build())
        .help(MultiformatMessageString::builder().text(&doc.help_markdown).markdown(&doc.help_markdown).build())
        .default_configuration(ReportingConfiguration::builder().level(json!(level)).build())
        .properties(PropertyBag::builder().tags(tags).additional_properties(properties).build())
        .build()
}

fn results(kept: &[&Finding], report: &Report, options: &Options<'_>) -> Vec<SarifResult> {
    let mut places: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in &report.findings {
        places.entry(finding.fingerprint.as_str()).or_default().push(finding);
    }
    let related = (RELATED_TOTAL / kept.len().max(1)).min(RELATED);
    // The suppressions of a run's results are all given or all absent.
    let marks = kept.iter().any(|finding| finding.suppressed.is_some());
    let mut out = Vec::with_capacity(kept.len());
    for finding in kept {
        let mut result = result(finding);
        result.rule_index = options.rules.iter().position(|doc| doc.id == finding.rule).map(|at| at as i64);
        let others = places.get(finding.fingerprint.as_str()).map(Vec::as_slice).unwrap_or_default();
        result.related_locations = Some(related_locations(finding, others, related)).filter(|list| !list.is_empty());
        if marks {
            result.suppressions = Some(finding.suppressed.iter().map(suppression).collect());
        }
        out.push(result);
    }
    out
}

fn result(finding: &Finding) -> SarifResult {
    let key = &finding.key;
    let told = format!("{}. {}: {}.", shown(&finding.message), shown(&key.name), shown(key.redacted.as_str()));
    let mut properties = BTreeMap::from([
        ("keyType".to_owned(), json!(key.key_type.as_str())),
        ("role".to_owned(), json!(key.role)),
        ("mode".to_owned(), json!(key.mode)),
        ("place".to_owned(), json!(finding.place)),
        ("severity".to_owned(), json!(finding.severity)),
        ("confidence".to_owned(), json!(finding.confidence)),
        ("also".to_owned(), finding.also.iter().map(|rule| rule.0).collect()),
    ]);
    if !finding.encoding.is_empty() {
        properties.insert("encoding".to_owned(), json!(finding.encoding));
    }
    if let Some(git) = &finding.git {
        properties.insert("commit".to_owned(), json!(git.commit));
        properties.insert("inTip".to_owned(), json!(git.in_tip));
    }
    // An alert is shown at a line of the tip, where the tip has the value.
    let mut place = physical(&finding.location);
    match finding.stands() {
        (path, line, None) => {
            let region = SarifRegion::builder().start_line(number(line)).build();
            place = PhysicalLocation::builder().artifact_location(artifact(path)).region(region).build();
        }
        _ => place.context_region = excerpt(finding),
    }
    let mut out = SarifResult::builder()
        .rule_id(finding.rule.0)
        .level(match Level::of(finding.severity) {
            Level::Error => ResultLevel::Error,
            Level::Warning => ResultLevel::Warning,
            Level::Note => ResultLevel::Note,
        })
        .message(text(&told))
        .locations(vec![SarifLocation::builder().physical_location(place).build()])
        .partial_fingerprints(BTreeMap::from([("skoutSecret/v1".to_owned(), finding.fingerprint.as_str().to_owned())]))
        .properties(PropertyBag::builder().additional_properties(properties).build())
        .build();
    if !finding.trace.is_empty() {
        let steps = finding.trace.iter().map(|step| ThreadFlowLocation::builder().location(told_location(&step.location, &step.text)).build());
        let flow = ThreadFlow::builder().locations(steps.collect::<Vec<_>>()).build();
        out.code_flows = Some(vec![CodeFlow::builder().thread_flows(vec![flow]).build()]);
    }
    out
}

/// The line of the value, redacted.
fn excerpt(finding: &Finding) -> Option<SarifRegion> {
    let region = finding.location.region;
    let snippet = ArtifactContent::builder().text(shown(&finding.excerpt.text)).build();
    let lines = SarifRegion::builder().start_line(number(region.start.line)).end_line(number(region.end.line)).snippet(snippet).build();
    (!finding.excerpt.text.is_empty()).then_some(lines)
}

/// Where the value came in, if it stands elsewhere now, the other parts of its credential, and the other places of the same
/// value, each once.
fn related_locations(finding: &Finding, others: &[&Finding], limit: usize) -> Vec<SarifLocation> {
    let mut out = Vec::new();
    if finding.stands().2.is_none() {
        out.push(told_location(&finding.location, "the value came in here"));
    }
    // A result that stands at a line of the tip has its parts where the value came in, as it has the value's own place.
    for part in finding.parts.iter().take(limit) {
        let location = Location { path: finding.location.path.clone(), region: part.region };
        out.push(told_location(&location, &format!("a part of the same credential: {}, {}", part.key.name, part.key.redacted.as_str())));
    }
    let mut seen = BTreeSet::from([&finding.location]);
    for other in others {
        if out.len() >= limit {
            break;
        }
        if seen.insert(&other.location) {
            out.push(told_location(&other.location, &format!("the same value: {}", other.rule)));
        }
    }
    out
}

fn suppression(suppression: &Suppression) -> SarifSuppression {
    let kind = match suppression.by {
        SuppressedBy::Comment => "inSource",
        SuppressedBy::Config | SuppressedBy::Baseline => "external",
    };
    let reason = suppression.reason.as_deref().map(shown).unwrap_or_else(|| "no reason given".to_owned());
    let by = BTreeMap::from([("by".to_owned(), json!(super::suppressed_by(suppression.by)))]);
    SarifSuppression::builder()
        .kind(json!(kind))
        .status(json!("accepted"))
        .justification(format!("{reason} ({})", shown(&suppression.place)))
        .properties(PropertyBag::builder().additional_properties(by).build())
        .build()
}

fn invocation(report: &Report, options: &Options<'_>, cut: usize) -> Invocation {
    let mut notifications = Vec::new();
    if cut > 0 {
        let told = format!("{} of less severity left out: GitHub takes {}", summary::count(cut as u64, "result"), summary::thousands(RESULTS as u64));
        notifications.push(notification("results-cut", "warning", &told));
    }
    for note in &report.summary.notes {
        notifications.push(notification(note.code, "note", &note.text));
    }
    let mut skips: Vec<_> = report.summary.skipped.iter().collect();
    skips.sort_by_key(|skip| skip.class == SkipClass::Chosen);
    for skip in skips.iter().take(SKIPS) {
        let (code, level) = match skip.class {
            SkipClass::Lost => ("not-scanned", "error"),
            SkipClass::Chosen => ("skipped", "note"),
        };
        let mut told = notification(code, level, &format!("{}: {}", skip.path.text, skip.reason));
        let place = PhysicalLocation::builder().artifact_location(artifact(&skip.path)).build();
        told.locations = Some(vec![SarifLocation::builder().physical_location(place).build()]);
        notifications.push(told);
    }
    if skips.len() > SKIPS {
        let level = if skips[SKIPS].class == SkipClass::Lost { "error" } else { "note" };
        notifications.push(notification("skipped", level, &format!("{} more", summary::count((skips.len() - SKIPS) as u64, "input"))));
    }
    let mut out = Invocation::builder().execution_successful(report.summary.is_complete()).tool_execution_notifications(notifications).build();
    out.start_time_utc = options.started.as_ref().map(|time| format!("{}Z", time.trim_end_matches('Z')));
    out
}

fn notification(code: &str, level: &str, told: &str) -> Notification {
    Notification::builder().descriptor(ReportingDescriptorReference::builder().id(code).build()).level(Value::from(level)).message(text(&shown(told))).build()
}

fn provenance(options: &Options<'_>) -> Option<Vec<VersionControlDetails>> {
    let repository = options.repository.as_ref()?;
    let root = ArtifactLocation::builder().uri_base_id(ROOT).build();
    let mut details = VersionControlDetails::builder().repository_uri(uri::repository(&repository.uri)?).mapped_to(root).build();
    details.revision_id = repository.revision.as_deref().map(shown);
    details.branch = repository.branch.as_deref().map(shown);
    Some(vec![details])
}

fn told_location(location: &Location, told: &str) -> SarifLocation {
    SarifLocation::builder().physical_location(physical(location)).message(text(&shown(told))).build()
}

fn physical(location: &Location) -> PhysicalLocation {
    PhysicalLocation::builder().artifact_location(artifact(&location.path)).region(region(location.region)).build()
}

fn artifact(path: &ScanPath) -> ArtifactLocation {
    ArtifactLocation::builder().uri(uri::relative(path)).uri_base_id(ROOT).build()
}

fn region(region: Region) -> SarifRegion {
    SarifRegion::builder()
        .start_line(number(region.start.line))
        .start_column(number(region.start.column))
        .end_line(number(region.end.line))
        .end_column(number(region.end.column))
        .build()
}

/// Lines and columns; GitHub refuses a file with a zero in it.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).max(1)
}

/// A plain message. SARIF reads `[text](target)` as a link, and a file name could hold one.
fn text(message: &str) -> Message {
    Message::builder().text(message.replace("](", "\\](")).build()
}

#[cfg(test)]
mod tests;
