//! What every key type of the built-in catalogue owes: examples of both kinds, and partners that lead somewhere.

#![allow(clippy::print_stdout, reason = "the counts are what a closing note quotes")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use skout::keys::schema::{Spec, read_rule_file};
use skout::keys::{Catalog, CheckKind};
use skout::terms::Role;

use crate::sandbox::Sandbox;

/// Key types whose partner names none back: it goes with many, and none of them is its other half.
const ONE_SIDED: &[&str] = &["openai.realtime-client-secret", "highnote.restricted-key", "cloudflare.api-token", "cloudflare.legacy-api-token"];

pub(crate) fn specs() -> BTreeMap<String, Spec> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut specs = BTreeMap::new();
    for entry in std::fs::read_dir(rules).expect("the rules are there").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|end| end == "toml") && path.file_name().is_some_and(|name| name != "verdicts.toml") {
            let text = std::fs::read_to_string(&path).expect("a rule file");
            let (_, read) = read_rule_file(&text).expect("the build has checked it");
            specs.extend(read.into_iter().map(|spec| (spec.id.clone(), spec)));
        }
    }
    specs
}

#[test]
fn every_key_type_has_examples_of_both_kinds() {
    let specs = specs();
    assert_eq!(specs.len(), Catalog::built_in().iter().count());
    let mut wrong = Vec::new();
    for spec in specs.values() {
        let distinct: BTreeSet<&String> = spec.reject.iter().collect();
        if spec.matches.is_empty() || distinct.len() < 2 {
            wrong.push(format!("{}: {} match and {} reject templates; 1 and 2 are the least", spec.id, spec.matches.len(), distinct.len()));
        }
        if let Some(both) = spec.matches.iter().find(|template| spec.reject.contains(template)) {
            wrong.push(format!("{}: stands under match and under reject: {both}", spec.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let providers: BTreeSet<&str> = specs.keys().filter_map(|id| id.split('.').next()).collect();
    let proven = specs.values().filter(|spec| !spec.proofs.is_empty() || spec.checks.iter().any(|(kind, _): &(CheckKind, String)| kind.proves())).count();
    let matches: usize = specs.values().map(|spec| spec.matches.len()).sum();
    let rejects: usize = specs.values().map(|spec| spec.reject.len()).sum();
    println!("{} key types of {} providers, {proven} with offline proof; {matches} match and {rejects} reject templates", specs.len(), providers.len());
    for role in Role::ALL {
        println!("{:>6} {role}", specs.values().filter(|spec| spec.role == *role).count());
    }
}

/// A pair names each other. A third key of the same provider (a restricted key, a refresh token) names one of a pair.
#[test]
fn partners_exist_and_lead_to_pairs() {
    let specs = specs();
    let partner = |id: &str| specs.get(id).and_then(|spec| spec.partner.as_deref());
    let is_mutual = |id: &str| partner(id).is_some_and(|other| partner(other) == Some(id));
    let (mut wrong, mut pairs, mut others) = (Vec::new(), 0, 0);
    for spec in specs.values() {
        let Some(other) = &spec.partner else { continue };
        if !specs.contains_key(other) || *other == spec.id || other.split('.').next() != spec.id.split('.').next() {
            wrong.push(format!("{}: its partner {other} is no other key type of this provider", spec.id));
        } else if is_mutual(&spec.id) {
            pairs += 1;
        } else if ONE_SIDED.contains(&spec.id.as_str()) {
            others += 1;
        } else {
            let mut at = other.as_str();
            let reached = (0..4).any(|_| {
                let found = is_mutual(at);
                at = partner(at).unwrap_or(at);
                found
            });
            others += 1;
            if !reached {
                wrong.push(format!("{}: its partner {other} names none back, and leads to no pair", spec.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} pairs, {others} key types that go with one", pairs / 2);
}

#[test]
fn a_key_under_a_passphrase_is_less() {
    let severities = |template: &str| {
        let report = Sandbox::with("deploy/id.pem", template).scan(&["--no-config"]);
        report
            .findings()
            .iter()
            .map(|finding| format!("{} {}", crate::sandbox::text(&finding["key"]["type"]), crate::sandbox::text(&finding["severity"])))
            .collect::<Vec<_>>()
    };
    let old = "{repeat:-:5}BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{upper-hex:32}\n\n{class:A-Za-z0-9+/:64}\n{class:A-Za-z0-9+/:64}\n{class:A-Za-z0-9+/:64}\n{class:A-Za-z0-9+/:64}\n-----END RSA PRIVATE KEY-----\n";
    assert_eq!(severities("{pem:PRIVATE KEY}\n"), ["private-key.pkcs8 high"]);
    assert_eq!(severities("{pem:ENCRYPTED PRIVATE KEY}\n"), ["private-key.encrypted medium"]);
    assert_eq!(severities(old), ["private-key.encrypted medium"]);
}

#[test]
fn ciphertext_is_told_as_such() {
    let sandbox = Sandbox::new();
    let sops = "algolia_admin_api_key: ENC[AES256_GCM,data:{lower-hex:32},iv:{class:A-Za-z0-9:43}=,tag:{class:A-Za-z0-9:22}==,type:str]\n";
    sandbox.plant("secrets.yaml", &format!("{sops}plunk_secret_key: sk_{{lower-hex:48}}\n"));
    let report = sandbox.scan(&["--no-config"]);
    assert_eq!(report.only()["key"]["type"], "plunk.secret-key");
    assert_eq!(report.only()["location"]["start"]["line"], 2);
    sandbox.skout(&["explain", "secrets.yaml:1"]).exits(0).says(&["it is ciphertext (SOPS), worth nothing without the key that opens it"]);
    sandbox.plant(".env.production", "PLUNK_SECRET_KEY=\"encrypted:{class:A-Za-z0-9:120}/sk_{lower-hex:48}\"\n");
    sandbox.plant(".env.keys", "DOTENV_PRIVATE_KEY_PRODUCTION=\"{lower-hex:64}\"\n");
    let report = sandbox.scan(&["--no-config", ".env.production", ".env.keys"]);
    assert_eq!(report.only()["key"]["type"], "dotenvx.private-key");
}
