//! Tokens that carry a checksum, or text and structure behind base64.
//!
//! What no document states in full is read generously here: such a check may only confirm, and a rule names it under `proofs`.

use serde_json::Value;

use super::structure::{self, Reader};
use super::{Subject, decode};
use crate::checksum::{self, Written};

/// Where the pieces of a value begin: at its start, behind its literal prefix, and behind each of its first separators.
fn starts(subject: Subject<'_>) -> impl Iterator<Item = usize> {
    let value = subject.value();
    let separators = value.iter().enumerate().filter(|(_, byte)| matches!(byte, b'_' | b'-' | b'.' | b':' | b'|')).map(|(at, _)| at + 1).take(6);
    [0, subject.prefix.min(value.len())].into_iter().chain(separators)
}

/// `_` and the CRC32 of what stands before it, least significant byte first (Grafana's `satokengen`).
pub(super) fn crc32_little(value: &[u8]) -> bool {
    let Some((rest, sum)) = value.len().checked_sub(8).map(|at| value.split_at(at)) else { return false };
    rest.split_last().is_some_and(|(last, rest)| *last == b'_' && Written::LittleHex.crc32(rest).as_bytes().eq_ignore_ascii_case(sum))
}

/// Whether the tail is a CRC32 of what stands before it, in any of the ways in which tokens write one.
pub(super) fn crc32_tail(subject: Subject<'_>) -> bool {
    let value = subject.value();
    Written::ALL.iter().any(|(_, written)| {
        let Some(end) = value.len().checked_sub(written.len()) else { return false };
        let tail = &value[end..];
        let bare = if value[..end].last().is_some_and(|byte| matches!(byte, b'_' | b'-' | b'.' | b'=')) { end - 1 } else { end };
        starts(subject).any(|start| [end, bare].iter().any(|end| start + 8 <= *end && written.crc32(&value[start..*end]).as_bytes() == tail))
    })
}

/// `PREFIX` + payload + `.` (+ version + `.`) + length of the payload and CRC32, both in base36. The length and a payload of
/// `key:value` lines together prove as much as the checksum.
pub(super) fn gitlab_routable(value: &[u8]) -> bool {
    let Some((rest, tail)) = value.len().checked_sub(9).map(|at| value.split_at(at)) else { return false };
    let (length, sum) = tail.split_at(2);
    let whole = &value[..value.len() - 7];
    if Written::Base36.crc32(whole).as_bytes() == sum {
        return true;
    }
    // The payload ends at the first dot, and begins where the length says.
    let Some(payload_end) = rest.iter().position(|byte| *byte == b'.') else { return false };
    let Some(payload) = std::str::from_utf8(length)
        .ok()
        .and_then(|digits| usize::from_str_radix(digits, 36).ok())
        .and_then(|length| payload_end.checked_sub(length))
        .and_then(|start| (start >= 5).then(|| &rest[start..payload_end]))
    else {
        return false;
    };
    let Some(bytes) = decode(payload) else { return false };
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let is_route =
        |line: &[u8]| matches!(line, [b'a'..=b'z', b':', rest @ ..] if !rest.is_empty() && rest.len() <= 13 && rest.iter().all(u8::is_ascii_alphanumeric));
    lines.next().is_some_and(is_route)
}

/// A JSON Web Token within the value; the payload's text holds `needle`.
pub(super) fn jwt_shape(value: &[u8], needle: &str) -> bool {
    let Some(start) = memchr::memmem::find(value, b"eyJ") else { return false };
    let mut parts = value[start..].split(|byte| *byte == b'.');
    let mut object = || -> Option<(Vec<u8>, Value)> {
        let text = decode(parts.next()?)?;
        let value: Value = serde_json::from_slice(&text).ok()?;
        value.is_object().then_some((text, value))
    };
    let (Some((_, header)), Some((payload, _))) = (object(), object()) else { return false };
    header.get("alg").is_some_and(Value::is_string) && memchr::memmem::find(&payload, needle.as_bytes()).is_some() && parts.next().is_some()
}

/// Printable text behind base64 that holds `needle`. Bedrock's keys glue four letters to it, so it may begin behind those.
pub(super) fn base64_text(subject: Subject<'_>, needle: &str) -> bool {
    let value = subject.value();
    let printable = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
    let holds = |text: Vec<u8>| text.len() >= 12 && text.iter().all(printable) && memchr::memmem::find(&text, needle.as_bytes()).is_some();
    starts(subject).chain([4]).filter_map(|start| decode(value.get(start..)?)).any(holds)
}

/// The id of a user or an application, in decimal, in the first part (Discord's documentation, "Snowflakes").
pub(super) fn snowflake(value: &[u8]) -> bool {
    let first = value.split(|byte| *byte == b'.').next().unwrap_or_default();
    decode(first).is_some_and(|text| (17..=20).contains(&text.len()) && text.iter().all(u8::is_ascii_digit))
}

/// `ID:SIGNATURE` behind base58, the signature once more in base58 (Crossmint's SDK, `validateAPIKey`).
pub(super) fn base58_signed(body: &[u8]) -> bool {
    let Some(text) = checksum::base58_decode(body) else { return false };
    let Some(colon) = memchr::memchr(b':', &text) else { return false };
    let (id, signature) = (&text[..colon], &text[colon + 1..]);
    !id.is_empty() && id.iter().all(u8::is_ascii_graphic) && checksum::base58_decode(signature).is_some_and(|bytes| bytes.len() == 64)
}

/// `vN.public.` and base64url of a JSON object with a signature behind it, whose length the version says (PASETO, "Version").
pub(super) fn paseto(value: &[u8]) -> bool {
    let mut parts = value.split(|byte| *byte == b'.');
    let signature = match parts.next() {
        Some(b"v1") => 256,
        Some(b"v2" | b"v4") => 64,
        Some(b"v3") => 96,
        _ => return false,
    };
    if parts.next() != Some(b"public") {
        return false;
    }
    let bytes = parts.next().and_then(decode).unwrap_or_default();
    let json = bytes.len().checked_sub(signature).map(|end| &bytes[..end]).unwrap_or_default();
    serde_json::from_slice::<Value>(json).is_ok_and(|json| json.is_object())
}

/// A macaroon, with or without a word and a dash before it.
pub(super) fn macaroon(value: &[u8]) -> bool {
    let behind = memchr::memchr(b'-', value).map_or(value, |at| &value[at + 1..]);
    [value, behind].iter().any(|text| decode(text).is_some_and(|bytes| structure::macaroon(&bytes) || structure::macaroon_packets(&bytes)))
}

/// The first of the tokens between commas, behind its `fm2_`.
pub(super) fn msgpack(value: &[u8]) -> bool {
    let first = value.split(|byte| *byte == b',').next().unwrap_or_default();
    let behind = memchr::memchr(b'_', first).map_or(first, |at| &first[at + 1..]);
    decode(behind).is_some_and(|bytes| structure::msgpack_of_four(&bytes))
}

/// `hvs.` and a protobuf of version 1, 32 bytes of HMAC and the token proper; `hvb.` and what the barrier encrypted, with its
/// term and the version of its form.
pub(super) fn vault(value: &[u8]) -> bool {
    let Some(bytes) = value.get(4..).and_then(decode) else { return false };
    if value.starts_with(b"hvb.") {
        return bytes.len() >= 48 && bytes.starts_with(&[0, 0, 0]) && bytes[3] != 0 && matches!(bytes[4], 1 | 2);
    }
    let mut reader = Reader(&bytes);
    let mut framed = || -> Option<bool> {
        (reader.take(4)? == [0x08, 0x01, 0x12, 0x20]).then_some(())?;
        reader.take(32)?;
        (reader.byte()? == 0x1a).then_some(())?;
        let length = reader.varint()?;
        let mut inner = Reader(reader.take(length)?);
        (inner.byte()? == 0x0a).then_some(())?;
        let length = inner.varint()?;
        Some(inner.take(length)?.starts_with(b"hv") && reader.is_done())
    };
    framed().unwrap_or(false)
}

/// A byte for the kind of token, and a protobuf whose first field names the issuer.
pub(super) fn aws_session(value: &[u8]) -> bool {
    let Some(bytes) = decode(value) else { return false };
    let Some(message) = bytes.get(1..).filter(|message| message.first() == Some(&0x0a)) else { return false };
    structure::protobuf(message).is_some_and(|fields| fields >= 3)
}

/// The JSON object around the value, if it is the private key that the value is part of.
pub(super) fn jwk(subject: Subject<'_>) -> bool {
    const FAR: usize = 4096;
    let (text, span) = (subject.text, subject.span);
    let from = span.start.saturating_sub(FAR);
    let Some(open) = memchr::memrchr(b'{', &text[from..span.start]).map(|at| from + at) else { return false };
    let after = &text[span.end..(span.end + FAR).min(text.len())];
    let Some(close) = memchr::memchr(b'}', after).map(|at| span.end + at + 1) else { return false };
    let Ok(object) = serde_json::from_slice::<Value>(&text[open..close]) else { return false };
    let says = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| decode(says(name).as_bytes()).unwrap_or_default();
    let all = |names: &[&str], length: usize| names.iter().all(|name| number(name).len() == length);
    match (says("kty"), says("crv")) {
        ("EC", "P-256" | "secp256k1") => all(&["d", "x", "y"], 32),
        ("EC", "P-384") => all(&["d", "x", "y"], 48),
        ("EC", "P-521") => all(&["d", "x", "y"], 66),
        ("OKP", "Ed25519" | "X25519") => all(&["d", "x"], 32),
        ("OKP", "Ed448") => all(&["d", "x"], 57),
        ("OKP", "X448") => all(&["d", "x"], 56),
        ("RSA", _) => number("n").len() >= 64 && structure::is_product(&number("n"), &number("p"), &number("q")),
        _ => false,
    }
}

/// The account that an AWS access key id was made for, as its twelve digits; `None` for ids of the older kind, which do not
/// say. Five bits a character; the first bit marks the newer kind, the next forty are the account.
pub(crate) fn aws_account(key_id: &[u8]) -> Option<String> {
    let bytes = data_encoding::BASE32.decode(key_id.get(4..20)?).ok()?;
    let head = bytes.iter().take(6).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let account = head >> 7 & 0xff_ffff_ffff;
    (head >> 47 == 1 && account < 1_000_000_000_000).then(|| format!("{account:012}"))
}
