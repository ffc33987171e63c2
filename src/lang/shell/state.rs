//! What variables hold while a script runs, and what words are worth.

use std::collections::{HashMap, HashSet};

use super::expression;
use super::programs::{self, Filter};
use super::sheet::{Held, Sheet};
use super::source::Source;
use super::syntax::{Command, Piece, Var, Word};
use crate::lang::hint;
use crate::text::Span;

/// Substitutions that are looked into, one inside another.
const DEEPEST: usize = 16;

/// What is known of a variable.
#[derive(Debug, Clone, Default)]
pub(in crate::lang) struct Known {
    /// What it holds.
    pub held: Vec<Held>,
    /// Whether its name is all that tells what it is.
    pub by_name: bool,
    /// Its text, if it is constant.
    pub text: Option<String>,
}

/// Who runs a script, and what that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::lang) enum Host {
    /// A person, or nobody knows.
    #[default]
    Plain,
    /// A CI service, whose logs many read.
    Ci,
    /// Azure Pipelines, which fills in `$(name)` itself.
    Azure,
    /// The build of an image.
    Image,
}

/// What a word is worth.
#[derive(Debug, Clone, Default)]
pub(in crate::lang) struct Worth {
    /// What it holds.
    pub held: Vec<Held>,
    /// Whether a part of it is not known.
    pub is_unknown: bool,
    /// Whether the value is in another form than it was.
    pub is_changed: bool,
}

impl Worth {
    fn add(&mut self, other: Self) {
        for held in other.held {
            if self.held.len() < 64 && !self.held.contains(&held) {
                self.held.push(held);
            }
        }
        self.is_unknown |= other.is_unknown;
        self.is_changed |= other.is_changed;
    }
}

/// The state of one script.
pub(in crate::lang) struct State<'s, 't> {
    /// The text.
    pub source: &'s Source<'t>,
    /// Who runs it.
    pub host: Host,
    /// What its variables hold.
    pub vars: HashMap<String, Known>,
    /// Expressions and variables that are masked from some line on.
    pub masked: HashSet<String>,
    /// Variables that the script has looked at before.
    pub seen: HashSet<String>,
}

/// Variables of the shell itself, whose names look like those of secrets.
const HARMLESS: &[&str] = &[
    "PWD",
    "OLDPWD",
    "SSH_AUTH_SOCK",
    "SESSION_MANAGER",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_SESSION_TYPE",
    "XDG_SESSION_ID",
    "XAUTHORITY",
    "DESKTOP_SESSION",
    "PATH",
];

impl State<'_, '_> {
    /// The place in the file of a part of the script.
    pub(in crate::lang) fn place(&self, span: Span) -> Span {
        self.source.place(span)
    }

    /// What a word is worth.
    pub(in crate::lang) fn word(&self, word: &Word, sheet: &Sheet<'_>, depth: usize) -> Worth {
        let mut worth = Worth::default();
        for piece in &word.pieces {
            worth.add(self.piece(piece, sheet, depth));
        }
        worth
    }

    /// What a part of a word is worth.
    pub(in crate::lang) fn piece(&self, piece: &Piece, sheet: &Sheet<'_>, depth: usize) -> Worth {
        match piece {
            Piece::Text(_, span) => Worth { held: sheet.literals(self.place(*span)), ..Worth::default() },
            Piece::Var(var) => self.var(var, sheet, depth),
            Piece::Run(commands, span) => {
                if self.host == Host::Azure
                    && let [only] = commands.as_slice()
                    && only.words.len() == 1
                    && only.redirects.is_empty()
                    && let Some(name) = only.words[0].plain()
                    && !matches!(name.as_str(), "pwd" | "date" | "whoami" | "hostname" | "uname")
                {
                    return self.named(&name, self.place(*span));
                }
                self.output(commands, *span, sheet, depth)
            }
            Piece::Expression(text, span) => {
                let held = if self.masked.contains(text) { Vec::new() } else { expression::held(text, self.place(*span), &self.vars) };
                Worth { is_unknown: held.is_empty() && !expression::is_harmless(text), held, is_changed: false }
            }
        }
    }

    fn var(&self, var: &Var, sheet: &Sheet<'_>, depth: usize) -> Worth {
        let default = var.default.as_ref().filter(|_| depth < DEEPEST).map(|word| self.word(word, sheet, depth + 1)).unwrap_or_default();
        if var.is_harmless {
            return Worth { is_unknown: false, ..default };
        }
        if var.name.is_empty() || var.name.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation() && byte != b'_') {
            return Worth { is_unknown: !matches!(var.name.as_str(), "#" | "?" | "$" | "!"), ..default };
        }
        let mut worth = self.named(&var.name, self.place(var.span));
        worth.add(default);
        worth
    }

    /// What a variable is worth by its name.
    pub(in crate::lang) fn named(&self, name: &str, at: Span) -> Worth {
        if HARMLESS.contains(&name) || self.masked.contains(name) {
            return Worth::default();
        }
        if let Some(known) = self.vars.get(name) {
            let mut held = known.held.clone();
            if known.by_name && hint::may_say_secret(name) {
                held.insert(0, Held::Named(name.to_owned(), at));
            }
            return Worth { is_unknown: known.by_name, held, is_changed: false };
        }
        // What some other tool fills in: `${var.password}`, `${env.API_KEY}`, `${params.TOKEN}`.
        let (owner, last) = name.rsplit_once('.').unwrap_or(("", name));
        if !hint::may_say_secret(last) {
            return Worth { is_unknown: true, ..Worth::default() };
        }
        let is_env = owner == "env" || owner.is_empty() && !last.bytes().any(|byte| byte.is_ascii_lowercase()) || owner.is_empty() && self.host == Host::Azure;
        let held = if is_env { Held::Env(last.to_owned(), at) } else { Held::Named(last.to_owned(), at) };
        Worth { held: vec![held], ..Worth::default() }
    }

    /// What the commands of a substitution write.
    pub(in crate::lang) fn output(&self, commands: &[Command], span: Span, sheet: &Sheet<'_>, depth: usize) -> Worth {
        let mut worth = Worth::default();
        if depth >= DEEPEST {
            return worth;
        }
        for (number, command) in commands.iter().enumerate().filter(|(_, command)| !command.is_piped) {
            let mut is_changed = false;
            let mut is_harmless = false;
            let mut own = self.written(command, span, sheet, depth + 1);
            let mut next = command.pipe;
            let mut from = number;
            while let Some(at) = next.filter(|at| *at > from) {
                let Some(reader) = commands.get(at) else { break };
                match programs::filter(reader) {
                    Filter::Same | Filter::Shown => {
                        if own.held.is_empty()
                            && let Some(name) = programs::fetched(reader)
                        {
                            own.held.push(Held::Named(name, self.place(span)));
                        }
                    }
                    Filter::Changed => is_changed = true,
                    Filter::Harmless => is_harmless = true,
                    Filter::Logged => own = Worth::default(),
                    // What a program makes of a secret that it was handed is not the secret.
                    Filter::Taken => own = Worth { is_unknown: true, ..Worth::default() },
                }
                from = at;
                next = reader.pipe;
            }
            if !is_harmless {
                own.is_changed |= is_changed;
                worth.add(own);
            }
        }
        worth
    }

    /// What a command writes by itself.
    fn written(&self, command: &Command, span: Span, sheet: &Sheet<'_>, depth: usize) -> Worth {
        let name = command.name();
        match name.as_str() {
            "echo" | "printf" | "print" => {
                let mut worth = Worth::default();
                command.arguments().iter().for_each(|word| worth.add(self.word(word, sheet, depth)));
                worth
            }
            "printenv" => {
                let mut worth = Worth::default();
                command.operands().filter_map(Word::plain).for_each(|name| worth.add(self.named(&name, self.place(span))));
                worth
            }
            "" | "test" | "[" | "[[" | "cd" | "true" | "false" | "exit" | "set" | ":" | "command" | "which" | "date" | "pwd" | "dirname" | "basename"
            | "mktemp" | "uname" | "whoami" | "hostname" | "nproc" | "id" | "wc" => Worth::default(),
            // What is made up at random is a secret by the name of what keeps it.
            "openssl" if command.has("rand") || command.has("genrsa") => Worth { is_unknown: true, ..Worth::default() },
            "expr" if command.has("length") => Worth::default(),
            _ => {
                let mut worth = Worth { is_unknown: true, ..Worth::default() };
                let is_filter = matches!(programs::filter(command), Filter::Same | Filter::Changed);
                match programs::filter(command) {
                    Filter::Harmless => return Worth::default(),
                    Filter::Changed => worth.is_changed = true,
                    _ => {}
                }
                if is_filter {
                    let mut texts = command.redirects.iter().filter(|one| one.kind == super::syntax::RedirectKind::Here).peekable();
                    worth.is_unknown = texts.peek().is_none();
                    texts.for_each(|one| worth.add(self.word(&one.target, sheet, depth)));
                }
                if let Some(fetched) = programs::fetched(command) {
                    worth.held.push(Held::Named(fetched, self.place(span)));
                }
                worth
            }
        }
    }

    /// Notes that a variable is given a value.
    pub(in crate::lang) fn assign(&mut self, name: &str, value: &Word, at: Span, is_conditional: bool, sheet: &Sheet<'_>) {
        let worth = self.word(value, sheet, 0);
        let text = value.plain();
        let at = self.place(at);
        let mut known = Known { by_name: worth.is_unknown, text, held: Vec::new() };
        let mut is_fetched = false;
        for held in worth.held {
            // A secret without a name of its own is better known by the variable's.
            if matches!(&held, Held::Named(found, _) if matches!(found.as_str(), "secret" | "password" | "accessToken" | "token")) && hint::may_say_secret(name)
            {
                is_fetched = true;
            }
            let is_itself = matches!(&held, Held::Env(own, _) | Held::Named(own, _) if own == name);
            known.held.push(if is_itself || matches!(held, Held::Literal(_)) { held } else { held.via(at, format!("kept in `{name}`")) });
        }
        if known.held.iter().any(|held| !matches!(held, Held::Literal(_))) {
            known.by_name = is_fetched;
        }
        if is_conditional && known.held.is_empty() && !known.by_name {
            // A default for one that is not set: what was there before may be there still.
            match self.vars.get(name) {
                Some(before) => {
                    known.held.clone_from(&before.held);
                    known.by_name = before.by_name;
                }
                None if self.seen.contains(name) => return,
                None => {}
            }
        }
        if self.vars.len() < 5000 {
            self.vars.insert(name.to_owned(), known);
        }
    }
}
