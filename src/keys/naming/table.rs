//! What the words of `rules/context/names.toml` and the key types of the catalog come to: made once for each catalog.

use rustc_hash::FxHashMap;

use super::super::{Catalog, KeyTypeIx};
use crate::context_data_static::{
    KEY_TYPE_PHRASES, NAME_GENERIC, NAME_PHRASES, NO_PROVIDERS, OPEN_PROVIDERS, ORDINARY_PROVIDERS, OTHER_PROVIDERS, PROVIDER_ALIASES,
};
use crate::terms::Role;

/// Kinds of phrases, as bits: `token` is of two.
pub(super) mod kind {
    pub(in super::super) const EXPLICIT: u8 = 1;
    pub(in super::super) const PUBLISHABLE: u8 = 2;
    pub(in super::super) const SECRET: u8 = 4;
    pub(in super::super) const TOKEN: u8 = 8;
    pub(in super::super) const KEY: u8 = 16;
    pub(in super::super) const WHOLE: u8 = 32;
    pub(in super::super) const HARMLESS: u8 = 64;
}

/// The tables that names are looked up in.
#[derive(Debug, Default)]
pub(in super::super) struct Table {
    /// Phrases without spaces.
    pub(super) phrases: FxHashMap<&'static str, u8>,
    /// Names of providers without spaces.
    pub(super) aliases: FxHashMap<String, usize>,
    pub(super) providers: Vec<Provider>,
    /// Phrases that tell the key type.
    pub(super) key_types: FxHashMap<&'static str, KeyTypeIx>,
    /// `generic.secret-key`.
    pub(super) unknown: Option<KeyTypeIx>,
}

/// A provider, as far as names of variables go.
#[derive(Debug, Default)]
pub(super) struct Provider {
    pub(super) types: Vec<Type>,
    /// Its name is an ordinary word.
    pub(super) is_ordinary: bool,
    /// Nothing that it issues may be read by anyone.
    pub(super) is_secret_only: bool,
    /// What it calls a token is a secret.
    pub(super) has_secret_tokens: bool,
    /// What it calls an API key is a secret, although it issues publishable values too.
    pub(super) has_secret_api_key: bool,
}

/// A key type, as far as names of variables go.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) index: KeyTypeIx,
    pub(super) role: Role,
    /// The words of its id, the provider left out.
    pub(super) words: Vec<String>,
    /// It says itself that it is no longer issued.
    pub(super) is_old: bool,
}

impl Type {
    /// Whether every provider could call a key so.
    pub(super) fn is_generic(&self) -> bool {
        self.words.iter().all(|word| NAME_GENERIC.contains(&word.as_str()))
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|own| own == word)
    }
}

impl Table {
    pub(super) fn new(catalog: &Catalog) -> Self {
        let mut table = Self::default();
        for (phrase, name) in NAME_PHRASES {
            let bit = match *name {
                "explicit" => kind::EXPLICIT,
                "publishable" => kind::PUBLISHABLE,
                "secret" => kind::SECRET,
                "token" => kind::TOKEN,
                "key" => kind::KEY,
                "whole" => kind::WHOLE,
                _ => kind::HARMLESS,
            };
            *table.phrases.entry(phrase).or_default() |= bit;
        }
        // In the order of their ids, for a search: the phrases are many, and so are the key types.
        let mut phrases: Vec<&(&'static str, &'static str)> = KEY_TYPE_PHRASES.iter().collect();
        phrases.sort_by_key(|(_, id)| *id);
        let mut by_id: FxHashMap<&str, usize> = FxHashMap::default();
        // The name of each provider whose aliases were read last: nearly always that of all its key types.
        let mut named: Vec<Option<&str>> = Vec::new();
        for (index, key_type) in catalog.iter() {
            let id = key_type.id.as_str();
            table.unknown = table.unknown.or((id == "generic.secret-key").then_some(index));
            let from = phrases.partition_point(|(_, wanted)| *wanted < id);
            table.key_types.extend(phrases[from..].iter().take_while(|(_, wanted)| *wanted == id).map(|(phrase, _)| (*phrase, index)));
            let provider = key_type.id.provider();
            if NO_PROVIDERS.contains(&provider) {
                continue;
            }
            let at = *by_id.entry(provider).or_insert_with(|| {
                table.providers.push(Provider { is_ordinary: ORDINARY_PROVIDERS.contains(&provider), ..Provider::default() });
                table.providers.len() - 1
            });
            let is_past = |word: &str| matches!(word, "old" | "legacy" | "previous");
            let words: Vec<&str> = id[provider.len()..].split(['.', '-', '_']).filter(|word| !word.is_empty()).collect();
            let is_old = words.iter().any(|word| is_past(word));
            let words = words.iter().filter(|word| !is_past(word)).map(|word| word.to_ascii_lowercase()).collect();
            table.providers[at].types.push(Type { index, role: key_type.role, words, is_old });
            named.resize(named.len().max(at + 1), None);
            if named[at].replace(&key_type.provider_name) == Some(&*key_type.provider_name) {
                continue;
            }
            for name in std::iter::once(provider).chain(key_type.provider_name.split(['/', '(', ')'])) {
                let alias: String = name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
                if alias.len() > 1 {
                    table.aliases.entry(alias).or_insert(at);
                }
            }
        }
        for (alias, provider) in PROVIDER_ALIASES {
            if let Some(at) = by_id.get(provider) {
                table.aliases.entry((*alias).to_owned()).or_insert(*at);
            }
        }
        for provider in &mut table.providers {
            weigh(provider);
        }
        // Without key types, all that such a provider issues is secret, or all is made for clients.
        for (names, is_secret_only) in [(OTHER_PROVIDERS, true), (OPEN_PROVIDERS, false)] {
            for name in names {
                table.providers.push(Provider { is_secret_only, has_secret_tokens: is_secret_only, ..Provider::default() });
                table.aliases.entry(name.replace(' ', "")).or_insert(table.providers.len() - 1);
            }
        }
        table
    }
}

fn weigh(provider: &mut Provider) {
    let any = |test: &dyn Fn(&Type) -> bool| provider.types.iter().any(test);
    let is_public = |one: &Type| one.role == Role::Publishable;
    let is_open = |one: &Type| matches!(one.role, Role::Publishable | Role::Restricted);
    let is_secret_only = any(&|one| one.role.bears_authority()) && !any(&|one| is_public(one) || one.role == Role::Restricted && one.is_generic());
    let has_secret_tokens = any(&|one| one.role.bears_authority() && one.has("token")) && !any(&|one| is_open(one) && one.has("token"));
    let is_api_key = |one: &Type| one.words == ["api", "key"];
    let is_twin = |one: &Type| !one.role.bears_authority() && one.has("key") && (one.has("public") || one.has("publishable") || one.has("api"));
    let has_secret_api_key = any(&|one| one.role == Role::Secret && is_api_key(one)) && !any(&is_twin);
    (provider.is_secret_only, provider.has_secret_tokens, provider.has_secret_api_key) = (is_secret_only, has_secret_tokens, has_secret_api_key);
}
