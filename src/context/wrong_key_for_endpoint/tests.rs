//! Tests of names that ask for a role, and of what a key's name says of the right one.

use super::names::{Asks, asks, right};
use crate::keys::Catalog;

#[test]
fn names_ask_for_a_role_in_so_many_words() {
    let catalog = Catalog::built_in();
    let (publishable, secret) = (Some(Asks::Publishable), Some(Asks::Secret));
    let rows = [
        ("STRIPE_PUBLISHABLE_KEY", publishable),
        ("NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY", publishable),
        ("publishableKey", publishable),
        ("publicKey", publishable),
        ("public_key", publishable),
        ("PUBLIC_KEY", publishable),
        ("PLUNK_PUBLIC_KEY", publishable),
        ("plunkPublicKey", publishable),
        ("STRIPE_PUBLISHABLE_KEY_LIVE", publishable),
        ("SUPABASE_ANON_KEY", publishable),
        ("STATSIG_CLIENT_KEY", publishable),
        ("STRIPE_PK", publishable),
        ("STRIPE_SECRET_KEY", secret),
        ("NEXT_PUBLIC_STRIPE_SECRET_KEY", secret),
        ("secretKey", secret),
        ("secret-key", secret),
        ("PLUNK_SECRET_KEY_2", secret),
        ("SUPABASE_SERVICE_ROLE_KEY", secret),
        ("STRIPE_SK", secret),
        ("PLUNK_API_KEY", None),
        ("NEXT_PUBLIC_STRIPE_KEY", None),
        ("NEXT_PUBLIC_API_KEY", None),
        ("MY_NEXT_PUBLIC_KEY", None),
        ("SHOP_PUBLIC_KEY", publishable),
        ("apiKey", None),
        ("PUBLIC_URL", None),
        ("publicPath", None),
        ("secretName", None),
        ("keyCode", None),
        ("GOOGLE_API_KEY", None),
        ("", None),
        ("_", None),
    ];
    for (name, wanted) in rows {
        assert_eq!(asks(&catalog, name), wanted, "{name}");
    }
}

#[test]
fn the_right_key_is_the_other_half() {
    let catalog = Catalog::built_in();
    let rows = [
        ("plunk.public-key", "plunk", false, "Plunk secret key"),
        ("plunk.secret-key", "plunk", true, "Plunk public key"),
        ("stripe.secret-key", "stripe", true, "Stripe publishable key"),
        ("stripe.secret-key", "plunk", false, "Plunk secret key"),
        ("openai.project-key", "openai", true, "publishable key"),
    ];
    for (own, provider, publishable, wanted) in rows {
        let own = catalog.find(own).expect("a key type");
        assert_eq!(right(&catalog, own, provider, publishable), wanted);
    }
}
