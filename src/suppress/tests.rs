//! Which comments and entries silence what.

use std::path::Path;

use super::*;
use crate::finding::{GitOrigin, KeyInfo, Location, Remediation};
use crate::secret::Secret;
use crate::terms::{Confidence, KeyTypeId, Mode, Place, Role, RuleId, Severity};
use crate::text::{Excerpt, Position, Region};

/// The marks around `VALUE`, each as `line>covered marker [targets] reason`.
fn told(text: &str) -> Vec<String> {
    let start = text.find("VALUE").unwrap();
    let line = 1 + text[..start].matches('\n').count() as u64;
    shown(marks(text.as_bytes(), Span::new(start, start + 5), line, &[]))
}

fn shown(marks: Vec<AllowMark>) -> Vec<String> {
    let show = |mark: AllowMark| {
        let targets = if mark.targets.is_empty() { String::new() } else { format!(" [{}]", mark.targets.join(" ")) };
        let reason = mark.reason.map(|reason| format!(" {reason}")).unwrap_or_default();
        format!("{}>{} {}{targets}{reason}", mark.line, mark.covers, mark.marker)
    };
    marks.into_iter().map(show).collect()
}

/// Whether some mark concerns `VALUE`.
fn check(cases: &[(&str, bool)]) {
    for (text, allowed) in cases {
        assert_eq!(!told(text).is_empty(), *allowed, "{text}");
    }
}

#[test]
fn a_comment_beside_the_value_allows_it() {
    check(&[
        ("k = 'VALUE' # skout:allow", true),
        ("k = 'VALUE' #skout:allow", true),
        ("k = 'VALUE' // skout:allow", true),
        ("k = 'VALUE' //skout:allow", true),
        ("k = 'VALUE' /* skout:allow */;", true),
        ("k = 'VALUE' /*skout:allow*/;", true),
        ("<p>VALUE</p> <!--skout:allow-->", true),
        ("k = 'VALUE' --skout:allow", true),
        ("k = VALUE ; skout:allow", true),
        ("k = VALUE % skout:allow", true),
        ("k = \"VALUE\" 'skout:allow", true),
        ("K=VALUE skout:allow", true),
        ("K=VALUE # SKOUT:Allow", true),
        ("/* skout:allow */ k = 'VALUE'", true),
        ("skout:allow VALUE", true),
        ("\u{feff}skout:allow VALUE", true),
        ("k = 'VALUE' # noqa # skout:allow", true),
        ("k = 'VALUE' # skout:allow.", true),
        ("k = 'VALUE' # skout:allow\r\n", true),
        // Not the word, or not in its place.
        ("k = 'VALUE' # skout:allowed", false),
        ("k = 'VALUE' # skout:allow-list", false),
        ("k = 'VALUE' # skout:allow_it", false),
        ("k = 'VALUE' # myskout:allow", false),
        ("k = 'VALUE' # https://skout:allow@host", false),
        ("k = 'VALUE' # see x/skout:allow", false),
        ("k = 'VALUE'\n# skout:allow", false),
    ]);
}

#[test]
fn text_of_a_string_is_no_comment() {
    check(&[
        ("k = 'VALUE skout:allow'", false),
        ("k = \"id=VALUE # skout:allow\"", false),
        ("k = f'VALUE skout:allow'", false),
        ("log(\"see skout:allow\", 'VALUE')", false),
        ("log('VALUE', \"a # skout:allow\")", false),
        ("k = 'VALUE' + 'skout:allow'", false),
        ("k = 'VALUE' // don't skout:allow -- it's fine", true),
        ("don't use VALUE # isn't skout:allow", true),
        ("k = 'VALUE' # \"skout:allow\" is fine here", false),
        ("k = \"a\" + 'VALUE' # skout:allow -- the \"key\"", true),
    ]);
    // Not even when the value is all of it.
    let text = b"password = pass skout:allow word";
    assert_eq!(marks(text, Span::new(11, text.len()), 1, &[]), []);
}

#[test]
fn a_comment_alone_above_allows_the_line_below() {
    check(&[
        ("# skout:allow\nk = 'VALUE'", true),
        ("#skout:allow\r\nk = 'VALUE'", true),
        ("x\n  // skout:allow secret-in-log -- why\n  k = 'VALUE'", true),
        ("{/* skout:allow */}\n<p>VALUE</p>", true),
        ("<!-- skout:allow -->\nVALUE", true),
        ("<%# skout:allow %>\nVALUE", true),
        (" * skout:allow\nVALUE", true),
        ("-- skout:allow\nVALUE", true),
        ("REM skout:allow\nset K=VALUE", true),
        ("\u{feff}# skout:allow\nVALUE", true),
        // More than the comment stands there, so it speaks of its own line.
        ("x = 1 # skout:allow\nk = 'VALUE'", false),
        ("/* skout:allow */ x = 1\nk = 'VALUE'", false),
        ("# K=abc skout:allow\nK=VALUE", false),
        ("skout:allow\nVALUE", false),
        ("'skout:allow',\n'VALUE'", false),
        ("\"# skout:allow\",\n'VALUE'", false),
        ("# skout:allow\n\nk = 'VALUE'", false),
        // Others mean their own line alone.
        ("# gitleaks:allow\nk = 'VALUE'", false),
    ]);
}

#[test]
fn markers_of_other_scanners_count() {
    check(&[
        ("k = 'VALUE' # gitleaks:allow", true),
        ("k = 'VALUE' // betterleaks:allow", true),
        ("k = 'VALUE' # trufflehog:ignore", true),
        ("k = 'VALUE' # kingfisher:ignore", true),
        ("k = 'VALUE' # ggignore", true),
        ("k = 'VALUE' # GGIGNORE", true),
        ("k = 'VALUE' # ggignore-start", false),
        ("k = 'VALUE' # pragma: allowlist secret", true),
        ("k = 'VALUE' # pragma:allowlist secret", true),
        ("k = 'VALUE' # Pragma: Whitelist-Secret", true),
        ("k = 'VALUE' # pragma: allowlist secrets", false),
        ("k = 'VALUE' # pragma: no cover", false),
        ("k = 'VALUE' # pragma: allowlist nextline secret", false),
        ("# pragma: allowlist nextline secret\nk = 'VALUE'", true),
        ("x = 1 # pragma: allowlist nextline secret\nk = 'VALUE'", false),
        ("# pragma: allowlist secret\nk = 'VALUE'", false),
        ("k = 'VALUE' # nosec", true),
        ("k = 'VALUE' #nosec", true),
        ("k = 'VALUE' //nosec", true),
        ("k = 'VALUE' # nosec B105", true),
        ("k = 'VALUE' # nosec: B602, B106", true),
        ("k = 'VALUE' # nosec hardcoded_password_string", true),
        ("k = 'VALUE' // #nosec G101 -- a sample", true),
        ("k = 'VALUE' # a sample, nosec B107", true),
        ("k = 'VALUE' # nosec because of that", true),
        ("k = 'VALUE' # nosec B602", false),
        ("k = 'VALUE' # nosec B602, subprocess_popen", false),
        ("k = 'VALUE' # there is nosec here", false),
        ("k = 'VALUE' # nosecrets", false),
        ("k = 'VALUE' # nosecret", true),
    ]);
}

#[test]
fn targets_and_reasons_are_read() {
    let all = [
        "k = VALUE # skout:allow",
        "k = VALUE # skout:allow secret-in-log",
        "k = VALUE # skout:allow secret-in-log -- prints a sample",
        "k = VALUE # skout:allow -- prints a sample",
        "k = VALUE # skout:allow Plunk.*, secret-in-log,stripe.secret-key: samples",
        "k = VALUE /* skout:allow plunk.**/",
        "<!-- skout:allow secret-in-log -- why not -->VALUE",
        "k = VALUE # skout:allow secret-in-log prints it",
        "k = VALUE # skout:allow \u{2014} a d\u{e4}sh",
        "k = VALUE # skout:allow # noqa",
        "/* skout:allow x-y */ k = VALUE",
        "skout:allow VALUE",
        "a\n\"\"\"VALUE\"\"\" # skout:allow -- \"\"\"",
        "k = VALUE # nosec G101 -- a sample",
        "k = VALUE # gitleaks:allow, see below",
        "# skout:allow a-b\nk = VALUE # ggignore",
    ];
    let lines: Vec<String> = all.iter().map(|text| told(text).join(" | ")).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    1>1 skout:allow
    1>1 skout:allow [secret-in-log]
    1>1 skout:allow [secret-in-log] prints a sample
    1>1 skout:allow prints a sample
    1>1 skout:allow [plunk.* secret-in-log stripe.secret-key] samples
    1>1 skout:allow [plunk.*]
    1>1 skout:allow [secret-in-log] why not
    1>1 skout:allow [secret-in-log] prints it
    1>1 skout:allow a däsh
    1>1 skout:allow
    1>1 skout:allow [x-y]
    1>1 skout:allow
    2>2 skout:allow
    1>1 nosec a sample
    1>1 gitleaks:allow
    2>2 ggignore | 1>2 skout:allow [a-b]
    ");
}

#[test]
fn reasons_repeat_no_value() {
    let text = b"k = 'hunter-two' # skout:allow -- hunter-two is \x1b[1m fine, as 0123456789abcdef01 is";
    let again = Span::new(34, 44);
    insta::assert_snapshot!(shown(marks(text, Span::new(5, 15), 1, &[Span::new(5, 15), again])).join("\n"), @r"1>1 skout:allow **** is \u{1b}[1m fine, as **** is");
}

#[test]
fn values_of_many_lines_have_two() {
    let block = "-----BEGIN X-----\nabc\n-----END X-----";
    let of = |text: String| {
        let start = text.find("-----BEGIN").unwrap();
        shown(marks(text.as_bytes(), Span::new(start, start + block.len()), 1, &[]))
    };
    assert_eq!(of(format!("k = \"{block}\", # skout:allow -- the \"x\" of it")), ["3>3 skout:allow the \"x\" of it"]);
    assert_eq!(of(format!("k = \"\"\"{block}\"\"\" # gitleaks:allow")), ["3>3 gitleaks:allow"]);
    assert_eq!(of(format!("/* skout:allow */ k = `{block}`")), ["1>1 skout:allow"]);
    assert_eq!(of(format!("{block}\n# skout:allow")), Vec::<String>::new());
    // The line feed belongs to the block, the line after it does not.
    let text = format!("{block}\n# skout:allow");
    assert_eq!(marks(text.as_bytes(), Span::new(0, block.len() + 1), 1, &[]), []);
    // A call over several lines.
    let call = b"log( // skout:allow\n  key)";
    assert_eq!(marks(call, Span::new(0, call.len()), 7, &[]).iter().map(|mark| (mark.line, mark.covers)).collect::<Vec<_>>(), [(7, 7)]);
}

#[test]
fn far_comments_on_a_long_line_are_out_of_reach() {
    let near = format!("{}k='VALUE';/* skout:allow */{}", "a;".repeat(9000), "b;".repeat(9000));
    assert_eq!(told(&near), ["1>1 skout:allow"]);
    check(&[(&format!("k='VALUE';{}/* skout:allow */", "b;".repeat(9000)), false), (&format!("/* skout:allow */\n{}k='VALUE'", "a;".repeat(9000)), false)]);
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(skout:allow|nosec|pragma: allowlist secret|[#/*'\"`\\\\ \n,.x-]|\u{e4}){0,40}", start in 0usize..80, len in 0usize..40) {
        marks(text.as_bytes(), Span::new(start, start + len), 1 + text.matches('\n').count() as u64, &[Span::new(3, 9)]);
    }
}

fn finding(rule: &'static str, key_type: &'static str, path: &str) -> Finding {
    let key_type = KeyTypeId(key_type.into());
    let secret = Secret::new(b"value");
    Finding {
        rule: RuleId(rule),
        severity: Severity::High,
        confidence: Confidence::High,
        fingerprint: secret.fingerprint(&key_type, 200.0),
        key: KeyInfo { key_type, name: String::new(), role: Role::Secret, mode: Mode::None, redacted: secret.redacted(0), partner: None, value: None },
        place: Place::Server,
        message: String::new(),
        also: vec![RuleId("hardcoded-secret")],
        location: Location { path: ScanPath::from_bytes(path.as_bytes()), region: Region { start: Position::START, end: Position::START } },
        excerpt: Excerpt { text: String::new(), mark: 0..0 },
        encoding: Vec::new(),
        trace: Vec::new(),
        git: None,
        remediation: Remediation::default(),
        suppressed: None,
        parts: Vec::new(),
        part_of: None,
    }
}

fn config(text: &str) -> Config {
    crate::config::parse(text, Path::new("skout.toml"), &["hardcoded-secret", "secret-in-log"]).unwrap()
}

#[test]
fn a_target_must_be_the_findings_own() {
    let cases = [
        ("", true),
        ("secret-in-log", true),
        ("hardcoded-secret", true),
        ("plunk.secret-key", true),
        ("plunk.*", true),
        ("secret-in-url", false),
        ("plunk.public-key", false),
        ("plunk", false),
        ("stripe.*", false),
        ("stripe.*, plunk.*", true),
    ];
    for (target, silenced) in cases {
        let text = format!("VALUE # skout:allow {target}");
        let noted = marks(text.as_bytes(), Span::new(0, 5), 1, &[]);
        let mut findings = [finding("secret-in-log", "plunk.secret-key", "src/a.ts")];
        apply(&mut findings, |_| &noted, &Config::default());
        assert_eq!(findings[0].suppressed.is_some(), silenced, "{target}");
    }
}

#[test]
fn every_criterion_of_an_entry_must_be_met() {
    let fingerprint = finding("", "plunk.secret-key", "").fingerprint.to_string();
    let cases = [
        ("paths = ['src']".to_owned(), true),
        ("paths = ['src/']".to_owned(), true),
        ("paths = ['Src']".to_owned(), false),
        ("paths = ['src'], rules = ['secret-in-log']".to_owned(), true),
        ("paths = ['lib'], rules = ['secret-in-log']".to_owned(), false),
        ("rules = ['hardcoded-secret']".to_owned(), false),
        ("key-types = ['plunk.*']".to_owned(), true),
        ("key-types = ['plunk.public-key', 'plunk.secret-key']".to_owned(), true),
        ("key-types = ['plunk.public-key']".to_owned(), false),
        (format!("fingerprints = ['{fingerprint}']"), true),
        (format!("fingerprints = ['{fingerprint}'], paths = ['lib']"), false),
        ("fingerprints = ['sk1:00000000000000000000000000000000']".to_owned(), false),
    ];
    for (criteria, silenced) in cases {
        let config = config(&format!("allow = [{{ {criteria}, reason = 'known' }}]"));
        let mut findings = [finding("secret-in-log", "plunk.secret-key", "src/a.ts")];
        apply(&mut findings, |_| &[], &config);
        assert_eq!(findings[0].suppressed.is_some(), silenced, "{criteria}");
    }
}

#[test]
fn a_file_renamed_since_is_allowed_by_its_present_name() {
    let config = config("[[allow]]\npaths = ['new.ts']\nreason = 'known'");
    let mut old = finding("secret-in-log", "plunk.secret-key", "old.ts");
    let path = ScanPath::from_bytes(b"old.ts");
    old.git = Some(GitOrigin {
        commit: String::new(),
        path,
        author: String::new(),
        email: String::new(),
        time: String::new(),
        message: String::new(),
        in_tip: true,
        tip: Some((ScanPath::from_bytes(b"new.ts"), 1)),
        refs: Vec::new(),
        occurrences: 1,
    });
    let mut findings = [old];
    apply(&mut findings, |_| &[], &config);
    assert!(findings[0].suppressed.is_some());
}

#[test]
fn findings_are_marked_and_entries_counted() {
    let config = config(
        "[[allow]]\npaths = ['src']\nreason = 'ours'\n\n[[allow]]\nrules = ['secret-in-log']\nreason = 'samples'\n\n[[allow]]\npaths = ['gone']\nreason = 'old'\n",
    );
    let mark = marks(b"VALUE # skout:allow -- shown", Span::new(0, 5), 1, &[]);
    let mut findings = [
        finding("secret-in-log", "plunk.secret-key", "src/a.ts"),
        finding("secret-in-url", "plunk.secret-key", "src/a.ts"),
        finding("secret-in-log", "plunk.secret-key", "b.ts"),
        finding("secret-in-url", "plunk.secret-key", "b.ts"),
    ];
    let in_url: Vec<bool> = findings.iter().map(|finding| finding.rule.0 == "secret-in-url").collect();
    let used = apply(&mut findings, |at| if in_url[at] { &mark } else { &[] }, &config);
    let marked: Vec<String> = findings
        .iter()
        .map(|finding| finding.suppressed.as_ref().map_or_else(String::new, |by| format!("{:?} {} {}", by.by, by.place, by.reason.as_deref().unwrap_or("-"))))
        .collect();
    insta::assert_snapshot!(marked.join("\n"), @"
    Config skout.toml:1 ours
    Comment src/a.ts:1 shown
    Config skout.toml:5 samples
    Comment b.ts:1 shown
    ");
    insta::assert_debug_snapshot!(used.iter().map(|used| (used.line, used.matched, used.whole_files.len())).collect::<Vec<_>>(), @"
    [
        (
            1,
            2,
            1,
        ),
        (
            5,
            2,
            0,
        ),
        (
            9,
            0,
            0,
        ),
    ]
    ");
}
