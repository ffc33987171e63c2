//! Source text in, facts out: what a file says of itself and of the values in it. Alone in knowing how languages are written.
//!
//! Facts are small and owned: they outlive the bytes. Reading them cannot fail; broken input gives fewer.

mod binding;
mod directive;
mod manifest;

use crate::detect::Credential;
use crate::error::ScanPath;
use crate::text::{Excerpt, Region};

pub use directive::Directives;

/// What one file says.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Where the file says that it runs.
    pub directives: Directives,
    /// The packages that a manifest depends on; empty for any other file.
    pub dependencies: Vec<String>,
    /// The credentials in it, in rising order.
    pub literals: Vec<Literal>,
}

/// A credential as a file holds it.
#[derive(Debug, Clone)]
pub struct Literal {
    /// What it is.
    pub credential: Credential,
    /// Where it stands in the stored file.
    pub region: Region,
    /// The redacted line.
    pub excerpt: Excerpt,
    /// The variable, option or header that it is given to.
    pub name: Option<String>,
}

/// Whether a file is worth reading for facts although it holds no credential: manifests tell of frameworks.
pub fn is_manifest(path: &ScanPath) -> bool {
    path.file_name() == "package.json"
}

/// Reads what a file says of itself. `text` is decoded.
pub fn facts(path: &ScanPath, text: &[u8]) -> Facts {
    Facts { directives: directive::read(text), dependencies: if is_manifest(path) { manifest::dependencies(text) } else { Vec::new() }, literals: Vec::new() }
}

pub use binding::name_of;
