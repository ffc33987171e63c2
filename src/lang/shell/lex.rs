//! Reads a shell script into commands. Tolerant: what it does not understand is text, and nothing stops it before the end.

use super::syntax::{Assign, Command, Redirect, RedirectKind, Word};
use super::words::{Pieces, split_assignment};
use crate::text::Span;

/// Substitutions one inside another.
pub(super) const DEEPEST: usize = 12;
/// No script has more commands.
const MOST: usize = 20_000;

/// The commands of a script, in order.
pub(in crate::lang) fn commands(text: &str) -> Vec<Command> {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, end: text.len(), depth: 0, heredocs: Vec::new(), made: 0, line_closed: usize::MAX };
    lexer.list(false)
}

/// A text as the shell reads it between double quotes: constant parts and expansions.
pub(in crate::lang) fn template(text: &str) -> Word {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, end: text.len(), depth: 0, heredocs: Vec::new(), made: 0, line_closed: usize::MAX };
    lexer.quoted(None)
}

/// What is open around a command.
#[derive(Debug)]
enum Block {
    If,
    Loop,
    Case,
    Paren,
    Brace(Option<String>),
}

/// A heredoc whose text has not come yet: its command, its redirection, its end, and whether it is expanded.
struct Heredoc {
    command: usize,
    redirect: usize,
    mark: String,
    is_expanded: bool,
    is_indented: bool,
}

pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) depth: usize,
    heredocs: Vec<Heredoc>,
    made: usize,
    /// From where on no closing quote is found: a text full of open quotes is searched once.
    pub(super) line_closed: usize,
}

/// A list that is being read.
#[derive(Default)]
struct List {
    done: Vec<Command>,
    now: Command,
    /// What is open, and the number of the first command in it.
    open: Vec<(Block, usize)>,
    /// The commands whose output the next one reads.
    feeds: Vec<usize>,
    is_after_and: bool,
    /// The name of a function whose body comes next.
    declares: Option<String>,
    /// The first command of a block that has just been closed: what follows up to the end of the command is about all of it.
    closed: Option<usize>,
}

impl List {
    /// Ends the command; gives its number.
    fn finish(&mut self) {
        let mut command = std::mem::take(&mut self.now);
        if let Some(first) = self.closed.take() {
            for inner in self.done.iter_mut().skip(first) {
                let is_open =
                    inner.pipe.is_none() && !inner.redirects.iter().any(|redirect| matches!(redirect.stream, 1 | 3) && redirect.kind != RedirectKind::In);
                for redirect in &command.redirects {
                    if is_open || matches!(redirect.kind, RedirectKind::In | RedirectKind::Here) || redirect.stream == 2 {
                        inner.redirects.push(redirect.clone());
                    }
                }
            }
            return;
        }
        if command.words.is_empty() && command.assigns.is_empty() && command.redirects.is_empty() {
            return;
        }
        command.is_conditional = self.is_after_and || self.open.iter().any(|(block, _)| matches!(block, Block::If | Block::Loop | Block::Case));
        command.function = self.open.iter().rev().find_map(|(block, _)| match block {
            Block::Brace(name) => name.clone(),
            _ => None,
        });
        let start = command.assigns.first().map(|one| one.span.start);
        let first = command.words.first().map(|word| word.span.start);
        let start = start.into_iter().chain(first).min().or(command.redirects.first().map(|one| one.target.span.start)).unwrap_or_default();
        let end = command.words.last().map(|word| word.span.end).into_iter().chain(command.assigns.last().map(|one| one.span.end)).max();
        command.span = Span::new(start, end.unwrap_or(start).max(start));
        let number = self.done.len();
        for feed in self.feeds.drain(..) {
            if let Some(fed) = self.done.get_mut(feed) {
                fed.pipe = Some(number);
                command.is_piped = true;
            }
        }
        self.done.push(command);
    }
}

impl<'t> Lexer<'t> {
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        if self.at + ahead < self.end { self.bytes[self.at + ahead] } else { 0 }
    }

    pub(super) fn starts(&self, text: &str) -> bool {
        self.at <= self.end && self.bytes[self.at..self.end].starts_with(text.as_bytes())
    }

    /// Commands up to the end, or to the bracket that closes a substitution, which is consumed.
    pub(super) fn list(&mut self, is_inner: bool) -> Vec<Command> {
        let outer = std::mem::take(&mut self.heredocs);
        let mut list = List::default();
        while self.at < self.end {
            let byte = self.peek(0);
            let is_test = list.now.words.first().is_some_and(|word| word.head() == "[[");
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.peek(1) == b'\n' => self.at += 2,
                b'\\' if self.peek(1) == b'\r' && self.peek(2) == b'\n' => self.at += 3,
                b'\n' => {
                    self.at += 1;
                    let continues = !list.feeds.is_empty() && list.now.words.is_empty();
                    if !continues {
                        list.finish();
                        list.is_after_and = false;
                    }
                    self.bodies(&mut list);
                }
                b'#' => self.at = self.line_end(),
                b'&' | b'|' | b'(' | b')' | b'<' | b'>' if is_test && !(byte == b'&' || byte == b'|') => self.at += 1,
                b';' => {
                    self.at += 1;
                    list.finish();
                    list.is_after_and = false;
                }
                b'&' if self.peek(1) == b'>' => self.redirect(&mut list, 3),
                b'&' if self.peek(1) == b'&' => {
                    self.at += 2;
                    if !is_test {
                        list.finish();
                        list.is_after_and = true;
                    }
                }
                b'&' => {
                    self.at += 1;
                    list.finish();
                    list.is_after_and = false;
                }
                b'|' if self.peek(1) == b'|' => {
                    self.at += 2;
                    if !is_test {
                        list.finish();
                        list.is_after_and = true;
                    }
                }
                b'|' => {
                    self.at += if self.peek(1) == b'&' { 2 } else { 1 };
                    self.feed(&mut list);
                }
                b'(' => self.open_paren(&mut list),
                b')' => {
                    self.at += 1;
                    list.finish();
                    list.is_after_and = false;
                    match list.open.last() {
                        Some((Block::Paren, first)) => {
                            list.closed = Some(*first);
                            list.open.pop();
                        }
                        Some((Block::Case, _)) => {}
                        _ if is_inner => break,
                        _ => {}
                    }
                }
                b'<' | b'>' if self.peek(1) == b'(' => self.word(&mut list),
                b'<' => self.redirect(&mut list, 0),
                b'>' => self.redirect(&mut list, 1),
                b'0'..=b'9' if matches!(self.peek(1), b'<' | b'>') => {
                    self.at += 1;
                    self.redirect(&mut list, byte - b'0');
                }
                _ => self.word(&mut list),
            }
            if self.made > MOST {
                self.at = self.end;
            }
        }
        list.finish();
        self.heredocs = outer;
        list.done
    }

    /// The end of a command whose output the next one reads.
    fn feed(&mut self, list: &mut List) {
        let first = list.closed;
        list.finish();
        let from = first.unwrap_or_else(|| list.done.len().saturating_sub(1));
        for number in from..list.done.len() {
            let command = &list.done[number];
            let is_open = command.pipe.is_none() && !command.redirects.iter().any(|one| matches!(one.stream, 1 | 3) && one.kind == RedirectKind::Out);
            if is_open {
                list.feeds.push(number);
            }
        }
    }

    fn open_paren(&mut self, list: &mut List) {
        self.at += 1;
        if self.peek(0) == b'(' {
            // `(( ... ))`
            self.arithmetic();
            return;
        }
        let words = &list.now.words;
        let is_name = words.last().is_some_and(Word::is_constant) && (words.len() == 1 || words.len() == 2 && words[0].head() == "function");
        let mut ahead = 0;
        while self.peek(ahead) == b' ' {
            ahead += 1;
        }
        if is_name && self.peek(ahead) == b')' {
            self.at += ahead + 1;
            list.declares = list.now.words.last().and_then(Word::plain);
            list.now = Command::default();
        } else if matches!(list.open.last(), Some((Block::Case, _))) && list.now.words.is_empty() {
            // `(pattern)` of a `case`
        } else {
            list.finish();
            list.open.push((Block::Paren, list.done.len()));
        }
    }

    /// Behind the first `(` of `((`.
    pub(super) fn arithmetic(&mut self) {
        let mut depth = 1;
        while self.at < self.end && depth > 0 {
            match self.peek(0) {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\n' if depth > 8 => break,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn redirect(&mut self, list: &mut List, stream: u8) {
        let mut stream = stream;
        if self.peek(0) == b'&' {
            self.at += 1;
        }
        let is_out = self.peek(0) == b'>';
        self.at += 1;
        let mut kind = if is_out { RedirectKind::Out } else { RedirectKind::In };
        if !is_out && self.peek(0) == b'<' {
            self.at += 1;
            if self.peek(0) == b'<' {
                self.at += 1;
                kind = RedirectKind::Here;
            } else {
                self.heredoc(list);
                return;
            }
        } else if is_out && matches!(self.peek(0), b'>' | b'|') {
            self.at += 1;
        } else if self.peek(0) == b'&' {
            self.at += 1;
            kind = RedirectKind::Same;
            if stream == 1 && !self.peek(0).is_ascii_digit() && self.peek(0) != b'-' {
                // `>& file`
                stream = 3;
                kind = RedirectKind::Out;
            }
        }
        while matches!(self.peek(0), b' ' | b'\t') {
            self.at += 1;
        }
        let target = self.read_word();
        list.now.redirects.push(Redirect { stream, kind, target });
    }

    fn heredoc(&mut self, list: &mut List) {
        let is_indented = self.peek(0) == b'-';
        if is_indented {
            self.at += 1;
        }
        while matches!(self.peek(0), b' ' | b'\t') {
            self.at += 1;
        }
        let from = self.at;
        let mark = self.read_word();
        let is_expanded = !self.bytes[from..self.at.min(self.end)].iter().any(|byte| matches!(byte, b'\'' | b'"' | b'\\'));
        let mark = mark.plain().unwrap_or_else(|| self.text.get(from..self.at).unwrap_or_default().to_owned());
        let redirect = list.now.redirects.len();
        list.now.redirects.push(Redirect { stream: 0, kind: RedirectKind::Here, target: Word::default() });
        if !mark.is_empty() {
            // A closed block's heredoc has no command of its own to wait for.
            self.heredocs.push(Heredoc { command: list.done.len(), redirect, mark, is_expanded, is_indented });
        }
    }

    /// The texts of the heredocs of the line that has just ended.
    fn bodies(&mut self, list: &mut List) {
        for waiting in std::mem::take(&mut self.heredocs) {
            let start = self.at;
            let mut stop = self.end;
            let mut next = self.end;
            let mut at = start;
            while at < self.end {
                let line_end = memchr::memchr(b'\n', &self.bytes[at..self.end]).map_or(self.end, |found| at + found);
                let line = self.text.get(at..line_end).unwrap_or_default().trim_end_matches('\r');
                let line = if waiting.is_indented { line.trim_start_matches('\t') } else { line };
                if line == waiting.mark || line.trim() == waiting.mark {
                    stop = at;
                    next = (line_end + 1).min(self.end);
                    break;
                }
                at = line_end + 1;
            }
            let word = if waiting.is_expanded {
                let end = std::mem::replace(&mut self.end, stop);
                let word = self.quoted(None);
                self.end = end;
                word
            } else {
                let mut out = Pieces::default();
                out.raw(self.text, Span::new(start, stop));
                Word { pieces: out.list, span: Span::new(start, stop) }
            };
            self.at = next;
            let command = if waiting.command == list.done.len() { Some(&mut list.now) } else { list.done.get_mut(waiting.command) };
            if let Some(redirect) = command.and_then(|command| command.redirects.get_mut(waiting.redirect)) {
                redirect.target = word;
            }
        }
    }

    /// A word of a command, which may be a keyword or an assignment.
    fn word(&mut self, list: &mut List) {
        self.made += 1;
        let from = self.at;
        let word = self.read_word();
        if self.at == from {
            self.at += 1;
            return;
        }
        let now = &mut list.now;
        if now.words.is_empty() {
            let plain = self.text.get(from..self.at).unwrap_or_default();
            if now.assigns.is_empty() && Self::keyword(list, plain) {
                return;
            }
            if let Some(assign) = self.assignment(&word) {
                list.now.assigns.push(assign);
                return;
            }
        }
        if list.now.words.len() == 2 && list.now.words[0].head() == "function" && word.head() == "{" {
            list.declares = list.now.words[1].plain();
            list.now = Command::default();
            Self::keyword(list, "{");
            return;
        }
        list.closed = None;
        list.now.words.push(word);
    }

    /// Whether a word is part of a compound command's frame, and nothing of a command.
    fn keyword(list: &mut List, word: &str) -> bool {
        let first = list.done.len();
        match word {
            "if" => list.open.push((Block::If, first)),
            "while" | "until" => list.open.push((Block::Loop, first)),
            "for" | "select" => {
                list.open.push((Block::Loop, first));
                return false;
            }
            "case" => {
                list.open.push((Block::Case, first));
                return false;
            }
            "{" => {
                let name = list.declares.take();
                list.open.push((Block::Brace(name), first));
            }
            "then" | "else" | "elif" | "do" | "!" | "time" => {}
            "fi" | "done" | "esac" | "}" => {
                let is_it = |block: &Block| match word {
                    "fi" => matches!(block, Block::If),
                    "done" => matches!(block, Block::Loop),
                    "esac" => matches!(block, Block::Case),
                    _ => matches!(block, Block::Brace(_)),
                };
                let Some(at) = list.open.iter().rposition(|(block, _)| is_it(block)) else { return word != "done" };
                list.closed = Some(list.open[at].1);
                list.open.truncate(at);
            }
            _ => return false,
        }
        true
    }

    /// `NAME=value`, `NAME+=value`, `NAME=(a b)`.
    fn assignment(&mut self, word: &Word) -> Option<Assign> {
        let assign = split_assignment(word)?;
        if self.peek(0) == b'(' && assign.value.pieces.is_empty() {
            self.at += 1;
            let mut pieces = Vec::new();
            while self.at < self.end && self.peek(0) != b')' {
                let from = self.at;
                match self.peek(0) {
                    b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                    b'#' => self.at = self.line_end(),
                    _ => pieces.extend(self.read_word().pieces),
                }
                if self.at == from {
                    self.at += 1;
                }
            }
            self.at = (self.at + 1).min(self.end);
            let span = Span::new(assign.value.span.start, self.at);
            return Some(Assign { value: Word { pieces, span }, span: Span::new(assign.span.start, self.at), ..assign });
        }
        Some(assign)
    }

    pub(super) fn line_end(&self) -> usize {
        memchr::memchr(b'\n', &self.bytes[self.at..self.end]).map_or(self.end, |found| self.at + found)
    }
}
