//! `.env.example`, which tells the variables that a package needs, and `.gitignore`, which keeps the values out.

use std::path::{Path, PathBuf};

use super::accessor::words;

/// Files that say where a package begins.
const MANIFESTS: &[&str] = &[
    "package.json",
    "deno.json",
    "pyproject.toml",
    "requirements.txt",
    "manage.py",
    "Gemfile",
    "composer.json",
    "go.mod",
    "Cargo.toml",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
];
/// Names under which a list of variables is kept.
const LISTS: &[&str] = &[".env.example", ".env.sample", ".env.template", ".env.dist", "env.example"];

/// The folder of the package that holds `file`, no higher than `top`; `top` where no folder has a manifest.
pub(super) fn package_folder(file: &Path, top: &Path) -> PathBuf {
    let folders = file.ancestors().skip(1).take(64).take_while(|folder| folder.starts_with(top));
    folders.into_iter().find(|folder| MANIFESTS.iter().any(|name| folder.join(name).is_file())).unwrap_or(top).to_owned()
}

/// The list of variables in a folder: the one that is there, or the one that should be.
pub(super) fn list_of(folder: &Path) -> PathBuf {
    let there = LISTS.iter().map(|name| folder.join(name)).find(|path| path.is_file());
    there.unwrap_or_else(|| folder.join(LISTS[0]))
}

/// Whether a list names a variable.
pub(super) fn lists(text: &[u8], name: &str) -> bool {
    words(text, name).any(|at| {
        let line = memchr::memrchr(b'\n', &text[..at]).map_or(0, |start| start + 1);
        let before = text[line..at].trim_ascii();
        (before.is_empty() || before == b"export" || before == b"\xef\xbb\xbf" || before == b"#")
            && text[at + name.len()..].trim_ascii_start().starts_with(b"=")
    })
}

/// Whether ignore rules, those of `folder` and the folders above it up to `top`, say that an env file stays out of git. It
/// looks for the usual lines alone; one more line than needed does no harm.
pub(super) fn ignores(text: &[u8], name: &str) -> bool {
    let is_one = |line: &[u8]| {
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"**/").or_else(|| line.strip_prefix(b"/")).unwrap_or(line);
        line == name.as_bytes()
            || line == b"*.env" && name.ends_with(".env")
            || matches!(line, b".env*" | b".env**") && name.starts_with(".env")
            || line == b".env.*" && name.starts_with(".env.")
    };
    text.split(|byte| *byte == b'\n').any(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_rules() {
        assert!(lists(b"A=1\nexport NAME =\n", "NAME") && lists(b"# NAME=\n", "NAME"));
        assert!(!lists(b"MY_NAME=\nNAMES=\nX=NAME=\n", "NAME"));
        for (line, name, wanted) in [
            (".env", ".env", true),
            ("/.env", ".env", true),
            ("*.env", "prod.env", true),
            (".env*", ".env.local", true),
            (".envrc", ".env", false),
            ("!.env", ".env", false),
            (".env", ".env.local", false),
        ] {
            assert_eq!(ignores(line.as_bytes(), name), wanted, "{line} {name}");
        }
    }
}
