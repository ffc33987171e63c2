//! The publishable half of a pair in a secret's place: where the call that the secret is written in takes both.

use super::lexer::{Token, holder};
use crate::keys::endpoints::{self, Endpoint};
use crate::keys::{Catalog, KeyType};
use crate::terms::KeyTypeId;
use crate::text::Span;

/// The publishable key type that may stand for a secret in the call around it; else the reason, a sentence.
pub(super) fn of<'c>(catalog: &'c Catalog, key_type: &KeyTypeId, text: &[u8], tokens: &[Token], value: Span) -> Result<&'c KeyType, String> {
    let move_it = "move the call to a server, and let the client call that";
    let partner = catalog.find(key_type.as_str()).and_then(|own| own.partner.as_ref()).and_then(|id| catalog.find(id.as_str()));
    let Some(twin) = partner.filter(|twin| !twin.role.bears_authority()) else {
        return Err(format!("no key of this provider is made for client code: {move_it}"));
    };
    let known: Vec<&Endpoint> = endpoints::of(key_type.provider()).collect();
    let Some(call) = call_around(text, tokens, value, &known) else {
        return Err(format!("which call it is for does not show in its statement: {move_it}, or use the {} if that is enough for it", twin.full_name()));
    };
    let method = method_of(text, call);
    let is_fit = |url: &str| {
        let found = endpoints::split(url).map(|(host, path)| endpoints::find(&host, &path, Some(method))).unwrap_or_default();
        let takes = |one: &&Endpoint| one.provider == key_type.provider() && one.accepts.iter().any(|role| !role.bears_authority());
        !found.is_empty() && found.iter().all(takes)
    };
    let urls = urls(text, tokens, call, &known);
    if !urls.is_empty() && urls.iter().all(|url| is_fit(url)) {
        return Ok(twin);
    }
    Err(format!("this call needs the secret: {move_it}"))
}

/// A call whose brackets are further away than this from the value is not looked at. In bytes.
const LONGEST_CALL: usize = 32 << 10;

/// The innermost call around the value that names a host of the provider, with the word before its bracket.
fn call_around(text: &[u8], tokens: &[Token], value: Span, known: &[&Endpoint]) -> Option<Span> {
    let mut open: Vec<usize> = Vec::new();
    let mut around: Vec<Span> = Vec::new();
    let mut at = value.start.saturating_sub(LONGEST_CALL);
    let end = text.len().min(value.end + LONGEST_CALL);
    let mut next = tokens.partition_point(|token| token.span().end <= at);
    while at < end {
        if let Some(token) = tokens.get(next).filter(|token| token.span().start <= at) {
            at = token.span().end.max(at + 1);
            next += 1;
            continue;
        }
        match text[at] {
            b'(' => open.push(at),
            b')' => {
                if let Some(from) = open.pop().filter(|from| *from < value.start && value.end <= at) {
                    around.push(Span::new(from, at + 1));
                } else if open.is_empty() && at > value.end {
                    break;
                }
            }
            _ => {}
        }
        at += 1;
    }
    around.into_iter().take(16).find(|call| !urls(text, tokens, *call, known).is_empty())
}

/// Texts within `part` that name a host of the provider.
fn urls(text: &[u8], tokens: &[Token], part: Span, known: &[&Endpoint]) -> Vec<String> {
    let from = tokens.partition_point(|token| token.span().start < part.start);
    let within = tokens[from..].iter().take_while(|token| token.span().end <= part.end);
    let texts = within.filter_map(|token| match token {
        Token::Text(found) if found.body.len() < 2048 => Some(String::from_utf8_lossy(found.body.of(text)).into_owned()),
        _ => None,
    });
    texts.filter(|url| known.iter().any(|one| one.hosts.iter().any(|host| url.contains(host.trim_start_matches('*'))))).collect()
}

/// The method that the call says: as an option, or by its own name; GET where it says none.
fn method_of(text: &[u8], call: Span) -> &'static str {
    let (before, part) = (&text[call.start.saturating_sub(12)..call.start], call.of(text));
    let says = |method: &&&str| {
        let quoted = [format!("\"{method}\""), format!("'{method}'"), format!("`{method}`")];
        quoted.iter().any(|quoted| memchr::memmem::find(part, quoted.as_bytes()).is_some())
            || before.ends_with(format!(".{}", method.to_lowercase()).as_bytes())
    };
    ["POST", "PUT", "PATCH", "DELETE"].iter().find(says).copied().unwrap_or("GET")
}

/// Whether a value stands in a text at all: what is no literal can't be replaced.
pub(super) fn in_text(tokens: &[Token], value: Span) -> bool {
    matches!(holder(tokens, value), Some(Token::Text(_)))
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::super::lexer;
    use super::*;

    #[test]
    fn calls_tell_whether_the_twin_is_enough() {
        let catalog = Catalog::built_in();
        let of_code = |code: &str| {
            let start = code.find("VALUE").expect("a value");
            let tokens = lexer::tokens(code.as_bytes(), Language::JavaScript, 0, code.len());
            of(&catalog, &KeyTypeId("plunk.secret-key".into()), code.as_bytes(), &tokens, Span::new(start, start + 5)).map(|twin| twin.id.as_str().to_owned())
        };
        let twin = Ok("plunk.public-key".to_owned());
        assert_eq!(of_code("fetch(\"https://api.useplunk.com/v1/track\", { method: \"POST\", headers: { A: \"Bearer VALUE\" } })"), twin);
        assert_eq!(of_code("axios.post('https://api.useplunk.com/v1/track', f(x), { headers: { A: `Bearer VALUE` } })"), twin);
        for code in [
            "fetch(\"https://api.useplunk.com/v1/send\", { method: \"POST\", headers: { A: \"VALUE\" } })",
            "fetch(\"https://api.useplunk.com/v1/track\", { headers: { A: \"VALUE\" } })",
            "fetch(\"https://example.com/v1/track\", { method: \"POST\", headers: { A: \"VALUE\" } })",
            "const key = \"VALUE\"; fetch(\"https://api.useplunk.com/v1/track\", { method: \"POST\" })",
            "run(() => { fetch(\"https://api.useplunk.com/v1/track\", {method: \"POST\"}); fetch(\"https://api.useplunk.com/v1/send\"); key(\"VALUE\") })",
        ] {
            assert!(of_code(code).is_err(), "{code}");
        }
    }
}
