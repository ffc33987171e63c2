//! What a script asks for, by last names alone: `config` for `import x from "../lib/config.js"`.
//!
//! Reading this costs next to nothing, so that it is done for every script: it tells which few of them are worth a parse
//! once a secret is found in one. It errs on the side of too many names.

use std::hash::{BuildHasher, Hasher};

use memchr::memmem;

/// The hash of a last name. Equal names have equal hashes in every run and on every thread.
pub type NameHash = u64;

/// Words before a quoted specifier. `src=` and `href=` are those of pages, `URL(` of workers.
const LEADS: &[&str] = &["from", "import", "require", "src=", "href=", "URL("];

/// The longest specifier that counts, in bytes.
const LONGEST: usize = 300;

/// The last names of everything that a script asks for, sorted.
pub fn outline(text: &[u8]) -> Vec<NameHash> {
    let mut names = Vec::new();
    for lead in LEADS {
        for at in memmem::find_iter(text, lead.as_bytes()) {
            let rest = text[at + lead.len()..].trim_ascii_start();
            let rest = rest.strip_prefix(b"(").unwrap_or(rest).trim_ascii_start();
            let Some((quote, rest)) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\'' | b'`')) else { continue };
            let Some(end) = memchr::memchr2(*quote, b'\n', &rest[..rest.len().min(LONGEST)]) else { continue };
            if let Ok(specifier) = std::str::from_utf8(&rest[..end]) {
                names.push(hash(last_name(specifier)));
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The last names under which others may ask for the script at `path`.
pub fn names_of(path: &str) -> Vec<NameHash> {
    let name = last_name(path);
    let mut names = vec![hash(name)];
    if name == "index" {
        names.extend([".", "..", ""].map(hash));
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        names.push(hash(last_name(folder)));
        // `src/index.ts` of a package goes by the package's folder as well.
        names.extend(folder.rsplit_once('/').map(|(above, _)| hash(last_name(above))));
    }
    names
}

/// The hash of a name.
pub fn hash(name: &str) -> NameHash {
    let mut hasher = std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().build_hasher();
    hasher.write(name.as_bytes());
    hasher.finish()
}

/// The last segment of a specifier or path, without a query and without endings: `lib/mail.server.ts?raw` is `mail`, and
/// so is `./mail.server`.
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
        let text = "import a, { b } from \"./lib/one.js\"\nimport './two'\nconst c = require('three')\nimport(`./four`)\nexport * from '../five'\n\
                    <script type=\"module\" src=\"/src/six.ts\"></script>\nnew Worker(new URL('./seven.ts', import.meta.url))\nfrom nothing";
        let asked = outline(text.as_bytes());
        for name in ["one", "two", "three", "four", "five", "six", "seven"] {
            assert!(asked.contains(&hash(name)), "{name}");
        }
        assert_eq!(asked.len(), 7);
    }

    #[test]
    fn an_index_goes_by_its_folder() {
        assert!(names_of("src/lib/index.ts").contains(&hash("lib")));
        assert!(names_of("packages/ui/src/index.ts").contains(&hash("ui")));
        assert_eq!(names_of("src/lib/mail.server.ts"), [hash("mail")]);
    }
}
