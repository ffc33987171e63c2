//! Where bytes come from: the working tree, named files, standard input. Alone in knowing `ignore` and `git2`.
//!
//! A source yields inputs or skips; it knows nothing of what is looked for in them.

pub mod archive;
mod binary;
pub mod git;
mod hooks;
mod read;
mod repository;
mod sqlite;
mod walk;

pub use binary::{Binary, Runs};
pub use hooks::{HookFolder, HookScope};
pub use read::{Reader, Window, alone};
pub use repository::Repository;
pub use walk::{Found, Walk, WalkOptions};
