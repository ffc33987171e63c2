//! Reading files: one open, reads into a reused buffer, one close; large ones in overlapping windows.
//!
//! No `fstat` and no memory map: at a mean of some kilobytes a file, system calls are what a scan costs.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A file longer than this comes in windows, so that memory is bounded whatever its size. In bytes, even.
const WINDOW: usize = 16 << 20;
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
}

impl Window<'_> {
    /// Where in the stored bytes the values begin that this window answers for; the next or the last window saw the others.
    pub fn own(&self) -> std::ops::Range<usize> {
        let start = if self.first { 0 } else { OVERLAP / 2 };
        let end = if self.last { self.bytes.len() } else { self.bytes.len() - OVERLAP / 2 };
        start..end
    }

    /// Where in the stored bytes the next window begins.
    pub fn next_start(&self) -> usize {
        self.bytes.len() - OVERLAP.min(self.bytes.len())
    }
}

/// A worker's buffer.
#[derive(Debug)]
pub struct Reader {
    buffer: Vec<u8>,
    window: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self { buffer: vec![0; 64 << 10], window: WINDOW }
    }
}

impl Reader {
    /// Reads a file, giving each window to `each` until that returns false; returns the number of bytes read.
    ///
    /// # Errors
    /// Those of the system, and one of `InvalidInput` for what is no regular file.
    pub fn read_file(&mut self, path: &Path, each: impl FnMut(Window<'_>) -> bool) -> io::Result<u64> {
        self.read(File::open(path)?, each)
    }

    /// The same for any input.
    ///
    /// # Errors
    /// Those of the input.
    pub fn read(&mut self, mut input: impl Read, mut each: impl FnMut(Window<'_>) -> bool) -> io::Result<u64> {
        let (mut filled, mut total, mut first) = (0, 0, true);
        loop {
            let at_end = self.fill(&mut input, &mut filled, &mut total)?;
            let window = Window { bytes: &self.buffer[..filled], first, last: at_end };
            let next = window.next_start();
            if !each(window) || at_end {
                break;
            }
            self.buffer.copy_within(next..filled, 0);
            (filled, first) = (filled - next, false);
        }
        // One huge file must not hold its memory for the rest of the run.
        if self.buffer.len() > self.window {
            self.buffer.truncate(self.window);
            self.buffer.shrink_to_fit();
        }
        Ok(total)
    }

    /// Reads until a window is full or the input ends; true at its end.
    fn fill(&mut self, input: &mut impl Read, filled: &mut usize, total: &mut u64) -> io::Result<bool> {
        loop {
            if *filled == self.buffer.len() {
                if *filled >= self.window {
                    // A full window may be all there is: one byte more decides.
                    let mut probe = [0];
                    return loop {
                        match input.read(&mut probe) {
                            Ok(0) => break Ok(true),
                            Ok(_) => {
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
                let larger = (self.buffer.len() * 4).min(self.window);
                self.buffer.resize(larger, 0);
            }
            match input.read(&mut self.buffer[*filled..]) {
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
        for length in [0, 1, 1000, 3 << 20, (3 << 20) + 1, (7 << 20) + 12345] {
            let bytes: Vec<u8> = (0..length).map(|at: usize| (at % 251) as u8).collect();
            let mut reader = Reader { buffer: vec![0; 4096], window: 1 << 20 };
            let (mut start, mut owned) = (0, 0);
            let total = reader
                .read(bytes.as_slice(), |window| {
                    assert_eq!(window.bytes, &bytes[start..start + window.bytes.len()]);
                    let own = window.own();
                    assert_eq!(start + own.start, owned);
                    owned = start + own.end;
                    start += window.next_start();
                    true
                })
                .expect("reading from memory does not fail");
            assert_eq!((total, owned), (length as u64, length), "{length}");
        }
    }
}
