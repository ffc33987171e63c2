//! What is staged, and what a range of commits adds: the new side of each change judged, less what the old side had.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Mutex;

use super::around::Fresh;
use super::conclude::conclude;
use super::git::{self, Side};
use super::spot::plain;
use super::worker::{FileRecord, Gathered, Worker};
use super::{Outcome, Policy, Progress};
use crate::detect::Detector;
use crate::error::{Error, ScanPath, Skip, SkipClass};
use crate::finding::{Finding, GitOrigin, Note};
use crate::keys::Catalog;
use crate::project::Origin;
use crate::secret::Fingerprint;
use crate::source::Found;
use crate::source::git::{
    Change, Commit, Commits, GitDir, Head, Kind, LARGEST_COMMIT, ObjectId, Objects, Refs, Staged, Tag, TreeTrouble, Trouble, Walked, changes,
};
use crate::terms::RuleId;

/// Which changes.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The repository.
    pub dir: GitDir,
    /// What is compared with what.
    pub what: What,
    /// Paths relative to the root that narrow it; empty for all.
    pub paths: Vec<String>,
    /// Files among them by their own name: scanned whole where nothing of them is staged.
    pub named: Vec<(String, PathBuf)>,
    /// Leaves hidden files.
    pub skip_hidden: bool,
}

/// What is compared.
#[derive(Debug, Clone)]
pub enum What {
    /// The index with the newest commit.
    Staged,
    /// Commits that `head` reaches and `base` does not, and the trees of the two.
    Range {
        /// What is there already.
        base: ObjectId,
        /// What comes.
        head: ObjectId,
    },
    /// Commits alone: those that some reach and others do not.
    Commits {
        /// Where it begins.
        starts: Vec<ObjectId>,
        /// What is left out, with all that it reaches.
        hidden: Vec<ObjectId>,
    },
}

/// The largest folder that is read, in bytes.
const LARGEST_TREE: u64 = 256 << 20;

/// Scans changes.
///
/// # Errors
/// When the index or the object store can't be read.
pub(super) fn scan(catalog: &Catalog, detector: &Detector<'_>, input: &Changes, policy: &Policy, progress: &Progress) -> Result<Outcome, Error> {
    let objects = Objects::open(&input.dir, &input.dir.extra_objects)?;
    let refs = Refs::read(&input.dir);
    let scan = Scan {
        catalog,
        side: Side { objects: &objects, detector, policy, progress, named: &input.named },
        input,
        shallow: &refs.shallow,
        met: RefCell::default(),
    };
    let mut outcome = match &input.what {
        What::Staged => scan.staged(&refs)?,
        What::Range { base, head } => scan.range(*base, *head)?,
        What::Commits { starts, hidden } => scan.commits(starts, hidden),
    };
    for (path, what) in objects.problems() {
        let path = path.strip_prefix(&input.dir.common_dir).unwrap_or(path);
        outcome.skips.push(Skip { path: ScanPath::from_path(path), reason: what.clone(), class: SkipClass::Lost });
    }
    Ok(outcome)
}

/// The files of one side of some changes.
type Files = Vec<(ScanPath, ObjectId)>;
/// What one side has: values, with the rules that speak of them.
type Pairs = BTreeSet<(Fingerprint, RuleId)>;

struct Scan<'s> {
    catalog: &'s Catalog,
    side: Side<'s>,
    input: &'s Changes,
    shallow: &'s [ObjectId],
    /// The places in `input.paths` of those that some change lies at or below.
    met: RefCell<BTreeSet<usize>>,
}

/// Changes as two sides, and what could not be told.
#[derive(Default)]
struct Sides {
    new: Files,
    old: Files,
    submodules: usize,
    skips: Vec<Skip>,
}

impl Scan<'_> {
    fn staged(&self, refs: &Refs) -> Result<Outcome, Error> {
        let objects = self.side.objects;
        let mut head_tree = None;
        if let Head::Branch(_, id) | Head::Detached(id) = &refs.head {
            let commit = objects.read(id, LARGEST_COMMIT).map_err(|trouble| {
                Error::new(format!("the newest commit, {id}, can't be read: {}", plain(&trouble))).at(&self.input.dir.git_dir).help("`git fsck` says more")
            })?;
            head_tree = Commit::parse(&commit.1).tree;
        } else if matches!(refs.head, Head::Broken) {
            let help = "`git fsck` says more; `git symbolic-ref HEAD refs/heads/BRANCH` mends it";
            return Err(Error::new("HEAD can't be read, so nobody can tell what is staged").at(&self.input.dir.git_dir).help(help));
        }
        let staged = Staged::read(&self.input.dir.index_file, &self.input.dir, head_tree, objects)?;
        let mut sides = Sides { submodules: staged.submodules.len(), ..Sides::default() };
        sides.lose(&staged.troubles);
        self.sort(&staged.changes, &mut sides);
        self.all_known(&[head_tree])?;
        let mut outcome = self.judge(sides, head_tree);
        for path in &staged.unmerged {
            let text = format!("{} is in conflict: git will not commit it before that is resolved", ScanPath::from_bytes(path));
            outcome.notes.push(Note { code: "unmerged", text });
        }
        self.whole(&staged.changes, &mut outcome);
        if outcome.files == 0 && outcome.skips.is_empty() {
            outcome.notes.push(Note { code: "nothing-to-scan", text: "nothing is staged that a commit would add or change".to_owned() });
        }
        Ok(outcome)
    }

    /// Named files of which nothing is staged: whoever names a file wants it looked at, and not told that it is fine.
    fn whole(&self, staged: &[Change], outcome: &mut Outcome) {
        let is_staged = |name: &str| staged.iter().any(|change| change.new.is_some() && change.path == name.as_bytes());
        let rest: Vec<&(String, PathBuf)> = self.input.named.iter().filter(|(name, _)| !is_staged(name)).collect();
        if rest.is_empty() {
            return;
        }
        let gathered = Mutex::new(Gathered::default());
        {
            let mut worker = Worker::new(self.side.detector, self.side.policy, self.side.progress, &gathered);
            for (name, path) in &rest {
                worker.file(&Found { path: path.clone(), name: ScanPath::from_bytes(name.as_bytes()), lives_at: name.clone(), named: true, root: 0 });
            }
        }
        let mut more = super::concluded(self.catalog, gathered.into_inner().unwrap_or_default(), self.side.policy);
        more.notes.clear();
        outcome.notes.push(Note { code: "not-staged", text: format!("{} named files have nothing staged and were scanned as they are", rest.len()) });
        outcome.findings.append(&mut more.findings);
        outcome.skips.append(&mut more.skips);
        outcome.files += more.files;
        outcome.bytes += more.bytes;
    }

    fn range(&self, base: ObjectId, head: ObjectId) -> Result<Outcome, Error> {
        let objects = self.side.objects;
        let mut reader = objects.reader();
        let mut commits = Commits::new(|id| reader.read(id, LARGEST_COMMIT), self.shallow);
        let (Some(base_commit), Some(head_commit)) = (commits.commit_of(&base), commits.commit_of(&head)) else {
            let mut outcome = Outcome::default();
            for (id, trouble) in &commits.missing {
                outcome.skips.push(lost_commit(*id, trouble));
            }
            if outcome.skips.is_empty() {
                outcome.skips.push(lost_commit(base, &Trouble::Corrupt("no commit".to_owned())));
            }
            return Ok(outcome);
        };
        let bases = commits.merge_bases(&base_commit, &head_commit);
        let boundary = !commits.boundary.is_empty();
        let mut missing: Vec<Skip> = commits.missing.iter().map(|(id, trouble)| lost_commit(*id, trouble)).collect();
        drop(commits);
        let mut reader = objects.reader();
        let walked = Commits::new(|id| reader.read(id, LARGEST_COMMIT), self.shallow).walk(&[head], &[base]);
        drop(reader);

        // The trees of the two ends.
        let tree_of = |id: &ObjectId| objects.read(id, LARGEST_COMMIT).ok().and_then(|(_, bytes)| Commit::parse(&bytes).tree);
        let head_tree = tree_of(&head_commit);
        let old_trees: Vec<Option<ObjectId>> = if bases.is_empty() { vec![None] } else { bases.iter().map(tree_of).collect() };
        let mut sides = Sides::default();
        self.against(&old_trees, head_tree, &mut sides);
        let mut outcome = self.judge(sides, head_tree);
        outcome.skips.append(&mut missing);
        if bases.is_empty() && boundary {
            outcome.skips.push(Skip {
                path: ScanPath::from_bytes(b"shallow"),
                reason: format!("the clone is too shallow to hold where {} and {} parted", short(&base_commit), short(&head_commit)),
                class: SkipClass::Lost,
            });
        }
        self.add_commits(&walked, &mut outcome, head_tree, Some(head_commit));
        self.all_known(&[tree_of(&base_commit), head_tree])?;
        Ok(outcome)
    }

    fn commits(&self, starts: &[ObjectId], hidden: &[ObjectId]) -> Outcome {
        let mut reader = self.side.objects.reader();
        let walked = Commits::new(|id| reader.read(id, LARGEST_COMMIT), self.shallow).walk(starts, hidden);
        drop(reader);
        let (edge, within) = walked.graph.nodes().split_at(walked.edge);
        let newest = within.last().and_then(|node| node.tree);
        // What the newest commit still holds is judged there, as in a range of two ends: it is not gone.
        let mut sides = Sides::default();
        if !within.is_empty() {
            let old: Vec<Option<ObjectId>> = if edge.is_empty() { vec![None] } else { edge.iter().map(|node| node.tree).collect() };
            self.against(&old, newest, &mut sides);
        }
        let mut outcome = self.judge(sides, newest);
        self.add_commits(&walked, &mut outcome, newest, None);
        outcome
    }

    /// Adds what each commit of a range adds that the end of the range does not hold, and the texts of commits; tells of
    /// findings that are there already which commit brought them.
    fn add_commits(&self, walked: &Walked, outcome: &mut Outcome, tip: Option<ObjectId>, head: Option<ObjectId>) {
        let graph = &walked.graph;
        let count = graph.nodes().len() - walked.edge;
        outcome.commits = count as u64;
        outcome.skips.extend(walked.missing.iter().map(|(id, trouble)| lost_commit(*id, trouble)));
        if count == 0 {
            outcome.notes.push(Note { code: "empty-range", text: "the range holds no commit: nothing is added".to_owned() });
        }
        if !walked.boundary.is_empty() {
            let text = "the clone is shallow and the range reaches its edge: what lies beyond was not scanned; `git fetch --unshallow` brings it";
            outcome.notes.push(Note { code: "shallow", text: text.to_owned() });
            outcome.skips.push(Skip {
                path: ScanPath::from_bytes(b"shallow"),
                reason: "commits of the range are beyond the shallow boundary".to_owned(),
                class: SkipClass::Lost,
            });
        }
        let mut blobs: HashSet<ObjectId> = HashSet::new();
        let mut came: BTreeMap<Fingerprint, Vec<Came>> = BTreeMap::new();
        let mut gone: Vec<Finding> = Vec::new();
        let mut seen: HashSet<(Fingerprint, ScanPath)> = HashSet::new();
        for (node, at) in graph.nodes().iter().zip(0_u32..).skip(walked.edge) {
            if self.side.progress.stop.load(std::sync::atomic::Ordering::Relaxed) {
                return;
            }
            self.side.progress.objects.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let parents: Vec<Option<ObjectId>> =
                graph.parents(at).iter().filter_map(|parent| graph.nodes().get(*parent as usize)).map(|node| node.tree).collect();
            let parents = if parents.is_empty() { vec![None] } else { parents };
            let mut sides = Sides::default();
            self.against(&parents, node.tree, &mut sides);
            outcome.skips.append(&mut sides.skips);
            blobs.extend(sides.new.iter().map(|(_, id)| *id));
            let mut new = self.side.records(&sides.new, Origin::Gone);
            outcome.bytes += new.bytes;
            outcome.skips.append(&mut new.skips);
            if new.records.iter().all(|record| record.facts.facts.literals.is_empty()) {
                continue;
            }
            let mut old = self.side.records(&sides.old, Origin::Gone);
            outcome.skips.append(&mut old.skips);
            let had: HashSet<&Fingerprint> =
                old.records.iter().flat_map(|record| &record.facts.facts.literals).map(|literal| &literal.credential.fingerprint).collect();
            for record in &new.records {
                for literal in &record.facts.facts.literals {
                    let print = &literal.credential.fingerprint;
                    if !had.contains(print) && seen.insert((print.clone(), record.facts.path.clone())) {
                        came.entry(print.clone()).or_default().push(Came { commit: node.id, path: record.facts.path.clone() });
                    }
                }
            }
            let (findings, _) = conclude(self.catalog, &new.records, self.side.policy);
            gone.extend(findings.into_iter().filter(|finding| !had.contains(&finding.fingerprint)).map(|mut finding| {
                finding.git = Some(GitOrigin { commit: node.id.to_string(), ..GitOrigin::nowhere(finding.location.path.clone()) });
                finding
            }));
        }
        outcome.blobs = blobs.len() as u64;

        // What the end of the range holds: who brought it.
        let now: HashSet<Fingerprint> = outcome.findings.iter().map(|finding| finding.fingerprint.clone()).collect();
        for finding in &mut outcome.findings {
            let ways = came.get(&finding.fingerprint).map(Vec::as_slice).unwrap_or_default();
            let way = ways.iter().find(|way| way.path == finding.location.path).or(ways.first());
            let tip = Some((finding.location.path.clone(), finding.location.region.start.line));
            let mut origin = GitOrigin { in_tip: true, tip, occurrences: ways.len().max(1) as u64, ..GitOrigin::nowhere(finding.location.path.clone()) };
            if let Some(way) = way {
                git::sign(&mut origin, self.side.objects, way.commit);
                origin.path = way.path.clone();
                self.move_to(finding, way);
            } else if let Some(head) = head {
                // A merge took what its other parent had and the base had lost: the value stands in the end of the range.
                git::sign(&mut origin, self.side.objects, head);
            }
            finding.git = Some(origin);
        }
        // And what it holds no more: told once, where it came in.
        let mut told: HashSet<Fingerprint> = HashSet::new();
        let kept = self.kept(&gone, &now, tip);
        for mut finding in gone {
            let print = finding.fingerprint.clone();
            if now.contains(&print) || kept.contains(&print) || !told.insert(print.clone()) {
                continue;
            }
            let Some(commit) = finding.git.as_ref().and_then(|git| ObjectId::from_hex(git.commit.as_bytes())) else { continue };
            let mut origin = GitOrigin { occurrences: came.get(&print).map_or(1, Vec::len) as u64, ..GitOrigin::nowhere(finding.location.path.clone()) };
            git::sign(&mut origin, self.side.objects, commit);
            finding.git = Some(origin);
            outcome.findings.push(finding);
        }
        self.messages(walked, outcome);
    }

    /// Values that some commit brought and that the tip holds at that path after all, though the two ends differ in nothing
    /// there: taken away and brought back, or there before.
    fn kept(&self, gone: &[Finding], now: &HashSet<Fingerprint>, tip: Option<ObjectId>) -> HashSet<Fingerprint> {
        let Some(tip) = tip else { return HashSet::new() };
        let paths: BTreeSet<&ScanPath> = gone.iter().filter(|finding| !now.contains(&finding.fingerprint)).map(|finding| &finding.location.path).collect();
        let files: Files = paths
            .into_iter()
            .filter_map(|path| {
                let bytes = path.bytes.as_deref().unwrap_or(path.text.as_bytes());
                crate::source::git::find_in(self.side.objects, tip, bytes).map(|id| (path.clone(), id))
            })
            .collect();
        let read = self.side.records(&files, Origin::Present);
        read.records.iter().flat_map(|record| &record.facts.facts.literals).map(|literal| literal.credential.fingerprint.clone()).collect()
    }

    /// Moves a finding to where its value came in.
    fn move_to(&self, finding: &mut Finding, way: &Came) {
        let bytes = way.path.bytes.as_deref().unwrap_or(way.path.text.as_bytes());
        let tree = self.side.objects.read(&way.commit, LARGEST_COMMIT).ok().and_then(|(_, bytes)| Commit::parse(&bytes).tree);
        let Some(id) = tree.and_then(|tree| crate::source::git::find_in(self.side.objects, tree, bytes)) else { return };
        let read = self.side.records(&[(way.path.clone(), id)], Origin::Present);
        let _ = read.records.iter().any(|record| finding.move_to(&record.facts.path, &record.facts.facts.literals));
    }

    /// The texts of the commits and tags of a range.
    fn messages(&self, walked: &Walked, outcome: &mut Outcome) {
        let texts = Mutex::new(Gathered::default());
        {
            let mut worker = Worker::new(self.side.detector, self.side.policy, self.side.progress, &texts);
            worker.origin = Origin::Message;
            let mut reader = self.side.objects.reader();
            let commits = walked.graph.nodes().iter().skip(walked.edge).map(|node| node.id);
            for id in commits.chain(walked.tags.iter().copied()) {
                match reader.read(&id, LARGEST_COMMIT) {
                    Ok((Kind::Tag, bytes)) => {
                        let tag = Tag::parse(&bytes);
                        let _ = worker.input(&ScanPath::from_bytes(&[b"tag:", tag.name].concat()), "", tag.message);
                    }
                    Ok((_, bytes)) => {
                        let commit = Commit::parse(&bytes);
                        let _ = worker.input(&ScanPath::from_bytes(format!("commit:{id}").as_bytes()), "", &*commit.decode(commit.message));
                    }
                    // It was among the missing already.
                    Err(_) => {}
                }
            }
        }
        let texts = texts.into_inner().unwrap_or_default();
        let (findings, _) = conclude(self.catalog, &texts.records, self.side.policy);
        let mut told = HashSet::new();
        for mut finding in findings {
            if !told.insert(finding.fingerprint.clone()) {
                continue;
            }
            let mut origin = GitOrigin::nowhere(finding.location.path.clone());
            if let Some(id) = finding.location.path.text.strip_prefix("commit:").and_then(|hex| ObjectId::from_hex(hex.as_bytes())) {
                git::sign(&mut origin, self.side.objects, id);
            }
            finding.git = Some(origin);
            outcome.findings.push(finding);
        }
    }

    /// The difference of a tree from each of some others: new is what none of them has at that path.
    fn against(&self, old: &[Option<ObjectId>], new: Option<ObjectId>, sides: &mut Sides) {
        let mut reader = self.side.objects.reader();
        let mut differences: Vec<Vec<Change>> = Vec::new();
        for tree in old {
            let difference = changes(*tree, new, |id| match reader.read(id, LARGEST_TREE) {
                Ok((Kind::Tree, bytes)) => Ok(bytes),
                Ok(_) => Err(Trouble::Corrupt("it is no tree".to_owned())),
                Err(trouble) => Err(trouble),
            });
            sides.lose(&difference.troubles);
            differences.push(difference.changes);
        }
        let mut all: BTreeMap<Vec<u8>, (usize, Vec<Change>)> = BTreeMap::new();
        for change in differences.into_iter().flatten() {
            let entry = all.entry(change.path.clone()).or_default();
            entry.0 += 1;
            entry.1.push(change);
        }
        let mut list = Vec::new();
        for (_, (count, found)) in all {
            for (at, mut change) in found.into_iter().enumerate() {
                // Every old version counts; the new one once, and only if no parent has it.
                if at > 0 || count < old.len() {
                    change.new = None;
                }
                list.push(change);
            }
        }
        self.sort(&list, sides);
    }

    /// Puts changes on their sides, as far as they are asked for.
    fn sort(&self, changes: &[Change], sides: &mut Sides) {
        for change in changes {
            let path = ScanPath::from_bytes(&change.path);
            if !self.is_wanted(&path.text) {
                continue;
            }
            let is_submodule = |side: &Option<(u32, ObjectId)>| side.is_some_and(|(mode, _)| mode == crate::source::git::tree::SUBMODULE);
            if is_submodule(&change.new) {
                sides.submodules += 1;
            }
            if self.side.policy.config.excludes(&path.text) || parents(&path.text).any(|folder| self.side.policy.config.excludes_folder(folder)) {
                if change.new.is_some() {
                    sides.skips.push(Skip { path, reason: "excluded by the configuration".to_owned(), class: SkipClass::Chosen });
                }
                continue;
            }
            if let Some((_, id)) = change.new.filter(|_| !is_submodule(&change.new)) {
                sides.new.push((path.clone(), id));
            }
            if let Some((_, id)) = change.old.filter(|_| !is_submodule(&change.old)) {
                sides.old.push((path, id));
            }
        }
    }

    fn is_wanted(&self, path: &str) -> bool {
        let hidden = || path.split('/').any(|part| part.starts_with('.'));
        let below = |wanted: &str| wanted.is_empty() || path == wanted || path.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'));
        let mut met = self.met.borrow_mut();
        let mut is_asked = self.input.paths.is_empty();
        for (at, _) in self.input.paths.iter().enumerate().filter(|(_, wanted)| below(wanted)) {
            met.insert(at);
            is_asked = true;
        }
        is_asked && !(self.input.skip_hidden && hidden())
    }

    /// Refuses a path that nothing knows, neither a change nor the working tree nor these trees: a slip of the pen would
    /// otherwise pass as a scan without findings.
    fn all_known(&self, trees: &[Option<ObjectId>]) -> Result<(), Error> {
        let on_disk = |path: &str| self.input.dir.work_tree.as_ref().is_some_and(|root| root.join(path).symlink_metadata().is_ok());
        let in_trees = |path: &str| trees.iter().flatten().any(|tree| crate::source::git::entry_in(self.side.objects, *tree, path.as_bytes()).is_some());
        let met = self.met.borrow();
        // A name that is not UTF-8 stands here with replacement characters, which no disk knows.
        let is_exact = |path: &str| !path.is_empty() && !path.contains('\u{fffd}');
        let unknown = self.input.paths.iter().enumerate().find(|(at, path)| is_exact(path) && !met.contains(at) && !on_disk(path) && !in_trees(path));
        match unknown {
            None => Ok(()),
            Some((_, path)) => Err(Error::new("there is no such path, here or in git").at(path).help("paths count from the folder that skout is started in")),
        }
    }

    /// Judges the new side, less what the old one had.
    fn judge(&self, mut sides: Sides, tree: Option<ObjectId>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut new = self.side.records(&sides.new, Origin::Present);
        outcome.files = new.files;
        outcome.bytes = new.bytes;
        // Where the trees themselves can't be read whole, nobody looks around in them once more.
        let tree = tree.filter(|_| sides.skips.iter().all(|skip| skip.class == SkipClass::Chosen));
        outcome.skips.append(&mut sides.skips);
        outcome.skips.append(&mut new.skips);
        if sides.submodules > 0 {
            let text = format!("{} submodules changed and were not entered: scan them as repositories of their own", sides.submodules);
            outcome.notes.push(Note { code: "submodules-not-entered", text });
        }
        self.side.manifests(&mut new, tree);
        let changed: HashSet<&ScanPath> = sides.new.iter().chain(&sides.old).map(|(path, _)| path).collect();
        let fresh = self.side.fresh(&mut new, &sides.new, &sides.old);
        let own = new.records.len();
        self.side.around(&mut new, tree, &changed, &fresh);
        // Both sides are judged among the same others; what these say of themselves is no news then.
        let others: Vec<FileRecord> = new.records[own..].iter_mut().map(|record| (record.facts.is_context = false, record.clone()).1).collect();
        new.records.sort_by(|one, other| one.facts.path.cmp(&other.facts.path));
        let (mut findings, used) = conclude(self.catalog, &new.records, self.side.policy);
        if !findings.is_empty() {
            let mut old = self.side.records(&sides.old, Origin::Present);
            old.records.extend(others);
            self.side.manifests(&mut old, tree);
            self.side.around(&mut old, tree, &changed, &Fresh::new());
            outcome.skips.append(&mut old.skips);
            let had = self.pairs(&old);
            findings.retain(|finding| !had.contains(&(finding.fingerprint.clone(), finding.rule)));
        }
        (outcome.findings, outcome.used) = (findings, used);
        outcome
    }

    /// Every pair of a value and a rule that speaks of it.
    fn pairs(&self, side: &Gathered) -> Pairs {
        let (findings, _) = conclude(self.catalog, &side.records, self.side.policy);
        findings.into_iter().map(|finding| (finding.fingerprint, finding.rule)).collect()
    }
}

/// A commit that brought a value, and the path.
struct Came {
    commit: ObjectId,
    path: ScanPath,
}

impl Sides {
    fn lose(&mut self, troubles: &[TreeTrouble]) {
        self.skips.extend(troubles.iter().map(|trouble| Skip {
            path: ScanPath::from_bytes(if trouble.path.is_empty() { b"." } else { &trouble.path }),
            reason: format!("the folder {} can't be read: {}", trouble.id, plain(&trouble.trouble)),
            class: SkipClass::Lost,
        }));
    }
}

/// The folders above a path.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

fn lost_commit(id: ObjectId, trouble: &Trouble) -> Skip {
    Skip { path: ScanPath::from_bytes(format!("commit:{id}").as_bytes()), reason: plain(trouble), class: SkipClass::Lost }
}

/// The beginning of an id, as people write it.
fn short(id: &ObjectId) -> String {
    id.to_string().chars().take(10).collect()
}
