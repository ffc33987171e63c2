//! Workflow commands: lines that GitHub Actions turns into annotations at the place of each finding.
//!
//! A command is a line, so a line feed in a file name would begin another one, of its author's choice.

use std::io::{self, Write};

use super::{Level, shown, summary, worst_first};
use crate::error::SkipClass;
use crate::finding::{Finding, Report};

/// Lost inputs that are named one by one.
const LOST: usize = 20;

/// Writes the summary and then a command for each open finding, the worst first: GitHub shows ten of a level and step.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::notice title=skout::{}", message(&[summary::timeless(report)]))?;
    let lost: Vec<_> = report.summary.skipped.iter().filter(|skip| skip.class == SkipClass::Lost).collect();
    if !lost.is_empty() {
        let mut lines = vec![format!("{} could not be scanned", summary::count(lost.len() as u64, "input"))];
        lines.extend(lost.iter().take(LOST).map(|skip| format!("{}: {}", shown(&skip.path.text), shown(&skip.reason))));
        if lost.len() > LOST {
            lines.push(format!("and {} more", summary::thousands((lost.len() - LOST) as u64)));
        }
        writeln!(out, "::error title={}::{}", property("skout: the scan is incomplete"), message(&lines))?;
    }
    for note in &report.summary.notes {
        writeln!(out, "::notice title={}::{}", property(&format!("skout: {}", note.code)), message(&[shown(&note.text)]))?;
    }
    for finding in worst_first(report) {
        writeln!(out, "{}", command(finding))?;
    }
    Ok(())
}

fn command(finding: &Finding) -> String {
    let level = match Level::of(finding.severity) {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    // An annotation is shown at a line of the tree that is looked at.
    let (path, line, region) = finding.stands();
    // GitHub refuses columns where a region spans lines.
    let columns = match region {
        Some(region) if region.start.line == region.end.line => {
            format!(",col={},endLine={},endColumn={}", region.start.column, region.end.line, region.end.column)
        }
        Some(region) => format!(",endLine={}", region.end.line),
        None => String::new(),
    };
    let title = property(&format!("{} ({})", finding.rule, finding.severity));
    let mut lines = vec![shown(&finding.message), format!("{}: {}", shown(&finding.key.name), shown(finding.key.redacted.as_str()))];
    lines.extend(finding.trace.iter().map(|step| format!("{}: {}", super::place(&step.location), shown(&step.text))));
    lines.extend(finding.remediation.steps.iter().take(3).map(|step| shown(step)));
    lines.extend(finding.remediation.docs.as_deref().map(shown));
    format!("::{level} file={},line={}{columns},title={title}::{}", property(&path.text), line, message(&lines))
}

/// The value of a property. Line ends have escapes and stay exact; other steering characters have none and become
/// visible codes.
fn property(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        match letter {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' => out.push_str("%3A"),
            ',' => out.push_str("%2C"),
            '[' if super::opens_command(&text[..at]) => out.push_str("\\u{5b}"),
            letter if crate::text::is_hostile(letter) => out.extend(letter.escape_unicode()),
            letter => out.push(letter),
        }
    }
    out
}

/// The text after the properties, its lines joined by escapes.
fn message(lines: &[String]) -> String {
    lines.iter().map(|line| line.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")).collect::<Vec<_>>().join("%0A")
}

#[cfg(test)]
mod tests {
    use super::super::{Format, sample};
    use super::*;

    #[test]
    fn commands_annotate_findings() {
        insta::assert_snapshot!(sample::written(Format::Github, &sample::plain(), &sample::options()), @r#"
::notice title=skout::2 findings (1 critical, 1 medium), 2 secrets in 3 files, 1.0 kB; 3 skipped: 2 binary, 1 unreadable; 1 suppressed
::error title=skout%3A the scan is incomplete::1 input could not be scanned%0Alocked.txt: unreadable
::notice title=skout%3A shallow::the history is shallow
::error file=app/page.tsx,line=3,col=14,endLine=3,endColumn=65,title=secret-in-client-code (critical)::a Plunk secret key is written in source that runs in a browser%0APlunk secret key: sk_01...cdef%0Aapp/layout.tsx:1:1: imported by app/layout.tsx%0ARotate the key at Plunk%0ACall Plunk from a server%0Ahttps://docs.useplunk.com/api-reference
::warning file=src/new.ts,line=9,title=hardcoded-secret (medium)::a Plunk secret key is written in source that runs in a browser%0APlunk secret key: sk_01...cdef%0ARotate the key at Plunk%0ACall Plunk from a server%0Ahttps://docs.useplunk.com/api-reference
"#);
    }

    #[test]
    fn names_forge_nothing() {
        assert_eq!(property("a\n::error file=b,line=1::c%0A\r"), "a%0A%3A%3Aerror file=b%2Cline=1%3A%3Ac%250A%0D");
        assert_eq!(property("\u{1b}[31m\u{202e}"), "\\u{1b}[31m\\u{202e}");
        let report = sample::hostile();
        let text = sample::written(Format::Github, &report, &sample::options());
        assert_eq!(text.lines().count(), 2 + report.summary.notes.len() + report.open().count());
        for line in text.lines() {
            let (properties, _) = line[2..].split_once("::").expect("a command");
            assert!(["error ", "warning ", "notice "].iter().any(|level| properties.starts_with(level)), "{line}");
        }
    }
}
