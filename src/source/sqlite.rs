//! The texts in the pages of an SQLite database, and of the log beside it: columns lie there one after the other with nothing
//! between them, so that only the record's header says where a text begins and ends.
//!
//! The format is <https://www.sqlite.org/fileformat2.html>. Free pages and what was deleted have no records; runs of text
//! are found there as in any other binary.

/// A text in a record: where it stands in the given bytes, and the number of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Cells of one record have the same.
    pub(super) record: usize,
}

/// How pages lie in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pages {
    /// Bytes of a page.
    size: usize,
    /// Of these at the end of each something else has the use.
    reserved: usize,
    /// Where the first begins in the file.
    first: u64,
    /// From the beginning of one to that of the next.
    stride: u64,
    /// Whether the first page begins with the header of the database.
    has_header: bool,
}

/// Columns of a record and records of a page that are looked at.
const COLUMNS: usize = 4096;
const RECORDS: usize = 32 << 10;

impl Pages {
    /// The pages of a file that begins with `head`; `None` when it is no database.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let is_size = |size: &usize| size.is_power_of_two() && (512..=65536).contains(size);
        if head.starts_with(b"SQLite format 3\0") && head.len() >= 100 {
            let size = match number(head, 16, 2)? {
                1 => 65536,
                size => size,
            };
            let size = Some(size).filter(is_size)?;
            return Some(Self { size, reserved: usize::from(head[20]), first: 0, stride: size as u64, has_header: true });
        }
        if let [0x37, 0x7f, 0x06, 0x82 | 0x83, ..] = head {
            let size = number(head, 8, 4).filter(is_size)?;
            return Some(Self { size, reserved: 0, first: 32 + 24, stride: size as u64 + 24, has_header: false });
        }
        None
    }

    /// The texts of all records whose page lies in `bytes`, which begin at `offset` of the file; in rising order, none within
    /// another.
    pub(super) fn cells(&self, bytes: &[u8], offset: u64) -> Vec<Cell> {
        let mut cells = Vec::new();
        let mut records = 0;
        let before = offset.saturating_sub(self.first).div_ceil(self.stride);
        let mut start = self.first.saturating_add(before.saturating_mul(self.stride));
        while let Some(at) = start.checked_sub(offset).and_then(|at| usize::try_from(at).ok())
            && let Some(page) = at.checked_add(self.size).and_then(|end| bytes.get(at..end))
        {
            let header = if start == 0 && self.has_header { 100 } else { 0 };
            let from = cells.len();
            self.page(page, header, at, &mut records, &mut cells);
            // Records lie in a page in any order, and in a forged one over each other.
            cells[from..].sort_unstable_by_key(|cell| (cell.start, cell.end));
            let mut end = 0;
            let mut kept = from;
            for number in from..cells.len() {
                if cells[number].start >= end {
                    end = cells[number].end;
                    cells[kept] = cells[number];
                    kept += 1;
                }
            }
            cells.truncate(kept);
            start = start.saturating_add(self.stride);
        }
        cells
    }

    /// The texts in a leaf of a table's tree or an index's. `at` is where the page begins in the given bytes.
    fn page(&self, page: &[u8], header: usize, at: usize, records: &mut usize, cells: &mut Vec<Cell>) {
        let is_table = match page.get(header) {
            Some(13) => true,
            Some(10) => false,
            _ => return,
        };
        let usable = self.size.saturating_sub(self.reserved);
        let count = number(page, header + 3, 2).unwrap_or(0).min(RECORDS);
        // A page has so many bytes for texts: what claims more is forged, and costs no more.
        let mut work = 2 * self.size;
        for index in 0..count {
            let Some(mut cell) = number(page, header + 8 + 2 * index, 2) else { return };
            let Some(payload) = varint(page, &mut cell) else { continue };
            if is_table && varint(page, &mut cell).is_none() {
                continue;
            }
            let payload = usize::try_from(payload).unwrap_or(usize::MAX);
            let end = cell.saturating_add(self.local(payload, usable, is_table)).min(usable);
            let mut types = cell;
            let Some(length) = varint(page, &mut types).and_then(|length| usize::try_from(length).ok()) else { continue };
            let types_end = cell.saturating_add(length).min(end);
            let mut body = cell.saturating_add(length);
            *records += 1;
            for _ in 0..COLUMNS {
                if types >= types_end || body >= end || work == 0 {
                    break;
                }
                let Some(kind) = varint(page, &mut types) else { break };
                let size = match kind {
                    0 | 8 | 9 => 0,
                    1..=4 => kind,
                    5 => 6,
                    6 | 7 => 8,
                    10 | 11 => break,
                    kind => (kind - 12) / 2,
                };
                let next = body.saturating_add(usize::try_from(size).unwrap_or(usize::MAX));
                if kind >= 13 && kind % 2 == 1 && next.min(end) > body {
                    cells.push(Cell { start: at + body, end: at + next.min(end), record: *records });
                }
                body = next;
                work -= 1;
            }
        }
    }

    /// So many bytes of a payload lie in the page itself.
    fn local(&self, payload: usize, usable: usize, is_table: bool) -> usize {
        let most = if is_table { usable.saturating_sub(35) } else { (usable.saturating_sub(12) * 64 / 255).saturating_sub(23) };
        if payload <= most {
            return payload;
        }
        let least = (usable.saturating_sub(12) * 32 / 255).saturating_sub(23);
        let kept = least + (payload - least) % usable.saturating_sub(4).max(1);
        if kept <= most { kept } else { least }
    }
}

/// A number of so many bytes, the most significant first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    Some(bytes.get(at..at.checked_add(length)?)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// SQLite's own number of one to nine bytes; `at` moves behind it.
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0_u64;
    for index in 0..9 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if index == 8 {
            return Some(number << 8 | u64::from(byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A database of one page of 512 bytes with these rows of texts in a leaf, behind 100 bytes of header.
    pub(crate) fn database(rows: &[&[&str]]) -> Vec<u8> {
        let mut page = vec![0; 512];
        page[..16].copy_from_slice(b"SQLite format 3\0");
        page[16..18].copy_from_slice(&512_u16.to_be_bytes());
        page[100] = 13;
        page[103..105].copy_from_slice(&(rows.len() as u16).to_be_bytes());
        let mut end = 512;
        for (number, row) in rows.iter().enumerate() {
            let mut cell = vec![0, number as u8 + 1, 0];
            for text in *row {
                let kind = 13 + 2 * text.len();
                cell.extend(if kind < 128 { vec![kind as u8] } else { vec![(kind >> 7) as u8 | 0x80, kind as u8 & 0x7f] });
            }
            cell[2] = (cell.len() - 2) as u8;
            row.iter().for_each(|text| cell.extend(text.as_bytes()));
            cell[0] = (cell.len() - 2) as u8;
            assert!(cell.len() < 128 && cell.len() < end - 120, "it fits the page");
            end -= cell.len();
            page[end..end + cell.len()].copy_from_slice(&cell);
            page[108 + 2 * number..110 + 2 * number].copy_from_slice(&(end as u16).to_be_bytes());
        }
        page
    }

    fn texts(bytes: &[u8], offset: u64) -> Vec<(String, usize)> {
        let pages = Pages::of(bytes).expect("a database");
        let cells = pages.cells(&bytes[offset as usize..], offset).into_iter();
        cells.map(|cell| (String::from_utf8_lossy(&bytes[offset as usize..][cell.start..cell.end]).into_owned(), cell.record)).collect()
    }

    #[test]
    fn columns_are_told_apart() {
        let bytes = database(&[&["plunk", "value", "x"], &["two", "second"]]);
        // The second record lies before the first.
        let expected = [("two", 2), ("second", 2), ("plunk", 1), ("value", 1), ("x", 1)].map(|(text, record)| (text.to_owned(), record));
        assert_eq!(texts(&bytes, 0), expected);
        assert_eq!(texts(&bytes, 1), [], "the page is not whole");
        let log = [b"\x37\x7f\x06\x82\0\0\0\0\0\0\x02\0".as_slice(), &[0; 44], &[&bytes[100..], &[0; 100]].concat()].concat();
        assert!(Pages::of(&log).is_some_and(|pages| pages.cells(&log, 0).is_empty()), "cells lie elsewhere in the page");
    }

    #[test]
    fn what_is_no_database() {
        for head in [b"".as_slice(), b"SQLite format 3\0", &[0; 200], &[b"SQLite format 3\0\0\x03".as_slice(), &[0; 100]].concat()] {
            assert!(Pages::of(head).is_none());
        }
    }

    proptest::proptest! {
        #[test]
        fn cells_rise_and_lie_within(noise in proptest::collection::vec((0_usize..1024, 0_u8..=255), 0..40), offset in 0_u64..600) {
            let mut bytes = database(&[&["plunk", "value"], &["two"]]).repeat(2);
            for (at, byte) in noise {
                if !(16..24).contains(&at) {
                    bytes[at] = byte;
                }
            }
            let Some(pages) = Pages::of(&bytes) else { return Ok(()) };
            let rest = &bytes[offset as usize..];
            let mut end = 0;
            for cell in pages.cells(rest, offset) {
                proptest::prop_assert!(end <= cell.start && cell.start < cell.end && cell.end <= rest.len());
                end = cell.end;
            }
        }
    }
}
