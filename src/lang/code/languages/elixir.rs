//! Elixir.

use super::common::COMMON;
use super::elixir_api::API;
use crate::lang::code::language::{Blocks, Grammar, Holes, Language, Lexis, Quote, Special};

pub(super) static ELIXIR: Language = Language {
    name: "Elixir",
    extensions: &["ex", "exs"],
    lexis: Lexis {
        line_comments: &["#"],
        block_comments: &[],
        nested_comments: false,
        quotes: &[
            Quote { open: "\"\"\"", close: "\"\"\"", escapes: true, lines: true, holes: Holes::Hash },
            Quote { open: "'''", close: "'''", escapes: true, lines: true, holes: Holes::Hash },
            Quote { open: "\"", close: "\"", escapes: true, lines: true, holes: Holes::Hash },
            Quote { open: "'", close: "'", escapes: true, lines: true, holes: Holes::Hash },
        ],
        prefixes: &[],
        name_starts: "@:",
        name_ends: "?!",
        characters: false,
        special: Special::Elixir,
    },
    grammar: Grammar {
        blocks: Blocks::Ends,
        newline_ends: true,
        functions: &["def", "defp", "defmacro", "defmacrop"],
        classes: &["defmodule", "defprotocol", "defimpl"],
        declares: &[],
        modifiers: &[],
        types_first: false,
        returns: &[],
        throws: &["raise", "reraise"],
        control: &["if", "unless", "else", "for", "case", "cond", "with", "try", "rescue", "catch", "after", "receive"],
        imports: &["import", "alias", "require", "use"],
        last_is_result: true,
        commands: true,
        command_words: &[],
        trailing_blocks: false,
        macros: false,
        joins: &["<>"],
        selves: &["__MODULE__"],
    },
    api: &[&COMMON, &API],
};
