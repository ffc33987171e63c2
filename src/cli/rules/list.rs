//! `skout rules list`: for people as text, for machines as one JSON document, for documents as Markdown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::words::{self, Literals};
use crate::context::{self, RULES};
use crate::keys::{Catalog, KeyType, KeyTypeIx, Shape};
use crate::terms::{Confidence, Role, Severity};
use crate::verdict;

/// Every key type with its number, in the order of ids.
fn sorted(catalog: &Catalog) -> Vec<(KeyTypeIx, &KeyType)> {
    let mut types: Vec<(KeyTypeIx, &KeyType)> = catalog.iter().collect();
    types.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
    types
}

pub(super) fn text(catalog: &Catalog) -> String {
    let mut out = String::from("context rules, from the most to the least specific\n");
    for rule in RULES {
        let _ = writeln!(out, "  {:<24} {}", rule.id(), context::title(rule.page()));
    }
    let types = sorted(catalog);
    let _ = writeln!(out, "\n{} key types", types.len());
    for (_, key_type) in types {
        let _ = writeln!(out, "  {:<44} {:<16} {}", key_type.id, key_type.role, key_type.full_name());
    }
    out
}

/// How many there are of what.
#[derive(Serialize)]
struct Counts {
    key_types: usize,
    providers: usize,
    /// Key types by role.
    roles: BTreeMap<Role, usize>,
    /// Key types whose values prove themselves, by a checksum or by decoded structure.
    proven: usize,
}

impl Counts {
    fn of(catalog: &Catalog) -> Self {
        let mut roles = BTreeMap::new();
        catalog.iter().for_each(|(_, key_type)| *roles.entry(key_type.role).or_default() += 1);
        let providers: BTreeSet<&str> = catalog.iter().map(|(_, key_type)| key_type.id.provider()).collect();
        let proven = catalog.iter().filter(|(_, key_type)| key_type.proofs().next().is_some()).count();
        Self { key_types: catalog.iter().count(), providers: providers.len(), roles, proven }
    }
}

#[derive(Serialize)]
struct Document<'c> {
    schema: &'static str,
    tool: Tool,
    counts: Counts,
    rules: Vec<Rule>,
    key_types: Vec<Entry<'c>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Rule {
    id: &'static str,
    title: String,
    /// The worst that it says of any role.
    severity: Severity,
}

#[derive(Serialize)]
struct Entry<'c> {
    id: &'c str,
    name: String,
    provider: Provider<'c>,
    role: Role,
    mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<&'c str>,
    /// Key types whose values make one credential with this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<&'c str>,
    shape: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'c str>,
    confidence: Confidence,
    /// Names of the checks that prove a value; empty where none does.
    proof: Vec<&'static str>,
    context: Context,
    docs: &'c str,
    source: &'c str,
}

#[derive(Serialize)]
struct Provider<'c> {
    id: &'c str,
    name: &'c str,
}

#[derive(Serialize)]
struct Context {
    need: &'static str,
    phrases: Vec<String>,
}

/// One JSON document, with a line feed at its end.
pub(super) fn json(catalog: &Catalog) -> String {
    let literals = Literals::of(catalog);
    let document = Document {
        schema: "skout-rules/1",
        tool: Tool { name: "skout", version: env!("CARGO_PKG_VERSION") },
        counts: Counts::of(catalog),
        rules: RULES
            .iter()
            .map(|rule| Rule { id: rule.id().0, title: context::title(rule.page()).trim_end_matches(':').to_owned(), severity: verdict::worst(rule.id()) })
            .collect(),
        key_types: catalog_entries(catalog, &literals),
    };
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn catalog_entries<'c>(catalog: &'c Catalog, literals: &Literals) -> Vec<Entry<'c>> {
    sorted(catalog).into_iter().map(|(index, key_type)| entry(key_type, words::shape(key_type, literals.get(index)))).collect()
}

fn entry(key_type: &KeyType, shape: String) -> Entry<'_> {
    Entry {
        id: key_type.id.as_str(),
        name: key_type.full_name(),
        provider: Provider { id: key_type.id.provider(), name: &key_type.provider_name },
        role: key_type.role,
        mode: words::mode(key_type),
        partner: key_type.partner.as_ref().map(|id| id.as_str()),
        parts: key_type.parts.iter().map(|id| id.as_str()).collect(),
        shape,
        pattern: match &key_type.shape {
            Shape::Pattern(pattern) => Some(pattern.source()),
            Shape::Parts { .. } => None,
        },
        confidence: key_type.confidence,
        proof: words::proofs(key_type),
        context: Context { need: words::need(key_type), phrases: words::phrases(key_type) },
        docs: &key_type.docs,
        source: &key_type.source,
    }
}

/// One Markdown document: what there is, counted, then a section with a table for each provider, in the order of names.
/// `docs/keys/` is made of its sections.
pub(super) fn markdown(catalog: &Catalog) -> String {
    let counts = Counts::of(catalog);
    let literals = Literals::of(catalog);
    let mut out = format!(
        "# Key types\n\nskout knows {} key types of {} providers.\n{} of them prove themselves offline, by a checksum or by decoded structure.\n\n",
        counts.key_types, counts.providers, counts.proven
    );
    out.push_str("| role | key types |\n|---|---:|\n");
    for (role, count) in &counts.roles {
        let _ = writeln!(out, "| {role} | {count} |");
    }
    let mut providers: BTreeMap<(String, &str), Vec<(KeyTypeIx, &KeyType)>> = BTreeMap::new();
    for (index, key_type) in sorted(catalog) {
        providers.entry((key_type.provider_name.to_lowercase(), key_type.id.provider())).or_default().push((index, key_type));
    }
    for ((_, id), types) in providers {
        let name = types.first().map_or("", |(_, key_type)| key_type.provider_name.as_ref());
        let _ = write!(out, "\n## {}\n\n<a id=\"{id}\"></a>\n\n", cell(name));
        out.push_str("| key type | name | role | mode | shape | words around it | confidence | partner |\n|---|---|---|---|---|---|---|---|\n");
        for (index, key_type) in types {
            out.push_str(&row(key_type, &words::shape(key_type, literals.get(index))));
        }
    }
    out
}

fn row(key_type: &KeyType, shape: &str) -> String {
    let id = words::code(key_type.id.as_str());
    // A page that is no address, or that would end the link, is left out.
    let is_link = key_type.docs.starts_with("https://") && !key_type.docs.contains(['(', ')', ' ', '|']);
    let id = if is_link { format!("[{id}]({})", key_type.docs) } else { id };
    let phrases = words::phrases(key_type);
    let around = match words::need(key_type) {
        "required" => format!("needs {}", words::some(&phrases, 4, "or")),
        "helps" => format!("told apart by {}", words::some(&phrases, 4, "or")),
        _ => String::new(),
    };
    let proofs = words::proofs(key_type);
    let sure = match () {
        () if proofs.is_empty() => key_type.confidence.to_string(),
        () if key_type.is_proven() => format!("{} ({})", key_type.confidence, proofs.join(", ")),
        () => format!("{}, confirmed by {}", key_type.confidence, proofs.join(" or ")),
    };
    let partner = key_type.partner.as_ref().map_or_else(String::new, |partner| words::code(partner.as_str()));
    let cells = [key_type.full_name(), key_type.role.to_string(), words::mode(key_type), shape.to_owned(), around, sure, partner];
    format!("| {id} | {} |\n", cells.map(|text| cell(&text)).join(" | "))
}

/// A text that stays within its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
