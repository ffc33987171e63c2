//! JavaScript and TypeScript, and the scripts of Vue, Svelte, Astro and HTML files: read with `oxc`.

use super::{Module, Spots};
use crate::text::Span;

/// Whether a file is a script, or holds some, that somebody wrote by hand.
pub(super) fn is_script(_path: &str) -> bool {
    false
}

/// Whether a script says something that rules may speak of.
pub(super) fn has_cue(_path: &str, _text: &[u8]) -> bool {
    false
}

/// The facts of a script; `None` when it is too large to be written by hand, or minified.
pub(super) fn read(_path: &str, _text: &[u8], _values: &[Span], _spots: &mut Spots) -> Option<Module> {
    None
}
