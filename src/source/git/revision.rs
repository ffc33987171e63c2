//! What a person means by a revision, as `git rev-parse` would understand it.
//!
//! Names, ids and steps to parents are resolved here, on the references and objects that a scan reads; rarer forms
//! (short ids, `@{upstream}`, `:/text`, the output of `git describe`) are left to libgit2.

use super::{Commits, GitDir, LARGEST_COMMIT, ObjectId, Objects, Refs, gate};
use crate::config::nearest;
use crate::error::Error;

/// Where a name may stand, in git's order; the name takes the place of `*`.
const PLACES: [&str; 6] = ["*", "refs/*", "refs/tags/*", "refs/heads/*", "refs/remotes/*", "refs/remotes/*/HEAD"];
/// No more names than this are compared with one that is unknown.
const MOST_COMPARED: usize = 20_000;

/// Two revisions, as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// What is compared with: what it leads to is left out.
    pub base: String,
    /// What is looked at.
    pub head: String,
}

impl Range {
    /// Reads `BASE..HEAD` or `BASE...HEAD`, either side of which may be absent and is then `HEAD`; `BASE` alone means
    /// `BASE..HEAD`. Both forms mean the same here: what came to the head since it parted from the base.
    ///
    /// # Errors
    /// When there is no revision at all.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (base, head) = text.split_once("...").or_else(|| text.split_once("..")).unwrap_or((text, ""));
        if base.is_empty() && head.is_empty() {
            return Err(Error::new("a range needs a revision").help("for example: --diff origin/main..HEAD"));
        }
        let side = |text: &str| if text.is_empty() { "HEAD".to_owned() } else { text.to_owned() };
        Ok(Self { base: side(base), head: side(head) })
    }
}

/// The object that a revision names: a tag is not followed to its commit ([`Commits::commit_of`] does that). An id in full
/// names an object whether or not it is here, as for git.
///
/// # Errors
/// When nothing has that name; the help says what is near or how to fetch it.
pub fn resolve(text: &str, dir: &GitDir, refs: &Refs, objects: &Objects) -> Result<ObjectId, Error> {
    let (name, steps) = text.split_at(text.find(['~', '^']).unwrap_or(text.len()));
    if let Some(start) = named(name, dir, refs).or_else(|| short(name, dir))
        && let Some(steps) = parse_steps(steps)
    {
        let mut commits = Commits::new(|id| objects.read(id, LARGEST_COMMIT), &refs.shallow);
        return follow(start, &steps, &mut commits).ok_or_else(|| {
            let beyond = if commits.boundary.is_empty() { "" } else { " within this shallow clone" };
            Error::new(format!("the revision `{text}` leads to no commit{beyond}")).help(how_to_fetch(name, dir, refs))
        });
    }
    by_libgit2(text, dir).ok_or_else(|| unknown(text, name, dir, refs))
}

/// An id in full, or a name in one of the places where git looks for it.
fn named(name: &str, dir: &GitDir, refs: &Refs) -> Option<ObjectId> {
    if let Some(id) = ObjectId::from_hex(name.as_bytes()).filter(|id| id.hash() == dir.hash) {
        return Some(id);
    }
    let name = if name == "@" { "HEAD" } else { name };
    PLACES.iter().find_map(|place| refs.get(place.replace('*', name).as_bytes())).map(|found| found.target)
}

/// The one object whose id begins with these digits.
fn short(digits: &str, dir: &GitDir) -> Option<ObjectId> {
    let is_short = (4..dir.hash.size() * 2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_short.then(|| by_libgit2(digits, dir)).flatten()
}

fn by_libgit2(text: &str, dir: &GitDir) -> Option<ObjectId> {
    let repository = gate::exactly(&dir.git_dir).ok()?;
    let object = repository.revparse_single(text).ok()?;
    ObjectId::from_bytes(object.id().as_bytes())
}

/// A step from a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// `~n`: that many times the first parent.
    Back(usize),
    /// `^n`: the parent of that number from 1; 0 is the commit itself, of a tag as well.
    Parent(usize),
}

/// Reads `~3^2^{commit}` and the like; `None` where something else is among it.
fn parse_steps(mut text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    while let Some(kind) = text.chars().next() {
        text = text.strip_prefix(['~', '^'])?;
        if kind == '^'
            && let Some(rest) = ["{commit}", "{}", "{commit^{}}"].iter().find_map(|peel| text.strip_prefix(peel))
        {
            steps.push(Step::Parent(0));
            text = rest;
            continue;
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number = if digits == 0 { 1 } else { text[..digits].parse().ok()? };
        text = &text[digits..];
        steps.push(if kind == '~' { Step::Back(number) } else { Step::Parent(number) });
    }
    Some(steps)
}

fn follow(start: ObjectId, steps: &[Step], commits: &mut Commits<'_>) -> Option<ObjectId> {
    let mut id = start;
    for step in steps {
        id = commits.commit_of(&id)?;
        match step {
            Step::Back(count) => {
                for _ in 0..*count {
                    id = commits.parent_of(&id, 0)?;
                }
            }
            Step::Parent(0) => {}
            Step::Parent(number) => id = commits.parent_of(&id, number - 1)?,
        }
    }
    Some(id)
}

fn unknown(text: &str, name: &str, dir: &GitDir, refs: &Refs) -> Error {
    let error = Error::new(format!("the revision `{text}` does not exist in this repository"));
    let short_name = |full: &[u8]| {
        let text = std::str::from_utf8(full).ok()?;
        ["refs/heads/", "refs/remotes/", "refs/tags/"].iter().find_map(|place| text.strip_prefix(place)).map(str::to_owned)
    };
    let known: Vec<String> = refs.iter().filter_map(|found| short_name(found.name)).take(MOST_COMPARED).collect();
    let mut help = nearest(name, known.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`? Otherwise: ")).unwrap_or_default();
    help.push_str(&how_to_fetch(name, dir, refs));
    error.help(help)
}

/// The command that brings what is not here: a name, or an id that [`resolve`] took and whose object is missing.
pub fn how_to_fetch(name: &str, dir: &GitDir, refs: &Refs) -> String {
    let has_remote = |remote: &str| !remote.is_empty() && matches!(dir.config_string(&format!("remote.{remote}.url")), Ok(Some(_)));
    let is_id = name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_here = named(name, dir, refs).is_some() && !is_id;
    if !refs.shallow.is_empty() && (is_here || is_id) {
        return "the clone is shallow: git fetch --unshallow".to_owned();
    }
    if !is_id
        && !is_here
        && let Some((remote, branch)) = name.strip_prefix("refs/remotes/").unwrap_or(name).split_once('/')
        && has_remote(remote)
    {
        return format!("git fetch {} {}", gate::quoted(remote), gate::quoted(&format!("{branch}:refs/remotes/{remote}/{branch}")));
    }
    let is_branch = !is_here && !name.is_empty() && !matches!(name, "HEAD" | "@") && !name.contains([':', '{', ' ']);
    match has_remote("origin") {
        true if is_id => format!("git fetch origin {}", gate::quoted(name)),
        true if is_branch => {
            format!("git fetch origin {}, then use `origin/{name}`", gate::quoted(&format!("{name}:refs/remotes/origin/{name}")))
        }
        _ => "`git branch --all` and `git tag` list what there is".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Repo;
    use super::*;

    struct Asked {
        dir: GitDir,
        refs: Refs,
        objects: Objects,
    }

    impl Asked {
        fn of(repo: &Repo, folder: &str) -> Self {
            let dir = repo.dir_at(folder);
            Self { refs: Refs::read(&dir), objects: Objects::open(&dir, &[]).expect("an object store"), dir }
        }

        fn resolve(&self, text: &str) -> Result<ObjectId, Error> {
            resolve(text, &self.dir, &self.refs, &self.objects)
        }

        fn help(&self, text: &str) -> String {
            let error = self.resolve(text).expect_err(text);
            assert!(error.to_string().contains(&format!("`{text}`")), "{error}");
            error.help_text().unwrap_or_default().to_owned()
        }
    }

    fn same_as_git(repo: &Repo) {
        let asked = Asked::of(repo, "repo");
        let full = repo.id("HEAD").to_string();
        let revisions = [
            "HEAD",
            "@",
            "main",
            "heads/main",
            "refs/heads/main",
            "side",
            "v1",
            "v2",
            "tags/v1",
            "v2^{commit}",
            "v2^{}",
            "v2~1",
            "v1^0",
            "HEAD~",
            "HEAD^",
            "HEAD~2",
            "main^2",
            "main^2~1",
            "main^1^{commit}",
            "HEAD^^",
            "origin/main",
            "remotes/origin/main",
            "origin",
            "origin/HEAD",
            "both",
            &full,
            &full[..7],
            &format!("{}~1", &full[..10]),
            "HEAD@{1}",
            ":/two",
            "HEAD^{tree}",
            "v1-3-gabc",
            "HEAD:file",
            "refs/notes/commits",
        ];
        for text in revisions {
            let (done, expected) = repo.try_git("repo", &["rev-parse", "--verify", "--quiet", text], b"");
            let found = asked.resolve(text).map(|id| id.to_string());
            assert_eq!(found.ok(), done.then_some(expected), "{text}");
        }
        for text in [
            "nothing",
            "",
            "HEAD~99",
            "HEAD^9",
            "main^{wrong}",
            "a b",
            "HEAD~\u{e4}",
            "HEAD^\u{e4}",
            "\u{e4}",
            "HEAD~99999999999999999999",
            "^",
            "~",
            "..",
            "\0",
            "dead",
            &"0".repeat(39),
        ] {
            assert!(asked.resolve(text).is_err(), "{text:?}");
        }
    }

    fn filled(repo: &Repo) {
        repo.commit("one");
        repo.git(&["tag", "-a", "-m", "x", "v1"]);
        repo.git(&["tag", "-a", "-m", "x", "v2", "v1"]);
        repo.git(&["switch", "-q", "-c", "side"]);
        repo.commit("two");
        repo.git(&["branch", "both"]);
        repo.git(&["switch", "-q", "main"]);
        repo.git(&["commit", "-q", "--allow-empty", "-m", "three"]);
        repo.git(&["merge", "-q", "--no-ff", "-m", "joined", "side"]);
        repo.git(&["tag", "both", "HEAD"]);
        repo.git(&["notes", "add", "-m", "note"]);
        repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
        repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    }

    #[test]
    fn revisions_are_those_of_git() {
        let repo = Repo::new();
        filled(&repo);
        same_as_git(&repo);
        repo.git(&["pack-refs", "--all"]);
        repo.git(&["repack", "-adq"]);
        same_as_git(&repo);
    }

    #[test]
    fn revisions_of_sha_256_are_those_of_git() {
        let repo = Repo::with(&["--object-format=sha256"]);
        filled(&repo);
        same_as_git(&repo);
    }

    #[test]
    fn an_unknown_revision_says_what_is_near_and_how_to_fetch_it() {
        let repo = Repo::new();
        repo.commit("one");
        repo.git(&["branch", "feature/login"]);
        let asked = Asked::of(&repo, "repo");
        assert_eq!(asked.help("feature/logni"), "did you mean `feature/login`? Otherwise: `git branch --all` and `git tag` list what there is");
        repo.git(&["remote", "add", "origin", "../elsewhere"]);
        assert_eq!(asked.help("develop"), "git fetch origin develop:refs/remotes/origin/develop, then use `origin/develop`");
        assert_eq!(asked.help("origin/develop"), "git fetch origin develop:refs/remotes/origin/develop");
        assert_eq!(asked.help("origin/$(x)"), "git fetch origin '$(x):refs/remotes/origin/$(x)'");
        assert_eq!(asked.help("1234567"), "git fetch origin 1234567");
        assert_eq!(asked.help("HEAD~7"), "`git branch --all` and `git tag` list what there is");
    }

    #[test]
    fn a_shallow_clone_says_how_to_deepen_it() {
        let repo = Repo::new();
        repo.commit("one");
        let tip = repo.commit("two");
        let source = format!("file://{}", repo.path("repo").display());
        repo.git_in("", &["clone", "-q", "--depth", "1", &source, "short"], b"");
        let asked = Asked::of(&repo, "short");
        assert_eq!(asked.resolve("origin/main").expect("the tip"), tip);
        for text in ["HEAD~1", "HEAD^1", &format!("{}~1", tip)] {
            assert_eq!(asked.help(text), "the clone is shallow: git fetch --unshallow", "{text}");
        }
        assert!(asked.help("other").starts_with("git fetch origin other:"));
    }

    #[test]
    fn ranges_have_two_sides() {
        let parse = |text: &str| Range::parse(text).map(|range| format!("{} {}", range.base, range.head)).ok();
        for (text, expected) in
            [("a..b", "a b"), ("a...b", "a b"), ("a", "a HEAD"), ("a..", "a HEAD"), ("..b", "HEAD b"), ("v1.0..v1.1", "v1.0 v1.1"), ("a~2..b^", "a~2 b^")]
        {
            assert_eq!(parse(text).as_deref(), Some(expected), "{text}");
        }
        assert!(["", "..", "..."].iter().all(|text| parse(text).is_none()));
    }
}
