use super::*;
use crate::keys::examples;

fn subject(text: &str) -> Subject<'_> {
    Subject { text: text.as_bytes(), span: Span::new(0, text.len()), prefix: 0, now: 0 }
}

fn fill(template: &str) -> String {
    examples::fill(template, 5).expect("a template")
}

fn bytes(template: &str) -> Vec<u8> {
    BASE64.decode(fill(&format!("{{b64-hex:{template}}}")).as_bytes()).expect("base64")
}

/// What is whole is no longer so with a byte less or more.
#[test]
fn whole_structures() {
    type Reader = fn(&[u8]) -> bool;
    let rsa: Reader = |bytes| structure::private_key("RSA PRIVATE KEY", bytes);
    let ec: Reader = |bytes| structure::private_key("EC PRIVATE KEY", bytes);
    let pkcs8: Reader = |bytes| structure::private_key("PRIVATE KEY", bytes);
    let openssh: Reader = |bytes| structure::private_key("OPENSSH PRIVATE KEY", bytes);
    let number = "0240{lower-hex:128}";
    let cases: &[(&str, Reader, String)] = &[
        ("macaroon", structure::macaroon, "020103{lower-hex:6}0202{lower-hex:4}000202{lower-hex:4}0401{lower-hex:2}00000620{lower-hex:64}".to_owned()),
        ("msgpack", structure::msgpack_of_four, "9401a2{lower-hex:4}810102c403{lower-hex:6}".to_owned()),
        ("RSA", rsa, format!("30820258020100028180{{lower-hex:256}}0203010001028180{{lower-hex:256}}{}", number.repeat(5))),
        ("EC", ec, "302c0201010420{lower-hex:64}a0050603{lower-hex:6}".to_owned()),
        ("Ed25519 in PKCS#8", pkcs8, "302e020100300506032b657004220420{lower-hex:64}".to_owned()),
        (
            "OpenSSH",
            openssh,
            "6f70656e7373682d6b65792d763100 000000046e6f6e65 000000046e6f6e65 00000000 00000001 0000000800000004{lower-hex:8} 0000000c1122334411223344{lower-hex:8}".to_owned(),
        ),
    ];
    for (what, holds, template) in cases {
        let whole = bytes(template);
        assert!(holds(&whole), "{what}");
        for end in 0..whole.len() {
            assert!(!holds(&whole[..end]), "{what}, cut at {end}");
        }
        assert!(!holds(&[&whole[..], &[0]].concat()), "{what}, with a byte more");
    }
    assert!(!pkcs8(&bytes(&cases[2].2)) && !rsa(&bytes(&cases[4].2)), "a key of another kind than the label says");
    // The two halves of an unencrypted OpenSSH key's check differ.
    assert!(!openssh(&bytes(&cases[5].2.replace("1122334411223344", "1122334411223345"))));
}

/// Numbers that promise more than there is end the reading at once.
#[test]
fn lying_lengths() {
    assert!(!structure::msgpack_of_four(&[0x94, 0xdd, 0xff, 0xff, 0xff, 0xff]));
    assert!(!structure::msgpack_of_four(&[0x94; 5000]));
    assert!(!structure::macaroon(&[2, 1, 0xff, 0xff, 0xff, 0x7f]));
    assert!(!structure::private_key("RSA PRIVATE KEY", &[0x30, 0x83, 0xff, 0xff, 0xff]));
    assert!(!structure::private_key("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\xff\xff\xff\xff"));
    assert_eq!(structure::protobuf(&[0x0a, 0xff, 0xff, 0xff, 0x7f]), None);
    assert!(!structure::macaroon_packets(b"ffff") && !structure::macaroon_packets(b"0007ab\n"));
}

#[test]
fn older_macaroons() {
    let packets = "0010location xyz\n0013identifier abc\n000ecid a = b\n0012signature 123\n";
    assert!(structure::macaroon_packets(packets.replace("0010loc", "0011loc").as_bytes()));
    assert!(!structure::macaroon_packets(packets.as_bytes()) && !structure::macaroon_packets(&packets.as_bytes()[..40]));
}

#[test]
fn routable_tokens() {
    let holds = |template: &str| tokens::gitlab_routable(fill(template).as_bytes());
    let payload = "{b64url-hex:6f3a310a753a3{digits:1}0a{lower-hex:36}}";
    assert!(holds(&format!("{{crc32:base36:glpat-{payload}.01.0z}}")) && holds(&format!("{{crc32:base36:glpat-{payload}.0z}}")));
    // A checksum of another kind, and the length that the payload has.
    assert!(holds(&format!("glpat-{payload}.01.0z{{lower-alnum:7}}")));
    assert!(!holds(&format!("glpat-{payload}.01.0y{{lower-alnum:7}}")));
    assert!(!holds("glpat-{b64url-hex:{lower-hex:52}}.01.0z{lower-alnum:7}"));
    assert!(!holds("glpat-.zz{lower-alnum:7}") && !holds("x"));
}

#[test]
fn tails() {
    for template in ["{crc32:hex:zpka_{alnum:32}}", "zpka_{crc32:_hex:{alnum:32}}", "{crc32:=HEX:ATATT{alnum:60}}", "{crc32:base64:cflt{alnum:54}}"] {
        let text = fill(template);
        assert!(tokens::crc32_tail(subject(&text)), "{template}");
        let (head, last) = text.split_at(text.len() - 1);
        let changed = format!("{head}{}", if last == "0" { "1" } else { "0" });
        assert!(!tokens::crc32_tail(subject(&changed)), "{template}");
    }
    assert!(!tokens::crc32_tail(subject("")) && !tokens::crc32_little(b"") && !tokens::crc32_little(b"01234567"));
}

#[test]
fn blocks() {
    let pgp = fill("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n{armour:200}\n-----END PGP PRIVATE KEY BLOCK-----");
    assert!(pem_is_whole(pgp.as_bytes()));
    let at = pgp.rfind('=').expect("a checksum") + 1;
    let wrong = format!("{}{}{}", &pgp[..at], if pgp[at..].starts_with('A') { "B" } else { "A" }, &pgp[at + 1..]);
    assert!(!pem_is_whole(wrong.as_bytes()));
    let putty = fill(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 1\n{b64-hex:0000000b7373682d6564323535313900000004{lower-hex:8}}\nPrivate-Lines: 1\n{b64-hex:{lower-hex:64}}\nPrivate-MAC: {lower-hex:64}",
    );
    assert!(pem_is_whole(putty.as_bytes()) && pem_is_whole(putty.replace('\n', "\r\n").as_bytes()));
    assert!(!pem_is_whole(putty.replace("Lines: 1", "Lines: 2").as_bytes()) && !pem_is_whole(putty.replace("ssh-ed25519", "ssh-rsa").as_bytes()));
}

#[test]
fn json_web_keys() {
    let jwk = |text: &str| {
        let text = fill(text);
        let value = text.find("\"d\":\"").expect("a key") + 5;
        let end = value + text[value..].find('"').expect("an end");
        tokens::jwk(Subject { text: text.as_bytes(), span: Span::new(value, end), prefix: 0, now: 0 })
    };
    let number = |bytes: usize| format!("{{b64url-hex:{{lower-hex:{}}}}}", bytes * 2);
    let ec = |x: usize| format!(r#"[{{"kty":"EC","crv":"P-256","x":"{}","d":"{}","y":"{}"}}]"#, number(x), number(32), number(32));
    assert!(jwk(&ec(32)) && !jwk(&ec(31)));
    // 2^1016 * q: the product is q and zeros, 128 bytes.
    let q = "b7".repeat(64);
    let rsa = |p: &str| {
        format!(r#"{{"kty":"RSA","n":"{{b64url-hex:{q}{}}}","d":"{}","p":"{{b64url-hex:{p}}}","q":"{{b64url-hex:{q}}}"}}"#, "00".repeat(64), number(128))
    };
    assert!(jwk(&rsa(&format!("01{}", "00".repeat(64)))) && !jwk(&rsa(&format!("02{}", "00".repeat(64)))));
}

#[test]
fn texts_and_frames() {
    assert!(tokens::paseto(fill(r#"v4.public.{b64url:{"a":1}{alnum:64}}"#).as_bytes()));
    assert!(!tokens::paseto(fill(r#"v4.public.{b64url:{"a":1}{alnum:63}}"#).as_bytes()) && !tokens::paseto(b"v4.local.e30") && !tokens::paseto(b"v4.public"));
    assert!(tokens::snowflake(fill("{b64url:{digits:18}}.a.b").as_bytes()) && !tokens::snowflake(fill("{b64url:{digits:16}}.a.b").as_bytes()));
    assert!(tokens::jwt_shape(fill(r#"x-{b64url:{"alg":"none"}}.{b64url:{"a":1}}."#).as_bytes(), "\"a\""));
    for wrong in [
        r#"{b64url:{"typ":"x"}}.{b64url:{"a":1}}.x"#,
        r#"{b64url:{"alg":"none"}}.{b64url:[1]}.x"#,
        r#"{b64url:{"alg":"none"}}.{b64url:{"b":1}}.x"#,
        "eyJ.eyJ.x",
    ] {
        assert!(!tokens::jwt_shape(fill(wrong).as_bytes(), "\"a\""), "{wrong}");
    }
    let vault = "hvs.{b64url-hex:08011220{lower-hex:64}1a1e0a1c6876732e{lower-hex:48}}";
    assert!(tokens::vault(fill(vault).as_bytes()) && !tokens::vault(fill(&vault.replace("1a1e", "1a1f")).as_bytes()));
    assert!(!tokens::vault(fill("hvs.{base64url:95}").as_bytes()) && !tokens::vault(b"hvs") && !tokens::vault(b"hvb.AAAAAQ"));
    assert!(
        tokens::aws_session(fill("{b64-hex:210a020102100522020102}").as_bytes()) && !tokens::aws_session(fill("{b64-hex:210a0201021005220201}").as_bytes())
    );
}

#[test]
fn instants() {
    assert_eq!(instant("19700101T000000Z"), Some(0));
    assert_eq!(instant("2026-11-24T00:00:00Z"), Some(1_795_478_400));
    assert_eq!(instant("2000-02-29&x"), Some(951_782_400));
    assert_eq!(instant("soon"), None);
}

#[test]
fn expired_urls() {
    let check = |text: &str, now| {
        let start = text.find("SIG").expect("a signature");
        url_expired(Subject { text: text.as_bytes(), span: Span::new(start, start + 3), prefix: 0, now })
    };
    let presigned = "https://b.s3.amazonaws.com/?X-Amz-Date=20250130T112334Z&X-Amz-Expires=300&X-Amz-Signature=SIG";
    assert!(check(presigned, 1_795_478_400) && !check(presigned, 1_700_000_000) && !check("X-Amz-Signature=SIG", 1_795_478_400));
    assert!(check("?sv=2021&se=2025-08-15T21%3A58%3A27Z&sig=SIG", 1_795_478_400));
}
