//! Tests of the tables and of how they are asked.

use super::*;

fn providers(host: &str, path: &str, method: &str) -> Vec<(&'static str, &'static str)> {
    find(host, path, Some(method)).into_iter().map(|one| (one.provider, one.path)).collect()
}

fn takes(host: &str, path: &str, method: &str, role: Role) -> Option<bool> {
    let found = find(host, path, Some(method));
    (!found.is_empty()).then(|| found.iter().any(|one| one.accepts.contains(&role)))
}

/// Plunk's whole table: every call, whether the public key may make it, on both hosts.
#[test]
fn calls_of_plunk() {
    let rows = [
        ("POST", "/v1/track", true),
        ("POST", "/v1/track/", true),
        ("POST", "/v1", true),
        ("POST", "/v1/send", false),
        ("POST", "/v1/verify", false),
        ("GET", "/v1/contacts", false),
        ("POST", "/v1/contacts", false),
        ("PUT", "/v1/contacts", false),
        ("DELETE", "/v1/contacts", false),
        ("GET", "/v1/contacts/abc123", false),
        ("PUT", "/v1/contacts/abc123", false),
        ("DELETE", "/v1/contacts/abc123", false),
        ("GET", "/v1/contacts/count", false),
        ("POST", "/v1/contacts/subscribe", false),
        ("POST", "/v1/contacts/unsubscribe", false),
        ("GET", "/contacts", false),
        ("POST", "/contacts", false),
        ("GET", "/contacts/abc123", false),
        ("PATCH", "/contacts/abc123", false),
        ("DELETE", "/contacts/abc123", false),
        ("POST", "/contacts/bulk/delete", false),
        ("POST", "/v1/campaigns", false),
        ("PUT", "/v1/campaigns", false),
        ("DELETE", "/v1/campaigns", false),
        ("POST", "/v1/campaigns/send", false),
        ("POST", "/v1/campaigns/duplicate", false),
        ("POST", "/campaigns", false),
        ("GET", "/campaigns/abc", false),
        ("POST", "/v1/templates", false),
        ("PUT", "/v1/templates", false),
        ("DELETE", "/v1/templates", false),
        ("POST", "/v1/templates/duplicate", false),
        ("GET", "/templates", false),
        ("PATCH", "/templates/abc", false),
        ("POST", "/v1/actions", false),
        ("PUT", "/v1/actions", false),
        ("DELETE", "/v1/actions", false),
        ("POST", "/workflows", false),
        ("GET", "/workflows/abc", false),
        ("DELETE", "/v1/events", false),
        ("GET", "/events", false),
        ("GET", "/segments", false),
        ("POST", "/segments/abc/members", false),
        ("GET", "/domains", false),
        ("GET", "/billing/usage", false),
        ("GET", "/activity", false),
        ("POST", "/projects/id/abc/regenerate", false),
        ("POST", "/users/@me/projects/abc/regenerate-keys", false),
    ];
    for host in ["api.useplunk.com", "next-api.useplunk.com"] {
        for (method, path, public) in rows {
            let is_session = path.contains("regenerate");
            assert_eq!(takes(host, path, method, Role::Publishable), Some(public), "{method} {host}{path} with the public key");
            assert_eq!(takes(host, path, method, Role::Secret), Some(!is_session), "{method} {host}{path} with the secret key");
            let prefers = find(host, path, Some(method)).iter().all(|one| one.prefers == Some(Role::Publishable));
            assert_eq!(prefers, public, "{method} {host}{path} is made for the public key");
        }
        for (method, path) in [("GET", "/v1/track"), ("GET", "/v1"), ("POST", "/"), ("POST", "/v1/tracking"), ("POST", "/v2/send")] {
            assert_eq!(takes(host, path, method, Role::Publishable), None, "{method} {host}{path} is no call");
        }
    }
}

#[test]
fn the_most_specific_call_is_meant() {
    let rows = [
        ("api.stripe.com", "/v1/charges", "POST", "/v1/**"),
        ("api.stripe.com", "/v1/tokens", "POST", "/v1/tokens"),
        ("api.stripe.com", "/v1/tokens", "GET", "/v1/**"),
        ("api.stripe.com", "/v1/payment_intents/pi_1", "GET", "/v1/payment_intents/*"),
        ("api.stripe.com", "/v1/payment_intents/pi_1/cancel", "POST", "/v1/**"),
        ("API.Stripe.com:443", "/v1//tokens", "POST", "/v1/tokens"),
        ("abc.supabase.co", "/auth/v1/admin/users", "GET", "/auth/v1/admin/**"),
        ("abc.supabase.co", "/auth/v1/signup", "POST", "/auth/v1/**"),
        ("x-dsn.algolia.net", "/1/indexes/things/query", "POST", "/1/indexes/*/query"),
        ("x.algolia.net", "/1/indexes/things", "DELETE", "/1/indexes/**"),
        ("api.openai.com", "/v1/chat/completions", "POST", "/**"),
    ];
    for (host, path, method, wanted) in rows {
        let found = providers(host, path, method);
        assert_eq!(found.iter().map(|(_, path)| *path).collect::<Vec<_>>(), [wanted], "{method} {host}{path}");
    }
    for (host, path) in
        [("supabase.co", "/auth/v1/admin/users"), ("evilapi.stripe.com.example.com", "/v1/charges"), ("example.com", "/v1/send"), ("", "/v1/send")]
    {
        assert!(find(host, path, Some("POST")).is_empty(), "{host}{path}");
    }
}

#[test]
fn what_is_not_known_may_lead_to_several() {
    let paths = |path: &str| {
        let mut found: Vec<&str> = find("api.stripe.com", path, Some("POST")).into_iter().map(|one| one.path).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(paths("/v1/payment_intents/\u{1a}/confirm"), ["/v1/payment_intents/*/confirm"]);
    assert_eq!(paths("/v1/charges/\u{1a}"), ["/v1/**"]);
    assert!(paths("/v1/\u{1a}").contains(&"/v1/tokens") && paths("/v1/\u{1a}").contains(&"/v1/**"));
    assert!(!paths("/v1/ch\u{1a}").contains(&"/v1/tokens"));
    assert!(!find("\u{1a}.supabase.co", "/auth/v1/admin/users", None).is_empty());
    assert!(find("\u{1a}", "/v1/send", None).is_empty());
    // Without a method the kinder of two calls counts too.
    assert!(find("api.useplunk.com", "/v1/track", None).iter().any(|one| one.accepts.contains(&Role::Publishable)));
}

#[test]
fn servers_that_people_run_say_their_name() {
    let rows = [
        ("plunk.example.com", "POST", "/v1/send", true),
        ("plunk.example.com", "POST", "/api/v1/send", true),
        ("mail-plunk.internal", "POST", "/api/v1/send", true),
        ("plunk-api-url", "POST", "/v1/send", true),
        ("posthog.example.com", "GET", "/api/projects/1/insights", true),
        ("plunk.example.com", "GET", "/v1/contacts/count", false),
        ("plunk.example.com", "POST", "/v1/contacts/subscribe", false),
        ("splunk.example.com", "POST", "/v1/send", false),
        ("mail.example.com", "POST", "/v1/send", false),
    ];
    for (host, method, path, is_known) in rows {
        assert_eq!(!find(host, path, Some(method)).is_empty(), is_known, "{method} {host}{path}");
    }
}

#[test]
fn urls_have_hosts_and_paths() {
    let rows = [
        ("https://api.useplunk.com/v1/send?x=1", Some(("api.useplunk.com", "/v1/send"))),
        ("https://key:@api.stripe.com/v1/charges#a", Some(("api.stripe.com", "/v1/charges"))),
        ("//api.stripe.com/v1", Some(("api.stripe.com", "/v1"))),
        ("api.stripe.com/v1", Some(("api.stripe.com", "/v1"))),
        ("https://api.stripe.com", Some(("api.stripe.com", ""))),
        ("https://api.stripe.com\u{1a}", Some(("api.stripe.com", "/\u{1a}"))),
        ("https://\u{1a}.supabase.co/rest/v1/x", Some(("\u{1a}.supabase.co", "/rest/v1/x"))),
        ("/v1/send", None),
        ("\u{1a}/v1/send", None),
        ("send", None),
    ];
    for (url, wanted) in rows {
        let found = split(url);
        assert_eq!(found.as_ref().map(|(host, path)| (host.as_str(), path.as_str())), wanted, "{url}");
    }
}

#[test]
fn arguments_of_libraries() {
    let rows = [
        ("@stripe/stripe-js", "loadStripe", Some(("stripe", Role::Publishable))),
        ("", "loadStripe", Some(("stripe", Role::Publishable))),
        ("stripe", "default", Some(("stripe", Role::Secret))),
        ("page", "Stripe", Some(("stripe", Role::Publishable))),
        ("page-new", "Stripe", None),
        ("", "Stripe", None),
        ("github.com/stripe/stripe-go/v81", "stripe.Key", Some(("stripe", Role::Secret))),
        ("", "\\Stripe\\Stripe::setApiKey", Some(("stripe", Role::Secret))),
        ("com.stripe", "Stripe.apiKey", Some(("stripe", Role::Secret))),
        ("", "Stripe.api_key", Some(("stripe", Role::Secret))),
        ("Stripe", "StripeConfiguration.ApiKey", Some(("stripe", Role::Secret))),
        ("@plunk/node", "default", Some(("plunk", Role::Secret))),
        ("./plunk", "Plunk", None),
        ("other", "loadStripe", None),
        ("page", "PaystackPop.setup", Some(("paystack", Role::Publishable))),
        ("posthog-js", "default.init", Some(("posthog", Role::Publishable))),
        ("mixpanel-browser", "default.init", Some(("mixpanel", Role::Publishable))),
        ("page", "init", None),
        ("mapbox-gl", "default.accessToken", Some(("mapbox", Role::Publishable))),
        ("@clerk/nextjs", "ClerkProvider", Some(("clerk", Role::Publishable))),
    ];
    for (package, callee, wanted) in rows {
        let found = sdk(package, callee);
        assert_eq!(found.first().map(|one| (one.provider, one.takes[0])), wanted, "{package} {callee}");
    }
    // The package that is named most exactly decides.
    assert!(sdk("algoliasearch/lite", "liteClient").iter().all(|one| one.takes == [Role::Publishable]));
    assert!(sdk("algoliasearch", "algoliasearch").is_empty());
}

#[test]
fn tables_name_providers_of_key_types() {
    let catalog = crate::keys::Catalog::built_in();
    for provider in ENDPOINTS.iter().map(|one| one.provider).chain(SDK_CALLS.iter().map(|one| one.provider)) {
        assert!(catalog.iter().any(|(_, one)| one.id.provider() == provider), "{provider} has no key types");
    }
}
