//! What a reader remembers between objects: the decoded bases of deltas.

use std::rc::Rc;

use super::kind::Kind;

/// How many bytes are kept.
const KEPT: usize = 16 << 20;
const SLOTS: usize = 1024;

/// Decoded bases, by pack and offset. One slot for each value of a hash: simple, and as good as a list by age where a
/// walk goes through neighbouring versions.
#[derive(Default)]
pub(super) struct Bases {
    slots: Vec<Option<Known>>,
    /// In bytes.
    size: usize,
    /// The slot that is emptied next when there is too much.
    hand: usize,
}

struct Known {
    pack: usize,
    offset: u64,
    kind: Kind,
    bytes: Rc<Vec<u8>>,
}

impl Bases {
    fn slot(pack: usize, offset: u64) -> usize {
        let mixed = (offset ^ (pack as u64) << 40).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 54) as usize % SLOTS
    }

    /// A base, if it is still there.
    pub(super) fn get(&self, pack: usize, offset: u64) -> Option<(Kind, Rc<Vec<u8>>)> {
        let known = self.slots.get(Self::slot(pack, offset))?.as_ref()?;
        (known.pack == pack && known.offset == offset).then(|| (known.kind, Rc::clone(&known.bytes)))
    }

    /// Remembers a base; large ones are not worth what they push out.
    pub(super) fn put(&mut self, pack: usize, offset: u64, kind: Kind, bytes: &Rc<Vec<u8>>) {
        if bytes.len() > KEPT / 4 {
            return;
        }
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let slot = Self::slot(pack, offset);
        self.empty(slot);
        while self.size + bytes.len() > KEPT {
            self.empty(self.hand);
            self.hand = (self.hand + 1) % SLOTS;
        }
        self.size += bytes.len();
        self.slots[slot] = Some(Known { pack, offset, kind, bytes: Rc::clone(bytes) });
    }

    fn empty(&mut self, slot: usize) {
        if let Some(known) = self.slots[slot].take() {
            self.size -= known.bytes.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_holds() {
        let mut bases = Bases::default();
        for offset in 0..5000 {
            let bytes = Rc::new(vec![7; 100_000]);
            bases.put(1, offset, Kind::Blob, &bytes);
            assert!(bases.size <= KEPT);
            assert_eq!(bases.get(1, offset).map(|known| known.1), Some(bytes));
            assert!(bases.get(2, offset).is_none());
        }
        assert_eq!(bases.size, bases.slots.iter().flatten().map(|known| known.bytes.len()).sum::<usize>());
        assert!(bases.size > KEPT / 2);
        bases.put(1, 9_999, Kind::Blob, &Rc::new(vec![0; KEPT]));
        assert!(bases.get(1, 9_999).is_none());
    }
}
