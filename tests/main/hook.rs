//! `skout hook`: what it does to files, and what git then does, with real commits and pushes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::{Run, Sandbox, run};

const OWN: &str = "# skout-hook 1 ";

/// A repository in `work`, a `skout` that notes how it was called, and a real git beside it.
pub(crate) struct Place {
    pub(crate) sandbox: Sandbox,
}

impl Place {
    /// A folder without a repository.
    fn bare_ground() -> Self {
        let place = Self { sandbox: Sandbox::new() };
        place.write_home(".gitconfig", "[user]\nname = a\nemail = a@localhost\n[init]\ndefaultBranch = main\n[protocol \"file\"]\nallow = always\n");
        place
    }

    pub(crate) fn new() -> Self {
        let place = Self::bare_ground();
        place.git(&["init", "-q", "."]).exits(0);
        place
    }

    fn write_home(&self, name: &str, text: &str) {
        std::fs::write(self.sandbox.home().join(name), text).expect("a file at home");
    }

    pub(crate) fn git(&self, args: &[&str]) -> Run {
        self.git_in(&self.sandbox.root(), args)
    }

    pub(crate) fn git_in(&self, folder: &Path, args: &[&str]) -> Run {
        self.git_with(folder, args, &[])
    }

    /// git with more in its environment, and the fake `skout` first on its `PATH`.
    pub(crate) fn git_with(&self, folder: &Path, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = self.command("git", folder);
        command.args(args).env("PATH", self.path()).envs(environment.iter().copied());
        run(command, b"")
    }

    pub(crate) fn path(&self) -> OsString {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths(std::iter::once(self.bin()).chain(std::env::split_paths(&path))).expect("a PATH")
    }

    pub(crate) fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = self.sandbox.command_of(Path::new(program), folder);
        for (name, value) in [("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"), ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"), ("GIT_TERMINAL_PROMPT", "0")] {
            command.env(name, value);
        }
        command
    }

    pub(crate) fn bin(&self) -> PathBuf {
        self.sandbox.home().join("bin")
    }

    /// Puts a `skout` on `PATH` that ends with `code`.
    #[cfg(unix)]
    pub(crate) fn fake(&self, code: u8) {
        std::fs::create_dir_all(self.bin()).expect("a folder");
        let text = format!("#!/bin/sh\necho \"$*\" >>\"$HOME/calls\"\nexit {code}\n");
        script(&self.bin().join("skout"), &text);
    }

    /// How the fake was called since the last look.
    #[cfg(unix)]
    pub(crate) fn calls(&self) -> Vec<String> {
        let path = self.sandbox.home().join("calls");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let _ = std::fs::remove_file(path);
        text.lines().map(str::to_owned).collect()
    }

    pub(crate) fn hook(&self, name: &str) -> PathBuf {
        self.sandbox.at(".git/hooks").join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.hook(name)).unwrap_or_default()
    }

    /// All names in the hook folder but git's samples.
    fn names(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.hook("")) else { return Vec::new() };
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"));
        let mut names: Vec<String> = names.filter(|name| !name.ends_with(".sample")).collect();
        names.sort();
        names
    }

    /// A change to commit.
    #[cfg(unix)]
    pub(crate) fn stage(&self, name: &str) {
        self.sandbox.write(name, name);
        self.git(&["add", "-A"]).exits(0);
    }

    #[cfg(unix)]
    pub(crate) fn commit(&self) -> Run {
        self.git(&["commit", "-qm", "a"])
    }
}

/// Writes a script. A process of its own does it: what this one has open for writing, the processes that other tests start
/// at the same moment inherit, and no system runs a file that somebody writes to.
#[cfg(unix)]
pub(crate) fn script(path: &Path, text: &str) {
    let written = Command::new("sh").args(["-c", "printf %s \"$1\" >\"$2\" && chmod 755 \"$2\"", "sh", text]).arg(path).status();
    assert!(written.expect("a shell").success());
}

/// A copy of the binary, made the same way.
fn copy_binary(to: &Path) {
    if cfg!(unix) {
        assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_skout")).arg(to).status().expect("cp").success());
    } else {
        std::fs::copy(env!("CARGO_BIN_EXE_skout"), to).expect("a copy");
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn installs_twice_and_uninstalls() {
    let place = Place::new();
    place.sandbox.skout(&["hook", "install"]).exits(0).says(&["installed ", "pre-commit", "`skout scan --staged`"]);
    let first = place.text("pre-commit");
    assert!(first.starts_with("#!/bin/sh\n") && first.contains(OWN), "{first}");
    #[cfg(unix)]
    assert_eq!(mode(&place.hook("pre-commit")), 0o755);
    place.sandbox.skout(&["hook", "install"]).exits(0).says(&["already installed, nothing changed"]);
    assert_eq!(place.text("pre-commit"), first);
    assert_eq!(place.names(), ["pre-commit"]);

    place.sandbox.skout(&["hook", "install", "--stage", "pre-push", "--stage", "pre-commit", "--stage", "pre-push"]).exits(0).says(&["pre-push", "--diff"]);
    assert_eq!(place.names(), ["pre-commit", "pre-push"]);
    place.sandbox.skout(&["hook", "uninstall", "--stage", "pre-push"]).exits(0).says(&["removed "]);
    assert_eq!(place.names(), ["pre-commit"]);
    place.sandbox.skout(&["hook", "uninstall"]).exits(0).says(&["removed ", "no hook was there before"]);
    place.sandbox.skout(&["hook", "uninstall"]).exits(0).says(&["nothing to remove"]);
    assert!(place.names().is_empty());
}

#[test]
fn wrong_usage_is_told() {
    let place = Place::bare_ground();
    place.sandbox.skout(&["hook", "install"]).exits(2).complains(&["there is none here", "-C DIR"]);
    place.sandbox.skout(&["hook", "install", "--stage", "commit"]).exits(2).complains(&["use pre-commit or pre-push"]);
    place.sandbox.skout(&["hook"]).exits(2).complains(&["install", "uninstall"]);
}

#[test]
fn a_hook_of_somebody_else_is_kept_and_comes_back() {
    let place = Place::new();
    let theirs = b"#!/bin/sh\n# caf\xe9, no line end at the end";
    place.sandbox.write(".git/hooks/pre-commit", theirs);
    place.sandbox.skout(&["hook", "uninstall"]).exits(2).complains(&["did not write this hook"]);
    place.sandbox.skout(&["hook", "install"]).exits(0).says(&["pre-commit.skout-kept"]);
    assert_eq!(place.names(), ["pre-commit", "pre-commit.skout-kept"]);
    assert_eq!(std::fs::read(place.hook("pre-commit.skout-kept")).expect("the kept hook"), theirs);
    place.sandbox.skout(&["hook", "install"]).exits(0).says(&["nothing changed", "pre-commit.skout-kept"]);
    place.sandbox.skout(&["hook", "uninstall"]).exits(0).says(&["restored "]);
    assert_eq!(place.names(), ["pre-commit"]);
    assert_eq!(std::fs::read(place.hook("pre-commit")).expect("the hook"), theirs);
}

#[test]
fn two_hooks_to_keep_are_one_too_many() {
    let place = Place::new();
    place.sandbox.write(".git/hooks/pre-commit", "one");
    place.sandbox.write(".git/hooks/pre-commit.skout-kept", "two");
    // Nothing is written for any stage where one of them can't be.
    place.sandbox.skout(&["hook", "install", "--stage", "pre-push", "--stage", "pre-commit"]).exits(2).complains(&["pre-commit.skout-kept", "only one"]);
    assert_eq!(place.names(), ["pre-commit", "pre-commit.skout-kept"]);
    assert_eq!((place.text("pre-commit"), place.text("pre-commit.skout-kept")), ("one".to_owned(), "two".to_owned()));
}

#[test]
fn an_edited_hook_stays() {
    let place = Place::new();
    place.sandbox.skout(&["hook", "install"]).exits(0);
    let edited = place.text("pre-commit") + "echo mine\n";
    std::fs::write(place.hook("pre-commit"), &edited).expect("an edit");
    for verb in ["install", "uninstall"] {
        place.sandbox.skout(&["hook", verb]).exits(2).complains(&["pre-commit", "somebody edited it since", "help:"]);
        assert_eq!(place.text("pre-commit"), edited);
    }
}

#[test]
fn a_hook_of_another_version_or_for_another_binary_is_updated() {
    let place = Place::new();
    place.sandbox.skout(&["hook", "install"]).exits(0);
    let first = place.text("pre-commit");
    let copy = place.sandbox.home().join(format!("other skout{}", std::env::consts::EXE_SUFFIX));
    copy_binary(&copy);
    let mut command = place.sandbox.command_of(&copy, &place.sandbox.root());
    command.args(["hook", "install"]);
    run(command, b"").exits(0).says(&["updated "]);
    assert_ne!(place.text("pre-commit"), first);
    assert_eq!(place.names(), ["pre-commit"]);
    place.sandbox.skout(&["hook", "uninstall"]).exits(0).says(&["removed "]);
}

#[test]
fn a_hook_that_was_removed_by_hand_gives_way_to_the_one_before() {
    let place = Place::new();
    place.sandbox.write(".git/hooks/pre-commit", "theirs");
    place.sandbox.skout(&["hook", "install"]).exits(0);
    std::fs::remove_file(place.hook("pre-commit")).expect("a hook to remove");
    place.sandbox.skout(&["hook", "install"]).exits(0).says(&["pre-commit.skout-kept"]);
    std::fs::remove_file(place.hook("pre-commit")).expect("a hook to remove");
    place.sandbox.skout(&["hook", "uninstall"]).exits(0).says(&["restored "]);
    assert_eq!((place.names(), place.text("pre-commit")), (vec!["pre-commit".to_owned()], "theirs".to_owned()));
}

#[test]
#[cfg(unix)]
fn links_and_modes_come_back_as_they_were() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    for target in ["../../tools/hook.sh", "nowhere"] {
        let place = Place::new();
        place.sandbox.write("tools/hook.sh", "#!/bin/sh\nexit 0\n");
        std::fs::create_dir_all(place.hook("")).expect("a folder");
        symlink(target, place.hook("pre-commit")).expect("a link");
        place.sandbox.skout(&["hook", "install"]).exits(0);
        assert_eq!(std::fs::read_link(place.hook("pre-commit.skout-kept")).expect("a link"), Path::new(target));
        assert!(!place.hook("pre-commit").is_symlink());
        assert_eq!(std::fs::read_to_string(place.sandbox.at("tools/hook.sh")).expect("their file"), "#!/bin/sh\nexit 0\n");
        place.sandbox.skout(&["hook", "uninstall"]).exits(0);
        assert_eq!(std::fs::read_link(place.hook("pre-commit")).expect("a link"), Path::new(target));
    }
    let place = Place::new();
    place.sandbox.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    std::fs::set_permissions(place.hook("pre-commit"), std::fs::Permissions::from_mode(0o640)).expect("a mode");
    place.fake(0);
    place.sandbox.skout(&["hook", "install"]).exits(0).says(&["not executable"]);
    // Git never ran it, and so it does not stop a commit now.
    place.stage("a");
    place.commit().exits(0);
    assert_eq!(place.calls(), ["scan --staged"]);
    place.sandbox.skout(&["hook", "uninstall"]).exits(0);
    assert_eq!(mode(&place.hook("pre-commit")), 0o640);
    // A hook that lost its mode is run no more; installing mends it.
    place.sandbox.skout(&["hook", "install"]).exits(0);
    std::fs::set_permissions(place.hook("pre-commit"), std::fs::Permissions::from_mode(0o644)).expect("a mode");
    place.sandbox.skout(&["hook", "install"]).exits(0).says(&["updated "]);
    assert_eq!(mode(&place.hook("pre-commit")), 0o755);
}

#[test]
#[cfg(unix)]
fn a_commit_passes_or_stops_with_the_scan() {
    let place = Place::new();
    place.sandbox.skout(&["hook", "install"]).exits(0);
    place.stage("a");
    for (code, words) in [(1, "take the keys above out"), (2, "exit code 2"), (3, "could not be read"), (130, "exit code 130")] {
        place.fake(code);
        place.commit().exits(1).complains(&["skout: the commit is stopped", words, "SKIP=skout git commit", "--no-verify"]);
        assert_eq!(place.calls(), ["scan --staged"]);
    }
    let skipped = place.git_with(&place.sandbox.root(), &["commit", "-qm", "a"], &[("SKIP", "other,skout")]);
    skipped.exits(0).complains(&["nothing was scanned, because SKIP names skout"]);
    assert!(place.calls().is_empty());
    place.fake(0);
    place.stage("b");
    let passed = place.git_with(&place.sandbox.root(), &["commit", "-qm", "b"], &[("SKIP", "skouts")]).exits(0);
    assert_eq!((place.calls().len(), passed.err.as_str()), (1, ""));
}

#[test]
#[cfg(unix)]
fn the_binary_is_found_or_the_commit_stops() {
    let place = Place::new();
    place.sandbox.skout(&["hook", "install"]).exits(0);
    place.stage("a");
    // The real one, by its recorded path; PATH has none. Whatever it makes of `--staged`, it was started.
    let git = place.git(&["commit", "-qm", "a"]);
    assert!(!git.err.contains("not found"), "{}", git.err);

    let copy = place.sandbox.home().join("it's a $(touch pwned) skout");
    copy_binary(&copy);
    let mut command = place.sandbox.command_of(&copy, &place.sandbox.root());
    command.args(["hook", "install"]);
    run(command, b"").exits(0);
    script(&copy, "#!/bin/sh\necho \"recorded $*\" >>\"$HOME/calls\"\n");
    place.stage("b");
    place.commit().exits(0);
    assert_eq!(place.calls(), ["recorded scan --staged"]);
    place.fake(0);
    place.stage("c");
    place.commit().exits(0);
    assert_eq!(place.calls(), ["scan --staged"], "PATH comes first");

    std::fs::remove_dir_all(place.bin()).expect("a folder to remove");
    std::fs::remove_file(&copy).expect("a binary to remove");
    place.stage("d");
    let stopped = place.commit().exits(1);
    stopped.complains(&["not found on PATH, nor at", "it's a $(touch pwned) skout", "nothing was scanned", "SKIP=skout git commit", "--no-verify"]);
    assert!(!place.sandbox.at("pwned").exists());
}

#[test]
#[cfg(unix)]
fn the_earlier_hook_runs_first_and_its_failure_counts() {
    let place = Place::new();
    std::fs::create_dir_all(place.hook("")).expect("a folder");
    let theirs = "#!/bin/sh\necho \"theirs in $PWD with $#\" >>\"$HOME/calls\"\n[ ! -f stop ] || exit 7\necho more >more && git add more\n";
    script(&place.hook("pre-commit"), theirs);
    place.fake(0);
    place.sandbox.skout(&["hook", "install"]).exits(0);
    place.stage("a");
    place.commit().exits(0);
    let root = place.sandbox.root().canonicalize().expect("a folder");
    assert_eq!(place.calls(), [format!("theirs in {} with 0", root.display()), "scan --staged".to_owned()]);
    place.stage("stop");
    place.commit().exits(1);
    assert_eq!(place.calls(), [format!("theirs in {} with 0", root.display())], "its failure is the end");
    std::fs::remove_file(place.sandbox.at("stop")).expect("a file to remove");
    place.fake(1);
    place.commit().exits(1).complains(&["the commit is stopped"]);
}

/// A manager that keeps what it replaced and calls it, as pre-commit does with `.legacy`, ends up calling itself.
#[test]
#[cfg(unix)]
fn hooks_that_call_each_other_come_to_an_end() {
    let place = Place::new();
    std::fs::create_dir_all(place.hook("")).expect("a folder");
    let manager =
        "#!/bin/sh\necho manager >>\"$HOME/calls\"\nhere=$(dirname \"$0\")\n[ ! -x \"$here/pre-commit.legacy\" ] || \"$here/pre-commit.legacy\" \"$@\"\n";
    script(&place.hook("pre-commit"), manager);
    place.fake(0);
    place.sandbox.skout(&["hook", "install"]).exits(0);
    std::fs::rename(place.hook("pre-commit"), place.hook("pre-commit.legacy")).expect("a hook to move");
    script(&place.hook("pre-commit"), manager);
    place.stage("a");
    place.commit().exits(0);
    assert_eq!(place.calls(), ["manager", "scan --staged"]);
    place.fake(1);
    place.stage("b");
    place.commit().exits(1);
    place.calls();
    place.sandbox.skout(&["hook", "install"]).exits(0).says(&["nothing changed: ", "pre-commit.legacy"]);
    place.sandbox.skout(&["hook", "uninstall"]).exits(2).complains(&["pre-commit.legacy", "`pre-commit uninstall --hook-type pre-commit`"]);

    // A manager in a new version is not the one that was kept; the two still come to an end.
    script(&place.hook("pre-commit"), &manager.replace("echo manager", "echo newer"));
    place.fake(0);
    place.commit().exits(0);
    assert_eq!(place.calls(), ["newer", "manager", "scan --staged", "scan --staged"]);
}

#[test]
#[cfg(unix)]
fn hooks_path_is_respected() {
    for (value, folder) in [("tools/my hooks", "tools/my hooks"), ("~/own", "~"), ("ABSOLUTE", "/")] {
        let place = Place::new();
        let elsewhere = place.sandbox.home().join("abs");
        let value = if value == "ABSOLUTE" { elsewhere.to_str().expect("UTF-8") } else { value };
        place.git(&["config", "core.hooksPath", value]).exits(0);
        let folder = match folder {
            "~" => place.sandbox.home().join("own"),
            "/" => elsewhere.clone(),
            inside => place.sandbox.at(inside),
        };
        // From a folder below the root: the path is relative to the root all the same.
        std::fs::create_dir_all(place.sandbox.at("sub")).expect("a folder");
        place.sandbox.skout(&["-C", "sub", "hook", "install"]).exits(0);
        let text = std::fs::read_to_string(folder.join("pre-commit")).expect("a hook where git looks");
        let inside = folder.starts_with(place.sandbox.root());
        assert_eq!(text.contains("recorded=''"), inside, "a hook that may be committed names no path of this machine");
        assert!(place.names().is_empty(), "nothing in .git/hooks");
        place.fake(0);
        place.stage("a");
        place.commit().exits(0);
        assert_eq!(place.calls(), ["scan --staged"], "{value}");
        place.sandbox.skout(&["hook", "uninstall"]).exits(0).says(&["removed "]);
    }
    let place = Place::new();
    place.git(&["config", "core.hooksPath", "/dev/null"]).exits(0);
    place.sandbox.skout(&["hook", "install"]).exits(2).complains(&["/dev/null", "core.hooksPath", "--show-origin"]);
}

#[test]
fn a_hooks_path_of_all_repositories_needs_consent() {
    let place = Place::new();
    let shared = place.sandbox.home().join("shared");
    place.git(&["config", "--global", "core.hooksPath", shared.to_str().expect("UTF-8")]).exits(0);
    for verb in ["install", "uninstall"] {
        place.sandbox.skout(&["hook", verb]).exits(2).complains(&[
            "shared",
            "core.hooksPath is set in",
            ".gitconfig",
            "--all-repositories",
            "git config core.hooksPath",
        ]);
    }
    assert!(!shared.exists());
    place.sandbox.skout(&["hook", "install", "--all-repositories"]).exits(0);
    assert!(shared.join("pre-commit").is_file());
    place.sandbox.skout(&["hook", "uninstall", "--all-repositories"]).exits(0).says(&["removed "]);
    // The repository's own word is nearer.
    place.git(&["config", "core.hooksPath", ".git/hooks"]).exits(0);
    place.sandbox.skout(&["hook", "install"]).exits(0);
    assert_eq!(place.names(), ["pre-commit"]);
}

#[test]
fn husky_is_told_what_to_do() {
    let place = Place::new();
    place.git(&["config", "core.hooksPath", ".husky/_"]).exits(0);
    place.sandbox.write(".husky/_/h", "");
    place.sandbox.write(".husky/_/pre-commit", ". \"$(dirname \"$0\")/h\"\n");
    place.sandbox.skout(&["hook", "install"]).exits(2).complains(&["husky", "`skout scan --staged`", ".husky/pre-commit"]);
    assert!(!place.sandbox.at(".husky/_/pre-commit.skout-kept").exists());
}

#[test]
#[cfg(unix)]
fn working_trees_and_submodules() {
    let place = Place::new();
    place.stage("a");
    place.commit().exits(0);
    let tree = place.sandbox.home().join("a tree");
    place.git(&["worktree", "add", "-q", "-b", "tree", tree.to_str().expect("UTF-8")]).exits(0);
    let mut command = place.sandbox.command(&tree);
    command.args(["hook", "install"]);
    run(command, b"").exits(0);
    assert_eq!(place.names(), ["pre-commit"], "all working trees share their hooks");
    place.fake(0);
    std::fs::write(tree.join("b"), "b").expect("a file");
    place.git_in(&tree, &["add", "-A"]).exits(0);
    place.git_in(&tree, &["commit", "-qm", "b"]).exits(0);
    assert_eq!(place.calls(), ["scan --staged"]);
    place.sandbox.skout(&["hook", "uninstall"]).exits(0).says(&["removed "]);

    let other = place.sandbox.home().join("other");
    place.git(&["clone", "-q", ".", other.to_str().expect("UTF-8")]).exits(0);
    place.git(&["submodule", "--quiet", "add", other.to_str().expect("UTF-8"), "sub"]).exits(0);
    place.sandbox.skout(&["-C", "sub", "hook", "install"]).exits(0);
    assert!(place.sandbox.at(".git/modules/sub/hooks/pre-commit").is_file());
    assert!(place.names().is_empty());
    place.sandbox.write("sub/c", "c");
    place.git_in(&place.sandbox.at("sub"), &["add", "-A"]).exits(0);
    place.git_in(&place.sandbox.at("sub"), &["commit", "-qm", "c"]).exits(0);
    assert_eq!(place.calls(), ["scan --staged"]);
}

#[test]
fn formats_of_repositories() {
    let place = Place::bare_ground();
    place.git(&["init", "-q", "--object-format=sha256", "."]).exits(0);
    place.sandbox.skout(&["hook", "install"]).exits(0);
    assert_eq!(place.names(), ["pre-commit"]);
    // A setting of one working tree alone.
    place.git(&["config", "extensions.worktreeConfig", "true"]).exits(0);
    place.git(&["config", "--worktree", "core.hooksPath", ".git/own"]).exits(0);
    place.sandbox.skout(&["hook", "install"]).exits(0);
    assert!(place.sandbox.at(".git/own/pre-commit").is_file());
    let place = Place::new();
    place.git(&["config", "core.repositoryFormatVersion", "1"]).exits(0);
    place.git(&["config", "extensions.refStorage", "reftable"]).exits(0);
    place.sandbox.skout(&["hook", "install"]).exits(2).complains(&["refstorage", "the line `skout scan --staged`"]);
}

#[test]
fn a_path_that_is_none_is_told() {
    for value in ["", "~nobody/hooks"] {
        let place = Place::new();
        place.git(&["config", "core.hooksPath", value]).exits(0);
        place.sandbox.skout(&["hook", "install"]).exits(2).complains(&["core.hooksPath", "help: `git config"]);
        assert!(place.names().is_empty());
    }
}

/// As in an alias or another hook, where git names the repository that it works on.
#[test]
fn git_may_name_the_repository() {
    let place = Place::new();
    std::fs::create_dir_all(place.sandbox.home().join("elsewhere")).expect("a folder");
    let mut command = place.sandbox.command(&place.sandbox.home().join("elsewhere"));
    command.args(["hook", "install"]).env("GIT_DIR", place.sandbox.at(".git")).env("GIT_WORK_TREE", place.sandbox.root());
    run(command, b"").exits(0);
    assert_eq!(place.names(), ["pre-commit"]);
}

#[test]
fn nobody_commits_in_a_bare_repository() {
    let place = Place::bare_ground();
    place.git(&["init", "-q", "--bare", "."]).exits(0);
    place.sandbox.skout(&["hook", "install"]).exits(2).complains(&["bare repository", "--stage pre-push"]);
    place.sandbox.skout(&["hook", "install", "--stage", "pre-push"]).exits(0);
    assert!(place.sandbox.at("hooks/pre-push").is_file());
    place.sandbox.skout(&["hook", "uninstall"]).exits(0).says(&["removed "]);
}
