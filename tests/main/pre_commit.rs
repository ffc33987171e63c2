//! `.pre-commit-hooks.yaml`: its commands do what pre-commit and its users take for granted, above all that a file which is
//! named was scanned.

use crate::sandbox::{Run, SECRET_LINE, Sandbox};

/// The command of a hook, with the file names that pre-commit would add.
fn hook(sandbox: &Sandbox, id: &str, names: &[&str]) -> Run {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml")).expect("the manifest");
    let entry = text.split("- id: ").find_map(|hook| hook.strip_prefix(&format!("{id}\n"))).expect("a hook of this id");
    let entry = entry.lines().find_map(|line| line.trim().strip_prefix("entry: skout ")).expect("a command of skout");
    assert_eq!(text.matches("pass_filenames: true").count(), text.matches("- id: ").count());
    let words: Vec<&str> = entry.split(' ').chain(names.iter().copied()).collect();
    sandbox.skout(&words)
}

/// A repository whose only commit holds `old.js` with a key, and is otherwise empty.
fn repository() -> Sandbox {
    let sandbox = Sandbox::with("old.js", SECRET_LINE);
    let repository = sandbox.init();
    sandbox.track(&repository, &["old.js"]);
    let tree = repository.index().and_then(|mut index| index.write_tree()).and_then(|id| repository.find_tree(id)).expect("a tree");
    let person = git2::Signature::new("a", "a@localhost", &git2::Time::new(0, 0)).expect("a name");
    repository.commit(Some("HEAD"), &person, &person, "a", &tree, &[]).expect("a commit");
    drop(tree);
    sandbox
}

#[test]
fn whole_files_are_scanned_whatever_git_holds_of_them() {
    let sandbox = repository();
    sandbox.plant("new.js", SECRET_LINE);
    sandbox.plant("clean.js", "const key = process.env.KEY;\n");
    hook(&sandbox, "skout-files", &["old.js"]).exits(1).says(&["old.js:1:14"]);
    hook(&sandbox, "skout-files", &["new.js"]).exits(1).says(&["new.js:1:14"]);
    hook(&sandbox, "skout-files", &["clean.js"]).exits(0).says(&["no findings in 1 file"]);
}

#[test]
fn no_named_file_passes_unscanned() {
    let sandbox = repository();
    sandbox.plant("new.js", SECRET_LINE);
    // As `pre-commit run --all-files` and `--files` do: unchanged files, untracked ones.
    hook(&sandbox, "skout", &["old.js"]).exits(1).says(&["old.js:1:14"]);
    hook(&sandbox, "skout", &["new.js"]).exits(1).says(&["new.js:1:14"]);
    // As in a commit: what is staged, and nothing that was there before.
    let repository = git2::Repository::open(sandbox.root()).expect("a repository");
    sandbox.track(&repository, &["new.js"]);
    sandbox.plant("new.js", "const key = process.env.KEY;\n");
    hook(&sandbox, "skout", &["new.js"]).exits(1).says(&["new.js:1:14"]);
    let longer = std::fs::read_to_string(sandbox.at("old.js")).expect("a file") + "more();\n";
    sandbox.write("old.js", longer);
    sandbox.track(&repository, &["old.js", "new.js"]);
    hook(&sandbox, "skout", &["old.js", "new.js"]).exits(0).says(&["no findings in 2 files"]);
}
