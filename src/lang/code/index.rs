//! The tables of an API by the last names of their patterns: a program has thousands of calls, and hardly one is in a table.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::language::{Api, Language};
use super::languages;
use super::values::fits;

/// Tables shorter than this are looked through.
const SHORT: usize = 4;

type Table = FxHashMap<&'static str, Vec<&'static str>>;

/// By the address of each table, which is static.
static TABLES: LazyLock<FxHashMap<usize, Table>> = LazyLock::new(|| {
    let mut all = FxHashMap::default();
    for api in languages::ALL.iter().flat_map(|language| language.api) {
        for patterns in api.tables() {
            if patterns.len() > SHORT {
                all.entry(patterns.as_ptr() as usize).or_insert_with(|| by_last_name(patterns));
            }
        }
    }
    all
});

fn by_last_name(patterns: &'static [&'static str]) -> Table {
    let mut table = Table::default();
    for pattern in patterns {
        table.entry(last_name(pattern)).or_default().push(pattern);
    }
    table
}

fn last_name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// All last names of a language's tables.
static WORDS: LazyLock<FxHashMap<&'static str, FxHashSet<&'static str>>> = LazyLock::new(|| {
    let mut all: FxHashMap<_, FxHashSet<_>> = FxHashMap::default();
    for language in languages::ALL {
        let patterns = language.api.iter().flat_map(|api| api.tables()).flatten();
        all.entry(language.name).or_default().extend(patterns.map(|pattern| last_name(pattern)));
    }
    all
});

/// Whether a path of names is in a table of a language's APIs.
pub(super) fn is_in(language: &Language, select: fn(&Api) -> &'static [&'static str], path: &str) -> bool {
    let last = last_name(path);
    // Hardly any call is in a table.
    if WORDS.get(language.name).is_some_and(|words| !words.contains(last)) {
        return false;
    }
    language.api.iter().any(|api| {
        let patterns = select(api);
        if patterns.len() <= SHORT {
            return patterns.iter().any(|pattern| fits(pattern, path));
        }
        match TABLES.get(&(patterns.as_ptr() as usize)) {
            Some(table) => table.get(last).is_some_and(|found| found.iter().any(|pattern| fits(pattern, path))),
            None => patterns.iter().any(|pattern| fits(pattern, path)),
        }
    })
}

/// The pattern of a call that makes a request, and its method.
type Request = (&'static str, &'static str);

/// The patterns of calls that make a request, by the language and the last name.
static HTTP: LazyLock<FxHashMap<(&'static str, &'static str), Vec<Request>>> = LazyLock::new(|| {
    let mut all: FxHashMap<_, Vec<_>> = FxHashMap::default();
    for language in languages::ALL {
        for (pattern, method) in language.api.iter().flat_map(|api| api.http) {
            all.entry((language.name, last_name(pattern))).or_default().push((*pattern, *method));
        }
    }
    all
});

/// The method of a call that makes a request, `*` where its arguments say; `None` for all other calls.
pub(super) fn http_method(language: &Language, path: &str) -> Option<&'static str> {
    let is_it = |pattern: &str| match pattern.split_once("..") {
        // With anything between: `basicRequest.auth.bearer(...).post`.
        Some((first, last)) => path.len() > first.len() + last.len() && path.split('.').next() == Some(first) && last_name(path) == last,
        None => fits(pattern, path),
    };
    let found = HTTP.get(&(language.name, last_name(path)))?;
    found.iter().find(|(pattern, _)| is_it(pattern)).map(|(_, method)| *method)
}
