//! Reads every object of a repository: `cargo run --release --example objects -- REPOSITORY [THREADS] [blob]`
//!
//! Prints counts, megabytes a second, and a checksum over ids and bytes that does not depend on the order, so that two
//! readers can be compared. `git` as a fourth argument reads by `git cat-file --batch-all-objects` instead; `list` prints a
//! line for each object instead: its id, kind, size and the SHA-256 of its bytes. `benches/oracle.py` compares those.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::time::Instant;

use skout::source::git::{GitDir, Kind, ObjectId, Objects, Trouble, Visit, VisitOptions, Visitor};

/// Prints one line for each object, some thousand at a time.
#[derive(Default)]
struct List {
    lines: String,
}

impl List {
    fn add(&mut self, id: ObjectId, kind: Kind, size: u64, digest: sha2::Sha256) {
        use sha2::Digest;
        let digest = data_encoding::HEXLOWER.encode(&digest.finalize());
        self.lines.push_str(&format!("{id} {} {size} {digest}\n", format!("{kind:?}").to_ascii_lowercase()));
        if self.lines.len() > 1 << 18 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        std::io::stdout().lock().write_all(self.lines.as_bytes()).unwrap();
        self.lines.clear();
    }
}

impl Drop for List {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Visitor for List {
    type State = ();

    fn visit(&mut self, object: &Visit<'_>, _: Option<&()>) {
        use sha2::Digest;
        self.add(object.id, object.kind, object.bytes.len() as u64, sha2::Sha256::new_with_prefix(object.bytes));
    }

    fn pass(&mut self, _: &Visit<'_>, _: Option<&()>) {}

    fn large(&mut self, id: ObjectId, kind: Kind, size: u64, bytes: Option<&mut dyn Read>) {
        use sha2::Digest;
        let Some(bytes) = bytes else { return };
        let (mut digest, mut buffer) = (sha2::Sha256::new(), vec![0; 1 << 16]);
        loop {
            match bytes.read(&mut buffer).unwrap() {
                0 => return self.add(id, kind, size, digest),
                count => digest.update(&buffer[..count]),
            }
        }
    }

    fn lost(&mut self, id: ObjectId, trouble: Trouble) {
        self.lines.push_str(&format!("{id} lost 0 {}\n", format!("{trouble:?}").replace(' ', "-")));
    }
}

#[derive(Default)]
struct Sums {
    checks: bool,
    count: u64,
    bytes: u64,
    deltas: u64,
    copied: u64,
    lost: u64,
    large: u64,
    checksum: u64,
}

impl Sums {
    fn add(&mut self, id: &[u8], bytes: &[u8]) {
        self.count += 1;
        self.bytes += bytes.len() as u64;
        if self.checks {
            let mut sum = fold(0xcbf2_9ce4_8422_2325, id);
            sum = fold(sum, bytes);
            self.checksum ^= sum ^ (sum >> 29);
        }
    }
}

fn fold(mut sum: u64, bytes: &[u8]) -> u64 {
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        sum = (sum ^ u64::from_le_bytes(chunk.try_into().unwrap())).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    }
    for byte in chunks.remainder() {
        sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    sum
}

impl Visitor for Sums {
    type State = ();

    fn visit(&mut self, object: &Visit<'_>, _: Option<&()>) {
        self.add(object.id.as_bytes(), object.bytes);
        if let Some(copied) = object.copied {
            self.deltas += 1;
            self.copied += copied.iter().map(|copied| u64::from(copied.len)).sum::<u64>();
        }
    }

    fn pass(&mut self, _: &Visit<'_>, _: Option<&()>) {}

    fn large(&mut self, _: ObjectId, _: Kind, _: u64, bytes: Option<&mut dyn Read>) {
        self.large += 1;
        if let Some(bytes) = bytes {
            std::io::copy(bytes, &mut std::io::sink()).unwrap();
        }
    }

    fn lost(&mut self, id: ObjectId, trouble: Trouble) {
        self.lost += 1;
        if self.lost < 10 {
            println!("lost {id}: {trouble:?}");
        }
    }
}

fn by_git(path: &str, blobs: bool) -> Sums {
    let mut git = std::process::Command::new("git")
        .args(["-C", path, "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = std::io::BufReader::with_capacity(1 << 20, git.stdout.take().unwrap());
    let mut sums = Sums { checks: true, ..Sums::default() };
    let (mut line, mut bytes) = (String::new(), Vec::new());
    while out.read_line(&mut line).unwrap() > 0 {
        let words: Vec<&str> = line.split_whitespace().collect();
        bytes.resize(words[2].parse::<usize>().unwrap() + 1, 0);
        out.read_exact(&mut bytes).unwrap();
        if !blobs || words[1] == "blob" {
            sums.add(ObjectId::from_hex(words[0].as_bytes()).unwrap().as_bytes(), &bytes[..bytes.len() - 1]);
        }
        line.clear();
    }
    git.wait().unwrap();
    sums
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().map_or(".", String::as_str);
    let threads = arguments.get(1).and_then(|threads| threads.parse().ok()).unwrap_or(2);
    let blobs = arguments.get(2).is_some_and(|kind| kind == "blob");
    let kinds: &[Kind] = if blobs { &[Kind::Blob] } else { &[Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag] };
    let start = Instant::now();
    let mut all = Sums::default();
    if arguments.get(3).is_some_and(|reader| reader == "git") {
        all = by_git(path, blobs);
    } else {
        // "sum" takes the checksum too, which costs as much as the reading.
        let checks = arguments.get(3).is_some_and(|reader| reader == "sum");
        let mut dir = GitDir::discover(Path::new(path), &skout::source::git::GitEnv::default()).unwrap();
        if std::fs::read_to_string(dir.common_dir.join("config")).is_ok_and(|text| text.contains("sha256")) {
            dir.hash = skout::source::git::Hash::Sha256;
        }
        let objects = Objects::open(&dir, &[]).unwrap();
        if arguments.get(3).is_some_and(|reader| reader == "list") {
            drop(objects.visit_all(kinds, threads, &VisitOptions::default(), List::default));
            return;
        }
        println!("{} packed objects, {} problems, opened in {:.1} ms", objects.count(), objects.problems().len(), start.elapsed().as_secs_f64() * 1e3);
        for sums in objects.visit_all(kinds, threads, &VisitOptions::default(), || Sums { checks, ..Sums::default() }) {
            all.count += sums.count;
            all.bytes += sums.bytes;
            all.deltas += sums.deltas;
            all.copied += sums.copied;
            all.lost += sums.lost;
            all.large += sums.large;
            all.checksum ^= sums.checksum;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} objects, {} bytes, {} deltas with {} bytes copied, {} lost, {} large, checksum {:016x}",
        all.count, all.bytes, all.deltas, all.copied, all.lost, all.large, all.checksum
    );
    println!("{seconds:.3} s, {:.0} MB/s", all.bytes as f64 / 1e6 / seconds);
}
