//! Where a file's bytes live or run, from its path, its kind and what it says of itself.
//!
//! The order of evidence: tests and documentation, which nobody ships; built assets and
//! mobile apps, which everybody loads; the file's own directives; then folder names and endings.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::globs::Globs;
use crate::context_data_static::PLACES;
use crate::lang::Directives;
use crate::terms::Place;

/// A file's place and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where.
    pub place: Place,
    /// Why, as the end of a sentence: "because it is ...".
    pub why: Cow<'static, str>,
    /// Where it lived, for what is gone.
    pub lived: Option<Place>,
}

impl Placed {
    /// A file that is there.
    pub fn new(place: Place, why: impl Into<Cow<'static, str>>) -> Self {
        Self { place, why: why.into(), lived: None }
    }

    /// The place that a verdict weighs: what only tests or documentation held is no worse for being gone.
    pub fn weighed(&self) -> Place {
        self.lived.filter(|lived| matches!(lived, Place::Test | Place::Docs)).unwrap_or(self.place)
    }
}

/// The globs of all places, made ready at the first path.
#[derive(Debug, Default)]
pub(super) struct Places {
    built_in: OnceLock<Globs>,
}

impl Places {
    pub(super) fn of(&self, path: &str, directives: &Directives) -> Placed {
        let by_path = self.by_path(path);
        let outranks_directives = |place: Place| matches!(place, Place::Test | Place::Bundle | Place::Mobile | Place::EnvFile | Place::Ci);
        // A bundle is told by its content where neither its folder nor its name tells; a server's is none that is sent.
        let is_open = matches!(by_path, None | Some((Place::Client | Place::Unknown | Place::Config, _)));
        if is_open && directives.built && is_script(path) && is_built_folder(path) {
            return Placed::new(Place::Bundle, "a bundler wrote it, into a folder of built files");
        }
        match by_path {
            Some((Place::Bundle, BUILT_FOLDER)) if directives.node && !directives.built && is_script(path) => {
                Placed::new(Place::Server, "it uses what only servers have")
            }
            // Heroku, Qt and many a server call their settings so too.
            Some((Place::Mobile, _)) if !directives.expo && is_named(path, "app.json") => Placed::new(Place::Config, "a configuration file"),
            // Swift runs on servers too.
            Some((Place::Mobile, _)) if directives.node && path.ends_with(".swift") => Placed::new(Place::Server, "it uses what only servers have"),
            Some((place, why)) if outranks_directives(place) => Placed::new(place, why),
            _ if directives.client && !is_prose(path) => Placed::new(Place::Client, "it says \"use client\""),
            Some((Place::Docs, why)) => Placed::new(Place::Docs, why),
            // The first module of a page is called so, and of many a server.
            Some((Place::Client, _)) if directives.node && matches!(path.rsplit("src/").next(), Some("main.ts" | "main.js")) => {
                Placed::new(Place::Server, "it uses what only servers have")
            }
            Some((Place::Client, _)) if directives.server => Placed::new(Place::Server, "it says that it runs on a server"),
            Some((place, why)) => Placed::new(place, why),
            None if is_script(path) && directives.browser => Placed::new(Place::Client, "it uses what only browsers have"),
            None if is_script(path) && directives.node => Placed::new(Place::Server, "it uses what only servers have"),
            None if directives.server => Placed::new(Place::Server, "it says that it runs on a server"),
            None => Placed::new(Place::Unknown, "neither its path nor its text tells"),
        }
    }

    /// The first entry of `rules/context/places.toml` with a glob that matches.
    fn by_path(&self, path: &str) -> Option<(Place, &'static str)> {
        let globs = self.built_in.get_or_init(|| {
            let mut globs = Globs::default();
            for (owner, (_, _, paths)) in PLACES.iter().enumerate() {
                paths.iter().for_each(|path| globs.add(owner, path));
            }
            globs
        });
        let first = globs.first(path)?;
        let (place, why, _) = PLACES[first];
        Some((place, why))
    }
}

/// Why a file is taken for a built one by a folder that servers are built into as well.
const BUILT_FOLDER: &str = "in a folder of built files";

/// Whether a path leads through a folder that builds write to.
fn is_built_folder(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|folder| matches!(folder, "dist" | "build" | "out" | "public" | ".next" | ".output"))
}

/// Whether a file is JavaScript or TypeScript, which run on either side.
fn is_script(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".js", ".ts", ".mjs"].iter().any(|end| lower.ends_with(end))
}

fn is_named(path: &str, name: &str) -> bool {
    path.rsplit('/').next() == Some(name)
}

/// Prose quotes directives; it does not run.
fn is_prose(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".md", ".mdx", ".markdown", ".rst", ".adoc", ".txt"].iter().any(|end| lower.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, place: Place) {
        assert_eq!(Places::default().of(path, &Directives::default()).place, place, "{path}");
    }

    #[test]
    fn places_by_path() {
        for (path, place) in [
            (".env", Place::EnvFile),
            (".env.production", Place::EnvFile),
            ("apps/web/.env.local", Place::EnvFile),
            (".github/workflows/ci.yml", Place::Ci),
            ("src/components/Pay.tsx", Place::Client),
            ("src/App.vue", Place::Client),
            ("app/api/pay/route.ts", Place::Server),
            ("pages/api/pay.ts", Place::Server),
            ("server.js", Place::Server),
            ("src/server/mail.ts", Place::Server),
            ("main.py", Place::Server),
            ("dist/assets/index-4f9a1c2b.js", Place::Bundle),
            (".next/static/chunks/main.js", Place::Bundle),
            ("build/static/js/main.4f9a.js", Place::Bundle),
            ("public/app.min.js", Place::Bundle),
            ("ios/App/Config.swift", Place::Mobile),
            ("android/app/src/main/res/values/strings.xml", Place::Mobile),
            ("lib/main.dart", Place::Mobile),
            ("shared/src/commonMain/kotlin/Api.kt", Place::Mobile),
            ("tests/pay_test.py", Place::Test),
            ("src/pay.test.ts", Place::Test),
            ("README.md", Place::Docs),
            ("MANUAL.html", Place::Docs),
            ("MANUAL.txt", Place::Docs),
            ("rclone.1", Place::Docs),
            ("pkg/webhook/testcerts/certs.go", Place::Test),
            ("src/main/resources/sshd-config/test-dsa.key", Place::Test),
            ("subprojects/internal-integ-testing/src/main/a.java", Place::Test),
            ("examples/pay.py", Place::Docs),
            ("docker-compose.yml", Place::Config),
            ("config/settings.json", Place::Config),
            ("index.html", Place::Client),
            ("public/config.js", Place::Client),
            ("notes", Place::Unknown),
            ("build/app.apk!/assets/index.android.bundle", Place::Mobile),
            ("dist/resources/app.asar!/main.js", Place::Desktop),
        ] {
            check(path, place);
        }
    }

    #[test]
    fn built_files_are_told_by_their_content() {
        let places = Places::default();
        let built = Directives { built: true, ..Directives::default() };
        let node = Directives { node: true, ..Directives::default() };
        for (path, directives, place) in [
            ("public/component---src-pages-index-js-a3a0.js", Directives::default(), Place::Bundle),
            ("dist/public/main.06b1.js", Directives::default(), Place::Bundle),
            ("dist/shop/browser/main.js", Directives::default(), Place::Bundle),
            ("out/renderer/assets/index.js", Directives::default(), Place::Bundle),
            ("out/main/index.js", Directives::default(), Place::Desktop),
            ("out/preload/index.js", built, Place::Desktop),
            ("public/app.js", built, Place::Bundle),
            ("public/app.js", Directives::default(), Place::Client),
            ("src/app.js", built, Place::Unknown),
            (".next/server/chunks/1.js", built, Place::Server),
            (".output/server/index.mjs", built, Place::Server),
            ("dist/server/index.js", node, Place::Server),
            ("dist/main.js", node, Place::Server),
            ("dist/main.js", built, Place::Bundle),
        ] {
            assert_eq!(places.of(path, &directives).place, place, "{path} {directives:?}");
        }
    }

    #[test]
    fn directives_and_configuration() {
        let client = Directives { client: true, ..Directives::default() };
        let places = Places::default();
        assert_eq!(places.of("app/page.ts", &client).place, Place::Client);
        assert_eq!(places.of("src/lib/pay.ts", &client).place, Place::Client);
        assert_eq!(places.of("README.md", &client).place, Place::Docs);
        assert_eq!(places.of("src/pay.test.tsx", &client).place, Place::Test);
        let expo = Directives { expo: true, ..Directives::default() };
        assert_eq!(places.of("app.json", &expo).place, Place::Mobile);
        assert_eq!(places.of("conf/app.json", &Directives::default()).place, Place::Config);
        let node = Directives { node: true, ..Directives::default() };
        assert_eq!(places.of("Sources/App/configure.swift", &node).place, Place::Server);
        assert_eq!(places.of("api/src/main.ts", &node).place, Place::Server);
        assert_eq!(places.of("src/main.ts", &Directives::default()).place, Place::Client);
        assert_eq!(places.of("Sources/App/configure.swift", &Directives::default()).place, Place::Mobile);
        let server = Directives { server: true, ..Directives::default() };
        assert_eq!(places.of("src/components/data.ts", &server).place, Place::Server);
    }
}
