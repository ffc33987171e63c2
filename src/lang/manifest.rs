//! Manifests and settings of a project: `package.json`, `tsconfig.json`, workspaces, an extension's `manifest.json`.

use serde_json::Value;

use crate::error::ScanPath;

/// What a manifest or a file of settings says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package's name, if it has one.
    pub name: Option<String>,
    /// Packages that it depends on; development ones included: build tools are among them.
    pub dependencies: Vec<String>,
    /// The file as JSON text without comments, for module resolution; YAML is turned into JSON. Of a `package.json` what nobody
    /// here asks for is left out: a tree may have thousands.
    pub json: String,
}

/// Files of settings by their whole name; `tsconfig.*.json` beside these.
const NAMES: &[&str] = &[
    "package.json",
    "jsconfig.json",
    "pnpm-workspace.yaml",
    "pnpm-workspace.yml",
    "lerna.json",
    "nx.json",
    "app.json",
    "app.config.json",
    "angular.json",
    "manifest.json",
];

/// Fields of a `package.json` that tell how its package is built and asked for, beside its dependencies.
const FIELDS: &[&str] =
    &["name", "main", "module", "source", "svelte", "browser", "exports", "imports", "types", "typings", "bin", "sideEffects", "scripts", "workspaces"];

/// Larger settings are data, not settings. In bytes.
const LARGEST: usize = 1 << 20;

/// Whether a file is a manifest.
pub(super) fn is_one(path: &ScanPath) -> bool {
    let name = path.file_name();
    NAMES.contains(&name) || (name.starts_with("tsconfig") && name.ends_with(".json"))
}

/// Reads a manifest.
pub(super) fn read(path: &ScanPath, text: &[u8]) -> Option<Manifest> {
    if !is_one(path) || text.len() > LARGEST {
        return None;
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let name = path.file_name();
    let mut json = if name.ends_with(".json") {
        serde_json::from_slice::<Value>(text).or_else(|_| serde_json::from_slice(&without_comments(text))).ok()?
    } else {
        workspace(&String::from_utf8_lossy(text))
    };
    match name {
        "package.json" => {}
        // Many tools write a `manifest.json`; the extension's alone says which version of the format it has.
        "manifest.json" if json.get("manifest_version").is_none() => return None,
        _ => return Some(Manifest { json: json.to_string(), ..Manifest::default() }),
    }
    let sections = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let mut dependencies: Vec<String> =
        sections.iter().filter_map(|section| json.get(section)?.as_object()).flat_map(|packages| packages.keys().cloned()).collect();
    dependencies.sort();
    dependencies.dedup();
    if let Some(fields) = json.as_object_mut() {
        fields.retain(|field, _| FIELDS.contains(&field.as_str()) || sections.contains(&field.as_str()));
    }
    Some(Manifest { name: json.get("name").and_then(|name| Some(name.as_str()?.to_owned())), dependencies, json: json.to_string() })
}

/// JSON with comments and trailing commas, without both.
fn without_comments(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                let start = at;
                at += 1;
                while let Some(&byte) = text.get(at).filter(|byte| **byte != b'"') {
                    at += if byte == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(text.len());
                out.extend_from_slice(&text[start..at]);
            }
            b'/' if text.get(at + 1) == Some(&b'/') => at = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end),
            b'/' if text.get(at + 1) == Some(&b'*') => at = memchr::memmem::find(&text[at + 2..], b"*/").map_or(text.len(), |end| at + end + 4),
            b'}' | b']' => {
                let kept = out.trim_ascii_end().len();
                if out[..kept].ends_with(b",") {
                    out.truncate(kept - 1);
                }
                out.push(byte);
                at += 1;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// The list of packages of a `pnpm-workspace.yaml`, which is all that matters of it.
fn workspace(text: &str) -> Value {
    let plain = |item: &str| item.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned();
    let (mut packages, mut inside) = (Vec::new(), false);
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix("packages:") {
            let rest = rest.split(" #").next().unwrap_or_default().trim();
            let inline = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
            packages.extend(inline.split(',').map(plain).filter(|item| !item.is_empty()));
            inside = true;
        } else if let Some(item) = trimmed.strip_prefix("- ").filter(|_| inside) {
            packages.push(plain(item));
        } else if !line.starts_with([' ', '\t', '-']) {
            inside = false;
        }
    }
    serde_json::json!({ "packages": packages })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(path: &str, text: &str) -> Option<String> {
        read(&ScanPath::from_bytes(path.as_bytes()), text.as_bytes()).map(|manifest| manifest.json)
    }

    #[test]
    fn settings_of_all_kinds() {
        for (path, text, expected) in [
            ("tsconfig.json", "// a\n{ \"a\": [1, 2, ], /* b */ \"c\": \"//,}\", }", Some(r#"{"a":[1,2],"c":"//,}"}"#)),
            ("tsconfig.app.json", "{}", Some("{}")),
            ("jsconfig.json", "{\"a\":\"\\\"/*\",}", Some("{\"a\":\"\\\"/*\"}")),
            (
                "pnpm-workspace.yaml",
                "# x\npackages:\n  - 'apps/*' # all\n  - \"packages/*\"\ncatalog:\n  - no\n",
                Some(r#"{"packages":["apps/*","packages/*"]}"#),
            ),
            ("pnpm-workspace.yaml", "packages: [a, 'b']\n", Some(r#"{"packages":["a","b"]}"#)),
            ("ext/manifest.json", r#"{"manifest_version":3}"#, Some(r#"{"manifest_version":3}"#)),
            ("public/manifest.json", r#"{"short_name":"x"}"#, None),
            ("package.json", "{", None),
            ("package.json", "\"", None),
            ("data.json", "{}", None),
        ] {
            assert_eq!(json(path, text).as_deref(), expected, "{path}: {text}");
        }
    }

    #[test]
    fn packages_that_are_depended_on() {
        let path = ScanPath::from_bytes(b"a/package.json");
        let manifest = read(&path, br#"{"name":"x","dependencies":{"b":"1"},"devDependencies":{"a":"1","b":"1"}}"#).unwrap_or_default();
        assert_eq!((manifest.name.as_deref(), manifest.dependencies), (Some("x"), vec!["a".to_owned(), "b".to_owned()]));
    }
}
