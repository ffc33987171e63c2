//! From the facts of all files to findings, in order.

use super::Policy;
use super::worker::FileRecord;
use crate::context::{self, FileContext};
use crate::finding::Finding;
use crate::keys::Catalog;
use crate::project::Project;
use crate::suppress::{self, AllowMark, AllowUse};
use crate::verdict;

/// Judges all files together. Two records may have one path, as two versions of a file have.
pub(super) fn conclude(catalog: &Catalog, records: &[FileRecord], policy: &Policy) -> (Vec<Finding>, Vec<AllowUse>) {
    let mut judged = judge(catalog, records, policy);
    let (mut findings, marks): (Vec<Finding>, Vec<&[AllowMark]>) = judged.drain(..).unzip();
    let used = suppress::apply(&mut findings, |at| marks[at], &policy.config);
    (findings, used)
}

/// The findings of all files, each with the allow marks at its value.
fn judge<'r>(catalog: &Catalog, records: &'r [FileRecord], policy: &Policy) -> Vec<(Finding, &'r [AllowMark])> {
    let project = Project::join(records.iter().map(|record| &record.facts), &policy.config);
    let mut all: Vec<(Finding, &[AllowMark])> = Vec::new();
    for record in records.iter().filter(|record| !record.facts.facts.literals.is_empty()) {
        let cx = FileContext { file: &record.facts, placed: project.place_of(&record.facts), project: &project, catalog };
        let observations = context::observe(&cx);
        let mut judged = verdict::judge(&cx, &observations.list, &policy.verdicts);
        judged.retain(|finding| {
            let shown = !finding.key.role.bears_authority() && policy.verdicts.show_publishable;
            (shown || policy.min_severity.is_none_or(|least| finding.severity >= least))
                && policy.min_confidence.is_none_or(|least| finding.confidence >= least)
        });
        all.extend(judged.into_iter().map(|finding| {
            let literal = record.facts.facts.literals.binary_search_by(|literal| literal.region.cmp(&finding.location.region));
            let marks: &[AllowMark] = literal.map_or(&[], |literal| &record.marks[literal]);
            (finding, marks)
        }));
    }
    all.sort_by(|(one, _), (other, _)| (&one.location, one.rule, &one.fingerprint).cmp(&(&other.location, other.rule, &other.fingerprint)));
    all
}
