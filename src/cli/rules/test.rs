//! `skout rules test`: checks rule files, looks how often what they look for stands in ordinary code, and runs their examples.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::super::{CLEAN, WRONG, output};
use super::teach::{self, Fault};
use super::words::Literals;
use crate::detect::trial;
use crate::error::Error;
use crate::keys::schema::{self, Mistake, Spec};
use crate::keys::{AnchorKind, Catalog, Shape};

/// More hits than this in a megabyte of ordinary code make a scan slower than one key type is worth.
const TOO_COMMON: f64 = 100.0;

/// A file that was read.
struct RuleFile {
    path: PathBuf,
    text: String,
}

pub(super) fn run(paths: &[PathBuf]) -> Result<u8, Error> {
    let mut read: Vec<RuleFile> = Vec::new();
    let mut specs: Vec<Spec> = Vec::new();
    let mut faults: Vec<(usize, Fault)> = Vec::new();
    // Where each key type is declared, by its id.
    let mut homes: BTreeMap<String, usize> = BTreeMap::new();
    for path in files(paths)? {
        let text = std::fs::read_to_string(&path).map_err(|error| Error::new("the rule file can't be read").at(&path).because(error))?;
        match schema::read_any(&text) {
            Ok(found) => {
                for spec in found {
                    if homes.contains_key(&spec.id) {
                        let line = teach::line_of_id(&text, &spec.id).unwrap_or(1);
                        let twice = Mistake { line, what: format!("the id `{}` stands twice", spec.id) };
                        faults.push((read.len(), teach::mistake(&text, &twice)));
                        continue;
                    }
                    homes.insert(spec.id.clone(), read.len());
                    specs.push(spec);
                }
            }
            Err(found) => faults.extend(found.iter().map(|mistake| (read.len(), teach::mistake(&text, mistake)))),
        }
        read.push(RuleFile { path, text });
    }
    let home = |id: &str| homes.get(id).copied().filter(|file| *file < read.len()).unwrap_or(0);
    // What the schema allows and the search can't use is refused one by one, so that the others are still tried.
    specs.retain(|spec| match Catalog::with_custom(std::slice::from_ref(spec)) {
        Ok(_) if is_searchable(spec) => true,
        result => {
            let what = result.err().unwrap_or_else(|| format!("the pattern of `{}` is too large when compiled: its repetitions multiply", spec.id));
            let file = home(&spec.id);
            let line = teach::line_of_id(&read[file].text, &spec.id).unwrap_or(1);
            faults.push((file, teach::mistake(&read[file].text, &Mistake { line, what })));
            false
        }
    });
    let catalog = Catalog::with_custom(&specs).map_err(Error::new)?;
    for (id, fault) in too_common(&catalog, &specs) {
        let file = home(&id);
        // The build weighs the rule files of skout's own tree, all of them together.
        if is_own(&read[file].text) {
            continue;
        }
        let line = teach::line_of_id(&read[file].text, &id).unwrap_or(1);
        faults.push((file, Fault { line, ..fault }));
    }
    for failure in trial::failures(&catalog, &specs) {
        let file = home(&failure.id);
        let text = &read[file].text;
        let from = teach::line_of_id(text, &failure.id).unwrap_or(1);
        let field = if failure.should_match { "match" } else { "reject" };
        let line = teach::line_of_template(text, from, &failure.template, field).unwrap_or(from);
        let what = format!("{}: {}", failure.id, failure.what);
        faults.push((file, Fault { line, what, template: Some(failure.template), help: failure.help }));
    }
    faults.sort();
    let mut out = String::new();
    for (file, fault) in &faults {
        let _ = writeln!(out, "{}:{}: {}", read[*file].path.display(), fault.line, fault.what);
        for line in fault.template.iter().flat_map(|template| template.trim().lines()) {
            let _ = writeln!(out, "    {line}");
        }
        if let Some(help) = &fault.help {
            let _ = writeln!(out, "    help: {help}");
        }
    }
    let examples: usize = specs.iter().map(|spec| spec.matches.len() + spec.reject.len()).sum();
    let end = if faults.is_empty() { "all right".to_owned() } else { counted(faults.len(), "mistake") };
    let _ = writeln!(out, "{}, {}: {end}", counted(specs.len(), "key type"), counted(examples, "example"));
    output::to_stdout(out.as_bytes())?;
    Ok(if faults.is_empty() { CLEAN } else { WRONG })
}

/// Whether a file is a provider's, as those of skout's own tree are, and no `skout.toml`.
fn is_own(text: &str) -> bool {
    text.lines().take_while(|line| !line.starts_with('[')).any(|line| line.starts_with("provider"))
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn is_searchable(spec: &Spec) -> bool {
    match &spec.shape {
        schema::ShapeSpec::Pattern(pattern) => crate::keys::Pattern::new(pattern.clone().into()).regex().is_some(),
        schema::ShapeSpec::Parts { .. } => true,
    }
}

/// The key types that are looked for at places of which ordinary code has too many, by their ids.
fn too_common(catalog: &Catalog, specs: &[Spec]) -> Vec<(String, Fault)> {
    let literals = Literals::of(catalog);
    // What is looked for anyway costs nothing more.
    let built_in = Catalog::built_in();
    let is_new = |text: &str| !built_in.anchors().iter().any(|anchor| anchor.text == text);
    let mut faults = Vec::new();
    for (index, key_type) in catalog.iter().filter(|(_, key_type)| specs.iter().any(|spec| spec.id == key_type.id.as_str())) {
        // Words are looked for around runs of the right shape alone where the value has no prefix.
        let is_bare = matches!(key_type.shape, Shape::Parts { .. });
        let follow = match &key_type.shape {
            Shape::Parts { alphabet, .. } => Some(*alphabet),
            Shape::Pattern(_) => None,
        };
        let common = literals.get(index).iter().filter(|(_, kind)| !(is_bare && *kind == AnchorKind::Keyword)).filter_map(|(text, kind)| {
            let hits = trial::hits_per_megabyte(text, follow.filter(|_| *kind == AnchorKind::Prefix));
            (hits > TOO_COMMON && is_new(text)).then_some((text, *kind, hits))
        });
        for (text, kind, hits) in common {
            let help = match kind {
                AnchorKind::Prefix => "write more of the prefix, or describe the value without it and give keywords",
                AnchorKind::PatternStart => "begin the pattern with a longer literal, or name a rarer one within it as `anchors`",
                AnchorKind::PatternInner => "name a longer or rarer literal as `anchors`",
                AnchorKind::Keyword => "choose keywords with a rarer word, such as the provider's host",
            };
            let what = format!("{}: the anchor `{text}` is too common: about {} hits in a megabyte of ordinary code", key_type.id, rounded(hits));
            faults.push((key_type.id.to_string(), Fault { line: 1, what, template: None, help: Some(help.to_owned()) }));
        }
    }
    faults
}

/// Two digits that count.
fn rounded(number: f64) -> u64 {
    let step = 10_f64.powf((number.max(1.0).log10().floor() - 1.0).max(0.0));
    ((number / step).round() * step) as u64
}

/// Files as they are named, folders as the TOML files in them.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|error| Error::new("the folder can't be read").at(path).because(error))?;
        let mut found: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|end| end == "toml") && path.file_name().is_some_and(|name| name != "verdicts.toml"))
            .collect();
        if found.is_empty() {
            return Err(Error::new("no TOML file lies in the folder").at(path));
        }
        found.sort();
        files.append(&mut found);
    }
    Ok(files)
}
