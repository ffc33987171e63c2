//! The scripts and programs of a tree and what they ask for, in little memory: a large tree has some hundred thousand.
//!
//! A folder's name is held once, a file's name as its bytes in one long list, and what it asks for as short hashes in another.
//! Words that many programs ask for tell nothing, so that they are let go while the tree is read.

use std::cmp::Ordering;
use std::collections::HashMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::error::ScanPath;
use crate::lang;
use crate::lang::outline::NameHash;

/// Programs that ask for one word: with more of them it tells nothing.
pub(super) const MOST_ASKERS: usize = 24;

/// So many words are gathered before the common ones among them are looked for again.
const GATHERED: usize = 1 << 19;

/// Marks the number of words that a program asks for, in the list of words.
const PROGRAM: u32 = 1 << 31;

/// Scripts in the order in which they were met.
#[derive(Debug)]
pub(super) struct Scripts<B> {
    list: Vec<Script<B>>,
    /// The folders' names with a slash at their ends, one behind the other, and where each begins.
    folders: Vec<u8>,
    starts: Vec<u32>,
    /// Each file's last part, behind its length in two bytes.
    names: Vec<u8>,
    /// For each script the number of its words, and the words, sorted.
    words: Vec<u32>,
    /// Words that more than [`MOST_ASKERS`] programs ask for; those of programs are dropped.
    common: FxHashSet<NameHash>,
    /// The length of `words` at which common words are looked for.
    full: usize,
    /// Numbers of folders by the hash of their names.
    known: FxHashMap<u64, u32>,
}

/// One script; numbers say where the lists have it.
#[derive(Debug, Clone, Copy)]
struct Script<B> {
    folder: u32,
    name: u32,
    words: u32,
    bytes: B,
}

impl<B> Default for Scripts<B> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            folders: Vec::new(),
            starts: Vec::new(),
            names: Vec::new(),
            words: Vec::new(),
            common: FxHashSet::default(),
            full: GATHERED,
            known: FxHashMap::default(),
        }
    }
}

impl<B: Copy> Scripts<B> {
    /// Adds a script: its name, what is needed to read it, and what it asks for.
    pub(super) fn push(&mut self, path: &ScanPath, bytes: B, mut asks: Vec<NameHash>) {
        let whole = path.exact();
        let (folder, name) = whole.split_at(memchr::memrchr(b'/', whole).map_or(0, |slash| slash + 1));
        let Ok(length) = u16::try_from(name.len()) else { return };
        let at = |list: usize| u32::try_from(list).ok();
        // Past 4 GiB of names nothing more is followed.
        let (Some(folder), Some(start), Some(words)) = (self.folder(folder), at(self.names.len()), at(self.words.len())) else { return };
        self.names.extend(length.to_le_bytes());
        self.names.extend(name);
        let is_program = lang::language_of(&path.text).is_some();
        if is_program {
            asks.retain(|word| !self.common.contains(word));
        }
        self.words.push(asks.len() as u32 | if is_program { PROGRAM } else { 0 });
        self.words.append(&mut asks);
        self.list.push(Script { folder, name: start, words, bytes });
        if self.words.len() >= self.full {
            self.forget_common();
        }
    }

    fn folder(&mut self, name: &[u8]) -> Option<u32> {
        let hash = lang::outline::hash_bytes(name);
        if let Some(known) = self.known.get(&hash).copied().filter(|known| self.folder_name(*known) == name) {
            return Some(known);
        }
        let (number, start) = (u32::try_from(self.starts.len()).ok()?, u32::try_from(self.folders.len()).ok()?);
        self.folders.extend(name);
        self.starts.push(start);
        self.known.insert(hash, number);
        Some(number)
    }

    /// Drops the words that too many programs ask for.
    fn forget_common(&mut self) {
        let mut all: Vec<NameHash> = Vec::new();
        for script in &self.list {
            let (is_program, words) = self.asked(script);
            all.extend(words.iter().filter(|_| is_program));
        }
        all.sort_unstable();
        self.common.extend(all.chunk_by(|one, other| one == other).filter(|same| same.len() > MOST_ASKERS).map(|same| same[0]));
        drop(all);
        let mut end = 0;
        for script in &mut self.list {
            let start = script.words as usize;
            let count = self.words[start];
            let is_program = count & PROGRAM != 0;
            let new = end;
            end += 1;
            for at in start + 1..=start + (count & !PROGRAM) as usize {
                let word = self.words[at];
                if !is_program || !self.common.contains(&word) {
                    self.words[end] = word;
                    end += 1;
                }
            }
            self.words[new] = (end - new - 1) as u32 | count & PROGRAM;
            script.words = new as u32;
        }
        self.words.truncate(end);
        self.full = end * 3 / 2 + GATHERED;
    }

    /// Nothing more will come: what only adding takes is let go.
    pub(super) fn finish(&mut self) {
        self.known = FxHashMap::default();
        self.folders.shrink_to_fit();
        self.names.shrink_to_fit();
        self.words.shrink_to_fit();
        self.list.shrink_to_fit();
    }
}

impl<B> Scripts<B> {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether it is a program, and what it asks for.
    fn asked(&self, script: &Script<B>) -> (bool, &[NameHash]) {
        let start = script.words as usize;
        let count = self.words[start];
        (count & PROGRAM != 0, &self.words[start + 1..][..(count & !PROGRAM) as usize])
    }

    fn folder_name(&self, folder: u32) -> &[u8] {
        let at = folder as usize;
        &self.folders[self.starts[at] as usize..self.starts.get(at + 1).map_or(self.folders.len(), |end| *end as usize)]
    }

    fn parts(&self, at: u32) -> (&[u8], &[u8]) {
        let script = &self.list[at as usize];
        let start = script.name as usize;
        let length = u16::from_le_bytes([self.names[start], self.names[start + 1]]);
        (self.folder_name(script.folder), &self.names[start + 2..][..usize::from(length)])
    }
}

/// The scripts of a tree in the order of their paths, from the lists of all threads. A script's number is its place in it.
pub(super) struct Sorted<B> {
    lists: Vec<Scripts<B>>,
    /// The list, and the place in it.
    order: Vec<(u16, u32)>,
}

impl<B: Copy> Sorted<B> {
    /// Sorts them.
    pub(super) fn new(mut lists: Vec<Scripts<B>>) -> Self {
        lists.iter_mut().for_each(Scripts::finish);
        let all = lists.iter().zip(0..).flat_map(|(list, number)| (0..list.list.len() as u32).map(move |at| (number, at)));
        let mut order: Vec<(u16, u32)> = Vec::with_capacity(lists.iter().map(|list| list.list.len()).sum());
        order.extend(all);
        order.sort_by(|one, other| compare(lists[usize::from(one.0)].parts(one.1), lists[usize::from(other.0)].parts(other.1)));
        Self { lists, order }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u32 {
        self.order.len() as u32
    }

    /// A script's name.
    pub(super) fn path(&self, number: u32) -> ScanPath {
        let (list, at) = self.order[number as usize];
        let (folder, name) = self.lists[usize::from(list)].parts(at);
        ScanPath::from_bytes(&[folder, name].concat())
    }

    /// What is needed to read it.
    pub(super) fn bytes(&self, number: u32) -> B {
        let (list, at) = self.order[number as usize];
        self.lists[usize::from(list)].list[at as usize].bytes
    }

    /// Those whose names begin with `prefix`, in order.
    pub(super) fn below(&self, prefix: &str) -> std::ops::Range<u32> {
        let prefix = prefix.as_bytes();
        let parts = |one: &(u16, u32)| self.lists[usize::from(one.0)].parts(one.1);
        let start = self.order.partition_point(|one| compare(parts(one), (prefix, b"")) == Ordering::Less);
        let begins = |one: &(u16, u32)| {
            let (folder, name) = parts(one);
            folder.iter().chain(name).take(prefix.len()).eq(prefix)
        };
        start as u32..(start + self.order[start..].partition_point(begins)) as u32
    }

    /// Calls `each` with every script that asks for one of `wanted`, and with the name, in order.
    pub(super) fn askers<'w>(&self, wanted: &'w HashMap<NameHash, bool>, mut each: impl FnMut(u32, NameHash, &'w bool)) {
        // Nearly all words are none of these: a few bits tell.
        let mut bits = vec![0_u64; 1 << 10];
        let bit = |word: NameHash| ((word >> 6 & 0x3ff) as usize, 1_u64 << (word & 63));
        for word in wanted.keys() {
            let (at, bit) = bit(*word);
            bits[at] |= bit;
        }
        for (one, number) in self.order.iter().zip(0..) {
            let list = &self.lists[usize::from(one.0)];
            for word in list.asked(&list.list[one.1 as usize]).1 {
                let (at, bit) = bit(*word);
                if bits[at] & bit != 0
                    && let Some(how) = wanted.get(word)
                {
                    each(number, *word, how);
                }
            }
        }
    }

    /// Whether so many programs ask for a word that it was let go.
    pub(super) fn is_common(&self, word: NameHash) -> bool {
        self.lists.iter().any(|list| list.common.contains(&word))
    }
}

/// Compares two paths, each in two parts.
fn compare(one: (&[u8], &[u8]), other: (&[u8], &[u8])) -> Ordering {
    let shared = one.0.len().min(other.0.len());
    let (first, second) = (&one.0[..shared], &other.0[..shared]);
    first.cmp(second).then_with(|| one.0[shared..].iter().chain(one.1).cmp(other.0[shared..].iter().chain(other.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripts(files: &[(&str, Vec<NameHash>)]) -> Scripts<()> {
        let mut all = Scripts::default();
        files.iter().for_each(|(path, asks)| all.push(&ScanPath::from_bytes(path.as_bytes()), (), asks.clone()));
        all
    }

    #[test]
    fn paths_come_back_in_their_order() {
        let one = scripts(&[("a/b/c.ts", vec![]), ("a/b.ts", vec![1]), ("z.ts", vec![]), ("a/b/a.ts", vec![])]);
        let other = scripts(&[("a/b-c/d.ts", vec![2]), ("a/\u{e4}.ts", vec![]), ("a.ts", vec![])]);
        let sorted = Sorted::new(vec![one, other]);
        let paths: Vec<String> = (0..sorted.len()).map(|at| sorted.path(at).text).collect();
        let mut expected = vec!["a/b/c.ts", "a/b.ts", "z.ts", "a/b/a.ts", "a/b-c/d.ts", "a/\u{e4}.ts", "a.ts"];
        expected.sort_unstable();
        assert_eq!(paths, expected);
        let below = |prefix: &str| sorted.below(prefix).map(|at| sorted.path(at).text).collect::<Vec<_>>();
        assert_eq!(below("a/b/"), ["a/b/a.ts", "a/b/c.ts"]);
        assert!(below("a/c/").is_empty() && below("zz/").is_empty());
        assert_eq!(below("z").len(), 1);
        let bytes = ScanPath::from_bytes(b"x/\xff.ts");
        let mut strange = Scripts::default();
        strange.push(&bytes, (), vec![]);
        assert_eq!(Sorted::new(vec![strange]).path(0), bytes);
    }

    #[test]
    fn common_words_are_let_go() {
        let mut all = Scripts::default();
        for at in 0..100_u32 {
            all.push(&ScanPath::from_bytes(format!("p/m{at}.py").as_bytes()), at, vec![7, 1000 + at]);
            all.push(&ScanPath::from_bytes(format!("p/m{at}.ts").as_bytes()), at, vec![7]);
        }
        all.forget_common();
        // What scripts ask for is kept.
        all.push(&ScanPath::from_bytes(b"p/z.py"), 0, vec![7, 9]);
        let sorted = Sorted::new(vec![all]);
        assert!(sorted.is_common(7) && !sorted.is_common(1000));
        let asked = |word: NameHash| {
            let mut found = Vec::new();
            sorted.askers(&HashMap::from([(word, true)]), |at, _, _| found.push(sorted.path(at).text));
            found
        };
        assert_eq!(asked(7).iter().filter(|path| path.ends_with(".ts")).count(), 100);
        assert!(asked(7).iter().all(|path| path.ends_with(".ts")));
        assert_eq!((asked(1042), asked(9)), (vec!["p/m42.py".to_owned()], vec!["p/z.py".to_owned()]));
    }
}
