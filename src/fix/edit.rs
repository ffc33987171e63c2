//! Edits of one file: spans of the stored bytes and what takes their place.

use crate::text::Span;

/// One replacement; an empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// Bytes of the file as it is.
    pub(super) span: Span,
    /// What takes their place; never a value.
    pub(super) text: String,
}

impl Edit {
    pub(super) fn new(start: usize, end: usize, text: impl Into<String>) -> Self {
        Self { span: Span::new(start, end), text: text.into() }
    }
}

/// Puts edits into the order of the text; false when two of them speak of the same bytes.
pub(super) fn arrange(edits: &mut Vec<Edit>) -> bool {
    edits.sort_by(|one, other| (one.span, &one.text).cmp(&(other.span, &other.text)));
    edits.dedup();
    edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start)
}

/// The text after edits that are in order.
pub(super) fn apply(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.extend_from_slice(Span::new(at, edit.span.start).of(text));
        out.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end;
    }
    out.extend_from_slice(Span::new(at, text.len()).of(text));
    out
}

/// How the lines of a text end.
pub(super) fn line_end(text: &[u8]) -> &'static str {
    match memchr::memchr(b'\n', text) {
        Some(at) if at > 0 && text[at - 1] == b'\r' => "\r\n",
        _ => "\n",
    }
}

/// An edit that adds whole lines at the end.
pub(super) fn append(text: &[u8], lines: &[String]) -> Edit {
    let end = line_end(text);
    let gap = if text.is_empty() || text.ends_with(b"\n") { "" } else { end };
    let mut added = gap.to_owned() + &lines.join(end);
    // A file that ends without a line feed goes on doing so.
    if gap.is_empty() {
        added.push_str(end);
    }
    Edit::new(text.len(), text.len(), added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_order_and_never_overlap() {
        let mut edits = vec![Edit::new(4, 5, "E"), Edit::new(0, 1, "A"), Edit::new(6, 6, "!")];
        assert!(arrange(&mut edits));
        assert_eq!(apply(b"abcdef", &edits), b"AbcdEf!");
        assert!(!arrange(&mut vec![Edit::new(0, 3, "x"), Edit::new(2, 4, "y")]));
    }

    #[test]
    fn added_lines_keep_the_manner_of_the_file() {
        let after = |text: &[u8]| apply(text, &[append(text, &["A=".to_owned(), "B=".to_owned()])]);
        assert_eq!(after(b""), b"A=\nB=\n");
        assert_eq!(after(b"X=1\r\n"), b"X=1\r\nA=\r\nB=\r\n");
        assert_eq!(after(b"X=1"), b"X=1\nA=\nB=");
    }
}
