//! What the environment says of a repository: the variables that git sets inside hooks and people set by hand.
//!
//! In comes a way to ask for a variable (`cli` alone reads the environment); out come paths as they were written,
//! relative ones still relative. What they mean is for [`super::GitDir`] to say.

use std::ffi::OsString;
use std::path::PathBuf;

/// The variables of git that decide where a repository's parts are. The default is an environment without any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitEnv {
    /// `GIT_DIR`: the git folder, not searched for.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`: the root of the working tree.
    pub work_tree: Option<PathBuf>,
    /// `GIT_COMMON_DIR`: the folder that working trees share.
    pub common_dir: Option<PathBuf>,
    /// `GIT_INDEX_FILE`: `git commit FILE` and `git commit --all` prepare what will be committed in an index of another name.
    pub index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY`: where new objects are written, such as the quarantine of a push.
    pub object_directory: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`: further folders to read objects from.
    pub alternate_object_directories: Vec<PathBuf>,
    /// `GIT_CEILING_DIRECTORIES`: folders that the search for a repository does not go up into.
    pub ceiling_directories: Vec<PathBuf>,
    /// `GIT_DISCOVERY_ACROSS_FILESYSTEM`: the search goes on beyond a mount point.
    pub across_file_systems: bool,
}

impl GitEnv {
    /// Asks for each variable by its name. An empty one counts as absent.
    pub fn from_vars(var: impl Fn(&str) -> Option<OsString>) -> Self {
        let var = |name: &str| var(name).filter(|value| !value.is_empty());
        let path = |name: &str| var(name).map(PathBuf::from);
        let paths = |name: &str| var(name).map(|value| std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty()).collect()).unwrap_or_default();
        Self {
            git_dir: path("GIT_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            common_dir: path("GIT_COMMON_DIR"),
            index_file: path("GIT_INDEX_FILE"),
            object_directory: path("GIT_OBJECT_DIRECTORY"),
            alternate_object_directories: paths("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
            ceiling_directories: paths("GIT_CEILING_DIRECTORIES"),
            across_file_systems: var("GIT_DISCOVERY_ACROSS_FILESYSTEM").is_some_and(|value| !matches!(value.to_str(), Some("0" | "false" | "no" | "off"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_taken_as_they_are() {
        let env = GitEnv::from_vars(|name| {
            let value = match name {
                "GIT_DIR" => ".git",
                "GIT_INDEX_FILE" => ".git/next-index-7.lock",
                "GIT_WORK_TREE" => "",
                "GIT_DISCOVERY_ACROSS_FILESYSTEM" => "1",
                _ => return None,
            };
            Some(OsString::from(value))
        });
        let expected =
            GitEnv { git_dir: Some(".git".into()), index_file: Some(".git/next-index-7.lock".into()), across_file_systems: true, ..GitEnv::default() };
        assert_eq!(env, expected);
        assert_eq!(GitEnv::from_vars(|_| None), GitEnv::default());
    }
}
