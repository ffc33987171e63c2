//! Which files are scripts, and which of them are worth reading.

use std::sync::LazyLock;

use crate::detect::Words;

/// Extensions of scripts, and of files that hold some.
const SCRIPTS: &[&str] = &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro", "html", "htm"];

/// What a script says that speaks of variables, or of a place where values leave.
const CUES: &[&str] = &[
    "process.env",
    "import.meta.env",
    "$env/",
    "$app/env/",
    "defineEnvVars",
    "astro:env",
    "Deno.env",
    "Bun.env",
    "untimeConfig",
    "env } = process",
    "node:process",
    "getServerSideProps",
    "@env'",
    "c.env.",
    "env.get(",
    ".env as ",
    "env: Env",
    ", env)",
    ", env,",
    ", env }",
    "{ env",
    "context.env",
    "ctx.env",
    "platform.env",
    "platform?.env",
    "c.env)",
    "getenv(",
    "requireEnv(",
    "%VITE_",
    "%REACT_APP_",
    "Bearer ${",
    "'Bearer ' +",
    "\"Bearer \" +",
];

static FINDER: LazyLock<Words> = LazyLock::new(|| {
    let calls = crate::keys::endpoints::hosts().chain(crate::keys::endpoints::packages());
    Words::new(CUES.iter().copied().chain(calls), false)
});

/// Whether a file is a script, or holds some, that somebody wrote by hand.
pub(in crate::lang) fn is_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let is_one = SCRIPTS.iter().any(|script| extension.eq_ignore_ascii_case(script));
    is_one
        && !stem.ends_with(".min")
        && !name.contains(".min.")
        && !name.contains("-min.")
        && !([".d.ts", ".d.mts", ".d.cts"].iter().any(|end| name.ends_with(end)))
        && !path.split('/').any(|folder| folder == "node_modules")
}

/// Whether a script says something that rules may speak of.
pub(in crate::lang) fn has_cue(path: &str, text: &[u8]) -> bool {
    text.len() <= super::LARGEST_SCRIPT && !is_minified(text) && (is_cued(path, text) || !is_test(path) && super::hunch::leaks(text))
}

/// The same, but for logs and their kin.
pub(super) fn is_cued(path: &str, text: &[u8]) -> bool {
    is_build_config(path) || speaks(text)
}

/// Whether a file is a test's, where names of variables prove nothing.
fn is_test(path: &str) -> bool {
    path.contains(".test.") || path.contains(".spec.") || path.split('/').any(|folder| matches!(folder, "test" | "tests" | "__tests__" | "__mocks__"))
}

/// Whether one of the cues is there. Which mode a build has is asked by every library, and is no secret.
fn speaks(text: &[u8]) -> bool {
    FINDER.any(text, |found| {
        let rest = &text[found.end..];
        !QUIET.iter().any(|name| rest.starts_with(name) && !rest.get(name.len()).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_'))
    })
}

/// Members of the environment that tell nothing but how a build is made.
const QUIET: &[&[u8]] = &[b".NODE_ENV", b".DEV", b".PROD", b".MODE", b".SSR", b".BASE_URL", b".VITEST", b".CI"];

pub(super) use crate::lang::directive::is_minified;

/// Whether a file tells a bundler what to do, by its name.
pub(super) fn is_build_config(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    if !["js", "mjs", "cjs", "ts", "mts", "cts"].contains(&extension) {
        return false;
    }
    let configs = [
        "next",
        "vite",
        "rspack",
        "rsbuild",
        "rslib",
        "nuxt",
        "rollup",
        "rolldown",
        "app",
        "babel",
        "vue",
        "quasar",
        "astro",
        "svelte",
        "craco",
        "vitest",
        "electron.vite",
        "metro",
        "tsup",
        "tsdown",
        "farm",
        "umi",
        "modern",
        "esbuild",
        "docusaurus",
        "webpack",
        "wxt",
        "taro",
        "ember-cli-build",
    ];
    stem.strip_suffix(".config").is_some_and(|tool| configs.contains(&tool))
        || stem.starts_with("webpack")
        || stem.starts_with("vite.config.")
        || stem.starts_with("esbuild")
        || stem.starts_with("next.config.")
        || ["gatsby-config", "build", ".babelrc", "config-overrides", "razzle.config", ".umirc"].contains(&stem)
        || (stem == "main" && path.contains(".storybook/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_told_by_their_paths() {
        let rows = [
            ("a.js", true),
            ("src/a.tsx", true),
            ("src/App.vue", true),
            ("a.astro", true),
            ("index.html", true),
            ("a.htm", true),
            ("a.mts", true),
            ("a.d.ts", false),
            ("a.min.js", false),
            ("a.min.mjs", false),
            ("node_modules/x/a.js", false),
            ("a.json", false),
            ("js", false),
            ("a.jsx.snap", false),
        ];
        for (path, is_one) in rows {
            assert_eq!(is_script(path), is_one, "{path}");
        }
    }

    #[test]
    fn build_configurations_are_told_by_their_names() {
        let rows = [
            ("next.config.js", true),
            ("apps/web/vite.config.ts", true),
            ("webpack.prod.js", true),
            ("nuxt.config.ts", true),
            ("app.config.ts", true),
            ("electron.vite.config.ts", true),
            (".storybook/main.ts", true),
            ("esbuild.mjs", true),
            ("build.mjs", true),
            ("gatsby-config.js", true),
            ("config.js", false),
            ("main.ts", false),
            ("jest.config.js", false),
        ];
        for (path, is_one) in rows {
            assert_eq!(is_build_config(path), is_one, "{path}");
        }
    }

    #[test]
    fn cues_are_of_variables_and_of_build_configurations() {
        let long = format!("const a = process.env.A; {}", "x".repeat(6000));
        let rows = [
            ("a.ts", "const a = process.env.PLUNK_KEY", true),
            ("a.ts", "import { A } from '$env/static/private'", true),
            ("a.ts", "const c = useRuntimeConfig()", true),
            ("a.ts", "console.log(1)", false),
            ("vite.config.ts", "export default {}", true),
            ("a.ts", long.as_str(), false),
        ];
        for (path, text, has) in rows {
            assert_eq!(has_cue(path, text.as_bytes()), has, "{path}: {}", &text[..text.len().min(50)]);
        }
    }
}
