//! Which environment a file is for, and which modes of a key type stand in one environment or package.

use std::collections::HashMap;

use super::{FileFacts, Origin, Project};
use crate::keys::KeyTypeIx;
use crate::lang::Literal;
use crate::terms::{Mode, Place};

/// Modes of a key type among the files that belong together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Modes<'p> {
    /// The first key of the live mode.
    pub live: Option<(&'p FileFacts, &'p Literal)>,
    /// The first key of the test mode.
    pub test: Option<(&'p FileFacts, &'p Literal)>,
}

/// The table of all of them: by environment or package, and key type.
pub(super) type Table<'p> = HashMap<(String, KeyTypeIx), Modes<'p>>;

/// Environments, by the words in the names of files and folders that say so.
const ENVIRONMENTS: &[(&str, &[&str])] = &[
    ("example", &["example", "examples", "sample", "template", "dist", "defaults"]),
    ("production", &["production", "prod", "prd"]),
    ("staging", &["staging", "stage", "stg", "uat", "qa", "preprod"]),
    ("development", &["development", "dev", "develop", "local"]),
    ("test", &["test", "testing", "tests", "e2e", "ci"]),
    ("preview", &["preview", "sandbox", "demo"]),
];

/// Endings of code, whose folders and names speak of builds and of features.
const CODE: &[&str] = &[
    "js", "ts", "tsx", "jsx", "mjs", "cjs", "mts", "cts", "py", "rb", "go", "rs", "java", "kt", "swift", "php", "cs", "dart", "scala", "ex", "exs", "map",
    "css", "md", "html", "htm", "vue", "svelte", "astro", "txt", "rst", "log",
];

/// The environment that a path is for, if it says so: `.env.production`, `values-prod.yaml`, `terraform/prod/main.tf`. The word
/// next to the end counts, except that an example of anything is an example.
pub fn environment(path: &str) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let is_code = name.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && CODE.contains(&end));
    // Angular's `environments/environment.prod.ts` and kin are settings.
    if is_code && !folders.split('/').any(|folder| matches!(folder, "environments" | "environment")) {
        return None;
    }
    let of_word = |word: &str| ENVIRONMENTS.iter().find(|(_, words)| words.contains(&word)).map(|(environment, _)| *environment);
    let words: Vec<&'static str> = lower.split(['/', '.', '-', '_']).filter_map(of_word).collect();
    if words.contains(&"example") {
        return Some("example");
    }
    let said = name.split(['.', '-', '_']).find_map(of_word);
    said.or_else(|| words.last().copied())
}

impl<'p> Project<'p> {
    /// The modes of a key type in the environment that a file is for; for a file that says none, in its package.
    pub fn modes(&self, file: &FileFacts, key_type: KeyTypeIx) -> Modes<'p> {
        let table = self.modes.get_or_init(|| self.all_modes());
        table.get(&(self.group(file), key_type)).copied().unwrap_or_default()
    }

    fn all_modes(&self) -> Table<'p> {
        let mut table = Table::default();
        for file in self.files.iter().filter(|file| file.origin == Origin::Present && !file.facts.literals.is_empty()) {
            let speaks = |literal: &&Literal| literal.credential.mode != Mode::None;
            if !file.facts.literals.iter().any(|literal| speaks(&literal)) || matches!(self.place_of(file).place, Place::Test | Place::Docs) {
                continue;
            }
            let group = self.group(file);
            for literal in file.facts.literals.iter().filter(speaks) {
                let modes = table.entry((group.clone(), literal.credential.key_type)).or_default();
                let mode = if literal.credential.mode == Mode::Live { &mut modes.live } else { &mut modes.test };
                mode.get_or_insert((file, literal));
            }
        }
        table
    }

    /// What a file belongs to: an environment of the whole project, or a package. Built files are on their own.
    fn group(&self, file: &FileFacts) -> String {
        let path = &file.lives_at;
        if let Some(environment) = environment(path) {
            return format!("environment {environment}");
        }
        let package = self
            .manifests
            .iter()
            .map(|(folder, _)| *folder)
            .find(|folder| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        format!("package {}", package.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::environment;

    #[test]
    fn environments_by_path() {
        let rows = [
            (".env.production", Some("production")),
            ("web/.env.production.local", Some("production")),
            ("config/prod.yml", Some("production")),
            ("deploy/values-prod.yaml", Some("production")),
            ("terraform/prod/main.tf", Some("production")),
            ("src/environments/environment.prod.ts", Some("production")),
            ("k8s/overlays/staging/secret.yaml", Some("staging")),
            (".env.development", Some("development")),
            (".env.local", Some("development")),
            ("prod/config.dev.json", Some("development")),
            (".env.test", Some("test")),
            (".env.production.example", Some("example")),
            (".env", None),
            ("src/product.yml", None),
            ("dist/app.production.js", None),
            ("src/prod/mail.ts", None),
            ("production.md", None),
            ("fly.toml", None),
        ];
        for (path, wanted) in rows {
            assert_eq!(environment(path), wanted, "{path}");
        }
    }
}
