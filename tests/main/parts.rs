//! Credentials of several parts: one finding for an id and its secret, and which values go together.

use serde_json::Value;

use crate::sandbox::{Sandbox, commit, number, text};

/// `type@line confidence (part@line ...)` of each finding.
fn told(findings: &[Value]) -> Vec<String> {
    let place = |key: &Value, location: &Value| format!("{}@{}", text(&key["type"]), number(&location["start"]["line"]));
    let one = |finding: &Value| {
        let parts: Vec<String> =
            finding["parts"].as_array().into_iter().flatten().map(|part| format!(" + {}", place(&part["key"], &part["location"]))).collect();
        format!("{} {}{}", place(&finding["key"], &finding["location"]), text(&finding["confidence"]), parts.concat())
    };
    findings.iter().map(one).collect()
}

#[track_caller]
fn check(cases: &[(&str, &str, &[&str])]) {
    for (path, template, wanted) in cases {
        let report = Sandbox::with(path, template).scan(&[]);
        assert_eq!(told(report.findings()), *wanted, "{path}:\n{template}");
    }
}

const AWS: &str = "aws.secret-access-key";
const AWS_PAIR: &str = "AWS_ACCESS_KEY_ID=AKIA{base32:16}\nAWS_SECRET_ACCESS_KEY={base64:40}\n";

#[test]
fn an_id_and_its_secret_are_one() {
    check(&[
        (".env", AWS_PAIR, &["aws.secret-access-key@2 high + aws.access-key-id@1"]),
        (
            "credentials",
            "[default]\naws_access_key_id = AKIA{base32:16}\n# until June\n\n# then\n\naws_secret_access_key = {base64:40}\n",
            &["aws.secret-access-key@7 high + aws.access-key-id@2"],
        ),
        (
            "server.js",
            "const client = new S3Client({\n  credentials: { secretAccessKey: \"{base64:40}\", accessKeyId: \"AKIA{base32:16}\" },\n});\n",
            &["aws.secret-access-key@2 high + aws.access-key-id@2"],
        ),
        (
            "app.py",
            "import boto3\nsession = boto3.Session(\n    aws_access_key_id=\"AKIA{base32:16}\",\n    aws_secret_access_key=\"{base64:40}\",\n)\n",
            &["aws.secret-access-key@4 high + aws.access-key-id@3"],
        ),
        (
            "deploy.yaml",
            "env:\n  - name: AWS_ACCESS_KEY_ID\n    value: AKIA{base32:16}\n  - name: AWS_SECRET_ACCESS_KEY\n    value: {base64:40}\n",
            &["aws.secret-access-key@5 high + aws.access-key-id@3"],
        ),
        ("twilio.yaml", "twilio:\n  account_sid: AC{lower-hex:32}\n  auth_token: \"{lower-hex:32}\"\n", &["twilio.auth-token@3 high + twilio.account-sid@2"]),
        (
            "twilio.js",
            "const client = require('twilio')('AC{lower-hex:32}', '{lower-hex:32}');\n",
            &["twilio.auth-token-after-sid@1 high + twilio.account-sid@1"],
        ),
        (
            "config/oauth.json",
            "{ \"slack\": {\n  \"client_id\": \"{digits:12}.{digits:13}\",\n  \"client_secret\": \"{lower-hex:32}\"\n} }\n",
            &["slack.client-secret@3 high + slack.client-id@2"],
        ),
    ]);
}

#[test]
fn values_with_authority_that_go_together_are_one() {
    check(&[
        (".env", "KUCOIN_API_KEY={hex:24}\nKUCOIN_API_SECRET={uuid}\nKUCOIN_API_PASSPHRASE=hunter22\n", &["kucoin.secret-key@2 high + kucoin.access-token@1"]),
        (
            "ovh.conf",
            "[ovh-eu]\napplication_key={class:0-9A-Za-z:16}\napplication_secret={class:0-9A-Za-z:32}\nconsumer_key={class:0-9A-Za-z:32}\n",
            &["ovh.application-secret@3 high + ovh.application-key@2 + ovh.consumer-key@4"],
        ),
        (
            "session.env",
            "AWS_ACCESS_KEY_ID=ASIA{base32:16}\nAWS_SECRET_ACCESS_KEY={base64:40}\nAWS_SESSION_TOKEN=IQoJb3JpZ2lu{alnum:400}\n",
            &["aws.secret-access-key@2 high + aws.access-key-id@1 + aws.session-token@3"],
        ),
        ("sts.env", "AWS_ACCESS_KEY_ID=ASIA{base32:16}\nAWS_SESSION_TOKEN=IQoJb3JpZ2lu{alnum:400}\n", &["aws.session-token@2 high + aws.access-key-id@1"]),
    ]);
}

#[test]
fn alone_each_stays_what_it_is() {
    check(&[
        (".env", "AWS_ACCESS_KEY_ID=AKIA{base32:16}\n", &[]),
        (".env", "AWS_SECRET_ACCESS_KEY={base64:40}\n", &["aws.secret-access-key@1 medium"]),
        (".env", "KUCOIN_API_KEY={hex:24}\n", &["kucoin.access-token@1 medium"]),
        // Far from each other.
        (".env", "AWS_ACCESS_KEY_ID=AKIA{base32:16}\n\n\n\n\nAWS_SECRET_ACCESS_KEY={base64:40}\n", &["aws.secret-access-key@6 medium"]),
        // Of other sections, and of accounts with other names.
        ("credentials", "[dev]\naws_access_key_id = AKIA{base32:16}\n[prod]\naws_secret_access_key = {base64:40}\n", &["aws.secret-access-key@4 medium"]),
        (".env", "DEV_KUCOIN_API_KEY={hex:24}\nPROD_KUCOIN_API_SECRET={uuid}\n", &["kucoin.access-token@1 medium", "kucoin.secret-key@2 medium"]),
        // The publishable half belongs to nobody.
        (".env", "STRIPE_PUBLISHABLE_KEY=pk_live_{alnum:24}\nSTRIPE_SECRET_KEY=sk_live_{alnum:24}\n", &["stripe.secret-key@2 high"]),
        // Secrets of one provider that open different doors.
        (
            ".env",
            "STRIPE_SECRET_KEY=sk_live_{alnum:24}\nSTRIPE_WEBHOOK_SECRET=whsec_{alnum:32}\n",
            &["stripe.secret-key@1 high", "stripe.webhook-secret@2 high"],
        ),
    ]);
}

#[test]
fn accounts_in_turn_keep_their_own_ids() {
    let both = |first: u64, id: u64, second: u64, other: u64| {
        [format!("{AWS}@{first} high + aws.access-key-id@{id}"), format!("{AWS}@{second} high + aws.access-key-id@{other}")]
    };
    for (path, template, wanted) in [
        (
            ".env",
            "AWS_ACCESS_KEY_ID=AKIA{base32:16}\nAWS_SECRET_ACCESS_KEY={base64:40}\nAWS_ACCESS_KEY_ID=AKIA{base32:16}\nAWS_SECRET_ACCESS_KEY={base64:40}\n",
            both(2, 1, 4, 3),
        ),
        (
            ".env",
            "DEV_AWS_ACCESS_KEY_ID=AKIA{base32:16}\nPROD_AWS_ACCESS_KEY_ID=AKIA{base32:16}\nPROD_AWS_SECRET_ACCESS_KEY={base64:40}\nDEV_AWS_SECRET_ACCESS_KEY={base64:40}\n",
            both(3, 2, 4, 1),
        ),
        (
            "config.yaml",
            "dev:\n  secretAccessKey: {base64:40}\n  accessKeyId: AKIA{base32:16}\nprod:\n  secretAccessKey: {base64:40}\n  accessKeyId: AKIA{base32:16}\n",
            both(2, 3, 5, 6),
        ),
        (
            "accounts.json",
            "[{\"accessKeyId\":\"AKIA{base32:16}\",\"secretAccessKey\":\"{base64:40}\"},\n{\"accessKeyId\":\"AKIA{base32:16}\",\"secretAccessKey\":\"{base64:40}\"}]\n",
            both(1, 1, 2, 2),
        ),
    ] {
        assert_eq!(told(Sandbox::with(path, template).scan(&[]).findings()), wanted, "{template}");
    }
    // On one line only the structure tells.
    let line = "[{\"accessKeyId\":\"AKIA{base32:16}\",\"secretAccessKey\":\"{base64:40}\"},{\"accessKeyId\":\"AKIA{base32:16}\",\"secretAccessKey\":\"{base64:40}\"}]\n";
    let report = Sandbox::with("accounts.json", line).scan(&[]);
    for finding in report.findings() {
        let offset = |value: &Value| number(&value["location"]["start"]["offset"]);
        assert_eq!(finding["parts"].as_array().map(Vec::len), Some(1));
        assert!(offset(&finding["parts"][0]) < offset(finding), "{finding:#}");
        assert_eq!(offset(&finding["parts"][0]) < 60, offset(finding) < 100);
    }
    assert_eq!(report.findings().len(), 2);
}

const KUCOIN: &str = "KUCOIN_API_KEY={hex:24}\nKUCOIN_API_SECRET={uuid}\n";

#[test]
fn every_format_tells_of_the_parts() {
    let sandbox = Sandbox::with(".env", KUCOIN);
    sandbox.skout(&["scan"]).exits(1).says(&["with: kucoin.access-token ", " at line 1", "key: kucoin.secret-key "]);
    let sarif: Value = serde_json::from_str(&sandbox.skout(&["scan", "--format", "sarif"]).exits(1).out).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 1);
    let related = &results[0]["relatedLocations"][0];
    assert_eq!(number(&related["physicalLocation"]["region"]["startLine"]), 1);
    assert!(text(&related["message"]["text"]).contains("KuCoin API key"), "{related}");
    let part = sandbox.scan(&["--show-secrets"]).only()["parts"][0].clone();
    let stored = std::fs::read_to_string(sandbox.at(".env")).expect("the file");
    assert!(stored.contains(text(&part["key"]["value"])) && stored.starts_with("KUCOIN"));
    let hidden = sandbox.scan(&[]);
    assert!(hidden.only()["parts"][0]["key"].get("value").is_none() && !hidden.all.to_string().contains(text(&part["key"]["value"])));
    assert_eq!((text(&part["key"]["role"]), &part["fingerprint"]), ("secret", &hidden.only()["parts"][0]["fingerprint"]));
    // Each line is still explained, and what is rewritten is each value.
    sandbox.skout(&["explain", ".env:1"]).exits(0).says(&["kucoin.access-token", "main part"]);
    sandbox.skout(&["explain", ".env:2"]).exits(0).says(&["with kucoin.access-token", "at line 1"]);
    let code = Sandbox::with("app.js", "const kucoin = {\n  apiKey: \"{hex:24}\",\n  apiSecret: \"{uuid}\",\n};\n");
    assert_eq!(code.scan(&[]).findings().len(), 1);
    code.skout(&["fix"]).says(&["2 findings fixed"]);
}

#[test]
fn allowing_the_main_part_allows_the_whole() {
    let suppressed = |template: &str| Sandbox::with(".env", template).scan(&[]).only()["suppressed"].is_object();
    assert!(suppressed("KUCOIN_API_KEY={hex:24}\nKUCOIN_API_SECRET={uuid} # skout:allow\n"));
    assert!(!suppressed("KUCOIN_API_KEY={hex:24} # skout:allow\nKUCOIN_API_SECRET={uuid}\n"));
    assert!(!suppressed(KUCOIN));
    let sandbox = Sandbox::with(".env", KUCOIN);
    let print = text(&sandbox.scan(&[]).only()["fingerprint"]).to_owned();
    sandbox.write("skout.toml", format!("[[allow]]\nfingerprints = [\"{print}\"]\nreason = \"a sample\"\n"));
    assert!(sandbox.scan(&[]).only()["suppressed"].is_object());
}

#[test]
fn a_new_part_of_an_old_credential_is_news() {
    let sandbox = Sandbox::new();
    let repository = sandbox.init();
    let old = sandbox.plant(".env", KUCOIN);
    sandbox.track(&repository, &[".env"]);
    commit(&repository, "One");
    let lines: Vec<&str> = old.lines().collect();
    let other = crate::sandbox::filled("KUCOIN_API_KEY={hex:24}").chars().rev().take(24).collect::<String>();
    sandbox.write(".env", format!("KUCOIN_API_KEY={other}\n{}\n", lines[1]));
    sandbox.track(&repository, &[".env"]);
    let staged = sandbox.scan(&["--staged"]);
    assert_eq!(text(&staged.only()["key"]["type"]), "kucoin.access-token");
}

#[test]
fn the_history_tells_of_a_credential_once() {
    let sandbox = Sandbox::new();
    let repository = sandbox.init();
    sandbox.plant(".env", KUCOIN);
    sandbox.plant("b.env", &format!("# the other account\nA=1\n{AWS_PAIR}"));
    sandbox.track(&repository, &[".env", "b.env"]);
    commit(&repository, "One");
    sandbox.write(".env", "A=1\n");
    sandbox.track(&repository, &[".env"]);
    commit(&repository, "Two");
    let history = sandbox.scan(&["--history"]);
    let wanted = ["kucoin.secret-key@2 high + kucoin.access-token@1", "aws.secret-access-key@4 high + aws.access-key-id@3"];
    assert_eq!(told(history.findings()), wanted);
}

#[test]
fn findings_of_other_rules_stay() {
    // The secret of the pair goes to the browser, the key does not.
    let sandbox = Sandbox::with(".env", "KUCOIN_API_KEY={hex:24}\nNEXT_PUBLIC_KUCOIN_API_SECRET={uuid}\n");
    let report = sandbox.scan(&[]);
    let rules: Vec<&str> = report.findings().iter().map(|finding| text(&finding["rule"])).collect();
    assert_eq!(rules, ["hardcoded-secret", "public-env-secret"]);
    assert_eq!(report.findings()[1]["parts"].as_array().map(Vec::len), Some(1));
}

#[test]
fn key_types_of_ones_own_have_parts() {
    let entry = |id: &str, prefix: &str, more: &str| {
        format!("[[key-type]]\nid = \"acme.{id}\"\nprefix = \"{prefix}\"\nalphabet = \"lower-hex\"\nlength = 32\n{more}\n")
    };
    let sandbox = Sandbox::with("server.js", "const acme = { key: \"ack_{lower-hex:32}\", secret: \"acs_{lower-hex:32}\" };\n");
    let key = entry("api-key", "ack_", "role = \"restricted\"");
    sandbox.write("skout.toml", format!("{key}{}", entry("api-secret", "acs_", "role = \"secret\"\nparts = [\"acme.api-key\"]")));
    assert_eq!(told(sandbox.scan(&[]).findings()), ["acme.api-secret@1 high + acme.api-key@1"]);
    sandbox.write("skout.toml", format!("{key}{}", entry("api-secret", "acs_", "role = \"secret\"")));
    assert_eq!(sandbox.scan(&[]).findings().len(), 2);
    for (more, word) in [("role = \"publishable\"\nparts = [\"acme.api-key\"]", "no authority"), ("role = \"secret\"\nparts = [\"acme.api-secret\"]", "itself")]
    {
        sandbox.write("skout.toml", entry("api-secret", "acs_", more));
        sandbox.skout(&["scan"]).exits(2).complains(&["acme.api-secret", word]);
    }
}
