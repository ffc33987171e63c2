//! What one line or one small file of git's references says; bytes in, ids out.

use super::super::{Hash, ObjectId};

/// Where a working tree is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// On a branch, named in full, with its newest commit.
    Branch(Vec<u8>, ObjectId),
    /// On no branch.
    Detached(ObjectId),
    /// On a branch without a commit yet, named in full.
    Unborn(Vec<u8>),
    /// `HEAD` can't be read.
    Broken,
}

/// The content of a reference's own file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Loose {
    Direct(ObjectId),
    Symbolic(Vec<u8>),
}

/// Reads the file of a reference: an id, or `ref: ` and a name.
pub(super) fn loose(bytes: &[u8], hash: Hash) -> Option<Loose> {
    if let Some(name) = bytes.strip_prefix(b"ref:") {
        let name = name.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
        return (!name.is_empty()).then(|| Loose::Symbolic(name.to_vec()));
    }
    leading_id(bytes, hash).map(Loose::Direct)
}

/// A line of `packed-refs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed<'a> {
    Ref(&'a [u8], ObjectId),
    /// What the reference of the line before leads to.
    Peeled(ObjectId),
    Nothing,
}

/// Reads a line of `packed-refs`; `None` where it is broken.
pub(super) fn packed(line: &[u8], hash: Hash) -> Option<Packed<'_>> {
    let line = line.trim_ascii_end();
    match line.first() {
        None | Some(b'#') => Some(Packed::Nothing),
        Some(b'^') => leading_id(&line[1..], hash).map(Packed::Peeled),
        Some(_) => {
            let id = leading_id(line, hash)?;
            let name = line.get(hash.size() * 2 + 1..).filter(|name| !name.is_empty())?;
            Some(Packed::Ref(name, id))
        }
    }
}

/// The old and the new id of a line of a reflog, both of which may be zero; `None` where it is broken.
pub(super) fn logged(line: &[u8], hash: Hash) -> Option<[ObjectId; 2]> {
    Some([leading_id_or_zero(line, hash)?, leading_id_or_zero(line.get(hash.size() * 2 + 1..)?, hash)?])
}

/// All ids of a line of `info/grafts` or `shallow`; `None` where one is broken.
pub(super) fn listed(line: &[u8], hash: Hash) -> Option<Vec<ObjectId>> {
    if line.starts_with(b"#") {
        return Some(Vec::new());
    }
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).map(|word| leading_id(word, hash)).collect()
}

/// The id at the beginning, followed by white space or nothing. The id of nothing is none.
pub(super) fn leading_id(bytes: &[u8], hash: Hash) -> Option<ObjectId> {
    leading_id_or_zero(bytes, hash).filter(|id| !id.is_zero())
}

fn leading_id_or_zero(bytes: &[u8], hash: Hash) -> Option<ObjectId> {
    let (hex, rest) = bytes.split_at_checked(hash.size() * 2)?;
    if rest.first().is_some_and(|byte| !byte.is_ascii_whitespace()) {
        return None;
    }
    ObjectId::from_hex(hex)
}
