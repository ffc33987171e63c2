//! Any bytes as a base and a delta of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::source::git::fuzzing::check_delta;

fuzz_target!(|parts: (&[u8], &[u8])| check_delta(parts.0, parts.1));
