//! Any bytes as an archive.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use skout::source::archive::{Archive, each};

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let kind = if kind % 2 == 0 { Archive::Zip } else { Archive::Asar };
    let mut total = 0_u64;
    each(kind, Cursor::new(bytes), &mut |_, member| {
        total += std::io::copy(&mut std::io::Read::take(member, 1 << 20), &mut std::io::sink()).unwrap_or(0);
        total < 64 << 20
    });
});
