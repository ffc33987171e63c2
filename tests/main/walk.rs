//! Which files of a tree are read: repositories, ignore rules, links, pipes, folders that can't be read.

use std::path::Path;

use crate::sandbox::{SECRET_LINE, Sandbox, run, text};

/// A repository with a file of every standing, one secret in each.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    let git = sandbox.init();
    sandbox.write(".gitignore", "*.secret.js\nbuild/\n");
    for path in [
        "tracked.js",
        "untracked.js",
        "tracked.secret.js",
        "ignored.secret.js",
        "build/ignored.js",
        "build/tracked.js",
        ".hidden/tracked.js",
        ".env.js",
        "sub/deep/file.js",
    ] {
        sandbox.plant(path, SECRET_LINE);
    }
    sandbox.track(&git, &["tracked.js", "tracked.secret.js", "build/tracked.js", ".hidden/tracked.js"]);
    sandbox.plant(".git/hooks/pre-push", SECRET_LINE);
    let config = std::fs::read_to_string(sandbox.at(".git/config")).expect("a configuration");
    sandbox.plant(".git/config", &format!("{config}[http]\n\textraheader = \"Authorization: Bearer sk_{{lower-hex:48}}\"\n"));
    sandbox
}

const READ: [&str; 7] = [".env.js", ".hidden/tracked.js", "build/tracked.js", "sub/deep/file.js", "tracked.js", "tracked.secret.js", "untracked.js"];

#[test]
fn tracked_files_and_those_that_git_would_take() {
    let sandbox = repository();
    let report = sandbox.scan(&[]);
    assert_eq!(report.paths(), READ);
    assert_eq!(sandbox.scan(&["-j", "8"]).paths(), READ);
    // Roots that overlap read each file once.
    assert_eq!(sandbox.scan(&[".", "sub", "tracked.js", "tracked.secret.js"]).paths(), READ);
}

#[test]
fn named_files_are_read_though_ignored() {
    let sandbox = repository();
    assert_eq!(sandbox.scan(&["ignored.secret.js"]).paths(), ["ignored.secret.js"]);
    assert_eq!(sandbox.scan(&["build/ignored.js", "tracked.js"]).paths(), ["build/ignored.js", "tracked.js"]);
    assert_eq!(sandbox.scan(&["build/ignored.js", "sub"]).paths(), ["build/ignored.js", "sub/deep/file.js"]);
}

#[test]
fn no_ignore_reads_all_but_git() {
    let sandbox = repository();
    let report = sandbox.scan(&["--no-ignore"]);
    assert_eq!(report.findings().len(), READ.len() + 2);
    assert!(report.paths().iter().all(|path| !path.starts_with(".git/")));
}

#[test]
fn hidden_files_are_left_when_asked() {
    let sandbox = repository();
    assert_eq!(sandbox.scan(&["--skip-hidden"]).paths(), READ[2..]);
    sandbox.write("skout.toml", "[scan]\nskip-hidden = true\n");
    assert_eq!(sandbox.scan(&[]).paths(), READ[2..]);
}

#[test]
fn a_folder_below_the_root_keeps_the_paths_of_the_repository() {
    let sandbox = repository();
    assert_eq!(sandbox.scan(&["sub"]).paths(), ["sub/deep/file.js"]);
    assert_eq!(sandbox.scan(&["sub/deep/file.js"]).paths(), ["sub/deep/file.js"]);
    assert_eq!(sandbox.scan(&["-C", "sub/deep"]).paths(), ["sub/deep/file.js"]);
    assert_eq!(sandbox.scan(&["-C", "sub", ".."]).paths(), READ);
}

#[test]
fn an_ignored_folder_is_read_when_it_is_named() {
    // Who writes `skout scan dist` wants to know what is in the build.
    let sandbox = repository();
    sandbox.plant("build/own.secret.js", SECRET_LINE);
    for args in [&["build"][..], &["-C", "build"]] {
        assert_eq!(sandbox.scan(args).paths(), ["build/ignored.js", "build/tracked.js"], "rules about files hold in it");
    }
    assert_eq!(sandbox.scan(&[".", "build"]).findings().len(), READ.len() + 1);
}

#[test]
fn the_git_folder_is_read_when_it_is_named() {
    let sandbox = repository();
    assert_eq!(sandbox.scan(&[".git/config"]).findings().len(), 1);
}

#[test]
fn exclusions_of_the_person_and_of_the_clone() {
    let sandbox = Sandbox::new();
    sandbox.init();
    for path in ["a.js", "mine.js", "local.js"] {
        sandbox.plant(path, SECRET_LINE);
    }
    sandbox.write(".git/info/exclude", "local.js\n");
    std::fs::create_dir_all(sandbox.home().join("git")).expect("a folder");
    std::fs::write(sandbox.home().join("git/ignore"), "mine.js\n").expect("a file");
    assert_eq!(sandbox.scan(&[]).paths(), ["a.js"]);
}

#[test]
fn a_nested_repository_is_files_like_any_other() {
    let sandbox = Sandbox::new();
    sandbox.init();
    git2::Repository::init(sandbox.at("vendor/lib")).expect("a repository");
    sandbox.plant("vendor/lib/server.js", SECRET_LINE);
    sandbox.plant("vendor/lib/.git/hooks/x", SECRET_LINE);
    // A submodule's `.git` is a file.
    sandbox.plant("module/server.js", SECRET_LINE);
    sandbox.plant("module/.git", &format!("gitdir: ../.git/modules/module\n{SECRET_LINE}"));
    assert_eq!(sandbox.scan(&[]).paths(), ["module/server.js", "vendor/lib/server.js"]);
}

#[test]
fn outside_of_a_repository_ignore_files_hold() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "b.js\n");
    sandbox.write("sub/.ignore", "c.js\n");
    for path in ["a.js", "b.js", "sub/b.js", "sub/c.js", "sub/d.js"] {
        sandbox.plant(path, SECRET_LINE);
    }
    assert_eq!(sandbox.scan(&[]).paths(), ["a.js", "sub/d.js"]);
    assert_eq!(sandbox.scan(&["--no-ignore"]).findings().len(), 5);
    // Relative to the argument's folder, since there is no root.
    assert_eq!(sandbox.scan(&["--no-ignore", "sub"]).paths(), ["b.js", "c.js", "d.js"]);
    assert_eq!(sandbox.scan(&["sub/d.js"]).paths(), ["d.js"]);
}

#[test]
fn exclusions_of_the_configuration() {
    let sandbox = repository();
    sandbox.write("skout.toml", "[scan]\nexclude = [\"sub/**\", \"**/tracked.secret.js\"]\n");
    let report = sandbox.scan(&[]);
    assert!(report.paths().iter().all(|path| !path.starts_with("sub/") && *path != "tracked.secret.js"), "{:?}", report.paths());
    assert!(report.skips().iter().any(|skip| skip.contains("excluded by the configuration (chosen)")), "{:?}", report.skips());
    assert!(sandbox.scan(&["--no-config"]).paths().contains(&"sub/deep/file.js"));
    // A file that somebody names is always scanned.
    assert_eq!(sandbox.scan(&["sub/deep/file.js"]).paths(), ["sub/deep/file.js"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_when_named() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    sandbox.plant("real/server.js", SECRET_LINE);
    symlink("real", sandbox.at("folder")).expect("a link");
    symlink("real/server.js", sandbox.at("file.js")).expect("a link");
    symlink("..", sandbox.at("real/loop")).expect("a link");
    symlink("nowhere", sandbox.at("broken")).expect("a link");
    let report = sandbox.scan(&[]);
    assert_eq!(report.paths(), ["real/server.js"]);
    assert_eq!(report.code, 1, "a broken link loses nothing");
    assert_eq!(sandbox.scan(&["folder"]).findings().len(), 1);
    assert_eq!(sandbox.scan(&["file.js"]).findings().len(), 1);
    sandbox.skout(&["scan", "broken"]).exits(2).complains(&["broken: the path can't be scanned"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_tree_is_counted_and_hangs_nothing() {
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    if !make_pipe(&sandbox.at("pipe")) {
        return;
    }
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, report.paths()), (1, vec!["server.js"]));
    assert_eq!(report.skips(), ["pipe: not a regular file (chosen)"]);
    let report = sandbox.scan(&["pipe"]);
    assert_eq!(report.code, 3);
    assert!(report.skips()[0].contains("a pipe or a device") && report.skips()[0].ends_with("(lost)"), "{:?}", report.skips());
    // What was found beside it is still reported.
    let report = sandbox.scan(&["pipe", "server.js"]);
    assert_eq!((report.code, report.paths()), (3, vec!["server.js"]));
    assert_eq!(sandbox.scan(&["pipe", "server.js", "--allow-incomplete"]).code, 1);
    assert_eq!(sandbox.scan(&["pipe", "--allow-incomplete"]).code, 0);
}

#[cfg(unix)]
fn make_pipe(path: &Path) -> bool {
    std::process::Command::new("mkfifo").arg(path).status().is_ok_and(|status| status.success())
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_that_fails_makes_the_scan_incomplete() {
    // Reading a process's memory at address 0 fails for everybody, root included.
    let sandbox = Sandbox::new();
    let report = sandbox.scan(&["/proc/self/mem"]);
    assert_eq!(report.code, 3);
    assert_eq!(report.all["summary"]["complete"], false);
    assert!(report.skips()[0].contains("can't be read: input/output error (lost)"), "{:?}", report.skips());
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_lost_and_said() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65534;
    let sandbox = Sandbox::with("server.js", SECRET_LINE);
    sandbox.plant("closed.js", SECRET_LINE);
    sandbox.plant("shut/inside.js", SECRET_LINE);
    let mode = |path: &Path, mode: u32| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("own files");
    mode(&sandbox.at("closed.js"), 0);
    mode(&sandbox.at("shut"), 0);
    let is_root = std::fs::read(sandbox.at("closed.js")).is_ok();
    // Root may read everything: the run is somebody else's then, with a binary where that somebody can reach it.
    let binary = sandbox.home().join("skout");
    std::fs::copy(env!("CARGO_BIN_EXE_skout"), &binary).expect("a copy");
    mode(&binary, 0o755);
    mode(sandbox.home().parent().expect("a parent"), 0o755);
    let mut command = sandbox.command_of(&binary, &sandbox.root());
    command.args(["scan", "--format", "json"]);
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    let report = run(command, b"").report();
    mode(&sandbox.at("shut"), 0o755);
    assert_eq!((report.code, report.paths()), (3, vec!["server.js"]));
    assert_eq!(report.skips(), ["closed.js: can't be read: permission denied (lost)", "shut: can't be read: permission denied (lost)"]);
}

#[test]
fn empty_folders_and_ignored_ones_are_nothing_to_scan() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "*\n");
    sandbox.plant("a.js", SECRET_LINE);
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, report.notes()), (0, vec!["nothing-to-scan"]));
    assert!(report.err.contains("note:"), "{}", report.err);
}

#[test]
fn the_nearest_configuration_wins() {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.plant("a/server.js", SECRET_LINE);
    sandbox.plant("b/server.js", SECRET_LINE);
    sandbox.write("skout.toml", "[rules]\nhardcoded-secret = \"low\"\n");
    sandbox.write("b/skout.toml", "[rules]\nhardcoded-secret = \"critical\"\n");
    let severity = |args: &[&str]| text(&sandbox.scan(args).only()["severity"]).to_owned();
    assert_eq!((severity(&["a"]), severity(&["b"]), severity(&["-C", "a"])), ("low".to_owned(), "critical".to_owned(), "low".to_owned()));
    assert_eq!(severity(&["b", "--no-config"]), "high");
    assert_eq!(severity(&["b", "--config", "skout.toml"]), "low");
}
