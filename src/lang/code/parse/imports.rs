//! What is asked of other modules.

use super::Parser;
use crate::lang::code::language::{Blocks, Special};
use crate::lang::code::lexer::Kind;
use crate::lang::code::tree::Asked;

impl<'t> Parser<'t> {
    /// An import that begins here; whether it is one.
    pub(super) fn import(&mut self, from: usize) -> bool {
        let word = self.word(from);
        if self.is(from + 1, "(") && !self.grammar.functions.contains(&"func")
            || matches!(self.word(from + 1), "=" | "." | "," | ")") && self.grammar.blocks != Blocks::Indent
        {
            return false;
        }
        if self.grammar.blocks == Blocks::Indent {
            return self.python(from);
        }
        // C#'s `using var x = ...;`
        if word == "using" && self.is_name(from + 2) && !self.newline(from + 2) && !self.is(from + 1, "static") {
            return false;
        }
        // A text names the module: Go, Dart, Ruby, PHP's `require`.
        if let Some(Kind::Text(_)) = self.kind(from + 1) {
            self.at = from + 1;
            let node = self.primary();
            let specifier = self.plain_text(node).unwrap_or_default();
            let alias = (self.is(self.at, "as") && self.is_name(self.at + 1)).then(|| self.word(self.at + 1));
            self.asked(from, specifier, alias);
            self.skip_statement();
            return true;
        }
        if self.grammar.functions.contains(&"func") && (self.is(from + 1, "(") || matches!(self.kind(from + 2), Some(Kind::Text(_)))) {
            let close = if self.is(from + 1, "(") { self.closing(from + 1) } else { from + 3 };
            let mut at = from + 1;
            while at < close.min(self.end) {
                if let Some(Kind::Text(_)) = self.kind(at) {
                    let alias = (self.is_name(at - 1) && !self.newline(at) && at - 1 > from).then(|| self.word(at - 1));
                    self.at = at;
                    let node = self.primary();
                    let specifier = self.plain_text(node).unwrap_or_default();
                    self.asked(at, specifier, alias);
                }
                at += 1;
            }
            self.at = close.min(self.end);
            if self.is(self.at, ")") {
                self.at += 1;
            }
            return true;
        }
        if !self.is_name(from + 1) && !matches!(self.word(from + 1), "\\" | "::" | "{") {
            return false;
        }
        let is_php_closure = word == "use" && self.language.lexis.special == Special::Php && self.is(from + 1, "(");
        if is_php_closure {
            return false;
        }
        self.path_import(from);
        true
    }

    fn asked(&mut self, from: usize, specifier: String, alias: Option<&'t str>) {
        let span = self.span_from(from);
        let names = alias.map(|alias| ("*", alias)).into_iter().collect();
        self.tree.imports.push(Asked { specifier, names, span });
    }

    /// `import a.b.C;`, `use a::b::{c, d as e};`, `use A\B as C;`, `alias A.B`
    fn path_import(&mut self, from: usize) {
        let mut at = from + 1;
        let mut path: Vec<&'t str> = Vec::new();
        let limit = self.end.min(from + 120);
        while at < limit {
            let word = self.word(at);
            if self.newline(at) && self.grammar.newline_ends && at > from + 1 {
                break;
            }
            match self.kind(at) {
                Some(Kind::Name) if matches!(word, "static" | "function" | "const" | "type" | "only" | "crate") && path.is_empty() => {
                    if word == "crate" {
                        path.push(word);
                    }
                }
                Some(Kind::Name) if word == "as" => {
                    let alias = self.word(at + 1);
                    if let Some(last) = path.pop() {
                        let specifier = path.join(".");
                        self.at = at + 2;
                        let span = self.span_from(from);
                        self.tree.imports.push(Asked { specifier, names: vec![(last, alias)], span });
                    }
                    self.skip_statement();
                    return;
                }
                Some(Kind::Name) => path.push(word),
                Some(Kind::Sign) if matches!(word, "." | "::" | "\\") => {}
                Some(Kind::Open) if word == "{" => {
                    let close = self.closing(at);
                    let mut names = Vec::new();
                    let mut inner = at + 1;
                    while inner < close {
                        if self.is_name(inner) && !matches!(self.word(inner), "as" | "self") {
                            let name = self.word(inner);
                            if matches!(self.word(inner + 1), "as" | "=>") && self.is_name(inner + 2) {
                                names.push((name, self.word(inner + 2)));
                                inner += 2;
                            } else if !self.is(inner + 1, "::") {
                                names.push((name, name));
                            }
                        }
                        inner += 1;
                    }
                    self.at = (close + 1).min(self.end);
                    let span = self.span_from(from);
                    self.tree.imports.push(Asked { specifier: path.join("."), names, span });
                    self.skip_statement();
                    return;
                }
                _ => break,
            }
            at += 1;
        }
        self.at = at.min(self.end);
        let span = self.span_from(from);
        if let Some(last) = path.pop() {
            let names = vec![(last, last)];
            self.tree.imports.push(Asked { specifier: path.join("."), names, span });
        }
        self.skip_statement();
    }

    /// To the end of the statement.
    fn skip_statement(&mut self) {
        while self.at < self.end && !self.is(self.at, ";") && (!self.newline(self.at) || !self.grammar.newline_ends) && !self.is(self.at, "}") {
            self.at = if self.kind(self.at) == Some(Kind::Open) { (self.closing(self.at) + 1).min(self.end) } else { self.at + 1 };
            if !self.grammar.newline_ends && self.newline(self.at) {
                break;
            }
        }
    }

    /// `import a.b as c, d`, `from .a import b as c, d`
    fn python(&mut self, from: usize) -> bool {
        let is_from = self.is(from, "from");
        let mut at = from + 1;
        let dotted = |parser: &Self, at: &mut usize| -> String {
            let start = *at;
            while !parser.newline(*at)
                && (matches!(parser.word(*at), "." | "..." | "..") || parser.is_name(*at) && !matches!(parser.word(*at), "import" | "as"))
            {
                *at += 1;
            }
            (start..*at).map(|at| parser.word(at)).collect()
        };
        if is_from {
            let specifier = dotted(self, &mut at);
            if !self.is(at, "import") {
                return false;
            }
            at += 1;
            let close = if self.is(at, "(") { self.closing(at) } else { self.end };
            at += usize::from(self.is(at, "("));
            let mut names = Vec::new();
            while at < close && (close < self.end || !self.newline(at)) {
                let word = self.word(at);
                if word == "*" {
                    names.push(("*", "*"));
                } else if self.is_name(at) {
                    if self.is(at + 1, "as") && self.is_name(at + 2) {
                        names.push((word, self.word(at + 2)));
                        at += 2;
                    } else {
                        names.push((word, word));
                    }
                }
                at += 1;
            }
            self.at = if close < self.end { close + 1 } else { at };
            let span = self.span_from(from);
            self.tree.imports.push(Asked { specifier, names, span });
            return true;
        }
        loop {
            let specifier = dotted(self, &mut at);
            if specifier.is_empty() {
                break;
            }
            let mut alias = None;
            if self.is(at, "as") {
                alias = Some(self.word(at + 1));
                at += 2;
            }
            self.at = at;
            self.asked(from, specifier, alias);
            if !self.is(at, ",") {
                break;
            }
            at += 1;
        }
        self.at = at;
        true
    }
}
