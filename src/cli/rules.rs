//! `skout rules list|show|test`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::args::{ConfigArgs, RulesArgs, RulesCommand};
use super::{CLEAN, WRONG, output, scan};
use crate::config;
use crate::context::{self, RULES};
use crate::detect::trial;
use crate::error::Error;
use crate::keys::schema::{self, Spec};
use crate::keys::{Catalog, KeyType, Shape};

pub(super) fn run(args: &RulesArgs) -> Result<u8, Error> {
    match &args.command {
        RulesCommand::List { config } => list(config),
        RulesCommand::Show { id, config } => show(id, config),
        RulesCommand::Test { paths } => test(paths),
    }
}

fn load(config: &ConfigArgs) -> Result<Catalog, Error> {
    scan::catalog(&scan::load_config(config, Path::new("."))?)
}

fn list(config: &ConfigArgs) -> Result<u8, Error> {
    let catalog = load(config)?;
    let mut out = String::from("context rules, from the most to the least specific\n");
    for rule in RULES {
        let _ = writeln!(out, "  {:<24} {}", rule.id(), context::title(rule.page()));
    }
    let mut types: Vec<&KeyType> = catalog.iter().map(|(_, key_type)| key_type).collect();
    types.sort_by(|one, other| one.id.cmp(&other.id));
    let _ = writeln!(out, "\n{} key types", types.len());
    for key_type in types {
        let _ = writeln!(out, "  {:<44} {:<16} {}", key_type.id, key_type.role, key_type.full_name());
    }
    output::to_stdout(out.as_bytes())?;
    Ok(CLEAN)
}

fn show(id: &str, config: &ConfigArgs) -> Result<u8, Error> {
    let catalog = load(config)?;
    let page = match (context::find(id), catalog.find(id)) {
        (Some(rule), _) => context::markdown(rule.page()),
        (None, Some(key_type)) => key_page(key_type),
        (None, None) => {
            let known = RULES.iter().map(|rule| rule.id().0).chain(catalog.iter().map(|(_, key_type)| key_type.id.as_str()));
            let help = config::nearest(id, known).map_or_else(|| "`skout rules list` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(Error::new(format!("`{id}` is neither a rule nor a key type")).help(help));
        }
    };
    output::to_stdout(page.as_bytes())?;
    Ok(CLEAN)
}

/// What there is to say of a key type, in Markdown.
fn key_page(key_type: &KeyType) -> String {
    let mut out = format!("# {}\n\n{}\n\n", key_type.id, key_type.full_name());
    let _ = writeln!(out, "- Role: {}", key_type.role);
    let _ = writeln!(out, "- Confidence of a match: {}", key_type.confidence);
    match &key_type.shape {
        Shape::Parts { prefixes, lengths, suffix, .. } => {
            let lengths: Vec<String> = lengths.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from} to {to}") }).collect();
            let starts =
                if prefixes.is_empty() { "no prefix".to_owned() } else { prefixes.iter().map(|prefix| format!("`{prefix}`")).collect::<Vec<_>>().join(" or ") };
            let end = if suffix.is_empty() { String::new() } else { format!(", then `{suffix}`") };
            let _ = writeln!(out, "- Shape: {starts}, then {} characters{end}", lengths.join(" or "));
        }
        Shape::Pattern(pattern) => {
            let _ = writeln!(out, "- Shape: `{}`", pattern.source());
        }
    }
    let checks: Vec<&str> = key_type.checks.iter().map(|check| check.kind.name()).collect();
    if !checks.is_empty() {
        let _ = writeln!(out, "- Checked for: {}", checks.join(", "));
    }
    if !key_type.keywords.is_empty() {
        let phrases: Vec<String> = key_type.keywords.iter().map(|phrase| format!("`{}`", phrase.join(" "))).collect();
        let need = if key_type.required { "Needs one of these in its statement" } else { "Told from others of its shape by" };
        let _ = writeln!(out, "- {need}: {}", phrases.join(", "));
    }
    if let Some(partner) = &key_type.partner {
        let _ = writeln!(out, "- Partner: {partner}");
    }
    if !key_type.source.is_empty() {
        let _ = writeln!(out, "- Source of the format: {}", key_type.source);
    }
    if !key_type.docs.is_empty() {
        let _ = writeln!(out, "- Documentation: {}", key_type.docs);
    }
    if !key_type.rotate.is_empty() {
        out.push_str("\n## Rotation\n\n");
        for (number, step) in key_type.rotate.iter().enumerate() {
            let _ = writeln!(out, "{}. {step}", number + 1);
        }
    }
    out
}

fn test(paths: &[PathBuf]) -> Result<u8, Error> {
    let mut specs: Vec<Spec> = Vec::new();
    let mut mistakes = Vec::new();
    for file in files(paths)? {
        let text = std::fs::read_to_string(&file).map_err(|error| Error::new("the rule file can't be read").at(&file).because(error))?;
        match schema::read_any(&text) {
            Ok(read) => specs.extend(read),
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| format!("{}:{}: {}", file.display(), mistake.line, mistake.what))),
        }
    }
    let mut out = String::new();
    let mut failed = mistakes.len();
    for mistake in mistakes {
        let _ = writeln!(out, "{mistake}");
    }
    let catalog = Catalog::with_custom(&specs).map_err(Error::new)?;
    for failure in trial::failures(&catalog, &specs) {
        failed += 1;
        let _ = writeln!(out, "{failure}");
    }
    let examples: usize = specs.iter().map(|spec| spec.matches.len() + spec.reject.len()).sum();
    let _ = writeln!(out, "{} key types, {examples} examples, {failed} failed", specs.len());
    output::to_stdout(out.as_bytes())?;
    Ok(if failed == 0 { CLEAN } else { WRONG })
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
