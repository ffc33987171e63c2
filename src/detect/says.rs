//! What a value says of itself without being asked of anybody: the account, host or issuer that stands in it. None of it is
//! secret, and whoever has to rotate a key needs it first.

use serde_json::Value;

use super::validate;
use crate::keys::{CheckKind, KeyType};

/// The longest text that is told of a value, in bytes.
const LONGEST: usize = 80;

/// A sentence without a full stop, such as `it was made for the account 123456789012`; `None` for a value that says nothing.
/// The text may hold anything that the value's author wrote, apart from control characters.
pub fn says(key_type: &KeyType, value: &[u8]) -> Option<String> {
    let said = key_type.checks.iter().chain(key_type.proofs.iter()).find_map(|check| match check.kind {
        CheckKind::AwsKeyId => validate::aws_account(value).map(|account| format!("it was made for the account {account}")),
        CheckKind::Base64Snowflake => part(value).map(|id| format!("it is that of the user {id}")),
        CheckKind::Base64Ends if check.argument == "$" => {
            let host = validate::decode(value.rsplit(|byte| *byte == b'_').next()?)?;
            String::from_utf8(host).ok().map(|host| format!("it is for {}", host.trim_end_matches('$')))
        }
        CheckKind::Jwt | CheckKind::JwtShape => token(value),
        _ => None,
    })?;
    Some(said.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect())
}

fn part(value: &[u8]) -> Option<String> {
    String::from_utf8(validate::decode(value.split(|byte| *byte == b'.').next()?)?).ok()
}

fn token(value: &[u8]) -> Option<String> {
    let start = memchr::memmem::find(value, b"eyJ")?;
    let payload: Value = serde_json::from_slice(&validate::decode(value[start..].split(|byte| *byte == b'.').nth(1)?)?).ok()?;
    let text = |claim: &str| payload.get(claim).and_then(Value::as_str);
    match (text("iss"), text("role")) {
        (Some(issuer), Some(role)) => Some(format!("it was issued by {issuer}, for the role {role}")),
        (Some(issuer), None) => Some(format!("it was issued by {issuer}")),
        (None, Some(role)) => Some(format!("it is for the role {role}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Catalog, examples};

    #[test]
    fn values_speak() {
        let catalog = Catalog::built_in();
        let said = |id: &str, value: &str| {
            let (_, key_type) = catalog.iter().find(|(_, key_type)| key_type.id.as_str() == id).expect("a key type");
            says(key_type, examples::fill(value, 1).expect("a template").as_bytes())
        };
        // 1, then forty bits of account, then what nobody reads: 0x8000_0000_0000 | 123456789012 << 7.
        let head = (1_u64 << 47 | 123_456_789_012 << 7).to_be_bytes();
        let id = format!("AKIA{}", data_encoding::BASE32.encode(&[&head[2..], &[7; 4]].concat()));
        assert_eq!(said("aws.access-key-id", &id).as_deref(), Some("it was made for the account 123456789012"));
        // Ids of the older kind begin with I or J.
        assert_eq!(said("aws.access-key-id", "AKIAI{base32:15}"), None);
        assert_eq!(said("aws.access-key-id", "AKIA"), None);
        assert_eq!(said("clerk.publishable-key", "pk_test_{b64:happy.clerk.accounts.dev$}").as_deref(), Some("it is for happy.clerk.accounts.dev"));
        let token = "{jwt:iss=supabase,role=service_role}";
        assert_eq!(said("supabase.service-role-key", token).as_deref(), Some("it was issued by supabase, for the role service_role"));
        let hostile = said("jwt.token", "{b64url:{\"alg\":\"none\"}}.{b64url:{\"iss\":\"a\\u001b[31m{repeat:x:900}\"}}.x").expect("an issuer");
        assert!(hostile.len() <= LONGEST && !hostile.contains('\u{1b}'));
        assert_eq!(said("discord.bot-token", "{b64url:123456789012345678}.a.b").as_deref(), Some("it is that of the user 123456789012345678"));
    }
}
