//! Packs with entries that lie, and indexes that lead astray: visited and read by id.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::source::git::fuzzing::check_packs;

fuzz_target!(|bytes: &[u8]| check_packs(bytes));
