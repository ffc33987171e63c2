//! Stores that are damaged: what is lost is counted and said, whatever else is there is reported, and nothing panics.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::{CLEAN, Repo, key, line};
use crate::sandbox::{Report, Run};

/// Longer than any of these takes on a busy machine.
const QUICK: Duration = Duration::from_secs(120);

/// Runs a scan that must end soon, without a panic.
#[track_caller]
pub(super) fn quick(repo: &Repo, args: &[&str]) -> Run {
    let started = Instant::now();
    let ran = repo.skout_in("", &[args, &["--format", "json"]].concat());
    assert!(started.elapsed() < QUICK, "{args:?} took {:?}", started.elapsed());
    assert!((0..=3).contains(&ran.code), "{args:?}: exit {}: {}", ran.code, ran.err);
    assert!(!ran.err.contains("panicked") && !ran.err.contains("RUST_BACKTRACE"), "{args:?}: {}", ran.err);
    ran
}

/// Holds that a run either refused with a sentence or said that it is incomplete; the report if there is one.
#[track_caller]
fn told(ran: Run) -> Option<Report> {
    if ran.code == 2 {
        assert!(ran.err.contains("error") && ran.err.contains("help"), "{}", ran.err);
        return None;
    }
    let report = ran.report();
    assert_eq!((report.code, &report.all["summary"]["complete"]), (3, &false.into()), "{:#}", report.all);
    assert!(report.skips().iter().any(|skip| skip.ends_with("(lost)")), "{:#}", report.all["summary"]);
    Some(report)
}

/// The only file of the pack folder with such an end.
fn packed(repo: &Repo, end: &str) -> PathBuf {
    let entries = std::fs::read_dir(repo.sandbox.at(".git/objects/pack")).expect("a folder").filter_map(Result::ok).map(|entry| entry.path());
    let found: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|found| found == end)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

/// Writes over a file that git made read-only.
fn overwrite(path: &Path, bytes: &[u8]) {
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).expect("a file");
}

/// The file of a loose object.
fn loose(repo: &Repo, id: &str) -> PathBuf {
    repo.sandbox.at(format!(".git/objects/{}/{}", &id[..2], &id[2..]))
}

/// Three commits with keys that come and go, in one pack with deltas.
fn one_pack() -> Repo {
    let repo = Repo::new();
    let long: String = (0..60).map(|at| format!("const line{at} = {};\n", at * 7919)).collect();
    for version in 0..4 {
        repo.write("long.js", format!("// {version}\n{long}{}{long}", if version % 2 == 0 { CLEAN.to_owned() } else { line(version) }));
        repo.write(format!("deep/{version}.js"), line(10 + version));
        repo.commit(&format!("version {version}, PLUNK_SECRET_KEY={}", key(20 + version)));
    }
    repo.git(&["rm", "-q", "deep/1.js"]);
    repo.commit("gone");
    repo.git(&["repack", "-q", "-adf"]);
    repo.git(&["prune-packed", "-q"]);
    repo
}

fn prints(report: &Report) -> Vec<String> {
    let mut all: Vec<String> = report.findings().iter().map(|finding| finding["fingerprint"].to_string()).collect();
    all.sort();
    all
}

#[test]
fn a_pack_that_ends_early_is_said() {
    let repo = one_pack();
    let path = packed(&repo, "pack");
    let whole = std::fs::read(&path).expect("a pack");
    for part in [0, 1, 11, 12, 13, whole.len() / 4, whole.len() / 2, whole.len() - 21, whole.len() - 1] {
        overwrite(&path, &whole[..part]);
        told(quick(&repo, &["--history"]));
        for args in [&["--diff", "HEAD~1"][..], &["--staged"]] {
            let ran = quick(&repo, args);
            assert!(ran.code == 2 || ran.code == 3, "{part} bytes: {args:?}: exit {}: {}{}", ran.code, ran.out, ran.err);
        }
    }
    std::fs::remove_file(&path).expect("a file");
    told(quick(&repo, &["--history"]));
}

/// Whatever bit turns, either the findings are those of the whole store, or the loss is told.
#[track_caller]
fn turned_bits_are_noticed(end: &str, steps: usize) {
    let repo = one_pack();
    let whole = prints(&repo.history(&[]).exits(1));
    assert_eq!(whole.len(), 10, "{whole:?}");
    let path = packed(&repo, end);
    let bytes = std::fs::read(&path).expect("a file");
    for step in 0..steps {
        let at = bytes.len() * step / steps;
        let mut turned = bytes.clone();
        turned[at] ^= 1 << (step % 8);
        overwrite(&path, &turned);
        let ran = quick(&repo, &["--history"]);
        if ran.code != 2 {
            let report = ran.report();
            let is_whole = prints(&report) == whole && report.code == 1;
            assert!(is_whole || report.code == 3, "bit {} of byte {at} of {} in the {end}: exit {}: {:#}", step % 8, bytes.len(), report.code, report.all);
        }
    }
}

#[test]
fn a_turned_bit_of_a_pack_is_noticed() {
    turned_bits_are_noticed("pack", 120);
}

#[test]
fn a_turned_bit_of_a_pack_index_is_noticed() {
    turned_bits_are_noticed("idx", 120);
}

#[test]
fn an_index_of_a_pack_that_is_no_index_is_said() {
    let repo = one_pack();
    let path = packed(&repo, "idx");
    let whole = std::fs::read(&path).expect("an index");
    let mut wide = whole.clone();
    // A fan-out that promises four thousand million objects.
    wide[8..8 + 1024].fill(0xff);
    for bytes in [&b""[..], b"\xfftOc", &whole[..8], &whole[..1032], &whole[..whole.len() / 2], &wide, &[0; 4096]] {
        overwrite(&path, bytes);
        told(quick(&repo, &["--history"]));
    }
    std::fs::remove_file(&path).expect("a file");
    told(quick(&repo, &["--history"]));
}

#[test]
fn a_loose_object_that_is_cut_or_no_object_is_said() {
    let repo = Repo::begun();
    repo.commit_file("other.js", line(2));
    repo.commit_file("new.js", line(1));
    for revision in ["HEAD:new.js", "HEAD^{tree}", "HEAD", "HEAD~1", "HEAD~1^{tree}"] {
        let path = loose(&repo, &repo.id(revision));
        let whole = std::fs::read(&path).expect("an object");
        let deflated = |bytes: &[u8]| {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("bytes to write")
        };
        let mut variants = vec![Vec::new(), whole[..1].to_vec(), whole[..whole.len() / 2].to_vec(), whole[..whole.len() - 1].to_vec(), vec![0x78; 64]];
        variants.extend([
            deflated(b""),
            deflated(b"blob"),
            deflated(b"blob 99999999999999999999999\0x"),
            deflated(b"blob 18446744073709551615\0x"),
            deflated(b"blob -1\0x"),
            deflated(b"blob 5\0four"),
            deflated(b"nothing 1\0x"),
        ]);
        for (number, bytes) in variants.into_iter().enumerate() {
            overwrite(&path, &bytes);
            let ran = quick(&repo, &["--history"]);
            assert!(ran.code == 2 || ran.code == 3, "{revision}, variant {number}: exit {}: {}{}", ran.code, ran.out, ran.err);
            told(ran);
            let ran = quick(&repo, &["--diff", "HEAD~2"]);
            // The last byte is of a checksum: the text is whole without it. And the middle of a range may be in no need of its tree.
            let is_whole = ran.code == 1 && ran.out.matches("\"rule\"").count() == 2;
            assert!(ran.code == 2 || ran.code == 3 || is_whole, "{revision}, variant {number}: exit {}: {}{}", ran.code, ran.out, ran.err);
        }
        overwrite(&path, &whole);
    }
    assert_eq!(repo.history(&[]).exits(1).findings().len(), 2, "all is as before");
}

#[test]
fn whatever_object_is_missing_the_loss_is_told() {
    let repo = Repo::begun();
    repo.write("deep/er/gone.js", line(1));
    repo.commit("a key");
    repo.git(&["rm", "-q", "deep/er/gone.js"]);
    repo.commit_file("kept.js", line(2));
    for (revision, path) in [
        ("HEAD~1:deep/er/gone.js", "deep/er/gone.js"),
        ("HEAD~1:deep/er", "deep/er"),
        ("HEAD~1:deep", "deep"),
        ("HEAD~1^{tree}", "blob:"),
        ("HEAD~1", "commit:"),
        ("HEAD:kept.js", "kept.js"),
        ("HEAD^{tree}", "blob:"),
        ("HEAD", ""),
    ] {
        let file = loose(&repo, &repo.id(revision));
        let whole = std::fs::read(&file).expect("an object");
        std::fs::remove_file(&file).expect("an object");
        if let Some(report) = told(quick(&repo, &["--history"])) {
            report.lost(path, "missing");
        }
        told(quick(&repo, &["--diff", "HEAD~2"]));
        std::fs::write(&file, whole).expect("an object");
    }
    assert_eq!(repo.history(&[]).exits(1).findings().len(), 2);
}

/// Two deltas, each of which is made from the other.
#[test]
fn deltas_in_a_circle_end() {
    let repo = Repo::begun();
    let ids = [[0xaa_u8; 20], [0xbb; 20]];
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x02".to_vec();
    let mut offsets = Vec::new();
    for base in [ids[1], ids[0]] {
        offsets.push(u32::try_from(pack.len()).expect("a small pack"));
        // A delta of eight bytes: from five bytes to five, which it inserts.
        pack.push(7 << 4 | 8);
        pack.extend(base);
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        pack.extend(encoder.write_all(b"\x05\x05\x05hello").and_then(|()| encoder.finish()).expect("bytes to write"));
    }
    pack.extend([0; 20]);
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255_u8 {
        index.extend(u32::to_be_bytes(ids.iter().filter(|id| id[0] <= first).count() as u32));
    }
    index.extend(ids.concat());
    index.extend([0; 8]);
    index.extend(offsets.iter().flat_map(|offset| offset.to_be_bytes()));
    index.extend([0; 40]);
    repo.write("kept.js", line(1));
    repo.git(&["add", "kept.js"]);
    let entries = format!("100644 blob {}\tcircle.js\n100644 blob {}\tkept.js\n", "aa".repeat(20), repo.id(":kept.js"));
    let tree = repo.git_fed("", &["mktree", "--missing"], entries.as_bytes());
    let commit = repo.commit_tree(&tree, &[&repo.id("HEAD")], "a circle");
    repo.git(&["update-ref", "HEAD", &commit]);
    // The last thing that git has to see here: it fails over such a pack.
    repo.write(".git/objects/pack/pack-1111111111111111111111111111111111111111.pack", pack);
    repo.write(".git/objects/pack/pack-1111111111111111111111111111111111111111.idx", index);
    for args in [&["--history"][..], &["--history", "--unreachable"], &["--diff", "HEAD~1"]] {
        let report = told(quick(&repo, args)).expect("a report");
        assert_eq!(report.places(), ["kept.js:1"], "{args:?}: {:#}", report.all);
    }
}

#[test]
fn references_that_name_nothing_are_told() {
    let absent = "0123456789abcdef0123456789abcdef01234567";
    for (name, text) in [
        ("refs/heads/absent", format!("{absent}\n")),
        ("refs/heads/noise", "no id at all\n".to_owned()),
        ("refs/heads/empty", String::new()),
        ("refs/heads/zeros", "\0".repeat(41)),
        ("refs/heads/circle", "ref: refs/heads/circle\n".to_owned()),
        ("packed-refs", format!("# pack-refs with: peeled fully-peeled sorted \n{absent} refs/heads/packed\n")),
        ("packed-refs", "nothing of the sort\n".to_owned()),
    ] {
        let repo = Repo::new();
        repo.commit_file("new.js", line(1));
        repo.write(format!(".git/{name}"), text);
        let report = told(quick(&repo, &["--history"])).unwrap_or_else(|| panic!("{name}: no report"));
        assert_eq!(report.places(), ["new.js:1"], "{name}: what is there is reported");
    }
    // HEAD itself.
    for text in [format!("{absent}\n"), "noise\n".to_owned(), "ref: HEAD\n".to_owned()] {
        let repo = Repo::new();
        repo.commit_file("new.js", line(1));
        repo.write(".git/HEAD", &text);
        for args in [&["--staged"][..], &["--history"]] {
            let ran = quick(&repo, args);
            assert!(ran.code == 2 || ran.code == 3, "HEAD holds {text:?}: {args:?}: exit {}: {}{}", ran.code, ran.out, ran.err);
        }
    }
}

#[test]
fn replacements_in_a_circle_end() {
    let repo = Repo::begun();
    repo.commit_file("new.js", line(1));
    let (one, two) = (repo.id("HEAD"), repo.id("HEAD~1"));
    repo.git(&["update-ref", &format!("refs/replace/{one}"), &two]);
    repo.git(&["update-ref", &format!("refs/replace/{two}"), &one]);
    // git itself gives up on these.
    assert_ne!(repo.try_git("", &["log", "-1"], b"").code, 0);
    for args in [&["--history"][..], &["--history", "--unreachable"]] {
        let report = quick(&repo, args).report();
        assert_eq!((report.code, report.places()), (1, vec!["new.js:1".to_owned()]), "{args:?}: {:#}", report.all);
    }
    let ran = quick(&repo, &["--diff", &format!("{two}..{one}")]);
    assert!(ran.code == 1 || ran.code == 2, "{}{}", ran.out, ran.err);
}
