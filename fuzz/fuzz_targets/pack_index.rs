//! Any bytes as a pack's index.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::source::git::fuzzing::check_index;

fuzz_target!(|bytes: &[u8]| check_index(bytes));
