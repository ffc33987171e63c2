//! `--history` over every shape of repository and object store.

use serde_json::Value;

use super::{CLEAN, Repo, key, line};
use crate::sandbox::{Report, text};

/// A repository whose branch `main` deleted the key 1 and holds the key 2.
fn with_two_keys(args: &[&str]) -> Repo {
    let repo = Repo::with(args);
    repo.write("deep/gone.js", line(1));
    repo.write("kept.js", CLEAN);
    repo.commit("first");
    repo.git(&["rm", "-q", "deep/gone.js"]);
    repo.commit_file("kept.js", line(2));
    repo
}

/// Holds that both keys are found, where they are.
#[track_caller]
fn both(repo: &Repo, folder: &str, report: Report) {
    assert_eq!(report.code, 1, "{:#}\n{}", report.all, report.err);
    assert_eq!(report.places(), ["deep/gone.js:1", "kept.js:1"], "{:#}", report.all);
    assert_eq!(report.rules(), ["secret-in-history", "hardcoded-secret"]);
    for (finding, number) in report.findings().iter().zip([1, 2]) {
        repo.holds_in(folder, finding, &key(number));
    }
    assert_eq!(report.all["summary"]["complete"], true);
}

#[test]
fn a_bare_repository_is_read() {
    let repo = with_two_keys(&[]);
    repo.git(&["clone", "-q", "--bare", "--no-local", ".", "../bare.git"]);
    both(&repo, "../bare.git", repo.scan_in("../bare.git", &["--history"]));
    // By its path, from elsewhere; and from a folder within.
    both(&repo, "../bare.git", repo.scan_in("../home", &["--history", "../bare.git"]));
    both(&repo, "../bare.git", repo.scan_in("../bare.git/objects", &["--history"]));
}

#[test]
fn sha_256_is_read_alike() {
    let repo = with_two_keys(&["--object-format=sha256"]);
    both(&repo, "", repo.history(&[]));
    repo.git(&["repack", "-q", "-ad"]);
    both(&repo, "", repo.history(&[]));
    repo.git(&["pack-refs", "--all"]);
    both(&repo, "", repo.history(&[]));
}

#[test]
fn loose_packed_and_both_are_the_same() {
    let repo = with_two_keys(&[]);
    let loose = repo.history(&[]);
    let blobs = loose.all["summary"]["blobs"].clone();
    both(&repo, "", loose);
    // In a pack and loose at once.
    repo.git(&["repack", "-q", "-a"]);
    let report = repo.history(&[]);
    assert_eq!(report.all["summary"]["blobs"], blobs, "each once");
    both(&repo, "", report);
    // In two packs at once, and a third for what is new.
    repo.git_fed("", &["pack-objects", "-q", ".git/objects/pack/pack"], repo.git(&["rev-list", "--objects", "--no-object-names", "--all"]).as_bytes());
    repo.git(&["prune-packed", "-q"]);
    repo.commit_file("more.js", CLEAN);
    repo.git(&["repack", "-q", "-d"]);
    let packs = std::fs::read_dir(repo.sandbox.at(".git/objects/pack")).expect("a folder").filter_map(Result::ok);
    assert!(packs.filter(|entry| entry.path().extension().is_some_and(|end| end == "pack")).count() >= 2);
    both(&repo, "", repo.history(&[]));
    // With all that git adds to find things sooner.
    repo.git(&["multi-pack-index", "write", "--bitmap"]);
    repo.git(&["commit-graph", "write", "--reachable", "--changed-paths"]);
    both(&repo, "", repo.history(&[]));
    // And with a reverse index and an index of the first version.
    repo.git(&["-c", "pack.indexVersion=1", "repack", "-q", "-adf"]);
    both(&repo, "", repo.history(&[]));
    repo.git(&["repack", "-q", "--cruft", "-d"]);
    both(&repo, "", repo.history(&[]));
}

#[test]
fn alternates_are_read_and_said_where_they_are_gone() {
    let repo = with_two_keys(&[]);
    repo.git(&["clone", "-q", "--shared", ".", "../shared"]);
    assert!(repo.git_in("../shared", &["count-objects", "-v"]).contains("count: 0"));
    both(&repo, "../shared", repo.scan_in("../shared", &["--history"]));
    // A chain of two.
    repo.git(&["clone", "-q", "--shared", "../shared", "../second"]);
    both(&repo, "../second", repo.scan_in("../second", &["--history"]));
    std::fs::rename(repo.sandbox.at(".git/objects"), repo.sandbox.at(".git/away")).expect("a folder to move");
    let report = repo.scan_in("../shared", &["--history"]);
    assert_eq!((report.code, &report.all["summary"]["complete"]), (3, &false.into()), "{:#}", report.all);
}

#[test]
fn worktrees_share_their_history() {
    let repo = with_two_keys(&[]);
    repo.git(&["worktree", "add", "-q", "--detach", "../other"]);
    // A commit that only the worktree's HEAD reaches, and one that only its log does.
    let commit_in = |number: u64| {
        repo.write("../other/own.js", line(number));
        repo.git_in("../other", &["add", "own.js"]);
        repo.git_in("../other", &["commit", "-q", "-m", "own"]);
        repo.git_in("../other", &["rev-parse", "HEAD"])
    };
    commit_in(3);
    repo.git_in("../other", &["reset", "-q", "--hard", "HEAD~1"]);
    let head = commit_in(4);
    let from_main = repo.history(&[]).exits(1);
    assert_eq!(from_main.findings().len(), 4, "{:#}", from_main.all);
    let of = |report: &Report, number: u64| -> Value {
        let shown = &key(number)[..5];
        report.findings().iter().find(|finding| text(&finding["key"]["redacted"]).starts_with(shown)).expect("a finding of this key").clone()
    };
    let own = of(&from_main, 4);
    assert_eq!((text(&own["git"]["commit"]), &own["git"]["in_tip"]), (head.as_str(), &false.into()), "{own:#}");
    assert!(own["git"]["refs"].to_string().contains("worktrees/other"), "{own:#}");
    // From within, HEAD is the worktree's own.
    let within = repo.scan_in("../other", &["--history"]).exits(1);
    assert_eq!(within.findings().len(), 4);
    assert_eq!(of(&within, 4)["git"]["in_tip"], true);
}

#[test]
fn a_partial_clone_tells_what_it_lacks_and_fetches_nothing() {
    let repo = with_two_keys(&[]);
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repo.root().display());
    repo.git(&["clone", "-q", "--filter=blob:none", &url, "../partial"]);
    let count = || repo.git_in("../partial", &["count-objects", "-v"]);
    let before = count();
    let report = repo.scan_in("../partial", &["--history"]);
    report.lost("deep/gone.js", "missing");
    report.notes_that("missing-objects", "git fetch --refetch --no-filter");
    assert_eq!(report.places(), ["kept.js:1"], "what is there is reported");
    assert_eq!(
        report.skips().iter().filter(|skip| skip.ends_with("(lost)")).count(),
        2,
        "the deleted file and the old version of the kept one: {:?}",
        report.skips()
    );
    let ranged = repo.scan_in("../partial", &["--diff", "HEAD~1"]);
    assert_eq!(ranged.places(), ["kept.js:1"]);
    assert_eq!(count(), before, "nothing was fetched");
    assert_eq!(repo.scan_in("../partial", &["--history", "--allow-incomplete"]).code, 1);
    // What the note says, helps.
    repo.git_in("../partial", &["fetch", "-q", "--refetch", "--no-filter"]);
    both(&repo, "../partial", repo.scan_in("../partial", &["--history"]));
}

#[test]
fn a_clone_without_trees_tells_what_it_lacks() {
    let repo = with_two_keys(&[]);
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.git(&["clone", "-q", "--filter=tree:0", "--no-checkout", &format!("file://{}", repo.root().display()), "../treeless"]);
    let report = repo.scan_in("../treeless", &["--history"]);
    assert_eq!((report.code, &report.all["summary"]["complete"]), (3, &false.into()), "{:#}", report.all);
    report.notes_that("missing-objects", "git fetch");
}

#[test]
fn a_shallow_clone_is_incomplete_and_said_so() {
    let repo = with_two_keys(&[]);
    repo.git(&["clone", "-q", "--depth=1", &format!("file://{}", repo.root().display()), "../shallow"]);
    let report = repo.scan_in("../shallow", &["--history"]);
    report.lost("shallow", "shallow");
    report.notes_that("shallow", "git fetch --unshallow");
    assert_eq!(report.places(), ["kept.js:1"]);
    repo.git_in("../shallow", &["fetch", "-q", "--unshallow"]);
    both(&repo, "../shallow", repo.scan_in("../shallow", &["--history"]));
    // One whose edge is the first commit lacks nothing.
    repo.git(&["clone", "-q", "--depth=9", &format!("file://{}", repo.root().display()), "../deep"]);
    both(&repo, "../deep", repo.scan_in("../deep", &["--history"]));
}

#[test]
fn grafts_and_replacements_hide_nothing() {
    // A graft that cuts the history off before the key.
    let repo = with_two_keys(&[]);
    let tip = repo.id("HEAD");
    repo.write(".git/info/grafts", format!("{tip}\n"));
    both(&repo, "", repo.history(&[]));
    // One that adds a parent which nothing else reaches.
    let side = repo.commit_tree(&repo.id("HEAD~0^{tree}"), &[], "alone");
    repo.write(".git/info/grafts", format!("{tip} {side}\n"));
    both(&repo, "", repo.history(&[]));
    repo.remove(".git/info/grafts");
    // A commit replaced by a harmless one, and a blob by another.
    let clean = repo.object("blob", CLEAN.as_bytes());
    let first = repo.id("HEAD~1");
    let empty = repo.git_fed("", &["mktree"], b"");
    let harmless = repo.commit_tree(&empty, &[], "harmless");
    repo.git(&["replace", &first, &harmless]);
    repo.git(&["replace", &repo.id("HEAD:kept.js"), &clean]);
    let report = repo.history(&[]).exits(1);
    assert_eq!(report.places(), ["deep/gone.js:1", "kept.js:1"], "{:#}", report.all);
    // A replacement that brings a key.
    let repo = Repo::begun();
    let loud = repo.object("blob", line(3).as_bytes());
    repo.git(&["replace", &repo.id("HEAD:clean.js"), &loud]);
    let report = repo.history(&[]).exits(1);
    assert_eq!(report.findings().len(), 1, "{:#}", report.all);
}

#[test]
fn reftable_is_refused_by_name() {
    let repo = Repo::with(&["--ref-format=reftable"]);
    repo.commit_file("new.js", line(1));
    for args in [&["--staged"][..], &["--diff", "HEAD"], &["--history"]] {
        let ran = repo.skout_in("", args).exits(2);
        assert!(ran.out.is_empty(), "{}", ran.out);
        ran.complains(&["reftable", "git refs migrate --ref-format=files"]);
    }
}

#[test]
fn blobs_and_trees_that_are_named_directly_are_read() {
    let repo = Repo::begun();
    let blob = repo.object("blob", line(1).as_bytes());
    repo.git(&["update-ref", "refs/keys/blob", &blob]);
    let inner = repo.object("blob", line(2).as_bytes());
    let tree = repo.git_fed("", &["mktree"], format!("100644 blob {inner}\tinner.js\n").as_bytes());
    repo.git(&["tag", "-a", "-m", "a tree", "tree", &tree]);
    let report = repo.history(&[]).exits(1);
    let mut told: Vec<String> = report.findings().iter().map(|finding| format!("{} {}", finding["location"]["path"], finding["git"]["refs"])).collect();
    told.sort();
    let mut expected = vec![format!("\"blob:{blob}\" [\"refs/keys/blob\"]"), format!("\"blob:{inner}\" [\"refs/tags/tree\"]")];
    expected.sort();
    assert_eq!(told, expected, "{:#}", report.all);
    // What such a tree lacks is told as well.
    repo.remove(&format!(".git/objects/{}/{}", &inner[..2], &inner[2..]));
    repo.history(&[]).lost("inner.js", "missing");
}

#[test]
fn submodules_are_not_entered_and_said_so() {
    let repo = Repo::begun();
    repo.git(&["init", "-q", "../lib"]);
    repo.write("../lib/secret.js", line(1));
    repo.git_in("../lib", &["add", "."]);
    repo.git_in("../lib", &["commit", "-qm", "a secret"]);
    repo.git(&["submodule", "--quiet", "add", "../lib", "lib"]);
    repo.commit("a submodule");
    let report = repo.history(&[]).exits(0);
    assert!(report.findings().is_empty());
    report.notes_that("submodules-not-entered", "were not entered");
}

#[test]
fn operations_under_way_are_read() {
    let repo = Repo::begun();
    let base = repo.id("HEAD");
    repo.commit_file("side.js", line(1));
    let side = repo.id("HEAD");
    repo.git(&["reset", "-q", "--hard", &base]);
    let _ = std::fs::remove_dir_all(repo.sandbox.at(".git/logs"));
    let _ = std::fs::remove_file(repo.sandbox.at(".git/ORIG_HEAD"));
    repo.history(&[]).is_quiet();
    for name in ["FETCH_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "ORIG_HEAD"] {
        repo.write(format!(".git/{name}"), format!("{side}\n"));
        assert_eq!(repo.history(&[]).exits(1).places(), ["side.js:1"], "{name}");
        repo.remove(&format!(".git/{name}"));
    }
}

#[test]
#[cfg(unix)]
fn an_interrupt_leaves_nothing_behind() {
    use std::process::Stdio;
    let repo = Repo::new();
    // Enough that a debug build works for seconds.
    for number in 0..12_u64 {
        let text: String = (0..60_000_u64).map(|at| format!("key{at} = {:x}\n", at.wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ number))).collect();
        repo.write(format!("{number}.txt"), text);
    }
    repo.commit("large");
    let seen = |folder: &str| {
        let mut names: Vec<_> = std::fs::read_dir(repo.sandbox.at(folder)).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    let (git, work) = (seen(".git"), seen(""));
    let mut command = repo.sandbox.command(&repo.root());
    command.args(["scan", "--history", "--format", "json", "--format", "sarif=out.sarif", "-j", "1"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("a binary that starts");
    std::thread::sleep(std::time::Duration::from_millis(150));
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    let output = child.wait_with_output().expect("a process that ends");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(output.stdout.is_empty() && told.contains("interrupted"), "{told}");
    assert_eq!((seen(".git"), seen("")), (git, work));
}
