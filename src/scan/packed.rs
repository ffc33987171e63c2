//! Archives as folders of inputs: what a worker does with each member, and with archives within archives.

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::Ordering;

use super::worker::Worker;
use crate::error::{ScanPath, SkipClass};
use crate::source::archive::{self, Archive, Budget, HEAD, Input, Member, Opened};

/// Archives within archives that are opened.
const NESTED: usize = 3;
/// The largest archive that is read into memory, in bytes: one within another that can't be read in one pass, one in git, or
/// one that comes through a pipe.
pub(super) const LARGEST_NESTED: u64 = 512 << 20;

impl Worker<'_> {
    /// Scans the members of the archive at `path`, as files below its name; false when it is none, whatever its name says.
    pub(super) fn archive_at(&mut self, name: &ScanPath, path: &Path) -> bool {
        let Ok(mut file) = std::fs::File::open(path) else { return false };
        let Ok(head) = head_of(&mut file) else { return false };
        let Some(kind) = archive::kind_of(&name.text, &head) else { return false };
        let Ok(stored) = file.seek(SeekFrom::End(0)).and_then(|stored| file.rewind().map(|()| stored)) else { return false };
        self.opened(name, kind, Input::File(&mut std::io::BufReader::new(file)), stored)
    }

    /// The same of an archive in memory, opened as one `called` so would be: it is stored in git, or came through a pipe.
    pub(super) fn archive_of(&mut self, name: &ScanPath, called: &str, bytes: &[u8]) -> bool {
        let Some(kind) = archive::kind_of(called, &bytes[..bytes.len().min(HEAD)]) else { return false };
        self.opened(name, kind, Input::File(&mut Cursor::new(bytes)), bytes.len() as u64)
    }

    /// Scans an input that is an archive, if the name that it is `called` and its first bytes say so, and else a file like any
    /// other; `called` is asked for by these bytes.
    pub(super) fn archive_or_input(&mut self, name: &ScanPath, called: impl FnOnce(&[u8]) -> Option<String>, mut input: impl Read) -> std::io::Result<()> {
        let head = head_of(&mut input)?;
        let Some(called) = called(&head) else { return self.input(name, &name.text, head.chain(input)) };
        let mut bytes = Vec::new();
        head.chain(input).take(LARGEST_NESTED + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST_NESTED {
            self.skip(name, "an archive of more than 512 MiB that is no file: write it to one and scan that".to_owned(), SkipClass::Lost);
        } else if !self.archive_of(name, &called, &bytes) {
            return self.input(name, &name.text, bytes.as_slice());
        }
        Ok(())
    }

    /// Opens an archive of `stored` bytes that lies in no other.
    fn opened(&mut self, name: &ScanPath, kind: Archive, input: Input<'_>, stored: u64) -> bool {
        let budget = Budget::new(stored);
        if !self.archive(name, kind, input, &budget, NESTED) {
            return false;
        }
        if let Some(limit) = budget.broken() {
            self.skip(name, limit.to_owned(), SkipClass::Lost);
        }
        self.mine.files += 1;
        true
    }

    /// Scans the members of an archive; false when it is none.
    fn archive(&mut self, name: &ScanPath, kind: Archive, input: Input<'_>, budget: &Budget, depth: usize) -> bool {
        let opened = archive::each(kind, &name.text, input, budget, &mut |member: Member<'_>| {
            let outer = name.bytes.as_deref().unwrap_or(name.text.as_bytes());
            let inner = ScanPath::from_bytes(&[outer, b"!/", member.name].concat());
            // Members are no files of their own in the summary.
            let (wrapped, files) = (self.wraps.len(), self.mine.files);
            self.wraps.extend(member.wraps);
            self.member(&inner, member.bytes, budget, depth);
            self.wraps.truncate(wrapped);
            self.mine.files = files;
            !self.progress.stop.load(Ordering::Relaxed)
        });
        match opened {
            Opened::Not(_) => return false,
            Opened::Partly(lost) => lost.into_iter().for_each(|reason| self.skip(name, reason, SkipClass::Lost)),
            Opened::Whole => {}
        }
        true
    }

    /// Scans one member. What is broken in it is told by whoever reads the archive.
    fn member(&mut self, inner: &ScanPath, bytes: &mut dyn Read, budget: &Budget, depth: usize) {
        if !archive::is_one(&inner.text) {
            let _ = self.input(inner, &inner.text, bytes);
            return;
        }
        let head = head_of(bytes).unwrap_or_default();
        let mut bytes = head.chain(bytes);
        match archive::kind_of(&inner.text, &head) {
            None => {
                let _ = self.input(inner, &inner.text, bytes);
            }
            Some(_) if depth == 0 => self.skip(inner, format!("an archive within {} others, where skout ends", NESTED + 1), SkipClass::Lost),
            Some(kind) if archive::is_sequential(kind) => {
                self.archive(inner, kind, Input::Stream(&mut bytes), budget, depth - 1);
            }
            Some(kind) => {
                let mut nested = Vec::new();
                let read = bytes.take(LARGEST_NESTED + 1).read_to_end(&mut nested);
                if read.is_err() || nested.len() as u64 > LARGEST_NESTED {
                    self.skip(inner, "an archive within an archive, and larger than 512 MiB".to_owned(), SkipClass::Lost);
                } else if !self.archive(inner, kind, Input::File(&mut Cursor::new(&nested)), budget, depth - 1) {
                    let _ = self.input(inner, &inner.text, nested.as_slice());
                }
            }
        }
    }
}

/// The first bytes of an input: all of them where it is shorter.
fn head_of(input: &mut (impl Read + ?Sized)) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    input.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}
