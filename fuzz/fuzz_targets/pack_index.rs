//! Any bytes as a pack's index, and edits of right indexes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::source::git::fuzzing::{check_edited_index, check_index};

fuzz_target!(|bytes: &[u8]| {
    check_index(bytes);
    check_edited_index(bytes);
});
