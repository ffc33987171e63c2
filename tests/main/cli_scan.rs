//! What `scan` reports: thresholds, selected rules, publishable keys, values on request, and the same bytes every time.

use std::path::Path;

use crate::sandbox::{PUBLIC_ENV, SECRET_ENV, SECRET_LINE, Sandbox, commit, text};

/// A critical, a high and a low finding.
fn graded() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.plant("dist/assets/app-4f9a1c2b.js", "const e=\"sk_{lower-hex:48}\";\n");
    sandbox.plant("server/mail.js", SECRET_LINE);
    sandbox.plant("tests/pay.test.js", "const key = \"sk_test_{alnum:24}\"; // stripe\n");
    sandbox
}

fn severities(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    sandbox.scan(args).findings().iter().map(|finding| text(&finding["severity"]).to_owned()).collect()
}

#[test]
fn the_exit_code_follows_fail_on_alone() {
    let sandbox = graded();
    assert_eq!(severities(&sandbox, &[]), ["critical", "high", "low"]);
    for (least, code) in [("info", 1), ("medium", 1), ("critical", 1)] {
        sandbox.skout(&["scan", "--fail-on", least]).exits(code);
    }
    sandbox.skout(&["scan", "server", "--fail-on", "critical"]).exits(0).says(&["high[hardcoded-secret]"]);
    sandbox.skout(&["scan", "tests"]).exits(0).says(&["low[hardcoded-secret]"]);
    sandbox.skout(&["scan", "tests", "--fail-on", "low"]).exits(1);
}

#[test]
fn thresholds_leave_out() {
    let sandbox = graded();
    assert_eq!(severities(&sandbox, &["--min-severity", "high"]), ["critical", "high"]);
    assert_eq!(severities(&sandbox, &["--min-severity", "critical"]), ["critical"]);
    assert_eq!(severities(&sandbox, &["--min-confidence", "confirmed"]), Vec::<String>::new());
    let confirmed = Sandbox::with("server.js", "const token = \"ghp_{crc32-base62:30}\";\n");
    assert_eq!(confirmed.scan(&["--min-confidence", "confirmed"]).only()["confidence"], "confirmed");
}

#[test]
fn rules_are_chosen() {
    let sandbox = graded();
    let rules = |args: &[&str]| -> Vec<String> { sandbox.scan(args).findings().iter().map(|finding| text(&finding["rule"]).to_owned()).collect() };
    assert_eq!(rules(&[]), ["secret-in-bundle", "hardcoded-secret", "hardcoded-secret"]);
    assert_eq!(rules(&["--rule", "secret-in-bundle"]), ["secret-in-bundle"]);
    assert_eq!(rules(&["--rule", "secret-in-bundle", "--rule", "hardcoded-secret"]).len(), 3);
    assert_eq!(rules(&["--no-rule", "hardcoded-secret"]), ["secret-in-bundle"]);
    // Without the louder rule the other one at the same place is heard.
    assert_eq!(rules(&["--no-rule", "secret-in-bundle"]), ["hardcoded-secret"; 3]);
    assert_eq!(sandbox.scan(&["--rule", "secret-in-bundle"]).only()["also"].as_array().map(Vec::len), Some(0));
}

#[test]
fn publishable_keys_are_shown_when_asked_for() {
    let sandbox = Sandbox::with(".env", PUBLIC_ENV);
    assert!(sandbox.scan(&[]).findings().is_empty());
    for args in [&["--show-publishable"][..], &["--show-publishable", "--min-severity", "critical"]] {
        let report = sandbox.scan(args);
        assert_eq!(report.code, 0);
        let finding = report.only();
        assert_eq!((text(&finding["severity"]), text(&finding["key"]["role"])), ("info", "publishable"));
    }
    sandbox.skout(&["scan", "--show-publishable", "--fail-on", "info"]).exits(1);
}

#[test]
fn values_are_shown_when_asked_for_and_never_else() {
    let sandbox = Sandbox::new();
    let planted = sandbox.plant(".env", SECRET_ENV);
    let value = planted.trim_end().split('=').nth(1).expect("a value").to_owned();
    let report = sandbox.scan(&["--show-secrets"]);
    assert_eq!(text(&report.only()["key"]["value"]), value);
    let hidden = sandbox.scan(&[]);
    assert!(hidden.only()["key"].get("value").is_none() && !hidden.all.to_string().contains(&value));
    assert_eq!(hidden.only()["fingerprint"], report.only()["fingerprint"]);
}

#[test]
fn quiet_and_verbose() {
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    sandbox.write("photo.png", b"\x89PNG\0\0\0");
    let quiet = sandbox.skout(&["scan", "-q"]).exits(1);
    assert!(!quiet.out.contains(" in 1 file") && quiet.err.is_empty(), "{}", quiet.out);
    assert!(quiet.out.contains("high[hardcoded-secret]"));
    let plain = sandbox.skout(&["scan"]).exits(1).says(&["1 skipped: 1 binary"]);
    assert!(!plain.out.contains("photo.png"));
    let verbose = sandbox.skout(&["scan", "-v"]).exits(1);
    assert!(format!("{}{}", verbose.out, verbose.err).contains("photo.png"), "{}", verbose.out);
}

#[test]
fn verbose_tells_of_suppressions_that_do_nothing_or_too_much() {
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    sandbox.write("skout.toml", "[[allow]]\npaths = [\"nothing/**\"]\nreason = \"old\"\n\n[[allow]]\npaths = [\"server.js\"]\nreason = \"all of it\"\n");
    assert!(sandbox.scan(&[]).notes().is_empty());
    assert_eq!(sandbox.scan(&["-v"]).notes(), ["unused-suppression", "whole-file-suppressed"]);
}

#[test]
fn nothing_to_scan_is_said() {
    let sandbox = Sandbox::new();
    let run = sandbox.skout(&["scan", "--format", "json"]).exits(0).complains(&["note: no file was read"]);
    assert_eq!(run.report().notes(), ["nothing-to-scan"]);
    let run = sandbox.skout(&["scan"]).exits(0);
    assert!(format!("{}{}", run.out, run.err).contains("no file was read"));
}

#[test]
fn the_same_bytes_whatever_the_threads() {
    let sandbox = Sandbox::new();
    for number in 0..120 {
        let line = if number % 3 == 0 { SECRET_LINE } else { "let x = 1;\n" };
        sandbox.plant(format!("src/m{}/file{number}.js", number % 7), &format!("// {number}\n{line}"));
        sandbox.write(format!("img/{number}.png"), b"\0\0");
    }
    for format in ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv"] {
        let with = |jobs: &str| timeless(&sandbox.skout(&["scan", "-v", "-j", jobs, "--format", format]).exits(1).out);
        let one = with("1");
        assert!(one == with("8") && one == with("3"), "{format} differs with the number of threads");
    }
}

/// Without the two things that tell of time.
fn timeless(out: &str) -> String {
    let keep = |line: &&str| !line.contains("elapsed_ms") && !line.contains("time\"") && !line.contains("_time");
    out.lines()
        .filter(keep)
        .map(|line| if line.ends_with(" s") || line.contains(" s; ") { "the summary" } else { line })
        .flat_map(|line| [line, "\n"])
        .collect()
}

#[test]
fn a_fingerprint_is_of_the_value_and_not_of_its_place() {
    let sandbox = Sandbox::new();
    let planted = sandbox.plant("server/a.js", SECRET_LINE);
    sandbox.write("deep/folder/b.py", format!("# moved\n\nkey = {}", planted.split("= ").nth(1).expect("a value").replace("//", "#")));
    sandbox.plant("server/c.js", &format!("// another\n{SECRET_LINE}"));
    let report = sandbox.scan(&[]);
    let prints: Vec<&str> = report.findings().iter().map(|finding| text(&finding["fingerprint"])).collect();
    assert_eq!(report.paths(), ["deep/folder/b.py", "server/a.js", "server/c.js"]);
    assert_eq!(prints[0], prints[1]);
    assert_ne!(prints[1], prints[2]);
    assert!(prints.iter().all(|print| print.starts_with("sk1:") && print.len() == 36));
    assert_eq!(report.all["summary"]["secrets"], 2);
    // It is the name of a value for ever: baselines and dashboards keep it.
    assert_eq!(prints, sandbox.scan(&["-j", "1"]).findings().iter().map(|finding| text(&finding["fingerprint"]).to_owned()).collect::<Vec<_>>());
}

#[test]
fn a_range_of_the_history_tells_what_its_end_still_holds() {
    let sandbox = Sandbox::new();
    let repository = sandbox.init();
    commit(&repository, "Begin");
    let base = repository.head().and_then(|head| head.peel_to_commit()).expect("a commit").id().to_string();
    sandbox.plant("server/mail.js", SECRET_LINE);
    sandbox.track(&repository, &["server/mail.js"]);
    commit(&repository, "Send mail");
    let range = format!("{base}..HEAD");
    let report = sandbox.scan(&["--history", "--range", &range]);
    assert_eq!((report.code, text(&report.only()["rule"])), (1, "hardcoded-secret"));
    assert_eq!(report.only()["git"]["in_tip"], true);
    // Moved, it is still there; what the range began with is not its business.
    std::fs::rename(sandbox.at("server/mail.js"), sandbox.at("send.js")).expect("a file to move");
    sandbox.track(&repository, &["send.js"]);
    repository.index().expect("an index").remove_path(Path::new("server/mail.js")).expect("a file to remove");
    commit(&repository, "Move it");
    let report = sandbox.scan(&["--history", "--range", &range]);
    assert_eq!(report.only()["git"]["tip"]["path"], "send.js");
    assert_eq!(sandbox.scan(&["--history", "--range", "HEAD~1..HEAD"]).code, 0);
}
