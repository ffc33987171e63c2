//! The header of one entry of a pack: what it is, how large, and where its compressed bytes begin.

use crate::source::git::{Hash, Kind, ObjectId};

/// What stands before an entry's compressed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What the compressed bytes are.
    pub(crate) form: Form,
    /// Their size when inflated.
    pub(crate) size: u64,
    /// Where they begin, from the start of the pack.
    pub(crate) data: usize,
}

/// An object, or what must be done to another to get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The object itself.
    Whole(Kind),
    /// A delta of the entry at this offset, which is always before it.
    OffsetDelta(u64),
    /// A delta of an object anywhere.
    IdDelta(ObjectId),
}

impl Entry {
    /// Reads the header at `offset`; `pack` ends where the trailing checksum begins.
    pub(crate) fn parse(pack: &[u8], offset: u64, hash: Hash) -> Result<Self, &'static str> {
        const CUT: &str = "an entry's header is cut short";
        let mut at = usize::try_from(offset).map_err(|_| CUT)?;
        let mut next = || {
            let byte = pack.get(at).copied().ok_or(CUT)?;
            at += 1;
            Ok::<u8, &'static str>(byte)
        };
        let first = next()?;
        let mut size = u64::from(first & 0x0f);
        let mut shift = 4;
        let mut byte = first;
        while byte & 0x80 != 0 {
            byte = next()?;
            let part = u64::from(byte & 0x7f);
            if shift > 60 || part << shift >> shift != part {
                return Err("an entry's size is beyond 64 bits");
            }
            size |= part << shift;
            shift += 7;
        }
        let form = match (first >> 4) & 7 {
            1 => Form::Whole(Kind::Commit),
            2 => Form::Whole(Kind::Tree),
            3 => Form::Whole(Kind::Blob),
            4 => Form::Whole(Kind::Tag),
            6 => {
                let mut byte = next()?;
                let mut back = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = next()?;
                    // One is added at each step so that no distance has two spellings.
                    if back >= 1 << 56 {
                        return Err("a delta's base is too far back");
                    }
                    back = ((back + 1) << 7) | u64::from(byte & 0x7f);
                }
                match offset.checked_sub(back) {
                    Some(base) if back > 0 => Form::OffsetDelta(base),
                    _ => return Err("a delta's base is outside the pack"),
                }
            }
            7 => {
                let id = at.checked_add(hash.size()).and_then(|end| pack.get(at..end)).and_then(ObjectId::from_bytes).ok_or(CUT)?;
                at += hash.size();
                Form::IdDelta(id)
            }
            _ => return Err("an entry is of no known kind"),
        };
        Ok(Self { form, size, data: at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let check = |bytes: &[u8], offset| Entry::parse(bytes, offset, Hash::Sha1);
        assert_eq!(check(&[0xb5, 0x01], 0), Ok(Entry { form: Form::Whole(Kind::Blob), size: 21, data: 2 }));
        assert_eq!(check(&[0, 0, 0x63, 0x02], 2), Ok(Entry { form: Form::OffsetDelta(0), size: 3, data: 4 }));
        let id = [&[0x71][..], &[9; 20]].concat();
        assert!(check(&id, 0).is_ok_and(|entry| matches!(entry.form, Form::IdDelta(_)) && entry.data == 21));
        for bad in [&[][..], &[0xb5], &[0x05], &[0x55], &[0x61, 0x01], &[0x61, 0x00], &[0x61, 0x80], &id[..20], &[0xff; 30]] {
            assert!(check(bad, 0).is_err(), "{bad:?}");
        }
        assert!(check(&[0x30], u64::MAX).is_err());
        // The largest size, and one bit more.
        let mut large = vec![0xbf; 1];
        large.extend([0xff; 8]);
        large.push(0x0f);
        assert_eq!(check(&large, 0).map(|entry| entry.size), Ok(u64::MAX));
        large[9] = 0x1f;
        assert!(check(&large, 0).is_err());
    }
}
