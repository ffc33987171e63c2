//! What a `package.json` says of its own files: `exports`, `imports`, `browser`, `module`, `main`.

use serde_json::Value;

/// Conditions that are taken, in no order: the file's own order decides.
const CONDITIONS: &[&str] =
    &["browser", "import", "module", "default", "require", "node", "source", "development", "svelte", "react-native", "worker", "production"];
/// `exports` nests as deep as its author likes.
const DEEPEST: usize = 8;

/// The files that may stand behind an entry point of a package, the best first; `below` is empty for the package itself.
pub(in crate::project) fn exported(json: &Value, below: &str) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(exports) = json.get("exports") {
        let key = if below.is_empty() { ".".to_owned() } else { format!("./{below}") };
        match exports.as_object().filter(|map| map.keys().any(|key| key.starts_with('.'))) {
            Some(_) => out.extend(looked_up(exports, &key)),
            None if below.is_empty() => conditional(exports, "", 0, &mut out),
            None => {}
        }
    }
    if below.is_empty() {
        // The object form of `browser` replaces single files, and is no entry point.
        out.extend(["source", "browser", "module", "svelte", "main"].iter().filter_map(|field| Some(json.get(field)?.as_str()?.to_owned())));
    }
    out
}

/// The file that a specifier that begins with `#` stands for.
pub(in crate::project) fn imported(json: &Value, specifier: &str) -> Option<String> {
    looked_up(json.get("imports")?, specifier).into_iter().next()
}

/// What the object form of `browser` puts in a module's place: `Some(None)` for nothing.
pub(in crate::project) fn replaced<'j>(json: &'j Value, specifier: &str) -> Option<Option<&'j str>> {
    let map = json.get("browser")?.as_object()?;
    let endings = ["", ".js", ".ts", "/index.js"];
    let found = endings.iter().find_map(|end| map.get(&format!("{specifier}{end}")))?;
    match found {
        Value::Bool(false) => Some(None),
        Value::String(to) => Some(Some(to)),
        _ => None,
    }
}

/// An entry of `exports` or `imports`, by its key or by a key with `*`, the longest first.
fn looked_up(map: &Value, key: &str) -> Vec<String> {
    let mut out = Vec::new();
    let Some(entries) = map.as_object() else { return out };
    if let Some(entry) = entries.get(key) {
        conditional(entry, "", 0, &mut out);
        return out;
    }
    let mut matching: Vec<(usize, &Value, &str)> = entries
        .iter()
        .filter_map(|(pattern, entry)| {
            let (start, end) = pattern.split_once('*')?;
            let rest = key.strip_prefix(start)?.strip_suffix(end)?;
            Some((start.len(), entry, rest))
        })
        .collect();
    matching.sort_by_key(|(length, ..)| std::cmp::Reverse(*length));
    if let Some((_, entry, rest)) = matching.first() {
        conditional(entry, rest, 0, &mut out);
    }
    out
}

fn conditional(entry: &Value, star: &str, depth: usize, out: &mut Vec<String>) {
    if depth > DEEPEST {
        return;
    }
    match entry {
        Value::String(path) => out.push(path.replace('*', star)),
        Value::Array(entries) => entries.iter().for_each(|entry| conditional(entry, star, depth + 1, out)),
        // Conditions in the order of their weight for a client, not of the file: `serde_json` sorts keys.
        Value::Object(map) => CONDITIONS.iter().filter_map(|name| map.get(*name)).for_each(|entry| conditional(entry, star, depth + 1, out)),
        _ => {}
    }
}
