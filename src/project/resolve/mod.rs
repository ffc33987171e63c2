//! From what an import says to the file that it means, over the files that are known.
//!
//! Written by hand, not with a resolver that looks into folders: the files may be of a commit, and packages of the
//! workspace are found by their names, without `node_modules`.

mod package;
mod tsconfig;

use std::collections::HashMap;

use serde_json::Value;

pub(super) use package::{exported, imported, replaced};
use tsconfig::Settings;

/// What an import means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The file of a number.
    File(u32),
    /// Another package, a part of the platform, a style or an image: nothing that is looked into.
    Foreign,
    /// A file of the project that is not known.
    Missing,
}

/// The files of a tree, and what its settings say of names.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    files: &'a HashMap<&'a str, usize>,
    /// `package.json` of each folder.
    packages: HashMap<&'a str, &'a Value>,
    /// Folders of packages, by their names.
    by_name: HashMap<&'a str, &'a str>,
    /// `tsconfig.json` or `jsconfig.json` of each folder.
    settings: HashMap<&'a str, Settings>,
}

/// A file of settings: its path, and what it says.
pub(super) type Setting<'a> = (&'a str, Value);

/// Endings that may be left out, the likeliest first.
const ENDINGS: &[&str] = &[".ts", ".tsx", ".js", ".jsx", ".mjs", ".mts", ".cjs", ".cts", ".vue", ".svelte", ".astro", ".json"];
/// Endings of files for one platform, where nothing else is there.
const PLATFORM_ENDINGS: &[&str] =
    &[".web.ts", ".web.tsx", ".native.ts", ".native.tsx", ".ios.tsx", ".ios.ts", ".android.tsx", ".ios.js", ".android.js", ".native.js", ".web.js", ".d.ts"];
/// What a written ending may stand for.
const TWINS: &[(&str, &[&str])] = &[(".js", &[".ts", ".tsx"]), (".jsx", &[".tsx"]), (".mjs", &[".mts"]), (".cjs", &[".cts"])];
/// Endings of what holds no code.
const ASSETS: &[&str] = &[
    ".css",
    ".scss",
    ".sass",
    ".less",
    ".styl",
    ".pcss",
    ".svg",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    ".avif",
    ".ico",
    ".woff",
    ".woff2",
    ".ttf",
    ".otf",
    ".eot",
    ".mp3",
    ".mp4",
    ".webm",
    ".wav",
    ".glb",
    ".gltf",
    ".wasm",
    ".md",
    ".mdx",
    ".txt",
    ".graphql",
    ".gql",
    ".html",
    ".yml",
    ".yaml",
    ".csv",
    ".pdf",
    ".glsl",
    ".vert",
    ".frag",
    ".json",
    ".po",
    ".node",
    ".d.ts",
    ".webmanifest",
];

impl<'a> Resolver<'a> {
    /// Joins the settings of a tree.
    pub(super) fn new(files: &'a HashMap<&'a str, usize>, settings: &'a [Setting<'a>]) -> Self {
        let mut packages = HashMap::new();
        let mut by_name: HashMap<&str, &str> = HashMap::new();
        for (path, json) in settings {
            let (folder, name) = parted(path);
            if name == "package.json" {
                packages.insert(folder, json);
                if let Some(name) = json.get("name").and_then(Value::as_str) {
                    // Copies of a package, as tests hold them, lie deeper than the package itself.
                    let rank = |folder: &str| (folder.matches('/').count(), folder.to_owned());
                    let held = by_name.entry(name).or_insert(folder);
                    if rank(folder) < rank(held) {
                        *held = folder;
                    }
                }
            }
        }
        let settings = tsconfig::gather(settings, &by_name);
        Self { files, packages, by_name, settings }
    }

    /// The file that an import of `from` means.
    pub(super) fn resolve(&self, from: &str, specifier: &str) -> Target {
        let specifier = specifier.rsplit('!').next().unwrap_or(specifier);
        let specifier = specifier.split('?').next().unwrap_or(specifier);
        if specifier.is_empty() || specifier.contains("://") || specifier.starts_with("//") || specifier.starts_with("data:") || specifier.len() > 1024 {
            return Target::Foreign;
        }
        let folder = parted(from).0;
        let root = self.package_folder(folder);
        if let Some(to) = root.and_then(|root| replaced(self.packages.get(root)?, specifier)) {
            return match to {
                Some(to) if to.starts_with('.') => self.target(self.file(&joined(root.unwrap_or_default(), to)), to),
                Some(to) => self.by_package(to).unwrap_or(Target::Foreign),
                None => Target::Foreign,
            };
        }
        if specifier.starts_with("./") || specifier.starts_with("../") || matches!(specifier, "." | "..") {
            let path = joined(folder, specifier);
            if let Some(root) = root
                && let Some(below) = path.strip_prefix(root).map(|below| below.trim_start_matches('/'))
                && let Some(to) = self.packages.get(root).and_then(|json| replaced(json, &format!("./{below}")))
            {
                return to.map_or(Target::Foreign, |to| self.target(self.file(&joined(root, to)), to));
            }
            return self.target(self.file(&path), specifier);
        }
        if let Some(rest) = specifier.strip_prefix('/') {
            // What a page loads: from the folder of the package, from what is served as it is, from the page's own folder.
            let roots = [root.unwrap_or_default(), folder];
            let served = roots.iter().flat_map(|root| ["", "public", "static"].map(|below| joined(&joined(root, below), rest)));
            return self.target(served.into_iter().find_map(|path| self.file(&path)), specifier);
        }
        if specifier.starts_with('#') {
            let found = root.and_then(|root| Some((root, imported(self.packages.get(root)?, specifier)?)));
            if let Some((root, to)) = found {
                return if to.starts_with('.') { self.target(self.file(&joined(root, &to)), &to) } else { self.by_package(&to).unwrap_or(Target::Foreign) };
            }
        }
        let path = tsconfig::nearest(folder, &self.settings).and_then(|settings| settings.paths(specifier).find_map(|path| self.file(&path)));
        path.map(Target::File)
            .or_else(|| self.by_package(specifier))
            .or_else(|| self.by_alias(root.unwrap_or_default(), specifier))
            .unwrap_or_else(|| if is_own(specifier) { self.target(None, specifier) } else { Target::Foreign })
    }

    /// A file of a package of the workspace; `None` where no such package is known.
    fn by_package(&self, specifier: &str) -> Option<Target> {
        let cut =
            if specifier.starts_with('@') { specifier.find('/').and_then(|at| Some(at + 1 + specifier[at + 1..].find('/')?)) } else { specifier.find('/') };
        let (name, below) = cut.map_or((specifier, ""), |cut| specifier.split_at(cut));
        let folder = *self.by_name.get(name)?;
        let json = self.packages.get(folder)?;
        let below = below.trim_start_matches('/');
        // What an entry point names is often built: the source has the same place below `src/`.
        let written = exported(json, below);
        let sources = written.iter().flat_map(|path| {
            let path = path.trim_start_matches("./").trim_start_matches('/');
            let built = ["dist/", "build/", "lib/", "out/", "esm/"].iter().find_map(|start| path.strip_prefix(start));
            let stem = built.map(|path| ENDINGS.iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path));
            [Some(path.to_owned()), stem.map(|stem| format!("src/{stem}"))].into_iter().flatten()
        });
        let guesses = if below.is_empty() {
            vec!["src/index".to_owned(), "index".to_owned(), "src/main".to_owned()]
        } else {
            vec![below.to_owned(), format!("src/{below}")]
        };
        Some(sources.chain(guesses).find_map(|path| self.file(&joined(folder, &path))).map_or(Target::Missing, Target::File))
    }

    /// The names that frameworks and many a configuration give to folders.
    fn by_alias(&self, root: &str, specifier: &str) -> Option<Target> {
        let (places, rest): (&[&str], &str) = if let Some(rest) = specifier.strip_prefix("~~/").or_else(|| specifier.strip_prefix("@@/")) {
            (&[""], rest)
        } else if let Some(rest) = specifier.strip_prefix("@/") {
            (&["src", "", "app"], rest)
        } else if let Some(rest) = specifier.strip_prefix("~/") {
            (&["app", "src", ""], rest)
        } else if let Some(rest) = specifier.strip_prefix("$lib").filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            (&["src/lib"], rest)
        } else if let Some(rest) = specifier.strip_prefix("src/") {
            (&["src"], rest)
        } else if let Some(rest) = specifier.strip_prefix(['@', '~', '$', '#']).filter(|rest| rest.contains('/')) {
            (&["src", "", "app"], rest)
        } else {
            return None;
        };
        places.iter().find_map(|place| self.file(&joined(&joined(root, place), rest.trim_start_matches('/')))).map(Target::File)
    }

    /// The file at a path without its ending, or of a folder.
    pub(super) fn file(&self, path: &str) -> Option<u32> {
        let exact = |path: &str| self.files.get(path).map(|at| *at as u32);
        if let Some(found) = exact(path) {
            return Some(found);
        }
        for (end, twins) in TWINS {
            if let Some(stem) = path.strip_suffix(end)
                && let Some(found) = twins.iter().find_map(|twin| exact(&format!("{stem}{twin}")))
            {
                return Some(found);
            }
        }
        let mut text = String::with_capacity(path.len() + 16);
        let mut with = |start: &str, end: &str| {
            text.clear();
            text.push_str(start);
            text.push_str(end);
            exact(&text)
        };
        if let Some(found) = ENDINGS.iter().find_map(|end| with(path, end)) {
            return Some(found);
        }
        if let Some(json) = self.packages.get(path) {
            let main = exported(json, "").into_iter().find_map(|main| exact(&joined(path, &main)));
            if main.is_some() {
                return main;
            }
        }
        let index = if path.is_empty() { "index".to_owned() } else { format!("{path}/index") };
        ENDINGS.iter().find_map(|end| with(&index, end)).or_else(|| PLATFORM_ENDINGS.iter().find_map(|end| with(path, end)))
    }

    fn target(&self, file: Option<u32>, specifier: &str) -> Target {
        match file {
            Some(file) => Target::File(file),
            // Types that a framework writes beside its routes.
            None if ASSETS.iter().any(|end| specifier.ends_with(end)) || specifier.contains("$types") || specifier.contains("+types/") => Target::Foreign,
            None => Target::Missing,
        }
    }

    /// The folder of the nearest `package.json` upwards.
    pub(super) fn package_folder<'s>(&self, folder: &'s str) -> Option<&'s str> {
        upwards(folder).find(|folder| self.packages.contains_key(folder))
    }
}

/// Whether a specifier can mean nothing but a file of the project.
fn is_own(specifier: &str) -> bool {
    ["@/", "~/", "~~/", "@@/", "$lib/"].iter().any(|start| specifier.starts_with(start))
}

/// A folder and all folders around it, from the inside out; the last is the empty one.
pub(super) fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| parted(folder).0))
}

/// The folder and the name of a path.
pub(super) fn parted(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// A relative path as seen from a folder, without `.` and `..`; what leads out of the tree ends at its root.
pub(super) fn joined(folder: &str, relative: &str) -> String {
    let mut out = String::with_capacity(folder.len() + relative.len() + 1);
    for part in folder.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." => out.truncate(out.rfind('/').unwrap_or(0)),
            part => {
                if !out.is_empty() {
                    out.push('/');
                }
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
