//! Key types: what credentials of each provider look like and what they may do, and the catalog of all of them.
//!
//! Built-in key types are static data that the build made from `rules/`; custom ones come from `skout.toml` through
//! the same schema. This module knows nothing of how text is searched.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::terms::{Confidence, KeyTypeId, Mode, Role};

mod alphabet;
#[allow(unreachable_pub, reason = "the build script compiles this file too")]
mod anchor;
mod catalog;
#[allow(unreachable_pub, reason = "the build script compiles this file too")]
mod check;
mod compiled;
pub mod endpoints;
pub mod examples;
#[allow(unreachable_pub, reason = "the build script compiles this file too")]
pub(crate) mod follow;
pub mod naming;
pub mod schema;

pub use alphabet::{Alphabet, NAMED as NAMED_ALPHABETS};
pub use anchor::AnchorKind;
pub use catalog::{Anchor, Catalog, KeyTypeIx, Use};
pub use check::CheckKind;
pub use compiled::{Match, Regex};

type Text = Cow<'static, str>;
type List<T> = Cow<'static, [T]>;

/// A provider's declared credential format.
#[derive(Debug)]
pub struct KeyType {
    /// `provider.name`.
    pub id: KeyTypeId,
    /// As people call it.
    pub name: Text,
    /// The provider as people write it.
    pub provider_name: Text,
    /// What the holder may do.
    pub role: Role,
    /// How a match tells live from test.
    pub mode: ModeRule,
    /// The other half of the pair.
    pub partner: Option<KeyTypeId>,
    /// Key types whose values make one credential with this one, besides the identifier that is its partner.
    pub parts: List<KeyTypeId>,
    /// What a value looks like.
    pub shape: Shape,
    /// Phrases, each of one or more lower-case words that stand together in the value's statement.
    pub keywords: List<List<Text>>,
    /// Whether there is no credential without a keyword.
    pub required: bool,
    /// Conditions besides the shape; all must hold.
    pub checks: List<Check>,
    /// Conditions that need not hold; a match for which one does is certain.
    pub proofs: List<Check>,
    /// How sure a match is.
    pub confidence: Confidence,
    /// The provider's page, or nothing.
    pub docs: Text,
    /// The steps of a rotation, one sentence each.
    pub rotate: List<Text>,
    /// Where the format is stated.
    pub source: Text,
    /// Lower-case words whose presence anywhere in a file says that this provider is meant.
    pub signs: List<Text>,
    /// Bits that a value holds at most: the fewer, the more its shape says.
    pub bits: f64,
}

/// What a value looks like.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "the catalog is static data, and half of it are patterns")]
pub enum Shape {
    /// A literal, a run of characters, a literal.
    Parts {
        /// Literal starts, one of which must stand; none for a bare body.
        prefixes: List<Text>,
        /// The body's characters.
        alphabet: Alphabet,
        /// The body's lengths in bytes, as inclusive ranges in rising order.
        lengths: List<(u32, u32)>,
        /// Literal end.
        suffix: Text,
    },
    /// A regex; its group `secret` is the value, or else the whole match.
    Pattern(Pattern),
}

/// A regex of linear time, compiled at its first candidate.
#[derive(Debug)]
pub struct Pattern {
    source: Text,
    /// Boxed: it would make every key type larger, and the loader writes to each page of them at start-up.
    known: OnceLock<Box<Known>>,
    stays_in_line: OnceLock<bool>,
}

/// What is known of a pattern once it was asked for.
#[derive(Debug)]
struct Known {
    crosses_lines: bool,
    needs_at_sign: bool,
    regex: Option<Regex>,
}

impl Pattern {
    /// A pattern that the schema has checked.
    pub const fn new(source: Text) -> Self {
        Self { source, known: OnceLock::new(), stays_in_line: OnceLock::new() }
    }

    /// The pattern as it is written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether a match may hold a line feed, or look at one: what lies on other lines then matters.
    pub fn crosses_lines(&self) -> bool {
        self.known().crosses_lines
    }

    /// Whether every match holds an `@`: few addresses do, and asking for the byte is cheaper than asking the regex.
    pub fn needs_at_sign(&self) -> bool {
        self.known().needs_at_sign
    }

    /// Whether a match lies in the line of the anchor that led to it; `is_within` says whether anchors stand within matches,
    /// and is asked once.
    pub fn stays_in_line(&self, is_within: impl FnOnce() -> bool) -> bool {
        *self.stays_in_line.get_or_init(|| !self.crosses_lines() && is_within())
    }

    /// The compiled regex; `None` for one that is wrong, or whose program would be too long.
    pub fn regex(&self) -> Option<&Regex> {
        self.known().regex.as_ref()
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            let hir = regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(&self.source).ok();
            Box::new(Known {
                crosses_lines: hir.as_ref().is_none_or(may_hold_feed),
                needs_at_sign: hir.as_ref().is_some_and(|hir| must_hold(hir, b'@')),
                regex: hir.as_ref().and_then(Regex::new),
            })
        })
    }
}

fn must_hold(hir: &Hir, byte: u8) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.contains(&byte),
        HirKind::Capture(capture) => must_hold(&capture.sub, byte),
        HirKind::Repetition(repetition) => repetition.min > 0 && must_hold(&repetition.sub, byte),
        HirKind::Concat(parts) => parts.iter().any(|part| must_hold(part, byte)),
        HirKind::Alternation(parts) => parts.iter().all(|part| must_hold(part, byte)),
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => false,
    }
}

fn may_hold_feed(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Bytes(set)) => set.iter().any(|range| (range.start()..=range.end()).contains(&b'\n')),
        HirKind::Class(Class::Unicode(set)) => set.iter().any(|range| (range.start()..=range.end()).contains(&'\n')),
        HirKind::Repetition(repetition) => may_hold_feed(&repetition.sub),
        HirKind::Capture(capture) => may_hold_feed(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(may_hold_feed),
    }
}

/// The lengths of a body as people read them: `24 or 99 to 247`.
pub fn lengths_in_words(lengths: &[(u32, u32)]) -> String {
    lengths.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from} to {to}") }).collect::<Vec<_>>().join(" or ")
}

/// A condition besides the shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub kind: CheckKind,
    /// What to check for, where the kind takes an argument.
    pub argument: Text,
}

/// How a match tells its mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModeRule {
    /// Always the same.
    Fixed(Mode),
    /// Words such as `live` and `test` in the prefix, or in the first bytes of a pattern's match.
    FromPrefix,
    /// The longest of these prefixes.
    Table(List<(Text, Mode)>),
}

impl KeyType {
    /// The mode of a match with this literal head (its prefix, or the first bytes of a pattern's match).
    pub fn mode_of(&self, head: &str) -> Mode {
        match &self.mode {
            ModeRule::Fixed(mode) => *mode,
            ModeRule::FromPrefix => mode_from_words(head),
            ModeRule::Table(table) => {
                let longest = table.iter().filter(|(prefix, _)| head.starts_with(prefix.as_ref())).max_by_key(|(prefix, _)| prefix.len());
                longest.map_or(Mode::None, |(_, mode)| *mode)
            }
        }
    }

    /// Whether each match proves the format.
    pub fn is_proven(&self) -> bool {
        self.checks.iter().any(|check| check.kind.proves())
    }

    /// What proves a match offline, whether each must have it or not.
    pub fn proofs(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.kind.proves()).chain(self.proofs.iter())
    }

    /// The name with its provider in front, unless it holds it already: `Plunk secret key`.
    pub fn full_name(&self) -> String {
        if self.name.to_ascii_lowercase().contains(&self.provider_name.to_ascii_lowercase()) {
            self.name.to_string()
        } else {
            format!("{} {}", self.provider_name, self.name)
        }
    }
}

/// Words by which prefixes tell their mode.
fn mode_from_words(head: &str) -> Mode {
    const LIVE: &[&str] = &["live", "prod", "production"];
    const TEST: &[&str] = &["test", "testing", "sandbox", "sbox", "sdbx", "sb", "dev", "development", "stg", "staging", "stagtest", "preview", "hmlg"];
    let head = head.to_ascii_lowercase();
    let mut words = head.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .find_map(|word| match word {
            word if LIVE.contains(&word) => Some(Mode::Live),
            word if TEST.contains(&word) => Some(Mode::Test),
            _ => None,
        })
        .unwrap_or(Mode::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_tell_modes() {
        let cases = [("sk_live_", Mode::Live), ("sk_test_", Mode::Test), ("sk_", Mode::None), ("SB-Mid-server-", Mode::Test), ("xnd_production_", Mode::Live)];
        for (head, mode) in cases {
            assert_eq!(mode_from_words(head), mode, "{head}");
        }
    }
}
