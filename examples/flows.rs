//! Prints where values leave a file, and by what: `cargo run --release --example flows -- FILES`. For whoever changes `lang`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that prints")]

use skout::error::ScanPath;
use skout::lang::{self, Sink};

fn main() {
    let (mut bytes, mut spent) = (0_usize, std::time::Duration::ZERO);
    for name in std::env::args().skip(1) {
        let Ok(text) = std::fs::read(&name) else { continue };
        let path = ScanPath::from_bytes(name.as_bytes());
        let begin = std::time::Instant::now();
        let facts = lang::facts(&path, &text, &[]);
        spent += begin.elapsed();
        bytes += text.len();
        for flow in facts.module.iter().flat_map(|module| &module.flows) {
            if !matches!(flow.sink, Sink::Log(_) | Sink::Error(_) | Sink::Url(_) | Sink::Argument(_)) {
                continue;
            }
            let span = facts.spot(flow.spot).map(|spot| spot.span).unwrap_or_default();
            let line = text[..span.start.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1;
            let written = String::from_utf8_lossy(&text[span.start..span.end.min(span.start + 160)]).replace('\n', " ");
            println!("{name}:{line}: {:?}\n    {written}\n    {:?}", flow.sink, flow.value);
        }
    }
    eprintln!("{bytes} bytes in {spent:?}");
}
