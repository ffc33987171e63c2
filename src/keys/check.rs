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
    /// A JSON Web Token; the argument lists claims, `iss=supabase,role=anon`.
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
