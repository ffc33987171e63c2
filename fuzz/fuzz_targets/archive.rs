//! Any bytes as an archive of each kind: no panic, no end to memory, no more out than the budget allows.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use skout::source::archive::{Archive, Budget, Codec, Input, each};

const KINDS: &[Archive] = &[
    Archive::Zip,
    Archive::Asar,
    Archive::Tar,
    Archive::Ar,
    Archive::Stream(Codec::Gzip),
    Archive::Stream(Codec::Bzip2),
    Archive::Stream(Codec::Xz),
    Archive::Stream(Codec::Zstd),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let kind = KINDS[usize::from(*kind) % KINDS.len()];
    let mut total = 0_u64;
    each(kind, "a.tar", Input::File(&mut Cursor::new(bytes)), &Budget::new(0), &mut |member| {
        total += std::io::copy(&mut std::io::Read::take(member.bytes, 1 << 20), &mut std::io::sink()).unwrap_or(0);
        total < 64 << 20
    });
});
