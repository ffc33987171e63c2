//! Java.

use super::check;

#[test]
fn java() {
    check(
        "A.java",
        &[
            ("class A { void f() { System.out.println(System.getenv(\"API_KEY\")); } }", &["log System.out.println: API_KEY"]),
            ("class A { void f() { String key = System.getenv(\"API_KEY\"); log.info(\"key {}\", key); } }", &["log log.info: API_KEY"]),
            ("class A { void f() { System.out.println(System.getenv()); } }", &["log System.out.println: ENV"]),
            ("class A { void f() { log.info(\"{}\", System.getenv().get(\"A_SECRET\")); } }", &["log log.info: A_SECRET"]),
            ("class A { void f(String password) { LOGGER.debug(\"p=\" + password); } }", &["log LOGGER.debug: ?password"]),
            ("class A { void f(String password) { log.debug(() -> \"p=\" + password); } }", &["log log.debug: ?password"]),
            ("class A { void f(String password) { logger.log(Level.INFO, \"p={0}\", password); } }", &["log logger.log: ?password"]),
            ("class A { void f(String apiKey) { logger.atInfo().addArgument(apiKey).log(\"x {}\"); } }", &["log atInfo.addArgument.log: ?apiKey"]),
            ("class A { void f(String apiKey) { System.out.println(String.format(\"%s\", apiKey)); } }", &["log System.out.println: ?apiKey"]),
            (
                "class A { void f(String apiKey) { StringBuilder sb = new StringBuilder(); sb.append(\"k=\").append(apiKey); log.info(sb.toString()); } }",
                &["log log.info: ?apiKey"],
            ),
            (
                "class A { void f(String apiKey) { Map<String, String> m = new HashMap<>(); m.put(\"apiKey\", apiKey); log.info(\"{}\", m); } }",
                &["log log.info: {apiKey: ?apiKey}"],
            ),
            ("class A { @Value(\"${stripe.secret-key}\") private String key; void f() { log.info(key); } }", &["log log.info: ?stripe_secret_key"]),
            (
                "class A { private final String k; A() { this.k = System.getenv(\"A_SECRET\"); } void f() { log.info(k); log.info(this.k); } }",
                &["log log.info: A_SECRET", "log log.info: A_SECRET"],
            ),
            ("class A { private String k; void g() { k = System.getenv(\"A_SECRET\"); } void f() { log.info(k); } }", &["log log.info: A_SECRET"]),
            ("class A { private static final String KEY = \"sk_123\"; void f() { log.info(KEY); } }", &["log log.info: #0"]),
            ("class A { void f() { throw new IllegalStateException(\"bad \" + apiKey); } }", &["error new IllegalStateException: ?apiKey"]),
            ("class A { void f() { throw new IllegalStateException(\"bad \" + mask(apiKey)); } }", &[]),
            ("record C(String apiKey, String url) {}\nclass A { void f(C c) { log.info(\"{}\", c); } }", &["log log.info: Settings(\"C\", \"apiKey\")"]),
            ("@Data class C { private String apiKey; }\nclass A { void f(C c) { log.info(\"{}\", c); } }", &["log log.info: Settings(\"C\", \"apiKey\")"]),
            ("class C { private String apiKey; }\nclass A { void f(C c) { log.info(\"{}\", c); } }", &[]),
            ("class A { void f() { log.info(\"{}\", apiKey.length()); log.info(\"{}\", apiKey != null); } }", &[]),
            ("class A { void f() { log.info(apiKey.substring(0, 4)); log.info(apiKey.substring(apiKey.length() - 4)); } }", &[]),
            ("class A { void f() { log.info(apiKey.substring(0, 20)); } }", &["log log.info: ?apiKey"]),
            ("class A { void f() { log.info(apiKey == null ? \"missing\" : \"set\"); } }", &[]),
            ("class A { void f() { String t = \"\"\"\n  key %s\n  \"\"\".formatted(apiKey); log.info(t); } }", &["log log.info: ?apiKey"]),
            ("class A { void f() { new ProcessBuilder(\"x\", \"-p\", password).start(); } }", &["process ProcessBuilder: ?password"]),
            ("class A { void f() { String u = \"https://a.b/c?api_key=\" + apiKey; } }", &["url the query parameter `api_key`: ?apiKey"]),
            ("class A { String key() { return System.getenv(\"A_SECRET\"); } void f() { log.info(key()); } }", &["log log.info: A_SECRET"]),
            (
                "class A { void f() { String k = Optional.ofNullable(System.getenv(\"A_SECRET\")).map(String::trim).orElseThrow(() -> new RuntimeException(\"x\")); log.info(k); } }",
                &["log log.info: A_SECRET"],
            ),
            (
                "class A { void f() { HttpRequest r = HttpRequest.newBuilder().uri(URI.create(\"https://api.useplunk.com/v1/send\")).header(\"Authorization\", \"Bearer \" + System.getenv(\"K\")).POST(b).build(); } }",
                &["request POST https://api.useplunk.com/v1/send by Authorization: K"],
            ),
            (
                "class A { void f() { Request r = new Request.Builder().url(\"https://api.useplunk.com/v1/send\").addHeader(\"Authorization\", \"Bearer \" + System.getenv(\"K\")).post(b).build(); } }",
                &["request POST https://api.useplunk.com/v1/send by Authorization: K"],
            ),
            ("class A { void f() { MDC.put(\"k\", apiKey); } }", &["log MDC.put: ?apiKey"]),
            ("class A { void f(@RequestParam(name = \"t\") String password) { log.info(password); } }", &["log log.info: ?password"]),
            ("class A { void f() { Sentry.captureMessage(\"k \" + apiKey); } }", &["error Sentry.captureMessage: ?apiKey"]),
            ("class A { void f(char[] password) { byte[] h = sha256(password); log.info(h); } }", &[]),
        ],
    );
}
