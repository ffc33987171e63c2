//! From the facts of all files to findings, in order.

use std::collections::HashMap;

use super::Policy;
use super::worker::FileRecord;
use crate::context::{self, FileContext};
use crate::error::ScanPath;
use crate::finding::Finding;
use crate::keys::Catalog;
use crate::lang::{Cell, Facts};
use crate::project::{Origin, Project};
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
    let by_path: HashMap<&ScanPath, &FileRecord> =
        records.iter().filter(|record| record.facts.origin == Origin::Present).map(|record| (&record.facts.path, record)).collect();
    let mut all: Vec<(Finding, &[AllowMark])> = Vec::new();
    for record in records.iter().filter(|record| speaks(&record.facts.facts)) {
        let cx = FileContext { file: &record.facts, placed: project.place_of(&record.facts), project: &project, catalog };
        let observations = context::observe(&cx);
        let mut judged = verdict::judge(&cx, &observations.list, &policy.verdicts);
        judged.retain(|finding| {
            let shown = !finding.key.role.bears_authority() && policy.verdicts.show_publishable;
            (shown || policy.min_severity.is_none_or(|least| finding.severity >= least))
                && policy.min_confidence.is_none_or(|least| finding.confidence >= least)
        });
        all.extend(judged.into_iter().filter_map(|mut finding| {
            let holder = if finding.location.path == record.facts.path { Some(record) } else { by_path.get(&finding.location.path).copied() };
            let marks = holder.map_or(&[][..], |holder| marks_at(holder, &finding));
            if let Some(cell) = holder.and_then(|holder| cell_at(&holder.facts.facts, &finding)) {
                finding.message = format!("{} ({cell})", finding.message);
            }
            // What was read only so that others can be judged is told where it touches one of them.
            let touches = !record.facts.is_context || holder.is_some_and(|holder| !holder.facts.is_context);
            touches.then_some((finding, marks))
        }));
    }
    all.sort_by(|(one, _), (other, _)| (&one.location, one.rule, &one.fingerprint).cmp(&(&other.location, other.rule, &other.fingerprint)));
    // Two files may come to the same conclusion about a third.
    all.dedup_by(|(one, _), (other, _)| (&one.location, one.rule, &one.fingerprint) == (&other.location, other.rule, &other.fingerprint));
    all
}

/// Whether a file says anything that a rule may speak of.
pub(super) fn speaks(facts: &Facts) -> bool {
    !facts.literals.is_empty() || !facts.declared.is_empty() || facts.module.as_ref().is_some_and(|module| !module.flows.is_empty() || !module.reads.is_empty())
}

/// The cell of a notebook in which a finding stands: lines of its file say nothing to who reads it as pages.
fn cell_at(facts: &Facts, finding: &Finding) -> Option<String> {
    let at = usize::try_from(finding.location.region.start.offset).ok()?;
    let before = facts.cells.partition_point(|cell| cell.span.start <= at).checked_sub(1)?;
    facts.cells.get(before).filter(|cell| at < cell.span.end).map(Cell::name)
}

/// The allow marks where a finding stands.
fn marks_at<'r>(record: &'r FileRecord, finding: &Finding) -> &'r [AllowMark] {
    let facts = &record.facts.facts;
    if let Ok(literal) = facts.literals.binary_search_by(|literal| literal.region.cmp(&finding.location.region)) {
        return &record.marks[literal];
    }
    let spot = facts.spots.iter().position(|spot| spot.region == finding.location.region);
    spot.and_then(|spot| record.spot_marks.get(spot)).map_or(&[], Vec::as_slice)
}
