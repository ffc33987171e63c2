//! skout finds keys and secrets, works out what each one may do (its role) and where it ends up (its place), and judges
//! the pair.
//!
//! The modules below stand in the order of the pipeline: each may use those before it, none a later one.
//!
//! ```
//! use skout::detect::{Detector, Scratch};
//! use skout::keys::{Catalog, examples};
//!
//! let catalog = Catalog::built_in();
//! let detector = Detector::new(&catalog, false);
//! let text = examples::fill("PLUNK_SECRET_KEY=sk_{lower-hex:48}", 1).unwrap();
//! let found = detector.detect(text.as_bytes(), &mut Scratch::default(), false);
//! assert_eq!(catalog.get(found.credentials[0].key_type).id.as_str(), "plunk.secret-key");
//! ```

pub mod terms;

pub mod text;

pub mod secret;

pub mod error;

mod checksum;

mod context_data_static;

pub mod keys;

pub mod config;

pub mod source;

pub mod detect;

pub mod lang;

pub mod project;

pub mod finding;

pub mod context;

pub mod verdict;

pub mod suppress;

pub mod report;

pub mod scan;

pub mod explain;

pub mod fix;

pub mod hook;

pub mod cli;
