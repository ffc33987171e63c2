//! A template of an example line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::keys::examples::fill;

fuzz_target!(|template: &str| {
    let filled = fill(template, 7);
    if let Ok(text) = &filled {
        assert!(text.len() <= (4 << 20) + template.len(), "{} bytes", text.len());
    }
    assert_eq!(filled, fill(template, 7));
});
