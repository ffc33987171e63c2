//! Jupyter notebooks: JSON, whose cells hold a program line by line as escaped texts. The program is put together from them
//! and read in its own language; what is found goes back to where it stands in the file.
//!
//! The format is <https://nbformat.readthedocs.io>; that of version 3 is understood too.

use super::json::{Plain, Step, texts};
use super::{Module, Spots, code};
use crate::text::Span;

/// A cell, with where its source stands in the decoded text of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Counted from 1, cells of prose among them.
    pub number: usize,
    /// From the first to the last line of the source.
    pub span: Span,
    /// What it holds.
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A program.
    Code,
    /// Markdown, or raw text.
    Prose,
    /// What a program printed.
    Output,
}

/// A notebook that was taken apart.
#[derive(Debug)]
pub(super) struct Notebook {
    /// All cells with a source, and the outputs of each, in their order.
    pub(super) cells: Vec<Cell>,
    /// The source of all cells of code.
    program: Plain,
    /// The name of a file with such a program.
    path: String,
}

/// Larger ones are taken apart by nobody. In bytes.
const LARGEST: usize = 64 << 20;

/// Whether a file is a notebook, by its name.
pub(super) fn is_one(path: &str) -> bool {
    path.len() > 6 && path.as_bytes()[path.len() - 6..].eq_ignore_ascii_case(b".ipynb")
}

/// Takes a notebook apart; `None` for any other file.
pub(super) fn read(path: &str, text: &[u8]) -> Option<Notebook> {
    if !is_one(path) || text.len() > LARGEST {
        return None;
    }
    let mut cells: Vec<Cell> = Vec::new();
    let mut lines: Vec<(usize, Span)> = Vec::new();
    let mut language = Span::default();
    // A cell may say its kind behind its source.
    let mut prose: Vec<usize> = Vec::new();
    // Of version 3, whose cells lie in worksheets.
    let mut sheets = (0, 0, 0);
    texts(text, &mut |way, span| {
        let way = match way {
            [sheet, Step::Index(number), rest @ ..] if sheet.is(text, "worksheets") => {
                if *number != sheets.0 {
                    sheets = (*number, sheets.2, sheets.2);
                }
                rest
            }
            way => way,
        };
        match way {
            [meta, about, name]
                if meta.is(text, "metadata")
                    && (about.is(text, "kernelspec") && name.is(text, "language") || about.is(text, "language_info") && name.is(text, "name")) =>
            {
                language = span;
            }
            [list, Step::Index(number), key, rest @ ..] if list.is(text, "cells") => {
                let number = sheets.1 + number + 1;
                sheets.2 = number;
                match rest {
                    [] if key.is(text, "cell_type") && span.of(text) != b"code" => prose.push(number),
                    [] | [Step::Index(_)] if key.is(text, "source") || key.is(text, "input") => {
                        grow(&mut cells, number, span, Kind::Code);
                        lines.push((number, span));
                    }
                    [Step::Index(_), ..] if key.is(text, "outputs") => grow(&mut cells, number, span, Kind::Output),
                    _ => {}
                }
            }
            _ => {}
        }
    });
    prose.sort_unstable();
    for cell in cells.iter_mut().filter(|cell| cell.kind == Kind::Code && prose.binary_search(&cell.number).is_ok()) {
        cell.kind = Kind::Prose;
    }
    let mut program = Plain::default();
    let mut last = 0;
    for (number, span) in lines.into_iter().filter(|(number, _)| prose.binary_search(number).is_err()) {
        if last != number && !program.text.is_empty() && !program.text.ends_with(b"\n") {
            program.add(b"\n");
        }
        last = number;
        let from = program.text.len();
        program.push(text, span);
        silence(&mut program.text, from);
    }
    let ending = ending_of(&String::from_utf8_lossy(language.of(text)))?;
    Some(Notebook { cells, program, path: format!("{}{ending}", &path[..path.len() - 6]) })
}

/// Notes a text of a cell.
fn grow(cells: &mut Vec<Cell>, number: usize, span: Span, kind: Kind) {
    match cells.last_mut().filter(|cell| cell.number == number && cell.kind == kind) {
        Some(cell) => cell.span.end = span.end,
        None => cells.push(Cell { number, span, kind }),
    }
}

/// Makes comments of the lines that a notebook runs itself: `%env`, `!pip`.
fn silence(program: &mut [u8], from: usize) {
    let mut at = from;
    while at < program.len() {
        let first = at + program[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let begins_line = at == 0 || program[at - 1] == b'\n';
        if let Some(byte @ (b'%' | b'!')) = program.get_mut(first).filter(|_| begins_line) {
            *byte = b'#';
        }
        at = memchr::memchr(b'\n', &program[at..]).map_or(program.len(), |offset| at + offset + 1);
    }
}

/// The ending of files in a notebook's language, which is Python where nothing else is said.
fn ending_of(language: &str) -> Option<&'static str> {
    Some(match language.to_ascii_lowercase().as_str() {
        "" | "python" | "python3" | "ipython" | "sage" => ".py",
        "scala" => ".scala",
        "kotlin" => ".kt",
        "java" => ".java",
        "rust" => ".rs",
        "go" => ".go",
        "php" => ".php",
        "ruby" => ".rb",
        "c#" | "csharp" => ".cs",
        "swift" => ".swift",
        "elixir" => ".ex",
        _ => "",
    })
}

impl Notebook {
    /// Whether its program is worth reading, as for a file of the language.
    pub(super) fn has_cue(&self) -> bool {
        code::has_cue(&self.path, &self.program.text)
    }

    /// The facts of its program. `values` are the credentials in the file; places are those of the file.
    pub(super) fn module(&self, values: &[Span], spots: &mut Spots) -> Option<Module> {
        let values: Vec<Span> = values
            .iter()
            .filter_map(|value| {
                let (start, last) = (self.program.plain(value.start)?, self.program.plain(value.end.checked_sub(1)?)?);
                (start <= last).then(|| Span::new(start, last + 1))
            })
            .collect();
        let mut within = Spots::default();
        let module = code::read(&self.path, &self.program.text, &values, &mut within)?;
        // A module counts the places from the first on: it is read before anything else notes one.
        if !spots.spans.is_empty() {
            return None;
        }
        spots.spans.extend(within.spans.into_iter().map(|span| self.program.stored(span)));
        Some(module)
    }
}

impl Cell {
    /// What a person calls it: `cell 3`, `the output of cell 3`.
    pub fn name(&self) -> String {
        let number = self.number;
        if self.kind == Kind::Output { format!("the output of cell {number}") } else { format!("cell {number}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTEBOOK: &str = r##"{"cells": [
 {"cell_type": "markdown", "source": ["# Title\n", "print(SECRET_KEY)"]},
 {"cell_type": "code", "execution_count": 1, "outputs": [{"text": ["printed \"x\"\n"]}], "source": ["%pip install x\n", "import os\n", "key = os.environ[\"API_SECRET_KEY\"]"]},
 {"source": "print(\"the key\", key)", "cell_type": "code"}
], "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4}"##;

    #[test]
    fn cells_are_told_apart() {
        let notebook = read("a/b.ipynb", NOTEBOOK.as_bytes()).expect("a notebook");
        let shown: Vec<(String, &str)> = notebook.cells.iter().map(|cell| (cell.name(), &NOTEBOOK[cell.span.start..cell.span.start + 7])).collect();
        let expected = [("cell 1", "# Title"), ("the output of cell 2", "printed"), ("cell 2", "%pip in"), ("cell 3", "print(\\")];
        assert_eq!(shown, expected.map(|(name, text)| (name.to_owned(), text)));
        assert_eq!(String::from_utf8_lossy(&notebook.program.text), "#pip install x\nimport os\nkey = os.environ[\"API_SECRET_KEY\"]\nprint(\"the key\", key)");
        assert!(read("a.json", NOTEBOOK.as_bytes()).is_none());
    }

    #[test]
    fn a_program_is_read_and_leads_back() {
        let notebook = read("b.ipynb", NOTEBOOK.as_bytes()).expect("a notebook");
        assert!(notebook.has_cue());
        let mut spots = Spots::default();
        let module = notebook.module(&[], &mut spots).expect("a module");
        let [flow] = module.flows.as_slice() else { panic!("{:?}", module.flows) };
        let call = spots.span(flow.spot);
        assert!(NOTEBOOK[call.start..call.end].starts_with("print("), "{:?}", &NOTEBOOK[call.start..call.end]);
        let read = spots.span(module.reads[0].spot);
        assert!(NOTEBOOK[read.start..read.end].contains("API_SECRET_KEY"));
    }

    #[test]
    fn worksheets_and_other_languages() {
        let old = r#"{"worksheets":[{"cells":[{"cell_type":"code","input":["a\n"]}]},{"cells":[{"cell_type":"code","input":"b"}]}]}"#;
        let notebook = read("x.ipynb", old.as_bytes()).expect("a notebook");
        assert_eq!(notebook.cells.iter().map(|cell| cell.number).collect::<Vec<_>>(), [1, 2]);
        let scala = r#"{"cells":[{"cell_type":"code","source":"a"}],"metadata":{"language_info":{"name":"scala"}}}"#;
        assert_eq!(read("x.ipynb", scala.as_bytes()).expect("a notebook").path, "x.scala");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(at in 0_usize..NOTEBOOK.len(), with in "[\"\\\\{}\\[\\],:a]{0,3}") {
            let Some(before) = NOTEBOOK.get(..at) else { return Ok(()) };
            let text = format!("{before}{with}{}", &NOTEBOOK[at..]);
            if let Some(notebook) = read("a.ipynb", text.as_bytes()) {
                notebook.has_cue();
                let mut spots = Spots::default();
                notebook.module(&[Span::new(at, at + 3)], &mut spots);
                proptest::prop_assert!(spots.spans.iter().all(|span| span.start <= span.end && span.end <= text.len()));
            }
        }
    }
}
