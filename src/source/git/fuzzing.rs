//! What the fuzz targets call, and tests with chance bytes: each function panics when a promise is broken.

use std::collections::BTreeMap;
use std::io::Read;
use std::rc::Rc;

use super::pack::build::{Builder, Code, index as index_bytes};
use super::pack::bytes::Bytes;
use super::pack::delta;
use super::pack::index::Index;
pub use super::refs::fuzzing::read_lines;
use super::{Copied, Hash, Kind, ObjectId, Objects, Trouble, Visit, VisitOptions, Visitor};

/// Larger objects are refused, so that a run stays small.
const MOST: u64 = 1 << 16;
const KINDS: [Kind; 4] = [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag];

/// What became of an object.
pub(super) type Found = Result<(Kind, Vec<u8>), Trouble>;

/// Applies a delta to a base; the copies that it tells of must be in the result, in order.
pub fn check_delta(base: &[u8], delta: &[u8]) {
    let Ok(sizes) = delta::sizes(delta) else { return };
    assert!(sizes.len <= 20 && sizes.len <= delta.len());
    if sizes.result > 1 << 20 {
        return;
    }
    let mut result = vec![0; sizes.result as usize];
    let mut copied = Vec::new();
    if delta::apply(base, &delta[sizes.len..], &mut result, &mut copied).is_ok() {
        check_copies(base, &result, &copied);
    }
}

fn check_copies(base: &[u8], result: &[u8], copied: &[Copied]) {
    let mut end = 0;
    for copy in copied {
        let (from, at, len) = (copy.from as usize, copy.at as usize, copy.len as usize);
        assert!(at >= end && len > 0, "{copied:?}");
        assert!(base[from..from + len] == result[at..at + len], "{copy:?}");
        end = at + len;
    }
}

/// Reads any bytes as an index.
pub fn check_index(bytes: &[u8]) {
    for hash in [Hash::Sha1, Hash::Sha256] {
        let Ok(index) = Index::open(Bytes::Owned(bytes.to_vec()), hash) else { continue };
        assert!(u64::from(index.count()) * hash.size() as u64 <= bytes.len() as u64);
        assert_eq!(index.pack_checksum().len(), hash.size());
        let ids: Vec<ObjectId> = (0..index.count()).map(|position| index.id(position)).collect();
        let is_sorted = ids.is_sorted_by(|a, b| a < b) && (0..index.count()).all(|at| index.range(index.id_bytes(at)[0]).contains(&at));
        for (position, id) in ids.iter().enumerate() {
            let _ = index.offset(position as u32);
            let found = index.find(id.as_bytes());
            assert!(found.is_none_or(|found| ids[found as usize] == *id));
            assert!(!is_sorted || found == Some(position as u32));
        }
        let _ = (index.find(&[0; 32]), index.lower_bound(bytes), index.lower_bound(&[]));
    }
}

/// Makes an index of the bytes' choice and changes bytes in it: chance alone hardly ever makes a length that fits.
pub fn check_edited_index(input: &[u8]) {
    let Some((&[form, count], rest)) = input.split_first_chunk() else { return };
    let hash = if form & 1 == 0 { Hash::Sha1 } else { Hash::Sha256 };
    let (ids, edits) = rest.split_at(rest.len().min(usize::from(count % 32) * 2));
    let mut entries: Vec<(ObjectId, u64)> = ids.chunks(2).map(|pair| (id_of(pair[0], hash), u64::from(pair[0]) << (pair[pair.len() - 1] % 50))).collect();
    entries.sort();
    let mut bytes = index_bytes(&entries, hash);
    if form & 2 != 0 {
        // Version 1: the fanout, then each offset with its id, then the checksums.
        let mut old = bytes[8..8 + 1024].to_vec();
        for (id, offset) in &entries {
            old.extend((*offset as u32).to_be_bytes());
            old.extend(id.as_bytes());
        }
        old.resize(old.len() + 2 * hash.size(), 0);
        bytes = old;
    }
    for edit in edits.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % bytes.len();
        bytes[at] ^= edit[2];
    }
    if form & 4 != 0 {
        bytes.truncate(bytes.len() - usize::from(form >> 3));
    }
    check_index(&bytes);
}

/// Makes one or two packs out of the bytes, with deltas by offset and by id, forth, back and across, of which some lie;
/// then every object must be visited or reported exactly once, copies must be true, and reading by id must agree.
pub fn check_packs(input: &[u8]) {
    let mut bytes = input.iter().copied();
    let mut next = move || bytes.next();
    let Some(first) = next() else { return };
    let hash = if first & 1 == 0 { Hash::Sha1 } else { Hash::Sha256 };
    let mut builders = vec![Builder::new(hash)];
    let mut count: u8 = 0;
    while let Some(code) = next() {
        if count >= 60 {
            break;
        }
        let target = next().unwrap_or(0);
        let builder = builders.last_mut().expect("there is always one");
        let id = id_of(if code & 0x80 != 0 && first & 2 != 0 { target % 60 } else { count }, hash);
        let base_of = |at: u8| builder.entries.get(usize::from(at) % builder.entries.len().max(1)).map_or(12, |entry| entry.1);
        let code_of = match code & 15 {
            kind @ 0..=5 => Code::Whole(kind),
            6..=9 => Code::Offset(base_of(target)),
            10..=13 => Code::Id(id_of(target % 60, hash)),
            14 => {
                builders.push(Builder::new(hash));
                continue;
            }
            _ => {
                // Raw bytes, to which the index will point.
                let entry = (id, builder.offset());
                builder.entries.push(entry);
                (0..target % 40).for_each(|_| builder.bytes.push(next().unwrap_or(0)));
                count += 1;
                continue;
            }
        };
        let len = usize::from(next().unwrap_or(0) % 64);
        let mut content: Vec<u8> = (0..len).filter_map(|_| next()).collect();
        if code & 0x40 != 0 && !matches!(code_of, Code::Whole(_)) {
            // A delta that fits bases of this length, which would rarely come about by chance.
            let base = content.first().map_or(0, |byte| byte % 64);
            let size = content.get(1).map_or(0, |byte| byte % 64);
            content = vec![base, base, 0x90, base];
            if base == 0 || size & 1 == 1 {
                content = vec![base, size % 4 + 1, size % 4 + 1, 7, 7, 7, 7];
                content.truncate(3 + usize::from(size % 4 + 1));
            }
        }
        let lie = (code & 0x30 == 0x30).then(|| u64::from(target) << (target % 33));
        builder.add(id, code_of, &content, lie);
        if code & 0x30 == 0x20 {
            // Now and then an index with a wrong offset.
            builder.entries.last_mut().expect("it was just added").1 ^= u64::from(target) << (target % 40);
        }
        count += 1;
    }
    let mut packs = Vec::new();
    let mut ids = BTreeMap::new();
    for mut builder in builders.into_iter().take(4) {
        builder.entries.sort();
        check_index(&index_bytes(&builder.entries, hash));
        builder.entries.iter().for_each(|(id, _)| *ids.entry(*id).or_insert(0) += 1);
        packs.extend(builder.finish());
    }
    // Copies that contradict each other may be taken for each other.
    let is_clear = ids.values().all(|count| *count == 1);
    check_store(&Objects::of_packs(packs, hash), &ids.into_keys().collect::<Vec<_>>(), is_clear);
}

fn id_of(number: u8, hash: Hash) -> ObjectId {
    let mut bytes = [0; 32];
    bytes[0] = number / 5;
    bytes[1] = number;
    ObjectId::from_bytes(&bytes[..hash.size()]).expect("the size of a hash")
}

/// Visits all of a store whose ids are known, and holds it against reading by id if all copies of an id are alike.
pub(super) fn check_store(objects: &Objects, ids: &[ObjectId], is_clear: bool) {
    let mut first = None;
    for threads in [1, 2] {
        let options = VisitOptions { max_size: MOST };
        let mut met: BTreeMap<ObjectId, Found> = BTreeMap::new();
        for visitor in objects.visit_all(&KINDS, threads, &options, Collector::default) {
            for (id, found) in visitor.met {
                assert!(met.insert(id, found).is_none(), "{id} was visited twice");
            }
        }
        assert_eq!(met.keys().copied().collect::<Vec<_>>(), ids);
        let mut reader = objects.reader();
        for (id, found) in &met {
            assert!(objects.has(id));
            let (read, header) = (reader.read(id, MOST), reader.header(id));
            if let Ok((kind, bytes)) = found
                && is_clear
            {
                assert_eq!(read.as_ref(), Ok(&(*kind, bytes.clone())), "{id}");
            }
            if let (Ok((kind, bytes)), Ok(header), true) = (&read, header, is_clear) {
                assert_eq!((header.0, header.1), (*kind, bytes.len() as u64), "{id}");
            }
            let _ = objects.stream(id, &mut |stream| {
                let mut bytes = Vec::new();
                let whole = stream.take(MOST).read_to_end(&mut bytes);
                if let (Ok(_), Ok(found), true) = (whole, found, is_clear) {
                    assert_eq!(bytes, found.1);
                }
            });
        }
        // What could be read must not depend on the threads.
        let readable: Vec<_> = met.into_iter().filter_map(|(id, found)| found.ok().map(|found| (id, found))).collect();
        assert!(first.is_none_or(|first| first == readable || !is_clear));
        first = Some(readable);
    }
}

/// Collects what it meets, and checks the copies against the base.
#[derive(Default)]
pub(super) struct Collector {
    /// What was visited or refused, in order.
    pub(super) met: Vec<(ObjectId, Found)>,
    /// How many of the visits told of copies.
    pub(super) copied: usize,
    /// How many were passed.
    pub(super) passed: usize,
}

impl Collector {
    fn check(&self, object: &Visit<'_>, base: Option<&Rc<Vec<u8>>>) -> Rc<Vec<u8>> {
        assert_eq!(object.copied.is_some(), base.is_some());
        if let (Some(copied), Some(base)) = (object.copied, base) {
            check_copies(base, object.bytes, copied);
        }
        Rc::new(object.bytes.to_vec())
    }
}

impl Visitor for Collector {
    type State = Rc<Vec<u8>>;

    fn visit(&mut self, object: &Visit<'_>, base: Option<&Self::State>) -> Self::State {
        self.met.push((object.id, Ok((object.kind, object.bytes.to_vec()))));
        self.copied += usize::from(object.copied.is_some());
        self.check(object, base)
    }

    fn pass(&mut self, object: &Visit<'_>, base: Option<&Self::State>) -> Self::State {
        self.passed += 1;
        self.check(object, base)
    }

    fn large(&mut self, id: ObjectId, _: Kind, size: u64, bytes: Option<&mut dyn Read>) {
        if let Some(bytes) = bytes {
            let _ = bytes.take(MOST).read_to_end(&mut Vec::new());
        }
        self.met.push((id, Err(Trouble::TooLarge(size))));
    }

    fn lost(&mut self, id: ObjectId, trouble: Trouble) {
        self.met.push((id, Err(trouble)));
    }
}
