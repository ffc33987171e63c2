//! One table a language.

mod common;
mod csharp;
mod java;
mod jvm;
mod kotlin;
mod python;
mod scala;

use super::language::Language;

/// All of them.
pub(super) static ALL: &[&Language] = &[&csharp::CSHARP, &java::JAVA, &kotlin::KOTLIN, &python::PYTHON, &scala::SCALA];
