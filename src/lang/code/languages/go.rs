//! Go.

use super::common::COMMON;
use crate::lang::code::language::{Blocks, Grammar, Holes, Language, Lexis, Quote, Special};

pub(super) static GO: Language = Language {
    name: "Go",
    extensions: &["go"],
    lexis: Lexis {
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: false,
        quotes: &[
            Quote { open: "`", close: "`", escapes: false, lines: true, holes: Holes::None },
            Quote { open: "\"", close: "\"", escapes: true, lines: false, holes: Holes::None },
        ],
        prefixes: &[],
        name_starts: "",
        name_ends: "",
        characters: true,
        special: Special::None,
    },
    grammar: Grammar {
        blocks: Blocks::Braces,
        newline_ends: true,
        functions: &["func"],
        classes: &["type", "struct", "interface"],
        declares: &["var", "const"],
        modifiers: &[],
        types_first: false,
        returns: &["return"],
        throws: &[],
        control: &["if", "else", "for", "switch", "select", "case"],
        imports: &["import"],
        last_is_result: false,
        commands: false,
        command_words: &[],
        trailing_blocks: false,
        macros: false,
        joins: &[],
        selves: &[],
    },
    api: &[&COMMON, &super::go_api::API],
};
