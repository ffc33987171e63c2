//! The name of an object: 20 bytes of SHA-1 or 32 of SHA-256.

use std::fmt;

/// Which hash a repository names its objects by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hash {
    /// The usual one.
    Sha1,
    /// `extensions.objectFormat = sha256`.
    Sha256,
}

impl Hash {
    /// The length of an id, in bytes: 20 or 32.
    pub fn size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

/// An object's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// What is beyond the length is zero.
    bytes: [u8; 32],
    hash: Hash,
}

impl ObjectId {
    /// Takes 20 or 32 bytes; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let hash = match bytes.len() {
            20 => Hash::Sha1,
            32 => Hash::Sha256,
            _ => return None,
        };
        let mut all = [0; 32];
        all[..bytes.len()].copy_from_slice(bytes);
        Some(Self { bytes: all, hash })
    }

    /// Takes 40 or 64 hex digits; `None` for anything else.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        let half = hex.len() / 2;
        if !matches!(hex.len(), 40 | 64) {
            return None;
        }
        data_encoding::HEXLOWER_PERMISSIVE.decode_mut(hex, &mut bytes[..half]).ok()?;
        Self::from_bytes(&bytes[..half])
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.hash.size()]
    }

    /// Which hash it is of.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Whether it is the id of nothing, as logs and hooks write it.
    pub fn is_zero(&self) -> bool {
        self.bytes == [0; 32]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&data_encoding::HEXLOWER.encode(self.as_bytes()))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_both_ways() {
        for length in [40, 64] {
            let hex = "0123456789abcdef".repeat(4)[..length].to_owned();
            let id = ObjectId::from_hex(hex.as_bytes()).expect("an id");
            assert_eq!((id.to_string(), id.as_bytes().len()), (hex, length / 2));
        }
        assert_eq!(ObjectId::from_hex(b"0123"), None);
        assert_eq!(ObjectId::from_hex("zz".repeat(20).as_bytes()), None);
        assert!(ObjectId::from_bytes(&[0; 20]).is_some_and(|id| id.is_zero()));
    }
}
