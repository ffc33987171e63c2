//! Deltas: how one object is made of pieces of another and of new bytes.

/// A piece of the result that was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Where it begins in the base, in bytes.
    pub from: u32,
    /// Where it begins in the result.
    pub at: u32,
    /// Its length, never zero.
    pub len: u32,
}

/// What a delta says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// The size that the base must have.
    pub(crate) base: u64,
    /// The size of the result.
    pub(crate) result: u64,
    /// Where the instructions begin.
    pub(crate) len: usize,
}

/// Reads the sizes at the start of a delta; at most 20 bytes of it are needed.
pub(crate) fn sizes(delta: &[u8]) -> Result<Sizes, &'static str> {
    let (base, first) = varint(delta)?;
    let (result, second) = varint(delta.get(first..).unwrap_or_default())?;
    Ok(Sizes { base, result, len: first + second })
}

fn varint(bytes: &[u8]) -> Result<(u64, usize), &'static str> {
    let mut value = 0;
    let mut shift = 0;
    for (index, byte) in bytes.iter().enumerate() {
        let part = u64::from(byte & 0x7f);
        if shift > 63 || part << shift >> shift != part {
            return Err("a delta's size is beyond 64 bits");
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Ok((value, index + 1));
        }
        shift += 7;
    }
    Err("a delta's header is cut short")
}

/// Carries out the instructions that follow a delta's sizes: fills `out`, whose length is the result's size, and notes
/// the copies in rising order of `at`, with those joined that continue each other. Both sizes must be below 4 GiB.
///
/// What `copied` and `out` hold after an error means nothing.
pub(crate) fn apply(base: &[u8], instructions: &[u8], out: &mut [u8], copied: &mut Vec<Copied>) -> Result<(), &'static str> {
    const CUT: &str = "a delta is cut short";
    copied.clear();
    let mut rest = instructions;
    let mut at = 0;
    while let Some((&command, after)) = rest.split_first() {
        rest = after;
        if command & 0x80 != 0 {
            // Four bytes of an offset and three of a length, where those that are zero are left out.
            let mut from = 0;
            let mut len = 0;
            for bit in 0..7 {
                if command & (1 << bit) != 0 {
                    let (&byte, after) = rest.split_first().ok_or(CUT)?;
                    rest = after;
                    if bit < 4 {
                        from |= usize::from(byte) << (8 * bit);
                    } else {
                        len |= usize::from(byte) << (8 * (bit - 4));
                    }
                }
            }
            if len == 0 {
                len = 0x1_0000;
            }
            let source = from.checked_add(len).and_then(|end| base.get(from..end)).ok_or("a delta copies from outside its base")?;
            out.get_mut(at..at + len).ok_or("a delta makes more than it says")?.copy_from_slice(source);
            match copied.last_mut() {
                // Both lie within sizes below 4 GiB, so that nothing is cut off here.
                Some(last) if (last.at + last.len) as usize == at && (last.from + last.len) as usize == from => last.len += len as u32,
                _ => copied.push(Copied { from: from as u32, at: at as u32, len: len as u32 }),
            }
            at += len;
        } else if command != 0 {
            let len = usize::from(command);
            let (new, after) = rest.split_at_checked(len).ok_or(CUT)?;
            rest = after;
            out.get_mut(at..at + len).ok_or("a delta makes more than it says")?.copy_from_slice(new);
            at += len;
        } else {
            return Err("a delta has an instruction that is reserved");
        }
    }
    if at == out.len() { Ok(()) } else { Err("a delta makes less than it says") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Copied>), &'static str> {
        let sizes = sizes(delta)?;
        let mut out = vec![0; sizes.result as usize];
        let mut copied = Vec::new();
        apply(base, &delta[sizes.len..], &mut out, &mut copied)?;
        Ok((out, copied))
    }

    #[test]
    fn copies_and_insertions() {
        // The last two copies continue each other.
        let delta = [11, 13, 0x91, 6, 5, 2, b',', b' ', 0x90, 3, 0x91, 3, 3];
        let (out, copied) = check(b"hello world", &delta).expect("a delta");
        assert_eq!(out, b"world, hello ");
        assert_eq!(copied, [Copied { from: 6, at: 0, len: 5 }, Copied { from: 0, at: 7, len: 6 }]);
        // No length at all stands for 64 KiB; the third byte of a length counts.
        let base: Vec<u8> = (0..0x1_0002u32).map(|byte| byte as u8).collect();
        let (out, copied) = check(&base, &[0x82, 0x80, 0x04, 0x80, 0x80, 0x08, 0x80, 0xc1, 2, 1]).expect("a delta");
        assert_eq!((&out[..0x1_0000], &out[0x1_0000..]), (&base[..0x1_0000], &base[2..]));
        assert_eq!(copied, [Copied { from: 0, at: 0, len: 0x1_0000 }, Copied { from: 2, at: 0x1_0000, len: 0x1_0000 }]);
        assert_eq!(check(b"", &[0, 0]), Ok((Vec::new(), Vec::new())));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for delta in [
            &[][..],
            &[11],
            &[0x80, 0x80],
            &[11, 5, 0x91, 6],
            &[11, 5, 0x91, 7, 5],
            &[11, 5, 0x9f, 0xff, 0xff, 0xff, 0xff, 5],
            &[11, 4, 0x91, 6, 5],
            &[11, 6, 0x91, 6, 5],
            &[11, 2, 3, b'a', b'b'],
            &[11, 2, 3, b'a', b'b', b'c'],
            &[11, 1, 0],
            &[0xff; 12],
        ] {
            assert!(check(b"hello world", delta).is_err(), "{delta:?}");
        }
    }
}
