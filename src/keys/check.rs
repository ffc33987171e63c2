//! The names of checks that a rule may ask for. What each does lives in `detect::validate`.
//!
//! Compiled into the build script as well: it may name no neighbour.

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, proves: $proves:literal;)+) => {
        /// A condition that a match must meet besides its shape.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CheckKind { $($(#[$doc])* $variant),+ }

        impl CheckKind {
            const NAMES: &'static [(&'static str, CheckKind)] = &[$(($name, CheckKind::$variant)),+];

            /// Whether meeting it proves the format: chance does not pass a checksum.
            pub const fn proves(self) -> bool {
                match self { $(CheckKind::$variant => $proves),+ }
            }

            /// The name in rule files.
            #[allow(dead_code, reason = "the build script does not call it")]
            pub const fn name(self) -> &'static str {
                match self { $(CheckKind::$variant => $name),+ }
            }
        }
    };
}

checks! {
    /// The body's last six characters are the CRC32 of the rest in base62 (digits, upper, lower), padded with zeros.
    Crc32Base62 = "crc32-base62", proves: true;
    /// A JSON Web Token; the argument lists claims, `iss=supabase,role=anon`, or how the name of one begins.
    Jwt = "jwt", proves: true;
    /// The body decodes from base64 to printable text that ends in the argument.
    Base64Ends = "base64-ends", proves: true;
    /// The body's first part decodes from base64 to JSON that has the argument as a key.
    Base64Json = "base64-json", proves: true;
    /// The value decodes from base64 to text that begins with the argument.
    Base64Starts = "base64-starts", proves: true;
    /// The value's Bech32 checksum (BIP 173).
    Bech32 = "bech32", proves: true;
    /// The value's Bech32m checksum (BIP 350).
    Bech32m = "bech32m", proves: true;
    /// The value's Base58Check: four bytes of a double SHA-256.
    Base58Check = "base58check", proves: true;
    /// The value is base32 and ends in the CRC16-XModem of the rest, least significant byte first (Stellar, NATS).
    Crc16 = "crc16", proves: true;
    /// The value ends in `_` and eight hex digits: the CRC32 of what stands before them, least significant byte first (Grafana).
    Crc32Little = "crc32-little", proves: true;
    /// The value ends in a CRC32 of what stands before it, with or without prefix and separator, in hex, base62, base36 or
    /// base64. For formats whose documents name a checksum and not all of how it is made: under `proofs` alone.
    Crc32Tail = "crc32-tail", proves: true;
    /// Lines of `key:value` in base64url, then the length of that text in base36, and a CRC32 (GitLab's routable tokens).
    GitlabRoutable = "gitlab-routable", proves: true;
    /// Header and payload of a JSON Web Token within the value are JSON objects, and the payload holds the argument.
    JwtShape = "jwt-shape", proves: true;
    /// The value, or what stands behind one of its separators, decodes from base64 to printable text that holds the argument.
    Base64Text = "base64-text", proves: true;
    /// The body decodes from base64 to a UUID.
    Base64Uuid = "base64-uuid", proves: true;
    /// The first of the parts between dots decodes from base64 to 17 to 20 digits: a snowflake (Discord).
    Base64Snowflake = "base64-snowflake", proves: true;
    /// The body decodes from base58 to text whose part behind the colon is 64 bytes in base58, an Ed25519 signature (Crossmint).
    Base58Signed = "base58-signed", proves: true;
    /// The payload of a public PASETO is JSON before its signature.
    Paseto = "paseto", proves: true;
    /// The body is a whole macaroon, binary version 2 or packets of version 1.
    Macaroon = "macaroon", proves: true;
    /// What stands behind `_` is MessagePack, an array of four to its last byte (Fly.io's macaroons).
    Msgpack = "msgpack", proves: true;
    /// The frame of a Vault token: a protobuf of version, HMAC and token, or term and version of an encrypted one.
    VaultToken = "vault-token", proves: true;
    /// Behind its first byte the token is a protobuf to its last byte, and says where it comes from (`origin_ec`, `er/aws`).
    AwsSessionToken = "aws-session-token", proves: true;
    /// The JSON object around the value is a private key whose numbers are as long as its curve asks, or whose modulus is the
    /// product of its primes (RFC 7517).
    Jwk = "jwk", proves: true;
    /// A private key block whose inside is whole: each length of its DER, SSH strings or lines, or the CRC24 of OpenPGP.
    PemWhole = "pem-whole", proves: true;
    /// A private key block with a body that could be one.
    Pem = "pem", proves: false;
    /// Base64 of `user:password`.
    BasicAuth = "basic-auth", proves: false;
    /// The password of a URL that is neither a local default nor a reference.
    UrlPassword = "url-password", proves: false;
    /// A password written as it is, or with the argument `base64` in that: neither a placeholder nor a word.
    Password = "password", proves: false;
    /// The body looks random.
    Rare = "rare", proves: false;
    /// The body holds a digit.
    Digit = "digit", proves: false;
    /// The body holds digits and letters of both cases.
    Mixed = "mixed", proves: false;
    /// The body is 8-4-4-4-12 hex digits.
    Uuid = "uuid", proves: false;
    /// Checkout.com's shape: base32 and one check character.
    CheckoutCheck = "checkout-check", proves: false;
    /// The JSON of a Google service account stands around the value.
    GoogleServiceAccount = "google-service-account", proves: true;
    /// Its expiry, which stands in the same URL (`X-Amz-Date` and `X-Amz-Expires`, `se`), is not past.
    Unexpired = "unexpired", proves: false;
    /// The base32 of an AWS key id, which hides an account number.
    AwsKeyId = "aws-key-id", proves: false;
}

/// Reads `name` or `name:argument`.
///
/// # Errors
/// A sentence that lists the names.
pub fn read(text: &str) -> Result<(CheckKind, String), String> {
    let (name, argument) = text.split_once(':').unwrap_or((text, ""));
    match CheckKind::NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, kind)) => Ok((*kind, argument.to_owned())),
        None => {
            let known: Vec<&str> = CheckKind::NAMES.iter().map(|(known, _)| *known).collect();
            Err(format!("`{name}` is no validator: use one of {}", known.join(", ")))
        }
    }
}
