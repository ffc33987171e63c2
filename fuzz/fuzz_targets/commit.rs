//! Any bytes as a commit, a tag, a signature and files of references; and histories of any shape.
#![no_main]

use std::collections::HashMap;

use libfuzzer_sys::fuzz_target;
use skout::source::git::{ABSENT, Commit, Commits, Graph, Hash, Kind, ObjectId, Range, Signature, Tag, Trouble, fuzzing};

fuzz_target!(|bytes: &[u8]| {
    let commit = Commit::parse(bytes);
    assert!(commit.header.len() + commit.message.len() <= bytes.len());
    let _ = (commit.decode(commit.message), commit.decode(bytes));
    let tag = Tag::parse(bytes);
    let signatures = [commit.author, commit.committer, tag.tagger, Some(Signature::parse(bytes))];
    for signature in signatures.into_iter().flatten() {
        let time = signature.rfc3339();
        assert!(time.len() == 25 && time.is_ascii(), "{time}");
    }
    for hash in [Hash::Sha1, Hash::Sha256] {
        fuzzing::read_lines(bytes, hash);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Range::parse(text);
    }
    history(bytes);
});

/// A byte that says whether circles may be; a byte for each commit's time, then one for each parent until one is even.
fn history(bytes: &[u8]) {
    let id = |byte: u8| ObjectId::from_bytes(&[byte; 20]).expect("20 bytes");
    let mut objects: HashMap<ObjectId, Vec<u8>> = HashMap::new();
    let Some((first, mut rest)) = bytes.split_first() else { return };
    let (circles, mut number) = (first % 2 == 1, 0u8);
    while let Some((time, after)) = rest.split_first()
        && number < 64
    {
        let mut text = format!("tree {}\n", id(255));
        rest = after;
        while let Some((parent, after)) = rest.split_first() {
            rest = after;
            let older = if circles { parent / 2 } else { (parent / 2).checked_rem(number).unwrap_or(254) };
            text.push_str(&format!("parent {}\n", id(older)));
            if parent % 2 == 0 {
                break;
            }
        }
        text.push_str(&format!("committer A <b> {} +0000\n\nx", u64::from(*time) * 40_000));
        objects.insert(id(number), text.into_bytes());
        number += 1;
    }
    let read = |id: &ObjectId| objects.get(id).map(|bytes| (Kind::Commit, bytes.clone())).ok_or(Trouble::Missing);
    let (start, hidden) = (id(number.saturating_sub(1)), id(number / 2));
    let walked = Commits::new(read, &[]).walk(&[start], &[hidden]);
    let whole = Graph::from_commits(objects.iter().map(|(id, bytes)| (*id, bytes.as_slice())));
    let reached = whole.reachable(&[start], &[hidden]);
    for (at, node) in (0..).zip(whole.nodes()) {
        let in_range = walked.graph.find(&node.id).is_some_and(|at| at as usize >= walked.edge);
        assert_eq!(in_range, reached[at as usize], "{node:?}");
        assert!(whole.parents(at).iter().all(|parent| *parent == ABSENT || (*parent as usize) < whole.nodes().len()));
    }
    let mut commits = Commits::new(read, &[]);
    for base in commits.merge_bases(&start, &hidden) {
        // In a circle each commit is an ancestor of each, and no answer is right.
        assert!(circles || commits.is_ancestor(&base, &start) && commits.is_ancestor(&base, &hidden));
    }
}
