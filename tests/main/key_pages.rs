//! `docs/keys/` says what `skout rules list --format md` says: a page for each initial letter, and an index with counts.
//!
//! `SKOUT_BLESS=1 cargo test key_pages` writes the pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::sandbox::Sandbox;

/// The page that a provider stands on, by its name.
fn letter(name: &str) -> String {
    match name.chars().next().map(|first| first.to_ascii_lowercase()) {
        Some(first) if first.is_ascii_lowercase() => first.to_string(),
        Some(first) if first.is_ascii_digit() => "0-9".to_owned(),
        _ => "other".to_owned(),
    }
}

/// Every page by its file name.
fn pages() -> BTreeMap<String, String> {
    let run = Sandbox::new().skout(&["rules", "list", "--format", "md", "--no-config"]).exits(0);
    let mut sections = run.out.split("\n## ");
    let mut index = sections.next().expect("a head").to_owned();
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for section in sections {
        let name = section.lines().next().expect("a name");
        let id = section.split("<a id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
        let letter = letter(name);
        let count = section.lines().filter(|line| line.starts_with("| ")).count() - 1;
        let page = pages.entry(format!("{letter}.md")).or_insert_with(|| format!("# Key types: {}\n\n[All providers](README.md)\n", letter.to_uppercase()));
        let _ = write!(page, "\n## {}\n", section.trim_end());
        lists.entry(letter.clone()).or_default().push(format!("[{name}]({letter}.md#{id}) {count}"));
    }
    index.push_str("\n## Providers\n\nEach with the number of its key types.\n");
    for (letter, providers) in &lists {
        let _ = write!(index, "\n**[{}]({letter}.md)** {}\n", letter.to_uppercase(), providers.join(", "));
    }
    index.push_str("\nThese pages are written by `SKOUT_BLESS=1 cargo test key_pages`; `skout rules show ID` says more of each.\n");
    pages.insert("README.md".to_owned(), index);
    pages
}

#[test]
fn the_documents_list_every_key_type() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys");
    let pages = pages();
    let known = |name: &str| pages.contains_key(name);
    let present = || -> Vec<String> {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    if std::env::var_os("SKOUT_BLESS").is_some() {
        std::fs::create_dir_all(&folder).expect("docs/keys");
        pages.iter().for_each(|(name, text)| std::fs::write(folder.join(name), text).expect("a page to write"));
        present().iter().filter(|name| !known(name)).for_each(|name| std::fs::remove_file(folder.join(name)).expect("an old page"));
    }
    let mut stale: Vec<String> = present().into_iter().filter(|name| !known(name)).map(|name| format!("docs/keys/{name} is no page any more")).collect();
    for (name, wanted) in &pages {
        let found = std::fs::read_to_string(folder.join(name)).ok().map(|found| found.replace("\r\n", "\n"));
        if found.as_ref() != Some(wanted) {
            stale.push(format!("docs/keys/{name}"));
        }
    }
    assert!(stale.is_empty(), "run `SKOUT_BLESS=1 cargo test key_pages`:\n{}", stale.join("\n"));
}

#[test]
fn the_list_is_one_json_document() {
    let run = Sandbox::new().skout(&["rules", "list", "--format", "json", "--no-config"]).exits(0);
    let all: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(all["schema"], "skout-rules/1");
    let types = all["key_types"].as_array().expect("a list");
    assert_eq!(all["counts"]["key_types"], types.len());
    assert!(all["rules"].as_array().is_some_and(|rules| rules.iter().any(|rule| rule["id"] == "secret-in-bundle")));
    let of = |id: &str| types.iter().find(|entry| entry["id"] == id).unwrap_or_else(|| panic!("no {id}"));
    let plunk = of("plunk.secret-key");
    assert_eq!((&plunk["role"], &plunk["partner"], &plunk["provider"]["id"]), (&"secret".into(), &"plunk.public-key".into(), &"plunk".into()));
    assert_eq!(plunk["shape"], "`sk_`, then 48 of `lower-hex`");
    assert_eq!(of("github.personal-access-token")["proof"][0], "crc32-base62");
    assert_eq!(of("algolia.admin-key")["context"]["need"], "required");
    for field in ["id", "name", "provider", "role", "mode", "shape", "confidence", "proof", "context", "docs", "source"] {
        assert!(types.iter().all(|entry| !entry[field].is_null()), "{field}");
    }
    let own = Sandbox::new();
    own.write("skout.toml", "[[key-type]]\nid = \"acme.secret-key\"\nrole = \"secret\"\nprefix = \"acme_\"\nalphabet = \"[a-f|-]\"\nlength = \"24..32\"\n");
    own.skout(&["rules", "list", "--format", "json"]).exits(0).says(&["\"acme.secret-key\""]);
    own.skout(&["rules", "list", "-f", "md"]).exits(0).says(&["`acme_`, then 24 to 32 of `[a-f\\|-]`"]);
    own.skout(&["rules", "list", "--format", "xml"]).exits(2).complains(&["text", "json", "md"]);
}
