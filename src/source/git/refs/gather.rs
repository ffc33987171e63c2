//! Walks the folders that hold references and logs.
//!
//! Only regular files are read, and only within the repository: a symbolic link that leads elsewhere is a problem, not a
//! way out. The exception is a link to the same part of another git folder, by which tools share one repository between
//! several checkouts.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::super::{GitDir, Hash, ObjectId};
use super::files::{Loose, Packed, leading_id, listed, logged, loose, packed};
use super::lines::each_line;
use super::{LogEntry, Refs};

/// A reference's own file is no longer than this, in bytes: a name may have 4,096.
const LONGEST_LOOSE: u64 = 8 << 10;
/// More problems than this are only counted.
const MOST_PROBLEMS: usize = 1000;
/// References that each working tree has for itself.
const OWN: [&[u8]; 3] = [b"refs/bisect/", b"refs/worktree/", b"refs/rewritten/"];
/// Files beside `HEAD` that are named as references without ending in `_HEAD`.
const ROOT_NAMES: [&str; 6] = ["HEAD", "AUTO_MERGE", "BISECT_EXPECTED_REV", "NOTES_MERGE_PARTIAL", "NOTES_MERGE_REF", "MERGE_AUTOSTASH"];
/// What an interrupted rebase or cherry-pick keeps; among them a stash that is in no reference.
const PENDING: [&str; 6] =
    ["rebase-merge/autostash", "rebase-merge/orig-head", "rebase-merge/onto", "rebase-apply/autostash", "rebase-apply/orig-head", "sequencer/head"];

/// Reads everything into `refs`, in an order by which the last value of a name is the one that counts.
pub(super) fn gather(dir: &GitDir, refs: &mut Refs) {
    let inside = [&dir.git_dir, &dir.common_dir].iter().filter_map(|folder| folder.canonicalize().ok()).collect();
    let mut gather = Gather { refs, hash: dir.hash, inside, logged: HashSet::new(), uncounted: 0 };
    let common = &dir.common_dir;
    if gather.folder(&common.join("reftable")).is_some() {
        gather.problem(&common.join("reftable"), "references stored as reftable can't be read yet");
    }
    gather.packed(&common.join("packed-refs"));

    let linked = dir.git_dir != *common;
    let main = if linked { &b"main-worktree/"[..] } else { b"" };
    gather.state(common, main);
    if linked {
        gather.state(&dir.git_dir, b"");
    }
    if let Some(folder) = gather.folder(&common.join("worktrees")) {
        let own = dir.git_dir.canonicalize().ok();
        for (name, path) in gather.entries(&folder) {
            if path.is_dir() && path.canonicalize().ok() != own && gather.resolved(&path).is_some() {
                gather.state(&path, &[b"worktrees/", name.as_slice(), b"/"].concat());
            }
        }
    }
    let shallow = gather.list(&common.join("shallow"));
    let grafts = gather.list(&common.join("info/grafts"));
    if gather.uncounted > 0 {
        let more = format!("{} more problems", gather.uncounted);
        gather.refs.problems.push((common.join("refs"), more));
    }
    (refs.shallow, refs.grafts) = (shallow, grafts);
}

struct Gather<'a> {
    refs: &'a mut Refs,
    hash: Hash,
    /// Folders that links may lead into, without links themselves.
    inside: Vec<PathBuf>,
    logged: HashSet<ObjectId>,
    uncounted: usize,
}

impl Gather<'_> {
    /// Reads what one git folder holds: heads, references, logs. `prefix` names it, as git does.
    fn state(&mut self, folder: &Path, prefix: &[u8]) {
        for (name, path) in self.entries(folder) {
            let Ok(text) = std::str::from_utf8(&name) else { continue };
            let capital = text.bytes().all(|byte| byte.is_ascii_uppercase() || b"-_".contains(&byte));
            if ROOT_NAMES.contains(&text) || (capital && text.ends_with("_HEAD")) {
                self.root(&path, &[prefix, &name].concat());
            }
        }
        for name in PENDING {
            let Some(file) = self.file(&folder.join(name)) else { continue };
            let mut start = Vec::new();
            if file.take(LONGEST_LOOSE).read_to_end(&mut start).is_ok()
                && let Some(id) = leading_id(&start, self.hash)
            {
                self.refs.push(&[prefix, name.as_bytes()].concat(), id);
            }
        }
        self.walk(&folder.join("refs"), b"refs/", &mut |gather, path, name| gather.loose(path, name, prefix));
        self.walk(&folder.join("logs"), b"", &mut |gather, path, name| gather.log(path, &shown(name, prefix)));
    }

    /// A file such as `HEAD` or `FETCH_HEAD`.
    fn root(&mut self, path: &Path, name: &[u8]) {
        // In the oldest repositories, `HEAD` is a symbolic link to a reference.
        if let Ok(target) = path.read_link()
            && target.starts_with("refs")
        {
            self.refs.symbolic.push((name.to_vec(), target.as_os_str().as_encoded_bytes().to_vec()));
            return;
        }
        let Some(file) = self.file(path) else { return };
        let (hash, mut found, mut broken) = (self.hash, Vec::new(), Broken::default());
        let done = each_line(file, |number, line| {
            match loose(line, hash) {
                Some(what) => found.push(what),
                None if line.trim_ascii().is_empty() => {}
                None => broken.note(number),
            }
            true
        });
        self.note(path, done, &broken);
        for what in found {
            match what {
                Loose::Direct(id) => drop(self.refs.push(name, id)),
                Loose::Symbolic(target) => self.refs.symbolic.push((name.to_vec(), target)),
            }
        }
    }

    fn loose(&mut self, path: &Path, name: &[u8], prefix: &[u8]) {
        let Some(file) = self.file(path) else { return };
        let mut bytes = Vec::new();
        if let Err(error) = file.take(LONGEST_LOOSE).read_to_end(&mut bytes) {
            return self.problem(path, &error.to_string());
        }
        let name = shown(name, prefix);
        match loose(&bytes, self.hash) {
            Some(Loose::Direct(id)) => drop(self.refs.push(&name, id)),
            Some(Loose::Symbolic(target)) => self.refs.symbolic.push((name, target)),
            None => self.problem(path, if bytes.is_empty() { "an empty reference" } else { "a reference that is no id" }),
        }
    }

    fn packed(&mut self, path: &Path) {
        let Some(file) = self.file(path) else { return };
        let (hash, refs) = (self.hash, &mut *self.refs);
        // Lines have 41 or 65 bytes and a name, most of twenty or more.
        let lines = file.metadata().map_or(0, |data| data.len()).min(1 << 28) as usize / (hash.size() * 2 + 21);
        refs.entries.reserve(lines);
        let (mut broken, mut full, mut last) = (Broken::default(), false, false);
        let done = each_line(file, |number, line| {
            match packed(line, hash) {
                Some(Packed::Ref(name, id)) => {
                    full |= !refs.push(name, id);
                    last = !full;
                }
                Some(Packed::Peeled(id)) if last => {
                    refs.peeled.push(id);
                    if let (Some(entry), Ok(at)) = (refs.entries.last_mut(), u32::try_from(refs.peeled.len())) {
                        entry.peeled = at;
                    }
                    last = false;
                }
                Some(Packed::Nothing) => {}
                Some(Packed::Peeled(_)) | None => {
                    broken.note(number);
                    last = false;
                }
            }
            !full
        });
        self.note(path, done, &broken);
        if full {
            self.problem(path, "more than 4 GiB of names: the rest was not read");
        }
    }

    fn log(&mut self, path: &Path, name: &[u8]) {
        let Some(file) = self.file(path) else { return };
        let log = u32::try_from(self.refs.logs.len()).unwrap_or(u32::MAX);
        let (hash, seen, refs) = (self.hash, &mut self.logged, &mut *self.refs);
        let (mut broken, before) = (Broken::default(), refs.reflog.len());
        let done = each_line(file, |number, line| {
            match logged(line, hash) {
                Some(ids) => {
                    let new = ids.into_iter().filter(|id| !id.is_zero() && seen.insert(*id));
                    refs.reflog.extend(new.map(|id| LogEntry { id, log }));
                }
                None if line.trim_ascii().is_empty() => {}
                None => broken.note(number),
            }
            true
        });
        // A log that names nothing new needs no name.
        if refs.reflog.len() > before {
            refs.logs.push(name.to_vec());
        }
        self.note(path, done, &broken);
    }

    fn list(&mut self, path: &Path) -> Vec<ObjectId> {
        let (mut ids, mut broken, hash) = (Vec::new(), Broken::default(), self.hash);
        let Some(file) = self.file(path) else { return ids };
        let done = each_line(file, |number, line| {
            match listed(line, hash) {
                Some(more) => ids.extend(more),
                None => broken.note(number),
            }
            true
        });
        self.note(path, done, &broken);
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Visits each file below a folder, with its name: `start` and the path below the folder.
    fn walk(&mut self, folder: &Path, start: &[u8], visit: &mut dyn FnMut(&mut Self, &Path, &[u8])) {
        let Some(top) = self.folder(folder) else { return };
        let mut waiting = vec![(top, start.to_vec())];
        while let Some((folder, prefix)) = waiting.pop() {
            for (name, path) in self.entries(&folder) {
                // git makes no reference of these: a lock, or a file that some tool of the system left.
                if name.starts_with(b".") || name.ends_with(b".lock") {
                    continue;
                }
                let full = [prefix.as_slice(), &name].concat();
                match path.symlink_metadata() {
                    Ok(data) if data.is_dir() => waiting.push((path, [full.as_slice(), b"/"].concat())),
                    // A circle of links would have no end.
                    Ok(data) if data.is_symlink() && path.is_dir() => self.problem(&path, "a link to a folder, which is not followed"),
                    Ok(_) => visit(self, &path, &full),
                    Err(error) => self.problem(&path, &error.to_string()),
                }
            }
        }
    }

    /// The entries of a folder, in the order of their names.
    fn entries(&mut self, folder: &Path) -> Vec<(Vec<u8>, PathBuf)> {
        let found = std::fs::read_dir(folder).and_then(|entries| {
            entries.map(|entry| entry.map(|entry| (entry.file_name().as_encoded_bytes().to_vec(), entry.path()))).collect::<Result<Vec<_>, _>>()
        });
        match found {
            Ok(mut entries) => {
                entries.sort();
                entries
            }
            Err(error) => {
                self.problem(folder, &error.to_string());
                Vec::new()
            }
        }
    }

    /// The folder itself, if there is one that may be read.
    fn folder(&mut self, path: &Path) -> Option<PathBuf> {
        path.is_dir().then(|| self.resolved(path)).flatten()
    }

    /// Opens a regular file, if there is one that may be read.
    fn file(&mut self, path: &Path) -> Option<File> {
        let data = match path.symlink_metadata() {
            Ok(data) => data,
            Err(error) => {
                if !matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) {
                    self.problem(path, &error.to_string());
                }
                return None;
            }
        };
        let real = if data.is_symlink() { self.resolved(path)? } else { path.to_owned() };
        // Opening a pipe would wait for a writer.
        if !real.is_file() {
            self.problem(path, "no regular file");
            return None;
        }
        match File::open(&real) {
            Ok(file) => Some(file),
            Err(error) => {
                self.problem(path, &error.to_string());
                None
            }
        }
    }

    /// The place itself, where no link leads out of the repository.
    fn resolved(&mut self, path: &Path) -> Option<PathBuf> {
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(error) => {
                self.problem(path, &error.to_string());
                return None;
            }
        };
        if self.inside.iter().any(|folder| real.starts_with(folder)) {
            return Some(real);
        }
        let is_git_folder = |folder: &Path| folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir();
        match real.parent() {
            Some(folder) if real.file_name() == path.file_name() && is_git_folder(folder) => {
                self.inside.push(real.clone());
                Some(real)
            }
            _ => {
                self.problem(path, "a link that leads out of the git folder, which is not followed");
                None
            }
        }
    }

    fn note(&mut self, path: &Path, done: std::io::Result<()>, broken: &Broken) {
        if let Err(error) = done {
            self.problem(path, &error.to_string());
        }
        match broken.lines {
            0 => {}
            1 => self.problem(path, &format!("line {} is broken", broken.first)),
            lines => self.problem(path, &format!("{lines} lines are broken, the first is line {}", broken.first)),
        }
    }

    fn problem(&mut self, path: &Path, text: &str) {
        if self.refs.problems.len() < MOST_PROBLEMS {
            self.refs.problems.push((path.to_owned(), text.to_owned()));
        } else {
            self.uncounted += 1;
        }
    }
}

/// Lines of a file that can't be read.
#[derive(Default)]
struct Broken {
    lines: usize,
    /// 1-based.
    first: usize,
}

impl Broken {
    fn note(&mut self, line: usize) {
        if self.lines == 0 {
            self.first = line;
        }
        self.lines += 1;
    }
}

/// The name by which git knows a reference or log of a working tree: what it has for itself carries the tree's name.
fn shown(name: &[u8], prefix: &[u8]) -> Vec<u8> {
    let shared = prefix == b"main-worktree/" && name.starts_with(b"refs/") && !OWN.iter().any(|own| name.starts_with(own));
    if shared { name.to_vec() } else { [prefix, name].concat() }
}
