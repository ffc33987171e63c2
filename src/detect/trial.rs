//! Runs the example templates of key types: each `match` line must give that very key type, no `reject` line may.

use super::{Detector, Scratch};
use crate::keys::Catalog;
use crate::keys::examples::fill;
use crate::keys::schema::Spec;

/// How many random fillings each template gets.
const SEEDS: u64 = 12;

/// Every example that does not do what it should, as a sentence without the filled value.
pub fn failures(catalog: &Catalog, specs: &[Spec]) -> Vec<String> {
    let detector = Detector::new(catalog, false);
    let mut scratch = Scratch::default();
    let mut out = Vec::new();
    for spec in specs {
        for (template, should_match) in spec.matches.iter().map(|line| (line, true)).chain(spec.reject.iter().map(|line| (line, false))) {
            if let Some(what) = (0..SEEDS).find_map(|seed| trial(&detector, &mut scratch, spec, template, should_match, seed)) {
                out.push(format!("{}: {what}\n    {template}", spec.id));
            }
        }
    }
    out
}

fn trial(detector: &Detector<'_>, scratch: &mut Scratch, spec: &Spec, template: &str, should_match: bool, seed: u64) -> Option<String> {
    let text = match fill(template, seed) {
        Ok(text) => text,
        Err(what) => return Some(what),
    };
    let found = detector.detect(text.as_bytes(), scratch, true);
    let names = |index| detector.catalog().get(index).id.as_str();
    let others: Vec<&str> = found.credentials.iter().map(|credential| names(credential.key_type)).collect();
    let is_found = others.contains(&spec.id.as_str());
    match (should_match, is_found) {
        (true, true) | (false, false) => None,
        (false, true) => Some("a `reject` template gives this key type".to_owned()),
        (true, false) => {
            let mut whys: Vec<String> =
                found.rejected.iter().filter(|rejected| names(rejected.key_type) == spec.id).map(|rejected| rejected.why.to_string()).collect();
            whys.dedup();
            let instead = if others.is_empty() { "nothing".to_owned() } else { others.join(", ") };
            let why = if whys.is_empty() { "its shape does not fit".to_owned() } else { whys.join("; ") };
            Some(format!("a `match` template gives {instead} (seed {seed}): {why}"))
        }
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
        assert!(failures.is_empty(), "{} examples fail:\n{}", failures.len(), failures.join("\n"));
    }
}
