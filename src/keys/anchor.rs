//! Which literals of a key type the prefilter looks for, and how many bits a value of it holds.
//!
//! Choosing anchors is worth more than any matching algorithm: one common word costs more than a hundred rare ones.
//! Compiled into the build script as well: `super` is the only neighbour it may name.

use regex_syntax::hir::{Hir, HirKind, literal::Extractor};

use super::alphabet::Alphabet;
use super::follow;
use super::schema::{ShapeSpec, Spec};

/// What an anchor's place says about the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnchorKind {
    /// The value's literal prefix begins here.
    Prefix,
    /// A match of the pattern begins here.
    PatternStart,
    /// A match of the pattern covers this place.
    PatternInner,
    /// A word of a keyword phrase stands here; the value is near.
    Keyword,
}

/// A literal that the prefilter looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// 3 bytes or more; in lower case unless `exact`.
    pub text: String,
    /// Whether its case counts: a prefix is written in one way only.
    pub exact: bool,
    /// What its place says.
    pub kind: AnchorKind,
    /// The bytes that may stand at each place behind it, as far as they are known: what makes a short anchor rare.
    pub behind: Vec<Alphabet>,
    /// Whether it is the start of a URL with a user in it.
    pub user: bool,
}

/// Longer anchors gain nothing.
const LONGEST: usize = 24;

/// Above this commonness the literals that a pattern begins with give way to rarer ones within it, if there are any.
const COMMON: f64 = 1.0 + 16.0 * 4.0;
/// How far a literal within a pattern may lie behind the start of a match: the matcher looks back a little further. In bytes.
const DEEPEST: usize = 400;

/// The anchors of a key type. `commonness` estimates how often a lower-case literal stands in ordinary code.
///
/// # Errors
/// A sentence, when nothing in the key type is fit to be looked for.
pub fn anchors_of(spec: &Spec, commonness: &dyn Fn(&str) -> f64) -> Result<Vec<Anchor>, String> {
    match &spec.shape {
        ShapeSpec::Parts { prefixes, alphabet, lengths, .. } if !prefixes.is_empty() && prefixes.iter().all(|prefix| prefix.len() >= 3) => {
            // A body that is a little too short is still looked at, so that somebody who asks is told of its length.
            let shortest = lengths.iter().map(|range| range.0 as usize).min().unwrap_or(0);
            let body = vec![*alphabet; (shortest - shortest / 4).min(follow::PLACES)];
            Ok(prefixes
                .iter()
                .map(|prefix| Anchor {
                    behind: if prefix.len() <= LONGEST { body.clone() } else { Vec::new() },
                    exact: true,
                    ..plain(prefix, AnchorKind::Prefix)
                })
                .collect())
        }
        ShapeSpec::Parts { .. } => keyword_anchors(spec, commonness),
        ShapeSpec::Pattern(pattern) => {
            if !spec.anchors.is_empty() {
                if let Some(short) = spec.anchors.iter().find(|anchor| anchor.len() < 3) {
                    return Err(format!("the anchor `{short}` of `{}` is shorter than 3 bytes", spec.id));
                }
                return Ok(spec.anchors.iter().map(|anchor| plain(&anchor.to_ascii_lowercase(), AnchorKind::PatternInner)).collect());
            }
            let literals = prefix_literals(pattern);
            if !literals.is_empty() {
                let cost: f64 = literals.iter().map(|(text, _)| commonness(&text.to_ascii_lowercase())).sum();
                // A host says more than `https://` before it.
                if cost > COMMON
                    && let Some(inner) = inner_literals(pattern, commonness).filter(|inner| inner.iter().map(|text| commonness(text)).sum::<f64>() * 4.0 < cost)
                {
                    return Ok(inner.iter().map(|text| plain(text, AnchorKind::PatternInner)).collect());
                }
                let hir = parse(pattern).ok();
                let start = |(text, exact): (String, bool)| {
                    let behind = hir.as_ref().map(|hir| follow::behind(hir, &text)).unwrap_or_default();
                    let user = text.ends_with("//") && hir.as_ref().is_some_and(follow::names_a_user);
                    Anchor { exact, behind, user, ..plain(&text, AnchorKind::PatternStart) }
                };
                return Ok(literals.into_iter().map(start).collect());
            }
            keyword_anchors(spec, commonness)
        }
    }
}

/// An anchor of which nothing more is known.
fn plain(text: &str, kind: AnchorKind) -> Anchor {
    Anchor { text: text.chars().take(LONGEST).collect(), exact: false, kind, behind: Vec::new(), user: false }
}

fn keyword_anchors(spec: &Spec, commonness: &dyn Fn(&str) -> f64) -> Result<Vec<Anchor>, String> {
    let provider = spec.id.split('.').next().unwrap_or_default();
    if !spec.required {
        return Err(format!("`{}` has no literal to look for: give anchors, a longer prefix, or keywords that are required", spec.id));
    }
    spec.keywords
        .iter()
        .map(|phrase| {
            let fit = phrase.iter().filter(|word| word.len() >= 3);
            // A word of the provider's name stands where that provider is meant; a word within another is no rarer than it.
            let telling = |word: &str| provider.split('-').any(|part| part == word);
            let within = |word: &str| phrase.iter().any(|other| other.len() > word.len() && other.contains(word));
            let cost = |word: &str| (!telling(word), within(word), commonness(word));
            let rarest = fit.min_by(|one, other| {
                let (one, other) = (cost(one), cost(other));
                (one.0, one.1).cmp(&(other.0, other.1)).then(one.2.total_cmp(&other.2))
            });
            let word = rarest.ok_or_else(|| format!("the keyword `{}` of `{}` has no word of 3 letters", phrase.join(" "), spec.id))?;
            Ok(plain(word, AnchorKind::Keyword))
        })
        .collect()
}

/// The literals one of which every match of the pattern begins with, and whether their case counts; none if they are not fit.
fn prefix_literals(pattern: &str) -> Vec<(String, bool)> {
    let Ok(hir) = parse(pattern) else { return Vec::new() };
    let mut extractor = Extractor::new();
    extractor.limit_class(8).limit_repeat(8).limit_literal_len(LONGEST).limit_total(64);
    let seq = extractor.extract(&hir);
    let mut texts: Vec<String> = Vec::new();
    for literal in seq.literals().unwrap_or_default() {
        match std::str::from_utf8(literal.as_bytes()) {
            Ok(text) if text.len() >= 3 && text.is_ascii() => texts.push(text.to_owned()),
            _ => return Vec::new(),
        }
    }
    texts.sort_by_key(|text| text.to_ascii_lowercase());
    texts.dedup();
    // Variants of one text are what a pattern without case extracts to.
    let mut groups: Vec<(String, bool)> = Vec::new();
    for text in texts {
        match groups.last_mut() {
            Some((known, exact)) if known.eq_ignore_ascii_case(&text) => {
                known.make_ascii_lowercase();
                *exact = false;
            }
            _ => groups.push((text, true)),
        }
    }
    if groups.len() > 48 { Vec::new() } else { groups }
}

/// The rarest literals within a pattern one of which stands in every match, in lower case: of the parts that it is a chain
/// of, one that is a literal of 5 bytes or more, or a choice between such.
fn inner_literals(pattern: &str, commonness: &dyn Fn(&str) -> f64) -> Option<Vec<String>> {
    let hir = parse(pattern).ok()?;
    let mut chain = Vec::new();
    follow::flatten(&hir, &mut chain);
    let mut before = 0_usize;
    let mut best: Option<(f64, Vec<String>)> = None;
    for part in chain {
        if before > DEEPEST {
            break;
        }
        if let Some(texts) = choice(part).filter(|texts| texts.iter().all(|text| text.len() >= 5)) {
            let cost = texts.iter().map(|text| commonness(text)).sum();
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, texts));
            }
        }
        before = before.saturating_add(part.properties().maximum_len().unwrap_or(usize::MAX));
    }
    best.map(|(_, texts)| texts)
}

/// The texts that a part is, if it is a literal or a choice between literals.
fn choice(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0)
            .ok()
            .filter(|text| text.is_ascii())
            .map(|text| vec![text.chars().take(LONGEST).collect::<String>().to_ascii_lowercase()]),
        HirKind::Capture(capture) => choice(&capture.sub),
        HirKind::Alternation(parts) => Some(parts.iter().map(choice).collect::<Option<Vec<_>>>()?.concat()),
        _ => None,
    }
}

fn parse(pattern: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(pattern).map_err(Box::new)
}

/// How many bits the longest value of a key type holds at most: the looser the shape, the more. Among shapes that fit
/// the same text, the one with the fewest says the most.
pub fn bits_of(spec: &Spec) -> f64 {
    match &spec.shape {
        ShapeSpec::Parts { alphabet, lengths, .. } => {
            let longest = lengths.iter().map(|range| range.1).max().unwrap_or(0);
            f64::from(alphabet.size()).log2() * f64::from(longest) + (lengths.iter().map(|range| f64::from(range.1 - range.0)).sum::<f64>() + 1.0).log2()
        }
        ShapeSpec::Pattern(pattern) => parse(pattern).map_or(4096.0, |hir| hir_bits(&hir)),
    }
}

fn hir_bits(hir: &Hir) -> f64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) => 0.0,
        HirKind::Class(class) => {
            let size = match class {
                regex_syntax::hir::Class::Unicode(set) => set.iter().map(|range| f64::from(u32::from(range.end()) - u32::from(range.start()) + 1)).sum::<f64>(),
                regex_syntax::hir::Class::Bytes(set) => set.iter().map(|range| f64::from(range.end() - range.start()) + 1.0).sum::<f64>(),
            };
            size.max(1.0).log2()
        }
        HirKind::Repetition(repetition) => f64::from(repetition.max.unwrap_or(repetition.min + 512).min(4096)) * hir_bits(&repetition.sub),
        HirKind::Capture(capture) => hir_bits(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(hir_bits).sum(),
        HirKind::Alternation(parts) => parts.iter().map(hir_bits).fold(0.0, f64::max) + (parts.len() as f64).log2(),
    }
}
