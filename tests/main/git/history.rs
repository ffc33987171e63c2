//! `--history`: every object once, and for each secret who brought it in and where it stands now.

use serde_json::json;

use super::{CLEAN, Repo, key, line};
use crate::sandbox::{number, text};

#[test]
fn a_deleted_and_an_overwritten_key_are_found_where_they_came_in() {
    let repo = Repo::begun();
    let deleted = repo.commit_file("deep/deleted.js", format!("\n{}", line(1)));
    let overwritten = repo.commit_file("kept.js", line(2));
    repo.commit_file("kept.js", CLEAN);
    repo.git(&["rm", "-q", "deep/deleted.js"]);
    repo.commit("gone");
    let report = repo.history(&[]).exits(1);
    assert_eq!(report.rules(), ["secret-in-history"; 2], "{:#}", report.all);
    for (finding, commit, number) in [(&report.findings()[0], deleted, 1), (&report.findings()[1], overwritten, 2)] {
        let git = &finding["git"];
        assert_eq!((text(&git["commit"]), &git["in_tip"], &git["tip"]), (commit.as_str(), &false.into(), &().into()), "{finding:#}");
        assert_eq!((&git["refs"], &git["occurrences"]), (&json!(["HEAD", "refs/heads/main"]), &1.into()));
        for (field, value) in [("author", "Ada"), ("email", "ada@example.com")] {
            assert_eq!(text(&git[field]), value);
        }
        assert!(text(&git["time"]).ends_with("+01:00"), "{git:#}");
        repo.holds(finding, &key(number));
    }
    assert_eq!((&report.all["summary"]["commits"], &report.all["summary"]["blobs"]), (&5.into(), &3.into()), "{:#}", report.all["summary"]);
}

#[test]
fn what_the_tip_holds_is_judged_there_and_told_from_where_it_came() {
    let repo = Repo::begun();
    let commit = repo.commit_file("old-name.js", line(1));
    repo.git(&["mv", "old-name.js", "new-name.js"]);
    repo.commit("a rename");
    repo.commit_file("new-name.js", format!("// more\n// above\n{}", line(1)));
    let report = repo.history(&[]).exits(1);
    let finding = report.only_of("hardcoded-secret");
    let git = &finding["git"];
    assert_eq!((text(&git["commit"]), text(&git["path"]), &git["in_tip"]), (commit.as_str(), "old-name.js", &true.into()), "{finding:#}");
    assert_eq!((text(&git["tip"]["path"]), &git["tip"]["line"], &git["occurrences"]), ("new-name.js", &3.into(), &2.into()));
    repo.holds(finding, &key(1));
}

#[test]
fn one_secret_in_many_versions_and_paths_is_one_finding() {
    let repo = Repo::begun();
    let first = repo.commit_file("a.js", line(1));
    for version in 2..=5 {
        repo.commit_file("a.js", format!("// version {version}\n{}", line(1)));
    }
    repo.write("b.js", line(1));
    repo.write("deep/c.js", line(1));
    repo.commit("copies");
    let report = repo.history(&[]).exits(1);
    let finding = report.only_of("hardcoded-secret");
    assert_eq!((text(&finding["git"]["commit"]), number(&finding["git"]["occurrences"])), (first.as_str(), 5), "distinct blobs: {finding:#}");
    repo.holds(finding, &key(1));
    // Deleted everywhere: still one.
    repo.git(&["rm", "-q", "a.js", "b.js", "deep/c.js"]);
    repo.commit("gone");
    let report = repo.history(&[]).exits(1);
    let finding = report.only_of("secret-in-history");
    assert_eq!((text(&finding["git"]["commit"]), number(&finding["git"]["occurrences"])), (first.as_str(), 5));
    repo.holds(finding, &key(1));
}

#[test]
fn content_of_a_merge_alone_is_found_there() {
    let repo = Repo::begun();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("side.js", CLEAN);
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("main.js", "// main\n");
    repo.git(&["merge", "-q", "--no-commit", "side"]);
    repo.write("evil.js", line(1));
    let merge = repo.commit("a merge");
    repo.git(&["rm", "-q", "evil.js"]);
    repo.commit("gone");
    let report = repo.history(&[]).exits(1);
    let finding = report.only_of("secret-in-history");
    assert_eq!(text(&finding["git"]["commit"]), merge);
    repo.holds(finding, &key(1));
}

#[test]
fn other_branches_and_remotes_are_read_and_named() {
    let repo = Repo::begun();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("side.js", line(1));
    repo.git(&["checkout", "-q", "-b", "topic", "main"]);
    let topic = repo.commit_file("topic.js", line(2));
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["branch", "-q", "-D", "topic"]);
    repo.git(&["update-ref", "refs/remotes/origin/topic", &topic]);
    repo.git(&["update-ref", "refs/odd/place", &topic]);
    let _ = std::fs::remove_dir_all(repo.sandbox.at(".git/logs"));
    let report = repo.history(&[]).exits(1);
    assert_eq!(report.places(), ["side.js:1", "topic.js:1"], "{:#}", report.all);
    assert_eq!(report.findings()[0]["git"]["refs"], json!(["refs/heads/side"]));
    assert_eq!(report.findings()[1]["git"]["refs"], json!(["refs/odd/place", "refs/remotes/origin/topic"]));
    assert_eq!(report.rules(), ["secret-in-history"; 2]);
}

#[test]
fn texts_of_commits_tags_and_notes_are_read() {
    let repo = Repo::begun();
    let env = |number| format!("PLUNK_SECRET_KEY={}", key(number));
    let commit = repo.commit(&format!("a subject\n\nwith {}\n", env(1)));
    repo.git(&["tag", "-a", "-m", &format!("released\n\nwith {}", env(2)), "v1"]);
    repo.git(&["notes", "add", "-m", &env(3), &commit]);
    // A tag of a tag, which alone leads to the text of the first.
    repo.git(&["tag", "-a", "-m", &env(4), "inner"]);
    repo.git(&["tag", "-a", "-m", "outer", "outer", "inner"]);
    repo.git(&["tag", "-d", "inner"]);
    let report = repo.history(&[]).exits(1);
    assert_eq!(report.rules(), ["secret-in-commit-message"; 4], "{:#}", report.all);
    let note = format!("note:{commit}");
    let mut places = report.places();
    places.sort();
    assert_eq!(places, [format!("commit:{commit}:3"), format!("{note}:1"), "tag:inner:1".to_owned(), "tag:v1:3".to_owned()]);
    let told = |path: &str| report.findings().iter().find(|finding| text(&finding["location"]["path"]) == path).expect("a finding there");
    assert_eq!(text(&told(&format!("commit:{commit}"))["git"]["commit"]), commit);
    assert_eq!(told("tag:inner")["git"]["refs"], json!(["refs/tags/outer"]));
    assert_eq!(told(&note)["git"]["refs"], json!(["refs/notes/commits"]));
}

#[test]
fn tags_of_one_name_are_each_read() {
    let repo = Repo::begun();
    for (number, keeper) in [(1, "kept/first"), (2, "kept/second"), (3, "kept/third")] {
        repo.git(&["tag", "-f", "-a", "-m", &format!("PLUNK_SECRET_KEY={}", key(number)), "v1"]);
        repo.git(&["update-ref", &format!("refs/{keeper}"), "refs/tags/v1"]);
    }
    let report = repo.history(&[]).exits(1);
    assert_eq!(report.places(), ["tag:v1:1"; 3], "{:#}", report.all);
    assert_eq!(report.all["summary"]["secrets"], 3);
    let mut refs: Vec<String> = report.findings().iter().map(|finding| finding["git"]["refs"].to_string()).collect();
    refs.sort();
    assert_eq!(refs, [r#"["refs/kept/first"]"#, r#"["refs/kept/second"]"#, r#"["refs/kept/third","refs/tags/v1"]"#]);
}

#[test]
fn messages_are_redacted_in_every_format() {
    let repo = Repo::begun();
    let value = key(1);
    repo.write("new.js", line(1));
    repo.commit(&format!("PLUNK_SECRET_KEY={value} in the subject\n\nand the body: PLUNK_SECRET_KEY={value}"));
    repo.git(&["tag", "-a", "-m", &format!("PLUNK_SECRET_KEY={value}"), "v1"]);
    for mode in [&["--history"][..], &["--diff", "HEAD~1"], &["--history", "--range", "HEAD~1..HEAD"]] {
        for format in ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv"] {
            let ran = repo.skout_in("", &[mode, &["--format", format, "-v"]].concat()).exits(1);
            assert!(!ran.out.contains(&value) && !ran.err.contains(&value), "{mode:?} {format}: {}{}", ran.out, ran.err);
            assert!(!ran.out.contains(&value[3..]), "{mode:?} {format}: the body is bare");
        }
    }
    let ran = repo.skout_in("", &["--history", "--show-secrets", "--format", "json"]).exits(1);
    assert!(ran.out.contains(&value), "and shown on demand");
}

#[test]
fn what_nothing_names_any_more_is_found_as_far_as_it_is_reached() {
    let repo = Repo::begun();
    // Stashes: the newest is a reference, those before it are only in its log.
    for number in 1..=2 {
        repo.write("clean.js", line(number));
        repo.git(&["stash", "push", "-q", "-m", &format!("stash {number}")]);
    }
    // A commit that an amendment replaced.
    repo.commit_file("amended.js", line(3));
    repo.write("amended.js", CLEAN);
    repo.add();
    repo.git(&["commit", "-q", "--amend", "-m", "amended"]);
    // A blob that nothing ever named.
    repo.write("never.js", line(4));
    repo.add();
    repo.git(&["rm", "-q", "--cached", "never.js"]);
    repo.remove("never.js");
    let report = repo.history(&[]).exits(1);
    assert_eq!(report.rules(), ["secret-in-history"; 3], "{:#}", report.all);
    let of = |number: u64| {
        let shown = &key(number)[..5];
        let found = report.findings().iter().find(|finding| text(&finding["key"]["redacted"]).starts_with(shown)).expect("a finding of this key");
        repo.holds(found, &key(number));
        &found["git"]["refs"]
    };
    assert_eq!(of(2), &json!(["refs/stash"]));
    assert_eq!(of(1), &json!(["refs/stash@{log}"]));
    assert_eq!(of(3), &json!(["HEAD@{log}"]));
    // And everything, on demand.
    let blob = repo.object("blob", line(4).as_bytes());
    let report = repo.history(&["--unreachable"]).exits(1);
    assert_eq!(report.findings().len(), 4, "{:#}", report.all);
    let found = report.findings().iter().find(|finding| text(&finding["location"]["path"]) == format!("blob:{blob}")).expect("the blob");
    assert_eq!((text(&found["rule"]), text(&found["git"]["commit"])), ("secret-in-history", ""), "{found:#}");
}

#[test]
fn commits_that_nothing_reaches_are_told_apart() {
    let repo = Repo::begun();
    let lost = repo.commit_file("lost.js", line(1));
    repo.commit_file("lost.js", CLEAN);
    repo.commit(&format!("PLUNK_SECRET_KEY={}", key(2)));
    repo.git(&["reset", "-q", "--hard", "HEAD~3"]);
    for log in ["HEAD", "refs/heads/main"] {
        repo.remove(&format!(".git/logs/{log}"));
    }
    repo.remove(".git/ORIG_HEAD");
    repo.history(&[]).is_quiet();
    let report = repo.history(&["--unreachable"]).exits(1);
    assert_eq!(report.findings().len(), 2, "{:#}", report.all);
    let finding = report.findings().iter().find(|finding| finding["rule"] == "secret-in-history").expect("the file's");
    assert_eq!((text(&finding["git"]["commit"]), &finding["git"]["refs"]), (lost.as_str(), &json!([])));
    repo.holds(finding, &key(1));
}

#[test]
fn publishable_keys_are_nothing_in_a_history() {
    let repo = Repo::begun();
    repo.commit_file("deleted.js", line(1).replace("sk_", "pk_"));
    repo.git(&["rm", "-q", "deleted.js"]);
    repo.commit(&format!("PLUNK_PUBLIC_KEY={}", key(1).replace("sk_", "pk_")));
    repo.history(&[]).is_quiet();
    repo.diff("HEAD~2").is_quiet();
    let report = repo.history(&["--show-publishable"]).exits(0);
    assert!(report.findings().iter().all(|finding| finding["severity"] == "info"), "{:#}", report.all);
}

#[test]
fn utf_16_is_text_in_a_history_too() {
    let repo = Repo::begun();
    let wide = |text: &str, big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    repo.write("little.js", wide(&format!("// a\n{}", line(1)), false));
    repo.write("big.js", wide(&format!("// a\n{}", line(2)), true));
    repo.commit("wide");
    assert_eq!(repo.history(&[]).exits(1).places(), ["big.js:2", "little.js:2"]);
    repo.git(&["rm", "-q", "little.js", "big.js"]);
    repo.commit("gone");
    assert_eq!(repo.history(&[]).exits(1).places(), ["big.js:2", "little.js:2"]);
    assert_eq!(repo.diff("HEAD~2").exits(1).places(), ["big.js:2", "little.js:2"]);
}

#[test]
#[cfg(target_os = "linux")]
fn names_that_are_not_utf_8_survive() {
    use std::os::unix::ffi::OsStrExt;
    let repo = Repo::begun();
    repo.write(std::ffi::OsStr::from_bytes(b"caf\xe9/\xff.js"), line(1));
    repo.add();
    let mut command = repo.command("git", "");
    command.env("GIT_AUTHOR_NAME", std::ffi::OsStr::from_bytes(b"Andr\xe9"));
    command.args(["-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "-m"]).arg(std::ffi::OsStr::from_bytes(b"d\xe9j\xe0 vu"));
    crate::sandbox::run(command, b"").exits(0);
    // And one that says UTF-8 and is none: taken for Latin-1.
    repo.write("two.js", line(2));
    repo.add();
    let mut command = repo.command("git", "");
    command.env("GIT_AUTHOR_NAME", std::ffi::OsStr::from_bytes(b"Ren\xe9")).args(["commit", "-q", "-m", "two"]);
    crate::sandbox::run(command, b"").exits(0);
    for args in [&["--history"][..], &["--diff", "HEAD~2"]] {
        let report = repo.scan_in("", args).exits(1);
        assert_eq!(report.places(), ["caf\u{fffd}/\u{fffd}.js:1", "two.js:1"], "{args:?}");
        let (one, two) = (&report.findings()[0], &report.findings()[1]);
        // base64 of `caf\xe9/\xff.js`
        assert_eq!(text(&one["location"]["path_bytes"]), "Y2Fm6S//Lmpz", "{one:#}");
        assert_eq!((text(&one["git"]["author"]), text(&one["git"]["message"])), ("Andr\u{e9}", "d\u{e9}j\u{e0} vu"));
        assert_eq!(text(&two["git"]["author"]), "Ren\u{e9}");
    }
}

#[test]
fn an_empty_repository_is_said() {
    let report = Repo::new().history(&[]).exits(0);
    report.notes_that("nothing-to-scan", "no commits");
    assert!(report.err.contains("no commits"), "{}", report.err);
    let sandbox = crate::sandbox::Sandbox::new();
    for args in [&["--staged"][..], &["--diff", "HEAD"], &["--history"]] {
        let all: Vec<&str> = std::iter::once("scan").chain(args.iter().copied()).collect();
        sandbox.skout(&all).exits(2).complains(&["no git repository here"]);
    }
    sandbox.skout(&["scan", "--history", "nowhere"]).exits(2).complains(&["nowhere"]);
}

#[test]
fn a_range_narrows_a_history() {
    let repo = Repo::begun();
    for number in 1..=3 {
        repo.commit_file(&format!("{number}.js"), line(number));
        repo.git(&["tag", &format!("v{number}")]);
    }
    repo.git(&["checkout", "-q", "-b", "side", "v1"]);
    repo.commit_file("side.js", line(4));
    repo.git(&["checkout", "-q", "main"]);
    let ranged = |range: &str| {
        let report = repo.history(&["--range", range]).exits(1);
        let mut places = report.places();
        places.sort();
        places.join(" ")
    };
    for (range, places) in [
        ("v1", "1.js:1"),
        ("v1..v2", "2.js:1"),
        ("v1..", "2.js:1 3.js:1"),
        ("v1..HEAD", "2.js:1 3.js:1"),
        ("main ^v2", "3.js:1"),
        ("^v2 main", "3.js:1"),
        ("main --not v2", "3.js:1"),
        ("side ^main", "side.js:1"),
        ("side", "1.js:1 side.js:1"),
        ("--all --not v1", "2.js:1 3.js:1 side.js:1"),
        ("--branches", "1.js:1 2.js:1 3.js:1 side.js:1"),
        ("--tags ^v1", "2.js:1 3.js:1"),
        ("v2~1..v2", "2.js:1"),
    ] {
        assert_eq!(ranged(range), places, "{range}");
    }
    for range in ["nowhere", "v1..nowhere", "", "--no-such", "^nowhere main"] {
        repo.skout_in("", &["--history", &format!("--range={range}")]).exits(2).complains(&["error"]);
    }
    repo.history(&["--range", "v1..v1"]).exits(0).notes_that("empty-range", "no commit");
    // A path that a range leaves out is not judged in it, and every place that it tells holds.
    let report = repo.history(&["--range", "v1..v3"]).exits(1);
    for (finding, number) in report.findings().iter().zip([2, 3]) {
        repo.holds(finding, &key(number));
    }
}

#[test]
fn threads_and_deltas_change_nothing() {
    let repo = Repo::new();
    // Long files that change a little: git stores them as deltas, with the key in copied and in inserted parts.
    let long: String = (0..400).map(|at| format!("const line{at} = {};\n", at * 7919)).collect();
    for version in 0..12 {
        let middle = if version % 3 == 1 { line(version / 3) } else { String::new() };
        repo.write("long.js", format!("// version {version}\n{long}{middle}{long}"));
        repo.write(format!("other{version}.js"), format!("{long}{}", line(100 + version)));
        repo.commit(&format!("PLUNK_SECRET_KEY={}", key(200 + version)));
    }
    repo.git(&["repack", "-q", "-adf", "--depth=50", "--window=50"]);
    let timeless = |args: &[&str]| {
        let ran = repo.skout_in("", &[&["--history", "--format", "json"], args].concat()).exits(1);
        let mut lines: Vec<&str> = ran.out.lines().filter(|line| !line.contains("\"elapsed_ms\"")).collect();
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    };
    let one = timeless(&["-j", "1"]);
    assert!(one.matches("\"rule\"").count() >= 28, "{one}");
    for args in [&["-j", "4"][..], &["-j", "2"], &["-j", "4", "--no-delta"], &["-j", "1", "--no-delta"]] {
        assert_eq!(timeless(args), one, "{args:?}");
    }
    // Unpacked, the same again.
    repo.git(&["clone", "-q", "--bare", "--no-local", ".", "../copy.git"]);
    let pack = std::fs::read_dir(repo.sandbox.at("../copy.git/objects/pack")).expect("a folder").filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let pack = pack.into_iter().find(|path| path.extension().is_some_and(|end| end == "pack")).expect("a pack");
    let bytes = std::fs::read(&pack).expect("a pack");
    std::fs::remove_dir_all(repo.sandbox.at("../copy.git/objects/pack")).expect("a folder");
    std::fs::create_dir(repo.sandbox.at("../copy.git/objects/pack")).expect("a folder");
    repo.git_fed("../copy.git", &["unpack-objects", "-q"], &bytes);
    let (packed, loose) = (repo.history(&[]), repo.scan_in("../copy.git", &["--history"]));
    assert_eq!(packed.findings().len(), loose.findings().len());
    for (one, other) in packed.findings().iter().zip(loose.findings()) {
        assert_eq!((&one["fingerprint"], &one["location"], &one["git"]["commit"]), (&other["fingerprint"], &other["location"], &other["git"]["commit"]));
    }
}

#[test]
fn the_configuration_excludes_in_a_history() {
    let repo = Repo::begun();
    repo.commit_file("vendor/gone.js", line(1));
    repo.commit_file("own/gone.js", line(2));
    repo.write("both.js", line(3));
    repo.write("vendor/both.js", line(3));
    repo.commit("twice");
    repo.git(&["rm", "-q", "vendor/gone.js", "own/gone.js"]);
    repo.commit("gone");
    repo.write("skout.toml", "[scan]\nexclude = [\"vendor/**\"]\n");
    let report = repo.history(&[]).exits(1);
    let mut places = report.places();
    places.sort();
    // What stands at an excluded path and another is found at the other.
    assert_eq!(places, ["both.js:1", "own/gone.js:1"], "{:#}", report.all);
    assert_eq!(repo.history(&["--no-config"]).exits(1).findings().len(), 3);
}

/// One and the same folder stands where it is excluded and where it is not.
#[test]
fn an_exclusion_holds_for_its_path_alone() {
    let repo = Repo::begun();
    for folder in ["a", "b"] {
        repo.write(format!("{folder}/vendor/gone.js"), line(1));
        repo.write(format!("{folder}/deep/vendor/kept.js"), line(2));
    }
    repo.commit("twice");
    repo.git(&["rm", "-q", "a/vendor/gone.js", "b/vendor/gone.js"]);
    repo.write("skout.toml", "[scan]\nexclude = [\"a/vendor/**\", \"a/deep/vendor/**\"]\n");
    repo.commit("gone");
    assert_eq!(repo.history(&[]).exits(1).places(), ["b/deep/vendor/kept.js:1", "b/vendor/gone.js:1"]);
}
