//! What a shell script is made of: commands with their words, assignments and redirections.

use crate::text::Span;

/// A simple command, or the head of a compound one: `if`'s condition, `for x in ...`, `case x`.
#[derive(Debug, Clone, Default)]
pub(in crate::lang) struct Command {
    /// The name and the arguments.
    pub words: Vec<Word>,
    /// `NAME=value` before the name.
    pub assigns: Vec<Assign>,
    /// Where its input and output go.
    pub redirects: Vec<Redirect>,
    /// The number of the command in the same list that reads its output.
    pub pipe: Option<usize>,
    /// Whether some other command of the list writes its input.
    pub is_piped: bool,
    /// Whether it runs only under a condition: in `if`, `case`, a loop, behind `&&` or `||`.
    pub is_conditional: bool,
    /// The function that it is in.
    pub function: Option<String>,
    /// From the name, or the first assignment, to the last word.
    pub span: Span,
}

/// A word with its quotes taken off.
#[derive(Debug, Clone, Default)]
pub(in crate::lang) struct Word {
    /// In order.
    pub pieces: Vec<Piece>,
    /// With its quotes.
    pub span: Span,
}

/// A part of a word.
#[derive(Debug, Clone)]
pub(in crate::lang) enum Piece {
    /// Text as it is.
    Text(String, Span),
    /// `$NAME`, `${NAME...}`.
    Var(Var),
    /// `$(...)`, backticks, `<(...)`.
    Run(Vec<Command>, Span),
    /// `${{ ... }}`: what a CI service puts there before the shell sees it.
    Expression(String, Span),
}

/// An expansion of a variable.
#[derive(Debug, Clone)]
pub(in crate::lang) struct Var {
    /// Its name; with dots where some other tool fills it in.
    pub name: String,
    /// All of the expansion.
    pub span: Span,
    /// Whether nothing of the value is seen, or but a few letters: `${#X}`, `${X:+set}`, `${X:0:4}`.
    pub is_harmless: bool,
    /// What stands for it when it is not set.
    pub default: Option<Word>,
}

/// `NAME=value`.
#[derive(Debug, Clone)]
pub(in crate::lang) struct Assign {
    /// The name.
    pub name: String,
    /// The value; empty for an array, of which the elements are one word.
    pub value: Word,
    /// Name and value.
    pub span: Span,
}

/// A redirection.
#[derive(Debug, Clone)]
pub(in crate::lang) struct Redirect {
    /// The number of the stream; 3 stands for both outputs.
    pub stream: u8,
    /// How.
    pub kind: RedirectKind,
    /// The file, the stream, the text.
    pub target: Word,
}

/// How a stream is redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lang) enum RedirectKind {
    /// `>`, `>>`
    Out,
    /// `<`
    In,
    /// `<<`, `<<<`: the text itself.
    Here,
    /// `>&`
    Same,
}

impl Word {
    /// The word, if nothing in it is expanded.
    pub(in crate::lang) fn plain(&self) -> Option<String> {
        let mut out = String::new();
        for piece in &self.pieces {
            let Piece::Text(text, _) = piece else { return None };
            out.push_str(text);
        }
        Some(out)
    }

    /// The constant text that it begins with.
    pub(in crate::lang) fn head(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text, _)) => text,
            _ => "",
        }
    }

    /// All constant text of it, with a space for what is expanded.
    pub(in crate::lang) fn text(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text, _) => out.push_str(text),
                _ => out.push(' '),
            }
        }
        out
    }

    /// Whether anything in it is expanded.
    pub(in crate::lang) fn is_constant(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Text(..)))
    }

    /// The name of the only variable that it is made of.
    pub(in crate::lang) fn sole(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Var(var)] => Some(&var.name),
            _ => None,
        }
    }

    /// The word behind its first bytes, which are constant.
    pub(in crate::lang) fn without(&self, bytes: usize) -> Self {
        let mut pieces = self.pieces.clone();
        let mut left = bytes;
        // An option and what stands behind it in quotes are pieces of their own: `--header="Name: value"`.
        while let Some(Piece::Text(text, span)) = pieces.first_mut() {
            if text.len() <= left {
                left -= text.len();
                pieces.remove(0);
                continue;
            }
            *text = text.get(left..).unwrap_or_default().to_owned();
            *span = Span::new((span.start + left).min(span.end), span.end);
            break;
        }
        Self { pieces, span: Span::new((self.span.start + bytes).min(self.span.end), self.span.end) }
    }
}

impl Command {
    /// The program or builtin, without its folder.
    pub(in crate::lang) fn name(&self) -> String {
        let name = self.words.first().and_then(Word::plain).unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        name.strip_suffix(".exe").unwrap_or(name).to_owned()
    }

    /// The words behind the name.
    pub(in crate::lang) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Whether an argument is written exactly so.
    pub(in crate::lang) fn has(&self, argument: &str) -> bool {
        self.arguments().iter().any(|word| word.plain().as_deref() == Some(argument))
    }

    /// The words behind the options.
    pub(in crate::lang) fn operands(&self) -> impl Iterator<Item = &Word> {
        self.arguments().iter().filter(|word| !word.head().starts_with('-'))
    }
}
