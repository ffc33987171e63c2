//! Texts that begin with a URL and that a secret becomes a part of.

use rustc_hash::FxHashSet;

use super::leave;
use crate::lang::code::tree::{NodeIx, Part, What};
use crate::lang::code::values::{Known, Reader};
use crate::lang::{Flow, Sink};

/// Schemes of URLs of which others read: proxies, servers, histories. Those of databases are how a database is asked.
const SCHEMES: &[&str] = &["http://", "https://", "ws://", "wss://", "ftp://"];

pub(super) fn flows(reader: &mut Reader<'_, '_>, out: &mut Vec<Flow>) {
    let tree = reader.tree;
    // Parts of a greater whole speak with it.
    let mut inner: FxHashSet<NodeIx> = FxHashSet::default();
    for node in &tree.nodes {
        if let What::Binary(_, left, right) = node.what {
            inner.insert(left);
            inner.insert(right);
        }
    }
    for number in 0..tree.nodes.len() {
        let at = NodeIx(number as u32);
        let node = tree.node(at);
        if inner.contains(&at) || !matches!(node.what, What::Text(_) | What::Binary(..) | What::Call(_)) {
            continue;
        }
        let mut parts = Vec::new();
        if !pieces(reader, at, &mut parts, 0) {
            continue;
        }
        let mut before = String::new();
        for part in parts {
            match part {
                Piece::Plain(text) => before.push_str(text),
                Piece::Value(value) => {
                    let known = reader.evaluate(value);
                    if matches!(known, Known::Holds(_)) {
                        leave(reader, out, Sink::Url(place(&before)), node.span, known);
                    }
                    before.push('\u{1}');
                }
            }
        }
    }
}

enum Piece<'t> {
    Plain(&'t str),
    Value(NodeIx),
}

/// What a text that begins with a URL is put together from; false where it is none, or has nothing put into it.
fn pieces<'t>(reader: &Reader<'t, '_>, at: NodeIx, out: &mut Vec<Piece<'t>>, depth: u32) -> bool {
    let tree = reader.tree;
    if depth > 20 {
        return false;
    }
    match &tree.node(at).what {
        What::Text(parts) => {
            let begins = out.is_empty();
            if begins {
                let Some(Part::Plain(first)) = parts.first() else { return false };
                if !SCHEMES.iter().any(|scheme| reader.text[first.start..first.end].starts_with(scheme)) {
                    return false;
                }
            }
            for part in parts {
                match part {
                    Part::Plain(span) => out.push(Piece::Plain(&reader.text[span.start..span.end])),
                    Part::Hole(node, _) => out.push(Piece::Value(*node)),
                }
            }
            depth > 0 || out.len() > 1
        }
        What::Binary("%", left, right) => {
            let (What::Text(_), Some(text)) = (&tree.node(*left).what, reader.constant(*left)) else { return false };
            let values = match &tree.node(*right).what {
                What::List(values) => values.clone(),
                _ => vec![*right],
            };
            formatted(text, &values, out)
        }
        What::Binary("+" | "." | "<>" | "++", left, right) => {
            if !pieces(reader, *left, out, depth + 1) {
                return false;
            }
            match &tree.node(*right).what {
                What::Text(_) => {
                    pieces(reader, *right, out, depth + 1);
                }
                _ => out.push(Piece::Value(*right)),
            }
            true
        }
        // `Sprintf("https://...%s", x)`, `"https://...{}".format(x)`, `String.format(...)`
        What::Call(call) => {
            let Some(name) = tree.last_name(call.callee) else { return false };
            let values: Vec<NodeIx> = call.args.iter().map(|arg| arg.value).collect();
            if let What::Member(object, _) = tree.node(call.callee).what
                && matches!(name, "format" | "formatted")
                && let Some(text) = reader.constant(object)
            {
                return formatted(text, &values, out);
            }
            let is_format = matches!(name, "Sprintf" | "format" | "format!" | "sprintf" | "Format" | "Errorf" | "printf" | "String");
            match values.split_first() {
                Some((first, rest)) if is_format => reader.constant(*first).is_some_and(|text| formatted(text, rest, out)),
                _ => false,
            }
        }
        _ => false,
    }
}

/// A format and its values, as pieces.
fn formatted<'t>(format: &'t str, values: &[NodeIx], out: &mut Vec<Piece<'t>>) -> bool {
    if !SCHEMES.iter().any(|scheme| format.starts_with(scheme)) || values.is_empty() {
        return false;
    }
    let bytes = format.as_bytes();
    let mut values = values.iter();
    let mut plain = 0;
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'%' if bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'(') => {
                let name = if bytes[at + 1] == b'(' { memchr::memchr(b')', &bytes[at..]).map_or(2, |close| close + 2) } else { 2 };
                at + name
            }
            b'{' => memchr::memchr(b'}', &bytes[at..]).map_or(at + 1, |close| at + close + 1),
            _ => {
                at += 1;
                continue;
            }
        };
        if let Some(text) = format.get(plain..at) {
            out.push(Piece::Plain(text));
        }
        match values.next() {
            Some(value) => out.push(Piece::Value(*value)),
            None => break,
        }
        at = end;
        plain = end;
    }
    out.len() > 1
}

/// The part of a URL that follows a text.
pub(super) fn place(before: &str) -> String {
    let after_scheme = before.split_once("://").map_or(before, |(_, rest)| rest);
    match after_scheme.rfind(['?', '&']) {
        Some(at) => {
            let name = after_scheme[at + 1..].split('=').next().unwrap_or("");
            if name.is_empty() || name.contains('\u{1}') { "the query".to_owned() } else { format!("the query parameter `{name}`") }
        }
        None if !after_scheme.contains('/') && (after_scheme.is_empty() || after_scheme.ends_with(':')) => "the user name and password".to_owned(),
        None => "the path".to_owned(),
    }
}
