use super::super::{Format, Repository, sample};
use super::*;

fn parsed(report: &Report, options: &Options<'_>) -> Value {
    serde_json::from_str(&sample::written(Format::Sarif, report, options)).expect("valid JSON")
}

/// The published schema, as the crate `serde-sarif` (MIT) ships it: OASIS, SARIF 2.1.0,
/// <https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json>.
fn validator() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/schemas/sarif-2.1.0.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).expect("the schema is there")).expect("the schema is JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema is valid")
}

#[test]
fn logs_keep_to_the_schema() {
    let validator = validator();
    let mut zero = sample::plain();
    zero.findings[0].location.region.start.line = 0;
    zero.findings[0].location.region.end.column = 0;
    for report in [sample::plain(), sample::hostile(), zero, Report::default()] {
        for options in [sample::options(), Options { started: Some("2026-11-24T12:00:00".to_owned()), ..Options::default() }] {
            let log = parsed(&report, &options);
            let errors: Vec<String> = validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
}

#[test]
fn a_run_says_where_it_comes_from() {
    let log = parsed(&sample::plain(), &sample::options());
    let run = &log["runs"][0];
    assert_eq!(run["automationDetails"]["id"], "skout/tree/");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["originalUriBaseIds"]["SRCROOT"]["uri"], "file:///work/");
    let source = &run["versionControlProvenance"][0];
    assert_eq!(source["repositoryUri"], "https://example.com/org/repo.git");
    assert_eq!((source["branch"].as_str(), source["revisionId"].as_str().map(str::len)), (Some("main"), Some(40)));
    let rule = &run["tool"]["driver"]["rules"][1];
    assert_eq!(rule["properties"], json!({ "precision": "high", "security-severity": "9.5", "tags": ["security", "secret"] }));
    assert!(rule["help"]["markdown"].as_str().is_some_and(|help| help.starts_with("## What it finds")));
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let codes: Vec<_> = invocation["toolExecutionNotifications"].as_array().expect("a list").iter().map(|one| &one["descriptor"]["id"]).collect();
    assert_eq!(codes, ["shallow", "not-scanned", "skipped", "skipped"]);
}

#[test]
fn a_repository_without_an_address_gives_no_provenance() {
    let repository = Some(Repository { uri: "../there".to_owned(), revision: None, branch: None });
    let log = parsed(&sample::plain(), &Options { repository, ..Options::default() });
    assert!(log["runs"][0].get("versionControlProvenance").is_none());
}

#[test]
fn a_result_carries_the_finding() {
    let log = parsed(&sample::plain(), &sample::options());
    let results = &log["runs"][0]["results"];
    let one = &results[0];
    assert_eq!((&one["ruleId"], &one["ruleIndex"], &one["level"]), (&json!("secret-in-client-code"), &json!(1), &json!("error")));
    assert_eq!(one["partialFingerprints"]["skoutSecret/v1"], sample::plain().findings[0].fingerprint.as_str());
    assert_eq!(one["locations"][0]["physicalLocation"]["artifactLocation"], json!({ "uri": "app/page.tsx", "uriBaseId": "SRCROOT" }));
    assert_eq!(one["locations"][0]["physicalLocation"]["region"], json!({ "startLine": 3, "startColumn": 14, "endLine": 3, "endColumn": 65 }));
    assert_eq!(one["codeFlows"][0]["threadFlows"][0]["locations"][0]["location"]["message"]["text"], "imported by app/layout.tsx");
    assert_eq!(one["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/server.ts");
    assert_eq!((&one["properties"]["keyType"], &one["properties"]["place"]), (&json!("plunk.secret-key"), &json!("client")));
    assert_eq!(one["suppressions"], json!([]));
    assert_eq!(results[1]["level"], "warning");
    assert_eq!(results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/new.ts");
    assert_eq!(results[1]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/old.ts");
    let suppression = &results[2]["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["justification"]), (&json!("inSource"), &json!("a sample (src/server.ts:7)")));
    let external = parsed(&sample::hostile(), &sample::options());
    assert_eq!(external["runs"][0]["results"][8]["suppressions"][0]["kind"], "external");
}

#[test]
fn hostile_names_are_encoded() {
    let log = parsed(&sample::hostile(), &sample::options());
    for result in log["runs"][0]["results"].as_array().expect("a list") {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a location on every result");
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri}");
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.contains("[l](")), "a link in a message");
    }
}

#[test]
fn githubs_limits_are_met() {
    let mut report = sample::plain();
    let low = Finding { severity: crate::terms::Severity::Low, git: None, ..report.findings[1].clone() };
    let first = report.findings[0].clone();
    report.findings = (0..RESULTS as u64 + 7)
        .map(|line| {
            let mut one = if line < 100 { low.clone() } else { first.clone() };
            one.location.region.start.line = line + 1;
            one.location.region.end.line = line + 1;
            one
        })
        .collect();
    let log = parsed(&report, &sample::options());
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), RESULTS);
    assert_eq!(results.iter().filter(|result| result["level"] == "note").count(), 93, "the least severe are cut");
    let told = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(
        (&told["descriptor"]["id"], &told["message"]["text"]),
        (&json!("results-cut"), &json!("7 results of less severity left out: GitHub takes 25,000"))
    );
    assert!(results.iter().all(|result| result["relatedLocations"].as_array().is_some_and(|list| list.len() <= 4)));
    report.findings.truncate(300);
    let log = parsed(&report, &sample::options());
    assert_eq!(log["runs"][0]["results"][200]["relatedLocations"].as_array().map(Vec::len), Some(RELATED));
}
