//! Scala.

use super::check;

#[test]
fn scala() {
    check(
        "a.scala",
        &[
            ("object A { def main() = println(sys.env(\"API_KEY\")) }", &["log println: API_KEY"]),
            ("object A {\n  val key = sys.env.getOrElse(\"API_KEY\", \"\")\n  logger.info(s\"key $key\")\n}", &["log logger.info: API_KEY"]),
            ("object A { println(sys.env) }", &["log println: ENV"]),
            ("object A { println(sys.env.get(\"A_SECRET\")) }", &["log println: A_SECRET"]),
            ("class A(password: String) {\n  def f(): Unit = log.debug(s\"p=${password.trim}\")\n}", &["log log.debug: ?password"]),
            ("case class C(apiKey: String, url: String)\nobject A {\n  def f(c: C): Unit = println(c)\n}", &["log println: Settings(\"C\", \"apiKey\")"]),
            ("class C(val apiKey: String)\nobject A {\n  def f(c: C): Unit = println(c)\n}", &[]),
            (
                "object A {\n  def f(apiKey: String) = {\n    throw new IllegalStateException(s\"bad $apiKey\")\n  }\n}",
                &["error new IllegalStateException: ?apiKey"],
            ),
            ("object A { def f(apiKey: String) = sys.error(\"bad \" + apiKey) }", &["error sys.error: ?apiKey"]),
            ("object A { def f(apiKey: String) = require(apiKey.nonEmpty, s\"bad $apiKey\") }", &["error require: ?apiKey"]),
            ("object A { def f(apiKey: String) = require(apiKey.nonEmpty, \"api key is empty\") }", &[]),
            ("object A { def f(apiKey: String) = println(apiKey.take(4) + apiKey.length) }", &[]),
            ("object A { def f(apiKey: String) = println(if (apiKey.isEmpty) \"missing\" else \"set\") }", &[]),
            ("object A { def f(apiKey: String) = println(mask(apiKey)) }", &[]),
            ("object A { def f(apiKey: String) = println(f\"k $apiKey%s\") }", &["log println: ?apiKey"]),
            ("object A { def f(apiKey: String) = println(s\"\"\"k $apiKey\"\"\") }", &["log println: ?apiKey"]),
            ("object A { def f(apiKey: String) = println(\"k %s\".format(apiKey)) }", &["log println: ?apiKey"]),
            ("object A { val KEY = \"sk_123\"\n  println(KEY) }", &["log println: #0"]),
            ("object Cfg { val KEY = \"sk_123\" }\nobject A { println(Cfg.KEY) }", &["log println: #0"]),
            ("object A {\n  def key: String = sys.env(\"A_SECRET\")\n  def f = println(key)\n}", &["log println: A_SECRET"]),
            ("object A { val u = s\"https://a.b/c?api_key=$apiKey\" }", &["url the query parameter `api_key`: ?apiKey"]),
            ("object A { val u = uri\"https://a.b/c?api_key=$apiKey\" }", &["url the query parameter `api_key`: ?apiKey"]),
            ("object A { println(config.getString(\"stripe.secret-key\")) }", &["log println: ?stripe_secret_key"]),
            ("object A { println(Map(\"k\" -> apiKey)) }", &["log println: ?apiKey"]),
            ("object A { Process(Seq(\"x\", \"-p\", password)).! }", &["process Process: ?password"]),
            ("object A { x match {\n  case Some(password) => println(password)\n  case None => println(\"no\")\n} }", &["log println: ?password"]),
            ("object A { ZIO.logInfo(s\"k $apiKey\") }", &["log ZIO.logInfo: ?apiKey"]),
            ("object A { for (k <- keys) println(k) }", &[]),
            (
                "object A { basicRequest.header(\"Authorization\", s\"Bearer ${sys.env(\"K\")}\").post(uri\"https://api.useplunk.com/v1/send\") }",
                &["request POST https://api.useplunk.com/v1/send by Authorization: K"],
            ),
        ],
    );
}
