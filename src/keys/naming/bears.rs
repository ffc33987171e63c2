//! Whether the name of a variable, a parameter, a field or a call of a program says that it holds a secret.
//!
//! `says` asks more of a name, since a name that is published must promise a secret beyond doubt. Here the value goes where
//! nobody expects any secret, and a name is enough that people give to secrets: `password`, `apiKey`.
//!
//! In a name the thing itself stands at the end, and what stands before it describes it: `userApiKey` is a key, `apiKeyName` a
//! name. That alone tells nearly all names apart that have words of secrecy in them.

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

/// The key type that a name says its value is of, one of an unknown issuer where it names none; `None` where the name does not
/// say that the value is a secret, or says that it is made to be public.
pub fn bears(catalog: &Catalog, name: &str) -> Option<KeyTypeIx> {
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

/// Whether the value of a request's header is a secret.
pub fn bears_header(name: &str) -> bool {
    let name = name.trim();
    name.len() <= 48 && has(BEARS_HEADERS, &name.to_ascii_lowercase().replace('_', "-"))
}

fn is_secret(table: &Table, words: &Words) -> bool {
    // `passwordFromEnv`: what follows tells of something else.
    let end = (1..words.len()).find(|at| has(BEARS_STOPS, words.get(*at))).unwrap_or(words.len());
    let mut tail = end;
    loop {
        if let Some(head) = head(table, words, tail) {
            return (0..head).all(|at| !has(BEARS_NOT, words.get(at))) && !(head > 0 && has(BEARS_VERBS, words.get(0)));
        }
        // A phrase goes before the words that may follow one: `connectionString`, `apiKeyString`.
        let is_sort = |word: &str| has(BEARS_TRAILING, word) || NAME_TRAILING.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context_data_static::{BEARS_NOT, BEARS_VERBS};

    const SECRET: &[&str] = &[
        "password",
        "passwd",
        "PASSWORD",
        "passphrase",
        "pwd",
        "pw",
        "userPassword",
        "user_password",
        "dbPassword",
        "dbpassword",
        "DB_PASSWORD_PROD",
        "newPassword",
        "confirmPassword",
        "password2",
        "unencryptedPassword",
        "passwordFromEnv",
        "passwords",
        "smtpPass",
        "apiKey",
        "api_key",
        "apikey",
        "APIKey",
        "API_KEY",
        "api-key",
        "myApiKey",
        "apiKeys",
        "userApiKey",
        "apiKeyValue",
        "api_key_str",
        "apiKeyString",
        "testApiKey",
        "secret",
        "SECRET",
        "secrets",
        "clientSecret",
        "client_secret",
        "clientsecret",
        "appSecret",
        "webhookSecret",
        "webhook_signing_secret",
        "jwtSecret",
        "sessionSecret",
        "cookieSecret",
        "secretKey",
        "secret_key",
        "secretAccessKey",
        "accessKey",
        "access_key",
        "privateKey",
        "private_key",
        "PrivateKey",
        "privateKeyPem",
        "signingKey",
        "encryptionKey",
        "masterKey",
        "serviceRoleKey",
        "serviceRole",
        "authKey",
        "accountKey",
        "sharedKey",
        "credentials",
        "creds",
        "credential",
        "awsCredentials",
        "authorization",
        "Authorization",
        "authorizationHeader",
        "authHeader",
        "bearer",
        "bearerToken",
        "jwt",
        "jwtToken",
        "accessToken",
        "access_token",
        "AccessToken",
        "accessTokens",
        "authToken",
        "auth_token",
        "authtoken",
        "refreshToken",
        "refresh_token",
        "sessionToken",
        "apiToken",
        "botToken",
        "bot_token",
        "idToken",
        "personalAccessToken",
        "deployToken",
        "secretToken",
        "userToken",
        "user_token",
        "serviceToken",
        "githubToken",
        "GITHUB_TOKEN",
        "slackToken",
        "slackBotToken",
        "gitlabToken",
        "npmToken",
        "stripeKey",
        "stripe_key",
        "plunkKey",
        "openaiKey",
        "openAIKey",
        "sendgridKey",
        "resendKey",
        "algoliaAdminKey",
        "anthropicKey",
        "stripeSecretKey",
        "STRIPE_SECRET_KEY",
        "stripeSk",
        "sk",
        "githubPat",
        "GITHUB_PAT",
        "connectionString",
        "connection_string",
        "connStr",
        "databaseUrl",
        "database_url",
        "DATABASE_URL",
        "mongoUri",
        "mongodbUri",
        "redisUrl",
        "mnemonic",
        "seedPhrase",
        "sasToken",
        "otpSecret",
        "totpSecret",
        "getPassword",
        "fetchApiKey",
        "readSecret",
        "decryptToken",
        "loadPrivateKey",
        "generateToken",
        "createApiKey",
        "get_secret",
        "GetSecret",
        "getAccessToken",
        "x-api-key",
        "X-Shopify-Access-Token",
        "private-token",
        "SecretString",
        "hashicorpVaultToken",
        "vaultToken",
        "NEXT_PUBLIC_OPENAI_API_KEY",
        "passwordForUser",
        "k8sToken",
        "token_secret",
    ];

    const NOTHING: &[&str] = &[
        "key",
        "keys",
        "keyCode",
        "keyName",
        "keyId",
        "accessKeyId",
        "access_key_id",
        "keyPath",
        "keyPrefix",
        "keyType",
        "keySize",
        "keyLength",
        "keyHash",
        "keyField",
        "keyPress",
        "onKeyDown",
        "hotkey",
        "hotKey",
        "keyboard",
        "keyframes",
        "keyword",
        "keystone",
        "monkey",
        "turkey",
        "donkey",
        "jockey",
        "primaryKey",
        "foreignKey",
        "partitionKey",
        "sortKey",
        "rowKey",
        "cacheKey",
        "storageKey",
        "queryKey",
        "routeKey",
        "i18nKey",
        "translationKey",
        "objectKey",
        "s3Key",
        "fileKey",
        "dictKey",
        "mapKey",
        "groupKey",
        "idempotencyKey",
        "dedupKey",
        "publicKey",
        "public_key",
        "publishableKey",
        "siteKey",
        "anonKey",
        "searchOnlyKey",
        "clientKey",
        "measurementKey",
        "keyof",
        "metaKey",
        "ctrlKey",
        "shiftKey",
        "apiKeyName",
        "apiKeyId",
        "apiKeyLabel",
        "apiKeyHeader",
        "apiKeyParam",
        "apiKeyUrl",
        "apiKeyCount",
        "apiKeyPrefix",
        "apiKeyRequired",
        "apiKeyStatus",
        "apiKeyCreatedAt",
        "apiKeyHint",
        "hasApiKey",
        "isApiKeySet",
        "isApiKeyValid",
        "needsApiKey",
        "missingApiKey",
        "noApiKey",
        "validateApiKey",
        "checkApiKey",
        "apiKeyError",
        "invalidApiKeyMessage",
        "invalidApiKey",
        "ApiKeyForm",
        "ApiKeyService",
        "apiKeyPlaceholder",
        "API_KEY_REGEX",
        "API_KEY_ENV_NAME",
        "apiKeyIds",
        "token",
        "tokens",
        "Token",
        "tokenCount",
        "maxTokens",
        "max_tokens",
        "totalTokens",
        "promptTokens",
        "tokensUsed",
        "tokenize",
        "tokenizer",
        "tokenType",
        "tokenLimit",
        "tokenExpiry",
        "expiresAt",
        "tokenIndex",
        "nextToken",
        "pageToken",
        "continuationToken",
        "cancellationToken",
        "csrfTokenName",
        "csrfToken",
        "csrf_token",
        "xsrfToken",
        "csrfSecret",
        "tokenName",
        "tokenId",
        "tokenAddress",
        "erc20Token",
        "tokenSymbol",
        "tokenBalance",
        "tokenPrice",
        "InjectionToken",
        "tokenStream",
        "accessTokenExpiry",
        "accessTokenUrl",
        "isValidToken",
        "isAccessTokenValid",
        "maskToken",
        "refreshTokenTtl",
        "tokenIds",
        "getToken",
        "currentToken",
        "nextPageToken",
        "syncToken",
        "pushToken",
        "deviceToken",
        "passwordHash",
        "password_hash",
        "hashedPassword",
        "encryptedPassword",
        "passwordPolicy",
        "passwordMinLength",
        "passwordStrength",
        "passwordField",
        "passwordInput",
        "passwordLabel",
        "passwordError",
        "showPassword",
        "forgotPassword",
        "forgotpassword",
        "resetPasswordUrl",
        "passwordResetUrl",
        "passwordChangedAt",
        "isPasswordValid",
        "password_confirmation",
        "passwordEncoder",
        "passwordRules",
        "pass_rate",
        "bypass",
        "compass",
        "passenger",
        "passive",
        "pass",
        "passCount",
        "passthrough",
        "hasPassword",
        "validatePassword",
        "hashPassword",
        "setPassword",
        "resetPassword",
        "maskedPassword",
        "signInWithPassword",
        "usersByApiKey",
        "maxPasswords",
        "passwordless",
        "passwordDigest",
        "nopassword",
        "secretName",
        "secret_name",
        "secretId",
        "secretArn",
        "secretRef",
        "secretKeyRef",
        "secretVersion",
        "secretStore",
        "secretManager",
        "secretsPath",
        "isSecret",
        "hasSecret",
        "isSecretSet",
        "secretary",
        "secretion",
        "secretCount",
        "author",
        "authority",
        "authorize",
        "authorized",
        "authUrl",
        "authMethod",
        "authProvider",
        "authState",
        "isAuthenticated",
        "authEnabled",
        "oauthClientId",
        "coauthor",
        "auth",
        "authors",
        "certificate",
        "certName",
        "uncertain",
        "concert",
        "sessionId",
        "sessionStorage",
        "sessionCount",
        "session",
        "credentialsMode",
        "credentialType",
        "credentialId",
        "bearerFormat",
        "otp",
        "pem",
        "cert",
        "user",
        "",
        "_",
        "é",
        "stripePublishableKey",
        "supabaseAnonKey",
        "mapboxToken",
        "GOOGLE_MAPS_API_KEY",
        "recaptchaSiteKey",
        "posthogKey",
        "randomPassword",
        "redactedSecret",
        "errMissingSecret",
        "ErrInvalidAccessToken",
        "sanitizeCredentials",
        "clientId",
        "writeKey",
        "pk",
        "sentryDsn",
        "dsn",
    ];

    #[test]
    fn names_that_bear_a_secret() {
        let catalog = Catalog::built_in();
        let wrong: Vec<&&str> = SECRET.iter().filter(|name| bears(&catalog, name).is_none()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn names_that_look_alike() {
        let catalog = Catalog::built_in();
        let wrong: Vec<&&str> = NOTHING.iter().filter(|name| bears(&catalog, name).is_some()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn key_types_that_names_tell() {
        let catalog = Catalog::built_in();
        for (name, wanted) in [
            ("stripeSecretKey", "stripe.secret-key"),
            ("openaiKey", "openai.project-key"),
            ("githubToken", "github.personal-access-token"),
            ("databaseUrl", "database-url.password"),
            ("password", "generic.secret-key"),
            ("apiKey", "generic.secret-key"),
        ] {
            assert_eq!(bears(&catalog, name).map(|index| catalog.get(index).id.as_str()), Some(wanted), "{name}");
        }
    }

    #[test]
    fn headers() {
        for name in ["Authorization", "proxy-authorization", "Cookie", "set-cookie", "X-API-Key", "x_api_key", "xi-api-key", "PRIVATE-TOKEN", "X-Vault-Token"] {
            assert!(bears_header(name), "{name}");
        }
        for name in ["stripe-signature", "content-type", "x-request-id", "", "accept", "idempotency-key", "x-csrf-token", &"x-api-key".repeat(9)] {
            assert!(!bears_header(name), "{name}");
        }
    }

    #[test]
    fn the_words_do_not_contradict_each_other() {
        assert!(BEARS_NOT.iter().all(|word| !has(BEARS_VERBS, word)), "a word of both lists is in one too many");
        assert!(BEARS_SECRET.iter().all(|phrase| !has(BEARS_NOT, phrase)));
    }

    #[test]
    fn no_name_is_too_odd() {
        let catalog = Catalog::built_in();
        for name in [
            "__",
            "0",
            "of",
            "s",
            "sss",
            "keys",
            "SECRET".repeat(500).as_str(),
            "aB".repeat(70).as_str(),
            "\u{0}secret",
            "éapiKey",
            "token".repeat(30).as_str(),
        ] {
            let _ = bears(&catalog, name);
        }
    }
}
