//! skout finds keys and secrets, works out what each one may do (its role) and where it ends up (its place), and judges the pair.

pub mod terms;
pub mod secret;
pub mod text;
pub mod error;
mod checksum;
#[allow(dead_code)]
mod context_data_static;
pub mod keys;
pub mod config;
pub mod detect;
pub mod finding;
pub mod suppress;
pub mod lang;
