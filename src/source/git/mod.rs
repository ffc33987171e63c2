//! Git repositories, read in place: no `git` process is started, nothing in a repository's configuration is run.
//!
//! `git2` does discovery, ownership and revision parsing; objects, references and the index are read here, because
//! that is an order of magnitude faster and works for every hash and every broken repository as well.

mod changes;
mod discover;
mod id;
mod objects;
mod staging;
pub mod tree;

pub use changes::{Change, Difference, TreeTrouble, changes, list};
pub use discover::GitDir;
pub use id::{Hash, ObjectId};
pub use objects::{Kind, Objects, Trouble};
pub use staging::{Staged, staged_of_bytes};
