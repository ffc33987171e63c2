//! JUnit's XML as CI systems read it: a failed test for each finding, an errored one for each input that was lost.
//!
//! A finding of severity `info` is a skipped test: it is worth reading and no reason to fail. No time is given, so that
//! the same scan gives the same file.

use std::io::{self, Write};

use super::{place, shown, summary};
use crate::error::SkipClass;
use crate::finding::{Finding, Report};
use crate::terms::Severity;

/// Writes one suite.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<&Finding> = report.open().collect();
    let lost: Vec<_> = report.summary.skipped.iter().filter(|skip| skip.class == SkipClass::Lost).collect();
    let told = findings.iter().filter(|finding| finding.severity == Severity::Info).count();
    // CI systems take a suite without a test for a mistake, so the scan itself is one.
    let numbers = format!("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{told}\"", findings.len() + lost.len() + 1, findings.len() - told, lost.len());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"skout\" {numbers}>")?;
    writeln!(out, "  <testsuite name=\"skout\" {numbers}>")?;
    writeln!(out, "    <testcase classname=\"skout\" name=\"scan\"/>")?;
    for finding in findings {
        test(finding, out)?;
    }
    for skip in lost {
        let (path, reason) = (xml(&skip.path.text), xml(&skip.reason));
        writeln!(out, "    <testcase classname=\"{path}\" name=\"scanned\" file=\"{path}\">")?;
        writeln!(out, "      <error type=\"not-scanned\" message=\"{reason}\"/>")?;
        writeln!(out, "    </testcase>")?;
    }
    let mut said = vec![summary::timeless(report)];
    said.extend(report.summary.notes.iter().map(|note| format!("note: {}", note.text)));
    writeln!(out, "    <system-out>{}</system-out>", said.iter().map(|line| xml(line)).collect::<Vec<_>>().join("\n"))?;
    writeln!(out, "  </testsuite>")?;
    writeln!(out, "</testsuites>")
}

fn test(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let start = finding.location.region.start;
    let path = xml(&finding.location.path.text);
    writeln!(out, "    <testcase classname=\"{path}\" name=\"{} at {}:{}\" file=\"{path}\" line=\"{}\">", finding.rule, start.line, start.column, start.line)?;
    if finding.severity == Severity::Info {
        writeln!(out, "      <skipped message=\"{}\"/>", xml(&finding.message))?;
    } else {
        let mut lines = vec![
            format!("{}: {}", place(&finding.location), finding.message),
            format!("{}, {}, {} confidence: {}", finding.key.name, finding.severity, finding.confidence, finding.key.redacted),
        ];
        lines.extend(finding.git.iter().map(|git| format!("commit {}", git.commit)));
        lines.extend(finding.trace.iter().map(|step| format!("{}: {}", place(&step.location), step.text)));
        lines.extend(finding.remediation.steps.iter().cloned());
        lines.extend(finding.remediation.docs.clone());
        lines.push(finding.fingerprint.to_string());
        let body: Vec<String> = lines.iter().map(|line| xml(line)).collect();
        writeln!(out, "      <failure type=\"{}\" message=\"{}\">{}</failure>", finding.rule, xml(&finding.message), body.join("\n"))?;
    }
    writeln!(out, "    </testcase>")
}

/// Text for an element or a quoted attribute. Control characters, which XML 1.0 can't hold, are visible codes already;
/// the two that are left are no characters at all.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in shown(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Format, sample};
    use super::*;
    use quick_xml::events::Event;

    fn elements(text: &str) -> Vec<String> {
        let mut reader = quick_xml::Reader::from_str(text);
        let mut names = Vec::new();
        loop {
            match reader.read_event().expect("well-formed XML") {
                Event::Start(tag) | Event::Empty(tag) => {
                    for attribute in tag.attributes() {
                        attribute.expect("a well-formed attribute").unescape_value().expect("known entities");
                    }
                    names.push(String::from_utf8_lossy(tag.name().as_ref()).into_owned());
                }
                Event::Eof => return names,
                _ => {}
            }
        }
    }

    fn number(text: &str, name: &str) -> usize {
        elements(text).iter().filter(|element| *element == name).count()
    }

    #[test]
    fn findings_fail_and_losses_err() {
        let mut report = sample::plain();
        let text = sample::written(Format::Junit, &report, &sample::options());
        assert_eq!((number(&text, "testcase"), number(&text, "failure"), number(&text, "error")), (4, 2, 1));
        assert!(text.contains("tests=\"4\" failures=\"2\" errors=\"1\" skipped=\"0\""), "{text}");
        report.findings[1].severity = Severity::Info;
        let text = sample::written(Format::Junit, &report, &sample::options());
        assert_eq!((number(&text, "failure"), number(&text, "skipped")), (1, 1));
    }

    #[test]
    fn hostile_text_makes_no_element() {
        let text = sample::written(Format::Junit, &sample::hostile(), &sample::options());
        assert_eq!(number(&text, "b"), 0);
        assert_eq!(number(&text, "failure"), 8);
        assert!(!text.contains('\u{fffe}'));
    }

    #[test]
    fn time_is_not_told() {
        let mut report = sample::plain();
        let text = sample::written(Format::Junit, &report, &sample::options());
        report.summary.elapsed_ms += 5000;
        assert_eq!(text, sample::written(Format::Junit, &report, &sample::options()));
    }
}
