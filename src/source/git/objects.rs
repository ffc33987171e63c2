//! The objects of a repository, by id: packs, loose files, alternates.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::exact::Exact;
use super::kind::{Kind, Trouble};
use super::pack::Pack;
use super::pack::entry::Form;
use super::reader::{ObjectReader, Place};
use super::{GitDir, Hash, ObjectId, folders, loose};
use crate::error::Error;

/// A delta above this size is not given as a stream, since it must be decoded in memory.
const STREAMED_DELTA: u64 = 256 << 20;

/// All objects of a repository. Shared by threads; nothing of it changes after it was opened, so that what git writes
/// meanwhile may or may not be seen.
#[derive(Debug)]
pub struct Objects {
    /// The folders of objects, the repository's own first.
    pub(super) folders: Vec<PathBuf>,
    /// The largest first, so that others are compared to it and not it to them.
    pub(super) packs: Vec<Pack>,
    pub(super) hash: Hash,
    problems: Vec<(PathBuf, String)>,
    promisor: bool,
}

impl Objects {
    /// Opens the object store of a repository: its own folder, its alternates, and the folders in `extra` with theirs
    /// (what `GIT_OBJECT_DIRECTORY` and `GIT_ALTERNATE_OBJECT_DIRECTORIES` name).
    ///
    /// A pack that can't be used is one of the [`problems`](Self::problems).
    ///
    /// # Errors
    /// When the repository has no folder of objects.
    pub fn open(dir: &GitDir, extra: &[PathBuf]) -> Result<Self, Error> {
        let own = dir.common_dir.join("objects");
        if !own.is_dir() && extra.is_empty() {
            return Err(Error::new("the repository has no folder of objects").at(own));
        }
        let mut problems = Vec::new();
        let folders = folders::find(&own, extra, &mut problems);
        let mut objects = Self { folders: Vec::new(), packs: Vec::new(), hash: dir.hash, problems, promisor: false };
        for folder in &folders {
            let (packs, problems) = (objects.packs.len(), objects.problems.len());
            for _ in 0..3 {
                objects.packs.truncate(packs);
                objects.problems.truncate(problems);
                if !objects.open_packs(&folder.join("pack")) {
                    break;
                }
            }
        }
        objects.folders = folders;
        // The name decides between equals, so that every run reads alike.
        objects.packs.sort_by(|a, b| b.index.count().cmp(&a.index.count()).then_with(|| a.path.cmp(&b.path)));
        Ok(objects)
    }

    /// A store of packs in memory.
    #[cfg(any(test, fuzzing))]
    pub(super) fn of_packs(packs: Vec<Pack>, hash: Hash) -> Self {
        Self { folders: Vec::new(), packs, hash, problems: Vec::new(), promisor: false }
    }

    /// Opens the packs of a folder; says whether one went away meanwhile, as when git repacks.
    fn open_packs(&mut self, folder: &Path) -> bool {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return false,
            Err(error) => {
                self.problems.push((folder.to_owned(), format!("a folder of packs can't be read: {error}")));
                return false;
            }
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let mut is_changing = false;
        for path in &paths {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("idx") => match Pack::open(path, self.hash) {
                    Ok(pack) => self.packs.push(pack),
                    Err(problem) => {
                        is_changing |= !path.exists();
                        self.problems.push((path.clone(), problem));
                    }
                },
                // What is being downloaded has no index yet.
                Some("pack") if !name.starts_with("tmp_") && paths.binary_search(&path.with_extension("idx")).is_err() => {
                    self.problems.push((path.clone(), "the pack has no index; `git index-pack` makes one".to_owned()));
                }
                Some("promisor") => self.promisor = true,
                _ => {}
            }
        }
        is_changing
    }

    /// What is wrong with the store: packs and alternates that can't be used, and why.
    pub fn problems(&self) -> &[(PathBuf, String)] {
        &self.problems
    }

    /// Whether objects may be missing because the clone is partial.
    pub fn has_promisor_packs(&self) -> bool {
        self.promisor
    }

    /// How many objects all indexes list; duplicates count again, loose objects don't.
    pub fn count(&self) -> u64 {
        self.packs.iter().map(|pack| u64::from(pack.index.count())).sum()
    }

    /// A reader for many objects in sequence.
    pub fn reader(&self) -> ObjectReader<'_> {
        ObjectReader::new(self)
    }

    /// Reads an object of at most `limit` bytes.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub fn read(&self, id: &ObjectId, limit: u64) -> Result<(Kind, Vec<u8>), Trouble> {
        self.reader().read(id, limit)
    }

    /// What an object is, and its size in bytes.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub fn header(&self, id: &ObjectId) -> Result<(Kind, u64), Trouble> {
        self.reader().header(id)
    }

    /// Whether there is a copy, which may still be broken.
    pub fn has(&self, id: &ObjectId) -> bool {
        self.packs.iter().any(|pack| pack.index.find(id.as_bytes()).is_some()) || self.has_loose(id)
    }

    /// Whether there is a copy in another place than that.
    pub(super) fn has_except(&self, id: &ObjectId, place: Option<Place>) -> bool {
        let packed = |(number, pack): (usize, &Pack)| pack.index.places(id).flatten().any(|offset| Some(Place::Pack(number, offset)) != place);
        self.packs.iter().enumerate().any(packed) || self.has_loose(id)
    }

    fn has_loose(&self, id: &ObjectId) -> bool {
        self.folders.iter().any(|folder| loose::path(folder, id).is_file())
    }

    /// The objects whose ids begin with these hex digits, at least 4: two at most, since two say that a short id is
    /// ambiguous.
    pub fn find_prefix(&self, hex: &str) -> Vec<ObjectId> {
        let mut found = Vec::new();
        let digits = self.hash.size() * 2;
        if hex.len() < 4 || hex.len() > digits || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return found;
        }
        let hex = hex.to_ascii_lowercase();
        let Some(lowest) = ObjectId::from_hex(format!("{hex:0<digits$}").as_bytes()) else { return found };
        for pack in &self.packs {
            let Some(start) = pack.index.lower_bound(lowest.as_bytes()) else { continue };
            let ids = (start..pack.index.count()).map(|position| pack.index.id(position));
            found.extend(ids.take_while(|id| id.to_string().starts_with(&hex)).take(3));
        }
        for folder in &self.folders {
            let ids = loose::list(folder, lowest.as_bytes().first().copied(), self.hash);
            found.extend(ids.into_iter().filter(|id| id.to_string().starts_with(&hex)));
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(2);
        found
    }

    /// Gives an object of any size as a stream to `read`. It is inflated piece by piece, except for a delta, which is
    /// decoded in memory if it has at most 256 MiB. The stream may end early with an error when the object is broken.
    ///
    /// # Errors
    /// A [`Trouble`], before `read` was called.
    pub fn stream(&self, id: &ObjectId, read: &mut dyn FnMut(&mut dyn Read)) -> Result<(Kind, u64), Trouble> {
        for pack in &self.packs {
            let offset = pack.index.find(id.as_bytes()).and_then(|position| pack.index.offset(position));
            let Some(entry) = offset.and_then(|offset| pack.entry(offset).ok()) else { continue };
            if let Form::Whole(kind) = entry.form {
                read(&mut Exact::new(flate2::bufread::ZlibDecoder::new(pack.compressed(&entry)), entry.size));
                return Ok((kind, entry.size));
            }
        }
        for folder in &self.folders {
            match loose::stream(folder, id) {
                Ok((kind, size, stream)) => {
                    read(&mut Exact::new(stream, size));
                    return Ok((kind, size));
                }
                Err(Trouble::Missing) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        let (kind, bytes) = self.read(id, STREAMED_DELTA)?;
        read(&mut &bytes[..]);
        Ok((kind, bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests;
