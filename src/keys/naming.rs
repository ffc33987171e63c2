//! What the name of a variable says of its value: secret, made to be public, or nothing.

use super::{Catalog, KeyTypeIx};

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

/// Reads a name: `STRIPE_SECRET_KEY`, `supabaseServiceRoleKey`, `NEXT_PUBLIC_PLUNK_PUBLIC_KEY`.
pub fn says(_catalog: &Catalog, name: &str) -> Says {
    let upper = name.to_ascii_uppercase();
    if upper.contains("SECRET") { Says::Secret(None) } else { Says::Nothing }
}

/// The key type that a name tells, or the one of an unknown issuer.
pub fn key_type_or_generic(catalog: &Catalog, told: Option<KeyTypeIx>) -> KeyTypeIx {
    let generic = || catalog.iter().find(|(_, key_type)| key_type.id.as_str() == "generic.secret-key").map(|(index, _)| index);
    told.or_else(generic).unwrap_or_else(|| catalog.iter().next().expect("the catalog is never empty").0)
}
