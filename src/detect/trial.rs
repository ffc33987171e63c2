//! Runs the example templates of key types: each `match` line must give that very key type, no `reject` line may. And tells
//! how common in ordinary code is what a key type is looked for by.

use super::prefilter::GRAM_COUNTS;
use super::{Credential, Detector, Rejection, Scratch, table};
use crate::keys::examples::fill;
use crate::keys::schema::{ShapeSpec, Spec};
use crate::keys::{Alphabet, Catalog};

/// How many random fillings each template gets.
const SEEDS: u64 = 12;

/// An example that does not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The key type.
    pub id: String,
    /// The template as it is written.
    pub template: String,
    /// Whether it stands under `match`, and not under `reject`.
    pub should_match: bool,
    /// What is wrong, a sentence without a full stop and without the filled value.
    pub what: String,
    /// What would be right, where that can be said.
    pub help: Option<String>,
}

/// Every example that does not do what it should.
pub fn failures(catalog: &Catalog, specs: &[Spec]) -> Vec<Failure> {
    let detector = Detector::new(catalog, false);
    let mut scratch = Scratch::default();
    let mut out = Vec::new();
    for spec in specs {
        for (template, should_match) in spec.matches.iter().map(|line| (line, true)).chain(spec.reject.iter().map(|line| (line, false))) {
            if let Some((what, help)) = (0..SEEDS).find_map(|seed| trial(&detector, &mut scratch, spec, template, should_match, seed)) {
                out.push(Failure { id: spec.id.clone(), template: template.clone(), should_match, what, help });
            }
        }
    }
    out
}

/// About how often a literal stands in a megabyte of ordinary code, by the counts of its rarest four bytes. `after` are the
/// bytes that may follow a prefix, before which no letter and no digit may stand. An upper bound, but for chance.
pub fn hits_per_megabyte(literal: &str, after: Option<Alphabet>) -> f64 {
    let folded: Vec<u8> = literal.bytes().map(table::fold).collect();
    let count = |gram: [u8; 4]| {
        let slot = table::slot(u32::from_le_bytes(gram), table::COUNT_BITS);
        GRAM_COUNTS.get(slot as usize).map_or(0.0, |level| ((f64::from(*level) / 8.0).exp2() - 1.0) / 16.0)
    };
    let [one, two, three] = [0, 1, 2].map(|at| folded.get(at).copied().unwrap_or(b' '));
    // Each gram once, however many bytes fold to it.
    let neighbours = |may: &dyn Fn(u8) -> bool| {
        let mut bytes: Vec<u8> = (0x09..0x7f).filter(|byte| may(*byte)).map(table::fold).collect();
        bytes.sort_unstable();
        bytes.dedup();
        bytes
    };
    let mut bounds: Vec<f64> = folded.windows(4).map(|gram| count([gram[0], gram[1], gram[2], gram[3]])).collect();
    if after.is_some() {
        let before = table::before_prefix();
        bounds.push(neighbours(&|byte| before[usize::from(byte)]).into_iter().map(|byte| count([byte, one, two, three])).sum());
    }
    if folded.len() < 4 {
        bounds.push(neighbours(&|byte| after.is_none_or(|set| set.has(byte))).into_iter().map(|byte| count([one, two, three, byte])).sum());
    }
    bounds.into_iter().fold(f64::INFINITY, f64::min)
}

/// How the fault of a value ends that the search never came to.
const UNLED: &str = "but nothing leads to it";

type Fault = (String, Option<String>);

fn trial(detector: &Detector<'_>, scratch: &mut Scratch, spec: &Spec, template: &str, should_match: bool, seed: u64) -> Option<Fault> {
    let text = match fill(template, seed) {
        Ok(text) => text,
        Err(what) => return Some((what, None)),
    };
    let found = detector.detect(text.as_bytes(), scratch, true);
    let names = |index| detector.catalog().get(index).id.as_str();
    let own = found.credentials.iter().find(|credential| names(credential.key_type) == spec.id);
    match (should_match, own) {
        (true, Some(_)) | (false, None) => None,
        (false, Some(credential)) => Some(fired(spec, &text, credential)),
        (true, None) => {
            let mut whys: Vec<Rejection> = found.rejected.iter().filter(|rejected| names(rejected.key_type) == spec.id).map(|rejected| rejected.why).collect();
            whys.dedup();
            let winner = found.credentials.iter().map(|credential| names(credential.key_type)).next();
            if let Some(winner) = winner.filter(|_| whys.contains(&Rejection::Outranked)) {
                let help = format!("this one's shape must say more than that of `{winner}`, or the example must hold one of its `keywords`");
                return Some((format!("a `match` example is found as `{winner}`, which fits the same text better"), Some(help)));
            }
            let why = match whys.iter().find(|why| !matches!(why, Rejection::Length | Rejection::Boundary)) {
                Some(why) => why.to_string(),
                None => misfit(spec, &text),
            };
            // Without a word of its phrases nothing leads to a value that has no prefix.
            let unled = spec.required && whys.is_empty() && why.ends_with(UNLED);
            let help = (unled || whys.contains(&Rejection::NoKeyword)).then(|| {
                let phrases: Vec<String> = spec.keywords.iter().take(4).map(|phrase| format!("`{}`", phrase.join(" "))).collect();
                format!("all words of one of {} must stand in its statement", phrases.join(", "))
            });
            let instead = winner.map_or_else(|| "nothing".to_owned(), |winner| format!("`{winner}`"));
            Some((format!("a `match` example gives {instead}: {why}"), help))
        }
    }
}

/// Why a `reject` example was found all the same.
fn fired(spec: &Spec, text: &str, credential: &Credential) -> Fault {
    let value = credential.span.of(text.as_bytes());
    let shape = match &spec.shape {
        ShapeSpec::Parts { prefixes, .. } => match prefixes.iter().filter(|prefix| value.starts_with(prefix.as_bytes())).max_by_key(|prefix| prefix.len()) {
            Some(prefix) => format!("`{prefix}` and {} bytes behind it fit its shape", value.len() - prefix.len()),
            None => format!("{} bytes fit its shape", value.len()),
        },
        ShapeSpec::Pattern(_) => format!("its pattern matches {} bytes", value.len()),
    };
    let context = match (spec.required, spec.keywords.is_empty()) {
        (true, _) => ", and words of its `keywords` or a sign of the provider stand around them",
        (false, true) => ", and it asks for no words around them",
        (false, false) => ", and its `keywords` only help",
    };
    let help =
        if spec.required { "tighten the keywords, or the shape" } else { "tighten the shape, or ask for words with keywords and context = \"required\"" };
    (format!("a `reject` example is found as this key type: {shape}{context}"), Some(help.to_owned()))
}

/// What of a shape a text lacks.
fn misfit(spec: &Spec, text: &str) -> String {
    let ShapeSpec::Parts { prefixes, alphabet, lengths, .. } = &spec.shape else { return "its pattern does not match".to_owned() };
    let wanted: Vec<String> = lengths.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}..{to}") }).collect();
    let wanted = wanted.join(" or ");
    let fits = |length: usize| lengths.iter().any(|(from, to)| (*from as usize..=*to as usize).contains(&length));
    let run = |bytes: &[u8]| bytes.iter().take_while(|byte| alphabet.has(**byte)).count();
    let bytes = text.as_bytes();
    if let Some((prefix, at)) = prefixes.iter().filter_map(|prefix| Some((prefix, text.find(prefix.as_str())?))).max_by_key(|(prefix, _)| prefix.len()) {
        let (length, end) = (run(&bytes[at + prefix.len()..]), at + prefix.len());
        if !fits(length) {
            let stop = bytes.get(end + length).filter(|byte| byte.is_ascii_alphanumeric()).map_or("", |_| ", then one that does not belong to it");
            return format!("behind `{prefix}` stand {length} characters of its alphabet{stop}, and `length` says {wanted}");
        }
        if at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_') {
            return format!("a letter, digit or underscore right before `{prefix}` makes it part of something else");
        }
        return "a character right behind it makes it part of something else, or its suffix is missing".to_owned();
    }
    if !prefixes.is_empty() {
        let all: Vec<String> = prefixes.iter().map(|prefix| format!("`{prefix}`")).collect();
        return format!("none of its prefixes stands in it: {}", all.join(", "));
    }
    let longest = bytes.split(|byte| !alphabet.has(*byte)).map(<[u8]>::len).max().unwrap_or(0);
    if fits(longest) {
        format!("its shape stands in it, {UNLED}")
    } else {
        format!("the longest run of its alphabet has {longest} characters, and `length` says {wanted}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::schema::read_rule_file;

    #[test]
    fn every_example_of_every_key_type() {
        let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let mut specs = Vec::new();
        for entry in std::fs::read_dir(rules).expect("the rules are there").flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|end| end == "toml") && path.file_name().is_some_and(|name| name != "verdicts.toml") {
                let text = std::fs::read_to_string(&path).expect("a rule file");
                specs.extend(read_rule_file(&text).expect("the build has checked it").1);
            }
        }
        assert_eq!(specs.len(), Catalog::built_in().iter().count());
        let failures = failures(&Catalog::built_in(), &specs);
        let told: Vec<String> = failures.iter().map(|failure| format!("{}: {}\n    {}", failure.id, failure.what, failure.template)).collect();
        assert!(failures.is_empty(), "{} examples fail:\n{}", failures.len(), told.join("\n"));
    }
}
