//! Dart.

use super::check;

#[test]
fn dart() {
    check(
        "a.dart",
        &[
            ("void main() { final key = Platform.environment['API_KEY']; print('key $key'); }", &["log print: API_KEY"]),
            ("const apiKey = String.fromEnvironment('API_KEY');\nvoid main() { debugPrint(apiKey); }", &["log debugPrint: API_KEY"]),
            ("void main() { print(dotenv.env['A_SECRET']); log(dotenv.get('B_SECRET')); }", &["log print: A_SECRET", "log log: B_SECRET"]),
            ("void main() { print(Platform.environment); }", &["log print: ENV"]),
            ("Future<void> f(String password) async { developer.log('p ${password.trim()}'); }", &["log developer.log: ?password"]),
            (
                "class A { final _log = Logger('A'); final String apiKey; A({required this.apiKey}); void f() { _log.fine('x $apiKey'); } }",
                &["log _log.fine: ?apiKey"],
            ),
            ("void f({required String password, int n = 0}) { logger.i(password); logger.d(n); }", &["log logger.i: ?password"]),
            ("void f(String apiKey) { throw Exception('bad $apiKey'); }", &["error Exception: ?apiKey"]),
            ("void f(String apiKey) => throw ArgumentError.value(apiKey, 'x');", &["error ArgumentError.value: ?apiKey"]),
            (
                "void f(String apiKey) { assert(apiKey != '', 'empty'); print(apiKey.length); print(apiKey.substring(0, 4)); print(apiKey.isEmpty ? 'no' : 'yes'); }",
                &[],
            ),
            ("void f(String apiKey) { print(r'$apiKey'); print('\\$apiKey'); }", &[]),
            ("void f(String apiKey) { print(\"a\" + apiKey); stdout.writeln('$apiKey'); }", &["log print: ?apiKey", "log stdout.writeln: ?apiKey"]),
            ("void f() { dio.interceptors.add(LogInterceptor(requestHeader: true, requestBody: true)); }", &["log LogInterceptor: Headers"]),
            ("void f() { dio.interceptors.add(LogInterceptor(requestHeader: false)); }", &[]),
            ("const key = 'sk_123';\nvoid main() { print(key); }", &["log print: #0"]),
            ("void f(String apiKey) { http.get(Uri.parse('https://a.b/c?api_key=$apiKey')); }", &["url the query parameter `api_key`: ?apiKey"]),
            ("void f(String apiKey) { http.get(Uri.https('a.b', '/c', {'api_key': apiKey})); }", &["url the query parameter `api_key`: ?apiKey"]),
            (
                "void f() { http.post(Uri.parse('https://api.useplunk.com/v1/send'), headers: {'Authorization': 'Bearer $plunkKey'}, body: b); }",
                &["request POST https://api.useplunk.com/v1/send by Authorization: ?plunkKey"],
            ),
            (
                "void f() { dio.post('https://api.useplunk.com/v1/send', options: Options(headers: {'Authorization': 'Bearer $plunkKey'})); }",
                &["request POST https://api.useplunk.com/v1/send by Authorization: ?plunkKey"],
            ),
            ("void f(String password) { Process.run('x', ['--password', password]); }", &["process Process.run: ?password"]),
            (
                "void f(String password) { FirebaseCrashlytics.instance.setCustomKey('password', p); }",
                &["error FirebaseCrashlytics.instance.setCustomKey: ?password"],
            ),
            (
                "String get secret => Platform.environment['Z_SECRET']!;\nvoid f() { print(masked(secret)); items.forEach((i) { print(password); }); }",
                &["log print: ?password"],
            ),
            ("try { f(); } on FormatException catch (e, s) { print('$e $s $password'); } finally { g(); }", &["log print: ?password"]),
            ("switch (x) { case 1: print(password); break; default: print('password'); }", &["log print: ?password"]),
        ],
    );
}

#[test]
fn imports_are_named_by_their_text() {
    let text = "import 'package:flutter_dotenv/flutter_dotenv.dart';\nimport \"package:a/b.dart\" as c;\nfinal key = dotenv.env['K_SECRET'];\n";
    let mut spots = crate::lang::Spots::default();
    let module = crate::lang::code::read("lib/a.dart", text.as_bytes(), &[], &mut spots).expect("facts");
    let specifiers: Vec<&str> = module.imports.iter().map(|import| import.specifier.as_str()).collect();
    assert_eq!(specifiers, ["package:flutter_dotenv/flutter_dotenv.dart", "package:a/b.dart"]);
}
