//! `skout explain PATH:LINE`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::args::ExplainArgs;
use super::{CLEAN, output, scan};
use crate::error::Error;
use crate::explain::{Explanation, explain};
use crate::finding::Finding;
use crate::scan::Policy;

pub(super) fn run(args: &ExplainArgs) -> Result<u8, Error> {
    let parsed = args.place.rsplit_once(':').and_then(|(path, line)| Some((PathBuf::from(path), line.parse::<u64>().ok().filter(|line| *line > 0)?)));
    let (path, line) =
        parsed.ok_or_else(|| Error::new(format!("`{}` is no place", args.place)).help("write a file and a line: `skout explain src/app.ts:12`"))?;
    let config = scan::load_config(&args.config, &path)?;
    let catalog = scan::catalog(&config)?;
    let mut verdicts = scan::verdicts(&config);
    verdicts.show_publishable = true;
    let policy = Policy { verdicts, config, now: scan::now(), apart: true, ..Policy::default() };
    let explanation = explain(&catalog, &path, line, &policy)?;
    let place = super::hidden(&args.place).unwrap_or_else(|| args.place.clone());
    output::to_stdout(render(&place, line, &explanation).as_bytes())?;
    Ok(CLEAN)
}

/// So many refusals are told; a prefix such as `sk_` has many owners.
const MOST_REFUSED: usize = 8;

fn render(place: &str, line: u64, explanation: &Explanation) -> String {
    let mut out = String::new();
    crate::text::visible(place.as_bytes(), &mut out);
    out.push('\n');
    if !explanation.is_text {
        out.push_str("  the file is binary and is not scanned\n");
        return out;
    }
    if line > explanation.lines {
        let _ = writeln!(out, "  the file has {} lines", explanation.lines);
        return out;
    }
    for finding in &explanation.findings {
        describe(finding, &mut out);
    }
    for (column, sentence) in &explanation.said {
        let _ = write!(out, "  column {column}: ");
        crate::text::visible(sentence.as_bytes(), &mut out);
        out.push('\n');
    }
    for refused in explanation.refused.iter().take(MOST_REFUSED) {
        let _ = writeln!(out, "  column {}: {} looks like a {} ({}), but {}", refused.column, refused.redacted, refused.name, refused.key_type, refused.why);
    }
    if let Some(more @ 1..) = explanation.refused.len().checked_sub(MOST_REFUSED) {
        let _ = writeln!(out, "  and {more} more key types that it may be meant for");
    }
    for read in &explanation.reads {
        let _ = writeln!(
            out,
            "  column {}: `{}` is read here; without a public prefix no build puts its value into client code, where it is `undefined`: the read leaks nothing",
            read.column, read.name
        );
    }
    if explanation.findings.is_empty() && explanation.refused.is_empty() && explanation.said.is_empty() && explanation.reads.is_empty() {
        out.push_str("  nothing on this line has the shape of a key type that skout knows\n");
    }
    out
}

fn describe(finding: &Finding, out: &mut String) {
    let key = &finding.key;
    let column = finding.location.region.start.column;
    let _ = writeln!(
        out,
        "  column {column}: {} is a {} ({}; role {}, mode {}, confidence {})",
        key.redacted, key.name, key.key_type, key.role, key.mode, finding.confidence
    );
    if !key.role.bears_authority() && finding.severity == crate::terms::Severity::Info {
        let _ = writeln!(out, "    no finding: this role may stand in the open (place {})", finding.place);
        return;
    }
    let _ = writeln!(out, "    finding: {} ({}), place {}: {}", finding.rule, finding.severity, finding.place, finding.message);
    for part in &finding.parts {
        let _ = writeln!(out, "    with {} {} at line {}", part.key.key_type, part.key.redacted, part.region.start.line);
    }
    if finding.part_of.is_some() {
        out.push_str("    a scan tells of it with the main part of its credential, which stands near\n");
    }
    if !finding.also.is_empty() {
        let also: Vec<&str> = finding.also.iter().map(|rule| rule.0).collect();
        let _ = writeln!(out, "    also: {}", also.join(", "));
    }
    for (step, number) in finding.trace.iter().zip(1..) {
        let _ = writeln!(out, "    {number}. {}:{}: {}", step.location.path, step.location.region.start.line, step.text);
    }
    if let Some(suppression) = &finding.suppressed {
        let reason = suppression.reason.as_deref().map_or_else(String::new, |reason| format!(": {reason}"));
        let _ = writeln!(out, "    suppressed at {}{reason}", suppression.place);
    }
    for step in &finding.remediation.steps {
        let _ = writeln!(out, "    - {step}");
    }
}
