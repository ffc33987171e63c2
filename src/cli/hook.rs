//! `skout hook install|uninstall`: puts skout before commits and pushes, and says what it did where.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::args::{HookArgs, HookCommand, HookOptions};
use super::{CLEAN, hidden, output};
use crate::error::Error;
use crate::hook::{self, Installation, Installed, Stage, Uninstalled};
use crate::source::{HookFolder, HookScope};

pub(super) fn run(args: &HookArgs) -> Result<u8, Error> {
    let (HookCommand::Install(options) | HookCommand::Uninstall(options)) = &args.command;
    let folder = HookFolder::discover()?;
    may_touch(&folder, options)?;
    let told = match &args.command {
        HookCommand::Install(_) => install(&folder, &options.stage)?,
        HookCommand::Uninstall(_) => uninstall(&folder, &options.stage)?,
    };
    let mut safe = String::new();
    for line in told.lines() {
        crate::text::visible(line.as_bytes(), &mut safe);
        safe.push('\n');
    }
    output::to_stdout(hidden(&safe).unwrap_or(safe).as_bytes())?;
    Ok(CLEAN)
}

/// Other repositories' hooks are touched by consent alone.
fn may_touch(folder: &HookFolder, options: &HookOptions) -> Result<(), Error> {
    match &folder.scope {
        HookScope::Shared(file) if !options.all_repositories => Err(Error::new(format!(
            "core.hooksPath is set in {}, so that hooks in this folder run in every repository that reads it",
            file.display()
        ))
        .at(&folder.path)
        .help("give --all-repositories if you mean them all, or first give this repository a folder of its own: `git config core.hooksPath \"$(git rev-parse --git-common-dir)/hooks\"`")),
        _ => Ok(()),
    }
}

fn install(folder: &HookFolder, asked: &[Stage]) -> Result<String, Error> {
    let stages = if asked.is_empty() { vec![Stage::PreCommit] } else { each_once(asked) };
    if folder.work_tree.is_none() && stages.contains(&Stage::PreCommit) {
        return Err(Error::new("this is a bare repository: nobody commits here, so a pre-commit hook would never run")
            .at(&folder.path)
            .help("install it in a clone or a working tree; for pushes from here, `skout hook install --stage pre-push`"));
    }
    if is_husky(&folder.path) {
        return Err(Error::new("husky writes the hooks in this folder, and would write over skout's")
            .at(&folder.path)
            .help("add the line `skout scan --staged` to .husky/pre-commit instead"));
    }
    // A hook that is committed serves other people, whose binary is elsewhere.
    let recorded = if folder.in_work_tree { None } else { binary() };
    let mut told = String::new();
    for one in hook::install(&folder.path, &stages, recorded.as_deref())? {
        tell_installed(&one, &mut told);
    }
    if folder.in_work_tree {
        told.push_str("  the folder lies in the working tree: committed, the hook is everybody's who sets core.hooksPath to it, and needs skout on PATH\n");
    } else if recorded.is_none() {
        told.push_str("  it needs skout on PATH\n");
    }
    Ok(told)
}

fn tell_installed(one: &Installation, told: &mut String) {
    let stage = one.stage;
    let done = match one.done {
        Installed::New => "installed",
        Installed::Updated => "updated",
        Installed::Unchanged => "already installed, nothing changed:",
    };
    let _ = writeln!(told, "{done} {}", one.path.display());
    let _ = match stage {
        Stage::PreCommit => writeln!(told, "  before each commit it runs `skout scan --staged`"),
        Stage::PrePush => writeln!(told, "  before each push it runs `skout scan --diff` over the commits that the other side has not"),
    };
    if let Some(kept) = &one.kept {
        let name = kept.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let _ = if kept.runs {
            writeln!(told, "  the hook that was there runs first, as {name}")
        } else {
            writeln!(told, "  the hook that was there is kept as {name}; it is not executable, so it does not run, as it did not before")
        };
        if kept.runs && kept.reads_its_name {
            let _ = writeln!(told, "  it seems to look at its own name, which was {}: try a {}", stage.name(), stage.act());
        }
    }
}

fn uninstall(folder: &HookFolder, asked: &[Stage]) -> Result<String, Error> {
    let stages = if asked.is_empty() { Stage::ALL.to_vec() } else { each_once(asked) };
    let mut told = String::new();
    let (mut changed, mut foreign) = (false, None);
    for one in hook::uninstall(&folder.path, &stages)? {
        match one {
            Uninstalled::Removed(path) => {
                changed = true;
                let _ = writeln!(told, "removed {}; no hook was there before", path.display());
            }
            Uninstalled::Restored(path) => {
                changed = true;
                let _ = writeln!(told, "restored {}, the hook that was there before", path.display());
            }
            Uninstalled::Absent => {}
            Uninstalled::NotOurs(path) => {
                let _ = writeln!(told, "left {} as it is: skout did not write it", path.display());
                foreign = Some(path);
            }
        }
    }
    match foreign {
        Some(path) if !changed => {
            Err(Error::new("skout did not write this hook, so it stays as it is").at(path).help("remove it yourself, or with the tool that made it"))
        }
        _ if told.is_empty() => Ok(format!("nothing to remove: no hook of skout's is in {}\n", folder.path.display())),
        _ => Ok(told),
    }
}

fn each_once(asked: &[Stage]) -> Vec<Stage> {
    let mut stages = asked.to_vec();
    stages.sort();
    stages.dedup();
    stages
}

/// The folder that husky points `core.hooksPath` to holds a hook for each stage, all written anew by each `npm install`.
/// They look at their own names and at the folder above, so that none of them could be kept under another name.
fn is_husky(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "_") && ["h", "husky.sh"].iter().any(|file| folder.join(file).is_file())
}

/// This binary: what hooks fall back to in programs that start git with a short `PATH`.
fn binary() -> Option<PathBuf> {
    std::env::current_exe().ok().filter(|path| path.is_absolute())
}
