use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use proptest::prelude::*;

use super::{Place, decode};
use crate::detect::leads::Leads;
use crate::detect::pass::{self, Wanted};
use crate::detect::{Credential, Detector, Scratch};
use crate::keys::Catalog;
use crate::keys::examples::fill;
use crate::text::Span;

/// The places in a range of a text, in rising order.
fn scan(text: &[u8], range: Span, out: &mut Vec<Place>) {
    let mut leads = Leads::default();
    pass::scan(Wanted { values: None, places: true }, text, range, &mut leads);
    out.append(&mut leads.wrapped);
    out.sort_unstable();
}

fn detect(text: &str) -> Vec<(String, Credential)> {
    let catalog = Catalog::built_in();
    let found = Detector::new(&catalog, true).detect(text.as_bytes(), &mut Scratch::default(), false).credentials;
    found.into_iter().map(|one| (catalog.get(one.key_type).id.as_str().to_owned(), one)).collect()
}

/// A key of each kind: with a prefix, with a checksum, one that needs its word.
const KEYS: &[&str] = &["sk_live_{alnum:99}", "ghp_{crc32-base62:30}", "AKIA{base32:16}"];

fn key() -> String {
    fill("ghp_{crc32-base62:30}", 5).expect("a template")
}

/// Every byte by one function.
fn each(text: &str, escape: impl Fn(u8) -> String) -> String {
    text.bytes().map(escape).collect()
}

/// Every byte that is no letter by one function.
fn some(text: &str, escape: impl Fn(u8) -> String) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { escape(byte) }).collect()
}

fn lines(text: &str, width: usize, end: &str) -> String {
    text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join(end)
}

/// The one credential of a text: its key type, where it stands, and how it is wrapped.
#[track_caller]
fn only(text: &str) -> (String, String, Vec<&'static str>) {
    let mut found = detect(text);
    assert_eq!(found.len(), 1, "{text}: {:?}", found.iter().map(|(id, one)| (id, one.span, &one.encoding)).collect::<Vec<_>>());
    let (id, one) = found.remove(0);
    (id, String::from_utf8_lossy(one.span.of(text.as_bytes())).into_owned(), one.encoding)
}

#[test]
fn each_encoding_is_told_by_its_name() {
    let key = key();
    let env = format!("REGISTRY_USER=corp\nGITHUB_TOKEN={key}\n");
    let long = format!("{}\nGITHUB_TOKEN={key}\n{}", "# what this is for, at length\n".repeat(5), "# and more\n".repeat(9));
    let utf16: Vec<u8> = format!("$env:T='{key}'").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mime = lines(&BASE64.encode(long.as_bytes()), 76, "\r\n");
    let block = lines(&BASE64.encode(long.as_bytes()), 70, "\n    ");
    let escaped_lines = lines(&BASE64.encode(long.as_bytes()), 64, "\\n");
    for (wrapping, before, after, name) in [
        (BASE64.encode(key.as_bytes()), "  token: ", "\n", "base64"),
        (BASE64.encode(key.as_bytes()), "token: \"", "\"\n", "base64"),
        (BASE64.encode(env.as_bytes()), "  .env: ", "\n", "base64"),
        (BASE64_NOPAD.encode(env.as_bytes()), "env = '", "'\n", "base64"),
        (BASE64URL_NOPAD.encode(format!("?>~\u{ff}?>{env}").as_bytes()), "state=", "&x=1\n", "base64url"),
        (mime, "Content-Transfer-Encoding: base64\r\n\r\n", "\r\n\r\n--x", "base64"),
        (block, "data:\n  env: |\n    ", "\n  other: x\n", "base64"),
        (escaped_lines, "{\"env\": \"", "\"}", "base64"),
        (BASE64.encode(&utf16), "powershell -EncodedCommand ", "\n", "base64"),
        (format!("0x{}", HEXLOWER.encode(key.as_bytes())), "token = ", "\n", "hex"),
        (HEXLOWER.encode(key.as_bytes()), "token = ", "\n", "hex"),
        (HEXLOWER.encode(env.as_bytes()).to_uppercase(), "token = '", "'\n", "hex"),
        (each(&key, |byte| format!("%{byte:02X}")), "x?token=", "&y\n", "percent"),
        (some(&key, |byte| format!("%{byte:02x}")), "x?token=", "\n", "percent"),
        (each(&key, |byte| format!("\\x{byte:02x}")), "token = '", "'\n", "unicode-escape"),
        (each(&key, |byte| format!("\\u{byte:04x}")), "{\"token\":\"", "\"}\n", "unicode-escape"),
        (some(&key, |byte| format!("\\u{{{byte:x}}}")), "token = '", "'\n", "unicode-escape"),
        (each(&key, |byte| format!("&#{byte};")), "<a token=\"", "\">\n", "html-entity"),
        (some(&key, |byte| format!("&#x{byte:X};")), "<p>", "</p>\n", "html-entity"),
    ] {
        let text = format!("first: line\n{before}{wrapping}{after}");
        assert_eq!(only(&text), ("github.personal-access-token".to_owned(), wrapping, vec![name]), "{text}");
    }
}

#[test]
fn quoted_printable() {
    let key = key();
    let (head, tail) = key.split_at(20);
    let text =
        format!("Content-Transfer-Encoding: quoted-printable\r\n\r\nThe token of the machine for our builds is=\r\n here: {head}=\r\n{tail}, good luck\r\n");
    assert_eq!(only(&text).2, ["quoted-printable"]);
    let text = format!("Subject: x\n\nPlease set GITHUB_TOKEN=3D{key} in the job, and tell nobody.\n");
    assert_eq!(only(&text), ("github.personal-access-token".to_owned(), key.clone(), vec!["quoted-printable"]));
    let filler = "x ".repeat(25);
    let text = format!("{filler}{head}=\n{tail} and more\n");
    assert_eq!(only(&text), ("github.personal-access-token".to_owned(), format!("{head}=\n{tail}"), vec!["quoted-printable"]));
}

#[test]
fn slashes_of_json() {
    let secret = fill("{class:A-Za-z0-9:13}/{class:A-Za-z0-9:12}/{class:A-Za-z0-9:13}", 4).expect("a template");
    let plain = format!("{{\"aws_secret_access_key\":\"{secret}\"}}");
    let (id, value, _) = only(&plain);
    assert_eq!(value, secret);
    let escaped = secret.replace('/', "\\/");
    assert_eq!(only(&plain.replace('/', "\\/")), (id, escaped, vec!["json-escape"]));
}

#[test]
fn wrapped_three_times_and_no_more() {
    let key = key();
    let once = BASE64.encode(format!("token={key}").as_bytes());
    let twice = BASE64.encode(format!("{{\"x\":\"{once}\"}}").as_bytes());
    let escaped = some(&twice, |byte| format!("%{byte:02X}"));
    assert_eq!(only(&format!("a: {twice}\n")), ("github.personal-access-token".to_owned(), twice.clone(), vec!["base64", "base64"]));
    let thrice = BASE64.encode(format!("y={twice}").as_bytes());
    assert_eq!(only(&format!("a: {thrice}\n")).2.len(), 3);
    assert!(detect(&format!("a: {}\n", BASE64.encode(thrice.as_bytes()))).is_empty());
    assert!(escaped == twice || only(&format!("a?b={escaped}\n")).2 == ["percent", "base64", "base64"]);
    let spaced = once.replace('=', "%3D");
    assert_eq!(only(&format!("a?b={spaced}&c\n")).2.last(), Some(&"base64"));
}

#[test]
fn the_words_around_a_wrapping_speak_for_the_value() {
    let hex = fill("{lower-hex:32}", 3).expect("a template");
    let wrapped = BASE64.encode(hex.as_bytes());
    let (id, value, encoding) = only(&format!("kind: Secret\ndata:\n  ALGOLIA_ADMIN_KEY: {wrapped}\n"));
    assert_eq!((id.as_str(), value, encoding), ("algolia.admin-key", wrapped.clone(), vec!["base64"]));
    assert!(detect(&format!("kind: Secret\ndata:\n  OTHER: {wrapped}\n")).is_empty());
    let inside = BASE64.encode(format!("ALGOLIA_ADMIN_KEY={hex}\n").as_bytes());
    assert_eq!(only(&format!("  env: {inside}\n")).0, "algolia.admin-key");
}

#[test]
fn secrets_of_a_cluster() {
    let fill = |template: &str| fill(template, 9).expect("a template");
    let list = format!(
        "apiVersion: v1\nkind: Secret\ndata:\n  user: {}\n  github: {}\n  url: {}\n",
        BASE64.encode(b"deploy"),
        BASE64.encode(key().as_bytes()),
        BASE64.encode(fill("postgres://app:{alnum:24}@db.corp.io:5432/app").as_bytes())
    );
    let found = detect(&list);
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(ids[0] == "github.personal-access-token" && ids[1].starts_with("database-url."), "{ids:?}");
    let config = fill("{\"auths\":{\"ghcr.io\":{\"auth\":\"{b64:robot:{alnum:24}}\"},\"corp.io\":{\"auth\":\"{b64:ci:{alnum:30}}\"}}}");
    let wrapped = BASE64.encode(config.as_bytes());
    let found = detect(&format!("kind: Secret\ndata:\n  .dockerconfigjson: {wrapped}\n"));
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|(id, one)| id == "docker-hub.registry-auth" && one.span.len() == wrapped.len() && one.encoding == ["base64"]));
    // A token within a nameless wrapping says more than the wrapping.
    let header = format!("Authorization: Basic {}\n", BASE64.encode(format!("x-access-token:{}", key()).as_bytes()));
    assert_eq!(only(&header).0, "github.personal-access-token");
}

#[test]
fn literals_in_pieces() {
    let key = key();
    let (head, tail) = key.split_at(22);
    for joint in ["\" + \"", "' . '", "\" +\n    \"", "\"\n    \"", "\" \\\n  \"", "\" & _\n  \"", "\\\n", "\" .. \"", "\"+\""] {
        let quote = if joint.starts_with('\'') { '\'' } else { '"' };
        let text = format!("token = {quote}{head}{joint}{tail}{quote}\n");
        assert_eq!(only(&text), ("github.personal-access-token".to_owned(), format!("{head}{joint}{tail}"), vec!["concatenation"]), "{text}");
    }
    let text = format!("t = \"{}\" + \"{}\" + \"{}\" + \"{}\";", &key[..2], &key[2..7], &key[7..30], &key[30..]);
    assert_eq!(only(&text).2, ["concatenation"]);
    // Neighbours in a list are no pieces.
    assert!(detect(&format!("t = [\"{head}\", \"{tail}\"]")).is_empty());
}

#[test]
fn a_wrapping_changes_nothing_of_the_value() {
    for template in KEYS {
        let key = fill(template, 2).expect("a template");
        let plain = detect(&format!("aws stripe: {key}\n"));
        let wrapped = detect(&format!("aws stripe: {}\n", BASE64.encode(key.as_bytes())));
        assert_eq!((plain.len(), wrapped.len()), (1, 1), "{template}");
        let (one, other) = (&plain[0].1, &wrapped[0].1);
        assert_eq!(one.fingerprint, other.fingerprint);
        assert_eq!((one.redacted.as_str(), one.confidence, one.role, one.mode), (other.redacted.as_str(), other.confidence, other.role, other.mode));
        assert_eq!(other.revealed.as_ref().map(|value| value.expose().to_owned()), Some(key));
    }
}

#[test]
fn what_is_plain_is_told_once() {
    let key = key();
    for text in [
        format!("https://x.io/a%2Fb?token={key}%20&c=%2Fdeploy-1"),
        format!("\"\\u002fwebhooks\\u002f\\u003dtoken={key}\\u0026x\\u003d1\""),
        format!("<a href=\"&#47;x&#47;deploy-to-the-machine&#61;{key}&amp;y\">"),
        format!("x = \"{key}\" + \"/deployments-of-the-machine\""),
    ] {
        assert_eq!(only(&text), ("github.personal-access-token".to_owned(), key.clone(), vec![]), "{text}");
    }
}

#[test]
fn what_is_no_text_is_left() {
    let fill = |template: &str| fill(template, 6).expect("a template");
    let edits = |text: &str| {
        let mut places = Vec::new();
        scan(text.as_bytes(), Span::new(0, text.len()), &mut places);
        decode::edits(text.as_bytes(), &places, 1 << 20).list.len()
    };
    for text in [
        fill("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{alnum:400}"),
        fill("\"integrity\": \"sha512-{class:A-Za-z0-9+/:86}==\""),
        fill("token = {jwt:iss=me,sub=you}"),
        fill("{pem:PRIVATE KEY}"),
        fill("{pem:OPENSSH PRIVATE KEY}"),
        fill("{lower-hex:64} {uuid} {upper-hex:40}"),
        "import { getServerSidePropsOfEverything } from '../../node_modules/something/else/entirely'".to_owned(),
        "printf(\"%2d %2f %02x %5d\", a, b); x = y % 20; a && b; /^https?:\\/\\/[a-z]+\\/x/".to_owned(),
    ] {
        assert_eq!(edits(&text), 0, "{text}");
    }
}

#[test]
fn placeholders_stay_placeholders() {
    for value in ["ghp_{repeat:x:36}", "sk_live_{repeat:your_key_:4}", "${GITHUB_TOKEN} of the machine"].map(|template| fill(template, 1).expect("a template"))
    {
        assert!(detect(&format!("token: {}\n", BASE64.encode(value.as_bytes()))).is_empty(), "{value}");
    }
}

#[test]
fn hostile_texts_end_soon() {
    let start = std::time::Instant::now();
    let repeated = |piece: &str| piece.repeat((1 << 20) / piece.len());
    let bomb = (0..12).fold("x".repeat(1 << 10), |text, _| BASE64.encode(text.as_bytes()));
    for text in [
        repeated("\\u0041"),
        repeated("%41%42 "),
        repeated("&#65;"),
        repeated("aaaaaaaaaaaaaaaaaaaa=\n"),
        repeated("\"aaaaaaaaaaaaaaaaaaaa\" + "),
        repeated("\\/Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0"),
        repeated(&BASE64.encode(&b"only words, and more of them ".repeat(3))),
        repeated(&format!("{}\n", BASE64.encode(b"only words, and more of them."))),
        bomb,
    ] {
        detect(&text);
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

/// A text around places, of all that places are made of.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\n]{0,40}",
        "[ -~]{0,60}".prop_map(|text| BASE64.encode(text.as_bytes())),
        "[ -~]{0,60}".prop_map(|text| BASE64URL_NOPAD.encode(text.as_bytes())),
        "[ -~]{0,60}".prop_map(|text| HEXLOWER.encode(text.as_bytes())),
        "[ -~]{0,30}".prop_map(|text| each(&text, |byte| format!("%{byte:02X}"))),
        "[ -~]{0,30}".prop_map(|text| each(&text, |byte| format!("\\x{byte:02x}"))),
        "[ -~]{0,30}".prop_map(|text| each(&text, |byte| format!("&#{byte};"))),
        "[a-z0-9]{10,30}\"( \\+ |\n)\"[a-z0-9]{10,30}",
        "[a-zA-Z0-9]{50,70}=\r?\n[a-z0-9]{10,30}",
        prop::collection::vec(any::<u8>(), 0..30).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Edits lie apart in the text, and each span decodes to what the edit says.
    #[test]
    fn spans_decode_to_their_text(pieces in prop::collection::vec(piece(), 0..20)) {
        let text = pieces.concat();
        let mut places = Vec::new();
        scan(text.as_bytes(), Span::new(0, text.len()), &mut places);
        places.sort_unstable();
        places.dedup();
        let edits = decode::edits(text.as_bytes(), &places, 1 << 20);
        let mut end = 0;
        for edit in &edits.list {
            prop_assert!(edit.span.start >= end && edit.span.end <= text.len());
            end = edit.span.end;
            let (outer, inner) = (edit.span.of(text.as_bytes()), edit.decoded.of(&edits.bytes));
            match edit.name {
                "hex" => {
                    let digits = String::from_utf8_lossy(outer).to_ascii_lowercase();
                    prop_assert_eq!(HEXLOWER.encode(inner), digits.trim_start_matches("0x"));
                }
                "percent" => prop_assert_eq!(format!("%{:02x}", inner[0]), String::from_utf8_lossy(outer).to_ascii_lowercase()),
                "base64" if outer.len() % 4 != 1 && outer.iter().all(|byte| byte.is_ascii_alphanumeric()) => {
                    // Bits that fill the last character up may be anything.
                    let again = BASE64_NOPAD.encode(inner);
                    prop_assert_eq!(&again.as_bytes()[..again.len() - 1], &outer[..again.len() - 1]);
                }
                _ => {}
            }
        }
        // Places depend on what is near: a window finds those within it.
        let cut = places.iter().filter(|place| place.at as usize >= text.len() / 2).copied().collect::<Vec<_>>();
        let mut found = Vec::new();
        scan(text.as_bytes(), Span::new(text.len() / 2, text.len()), &mut found);
        prop_assert!(cut.iter().all(|place| found.contains(place) || (place.at as usize) < text.len() / 2 + super::REACH));
        prop_assert!(found.iter().all(|place| places.contains(place)));
    }

    /// A key is found however it is wrapped and wherever it stands, and its span holds the whole wrapping.
    #[test]
    fn what_was_encoded_is_found(seed in 0..500_u64, how in 0..7_usize, before in "[a-z ]{0,30}", after in "[a-z ]{0,30}") {
        let key = fill("ghp_{crc32-base62:30}", seed).expect("a template");
        let plain = format!("{before}\n{key}\n{after}");
        let wrapping = match how {
            0 => BASE64.encode(plain.as_bytes()),
            1 => BASE64URL_NOPAD.encode(plain.as_bytes()),
            2 => HEXLOWER.encode(plain.as_bytes()),
            3 => each(&plain, |byte| format!("%{byte:02x}")),
            4 => each(&plain, |byte| format!("\\u{byte:04X}")),
            5 => each(&plain, |byte| format!("&#x{byte:x};")),
            _ => each(&plain, |byte| format!("\\x{byte:02x}")),
        };
        let text = format!("{before} = '{wrapping}'\n{after}\n");
        let found = detect(&text);
        prop_assert_eq!(found.len(), 1, "{}", text);
        let one = &found[0].1;
        prop_assert_eq!(one.encoding.len(), 1);
        let outer = String::from_utf8_lossy(one.span.of(text.as_bytes())).into_owned();
        let expected = match how {
            0..=2 => wrapping,
            3 => each(&key, |byte| format!("%{byte:02x}")),
            4 => each(&key, |byte| format!("\\u{byte:04X}")),
            5 => each(&key, |byte| format!("&#x{byte:x};")),
            _ => each(&key, |byte| format!("\\x{byte:02x}")),
        };
        prop_assert_eq!(outer, expected);
        prop_assert_eq!(one.revealed.as_ref().map(|value| value.expose().to_owned()), Some(key));
    }
}
