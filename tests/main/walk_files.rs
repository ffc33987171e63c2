//! How files are read: sizes, encodings, windows, binary content, and names that are no friends.

use serde_json::Value;

use crate::sandbox::{SECRET_LINE, Sandbox, filled, number, text};

#[test]
fn a_size_limit_binds_what_is_not_named() {
    let sandbox = Sandbox::new();
    sandbox.plant("large.js", &format!("{SECRET_LINE}{{repeat:x:5000}}\n"));
    sandbox.plant("small.js", SECRET_LINE);
    let report = sandbox.scan(&["--max-file-size", "1k"]);
    assert_eq!((report.paths(), report.skips()), (vec!["small.js"], vec!["large.js: larger than --max-file-size (chosen)".to_owned()]));
    assert_eq!(report.code, 1, "a limit that was asked for is no loss");
    assert_eq!(sandbox.scan(&["--max-file-size", "1k", "large.js"]).paths(), ["large.js"]);
    assert_eq!(sandbox.scan(&["--max-file-size", "10KiB"]).findings().len(), 2);
    assert_eq!(sandbox.scan(&["--max-file-size", "100"]).paths(), ["small.js"]);
}

#[test]
fn binary_files_and_archives_are_counted() {
    let sandbox = Sandbox::new();
    sandbox.write("photo.png", b"\x89PNG\r\n\0\0\0\rIHDR");
    sandbox.write("app.zip", b"PK\x03\x04\0\0\0\0");
    sandbox.write("text.js", "let x;\n");
    let report = sandbox.scan(&[]);
    assert_eq!(report.skips(), ["app.zip: an archive, which nobody asked to open (chosen)", "photo.png: binary (chosen)"]);
    assert_eq!((number(&report.all["summary"]["files"]), report.code), (1, 0));
}

#[test]
fn an_empty_file_and_one_without_a_last_line_feed() {
    let sandbox = Sandbox::new();
    sandbox.write("empty.js", "");
    sandbox.plant("key", "plunk sk_{lower-hex:48}");
    let report = sandbox.scan(&[]);
    assert_eq!(at(report.only()), (1, 7, 6));
    assert_eq!(report.all["summary"]["files"], 2);
}

/// Line, column and offset of a finding's start.
fn at(finding: &Value) -> (u64, u64, u64) {
    let start = &finding["location"]["start"];
    (number(&start["line"]), number(&start["column"]), number(&start["offset"]))
}

#[test]
fn positions_in_every_encoding() {
    // Letters of one, two, three and four bytes, the last a pair of UTF-16 units.
    let source = filled("// \u{e4}\u{20ac}\u{1f511}\r\nlet \u{1f511}\u{e4} = \"sk_{lower-hex:48}\"; // plunk\n");
    let byte = source.find("sk_").expect("a key") as u64;
    let unit = source[..byte as usize].encode_utf16().count() as u64;
    let wide = |big: bool, mark: bool| -> Vec<u8> {
        let units: Vec<u16> = mark.then_some(0xfeff).into_iter().chain(source.encode_utf16()).collect();
        units.iter().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for (name, bytes, offset) in [
        ("utf-8", source.clone().into_bytes(), byte),
        ("utf-8 with a mark", [b"\xef\xbb\xbf", source.as_bytes()].concat(), byte + 3),
        ("utf-16 le", wide(false, true), 2 * unit + 2),
        ("utf-16 be", wide(true, true), 2 * unit + 2),
        ("utf-16 le without a mark", wide(false, false), 2 * unit),
        ("utf-16 be without a mark", wide(true, false), 2 * unit),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("server.js", bytes);
        let report = sandbox.scan(&[]);
        assert_eq!(at(report.only()), (2, 11, offset), "{name}");
        let end = &report.only()["location"]["end"];
        assert_eq!((number(&end["line"]), number(&end["column"])), (2, 62), "{name}");
    }
    // A mark is no column on the first line either.
    let sandbox = Sandbox::new();
    sandbox.write("a.js", filled("\u{feff}plunk=sk_{lower-hex:48}\n"));
    assert_eq!(at(sandbox.scan(&[]).only()), (1, 7, 9));
}

#[test]
fn bytes_that_are_no_utf_8_count_one_each() {
    let sandbox = Sandbox::new();
    let line = filled("plunk = 'sk_{lower-hex:48}'\n");
    sandbox.write("latin1.php", [b"# caf\xe9 \xff\xfe\n\xe9\xe9 ", line.as_bytes()].concat());
    assert_eq!(at(sandbox.scan(&[]).only()), (2, 13, 22));
}

#[test]
fn a_long_line_is_read_to_its_end_and_across_windows() {
    const WINDOW: usize = 16 << 20;
    const LENGTH: usize = 20 << 20;
    let mut text = "a,b;c ".repeat(LENGTH / 6).into_bytes();
    let mut planted = Vec::new();
    // One across the end of the first window, one where the overlap's middle parts what each window owns, one at the end.
    for (seed, place) in [WINDOW - 20, WINDOW - (128 << 10) - 10, WINDOW - (256 << 10) - 5, LENGTH - 200].into_iter().enumerate() {
        let key = filled(&format!(" plunk{seed}=\"sk_{{lower-hex:48}}\" "));
        text[place..place + key.len()].copy_from_slice(key.as_bytes());
        planted.push((place + key.find("sk_").expect("a key")) as u64);
    }
    planted.sort_unstable();
    let sandbox = Sandbox::new();
    sandbox.write("app.min.js", &text);
    let report = sandbox.scan(&[]);
    let found: Vec<u64> = report.findings().iter().map(|finding| number(&finding["location"]["start"]["offset"])).collect();
    assert_eq!(found, planted);
    assert!(report.findings().iter().all(|finding| at(finding) == (1, number(&finding["location"]["start"]["offset"]) + 1, at(finding).2)));
    assert_eq!(number(&report.all["summary"]["bytes"]), text.len() as u64);
}

#[test]
fn lines_are_counted_across_windows() {
    let mut text = "// some line of code\n".repeat((17 << 20) / 21);
    let lines = text.lines().count() as u64;
    text.push_str(&filled("k = \"sk_{lower-hex:48}\" // plunk\n"));
    let sandbox = Sandbox::new();
    sandbox.write("server.js", &text);
    assert_eq!(at(sandbox.scan(&[]).only()), (lines + 1, 6, text.find("sk_").expect("a key") as u64));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf_8_are_exact_in_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.js");
    for tracked in [false, true] {
        let sandbox = Sandbox::new();
        if tracked {
            let git = sandbox.init();
            sandbox.write(".gitignore", "*.js\n");
            sandbox.plant(name, SECRET_LINE);
            sandbox.track_bytes(&git, b"caf\xe9.js");
        } else {
            sandbox.plant(name, SECRET_LINE);
        }
        let report = sandbox.scan(&[]);
        let location = &report.only()["location"];
        assert_eq!(text(&location["path"]), "caf\u{fffd}.js");
        assert_eq!(text(&location["path_bytes"]), "Y2Fm6S5qcw==");
    }
}

#[cfg(unix)]
#[test]
fn names_that_steer_terminals_or_forge_lines_do_neither() {
    let names = ["a\n::error::forged.js", "b\u{1b}[31mred.js", "c\u{202e}sj.exe.js", "d\r::set-output name=x::y.js", "=cmd|x,1.js", "<script>.js"];
    let sandbox = Sandbox::new();
    for name in names {
        sandbox.plant(name, SECRET_LINE);
    }
    let report = sandbox.scan(&[]);
    let mut found = report.paths();
    found.sort_unstable();
    let mut wanted = names.to_vec();
    wanted.sort_unstable();
    assert_eq!(found, wanted, "JSON is exact");
    for format in ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv"] {
        let out = sandbox.skout(&["scan", "--format", format, "--color", "never"]).exits(1).out;
        let hostile = out.chars().find(|letter| matches!(letter, '\u{1b}' | '\r' | '\u{202e}'));
        assert_eq!(hostile, None, "{format}");
        assert!(out.lines().all(|line| !line.starts_with("::error::forged") && !line.starts_with("::set-output")), "{format}:\n{out}");
    }
    let csv = sandbox.skout(&["scan", "--format", "csv"]).exits(1).out;
    assert!(!csv.split(['\n', ',', '"']).any(|cell| cell.starts_with("=cmd")), "{csv}");
}

#[test]
fn a_deep_tree_and_many_files() {
    let sandbox = Sandbox::new();
    let deep = "d/".repeat(100);
    sandbox.plant(format!("{deep}server.js"), SECRET_LINE);
    for number in 0..300 {
        sandbox.write(format!("many/{number}.txt"), "nothing\n");
    }
    let report = sandbox.scan(&[]);
    assert_eq!((report.paths(), number(&report.all["summary"]["files"])), (vec![format!("{deep}server.js").as_str()], 301));
}
