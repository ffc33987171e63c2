//! All key types, compiled: the built-in ones as static data, custom ones beside them.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::anchor::{AnchorKind, anchors_of, bits_of};
use super::naming::Table;
use super::schema::{ModeSpec, ShapeSpec, Spec};
use super::{Alphabet, Check, CheckKind, KeyType, ModeRule, Pattern, Shape};
use crate::terms::{Confidence, KeyTypeId, Mode, Role};

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// The number of a key type in its catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyTypeIx(pub u16);

/// A literal that the prefilter looks for, with every key type it serves.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// 3 bytes or more; in lower case unless `exact`.
    pub text: Cow<'static, str>,
    /// Whether its case counts.
    pub exact: bool,
    /// The key types, and what the anchor's place says of each.
    pub uses: Cow<'static, [Use]>,
    /// The bytes that may stand at the places behind it, as far as all uses know: each set, and how many places it holds for.
    pub behind: Cow<'static, [(Alphabet, u8)]>,
    /// Whether it is the start of a URL with a user in it, for all uses.
    pub user: bool,
}

/// One key type that an anchor serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// The key type's number.
    pub key_type: u16,
    /// What the anchor's place says.
    pub kind: AnchorKind,
}

/// Every key type of a run.
#[derive(Debug)]
pub struct Catalog {
    custom: Vec<KeyType>,
    anchors: Cow<'static, [Anchor]>,
    /// Built-in key types that custom ones of the same id stand for.
    replaced: Vec<u16>,
    /// What names say, made at the first name.
    pub(super) names: OnceLock<Table>,
}

impl Default for Catalog {
    fn default() -> Self {
        Self::built_in()
    }
}

impl Catalog {
    /// The built-in key types; costs nothing.
    pub fn built_in() -> Self {
        Self { custom: Vec::new(), anchors: Cow::Borrowed(&ANCHORS), replaced: Vec::new(), names: OnceLock::new() }
    }

    /// The built-in key types and these; one of the same id stands for the built-in one.
    ///
    /// # Errors
    /// A sentence, when nothing in a key type is fit to be looked for, or an id stands twice.
    pub fn with_custom(specs: &[Spec]) -> Result<Self, String> {
        let mut catalog = Self::built_in();
        if specs.is_empty() {
            return Ok(catalog);
        }
        let mut anchors = catalog.anchors.into_owned();
        for spec in specs {
            if catalog.custom.iter().any(|known| known.id.as_str() == spec.id) {
                return Err(format!("the id `{}` stands twice", spec.id));
            }
            if let Some(index) = KEY_TYPES.iter().position(|known| known.id.as_str() == spec.id) {
                catalog.replaced.push(index as u16);
                for anchor in &mut anchors {
                    if anchor.uses.iter().any(|used| used.key_type == index as u16) {
                        anchor.uses.to_mut().retain(|used| used.key_type != index as u16);
                    }
                }
            }
            let key_type = (KEY_TYPES.len() + catalog.custom.len()) as u16;
            for anchor in anchors_of(spec, &|word| -(word.len() as f64))? {
                let used = Use { key_type, kind: anchor.kind };
                match anchors.iter_mut().find(|known| known.text == anchor.text && known.exact == anchor.exact) {
                    Some(known) => {
                        known.uses.to_mut().push(used);
                        known.behind = Cow::Borrowed(&[]);
                        known.user = false;
                    }
                    None => anchors.push(Anchor {
                        text: anchor.text.into(),
                        exact: anchor.exact,
                        uses: vec![used].into(),
                        behind: joined(&anchor.behind).into(),
                        user: anchor.user,
                    }),
                }
            }
            catalog.custom.push(from_spec(spec));
        }
        Ok(Self { custom: catalog.custom, anchors: anchors.into(), replaced: catalog.replaced, names: OnceLock::new() })
    }

    /// The key type of a number that this catalog gave.
    pub fn get(&self, index: KeyTypeIx) -> &KeyType {
        let index = usize::from(index.0);
        KEY_TYPES.get(index).unwrap_or_else(|| &self.custom[index - KEY_TYPES.len()])
    }

    /// Every key type with its number.
    pub fn iter(&self) -> impl Iterator<Item = (KeyTypeIx, &KeyType)> {
        let all = KEY_TYPES.iter().chain(&self.custom).enumerate().map(|(index, key_type)| (KeyTypeIx(index as u16), key_type));
        all.filter(|(index, _)| !self.replaced.contains(&index.0))
    }

    /// The key type of an id.
    pub fn find(&self, id: &str) -> Option<&KeyType> {
        self.iter().map(|(_, key_type)| key_type).find(|key_type| key_type.id.as_str() == id)
    }

    /// The anchors of every key type.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// Whether all is as the build left it, its table included.
    pub fn is_built_in(&self) -> bool {
        self.custom.is_empty()
    }
}

/// Places with one set after each other, counted.
fn joined(places: &[Alphabet]) -> Vec<(Alphabet, u8)> {
    places.chunk_by(PartialEq::eq).map(|same| (same[0], same.len() as u8)).collect()
}

fn from_spec(spec: &Spec) -> KeyType {
    KeyType {
        id: KeyTypeId(spec.id.clone().into()),
        name: spec.name.clone().into(),
        provider_name: spec.provider_name.clone().into(),
        role: spec.role,
        mode: match &spec.mode {
            ModeSpec::Fixed(mode) => ModeRule::Fixed(*mode),
            ModeSpec::FromPrefix => ModeRule::FromPrefix,
            ModeSpec::Table(table) => ModeRule::Table(table.iter().map(|(prefix, mode)| (prefix.clone().into(), *mode)).collect()),
        },
        partner: spec.partner.clone().map(|id| KeyTypeId(id.into())),
        parts: spec.parts.iter().map(|id| KeyTypeId(id.clone().into())).collect(),
        shape: match &spec.shape {
            ShapeSpec::Parts { prefixes, alphabet, lengths, suffix } => {
                Shape::Parts { prefixes: owned(prefixes), alphabet: *alphabet, lengths: lengths.clone().into(), suffix: suffix.clone().into() }
            }
            ShapeSpec::Pattern(pattern) => Shape::Pattern(Pattern::new(pattern.clone().into())),
        },
        keywords: spec.keywords.iter().map(|phrase| owned(phrase)).collect(),
        required: spec.required,
        checks: spec.checks.iter().map(|(kind, argument)| Check { kind: *kind, argument: argument.clone().into() }).collect(),
        proofs: spec.proofs.iter().map(|(kind, argument)| Check { kind: *kind, argument: argument.clone().into() }).collect(),
        confidence: spec.confidence,
        docs: spec.docs.clone().into(),
        rotate: owned(&spec.rotate),
        source: spec.source.clone().into(),
        signs: owned(&spec.signs),
        bits: bits_of(spec),
    }
}

fn owned(texts: &[String]) -> Cow<'static, [Cow<'static, str>]> {
    texts.iter().map(|text| Cow::Owned(text.clone())).collect()
}
