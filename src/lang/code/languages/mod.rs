//! One table a language.

mod common;
mod csharp;
mod dart;
mod dart_api;
mod elixir;
mod elixir_api;
mod go;
mod go_api;
mod java;
mod jvm;
mod kotlin;
mod php;
mod php_api;
mod python;
mod ruby;
mod ruby_api;
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
    &elixir::ELIXIR,
    &go::GO,
    &java::JAVA,
    &kotlin::KOTLIN,
    &php::PHP,
    &python::PYTHON,
    &ruby::RUBY,
    &rust::RUST,
    &scala::SCALA,
    &swift::SWIFT,
];
