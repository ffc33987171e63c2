//! Hooks of skout's own: written into a hook folder, kept up to date, taken away again.
//!
//! In come the folder and the stages, out goes what was done to each file, for `cli` to tell. A hook that was there
//! before is moved aside and runs first; taking skout's away moves it back, so that bytes, mode and link are what they
//! were. Where the folder is belongs to `source`.

mod script;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;
use script::Author;

/// More than any hook is long. In bytes.
const LONGEST_HOOK: u64 = 1 << 20;

/// When git runs a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Before a commit: it looks at what is staged.
    PreCommit,
    /// Before a push: it looks at the commits that leave, whatever way they came to be.
    PrePush,
}

impl Stage {
    /// All stages, in the order in which work passes them.
    pub const ALL: &'static [Stage] = &[Stage::PreCommit, Stage::PrePush];

    /// The name of git's hook, and of its file.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::PreCommit => "pre-commit",
            Stage::PrePush => "pre-push",
        }
    }

    /// What git does after it, as git's command for it.
    pub const fn act(self) -> &'static str {
        match self {
            Stage::PreCommit => "commit",
            Stage::PrePush => "push",
        }
    }

    /// The file that pre-commit keeps an earlier hook in.
    fn legacy_name(self) -> String {
        format!("{}.legacy", self.name())
    }

    /// The file that an earlier hook is kept in, beside skout's.
    pub fn kept_name(self) -> String {
        format!("{}.skout-kept", self.name())
    }
}

/// What an installation did to one hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// There was none of skout's.
    New,
    /// One of another version, or for another binary, was replaced.
    Updated,
    /// It was there already, the same to the byte.
    Unchanged,
}

/// One hook of skout's that is in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// When it runs.
    pub stage: Stage,
    /// The hook's file.
    pub path: PathBuf,
    /// What was done.
    pub done: Installed,
    /// The earlier hook, where there is one.
    pub kept: Option<KeptHook>,
}

/// A hook that was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHook {
    /// Where it is now.
    pub path: PathBuf,
    /// Whether git would run it; one that is not executable never ran and does not run now.
    pub runs: bool,
    /// Whether it seems to look at its own file name, which has changed.
    pub reads_its_name: bool,
}

/// What taking away did to one hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uninstalled {
    /// skout's hook is gone from this path, and nothing was there before it.
    Removed(PathBuf),
    /// The hook that was there before is back at this path.
    Restored(PathBuf),
    /// There was no hook.
    Absent,
    /// The hook at this path is somebody else's and stays.
    NotOurs(PathBuf),
}

/// Writes the hooks of `stages` into `folder`, each at once or not at all. Doing it twice changes nothing the second time.
///
/// `recorded` is the binary that the hooks use where `skout` is not on `PATH`.
///
/// # Errors
/// Where a hook of skout's was edited, two earlier hooks would have to be kept, or a file can't be written. Everything is
/// looked at before anything is written.
pub fn install(folder: &Path, stages: &[Stage], recorded: Option<&Path>) -> Result<Vec<Installation>, Error> {
    let mut plans = Vec::new();
    for stage in stages {
        let path = folder.join(stage.name());
        let kept = folder.join(stage.kept_name());
        let there = look(&path)?;
        match there {
            There::File(Author::SkoutEdited) => return Err(edited(&path)),
            There::File(Author::Other) | There::Link if behind(folder, *stage)? => plans.push((*stage, path, kept, There::Behind)),
            There::File(Author::Other) | There::Link if exists(&kept)? => {
                return Err(Error::new(format!("there is a hook here that is not skout's, and another in {}: only one can be kept", kept.display()))
                    .at(path)
                    .help("some tool replaced skout's hook: bring the two together into one file, and remove the other"));
            }
            _ => plans.push((*stage, path, kept, there)),
        }
    }
    fs::create_dir_all(folder).map_err(|error| Error::new("the hook folder can't be made").at(folder).because(error))?;
    plans.into_iter().map(|(stage, path, kept, there)| put(stage, path, kept, there, recorded)).collect()
}

/// Takes skout's hooks of `stages` away and puts back what was there before.
///
/// # Errors
/// Where a hook of skout's was edited, or a file can't be moved. Everything is looked at before anything is changed.
pub fn uninstall(folder: &Path, stages: &[Stage]) -> Result<Vec<Uninstalled>, Error> {
    let mut plans = Vec::new();
    for stage in stages {
        let path = folder.join(stage.name());
        let there = look(&path)?;
        match there {
            There::File(Author::SkoutEdited) => return Err(edited(&path)),
            There::File(Author::Other) | There::Link if behind(folder, *stage)? => {
                return Err(Error::new(format!("this hook is pre-commit's and calls skout's, which it has moved to {}", stage.legacy_name()))
                    .at(path)
                    .help(format!("run `pre-commit uninstall --hook-type {}` first, which moves it back", stage.name())));
            }
            _ => {}
        }
        plans.push((path, folder.join(stage.kept_name()), there));
    }
    let take = |(path, kept, there): (PathBuf, PathBuf, There)| {
        let failed = |error: io::Error| Error::new("the hook can't be taken away").at(&path).because(error).help("check that its folder is writable");
        match there {
            There::File(Author::Other | Author::SkoutEdited) | There::Link | There::Behind => Ok(Uninstalled::NotOurs(path)),
            // Where somebody removed skout's hook by hand, the one before it still waits to come back.
            There::File(Author::Skout) | There::Nothing if exists(&kept)? => {
                fs::rename(&kept, &path).map_err(failed)?;
                Ok(Uninstalled::Restored(path))
            }
            There::File(Author::Skout) => {
                fs::remove_file(&path).map_err(failed)?;
                Ok(Uninstalled::Removed(path))
            }
            There::Nothing => Ok(Uninstalled::Absent),
        }
    };
    plans.into_iter().map(take).collect()
}

/// What stands at a hook's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    Nothing,
    /// A symbolic link, dangling or not. skout never makes one.
    Link,
    File(Author),
    /// Somebody else's that calls skout's.
    Behind,
}

/// Whether pre-commit has kept skout's hook, as it keeps any that it finds, and so calls it.
fn behind(folder: &Path, stage: Stage) -> Result<bool, Error> {
    Ok(look(&folder.join(stage.legacy_name()))? == There::File(Author::Skout))
}

fn look(path: &Path) -> Result<There, Error> {
    let failed = |error: io::Error| Error::new("the hook can't be read").at(path).because(error).help("check that you may read and write it");
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(There::Nothing),
        Err(error) => return Err(failed(error)),
    };
    if about.is_symlink() {
        return Ok(There::Link);
    }
    if !about.is_file() {
        return Err(Error::new("a hook should be here, and this is no file").at(path).help("move it away"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(LONGEST_HOOK).read_to_end(&mut bytes)).map_err(failed)?;
    Ok(There::File(script::author(&bytes)))
}

fn exists(path: &Path) -> Result<bool, Error> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::new("the kept hook can't be read").at(path).because(error)),
    }
}

fn edited(path: &Path) -> Error {
    Error::new("skout wrote this hook and somebody edited it since, so it stays as it is")
        .at(path)
        .help("undo the edit, or remove the file yourself; then run this again, and an earlier hook beside it comes into its own")
}

fn put(stage: Stage, path: PathBuf, kept: PathBuf, there: There, recorded: Option<&Path>) -> Result<Installation, Error> {
    if there == There::Behind {
        return Ok(Installation { stage, path: path.with_file_name(stage.legacy_name()), done: Installed::Unchanged, kept: None });
    }
    let text = script::text(stage, recorded);
    if there == There::File(Author::Skout) && fs::read(&path).is_ok_and(|bytes| bytes == text) && has_mode(&path) {
        return Ok(Installation { stage, kept: kept_hook(&kept)?, path, done: Installed::Unchanged });
    }
    let failed = |error: io::Error| Error::new("the hook can't be written").at(&path).because(error).help("check that its folder is writable");
    let beside = path.with_file_name(format!(".{}.{}.part", stage.name(), std::process::id()));
    let moves = matches!(there, There::File(Author::Other) | There::Link);
    let written = write(&beside, &text).and_then(|()| {
        // A link moves as a link, and since it stays in its folder it points where it pointed. Were this the last that ever
        // happens, the next run would find the kept hook and go on from there.
        if moves {
            fs::rename(&path, &kept)?;
        }
        fs::rename(&beside, &path).inspect_err(|_| {
            if moves {
                let _ = fs::rename(&kept, &path);
            }
        })
    });
    if let Err(error) = written {
        let _ = fs::remove_file(&beside);
        return Err(failed(error));
    }
    let done = if there == There::File(Author::Skout) { Installed::Updated } else { Installed::New };
    Ok(Installation { stage, kept: kept_hook(&kept)?, path, done })
}

fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    // A link that somebody planted under this name is not followed.
    options.write(true).create_new(true);
    let _ = fs::remove_file(path);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    file.sync_all()
}

/// Whether a hook of skout's has the mode that it was written with; git runs none that is not executable.
fn has_mode(path: &Path) -> bool {
    #[cfg(unix)]
    return fs::metadata(path).is_ok_and(|about| std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o777 == 0o755);
    #[cfg(not(unix))]
    return path.exists();
}

fn kept_hook(path: &Path) -> Result<Option<KeptHook>, Error> {
    if !exists(path)? {
        return Ok(None);
    }
    let about = fs::metadata(path);
    #[cfg(unix)]
    let runs = about.is_ok_and(|about| about.is_file() && std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0);
    #[cfg(not(unix))]
    let runs = about.is_ok_and(|about| about.is_file());
    let mut bytes = Vec::new();
    // A pipe would be waited for; a file that can't be read has said nothing of its name.
    if runs {
        let _ = fs::File::open(path).and_then(|file| file.take(LONGEST_HOOK).read_to_end(&mut bytes));
    }
    let reads_its_name = [&b"basename"[..], b"${0##", b"PROGRAM_NAME", b"argv[0]"].iter().any(|word| memchr::memmem::find(&bytes, word).is_some());
    Ok(Some(KeptHook { path: path.to_owned(), runs, reads_its_name }))
}
