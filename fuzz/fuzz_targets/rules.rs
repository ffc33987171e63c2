//! The text of a rule file, and detection with what it declares.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skout::detect::Detector;
use skout::keys::{Catalog, examples, schema};
use skout_fuzz::check_stored;

fuzz_target!(|text: &str| {
    let Ok(specs) = schema::read_any(text) else { return };
    let Ok(catalog) = Catalog::with_custom(&specs) else { return };
    let detector = Detector::new(&catalog, false);
    check_stored(text.as_bytes(), &detector);
    for template in specs.iter().flat_map(|spec| spec.matches.iter().chain(&spec.reject)).take(4) {
        if let Ok(line) = examples::fill(template, 1)
            && line.len() < 4096
        {
            check_stored(line.as_bytes(), &detector);
        }
    }
});
