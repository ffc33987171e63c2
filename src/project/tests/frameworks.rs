//! Where clients begin in each framework, with what exposes and what does not.

use super::check;

#[test]
fn next() {
    check(
        r#"== package.json
{"dependencies":{"next":"15"}}
== app/page.tsx
import Chart from ../components/Chart
import key from ../lib/keys
export default : Chart key
== components/Chart.tsx
"use client"
import shown from ../lib/shown
export default : shown
== lib/keys.ts
export key = literal 0
== lib/shown.ts
export shown = literal 0
export unused = literal 1
== app/error.tsx
"use client"
export default
== app/api/pay/route.ts
import key from ../../../lib/keys
export GET : key
== app/actions.ts
"use server"
import key from ../lib/acted
export act : key
== lib/acted.ts
export key = literal 0
== components/Form.tsx
"use client"
import act from ../app/actions
export default : act
== src/pages/shop.tsx
import db from ../../lib/db
import price from ../../lib/price
secret = literal 0
export getServerSideProps : db secret
export default : price
== lib/db.ts
export db = literal 0
effect
== lib/price.ts
export price
== pages/api/mail.ts
import key from ../../lib/mail
export default : key
== lib/mail.ts
export key = literal 0
== pages/_document.tsx
export default
== middleware.ts
export middleware
== instrumentation-client.ts
import dsn from ./lib/dsn
effect : dsn
== lib/dsn.ts
export dsn = literal 0
== app/page.test.tsx
"use client"
export default
"#,
        &[
            ("app/page.tsx#default", "-"),
            ("lib/keys.ts#key", "-"),
            ("components/Chart.tsx#default", "entry"),
            ("lib/shown.ts#shown", "components/Chart.tsx"),
            ("lib/shown.ts#unused", "-"),
            ("app/error.tsx", "entry"),
            ("app/api/pay/route.ts#GET", "-"),
            ("app/actions.ts#act", "-"),
            ("lib/acted.ts#key", "-"),
            ("src/pages/shop.tsx#default", "entry"),
            ("src/pages/shop.tsx#secret", "-"),
            ("src/pages/shop.tsx#getServerSideProps", "-"),
            ("lib/db.ts#db", "-"),
            ("lib/price.ts#price", "src/pages/shop.tsx"),
            ("pages/api/mail.ts#default", "-"),
            ("lib/mail.ts#key", "-"),
            ("pages/_document.tsx", "-"),
            ("middleware.ts", "-"),
            ("lib/dsn.ts#dsn", "instrumentation-client.ts"),
            ("app/page.test.tsx", "-"),
        ],
    );
}

#[test]
fn vite_with_and_without_a_page() {
    check(
        r#"== apps/a/package.json
{"devDependencies":{"vite":"7"},"dependencies":{"react":"19"}}
== apps/a/index.html
import /src/boot.tsx
== apps/a/src/boot.tsx
import App from ./App.vue
effect : App
== apps/a/src/App.vue
import key from @/lib/keys
effect : key
== apps/a/src/lib/keys.ts
export key = literal 0
== apps/a/src/main.ts
export unused = literal 0
== apps/a/server/index.ts
import key from ./mail
effect : key
== apps/a/server/mail.ts
export key = literal 0
== apps/b/package.json
{"devDependencies":{"vite":"7","svelte":"5"}}
== apps/b/src/main.ts
lazy ./App.svelte
== apps/b/src/App.svelte
effect
"#,
        &[
            ("apps/a/src/lib/keys.ts#key", "apps/a/src/App.vue < apps/a/src/boot.tsx < apps/a/index.html"),
            ("apps/a/src/main.ts#unused", "-"),
            ("apps/a/server/mail.ts#key", "-"),
            ("apps/b/src/App.svelte", "apps/b/src/main.ts"),
        ],
    );
}

#[test]
fn sveltekit() {
    check(
        r#"== package.json
{"devDependencies":{"@sveltejs/kit":"2","vite":"7"}}
== src/routes/+page.svelte
import key from $lib/keys
effect : key
== src/routes/+page.ts
import k from $lib/universal
export load : k
== src/routes/+page.server.ts
import k from $lib/hidden
export load : k
== src/routes/api/+server.ts
import k from $lib/hidden
export GET : k
== src/routes/bad/+layout.svelte
import db from $lib/server/db
effect : db
== src/lib/server/db.ts
export db = literal 0
== src/lib/keys.ts
export key = literal 0
== src/lib/universal.ts
export k = literal 0
== src/lib/hidden.ts
export k = literal 0
== src/hooks.server.ts
effect
== src/hooks.client.ts
effect
"#,
        &[
            ("src/lib/keys.ts", "src/routes/+page.svelte"),
            ("src/lib/universal.ts", "src/routes/+page.ts"),
            ("src/lib/hidden.ts", "-"),
            ("src/lib/server/db.ts", "-"),
            ("src/hooks.server.ts", "-"),
            ("src/hooks.client.ts", "entry"),
        ],
    );
}

#[test]
fn nuxt() {
    check(
        r#"== package.json
{"dependencies":{"nuxt":"4"}}
== app/pages/index.vue
import key from ~/lib/keys
effect : key
== app/lib/keys.ts
export key = literal 0
== server/api/pay.ts
import k from ../utils/k
export default : k
== server/utils/k.ts
export k = literal 0
== plugins/a.client.ts
effect
== plugins/b.server.ts
effect
== composables/useKey.ts
export useKey = literal 0
== app.vue
effect
"#,
        &[
            ("app/lib/keys.ts", "app/pages/index.vue"),
            ("server/utils/k.ts", "-"),
            ("server/api/pay.ts#default", "-"),
            ("plugins/a.client.ts", "entry"),
            ("plugins/b.server.ts", "-"),
            // Nobody uses its name.
            ("composables/useKey.ts", "-"),
            ("app.vue", "entry"),
        ],
    );
}

#[test]
fn astro() {
    check(
        r#"== package.json
{"dependencies":{"astro":"5"}}
== src/pages/index.astro
server import db from ../lib/db
server island Chart from ../components
server import Plain from ../components/Plain
import track from ../lib/track
server front : db
effect : track Chart Plain
== src/components/index.ts
reexport default as Chart from ./Chart
== src/components/Chart.tsx
import key from ../lib/keys
export default : key
== src/components/Plain.tsx
import key from ../lib/plain
export default : key
== src/lib/db.ts
export db = literal 0
== src/lib/track.ts
export track = literal 0
== src/lib/keys.ts
export key = literal 0
== src/lib/plain.ts
export key = literal 0
== src/pages/api/a.ts
export GET
"#,
        &[
            ("src/lib/db.ts", "-"),
            ("src/pages/index.astro#front", "-"),
            ("src/lib/track.ts", "src/pages/index.astro"),
            ("src/lib/keys.ts", "src/components/Chart.tsx"),
            ("src/lib/plain.ts", "-"),
            ("src/components/Plain.tsx#default", "-"),
            ("src/pages/api/a.ts", "-"),
        ],
    );
}

#[test]
fn remix_and_react_router() {
    check(
        r#"== package.json
{"dependencies":{"@react-router/dev":"7"}}
== app/routes/pay.tsx
import db from ~/lib/db
import ui from ~/lib/ui
import both from ~/lib/both
import hidden from ~/lib/mail.server
stripe = literal 0 : db
export loader : db stripe hidden
export action : both
export default : ui both
== app/routes/health.ts
import db from ~/lib/db
export loader : db
== app/pages/about.tsx
import db from ~/lib/db
export loader : db
export meta
export default
== app/lib/db.ts
export db = literal 0
effect
== app/lib/ui.ts
export ui = literal 0
== app/lib/both.ts
export both = literal 0
== app/lib/mail.server.ts
export hidden = literal 0
== app/entry.client.tsx
effect
== app/entry.server.tsx
effect
"#,
        &[
            ("app/lib/db.ts#db", "-"),
            ("app/routes/pay.tsx#stripe", "-"),
            ("app/routes/pay.tsx#default", "entry"),
            ("app/lib/ui.ts", "app/routes/pay.tsx"),
            ("app/lib/both.ts", "app/routes/pay.tsx"),
            ("app/lib/mail.server.ts", "-"),
            ("app/routes/health.ts#loader", "-"),
            ("app/pages/about.tsx#default", "entry"),
            ("app/entry.client.tsx", "entry"),
            ("app/entry.server.tsx", "-"),
        ],
    );
}

#[test]
fn pages_of_other_frameworks() {
    for (name, text, rows) in [
        (
            "Gatsby",
            "== package.json\n{\"dependencies\":{\"gatsby\":\"5\"}}\n== src/pages/a.tsx\nkey = literal 0\nexport getServerData : key\nexport default\n== gatsby-node.js\neffect\n== gatsby-browser.js\neffect\n",
            &[("src/pages/a.tsx#key", "-"), ("src/pages/a.tsx#default", "entry"), ("gatsby-node.js", "-"), ("gatsby-browser.js", "entry")][..],
        ),
        (
            "Create React App",
            "== package.json\n{\"dependencies\":{\"react-scripts\":\"5\"}}\n== src/index.js\nimport key from ./keys\neffect : key\n== src/keys.js\nexport key\n== server/index.js\neffect\n",
            &[("src/keys.js#key", "src/index.js"), ("server/index.js", "-")],
        ),
        (
            "Angular",
            "== package.json\n{\"dependencies\":{\"@angular/core\":\"20\"}}\n== projects/shop/src/main.ts\nimport environment from ./environments/environment\neffect : environment\n== projects/shop/src/environments/environment.ts\nexport environment\n== projects/shop/src/main.server.ts\neffect\n",
            &[("projects/shop/src/environments/environment.ts", "projects/shop/src/main.ts"), ("projects/shop/src/main.server.ts", "-")],
        ),
        (
            "Expo",
            "== package.json\n{\"main\":\"expo-router/entry\",\"dependencies\":{\"expo\":\"54\",\"expo-router\":\"6\"}}\n== app/index.tsx\nimport key from ../lib/keys\nexport default : key\n== lib/keys.ts\nexport key\n== app/hello+api.ts\nimport key from ../lib/hidden\nexport GET : key\n== lib/hidden.ts\nexport key\n",
            &[("lib/keys.ts", "app/index.tsx"), ("lib/hidden.ts", "-")],
        ),
        (
            "React Native",
            "== package.json\n{\"dependencies\":{\"react-native\":\"0.80\"}}\n== index.js\nimport App from ./src/App\neffect : App\n== src/App.tsx\nexport App\n== scripts/release.js\neffect\n",
            &[("src/App.tsx#App", "entry"), ("scripts/release.js", "-")],
        ),
        (
            "Electron",
            "== package.json\n{\"main\":\"./out/main.js\",\"devDependencies\":{\"electron\":\"38\"}}\n== src/main/index.ts\nimport key from ./keys\neffect : key\n== src/main/keys.ts\nexport key\n== src/preload/index.ts\neffect\n== src/renderer/index.html\nimport ./src/boot.ts\n== src/renderer/src/boot.ts\neffect\n== tools/sign.js\neffect\n",
            &[
                ("src/main/keys.ts", "src/main/index.ts"),
                ("src/preload/index.ts", "entry"),
                ("src/renderer/src/boot.ts", "src/renderer/index.html"),
                ("tools/sign.js", "-"),
            ],
        ),
        (
            "Extension",
            "== ext/manifest.json\n{\"manifest_version\":3,\"background\":{\"service_worker\":\"background.js\"},\"content_scripts\":[{\"js\":[\"content.js\"]}],\"action\":{\"default_popup\":\"popup.html\"}}\n== ext/background.ts\nimport key from ./keys\neffect : key\n== ext/keys.ts\nexport key\n== ext/src/content.ts\neffect\n== ext/popup.html\nimport popup.js\nimport ./popup.js\n== ext/popup.js\neffect\n== ext/build.js\neffect\n",
            &[("ext/keys.ts", "ext/background.ts"), ("ext/src/content.ts", "entry"), ("ext/popup.js", "entry"), ("ext/build.js", "-")],
        ),
        (
            "Storybook",
            "== package.json\n{\"devDependencies\":{\"storybook\":\"9\"}}\n== packages/ui/package.json\n{\"name\":\"ui\",\"dependencies\":{\"react\":\"19\"}}\n== packages/ui/src/Pay.stories.tsx\nimport key from ./keys\nexport default : key\n== packages/ui/src/keys.ts\nexport key\n",
            &[("packages/ui/src/keys.ts", "packages/ui/src/Pay.stories.tsx")],
        ),
        (
            "no Storybook",
            "== package.json\n{\"dependencies\":{\"react\":\"19\"}}\n== src/Pay.stories.tsx\nimport key from ./keys\nexport default : key\n== src/keys.ts\nexport key\n",
            &[("src/keys.ts", "-")],
        ),
        (
            "webpack",
            "== package.json\n{\"devDependencies\":{\"webpack\":\"5\"}}\n== src/index.js\nrequire ./keys\n== src/keys.js\nexport key\n",
            &[("src/keys.js", "src/index.js")],
        ),
        (
            "webpack of a server",
            "== package.json\n{\"devDependencies\":{\"webpack\":\"5\",\"express\":\"5\"}}\n== src/index.js\nrequire ./keys\n== src/keys.js\nexport key\n",
            &[("src/keys.js", "-")],
        ),
        (
            "esbuild",
            "== package.json\n{\"devDependencies\":{\"esbuild\":\"1\"}}\n== src/main.ts\nrequire ./keys\n== src/keys.js\nexport key\n",
            &[("src/keys.js", "src/main.ts")],
        ),
        (
            "a command",
            "== package.json\n{\"bin\":\"x\",\"devDependencies\":{\"esbuild\":\"1\"}}\n== src/main.ts\nrequire ./keys\n== src/keys.js\nexport key\n",
            &[("src/keys.js", "-")],
        ),
        (
            "Parcel",
            "== package.json\n{\"devDependencies\":{\"parcel\":\"2\"}}\n== src/index.html\nimport ./app.js\n== src/app.js\neffect\n== src/index.js\neffect\n",
            &[("src/app.js", "src/index.html"), ("src/index.js", "-")],
        ),
        (
            "plain pages",
            "== site/index.html\nimport ./app.js\n== site/app.js\neffect\n== site/deploy.js\neffect\n",
            &[("site/app.js", "entry"), ("site/deploy.js", "-")],
        ),
        ("nothing", "== package.json\n{\"dependencies\":{\"express\":\"5\"}}\n== index.js\nrequire ./keys\n== keys.js\nexport key\n", &[("keys.js", "-")]),
        (
            "SolidStart",
            "== package.json\n{\"dependencies\":{\"@solidjs/start\":\"1\"}}\n== src/routes/a.tsx\nexport default\nserver act\n== src/routes/api/a.ts\nexport GET\n== src/entry-client.tsx\neffect\n",
            &[("src/routes/a.tsx#default", "entry"), ("src/routes/a.tsx#act", "-"), ("src/routes/api/a.ts", "-"), ("src/entry-client.tsx", "entry")],
        ),
        (
            "TanStack Start",
            "== package.json\n{\"dependencies\":{\"@tanstack/react-start\":\"1\",\"vite\":\"7\"}}\n== src/routes/index.tsx\nimport db from ../db\nserver load : db\nexport Route\n== src/db.ts\nexport db\neffect\n",
            &[("src/routes/index.tsx#Route", "entry"), ("src/db.ts#db", "-")],
        ),
        (
            "Qwik",
            "== package.json\n{\"dependencies\":{\"@builder.io/qwik-city\":\"1\"}}\n== src/routes/index.tsx\nkey = literal 0\nexport onGet : key\nserver load : key\nexport default\n",
            &[("src/routes/index.tsx#default", "entry"), ("src/routes/index.tsx#key", "-")],
        ),
        ("service worker", "== package.json\n{}\n== public/sw.js\nimport ./keys.js\n== public/keys.js\neffect\n", &[("public/keys.js", "public/sw.js")]),
        (
            "documentation",
            "== package.json\n{\"dependencies\":{\"next\":\"15\"}}\n== docs/pages/a.tsx\nexport default\n== examples/index.html\nimport ./a.js\n== examples/a.js\neffect\n",
            &[("docs/pages/a.tsx", "-"), ("examples/a.js", "-")],
        ),
    ] {
        assert!(!name.is_empty());
        check(text, rows);
    }
}
