//! A [`Report`] written out for people, scripts and other people's services: one file a format.
//!
//! In comes a report whose findings were redacted when they were built; out goes text. Nothing here sees a file, the
//! clock or the configuration. Names of files, commit data and excerpts are other people's text: each writer turns
//! them into something that its reader shows and does not obey.

use std::io::{self, Write};

use crate::error::Error;
use crate::finding::{Finding, Location, Report, SuppressedBy};
use crate::terms::{RuleId, Severity};

mod csv;
mod github;
mod gitlab;
mod json;
mod junit;
#[cfg(test)]
mod sample;
mod sarif;
mod summary;
mod text;
mod uri;

/// A way to write a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For a person at a terminal.
    Text,
    /// One document in the shape of the contract.
    Json,
    /// The same, a line for each finding.
    Jsonl,
    /// SARIF 2.1.0, within the limits of GitHub's code scanning.
    Sarif,
    /// Workflow commands, which GitHub Actions turns into annotations.
    Github,
    /// GitLab's secret-detection report.
    Gitlab,
    /// JUnit's XML, a failed test for each finding.
    Junit,
    /// A table for a spreadsheet.
    Csv,
}

impl Format {
    /// Every format, in the order that help lists them.
    pub const ALL: &'static [Format] = &[Format::Text, Format::Json, Format::Jsonl, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit, Format::Csv];

    /// The spelling in options and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Csv => "csv",
        }
    }

    /// Reads the spelling of `as_str`; anything else gives `None`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == word)
    }
}

/// What a writer may know beside the report. A format takes what it has a use for.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Whether text has colours.
    pub color: bool,
    /// The width that excerpts are cut to, in columns.
    pub width: usize,
    /// Whether text lists every input that was skipped.
    pub verbose: bool,
    /// Whether text leaves out the summary line and the notes.
    pub quiet: bool,
    /// What was scanned, in one word such as `tree` or `history`; it keeps SARIF uploads of different modes apart.
    pub mode: &'a str,
    /// The pages of all context rules.
    pub rules: &'a [RuleDoc],
    /// The repository that was scanned, where there is one.
    pub repository: Option<Repository>,
    /// The root of the scan as an absolute `file:` URI, if that may be told.
    pub root_uri: Option<String>,
    /// When the scan began, in UTC without a zone, `2026-11-24T12:00:00`; left out, the output depends on the input alone.
    pub started: Option<String>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { color: false, width: 140, verbose: false, quiet: false, mode: "tree", rules: &[], repository: None, root_uri: None, started: None }
    }
}

/// The page of a context rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleDoc {
    /// The rule.
    pub id: RuleId,
    /// What it finds, as a headline.
    pub title: String,
    /// The whole page, in Markdown.
    pub help_markdown: String,
    /// From 0.1 to 10.0, as GitHub sorts rules: critical above 9.0, high from 7.0, medium from 4.0.
    pub security_severity: f32,
    /// Words to filter by.
    pub tags: Vec<String>,
}

/// The repository that was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Where it is fetched from. User names, passwords and queries are not passed on.
    pub uri: String,
    /// The commit's id.
    pub revision: Option<String>,
    /// The branch's name.
    pub branch: Option<String>,
}

/// Writes a report. The cause of an error is the `io::Error`, so that a caller can tell a closed pipe from a full disk.
pub fn write(format: Format, report: &Report, options: &Options<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut out = io::BufWriter::new(out);
    let written = match format {
        Format::Text => text::write(report, options, &mut out),
        Format::Json => json::write(report, &mut out),
        Format::Jsonl => json::write_lines(report, &mut out),
        Format::Sarif => sarif::write(report, options, &mut out),
        Format::Github => github::write(report, &mut out),
        Format::Gitlab => gitlab::write(report, options, &mut out),
        Format::Junit => junit::write(report, &mut out),
        Format::Csv => csv::write(report, &mut out),
    };
    let written = written.and_then(|()| out.flush());
    // What is left in the buffer after a failure must not be tried again when the buffer is dropped.
    let _ = out.into_parts();
    written.map_err(|error| Error::new("the report could not be written").because(error))
}

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One line that a person may read anywhere: nothing in it steers a terminal, and no CI system takes it for a command.
fn shown(text: &str) -> String {
    let safe = printable(text);
    // GitHub obeys a line that begins so, after any indent, whatever program printed it.
    if safe.trim_start().starts_with("::") { safe.replacen("::", "\\u{3a}:", 1) } else { safe }
}

/// The same for text that something else stands before.
fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    crate::text::visible(text.as_bytes(), &mut safe);
    if !safe.contains("##") {
        return safe;
    }
    let mut out = String::with_capacity(safe.len() + 8);
    for (at, letter) in safe.char_indices() {
        if letter == '[' && opens_command(&safe[..at]) { out.push_str("\\u{5b}") } else { out.push(letter) }
    }
    out
}

/// Whether a `[` after `before` makes a log command. GitHub's older `##[error]`, Azure's `##vso[` and TeamCity's
/// `##teamcity[` are obeyed in the middle of a line as well, so a scanned line could speak to the CI system.
fn opens_command(before: &str) -> bool {
    before.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).ends_with("##")
}

/// A place as people write it, `path:line:column`.
fn place(location: &Location) -> String {
    let start = location.region.start;
    format!("{}:{}:{}", shown(&location.path.text), start.line, start.column)
}

/// Open findings, the worst first and otherwise in the report's order: for readers that show only the first few.
fn worst_first(report: &Report) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = report.open().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// The contract's word for a means of suppression.
fn suppressed_by(by: SuppressedBy) -> &'static str {
    match by {
        SuppressedBy::Comment => "comment",
        SuppressedBy::Config => "config",
        SuppressedBy::Baseline => "baseline",
    }
}

/// The three levels that CI systems and SARIF know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Note,
}

impl Level {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Level::Error,
            Severity::Medium => Level::Warning,
            Severity::Low | Severity::Info => Level::Note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn formats_read_back_as_written() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(*format));
        }
        assert_eq!(Format::parse("Text"), None);
    }

    #[test]
    fn no_format_shows_a_value() {
        let options = Options { verbose: true, ..sample::options() };
        for format in Format::ALL {
            let text = sample::written(*format, &sample::hostile(), &options);
            for value in [sample::value(), sample::password()] {
                assert!(!text.contains(&value), "{} shows a value", format.as_str());
                assert!(!text.contains(&value[4..value.len() - 4]), "{} shows most of a value", format.as_str());
            }
        }
    }

    #[test]
    fn a_value_shows_where_its_owner_asked_for_it() {
        let mut report = sample::plain();
        report.findings[0].key.value = Some(crate::secret::Secret::new(sample::value().as_bytes()).reveal());
        for format in [Format::Text, Format::Json, Format::Jsonl] {
            assert!(sample::written(format, &report, &sample::options()).contains(&sample::value()), "{}", format.as_str());
        }
    }

    #[test]
    fn no_format_steers_a_terminal_or_a_runner() {
        let options = sample::options();
        for format in Format::ALL {
            let text = sample::written(*format, &sample::hostile(), &options);
            let steering = text.chars().find(|letter| *letter != '\n' && crate::text::is_hostile(*letter));
            assert_eq!(steering, None, "{}", format.as_str());
            for line in text.lines() {
                assert!(!line.contains("##[") && !line.contains("##vso["), "{}: {line}", format.as_str());
                // What a forged command of GitHub's own format looks like is tested there.
                let command = line.trim_start().starts_with("::") && *format != Format::Github;
                assert!(!command, "{}: {line}", format.as_str());
            }
            assert!(text.ends_with('\n'), "{}", format.as_str());
        }
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        for format in Format::ALL {
            let once = sample::written(*format, &sample::hostile(), &sample::options());
            assert_eq!(once, sample::written(*format, &sample::hostile(), &sample::options()));
        }
    }

    #[test]
    fn empty_reports_are_reports() {
        for format in Format::ALL {
            assert!(!sample::written(*format, &Report::default(), &Options::default()).is_empty(), "{}", format.as_str());
        }
    }

    #[test]
    fn a_closed_pipe_is_recognisable() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for format in Format::ALL {
            let error = write(*format, &sample::hostile(), &sample::options(), &mut Closed).expect_err("the pipe is closed");
            let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()).expect("the cause is kept");
            assert_eq!(cause.kind(), io::ErrorKind::BrokenPipe, "{}", format.as_str());
        }
    }

    #[test]
    fn log_commands_are_broken() {
        assert_eq!(shown("a ##[error]b"), "a ##\\u{5b}error]b");
        assert_eq!(shown("##vso[task.x]"), "##vso\\u{5b}task.x]");
        assert_eq!(shown("## heading [x]"), "## heading [x]");
        assert_eq!(shown("a\n::error::b"), "a ::error::b");
        assert_eq!(shown("\n::error::b"), " \\u{3a}:error::b");
    }
}
