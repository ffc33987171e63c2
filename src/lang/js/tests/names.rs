use super::{module, shown_export, shown_import};

#[test]
fn imports_are_what_a_module_asks_for() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("a.ts", "import a, { b as c, type T } from './x'; a(c)", &["Static ./x {default as a, b as c}"]),
        ("a.ts", "import * as all from '@/x'; all.y()", &["Static @/x {* as all}"]),
        ("a.ts", "import './x.css'", &["Static ./x.css {}"]),
        ("a.ts", "import type { T } from './x'", &[]),
        ("a.ts", "import { type T, type U } from './x'", &[]),
        ("a.ts", "import { T } from './x'; let a: T", &[]),
        ("a.js", "import { unused } from './x'", &["Static ./x {unused}"]),
        ("a.ts", "export { a as b, type T } from './x'", &["ReExport ./x {a as b}"]),
        ("a.ts", "export * from './x'", &["ReExport ./x {}"]),
        ("a.ts", "export * as ns from './x'", &["ReExport ./x {* as ns}"]),
        ("a.ts", "export type { T } from './x'", &[]),
        ("a.js", "const { a, b: c } = require('x')", &["Require x {a, b as c}"]),
        ("a.js", "const x = require('./x')", &["Require ./x {* as x}"]),
        ("a.js", "const a = require('./x').a", &["Require ./x {a}"]),
        ("a.js", "require('./x').run()", &["Require ./x {run}"]),
        ("a.js", "require('./x')", &["Require ./x {}"]),
        ("a.js", "function f(require) { require('./x') }", &[]),
        ("a.ts", "import('./x').then(({ a }) => a())", &["Dynamic ./x {a}"]),
        ("a.ts", "import('./x').then(m => m.default)", &["Dynamic ./x {default}"]),
        ("a.ts", "import('./x').then(m => use(m))", &["Dynamic ./x {}"]),
        ("a.ts", "const { a } = await import('./x')", &["Dynamic ./x {a}"]),
        ("a.ts", "const a = (await import('./x')).b", &["Dynamic ./x {b as a}"]),
        ("a.tsx", "const C = lazy(() => import('./C'))", &["Dynamic ./C {}"]),
        ("a.ts", "import x = require('./x'); x.y()", &["Require ./x {* as x}"]),
        ("a.html", "<script type=module src=\"/src/main.ts\"></script>", &["Static /src/main.ts {}"]),
        ("a.vue", "<script setup lang=ts>\nimport A from './A.vue'\n</script><template><A/></template>", &["Static ./A.vue {default as A}"]),
        ("a.svelte", "<script>import A from './A.svelte'</script><A/>", &["Static ./A.svelte {default as A}"]),
        (
            "a.astro",
            "---\nimport A from './A'\n---\n<A/><script>import { b } from './b'; b()</script>",
            &["Static ./A {default as A}", "Static ./b {b as script1:b}"],
        ),
    ];
    for (path, text, expected) in rows {
        let (module, _) = module(path, text);
        let imports: Vec<String> = module.imports.iter().map(shown_import).collect();
        assert_eq!(imports, *expected, "{text}");
    }
}

#[test]
fn exports_are_what_a_module_offers() {
    let rows: &[(&str, &[&str])] = &[
        ("export const a = 1, { b, c: [d] } = x", &["a = a @0", "b = b @0", "d = d @0"]),
        ("export function f() {} export class K {}", &["f = f @0", "K = K @1"]),
        ("const a = 1; const b = 2; export { a, b as c }", &["a = a @0", "c = b @1"]),
        ("import { a } from './x'; export { a }", &["a = #0.a @1"]),
        ("import { A } from '$env/static/private'; export { A }", &["A = A @0"]),
        ("export default function f() {}", &["default = f @0"]),
        ("export default () => 1", &["default = default @0"]),
        ("const a = 1; export default a", &["default = a @0"]),
        ("export * from './x'; export * as y from './y'; export { z as w } from './z'", &["* = #0.* @0", "y = #1.* @1", "w = #2.z @2"]),
        ("module.exports = { a, b: 1 }; const a = 2", &["default = default @0", "a = a @1", "b = exports.b @0"]),
        ("const a = 2; module.exports = a", &["default = a @0"]),
        ("exports.a = 1; module.exports.b = 2", &["a = exports.a @0", "b = exports.b @1"]),
        ("module.exports = require('./x')", &["default = default @0", "* = #0.* @0"]),
        ("export type T = 1; export interface I {}", &[]),
        ("export enum E { A }", &["E = E @0"]),
    ];
    for (text, expected) in rows {
        let (module, _) = module("a.ts", text);
        let exports: Vec<String> = module.exports.iter().map(shown_export).collect();
        assert_eq!(exports, *expected, "{text}");
    }
}

#[test]
fn an_import_stands_where_it_is_written() {
    let (module, spots) = module("a.ts", "import { a } from './x'\nimport {\n  b\n} from './y'\nimport('./z')\na(b)");
    let at: Vec<&str> = module.imports.iter().map(|import| spots[import.spot.0 as usize].as_str()).collect();
    assert_eq!(at, ["import { a } from './x'", "'./y'", "import('./z')"]);
}

#[test]
fn configurations_name_entries() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("webpack.config.js", "module.exports = { entry: './src/a.js' }", &["./src/a.js"]),
        ("webpack.config.js", "module.exports = { entry: { a: ['./a.js'], b: { import: './b.js', filename: 'x.js' } } }", &["./a.js", "./b.js"]),
        ("webpack.config.js", "module.exports = { target: 'node', entry: './server.js' }", &[]),
        ("webpack.config.js", "module.exports = { entry: path.resolve(__dirname, 'src', 'a.js') }", &["src/a.js"]),
        ("build.mjs", "import { build } from 'esbuild'; build({ entryPoints: ['a.ts', { in: 'b.ts', out: 'c' }] })", &["a.ts", "b.ts"]),
        ("build.mjs", "import { build } from 'esbuild'; build({ entryPoints: ['a.ts'], platform: 'node' })", &[]),
        ("rollup.config.js", "export default { input: 'src/index.js', output: { format: 'es' } }", &["src/index.js"]),
        ("rollup.config.js", "export default { input: 'src/index.js', output: { format: 'cjs' } }", &[]),
        ("vite.config.ts", "export default { build: { rollupOptions: { input: fileURLToPath(new URL('./a.html', import.meta.url)) } } }", &["./a.html"]),
        ("vite.config.ts", "export default { build: { ssr: true, rollupOptions: { input: 'server.ts' } } }", &[]),
        ("tsup.config.ts", "export default { entry: ['src/cli.ts'] }", &[]),
        ("form.ts", "f({ entry: 'a', input: 'b' })", &[]),
    ];
    for (path, text, expected) in rows {
        assert_eq!(module(path, text).0.entries, *expected, "{path}: {text}");
    }
}

#[test]
fn modules_in_the_manner_of_common_js() {
    for (text, is_common) in
        [("module.exports = 1", true), ("exports.a = 1", true), ("export const a = 1", false), ("const exports = {}; exports.a = 1", false)]
    {
        assert_eq!(module("a.js", text).0.is_common, is_common, "{text}");
    }
}
