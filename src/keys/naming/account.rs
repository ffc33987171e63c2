//! Which of several accounts a name speaks of.

use super::words::Words;
use crate::keys::KeyType;

/// Words that say what a value is, or where names are kept, and nothing of whose it is.
const COMMON: &[&str] = &[
    "access",
    "account",
    "admin",
    "api",
    "app",
    "application",
    "attr",
    "auth",
    "authorization",
    "basic",
    "bearer",
    "cfg",
    "client",
    "conf",
    "config",
    "configuration",
    "const",
    "consumer",
    "cred",
    "credential",
    "credentials",
    "creds",
    "default",
    "env",
    "export",
    "header",
    "id",
    "identifier",
    "info",
    "key",
    "keys",
    "login",
    "my",
    "name",
    "oauth",
    "options",
    "opts",
    "params",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "private",
    "process",
    "props",
    "public",
    "pw",
    "pwd",
    "rest",
    "secret",
    "secrets",
    "self",
    "service",
    "session",
    "setting",
    "settings",
    "sid",
    "signing",
    "string",
    "text",
    "the",
    "this",
    "token",
    "user",
    "username",
    "val",
    "value",
    "var",
];

/// The words of a name that tell one account from another, such as `prod` in `PROD_TWILIO_AUTH_TOKEN`: what is left without
/// the words of the key type and those that say what a value is. In the order of the name.
pub fn account(name: &str, key_type: &KeyType) -> Vec<String> {
    let own = |word: &str| {
        let in_id = || key_type.id.as_str().split(['.', '-']).any(|part| part == word);
        let in_phrase = || key_type.keywords.iter().flat_map(|phrase| phrase.iter()).any(|said| said == word);
        in_id() || in_phrase()
    };
    let words = Words::of(name);
    words.iter().filter(|word| COMMON.binary_search(word).is_err() && !own(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Catalog;

    #[test]
    fn the_words_are_sorted() {
        let sorted = COMMON.is_sorted();
        let at = COMMON.windows(2).find(|pair| pair[0] >= pair[1]);
        assert!(sorted && at.is_none(), "{at:?}");
    }

    #[test]
    fn what_is_left_of_names() {
        let catalog = Catalog::built_in();
        for (id, name, left) in [
            ("aws.secret-access-key", "AWS_SECRET_ACCESS_KEY", ""),
            ("aws.access-key-id", "accessKeyId", ""),
            ("aws.secret-access-key", "PROD_AWS_SECRET_ACCESS_KEY", "prod"),
            ("twilio.auth-token", "config.twilio.authToken2", "2"),
            ("twilio.account-sid", "stagingAccountSid", "staging"),
            ("kucoin.secret-key", "value", ""),
        ] {
            let key_type = catalog.find(id).expect("a key type");
            assert_eq!(account(name, key_type).join(" "), left, "{name}");
        }
    }
}
