use super::super::read;
use crate::lang::Spots;
use crate::text::Span;
use proptest::prelude::*;

const SEEDS: &[(&str, &str)] = &[
    (
        "a.tsx",
        "'use client'\nimport a, { b as c } from './x'\nexport const load = async ({ env }) => ({ ...process.env, k: `a${env.API_KEY}` })\nexport default () => <C a={c.d} {...e}>{f?.g}</C>\n",
    ),
    (
        "a.js",
        "const { a, ...b } = require('x'); module.exports = { a, b }; res.status(2).json({ k: process.env['A'] }); window.x = b\nclass A extends B { static c = d() }\n",
    ),
    (
        "a.vue",
        "<template><p :a=\"b\">{{ c }}</p></template>\n<script setup lang=\"ts\">\nimport B from './B.vue'\nconst c = import.meta.env.VITE_A\n</script>\n<style>p{}</style>",
    ),
    (
        "a.astro",
        "---\nimport C from './C'\nconst k = import.meta.env.K\n---\n<!doctype html><meta a=\"b\"><C {k} client:load/>\n<script>import './d'\nrun()</script><br>",
    ),
    ("a.svelte", "<script context=\"module\">export let a</script>{#if a}<p>{@html a}</p>{/if}<script>let b = $a</script>"),
    (
        "vite.config.ts",
        "export default defineConfig(({ mode }) => { const env = loadEnv(mode, '', ''); return { define: { 'process.env': env, a: env.B } } })\n",
    ),
    ("a.html", "<html><script type=module src=\"/a.js\"></script><script>window.a = 'é'</script><!-- b --></html>"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// Whatever becomes of a text, it is read, and every place lies in it.
    #[test]
    fn no_text_is_too_broken(seed in 0..SEEDS.len(), edits in prop::collection::vec((any::<prop::sample::Index>(), 0..5u8, any::<u8>(), any::<prop::sample::Index>()), 0..12)) {
        let (path, text) = SEEDS[seed];
        let mut bytes = text.as_bytes().to_vec();
        for (at, kind, byte, other) in edits {
            if bytes.is_empty() {
                break;
            }
            let (at, other) = (at.index(bytes.len()), other.index(bytes.len()));
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.truncate(at),
                2 => drop(bytes.drain(at.min(other)..at.max(other))),
                3 => bytes.insert(at, b"(){}[]<>`'\"/\\;,=$-&\n"[usize::from(byte) % 20]),
                _ => {
                    let piece = bytes[at.min(other)..at.max(other)].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        let mut spots = Spots::default();
        let values = [Span::new(3, 9), Span::new(20, 30)];
        if let Some(module) = read(path, &bytes, &values, &mut spots) {
            let count = spots.finish().iter().filter(|spot| spot.span.start <= spot.span.end && spot.span.end <= bytes.len()).count() as u32;
            for spot in module.reads.iter().map(|read| read.spot).chain(module.imports.iter().map(|import| import.spot)).chain(module.flows.iter().map(|flow| flow.spot)) {
                prop_assert!(spot.0 < count);
            }
            for part in &module.parts {
                prop_assert!(part.span.end <= bytes.len());
            }
        }
    }
}

#[test]
fn what_no_hand_writes_is_not_read() {
    let rows: &[(String, bool)] = &[
        ("a = 1\n".repeat(200_000), false),
        (format!("var a={}", "1+".repeat(4000)), false),
        ("(".repeat(501), false),
        ("[\n".repeat(499), true),
        ("!\n".repeat(100_000), false),
        ("a => \n".repeat(3000), true),
        ("<a>\n".repeat(3000), true),
        ("if (a) b()\nelse\n".repeat(3000), true),
        ("a\n.b()\n".repeat(3000), true),
        ("`${\n".repeat(400), true),
        ("new\n".repeat(5000), true),
        ("await typeof void delete\n".repeat(1000), true),
        ("a ? b :\n".repeat(2000), true),
        ("x = \n".repeat(5000), true),
        ("a: \n".repeat(5000), true),
        ("type A = B<\n".repeat(450), true),
        ("type A = keyof\n".repeat(2000), true),
        ("\u{feff}const a = 1".to_owned(), true),
        (String::new(), true),
    ];
    for (text, is_read) in rows {
        for path in ["a.tsx", "a.js", "a.vue"] {
            let read = read(path, text.as_bytes(), &[], &mut Spots::default());
            assert_eq!(
                read.is_some(),
                *is_read || path == "a.vue" && text.len() < 1 << 20 && !text.starts_with("var a"),
                "{path}: {}",
                &text[..text.len().min(20)]
            );
        }
    }
}
