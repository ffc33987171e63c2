//! Reads `rules/`, refuses mistakes with file and line, and writes the compact catalog into the binary, so that
//! nothing is parsed at start-up: key types, the prefilter's table, the verdict table and the data of `rules/context/`.

#![allow(missing_docs, unreachable_pub, clippy::print_stdout, clippy::exit)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/keys/alphabet.rs"]
mod alphabet;
#[path = "src/keys/anchor.rs"]
mod anchor;
#[path = "src/keys/check.rs"]
mod check;
#[path = "src/context_data.rs"]
mod context_data;
#[path = "src/keys/follow.rs"]
#[allow(dead_code)]
mod follow;
#[path = "src/keys/schema.rs"]
mod schema;
#[path = "src/detect/table.rs"]
#[allow(dead_code, reason = "reading the table is the library's half")]
mod table;
#[path = "src/terms.rs"]
#[allow(dead_code)]
mod terms;

use anchor::AnchorKind;
use schema::{ModeSpec, ShapeSpec, Spec};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    for file in ["keys/alphabet.rs", "keys/anchor.rs", "keys/follow.rs", "keys/check.rs", "keys/schema.rs", "detect/table.rs", "terms.rs", "context_data.rs"] {
        println!("cargo::rerun-if-changed=src/{file}");
    }
    let rules = root.join("rules");
    let mut mistakes = Vec::new();
    let mut calls = Calls::default();
    let specs = read_rules(&rules, &mut mistakes, &mut calls);
    let grams = fs::read(rules.join("context/grams.bin")).unwrap_or_default();
    if !grams.is_empty() && grams.len() != 1 << table::COUNT_BITS {
        mistakes.push(format!(
            "rules/context/grams.bin: {} bytes instead of {}; make it again with `cargo run --release --example train`",
            grams.len(),
            1 << table::COUNT_BITS
        ));
    }
    let anchors = gather_anchors(&specs, &grams, &mut mistakes);
    refuse_common(&specs, &anchors, &grams, &mut mistakes);
    if !mistakes.is_empty() {
        for mistake in &mistakes {
            println!("cargo::error={}", mistake.replace('\n', " "));
        }
        std::process::exit(1);
    }
    write(&out.join("catalog.rs"), &catalog_source(&specs, &anchors));
    write(&out.join("endpoints.rs"), &calls.source());
    write(&out.join("table.rs"), &table_source(&specs, &anchors, &grams));
    write(&out.join("starts.rs"), &starts_source(&anchors));
    match context_data::compile(&rules) {
        Ok(source) => write(&out.join("context_data.rs"), &source),
        Err(what) => {
            println!("cargo::error={}", what.replace('\n', " "));
            std::process::exit(1);
        }
    }
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Which key which call takes, as source.
#[derive(Default)]
struct Calls {
    endpoints: String,
    sdks: String,
    self_hosted: String,
}

impl Calls {
    fn add(&mut self, file: schema::RuleFile) {
        let provider = &file.provider;
        let roles = |roles: &[terms::Role]| format!("&[{}]", roles.iter().map(|role| format!("Role::{role:?}")).collect::<Vec<_>>().join(", "));
        for word in &file.self_hosted {
            let _ = writeln!(self.self_hosted, "    ({word:?}, {provider:?}),");
        }
        for one in file.endpoints.into_iter().map(toml::Spanned::into_inner) {
            let prefers = one.prefers.map_or("None".to_owned(), |role| format!("Some(Role::{role:?})"));
            let _ = writeln!(
                self.endpoints,
                "    Endpoint {{ provider: {provider:?}, hosts: &{:?}, methods: &{:?}, path: {:?}, accepts: {}, prefers: {prefers}, hosted_only: {} }},",
                one.hosts,
                one.methods,
                one.path,
                roles(&one.accepts),
                one.hosted_only
            );
        }
        for one in file.sdks.into_iter().map(toml::Spanned::into_inner) {
            let _ = writeln!(
                self.sdks,
                "    SdkCall {{ provider: {provider:?}, packages: &{:?}, call: {:?}, argument: {:?}, takes: {}, is_global: {} }},",
                one.packages,
                one.call,
                one.argument,
                roles(&one.takes.into_vec()),
                one.global
            );
        }
    }

    fn source(&self) -> String {
        format!(
            "static ENDPOINTS: &[Endpoint] = &[\n{}];\nstatic SDK_CALLS: &[SdkCall] = &[\n{}];\nstatic SELF_HOSTED: &[(&str, &str)] = &[\n{}];\n",
            self.endpoints, self.sdks, self.self_hosted
        )
    }
}

/// Every key type of `rules/*.toml`, in the order of file names; and the calls that they name.
fn read_rules(rules: &Path, mistakes: &mut Vec<String>, calls: &mut Calls) -> Vec<Spec> {
    let mut files: Vec<PathBuf> = fs::read_dir(rules)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.extension().is_some_and(|end| end == "toml")).collect())
        .unwrap_or_default();
    files.sort();
    let mut specs: Vec<Spec> = Vec::new();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "verdicts.toml" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        match schema::read_rule_file(&text) {
            Ok((file, read)) => {
                if format!("{}.toml", file.provider) != name {
                    mistakes.push(format!("rules/{name}:1: the provider `{}` lives in rules/{}.toml", file.provider, file.provider));
                }
                for spec in &read {
                    if spec.source.is_empty() {
                        mistakes.push(format!("rules/{name}: `{}` says no `source` for its format", spec.id));
                    }
                    if spec.matches.is_empty() || spec.reject.is_empty() {
                        mistakes.push(format!("rules/{name}: `{}` needs `match` and `reject` templates", spec.id));
                    }
                    if specs.iter().any(|other| other.id == spec.id) {
                        mistakes.push(format!("rules/{name}: the id `{}` stands twice", spec.id));
                    }
                }
                specs.extend(read);
                calls.add(file);
            }
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| format!("rules/{name}:{}: {}", mistake.line, mistake.what))),
        }
    }
    for spec in &specs {
        if let Some(partner) = &spec.partner
            && !specs.iter().any(|other| other.id == *partner)
        {
            mistakes.push(format!("`{}` names the partner `{partner}`, which no rule file declares", spec.id));
        }
        for part in &spec.parts {
            match specs.iter().find(|other| other.id == *part) {
                None => mistakes.push(format!("`{}` has the part `{part}`, which no rule file declares", spec.id)),
                Some(other) if other.role == crate::terms::Role::Publishable => {
                    mistakes
                        .push(format!("`{}` has the part `{part}`, which is publishable: a key that may be read by anyone is no part of a secret", spec.id));
                }
                Some(_) => {}
            }
        }
    }
    specs
}

/// An anchor with every key type that it serves.
struct Shared {
    text: String,
    exact: bool,
    uses: Vec<(usize, AnchorKind)>,
    behind: Vec<alphabet::Alphabet>,
    user: bool,
}

fn gather_anchors(specs: &[Spec], grams: &[u8], mistakes: &mut Vec<String>) -> Vec<Shared> {
    let commonness = |word: &str| -> f64 {
        let folded: Vec<u8> = word.bytes().map(table::fold).collect();
        let counts = folded.windows(4).map(|gram| {
            let slot = table::slot(u32::from_le_bytes([gram[0], gram[1], gram[2], gram[3]]), table::COUNT_BITS);
            grams.get(slot as usize).map_or(0.0, |level| (f64::from(*level) / 8.0).exp2())
        });
        // A word of three letters has no gram of its own: it is taken for common.
        counts.reduce(f64::min).unwrap_or(1e9) - word.len() as f64 / 100.0
    };
    let mut shared: BTreeMap<(String, bool), Shared> = BTreeMap::new();
    for (index, spec) in specs.iter().enumerate() {
        match anchor::anchors_of(spec, &commonness) {
            Ok(anchors) => {
                for anchor in anchors {
                    let entry = shared.entry((anchor.text.clone(), anchor.exact)).or_insert_with(|| Shared {
                        text: anchor.text.clone(),
                        exact: anchor.exact,
                        uses: Vec::new(),
                        behind: anchor.behind.clone(),
                        user: anchor.user,
                    });
                    if !entry.uses.contains(&(index, anchor.kind)) {
                        entry.uses.push((index, anchor.kind));
                    }
                    entry.behind = follow::either(&entry.behind, &anchor.behind);
                    entry.user &= anchor.user;
                }
            }
            Err(what) => mistakes.push(what),
        }
    }
    shared.into_values().collect()
}

/// How often an anchor may stand in a megabyte of ordinary code. Each hit costs a search around it, and all key types
/// together shall not have more than some hundred.
const COMMONEST: f64 = 40.0;

/// Anchors that `grams.bin` says too little of, or that are common and had no better: what they cost was measured with
/// `cargo run --release --example hits -- DIR`, and is little.
const MEASURED: &[&str] = &[
    "0q~", "1q~", "2q~", "3q~", "4q~", "5q~", "6q~", "7q~", "8q~", "9q~", ":aa", "kty", "ngc", "$5$", "$6$", "API", "fal", "sentry", "sk_", "stripe", "twilio",
    "vault", "zai",
];

/// Refuses anchors that ordinary code is full of, by the counts of `rules/context/grams.bin`.
fn refuse_common(specs: &[Spec], anchors: &[Shared], grams: &[u8], mistakes: &mut Vec<String>) {
    for shared in anchors {
        let Some((index, _)) = shared.uses.iter().find(|used| !is_word(specs, used)) else { continue };
        if MEASURED.contains(&shared.text.as_str()) {
            continue;
        }
        // What stands behind must go on as a value does, which few names do.
        let narrow = |set: &alphabet::Alphabet| if set.size() <= 16 { 0.4 } else { 0.75 };
        let user = if shared.user { 0.05 } else { 1.0 };
        let hits = shared.behind.iter().fold(table::estimate(&needle(shared), grams) * user, |hits, set| hits * narrow(set));
        if hits > COMMONEST {
            mistakes.push(format!(
                "the anchor `{}` of `{}` stands about {hits:.0} times in a megabyte of ordinary code, at most {COMMONEST} are allowed: give the key type a longer prefix, or `anchors` of rarer literals that stand in every value or beside it; if `examples/hits` shows that it is rare after all, list it in MEASURED in build.rs",
                shared.text, specs[*index].id
            ));
        }
    }
}

fn catalog_source(specs: &[Spec], anchors: &[Shared]) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "pub(super) static KEY_TYPES: [KeyType; {}] = [", specs.len());
    for spec in specs {
        let _ = writeln!(out, "    {},", key_type_source(spec));
    }
    let _ = writeln!(out, "];\npub(super) static ANCHORS: [Anchor; {}] = [", anchors.len());
    for shared in anchors {
        let uses: Vec<String> = shared.uses.iter().map(|(index, kind)| format!("Use {{ key_type: {index}, kind: AnchorKind::{kind:?} }}")).collect();
        let behind = shared.behind.chunk_by(PartialEq::eq).map(|same| format!("({}, {})", alphabet_source(same[0]), same.len()));
        let _ = writeln!(
            out,
            "    Anchor {{ text: Cow::Borrowed({:?}), exact: {}, uses: Cow::Borrowed(&[{}]), behind: {}, user: {} }},",
            shared.text,
            shared.exact,
            uses.join(", "),
            list(behind),
            shared.user
        );
    }
    out.push_str("];\n");
    out
}

fn alphabet_source(set: alphabet::Alphabet) -> String {
    format!("Alphabet::from_words({:?})", set.words())
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("Cow::Borrowed(&[{}])", items.into_iter().collect::<Vec<_>>().join(", "))
}

fn text(text: &str) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn key_type_source(spec: &Spec) -> String {
    let mode = match &spec.mode {
        ModeSpec::Fixed(mode) => format!("ModeRule::Fixed(Mode::{mode:?})"),
        ModeSpec::FromPrefix => "ModeRule::FromPrefix".to_owned(),
        ModeSpec::Table(table) => format!("ModeRule::Table({})", list(table.iter().map(|(prefix, mode)| format!("({}, Mode::{mode:?})", text(prefix))))),
    };
    let shape = match &spec.shape {
        ShapeSpec::Parts { prefixes, alphabet, lengths, suffix } => format!(
            "Shape::Parts {{ prefixes: {}, alphabet: {}, lengths: {}, suffix: {} }}",
            list(prefixes.iter().map(|prefix| text(prefix))),
            alphabet_source(*alphabet),
            list(lengths.iter().map(|range| format!("{range:?}"))),
            text(suffix)
        ),
        ShapeSpec::Pattern(pattern) => format!("Shape::Pattern(Pattern::new({}))", text(pattern)),
    };
    let id = |id: &str| format!("KeyTypeId({})", text(id));
    format!(
        "KeyType {{ id: {}, name: {}, provider_name: {}, role: Role::{:?}, mode: {mode}, partner: {}, parts: {}, shape: {shape}, keywords: {}, required: {}, checks: {}, proofs: {}, confidence: Confidence::{:?}, docs: {}, rotate: {}, source: {}, signs: {}, bits: {:?} }}",
        id(&spec.id),
        text(&spec.name),
        text(&spec.provider_name),
        spec.role,
        spec.partner.as_ref().map_or("None".to_owned(), |partner| format!("Some({})", id(partner))),
        list(spec.parts.iter().map(|part| id(part))),
        list(spec.keywords.iter().map(|phrase| list(phrase.iter().map(|word| text(word))))),
        spec.required,
        checks(&spec.checks),
        checks(&spec.proofs),
        spec.confidence,
        text(&spec.docs),
        list(spec.rotate.iter().map(|step| text(step))),
        text(&spec.source),
        list(spec.signs.iter().map(|sign| text(sign))),
        anchor::bits_of(spec),
    )
}

fn checks(checks: &[(check::CheckKind, String)]) -> String {
    list(checks.iter().map(|(kind, argument)| format!("Check {{ kind: CheckKind::{kind:?}, argument: {} }}", text(argument))))
}

fn needle(shared: &Shared) -> table::Needle {
    table::Needle {
        text: shared.text.as_bytes().to_vec(),
        before: if shared.uses.iter().all(|(_, kind)| *kind == AnchorKind::Prefix) { table::before_prefix() } else { [true; 256] },
        after: shared.behind.first().map_or([true; 256], |set| std::array::from_fn(|byte| set.has(byte as u8))),
    }
}

/// Whether an anchor is a word that speaks for a value without a prefix: looked for around such values alone.
fn is_word(specs: &[Spec], (index, kind): &(usize, AnchorKind)) -> bool {
    *kind == AnchorKind::Keyword && matches!(specs[*index].shape, ShapeSpec::Parts { .. })
}

/// Whether an anchor is looked for at the starts of words alone.
fn begins_word(shared: &Shared) -> bool {
    shared.uses.iter().all(|(_, kind)| matches!(kind, AnchorKind::Prefix | AnchorKind::PatternStart))
        && table::is_start(shared.text.as_bytes(), shared.behind.iter().map(|set| |byte| set.has(byte)))
}

/// The table of what is looked for at the starts of words.
fn starts_source(anchors: &[Shared]) -> String {
    let texts: Vec<(u16, &[u8])> =
        anchors.iter().enumerate().filter(|(_, shared)| begins_word(shared)).map(|(number, shared)| (number as u16, shared.text.as_bytes())).collect();
    let (bitmap, entries) = table::build_starts(&texts);
    let list: Vec<String> = entries.iter().map(|entry| format!("StartEntry {{ key: {}, anchor: {} }}", entry.key, entry.anchor)).collect();
    format!("static START_BITMAP: [u64; START_WORDS] = {bitmap:?};\nstatic START_ENTRIES: [StartEntry; {}] = [{}];\n", entries.len(), list.join(", "))
}

/// Two tables: of what is looked for everywhere, and of the words that are looked for around values without a prefix.
fn table_source(specs: &[Spec], anchors: &[Shared], grams: &[u8]) -> String {
    let is_word = |used: &(usize, AnchorKind)| is_word(specs, used);
    let table = |name: &str, wanted: &dyn Fn(&Shared) -> bool| {
        let needles: Vec<(u16, table::Needle)> =
            anchors.iter().enumerate().filter(|(_, shared)| wanted(shared)).map(|(number, shared)| (number as u16, needle(shared))).collect();
        let built = table::build(&needles, grams, table::SLOT_BITS);
        let entries: Vec<String> = built
            .entries
            .iter()
            .map(|entry| {
                format!("Entry {{ gram: {}, anchor: {}, offset: {}, other: {}, byte: {} }}", entry.gram, entry.anchor, entry.offset, entry.other, entry.byte)
            })
            .collect();
        format!(
            "static {name}_BITMAP: [u64; WORDS] = {:?};\nstatic {name}_HEADS: [u32; HEADS] = {:?};\nstatic {name}_ENTRIES: [Entry; {}] = [{}];\n",
            built.bitmap,
            built.heads,
            entries.len(),
            entries.join(", ")
        )
    };
    table("ANCHOR", &|shared| !begins_word(shared) && !shared.uses.iter().all(is_word)) + &table("WORD", &|shared| shared.uses.iter().any(is_word))
}
