//! Any bytes as a script, a program in another language, a pipeline, a component, a page, a manifest, a notebook, a recording of HTTP or a file that declares names, and as a source map.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::error::ScanPath;
use skout::lang::{self, har, outline, sourcemap};
use skout::text::Span;

const NAMES: &[&str] = &[
    "src/a.ts", "src/a.tsx", "src/a.js", "src/a.vue", "src/a.svelte", "src/a.astro", "index.html", "next.config.js", "package.json", "tsconfig.json",
    "pnpm-workspace.yaml", ".env", "Dockerfile", ".github/workflows/ci.yml", "vercel.json", "netlify.toml", "app.json", "main.tf", "Config.xcconfig",
    "a.ipynb", "a.har", "a.py", "a.go", "A.java", "a.kt", "a.scala", "a.cs", "a.rb", "a.php", "a.rs", "a.swift", "a.dart", "a.ex", "a.sh", "a.ps1", "a.bat",
    "Makefile", "Jenkinsfile", "docker-compose.yml", "k8s/deployment.yaml", "playbook.yml", ".gitlab-ci.yml", "a.http", "app.html.erb", "a.blade.php",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, text)) = bytes.split_first() else { return };
    let path = ScanPath::from_bytes(NAMES[usize::from(*kind) % NAMES.len()].as_bytes());
    let values: Vec<Span> = (0..text.len() / 40).map(|at| Span::new(at * 40, at * 40 + 20)).collect();
    let _ = lang::has_cue(&path, text);
    let facts = lang::facts(&path, text, &values);
    // What is pointed to lies in the text.
    assert!(facts.spots.iter().all(|spot| spot.span.start <= spot.span.end && spot.span.end <= text.len()));
    if let Some(module) = &facts.module {
        assert!(module.parts.iter().all(|part| part.span.end <= text.len()));
    }
    assert!(facts.cells.iter().all(|cell| cell.span.start <= cell.span.end && cell.span.end <= text.len()));
    if let Some(view) = har::view(&path.text, text) {
        let stored = (0..view.text().len()).map(|at| view.stored(Span::new(at, at + 1)));
        assert!(stored.into_iter().all(|span| span.start <= span.end && span.end <= text.len()));
    }
    outline::outline(&path.text, text);
    sourcemap::originals(text, &[sourcemap::Point { line: 0, column: 3 }, sourcemap::Point { line: 2, column: 0 }]);
    sourcemap::within(text, &[0, text.len() / 2]);
});
