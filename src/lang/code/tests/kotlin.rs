//! Kotlin.

use super::check;

#[test]
fn kotlin() {
    check(
        "a.kt",
        &[
            ("fun main() { println(System.getenv(\"API_KEY\")) }", &["log println: API_KEY"]),
            ("fun main() {\n  val key = System.getenv(\"API_KEY\") ?: error(\"no key\")\n  logger.info { \"key $key\" }\n}", &["log logger.info: API_KEY"]),
            ("fun f(password: String) { log.debug(\"p=${password.trim()}\") }", &["log log.debug: ?password"]),
            ("fun f(password: String) { Log.d(TAG, \"p=$password\") }", &["log Log.d: ?password"]),
            ("fun f(password: String) { Timber.tag(\"x\").d(\"p=%s\", password) }", &["log Timber.tag.d: ?password"]),
            ("fun f(apiKey: String) = require(apiKey.isNotBlank()) { \"bad key $apiKey\" }", &["error require: ?apiKey"]),
            ("fun f(apiKey: String?) = requireNotNull(apiKey) { \"API key is missing\" }", &[]),
            ("fun f() { error(\"bad ${config.apiKey}\") }", &["error error: ?apiKey"]),
            ("data class C(val apiKey: String, val url: String)\nfun f(c: C) { println(c) }", &["log println: Settings(\"C\", \"apiKey\")"]),
            ("data class C(val apiKey: String)\nfun f(c: C) { println(\"config $c\") }", &["log println: Settings(\"C\", \"apiKey\")"]),
            ("class C(val apiKey: String)\nfun f(c: C) { println(c) }", &[]),
            ("class A {\n  companion object {\n    const val KEY = \"sk_123\"\n  }\n  fun f() { println(KEY) }\n}", &["log println: #0"]),
            ("object Cfg { const val KEY = \"sk_123\" }\nfun f() { println(Cfg.KEY) }", &["log println: #0"]),
            ("class A(private val k: String = System.getenv(\"A_SECRET\")) {\n  fun f() { println(k) }\n}", &["log println: A_SECRET"]),
            ("fun f() { println(apiKey.length); println(apiKey != null); println(apiKey.take(4)); println(apiKey.takeLast(4)) }", &[]),
            ("fun f() { println(apiKey.take(20)) }", &["log println: ?apiKey"]),
            ("fun f() { println(if (apiKey.isEmpty()) \"missing\" else \"set\") }", &[]),
            ("fun f() { println(mask(apiKey)) }", &[]),
            ("fun f() { println(BuildConfig.STRIPE_SECRET_KEY) }", &["log println: ?STRIPE_SECRET_KEY"]),
            ("fun f() { System.getenv().also { println(it) } }", &[]),
            ("fun f() { println(System.getenv()) }", &["log println: ENV"]),
            ("fun f() { println(\"\"\"k $apiKey\"\"\") }", &["log println: ?apiKey"]),
            ("fun f() { println(mapOf(\"k\" to apiKey)) }", &["log println: ?apiKey"]),
            ("fun f() { val u = \"https://a.b/c?api_key=$apiKey\" }", &["url the query parameter `api_key`: ?apiKey"]),
            ("@Value(\"\\${stripe.secret-key}\")\nprivate lateinit var k: String\nfun f() { println(k) }", &["log println: ?stripe_secret_key"]),
            ("fun f() { throw IllegalStateException(\"bad $apiKey\") }", &["error IllegalStateException: ?apiKey"]),
            ("suspend fun f() { call.respond(HttpStatusCode.InternalServerError, \"bad $apiKey\") }", &["error call.respond: ?apiKey"]),
            ("suspend fun f() { call.respond(HttpStatusCode.OK, \"bad $apiKey\") }", &[]),
            ("fun key() = System.getenv(\"A_SECRET\")\nfun f() { println(key()) }", &["log println: A_SECRET"]),
            ("fun f() {\n  val k by lazy { System.getenv(\"A_SECRET\") }\n  println(k)\n}", &["log println: A_SECRET"]),
            ("fun f() {\n  ProcessBuilder(\"x\", \"-p\", password).start()\n}", &["process ProcessBuilder: ?password"]),
            (
                "val k = System.getProperty(\"a.b\")\nfun f() {\n  logger.atWarn().addKeyValue(\"k\", apiKey).log(\"x\")\n}",
                &["log atWarn.addKeyValue.log: ?apiKey"],
            ),
        ],
    );
}
