//! Every object of a repository: what each holds, who brought it in, and where it stands now.
//!
//! Commits are read first, then blobs, each once; then, for those that hold a secret, the trees are asked which commit
//! came with it. What the tip still holds is judged where it stands, like a file of the working tree; what it does not
//! hold is judged as it was when it came.

mod ground;
mod scene;

use std::collections::{HashMap, HashSet};

use super::spot::{self, Blobs, Seen, plain};
use super::worker::Gathered;
use super::{Outcome, Policy, Progress};
use crate::detect::{Detector, Scratch};
use crate::error::{Error, ScanPath, Skip, SkipClass};
use crate::finding::Note;
use crate::keys::Catalog;
use ground::{Ground, ground};
use scene::Scene;

use crate::source::git::{Attribution, GitDir, Head, Introduced, Kind, ObjectId, Objects, Refs, Trees, VisitOptions};

/// Which part of a history.
#[derive(Debug, Clone)]
pub struct History {
    /// The repository.
    pub dir: GitDir,
    /// `--range`: commits that begin it and commits that are left out; everything that anything reaches otherwise.
    pub range: Option<(Vec<ObjectId>, Vec<ObjectId>)>,
    /// Also what nothing reaches.
    pub unreachable: bool,
    /// Whether blobs that are deltas are searched where they differ from their base alone.
    pub by_delta: bool,
    /// Threads.
    pub jobs: usize,
    /// Leaves hidden files.
    pub skip_hidden: bool,
}

impl History {
    /// Whether what stands at a path is left out.
    fn passes_over(&self, policy: &Policy, path: &[u8], is_folder: bool) -> bool {
        if !self.skip_hidden && policy.config.scan.exclude.is_empty() {
            return false;
        }
        let path = String::from_utf8_lossy(path);
        let hidden = || path.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        (self.skip_hidden && hidden()) || if is_folder { policy.config.excludes_folder(&path) } else { policy.config.excludes(&path) }
    }
}

/// The largest message that is read once more for its finding, in bytes.
const LARGEST_MESSAGE: u64 = 64 << 20;
/// Scans a history.
///
/// # Errors
/// When the repository has no object store that can be read.
pub(super) fn scan(catalog: &Catalog, detector: &Detector<'_>, input: &History, policy: &Policy, progress: &Progress) -> Result<Outcome, Error> {
    let (mut ground, messages) = ground(catalog, detector, input, policy, progress)?;
    let objects = &ground.objects;
    let make =
        || Blobs { detector, catalog, policy, progress, by_delta: input.by_delta, scratch: Scratch::default(), parts: Vec::new(), seen: Seen::default() };
    let mut blobs = Seen::default();
    for one in objects.visit_all(&[Kind::Blob], input.jobs, &VisitOptions::default(), make) {
        blobs.holders.extend(one.seen.holders);
        ground.skips.extend(one.seen.skips);
        blobs.blobs += one.seen.blobs;
        blobs.bytes += one.seen.bytes;
    }
    blobs.holders.sort_by_key(|holder| holder.id);
    let mut wanted: HashSet<ObjectId> = blobs.holders.iter().map(|holder| holder.id).collect();
    let stopped = || progress.stop.load(std::sync::atomic::Ordering::Relaxed);
    let trees = Trees::survey(objects, &wanted, input.jobs, &stopped);
    progress.objects.fetch_add(trees.count, std::sync::atomic::Ordering::Relaxed);
    let lost = missing(&ground, &trees, &mut wanted, policy, input);
    ground.skips.extend(lost);

    let passes_over = |path: &[u8], is_folder: bool| input.passes_over(policy, path, is_folder);
    let attribution = Attribution { objects, trees: &trees, wanted: &wanted, passes_over: &passes_over, by_path: !policy.config.scan.exclude.is_empty() };
    let mut troubles = Vec::new();
    let introduced = attribution.introductions(&ground.graph, &ground.chosen, &mut troubles);
    let tip = tip(&ground.refs);
    let tip_tree = tip.and_then(|tip| ground.graph.find(&tip)).and_then(|at| ground.graph.nodes()[at as usize].tree);
    let in_tip = tip_tree.map(|tree| attribution.places(tree, &mut troubles)).unwrap_or_default();
    let mut named = HashMap::new();
    for id in &ground.others {
        match objects.header(id) {
            Ok((Kind::Tree, _)) => named.extend(attribution.places(*id, &mut troubles).into_iter().map(|(_, blob)| (blob, *id))),
            _ => named.extend([(*id, *id)]),
        }
    }
    ground.skips.extend(troubles.iter().map(|(id, trouble)| spot::skip(*id, &plain(trouble), SkipClass::Lost)));

    let scene = Scene {
        catalog,
        detector,
        policy,
        progress,
        input,
        ground: &ground,
        blobs: &blobs.holders,
        introduced: &introduced,
        named: &named,
        in_tip: &in_tip,
        tip_tree,
    };
    let mut gathered = Gathered::default();
    let mut findings = scene.files(&mut gathered);
    findings.extend(scene.messages(&messages, &mut gathered));
    let commits = ground.chosen.iter().filter(|chosen| **chosen).count() as u64;
    let mut skips = ground.skips;
    skips.extend(gathered.skips);
    if objects_are_partial(&ground.objects, input) && skips.iter().any(|skip| skip.class == SkipClass::Lost) {
        ground.notes.push(Note {
            code: "missing-objects",
            text: "a partial clone lacks objects that were never fetched; `git fetch --refetch --no-filter` brings them".to_owned(),
        });
    }
    if trees.has_modules {
        let text = "there are submodules, which were not entered: scan them as repositories of their own";
        ground.notes.push(Note { code: "submodules-not-entered", text: text.to_owned() });
    }
    if commits == 0 && blobs.blobs == 0 {
        ground.notes.push(Note { code: "nothing-to-scan", text: "the repository has no commits".to_owned() });
    }
    Ok(Outcome { findings, skips, notes: ground.notes, bytes: blobs.bytes, commits, blobs: blobs.blobs, ..Outcome::default() })
}

fn objects_are_partial(objects: &Objects, input: &History) -> bool {
    input.dir.partial || objects.has_promisor_packs()
}

/// What the chosen commits need and no object is. What only garbage names is nobody's loss.
fn missing(ground: &Ground, trees: &Trees, wanted: &mut HashSet<ObjectId>, policy: &Policy, input: &History) -> Vec<Skip> {
    let mut skips: Vec<Skip> = trees.broken.iter().map(|(id, trouble)| spot::skip(*id, &plain(trouble), SkipClass::Lost)).collect();
    if trees.absent.is_empty() {
        return skips;
    }
    let absent: HashSet<ObjectId> = trees.absent.keys().copied().collect();
    let marked = Trees::survey(&ground.objects, &absent, input.jobs, &|| false);
    let passes_over = |path: &[u8], is_folder: bool| input.passes_over(policy, path, is_folder);
    let attribution =
        Attribution { objects: &ground.objects, trees: &marked, wanted: &absent, passes_over: &passes_over, by_path: !policy.config.scan.exclude.is_empty() };
    let mut needed: Vec<(ObjectId, Introduced)> = attribution.introductions(&ground.graph, &ground.chosen, &mut Vec::new()).into_iter().collect();
    needed.sort_by_key(|(id, _)| *id);
    for (id, place) in needed {
        wanted.remove(&id);
        skips.push(Skip { path: ScanPath::from_bytes(&place.path), reason: format!("the object {id} is missing"), class: SkipClass::Lost });
    }
    for (path, id) in ground.others.iter().flat_map(|id| attribution.places(*id, &mut Vec::new())) {
        skips.push(Skip { path: ScanPath::from_bytes(&path), reason: format!("the object {id} is missing"), class: SkipClass::Lost });
    }
    skips
}

fn tip(refs: &Refs) -> Option<ObjectId> {
    match &refs.head {
        Head::Branch(_, id) | Head::Detached(id) => Some(*id),
        Head::Unborn(_) | Head::Broken => None,
    }
}
