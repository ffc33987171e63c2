//! JavaScript and TypeScript, and the scripts of Vue, Svelte, Astro and HTML files: read with `oxc`.
//!
//! A text becomes code (`embed`), code a tree with its names (`scene`), and the tree facts: statements (`parts`), imports
//! and exports (`names`), reads of variables (`reads`), what names hold (`values`), and where values leave (`flows`). All
//! of it works on one list of nodes in the order of the text, so that nothing here walks the tree by itself except the
//! evaluation, which is bounded by fuel.

mod cue;
mod depth;
mod embed;
mod entries;
mod flows;
mod hunch;
mod merge;
mod names;
mod parts;
mod reads;
mod scene;
mod values;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use super::{LARGEST_SCRIPT, Module, Spots};
use crate::text::Span;
use embed::Code;
use scene::Scene;

pub(super) use cue::{has_cue, is_script};

/// The facts of a script; `None` when it is too large to be written by hand, or minified.
pub(super) fn read(path: &str, text: &[u8], values: &[Span], spots: &mut Spots) -> Option<Module> {
    if text.len() > LARGEST_SCRIPT || cue::is_minified(text) {
        return None;
    }
    let text = as_utf8(text);
    let mut codes = embed::codes(path, &text).into_iter();
    let mut module = one(path, &text, &codes.next()?, values, spots)?;
    for (number, code) in codes.enumerate() {
        if let Some(script) = one(path, &text, &code, values, spots) {
            merge::append(&mut module, script, &format!("script{}:", number + 1));
        }
    }
    Some(module)
}

fn one(path: &str, text: &str, code: &Code, values: &[Span], spots: &mut Spots) -> Option<Module> {
    let nesting = depth::nesting(code.text.as_bytes());
    if nesting > depth::DEEPEST {
        return None;
    }
    // A tree this flat fits any stack; a deeper one gets a stack of its own, of which only what is used is paid for.
    if nesting <= depth::FLAT {
        return guarded(path, text, code, values, spots);
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size((nesting as usize * depth::STACK_PER_LEVEL).max(8 << 20));
        thread.spawn_scoped(scope, || guarded(path, text, code, values, spots)).ok()?.join().ok()?
    })
}

/// The parser is somebody else's: a text that makes it panic gives no facts.
fn guarded(path: &str, text: &str, code: &Code, values: &[Span], spots: &mut Spots) -> Option<Module> {
    catch_unwind(AssertUnwindSafe(|| {
        let allocator = Allocator::default();
        facts(path, text, code, values, spots, &allocator)
    }))
    .ok()
    .flatten()
}

fn facts(path: &str, text: &str, code: &Code, values: &[Span], spots: &mut Spots, allocator: &Allocator) -> Option<Module> {
    let (program, is_broken) = parse(allocator, code);
    let semantic = SemanticBuilder::new().with_build_nodes(true).build(program).semantic;
    let mut scene = Scene::new(path, code, values, spots, program, &semantic);
    let mut module = Module { is_broken, ..Module::default() };
    scene.bind();
    names::imports(&mut scene);
    reads::read(&mut scene);
    module.exports = names::exports(&mut scene);
    module.parts = parts::parts(&scene, &mut module.exports);
    module.holds = values::holds(&mut scene, &module.exports);
    module.flows = flows::flows(&mut scene, &module.exports);
    flows::requests::hold_texts(&scene, &module.exports, &mut module.holds);
    parts::markup(&mut scene, &mut module, text);
    module.entries = entries::entries(&scene);
    module.is_common = names::is_common(&scene);
    module.reads = std::mem::take(&mut scene.reads);
    module.imports = std::mem::take(&mut scene.imports);
    Some(module)
}

/// The first reading that the parser does not refuse as a whole; a text that it always refuses is read up to the error.
fn parse<'a>(allocator: &'a Allocator, code: &Code) -> (&'a Program<'a>, bool) {
    let mut text: &'a str = allocator.alloc_str(&code.text);
    let mut best: Option<&'a Program<'a>> = None;
    for attempt in 0..3 {
        let mut error = text.len();
        for kind in &code.kinds {
            let options = ParseOptions { allow_return_outside_function: true, preserve_parens: false, ..ParseOptions::default() };
            let read = Parser::new(allocator, text, *kind).with_options(options).parse();
            let is_clean = read.diagnostics.is_empty() && !read.panicked;
            if !read.panicked {
                let program: &'a Program<'a> = allocator.alloc(read.program);
                if is_clean {
                    return (program, attempt > 0);
                }
                best.get_or_insert(program);
            } else {
                let labels = read.diagnostics.iter().flat_map(|diagnostic| diagnostic.labels.iter());
                error = labels.map(|label| label.offset() as usize).min().unwrap_or(0).min(error);
            }
        }
        if let Some(best) = best {
            return (best, true);
        }
        text = before(text, error);
    }
    let empty = Parser::new(allocator, "", SourceType::mjs()).parse().program;
    (allocator.alloc(empty), true)
}

/// The text up to the last statement that begins before an error, as far as that can be told by lines that begin at
/// their first column.
fn before(text: &str, error: usize) -> &str {
    let mut end = error.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let bytes = text.as_bytes();
    let starts = memchr::memrchr_iter(b'\n', &bytes[..end]);
    let cut = starts.map(|at| at + 1).find(|&at| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'@'));
    &text[..cut.unwrap_or(0)]
}

/// The text, with each byte that is not valid replaced by a space: offsets hold.
fn as_utf8(text: &[u8]) -> std::borrow::Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(std::iter::repeat_n(' ', chunk.invalid().len()));
    }
    out.into()
}
