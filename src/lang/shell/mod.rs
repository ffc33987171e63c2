//! Shell scripts: POSIX sh, bash, zsh and their kin; PowerShell; batch files of Windows.
//!
//! A text becomes commands (`lex`, `syntax`), which are run through in order (`run`): variables hold what they are given
//! (`state`), programs hide, show or pass on what they read (`programs`), and what leaves is noted (`sheet`). The same
//! serves scripts that stand in other files, as those of CI services do: `source` knows where their bytes are.

mod batch;
mod expression;
mod lex;
mod powershell;
mod programs;
mod run;
mod sheet;
mod source;
mod state;
mod syntax;
mod urls;
mod words;

#[cfg(test)]
pub(in crate::lang) mod tests;

use std::collections::{HashMap, HashSet};

use super::{LARGEST_SCRIPT, Module, Spots};
use crate::text::Span;

pub(in crate::lang) use expression::held as expression_held;
pub(in crate::lang) use lex::template;
pub(in crate::lang) use sheet::{Held, Sheet};
pub(in crate::lang) use source::Source;
pub(in crate::lang) use state::{Host, Known, State};
pub(in crate::lang) use syntax::{Piece, Var, Word};
pub(in crate::lang) use urls::Call;

/// The languages of shells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lang) enum Shell {
    /// sh and its kin.
    Posix,
    /// PowerShell.
    Power,
    /// `cmd.exe`.
    Batch,
}

/// Names of files that shells read, without an ending that says so.
const NAMES: &[&str] = &[
    ".envrc",
    ".bashrc",
    ".bash_profile",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".zshenv",
    "pre-commit",
    "pre-push",
    "commit-msg",
    "post-checkout",
    "post-merge",
    "post-commit",
    "prepare-commit-msg",
    "pre-receive",
    "post-receive",
    "entrypoint",
    "docker-entrypoint",
    "PKGBUILD",
];

/// The shell that a file is for.
pub(in crate::lang) fn shell_of(path: &str, text: &[u8]) -> Option<Shell> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    match end.as_deref() {
        Some("sh" | "bash" | "zsh" | "ksh" | "command" | "bats" | "ash" | "dash") => return Some(Shell::Posix),
        Some("ps1" | "psm1") => return Some(Shell::Power),
        Some("bat" | "cmd") => return Some(Shell::Batch),
        _ if NAMES.contains(&name) || path.contains(".husky/") && !name.contains('.') => return Some(Shell::Posix),
        _ => {}
    }
    let first = text.strip_prefix(b"#!")?;
    let line = first.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split_ascii_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word)).filter(|word| *word != "env" && !word.starts_with('-'));
    match words.next()? {
        "sh" | "bash" | "zsh" | "ksh" | "dash" | "ash" => Some(Shell::Posix),
        "pwsh" | "powershell" => Some(Shell::Power),
        _ => None,
    }
}

/// Whether a file is a shell script that may let a secret out. Quick, and rather true than false.
pub(super) fn has_cue(path: &str, text: &[u8]) -> bool {
    text.len() <= LARGEST_SCRIPT && shell_of(path, text).is_some() && super::infra::says_secret(text)
}

/// The facts of a shell script.
pub(super) fn read(path: &str, text: &[u8], values: &[Span], spots: &mut Spots) -> Option<Module> {
    let shell = shell_of(path, text).filter(|_| text.len() <= LARGEST_SCRIPT)?;
    let text = std::str::from_utf8(text).ok()?;
    let mut sheet = Sheet::new(values, spots);
    let source = Source::whole(text, 0);
    let is_ci = path.split('/').any(|part| matches!(part, ".github" | ".gitlab" | "ci" | ".ci" | ".circleci" | ".buildkite" | ".travis"));
    script(shell, &source, if is_ci { Host::Ci } else { Host::Plain }, HashMap::new(), false, &mut sheet);
    sheet.finish()
}

/// The name of a secret that a command fetches from where secrets are kept.
pub(in crate::lang) fn fetched_by(text: &str) -> Option<String> {
    lex::commands(text).first().and_then(programs::fetched)
}

/// Runs through a script, with what its variables hold before.
pub(in crate::lang) fn script(shell: Shell, source: &Source<'_>, host: Host, vars: HashMap<String, Known>, is_traced: bool, sheet: &mut Sheet<'_>) {
    let state = State { source, host, vars, masked: HashSet::new(), seen: HashSet::new() };
    match shell {
        Shell::Posix => {
            let commands = lex::commands(&source.text);
            let line = source.text.lines().next().unwrap_or_default();
            let is_traced =
                is_traced || line.starts_with("#!") && line.split_ascii_whitespace().skip(1).any(|word| word.starts_with('-') && word.contains('x'));
            run::Run::new(state, sheet, is_traced).all(&commands);
        }
        Shell::Power => powershell::run(state, sheet),
        Shell::Batch => batch::run(&state, sheet),
    }
}
