//! What may stand behind the literal that a pattern begins with: the bytes of each of the next places.
//!
//! Names such as `re_compile` begin as a key does and seldom go on as one, so that looking at a few bytes more makes a
//! short anchor rare. Compiled into the build script as well: `super` is the only neighbour it may name.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::alphabet::Alphabet;

/// How many places behind a literal are looked at. In bytes.
pub const PLACES: usize = 20;
/// How many places of a pattern are told, its literal included. In bytes.
const LONGEST: usize = 24 + PLACES;
/// How many ways a pattern may begin. More tell nothing.
const WAYS: usize = 48;

/// One way in which matches begin: the bytes of each place, and whether more may follow of which nothing is known.
#[derive(Clone, Default)]
struct Way {
    places: Vec<Alphabet>,
    open: bool,
}

/// The bytes that may stand at each place behind `literal`, for matches that begin with it in any case; fewer places, or
/// none, where they are not known.
pub fn behind(hir: &Hir, literal: &str) -> Vec<Alphabet> {
    let mut union: Option<Vec<Alphabet>> = None;
    for way in ways(hir) {
        let agrees = |(set, byte): (&Alphabet, u8)| set.has(byte.to_ascii_lowercase()) || set.has(byte.to_ascii_uppercase());
        if !way.places.iter().zip(literal.bytes()).all(agrees) {
            continue;
        }
        let rest = way.places.get(literal.len()..).unwrap_or_default();
        union = Some(match union {
            None => rest.to_vec(),
            Some(known) => either(&known, rest),
        });
    }
    let mut places = union.unwrap_or_default();
    places.truncate(PLACES);
    places
}

/// What may stand at each place that both tell of.
pub fn either(one: &[Alphabet], other: &[Alphabet]) -> Vec<Alphabet> {
    one.iter().zip(other).map(|(one, other)| one.or(*other)).collect()
}

fn unknown() -> Vec<Way> {
    vec![Way { places: Vec::new(), open: true }]
}

fn ways(hir: &Hir) -> Vec<Way> {
    let one = |set: Alphabet| vec![Way { places: vec![set], open: false }];
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![Way::default()],
        HirKind::Literal(literal) => {
            let known = literal.0.iter().take(LONGEST).map(|byte| Alphabet::EMPTY.with(*byte));
            vec![Way { places: known.collect(), open: literal.0.len() > LONGEST }]
        }
        HirKind::Class(Class::Bytes(class)) => one(class.iter().fold(Alphabet::EMPTY, |set, range| (range.start()..=range.end()).fold(set, Alphabet::with))),
        // One character of text may be several bytes.
        HirKind::Class(Class::Unicode(_)) => unknown(),
        HirKind::Capture(capture) => ways(&capture.sub),
        HirKind::Concat(parts) => parts.iter().fold(vec![Way::default()], chained),
        HirKind::Alternation(parts) => bounded(parts.iter().flat_map(ways).collect()),
        HirKind::Repetition(repetition) => {
            let mut out = vec![Way::default()];
            for _ in 0..repetition.min.min(LONGEST as u32) {
                out = chained(out, &repetition.sub);
            }
            match (repetition.min, repetition.max) {
                (least, Some(most)) if least == most => {}
                (0, Some(1)) => out.extend(ways(&repetition.sub)),
                _ => out.iter_mut().for_each(|way| way.open = true),
            }
            bounded(out)
        }
    }
}

/// Each way, with each of the ways of the part behind it.
fn chained(before: Vec<Way>, part: &Hir) -> Vec<Way> {
    if before.iter().all(|way| way.open) {
        return before;
    }
    let next = ways(part);
    let mut out = Vec::new();
    for way in before {
        if way.open {
            out.push(way);
            continue;
        }
        for next in &next {
            let mut places = way.places.clone();
            places.extend(&next.places);
            let open = next.open || places.len() > LONGEST;
            places.truncate(LONGEST);
            out.push(Way { places, open });
        }
        if out.len() > WAYS {
            return unknown();
        }
    }
    out
}

fn bounded(ways: Vec<Way>) -> Vec<Way> {
    if ways.len() > WAYS { unknown() } else { ways }
}

/// Ends of the part of a URL that may hold a user and a password.
const ENDS: &[u8] = b" \t\r\n\"'`<>/\\?#";

/// Whether a match has `:` or `@` behind the first `//`, before any byte that ends that part of a URL; a `$` may begin
/// anything. Most URLs in code have neither.
pub fn names_a_user(hir: &Hir) -> bool {
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    let Some(slashes) = parts.iter().position(|part| ends_in_slash(part)) else { return false };
    for part in &parts[slashes + 1..] {
        if begins_with(part, b":@") {
            return true;
        }
        let inner = match part.kind() {
            HirKind::Repetition(repetition) => &*repetition.sub,
            _ => part,
        };
        let stays = |part: &Hir| begins_with(part, b"$") || !may_hold(part, ENDS);
        let does = match inner.kind() {
            HirKind::Alternation(parts) => parts.iter().all(stays),
            _ => stays(inner),
        };
        if !does {
            return false;
        }
    }
    false
}

/// Whether bytes behind `//` may be a URL with a user, as far as they tell.
pub fn may_name_a_user(rest: &[u8]) -> bool {
    let rest = &rest[..rest.len().min(USER)];
    match rest.iter().position(|byte| matches!(byte, b':' | b'@' | b'$') || ENDS.contains(byte)) {
        Some(at) => !ENDS.contains(&rest[at]),
        None => rest.len() == USER,
    }
}

/// How far a user is looked for. In bytes.
pub const USER: usize = 64;

/// The parts that follow each other in a pattern, with groups opened.
pub fn flatten<'h>(hir: &'h Hir, out: &mut Vec<&'h Hir>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|part| flatten(part, out)),
        HirKind::Capture(capture) => flatten(&capture.sub, out),
        _ => out.push(hir),
    }
}

fn ends_in_slash(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.ends_with(b"/"),
        HirKind::Alternation(parts) => parts.iter().all(ends_in_slash),
        HirKind::Concat(parts) => parts.last().is_some_and(ends_in_slash),
        HirKind::Capture(capture) => ends_in_slash(&capture.sub),
        _ => false,
    }
}

fn begins_with(hir: &Hir, bytes: &[u8]) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.first().is_some_and(|first| bytes.contains(first)),
        HirKind::Concat(parts) => parts.first().is_some_and(|part| begins_with(part, bytes)),
        HirKind::Capture(capture) => begins_with(&capture.sub, bytes),
        _ => false,
    }
}

fn may_hold(hir: &Hir, bytes: &[u8]) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.iter().any(|byte| bytes.contains(byte)),
        HirKind::Class(Class::Bytes(class)) => class.iter().any(|range| bytes.iter().any(|byte| (range.start()..=range.end()).contains(byte))),
        HirKind::Class(Class::Unicode(_)) => true,
        HirKind::Repetition(repetition) => may_hold(&repetition.sub, bytes),
        HirKind::Capture(capture) => may_hold(&capture.sub, bytes),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| may_hold(part, bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hir(pattern: &str) -> Hir {
        regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(pattern).expect("a pattern")
    }

    #[test]
    fn what_stands_behind_a_literal() {
        for (pattern, literal, fits, places) in [
            ("re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}", "re_", "a1b2c3d4_a1b2c3d4e5f", 20),
            ("(?:a=|b: ?|c)pat[0-9]{3}x", "b: pat", "123x", 4),
            ("(?:a=|b: ?|c)pat[0-9]{3}x", "b:pat", "123x", 4),
            ("(?i)key[0-9]{2,}z", "key", "12", 2),
            ("abc[0-9]?", "abc", "", 0),
            ("[^x]{3}abc", "none", "", 0),
        ] {
            let found = behind(&hir(pattern), literal);
            assert_eq!(found.len(), places, "{pattern}");
            assert!(found.iter().zip(fits.bytes()).all(|(set, byte)| set.has(byte)), "{pattern}");
            assert!(found.iter().all(|set| !set.has(b'!')), "{pattern}");
        }
    }

    #[test]
    fn urls_with_a_user() {
        for (pattern, does) in [
            (r#"(?:https?://|https?:\\/\\/)(?:\$\{[^}\s]{1,80}\}|[^\s"'`<>/:\\?#]){0,100}:(?P<secret>x+)@"#, true),
            ("https://[a-z]+@x", true),
            ("https://[a-z/]+@x", false),
            ("https://x", false),
            ("x@y", false),
        ] {
            assert_eq!(names_a_user(&hir(pattern)), does, "{pattern}");
        }
        for (rest, does) in [("user:x@y", true), ("github.com/x@y", false), ("${A/B}:x@y", true), ("host", false), ("localhost:1", true)] {
            assert_eq!(may_name_a_user(rest.as_bytes()), does, "{rest}");
        }
    }
}
