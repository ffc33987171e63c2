//! Files that build, test and run a project: pipelines of CI services, Dockerfiles, compose files, Terraform, Ansible, Makefiles, HTTP files.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Words of names that may say secret; case does not matter.
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
    "database_url",
    "db_ur",
    "webhook",
    "printenv",
    "env",
];

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(NAMES).expect("a few fixed words"));

/// Whether a text speaks of secrets at all.
pub(super) fn says_secret(text: &[u8]) -> bool {
    FINDER.is_match(text)
}
