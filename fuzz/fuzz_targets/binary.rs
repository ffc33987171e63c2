//! Any bytes as a binary, and as an SQLite database: each byte of the text came from one of the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::source::Binary;

fuzz_target!(|bytes: &[u8]| {
    let Some((how, rest)) = bytes.split_first() else { return };
    let mut stored = rest.to_vec();
    if how % 2 == 0 && stored.len() >= 24 {
        stored[..16].copy_from_slice(b"SQLite format 3\0");
        stored[16..18].copy_from_slice(&512_u16.to_be_bytes());
    }
    let offset = u64::from(how / 2);
    let runs = Binary::of(&stored).runs(&stored, offset);
    for (at, byte) in runs.text.iter().enumerate() {
        let place = runs.stored(at);
        assert!(runs.stored_end(at + 1) >= place);
        assert!(matches!(byte, b'\n' | b'\t') || stored[place] == *byte);
    }
});
