//! Turns `rules/verdicts.toml` and `rules/context/*.toml` into static data, for the build.
//!
//! Compiled into the build script; the library holds only what this writes. It may name nothing but `crate::terms`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::terms::{Mode, Place, Role, Severity};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdicts {
    severity: BTreeMap<String, BTreeMap<Role, Severity>>,
    mode: BTreeMap<Mode, i8>,
    place: BTreeMap<Place, i8>,
    #[serde(default, rename = "by-name")]
    by_name: BTreeMap<String, i8>,
    #[serde(default, rename = "by-variable")]
    by_variable: BTreeMap<String, Severity>,
    #[serde(default, rename = "key-type")]
    by_key_type: BTreeMap<String, i8>,
    #[serde(default)]
    fixed: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prefixes {
    except: Vec<String>,
    prefix: Vec<Prefix>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prefix {
    prefix: String,
    tool: String,
    #[serde(default)]
    needs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    place: Vec<PlaceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceEntry {
    place: Place,
    why: String,
    paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placeholders {
    words: Vec<String>,
    whole: Vec<String>,
    samples: Vec<Sample>,
}

/// `rules/context/names.toml`: what the words of a variable's name say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Names {
    phrases: BTreeMap<String, Vec<String>>,
    words: BTreeMap<String, Vec<String>>,
    bears: BTreeMap<String, Vec<String>>,
    providers: Providers,
    key_types: BTreeMap<String, String>,
    short_for: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Providers {
    ordinary: Vec<String>,
    none: Vec<String>,
    others: Vec<String>,
    open: Vec<String>,
    aliases: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    sha256: String,
    owner: String,
}

/// Reads and checks the files, and returns Rust source of the statics that stand for them.
///
/// # Errors
/// A sentence with the file's name, and the line where TOML knows one.
pub fn compile(rules: &Path) -> Result<String, String> {
    let mut out = String::new();
    let verdicts: Verdicts = read(rules, "verdicts.toml")?;
    let _ = writeln!(out, "/// For each rule, role and base severity.\npub(crate) static SEVERITIES: &[(&str, Role, Severity)] = &[");
    for (rule, roles) in &verdicts.severity {
        for (role, severity) in roles {
            let _ = writeln!(out, "    ({rule:?}, Role::{role:?}, Severity::{severity:?}),");
        }
    }
    let _ = writeln!(out, "];\n/// Steps by mode.\npub(crate) static MODE_STEPS: &[(Mode, i8)] = &[");
    for (mode, steps) in &verdicts.mode {
        let _ = writeln!(out, "    (Mode::{mode:?}, {steps}),");
    }
    let _ = writeln!(out, "];\n/// Steps by place.\npub(crate) static PLACE_STEPS: &[(Place, i8)] = &[");
    for (place, steps) in &verdicts.place {
        let _ = writeln!(out, "    (Place::{place:?}, {steps}),");
    }
    let _ = writeln!(out, "];\n/// Steps by rule for a secret that is known by its name alone.\npub(crate) static BY_NAME: &[(&str, i8)] = &[");
    for (rule, steps) in &verdicts.by_name {
        let _ = writeln!(out, "    ({rule:?}, {steps}),");
    }
    let _ = writeln!(
        out,
        "];\n/// By rule, the most that a finding is which the name of a variable of the program alone speaks for.\npub(crate) static BY_VARIABLE: &[(&str, Severity)] = &["
    );
    for (rule, most) in &verdicts.by_variable {
        let _ = writeln!(out, "    ({rule:?}, Severity::{most:?}),");
    }
    let _ = writeln!(out, "];\n/// Steps by key type.\npub(crate) static KEY_TYPE_STEPS: &[(&str, i8)] = &[");
    for (key_type, steps) in &verdicts.by_key_type {
        let _ = writeln!(out, "    ({key_type:?}, {steps}),");
    }
    let _ = writeln!(out, "];\n/// Rules whose severity no mode and no place moves.\npub(crate) static FIXED: &[&str] = &{:?};", verdicts.fixed);

    let prefixes: Prefixes = read(rules, "context/public-prefixes.toml")?;
    let _ = writeln!(
        out,
        "/// Prefixes that publish a variable, the tool that does it, and the packages without which a prefix means nothing.\npub(crate) static PUBLIC_PREFIXES: &[(&str, &str, &[&str])] = &["
    );
    for entry in &prefixes.prefix {
        let _ = writeln!(out, "    ({:?}, {:?}, &{:?}),", entry.prefix, entry.tool, entry.needs);
    }
    let _ = writeln!(
        out,
        "];\n/// Beginnings of names that no tool publishes although they begin with a public prefix.\npub(crate) static NOT_PUBLIC: &[&str] = &{:?};",
        prefixes.except
    );
    names(rules, &mut out)?;
    let places: Places = read(rules, "context/places.toml")?;
    let _ = writeln!(out, "/// Places by path: the first entry with a glob that matches decides.\npub(crate) static PLACES: &[(Place, &str, &[&str])] = &[");
    for entry in &places.place {
        let _ = writeln!(out, "    (Place::{:?}, {:?}, &{:?}),", entry.place, entry.why, entry.paths);
    }
    let placeholders: Placeholders = read(rules, "context/placeholders.toml")?;
    if let Some(word) = placeholders.words.iter().chain(&placeholders.whole).find(|word| **word != word.to_ascii_lowercase()) {
        return Err(format!("rules/context/placeholders.toml: write `{word}` in lower case"));
    }
    let _ = writeln!(
        out,
        "];\n/// Words that mark a placeholder wherever they stand as a word.\npub(crate) static PLACEHOLDER_WORDS: &[&str] = &{:?};",
        placeholders.words
    );
    let _ = writeln!(
        out,
        "/// Texts that are placeholders when they are the whole value.\npub(crate) static PLACEHOLDER_VALUES: &[&str] = &{:?};",
        placeholders.whole
    );
    let mut samples: Vec<&Sample> = placeholders.samples.iter().collect();
    samples.sort_by(|one, other| one.sha256.cmp(&other.sha256));
    let _ = writeln!(
        out,
        "/// First 8 bytes of the SHA-256 of documented sample values, in hex and sorted, and who documents them.\npub(crate) static SAMPLES: &[(&str, &str)] = &["
    );
    for sample in samples {
        let _ = writeln!(out, "    ({:?}, {:?}),", sample.sha256, sample.owner);
    }
    out.push_str("];\n");
    Ok(out)
}

/// The kinds of phrases and of words that names are judged by: the code knows no others, and needs all.
const PHRASES: &[&str] = &["explicit", "publishable", "secret", "token", "key", "whole", "harmless"];
const WORDS: &[&str] = &["starts", "trailing", "values", "generic"];
const BEARS: &[&str] = &["secret", "tokens", "trailing", "stops", "not", "verbs", "ordinary", "headers"];

fn names(rules: &Path, out: &mut String) -> Result<(), String> {
    let names: Names = read(rules, "context/names.toml")?;
    let wrong = |what: String| Err(format!("rules/context/names.toml: {what}"));
    let all = |known: &BTreeMap<String, Vec<String>>, wanted: &[&str]| known.len() == wanted.len() && wanted.iter().all(|kind| known.contains_key(*kind));
    if !all(&names.phrases, PHRASES) || !all(&names.words, WORDS) || !all(&names.bears, BEARS) {
        return wrong(format!("the kinds of phrases are {PHRASES:?}, those of words {WORDS:?}, and what bears has {BEARS:?}"));
    }
    let phrases = names.phrases.values().chain(names.words.values()).flatten().chain(names.key_types.keys()).chain(names.providers.aliases.values().flatten());
    let phrases = phrases.chain(names.bears.iter().filter(|(kind, _)| *kind != "headers").flat_map(|(_, phrases)| phrases));
    for phrase in phrases {
        if phrase.is_empty() || !phrase.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' ') {
            return wrong(format!("write `{phrase}` in lower case, with spaces between words"));
        }
    }
    for provider in names.providers.ordinary.iter().chain(&names.providers.none).chain(names.providers.aliases.keys()) {
        if !rules.join(format!("{provider}.toml")).is_file() {
            return wrong(format!("`{provider}` is no provider of rules/"));
        }
    }
    // Words are written one by one and looked for as they stand together: `api key` is `APIKEY` and `apiKey` as well.
    let joined = |phrase: &String| phrase.replace(' ', "");
    out.push_str(
        "/// Phrases of names, without the spaces between their words, with what each kind says.\npub(crate) static NAME_PHRASES: &[(&str, &str)] = &[\n",
    );
    for (kind, phrases) in &names.phrases {
        for phrase in phrases {
            let _ = writeln!(out, "    ({:?}, {kind:?}),", joined(phrase));
        }
    }
    out.push_str("];\n");
    for (kind, words) in &names.words {
        let _ = writeln!(out, "/// Words of names: {kind}.\npub(crate) static NAME_{}: &[&str] = &{words:?};", kind.to_uppercase());
    }
    for (kind, phrases) in &names.bears {
        let mut phrases: Vec<String> = phrases.iter().map(joined).collect();
        phrases.sort();
        let _ = writeln!(out, "/// What names bear: {kind}, sorted.\npub(crate) static BEARS_{}: &[&str] = &{phrases:?};", kind.to_uppercase());
    }
    let _ = writeln!(out, "/// Providers whose names are ordinary words.\npub(crate) static ORDINARY_PROVIDERS: &[&str] = &{:?};", names.providers.ordinary);
    let _ = writeln!(out, "/// Rule files that stand for no provider.\npub(crate) static NO_PROVIDERS: &[&str] = &{:?};", names.providers.none);
    let _ = writeln!(
        out,
        "/// Providers without key types, which issue secrets alone.\npub(crate) static OTHER_PROVIDERS: &[&str] = &{:?};",
        names.providers.others
    );
    let _ = writeln!(
        out,
        "/// Providers without key types, whose keys are made for clients.\npub(crate) static OPEN_PROVIDERS: &[&str] = &{:?};",
        names.providers.open
    );
    out.push_str("/// Other names of providers.\npub(crate) static PROVIDER_ALIASES: &[(&str, &str)] = &[\n");
    for (provider, aliases) in &names.providers.aliases {
        for alias in aliases {
            let _ = writeln!(out, "    ({:?}, {provider:?}),", joined(alias));
        }
    }
    out.push_str("];\n/// Phrases that tell the key type.\npub(crate) static KEY_TYPE_PHRASES: &[(&str, &str)] = &[\n");
    for (phrase, key_type) in &names.key_types {
        let _ = writeln!(out, "    ({:?}, {key_type:?}),", joined(phrase));
    }
    out.push_str("];\n/// Short words of names, and the words that they stand for.\npub(crate) static SHORT_FOR: &[(&str, &str)] = &[\n");
    for (short, long) in &names.short_for {
        let _ = writeln!(out, "    ({short:?}, {long:?}),");
    }
    out.push_str("];\n");
    Ok(())
}

fn read<T: DeserializeOwned>(rules: &Path, name: &str) -> Result<T, String> {
    let text = std::fs::read_to_string(rules.join(name)).map_err(|error| format!("rules/{name}: {error}"))?;
    toml::from_str(&text).map_err(|error| format!("rules/{name}: {error}"))
}
