//! What the git modes share: files of a tree become records like any other, and commits say who wrote them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Mutex;

use super::around::{Extent, Fresh};
use super::conclude::speaks;
use super::packed::LARGEST_NESTED;
use super::scripts::Scripts;
use super::spot::plain;
use super::worker::{Gathered, Worker};
use super::{Policy, Progress};
use crate::detect::Detector;
use crate::error::{ScanPath, SkipClass};
use crate::finding::GitOrigin;
use crate::keys::naming;
use crate::lang;
use crate::project::Origin;
use crate::source::archive;
use crate::source::git::tree::{EXECUTABLE, FILE};
use crate::source::git::{Commit, Kind, ObjectId, Objects, Trouble, changes, find_in};

/// The largest commit that is read for its author, in bytes.
const LARGEST_COMMIT: u64 = 64 << 20;

/// The largest folder that is read, in bytes.
const LARGEST_TREE: u64 = 256 << 20;

/// Paths of one blob that are judged one by one, where it says something: a tree can name it without end.
const COPIES: usize = 1000;

/// What is known of a blob that may come again at another path.
#[derive(Default)]
struct Told {
    copies: usize,
    /// Whether nothing is in it.
    is_silent: bool,
}

/// Some files of some tree, to be read.
pub(super) struct Side<'s> {
    pub(super) objects: &'s Objects,
    pub(super) detector: &'s Detector<'s>,
    pub(super) policy: &'s Policy,
    pub(super) progress: &'s Progress,
    /// Files that somebody named, by their paths: archives among them are opened.
    pub(super) named: &'s [(String, PathBuf)],
}

impl Side<'_> {
    /// Reads files: paths and the blobs that they hold.
    pub(super) fn records(&self, files: &[(ScanPath, ObjectId)], origin: Origin) -> Gathered {
        let gathered = Mutex::new(Gathered::default());
        {
            let mut worker = Worker::new(self.detector, self.policy, self.progress, &gathered);
            worker.origin = origin;
            let mut told: HashMap<ObjectId, Told> = HashMap::new();
            for (path, id) in files {
                if self.progress.stop.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                let told = told.entry(*id).or_default();
                if told.is_silent && !lang::is_manifest(path) {
                    worker.mine.files += 1;
                    continue;
                }
                told.copies += 1;
                if told.copies > COPIES {
                    worker.skip(path, format!("the same blob stands at more than {COPIES} paths"), SkipClass::Lost);
                    continue;
                }
                let before = (worker.mine.records.len(), worker.mine.skips.len());
                self.read(&mut worker, path, *id);
                told.is_silent = before == (worker.mine.records.len(), worker.mine.skips.len());
            }
        }
        gathered.into_inner().unwrap_or_default()
    }

    fn read(&self, worker: &mut Worker<'_>, path: &ScanPath, id: ObjectId) {
        if let Some(limit) = self.policy.max_file_size
            && self.objects.header(&id).is_ok_and(|(_, size)| size > limit)
        {
            return worker.skip(path, "larger than --max-file-size".to_owned(), SkipClass::Chosen);
        }
        if (self.policy.archives || self.named.iter().any(|(name, _)| *name == path.text)) && archive::is_one(&path.text) {
            match self.objects.read(&id, LARGEST_NESTED) {
                Ok((_, bytes)) if worker.archive_of(path, &path.text, &bytes) => return,
                Err(trouble) => return worker.skip(path, plain(&trouble), SkipClass::Lost),
                // What only has the name of an archive is a file like any other.
                Ok(_) => {}
            }
        }
        let mut failed = None;
        let streamed = self.objects.stream(&id, &mut |bytes| failed = worker.input(path, &path.text, bytes).err());
        let reason = match (streamed, failed) {
            (Err(trouble), _) => plain(&trouble),
            (Ok(_), Some(_)) => "the object is broken".to_owned(),
            (Ok(_), None) => return,
        };
        worker.skip(path, reason, SkipClass::Lost);
    }

    /// Adds the manifests that stand above files with a value: they tell of frameworks. `tree` holds them, where `gathered`
    /// does not yet.
    pub(super) fn manifests(&self, gathered: &mut Gathered, tree: Option<ObjectId>) {
        let Some(tree) = tree else { return };
        let mut paths = BTreeSet::new();
        for record in gathered.records.iter().filter(|record| speaks(&record.facts.facts)) {
            let mut folder = record.facts.path.text.as_str();
            while let Some((above, _)) = folder.rsplit_once('/') {
                paths.insert(format!("{above}/package.json"));
                folder = above;
            }
            paths.insert("package.json".to_owned());
        }
        for record in &gathered.records {
            paths.remove(&record.facts.path.text);
        }
        let found: Vec<(ScanPath, ObjectId)> =
            paths.into_iter().filter_map(|path| find_in(self.objects, tree, path.as_bytes()).map(|id| (ScanPath::from_bytes(path.as_bytes()), id))).collect();
        let mut read = self.records(&found, Origin::Present);
        // They are read for what they say of the project; a value in them is another scan's business.
        for record in &mut read.records {
            record.facts.facts.literals.clear();
            record.marks.clear();
        }
        gathered.records.append(&mut read.records);
    }
}

impl Side<'_> {
    /// Adds the scripts of a tree that the files which were read have to do with. What stands at one of the paths `without` is
    /// another version than the one that counts.
    pub(super) fn around(&self, gathered: &mut Gathered, tree: Option<ObjectId>, without: &HashSet<&ScanPath>, fresh: &Fresh) {
        let Some(tree) = tree else { return };
        let outlines = |gathered: &mut Gathered, asks: bool| {
            let mut reader = self.objects.reader();
            let all = changes(None, Some(tree), |id| match reader.read(id, LARGEST_TREE) {
                Ok((Kind::Tree, bytes)) => Ok(bytes),
                Ok(_) => Err(Trouble::Corrupt("it is no tree".to_owned())),
                Err(trouble) => Err(trouble),
            });
            let files: Vec<(ScanPath, ObjectId)> = all
                .changes
                .into_iter()
                .filter_map(|change| Some((ScanPath::from_bytes(&change.path), change.new.filter(|(mode, _)| *mode == FILE || *mode == EXECUTABLE)?.1)))
                .filter(|(path, _)| !without.contains(path))
                .collect();
            let known: HashSet<&ScanPath> = gathered.records.iter().map(|record| &record.facts.path).collect();
            let manifests: Vec<(ScanPath, ObjectId)> = files.iter().filter(|(path, _)| lang::is_manifest(path) && !known.contains(path)).cloned().collect();
            let mut asked = |path: &ScanPath, id: &ObjectId| {
                if !asks {
                    return Some(Vec::new());
                }
                let size = self.objects.header(id).map(|(_, size)| size).ok().filter(|size| *size <= lang::LARGEST_SCRIPT as u64)?;
                let (_, text) = reader.read(id, size).ok()?;
                Some(lang::outline::outline(&path.text, &text))
            };
            let mut scripts = Scripts::default();
            for (path, id) in files.into_iter().filter(|(path, _)| lang::has_imports(&path.text)) {
                if let Some(asks) = asked(&path, &id) {
                    scripts.push(&path, id, asks);
                }
            }
            gathered.records.append(&mut self.thorough(&manifests).records);
            vec![scripts]
        };
        let is_secret = |name: &str| matches!(naming::says(self.detector.catalog(), name), naming::Says::Secret(_));
        super::around::complete(gathered, Extent::Part, fresh, is_secret, outlines, |files| self.thorough(files));
    }

    /// What changed scripts ask for that their old versions did not. Each of them is read for its facts, whatever it holds.
    pub(super) fn fresh(&self, gathered: &mut Gathered, new: &[(ScanPath, ObjectId)], old: &[(ScanPath, ObjectId)]) -> Fresh {
        let before: HashMap<&ScanPath, &ObjectId> = old.iter().map(|(path, id)| (path, id)).collect();
        let mut reader = self.objects.reader();
        let mut asked = |path: &ScanPath, id: &ObjectId| {
            let size = self.objects.header(id).map(|(_, size)| size).ok().filter(|size| *size <= lang::LARGEST_SCRIPT as u64)?;
            reader.read(id, size).ok().map(|(_, text)| lang::outline::outline(&path.text, &text))
        };
        let mut fresh = Fresh::new();
        for (path, id) in new.iter().filter(|(path, _)| lang::has_imports(&path.text)) {
            let Some(asks) = asked(path, id) else { continue };
            let had = before.get(path).and_then(|id| asked(path, id)).unwrap_or_default();
            let added: HashSet<_> = asks.into_iter().filter(|name| had.binary_search(name).is_err()).collect();
            if !added.is_empty() {
                fresh.insert(path.clone(), added);
            }
        }
        let known: HashSet<&ScanPath> = gathered.records.iter().filter(|record| record.facts.facts.module.is_some()).map(|record| &record.facts.path).collect();
        let missing: Vec<(ScanPath, ObjectId)> = new.iter().filter(|(path, _)| fresh.contains_key(path) && !known.contains(path)).cloned().collect();
        let mut more = self.thorough(&missing);
        more.records.iter_mut().for_each(|record| record.facts.is_context = false);
        gathered.records.append(&mut more.records);
        fresh
    }

    /// Reads files for their facts, for the sake of others.
    fn thorough(&self, files: &[(ScanPath, ObjectId)]) -> Gathered {
        let gathered = Mutex::new(Gathered::default());
        {
            let mut worker = Worker::new(self.detector, self.policy, self.progress, &gathered);
            (worker.thorough, worker.context) = (true, true);
            for (path, id) in files {
                self.read(&mut worker, path, *id);
            }
        }
        gathered.into_inner().unwrap_or_default()
    }
}

/// Writes down who made a commit, and why by their own word.
pub(super) fn sign(origin: &mut GitOrigin, objects: &Objects, id: ObjectId) {
    origin.commit = id.to_string();
    let Ok((Kind::Commit, bytes)) = objects.read(&id, LARGEST_COMMIT) else { return };
    let commit = Commit::parse(&bytes);
    let text = |bytes: &[u8]| String::from_utf8_lossy(&commit.decode(bytes)).into_owned();
    if let Some(author) = &commit.author {
        origin.author = text(&author.name);
        origin.email = text(&author.email);
        origin.time = author.rfc3339();
    }
    let first = commit.message.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    origin.message = text(first.trim_ascii());
}

/// What tags lead to.
pub(super) fn peeled(tags: &HashMap<ObjectId, ObjectId>, mut id: ObjectId) -> ObjectId {
    for _ in 0..=tags.len() {
        match tags.get(&id) {
            Some(target) => id = *target,
            None => break,
        }
    }
    id
}

/// The name of a note by its path in the tree of notes: the annotated object's id, in folders.
pub(super) fn note_of(path: &[u8]) -> Option<ScanPath> {
    let id: Vec<u8> = path.iter().copied().filter(|byte| *byte != b'/').collect();
    ObjectId::from_hex(&id).map(|id| ScanPath::from_bytes(format!("note:{id}").as_bytes()))
}
