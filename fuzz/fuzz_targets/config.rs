//! The text of a `skout.toml`.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use skout::config;

fuzz_target!(|text: &str| {
    let rules = ["hardcoded-secret", "secret-in-client-code", "public-env-secret"];
    match config::parse(text, Path::new("skout.toml"), &rules) {
        Ok(config) => {
            for path in ["a.js", "src/app/page.tsx", "dist/\u{e4}/b.min.js", "", "/"] {
                let _ = (config.excludes(path), config.excludes_folder(path), config.place_of(path).is_some());
            }
            for allow in &config.allow {
                assert!(!allow.reason.is_empty(), "an allow without a reason");
            }
            assert_eq!(config.specs().len(), config.key_types.len());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let _ = config::parse_size(text);
    let _ = config::nearest(text, rules);
});
