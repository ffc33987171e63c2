//! What silences a finding, and how that stays visible.

use crate::sandbox::{SECRET_LINE, Sandbox, filled, text};

/// A line with a secret and a comment at its end.
fn with_comment(comment: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("server.js", format!("{} {comment}\n", filled("const key = \"sk_{lower-hex:48}\"; // plunk").trim_end()));
    sandbox
}

#[test]
fn every_kind_of_allow_comment() {
    for comment in [
        "skout:allow",
        "skout:allow -- printed in the guide",
        "skout:allow hardcoded-secret",
        "skout:allow plunk.secret-key -- known",
        "skout:allow plunk.*",
        "gitleaks:allow",
        "betterleaks:allow",
        "trufflehog:ignore",
        "pragma: allowlist secret",
        "ggignore",
        "kingfisher:ignore",
    ] {
        let sandbox = with_comment(comment);
        let report = sandbox.scan(&[]);
        assert_eq!(report.code, 0, "{comment}");
        let suppressed = &report.only()["suppressed"];
        assert_eq!((text(&suppressed["by"]), text(&suppressed["where"])), ("comment", "server.js:1"), "{comment}");
        assert_eq!((report.all["summary"]["suppressed"].as_u64(), report.all["summary"]["secrets"].as_u64()), (Some(1), Some(0)));
        assert_eq!(report.all["summary"]["by_severity"], serde_json::json!({}));
    }
}

#[test]
fn a_comment_that_means_something_else_allows_nothing() {
    for comment in ["skout:allow secret-in-log", "skout:allow stripe.secret-key", "skout:allowed", "see gitleaks", "nosec B608"] {
        let report = with_comment(comment).scan(&[]);
        assert_eq!((report.code, report.only()["suppressed"].is_null()), (1, true), "{comment}");
    }
    // In a string it is data.
    let sandbox = Sandbox::new();
    sandbox.plant("server.js", "plunk(\"sk_{lower-hex:48}\", \"skout:allow\");\n");
    assert_eq!(sandbox.scan(&[]).code, 1);
}

#[test]
fn a_comment_alone_on_the_line_above() {
    for (above, code) in [
        ("// skout:allow -- a sample", 0),
        ("# skout:allow", 0),
        ("<!-- skout:allow -->", 0),
        ("// pragma: allowlist nextline secret", 0),
        ("let x = 1; // skout:allow", 1),
        ("// skout:allow\n", 1),
    ] {
        let sandbox = Sandbox::new();
        sandbox.plant("server.js", &format!("{above}\n{SECRET_LINE}"));
        assert_eq!(sandbox.scan(&[]).code, code, "{above}");
    }
}

#[test]
fn a_reason_is_kept() {
    let report = with_comment("skout:allow -- printed in the guide").scan(&[]);
    assert_eq!(report.only()["suppressed"]["reason"], "printed in the guide");
}

#[test]
fn an_allow_of_the_configuration_needs_all_that_it_names() {
    let entry = |body: &str| format!("# why\n[[allow]]\n{body}\nreason = \"samples\"\n");
    for (body, silenced) in [
        ("paths = [\"server/**\"]", true),
        ("rules = [\"hardcoded-secret\"]", true),
        ("key-types = [\"plunk.secret-key\"]", true),
        ("key-types = [\"plunk.*\"]", true),
        ("paths = [\"server/**\"]\nrules = [\"hardcoded-secret\"]\nkey-types = [\"plunk.secret-key\"]", true),
        ("paths = [\"server/**\"]\nrules = [\"secret-in-bundle\"]", false),
        ("paths = [\"client/**\"]", false),
        ("key-types = [\"stripe.*\"]", false),
    ] {
        let sandbox = Sandbox::with("server/mail.js", SECRET_LINE);
        sandbox.write("skout.toml", entry(body));
        let report = sandbox.scan(&[]);
        assert_eq!(report.code, i32::from(!silenced), "{body}");
        if silenced {
            let suppressed = &report.only()["suppressed"];
            assert_eq!((text(&suppressed["by"]), text(&suppressed["where"]), text(&suppressed["reason"])), ("config", "skout.toml:2", "samples"), "{body}");
        }
    }
}

#[test]
fn an_allow_by_fingerprint_follows_the_value() {
    let sandbox = Sandbox::with("server/mail.js", SECRET_LINE);
    let print = text(&sandbox.scan(&[]).only()["fingerprint"]).to_owned();
    sandbox.write("skout.toml", format!("[[allow]]\nfingerprints = [\"{print}\"]\nreason = \"revoked\"\n"));
    assert_eq!(sandbox.scan(&[]).code, 0);
    std::fs::rename(sandbox.at("server"), sandbox.at("moved")).expect("a new name");
    assert_eq!(sandbox.scan(&[]).code, 0);
    // Another value in the old place is another secret.
    sandbox.plant("moved/mail.js", &format!("\n{SECRET_LINE}"));
    assert_eq!(sandbox.scan(&[]).code, 1);
}

#[test]
fn what_is_silenced_stays_in_json_and_sarif_and_is_counted_in_text() {
    let sandbox = with_comment("skout:allow -- known");
    let run = sandbox.skout(&["scan", "--format", "sarif"]).exits(0);
    let sarif: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let suppressions = &sarif["runs"][0]["results"][0]["suppressions"];
    assert_eq!((text(&suppressions[0]["kind"]), text(&suppressions[0]["justification"])), ("inSource", "known (server.js:1)"), "{suppressions}");
    let text_run = sandbox.skout(&["scan"]).exits(0).says(&["no findings", "1 suppressed"]);
    assert!(!text_run.out.contains("server.js"));
    for format in ["github", "csv", "junit"] {
        let out = sandbox.skout(&["scan", "--format", format]).exits(0).out;
        assert!(!out.contains("::error") && !out.contains("<failure"), "{format}: {out}");
    }
    sandbox.write("skout.toml", "[[allow]]\npaths = [\"**\"]\nreason = \"known\"\n");
    sandbox.plant("other.js", &format!("\n{SECRET_LINE}"));
    let sarif: serde_json::Value = serde_json::from_str(&sandbox.skout(&["scan", "--format", "sarif"]).exits(0).out).expect("JSON");
    let kinds: Vec<&str> = sarif["runs"][0]["results"].as_array().expect("results").iter().map(|result| text(&result["suppressions"][0]["kind"])).collect();
    assert_eq!(kinds, ["external", "inSource"]);
}

#[test]
fn mistakes_in_the_configuration_are_told_with_their_line() {
    for (toml, words) in [
        ("[scan]\nexcludes = []\n", &["skout.toml:2", "unknown key `excludes`", "did you mean `exclude`?"][..]),
        ("\n[[alow]]\nreason = \"x\"\n", &["skout.toml:2", "`alow`", "did you mean `allow`?"]),
        ("[rules]\nsecret-in-bundel = \"off\"\n", &["skout.toml:2", "did you mean `secret-in-bundle`?"]),
        ("[rules]\nhardcoded-secret = \"hgih\"\n", &["skout.toml:2", "hgih"]),
        ("[[allow]]\npaths = [\"x\"]\n", &["skout.toml:1", "reason"]),
        ("[[allow]]\nreason = \"x\"\n", &["skout.toml:1", "without any criterion"]),
        ("[[allow]]\nkey-types = [\"plunk.secret-kye\"]\nreason = \"x\"\n", &["skout.toml:2", "did you mean `plunk.secret-key`?"]),
        ("[[place]]\npaths = [\"x/**\"]\nplace = \"sever\"\n", &["skout.toml:3", "sever"]),
        ("[report]\nfail-on = 3\n", &["skout.toml:2"]),
        ("[scan\n", &["skout.toml:1"]),
    ] {
        let sandbox = Sandbox::with("server.js", SECRET_LINE);
        sandbox.write("skout.toml", toml);
        let run = sandbox.skout(&["scan"]).exits(2).complains(words);
        assert!(run.out.is_empty(), "{toml}");
    }
}

#[test]
fn settings_of_rules_places_and_reports() {
    let sandbox = Sandbox::with("apps/admin/pay.js", SECRET_LINE);
    let with = |toml: &str| {
        sandbox.write("skout.toml", toml);
        sandbox.scan(&[])
    };
    assert!(with("[rules]\nhardcoded-secret = \"off\"\n").findings().is_empty());
    assert_eq!(with("[rules]\nhardcoded-secret = \"low\"\n").only()["severity"], "low");
    let moved = with("[[place]]\npaths = [\"apps/admin/**\"]\nplace = \"client\"\n");
    assert_eq!((text(&moved.only()["rule"]), text(&moved.only()["place"])), ("secret-in-client-code", "client"));
    assert_eq!(with("[report]\nfail-on = \"critical\"\n").code, 0);
    assert!(with("[report]\nmin-severity = \"critical\"\n").findings().is_empty());
    sandbox.write("skout.toml", "[report]\nformat = [\"csv\"]\n");
    sandbox.skout(&["scan"]).exits(1).says(&["rule,severity,confidence"]);
    sandbox.skout(&["scan", "--format", "text"]).exits(1).says(&["high[hardcoded-secret]"]);
    sandbox.skout(&["scan", "--fail-on", "critical"]).exits(0);
}

const CUSTOM: &str = "[[key-type]]\nid = \"acme.secret-key\"\nrole = \"secret\"\nprefix = \"acme_\"\nalphabet = \"lower-hex\"\nlength = 32\n";

#[test]
fn a_custom_key_type_is_a_key_type_like_any_other() {
    let sandbox = Sandbox::with("app/page.jsx", "const key = \"acme_{lower-hex:32}\";\n");
    sandbox.init();
    assert!(sandbox.scan(&[]).findings().is_empty());
    sandbox.write("skout.toml", CUSTOM);
    let report = sandbox.scan(&[]);
    let finding = report.only();
    assert_eq!((text(&finding["rule"]), text(&finding["key"]["type"])), ("secret-in-client-code", "acme.secret-key"));
    sandbox.skout(&["rules", "show", "acme.secret-key"]).exits(0).says(&["- Role: secret", "`acme_`"]);
    sandbox.skout(&["rules", "list"]).exits(0).says(&["acme.secret-key"]);
    sandbox.skout(&["explain", "app/page.jsx:1"]).exits(0).says(&["acme.secret-key"]);
    sandbox.write("skout.toml", format!("{CUSTOM}\n[[allow]]\nkey-types = [\"acme.*\"]\nreason = \"made up\"\n"));
    assert_eq!(sandbox.scan(&[]).code, 0);
}

#[test]
fn mistakes_in_a_custom_key_type_teach() {
    for (from, to, words) in [
        ("role = \"secret\"", "role = \"secrt\"", &["secrt", "publishable"][..]),
        ("alphabet", "alphabt", &["unknown key `alphabt`", "did you mean `alphabet`?"]),
        ("lower-hex", "lowerhex", &["lowerhex"]),
        ("length = 32", "length = \"9..\"", &["9.."]),
        ("prefix = \"acme_\"\n", "", &["acme.secret-key"]),
        ("acme.secret-key", "acme", &["acme"]),
        ("length = 32", "pattern = \"(\"", &["acme.secret-key"]),
    ] {
        let sandbox = Sandbox::with("a.txt", "x\n");
        sandbox.write("skout.toml", CUSTOM.replace(from, to));
        sandbox.skout(&["scan"]).exits(2).complains(&["skout.toml:"]).complains(words);
    }
}
