//! Prints what skout reads from a file: `cargo run --example facts -- FILE`. For whoever changes `lang`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that prints")]

use skout::error::ScanPath;
use skout::lang;

fn main() {
    for name in std::env::args().skip(1) {
        let text = match std::fs::read(&name) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{name}: {error}");
                std::process::exit(2);
            }
        };
        let path = ScanPath::from_bytes(name.as_bytes());
        println!("{name}: cue {}\n{:#?}", lang::has_cue(&path, &text), lang::facts(&path, &text, &[]));
    }
}
