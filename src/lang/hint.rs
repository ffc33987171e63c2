//! A first look at names: which of them may say secret at all. The catalog says which of those do.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Parts of words; case does not matter.
const HINTS: &[&str] = &[
    "key",
    "secret",
    "token",
    "pass",
    "pwd",
    "cred",
    "auth",
    "bearer",
    "private",
    "cookie",
    "session",
    "jwt",
    "otp",
    "mnemonic",
    "seed",
    "dsn",
    "database",
    "mongo",
    "redis",
    "connection",
    "conn_str",
    "connstr",
    "webhook",
    "signature",
    "cipher",
    "pin",
    "cvv",
    "sas",
    "pem",
    "license",
    "_pat",
    "pat_",
    "db_ur",
    "dburl",
    "dburi",
    "signing",
    "master",
    "encryption",
];

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(HINTS).expect("a few fixed words"));

/// A name that is longer than this is text. In bytes.
const LONGEST: usize = 100;

/// Whether a name may say secret. Rather true than false, and quick.
pub(in crate::lang) fn may_say_secret(name: &str) -> bool {
    if name.len() < 2 || name.len() > LONGEST {
        return false;
    }
    matches!(name.to_ascii_lowercase().as_str(), "pw" | "sk" | "pat" | "pk") || FINDER.is_match(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["apiKey", "API_KEY", "password", "pw", "userToken", "client_secret", "dbUrl", "authorization", "sk", "github_pat"] {
            assert!(may_say_secret(name), "{name}");
        }
        for name in ["count", "x", "user", "index", "name", &"key".repeat(40)] {
            assert!(!may_say_secret(name), "{name}");
        }
    }
}
