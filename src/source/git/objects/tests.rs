//! Stores made by `git` against what `git cat-file` says, and stores that are broken on purpose.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::fuzzing::{Collector, check_packs, check_store};
use super::super::pack::build::{Builder, Code};
use super::*;
use crate::source::git::VisitOptions;

const KINDS: [Kind; 4] = [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag];

fn git(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new("git");
    // The path of the build: nothing outside `cli` reads the environment while it runs, and tests keep to that as well.
    command.env_clear().envs(option_env!("PATH").map(|path| ("PATH", path)));
    command.env("HOME", folder).env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@b.c").env(format!("GIT_{who}_DATE"), "1700000000 +0000");
    }
    let output = command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn dir(folder: &Path, hash: Hash) -> GitDir {
    let git_dir = folder.join(".git");
    let (common_dir, index_file) = (git_dir.clone(), git_dir.join("index"));
    GitDir { git_dir, common_dir, work_tree: Some(folder.to_owned()), index_file, hash, partial: false, extra_objects: Vec::new() }
}

/// Versions of two files, committed one by one.
fn commit_versions(folder: &Path, versions: std::ops::Range<u32>) {
    for version in versions {
        for file in 0..2u32 {
            let lines: Vec<String> =
                (0..400).map(|line| format!("line {line} of {file}: {}\n", if line % 40 == version % 40 { version } else { line * 7 })).collect();
            std::fs::write(folder.join(format!("file{file}")), lines.concat()).expect("a file");
        }
        git(folder, &["add", "."]);
        git(folder, &["commit", "-qm", &format!("version {version}")]);
    }
}

type Everything = BTreeMap<ObjectId, (Kind, Vec<u8>)>;

fn by_git(folder: &Path) -> Everything {
    let out = git(folder, &["cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"]);
    let mut all = BTreeMap::new();
    let mut rest = &out[..];
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').expect("a header");
        let words: Vec<&str> = std::str::from_utf8(&rest[..end]).expect("a header").split(' ').collect();
        let size: usize = words[2].parse().expect("a size");
        let id = ObjectId::from_hex(words[0].as_bytes()).expect("an id");
        let kind = Kind::from_word(words[1].as_bytes()).expect("a kind");
        assert!(all.insert(id, (kind, rest[end + 1..end + 1 + size].to_vec())).is_none());
        rest = &rest[end + size + 2..];
    }
    all
}

/// Holds a store against git in every way of reading; returns visits with copies, and passes.
fn check(folder: &Path, hash: Hash) -> (usize, usize) {
    let objects = Objects::open(&dir(folder, hash), &[]).expect("a store");
    assert_eq!(objects.problems(), []);
    let expected = by_git(folder);
    let mut counts = (0, 0);
    for threads in [1, 3] {
        let mut met = BTreeMap::new();
        counts = (0, 0);
        for visitor in objects.visit_all(&KINDS, threads, &VisitOptions::default(), Collector::default) {
            counts = (counts.0 + visitor.copied, counts.1 + visitor.passed);
            for (id, found) in visitor.met {
                assert!(met.insert(id, found.expect("a whole object")).is_none(), "{id} was visited twice");
            }
        }
        assert!(met == expected, "{} of {} objects", met.len(), expected.len());
    }
    let mut reader = objects.reader();
    for (id, object) in &expected {
        assert_eq!(reader.read(id, 1 << 20).as_ref(), Ok(object), "{id}");
        assert_eq!(objects.header(id), Ok((object.0, object.1.len() as u64)));
        assert!(objects.has(id));
        assert_eq!(objects.find_prefix(&id.to_string()[..20]), [*id]);
        let mut streamed = Vec::new();
        let header = objects.stream(id, &mut |stream| drop(stream.read_to_end(&mut streamed)));
        assert_eq!((header, streamed), (Ok((object.0, object.1.len() as u64)), object.1.clone()));
        if !object.1.is_empty() {
            assert_eq!(objects.read(id, object.1.len() as u64 - 1), Err(Trouble::TooLarge(object.1.len() as u64)));
        }
    }
    let blobs = objects.visit_all(&[Kind::Blob], 1, &VisitOptions::default(), Collector::default);
    assert_eq!(blobs[0].met.len(), expected.values().filter(|object| object.0 == Kind::Blob).count());
    counts
}

fn new_repository(hash: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    git(folder.path(), &["init", "-q", &format!("--object-format={hash}")]);
    folder
}

#[test]
fn every_shape_of_store_equals_git() {
    for (name, hash) in [("sha1", Hash::Sha1), ("sha256", Hash::Sha256)] {
        let folder = new_repository(name);
        let at = folder.path();
        assert_eq!(check(at, hash), (0, 0));
        commit_versions(at, 0..12);
        git(at, &["tag", "-a", "v1", "-m", "a tag"]);
        assert_eq!(check(at, hash), (0, 0), "all are loose");
        git(at, &["repack", "-adfq"]);
        let (copied, _) = check(at, hash);
        assert!(copied > 15, "{copied} deltas by offset");
        git(at, &["-c", "repack.useDeltaBaseOffset=false", "-c", "pack.indexVersion=1", "repack", "-adfq"]);
        assert!(check(at, hash).0 > 15, "deltas by id, in a pack with an old index");
        // A second pack with more, a third with all of the first two, and loose objects of which one is packed too.
        commit_versions(at, 12..20);
        git(at, &["repack", "-dq"]);
        let all = git(at, &["rev-list", "--objects", "--all"]);
        let list = at.join("list");
        std::fs::write(&list, all).expect("a file");
        let command = format!("cut -d' ' -f1 {0} | git -C {1} pack-objects -q {1}/.git/objects/pack/pack", list.display(), at.display());
        assert!(Command::new("sh").arg("-c").arg(command).stdout(Stdio::null()).status().expect("sh runs").success());
        commit_versions(at, 20..23);
        let (copied, passed) = check(at, hash);
        assert!(copied > 30, "{copied}, {passed}");
        assert_eq!(Objects::open(&dir(at, hash), &[]).expect("a store").packs.len(), 3);

        let shared = tempfile::tempdir().expect("a folder");
        let clone = shared.path().join("clone");
        git(shared.path(), &["clone", "-q", "--shared", &at.to_string_lossy(), "clone"]);
        commit_versions(&clone, 30..33);
        assert!(check(&clone, hash).0 > 30, "with an alternate");
        git(&clone, &["repack", "-dlq"]);
        check(&clone, hash);
        // The other repository is found by an extra folder as well.
        std::fs::remove_file(clone.join(".git/objects/info/alternates")).expect("it was there");
        let extra = [at.join(".git/objects")];
        let objects = Objects::open(&dir(&clone, hash), &extra).expect("a store");
        assert!(by_git(at).keys().all(|id| objects.has(id)));
    }
}

#[test]
fn what_is_broken_is_told() {
    let folder = new_repository("sha1");
    let at = folder.path();
    commit_versions(at, 0..20);
    git(at, &["repack", "-adfq"]);
    let store = dir(at, Hash::Sha1);
    let packs = at.join(".git/objects/pack");
    let index = std::fs::read_dir(&packs)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "idx"));
    let index = index.expect("an index");
    let pack = index.with_extension("pack");
    let whole = std::fs::read(&pack).expect("a pack");
    let expected = by_git(at);
    let visit = || {
        let objects = Objects::open(&store, &[]).expect("a store");
        let met: Vec<_> = objects.visit_all(&KINDS, 2, &VisitOptions::default(), Collector::default).into_iter().flat_map(|visitor| visitor.met).collect();
        (objects.problems().len(), met)
    };
    let rewrite = |bytes: &[u8]| {
        std::fs::remove_file(&pack).expect("it was there");
        std::fs::write(&pack, bytes).expect("a file");
    };
    // A byte in the middle of each part: every object is visited with its bytes or lost, and nothing is silent.
    let mut lost = 0;
    for part in 1..40 {
        let mut bytes = whole.clone();
        bytes[12 + (whole.len() - 40) * part / 40] ^= 0x55;
        rewrite(&bytes);
        let (problems, met) = visit();
        assert_eq!((problems, met.len()), (0, expected.len()));
        for (id, found) in met {
            lost += usize::from(found.is_err());
            assert!(found.is_err() || found.as_ref().ok() == expected.get(&id), "{id}");
        }
    }
    assert!(lost > 39, "{lost}");
    // With another copy of all, nothing is lost.
    let other = tempfile::tempdir().expect("a folder");
    git(at, &["init", "-q", "--bare", &other.path().to_string_lossy()]);
    rewrite(&whole);
    let command = format!("git -C {} unpack-objects -q < {}", other.path().display(), pack.display());
    assert!(Command::new("sh").arg("-c").arg(command).status().expect("sh runs").success());
    let mut bytes = whole.clone();
    (1..30).for_each(|part| bytes[12 + (whole.len() - 40) * part / 40] ^= 0x55);
    rewrite(&bytes);
    let objects = Objects::open(&store, &[other.path().join("objects")]).expect("a store");
    let met: BTreeMap<_, _> = objects.visit_all(&KINDS, 2, &VisitOptions::default(), Collector::default).into_iter().flat_map(|visitor| visitor.met).collect();
    assert!(met.len() == expected.len() && met.iter().all(|(id, found)| found.as_ref().ok() == expected.get(id)));
    assert!(expected.iter().all(|(id, object)| objects.read(id, 1 << 20).as_ref() == Ok(object)));

    // Cut off, of another version, without an index, with an index of something else, and what git downloads just now.
    rewrite(&whole[..whole.len() / 2]);
    assert_eq!(visit(), (1, Vec::new()));
    rewrite(&[&whole[..7], &[9], &whole[8..]].concat());
    assert_eq!(visit().0, 1);
    rewrite(&whole);
    std::fs::copy(&pack, packs.join("tmp_pack_abc.pack")).expect("a copy");
    assert_eq!(visit().0, 0);
    std::fs::copy(&pack, packs.join("pack-abc.pack")).expect("a copy");
    assert_eq!(visit().0, 1);
    std::fs::write(index.with_file_name("pack-def.idx"), b"nothing").expect("a file");
    assert_eq!(visit().0, 2);
    assert!(!Objects::open(&store, &[]).expect("a store").has_promisor_packs());
    std::fs::write(index.with_extension("promisor"), b"").expect("a file");
    assert!(Objects::open(&store, &[]).expect("a store").has_promisor_packs());
}

fn id(number: u8) -> ObjectId {
    ObjectId::from_bytes(&[number; 20]).expect("an id")
}

/// Visits packs in memory; gives what was found, in the order of ids.
fn visit(packs: Vec<Builder>, max_size: u64) -> Vec<(u8, Result<Vec<u8>, Trouble>)> {
    let objects = Objects::of_packs(packs.into_iter().map(|pack| pack.finish().expect("a pack")).collect(), Hash::Sha1);
    let visitors = objects.visit_all(&KINDS, 2, &VisitOptions { max_size }, Collector::default);
    let mut met: Vec<_> = visitors.into_iter().flat_map(|visitor| visitor.met).map(|(id, found)| (id.as_bytes()[0], found.map(|found| found.1))).collect();
    met.sort_by_key(|found| found.0);
    let mut ids: Vec<ObjectId> = met.iter().map(|found| id(found.0)).collect();
    ids.dedup();
    if max_size > 1 << 15 {
        check_store(&objects, &ids, true);
    }
    met
}

/// Adds `b` to a base of one byte, or of two and so on.
fn append(base: u8) -> Vec<u8> {
    vec![base, base + 1, 0x90, base, 1, b'b']
}

#[test]
fn odd_packs() {
    let lost = |found: &Result<Vec<u8>, Trouble>| matches!(found, Err(Trouble::Corrupt(_)));
    // A base after its delta, a delta of one in another pack, and one whose base is nowhere.
    let mut first = Builder::new(Hash::Sha1);
    first.add(id(1), Code::Id(id(2)), &append(2), None);
    first.add(id(2), Code::Id(id(3)), &append(1), None);
    first.add(id(3), Code::Whole(3), b"a", None);
    first.add(id(4), Code::Id(id(9)), &append(1), None);
    first.add(id(5), Code::Id(id(77)), &append(1), None);
    first.add(id(6), Code::Id(id(5)), &append(1), None);
    let mut second = Builder::new(Hash::Sha1);
    let base = second.add(id(9), Code::Whole(3), b"x", None);
    second.add(id(10), Code::Offset(base), &append(1), None);
    // The same object once more, with a delta of its own.
    second.add(id(3), Code::Whole(3), b"a", None);
    second.add(id(11), Code::Id(id(3)), &append(1), None);
    let met = visit(vec![first, second], 1 << 16);
    let texts: Vec<(u8, &[u8])> = met.iter().filter_map(|(id, found)| Some((*id, &found.as_ref().ok()?[..]))).collect();
    assert_eq!(texts, [(1, &b"abb"[..]), (2, b"ab"), (3, b"a"), (4, b"xb"), (9, b"x"), (10, b"xb"), (11, b"ab")]);
    assert_eq!(met.iter().filter(|(_, found)| lost(found)).map(|(id, _)| *id).collect::<Vec<_>>(), [5, 6]);

    // Circles, of two and of one, and what hangs on them.
    let mut circle = Builder::new(Hash::Sha1);
    circle.add(id(1), Code::Id(id(2)), &append(1), None);
    circle.add(id(2), Code::Id(id(1)), &append(1), None);
    let alone = circle.add(id(3), Code::Id(id(3)), &append(1), None);
    circle.add(id(4), Code::Offset(alone), &append(1), None);
    circle.add(id(5), Code::Whole(1), b"commit", None);
    let met = visit(vec![circle], 1 << 16);
    assert!(met.len() == 5 && met[..4].iter().all(|(_, found)| lost(found)) && met[4].1.is_ok(), "{met:?}");

    // Sizes that lie, a wrong offset, two ids for one place.
    let mut lies = Builder::new(Hash::Sha1);
    lies.add(id(1), Code::Whole(3), b"abc", Some(2));
    lies.add(id(2), Code::Whole(3), b"abc", Some(4));
    lies.add(id(3), Code::Whole(3), b"abc", Some(40_000));
    lies.add(id(4), Code::Whole(3), b"abc", Some(u64::MAX));
    let twice = lies.add(id(5), Code::Whole(3), b"abc", None);
    lies.entries.push((id(6), twice));
    lies.entries.push((id(7), 1 << 40));
    lies.entries.push((id(8), 3));
    let met = visit(vec![lies], 1 << 16);
    assert_eq!(met.iter().map(|(_, found)| lost(found)).collect::<Vec<_>>(), [true, true, true, false, false, true, true, true], "{met:?}");
    assert_eq!((&met[3].1, &met[4].1), (&Err(Trouble::TooLarge(u64::MAX)), &Ok(b"abc".to_vec())));
}

#[test]
fn large_objects_are_not_decoded() {
    let mut pack = Builder::new(Hash::Sha1);
    let base = pack.add(id(1), Code::Whole(3), &[b'a'; 900], None);
    pack.add(id(2), Code::Offset(base), &[0x84, 0x07, 5, 0x90, 5], None);
    pack.add(id(3), Code::Whole(3), b"small", None);
    // 5 bytes of `small` become 800.
    let mut grows = vec![5, 0xa0, 0x06];
    (0..160).for_each(|_| grows.extend([0x90, 5]));
    pack.add(id(4), Code::Id(id(3)), &grows, None);
    let met = visit(vec![pack], 400);
    assert_eq!(met[0], (1, Err(Trouble::TooLarge(900))));
    assert!(met[1].1.is_err(), "its base is too large");
    assert_eq!((&met[2].1, &met[3].1), (&Ok(b"small".to_vec()), &Err(Trouble::TooLarge(800))));
}

#[test]
fn a_long_chain_takes_no_stack() {
    let mut pack = Builder::new(Hash::Sha1);
    let mut ids: Vec<ObjectId> = Vec::new();
    let mut last = 0;
    for number in 0..12_000u32 {
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        let id = ObjectId::from_bytes(&bytes).expect("an id");
        last = match number {
            0 => pack.add(id, Code::Whole(3), b"a", None),
            _ => pack.add(id, Code::Offset(last), &[1, 1, 0x90, 1], None),
        };
        ids.push(id);
    }
    let objects = Objects::of_packs(vec![pack.finish().expect("a pack")], Hash::Sha1);
    let visitors = objects.visit_all(&KINDS, 1, &VisitOptions::default(), Collector::default);
    assert_eq!(visitors[0].met.iter().filter(|(_, found)| found.is_ok()).count(), ids.len());
    assert!(objects.read(&ids[9_000], 9).is_ok());
    assert!(matches!(objects.read(&ids[11_000], 9), Err(Trouble::Corrupt(_))));
}

#[test]
fn chance_makes_no_panic() {
    let mut state = 1u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    for _ in 0..400 {
        let len = usize::from(next()) * 2;
        let bytes: Vec<u8> = (0..len).map(|_| next()).collect();
        check_packs(&bytes);
    }
}
