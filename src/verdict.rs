//! Observations become findings: the table says how bad each is, and at one place the most severe speaks.
//!
//! The table is `rules/verdicts.toml`.

use std::collections::BTreeMap;

use crate::context::{FileContext, Observation, RULES};
use crate::context_data_static::{FIXED, MODE_STEPS, PLACE_STEPS, SEVERITIES};
use crate::finding::{Finding, KeyInfo, Location, Remediation};
use crate::keys::KeyType;
use crate::terms::{Mode, Place, Role, RuleId, Severity};

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

/// The worst that a rule says of any role.
pub fn worst(rule: RuleId) -> Severity {
    SEVERITIES.iter().filter(|(id, ..)| *id == rule.0).map(|(.., severity)| *severity).max().unwrap_or(Severity::Info)
}

/// The findings of one file: one for each value that some rule has something to say about.
pub fn judge(cx: &FileContext<'_>, observations: &[Observation], verdicts: &Verdicts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut by_literal: Vec<Vec<&Observation>> = vec![Vec::new(); cx.file.facts.literals.len()];
    for observation in observations {
        by_literal[observation.literal].push(observation);
    }
    for (literal, noted) in cx.file.facts.literals.iter().zip(by_literal) {
        let credential = &literal.credential;
        let mut judged: Vec<(Severity, usize, &Observation)> = noted
            .into_iter()
            .filter_map(|observation| {
                let severity = verdicts.severity(observation.rule, credential.role, credential.mode, cx.placed.weighed())?;
                Some((severity, specificity(observation.rule), observation))
            })
            .collect();
        judged.sort_by(|(severity, rank, _), (other, other_rank, _)| other.cmp(severity).then(rank.cmp(other_rank)));
        let key_type = cx.catalog.get(credential.key_type);
        let mut finding = Finding {
            rule: RuleId("hardcoded-secret"),
            severity: Severity::Info,
            confidence: credential.confidence,
            key: KeyInfo {
                key_type: key_type.id.clone(),
                name: key_type.full_name(),
                role: credential.role,
                mode: credential.mode,
                redacted: credential.redacted.clone(),
                partner: key_type.partner.clone(),
                value: credential.revealed.clone(),
            },
            place: cx.placed.place,
            message: format!("{} stands here; it is made to be public", key_type.full_name()),
            also: Vec::new(),
            location: Location { path: cx.file.path.clone(), region: literal.region },
            excerpt: literal.excerpt.clone(),
            encoding: credential.encoding.clone(),
            trace: Vec::new(),
            git: None,
            fingerprint: credential.fingerprint.clone(),
            remediation: Remediation::default(),
            suppressed: None,
        };
        match judged.split_first() {
            Some(((severity, _, first), rest)) => {
                finding.rule = first.rule;
                finding.severity = *severity;
                finding.message = first.message.clone();
                finding.trace = first.trace.clone();
                finding.also = rest.iter().map(|(.., observation)| observation.rule).collect();
                finding.remediation = remediation(key_type, first);
                findings.push(finding);
            }
            None if verdicts.show_publishable && !credential.role.bears_authority() => findings.push(finding),
            None => {}
        }
    }
    findings
}

/// The place of a rule in the registry: the smaller, the more specific.
fn specificity(rule: RuleId) -> usize {
    RULES.iter().position(|known| known.id() == rule).unwrap_or(usize::MAX)
}

fn remediation(key_type: &KeyType, observation: &Observation) -> Remediation {
    let mut steps = vec![observation.advice.clone()];
    if key_type.role.bears_authority() {
        if key_type.rotate.is_empty() {
            steps.push(format!("Revoke this {} at {} and issue a new one: treat it as known to others.", key_type.full_name(), key_type.provider_name));
        } else {
            steps.extend(key_type.rotate.iter().map(ToString::to_string));
        }
    }
    Remediation { steps, docs: (!key_type.docs.is_empty()).then(|| key_type.docs.to_string()) }
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
    fn every_rule_stands_in_the_table() {
        for rule in RULES {
            assert!(table(rule.id(), Role::Secret).is_some(), "{}", rule.id());
        }
    }
}
