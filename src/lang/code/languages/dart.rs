//! Dart.

use super::common::COMMON;
use crate::lang::code::language::{Blocks, Grammar, Holes, Language, Lexis, Prefix, Quote, Special};

pub(super) static DART: Language = Language {
    name: "Dart",
    extensions: &["dart"],
    lexis: Lexis {
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: true,
        quotes: &[
            Quote { open: "'''", close: "'''", escapes: true, lines: true, holes: Holes::Dollar },
            Quote { open: "\"\"\"", close: "\"\"\"", escapes: true, lines: true, holes: Holes::Dollar },
            Quote { open: "'", close: "'", escapes: true, lines: false, holes: Holes::Dollar },
            Quote { open: "\"", close: "\"", escapes: true, lines: false, holes: Holes::Dollar },
        ],
        prefixes: &[Prefix { word: "r", holes: Some(Holes::None), raw: true }],
        name_starts: "$",
        name_ends: "",
        characters: false,
        special: Special::None,
    },
    grammar: Grammar {
        blocks: Blocks::Braces,
        newline_ends: false,
        functions: &[],
        classes: &["class", "mixin", "enum", "extension"],
        declares: &["var", "final", "const", "late"],
        modifiers: &["abstract", "static", "external", "covariant", "sealed", "base", "interface", "late", "factory", "required"],
        types_first: true,
        returns: &["return", "yield"],
        throws: &["throw"],
        control: &["if", "else", "for", "while", "do", "switch", "case", "default", "try", "catch", "finally", "on"],
        imports: &["import", "export", "part", "library"],
        last_is_result: false,
        commands: false,
        command_words: &[],
        trailing_blocks: false,
        macros: false,
        joins: &[],
        selves: &["this"],
    },
    api: &[&COMMON, &super::dart_api::API],
};
