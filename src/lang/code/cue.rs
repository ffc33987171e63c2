//! Which programs are worth reading.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashMap;

use super::language;
use crate::detect::Words;

/// Words of names that say secret by themselves, as programs write them.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "accesskey",
    "access_key",
    "accesstoken",
    "access_token",
    "authtoken",
    "auth_token",
    "refreshtoken",
    "refresh_token",
    "bearer",
    "privatekey",
    "private_key",
    "credential",
    "authorization",
    "connectionstring",
    "connection_string",
    "database_url",
    "databaseurl",
    "mnemonic",
    "os.environ",
    "os.getenv",
    "getenv",
    "env::var",
    "env[",
    "env.fetch",
    "_token",
    ".header",
    "env::vars",
    "fromenvironment",
    ".environment",
    "requestheader",
    "expose_secret",
    "getenvironmentvariable",
    "sys.env",
    "buildconfig.",
    "signingkey",
    "signing_key",
    "encryptionkey",
    "encryption_key",
    "masterkey",
    "jwt",
    "token)",
    "_key)",
    "_key}",
    "token}",
    "client_secret",
    "webhook_secret",
    // Whole environments, requests and stores.
    "env.to_h",
    "env.each",
    "env.inspect",
    "p env",
    "pp env",
    "puts env",
    "$_env",
    "$_server",
    "phpinfo",
    "system.get_env",
    "fetch_env",
    "compile_env",
    "headers",
    "credentials",
    "session_id",
    "passphrase",
    "(conn)",
];

static FINDER: LazyLock<Words> = LazyLock::new(|| Words::new(NAMES.iter().copied(), true));

/// Programs that are no longer than this are read when they speak of a secret at all: reading them costs little. In longer ones it must
/// stand with a place where it may leave.
const SHORT: usize = 3 << 10;

/// Words after which values leave. Case matters: these are what languages and libraries call them.
const SINKS: &[&str] = &[
    "print(",
    "print ",
    "printf",
    "println",
    "Print",
    "pprint",
    "echo ",
    "puts ",
    "logger",
    "Logger",
    "LOGGER",
    "logging",
    "log.",
    "Log.",
    "LOG.",
    "_log(",
    "log::",
    "Log::",
    ".log(",
    ".trace(",
    ".debug(",
    ".info(",
    ".warn(",
    ".warning(",
    ".error(",
    ".fatal(",
    ".critical(",
    ".exception(",
    ".notice(",
    ".bind(",
    "debug!(",
    "info!(",
    "warn!(",
    "error!(",
    "trace!(",
    "span!(",
    "instrument",
    "panic",
    "raise ",
    "throw ",
    "Error(",
    "Exception(",
    "rror.new",
    "Errorf(",
    "abort(",
    "fail",
    "exit(",
    "die(",
    "var_dump",
    "print_r",
    "dd(",
    "dump(",
    "inspect",
    "write(",
    "Write",
    "capture",
    "notify(",
    "track(",
    "identify(",
    "set_tag",
    "set_extra",
    "set_context",
    "setTag",
    "setExtra",
    "SetTag",
    "attribute(",
    "ttributes(",
    "render ",
    "respond(",
    ".JSON(",
    "json(",
    "jsonify(",
    "Popen",
    "subprocess",
    "exec",
    "Exec",
    "system",
    "spawn",
    "Command",
    "bail!",
    "ensure!",
    "assert",
    "require(",
    "check(",
    "error(",
    "expect(",
    "MDC.",
    "NSLog",
    "os_log",
    "Console.",
    "Timber.",
    "Debug.",
    "Trace.",
    "trigger_error",
    "http.Error",
    "errors.New",
    "Fprint",
    "IO.",
    "dbg!(",
    "ic(",
    "secho(",
];

/// What makes a program worth reading wherever it stands: an API key that a library is given, a request with a bearer.
const SURE: &[&str] =
    &["Bearer ", "bearer_auth", "stripe.api_key", "Stripe.apiKey", "stripe.Key", "StripeConfiguration.ApiKey", "::setApiKey", "useplunk", "Plunk("];

/// Calls that read the environment, before the name that they ask for.
const READS: &[&str] = &[
    "getenv(",
    "environ",
    "ENV[",
    "ENV.fetch(",
    "env::var",
    "env!(",
    "$_ENV[",
    "$_SERVER[",
    "get_env(",
    "fetch_env",
    "sys.env(",
    "EnvironmentVariable(",
    "LookupEnv(",
    "Getenv(",
    "env(",
    "fromEnvironment(",
];

/// What a word of these lists tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Sink,
    Sure,
    Read,
    Url,
}

/// All these words with what they tell. No word of one list stands within, or overlaps, one of another in any text that
/// programs hold, so that one pass sees what a pass for each list would.
static MARKS: LazyLock<FxHashMap<&[u8], Mark>> = LazyLock::new(|| {
    let lists = [(SINKS, Mark::Sink), (SURE, Mark::Sure), (READS, Mark::Read), (&["://"], Mark::Url)];
    lists.iter().flat_map(|(words, mark)| words.iter().map(|word| (word.as_bytes(), *mark))).collect()
});

static MARKED: LazyLock<Words> = LazyLock::new(|| Words::new(SINKS.iter().chain(SURE).chain(READS).copied().chain(["://"]), false));

/// Whether a program says something that rules may speak of. What tests print of names is nobody's loss.
pub(in crate::lang) fn has_cue(path: &str, text: &[u8]) -> bool {
    if text.len() > LONGEST || language(path).is_none() || is_test(path) || !FINDER.are_in(text) || is_generated(text) {
        return false;
    }
    if text.len() <= SHORT {
        return true;
    }
    MARKED.any(text, |found| {
        let rest = &text[found.end..];
        match MARKS.get(&text[found]) {
            Some(Mark::Sink) => hands_on(rest, 0),
            Some(Mark::Sure) => true,
            Some(Mark::Read) => asks_for_secret(rest),
            Some(Mark::Url) => hands_on(rest, b'"'),
            None => false,
        }
    })
        // Too short a word for a set.
        || memchr::memmem::find_iter(text, b"<<").any(|at| hands_on(&text[at + 2..], 0))
}

/// Programs that are longer are made by programs. In bytes.
const LONGEST: usize = 400 << 10;

/// Whether a program says that another one wrote it.
fn is_generated(text: &[u8]) -> bool {
    let head = &text[..text.len().min(600)];
    ["DO NOT EDIT", "@generated"].iter().any(|mark| memchr::memmem::find(head, mark.as_bytes()).is_some())
}

/// Whether a file is a test, by its path.
pub(in crate::lang) fn is_test(path: &str) -> bool {
    const FOLDERS: &[&str] =
        &["test", "tests", "testing", "testdata", "spec", "specs", "fixtures", "__tests__", "e2e", "testsuite", "functional", "unit", "mocks"];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || ["_test", "_tests", "_spec", "Test", "Tests", "TestCase", "Spec"].iter().any(|end| stem.len() > end.len() && stem.ends_with(end))
        || stem.starts_with("test_")
        || stem == "conftest"
}

/// Whether the name behind a read of the environment says secret.
fn asks_for_secret(text: &[u8]) -> bool {
    let near = &text[..text.len().min(60)];
    let from = near.iter().position(|byte| byte.is_ascii_alphabetic()).unwrap_or(near.len());
    let name = &near[from..];
    let name = &name[..name.iter().take_while(|byte| is_word(**byte)).count()];
    is_strong(name)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// How far a call is looked into, in bytes.
const REACH: usize = 360;

/// Whether what stands in the brackets behind a word of a sink, or up to the end of the line, names a secret outside of its texts.
/// `quote` is the one that the text is in, if it is in one.
fn hands_on(text: &[u8], mut quote: u8) -> bool {
    let text = &text[..text.len().min(REACH)];
    let (mut open, mut at) = (0_i32, 0);
    while at < text.len() {
        let byte = text[at];
        if quote != 0 {
            match byte {
                b'\\' if text.get(at + 1) != Some(&b'(') => at += 1,
                // An expression within the text.
                b'{' | b'$' | b'(' => {
                    let from = at + 1 + text[at + 1..].iter().take_while(|byte| matches!(byte, b'{' | b'$' | b'@' | b'(')).count();
                    let to = from + text[from..].iter().take_while(|byte| is_word(**byte) || matches!(byte, b'.' | b'-' | b'>' | b'?')).count();
                    if text[from..to].split(|byte| !is_word(*byte)).any(is_strong) {
                        return true;
                    }
                    at = to.max(at + 1);
                    continue;
                }
                // A text of one line that nothing ends.
                b'\n' if open <= 0 => return false,
                _ if byte == quote || byte == b'\n' => quote = 0,
                _ => {}
            }
            at += 1;
            continue;
        }
        match byte {
            b'"' | b'`' => quote = byte,
            // A quote after a letter is an apostrophe, or a lifetime.
            b'\'' if at == 0 || !is_word(text[at - 1]) => quote = byte,
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => {
                open -= 1;
                if open < 0 {
                    return false;
                }
            }
            b'\n' if open <= 0 && at > 0 => return false,
            b';' if open <= 0 => return false,
            _ if is_word(byte) => {
                let length = text[at..].iter().take_while(|byte| is_word(**byte)).count();
                if is_strong(&text[at..at + length]) {
                    return true;
                }
                at += length;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// Parts of words that say secret, in small letters.
const STRONG: &[&str] = &[
    "passw",
    "passphrase",
    "passcode",
    "secret",
    "apikey",
    "api_key",
    "credential",
    "creds",
    "authoriz",
    "authheader",
    "auth_header",
    "bearer",
    "privatekey",
    "private_key",
    "privkey",
    "accesskey",
    "access_key",
    "jwt",
    "cookie",
    "mnemonic",
    "environ",
    "headers",
    "connectionstring",
    "connection_string",
    "connstr",
    "database_ur",
    "databaseur",
    "dburl",
    "db_url",
    "mongo_ur",
    "mongour",
    "redis_ur",
    "signingkey",
    "signing_key",
    "encryptionkey",
    "encryption_key",
    "masterkey",
    "master_key",
    "pwd",
    "session_id",
    "sessionid",
];

static STRONGLY: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(STRONG).expect("a few fixed words"));

/// Whether a word may be the name of a secret; rather too many than too few.
fn is_strong(word: &[u8]) -> bool {
    if !(3..=80).contains(&word.len()) {
        return false;
    }
    let ends = |end: &[u8]| word.len() > end.len() && word[word.len() - end.len()..].eq_ignore_ascii_case(end);
    // `token` and `key` alone are words of parsers and of maps.
    ends(b"token") || ends(b"_key") || ends(b"Key") && word.len() > 4 && word[word.len() - 3] == b'K' || word == b"ENV" || STRONGLY.is_match(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_programs_hand_secrets_on_in_the_brackets_of_a_sink() {
        let filler = "x = 1\n".repeat(3000);
        let rows = [
            ("print(password)", true),
            ("logger.info(f'key {user.api_key}')", true),
            ("log.Printf(\"%s\", accessToken)", true),
            ("raise ValueError('a' + client_secret)", true),
            ("puts \"key #{@password}\"", true),
            ("key = os.environ['STRIPE_SECRET_KEY']", true),
            ("print('the password is wrong')\npassword = 1", false),
            ("print(count)\nuse(password)", false),
            ("password = read()", false),
            ("token = lex()\nprint(token)", false),
        ];
        for (text, has) in rows {
            assert_eq!(has_cue("a.py", format!("{filler}{text}\n{filler}").as_bytes()), has, "{text}");
        }
    }

    #[test]
    fn words_of_one_list_are_in_no_other_and_hide_none() {
        let lists = [SINKS, SURE, READS, &["://"]];
        assert_eq!(MARKS.len(), lists.iter().flat_map(|list| list.iter()).collect::<std::collections::HashSet<_>>().len());
        for (number, list) in lists.iter().enumerate() {
            for other in lists.iter().enumerate().filter(|(other, _)| *other != number).flat_map(|(_, list)| list.iter()) {
                let within = list.iter().find(|word| word.contains(other));
                assert_eq!(within, None, "{other} stands within a word of another list");
            }
        }
    }

    #[test]
    fn short_programs_speak_of_a_secret() {
        assert!(has_cue("a.py", b"data = {'p': password}\nlog.info(data)"));
        assert!(!has_cue("a.py", b"x = 1\nlog.info(x)") && !has_cue("a.txt", b"print(password)"));
    }
}
