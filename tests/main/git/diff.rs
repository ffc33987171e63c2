//! `--diff`: what a range of commits adds, whichever way it came.

use super::{CLEAN, Repo, key, line};
use crate::sandbox::text;

/// A repository whose branch `side` stands beside `main`, both with a commit of their own.
fn forked() -> Repo {
    let repo = Repo::begun();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("side.js", CLEAN);
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("main.js", "// main\n");
    repo.git(&["checkout", "-q", "side"]);
    repo
}

#[test]
fn what_a_branch_adds_is_found_where_it_came_in() {
    let repo = forked();
    let commit = repo.commit_file("new.js", format!("// a key\n{}", line(1)));
    repo.commit_file("new.js", format!("// a key\n// moved down\n{}", line(1)));
    let report = repo.diff("main..side").exits(1);
    let finding = report.only_of("hardcoded-secret");
    assert_eq!((&finding["git"]["commit"], &finding["git"]["in_tip"]), (&commit.into(), &true.into()), "{finding:#}");
    assert_eq!((&finding["git"]["tip"]["path"], &finding["git"]["tip"]["line"]), (&"new.js".into(), &3.into()));
    for (field, value) in [("author", "Ada"), ("email", "ada@example.com"), ("message", "new.js"), ("time", "2023-11-14T23:17:20+01:00")] {
        assert_eq!(text(&finding["git"][field]), value);
    }
    repo.holds(finding, &key(1));
    assert_eq!((&report.all["summary"]["commits"], &report.all["summary"]["blobs"]), (&3.into(), &3.into()), "{:#}", report.all["summary"]);
}

#[test]
fn what_main_holds_is_not_the_branchs_doing() {
    let repo = forked();
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("leak.js", line(1));
    repo.git(&["checkout", "-q", "side"]);
    repo.git(&["merge", "-q", "--no-edit", "main"]);
    repo.diff("main..side").is_quiet();
    // With a key of its own beside it.
    repo.commit_file("own.js", line(2));
    assert_eq!(repo.diff("main..side").exits(1).places(), ["own.js:1"]);
    // Main goes on after that.
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("later.js", line(3));
    repo.git(&["checkout", "-q", "side"]);
    assert_eq!(repo.diff("main..side").exits(1).places(), ["own.js:1"]);
    assert_eq!(repo.diff("main").exits(1).places(), ["own.js:1"], "BASE alone ends at HEAD");
}

#[test]
fn an_evil_merge_is_read() {
    let repo = forked();
    repo.git(&["merge", "-q", "--no-commit", "main"]);
    repo.write("evil.js", line(1));
    let merge = repo.commit("a merge");
    let report = repo.diff("main..side").exits(1);
    let finding = report.only_of("hardcoded-secret");
    assert_eq!(text(&finding["git"]["commit"]), merge);
    repo.holds(finding, &key(1));
    // Where the next commit takes it away again.
    repo.git(&["rm", "-q", "evil.js"]);
    repo.commit("no such file");
    let report = repo.diff("main..side").exits(1);
    let finding = report.only_of("secret-in-history");
    assert_eq!(text(&finding["git"]["commit"]), merge);
    repo.holds(finding, &key(1));
}

#[test]
fn second_parents_are_walked() {
    let repo = forked();
    repo.git(&["checkout", "-q", "-b", "topic", "main"]);
    let commit = repo.commit_file("topic.js", line(1));
    repo.commit_file("topic.js", CLEAN);
    repo.git(&["checkout", "-q", "side"]);
    repo.git(&["merge", "-q", "--no-edit", "topic"]);
    let report = repo.diff("main..side").exits(1);
    let finding = report.only_of("secret-in-history");
    assert_eq!(text(&finding["git"]["commit"]), commit);
    repo.holds(finding, &key(1));
}

#[test]
fn an_octopus_is_walked_through_all_its_arms() {
    let repo = Repo::begun();
    let mut commits = Vec::new();
    for (number, arm) in ["one", "two", "three"].into_iter().enumerate() {
        repo.git(&["checkout", "-q", "-b", arm, "main"]);
        commits.push(repo.commit_file(&format!("{arm}.js"), line(number as u64)));
        repo.commit_file(&format!("{arm}.js"), CLEAN);
    }
    repo.git(&["checkout", "-q", "-b", "all", "main"]);
    repo.git(&["merge", "-q", "-m", "an octopus", "one", "two", "three"]);
    assert_eq!(repo.git(&["rev-list", "--parents", "-1", "HEAD"]).split(' ').count(), 4);
    let report = repo.diff("main..all").exits(1);
    assert_eq!(report.rules(), ["secret-in-history"; 3]);
    for finding in report.findings() {
        let arm = ["one.js", "two.js", "three.js"].iter().position(|name| finding["git"]["path"] == *name).expect("one of the arms");
        assert_eq!(text(&finding["git"]["commit"]), commits[arm]);
        repo.holds(finding, &key(arm as u64));
    }
    assert_eq!(report.all["summary"]["commits"], 7);
}

#[test]
fn what_a_later_commit_takes_away_is_pushed_all_the_same() {
    let repo = forked();
    let commit = repo.commit_file("deep/new.js", format!("\n\n{}", line(1)));
    repo.commit_file("deep/new.js", CLEAN);
    let report = repo.diff("main..side").exits(1);
    let finding = report.only_of("secret-in-history");
    let git = &finding["git"];
    assert_eq!((text(&git["commit"]), &git["in_tip"], &git["tip"]), (commit.as_str(), &false.into(), &().into()), "{git:#}");
    assert_eq!(finding["location"]["start"]["line"], 3);
    repo.holds(finding, &key(1));
}

#[test]
fn messages_count() {
    let repo = forked();
    let commit = repo.commit(&format!("a subject\n\ntried with PLUNK_SECRET_KEY={}\n", key(1)));
    let report = repo.diff("main..side").exits(1);
    let finding = report.only_of("secret-in-commit-message");
    assert_eq!(text(&finding["location"]["path"]), format!("commit:{commit}"));
    assert_eq!(finding["location"]["start"]["line"], 3, "{finding:#}");
    assert_eq!(text(&finding["git"]["commit"]), commit);
    assert!(!report.all.to_string().contains(&key(1)));
    // A message before the range is none of it.
    repo.diff("HEAD..HEAD").exits(0);
}

#[test]
fn a_revision_that_is_not_there_is_an_error_of_one_line() {
    let repo = forked();
    let absent = "0123456789abcdef0123456789abcdef01234567";
    for range in ["nowhere..side", "nowhere", "main..nowhere", absent, "v1..", "..", "main..side..other", "--upload-pack=x", "main@{99}", ""] {
        let ran = repo.skout_in("", &[&format!("--diff={range}")]).exits(2);
        assert!(ran.out.is_empty(), "{range}: {}", ran.out);
        assert!(ran.err.lines().count() <= 3, "{range}: {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{range}: {}", ran.err);
    }
    repo.skout_in("", &["--diff", "nowhere"]).exits(2).complains(&["the revision `nowhere` does not exist", "help: "]);
    repo.skout_in("", &["--diff", absent]).exits(2).complains(&["is not in this clone", "help: "]);
    // Where a remote may have it, the command that brings it is told.
    repo.git(&["clone", "-q", "--single-branch", "--branch", "side", "--no-local", ".", "../clone"]);
    repo.skout_in("../clone", &["--diff", "origin/main..HEAD"]).exits(2).complains(&["origin/main", "git fetch origin main"]);
}

#[test]
fn an_empty_range_is_said() {
    let repo = forked();
    for range in ["side..side", "HEAD", "side..main~1"] {
        let report = repo.diff(range).exits(0);
        report.notes_that("empty-range", "no commit");
        assert!(report.err.contains("note: the range holds no commit"), "{}", report.err);
        assert_eq!(report.all["summary"]["commits"], 0);
    }
    let ran = repo.skout_in("", &["--diff", "HEAD"]).exits(0);
    assert!((ran.out + &ran.err).contains("the range holds no commit"));
}

#[test]
fn a_rename_in_a_range_is_quiet_and_a_new_place_is_not() {
    let repo = Repo::new();
    repo.write("package.json", r#"{"dependencies": {"next": "15.0.0", "react": "19.0.0"}}"#);
    repo.write("lib/mail.server.js", format!("import \"server-only\";\nexport {}", line(1)));
    repo.commit("a server");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.git(&["mv", "lib/mail.server.js", "lib/post.server.js"]);
    repo.commit("a rename");
    repo.write("lib/post.server.js", format!("import \"server-only\";\n// edited\nexport {}", line(1)));
    repo.commit("an edit");
    repo.git(&["update-index", "--chmod=+x", "lib/post.server.js"]);
    repo.commit_index("a mode");
    repo.diff("main..side").is_quiet();
    repo.git(&["rm", "-q", "lib/post.server.js"]);
    repo.commit_file("app/page.jsx", format!("\"use client\";\n{}export default function Page() {{ return null; }}\n", line(1)));
    let report = repo.diff("main..side").exits(1);
    report.only_of("secret-in-client-code");
}

#[test]
fn one_key_over_many_commits_and_paths_is_one_finding_for_each_place() {
    let repo = forked();
    let first = repo.commit_file("a.js", line(1));
    repo.commit_file("a.js", line(1).repeat(2));
    repo.write("b.js", line(1));
    repo.commit("copied");
    repo.git(&["rm", "-q", "a.js"]);
    repo.commit("the first place is gone");
    let report = repo.diff("main..side").exits(1);
    assert_eq!(report.all["summary"]["secrets"], 1, "{:#}", report.all);
    for finding in report.findings() {
        repo.holds(finding, &key(1));
    }
    assert!(report.findings().iter().all(|finding| finding["git"]["in_tip"] == true), "{:#}", report.all);
    assert!(!first.is_empty());
}

#[test]
fn a_path_narrows_a_range() {
    let repo = forked();
    repo.commit_file("a/one.js", line(1));
    repo.commit_file("b/two.js", line(2));
    repo.commit_file("b/two.js", CLEAN);
    let narrowed = |path: &str| repo.scan_in("", &["--diff", "main..side", path]);
    assert_eq!(narrowed("a").exits(1).places(), ["a/one.js:1"]);
    assert_eq!(narrowed("b/two.js").exits(1).rules(), ["secret-in-history"]);
    assert_eq!(narrowed("clean.js").exits(0).findings().len(), 0);
}

/// Every order of commits gives what the same content gives elsewhere: a taken away and brought back key is in the tip.
#[test]
fn a_key_that_comes_back_is_told_once() {
    let repo = forked();
    repo.commit_file("new.js", line(1));
    repo.commit_file("new.js", CLEAN);
    repo.commit_file("new.js", line(1));
    let report = repo.diff("main..side").exits(1);
    let finding = report.only_of("hardcoded-secret");
    assert_eq!(finding["git"]["in_tip"], true);
    repo.holds(finding, &key(1));
    // And one that main has all along, taken away and brought back, is nothing new.
    let repo = Repo::begun();
    repo.commit_file("old.js", line(1));
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("old.js", CLEAN);
    repo.commit_file("old.js", line(1));
    repo.diff("main..side").is_quiet();
}
