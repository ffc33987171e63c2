//! Globs of places, without automata: building one for some hundred globs costs more than all else of a small scan.
//!
//! Each glob is filed under what its path must have: an ending, or a folder or file of some name. Of a path only those
//! are tried that it may fit, part by part. Case never counts, and `*` stays within a part.

use rustc_hash::FxHashMap;

/// A set of globs, each with a number.
#[derive(Debug, Default)]
pub(super) struct Globs {
    globs: Vec<(usize, Glob)>,
    /// By the text behind the last dot of the last part.
    by_ending: FxHashMap<String, Vec<usize>>,
    /// By the name of some part.
    by_name: FxHashMap<String, Vec<usize>>,
    /// Those that neither helps with.
    others: Vec<usize>,
}

/// The parts of a glob, cut where `**` stands between them: each group of parts stands together in a path.
#[derive(Debug)]
struct Glob {
    groups: Vec<Vec<Part>>,
    /// Whether the path may have folders before the first group.
    floats: bool,
    /// Whether all that lies below the last group fits.
    below: bool,
}

/// One part of a glob: the texts that it may be, with wildcards.
#[derive(Debug)]
struct Part(Vec<String>);

impl Globs {
    /// Adds a glob of number `number`, which must not lie below those that were added before.
    pub(super) fn add(&mut self, number: usize, glob: &str) {
        let at = self.globs.len();
        let glob = Glob::new(&glob.to_ascii_lowercase());
        let parts = || glob.groups.iter().flatten();
        let names = parts().find(|part| part.0.iter().all(|text| !text.contains(['*', '?', '['])));
        let last = glob.groups.last().and_then(|group| group.last()).filter(|_| !glob.below);
        let ending = |text: &String| text.rsplit_once('.').map(|(_, ending)| ending.to_owned()).filter(|ending| !ending.contains(['*', '?', '[', ']']));
        let endings: Option<Vec<String>> = last.and_then(|part| part.0.iter().map(ending).collect());
        let file = |map: &mut FxHashMap<String, Vec<usize>>, keys: Vec<String>| {
            for key in keys {
                let filed = map.entry(key).or_default();
                if filed.last() != Some(&at) {
                    filed.push(at);
                }
            }
        };
        match (names, endings) {
            (Some(part), _) => file(&mut self.by_name, part.0.clone()),
            (None, Some(endings)) => file(&mut self.by_ending, endings),
            (None, None) => self.others.push(at),
        }
        self.globs.push((number, glob));
    }

    /// The least number of the globs that a path fits.
    pub(super) fn first(&self, path: &str) -> Option<usize> {
        let path = path.to_ascii_lowercase();
        let parts: Vec<&str> = path.split('/').collect();
        let ending = parts.last().and_then(|part| part.rsplit_once('.')).map_or("", |(_, ending)| ending);
        let named = parts.iter().filter_map(|part| self.by_name.get(*part)).flatten();
        let mut first: Option<usize> = None;
        for at in named.chain(self.by_ending.get(ending).into_iter().flatten()).chain(&self.others) {
            let (number, glob) = &self.globs[*at];
            if first.is_none_or(|first| *number < first) && glob.fits(&parts) {
                first = Some(*number);
            }
        }
        first
    }
}

impl Glob {
    fn new(glob: &str) -> Self {
        let mut out = Self { groups: Vec::new(), floats: false, below: false };
        let mut group = Vec::new();
        for (at, part) in parts_of(glob).into_iter().enumerate() {
            if part == "**" {
                out.floats |= at == 0;
                if !group.is_empty() {
                    out.groups.push(std::mem::take(&mut group));
                }
                out.below = true;
            } else {
                out.below = false;
                group.push(Part(alternatives(part)));
            }
        }
        if !group.is_empty() {
            out.groups.push(group);
        }
        out
    }

    /// The leftmost place of each group leaves the most to those behind it; the last one stands at the end, unless all
    /// below it fits.
    fn fits(&self, path: &[&str]) -> bool {
        let Some((last, groups)) = self.groups.split_last() else { return self.below };
        let stands =
            |group: &[Part], at: usize| path.get(at..at + group.len()).is_some_and(|names| group.iter().zip(names).all(|(part, name)| part.fits(name)));
        let mut at = 0;
        for (index, group) in groups.iter().enumerate() {
            let furthest = if index == 0 && !self.floats { 0 } else { path.len() };
            match (at..=furthest).find(|at| stands(group, *at)) {
                Some(found) => at = found + group.len(),
                None => return false,
            }
        }
        let fixed = groups.is_empty() && !self.floats;
        if self.below {
            // What lies below is at least one part.
            let end = path.len().saturating_sub(last.len());
            return (at..if fixed { end.min(1) } else { end }).any(|at| stands(last, at));
        }
        path.len().checked_sub(last.len()).is_some_and(|end| if fixed { end == 0 && stands(last, 0) } else { end >= at && stands(last, end) })
    }
}

impl Part {
    fn fits(&self, name: &str) -> bool {
        self.0.iter().any(|text| fits(text.as_bytes(), name.as_bytes()))
    }
}

/// The parts of a glob: no brace of a place's globs holds a slash, but a set of bytes might.
fn parts_of(glob: &str) -> Vec<&str> {
    glob.split('/').collect()
}

/// What a part with braces stands for, each written out.
fn alternatives(part: &str) -> Vec<String> {
    let braces = part.find('{').and_then(|open| Some((open, open + part[open..].find('}')?)));
    let Some((open, close)) = braces else { return vec![part.to_owned()] };
    let rest = alternatives(&part[close + 1..]);
    let choices = part[open + 1..close].split(',');
    choices.flat_map(|choice| rest.iter().map(move |rest| format!("{}{choice}{rest}", &part[..open]))).collect()
}

/// Whether a text with `*`, `?` and sets of characters fits a name. Of several stars only the last one is ever tried
/// anew, which is enough and keeps it quick.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut here) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while here < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, here));
                at += 1;
                continue;
            }
            Some(first) => {
                let (is_one, length) = match first {
                    b'?' => (true, 1),
                    b'[' => set(&pattern[at..], name[here]),
                    first => (*first == name[here], 1),
                };
                if is_one {
                    at += length;
                    here += 1;
                    continue;
                }
            }
            None => {}
        }
        match &mut star {
            Some((after, from)) => {
                *from += 1;
                (at, here) = (*after, *from);
            }
            None => return false,
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// Whether a byte is in the set at the start of a pattern, and how long that set is written. Sets of places hold ranges
/// and single characters, and are never negated.
fn set(pattern: &[u8], byte: u8) -> (bool, usize) {
    let close = pattern.iter().position(|one| *one == b']').unwrap_or(pattern.len() - 1);
    let inner = pattern.get(1..close).unwrap_or_default();
    let mut at = 0;
    let mut is_in = false;
    while at < inner.len() {
        if let [from, b'-', to, ..] = inner[at..] {
            is_in |= (from..=to).contains(&byte);
            at += 3;
        } else {
            is_in |= inner[at] == byte;
            at += 1;
        }
    }
    (is_in, close + 1)
}

#[cfg(test)]
mod tests {
    use globset::{GlobBuilder, GlobSetBuilder};
    use proptest::prelude::*;

    use super::*;
    use crate::context_data_static::PLACES;

    /// What the globs say by the automata of `globset`.
    fn oracle() -> (globset::GlobSet, Globs) {
        let mut builder = GlobSetBuilder::new();
        let mut globs = Globs::default();
        for (number, glob) in PLACES.iter().flat_map(|(_, _, globs)| *globs).enumerate() {
            builder.add(GlobBuilder::new(glob).case_insensitive(true).literal_separator(true).build().expect(glob));
            globs.add(number, glob);
        }
        (builder.build().expect("all globs"), globs)
    }

    /// Paths that each glob fits or nearly fits, made from the globs themselves.
    #[test]
    fn every_glob_fits_what_it_did() {
        let (oracle, _) = oracle();
        for (number, glob) in PLACES.iter().flat_map(|(_, _, globs)| *globs).enumerate() {
            let one = Glob::new(&glob.to_ascii_lowercase());
            for base in [glob.to_string(), glob.replace("**/", ""), glob.replace("**", "x"), glob.replace("**", "x/y")] {
                let written: Vec<String> = alternatives(&base);
                for text in written
                    .iter()
                    .flat_map(|text| [text.replace('*', ""), text.replace('*', "a"), text.replace('*', "a.b"), format!("{text}/z"), format!("q{text}")])
                {
                    let text = text.replace("[a-zA-Z0-9_-]", "K").replace("[_-]", "_");
                    let parts = text.to_ascii_lowercase();
                    let parts: Vec<&str> = parts.split('/').collect();
                    assert_eq!(one.fits(&parts), oracle.matches(&text).contains(&number), "{glob} and {text}");
                }
            }
        }
    }

    /// Words that globs are made of, so that paths of them often fit.
    fn words() -> Vec<String> {
        let mut words: Vec<String> = PLACES
            .iter()
            .flat_map(|(_, _, globs)| *globs)
            .flat_map(|glob| glob.split(['/', '{', '}', ',', '*', '.', '[', ']', '!']))
            .map(str::to_owned)
            .collect();
        words.sort();
        words.dedup();
        words
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn paths_fit_what_they_did(picks in prop::collection::vec(prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize), 1..12), 40)) {
            let (oracle, globs) = oracle();
            let words = words();
            for picks in picks {
                let joins = ["/", "/", "/", "/", ".", ".", ".", "-", "_", "", "x", "!"];
                let path: String = picks.iter().map(|(word, join)| format!("{}{}", word.get(&words), joins[*join])).collect();
                prop_assert_eq!(globs.first(&path), oracle.matches(&path).into_iter().min(), "{}", path);
            }
        }
    }

    #[test]
    fn stars_and_sets() {
        for (pattern, name, does) in [
            ("*.js", "a.js", true),
            ("*.js", ".js", true),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xbxa", false),
            ("*[_-]t.*", "a_t.x", true),
            ("*[_-]t.*", "at.x", false),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), does, "{pattern} {name}");
        }
        assert!(!fits("*a*a*a*a*a*b".as_bytes(), "a".repeat(100_000).as_bytes()));
    }
}
