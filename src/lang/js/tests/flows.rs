use super::{module, shown};
use crate::lang::Sink;

pub(super) fn flows(path: &str, text: &str) -> Vec<String> {
    let (module, _) = module(path, text);
    let sink = |sink: &Sink| match sink {
        Sink::Property(name, import) => format!("Property {name}{}", import.map_or_else(String::new, |import| format!("#{import}"))),
        Sink::Define(setting, name) => format!("Define {setting} {name}"),
        Sink::Result(name)
        | Sink::ServerFunction(name)
        | Sink::Response(name)
        | Sink::Render(name)
        | Sink::Global(name)
        | Sink::Header(name)
        | Sink::Socket(name)
        | Sink::Bridge(name)
        | Sink::Log(name)
        | Sink::Error(name)
        | Sink::Url(name)
        | Sink::Argument(name) => format!("{} {name}", format!("{sink:?}").split('(').next().unwrap_or_default()),
        Sink::Request(request) => {
            let url: Vec<String> = request.url.iter().map(|part| shown(&module, part)).collect();
            format!("Request {} {} by {}", request.method.as_deref().unwrap_or("?"), url.join("+"), request.by)
        }
        Sink::Sdk(sdk) => format!("Sdk {} {} {}", sdk.package, sdk.callee, sdk.argument),
        Sink::InlineScript | Sink::Cookie | Sink::Template => format!("{sink:?}"),
    };
    module.flows.iter().map(|flow| format!("{}: {}", sink(&flow.sink), shown(&module, &flow.value))).collect()
}

#[test]
fn results_of_exported_functions_leave() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("a.ts", "export async function getServerSideProps() { return { props: { key: process.env.A } } }", &["Result getServerSideProps: {props: {key: A}}"]),
        ("a.ts", "export const loader = wrap(async () => ({ key: process.env.A }))", &["Result loader: {key: A}"]),
        ("a.ts", "export const loader = async () => { if (x) return null; return { key: process.env.A } }", &["Result loader: {key: A}"]),
        ("a.ts", "const load = () => ({ key: process.env.A }); export { load }", &["Result load: {key: A}"]),
        ("a.ts", "export const actions = { default: async () => ({ key: process.env.A }) }", &["Result actions: {key: A}"]),
        ("a.ts", "export default { data() { return { key: process.env.A } } }", &["Result data: {key: A}"]),
        ("a.ts", "export default defineComponent({ data() { return { key: process.env.A } } })", &["Result data: {key: A}"]),
        ("a.ts", "export const config = { key: process.env.A }", &["Result config: {key: A}"]),
        ("a.js", "exports.handler = async () => ({ body: process.env.A })", &["Result handler: {body: A}"]),
        ("a.tsx", "Page.getInitialProps = async () => ({ key: process.env.A }); export default Page", &["Result getInitialProps: {key: A}"]),
        ("a.ts", "export function f() { return [1].map(() => { return process.env.A }) }", &["Result f: A"]),
        ("a.ts", "function f() { return process.env.A }", &[]),
        ("a.ts", "export function f() { return new Client(process.env.A) }", &[]),
        ("a.ts", "import { config } from './c'; export const load = () => ({ config })", &["Result load: {config: ./c:config}"]),
        ("a.ts", "'use server'; export async function act() { return process.env.A }", &["ServerFunction act: A"]),
        ("a.ts", "async function act() { 'use server'; return process.env.A }", &["ServerFunction act: A"]),
        ("a.ts", "export const get = createServerFn({}).handler(async () => process.env.A)", &["ServerFunction get: A"]),
        ("a.ts", "export const useKey = routeLoader$(() => process.env.A)", &["ServerFunction useKey: A"]),
        ("a.ts", "const r = router({ key: publicProcedure.query(() => process.env.A) })", &["ServerFunction query: A"]),
        ("a.ts", "const resolvers = { Query: { key: () => process.env.A } }", &["ServerFunction Query.key: A"]),
        (
            "a.ts",
            "export default defineEventHandler(() => ({ key: useRuntimeConfig().key }))",
            &["Result default: {key: key}", "Response defineEventHandler: {key: key}"],
        ),
    ];
    for (path, text, expected) in rows {
        assert_eq!(flows(path, text), *expected, "{text}");
    }
}

#[test]
fn answers_leave() {
    let rows: &[(&str, &[&str])] = &[
        ("app.get('/', (req, res) => res.json({ key: process.env.A }))", &["Response res.json: {key: A}"]),
        ("app.get('/', (req, res) => res.status(200).send(process.env.A))", &["Response res.send: A"]),
        ("res.json(process.env)", &["Response res.json: ENV"]),
        ("res.json({ ok: !!process.env.A })", &[]),
        ("reply.code(200).send({ key: process.env.A })", &["Response reply.send: {key: A}"]),
        ("app.get('/', (c) => c.json({ key: c.env.API_KEY }))", &["Response c.json: {key: API_KEY}"]),
        ("ctx.body = { key: process.env.A }", &["Response ctx.body: {key: A}"]),
        ("Response.json({ key: process.env.A })", &["Response Response.json: {key: A}"]),
        ("NextResponse.json(config); const config = { key: process.env.A }", &["Response NextResponse.json: config>{key: A}"]),
        ("new Response(process.env.A, { headers: { 'x-key': process.env.B } })", &["Response new Response: A", "Header x-key: B"]),
        ("event.respondWith(new Response(process.env.A))", &["Response new Response: A"]),
        ("import { json } from '@remix-run/node'; json({ key: process.env.A })", &["Response json: {key: A}"]),
        ("import { json } from 'body-parser'; json({ key: process.env.A })", &[]),
        ("res.render('page', { key: process.env.A })", &["Render res.render: {key: A}"]),
        ("res.locals.key = process.env.A", &["Render res.locals: A"]),
        ("res.cookie('k', process.env.A)", &["Cookie: A"]),
        ("res.cookie('k', process.env.A, { httpOnly: true })", &[]),
        ("res.cookie('k', process.env.A, { httpOnly: false })", &["Cookie: A"]),
        ("res.cookie('k', process.env.A, options)", &[]),
        ("cookies().set('k', process.env.A)", &["Cookie: A"]),
        ("(await cookies()).set('k', process.env.A, { secure: true })", &["Cookie: A"]),
        ("cookies().set({ name: 'k', value: process.env.A, httpOnly: true })", &[]),
        ("const f = ({ cookies }) => cookies.set('k', process.env.A)", &[]),
        ("document.cookie = process.env.A", &["Cookie: A"]),
        ("res.setHeader('X-Key', process.env.A)", &["Header X-Key: A"]),
        ("res.setHeader('Set-Cookie', `k=${process.env.A}; HttpOnly`)", &[]),
        ("ws.send(JSON.stringify({ key: process.env.A }))", &["Socket ws.send: {key: A}"]),
        ("io.to('x').emit('config', process.env.A)", &["Socket io.emit: A"]),
        ("contextBridge.exposeInMainWorld('api', { key: () => process.env.A })", &["Bridge contextBridge.exposeInMainWorld: {key: A}"]),
        ("ipcMain.handle('key', () => process.env.A)", &["Bridge ipcMain.handle: A"]),
        ("win.webContents.send('key', process.env.A)", &["Bridge webContents.send: A"]),
        ("window.__ENV__ = process.env", &["Global __ENV__: ENV"]),
        ("(window as any).config.key = process.env.A", &["Global config: A"]),
        ("controller.enqueue(`data: ${process.env.A}`)", &["Socket controller.enqueue: A"]),
        ("const key = useState('key', () => process.env.A)", &["Global __NUXT__: A"]),
        ("import { useState } from 'react'; const [key] = useState(() => process.env.A)", &[]),
        ("fetch('/', { headers: { authorization: process.env.A } })", &["Request GET \"/\" by authorization: A"]),
    ];
    for (text, expected) in rows {
        assert_eq!(flows("a.ts", text), *expected, "{text}");
    }
}

#[test]
fn elements_take_values_out() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("a.tsx", "import Chart from './Chart'; f(<Chart token={process.env.A} />)", &["Property Chart token#0: A"]),
        ("a.tsx", "import Chart from './Chart'; const c = { a: process.env.A }; f(<Chart {...c} onLoad={() => c} />)", &["Property Chart#0: c>{a: A}"]),
        ("a.tsx", "f(<Ctx.Provider value={process.env.A}>x</Ctx.Provider>)", &["Property Ctx.Provider value: A"]),
        ("a.tsx", "f(<meta content={process.env.A} />)", &["Property meta content: A"]),
        ("a.tsx", "f(<p>{process.env.A}</p>)", &["Property text: A"]),
        ("a.tsx", "f(<script dangerouslySetInnerHTML={{ __html: process.env.A }} />)", &["InlineScript: {__html: A}"]),
        ("a.tsx", "import { Home } from './i'; f(<B icon={Home} />)", &[]),
        ("a.tsx", "f(<Map apiKey=\"sk_one\" />)", &["Property Map apiKey: #0"]),
        ("a.ts", "const html = `<script>window.X = ${JSON.stringify(process.env.A)}</script>`", &["InlineScript: A"]),
        ("a.ts", "useHead({ script: [{ innerHTML: process.env.A }] })", &["InlineScript: {script: {innerHTML: A}}"]),
        (
            "a.astro",
            "---\nimport Chart from './Chart'\nconst key = import.meta.env.A\n---\n<meta charset=\"utf-8\"><Chart {key} client:load/>",
            &["Property Chart#0: {key: key>A}"],
        ),
        ("a.astro", "---\nconst key = import.meta.env.A\n---\n<script define:vars={{ key }}>\nrun(key)\n</script>", &["InlineScript: {key: key>A}"]),
    ];
    for (path, text, expected) in rows {
        assert_eq!(flows(path, text), *expected, "{text}");
    }
}

#[test]
fn settings_of_bundlers_publish_values() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("vite.config.ts", "f({ define: { __KEY__: JSON.stringify(process.env.A) } })", &["Define define __KEY__: A"]),
        ("vite.config.ts", "f({ define: { 'process.env': process.env } })", &["Define define process.env: ENV"]),
        ("vite.config.ts", "f({ define: { 'process.env': { A: process.env.A } } })", &["Define define process.env.A: A"]),
        ("vite.config.ts", "f(({ mode }) => { const env = loadEnv(mode, '.', ''); return { define: { k: env.A } } })", &["Define define k: A"]),
        ("vite.config.ts", "f({ envPrefix: ['VITE_', 'APP_'] })", &["Define envPrefix VITE_: -", "Define envPrefix APP_: -"]),
        ("a.ts", "f({ define: { k: process.env.A } })", &[]),
        ("vite.config.ts", "const { a } = c; f({ define: { ...a, k: process.env.A } })", &["Define define k: A"]),
        ("a.ts", "import esbuild from 'esbuild'; esbuild.build({ define: { k: process.env.A } })", &["Define define k: A"]),
        ("webpack.prod.js", "new webpack.DefinePlugin({ 'process.env.A': JSON.stringify(process.env.A) })", &["Define DefinePlugin process.env.A: A"]),
        ("webpack.prod.js", "new EnvironmentPlugin(['A', 'B'])", &["Define EnvironmentPlugin A: A", "Define EnvironmentPlugin B: B"]),
        ("webpack.prod.js", "const Dotenv = require('dotenv-webpack'); f(new Dotenv())", &["Define dotenv-webpack .env: ENV"]),
        ("webpack.prod.js", "const Dotenv = require('dotenv-webpack'); f(new Dotenv({ path: './.env.web' }))", &["Define dotenv-webpack ./.env.web: ENV"]),
        ("src/env.ts", "import { defineEnvVars } from '@sveltejs/kit/env'; defineEnvVars({ A: { public: true }, B: {} })", &["Define defineEnvVars A: A"]),
        ("gatsby-config.js", "f({ siteMetadata: { a: process.env.A }, plugins: [process.env.B] })", &["Define siteMetadata a: A"]),
        ("next.config.js", "const c = { env: { A: process.env.A } }; f(c)", &["Define env A: A"]),
        ("next.config.js", "f({ publicRuntimeConfig: { a: process.env.A }, serverRuntimeConfig: { b: process.env.B } })", &["Define publicRuntimeConfig a: A"]),
        ("nuxt.config.ts", "f({ runtimeConfig: { a: process.env.A, public: { b: { c: process.env.B } } } })", &["Define runtimeConfig.public b.c: B"]),
        ("app.config.ts", "f({ expo: { extra: { a: process.env.A } } })", &["Define extra a: A"]),
        (".storybook/main.ts", "f({ env: (c) => ({ ...c, A: process.env.A }) })", &["Define env A: A"]),
        ("vite.config.ts", "import env from 'vite-plugin-environment'; f(env('all'))", &["Define EnvironmentPlugin *: ENV"]),
        ("babel.config.js", "f([['transform-inline-environment-variables', { include: ['A'] }]])", &["Define babel A: A"]),
        ("rollup.config.js", "import replace from '@rollup/plugin-replace'; replace({ values: { k: process.env.A } })", &["Define replace k: A"]),
    ];
    for (path, text, expected) in rows {
        assert_eq!(flows(path, text), *expected, "{text}");
    }
}

#[test]
fn a_flow_knows_its_statement_and_its_function() {
    let text = "const a = 1\nexport async function GET() {\n  return Response.json({ key: process.env.A })\n}\n";
    let (module, spots) = module("a.ts", text);
    let flow = &module.flows[0];
    assert_eq!((flow.part, flow.within.as_deref(), spots[flow.spot.0 as usize].as_str()), (1, Some("GET"), "{ key: process.env.A }"));
}
