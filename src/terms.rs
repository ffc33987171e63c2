//! The words of the contract as types: what a key may do, where it stands, how bad and how sure that is.
//!
//! Nothing here knows the rest of the program; the build script compiles this file as well, so that a rule file is
//! checked against the very words that the binary speaks.

use std::borrow::Cow;
use std::fmt;

/// Makes an enum of words, each with its spelling in files, options and reports.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$word_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$word_doc])* $variant),+ }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The spelling used in files, options and reports.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// Reads the spelling of `as_str`; anything else gives `None`.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.as_str()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(input)?;
                Self::parse(&word).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|word| word.as_str()).collect();
                    serde::de::Error::custom(format!("`{word}` is no {}: use one of {}", $what, known.join(", ")))
                })
            }
        }
    };
}

words! {
    /// What the holder of a key may do.
    Role, "role" {
        /// Full or broad authority, like a password.
        Secret = "secret",
        /// Some authority, scoped by the provider.
        Restricted = "restricted",
        /// Proves the sender of a webhook.
        WebhookSigning = "webhook-signing",
        /// Short-lived, or of one user or object.
        Session = "session",
        /// Made to be read by anyone.
        Publishable = "publishable",
        /// Names an account or a project; no authority alone.
        Identifier = "identifier",
        /// A credential by its use, of no known type.
        Unknown = "unknown",
    }
}

impl Role {
    /// Whether a leak of such a value gives somebody power.
    pub const fn bears_authority(self) -> bool {
        !matches!(self, Role::Publishable | Role::Identifier)
    }
}

words! {
    /// Whether a key moves real things.
    Mode, "mode" {
        /// Acts on production.
        Live = "live",
        /// Acts on a sandbox.
        Test = "test",
        /// The format does not say.
        None = "none",
    }
}

words! {
    /// Where bytes live or run.
    Place, "place" {
        /// Backends, functions, scripts.
        Server = "server",
        /// Source that runs in a browser or an extension.
        Client = "client",
        /// A built asset that browsers load.
        Bundle = "bundle",
        /// What ships inside a mobile app.
        Mobile = "mobile",
        /// What ships inside a desktop app.
        Desktop = "desktop",
        /// Files of a CI system.
        Ci = "ci",
        /// Configuration that is neither an env file nor CI.
        Config = "config",
        /// `.env` and kin.
        EnvFile = "env-file",
        /// Documentation and examples.
        Docs = "docs",
        /// Tests and fixtures.
        Test = "test",
        /// A git object that the tip no longer has.
        History = "history",
        /// The text of a commit, tag or note.
        CommitMessage = "commit-message",
        /// Nothing tells.
        Unknown = "unknown",
    }
}

words! {
    /// How bad a finding is, from the least to the worst.
    Severity, "severity" {
        /// Worth knowing.
        Info = "info",
        /// Worth mending some day.
        Low = "low",
        /// Worth a reviewer's time.
        Medium = "medium",
        /// Rotate it.
        High = "high",
        /// Rotate it now.
        Critical = "critical",
    }
}

impl Severity {
    /// This severity moved by whole steps, held within the scale.
    pub fn moved(self, steps: i8) -> Self {
        let last = Self::ALL.len() as i8 - 1;
        Self::ALL[(self as i8 + steps).clamp(0, last) as usize]
    }
}

words! {
    /// How sure we are that a value is a real credential, from the least to the most.
    Confidence, "confidence" {
        /// Statistics only.
        Low = "low",
        /// Needs its context.
        Medium = "medium",
        /// Distinctive prefix and shape.
        High = "high",
        /// A checksum or decoded structure proves the format.
        Confirmed = "confirmed",
    }
}

/// The id of a context rule, such as `secret-in-bundle`; made only by the rule's own file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub &'static str);

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// The id of a key type, `provider.name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyTypeId(pub Cow<'static, str>);

impl KeyTypeId {
    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first dot.
    pub fn provider(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }
}

impl fmt::Display for KeyTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_as_written() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(*role));
        }
        for place in Place::ALL {
            assert_eq!(Place::parse(place.as_str()), Some(*place));
        }
        assert_eq!(Severity::parse("High"), None);
    }

    #[test]
    fn severities_move_within_the_scale() {
        assert_eq!(Severity::High.moved(-2), Severity::Low);
        assert_eq!(Severity::Info.moved(-3), Severity::Info);
        assert_eq!(Severity::High.moved(9), Severity::Critical);
    }
}
