//! The data of `rules/verdicts.toml` and `rules/context/`, as the build wrote it down.

use crate::terms::{Mode, Place, Role, Severity};

include!(concat!(env!("OUT_DIR"), "/context_data.rs"));
