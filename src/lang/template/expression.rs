//! Which settings and variables an expression of a template writes.

/// Objects whose properties are settings.
const SETTINGS: &[&str] = &[
    "config",
    "configuration",
    "settings",
    "setting",
    "env",
    "environment",
    "environ",
    "process",
    "secrets",
    "credentials",
    "_env",
    "_server",
    "server",
    "globals",
    "import",
];
/// Functions that give the setting of a name.
const ASKS: &[&str] = &["env", "getenv", "get_env", "config", "getenvironmentvariable", "setting", "secret", "getproperty"];
/// The same, where they are called on an object of settings.
const METHODS: &[&str] = &["get", "fetch", "dig", "getvalue", "getproperty", "getstring", "require", "fetch!"];
/// Functions that give back what they are given, in another form.
const WRAPPERS: &[&str] = &[
    "json_encode",
    "stringify",
    "raw",
    "htmlspecialchars",
    "e",
    "h",
    "escape",
    "encodeuricomponent",
    "serialize",
    "string",
    "str",
    "json",
    "tojson",
    "j",
    "escape_javascript",
    "html_safe",
    "safe",
    "javascript_tag",
    "tag",
    "base64_encode",
    "urlencode",
    "to_json",
    "dump",
    "trim",
];
/// Objects by which a page gets what it shows.
const GIVEN: &[&str] = &["model", "viewbag", "viewdata", "data", "locals", "this", "props", "it", "context", "page", "$", "root", "flash"];
/// Words of expressions that look at a value and do not write it.
const LOOKS: &[&str] = &[
    "==", "!=", " ? ", "?(", " if ", " unless ", "present?", "blank?", "empty", "isset", "length", "mask", "hash", "sha", "md5", "truncate", "slice", "substr",
    "size", "count", ":=",
];
/// How deep calls are read.
const DEEPEST: u32 = 6;

/// A link of a chain.
enum Link<'t> {
    Name(&'t str),
    /// An index, or the constants that a call is given; the text between its brackets.
    Asked(Vec<&'t str>, &'t str, bool),
}

/// The names of what an expression writes.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if !LOOKS.iter().any(|word| text.contains(word)) && !text.trim_start().starts_with('!') {
        read(text, &mut out, 0);
    }
    out
}

fn read(text: &str, out: &mut Vec<String>, depth: u32) {
    if depth > DEEPEST {
        return;
    }
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if matches!(first, '"' | '\'' | '`') {
            let (inner, after) = quoted(rest);
            // "window.KEY = '#{ENV["KEY"]}'"; quotes within do not end it, so that the rest is looked at as well.
            let whole = if first == '"' && (inner.contains("#{") || inner.contains("${")) { rest.get(1..).unwrap_or_default() } else { inner };
            for open in ["#{", "${"] {
                for (at, _) in whole.match_indices(open).take(4) {
                    let from = &whole[at + 2..];
                    read(&from[..from.find('}').unwrap_or(0)], out, depth + 1);
                }
            }
            if whole.len() != inner.len() {
                return;
            }
            rest = after;
        } else if first == '|' && !rest.starts_with("||") {
            // Filters; Elixir's `|>` and a second choice are expressions.
            return;
        } else if first.is_alphabetic() || matches!(first, '_' | '$' | '@') {
            let (links, after) = chain(rest);
            // Without progress there is none.
            if after.len() >= rest.len() {
                return;
            }
            rest = after;
            judge(&links, out, depth);
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
}

/// What a chain of names writes.
fn judge(links: &[Link<'_>], out: &mut Vec<String>, depth: u32) {
    let mut path: Vec<&str> = Vec::new();
    for link in links {
        match link {
            Link::Name(name) => path.push(name),
            Link::Asked(constants, _, false) => match constants.first() {
                Some(name) => path.push(name),
                None => return,
            },
            Link::Asked(constants, inner, true) => {
                let called = path.last().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
                let is_setting = ASKS.contains(&&called[..]) || METHODS.contains(&&called[..]) && path.iter().rev().skip(1).any(|name| is_settings(name));
                if is_setting && !constants.is_empty() {
                    let asked: Vec<&str> = constants.iter().flat_map(|name| name.split(['.', ':', '/'])).filter(|part| !part.is_empty()).collect();
                    // What `fetch` is given second is a default, but `dig` goes on.
                    let asked = if called == "dig" { asked } else { constants[0].split(['.', ':', '/']).filter(|part| !part.is_empty()).collect() };
                    out.extend(named(&asked));
                } else if WRAPPERS.contains(&&called[..]) {
                    read(inner, out, depth + 1);
                }
                return;
            }
        }
    }
    let Some((last, before)) = path.split_last() else { return };
    if before.iter().any(|name| is_settings(name)) {
        let from = before.iter().rposition(|name| is_settings(name)).map_or(0, |at| at + 1);
        let parts: Vec<&str> = path[from..].iter().flat_map(|part| part.split([':', '.'])).filter(|part| !part.is_empty()).collect();
        out.extend(named(&parts));
    } else if before.iter().all(|name| GIVEN.contains(&name.trim_start_matches(['$', '@']).to_ascii_lowercase().as_str()) || name.is_empty())
        && is_telling(last)
    {
        out.push(last.trim_start_matches(['$', '@']).to_owned());
    }
}

/// `stripe.secret` of `services.stripe.secret`: the last part, with the one before it where that tells more.
fn named(parts: &[&str]) -> Option<String> {
    let (last, before) = parts.split_last()?;
    let is_short = !last.contains(['_', '-']) && last.len() < 14 || last.eq_ignore_ascii_case("secret_key") || last.eq_ignore_ascii_case("api_key");
    match before.last() {
        Some(above) if is_short && !is_settings(above) => Some(format!("{above}_{last}")),
        _ => Some((*last).to_owned()),
    }
}

fn is_settings(name: &str) -> bool {
    SETTINGS.contains(&name.trim_start_matches(['$', '@']).to_ascii_lowercase().as_str())
}

/// Whether a variable of a page is named like a secret of the server: what pages show people of their own has such names
/// too, so that two words are asked for, one of which says secret or key.
fn is_telling(name: &str) -> bool {
    let bare = name.trim_start_matches(['$', '@']);
    let flat: String = bare.chars().filter(|char| char.is_ascii_alphanumeric()).map(|char| char.to_ascii_lowercase()).collect();
    let is_upper = bare.contains('_') && bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let own = ["clientsecret", "csrf", "user", "reset", "session", "totp", "otp", "mfa", "setup", "new", "label", "form", "field", "your"];
    if own.iter().any(|word| flat == *word || flat.starts_with(word) || *word == "label" && flat.ends_with(word)) {
        return false;
    }
    is_upper || ["secret", "privatekey", "apikey", "servicerole"].iter().any(|word| flat.contains(word) && flat.len() > word.len() + 2)
}

/// A chain of names, indexes and calls, and the text behind it.
fn chain(text: &str) -> (Vec<Link<'_>>, &str) {
    let mut links = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.char_indices().find(|(at, char)| !(char.is_alphanumeric() || *char == '_' || *at == 0 && matches!(char, '$' | '@')));
        let end = end.map_or(rest.len(), |(at, _)| at);
        if end == 0 {
            return (links, rest);
        }
        links.push(Link::Name(&rest[..end]));
        rest = &rest[end..];
        // A mark of Ruby's and Elixir's names.
        rest = rest.strip_prefix('!').filter(|rest| rest.starts_with('(')).unwrap_or(rest);
        while let Some(open) = rest.chars().next().filter(|char| matches!(char, '[' | '(')) {
            let Some(close) = closing(rest) else { return (links, "") };
            let inner = &rest[1..close];
            links.push(Link::Asked(constants(inner), inner, open == '('));
            rest = &rest[close + 1..];
        }
        let Some(next) = ["?.", "->", "::", "."].iter().find_map(|step| rest.strip_prefix(step)) else { return (links, rest) };
        rest = next;
    }
}

/// The bracket that closes the one that a text begins with.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0i32;
    let mut quote = None;
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(open), char) if open == char => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(char),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Texts and symbols that stand in brackets by themselves: `"X"`, `'x', 'y'`, `:stripe, :secret_key`.
fn constants(text: &str) -> Vec<&str> {
    let one = |part: &'_ str| -> Option<std::ops::Range<usize>> {
        let trimmed = part.trim();
        let start = part.len() - part.trim_start().len();
        let quoted = trimmed.len() >= 2 && trimmed.starts_with(['"', '\'']) && trimmed.ends_with(['"', '\'']);
        let range = if quoted {
            start + 1..start + trimmed.len() - 1
        } else {
            trimmed.strip_prefix(':').filter(|name| !name.is_empty())?;
            start + 1..start + trimmed.len()
        };
        Some(range)
    };
    text.split(',').take(4).map_while(|part| part.get(one(part)?)).collect()
}

/// A quoted text, and what stands behind it.
fn quoted(text: &str) -> (&str, &str) {
    let mut chars = text.char_indices();
    let Some((_, quote)) = chars.next() else { return ("", "") };
    match chars.find(|(_, char)| *char == quote) {
        Some((end, _)) => (&text[1..end], &text[end + 1..]),
        None => (&text[1..], ""),
    }
}
