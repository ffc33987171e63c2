//! Ruby.

use super::common::COMMON;
use super::ruby_api::API;
use crate::lang::code::language::{Blocks, Grammar, Holes, Language, Lexis, Quote, Special};

pub(super) static RUBY: Language = Language {
    name: "Ruby",
    extensions: &["rb", "rake", "ru", "gemspec", "thor", "jbuilder", "rabl"],
    lexis: Lexis {
        line_comments: &["#"],
        block_comments: &[("=begin", "=end")],
        nested_comments: false,
        quotes: &[
            Quote { open: "\"", close: "\"", escapes: true, lines: true, holes: Holes::Hash },
            Quote { open: "'", close: "'", escapes: true, lines: true, holes: Holes::None },
            Quote { open: "`", close: "`", escapes: true, lines: true, holes: Holes::Hash },
        ],
        prefixes: &[],
        name_starts: "@$",
        name_ends: "?!",
        characters: false,
        special: Special::Ruby,
    },
    grammar: Grammar {
        blocks: Blocks::Ends,
        newline_ends: true,
        functions: &["def"],
        classes: &["class", "module"],
        declares: &[],
        modifiers: &["private", "protected", "public", "private_class_method", "module_function", "memoize"],
        types_first: false,
        returns: &["return"],
        throws: &["raise", "fail"],
        control: &["if", "elsif", "else", "unless", "while", "until", "for", "case", "when", "in", "begin", "rescue", "ensure", "then"],
        imports: &["require", "require_relative", "load"],
        last_is_result: true,
        commands: true,
        command_words: &[],
        trailing_blocks: true,
        macros: false,
        joins: &[],
        selves: &["self"],
    },
    api: &[&COMMON, &API],
};
