//! What a script asks for, by names alone: the path of `import x from "../lib/config.js"`, `config` for `@/lib/config`.
//!
//! Reading this costs next to nothing, so that it is done for every script: it tells which few of them are worth a parse
//! once a secret is found in one. It errs on the side of too many names.

use std::hash::Hasher;
use std::sync::LazyLock;

use rustc_hash::FxHasher;

use crate::detect::Words;

/// The hash of a last name. Equal names have equal hashes in every run and on every thread. It is short, since a tree has
/// millions; two names of one hash cost a needless parse.
pub type NameHash = u32;

/// Words before a quoted specifier. `src=` and `href=` are those of pages, `URL(` of workers.
const LEADS: &[&str] = &["from", "import", "require", "src=", "href=", "URL("];

/// Made once, and looked for in one pass: every script of a tree is asked.
static LEAD: LazyLock<Words> = LazyLock::new(|| Words::new(LEADS.iter().copied(), false));

/// The longest specifier that counts, in bytes.
const LONGEST: usize = 300;

/// What the script at `path` asks for, sorted: whole paths where a specifier is relative, last names elsewhere.
pub fn outline(path: &str, text: &[u8]) -> Vec<NameHash> {
    let mut names = Vec::new();
    if super::language_of(path).is_some() {
        words_of_imports(text, &mut names);
        names.sort_unstable();
        names.dedup();
        return names;
    }
    LEAD.any(text, |lead| {
        names.extend(specifier(&text[lead.end..]).into_iter().flat_map(|specifier| asked(path, specifier)));
        false
    });
    names.sort_unstable();
    names.dedup();
    names
}

/// The quoted specifier behind a lead.
fn specifier(rest: &[u8]) -> Option<&str> {
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b"(").unwrap_or(rest).trim_ascii_start();
    let (quote, rest) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\'' | b'`'))?;
    let end = memchr::memchr2(*quote, b'\n', &rest[..rest.len().min(LONGEST)])?;
    std::str::from_utf8(&rest[..end]).ok()
}

/// Imports of a program stand within so many bytes.
const HEAD: usize = 16 << 10;

/// All words of the lines that import something: one of them is the module's name.
fn words_of_imports(text: &[u8], names: &mut Vec<NameHash>) {
    let head = &text[..text.len().min(HEAD)];
    let mut start = 0;
    // Go lists its imports between brackets, a quoted path a line.
    for end in memchr::memchr_iter(b'\n', head).chain(std::iter::once(head.len())) {
        let line = head[start..end].trim_ascii_start();
        start = end + 1;
        if !imports(line) {
            continue;
        }
        let line = &line[..line.len().min(LONGEST)];
        let words = line.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').filter(|word| word.len() > 1);
        names.extend(words.map(|word| hash_bytes(word) as NameHash));
    }
}

/// Whether a line brings something in: its first letter tells of most that they do not.
fn imports(line: &[u8]) -> bool {
    match line.first() {
        Some(b'i') => line.starts_with(b"import") || line.starts_with(b"include"),
        Some(b'f') => line.starts_with(b"from "),
        Some(b'u') => line.starts_with(b"use ") || line.starts_with(b"using "),
        Some(b'r') => line.starts_with(b"require"),
        Some(b'a') => line.starts_with(b"alias "),
        Some(b'm') => line.starts_with(b"mod "),
        Some(b'p') => line.starts_with(b"pub use "),
        Some(b'"') => true,
        _ => false,
    }
}

/// The names that a specifier in the script at `path` asks for: a path where it is relative; elsewhere its last two parts,
/// the last alone where the first is an alias, and the package.
pub fn asked(path: &str, specifier: &str) -> Vec<NameHash> {
    if super::language_of(path).is_some() {
        return specifier.split(['.', '/', '\\', ':']).filter(|word| word.len() > 1).map(hash).collect();
    }
    let clean = specifier.split('?').next().unwrap_or_default();
    if clean.starts_with('.') {
        return vec![hash_path(&joined(path, clean))];
    }
    let bare = without_ending(clean);
    let bare = bare.strip_suffix("/index").unwrap_or(bare).trim_matches('/');
    let parts: Vec<&str> = bare.split('/').collect();
    let mut names = vec![hash_package(clean)];
    let last = parts.last().copied().unwrap_or_default();
    if parts.len() > 1 {
        names.push(hash(&parts[parts.len() - 2..].join("/")));
    }
    let is_alias = |first: &str| first.starts_with(['@', '~', '#', '$']) || matches!(first, "src" | "app" | "lib");
    if parts.len() == 1 || parts.len() == 2 && is_alias(parts[0]) {
        names.push(hash(last.trim_start_matches('#')));
    }
    names
}

/// The name by which a whole package is asked for: `@acme/ui` of `@acme/ui/button`.
pub fn hash_package(specifier: &str) -> NameHash {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(parts - 1).map_or(specifier.len(), |(at, _)| at);
    hash(&format!("package:{}", &specifier[..end]))
}

/// The names under which others may ask for the script at `path`.
pub fn names_of(path: &str) -> Vec<NameHash> {
    if super::language_of(path).is_some() {
        // A package is a folder in Go, and a file of a certain name in others; elsewhere the file says its own.
        let (above, last) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = last.split('.').next().unwrap_or(last);
        let is_folder = last.ends_with(".go") || matches!(stem, "__init__" | "mod" | "lib");
        let own = if is_folder { above.rsplit('/').next().unwrap_or_default() } else { stem };
        return if own.len() > 1 { vec![hash(own)] } else { Vec::new() };
    }
    let bare = without_ending(path);
    let bare = bare.strip_suffix("/index").unwrap_or(bare);
    let (above, last) = bare.rsplit_once('/').unwrap_or(("", bare));
    let mut names = vec![hash_path(path), hash(last)];
    if !above.is_empty() {
        names.push(hash(&format!("{}/{last}", above.rsplit('/').next().unwrap_or_default())));
    }
    names
}

/// The hash of a path as a relative specifier may write it: without the ending, and without `index`.
fn hash_path(path: &str) -> NameHash {
    let path = without_ending(path);
    let path = if path == "index" { "" } else { path.strip_suffix("/index").unwrap_or(path) };
    hash(&format!("/{path}"))
}

/// A relative specifier as a path from the root.
fn joined(from: &str, specifier: &str) -> String {
    let mut parts: Vec<&str> = from.rsplit_once('/').map_or_else(Vec::new, |(folder, _)| folder.split('/').collect());
    for part in specifier.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A path without the ending of a script.
fn without_ending(path: &str) -> &str {
    const ENDINGS: &[&str] = &[".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro", ".html", ".htm"];
    ENDINGS.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path)
}

/// The hash of a name.
pub fn hash(name: &str) -> NameHash {
    hash_bytes(name.as_bytes()) as NameHash
}

/// The long hash of any bytes.
pub fn hash_bytes(name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.finish()
}

/// The last part of a specifier or path, without a query and without endings: `lib/mail.server.ts?raw` is `mail`, and so
/// is `./mail.server`.
pub fn last_name(specifier: &str) -> &str {
    let path = specifier.split(['?', '#']).next().unwrap_or_default();
    let path = if path.is_empty() { specifier.trim_start_matches('#') } else { path };
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match last {
        "." | ".." => last,
        _ => last.split('.').find(|part| !part.is_empty()).unwrap_or(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_names() {
        for (specifier, name) in [
            ("../lib/config", "config"),
            ("../lib/config.js", "config"),
            ("@/lib/mail.server", "mail"),
            ("@acme/ui", "ui"),
            ("./x.svg?raw", "x"),
            ("..", ".."),
            ("./", "."),
            ("#db", "db"),
            ("/src/main.tsx", "main"),
            ("src/.hidden.ts", "hidden"),
        ] {
            assert_eq!(last_name(specifier), name, "{specifier}");
        }
    }

    #[test]
    fn what_a_script_asks_for() {
        let text = "import a, { b } from \"./lib/one.js\"\nimport './two'\nconst c = require('@acme/three')\nimport(`@/x/four`)\nexport * from '../five'\n\
                    <script type=\"module\" src=\"/src/six.ts\"></script>\nnew Worker(new URL('./seven.ts', import.meta.url))\nfrom nothing\nimport '@/eight'";
        let asked = outline("app/src/main.ts", text.as_bytes());
        for path in ["app/src/lib/one.ts", "app/src/two/index.tsx", "lib/x/four.ts", "app/five.ts", "web/src/six.ts", "app/src/seven.ts", "any/eight.ts"] {
            assert!(names_of(path).iter().any(|name| asked.contains(name)), "{path}");
        }
        assert!(asked.contains(&hash_package("@acme/three/button")));
        // What is asked for by its path is that file and no other of its name.
        for path in ["src/lib/one.ts", "two.ts", "five.ts", "y/four.ts", "app/src/nothing.ts"] {
            assert!(!names_of(path).iter().any(|name| asked.contains(name)), "{path}");
        }
    }

    #[test]
    fn what_a_program_asks_for() {
        let text = "import os\n  from acme.one import two\nuse three::four;\npub use five;\nrequire 'six'\nusing Seven;\nalias Eight\ninclude nine\n\
                    \t\"ten/eleven\"\nmod twelve;\nother thirteen\nformat fourteen\nmodern fifteen";
        for path in ["a.py", "a.go", "a.rs"] {
            let asked = outline(path, text.as_bytes());
            let is_asked = |word: &str| asked.contains(&hash(word));
            for word in ["os", "acme", "one", "two", "three", "four", "five", "six", "Seven", "Eight", "nine", "ten", "eleven", "twelve"] {
                assert!(is_asked(word), "{path}: {word}");
            }
            assert!(!["other", "thirteen", "fourteen", "fifteen"].iter().any(|word| is_asked(word)), "{path}");
        }
    }

    #[test]
    fn an_index_goes_by_its_folder() {
        let meets = |path: &str, from: &str, specifier: &str| names_of(path).iter().any(|name| asked(from, specifier).contains(name));
        assert!(meets("src/lib/index.ts", "src/app.ts", "./lib") && meets("src/lib/index.ts", "src/lib/mail.ts", "."));
        assert!(meets("src/lib/index.ts", "src/app.ts", "@/lib") && meets("src/lib/index.ts", "src/app.ts", "@/lib/index"));
        assert!(meets("src/lib/mail.server.ts", "src/app.ts", "./lib/mail.server") && meets("src/lib/server/db.ts", "x.ts", "$lib/server/db"));
        assert!(!meets("src/lib/index.ts", "src/app.ts", "@/other/index") && !meets("src/api/index.ts", "x.ts", "primevue/api"));
    }
}
