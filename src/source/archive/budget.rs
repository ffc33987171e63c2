//! How much may come out of one file that somebody hands in. Sizes that an archive states are never believed: what comes out
//! is counted, for all the archives within it together.

use std::cell::Cell;
use std::io::{self, Read};

/// Bytes that come out of one archive at most.
const MOST: u64 = 4 << 30;
/// So many bytes may come out of the smallest.
const FREE: u64 = 256 << 20;
/// Beyond that, as many times its size. Logs and dumps shrink to a hundredth, and a bomb to a millionth.
const RATIO: u64 = 200;
/// Members of one archive and those within it.
const MEMBERS: u64 = 1_000_000;

/// What is left for one archive on disk and all within it.
#[derive(Debug)]
pub struct Budget {
    left: Cell<u64>,
    members: Cell<u64>,
    broken: Cell<Option<&'static str>>,
}

impl Budget {
    /// That of an archive of so many bytes.
    pub fn new(stored: u64) -> Self {
        Self { left: Cell::new(stored.saturating_mul(RATIO).clamp(FREE, MOST)), members: Cell::new(MEMBERS), broken: Cell::new(None) }
    }

    #[cfg(test)]
    pub(super) fn of(left: u64, members: u64) -> Self {
        Self { left: Cell::new(left), members: Cell::new(members), broken: Cell::new(None) }
    }

    /// The limit that was met, as a sentence; `None` when all came out.
    pub fn broken(&self) -> Option<&'static str> {
        self.broken.get()
    }

    /// Whether one member more may be visited.
    pub(super) fn member(&self) -> bool {
        match self.members.get().checked_sub(1) {
            Some(left) => self.members.set(left),
            None => self.broken.set(Some("it has more than a million members: the rest was not read")),
        }
        self.broken.get().is_none()
    }

    fn take(&self, bytes: u64) {
        self.left.set(self.left.get().saturating_sub(bytes));
    }

    fn end(&self) {
        self.broken.set(Some("it unpacks to more than 4 GiB or 200 times its size: the rest was not read"));
    }
}

/// Lets so many bytes through as the budget allows; what is broken ends early, and is noted.
pub(super) struct Counted<'r> {
    input: &'r mut dyn Read,
    /// That of what expands; members that lie there as they are cost nothing.
    budget: &'r Budget,
    /// Why the input failed.
    pub(super) failed: Option<String>,
}

impl<'r> Counted<'r> {
    pub(super) fn new(input: &'r mut dyn Read, budget: &'r Budget) -> Self {
        Self { input, budget, failed: None }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.budget.broken().is_some() || buffer.is_empty() || self.failed.is_some() {
            return Ok(0);
        }
        let left = self.budget.left.get();
        // At the limit one byte more tells whether anything is lost.
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX).max(1));
        match self.input.read(&mut buffer[..most]) {
            Ok(read) if read as u64 > left => {
                self.budget.end();
                Ok(0)
            }
            Ok(read) => {
                self.budget.take(read as u64);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failed = Some(error.to_string());
                Ok(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_exactly_is_whole() {
        for (length, whole) in [(9_usize, true), (10, true), (11, false)] {
            let (budget, bytes) = (Budget::of(10, 1), vec![1; length]);
            let mut out = Vec::new();
            Counted::new(&mut bytes.as_slice(), &budget).read_to_end(&mut out).expect("no error");
            assert_eq!((out.len(), budget.broken().is_none()), (length.min(10), whole));
        }
    }

    #[test]
    fn budgets_grow_with_the_file() {
        for (stored, left) in [(0, FREE), (42_000, FREE), (2 << 20, 400 << 20), (u64::MAX, MOST)] {
            assert_eq!(Budget::new(stored).left.get(), left);
        }
    }

    #[test]
    fn members_are_counted() {
        let budget = Budget::of(1, 2);
        assert_eq!([budget.member(), budget.member(), budget.member()], [true, true, false]);
        assert!(budget.broken().is_some());
    }
}
