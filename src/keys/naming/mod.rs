//! What the name of a variable says of its value: secret, made to be public, or nothing.
//!
//! The words are in `rules/context/names.toml`; which providers issue secrets alone, and which key type a name means, follows
//! from the catalog.

mod account;
mod bears;
mod table;
#[cfg(test)]
mod tests;
mod words;

use super::{Catalog, KeyTypeIx};
use crate::context_data_static::{NAME_GENERIC, NAME_STARTS, NAME_TRAILING, NAME_VALUES, NOT_PUBLIC, PUBLIC_PREFIXES, SHORT_FOR};
use crate::terms::Role;
use table::{Provider, Type, kind};
use words::Words;

pub(super) use table::Table;

pub use account::account;
pub use bears::{bears, bears_header};

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// The value is a secret; the key type, where the name tells the provider.
    Secret(Option<KeyTypeIx>),
    /// The value is made to be public.
    Publishable,
    /// Nothing of the two.
    Nothing,
}

/// A prefix by which a build tool publishes a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicPrefix {
    /// As it is written, with its underscore.
    pub prefix: &'static str,
    /// The tool that publishes.
    pub tool: &'static str,
    /// Packages without one of which the prefix means nothing; empty where the name alone tells.
    pub needs: &'static [&'static str],
}

/// The public prefixes that a name begins with, the longest first. A name that is a prefix and no more has none.
pub fn prefixes(name: &str) -> Vec<PublicPrefix> {
    if NOT_PUBLIC.iter().any(|beginning| name.starts_with(beginning)) {
        return Vec::new();
    }
    let known = PUBLIC_PREFIXES.iter().filter(|(prefix, ..)| name.len() > prefix.len() && name.starts_with(prefix));
    let mut found: Vec<PublicPrefix> = known.map(|(prefix, tool, needs)| PublicPrefix { prefix, tool, needs }).collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.prefix.len()));
    found
}

/// A name without its public prefix.
pub fn bare(name: &str) -> &str {
    prefixes(name).first().map_or(name, |one| &name[one.prefix.len()..])
}

/// The key type to speak of: the one that the name tells, or a secret of an unknown issuer. `None` unless it says secret.
pub fn key_type_of(catalog: &Catalog, says: Says) -> Option<KeyTypeIx> {
    match says {
        Says::Secret(known) => known.or_else(|| table(catalog).unknown),
        Says::Publishable | Says::Nothing => None,
    }
}

/// Reads a name: `STRIPE_SECRET_KEY`, `supabaseServiceRoleKey`, `NEXT_PUBLIC_PLUNK_PUBLIC_KEY`. A public prefix says
/// nothing of the value, and is taken off first.
pub fn says(catalog: &Catalog, name: &str) -> Says {
    // The working directory of a shell.
    if matches!(name, "PWD" | "OLDPWD") {
        return Says::Nothing;
    }
    let table = table(catalog);
    let name = Name::of(table, bare(name));
    if name.words.len() == 0 || NAME_STARTS.contains(&name.words.get(0)) {
        return Says::Nothing;
    }
    let latest =
        |bits: u8, must_reach: bool| name.said.iter().filter(|said| said.kinds & bits != 0 && (!must_reach || name.reaches(said))).map(|said| said.to).max();
    let (explicit, publishable, secret) = (latest(kind::EXPLICIT, false), latest(kind::PUBLISHABLE, false), latest(kind::SECRET, true));
    match (explicit, publishable, secret) {
        (Some(_), _, Some(_)) => return Says::Nothing,
        // The word that stands last says what the thing is: a secret of a site key.
        (None, Some(publishable), Some(secret)) if publishable > secret => return Says::Nothing,
        (None, _, Some(_)) => return name.secret(table),
        (Some(_), ..) | (None, Some(_), None) => return Says::Publishable,
        (None, None, None) => {}
    }
    let providers: Vec<&Provider> = name.providers.iter().map(|(_, _, at)| &table.providers[*at]).collect();
    if let Some(role) = providers.iter().find_map(|provider| name.typed(provider)) {
        return match role {
            Role::Publishable => Says::Publishable,
            // What is scoped by its provider may be made for clients, as Alchemy's keys are.
            Role::Identifier | Role::Restricted => Says::Nothing,
            _ => name.secret(table),
        };
    }
    let is_secret = name.said.iter().filter(|said| name.ends(said)).any(|said| name.is_secret(said, &providers));
    if is_secret { name.secret(table) } else { Says::Nothing }
}

fn table(catalog: &Catalog) -> &Table {
    catalog.names.get_or_init(|| Table::new(catalog))
}

/// A phrase in a name: its words, and what it may say.
#[derive(Debug)]
struct Said {
    from: usize,
    to: usize,
    kinds: u8,
}

/// A name, taken apart.
#[derive(Debug)]
struct Name {
    words: Words,
    /// How many words there are without those at the end that tell a sort: `_PROD`, `_2`.
    tail: usize,
    /// The phrases in it; no two have a word in common.
    said: Vec<Said>,
    /// Providers: the words, and the number.
    providers: Vec<(usize, usize, usize)>,
}

impl Name {
    fn of(table: &Table, name: &str) -> Self {
        let words = Words::of(name);
        let is_sort = |word: &str| NAME_TRAILING.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit());
        let tail = (1..=words.len()).rev().find(|at| !is_sort(words.get(at - 1))).unwrap_or(words.len());
        let (mut said, mut providers) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < words.len() {
            match words.longest(at, |phrase| table.phrases.get(phrase).copied()) {
                Some((to, kinds)) => {
                    said.push(Said { from: at, to, kinds });
                    at = to;
                }
                None => at += 1,
            }
        }
        let mut at = 0;
        while at < words.len() {
            match words.longest(at, |alias| table.aliases.get(alias).copied()) {
                Some((to, provider)) => {
                    providers.push((at, to, provider));
                    at = to;
                }
                None => at += 1,
            }
        }
        Self { words, tail, said, providers }
    }

    /// Whether a phrase is the last thing that the name speaks of: at its end, or before the provider alone.
    fn ends(&self, said: &Said) -> bool {
        said.to >= self.tail || self.providers.iter().any(|(from, to, _)| *from >= said.to && *to >= self.tail)
    }

    /// The same, or the name ends with a word for the value: `SECRET_DEFAULT_KEY`.
    fn reaches(&self, said: &Said) -> bool {
        self.ends(said) || NAME_VALUES.contains(&self.words.get(self.tail - 1)) && !self.ends_harmless()
    }

    /// Whether the last thing that the name speaks of is known to be no secret.
    fn ends_harmless(&self) -> bool {
        self.said.iter().any(|said| said.kinds & kind::HARMLESS != 0 && said.to >= self.tail)
    }

    /// Words that are no part of a provider's name.
    fn rest(&self) -> impl Iterator<Item = &str> {
        let is_free = |at: &usize| !self.providers.iter().any(|(from, to, _)| (*from..*to).contains(at));
        (0..self.tail).filter(is_free).map(|at| self.words.get(at))
    }

    /// The role of the provider's key type that the name spells out.
    fn typed(&self, provider: &Provider) -> Option<Role> {
        if self.ends_harmless() {
            return None;
        }
        let last = self.words.get(self.tail - 1);
        let rest: Vec<&str> = self.rest().collect();
        let has = |word: &String| (0..self.tail).any(|at| self.words.get(at) == word);
        let spelled = |one: &&Type| one.words.len() > 1 && !one.is_generic() && one.words.iter().all(has) && one.words.iter().any(|word| word == last);
        let most = provider.types.iter().filter(spelled).max_by_key(|one| (one.words.len(), !one.role.bears_authority()));
        // What every provider calls its keys says something only where this one's are open to all.
        let exact = |one: &&Type| {
            let is_open = matches!(one.role, Role::Publishable | Role::Identifier | Role::Restricted);
            one.is_generic() && is_open && one.words.len() == rest.len() && one.words.iter().all(has)
        };
        most.or_else(|| provider.types.iter().find(exact)).map(|one| one.role)
    }

    /// Whether a phrase that may mean a secret does, with these providers in the name.
    fn is_secret(&self, said: &Said, providers: &[&Provider]) -> bool {
        let phrase = self.words.between(said.from, said.to);
        let is_whole = said.from == 0 && said.to >= self.tail;
        if said.kinds & kind::WHOLE != 0 && (is_whole || !providers.is_empty() && said.kinds & kind::KEY == 0) {
            return true;
        }
        if said.kinds & kind::TOKEN != 0 {
            return providers.is_empty() || providers.iter().any(|one| one.is_secret_only || one.has_secret_tokens);
        }
        if said.kinds & kind::KEY == 0 {
            return false;
        }
        match phrase {
            "apikey" | "apikeys" => providers.iter().any(|one| one.is_secret_only || one.has_secret_api_key),
            "token" => providers.iter().any(|one| !one.is_ordinary && (one.is_secret_only || one.has_secret_tokens)),
            _ => providers.iter().any(|one| !one.is_ordinary && one.is_secret_only),
        }
    }

    /// The name says secret: of which key type?
    fn secret(&self, table: &Table) -> Says {
        let phrases =
            (0..self.words.len()).filter_map(|at| self.words.longest(at, |phrase| table.key_types.get(phrase).copied()).map(|(to, index)| (to - at, index)));
        if let Some((_, index)) = phrases.max_by_key(|(length, _)| *length) {
            return Says::Secret(Some(index));
        }
        let mut own: Vec<&str> = self.words.iter().collect();
        own.extend(SHORT_FOR.iter().filter(|(short, _)| self.words.iter().any(|word| word == *short)).flat_map(|(_, long)| long.split(' ')));
        let is_webhook = own.contains(&"webhook");
        let mut best: Option<(i32, KeyTypeIx)> = None;
        for provider in self.providers.iter().map(|(_, _, at)| &table.providers[*at]) {
            let holds: Vec<&Type> = provider.types.iter().filter(|one| one.role.bears_authority()).collect();
            for one in &holds {
                let signs = one.role == Role::WebhookSigning;
                if is_webhook && !signs && !one.words.iter().any(|word| word == "webhook") {
                    continue;
                }
                let matched = one.words.iter().filter(|word| own.contains(&word.as_str())).count() as i32;
                let generic = one.words.iter().filter(|word| own.contains(&word.as_str()) && NAME_GENERIC.contains(&word.as_str())).count() as i32;
                let unmatched = one.words.len() as i32 - matched;
                let past = if one.is_old { 9 } else { 0 };
                let score =
                    5 * matched - past - generic - 2 * unmatched - i32::from(one.role != Role::Secret && !is_webhook) + if is_webhook && signs { 3 } else { 0 };
                let fits = score > 0 || holds.len() == 1 && !is_webhook;
                if fits && best.is_none_or(|(known, _)| score > known) {
                    best = Some((score, one.index));
                }
            }
        }
        Says::Secret(best.map(|(_, index)| index))
    }
}
