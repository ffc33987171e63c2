//! From findings to edits: what each asks for, which of it is safe, and what else must then be done.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::edit::{self, Edit};
use super::files::{self, Files, Source};
use super::language::{self, Language};
use super::lexer::{self, Token};
use super::names::{self, Names};
use super::{Left, accessor, literal, redact, twin};
use crate::context;
use crate::detect::{Detector, Scratch};
use crate::error::ScanPath;
use crate::finding::{Finding, Report};
use crate::keys::{Catalog, naming};
use crate::lang;
use crate::scan::Policy;
use crate::secret::Fingerprint;
use crate::source::Walk;
use crate::terms::Place;
use crate::text::Span;

/// What comes out.
pub(super) struct Planned {
    pub(super) sources: Vec<Source>,
    pub(super) left: Vec<Left>,
    pub(super) fixed: usize,
    pub(super) next: Vec<String>,
}

/// What a finding asks for, besides a renaming.
pub(super) enum Action {
    /// Nothing: the renaming is all.
    Rename,
    /// The value stays in its env file, which must stay out of git.
    Env,
    /// The value goes from a list of variables that everybody gets.
    Blank,
    /// The literal becomes a read of the environment.
    Server,
    /// The literal becomes a read of its publishable twin.
    Client,
    /// What is logged, or goes into an error, becomes the text `[redacted]`.
    Redact,
    /// The same for a value that is written in the very call.
    Hide,
    /// As the value fares that is written there: path and offset.
    Follow(String, u64),
    /// Nothing that is safe.
    Leave(String),
}

pub(super) struct Wish {
    pub(super) file: usize,
    pub(super) rename: Option<String>,
    pub(super) action: Action,
    pub(super) span: Span,
}

/// The state of planning.
pub(super) struct Plan<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) files: &'a Files,
    pub(super) walk: &'a Walk,
    pub(super) policy: &'a Policy,
    pub(super) detector: &'a Detector<'a>,
    /// The given folders, resolved.
    pub(super) folders: Vec<PathBuf>,
    pub(super) sources: BTreeMap<usize, Result<Source, String>>,
    /// `.env.example`, `.gitignore`: files that the walk need not have found.
    pub(super) beside: BTreeMap<PathBuf, Source>,
    pub(super) scratch: Scratch,
    pub(super) left: BTreeMap<usize, String>,
    pub(super) next: Vec<String>,
    /// Variables that the code reads now, by the file that does.
    pub(super) needs: BTreeSet<(usize, String)>,
    /// Env files that must stay out of git.
    pub(super) private: BTreeSet<usize>,
    /// Calls that log a value or put it into an error: path, bytes, and which value.
    pub(super) leaks: Vec<(String, Span, Fingerprint)>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(catalog: &'a Catalog, detector: &'a Detector<'a>, files: &'a Files, walk: &'a Walk, paths: &[PathBuf], policy: &'a Policy) -> Self {
        let folders = paths.iter().filter(|path| path.is_dir()).filter_map(|path| path.canonicalize().ok()).collect();
        Self {
            catalog,
            files,
            walk,
            policy,
            detector,
            folders,
            sources: BTreeMap::new(),
            beside: BTreeMap::new(),
            scratch: Scratch::default(),
            left: BTreeMap::new(),
            next: Vec::new(),
            needs: BTreeSet::new(),
            private: BTreeSet::new(),
            leaks: Vec::new(),
        }
    }

    pub(super) fn make(mut self, report: &Report) -> Planned {
        let open: Vec<&Finding> = report.open().collect();
        let is_leak = |finding: &&&Finding| matches!(finding.rule.0, "secret-in-log" | "secret-in-error") && !context::is_answer(finding);
        let leak = |finding: &&Finding| (finding.location.path.text.clone(), span_of(finding), finding.fingerprint.clone());
        self.leaks = open.iter().filter(is_leak).map(leak).collect();
        let wishes: Vec<Option<Wish>> = open.iter().enumerate().map(|(index, finding)| self.wish(index, finding)).collect();
        let wishes: BTreeMap<usize, Wish> = wishes.into_iter().enumerate().filter_map(|(index, wish)| Some((index, wish?))).collect();
        self.env_files(&open, &wishes);
        let names = self.literals(&open, &wishes);
        self.redactions(&open, &wishes);
        self.renames(&wishes);
        for (index, wish) in &wishes {
            if let Action::Leave(why) = &wish.action {
                // What the renaming could not do either says more.
                self.left.entry(*index).or_insert_with(|| why.clone());
            }
        }
        self.follow(&open, &wishes);
        self.set_and_ignore(&wishes);
        self.closing(&open, &names);
        let left = self.left.iter().map(|(index, why)| {
            let finding = open[*index];
            let (path, line) = (finding.location.path.clone(), finding.location.region.start.line);
            Left { path, line, rule: finding.rule, redacted: finding.key.redacted.clone(), why: why.clone() }
        });
        let left: Vec<Left> = left.collect();
        let sources = self.sources.into_values().filter_map(Result::ok).chain(self.beside.into_values());
        let mut sources: Vec<Source> = sources.filter(|source| !source.edits.is_empty()).collect();
        sources.sort_by(|one, other| one.name.cmp(&other.name));
        Planned { sources, fixed: open.len() - left.len(), left, next: self.next }
    }

    /// A file's bytes, read once.
    pub(super) fn source(&mut self, file: usize) -> Result<&mut Source, String> {
        let seen = &self.files.list[file];
        let (detector, scratch) = (self.detector, &mut self.scratch);
        self.sources.entry(file).or_insert_with(|| Source::read(&seen.path, &seen.name, detector, scratch)).as_mut().map_err(|why| why.clone())
    }

    /// What a finding asks for; `None`, with the reason noted, where nothing can be done.
    fn wish(&mut self, index: usize, finding: &Finding) -> Option<Wish> {
        let mut leave = |why: String| {
            self.left.insert(index, why);
            None
        };
        let speaks = |rule: &str| finding.rule.0 == rule || finding.also.iter().any(|also| also.0 == rule);
        let advice = first_step(finding);
        let path = &finding.location.path.text;
        let Some(file) = self.files.named(path) else {
            let why = if path.contains("!/") {
                "it is in an archive: build that again without it"
            } else {
                "its file lies outside of the paths, or can't be changed"
            };
            return leave(why.to_owned());
        };
        let region = finding.location.region;
        let span = span_of(finding);
        let calls: Vec<Span> = self
            .leaks
            .iter()
            .filter(|(at, call, value)| at == path && call.start <= span.start && span.end <= call.end && *value == finding.fingerprint)
            .map(|(_, call, _)| *call)
            .collect();
        let wish = |rename: Option<String>, action: Action| Some(Wish { file, rename, action, span });
        if let Some(name) = finding.key.redacted.as_str().strip_prefix('$') {
            return match finding.rule.0 {
                "secret-in-log" | "secret-in-error" if !context::is_answer(finding) => wish(None, Action::Redact),
                "secret-in-url" => leave(in_url(&advice)),
                _ if speaks("public-env-secret") => wish(Some(name.to_owned()), Action::Rename),
                _ => leave(advice),
            };
        }
        let source = match self.source(file) {
            Ok(source) => source,
            Err(why) => {
                self.left.insert(index, why);
                return None;
            }
        };
        if source.credential(region.start.offset, region.end.offset).is_none_or(|one| one.fingerprint != finding.fingerprint) {
            return match finding.trace.first() {
                Some(step) if ["secret-reaches-client", "secret-in-log", "secret-in-error", "secret-in-url"].iter().any(|rule| speaks(rule)) => {
                    wish(None, Action::Follow(step.location.path.text.clone(), step.location.region.start.offset))
                }
                _ => wish(None, Action::Leave("the file changed while it was looked at".to_owned())),
            };
        }
        if !finding.encoding.is_empty() {
            return wish(None, Action::Leave(format!("the value is wrapped ({}): take it out by hand", finding.encoding.join(", "))));
        }
        let rename = if speaks("public-env-secret") { public_name(&source.text, span) } else { None };
        let is_env = finding.place == Place::EnvFile;
        let action = if is_env && language::is_example(path) {
            Action::Blank
        } else if is_env {
            Action::Env
        } else if speaks("secret-in-client-code") && finding.place == Place::Client {
            // The head of an Astro page runs where the page is made, whatever its folder says.
            let is_head = path.ends_with(".astro") && finding.trace.is_empty() && language::script_part(path, &source.text, span.start).is_some();
            if is_head { Action::Server } else { Action::Client }
        } else if speaks("secret-in-bundle") || speaks("secret-in-mobile-app") || speaks("secret-in-client-code") {
            Action::Leave(advice)
        } else if calls.iter().any(|call| redact::is_own_text(path, &source.text, *call, span)) {
            Action::Hide
        } else if speaks("hardcoded-secret") {
            Action::Server
        } else {
            Action::Leave(advice)
        };
        wish(rename, action)
    }

    /// Values in env files: they stay where they are, unless everybody gets the file.
    fn env_files(&mut self, open: &[&Finding], wishes: &BTreeMap<usize, Wish>) {
        let tracked: Option<BTreeSet<Vec<u8>>> = self.walk.repository().and_then(|repository| repository.tracked().ok()).map(|list| list.into_iter().collect());
        for (index, wish) in wishes {
            let name = open[*index].location.path.clone();
            match wish.action {
                Action::Blank => {
                    if let Ok(source) = self.source(wish.file) {
                        source.edits.push(Edit::new(wish.span.start, wish.span.end, ""));
                    }
                }
                Action::Env => {
                    self.private.insert(wish.file);
                    let is_tracked = tracked.as_ref().is_some_and(|tracked| tracked.contains(name.text.as_bytes()));
                    if is_tracked {
                        self.left.insert(*index, format!("git tracks the env file: `git rm --cached {name}` takes it out and leaves it on your disk"));
                    }
                }
                _ => {}
            }
        }
    }

    /// Literals in code. Returns the names of the variables, for the closing words.
    fn literals(&mut self, open: &[&Finding], wishes: &BTreeMap<usize, Wish>) -> BTreeMap<String, BTreeSet<String>> {
        let mut names = Names::default();
        for (index, wish) in wishes.iter().filter(|(_, wish)| matches!(wish.action, Action::Env)) {
            if let Ok(source) = self.source(wish.file)
                && let Some(given) = lang::name_of(&source.text, wish.span).filter(|given| names::is_constant_case(given))
            {
                names.keep(&open[*index].fingerprint, naming::bare(&given));
            }
        }
        // Who calls a value by a variable's name names it for all.
        for (index, wish) in wishes.iter().filter(|(_, wish)| matches!(wish.action, Action::Server)) {
            let Ok(source) = self.source(wish.file) else { continue };
            let given = lang::name_of(&source.text, wish.span).filter(|given| names::is_constant_case(given.rsplit('.').next().unwrap_or_default()));
            if given.is_some() {
                names.of(self.catalog, &open[*index].fingerprint, &open[*index].key.key_type, given.as_deref());
            }
        }
        let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, wish) in wishes.iter().filter(|(_, wish)| matches!(wish.action, Action::Server | Action::Client)) {
            by_file.entry(wish.file).or_default().push(*index);
        }
        let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut packages = BTreeMap::new();
        for (file, indices) in by_file {
            let path = self.files.list[file].path.clone();
            let packages = files::packages(&path, &self.top_of(&path), &mut packages);
            let Ok(source) = self.source(file) else { continue };
            let source = std::mem::replace(source, Source::new(PathBuf::new(), ScanPath::from_bytes(b"")));
            let (mut edits, mut done) = (Vec::new(), Vec::new());
            let mut tokens: HashMap<(usize, usize), Vec<Token>> = HashMap::new();
            for index in indices {
                let finding = open[index];
                let is_client = matches!(wishes[&index].action, Action::Client);
                match self.literal(&source, finding, wishes[&index].span, is_client, &packages, &mut names, &mut tokens) {
                    Ok((mut own, name)) => {
                        edits.append(&mut own);
                        done.push((index, name));
                    }
                    Err(why) => {
                        self.left.insert(index, why);
                    }
                }
            }
            let chosen = choose(&source, edits);
            match chosen {
                Ok(edits) => {
                    for (index, name) in done {
                        let kind = format!("{} {}", open[index].key.name, open[index].key.redacted);
                        let is_workflow = language::of(&source.name.text) == Some(Language::Workflow);
                        told.entry(if is_workflow { format!("secrets.{name}") } else { name.clone() }).or_default().insert(kind);
                        if !is_workflow {
                            self.needs.insert((file, name));
                        }
                    }
                    let mut source = source;
                    source.edits = edits;
                    self.sources.insert(file, Ok(source));
                }
                Err(why) => {
                    done.into_iter().for_each(|(index, _)| {
                        self.left.insert(index, why.clone());
                    });
                    self.sources.insert(file, Ok(source));
                }
            }
        }
        told
    }

    /// The edits for one literal, and the variable that is read then.
    #[allow(clippy::too_many_arguments, reason = "a step of `literals`, taken out to be read")]
    fn literal(
        &self,
        source: &Source,
        finding: &Finding,
        span: Span,
        is_client: bool,
        packages: &[String],
        names: &mut Names,
        tokens: &mut HashMap<(usize, usize), Vec<Token>>,
    ) -> Result<(Vec<Edit>, String), String> {
        let (text, path) = (&source.text[..], &source.name.text[..]);
        let Some(language) = language::of(path) else { return Err(first_step(finding)) };
        let in_markup = || "it is in markup, which no variable of a server reaches: ".to_owned() + &lower_first(&first_step(finding));
        let (from, to) = language::script_part(path, text, span.start).ok_or_else(in_markup)?;
        let tokens = tokens.entry((from, to)).or_insert_with(|| lexer::tokens(text, language, from, to));
        if is_client {
            if language != Language::JavaScript || path.ends_with(".astro") || !twin::in_text(tokens, span) {
                return Err(first_step(finding));
            }
            let twin = twin::of(self.catalog, &finding.key.key_type, text, tokens, span)?;
            let unknown =
                || format!("the {} is enough for this call, but how the build tool publishes a variable is not known: put it there by hand", twin.full_name());
            let (read, name) = accessor::public(&names::of_key_type(&twin.id), packages).ok_or_else(unknown)?;
            let edit = literal::replace(text, language, lexer::holder(tokens, span), span, &read, &name)?;
            return Ok((vec![edit], name));
        }
        let given = lang::name_of(text, span);
        let mut name = names.of(self.catalog, &finding.fingerprint, &finding.key.key_type, given.as_deref());
        if language == Language::Workflow {
            name = accessor::of_workflow(&name);
        }
        let access = accessor::of(path, text, language, &name, packages)?;
        let edit = literal::replace(text, language, lexer::holder(tokens, span), span, &access.read, &name)?;
        Ok((access.import.into_iter().chain([edit]).collect(), name))
    }

    /// Secrets that are logged or go into an error.
    fn redactions(&mut self, open: &[&Finding], wishes: &BTreeMap<usize, Wish>) {
        let mut done = false;
        for (index, wish) in wishes.iter().filter(|(_, wish)| matches!(wish.action, Action::Hide)) {
            let own = Edit::new(wish.span.start, wish.span.end, redact::REDACTED);
            let result = self.source(wish.file).and_then(|source| {
                source.edits = choose(source, source.edits.iter().cloned().chain([own]).collect())?;
                Ok(())
            });
            if let Err(why) = result {
                self.left.insert(*index, why);
            }
        }
        for (index, wish) in wishes.iter().filter(|(_, wish)| matches!(wish.action, Action::Redact)) {
            let catalog = self.catalog;
            let result = self.source(wish.file).and_then(|source| {
                let (text, path) = (&source.text[..], &source.name);
                let advice = || lower_first(&first_step(open[*index]));
                let known = language::of(&path.text).filter(|language| matches!(language, Language::JavaScript | Language::Python));
                let language = known.ok_or_else(|| format!("skout redacts in JavaScript, TypeScript and Python alone: {}", advice()))?;
                let (from, to) = language::script_part(&path.text, text, wish.span.start).ok_or_else(|| first_step(open[*index]))?;
                let tokens = lexer::tokens(text, language, from, to);
                let own = redact::edits(catalog, path, text, language, &tokens, wish.span).map_err(|why| format!("{why}; {}", advice()))?;
                source.edits = choose(source, source.edits.iter().cloned().chain(own).collect())?;
                Ok(())
            });
            match result {
                Ok(()) => done = true,
                Err(why) => {
                    self.left.insert(*index, why);
                }
            }
        }
        if done {
            self.next.push("What these lines wrote before is known to those who read it: change the values if they ran where others read along.".to_owned());
        }
    }

    /// Names with a public prefix.
    fn renames(&mut self, wishes: &BTreeMap<usize, Wish>) {
        let names: BTreeSet<&str> = wishes.values().filter_map(|wish| wish.rename.as_deref()).collect();
        if names.is_empty() {
            return;
        }
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let results = super::public::rename_all(self, &names);
        for (name, result) in names.iter().zip(&results) {
            let bare = naming::bare(name);
            match result {
                Ok(clients) => {
                    self.next.push(format!(
                        "`{name}` is `{bare}` now: rename it as well where it is set outside of these files, in env files that git ignores, in CI and in the deployment."
                    ));
                    for client in clients {
                        self.next.push(format!("`{client}` is client code that reads `{name}`: move what needs it to a server, and read `{bare}` there."));
                    }
                }
                Err(_) => continue,
            }
        }
        for (index, wish) in wishes {
            let Some(at) = wish.rename.as_ref().and_then(|name| names.binary_search(name).ok()) else { continue };
            let is_literal = !matches!(wish.action, Action::Rename | Action::Env | Action::Blank);
            let why = match &results[at] {
                Ok(clients) if clients.is_empty() && is_literal && self.left.contains_key(index) => {
                    "it loses its prefix, but the value stays written here: take it out by hand, and give it to the build or the server as a secret".to_owned()
                }
                Ok(clients) if clients.is_empty() => continue,
                Ok(clients) => format!("client code reads it ({}), where the bare name is undefined: move these reads to a server", clients.join(", ")),
                Err(why) => why.clone(),
            };
            self.left.insert(*index, why);
        }
    }

    /// What crosses a boundary fares as the value where it is written.
    fn follow(&mut self, open: &[&Finding], wishes: &BTreeMap<usize, Wish>) {
        for (index, wish) in wishes {
            let Action::Follow(path, offset) = &wish.action else { continue };
            let at = open.iter().position(|other| other.location.path.text == *path && other.location.region.start.offset == *offset);
            let why = match at.and_then(|at| Some((at, wishes.get(&at)?))) {
                Some((at, _)) if self.left.contains_key(&at) => self.left[&at].clone(),
                Some((_, wish)) if matches!(wish.action, Action::Client | Action::Hide) => continue,
                Some(_) => {
                    let leaves = if open[*index].rule.0 == "secret-reaches-client" { "sent" } else { "written out" };
                    format!("what the variable holds is still {leaves}: {}", lower_first(&first_step(open[*index])))
                }
                None => first_step(open[*index]),
            };
            self.left.insert(*index, why);
        }
    }

    /// The folder above which nothing is looked for: the repository's, or the given one that holds the file.
    pub(super) fn top_of(&self, file: &Path) -> PathBuf {
        let root = self.walk.repository().and_then(|repository| repository.root.canonicalize().ok()).filter(|root| file.starts_with(root));
        let given = || self.folders.iter().filter(|folder| file.starts_with(folder)).min_by_key(|folder| folder.as_os_str().len()).cloned();
        root.or_else(given).unwrap_or_else(|| file.parent().unwrap_or(Path::new("")).to_owned())
    }

    fn closing(&mut self, open: &[&Finding], names: &BTreeMap<String, BTreeSet<String>>) {
        let mut first: Vec<String> = Vec::new();
        for (name, kinds) in names {
            let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
            match name.strip_prefix("secrets.") {
                Some(name) => {
                    first.push(format!("Add {name} to the secrets of the repository on GitHub, with a new value in the place of {}.", kinds.join(", ")))
                }
                None => {
                    first.push(format!("Set {name} where the code runs, or in a .env that git ignores, with a new value in the place of {}.", kinds.join(", ")))
                }
            }
        }
        first.append(&mut self.next);
        self.next = first;
        if open.iter().any(|finding| !finding.key.redacted.as_str().starts_with('$')) {
            self.next.push("Rotate these keys: the old values stay in the history, in clones and in what was built; skout wrote them nowhere.".to_owned());
        }
    }
}

/// The bytes that a finding speaks of.
fn span_of(finding: &Finding) -> Span {
    let region = finding.location.region;
    Span::new(region.start.offset as usize, region.end.offset as usize)
}

/// Why a URL is not rewritten.
fn in_url(advice: &str) -> String {
    format!("skout does not know which header the API takes, or what the process reads: {}", lower_first(advice))
}

/// The first step of a remediation, without its full stop.
fn first_step(finding: &Finding) -> String {
    finding.remediation.steps.first().map_or_else(|| finding.message.clone(), |step| step.trim_end_matches('.').to_owned())
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The name with a public prefix that a value is given to, in its line or the two before.
fn public_name(text: &[u8], value: Span) -> Option<String> {
    let is_public = |name: &&str| !naming::prefixes(name).is_empty();
    if let Some(name) = lang::name_of(text, value).as_deref().and_then(|name| name.rsplit('.').next()).filter(is_public) {
        return Some(name.to_owned());
    }
    let floor = value.start.saturating_sub(300);
    let before = &text[floor..value.start];
    let lines = memchr::memrchr_iter(b'\n', before).nth(2).map_or(0, |at| at + 1);
    let mut words = before[lines..].split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').filter_map(|word| std::str::from_utf8(word).ok());
    words.rfind(is_public).map(str::to_owned)
}

/// The edits in order, if the result parses; with braces where a literal was the value of an attribute.
fn choose(source: &Source, edits: Vec<Edit>) -> Result<Vec<Edit>, String> {
    let mut plain = edits;
    if !edit::arrange(&mut plain) {
        return Err("two changes would touch the same bytes: make them by hand".to_owned());
    }
    let Err(why) = check(source, &plain) else { return Ok(plain) };
    let is_attribute = |edit: &Edit| {
        let before = &source.text[..edit.span.start];
        before.ends_with(b"=")
            && before.iter().nth_back(1).is_some_and(u8::is_ascii_alphanumeric)
            && matches!(source.text.get(edit.span.start), Some(b'"' | b'\'' | b'`'))
    };
    let mut braced = plain;
    for edit in braced.iter_mut().filter(|edit| is_attribute(edit)) {
        edit.text = format!("{{{}}}", edit.text);
    }
    check(source, &braced).map(|()| braced).map_err(|_| why)
}

/// Whether a file still parses after edits that are in order.
pub(super) fn check(source: &Source, edits: &[Edit]) -> Result<(), String> {
    let path = &source.name;
    let refused = || Err("the file would not parse any more: change it by hand".to_owned());
    if lang::is_script(&path.text) {
        if source.text.len() > lang::LARGEST_SCRIPT {
            return Err("the script is too large to be written by hand".to_owned());
        }
        let is_broken = |text: &[u8]| lang::facts(path, text, &[]).module.is_none_or(|module| module.is_broken);
        if is_broken(&edit::apply(&source.text, edits)) && !is_broken(&source.text) {
            return refused();
        }
    } else if path.text.ends_with(".json") {
        let parses = |text: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
        if parses(&source.text) && !parses(&edit::apply(&source.text, edits)) {
            return refused();
        }
    }
    Ok(())
}
