//! A first look at names: which of them may say secret at all. The catalog says which of those do.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

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

static FINDER: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(HINTS).expect("a few fixed words"));

/// A name that is longer than this is text. In bytes.
const LONGEST: usize = 100;

/// Whether a name may say secret. Rather true than false, and quick.
pub(in crate::lang) fn may_say_secret(name: &str) -> bool {
    if name.len() < 2 || name.len() > LONGEST {
        return false;
    }
    matches!(name.to_ascii_lowercase().as_str(), "pw" | "sk" | "pat" | "pk") || FINDER.is_match(name)
}

/// Parts of names of functions that leave nothing of a secret that could be read; in small letters.
const HIDES: &[&str] = &[
    "mask",
    "redact",
    "hash",
    "digest",
    "obfuscat",
    "scrub",
    "censor",
    "hmac",
    "sha1",
    "sha2",
    "sha5",
    "sha_",
    "md5",
    "fingerprint",
    "anonymi",
    "sanitiz",
    "sanitis",
    "encrypt",
    "bcrypt",
    "argon",
    "scrypt",
    "pbkdf",
    "last4",
    "lastfour",
    "last_four",
    "preview",
    "truncat",
    "ellips",
    "shorten",
    "hide",
    "conceal",
    "filter_sens",
    "filtersens",
    "omitsensitive",
    "stripsecret",
    "removesecret",
    "cleansecret",
    "checksum",
    "abbrev",
];
/// Asked of the name of nearly every call in a script that is read.
static HIDER: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(HIDES).expect("a few fixed words"));

/// Parts of names that undo that, or mean something else.
const SHOWS: &[&str] = &["decrypt", "unmask", "unhide", "dehash", "unredact", "hashmap", "hash_map"];

/// Whether a function of this name makes a secret unreadable: `maskToken`, `sha256`.
pub(in crate::lang) fn hides(name: &str) -> bool {
    HIDER.is_match(name) && {
        let lower = name.to_ascii_lowercase();
        !SHOWS.iter().any(|part| lower.contains(part))
    }
}

/// Headers whose keys may be made for clients, and travel like all others.
const OPEN_HEADERS: &[&str] = &["x-algolia-api-key", "x-publishable-api-key", "circle-token"];

/// Whether a request's header carries a key.
pub(in crate::lang) fn carries_key(header: &str) -> bool {
    crate::keys::naming::bears_header(header) || OPEN_HEADERS.iter().any(|open| open.eq_ignore_ascii_case(header))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides() {
        assert!(hides("maskToken") && hides("sha256") && hides("redact_key") && hides("toLast4"));
        assert!(!hides("decrypt") && !hides("unmask") && !hides("HashMap") && !hides("format"));
        assert!(carries_key("Authorization") && carries_key("X-Publishable-Api-Key") && !carries_key("Content-Type"));
    }

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
