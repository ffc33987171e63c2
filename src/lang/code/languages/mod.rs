//! One table a language.

mod common;
mod python;

use super::language::Language;

/// All of them.
pub(super) static ALL: &[&Language] = &[&python::PYTHON];
