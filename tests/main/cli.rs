//! Arguments, streams and exit codes: what a person or a script meets first.

use std::process::Stdio;

use crate::sandbox::{PUBLIC_ENV, SECRET_ENV, SECRET_LINE, Sandbox, filled, run};

#[test]
fn exit_codes() {
    let clean = Sandbox::with("readme.txt", "nothing here\n");
    clean.skout(&["scan"]).exits(0).says(&["no findings in 1 file"]);
    let found = Sandbox::with("server/mail.js", SECRET_LINE);
    found.skout(&["scan"]).exits(1).says(&["high[hardcoded-secret]", "server/mail.js:1:14"]);
    found.skout(&["scan", "absent"]).exits(2).complains(&["absent: the path can't be scanned", "help: check the spelling"]);
}

#[test]
fn no_arguments_show_the_way() {
    let sandbox = Sandbox::new();
    sandbox.skout(&[]).exits(2).complains(&["Usage: skout", "scan", "explain"]);
    sandbox.skout(&["--help"]).exits(0).says(&["Usage: skout", "Exit codes: 0"]);
    sandbox.skout(&["--version"]).exits(0).says(&["skout "]);
    sandbox.skout(&["scna"]).exits(2).complains(&["unrecognized subcommand 'scna'", "scan"]);
}

#[test]
fn wrong_usage_names_what_is_right() {
    let sandbox = Sandbox::with("a.txt", "x\n");
    for (args, words) in [
        (&["scan", "--formt", "json"][..], &["'--formt'", "--format"][..]),
        (&["scan", "--fail-on", "bad"], &["'bad'", "use info, low, medium, high or critical"]),
        (&["scan", "--min-severity", "5"], &["use info, low, medium, high or critical"]),
        (&["scan", "--min-confidence", "sure"], &["use low, medium, high or confirmed"]),
        (&["scan", "--format", "xml"], &["use one of", "sarif", "junit"]),
        (&["scan", "--format", "sarif="], &["the file after `=` has no name"]),
        (&["scan", "--format", "json", "--format", "csv"], &["two formats go to standard output", "--format sarif=skout.sarif"]),
        (&["scan", "--rule", "secret-in-bundel"], &["`secret-in-bundel` is no rule", "did you mean `secret-in-bundle`?"]),
        (&["scan", "--no-rule", "zzz"], &["`zzz` is no rule", "the rules are", "hardcoded-secret"]),
        (&["scan", "-", "a.txt"], &["`-` stands beside other paths"]),
        (&["scan", "--stdin-path", "x.js"], &["--stdin-path names standard input"]),
        (&["scan", "--max-file-size", "ten"], &["--max-file-size"]),
        (&["scan", "-j", "0"], &["--jobs"]),
        (&["scan", "-q", "-v"], &["cannot be used with"]),
        (&["scan", "--config", "none.toml"], &["none.toml"]),
        (&["-C", "nowhere", "scan"], &["nowhere: can't go to the folder of -C"]),
        (&["explain", "a.txt"], &["`a.txt` is no place", "skout explain src/app.ts:12"]),
        (&["explain", "a.txt:0"], &["is no place"]),
        (&["explain", "none.txt:1"], &["none.txt: the file can't be read"]),
    ] {
        let run = sandbox.skout(args).exits(2).complains(words);
        assert!(run.out.is_empty(), "{args:?} wrote to standard output: {}", run.out);
        assert!(run.err.starts_with("error: "), "{args:?}: {}", run.err);
    }
}

#[test]
fn started_elsewhere_before_and_after_the_command() {
    let sandbox = Sandbox::with("app/server.js", SECRET_LINE);
    for args in [["-C", "app", "scan"], ["scan", "-C", "app"]] {
        sandbox.skout(&args).exits(1).says(&["--> server.js:1:14"]);
    }
}

#[test]
fn an_output_file_is_whole_or_not_there() {
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    let run = sandbox.skout(&["scan", "--format", "json", "-o", "out.json"]).exits(1);
    assert!(run.out.is_empty());
    let all: serde_json::Value = serde_json::from_slice(&std::fs::read(sandbox.at("out.json")).expect("a report")).expect("JSON");
    assert_eq!(all["findings"].as_array().map(Vec::len), Some(1));
    sandbox.skout(&["scan", "-o", "no/such/out.json"]).exits(2).complains(&["the report can't be written", "check that its folder exists"]);
    let left: Vec<_> = std::fs::read_dir(sandbox.root()).expect("a folder").filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    assert!(left.iter().all(|name| !name.ends_with(".part")), "{left:?}");
}

#[test]
fn formats_in_files_stand_beside_standard_output() {
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    sandbox.skout(&["scan", "--format", "sarif=s.sarif", "--format", "csv=s.csv"]).exits(1).says(&["high[hardcoded-secret]"]);
    let csv = std::fs::read_to_string(sandbox.at("s.csv")).expect("a report");
    assert!(csv.starts_with("rule,severity,") && csv.contains("server.js"), "{csv}");
    assert!(std::fs::read_to_string(sandbox.at("s.sarif")).expect("a report").contains("2.1.0"));
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let output = sandbox.command(&sandbox.root()).arg("scan").stdout(full).stdin(Stdio::null()).output().expect("a binary that starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output can't be written"));
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let sandbox = Sandbox::new();
    sandbox.plant("server.js", &SECRET_LINE.repeat(400));
    let mut child = sandbox
        .command(&sandbox.root())
        .args(["scan", "--format", "jsonl"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a binary that starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("a process that ends");
    assert_eq!(output.status.code(), Some(1), "the exit code still tells of the findings");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn standard_input_takes_its_context_from_its_name() {
    let sandbox = Sandbox::new();
    let page = filled("\"use client\";\nconst key = \"sk_{lower-hex:48}\";\n");
    let run = sandbox.skout_with(&["scan", "-", "--stdin-path", "app/page.tsx", "--format", "json"], page.as_bytes()).exits(1);
    let report = run.report();
    assert_eq!(report.only()["rule"], "secret-in-client-code");
    assert_eq!(report.paths(), ["app/page.tsx"]);
    let report = sandbox.skout_with(&["scan", "-", "--format", "json"], page.as_bytes()).exits(1).report();
    assert_eq!(report.paths(), ["-"]);
    sandbox.skout_with(&["scan", "-"], b"").exits(0).says(&["no findings in 1 file, 0 bytes"]);
}

#[test]
fn rules_are_listed_and_shown() {
    let sandbox = Sandbox::new();
    sandbox.skout(&["rules", "list"]).exits(0).says(&["hardcoded-secret", "plunk.secret-key", "key types"]);
    sandbox.skout(&["rules", "show", "hardcoded-secret"]).exits(0).says(&["# hardcoded-secret", "## What it finds", "```js fires path="]);
    sandbox.skout(&["rules", "show", "plunk.secret-key"]).exits(0).says(&["- Role: secret", "- Partner: plunk.public-key", "## Rotation", "1. "]);
    sandbox.skout(&["rules", "show", "plunk.secret-kye"]).exits(2).complains(&["neither a rule nor a key type", "did you mean `plunk.secret-key`?"]);
    sandbox.skout(&["rules", "show", "hardcoded-secrt"]).exits(2).complains(&["did you mean `hardcoded-secret`?"]);
    sandbox.skout(&["rules", "show", "qqqqqqqq"]).exits(2).complains(&["`skout rules list` lists them"]);
}

#[test]
fn rule_files_are_tested() {
    let sandbox = Sandbox::new();
    let good = "[[key-type]]\nid = \"acme.secret-key\"\nrole = \"secret\"\nprefix = \"acme_\"\nalphabet = \"lower-hex\"\nlength = 32\n\
                match = [\"key = acme_{lower-hex:32}\"]\nreject = [\"key = acme_{lower-hex:31}\"]\n";
    sandbox.write("skout.toml", good);
    sandbox.skout(&["rules", "test", "skout.toml"]).exits(0).says(&["1 key type, 2 examples: all right"]);
    sandbox.write("bad.toml", good.replace("acme_{lower-hex:32}", "acme_{lower-hex:30}"));
    sandbox.skout(&["rules", "test", "bad.toml"]).exits(2).says(&["acme.secret-key", "1 mistake"]);
    sandbox.write("slip.toml", good.replace("alphabet", "alphabt"));
    sandbox.skout(&["rules", "test", "slip.toml"]).exits(2).says(&["slip.toml:", "alphabt"]);
    sandbox.write("empty/readme.txt", "x");
    sandbox.skout(&["rules", "test", "empty"]).exits(2).complains(&["no TOML file lies in the folder"]);
    sandbox.skout(&["rules", "test", "none.toml"]).exits(2).complains(&["none.toml: the rule file can't be read"]);
}

#[test]
fn the_built_in_rule_files_pass_their_own_test() {
    let sandbox = Sandbox::new();
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/plunk.toml");
    sandbox.skout(&["rules", "test", rules]).exits(0).says(&["all right"]);
}

#[test]
fn a_line_is_explained() {
    let sandbox = Sandbox::new();
    sandbox.plant(".env", &format!("{SECRET_ENV}{PUBLIC_ENV}PLUNK_SECRET_KEY=sk_{{lower-hex:47}}\nSTRIPE_SECRET_KEY=sk_live_{{repeat:x:24}}\nNAME=x\n"));
    sandbox.skout(&["explain", ".env:1"]).exits(0).says(&[".env:1", "is a Plunk secret key", "finding: hardcoded-secret (high)", "place env-file"]);
    sandbox.skout(&["explain", ".env:2"]).exits(0).says(&["is a Plunk public key", "no finding: this role may stand in the open"]);
    sandbox.skout(&["explain", ".env:3"]).exits(0).says(&["Plunk secret key", "another length than this format: 47 characters, where it has 48"]);
    sandbox.skout(&["explain", ".env:4"]).exits(0).says(&["looks like a", "it is a placeholder"]);
    sandbox.skout(&["explain", ".env:5"]).exits(0).says(&["nothing on this line"]);
    sandbox.skout(&["explain", ".env:99"]).exits(0).says(&["the file has"]);
    sandbox.write("x.bin", b"\0\x01\x02");
    sandbox.skout(&["explain", "x.bin:1"]).exits(0).says(&["the file is binary"]);
}

#[test]
fn completions_for_every_shell() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        sandbox.skout(&["completions", shell]).exits(0).says(&["skout", "fail-on"]);
    }
    sandbox.skout(&["completions", "dos"]).exits(2).complains(&["bash"]);
}

#[test]
fn colours_only_where_they_are_wanted() {
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    let coloured = |args: &[&str], variable: Option<(&str, &str)>| {
        let mut command = sandbox.command(&sandbox.root());
        command.arg("scan").args(args);
        if let Some((name, value)) = variable {
            command.env(name, value);
        }
        run(command, b"").exits(1).out.contains('\u{1b}')
    };
    assert!(!coloured(&[], None), "standard output is no terminal");
    assert!(coloured(&["--color", "always"], None));
    assert!(!coloured(&["--color", "never"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!coloured(&[], Some(("NO_COLOR", "1"))));
    assert!(coloured(&["--color", "always"], Some(("NO_COLOR", "1"))), "the flag is nearer than the environment");
    assert!(!coloured(&["--color", "always", "--format", "json"], None), "data is never coloured");
}

#[test]
fn a_bar_never_mixes_with_data() {
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    let run = sandbox.skout(&["scan", "--progress", "always", "--format", "json"]).exits(1);
    serde_json::from_str::<serde_json::Value>(&run.out).expect("JSON alone");
}
