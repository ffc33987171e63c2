//! Observations become findings: the table says how bad each is, and at one place the most severe speaks.
//!
//! The table is `rules/verdicts.toml`.

#[cfg(test)]
mod leaks_tests;
mod parts;

use std::collections::BTreeMap;

use crate::context::{FileContext, Observation, RULES, Subject};
use crate::context_data_static::{BY_NAME, BY_VARIABLE, FIXED, KEY_TYPE_STEPS, MODE_STEPS, PLACE_STEPS, SEVERITIES};
use crate::error::ScanPath;
use crate::finding::{Finding, KeyInfo, Location, Remediation};
use crate::keys::{Catalog, KeyType};
use crate::secret::{Redacted, Secret};
use crate::terms::{Confidence, Mode, Place, Role, RuleId, Severity};
use crate::text::{Excerpt, Region};

/// What the configuration says of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSetting {
    /// The rule does not speak.
    Off,
    /// It speaks with this severity, whatever the table says.
    Fixed(Severity),
}

/// The table and what a run changes of it.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    /// By rule id.
    pub settings: BTreeMap<String, RuleSetting>,
    /// Rules that alone may speak; empty for all.
    pub only: Vec<String>,
    /// Whether publishable keys and identifiers are reported too, as information.
    pub show_publishable: bool,
}

impl Verdicts {
    /// How bad an observation is; `None` when its rule says nothing of this role, or is off.
    pub fn severity(&self, rule: RuleId, role: Role, mode: Mode, place: Place) -> Option<Severity> {
        if !self.only.is_empty() && !self.only.iter().any(|id| id == rule.0) {
            return None;
        }
        match self.settings.get(rule.0) {
            Some(RuleSetting::Off) => return None,
            Some(RuleSetting::Fixed(severity)) => return table(rule, role).map(|_| *severity),
            None => {}
        }
        let base = table(rule, role)?;
        if FIXED.contains(&rule.0) {
            return Some(base);
        }
        let steps = |steps: Option<i8>| steps.unwrap_or(0);
        let by_mode = steps(MODE_STEPS.iter().find(|(known, _)| *known == mode).map(|(_, steps)| *steps));
        let by_place = steps(PLACE_STEPS.iter().find(|(known, _)| *known == place).map(|(_, steps)| *steps));
        Some(base.moved(by_mode + by_place).max(Severity::Low))
    }
}

fn table(rule: RuleId, role: Role) -> Option<Severity> {
    SEVERITIES.iter().find(|(id, known, _)| *id == rule.0 && *known == role).map(|(.., severity)| *severity)
}

/// Steps for values of one key type, which is worth less than its role says.
fn key_type_steps(key_type: &KeyType) -> i8 {
    KEY_TYPE_STEPS.iter().find(|(id, _)| *id == key_type.id.as_str()).map_or(0, |(_, steps)| *steps)
}

/// The worst that a rule says of any role.
pub fn worst(rule: RuleId) -> Severity {
    SEVERITIES.iter().filter(|(id, ..)| *id == rule.0).map(|(.., severity)| *severity).max().unwrap_or(Severity::Info)
}

/// The findings of one file: one for each place that some rule has something to say about.
pub fn judge(cx: &FileContext<'_>, observations: &[Observation<'_>], verdicts: &Verdicts) -> Vec<Finding> {
    let mut by_place: BTreeMap<(&ScanPath, Region), Vec<&Observation<'_>>> = BTreeMap::new();
    for observation in observations {
        by_place.entry((&observation.file.path, observation.region)).or_default().push(observation);
    }
    let mut findings = Vec::new();
    for noted in by_place.values() {
        findings.extend(spoken(cx, noted, verdicts));
    }
    parts::join(cx, &mut findings);
    if verdicts.show_publishable {
        let literals = cx.file.facts.literals.iter().filter(|literal| !literal.credential.role.bears_authority());
        let silent: Vec<Finding> = literals
            .filter(|literal| !findings.iter().any(|finding| finding.location.region == literal.region && finding.location.path == cx.file.path))
            .map(|literal| {
                let key = key_of(cx.catalog, &Subject::Value(literal));
                let message = format!("{} stands here; it is made to be public", key.name);
                let location = Location { path: cx.file.path.clone(), region: literal.region };
                blank(&Subject::Value(literal), key, location, literal.excerpt.clone(), cx.placed.place, message)
            })
            .collect();
        findings.extend(silent);
    }
    findings
}

/// What the rules that fired at one place come to: the most severe speaks, on a tie the most specific.
fn spoken(cx: &FileContext<'_>, noted: &[&Observation<'_>], verdicts: &Verdicts) -> Option<Finding> {
    let mut judged: Vec<(Severity, usize, &Observation<'_>)> = noted
        .iter()
        .filter_map(|observation| {
            let (role, mode, by_key_type) = match &observation.subject {
                Subject::Value(literal) => (literal.credential.role, literal.credential.mode, key_type_steps(cx.catalog.get(literal.credential.key_type))),
                Subject::Named(_, key_type) | Subject::Variable(_, key_type) => (cx.catalog.get(*key_type).role, Mode::None, 0),
            };
            let severity = verdicts.severity(observation.rule, role, mode, observation.place.unwrap_or(cx.placed.weighed()))?;
            let by_name = BY_NAME.iter().find(|(rule, _)| matches!(observation.subject, Subject::Named(..)) && *rule == observation.rule.0);
            let steps = observation.steps + by_key_type + by_name.map_or(0, |(_, steps)| *steps);
            // What the configuration says of a rule holds for all that it says.
            let is_set = matches!(verdicts.settings.get(observation.rule.0), Some(RuleSetting::Fixed(_)));
            let severity = if is_set { severity } else { severity.moved(steps).max(Severity::Low) };
            let most = BY_VARIABLE.iter().find(|(rule, _)| !is_set && matches!(observation.subject, Subject::Variable(..)) && *rule == observation.rule.0);
            let severity = most.map_or(severity, |(_, most)| severity.min(*most));
            Some((severity, specificity(observation.rule), *observation))
        })
        .collect();
    judged.sort_by(|(severity, rank, _), (other, other_rank, _)| other.cmp(severity).then(rank.cmp(other_rank)));
    let (severity, _, first) = *judged.first()?;
    let key = key_of(cx.catalog, &first.subject);
    let location = Location { path: first.file.path.clone(), region: first.region };
    let file_place = || if first.file.path == cx.file.path { cx.placed.place } else { cx.project.place_of(first.file).place };
    let place = first.place.unwrap_or_else(file_place);
    let mut also: Vec<RuleId> = judged.iter().map(|(.., observation)| observation.rule).filter(|rule| *rule != first.rule).collect();
    also.dedup();
    let key_type = match &first.subject {
        Subject::Value(literal) => cx.catalog.get(literal.credential.key_type),
        Subject::Named(_, key_type) | Subject::Variable(_, key_type) => cx.catalog.get(*key_type),
    };
    Some(Finding {
        rule: first.rule,
        severity,
        also,
        trace: first.trace.clone(),
        remediation: remediation(key_type, first),
        ..blank(&first.subject, key, location, first.excerpt.clone(), place, first.message.clone())
    })
}

fn key_of(catalog: &Catalog, subject: &Subject<'_>) -> KeyInfo {
    match subject {
        Subject::Value(literal) => {
            let credential = &literal.credential;
            let key_type = catalog.get(credential.key_type);
            KeyInfo {
                key_type: key_type.id.clone(),
                name: key_type.full_name(),
                role: credential.role,
                mode: credential.mode,
                redacted: credential.redacted.clone(),
                partner: key_type.partner.clone(),
                value: credential.revealed.clone(),
            }
        }
        Subject::Named(name, key_type) | Subject::Variable(name, key_type) => {
            let key_type = catalog.get(*key_type);
            let is_by_name = matches!(subject, Subject::Variable(..)) && is_unknown(key_type);
            KeyInfo {
                key_type: key_type.id.clone(),
                name: if is_by_name { "Secret, by its name".to_owned() } else { key_type.full_name() },
                role: key_type.role,
                mode: Mode::None,
                redacted: Redacted::variable(name),
                partner: key_type.partner.clone(),
                value: None,
            }
        }
    }
}

/// Whether a key type stands for secrets of which nobody knows who issues them.
fn is_unknown(key_type: &KeyType) -> bool {
    key_type.id.provider() == "generic"
}

/// A finding that no rule has spoken of yet.
fn blank(subject: &Subject<'_>, key: KeyInfo, location: Location, excerpt: Excerpt, place: Place, message: String) -> Finding {
    let (confidence, fingerprint, encoding) = match subject {
        Subject::Value(literal) => (literal.credential.confidence, literal.credential.fingerprint.clone(), literal.credential.encoding.clone()),
        // A name is no secret: nothing has to be stretched.
        Subject::Named(name, _) | Subject::Variable(name, _) => {
            (Confidence::Medium, Secret::new(name.as_bytes()).fingerprint(&key.key_type, f64::INFINITY), Vec::new())
        }
    };
    Finding {
        rule: RuleId("hardcoded-secret"),
        severity: Severity::Info,
        confidence,
        key,
        place,
        message,
        also: Vec::new(),
        location,
        excerpt,
        encoding,
        trace: Vec::new(),
        git: None,
        fingerprint,
        remediation: Remediation::default(),
        suppressed: None,
        parts: Vec::new(),
        part_of: None,
    }
}

/// The place of a rule in the registry: the smaller, the more specific.
fn specificity(rule: RuleId) -> usize {
    RULES.iter().position(|known| known.id() == rule).unwrap_or(usize::MAX)
}

fn remediation(key_type: &KeyType, observation: &Observation<'_>) -> Remediation {
    let mut steps = vec![observation.advice.clone()];
    // Nobody knows whose key a variable holds, nor whether the line has ever run.
    if matches!(observation.subject, Subject::Variable(..)) {
        steps.push("If this has run where others read what comes of it, the value is known to them: change it.".to_owned());
    } else if key_type.role.bears_authority() {
        if key_type.rotate.is_empty() {
            steps.push(format!("Revoke this {} at {} and issue a new one: treat it as known to others.", key_type.full_name(), key_type.provider_name));
        } else {
            steps.extend(key_type.rotate.iter().map(ToString::to_string));
        }
    }
    // A name that tells no issuer has no page to read.
    let is_known = !matches!(observation.subject, Subject::Variable(..)) || !is_unknown(key_type);
    Remediation { steps, docs: (is_known && !key_type.docs.is_empty()).then(|| key_type.docs.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: &'static str, role: Role, mode: Mode, place: Place) -> Option<Severity> {
        Verdicts::default().severity(RuleId(rule), role, mode, place)
    }

    #[test]
    fn severities() {
        assert_eq!(check("secret-in-client-code", Role::Secret, Mode::None, Place::Client), Some(Severity::Critical));
        assert_eq!(check("hardcoded-secret", Role::Secret, Mode::Live, Place::Server), Some(Severity::High));
        assert_eq!(check("hardcoded-secret", Role::Secret, Mode::Test, Place::Server), Some(Severity::Medium));
        assert_eq!(check("hardcoded-secret", Role::Secret, Mode::Test, Place::Test), Some(Severity::Low));
        assert_eq!(check("hardcoded-secret", Role::Publishable, Mode::Live, Place::Client), None);
        assert_eq!(check("key-mode-mismatch", Role::Publishable, Mode::Test, Place::EnvFile), Some(Severity::Low));
    }

    #[test]
    fn key_types_with_steps_exist() {
        let catalog = Catalog::built_in();
        assert!(KEY_TYPE_STEPS.iter().all(|(id, _)| catalog.find(id).is_some()));
    }

    #[test]
    fn every_rule_stands_in_the_table() {
        for rule in RULES {
            assert!(table(rule.id(), Role::Secret).is_some(), "{}", rule.id());
        }
    }
}
