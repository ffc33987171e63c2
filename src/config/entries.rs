//! From the text of a `skout.toml` to a [`Config`]: entries as they are written, then each one checked.
//!
//! The entries keep their byte spans, so that every mistake has the line of the very word that is wrong.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Component, Path};

use serde::Deserialize;
use toml::Spanned;

use super::{Allow, Config, CustomKeyType, FORMATS, Paths, PlaceSetting, ReportSettings, RuleSetting, ScanSettings, nearest, parse_size};
use crate::error::Error;
use crate::keys::schema::{KeyTypeEntry, ShapeSpec, Spec, check_custom, line_of};
use crate::keys::{Catalog, Pattern};
use crate::terms::{Confidence, Place, Severity};

type Word = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    #[serde(default)]
    scan: ScanEntry,
    #[serde(default)]
    report: ReportEntry,
    #[serde(default)]
    rules: BTreeMap<Word, Word>,
    #[serde(default)]
    allow: Vec<Spanned<AllowEntry>>,
    #[serde(default)]
    place: Vec<Spanned<PlaceEntry>>,
    #[serde(default)]
    key_type: Vec<Spanned<KeyTypeEntry>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ScanEntry {
    #[serde(default)]
    exclude: Vec<Word>,
    #[serde(default)]
    archives: bool,
    #[serde(default)]
    binary: bool,
    max_file_size: Option<Spanned<toml::Value>>,
    #[serde(default)]
    skip_hidden: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ReportEntry {
    fail_on: Option<Word>,
    min_severity: Option<Word>,
    min_confidence: Option<Word>,
    format: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AllowEntry {
    paths: Option<Spanned<Vec<Word>>>,
    rules: Option<Spanned<Vec<Word>>>,
    key_types: Option<Spanned<Vec<Word>>>,
    fingerprints: Option<Spanned<Vec<Word>>>,
    reason: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PlaceEntry {
    paths: Vec<Word>,
    place: Word,
}

/// What is read, and what is known while reading it.
pub(super) struct Source<'s> {
    pub(super) text: &'s str,
    pub(super) path: &'s Path,
    pub(super) known_rules: &'s [&'s str],
}

/// Reads and checks everything.
pub(super) fn read(source: &Source<'_>) -> Result<Config, Error> {
    let file: File = toml::from_str(source.text).map_err(|error| source.toml_error(&error))?;
    let key_types = source.key_types(file.key_type)?;
    let allow = file.allow.into_iter().map(|entry| source.allow(entry, &key_types)).collect::<Result<_, Error>>()?;
    let mut rules = file.rules.iter().map(|(rule, level)| source.rule(rule, level)).collect::<Result<Vec<_>, Error>>()?;
    rules.sort_by_key(|setting| setting.line);
    Ok(Config {
        scan: source.scan(&file.scan)?,
        report: source.report(&file.report)?,
        rules,
        allow,
        places: file.place.iter().map(|entry| source.place(entry)).collect::<Result<_, Error>>()?,
        key_types,
        ..Config::default()
    })
}

impl Source<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        line_of(self.text, span.start)
    }

    fn error(&self, span: &Range<usize>, what: impl Into<String>) -> Error {
        Error::new(what).at(self.path).line(self.line(span))
    }

    /// A slip in a word, which names the nearest known one.
    fn no_such(&self, span: &Range<usize>, what: &str, word: &str, known: &[&str]) -> Error {
        let all = known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
        match nearest(word, known.iter().copied()) {
            Some(meant) => self.error(span, format!("{what}: did you mean `{meant}`?")).help(format!("known are {all}")),
            None => self.error(span, format!("{what}: known are {all}")),
        }
    }

    /// What the TOML reader says. An unknown key is known by serde's own words for it, which name the keys there are;
    /// should they change, the message is still right, and the tests tell.
    fn toml_error(&self, error: &toml::de::Error) -> Error {
        let span = error.span().unwrap_or(0..0);
        let message = error.message();
        if let Some((word, rest)) = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
            let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
            return self.no_such(&span, &format!("unknown key `{word}`"), word, &known);
        }
        let error = self.error(&span, message.trim_end());
        match message {
            _ if message.starts_with("invalid type: map, expected a sequence") => error.help("write the header with two brackets, as in `[[allow]]`"),
            _ if message.ends_with("expected a string") => error.help("write a text in quotes"),
            _ if message.ends_with("expected a sequence") => error.help("write a list, as in [\"docs/**\"]"),
            _ => error,
        }
    }

    fn word<T>(&self, entry: Option<&Word>, parse: fn(&str) -> Option<T>, kind: &str, known: &[&str]) -> Result<Option<T>, Error> {
        let Some(entry) = entry else { return Ok(None) };
        let word = entry.get_ref();
        match parse(word) {
            Some(value) => Ok(Some(value)),
            None => Err(self.no_such(&entry.span(), &format!("`{word}` is no {kind}"), word, known)),
        }
    }

    fn severity(&self, entry: Option<&Word>) -> Result<Option<Severity>, Error> {
        let known: Vec<&str> = Severity::ALL.iter().map(|word| word.as_str()).collect();
        self.word(entry, Severity::parse, "severity", &known)
    }

    fn paths(&self, entries: &[Word]) -> Result<Paths, Error> {
        Paths::new(entries.iter().map(|entry| entry.get_ref().as_str())).map_err(|(index, what)| {
            let span = entries.get(index).map_or(0..0, Spanned::span);
            self.error(&span, what).help("patterns read as in .gitignore: `docs`, `/dist`, `apps/admin/**`, `*.test.ts`")
        })
    }

    fn scan(&self, entry: &ScanEntry) -> Result<ScanSettings, Error> {
        let size = |entry: &Spanned<toml::Value>| {
            let text = entry.get_ref().as_str().map_or_else(|| entry.get_ref().to_string(), str::to_owned);
            parse_size(&text).map_err(|what| self.error(&entry.span(), what))
        };
        Ok(ScanSettings {
            exclude: self.paths(&entry.exclude)?,
            archives: entry.archives,
            binary: entry.binary,
            max_file_size: entry.max_file_size.as_ref().map(size).transpose()?,
            skip_hidden: entry.skip_hidden,
        })
    }

    fn report(&self, entry: &ReportEntry) -> Result<ReportSettings, Error> {
        let confidences: Vec<&str> = Confidence::ALL.iter().map(|word| word.as_str()).collect();
        Ok(ReportSettings {
            fail_on: self.severity(entry.fail_on.as_ref())?,
            min_severity: self.severity(entry.min_severity.as_ref())?,
            min_confidence: self.word(entry.min_confidence.as_ref(), Confidence::parse, "confidence", &confidences)?,
            format: entry.format.as_ref().map(|entry| self.formats(entry)).transpose()?.unwrap_or_default(),
        })
    }

    fn formats(&self, entry: &Spanned<toml::Value>) -> Result<Vec<String>, Error> {
        let span = entry.span();
        let values = match entry.get_ref() {
            toml::Value::Array(values) => values.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut formats = Vec::new();
        for value in values {
            let Some(text) = value.as_str() else {
                return Err(self
                    .error(&span, "a format is a text, or a list of them")
                    .help("format = \"text\", or format = [\"text\", \"sarif=skout.sarif\"]"));
            };
            let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
            if !FORMATS.contains(&name) {
                return Err(self.no_such(&span, &format!("`{name}` is no format"), name, FORMATS));
            }
            if file.is_some_and(|file| !may_be_written(file)) {
                return Err(self
                    .error(&span, format!("`{text}` does not write below the repository's root, or writes into `.git`"))
                    .help("a configuration may name such files alone; give others with --format on the command line"));
            }
            formats.push(text.to_owned());
        }
        Ok(formats)
    }

    fn known_rule(&self, entry: &Word) -> Result<String, Error> {
        let rule = entry.get_ref();
        if self.known_rules.contains(&rule.as_str()) {
            return Ok(rule.clone());
        }
        Err(self.no_such(&entry.span(), &format!("there is no rule `{rule}`"), rule, self.known_rules))
    }

    fn rule(&self, rule: &Word, level: &Word) -> Result<RuleSetting, Error> {
        let known: Vec<&str> = std::iter::once("off").chain(Severity::ALL.iter().map(|word| word.as_str())).collect();
        let line = self.line(&rule.span());
        let rule = self.known_rule(rule)?;
        let severity = match level.get_ref().as_str() {
            "off" => None,
            _ => self.word(Some(level), Severity::parse, "severity, nor is it `off`", &known)?,
        };
        Ok(RuleSetting { line, rule, severity })
    }

    fn allow(&self, entry: Spanned<AllowEntry>, custom: &[CustomKeyType]) -> Result<Allow, Error> {
        let span = entry.span();
        let entry = entry.into_inner();
        let lists = [("paths", &entry.paths), ("rules", &entry.rules), ("key-types", &entry.key_types), ("fingerprints", &entry.fingerprints)];
        if lists.iter().all(|(_, list)| list.is_none()) {
            return Err(self.error(&span, "an [[allow]] without any criterion would silence everything").help("give paths, rules, key-types or fingerprints"));
        }
        for (name, list) in lists {
            if let Some(list) = list.as_ref().filter(|list| list.get_ref().is_empty()) {
                return Err(self.error(&list.span(), format!("the list `{name}` of this [[allow]] is empty")).help("name something, or leave the line out"));
            }
        }
        let reason = match &entry.reason {
            None => return Err(self.error(&span, "an [[allow]] needs a reason").help("reason = \"why these are no leaks\"")),
            Some(reason) if reason.get_ref().trim().is_empty() => {
                return Err(self.error(&reason.span(), "the reason of this [[allow]] is empty").help("say why these are no leaks"));
            }
            Some(reason) => reason.get_ref().trim().to_owned(),
        };
        let words = |list: &Option<Spanned<Vec<Word>>>, check: &dyn Fn(&Word) -> Result<String, Error>| {
            list.iter().flat_map(|list| list.get_ref()).map(check).collect::<Result<Vec<_>, Error>>()
        };
        Ok(Allow {
            line: self.line(&span),
            paths: self.paths(entry.paths.as_ref().map_or(&[], |list| list.get_ref()))?,
            rules: words(&entry.rules, &|rule| self.known_rule(rule))?,
            key_types: words(&entry.key_types, &|key_type| self.known_key_type(key_type, custom))?,
            fingerprints: words(&entry.fingerprints, &|fingerprint| self.fingerprint(fingerprint))?,
            reason,
        })
    }

    fn known_key_type(&self, entry: &Word, custom: &[CustomKeyType]) -> Result<String, Error> {
        let word = entry.get_ref();
        let catalog = Catalog::built_in();
        let built_in = catalog.iter().map(|(_, key_type)| key_type.id.as_str());
        let ids: Vec<&str> = built_in.chain(custom.iter().map(|custom| custom.spec.id.as_str())).collect();
        let providers = || ids.iter().filter_map(|id| id.split('.').next());
        let (known, meant) = match word.strip_suffix(".*") {
            Some(wanted) => (providers().any(|provider| provider == wanted), nearest(wanted, providers()).map(|meant| format!("{meant}.*"))),
            None => (ids.contains(&word.as_str()), nearest(word, ids.iter().copied()).map(str::to_owned)),
        };
        if known {
            return Ok(word.clone());
        }
        let meant = meant.map(|meant| format!(": did you mean `{meant}`?")).unwrap_or_default();
        let error = self.error(&entry.span(), format!("there is no key type `{word}`{meant}"));
        Err(error.help("`skout rules list` shows all; `provider.*` names those of a provider"))
    }

    /// What is no fingerprint is not repeated: it may well be the secret itself, pasted.
    fn fingerprint(&self, entry: &Word) -> Result<String, Error> {
        let digits = entry.get_ref().strip_prefix("sk1:").unwrap_or_default();
        if digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Ok(entry.get_ref().clone());
        }
        Err(self.error(&entry.span(), "this is no fingerprint").help("copy it whole from a report: `sk1:` and 32 hex digits"))
    }

    fn place(&self, entry: &Spanned<PlaceEntry>) -> Result<PlaceSetting, Error> {
        let known: Vec<&str> = Place::ALL.iter().map(|word| word.as_str()).collect();
        let line = self.line(&entry.span());
        let entry_ref = entry.get_ref();
        if entry_ref.paths.is_empty() {
            return Err(self.error(&entry.span(), "the list `paths` of this [[place]] is empty").help("name the files that it is about"));
        }
        let place = self.word(Some(&entry_ref.place), Place::parse, "place", &known)?;
        Ok(PlaceSetting { line, paths: self.paths(&entry_ref.paths)?, place: place.unwrap_or(Place::Unknown) })
    }

    fn key_types(&self, entries: Vec<Spanned<KeyTypeEntry>>) -> Result<Vec<CustomKeyType>, Error> {
        let mut key_types: Vec<CustomKeyType> = Vec::new();
        for entry in entries {
            let span = entry.span();
            let entry = entry.into_inner();
            let id = entry.id.clone();
            let bad = |what: String| {
                let named = if what.contains(&format!("`{id}`")) { String::new() } else { format!(" `{id}`") };
                let help = if what.starts_with("the pattern") {
                    "mend the pattern in the syntax of https://docs.rs/regex, or give prefix, alphabet and length instead"
                } else {
                    "mend the entry; `skout rules test` checks it and runs its examples"
                };
                self.error(&span, format!("[[key-type]]{named}: {what}")).help(help)
            };
            let spec = check_custom(entry).and_then(check_searchable).map_err(bad)?;
            if let Some(first) = key_types.iter().find(|known| known.spec.id == spec.id) {
                return Err(bad(format!("the id `{id}` stands twice, first in line {}", first.line)));
            }
            key_types.push(CustomKeyType { line: self.line(&span), spec });
        }
        Ok(key_types)
    }
}

/// Refuses what the schema allows and the search cannot use, here where the line is known: a key type without a literal to
/// look for, and a pattern whose automaton is too large, which would match nothing in silence.
fn check_searchable(spec: Spec) -> Result<Spec, String> {
    Catalog::with_custom(std::slice::from_ref(&spec))?;
    match &spec.shape {
        ShapeSpec::Pattern(pattern) if Pattern::new(pattern.clone().into()).regex().is_none() => {
            Err("the pattern is too large when compiled: its repetitions multiply".to_owned())
        }
        _ => Ok(spec),
    }
}

/// Whether a configuration may have a file of this name written: below the root, and not in what git reads.
fn may_be_written(file: &str) -> bool {
    let is_plain = |part: Component<'_>| match part {
        Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        Component::CurDir => true,
        _ => false,
    };
    !file.is_empty() && !file.contains(['\\', ':']) && Path::new(file).components().all(is_plain)
}
