//! The variable that takes a value's place: named after what the code calls it, or after its key type.

use std::collections::HashMap;

use crate::keys::Catalog;
use crate::keys::naming::{self, Says};
use crate::secret::Fingerprint;
use crate::terms::KeyTypeId;

/// One name for one value.
#[derive(Debug, Default)]
pub(super) struct Names {
    of_value: HashMap<Fingerprint, String>,
    taken: HashMap<String, Fingerprint>,
}

impl Names {
    /// The name of a value; `given` is what the code calls it there. The first who asks decides.
    pub(super) fn of(&mut self, catalog: &Catalog, value: &Fingerprint, key_type: &KeyTypeId, given: Option<&str>) -> String {
        if let Some(known) = self.of_value.get(value) {
            return known.clone();
        }
        let own = given.and_then(|given| own_name(catalog, given)).unwrap_or_else(|| of_key_type(key_type));
        let mut name = own.clone();
        for number in 2.. {
            if self.taken.get(&name).is_none_or(|holder| holder == value) {
                break;
            }
            name = format!("{own}_{number}");
        }
        self.keep(value, &name);
        name
    }

    /// Holds that a variable has a value already.
    pub(super) fn keep(&mut self, value: &Fingerprint, name: &str) {
        self.of_value.entry(value.clone()).or_insert_with(|| name.to_owned());
        self.taken.entry(name.to_owned()).or_insert_with(|| value.clone());
    }
}

/// A name as variables of the environment are written.
pub(super) fn is_constant_case(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_uppercase()) && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The name that the code gives, where it is one of a variable and says secret.
fn own_name(catalog: &Catalog, given: &str) -> Option<String> {
    let name = naming::bare(given.rsplit('.').next().unwrap_or(given));
    let says = matches!(naming::says(catalog, name), Says::Secret(_));
    (is_constant_case(name) && says && name.len() <= 100).then(|| name.to_owned())
}

/// `plunk.secret-key` is `PLUNK_SECRET_KEY`.
pub(super) fn of_key_type(id: &KeyTypeId) -> String {
    let id = id.as_str().strip_prefix("generic.").unwrap_or(id.as_str());
    let mut name: String = id.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|letter: char| letter.is_ascii_digit()) {
        name.insert_str(0, "KEY_");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn names() {
        let catalog = Catalog::built_in();
        let id = |text: &'static str| KeyTypeId(text.into());
        let value = |text: &str| Secret::new(text.as_bytes()).fingerprint(&id("plunk.secret-key"), 200.0);
        let mut names = Names::default();
        let mut name = |bytes: &str, given: Option<&str>| names.of(&catalog, &value(bytes), &id("plunk.secret-key"), given);
        assert_eq!(name("one", Some("key")), "PLUNK_SECRET_KEY");
        assert_eq!(name("one", Some("MAIL_SECRET")), "PLUNK_SECRET_KEY");
        assert_eq!(name("two", None), "PLUNK_SECRET_KEY_2");
        assert_eq!(name("three", Some("MAIL_SECRET")), "MAIL_SECRET");
        assert_eq!(name("four", Some("process.env.NEXT_PUBLIC_MAIL_SECRET")), "MAIL_SECRET_2");
        assert_eq!(name("five", Some("PLUNK_PUBLIC_KEY")), "PLUNK_SECRET_KEY_3");
        assert_eq!(of_key_type(&id("github.personal-access-token")), "GITHUB_PERSONAL_ACCESS_TOKEN");
        assert_eq!(of_key_type(&id("1password.secret-key")), "KEY_1PASSWORD_SECRET_KEY");
    }
}
