//! Electron's `asar`.

use std::io::{Read, SeekFrom};

use serde_json::Value;

use super::{Budget, Opened, ReadSeek, Visit, counted};

/// Files that are listed.
const MEMBERS: usize = 200_000;
/// The largest header, in bytes.
const LARGEST_HEADER: u32 = 64 << 20;
/// Folders within folders.
const DEEPEST: usize = 64;

/// The format of `@electron/asar`: a Chromium pickle of the header's size, the header as JSON, and the files one after the other.
pub(super) fn asar(input: &mut dyn ReadSeek, budget: &Budget, visit: Visit<'_>) -> Opened {
    let mut head = [0; 16];
    if input.read_exact(&mut head).is_err() {
        return Opened::Not("no asar archive: it ends early".to_owned());
    }
    let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (header, text) = (number(4), number(12));
    if number(0) != 4 || text > LARGEST_HEADER || header < text {
        return Opened::Not("no asar archive".to_owned());
    }
    let mut json = Vec::new();
    let read = (&mut *input).take(u64::from(text)).read_to_end(&mut json);
    let Some(root) = read.ok().and_then(|_| serde_json::from_slice::<Value>(&json).ok()) else {
        return Opened::Not("no asar archive: its header is broken".to_owned());
    };
    let base = 8 + u64::from(header);
    let mut members = Vec::new();
    listed(&root, String::new(), DEEPEST, &mut members);
    members.sort();
    let mut lost = Vec::new();
    for (offset, name, size) in members {
        if input.seek(SeekFrom::Start(base.saturating_add(offset))).is_err() {
            lost.push(format!("its member {name} can't be read"));
            continue;
        }
        let mut member = (&mut *input).take(size);
        if !budget.member() || !counted(&name, &mut member, budget, &mut |what| lost.push(what), visit) {
            break;
        }
    }
    Opened::with(lost)
}

/// The packed files of an `asar`: offset, name and size.
fn listed(folder: &Value, name: String, depth: usize, out: &mut Vec<(u64, String, u64)>) {
    let Some(files) = folder.get("files").and_then(Value::as_object).filter(|_| depth > 0) else { return };
    for (part, entry) in files {
        let name = if name.is_empty() { part.clone() } else { format!("{name}/{part}") };
        let offset = entry.get("offset").and_then(|offset| offset.as_str()?.parse().ok());
        match (offset, entry.get("size").and_then(Value::as_u64)) {
            (Some(offset), Some(size)) if out.len() < MEMBERS => out.push((offset, name, size)),
            _ => listed(entry, name, depth - 1, out),
        }
    }
}
