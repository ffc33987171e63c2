//! Where git looks for hooks: the repository's own folder, or the one that `core.hooksPath` names.
//!
//! In comes a folder to start from, out goes the hook folder with what a caller must know before it writes there. What
//! hooks are made of belongs to `crate::hook`.

use std::path::{Path, PathBuf};

use git2::{ConfigLevel, ErrorCode, Repository};

use crate::error::Error;

/// The folder that git runs a repository's hooks from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookFolder {
    /// Absolute; it need not exist yet.
    pub path: PathBuf,
    /// Who else's hooks run from there.
    pub scope: HookScope,
    /// The root of the working tree; `None` for a bare repository, where nobody commits.
    pub work_tree: Option<PathBuf>,
    /// Whether the folder lies in the working tree, so that its hooks may be committed and reach other people.
    pub in_work_tree: bool,
}

/// How many repositories a hook folder serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookScope {
    /// This one, with all its working trees.
    Repository,
    /// Every one that reads this configuration file, which sets `core.hooksPath` for an account or a machine.
    Shared(PathBuf),
}

impl HookFolder {
    /// Finds the hook folder of the repository around the current folder, or of the one that `GIT_DIR` names.
    ///
    /// # Errors
    /// Where there is no repository, git distrusts its owner, or `core.hooksPath` names no folder.
    pub fn discover() -> Result<Self, Error> {
        let repository = Repository::open_from_env().map_err(|error| match error.code() {
            ErrorCode::NotFound => Error::new("hooks belong to a git repository, and there is none here").help("run it in a repository, or give one: `-C DIR`"),
            ErrorCode::Owner => Error::new(format!("git would not trust this repository: {}", error.message()))
                .help("if it is yours all the same, `git status` names the command that says so"),
            // A format that libgit2 does not know, such as reftable's, is git's all the same.
            _ => Error::new(format!("the repository can't be opened: {}", error.message()))
                .help("where `git status` works, a hook of your own does too: it needs the line `skout scan --staged`"),
        })?;
        let work_tree = repository.workdir().map(Path::to_owned);
        let (path, scope) = match configured(&repository)? {
            // A relative path starts where git runs hooks: in the root of the working tree, or in a bare repository.
            Some((path, scope)) => (work_tree.as_deref().unwrap_or(repository.path()).join(path), scope),
            None => (repository.commondir().join("hooks"), HookScope::Repository),
        };
        if std::fs::metadata(&path).is_ok_and(|about| !about.is_dir()) {
            return Err(Error::new("core.hooksPath names what is no folder, so git runs no hooks here")
                .at(path)
                .help("`git config --show-origin core.hooksPath` shows where it is set"));
        }
        let path = path.canonicalize().map_or(path, plain);
        let within = |folder: &Path| path.starts_with(folder.canonicalize().map_or_else(|_| folder.to_owned(), plain));
        let in_work_tree = work_tree.as_deref().is_some_and(within) && !within(repository.path()) && !within(repository.commondir());
        Ok(Self { in_work_tree, path, scope, work_tree })
    }
}

/// `core.hooksPath` with `~` expanded, and whose setting it is.
fn configured(repository: &Repository) -> Result<Option<(PathBuf, HookScope)>, Error> {
    let failed = |error: &git2::Error| Error::new(format!("core.hooksPath can't be read: {}", error.message())).help("`git config core.hooksPath` shows it");
    let config = repository.config().and_then(|mut config| config.snapshot()).map_err(|error| failed(&error))?;
    let level = match config.get_entry("core.hookspath") {
        Ok(entry) => entry.level(),
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(failed(&error)),
    };
    let path = config.get_path("core.hookspath").map_err(|error| failed(&error))?;
    if path.as_os_str().is_empty() {
        return Err(Error::new("core.hooksPath is empty, so git finds no hooks here").help("`git config --show-origin core.hooksPath` shows where it is set"));
    }
    // The names stand for the files that people know; a variable such as GIT_CONFIG_GLOBAL may name another one.
    let scope = match level {
        ConfigLevel::Global => HookScope::Shared(git2::Config::find_global().unwrap_or_else(|_| "~/.gitconfig".into())),
        ConfigLevel::XDG => HookScope::Shared(git2::Config::find_xdg().unwrap_or_else(|_| "~/.config/git/config".into())),
        ConfigLevel::System | ConfigLevel::ProgramData => HookScope::Shared(git2::Config::find_system().unwrap_or_else(|_| "the system's gitconfig".into())),
        _ => HookScope::Repository,
    };
    Ok(Some((path, scope)))
}

/// A canonical path as people and shells of Windows write it; everywhere else the path itself.
fn plain(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(short) if !short.starts_with("UNC") => PathBuf::from(short),
        _ => path,
    }
}
