use super::{module, shown};

/// What `x` holds in the end.
fn held(text: &str) -> String {
    let (module, _) = module("a.ts", text);
    module.holds.iter().find(|(name, _)| name == "x").map_or_else(|| "-".to_owned(), |(_, value)| shown(&module, value))
}

#[test]
fn expressions_hold_what_they_are_made_of() {
    let rows: &[(&str, &str)] = &[
        ("const x = process.env.A", "A"),
        ("const x = process.env.A!", "A"),
        ("const x = process.env.A as string", "A"),
        ("const x = process.env.A ?? 'b'", "A"),
        ("const x = process.env.A || process.env.B", "[A | B]"),
        ("const x = process.env.A && 'yes'", "-"),
        ("const x = c ? process.env.A : process.env.B", "[A | B]"),
        ("const x = `Bearer ${process.env.A}`", "A"),
        ("const x = 'Bearer ' + process.env.A + y", "A"),
        ("const x = 'sk_one'", "#0"),
        ("const x = [`sk_one ${y} sk_two`]", "[#0 | #1]"),
        ("const a = process.env.A; const x = a", "a>A"),
        ("const { A: x } = process.env", "A"),
        ("const { a: { b: x } } = { a: { b: process.env.A } }", "A"),
        ("const x = { a: process.env.A, b: 1 }", "{a: A}"),
        ("const c = { a: process.env.A }; const x = c.a", "c>A"),
        ("const c = { a: process.env.A }; const x = { ...c }", "{...c>{a: A}}"),
        ("const c = { a: process.env.A, b: 'sk_x' }; const { a, ...x } = c", "c>{b: #0}"),
        ("const c = { a: process.env.A }; const x = { ...c, a: undefined }.a", "-"),
        ("const c = {}; c.key = process.env.A; const x = c.key", "c>A"),
        ("const x = process.env", "ENV"),
        ("const x = { ...process.env }", "{...ENV}"),
        ("const x = JSON.stringify(process.env.A)", "A"),
        ("const x = JSON.stringify(process.env)", "ENV"),
        ("const x = String(process.env.A).trim().toUpperCase()", "A"),
        ("const x = Buffer.from(`${process.env.A}:`).toString('base64')", "A"),
        ("const x = btoa(encodeURIComponent(process.env.A))", "A"),
        ("const x = Object.assign({}, { a: process.env.A })", "{...{a: A}}"),
        ("const x = Object.fromEntries(Object.entries({ a: process.env.A }))", "{a: A}"),
        ("const x = await Promise.all([process.env.A])", "A"),
        ("const x = [1].map(() => process.env.A)", "A"),
        ("const x = [process.env.A].map((k) => ({ k }))", "{k: A}"),
        ("const x = new Client(process.env.A)", "-"),
        ("const x = fetch('/', { headers: { a: process.env.A } })", "-"),
        ("const x = Object.fromEntries(Object.entries(process.env).filter(([k]) => k.startsWith('PUBLIC_')))", "-"),
        ("import { env } from '$env/dynamic/private'; const x = { env }", "{env: ENV}"),
        ("const x = loadEnv(mode, '.')", "-"),
        ("const x = !process.env.A", "-"),
        ("const x = !!process.env.A", "-"),
        ("const x = typeof process.env.A", "-"),
        ("const x = process.env.A === 'a'", "-"),
        ("const x = process.env.A.length", "-"),
        ("const x = Boolean(process.env.A)", "-"),
        ("const x = process.env.A.slice(0, 4)", "-"),
        ("const x = process.env.A.slice(-4)", "-"),
        ("const x = process.env.A.substring(0, 6) + '...'", "-"),
        ("const x = process.env.A.slice(1)", "A"),
        ("const x = mask(process.env.A)", "-"),
        ("const redactKey = (k) => k; const x = redactKey(process.env.A)", "-"),
        ("const x = createHmac('sha256', process.env.A).update('b').digest('hex')", "-"),
        ("function f() { return process.env.A } const x = f()", "A"),
        ("const x = () => ({ a: process.env.A })", "=> {a: A}"),
        ("function f(k) { return { key: k } } const x = f(process.env.A)", "{key: A}"),
        ("function f() { return f() } const x = f()", "-"),
        ("const a = b; const b = a; const x = a", "-"),
        ("import { a } from './a'; const x = a", "./a:a"),
        ("import { a } from './a'; const x = a.b.c", "./a:a.b.c"),
        ("import { a } from './a'; const x = a()", "./a:a()"),
        ("import { a } from './a'; const x = (await a()).key", "./a:a.key()"),
        ("import * as a from './a'; const x = a.b.c", "./a:b.c"),
        ("const a = require('./a'); const x = a.b", "./a:b"),
        ("const x = (await import('./a')).b", "./a:b"),
        ("import { a } from './a'; const { b: x } = a", "./a:a.b"),
        ("import { KEY } from '$env/static/private'; const x = KEY", "KEY"),
        ("const x = createEnv({ server: { A: z.string() }, runtimeEnv: { A: process.env.A } })", "{A: A}"),
        ("const e = createEnv({ runtimeEnv: process.env }); const x = e.A", "e>A"),
        ("const e = schema.parse(process.env); const x = e.A", "A"),
        ("const x = cache(async () => process.env.A)", "=> A"),
        ("class C { k = process.env.A } const x = new C()", "{k: A}"),
        ("class C { static k = process.env.A } const x = C.k", "A"),
        ("class C { k = process.env.A; get() { return new C() } } const x = new C().k", "A"),
        ("let x; x = process.env.A; x = process.env.B", "[A | B]"),
        ("const x = Promise.resolve(process.env.A).then((k) => k.trim())", "A"),
        ("const c = { get k() { return process.env.A } }; const x = c.k", "c>A"),
        ("const o = { m() { return process.env.A } }; const x = o.m()", "A"),
    ];
    for (text, expected) in rows {
        assert_eq!(held(text), *expected, "{text}");
    }
}

#[test]
fn evaluation_ends() {
    let mut doubling = "const a0 = process.env.A;\n".to_owned();
    for number in 1..200 {
        doubling.push_str(&format!("const a{number} = a{0} + a{0} + {{ b: a{0} }}.b;\n", number - 1));
    }
    let long = format!("const x = {}process.env.A", "'a' +\n".repeat(3000));
    let calls: String = (0..300).map(|number| format!("function f{number}() {{ return [f{}(), f{}()] }}\n", (number + 1) % 300, (number + 7) % 300)).collect();
    for text in [doubling.as_str(), &long, &calls] {
        module("a.ts", text);
    }
    assert_eq!(held(&long), "A");
}

#[test]
fn anonymous_exports_are_held() {
    let rows = [
        ("a.ts", "export default { key: process.env.A }", "default", "{key: A}"),
        ("a.ts", "export default () => process.env.A", "default", "=> A"),
        ("a.ts", "export default function () { return process.env.A }", "default", "=> A"),
        ("a.js", "module.exports = { key: process.env.A }", "exports.key", "A"),
        ("a.js", "exports.key = process.env.A", "exports.key", "A"),
        ("a.ts", "import { a } from './a'; export { a }", "a", "-"),
    ];
    for (path, text, name, expected) in rows {
        let (module, _) = module(path, text);
        let value = module.holds.iter().find(|(held, _)| held == name);
        assert_eq!(value.map_or_else(|| "-".to_owned(), |(_, value)| shown(&module, value)), expected, "{text}");
    }
}
