//! Holds the map: a module of `src/` uses only modules that stand above it in `src/lib.rs`, and its own children.
//!
//! `src/lib.rs` is the one list. Where a `use` points upwards, data is in the wrong place: move the type to the earliest
//! stage that can fill it. Held as well: which module alone knows a foreign crate, that only `cli` prints and ends the
//! process, and that no file outgrows a reader.

use std::path::{Path, PathBuf};

/// Above this a file wants to be a folder. In lines.
const LONGEST: usize = 600;

/// Crates that one place alone may know, so that their types end there.
const FOREIGN: &[(&str, &str)] = &[
    ("git2", "source/"),
    ("ignore", "source/"),
    ("zip", "source/"),
    ("clap", "cli/"),
    ("clap_complete", "cli/"),
    ("indicatif", "cli/"),
    ("ctrlc", "cli/"),
    ("serde_sarif", "report/sarif"),
    ("quick_xml", "report/"),
];

const PRINTS: &[&str] = &["println!", "eprintln!", "print!", "eprint!", "process::exit", "std::env::var", "env::args"];

struct Source {
    /// Relative to `src/`, with `/`.
    path: String,
    module: String,
    /// With comments blanked.
    code: String,
    lines: usize,
}

#[test]
fn the_list_of_modules_is_the_order() {
    let order = order();
    let mut wrong = Vec::new();
    for source in sources() {
        // `lib.rs` lists, `main.rs` calls, and `context_data.rs` is compiled into the build script.
        let Some(own) = order.iter().position(|module| *module == source.module) else {
            assert!(["lib", "main", "context_data"].contains(&source.module.as_str()), "src/{} is in no module of src/lib.rs", source.path);
            continue;
        };
        for used in uses(&source.code) {
            match order.iter().position(|module| *module == used) {
                Some(at) if at <= own => {}
                Some(_) => wrong.push(format!("src/{} uses `{used}`, which stands below `{}` in src/lib.rs", source.path, source.module)),
                // A macro or an item of the crate's root.
                None => wrong.push(format!("src/{} uses `crate::{used}`, which is no module", source.path)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn foreign_crates_stay_where_they_are_known() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, home) in FOREIGN {
            let known = words(&source.code).any(|(at, word)| {
                let before = source.code[..at].trim_end();
                word == *name && (source.code[at + word.len()..].starts_with("::") && !before.ends_with("::") || before.ends_with("use"))
            });
            if known && !source.path.starts_with(home) {
                wrong.push(format!("src/{} names the crate `{name}`, which belongs to src/{home}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_line_prints_exits_and_reads_the_environment() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.module != "cli") {
        // Tables of languages name what programs print with.
        let code = without_texts(&source.code);
        for word in PRINTS.iter().filter(|word| code.contains(*word)) {
            wrong.push(format!("src/{} holds `{word}`", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_outgrows_a_reader() {
    let long: Vec<String> =
        sources().iter().filter(|source| source.lines > LONGEST).map(|source| format!("src/{}: {} lines", source.path, source.lines)).collect();
    assert!(long.is_empty(), "make each a folder:\n{}", long.join("\n"));
}

#[test]
fn the_reader_of_uses_reads_all_ways_to_write_one() {
    let code = "use crate::a::b;\nuse crate::{c::{self, d}, e, f::G as H};\nfn x() { crate::i::j(); $crate::k::l }\n";
    assert_eq!(uses(code), ["a", "c", "e", "f", "i", "k"]);
    assert_eq!(without_texts(r##"a("x \" println!", '"', b'\'', r#"y " z"#); println!("{}")"##), "a(, , , ); println!()");
    assert_eq!(uses(&without_comments("// use crate::a;\n/// [`crate::b`]\nlet x = \"//\"; crate::c::d\n")), ["c"]);
}

fn order() -> Vec<String> {
    let text = std::fs::read_to_string(folder().join("lib.rs")).expect("src/lib.rs");
    text.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|end| end == "rs") {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&folder(), &mut paths);
    paths.sort();
    let read = paths.iter().map(|full| {
        let text = std::fs::read_to_string(full).expect("a source file");
        let path = full.strip_prefix(folder()).expect("a path below src").to_string_lossy().replace('\\', "/");
        let module = path.split(['/', '.']).next().unwrap_or_default().to_owned();
        Source { path, module, lines: text.lines().count(), code: without_comments(&text) }
    });
    read.collect()
}

/// The modules that a file names by `crate::`, each once, sorted.
fn uses(code: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads(group)),
            None => found.extend(words(rest).next().filter(|(start, _)| *start == 0).map(|(_, word)| word.to_owned())),
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The first word of each element of a group whose `{` is behind us.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut expects, mut found) = (1, true, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => expects = true,
            _ if expects && letter.is_alphanumeric() => {
                found.extend(words(&group[at..]).next().map(|(_, word)| word.to_owned()));
                expects = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.split(move |letter| !is_word(letter)).filter(|word| !word.is_empty()).map(move |word| (word.as_ptr() as usize - code.as_ptr() as usize, word))
}

/// Lines that are comments, emptied: prose may name what code may not.
fn without_comments(text: &str) -> String {
    text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).flat_map(|line| [line, "\n"]).collect()
}

/// Code without its texts and characters.
fn without_texts(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(['"', '\'']) {
        let (before, text) = rest.split_at(at);
        let hashes = before.len() - before.trim_end_matches('#').len();
        let start = before[..at - hashes].trim_end_matches('b');
        let is_raw = before[..at - hashes].ends_with('r') && text.starts_with('"');
        let (kept, end) = if is_raw {
            let close = format!("\"{}", "#".repeat(hashes));
            (&before[..at - hashes - 1], text[1..].find(&close).map(|end| end + 1 + close.len()))
        } else if text.starts_with('"') {
            (start, closed(text, '"'))
        } else {
            // A lifetime has no second quote behind its first letter.
            let is_character = text[1..].starts_with('\\') || text.chars().nth(2) == Some('\'');
            (if is_character { start } else { before }, if is_character { closed(text, '\'') } else { Some(1) })
        };
        out.push_str(kept);
        rest = end.map_or("", |end| &text[end..]);
    }
    out.push_str(rest);
    out
}

/// Where a text ends that begins with its quote, behind the second one.
fn closed(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().skip(1).find_map(|(at, letter)| {
        let ends = letter == quote && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends.then_some(at + 1)
    })
}
