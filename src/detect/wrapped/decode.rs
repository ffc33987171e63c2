//! From places to edits: what stands there, and what it decodes to.

use super::places::{Place, is_token};
use super::{Kind, Unit, base64, entity, hex, joined, json, percent, printable, unicode};
use crate::text::Span;

/// A stretch of a text, and what stands for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edit {
    /// Where it stands in the text.
    pub(super) span: Span,
    /// What it decodes to, within [`Edits::bytes`].
    pub(super) decoded: Span,
    pub(super) kind: Kind,
    /// What the encoding is called in reports.
    pub(super) name: &'static str,
}

/// The edits of a text, in rising order, none overlapping.
#[derive(Debug, Default)]
pub(super) struct Edits {
    pub(super) list: Vec<Edit>,
    pub(super) bytes: Vec<u8>,
}

impl Edits {
    fn add(&mut self, span: Span, kind: Kind, name: &'static str, decode: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        decode(&mut self.bytes);
        self.list.push(Edit { span, decoded: Span::new(start, self.bytes.len()), kind, name });
    }
}

/// Escapes of one kind.
struct Escape {
    kind: Kind,
    name: &'static str,
    /// What each begins with.
    first: u8,
    unit: Unit,
}

const PERCENT: Escape = Escape { kind: Kind::Percent, name: "percent", first: b'%', unit: percent::unit };
const JSON_ESCAPE: Escape = Escape { kind: Kind::Json, name: "json-escape", first: b'\\', unit: json::unit };
const UNICODE_ESCAPE: Escape = Escape { kind: Kind::Unicode, name: "unicode-escape", first: b'\\', unit: unicode::unit };
const HTML_ENTITY: Escape = Escape { kind: Kind::Entity, name: "html-entity", first: b'&', unit: entity::unit };
const QUOTED_PRINTABLE: Escape = Escape { kind: Kind::Printable, name: "quoted-printable", first: b'=', unit: printable::unit };

/// How far around an escape others of its kind are decoded with it, in bytes: what stands without a space between.
const LEFT: usize = 1024;
const RIGHT: usize = 64 << 10;

/// Decodes what stands at `places`, which are sorted, up to `most` bytes.
pub(super) fn edits(text: &[u8], places: &[Place], most: usize) -> Edits {
    let mut edits = Edits::default();
    // Up to where each kind has been decoded.
    let mut done = [0; 8];
    for place in places {
        let (at, kind) = (place.at as usize, place.kind);
        let done = &mut done[kind as usize];
        // Pieces are chained in both directions, so that a later place may lead to where another one was.
        if at < *done && kind != Kind::Joined {
            continue;
        }
        if edits.bytes.len() > most {
            break;
        }
        *done = match kind {
            Kind::Base64 => match base64::block(text, at, most - edits.bytes.len().min(most)) {
                base64::Block::Decoded(span, bytes, name) => {
                    edits.add(span, kind, name, |out| out.extend_from_slice(&bytes));
                    span.end
                }
                base64::Block::Other(end) => end,
            },
            Kind::Hex => {
                let end = hex::end(text, at);
                // `0x` would stand right before the decoded text, as a part of it.
                let start = if text[..at].ends_with(b"0x") { at - 2 } else { at };
                edits.add(Span::new(start, end), kind, "hex", |out| hex::decode(&text[at..end], out));
                end
            }
            Kind::Percent => escapes(text, at, *done, &PERCENT, &mut edits),
            Kind::Json => escapes(text, at, *done, &JSON_ESCAPE, &mut edits),
            Kind::Unicode => escapes(text, at, *done, &UNICODE_ESCAPE, &mut edits),
            Kind::Entity => escapes(text, at, *done, &HTML_ENTITY, &mut edits),
            Kind::Printable => {
                let region = printable::region(text, at, *done);
                units(text, region, &QUOTED_PRINTABLE, &mut edits);
                region.end
            }
            Kind::Joined => {
                joined::chain(text, at, &mut |span| edits.add(span, kind, "concatenation", |_| {}));
                at
            }
        };
    }
    tidy(text, &mut edits.list);
    edits
}

/// Decodes the escapes of one kind that stand with the one at `at`, from `done` on. Returns where they end.
fn escapes(text: &[u8], at: usize, done: usize, escape: &Escape, edits: &mut Edits) -> usize {
    let floor = at.saturating_sub(LEFT).max(done).min(at);
    let left = text[floor..at].iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let ceiling = (at + RIGHT).min(text.len());
    let right = text[at..ceiling].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let region = Span::new(at - left, at + right);
    units(text, region, escape, edits);
    region.end.max(at + 1)
}

fn units(text: &[u8], region: Span, escape: &Escape, edits: &mut Edits) {
    let mut at = region.start;
    while let Some(next) = memchr::memchr(escape.first, &text[at..region.end]).map(|found| at + found) {
        at = next + 1;
        let Some((length, code)) = (escape.unit)(text, next) else {
            continue;
        };
        at = (next + length).min(region.end).max(next + 1);
        edits.add(Span::new(next, next + length), escape.kind, escape.name, |out| match (escape.kind, code) {
            // A soft break stands for nothing.
            (Kind::Printable, printable::BREAK) => {}
            (Kind::Printable | Kind::Percent, code) => out.push(code as u8),
            (_, code) => {
                let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
        });
    }
}

/// Sorts edits and leaves none that overlaps another. A run of base64 that goes on in an escape or in another literal is
/// only a part of something: it is decoded once it is whole.
fn tidy(text: &[u8], list: &mut Vec<Edit>) {
    list.sort_by_key(|edit| (edit.span, edit.kind));
    list.dedup_by_key(|edit| edit.span);
    let is_block = |edit: &Edit| matches!(edit.kind, Kind::Base64 | Kind::Hex);
    let letters = |edit: &Edit| {
        let next = text.get(edit.span.end).copied().is_some_and(is_token);
        edit.decoded.is_empty() && next || !edit.decoded.is_empty()
    };
    let parts: Vec<bool> = (0..list.len())
        .map(|at| {
            let edit = &list[at];
            let before = at.checked_sub(1).is_some_and(|before| !is_block(&list[before]) && letters(&list[before]) && list[before].span.end == edit.span.start);
            let after = list.get(at + 1).is_some_and(|after| !is_block(after) && letters(after) && after.span.start <= edit.span.end);
            is_block(edit) && (before || after)
        })
        .collect();
    let (mut at, mut end) = (0, 0);
    list.retain(|edit| {
        at += 1;
        let stays = !parts[at - 1] && edit.span.start >= end;
        if stays {
            end = edit.span.end;
        }
        stays
    });
}
