//! Rust.

use super::common::COMMON;
use crate::lang::code::language::{Blocks, Grammar, Holes, Language, Lexis, Prefix, Quote, Special};

pub(super) static RUST: Language = Language {
    name: "Rust",
    extensions: &["rs"],
    lexis: Lexis {
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: true,
        quotes: &[Quote { open: "\"", close: "\"", escapes: true, lines: true, holes: Holes::BracedNames }],
        prefixes: &[Prefix { word: "b", holes: Some(Holes::None), raw: false }, Prefix { word: "c", holes: Some(Holes::None), raw: false }],
        name_starts: "",
        name_ends: "",
        characters: true,
        special: Special::Rust,
    },
    grammar: Grammar {
        blocks: Blocks::Braces,
        newline_ends: false,
        functions: &["fn"],
        classes: &["struct", "enum", "union", "trait", "impl", "mod"],
        declares: &["let", "const", "static"],
        modifiers: &["pub", "async", "unsafe", "extern", "default", "mut", "ref"],
        types_first: false,
        returns: &["return", "break"],
        throws: &[],
        control: &["if", "else", "for", "while", "loop", "match", "unsafe"],
        imports: &["use"],
        last_is_result: true,
        commands: false,
        command_words: &[],
        trailing_blocks: false,
        macros: true,
        joins: &[],
        selves: &["self"],
    },
    api: &[&COMMON, &super::rust_api::API],
};
