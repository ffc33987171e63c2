//! `%XX`, as in URLs and forms.

use super::unicode::number;

/// The length of the escape at `at` and the byte that it stands for.
pub(super) fn unit(text: &[u8], at: usize) -> Option<(usize, u32)> {
    if text.get(at) != Some(&b'%') {
        return None;
    }
    Some((3, number(text.get(at + 1..at + 3)?)?))
}
