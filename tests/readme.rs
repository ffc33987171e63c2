//! What the hand-written documents show is true: each `skout` command in them is run, and each output compared.
//!
//! A fenced block with `path=FILE` is a file of the section's project, its holes (`sk_{lower-hex:48}`) filled, so that no
//! real-looking key stands in a document. A `console` block holds commands after `$ ` and their output; an `sh` block
//! holds commands alone, of which those of `skout` are run. Each `##` section has a project of its own, which begins with
//! the files from before the first section.
//!
//! `SKOUT_BLESS=1 cargo test --test readme` writes the true outputs into the documents; read the difference.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use skout::keys::examples;

const DOCUMENTS: &[&str] = &["README.md", "CONTRIBUTING.md", "docs/rule-schema.md"];

#[test]
fn commands_and_outputs_are_true() {
    for document in DOCUMENTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
        let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        let mut common = Vec::new();
        let mut commands = 0;
        let mut written = String::new();
        for (index, section) in sections(&text).into_iter().enumerate() {
            let blocks = blocks(section);
            let own = files(&blocks);
            if index == 0 {
                common.clone_from(&own);
            }
            let project = Project::new(common.iter().chain(&own));
            for line in ["git commit -q --allow-empty -m \"Begin\"", "git tag v1.0"] {
                assert!(project.run(line).is_some_and(|output| output.status.success()), "{line}");
            }
            let mut section = section.to_owned();
            for block in &blocks {
                for shown in shown_commands(block) {
                    commands += 1;
                    let Some(output) = project.run(&shown.command) else { continue };
                    let code = output.status.code();
                    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
                    let Some(expected) = shown.output else {
                        assert!(matches!(code, Some(0 | 1)), "{document}: `{}` ends with {code:?}:\n{told}", shown.command);
                        continue;
                    };
                    if timeless(&told) == timeless(expected) {
                        continue;
                    }
                    if std::env::var_os("SKOUT_BLESS").is_some() {
                        let old = format!("$ {}\n{expected}", shown.command);
                        section = section.replacen(&old, &format!("$ {}\n{told}", shown.command), 1);
                    } else {
                        panic!("{document}: `{}` tells something else:\n{told}", shown.command);
                    }
                }
            }
            written.push_str(&section);
        }
        assert!(commands > 0, "{document} shows no command, or this test no longer sees them");
        if written != text {
            fs::write(&path, written).unwrap();
        }
    }
}

/// The hook that the README's first command installs reads what is staged, whatever the working tree holds.
#[test]
#[cfg(unix)]
fn the_hook_reads_the_index() {
    let project = Project::new([].into_iter());
    let git = |arguments: &[&str]| project.command("git", arguments).output().unwrap();
    let installed = project.run("skout hook install").unwrap();
    assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    let commit = || git(&["-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", "a"]);

    let file = project.root().join("mail file.js");
    fs::write(&file, examples::fill("const key = 'sk_{lower-hex:48}'; // plunk\n", 1).unwrap()).unwrap();
    git(&["add", "-A"]);
    // Staged with the key; clean in the working tree.
    fs::write(&file, "const key = process.env.KEY;\n").unwrap();
    let refused = commit();
    let told = String::from_utf8_lossy(&refused.stdout).into_owned() + &String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success(), "the key was committed:\n{told}");
    assert!(told.contains("mail file.js:1:14"), "{told}");

    git(&["add", "-A"]);
    // The reverse: staged clean, and a key in the working tree.
    fs::write(&file, examples::fill("const key = 'sk_{lower-hex:48}'; // plunk\n", 2).unwrap()).unwrap();
    let taken = commit();
    assert!(taken.status.success(), "{}{}", String::from_utf8_lossy(&taken.stdout), String::from_utf8_lossy(&taken.stderr));
    fs::remove_file(&file).unwrap();
    git(&["add", "-A"]);
    assert!(commit().status.success(), "a commit that only deletes has nothing to scan, and passes");
}

/// A repository with a project's files, and a home of its own.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new<'f>(files: impl Iterator<Item = &'f (String, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self { folder };
        fs::create_dir_all(project.root()).unwrap();
        for (path, text) in files {
            let path = project.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        // A configuration above the scanned folder counts within a repository alone.
        let begun = project.command("git", &["init", "-q", "-b", "main", "."]).output().expect("the tests need git");
        assert!(begun.status.success());
        project
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Runs a line as a shell would; `None` where it needs a shell that this system has not.
    fn run(&self, line: &str) -> Option<Output> {
        if line.contains(['|', '<', '>', '$', '*', ';', '&']) {
            return cfg!(unix).then(|| self.command("sh", &["-c", line]).output().unwrap());
        }
        // What stands between quotes is one word, with them gone.
        let mut quoted = false;
        let words = line.split(|sign: char| {
            quoted ^= sign == '"';
            sign == ' ' && !quoted
        });
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).map(|word| word.trim_matches('"')).collect();
        let program = if words[0] == "git" { "git" } else { env!("CARGO_BIN_EXE_skout") };
        Some(self.command(program, &words[1..]).output().unwrap())
    }

    /// A command in the project, in an environment with nothing of the developer's.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let binaries = Path::new(env!("CARGO_BIN_EXE_skout")).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(binaries).chain(std::env::split_paths(&path))).unwrap();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.root()).env_clear().env("PATH", path).env("HOME", self.folder.path());
        // Commits have the same ids wherever this runs.
        command.envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_DEFAULT_HASH", "sha1")]);
        for role in ["AUTHOR", "COMMITTER"] {
            command.envs(
                [("NAME", "Ada"), ("EMAIL", "ada@localhost"), ("DATE", "2026-11-24T12:00:00Z")].map(|(what, value)| (format!("GIT_{role}_{what}"), value)),
            );
        }
        for kept in ["SystemRoot", "TEMP", "TMPDIR"] {
            command.envs(std::env::var_os(kept).map(|value| (kept, value)));
        }
        command
    }
}

/// A fenced block.
struct Block<'t> {
    info: &'t str,
    text: &'t str,
}

/// A command that a document shows, with its output where it shows that too.
struct Shown<'t> {
    command: String,
    output: Option<&'t str>,
}

/// The text before the first `##`, and each section. Headings within fenced blocks are none.
fn sections(text: &str) -> Vec<&str> {
    let (mut sections, mut start, mut at, mut fenced) = (Vec::new(), 0, 0, false);
    for line in text.split_inclusive('\n') {
        fenced ^= line.starts_with("```");
        if !fenced && line.starts_with("## ") {
            sections.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    sections.push(&text[start..]);
    sections
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut at, mut open) = (Vec::new(), 0, None);
    for line in text.split_inclusive('\n') {
        if let Some(info) = line.strip_prefix("```") {
            open = match open {
                None => Some((info.trim(), at + line.len())),
                Some((info, start)) => {
                    blocks.push(Block { info, text: &text[start..at] });
                    None
                }
            };
        }
        at += line.len();
    }
    assert!(open.is_none(), "a fenced block has no end");
    blocks
}

fn files(blocks: &[Block<'_>]) -> Vec<(String, String)> {
    let with_path = blocks.iter().filter_map(|block| Some((block, block.info.split_whitespace().find_map(|word| word.strip_prefix("path="))?)));
    with_path.map(|(block, path)| (path.to_owned(), block_body(block))).collect()
}

/// A block's text with its holes filled; rule files and hooks keep theirs.
fn block_body(block: &Block<'_>) -> String {
    if block.info.starts_with("toml") || block.info.starts_with("sh") { block.text.to_owned() } else { examples::fill(block.text, 1).unwrap() }
}

fn shown_commands<'t>(block: &Block<'t>) -> Vec<Shown<'t>> {
    match block.info.split_whitespace().next() {
        Some("console") => {
            let mut shown: Vec<Shown<'t>> = Vec::new();
            let mut at = 0;
            let mut starts: Vec<(usize, usize)> = Vec::new();
            for line in block.text.split_inclusive('\n') {
                if line.starts_with("$ ") {
                    starts.push((at, at + line.len()));
                }
                at += line.len();
            }
            for (index, (start, end)) in starts.iter().enumerate() {
                let command = block.text[start + 2..*end].trim_end().to_owned();
                let until = starts.get(index + 1).map_or(block.text.len(), |next| next.0);
                if ["skout ", "git "].iter().any(|program| command.starts_with(program)) {
                    shown.push(Shown { command, output: Some(&block.text[*end..until]) });
                }
            }
            shown
        }
        Some("sh") if !block.text.starts_with("#!") => {
            let joined = block.text.replace("\\\n", " ");
            let commands = joined.lines().map(|line| line.split("  #").next().unwrap_or_default().trim().to_owned());
            commands.filter(|command| command.starts_with("skout ")).map(|command| Shown { command, output: None }).collect()
        }
        _ => Vec::new(),
    }
}

/// An output without what differs from run to run and from system to system.
fn timeless(text: &str) -> String {
    let time = regex::Regex::new(r"[0-9]+\.[0-9]{2} s\b").unwrap();
    time.replace_all(&text.replace("\r\n", "\n").replace("skout.exe", "skout"), "0.00 s").into_owned()
}
