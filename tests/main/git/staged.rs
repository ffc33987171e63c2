//! `--staged`: what `git commit` would commit, and no more.

use super::{CLEAN, Repo, key, line};

#[test]
fn a_staged_key_is_found_and_one_that_was_there_is_not() {
    let repo = Repo::new();
    repo.commit_file("old.js", line(1));
    repo.write("new.js", line(2));
    repo.add();
    let report = repo.staged(&[]).exits(1);
    assert_eq!(report.places(), ["new.js:1"]);
    let finding = report.only_of("hardcoded-secret");
    assert!(finding["git"].is_null(), "{finding:#}");
    assert_eq!(report.all["summary"]["files"], 1);
}

#[test]
fn before_the_first_commit_all_is_new() {
    let repo = Repo::new();
    repo.write("a/one.js", line(1));
    repo.write("two.js", CLEAN);
    repo.add();
    assert_eq!(repo.staged(&[]).exits(1).places(), ["a/one.js:1"]);
    // A branch without commits in a repository that has some.
    let repo = Repo::begun();
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    repo.write("new.js", line(1));
    repo.add();
    let report = repo.staged(&[]).exits(1);
    assert_eq!((report.places(), &report.all["summary"]["files"]), (vec!["new.js:1".to_owned()], &2.into()));
}

#[test]
fn the_index_counts_and_the_working_tree_does_not() {
    let repo = Repo::begun();
    repo.write("staged.js", line(1));
    repo.add();
    repo.write("staged.js", CLEAN);
    repo.write("clean.js", line(2));
    repo.write("untracked.js", line(3));
    assert_eq!(repo.staged(&[]).exits(1).places(), ["staged.js:1"]);
    // Deleted from the disk, it would be committed all the same.
    repo.remove("staged.js");
    assert_eq!(repo.staged(&[]).exits(1).places(), ["staged.js:1"]);
    // The reverse: clean in the index, a key in the working tree.
    repo.write("staged.js", CLEAN);
    repo.git(&["add", "staged.js"]);
    repo.write("staged.js", line(1));
    repo.staged(&[]).is_quiet();
}

#[test]
fn renames_modes_and_edited_lines_are_quiet() {
    let repo = Repo::new();
    repo.write("one.js", line(1));
    repo.write("two.js", line(2));
    repo.write("three.js", line(3));
    repo.commit("keys");
    repo.git(&["mv", "one.js", "moved.js"]);
    repo.git(&["update-index", "--chmod=+x", "two.js"]);
    repo.write("three.js", format!("// edited\n{} // said again: here\n", line(3).trim_end()));
    repo.git(&["add", "three.js"]);
    let report = repo.staged(&[]);
    report.is_quiet();
    assert_eq!(report.all["summary"]["files"], 3, "all three were read: {:#}", report.all["summary"]);
    // Another value in the same line is news.
    repo.write("three.js", line(4));
    repo.git(&["add", "three.js"]);
    assert_eq!(repo.staged(&[]).exits(1).places(), ["three.js:1"]);
}

#[test]
fn a_key_that_moves_from_the_server_to_the_client_is_loud() {
    let repo = Repo::new();
    let package = r#"{"dependencies": {"next": "15.0.0", "react": "19.0.0"}}"#;
    repo.write("package.json", package);
    repo.write("lib/mail.server.js", format!("import \"server-only\";\nexport {}", line(1)));
    repo.write("app/page.jsx", "\"use client\";\nexport default function Page() { return null; }\n");
    repo.commit("a server");
    repo.write("lib/mail.server.js", "import \"server-only\";\n");
    repo.write("app/page.jsx", format!("\"use client\";\n{}export default function Page() {{ return null; }}\n", line(1)));
    repo.add();
    let report = repo.staged(&[]).exits(1);
    let finding = report.only_of("secret-in-client-code");
    assert_eq!(finding["location"]["path"], "app/page.jsx");
    // Within the server it may move as it likes.
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["mv", "lib/mail.server.js", "lib/post.server.js"]);
    repo.staged(&[]).is_quiet();
}

#[test]
fn an_import_that_brings_a_key_to_a_client_is_loud() {
    let repo = Repo::new();
    repo.write("package.json", r#"{"dependencies": {"next": "15.0.0", "react": "19.0.0"}}"#);
    repo.write("lib/mail.js", format!("export const sender = 1;\nexport {}", line(1)));
    repo.write("lib/index.js", "export * from \"./mail\";\n");
    repo.write("app/page.jsx", "\"use client\";\nexport default function Page() { return null; }\n");
    repo.commit("nobody imports it");
    // Nothing of the file that holds the key changes.
    repo.write("app/page.jsx", "\"use client\";\nimport { key } from \"@/lib\";\nexport default function Page() { return key; }\n");
    repo.add();
    let report = repo.staged(&[]).exits(1);
    // Where it crosses, and where it is written.
    assert_eq!(report.places(), ["app/page.jsx:2", "lib/mail.js:2"]);
    assert_eq!(report.rules(), ["secret-reaches-client", "secret-in-client-code"]);
    repo.commit("now it is there");
    // What was there before the change is no news.
    repo.write("app/page.jsx", "\"use client\";\nimport { key } from \"@/lib\";\nexport default function Page() { return [key]; }\n");
    repo.add();
    repo.staged(&[]).is_quiet();
    // Another export of the module brings nothing.
    repo.write("app/form.jsx", "\"use client\";\nimport { sender } from \"@/lib\";\nexport default function Form() { return sender; }\n");
    repo.add();
    repo.staged(&[]).is_quiet();
}

#[test]
fn a_deletion_and_an_empty_index_are_said() {
    let repo = Repo::begun();
    for _ in 0..2 {
        let report = repo.staged(&[]).exits(0);
        report.notes_that("nothing-to-scan", "nothing is staged");
        assert!(report.err.contains("nothing is staged"), "{}", report.err);
        // The second time a file is deleted, which adds nothing.
        let _ = repo.try_git("", &["rm", "-q", "clean.js"], b"");
    }
    // A repository without anything.
    Repo::new().staged(&[]).exits(0).notes_that("nothing-to-scan", "nothing is staged");
}

#[test]
fn paths_narrow_and_named_files_are_never_left_out() {
    let repo = Repo::begun();
    repo.write("a/one.js", line(1));
    repo.write("b/two.js", line(2));
    repo.add();
    repo.write("b/untracked.js", line(3));
    assert_eq!(repo.staged(&["a"]).exits(1).places(), ["a/one.js:1"]);
    assert_eq!(repo.staged(&["b"]).exits(1).places(), ["b/two.js:1"]);
    assert_eq!(repo.staged(&["a/one.js"]).exits(1).places(), ["a/one.js:1"]);
    // Relative to where it is started, though paths are told from the root.
    assert_eq!(repo.scan_in("b", &["--staged", "."]).exits(1).places(), ["b/two.js:1"]);
    let report = repo.staged(&["b/untracked.js"]).exits(1);
    assert_eq!(report.places(), ["b/untracked.js:1"]);
    report.notes_that("not-staged", "1 named file");
    // A prefix of a name is no path.
    repo.write("a.js", line(4));
    repo.git(&["add", "a.js"]);
    assert_eq!(repo.staged(&["a"]).exits(1).places(), ["a/one.js:1"]);
    repo.skout_in("", &["--staged", "../home"]).exits(2).complains(&["outside of the repository"]);
    repo.skout_in("", &["--staged", "nowhere.js"]).exits(2).complains(&["nowhere.js"]);
}

#[test]
fn configuration_and_comments_hold_as_in_the_working_tree() {
    let repo = Repo::begun();
    repo.write("skout.toml", "[scan]\nexclude = [\"vendor/**\"]\n\n[[allow]]\npaths = [\"samples/**\"]\nreason = \"samples\"\n");
    repo.write("vendor/a.js", line(1));
    repo.write("samples/b.js", line(2));
    repo.write("c.js", format!("// skout:allow -- made up\n{}", line(3)));
    repo.add();
    for args in [&["--staged"][..], &["--history"], &["--diff", "HEAD~1"]] {
        if args[0] == "--history" {
            repo.commit("all");
        }
        let report = repo.scan_in("", args).exits(0);
        let mut by: Vec<String> = report.findings().iter().map(|finding| format!("{} {}", finding["location"]["path"], finding["suppressed"]["by"])).collect();
        by.sort();
        assert_eq!(by, ["\"c.js\" \"comment\"", "\"samples/b.js\" \"config\""], "{args:?}: {:#}", report.all);
        assert_eq!(report.all["summary"]["suppressed"], 2);
        assert!(!report.all.to_string().contains(&key(1)));
    }
    // Nothing is hidden but what they name.
    let report = repo.scan_in("", &["--history", "--no-config"]).exits(1);
    assert_eq!(report.findings().len(), 3);
}
