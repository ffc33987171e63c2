//! Swift.

use super::check;

#[test]
fn swift() {
    check(
        "a.swift",
        &[
            ("let key = ProcessInfo.processInfo.environment[\"API_KEY\"]\nprint(\"key \\(key ?? \"\")\")\n", &["log print: API_KEY"]),
            ("print(ProcessInfo.processInfo.environment)", &["log print: ENV"]),
            ("func f(password: String) {\n NSLog(\"p %@\", password)\n debugPrint(password)\n dump(password)\n}", &["log NSLog: ?password", "log debugPrint: ?password", "log dump: ?password"]),
            ("import os\nlet logger = Logger(subsystem: \"a\", category: \"b\")\nfunc f(password: String) {\n logger.info(\"p \\(password)\")\n logger.info(\"p \\(password, privacy: .public)\")\n logger.info(\"p \\(password, privacy: .private)\")\n}", &["log logger.info: ?password"]),
            ("import os.log\nfunc f(password: String) {\n os_log(\"%@\", password)\n os_log(\"%{public}@\", password)\n os_log(\"%{private}@\", password)\n}", &["log os_log: ?password"]),
            ("import Logging\nlet logger = Logger(label: \"a\")\nfunc f(password: String) {\n logger.info(\"p \\(password)\")\n}", &["log logger.info: ?password"]),
            ("guard let key = ProcessInfo.processInfo.environment[\"A_SECRET\"] else {\n fatalError(\"A_SECRET is not set\")\n}\nprint(key)", &["log print: A_SECRET"]),
            ("if let key = getenv(\"A_SECRET\") {\n print(String(cString: key))\n}", &["log print: A_SECRET"]),
            ("func f(apiKey: String) {\n fatalError(\"bad \\(apiKey)\")\n}", &["error fatalError: ?apiKey"]),
            ("func f(apiKey: String) throws {\n throw APIError.refused(\"bad \\(apiKey)\")\n}", &["error throw: ?apiKey"]),
            ("func f(apiKey: String) throws {\n throw NSError(domain: \"a\", code: 1, userInfo: [NSLocalizedDescriptionKey: \"bad \\(apiKey)\"])\n}", &["error NSError: {NSLocalizedDescriptionKey: ?apiKey}"]),
            ("struct Config {\n let host: String\n let apiKey: String\n}\nfunc f(config: Config) {\n print(config)\n print(config.host)\n}", &["log print: Settings(\"Config\", \"apiKey\")"]),
            ("class Client {\n private let apiKey: String\n init(apiKey: String) {\n  self.apiKey = apiKey\n }\n func show() {\n  print(\"key \\(apiKey)\")\n }\n}", &["log print: ?apiKey"]),
            ("func f(apiKey: String) {\n print(apiKey.prefix(4), apiKey.suffix(4), apiKey.count, apiKey.isEmpty)\n print(apiKey.prefix(24))\n}", &["log print: ?apiKey"]),
            ("func f(apiKey: String?) {\n print(apiKey == nil ? \"no\" : \"yes\", apiKey != nil, mask(apiKey!))\n}", &[]),
            ("let key = \"sk_123\"\nprint(key)", &["log print: #0"]),
            ("func f(apiKey: String) {\n let url = URL(string: \"https://a.b/c?api_key=\\(apiKey)\")!\n}", &["url the query parameter `api_key`: ?apiKey"]),
            (
                "func f() {\n var request = URLRequest(url: URL(string: \"https://api.useplunk.com/v1/send\")!)\n request.httpMethod = \"POST\"\n request.setValue(\"Bearer \\(plunkKey)\", forHTTPHeaderField: \"Authorization\")\n}",
                &["request POST https://api.useplunk.com/v1/send by Authorization: ?plunkKey"],
            ),
            ("func f() {\n items.forEach { item in\n  print(item, password)\n }\n}", &["log print: ?password"]),
            ("func f(token: String) {\n Crashlytics.crashlytics().setCustomValue(accessToken, forKey: \"token\")\n}", &["error Crashlytics.crashlytics.setCustomValue: ?accessToken"]),
            ("let text = \"\"\"\n key \\(password)\n \"\"\"\nprint(text)", &["log print: ?password"]),
            ("print(#\"raw \\(password)\"#)", &[]),
            ("extension Client {\n static let shared = Client()\n func f() async throws -> String {\n  let t = try await login(password: pw)\n  logger.debug(\"x \\(accessToken)\")\n  return t\n }\n}", &["log logger.debug: ?accessToken"]),
        ],
    );
}
