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
    insta::assert_snapshot!(told(&[]), @"");
}

#[test]
fn an_unknown_field() {
    insta::assert_snapshot!(told(&[("alphabet", "alphabt")]), @"");
}

#[test]
fn a_wrong_role() {
    insta::assert_snapshot!(told(&[("\"secret\"", "\"secrt\"")]), @"");
}

#[test]
fn a_wrong_alphabet() {
    insta::assert_snapshot!(told(&[("\"lower-hex\"", "\"lowerhexx\"")]), @"");
}

#[test]
fn a_bad_length() {
    insta::assert_snapshot!(told(&[("length = 32", "length = \"32-40\"")]), @"");
    insta::assert_snapshot!(told(&[("length = 32", "length = \"40..32\"")]), @"");
}

#[test]
fn a_wrong_validator() {
    insta::assert_snapshot!(told(&[("length = 32", "length = 32\nvalidators = [\"crc32-base64\"]")]), @"");
}

#[test]
fn no_prefix_and_no_keyword() {
    insta::assert_snapshot!(told(&[("prefix = \"acme_\"\n", "")]), @"");
}

#[test]
fn a_pattern_that_looks_around() {
    insta::assert_snapshot!(told(&[("prefix = \"acme_\"\nalphabet = \"lower-hex\"\nlength = 32", "pattern = 'acme_(?=x)'")]), @"");
}

#[test]
fn an_anchor_that_is_too_common() {
    insta::assert_snapshot!(told(&[("acme_", "name_")]), @"");
}

#[test]
fn an_example_of_another_length() {
    insta::assert_snapshot!(told(&[("acme_{lower-hex:32}", "acme_{lower-hex:30}")]), @"");
}

#[test]
fn an_example_that_another_key_type_wins() {
    insta::assert_snapshot!(told(&[("prefix = \"acme_\"", "prefix = \"ghp_\""), ("alphabet = \"lower-hex\"\nlength = 32", "alphabet = \"alnum\"\nlength = 36"), ("key = acme_{lower-hex:32}", "key = ghp_{crc32-base62:30}")]), @"");
}

#[test]
fn an_example_without_its_keyword() {
    insta::assert_snapshot!(told(&[("prefix = \"acme_\"", "keywords = [\"acme api key\"]"), ("key = acme_{lower-hex:32}", "key = {lower-hex:32}")]), @"");
}

#[test]
fn a_reject_that_fires() {
    insta::assert_snapshot!(told(&[("acme_your_key_here", "ACME_CHECKSUM=acme_{lower-hex:32}")]), @"");
}

#[test]
fn an_id_that_stands_twice() {
    let text = format!("{GOOD}\n{GOOD}");
    let sandbox = Sandbox::new();
    sandbox.write("keys.toml", text);
    insta::assert_snapshot!(sandbox.skout(&["rules", "test", "keys.toml"]).exits(2).out, @"");
}
