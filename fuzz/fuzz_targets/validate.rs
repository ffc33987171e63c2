//! Text that gets as far as the validators: example lines of every key type with edits, and tokens whose inside is made
//! from the bytes.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use libfuzzer_sys::fuzz_target;
use skout::keys::examples::fill;
use skout::keys::schema::read_any;
use skout_fuzz::{DETECTOR, check_stored};

static TEMPLATES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
    let mut paths: Vec<_> = std::fs::read_dir(rules).expect("the rules are there").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let texts = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok());
    let specs = texts.filter_map(|text| read_any(&text).ok()).flatten();
    specs.flat_map(|spec| spec.matches.into_iter().chain(spec.reject)).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let text = match kind % 9 {
        0 => jwt(rest),
        1 => format!("-----BEGIN {}-----\n{}\n-----END PRIVATE KEY-----", word(rest, 24), String::from_utf8_lossy(rest)).into_bytes(),
        2 => checked("base58check", rest),
        3 => checked("crc16", rest),
        4 => checked("bech32", rest),
        5 => [b"Authorization: Basic ", BASE64.encode(rest).as_bytes(), b"\n"].concat(),
        6 => framed(rest),
        _ => edited(rest),
    };
    check_stored(&text, &DETECTOR);
});

/// Header and payload, apart at the first NUL, behind base64; what stands before the token comes from the bytes too.
fn jwt(bytes: &[u8]) -> Vec<u8> {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let (header, payload, before) = (next(), next(), next());
    let header = if header.is_empty() { &br#"{"alg":"HS256"}"#[..] } else { header };
    let signature = BASE64URL_NOPAD.encode(&[before, b"0123456789abcdefghijklmnopqrstuv"].concat());
    [before, b" ", BASE64URL_NOPAD.encode(header).as_bytes(), b".", BASE64URL_NOPAD.encode(payload).as_bytes(), b".", signature.as_bytes()].concat()
}

/// A token with a right checksum over the bytes, within whatever name they spell.
fn checked(hole: &str, bytes: &[u8]) -> Vec<u8> {
    let argument = if hole == "bech32" { word(bytes, 12) } else { HEXLOWER.encode(&bytes[..bytes.len().min(96)]) };
    let template = format!("key = \"{{{hole}:{argument}:{}}}\"", bytes.last().map_or(0, |byte| usize::from(*byte % 80)));
    fill(&template, 3).unwrap_or_default().into_bytes()
}

/// The bytes as the inside of a binary structure, behind what its format begins with.
fn framed(bytes: &[u8]) -> Vec<u8> {
    let Some((kind, rest)) = bytes.split_first() else { return Vec::new() };
    let url = |head: &[u8]| BASE64URL_NOPAD.encode(&[head, rest].concat());
    let block = |label: &str, head: &[u8]| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", BASE64.encode(&[head, rest].concat()));
    match kind % 12 {
        0 => format!("pypi-{}", url(b"\x02\x01\x08pypi.org")),
        1 => format!("MACAROON={}", url(b"\x02\x01")),
        2 => format!("MACAROON={}", url(b"001")),
        3 => format!("hvs.{}", url(b"\x08\x01\x12\x20")),
        4 => format!("fm2_{}", BASE64.encode(&[b"\x94", rest].concat())),
        5 => format!("AWS_SESSION_TOKEN={}", BASE64.encode(&[b"!\n\torigin_ec", rest].concat())),
        6 => format!("v{}.public.{}", 1 + kind / 12 % 4, url(b"{")),
        7 => block("RSA PRIVATE KEY", b"\x30\x82"),
        8 => block("PRIVATE KEY", b"\x30\x81"),
        9 => block("OPENSSH PRIVATE KEY", b"openssh-key-v1\0"),
        10 => format!("{}=AAAA\n-----END PGP PRIVATE KEY BLOCK-----", block("PGP PRIVATE KEY BLOCK", b"")),
        _ => format!("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nPublic-Lines: {}\n{}\n{}", kind, BASE64.encode(rest), String::from_utf8_lossy(rest)),
    }
    .into_bytes()
}

fn word(bytes: &[u8], longest: usize) -> String {
    bytes.iter().filter(|byte| byte.is_ascii_alphabetic() || **byte == b' ' || **byte == b'-').take(longest).map(|byte| *byte as char).collect()
}

/// An example line; each further triple of bytes changes, takes out or puts in one byte.
fn edited(bytes: &[u8]) -> Vec<u8> {
    let [low, high, seed, edits @ ..] = bytes else { return Vec::new() };
    let template = &TEMPLATES[usize::from(u16::from_le_bytes([*low, *high])) % TEMPLATES.len()];
    let mut text = fill(template, u64::from(*seed)).unwrap_or_default().into_bytes();
    for edit in edits.chunks_exact(3) {
        let at = usize::from(edit[0]) % (text.len() + 1);
        match edit[1] % 4 {
            0 if at < text.len() => text[at] = edit[2],
            1 if at < text.len() => drop(text.remove(at)),
            2 => text.insert(at, edit[2]),
            _ => text.extend_from_within(at..(at + usize::from(edit[2])).min(text.len())),
        }
    }
    text
}
