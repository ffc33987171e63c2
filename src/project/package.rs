//! The packages of a tree, and the frameworks and build tools of each.

use std::collections::HashMap;

use serde_json::Value;

use super::FileFacts;
use super::resolve::{Setting, parted, upwards};
use crate::lang::Module;

/// What makes clients or servers of a package's modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Framework {
    Next,
    SvelteKit,
    Nuxt,
    Astro,
    Remix,
    Gatsby,
    Cra,
    VueCli,
    Angular,
    Expo,
    ReactNative,
    /// Capacitor or Cordova: a web page that is packed into an app.
    Hybrid,
    Electron,
    Tauri,
    Extension,
    Storybook,
    Qwik,
    SolidStart,
    TanStackStart,
    Vite,
    Parcel,
    /// webpack, Rspack, Rsbuild and what is built on them.
    Webpack,
    /// Rollup, esbuild, tsup: as often for a library or a server as for a page.
    Bundler,
    /// A server without a page: Express and kin.
    Backend,
}

use Framework::{
    Angular, Astro, Backend, Bundler, Cra, Electron, Expo, Extension, Gatsby, Hybrid, Next, Nuxt, Parcel, Qwik, ReactNative, Remix, SolidStart, Storybook,
    SvelteKit, TanStackStart, Tauri, Vite, VueCli, Webpack,
};

/// Packages that tell of a framework.
const BY_DEPENDENCY: &[(Framework, &[&str])] = &[
    (Next, &["next"]),
    (SvelteKit, &["@sveltejs/kit"]),
    (Nuxt, &["nuxt", "nuxt3", "nuxt-edge", "nuxt-nightly"]),
    (Astro, &["astro"]),
    (Remix, &["@remix-run/react", "@remix-run/dev", "@react-router/dev", "@react-router/node"]),
    (Gatsby, &["gatsby"]),
    (Cra, &["react-scripts", "@craco/craco", "react-app-rewired"]),
    (VueCli, &["@vue/cli-service"]),
    (Angular, &["@angular/core"]),
    (Expo, &["expo"]),
    (ReactNative, &["react-native"]),
    (Hybrid, &["@capacitor/core", "@capacitor/android", "@capacitor/ios", "@capacitor/cli", "cordova", "cordova-android", "cordova-ios"]),
    (Electron, &["electron", "electron-vite", "electron-builder"]),
    (Tauri, &["@tauri-apps/api", "@tauri-apps/cli"]),
    (Extension, &["wxt", "plasmo", "@crxjs/vite-plugin", "web-ext"]),
    (
        Storybook,
        &[
            "storybook",
            "@storybook/react",
            "@storybook/vue3",
            "@storybook/svelte",
            "@storybook/html",
            "@storybook/angular",
            "@storybook/nextjs",
            "@storybook/react-vite",
        ],
    ),
    (Qwik, &["@builder.io/qwik-city", "@builder.io/qwik", "@qwik.dev/router", "@qwik.dev/core"]),
    (SolidStart, &["@solidjs/start", "solid-start"]),
    (TanStackStart, &["@tanstack/react-start", "@tanstack/start", "@tanstack/solid-start"]),
    (Vite, &["vite", "rolldown-vite", "vite-plus"]),
    (Parcel, &["parcel", "parcel-bundler"]),
    (Webpack, &["webpack", "@rspack/core", "@rspack/cli", "@rsbuild/core", "laravel-mix", "@symfony/webpack-encore"]),
    (Bundler, &["rollup", "rolldown", "esbuild", "tsup", "tsdown", "bun"]),
    (
        Backend,
        &[
            "express",
            "fastify",
            "koa",
            "hono",
            "@hono/node-server",
            "@nestjs/core",
            "@hapi/hapi",
            "serverless",
            "@adonisjs/core",
            "restify",
            "discord.js",
            "commander",
            "yargs",
        ],
    ),
];

/// Files of settings that tell of one, by the start of their names.
const BY_FILE: &[(Framework, &str)] = &[
    (Next, "next.config."),
    (SvelteKit, "svelte.config."),
    (Nuxt, "nuxt.config."),
    (Astro, "astro.config."),
    (Remix, "remix.config."),
    (Remix, "react-router.config."),
    (Gatsby, "gatsby-config."),
    (Vite, "vite.config."),
    (VueCli, "vue.config."),
    (Hybrid, "capacitor.config."),
    (Electron, "electron.vite.config."),
    (Extension, "wxt.config."),
    (Webpack, "webpack.config."),
    (Webpack, "rspack.config."),
    (Webpack, "rsbuild.config."),
    (Angular, "angular.json"),
];

/// Beginnings of specifiers that only a framework understands.
const BY_IMPORT: &[(Framework, &str)] = &[
    (SvelteKit, "$env/"),
    (SvelteKit, "$app/"),
    (Astro, "astro:"),
    (Remix, "@remix-run/"),
    (Remix, "@react-router/"),
    (Nuxt, "#imports"),
    (Nuxt, "#app"),
    (Expo, "expo-"),
    (Angular, "@angular/"),
];

/// The frameworks that a file's path and exports tell of.
fn by_shape(path: &str, module: Option<&Module>) -> Vec<Framework> {
    let name = parted(path).1;
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_code = matches!(end, "js" | "jsx" | "ts" | "tsx" | "mjs");
    let below = |folder: &str| path.starts_with(&format!("{folder}/")) || path.starts_with(&format!("src/{folder}/"));
    let exports = |names: &[&str]| module.is_some_and(|module| module.exports.iter().any(|export| names.contains(&export.name.as_str())));
    let mut out = Vec::new();
    if ["+page", "+layout", "+server", "+error"].iter().any(|start| name.strip_prefix(start).is_some_and(|rest| rest.starts_with('.'))) {
        out.push(SvelteKit);
    }
    if end == "astro" {
        out.push(Astro);
    }
    if is_code && below("app") && matches!(stem, "page" | "layout" | "route") || is_code && below("pages") && matches!(stem, "_app" | "_document") {
        out.push(Next);
    }
    if is_code && exports(&["getServerSideProps", "getStaticProps", "getStaticPaths"]) {
        out.push(Next);
    }
    if is_code
        && path.starts_with("app/")
        && (path.starts_with("app/routes/") || stem == "root")
        && exports(&["loader", "action", "clientLoader", "meta", "links"])
    {
        out.push(Remix);
    }
    out
}

/// One package.
#[derive(Debug, Default)]
pub(super) struct Package<'a> {
    /// Where it lies.
    pub(super) folder: &'a str,
    /// Sorted.
    pub(super) frameworks: Vec<Framework>,
    /// The file that its `package.json` calls its main one, without a `./`.
    pub(super) main: String,
    /// Whether its `package.json` says that importing a module only for its effects does nothing.
    pub(super) is_pure: bool,
    /// Whether others are to import or to run it, by its `package.json`.
    pub(super) is_library: bool,
    /// Whether no `package.json` says what it depends on, so that its modules' imports and paths have to tell.
    pub(super) is_guessed: bool,
    /// What it depends on.
    pub(super) dependencies: Vec<String>,
    /// Paths below the folder that a browser extension's manifest names.
    pub(super) named: Vec<String>,
    /// Paths below the folder that build configurations, or command lines in its `package.json`, begin a client's bundle with.
    pub(super) entries: Vec<String>,
    /// Whether source maps are written where its tool writes them by itself.
    pub(super) has_maps: bool,
    /// Whether a page of it loads scripts.
    pub(super) has_page: bool,
    /// Whether every import of its modules leads somewhere, so that what nobody imports is known.
    pub(super) is_complete: bool,
}

impl Package<'_> {
    /// Whether it uses a framework.
    pub(super) fn has(&self, framework: Framework) -> bool {
        self.frameworks.contains(&framework)
    }

    /// Whether it uses one of some.
    pub(super) fn has_any(&self, frameworks: &[Framework]) -> bool {
        frameworks.iter().any(|framework| self.has(*framework))
    }

    /// Whether it depends on a package.
    pub(super) fn depends_on(&self, name: &str) -> bool {
        self.dependencies.iter().any(|dependency| dependency == name)
    }
}

/// All packages of a tree.
#[derive(Debug, Default)]
pub(super) struct Packages<'a> {
    pub(super) list: Vec<Package<'a>>,
    by_folder: HashMap<&'a str, usize>,
}

impl<'a> Packages<'a> {
    /// Finds the packages: folders with a `package.json` that says more than a type of module, with a framework's file of
    /// settings, or with the manifest of an extension. `paths` are sorted.
    pub(super) fn find(paths: &[&'a str], settings: &[Setting<'a>]) -> Self {
        let mut out = Self::default();
        out.at("");
        for (path, json) in settings {
            let (folder, name) = parted(path);
            match name {
                "package.json" => {
                    let dependencies = dependencies(json);
                    if !dependencies.is_empty() || json.get("name").is_some() || folder.is_empty() {
                        let package = out.at(folder);
                        package.main = json.get("main").and_then(Value::as_str).unwrap_or_default().trim_start_matches("./").to_owned();
                        package.is_pure = json.get("sideEffects") == Some(&Value::Bool(false));
                        package.is_library = ["bin", "exports", "module", "types", "typings"].iter().any(|field| json.get(field).is_some());
                        package.frameworks.extend(
                            BY_DEPENDENCY.iter().filter(|(_, names)| names.iter().any(|name| dependencies.iter().any(|one| one == name))).map(|(one, _)| *one),
                        );
                        package.dependencies = dependencies;
                        package.has_maps = !commands(json).any(|line| line.contains("GENERATE_SOURCEMAP=false") || line.contains("--no-source-maps"));
                        package.entries = commands(json).flat_map(bundled).collect();
                    }
                }
                "manifest.json" => {
                    let package = out.at(folder);
                    package.frameworks.push(Extension);
                    files_named(json, 0, &mut package.named);
                }
                "app.json" if json.get("expo").is_some() => out.at(folder).frameworks.push(Expo),
                _ => {}
            }
        }
        for path in paths {
            let (folder, name) = parted(path);
            if let Some((framework, _)) = BY_FILE.iter().find(|(_, start)| name.starts_with(start)) {
                out.at(folder).frameworks.push(*framework);
            }
        }
        out.inherit();
        out
    }

    /// What the modules of a package say of its framework, where no `package.json` does: what they import, what they export, and
    /// how files are called.
    pub(super) fn guess(&mut self, files: &[(&FileFacts, usize)]) {
        for package in &mut self.list {
            package.is_guessed = package.dependencies.is_empty();
        }
        for (file, package) in files {
            let package = &mut self.list[*package];
            // A library or a server may hold such a file as well; a framework that is known needs no guess.
            if package.frameworks.iter().any(|known| !matches!(known, Backend | Bundler | Storybook | Vite)) && !package.is_guessed {
                continue;
            }
            let module = file.facts.module.as_ref();
            let mut found = by_shape(&file.path.text, module);
            for import in module.iter().flat_map(|module| &module.imports).filter(|_| package.is_guessed) {
                let specifier = import.specifier.as_str();
                let parts = if specifier.starts_with('@') { 2 } else { 1 };
                let end = specifier.match_indices('/').nth(parts - 1).map_or(specifier.len(), |(at, _)| at);
                let name = &specifier[..end];
                found.extend(
                    BY_DEPENDENCY.iter().filter(|(_, names)| names.contains(&name)).map(|(one, _)| *one).filter(|one| !matches!(one, Bundler | Storybook)),
                );
                found.extend(BY_IMPORT.iter().filter(|(_, start)| specifier.starts_with(start)).map(|(one, _)| *one));
            }
            package.frameworks.extend(found);
        }
        for package in &mut self.list {
            package.frameworks.sort_unstable();
            package.frameworks.dedup();
        }
    }

    /// The package that holds a folder.
    pub(super) fn holder(&self, folder: &str) -> Option<usize> {
        upwards(folder).find_map(|folder| self.by_folder.get(folder).copied())
    }

    fn at(&mut self, folder: &'a str) -> &mut Package<'a> {
        let at = *self.by_folder.entry(folder).or_insert_with(|| {
            self.list.push(Package { folder, is_complete: true, ..Package::default() });
            self.list.len() - 1
        });
        &mut self.list[at]
    }

    /// A package without dependencies of its own has those of the one around it, as in monorepos with one `package.json`;
    /// Storybook is set up once for many.
    fn inherit(&mut self) {
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        order.sort_by_key(|at| self.list[*at].folder.len());
        for at in order {
            let folder = self.list[at].folder;
            let outer = (!folder.is_empty()).then(|| self.holder(parted(folder).0)).flatten();
            if let Some(outer) = outer {
                let all = self.list[at].dependencies.is_empty();
                let is_bare = self.list[at].frameworks.is_empty();
                let inherited: Vec<Framework> = self.list[outer].frameworks.iter().copied().filter(|one| *one == Storybook || (all && is_bare)).collect();
                let dependencies = if all { self.list[outer].dependencies.clone() } else { Vec::new() };
                self.list[at].frameworks.extend(inherited);
                self.list[at].dependencies.extend(dependencies);
            }
            self.list[at].frameworks.sort_unstable();
            self.list[at].frameworks.dedup();
        }
    }
}

fn dependencies(json: &Value) -> Vec<String> {
    let sections = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    sections.iter().filter_map(|section| json.get(section)?.as_object()).flat_map(|packages| packages.keys().cloned()).collect()
}

/// The command lines of a `package.json`, each on its own.
fn commands(json: &Value) -> impl Iterator<Item = &str> {
    let scripts = json.get("scripts").and_then(Value::as_object).into_iter().flat_map(|scripts| scripts.values()).filter_map(Value::as_str);
    scripts.flat_map(|line| line.split(['&', '|', ';']))
}

/// What a command line tells esbuild or Bun to bundle for browsers.
fn bundled(command: &str) -> Vec<String> {
    let mut words = command.split_whitespace().skip_while(|word| !matches!(word.rsplit('/').next(), Some("esbuild" | "bun"))).peekable();
    let is_esbuild = words.next().is_some_and(|word| word.ends_with("esbuild"));
    if !is_esbuild && words.next() != Some("build") {
        return Vec::new();
    }
    let words: Vec<&str> = words.map(|word| word.trim_matches(['"', '\''])).collect();
    let is_server = words.iter().any(|word| matches!(*word, "--platform=node" | "--platform=neutral" | "--target=node" | "--target=bun" | "node" | "neutral"));
    if is_server || is_esbuild && !words.iter().any(|word| word.starts_with("--bundle")) {
        return Vec::new();
    }
    let is_code = |word: &&&str| !word.starts_with('-') && [".js", ".jsx", ".ts", ".tsx", ".mjs", ".mts"].iter().any(|end| word.ends_with(end));
    words.iter().filter(is_code).map(|word| word.trim_start_matches("./").to_owned()).collect()
}

/// Scripts and pages that the manifest of an extension names, wherever it does.
fn files_named(json: &Value, depth: usize, out: &mut Vec<String>) {
    if depth > 8 {
        return;
    }
    match json {
        Value::String(path) => {
            let is_one = [".js", ".mjs", ".ts", ".tsx", ".jsx", ".html"].iter().any(|end| path.ends_with(end));
            if is_one && !path.contains(['*', ':']) {
                out.push(path.trim_start_matches("./").trim_start_matches('/').to_owned());
            }
        }
        Value::Array(values) => values.iter().for_each(|value| files_named(value, depth + 1, out)),
        Value::Object(map) => map.values().for_each(|value| files_named(value, depth + 1, out)),
        _ => {}
    }
}
