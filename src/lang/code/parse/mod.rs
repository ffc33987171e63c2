//! Words become expressions, and statements what they give to names.
//!
//! One reader for all languages: the tables say which words do what. It never fails: what it does not understand it steps
//! over, one word at a time, and nesting is bounded.

mod behind;
mod classes;
mod closures;
mod commands;
mod control;
mod declare;
mod effects;
mod entries;
mod expression;
mod functions;
mod imports;
mod primary;
mod statement;
mod targets;

use super::language::{Blocks, Grammar, Language};
use super::lexer::{Kind, Lexed, Token};
use super::tree::{Binding, Given, Node, NodeIx, Scope, Tree, What};
use crate::text::Span;

/// Expressions and blocks within each other.
const DEEPEST: u32 = 90;
/// Expressions of one text; a longer one is data.
const MOST_NODES: usize = 400_000;

/// What a text says.
pub(super) fn parse<'t>(language: &'static Language, text: &'t str, lexed: &'t Lexed) -> Tree<'t> {
    let mut parser = Parser {
        language,
        grammar: &language.grammar,
        text,
        lexed,
        tokens: &lexed.tokens,
        close: matching(&lexed.tokens, text),
        at: 0,
        end: lexed.tokens.len(),
        inside: false,
        no_block: false,
        declaring: false,
        tree: Tree { scopes: vec![Scope { parent: None, function: None, class: None }], blocks: vec![0], ..Tree::default() },
        scope: 0,
        block: 0,
        depth: 0,
        frames: Vec::new(),
        marks: Vec::new(),
        last: None,
        branches: Vec::new(),
        in_macro: false,
        matched: None,
    };
    parser.statements(Stop::At(parser.end));
    parser.tree
}

/// Where a list of statements ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// At a word.
    At(usize),
    /// At the `end` that belongs to it.
    End,
}

/// What is restored when a block ends.
#[derive(Debug)]
struct Frame {
    /// The column of the statement that opened it.
    column: usize,
    scope: u32,
    block: u32,
    /// The function whose body it is.
    function: Option<u32>,
}

struct Parser<'t> {
    language: &'static Language,
    grammar: &'static Grammar,
    text: &'t str,
    lexed: &'t Lexed,
    /// The words that are being read: the text's, or those of an expression within a text.
    tokens: &'t [Token],
    /// For each bracket that opens, the number of the one that closes.
    close: Vec<u32>,
    at: usize,
    end: usize,
    /// Whether round or square brackets are open, so that line breaks mean nothing.
    inside: bool,
    /// Whether a `{` begins the block of a statement, and no part of the expression.
    no_block: bool,
    /// Whether what is given something is declared by that.
    declaring: bool,
    tree: Tree<'t>,
    scope: u32,
    block: u32,
    depth: u32,
    frames: Vec<Frame>,
    /// Annotations that wait for what they stand before.
    marks: Vec<Span>,
    /// The expression that was the last statement.
    last: Option<NodeIx>,
    /// What the branches before the present one came to, each with the number of blocks around it.
    branches: Vec<(usize, NodeIx)>,
    /// Whether a text here is the format of a macro.
    in_macro: bool,
    /// What the branches around here match.
    matched: Option<NodeIx>,
}

/// For each bracket that opens, the number of the one that closes; the number of words where none does.
fn matching(tokens: &[Token], text: &str) -> Vec<u32> {
    let mut close = vec![tokens.len() as u32; tokens.len()];
    let mut open: Vec<(usize, u8)> = Vec::new();
    let bytes = text.as_bytes();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => open.push((at, bytes[token.start as usize])),
            Kind::Close => {
                let wanted = match bytes[token.start as usize] {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                // A bracket that nothing opened is ignored; one that nothing closes ends with what is around it.
                if let Some(found) = open.iter().rposition(|(_, byte)| *byte == wanted)
                    && open.len() - found <= 4
                {
                    for (from, _) in open.drain(found..) {
                        close[from] = at as u32;
                    }
                }
            }
            _ => {}
        }
    }
    close
}

impl<'t> Parser<'t> {
    fn token(&self, at: usize) -> Option<Token> {
        if at < self.end { self.tokens.get(at).copied() } else { None }
    }

    /// What a word is as text.
    fn word(&self, at: usize) -> &'t str {
        self.token(at).map_or("", |token| &self.text[token.start as usize..token.end as usize])
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.token(at).map(|token| token.kind)
    }

    fn is_name(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Name)
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.word(at) == word && !matches!(self.kind(at), Some(Kind::Text(_)) | None)
    }

    fn newline(&self, at: usize) -> bool {
        self.token(at).is_none_or(|token| token.newline)
    }

    /// The bracket that closes the one at `at`.
    fn closing(&self, at: usize) -> usize {
        self.close.get(at).map_or(self.end, |close| (*close as usize).min(self.end))
    }

    /// From the word `from` to the word before the present one.
    fn span_from(&self, from: usize) -> Span {
        let start = self.token(from).map_or(self.text.len(), |token| token.start as usize);
        let last = self.at.max(from + 1) - 1;
        let end = self.tokens.get(last).map_or(start, |token| token.end as usize);
        Span::new(start, end.max(start))
    }

    fn node(&mut self, what: What<'t>, span: Span) -> NodeIx {
        let is_call = matches!(what, What::Call(_));
        self.tree.nodes.push(Node { what, span, scope: self.scope, block: self.block });
        let at = NodeIx((self.tree.nodes.len() - 1) as u32);
        if is_call {
            self.tree.calls.push(at);
        }
        at
    }

    fn unknown(&mut self, span: Span) -> NodeIx {
        self.node(What::Unknown(Vec::new()), span)
    }

    /// Whether there is no room for more.
    fn is_full(&self) -> bool {
        self.depth >= DEEPEST || self.tree.nodes.len() >= MOST_NODES
    }

    fn new_scope(&mut self, function: Option<u32>, class: Option<u32>) -> u32 {
        self.tree.scopes.push(Scope { parent: Some(self.scope), function, class });
        (self.tree.scopes.len() - 1) as u32
    }

    fn new_block(&mut self) -> u32 {
        self.tree.blocks.push(self.block);
        (self.tree.blocks.len() - 1) as u32
    }

    fn give(&mut self, scope: u32, name: &'t str, value: Given, span: Span, adds: bool) {
        let binding = Binding { value, span, block: self.block, adds, type_span: Span::new(span.end, span.end) };
        let all = self.tree.bindings.entry((scope, name)).or_default();
        if all.len() < 200 {
            all.push(binding);
        }
    }

    /// The column of a word in its line, in bytes.
    fn column(&self, at: usize) -> usize {
        let Some(token) = self.token(at) else { return 0 };
        let start = token.start as usize;
        start - memchr::memrchr(b'\n', &self.text.as_bytes()[..start]).map_or(0, |feed| feed + 1)
    }

    /// Statements up to where they end.
    fn statements(&mut self, stop: Stop) {
        let base = self.frames.len();
        self.depth += 1;
        let until = match stop {
            Stop::At(until) => until,
            Stop::End => self.end,
        };
        while self.at < until.min(self.end) {
            let before = self.at;
            if self.grammar.blocks == Blocks::Indent && self.newline(self.at) {
                let column = self.column(self.at);
                while self.frames.len() > base && self.frames.last().is_some_and(|frame| column <= frame.column) {
                    self.leave();
                }
            }
            if self.grammar.blocks == Blocks::Ends && self.is(self.at, "end") && self.is_name(self.at) {
                self.at += 1;
                if self.frames.len() > base {
                    self.leave();
                } else if stop == Stop::End {
                    break;
                }
                continue;
            }
            if self.is_full() {
                self.at = until.min(self.end);
                break;
            }
            self.statement();
            if self.at == before {
                self.at += 1;
            }
        }
        while self.frames.len() > base {
            self.leave();
        }
        self.depth -= 1;
    }

    /// Enters a block that ends by indentation or by `end`.
    fn enter(&mut self, column: usize, scope: u32, function: Option<u32>) {
        self.frames.push(Frame { column, scope: self.scope, block: self.block, function });
        self.block = self.new_block();
        self.scope = scope;
        self.last = None;
    }

    /// What the branches of a choice come to, those from a number on, and the last.
    fn join_branches(&mut self, from: usize) {
        let Some(mut all) = self.last else {
            self.branches.truncate(from);
            return;
        };
        for (_, value) in self.branches.split_off(from.min(self.branches.len())).into_iter().take(20) {
            let span = self.tree.node(value).span;
            all = self.node(What::Choice(value, all), span);
        }
        self.last = Some(all);
    }

    fn leave(&mut self) {
        let depth = self.frames.len();
        let from = self.branches.iter().rposition(|(at, _)| *at != depth).map_or(0, |at| at + 1);
        if from < self.branches.len() {
            self.join_branches(from);
        }
        let Some(frame) = self.frames.pop() else { return };
        if let Some(function) = frame.function {
            self.finish(function);
        }
        self.scope = frame.scope;
        self.block = frame.block;
    }

    /// The last expression of a function is its result, where the language says so.
    fn finish(&mut self, function: u32) {
        if let Some(last) = self.last.take().filter(|_| self.grammar.last_is_result) {
            let results = &mut self.tree.functions[function as usize].results;
            if !results.contains(&last) {
                results.push(last);
            }
        }
    }

    /// The statements between braces, the first of which is at `at`.
    fn braces(&mut self, scope: u32) -> Option<NodeIx> {
        let close = self.closing(self.at);
        if self.is_full() {
            self.at = (close + 1).min(self.end);
            return None;
        }
        let (outer_scope, outer_block) = (self.scope, self.block);
        let (inside, no_block) = (self.inside, self.no_block);
        (self.inside, self.no_block) = (false, false);
        self.block = self.new_block();
        self.scope = scope;
        self.last = None;
        self.at += 1;
        self.statements(Stop::At(close));
        self.at = (close + 1).min(self.end).max(self.at);
        (self.scope, self.block) = (outer_scope, outer_block);
        (self.inside, self.no_block) = (inside, no_block);
        self.last
    }

    /// Reads with other brackets open.
    fn within<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let (inside, no_block) = (self.inside, self.no_block);
        (self.inside, self.no_block) = (true, false);
        self.depth += 1;
        let out = read(self);
        self.depth -= 1;
        (self.inside, self.no_block) = (inside, no_block);
        out
    }
}
