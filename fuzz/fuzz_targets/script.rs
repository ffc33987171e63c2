//! Any bytes as a script, or as a file that holds scripts: no panic, and every place lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::error::ScanPath;
use skout::lang;
use skout::text::Span;

const NAMES: &[&str] = &["a.js", "a.ts", "a.tsx", "a.cjs", "a.vue", "a.svelte", "a.astro", "a.html", "vite.config.ts", "next.config.js"];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let values = [Span::new(2, 9), Span::new(30, 40)];
    let facts = lang::facts(&ScanPath::from_path(std::path::Path::new(name)), text, &values);
    for spot in &facts.spots {
        assert!(spot.span.start <= spot.span.end && spot.span.end <= text.len(), "{:?}", spot.span);
    }
    for part in facts.module.iter().flat_map(|module| &module.parts) {
        assert!(part.span.start <= part.span.end && part.span.end <= text.len(), "{:?}", part.span);
    }
});
