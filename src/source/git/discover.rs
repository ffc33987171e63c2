//! Where a repository's parts are.

use std::path::{Path, PathBuf};

use super::Hash;
use crate::error::Error;

/// The folders of one repository, and what its configuration says of its format.
#[derive(Debug, Clone)]
pub struct GitDir {
    /// The folder of this working tree's own state: `HEAD`, `index`, `logs/HEAD`.
    pub git_dir: PathBuf,
    /// The folder that all working trees share: `objects`, `refs`, `packed-refs`, `config`.
    pub common_dir: PathBuf,
    /// The root of the working tree; `None` for a bare repository.
    pub work_tree: Option<PathBuf>,
    /// How objects are named.
    pub hash: Hash,
}

impl GitDir {
    /// Finds the repository around `start`.
    ///
    /// # Errors
    /// When there is none, or git would not trust it.
    pub fn discover(start: &Path) -> Result<Self, Error> {
        let repository = git2::Repository::discover(start).map_err(|error| {
            Error::new(format!("no repository can be opened here: {}", error.message())).at(start).help("give the path of a git repository")
        })?;
        Ok(Self {
            git_dir: repository.path().to_owned(),
            common_dir: repository.commondir().to_owned(),
            work_tree: repository.workdir().map(Path::to_owned),
            hash: Hash::Sha1,
        })
    }
}
