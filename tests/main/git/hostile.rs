//! Repositories made to do harm: nothing that they name is run, written or read outside, and none makes a scan long or large.

use std::path::Path;
use std::time::Duration;

use super::broken::quick;
use super::{CLEAN, Repo, key, line};

/// The peak of resident memory of a scan, in bytes, and its exit code, standard output and error.
#[cfg(target_os = "linux")]
fn peak(repo: &Repo, args: &[&str]) -> (u64, i32, String, String) {
    let (out, err) = (repo.sandbox.home().join("out"), repo.sandbox.home().join("err"));
    let file = |path: &Path| std::fs::File::create(path).expect("a new file");
    let mut command = repo.sandbox.command(&repo.root());
    let mut child = command.arg("scan").args(args).stdout(file(&out)).stderr(file(&err)).spawn().expect("a binary that starts");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let code = loop {
        // The mark only rises: the last look before the end is the peak, or near it.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        most = most.max(mark.unwrap_or(0) * 1024);
        if let Some(status) = child.try_wait().expect("a process to wait for") {
            break status.code().unwrap_or(-1);
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let read = |path: &Path| std::fs::read_to_string(path).expect("a file");
    (most, code, read(&out), read(&err))
}

#[test]
#[cfg(target_os = "linux")]
fn a_huge_blob_takes_no_memory() {
    const SIZE: u64 = 300 << 20;
    const LIMIT: u64 = 250 << 20;
    for is_packed in [false, true] {
        let repo = Repo::begun();
        // Nothing but zeros.
        std::fs::File::create(repo.sandbox.at("zeros.bin")).and_then(|file| file.set_len(SIZE)).expect("a new file");
        // Text with a key at its end.
        let mut text = "a line of text that says nothing at all\n".repeat((SIZE / 40) as usize).into_bytes();
        text.extend(line(1).as_bytes());
        repo.write("text.js", &text);
        drop(text);
        // git writes what is above this size into a pack at once, without deltas.
        let threshold = if is_packed { "core.bigFileThreshold=1m" } else { "core.bigFileThreshold=2g" };
        repo.git(&["-c", threshold, "-c", "core.compression=1", "add", "-A"]);
        let (used, code, out, err) = peak(&repo, &["--staged"]);
        assert!(code == 1 && out.contains("text.js:"), "packed {is_packed}: exit {code}: {out}{err}");
        assert!(used < LIMIT, "packed {is_packed}: --staged took {} MiB", used >> 20);
        repo.commit_index("huge");
        for file in ["zeros.bin", "text.js"] {
            repo.remove(file);
        }
        let (used, code, out, err) = peak(&repo, &["--history"]);
        assert!(code == 1 && out.contains("text.js:"), "packed {is_packed}: exit {code}: {out}{err}");
        assert!(used < LIMIT, "packed {is_packed}: --history took {} MiB", used >> 20);
        let (used, code, out, err) = peak(&repo, &["--history", "--max-file-size", "1M"]);
        assert!(code == 0 && out.contains("larger than --max-file-size"), "packed {is_packed}: exit {code}: {out}{err}");
        assert!(used < LIMIT, "packed {is_packed}: with a limit {} MiB", used >> 20);
    }
}

#[test]
#[cfg(unix)]
fn nothing_that_a_configuration_names_is_run() {
    let repo = Repo::begun();
    let marker = repo.sandbox.home().join("marker");
    crate::hook::script(&repo.sandbox.at(".git/evil"), &format!("#!/bin/sh\necho \"$0 $*\" >>'{}'\n", marker.display()));
    let evil = repo.sandbox.at(".git/evil");
    let evil = evil.to_str().expect("a plain path");
    repo.write(".gitattributes", "* filter=evil diff=evil merge=evil text eol=crlf\n*.js working-tree-encoding=UTF-16\n");
    repo.write("new.js", line(1));
    repo.git(&["add", ".gitattributes"]);
    let blob = repo.object("blob", line(1).as_bytes());
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},new.js")]);
    repo.commit_index("new");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},staged/new.js")]);
    let mut config = std::fs::read_to_string(repo.sandbox.at(".git/config")).expect("the configuration");
    for (section, name) in [
        ("core", "fsmonitor"),
        ("core", "sshCommand"),
        ("core", "pager"),
        ("core", "editor"),
        ("core", "askPass"),
        ("core", "gitProxy"),
        ("core", "alternateRefsCommand"),
        ("alias", "log"),
        ("alias", "cat-file"),
        ("filter \"evil\"", "clean"),
        ("filter \"evil\"", "smudge"),
        ("filter \"evil\"", "process"),
        ("filter \"evil\"", "required"),
        ("diff", "external"),
        ("diff \"evil\"", "command"),
        ("diff \"evil\"", "textconv"),
        ("merge \"evil\"", "driver"),
        ("credential", "helper"),
        ("gpg", "program"),
        ("uploadpack", "packObjectsHook"),
        ("pager", "log"),
        ("sequence", "editor"),
        ("remote \"origin\"", "uploadpack"),
        ("hook \"evil\"", "command"),
    ] {
        config.push_str(&format!("[{section}]\n\t{name} = {evil}\n"));
    }
    config.push_str(&format!(
        "[core]\n\thooksPath = {}\n[remote \"origin\"]\n\turl = ext::{evil}\n\tpromisor = true\n\tpartialclonefilter = blob:none\n",
        repo.sandbox.at(".git/hooks").display()
    ));
    repo.write(".git/config", config);
    std::fs::create_dir_all(repo.sandbox.at(".git/hooks")).expect("a folder");
    for hook in ["pre-commit", "post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"] {
        std::fs::copy(evil, repo.sandbox.at(".git/hooks").join(hook)).expect("a copy");
    }
    // An object is missing, which a promisor would be asked for.
    let lost = repo.sandbox.at(format!(".git/objects/{}/{}", &repo.id("HEAD~1:clean.js")[..2], &repo.id("HEAD~1:clean.js")[2..]));
    let _ = std::fs::remove_file(&marker);
    std::fs::remove_file(lost).expect("an object");
    for args in [&["."][..], &["--staged"], &["--staged", "staged", "new.js"], &["--diff", "HEAD~1"], &["--history"], &["--history", "--range", "HEAD~1..HEAD"]]
    {
        let ran = quick(&repo, args);
        assert!(ran.out.contains("new.js"), "{args:?}: exit {}: {}{}", ran.code, ran.out, ran.err);
        let ran_evil = std::fs::read_to_string(&marker).unwrap_or_default();
        assert!(ran_evil.is_empty(), "{args:?} ran {ran_evil}");
    }
    // The test can fail: git does run some of these.
    let _ = repo.try_git("", &["status"], b"");
    assert!(marker.exists(), "git itself runs what is configured");
}

#[test]
fn names_that_lead_outside_are_only_names() {
    let repo = Repo::begun();
    let outside = repo.sandbox.home();
    let raw = |id: &str| -> Vec<u8> { (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).expect("hex")).collect() };
    let entry = |mode: &str, name: &str, id: &str| [format!("{mode} {name}\0").into_bytes(), raw(id)].concat();
    let names = ["../evil.js", ".git", "..", ".", "a/b.js", "C:\\evil.js", "/etc/evil.js", "\u{1b}[31mred.js", "-rf.js", "::error::x.js", "new\nline.js"];
    let mut names: Vec<&str> = names.to_vec();
    names.sort_unstable();
    let mut tree = Vec::new();
    for (number, name) in names.iter().enumerate() {
        tree.extend(entry("100644", name, &repo.object("blob", line(number as u64).as_bytes())));
    }
    let tree = repo.object("tree", &tree);
    let commit = repo.commit_tree(&tree, &[&repo.id("HEAD")], "odd names");
    repo.git(&["update-ref", "refs/heads/odd", &commit]);
    let before = std::fs::read_dir(&outside).expect("a folder").count();
    for args in [&["--history"][..], &["--diff", "main..odd"]] {
        let report = quick(&repo, args).report();
        assert_eq!(report.findings().len(), names.len(), "{args:?}: {:#}", report.all);
        let mut values: Vec<String> = report.findings().iter().map(|finding| finding["key"]["redacted"].to_string()).collect();
        values.sort();
        values.dedup();
        assert_eq!(values.len(), names.len());
        for format in ["text", "github", "csv"] {
            let ran = repo.skout_in("", &[args, &["--format", format]].concat());
            assert!(!ran.out.contains('\u{1b}') && !ran.out.contains("\n::error::x"), "{format}: {}", ran.out);
        }
    }
    assert_eq!(std::fs::read_dir(&outside).expect("a folder").count(), before);
    // HEAD itself is such a commit: manifests are looked for in its folders.
    repo.git(&["update-ref", "HEAD", &commit]);
    assert_eq!(quick(&repo, &["--history"]).report().findings().len(), names.len());
}

/// A tree of a few kilobytes that unfolds to ten thousand million files.
#[test]
fn a_tree_that_unfolds_without_end_is_left() {
    let repo = Repo::begun();
    let blob = repo.object("blob", line(1).as_bytes());
    let mut tree = repo.git_fed("", &["mktree"], format!("100644 blob {blob}\tkey.js\n").as_bytes());
    for _ in 0..10 {
        let entries: String = (0..10).map(|name| format!("040000 tree {tree}\tf{name}\n")).collect();
        tree = repo.git_fed("", &["mktree"], entries.as_bytes());
    }
    let commit = repo.commit_tree(&tree, &[&repo.id("HEAD")], "a bomb");
    repo.git(&["update-ref", "HEAD", &commit]);
    for args in [&["--history"][..], &["--diff", "HEAD~1"], &["--history", "--range", "HEAD~1..HEAD"], &["--staged"]] {
        let ran = quick(&repo, args);
        assert!(ran.code == 1 || ran.code == 3 || args == ["--staged"], "{args:?}: exit {}: {}{}", ran.code, ran.out, ran.err);
    }
}

#[test]
#[cfg(unix)]
fn folders_that_are_links_to_the_outside_tell_nothing_of_it() {
    let repo = Repo::begun();
    let commit = repo.commit_file("side.js", line(1));
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let _ = std::fs::remove_dir_all(repo.sandbox.at(".git/logs"));
    let _ = std::fs::remove_file(repo.sandbox.at(".git/ORIG_HEAD"));
    let outside = repo.sandbox.home().join("outside");
    std::fs::create_dir_all(&outside).expect("a folder");
    std::fs::write(outside.join("commit"), format!("{commit}\n")).expect("a file");
    std::fs::write(outside.join("secret"), line(2)).expect("a file");
    std::os::unix::fs::symlink(&outside, repo.sandbox.at(".git/refs/outside")).expect("a link");
    std::os::unix::fs::symlink(outside.join("secret"), repo.sandbox.at(".git/refs/heads/secret")).expect("a link");
    std::os::unix::fs::symlink("/dev/zero", repo.sandbox.at(".git/refs/heads/zero")).expect("a link");
    let report = quick(&repo, &["--history"]).report();
    assert_eq!((report.code, &report.all["summary"]["complete"]), (3, &false.into()), "what is not followed is told: {:#}", report.all);
    let all = report.all.to_string() + &report.err;
    assert!(!all.contains(&key(2)[..20]) && !all.contains("plunk"), "{all}");
}

#[test]
fn alternates_in_a_circle_and_to_nowhere_end() {
    let repo = Repo::begun();
    repo.commit_file("new.js", line(1));
    let own = repo.sandbox.at(".git/objects");
    for text in [format!("{}\n", own.display()), "../objects\n".to_owned(), "../../.git/objects\n\n# a comment\n".to_owned()] {
        repo.write(".git/objects/info/alternates", text);
        let report = quick(&repo, &["--history"]).report();
        assert_eq!(report.places(), ["new.js:1"]);
    }
    for text in ["/nowhere/at/all\n", "/dev/zero\n", "/etc\n"] {
        repo.write(".git/objects/info/alternates", text);
        let report = quick(&repo, &["--history"]).report();
        assert_eq!(report.places(), ["new.js:1"]);
        assert!(report.code == 3 || text == "/etc\n", "{text:?}: {:#}", report.all["summary"]);
    }
}

#[test]
fn two_hundred_thousand_references_are_read() {
    let repo = Repo::begun();
    let commit = repo.commit_file("new.js", line(1));
    let (side, clean) = (repo.commit_file("side.js", line(2)), repo.commit_file("side.js", CLEAN));
    let mut text = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
    for number in 0..200_000 {
        text.push_str(&format!("{} refs/tags/t{number:06}\n", [&commit, &side, &clean][number % 3]));
    }
    repo.write(".git/packed-refs", text);
    for args in [&["--history"][..], &["--diff", "t000000..main"], &["--staged"]] {
        let ran = quick(&repo, args);
        assert_eq!(ran.code, i32::from(args != ["--staged"]), "{args:?}: {}{}", ran.out, ran.err);
    }
    let report = repo.history(&[]);
    assert_eq!(report.findings().len(), 2);
    let refs = report.findings()[0]["git"]["refs"].as_array().expect("references");
    assert!((1..=1000).contains(&refs.len()), "{} references", refs.len());
}

#[test]
fn a_long_chain_of_tags_ends() {
    let repo = Repo::begun();
    let mut target = repo.id("HEAD");
    let mut kind = "commit";
    for number in 0..300 {
        target = repo.git_fed(
            "",
            &["mktag"],
            format!("object {target}\ntype {kind}\ntag t{number}\ntagger Ada <ada@example.com> 1700000000 +0100\n\nPLUNK_SECRET_KEY={}\n", key(number))
                .as_bytes(),
        );
        kind = "tag";
    }
    repo.git(&["update-ref", "refs/tags/last", &target]);
    let report = quick(&repo, &["--history"]).report();
    assert_eq!((report.code, report.findings().len()), (1, 300));
    assert_eq!(quick(&repo, &["--diff", "HEAD..last"]).report().findings().len(), 300);
}
