use super::module;

#[test]
fn reads_are_found_however_they_are_written() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("a.ts", "f(process.env.A, process.env['B'])", &["A Process direct", "B Process direct"]),
        ("a.ts", "f(process.env?.A)", &["A Process direct"]),
        ("a.ts", "const { A, B: b = 'x' } = process.env", &["A Process", "B Process"]),
        ("a.ts", "const k = 'A'; f(process.env[k])", &["A Process"]),
        ("a.ts", "f(process.env[x])", &[]),
        ("a.ts", "const env = process.env; f(env.A)", &["A Process"]),
        ("a.ts", "const { env } = process; f(env.A)", &["A Process"]),
        ("a.ts", "import { env } from 'node:process'; f(env.A)", &["A Process"]),
        ("a.ts", "import process from 'node:process'; f(process.env.A)", &["A Process direct"]),
        ("a.ts", "f(globalThis.process.env.A)", &["A Process"]),
        ("a.ts", "process.env.A = 'x'; delete process.env.B; process.env.C ??= 'y'", &["C Process direct"]),
        ("a.ts", "f(import.meta.env.VITE_A)", &["VITE_A ImportMeta direct"]),
        ("a.ts", "const { VITE_A } = import.meta.env", &["VITE_A ImportMeta"]),
        ("a.ts", "import { A } from '$env/static/private'; f(A)", &["A PrivateModule direct"]),
        ("a.ts", "import { env } from '$env/dynamic/private'; f(env.A)", &["A PrivateModule"]),
        ("a.ts", "import { env as e } from '$env/dynamic/public'; f(e.PUBLIC_A)", &["PUBLIC_A PublicModule"]),
        ("a.ts", "import * as e from '$env/static/public'; f(e.PUBLIC_A)", &["PUBLIC_A PublicModule"]),
        ("a.ts", "import { A, getSecret } from 'astro:env/server'; f(A, getSecret('B'))", &["A PrivateModule direct", "B PrivateModule"]),
        ("a.ts", "f(Deno.env.get('A'), Bun.env.B)", &["A Server", "B Server"]),
        ("a.ts", "const c = useRuntimeConfig(); f(c.plunk.secretKey, c.public.key)", &["secretKey Server"]),
        ("a.ts", "f(useRuntimeConfig().key.trim())", &["key Server"]),
        ("a.ts", "const { key, public: p } = useRuntimeConfig()", &["key Server"]),
        ("a.ts", "export default { fetch(request, env) { f(env.API_KEY, env.db) } }", &["API_KEY Server"]),
        ("a.ts", "app.get('/', (c) => c.json(c.env.API_KEY))", &["API_KEY Server"]),
        ("a.ts", "export const load = ({ platform }) => platform?.env?.API_KEY", &["API_KEY Server"]),
        ("a.ts", "export const onRequest = ({ env }) => f(env.API_KEY)", &["API_KEY Server"]),
        ("a.ts", "const env = schema.parse(process.env); f(env.A)", &["A Process"]),
        ("a.ts", "const env = loadEnv(mode, process.cwd(), ''); f(env.A)", &["A Process"]),
        ("a.ts", "const env = loadEnv(mode, process.cwd()); f(env.VITE_A)", &["VITE_A PublicModule"]),
        ("a.ts", "this.config.get('API_KEY'); configService.get<string>('B_KEY'); map.get('C_KEY')", &["API_KEY Server", "B_KEY Server"]),
        ("a.ts", "const a = b; const b = a; f(a.env.X)", &[]),
        ("a.svelte", "<script>let a</script><p>{import.meta.env.VITE_A}</p>", &["VITE_A ImportMeta direct"]),
        ("a.astro", "---\n---\n<p>{import.meta.env.A}</p>", &["A ImportMeta direct"]),
    ];
    for (path, text, expected) in rows {
        let (module, _) = module(path, text);
        let reads: Vec<String> =
            module.reads.iter().map(|read| format!("{} {:?}{}", read.name, read.from, if read.is_direct { " direct" } else { "" })).collect();
        assert_eq!(reads, *expected, "{text}");
    }
}

#[test]
fn a_read_stands_where_it_is_written() {
    let (module, spots) = module("a.ts", "const x = 1\nf(process.env.A)\nconst { B } = process.env");
    let at: Vec<(&str, u32)> = module.reads.iter().map(|read| (spots[read.spot.0 as usize].as_str(), read.part)).collect();
    assert_eq!(at, [("process.env.A", 1), ("B", 2)]);
}
