//! Where a decoded finding stands, for every decoder: the text at its span, undone by other code than the decoder's, is the
//! value again, or holds it.

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use proptest::prelude::*;

use crate::detect::{Credential, Detector, Scratch};
use crate::keys::Catalog;
use crate::keys::examples::fill;

/// What wraps a value: its name in reports, and how.
const ENCODERS: &[(&str, &str)] = &[
    ("base64", "padded"),
    ("base64", "unpadded"),
    ("base64", "in lines"),
    ("base64", "of UTF-16"),
    ("base64url", "unpadded"),
    ("hex", "plain"),
    ("hex", "with 0x"),
    ("percent", "%41"),
    ("json-escape", "\\/"),
    ("unicode-escape", "\\x41"),
    ("unicode-escape", "\\u0041"),
    ("unicode-escape", "\\u{41}"),
    ("unicode-escape", "\\U00000041"),
    ("html-entity", "&#65;"),
    ("html-entity", "&#x41;"),
    ("quoted-printable", "=\n"),
    ("concatenation", "\" + \""),
    ("concatenation", "\"\n    \""),
    ("concatenation", "\" .. \""),
];

/// A text with a value in it, wrapped. Of escapes those are written whose bit is set in `mask`, and the one at `cut`.
fn wrapped((name, how): (&str, &str), value: &str, (before, after): (&str, &str), mask: u64, cut: usize) -> String {
    let plain = format!("{before}\n{value}\n{after}");
    let escaped = |escape: &dyn Fn(u8) -> String| -> String {
        value.bytes().enumerate().map(|(at, byte)| if at == cut || mask >> at & 1 == 1 { escape(byte) } else { (byte as char).to_string() }).collect()
    };
    let (head, tail) = value.split_at(cut);
    let wrapping = match (name, how) {
        ("base64", "padded") => BASE64.encode(plain.as_bytes()),
        ("base64", "unpadded") => BASE64_NOPAD.encode(plain.as_bytes()),
        ("base64", "in lines") => {
            let whole = BASE64.encode(format!("{}\n{plain}", "# what this is for, at length\n".repeat(5)).as_bytes());
            whole.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join("\n")
        }
        ("base64", _) => BASE64.encode(&plain.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
        ("base64url", _) => BASE64URL_NOPAD.encode(format!("?>~\u{ff}?>{plain}").as_bytes()),
        ("hex", "with 0x") => format!("0x{}", HEXLOWER.encode(plain.as_bytes())),
        ("hex", _) => HEXLOWER.encode(plain.as_bytes()),
        ("percent", _) => escaped(&|byte| format!("%{byte:02X}")),
        ("json-escape", _) => return format!("{{\"x\":1,\"aws_secret_access_key\":\"{}\"}}\n", value.replace('/', "\\/")),
        ("unicode-escape", "\\x41") => escaped(&|byte| format!("\\x{byte:02x}")),
        ("unicode-escape", "\\u0041") => escaped(&|byte| format!("\\u{byte:04x}")),
        ("unicode-escape", "\\u{41}") => escaped(&|byte| format!("\\u{{{byte:x}}}")),
        ("unicode-escape", _) => escaped(&|byte| format!("\\U{byte:08x}")),
        ("html-entity", "&#65;") => escaped(&|byte| format!("&#{byte};")),
        ("html-entity", _) => escaped(&|byte| format!("&#x{byte:X};")),
        ("quoted-printable", _) => return format!("{before}\n{} {head}=\n{tail} and more\n{after}\n", "x ".repeat(25)),
        (_, joint) => format!("{head}{joint}{tail}"),
    };
    format!("{before}\ntoken = \"{wrapping}\"\n{after}\n")
}

/// What the text at a span stands for.
fn undone(text: &str, (name, how): (&str, &str)) -> String {
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).expect("the digits of an escape");
    let units = |start: &str, length: usize, end: &str| -> String {
        let mut parts = text.split(start);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |mut out, part| {
            let digits = if length > 0 { &part[..length] } else { part.split(end).next().unwrap_or_default() };
            out.push(code(digits));
            out.push_str(&part[digits.len() + end.len()..]);
            out
        })
    };
    match (name, how) {
        ("base64" | "base64url", _) => {
            let letters: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '=').map(|letter| letter.to_string()).collect();
            let letters = letters.replace('-', "+").replace('_', "/");
            let mut lenient = BASE64_NOPAD.specification();
            lenient.check_trailing_bits = false;
            let bytes = lenient.encoding().expect("an encoding").decode(letters.as_bytes()).expect("base64");
            if how == "of UTF-16" {
                String::from_utf16_lossy(&bytes.chunks(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect::<Vec<_>>())
            } else {
                String::from_utf8_lossy(&bytes).into_owned()
            }
        }
        ("hex", _) => String::from_utf8_lossy(&HEXLOWER_PERMISSIVE.decode(text.trim_start_matches("0x").as_bytes()).expect("digits")).into_owned(),
        ("percent", _) => units("%", 2, ""),
        ("json-escape", _) => text.replace("\\/", "/"),
        ("unicode-escape", "\\x41") => units("\\x", 2, ""),
        ("unicode-escape", "\\u0041") => units("\\u", 4, ""),
        ("unicode-escape", "\\u{41}") => units("\\u{", 0, "}"),
        ("unicode-escape", _) => units("\\U", 8, ""),
        ("html-entity", "&#65;") => text.split("&#").enumerate().fold(String::new(), |mut out, (number, part)| {
            match part.split_once(';').filter(|_| number > 0) {
                Some((digits, rest)) => {
                    out.push(digits.parse().ok().and_then(char::from_u32).expect("the digits of an entity"));
                    out.push_str(rest);
                }
                None => out.push_str(part),
            }
            out
        }),
        ("html-entity", _) => units("&#x", 0, ";"),
        ("quoted-printable", _) => text.replace("=\n", ""),
        (_, joint) => text.replace(joint, ""),
    }
}

fn found_in(text: &str) -> Vec<Credential> {
    Detector::new(&Catalog::built_in(), true).detect(text.as_bytes(), &mut Scratch::default(), false).credentials
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn offsets_of_decoders_map_back(
        seed in 0..1000_u64, which in 0..ENCODERS.len(), mask: u64, cut in 18..24_usize, before in "[a-z ]{0,30}", after in "[a-z ]{0,30}",
    ) {
        let (name, how) = ENCODERS[which];
        let template =
            if name == "json-escape" { "{class:A-Za-z0-9:13}/{class:A-Za-z0-9:12}/{class:A-Za-z0-9:13}" } else { "ghp_{crc32-base62:30}" };
        let value = fill(template, seed).expect("a template");
        let text = wrapped((name, how), &value, (&before, &after), mask, cut);
        let found = found_in(&text);
        prop_assert_eq!(found.len(), 1, "{} {} in {}", name, how, text);
        let one = &found[0];
        prop_assert_eq!(&one.encoding, &[name]);
        prop_assert_eq!(one.revealed.as_ref().map(|value| value.expose().to_owned()), Some(value.clone()));
        let again = undone(&text[one.span.start..one.span.end], (name, how));
        let is_block = matches!(name, "base64" | "base64url" | "hex");
        prop_assert!(if is_block { again.contains(&value) } else { again == value }, "{} {}: {} at {:?} in {}", name, how, again, one.span, text);
    }
}
