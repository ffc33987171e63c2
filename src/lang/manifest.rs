//! Manifests and settings of a project: `package.json`, `tsconfig.json`, workspaces.

use serde_json::Value;

use crate::error::ScanPath;

/// What a manifest or a file of settings says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package's name, if it has one.
    pub name: Option<String>,
    /// Packages that it depends on; development ones included: build tools are among them.
    pub dependencies: Vec<String>,
    /// The file as JSON text without comments, for module resolution; YAML is turned into JSON.
    pub json: String,
}

/// Whether a file is a manifest.
pub(super) fn is_one(path: &ScanPath) -> bool {
    path.file_name() == "package.json"
}

/// Reads a manifest.
pub(super) fn read(path: &ScanPath, text: &[u8]) -> Option<Manifest> {
    if !is_one(path) {
        return None;
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let json = serde_json::from_slice::<Value>(text).ok()?;
    let sections = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let mut dependencies: Vec<String> =
        sections.iter().filter_map(|section| json.get(section)?.as_object()).flat_map(|packages| packages.keys().cloned()).collect();
    dependencies.sort();
    dependencies.dedup();
    Some(Manifest { name: json.get("name").and_then(|name| Some(name.as_str()?.to_owned())), dependencies, json: json.to_string() })
}
