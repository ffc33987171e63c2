//! Reading files: one open, reads into a reused buffer, one close; large ones in overlapping windows.
//!
//! No `fstat` and no memory map: at a mean of some kilobytes a file, system calls are what a scan costs.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

/// A file longer than this comes in windows, so that memory is bounded whatever its size. In bytes, even.
const WINDOW: usize = 2 << 20;
/// The same for a file of which more is known where it can be seen as a whole. In bytes, even.
const WHOLE: usize = 16 << 20;
/// What a buffer begins with: most files fit. In bytes.
const LEAST: usize = 64 << 10;
/// How much two windows share: more than the longest value with its statement on both sides. In bytes, even.
const OVERLAP: usize = 256 << 10;

/// A part of an input, nearly always the whole of it.
#[derive(Debug, Clone, Copy)]
pub struct Window<'b> {
    /// The stored bytes.
    pub bytes: &'b [u8],
    /// Whether it is the first.
    pub first: bool,
    /// Whether it is the last.
    pub last: bool,
    /// Whether its thread has the lock of [`alone`] already.
    pub is_alone: bool,
    /// How much it shares with the next one.
    overlap: usize,
}

impl Window<'_> {
    /// Where in the stored bytes the values begin that this window answers for; the next or the last window saw the others.
    pub fn own(&self) -> std::ops::Range<usize> {
        let start = if self.first { 0 } else { self.overlap / 2 };
        let end = if self.last { self.bytes.len() } else { self.next_start() + self.overlap / 2 };
        start..end
    }

    /// Where in the stored bytes the next window begins: at an even byte, so that the units of UTF-16 stay whole.
    pub fn next_start(&self) -> usize {
        (self.bytes.len() - self.overlap.min(self.bytes.len())) & !1
    }
}

/// One thread at a time has a buffer that is larger than a window.
static LARGE: Mutex<()> = Mutex::new(());

/// Waits until no other thread does what takes much memory: holding a large file as a whole, parsing a large text.
pub fn alone() -> Option<MutexGuard<'static, ()>> {
    LARGE.lock().ok()
}

/// A worker's buffer.
#[derive(Debug)]
pub struct Reader {
    buffer: Vec<u8>,
    window: usize,
    whole: usize,
    overlap: usize,
}

impl Default for Reader {
    fn default() -> Self {
        // Empty: a worker takes its reader out of itself for each file, and leaves such a one behind.
        Self { buffer: Vec::new(), window: WINDOW, whole: WHOLE, overlap: OVERLAP }
    }
}

impl Reader {
    /// A reader of windows of `window` bytes that share `overlap`: what a test of their seams needs. Both are even, and a window
    /// is larger than what two share.
    #[cfg(test)]
    pub(crate) fn with_windows(window: usize, overlap: usize) -> Self {
        Self { buffer: vec![0; 4096], window, whole: window, overlap }
    }

    /// Reads a file, giving each window to `each` until that returns false; returns the number of bytes read.
    ///
    /// # Errors
    /// Those of the system, and one of `InvalidInput` for what is no regular file.
    pub fn read_file(&mut self, path: &Path, each: impl FnMut(Window<'_>) -> bool) -> io::Result<u64> {
        self.read(File::open(path)?, false, each)
    }

    /// The same for any input. With `whole`, one of up to 16 MiB comes in one window.
    ///
    /// # Errors
    /// Those of the input.
    pub fn read(&mut self, mut input: impl Read, whole: bool, mut each: impl FnMut(Window<'_>) -> bool) -> io::Result<u64> {
        let (mut filled, mut total, mut first) = (0, 0, true);
        let mut large = None;
        loop {
            let mut at_end = self.fill(&mut input, self.window, &mut filled, &mut total)?;
            if !at_end && first && whole && self.whole > self.window {
                large = alone();
                at_end = self.fill(&mut input, self.whole, &mut filled, &mut total)?;
            }
            let window = Window { bytes: &self.buffer[..filled], first, last: at_end, is_alone: large.is_some(), overlap: self.overlap };
            let next = window.next_start();
            if !each(window) || at_end {
                break;
            }
            self.buffer.copy_within(next..filled, 0);
            (filled, first) = (filled - next, false);
            // It was larger than that: the rest comes like that of any other file.
            if large.take().is_some() {
                self.shrink();
            }
        }
        self.shrink();
        Ok(total)
    }

    /// One huge file must not hold its memory for the rest of the run.
    fn shrink(&mut self) {
        if self.buffer.len() > self.window + 1 {
            self.buffer.truncate(self.window);
            self.buffer.shrink_to_fit();
        }
    }

    /// Reads until `limit` bytes are there or the input ends; true at its end.
    fn fill(&mut self, input: &mut impl Read, limit: usize, filled: &mut usize, total: &mut u64) -> io::Result<bool> {
        loop {
            if *filled >= limit {
                // A full window may be all there is: one byte more decides.
                let mut probe = [0];
                return loop {
                    match input.read(&mut probe) {
                        Ok(0) => break Ok(true),
                        Ok(_) => {
                            self.buffer.truncate(*filled);
                            self.buffer.push(probe[0]);
                            *filled += 1;
                            *total += 1;
                            break Ok(false);
                        }
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => break Err(error),
                    }
                };
            }
            if *filled >= self.buffer.len() {
                // A buffer of more than a window grows by windows: what it has too much is memory too.
                let grown = if self.buffer.len() < self.window { self.buffer.len() * 4 } else { self.buffer.len() + self.window };
                let larger = grown.max(LEAST).min(limit).max(*filled + 1);
                self.buffer.reserve_exact(larger - self.buffer.len());
                self.buffer.resize(larger, 0);
            }
            let end = self.buffer.len().min(limit);
            match input.read(&mut self.buffer[*filled..end]) {
                Ok(0) => return Ok(true),
                Ok(count) => {
                    *filled += count;
                    *total += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_all_and_own_each_byte_once() {
        for (length, is_whole) in
            [0, 1, 1000, 1 << 20, 3 << 20, (3 << 20) + 1, 4 << 20, (7 << 20) + 12345].into_iter().flat_map(|length| [(length, false), (length, true)])
        {
            let bytes: Vec<u8> = (0..length).map(|at: usize| (at % 251) as u8).collect();
            let mut reader = Reader { whole: 4 << 20, ..Reader::with_windows(1 << 20, OVERLAP) };
            let (mut start, mut owned, mut windows) = (0, 0, 0);
            let total = reader
                .read(bytes.as_slice(), is_whole, |window| {
                    assert_eq!(window.bytes, &bytes[start..start + window.bytes.len()]);
                    let own = window.own();
                    assert_eq!(start + own.start, owned);
                    owned = start + own.end;
                    start += window.next_start();
                    windows += 1;
                    true
                })
                .expect("reading from memory does not fail");
            assert_eq!((total, owned), (length as u64, length), "{length}");
            assert_eq!(windows == 1, length <= if is_whole { 4 << 20 } else { 1 << 20 }, "{length}");
            assert!(reader.buffer.capacity() <= (1 << 20) + 1 || reader.buffer.len() <= (1 << 20) + 1);
        }
    }
}
