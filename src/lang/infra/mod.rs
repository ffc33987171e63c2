//! Files that build, test and run a project: pipelines of CI services, Dockerfiles, compose files, Terraform, playbooks of
//! Ansible, Makefiles, the scripts of `package.json`, and files of HTTP requests.
//!
//! Each reader finds the scripts in its files, with the variables that they are given, and hands them to `lang::shell`; what
//! is peculiar to a kind of file it notes itself.

mod ansible;
mod docker;
mod make;
mod others;
mod pipeline;
mod terraform;
#[cfg(test)]
mod tests;
mod yaml;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::shell::Sheet;
use super::{LARGEST_SCRIPT, Module, Spots};
use crate::text::Span;

/// Parts of words by which a text may speak of a secret, or of all of them; case does not matter.
const NAMES: &[&str] = &[
    "key",
    "secret",
    "token",
    "pass",
    "pwd",
    "cred",
    "auth",
    "private",
    "cookie",
    "jwt",
    "otp",
    "dsn",
    "sas",
    "_pat",
    "pat_",
    "database_ur",
    "db_ur",
    "webhook",
    "printenv",
    "env",
    "debug_trace",
    "tojson",
];

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(NAMES).expect("a few fixed words"));

/// Whether a text speaks of secrets at all.
pub(in crate::lang) fn says_secret(text: &[u8]) -> bool {
    FINDER.is_match(text)
}

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pipeline(pipeline::Kind),
    Docker,
    Make,
    Terraform,
    Package,
    Jenkins,
    Requests,
}

fn kind(path: &str, text: &[u8]) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if docker::is_one(path) {
        Some(Kind::Docker)
    } else if make::is_one(path) {
        Some(Kind::Make)
    } else if terraform::is_one(path) {
        Some(Kind::Terraform)
    } else if name == "package.json" {
        Some(Kind::Package)
    } else if name.starts_with("Jenkinsfile") || name.ends_with(".jenkinsfile") {
        Some(Kind::Jenkins)
    } else if name.ends_with(".http") || name.ends_with(".rest") {
        Some(Kind::Requests)
    } else {
        pipeline::kind(path, text).map(Kind::Pipeline)
    }
}

/// Whether a file may let a secret out. Quick, and rather true than false.
pub(super) fn has_cue(path: &str, text: &[u8]) -> bool {
    if text.len() > LARGEST_SCRIPT {
        return false;
    }
    let Some(kind) = kind(path, text) else { return false };
    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    says_secret(text)
        && match kind {
            Kind::Package => has("echo ") || has("curl ") || has("printenv") || has("password"),
            Kind::Terraform => has("output ") || has("local-exec") || has("nonsensitive("),
            Kind::Pipeline(pipeline::Kind::Cluster) => has("echo ") || has("curl ") || has("env") || has("set -"),
            _ => true,
        }
}

/// The facts of a file that builds, tests or runs something.
pub(super) fn read(path: &str, text: &[u8], values: &[Span], spots: &mut Spots) -> Option<Module> {
    let kind = kind(path, text).filter(|_| text.len() <= LARGEST_SCRIPT && says_secret(text))?;
    let text = std::str::from_utf8(text).ok()?;
    let mut sheet = Sheet::new(values, spots);
    match kind {
        Kind::Pipeline(kind) => pipeline::read(kind, text, &mut sheet),
        Kind::Docker => docker::read(text, &mut sheet),
        Kind::Make => make::read(text, &mut sheet),
        Kind::Terraform => terraform::read(text, &mut sheet),
        Kind::Package => others::package(text, &mut sheet),
        Kind::Jenkins => others::jenkins(text, &mut sheet),
        Kind::Requests => others::requests(text, &mut sheet),
    }
    sheet.finish()
}

/// The lines of a text without what ends them, each with its position.
fn plain_lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let mut out = Vec::new();
    for line in text.split_inclusive('\n') {
        out.push((at, line.trim_end_matches(['\n', '\r'])));
        at += line.len();
    }
    out
}
