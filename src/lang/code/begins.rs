//! What may begin with each byte: most bytes begin neither a comment nor a text, and need not be looked at twice.

use super::language::{Language, Special};

/// A comment.
pub(super) const COMMENT: u8 = 1;
/// A text.
pub(super) const TEXT: u8 = 2;

/// What may begin with each byte.
pub(super) fn begins(language: &Language) -> [u8; 256] {
    let lexis = &language.lexis;
    let mut table = [0; 256];
    let mut mark = |text: &str, what: u8| {
        if let Some(first) = text.as_bytes().first() {
            table[usize::from(*first)] |= what;
        }
    };
    lexis.line_comments.iter().for_each(|open| mark(open, COMMENT));
    lexis.block_comments.iter().for_each(|(open, _)| mark(open, COMMENT));
    lexis.quotes.iter().for_each(|quote| mark(quote.open, TEXT));
    for prefix in lexis.prefixes {
        mark(&prefix.word.to_ascii_lowercase(), TEXT);
        mark(&prefix.word.to_ascii_uppercase(), TEXT);
    }
    if lexis.characters {
        mark("'", TEXT);
    }
    let special: &[&str] = match lexis.special {
        Special::None => &[],
        Special::Rust => &["r", "b", "c"],
        Special::Swift => &["#"],
        Special::Ruby | Special::Elixir | Special::Php => &["<", ":", "%", "/", "~", "?", "_", "`"],
    };
    special.iter().for_each(|open| mark(open, TEXT));
    if lexis.special == Special::Ruby {
        mark("__END__", COMMENT);
    }
    table
}
