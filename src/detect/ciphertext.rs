//! Text that is encrypted already: SOPS, SealedSecrets, ansible-vault, age, git-crypt and their kin. Base64 of kilobytes
//! holds stretches that fit the shape of nearly any key, and the words around it name the provider.
//!
//! Asked of candidates alone. What lies before a value is read once however many candidates a stretch holds, and never
//! further back than [`FAR`].

use crate::text::Span;

/// How far back a stretch of ciphertext is followed, in bytes.
const FAR: usize = 256 << 10;
/// How far before a stretch its header is looked for, in bytes.
const HEADER: usize = 512;
/// Shorter tokens are taken for ciphertext only where a marker stands right before them. In bytes.
const LONG: usize = 88;

/// Looks for ciphertext around the values of one text, which it is asked about in rising order.
#[derive(Debug, Default)]
pub(super) struct Ciphertext {
    /// The token that was looked at last, and what it is.
    token: Option<(Span, Option<&'static str>)>,
    in_brackets: Walk,
    in_armor: Walk,
    in_vault: Walk,
}

/// A way back through bytes of one set: from where, and before which byte it ended.
#[derive(Debug, Default, Clone, Copy)]
struct Walk {
    from: usize,
    end: usize,
}

impl Walk {
    /// The start of the run of `inside` bytes that ends at `from`. One that reaches an earlier start takes its end.
    fn back(&mut self, text: &[u8], from: usize, inside: impl Fn(u8) -> bool) -> usize {
        let floor = from.saturating_sub(FAR);
        let mut at = from;
        while at > floor && inside(text[at - 1]) {
            at -= 1;
            if at == self.from && self.from > 0 {
                at = self.end;
                break;
            }
        }
        *self = Self { from, end: at };
        at
    }
}

impl Ciphertext {
    /// Which kind of ciphertext a value lies in, if it does.
    pub(super) fn around(&mut self, text: &[u8], value: Span) -> Option<&'static str> {
        if let Some((token, which)) = self.token
            && token.start <= value.start
            && value.start < token.end
        {
            return which;
        }
        let start = text[..value.start].iter().rev().take(FAR).take_while(|byte| is_token(**byte)).count();
        let end = text[value.start..].iter().take(FAR).take_while(|byte| is_token(**byte)).count();
        let token = Span::new(value.start - start, value.start + end);
        // The value's first bytes may be a mark of another kind, a `$` or a quote.
        let which = whole_file(text).or_else(|| by_itself(token.of(text))).or_else(|| by_marker(text, token)).or_else(|| self.by_frame(text, token));
        self.token = (end > 0).then_some((token, which));
        which
    }

    /// What encloses a token, or begins the lines that it stands in.
    fn by_frame(&mut self, text: &[u8], token: Span) -> Option<&'static str> {
        let bare = |byte: u8| is_base64(byte) || byte.is_ascii_whitespace();
        let at = self.in_brackets.back(text, token.start, |byte| bare(byte) || matches!(byte, b',' | b':' | b'_'));
        let before = &text[at.saturating_sub(4)..at];
        if before.ends_with(b"ENC[") {
            return Some(if text[at..].starts_with(b"AES256_GCM,") { "SOPS" } else { "hiera-eyaml" });
        }
        if before.ends_with(b"ENC(") {
            return Some("Jasypt");
        }
        // In a JSON text the line ends of a block are written as `\n`.
        let at = self.in_armor.back(text, token.start, |byte| bare(byte) || byte == b'\\');
        let header = &text[at.saturating_sub(HEADER)..at];
        if let Some(begin) = memchr::memmem::rfind(header, b"-----BEGIN ")
            && memchr::memmem::find(&header[begin..], b"-----END").is_none()
        {
            let label = &header[begin + 11..];
            let known = [(&b"PGP MESSAGE-----"[..], "PGP message"), (b"AGE ENCRYPTED FILE-----", "age"), (b"PKCS7-----", "PKCS #7"), (b"CMS-----", "CMS")];
            // Nothing but headers of the armor may follow: a program that speaks of it goes on in another way.
            let is_code = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b'{' | b'}' | b'[' | b']' | b';' | b'|' | b'$');
            let found = known.iter().find(|(head, _)| label.starts_with(head) && !label[head.len()..].iter().any(is_code));
            return found.map(|(_, which)| *which);
        }
        if token.of(text).iter().all(u8::is_ascii_hexdigit) {
            let is_hex = |byte: u8| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace() || matches!(byte, b'\\' | b'n' | b'r');
            let at = self.in_vault.back(text, token.start, is_hex);
            // The end of `;AES256` is made of hex digits as well as the lines below it.
            let header = &text[at.saturating_sub(96)..at];
            if let Some(begin) = memchr::memmem::rfind(header, b"$ANSIBLE_VAULT;")
                && memchr::memchr(b'\n', &header[begin..]).is_none()
            {
                return Some("ansible-vault");
            }
        }
        None
    }
}

/// Files whose first bytes say that the rest is encrypted.
fn whole_file(text: &[u8]) -> Option<&'static str> {
    let known = [(&b"\0GITCRYPT\0"[..], "git-crypt"), (b"age-encryption.org/v1\n", "age"), (b"Salted__", "OpenSSL")];
    known.iter().find(|(head, _)| text.starts_with(head)).map(|(_, which)| *which)
}

/// Tokens that begin with the bytes of their own format.
fn by_itself(token: &[u8]) -> Option<&'static str> {
    // Key ids and headers in base64: AWS KMS (two kinds of its version 1), OpenSSL's `Salted__`, Fernet's version and time.
    let known = [(&b"AQICAH"[..], LONG, "AWS KMS"), (b"AQIDAH", LONG, "AWS KMS"), (b"U2FsdGVkX1", 40, "OpenSSL"), (b"gAAAAA", 100, "Fernet")];
    let by_head = known.iter().find(|(head, least, _)| token.len() >= *least && token.starts_with(head)).map(|(.., which)| *which);
    by_head.or_else(|| is_rails(token).then_some("Rails credentials"))
}

/// `ciphertext--iv--tag`, each in base64: 12 and 16 bytes make 16 and 24 characters.
fn is_rails(token: &[u8]) -> bool {
    let Some(tail) = token.len().checked_sub(44).map(|at| &token[at..]) else { return false };
    let dashes = |at: usize| &tail[at..at + 2] == b"--";
    dashes(0) && dashes(18) && tail.ends_with(b"==") && tail[2..18].iter().chain(&tail[20..]).all(|byte| is_base64(*byte))
}

/// Tokens that a word right before them says to be encrypted.
fn by_marker(text: &[u8], token: Span) -> Option<&'static str> {
    let left = &text[token.start.saturating_sub(64)..token.start];
    if left.ends_with(b"encrypted:") {
        return Some("dotenvx");
    }
    if left.strip_suffix(b":").is_some_and(|rest| without_digits(rest).ends_with(b"vault:v")) {
        return Some("Vault transit");
    }
    let value = token.of(text);
    let is_base64_alone = value.len().is_multiple_of(4) && value.iter().all(|byte| is_base64(*byte));
    let key = left.trim_ascii_end().strip_suffix(b"\"").or_else(|| left.trim_ascii_end().strip_suffix(b"'")).unwrap_or(left.trim_ascii_end());
    // A key in plain text may follow `secure:` too: hex and words hold none of these, and RSA's blocks are long.
    if is_base64_alone && key.trim_ascii_end().ends_with(b"secure:") && (value.len() >= LONG || value.iter().any(|byte| matches!(byte, b'+' | b'/' | b'='))) {
        return Some("Travis or AppVeyor");
    }
    // The first two bytes are the length of an RSA block, 256 to 1023 bytes.
    let is_sealed = value.len() >= 400 && value.starts_with(b"Ag") && matches!(value[2], b'A'..=b'D');
    let above = &text[token.start.saturating_sub(FAR)..token.start];
    (is_sealed && memchr::memmem::rfind(above, b"encryptedData").is_some()).then_some("SealedSecret")
}

/// Bytes without the digits at their end.
fn without_digits(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    &text[..end]
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn is_token(byte: u8) -> bool {
    is_base64(byte) || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detector, Rejection, Scratch};
    use crate::keys::Catalog;
    use crate::keys::examples::fill;

    /// A key of a bare shape and one with a prefix, as they come about in base64 by chance.
    const BODY: &str = "{class:A-Za-z0-9:40}/{lower-hex:32}+{class:A-Za-z0-9:64}/ghp_{crc32-base62:30}+{class:A-Za-z0-9:44}";

    fn found(text: &str) -> Vec<String> {
        let catalog = Catalog::built_in();
        let found = Detector::new(&catalog, false).detect(text.as_bytes(), &mut Scratch::default(), true);
        found.credentials.iter().map(|credential| catalog.get(credential.key_type).id.to_string()).collect()
    }

    fn refused(text: &str) -> Vec<&'static str> {
        let catalog = Catalog::built_in();
        let found = Detector::new(&catalog, false).detect(text.as_bytes(), &mut Scratch::default(), true);
        let mut kinds: Vec<&'static str> =
            found.rejected.iter().filter_map(|rejected| if let Rejection::Ciphertext(which) = rejected.why { Some(which) } else { None }).collect();
        kinds.dedup();
        kinds
    }

    /// Each of them with words of providers whose keys are bare, and the same without its marks, which is found.
    #[test]
    fn nothing_is_found_in_ciphertext() {
        let hex = "  {lower-hex:80}\n".repeat(3) + "  {lower-hex:32}\n";
        let lines = "{class:A-Za-z0-9+/:64}\n".repeat(3);
        let cases: &[(&str, String)] = &[
            ("SOPS", "algolia_admin_api_key: ENC[AES256_GCM,data:{BODY},iv:{class:A-Za-z0-9:43}=,tag:{class:A-Za-z0-9:22}==,type:str]\n".to_owned()),
            ("SOPS", "{\"algolia_admin_api_key\": \"ENC[AES256_GCM,data:{lower-hex:32},iv:{lower-hex:32},tag:{class:A-Za-z0-9:22}==,type:str]\"}".to_owned()),
            ("SOPS", "ALGOLIA_ADMIN_API_KEY=ENC[AES256_GCM,data:{BODY},iv:{lower-hex:32},tag:{lower-hex:32},type:str]\n".to_owned()),
            ("hiera-eyaml", "algolia::admin_api_key: ENC[PKCS7,{BODY}\n    {BODY}]\n".to_owned()),
            ("hiera-eyaml", "algolia_admin_api_key: >\n  ENC[PKCS7,MIIBeQ\n    {lower-hex:32}\n    {BODY}]\n".to_owned()),
            ("Jasypt", "algolia.admin.api-key=ENC({BODY})\n".to_owned()),
            ("Jasypt", "algolia.admin.api-key=ENC({lower-hex:32})\n".to_owned()),
            ("dotenvx", "ALGOLIA_ADMIN_API_KEY=\"encrypted:{BODY}\"\n".to_owned()),
            ("dotenvx", "ALGOLIA_ADMIN_API_KEY=encrypted:{lower-hex:32}\n".to_owned()),
            ("Vault transit", "algolia_admin_api_key: vault:v12:{BODY}\n".to_owned()),
            ("Travis or AppVeyor", "algolia_admin_api_key:\n  secure: \"{class:A-Za-z0-9:40}/{lower-hex:32}+{class:A-Za-z0-9:97}=\"\n".to_owned()),
            ("AWS KMS", "ALGOLIA_ADMIN_API_KEY: AQICAH{BODY}\n".to_owned()),
            ("OpenSSL", "ALGOLIA_ADMIN_API_KEY: U2FsdGVkX1{BODY}\n".to_owned()),
            ("Rails credentials", "algolia_admin_api_key: {BODY}--{class:A-Za-z0-9:16}--{class:A-Za-z0-9:22}==\n".to_owned()),
            ("SealedSecret", "kind: SealedSecret\nspec:\n  encryptedData:\n    ALGOLIA_ADMIN_API_KEY: AgB{repeat:q7Zk:100}{BODY}\n".to_owned()),
            ("ansible-vault", format!("algolia_admin_api_key: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n{hex}")),
            ("ansible-vault", format!("algolia_admin_api_key: !vault |\n  $ANSIBLE_VAULT;1.2;AES256;prod-eu\n{hex}")),
            ("age", format!("algolia_admin_api_key: |\n-----BEGIN AGE ENCRYPTED FILE-----\n{lines}/{{BODY}}\n-----END AGE ENCRYPTED FILE-----\n")),
            ("age", "{\"algolia_admin_api_key\": \"-----BEGIN AGE ENCRYPTED FILE-----\\nYWdl/{BODY}\\n-----END AGE ENCRYPTED FILE-----\"}".to_owned()),
            (
                "PGP message",
                format!(
                    "algolia_admin_api_key: |\n-----BEGIN PGP MESSAGE-----\nVersion: GnuPG v2.0 (GNU/Linux)\n\n{lines}/{{BODY}}\n=x4Zk\n-----END PGP MESSAGE-----\n"
                ),
            ),
            ("git-crypt", "\0GITCRYPT\0 algolia_admin_api_key: {lower-hex:32}\n".to_owned()),
            ("age", "age-encryption.org/v1\n-> X25519 algolia_admin_api_key={lower-hex:32}\n".to_owned()),
        ];
        let mut told = 0;
        for (which, template) in cases {
            for seed in 0..6 {
                let text = fill(&template.replace("{BODY}", BODY), seed).expect("a template");
                assert!(found(&text).is_empty(), "{which}, seed {seed}: {:?} in {template}", found(&text));
                let kinds = refused(&text);
                assert!(kinds.iter().all(|kind| kind == which), "{which}: {kinds:?}");
                told += usize::from(!kinds.is_empty());
            }
        }
        assert!(told * 10 >= cases.len() * 6 * 8, "only {told} of {} texts held what looks like a key", cases.len() * 6);
    }

    #[test]
    fn what_stands_beside_ciphertext_is_found() {
        let vault = format!("a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n{}", "  {lower-hex:80}\n".repeat(3));
        let plain = "algolia_admin_api_key: \"{lower-hex:32}\"\n";
        let sops = "a: ENC[AES256_GCM,data:{class:A-Za-z0-9:40},iv:{class:A-Za-z0-9:43}=,tag:{class:A-Za-z0-9:22}==,type:str]\n";
        let age = "a: |\n-----BEGIN AGE ENCRYPTED FILE-----\n{class:A-Za-z0-9+/:64}\n-----END AGE ENCRYPTED FILE-----\n";
        for before in
            [vault.as_str(), sops, age, "a: ENC({class:A-Za-z0-9:40})\n", "A=encrypted:{class:A-Za-z0-9:40}\n", "a:\n  secure: {class:A-Za-z0-9:43}=\n"]
        {
            for seed in 0..6 {
                let text = fill(&format!("{before}{plain}"), seed).expect("a template");
                assert_eq!(found(&text), ["algolia.admin-key"], "{before}");
            }
        }
        // Words that only sound like it.
        for template in [
            "if (text.startsWith(\"-----BEGIN PGP MESSAGE-----\")) algolia_admin_api_key = \"{lower-hex:32}\"",
            "const AGE = '-----BEGIN AGE ENCRYPTED FILE-----';\nalgolia_admin_api_key = '{lower-hex:32}'",
            "ALGOLIA_ADMIN_API_KEY={lower-hex:32} # not encrypted: yet",
            "algolia_admin_api_key: {secure: {lower-hex:32}}",
        ] {
            assert_eq!(found(&fill(template, 1).expect("a template")), ["algolia.admin-key"], "{template}");
        }
    }

    /// Thousands of candidates in one block, each of which would read it from its start.
    #[test]
    fn a_long_block_is_read_once() {
        let text = format!("-----BEGIN PGP MESSAGE-----\n\n{}", "ghp/a1b2 ".repeat(200_000));
        let mut cipher = Ciphertext::default();
        let start = std::time::Instant::now();
        let refused = memchr::memmem::find_iter(text.as_bytes(), b"ghp/").filter(|at| cipher.around(text.as_bytes(), Span::new(*at, at + 8)).is_some()).count();
        assert!(refused > 20_000 && start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
