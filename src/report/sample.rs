//! Reports for tests: a plain one, and one whose every text is written by somebody who means harm.

use super::{Format, Options, Repository, RuleDoc};
use crate::error::{ScanPath, Skip, SkipClass};
use crate::finding::{Finding, GitOrigin, KeyInfo, Location, Note, Part, Remediation, Report, Summary, SuppressedBy, Suppression, TraceStep};
use crate::secret::Secret;
use crate::terms::{Confidence, KeyTypeId, Mode, Place, Role, RuleId, Severity};
use crate::text::{Position, Region, Span, cut_excerpt};

/// The value that no writer may show; put together here, so that no file holds it.
pub(super) fn value() -> String {
    format!("sk_{}", "0123456789abcdef".repeat(3))
}

/// The password in the address of the repository.
pub(super) fn password() -> String {
    format!("hunter{}", "2".repeat(14))
}

pub(super) fn written(format: Format, report: &Report, options: &Options<'_>) -> String {
    let mut out = Vec::new();
    super::write(format, report, options, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("every format is UTF-8")
}

pub(super) fn options() -> Options<'static> {
    static RULES: std::sync::LazyLock<Vec<RuleDoc>> = std::sync::LazyLock::new(|| {
        let rule = |id, title: &str, security_severity| RuleDoc {
            id: RuleId(id),
            title: title.to_owned(),
            help_markdown: format!("## What it finds\n\n{title}."),
            security_severity,
            tags: vec!["secret".to_owned(), "security".to_owned(), "secret".to_owned()],
        };
        vec![
            rule("hardcoded-secret", "A secret is written in a file", 7.0),
            rule("secret-in-client-code", "A secret is written in source that runs in a browser", 9.5),
        ]
    });
    let repository = Repository {
        uri: format!("https://me:{}@example.com/org/repo.git?token={}", password(), value()),
        revision: Some("1234567890abcdef1234567890abcdef12345678".to_owned()),
        branch: Some("main".to_owned()),
    };
    Options { rules: &RULES, repository: Some(repository), root_uri: Some("file:///work".to_owned()), ..Options::default() }
}

fn at(path: ScanPath, line: u64, column: u64, length: u64) -> Location {
    let start = Position { line, column, offset: 61 };
    Location { path, region: Region { start, end: Position { column: column + length, offset: 61 + length, ..start } } }
}

fn finding(path: &[u8], line: u64, rule: &'static str, source: &str) -> Finding {
    let value = value();
    let secret = Secret::new(value.as_bytes());
    let key_type = KeyTypeId("plunk.secret-key".into());
    let source = source.replace("{}", &value);
    let start = source.find(&value).expect("the source holds the value");
    Finding {
        rule: RuleId(rule),
        severity: Severity::Critical,
        confidence: Confidence::High,
        fingerprint: secret.fingerprint(&key_type, 200.0),
        key: KeyInfo {
            key_type,
            name: "Plunk secret key".to_owned(),
            role: Role::Secret,
            mode: Mode::None,
            redacted: secret.redacted(3),
            partner: Some(KeyTypeId("plunk.public-key".into())),
            value: None,
        },
        place: Place::Client,
        message: "a Plunk secret key is written in source that runs in a browser".to_owned(),
        also: Vec::new(),
        location: at(ScanPath::from_bytes(path), line, source[..start].chars().count() as u64 + 1, value.len() as u64),
        excerpt: cut_excerpt(source.as_bytes(), Span::new(start, start + value.len()), secret.redacted(3).as_str(), &[]),
        encoding: Vec::new(),
        trace: Vec::new(),
        git: None,
        remediation: Remediation {
            steps: vec!["Rotate the key at Plunk".to_owned(), "Call Plunk from a server".to_owned()],
            docs: Some("https://docs.useplunk.com/api-reference".to_owned()),
        },
        suppressed: None,
        parts: Vec::new(),
        part_of: None,
    }
}

/// An id beside the value, at a line.
fn part(line: u64) -> Part {
    let value = format!("id_{}", "0123456789abcdef".repeat(2));
    let secret = Secret::new(value.as_bytes());
    let key_type = KeyTypeId("plunk.account-id".into());
    Part {
        fingerprint: secret.fingerprint(&key_type, 200.0),
        region: at(ScanPath::from_bytes(b""), line, 8, 35).region,
        key: KeyInfo {
            key_type,
            name: "Plunk account id".to_owned(),
            role: Role::Identifier,
            mode: Mode::None,
            redacted: secret.redacted(3),
            partner: None,
            value: None,
        },
    }
}

/// A finding with a trace, one with a part from history, and one that is suppressed.
pub(super) fn plain() -> Report {
    let mut first = finding(b"app/page.tsx", 3, "secret-in-client-code", "const key = \"{}\";");
    first.also = vec![RuleId("hardcoded-secret")];
    first.trace = vec![TraceStep { location: at(ScanPath::from_bytes(b"app/layout.tsx"), 1, 1, 6), text: "imported by app/layout.tsx".to_owned() }];
    let mut second = finding(b"src/old.ts", 112, "hardcoded-secret", "  key: '{}',");
    second.severity = Severity::Medium;
    second.place = Place::History;
    second.fingerprint = Secret::new(b"another").fingerprint(&second.key.key_type, 200.0);
    second.encoding = vec!["base64"];
    second.parts = vec![part(110)];
    second.git = Some(GitOrigin {
        commit: "1234567890abcdef1234567890abcdef12345678".to_owned(),
        path: ScanPath::from_bytes(b"src/old.ts"),
        author: "Ada".to_owned(),
        email: "ada@example.com".to_owned(),
        time: "2026-01-02T03:04:05+01:00".to_owned(),
        message: "Add the key".to_owned(),
        in_tip: true,
        tip: Some((ScanPath::from_bytes(b"src/new.ts"), 9)),
        refs: vec!["refs/heads/main".to_owned()],
        occurrences: 3,
    });
    let mut third = finding(b"src/server.ts", 7, "hardcoded-secret", "key = '{}' // skout:allow");
    third.suppressed = Some(Suppression { by: SuppressedBy::Comment, place: "src/server.ts:7".to_owned(), reason: Some("a sample".to_owned()) });
    let skip = |path: &str, reason: &str, class| Skip { path: ScanPath::from_bytes(path.as_bytes()), reason: reason.to_owned(), class };
    Report {
        findings: vec![first, second, third],
        summary: Summary {
            files: 3,
            bytes: 1024,
            skipped: vec![
                skip("a.png", "binary", SkipClass::Chosen),
                skip("b.png", "binary", SkipClass::Chosen),
                skip("locked.txt", "unreadable", SkipClass::Lost),
            ],
            notes: vec![Note { code: "shallow", text: "the history is shallow".to_owned() }],
            elapsed_ms: 1234,
            ..Summary::default()
        },
    }
}

/// File names, commit data, messages and skips that try to steer whoever reads them.
pub(super) fn hostile() -> Report {
    let evil = "\u{1b}[31m\u{202e}\r\n::error title=forged::x ##[error]y ##vso[task.setvariable]z <b>&\"']]> [l](http://x) \u{9b}\u{e0041}\u{fffe},=cmd()";
    let paths: [&[u8]; 9] = [
        b"=cmd()|' /C calc'!A0",
        b"::error title=forged::x",
        b"a\n::error file=b,title=forged::c\r.ts",
        b"a,b:c%0A.ts",
        b"commit:1234567",
        b"src/\x1b[31m\xe2\x80\xae##[add-mask]x.ts",
        b"src/\xff\xfe.ts",
        b"src/<b>&\"'.html",
        "src/ä 🔑.ts".as_bytes(),
    ];
    let mut report = plain();
    report.findings = paths.iter().map(|path| finding(path, 1, "secret-in-client-code", &format!("{evil} key = '{{}}' {evil}"))).collect();
    for finding in &mut report.findings {
        finding.message = format!("a key in {evil}");
        finding.key.name = evil.to_owned();
        finding.parts = vec![Part { key: KeyInfo { name: evil.to_owned(), ..finding.key.clone() }, ..part(2) }];
        finding.trace = vec![TraceStep { location: finding.location.clone(), text: evil.to_owned() }];
        finding.remediation.steps.push(evil.to_owned());
        finding.remediation.docs = Some("::error title=forged::docs".to_owned());
        finding.git = Some(GitOrigin {
            commit: "1234567890abcdef1234567890abcdef12345678".to_owned(),
            path: finding.location.path.clone(),
            author: evil.to_owned(),
            email: evil.to_owned(),
            time: "2026-01-02T03:04:05+01:00".to_owned(),
            message: evil.to_owned(),
            in_tip: false,
            tip: None,
            refs: vec![evil.to_owned()],
            occurrences: 1,
        });
    }
    report.findings[8].suppressed = Some(Suppression { by: SuppressedBy::Config, place: evil.to_owned(), reason: Some(evil.to_owned()) });
    report.summary.skipped.push(Skip { path: ScanPath::from_bytes(evil.as_bytes()), reason: evil.to_owned(), class: SkipClass::Lost });
    report.summary.skipped.push(Skip { path: ScanPath::from_bytes(paths[1]), reason: "::error title=forged::z".to_owned(), class: SkipClass::Lost });
    report.summary.notes.push(Note { code: "shallow", text: evil.to_owned() });
    report
}
