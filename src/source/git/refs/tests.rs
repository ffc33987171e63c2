//! References of real repositories, and of broken ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::testing::{Repo, write};
use super::*;

/// Names and ids below `refs/`, as `git for-each-ref` prints them.
fn by_git(repo: &Repo, folder: &str) -> BTreeMap<String, String> {
    let text = repo.git_in(folder, &["for-each-ref", "--format=%(refname) %(objectname) %(*objectname)"], b"");
    text.lines().filter_map(|line| line.split_once(' ')).map(|(name, ids)| (name.to_owned(), ids.trim().to_owned())).collect()
}

/// The same as read here; what a tag leads to only where it is known.
fn ours(refs: &Refs) -> BTreeMap<String, String> {
    let text = |name: &[u8]| String::from_utf8(name.to_vec()).expect("a plain name");
    let shared = refs.iter().filter(|found| found.name.starts_with(b"refs/"));
    shared.map(|found| (text(found.name), found.peeled.map_or_else(|| found.target.to_string(), |peeled| format!("{} {peeled}", found.target)))).collect()
}

fn clean(repo: &Repo) -> Refs {
    let refs = Refs::read(&repo.dir());
    assert_eq!(refs.problems, []);
    refs
}

fn logged(refs: &Refs) -> BTreeSet<(String, ObjectId)> {
    let name = |entry: &LogEntry| String::from_utf8(refs.logs[entry.log as usize].clone()).expect("a plain name");
    refs.reflog.iter().map(|entry| (name(entry), entry.id)).collect()
}

#[test]
fn loose_and_packed_references_are_those_of_git() {
    let repo = Repo::new();
    let first = repo.commit("one");
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-a", "-m", "note", "heavy"]);
    repo.git(&["tag", "-a", "-m", "note", "twice", "heavy"]);
    repo.git(&["branch", "side/deep/er"]);
    repo.git(&["notes", "add", "-m", "a note"]);
    repo.git(&["pack-refs", "--all"]);
    let refs = clean(&repo);
    assert_eq!(ours(&refs), by_git(&repo, "repo"));
    assert_eq!(refs.get(b"refs/tags/twice").and_then(|tag| tag.peeled), Some(first));
    assert!(refs.get(b"refs/notes/commits").is_some());
    assert_eq!(refs.head, Head::Branch(b"refs/heads/main".to_vec(), first));

    // A loose file wins over the packed line, and a loose tag's commit is not known here.
    let second = repo.commit("two");
    repo.git(&["tag", "-f", "heavy", "HEAD"]);
    let refs = clean(&repo);
    assert_eq!(refs.get(b"refs/heads/main").map(|branch| branch.target), Some(second));
    assert_eq!(refs.get(b"refs/tags/heavy"), Some(Ref { name: b"refs/tags/heavy", target: second, peeled: None }));
    assert_eq!(ours(&refs), by_git(&repo, "repo"));
}

#[test]
fn sha_256_is_read_alike() {
    let repo = Repo::with(&["--object-format=sha256"]);
    repo.commit("one");
    repo.git(&["tag", "-a", "-m", "note", "heavy"]);
    repo.git(&["pack-refs", "--all"]);
    repo.commit("two");
    let refs = clean(&repo);
    assert_eq!(ours(&refs), by_git(&repo, "repo"));
    assert_eq!(refs.reflog.len(), 2);
}

#[test]
fn heads_without_a_branch_or_a_commit() {
    let repo = Repo::new();
    assert_eq!(clean(&repo).head, Head::Unborn(b"refs/heads/main".to_vec()));
    let first = repo.commit("one");
    repo.git(&["switch", "-q", "--detach"]);
    assert_eq!(clean(&repo).head, Head::Detached(first));
}

#[test]
fn symbolic_references_end() {
    let repo = Repo::new();
    let first = repo.commit("one");
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repo.git(&["symbolic-ref", "refs/heads/pruned", "refs/heads/gone"]);
    for step in 1..=6 {
        repo.git(&["symbolic-ref", &format!("refs/chain/{step}"), &format!("refs/chain/{}", step - 1)]);
    }
    repo.git(&["update-ref", "--no-deref", "refs/chain/0", "HEAD"]);
    write(&repo.path("repo/.git/refs/heads/a"), "ref: refs/heads/b\n");
    write(&repo.path("repo/.git/refs/heads/b"), "ref: refs/heads/a\n");
    let refs = Refs::read(&repo.dir());
    let target = |name: &[u8]| refs.get(name).map(|found| found.target);
    assert_eq!((target(b"refs/remotes/origin/HEAD"), target(b"refs/heads/pruned")), (Some(first), None));
    assert_eq!(refs.symbolic_target(b"refs/remotes/origin/HEAD"), Some(&b"refs/remotes/origin/main"[..]));
    assert_eq!((target(b"refs/chain/5"), target(b"refs/chain/6")), (Some(first), None), "five steps are allowed");
    assert_eq!((target(b"refs/heads/a"), target(b"refs/heads/b")), (None, None));
    let circles: Vec<_> = refs.problems.iter().map(|(path, _)| path.to_string_lossy().into_owned()).collect();
    assert_eq!(circles, ["refs/chain/6", "refs/heads/a", "refs/heads/b"]);
}

#[test]
fn each_stash_and_each_lost_commit_is_in_a_log() {
    let repo = Repo::new();
    repo.commit("one");
    let lost = repo.commit("amended away");
    repo.git(&["commit", "-q", "--amend", "-m", "kept"]);
    let mut stashes = Vec::new();
    for text in ["first", "second", "third"] {
        repo.write("file", text);
        repo.git(&["stash", "push", "-q", "-m", text]);
        stashes.push(repo.id("refs/stash"));
    }
    let refs = clean(&repo);
    assert_eq!(refs.get(b"refs/stash").map(|stash| stash.target), stashes.last().copied());
    let logged = logged(&refs);
    for stash in stashes {
        assert!(logged.contains(&("refs/stash".to_owned(), stash)));
    }
    assert!(logged.contains(&("HEAD".to_owned(), lost)));
    assert!(refs.ids().any(|id| id == lost));
}

#[test]
fn operations_under_way_are_named() {
    let repo = Repo::new();
    let base = repo.commit("one");
    repo.git(&["switch", "-q", "-c", "side"]);
    let side = repo.commit("two");
    repo.git(&["switch", "-q", "main"]);
    let main = repo.commit("three");
    assert!(!repo.try_git("repo", &["merge", "side"], b"").0, "a conflict");
    let refs = clean(&repo);
    assert_eq!(refs.get(b"MERGE_HEAD").map(|found| found.target), Some(side));
    assert!(refs.get(b"ORIG_HEAD").is_some() && refs.get(b"AUTO_MERGE").is_some());
    repo.git(&["merge", "--abort"]);

    repo.write("other", "staged before the rebase");
    repo.git(&["add", "other"]);
    assert!(!repo.try_git("repo", &["rebase", "--autostash", "side"], b"").0, "a conflict");
    let refs = clean(&repo);
    let stash = refs.get(b"rebase-merge/autostash").expect("the stash of a rebase").target;
    assert_eq!(repo.git(&["cat-file", "-t", &stash.to_string()]), "commit");
    assert_eq!((refs.get(b"REBASE_HEAD").map(|found| found.target), refs.get(b"rebase-merge/onto").map(|found| found.target)), (Some(main), Some(side)));

    // Each line of what was fetched.
    write(&repo.path("repo/.git/FETCH_HEAD"), format!("{base}\t\tbranch 'x' of y\n{side}\tnot-for-merge\tbranch 'z' of y\n"));
    let refs = clean(&repo);
    let fetched: Vec<_> = refs.iter().filter(|found| found.name == b"FETCH_HEAD").map(|found| found.target).collect();
    assert_eq!(fetched, [base, side]);
    assert_eq!(refs.get(b"FETCH_HEAD").map(|found| found.target), Some(base));
}

#[test]
fn all_worktrees_are_read_from_any() {
    let repo = Repo::new();
    let first = repo.commit("one");
    repo.git(&["worktree", "add", "-q", "--detach", "../side"]);
    repo.git_in("side", &["commit", "-q", "--allow-empty", "-m", "detached"], b"");
    let second = repo.git_in("side", &["rev-parse", "HEAD"], b"");
    repo.git_in("side", &["update-ref", "refs/worktree/mine", "HEAD"], b"");
    repo.git_in("side", &["commit", "-q", "--amend", "--allow-empty", "-m", "again"], b"");
    let third = repo.git_in("side", &["rev-parse", "HEAD"], b"");
    let text = |refs: &Refs, name: &[u8]| refs.get(name).map(|found| found.target.to_string());

    let refs = clean(&repo);
    assert_eq!((text(&refs, b"HEAD"), text(&refs, b"worktrees/side/HEAD")), (Some(first.to_string()), Some(third.clone())));
    assert_eq!(text(&refs, b"worktrees/side/refs/worktree/mine"), Some(second.clone()));
    assert!(logged(&refs).iter().any(|(log, id)| log == "worktrees/side/HEAD" && id.to_string() == second));

    let refs = Refs::read(&repo.dir_at("side"));
    assert_eq!(refs.problems, []);
    assert_eq!(refs.head, Head::Detached(ObjectId::from_hex(third.as_bytes()).expect("an id")));
    assert_eq!((text(&refs, b"main-worktree/HEAD"), text(&refs, b"refs/worktree/mine")), (Some(first.to_string()), Some(second)));
    assert_eq!(ours(&refs), by_git(&repo, "side"));
}

#[test]
fn shallow_edges_and_grafts_are_listed() {
    let repo = Repo::new();
    let first = repo.commit("one");
    let second = repo.commit("two");
    let source = format!("file://{}", repo.path("repo").display());
    repo.git_in("", &["clone", "-q", "--depth", "1", &source, "short"], b"");
    let refs = Refs::read(&repo.dir_at("short"));
    assert_eq!((refs.shallow, refs.problems), (vec![second], Vec::new()));
    write(&repo.path("repo/.git/info/grafts"), format!("{second} {first}\n"));
    let refs = clean(&repo);
    assert_eq!(refs.grafts, BTreeSet::from([first, second]).into_iter().collect::<Vec<_>>());
    assert_eq!(refs.shallow, []);
}

#[test]
fn what_is_broken_is_counted_and_the_rest_is_read() {
    let repo = Repo::new();
    let first = repo.commit("one");
    let git = repo.path("repo/.git");
    write(&git.join("refs/heads/empty"), "");
    write(&git.join("refs/heads/words"), "no id here\n");
    write(&git.join("refs/heads/zero"), "0".repeat(40));
    write(&git.join("refs/heads/long"), "ab".repeat(50_000));
    write(&git.join("refs/heads/locked.lock"), "");
    write(&git.join("packed-refs"), format!("# pack-refs with: peeled\n^{first}\n{first} refs/tags/good\n{first}\nnonsense\n{first} refs/tags/last"));
    write(&git.join("logs/refs/heads/words"), format!("{first} short\n\n{first} {first} A <b> 1 +0000\tx\n"));
    let refs = Refs::read(&repo.dir());
    let problems: Vec<_> = refs.problems.iter().map(|(path, text)| format!("{}: {text}", path.strip_prefix(&git).expect("within").display())).collect();
    assert_eq!(
        problems,
        [
            "packed-refs: 3 lines are broken, the first is line 2",
            "refs/heads/empty: an empty reference",
            "refs/heads/long: a reference that is no id",
            "refs/heads/words: a reference that is no id",
            "refs/heads/zero: a reference that is no id",
            "logs/refs/heads/words: line 1 is broken",
        ]
    );
    let names: Vec<_> = refs.iter().map(|found| String::from_utf8_lossy(found.name).into_owned()).collect();
    assert_eq!(names, ["HEAD", "refs/heads/main", "refs/tags/good", "refs/tags/last"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_within_a_repository() {
    use std::os::unix::fs::symlink;
    let repo = Repo::new();
    let first = repo.commit("one");
    let git = repo.path("repo/.git");
    write(&repo.path("outside/id"), format!("{first}\n"));
    symlink(repo.path("outside/id"), git.join("refs/heads/out")).expect("a link");
    symlink(repo.path("outside"), git.join("refs/heads/folder")).expect("a link");
    symlink("main", git.join("refs/heads/within")).expect("a link");
    symlink("refs/heads/main", git.join("MERGE_HEAD")).expect("a link");
    std::process::Command::new("mkfifo").arg(git.join("refs/heads/pipe")).status().expect("a pipe");
    let refs = Refs::read(&repo.dir());
    let names: Vec<_> = refs.iter().map(|found| String::from_utf8_lossy(found.name).into_owned()).collect();
    assert_eq!(names, ["HEAD", "MERGE_HEAD", "refs/heads/main", "refs/heads/within"]);
    assert_eq!(refs.symbolic_target(b"MERGE_HEAD"), Some(&b"refs/heads/main"[..]));
    let mut problems: Vec<_> = refs.problems.iter().map(|(path, _)| path.strip_prefix(&git).expect("within").display().to_string()).collect();
    problems.sort();
    assert_eq!(problems, ["refs/heads/folder", "refs/heads/out", "refs/heads/pipe"]);

    // A checkout that shares the references of another repository, as Android's `repo` and `git-new-workdir` make it.
    let shared = repo.path("shared/.git");
    std::fs::create_dir_all(&shared).expect("a new folder");
    for name in ["objects", "refs", "logs", "config"] {
        symlink(git.join(name), shared.join(name)).expect("a link");
    }
    std::fs::write(shared.join("HEAD"), "ref: refs/heads/main\n").expect("a new file");
    let refs = Refs::read(&repo.dir_at("shared"));
    assert_eq!(refs.head, Head::Branch(b"refs/heads/main".to_vec(), first));
}

#[test]
fn a_hundred_thousand_packed_references_are_quick() {
    let repo = Repo::new();
    let first = repo.commit("one");
    let mut text = String::from("# pack-refs with: peeled fully-peeled sorted \n");
    for number in 0..100_000 {
        writeln!(text, "{first} refs/pull/{number:06}/head").expect("text grows");
    }
    write(&repo.path("repo/.git/packed-refs"), text);
    let begin = std::time::Instant::now();
    let refs = clean(&repo);
    let spent = begin.elapsed();
    assert_eq!(refs.iter().len(), 100_002);
    assert!(refs.get(b"refs/pull/099999/head").is_some() && refs.get(b"refs/pull/100000/head").is_none());
    // It takes about 30 ms unoptimised; a busy machine may need more, a quadratic step would need minutes.
    assert!(spent.as_secs() < 5, "{spent:?}");
}
