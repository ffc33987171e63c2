//! Any bytes as a file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::text::Text;
use skout_fuzz::{DETECTOR, check_stored, check_text};

fuzz_target!(|bytes: &[u8]| {
    check_stored(bytes, &DETECTOR);
    // What a scan takes for binary is detected as well: windows after the first are never sniffed.
    check_text(&Text::plain(bytes), &DETECTOR);
});
