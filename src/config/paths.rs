//! Patterns of paths, compiled: which files `exclude`, `[[allow]]` and `[[place]]` speak of.
//!
//! They read as in `.gitignore`, which people know: case counts; `*` and `?` stay within a name and `**` crosses `/`; a
//! pattern without `/` means a name at any depth, any other begins at the root; what names a folder, with `/` at its end
//! or without, covers all below it. `{a,b}` and `[a-z]` work as well. There is no negation.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A list of patterns.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    written: Vec<String>,
    files: GlobSet,
    folders: GlobSet,
}

impl Paths {
    /// Compiles patterns.
    ///
    /// # Errors
    /// The number of the first bad pattern, and a sentence on it.
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Result<Self, (usize, String)> {
        let (mut files, mut folders) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        let mut written = Vec::new();
        for pattern in patterns {
            add(pattern, &mut files, &mut folders).map_err(|what| (written.len(), what))?;
            written.push(pattern.to_owned());
        }
        let last = written.len().saturating_sub(1);
        let built = files.build().and_then(|files| Ok((files, folders.build()?)));
        let (files, folders) = built.map_err(|error| (last, format!("the patterns are too large together: {error}")))?;
        Ok(Self { written, files, folders })
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Whether a file is covered. The path has `/` between its parts and none at its start.
    pub fn matches(&self, path: &str) -> bool {
        self.files.is_match(path)
    }

    /// Whether a folder is covered with all that it holds, now and later; a walk need not enter it.
    pub fn covers_folder(&self, path: &str) -> bool {
        self.folders.is_match(path) || self.files.is_match(path)
    }

    /// The patterns as they are written.
    pub fn written(&self) -> &[String] {
        &self.written
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }
}

fn add(pattern: &str, files: &mut GlobSetBuilder, folders: &mut GlobSetBuilder) -> Result<(), String> {
    if pattern.trim().is_empty() {
        return Err("the pattern is empty".to_owned());
    }
    // Each of these would match nothing, in silence.
    if pattern.contains('\\') {
        return Err(format!("`{pattern}` has a backslash: write `/` between folders on every system, and `[*]` for a literal `*`"));
    }
    if pattern.starts_with('!') {
        return Err(format!("`{pattern}` begins with `!`, and there is no negation: name what is meant"));
    }
    if pattern.split('/').any(|part| part == "..") {
        return Err(format!("`{pattern}` leaves the folder: patterns begin at the root"));
    }
    let core = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
    let depth = if core.contains('/') { "" } else { "**/" };
    let core = match core.trim_start_matches('/') {
        "" | "." => "**",
        core => core,
    };
    let below = core.strip_suffix("/**");
    if below.is_none() && !pattern.ends_with('/') {
        files.add(glob(&format!("{depth}{core}"), pattern)?);
    }
    let folder = format!("{depth}{}", below.unwrap_or(core));
    files.add(glob(&format!("{folder}/**"), pattern)?);
    folders.add(glob(&folder, pattern)?);
    Ok(())
}

fn glob(text: &str, pattern: &str) -> Result<globset::Glob, String> {
    let built = GlobBuilder::new(text).literal_separator(true).backslash_escape(false).build();
    built.map_err(|error| format!("`{pattern}` is no pattern of paths: {}", error.kind()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    #[test]
    fn patterns_read_as_in_gitignore() {
        let cases = [
            ("docs", "docs/a/b.md", true),
            ("docs/", "docs/a.md", true),
            ("docs/", "docs", false),
            ("docs/**", "docs/a/b.md", true),
            ("docs/**", "docs", false),
            ("docs", "web/docs/a.md", true),
            ("/docs", "web/docs/a.md", false),
            ("/docs", "docs/a.md", true),
            ("./docs", "docs/a.md", true),
            ("docs", "docs2/a.md", false),
            ("docs", "Docs/a.md", false),
            ("apps/admin", "apps/admin/x.ts", true),
            ("apps/admin", "x/apps/admin/x.ts", false),
            ("**/admin/*.ts", "x/admin/a.ts", true),
            ("*.test.ts", "src/a.test.ts", true),
            ("src/*.ts", "src/a.ts", true),
            ("src/*.ts", "src/a/b.ts", false),
            ("src/*/gen", "src/x/gen/deep/y.ts", true),
            ("a.{js,ts}", "x/a.ts", true),
            ("[a-c].js", "b.js", true),
            (".env*", ".env.local", true),
            ("**", "a/b/.c", true),
            (".", "a/b", true),
            ("/", "a", true),
        ];
        for (pattern, path, covered) in cases {
            assert_eq!(Paths::new([pattern]).unwrap().matches(path), covered, "{pattern} on {path}");
        }
        assert!(!Paths::default().matches("a"));
    }

    #[test]
    fn folders_are_covered_whole_or_entered() {
        let cases = [
            ("vendor/**", "vendor", true),
            ("vendor", "a/vendor", true),
            ("vendor/", "vendor", true),
            ("vendor/**", "vendor/deep", true),
            ("vendor/*.js", "vendor", false),
            ("**", "vendor", true),
        ];
        for (pattern, folder, covered) in cases {
            assert_eq!(Paths::new([pattern]).unwrap().covers_folder(folder), covered, "{pattern} on {folder}");
        }
    }

    #[test]
    fn bad_patterns_say_why() {
        let why = |pattern| Paths::new(["fine", pattern]).map(|_| ()).unwrap_err();
        insta::assert_debug_snapshot!(["", "a\\b", "!keep", "../up", "a[", "{a"].map(why), @r#"
        [
            (
                1,
                "the pattern is empty",
            ),
            (
                1,
                "`a\\b` has a backslash: write `/` between folders on every system, and `[*]` for a literal `*`",
            ),
            (
                1,
                "`!keep` begins with `!`, and there is no negation: name what is meant",
            ),
            (
                1,
                "`../up` leaves the folder: patterns begin at the root",
            ),
            (
                1,
                "`a[` is no pattern of paths: unclosed character class; missing ']'",
            ),
            (
                1,
                "`{a` is no pattern of paths: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
            ),
        ]
        "#);
    }
}
