//! Credentials of several parts: an id and its secret, a key with its passphrase. The part with the most authority tells of
//! the others.
//!
//! Which key types belong together, the catalog says; which values do, their places: entries of one structure, or lines
//! next to each other. Of several accounts in turn each secret gets the id that is nearest, and never two values of one type.

use std::collections::{HashMap, HashSet};

use super::key_of;
use crate::context::{FileContext, Subject};
use crate::finding::{Finding, Part};
use crate::keys::{Catalog, KeyTypeIx, naming};
use crate::lang::Literal;
use crate::secret::Fingerprint;
use crate::terms::{Confidence, Role};
use crate::text::Region;

/// Values of one credential that stand in no common structure are at most so many lines apart.
const LINES: u64 = 3;
/// The same within one structure.
const LINES_OF_ENTRY: u64 = 30;
/// Bytes between such values, at most: a line may be a whole program.
const BYTES: u64 = 512;
/// The same within one structure.
const BYTES_OF_ENTRY: u64 = 2 << 10;
/// So many values behind each are looked at: a list of thousands must cost no more than its length.
const NEIGHBOURS: usize = 16;

/// Lets findings tell of the values that make one credential with theirs, and makes those surer: two formats that go
/// together, found together, are no accident. A finding at such a value gets its `part_of`.
pub(super) fn join(cx: &FileContext<'_>, findings: &mut [Finding]) {
    let literals = &cx.file.facts.literals;
    let links = links(cx.catalog, literals);
    if links.is_empty() || findings.is_empty() {
        return;
    }
    let groups = groups(&pairs(cx.catalog, literals, &links), literals);
    let mut at_region: HashMap<Region, Vec<usize>> = HashMap::new();
    for (index, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.location.path == cx.file.path) {
        at_region.entry(finding.location.region).or_default().push(index);
    }
    let at = |literal: usize| at_region.get(&literals[literal].region).map(Vec::as_slice).unwrap_or_default();
    let mut surer: HashSet<Fingerprint> = HashSet::new();
    for (main, others) in groups {
        let parts: Vec<Part> = others.iter().map(|other| part(cx.catalog, &literals[*other])).collect();
        let values = others.iter().chain([&main]).map(|value| &literals[*value].credential);
        surer.extend(values.filter(|one| one.role.bears_authority()).map(|one| one.fingerprint.clone()));
        for index in at(main) {
            let (rule, print) = (findings[*index].rule, findings[*index].fingerprint.clone());
            for other in others.iter().flat_map(|other| at(*other)) {
                if findings[*other].rule == rule {
                    findings[*other].part_of = Some(print.clone());
                    findings[*index].severity = findings[*index].severity.max(findings[*other].severity);
                }
            }
            findings[*index].parts = parts.clone();
        }
    }
    for finding in findings.iter_mut().filter(|finding| surer.contains(&finding.fingerprint)) {
        finding.confidence = surer_than(finding.confidence);
    }
}

fn part(catalog: &Catalog, literal: &Literal) -> Part {
    Part { key: key_of(catalog, &Subject::Value(literal)), fingerprint: literal.credential.fingerprint.clone(), region: literal.region }
}

/// One step up. Only a proof confirms.
fn surer_than(confidence: Confidence) -> Confidence {
    match confidence {
        Confidence::Low => Confidence::Medium,
        Confidence::Medium => Confidence::High,
        sure => sure,
    }
}

/// Of the key types in a file those that make one credential: the main one and its part, with whether this identifier is made
/// for this one in particular.
type Links = HashMap<(KeyTypeIx, KeyTypeIx), bool>;

fn links(catalog: &Catalog, literals: &[Literal]) -> Links {
    let present: HashSet<KeyTypeIx> = literals.iter().map(|literal| literal.credential.key_type).collect();
    let mut links = Links::new();
    if present.len() < 2 {
        return links;
    }
    let by_id: HashMap<&str, KeyTypeIx> = present.iter().map(|index| (catalog.get(*index).id.as_str(), *index)).collect();
    for index in &present {
        let key_type = catalog.get(*index);
        let partner = key_type.partner.as_ref().and_then(|id| by_id.get(id.as_str()).copied());
        if key_type.role.bears_authority() {
            let parts = key_type.parts.iter().filter_map(|id| by_id.get(id.as_str()));
            links.extend(parts.map(|part| ((*index, *part), true)));
            if let Some(partner) = partner.filter(|partner| catalog.get(*partner).role == Role::Identifier) {
                links.entry((*index, partner)).or_insert(false);
            }
        } else if key_type.role == Role::Identifier
            && let Some(partner) = partner.filter(|partner| catalog.get(*partner).role.bears_authority())
        {
            links.insert((partner, *index), true);
        }
    }
    links
}

/// Two values that may be of one credential.
struct Pair {
    main: usize,
    part: usize,
    cost: Cost,
}

/// What speaks against a pair; the less, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    /// Whether the part is an identifier: what bears authority finds its main value first.
    identifies: bool,
    /// Whether only one name tells an account.
    one_sided: bool,
    /// Whether they are entries of different structures.
    elsewhere: bool,
    /// Whether the identifier is made for another key type first of all.
    borrowed: bool,
    lines: u64,
}

/// All pairs, the best first.
fn pairs(catalog: &Catalog, literals: &[Literal], links: &Links) -> Vec<Pair> {
    let linked: HashSet<KeyTypeIx> = links.keys().flat_map(|(main, part)| [*main, *part]).collect();
    let values: Vec<usize> = (0..literals.len()).filter(|at| linked.contains(&literals[*at].credential.key_type)).collect();
    let accounts: Vec<Vec<String>> = values.iter().map(|at| account(catalog, &literals[*at])).collect();
    let mut pairs = Vec::new();
    for (first, from) in values.iter().enumerate() {
        for (second, to) in values.iter().enumerate().skip(first + 1).take(NEIGHBOURS) {
            let types = |main: usize, part: usize| (literals[main].credential.key_type, literals[part].credential.key_type);
            let known = [(*from, *to), (*to, *from)].into_iter().find_map(|(main, part)| Some((main, part, *links.get(&types(main, part))?)));
            let Some((main, part, own)) = known else { continue };
            let Some((lines, elsewhere)) = distance(&literals[*from], &literals[*to]) else { continue };
            let Some(one_sided) = compared(&accounts[first], &accounts[second]) else { continue };
            let identifies = literals[part].credential.role == Role::Identifier;
            pairs.push(Pair { main, part, cost: Cost { identifies, one_sided, elsewhere, borrowed: !own, lines } });
        }
    }
    // What is equally near goes together in the order of the file: the first id with the first secret.
    pairs.sort_by_key(|pair| (pair.cost, pair.main.min(pair.part), pair.main.max(pair.part)));
    pairs
}

fn account(catalog: &Catalog, literal: &Literal) -> Vec<String> {
    let key_type = catalog.get(literal.credential.key_type);
    literal.name.as_ref().map(|name| naming::account(name, key_type)).unwrap_or_default()
}

/// How far apart two values stand, the first before the second: lines, and whether in different structures. `None` where
/// they have nothing to do with each other.
fn distance(first: &Literal, second: &Literal) -> Option<(u64, bool)> {
    let lines = second.region.start.line.saturating_sub(first.region.end.line);
    let bytes = second.region.start.offset.saturating_sub(first.region.end.offset);
    let is_same = first.entry.is_same(second.entry);
    let (most_lines, most_bytes) = if is_same { (LINES_OF_ENTRY, BYTES_OF_ENTRY) } else { (LINES, BYTES) };
    (lines <= most_lines && bytes <= most_bytes && !first.entry.is_apart(second.entry)).then_some((lines, !is_same))
}

/// Whether only one of two names tells an account; `None` where they tell two different ones.
fn compared(one: &[String], other: &[String]) -> Option<bool> {
    match (one.is_empty(), other.is_empty()) {
        (true, true) => Some(false),
        (false, false) => one.iter().any(|word| other.contains(word)).then_some(one != other),
        _ => Some(true),
    }
}

/// Takes the best pairs first: each part once, and one of each key type for a main value. In the order of the file.
fn groups(pairs: &[Pair], literals: &[Literal]) -> Vec<(usize, Vec<usize>)> {
    let mut main_of: HashMap<usize, usize> = HashMap::new();
    let mut taken: HashSet<(usize, KeyTypeIx)> = HashSet::new();
    let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
    for pair in pairs {
        // What belongs to a part belongs to the whole.
        let main = main_of.get(&pair.main).copied().unwrap_or(pair.main);
        let key_type = literals[pair.part].credential.key_type;
        let is_free = !main_of.contains_key(&pair.part) && !groups.contains_key(&pair.part) && main != pair.part;
        if is_free && taken.insert((main, key_type)) {
            main_of.insert(pair.part, main);
            groups.entry(main).or_default().push(pair.part);
        }
    }
    let mut groups: Vec<(usize, Vec<usize>)> = groups.into_iter().collect();
    groups.iter_mut().for_each(|(_, parts)| parts.sort_unstable());
    groups.sort_unstable_by_key(|(main, _)| *main);
    groups
}
