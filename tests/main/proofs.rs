//! Offline proofs: each key type that claims one has an example that it confirms, and a checksum with one wrong character
//! confirms nothing.

#![allow(clippy::print_stdout, reason = "the counts are what a closing note quotes")]

use std::collections::BTreeMap;

use skout::detect::{Credential, Detector, Scratch};
use skout::keys::schema::Spec;
use skout::keys::{Catalog, CheckKind, examples};
use skout::terms::Confidence;

use crate::catalogue::specs;

/// Proofs in which each character of the value takes part.
const CHECKSUMS: &[CheckKind] =
    &[CheckKind::Crc32Base62, CheckKind::Crc32Little, CheckKind::Crc32Tail, CheckKind::Bech32, CheckKind::Bech32m, CheckKind::Base58Check, CheckKind::Crc16];

fn proofs(spec: &Spec) -> impl Iterator<Item = CheckKind> {
    spec.checks.iter().map(|(kind, _)| *kind).filter(|kind| kind.proves()).chain(spec.proofs.iter().map(|(kind, _)| *kind))
}

fn found(detector: &Detector<'_>, spec: &Spec, text: &str) -> Vec<Credential> {
    let mut found = detector.detect(text.as_bytes(), &mut Scratch::default(), false).credentials;
    found.retain(|credential| detector.catalog().get(credential.key_type).id.as_str() == spec.id);
    found
}

#[test]
fn a_proof_confirms_an_example() {
    let catalog = Catalog::built_in();
    let detector = Detector::new(&catalog, false).short_identifiers(true);
    let (mut without, mut wrong, mut counts) = (Vec::new(), Vec::new(), BTreeMap::new());
    let specs = specs();
    for spec in specs.values().filter(|spec| proofs(spec).next().is_some()) {
        proofs(spec).for_each(|kind| *counts.entry(kind.name()).or_insert(0) += 1);
        // A key type may say that its proof is not all: what it confirms is then as sure as it says.
        let sure = if spec.proofs.is_empty() { spec.confidence } else { Confidence::Confirmed };
        let texts = spec.matches.iter().map(|template| examples::fill(template, 7).expect("a template"));
        let proven: Vec<(String, Credential)> = texts
            .filter_map(|text| {
                let credential = found(&detector, spec, &text).into_iter().find(|credential| credential.confidence == sure)?;
                Some((text, credential))
            })
            .collect();
        if proven.is_empty() {
            without.push(spec.id.clone());
        }
        if !proofs(spec).all(|kind| CHECKSUMS.contains(&kind)) {
            continue;
        }
        for (text, credential) in proven.iter().filter(|(_, credential)| credential.encoding.is_empty()) {
            for at in [credential.span.end - 1, credential.span.end - 4] {
                let mut bytes = text.clone().into_bytes();
                // Another character of the same kind, which all the alphabets have.
                bytes[at] = match bytes[at] {
                    b'4' => b'5',
                    b'0'..=b'9' => b'4',
                    b'c' => b'd',
                    b'a'..=b'z' => b'c',
                    b'C' => b'D',
                    b'A'..=b'Z' => b'C',
                    _ => b'7',
                };
                let changed = String::from_utf8(bytes).expect("ASCII for ASCII");
                if found(&detector, spec, &changed).iter().any(|credential| credential.confidence == Confidence::Confirmed) {
                    wrong.push(format!("{}: byte {at} does not matter", spec.id));
                }
            }
        }
    }
    assert!(without.is_empty(), "no match template is confirmed: {}", without.join(", "));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let proven = specs.values().filter(|spec| proofs(spec).next().is_some()).count();
    println!("{proven} key types with offline proof: {}", counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", "));
}

/// A wrong checksum is no credential where the format is known to have it.
#[test]
fn a_wrong_checksum_is_no_credential() {
    let catalog = Catalog::built_in();
    let detector = Detector::new(&catalog, false);
    let specs = specs();
    for (id, template) in [
        ("grafana.service-account-token", "GRAFANA_TOKEN=glsa_{alnum:32}_{lower-hex:8}"),
        ("github.personal-access-token", "GITHUB_TOKEN=ghp_{alnum:36}"),
        ("npm.access-token", "NPM_TOKEN=npm_{alnum:36}"),
        ("polar.personal-access-token", "POLAR_TOKEN=polar_pat_{alnum:43}"),
        ("nostr.secret-key", "nsec1{class:qpzry9x8gf2tvdw0s3jn54khce6mua7l:58}"),
    ] {
        let text = examples::fill(template, 3).expect("a template");
        assert!(found(&detector, &specs[id], &text).is_empty(), "{id}");
    }
}
