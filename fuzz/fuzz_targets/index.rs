//! Any bytes as an index file, with a shared index and with trees.
//!
//! The input is the index; behind each `\0SPLIT\0` comes first the shared index, then trees, whose ids are forty times
//! their number's digit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::source::git::{Hash, ObjectId, Trouble, changes, staged_of_bytes};

fuzz_target!(|bytes: &[u8]| {
    let mut parts = Vec::new();
    let mut rest = bytes;
    const SEAM: &[u8] = b"\0SPLIT\0";
    while let Some(at) = rest.windows(SEAM.len()).position(|window| window == SEAM) {
        parts.push(&rest[..at]);
        rest = &rest[at + SEAM.len()..];
    }
    parts.push(rest);
    let index = parts[0];
    let shared = parts.get(1).copied().unwrap_or_default();
    let trees = parts.get(2..).unwrap_or_default();
    // Small numbers of reads are enough for trees that name each other without end.
    let mut reads = 0;
    let mut read = |id: &ObjectId| {
        reads += 1;
        let number = usize::from(id.as_bytes()[0] % 16);
        if reads > 200 { Err(Trouble::Missing) } else { trees.get(number).map(|tree| tree.to_vec()).ok_or(Trouble::Missing) }
    };
    for (hash, size) in [(Hash::Sha1, 20), (Hash::Sha256, 32)] {
        let id = |byte: u8| ObjectId::from_bytes(&[byte; 32][..size]);
        for head in [None, id(0)] {
            match staged_of_bytes(index, shared, hash, head, &mut read) {
                Ok(staged) => {
                    for change in staged.changes.iter().chain(&staged.submodules) {
                        assert!(change.old != change.new && !change.path.is_empty());
                    }
                    assert!(head.is_some() || staged.changes.iter().all(|change| change.old.is_none()));
                }
                Err(error) => assert!(!error.to_string().is_empty() && error.help_text().is_some()),
            }
        }
        for change in changes(id(0), id(1), &mut read).changes {
            assert!(change.old != change.new);
        }
    }
});
