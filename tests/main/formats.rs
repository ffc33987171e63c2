//! Each format against what its readers expect of it.

use serde_json::Value;

use crate::sandbox::{PUBLIC_ENV, SECRET_ENV, SECRET_LINE, Sandbox, number, text};

/// One finding of each interesting kind, a suppressed one and a skipped file among them.
fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.plant(".env", &format!("{SECRET_ENV}{PUBLIC_ENV}NEXT_PUBLIC_PLUNK_API_KEY=sk_{{lower-hex:48}}\n"));
    sandbox.plant("app/page.tsx", "\"use client\";\nconst key = \"sk_{lower-hex:48}\"; // plunk, \u{e4}\n");
    sandbox.plant("server/a & b.js", SECRET_LINE);
    sandbox.plant("server/known.js", "const key = \"sk_{lower-hex:48}\"; // plunk skout:allow -- known\n");
    sandbox.plant("tests/pay.test.js", "const key = \"sk_test_{alnum:24}\"; // stripe\n");
    sandbox.write("photo.png", b"\0\0");
    sandbox
}

const FINDINGS: usize = 6;

fn keys(value: &Value) -> String {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys.join(" ")
}

#[test]
fn json_has_the_keys_of_the_contract() {
    let report = project().scan(&[]);
    assert_eq!(keys(&report.all), "findings schema summary tool");
    assert_eq!((text(&report.all["schema"]), keys(&report.all["tool"])), ("skout/1", "name version".to_owned()));
    assert_eq!(report.findings().len(), FINDINGS);
    for finding in report.findings() {
        assert_eq!(keys(finding), "also confidence fingerprint git key location message place remediation rule severity suppressed trace");
        assert_eq!(keys(&finding["key"]), "mode partner provider redacted role type");
        assert_eq!(keys(&finding["location"]), "end path start");
        assert_eq!(keys(&finding["location"]["start"]), "column line offset");
        assert_eq!(keys(&finding["remediation"]), "docs steps");
        assert!(finding["git"].is_null() && finding["remediation"]["steps"].as_array().is_some_and(|steps| !steps.is_empty()));
        let (start, end) = (&finding["location"]["start"], &finding["location"]["end"]);
        assert!(number(&start["line"]) >= 1 && number(&start["column"]) >= 1 && number(&end["offset"]) > number(&start["offset"]));
    }
    let summary = &report.all["summary"];
    assert_eq!(keys(summary), "blobs by_severity bytes commits complete elapsed_ms files notes secrets skipped suppressed");
    assert_eq!(summary["by_severity"], serde_json::json!({"critical": 2, "high": 2, "low": 1}));
    assert_eq!((number(&summary["files"]), number(&summary["secrets"]), number(&summary["suppressed"])), (5, 5, 1));
    assert_eq!(report.skips(), ["photo.png: binary (chosen)"]);
}

#[test]
fn the_value_stands_where_the_location_says() {
    let sandbox = project();
    for finding in sandbox.scan(&["--show-secrets"]).findings() {
        let location = &finding["location"];
        let stored = std::fs::read(sandbox.at(text(&location["path"]))).expect("the file");
        let span = number(&location["start"]["offset"]) as usize..number(&location["end"]["offset"]) as usize;
        assert!(stored[span.clone()] == *text(&finding["key"]["value"]).as_bytes(), "{location}");
        let line = stored[..span.start].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        assert_eq!(number(&location["start"]["line"]), line);
    }
}

#[test]
fn json_lines_are_the_same_findings() {
    let sandbox = project();
    let whole = sandbox.scan(&[]);
    let lines: Vec<Value> =
        sandbox.skout(&["scan", "--format", "jsonl"]).exits(1).out.lines().map(|line| serde_json::from_str(line).expect("JSON on each line")).collect();
    let (last, findings) = lines.split_last().expect("a summary");
    assert_eq!(keys(last), "summary");
    assert_eq!(findings.iter().map(|line| &line["finding"]).collect::<Vec<_>>(), whole.findings().iter().collect::<Vec<_>>());
}

#[test]
fn sarif_is_valid_and_meets_what_github_asks_for() {
    let sandbox = project();
    let out = sandbox.skout(&["scan", "--format", "sarif"]).exits(1).out;
    let sarif: Value = serde_json::from_str(&out).expect("JSON");
    let schema: Value = serde_json::from_str(include_str!("../../fixtures/schemas/sarif-2.1.0.json")).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a good schema");
    let mistakes: Vec<String> = validator.iter_errors(&sarif).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));

    let run = &sarif["runs"][0];
    assert_eq!(sarif["runs"].as_array().map(Vec::len), Some(1));
    assert!(!text(&run["automationDetails"]["id"]).is_empty() && !text(&run["columnKind"]).is_empty());
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for rule in rules {
        assert!(text(&rule["properties"]["security-severity"]).parse::<f64>().is_ok(), "{rule}");
        assert!(text(&rule["help"]["markdown"]).contains("## What it finds"));
        assert!(rule["properties"]["tags"].as_array().is_some_and(|tags| (1..=20).contains(&tags.len())));
    }
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), FINDINGS);
    for (result, finding) in results.iter().zip(sandbox.scan(&[]).findings()) {
        assert_eq!(result["ruleId"], finding["rule"]);
        assert_eq!(rules[number(&result["ruleIndex"]) as usize]["id"], finding["rule"]);
        assert_eq!(result["partialFingerprints"]["skoutSecret/v1"], finding["fingerprint"]);
        let level = match text(&finding["severity"]) {
            "critical" | "high" => "error",
            "medium" => "warning",
            _ => "note",
        };
        assert_eq!(text(&result["level"]), level);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["startLine"], finding["location"]["start"]["line"]);
        assert!(number(&region["startColumn"]) >= 1 && number(&region["endColumn"]) > number(&region["startColumn"]));
    }
    assert!(out.contains("a%20%26%20b.js") || out.contains("a%20&%20b.js"), "a URI, not a path");
}

#[test]
fn github_annotations_name_file_and_line() {
    let out = project().skout(&["scan", "--format", "github"]).exits(1).out;
    let commands: Vec<&str> = out.lines().collect();
    assert!(commands.iter().all(|line| line.starts_with("::error ") || line.starts_with("::warning ") || line.starts_with("::notice ")), "{out}");
    assert_eq!(commands.iter().filter(|line| line.starts_with("::error file=")).count(), 4);
    assert!(
        commands.iter().any(|line| line.starts_with("::error file=app/page.tsx,line=2,col=14,endLine=2,endColumn=65,title=secret-in-client-code")),
        "{out}"
    );
}

#[test]
fn csv_has_the_columns_of_the_contract() {
    let out = project().skout(&["scan", "--format", "csv"]).exits(1).out;
    let mut lines = out.lines();
    assert_eq!(lines.next(), Some("rule,severity,confidence,key_type,role,place,path,line,column,commit,fingerprint,message"));
    let first = lines.next().expect("a finding");
    assert!(first.starts_with("hardcoded-secret,high,high,plunk.secret-key,secret,env-file,.env,1,18,,sk1:"), "{first}");
    // Five that are open; the silenced one is in JSON and SARIF.
    assert_eq!(lines.count(), FINDINGS - 2, "{out}");
}

#[test]
fn junit_is_well_formed_and_counts_right() {
    use quick_xml::events::Event;
    let out = project().skout(&["scan", "--format", "junit"]).exits(1).out;
    let mut reader = quick_xml::Reader::from_str(&out);
    let (mut open, mut cases, mut failures, mut stated) = (0_i64, 0, 0, None);
    loop {
        let event = reader.read_event().expect("well-formed XML");
        if let Event::Start(tag) | Event::Empty(tag) = &event {
            match tag.name().as_ref() {
                b"testcase" => cases += 1,
                b"failure" => failures += 1,
                b"testsuites" => {
                    let number = |name: &str| -> i32 {
                        let value = tag.try_get_attribute(name).expect("attributes").expect("a number").unescape_value().expect("text");
                        value.parse().expect("a number")
                    };
                    stated = Some((number("tests"), number("failures")));
                }
                _ => {}
            }
        }
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((open, stated), (0, Some((cases, failures))), "{out}");
    assert_eq!(failures, 5);
    assert!(out.contains("server/a &amp; b.js"));
}

#[test]
fn gitlab_gets_its_secret_detection_report() {
    let out = project().skout(&["scan", "--format", "gitlab"]).exits(1).out;
    let all: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(all["scan"]["type"], "secret_detection");
    assert!(text(&all["version"]).starts_with("15."), "{}", all["version"]);
    let vulnerabilities = all["vulnerabilities"].as_array().expect("vulnerabilities");
    assert_eq!(vulnerabilities.len(), 5);
    for one in vulnerabilities {
        assert!(matches!(text(&one["severity"]), "Critical" | "High" | "Medium" | "Low" | "Info"), "{one}");
        assert!(!text(&one["id"]).is_empty() && !text(&one["location"]["file"]).is_empty() && one["location"]["start_line"].is_u64());
        assert!(one["identifiers"].as_array().is_some_and(|all| !all.is_empty()));
    }
}

#[test]
fn text_points_at_the_value() {
    let out = project().skout(&["scan"]).exits(1).out;
    assert!(out.contains(" --> app/page.tsx:2:14\n"), "{out}");
    let at = out.lines().position(|line| line.contains("app/page.tsx:2:14")).expect("the finding");
    let lines: Vec<&str> = out.lines().skip(at + 2).take(2).collect();
    let value = lines[0].find("sk_").expect("the redacted value");
    assert_eq!(lines[1].find('^'), Some(value), "{out}");
    assert!(out.trim_end().lines().last().is_some_and(|line| line.starts_with("5 findings (2 critical, 2 high, 1 low), 5 secrets in 5 files")), "{out}");
    assert!(out.contains("1 skipped: 1 binary; 1 suppressed"));
}

#[test]
fn every_format_is_whole_without_findings() {
    let sandbox = Sandbox::with("a.txt", "nothing\n");
    for format in ["json", "sarif", "gitlab"] {
        serde_json::from_str::<Value>(&sandbox.skout(&["scan", "--format", format]).exits(0).out).expect(format);
    }
    assert_eq!(sandbox.skout(&["scan", "--format", "csv"]).exits(0).out.lines().count(), 1);
    assert_eq!(sandbox.skout(&["scan", "--format", "jsonl"]).exits(0).out.lines().count(), 1);
    sandbox.skout(&["scan", "--format", "junit"]).exits(0).says(&["failures=\"0\""]);
}
