//! The rules' pages: every example in them is run, and `docs/rules/` says what they say.
//!
//! An example of a rule on files is a file. One of a rule on history is committed and deleted again, one of a rule on
//! messages is the message of a commit, and the history is scanned.
//!
//! `SKOUT_BLESS=1 cargo test rule_pages` writes the pages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use skout::context::{self, RULES, examples::in_page};
use skout::detect::{Detector, Scratch};
use skout::keys::{Catalog, examples, schema};
use skout::project::Origin;

use crate::sandbox::{Sandbox, commit, text};

#[test]
fn every_example_does_what_its_page_says() {
    let mut keys = Keys::default();
    let mut wrong = Vec::new();
    for rule in RULES {
        let id = rule.id().0;
        let found = in_page(rule.page());
        assert!(found.iter().any(|example| example.fires) && found.iter().any(|example| !example.fires), "{id}: a page shows both kinds");
        for (number, example) in found.iter().enumerate() {
            let source = keys.fill(&example.text);
            let sandbox = Sandbox::new();
            let all = ["--no-config", "--rule", id, "--min-severity", "info", "--min-confidence", "low"];
            let report = match rule.origin() {
                Origin::Present => {
                    sandbox.write(&example.path, &source);
                    sandbox.scan(&all)
                }
                Origin::Gone => {
                    let repository = sandbox.init();
                    sandbox.write(&example.path, &source);
                    sandbox.track(&repository, &[&example.path]);
                    commit(&repository, "Add a file");
                    repository.index().expect("an index").remove_path(Path::new(&example.path)).expect("a file to remove");
                    commit(&repository, "Delete it");
                    sandbox.scan(&[&["--history"], &all[..]].concat())
                }
                Origin::Message => {
                    commit(&sandbox.init(), &source);
                    sandbox.scan(&[&["--history"], &all[..]].concat())
                }
            };
            let fired: Vec<&str> = report.findings().iter().map(|finding| text(&finding["rule"])).collect();
            if fired.iter().any(|other| *other != id) {
                wrong.push(format!("{id}, example {number} ({}): other rules spoke: {fired:?}", example.path));
            }
            if fired.is_empty() == example.fires {
                let wanted = if example.fires { "stayed silent" } else { "fired" };
                wrong.push(format!("{id}, example {number} ({}) {wanted}:\n{}", example.path, example.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_documents_say_what_the_pages_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let bless = std::env::var_os("SKOUT_BLESS").is_some();
    if bless {
        std::fs::create_dir_all(&folder).expect("docs/rules");
    }
    let mut stale = Vec::new();
    for rule in RULES {
        let path = folder.join(format!("{}.md", rule.id().0));
        let wanted = context::markdown(rule.page());
        if bless {
            std::fs::write(&path, &wanted).expect("a page to write");
        } else if std::fs::read_to_string(&path).ok().map(|found| found.replace("\r\n", "\n")) != Some(wanted) {
            stale.push(path.display().to_string());
        }
    }
    assert!(stale.is_empty(), "run `SKOUT_BLESS=1 cargo test rule_pages`:\n{}", stale.join("\n"));
}

#[test]
fn no_document_without_a_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    for entry in std::fs::read_dir(folder).expect("docs/rules") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let id = name.strip_suffix(".md").expect("a page in Markdown");
        assert!(context::find(id).is_some() || id == "README", "docs/rules/{name} is the page of no rule");
    }
}

/// Values of key types, made from the first `match` template of each.
#[derive(Default)]
struct Keys {
    known: BTreeMap<String, String>,
}

impl Keys {
    /// An example's text with `{{provider.name}}` and other holes filled.
    fn fill(&mut self, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((id, tail)) = after.split_once("}}").filter(|(id, _)| id.contains('.') && id.bytes().all(|byte| byte.is_ascii_graphic())) else {
                out.push_str(before);
                out.push_str("{{");
                rest = after;
                continue;
            };
            out.push_str(before);
            out.push_str(self.known.entry(id.to_owned()).or_insert_with(|| value_of(id)));
            rest = tail;
        }
        out.push_str(rest);
        examples::fill(&out, 1).expect("good holes")
    }
}

/// A value of the key type, cut out of its first example by detecting it there.
fn value_of(id: &str) -> String {
    let provider = id.split('.').next().unwrap_or_default();
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(format!("{provider}.toml"));
    let file = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {} for {id}", path.display()));
    let (_, specs) = schema::read_rule_file(&file).unwrap_or_else(|_| panic!("mistakes in {}", path.display()));
    let spec = specs.iter().find(|spec| spec.id == id).unwrap_or_else(|| panic!("no key type {id}"));
    let line = examples::fill(&spec.matches[0], 1).expect("good holes");
    let catalog = Catalog::built_in();
    let found = Detector::new(&catalog, false).detect(line.as_bytes(), &mut Scratch::default(), false);
    let credential = found.credentials.iter().find(|credential| catalog.get(credential.key_type).id.as_str() == id);
    let span = credential.unwrap_or_else(|| panic!("the first example of {id} does not match")).span;
    String::from_utf8_lossy(span.of(line.as_bytes())).into_owned()
}
