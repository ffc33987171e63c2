use super::module;

fn shown(path: &str, text: &str) -> Vec<String> {
    let (module, _) = module(path, text);
    let part = |part: &crate::lang::Part| {
        let used = |used: &crate::lang::Use| used.member.as_ref().map_or_else(|| used.name.clone(), |member| format!("{}.{member}", used.name));
        let uses: Vec<String> = part.uses.iter().map(used).collect();
        format!("{}<{}{}{}", part.declares.join(","), uses.join(","), if part.has_effects { "!" } else { "" }, if part.is_server { "~" } else { "" })
    };
    module.parts.iter().map(part).collect()
}

#[test]
fn parts_declare_use_and_do() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("a.ts", "const a = 1; const b = a + 2", &["a<", "b<a"]),
        ("a.ts", "import { x } from './x'; const a = x.y", &["x<", "a<x.y"]),
        ("a.ts", "import { x } from './x'; const { y, z } = x", &["x<", "y,z<x.y,x.z"]),
        ("a.ts", "import { x } from './x'; const { y, ...z } = x", &["x<", "y,z<x"]),
        ("a.ts", "const a = 1; function f() { return () => a }", &["a<", "f<a"]),
        ("a.ts", "const a = 1; function f(a) { return a }", &["a<", "f<"]),
        ("a.ts", "const a = 1; let b: typeof a", &["a<", "b<"]),
        ("a.ts", "run()", &["<!"]),
        ("a.ts", "'use client'; 'x'", &[]),
        ("a.ts", "const a = run()", &["a<!"]),
        ("a.ts", "const a = /*#__PURE__*/ run()", &["a<"]),
        ("a.ts", "const a = new Thing()", &["a<!"]),
        ("a.ts", "const a = { b: [x.y, `${c}`], d() { run() } }", &["a<"]),
        ("a.ts", "class A { static b = run() }", &["A<!"]),
        ("a.ts", "class A { b = run() }", &["A<"]),
        ("a.ts", "if (x) { y = 1 }", &["<!"]),
        ("a.js", "module.exports = { a: 1 }", &["default,exports.a<"]),
        ("a.js", "const a = 1; exports.b = a", &["a<", "<a"]),
        ("a.ts", "const a = 1; export { a }", &["a<", "<"]),
        ("a.ts", "const a = 1; export default a", &["a<", "<a"]),
        ("a.ts", "export default { a: 1 }", &["default<"]),
        ("a.ts", "export default function () { run() }", &["default<"]),
        ("a.tsx", "import { C, N } from './c'; export const P = () => <C><N.Item /></C>", &["C,N<", "P<C,N.Item"]),
        ("a.ts", "async function act() { 'use server'; return 1 }", &["act<~"]),
        ("a.ts", "export const load = createServerFn({}).handler(async () => 1)", &["load<!~"]),
        ("a.ts", "export const use = routeLoader$(() => 1)", &["use<!~"]),
        (
            "a.vue",
            "<script setup>import MyChart from './c'; const token = 1</script><template><my-chart :token=\"token\"/></template>",
            &["MyChart<", "token<", "<MyChart,token!"],
        ),
        (
            "a.vue",
            "<script setup lang=ts>import Foo from './Foo.vue'; const r = ref<InstanceType<typeof Foo>>()</script><template><Foo/></template>",
            &["Foo<", "r<!", "<Foo!"],
        ),
        ("a.svelte", "<script>import { s } from './s'; const a = $s.key</script>", &["s<", "a<s"]),
        ("a.svelte", "<script>const conf = 1</script><p>{conf.key}</p>", &["conf<", "<conf.key!"]),
        ("a.astro", "---\nconst a = 1\n---\n<p>{a}</p>", &["a<~", "<a!"]),
        ("a.astro", "---\nconst a = 1\n---\n<p>{a</p>", &["a<~", "<a!"]),
        ("a.html", "<script>run()</script>", &["<!"]),
        ("a.html", "<script>const a = 1</script>", &["a<!"]),
    ];
    for (path, text, expected) in rows {
        assert_eq!(shown(path, text), *expected, "{text}");
    }
}

#[test]
fn a_broken_text_says_what_it_can() {
    let text = "import { a } from './a'\nconst b = a\nconst c = (((;\nconst d = 1\n";
    let (module, _) = module("a.ts", text);
    assert!(module.is_broken);
    assert_eq!(module.imports.len(), 1);
    assert_eq!(module.parts.len(), 2);
}
