//! What is known of a repository before its blobs are read: its commits, tags and references, and which of them count.

use std::collections::{HashMap, HashSet};

use super::super::spot::{self, Holder, Messages, Seen};
use super::super::{Policy, Progress};
use crate::detect::{Detector, Scratch};
use crate::error::{Error, ScanPath, Skip, SkipClass};
use crate::finding::Note;
use crate::keys::Catalog;
use crate::source::git::{ABSENT, Commit, Graph, Kind, ObjectId, Objects, Refs, VisitOptions};

use super::{History, LARGEST_MESSAGE};

/// What is known of the repository before its blobs are read.
pub(super) struct Ground {
    pub(super) objects: Objects,
    pub(super) refs: Refs,
    pub(super) graph: Graph,
    /// For each commit whether it is looked at.
    pub(super) chosen: Vec<bool>,
    /// What each annotated tag names in the end.
    pub(super) tags: HashMap<ObjectId, ObjectId>,
    /// Blobs and trees that references name directly.
    pub(super) others: Vec<ObjectId>,
    pub(super) skips: Vec<Skip>,
    pub(super) notes: Vec<Note>,
}

/// Reads commits, tags and references.
pub(super) fn ground(
    catalog: &Catalog,
    detector: &Detector<'_>,
    input: &History,
    policy: &Policy,
    progress: &Progress,
) -> Result<(Ground, Vec<Holder>), Error> {
    let objects = Objects::open(&input.dir, &input.dir.extra_objects)?;
    progress.total.store(objects.count(), std::sync::atomic::Ordering::Relaxed);
    let refs = Refs::read(&input.dir);
    let (mut skips, mut notes) = (Vec::new(), Vec::new());
    for (path, what) in objects.problems().iter().chain(&refs.problems) {
        let path = path.strip_prefix(&input.dir.common_dir).unwrap_or(path);
        skips.push(Skip { path: ScanPath::from_path(path), reason: what.clone(), class: SkipClass::Lost });
    }
    let make = || Messages { detector, catalog, policy, progress, scratch: Scratch::default(), seen: Seen::default(), headers: Vec::new(), tags: Vec::new() };
    let (mut headers, mut tags, mut holders) = (Vec::new(), HashMap::new(), Vec::new());
    for one in objects.visit_all(&[Kind::Commit, Kind::Tag], input.jobs, &VisitOptions::default(), make) {
        headers.extend(one.headers);
        tags.extend(one.tags);
        holders.extend(one.seen.holders);
        skips.extend(one.seen.skips);
    }
    let graph = Graph::from_commits(headers.iter().map(|(id, header)| (*id, &header[..])));
    drop(headers);
    let peel = |mut id: ObjectId| {
        // As many tags as there are can stand in a row.
        for _ in 0..=tags.len() {
            match tags.get(&id) {
                Some(target) => id = *target,
                None => break,
            }
        }
        id
    };
    let mut others = Vec::new();
    let starts: Vec<ObjectId> = match &input.range {
        Some((starts, _)) => starts.iter().map(|id| peel(*id)).collect(),
        None => {
            let named = refs.iter().map(|one| (peel(one.target), one.name.starts_with(b"refs/") || one.name == b"HEAD", one.name.to_vec()));
            let logged = refs.reflog.iter().map(|entry| (peel(entry.id), false, Vec::new()));
            let grafts = refs.grafts.iter().map(|id| (*id, false, Vec::new()));
            let mut starts = Vec::new();
            for (id, is_needed, name) in named.chain(logged).chain(grafts) {
                if graph.find(&id).is_some() {
                    starts.push(id);
                } else if objects.has(&id) {
                    others.push(id);
                } else if is_needed && !id.is_zero() {
                    skips.push(Skip { path: ScanPath::from_bytes(&name), reason: format!("names {id}, which is missing"), class: SkipClass::Lost });
                }
            }
            starts
        }
    };
    let hidden: Vec<ObjectId> = input.range.iter().flat_map(|(_, hidden)| hidden).map(|id| peel(*id)).collect();
    let mut chosen = graph.reachable(&starts, &hidden);
    if input.unreachable {
        chosen.fill(true);
    }
    let shallow: HashSet<ObjectId> = refs.shallow.iter().copied().collect();
    let mut cut = 0_u64;
    let mut reader = objects.reader();
    for (node, at) in graph.nodes().iter().zip(0..) {
        if !chosen[at as usize] {
            continue;
        }
        if shallow.contains(&node.id) {
            cut += u64::from(graph.parents(at).contains(&ABSENT));
        } else if graph.parents(at).contains(&ABSENT)
            && let Ok((_, bytes)) = reader.read(&node.id, LARGEST_MESSAGE)
        {
            for parent in Commit::parse(&bytes).parents.iter().filter(|parent| graph.find(parent).is_none()) {
                skips.push(Skip {
                    path: ScanPath::from_bytes(format!("commit:{parent}").as_bytes()),
                    reason: "the commit is missing".to_owned(),
                    class: SkipClass::Lost,
                });
            }
        }
        match node.tree {
            Some(tree) if !objects.has(&tree) => skips.push(spot::skip(tree, "the tree of a commit is missing", SkipClass::Lost)),
            None => skips.push(Skip {
                path: ScanPath::from_bytes(format!("commit:{}", node.id).as_bytes()),
                reason: "the commit names no tree".to_owned(),
                class: SkipClass::Lost,
            }),
            Some(_) => {}
        }
    }
    drop(reader);
    if cut > 0 {
        let text = format!("the clone is shallow: {cut} commits have parents that are not here; `git fetch --unshallow` brings them");
        skips.push(Skip {
            path: ScanPath::from_bytes(b"shallow"),
            reason: "commits before the shallow boundary are not here".to_owned(),
            class: SkipClass::Lost,
        });
        notes.push(Note { code: "shallow", text });
    }
    let is_chosen = |holder: &Holder| match graph.find(&holder.id) {
        Some(at) => chosen[at as usize],
        None => input.unreachable || input.range.is_none() && refs.iter().any(|one| leads_to(&tags, one.target, holder.id)),
    };
    holders.retain(is_chosen);
    holders.sort_by_key(|holder| holder.id);
    Ok((Ground { objects, refs, graph, chosen, tags, others, skips, notes }, holders))
}

/// Whether a tag is named by a reference, or by a tag that is.
pub(super) fn leads_to(tags: &HashMap<ObjectId, ObjectId>, mut from: ObjectId, to: ObjectId) -> bool {
    for _ in 0..=tags.len() {
        if from == to {
            return true;
        }
        match tags.get(&from) {
            Some(next) => from = *next,
            None => return false,
        }
    }
    false
}
