//! The canary: no output holds a planted value, nor a telling part of one.

use crate::sandbox::{Sandbox, filled, run};

/// Templates of lines, most with neighbours: on the same line, in comments, in strings, refused ones, split over lines.
const PLANTED: &[(&str, &str)] = &[
    ("server/mail.js", "const plunk = new Plunk(\"sk_{lower-hex:48}\"); // old: sk_{lower-hex:48}\n"),
    ("server/two.js", "pair = { secret: \"sk_live_{alnum:24}\", hook: \"whsec_{alnum:32}\", id: \"pk_live_{alnum:24}\" }; // stripe\n"),
    ("server/near.js", "// sk_test_{alnum:24}\nconst stripe = \"sk_live_51{alnum:97}\"; /* rk_live_{alnum:24} */\n// ghp_{crc32-base62:30}\n"),
    (
        ".env",
        "PLUNK_SECRET_KEY=sk_{lower-hex:48}\nDB_PASSWORD={alnum:20}\nDATABASE_URL=postgres://app:{alnum:20}@db.internal.net:5432/app\nOTHER=sk_{lower-hex:48}\n",
    ),
    ("config.yml", "slack: xoxb-{digits:12}-{digits:12}-{alnum:24}\naws_key: AKIA{class:A-Z2-7:16}\naws_secret_access_key: {class:a-zA-Z0-9:40}\n"),
    ("mail.py", "sendgrid = 'SG.{alnum:22}.{alnum:43}'; resend = 're_{alnum:8}_{alnum:24}'\n"),
    ("ai.ts", "const key = \"sk-ant-api03-{alnum:93}AA\"; const other = \"sk-proj-{alnum:74}T3BlbkFJ{alnum:74}\";\n"),
    ("key.pem", "{pem:RSA PRIVATE KEY}\n"),
    ("dist/app.min.js", "a=1;b=\"sk_{lower-hex:48}\";c=\"ghp_{crc32-base62:30}\";d=\"sk_live_{alnum:24}\";plunk(b);e=\"AIza{alnum:35}\"\n"),
    ("refused.js", "const plunk = \"sk_{lower-hex:47}\"; const stripe = \"sk_live_{alnum:24}_{alnum:8}\";\n"),
    ("wrapped.txt", "Authorization: Basic {b64:api:sk_live_{alnum:24}}\n"),
    ("jwt.js", "const supabase = \"{jwt:iss=supabase,role=service_role}\";\n"),
    ("allowed.js", "const plunk = \"sk_{lower-hex:48}\"; // skout:allow -- was sk_{lower-hex:48}\n"),
];

/// So many characters of a body must not be shown; a prefix and the redaction's ends may.
const TELLING: usize = 10;

const FORMATS: [&str; 8] = ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv"];

/// The sandbox and the random parts of all that was planted.
fn planted() -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::new();
    let mut bodies = Vec::new();
    for (path, template) in PLANTED {
        let text = sandbox.plant(path, template);
        bodies.extend(random_parts(template, &text));
    }
    assert!(bodies.len() > 40, "{} bodies", bodies.len());
    (sandbox, bodies)
}

/// Runs of letters and digits that the filled text has and the template has not.
fn random_parts(template: &str, text: &str) -> Vec<String> {
    let words = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').map(str::to_owned).filter(|word| word.len() >= TELLING).collect()
    };
    let known = words(template);
    words(text).into_iter().filter(|word| !known.contains(word)).map(|word| word[word.len().saturating_sub(20)..word.len() - 6].to_owned()).collect()
}

#[track_caller]
fn holds_none(what: &str, output: &str, bodies: &[String]) {
    for body in bodies {
        for start in 0..=body.len().saturating_sub(TELLING) {
            // The message must not repeat what it complains of.
            assert!(!output.contains(&body[start..(start + TELLING).min(body.len())]), "{what} shows a planted value (length {})", body.len());
        }
    }
}

#[test]
fn no_format_shows_a_value() {
    let (sandbox, bodies) = planted();
    for format in FORMATS {
        for extra in [&[][..], &["-v", "--show-publishable", "--min-severity", "info", "--min-confidence", "low"]] {
            let args: Vec<&str> = ["scan", "--format", format].iter().chain(extra).copied().collect();
            let run = sandbox.skout(&args).exits(1);
            holds_none(format, &run.out, &bodies);
            holds_none("standard error", &run.err, &bodies);
        }
    }
    let run = sandbox.skout(&["scan", "--color", "always"]).exits(1);
    holds_none("coloured text", &run.out, &bodies);
}

#[test]
fn the_canary_would_be_seen() {
    let (sandbox, bodies) = planted();
    let shown = sandbox.skout(&["scan", "--format", "json", "--show-secrets"]).exits(1).out;
    assert!(bodies.iter().filter(|body| shown.contains(&body[..TELLING.min(body.len())])).count() > 15);
}

#[test]
fn no_explanation_shows_a_value() {
    let (sandbox, bodies) = planted();
    for (path, template) in PLANTED {
        for line in 1..=template.lines().count() {
            let run = sandbox.skout(&["explain", &format!("{path}:{line}")]).exits(0);
            holds_none(&format!("the explanation of {path}:{line}"), &run.out, &bodies);
        }
    }
}

#[test]
fn no_error_of_a_configuration_shows_a_value() {
    // People paste values into the wrong place of a configuration.
    for template in [
        "[[allow]]\nfingerprints = [\"sk_live_{alnum:24}\"]\nreason = \"x\"\n",
        "[[allow]]\nkey-types = [\"sk_live_{alnum:24}\"]\nreason = \"x\"\n",
        "[scan]\nsk_live_{alnum:24} = 1\n",
        "[[key-type]]\nid = \"acme.key\"\nrole = \"sk_live_{alnum:24}\"\n",
        "token = sk_live_{alnum:24}\n",
        "[report]\nfail-on = \"sk_live_{alnum:24}\"\n",
    ] {
        let sandbox = Sandbox::with("a.txt", "x\n");
        let text = sandbox.plant("skout.toml", template);
        let run = sandbox.skout(&["scan"]).exits(2);
        holds_none(&format!("the error of {template:?}"), &run.err, &random_parts(template, &text));
    }
}

#[test]
fn no_reason_and_no_name_shows_a_value() {
    let sandbox = Sandbox::new();
    let reason = "const plunk = \"sk_{lower-hex:48}\"; // skout:allow -- replaces ghp_{crc32-base62:30}, see sk_live_{alnum:24}\n";
    let name = "keys/sk_live_{alnum:24}.js";
    let mut bodies = random_parts(reason, &sandbox.plant("server.js", reason));
    let path = filled(name);
    bodies.extend(random_parts(name, &path));
    sandbox.plant(&path, "const plunk = \"sk_{lower-hex:48}\";\n");
    let place = format!("{path}:1");
    holds_none("an explanation of a file with such a name", &sandbox.skout(&["explain", &place]).exits(0).out, &bodies);
    let absent = format!("no/{path}");
    holds_none("the error of a path that is not there", &sandbox.skout(&["scan", &absent]).exits(2).err, &bodies);
    let option = format!("--{}", filled("sk_live_{alnum:24}"));
    holds_none("the error of an option", &sandbox.skout(&["scan", &option]).exits(2).err, &random_parts("", &option));
    for format in FORMATS {
        let run = sandbox.skout(&["scan", "--format", format]);
        holds_none(&format!("{format} with a value in a reason or a file's name"), &run.out, &bodies);
    }
}

#[test]
fn a_bar_and_a_debug_environment_show_nothing() {
    let (sandbox, bodies) = planted();
    let mut command = sandbox.command(&sandbox.root());
    command.args(["scan", "--progress", "always", "-j", "1"]).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    let run = run(command, b"").exits(1);
    holds_none("standard error", &run.err, &bodies);
}
