//! The files of a tree: in a repository the tracked ones, ignored or not, and the untracked ones that no ignore rule
//! excludes; elsewhere all that no ignore rule excludes. Hidden files yes, `.git` never, named files always.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, WalkBuilder};

use super::Repository;
use crate::config::Config;
use crate::error::{Error, ScanPath, Skip, SkipClass};

/// What a walk does and leaves.
#[derive(Debug, Clone, Default)]
pub struct WalkOptions {
    /// Reads what ignore rules exclude.
    pub no_ignore: bool,
    /// Leaves hidden files.
    pub skip_hidden: bool,
    /// Threads; 0 chooses.
    pub jobs: usize,
}

/// A file that should be read.
#[derive(Debug, Clone)]
pub struct Found {
    /// To open it.
    pub path: PathBuf,
    /// To name it.
    pub name: ScanPath,
    /// To tell where it lives: its name, or for a lone file outside repositories the path by which it was asked for.
    pub lives_at: String,
    /// Whether it was named itself, and not found below a folder.
    pub named: bool,
    /// The number of the path below which it was found, for [`Walk::locate`].
    pub root: u16,
}

/// Files that a thread takes from the walk at once: they wait in memory, and the other threads for the lock meanwhile.
const MOST_AT_ONCE: usize = 64;

/// A walk over some paths, prepared: their repository is found and each exists.
#[derive(Debug)]
pub struct Walk {
    roots: Vec<Root>,
    options: WalkOptions,
    notes: Vec<String>,
}

/// One path that was asked for.
#[derive(Debug)]
struct Root {
    /// Resolved, if it is a link.
    path: PathBuf,
    /// How its files are named: what stands before the part below `path`.
    prefix: PathBuf,
    /// The path as it was asked for.
    asked: PathBuf,
    repository: Option<Repository>,
    is_folder: bool,
    /// Whether it is a folder or a file, and no pipe or device, which could be read for ever.
    is_regular: bool,
}

impl Walk {
    /// Prepares a walk.
    ///
    /// # Errors
    /// For a path that does not exist or can't be looked at.
    pub fn new(paths: &[PathBuf], options: WalkOptions) -> Result<Self, Error> {
        let mut notes = Vec::new();
        let mut roots = Vec::new();
        for path in paths {
            let about = std::fs::metadata(path).map_err(|error| {
                let help = if error.kind() == std::io::ErrorKind::NotFound {
                    "check the spelling, or leave the path out to scan the current folder"
                } else {
                    "check the permissions of the path and its folders"
                };
                Error::new("the path can't be scanned").at(path).because(error).help(help)
            })?;
            let is_folder = about.is_dir();
            let repository = Repository::around(path).unwrap_or_else(|why| {
                notes.push(format!(
                    "git refuses the repository around {}: {why}; which files it tracks is not known, so ignored ones are left out",
                    path.display()
                ));
                None
            });
            let resolved = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            let place = if is_folder { path.clone() } else { path.parent().unwrap_or(Path::new("")).to_owned() };
            let place = std::fs::canonicalize(if place.as_os_str().is_empty() { Path::new(".") } else { &place }).unwrap_or(place);
            let base = repository.as_ref().map(|repository| std::fs::canonicalize(&repository.root).unwrap_or_else(|_| repository.root.clone()));
            let within = base.as_deref().and_then(|base| place.strip_prefix(base).ok()).unwrap_or(Path::new("")).to_owned();
            let prefix = if is_folder { within } else { within.join(path.file_name().unwrap_or(path.as_os_str())) };
            roots.push(Root { path: resolved, prefix, asked: path.clone(), repository, is_folder, is_regular: is_folder || about.is_file() });
        }
        Ok(Self { roots, options, notes })
    }

    /// The root of the first repository, for configuration and provenance.
    pub fn repository(&self) -> Option<&Repository> {
        self.roots.iter().find_map(|root| root.repository.as_ref())
    }

    /// The name of the first path, as its findings carry it.
    pub fn name_of_first(&self) -> ScanPath {
        self.roots.first().map_or_else(|| ScanPath::from_bytes(b""), |root| ScanPath::from_path(&root.prefix))
    }

    /// The walk over the rest of the repository, where this one is over a part of it alone; `None` where it covers everything
    /// that is known to belong together.
    pub fn around(&self) -> Option<Self> {
        let covers = self.roots.iter().any(|root| root.is_folder && root.prefix.as_os_str().is_empty());
        let root = self.repository().filter(|_| !covers)?.root.clone();
        Self::new(&[root], self.options.clone()).ok()
    }

    /// Repositories that git refuses to open, a sentence each.
    pub fn refused(&self) -> &[String] {
        &self.notes
    }

    /// Whether it is worth starting threads for.
    pub fn is_small(&self) -> bool {
        self.roots.iter().all(|root| !root.is_folder) && self.roots.len() < 64
    }

    /// Where the file lies that a walk found under a name, below the path of this number: whoever keeps the names of many
    /// files need not keep their paths.
    pub fn locate(&self, root: u16, name: &ScanPath) -> PathBuf {
        let Some(root) = self.roots.get(usize::from(root)) else { return bytes_to_path(name.exact()) };
        let prefix = ScanPath::from_path(&root.prefix);
        let below = name.exact().strip_prefix(prefix.exact()).unwrap_or(name.exact());
        let below = below.strip_prefix(b"/").unwrap_or(below);
        if below.is_empty() { root.path.clone() } else { root.path.join(bytes_to_path(below)) }
    }

    /// The number of threads it runs on.
    pub fn threads(&self) -> usize {
        match self.options.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from).min(16),
            jobs => jobs,
        }
    }

    /// Visits each file once. `worker` is called on each thread to make its visitor; a visitor returns false to end
    /// the walk. Returns what could not be walked.
    pub fn run<'v, W>(&self, config: &Config, worker: impl Fn() -> W + Sync) -> Vec<Skip>
    where
        W: FnMut(Found) -> bool + Send + 'v,
    {
        let skips = Mutex::new(Vec::new());
        let seen = Mutex::new(HashSet::new());
        let stopped = AtomicBool::new(false);
        let overlapping = self.roots.len() > 1;
        for root in self.roots.iter().filter(|root| !root.is_regular) {
            let reason = "a pipe or a device, not a file; give it to `skout scan -` on standard input".to_owned();
            push(&skips, Skip { path: ScanPath::from_path(&root.prefix), reason, class: SkipClass::Lost });
        }
        // Files named one by one need no threads: a hook must not pay for them.
        if self.is_small() {
            let mut visit = worker();
            for (root, number) in self.roots.iter().zip(0..).filter(|(root, _)| root.is_regular) {
                if claim(&seen, &root.path) && !visit(named(root, number)) {
                    break;
                }
            }
            return skips.into_inner().unwrap_or_default();
        }
        for (root, number) in self.roots.iter().zip(0..).filter(|(root, _)| !root.is_folder && root.is_regular) {
            if claim(&seen, &root.path) && !worker()(named(root, number)) {
                return skips.into_inner().unwrap_or_default();
            }
        }
        for (root, number) in self.roots.iter().zip(0..).filter(|(root, _)| root.is_folder) {
            let needs_visited = !self.options.no_ignore && root.repository.is_some();
            let visited = Mutex::new(HashSet::new());
            let excluded = Arc::new(Mutex::new(Vec::new()));
            let entries = Mutex::new(self.builder(root, config, &excluded).build());
            let one = || {
                let mut visit = worker();
                let mut mine = Mine { visited: &visited, names: Vec::new() };
                let mut batch: Vec<Result<DirEntry, ignore::Error>> = Vec::new();
                let mut size = 1;
                while !stopped.load(Ordering::Relaxed) {
                    if let Ok(mut entries) = entries.lock() {
                        batch.extend(entries.by_ref().take(size));
                    }
                    if batch.is_empty() {
                        return;
                    }
                    // Small trees are shared evenly, and in large ones nobody waits for the lock.
                    size = (size * 2).min(MOST_AT_ONCE);
                    for entry in batch.drain(..) {
                        let entry = match entry {
                            Ok(entry) => entry,
                            Err(error) => {
                                if let Some(skip) = lost(root, &error) {
                                    push(&skips, skip);
                                }
                                continue;
                            }
                        };
                        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { continue };
                        let name = named_below(&root.path, &root.prefix, entry.path());
                        if entry.depth() > 0 && config.excludes(&name.text) {
                            push(&skips, excluded_skip(name));
                            continue;
                        }
                        if kind.is_symlink() {
                            continue;
                        }
                        if !kind.is_file() {
                            push(&skips, Skip { path: name, reason: "not a regular file".to_owned(), class: SkipClass::Chosen });
                            continue;
                        }
                        if needs_visited {
                            mine.names.push(hash(name.text.as_bytes()));
                        }
                        if overlapping && !claim(&seen, entry.path()) {
                            continue;
                        }
                        if !visit(Found { path: entry.into_path(), lives_at: name.text.clone(), name, named: false, root: number }) {
                            stopped.store(true, Ordering::Relaxed);
                            return;
                        }
                    }
                }
            };
            std::thread::scope(|scope| (0..self.threads().max(1)).for_each(|_| drop(scope.spawn(one))));
            if let (Ok(mut skips), Ok(mut excluded)) = (skips.lock(), excluded.lock()) {
                skips.append(&mut excluded);
            }
            if needs_visited && !stopped.load(Ordering::Relaxed) {
                let rest = Rest { visited: visited.into_inner().unwrap_or_default(), seen: overlapping.then_some(&seen), config };
                self.tracked_rest(root, number, &rest, &mut worker());
            }
        }
        skips.into_inner().unwrap_or_default()
    }

    /// The entries below a root, one after the other: folders are read as they are entered, and what is still to be visited
    /// is held nowhere, however many files a folder has. `excluded` takes the folders that the configuration excludes.
    fn builder(&self, root: &Root, config: &Config, excluded: &Arc<Mutex<Vec<Skip>>>) -> WalkBuilder {
        let mut builder = WalkBuilder::new(&root.path);
        let ignores = !self.options.no_ignore;
        let (config, excluded) = (config.clone(), Arc::clone(excluded));
        let (path, prefix) = (root.path.clone(), root.prefix.clone());
        builder
            .hidden(self.options.skip_hidden)
            .parents(ignores && root.repository.is_some())
            .ignore(ignores)
            .git_ignore(ignores)
            .git_exclude(ignores)
            .git_global(ignores && root.repository.is_some())
            .require_git(false)
            .follow_links(false)
            .filter_entry(move |entry| {
                if entry.depth() == 0 {
                    return true;
                }
                if entry.file_name() == ".git" {
                    return false;
                }
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                let name = is_folder.then(|| named_below(&path, &prefix, entry.path())).filter(|name| config.excludes_folder(&name.text));
                let is_excluded = name.is_some();
                name.into_iter().for_each(|name| push(&excluded, excluded_skip(name)));
                !is_excluded
            });
        builder
    }

    /// Files that the index tracks although an ignore rule covers them: git commits them all the same.
    fn tracked_rest(&self, root: &Root, number: u16, rest: &Rest<'_>, visit: &mut impl FnMut(Found) -> bool) {
        let Some(repository) = &root.repository else { return };
        let Ok(tracked) = repository.tracked() else { return };
        let prefix = ScanPath::from_path(&root.prefix).text;
        for path in tracked {
            let below = prefix.is_empty() || path.starts_with(format!("{prefix}/").as_bytes());
            if !below || rest.visited.contains(&hash(&path)) {
                continue;
            }
            let name = ScanPath::from_bytes(&path);
            let hidden = name.text.split('/').any(|part| part.starts_with('.'));
            if (self.options.skip_hidden && hidden) || rest.config.excludes(&name.text) {
                continue;
            }
            let full = repository.root.join(bytes_to_path(&path));
            let is_file = std::fs::symlink_metadata(&full).is_ok_and(|about| about.is_file());
            if is_file
                && rest.seen.is_none_or(|seen| claim(seen, &full))
                && !visit(Found { path: full, lives_at: name.text.clone(), name, named: false, root: number })
            {
                return;
            }
        }
    }
}

/// The name of a path below a root.
fn named_below(root: &Path, prefix: &Path, path: &Path) -> ScanPath {
    let below = path.strip_prefix(root).unwrap_or(path);
    if prefix.as_os_str().is_empty() { ScanPath::from_path(below) } else { ScanPath::from_path(&prefix.join(below)) }
}

fn excluded_skip(path: ScanPath) -> Skip {
    Skip { path, reason: "excluded by the configuration".to_owned(), class: SkipClass::Chosen }
}

fn named(root: &Root, number: u16) -> Found {
    let name = ScanPath::from_path(&root.prefix);
    let lives_at = if root.repository.is_some() { name.text.clone() } else { ScanPath::from_path(&root.asked).text.trim_start_matches("./").to_owned() };
    Found { path: root.path.clone(), name, lives_at, named: true, root: number }
}

/// What a walk knows when it turns to what it has not visited.
struct Rest<'r> {
    visited: HashSet<u64>,
    /// Where roots overlap, the files taken by any of them.
    seen: Option<&'r Mutex<HashSet<u64>>>,
    config: &'r Config,
}

/// One thread's list of visited names, handed over when the thread ends.
struct Mine<'m> {
    visited: &'m Mutex<HashSet<u64>>,
    names: Vec<u64>,
}

impl Drop for Mine<'_> {
    fn drop(&mut self) {
        if let Ok(mut visited) = self.visited.lock() {
            visited.extend(self.names.drain(..));
        }
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// Takes a path if nobody has taken it: several roots may overlap.
fn claim(seen: &Mutex<HashSet<u64>>, path: &Path) -> bool {
    seen.lock().is_ok_and(|mut seen| seen.insert(hash(path.as_os_str().as_encoded_bytes())))
}

fn push(skips: &Mutex<Vec<Skip>>, skip: Skip) {
    if let Ok(mut skips) = skips.lock() {
        skips.push(skip);
    }
}

/// A folder or file that could not be looked at. A bad line in an ignore file loses nothing.
fn lost(root: &Root, error: &ignore::Error) -> Option<Skip> {
    let mut at = error;
    let mut path: Option<&Path> = None;
    loop {
        match at {
            ignore::Error::WithPath { path: found, err } => (path, at) = (Some(found.as_path()), err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => at = err,
            ignore::Error::Io(error) => {
                // The system's own words, without those of who walks: these repeat the path.
                let inner = error.get_ref().and_then(|inner| inner.source()).and_then(|inner| inner.downcast_ref::<std::io::Error>());
                let error = inner.unwrap_or(error);
                let path = path.unwrap_or(&root.path);
                let below = path.strip_prefix(&root.path).unwrap_or(path);
                let name = ScanPath::from_path(&root.prefix.join(below));
                // A file that vanished since the folder was read was nobody's to scan.
                let class = if error.kind() == std::io::ErrorKind::NotFound { SkipClass::Chosen } else { SkipClass::Lost };
                return Some(Skip { path: name, reason: format!("can't be read: {}", plain(error)), class });
            }
            _ => return None,
        }
    }
}

/// An error's words without its number.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string().to_lowercase();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

#[cfg(unix)]
fn bytes_to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn bytes_to_path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
