//! Git repositories, read in place: no `git` process is started, nothing in a repository's configuration is run.
//!
//! `git2` does discovery, ownership and revision parsing; objects, references and the index are read here, because
//! that is an order of magnitude faster and works for every hash and every broken repository as well.

mod bases;
mod discover;
mod folders;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod id;
mod kind;
mod loose;
mod objects;
mod pack;
mod reader;

pub use discover::GitDir;
pub use id::{Hash, ObjectId};
pub use kind::{Kind, Trouble};
pub use objects::Objects;
pub use pack::delta::Copied;
pub use pack::traverse::{Visit, VisitOptions, Visitor};
pub use reader::ObjectReader;
