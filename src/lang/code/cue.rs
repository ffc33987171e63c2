//! Which programs are worth reading.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{LARGEST, language};

/// Words of names that say secret by themselves, as programs write them.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "accesskey",
    "access_key",
    "accesstoken",
    "access_token",
    "authtoken",
    "auth_token",
    "refreshtoken",
    "refresh_token",
    "bearer",
    "privatekey",
    "private_key",
    "credential",
    "authorization",
    "connectionstring",
    "connection_string",
    "database_url",
    "databaseurl",
    "mnemonic",
    "os.environ",
    "os.getenv",
    "getenv",
    "env::var",
    "env[",
    "env.fetch",
    "_token",
    ".header",
    "env::vars",
    "fromenvironment",
    ".environment",
    "requestheader",
    "expose_secret",
    "getenvironmentvariable",
    "sys.env",
    "buildconfig.",
    "signingkey",
    "signing_key",
    "encryptionkey",
    "encryption_key",
    "masterkey",
    "jwt",
    "token)",
    "_key)",
    "_key}",
    "token}",
    "client_secret",
    "webhook_secret",
    // Whole environments, requests and stores.
    "env.to_h",
    "env.each",
    "env.inspect",
    "p env",
    "pp env",
    "puts env",
    "$_env",
    "$_server",
    "phpinfo",
    "system.get_env",
    "fetch_env",
    "compile_env",
    "headers",
    "credentials",
    "session_id",
    "passphrase",
    "(conn)",
];

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(NAMES).expect("a few fixed words"));

/// Whether a program says something that rules may speak of.
pub(in crate::lang) fn has_cue(path: &str, text: &[u8]) -> bool {
    text.len() <= LARGEST && language(path).is_some() && FINDER.is_match(text)
}
