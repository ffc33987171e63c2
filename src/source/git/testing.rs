//! Real repositories for tests, made by the `git` binary in an environment that nothing of the machine leaks into.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{GitDir, GitEnv, ObjectId};

/// A temporary folder with a repository at `repo` and a home beside it; gone when dropped.
pub(super) struct Repo {
    folder: tempfile::TempDir,
}

impl Repo {
    /// An empty repository with the branch `main`.
    pub(super) fn new() -> Self {
        Self::with(&[])
    }

    /// The same with more arguments for `git init`.
    pub(super) fn with(args: &[&str]) -> Self {
        let repo = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        std::fs::create_dir_all(repo.path("home")).expect("a new folder");
        std::fs::create_dir_all(repo.path("repo")).expect("a new folder");
        repo.git(&[&["init", "-q", "-b", "main"], args].concat());
        repo
    }

    /// A path in the temporary folder, its links resolved.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        let root = self.folder.path().canonicalize().expect("the folder is there");
        if path.is_empty() { root } else { root.join(path) }
    }

    /// Runs git in `repo`; its output without the last line feed.
    pub(super) fn git(&self, args: &[&str]) -> String {
        self.git_in("repo", args, &[])
    }

    /// Runs git in a folder, with standard input.
    pub(super) fn git_in(&self, folder: &str, args: &[&str], input: &[u8]) -> String {
        let (done, text) = self.try_git(folder, args, input);
        assert!(done, "git {args:?} in {folder}: {text}");
        text
    }

    /// Runs git where it may fail: whether it did not, and what it printed.
    pub(super) fn try_git(&self, folder: &str, args: &[&str], input: &[u8]) -> (bool, String) {
        use std::io::Write;
        let mut command = Command::new("git");
        // The path of the build, since only `cli` asks for a variable when it runs.
        command.env_clear().envs(option_env!("PATH").map(|path| ("PATH", path)));
        command.env("HOME", self.path("home")).env("GIT_CONFIG_NOSYSTEM", "1");
        for (name, value) in [("NAME", "Ada"), ("EMAIL", "ada@example.com"), ("DATE", "1700000000 +0100")] {
            command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
        }
        command.args(["-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false", "-c", "advice.detachedHead=false", "-c", "gc.auto=0"]).args(args);
        command.current_dir(self.path(folder)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("git starts");
        child.stdin.take().expect("a pipe").write_all(input).expect("git reads its input");
        let output = child.wait_with_output().expect("git ends");
        let mut text = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        if !output.status.success() {
            text.push_str(&String::from_utf8_lossy(&output.stderr));
        }
        (output.status.success(), text)
    }

    /// Writes a file of the working tree, making folders.
    pub(super) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        write(&self.path("repo").join(path), bytes);
    }

    /// Commits a file that holds `text`, and returns the commit.
    pub(super) fn commit(&self, text: &str) -> ObjectId {
        self.write("file", text);
        self.git(&["add", "."]);
        self.git(&["commit", "-q", "--allow-empty", "-m", text]);
        self.id("HEAD")
    }

    /// What git makes of a revision.
    pub(super) fn id(&self, revision: &str) -> ObjectId {
        ObjectId::from_hex(self.git(&["rev-parse", "--verify", revision]).as_bytes()).expect("git prints an id")
    }

    /// Where the repository's parts are.
    pub(super) fn dir(&self) -> GitDir {
        self.dir_at("repo")
    }

    /// The same from a folder.
    pub(super) fn dir_at(&self, folder: &str) -> GitDir {
        GitDir::discover(&self.path(folder), &GitEnv::default()).expect("a repository")
    }
}

/// Writes a file, making folders.
pub(super) fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("new folders");
    std::fs::write(path, bytes).expect("a new file");
}
