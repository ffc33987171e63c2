//! What rules may ask of a match besides its shape: checksums, decoded structure, plausibility.

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
use serde_json::Value;

use super::{Rejection, placeholder, rarity};
use crate::checksum;
use crate::keys::{Check, CheckKind};
use crate::text::Span;

mod structure;
mod tokens;

pub(super) use tokens::aws_account;

/// A match under examination.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'t> {
    /// The whole text.
    pub text: &'t [u8],
    /// The value.
    pub span: Span,
    /// Bytes of literal prefix at its start.
    pub prefix: usize,
    /// Seconds since 1970: what has expired by then is worth nothing any more. 0 when nobody knows.
    pub now: u64,
}

impl<'t> Subject<'t> {
    pub(super) fn value(self) -> &'t [u8] {
        self.span.of(self.text)
    }

    fn body(self) -> &'t [u8] {
        &self.value()[self.prefix.min(self.span.len())..]
    }
}

/// Why a match fails a check, or nothing.
pub(super) fn fails(check: &Check, subject: Subject<'_>) -> Option<Rejection> {
    let body = subject.body();
    let argument = check.argument.as_ref();
    let holds = match check.kind {
        CheckKind::Crc32Base62 => return (!crc32_holds(body)).then_some(Rejection::Checksum),
        CheckKind::Bech32 => return (!checksum::bech32_holds(subject.value(), checksum::BECH32_CONSTANT)).then_some(Rejection::Checksum),
        CheckKind::Bech32m => return (!checksum::bech32_holds(subject.value(), checksum::BECH32M_CONSTANT)).then_some(Rejection::Checksum),
        CheckKind::Base58Check => return (!base58check_holds(subject.value())).then_some(Rejection::Checksum),
        CheckKind::Crc16 => return (!crc16_holds(subject.value())).then_some(Rejection::Checksum),
        CheckKind::Crc32Little => return (!tokens::crc32_little(subject.value())).then_some(Rejection::Checksum),
        CheckKind::Crc32Tail => return (!tokens::crc32_tail(subject)).then_some(Rejection::Checksum),
        CheckKind::GitlabRoutable => return (!tokens::gitlab_routable(subject.value())).then_some(Rejection::Checksum),
        CheckKind::JwtShape => tokens::jwt_shape(subject.value(), argument),
        CheckKind::Base64Text => tokens::base64_text(subject, argument),
        CheckKind::Base64Uuid => decode(body).is_some_and(|text| is_uuid(&text)),
        CheckKind::Base64Snowflake => tokens::snowflake(subject.value()),
        CheckKind::Base58Signed => tokens::base58_signed(body),
        CheckKind::Paseto => tokens::paseto(subject.value()),
        CheckKind::Macaroon => tokens::macaroon(subject.value()),
        CheckKind::Msgpack => tokens::msgpack(subject.value()),
        CheckKind::VaultToken => tokens::vault(subject.value()),
        CheckKind::AwsSessionToken => tokens::aws_session(subject.value()),
        CheckKind::Jwk => tokens::jwk(subject),
        CheckKind::PemWhole => pem_is_whole(subject.value()),
        CheckKind::Jwt => return jwt_fault(subject.value(), argument, subject.now),
        CheckKind::Unexpired => return url_expired(subject).then_some(Rejection::Expired),
        CheckKind::Base64Ends => decode(body).is_some_and(|text| text.ends_with(argument.as_bytes()) && text.iter().all(|byte| (0x20..0x7f).contains(byte))),
        CheckKind::Base64Json => json_holds(body, argument) || json_holds(subject.value(), argument),
        CheckKind::Base64Starts => decode_head(subject.value()).starts_with(argument.as_bytes()),
        CheckKind::Pem => return pem_fault(subject),
        CheckKind::BasicAuth => return basic_auth_fault(subject.value()),
        CheckKind::UrlPassword => return url_password_fault(subject),
        CheckKind::Password => return password_fault(subject.value(), argument == "base64"),
        CheckKind::Rare => return (!is_rare(body)).then_some(Rejection::NotRare),
        CheckKind::Digit => body.iter().any(u8::is_ascii_digit),
        CheckKind::Mixed => body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_lowercase) && body.iter().any(u8::is_ascii_uppercase),
        CheckKind::Uuid => is_uuid(body),
        CheckKind::CheckoutCheck => checkout_holds(body),
        CheckKind::GoogleServiceAccount => service_account_holds(subject),
        CheckKind::AwsKeyId => body.len() == 16 && body.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')),
    };
    (!holds).then_some(Rejection::Structure(check.kind.name()))
}

/// Base64 in either alphabet, with padding or without.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let bare = text.iter().rposition(|byte| *byte != b'=').map_or(&[][..], |at| &text[..=at]);
    BASE64.decode(text).or_else(|_| BASE64URL.decode(text)).or_else(|_| BASE64_NOPAD.decode(bare)).or_else(|_| BASE64URL_NOPAD.decode(bare)).ok()
}

/// The decoded head of base64 whose end may be cut or carry something else.
fn decode_head(text: &[u8]) -> Vec<u8> {
    let run = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')).count();
    decode(&text[..run - run % 4]).unwrap_or_default()
}

fn crc32_holds(body: &[u8]) -> bool {
    body.len() > 6 && checksum::crc32_base62(&body[..body.len() - 6]) == body[body.len() - 6..]
}

fn base58check_holds(value: &[u8]) -> bool {
    checksum::base58_decode(value).is_some_and(|bytes| bytes.len() > 4 && checksum::base58check_sum(&bytes[..bytes.len() - 4]) == bytes[bytes.len() - 4..])
}

fn crc16_holds(value: &[u8]) -> bool {
    let bytes = data_encoding::BASE32_NOPAD.decode(value).unwrap_or_default();
    bytes.len() > 2 && checksum::crc16_xmodem(&bytes[..bytes.len() - 2]).to_le_bytes() == bytes[bytes.len() - 2..]
}

/// Header and payload are JSON objects, the header names an algorithm, the payload has the claims and is not past its `exp`.
/// Without claims asked for, the payload must look like one that a service issues (RFC 7519, section 4.1), not like
/// documentation's `{"some": "payload"}`.
fn jwt_fault(value: &[u8], claims: &str, now: u64) -> Option<Rejection> {
    let mut parts = value.split(|byte| *byte == b'.');
    let mut object = || -> Option<Value> { serde_json::from_slice(&decode(parts.next()?)?).ok().filter(Value::is_object) };
    let (Some(header), Some(payload)) = (object(), object()) else { return Some(Rejection::Structure("jwt")) };
    let mut wanted = claims.split(',').filter(|claim| !claim.is_empty());
    let says = |claim: &str| match claim.split_once('=') {
        Some((name, wanted)) => payload.get(name).and_then(Value::as_str) == Some(wanted),
        None => payload.as_object().is_some_and(|members| members.keys().any(|name| name.starts_with(claim))),
    };
    if !header.get("alg").is_some_and(Value::is_string) || !wanted.all(says) {
        return Some(Rejection::Structure("jwt"));
    }
    if claims.is_empty() {
        const REGISTERED: &[&str] =
            &["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "scope", "scp", "role", "roles", "client_id", "azp", "email", "user_id", "uid"];
        let known = REGISTERED.iter().filter(|claim| payload.get(**claim).is_some()).count();
        if known == 0 || payload.as_object().is_none_or(|members| members.len() < 2) || is_public_sample(&payload) {
            return Some(Rejection::Placeholder("its payload is that of an example"));
        }
    }
    payload.get("exp").and_then(Value::as_u64).is_some_and(|expiry| expiry < now).then_some(Rejection::Expired)
}

/// Whether the URL around a signature says that its time is over.
fn url_expired(subject: Subject<'_>) -> bool {
    let from = subject.span.start.saturating_sub(1500);
    let to = (subject.span.end + 600).min(subject.text.len());
    let around = String::from_utf8_lossy(&subject.text[from..to]).replace("%3A", ":").replace("%3a", ":");
    // The parameters that stand nearest before or after the signature are its own.
    let after = |name: &str| around.rmatch_indices(name).next().map(|(at, _)| &around[at + name.len()..]);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let amazon = after("X-Amz-Date").and_then(|text| {
        let text = text.trim_start_matches(['=', '"', ':', ' ', ',', '\'']);
        let start = instant(text)?;
        let lasting = after("X-Amz-Expires")
            .map(|text| text.trim_start_matches(['=', '"', ':', ' ', ',', '\'']))
            .and_then(|text| text[..digits(text)].parse::<u64>().ok());
        Some(start + lasting.unwrap_or(7 * 86_400))
    });
    let azure = ["&se=", "?se=", ";se="].iter().find_map(|name| after(name)).and_then(|text| match digits(text) {
        9..=11 => text[..digits(text)].parse::<u64>().ok(),
        _ => instant(text),
    });
    amazon.or(azure).is_some_and(|end| end < subject.now)
}

/// `20250130T112334Z`, `2025-01-30T11:23:34Z` or `2025-01-30`, as seconds since 1970.
fn instant(text: &str) -> Option<u64> {
    let date: String = text
        .bytes()
        .take(24)
        .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'T' | b':'))
        .filter(u8::is_ascii_digit)
        .map(char::from)
        .collect();
    let number = |range: std::ops::Range<usize>| date.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    let clock = number(8..10).unwrap_or(0) * 3600 + number(10..12).unwrap_or(0) * 60 + number(12..14).unwrap_or(0);
    // Days from the civil date, counting years from March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    u64::try_from(days * 86_400 + clock).ok()
}

/// The claims of tokens that documentation and local development stacks print for everybody.
fn is_public_sample(payload: &Value) -> bool {
    let says = |claim: &str, text: &str| payload.get(claim).and_then(Value::as_str) == Some(text);
    says("name", "John Doe") || says("iss", "supabase-demo") || (payload.get("sub").is_some() && says("sub", "1234567890"))
}

fn json_holds(body: &[u8], key: &str) -> bool {
    body.split(|byte| matches!(byte, b'.' | b'_' | b'|'))
        .filter(|part| part.len() >= 8)
        .take(8)
        .chain([body])
        .any(|part| decode(part).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()).is_some_and(|json| key.is_empty() || json.get(key).is_some()))
}

/// The base64 between the markers of a block, without the dress that source code and YAML put around its lines; in an
/// environment variable all may stand on one line.
fn block_body(text: &str) -> String {
    let begin = text.match_indices("-----").nth(1).map_or(0, |(at, marker)| at + marker.len());
    let inside = &text[begin..text.rfind("-----END").filter(|end| *end >= begin).unwrap_or(text.len())];
    let mut body = String::new();
    for line in inside.lines().filter(|line| !line.contains(": ")) {
        if line.len() > 200 { line.split(' ').for_each(|part| body.push_str(longest_base64(part))) } else { body.push_str(longest_base64(line)) }
    }
    body
}

/// A block as one text, with escaped line ends made real.
fn block_text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).replace("\\r", "").replace("\\n", "\n")
}

/// A block whose body is long enough, looks like base64 and is no stub.
fn pem_fault(subject: Subject<'_>) -> Option<Rejection> {
    let text = block_text(subject.value());
    let body = block_body(&text);
    let encoded = body.bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')).count();
    if encoded < 60 {
        return Some(Rejection::Structure("pem"));
    }
    if !has_pem_structure(&text, body.as_bytes()) {
        return Some(Rejection::Placeholder("the block is cut short or holds no key"));
    }
    let sample = &body.as_bytes()[..body.len().min(48)];
    let mut seen = [false; 256];
    body.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    if seen.iter().filter(|present| **present).count() < 12 || rarity::surprise(sample).is_some_and(|surprise| surprise < 4.0) {
        return Some(Rejection::Placeholder("the block holds no key"));
    }
    None
}

fn pem_is_whole(value: &[u8]) -> bool {
    let text = block_text(value);
    if text.contains("PuTTY-User-Key-File") {
        return structure::putty(&text);
    }
    let label = text.split("-----").nth(1).unwrap_or_default();
    let body = block_body(&text);
    if label.contains("PGP") {
        return structure::armour(&body);
    }
    decode(body.as_bytes()).is_some_and(|bytes| structure::private_key(label, &bytes))
}

/// The longest run of base64 in a line: what is left of `/// MII...` or `"MII...\n" +` without its dress.
fn longest_base64(line: &str) -> &str {
    line.split(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '=')))
        .filter(|run| run.bytes().any(|byte| byte.is_ascii_alphanumeric()))
        .max_by_key(|run| run.len())
        .unwrap_or_default()
}

/// What every whole block of its kind begins with: a DER sequence as long as the block (X.690, section 8.1), or
/// OpenSSH's magic (PROTOCOL.key). Blocks with headers are encrypted; OpenPGP and PuTTY have other insides.
fn has_pem_structure(text: &str, body: &[u8]) -> bool {
    let label = text.split("-----").nth(1).unwrap_or_default();
    if label.contains("PGP") || text.contains("Proc-Type") || text.contains("PuTTY") || !label.ends_with("KEY") {
        return true;
    }
    let bare = body.iter().position(|byte| *byte == b'=').map_or(body, |at| &body[..at]);
    // The last group of a block that was cut may be partial.
    let whole = if bare.len() % 4 == 1 { &bare[..bare.len() - 1] } else { bare };
    let Some(bytes) = decode(whole).or_else(|| decode(&whole[..whole.len() - whole.len() % 4])) else { return false };
    if label.contains("OPENSSH") {
        return bytes.starts_with(b"openssh-key-v1\0");
    }
    match bytes.as_slice() {
        [0x30, length @ 0..=0x7f, ..] => usize::from(*length) + 2 <= bytes.len(),
        [0x30, 0x81, length, ..] => usize::from(*length) + 3 <= bytes.len(),
        [0x30, 0x82, high, low, ..] => (usize::from(*high) << 8 | usize::from(*low)) + 4 <= bytes.len(),
        _ => false,
    }
}

/// `user:password` behind base64, with a password that is none of everybody's.
fn basic_auth_fault(value: &[u8]) -> Option<Rejection> {
    let Some(decoded) = decode(value).filter(|text| text.iter().all(|byte| (0x20..0x7f).contains(byte))) else {
        return Some(Rejection::Structure("basic-auth"));
    };
    let Some(colon) = memchr::memchr(b':', &decoded) else { return Some(Rejection::Structure("basic-auth")) };
    let (user, password) = (&decoded[..colon], &decoded[colon + 1..]);
    weak_password(user, password)
}

/// A password that stands alone.
fn password_fault(value: &[u8], is_wrapped: bool) -> Option<Rejection> {
    if !is_wrapped {
        return weak_password(b"", value);
    }
    let decoded = decode(value).filter(|text| text.len() >= 6 && text.iter().all(|byte| (0x20..0x7f).contains(byte)));
    let Some(decoded) = decoded else { return Some(Rejection::Structure("password")) };
    weak_password(b"", decoded.trim_ascii()).or_else(|| placeholder::judge(decoded.trim_ascii(), 0, true))
}

/// A password in a URL; the value's span is the password, and what stands around it tells user and host.
fn url_password_fault(subject: Subject<'_>) -> Option<Rejection> {
    let (text, span) = (subject.text, subject.span);
    let from = span.start.saturating_sub(160);
    let left = &text[from..span.start];
    let user = left.strip_suffix(b":").unwrap_or(left);
    let user = memchr::memrchr(b'/', user).map_or(user, |at| &user[at + 1..]);
    let host_end = text[span.end..]
        .iter()
        .skip(1)
        .take(200)
        .take_while(|byte| !matches!(byte, b'/' | b'?' | b'"' | b'\'' | b'`' | b' ' | b'\n' | b')' | b'>' | b','))
        .count();
    let host = &text[(span.end + 1).min(text.len())..(span.end + 1 + host_end).min(text.len())];
    if let Some(fault) = weak_password(user, subject.value()) {
        return Some(fault);
    }
    if text.get(span.end) != Some(&b'@') {
        // A connection string names its host elsewhere: in this clause, if at all.
        let clause = &text[from..(span.end + 160).min(text.len())];
        let line =
            clause.split(|byte| *byte == b'\n').find(|line| memchr::memmem::find(line, subject.value()).is_some()).unwrap_or_default().to_ascii_lowercase();
        return [&b"localhost"[..], b"127.0.0.1", b"(local)", b"example.com"]
            .iter()
            .any(|host| memchr::memmem::find(&line, host).is_some())
            .then_some(Rejection::LocalDefault);
    }
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let name = host.split(':').next().unwrap_or_default();
    const LOCAL: &[&str] = &[
        "localhost",
        "127.0.0.1",
        "0.0.0.0",
        "::1",
        "[",
        "host.docker.internal",
        "db",
        "postgres",
        "mysql",
        "redis",
        "mongo",
        "mongodb",
        "rabbitmq",
        "host",
        "hostname",
        "server",
        "database",
    ];
    let is_example = name.ends_with("example.com")
        || name.ends_with("example.org")
        || name.ends_with(".example")
        || name.ends_with(".test")
        || name.ends_with(".invalid")
        || name.ends_with(".local")
        || name.starts_with("example.")
        || name.contains("your");
    if LOCAL.contains(&name) || is_example || name.is_empty() {
        return Some(Rejection::LocalDefault);
    }
    if name.contains(['$', '{', '<', '%', '*']) {
        return Some(Rejection::Reference);
    }
    None
}

/// Stock passwords, references, and a password that repeats the user's name.
fn weak_password(user: &[u8], password: &[u8]) -> Option<Rejection> {
    if password.len() < 4 || password.iter().all(|byte| !byte.is_ascii_alphanumeric()) {
        return Some(Rejection::Placeholder("it is too short for a password"));
    }
    if user.eq_ignore_ascii_case(password) {
        return Some(Rejection::LocalDefault);
    }
    placeholder::judge(password, 0, true)
}

fn is_rare(body: &[u8]) -> bool {
    let hex = body.iter().all(u8::is_ascii_hexdigit) && body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_alphabetic);
    // Random bytes print as an even number of hex digits.
    (hex && body.len().is_multiple_of(2))
        || !hex && rarity::surprise(body).is_some_and(|surprise| surprise >= rarity::RARE_FROM) && body.iter().any(u8::is_ascii_digit)
}

fn is_uuid(body: &[u8]) -> bool {
    body.len() == 36 && body.iter().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// Base32 in lower case, the last of 27 characters being base32 or one of `*#$=` (the official SDK's pattern).
fn checkout_holds(body: &[u8]) -> bool {
    let Some((last, rest)) = body.split_last() else { return false };
    let base32 = |byte: &u8| matches!(byte, b'a'..=b'z' | b'2'..=b'7');
    rest.iter().all(base32) && (base32(last) || matches!(last, b'*' | b'#' | b'$' | b'='))
}

/// `client_email` or `private_key_id` of a service account within the JSON object around the value.
fn service_account_holds(subject: Subject<'_>) -> bool {
    let from = subject.span.start.saturating_sub(2048);
    let to = (subject.span.end + 2048).min(subject.text.len());
    let around = &subject.text[from..to];
    let has = |needle: &str| memchr::memmem::find(around, needle.as_bytes()).is_some();
    has("service_account") && (has("gserviceaccount.com") || has("private_key_id")) && pem_fault(subject).is_none()
}

#[cfg(test)]
mod tests;
