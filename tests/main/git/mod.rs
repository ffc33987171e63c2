//! The git modes through the binary: repositories of every shape, made by git itself with fixed names and dates, in an
//! environment that nothing of the machine leaks into. Keys are made when the tests run.

mod broken;
mod diff;
mod diff_shapes;
mod history;
mod history_shapes;
mod hostile;
mod staged;
mod staged_shapes;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use skout::keys::examples;

use crate::sandbox::{Report, Run, Sandbox, number, run, text};

/// The value of the key with a number.
pub(crate) fn key(number: u64) -> String {
    examples::fill("sk_{lower-hex:48}", number).expect("a template with good holes")
}

/// A line that holds it: the value stands at column 14.
pub(crate) fn line(number: u64) -> String {
    format!("const key = \"{}\"; // plunk\n", key(number))
}

/// A line that holds none.
pub(crate) const CLEAN: &str = "const key = process.env.KEY;\n";

/// A sandbox whose `work` is a repository, and a clock: each commit is made a minute after the one before.
pub(crate) struct Repo {
    pub(crate) sandbox: Sandbox,
    minutes: Cell<u64>,
}

impl Repo {
    /// An empty repository with the branch `main`.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// The same with more arguments for `git init`.
    pub(crate) fn with(args: &[&str]) -> Self {
        let repo = Self { sandbox: Sandbox::new(), minutes: Cell::new(0) };
        let config = "[init]\ndefaultBranch = main\n[protocol \"file\"]\nallow = always\n[commit]\ngpgsign = false\n[advice]\ndetachedHead = false\n[gc]\nauto = 0\n[maintenance]\nauto = false\n";
        std::fs::write(repo.sandbox.home().join(".gitconfig"), config).expect("a file at home");
        repo.git(&[&["init", "-q"], args, &["."]].concat());
        repo
    }

    /// A repository with one commit, which holds `clean.js`.
    pub(crate) fn begun() -> Self {
        let repo = Self::new();
        repo.write("clean.js", CLEAN);
        repo.commit("first");
        repo
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.sandbox.root()
    }

    /// A program to be started in a folder of `work` (or anywhere, by its whole path), in the scrubbed environment.
    pub(crate) fn command(&self, program: &str, folder: impl AsRef<Path>) -> Command {
        let mut command = self.sandbox.command_of(Path::new(program), &self.sandbox.at(folder));
        let date = format!("{} +0100", 1_700_000_000 + 60 * self.minutes.get());
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path))).env("GIT_TERMINAL_PROMPT", "0");
        for (name, value) in [("NAME", "Ada"), ("EMAIL", "ada@example.com"), ("DATE", date.as_str())] {
            command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
        }
        command
    }

    /// Runs git, which must succeed; its output without the last line feed.
    #[track_caller]
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.git_in("", args)
    }

    #[track_caller]
    pub(crate) fn git_in(&self, folder: impl AsRef<Path>, args: &[&str]) -> String {
        self.git_fed(folder, args, b"")
    }

    /// The same with standard input.
    #[track_caller]
    pub(crate) fn git_fed(&self, folder: impl AsRef<Path>, args: &[&str], input: &[u8]) -> String {
        let ran = self.try_git(folder, args, input);
        assert_eq!(ran.code, 0, "git {args:?}: {}{}", ran.out, ran.err);
        ran.out.trim_end().to_owned()
    }

    /// Runs git where it may fail.
    pub(crate) fn try_git(&self, folder: impl AsRef<Path>, args: &[&str], input: &[u8]) -> Run {
        let mut command = self.command("git", folder);
        command.args(args);
        run(command, input)
    }

    pub(crate) fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        self.sandbox.write(path, bytes);
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.sandbox.at(path)).expect("a file to remove");
    }

    /// Adds everything.
    #[track_caller]
    pub(crate) fn add(&self) {
        self.git(&["add", "-A"]);
    }

    /// Adds everything and commits it; the id.
    #[track_caller]
    pub(crate) fn commit(&self, message: &str) -> String {
        self.add();
        self.commit_index(message)
    }

    /// Commits what is staged; the id.
    #[track_caller]
    pub(crate) fn commit_index(&self, message: &str) -> String {
        self.minutes.set(self.minutes.get() + 1);
        self.git(&["commit", "-q", "--no-verify", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    /// Writes a file and commits it; the id.
    #[track_caller]
    pub(crate) fn commit_file(&self, path: &str, bytes: impl AsRef<[u8]>) -> String {
        self.write(path, bytes);
        self.commit(path)
    }

    /// What git makes of a revision.
    #[track_caller]
    pub(crate) fn id(&self, revision: &str) -> String {
        self.git(&["rev-parse", "--verify", revision])
    }

    /// Writes an object of any content, however wrong; its id.
    #[track_caller]
    pub(crate) fn object(&self, kind: &str, bytes: &[u8]) -> String {
        self.git_fed("", &["hash-object", "-w", "--literally", "-t", kind, "--stdin"], bytes)
    }

    /// Commits a tree that stands in the database; the id.
    #[track_caller]
    pub(crate) fn commit_tree(&self, tree: &str, parents: &[&str], message: &str) -> String {
        self.minutes.set(self.minutes.get() + 1);
        let parents: Vec<&str> = parents.iter().flat_map(|parent| ["-p", *parent]).collect();
        self.git(&[&["commit-tree", tree, "-m", message], &parents[..]].concat())
    }

    /// Scans for JSON in a folder of `work`.
    #[track_caller]
    pub(crate) fn scan_in(&self, folder: impl AsRef<Path>, args: &[&str]) -> Report {
        self.skout_in(folder, &[&["--format", "json"], args].concat()).report()
    }

    /// Scans in a folder of `work`.
    pub(crate) fn skout_in(&self, folder: impl AsRef<Path>, args: &[&str]) -> Run {
        let mut command = self.sandbox.command(&self.sandbox.at(folder));
        command.arg("scan").args(args);
        run(command, b"")
    }

    #[track_caller]
    pub(crate) fn staged(&self, args: &[&str]) -> Report {
        self.scan_in("", &[&["--staged"], args].concat())
    }

    #[track_caller]
    pub(crate) fn diff(&self, range: &str) -> Report {
        self.scan_in("", &["--diff", range])
    }

    #[track_caller]
    pub(crate) fn history(&self, args: &[&str]) -> Report {
        self.scan_in("", &[&["--history"], args].concat())
    }

    /// Holds that a finding's path and line are there at its commit, and that the value stands just there.
    #[track_caller]
    pub(crate) fn holds(&self, finding: &Value, value: &str) {
        self.holds_in("", finding, value);
    }

    #[track_caller]
    pub(crate) fn holds_in(&self, folder: impl AsRef<Path>, finding: &Value, value: &str) {
        let git = &finding["git"];
        assert_eq!(git["path"], finding["location"]["path"], "{finding:#}");
        let name = format!("{}:{}", text(&git["commit"]), text(&git["path"]));
        let whole = self.git_in(&folder, &["cat-file", "blob", &name]);
        let at = &finding["location"]["start"];
        let line = whole.lines().nth(number(&at["line"]) as usize - 1).unwrap_or_else(|| panic!("no such line in {name}: {finding:#}"));
        let rest: String = line.chars().skip(number(&at["column"]) as usize - 1).collect();
        assert!(rest.starts_with(value), "{name} holds {line:?}: {finding:#}");
        if !git["tip"].is_null() {
            let now = self.git_in(&folder, &["cat-file", "blob", &format!("HEAD:{}", text(&git["tip"]["path"]))]);
            let line = now.lines().nth(number(&git["tip"]["line"]) as usize - 1).unwrap_or_default();
            assert!(line.contains(value), "the tip holds {line:?}: {finding:#}");
        }
    }
}

impl Report {
    /// `path:line` of all findings, in their order.
    pub(crate) fn places(&self) -> Vec<String> {
        let place = |finding: &Value| format!("{}:{}", text(&finding["location"]["path"]), finding["location"]["start"]["line"]);
        self.findings().iter().map(place).collect()
    }

    /// The rules of all findings.
    pub(crate) fn rules(&self) -> Vec<&str> {
        self.findings().iter().map(|finding| text(&finding["rule"])).collect()
    }

    /// Holds the exit code; returns itself so that calls chain.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{:#}\n{}", self.all, self.err);
        self
    }

    /// Holds that nothing was found and nothing lost.
    #[track_caller]
    pub(crate) fn is_quiet(&self) {
        assert!(self.findings().is_empty() && self.code == 0, "exit {}: {:#}\n{}", self.code, self.all, self.err);
    }

    /// The only finding, of this rule.
    #[track_caller]
    pub(crate) fn only_of(&self, rule: &str) -> &Value {
        let finding = self.only();
        assert_eq!(finding["rule"], rule, "{finding:#}");
        finding
    }

    /// Holds that a note has this code, and these words.
    #[track_caller]
    pub(crate) fn notes_that(&self, code: &str, words: &str) {
        let notes = self.all["summary"]["notes"].as_array().expect("notes");
        let is_there = notes.iter().any(|note| note["code"] == code && text(&note["text"]).contains(words));
        assert!(is_there, "no note `{code}` with {words:?}: {:#}\n{}", self.all["summary"], self.err);
    }

    /// Holds that some input of such a name was lost for a reason with these words, that this is said, and that the exit
    /// code is 3.
    #[track_caller]
    pub(crate) fn lost(&self, path: &str, words: &str) {
        let is_there = self.skips().iter().any(|skip| skip.contains(path) && skip.contains(words) && skip.ends_with("(lost)"));
        assert!(is_there, "nothing lost of {path:?} with {words:?}: {:#}", self.all["summary"]);
        assert_eq!(self.all["summary"]["complete"], false, "{:#}", self.all["summary"]);
        assert_eq!(self.code, 3, "{:#}", self.all["summary"]);
    }
}
