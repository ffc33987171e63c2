//! Repositories made by git itself, each compared with what `git diff --cached` says of it; indexes made by hand.
//!
//! Here is what they share; `shapes` has a test for each kind of repository, `random` one for what nobody thought of, and
//! `forged` those for bytes that git would not write.

mod forged;
mod random;
mod shapes;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::source::git::Hash;

/// A repository in a folder that goes away with it.
struct Repository {
    home: tempfile::TempDir,
    root: PathBuf,
    hash: Hash,
}

impl Repository {
    fn new() -> Self {
        Self::init(Hash::Sha1)
    }

    fn init(hash: Hash) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let root = home.path().join("repository");
        std::fs::create_dir(&root).expect("a new folder");
        let repository = Self { home, root, hash };
        repository.git(&["init", "-q", "-b", "main", if hash == Hash::Sha1 { "--object-format=sha1" } else { "--object-format=sha256" }]);
        repository
    }

    /// One with a commit of a few folders.
    fn with_files() -> Self {
        let repository = Self::new();
        for path in ["a.txt", "dir/deep/er/one", "dir/deep/er/two", "dir/deep.txt", "dir/x", "dir0/y", "other/z", "other/zz", "z"] {
            repository.write(path, path);
        }
        repository.git(&["add", "."]);
        repository.git(&["commit", "-qm", "files"]);
        repository
    }

    fn git(&self, arguments: &[&str]) -> Vec<u8> {
        self.git_in(&self.root, arguments, true)
    }

    /// Gives a git command its standard input.
    fn git_with(&self, arguments: &[&str], input: &str) -> String {
        let path = self.home.path().join("input");
        std::fs::write(&path, input).expect("written");
        let alias = format!("alias.fed=!git {} <'{}'", arguments.join(" "), path.display());
        String::from_utf8(self.git(&["-c", &alias, "fed"])).expect("text").trim_end().to_owned()
    }

    fn git_in(&self, folder: &Path, arguments: &[&str], must_succeed: bool) -> Vec<u8> {
        let mut command = Command::new("git");
        command.env_clear().envs(option_env!("PATH").map(|path| ("PATH", path))).env("HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com").env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
        }
        let output =
            command.args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"]).args(arguments).current_dir(folder).output().expect("git runs");
        assert!(!must_succeed || output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("written");
    }

    fn index(&self) -> PathBuf {
        self.root.join(".git/index")
    }

    fn extensions(&self) -> Vec<&'static str> {
        let bytes = std::fs::read(self.index()).expect("an index");
        ["TREE", "link", "sdir"].into_iter().filter(|name| memchr::memmem::find(&bytes, name.as_bytes()).is_some()).collect()
    }

    /// Reads what is staged and holds it against git's own word.
    fn check(&self) -> Staged {
        self.check_in(&self.root)
    }

    fn dir(&self) -> GitDir {
        let git_dir = self.root.join(".git");
        let (common_dir, index_file) = (git_dir.clone(), git_dir.join("index"));
        GitDir { git_dir, common_dir, work_tree: None, index_file, hash: self.hash, partial: false, extra_objects: Vec::new() }
    }

    fn check_in(&self, work_tree: &Path) -> Staged {
        let line = |arguments: &[&str]| String::from_utf8(self.git_in(work_tree, arguments, false)).expect("a path").trim_end().to_owned();
        let git_dir = PathBuf::from(line(&["rev-parse", "--absolute-git-dir"]));
        let common_dir = work_tree.join(line(&["rev-parse", "--git-common-dir"]));
        let index_file = git_dir.join("index");
        let dir = GitDir { git_dir, common_dir, work_tree: Some(work_tree.to_owned()), index_file, hash: self.hash, partial: false, extra_objects: Vec::new() };
        let head = ObjectId::from_hex(line(&["rev-parse", "-q", "--verify", "HEAD^{tree}"]).as_bytes());
        let objects = Objects::open(&dir, &[]).expect("objects");
        let staged = Staged::read(&dir.git_dir.join("index"), &dir, head, &objects).expect("an index");
        assert_eq!(staged.troubles, []);
        let said = self.git_in(work_tree, &["diff", "--cached", "--raw", "--no-renames", "-z", "--no-abbrev", "--ignore-submodules=none"], true);
        assert_eq!(lines(&staged, self.hash), said_lines(&said));

        // Without a cached tree the same is found out entry by entry.
        if let Ok(mut bytes) = std::fs::read(dir.git_dir.join("index"))
            && let Some(at) = memchr::memmem::find(&bytes, b"TREE\0")
        {
            bytes[at..at + 4].copy_from_slice(b"TREX");
            let path = self.home.path().join("index-without-tree");
            std::fs::write(&path, bytes).expect("written");
            assert_eq!(Staged::read(&path, &dir, head, &objects).expect("an index"), staged);
        }
        staged
    }
}

/// What is staged in git's words, with conflicts by name alone.
fn lines(staged: &Staged, hash: Hash) -> Vec<String> {
    let zero = "0".repeat(hash.size() * 2);
    let mode = |side: Option<(u32, ObjectId)>| side.map_or("000000".to_owned(), |side| format!("{:06o}", side.0));
    let id = |side: Option<(u32, ObjectId)>| side.map_or(zero.clone(), |side| side.1.to_string());
    let of_changes = staged.changes.iter().chain(&staged.submodules).filter(|change| !staged.unmerged.contains(&change.path));
    let changes =
        of_changes.map(|Change { path, old, new }| format!(":{} {} {} {} {}", mode(*old), mode(*new), id(*old), id(*new), String::from_utf8_lossy(path)));
    let mut lines: Vec<String> = changes.chain(staged.unmerged.iter().map(|path| format!("U {}", String::from_utf8_lossy(path)))).collect();
    lines.sort();
    lines
}

fn said_lines(said: &[u8]) -> Vec<String> {
    let fields: Vec<_> = said.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
    let mut lines: Vec<String> = fields
        .chunks_exact(2)
        .map(|fields| {
            let (facts, status) = fields[0].rsplit_once(' ').expect("a status");
            if status == "U" { format!("U {}", fields[1]) } else { format!("{facts} {}", fields[1]) }
        })
        .collect();
    lines.sort();
    lines
}

fn paths(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|change| String::from_utf8_lossy(&change.path).into_owned()).collect()
}
