//! The bytes of a pack or an index: a mapped file, or memory in tests and fuzzing.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

/// Bytes that don't change while they are read.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// A file of the repository.
    Mapped(memmap2::Mmap),
    /// What a test made.
    Owned(Vec<u8>),
}

impl Bytes {
    /// Maps a file; a size of zero, which can't be mapped everywhere, gives no bytes.
    pub(crate) fn map(path: &Path) -> io::Result<Self> {
        // Opening a pipe would wait for ever.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
        }
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Self::Owned(Vec::new()));
        }
        // SAFETY: the map is only read, and nothing here relies on two reads of a byte being equal for its own memory
        // safety: every offset is checked against the length of the slice. What remains is another process that
        // truncates the file, which would end us by SIGBUS. Git never does: it writes packs and indexes under a
        // temporary name, renames them and later only unlinks them, and an unlinked file stays mapped.
        #[allow(unsafe_code, reason = "mapping a file is unsafe by nature")]
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(Self::Mapped(map))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}
