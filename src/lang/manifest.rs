//! The packages that a `package.json` depends on.

use serde_json::Value;

/// Names of all dependencies, development ones included: build tools are what this is read for.
pub(super) fn dependencies(text: &[u8]) -> Vec<String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let Ok(manifest) = serde_json::from_slice::<Value>(text) else { return Vec::new() };
    let sections = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let mut names: Vec<String> =
        sections.iter().filter_map(|section| manifest.get(section)?.as_object()).flat_map(|packages| packages.keys().cloned()).collect();
    names.sort();
    names.dedup();
    names
}
