//! The arguments, as clap reads them. These types end in `cli`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::config;
use crate::hook::Stage;
use crate::report::Format;
use crate::terms::{Confidence, Severity};

/// skout finds keys and secrets, works out what each may do and where it ends up, and judges the pair.
#[derive(Debug, Parser)]
#[command(
    name = "skout",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 wrong usage or configuration; 3 the scan was incomplete."
)]
pub(super) struct Arguments {
    /// Run as if started in this folder.
    #[arg(short = 'C', value_name = "DIR", global = true, value_hint = ValueHint::DirPath)]
    pub(super) directory: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Scan files for keys and judge where they stand.
    Scan(Box<ScanArgs>),
    /// Show or test rules and key types.
    Rules(RulesArgs),
    /// Say why a line is, or is not, a finding.
    Explain(ExplainArgs),
    /// Take secrets out of code: a redacted diff, or with --write the changes themselves.
    Fix(FixArgs),
    /// Put skout before commits and pushes, or take it away.
    Hook(HookArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    /// Files and folders; `-` is standard input. Files named here are always scanned.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// Scan what `git commit` would commit: the index against HEAD. Paths narrow it; a named file of which nothing is staged is scanned as it is.
    #[arg(long, conflicts_with_all = ["diff", "history", "stdin_path"], help_heading = "Git")]
    pub(super) staged: bool,
    /// Scan what a pull request adds: every commit of the range with its message, and what the two ends differ in. BASE alone means BASE..HEAD.
    #[arg(long, value_name = "BASE[..HEAD]", conflicts_with_all = ["history", "stdin_path"], help_heading = "Git")]
    pub(super) diff: Option<String>,
    /// Scan every object that any reference, reflog or stash reaches, in the repository at PATH.
    #[arg(long, conflicts_with = "stdin_path", help_heading = "Git")]
    pub(super) history: bool,
    /// With --history: these commits alone, as `git rev-list` would list them: REV, BASE..HEAD, `REV --not OTHER`, `--remotes=NAME`.
    #[arg(long, value_name = "REV-RANGE", requires = "history", allow_hyphen_values = true, help_heading = "Git")]
    pub(super) range: Option<String>,
    /// With --history: also objects that nothing reaches any more.
    #[arg(long, requires = "history", conflicts_with = "range", help_heading = "Git")]
    pub(super) unreachable: bool,
    /// With --history: search every blob as a whole, also where it is stored as a delta of another one. Finds the same and takes longer.
    #[arg(long, requires = "history", help_heading = "Git")]
    pub(super) no_delta: bool,
    /// What standard input is called, for its context.
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_path: Option<PathBuf>,
    #[command(flatten)]
    pub(super) config: ConfigArgs,
    /// How to report: text, json, jsonl, sarif, github, gitlab, junit, csv. FORMAT=FILE writes a file beside standard output; repeatable.
    #[arg(short, long = "format", value_name = "FORMAT[=FILE]", value_parser = format_target)]
    pub(super) formats: Vec<FormatTarget>,
    /// Write the report to a file instead of standard output.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,
    /// The severity from which findings make the exit code 1 [default: medium].
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(super) fail_on: Option<Severity>,
    /// Leave out findings below this severity [default: low].
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(super) min_severity: Option<Severity>,
    /// Leave out findings below this confidence [default: medium].
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidence)]
    pub(super) min_confidence: Option<Confidence>,
    /// Run this rule alone; repeatable.
    #[arg(long, value_name = "RULE")]
    pub(super) rule: Vec<String>,
    /// Don't run this rule; repeatable.
    #[arg(long, value_name = "RULE")]
    pub(super) no_rule: Vec<String>,
    /// Scan what ignore rules exclude.
    #[arg(long)]
    pub(super) no_ignore: bool,
    /// Leave out hidden files.
    #[arg(long)]
    pub(super) skip_hidden: bool,
    /// Leave out larger files, `10M`, `10MiB` or bytes; a named file is scanned all the same.
    #[arg(long, value_name = "SIZE", value_parser = config::parse_size)]
    pub(super) max_file_size: Option<u64>,
    /// Open archives too: zip and what is one (app packages, jars, wheels, office documents), `asar`, tar, deb, gz, bz2, xz, zst; a named one is opened all the same.
    #[arg(long)]
    pub(super) archives: bool,
    /// Search binary files too, SQLite databases among them, by the texts in them; only what is of high confidence counts there.
    #[arg(long)]
    pub(super) binary: bool,
    /// Threads [default: one a processor].
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<std::num::NonZeroUsize>,
    /// Report publishable keys as well, as information.
    #[arg(long)]
    pub(super) show_publishable: bool,
    /// Print secrets in full. Whoever reads the output can use them.
    #[arg(long)]
    pub(super) show_secrets: bool,
    /// Exit with 0 or 1 although something was not scanned.
    #[arg(long)]
    pub(super) allow_incomplete: bool,
    /// Colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: When,
    /// A progress bar on standard error.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) progress: When,
    /// No summary, no notes.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// List every input that was not scanned, and suppressions that matched nothing or a whole file.
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// Where the configuration comes from.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Use this configuration instead of the nearest skout.toml.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) config: Option<PathBuf>,
    /// Use no configuration.
    #[arg(long, conflicts_with = "config")]
    pub(super) no_config: bool,
}

#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    pub(super) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List context rules and key types.
    List {
        /// text, json (one document, schema skout-rules/1) or md.
        #[arg(short, long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
        format: ListFormat,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Show the page of a context rule or a key type.
    Show {
        /// `secret-in-bundle`, `plunk.secret-key`.
        id: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Check rule files and run their examples.
    Test {
        /// A rule file, a skout.toml, or a folder of them.
        #[arg(required = true, value_name = "FILE-OR-DIR", value_hint = ValueHint::AnyPath)]
        paths: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A file and a line in it.
    #[arg(value_name = "PATH:LINE")]
    pub(super) place: String,
    #[command(flatten)]
    pub(super) config: ConfigArgs,
}

#[derive(Debug, Args)]
pub(super) struct FixArgs {
    /// Files and folders; nothing outside of them is changed.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// Make the changes.
    #[arg(long)]
    pub(super) write: bool,
    #[command(flatten)]
    pub(super) config: ConfigArgs,
}

#[derive(Debug, Args)]
pub(super) struct HookArgs {
    #[command(subcommand)]
    pub(super) command: HookCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum HookCommand {
    /// Write the hook; one that is there already is kept and runs first.
    Install(HookOptions),
    /// Remove the hook and put back what was there before.
    Uninstall(HookOptions),
}

#[derive(Debug, Args)]
pub(super) struct HookOptions {
    /// pre-commit, pre-push; repeatable [default: install pre-commit, uninstall all].
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    pub(super) stage: Vec<Stage>,
    /// Agree to change the hooks of every repository, where core.hooksPath is set for the account or the machine.
    #[arg(long)]
    pub(super) all_repositories: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Text,
    Json,
    Md,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

/// A format, and a file for it or standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormatTarget {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
}

pub(super) fn format_target(text: &str) -> Result<FormatTarget, String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(PathBuf::from(file))));
    let names = || Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
    let format = Format::parse(name).ok_or_else(|| format!("use one of {}", names()))?;
    if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
        return Err("the file after `=` has no name".to_owned());
    }
    Ok(FormatTarget { format, file })
}

fn stage(text: &str) -> Result<Stage, String> {
    Stage::ALL.iter().copied().find(|stage| stage.name() == text).ok_or_else(|| "use pre-commit or pre-push".to_owned())
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "use info, low, medium, high or critical".to_owned())
}

fn confidence(text: &str) -> Result<Confidence, String> {
    Confidence::parse(text).ok_or_else(|| "use low, medium, high or confirmed".to_owned())
}
