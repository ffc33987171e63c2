//! The text of a script, and where its bytes stand in the file that holds it.

use std::borrow::Cow;

use crate::text::Span;

/// A script: a whole file, or a block of one with its indentation taken off.
#[derive(Debug, Clone)]
pub(in crate::lang) struct Source<'t> {
    /// The script.
    pub text: Cow<'t, str>,
    /// Positions of the text and of the file at which a run of equal bytes begins, in rising order.
    map: Vec<(usize, usize)>,
}

impl<'t> Source<'t> {
    /// Text that stands in its file as it is.
    pub(in crate::lang) fn whole(text: &'t str, at: usize) -> Self {
        Self { text: Cow::Borrowed(text), map: vec![(0, at)] }
    }

    /// Nothing yet: runs are pushed.
    pub(in crate::lang) fn empty() -> Self {
        Self { text: Cow::Owned(String::new()), map: Vec::new() }
    }

    /// Adds a run of bytes that stand at a place of the file.
    pub(in crate::lang) fn push(&mut self, text: &str, at: usize) {
        self.map.push((self.text.len(), at));
        self.text.to_mut().push_str(text);
    }

    /// The place in the file of a part of the text.
    pub(in crate::lang) fn place(&self, span: Span) -> Span {
        let start = self.at(span.start);
        // The end is that of the last byte: what follows may stand elsewhere.
        let end = if span.end > span.start { self.at(span.end - 1) + 1 } else { start };
        Span::new(start, end.max(start))
    }

    fn at(&self, position: usize) -> usize {
        let run = self.map.partition_point(|(start, _)| *start <= position);
        let Some((start, at)) = run.checked_sub(1).and_then(|run| self.map.get(run)) else { return position };
        at + (position - start)
    }
}
