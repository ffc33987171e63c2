//! Measures ordinary text for the matcher: `cargo run --release --example train -- DIR...`
//!
//! Writes `rules/context/grams.bin` (how common each slot of the prefilter is) and `rules/context/bigrams.bin` (which
//! letters follow which in names and words). Run it on large trees of other people's code; both files hold statistics
//! alone, and a change in them changes speed and the rarity check, never what a format is.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::PathBuf;

#[path = "../src/detect/table.rs"]
#[allow(dead_code, unreachable_pub)]
mod table;

fn class(byte: u8) -> Option<usize> {
    match byte {
        b'a'..=b'z' => Some(usize::from(byte - b'a')),
        b'A'..=b'Z' => Some(usize::from(byte - b'A')),
        b'0'..=b'9' => Some(26 + usize::from(byte - b'0')),
        _ => None,
    }
}

fn main() {
    let roots: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let mut grams = vec![0_u64; 1 << table::COUNT_BITS];
    let mut pairs = vec![[0_u64; 36]; 36];
    let (mut bytes, mut files) = (0_u64, 0_u64);
    for root in roots {
        for entry in ignore::WalkBuilder::new(root).standard_filters(false).build().flatten() {
            let Ok(text) = fs::read(entry.path()) else { continue };
            // Huge files would speak for themselves alone.
            let text = &text[..text.len().min(1 << 20)];
            if text.iter().take(8192).any(|byte| *byte == 0) {
                continue;
            }
            (bytes, files) = (bytes + text.len() as u64, files + 1);
            for gram in text.windows(4) {
                let slot = table::slot(u32::from_le_bytes(std::array::from_fn(|at| table::fold(gram[at]))), table::COUNT_BITS);
                grams[slot as usize] += 1;
            }
            // Long tokens are hashes and keys: what is to be told from names must not train them.
            for token in text.split(|byte| class(*byte).is_none()).filter(|token| (3..=20).contains(&token.len())) {
                for pair in token.windows(2) {
                    if let (Some(one), Some(other)) = (class(pair[0]), class(pair[1])) {
                        pairs[one][other] += 1;
                    }
                }
            }
        }
    }
    let per_mb = |count: u64| count as f64 * 1e6 / bytes as f64;
    // 8 steps to the doubling of (1 + 16 x occurrences in a megabyte).
    let levels: Vec<u8> = grams.iter().map(|count| (8.0 * (1.0 + 16.0 * per_mb(*count)).log2()).round().min(255.0) as u8).collect();
    fs::write("rules/context/grams.bin", levels).unwrap();
    let bits: Vec<u8> = pairs
        .iter()
        .flat_map(|row| {
            let sum: u64 = row.iter().sum::<u64>() + 36;
            row.iter().map(move |count| (16.0 * (sum as f64 / (*count as f64 + 1.0)).log2()).round().min(255.0) as u8)
        })
        .collect();
    fs::write("rules/context/bigrams.bin", bits).unwrap();
    println!("{files} files, {bytes} bytes");
}
