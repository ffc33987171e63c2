//! A value that must not be shown: borrowed while its bytes are at hand, and what may travel in its place.

use std::fmt;

use crate::terms::KeyTypeId;

/// A borrowed view of a value. It can't be printed: there is no `Display`, and `Debug` tells the length alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret<'blob>(&'blob [u8]);

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// What is shown of a value: its prefix, a few characters at both ends, never enough to use or to guess it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Redacted(String);

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Redacted {
    /// What stands for a value of which only the variable's name is known: `$STRIPE_SECRET_KEY`.
    pub fn variable(name: &str) -> Self {
        let mut safe = "$".to_owned();
        crate::text::visible(name.as_bytes(), &mut safe);
        Self(safe)
    }

    /// The text that is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of one value of one key type, equal wherever it stands; of no use in finding the value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Fingerprint(String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Fingerprint {
    /// The text, `sk1:` and 32 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A value, by the owner's wish (`--show-secrets`) and nobody else's.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed(String);

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Revealed(..)")
    }
}

impl Revealed {
    /// The value itself. Whoever calls this prints a secret.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Values with fewer bits of surprise than this could be found by trying, and are stretched.
const GUESSABLE_BITS: f64 = 80.0;

impl<'blob> Secret<'blob> {
    /// Wraps a value.
    pub fn new(bytes: &'blob [u8]) -> Self {
        Self(bytes)
    }

    /// What may be shown. `prefix` bytes at the start are the format's and stay; a value that could be guessed from
    /// its ends shows nothing of itself.
    pub fn redacted(self, prefix: usize) -> Redacted {
        if let Some(block) = self.0.strip_prefix(b"-----BEGIN ") {
            let label: String = block.iter().take_while(|byte| **byte != b'-').take(40).map(|byte| *byte as char).collect();
            return Redacted(format!("-----BEGIN {label}-----..."));
        }
        let text: Vec<char> = String::from_utf8_lossy(self.0).chars().collect();
        let prefix = prefix.min(text.len());
        let body = text.len() - prefix;
        let (head, tail) = match body {
            24.. => (2, 4),
            16.. => (1, 2),
            _ => (0, 0),
        };
        let shown: String = text[..prefix + head].iter().chain("...".chars().collect::<Vec<_>>().iter()).chain(&text[text.len() - tail..]).collect();
        let mut safe = String::new();
        crate::text::visible(shown.as_bytes(), &mut safe);
        Redacted(safe)
    }

    /// The name of this value as a `key_type`. `bits` estimates how many guesses it takes (as a power of two); a value
    /// that could be guessed is hashed slowly (Argon2id, 2 MiB, 2 passes: some milliseconds, for a file may hold thousands), so that a report is no help in guessing it.
    pub fn fingerprint(self, key_type: &KeyTypeId, bits: f64) -> Fingerprint {
        let Identity(mut name) = self.identity(key_type);
        if bits < GUESSABLE_BITS {
            let cost = argon2::Params::new(2 * 1024, 2, 1, Some(16)).expect("the parameters are constants within Argon2's bounds");
            let slow = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, cost);
            let mut stretched = [0; 16];
            slow.hash_password_into(&name, b"skout fingerprint", &mut stretched).expect("salt and output lengths are constants within Argon2's bounds");
            name = stretched;
        }
        Fingerprint(format!("sk1:{}", data_encoding::HEXLOWER.encode(&name)))
    }

    /// What tells this value from others while the process lasts: quick to make, and for that reason never shown.
    pub fn identity(self, key_type: &KeyTypeId) -> Identity {
        let mut hash = blake3::Hasher::new_derive_key("skout 2026-11-24 fingerprint of a key type and its value");
        hash.update(key_type.as_str().as_bytes());
        hash.update(b"\0");
        hash.update(self.0);
        let mut name = [0; 16];
        name.copy_from_slice(&hash.finalize().as_bytes()[..16]);
        Identity(name)
    }

    /// The value itself, to be shown because its owner asked for it.
    pub fn reveal(self) -> Revealed {
        Revealed(String::from_utf8_lossy(self.0).into_owned())
    }
}

/// A key type and value by a hash that a guess could be checked with: it stays within the process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity([u8; 16]);

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redaction_shows_ends_of_long_values_only() {
        let show = |value: &str, prefix| Secret::new(value.as_bytes()).redacted(prefix).to_string();
        assert_eq!(show(&format!("sk_{}", "0123456789ab".repeat(4)), 3), "sk_01...89ab");
        assert_eq!(show("hunter2", 0), "...");
        assert_eq!(show("key_0123456789abcdef", 4), "key_0...ef");
        assert_eq!(show("-----BEGIN RSA PRIVATE KEY-----\nMII", 0), "-----BEGIN RSA PRIVATE KEY-----...");
    }

    #[test]
    fn debug_tells_nothing() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2")), "Secret(7 bytes)");
        assert_eq!(format!("{:?}", Secret::new(b"hunter2").reveal()), "Revealed(..)");
    }

    #[test]
    fn fingerprints_depend_on_type_and_value_alone() {
        let id = |text: &'static str| KeyTypeId(text.into());
        let one = Secret::new(b"value").fingerprint(&id("a.b"), 200.0);
        assert_eq!(one, Secret::new(b"value").fingerprint(&id("a.b"), 200.0));
        assert_ne!(one, Secret::new(b"value").fingerprint(&id("a.c"), 200.0));
        assert_ne!(one, Secret::new(b"valuf").fingerprint(&id("a.b"), 200.0));
        assert_ne!(one, Secret::new(b"value").fingerprint(&id("a.b"), 10.0));
        assert_eq!(one.as_str().len(), 4 + 32);
    }
}
