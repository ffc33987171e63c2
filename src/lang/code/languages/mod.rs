//! One table a language.

mod common;
mod elixir;
mod elixir_api;
mod php;
mod php_api;
mod python;
mod ruby;
mod ruby_api;

use super::language::Language;

/// All of them.
pub(super) static ALL: &[&Language] = &[&elixir::ELIXIR, &php::PHP, &python::PYTHON, &ruby::RUBY];
