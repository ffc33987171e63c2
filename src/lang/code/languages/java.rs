//! Java.

use super::common::COMMON;
use super::jvm::JVM;
use crate::lang::code::language::{Api, Blocks, Grammar, Holes, Language, Lexis, NOTHING, Quote, Special};

pub(super) static JAVA: Language = Language {
    name: "Java",
    extensions: &["java"],
    lexis: Lexis {
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: false,
        quotes: &[
            Quote { open: "\"\"\"", close: "\"\"\"", escapes: true, lines: true, holes: Holes::None },
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
        newline_ends: false,
        functions: &[],
        classes: &["class", "interface", "enum", "record"],
        declares: &[],
        modifiers: &[
            "public",
            "protected",
            "private",
            "static",
            "final",
            "abstract",
            "native",
            "synchronized",
            "transient",
            "volatile",
            "strictfp",
            "default",
            "sealed",
        ],
        types_first: true,
        returns: &["return", "yield"],
        throws: &["throw"],
        control: &["if", "else", "for", "while", "do", "switch", "case", "default", "try", "catch", "finally", "synchronized", "assert"],
        imports: &["import", "package"],
        last_is_result: false,
        commands: false,
        command_words: &[],
        trailing_blocks: false,
        macros: false,
        joins: &[],
        selves: &["this"],
    },
    api: &[&COMMON, &JVM, &API],
};

static API: Api = Api {
    errors: &["ResponseEntity.internalServerError.body", "ResponseEntity.badRequest.body", "ResponseEntity.status.body", "Response.serverError.entity"],
    ..NOTHING
};
