//! Source maps: from a place in a built file back to the line that somebody wrote.
//!
//! The format is ECMA-426 (<https://tc39.es/ecma426/>): `mappings` are groups of base 64 VLQ numbers, each relative to the
//! one before; `;` ends a generated line, `,` a group. A map may be made of `sections`.

use serde::Deserialize;

use super::json::end_of_text;

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// The source as the map names it, without a scheme and without leading `./` and `../`: `src/lib/mail.ts`.
    pub source: String,
    /// 1-based.
    pub line: u64,
}

/// A point of a built file: line and column from 0, the column in UTF-16 units as maps count them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// From 0.
    pub line: u32,
    /// From 0, in UTF-16 units.
    pub column: u32,
}

/// How a built file names its map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A file, relative to the built one.
    File(String),
    /// The map itself, decoded from a `data:` URL.
    Inline(Vec<u8>),
}

/// Maps within maps that are followed.
const DEEPEST: usize = 3;

/// The map that a built file refers to, by the last `sourceMappingURL` in it. A bundler that hides its maps names none, and
/// writes one beside the file all the same: `name` is the built file's, for that.
pub fn reference(name: &str, text: &[u8]) -> Option<Reference> {
    named(text).or_else(|| {
        let is_built = [".js", ".mjs", ".cjs", ".css"].iter().any(|ending| name.ends_with(ending));
        is_built.then(|| Reference::File(format!("{}.map", name.rsplit('/').next().unwrap_or(name))))
    })
}

/// The map that a text names.
fn named(text: &[u8]) -> Option<Reference> {
    const WORD: &[u8] = b"sourceMappingURL=";
    let at = memchr::memmem::rfind(text, WORD)? + WORD.len();
    let rest = &text[at..];
    let end = rest.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'*')).unwrap_or(rest.len());
    let url = std::str::from_utf8(&rest[..end]).ok().filter(|url| !url.is_empty())?;
    let Some(data) = url.strip_prefix("data:") else {
        return (!url.contains("://")).then(|| Reference::File(url.split(['?', '#']).next().unwrap_or(url).to_owned()));
    };
    let (kind, body) = data.split_once(',')?;
    let body = body.trim_end_matches('=');
    kind.ends_with(";base64").then(|| data_encoding::BASE64_NOPAD.decode(body.as_bytes()).ok()).flatten().map(Reference::Inline)
}

/// Where each point of a built file comes from. `map` is the text of its source map; points that no mapping covers, and all
/// points of a map that can't be read, come from nowhere.
pub fn originals(map: &[u8], points: &[Point]) -> Vec<Option<Original>> {
    let mut found = vec![None; points.len()];
    if let Some(map) = parsed(map) {
        map.locate(points, Point { line: 0, column: 0 }, DEEPEST, &mut found);
    }
    found
}

/// Where values in the text of a source map were written: the source in whose `sourcesContent` each byte offset lies.
pub fn within(map: &[u8], offsets: &[usize]) -> Vec<Option<Original>> {
    let mut found = vec![None; offsets.len()];
    let Some(parsed) = parsed(map) else { return found };
    let Some(start) = memchr::memmem::find(map, b"\"sourcesContent\"").and_then(|at| Some(at + memchr::memchr(b'[', &map[at..])? + 1)) else {
        return found;
    };
    let (mut at, mut number) = (start, 0);
    while at < map.len() {
        match map[at] {
            b'"' => {
                let end = end_of_text(map, at);
                for (offset, found) in offsets.iter().zip(&mut found).filter(|(offset, _)| (at..end).contains(*offset)) {
                    let line = 1 + line_feeds(&map[at..*offset]);
                    *found = parsed.source(number).map(|source| Original { source, line });
                }
                (at, number) = (end, number + 1);
            }
            b'n' => (at, number) = (at + 4, number + 1),
            b']' => break,
            _ => at += 1,
        }
    }
    found
}

/// The line feeds in a part of a JSON text that begins at no escape's middle.
fn line_feeds(text: &[u8]) -> u64 {
    let (mut at, mut count) = (0, 0);
    while let Some(offset) = memchr::memchr(b'\\', text.get(at..).unwrap_or_default()) {
        count += u64::from(text.get(at + offset + 1) == Some(&b'n'));
        at += offset + 2;
    }
    count
}

fn parsed(map: &[u8]) -> Option<Map> {
    // `)]}'` before the JSON keeps a browser from running it as a script.
    let text = map.strip_prefix(b"\xef\xbb\xbf").unwrap_or(map);
    let text = if text.starts_with(b")]}") { &text[memchr::memchr(b'\n', text)? + 1..] } else { text };
    serde_json::from_slice(text).ok()
}

#[derive(Deserialize)]
struct Map {
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(default, rename = "sourceRoot")]
    root: Option<String>,
    #[serde(default)]
    mappings: String,
    #[serde(default)]
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    offset: Offset,
    #[serde(default)]
    map: Option<Box<Map>>,
}

#[derive(Deserialize)]
struct Offset {
    line: u32,
    column: u32,
}

impl Map {
    fn source(&self, number: usize) -> Option<String> {
        let name = self.sources.get(number)?.as_deref()?;
        Some(match self.root.as_deref().filter(|root| !root.is_empty()) {
            Some(root) => plain(&format!("{}/{name}", root.trim_end_matches('/'))),
            None => plain(name),
        })
    }

    /// Answers all points that lie after `base`; a later section overrules an earlier one.
    fn locate(&self, points: &[Point], base: Point, depth: usize, found: &mut [Option<Original>]) {
        for section in self.sections.iter().filter(|_| depth > 0) {
            let start = Point { line: base.line.saturating_add(section.offset.line), column: section.offset.column };
            if let Some(map) = &section.map {
                map.locate(points, start, depth - 1, found);
            }
        }
        let mut order: Vec<usize> = (0..points.len()).filter(|at| points[*at] >= base).collect();
        order.sort_unstable_by_key(|at| points[*at]);
        let mut waiting = order.into_iter().peekable();
        let (mut line, mut column) = (base.line, i64::from(base.column));
        let (mut source, mut original) = (0_i64, 0_i64);
        // The mapping before the place that is read now: it covers all up to the next one on the line.
        let mut last: Option<(i64, i64)> = None;
        let bytes = self.mappings.as_bytes();
        let mut at = 0;
        while waiting.peek().is_some() {
            let mut numbers = [0_i64; 5];
            let mut count = 0;
            while let Some(digit) = bytes.get(at).and_then(|byte| digit(*byte)) {
                let (mut value, mut shift, mut next) = (0_i64, 0_u32, digit);
                loop {
                    value |= i64::from(next & 31) << shift.min(50);
                    at += 1;
                    shift += 5;
                    if next & 32 == 0 {
                        break;
                    }
                    match bytes.get(at).and_then(|byte| self::digit(*byte)) {
                        Some(more) => next = more,
                        None => break,
                    }
                }
                let value = if value & 1 == 1 { -(value >> 1) } else { value >> 1 };
                if let Some(number) = numbers.get_mut(count) {
                    *number = value;
                }
                count += 1;
            }
            let ends = bytes.get(at).copied();
            if count > 0 {
                column = column.saturating_add(numbers[0]);
                while let Some(next) = waiting.next_if(|next| points[*next].line == line && i64::from(points[*next].column) < column) {
                    found[next] = self.answer(last).or(found[next].take());
                }
                if count >= 4 {
                    source = source.saturating_add(numbers[1]);
                    original = original.saturating_add(numbers[2]);
                    last = Some((source, original));
                } else {
                    last = None;
                }
            }
            at += 1;
            match ends {
                Some(b',') => {}
                Some(b';') | None => {
                    while let Some(next) = waiting.next_if(|next| points[*next].line <= line) {
                        found[next] = self.answer(last).or(found[next].take());
                    }
                    if ends.is_none() {
                        return;
                    }
                    (line, column, last) = (line.saturating_add(1), 0, None);
                }
                // What is no mapping ends what can be read.
                Some(_) => return,
            }
        }
    }

    fn answer(&self, mapping: Option<(i64, i64)>) -> Option<Original> {
        let (source, line) = mapping?;
        let source = self.source(usize::try_from(source).ok()?)?;
        Some(Original { source, line: u64::try_from(line).ok()?.saturating_add(1) })
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// `webpack://_N_E/./lib/mail.ts?1a2b` is `lib/mail.ts`, and so is `../../lib/mail.ts`.
fn plain(source: &str) -> String {
    let source = source.split(['?', '#']).next().unwrap_or(source);
    let source = match source.split_once("://") {
        // The host is the name of the build, or nothing.
        Some((scheme, rest)) if scheme != "file" => rest.split_once('/').map_or(rest, |(_, path)| path),
        Some((_, rest)) => rest,
        None => source,
    };
    source.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(named(b"x\n//# sourceMappingURL=main.js.map\n"), Some(Reference::File("main.js.map".to_owned())));
        assert_eq!(named(b"x/*# sourceMappingURL=a.css.map */"), Some(Reference::File("a.css.map".to_owned())));
        assert_eq!(named(b"//# sourceMappingURL=data:application/json;base64,e30="), Some(Reference::Inline(b"{}".to_vec())));
        assert_eq!(named(b"//# sourceMappingURL=https://cdn.example.com/x.map"), None);
        assert_eq!(named(b"nothing"), None);
    }

    #[test]
    fn points_go_back() {
        // Two lines: at 0:0 and 0:10 of the first source's lines 1 and 3; at 1:4 the second source's line 8.
        let map = r#"{"version":3,"sources":["../src/a.ts","webpack://app/./src/b.ts?x"],"names":[],"mappings":"AAAA,UAEA;ICKA"}"#;
        let at = |line, column| originals(map.as_bytes(), &[Point { line, column }]).remove(0).map(|found| format!("{}:{}", found.source, found.line));
        assert_eq!(at(0, 0).as_deref(), Some("src/a.ts:1"));
        assert_eq!(at(0, 9).as_deref(), Some("src/a.ts:1"));
        assert_eq!(at(0, 10).as_deref(), Some("src/a.ts:3"));
        assert_eq!(at(0, 999).as_deref(), Some("src/a.ts:3"));
        assert_eq!(at(1, 3), None);
        assert_eq!(at(1, 4).as_deref(), Some("src/b.ts:8"));
        assert_eq!(at(2, 0), None);
    }

    #[test]
    fn sections_are_maps_with_an_offset() {
        let map = r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":{"sources":["a.ts"],"mappings":"AAAA"}},
                      {"offset":{"line":5,"column":2},"map":{"sources":["b.ts"],"mappings":"AAAA"}}]}"#;
        let points = [Point { line: 0, column: 3 }, Point { line: 5, column: 2 }];
        let found = originals(map.as_bytes(), &points);
        assert_eq!(found[0].as_ref().map(|one| one.source.as_str()), Some("a.ts"));
        assert_eq!(found[1].as_ref().map(|one| one.source.as_str()), Some("b.ts"));
    }

    #[test]
    fn contents_of_sources() {
        let map = r#"{"version":3,"sources":["x.ts",null,"../src/b.ts"],"sourcesContent":["one \"x\"",null,"a\nKEY\n"],"mappings":""}"#;
        let at = map.find("KEY").expect("a value");
        assert_eq!(within(map.as_bytes(), &[at, 3]), [Some(Original { source: "src/b.ts".to_owned(), line: 2 }), None]);
        // An escaped backslash before an `n` ends no line; neither does a quote within the text end it.
        let map = r#"{"sources":["a.ts"],"sourcesContent":["\\n \"x\"\n\\\\\n\u00e4 KEY"],"mappings":""}"#;
        let at = map.find("KEY").expect("a value");
        assert_eq!(within(map.as_bytes(), &[at]), [Some(Original { source: "a.ts".to_owned(), line: 3 })]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(mappings in "[A-Za-z0-9+/,;!]{0,80}", line in 0_u32..4, column in 0_u32..u32::MAX) {
            let map = format!(r#"{{"sources":["a"],"mappings":"{mappings}","sourcesContent":["{mappings}"]}}"#);
            originals(map.as_bytes(), &[Point { line, column }]);
            within(map.as_bytes(), &[column as usize % map.len()]);
        }
    }
}
