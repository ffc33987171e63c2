//! Names that configuration declares: env files, YAML, TOML, JSON, Dockerfiles, Terraform.

use super::{Declared, Spots};

/// Whether a file may declare a name that a build tool publishes.
pub(super) fn has_cue(_path: &str, _text: &[u8]) -> bool {
    false
}

/// The names that a file declares with a public prefix, or in a section that is published.
pub(super) fn read(_path: &str, _text: &[u8], _spots: &mut Spots) -> Vec<Declared> {
    Vec::new()
}
