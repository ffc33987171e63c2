//! What a `skout.toml` may say, and what each mistake is told.

use std::path::Path;

use super::*;

const RULES: &[&str] = &["hardcoded-secret", "secret-in-log", "secret-in-client-code"];

fn good(text: &str) -> Config {
    parse(text, Path::new("skout.toml"), RULES).unwrap()
}

/// The message and the help of a mistake, as a person reads them.
fn bad(text: &str) -> String {
    let error = parse(text, Path::new("skout.toml"), RULES).unwrap_err();
    let help = error.help_text().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!("{error}{help}")
}

#[test]
fn nothing_is_a_configuration() {
    let config = good("");
    assert_eq!(config.name, "skout.toml");
    assert!(config.allow.is_empty() && config.scan.exclude.is_empty() && config.report.fail_on.is_none());
    assert!(good("\u{feff}[scan]\r\nbinary = true\r\n").scan.binary);
}

#[test]
fn every_section_is_read_with_its_lines() {
    let config = good(
        r#"[scan]
exclude = ["vendor/**"]
archives = true
max-file-size = "10MiB"
skip-hidden = true

[report]
fail-on = "high"
min-severity = "info"
min-confidence = "low"
format = ["text", "sarif=out/skout.sarif"]

[rules]
secret-in-log = "off"
hardcoded-secret = "low"

# The samples of the guide.
[[allow]]
paths = ["docs/**"]
rules = ["hardcoded-secret"]
key-types = ["plunk.*", "acme.secret-key"]
fingerprints = ["sk1:00000000000000000000000000000000"]
reason = " samples "

[[place]]
paths = ["apps/admin/**"]
place = "server"

[[allow]]
rules = ["secret-in-log"]
reason = "prints samples"

[[key-type]]
id = "acme.secret-key"
role = "secret"
prefix = "acme_"
alphabet = "hex"
length = 32
"#,
    );
    assert!(config.excludes("vendor/a.js") && config.excludes_folder("vendor") && !config.excludes("src/a.js"));
    assert_eq!((config.scan.archives, config.scan.binary, config.scan.skip_hidden), (true, false, true));
    assert_eq!(config.scan.max_file_size, Some(10 << 20));
    assert_eq!((config.report.fail_on, config.report.min_severity), (Some(Severity::High), Some(Severity::Info)));
    assert_eq!(config.report.min_confidence, Some(Confidence::Low));
    assert_eq!(config.report.format, ["text", "sarif=out/skout.sarif"]);
    assert_eq!(
        config.rules,
        [
            RuleSetting { line: 14, rule: "secret-in-log".to_owned(), severity: None },
            RuleSetting { line: 15, rule: "hardcoded-secret".to_owned(), severity: Some(Severity::Low) }
        ]
    );
    assert_eq!(config.allow.iter().map(|allow| allow.line).collect::<Vec<_>>(), [18, 29]);
    assert_eq!(config.allow[0].reason, "samples");
    assert_eq!(config.allow[0].key_types, ["plunk.*", "acme.secret-key"]);
    assert_eq!((config.places[0].line, config.places[0].place), (25, Place::Server));
    assert_eq!(config.place_of("apps/admin/x.ts").map(|setting| setting.place), Some(Place::Server));
    assert_eq!((config.key_types[0].line, config.key_types[0].spec.id.as_str()), (33, "acme.secret-key"));
}

#[test]
fn sizes_and_formats_have_two_forms() {
    assert_eq!(good("[scan]\nmax-file-size = 4096").scan.max_file_size, Some(4096));
    assert_eq!(good("[report]\nformat = \"json\"").report.format, ["json"]);
    assert_eq!(good("allow = [\n  { rules = [\"secret-in-log\"], reason = \"x\" },\n]").allow[0].line, 2);
}

#[test]
fn unknown_keys_name_the_nearest() {
    insta::assert_snapshot!(bad("[scan]\n\n[alow]\n"), @"
    skout.toml:3: unknown key `alow`: did you mean `allow`?
    help: known are `scan`, `report`, `rules`, `allow`, `place`, `key-type`
    ");
    insta::assert_snapshot!(bad("[report]\nmin-severity = \"low\"\nfailon = \"high\"\n"), @"
    skout.toml:3: unknown key `failon`: did you mean `fail-on`?
    help: known are `fail-on`, `min-severity`, `min-confidence`, `format`
    ");
    insta::assert_snapshot!(bad("[scan]\nexcludes = []\n"), @"
    skout.toml:2: unknown key `excludes`: did you mean `exclude`?
    help: known are `exclude`, `archives`, `binary`, `max-file-size`, `skip-hidden`
    ");
    insta::assert_snapshot!(bad("[scan]\ncolour = true\n"), @"skout.toml:2: unknown key `colour`: known are `exclude`, `archives`, `binary`, `max-file-size`, `skip-hidden`");
    insta::assert_snapshot!(bad("[[allow]]\npaths = [\"a\"]\nreason = \"x\"\n\n[[allow]]\npath = [\"a\"]\n"), @"
    skout.toml:6: unknown key `path`: did you mean `paths`?
    help: known are `paths`, `rules`, `key-types`, `fingerprints`, `reason`
    ");
    insta::assert_snapshot!(bad("[[place]]\npaths = [\"a\"]\nplaces = \"server\"\n"), @"
    skout.toml:3: unknown key `places`: did you mean `place`?
    help: known are `paths`, `place`
    ");
    insta::assert_snapshot!(bad("[[key-type]]\nid = \"acme.key\"\nrole = \"secret\"\nprefix = \"acme_\"\nalphabets = \"hex\"\n"), @"
    skout.toml:5: unknown key `alphabets`: did you mean `alphabet`?
    help: known are `id`, `name`, `role`, `mode`, `partner`, `parts`, `prefix`, `alphabet`, `length`, `suffix`, `pattern`, `anchors`, `keywords`, `context`, `checksum`, `validators`, `proofs`, `confidence`, `docs`, `rotate`, `source`, `match`, `reject`
    ");
    insta::assert_snapshot!(bad("[rules]\nsecret-in-log = \"off\"\nsecret-in-logs = \"off\"\n"), @"
    skout.toml:3: there is no rule `secret-in-logs`: did you mean `secret-in-log`?
    help: known are `hardcoded-secret`, `secret-in-log`, `secret-in-client-code`
    ");
    insta::assert_snapshot!(bad("scan.exclud = []\n"), @"
    skout.toml:1: unknown key `exclud`: did you mean `exclude`?
    help: known are `exclude`, `archives`, `binary`, `max-file-size`, `skip-hidden`
    ");
}

#[test]
fn wrong_words_name_the_right_ones() {
    insta::assert_snapshot!(bad("[report]\nfail-on = \"hihg\"\n"), @"
    skout.toml:2: `hihg` is no severity: did you mean `high`?
    help: known are `info`, `low`, `medium`, `high`, `critical`
    ");
    insta::assert_snapshot!(bad("[report]\nmin-confidence = \"sure\"\n"), @"skout.toml:2: `sure` is no confidence: known are `low`, `medium`, `high`, `confirmed`");
    insta::assert_snapshot!(bad("[report]\nformat = [\"text\",\n\"srif\"]\n"), @"
    skout.toml:2: `srif` is no format: did you mean `sarif`?
    help: known are `text`, `json`, `jsonl`, `sarif`, `github`, `gitlab`, `junit`, `csv`
    ");
    insta::assert_snapshot!(bad("[report]\nformat = 1\n"), @r#"
    skout.toml:2: a format is a text, or a list of them
    help: format = "text", or format = ["text", "sarif=skout.sarif"]
    "#);
    insta::assert_snapshot!(bad("[rules]\nsecret-in-log = \"of\"\n"), @"
    skout.toml:2: `of` is no severity, nor is it `off`: did you mean `off`?
    help: known are `off`, `info`, `low`, `medium`, `high`, `critical`
    ");
    insta::assert_snapshot!(bad("[rules]\nsecret-in-log = false\n"), @"
    skout.toml:2: invalid type: boolean `false`, expected a string
    help: write a text in quotes
    ");
    insta::assert_snapshot!(bad("[scan]\nmax-file-size = \"10 megs\"\n"), @"skout.toml:2: `10 megs` is no size: write 10M, 10MiB, 10MB or a whole number of bytes");
    insta::assert_snapshot!(bad("[scan]\nmax-file-size = -1\n"), @"skout.toml:2: `-1` is no size: write 10M, 10MiB, 10MB or a whole number of bytes");
    insta::assert_snapshot!(bad("[scan]\narchives = \"yes\"\n"), @r#"skout.toml:2: invalid type: string "yes", expected a boolean"#);
    insta::assert_snapshot!(bad("[scan]\nexclude = \"vendor\"\n"), @r#"
    skout.toml:2: invalid type: string "vendor", expected a sequence
    help: write a list, as in ["docs/**"]
    "#);
    insta::assert_snapshot!(bad("[scan]\nexclude = [\n  \"vendor\",\n  \"a[\",\n]\n"), @"
    skout.toml:4: `a[` is no pattern of paths: unclosed character class; missing ']'
    help: patterns read as in .gitignore: `docs`, `/dist`, `apps/admin/**`, `*.test.ts`
    ");
    insta::assert_snapshot!(bad("[[place]]\npaths = [\"a\"]\nplace = \"backend\"\n"), @"skout.toml:3: `backend` is no place: known are `server`, `client`, `bundle`, `mobile`, `desktop`, `ci`, `config`, `env-file`, `docs`, `test`, `history`, `commit-message`, `unknown`");
    insta::assert_snapshot!(bad("[scan\n"), @"skout.toml:1: unclosed table, expected `]`");
}

#[test]
fn an_allow_is_narrow_and_has_a_reason() {
    insta::assert_snapshot!(bad("\n[[allow]]\nreason = \"x\"\n"), @"
    skout.toml:2: an [[allow]] without any criterion would silence everything
    help: give paths, rules, key-types or fingerprints
    ");
    insta::assert_snapshot!(bad("[[allow]]\npaths = []\nreason = \"x\"\n"), @"
    skout.toml:2: the list `paths` of this [[allow]] is empty
    help: name something, or leave the line out
    ");
    insta::assert_snapshot!(bad("[[allow]]\npaths = [\"a\"]\n"), @r#"
    skout.toml:1: an [[allow]] needs a reason
    help: reason = "why these are no leaks"
    "#);
    insta::assert_snapshot!(bad("[[allow]]\npaths = [\"a\"]\nreason = \" \"\n"), @"
    skout.toml:3: the reason of this [[allow]] is empty
    help: say why these are no leaks
    ");
    insta::assert_snapshot!(bad("[allow]\npaths = [\"a\"]\nreason = \"x\"\n"), @"
    skout.toml:1: invalid type: map, expected a sequence
    help: write the header with two brackets, as in `[[allow]]`
    ");
    insta::assert_snapshot!(bad("[[allow]]\nrules = [\n\"secret-in-lag\"]\nreason = \"x\"\n"), @"
    skout.toml:3: there is no rule `secret-in-lag`: did you mean `secret-in-log`?
    help: known are `hardcoded-secret`, `secret-in-log`, `secret-in-client-code`
    ");
    insta::assert_snapshot!(bad("[[allow]]\nkey-types = [\"plunk.secret-kye\"]\nreason = \"x\"\n"), @"
    skout.toml:2: there is no key type `plunk.secret-kye`: did you mean `plunk.secret-key`?
    help: `skout rules list` shows all; `provider.*` names those of a provider
    ");
    insta::assert_snapshot!(bad("[[allow]]\nkey-types = [\"plonk.*\"]\nreason = \"x\"\n"), @"
    skout.toml:2: there is no key type `plonk.*`: did you mean `plunk.*`?
    help: `skout rules list` shows all; `provider.*` names those of a provider
    ");
    // A secret that was pasted by mistake stays out of the message.
    let pasted = bad("[[allow]]\nfingerprints = [\"hunter2\"]\nreason = \"x\"\n");
    assert!(!pasted.contains("hunter2"));
    insta::assert_snapshot!(pasted, @"
    skout.toml:2: this is no fingerprint
    help: copy it whole from a report: `sk1:` and 32 hex digits
    ");
}

#[test]
fn custom_key_types_are_checked_with_their_line() {
    let entry = |rest: &str| bad(&format!("# ours\n[[key-type]]\nid = \"acme.key\"\nrole = \"secret\"\n{rest}\n"));
    insta::assert_snapshot!(entry("pattern = '(?=x)acme'"), @"
    skout.toml:2: [[key-type]] `acme.key`: the pattern is no regex of linear time (no look-around, no back-references): regex parse error:
        (?=x)acme
        ^^^
    error: look-around, including look-ahead and look-behind, is not supported
    help: mend the pattern in the syntax of https://docs.rs/regex, or give prefix, alphabet and length instead
    ");
    insta::assert_snapshot!(entry("pattern = '[a-z]*'"), @"
    skout.toml:2: [[key-type]] `acme.key`: the pattern `[a-z]*` matches the empty text
    help: mend the pattern in the syntax of https://docs.rs/regex, or give prefix, alphabet and length instead
    ");
    insta::assert_snapshot!(entry("pattern = 'acme_(?:[a-f0-9]{1000}){1000}'"), @"
    skout.toml:2: [[key-type]] `acme.key`: the pattern asks for 1000005 bytes at least, and nothing above 65536 is looked at: its repetitions multiply
    help: mend the pattern in the syntax of https://docs.rs/regex, or give prefix, alphabet and length instead
    ");
    insta::assert_snapshot!(entry("pattern = 'acme_(?:(?:a?b?c?){1000}){1000}'"), @"
    skout.toml:2: [[key-type]] `acme.key`: the pattern is too large when compiled: its repetitions multiply
    help: mend the pattern in the syntax of https://docs.rs/regex, or give prefix, alphabet and length instead
    ");
    insta::assert_snapshot!(entry("pattern = '[a-z][0-9]+'"), @"
    skout.toml:2: [[key-type]]: `acme.key` has no literal to look for: give anchors, a longer prefix, or keywords that are required
    help: mend the entry; `skout rules test` checks it and runs its examples
    ");
    insta::assert_snapshot!(entry("prefix = \"acme_\""), @"
    skout.toml:2: [[key-type]]: `acme.key` has no shape: give alphabet and length (with a prefix where there is one), or a pattern
    help: mend the entry; `skout rules test` checks it and runs its examples
    ");
    insta::assert_snapshot!(entry("alphabet = \"digits\"\nlength = 4\nkeywords = [\"acme id\"]\ncontext = \"required\""), @"
    skout.toml:2: [[key-type]]: `acme.key` may be shorter than 6 characters and has no prefix of three: it would never be found, so let its length begin with 6
    help: mend the entry; `skout rules test` checks it and runs its examples
    ");
    insta::assert_snapshot!(entry("prefix = \"acme_\"\nalphabet = \"hax\"\nlength = 32"), @r#"
    skout.toml:2: [[key-type]] `acme.key`: `hax` is no alphabet: use one of hex, lower-hex, upper-hex, digits, alnum, lower-alnum, upper-alnum, letters, lower-letters, base32, base58, base64, base64url, or a class of ASCII characters such as "[a-z0-9-]"
    help: mend the entry; `skout rules test` checks it and runs its examples
    "#);
    let one = "[[key-type]]\nid = \"acme.key\"\nrole = \"secret\"\nprefix = \"acme_\"\nalphabet = \"hex\"\nlength = 32\n";
    insta::assert_snapshot!(bad(&one.repeat(2)), @"
    skout.toml:7: [[key-type]]: the id `acme.key` stands twice, first in line 1
    help: mend the entry; `skout rules test` checks it and runs its examples
    ");
    insta::assert_snapshot!(bad(&one.replace("secret", "secrte")), @"skout.toml:3: `secrte` is no role: use one of secret, restricted, webhook-signing, session, publishable, identifier, unknown");
}

#[test]
fn a_configuration_writes_no_file_of_its_choice() {
    for file in ["/etc/cron.d/x", "../x", "a/../../x", ".git/hooks/pre-commit", "sub/.GIT/config", "c:x", "a\\b", ""] {
        let text = format!("[report]\nformat = ['json={file}']");
        assert!(parse(&text, Path::new("skout.toml"), RULES).is_err(), "{file}");
    }
    insta::assert_snapshot!(bad("[report]\nformat = [\"json=/tmp/x\"]"), @"
    skout.toml:2: `json=/tmp/x` does not write below the repository's root, or writes into `.git`
    help: a configuration may name such files alone; give others with --format on the command line
    ");
}

#[test]
fn the_nearest_file_wins_and_the_root_bounds_the_search() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("repo");
    let deep = root.join("apps/web/src");
    std::fs::create_dir_all(&deep).unwrap();
    let write = |folder: &Path| std::fs::write(folder.join(FILE_NAME), "[scan]\n").unwrap();
    let found = |start: &Path, top: Option<&Path>| find(start, top).map(|file| file.canonicalize().unwrap());
    let real = |folder: &Path| Some(folder.join(FILE_NAME).canonicalize().unwrap());
    write(home.path());
    assert_eq!(found(&deep, Some(&root)), None);
    write(&root);
    assert_eq!(found(&deep, Some(&root)), real(&root));
    assert_eq!(found(&root, Some(&root)), real(&root));
    assert_eq!(found(&deep, None), None);
    write(&root.join("apps/web"));
    std::fs::write(deep.join("a.ts"), "").unwrap();
    assert_eq!(found(&deep.join("a.ts"), Some(&root)), real(&root.join("apps/web")));
    assert_eq!(found(&root.join("apps"), Some(&root)), real(&root));
    assert_eq!(found(home.path(), Some(&root)), real(home.path()));
}

#[test]
fn patterns_begin_at_the_folder_of_the_file_that_was_found() {
    let home = tempfile::tempdir().unwrap();
    let web = home.path().join("apps/web");
    std::fs::create_dir_all(&web).unwrap();
    let file = web.join(FILE_NAME);
    std::fs::write(&file, "[scan]\nexclude = [\"/gen\"]\n").unwrap();
    let mut config = read(&file, RULES).unwrap();
    assert!(config.excludes("gen/a.js"));
    config.anchor(&file, home.path());
    assert_eq!(config.name, "apps/web/skout.toml");
    assert!(config.excludes("apps/web/gen/a.js") && !config.excludes("gen/a.js"));
}

#[test]
fn unreadable_files_say_so() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(FILE_NAME);
    let told = |file: &Path| read(file, RULES).unwrap_err().to_string().replace(&*home.path().to_string_lossy(), "").replace('\\', "/");
    assert!(told(&file).starts_with("/skout.toml: the configuration cannot be read: "));
    std::fs::write(&file, b"# a\n# \xff\n").unwrap();
    insta::assert_snapshot!(told(&file), @"/skout.toml:2: the configuration is not UTF-8");
}
