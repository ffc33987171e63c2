//! `skout scan`: from options to a report, and from the report to an exit code.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::args::{ConfigArgs, FormatTarget, ScanArgs, When, format_target};
use super::progress::{Bar, stop_on_interrupt};
use super::{CLEAN, FINDINGS, INCOMPLETE, INTERRUPTED, git, output};
use crate::config::{self, Config};
use crate::context::{self, RULES};
use crate::error::Error;
use crate::finding::Report;
use crate::keys::Catalog;
use crate::report::{self, Format, Options, RuleDoc};
use crate::scan::{self, Input, Policy, Progress};
use crate::source::{Repository, Walk, WalkOptions};
use crate::terms::{Confidence, Severity};
use crate::verdict::{RuleSetting, Verdicts};

pub(super) fn run(args: &ScanArgs) -> Result<u8, Error> {
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let from_stdin = paths.iter().any(|path| path == Path::new("-"));
    if from_stdin && paths.len() > 1 {
        return Err(Error::new("`-` stands beside other paths").help("scan standard input alone: `skout scan - --stdin-path NAME < FILE`"));
    }
    if args.stdin_path.is_some() && !from_stdin {
        return Err(Error::new("--stdin-path names standard input, which is not scanned").help("give `-` as the path"));
    }
    if from_stdin && git::is_asked(args) {
        return Err(Error::new("`-` is standard input, which no git mode reads").help("leave it out, or leave out --staged, --diff and --history"));
    }
    let in_git = if git::is_asked(args) { Some(git::repository(args)?.1) } else { None };
    let start = in_git.as_deref().unwrap_or(if from_stdin { Path::new(".") } else { paths[0].as_path() });
    let config = load_config(&args.config, start)?;
    let catalog = catalog(&config)?;
    let policy = policy(args, config)?;
    let targets = targets(args, &policy.config)?;
    let input = if in_git.is_some() {
        git::input(args, args.skip_hidden || policy.config.scan.skip_hidden)?.0
    } else if from_stdin {
        Input::Stdin(args.stdin_path.clone().unwrap_or_else(|| PathBuf::from("-")))
    } else {
        let options =
            WalkOptions { no_ignore: args.no_ignore, skip_hidden: args.skip_hidden || policy.config.scan.skip_hidden, jobs: args.jobs.map_or(0, usize::from) };
        Input::Tree(Walk::new(&paths, options)?)
    };

    let progress = Arc::new(Progress::default());
    stop_on_interrupt(&progress);
    let wants_bar = match args.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => std::io::stderr().is_terminal() && !args.quiet,
    };
    let bar = wants_bar.then(|| Bar::watch(&progress));
    let report = scan::run(&catalog, &input, &policy, &progress)?;
    drop(bar);
    if progress.stop.load(Ordering::Relaxed) {
        eprintln!("interrupted: nothing is reported");
        return Ok(INTERRUPTED);
    }
    write_all(args, &targets, &report)?;
    let says_notes = targets.iter().any(|target| target.format == Format::Text && target.file.is_none()) && args.output.is_none();
    if !says_notes && !args.quiet {
        for note in &report.summary.notes {
            eprintln!("note: {}", note.text);
        }
    }
    let fail_on = args.fail_on.or(policy.config.report.fail_on).unwrap_or(Severity::Medium);
    Ok(exit_code(&report, fail_on, args.allow_incomplete))
}

/// What was scanned, in one word.
fn mode(args: &ScanArgs) -> &'static str {
    match () {
        () if args.staged => "staged",
        () if args.diff.is_some() => "diff",
        () if args.history => "history",
        () => "tree",
    }
}

/// Lost inputs speak before findings: a run that can't be trusted is neither green nor merely red.
fn exit_code(report: &Report, fail_on: Severity, allow_incomplete: bool) -> u8 {
    if !report.summary.is_complete() && !allow_incomplete {
        INCOMPLETE
    } else if report.open().any(|finding| finding.severity >= fail_on) {
        FINDINGS
    } else {
        CLEAN
    }
}

/// The configuration that applies to a scan that starts at `start`.
pub(super) fn load_config(args: &ConfigArgs, start: &Path) -> Result<Config, Error> {
    if args.no_config {
        return Ok(Config::default());
    }
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.id().0).collect();
    if let Some(file) = &args.config {
        return config::read(file, &rules);
    }
    // A path that does not exist is told by the walk, in better words.
    let top = Repository::around(start).ok().flatten().map(|repository| repository.root);
    // Outside repositories the folder that skout was started in is as far as it looks.
    let top = top.or_else(|| std::env::current_dir().ok().filter(|folder| start.canonicalize().is_ok_and(|start| start.starts_with(folder))));
    let Some(file) = config::find(start, top.as_deref()) else { return Ok(Config::default()) };
    let mut config = config::read(&file, &rules)?;
    if let Some(root) = top.as_deref().or_else(|| start.is_dir().then_some(start)) {
        config.anchor(&file, root);
    }
    Ok(config)
}

/// The built-in key types and the configuration's.
pub(super) fn catalog(config: &Config) -> Result<Catalog, Error> {
    Catalog::with_custom(&config.specs()).map_err(|what| Error::new(what).at(&config.name).help("run `skout rules test` on the file"))
}

fn policy(args: &ScanArgs, config: Config) -> Result<Policy, Error> {
    for id in args.rule.iter().chain(&args.no_rule) {
        if context::find(id).is_none() {
            let known: Vec<&str> = RULES.iter().map(|rule| rule.id().0).collect();
            let help = match config::nearest(id, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the rules are {}", known.join(", ")),
            };
            return Err(Error::new(format!("`{id}` is no rule")).help(help));
        }
    }
    let mut verdicts = verdicts(&config);
    verdicts.only = args.rule.clone();
    verdicts.show_publishable = args.show_publishable;
    verdicts.settings.extend(args.no_rule.iter().map(|id| (id.clone(), RuleSetting::Off)));
    Ok(Policy {
        verdicts,
        min_severity: Some(args.min_severity.or(config.report.min_severity).unwrap_or(Severity::Low)),
        min_confidence: Some(args.min_confidence.or(config.report.min_confidence).unwrap_or(Confidence::Medium)),
        apart: false,
        reveal: args.show_secrets,
        max_file_size: args.max_file_size.or(config.scan.max_file_size),
        archives: args.archives || config.scan.archives,
        binary: args.binary || config.scan.binary,
        verbose: args.verbose,
        now: now(),
        config,
    })
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The severity table with what the configuration changes.
pub(super) fn verdicts(config: &Config) -> Verdicts {
    let settings = config.rules.iter().map(|rule| (rule.rule.clone(), rule.severity.map_or(RuleSetting::Off, RuleSetting::Fixed)));
    Verdicts { settings: settings.collect(), ..Verdicts::default() }
}

/// Formats and where they go; at most one goes to standard output.
fn targets(args: &ScanArgs, config: &Config) -> Result<Vec<FormatTarget>, Error> {
    let mut targets = args.formats.clone();
    if targets.is_empty() {
        for text in &config.report.format {
            targets.push(format_target(text).map_err(|what| Error::new(format!("`{text}` is no format: {what}")).at(&config.name))?);
        }
    }
    let to_stdout = targets.iter().filter(|target| target.file.is_none()).count();
    if to_stdout > 1 {
        return Err(Error::new("two formats go to standard output").help("send all but one to files: `--format sarif=skout.sarif`"));
    }
    if to_stdout == 0 {
        targets.insert(0, FormatTarget { format: Format::Text, file: None });
    }
    Ok(targets)
}

fn write_all(args: &ScanArgs, targets: &[FormatTarget], report: &Report) -> Result<(), Error> {
    let docs: Vec<RuleDoc> = if targets.iter().any(|target| target.format == Format::Sarif) { rule_docs() } else { Vec::new() };
    for target in targets {
        let file = target.file.as_ref().or(args.output.as_ref());
        let color = match args.color {
            When::Always => true,
            When::Never => false,
            When::Auto => file.is_none() && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        };
        let options = Options { color, verbose: args.verbose, quiet: args.quiet, mode: mode(args), rules: &docs, ..Options::default() };
        let mut bytes = Vec::new();
        report::write(target.format, report, &options, &mut bytes)?;
        match file {
            Some(file) => output::to_file(file, &bytes)?,
            None => output::to_stdout(&bytes)?,
        }
    }
    Ok(())
}

/// The rules as SARIF tells of them.
fn rule_docs() -> Vec<RuleDoc> {
    let docs = RULES.iter().map(|rule| {
        let page = rule.page();
        let title = context::title(page).to_owned();
        let worst = crate::verdict::worst(rule.id());
        let security_severity = match worst {
            Severity::Critical => 9.5,
            Severity::High => 8.0,
            Severity::Medium => 5.5,
            Severity::Low => 3.0,
            Severity::Info => 0.0,
        };
        RuleDoc {
            id: rule.id(),
            title,
            help_markdown: context::markdown(page),
            security_severity,
            tags: vec!["security".to_owned(), "secret".to_owned(), "external/cwe/cwe-798".to_owned()],
        }
    });
    docs.collect()
}
