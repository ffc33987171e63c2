//! The sets of bytes that bodies of keys are written in.
//!
//! Compiled into the build script as well: `super` is the only neighbour it may name.

/// A set of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alphabet([u64; 4]);

/// The named alphabets of the rule schema, with the class each stands for.
pub const NAMED: &[(&str, &str)] = &[
    ("hex", "0-9a-fA-F"),
    ("lower-hex", "0-9a-f"),
    ("upper-hex", "0-9A-F"),
    ("digits", "0-9"),
    ("alnum", "0-9A-Za-z"),
    ("lower-alnum", "0-9a-z"),
    ("upper-alnum", "0-9A-Z"),
    ("letters", "A-Za-z"),
    ("lower-letters", "a-z"),
    ("base32", "A-Z2-7"),
    ("base58", "1-9A-HJ-NP-Za-km-z"),
    ("base64", "0-9A-Za-z+/="),
    ("base64url", "0-9A-Za-z_-"),
];

impl Alphabet {
    /// No byte.
    pub const EMPTY: Self = Self([0; 4]);

    /// From its four words, least significant bit first: what the build writes down.
    #[allow(dead_code, reason = "called by what the build script writes alone")]
    pub const fn from_words(words: [u64; 4]) -> Self {
        Self(words)
    }

    /// Its four words.
    #[allow(dead_code, reason = "called by the build script alone")]
    pub const fn words(self) -> [u64; 4] {
        self.0
    }

    /// Whether the byte belongs to it.
    pub const fn has(self, byte: u8) -> bool {
        self.0[byte as usize >> 6] >> (byte & 63) & 1 == 1
    }

    /// This set with one byte more.
    #[must_use]
    pub const fn with(mut self, byte: u8) -> Self {
        self.0[byte as usize >> 6] |= 1 << (byte & 63);
        self
    }

    /// What is in this set or in the other one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    /// The number of bytes in it.
    pub const fn size(self) -> u32 {
        self.0[0].count_ones() + self.0[1].count_ones() + self.0[2].count_ones() + self.0[3].count_ones()
    }

    /// Reads a named alphabet, or a class such as `[a-z0-9-]`.
    ///
    /// # Errors
    /// A sentence that lists the names, when `text` is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some((_, class)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Ok(Self::of_class(class));
        }
        let class = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|class| !class.is_empty() && class.is_ascii());
        match class {
            Some(class) if !class.starts_with('^') => Ok(Self::of_class(class)),
            _ => {
                let names: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
                Err(format!("`{text}` is no alphabet: use one of {}, or a class of ASCII characters such as \"[a-z0-9-]\"", names.join(", ")))
            }
        }
    }

    /// The bytes of a class body: single characters and ranges; a hyphen at either end stands for itself, as does a
    /// character after a backslash.
    pub fn of_class(class: &str) -> Self {
        let bytes = class.as_bytes();
        let mut set = Self::EMPTY;
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'\\' && at + 1 < bytes.len() {
                at += 1;
            }
            let first = bytes[at];
            if at + 2 < bytes.len() && bytes[at + 1] == b'-' {
                for byte in first..=bytes[at + 2] {
                    set = set.with(byte);
                }
                at += 3;
            } else {
                set = set.with(first);
                at += 1;
            }
        }
        set
    }
}

impl std::fmt::Debug for Alphabet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alphabet({} bytes)", self.size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_read_as_written() {
        let sizes = [("lower-hex", 16), ("alnum", 62), ("base58", 58), ("base64", 65), ("[a-z0-9-]", 37), ("[-._]", 3), ("[a\\-z]", 3)];
        for (text, size) in sizes {
            assert_eq!(Alphabet::parse(text).expect(text).size(), size, "{text}");
        }
        assert!(Alphabet::parse("hexx").expect_err("no alphabet").contains("lower-hex"));
    }
}
