//! Counts the prefilter's work on real files: `cargo run --release --example hits -- DIR...`
//!
//! Prints hits per megabyte, the commonest anchors, and how fast the filter and the whole of detection run on one thread.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::time::Instant;

use skout::detect::{Detector, Scratch};
use skout::keys::Catalog;
use skout::text::Text;

fn main() {
    let mut files = Vec::new();
    for root in std::env::args_os().skip(1) {
        for entry in ignore::WalkBuilder::new(root).standard_filters(false).build().flatten() {
            if let Ok(bytes) = std::fs::read(entry.path())
                && Text::sniff(&bytes).is_some()
            {
                files.push(bytes);
            }
        }
    }
    let catalog = Catalog::built_in();
    let detector = Detector::new(&catalog, false).short_identifiers(false);
    let mut scratch = Scratch::default();
    let megabytes = files.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
    let cpu =
        || std::fs::read_to_string("/proc/self/schedstat").map_or(0.0, |text| text.split(' ').next().map_or(0.0, |ns| ns.parse::<f64>().unwrap_or(0.0) / 1e9));
    let timed = |what: &str, run: &mut dyn FnMut() -> usize| {
        let (start, from) = (Instant::now(), cpu());
        let count = run();
        let (seconds, busy) = (start.elapsed().as_secs_f64(), cpu() - from);
        println!(
            "{what}: {count} in {megabytes:.0} MB, {:.1} per MB, {:.2} GB/s, {:.2} GB a CPU second",
            count as f64 / megabytes,
            megabytes / 1e3 / seconds,
            megabytes / 1e3 / busy
        );
    };
    timed("anchors", &mut || files.iter().map(|text| detector.count_leads(text, &mut scratch).0).sum());
    timed("runs", &mut || files.iter().map(|text| detector.count_leads(text, &mut scratch).1).sum());
    timed("credentials", &mut || files.iter().map(|text| detector.detect(text, &mut scratch, false).credentials.len()).sum());
    let (mut leads, mut all) = (BTreeMap::new(), BTreeMap::new());
    for text in &files {
        detector.count_leads_by_anchor(text, &mut scratch, &mut leads);
        detector.count_by_anchor(text, &mut scratch, &mut all);
    }
    for (what, counts) in [("anchors", leads), ("words as well, which are looked for around runs alone", all)] {
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        println!("{what}, per MB:");
        for (anchor, count) in counts.iter().take(60) {
            println!("{:10.1} {anchor}", *count as f64 / megabytes);
        }
    }
}
