//! A folder to scan, a home beside it, and the binary run in an environment that nothing of the machine leaks into.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use skout::keys::examples;
use tempfile::TempDir;

/// Longer than any run of the suite takes on a busy machine: what reaches it hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Lines that hold one Plunk secret key each, the key of the archetype.
pub(crate) const SECRET_LINE: &str = "const key = \"sk_{lower-hex:48}\"; // plunk\n";
/// The same in an env file.
pub(crate) const SECRET_ENV: &str = "PLUNK_SECRET_KEY=sk_{lower-hex:48}\n";
/// The publishable half.
pub(crate) const PUBLIC_ENV: &str = "PLUNK_PUBLIC_KEY=pk_{lower-hex:48}\n";

/// A template's text; see `skout::keys::examples::fill`.
pub(crate) fn filled(template: &str) -> String {
    examples::fill(template, 1).expect("a template with good holes")
}

/// A temporary folder `work` to scan and a `home`; gone when dropped.
pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        for name in ["work", "home"] {
            std::fs::create_dir(folder.path().join(name)).expect("a new folder");
        }
        Self { folder }
    }

    /// A sandbox whose `work` holds one file.
    pub(crate) fn with(path: &str, template: &str) -> Self {
        let sandbox = Self::new();
        sandbox.plant(path, template);
        sandbox
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The path of something in `work`.
    pub(crate) fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root().join(path)
    }

    /// Writes bytes as they are, making folders.
    pub(crate) fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let full = self.at(path);
        std::fs::create_dir_all(full.parent().expect("a parent")).expect("new folders");
        std::fs::write(full, bytes).expect("a new file");
    }

    /// Writes a filled template and returns its text.
    pub(crate) fn plant(&self, path: impl AsRef<Path>, template: &str) -> String {
        let text = filled(template);
        self.write(path, &text);
        text
    }

    /// Runs `skout` in `work`.
    pub(crate) fn skout(&self, args: &[&str]) -> Run {
        self.skout_with(args, b"")
    }

    /// The same with standard input.
    pub(crate) fn skout_with(&self, args: &[&str], stdin: &[u8]) -> Run {
        let mut command = self.command(&self.root());
        command.args(args);
        run(command, stdin)
    }

    /// Scans and reads the JSON report, whatever the exit code.
    pub(crate) fn scan(&self, args: &[&str]) -> Report {
        let all: Vec<&str> = ["scan", "--format", "json"].iter().chain(args).copied().collect();
        self.skout(&all).report()
    }

    /// The binary, to be started in `folder`.
    pub(crate) fn command(&self, folder: &Path) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_skout")), folder)
    }

    /// A copy of the binary, the same way.
    pub(crate) fn command_of(&self, binary: &Path, folder: &Path) -> Command {
        let mut command = Command::new(binary);
        command.env_clear().env("HOME", self.home()).env("XDG_CONFIG_HOME", self.home()).env("GIT_CONFIG_NOSYSTEM", "1").current_dir(folder);
        for kept in ["SystemRoot", "TEMP", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
    }

    /// Makes `work` a repository.
    pub(crate) fn init(&self) -> git2::Repository {
        git2::Repository::init(self.root()).expect("a new repository")
    }

    /// Adds a file of any name to the index: `git2` takes names in UTF-8 alone.
    #[cfg(target_os = "linux")]
    pub(crate) fn track_bytes(&self, repository: &git2::Repository, path: &[u8]) {
        use std::os::unix::ffi::OsStrExt;
        let id = repository.blob_path(&self.at(std::ffi::OsStr::from_bytes(path))).expect("a blob");
        let time = git2::IndexTime::new(0, 0);
        let entry = git2::IndexEntry {
            ctime: time,
            mtime: time,
            dev: 0,
            ino: 0,
            mode: 0o100_644,
            uid: 0,
            gid: 0,
            file_size: 0,
            id,
            flags: 0,
            flags_extended: 0,
            path: path.to_owned(),
        };
        let mut index = repository.index().expect("an index");
        index.add(&entry).expect("a file to add");
        index.write().expect("an index that can be written");
    }

    /// Adds paths to the index, ignored or not.
    pub(crate) fn track(&self, repository: &git2::Repository, paths: &[&str]) {
        let mut index = repository.index().expect("an index");
        for path in paths {
            index.add_path(Path::new(path)).expect("a file to add");
        }
        index.write().expect("an index that can be written");
    }
}

/// Commits the index as it is, on what `HEAD` names.
pub(crate) fn commit(repository: &git2::Repository, message: &str) {
    let mut index = repository.index().expect("an index");
    let tree = index.write_tree().and_then(|id| repository.find_tree(id)).expect("a tree");
    let parent = repository.head().and_then(|head| head.peel_to_commit()).ok();
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    let author = git2::Signature::new("a", "a@localhost", &git2::Time::new(1_700_000_000, 0)).expect("a signature");
    repository.commit(Some("HEAD"), &author, &author, message, &tree, &parents).expect("a commit");
}

/// Runs a command to its end; panics where it takes for ever.
pub(crate) fn run(mut command: Command, stdin: &[u8]) -> Run {
    use std::io::Write;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a binary that starts");
    let mut input = child.stdin.take().expect("a pipe");
    let bytes = stdin.to_owned();
    let writer = std::thread::spawn(move || {
        // A process that does not read its input ends before all is written.
        let _ = input.write_all(&bytes);
    });
    let id = child.id();
    let (done, waiting) = std::sync::mpsc::channel();
    let waiter = std::thread::spawn(move || {
        let _ = done.send(child.wait_with_output());
    });
    let started = Instant::now();
    let output = waiting.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("process {id} still runs after {:?}", started.elapsed()));
    writer.join().expect("a writer that ends");
    waiter.join().expect("a waiter that ends");
    Run::new(output.expect("a process that ends"))
}

/// What a run left.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            err: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        }
    }

    /// Holds the exit code; returns itself so that calls chain.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "standard output:\n{}\nstandard error:\n{}", self.out, self.err);
        self
    }

    /// Holds that standard error has all these words.
    #[track_caller]
    pub(crate) fn complains(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "no {word:?} in:\n{}", self.err);
        }
        self
    }

    /// Holds that standard output has all these words.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.out.contains(word), "no {word:?} in:\n{}", self.out);
        }
        self
    }

    #[track_caller]
    pub(crate) fn report(self) -> Report {
        let all = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in:\n{}\nstandard error:\n{}", self.out, self.err));
        Report { all, code: self.code, err: self.err }
    }
}

/// A JSON report and what came with it.
pub(crate) struct Report {
    pub(crate) all: Value,
    pub(crate) code: i32,
    pub(crate) err: String,
}

impl Report {
    pub(crate) fn findings(&self) -> &Vec<Value> {
        self.all["findings"].as_array().expect("findings")
    }

    /// The only finding.
    #[track_caller]
    pub(crate) fn only(&self) -> &Value {
        assert_eq!(self.findings().len(), 1, "{:#}", self.all);
        &self.findings()[0]
    }

    /// The paths of all findings, in their order.
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.findings().iter().map(|finding| finding["location"]["path"].as_str().expect("a path")).collect()
    }

    /// `path: reason (class)` of all skips.
    pub(crate) fn skips(&self) -> Vec<String> {
        let skips = self.all["summary"]["skipped"].as_array().expect("skips");
        skips.iter().map(|skip| format!("{}: {} ({})", text(&skip["path"]), text(&skip["reason"]), text(&skip["class"]))).collect()
    }

    /// The codes of all notes.
    pub(crate) fn notes(&self) -> Vec<&str> {
        self.all["summary"]["notes"].as_array().expect("notes").iter().map(|note| text(&note["code"])).collect()
    }
}

/// A JSON string.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A JSON number.
pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}
