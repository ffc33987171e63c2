//! Random repositories, and a model of them that git has no part in: what each commit holds, and who its parents are.
//!
//! A list of steps, numbers alone, becomes commits, branches and merges; `git fast-import` writes them. What a scan says
//! of the repository is compared with what the model says.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use skout::detect::{Detector, Scratch};
use skout::keys::schema::read_rule_file;
use skout::keys::{Catalog, examples};

pub static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);
/// As a scan makes it, publishable keys not being asked for.
pub static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&CATALOG, false).short_identifiers(false));

/// Every eighth example of all key types, filled: enough kinds, and each often enough to meet itself again.
pub static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut paths: Vec<_> = std::fs::read_dir(rules).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml") && path.file_stem().is_some_and(|name| name != "verdicts"));
    let specs = paths.iter().flat_map(|path| read_rule_file(&std::fs::read_to_string(path).unwrap()).expect("the build has checked it").1);
    let templates: Vec<String> = specs.flat_map(|spec| spec.matches).collect();
    templates.iter().step_by(8).flat_map(|template| (0..2).map(|seed| examples::fill(template, seed).unwrap())).collect()
});

const LINES: &[&str] = &[
    "\"use client\"",
    "import { thing } from \"./thing\";",
    "export default function Page() {",
    "  return <div>nothing here</div>;",
    "}",
    "",
    "for (let i = 0; i < 10; i++) {",
    "const answer = 42; // the answer",
    "\u{e4}\u{f6}\u{fc} \u{1f511}",
    "the quick brown fox jumps over the lazy dog and runs away from whatever may come behind it",
];

const PATHS: &[&str] = &[
    "src/app.js",
    "app/page.tsx",
    "server/index.ts",
    ".env",
    ".env.example",
    "docs/guide.md",
    "test/app.test.js",
    "lib/deep/er/module.py",
    "android/app/src/main/java/Main.java",
    ".github/workflows/ci.yml",
    "dist/bundle.js",
    "web/pages/sp ace \u{fc}.jsx",
    "config.yml",
];

const MANIFESTS: &[(&str, &str)] = &[
    ("package.json", "{\"dependencies\": {\"next\": \"15.0.0\"}}\n"),
    ("package.json", "{\"dependencies\": {\"express\": \"5.0.0\"}}\n"),
    ("web/package.json", "{\"dependencies\": {\"react\": \"19.0.0\", \"vite\": \"7.0.0\"}}\n"),
];

/// One step: what to do, and with what.
pub type Step = [u16; 5];
/// A commit that is given: its parents, paths and texts.
pub type Given<'t> = (&'t [usize], &'t [(&'t str, &'t str)]);
/// What a commit holds.
pub type Files = BTreeMap<String, Arc<str>>;
/// Fingerprints.
pub type Prints = BTreeSet<String>;

/// One commit of the model.
#[derive(Debug, Clone)]
pub struct Made {
    pub parents: Vec<usize>,
    pub files: Files,
    pub id: String,
    message: String,
}

/// A repository and its model.
pub struct World {
    folder: tempfile::TempDir,
    /// Parents come before their children. The first one is empty and stands alone.
    pub commits: Vec<Made>,
    /// The commits of the branches; the first one is checked out.
    pub branches: Vec<usize>,
}

/// The fingerprints of what a text holds, of those keys that a scan reports.
pub fn prints(text: &Arc<str>) -> Prints {
    static KNOWN: LazyLock<Mutex<BTreeMap<Arc<str>, Prints>>> = LazyLock::new(Mutex::default);
    if let Some(known) = KNOWN.lock().unwrap().get(text) {
        return known.clone();
    }
    let found = DETECTOR.detect(text.as_bytes(), &mut Scratch::default(), false).credentials;
    let prints: Prints = found.into_iter().filter(|one| one.role.bears_authority()).map(|one| one.fingerprint.as_str().to_owned()).collect();
    KNOWN.lock().unwrap().insert(text.clone(), prints.clone());
    prints
}

/// Those of all files of a commit.
pub fn prints_of<'f>(files: impl IntoIterator<Item = &'f Arc<str>>) -> Prints {
    files.into_iter().flat_map(prints).collect()
}

impl World {
    /// Makes the commits, and checks the first branch out.
    pub fn new(steps: &[Step]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("repo")).unwrap();
        let alone = Made { parents: Vec::new(), files: Files::new(), id: String::new(), message: "nothing".to_owned() };
        let mut world = Self { folder, commits: vec![alone], branches: Vec::new() };
        world.git(&["init", "-q", "-b", "b0"]);
        for step in steps {
            world.step(*step);
        }
        // Some of it in a pack, some as loose objects.
        let half = world.commits.len() / 2;
        world.import(0..half, 1);
        world.import(half..world.commits.len(), 100_000);
        if !steps.is_empty() {
            world.git(&["reset", "-q", "--hard"]);
        }
        world
    }

    /// The same of commits that are given: their parents, counted from 1, and files. The last one is checked out.
    pub fn of(commits: &[Given<'_>]) -> Self {
        let mut world = Self::new(&[]);
        for (parents, files) in commits {
            let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())).collect();
            world.commits.push(Made { parents: parents.to_vec(), files, id: String::new(), message: "change".to_owned() });
        }
        world.branches = vec![world.commits.len() - 1];
        world.import(1..world.commits.len(), 1);
        world.git(&["reset", "-q", "--hard"]);
        world
    }

    fn step(&mut self, [what, with, to, line, more]: Step) {
        let pick = |number: u16, count: usize| usize::from(number) % count;
        if self.branches.is_empty() {
            self.commits.push(Made { parents: Vec::new(), files: Files::new(), id: String::new(), message: "first".to_owned() });
            self.branches.push(1);
        }
        let branch = pick(more, self.branches.len());
        let at = self.branches[branch];
        let mut files = self.commits[at].files.clone();
        let mut parents = vec![at];
        let mut message = "change".to_owned();
        let held: Vec<String> = files.keys().cloned().collect();
        let key = &KEYS[pick(line, KEYS.len())];
        match what % 16 {
            0 if self.branches.len() < 4 => {
                // A branch from anywhere, from nothing too.
                let from = pick(with, self.commits.len());
                self.branches.push(from);
                return;
            }
            1 | 2 if self.branches.len() > 1 => {
                let others: BTreeSet<usize> =
                    (0..1 + pick(line, 2)).map(|nth| self.branches[pick(with.wrapping_add(nth as u16), self.branches.len())]).collect();
                for other in others.into_iter().filter(|other| *other != at) {
                    parents.push(other);
                    for (path, text) in &self.commits[other].files {
                        if !files.contains_key(path) || to % 2 == 0 {
                            files.insert(path.clone(), text.clone());
                        }
                    }
                }
                if to % 3 == 0 {
                    // A merge that brings what neither side had.
                    files.insert(PATHS[pick(to, PATHS.len())].to_owned(), format!("{key}\n").into());
                }
                message = "merge".to_owned();
            }
            3 => {
                let (path, text) = MANIFESTS[pick(with, MANIFESTS.len())];
                files.insert(path.to_owned(), text.into());
            }
            4 if !held.is_empty() => {
                files.remove(&held[pick(with, held.len())]);
            }
            5 if !held.is_empty() => {
                let text = files.remove(&held[pick(with, held.len())]).unwrap_or_default();
                files.insert(PATHS[pick(to, PATHS.len())].to_owned(), text);
            }
            6 if !held.is_empty() => {
                let text = files[&held[pick(with, held.len())]].clone();
                files.insert(PATHS[pick(to, PATHS.len())].to_owned(), text);
            }
            7 => message = format!("change\n\n{key}\n"),
            8 if !held.is_empty() => {
                // As it was at some other time.
                let path = &held[pick(with, held.len())];
                match self.commits[pick(to, self.commits.len())].files.get(path) {
                    Some(text) => files.insert(path.clone(), text.clone()),
                    None => files.remove(path),
                };
            }
            _ => {
                let path = PATHS[pick(with, PATHS.len())].to_owned();
                let mut lines: Vec<String> = files.get(&path).map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default();
                if lines.is_empty() {
                    // Long enough to be worth a delta.
                    lines =
                        (0..40 + pick(line, 60)).map(|nth| LINES[pick(line.wrapping_mul(31).wrapping_add(nth as u16 * 7), LINES.len())].to_owned()).collect();
                }
                let place = pick(to, lines.len() + 1);
                match what % 16 {
                    9 if place < lines.len() => {
                        lines.remove(place);
                    }
                    10 => lines.insert(place, LINES[pick(line, LINES.len())].to_owned()),
                    11 if place < lines.len() => lines[place] = key.clone(),
                    // The middle of a line, which may be a key's, gone.
                    12 if place < lines.len() => {
                        let cut = pick(more, lines[place].chars().count().max(1));
                        let gone = cut..cut + usize::from(line % 5);
                        lines[place] = lines[place].chars().enumerate().filter(|(nth, _)| !gone.contains(nth)).map(|(_, letter)| letter).collect();
                    }
                    _ => lines.insert(place, key.clone()),
                }
                files.insert(path, (lines.join("\n") + "\n").into());
            }
        }
        self.commits.push(Made { parents, files, id: String::new(), message });
        self.branches[branch] = self.commits.len() - 1;
    }

    fn import(&mut self, range: std::ops::Range<usize>, limit: u32) {
        let mut stream = Vec::new();
        for at in range.clone() {
            let Made { parents, files, message, .. } = &self.commits[at];
            let time = 1_700_000_000 + at * 60;
            writeln!(
                stream,
                "commit refs/import/{at}\nmark :{}\nauthor Ada <ada@example.com> {time} +0100\ncommitter Ada <ada@example.com> {time} +0100",
                at + 1
            )
            .unwrap();
            write!(stream, "data {}\n{message}\n", message.len()).unwrap();
            for (nth, parent) in parents.iter().enumerate() {
                writeln!(stream, "{} :{}", if nth == 0 { "from" } else { "merge" }, parent + 1).unwrap();
            }
            writeln!(stream, "deleteall").unwrap();
            for (path, text) in files {
                write!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len()).unwrap();
            }
        }
        for (branch, at) in self.branches.iter().enumerate().filter(|(_, at)| range.contains::<usize>(at)) {
            writeln!(stream, "reset refs/heads/b{branch}\nfrom :{}\n", at + 1).unwrap();
        }
        for at in range {
            writeln!(stream, "reset refs/import/{at}\nfrom 0000000000000000000000000000000000000000\n").unwrap();
        }
        let marks = self.folder.path().join("marks").to_string_lossy().into_owned();
        let limit = format!("fastimport.unpackLimit={limit}");
        self.git_with(
            &["-c", &limit, "fast-import", "--quiet", "--force", &format!("--import-marks-if-exists={marks}"), &format!("--export-marks={marks}")],
            &stream,
        );
        for line in std::fs::read_to_string(marks).unwrap().lines() {
            let (mark, id) = line.split_once(' ').unwrap();
            self.commits[mark[1..].parse::<usize>().unwrap() - 1].id = id.to_owned();
        }
    }

    /// The working tree.
    pub fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("repo")
    }

    pub fn git(&self, args: &[&str]) -> String {
        self.git_with(args, b"")
    }

    fn git_with(&self, args: &[&str], input: &[u8]) -> String {
        let mut command = Command::new("git");
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("HOME", self.folder.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for (name, value) in [("NAME", "Ada"), ("EMAIL", "ada@example.com"), ("DATE", "1700000000 +0100")] {
            command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
        }
        command.args(["-c", "gc.auto=0", "-c", "core.logAllRefUpdates=false"]).args(args).current_dir(self.folder.path().join("repo"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("git starts");
        child.stdin.take().expect("a pipe").write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// The commit of an id.
    pub fn commit(&self, id: &str) -> usize {
        self.commits.iter().position(|commit| commit.id == id).expect("a commit of the model")
    }

    /// A commit and all before it.
    pub fn history(&self, at: usize) -> BTreeSet<usize> {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![at]);
        while let Some(at) = waiting.pop() {
            if seen.insert(at) {
                waiting.extend(&self.commits[at].parents);
            }
        }
        seen
    }

    /// What all branches reach.
    pub fn reachable(&self) -> BTreeSet<usize> {
        self.branches.iter().flat_map(|at| self.history(*at)).collect()
    }
}
