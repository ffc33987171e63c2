//! Which language a file is written in, as far as rewriting a value goes.

/// Languages in which skout knows how a variable of the environment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    JavaScript,
    Python,
    Ruby,
    Php,
    Go,
    Java,
    Kotlin,
    CSharp,
    Rust,
    Shell,
    /// A workflow of GitHub.
    Workflow,
    /// A Compose file.
    Compose,
}

/// The language of a path; `None` for what skout can't rewrite.
pub(super) fn of(path: &str) -> Option<Language> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let is_yaml = matches!(end, "yml" | "yaml");
    if is_yaml {
        let is_workflow = lower.contains(".github/workflows/") || lower.contains(".github/actions/");
        let is_compose = name.starts_with("docker-compose") || name.starts_with("compose.");
        return if is_workflow {
            Some(Language::Workflow)
        } else if is_compose {
            Some(Language::Compose)
        } else {
            None
        };
    }
    Some(match end {
        "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "mts" | "cts" | "vue" | "svelte" | "astro" => Language::JavaScript,
        "py" => Language::Python,
        "rb" | "rake" => Language::Ruby,
        "php" => Language::Php,
        "go" => Language::Go,
        "java" => Language::Java,
        "kt" | "kts" => Language::Kotlin,
        "cs" => Language::CSharp,
        "rs" => Language::Rust,
        "sh" | "bash" | "zsh" | "ksh" => Language::Shell,
        _ => return None,
    })
}

/// Whether a path is an env file that only shows which variables there are.
pub(super) fn is_example(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    name.contains("env") && ["example", "sample", "template", "dist", "defaults", "schema"].iter().any(|word| name.contains(word))
}

/// The part of a component that is a script of a server's or of nobody's yet: the whole file for a plain script.
pub(super) fn script_part(path: &str, text: &[u8], at: usize) -> Option<(usize, usize)> {
    let lower = path.to_ascii_lowercase();
    if lower.ends_with(".astro") {
        let head = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let skipped = text.len() - head.len();
        let start = skipped + head.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if !text[start..].starts_with(b"---") {
            return None;
        }
        let from = start + 3;
        let end = from + memchr::memmem::find(&text[from..], b"\n---")?;
        return (from <= at && at < end).then_some((from, end));
    }
    if lower.ends_with(".vue") || lower.ends_with(".svelte") {
        let open = memchr::memmem::rfind(&text[..at], b"<script")?;
        let from = open + memchr::memchr(b'>', &text[open..])? + 1;
        let end = from + memchr::memmem::find(&text[from..], b"</script")?;
        return (from <= at && at < end).then_some((from, end));
    }
    Some((0, text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(of("a/b.TSX"), Some(Language::JavaScript));
        assert_eq!(of(".github/workflows/ci.yml"), Some(Language::Workflow));
        assert_eq!(of("docker-compose.prod.yaml"), Some(Language::Compose));
        assert_eq!(of("k8s/secret.yaml"), None);
        assert!(is_example(".env.example") && is_example("env.sample") && !is_example(".env") && !is_example("example/settings.py"));
    }

    #[test]
    fn parts_of_components() {
        let vue = b"<template>x</template><script setup>const a = 1</script>";
        assert_eq!(script_part("a.vue", vue, 40), Some((36, 47)));
        assert_eq!(script_part("a.vue", vue, 12), None);
        assert_eq!(script_part("a.astro", b"---\nconst a = 1\n---\n<p/>", 8), Some((3, 15)));
        assert_eq!(script_part("a.astro", b"<p/>", 2), None);
    }
}
