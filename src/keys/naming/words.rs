//! A name, cut into its words.

/// Names longer than this are no names of variables. In bytes.
const LONGEST: usize = 160;

/// The most words that a phrase or a provider's name has, as names are cut: `do spaces`, `e2b` of three.
const LONGEST_PHRASE: usize = 6;

/// A name's words in lower case, and all of them in a row.
#[derive(Debug)]
pub(super) struct Words {
    joined: String,
    /// Where each word begins in `joined`, and where the last ends.
    edges: Vec<usize>,
}

impl Words {
    /// Cuts at everything that is no letter or digit, between letters and digits, and where capitals begin a word:
    /// `APIKey2` is `api`, `key`, `2`.
    pub(super) fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut words = Self { joined: String::with_capacity(name.len().min(LONGEST)), edges: vec![0] };
        let bytes = if bytes.len() > LONGEST { &[] } else { bytes };
        for (at, byte) in bytes.iter().enumerate() {
            if !byte.is_ascii_alphanumeric() {
                continue;
            }
            let before = at.checked_sub(1).map(|before| bytes[before]);
            let after = bytes.get(at + 1);
            let begins = match before {
                Some(before) if before.is_ascii_alphanumeric() => {
                    before.is_ascii_digit() != byte.is_ascii_digit()
                        || byte.is_ascii_uppercase() && (before.is_ascii_lowercase() || after.is_some_and(u8::is_ascii_lowercase))
                }
                _ => true,
            };
            if begins && words.joined.len() > words.edges[words.edges.len() - 1] {
                words.edges.push(words.joined.len());
            }
            words.joined.push(byte.to_ascii_lowercase() as char);
        }
        if words.joined.len() > words.edges[words.edges.len() - 1] {
            words.edges.push(words.joined.len());
        }
        words
    }

    /// How many words.
    pub(super) fn len(&self) -> usize {
        self.edges.len() - 1
    }

    /// One word.
    pub(super) fn get(&self, at: usize) -> &str {
        self.between(at, at + 1)
    }

    /// Words in a row, without anything between them.
    pub(super) fn between(&self, from: usize, to: usize) -> &str {
        match (self.edges.get(from), self.edges.get(to)) {
            (Some(start), Some(end)) if start <= end => &self.joined[*start..*end],
            _ => "",
        }
    }

    /// The longest run of words from `from` that `known` knows, with where it ends.
    pub(super) fn longest<T>(&self, from: usize, known: impl Fn(&str) -> Option<T>) -> Option<(usize, T)> {
        let last = self.len().min(from + LONGEST_PHRASE);
        (from + 1..=last).rev().find_map(|to| Some((to, known(self.between(from, to))?)))
    }

    /// Every word.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_as_people_read_them() {
        for (name, wanted) in [
            ("STRIPE_SECRET_KEY", "stripe secret key"),
            ("supabaseServiceRoleKey", "supabase service role key"),
            ("apiKey", "api key"),
            ("APIKeyV2", "api key v 2"),
            ("OPENAI_KEY2", "openai key 2"),
            ("kebab-case.and.dots", "kebab case and dots"),
            ("__leading__", "leading"),
            ("naïveKey", "na ve key"),
            ("", ""),
            ("___", ""),
        ] {
            assert_eq!(Words::of(name).iter().collect::<Vec<_>>().join(" "), wanted, "{name}");
        }
        assert_eq!(Words::of(&"A_".repeat(200)).len(), 0);
    }
}
