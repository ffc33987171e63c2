//! The git modes of `skout scan`: from flags and the environment to what is to be read.

use std::path::{Path, PathBuf};

use super::args::ScanArgs;
use crate::error::Error;
use crate::scan::{Changes, History, Input, What};
use crate::source::git::{GitDir, GitEnv, ObjectId, Objects, Range, Refs, how_to_fetch, resolve};

/// Whether a git mode was asked for.
pub(super) fn is_asked(args: &ScanArgs) -> bool {
    args.staged || args.diff.is_some() || args.history
}

/// The variables of git in this process.
pub(super) fn environment() -> GitEnv {
    GitEnv::from_vars(|name| std::env::var_os(name))
}

/// What a git mode reads, and the folder by which its configuration is sought.
pub(super) fn input(args: &ScanArgs, skip_hidden: bool) -> Result<(Input, PathBuf), Error> {
    let (dir, root) = repository(args)?;
    let input = if args.history {
        history(args, dir, skip_hidden)?
    } else {
        let (paths, named) = narrowed(args, &root)?;
        let what = match &args.diff {
            None => What::Staged,
            Some(range) => {
                let range = Range::parse(range)?;
                let (refs, objects) = (Refs::read(&dir), Objects::open(&dir, &dir.extra_objects)?);
                let (base, head) = (present(&range.base, &dir, &refs, &objects)?, present(&range.head, &dir, &refs, &objects)?);
                What::Range { base, head }
            }
        };
        let named = if args.staged { named } else { Vec::new() };
        Input::Changes(Changes { dir, what, paths, named, skip_hidden })
    };
    Ok((input, root))
}

/// The repository, and the root of its working tree or, where it has none, its own folder.
pub(super) fn repository(args: &ScanArgs) -> Result<(GitDir, PathBuf), Error> {
    if args.history && args.paths.len() > 1 {
        return Err(Error::new("--history takes one repository").help("run it once for each"));
    }
    let start = match args.paths.first().filter(|_| args.history) {
        Some(path) if !path.exists() => return Err(Error::new("there is no such path").at(path).help("give the folder of a repository")),
        Some(path) => path.as_path(),
        None => Path::new("."),
    };
    let dir = GitDir::discover(start, &environment())?;
    let root = dir.work_tree.clone().unwrap_or_else(|| dir.git_dir.clone());
    Ok((dir, root))
}

fn history(args: &ScanArgs, dir: GitDir, skip_hidden: bool) -> Result<Input, Error> {
    let range = match &args.range {
        None => None,
        Some(text) => {
            let (refs, objects) = (Refs::read(&dir), Objects::open(&dir, &dir.extra_objects)?);
            Some(revisions(text, &dir, &refs, &objects)?)
        }
    };
    // A range with an end is read commit by commit; what one commit reaches in all, object by object.
    if let Some((starts, hidden)) = range.clone().filter(|(_, hidden)| !hidden.is_empty()) {
        let what = What::Commits { starts, hidden };
        return Ok(Input::Changes(Changes { dir, what, paths: Vec::new(), named: Vec::new(), skip_hidden }));
    }
    let jobs = args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from).min(16), usize::from);
    Ok(Input::History(History { dir, range, unreachable: args.unreachable, by_delta: !args.no_delta, jobs, skip_hidden }))
}

/// Where a range begins and what it leaves out, in the words of `git rev-list`.
fn revisions(text: &str, dir: &GitDir, refs: &Refs, objects: &Objects) -> Result<(Vec<ObjectId>, Vec<ObjectId>), Error> {
    let (mut starts, mut hidden) = (Vec::new(), Vec::new());
    let mut is_out = false;
    for word in text.split_whitespace() {
        let some = |prefix: &str| refs.iter().filter(|one| one.name.starts_with(prefix.as_bytes())).map(|one| one.target).collect::<Vec<_>>();
        let (mut these, mut those) = match word {
            "--not" => {
                is_out = !is_out;
                continue;
            }
            "--all" => (some("refs/"), Vec::new()),
            "--branches" => (some("refs/heads/"), Vec::new()),
            "--tags" => (some("refs/tags/"), Vec::new()),
            "--remotes" => (some("refs/remotes/"), Vec::new()),
            _ if word.starts_with("--remotes=") => (some(&format!("refs/remotes/{}/", word["--remotes=".len()..].trim_end_matches('/'))), Vec::new()),
            _ if word.starts_with("--branches=") => (some(&format!("refs/heads/{}", &word["--branches=".len()..])), Vec::new()),
            _ if word.starts_with('-') => {
                return Err(Error::new(format!("`{word}` is no part of a range"))
                    .help("use revisions, BASE..HEAD, ^REV, --not, --all, --branches, --tags, --remotes[=NAME]"));
            }
            _ if word.contains("..") => {
                let range = Range::parse(word)?;
                (vec![present(&range.head, dir, refs, objects)?], vec![present(&range.base, dir, refs, objects)?])
            }
            _ => match word.strip_prefix('^') {
                Some(out) => (Vec::new(), vec![present(out, dir, refs, objects)?]),
                None => (vec![present(word, dir, refs, objects)?], Vec::new()),
            },
        };
        if is_out {
            std::mem::swap(&mut these, &mut those);
        }
        starts.append(&mut these);
        hidden.append(&mut those);
    }
    if starts.is_empty() && hidden.is_empty() {
        return Err(Error::new("the range is empty").help("give a revision: --range main, --range v1..HEAD"));
    }
    Ok((starts, hidden))
}

/// The object of a revision, which must be here: the full id of one that is not would make an empty range.
fn present(text: &str, dir: &GitDir, refs: &Refs, objects: &Objects) -> Result<ObjectId, Error> {
    let id = resolve(text, dir, refs, objects)?;
    if objects.has(&id) {
        return Ok(id);
    }
    Err(Error::new(format!("the revision `{text}` is not in this clone")).help(how_to_fetch(text, dir, refs)))
}

/// Paths as they stand below the root, and those among them that are files.
#[allow(clippy::type_complexity, reason = "two lists that are used at once")]
fn narrowed(args: &ScanArgs, root: &Path) -> Result<(Vec<String>, Vec<(String, PathBuf)>), Error> {
    let (mut paths, mut named) = (Vec::new(), Vec::new());
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    for path in &args.paths {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        // The last part is taken as it is: a link is a file of its own in a repository.
        let parent = absolute.parent().and_then(|parent| parent.canonicalize().ok());
        let resolved = match (parent, absolute.file_name()) {
            (Some(parent), Some(name)) => parent.join(name),
            _ => absolute.canonicalize().unwrap_or(absolute.clone()),
        };
        let resolved = if resolved.is_dir() { resolved.canonicalize().unwrap_or(resolved) } else { resolved };
        let Ok(below) = resolved.strip_prefix(&root) else {
            return Err(Error::new("the path is outside of the repository").at(path).help(format!("its root is {}", root.display())));
        };
        let name = crate::error::ScanPath::from_path(below).text;
        if resolved.is_file() {
            named.push((name.clone(), resolved));
        }
        paths.push(name);
    }
    Ok((paths, named))
}
