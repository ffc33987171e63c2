//! Compressed streams as readers. Each decoder is given the largest window that its own tool uses by default and no more, so
//! that a few bytes can't ask for gigabytes of memory.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::kind::Codec;

/// Memory for an `xz`, in KiB: twice what `xz -9` asks for.
const XZ_MEMORY: u32 = 128 << 10;

/// What comes out of a compressed stream.
pub(super) fn decoder<'i>(codec: Codec, input: &'i mut dyn Read) -> Box<dyn Read + 'i> {
    let input = BufReader::with_capacity(64 << 10, input);
    match codec {
        Codec::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
        Codec::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Codec::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, XZ_MEMORY)),
        Codec::Zstd => Box::new(Zstd { input, decoder: FrameDecoder::new(), within: false }),
    }
}

/// Frames of Zstandard one after the other; those that only carry notes are passed over.
struct Zstd<R> {
    input: BufReader<R>,
    decoder: FrameDecoder,
    /// Whether a frame has begun.
    within: bool,
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.within {
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    self.decoder.decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1)).map_err(io::Error::other)?;
                }
                let read = self.decoder.read(buffer)?;
                if read > 0 {
                    return Ok(read);
                }
                self.within = false;
            }
            if self.input.fill_buf()?.is_empty() {
                return Ok(0);
            }
            match self.decoder.reset(&mut self.input) {
                Ok(()) => self.within = true,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut self.input.by_ref().take(u64::from(length)), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}
