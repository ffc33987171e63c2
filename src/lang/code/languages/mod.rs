//! One table a language.

mod common;
mod csharp;
mod elixir;
mod elixir_api;
mod java;
mod jvm;
mod kotlin;
mod php;
mod php_api;
mod python;
mod ruby;
mod ruby_api;
mod scala;

use super::language::Language;

/// All of them.
pub(super) static ALL: &[&Language] =
    &[&csharp::CSHARP, &elixir::ELIXIR, &java::JAVA, &kotlin::KOTLIN, &php::PHP, &python::PYTHON, &ruby::RUBY, &scala::SCALA];
