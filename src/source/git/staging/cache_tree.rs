//! The `TREE` extension of an index: for each folder the number of its entries and the id of the tree they make, unless
//! something in it has changed since. `git commit` itself takes these ids for what it commits.

use std::ops::Range;

use super::super::{Hash, ObjectId};

/// The folders of an index, the root first and each before those in it.
#[derive(Debug, Default)]
pub(super) struct CacheTree {
    nodes: Vec<Node>,
}

#[derive(Debug)]
pub(super) struct Node {
    /// Where in the index its name is.
    name: Range<usize>,
    /// `None` after a change in the folder.
    pub(super) valid: Option<Valid>,
    /// The number of the node behind all that are in it.
    next: usize,
}

/// What is known of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Valid {
    /// The number of index entries, in its folders as well.
    pub(super) entries: usize,
    /// Their tree.
    pub(super) id: ObjectId,
}

impl CacheTree {
    /// Reads the extension's content, which is at `range` of an index file. One that is malformed is `None`: all can be
    /// found out without it, as git does then too.
    pub(super) fn parse(index: &[u8], range: Range<usize>, hash: Hash) -> Option<Self> {
        let mut nodes: Vec<Node> = Vec::new();
        // The folders whose own folders are still to come: number of the node, and how many.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut at = range.start;
        while at < range.end {
            if !nodes.is_empty() && open.is_empty() {
                return None;
            }
            let (node, folders, end) = read_node(index, at, range.end, hash)?;
            at = end;
            if let Some((_, left)) = open.last_mut() {
                *left -= 1;
            }
            open.push((nodes.len(), folders));
            nodes.push(node);
            while let Some((number, 0)) = open.last().copied() {
                let next = nodes.len();
                if let Some(node) = nodes.get_mut(number) {
                    node.next = next;
                }
                open.pop();
            }
        }
        open.is_empty().then_some(Self { nodes })
    }

    pub(super) fn get(&self, number: usize) -> Option<&Node> {
        self.nodes.get(number)
    }

    /// The folders directly in a folder, sorted by name.
    pub(super) fn folders<'a>(&self, number: usize, index: &'a [u8]) -> Vec<(&'a [u8], usize)> {
        let mut folders = Vec::new();
        let end = self.get(number).map_or(0, |node| node.next);
        let mut at = number + 1;
        while let Some(node) = self.get(at).filter(|_| at < end) {
            folders.push((index.get(node.name.clone()).unwrap_or_default(), at));
            at = node.next.max(at + 1);
        }
        folders.sort_unstable();
        folders
    }
}

/// `NAME\0ENTRIES FOLDERS\nID`, without the id where the number of entries is negative. Returns the number of folders too,
/// and where the node ends.
fn read_node(index: &[u8], start: usize, stop: usize, hash: Hash) -> Option<(Node, usize, usize)> {
    let find = |from: usize, byte: u8| index.get(from..stop).and_then(|rest| memchr::memchr(byte, rest)).map(|at| from + at);
    let name_end = find(start, 0)?;
    let entries_end = find(name_end + 1, b' ')?;
    let folders_end = find(entries_end + 1, b'\n')?;
    let number = |range: Range<usize>| std::str::from_utf8(index.get(range)?).ok()?.parse::<i64>().ok();
    let folders = usize::try_from(number(entries_end + 1..folders_end)?).ok()?;
    let mut end = folders_end + 1;
    let valid = match usize::try_from(number(name_end + 1..entries_end)?) {
        Ok(entries) => {
            let id = index.get(end..stop.min(end + hash.size())).and_then(ObjectId::from_bytes).filter(|id| id.hash() == hash)?;
            end += hash.size();
            Some(Valid { entries, id })
        }
        Err(_) => None,
    };
    Some((Node { name: start..name_end, valid, next: 0 }, folders, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdefghij";

    fn parse(text: &str) -> Option<CacheTree> {
        CacheTree::parse(text.as_bytes(), 0..text.len(), Hash::Sha1)
    }

    #[test]
    fn folders_are_found_by_name() {
        let text = format!("\x005 2\n{ID}b\x00-1 1\ninner\x002 0\n{ID}ab\x001 0\n{ID}");
        let tree = parse(&text).expect("well formed");
        let names =
            |number| tree.folders(number, text.as_bytes()).into_iter().map(|(name, at)| (String::from_utf8_lossy(name).into_owned(), at)).collect::<Vec<_>>();
        assert_eq!(names(0), [("ab".to_owned(), 3), ("b".to_owned(), 1)]);
        assert_eq!(names(1), [("inner".to_owned(), 2)]);
        assert_eq!(names(2), []);
        let entries = |number| tree.get(number).and_then(|node: &Node| node.valid).map(|valid| valid.entries);
        assert_eq!([entries(0), entries(1), entries(2), entries(3), entries(4)], [Some(5), None, Some(2), Some(1), None]);
    }

    #[test]
    fn malformed_ones_are_refused() {
        for text in [
            format!("\x005 2\n{ID}"),
            "\x005 0\n0123".to_owned(),
            "\x00-1 0\n\x00-1 0\n".to_owned(),
            "\x00-1 -1\n".to_owned(),
            "\x00-1 99999999999999999999\n".to_owned(),
            "\x00".to_owned(),
        ] {
            assert!(parse(&text).is_none(), "{text:?}");
        }
        assert!(parse("").is_some_and(|tree| tree.get(0).is_none()));
    }
}
