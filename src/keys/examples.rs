//! Templates of example lines: text with holes such as `sk_{hex:48}`, filled when tests run, so that no real-looking
//! key stands in any file.
//!
//! A hole spells the format a second time, in its own words: a slip in a key type's shape cannot agree with it by accident.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD};

use super::Alphabet;
use crate::checksum;

/// Fills the holes of a template. The same seed gives the same text; another seed gives other random bodies.
///
/// Holes: `{alphabet:LENGTH}` with the alphabets of the rule schema, `{class:a-z0-9:20}`, `{repeat:x:24}`, `{uuid}`, `{crc32-base62:30}`, `{jwt:claim=text,...}`,
/// `{b64:TEXT}`, `{b64url:TEXT}`, `{b64-hex:HEX}`, `{b64url-hex:HEX}`, `{b58:TEXT}`, `{b58-hex:HEX}`, `{crc32:FORM:TEXT}` (the text, then its checksum; what FORM begins with stands between), `{armour:BYTES}`, `{bech32:hrp:BYTES}`, `{BECH32:hrp:BYTES}`, `{bech32m:hrp:BYTES}`, `{base58check:HEX:BYTES}`, `{crc16:HEX:BYTES}`, `{pem:LABEL}` with real line ends, `{pem-escaped:LABEL}` with `\\n`, `{pem-quoted:LABEL}` joined by `+`, `{pem-indented:LABEL}` with six spaces.
/// Other braces stand for themselves. A hole's length is at most 65536, and the whole text at most 1 MiB.
///
/// # Errors
/// A sentence, when a hole's argument can't be read or the text would become too long.
pub fn fill(template: &str, seed: u64) -> Result<String, String> {
    let mut random = Random(seed ^ template.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)));
    fill_with(template, &mut random, 0)
}

/// The longest body, as the schema has it.
const LONGEST: usize = 65_536;
/// The longest text of a whole template.
const LONGEST_TEXT: usize = 1 << 20;
/// The longest payload under a checksum.
const LONGEST_PAYLOAD: usize = 1024;
/// How deep holes stand within holes.
const DEEPEST: usize = 8;

fn fill_with(template: &str, random: &mut Random, depth: usize) -> Result<String, String> {
    if depth > DEEPEST {
        return Err(format!("holes stand more than {DEEPEST} deep within each other"));
    }
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let filled = match closing(inside) {
            Some(close) => hole(&inside[..close], random, depth)?.map(|text| (text, close)),
            None => None,
        };
        match filled {
            Some((text, close)) => {
                out.push_str(&text);
                rest = &inside[close + 1..];
                if out.len() > LONGEST_TEXT {
                    return Err(format!("the template gives more than {LONGEST_TEXT} bytes"));
                }
            }
            None => {
                out.push('{');
                rest = inside;
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// The byte offset of the brace that closes the one before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The text of one hole; `None` when these braces are no hole.
fn hole(inside: &str, random: &mut Random, depth: usize) -> Result<Option<String>, String> {
    let (name, argument) = inside.split_once(':').unwrap_or((inside, ""));
    let number = |text: &str| match text.trim().parse::<usize>() {
        Ok(number) if number <= LONGEST => Ok(number),
        Ok(_) => Err(format!("`{text}` in the hole {{{inside}}} is above {LONGEST}")),
        Err(_) => Err(format!("`{text}` in the hole {{{inside}}} is no length")),
    };
    let two = || argument.rsplit_once(':').ok_or_else(|| format!("the hole {{{inside}}} needs two arguments"));
    let text = match name {
        "uuid" if argument.is_empty() => {
            let hex = |count, random: &mut Random| random.body(Alphabet::of_class("0-9a-f"), count);
            format!("{}-{}-4{}-a{}-{}", hex(8, random), hex(4, random), hex(3, random), hex(3, random), hex(12, random))
        }
        "repeat" => {
            let (text, count) = two()?;
            let count = number(count)?;
            if text.len() * count > LONGEST_TEXT {
                return Err(format!("the hole {{{inside}}} gives more than {LONGEST_TEXT} bytes"));
            }
            text.repeat(count)
        }
        "class" => {
            let (class, count) = two()?;
            let class = Alphabet::of_class(class);
            if (0..=127).all(|byte| !class.has(byte) || byte == b'=') {
                return Err(format!("the class of the hole {{{inside}}} holds no character"));
            }
            random.body(class, number(count)?)
        }
        "crc32-base62" => {
            let body = random.body(Alphabet::of_class("0-9A-Za-z"), number(argument)?);
            let sum = checksum::crc32_base62(body.as_bytes());
            body + &String::from_utf8_lossy(&sum)
        }
        "crc32" => {
            let (form, text) = argument.split_once(':').ok_or_else(|| format!("the hole {{{inside}}} needs two arguments"))?;
            let name = form.trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric());
            let separator = &form[..form.len() - name.len()];
            let Some((_, written)) = checksum::Written::ALL.iter().find(|(known, _)| *known == name) else {
                return Err(format!("`{name}` in the hole {{{inside}}} is no form: use hex, HEX, hex-le, base62, base36 or base64"));
            };
            let text = fill_with(text, random, depth + 1)?;
            let sum = written.crc32(text.as_bytes());
            text + separator + &sum
        }
        "armour" => {
            let bytes = random.bytes(number(argument)?);
            let sum = checksum::crc24(&bytes).to_be_bytes();
            format!("{}\n={}", BASE64.encode(&bytes), BASE64.encode(&sum[1..]))
        }
        "b58" | "b58-hex" => {
            let text = fill_with(argument, random, depth + 1)?;
            let bytes = if name == "b58" { text.into_bytes() } else { hex(&text).ok_or_else(|| format!("the hole {{{inside}}} holds no hex"))? };
            if bytes.len() > LONGEST_PAYLOAD {
                return Err(format!("the hole {{{inside}}} holds more than {LONGEST_PAYLOAD} bytes"));
            }
            checksum::base58_encode(&bytes)
        }
        "b64-hex" | "b64url-hex" => {
            let bytes = hex(&fill_with(argument, random, depth + 1)?).ok_or_else(|| format!("the hole {{{inside}}} holds no hex"))?;
            if name == "b64-hex" { BASE64.encode(&bytes) } else { BASE64URL_NOPAD.encode(&bytes) }
        }
        "jwt" => jwt(argument, random),
        "b64" => BASE64.encode(fill_with(argument, random, depth + 1)?.as_bytes()),
        "b64url" => BASE64URL_NOPAD.encode(fill_with(argument, random, depth + 1)?.as_bytes()),
        "bech32" | "BECH32" | "bech32m" => {
            let (hrp, count) = two()?;
            let constant = if name == "bech32m" { checksum::BECH32M_CONSTANT } else { checksum::BECH32_CONSTANT };
            let text = checksum::bech32_encode(&hrp.to_ascii_lowercase(), &random.bytes(number(count)?), constant);
            if name == "BECH32" { text.to_ascii_uppercase() } else { text }
        }
        "base58check" | "crc16" => {
            let (head, count) = two()?;
            let mut payload = data_encoding::HEXLOWER_PERMISSIVE.decode(head.as_bytes()).map_err(|_| format!("`{head}` in the hole {{{inside}}} is no hex"))?;
            payload.extend(random.bytes(number(count)?));
            // Base58 takes quadratic time; no key is that long.
            if payload.len() > LONGEST_PAYLOAD {
                return Err(format!("the hole {{{inside}}} holds more than {LONGEST_PAYLOAD} bytes"));
            }
            if name == "crc16" {
                let sum = checksum::crc16_xmodem(&payload);
                payload.extend(sum.to_le_bytes());
                BASE32_NOPAD.encode(&payload)
            } else {
                let sum = checksum::base58check_sum(&payload);
                payload.extend(sum);
                checksum::base58_encode(&payload)
            }
        }
        "pem" => pem(argument, random, "\n"),
        "pem-escaped" => pem(argument, random, "\\n"),
        "pem-quoted" => pem(argument, random, "\\n\" +\n  \""),
        "pem-indented" => pem(argument, random, "\n      "),
        name => match super::NAMED_ALPHABETS.iter().find(|(known, _)| *known == name) {
            Some((_, class)) if !argument.is_empty() => random.body(Alphabet::of_class(class), number(argument)?),
            _ => return Ok(None),
        },
    };
    Ok(Some(text))
}

/// Bytes that are written in hex, with blanks wherever they help to read.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split_whitespace().collect();
    data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()
}

fn jwt(claims: &str, random: &mut Random) -> String {
    let mut payload = serde_json::Map::new();
    payload.insert("iat".to_owned(), 1_700_000_000.into());
    for (claim, value) in claims.split(',').filter_map(|claim| claim.split_once('=')) {
        payload.insert(claim.to_owned(), value.into());
    }
    payload.insert("ref".to_owned(), random.body(Alphabet::of_class("a-z"), 20).into());
    let body = BASE64URL_NOPAD.encode(serde_json::Value::Object(payload).to_string().as_bytes());
    format!("{}.{body}.{}", BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#), random.body(Alphabet::of_class("0-9A-Za-z_-"), 43))
}

/// A block with the outer structure of its kind (a DER sequence of the right length, OpenSSH's magic) around noise.
fn pem(label: &str, random: &mut Random, end_of_line: &str) -> String {
    let noise = random.bytes(600);
    let bytes = match label {
        label if label.contains("OPENSSH") => [b"openssh-key-v1\0".as_slice(), &noise].concat(),
        label if label.contains("PGP") => noise,
        _ => [&[0x30, 0x82, (noise.len() >> 8) as u8, noise.len() as u8], noise.as_slice()].concat(),
    };
    let text = BASE64.encode(&bytes);
    let mut lines = vec![format!("-----BEGIN {label}-----")];
    lines.extend(text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()));
    lines.push(format!("-----END {label}-----"));
    lines.join(end_of_line)
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// A typical body: at least one digit and one letter where the alphabet has both, no padding characters, no
    /// separator at either end.
    fn body(&mut self, alphabet: Alphabet, count: usize) -> String {
        let letters: Vec<u8> = (0..=127).filter(|byte| alphabet.has(*byte) && *byte != b'=').collect();
        let wants_both = count >= 8 && letters.iter().any(u8::is_ascii_digit) && letters.iter().any(u8::is_ascii_alphabetic);
        for _ in 0..64 {
            let text: String = (0..count).map(|_| letters[(self.next() % letters.len().max(1) as u64) as usize] as char).collect();
            let ends = [text.bytes().next(), text.bytes().last()];
            let tidy = letters.iter().all(|byte| !byte.is_ascii_alphanumeric()) || ends.iter().flatten().all(u8::is_ascii_alphanumeric);
            let both = text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic());
            if tidy && (both || !wants_both) {
                return text;
            }
        }
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_and_other_braces_stay() {
        assert_eq!(fill("{\"a\": 1} ${X} {{y}}", 1).as_deref(), Ok("{\"a\": 1} ${X} {{y}}"));
        assert_eq!(fill("{repeat:ab:3}", 1).as_deref(), Ok("ababab"));
        assert_eq!(fill("{b64:user:{repeat:x:3}}", 1).as_deref(), Ok("dXNlcjp4eHg="));
        assert_eq!(fill("{b64-hex:00 ff{repeat:10:2}}", 1).as_deref(), Ok("AP8QEA=="));
        assert_eq!(fill("{crc32:_hex:1234{repeat:5:1}6789}", 1).as_deref(), Ok("123456789_cbf43926"));
        let key = fill("sk_{lower-hex:48}", 1).expect("a hole");
        assert_eq!(key.len(), 51);
        assert_ne!(key, fill("sk_{lower-hex:48}", 2).expect("a hole"));
        assert!(fill("{alnum:x}", 1).is_err());
    }

    /// `skout rules test` fills what a person wrote, or what somebody sent him.
    #[test]
    fn no_template_takes_the_machine_down() {
        for template in [
            "{class::3}",
            "{class:=:3}",
            "{class:z-a:1}",
            "{alnum:99999999999}",
            "{repeat:xxxxxxxxxxxxxxxxxxxx:65536}",
            "{base58check:00:60000}",
            "{crc32:md5:x}",
            "{b64-hex:0x}",
            "{b58:{repeat:x:5000}}",
        ] {
            assert!(fill(template, 1).is_err(), "{template}");
        }
        assert!(fill(&format!("{}x{}", "{b64:".repeat(2000), "}".repeat(2000)), 1).is_err());
    }
}
