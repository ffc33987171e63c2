//! Where a repository's parts are.
//!
//! In come a folder to start from and what the environment says; out come the folders, the index, the hash and whether
//! objects may be absent on purpose. libgit2 opens the repository first, since it checks its owner and its format as git
//! does; of the configuration only the few values needed are read.

use std::path::{Path, PathBuf};

use super::{GitEnv, Hash, gate};
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
    /// The index, which need not exist.
    pub index_file: PathBuf,
    /// How objects are named.
    pub hash: Hash,
    /// Whether objects may be absent on purpose: some remote has promised to send them later (`git clone --filter`).
    pub partial: bool,
    /// Folders of objects besides `common_dir/objects` and its alternates, from the environment.
    pub extra_objects: Vec<PathBuf>,
}

impl GitDir {
    /// Finds the repository around `start`. What the environment names wins; its relative paths count from `start`, which
    /// is therefore the working directory (or what `-C` says), as for git.
    ///
    /// # Errors
    /// When there is none, git would not trust its owner, or its format is one that skout can't read.
    pub fn discover(start: &Path, env: &GitEnv) -> Result<Self, Error> {
        let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
        let start = if absolute.is_file() { absolute.parent().unwrap_or(&absolute) } else { &absolute };
        let repository = match (&env.git_dir, &env.common_dir) {
            // A git folder whose shared part is named only by the environment is none in the eyes of libgit2.
            (Some(_), Some(common)) => gate::exactly(&start.join(common))?,
            (Some(git_dir), None) => gate::exactly(&start.join(git_dir))?,
            (None, _) => gate::search(start, env)?,
        };
        let config = repository.config().and_then(|mut config| config.snapshot()).map_err(|error| unreadable(&error, repository.path()))?;
        match text(&config, "extensions.refstorage") {
            Some(storage) if storage != "files" => {
                return Err(Error::new(format!("references are stored as {storage}, which skout can't read yet"))
                    .at(tidy(repository.path()))
                    .help("in a copy or a clone: git refs migrate --ref-format=files"));
            }
            _ => {}
        }
        let git_dir = match (&env.git_dir, &env.common_dir) {
            (Some(git_dir), Some(_)) => tidy(&start.join(git_dir)),
            _ => tidy(repository.path()),
        };
        let objects = env.object_directory.iter().chain(&env.alternate_object_directories);
        Ok(Self {
            common_dir: env.common_dir.as_ref().map_or_else(|| tidy(repository.commondir()), |path| tidy(&start.join(path))),
            work_tree: work_tree(start, env, &repository, &config),
            index_file: env.index_file.as_ref().map_or_else(|| git_dir.join("index"), |path| start.join(path)),
            hash: match repository.object_format() {
                git2::ObjectFormat::Sha256 => Hash::Sha256,
                _ => Hash::Sha1,
            },
            partial: is_partial(&config),
            extra_objects: objects.map(|path| start.join(path)).collect(),
            git_dir,
        })
    }

    /// A value of the configuration as git sees it here: the repository's over the user's over the system's.
    ///
    /// # Errors
    /// When the configuration can't be read, or holds the name with a value that is not UTF-8.
    pub fn config_string(&self, name: &str) -> Result<Option<String>, Error> {
        self.config(|config| config.get_string(name))
    }

    /// The same for a path: a leading `~/` is the home folder. A relative path stays relative.
    ///
    /// # Errors
    /// The same.
    pub fn config_path(&self, name: &str) -> Result<Option<PathBuf>, Error> {
        self.config(|config| config.get_path(name))
    }

    fn config<T>(&self, get: impl FnOnce(&git2::Config) -> Result<T, git2::Error>) -> Result<Option<T>, Error> {
        let repository = gate::exactly(&self.git_dir)?;
        let config = repository.config().and_then(|mut config| config.snapshot()).map_err(|error| unreadable(&error, &self.git_dir))?;
        match get(&config) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(&error, &self.git_dir)),
        }
    }
}

fn unreadable(error: &git2::Error, git_dir: &Path) -> Error {
    Error::new(format!("git's configuration can't be read: {}", error.message())).at(tidy(git_dir)).help("`git config --list --show-origin` names the line")
}

/// The root of the working tree, by git's rules: the environment, `core.worktree`, the folder that holds `.git`; with
/// `GIT_DIR` alone the working directory, unless the repository is bare.
fn work_tree(start: &Path, env: &GitEnv, repository: &git2::Repository, config: &git2::Config) -> Option<PathBuf> {
    if let Some(path) = &env.work_tree {
        return Some(tidy(&start.join(path)));
    }
    let told = repository.is_worktree() || text(config, "core.worktree").is_some();
    if env.git_dir.is_some() && !told {
        let bare = config.get_bool("core.bare").unwrap_or(false);
        return (!bare).then(|| tidy(start));
    }
    repository.workdir().map(tidy)
}

/// Whether a remote promises objects: by the extension of the format, or by the mark that older versions of git leave.
fn is_partial(config: &git2::Config) -> bool {
    if text(config, "extensions.partialclone").is_some() {
        return true;
    }
    let mut partial = false;
    if let Ok(entries) = config.entries(Some(r"^remote\..*\.promisor$")) {
        let _ = entries.for_each(|entry| partial |= !entry.value().is_ok_and(|value| matches!(value, "false" | "no" | "off" | "0")));
    }
    partial
}

fn text(config: &git2::Config, name: &str) -> Option<String> {
    config.get_string(name).ok()
}

/// A path without a slash at its end or `.` inside.
fn tidy(path: &Path) -> PathBuf {
    path.components().collect()
}
