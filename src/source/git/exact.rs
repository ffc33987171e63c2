//! A stream of exactly as many bytes as an object says it has.
//!
//! In comes a stream and a size, out come the bytes; a stream that ends before, goes on after, or fails where its checksum
//! stands is an error and not the end of a smaller object.

use std::io::{Error, ErrorKind, Read, Result};

/// Reads `size` bytes and then the end.
#[derive(Debug)]
pub(super) struct Exact<R> {
    stream: R,
    left: u64,
}

impl<R: Read> Exact<R> {
    pub(super) fn new(stream: R, size: u64) -> Self {
        Self { stream, left: size }
    }
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            return match self.stream.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(Error::new(ErrorKind::InvalidData, "it is longer than it says")),
            };
        }
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.stream.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(Error::new(ErrorKind::UnexpectedEof, "it is shorter than it says"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_size_passes() {
        let read = |size| {
            let mut out = Vec::new();
            Exact::new(&b"four"[..], size).read_to_end(&mut out).map(|_| out).map_err(|error| error.kind())
        };
        assert_eq!(read(4), Ok(b"four".to_vec()));
        assert_eq!([read(3), read(0)], [Err(ErrorKind::InvalidData), Err(ErrorKind::InvalidData)]);
        assert_eq!([read(5), read(u64::MAX)], [Err(ErrorKind::UnexpectedEof), Err(ErrorKind::UnexpectedEof)]);
    }
}
