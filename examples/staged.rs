//! Prints what is staged in a repository, for measuring: `cargo run --release --example staged -- [DIR]`

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use skout::source::git::{GitDir, ObjectId, Objects, Staged};

fn main() {
    let start = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let dir = GitDir::discover(start.as_ref()).unwrap();
    let repository = git2::Repository::open(&dir.git_dir).unwrap();
    let head = repository.head().ok().and_then(|head| head.peel_to_tree().ok()).and_then(|tree| ObjectId::from_bytes(tree.id().as_bytes()));
    let objects = Objects::open(&dir).unwrap();
    let clock = std::time::Instant::now();
    let staged = Staged::read(&dir.git_dir.join("index"), &dir, head, &objects).unwrap();
    println!("{} entries in {:?}", staged.total_entries, clock.elapsed());
    for change in staged.changes.iter().chain(&staged.submodules) {
        println!("{:?} {:?} {}", change.old, change.new, String::from_utf8_lossy(&change.path));
    }
    println!("{} in conflict, {} troubles", staged.unmerged.len(), staged.troubles.len());
}
