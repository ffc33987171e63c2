//! The code in a text: all of a script, or the scripts of a component or page, at the offsets where they stand.

use oxc_span::SourceType;

use crate::text::Span;

/// Code that is parsed as one.
#[derive(Debug, Default)]
pub(super) struct Code {
    /// The text with everything that is no code replaced by spaces.
    pub(super) text: String,
    /// The ways to parse it, the likeliest first.
    pub(super) kinds: Vec<SourceType>,
    /// Bytes of `text` that run on the server alone: Astro's frontmatter.
    pub(super) server: Option<Span>,
    /// Parts of the original text that are markup, whose words use what the code declares.
    pub(super) markup: Vec<Span>,
    /// Scripts that markup loads: what it says, where, and whether it is no module.
    pub(super) loads: Vec<(String, Span, bool)>,
    /// Offsets in `text` of bytes that the original has not, in rising order.
    pub(super) inserted: Vec<u32>,
}

impl Code {
    /// Where bytes of `text` stand in the original.
    pub(super) fn original(&self, start: u32, end: u32) -> Span {
        let place = |at: u32| at as usize - self.inserted.partition_point(|inserted| *inserted < at);
        Span::new(place(start), place(end))
    }
}

/// Tags that HTML leaves open.
const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// The code of a file; several where scripts run in different places.
pub(super) fn codes(path: &str, text: &str) -> Vec<Code> {
    let extension = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    match &extension[..] {
        "vue" | "svelte" => vec![joined(text, false)],
        "html" | "htm" => vec![joined(text, true)],
        "astro" => astro(text),
        _ => vec![Code { text: text.to_owned(), kinds: kinds(&extension), ..Code::default() }],
    }
}

fn kinds(extension: &str) -> Vec<SourceType> {
    match extension {
        "ts" | "mts" | "cts" => vec![SourceType::ts(), SourceType::tsx(), SourceType::ts().with_script(true)],
        "tsx" => vec![SourceType::tsx(), SourceType::ts()],
        "cjs" => vec![SourceType::cjs().with_jsx(true), SourceType::mjs().with_jsx(true)],
        _ => vec![SourceType::mjs().with_jsx(true), SourceType::cjs().with_jsx(true), SourceType::script(), SourceType::tsx()],
    }
}

/// An element that holds no markup: `<script>` or `<style>`.
struct Element<'t> {
    /// From `<` to behind the closing tag.
    whole: Span,
    attributes: &'t str,
    body: Span,
    is_script: bool,
}

/// The elements `script` and `style`, and the comments, which are elements without a body.
fn elements(text: &str) -> Vec<Element<'_>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        let start = at + found;
        at = start + 1;
        let rest = &bytes[start + 1..];
        if rest.starts_with(b"!--") {
            let end = memchr::memmem::find(rest, b"-->").map_or(bytes.len(), |end| start + 1 + end + 3);
            out.push(Element { whole: Span::new(start, end), attributes: "", body: Span::new(end, end), is_script: false });
            at = end;
            continue;
        }
        let Some(name) = ["script", "style"].into_iter().find(|name| {
            rest.len() > name.len()
                && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                && !rest[name.len()].is_ascii_alphanumeric()
                && rest[name.len()] != b'-'
        }) else {
            continue;
        };
        let Some(open) = tag_end(bytes, start) else { break };
        let attributes = text.get(start + 1 + name.len()..open).unwrap_or("");
        let (body_end, end) = if attributes.ends_with('/') { (open + 1, open + 1) } else { closing(bytes, open + 1, name) };
        out.push(Element { whole: Span::new(start, end), attributes, body: Span::new(open + 1, body_end), is_script: name == "script" });
        at = end.max(at);
    }
    out
}

/// The `>` that ends a tag: not one in quotes or braces.
fn tag_end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut quote, mut depth) = (0u8, 0i32);
    for (at, &byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            _ if quote != 0 => quote = if byte == quote { 0 } else { quote },
            b'"' | b'\'' | b'`' => quote = byte,
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'>' if depth <= 0 && bytes[at - 1] != b'=' => return Some(at),
            _ => {}
        }
    }
    None
}

/// Where the body ends, and where the closing tag does.
fn closing(bytes: &[u8], from: usize, name: &str) -> (usize, usize) {
    let mut at = from;
    while let Some(found) = memchr::memmem::find(&bytes[at..], b"</") {
        let start = at + found;
        let rest = &bytes[start + 2..];
        if rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            return (start, memchr::memchr(b'>', rest).map_or(bytes.len(), |end| start + 2 + end + 1));
        }
        at = start + 2;
    }
    (bytes.len(), bytes.len())
}

/// The value of an attribute; empty when it has none.
fn attribute<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let mut from = 0;
    while let Some(found) = attributes[from..].find(name) {
        let (start, end) = (from + found, from + found + name.len());
        from = end;
        let stands_alone = attributes[..start].ends_with(|before: char| before.is_whitespace());
        let rest = attributes[end..].trim_start();
        if stands_alone && (rest.is_empty() || attributes[end..].starts_with(char::is_whitespace) && !rest.starts_with('=')) {
            return Some("");
        }
        if let Some(value) = rest.strip_prefix('=').filter(|_| stands_alone) {
            let value = value.trim_start();
            return Some(match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or(""),
                _ => value.split(|end: char| end.is_whitespace() || end == '>').next().unwrap_or(""),
            });
        }
    }
    None
}

/// Whether a script element holds code that runs.
fn is_code(element: &Element) -> bool {
    let kind = attribute(element.attributes, "type").unwrap_or("").to_ascii_lowercase();
    element.is_script && (kind.is_empty() || kind == "module" || kind.contains("javascript") || kind.contains("babel") || kind.contains("typescript"))
}

/// All scripts of a text as one.
fn joined(text: &str, is_page: bool) -> Code {
    let mut code = blank(text);
    let mut markup = Vec::new();
    let mut from = 0;
    let mut loads = Vec::new();
    let mut is_jsx = is_page;
    for element in elements(text) {
        markup.push(Span::new(from, element.whole.start.max(from)));
        from = element.whole.end;
        if !is_code(&element) {
            continue;
        }
        let language = attribute(element.attributes, "lang").unwrap_or("");
        is_jsx |= language.ends_with('x') || attribute(element.attributes, "type").is_some_and(|kind| kind.contains("babel"));
        if let Some(source) = attribute(element.attributes, "src").filter(|source| !source.is_empty()) {
            let start = text[element.whole.start..].find(source).map_or(element.whole.start, |at| element.whole.start + at);
            let is_module = attribute(element.attributes, "type").is_some_and(|kind| !kind.to_ascii_lowercase().contains("javascript") && !kind.is_empty());
            // Pages name what lies beside them without a `./`, and templates name what nobody knows.
            let is_beside = is_page && !source.starts_with(['/', '.', '{', '<', '%', '~', '@']) && !source.contains("://");
            let specifier = if is_beside { format!("./{source}") } else { source.to_owned() };
            loads.push((specifier, Span::new(start, start + source.len()), is_page && !is_module));
            continue;
        }
        keep(&mut code, text, element.body);
    }
    markup.push(Span::new(from, text.len().max(from)));
    let kinds = match (is_page, is_jsx) {
        (true, _) => vec![SourceType::mjs().with_jsx(true), SourceType::script(), SourceType::ts()],
        (false, true) => vec![SourceType::tsx()],
        (false, false) => vec![SourceType::ts(), SourceType::tsx()],
    };
    Code { text: into_text(code), kinds, markup, loads, ..Code::default() }
}

/// The frontmatter with the markup as the tree that it ends in, and each script.
fn astro(text: &str) -> Vec<Code> {
    let fences = fences(text);
    let body_from = fences.map_or(0, |(_, close)| close.end);
    let elements: Vec<Element> = elements(text).into_iter().filter(|element| element.whole.start >= body_from).collect();
    let mut front = blank(text);
    if let Some((open, close)) = fences {
        keep(&mut front, text, Span::new(open.end, close.start));
    }
    let server = fences.map(|(open, close)| Span::new(open.end, close.start));
    let plain = Code { text: into_text(front), kinds: vec![SourceType::ts()], server, markup: vec![Span::new(body_from, text.len())], ..Code::default() };
    let mut out = vec![tree(text, fences, &elements).filter(parses).unwrap_or(plain)];
    for element in elements.iter().filter(|element| is_code(element)) {
        let mut code = blank(text);
        let mut loads = Vec::new();
        match attribute(element.attributes, "src").filter(|source| !source.is_empty() && !source.starts_with('{')) {
            Some(source) => loads.push((source.to_owned(), Span::new(element.whole.start, element.body.start), false)),
            None => keep(&mut code, text, element.body),
        }
        out.push(Code { text: into_text(code), kinds: vec![SourceType::ts(), SourceType::tsx()], loads, ..Code::default() });
    }
    out
}

fn parses(code: &Code) -> bool {
    let nesting = super::depth::nesting(code.text.as_bytes());
    let allocator = oxc_allocator::Allocator::default();
    let options = oxc_parser::ParseOptions { allow_return_outside_function: true, ..Default::default() };
    let parse = || oxc_parser::Parser::new(&allocator, &code.text, SourceType::tsx()).with_options(options).parse();
    nesting <= super::depth::FLAT && { std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| !parse().panicked)).unwrap_or(false) }
}

/// The two lines `---`.
fn fences(text: &str) -> Option<(Span, Span)> {
    let open = text.len() - text.trim_start().len();
    if !text[open..].starts_with("---") {
        return None;
    }
    let close = open + 3 + text[open + 3..].find("\n---")? + 1;
    Some((Span::new(open, open + 3), Span::new(close, close + 3)))
}

/// Frontmatter and markup as TSX: markup is an element without a name, tags that HTML leaves open are closed, and what
/// is no markup is blank.
fn tree(text: &str, fences: Option<(Span, Span)>, elements: &[Element]) -> Option<Code> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(text.len() + 64);
    let mut inserted = Vec::new();
    let insert = |out: &mut Vec<u8>, inserted: &mut Vec<u32>, bytes: &[u8]| {
        for byte in bytes {
            inserted.push(out.len() as u32);
            out.push(*byte);
        }
    };
    let mut server = None;
    let mut at = 0;
    match fences {
        Some((open, close)) => {
            out.extend(blank(&text[..open.end]));
            out.extend_from_slice(&bytes[open.end..close.start]);
            server = Some(Span::new(open.end, close.start));
            out.extend_from_slice(b";<>");
            at = close.end;
        }
        None => insert(&mut out, &mut inserted, b"<>"),
    }
    let mut elements = elements.iter().peekable();
    while at < bytes.len() {
        if let Some(element) = elements.next_if(|element| element.whole.start <= at) {
            // The opening tag of a script stays: it may pass values on, as `define:vars` does.
            let has_values = element.is_script && element.attributes.contains('{') && !element.attributes.ends_with('/');
            if has_values && element.body.start > at {
                out.extend_from_slice(&bytes[at..element.body.start - 1]);
                insert(&mut out, &mut inserted, b"/");
                out.push(b'>');
                at = element.body.start;
            }
            out.extend(blank(text.get(at..element.whole.end)?));
            at = at.max(element.whole.end);
            continue;
        }
        if bytes[at] != b'<' || !bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'!') {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        let end = tag_end(bytes, at)?;
        if bytes[at + 1] == b'!' {
            out.extend(blank(text.get(at..=end)?));
            at = end + 1;
            continue;
        }
        let name = text.get(at + 1..end)?.split(|byte: char| byte.is_whitespace() || byte == '/').next().unwrap_or("");
        let mut from = at;
        while from < end {
            // `{name}` as an attribute is `name={name}`.
            let shorthand = shorthand(bytes, from, end).filter(|_| from > at);
            if let Some(close) = shorthand {
                out.push(b'{');
                insert(&mut out, &mut inserted, b"...{");
                out.extend_from_slice(&bytes[from + 1..close]);
                insert(&mut out, &mut inserted, b"}");
                out.push(b'}');
                from = close + 1;
                continue;
            }
            out.push(bytes[from]);
            from += 1;
        }
        if VOID.contains(&name) && bytes[end - 1] != b'/' {
            insert(&mut out, &mut inserted, b" /");
        }
        out.push(b'>');
        at = end + 1;
    }
    let tail = out.len() as u32;
    out.extend_from_slice(b"</>");
    inserted.extend(tail..tail + 3);
    Some(Code { text: into_text(out), kinds: vec![SourceType::tsx()], server, inserted, ..Code::default() })
}

fn shorthand(bytes: &[u8], at: usize, end: usize) -> Option<usize> {
    if bytes[at] != b'{' || !bytes[at - 1].is_ascii_whitespace() {
        return None;
    }
    let length = bytes[at + 1..end].iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'$'))?;
    (length > 0 && bytes[at + 1 + length] == b'}').then_some(at + 1 + length)
}

/// Spaces in the place of everything but line feeds.
fn blank(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| if byte == b'\n' { b'\n' } else { b' ' }).collect()
}

/// Puts a script back where it stood, ended so that the next one begins a statement.
fn keep(code: &mut [u8], text: &str, body: Span) {
    code[body.start..body.end].copy_from_slice(&text.as_bytes()[body.start..body.end]);
    if let Some(after) = code.get_mut(body.end) {
        *after = b';';
    }
}

fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_stay_at_their_offsets() {
        let rows: &[(&str, &str, &[&str])] = &[
            ("a.vue", "<template><p>{{ x }}</p></template>\n<script setup lang=\"ts\">\nconst x = 1\n</script>", &["const x = 1"]),
            ("a.svelte", "<script context=\"module\">a()</script><script>b()</script><p>é{x}</p>", &["a();", "b();"]),
            ("a.html", "<style>p{}</style><script type=\"application/json\">{}</script><SCRIPT>run()</SCRIPT>", &["run();"]),
            ("a.html", "<!-- <script>no()</script> --><script src='/src/main.ts'></script>", &[]),
            ("a.astro", "---\nconst a = 1\n---\n<p>{a}</p><script>b()</script>", &["const a = 1", "b();"]),
        ];
        for (path, text, kept) in rows {
            let codes = codes(path, text);
            let all: String = codes.iter().map(|code| code.text.as_str()).collect();
            for part in *kept {
                assert!(all.contains(part), "{path}: {all}");
                let at = codes.iter().find_map(|code| code.text.find(part).map(|at| code.original(at as u32, 0).start)).expect("kept");
                assert!(text[at..].starts_with(part.trim_end_matches(';')), "{path}: {part}");
            }
            assert!(!all.contains("no()") && !all.contains("p{}"), "{all}");
        }
    }

    #[test]
    fn attributes_are_read() {
        let rows = [
            (" src=\"a.js\" defer", "src", Some("a.js")),
            (" data-src=\"a.js\"", "src", None),
            (" lang='ts'", "lang", Some("ts")),
            (" type=module", "type", Some("module")),
            (" defer", "defer", Some("")),
        ];
        for (text, name, value) in rows {
            assert_eq!(attribute(text, name), value, "{text}");
        }
    }

    #[test]
    fn markup_of_astro_is_a_tree() {
        let text = "---\nconst key = 1\n---\n<!doctype html>\n<meta name=\"a\" content={key}><br>\n<Chart {key} client:load />\n<style>a{}</style>";
        let code = codes("a.astro", text).remove(0);
        assert!(parses(&code), "{}", code.text);
        assert!(code.text.contains("content={key} />") && code.text.contains("{...{key}}"), "{}", code.text);
        let at = code.text.find("client:load").expect("kept");
        assert!(text[code.original(at as u32, 0).start..].starts_with("client:load"));
    }
}
