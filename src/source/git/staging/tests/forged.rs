//! Indexes made by hand: what git would not write is refused or told apart, and never a panic.

use super::*;
use crate::source::git::tree::{FILE, FOLDER};

fn id(byte: u8) -> ObjectId {
    ObjectId::from_bytes(&[byte; 20]).expect("20 bytes")
}

/// An index of version 2 with paths, whose ids count up from 1.
fn index(entries: &[(&str, u32)], extensions: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = [b"DIRC", &2u32.to_be_bytes(), &(entries.len() as u32).to_be_bytes()].map(|part| &part[..]).concat();
    for (number, (path, mode)) in entries.iter().enumerate() {
        let start = bytes.len();
        bytes.extend(
            [&[0; 24], &mode.to_be_bytes()[..], &[0; 12], id(number as u8 + 1).as_bytes(), &(path.len() as u16).to_be_bytes(), path.as_bytes()].concat(),
        );
        bytes.resize(start + ((bytes.len() - start + 8) & !7), 0);
    }
    for (name, content) in extensions {
        bytes.extend([name.as_bytes(), &(content.len() as u32).to_be_bytes(), content].concat());
    }
    bytes.extend([0; 20]);
    bytes
}

fn read(bytes: &[u8]) -> Result<Staged, Error> {
    staged_of_bytes(bytes, &[], Hash::Sha1, None, |_| Err(Trouble::Missing))
}

fn check_refused(bytes: &[u8], why: &str) {
    let error = read(bytes).expect_err(why);
    assert!(error.to_string().contains(why), "{error}");
    assert!(error.help_text().is_some(), "{error}");
}

#[test]
fn what_is_not_understood_is_refused_with_the_next_step() {
    let plain = index(&[("a", FILE), ("b/c", FILE)], &[("WHAT", b"may be ignored")]);
    assert_eq!(paths(&read(&plain).expect("an index").changes), ["a", "b/c"]);
    let mut newer = plain.clone();
    newer[7] = 5;
    check_refused(&newer, "version 5 is not known");
    check_refused(&index(&[], &[("what", b"")]), "\"what\", which is not known");
    check_refused(b"", "does not begin");
    check_refused(&index(&[("b", FILE), ("a", FILE)], &[]), "not in order");
    check_refused(&index(&[("a", FILE), ("a", FILE)], &[]), "not in order");
    check_refused(&index(&[("", FILE)], &[]), "no path");
    check_refused(&index(&[("a", FOLDER)], &[]), "slash");
    check_refused(&index(&[("a/", FILE)], &[]), "slash");
    check_refused(&index(&[], &[("link", b"short")]), "cut off");
    for end in 0..plain.len() {
        // Where nothing but an extension that may be ignored is gone, the entries are all there.
        assert!(read(&plain[..end]).is_ok_and(|staged| staged.changes.len() == 2) == (end == plain.len() - 22), "{end} bytes");
    }
}

#[test]
fn every_changed_byte_is_survived() {
    let cache = [&b"\x003 1\n"[..], id(9).as_bytes(), b"b\x002 0\n", id(8).as_bytes()].concat();
    let plain = index(&[("a", FILE), ("b/c", FILE), ("b/d", FILE)], &[("TREE", &cache)]);
    for at in 0..plain.len() {
        for value in [0, 1, 0x40, 0x7f, 0xff] {
            let mut bytes = plain.clone();
            bytes[at] = value;
            let _ = staged_of_bytes(&bytes, &plain, Hash::Sha1, Some(id(9)), |_| Err(Trouble::Missing));
        }
    }
}

#[test]
fn a_cached_tree_that_counts_wrong_is_not_believed() {
    let tree = |entries: &[(&str, u8)]| entries.iter().flat_map(|(name, byte)| [name.as_bytes(), b"\0", id(*byte).as_bytes()].concat()).collect::<Vec<_>>();
    let root = tree(&[("100644 a", 1), ("40000 b", 8)]);
    let inner = tree(&[("100644 c", 2), ("100644 d", 2)]);
    let trees = |wanted: &ObjectId| if *wanted == id(9) { Ok(root.clone()) } else { Ok(inner.clone()) };
    let entries = [("a", FILE), ("b/c", FILE), ("b/d", FILE), ("e", FILE)];
    for (count, expected) in [(2, &["e"][..]), (0, &["b/d", "e"]), (1, &["b/d", "e"]), (3, &["b/d", "e"]), (9, &["b/d", "e"])] {
        let cache = [format!("\x00-1 1\nb\x00{count} 0\n").as_bytes(), id(8).as_bytes()].concat();
        let bytes = index(&entries, &[("TREE", &cache)]);
        let staged = staged_of_bytes(&bytes, &[], Hash::Sha1, Some(id(9)), trees).expect("an index");
        assert_eq!(paths(&staged.changes), expected, "{count}");
    }
    // One that is no tree at all is as if it were not there.
    let bytes = index(&entries, &[("TREE", b"nothing")]);
    assert_eq!(paths(&staged_of_bytes(&bytes, &[], Hash::Sha1, Some(id(9)), trees).expect("an index").changes), ["b/d", "e"]);
}

#[test]
fn trees_as_deep_as_their_paths_are_followed() {
    let depth = 3000;
    let path = format!("{}file", "d/".repeat(depth));
    let cut = |number: usize| if number == depth { &b"100644 file\0"[..] } else { b"40000 d\0" };
    let mut number = 0;
    let staged = staged_of_bytes(&index(&[(&path[..4001], FILE)], &[]), &[], Hash::Sha1, Some(id(1)), |_| {
        number += 1;
        Ok([cut(number - 1), id(1).as_bytes()].concat())
    });
    let staged = staged.expect("an index");
    assert_eq!((staged.changes.len(), staged.troubles.len()), (2, 0));
}
