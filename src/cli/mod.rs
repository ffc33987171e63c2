//! The command line: alone in reading arguments and the environment, in printing, and in choosing exit codes.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is this module's job")]

mod args;
mod explain;
mod fix;
mod git;
mod hook;
mod output;
mod progress;
mod rules;
mod scan;

use clap::{CommandFactory, Parser};

use crate::detect::{Detector, Scratch};
use crate::error::Error;
use crate::keys::Catalog;
use crate::scan::hide_values;
use args::{Arguments, Command};

/// Everything is as it should be.
const CLEAN: u8 = 0;
/// Findings at or above `--fail-on`.
const FINDINGS: u8 = 1;
/// Wrong usage, configuration, rules or paths; an output that can't be written.
const WRONG: u8 = 2;
/// Something was not scanned.
const INCOMPLETE: u8 = 3;
/// Somebody pressed Ctrl-C; the number is the shell's custom.
const INTERRUPTED: u8 = 130;

/// Runs the command that the process was started with and returns its exit code.
pub fn main() -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and are no errors.
            match hidden(&error.to_string()) {
                Some(text) if error.use_stderr() => eprint!("{text}"),
                _ => drop(error.print()),
            }
            return if error.use_stderr() { WRONG } else { CLEAN };
        }
    };
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            let mut text = format!("error: {error}\n");
            if let Some(help) = error.help_text() {
                text.push_str(&format!(" help: {help}\n"));
            }
            eprint!("{}", hidden(&text).unwrap_or(text));
            WRONG
        }
    }
}

/// A message without the values that somebody pasted into an argument or a configuration; `None` when it has none.
fn hidden(text: &str) -> Option<String> {
    hide_values(&Detector::new(&Catalog::built_in(), false), text, &mut Scratch::default())
}

fn run(arguments: Arguments) -> Result<u8, Error> {
    if let Some(folder) = &arguments.directory {
        std::env::set_current_dir(folder).map_err(|error| Error::new("can't go to the folder of -C").at(folder).because(error))?;
    }
    match arguments.command {
        Command::Scan(options) => scan::run(&options),
        Command::Rules(options) => rules::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Fix(options) => fix::run(&options),
        Command::Hook(options) => hook::run(&options),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "skout", &mut text);
            output::to_stdout(&text)?;
            Ok(CLEAN)
        }
    }
}
