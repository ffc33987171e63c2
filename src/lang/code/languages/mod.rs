//! One table a language.

mod common;
mod csharp;
mod dart;
mod dart_api;
mod go;
mod go_api;
mod java;
mod jvm;
mod kotlin;
mod python;
mod rust;
mod rust_api;
mod scala;
mod swift;
mod swift_api;

use super::language::Language;

/// All of them.
pub(super) static ALL: &[&Language] = &[
    &csharp::CSHARP,
    &dart::DART,
    &go::GO,
    &java::JAVA,
    &kotlin::KOTLIN,
    &python::PYTHON,
    &rust::RUST,
    &scala::SCALA,
    &swift::SWIFT,
];
