//! Whether the cost of a search grows with the number of key types: leads and detection with 1, 4 and 16 times the catalog.
//!
//! The key types that are added are the built-in ones under other names: the letters of prefixes and words are moved on
//! among vowels and among consonants, so that they stay as common in code as names of providers are. A pattern that
//! begins with no literal has nothing to rename and is added once.
//!
//!     cargo bench --bench growth -- [DIR...]

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};

use skout::detect::{Detector, Scratch};
use skout::keys::Catalog;
use skout::keys::schema::{ShapeSpec, Spec, read_rule_file};

fn main() {
    let mut roots: Vec<PathBuf> = std::env::args_os().skip(1).filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    if roots.is_empty() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        roots = ["src", "docs", "fixtures"].iter().map(|folder| root.join(folder)).collect();
    }
    let texts = read(&roots);
    let megabytes = texts.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
    let specs = specs();
    println!("{megabytes:.0} MB in {} files", texts.len());
    println!("{:>10} {:>9} {:>12} {:>10} {:>12} {:>14}", "key types", "anchors", "leads MB/s", "hits/MB", "runs/MB", "detect MB/s");
    for times in [1, 4, 16] {
        let added: Vec<Spec> = (1..times).flat_map(|copy| specs.iter().filter_map(move |spec| renamed(spec, copy))).collect();
        let catalog = Catalog::with_custom(&added).unwrap();
        let detector = Detector::new(&catalog, false).short_identifiers(false);
        let mut scratch = Scratch::default();
        let (mut hits, mut runs) = (0, 0);
        let leads = fastest(|| {
            (hits, runs) = (0, 0);
            for text in &texts {
                let counts = detector.count_leads(text, &mut scratch);
                (hits, runs) = (hits + counts.0, runs + counts.1);
            }
        });
        let detect = fastest(|| texts.iter().for_each(|text| drop(detector.detect(text, &mut scratch, false))));
        println!(
            "{:>10} {:>9} {:>12.0} {:>10.0} {:>12.0} {:>14.0}",
            catalog.iter().count(),
            catalog.anchors().len(),
            megabytes / leads,
            hits as f64 / megabytes,
            runs as f64 / megabytes,
            megabytes / detect
        );
    }
}

/// The seconds of the fastest of some runs.
fn fastest(mut run: impl FnMut()) -> f64 {
    let timed = (0..5).map(|_| {
        let start = std::time::Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    timed.fold(f64::INFINITY, f64::min)
}

fn read(roots: &[PathBuf]) -> Vec<Vec<u8>> {
    let entries = roots.iter().flat_map(|root| ignore::WalkBuilder::new(root).standard_filters(false).build().flatten());
    entries.filter_map(|entry| std::fs::read(entry.path()).ok()).filter(|bytes| !bytes.iter().take(8192).any(|byte| *byte == 0)).collect()
}

fn specs() -> Vec<Spec> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let paths = std::fs::read_dir(rules).unwrap().map(|entry| entry.unwrap().path());
    let files = paths.filter(|path| path.extension().is_some_and(|end| end == "toml") && !path.ends_with("verdicts.toml"));
    files.flat_map(|path| read_rule_file(&std::fs::read_to_string(path).unwrap()).unwrap().1).collect()
}

/// A key type under another name.
fn renamed(spec: &Spec, copy: usize) -> Option<Spec> {
    let mut spec = spec.clone();
    spec.id = spec.id.split('.').map(|part| moved(part, copy)).collect::<Vec<_>>().join(".");
    spec.id.push_str(&format!("-{copy}"));
    spec.partner = None;
    spec.keywords.iter_mut().flatten().for_each(|word| *word = moved(word, copy));
    spec.signs.iter_mut().for_each(|sign| *sign = moved(sign, copy));
    spec.anchors.iter_mut().for_each(|anchor| *anchor = moved(anchor, copy));
    match &mut spec.shape {
        ShapeSpec::Parts { prefixes, .. } => prefixes.iter_mut().for_each(|prefix| *prefix = moved(prefix, copy)),
        ShapeSpec::Pattern(pattern) => {
            let start = pattern.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
            // What follows the literal may repeat its last character.
            let start = start.saturating_sub(1);
            if start < 3 {
                return None;
            }
            spec.anchors.clear();
            *pattern = format!("{}{}", moved(&pattern[..start], copy), &pattern[start..]);
        }
    }
    Some(spec)
}

/// A word with each letter moved on, vowels among vowels.
fn moved(word: &str, by: usize) -> String {
    let among = |set: &str, letter: char| {
        let at = set.find(letter.to_ascii_lowercase())?;
        let next = set.as_bytes()[(at + by) % set.len()] as char;
        Some(if letter.is_ascii_uppercase() { next.to_ascii_uppercase() } else { next })
    };
    word.chars().map(|letter| among("aeiou", letter).or_else(|| among("bcdfghklmnprstvw", letter)).unwrap_or(letter)).collect()
}
