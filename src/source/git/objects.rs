//! The objects of a repository, by id.

use std::sync::Mutex;

use super::{GitDir, ObjectId};
use crate::error::Error;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// A file.
    Blob,
    /// An annotated tag.
    Tag,
}

/// Why an object can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It is not there.
    Missing,
    /// It is there and broken; how.
    Corrupt(String),
    /// It is larger than was allowed; its size in bytes.
    TooLarge(u64),
}

/// All objects of a repository: packs, loose files, alternates. Shared by threads.
pub struct Objects {
    repository: Mutex<git2::Repository>,
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Objects")
    }
}

impl Objects {
    /// Opens the object store of a repository.
    ///
    /// # Errors
    /// When its folder can't be read.
    pub fn open(dir: &GitDir) -> Result<Self, Error> {
        let repository = git2::Repository::open(&dir.common_dir).map_err(|error| Error::new(error.message()).at(&dir.common_dir))?;
        Ok(Self { repository: Mutex::new(repository) })
    }

    /// Reads an object of at most `limit` bytes.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub fn read(&self, id: &ObjectId, limit: u64) -> Result<(Kind, Vec<u8>), Trouble> {
        let repository = self.repository.lock().map_err(|_| Trouble::Missing)?;
        let odb = repository.odb().map_err(|_| Trouble::Missing)?;
        let id = git2::Oid::from_bytes(id.as_bytes()).map_err(|_| Trouble::Missing)?;
        let object = odb
            .read(id)
            .map_err(|error| if error.code() == git2::ErrorCode::NotFound { Trouble::Missing } else { Trouble::Corrupt(error.message().to_owned()) })?;
        if object.data().len() as u64 > limit {
            return Err(Trouble::TooLarge(object.data().len() as u64));
        }
        let kind = match object.kind() {
            git2::ObjectType::Commit => Kind::Commit,
            git2::ObjectType::Tree => Kind::Tree,
            git2::ObjectType::Tag => Kind::Tag,
            _ => Kind::Blob,
        };
        Ok((kind, object.data().to_vec()))
    }
}
