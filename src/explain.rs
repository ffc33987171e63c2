//! Why a line is, or is not, a finding: what was found on it, what was refused and for which reason.

use std::path::{Path, PathBuf};

use crate::detect::{Detector, Rejection, Scratch, says};
use crate::error::{Error, ScanPath};
use crate::finding::Finding;
use crate::keys::naming::{self, Says};
use crate::keys::{Catalog, KeyType, Shape, lengths_in_words};
use crate::lang;
use crate::scan::{self, Input, Policy, Progress};
use crate::secret::{Redacted, Secret};
use crate::source::{Walk, WalkOptions};
use crate::terms::KeyTypeId;
use crate::text::{Locator, Position, Span, Text};

/// What is to be said of one line.
#[derive(Debug)]
pub struct Explanation {
    /// Findings on the line, publishable keys and suppressed ones among them, however low.
    pub findings: Vec<Finding>,
    /// What looked like a credential and is none, in the order of columns.
    pub refused: Vec<Refused>,
    /// What credentials on the line say of themselves, as column and sentence.
    pub said: Vec<(u64, String)>,
    /// Variables that are read on the line and whose names say secret, though nothing leaves there.
    pub reads: Vec<ReadVariable>,
    /// Whether the file is text at all.
    pub is_text: bool,
    /// The lines that the file has.
    pub lines: u64,
}

/// A variable that is read.
#[derive(Debug)]
pub struct ReadVariable {
    /// Its name.
    pub name: String,
    /// 1-based, in code points.
    pub column: u64,
}

/// Something that looked like a credential.
#[derive(Debug)]
pub struct Refused {
    /// 1-based, in code points.
    pub column: u64,
    /// The key type whose shape it has.
    pub key_type: KeyTypeId,
    /// The key type as people call it.
    pub name: String,
    /// What may be shown of it.
    pub redacted: Redacted,
    /// Why it is none, a sentence without a full stop.
    pub why: String,
}

/// Explains the 1-based `line` of the file at `path`. The manifests of the folders above it are read as context.
///
/// # Errors
/// When the file can't be read.
pub fn explain(catalog: &Catalog, path: &Path, line: u64, policy: &Policy) -> Result<Explanation, Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::new("the file can't be read").at(path).because(error))?;
    let Some(text) = Text::sniff(&bytes) else {
        return Ok(Explanation { findings: Vec::new(), refused: Vec::new(), said: Vec::new(), reads: Vec::new(), is_text: false, lines: 0 });
    };
    let mut paths: Vec<PathBuf> = vec![path.to_owned()];
    let folder = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    paths.extend(folder.ancestors().skip(1).map(|folder| folder.join("package.json")).filter(|manifest| manifest.is_file()));
    let walk = Walk::new(&paths, WalkOptions::default())?;
    let name = walk.name_of_first();
    let report = scan::run(catalog, &Input::Tree(walk), policy, &Progress::default())?;
    let on_line = |finding: &Finding| finding.location.path == name && (finding.location.region.start.line..=finding.location.region.end.line).contains(&line);
    let findings: Vec<Finding> = report.findings.into_iter().filter(on_line).collect();

    let found = Detector::new(catalog, false).at(policy.now).detect(&text.bytes, &mut Scratch::default(), true);
    let mut locator = Locator::new(&text, Position::START);
    let mut rejected = found.rejected;
    rejected.sort_by_key(|rejected| (rejected.span, rejected.key_type));
    let mut refused = Vec::new();
    // Where a credential stands, what else its shape might have been is no question any more.
    rejected.retain(|rejected| !found.credentials.iter().any(|credential| credential.span.overlaps(rejected.span)));
    for rejected in rejected {
        let start = locator.position(rejected.span.start);
        if start.line == line {
            let key_type = catalog.get(rejected.key_type);
            let (span, why) = why_refused(key_type, rejected.why, &text.bytes, rejected.span);
            let redacted = Secret::new(span.of(&text.bytes)).redacted(0);
            refused.push(Refused { column: start.column, key_type: key_type.id.clone(), name: key_type.full_name(), redacted, why });
        }
    }
    let mut locator = Locator::new(&text, Position::START);
    let mut said = Vec::new();
    for credential in found.credentials.iter().filter(|credential| credential.encoding.is_empty()) {
        let start = locator.position(credential.span.start);
        if start.line == line {
            said.extend(says(catalog.get(credential.key_type), credential.span.of(&text.bytes)).map(|sentence| (start.column, sentence)));
        }
    }
    let lines = locator.position(text.bytes.len()).line;
    let of_line = text.bytes.split(|byte| *byte == b'\n').nth(usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX)).unwrap_or_default();
    let refused = meant(refused, &String::from_utf8_lossy(of_line));
    let reads = if findings.is_empty() { reads(catalog, &name, &text, line) } else { Vec::new() };
    Ok(Explanation { findings, refused, said, reads, is_text: true, lines })
}

/// What was refused, and why it is no credential of a key type; of a wrong length also which it has and which it should have.
fn why_refused(key_type: &KeyType, why: Rejection, text: &[u8], span: Span) -> (Span, String) {
    let (Rejection::Length, Shape::Parts { prefixes, alphabet, lengths, .. }) = (why, &key_type.shape) else { return (span, why.to_string()) };
    let rest = &text[span.start..];
    let prefix = prefixes.iter().filter(|prefix| rest.starts_with(prefix.as_bytes())).map(|prefix| prefix.len()).max().unwrap_or(0);
    let longest = lengths.iter().map(|range| range.1 as usize).max().unwrap_or(0);
    let body = rest[prefix..].iter().take(longest + 1).take_while(|byte| alphabet.has(**byte)).count();
    let found = if body > longest { format!("more than {longest}") } else { body.to_string() };
    (Span::new(span.start, span.start + prefix + body), format!("{why}: {found} characters, where it has {}", lengths_in_words(lengths)))
}

/// Of what was refused at one place the key types whose provider the line speaks of, where it speaks of any: many share a
/// prefix such as `sk_`.
fn meant(refused: Vec<Refused>, line: &str) -> Vec<Refused> {
    let line = line.to_lowercase();
    let is_meant = |one: &Refused| {
        let provider = one.key_type.as_str().split('.').next().unwrap_or_default();
        provider.split('-').any(|word| word.len() > 3 && line.contains(word))
    };
    let columns: Vec<u64> = refused.iter().filter(|one| is_meant(one)).map(|one| one.column).collect();
    refused.into_iter().filter(|one| is_meant(one) || !columns.contains(&one.column)).collect()
}

/// The reads of variables on a line whose names say secret, and that no prefix publishes.
fn reads(catalog: &Catalog, name: &ScanPath, text: &Text<'_>, line: u64) -> Vec<ReadVariable> {
    let facts = lang::facts(name, &text.bytes, &[]);
    let Some(module) = &facts.module else { return Vec::new() };
    let mut locator = Locator::new(text, Position::START);
    let mut found = Vec::new();
    for read in &module.reads {
        let is_secret = matches!(naming::says(catalog, &read.name), Says::Secret(_)) && naming::bare(&read.name) == read.name;
        let Some(spot) = facts.spot(read.spot).filter(|_| is_secret) else { continue };
        let start = locator.position(spot.span.start);
        if start.line == line {
            found.push(ReadVariable { name: read.name.clone(), column: start.column });
        }
    }
    found
}
