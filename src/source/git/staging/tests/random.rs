//! Random trees and random edits of the index.

use super::*;
use crate::source::git::tree::{EXECUTABLE, FILE, SUBMODULE, SYMLINK};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % sides
    }

    /// Names that stand close to each other in the order of trees, in folders up to three deep.
    fn path(&mut self) -> String {
        let names = ["a", "a.b", "a-", "a0", "b", "ab"];
        (0..=self.roll(4)).map(|_| names[self.roll(names.len())]).collect::<Vec<_>>().join("/")
    }

    /// Lines for `git update-index --index-info`: additions, changes and deletions of files whose blobs nobody needs.
    fn edits(&mut self, count: usize) -> String {
        let line = |_| {
            let (mode, path) = ([FILE, FILE, EXECUTABLE, SYMLINK, SUBMODULE, 0][self.roll(6)], self.path());
            format!("{mode:06o} {}\t{path}\n", format!("{:x}", if mode == 0 { 0 } else { self.roll(3) + 1 }).repeat(40))
        };
        (0..count).map(line).collect()
    }
}

#[test]
fn random_trees_and_edits_give_what_git_says() {
    let mut dice = Dice(0x5eed_0004);
    let repository = Repository::new();
    let mut changes = 0;
    for round in 0..25 {
        let count = 1 + dice.roll(60);
        repository.git(&["read-tree", "--empty"]);
        repository.git(&["update-index", "--index-version", ["2", "4"][dice.roll(2)]]);
        repository.git_with(&["update-index", "--replace", "--index-info"], &dice.edits(count));
        let tree = String::from_utf8(repository.git(&["write-tree", "--missing-ok"])).expect("an id");
        let commit = String::from_utf8(repository.git(&["commit-tree", "-m", "random", tree.trim_end()])).expect("an id");
        repository.git(&["update-ref", "HEAD", commit.trim_end()]);
        if dice.roll(4) == 0 {
            repository.git(&["update-index", "--split-index"]);
        }
        let count = dice.roll(8);
        repository.git_with(&["update-index", "--replace", "--index-info"], &dice.edits(count));
        // Now and then the cached tree knows trees that HEAD has not.
        if dice.roll(3) == 0 {
            repository.git(&["write-tree", "--missing-ok"]);
            let count = dice.roll(3);
            repository.git_with(&["update-index", "--replace", "--index-info"], &dice.edits(count));
        }
        let staged = repository.check();
        changes += staged.changes.len() + staged.submodules.len();
        let listed = repository.git(&["ls-files", "-s"]).split(|byte| *byte == b'\n').count() - 1;
        assert_eq!(staged.total_entries, listed, "round {round}");
    }
    assert!(changes > 60, "{changes} changes try too little");
}
