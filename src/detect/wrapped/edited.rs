//! A part of a text in which the wrapped places are decoded, and the way back from it.

use super::Kind;
use super::decode::{Edit, Edits};
use crate::text::Span;

/// How much of the text before and after an edit is searched with it, in bytes: the statement around a value.
const BEFORE: usize = 768;
const AFTER: usize = 320;

/// An edit that was done.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Where its decoded bytes are.
    inner: Span,
    /// What they stand for.
    outer: Span,
    kind: Kind,
    name: &'static str,
}

/// A text with edits done.
#[derive(Debug)]
pub(super) struct Edited {
    pub(super) text: Vec<u8>,
    /// Where it begins in the text that was edited.
    start: usize,
    /// In rising order.
    pieces: Vec<Piece>,
}

/// Edits whose surroundings touch are done together: the first and one past the last.
pub(super) fn groups(text: &[u8], edits: &Edits) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (at, edit) in edits.list.iter().enumerate() {
        match groups.last_mut() {
            Some(last) if before(text, edit.span.start) <= after(text, edits.list[last.1 - 1].span.end) => last.1 = at + 1,
            _ => groups.push((at, at + 1)),
        }
    }
    groups
}

/// Where the surroundings of an edit begin: at a line, if one begins there.
fn before(text: &[u8], start: usize) -> usize {
    let floor = start.saturating_sub(BEFORE);
    if floor == 0 {
        return 0;
    }
    memchr::memchr(b'\n', &text[floor..start]).map_or(floor, |feed| floor + feed + 1)
}

/// Where they end: with the line, unless it is long.
fn after(text: &[u8], end: usize) -> usize {
    let ceiling = (end + AFTER).min(text.len());
    memchr::memchr(b'\n', &text[end..ceiling]).map_or(ceiling, |feed| end + feed + 1)
}

impl Edited {
    /// Does the edits of one group.
    pub(super) fn new(text: &[u8], edits: &Edits, (first, last): (usize, usize)) -> Self {
        let list: &[Edit] = &edits.list[first..last];
        let (Some(one), Some(other)) = (list.first(), list.last()) else {
            return Self { text: Vec::new(), start: 0, pieces: Vec::new() };
        };
        let start = before(text, one.span.start);
        let mut edited = Self { text: Vec::new(), start, pieces: Vec::with_capacity(list.len()) };
        let mut at = start;
        for edit in list {
            edited.text.extend_from_slice(&text[at..edit.span.start]);
            let from = edited.text.len();
            edited.text.extend_from_slice(edit.decoded.of(&edits.bytes));
            edited.pieces.push(Piece { inner: Span::new(from, edited.text.len()), outer: edit.span, kind: edit.kind, name: edit.name });
            at = edit.span.end;
        }
        edited.text.extend_from_slice(&text[at..after(text, other.span.end)]);
        edited
    }

    /// What stood for a span. Of what was decoded as a whole, the whole; of an escape all of it.
    pub(super) fn outer(&self, span: Span) -> Span {
        let start = match self.piece_at(span.start) {
            Some(piece) if span.start < piece.inner.end => piece.outer.start,
            Some(piece) => piece.outer.end + span.start - piece.inner.end,
            None => self.start + span.start,
        };
        let last = span.end.max(span.start + 1) - 1;
        let end = match self.piece_at(last) {
            Some(piece) if last < piece.inner.end => piece.outer.end,
            Some(piece) => piece.outer.end + last - piece.inner.end + 1,
            None => self.start + last + 1,
        };
        Span::new(start, end)
    }

    /// How a span came to be what it is: by the first edit that it holds, or that an escape beside it is.
    pub(super) fn name_at(&self, span: Span) -> Option<(Kind, &'static str)> {
        let from = self.pieces.partition_point(|piece| piece.inner.end < span.start);
        let near = self.pieces[from..].iter().take_while(|piece| piece.inner.start <= span.end);
        let mut held = near.filter(|piece| match piece.kind {
            Kind::Base64 | Kind::Hex => piece.inner.overlaps(span),
            Kind::Joined => piece.inner.start > span.start && piece.inner.start < span.end,
            _ => true,
        });
        held.next().map(|piece| (piece.kind, piece.name))
    }

    /// Whether a place may lead to what an edit gave: it lies in one, or within reach of one that changed the text.
    pub(super) fn concerns(&self, at: usize) -> bool {
        let from = self.pieces.partition_point(|piece| piece.inner.end + NEAR < at);
        self.pieces.get(from).is_some_and(|piece| piece.inner.start <= at + NEAR)
    }

    fn piece_at(&self, at: usize) -> Option<&Piece> {
        self.pieces.partition_point(|piece| piece.inner.start <= at).checked_sub(1).map(|found| &self.pieces[found])
    }
}

/// How far from an edit a wrapping within the decoded text may begin, in bytes: it goes through the edit.
const NEAR: usize = 1024;
