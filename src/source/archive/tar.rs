//! `tar` and `ar`: members one after the other, read in one pass and without going back. Headers of a tar are understood by
//! the crate `tar`; its own walk is not used, because it reads names of any length into memory.

use std::io::{self, Read};

use super::budget::Budget;
use super::kind::is_tar;
use super::{Member, Visit};

const BLOCK: usize = 512;
/// The longest record of names, in bytes: a path has 4 KiB.
const LARGEST_RECORD: u64 = 1 << 20;

/// Reads until `buffer` is full or the input ends, and tells how far.
pub(super) fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Passes over so many bytes; false when fewer were there.
fn pass(input: &mut dyn Read, bytes: u64) -> bool {
    io::copy(&mut input.take(bytes), &mut io::sink()).is_ok_and(|passed| passed == bytes)
}

/// Hands a member of `size` bytes out and passes over what is left of it and the `padding` behind it. `None` when the input
/// ends within; else whether to go on.
fn hand_out(input: &mut dyn Read, name: &[u8], size: u64, padding: u64, wraps: &[&'static str], visit: Visit<'_>) -> Option<bool> {
    let mut member = input.take(size);
    let goes_on = visit(Member { name, wraps, bytes: &mut member });
    let left = member.limit();
    if !goes_on {
        return Some(false);
    }
    // The end of the last member may lack its padding, and is whole.
    (left == 0 || pass(input, left)).then(|| {
        pass(input, padding);
        true
    })
}

/// Walks a tar; what was lost comes back as sentences.
pub(super) fn tar(input: &mut dyn Read, wraps: &[&'static str], budget: &Budget, visit: Visit<'_>) -> Vec<String> {
    let ends_early =
        |last: &[u8]| vec![format!("it ends within or behind {}", if last.is_empty() { "its head".into() } else { String::from_utf8_lossy(last) })];
    let (mut last, mut long, mut stated) = (Vec::new(), None, None);
    loop {
        let mut block = [0; BLOCK];
        match fill(input, &mut block) {
            Ok(0) => return Vec::new(),
            Ok(BLOCK) => {}
            _ => return ends_early(&last),
        }
        if block.iter().all(|byte| *byte == 0) {
            return Vec::new();
        }
        let header = tar::Header::from_byte_slice(&block);
        let (true, Ok(size)) = (is_tar(&block), header.entry_size()) else {
            return vec![format!("what stands behind {} is no member", String::from_utf8_lossy(&last))];
        };
        let kind = header.entry_type();
        let padding = |size: u64| size.wrapping_neg() % BLOCK as u64;
        if kind.is_gnu_longname() || kind.is_gnu_longlink() || kind.is_pax_local_extensions() || kind.is_pax_global_extensions() {
            let mut record = Vec::new();
            let kept = size.min(LARGEST_RECORD);
            let read = input.take(kept).read_to_end(&mut record);
            if read.is_err() || record.len() as u64 != kept || !pass(input, size - kept + padding(size)) {
                return ends_early(&last);
            }
            if kind.is_gnu_longname() {
                record.truncate(record.iter().position(|byte| *byte == 0).unwrap_or(record.len()));
                long = Some(record);
            } else if kind.is_pax_local_extensions() {
                for extension in tar::PaxExtensions::new(&record).flatten() {
                    match extension.key_bytes() {
                        b"path" => long = Some(extension.value_bytes().to_vec()),
                        b"size" => stated = extension.value().ok().and_then(|text| text.parse().ok()),
                        _ => {}
                    }
                }
            }
            continue;
        }
        let size = stated.take().unwrap_or(size);
        let name = long.take().unwrap_or_else(|| header.path_bytes().into_owned());
        let mut name = name.as_slice();
        while let Some(rest) = name.strip_prefix(b"./") {
            name = rest;
        }
        // A sparse file's map goes on in blocks of its own.
        let mut goes_on = header.as_gnu().is_some_and(|gnu| kind.is_gnu_sparse() && gnu.is_extended());
        while goes_on {
            let mut more = [0; BLOCK];
            if !matches!(fill(input, &mut more), Ok(BLOCK)) {
                return ends_early(name);
            }
            goes_on = more[504] != 0;
        }
        let holds_bytes =
            !(kind.is_hard_link() || kind.is_symlink() || kind.is_dir() || kind.is_character_special() || kind.is_block_special() || kind.is_fifo());
        let is_file = holds_bytes && !name.ends_with(b"/");
        if is_file && !budget.member() {
            return Vec::new();
        }
        let whole = match (is_file, holds_bytes) {
            (true, _) => match hand_out(input, name, size, padding(size), wraps, visit) {
                Some(false) => return Vec::new(),
                handed => handed.is_some(),
            },
            (false, true) => pass(input, size.saturating_add(padding(size))),
            (false, false) => true,
        };
        if !whole {
            return ends_early(name);
        }
        last = name.to_vec();
    }
}

/// Walks an `ar`, with the long names of GNU and of BSD.
pub(super) fn ar(input: &mut dyn Read, wraps: &[&'static str], budget: &Budget, visit: Visit<'_>) -> Vec<String> {
    const HEADER: usize = 60;
    let broken = || vec!["a header in it is broken, or it ends early".to_owned()];
    if !pass(input, 8) {
        return broken();
    }
    let mut names = Vec::new();
    loop {
        let mut header = [0; HEADER];
        match fill(input, &mut header) {
            // The padding behind the last member.
            Ok(0 | 1) => return Vec::new(),
            Ok(HEADER) => {}
            _ => return broken(),
        }
        let number = |bytes: &[u8]| std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse::<u64>().ok());
        let (b"`\n", Some(size)) = (&header[58..], number(&header[48..58])) else { return broken() };
        let (mut size, padding) = (size, size % 2);
        let mut name = header[..16].trim_ascii_end().to_vec();
        if name == b"//" {
            if size > LARGEST_RECORD || input.take(size).read_to_end(&mut names).is_err() || !pass(input, padding) {
                return broken();
            }
            continue;
        }
        if let Some(length) = name.strip_prefix(b"#1/").and_then(number) {
            let mut long = vec![0; usize::try_from(length.min(size).min(LARGEST_RECORD)).unwrap_or(0)];
            if !matches!(fill(input, &mut long), Ok(filled) if filled == long.len()) {
                return broken();
            }
            size -= long.len() as u64;
            long.truncate(long.iter().position(|byte| *byte == 0).unwrap_or(long.len()));
            name = long;
        } else if let Some(at) = name.strip_prefix(b"/").and_then(number).and_then(|at| usize::try_from(at).ok()) {
            let rest = names.get(at..).unwrap_or_default();
            name = rest[..rest.iter().position(|byte| matches!(byte, b'\n' | 0)).unwrap_or(rest.len())].to_vec();
        }
        if name.len() > 1 && name.ends_with(b"/") {
            name.pop();
        }
        let is_index = matches!(name.as_slice(), b"/" | b"" | b"/SYM64") || name.starts_with(b"__.SYMDEF");
        if is_index {
            if !pass(input, size) {
                return broken();
            }
            pass(input, padding);
            continue;
        }
        if !budget.member() {
            return Vec::new();
        }
        match hand_out(input, &name, size, padding, wraps, visit) {
            Some(true) => {}
            Some(false) => return Vec::new(),
            None => return broken(),
        }
    }
}
