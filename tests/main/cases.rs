//! Cases as text: small projects, each with all the findings that it must give and no other.
//!
//! `### name` begins one, `@@ path` a file of it; ` <<< rule` at the end of a line says which finding stands in that line,
//! and is taken away before the file is written. `{{provider.name}}` is a key of that type.

use std::fmt::Write as _;

use crate::sandbox::{Sandbox, filled, number, text};

/// Keys of the cases, as templates.
const KEYS: &[(&str, &str)] = &[
    ("{{plunk.secret-key}}", "sk_{lower-hex:48}"),
    ("{{plunk.public-key}}", "pk_{lower-hex:48}"),
    ("{{stripe.secret-key}}", "sk_live_{alnum:24}"),
    ("{{stripe.publishable-key}}", "pk_live_{alnum:24}"),
    ("{{openai.project-key}}", "sk-proj-{alnum:20}T3BlbkFJ{alnum:20}"),
    ("{{google.api-key}}", "AIza{alnum:35}"),
    ("{{mapbox.secret-token}}", "sk.eyJ{alnum:60}.{alnum:22}"),
    ("{{stripe.webhook-secret}}", "whsec_{alnum:32}"),
    ("{{stripe.test-secret}}", "sk_test_{alnum:24}"),
    ("{{stripe.test-publishable}}", "pk_test_{alnum:24}"),
    ("{{supabase.publishable-key}}", "sb_publishable_{alnum:22}_{alnum:8}"),
    ("{{supabase.secret-key}}", "sb_secret_{alnum:22}_{alnum:8}"),
    ("{{paystack.secret-key}}", "sk_live_{lower-hex:40}"),
    ("{{paystack.public-key}}", "pk_live_{lower-hex:40}"),
    ("{{posthog.project-api-key}}", "phc_{alnum:43}"),
    ("{{posthog.personal-api-key}}", "phx_{alnum:47}"),
    ("{{mapbox.public-token}}", "pk.eyJ{alnum:60}.{alnum:22}"),
];

/// The mark of an expected finding.
const MARK: &str = " <<< ";

struct Case<'t> {
    name: &'t str,
    files: Vec<(&'t str, String)>,
    /// `rule path:line`, sorted.
    expected: Vec<String>,
}

fn cases(source: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut line_number = 0;
    for line in source.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            cases.push(Case { name, files: Vec::new(), expected: Vec::new() });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(path) = line.strip_prefix("@@ ") {
            case.files.push((path, String::new()));
            line_number = 0;
            continue;
        }
        let (path, body) = case.files.last_mut().unwrap_or_else(|| panic!("{}: text before the first file", case.name));
        line_number += 1;
        let (code, rules) = line.rsplit_once(MARK).unwrap_or((line, ""));
        for rule in rules.split(", ").filter(|rule| !rule.is_empty()) {
            // `one+other`: the first speaks, and the other fired as well.
            let whole = rule.contains('+').then_some(rule);
            let speaks = rule.split('+').next();
            case.expected.extend(speaks.into_iter().chain(whole).map(|rule| format!("{rule} {path}:{line_number}")));
        }
        body.push_str(code);
        body.push('\n');
    }
    cases.iter_mut().for_each(|case| case.expected.sort());
    cases
}

/// Checks all cases of a text; gives the numbers of those that expect a finding and of those that expect none.
pub(crate) fn check(source: &str) -> (usize, usize) {
    check_from(source, "medium")
}

/// The same with findings from another severity on.
pub(crate) fn check_from(source: &str, least: &str) -> (usize, usize) {
    let keys: Vec<(&str, String)> = KEYS.iter().map(|(hole, template)| (*hole, filled(template))).collect();
    let cases = cases(source);
    let firing = cases.iter().filter(|case| !case.expected.is_empty()).count();
    let silent = cases.len() - firing;
    let mut wrong = String::new();
    for case in cases {
        let sandbox = Sandbox::new();
        for (path, body) in &case.files {
            let body = keys.iter().fold(body.clone(), |body, (hole, key)| body.replace(hole, key));
            sandbox.write(path, body);
        }
        let report = sandbox.scan(&["--min-severity", least]);
        let lines = |finding: &serde_json::Value| {
            let (rule, place) = (text(&finding["rule"]).to_owned(), &finding["location"]);
            let at = format!("{}:{}", text(&place["path"]), number(&place["start"]["line"]));
            let also = finding["also"].as_array().cloned().unwrap_or_default();
            let also: Vec<String> = also.iter().map(|other| format!("{rule}+{} {at}", text(other))).collect();
            std::iter::once(format!("{rule} {at}")).chain(also).collect::<Vec<String>>()
        };
        let mut found: Vec<String> = report.findings().iter().flat_map(lines).collect();
        found.sort();
        found.dedup();
        for missing in case.expected.iter().filter(|one| !found.contains(one)) {
            let _ = writeln!(wrong, "{}: no {missing}", case.name);
        }
        for extra in found.iter().filter(|one| !one.contains('+') && !case.expected.contains(one)) {
            let _ = writeln!(wrong, "{}: {extra} is not expected", case.name);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    (firing, silent)
}
