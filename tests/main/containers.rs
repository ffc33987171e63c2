//! What stands within something else: archives, compressed streams, binary files.

use std::io::Write;

use serde_json::Value;

use crate::sandbox::{Report, SECRET_ENV, SECRET_LINE, Sandbox, commit, filled, number, text};

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).expect("bytes");
    writer.finish().expect("a stream")
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        writer.append_data(&mut header, name, *bytes).expect("a member");
    }
    writer.into_inner().expect("an archive")
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

/// `path encoding` of each finding.
fn wrapped(report: &Report) -> Vec<String> {
    let words = |list: &Value| list.as_array().into_iter().flatten().map(|word| text(word).to_owned()).collect::<Vec<_>>().join(" ");
    report.findings().iter().map(|finding| format!("{} {}", text(&finding["location"]["path"]), words(&finding["encoding"]))).collect()
}

#[test]
fn archives_are_opened_when_named_or_asked_for() {
    let sandbox = Sandbox::new();
    let secret = filled(SECRET_LINE);
    sandbox.write("a.tar.gz", gzipped(&tarred(&[("./src/server.js", secret.as_bytes())])));
    sandbox.write("b.zip", zipped(&[("server.js", secret.as_bytes())]));
    sandbox.write("dump.env.gz", gzipped(filled(SECRET_ENV).as_bytes()));
    let chosen = |name: &str| format!("{name}: an archive, which nobody asked to open (chosen)");
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, report.paths().len()), (0, 0));
    // A stream whose head holds no zero byte is taken for text, as everywhere.
    assert!(report.skips().contains(&chosen("b.zip")), "{:?}", report.skips());
    assert_eq!(wrapped(&sandbox.scan(&["a.tar.gz"])), ["a.tar.gz!/src/server.js gzip archive"]);
    let report = sandbox.scan(&["--archives"]);
    assert_eq!(wrapped(&report), ["a.tar.gz!/src/server.js gzip archive", "b.zip!/server.js archive", "dump.env.gz!/dump.env gzip"]);
    assert_eq!((report.code, report.skips().len(), number(&report.all["summary"]["files"])), (1, 0, 3));
    sandbox.write("skout.toml", "[scan]\narchives = true\n");
    assert_eq!(sandbox.scan(&[]).findings().len(), 3);
}

#[test]
fn archives_in_git_and_from_pipes_are_opened() {
    let sandbox = Sandbox::new();
    let repository = sandbox.init();
    sandbox.write("README.md", "nothing\n");
    sandbox.track(&repository, &["README.md"]);
    commit(&repository, "first");
    let secret = filled(SECRET_LINE);
    let packed = zipped(&[("lib/server.js", secret.as_bytes())]);
    sandbox.write("build/app.jar", &packed);
    sandbox.write("dump.sql.gz", gzipped(filled(SECRET_ENV).as_bytes()));
    sandbox.track(&repository, &["build/app.jar", "dump.sql.gz"]);
    let jar = "build/app.jar!/lib/server.js archive";
    let both = [jar, "dump.sql.gz!/dump.sql gzip"];

    let staged = sandbox.scan(&["--staged"]);
    assert_eq!(wrapped(&staged), Vec::<String>::new());
    assert!(staged.skips().contains(&"build/app.jar: an archive, which nobody asked to open (chosen)".to_owned()), "{:?}", staged.skips());
    assert_eq!(wrapped(&sandbox.scan(&["--staged", "--archives"])), both);
    assert_eq!(wrapped(&sandbox.scan(&["--staged", "build/app.jar"])), [jar]);
    commit(&repository, "archives");
    assert_eq!(wrapped(&sandbox.scan(&["--diff", "HEAD~1", "--archives"])), both);
    assert_eq!(wrapped(&sandbox.scan(&["--history"])), Vec::<String>::new());
    let history = sandbox.scan(&["--history", "--archives"]);
    assert_eq!(wrapped(&history), both);
    assert!(history.findings().iter().all(|finding| finding["git"]["in_tip"] == true), "{:?}", history.findings());

    // What the tip holds no more, or another version of.
    sandbox.write("build/app.jar", zipped(&[("lib/server.js", b"nothing")]));
    sandbox.track(&repository, &["build/app.jar"]);
    commit(&repository, "without");
    let history = sandbox.scan(&["--history", "--archives"]);
    let old = history.findings().iter().find(|finding| text(&finding["location"]["path"]).starts_with("build")).expect("the old one");
    assert_eq!((text(&old["location"]["path"]), &old["git"]["in_tip"]), ("build/app.jar!/lib/server.js", &Value::Bool(false)));
    assert_eq!(history.findings().len(), 2);

    for args in [&["scan", "-", "--stdin-path", "app.jar", "--format", "json"][..], &["scan", "-", "--archives", "--format", "json"]] {
        let report = sandbox.skout_with(args, &packed).exits(1).report();
        assert!(text(&report.only()["location"]["path"]).ends_with("!/lib/server.js"), "{:?}", report.all);
    }
}

#[test]
fn archives_within_archives() {
    let sandbox = Sandbox::new();
    let secret = filled(SECRET_LINE);
    let jar = zipped(&[("assets/server.js", secret.as_bytes())]);
    let gem = tarred(&[("data.tar.gz", &gzipped(&tarred(&[("lib/x.jar", &jar), ("lib/plain.gz", secret.as_bytes())])))]);
    sandbox.write("x.gem", &gem);
    let expected = ["x.gem!/data.tar.gz!/lib/plain.gz archive gzip archive", "x.gem!/data.tar.gz!/lib/x.jar!/assets/server.js archive gzip archive archive"];
    let report = sandbox.scan(&["x.gem"]);
    assert_eq!((wrapped(&report), report.skips()), (expected.map(str::to_owned).to_vec(), vec![]));
    let place = &report.findings()[1]["location"]["start"];
    assert_eq!((number(&place["line"]), number(&place["column"]), number(&place["offset"])), (1, 14, 13));
    // There is an end to it, and it is said.
    sandbox.write("x.zip", zipped(&[("x.gem", &zipped(&[("y.zip", &gem)]))]));
    let report = sandbox.scan(&["x.zip"]);
    assert_eq!(report.skips(), ["x.zip!/x.gem!/y.zip!/data.tar.gz!/lib/x.jar: an archive within 4 others, where skout ends (lost)"]);
    assert_eq!(report.code, 3);
}

#[test]
fn bombs_are_lost_and_told() {
    let sandbox = Sandbox::new();
    let secret = filled(SECRET_LINE);
    // 300 MiB of nothing, twice compressed.
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(secret.as_bytes()).expect("bytes");
    let zeros = vec![b' '; 1 << 20];
    (0..300).for_each(|_| writer.write_all(&zeros).expect("bytes"));
    let bomb = writer.finish().expect("a stream");
    sandbox.write("bomb.zip", zipped(&[("a.js.gz", &bomb), ("b.js", secret.as_bytes())]));
    let report = sandbox.scan(&["bomb.zip"]);
    assert_eq!(wrapped(&report), ["bomb.zip!/a.js.gz!/a.js archive gzip"]);
    assert_eq!(report.skips(), ["bomb.zip: it unpacks to more than 4 GiB or 200 times its size: the rest was not read (lost)"]);
    assert_eq!(report.code, 3);
}

#[test]
fn broken_archives_are_lost() {
    let sandbox = Sandbox::new();
    let whole =
        gzipped(&tarred(&[("a.js", filled(SECRET_LINE).as_bytes()), ("b.js", &(0..20_000_u32).flat_map(|n| (n * n).to_le_bytes()).collect::<Vec<_>>())]));
    sandbox.write("a.tgz", &whole[..whole.len() / 2]);
    sandbox.write("no.zip", "plain text\n");
    let report = sandbox.scan(&["--archives"]);
    assert_eq!((report.paths(), report.code), (vec!["a.tgz!/a.js"], 3));
    assert!(report.skips().iter().any(|skip| skip.starts_with("a.tgz: it can't be unpacked to its end")), "{:?}", report.skips());
}

#[test]
fn binaries_are_searched_when_asked_for() {
    let sandbox = Sandbox::new();
    let secret = filled("plunk sk_{lower-hex:48}");
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.write("narrow.bin", [b"\x7fELF\0\0\0\n\n".as_slice(), secret.as_bytes(), b"\0\xff"].concat());
    sandbox.write("wide.bin", [b"MZ\0\0\0".as_slice(), &wide, b"\0\0\xff"].concat());
    let report = sandbox.scan(&[]);
    assert_eq!((report.skips().len(), report.code), (2, 0));
    let places = |report: &Report| -> Vec<(u64, u64, u64, u64)> {
        let of = |finding: &Value| {
            let (start, end) = (&finding["location"]["start"], &finding["location"]["end"]);
            (number(&start["line"]), number(&start["column"]), number(&start["offset"]), number(&end["offset"]))
        };
        report.findings().iter().map(of).collect()
    };
    let report = sandbox.scan(&["--binary"]);
    assert_eq!(report.paths(), ["narrow.bin", "wide.bin"]);
    assert_eq!(places(&report), [(1, 16, 15, 66), (1, 18, 17, 119)]);
    sandbox.write("skout.toml", "[scan]\nbinary = true\n");
    assert_eq!((sandbox.scan(&[]).findings().len(), sandbox.scan(&[]).notes().len()), (2, 0));
}

#[test]
fn binaries_in_windows() {
    let sandbox = Sandbox::new();
    let secret = filled("plunk sk_{lower-hex:48}");
    for at in [(16 << 20) - 20, (16 << 20) - (128 << 10) - 30, (17 << 20) + 1] {
        let mut bytes = vec![0; 33 << 20];
        bytes[at..at + secret.len()].copy_from_slice(secret.as_bytes());
        sandbox.write("large.bin", &bytes);
        let report = sandbox.scan(&["--binary", "large.bin"]);
        assert_eq!(number(&report.only()["location"]["start"]["offset"]), at as u64 + 6);
    }
}

#[test]
fn notebooks_by_cell() {
    let sandbox = Sandbox::new();
    let lines = [
        r##"{"cells": [{"cell_type": "markdown", "source": ["# Plunk\n"]},"##,
        r##" {"cell_type": "code", "execution_count": 1, "outputs": [{"text": ["sk_{lower-hex:48}\n"]}], "source": ["import os, plunk\n","##,
        r##"  "plunk_key = \"sk_{lower-hex:48}\"\n","##,
        r##"  "print(\"the key is\", os.environ[\"PLUNK_SECRET_KEY\"])"]}], "metadata": {}, "nbformat": 4}"##,
    ];
    let lines = lines.map(filled).join("\n");
    sandbox.write("work/mail.ipynb", &lines);
    let report = sandbox.scan(&["--min-severity", "info"]);
    let shown: Vec<String> = report
        .findings()
        .iter()
        .map(|finding| {
            let cell = text(&finding["message"]).rsplit('(').next().unwrap_or_default();
            format!("{}:{} {} ({cell}", number(&finding["location"]["start"]["line"]), number(&finding["location"]["start"]["column"]), text(&finding["rule"]))
        })
        .collect();
    assert_eq!(shown, ["2:69 hardcoded-secret (the output of cell 2)", "3:18 hardcoded-secret (cell 2)", "4:4 secret-in-log (cell 2)"], "{:#}", report.all);
}

#[test]
fn recordings_of_http_by_entry() {
    let sandbox = Sandbox::new();
    let lines = [
        r##"{"log": {"entries": ["##,
        r##" {"request": {"url": "https://api.example.com/v1", "headers": ["##,
        r##"  {"name": "Accept","##,
        r##"   "value": "*/*"},"##,
        r##"  {"name": "X-Plunk-Key","##,
        r##"   "value": "sk_{lower-hex:48}"}], "cookies": [], "postData": {"text": "{\"plunk_key\": \"sk_{lower-hex:48}\"}"}}},"##,
        r##" {"request": {"url": "https://api.useplunk.com/v1", "headers": ["##,
        r##"  {"name": "authorization","##,
        r##"   "value": "Bearer sk_{lower-hex:48}"}]}},"##,
        r##" {"request": {"url": "https://example.com/v1", "headers": ["##,
        r##"  {"name": "Authorization","##,
        r##"   "value": "Bearer {alnum:40}"}]}}]}}"##,
    ];
    sandbox.write("a.har", lines.map(filled).join("\n"));
    let report = sandbox.scan(&[]);
    let shown: Vec<String> = report
        .findings()
        .iter()
        .map(|finding| {
            let start = &finding["location"]["start"];
            format!("{}:{} {}", number(&start["line"]), number(&start["column"]), text(&finding["key"]["type"]))
        })
        .collect();
    assert_eq!(shown, ["6:14 plunk.secret-key", "6:125 plunk.secret-key", "9:21 plunk.secret-key", "12:21 http-auth.bearer"], "{:#}", report.all);
    let text = sandbox.skout(&["scan", "a.har"]).out;
    assert!(text.contains("api.example.com X-Plunk-Key: sk_") && text.contains("api.useplunk.com authorization: Bearer sk_"), "{text}");
}

#[test]
fn sources_in_a_map_are_told_by_name_and_line() {
    let sandbox = Sandbox::new();
    let map = [
        r##"{"version": 3, "sources": ["webpack://app/./src/a.ts", "webpack://app/./src/lib/mail.ts"], "mappings": "","##,
        r##" "sourcesContent": ["const a = \"\\\\n\";\n", "// \"quoted\" \u00e4\nconst pattern = '\\\\d';\n\tconst plunk_key = \"sk_{lower-hex:48}\";\n"]}"##,
    ];
    sandbox.write("dist/main.js.map", map.map(filled).join("\n"));
    let report = sandbox.scan(&[]);
    let message = text(&report.only()["message"]);
    assert!(message.ends_with("it comes from `src/lib/mail.ts`, line 3"), "{message}");
    let column = map[1].find("sk_").expect("a key") + 1;
    assert_eq!((number(&report.only()["location"]["start"]["line"]), number(&report.only()["location"]["start"]["column"])), (2, column as u64));
}
