//! Buffers of one thread, used again and again.

/// How many bytes wait for use at most; more goes back to the system.
const KEPT: usize = 8 << 20;
const SMALLEST: usize = 1 << 12;

/// Some bytes, at the start of memory that may be longer.
pub(super) struct Buffer {
    /// All of it is initialised, so that nothing need be cleared when it is used again.
    memory: Vec<u8>,
    len: usize,
}

impl Buffer {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.memory[..self.len]
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[..self.len]
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(memory: Vec<u8>) -> Self {
        Self { len: memory.len(), memory }
    }
}

/// The buffers that wait for use, the latest last: it is the likeliest to be in a near cache.
#[derive(Default)]
pub(super) struct Pool {
    free: Vec<Buffer>,
    size: usize,
}

impl Pool {
    /// A buffer of `len` bytes, filled with anything.
    pub(super) fn take(&mut self, len: usize) -> Buffer {
        if let Some(at) = self.free.iter().rposition(|buffer| buffer.memory.len() >= len) {
            let mut buffer = self.free.remove(at);
            self.size -= buffer.memory.len();
            buffer.len = len;
            return buffer;
        }
        // Made of fresh zeroes, the pages of a large buffer take no memory before something is written to them: a header
        // that lies about its size costs nothing.
        let rounded = if len > KEPT { len } else { len.next_power_of_two().max(SMALLEST) };
        Buffer { memory: vec![0; rounded], len }
    }

    pub(super) fn give(&mut self, buffer: Buffer) {
        if self.size + buffer.memory.len() <= KEPT {
            self.size += buffer.memory.len();
            self.free.push(buffer);
        }
    }
}
