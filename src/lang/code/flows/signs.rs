//! Values that leave by a sign, not by a call: `logger << text`, a command between backticks.

use rustc_hash::FxHashSet;

use super::{leave, logs, written};
use crate::lang::Flow;
use crate::lang::Sink;
use crate::lang::code::language::Special;
use crate::lang::code::tree::{NodeIx, Part, What};
use crate::lang::code::values::Reader;

pub(super) fn flows(reader: &mut Reader<'_, '_>, out: &mut Vec<Flow>) {
    let tree = reader.tree;
    let mut inner: FxHashSet<NodeIx> = FxHashSet::default();
    for node in &tree.nodes {
        if let What::Binary("<<", left, _) = node.what {
            inner.insert(left);
        }
    }
    let has_shells = matches!(reader.language.lexis.special, Special::Ruby | Special::Php);
    for number in 0..tree.nodes.len() {
        let at = NodeIx(number as u32);
        let node = tree.node(at);
        match &node.what {
            What::Binary("<<", ..) if !inner.contains(&at) => {
                let mut given = Vec::new();
                let mut first = at;
                while let What::Binary("<<", left, right) = tree.node(first).what
                    && given.len() < 40
                {
                    given.push(right);
                    first = left;
                }
                let Some(path) = tree.path(first).map(|path| format!("{path}.<<")).filter(|path| logs::is_log_path(reader, path)) else { continue };
                let all = given.into_iter().map(|value| reader.evaluate(value)).collect();
                let known = reader.all(all);
                leave(reader, out, Sink::Log(written(path.trim_end_matches(".<<"))), node.span, known);
            }
            What::Text(parts) if has_shells && parts.iter().any(|part| matches!(part, Part::Hole(..))) => {
                let text = &reader.text[node.span.start..node.span.end];
                if text.starts_with('`') || text.starts_with("%x") {
                    let known = reader.evaluate(at);
                    leave(reader, out, Sink::Argument("a shell".to_owned()), node.span, known);
                }
            }
            _ => {}
        }
    }
}
