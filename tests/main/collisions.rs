//! Shapes that several providers share: the name, the host, the header, the import or the payload chooses; where none does,
//! nobody is named, or the safer role at a lower confidence.

use crate::sandbox::{Sandbox, text};

/// `type confidence` of all that a scan tells of one file, publishable keys and unsure ones among them.
fn told(path: &str, template: &str) -> Vec<String> {
    let report = Sandbox::with(path, template).scan(&["--show-publishable", "--min-confidence", "low"]);
    report.findings().iter().map(|finding| format!("{} {}", text(&finding["key"]["type"]), text(&finding["confidence"]))).collect()
}

/// Each case: a file, and what is told of it.
#[track_caller]
fn check(cases: &[(&str, &str, &[&str])]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(path, template, wanted)| (path, template, wanted, told(path, template)))
        .filter(|(_, _, wanted, found)| found != *wanted)
        .map(|(path, template, wanted, found)| format!("{path}: {template:?}\n  wanted {wanted:?}\n  found  {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sk_live_of_payments_and_logins() {
    check(&[
        // Nothing beside it: the commonest owner of the shape.
        ("a.env", "KEY=sk_live_{alnum:24}\n", &["stripe.secret-key high"]),
        ("a.env", "CLERK_SECRET_KEY=sk_live_{alnum:42}\n", &["clerk.secret-key high"]),
        (
            "a.js",
            "import { clerkClient } from '@clerk/backend';\nconst c = createClerkClient({ secretKey: 'sk_live_{alnum:42}' });\n",
            &["clerk.secret-key high"],
        ),
        ("a.env", "PAYSTACK_SECRET_KEY=sk_live_{lower-hex:40}\n", &["paystack.secret-key high"]),
        ("a.sh", "curl https://api.paystack.co/transaction -H \"Authorization: Bearer sk_live_{lower-hex:40}\"\n", &["paystack.secret-key high"]),
        ("a.env", "PAYMONGO_SECRET_KEY=sk_live_{alnum:24}\n", &["paymongo.secret-key medium"]),
        ("a.env", "YOCO_SECRET_KEY=sk_live_{alnum:20}\n", &["yoco.secret-key medium"]),
    ]);
}

#[test]
fn pk_live_is_publishable_whoever_issued_it() {
    check(&[
        ("a.env", "KEY=pk_live_{alnum:24}\n", &["stripe.publishable-key high"]),
        ("a.env", "PAYMONGO_PUBLIC_KEY=pk_live_{alnum:24}\n", &["paymongo.public-key medium"]),
        ("a.env", "MAGIC_PUBLISHABLE_KEY=pk_live_{upper-hex:16}\n", &["magic.publishable-key high"]),
        ("a.env", "CLERK_PUBLISHABLE_KEY=pk_live_{b64:clerk.acme.example$}\n", &["clerk.publishable-key confirmed"]),
        // The same beginning, and a secret: the length and the alphabet tell.
        ("a.env", "COURIER_AUTH_TOKEN=pk_prod_{upper-alnum:28}\n", &["courier.api-key high"]),
        ("a.env", "LIVEBLOCKS_PUBLIC_KEY=pk_prod_{base64url:56}\n", &["liveblocks.public-key medium"]),
    ]);
}

#[test]
fn bare_hex_goes_to_whom_its_own_statement_names() {
    check(&[
        ("a.env", "ALGOLIA_ADMIN_API_KEY={lower-hex:32}\nDATADOG_API_KEY={lower-hex:32}\n", &["algolia.admin-key medium", "datadog.api-key medium"]),
        ("a.env", "DATADOG_API_KEY={lower-hex:32}\nBUILD={lower-hex:32}\n", &["datadog.api-key medium"]),
        ("a.js", "const algolia = { adminKey: '{lower-hex:32}', searchKey: '{lower-hex:32}' };\n", &["algolia.admin-key medium", "algolia.search-key medium"]),
        ("a.yaml", "twilio:\n  auth_token: {lower-hex:32}\nalgolia:\n  admin_key: {lower-hex:32}\n", &["twilio.auth-token medium", "algolia.admin-key medium"]),
        ("a.env", "HASH={lower-hex:32}\n", &[]),
        // Two words in one name: the longer phrase speaks.
        ("a.env", "DATADOG_ALGOLIA_ADMIN_KEY={lower-hex:32}\n", &["algolia.admin-key medium"]),
    ]);
}

#[test]
fn sk_dash_of_language_models() {
    check(&[
        ("a.env", "OPENAI_API_KEY=sk-{alnum:20}T3BlbkFJ{alnum:20}\n", &["openai.user-key high"]),
        // The marker within the value says more than the variable, which many clients share.
        ("a.env", "DEEPSEEK_API_KEY=sk-{alnum:20}T3BlbkFJ{alnum:20}\n", &["openai.user-key high"]),
        ("a.env", "DEEPSEEK_API_KEY=sk-{lower-hex:32}\n", &["deepseek.api-key medium"]),
        ("a.env", "DASHSCOPE_API_KEY=sk-{lower-hex:32}\n", &["dashscope.api-key low"]),
        ("a.py", "client = OpenAI(base_url=\"https://api.deepseek.com\", api_key=\"sk-{lower-hex:32}\")\n", &["deepseek.api-key medium"]),
        ("a.env", "MOONSHOT_API_KEY=sk-{alnum:48}\n", &["moonshot.api-key medium"]),
        ("a.env", "STABILITY_API_KEY=sk-{alnum:48}\n", &["stability-ai.api-key medium"]),
        ("a.env", "SILICONFLOW_API_KEY=sk-{lower-alnum:48}\n", &["siliconflow.api-key low"]),
        ("a.env", "BRAINTRUST_API_KEY=sk-{alnum:48}\n", &["braintrust.api-key low"]),
    ]);
}

#[test]
fn api_and_a_uuid() {
    check(&[
        ("a.env", "LAUNCHDARKLY_ACCESS_TOKEN=api-{uuid}\n", &["launchdarkly.api-access-token medium"]),
        ("a.env", "ROBINHOOD_API_KEY=rh-api-{uuid}\n", &["robinhood-crypto.api-key high"]),
        // A pod may be named so: no more than medium.
        ("a.txt", "see api-{uuid} for more\n", &["launchdarkly.api-access-token medium"]),
    ]);
}

#[test]
fn two_letters_and_a_dot() {
    check(&[
        ("a.env", "SENDGRID_API_KEY=SG.{base64url:22}.{base64url:43}\n", &["sendgrid.api-key high"]),
        ("a.env", "KEY=SG.{base64url:22}.{base64url:43}\n", &["sendgrid.api-key high"]),
        ("a.env", "KEY=MSG.{base64url:22}.{base64url:43}\n", &[]),
    ]);
}

#[test]
fn key_and_a_body() {
    check(&[
        ("a.env", "MAILGUN_API_KEY=key-{lower-hex:32}\n", &["mailgun.api-key medium"]),
        ("a.env", "SALESBLINK_API_KEY=key-{alnum:64}\n", &["salesblink.api-key medium"]),
        ("a.env", "CONEKTA_PRIVATE_KEY=key_{alnum:22}\n", &["conekta.private-key medium"]),
        ("a.env", "CONEKTA_PUBLIC_KEY=key_{alnum:22}\n", &["conekta.public-key medium"]),
        ("a.env", "RETELL_API_KEY=key_{lower-hex:28}\n", &["retell-ai.api-key medium"]),
        ("a.env", "CURSOR_API_KEY=key_{lower-hex:64}\n", &["cursor.api-key medium"]),
        ("a.env", "CACHE_KEY=key_{alnum:22}\n", &[]),
    ]);
}

#[test]
fn tokens_whose_payload_tells() {
    check(&[
        ("a.env", "SUPABASE_KEY={jwt:iss=supabase,role=anon}\n", &["supabase.anon-key confirmed"]),
        ("a.env", "SUPABASE_KEY={jwt:iss=supabase,role=service_role}\n", &["supabase.service-role-key confirmed"]),
        // The name is wrong, and the payload is right.
        ("a.env", "SUPABASE_ANON_KEY={jwt:iss=supabase,role=service_role}\n", &["supabase.service-role-key confirmed"]),
        ("a.env", "SUPABASE_SERVICE_ROLE_KEY={jwt:iss=supabase,role=anon}\n", &["supabase.anon-key confirmed"]),
    ]);
}

#[test]
fn personal_access_tokens() {
    check(&[
        ("a.env", "COZE_API_TOKEN=pat_{alnum:64}\n", &["coze.personal-access-token high"]),
        ("a.env", "DOCKERHUB_TOKEN=dckr_pat_{base64url:27}\n", &["docker-hub.personal-access-token high"]),
        ("a.env", "TRIGGER_ACCESS_TOKEN=tr_pat_{lower-alnum:40}\n", &["trigger-dev.personal-access-token high"]),
        ("a.env", "BUILDKITE_TOKEN=bkpat_{alnum:40}\n", &["buildkite.service-token high"]),
    ]);
}

#[test]
fn webhook_secrets() {
    check(&[
        ("a.env", "STRIPE_WEBHOOK_SECRET=whsec_{alnum:32}\n", &["stripe.webhook-secret high"]),
        ("a.env", "CLERK_WEBHOOK_SECRET=whsec_{alnum:32}\n", &["clerk.webhook-secret medium"]),
        ("a.env", "SVIX_SIGNING_SECRET=whsec_{alnum:32}\n", &["svix.endpoint-signing-secret high"]),
        ("a.js", "import { Webhook } from 'svix';\nconst hook = new Webhook('whsec_{alnum:32}');\n", &["svix.endpoint-signing-secret high"]),
    ]);
}

#[test]
fn google_keys_by_use() {
    check(&[
        ("a.env", "GEMINI_API_KEY=AIza{base64url:35}\n", &["google.gemini-api-key medium"]),
        ("a.js", "const config = { apiKey: 'AIza{base64url:35}', authDomain: 'a.firebaseapp.com' };\n", &["google.api-key high"]),
        ("a.html", "<script src=\"https://maps.googleapis.com/maps/api/js?key=AIza{base64url:35}\"></script>\n", &["google.api-key high"]),
    ]);
}

#[test]
fn live_and_a_body() {
    check(&[
        ("a.env", "MOLLIE_API_KEY=live_{alnum:30}\n", &["mollie.api-key medium"]),
        ("a.env", "ADYEN_CLIENT_KEY=live_{upper-alnum:32}\n", &["adyen.client-key medium"]),
        ("a.env", "CHARGEBEE_API_KEY=live_{alnum:34}\n", &["chargebee.full-access-key medium"]),
        ("a.env", "CHARGEBEE_PUBLISHABLE_KEY=live_{alnum:34}\n", &["chargebee.publishable-key medium"]),
        ("a.env", "PADDLE_CLIENT_TOKEN=live_{lower-hex:27}\n", &["paddle.client-side-token medium"]),
        ("a.env", "LOB_API_KEY=live_{lower-hex:35}\n", &["lob.secret-key medium"]),
    ]);
}

#[test]
fn where_nothing_chooses() {
    check(&[
        // The name tells the provider and not the role: the one that does harm.
        ("a.env", "CHARGEBEE_KEY=live_{alnum:34}\n", &["chargebee.full-access-key medium"]),
        ("a.env", "CONEKTA_KEY=key_{alnum:22}\n", &["conekta.private-key medium"]),
        // The shape is one provider's own, or was its first.
        ("a.env", "KEY=key-{lower-hex:32}\n", &["mailgun.api-key medium"]),
        ("a.env", "KEY=whsec_{alnum:32}\n", &["stripe.webhook-secret high"]),
        ("a.env", "KEY=sk_{lower-hex:48}\n", &["plunk.secret-key high"]),
        ("a.env", "ELEVENLABS_API_KEY=sk_{lower-hex:48}\n", &["elevenlabs.api-key medium"]),
        ("a.env", "TOKEN={jwt:iss=acme,role=anon}\n", &["jwt.token confirmed"]),
        // It is too common to mean anything.
        ("a.env", "API_KEY=sk-{lower-hex:32}\n", &[]),
        ("a.env", "API_KEY=sk-{alnum:48}\n", &[]),
        ("a.env", "KEY=live_{alnum:30}\n", &[]),
        ("a.env", "ALGOLIA_API_KEY={lower-hex:32}\n", &[]),
    ]);
}

#[test]
fn what_nothing_speaks_for_has_no_say() {
    // A stock word makes it no Autodesk secret; that one stands elsewhere in the file makes it no placeholder.
    let url = "$maps = ['autodesk' => 1];\n$other = 2;\nreturn ['url' => 'redis://h:asdfqwer{digits:4}asdf@ec2-111-1-1-1.compute-1.amazonaws.com:111'];\n";
    check(&[("a.php", &format!("<?php\n{url}"), &["database-url.password high"])]);
}
