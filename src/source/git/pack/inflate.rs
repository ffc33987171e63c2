//! Inflating: whole buffers by libdeflate, beginnings and streams by zlib-rs.
//!
//! On a large history libdeflate took 0.82 of the time that zlib-rs takes; it needs the exact size, which git gives.

use flate2::{Decompress, FlushDecompress, Status};

/// Deflate makes at most 258 bytes out of two bits, and a stream has a few bytes around it.
const MOST: u64 = 1032;

/// What one thread inflates with.
pub(crate) struct Inflater {
    whole: libdeflater::Decompressor,
    /// Made when it is first needed.
    start: Option<Decompress>,
}

impl Inflater {
    pub(crate) fn new() -> Self {
        Self { whole: libdeflater::Decompressor::new(), start: None }
    }

    /// Inflates a zlib stream at the start of `input` into `out`, which has exactly its size. What follows it is ignored.
    pub(crate) fn exact(&mut self, input: &[u8], out: &mut [u8]) -> Result<(), &'static str> {
        match self.whole.zlib_decompress(input, out) {
            Ok(written) if written == out.len() => Ok(()),
            Ok(_) => Err("the compressed bytes are fewer than was said"),
            Err(libdeflater::DecompressionError::InsufficientSpace) => Err("the compressed bytes are more than was said"),
            Err(libdeflater::DecompressionError::BadData) => Err("the compressed bytes are broken"),
        }
    }

    /// Inflates the beginning of a stream, at most `out.len()` bytes; returns how many there are.
    pub(crate) fn beginning(&mut self, input: &[u8], out: &mut [u8]) -> Result<usize, &'static str> {
        let state = self.start.get_or_insert_with(|| Decompress::new(true));
        state.reset(true);
        let mut input = input;
        loop {
            let (before_in, before_out) = (state.total_in(), state.total_out());
            // INVARIANT: at most `out.len()` bytes were written in all.
            let at = before_out as usize;
            let status = state.decompress(input, &mut out[at..], FlushDecompress::None).map_err(|_| "the compressed bytes are broken")?;
            let (read, written) = (state.total_in() - before_in, state.total_out() - before_out);
            input = input.get(read as usize..).unwrap_or_default();
            let len = state.total_out() as usize;
            if status == Status::StreamEnd || len == out.len() || (read == 0 && written == 0) {
                return Ok(len);
            }
        }
    }
}

/// Whether so few compressed bytes can make so many; what can't is refused before memory is taken for it.
pub(crate) fn plausible(compressed: usize, size: u64) -> bool {
    size <= (compressed as u64).saturating_mul(MOST)
}

#[cfg(test)]
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_must_fit() {
        let text = b"a line\n".repeat(900);
        let mut packed = deflate(&text);
        packed.extend(b"and more");
        let mut inflater = Inflater::new();
        let mut out = vec![0; text.len()];
        inflater.exact(&packed, &mut out).expect("the stream");
        assert_eq!(out, text);
        assert!(inflater.exact(&packed, &mut out[1..]).is_err());
        assert!(inflater.exact(&packed, &mut [&out[..], &[0]].concat()).is_err());
        assert!(inflater.exact(&packed[..20], &mut out).is_err());
        for len in [0, 1, 40, text.len(), text.len() + 9] {
            let mut out = vec![0; len];
            let got = inflater.beginning(&packed, &mut out).expect("the stream");
            assert_eq!(out[..got], text[..len.min(text.len())]);
        }
        assert!(inflater.beginning(&packed[..20], &mut out).is_ok_and(|len| len < text.len()));
        assert!(inflater.beginning(b"no stream", &mut out).is_err());
        inflater.exact(&deflate(b""), &mut []).expect("an empty object");
        assert!(plausible(deflate(&vec![0; 1 << 20]).len(), 1 << 20) && !plausible(9, 10_000));
    }
}
