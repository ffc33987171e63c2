//! The one TOML schema of key types: `rules/<provider>.toml`, read by the build, and `[[key-type]]` in `skout.toml`,
//! read at run time. Reading turns text into checked [`Spec`]s; a mistake is a sentence with its line.
//!
//! Compiled into the build script as well: besides `crate::terms`, `super` is the only neighbour it may name.

use serde::Deserialize;
use toml::Spanned;

use super::alphabet::Alphabet;
use super::check::{self, CheckKind};
use crate::terms::{Confidence, Mode, Role};

/// `rules/<provider>.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleFile {
    /// The provider's id, which every key type's id begins with.
    pub provider: String,
    /// The provider's name as people write it.
    pub name: String,
    /// The page on its keys.
    #[serde(default)]
    pub docs: String,
    /// What in a file says that this provider is meant.
    #[serde(default)]
    pub signs: Vec<String>,
    /// The steps of a rotation, for all of its keys.
    #[serde(default)]
    pub rotate: Vec<String>,
    /// Its credential formats.
    #[serde(default, rename = "key-type")]
    pub key_types: Vec<Spanned<KeyTypeEntry>>,
    /// Words in the host name of a server that somebody runs himself: its calls are judged like those of the service.
    #[serde(default)]
    #[allow(dead_code, reason = "the build script alone reads it")]
    pub self_hosted: Vec<String>,
    /// Which key which call takes.
    #[serde(default, rename = "endpoint")]
    #[allow(dead_code, reason = "the build script alone reads it")]
    pub endpoints: Vec<Spanned<EndpointEntry>>,
    /// Which key which function of a client library takes.
    #[serde(default, rename = "sdk")]
    #[allow(dead_code, reason = "the build script alone reads it")]
    pub sdks: Vec<Spanned<SdkEntry>>,
}

/// One `[[endpoint]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the build script alone reads the fields")]
pub struct EndpointEntry {
    /// Host names; `*.` at the start stands for one label or more.
    pub hosts: Vec<String>,
    /// HTTP methods; empty for any.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Path; `*` stands for a segment, a last `**` for the rest, even an empty one.
    pub path: String,
    /// Roles that the call takes.
    pub accepts: Vec<Role>,
    /// The role made for it.
    pub prefers: Option<Role>,
    /// Whether servers that people run themselves take other keys here, so that nothing can be said of theirs.
    #[serde(default)]
    pub hosted_only: bool,
}

/// One `[[sdk]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the build script alone reads the fields")]
pub struct SdkEntry {
    /// Packages, modules or namespaces that bring it, in any language.
    #[serde(default)]
    pub packages: Vec<String>,
    /// What is called, or assigned to: `loadStripe`, `default`, `stripe.api_key`.
    pub call: String,
    /// The argument: its number from 0, the name of a field or keyword, or nothing for an assignment.
    #[serde(default)]
    pub argument: String,
    /// Roles that it takes.
    pub takes: OneOrMany<Role>,
    /// Whether the name alone tells, where nothing says what brings it: a global of a script tag.
    #[serde(default)]
    pub global: bool,
}

impl EndpointEntry {
    fn mistake(&self) -> Option<String> {
        let is_host =
            |host: &String| host.contains('.') && host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-*".contains(&byte));
        let path = &self.path;
        let stray = self.hosts.iter().find(|host| !is_host(host) || host.trim_start_matches("*.").contains('*'));
        if self.hosts.is_empty() {
            return Some(format!("the endpoint `{path}` names no host"));
        }
        if let Some(host) = stray {
            return Some(format!("`{host}` is no host: write `api.example.com` or `*.example.com` in lower case"));
        }
        if let Some(method) = self.methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
            return Some(format!("`{method}` is no method: use {}", METHODS.join(", ")));
        }
        let segments = path.strip_prefix('/').map(|rest| rest.split('/').rev());
        match segments {
            None => return Some(format!("the path `{path}` must begin with `/`")),
            Some(segments) => {
                if segments.skip(1).any(|segment| segment == "**") {
                    return Some(format!("the path `{path}` has `**` before its end"));
                }
            }
        }
        if self.accepts.is_empty() {
            return Some(format!("the endpoint `{path}` accepts nothing: name the roles"));
        }
        self.prefers.filter(|role| !self.accepts.contains(role)).map(|role| format!("the endpoint `{path}` prefers {role:?}, which it does not accept"))
    }
}

impl SdkEntry {
    fn mistake(&self) -> Option<String> {
        let call = &self.call;
        if call.is_empty() || call.contains([' ', '(', '/', ':', '\\']) {
            return Some(format!("`{call}` is no call: write its name with dots, `Stripe.apiKey`"));
        }
        if self.packages.is_empty() && !self.global {
            return Some(format!("nothing says what brings `{call}`: name packages, or say `global = true`"));
        }
        if !self.argument.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
            return Some(format!("`{}` is no argument: write its number from 0, or its name", self.argument));
        }
        match &self.takes {
            OneOrMany::Many(roles) if roles.is_empty() => Some(format!("`{call}` takes nothing: name the roles")),
            _ => None,
        }
    }
}

/// Methods that an endpoint may name.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// One `[[key-type]]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeyTypeEntry {
    /// `provider.name`.
    pub id: String,
    /// As people call it; the id when absent.
    pub name: Option<String>,
    /// What the holder may do.
    pub role: Role,
    /// Live or test, or how the match tells.
    pub mode: Option<ModeEntry>,
    /// The other half of the pair.
    pub partner: Option<String>,
    /// Key types whose values make one credential with this one.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Literal start.
    pub prefix: Option<OneOrMany<String>>,
    /// The body's characters.
    pub alphabet: Option<String>,
    /// The body's length.
    pub length: Option<OneOrMany<Length>>,
    /// Literal end.
    pub suffix: Option<String>,
    /// A regex instead of the four above.
    pub pattern: Option<String>,
    /// Literals one of which stands in every match of the pattern.
    #[serde(default)]
    pub anchors: Vec<String>,
    /// Phrases that say which provider is meant.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Whether there is no credential without a keyword.
    pub context: Option<ContextNeed>,
    /// A proof within the body.
    pub checksum: Option<String>,
    /// Further proofs and conditions by name.
    #[serde(default)]
    pub validators: Vec<String>,
    /// What makes a match certain where it holds, and says nothing where it does not.
    #[serde(default)]
    pub proofs: Vec<String>,
    /// How sure a match is.
    pub confidence: Option<Confidence>,
    /// The page on this key.
    pub docs: Option<String>,
    /// The steps of a rotation.
    pub rotate: Option<Vec<String>>,
    /// Where the format is stated.
    pub source: Option<String>,
    /// Lines with such a key, as templates.
    #[serde(default, rename = "match")]
    pub matches: Vec<String>,
    /// Lines without one, as templates.
    #[serde(default)]
    pub reject: Vec<String>,
}

/// A value or a list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// Alone.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// As a list.
    pub fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(value) => vec![value],
            Self::Many(values) => values,
        }
    }
}

/// `48` or `"24..99"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Length {
    /// Exactly so many bytes.
    Exact(u32),
    /// From and to, both included.
    Range(String),
}

/// `mode = "live"`, `"from-prefix"`, or a table from prefix to mode.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum ModeEntry {
    /// A word.
    Word(String),
    /// By prefix.
    Table(std::collections::BTreeMap<String, Mode>),
}

/// What keywords are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContextNeed {
    /// Without one there is no credential.
    Required,
    /// They choose between shapes that collide.
    Helps,
}

/// How a match tells its mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModeSpec {
    /// Always the same.
    Fixed(Mode),
    /// Words such as `live` and `test` in the match's head.
    FromPrefix,
    /// The longest of these prefixes.
    Table(Vec<(String, Mode)>),
}

/// What a value looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapeSpec {
    /// A literal, a run of characters, a literal.
    Parts {
        /// Literal starts; empty or several.
        prefixes: Vec<String>,
        /// The body's characters.
        alphabet: Alphabet,
        /// The body's lengths, as inclusive ranges in rising order.
        lengths: Vec<(u32, u32)>,
        /// Literal end.
        suffix: String,
    },
    /// A regex.
    Pattern(String),
}

/// A checked key type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is that of the entry, checked")]
pub struct Spec {
    pub id: String,
    pub name: String,
    pub provider_name: String,
    pub role: Role,
    pub mode: ModeSpec,
    pub partner: Option<String>,
    pub parts: Vec<String>,
    pub shape: ShapeSpec,
    pub anchors: Vec<String>,
    pub keywords: Vec<Vec<String>>,
    pub required: bool,
    pub checks: Vec<(CheckKind, String)>,
    pub proofs: Vec<(CheckKind, String)>,
    pub confidence: Confidence,
    pub docs: String,
    pub rotate: Vec<String>,
    pub source: String,
    pub signs: Vec<String>,
    pub matches: Vec<String>,
    pub reject: Vec<String>,
}

/// A mistake in a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// 1-based line of the entry.
    pub line: usize,
    /// What is wrong and what would be right.
    pub what: String,
}

/// Reads `rules/<provider>.toml`.
///
/// # Errors
/// Every mistake found, in file order.
pub fn read_rule_file(text: &str) -> Result<(RuleFile, Vec<Spec>), Vec<Mistake>> {
    let mut file: RuleFile = toml::from_str(text).map_err(|error| vec![toml_mistake(text, &error)])?;
    let (mut specs, mut mistakes) = (Vec::new(), Vec::new());
    for entry in std::mem::take(&mut file.key_types) {
        let line = line_of(text, entry.span().start);
        let entry = entry.into_inner();
        if entry.id.split('.').next() != Some(&file.provider) {
            mistakes.push(Mistake { line, what: format!("the id `{}` must begin with `{}.`", entry.id, file.provider) });
        }
        let home = Home { name: &file.name, docs: &file.docs, rotate: &file.rotate, signs: &file.signs };
        match check(entry, &home) {
            Ok(spec) => specs.push(spec),
            Err(what) => mistakes.push(Mistake { line, what }),
        }
    }
    let calls = file.endpoints.iter().map(|entry| (entry.span().start, entry.get_ref().mistake()));
    let calls = calls.chain(file.sdks.iter().map(|entry| (entry.span().start, entry.get_ref().mistake())));
    mistakes.extend(calls.filter_map(|(at, what)| Some(Mistake { line: line_of(text, at), what: what? })));
    if mistakes.is_empty() { Ok((file, specs)) } else { Err(mistakes) }
}

/// Reads the key types of any file that declares some: a provider's rule file, or a `skout.toml` with `[[key-type]]`.
///
/// # Errors
/// Every mistake found.
#[allow(dead_code, reason = "the build script reads rule files alone")]
pub fn read_any(text: &str) -> Result<Vec<Spec>, Vec<Mistake>> {
    /// What both kinds of file share.
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Loose {
        provider: Option<String>,
        #[serde(default, rename = "key-type")]
        key_types: Vec<Spanned<KeyTypeEntry>>,
    }
    let loose: Loose = toml::from_str(text).map_err(|error| vec![toml_mistake(text, &error)])?;
    if loose.provider.is_some() {
        return read_rule_file(text).map(|(_, specs)| specs);
    }
    let (mut specs, mut mistakes) = (Vec::new(), Vec::new());
    for entry in loose.key_types {
        let line = line_of(text, entry.span().start);
        match check_custom(entry.into_inner()) {
            Ok(spec) => specs.push(spec),
            Err(what) => mistakes.push(Mistake { line, what }),
        }
    }
    if mistakes.is_empty() { Ok(specs) } else { Err(mistakes) }
}

/// Checks one custom key type, whose provider is known by its id alone.
///
/// # Errors
/// A sentence on the first mistake.
#[allow(dead_code, reason = "the build script reads rule files alone")]
pub fn check_custom(entry: KeyTypeEntry) -> Result<Spec, String> {
    let provider = entry.id.split('.').next().unwrap_or_default().to_owned();
    check(entry, &Home { name: &provider, docs: "", rotate: &[], signs: &[] })
}

/// A TOML error as a mistake with its line.
pub fn toml_mistake(text: &str, error: &toml::de::Error) -> Mistake {
    Mistake { line: error.span().map_or(1, |span| line_of(text, span.start)), what: error.message().to_owned() }
}

/// The 1-based line of a byte offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// What an entry inherits from its file.
struct Home<'a> {
    name: &'a str,
    docs: &'a str,
    rotate: &'a [String],
    signs: &'a [String],
}

/// The shortest value that is found without a prefix. In bytes.
pub const SHORTEST_BARE: usize = 6;

fn check(entry: KeyTypeEntry, home: &Home<'_>) -> Result<Spec, String> {
    let id = entry.id;
    let in_id = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !matches!(id.split_once('.'), Some((provider, name)) if in_id(provider) && in_id(name)) {
        return Err(format!("`{id}` is no id: write `provider.name` in lower case, digits and hyphens"));
    }
    if !entry.parts.is_empty() && !entry.role.bears_authority() {
        return Err(format!("`{id}` has parts, but gives no authority: name it among the parts of the secret"));
    }
    if entry.parts.contains(&id) {
        return Err(format!("`{id}` names itself among its parts"));
    }
    let prefixes = entry.prefix.map(OneOrMany::into_vec).unwrap_or_default();
    let shape = match (entry.pattern, entry.alphabet, entry.length) {
        (Some(pattern), None, None) if prefixes.is_empty() && entry.suffix.is_none() => ShapeSpec::Pattern(check_pattern(pattern)?),
        (Some(_), ..) => return Err(format!("`{id}` has a pattern beside prefix, alphabet, length or suffix: keep one of the two forms")),
        (None, Some(alphabet), Some(length)) => ShapeSpec::Parts {
            prefixes: prefixes.clone(),
            alphabet: Alphabet::parse(&alphabet)?,
            lengths: lengths(length.into_vec())?,
            suffix: entry.suffix.unwrap_or_default(),
        },
        _ => return Err(format!("`{id}` has no shape: give alphabet and length (with a prefix where there is one), or a pattern")),
    };
    // Values without a prefix are found as runs, of which shorter ones would be every number and word.
    if let ShapeSpec::Parts { prefixes, lengths, .. } = &shape
        && let (Some(prefix), Some(body)) = (prefixes.iter().map(String::len).min().or(Some(0)), lengths.iter().map(|range| range.0 as usize).min())
        && prefix < 3
        && prefix + body < SHORTEST_BARE
    {
        return Err(format!(
            "`{id}` may be shorter than {SHORTEST_BARE} characters and has no prefix of three: it would never be found, so let its length begin with {SHORTEST_BARE}"
        ));
    }
    let mode = match entry.mode {
        None => ModeSpec::Fixed(Mode::None),
        Some(ModeEntry::Word(word)) if word == "from-prefix" => ModeSpec::FromPrefix,
        Some(ModeEntry::Word(word)) => ModeSpec::Fixed(
            Mode::parse(&word).ok_or_else(|| format!("`{word}` is no mode: use live, test, none, from-prefix, or a table from prefix to mode"))?,
        ),
        Some(ModeEntry::Table(table)) => {
            if let Some(stray) = table.keys().find(|prefix| !prefixes.is_empty() && !prefixes.contains(prefix)) {
                return Err(format!("the mode table names `{stray}`, which is no prefix of `{id}`"));
            }
            ModeSpec::Table(table.into_iter().collect())
        }
    };
    let mut checks = Vec::new();
    for name in entry.checksum.iter().chain(&entry.validators) {
        checks.push(check::read(name)?);
    }
    let mut proofs = Vec::new();
    for name in &entry.proofs {
        let proof = check::read(name)?;
        if !proof.0.proves() {
            return Err(format!("`{name}` of `{id}` proves nothing: write it under `validators`"));
        }
        proofs.push(proof);
    }
    let keywords: Vec<Vec<String>> = entry.keywords.iter().map(|phrase| phrase.to_ascii_lowercase().split_whitespace().map(str::to_owned).collect()).collect();
    if keywords.iter().any(Vec::is_empty) {
        return Err(format!("`{id}` has an empty keyword"));
    }
    let required = match entry.context {
        Some(ContextNeed::Helps) => false,
        Some(ContextNeed::Required) if keywords.is_empty() => return Err(format!("`{id}` requires context and names no keywords")),
        _ => !keywords.is_empty(),
    };
    let proven = checks.iter().any(|(kind, _)| kind.proves());
    let distinctive = match &shape {
        ShapeSpec::Parts { prefixes, suffix, .. } => prefixes.iter().any(|prefix| prefix.len() >= 3) || suffix.len() >= 3,
        ShapeSpec::Pattern(_) => true,
    };
    if !distinctive && !required {
        return Err(format!("`{id}` has no prefix that tells: name keywords that must stand beside the value"));
    }
    let confidence = entry.confidence.unwrap_or(match () {
        () if proven => Confidence::Confirmed,
        () if required => Confidence::Medium,
        () => Confidence::High,
    });
    let name = entry.name.unwrap_or_else(|| id.clone());
    Ok(Spec {
        name,
        provider_name: home.name.to_owned(),
        role: entry.role,
        mode,
        partner: entry.partner,
        parts: entry.parts,
        shape,
        anchors: entry.anchors,
        keywords,
        required,
        checks,
        proofs,
        confidence,
        docs: entry.docs.unwrap_or_else(|| home.docs.to_owned()),
        rotate: entry.rotate.unwrap_or_else(|| home.rotate.to_vec()),
        source: entry.source.unwrap_or_default(),
        signs: home.signs.iter().map(|sign| sign.to_ascii_lowercase()).collect(),
        matches: entry.matches,
        reject: entry.reject,
        id,
    })
}

/// No longer value is looked for by any pattern, in bytes.
const LONGEST_VALUE: usize = 64 << 10;

fn check_pattern(pattern: String) -> Result<String, String> {
    match regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(&pattern) {
        Ok(hir) if hir.properties().minimum_len().unwrap_or(0) == 0 => Err(format!("the pattern `{pattern}` matches the empty text")),
        Ok(hir) if hir.properties().minimum_len().is_some_and(|least| least > LONGEST_VALUE) => {
            let least = hir.properties().minimum_len().unwrap_or(0);
            Err(format!("the pattern asks for {least} bytes at least, and nothing above {LONGEST_VALUE} is looked at: its repetitions multiply"))
        }
        Ok(_) => Ok(pattern),
        Err(error) => Err(format!("the pattern is no regex of linear time (no look-around, no back-references): {error}")),
    }
}

fn lengths(entries: Vec<Length>) -> Result<Vec<(u32, u32)>, String> {
    let mut ranges = Vec::new();
    for entry in entries {
        let range = match entry {
            Length::Exact(length) => (length, length),
            Length::Range(text) => {
                let bounds = text.split_once("..").and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().trim_start_matches('=').parse().ok()?)));
                bounds.ok_or_else(|| format!("`{text}` is no length: write 32 or \"24..99\" (both ends count)"))?
            }
        };
        if range.0 == 0 || range.0 > range.1 || range.1 > 65_536 {
            return Err(format!("the length {}..{} is empty or above 65536", range.0, range.1));
        }
        ranges.push(range);
    }
    ranges.sort_unstable();
    if ranges.is_empty() { Err("the list of lengths is empty".to_owned()) } else { Ok(ranges) }
}
