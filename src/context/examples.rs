//! The examples in the rules' pages: fenced blocks that fire or stay silent, and which path each pretends to have.
//!
//! One test takes them out of the pages and runs them, so that the documentation is the test.

/// One fenced block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule must fire in it.
    pub fires: bool,
    /// The path that the file has.
    pub path: String,
    /// Its text, with keys as `{{provider.name}}` and holes of `keys::examples`.
    pub text: String,
}

/// The examples of a page, in order.
pub fn in_page(page: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut lines = page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let words: Vec<&str> = info.split_whitespace().collect();
        let text: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let path = words.iter().find_map(|word| word.strip_prefix("path="));
        let verdict = words.iter().find(|word| matches!(**word, "fires" | "silent"));
        if let (Some(path), Some(verdict)) = (path, verdict) {
            examples.push(Example { fires: *verdict == "fires", path: path.to_owned(), text: text.join("\n") + "\n" });
        }
    }
    examples
}
