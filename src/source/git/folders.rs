//! Which folders hold a repository's objects: its own and those that `info/alternates` names.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How many alternates may lead to a further one; git's own bound.
const DEPTH: usize = 5;
/// More lines than this are no honest `info/alternates`.
const MOST: usize = 1000;

/// Finds the folders, the repository's own first, each once. What can't be followed goes to `problems`.
pub(super) fn find(own: &Path, extra: &[PathBuf], problems: &mut Vec<(PathBuf, String)>) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let mut seen = HashSet::new();
    let mut todo: Vec<(PathBuf, usize)> = extra.iter().rev().map(|folder| (folder.clone(), 0)).collect();
    todo.push((own.to_owned(), 0));
    while let Some((folder, depth)) = todo.pop() {
        let place = match std::fs::canonicalize(&folder) {
            Ok(place) if place.is_dir() => place,
            Ok(_) => {
                problems.push((folder, "is no folder of objects".to_owned()));
                continue;
            }
            Err(error) => {
                problems.push((folder, format!("a folder of objects can't be read: {error}")));
                continue;
            }
        };
        if !seen.insert(place) {
            continue;
        }
        let list = folder.join("info").join("alternates");
        if let Some(text) = read_list(&list) {
            let mut next: Vec<(PathBuf, usize)> = Vec::new();
            for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#")) {
                if depth == DEPTH || folders.len() + next.len() >= MOST {
                    problems.push((list.clone(), "alternates are nested too deeply or too many".to_owned()));
                    break;
                }
                match to_path(line) {
                    // An absolute path replaces the folder.
                    Some(path) => next.push((folder.join(path), depth + 1)),
                    None => problems.push((list.clone(), "an alternate's path can't be read".to_owned())),
                }
            }
            todo.extend(next.into_iter().rev());
        }
        folders.push(folder);
    }
    folders
}

/// Reads `info/alternates`, which is seldom there; of a huge one only the beginning.
fn read_list(path: &Path) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    // Opening a pipe would wait for ever.
    let file = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()).then(|| std::fs::File::open(path).ok()).flatten()?;
    file.take(1 << 20).read_to_end(&mut text).ok()?;
    Some(text)
}

/// A line of the file as a path; git quotes paths with special characters like C.
fn to_path(line: &[u8]) -> Option<PathBuf> {
    let unquoted = if line.starts_with(b"\"") { unquote(line)? } else { line.to_vec() };
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        Some(PathBuf::from(std::ffi::OsString::from_vec(unquoted)))
    }
    #[cfg(not(unix))]
    {
        String::from_utf8(unquoted).ok().map(PathBuf::from)
    }
}

fn unquote(line: &[u8]) -> Option<Vec<u8>> {
    let inner = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut out = Vec::new();
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match bytes.next()? {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            first @ b'0'..=b'3' => {
                let mut value = first - b'0';
                for _ in 0..2 {
                    value = value * 8 + bytes.next().filter(|digit| matches!(digit, b'0'..=b'7'))? - b'0';
                }
                value
            }
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(root: &Path, name: &str, alternates: &str) -> PathBuf {
        let folder = root.join(name);
        std::fs::create_dir_all(folder.join("info")).expect("a folder");
        std::fs::write(folder.join("info/alternates"), alternates).expect("a file");
        folder
    }

    #[test]
    fn alternates_are_followed_once() {
        let root = tempfile::tempdir().expect("a folder");
        let own = folder(root.path(), "own", "# a comment\n../a\n\"../b\\040c\"\n../gone\n");
        let a = folder(root.path(), "a", &format!("{}\n", own.display()));
        let b = folder(root.path(), "b c", "../a\n");
        let extra = folder(root.path(), "extra", "");
        let mut problems = Vec::new();
        let found = find(&own, &[extra.clone(), own.clone()], &mut problems);
        assert_eq!(found, [own.clone(), own.join("../a"), own.join("../b c"), extra]);
        assert_eq!(found.iter().map(|path| path.canonicalize().expect("there")).filter(|path| path.ends_with("a") || path.ends_with("b c")).count(), 2);
        assert!(a.is_dir() && b.is_dir());
        assert_eq!(problems.iter().map(|problem| problem.0.clone()).collect::<Vec<_>>(), [own.join("../gone")]);
    }

    #[test]
    fn nesting_ends() {
        let root = tempfile::tempdir().expect("a folder");
        for index in 0..10 {
            folder(root.path(), &index.to_string(), &format!("../{}\n", index + 1));
        }
        let mut problems = Vec::new();
        assert_eq!((find(&root.path().join("0"), &[], &mut problems).len(), problems.len()), (6, 1));
    }
}
