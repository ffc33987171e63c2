//! What programs do with what they are given, as far as secrets are concerned.

use super::syntax::{Command, Word};

/// What a program writes, of what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    /// The same, or something from which it can be had.
    Same,
    /// The same in another form, which no masking knows.
    Changed,
    /// Nothing that matters: a hash, a count, a mask, a few letters.
    Harmless,
    /// Shown, and written on: `tee`.
    Shown,
    /// Kept by people's log: `logger`.
    Logged,
    /// Taken in: the right way to hand a secret to a program.
    Taken,
}

/// What a program does with its input.
pub(super) fn filter(command: &Command) -> Filter {
    let name = command.name();
    match name.as_str() {
        "sha256sum" | "sha1sum" | "sha512sum" | "sha224sum" | "sha384sum" | "md5sum" | "md5" | "shasum" | "cksum" | "b2sum" | "wc" | "bcrypt" | "argon2"
        | "gpg" | "age" => Filter::Harmless,
        "sed" if command.arguments().iter().any(|word| masks(&word.text())) => Filter::Harmless,
        "tr" if is_masking_tr(command) => Filter::Harmless,
        "cut" | "head" | "tail" if shows_few(command) => Filter::Harmless,
        "awk" if command.arguments().iter().any(|word| names_only(&word.text())) => Filter::Harmless,
        "grep" | "egrep" | "rg"
            if command
                .arguments()
                .iter()
                .any(|word| matches!(word.plain().as_deref(), Some("-q" | "-c" | "-qi" | "-iq" | "-qE" | "-qF" | "--quiet" | "-l"))) =>
        {
            Filter::Harmless
        }
        "openssl" if ["base64", "enc"].iter().any(|word| command.has(word)) && (command.has("base64") || command.has("-base64") && !command.has("-k")) => {
            Filter::Changed
        }
        "openssl" => Filter::Harmless,
        "base64" | "xxd" | "od" | "hexdump" | "rev" | "fold" | "gzip" | "basenc" | "base32" => Filter::Changed,
        "sed" | "awk" | "tr" | "cut" => Filter::Changed,
        "cat" | "sort" | "uniq" | "head" | "tail" | "grep" | "egrep" | "rg" | "column" | "jq" | "yq" | "nl" | "less" | "more" | "ts" | "fmt" | "indent"
        | "cowsay" => Filter::Same,
        "tee" => Filter::Shown,
        "logger" | "systemd-cat" | "wall" => Filter::Logged,
        _ => Filter::Taken,
    }
}

/// A `sed` script that replaces every letter, or all but the ends, or what stands behind `=`.
fn masks(script: &str) -> bool {
    let Some(at) = script.find('s') else { return false };
    let Some(mark) = script[at + 1..].chars().next().filter(|mark| !mark.is_alphanumeric()) else { return false };
    let mut parts = script[at + 1..].split(mark).skip(1);
    let (Some(pattern), Some(text)) = (parts.next(), parts.next()) else { return false };
    let is_all = matches!(pattern, "." | "[^ ]" | ".*" | "[a-zA-Z0-9]" | "[A-Za-z0-9]" | "=.*" | "=.*$" | "\\S");
    let is_text = text.contains("**") || text == "*" || text.to_ascii_lowercase().contains("redact") || text.contains("xxx") || text.contains("XXX");
    is_all || is_text
}

fn is_masking_tr(command: &Command) -> bool {
    let mut operands = command.operands();
    let from = operands.next().map(Word::text).unwrap_or_default();
    let to = operands.next().and_then(Word::plain).unwrap_or_default();
    let is_mask = !to.is_empty() && to.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.'));
    is_mask && (from.contains("[:") || from.contains("-") || from.contains('\\'))
}

/// `cut -c1-4`, `head -c 4`, `tail -c 5`.
fn shows_few(command: &Command) -> bool {
    let arguments: Vec<String> = command.arguments().iter().map(Word::text).collect();
    let at = arguments.iter().position(|word| word.starts_with("-c") || word.starts_with("--bytes") || word.starts_with("-b"));
    let Some(at) = at else {
        // `env | cut -d= -f1`
        let is_name = arguments.iter().any(|word| word == "-d=" || word == "=") || arguments.iter().any(|word| word.starts_with("-d"));
        return is_name && (arguments.iter().any(|word| word == "-f1") || arguments.windows(2).any(|pair| pair[0] == "-f" && pair[1] == "1"));
    };
    let text = arguments[at].trim_start_matches(|letter: char| !letter.is_ascii_digit() && letter != '-').trim_start_matches("-c").trim_start_matches("-b");
    let text = if text.is_empty() { arguments.get(at + 1).map(String::as_str).unwrap_or_default() } else { text };
    if text.ends_with('-') {
        return false;
    }
    let last = text.rsplit('-').next().unwrap_or_default();
    last.parse::<u32>().is_ok_and(|last| last <= 8)
}

/// `awk -F= '{print $1}'`
fn names_only(script: &str) -> bool {
    script.contains("{print $1}") || script.contains("{ print $1 }") || script.contains("length")
}

/// The name of a secret that a program fetches from where secrets are kept.
pub(super) fn fetched(command: &Command) -> Option<String> {
    let words: Vec<String> = command.words.iter().map(Word::text).collect();
    let has = |word: &str| words.iter().any(|one| one == word);
    let second = words.get(1).map(String::as_str).unwrap_or_default();
    let name = match command.name().as_str() {
        "pass" | "gopass" if !matches!(second, "ls" | "insert" | "generate" | "git" | "init" | "rm" | "find" | "grep") => "password",
        "op" if second == "read" || has("item") && has("get") => "secret",
        "aws" if has("secretsmanager") && has("get-secret-value") => "secret",
        "aws" if has("ssm") && (has("get-parameter") || has("get-parameters")) && has("--with-decryption") => "secret",
        "aws" if has("get-login-password") => "password",
        "gcloud" if has("print-access-token") || has("print-identity-token") => "accessToken",
        "gcloud" if has("secrets") && has("access") => "secret",
        "az" if has("get-access-token") => "accessToken",
        "az" if has("keyvault") && has("secret") && has("show") => "secret",
        "vault" if second == "read" || second == "kv" && has("get") => "secret",
        "kubectl" | "oc"
            if has("get") && words.iter().any(|word| matches!(word.as_str(), "secret" | "secrets") || word.starts_with("secret/")) && shows_data(&words) =>
        {
            "secret"
        }
        "kubectl" if has("create") && has("token") => "token",
        "gh" if second == "auth" && has("token") => "accessToken",
        "heroku" if second == "config:get" => return words.get(2).cloned(),
        "doppler" if has("secrets") && (has("get") || has("download")) => "secret",
        "bw" | "lpass" | "rbw" if has("get") || has("show") => "password",
        "security" if second.starts_with("find-") => "password",
        "secret-tool" if second == "lookup" => "password",
        "sops" if has("-d") || has("--decrypt") || second == "decrypt" => "secret",
        "chamber" | "infisical" if has("read") || has("get") => "secret",
        "cat" | "head" if words.iter().any(|word| word.contains("/run/secrets/") || word.contains("/secrets/kubernetes.io/serviceaccount/token")) => "secret",
        "jq" => return jq_field(&words),
        _ => return None,
    };
    Some(name.to_owned())
}

/// `kubectl get secret` shows the data only in some formats.
fn shows_data(words: &[String]) -> bool {
    words.iter().any(|word| {
        ["yaml", "json", "go-template", "template="].iter().any(|format| word.contains(format))
            && (word.starts_with("-o") || word.starts_with("--") || !word.starts_with('-'))
    }) && words.iter().any(|word| word.starts_with("-o") || word.starts_with("--output") || word.starts_with("--template"))
}

/// The field that `jq -r .data.token` gives.
fn jq_field(words: &[String]) -> Option<String> {
    let path = words.iter().skip(1).find(|word| word.starts_with('.'))?;
    let field = path.rsplit('.').next()?.trim_matches(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    crate::lang::hint::may_say_secret(field).then(|| field.to_owned())
}

/// Options, of any program, that give it a secret.
const OPTIONS: &[&str] = &[
    "--password",
    "--passwd",
    "--pass",
    "--passphrase",
    "--token",
    "--auth-token",
    "--access-token",
    "--api-key",
    "--apikey",
    "--api-token",
    "--secret",
    "--secret-key",
    "--client-secret",
    "--db-password",
    "--auth",
    "--_auth",
    "--registry-token",
    "--admin-password",
    "--http-password",
];

/// Names of programs with the short options that give them a secret, as a word of its own or the rest of the word.
const SHORT: &[(&str, &[&str])] = &[
    ("mysql", &["-p"]),
    ("mysqldump", &["-p"]),
    ("mysqladmin", &["-p"]),
    ("mysqlimport", &["-p"]),
    ("mysqlsh", &["-p"]),
    ("mariadb", &["-p"]),
    ("mariadb-dump", &["-p"]),
    ("docker", &["-p"]),
    ("podman", &["-p"]),
    ("buildah", &["-p"]),
    ("helm", &["-p"]),
    ("oras", &["-p"]),
    ("sshpass", &["-p"]),
    ("az", &["-p"]),
    ("oc", &["-p"]),
    ("redis-cli", &["-a"]),
    ("mongo", &["-p"]),
    ("mongosh", &["-p"]),
    ("mongodump", &["-p"]),
    ("mongorestore", &["-p"]),
    ("sqlcmd", &["-P"]),
    ("bcp", &["-P"]),
    ("zip", &["-P"]),
    ("unzip", &["-P"]),
    ("7z", &["-p"]),
    ("ldapsearch", &["-w"]),
    ("ldapadd", &["-w"]),
    ("ldapmodify", &["-w"]),
    ("cqlsh", &["-p"]),
    ("curlftpfs", &["-p"]),
    ("htpasswd", &["-b"]),
];

/// Builtins and programs of the shell itself, whose arguments no list of processes shows, or which take options of these
/// names for other things.
const INNER: &[&str] =
    &["echo", "printf", "test", "[", "[[", "export", "local", "declare", "readonly", "typeset", "case", "for", "set", "read", "return", "eval", "alias"];

/// Where a program is given a secret in its arguments: the words that hold it.
pub(super) fn secret_arguments(command: &Command) -> Vec<Word> {
    let name = command.name();
    if name.is_empty() || INNER.contains(&name.as_str()) {
        return Vec::new();
    }
    let mut out = Vec::new();
    let arguments = command.arguments();
    let is_login = !matches!(name.as_str(), "docker" | "podman" | "buildah" | "helm" | "oras" | "oc" | "az") || command.has("login");
    let short = SHORT.iter().find(|(program, _)| *program == name && is_login).map(|(_, options)| *options).unwrap_or_default();
    for (at, word) in arguments.iter().enumerate() {
        let text = word.text();
        let next = arguments.get(at + 1);
        if let Some(option) = OPTIONS.iter().find(|option| text.starts_with(**option)) {
            match text[option.len()..].bytes().next() {
                Some(b'=') => out.push(word.without(option.len() + 1)),
                None => out.extend(next.cloned()),
                _ => {}
            }
            continue;
        }
        if let Some(option) = short.iter().find(|option| text.starts_with(**option) && !text.starts_with("--")) {
            match text.len() > option.len() {
                true if text.starts_with("-port") || text.starts_with("-path") => {}
                true => out.push(word.without(option.len())),
                // MySQL asks when its option stands alone.
                false if name.starts_with("mysql") || name.starts_with("mariadb") || name == "7z" => {}
                false if name == "htpasswd" => out.extend(arguments.last().cloned()),
                false => out.extend(next.cloned()),
            }
        } else if (text == "--build-arg" && next.is_some()) || text.starts_with("--build-arg=") {
            out.push(next.filter(|_| text == "--build-arg").cloned().unwrap_or_else(|| word.clone()));
        } else if text.starts_with("--from-literal") && matches!(name.as_str(), "kubectl" | "oc") {
            out.push(if text.contains('=') { word.clone() } else { next.cloned().unwrap_or_default() });
        } else if matches!(text.as_str(), "-passin" | "-passout" | "-pass") && name == "openssl" {
            out.extend(next.filter(|next| next.head().starts_with("pass:")).cloned());
        }
    }
    out
}
