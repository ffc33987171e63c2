//! What a person reads at a terminal: each finding with its line, the value underlined, the reason and the way out;
//! then what the scan covered and, loudly, what it could not.

use std::collections::HashMap;
use std::io::{self, Write};

use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DEFAULT_LINE_NUM_STYLE, DEFAULT_NOTE_STYLE, Renderer, Style};
use annotate_snippets::{AnnotationKind, Group, Level, Message, Snippet};

use super::{Options, place, printable, shown, summary};
use crate::error::{Skip, SkipClass};
use crate::finding::{Finding, GitOrigin, Part, Report};
use crate::terms::{Mode, Severity};
use crate::text::Excerpt;

/// Lost inputs that are named one by one.
const LOST: usize = 20;

/// Steps of a remediation that are shown; `skout rules show` shows a key type's.
const STEPS: usize = 3;

/// Excerpts are not cut below this width, in columns: less than a value and its name is no help.
const NARROWEST: usize = 40;

/// Nor above this one, and no line is numbered higher: the renderer reckons with both and would overflow.
const HIGHEST: usize = 999_999_999;

/// Writes open findings, notes, and the summary.
pub(super) fn write(report: &Report, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(options.width.clamp(NARROWEST, HIGHEST)).hyperlink(false);
    for group in groups(report) {
        write_group(&group, &renderer, options, out)?;
    }
    if !options.quiet {
        for note in &report.summary.notes {
            writeln!(out, "{}: {}", styled("note", DEFAULT_NOTE_STYLE, options), shown(&note.text))?;
        }
    }
    if options.verbose {
        for skip in &report.summary.skipped {
            writeln!(out, "skipped: {}", skip_line(skip))?;
        }
    }
    if !options.quiet {
        writeln!(out, "{}", summary::sentence(report))?;
    }
    write_lost(report, options, out)
}

/// Findings that differ in nothing but their location are told once, with every location. A finding with a trace
/// stands alone: its way is its own.
fn groups(report: &Report) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut seen = HashMap::new();
    for finding in report.open() {
        if finding.trace.is_empty() {
            let key = (&finding.fingerprint, finding.rule, finding.severity, finding.confidence, finding.place, &finding.message);
            let parts: Vec<_> = finding.parts.iter().map(|part| &part.fingerprint).collect();
            let more = (parts, &finding.also, &finding.encoding, &finding.remediation.steps, &finding.remediation.docs);
            let known = *seen.entry((key, more)).or_insert(groups.len());
            if known < groups.len() {
                groups[known].push(finding);
                continue;
            }
        }
        groups.push(vec![finding]);
    }
    groups
}

fn write_group(group: &[&Finding], renderer: &Renderer, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let finding = group[0];
    let level = level(finding.severity);
    let title = [Group::with_title(level.clone().primary_title(shown(&finding.message)).id(finding.rule.0))];
    let line = usize::try_from(finding.location.region.start.line).unwrap_or(HIGHEST).clamp(1, HIGHEST);
    let (source, mark) = source(&finding.excerpt);
    // The renderer would count the column in the excerpt, which may begin in the middle of the line, so the place is
    // written here, with the indent that the renderer gives it.
    let indent = if source.is_empty() { 0 } else { line.to_string().len() };
    writeln!(out, "{}", renderer.render(&title))?;
    writeln!(out, "{:indent$}{} {}", "", styled("-->", DEFAULT_LINE_NUM_STYLE, options), place(&finding.location))?;

    let mut body = Group::with_level(level);
    if !source.is_empty() {
        let name = AnnotationKind::Primary.span(mark).label(shown(&finding.key.name));
        body = body.element(Snippet::source(source).line_start(line).annotation(name));
    }
    let body = [body.elements(messages(group, options))];
    for line in renderer.render(&body).lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)
}

fn level(severity: Severity) -> Level<'static> {
    let level = match severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::NOTE,
        Severity::Info => Level::INFO,
    };
    level.with_name(severity.as_str())
}

/// The excerpt and its mark, with no log command in it. It was made safe for terminals when it was cut; a mark that
/// does not fit, which would be a mistake elsewhere, points at the start.
fn source(excerpt: &Excerpt) -> (String, std::ops::Range<usize>) {
    let (text, mark) = (&excerpt.text, excerpt.mark.clone());
    if mark.start > mark.end || !text.is_char_boundary(mark.start) || !text.is_char_boundary(mark.end) {
        return (printable(text), 0..0);
    }
    let before = printable(&text[..mark.start]);
    let value = printable(&text[mark.clone()]);
    let start = before.len();
    let end = start + value.len();
    // Once more for a command that begins before the value and ends in it; it is rare enough to lose the mark over.
    let whole = before + &value + &printable(&text[mark.end..]);
    let safe = printable(&whole);
    if safe.len() == whole.len() { (whole, start..end) } else { (safe, 0..0) }
}

/// What is told below the excerpt.
fn messages(group: &[&Finding], options: &Options<'_>) -> Vec<Message<'static>> {
    let finding = group[0];
    let mut out = vec![label("key", key_line(finding))];
    out.extend(finding.parts.iter().map(|part| label("with", part_line(part))));
    if !finding.encoding.is_empty() {
        out.push(label("encoding", finding.encoding.join(", ")));
    }
    if !finding.also.is_empty() {
        out.push(label("also", finding.also.iter().map(|rule| rule.0).collect::<Vec<_>>().join(", ")));
    }
    out.extend(finding.git.iter().map(|git| label("commit", commit_line(git))));
    for (step, number) in finding.trace.iter().zip(1..) {
        out.push(label("trace", format!("{number}. {}: {}", place(&step.location), shown(&step.text))));
    }
    for other in &group[1..] {
        let commit = other.git.as_ref().map(|git| format!(", {}", commit_line(git))).unwrap_or_default();
        out.push(label("and at", format!("{}{commit}", place(&other.location))));
    }
    let steps = &finding.remediation.steps;
    out.extend(steps.iter().take(STEPS).map(|step| Level::HELP.message(shown(step))));
    if steps.len() > STEPS {
        let rest = summary::count((steps.len() - STEPS) as u64, "more step");
        out.push(Level::HELP.message(format!("{rest}: skout rules show {}", finding.key.key_type)));
    }
    out.extend(finding.remediation.docs.iter().map(|docs| label("docs", shown(docs))));
    if options.verbose {
        out.push(label("fingerprint", finding.fingerprint.to_string()));
    }
    out
}

fn label(name: &'static str, text: String) -> Message<'static> {
    Level::NOTE.with_name(name).message(text)
}

fn key_line(finding: &Finding) -> String {
    let key = &finding.key;
    let value = key.value.as_ref().map_or(key.redacted.as_str(), |value| value.expose());
    let mode = if key.mode == Mode::None { String::new() } else { format!(", mode {}", key.mode) };
    format!("{} {}, role {}{mode}, place {}, confidence {}", key.key_type, shown(value), key.role, finding.place, finding.confidence)
}

/// `aws.access-key-id AKIA...XYZ at line 3`.
fn part_line(part: &Part) -> String {
    let value = part.key.value.as_ref().map_or(part.key.redacted.as_str(), |value| value.expose());
    format!("{} {} at line {}", part.key.key_type, shown(value), part.region.start.line)
}

/// `1234567890ab "Add the key" by Ada, 2026-01-02T03:04:05+01:00; now at src/new.ts:9; in 3 blobs`.
fn commit_line(git: &GitOrigin) -> String {
    let mut out = String::new();
    if git.commit.is_empty() {
        out.push_str("none reaches it");
    } else {
        out.extend(git.commit.chars().take(12));
        out.push_str(&format!(" \"{}\" by {}, {}", shown(&git.message), shown(&git.author), shown(&git.time)));
    }
    match &git.tip {
        Some((path, line)) => out.push_str(&format!("; now at {}:{line}", shown(&path.text))),
        None if git.in_tip => {}
        None => out.push_str("; no longer in the tip"),
    }
    if git.occurrences > 1 {
        out.push_str(&format!("; in {}", summary::count(git.occurrences, "blob")));
    }
    out
}

fn write_lost(report: &Report, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let lost: Vec<&Skip> = report.summary.skipped.iter().filter(|skip| skip.class == SkipClass::Lost).collect();
    if lost.is_empty() {
        return Ok(());
    }
    let loud = format!("INCOMPLETE: {} could not be scanned:", summary::count(lost.len() as u64, "input"));
    writeln!(out, "{}", styled(&loud, DEFAULT_ERROR_STYLE, options))?;
    for skip in lost.iter().take(LOST) {
        writeln!(out, "  {}", skip_line(skip))?;
    }
    if lost.len() > LOST {
        writeln!(out, "  and {} more", summary::thousands((lost.len() - LOST) as u64))?;
    }
    Ok(())
}

fn skip_line(skip: &Skip) -> String {
    format!("{}: {}", shown(&skip.path.text), shown(&skip.reason)).trim_end().to_owned()
}

fn styled(text: &str, style: Style, options: &Options<'_>) -> String {
    if options.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, sample};
    use super::*;
    use crate::error::ScanPath;

    fn written(report: &Report, options: &Options<'_>) -> String {
        sample::written(Format::Text, report, options)
    }

    #[test]
    fn findings_are_readable() {
        insta::assert_snapshot!(written(&sample::plain(), &sample::options()), @r#"
critical[secret-in-client-code]: a Plunk secret key is written in source that runs in a browser
 --> app/page.tsx:3:14
  |
3 | const key = "sk_01...cdef";
  |              ^^^^^^^^^^^^ Plunk secret key
  |
  = key: plunk.secret-key sk_01...cdef, role secret, place client, confidence high
  = also: hardcoded-secret
  = trace: 1. app/layout.tsx:1:1: imported by app/layout.tsx
  = help: Rotate the key at Plunk
  = help: Call Plunk from a server
  = docs: https://docs.useplunk.com/api-reference

medium[hardcoded-secret]: a Plunk secret key is written in source that runs in a browser
   --> src/old.ts:112:9
    |
112 |   key: 'sk_01...cdef',
    |         ^^^^^^^^^^^^ Plunk secret key
    |
    = key: plunk.secret-key sk_01...cdef, role secret, place history, confidence high
    = with: plunk.account-id id_01...cdef at line 110
    = encoding: base64
    = commit: 1234567890ab "Add the key" by Ada, 2026-01-02T03:04:05+01:00; now at src/new.ts:9; in 3 blobs
    = help: Rotate the key at Plunk
    = help: Call Plunk from a server
    = docs: https://docs.useplunk.com/api-reference

note: the history is shallow
2 findings (1 critical, 1 medium), 2 secrets in 3 files, 1.0 kB, 1.23 s; 3 skipped: 2 binary, 1 unreadable; 1 suppressed
INCOMPLETE: 1 input could not be scanned:
  locked.txt: unreadable
"#);
    }

    #[test]
    fn the_same_value_in_many_places_is_told_once() {
        let mut report = sample::plain();
        report.findings.truncate(1);
        report.findings[0].trace.clear();
        for line in [8, 9] {
            let mut copy = report.findings[0].clone();
            copy.location.path = ScanPath::from_bytes(b"app/other.tsx");
            copy.location.region.start.line = line;
            report.findings.push(copy);
        }
        let text = written(&report, &sample::options());
        assert_eq!(text.matches("critical[").count(), 1, "{text}");
        for at in ["app/page.tsx:3:14", "app/other.tsx:8:14", "app/other.tsx:9:14"] {
            assert!(text.contains(at), "{text}");
        }
        report.findings[1].trace = sample::plain().findings[0].trace.clone();
        assert_eq!(written(&report, &sample::options()).matches("critical[").count(), 2);
    }

    #[test]
    fn quiet_keeps_findings_and_what_was_lost() {
        let text = written(&sample::plain(), &Options { quiet: true, ..Options::default() });
        assert!(!text.contains("2 findings") && !text.contains("note: the history"), "{text}");
        assert!(text.contains("critical[") && text.contains("INCOMPLETE: 1 input could not be scanned:\n  locked.txt: unreadable\n"), "{text}");
        let clean = Report::default();
        assert_eq!(written(&clean, &Options { quiet: true, ..Options::default() }), "");
    }

    #[test]
    fn verbose_lists_every_skip() {
        let text = written(&sample::plain(), &Options { verbose: true, ..Options::default() });
        assert!(text.contains("skipped: a.png: binary\n") && text.contains("= fingerprint: sk1:"), "{text}");
    }

    #[test]
    fn many_lost_inputs_are_counted() {
        let mut report = Report::default();
        for number in 0..1500 {
            let path = ScanPath::from_bytes(format!("f{number}").as_bytes());
            report.summary.skipped.push(Skip { path, reason: "unreadable".to_owned(), class: SkipClass::Lost });
        }
        let text = written(&report, &Options::default());
        assert!(text.contains("INCOMPLETE: 1,500 inputs could not be scanned:") && text.ends_with("  f19: unreadable\n  and 1,480 more\n"), "{text}");
    }

    #[test]
    fn lines_have_no_trailing_space() {
        for report in [sample::plain(), sample::hostile()] {
            for line in written(&report, &Options { verbose: true, ..Options::default() }).lines() {
                assert_eq!(line, line.trim_end());
            }
        }
    }

    #[test]
    fn colours_change_nothing_else() {
        let colored = written(&sample::plain(), &Options { color: true, ..Options::default() });
        let mut stripped = String::new();
        let mut rest = colored.as_str();
        while let Some((text, after)) = rest.split_once('\u{1b}') {
            stripped.push_str(text);
            rest = after.split_once('m').expect("a colour ends").1;
        }
        stripped.push_str(rest);
        assert!(colored.contains('\u{1b}'));
        let trimmed: Vec<&str> = stripped.lines().map(str::trim_end).collect();
        assert_eq!(trimmed, written(&sample::plain(), &Options::default()).lines().collect::<Vec<_>>());
    }

    #[test]
    fn no_excerpt_and_no_width_breaks_it() {
        let mut report = sample::hostile();
        let excerpts = [("", 0..0), ("", 3..9), ("\u{e4}\u{1f511}", 1..2), ("##[x", 2..3), ("\u{5bc6}\u{94a5} key = \u{2026}", 7..10), ("a", 1..1)];
        for (text, mark) in excerpts {
            report.findings[0].excerpt = Excerpt { text: text.to_owned(), mark };
            report.findings[0].location.region.start.line = if text.is_empty() { 0 } else { u64::MAX };
            for width in [0, 1, 20, 79, usize::MAX] {
                assert!(!written(&report, &Options { width, ..Options::default() }).contains("##["));
            }
        }
    }

    #[test]
    fn long_remediations_end_in_a_command() {
        let mut report = sample::plain();
        report.findings[0].remediation.steps = (1..=5).map(|number| format!("Step {number}")).collect();
        let text = written(&report, &Options::default());
        assert!(text.contains("= help: Step 3\n") && !text.contains("Step 4") && text.contains("= help: 2 more steps: skout rules show "), "{text}");
    }
}
