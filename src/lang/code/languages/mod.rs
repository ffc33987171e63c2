//! One table a language.

mod common;
mod dart;
mod dart_api;
mod go;
mod go_api;
mod python;
mod rust;
mod rust_api;
mod swift;
mod swift_api;

use super::language::Language;

/// All of them.
pub(super) static ALL: &[&Language] = &[&python::PYTHON, &go::GO, &rust::RUST, &swift::SWIFT, &dart::DART];
