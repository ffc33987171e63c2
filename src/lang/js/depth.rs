//! How deep a text nests, before a parser that recurses sees it.

/// A text that nests deeper than this is refused: no hand writes it.
pub(super) const DEEPEST: u32 = 6000;
/// Up to here any thread's stack is enough.
pub(super) const FLAT: u32 = 80;
/// What a level may cost, all functions of the parser and of the visitors together, unoptimised. In bytes.
pub(super) const STACK_PER_LEVEL: usize = 24 << 10;
/// Brackets deeper than this are refused too.
const DEEPEST_BRACKETS: usize = 500;

/// Bytes that may change the depth, or that something begins with which does: most of a text are none.
const TELLING: [bool; 256] = {
    let mut telling = [false; 256];
    let all = b"/\"'()[]{};,\n<e+-!~.?:=&|*%^>`@ ";
    let mut at = 0;
    while at < all.len() {
        telling[all[at] as usize] = true;
        at += 1;
    }
    telling
};

/// The depth of the tree that a text gives, guessed from above: open brackets, open tags, and the operators that a
/// statement strings together, each of which may be a level.
pub(super) fn nesting(text: &[u8]) -> u32 {
    let mut runs: Vec<u32> = vec![0];
    let (mut sum, mut deepest, mut tags, mut elses) = (0u32, 0u32, 0i64, 0u32);
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if !TELLING[usize::from(byte)] {
            at += 1;
            continue;
        }
        let next = text.get(at + 1).copied().unwrap_or(0);
        match byte {
            b'/' if next == b'/' && !(at > 0 && text[at - 1] == b':') => {
                at = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end);
                continue;
            }
            b'/' if next == b'*' => {
                let end = memchr::memchr_iter(b'/', &text[at + 2..]).find(|end| *end > 0 && text[at + 1 + end] == b'*');
                at = end.map_or(text.len(), |end| at + end + 3);
                continue;
            }
            b'/' if next == b'>' => tags -= 1,
            // A text of one line; what looks open at its end is an apostrophe.
            b'"' | b'\'' => at = string_end(text, at),
            b'(' | b'[' | b'{' => {
                if runs.len() > DEEPEST_BRACKETS {
                    return DEEPEST + 1;
                }
                runs.push(0);
            }
            b')' | b']' | b'}' => {
                if runs.len() > 1 {
                    sum -= runs.pop().unwrap_or(0);
                }
                if byte == b'}' {
                    sum -= std::mem::take(runs.last_mut().unwrap_or(&mut 0));
                }
            }
            b';' | b',' => sum -= std::mem::take(runs.last_mut().unwrap_or(&mut 0)),
            b'\n' if !continues(text, at) => sum -= std::mem::take(runs.last_mut().unwrap_or(&mut 0)),
            b'<' if next == b'/' => tags -= 1,
            b'<' if next.is_ascii_alphabetic() || next == b'>' => tags += 1,
            b'e' if text[at..].starts_with(b"else") && next != b'd' => elses += 1,
            b'+' | b'-' | b'!' | b'~' | b'.' | b'?' | b':' | b'=' | b'&' | b'|' | b'*' | b'%' | b'^' | b'>' | b'/' | b'`' | b'@' => {
                if let Some(run) = runs.last_mut() {
                    *run += 1;
                    sum += 1;
                }
            }
            // Words that stand before an expression or a statement, as `await`, `typeof`, `new`, `if (a) if (b)`.
            b' ' if next.is_ascii_alphabetic() && at > 0 && text[at - 1].is_ascii_alphanumeric() => {
                if let Some(run) = runs.last_mut() {
                    *run += 1;
                    sum += 1;
                }
            }
            _ => {}
        }
        tags = tags.max(0);
        deepest = deepest.max(sum + runs.len() as u32);
        at += 1;
    }
    // Generics look like tags that nobody closes: thousands of them are no depth, tens of thousands are no script.
    let tags = if tags > 2000 { tags as u32 } else { (tags as u32).min(40) + tags as u32 / 8 };
    deepest + tags + if elses > 200 { elses } else { 0 }
}

fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() && text[at] != b'\n' {
        match text[at] {
            b'\\' => at += 1,
            byte if byte == text[start] => return at,
            _ => {}
        }
        at += 1;
    }
    start
}

/// Whether the statement goes on after a line feed.
fn continues(text: &[u8], at: usize) -> bool {
    let is_operator = |byte: &u8| b"+-!~.?:=&|*%^`(".contains(byte);
    let last = text[at.saturating_sub(64)..at].iter().rev().find(|byte| !byte.is_ascii_whitespace());
    let first = text[at..(at + 400).min(text.len())].iter().find(|byte| !byte.is_ascii_whitespace());
    last.is_none_or(is_operator) || first.is_none_or(is_operator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_guessed_from_above_and_hand_written_code_stays_flat() {
        let rows: &[(String, bool, bool)] = &[
            ("const a = f(g(h({ a: [1] })));\n".repeat(500), true, true),
            ("a.b().c(x => x + 1)\n  .d()\n".repeat(500), true, true),
            ("<div className=\"a\"><b>it's {x}</b></div>\n".repeat(300), true, true),
            ("if (a) {\n} else if (b) {\n}\n".repeat(100), true, true),
            ("(".repeat(400), false, true),
            ("(".repeat(600), false, false),
            ("!".repeat(9000), false, false),
            ("a+".repeat(9000), false, false),
            ("a=>".repeat(9000), false, false),
            ("<a>".repeat(9000), false, false),
            ("if (a) {} else ".repeat(9000), false, false),
            ("\"((((\" ".repeat(900), true, true),
        ];
        for (text, is_flat, is_read) in rows {
            let nesting = nesting(text.as_bytes());
            let start = &text[..text.len().min(30)];
            assert_eq!((nesting <= FLAT, nesting <= DEEPEST), (*is_flat, *is_read), "{start}: {nesting}");
        }
    }
}
