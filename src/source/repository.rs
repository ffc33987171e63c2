//! What a tree scan asks git: where the repository's root is, and which files it tracks.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, RepositoryOpenFlags};

/// The repository that holds a path.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The root of its working tree.
    pub root: PathBuf,
    /// Its `.git` folder, for asking again.
    git_dir: PathBuf,
}

/// Why a repository's tracked files are not known.
pub(super) type Distrust = String;

impl Repository {
    /// Finds the repository around `path`, if there is one with a working tree. An ownership that git distrusts gives
    /// its reason: the tree can still be scanned, only what is tracked is not known.
    pub fn around(path: &Path) -> Result<Option<Self>, Distrust> {
        let start = if path.is_dir() { path } else { path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")) };
        // Looking for `.git` first spares start-up the whole of libgit2 outside repositories.
        let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
        if !absolute.ancestors().any(|folder| folder.join(".git").exists()) {
            return Ok(None);
        }
        super::git::prepare();
        match git2::Repository::open_ext(start, RepositoryOpenFlags::empty(), std::iter::empty::<&Path>()) {
            Ok(repository) => Ok(repository.workdir().map(|root| Self { root: root.to_owned(), git_dir: repository.path().to_owned() })),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.message().to_owned()),
        }
    }

    /// The paths that the index tracks, relative to the root, with `/` between parts; links and submodules left out.
    pub fn tracked(&self) -> Result<Vec<Vec<u8>>, Distrust> {
        let repository = git2::Repository::open(&self.git_dir).map_err(|error| error.message().to_owned())?;
        let index = repository.index().map_err(|error| error.message().to_owned())?;
        let is_file = |mode: u32| mode & 0o170_000 == 0o100_000;
        Ok(index.iter().filter(|entry| is_file(entry.mode)).map(|entry| entry.path).collect())
    }
}
