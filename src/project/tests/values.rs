//! Where values come from, whether they leave to a client, and which variables a bundler inlines.

use super::{at, told, tree};
use crate::config::Config;
use crate::project::Project;

/// The origins of what `main.ts` holds as `x`.
fn origins(text: &str) -> Vec<String> {
    let files = tree(&format!("== main.ts\n{text}"));
    let config = Config::default();
    let project = Project::join(files.iter(), &config);
    let main = at(&files, "main.ts");
    let (_, value) = main.facts.module.as_ref().unwrap().holds.iter().find(|(name, _)| name == "x").unwrap();
    project.origins(main, value).iter().map(told).collect()
}

#[test]
fn origins_over_modules() {
    let hop = "main.ts: imported from `c.ts`";
    for (text, expected) in [
        ("x = literal 0", vec!["literal 0 of main.ts".to_owned()]),
        ("x = env A", vec!["env A".to_owned()]),
        ("x = wholeenv", vec!["all of main.ts".to_owned()]),
        ("x = via literal 0", vec!["literal 0 of main.ts | main.ts: a step".to_owned()]),
        ("import k from ./c\nx = import 0 k\n== c.ts\nexport k = env K", vec![format!("env K | {hop}")]),
        ("import k from ./c\nx = via import 0 k\n== c.ts\nexport k = via env K", vec![format!("env K | c.ts: a step | {hop} | main.ts: a step")]),
        // Fields.
        ("import k from ./c\nx = import 0 k.a\n== c.ts\nexport k = { a: env A; b: env B }", vec![format!("env A | {hop}")]),
        ("import k from ./c\nx = import 0 k.c\n== c.ts\nexport k = { a: env A; b: env B }", vec![]),
        ("import k from ./c\nx = import 0 k\n== c.ts\nexport k = { a: env A; b: env B }", vec![format!("env A | {hop}"), format!("env B | {hop}")]),
        (
            "import k from ./c\nx = import 0 k.b\n== c.ts\nimport l from ./d\nexport k = { a: env A; ...import 0 l }\n== d.ts\nexport l = { b: env B }",
            vec![format!("env B | c.ts: imported from `d.ts` | {hop}")],
        ),
        // Calls.
        ("import k from ./c\nx = call 0 k\n== c.ts\nexport k = fn env K", vec![format!("env K | {hop}")]),
        ("import k from ./c\nx = import 0 k\n== c.ts\nexport k = fn env K", vec![]),
        ("import k from ./c\nx = call 0 k.a\n== c.ts\nexport k = fn { a: env A; b: env B }", vec![format!("env A | {hop}")]),
        ("import k from ./c\nx = call 0 k.get\n== c.ts\nexport k = { get: fn env A }", vec![format!("env A | {hop}")]),
        // Passed on.
        (
            "import k from ./c\nx = import 0 k\n== c.ts\nreexport z as k from ./d\n== d.ts\nexport z = literal 2",
            vec![format!("literal 2 of d.ts | c.ts: imported from `d.ts` | {hop}")],
        ),
        (
            "import k from ./c\nx = import 0 k\n== c.ts\nstar ./d\n== d.ts\nexport k = literal 2\nexport l = literal 3",
            vec![format!("literal 2 of d.ts | c.ts: imported from `d.ts` | {hop}")],
        ),
        (
            "import k from ./c\nx = import 0 k\n== c.ts\nimport z as k from ./d\nlist k\n== d.ts\nexport z = literal 2",
            vec![format!("literal 2 of d.ts | c.ts: imported from `d.ts` | {hop}")],
        ),
        ("import * as k from ./c\nx = import 0 *.a\n== c.ts\nexport a = literal 1\nexport b = literal 2", vec![format!("literal 1 of c.ts | {hop}")]),
        (
            "import * as k from ./c\nx = import 0 *\n== c.ts\nexport a = literal 1\nexport b = literal 2",
            vec![format!("literal 1 of c.ts | {hop}"), format!("literal 2 of c.ts | {hop}")],
        ),
        ("require * as k from ./c\nx = import 0 *.a\n== c.ts\nexport default = { a: env A; b: env B }", vec![format!("env A | {hop}")]),
        ("import default as k from ./c\nx = import 0 default.a\n== c.ts\nexport a = env A\nexport b = env B", vec![format!("env A | {hop}")]),
        // Nothing is known, or it goes in circles.
        ("import k from ./c\nx = import 0 k", vec![]),
        ("import k from pkg\nx = import 0 k", vec![]),
        ("import k from ./c\nx = import 0 k\n== c.ts\nreexport k from ./main", vec![]),
        ("import x from ./c\nx = import 0 x\n== c.ts\nimport x from ./main\nexport x = import 0 x\n", vec![]),
        ("import k from ./c\nx = import 0 k.A\n== c.ts\nexport k = wholeenv", vec![format!("A of c.ts | {hop}")]),
        ("import k from ./c\nx = import 0 k\n== c.ts\nexport k = wholeenv", vec![format!("all of c.ts | {hop}")]),
    ] {
        assert_eq!(origins(text), expected, "{text}");
    }
}

/// What `sends` says of the only flow of a file.
fn sent(text: &str, path: &str) -> Option<String> {
    let files = tree(text);
    let config = Config::default();
    let project = Project::join(files.iter(), &config);
    let file = at(&files, path);
    project.sends(file, &file.facts.module.as_ref().unwrap().flows[0])
}

#[test]
fn what_leaves_to_a_client() {
    let package = |name: &str| format!("== package.json\n{{\"dependencies\":{{\"{name}\":\"1\"}}}}\n");
    let client = "== components/Chart.tsx\n\"use client\"\nexport Chart\n== components/index.ts\nstar ./Chart\n== components/Plain.tsx\nexport Plain\n";
    for (framework, path, body, expected) in [
        (
            "next",
            "pages/a.tsx",
            "server flow result getServerSideProps = env K",
            Some("`getServerSideProps` puts what it returns into the page as __NEXT_DATA__"),
        ),
        ("next", "pages/a.tsx", "server flow result getStaticProps = env K", Some("`getStaticProps` puts what it returns into the page as __NEXT_DATA__")),
        ("next", "lib/a.ts", "flow result getServerSideProps = env K", Some("`getServerSideProps` puts what it returns into the page as __NEXT_DATA__")),
        ("express", "pages/a.tsx", "flow result getServerSideProps = env K", None),
        ("next", "pages/a.tsx", "flow result loader = env K", None),
        ("next", "pages/api/a.ts", "flow result default = env K", None),
        ("next", "pages/api/a.ts", "flow response res.json = env K", Some("`res.json` sends it to whoever asks")),
        ("next", "app/api/a/route.ts", "flow response Response.json = env K", Some("`Response.json` sends it to whoever asks")),
        ("next", "app/api/a/route.ts", "flow result GET = env K", None),
        ("next", "app/api/a/route.test.ts", "flow response Response.json = env K", None),
        (
            "next",
            "app/page.tsx",
            "import Chart from ../components/Chart\nflow prop Chart @0 = env K",
            Some("what is spread into the props of the client component `Chart` is serialised into the page"),
        ),
        (
            "next",
            "app/page.tsx",
            "import Chart from ../components\nflow prop Chart @0 = env K",
            Some("what is spread into the props of the client component `Chart` is serialised into the page"),
        ),
        (
            "next",
            "app/page.tsx",
            "import * as Ui from ../components\nflow prop Ui.Chart @0 = env K",
            Some("what is spread into the props of the client component `Ui.Chart` is serialised into the page"),
        ),
        ("next", "app/page.tsx", "import * as Ui from ../components/Plain\nflow prop Ui.Plain @0 = env K", None),
        ("next", "app/page.tsx", "flow prop text = env K", Some("the server writes it into the page, as text")),
        ("vite", "src/App.tsx", "flow prop text = env K", None),
        ("next", "app/page.tsx", "import Plain from ../components/Plain\nflow prop Plain @0 = env K", None),
        ("next", "app/page.tsx", "flow prop meta = env K", Some("the server writes it into the page, as `an attribute` of `<meta>`")),
        ("next", "app/page.tsx", "\"use client\"\nflow prop meta = env K", Some("the server renders it into the page before the browser takes over")),
        ("next", "components/Form.tsx", "\"use client\"\nimport Chart from ./Chart\nflow prop Chart @0 = env K", None),
        (
            "next",
            "app/actions.ts",
            "\"use server\"\nflow serverfn getKey = env K",
            Some("`getKey` runs on the server and sends what it returns to the client that calls it"),
        ),
        ("next", "app/layout.tsx", "flow script = env K", Some("it is written into a script of the page")),
        ("next", "components/Live.tsx", "\"use client\"\nflow script = env K", None),
        ("next", "middleware.ts", "flow header x-key = env K", Some("it is sent as the response header `x-key`")),
        ("next", "middleware.ts", "flow cookie = env K", Some("it goes into a cookie that scripts of the page can read")),
        ("@react-router/dev", "app/routes/a.tsx", "export default\nserver flow result loader = env K", Some("`loader` sends what it returns to the browser")),
        ("@react-router/dev", "app/routes/a.tsx", "export default\nserver flow result handle = env K", None),
        ("express", "app/routes/a.tsx", "flow result loader = env K", None),
        ("@react-router/dev", "app/routes/a.ts", "flow response Response.json = env K", Some("`Response.json` sends it to whoever asks")),
        ("@sveltejs/kit", "src/routes/+page.server.ts", "flow result load = env K", Some("`load` puts what it returns into the page")),
        ("@sveltejs/kit", "src/routes/+page.server.ts", "flow result actions = env K", Some("`actions` puts what it returns into the page")),
        ("@sveltejs/kit", "src/lib/server/load.ts", "flow result load = env K", None),
        ("@sveltejs/kit", "src/routes/+server.ts", "flow result GET = env K", None),
        ("nuxt", "server/api/a.ts", "flow result default = env K", Some("the endpoint sends what it returns to whoever asks")),
        ("nuxt", "server/utils/a.ts", "flow result default = env K", None),
        ("gatsby", "src/pages/a.tsx", "server flow result getServerData = env K", Some("`getServerData` puts what it returns into the page")),
        ("gatsby", "src/lib/a.ts", "flow result getServerData = env K", Some("`getServerData` puts what it returns into the page")),
        (
            "astro",
            "src/pages/a.astro",
            "server island Chart from ../../components/Chart\nserver flow prop Chart @0 = env K",
            Some("what is spread into the props of the island `Chart` is written into the page"),
        ),
        ("astro", "src/pages/a.astro", "server import Chart from ../../components/Chart\nserver flow prop Chart @0 = env K", None),
        ("astro", "src/pages/a.astro", "flow prop div = env K", Some("the server writes it into the page, as `an attribute` of `<div>`")),
        ("express", "server.js", "flow response res.send = env K", Some("`res.send` sends it to whoever asks")),
        ("express", "server.js", "flow render res.render = env K", Some("`res.render` hands it to the template of a page")),
        ("express", "server.js", "flow socket ws.send = env K", Some("`ws.send` sends it to every client that is connected")),
        ("express", "server.js", "flow global window.__ENV__ = env K", Some("the page gets it as `window.__ENV__`")),
        ("express", "tests/server.js", "flow response res.send = env K", None),
        ("react-scripts", "src/index.js", "flow response Response.json = env K", None),
        ("react-scripts", "src/index.js", "flow prop meta = env K", None),
        (
            "electron",
            "preload.js",
            "flow bridge contextBridge.exposeInMainWorld = env K",
            Some("`contextBridge.exposeInMainWorld` hands it to the pages of the app"),
        ),
        ("express", "preload.js", "flow bridge contextBridge.exposeInMainWorld = env K", None),
        ("next", "next.config.js", "flow define env K = env K", None),
    ] {
        let text = format!("{}{client}== {path}\n{body}\n", package(framework));
        assert_eq!(sent(&text, path).as_deref(), expected, "{framework}: {path}\n{body}");
    }
}

#[test]
fn what_a_bundler_inlines() {
    let inlined = |dependency: &str, config: &str, read: &str| {
        let files = tree(&format!("== package.json\n{{\"devDependencies\":{{\"{dependency}\":\"1\"}}}}\n{config}\n== src/a.ts\nx = {read}\n"));
        let settings = Config::default();
        let project = Project::join(files.iter(), &settings);
        let file = at(&files, "src/a.ts");
        project.inlines(file, &file.facts.module.as_ref().unwrap().reads[0])
    };
    for (dependency, config, read, expected) in [
        ("next", "", "env NEXT_PUBLIC_K", Some("Next.js inlines variables with the prefix `NEXT_PUBLIC_`")),
        ("next", "", "env K", None),
        ("next", "== next.config.js\nflow define env K = env K", "env K", Some("`env` in `next.config.js` puts the value of `K` into client code")),
        ("next", "== next.config.js\nflow define env L = env L", "env K", None),
        ("vite", "", "meta VITE_K", Some("Vite inlines variables with the prefix `VITE_`")),
        ("vite", "", "meta K", None),
        (
            "vite",
            "== vite.config.ts\nflow define define process.env.K = env K",
            "env K",
            Some("`define` in `vite.config.ts` puts the value of `K` into client code"),
        ),
        (
            "vite",
            "== vite.config.ts\nflow define define process.env = wholeenv",
            "env K",
            Some("`define` in `vite.config.ts` puts all variables into client code"),
        ),
        ("vite", "== vite.config.ts\nflow define define process.env = { NODE_ENV: env NODE_ENV }", "env K", None),
        (
            "vite",
            "== vite.config.ts\nflow define envPrefix APP_ = nothing",
            "meta APP_K",
            Some("`envPrefix` in `vite.config.ts` publishes variables that begin with `APP_`"),
        ),
        ("vite", "== vite.config.ts\nflow define envPrefix APP_ = nothing", "meta K", None),
        ("vite", "== vite.config.ts\nflow define define K = env K", "env K", None),
        (
            "vite",
            "== vite.config.ts\nflow define define process.env.* = wholeenv",
            "env K",
            Some("`define` in `vite.config.ts` puts all variables into client code"),
        ),
        (
            "webpack",
            "== webpack.config.js\nflow define dotenv-webpack * = wholeenv",
            "env K",
            Some("`dotenv-webpack` in `webpack.config.js` puts all variables into client code"),
        ),
        ("nuxt", "== nuxt.config.ts\nflow define runtimeConfig.public K = env K", "env K", None),
        ("parcel", "", "env K", Some("Parcel inlines every variable that client code reads from `process.env`")),
        ("webpack", "", "env K", None),
        (
            "webpack",
            "== webpack.config.js\nflow define EnvironmentPlugin K = env K",
            "env K",
            Some("`EnvironmentPlugin` in `webpack.config.js` puts the value of `K` into client code"),
        ),
        ("astro", "", "meta PUBLIC_K", Some("SvelteKit, Astro, Rsbuild, Qwik or Hydrogen inlines variables with the prefix `PUBLIC_`")),
        ("vite", "", "meta PUBLIC_K", None),
        ("vite", "== other/package.json\n{\"name\":\"other\"}\n== other/vite.config.ts\nflow define define process.env.K = env K", "env K", None),
    ] {
        assert_eq!(inlined(dependency, config, read).as_deref(), expected, "{dependency}: {config} {read}");
    }
}
