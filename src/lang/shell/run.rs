//! Runs through a script's commands in order and notes where secrets leave.

use std::collections::HashSet;

use super::lex::template;
use super::programs::{self, Filter};
use super::sheet::{Held, Sheet};
use super::state::{Host, Known, State};
use super::syntax::{Command, Piece, RedirectKind, Word};
use super::urls;
use super::words::split_assignment;
use crate::lang::{Sink, hint};
use crate::text::Span;

/// Substitutions that are run, one inside another.
const DEEPEST: usize = 16;

/// Where the output of a command ends.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// Where people or log stores read it.
    Seen(Option<String>),
    /// In a step's outputs or environment.
    StepOutput,
    /// In a file, a program, a variable, or nowhere.
    Elsewhere,
}

/// A script that is being run.
pub(in crate::lang) struct Run<'s, 't, 'f> {
    /// What is known.
    pub state: State<'s, 't>,
    /// Where facts go.
    pub sheet: &'s mut Sheet<'f>,
    /// Whether the shell prints commands.
    is_traced: bool,
    /// Functions whose output is taken.
    captured: HashSet<String>,
    /// Whether a secret's variable has been met.
    knows_secret: bool,
    /// Dumps of the environment, which count once a secret is known.
    dumps: Vec<(String, Span)>,
}

impl<'s, 't, 'f> Run<'s, 't, 'f> {
    /// A script that has not begun; `is_traced` when its first line or the service says so.
    pub(in crate::lang) fn new(state: State<'s, 't>, sheet: &'s mut Sheet<'f>, is_traced: bool) -> Self {
        Self { state, sheet, is_traced, captured: HashSet::new(), knows_secret: false, dumps: Vec::new() }
    }

    /// Runs a script.
    pub(in crate::lang) fn all(&mut self, commands: &[Command]) {
        capture(commands, false, &mut self.captured, 0);
        self.commands(commands, false, 0);
        let counts = self.state.host != Host::Plain || self.knows_secret;
        for (what, span) in std::mem::take(&mut self.dumps) {
            if counts {
                let at = self.state.place(span);
                self.sheet.flow(Sink::Log(what), at, &[Held::Whole(at)]);
            }
        }
    }

    fn commands(&mut self, commands: &[Command], is_taken: bool, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        for number in 0..commands.len() {
            let command = bare(&commands[number]);
            self.inner(&command, depth);
            self.trace(&command);
            self.assignments(&command);
            let name = command.name();
            self.sinks(&command, &name, commands, number, is_taken);
            for word in command.words.iter().chain(command.assigns.iter().map(|one| &one.value)) {
                word.pieces.iter().for_each(|piece| {
                    if let Piece::Var(var) = piece {
                        self.knows_secret |= hint::may_say_secret(&var.name) && !matches!(var.name.as_str(), "PWD" | "OLDPWD" | "SSH_AUTH_SOCK");
                        self.state.seen.insert(var.name.clone());
                    } else if let Piece::Expression(text, _) = piece {
                        self.knows_secret |= text.contains("secrets.");
                    }
                });
            }
        }
    }

    /// The commands in the words of a command.
    fn inner(&mut self, command: &Command, depth: usize) {
        let words = command.words.iter().chain(command.assigns.iter().map(|one| &one.value)).chain(command.redirects.iter().map(|one| &one.target));
        for piece in words.flat_map(|word| &word.pieces) {
            if let Piece::Run(inner, _) = piece {
                self.commands(inner, true, depth + 1);
            }
        }
    }

    /// What the shell prints of a command while it traces, and when it begins and ends to.
    fn trace(&mut self, command: &Command) {
        if command.name() == "set" {
            for (at, word) in command.arguments().iter().enumerate() {
                let text = word.text();
                let option = command.arguments().get(at + 1).and_then(Word::plain);
                let is_option = option.as_deref() == Some("xtrace");
                let letters = |mark: char| {
                    text.strip_prefix(mark)
                        .is_some_and(|rest| !rest.starts_with(mark) && rest.contains('x') && rest.bytes().all(|byte| byte.is_ascii_alphabetic()))
                };
                // `[ -n "$DEBUG" ] && set -x`: whoever turns that on, knows.
                if (letters('-') || text.starts_with('-') && text.ends_with('o') && is_option) && !command.is_conditional {
                    self.is_traced = true;
                }
                if letters('+') || text == "+o" && is_option {
                    self.is_traced = false;
                }
            }
            return;
        }
        if !self.is_traced || command.redirects.iter().any(|one| one.stream == 2 && one.target.head() == "/dev/null") {
            return;
        }
        let mut held = Vec::new();
        for word in command.words.iter().chain(command.assigns.iter().map(|one| &one.value)) {
            held.extend(self.state.word(word, self.sheet, 0).held);
        }
        if !held.is_empty() && !command.words.iter().any(|word| word.head().contains("::add-mask::")) {
            let at = self.state.place(command.span);
            self.sheet.flow(Sink::Log("set -x".to_owned()), at, &held);
            self.is_traced = false;
        }
    }

    fn assignments(&mut self, command: &Command) {
        let name = command.name();
        if command.words.is_empty() {
            for one in &command.assigns {
                self.state.assign(&one.name, &one.value, one.span, command.is_conditional, self.sheet);
            }
        }
        match name.as_str() {
            "export" | "local" | "declare" | "readonly" | "typeset" => {
                for word in command.arguments() {
                    if let Some(one) = split_assignment(word) {
                        self.state.assign(&one.name, &one.value, one.span, command.is_conditional, self.sheet);
                    }
                }
            }
            "read" | "getopts" | "for" | "mapfile" => {
                let named: Vec<String> = if name == "for" {
                    command.arguments().first().and_then(Word::plain).into_iter().collect()
                } else {
                    command.operands().filter_map(Word::plain).collect()
                };
                for name in named.into_iter().filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')) {
                    // The elements of a list of constants are no secrets, whatever they are called.
                    let is_constant = command.name() == "for" && command.arguments().iter().skip(2).all(Word::is_constant);
                    self.state.vars.insert(name, Known { by_name: !is_constant, ..Known::default() });
                }
            }
            "unset" => {
                for name in command.operands().filter_map(Word::plain) {
                    self.state.vars.insert(name, Known::default());
                }
            }
            _ => {}
        }
    }

    fn sinks(&mut self, command: &Command, name: &str, commands: &[Command], number: usize, is_taken: bool) {
        let at = self.state.place(command.span);
        match name {
            "echo" | "printf" | "print" => self.echo(command, name, commands, number, is_taken),
            "cat" | "tee" | "logger" | "wall" | "notify-send" | "base64" | "say" => self.texts(command, name, commands, number, is_taken),
            "env" | "printenv" | "export" | "declare" | "set" | "typeset" | "compgen" => self.environment(command, name, commands, number, is_taken),
            "eval" | "bash" | "sh" | "zsh" | "dash" | "ssh" => self.nested(command, name),
            _ => {}
        }
        if let Some(call) = urls::call(command) {
            let held = self.state.request(&call, self.sheet);
            let is_silent = command.redirects.iter().any(|one| matches!(one.stream, 2 | 3) && one.kind == RedirectKind::Out && is_sink_hole(&one.target));
            if call.is_verbose && !is_silent && !held.is_empty() {
                self.sheet.flow(Sink::Log(format!("{name} {}", verbose_option(command))), at, &held);
            }
        } else {
            for url in urls::with_user(command) {
                if !matches!(name, "echo" | "printf" | "export" | "sed" | "test" | "[" | "[[" | "local" | "print" | "case") {
                    self.state.url(url, self.sheet);
                }
            }
        }
        let mut held = Vec::new();
        for word in programs::secret_arguments(command) {
            let found = self.state.word(&word, self.sheet, 0).held;
            held.extend(found);
        }
        if command.has("--build-arg") {
            // `--build-arg TOKEN` takes the value from the environment.
            let pairs = command.arguments().windows(2).filter(|pair| pair[0].head() == "--build-arg");
            for name in pairs.filter_map(|pair| pair[1].plain()).filter(|name| !name.contains('=')) {
                held.extend(self.state.named(&name, at).held);
            }
        }
        self.sheet.flow(Sink::Argument(name.to_owned()), at, &held);
        if self.state.host != Host::Plain
            && self.state.host != Host::Image
            && command.function.is_none()
            && !command.is_conditional
            && let Some(secret) = programs::fetched(command).filter(|_| name != "jq")
            && matches!(self.end(commands, number, is_taken).0, End::Seen(_))
        {
            self.sheet.flow(Sink::Log(name.to_owned()), at, &[Held::Named(secret, at)]);
        }
    }

    fn echo(&mut self, command: &Command, name: &str, commands: &[Command], number: usize, is_taken: bool) {
        let first = command.operands().next().map(Word::text).unwrap_or_default();
        if first.contains("::add-mask::") || first.contains("##vso[task.setsecret]") {
            for piece in command.arguments().iter().flat_map(|word| &word.pieces) {
                match piece {
                    Piece::Var(var) => {
                        self.state.masked.insert(var.name.clone());
                    }
                    Piece::Expression(text, _) => {
                        self.state.masked.insert(text.clone());
                    }
                    _ => {}
                }
            }
            return;
        }
        let mut held = Vec::new();
        let mut is_changed = false;
        for (at, word) in command.arguments().iter().enumerate() {
            // `printf -v NAME format value` prints nothing.
            if name == "printf" && at == 0 && word.head() == "-v" {
                return;
            }
            // `%.4s` shows a few letters.
            let worth = self.state.word(word, self.sheet, 0);
            is_changed |= worth.is_changed;
            held.extend(worth.held);
        }
        if held.is_empty() || name == "printf" && shows_few(&first) {
            return;
        }
        let is_return = command.arguments().len() <= 2 && command.operands().count() == 1 && command.operands().all(|word| word.sole().is_some());
        if let Some(function) = &command.function
            && !command.redirects.iter().any(|one| one.kind == RedirectKind::Same && one.target.head() == "2")
            && (self.captured.contains(function) || is_return && is_getter(function))
        {
            return;
        }
        let (end, changed_later) = self.end(commands, number, is_taken);
        let at = self.state.place(command.span);
        let lower = first.to_ascii_lowercase();
        if lower.contains("##vso[task.setvariable") {
            if !lower.contains("issecret=true") {
                self.sheet.flow(Sink::Log("##vso[task.setvariable]".to_owned()), at, &held);
            }
            return;
        }
        match end {
            End::Seen(file) => {
                let what = file.map_or_else(|| name.to_owned(), |file| format!("{name} >> {file}"));
                self.sheet.flow(Sink::Log(what), at, &held);
            }
            End::StepOutput if is_changed || changed_later => self.sheet.flow(Sink::Log(format!("{name} >> $GITHUB_OUTPUT")), at, &held),
            End::StepOutput | End::Elsewhere => {}
        }
    }

    /// Programs that write what stands in a heredoc, or what they are given.
    fn texts(&mut self, command: &Command, name: &str, commands: &[Command], number: usize, is_taken: bool) {
        let mut held = Vec::new();
        for one in command.redirects.iter().filter(|one| one.kind == RedirectKind::Here) {
            held.extend(self.state.word(&one.target, self.sheet, 0).held);
        }
        if matches!(name, "logger" | "wall" | "notify-send" | "say") {
            for word in command.arguments() {
                held.extend(self.state.word(word, self.sheet, 0).held);
            }
        }
        if held.is_empty() || command.function.as_ref().is_some_and(|function| self.captured.contains(function)) {
            return;
        }
        let at = self.state.place(command.span);
        match self.end(commands, number, is_taken).0 {
            End::Seen(file) => {
                let what = file.map_or_else(|| name.to_owned(), |file| format!("{name} >> {file}"));
                self.sheet.flow(Sink::Log(what), at, &held);
            }
            _ if matches!(name, "logger" | "wall" | "notify-send" | "say") => self.sheet.flow(Sink::Log(name.to_owned()), at, &held),
            _ => {}
        }
    }

    /// Commands that print the environment.
    fn environment(&mut self, command: &Command, name: &str, commands: &[Command], number: usize, is_taken: bool) {
        let arguments: Vec<String> = command.arguments().iter().map(Word::text).collect();
        let only = |options: &[&str]| arguments.len() == 1 && options.contains(&arguments[0].as_str());
        let is_dump = match name {
            "env" | "printenv" => arguments.is_empty() || only(&["-0", "--null"]),
            "export" => arguments.is_empty() && command.assigns.is_empty() || only(&["-p"]),
            "declare" | "typeset" => arguments.is_empty() || only(&["-p", "-x", "-px", "-xp"]),
            "set" => arguments.is_empty(),
            _ => false,
        };
        let (end, _) = self.end(commands, number, is_taken);
        let End::Seen(_) = end else { return };
        let at = self.state.place(command.span);
        if !is_dump {
            if name == "printenv" {
                let mut held = Vec::new();
                command.operands().filter_map(Word::plain).for_each(|name| held.extend(self.state.named(&name, at).held));
                self.sheet.flow(Sink::Log(name.to_owned()), at, &held);
            }
            return;
        }
        // `env | grep X` shows what X says.
        let mut next = command.pipe;
        while let Some(reader) = next.and_then(|next| commands.get(next)) {
            if matches!(reader.name().as_str(), "grep" | "egrep" | "rg" | "awk" | "sed" | "head") {
                if reader.has("-v") || reader.arguments().iter().any(|word| word.head().starts_with("-v")) {
                    return;
                }
                let pattern = reader.operands().next().map(Word::text).unwrap_or_default();
                let word: String = pattern.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
                if hint::may_say_secret(&word) && reader.name().ends_with("grep") {
                    self.sheet.flow(Sink::Log(format!("{name} | grep")), at, &[Held::Named(word, at)]);
                }
                return;
            }
            next = reader.pipe.filter(|pipe| Some(*pipe) > next);
        }
        if self.dumps.len() < 20 {
            self.dumps.push((name.to_owned(), command.span));
        }
    }

    /// `bash -c "..."`, `eval "..."`: the text is a script again.
    fn nested(&mut self, command: &Command, name: &str) {
        if name == "bash" || name == "sh" || name == "zsh" || name == "dash" {
            let arguments = command.arguments();
            let is_script = |text: &str| text.starts_with('-') && !text.starts_with("--") && text.ends_with('c');
            let Some(at) = arguments.iter().position(|word| is_script(&word.text())) else { return };
            let Some(script) = arguments.get(at + 1) else { return };
            // Only an `echo` is looked for: places inside of a text that is unquoted twice are those of its word.
            let text = script.text();
            let Some(first) = text.split(['|', ';', '&', '\n']).map(str::trim_start).find(|part| part.starts_with("echo ") || part.starts_with("printf "))
            else {
                return;
            };
            if text.contains('>') || text.contains('|') {
                return;
            }
            let mut held = self.state.word(script, self.sheet, 0).held;
            if script.is_constant() {
                held = self.state.word(&template(first), self.sheet, 0).held;
                // Positions of a text that was read twice mean nothing: the names do.
                let at = self.state.place(script.span);
                held = held.into_iter().filter_map(|one| moved(one, at)).collect();
            }
            let at = self.state.place(command.span);
            self.sheet.flow(Sink::Log("echo".to_owned()), at, &held);
        }
    }

    /// Where the output of a command ends, and whether it is in another form there.
    fn end(&self, commands: &[Command], number: usize, is_taken: bool) -> (End, bool) {
        let mut at = number;
        let mut is_changed = false;
        for _ in 0..commands.len() + 1 {
            let Some(command) = commands.get(at) else { break };
            let is_first = at == number;
            if !is_first {
                match programs::filter(command) {
                    Filter::Same => {}
                    // `base64 -d` is how a file that was stored as text is had back: it mostly goes to a file.
                    Filter::Changed => is_changed = true,
                    Filter::Harmless | Filter::Taken => return (End::Elsewhere, is_changed),
                    Filter::Logged => return (End::Seen(None), is_changed),
                    Filter::Shown => {}
                }
            }
            let name = command.name();
            if name == "tee" {
                let log = command.operands().map(|word| self.file(word)).find(|end| !matches!(end, End::Elsewhere));
                match log {
                    Some(End::Seen(file)) => return (End::Seen(file), is_changed),
                    Some(End::StepOutput) if command.redirects.is_empty() && !is_taken && command.pipe.is_none() => return (End::Seen(None), is_changed),
                    _ => {}
                }
            }
            for redirect in command.redirects.iter().rev().filter(|one| matches!(one.stream, 1 | 3)) {
                match redirect.kind {
                    RedirectKind::Same if redirect.target.head() == "2" => {
                        let hidden = command.redirects.iter().any(|one| one.stream == 2 && one.kind == RedirectKind::Out);
                        return (if hidden { End::Elsewhere } else { End::Seen(None) }, is_changed);
                    }
                    // A stream that some function has opened.
                    RedirectKind::Same => return (if redirect.target.head() == "1" { End::Seen(None) } else { End::Elsewhere }, is_changed),
                    RedirectKind::Out => return (self.file(&redirect.target), is_changed),
                    _ => {}
                }
            }
            match command.pipe.filter(|next| *next > at) {
                Some(next) => at = next,
                None if is_taken => return (End::Elsewhere, is_changed),
                None => return (End::Seen(None), is_changed),
            }
        }
        (End::Elsewhere, is_changed)
    }

    /// What it means to write to a file.
    fn file(&self, target: &Word) -> End {
        let mut text = target.text();
        for piece in &target.pieces {
            let Piece::Var(var) = piece else { continue };
            match var.name.as_str() {
                "GITHUB_STEP_SUMMARY" => return End::Seen(Some("$GITHUB_STEP_SUMMARY".to_owned())),
                "GITHUB_OUTPUT" | "GITHUB_ENV" | "GITHUB_STATE" => return End::StepOutput,
                name => text.push_str(name),
            }
        }
        let lower = text.trim().to_ascii_lowercase();
        if matches!(lower.as_str(), "/dev/stderr" | "/dev/stdout" | "/dev/tty" | "/proc/1/fd/1" | "/proc/1/fd/2") {
            return End::Seen(None);
        }
        let is_log =
            lower.ends_with(".log") || lower.starts_with("/var/log/") || lower.ends_with("_log") || lower.ends_with("logfile") || lower.ends_with("log_file");
        if is_log { End::Seen(Some(text.trim().to_owned())) } else { End::Elsewhere }
    }
}

/// A held thing at another place; a credential there is found by itself.
fn moved(held: Held, at: Span) -> Option<Held> {
    match held {
        Held::Env(name, _) => Some(Held::Env(name, at)),
        Held::Named(name, _) => Some(Held::Named(name, at)),
        Held::Via(span, text, inner) => Some(Held::Via(span, text, inner)),
        _ => None,
    }
}

fn is_sink_hole(target: &Word) -> bool {
    target.head() == "/dev/null"
}

/// How `curl` or `wget` was told to say what it sends.
fn verbose_option(command: &Command) -> &'static str {
    match command.name().as_str() {
        "wget" => "-d",
        _ if command.arguments().iter().any(|word| word.head().starts_with("--trace")) => "--trace",
        _ => "-v",
    }
}

/// Whether a function gives what it echoes to its caller, by its name.
fn is_getter(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["get", "read", "fetch", "load", "generate", "gen", "make", "create", "resolve", "find", "lookup", "decrypt", "token", "password", "secret", "random"]
        .iter()
        .any(|word| lower.contains(word))
        && !["print", "show", "log", "dump", "display", "debug"].iter().any(|word| lower.contains(word))
}

/// `printf '%.4s'`: no more than a few letters of any value.
fn shows_few(format: &str) -> bool {
    let mut holes = format.split('%').skip(1).filter(|hole| !hole.starts_with('%')).peekable();
    holes.peek().is_some()
        && holes.all(|hole| match hole.strip_prefix('.') {
            Some(rest) => {
                rest.bytes().take_while(u8::is_ascii_digit).count() > 0
                    && rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).starts_with('s')
                    && rest.split('s').next().and_then(|digits| digits.parse::<u32>().ok()).is_some_and(|digits| digits <= 8)
            }
            None => hole.starts_with('d'),
        })
}

/// The names of functions that are called where their output is taken.
fn capture(commands: &[Command], is_taken: bool, out: &mut HashSet<String>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    for (number, command) in commands.iter().enumerate() {
        let reader = command.pipe.and_then(|next| commands.get(next));
        let goes_on = reader.is_some_and(|reader| !matches!(programs::filter(reader), Filter::Same | Filter::Changed | Filter::Shown | Filter::Logged));
        let to_file = command.redirects.iter().any(|one| one.stream == 1 && one.kind == RedirectKind::Out);
        if (is_taken || goes_on || to_file) && number < commands.len() {
            let name = command.name();
            if !name.is_empty() {
                out.insert(name);
            }
        }
        let words = command.words.iter().chain(command.assigns.iter().map(|one| &one.value)).chain(command.redirects.iter().map(|one| &one.target));
        for piece in words.flat_map(|word| &word.pieces) {
            match piece {
                Piece::Run(inner, _) => capture(inner, true, out, depth + 1),
                Piece::Var(var) => {
                    for piece in var.default.iter().flat_map(|word| &word.pieces) {
                        if let Piece::Run(inner, _) = piece {
                            capture(inner, true, out, depth + 1);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// A command without what only runs it: `sudo`, `time`, `exec`, `env A=b`.
fn bare(command: &Command) -> Command {
    let mut command = command.clone();
    for _ in 0..4 {
        let name = command.name();
        let skip = match name.as_str() {
            "sudo" | "command" | "nohup" | "exec" | "builtin" | "doas" | "stdbuf" | "nice" | "xargs" | "time" | "retry" | "unbuffer" => {
                let mut at = 1;
                while let Some(word) = command.words.get(at).filter(|word| word.head().starts_with('-')) {
                    at += if name == "sudo" && matches!(word.head(), "-u" | "-g" | "-h") || name == "xargs" && matches!(word.head(), "-n" | "-I" | "-P" | "-L")
                    {
                        2
                    } else {
                        1
                    };
                }
                at
            }
            "env" if command.words.len() > 1 => {
                let mut at = 1;
                while command.words.get(at).is_some_and(|word| split_assignment(word).is_some() || matches!(word.head(), "-i" | "--")) {
                    at += 1;
                }
                at
            }
            _ => break,
        };
        if skip >= command.words.len() {
            break;
        }
        command.words.drain(..skip);
    }
    command
}
