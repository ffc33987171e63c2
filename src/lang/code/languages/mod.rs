//! One table a language.

mod common;
mod go;
mod go_api;
mod python;
mod rust;
mod rust_api;

use super::language::Language;

/// All of them.
pub(super) static ALL: &[&Language] = &[&python::PYTHON, &go::GO, &rust::RUST];
