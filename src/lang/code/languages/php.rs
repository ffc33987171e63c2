//! PHP.

use super::common::COMMON;
use super::php_api::API;
use crate::lang::code::language::{Blocks, Grammar, Holes, Language, Lexis, Quote, Special};

pub(super) static PHP: Language = Language {
    name: "PHP",
    extensions: &["php", "php5", "php7", "inc", "module", "install"],
    lexis: Lexis {
        line_comments: &["//", "#"],
        block_comments: &[("/*", "*/")],
        nested_comments: false,
        quotes: &[
            Quote { open: "\"", close: "\"", escapes: true, lines: true, holes: Holes::Php },
            Quote { open: "'", close: "'", escapes: true, lines: true, holes: Holes::None },
            Quote { open: "`", close: "`", escapes: true, lines: true, holes: Holes::Php },
        ],
        prefixes: &[],
        name_starts: "$",
        name_ends: "",
        characters: false,
        special: Special::Php,
    },
    grammar: Grammar {
        blocks: Blocks::Braces,
        newline_ends: false,
        functions: &["function", "fn"],
        classes: &["class", "trait", "interface", "enum"],
        declares: &["const"],
        modifiers: &["public", "private", "protected", "static", "final", "abstract", "readonly", "var", "global"],
        types_first: true,
        returns: &["return", "yield"],
        throws: &["throw"],
        control: &[
            "if", "elseif", "else", "while", "do", "for", "foreach", "switch", "case", "default", "try", "catch", "finally", "declare", "endif", "endforeach",
            "endwhile", "endfor", "endswitch",
        ],
        imports: &["use", "require", "require_once", "include", "include_once"],
        last_is_result: false,
        commands: false,
        command_words: &["echo", "print"],
        trailing_blocks: false,
        macros: false,
        joins: &["."],
        selves: &["$this", "self", "static"],
    },
    api: &[&COMMON, &API],
};
