//! Whether a script may put a secret into a log, an error, a URL or a process: told from its bytes, before any parser.
//!
//! First a look for words of secrecy at all; then, at each word of a sink, a walk over what stands in its brackets: texts are
//! passed over, names are judged by their ends. Most scripts speak of tokens and keys, and hardly one in twenty hands one on.

use std::sync::LazyLock;

use crate::detect::Words;

/// Ends of names that say secret, and whole things, with the letters that stand in the way of case left out.
const WORDS: &[&str] = &[
    "assword",
    "ASSWORD",
    "asswd",
    "ASSWD",
    "assphrase",
    "ecret",
    "ECRET",
    "pi_key",
    "piKey",
    "PI_KEY",
    "pikey",
    "piKEY",
    "Token",
    "_token",
    "_TOKEN",
    "redential",
    "REDENTIAL",
    "uthorization",
    "UTHORIZATION",
    "vateKey",
    "vate_key",
    "VATE_KEY",
    "pwd",
    "Pwd",
    "ccessKey",
    "ccess_key",
    "nemonic",
    "jwt",
    "JWT",
    "onnectionString",
    "earer",
    "creds",
    "Creds",
    "ongoUri",
    "headers",
    "ngKey",
    "terKey",
    "peKey",
    "aiKey",
    "nkKey",
    "idKey",
    "ndKey",
    "icKey",
    "nterceptors",
    "morgan",
    "req,",
    "req)",
    "request)",
    "config",
    "settings",
    "options",
];
static WORD: LazyLock<Words> = LazyLock::new(|| Words::new(WORDS.iter().copied(), false));

/// Words after which values leave.
const SINKS: &[&str] = &[
    "console",
    "log.",
    "Log.",
    "ogger.",
    "ogger(",
    "log(",
    "debug(",
    "throw ",
    "Error(",
    "Exception(",
    "eject(",
    ".write(",
    "entry.",
    "capture",
    ".track(",
    ".identify(",
    "setAttribute",
    "alert(",
    "toast",
    "core.",
    "morgan(",
    "assert(",
    "invariant(",
    ".status(",
    "Response(",
    "notify(",
    "exec",
    "spawn",
    "=${",
    "://${",
    ":${",
    "/${",
    ".json(",
    "bot${",
    "nterceptors.re",
    "earchParams",
    "SearchParams(",
    "params:",
    "=' +",
    "=\" +",
    "='+",
    "=\"+",
    "ppendFile",
    "riteFile",
    "gtag(",
    "etError(",
];
static SINK: LazyLock<Words> = LazyLock::new(|| Words::new(SINKS.iter().copied(), false));

/// Those that may be handed a whole request.
const LOGS: &[&[u8]] = &[b"console", b"log.", b"Log.", b"ogger.", b"log(", b"debug(", b".write("];

/// Bytes that are looked at after a sink.
const NEAR: usize = 400;

/// Whether some sink seems to be handed a secret.
pub(super) fn leaks(text: &[u8]) -> bool {
    WORD.are_in(text) && {
        let names = names(text);
        let takes = |start: usize, end: usize| is_handed(text, start, end, &names) && !is_comment(text, start);
        // Too short a word for a set.
        SINK.any(text, |found| takes(found.start, found.end)) || memchr::memmem::find_iter(text, b"$`").any(|at| takes(at, at + 2))
    }
}

/// Most names that are kept of one text.
const MOST_NAMES: usize = 24;

/// Names that are given something that says secret: `const auth = req.headers.authorization`.
fn names(text: &[u8]) -> Vec<&[u8]> {
    let mut out: Vec<&[u8]> = Vec::new();
    WORD.any(text, |found| {
        let start_of_word = found.start;
        let end = start_of_word + text[start_of_word..].iter().position(|byte| !is_word(*byte)).unwrap_or(text.len() - start_of_word);
        let from = start_of_word.saturating_sub(120);
        let line = &text[memchr::memrchr(b'\n', &text[from..start_of_word]).map_or(from, |feed| from + feed + 1)..end];
        let Some(equals) = memchr::memmem::find(line, b" = ") else { return false };
        let start = line.iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at + 1);
        let is_whole = &line[start..] == b"headers" && !matches!(text.get(end), Some(b'.' | b'['));
        if start < equals || !says_secret(&line[start..]) && !is_whole {
            return false;
        }
        let left = &line[..equals];
        let name = &left[left.iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at + 1)..];
        if !name.is_empty() && !out.contains(&name) {
            out.push(name);
        }
        out.len() == MOST_NAMES
    });
    out
}

/// Whether a line is a comment's.
fn is_comment(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(200);
    let line = &text[memchr::memrchr(b'\n', &text[from..at]).map_or(from, |feed| from + feed + 1)..at];
    let line = line.trim_ascii_start();
    line.starts_with(b"//") || line.starts_with(b"*") || line.starts_with(b"/*")
}

fn is_handed(text: &[u8], start: usize, end: usize, names: &[&[u8]]) -> bool {
    let sink = &text[start..end];
    // A query parameter that is called like a secret, whatever it is given.
    if sink.starts_with(b"=") {
        let from = start.saturating_sub(40);
        let before = &text[from..start];
        let name = before.iter().rposition(|byte| !is_word(*byte) && *byte != b'-');
        if let Some(at) = name.filter(|at| matches!(before[*at], b'?' | b'&')) {
            let given = if sink.ends_with(b"{") { hole(text, end, names) } else { after_plus(text, end, names) };
            return at + 1 < before.len() && (says_secret(&before[at + 1..]) || given);
        }
        return false;
    }
    match sink {
        b"://${" | b":${" | b"bot${" | b"/${" => hole(text, end, names),
        b"nterceptors.re" => memchr::memmem::find(&text[end..(end + NEAR).min(text.len())], b"log").is_some(),
        b"morgan(" => memchr::memmem::find(&text[end..(end + NEAR).min(text.len())], b":req[").is_some(),
        b"$`" => Walk { text, at: end - 1, end: (end + NEAR).min(text.len()), keys: false, whole: false, names }.any(),
        _ => {
            let whole = LOGS.contains(&sink);
            let keys = [&b"earchParams"[..], b"SearchParams(", b"params:"].contains(&sink);
            let from = if sink.ends_with(b"(") { Some(end - 1) } else { opening(text, end) };
            from.is_some_and(|at| Walk { text, at, end: (at + NEAR).min(text.len()), keys, whole, names }.any())
        }
    }
}

/// What stands in the hole of a template.
fn hole(text: &[u8], at: usize, names: &[&[u8]]) -> bool {
    let most = &text[at..(at + 120).min(text.len())];
    let end = memchr::memchr(b'}', most).unwrap_or(most.len());
    Walk { text, at, end: at + end, keys: false, whole: false, names }.any()
}

/// What a text is put together with.
fn after_plus(text: &[u8], at: usize, names: &[&[u8]]) -> bool {
    let most = &text[at..(at + 80).min(text.len())];
    let end = most.iter().position(|byte| b";\n+".contains(byte)).unwrap_or(most.len());
    Walk { text, at, end: at + end, keys: false, whole: false, names }.any()
}

/// Where the brackets of a call begin, for a callee that goes on: `console` + `.log(`.
fn opening(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..(at + 60).min(text.len())];
    let found = rest.iter().position(|byte| !(is_word(*byte) || b".?!#[]'\" \n\t".contains(byte)))?;
    matches!(rest[found], b'(' | b'{' | b'`').then_some(at + found)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// A walk over the code in brackets.
struct Walk<'t> {
    text: &'t [u8],
    at: usize,
    end: usize,
    /// Whether the names of properties and texts count: they are the parameters of a query.
    keys: bool,
    /// Whether a request as a whole counts.
    whole: bool,
    /// Other names that hold a secret.
    names: &'t [&'t [u8]],
}

impl Walk<'_> {
    /// Whether a name in it says secret.
    fn any(mut self) -> bool {
        // What is open: a bracket, or a template.
        let mut open: Vec<u8> = Vec::new();
        while self.at < self.end {
            let byte = self.text[self.at];
            if open.last() == Some(&b'`') {
                match byte {
                    b'\\' => self.at += 1,
                    b'`' => drop(open.pop()),
                    b'$' if self.text.get(self.at + 1) == Some(&b'{') => {
                        self.at += 1;
                        open.push(b'{');
                    }
                    _ => {}
                }
                self.at += 1;
                continue;
            }
            match byte {
                b'\'' | b'"' => {
                    if self.string(byte) {
                        return true;
                    }
                    continue;
                }
                b'(' | b'[' | b'{' | b'`' => {
                    if open.len() > 40 {
                        return false;
                    }
                    open.push(byte);
                }
                b')' | b']' | b'}' => {
                    if open.pop().is_none() {
                        return false;
                    }
                    // A chain goes on: `res.status(500).json(body)`.
                    let next = self.text.get(self.at + 1).copied().unwrap_or(b';');
                    if open.is_empty() && next != b'.' && next != b'(' && next != b'?' {
                        return false;
                    }
                }
                b';' if open.is_empty() => return false,
                _ if is_word(byte) => {
                    if self.word(&open) {
                        return true;
                    }
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        false
    }

    /// A text is passed over, unless it names what is read: `headers['x-api-key']`, `config.get('apiKey')`.
    fn string(&mut self, quote: u8) -> bool {
        let start = self.at + 1;
        let mut at = start;
        while at < self.end && self.text[at] != quote && self.text[at] != b'\n' {
            at += if self.text[at] == b'\\' { 2 } else { 1 };
        }
        let inner = self.text.get(start..at.min(self.end)).unwrap_or(b"");
        self.at = at.min(self.end) + 1;
        if inner.len() > 40 || inner.iter().any(|byte| !is_word(*byte) && *byte != b'-') {
            return false;
        }
        let before = &self.text[start.saturating_sub(14)..start - 1];
        let reads = before.ends_with(b"[") && before.len() > 1 && is_word(before[before.len() - 2])
            || [&b"get("[..], b"Item(", b"eader(", b"Throw(", b"ecret("].iter().any(|read| before.ends_with(read));
        (reads || self.keys) && says_secret(inner)
    }

    /// A name, and whether it hands a secret on where it stands.
    fn word(&mut self, open: &[u8]) -> bool {
        let start = self.at;
        while self.at < self.text.len() && is_word(self.text[self.at]) {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        let before = self.text[..start].trim_ascii_end().last().copied().unwrap_or(b';');
        let rest = &self.text[self.at..(self.at + 12).min(self.text.len())];
        let next = rest.trim_ascii_start().first().copied().unwrap_or(b';');
        let is_key = next == b':' && matches!(before, b'{' | b',');
        if is_key && !self.keys || before == b'!' || rest.starts_with(b".length") || rest.starts_with(b".slice(") || self.text[..start].ends_with(b"typeof ") {
            return false;
        }
        let is_test = next == b'?' && !rest.trim_ascii_start().starts_with(b"?.") && !rest.trim_ascii_start().starts_with(b"??");
        if is_test || next == b'=' && rest.trim_ascii_start().starts_with(b"==") || next == b'&' {
            return false;
        }
        match word {
            b"headers" | b"rawHeaders" => self.whole && before == b'.' && !matches!(next, b'.' | b'[') || self.whole && before == b'(' && next == b')',
            b"req" | b"request" => self.whole && matches!(before, b'(' | b',') && matches!(next, b')' | b',') && open.len() < 3,
            b"config" | b"settings" | b"options" | b"configuration" => self.whole && matches!(before, b'.' | b'(' | b',') && matches!(next, b')' | b',' | b'}'),
            _ => self.names.contains(&word) || says_secret(word),
        }
    }
}

/// Ends of names, in small letters without underscores.
const ENDS: &[&str] = &[
    "secret",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "credential",
    "credentials",
    "creds",
    "apikey",
    "apikeys",
    "secretkey",
    "accesskey",
    "privatekey",
    "privkey",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "servicerole",
    "servicerolekey",
    "authkey",
    "sharedkey",
    "adminkey",
    "servicekey",
    "authorization",
    "authheader",
    "bearer",
    "jwt",
    "cookie",
    "connectionstring",
    "databaseurl",
    "dburl",
    "dburi",
    "mongouri",
    "mongourl",
    "mongodburi",
    "redisurl",
    "mnemonic",
    "seedphrase",
    "webhookurl",
    "secretstring",
    "pass",
    "proxyauthorization",
    "accountkey",
    "deploykey",
    "hmackey",
    "jwtkey",
    "webhookkey",
    "sessionkey",
    "keypem",
    "privatepem",
];
/// What makes a secret of a `token` after it.
const TOKENS: &[&str] = &[
    "auth",
    "authentication",
    "access",
    "refresh",
    "api",
    "bot",
    "id",
    "personal",
    "deploy",
    "session",
    "secret",
    "bearer",
    "user",
    "service",
    "oauth",
    "oauth2",
    "jwt",
    "login",
    "admin",
    "private",
    "webhook",
    "root",
    "master",
    "security",
    "identity",
    "app",
    "github",
    "gitlab",
    "slack",
    "npm",
    "registry",
    "vault",
    "ci",
    "sso",
    "generate",
    "issue",
    "decrypt",
    "new",
    "get",
    "fetch",
    "installation",
    "telegram",
    "discord",
    "reset",
];
/// Providers whose `key` is one.
const KEYS: &[&str] = &[
    "stripe",
    "openai",
    "plunk",
    "sendgrid",
    "resend",
    "anthropic",
    "mailgun",
    "postmark",
    "twilio",
    "supabase",
    "claude",
    "gemini",
    "groq",
    "cohere",
    "mistral",
    "aws",
    "algoliaadmin",
    "azure",
    "pinecone",
    "replicate",
    "deepl",
    "brevo",
    "shodan",
    "etherscan",
    "infura",
    "alchemy",
];
/// Beginnings of names that only speak of one.
const NOT: &[&str] = &[
    "is", "has", "no", "missing", "invalid", "valid", "mask", "redact", "hash", "verify", "check", "set", "reset", "change", "update", "delete", "remove",
    "show", "hide", "encrypt", "forgot", "public", "csrf", "xsrf", "needs", "require", "use", "bad", "wrong", "on", "handle", "clear", "save", "store",
];

/// Whether a name ends like a secret's; a rough sieve for what the catalog judges later.
fn says_secret(name: &[u8]) -> bool {
    if name.len() < 3 || name.len() > 50 {
        return false;
    }
    let lower: String = name.iter().filter(|byte| **byte != b'_' && **byte != b'-').map(|byte| byte.to_ascii_lowercase() as char).collect();
    let lower = lower.trim_end_matches(|last: char| last.is_ascii_digit());
    let is_one = ENDS.iter().any(|end| lower.ends_with(end) && (*end != "pass" || lower.len() > 5 && !lower.ends_with("bypass")))
        || lower.strip_suffix("token").is_some_and(|before| TOKENS.iter().any(|word| before.ends_with(word)))
        || lower.strip_suffix("key").is_some_and(|before| KEYS.iter().any(|word| before.ends_with(word)));
    is_one && !NOT.iter().any(|not| begins_with_word(name, not))
}

/// Whether a name begins with a word, and another follows.
fn begins_with_word(name: &[u8], word: &str) -> bool {
    let Some((first, rest)) = name.split_at_checked(word.len()) else { return false };
    first.eq_ignore_ascii_case(word.as_bytes()) && rest.first().is_some_and(|next| next.is_ascii_uppercase() || *next == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinks_that_are_handed_a_secret_are_seen() {
        let rows = [
            ("console.log(apiKey)", true),
            ("console.log('key', apiKey)", true),
            ("console.log(`key ${user.password}`)", true),
            ("console.error({ password })", true),
            ("logger.info({ token: accessToken }, 'x')", true),
            ("logger.child({ id }).info(secret)", true),
            ("console.log(req.headers)", true),
            ("console.log(req.headers['x-api-key'])", true),
            ("console.log(config.get('apiKey'))", true),
            ("console.log(req)", true),
            ("console.log(error.config)", true),
            ("throw new Error(`bad ${password}`)", true),
            ("throw `bad ${password}`", true),
            ("res.status(401).json({ clientSecret })", true),
            ("execSync(`login -p ${password}`)", true),
            ("await $`login -p ${password}`", true),
            ("fetch(`https://a.io?api_key=${x}`)", true),
            ("fetch('https://a.io?api_key=' + x)", true),
            ("`https://${user}:${password}@a.io`", true),
            ("url.searchParams.set('api_key', x)", true),
            ("axios.get(u, { params: { api_key: x } })", true),
            ("console.log(stripeKey)", true),
            ("const t = req.headers.authorization;\nconsole.log(t)", true),
            ("const { headers } = req;\nconsole.log(headers)", true),
            ("const auth = await getPassword();\nlogger.info(`x ${auth}`)", true),
            ("const t = secretName;\nconsole.log(t)", false),
            ("console.log('password', x)", false),
            ("console.log(password.length, !password)", false),
            ("console.log(password ? 'set' : 'unset')", false),
            ("console.log({ password: '***' })", false),
            ("throw new Error('invalid password')", false),
            ("throw new TypeError(`invalid ${token} of ${tokens}`)", false),
            ("throw new Error('x'); const password = 1", false),
            ("console.log(x); login(password)", false),
            ("// console.log(password)", false),
            ("const password = f()", false),
            ("console.log(isPassword(x), hasSecret)", false),
            ("fetch(`https://a.io?page=${x}`, password)", false),
            ("console.log(req.headers.host)", false),
        ];
        for (text, is_seen) in rows {
            assert_eq!(leaks(text.as_bytes()), is_seen, "{text}");
        }
    }
}
