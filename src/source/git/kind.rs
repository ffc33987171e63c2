//! What objects are, and why one can't be read.

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

impl Kind {
    /// The word that git writes for it.
    pub(super) fn from_word(word: &[u8]) -> Option<Self> {
        match word {
            b"commit" => Some(Self::Commit),
            b"tree" => Some(Self::Tree),
            b"blob" => Some(Self::Blob),
            b"tag" => Some(Self::Tag),
            _ => None,
        }
    }
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

impl From<&'static str> for Trouble {
    fn from(how: &'static str) -> Self {
        Self::Corrupt(how.to_owned())
    }
}
