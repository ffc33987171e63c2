//! PowerShell: `Write-Host`, `throw`, log files, requests, and what shows the whole environment.

mod read;

use std::collections::HashMap;

use super::sheet::{Held, Sheet};
use super::state::{Host, Known, State};
use super::syntax::{Command, Piece, Word};
use super::urls::Call;
use crate::lang::{Sink, hint};
use crate::text::Span;

/// Groups that are looked into, one inside another.
const DEEPEST: usize = 12;

/// Cmdlets that write where people read, in small letters.
const WRITERS: &[&str] = &[
    "write-host",
    "write-output",
    "write-verbose",
    "write-debug",
    "write-information",
    "write-warning",
    "write-error",
    "write-progress",
    "write-eventlog",
    "write-log",
    "echo",
    "write",
    "out-host",
    "out-default",
    "write-message",
    "write-vstsdetail",
    "write-tasklog",
];

/// Operators whose result is a truth, in small letters.
const TESTS: &[&str] =
    &["-eq", "-ne", "-like", "-notlike", "-match", "-notmatch", "-gt", "-lt", "-ge", "-le", "-is", "-isnot", "-contains", "-in", "-not", "-ceq", "-cne"];

/// Commands whose result is nothing that matters, in small letters.
const HARMLESS: &[&str] = &[
    "get-filehash",
    "measure-object",
    "test-path",
    "convertto-securestring",
    "convertfrom-securestring",
    "get-credential",
    "measure",
    "select-string",
    "out-null",
];

struct Run<'s, 't, 'f> {
    state: State<'s, 't>,
    sheet: &'s mut Sheet<'f>,
    is_traced: bool,
    /// Tables by the name of their variable: headers, arguments that are splatted.
    tables: HashMap<String, Vec<(String, Word)>>,
}

/// Runs through a script.
pub(super) fn run(mut state: State<'_, '_>, sheet: &mut Sheet<'_>) {
    let given: Vec<(String, Known)> = state.vars.iter().map(|(name, known)| (format!("env.{name}"), known.clone())).collect();
    state.vars.extend(given);
    let text = state.source.text.clone();
    let statements = read::statements(&text);
    let mut run = Run { state, sheet, is_traced: false, tables: HashMap::new() };
    for statement in &statements {
        run.statement(&statement.stages);
    }
}

impl Run<'_, '_, '_> {
    fn statement(&mut self, stages: &[Vec<Word>]) {
        let Some(first) = stages.first() else { return };
        let first = behind_condition(first);
        let Some(word) = first.first() else { return };
        let last = stages.last().and_then(|words| words.last()).map_or(word.span.end, |word| word.span.end);
        let at = self.state.place(Span::new(word.span.start, last.max(word.span.start)));
        self.trace(first, at);
        if let Some(value) = self.assignment(first) {
            if value.first().is_some_and(asks) {
                self.request(value);
            }
            self.commands_in(value);
            return;
        }
        self.commands_in(first);
        let name = word.text().to_ascii_lowercase();
        let held = self.worth(&first[1..], 0);
        if WRITERS.contains(&name.as_str()) {
            self.write(word, first, stages, &held, at);
        } else if name == "throw" {
            self.sheet.flow(Sink::Error("throw".to_owned()), at, &held);
        } else if name.starts_with("[console]::write") || name.starts_with("[system.console]::write") || name.starts_with("[console]::error") {
            let held = self.worth(first, 0);
            self.sheet.flow(Sink::Log("Console.WriteLine".to_owned()), at, &held);
        } else if matches!(name.as_str(), "get-childitem" | "gci" | "dir" | "ls" | "get-item" | "gi") {
            let is_env = first[1..].iter().any(|word| matches!(word.text().to_ascii_lowercase().as_str(), "env:" | "env:*" | "env:\\" | "env:/" | "env:\\*"));
            let shows_names = stages.iter().skip(1).flatten().any(|word| {
                word.text().eq_ignore_ascii_case("name")
                    || word.text().to_ascii_lowercase().contains("out-null")
                    || word.text().to_ascii_lowercase().starts_with("where")
            });
            if is_env && !shows_names && !self.goes_to_file(stages) {
                self.sheet.flow(Sink::Log("Get-ChildItem env:".to_owned()), at, &[Held::Whole(at)]);
            }
        } else if asks(word) {
            self.request(first);
        } else if name.starts_with("add-content")
            || name.starts_with("out-file")
            || name.starts_with("set-content")
            || name.starts_with("ac") && name.len() == 2
        {
            if let Some(file) = self.log_file(first) {
                self.sheet.flow(Sink::Log(format!("{} {file}", word.text())), at, &held);
            }
        } else if stages.len() == 1 && self.state.host != Host::Plain && matches!(word.pieces.first(), Some(Piece::Var(_) | Piece::Text(..))) && is_value(first)
        {
            let held = self.worth(first, 0);
            self.sheet.flow(Sink::Log("the output of the script".to_owned()), at, &held);
        } else if stages.len() > 1 {
            self.piped(first, stages, at);
        }
        self.arguments(first, &name, at);
    }

    /// What is handed to the commands behind `|`.
    fn piped(&mut self, first: &[Word], stages: &[Vec<Word>], at: Span) {
        for stage in &stages[1..] {
            let name = stage.first().map(|word| word.text().to_ascii_lowercase()).unwrap_or_default();
            let is_written = WRITERS.contains(&name.as_str()) || name == "tee-object";
            let is_file = matches!(name.as_str(), "out-file" | "add-content" | "set-content" | "tee-object");
            if HARMLESS.contains(&name.as_str()) {
                return;
            }
            let file = if is_file { self.log_file(stage) } else { None };
            if is_written || file.is_some() {
                let held = self.worth(first, 0);
                let what = stage.first().map(Word::text).unwrap_or_default();
                self.sheet.flow(Sink::Log(what), at, &held);
                return;
            }
            if !matches!(
                name.as_str(),
                "foreach-object" | "out-string" | "convertto-json" | "format-list" | "format-table" | "select-object" | "where-object" | "sort-object"
            ) {
                return;
            }
        }
    }

    fn write(&mut self, word: &Word, first: &[Word], stages: &[Vec<Word>], held: &[Held], at: Span) {
        let text: String = first[1..].iter().map(Word::text).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        if text.contains("::add-mask::") || text.contains("##vso[task.setsecret]") {
            for piece in first[1..].iter().flat_map(|word| &word.pieces) {
                match piece {
                    Piece::Var(var) => self.state.masked.insert(var.name.clone()),
                    Piece::Expression(text, _) => self.state.masked.insert(text.clone()),
                    _ => false,
                };
            }
            return;
        }
        if text.contains("issecret=true") || text.contains("##vso[task.setvariable") && self.state.host == Host::Plain && held.is_empty() {
            return;
        }
        if stages.len() > 1 {
            let next = stages[1].first().map(|word| word.text().to_ascii_lowercase()).unwrap_or_default();
            let shows = matches!(next.as_str(), "out-host" | "tee-object" | "out-string" | "write-host" | "format-list");
            let is_log = matches!(next.as_str(), "out-file" | "add-content") && self.log_file(&stages[1]).is_some();
            if !shows && !is_log {
                return;
            }
        } else if self.goes_to_file(stages) && self.log_file(first).is_none() {
            return;
        }
        let what = if text.contains("##vso[task.setvariable") { "##vso[task.setvariable]".to_owned() } else { word.text() };
        self.sheet.flow(Sink::Log(what), at, held);
    }

    /// Whether what is written is redirected, other than to what people read.
    fn goes_to_file(&self, stages: &[Vec<Word>]) -> bool {
        let last = stages.last().map(Vec::as_slice).unwrap_or_default();
        let is_taken = last.first().is_some_and(|word| matches!(word.text().to_ascii_lowercase().as_str(), "out-file" | "set-content" | "out-null"));
        is_taken || last.iter().any(|word| matches!(word.text().as_str(), ">" | ">>") || word.head().starts_with('>'))
    }

    /// The log that a command writes to.
    fn log_file(&self, words: &[Word]) -> Option<String> {
        words[1..].iter().find_map(|word| {
            let mut name = word.text();
            for piece in &word.pieces {
                if let Piece::Var(var) = piece {
                    name.push_str(&var.name);
                }
            }
            let lower = name.to_ascii_lowercase();
            let lower = lower.trim();
            let is_log = lower.ends_with(".log")
                || lower.ends_with("logfile")
                || lower.ends_with("logpath")
                || lower.ends_with("log_file")
                || lower.ends_with("github_step_summary");
            (is_log && !lower.starts_with('-')).then(|| name.trim().to_owned())
        })
    }

    /// `Set-PSDebug -Trace 1` prints each command as it is written, 2 each assignment with its value.
    fn trace(&mut self, words: &[Word], at: Span) {
        let name = words[0].text().to_ascii_lowercase();
        if name == "set-psdebug" {
            self.is_traced = words.iter().any(|word| word.text() == "2");
            return;
        }
        if self.is_traced && words.len() > 2 && words[1].text() == "=" {
            let held = self.worth(&words[2..], 0);
            if !held.is_empty() {
                self.sheet.flow(Sink::Log("Set-PSDebug -Trace".to_owned()), at, &held);
                self.is_traced = false;
            }
        }
    }

    /// Takes in `$name = value`; gives the value's words.
    fn assignment<'w>(&mut self, words: &'w [Word]) -> Option<&'w [Word]> {
        let at = words.iter().take(4).position(|word| word.text() == "=")?;
        let Some(Piece::Var(var)) = words[..at].iter().rev().find_map(|word| word.pieces.last()) else { return None };
        let value = &words[at + 1..];
        let mut known = Known::default();
        if self.tables.len() < 1000
            && let Some(table) = value.first().and_then(table)
        {
            self.tables.insert(var.name.clone(), table);
        }
        let held = self.worth(value, 0);
        let place = self.state.place(var.span);
        let name = var.name.rsplit('.').next().unwrap_or(&var.name);
        known.held = held.into_iter().map(|held| if matches!(held, Held::Literal(_)) { held } else { held.via(place, format!("kept in `{name}`")) }).collect();
        let command = value.first().map(|word| word.text().to_ascii_lowercase()).unwrap_or_default();
        let is_call = command.contains('-') && command.starts_with(|first: char| first.is_ascii_alphabetic());
        let is_secure =
            value.iter().any(|word| matches!(word.text().to_ascii_lowercase().as_str(), "-assecurestring" | "convertto-securestring" | "get-credential"));
        let is_harmless =
            is_secure || HARMLESS.contains(&command.as_str()) || value.iter().any(|word| TESTS.contains(&word.text().to_ascii_lowercase().as_str()));
        known.by_name = known.held.is_empty()
            && !is_harmless
            && (is_call || value.iter().flat_map(|word| &word.pieces).any(|piece| !matches!(piece, Piece::Text(..)) && self.is_unknown(piece, 0)));
        known.text = match value {
            [only] => only.plain(),
            _ => None,
        };
        if self.state.vars.len() < 5000 {
            self.state.vars.insert(var.name.clone(), known);
        }
        Some(value)
    }

    fn is_unknown(&self, piece: &Piece, depth: usize) -> bool {
        match piece {
            Piece::Run(commands, _) if depth < DEEPEST => commands.iter().any(|command| {
                let words = behind_condition(&command.words);
                let is_test = words.iter().any(|word| TESTS.contains(&word.text().to_ascii_lowercase().as_str()));
                let is_call = words.first().is_some_and(|word| word.head().contains('-') && !HARMLESS.contains(&word.text().to_ascii_lowercase().as_str()));
                !is_test && (is_call || words.iter().flat_map(|word| &word.pieces).any(|piece| self.is_unknown(piece, depth + 1)))
            }),
            Piece::Text(..) => false,
            Piece::Var(var) if var.is_harmless => false,
            piece => self.state.piece(piece, self.sheet, 0).is_unknown,
        }
    }

    /// What words hold together; nothing where they are compared, hashed or masked.
    fn worth(&self, words: &[Word], depth: usize) -> Vec<Held> {
        if depth > DEEPEST {
            return Vec::new();
        }
        let lower: Vec<String> = words.iter().map(|word| word.text().to_ascii_lowercase()).collect();
        let is_test = lower.iter().any(|word| TESTS.contains(&word.as_str()))
            || lower.first().is_some_and(|word| word.contains("::isnullor") || HARMLESS.contains(&word.as_str()));
        let is_hashed = lower.iter().any(|word| word.contains("computehash") || word.contains("hashdata"))
            || lower.windows(2).any(|pair| pair[0] == "|" && HARMLESS.contains(&pair[1].as_str()));
        let is_masked = lower.iter().position(|word| word == "-replace").is_some_and(|at| {
            let pattern = lower.get(at + 1).map(String::as_str).unwrap_or_default();
            let text: String = lower[at + 1..].join("");
            matches!(pattern, "." | ".*" | "\\w" | "[a-z0-9]") || text.contains('*') && text.contains(",*") || text.contains("***") || text.contains("redact")
        });
        if is_test || is_hashed || is_masked {
            return Vec::new();
        }
        let mut out: Vec<Held> = Vec::new();
        for piece in words.iter().flat_map(|word| &word.pieces) {
            let held = match piece {
                Piece::Run(commands, _) => commands.iter().flat_map(|command| self.worth(behind_condition(&command.words), depth + 1)).collect(),
                Piece::Var(var) if var.name.starts_with("it.") => {
                    let name = &var.name[3..];
                    if var.is_harmless || !hint::may_say_secret(name) { Vec::new() } else { vec![Held::Named(name.to_owned(), self.state.place(var.span))] }
                }
                piece => self.state.piece(piece, self.sheet, 0).held,
            };
            for one in held {
                if out.len() < 64 && !out.contains(&one) {
                    out.push(one);
                }
            }
        }
        out
    }

    /// Requests and programs in the groups of a statement.
    fn commands_in(&mut self, words: &[Word]) {
        let inner: Vec<Command> = words
            .iter()
            .flat_map(|word| &word.pieces)
            .filter_map(|piece| if let Piece::Run(commands, _) = piece { Some(commands.clone()) } else { None })
            .flatten()
            .collect();
        for command in inner {
            let words = behind_condition(&command.words);
            if words.first().is_some_and(asks) {
                self.request(words);
            }
        }
    }

    fn request(&mut self, words: &[Word]) {
        let mut call = Call { method: Some("GET".to_owned()), ..Call::default() };
        for (at, word) in words.iter().enumerate() {
            let option = word.text().to_ascii_lowercase();
            let next = words.get(at + 1);
            match option.as_str() {
                "-uri" => call.url = next.cloned(),
                "-method" => call.method = next.and_then(Word::plain).map(|method| method.to_ascii_uppercase()),
                "-headers" => {
                    let own = next.and_then(table);
                    let kept = next.and_then(Word::sole).and_then(|name| self.tables.get(name)).cloned();
                    for (name, value) in own.or(kept).unwrap_or_default() {
                        let mut pieces = vec![Piece::Text(format!("{name}: "), Span::default())];
                        pieces.extend(value.pieces);
                        call.headers.push(Word { pieces, span: value.span });
                    }
                }
                _ if at == 1 && !option.starts_with('-') => call.url = Some(word.clone()),
                _ => {}
            }
        }
        self.state.request(&call, self.sheet);
    }

    /// Programs that are given a secret in their arguments.
    fn arguments(&mut self, words: &[Word], name: &str, at: Span) {
        // Cmdlets are no processes.
        if name.contains('-') && !name.starts_with('-') || name.starts_with('$') {
            return;
        }
        let command = Command { words: words.to_vec(), ..Command::default() };
        let found = super::programs::secret_arguments(&command);
        let held: Vec<Held> = found.iter().flat_map(|word| self.worth(std::slice::from_ref(word), 0)).collect();
        self.sheet.flow(Sink::Argument(name.to_owned()), at, &held);
        for url in super::urls::with_user(&command) {
            if name == "git" {
                self.state.url(url, self.sheet);
            }
        }
    }
}

/// Whether a command sends a request.
fn asks(word: &Word) -> bool {
    matches!(word.text().to_ascii_lowercase().as_str(), "invoke-restmethod" | "invoke-webrequest" | "irm" | "iwr")
}

/// The words behind `if (...)`, `} else`, `return` and kin.
fn behind_condition(words: &[Word]) -> &[Word] {
    let Some(first) = words.first() else { return words };
    match first.text().to_ascii_lowercase().trim() {
        "if" | "elseif" | "while" | "switch" | "foreach" | "for" | "param" | "until"
            if words.get(1).is_some_and(|word| matches!(word.pieces.first(), Some(Piece::Run(..)))) =>
        {
            words.get(2..).unwrap_or_default()
        }
        "if" | "elseif" | "while" | "switch" | "foreach" | "for" | "param" | "until" | "function" | "filter" => &[],
        "else" | "try" | "catch" | "finally" | "begin" | "process" | "do" => words.get(1..).unwrap_or_default(),
        "&" | "." => words.get(1..).unwrap_or_default(),
        _ => words,
    }
}

/// Whether a statement is a value, which PowerShell writes out: a text, a variable.
fn is_value(words: &[Word]) -> bool {
    let [only] = words else { return false };
    match only.pieces.as_slice() {
        [Piece::Var(var)] => var.name.starts_with("env."),
        // A word without quotes is a command.
        [Piece::Text(text, span), ..] => span.start > only.span.start && (only.pieces.len() > 1 || text.contains(' ')),
        _ => false,
    }
}

/// The entries of `@{ Name = value; Other = value }`.
fn table(word: &Word) -> Option<Vec<(String, Word)>> {
    let [Piece::Run(commands, _)] = word.pieces.as_slice() else { return None };
    let mut out = Vec::new();
    for command in commands {
        let Some(at) = command.words.iter().take(3).position(|word| word.text() == "=") else { continue };
        let name = command.words[..at].iter().map(Word::text).collect::<String>();
        let pieces: Vec<Piece> = command.words[at + 1..].iter().flat_map(|word| word.pieces.clone()).collect();
        let span = Span::new(command.words.get(at + 1)?.span.start, command.words.last()?.span.end);
        out.push((name, Word { pieces, span }));
    }
    (!out.is_empty()).then_some(out)
}
