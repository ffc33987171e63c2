//! `--diff` over every shape of history and repository.

use super::{CLEAN, Repo, key, line};
use crate::sandbox::text;

#[test]
fn a_shallow_clone_that_ends_before_the_base_is_incomplete() {
    let repo = Repo::begun();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("deleted.js", line(1));
    repo.git(&["rm", "-q", "deleted.js"]);
    for number in 2..5 {
        repo.commit_file(&format!("{number}.js"), line(number));
    }
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("main.js", CLEAN);
    let url = format!("file://{}", repo.root().display());
    // Both ends are there, where they parted is not: what `actions/checkout` leaves.
    repo.git(&["clone", "-q", "--depth=1", "--no-single-branch", "--branch=side", &url, "../shallow"]);
    let report = repo.scan_in("../shallow", &["--diff", "origin/main..HEAD"]);
    report.lost("shallow", "shallow");
    report.notes_that("shallow", "git fetch --unshallow");
    assert!(report.err.contains("git fetch --unshallow"), "{}", report.err);
    assert!(report.places().contains(&"4.js:1".to_owned()), "what is there is reported: {:?}", report.places());
    // The base is not there at all.
    repo.git(&["clone", "-q", "--depth=1", "--branch=side", &url, "../narrow"]);
    let base = repo.id("main");
    repo.skout_in("../narrow", &["--diff", &base]).exits(2).complains(&["is not in this clone", "git fetch"]);
    repo.skout_in("../narrow", &["--diff", "HEAD~2"]).exits(2).complains(&["git fetch --unshallow"]);
    // What the note says, helps.
    repo.git_in("../shallow", &["fetch", "-q", "--unshallow"]);
    let report = repo.scan_in("../shallow", &["--diff", "origin/main..HEAD"]).exits(1);
    assert_eq!((report.findings().len(), report.notes()), (4, vec![]), "{:#}", report.all);
    // `--allow-incomplete` speaks of the findings alone.
    repo.git(&["clone", "-q", "--depth=1", "--no-single-branch", "--branch=main", &url, "../third"]);
    repo.skout_in("../third", &["--diff", "origin/side..HEAD"]).exits(3);
    repo.skout_in("../third", &["--diff", "origin/side..HEAD", "--allow-incomplete"]).exits(0);
}

#[test]
fn a_shallow_clone_that_holds_the_range_is_complete() {
    let repo = Repo::begun();
    repo.commit_file("old.js", line(1));
    for number in 2..5 {
        repo.commit_file(&format!("{number}.js"), line(number));
    }
    repo.git(&["clone", "-q", "--depth=3", &format!("file://{}", repo.root().display()), "../shallow"]);
    let report = repo.scan_in("../shallow", &["--diff", "HEAD~2"]).exits(1);
    assert_eq!((report.places(), report.notes()), (vec!["3.js:1".to_owned(), "4.js:1".to_owned()], vec![]), "{:#}", report.all);
}

#[test]
fn a_tag_and_an_abbreviation_may_be_an_end() {
    let repo = Repo::begun();
    let base = repo.id("HEAD");
    let commit = repo.commit_file("new.js", line(1));
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-a", "-m", "annotated", "v1"]);
    repo.git(&["tag", "-a", "-m", "a tag of a tag", "v2", "v1"]);
    for range in ["HEAD~1..light", "HEAD~1..v1", "HEAD~..v2", "v2^..v2", "v1~1..", &format!("{}..{}", &base[..8], &commit[..8]), "main^..main", "@^..@"] {
        let report = repo.diff(range).exits(1);
        repo.holds(report.only_of("hardcoded-secret"), &key(1));
    }
    repo.diff("v1..v2").exits(0).notes_that("empty-range", "no commit");
}

#[test]
fn the_text_of_a_tag_that_ends_a_range_counts() {
    let repo = Repo::begun();
    repo.commit_file("new.js", CLEAN);
    repo.git(&["tag", "-a", "-m", &format!("released with PLUNK_SECRET_KEY={}", key(1)), "v1"]);
    let report = repo.diff("v1~1..v1").exits(1);
    assert_eq!(report.only_of("secret-in-commit-message")["location"]["path"], "tag:v1");
}

#[test]
fn criss_cross_merges_have_several_bases() {
    let repo = Repo::begun();
    repo.git(&["branch", "side"]);
    repo.commit_file("main.js", line(1));
    repo.git(&["checkout", "-q", "side"]);
    repo.commit_file("side.js", line(2));
    let (main, side) = (repo.id("main"), repo.id("side"));
    repo.git(&["merge", "-q", "--no-edit", &main]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-edit", &side]);
    repo.git(&["checkout", "-q", "side"]);
    assert_eq!(repo.git(&["merge-base", "--all", "main", "side"]).lines().count(), 2);
    repo.diff("main..side").is_quiet();
    let commit = repo.commit_file("new.js", line(3));
    let report = repo.diff("main..side").exits(1);
    let finding = report.only_of("hardcoded-secret");
    assert_eq!(text(&finding["git"]["commit"]), commit);
    repo.holds(finding, &key(3));
}

#[test]
fn unrelated_histories_have_no_base() {
    let repo = Repo::begun();
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    repo.commit_file("new.js", line(1));
    repo.commit_file("gone.js", line(2));
    repo.git(&["rm", "-q", "gone.js"]);
    repo.commit("gone");
    let report = repo.diff("main..other").exits(1);
    assert_eq!(report.rules(), ["secret-in-history", "hardcoded-secret"], "{:#}", report.all);
    for (finding, number) in report.findings().iter().zip([2, 1]) {
        repo.holds(finding, &key(number));
    }
}

#[test]
fn a_submodule_that_moves_is_not_entered_and_said_so() {
    let repo = Repo::begun();
    repo.git(&["init", "-q", "../lib"]);
    repo.write("../lib/secret.js", line(1));
    repo.git_in("../lib", &["add", "."]);
    repo.git_in("../lib", &["commit", "-qm", "a secret"]);
    repo.git(&["submodule", "--quiet", "add", "../lib", "lib"]);
    repo.commit("a submodule");
    let report = repo.diff("HEAD~1").exits(0);
    assert!(report.findings().is_empty());
    report.notes_that("submodules-not-entered", "1 submodule");
    repo.git_in("lib", &["commit", "-q", "--allow-empty", "-m", "more"]);
    repo.commit("it moves");
    repo.diff("HEAD~1").exits(0).notes_that("submodules-not-entered", "1 submodule");
}

#[test]
fn sha_256_is_read_alike() {
    let repo = Repo::with(&["--object-format=sha256"]);
    repo.commit_file("old.js", line(1));
    let commit = repo.commit_file("new.js", line(2));
    let report = repo.diff("HEAD~1").exits(1);
    let finding = report.only_of("hardcoded-secret");
    assert_eq!((text(&finding["git"]["commit"]), commit.len()), (commit.as_str(), 64));
    repo.holds(finding, &key(2));
}

#[test]
#[cfg(unix)]
fn a_symbolic_link_is_its_target() {
    let repo = Repo::begun();
    repo.write("secret.js", CLEAN);
    std::os::unix::fs::symlink(line(2).trim_end(), repo.sandbox.at("odd")).expect("a link");
    repo.commit("links");
    assert_eq!(repo.diff("HEAD~1").exits(1).places(), ["odd:1"]);
}

#[test]
fn a_merge_that_only_takes_sides_adds_nothing() {
    let repo = Repo::begun();
    repo.commit_file("both.js", line(1));
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("both.js", format!("{}// side\n", line(1)));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("both.js", format!("// main\n{}", line(1)));
    repo.git(&["checkout", "-q", "side"]);
    // Both sides' lines in one file: a blob that no parent has, with a key that both have.
    repo.git(&["merge", "-q", "--no-edit", "main"]);
    repo.diff("main..side").is_quiet();
}

#[test]
fn grafts_and_replacements_hide_nothing() {
    let repo = Repo::begun();
    let commit = repo.commit_file("new.js", line(1));
    repo.commit_file("new.js", CLEAN);
    // A replacement that shows the commit as harmless: what is pushed is the commit itself.
    let clean = repo.commit_tree(&repo.id("HEAD~2^{tree}"), &[&repo.id("HEAD~2")], "harmless");
    repo.git(&["replace", &commit, &clean]);
    let report = repo.diff("HEAD~2").exits(1);
    assert_eq!(text(&report.only_of("secret-in-history")["git"]["commit"]), commit);
}

/// From a repository without a working tree, as on a server.
#[test]
fn a_bare_repository_has_ranges_too() {
    let repo = Repo::begun();
    repo.commit_file("new.js", line(1));
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let report = repo.scan_in("../bare.git", &["--diff", "main~1..main"]).exits(1);
    repo.holds_in("../bare.git", report.only_of("hardcoded-secret"), &key(1));
}

/// A push in its quarantine: new objects stand elsewhere, which the environment tells a `pre-receive` hook.
#[test]
#[cfg(unix)]
fn objects_in_quarantine_are_read() {
    use crate::hook::script;
    let repo = Repo::begun();
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let hook = format!("#!/bin/sh\nread old new name\nexec '{}' scan --diff \"$old..$new\"\n", env!("CARGO_BIN_EXE_skout"));
    script(&repo.sandbox.at("../bare.git/hooks/pre-receive"), &hook);
    repo.git(&["remote", "add", "origin", "../bare.git"]);
    repo.commit_file("fine.js", CLEAN);
    repo.git(&["push", "-q", "origin", "main"]);
    repo.commit_file("new.js", line(1));
    repo.git(&["rm", "-q", "new.js"]);
    repo.commit("gone");
    let ran = repo.try_git("", &["push", "-q", "origin", "main"], b"");
    assert!(ran.code != 0 && ran.err.contains("new.js:1:14"), "{}{}", ran.out, ran.err);
}
