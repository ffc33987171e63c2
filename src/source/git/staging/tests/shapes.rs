//! A test for each kind of repository and of change.

use super::*;
use crate::source::git::tree::{EXECUTABLE, FILE, SUBMODULE, SYMLINK};

#[test]
fn before_the_first_commit_everything_is_new() {
    let repository = Repository::new();
    assert_eq!(repository.check(), Staged::default());
    repository.write("a/b", "1");
    repository.write("c", "2");
    repository.git(&["add", "."]);
    assert_eq!(paths(&repository.check().changes), ["a/b", "c"]);
}

#[test]
fn every_kind_of_change_is_seen() {
    let repository = Repository::with_files();
    assert_eq!((repository.extensions(), repository.check().changes), (vec!["TREE"], vec![]));
    repository.write("dir/deep/er/one", "changed");
    repository.write("dir/deep/new", "new");
    repository.write("brand/new/folder", "new");
    repository.git(&["rm", "-q", "other/z"]);
    repository.git(&["mv", "z", "renamed"]);
    repository.git(&["update-index", "--chmod=+x", "dir0/y"]);
    // A folder that becomes a file, and a file that becomes a folder.
    repository.git(&["rm", "-qr", "other"]);
    repository.write("other", "a file");
    repository.git(&["rm", "-q", "dir/x"]);
    repository.write("dir/x/inside", "a folder");
    repository.git(&["add", "brand", "dir", "other"]);
    let staged = repository.check();
    let expected = ["brand/new/folder", "dir/deep/er/one", "dir/deep/new", "dir/x", "dir/x/inside", "dir0/y", "other", "other/z", "other/zz", "renamed", "z"];
    assert_eq!(paths(&staged.changes), expected);
    let mode = staged.changes.iter().find(|change| change.path == b"dir0/y").expect("there");
    assert!(matches!((mode.old, mode.new), (Some((FILE, old)), Some((EXECUTABLE, new))) if old == new));
    // The working tree does not count.
    repository.write("dir/deep/er/two", "not staged");
    assert_eq!(repository.check(), staged);
}

#[test]
#[cfg(unix)]
fn links_and_submodules_keep_their_modes() {
    let repository = Repository::with_files();
    let inner = Repository::with_files();
    std::os::unix::fs::symlink("target", repository.root.join("link")).expect("a link");
    repository.git(&["submodule", "--quiet", "add", inner.root.to_str().expect("a path"), "module"]);
    repository.git(&["add", "."]);
    let staged = repository.check();
    assert_eq!(paths(&staged.changes), [".gitmodules", "link"]);
    assert_eq!(staged.changes[1].new.expect("new").0, SYMLINK);
    assert_eq!((paths(&staged.submodules), staged.submodules[0].new.expect("new").0), (vec!["module".to_owned()], SUBMODULE));
    repository.git(&["commit", "-qm", "both"]);
    inner.write("more", "more");
    inner.git(&["add", "."]);
    inner.git(&["commit", "-qm", "more"]);
    repository.git_in(&repository.root.join("module"), &["pull", "-q"], true);
    repository.git(&["add", "module"]);
    assert_eq!(paths(&repository.check().submodules), ["module"]);
    // A file in its place is to be scanned.
    repository.git(&["rm", "-qf", "module"]);
    assert_eq!(paths(&repository.check().submodules), ["module"]);
    repository.write("module", "a file");
    repository.git(&["add", "module"]);
    let staged = repository.check();
    assert_eq!((paths(&staged.changes).contains(&"module".to_owned()), staged.submodules), (true, vec![]));
}

#[test]
fn intent_to_add_is_absent() {
    let repository = Repository::with_files();
    repository.write("dir/later", "later");
    repository.write("now", "now");
    repository.git(&["add", "-N", "dir/later"]);
    repository.git(&["add", "now"]);
    repository.git(&["rm", "-q", "--cached", "other/z"]);
    repository.git(&["add", "-N", "other/z"]);
    assert_eq!(paths(&repository.check().changes), ["now", "other/z"]);
}

#[test]
fn both_sides_of_a_conflict_are_changes() {
    let repository = Repository::with_files();
    repository.git(&["checkout", "-qb", "side"]);
    repository.write("dir/x", "theirs");
    repository.write("dir/both", "theirs");
    repository.write("clean", "merges cleanly");
    repository.git(&["rm", "-q", "z"]);
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "side"]);
    repository.git(&["checkout", "-q", "main"]);
    repository.write("dir/x", "ours");
    repository.write("dir/both", "ours");
    repository.write("z", "ours");
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "main"]);
    repository.git_in(&repository.root, &["merge", "-q", "side"], false);
    let staged = repository.check();
    assert_eq!(staged.unmerged, [&b"dir/both"[..], b"dir/x", b"z"]);
    // Ours is what HEAD has, so theirs is the change.
    assert_eq!(paths(&staged.changes), ["clean", "dir/both", "dir/x"]);
    let theirs = repository.git(&["rev-parse", "side:dir/x"]);
    assert_eq!(staged.changes[2].new.expect("theirs").1.to_string(), String::from_utf8_lossy(&theirs).trim_end());
}

#[test]
fn versions_and_missing_checksums_are_read() {
    for options in [
        &["2"][..],
        &["3"],
        &["4"],
        &["4", "-c", "index.skipHash=true"],
        &["2", "-c", "index.threads=2", "-c", "index.recordOffsetTable=true", "-c", "index.recordEndOfIndexEntries=true"],
    ] {
        let repository = Repository::with_files();
        for number in 0..40 {
            repository.write(&format!("many/{number}/f{}", "long".repeat(number)), "x");
        }
        repository.git(&["add", "."]);
        repository.git(&["commit", "-qm", "many"]);
        repository.write("dir/deep/er/one", "changed");
        repository.write("later", "later");
        let git = |arguments: &[&str]| repository.git(&[&options[1..], arguments].concat());
        if options[0] == "3" {
            git(&["add", "-N", "later"]);
        }
        git(&["add", "dir"]);
        git(&["update-index", "--index-version", options[0], "--force-write-index"]);
        let bytes = std::fs::read(repository.index()).expect("an index");
        assert_eq!((bytes[7].to_string().as_str(), bytes.ends_with(&[0; 20])), (options[0], options.contains(&"index.skipHash=true")), "{options:?}");
        assert_eq!(paths(&repository.check().changes), ["dir/deep/er/one"], "{options:?}");
        // Longer than the twelve bits that an entry has for its path's length.
        let long = format!("long/{}/end", "folder/".repeat(800).trim_end_matches('/'));
        repository.git_with(&["update-index", "--index-info"], &format!("100644 {}\t{long}\n", "1".repeat(40)));
        assert_eq!(paths(&repository.check().changes), ["dir/deep/er/one", long.as_str()], "{options:?}");
    }
}

#[test]
fn a_split_index_is_read_with_its_shared_part() {
    for version in ["2", "4"] {
        let repository = Repository::with_files();
        repository.git(&["update-index", "--index-version", version]);
        repository.git(&["update-index", "--split-index"]);
        assert!(repository.extensions().contains(&"link"));
        assert_eq!(repository.check().changes, []);
        repository.git(&["config", "splitIndex.maxPercentChange", "100"]);
        repository.write("dir/deep/er/one", "changed");
        repository.write("dir/added", "added");
        repository.write("a", "first");
        repository.write("zzz", "last");
        repository.write("z", "changed");
        repository.git(&["add", "."]);
        repository.git(&["rm", "-q", "other/z"]);
        let staged = repository.check();
        assert!(repository.extensions().contains(&"link"));
        assert_eq!(paths(&staged.changes), ["a", "dir/added", "dir/deep/er/one", "other/z", "z", "zzz"], "{version}");
        assert_eq!(staged.total_entries, 11, "{version}");
        std::fs::remove_file(shared_index(&repository)).expect("removed");
        let dir = repository.dir();
        let error = Staged::read(&repository.index(), &dir, None, &Objects::open(&dir, &[]).expect("objects")).expect_err("half of it");
        assert!(error.to_string().contains("shared part is missing") && error.help_text().is_some(), "{error}");
    }
}

fn shared_index(repository: &Repository) -> PathBuf {
    let files = std::fs::read_dir(repository.root.join(".git")).expect("a folder").map(|file| file.expect("a file").path());
    let mut shared: Vec<_> = files.filter(|path| path.to_string_lossy().contains("sharedindex")).collect();
    assert_eq!(shared.len(), 1);
    shared.remove(0)
}

#[test]
fn folders_left_out_of_a_sparse_index_are_compared_as_trees() {
    let repository = Repository::with_files();
    repository.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir0"]);
    assert!(repository.extensions().contains(&"sdir"));
    let staged = repository.check();
    assert_eq!((staged.changes, staged.total_entries), (vec![], 5));
    repository.write("dir0/y", "changed");
    repository.git(&["add", "dir0"]);
    assert_eq!(paths(&repository.check().changes), ["dir0/y"]);
    // HEAD moves, the index stays: the folder's tree is another one.
    repository.git(&["commit", "-qm", "changed"]);
    let tree = repository.git(&["rev-parse", "HEAD:other"]);
    let renamed = format!("160000 commit {}\tsub\n040000 tree {}\tother\n", "1".repeat(40), String::from_utf8_lossy(&tree).trim_end());
    let made = repository.git_with(&["mktree", "--missing"], &renamed);
    let commit = repository.git(&["commit-tree", "-m", "other", "-p", "HEAD", &made]);
    repository.git(&["update-ref", "HEAD", String::from_utf8_lossy(&commit).trim_end()]);
    assert!(repository.extensions().contains(&"sdir"));
    let staged = repository.check();
    assert_eq!(paths(&staged.changes), ["a.txt", "dir/deep.txt", "dir/deep/er/one", "dir/deep/er/two", "dir/x", "dir0/y", "z"]);
    assert_eq!(paths(&staged.submodules), ["sub"]);
}

#[test]
fn ids_of_sha256_are_read() {
    let repository = Repository::init(Hash::Sha256);
    repository.write("a/b/c", "1");
    repository.write("d", "2");
    repository.git(&["add", "."]);
    assert_eq!(paths(&repository.check().changes), ["a/b/c", "d"]);
    repository.git(&["commit", "-qm", "files"]);
    repository.write("a/b/c", "3");
    repository.git(&["add", "."]);
    assert_eq!(paths(&repository.check().changes), ["a/b/c"]);
}

#[test]
fn another_worktree_has_its_own_index() {
    let repository = Repository::with_files();
    let other = repository.home.path().join("worktree");
    repository.git(&["worktree", "add", "-q", other.to_str().expect("a path")]);
    std::fs::write(other.join("z"), "changed there").expect("written");
    repository.git_in(&other, &["add", "z"], true);
    repository.write("a.txt", "changed here");
    repository.git(&["add", "a.txt"]);
    assert_eq!(paths(&repository.check_in(&other).changes), ["z"]);
    assert_eq!(paths(&repository.check().changes), ["a.txt"]);
}

#[test]
fn only_trees_on_the_way_to_a_change_are_read() {
    let repository = Repository::with_files();
    repository.write("dir/deep/new", "new");
    // More would be invalidated by `git add .`: what was written within a second of the index is added again.
    repository.git(&["add", "dir/deep/new"]);
    let tree = |path: &str| ObjectId::from_hex(repository.git(&["rev-parse", &format!("HEAD:{path}")]).trim_ascii_end()).expect("an id");
    let dir = repository.dir();
    let objects = Objects::open(&dir, &[]).expect("objects");
    let own = IndexFile::open(&repository.index(), Hash::Sha1).expect("readable").expect("there");
    let mut read = Vec::new();
    let staged = compare_file(
        &own,
        |_| unreachable!("it is not split"),
        Some(tree("")),
        |id| {
            read.push(*id);
            read_tree(&objects, id)
        },
    );
    assert_eq!(paths(&staged.expect("an index").changes), ["dir/deep/new"]);
    assert_eq!(read, [tree(""), tree("dir"), tree("dir/deep")]);
    // What can't be read is new, and said.
    let blind = compare_file(
        &own,
        |_| unreachable!("it is not split"),
        Some(tree("")),
        |id| if *id == tree("dir") { Err(Trouble::Missing) } else { read_tree(&objects, id) },
    );
    let blind = blind.expect("an index");
    assert_eq!(paths(&blind.changes), ["dir/deep.txt", "dir/deep/er/one", "dir/deep/er/two", "dir/deep/new", "dir/x"]);
    assert_eq!(blind.troubles, [TreeTrouble { path: b"dir/".to_vec(), id: tree("dir"), trouble: Trouble::Missing }]);
}
