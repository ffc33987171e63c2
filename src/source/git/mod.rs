//! Git repositories, read in place: no `git` process is started, nothing in a repository's configuration is run.
//!
//! `git2` does discovery, ownership and revision parsing; objects, references and the index are read here, because
//! that is an order of magnitude faster and works for every hash and every broken repository as well.

mod commits;
mod discover;
#[cfg(test)]
mod discover_tests;
mod env;
mod gate;
mod graph;
#[cfg(test)]
mod graph_tests;
mod id;
mod merge_base;
mod object;
mod objects;
mod refs;
mod revision;
#[cfg(test)]
mod testing;

pub use commits::{Commits, LARGEST_COMMIT, ReadObject, Walked};
pub use discover::GitDir;
pub use env::GitEnv;
pub(super) use gate::prepare;
pub use graph::{ABSENT, Graph, Node};
pub use id::{Hash, ObjectId};
pub use object::{Commit, Signature, Tag};
pub use objects::{Kind, Objects, Trouble};
pub use refs::{Head, LogEntry, Ref, Refs};
pub use revision::{Range, how_to_fetch, resolve};

/// What fuzz targets need of the inside.
#[doc(hidden)]
pub mod fuzzing {
    pub use super::refs::fuzzing::read_lines;
}
