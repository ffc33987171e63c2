//! Lines of files that may be of any size: at most one line is held at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

/// The longest line that is looked at, in bytes. Names of references are far shorter; messages in reflogs are cut.
const LONGEST: usize = 64 << 10;

/// Gives each line with its 1-based number, without its end, and cut at [`LONGEST`], until `each` returns false.
pub(super) fn each_line(file: File, mut each: impl FnMut(usize, &[u8]) -> bool) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(128 << 10, file);
    let mut line = Vec::new();
    let mut number = 1;
    loop {
        let bytes = match reader.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if bytes.is_empty() {
            if !line.is_empty() {
                each(number, &line);
            }
            return Ok(());
        }
        let end = memchr::memchr(b'\n', bytes);
        let part = &bytes[..end.unwrap_or(bytes.len())];
        let used = part.len() + usize::from(end.is_some());
        let goes_on = match (end, line.is_empty()) {
            (Some(_), true) => each(number, &part[..part.len().min(LONGEST)]),
            (Some(_), false) => {
                line.extend_from_slice(&part[..part.len().min(LONGEST.saturating_sub(line.len()))]);
                each(number, &line)
            }
            (None, _) => {
                line.extend_from_slice(&part[..part.len().min(LONGEST.saturating_sub(line.len()))]);
                true
            }
        };
        if end.is_some() {
            number += 1;
            line.clear();
        }
        reader.consume(used);
        if !goes_on {
            return Ok(());
        }
    }
}
