//! Positions in text: byte spans, line and column locations, excerpts, and the encodings that text is stored in.
//!
//! Everything here works on bytes. A decoding never decides whether a file is scanned: what is not valid in an
//! encoding still has offsets, lines and columns.

mod encoding;
mod excerpt;
mod locate;

pub(crate) use encoding::HEAD;
pub use encoding::{Encoding, Text};
pub use excerpt::{Excerpt, cut as cut_excerpt, cut_shown};
pub(crate) use excerpt::{hidden, is_hostile, visible};
pub use locate::Locator;

/// A half-open range of bytes, 0-based, in decoded text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` to before `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The number of bytes.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span holds no byte.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether both spans hold some byte in common.
    pub const fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The bytes of the span, cut at the end of `text`.
    pub fn of(self, text: &[u8]) -> &[u8] {
        let end = self.end.min(text.len());
        &text[self.start.min(end)..end]
    }
}

/// A point in a stored file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Position {
    /// 1-based line; lines end at a line feed.
    pub line: u64,
    /// 1-based column in code points of the decoded text; a byte that is not valid counts as one, a byte order mark as none.
    pub column: u64,
    /// Bytes from 0 in the file as it is stored.
    pub offset: u64,
}

impl Position {
    /// The first point of a file.
    pub const START: Position = Position { line: 1, column: 1, offset: 0 };
}

impl Default for Position {
    fn default() -> Self {
        Self::START
    }
}

/// Two points in one file; `end` is exclusive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Region {
    /// Where it begins.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}
