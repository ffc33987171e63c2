//! The tables of an API by the last names of their patterns: a program has thousands of calls, and hardly one is in a table.

use std::sync::{LazyLock, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::language::{Api, Language};
use super::languages;
use super::values::fits;

/// Tables shorter than this are looked through.
const SHORT: usize = 4;

/// A pattern of a call that makes a request, and its method.
type Request = (&'static str, &'static str);

/// What one language's tables hold, by last names.
#[derive(Debug, Default)]
struct Index {
    /// All last names.
    words: FxHashSet<&'static str>,
    /// Patterns, by the address of their table, which is static, and the last name.
    patterns: FxHashMap<(usize, &'static str), Vec<&'static str>>,
    requests: FxHashMap<&'static str, Vec<Request>>,
}

/// Made for a language when its first program is read: a hook sees one or two.
static ALL: LazyLock<Vec<(&'static Language, OnceLock<Index>)>> =
    LazyLock::new(|| languages::ALL.iter().map(|language| (*language, OnceLock::new())).collect());

/// Asked many times of every call: by address, since comparing names took more than all the rest.
fn index(language: &'static Language) -> Option<&'static Index> {
    let (_, index) = ALL.iter().find(|(known, _)| std::ptr::eq(*known, language)).or_else(|| ALL.iter().find(|(known, _)| known.name == language.name))?;
    Some(index.get_or_init(|| Index::of(language)))
}

impl Index {
    fn of(language: &'static Language) -> Self {
        let mut out = Self::default();
        for api in language.api {
            for table in api.tables() {
                let patterns = table.iter().map(|pattern| (last_name(pattern), *pattern));
                for (last, pattern) in patterns {
                    out.words.insert(last);
                    if table.len() > SHORT {
                        out.patterns.entry((table.as_ptr() as usize, last)).or_default().push(pattern);
                    }
                }
            }
            for request in api.http {
                out.requests.entry(last_name(request.0)).or_default().push(*request);
            }
        }
        out
    }
}

fn last_name(path: &str) -> &str {
    let start = path.as_bytes().iter().rposition(|byte| *byte == b'.').map_or(0, |dot| dot + 1);
    path.get(start..).unwrap_or(path)
}

/// Whether a path of names is in a table of a language's APIs.
pub(super) fn is_in(language: &'static Language, select: fn(&Api) -> &'static [&'static str], path: &str) -> bool {
    let last = last_name(path);
    // Hardly any call is in a table.
    let Some(index) = index(language).filter(|index| index.words.contains(last)) else { return false };
    language.api.iter().any(|api| {
        let table = select(api);
        let known = if table.len() <= SHORT { table } else { index.patterns.get(&(table.as_ptr() as usize, last)).map_or(&[][..], |found| &found[..]) };
        known.iter().any(|pattern| fits(pattern, path))
    })
}

/// The method of a call that makes a request, `*` where its arguments say; `None` for all other calls.
pub(super) fn http_method(language: &'static Language, path: &str) -> Option<&'static str> {
    let last = last_name(path);
    let is_it = |pattern: &str| match pattern.split_once("..") {
        // With anything between: `basicRequest.auth.bearer(...).post`.
        Some((first, end)) => path.len() > first.len() + end.len() && path.split('.').next() == Some(first) && last == end,
        None => fits(pattern, path),
    };
    index(language)?.requests.get(last)?.iter().find(|(pattern, _)| is_it(pattern)).map(|(_, method)| *method)
}
