//! Names that ask for a role: those of values, and those that stand for a value that nobody has seen.

use super::super::{FileContext, Observations};
use super::WrongKeyForEndpoint;
use crate::context_data_static::NO_PROVIDERS;
use crate::keys::naming::{self, Says};
use crate::keys::{Catalog, KeyType};
use crate::lang::Literal;
use crate::terms::Role;

/// The role that a name asks for in so many words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Publishable,
    Secret,
}

/// Words that ask for a key which is made to be public, and words that ask for one which is not. A space stands between
/// words that follow each other.
const PUBLISHABLE: &[&str] = &[
    "publishable",
    "public key",
    "public token",
    "public api key",
    "pub key",
    "anon key",
    "anon",
    "anonymous key",
    "client key",
    "client side id",
    "client side key",
    "client sdk key",
    "client token",
    "site key",
    "browser key",
    "frontend key",
    "pk",
    "search key",
    "search only key",
    "search api key",
    "tokenization key",
    "search only api key",
    "publickey",
    "publishablekey",
    "anonkey",
    "sitekey",
    "mobile key",
];
const SECRET: &[&str] = &[
    "secret",
    "secretkey",
    "private key",
    "private api key",
    "private token",
    "service role",
    "service key",
    "admin key",
    "admin api key",
    "admin token",
    "sk",
    "server key",
    "master key",
    "personal api key",
    "write api key",
];
/// Words at the end that tell which key of a role it is.
const SORTS: &[&str] = &[
    "key",
    "token",
    "id",
    "live",
    "test",
    "prod",
    "production",
    "dev",
    "development",
    "staging",
    "value",
    "default",
    "sandbox",
    "main",
    "new",
    "old",
    "jwt",
    "credential",
    "web",
    "ios",
    "android",
];

/// The role that a name asks for, if it does so in so many words.
pub(super) fn asks(catalog: &Catalog, name: &str) -> Option<Asks> {
    let whole = words(name);
    // The prefix that publishes a variable says nothing of its value, but this name is nothing else.
    if whole == "public key" {
        return Some(Asks::Publishable);
    }
    let spoken = words(without_prefix(name));
    let ends = |phrase: &str| {
        let mut rest = spoken.as_str();
        for _ in 0..4 {
            if rest == phrase || rest.strip_suffix(phrase).is_some_and(|before| before.ends_with(' ')) {
                return true;
            }
            match rest.rsplit_once(' ') {
                Some((before, last)) if SORTS.contains(&last) || last.bytes().all(|byte| byte.is_ascii_digit()) => rest = before,
                _ => return false,
            }
        }
        false
    };
    match naming::says(catalog, name) {
        Says::Publishable if PUBLISHABLE.iter().any(|phrase| ends(phrase)) => Some(Asks::Publishable),
        Says::Secret(_) if SECRET.iter().any(|phrase| ends(phrase)) => Some(Asks::Secret),
        _ => None,
    }
}

/// A name without the prefix that publishes it. In the middle of a name, as in `MY_NEXT_PUBLIC_KEY`, it publishes nothing, and
/// asks for nothing either; `PUBLIC_` alone does, as in `PLUNK_PUBLIC_KEY`.
fn without_prefix(name: &str) -> &str {
    let starts = std::iter::once(0).chain(name.match_indices('_').map(|(at, _)| at + 1)).take(8);
    let mut found = starts.map(|at| (at, naming::bare(&name[at..]))).filter(|(at, bare)| {
        let prefix = &name[*at..name.len() - bare.len()];
        !prefix.is_empty() && (*at == 0 || prefix.trim_end_matches('_').contains('_'))
    });
    found.next().map_or(name, |(_, bare)| bare)
}

/// The words of a name, in lower case: `STRIPE_SECRET_KEY`, `stripeSecretKey` and `stripe-secret-key` have the same.
fn words(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    for letter in name.chars().take(200) {
        if !letter.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            if letter.is_ascii_uppercase() && before.is_ascii_lowercase() && !out.ends_with(' ') {
                out.push(' ');
            }
            out.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    out.truncate(out.trim_end().len());
    out
}

/// Values whose name asks for the other role.
pub(super) fn values<'a>(cx: &FileContext<'a>, out: &mut Observations<'a>) {
    for literal in &cx.file.facts.literals {
        let Some(name) = literal.name.as_deref() else { continue };
        // Most values have the name that they should: those are done with first.
        let role = literal.credential.role;
        if !matches!(role, Role::Publishable | Role::Secret | Role::Restricted | Role::WebhookSigning) {
            continue;
        }
        let own = cx.catalog.get(literal.credential.key_type);
        match asks(cx.catalog, name) {
            Some(Asks::Publishable) if role != Role::Publishable && has_publishable(cx.catalog, own) => leaks(cx, literal, name, out),
            // What a bundler publishes is meant to be public: a secret's name on a publishable key is only badly chosen there.
            Some(Asks::Secret)
                if role == Role::Publishable && has_secret(cx.catalog, own) && !is_other(cx.catalog, own, name) && !cx.project.public_prefix(cx.file, name) =>
            {
                let message = format!("`{name}` asks for a secret key and holds a {}: what needs the secret answers 401", cx.key_name(literal));
                let advice = format!("Give `{name}` the {}, or call it what it is.", right(cx.catalog, own, own.id.provider(), false));
                out.note(WrongKeyForEndpoint::ID, cx, literal, message, advice);
            }
            _ => {}
        }
    }
}

fn leaks<'a>(cx: &FileContext<'a>, literal: &'a Literal, name: &str, out: &mut Observations<'a>) {
    let own = cx.catalog.get(literal.credential.key_type);
    let key = cx.key_name(literal);
    let message = format!("`{name}` asks for a key that everybody may see and holds a {key}: whoever gets it has {}", reach(own));
    let advice =
        format!("Give `{name}` the {} and rotate the {key} if anything was built or deployed with it.", right(cx.catalog, own, own.id.provider(), true));
    out.note(WrongKeyForEndpoint::ID, cx, literal, message, advice);
}

/// What the holder of a key has.
pub(super) fn reach(key_type: &KeyType) -> String {
    match key_type.role {
        Role::Restricted => format!("what this key may do at {}", key_type.provider_name),
        Role::WebhookSigning => format!("what it takes to forge events of {}", key_type.provider_name),
        _ => format!("the whole {} project", key_type.provider_name),
    }
}

/// The name of the key that belongs there: the other half of the pair, or one of the provider's.
pub(super) fn right(catalog: &Catalog, own: &KeyType, provider: &str, publishable: bool) -> String {
    let fits = |one: &&KeyType| if publishable { one.role == Role::Publishable } else { one.role == Role::Secret };
    let partner = own.partner.as_ref().and_then(|id| catalog.find(id.as_str())).filter(fits).filter(|one| one.id.provider() == provider);
    let any = || catalog.iter().map(|(_, one)| one).filter(|one| one.id.provider() == provider).find(fits);
    let plain = if publishable { "publishable key" } else { "secret key" };
    partner.or_else(any).map_or_else(|| plain.to_owned(), KeyType::full_name)
}

/// Whether a provider issues keys that are made to be public: without any, the name speaks of something else.
fn has_publishable(catalog: &Catalog, own: &KeyType) -> bool {
    !NO_PROVIDERS.contains(&own.id.provider()) && catalog.iter().any(|(_, one)| one.id.provider() == own.id.provider() && one.role == Role::Publishable)
}

fn has_secret(catalog: &Catalog, own: &KeyType) -> bool {
    own.partner.is_some() || catalog.iter().any(|(_, one)| one.id.provider() == own.id.provider() && one.role == Role::Secret)
}

/// Whether a name speaks of another provider than the value's: what the value is taken for is not sure then.
fn is_other(catalog: &Catalog, own: &KeyType, name: &str) -> bool {
    match naming::says(catalog, name) {
        Says::Secret(Some(index)) => catalog.get(index).id.provider() != own.id.provider() && !NO_PROVIDERS.contains(&catalog.get(index).id.provider()),
        _ => false,
    }
}
