//! `skout rules list|show|test`.

mod list;
mod teach;
mod test;
mod words;

use std::fmt::Write as _;
use std::path::Path;

use super::args::{ConfigArgs, ListFormat, RulesArgs, RulesCommand};
use super::{CLEAN, output, scan};
use crate::config;
use crate::context::{self, RULES};
use crate::error::Error;
use crate::keys::{Catalog, KeyType, Shape, lengths_in_words};

pub(super) fn run(args: &RulesArgs) -> Result<u8, Error> {
    match &args.command {
        RulesCommand::List { format, config } => list(*format, config),
        RulesCommand::Show { id, config } => show(id, config),
        RulesCommand::Test { paths } => test::run(paths),
    }
}

fn load(config: &ConfigArgs) -> Result<Catalog, Error> {
    scan::catalog(&scan::load_config(config, Path::new("."))?)
}

fn list(format: ListFormat, config: &ConfigArgs) -> Result<u8, Error> {
    let catalog = load(config)?;
    let out = match format {
        ListFormat::Text => list::text(&catalog),
        ListFormat::Json => list::json(&catalog),
        ListFormat::Md => list::markdown(&catalog),
    };
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
            let starts =
                if prefixes.is_empty() { "no prefix".to_owned() } else { prefixes.iter().map(|prefix| format!("`{prefix}`")).collect::<Vec<_>>().join(" or ") };
            let end = if suffix.is_empty() { String::new() } else { format!(", then `{suffix}`") };
            let _ = writeln!(out, "- Shape: {starts}, then {} characters{end}", lengths_in_words(lengths));
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
    if !key_type.parts.is_empty() {
        let parts: Vec<&str> = key_type.parts.iter().map(|part| part.as_str()).collect();
        let _ = writeln!(out, "- One credential with: {}", parts.join(", "));
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
