//! From what was seen to findings: each secret once, with who brought it in, where it stands now, and what leads to it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;

use super::super::around::Fresh;
use super::super::conclude::conclude;
use super::super::git::{self, Side};
use super::super::spot::{self, Holder, blob_name, plain};
use super::super::worker::{Gathered, Worker};
use super::super::{Policy, Progress};
use crate::detect::Detector;
use crate::error::{ScanPath, SkipClass};
use crate::finding::{Finding, GitOrigin};
use crate::keys::Catalog;
use crate::project::Origin;
use crate::secret::{Fingerprint, Identity};
use crate::source::git::{ABSENT, Commit, Introduced, Kind, ObjectId, Tag};

use super::ground::{Ground, leads_to};
use super::{History, LARGEST_MESSAGE};

/// Places of one blob in the tip that are judged: the worst of them is told, and a tree can name a blob without end.
const COPIES: usize = 1000;
/// References that are named with a finding.
const REFS: usize = 100;

/// Everything that findings are made from.
pub(super) struct Scene<'s> {
    pub(super) catalog: &'s Catalog,
    pub(super) detector: &'s Detector<'s>,
    pub(super) policy: &'s Policy,
    pub(super) progress: &'s Progress,
    pub(super) input: &'s History,
    pub(super) ground: &'s Ground,
    /// Sorted by id.
    pub(super) blobs: &'s [Holder],
    pub(super) introduced: &'s HashMap<ObjectId, Introduced>,
    /// Blobs that references lead to without a commit, each with the blob or tree that one names.
    pub(super) named: &'s HashMap<ObjectId, ObjectId>,
    /// Sorted by path.
    pub(super) in_tip: &'s [(Vec<u8>, ObjectId)],
    pub(super) tip_tree: Option<ObjectId>,
}

/// One secret over all blobs that hold it.
#[derive(Default)]
struct Life {
    blobs: Vec<ObjectId>,
}

impl Scene<'_> {
    /// One finding for each secret that a file holds or held.
    pub(super) fn files(&self, gathered: &mut Gathered) -> Vec<Finding> {
        let mut lives: BTreeMap<Identity, Life> = BTreeMap::new();
        for holder in self.blobs {
            if self.introduced.contains_key(&holder.id) || self.input.unreachable || self.named.contains_key(&holder.id) {
                for secret in &holder.secrets {
                    lives.entry(secret.identity).or_default().blobs.push(holder.id);
                }
            }
        }
        // What the tip holds is judged there, all of it together.
        let side = Side { objects: &self.ground.objects, detector: self.detector, policy: self.policy, progress: self.progress, named: &[] };
        let holds: HashSet<ObjectId> = lives.values().flat_map(|life| life.blobs.iter().copied()).collect();
        let mut copies: HashMap<ObjectId, usize> = HashMap::new();
        let mut is_asked = |id: &ObjectId| {
            let copies = copies.entry(*id).or_default();
            *copies += 1;
            holds.contains(id) && *copies <= COPIES
        };
        let present: Vec<(ScanPath, ObjectId)> =
            self.in_tip.iter().filter(|(_, id)| is_asked(id)).map(|(path, id)| (ScanPath::from_bytes(path), *id)).collect();
        let mut now = side.records(&present, Origin::Present);
        side.manifests(&mut now, self.tip_tree);
        side.around(&mut now, self.tip_tree, &HashSet::new(), &Fresh::new());
        let known = identities(&now);
        // What it does not hold is judged as it came.
        let mut gone: Vec<(ScanPath, ObjectId)> =
            lives.iter().filter(|(identity, _)| !known.contains_key(identity)).map(|(_, life)| self.first(life)).collect();
        gone.sort();
        gone.dedup();
        let (texts, gone): (Vec<_>, Vec<_>) = gone.into_iter().partition(|(path, _)| path.text.starts_with("note:"));
        let mut by_print: HashMap<Fingerprint, Identity> = prints(&now);
        let (mut findings, _) = conclude(self.catalog, &now.records, self.policy);
        gathered.skips.extend(now.skips);
        // Each blob by itself: what else it holds is told elsewhere, and its manifests are nobody's any more.
        for (origin, blobs) in [(Origin::Gone, gone), (Origin::Message, texts)] {
            for blob in blobs {
                let read = side.records(std::slice::from_ref(&blob), origin);
                let (told, _) = conclude(self.catalog, &read.records, self.policy);
                let names = prints(&read);
                let is_first = |identity: &Identity| !known.contains_key(identity) && lives.get(identity).is_some_and(|life| self.first(life) == blob);
                findings.extend(told.into_iter().filter(|finding| names.get(&finding.fingerprint).is_some_and(is_first)));
                by_print.extend(names);
                gathered.skips.extend(read.skips);
            }
        }
        self.one_each(findings, &by_print, &lives)
    }

    /// Of the places of one secret the most severe, in order of the location.
    fn one_each(&self, findings: Vec<Finding>, by_print: &HashMap<Fingerprint, Identity>, lives: &BTreeMap<Identity, Life>) -> Vec<Finding> {
        let mut best: BTreeMap<Identity, Finding> = BTreeMap::new();
        for finding in findings {
            let Some(identity) = by_print.get(&finding.fingerprint) else { continue };
            let weight = |finding: &Finding| (finding.suppressed.is_none(), finding.severity);
            match best.entry(*identity) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(finding);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    let known = entry.get_mut();
                    let (mut kept, other) = if weight(&finding) > weight(known) { (finding, known.clone()) } else { (known.clone(), finding) };
                    let more = std::iter::once(other.rule).chain(other.also);
                    for rule in more.filter(|_| other.suppressed.is_none()) {
                        if rule != kept.rule && !kept.also.contains(&rule) {
                            kept.also.push(rule);
                        }
                    }
                    *known = kept;
                }
            }
        }
        let mut out: Vec<Finding> = Vec::new();
        let (mut places, mut named) = (Vec::new(), Vec::new());
        for (identity, mut finding) in best {
            let Some(life) = lives.get(&identity) else { continue };
            let came = life
                .blobs
                .iter()
                .filter_map(|id| self.introduced.get(id).map(|place| (place, id)))
                .min_by(|(one, id), (other, other_id)| (one.commit, &one.path, *id).cmp(&(other.commit, &other.path, *other_id)));
            let origin = self.origin(&mut finding, came, life);
            finding.git = Some(origin);
            places.push(came.map(|(place, _)| place.commit));
            named.push(life.blobs.iter().find_map(|id| self.named.get(id)).filter(|_| came.is_none()));
            out.push(finding);
        }
        self.name_refs(&mut out, &places);
        for (finding, named) in out.iter_mut().zip(named) {
            if let (Some(id), Some(git)) = (named, &mut finding.git) {
                git.refs = self.leading(*id);
            }
        }
        out
    }

    /// Where a value that the tip does not hold came in.
    fn first(&self, life: &Life) -> (ScanPath, ObjectId) {
        let came = life.blobs.iter().filter_map(|id| self.introduced.get(id).map(|place| (place.commit, &place.path, *id))).min();
        match came {
            Some((commit, path, id)) => (git::note_of(path).filter(|_| self.is_note(commit)).unwrap_or_else(|| ScanPath::from_bytes(path)), id),
            None => {
                life.blobs.first().map_or_else(|| (blob_name(self.ground.graph.nodes()[0].id), self.ground.graph.nodes()[0].id), |id| (blob_name(*id), *id))
            }
        }
    }

    /// Whether only `refs/notes/` leads to a commit.
    fn is_note(&self, commit: u32) -> bool {
        let reaches = |wanted: bool| {
            let starts: Vec<ObjectId> = self
                .ground
                .refs
                .iter()
                .filter(|one| one.name.starts_with(b"refs/notes/") == wanted)
                .map(|one| git::peeled(&self.ground.tags, one.target))
                .collect();
            self.ground.graph.reachable(&starts, &[]).get(commit as usize) == Some(&true)
        };
        self.ground.refs.iter().any(|one| one.name.starts_with(b"refs/notes/")) && reaches(true) && !reaches(false)
    }

    /// Tells who brought a finding's value in, and moves its location there.
    fn origin(&self, finding: &mut Finding, came: Option<(&Introduced, &ObjectId)>, life: &Life) -> GitOrigin {
        let held_now = finding.place != crate::terms::Place::History && finding.place != crate::terms::Place::CommitMessage;
        let tip = held_now.then(|| (finding.location.path.clone(), finding.location.region.start.line));
        let mut origin = GitOrigin { in_tip: held_now, tip, occurrences: life.blobs.len() as u64, ..GitOrigin::nowhere(finding.location.path.clone()) };
        let Some((place, id)) = came else { return origin };
        let path =
            git::note_of(&place.path).filter(|_| finding.place == crate::terms::Place::CommitMessage).unwrap_or_else(|| ScanPath::from_bytes(&place.path));
        let commit = self.ground.graph.nodes()[place.commit as usize].id;
        git::sign(&mut origin, &self.ground.objects, commit);
        origin.path = path.clone();
        if held_now {
            let side = Side { objects: &self.ground.objects, detector: self.detector, policy: self.policy, progress: self.progress, named: &[] };
            let read = side.records(&[(path.clone(), *id)], Origin::Present);
            // The path of a record is that of a member, where the file is an archive.
            if !read.records.iter().any(|record| finding.move_to(&record.facts.path, &record.facts.facts.literals)) {
                finding.location.path = path;
            }
        }
        origin
    }

    /// Names the references that lead to the commits of findings: all commits are gone through once for 64 of them.
    fn name_refs(&self, findings: &mut [Finding], places: &[Option<u32>]) {
        let graph = &self.ground.graph;
        let named: Vec<(String, u32)> = self
            .ground
            .refs
            .iter()
            .filter(|one| one.name.starts_with(b"refs/") || one.name == b"HEAD" || one.name.ends_with(b"/HEAD"))
            .map(|one| (String::from_utf8_lossy(one.name).into_owned(), git::peeled(&self.ground.tags, one.target)))
            .chain(self.ground.refs.reflog.iter().map(|entry| {
                let log = self.ground.refs.logs.get(entry.log as usize).map(|name| String::from_utf8_lossy(name).into_owned());
                (format!("{}@{{log}}", log.unwrap_or_default()), git::peeled(&self.ground.tags, entry.id))
            }))
            .filter_map(|(name, id)| graph.find(&id).map(|at| (name, at)))
            .collect();
        for (findings, places) in findings.chunks_mut(64).zip(places.chunks(64)) {
            let mut marks = vec![0_u64; graph.nodes().len()];
            for (bit, place) in places.iter().enumerate() {
                if let Some(place) = place {
                    marks[*place as usize] |= 1 << bit;
                }
            }
            for at in 0..marks.len() {
                let from = graph.parents(at as u32).iter().filter(|parent| **parent != ABSENT).fold(0, |all, parent| all | marks[*parent as usize]);
                marks[at] |= from;
            }
            for (bit, finding) in findings.iter_mut().enumerate() {
                let Some(git) = &mut finding.git else { continue };
                let mut refs: Vec<String> = named.iter().filter(|(_, at)| marks[*at as usize] >> bit & 1 == 1).map(|(name, _)| name.clone()).collect();
                // What only a log keeps alive is said so; what a reference holds needs no log to be told.
                if refs.iter().any(|name| !name.ends_with("@{log}")) {
                    refs.retain(|name| !name.ends_with("@{log}"));
                }
                refs.sort();
                refs.dedup();
                refs.truncate(REFS);
                git.refs = refs;
            }
        }
    }

    /// The references that lead to an object through tags alone.
    fn leading(&self, id: ObjectId) -> Vec<String> {
        let leading = self.ground.refs.iter().filter(|one| leads_to(&self.ground.tags, one.target, id));
        let mut names: Vec<String> = leading.map(|one| String::from_utf8_lossy(one.name).into_owned()).collect();
        names.sort();
        names.truncate(REFS);
        names
    }

    /// One finding for each secret that a commit's or a tag's text holds.
    pub(super) fn messages(&self, holders: &[Holder], gathered: &mut Gathered) -> Vec<Finding> {
        let texts = Mutex::new(Gathered::default());
        let mut told: BTreeMap<Identity, ObjectId> = BTreeMap::new();
        let age = |id: &ObjectId| self.ground.graph.find(id).unwrap_or(u32::MAX);
        for holder in holders {
            for secret in &holder.secrets {
                let first = told.entry(secret.identity).or_insert(holder.id);
                if (age(&holder.id), holder.id) < (age(first), *first) {
                    *first = holder.id;
                }
            }
        }
        let mut ids: Vec<ObjectId> = told.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        // Several tags may have one name: a tag that was moved, and what still holds the old one.
        let mut of: HashMap<ScanPath, Vec<ObjectId>> = HashMap::new();
        {
            let mut worker = Worker::new(self.detector, self.policy, self.progress, &texts);
            worker.origin = Origin::Message;
            for id in ids {
                match self.ground.objects.read(&id, LARGEST_MESSAGE) {
                    Ok((Kind::Tag, bytes)) => {
                        let tag = Tag::parse(&bytes);
                        let name = ScanPath::from_bytes(&[b"tag:", tag.name].concat());
                        let _ = worker.input(&name, "", tag.message);
                        of.entry(name).or_default().push(id);
                    }
                    Ok((_, bytes)) => {
                        let commit = Commit::parse(&bytes);
                        let name = ScanPath::from_bytes(format!("commit:{id}").as_bytes());
                        let _ = worker.input(&name, "", &*commit.decode(commit.message));
                        of.entry(name).or_default().push(id);
                    }
                    Err(trouble) => gathered.skips.push(spot::skip(id, &plain(&trouble), SkipClass::Lost)),
                }
            }
        }
        let texts = texts.into_inner().unwrap_or_default();
        let prints = prints(&texts);
        let (findings, _) = conclude(self.catalog, &texts.records, self.policy);
        let (mut out, mut places, mut told_by) = (Vec::new(), Vec::new(), Vec::new());
        for mut finding in findings {
            let Some(identity) = prints.get(&finding.fingerprint) else { continue };
            let Some(id) = told.get(identity).copied().filter(|id| of.get(&finding.location.path).is_some_and(|ids| ids.contains(id))) else { continue };
            let count = holders.iter().filter(|holder| holder.secrets.iter().any(|secret| secret.identity == *identity)).count();
            let mut origin = GitOrigin { occurrences: count as u64, ..GitOrigin::nowhere(finding.location.path.clone()) };
            let commit = self.ground.graph.find(&id).or_else(|| self.ground.graph.find(&git::peeled(&self.ground.tags, id)));
            if let Some(at) = commit {
                git::sign(&mut origin, &self.ground.objects, self.ground.graph.nodes()[at as usize].id);
            }
            finding.git = Some(origin);
            // A value that stands twice in one text is told once.
            if !out.iter().any(|known: &Finding| known.fingerprint == finding.fingerprint) {
                places.push(commit);
                told_by.push(id);
                out.push(finding);
            }
        }
        self.name_refs(&mut out, &places);
        // A tag's text hangs on what names the tag; what reaches the commit that it names need not reach it.
        for (finding, id) in out.iter_mut().zip(told_by).filter(|(_, id)| self.ground.tags.contains_key(id)) {
            if let Some(git) = &mut finding.git {
                git.refs = self.leading(id);
            }
        }
        out
    }
}

/// The fingerprints of all values that were read, by their names within this run.
fn identities(gathered: &Gathered) -> HashMap<Identity, Fingerprint> {
    let literals = gathered.records.iter().flat_map(|record| &record.facts.facts.literals);
    literals.map(|literal| (literal.credential.identity, literal.credential.fingerprint.clone())).collect()
}

/// The other way round.
fn prints(gathered: &Gathered) -> HashMap<Fingerprint, Identity> {
    identities(gathered).into_iter().map(|(identity, print)| (print, identity)).collect()
}
