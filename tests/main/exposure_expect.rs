//! What skout says of each value in the fixtures, against what real builds made of it: `exposure_expect.txt`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fixtures::{Fixture, root};
use crate::sandbox::text;

/// Rules that say that a value gets to a client.
const RULES: &[&str] = &["secret-in-client-code", "secret-reaches-client", "secret-in-mobile-app", "public-env-secret"];

/// Rows that skout gets wrong so far: fixture, path, needle, and why. One that has become right does not belong here.
const KNOWN: &[(&str, &str, &str, &str)] = &[];

/// A row of the table.
struct Row<'t> {
    path: &'t str,
    needle: &'t str,
    ships: bool,
    way: &'t str,
}

#[test]
fn skout_says_what_real_builds_send() {
    let table = std::fs::read_to_string(root().join("../tests/main/exposure_expect.txt")).expect("the table");
    let fixtures = rows(&table);
    let (mut count, mut wrong, mut known) = (0, Vec::new(), Vec::new());
    for (folder, rows) in &fixtures {
        // A value of its own for each row, so that a finding is about one of them.
        let fixture = Fixture::fill_each(folder, |number| number as u64 + 1);
        let report = fixture.sandbox.scan(&["--show-secrets", "--min-severity", "info", "--min-confidence", "low"]);
        let findings: Vec<&Value> = report.findings().iter().filter(|finding| speaks(finding)).collect();
        for row in rows {
            count += 1;
            let value = planted(&fixture, folder, row);
            let told = findings.iter().find(|finding| is_about(finding, row, &value));
            let is_right = told.is_some() == row.ships;
            let is_known = KNOWN.iter().any(|(fixture, path, needle, _)| (fixture, path, needle) == (folder, &row.path, &row.needle));
            let what = match told {
                Some(finding) => format!("{} says: {}", text(&finding["rule"]), text(&finding["message"])),
                None => "nothing says so".to_owned(),
            };
            match (is_right, is_known) {
                (true, false) => {}
                (false, true) => known.push(row.needle),
                (true, true) => wrong.push(format!("{folder}/{} {}: right by now, take it out of KNOWN", row.path, row.needle)),
                (false, false) => {
                    let ships = if row.ships { "ships" } else { "ships to nobody" };
                    wrong.push(format!("{folder}/{} {} ({}) {ships}; {what}", row.path, row.needle, row.way));
                }
            }
        }
    }
    assert_eq!(known.len() + wrong.iter().filter(|line| line.ends_with("KNOWN")).count(), KNOWN.len(), "KNOWN names rows that are not there");
    assert!(wrong.is_empty(), "{} of {count} rows:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 200, "the table holds {count} rows");
}

/// The rows of each fixture.
fn rows(table: &str) -> BTreeMap<&str, Vec<Row<'_>>> {
    let mut out: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [fixture, path, needle, ships, way] = cells[..] else { panic!("not `fixture | path | needle | yes or no | way`: {line}") };
        assert!(matches!(ships, "yes" | "no"), "{line}");
        out.entry(fixture).or_default().push(Row { path, needle, ships: ships == "yes", way });
    }
    out
}

/// A part of the value that stands on the row's line which no other value has.
fn planted(fixture: &Fixture, folder: &str, row: &Row) -> String {
    let template = std::fs::read_to_string(root().join(folder).join(row.path)).expect("a file of the fixture");
    let holds = |number: usize| template.lines().nth(number - 1).is_some_and(|line| has_word(line, row.needle));
    let mut values = fixture.values.iter().filter(|value| value.path == row.path && holds(value.line)).peekable();
    let line = values.peek().map_or(0, |value| value.line);
    let on_line: Vec<_> = values.collect();
    assert!(line > 0 && on_line.iter().all(|value| value.line == line), "{folder}/{}: {} lines with a value hold `{}`", row.path, on_line.len(), row.needle);
    let longest = on_line.iter().max_by_key(|value| value.span.len()).expect("a value");
    let filled = std::fs::read_to_string(fixture.sandbox.at(row.path)).expect("the filled file");
    filled[longest.span.clone()].to_owned()
}

fn has_word(line: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part))
}

/// Whether a finding says that something gets to a client.
fn speaks(finding: &Value) -> bool {
    let also = finding["also"].as_array().expect("rules");
    also.iter().chain([&finding["rule"]]).any(|rule| RULES.contains(&text(rule)))
}

/// Whether a finding is about a row: by its value, or by the name of the variable that holds it.
fn is_about(finding: &Value, row: &Row, value: &str) -> bool {
    if finding["key"]["value"].as_str().is_some_and(|found| found.contains(value)) {
        return true;
    }
    let is_variable = row.needle.len() > 1 && row.needle.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let steps = finding["trace"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|step| text(&step["text"]));
    is_variable && steps.chain([text(&finding["message"])]).any(|words| has_word(words, row.needle))
}
