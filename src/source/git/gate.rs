//! The one way into libgit2: repositories are opened here with the checks of ownership and format, and a refusal becomes
//! an error that says what to do.
//!
//! libgit2 reads the repository's configuration before it checks who owns it, as git does; `include.path` in it is
//! followed, as git does as well. Nothing that a configuration names is ever run.

use std::path::Path;
use std::sync::Once;

use git2::{ErrorCode, RepositoryOpenFlags};

use super::GitEnv;
use crate::error::Error;

/// Extensions of the format that libgit2 refuses and that are no obstacle here: objects and references are read by skout,
/// which looks at `refstorage` and `partialclone` itself; `compatobjectformat` adds a second name to objects, nothing else.
const EXTENSIONS: &[&str] = &["partialclone", "refstorage", "compatobjectformat"];

/// Tells libgit2 which repositories skout can read. To be called before any repository is opened.
pub(in crate::source) fn prepare() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        // A failure (no memory) leaves libgit2 as it was: it then refuses such repositories with an error of its own.
        #[allow(unsafe_code, reason = "libgit2 keeps this setting in a global variable")]
        // SAFETY: the list is read only while a repository is opened. Every opening in this crate comes after `prepare`,
        // and `Once` makes all callers wait until this single write is over.
        let _ = unsafe { git2::opts::set_extensions(EXTENSIONS) };
    });
}

/// Opens the repository around `start`.
pub(super) fn search(start: &Path, env: &GitEnv) -> Result<git2::Repository, Error> {
    let mut flags = RepositoryOpenFlags::empty();
    flags.set(RepositoryOpenFlags::CROSS_FS, env.across_file_systems);
    open(start, flags, env)
}

/// Opens the repository whose git folder is `git_dir`.
pub(super) fn exactly(git_dir: &Path) -> Result<git2::Repository, Error> {
    open(git_dir, RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT, &GitEnv::default())
}

fn open(start: &Path, flags: RepositoryOpenFlags, env: &GitEnv) -> Result<git2::Repository, Error> {
    prepare();
    git2::Repository::open_ext(start, flags, &env.ceiling_directories).map_err(|error| refusal(&error, start))
}

/// Says why a repository is not opened, and what to do.
fn refusal(error: &git2::Error, start: &Path) -> Error {
    let entry = entry_around(start);
    let place = entry.map_or_else(|| start.to_owned(), |entry| entry.parent().map_or_else(|| entry.clone(), Path::to_owned));
    match error.code() {
        ErrorCode::Owner => Error::new("the repository belongs to another user, and git would not trust its configuration")
            .at(&place)
            .help(format!("if you trust it: git config --global --add safe.directory {}", quoted(&place.display().to_string()))),
        ErrorCode::NotFound => match entry_around(start) {
            Some(entry) => {
                Error::new("this leads to no git repository").at(entry).help("its target was moved or deleted; `git worktree repair` mends a worktree")
            }
            None => Error::new("no git repository here").at(start).help("start in a git repository or give the path of one"),
        },
        _ => {
            let message = error.message();
            if let Some(name) = message.strip_prefix("unsupported extension name extensions.") {
                return Error::new(format!("the repository's format has the extension `{name}`, which skout does not know"))
                    .at(place)
                    .help("update skout, or scan a fresh clone that has no such extension");
            }
            // libgit2 knows no comments there, which git allows.
            if message.starts_with("invalid graft") {
                return Error::new(format!("`info/grafts` or `shallow` can't be read: {message}"))
                    .at(place)
                    .help("remove comments and empty lines from info/grafts, or turn it into replace references: git replace --convert-graft-file");
            }
            Error::new(format!("the git repository can't be opened: {message}")).at(place).help("`git fsck` says more")
        }
    }
}

/// The `.git` in `start` or the nearest folder above it.
fn entry_around(start: &Path) -> Option<std::path::PathBuf> {
    start
        .ancestors()
        .map(|folder| if folder.file_name().is_some_and(|name| name == ".git") { folder.to_owned() } else { folder.join(".git") })
        .find(|entry| entry.exists())
}

/// Text as a word of a shell, for commands that a person may copy: names come from a repository that may be hostile.
pub(super) fn quoted(text: &str) -> String {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+:@%,\\".contains(&byte));
    if plain && !text.is_empty() { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_to_do() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = |code, message: &str| refusal(&git2::Error::new(code, git2::ErrorClass::Repository, message), folder.path());
        let owner = error(ErrorCode::Owner, "repository path 'x' is not owned by current user");
        assert!(owner.help_text().is_some_and(|help| help.contains("git config --global --add safe.directory /")), "{owner:?}");
        let unknown = error(ErrorCode::GenericError, "unsupported extension name extensions.future");
        assert!(unknown.to_string().contains("`future`"), "{unknown}");
        assert!(error(ErrorCode::NotFound, "").to_string().contains("no git repository here"));
        assert_eq!(quoted("/a b/it's"), "'/a b/it'\\''s'");
    }
}
