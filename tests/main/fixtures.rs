//! Small whole projects: all findings in each, and all planted values that stay silent.
//!
//! A fixture is a folder of `fixtures/` whose files are templates; what each proves says `fixtures/README.md`.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::Value;
use skout::keys::examples;

use crate::sandbox::{Sandbox, number, text};

/// Marks around a hole while it is filled: private use, in no fixture.
const OPEN: char = '\u{e000}';
const SHUT: char = '\u{e001}';

macro_rules! fixtures {
    ($($name:ident = $folder:literal),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                    insta::assert_snapshot!($folder, told(&Fixture::fill($folder)));
                });
            }
        )+

        #[test]
        fn every_fixture_has_a_test_and_a_line() {
            let tested = [$($folder),+, "traps", "schemas"];
            let readme = std::fs::read_to_string(root().join("README.md")).expect("fixtures/README.md");
            for entry in std::fs::read_dir(root()).expect("fixtures").filter_map(Result::ok).filter(|entry| entry.path().is_dir()) {
                let name = entry.file_name().to_string_lossy().into_owned();
                assert!(tested.contains(&name.as_str()), "fixtures/{name} has no test");
                assert!(readme.contains(&format!("| `{name}` |")), "fixtures/README.md does not say what {name} proves");
            }
        }
    };
}

fixtures! {
    next_app = "next-app",
    vite_app = "vite-app",
    express_api = "express-api",
    django_app = "django-app",
    android_app = "android-app",
    ios_app = "ios-app",
    flutter_app = "flutter-app",
    electron_app = "electron-app",
    browser_extension = "browser-extension",
    plunk = "plunk",
    public_env = "public-env",
    angular_app = "angular-app",
    astro_site = "astro-site",
    cra_app = "cra-app",
    electron_vite_app = "electron-vite-app",
    esbuild_app = "esbuild-app",
    expo_app = "expo-app",
    extension_mv3 = "extension-mv3",
    gatsby_site = "gatsby-site",
    html_pages = "html-pages",
    monorepo = "monorepo",
    next_client = "next-client",
    next_pages = "next-pages",
    nuxt_app = "nuxt-app",
    parcel_app = "parcel-app",
    react_router_app = "react-router-app",
    rollup_lib = "rollup-lib",
    solid_start = "solid-start",
    storybook_lib = "storybook-lib",
    sveltekit = "sveltekit",
    sveltekit_3 = "sveltekit-3",
    vite_react = "vite-react",
    vite_solid = "vite-solid",
    vite_vue = "vite-vue",
    webpack_app = "webpack-app",
}

#[test]
fn traps() {
    let fixture = Fixture::fill("traps");
    let report = fixture.sandbox.scan(&["--show-publishable", "--min-severity", "info", "--min-confidence", "low"]);
    // An object's id is no key but an identifier, which was asked for here.
    let fired: Vec<String> = report.findings().iter().filter(|finding| finding["key"]["role"] != "identifier").map(|finding| fixture.line(finding)).collect();
    assert!(fired.is_empty(), "{}", fired.join("\n"));
    assert!(fixture.sandbox.scan(&["--min-severity", "info", "--min-confidence", "low"]).findings().is_empty());
    assert!(fixture.values.len() > 40 && report.all["summary"]["complete"] == true);
}

#[test]
fn no_fixture_holds_a_key() {
    // A template is no key: skout finds nothing in its own fixtures as they are committed.
    let sandbox = Sandbox::new();
    let path = root().display().to_string();
    let report = sandbox.scan(&["--no-config", "--min-confidence", "low", &path]);
    // A name that promises a secret is no key either; what is shown for one is the variable, `$NAME`.
    let is_name = |finding: &&Value| text(&finding["key"]["redacted"]).starts_with('$');
    let keys: Vec<&Value> = report.findings().iter().filter(|finding| !is_name(finding)).collect();
    let places: Vec<String> = keys.iter().map(|finding| format!("{}:{}", text(&finding["location"]["path"]), finding["location"]["start"]["line"])).collect();
    assert!(places.is_empty(), "{}", places.join("\n"));
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A planted value.
pub(crate) struct Planted {
    pub(crate) path: String,
    /// Bytes in the filled file.
    pub(crate) span: Range<usize>,
    /// The line of the template.
    pub(crate) line: usize,
    /// The value as the template spells it, with the text that touches it.
    template: String,
}

pub(crate) struct Fixture {
    pub(crate) sandbox: Sandbox,
    pub(crate) values: Vec<Planted>,
}

impl Fixture {
    fn fill(folder: &str) -> Self {
        Self::fill_each(folder, |_| 1)
    }

    /// The same; what a file's holes are filled with depends on a number that is made of the file's.
    pub(crate) fn fill_each(folder: &str, seed: impl Fn(usize) -> u64) -> Self {
        let from = root().join(folder);
        let mut paths = Vec::new();
        files(&from, &mut paths);
        paths.sort();
        let (sandbox, mut values) = (Sandbox::new(), Vec::new());
        for (number, full) in paths.into_iter().enumerate() {
            let path = full.strip_prefix(&from).expect("a path below the fixture").to_string_lossy().replace('\\', "/");
            let template = std::fs::read_to_string(&full).expect("a text").replace("\r\n", "\n");
            let holes = holes(&template);
            sandbox.write(&path, plant(&path, &template, &holes, seed(number), &mut values));
        }
        Self { sandbox, values }
    }

    /// A finding, without anything that is made up anew when a template changes.
    fn line(&self, finding: &Value) -> String {
        let place = &finding["location"];
        let also: Vec<&str> = finding["also"].as_array().expect("rules").iter().map(text).collect();
        let also = if also.is_empty() { String::new() } else { format!(" (also {})", also.join(", ")) };
        let suppressed = if finding["suppressed"].is_null() { "" } else { " [suppressed]" };
        format!(
            "{:<8} {:<21} {} {}:{}:{}{also}{suppressed}\n         {}",
            text(&finding["severity"]),
            text(&finding["rule"]),
            text(&finding["place"]),
            text(&place["path"]),
            place["start"]["line"],
            place["start"]["column"],
            format_args!(
                "{}, {} {}, confidence {}",
                text(&finding["key"]["type"]),
                text(&finding["key"]["mode"]),
                text(&finding["key"]["role"]),
                text(&finding["confidence"])
            ),
        )
    }
}

fn told(fixture: &Fixture) -> String {
    let report = fixture.sandbox.scan(&["--min-severity", "info"]);
    let mut out = String::from("findings\n\n");
    for finding in report.findings() {
        let _ = writeln!(out, "{}", fixture.line(finding));
    }
    let fired = |value: &&Planted| {
        report.findings().iter().map(|finding| &finding["location"]).any(|place| {
            text(&place["path"]) == value.path
                && number(&place["start"]["offset"]) < value.span.end as u64
                && (value.span.start as u64) < number(&place["end"]["offset"])
        })
    };
    out.push_str("\nsilent\n\n");
    for value in fixture.values.iter().filter(|value| !fired(value)) {
        let _ = writeln!(out, "{}:{} {}", value.path, value.line, value.template);
    }
    out
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

/// The outermost holes of a template: braces that filling changes.
fn holes(template: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(open) = template[at..].find('{').map(|offset| at + offset) {
        let mut depth = 0;
        let close = template[open..].char_indices().find_map(|(offset, letter)| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            (depth == 0).then_some(open + offset + 1)
        });
        // A brace that opens a block holds holes but is none: `{repeat:` and kin follow it at once.
        let is_hole = |close: &usize| {
            let name: String = template[open + 1..*close].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
            let whole = &template[open..*close];
            !name.is_empty()
                && whole.len() > name.len() + 1
                && matches!(whole.as_bytes()[name.len() + 1], b':' | b'}')
                && examples::fill(whole, 1).is_ok_and(|text| !text.starts_with('{'))
        };
        match close.filter(is_hole) {
            Some(close) => {
                found.push(open..close);
                at = close;
            }
            None => at = open + 1,
        }
    }
    found
}

/// The filled text; what it plants is added to `values`.
fn plant(path: &str, template: &str, holes: &[Range<usize>], seed: u64, values: &mut Vec<Planted>) -> String {
    let (mut marked, mut done) = (String::new(), 0);
    for hole in holes {
        marked.push_str(&template[done..hole.start]);
        marked.push(OPEN);
        marked.push_str(&template[hole.clone()]);
        marked.push(SHUT);
        done = hole.end;
    }
    marked.push_str(&template[done..]);
    let filled = examples::fill(&marked, seed).unwrap_or_else(|what| panic!("{path}: {what}"));
    let (mut out, mut start, mut number) = (String::with_capacity(filled.len()), 0, 0);
    for letter in filled.chars() {
        match letter {
            OPEN => start = out.len(),
            SHUT => {
                let hole = &holes[number];
                number += 1;
                let line = template[..hole.start].matches('\n').count() + 1;
                values.push(Planted { path: path.to_owned(), span: start..out.len(), line, template: spelled(template, hole) });
            }
            letter => out.push(letter),
        }
    }
    out
}

/// A hole with what touches it on the left, up to a quote, a blank or an operator.
fn spelled(template: &str, hole: &Range<usize>) -> String {
    let before = template[..hole.start]
        .rfind(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | '=' | '>' | '(' | ','))
        .map_or(0, |at| at + 1);
    template[before..hole.end].replace('\n', " ")
}
