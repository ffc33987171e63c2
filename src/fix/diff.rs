//! A unified diff that a person may see: every value in it is redacted, so that it is read and not applied.

use super::edit::Edit;
use crate::secret::Redacted;
use crate::text::{Span, hidden, visible};

/// Lines shown around a change.
const AROUND: usize = 3;
/// Longer lines are cut in their middle. In characters.
const LONGEST: usize = 320;

/// The values in a text: what may be shown of each, and others of which nothing may.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// In rising order, none overlapping.
    pub(super) known: Vec<(Span, Redacted)>,
    /// In rising order, none overlapping.
    pub(super) others: Vec<Span>,
}

/// One run of lines that change together.
struct Change {
    /// Numbers of old lines, half open.
    lines: (usize, usize),
    /// Numbers of edits, half open.
    edits: (usize, usize),
    removed: usize,
    added: Vec<String>,
}

/// Writes the diff of one file. `is_new` says that the file was not there; edits are in order.
pub(super) fn write(name: &str, text: &[u8], is_new: bool, edits: &[Edit], values: &Values, out: &mut String) {
    let mut starts = vec![0];
    starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at + 1).filter(|at| *at < text.len()));
    let count = if text.is_empty() { 0 } else { starts.len() };
    let line = |number: usize| Span::new(starts[number], starts.get(number + 1).copied().unwrap_or(text.len()));
    let number_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let mut changes: Vec<Change> = Vec::new();
    for (index, edit) in edits.iter().enumerate() {
        let is_between = edit.span.is_empty() && (edit.text.ends_with('\n') || edit.span.end == text.len() && text.ends_with(b"\n"));
        let is_at_start =
            edit.span.start == text.len() && (text.is_empty() || text.ends_with(b"\n")) || starts.binary_search(&edit.span.start).is_ok() && is_between;
        let lines = if count == 0 || is_between && is_at_start {
            let at = if edit.span.start >= text.len() { count } else { number_of(edit.span.start) };
            (at, at)
        } else {
            let last = edit.span.end.saturating_sub(1).max(edit.span.start).min(text.len() - 1);
            (number_of(edit.span.start.min(text.len() - 1)), number_of(last) + 1)
        };
        match changes.last_mut() {
            Some(last) if lines.0 < last.lines.1 || lines.0 == last.lines.1 && lines.0 == lines.1 => {
                last.lines.1 = last.lines.1.max(lines.1);
                last.edits.1 = index + 1;
            }
            _ => changes.push(Change { lines, edits: (index, index + 1), removed: 0, added: Vec::new() }),
        }
    }
    for change in &mut changes {
        change.removed = change.lines.1 - change.lines.0;
        let from = if change.lines.0 < count { line(change.lines.0).start } else { text.len() };
        let to = if change.lines.1 > change.lines.0 { line(change.lines.1 - 1).end } else { from };
        change.added = added(text, Span::new(from, to), &edits[change.edits.0..change.edits.1], values);
    }
    let mut shown = String::new();
    visible(name.as_bytes(), &mut shown);
    let old = if is_new { "/dev/null".to_owned() } else { format!("a/{shown}") };
    out.push_str(&format!("--- {old}\n+++ b/{shown}\n"));
    let mut moved = 0isize;
    let mut at = 0;
    while at < changes.len() {
        let mut last = at;
        while last + 1 < changes.len() && changes[last + 1].lines.0 <= changes[last].lines.1 + 2 * AROUND {
            last += 1;
        }
        let hunk = &changes[at..=last];
        let from = hunk[0].lines.0.saturating_sub(AROUND);
        let to = (changes[last].lines.1 + AROUND).min(count);
        let grown: isize = hunk.iter().map(|change| change.added.len() as isize - change.removed as isize).sum();
        let length = to - from;
        let first = |start: isize, length: isize| if length == 0 { start } else { start + 1 };
        let new_length = length as isize + grown;
        let new_start = from as isize + moved;
        out.push_str(&format!("@@ -{},{} +{},{} @@\n", first(from as isize, length as isize), length, first(new_start, new_length), new_length));
        let mut number = from;
        let old = |number: usize| masked(text, line(number), line(number), values);
        for change in hunk {
            (number..change.lines.0).for_each(|number| push(out, ' ', &old(number)));
            (change.lines.0..change.lines.1).for_each(|number| push(out, '-', &old(number)));
            change.added.iter().for_each(|line| push(out, '+', line));
            number = change.lines.1;
        }
        (number..to).for_each(|number| push(out, ' ', &old(number)));
        moved += grown;
        at = last + 1;
    }
}

fn push(out: &mut String, sign: char, line: &str) {
    out.push(sign);
    out.push_str(&cut(line));
    out.push('\n');
}

/// The lines that stand for the old bytes `part`, whole lines, after some edits: what is put in is shown, the rest masked.
fn added(text: &[u8], part: Span, edits: &[Edit], values: &Values) -> Vec<String> {
    let mut all = String::new();
    let mut at = part.start;
    let keep = |from: usize, to: usize, all: &mut String| {
        let mut from = from;
        while from < to {
            let end = memchr::memchr(b'\n', &text[from..to]).map_or(to, |end| from + end + 1);
            let start = memchr::memrchr(b'\n', &text[..from]).map_or(0, |at| at + 1);
            let stop = memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |end| from + end + 1);
            all.push_str(&masked(text, Span::new(start, stop), Span::new(from, end), values));
            if text[end - 1] == b'\n' {
                all.push('\n');
            }
            from = end;
        }
    };
    for edit in edits {
        keep(at, edit.span.start, &mut all);
        for (index, piece) in edit.text.split('\n').enumerate() {
            if index > 0 {
                all.push('\n');
            }
            visible(piece.trim_end_matches('\r').as_bytes(), &mut all);
        }
        at = edit.span.end;
    }
    keep(at, part.end, &mut all);
    let mut lines: Vec<String> = all.split('\n').map(str::to_owned).collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// A part of a line, with every value of the line masked.
fn masked(text: &[u8], line: Span, part: Span, values: &Values) -> String {
    let from = values.known.partition_point(|(span, _)| span.end <= line.start);
    let known: Vec<&(Span, Redacted)> = values.known[from..].iter().take_while(|(span, _)| span.start < line.end).collect();
    let telling: Vec<&[u8]> = known.iter().map(|(span, _)| span.of(text)).filter(|value| value.len() >= 8).take(16).collect();
    let near = values.others.partition_point(|span| span.end <= line.start);
    let others: Vec<Span> = values.others[near..].iter().take_while(|span| span.start < line.end).copied().collect();
    let mut spans: Vec<(Span, &str)> = known.iter().map(|(span, redacted)| (*span, redacted.as_str())).collect();
    for span in hidden(text, line, &others, &telling) {
        // Of what covers a known value, only what stands beside it is left to mask.
        let mut at = span.start;
        for (known, _) in known.iter().filter(|(known, _)| known.overlaps(span)) {
            if at < known.start {
                spans.push((Span::new(at, known.start), "****"));
            }
            at = at.max(known.end);
        }
        if at < span.end {
            spans.push((Span::new(at, span.end), "****"));
        }
    }
    spans.sort_by_key(|(span, _)| *span);
    let mut out = String::new();
    let mut at = part.start;
    let end = part.end.min(text.len());
    for (span, shown) in spans.into_iter().filter(|(span, _)| span.overlaps(part)) {
        if span.start >= at {
            tidy(&text[at..span.start], &mut out);
            visible(shown.as_bytes(), &mut out);
        } else if span.end > at {
            out.push_str("****");
        }
        at = at.max(span.end.min(end));
    }
    tidy(&text[at..end], &mut out);
    out
}

/// Bytes without the end of the line, tabs as they are.
fn tidy(bytes: &[u8], out: &mut String) {
    for (index, piece) in bytes.strip_suffix(b"\n").map_or(bytes, |line| line.strip_suffix(b"\r").unwrap_or(line)).split(|byte| *byte == b'\t').enumerate() {
        if index > 0 {
            out.push('\t');
        }
        visible(piece, out);
    }
}

fn cut(line: &str) -> String {
    let count = line.chars().count();
    if count <= LONGEST {
        return line.to_owned();
    }
    let half = LONGEST / 2;
    line.chars().take(half).chain(['\u{2026}']).chain(line.chars().skip(count - half)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn diff(text: &str, edits: &[Edit], value: &str) -> String {
        let mut values = Values::default();
        values
            .known
            .extend(text.find(value).filter(|_| !value.is_empty()).map(|at| (Span::new(at, at + value.len()), Secret::new(value.as_bytes()).redacted(0))));
        let mut out = String::new();
        write("f", text.as_bytes(), text.is_empty(), edits, &values, &mut out);
        out
    }

    #[test]
    fn lines_that_change_are_shown_redacted() {
        let text = "one\nKEY = 'hunter22hunter22x'\nPASS=horse\n";
        let at = text.find('\'').expect("a quote");
        let out = diff(text, &[Edit::new(at, at + 19, "read(\"N\")")], "hunter22hunter22x");
        assert_eq!(out, "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n one\n-KEY = 'h...2x'\n+KEY = read(\"N\")\n PASS=****\n");
    }

    #[test]
    fn lines_are_added_at_both_ends_and_to_nothing() {
        assert_eq!(diff("a\n", &[Edit::new(0, 0, "x\n")], ""), "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n+x\n a\n");
        assert_eq!(diff("a\n", &[Edit::new(2, 2, "x\n")], ""), "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n a\n+x\n");
        assert_eq!(diff("", &[Edit::new(0, 0, "x\ny\n")], ""), "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+x\n+y\n");
        assert_eq!(diff("a", &[Edit::new(1, 1, "\nx")], ""), "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n-a\n+a\n+x\n");
    }

    #[test]
    fn a_name_that_changes_leaves_its_value_masked() {
        let out = diff("PUBLIC_PASSWORD=correcthorse\n", &[Edit::new(0, 15, "PASSWORD")], "");
        assert_eq!(out, "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-PUBLIC_PASSWORD=****\n+PASSWORD=****\n");
    }

    #[test]
    fn far_changes_have_hunks_of_their_own() {
        let text: String = (0..30).map(|number| format!("line {number}\n")).collect();
        let out = diff(&text, &[Edit::new(0, 4, "L"), Edit::new(text.len() - 8, text.len() - 8, "new\n")], "");
        assert!(out.contains("@@ -1,4 +1,4 @@\n-line 0\n+L 0\n") && out.contains("@@ -27,4 +27,5 @@\n"), "{out}");
    }
}
