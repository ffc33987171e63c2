//! Plants one of each key type at a random place of real files, and checks that a scan finds every one:
//! `cargo run --release --example plant -- CORPUS OUT [SEED]`
//!
//! Copies random text files of CORPUS to OUT, inserts the first `match` example of each key type as lines of its own, scans
//! OUT, and compares type, role, line and column with what was planted. Publishable keys must be silent.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use skout::detect::{Detector, Scratch};
use skout::keys::schema::{Spec, read_rule_file};
use skout::keys::{Catalog, examples};
use skout::scan::{self, Input, Policy, Progress};
use skout::source::{Walk, WalkOptions};
use skout::verdict::Verdicts;

struct Planted {
    path: String,
    line: u64,
    column: u64,
    id: String,
    role: String,
    authority: bool,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, out, ..] = arguments.as_slice() else { panic!("CORPUS and OUT") };
    let seed: u64 = arguments.get(2).map_or(1, |text| text.parse().unwrap());
    let catalog = Catalog::built_in();
    let specs = specs();
    let files = hosts(Path::new(corpus), specs.len(), seed);
    let mut planted = Vec::new();
    for (number, (spec, host)) in specs.iter().zip(&files).enumerate() {
        let end = host.extension().map_or("txt".to_owned(), |end| end.to_string_lossy().into_owned());
        let name = format!("{number:04}.{end}");
        let text = std::fs::read_to_string(host).unwrap();
        std::fs::create_dir_all(out).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        let at = (mix(seed ^ number as u64) % (lines.len() as u64 + 1)) as usize;
        let example = examples::fill(&spec.matches[0], seed).unwrap();
        lines.insert(at, "");
        lines.insert(at + 1, &example);
        lines.insert(at + 2, "");
        let text = lines.join("\n");
        std::fs::write(Path::new(out).join(&name), &text).unwrap();
        // The value itself is what detection finds in the example alone; where it stands in the file is counted here anew.
        let alone = Detector::new(&catalog, false).detect(example.as_bytes(), &mut Scratch::default(), false);
        let credential = alone.credentials.iter().find(|found| catalog.get(found.key_type).id.as_str() == spec.id).unwrap();
        let start = lines[..=at].iter().map(|line| line.len() + 1).sum::<usize>() + credential.span.start;
        let before = &text[..start];
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap().chars().filter(|letter| *letter != '\u{feff}').count() as u64 + 1;
        planted.push(Planted { path: name, line, column, id: spec.id.clone(), role: spec.role.to_string(), authority: spec.role.bears_authority() });
    }
    let walk = Walk::new(&[PathBuf::from(out)], WalkOptions { no_ignore: true, ..WalkOptions::default() }).unwrap();
    let policy = Policy { verdicts: Verdicts { show_publishable: true, ..Verdicts::default() }, ..Policy::default() };
    let report = scan::run(&catalog, &Input::Tree(walk), &policy, &Progress::default()).unwrap();
    let mut found = BTreeMap::new();
    for finding in &report.findings {
        let start = finding.location.region.start;
        found.insert((finding.location.path.text.clone(), start.line, start.column), finding);
    }
    let (mut right, mut silent, mut wrong) = (0, 0, 0);
    for plant in &planted {
        match found.get(&(plant.path.clone(), plant.line, plant.column)) {
            Some(finding) if finding.key.key_type.as_str() == plant.id && finding.key.role.as_str() == plant.role => {
                right += 1;
                let is_info = finding.severity == skout::terms::Severity::Info;
                if !plant.authority {
                    silent += u32::from(is_info || finding.rule.0 == "key-mode-mismatch");
                    if !is_info {
                        println!("not silent: {} in {}: {}", plant.id, plant.path, finding.rule);
                    }
                }
            }
            other => {
                wrong += 1;
                let instead = other.map_or("nothing".to_owned(), |finding| finding.key.key_type.to_string());
                println!("{} at {}:{}:{}: {instead}", plant.id, plant.path, plant.line, plant.column);
            }
        }
    }
    let publishable = planted.iter().filter(|plant| !plant.authority).count();
    println!(
        "{} planted, {right} found with type, role, line and column, {wrong} not; {silent} of {publishable} publishable halves and identifiers silent",
        planted.len()
    );
}

fn specs() -> Vec<Spec> {
    let mut files: Vec<PathBuf> = std::fs::read_dir("rules").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml") && path.file_stem().unwrap() != "verdicts");
    files.sort();
    files.iter().flat_map(|path| read_rule_file(&std::fs::read_to_string(path).unwrap()).unwrap().1).collect()
}

/// Random text files of the corpus, of a size that a person writes.
fn hosts(corpus: &Path, count: usize, seed: u64) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(corpus).standard_filters(false).build().flatten();
    let mut files: Vec<PathBuf> = walk
        .filter(|entry| entry.metadata().is_ok_and(|about| about.is_file() && (200..100_000).contains(&about.len())))
        .map(ignore::DirEntry::into_path)
        .collect();
    files.sort();
    let mut chosen = Vec::new();
    let mut state = seed;
    while chosen.len() < count {
        state = mix(state);
        let file = &files[(state % files.len() as u64) as usize];
        if std::fs::read_to_string(file).is_ok_and(|text| !text.contains('\0')) {
            chosen.push(file.clone());
        }
    }
    chosen
}

fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
