//! Recorded HTTP (HAR): JSON in which the name of a header and its value are two entries, often on two lines, and a body is an
//! escaped text. It is searched as what was sent: a line for each header, cookie and parameter, with the host that got it.
//!
//! The format is <http://www.softwareishard.com/blog/har-12-spec/>.

use super::json::{Plain, Step, texts};
use crate::text::Span;

/// What was sent and answered, as lines of text.
#[derive(Debug)]
pub struct View {
    plain: Plain,
}

/// The longest host that is told, in bytes.
const LONGEST_HOST: usize = 253;

/// The view of the decoded text of a file; `None` for what is no such recording.
pub fn view(path: &str, json: &[u8]) -> Option<View> {
    let ending = path.len().checked_sub(4).and_then(|at| path.as_bytes().get(at..))?;
    if !ending.eq_ignore_ascii_case(b".har") || json.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf)) != Some(&b'{') {
        return None;
    }
    let mut plain = Plain::default();
    let mut host = Vec::new();
    let mut entry = 0;
    // The list and item whose name was seen last, and the name.
    let mut named: Option<(usize, usize, Span)> = None;
    texts(json, &mut |way, text| {
        if let [log, list, Step::Index(number), ..] = way
            && log.is(json, "log")
            && list.is(json, "entries")
            && *number != entry
        {
            entry = *number;
            host.clear();
        }
        let (mut key, mut is_named) = (Span::default(), false);
        if let [.., last @ Step::Key(span)] = way {
            key = *span;
            if last.is(json, "url") {
                host = host_of(text.of(json));
            }
            if let [.., Step::Index(number), _] = way {
                if last.is(json, "name") {
                    // The value that follows says it.
                    named = Some((way.len(), *number, text));
                    return;
                }
                if last.is(json, "value")
                    && let Some((_, _, name)) = named.take().filter(|(depth, item, _)| (*depth, *item) == (way.len(), *number))
                {
                    (key, is_named) = (name, true);
                }
            }
        }
        plain.add(&host);
        plain.add(b" ");
        if is_named {
            plain.push(json, key);
        } else {
            plain.add(key.of(json));
        }
        plain.add(b": ");
        plain.push(json, text);
        plain.add(b"\n");
    });
    Some(View { plain })
}

/// The host of a URL, if it looks like one.
fn host_of(url: &[u8]) -> Vec<u8> {
    let Some(at) = memchr::memmem::find(url, b"://") else { return Vec::new() };
    let rest = &url[at + 3..];
    let rest = &rest[..rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\')).unwrap_or(rest.len())];
    // Who signs in stands before it, and is no part of it.
    let rest = memchr::memrchr(b'@', rest).map_or(rest, |at| &rest[at + 1..]);
    let is_host = rest.len() <= LONGEST_HOST && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
    if is_host { rest.to_vec() } else { Vec::new() }
}

impl View {
    /// The lines.
    pub fn text(&self) -> &[u8] {
        &self.plain.text
    }

    /// Where a span of the lines stands in the decoded text of the file.
    pub fn stored(&self, span: Span) -> Span {
        self.plain.stored(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAR: &str = r#"{"log": {"entries": [
 {"request": {"method": "POST", "url": "https://u:p@api.example.com/v1?k=a\u0026b", "headers": [
  {
   "name": "Authorization",
   "value": "Bearer VALUE"
  }, {"name": "lonely"}, {"value": "second"}],
  "postData": {"text": "{\"key\": \"BODY\"}"}}, "response": {"cookies": [{"name": "c", "value": "COOKIE"}]}},
 {"request": {"headers": [{"name": "X", "value": "none"}]}}]}}"#;

    #[test]
    fn lines_of_what_was_sent() {
        let view = view("a/b.HAR", HAR.as_bytes()).expect("a recording");
        let text = String::from_utf8_lossy(view.text()).into_owned();
        let expected = [
            " method: POST",
            "api.example.com url: https://u:p@api.example.com/v1?k=a&b",
            "api.example.com Authorization: Bearer VALUE",
            "api.example.com value: second",
            "api.example.com text: {\"key\": \"BODY\"}",
            "api.example.com c: COOKIE",
            " X: none",
            "",
        ];
        assert_eq!(text.split('\n').collect::<Vec<_>>(), expected);
        for word in ["VALUE", "BODY", "COOKIE", "Authorization"] {
            let at = text.find(word).expect("a part");
            let span = view.stored(Span::new(at, at + word.len()));
            assert_eq!(&HAR[span.start..span.end], word);
        }
        assert!(super::view("a.json", HAR.as_bytes()).is_none() && super::view("a.har", b"no JSON").is_none());
    }

    proptest::proptest! {
        #[test]
        fn places_lie_in_the_file(at in 0_usize..HAR.len(), with in "[\"\\\\{}\\[\\],:a]{0,3}") {
            let Some(before) = HAR.get(..at) else { return Ok(()) };
            let json = format!("{before}{with}{}", &HAR[at..]);
            if let Some(view) = view("a.har", json.as_bytes()) {
                for start in 0..view.text().len() {
                    let span = view.stored(Span::new(start, start + 3));
                    proptest::prop_assert!(span.start <= span.end && span.end <= json.len());
                }
            }
        }
    }
}
