//! `skout rules test` on a team's own file: what is wrong, where, and what would be right.

use crate::sandbox::Sandbox;

/// A key type that is right.
const GOOD: &str = r#"[[key-type]]
id = "acme.secret-key"
role = "secret"
prefix = "acme_"
alphabet = "lower-hex"
length = 32
match = ["key = acme_{lower-hex:32}"]
reject = ["key = acme_{lower-hex:31}", "acme_your_key_here"]
"#;

/// What is said of `GOOD` with some texts replaced.
fn told(changes: &[(&str, &str)]) -> String {
    let mut text = GOOD.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let sandbox = Sandbox::new();
    sandbox.write("keys.toml", text);
    sandbox.skout(&["rules", "test", "keys.toml"]).exits(if changes.is_empty() { 0 } else { 2 }).out
}

#[test]
fn all_right() {
    insta::assert_snapshot!(told(&[]), @"1 key type, 3 examples: all right");
}

#[test]
fn an_unknown_field() {
    insta::assert_snapshot!(told(&[("alphabet", "alphabt")]), @r##"
    keys.toml:5: there is no field `alphabt`: did you mean `alphabet`?
        help: the fields are id, name, role, mode, partner, parts, prefix, alphabet, length, suffix, pattern, anchors, keywords, context, checksum, validators, proofs, confidence, docs, rotate, source, match, reject
    0 key types, 0 examples: 1 mistake
    "##);
}

#[test]
fn a_wrong_role() {
    insta::assert_snapshot!(told(&[("\"secret\"", "\"secrt\"")]), @r##"
    keys.toml:3: `secrt` is no role: use one of secret, restricted, webhook-signing, session, publishable, identifier, unknown
        help: did you mean `secret`?
    0 key types, 0 examples: 1 mistake
    "##);
}

#[test]
fn a_wrong_alphabet() {
    insta::assert_snapshot!(told(&[("\"lower-hex\"", "\"lowerhexx\"")]), @r##"
    keys.toml:5: `lowerhexx` is no alphabet: use one of hex, lower-hex, upper-hex, digits, alnum, lower-alnum, upper-alnum, letters, lower-letters, base32, base58, base64, base64url, or a class of ASCII characters such as "[a-z0-9-]"
        help: did you mean `lower-hex`?
    0 key types, 0 examples: 1 mistake
    "##);
}

#[test]
fn a_bad_length() {
    insta::assert_snapshot!(told(&[("length = 32", "length = \"32-40\"")]), @r##"
    keys.toml:6: `32-40` is no length: write 32 or "24..99" (both ends count)
        help: length = 32, length = "24..99" or a list of these, without prefix and suffix
    0 key types, 0 examples: 1 mistake
    "##);
    insta::assert_snapshot!(told(&[("length = 32", "length = \"40..32\"")]), @r##"
    keys.toml:6: the length 40..32 is empty or above 65536
        help: length = "24..99" goes from the shorter to the longer, both at least 1
    0 key types, 0 examples: 1 mistake
    "##);
}

#[test]
fn a_wrong_validator() {
    insta::assert_snapshot!(told(&[("length = 32", "length = 32\nvalidators = [\"crc32-base64\"]")]), @r##"
    keys.toml:7: `crc32-base64` is no validator: use one of crc32-base62, jwt, base64-ends, base64-json, base64-starts, bech32, bech32m, base58check, crc16, crc32-little, crc32-tail, gitlab-routable, jwt-shape, base64-text, base64-uuid, base64-snowflake, base58-signed, paseto, macaroon, msgpack, vault-token, aws-session-token, jwk, pem-whole, pem, basic-auth, url-password, password, rare, digit, mixed, uuid, checkout-check, google-service-account, unexpired, aws-key-id
        help: did you mean `crc32-base62`?
    0 key types, 0 examples: 1 mistake
    "##);
}

#[test]
fn no_prefix_and_no_keyword() {
    insta::assert_snapshot!(told(&[("prefix = \"acme_\"\n", "")]), @r##"
    keys.toml:1: `acme.secret-key` has no prefix that tells: name keywords that must stand beside the value
        help: a prefix of 3 bytes or more, as in prefix = "acme_", or keywords = ["acme api key"], all of whose words stand in the value's statement
    0 key types, 0 examples: 1 mistake
    "##);
}

#[test]
fn a_pattern_that_looks_around() {
    insta::assert_snapshot!(told(&[("prefix = \"acme_\"\nalphabet = \"lower-hex\"\nlength = 32", "pattern = 'acme_(?=x)'")]), @r##"
    keys.toml:4: the pattern is no regex of linear time (no look-around, no back-references): regex parse error:
        acme_(?=x)
             ^^^
    error: look-around, including look-ahead and look-behind, is not supported
        help: the syntax is that of https://docs.rs/regex, without look-around and back-references
    0 key types, 0 examples: 1 mistake
    "##);
}

#[test]
fn an_anchor_that_is_too_common() {
    insta::assert_snapshot!(told(&[("acme_", "this.")]), @r##"
    keys.toml:2: acme.secret-key: the anchor `this.` is too common: about 360 hits in a megabyte of ordinary code
        help: write more of the prefix, or describe the value without it and give keywords
    1 key type, 3 examples: 1 mistake
    "##);
}

#[test]
fn an_example_of_another_length() {
    insta::assert_snapshot!(told(&[("acme_{lower-hex:32}", "acme_{lower-hex:30}")]), @r##"
    keys.toml:7: acme.secret-key: a `match` example gives nothing: behind `acme_` stand 30 characters of its alphabet, and `length` says 32
        key = acme_{lower-hex:30}
    1 key type, 3 examples: 1 mistake
    "##);
}

#[test]
fn an_example_that_another_key_type_wins() {
    insta::assert_snapshot!(told(&[("prefix = \"acme_\"", "prefix = \"ghp_\""), ("alphabet = \"lower-hex\"\nlength = 32", "alphabet = \"alnum\"\nlength = 36"), ("key = acme_{lower-hex:32}", "key = ghp_{crc32-base62:30}")]), @r##"
    keys.toml:7: acme.secret-key: a `match` example is found as `github.personal-access-token`, which fits the same text better
        key = ghp_{crc32-base62:30}
        help: this one's shape must say more than that of `github.personal-access-token`, or the example must hold one of its `keywords`
    1 key type, 3 examples: 1 mistake
    "##);
}

#[test]
fn an_example_without_its_keyword() {
    insta::assert_snapshot!(told(&[("prefix = \"acme_\"", "keywords = [\"acme api key\"]"), ("key = acme_{lower-hex:32}", "key = {lower-hex:32}")]), @r##"
    keys.toml:7: acme.secret-key: a `match` example gives nothing: its shape stands in it, but nothing leads to it
        key = {lower-hex:32}
        help: all words of one of `acme api key` must stand in its statement
    1 key type, 3 examples: 1 mistake
    "##);
}

#[test]
fn a_reject_that_fires() {
    insta::assert_snapshot!(told(&[("acme_your_key_here", "ACME_CHECKSUM=acme_{lower-hex:32}")]), @r##"
    keys.toml:8: acme.secret-key: a `reject` example is found as this key type: `acme_` and 32 bytes behind it fit its shape, and it asks for no words around them
        ACME_CHECKSUM=acme_{lower-hex:32}
        help: tighten the shape, or ask for words with keywords and context = "required"
    1 key type, 3 examples: 1 mistake
    "##);
}

#[test]
fn an_id_that_stands_twice() {
    let text = format!("{GOOD}\n{GOOD}");
    let sandbox = Sandbox::new();
    sandbox.write("keys.toml", text);
    insta::assert_snapshot!(sandbox.skout(&["rules", "test", "keys.toml"]).exits(2).out, @r##"
    keys.toml:11: the id `acme.secret-key` stands twice
        help: give one of the two another name
    1 key type, 3 examples: 1 mistake
    "##);
}
