//! Discovery on real repositories of each shape.

use std::path::PathBuf;

use super::testing::{Repo, write};
use super::{GitDir, GitEnv, Hash};

fn refused(repo: &Repo, folder: &str) -> (String, String) {
    let error = GitDir::discover(&repo.path(folder), &GitEnv::default()).expect_err("a refusal");
    (error.to_string(), error.help_text().unwrap_or_default().to_owned())
}

#[test]
fn an_ordinary_repository_is_found_from_within() {
    let repo = Repo::new();
    repo.write("a/b/file", "");
    for start in ["repo", "repo/a/b", "repo/a/b/file"] {
        let dir = repo.dir_at(start);
        assert_eq!((dir.git_dir.clone(), dir.common_dir), (repo.path("repo/.git"), repo.path("repo/.git")), "{start}");
        assert_eq!((dir.work_tree, dir.index_file), (Some(repo.path("repo")), repo.path("repo/.git/index")), "{start}");
        assert_eq!((dir.hash, dir.partial, dir.extra_objects), (Hash::Sha1, false, Vec::new()), "{start}");
    }
}

#[test]
fn no_repository_is_said() {
    let repo = Repo::new();
    let (error, help) = refused(&repo, "home");
    assert!(error.contains("no git repository here") && !help.is_empty(), "{error}");
    write(&repo.path("lost/.git"), "gitdir: ../nowhere\n");
    assert!(refused(&repo, "lost").0.contains("leads to no git repository"));
    assert!(refused(&repo, "not/there").0.contains("no git repository here"));
}

#[test]
fn a_worktree_shares_all_but_its_state() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git(&["worktree", "add", "-q", "../side"]);
    let dir = repo.dir_at("side");
    assert_eq!((dir.git_dir.clone(), dir.common_dir), (repo.path("repo/.git/worktrees/side"), repo.path("repo/.git")));
    assert_eq!((dir.work_tree, dir.index_file), (Some(repo.path("side")), dir.git_dir.join("index")));
    // What git sets for a hook in a worktree.
    let env = GitEnv { git_dir: Some(repo.path("repo/.git/worktrees/side")), ..GitEnv::default() };
    let dir = GitDir::discover(&repo.path("side"), &env).expect("a repository");
    assert_eq!((dir.work_tree, dir.common_dir), (Some(repo.path("side")), repo.path("repo/.git")));
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git_in("", &["init", "-q", "outer"], b"");
    repo.git_in("outer", &["submodule", "add", "-q", "../repo", "inner"], b"");
    let dir = repo.dir_at("outer/inner");
    assert_eq!((dir.git_dir, dir.work_tree), (repo.path("outer/.git/modules/inner"), Some(repo.path("outer/inner"))));
}

#[test]
fn a_bare_repository_is_found_and_has_no_working_tree() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    for start in ["bare.git", "bare.git/refs"] {
        let dir = repo.dir_at(start);
        assert_eq!((dir.git_dir, dir.work_tree), (repo.path("bare.git"), None), "{start}");
    }
}

#[test]
fn the_environment_wins() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git(&["init", "-q", "../other"]);
    let find = |folder: &str, env: &GitEnv| GitDir::discover(&repo.path(folder), env).expect("a repository");

    // As in a hook: relative to the working directory.
    let hook = GitEnv { git_dir: Some(".git".into()), index_file: Some(".git/next-index-1.lock".into()), ..GitEnv::default() };
    let dir = find("repo", &hook);
    assert_eq!((dir.git_dir, dir.work_tree), (repo.path("repo/.git"), Some(repo.path("repo"))));
    assert_eq!(dir.index_file, repo.path("repo/.git/next-index-1.lock"));

    // A repository elsewhere: the working directory is then the working tree, unless one is named.
    let elsewhere = GitEnv { git_dir: Some(repo.path("repo/.git")), ..GitEnv::default() };
    let dir = find("other", &elsewhere);
    assert_eq!((dir.git_dir, dir.work_tree), (repo.path("repo/.git"), Some(repo.path("other"))));
    let named = GitEnv { work_tree: Some("../home".into()), object_directory: Some("../x".into()), ..elsewhere };
    let dir = find("other", &named);
    assert_eq!(dir.work_tree, Some(repo.path("other").join("../home")));
    assert_eq!(dir.extra_objects, [repo.path("other").join("../x")]);

    // A git folder without its shared part is complete only with `GIT_COMMON_DIR`.
    write(&repo.path("state/HEAD"), "ref: refs/heads/main\n");
    let split = GitEnv { git_dir: Some("state".into()), common_dir: Some("repo/.git".into()), ..GitEnv::default() };
    let dir = find("", &split);
    assert_eq!((dir.git_dir, dir.common_dir), (repo.path("state"), repo.path("repo/.git")));

    let nothing = GitEnv { git_dir: Some("home".into()), ..GitEnv::default() };
    assert!(GitDir::discover(&repo.path(""), &nothing).is_err());
    let ceiling = GitEnv { ceiling_directories: vec![repo.path("repo")], ..GitEnv::default() };
    repo.write("deep/er/file", "");
    assert!(GitDir::discover(&repo.path("repo/deep/er"), &ceiling).is_err(), "the search stops at a ceiling");
}

#[cfg(unix)]
#[test]
fn a_repository_of_another_user_is_refused() {
    let repo = Repo::new();
    repo.commit("one");
    // Only root may give a folder away; elsewhere the wording is tested in `gate`, and git's own tests hold the check.
    let given = ["repo", "repo/.git"].iter().try_for_each(|path| std::os::unix::fs::chown(repo.path(path), Some(12345), None));
    match given {
        Ok(()) => {
            let (error, help) = refused(&repo, "repo");
            assert!(error.contains("belongs to another user"), "{error}");
            assert_eq!(help, format!("if you trust it: git config --global --add safe.directory {}", repo.path("repo").display()));
        }
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied),
    }
}

#[test]
fn formats_are_read_or_refused_by_name() {
    let tables = Repo::with(&["--ref-format=reftable"]);
    let (error, help) = refused(&tables, "repo");
    assert!(error.contains("references are stored as reftable, which skout can't read yet"), "{error}");
    assert!(help.contains("git refs migrate --ref-format=files"), "{help}");

    let wide = Repo::with(&["--object-format=sha256"]);
    assert_eq!(wide.dir().hash, Hash::Sha256);
    assert_eq!(wide.commit("one").hash(), Hash::Sha256);

    let future = Repo::new();
    future.git(&["config", "core.repositoryformatversion", "1"]);
    future.git(&["config", "extensions.future", "true"]);
    assert!(refused(&future, "repo").0.contains("`future`"));
    future.git_in("", &["config", "-f", "repo/.git/config", "--unset", "extensions.future"], b"");
    future.git_in("", &["config", "-f", "repo/.git/config", "core.repositoryformatversion", "9"], b"");
    assert!(refused(&future, "repo").0.contains("9"));
    let grafted = Repo::new();
    grafted.write(".git/info/grafts", "# a comment\n");
    assert!(refused(&grafted, "repo").1.contains("--convert-graft-file"));
    future.write(".git/config", "[core\n");
    assert!(refused(&future, "repo").0.contains("can't be opened"));
}

#[test]
fn a_partial_clone_is_known_as_one() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let source = format!("file://{}", repo.path("repo").display());
    repo.git_in("", &["clone", "-q", "--no-checkout", "--filter=blob:none", &source, "part"], b"");
    assert!(repo.dir_at("part").partial);
    assert!(!repo.dir().partial);
}

#[test]
fn configuration_is_asked_by_name() {
    let repo = Repo::new();
    repo.git(&["config", "core.hooksPath", "my hooks"]);
    let dir = repo.dir();
    assert_eq!(dir.config_string("core.hookspath").expect("readable"), Some("my hooks".to_owned()));
    assert_eq!(dir.config_path("core.hooksPath").expect("readable"), Some(PathBuf::from("my hooks")));
    assert_eq!(dir.config_string("core.nothing").expect("readable"), None);
}
