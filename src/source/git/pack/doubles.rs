//! Which objects several packs have, so that each is visited once.

use super::Pack;

/// The objects of one pack that were met before, by their position in its index.
#[derive(Default)]
pub(super) struct Seen(Vec<u64>);

impl Seen {
    /// Whether an object is visited through another copy.
    pub(super) fn has(&self, position: u32) -> bool {
        self.0.get(position as usize / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    fn add(&mut self, position: u32, count: u32) {
        // Most packs have no double: the bits are made for the first.
        if self.0.is_empty() {
            self.0 = vec![0; count as usize / 64 + 1];
        }
        self.0[position as usize / 64] |= 1 << (position % 64);
    }
}

/// Finds them for each pack. The first pack is the reference: others are looked up in it and sorted among themselves,
/// 1/256 at a time, so that a large first pack costs next to nothing.
pub(super) fn find(packs: &[Pack]) -> Vec<Seen> {
    let mut seen: Vec<Seen> = packs.iter().map(|_| Seen::default()).collect();
    let Some((first, others)) = packs.split_first() else { return seen };
    let index = &first.index;
    // An index made of a pack that has an object twice lists it twice.
    for position in (1..index.count()).filter(|position| index.id_bytes(*position) == index.id_bytes(*position - 1)) {
        seen[0].add(position, index.count());
    }
    let mut all: Vec<(u64, usize, u32)> = Vec::new();
    for byte in 0..=255 {
        all.clear();
        for (number, pack) in others.iter().enumerate() {
            all.extend(pack.index.range(byte).map(|position| (beginning(pack.index.id_bytes(position)), number, position)));
        }
        let id = |entry: &(u64, usize, u32)| others[entry.1].index.id_bytes(entry.2);
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a).cmp(id(b))).then_with(|| a.cmp(b)));
        for (at, entry) in all.iter().enumerate() {
            let is_double = at > 0 && id(&all[at - 1]) == id(entry);
            if is_double || index.find(id(entry)).is_some() {
                seen[entry.1 + 1].add(entry.2, others[entry.1].index.count());
            }
        }
    }
    seen
}

fn beginning(id: &[u8]) -> u64 {
    id.first_chunk().map_or(0, |eight| u64::from_be_bytes(*eight))
}
