//! Mistakes in a rule file, told so that somebody who reads one knows what to write: the very line, and the word that was meant.

use crate::config;
use crate::keys::schema::Mistake;

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    /// 1-based.
    pub(super) line: usize,
    /// A sentence without a full stop.
    pub(super) what: String,
    /// The template that it is about, as it is written.
    pub(super) template: Option<String>,
    /// What would be right.
    pub(super) help: Option<String>,
}

/// What the schema found, with the line of the field that is wrong and what would be right.
pub(super) fn mistake(text: &str, found: &Mistake) -> Fault {
    let what = found.what.trim_end();
    if let Some(rest) = what.strip_prefix("unknown field `")
        && let Some((word, rest)) = rest.split_once('`')
    {
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let meant = config::nearest(word, known.iter().copied()).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        let help = format!("the fields are {}", known.join(", "));
        return Fault { line: found.line, what: format!("there is no field `{word}`{meant}"), template: None, help: Some(help) };
    }
    let field = FIELDS.iter().find(|(sign, _)| what.contains(sign)).map(|(_, field)| *field);
    let line = field.and_then(|field| line_of_field(text, found.line, field)).unwrap_or(found.line);
    let help = meant(what).or_else(|| HELPS.iter().find(|(sign, _)| what.contains(sign)).map(|(_, help)| (*help).to_owned()));
    Fault { line, what: what.to_owned(), template: None, help }
}

/// Words of the schema's messages, and the fields that they are about.
const FIELDS: &[(&str, &str)] = &[
    ("is no alphabet", "alphabet"),
    ("is no length", "length"),
    ("the length ", "length"),
    ("the list of lengths", "length"),
    ("beside prefix, alphabet", "pattern"),
    ("the pattern", "pattern"),
    ("is no validator", "validators"),
    ("is no mode", "mode"),
    ("the mode table", "mode"),
    ("is no id", "id"),
    ("must begin with", "id"),
    ("empty keyword", "keywords"),
    ("the keyword", "keywords"),
    ("the anchor", "anchors"),
    ("stands twice", "id"),
];

/// What to do about the messages that do not say it themselves.
const HELPS: &[(&str, &str)] = &[
    (
        "has no prefix that tells",
        "a prefix of 3 bytes or more, as in prefix = \"acme_\", or keywords = [\"acme api key\"], all of whose words stand in the value's statement",
    ),
    ("has no literal to look for", "anchors = [\"acme\"] names a literal that stands in every match"),
    ("has no shape", "prefix = \"acme_\", alphabet = \"lower-hex\" and length = 32, or pattern = 'acme_[0-9a-f]{32}'"),
    ("is no length", "length = 32, length = \"24..99\" or a list of these, without prefix and suffix"),
    ("is empty or above", "length = \"24..99\" goes from the shorter to the longer, both at least 1"),
    ("requires context", "keywords = [\"acme api key\"], or leave out context"),
    ("the pattern is no regex", "the syntax is that of https://docs.rs/regex, without look-around and back-references"),
    ("is no id", "id = \"acme.secret-key\""),
    ("missing field `role`", "role = \"secret\", \"restricted\", \"webhook-signing\", \"session\", \"publishable\" or \"identifier\""),
    ("missing field `id`", "id = \"acme.secret-key\""),
    ("stands twice", "give one of the two another name"),
];

/// `did you mean ...?` for a word beside the list of those that are known.
fn meant(what: &str) -> Option<String> {
    let mut quoted = what.split('`').skip(1).step_by(2);
    let word = quoted.next()?;
    let listed: Vec<&str> = match (what.split_once("use one of "), what.starts_with("unknown variant")) {
        (Some((_, list)), _) => list.split([',', ' ']).filter(|part| !part.is_empty()).collect(),
        (None, true) => quoted.collect(),
        (None, false) => return None,
    };
    config::nearest(word, listed).map(|near| format!("did you mean `{near}`?"))
}

/// The 1-based line on which an entry says its id; the last where several do.
pub(super) fn line_of_id(text: &str, id: &str) -> Option<usize> {
    let quoted = [format!("\"{id}\""), format!("'{id}'")];
    text.lines().zip(1..).filter(|(line, _)| is_field(line, "id") && quoted.iter().any(|quoted| line.contains(quoted))).map(|(_, number)| number).last()
}

/// The 1-based line of a field in the entry that begins on, or has its id on, line `from`.
pub(super) fn line_of_field(text: &str, from: usize, field: &str) -> Option<usize> {
    entry(text, from).find(|(line, _)| is_field(line, field)).map(|(_, number)| number)
}

/// The 1-based line of a template in the entry around line `from`: where its text stands, or else the list that holds it.
pub(super) fn line_of_template(text: &str, from: usize, template: &str, field: &str) -> Option<usize> {
    let list = line_of_field(text, from, field)?;
    let first = template.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // In a text in double quotes, quotes are escaped.
    let written = [first.to_owned(), first.replace('\\', "\\\\").replace('"', "\\\"")];
    let found = entry(text, list).find(|(line, _)| !first.is_empty() && written.iter().any(|written| line.contains(written)));
    Some(found.map_or(list, |(_, number)| number))
}

/// The lines of an entry from line `from` on, up to the next header.
fn entry(text: &str, from: usize) -> impl Iterator<Item = (&str, usize)> {
    let lines = text.lines().zip(1..).skip(from.saturating_sub(1));
    lines.enumerate().take_while(|(index, (line, _))| *index == 0 || !line.starts_with('[')).map(|(_, line)| line)
}

fn is_field(line: &str, field: &str) -> bool {
    line.trim_start().strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with('='))
}
