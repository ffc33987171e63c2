//! Programs of servers, tools and apps: Python, Go, Java, Ruby and others, all by one tolerant reader.
//!
//! A text becomes words (`lexer`), words become expressions and what statements give to names (`parse`, `tree`), expressions
//! what they hold (`values`), and calls the places where that leaves (`flows`). A language is a table: how it is written
//! (`language`), and what its calls do. Grammars of a compiler's kind would be slower by a factor of ten, and larger than the
//! rest of the program; for what is asked here, order and nesting are enough.

mod begins;
mod classes;
mod cue;
mod flows;
mod index;
mod language;
mod languages;
mod lexer;
mod parse;
#[cfg(test)]
mod tests;
mod texts;
mod tree;
mod values;

use std::panic::{AssertUnwindSafe, catch_unwind};

use language::Language;
use values::{Known, Reader};

use super::{Export, Import, ImportKind, ImportName, Module, Spots, Target, Value};
use crate::text::Span;

pub(super) use cue::{has_cue, is_test};

/// Larger programs are not written by hand. In bytes.
const LARGEST: usize = 1 << 20;

/// The language of a file, by its name.
fn language(path: &str) -> Option<&'static Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (_, extension) = name.rsplit_once('.')?;
    languages::ALL.iter().copied().find(|language| language.extensions.iter().any(|own| own.eq_ignore_ascii_case(extension)))
}

/// The name of a file's language.
pub(super) fn language_of(path: &str) -> Option<&'static str> {
    language(path).map(|language| language.name)
}

/// The facts of a program; `None` when it is none that is known here, or too large to be written by hand.
pub(super) fn read(path: &str, text: &[u8], credentials: &[Span], spots: &mut Spots) -> Option<Module> {
    let language = language(path)?;
    if text.len() > LARGEST {
        return None;
    }
    let text = super::as_utf8(text);
    // Nothing here should panic; a text that makes it is not worth the whole scan.
    catch_unwind(AssertUnwindSafe(|| facts(language, &text, credentials, spots))).ok()
}

fn facts(language: &'static Language, text: &str, credentials: &[Span], spots: &mut Spots) -> Module {
    let lexed = lexer::lex(language, text);
    let tree = parse::parse(language, text, &lexed);
    let mut reader = Reader::new(language, text, &tree, credentials, spots);
    imports(&mut reader);
    let mut module = Module::default();
    offered(&mut reader, &mut module);
    module.flows = flows::flows(&mut reader);
    module.reads = std::mem::take(&mut reader.reads);
    module.imports = std::mem::take(&mut reader.imports);
    module
}

fn imports(reader: &mut Reader<'_, '_>) {
    let tree = reader.tree;
    for asked in &tree.imports {
        let number = reader.imports.len() as u32;
        let spot = reader.spot(asked.span);
        let names = asked.names.iter().map(|(imported, local)| ImportName { imported: (*imported).to_owned(), local: (*local).to_owned() }).collect();
        reader.imports.push(Import { specifier: asked.specifier.clone(), kind: ImportKind::Static, names, spot, part: 0, is_island: false });
        for (imported, local) in &asked.names {
            reader.imported.insert(local, (number, (*imported).to_owned()));
        }
        if asked.names.is_empty() {
            // `import a.b` brings `a`; a path or a URL its last part.
            let first = asked.specifier.split('.').next().unwrap_or("");
            let last = asked.specifier.rsplit('/').find(|part| !is_version(part)).unwrap_or("");
            let local = if asked.specifier.contains('/') || !asked.specifier.contains('.') { last } else { first };
            let local = local.strip_prefix("go-").or_else(|| local.strip_suffix("-go")).unwrap_or(local).split('.').next().unwrap_or("");
            if let Some(at) = reader.text.find(local).filter(|_| !local.is_empty()) {
                let text: &str = reader.text;
                reader.imported.insert(&text[at..at + local.len()], (number, "*".to_owned()));
            }
        }
    }
}

/// `v2`, `v81`
fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What other modules may ask for: names of the text's own scope, and of its classes.
fn offered(reader: &mut Reader<'_, '_>, module: &mut Module) {
    let tree = reader.tree;
    let mut names: Vec<&str> = tree.bindings.keys().filter(|(scope, _)| *scope == 0).map(|(_, name)| *name).collect();
    names.sort_unstable();
    for name in names.into_iter().take(2000) {
        let Some(binding) = tree.bindings.get(&(0, name)).and_then(|all| all.last()) else { continue };
        let super::code::tree::Given::Node(node, None) = binding.value else { continue };
        if let Known::Holds(value) = reader.evaluate(node) {
            offer(module, name, strip(value));
        }
    }
    for (number, class) in tree.classes.iter().enumerate().take(500) {
        let mut fields = Vec::new();
        for (field, ..) in class.fields.iter().take(60) {
            if let Known::Holds(value) = reader.evaluate_field(number as u32, field) {
                let value = strip(value);
                if value != Value::Nothing {
                    fields.push(((*field).to_owned(), value));
                }
            }
        }
        if !fields.is_empty() {
            offer(module, class.name, Value::Object(fields, Vec::new()));
        }
    }
}

/// What only a name speaks of is judged where it is used: there it may bear another.
fn strip(value: Value) -> Value {
    values::prune(value, &|value| matches!(value, Value::Named(..)))
}

fn offer(module: &mut Module, name: &str, value: Value) {
    if value == Value::Nothing {
        return;
    }
    module.holds.push((name.to_owned(), value));
    module.exports.push(Export { name: name.to_owned(), target: Target::Local(name.to_owned()), part: 0 });
}
