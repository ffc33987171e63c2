//! `skout fix`: a redacted diff, or the changes themselves; then what no rewrite takes away.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::args::FixArgs;
use super::progress::stop_on_interrupt;
use super::{CLEAN, FINDINGS, INCOMPLETE, INTERRUPTED, output, scan};
use crate::error::Error;
use crate::fix::{self, Fixes};
use crate::scan::{Policy, Progress};
use crate::terms::{Confidence, Severity};

pub(super) fn run(args: &FixArgs) -> Result<u8, Error> {
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let config = scan::load_config(&args.config, &paths[0])?;
    let catalog = scan::catalog(&config)?;
    let policy = Policy {
        verdicts: scan::verdicts(&config),
        min_severity: Some(config.report.min_severity.unwrap_or(Severity::Low)),
        min_confidence: Some(config.report.min_confidence.unwrap_or(Confidence::Medium)),
        max_file_size: config.scan.max_file_size,
        now: scan::now(),
        apart: true,
        config,
        ..Policy::default()
    };
    let progress = Arc::new(Progress::default());
    stop_on_interrupt(&progress);
    let fixes = fix::plan(&catalog, &paths, &policy, &progress)?;
    if progress.stop.load(Ordering::Relaxed) {
        eprintln!("interrupted: nothing is changed");
        return Ok(INTERRUPTED);
    }
    if args.write {
        fixes.write()?;
    }
    output::to_stdout(render(&fixes, args.write).as_bytes())?;
    let lost: Vec<String> =
        fixes.report.summary.skipped.iter().filter(|skip| skip.class == crate::error::SkipClass::Lost).map(|skip| skip.path.to_string()).collect();
    for path in &lost {
        eprintln!("not scanned: {path}");
    }
    Ok(match () {
        () if !lost.is_empty() => INCOMPLETE,
        () if fixes.left.is_empty() => CLEAN,
        () => FINDINGS,
    })
}

fn render(fixes: &Fixes, is_written: bool) -> String {
    let mut out = fixes.diff.clone();
    let mut paragraph = |lines: Vec<String>| {
        if !lines.is_empty() {
            if !out.is_empty() {
                out.push('\n');
            }
            lines.iter().for_each(|line| {
                let mut safe = String::new();
                crate::text::visible(line.as_bytes(), &mut safe);
                out.push_str(&safe);
                out.push('\n');
            });
        }
    };
    paragraph(fixes.left.iter().map(|left| format!("not fixed: {}:{}: {} ({}): {}", left.path, left.line, left.rule, left.redacted, left.why)).collect());
    paragraph(if fixes.files() == 0 { Vec::new() } else { fixes.next.iter().map(|next| format!("next: {next}")).collect() });
    let files = match fixes.files() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    let counted = |count: usize| if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") };
    paragraph(vec![match (fixes.fixed + fixes.left.len(), fixes.files(), is_written) {
        (0, 0, _) => "nothing to fix".to_owned(),
        (_, 0, _) => format!("nothing changes; {} left", counted(fixes.left.len())),
        (_, _, true) => format!("{files} changed: {} fixed, {} left", counted(fixes.fixed), fixes.left.len()),
        (_, _, false) => format!("{files} would change: {} fixed, {} left; --write makes the changes", counted(fixes.fixed), fixes.left.len()),
    }]);
    out
}
