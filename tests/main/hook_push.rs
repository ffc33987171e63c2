//! The pre-push hook: which commits it asks `skout` to look at, with real pushes to a repository beside.

use crate::hook::{Place, script};
use crate::sandbox::Run;

/// A repository with one commit, a bare one beside it as its remote, and the hook.
fn place() -> Place {
    let place = Place::new();
    place.git(&["init", "-q", "--bare", "../home/remote.git"]).exits(0);
    place.git(&["remote", "add", "origin", "../home/remote.git"]).exits(0);
    place.stage("a");
    place.commit().exits(0);
    place.fake(0);
    place.sandbox.skout(&["hook", "install", "--stage", "pre-push"]).exits(0);
    place
}

fn id(place: &Place, name: &str) -> String {
    place.git(&["rev-parse", name]).exits(0).out.trim().to_owned()
}

fn push(place: &Place, args: &[&str]) -> Run {
    place.git(&[&["push", "-q"], args].concat())
}

fn commit(place: &Place, name: &str) -> String {
    place.stage(name);
    place.commit().exits(0);
    id(place, "HEAD")
}

#[test]
fn what_is_new_to_the_other_side_is_scanned() {
    let place = place();
    let first = id(&place, "HEAD");
    push(&place, &["origin", "main"]).exits(0);
    assert_eq!(place.calls(), [format!("scan --history --range {first}")], "an empty remote: everything is new");
    let second = commit(&place, "b");
    push(&place, &["origin", "main"]).exits(0);
    assert_eq!(place.calls(), [format!("scan --diff {first}..{second}")]);
    push(&place, &["origin", "main"]).exits(0);
    assert!(place.calls().is_empty(), "nothing is pushed");

    place.git(&["checkout", "-qb", "topic", &first]).exits(0);
    let topic = commit(&place, "c");
    push(&place, &["origin", "topic"]).exits(0);
    assert_eq!(place.calls(), [format!("scan --diff {first}..{topic}")], "a new branch, from where it left the remote's");
    place.git(&["tag", "-am", "one", "v1"]).exits(0);
    let tag = id(&place, "v1");
    let third = commit(&place, "d");
    push(&place, &["origin", "v1", "topic"]).exits(0);
    assert_eq!(place.calls(), [format!("scan --diff {topic}..{third}"), format!("scan --diff {topic}..{tag}")]);

    push(&place, &["origin", ":topic"]).exits(0).complains(&["nothing to scan: this push only deletes"]);
    assert!(place.calls().is_empty());
    // A local name with spaces, as git passes it on.
    place.git(&["commit", "-q", "--allow-empty", "-m", "not a"]).exits(0);
    let fourth = id(&place, "HEAD");
    push(&place, &["origin", "HEAD^{/not a}:refs/heads/by-message"]).exits(0);
    assert_eq!(place.calls(), [format!("scan --diff {first}..{fourth}")]);
}

#[test]
fn what_the_other_side_has_and_nobody_here_knows_is_no_base() {
    let place = place();
    push(&place, &["origin", "main"]).exits(0);
    let first = id(&place, "HEAD");
    place.calls();
    // Somebody else pushes meanwhile.
    let other = place.sandbox.home().join("other");
    let other_text = other.to_str().expect("UTF-8");
    place.git(&["clone", "-q", "../home/remote.git", other_text]).exits(0);
    place.git_in(&other, &["commit", "-q", "--allow-empty", "-m", "theirs"]).exits(0);
    place.git_in(&other, &["push", "-q", "origin", "main"]).exits(0);
    let mine = commit(&place, "b");
    push(&place, &["--force", "origin", "main"]).exits(0);
    assert_eq!(place.calls(), [format!("scan --diff {first}..{mine}")]);
    // By its address the remote has no branches that are known here.
    push(&place, &["../home/remote.git", "main:again"]).exits(0);
    assert_eq!(place.calls(), [format!("scan --history --range {mine}")]);
    // A history that shares nothing with what the remote has.
    place.git(&["checkout", "-q", "--orphan", "alone"]).exits(0);
    let alone = commit(&place, "c");
    push(&place, &["origin", "alone"]).exits(0);
    assert_eq!(place.calls(), [format!("scan --history --range {alone}")]);
}

#[test]
fn a_push_passes_or_stops_with_the_scan() {
    let place = place();
    for (code, words) in [(1, "take the keys above out"), (2, "exit code 2"), (3, "could not be read")] {
        place.fake(code);
        push(&place, &["origin", "main"]).exits(1).complains(&["skout: the push is stopped", words, "SKIP=skout git push", "--no-verify"]);
        assert_eq!(place.calls().len(), 1);
    }
    // The worst of several speaks, and all are scanned.
    script(&place.bin().join("skout"), "#!/bin/sh\necho \"$*\" >>\"$HOME/calls\"\n[ \"$(wc -l <\"$HOME/calls\")\" != 1 ] || exit 1\n");
    place.git(&["branch", "two"]).exits(0);
    push(&place, &["origin", "main", "two"]).exits(1).complains(&["the push is stopped"]);
    assert_eq!(place.calls().len(), 2);
    place.fake(1);
    let skipped = place.git_with(&place.sandbox.root(), &["push", "-q", "origin", "main"], &[("SKIP", "skout")]);
    skipped.exits(0).complains(&["nothing was scanned"]);
    assert!(place.calls().is_empty());
}

#[test]
fn the_earlier_hook_reads_the_same() {
    let place = place();
    let first = id(&place, "HEAD");
    place.sandbox.skout(&["hook", "uninstall"]).exits(0);
    script(&place.hook("pre-push"), "#!/bin/sh\necho \"theirs $*\" >>\"$HOME/calls\"\ncat >>\"$HOME/calls\"\n[ ! -f stop ] || exit 7\n");
    place.sandbox.skout(&["hook", "install", "--stage", "pre-push"]).exits(0).says(&["pre-push.skout-kept"]);
    let zeros = "0".repeat(first.len());
    push(&place, &["origin", "main"]).exits(0);
    let theirs = "theirs origin ../home/remote.git".to_owned();
    assert_eq!(place.calls(), [theirs.clone(), format!("refs/heads/main {first} refs/heads/main {zeros}"), format!("scan --history --range {first}")]);
    push(&place, &["origin", "main"]).exits(0);
    assert_eq!(place.calls(), [theirs], "nothing is pushed, and no line is made up");
    commit(&place, "b");
    place.sandbox.write("stop", "");
    push(&place, &["origin", "main"]).exits(1);
    assert_eq!(place.calls().len(), 2, "its failure is the end");

    // One that reads nothing does not hurt, however much there is to read.
    std::fs::remove_file(place.sandbox.at("stop")).expect("a file to remove");
    script(&place.hook("pre-push.skout-kept"), "#!/bin/sh\nexit 0\n");
    let many: Vec<String> = (0..2000).map(|number| format!("{zeros} {zeros} refs/heads/{number} {zeros}\n")).collect();
    let hook = place.hook("pre-push");
    let mut command = place.command("sh", &place.sandbox.root());
    command.arg(hook).args(["origin", "address"]).env("PATH", place.path());
    let run = crate::sandbox::run(command, many.concat().as_bytes()).exits(0);
    assert_eq!(run.err, "skout: nothing to scan: this push only deletes\n");
}
