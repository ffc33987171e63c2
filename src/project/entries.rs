//! Where clients and servers begin: the modules that a framework or a page loads by itself, and the boundary between both.

use super::FileFacts;
use super::package::Framework as F;
use super::package::Package;
use super::resolve::parted;
use crate::lang::Module;
use crate::terms::Place;

/// A module where a client begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What kind of client.
    pub(super) place: Place,
    /// Why, as the end of a sentence.
    pub(super) why: &'static str,
    /// Exports that the framework takes out of the client's copy.
    pub(super) strips: &'static [&'static str],
}

const NEXT_DATA: &[&str] = &["getServerSideProps", "getStaticProps", "getStaticPaths"];
const REMIX_DATA: &[&str] = &["loader", "action", "headers", "middleware", "unstable_middleware"];
const REMIX_CLIENT: &[&str] =
    &["default", "clientLoader", "clientAction", "ErrorBoundary", "HydrateFallback", "Layout", "meta", "links", "handle", "shouldRevalidate", "CatchBoundary"];
const GATSBY_DATA: &[&str] = &["getServerData", "config"];
const HTTP: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const QWIK_DATA: &[&str] = &["onGet", "onPost", "onPut", "onPatch", "onDelete", "onRequest", "onHead", "onStaticGenerate"];

/// Files of Next's app router that it loads by itself.
const NEXT_APP: &[&str] = &[
    "page",
    "layout",
    "template",
    "loading",
    "not-found",
    "default",
    "route",
    "error",
    "global-error",
    "global-not-found",
    "forbidden",
    "unauthorized",
    "sitemap",
    "robots",
    "manifest",
    "icon",
    "apple-icon",
    "opengraph-image",
    "twitter-image",
];

/// A file as its package sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inside<'s> {
    package: &'s Package<'s>,
    file: &'s FileFacts,
    module: Option<&'s Module>,
    /// Relative to the package.
    path: &'s str,
    /// The path without a `src/` at its start.
    bare: &'s str,
    name: &'s str,
    /// The name up to its last dot.
    stem: &'s str,
    end: &'s str,
}

impl<'s> Inside<'s> {
    /// A file in its package.
    pub(super) fn new(package: &'s Package<'s>, file: &'s FileFacts) -> Self {
        let path = file.path.text.strip_prefix(package.folder).unwrap_or(&file.path.text).trim_start_matches('/');
        let name = parted(path).1;
        let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
        Self { package, file, module: file.facts.module.as_ref(), path, bare: path.strip_prefix("src/").unwrap_or(path), name, stem, end }
    }

    /// The last part of the path.
    pub(super) fn file_name(&self) -> &'s str {
        self.name
    }

    /// Whether the package uses a framework.
    pub(super) fn has(&self, framework: F) -> bool {
        self.package.has(framework)
    }

    fn is_code(&self) -> bool {
        matches!(self.end, "js" | "jsx" | "ts" | "tsx" | "mjs" | "mts" | "cjs" | "cts")
    }

    /// Whether it is one of some modules below the package, whatever the ending.
    fn is(&self, stems: &[&str]) -> bool {
        let whole = self.path.strip_suffix(self.end).and_then(|path| path.strip_suffix('.')).unwrap_or(self.path);
        self.is_code() && stems.contains(&whole)
    }

    fn exports(&self, names: &[&str]) -> bool {
        self.module.is_some_and(|module| module.exports.iter().any(|export| names.contains(&export.name.as_str())))
    }

    fn imports(&self, specifiers: &[&str]) -> bool {
        self.module.is_some_and(|module| module.imports.iter().any(|import| specifiers.contains(&import.specifier.as_str())))
    }

    /// The place of what a package ships.
    pub(super) fn ships(&self) -> Place {
        let is_native = self.package.has_any(&[F::Expo, F::ReactNative]) && !self.package.has_any(&[F::Next, F::Vite, F::Webpack, F::Remix]);
        if self.package.has_any(&[F::Electron, F::Tauri]) {
            Place::Desktop
        } else if is_native || self.package.has(F::Hybrid) {
            Place::Mobile
        } else {
            Place::Client
        }
    }
}

/// Whether a client may not enter a module, whatever imports it: the import is an error or becomes a call.
pub(super) fn is_barred(inside: &Inside) -> bool {
    let Inside { package, file, path, bare, name, .. } = inside;
    file.facts.directives.server
        || name.contains(".server.")
        || path.starts_with(".server/")
        || path.contains("/.server/")
        || (package.has(F::SvelteKit) && (path.starts_with("src/lib/server/") || path.starts_with("src/lib/server.")))
        || (package.has(F::Nuxt) && path.starts_with("server/"))
        || (package.has(F::Next)
            && (bare.starts_with("pages/api/") || ["middleware", "proxy", "instrumentation"].contains(&inside.stem) && !bare.contains('/')))
}

/// What builds a page from a package's `src/`.
const PAGES: &[F] = &[F::Angular, F::Cra, F::VueCli, F::Vite, F::Parcel, F::Webpack, F::Expo, F::ReactNative];
/// What makes a server of a package beside, or instead of, a page.
const SERVERS: &[F] =
    &[F::Next, F::SvelteKit, F::Nuxt, F::Astro, F::Remix, F::Gatsby, F::Qwik, F::SolidStart, F::TanStackStart, F::Backend, F::Electron, F::Extension];
/// Libraries that pages are written with.
const VIEWS: &[&str] = &["react-dom", "react", "vue", "svelte", "solid-js", "preact", "react-native", "@angular/core"];

/// Whether a package is made into a page and has no server of its own.
fn is_page_package(package: &Package) -> bool {
    let has_view = || package.has(F::Angular) || VIEWS.iter().any(|name| package.depends_on(name));
    let is_built = package.has_any(PAGES) || package.frameworks.iter().all(|one| *one == F::Hybrid);
    is_built && !package.has_any(SERVERS) && !package.is_library && (has_view() || package.is_guessed && package.has_any(PAGES))
}

/// Whether a module lies in `src/` of a package that is made into a page and has no server: whatever its folder is called there,
/// `src/services` or `src/config.js`, it is written for the page.
pub(super) fn is_page_module(inside: &Inside) -> bool {
    let Inside { package, file, path, .. } = *inside;
    let is_in = |names: &[&str]| path.split('/').rev().skip(1).any(|folder| names.contains(&folder));
    let is_servers =
        || is_in(&["server", "servers", "backend", "functions", "lambda", "lambdas", "cli", "scripts", "bin", "db", "prisma", "migrations", "cron", "seeds"]);
    inside.is_code()
        && path.starts_with("src/")
        && is_page_package(package)
        && !file.facts.directives.node
        && !is_barred(inside)
        && !is_aside(inside)
        && !inside.name.contains(".config.")
        && !is_servers()
}

/// Whether a module that nobody imports is a part of a page all the same, of which the rest is not here or not understood: a
/// component of a package that is made into a page, or one that does what only browsers do.
pub(super) fn is_stray(inside: &Inside) -> bool {
    let Inside { package, file, end, .. } = *inside;
    let is_component = matches!(end, "jsx" | "tsx" | "vue" | "svelte");
    let is_rendered = package.has_any(&[F::Next, F::Remix, F::TanStackStart]) && is_component && file.facts.directives.browser;
    (is_component && is_page_package(package) || is_rendered) && !is_barred(inside) && !is_aside(inside) && !is_server(inside)
}

/// Whether a module lies in `src/` of a package that is a server and makes no page: Nest's `src/main.ts`, its `src/pages/`.
pub(super) fn is_server_module(inside: &Inside) -> bool {
    let is_plain = matches!(inside.end, "js" | "ts" | "mjs" | "mts" | "cjs" | "cts");
    let is_server = inside.package.has(F::Backend) && inside.package.frameworks.iter().all(|one| matches!(one, F::Backend | F::Bundler));
    is_plain && is_server && inside.path.starts_with("src/") && !inside.package.has_page
}

/// Whether Nuxt imports what a file offers wherever its name is used.
pub(super) fn is_nuxt_import(inside: &Inside) -> bool {
    let inner = inside.bare.strip_prefix("app/").unwrap_or(inside.bare);
    let inner = inner.strip_prefix("shared/").unwrap_or(inner);
    let mut folders = inner.split('/');
    let is_one = matches!(folders.next(), Some("utils" | "composables"));
    is_one && inside.package.has(F::Nuxt) && inside.is_code() && (folders.clone().count() == 1 || inside.stem == "index" && folders.count() == 2)
}

/// Whether a bundler leaves nothing out of a module: Metro, or none at all, where browsers can read it.
pub(super) fn is_plain(package: &Package, path: &str) -> bool {
    const BUNDLERS: &[F] = &[
        F::Next,
        F::SvelteKit,
        F::Nuxt,
        F::Astro,
        F::Remix,
        F::Gatsby,
        F::Cra,
        F::VueCli,
        F::Angular,
        F::Storybook,
        F::Qwik,
        F::SolidStart,
        F::TanStackStart,
        F::Vite,
        F::Parcel,
        F::Webpack,
        F::Bundler,
    ];
    let is_metro = package.has_any(&[F::Expo, F::ReactNative]) && !package.has_any(&[F::Next, F::Vite, F::Webpack]);
    let is_bundled = package.has_any(BUNDLERS) || ["wxt", "plasmo"].iter().any(|name| package.depends_on(name));
    let is_readable = [".js", ".mjs", ".html", ".htm"].iter().any(|end| path.ends_with(end));
    is_metro || !is_bundled && is_readable && (package.has_page || package.has_any(&[F::Extension, F::Electron]))
}

/// Whether a file is a test or a story by its name, which nothing ships.
pub(super) fn is_aside(inside: &Inside) -> bool {
    let is_story = inside.name.contains(".stories.") && !inside.package.has(F::Storybook);
    is_story || [".test.", ".spec.", ".cy.", ".e2e.", ".d.ts", ".d.mts"].iter().any(|mark| inside.name.contains(mark))
}

/// Why a client begins in a file, if one does.
pub(super) fn client(inside: &Inside) -> Option<Entry> {
    if is_barred(inside) || is_aside(inside) {
        return None;
    }
    let found = |why: &'static str| Some(Entry { place: inside.ships(), why, strips: &[] });
    if inside.file.facts.directives.client {
        return found("it says \"use client\"");
    }
    let framework = by_framework(inside);
    if framework.is_some() {
        return framework;
    }
    let Inside { package, path, stem, end, .. } = *inside;
    if matches!(end, "html" | "htm" | "xhtml") {
        return found("browsers run the scripts of a page");
    }
    if inside.is_code() && matches!(stem, "sw" | "service-worker" | "serviceworker" | "firebase-messaging-sw") {
        return found("browsers run it as a service worker");
    }
    if inside.is_code() && matches!(stem, "entry-client" | "entry.client") {
        return found("the browser's bundle begins in it");
    }
    if package.has(F::Storybook) && inside.is(&[".storybook/preview", ".storybook/manager"]) {
        return found("Storybook puts it into the pages that it builds");
    }
    if package.has(F::Storybook) && inside.name.contains(".stories.") {
        return found("Storybook puts its stories into the pages that it builds");
    }
    let is_served = path.starts_with("public/") || (path.starts_with("static/") && package.has_any(&[F::SvelteKit, F::Gatsby]));
    if matches!(end, "js" | "mjs") && is_served && !package.frameworks.is_empty() {
        return found("the folder is served as it is");
    }
    by_tool(inside)
}

/// Entries of frameworks that have rules of their own for folders.
fn by_framework(inside: &Inside) -> Option<Entry> {
    let Inside { package, path, bare, name, stem, end, .. } = *inside;
    let with = |why: &'static str, strips: &'static [&'static str]| Some(Entry { place: inside.ships(), why, strips });
    let found = |why: &'static str| with(why, &[]);
    let is_code = inside.is_code();
    if package.has(F::Next) && is_code {
        if bare.starts_with("pages/") && stem != "_document" {
            return with("Next.js puts the pages of `pages/` into the browser's bundle", NEXT_DATA);
        }
        if bare == name && stem == "instrumentation-client" {
            return found("Next.js runs it in the browser");
        }
    }
    if package.has(F::SvelteKit) {
        let is_route = bare.starts_with("routes/") && (name.starts_with("+page") || name.starts_with("+layout") || name.starts_with("+error"));
        if is_route && (end == "svelte" || is_code) {
            return found("SvelteKit runs pages and universal `load` functions in the browser");
        }
        if is_code && bare == name && matches!(stem, "hooks" | "hooks.client") {
            return found("SvelteKit runs these hooks in the browser");
        }
    }
    if package.has(F::Nuxt) {
        let inner = bare.strip_prefix("app/").unwrap_or(bare);
        let top = inner.split('/').next().unwrap_or_default();
        let is_folder = ["pages", "components", "layouts", "plugins", "middleware", "stores", "store"].contains(&top);
        if (end == "vue" || is_code) && (is_folder && inner != top || matches!(inner, "app.vue" | "error.vue" | "app.config.ts" | "app.config.js")) {
            return found("Nuxt runs it in the browser as well as on the server");
        }
    }
    if package.has(F::Astro) && end == "astro" {
        return found("Astro sends the scripts of its components to the browser");
    }
    if package.has(F::Remix) && is_code && path.starts_with("app/") {
        let is_route = path.starts_with("app/routes/")
            || stem == "root"
            || (inside.exports(&["default"]) && inside.exports(&["loader", "action", "meta", "links", "clientLoader", "ErrorBoundary"]));
        if is_route && inside.exports(REMIX_CLIENT) {
            return with("the router puts its routes into the browser's bundle", REMIX_DATA);
        }
    }
    if package.has(F::Gatsby) && is_code && (bare.starts_with("pages/") || bare.starts_with("templates/") || path == name && stem == "gatsby-browser") {
        return with("Gatsby puts pages and templates into the browser's bundle", GATSBY_DATA);
    }
    if package.has(F::Qwik) && is_code && (bare.starts_with("routes/") && matches!(stem, "index" | "layout") || bare == name && stem == "root") {
        return with("Qwik sends the handlers of its routes to the browser", QWIK_DATA);
    }
    let inner = bare.strip_prefix("app/").unwrap_or(bare);
    if package.has(F::SolidStart) && is_code && (bare.starts_with("routes/") || inside.is(&["src/app"])) {
        let only_answers = inside.exports(HTTP) && !inside.exports(&["default"]);
        return if only_answers { None } else { with("SolidStart puts its routes into the browser's bundle", HTTP) };
    }
    if package.has(F::TanStackStart) && is_code && (inner.starts_with("routes/") || inner == name && matches!(stem, "router" | "client")) {
        return with("TanStack Start puts its routes into the browser's bundle", &["ServerRoute"]);
    }
    if package.has(F::Extension) && extension(inside) {
        return found("the browser extension loads it");
    }
    if package.has_any(&[F::Expo, F::ReactNative]) {
        return mobile(inside);
    }
    if package.has(F::Electron) { electron(inside) } else { None }
}

fn extension(inside: &Inside) -> bool {
    let Inside { package, path, bare, stem, .. } = *inside;
    let plain = |path: &str| path.trim_start_matches("src/").rsplit_once('.').map_or(path.to_owned(), |(stem, _)| stem.trim_start_matches("src/").to_owned());
    let is_named = package.named.iter().any(|named| named == path || (inside.is_code() && !named.ends_with(".html") && plain(named) == plain(path)));
    let wxt = package.depends_on("wxt") && (bare.starts_with("entrypoints/") && bare.matches('/').count() <= 2);
    let plasmo = package.depends_on("plasmo")
        && (bare.starts_with("contents/")
            || bare.starts_with("background/")
            || !bare.contains('/') && ["popup", "options", "newtab", "sidepanel", "background", "content", "devtools"].contains(&stem));
    is_named || wxt || plasmo
}

/// Whether what a configuration says means a file: its path, with or without the ending, or a glob with one star.
fn names_file(entry: &str, path: &str) -> bool {
    if let Some((start, end)) = entry.split_once('*') {
        let (end, is_deep) = (end.trim_start_matches(['*', '/']), end.starts_with('*'));
        let end = end.trim_start_matches('*');
        let middle = path.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        return !end.contains('*') && middle.is_some_and(|middle| is_deep || !middle.contains('/'));
    }
    entry == path || path.strip_prefix(entry).is_some_and(|rest| rest.starts_with('.') && rest.matches('.').count() == 1 || rest.starts_with("/index."))
}

fn mobile(inside: &Inside) -> Option<Entry> {
    let Inside { package, path, bare, stem, .. } = *inside;
    let found = |why: &'static str| Some(Entry { place: inside.ships(), why, strips: &[] });
    if !inside.is_code() {
        return None;
    }
    if path == package.main
        || !path.contains('/') && matches!(stem, "index" | "App" | "app" | "index.ios" | "index.android" | "index.native")
        || path == "src/App.tsx"
        || path == "src/App.js"
    {
        return found("the app begins in it");
    }
    if inside.imports(&["react-native"]) {
        return found("it is a part of an app in React Native");
    }
    let is_router = package.depends_on("expo-router") && bare.starts_with("app/") && !stem.contains("+api") && stem != "+html";
    if is_router { found("Expo puts its routes into the app") } else { None }
}

fn electron(inside: &Inside) -> Option<Entry> {
    let found = |why: &'static str| Some(Entry { place: Place::Desktop, why, strips: &[] });
    if inside.imports(&["electron"]) {
        return found("Electron runs it, and everybody who installs the app has it");
    }
    if inside.path == inside.package.main
        || inside.is(&["main", "src/main", "electron/main", "src/main/index", "src/main/main", "electron/main/index", "src/electron/main", "app/main"])
    {
        return found("Electron's main process begins in it, and everybody who installs the app has it");
    }
    if inside.is_code() && (inside.stem == "preload" || inside.is(&["src/preload/index", "electron/preload/index"])) {
        return found("Electron loads it before the page");
    }
    if inside.is(&["renderer", "src/renderer", "src/renderer/index", "src/renderer/main", "src/renderer/src/main", "electron/renderer", "src/index"]) {
        return found("Electron's window loads it");
    }
    None
}

/// Entries of build tools.
fn by_tool(inside: &Inside) -> Option<Entry> {
    let Inside { package, path, .. } = *inside;
    let found = |why: &'static str| Some(Entry { place: inside.ships(), why, strips: &[] });
    if inside.is_code() && package.entries.iter().any(|entry| names_file(entry, path)) {
        return found("the configuration of the build begins the browser's bundle in it");
    }
    if package.has(F::Angular) && (path == "src/main.ts" || path.ends_with("/src/main.ts") || path == "src/polyfills.ts") {
        return found("Angular's build begins in it");
    }
    if package.has(F::Cra) && inside.is(&["src/index"]) {
        return found("Create React App's bundle begins in it");
    }
    if package.has(F::VueCli) && inside.is(&["src/main"]) {
        return found("Vue CLI's bundle begins in it");
    }
    if inside.is(&["resources/js/app", "resources/js/main", "resources/js/bootstrap", "app/javascript/application"])
        || ["app/javascript/packs/", "app/javascript/entrypoints/", "app/frontend/entrypoints/"].iter().any(|start| path.starts_with(start)) && inside.is_code()
    {
        return found("the browser's bundle begins in it");
    }
    // Nothing tells how it is built, but it runs in browsers alone.
    if package.is_guessed && (matches!(inside.end, "vue" | "svelte") || inside.is_code() && inside.file.facts.directives.browser && !is_server(inside)) {
        return found("it runs in a browser");
    }
    // A page says what it loads; where none is known, the names that everybody uses.
    const SERVERS: &[F] =
        &[F::Next, F::SvelteKit, F::Nuxt, F::Astro, F::Remix, F::Gatsby, F::Qwik, F::SolidStart, F::TanStackStart, F::Expo, F::ReactNative, F::Angular, F::Cra];
    if package.has_page || package.has_any(SERVERS) || !inside.is(&["src/main", "src/index", "main", "index"]) {
        return None;
    }
    let is_backend = package.has(F::Backend);
    if is_backend || package.is_library {
        None
    } else if package.has(F::Vite) {
        found("Vite's bundle begins in it")
    } else if package.has(F::Parcel) {
        found("Parcel's bundle begins in it")
    } else if package.has(F::Webpack) && path.starts_with("src/") {
        found("webpack's bundle begins in it by default")
    } else if package.has(F::Bundler) && path.starts_with("src/") {
        found("the bundle begins in it")
    } else {
        None
    }
}

/// Whether a framework's server loads a file by itself.
pub(super) fn is_server(inside: &Inside) -> bool {
    let Inside { package, path, bare, name, stem, end, file, .. } = *inside;
    if is_aside(inside) {
        return false;
    }
    let is_code = inside.is_code();
    file.facts.directives.server
        || name.contains(".server.")
        || (package.has(F::Next)
            && is_code
            && (is_next_app(inside) || bare.starts_with("pages/") || bare == name && matches!(stem, "middleware" | "proxy" | "instrumentation")))
        || (package.has(F::SvelteKit) && (name.starts_with('+') || bare == name && stem.starts_with("hooks")))
        || (package.has(F::Nuxt) && path.starts_with("server/"))
        || (package.has(F::Astro)
            && (end == "astro" || is_code && (bare.starts_with("pages/") || bare.starts_with("middleware") || bare.starts_with("actions/"))))
        || (package.has(F::Remix)
            && is_code
            && path.starts_with("app/")
            && (path.starts_with("app/routes/") || stem == "root" || inside.exports(&["loader", "action"])))
        || (package.has(F::Gatsby) && is_code && (bare.starts_with("api/") || matches!(stem, "gatsby-node" | "gatsby-config" | "gatsby-ssr")))
        || (package.has_any(&[F::SolidStart, F::TanStackStart, F::Qwik]) && is_code && bare.trim_start_matches("app/").starts_with("routes/"))
}

/// Whether Next's app router loads a file by itself.
pub(super) fn is_next_app(inside: &Inside) -> bool {
    inside.package.has(F::Next) && inside.is_code() && inside.bare.starts_with("app/") && NEXT_APP.contains(&inside.stem)
}

/// Whether a file is a page of Next's `pages/`, and no endpoint.
pub(super) fn is_next_page(inside: &Inside) -> bool {
    inside.package.has(F::Next) && inside.is_code() && inside.bare.starts_with("pages/") && !inside.bare.starts_with("pages/api/")
}

/// Whether a file is a route of Remix or React Router.
pub(super) fn is_remix_route(inside: &Inside) -> bool {
    inside.package.has(F::Remix) && inside.is_code() && inside.path.starts_with("app/")
}

/// Whether a file is a page or a layout of SvelteKit, with its kin of the server.
pub(super) fn is_kit_page(inside: &Inside) -> bool {
    ["+page.", "+layout."].iter().any(|start| inside.name.starts_with(start))
}

/// Whether a file is an endpoint of Nuxt's server.
pub(super) fn is_nuxt_endpoint(inside: &Inside) -> bool {
    inside.package.has(F::Nuxt) && (inside.path.starts_with("server/api/") || inside.path.starts_with("server/routes/"))
}

/// Whether a file is a module that Nuxt runs on both sides.
pub(super) fn is_nuxt_module(inside: &Inside) -> bool {
    inside.package.has(F::Nuxt) && !inside.path.starts_with("server/")
}
