//! Git repositories, read in place: no `git` process is started, nothing in a repository's configuration is run.
//!
//! `git2` does discovery, ownership and revision parsing; objects, references and the index are read here, because
//! that is an order of magnitude faster and works for every hash and every broken repository as well.

mod attribute;
mod bases;
mod changes;
mod commits;
mod discover;
#[cfg(test)]
mod discover_tests;
mod env;
mod exact;
mod folders;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod graph;
#[cfg(test)]
mod graph_tests;
mod id;
mod kind;
mod loose;
mod merge_base;
mod object;
mod objects;
mod pack;
mod reader;
mod refs;
mod revision;
mod staging;
#[cfg(test)]
mod testing;
pub mod tree;

pub use attribute::{Attribution, Introduced, Trees};
pub use changes::{Change, Difference, TreeTrouble, changes, entry_in, find_in, list};
pub use commits::{Commits, LARGEST_COMMIT, ReadObject, Walked};
pub use discover::GitDir;
pub use env::GitEnv;
pub(super) use gate::prepare;
pub use graph::{ABSENT, Graph, Node};
pub use id::{Hash, ObjectId};
pub use kind::{Kind, Trouble};
pub use object::{Commit, Signature, Tag};
pub use objects::Objects;
pub use pack::delta::Copied;
pub use pack::traverse::{Visit, VisitOptions, Visitor};
pub use reader::ObjectReader;
pub use refs::{Head, LogEntry, Ref, Refs};
pub use revision::{Range, how_to_fetch, resolve};
pub use staging::{Staged, staged_of_bytes};
