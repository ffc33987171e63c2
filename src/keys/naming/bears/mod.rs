//! Whether the name of a variable, a parameter, a field or a call of a program says that it holds a secret.
//!
//! `says` asks more of a name, since a name that is published must promise a secret beyond doubt. Here the value goes where
//! nobody expects any secret, and a name is enough that people give to secrets: `password`, `apiKey`.
//!
//! In a name the thing itself stands at the end, and what stands before it describes it: `userApiKey` is a key, `apiKeyName` a
//! name. That alone tells nearly all names apart that have words of secrecy in them.

#[cfg(test)]
mod tests;

use super::table::Table;
use super::words::Words;
use super::{Says, bare, key_type_of, says, table};
use crate::context_data_static::{
    BEARS_HEADERS, BEARS_NOT, BEARS_ORDINARY, BEARS_SECRET, BEARS_STOPS, BEARS_TOKENS, BEARS_TRAILING, BEARS_VERBS, NAME_TRAILING,
};
use crate::keys::{Catalog, KeyTypeIx};

/// Names with more words than this are sentences.
const MOST_WORDS: usize = 12;

/// The most words of a phrase.
const LONGEST_PHRASE: usize = 4;

/// Endings of words that people write without a capital or an underscore: `dbpassword`.
const ENDINGS: &[&str] = &["password", "passwd", "passphrase", "apikey", "secretkey", "privatekey", "clientsecret", "accesstoken", "authtoken"];

/// Phrases without spaces that end as those for secrets do and mean other things: the name of a user, who may use a volume.
const OTHERS: &[&str] = &["usernamecredential", "hostaccesskey"];

/// The key type that a name says its value is of, one of an unknown issuer where it names none; `None` where the name does not
/// say that the value is a secret, or says that it is made to be public.
pub fn bears(catalog: &Catalog, name: &str) -> Option<KeyTypeIx> {
    // The working directory of a shell; a selection key; the name of a setting, of a variable, of a column.
    if matches!(name, "PWD" | "OLDPWD" | "sk") || is_name_of_name(name) {
        return None;
    }
    let name = bare(name);
    let words = Words::of(name);
    let table = table(catalog);
    if words.len() == 0 || words.len() > MOST_WORDS || !is_secret(table, &words) {
        return None;
    }
    match says(catalog, name) {
        Says::Publishable => None,
        Says::Secret(known) => key_type_of(catalog, Says::Secret(known)),
        Says::Nothing => key_type_of(catalog, Says::Secret(None)),
    }
}

/// Whether a constant holds the name of something: `CONF_PASSWORD`, `ENV_API_KEY`.
fn is_name_of_name(name: &str) -> bool {
    const OF: &[&str] = &[
        "ENV", "CONF", "ATTR", "HEADER", "FIELD", "PARAM", "OPT", "ARG", "PROP", "COL", "COLUMN", "LABEL", "MSG", "ERR", "KIND", "CONST", "SERVICE", "EVENT",
        "STATUS",
    ];
    name.split_once('_').is_some_and(|(first, rest)| OF.contains(&first) && !rest.bytes().any(|byte| byte.is_ascii_lowercase()))
}

/// Whether the value of a request's header is a secret.
pub fn bears_header(name: &str) -> bool {
    let name = name.trim();
    name.len() <= 48 && has(BEARS_HEADERS, &name.to_ascii_lowercase().replace('_', "-"))
}

fn is_secret(table: &Table, words: &Words) -> bool {
    // `with_password(...)` takes one and gives something else.
    if words.len() > 1 && matches!(words.get(0), "with" | "without" | "for" | "from") {
        return false;
    }
    // `passwordFromEnv`: what follows tells of something else.
    let end = (1..words.len()).find(|at| has(BEARS_STOPS, words.get(*at))).unwrap_or(words.len());
    let mut tail = end;
    loop {
        if let Some(head) = head(table, words, tail) {
            return (0..head).all(|at| !has(BEARS_NOT, words.get(at))) && !(head > 0 && has(BEARS_VERBS, words.get(0)));
        }
        // A phrase goes before the words that may follow one: `connectionString`, `apiKeyString`.
        let is_sort =
            |word: &str| has(BEARS_TRAILING, word) || NAME_TRAILING.contains(&word) && word != "app" || word.bytes().all(|byte| byte.is_ascii_digit());
        if tail <= 1 || !is_sort(words.get(tail - 1)) {
            return false;
        }
        tail -= 1;
    }
}

/// Where the phrase begins that ends at `tail` and means a secret.
fn head(table: &Table, words: &Words, tail: usize) -> Option<usize> {
    let last = words.get(tail - 1);
    let is_plural = last.len() > 3 && last.ends_with('s') && !last.ends_with("ss");
    let cut = |from: usize| {
        let phrase = words.between(from, tail);
        if is_plural { &phrase[..phrase.len() - 1] } else { phrase }
    };
    let from = tail.saturating_sub(LONGEST_PHRASE);
    if (from..tail).any(|from| OTHERS.contains(&words.between(from, tail))) {
        return None;
    }
    if let Some(found) = (from..tail).find(|from| has(BEARS_SECRET, words.between(*from, tail)) || has(BEARS_SECRET, cut(*from))) {
        return Some(found);
    }
    let last = cut(tail - 1);
    if let Some(before) = ENDINGS.iter().find_map(|ending| last.strip_suffix(ending)) {
        return (!has(BEARS_NOT, before) && !has(BEARS_VERBS, before)).then_some(tail - 1);
    }
    let before = tail - 1;
    let begins = before.saturating_sub(LONGEST_PHRASE);
    match last {
        "token" => (begins..before).find(|from| {
            let phrase = words.between(*from, before);
            has(BEARS_TOKENS, phrase) || is_provider(table, phrase)
        }),
        "key" | "pat" => (begins..before).find(|from| is_provider(table, words.between(*from, before))),
        _ => last.strip_suffix("token").filter(|before| has(BEARS_TOKENS, before)).map(|_| tail - 1),
    }
}

/// Whether a phrase names a provider that issues keys with authority, and nothing else.
fn is_provider(table: &Table, phrase: &str) -> bool {
    if has(BEARS_ORDINARY, phrase) {
        return false;
    }
    let provider = table.aliases.get(phrase).map(|at| &table.providers[*at]);
    provider.is_some_and(|one| !one.is_ordinary && (one.is_secret_only || one.types.iter().any(|one| one.role.bears_authority())))
}

fn has(sorted: &[&str], word: &str) -> bool {
    sorted.binary_search(&word).is_ok()
}
