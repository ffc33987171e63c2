//! C#.

use super::check;

#[test]
fn csharp() {
    check(
        "a.cs",
        &[
            ("Console.WriteLine(Environment.GetEnvironmentVariable(\"API_KEY\"));", &["log Console.WriteLine: API_KEY"]),
            (
                "var key = Environment.GetEnvironmentVariable(\"API_KEY\") ?? throw new Exception(\"x\");\nConsole.WriteLine($\"key {key}\");",
                &["log Console.WriteLine: API_KEY"],
            ),
            ("class A { void F() { _logger.LogInformation(\"Key {Key}\", apiKey); } }", &["log _logger.LogInformation: ?apiKey"]),
            ("Log.Information(\"Key {Key}\", apiKey);", &["log Log.Information: ?apiKey"]),
            ("Log.ForContext(\"Key\", apiKey).Information(\"x\");", &["log Log.ForContext.Information: ?apiKey"]),
            ("Console.WriteLine($@\"k \"\"{apiKey}\"\"\");", &["log Console.WriteLine: ?apiKey"]),
            ("Console.WriteLine($\"\"\"\n  k {apiKey}\n  \"\"\");", &["log Console.WriteLine: ?apiKey"]),
            ("Console.WriteLine($$\"\"\"\n  {\"k\": \"{{apiKey}}\"}\n  \"\"\");", &["log Console.WriteLine: ?apiKey"]),
            ("Console.WriteLine(\"\"\"\n  k {apiKey}\n  \"\"\");", &[]),
            ("Console.WriteLine(string.Format(\"{0}\", apiKey));", &["log Console.WriteLine: ?apiKey"]),
            ("Console.WriteLine(_configuration[\"Stripe:SecretKey\"]);", &["log Console.WriteLine: ?Stripe_SecretKey"]),
            ("Console.WriteLine(config.GetValue<string>(\"Stripe:SecretKey\"));", &["log Console.WriteLine: ?Stripe_SecretKey"]),
            ("Console.WriteLine(Configuration.GetSection(\"Stripe\")[\"SecretKey\"]);", &["log Console.WriteLine: ?SecretKey"]),
            (
                "public class A { private readonly string _k; public A(IConfiguration c) { _k = c[\"Stripe:SecretKey\"]; } void F() { Console.WriteLine(_k); } }",
                &["log Console.WriteLine: ?Stripe_SecretKey"],
            ),
            ("public class A { private const string Key = \"sk_123\"; void F() { Console.WriteLine(Key); } }", &["log Console.WriteLine: #0"]),
            (
                "public class A { public string K => Environment.GetEnvironmentVariable(\"A_SECRET\"); void F() { Console.WriteLine(K); } }",
                &["log Console.WriteLine: A_SECRET"],
            ),
            ("public class A { public string K { get; set; } = \"sk_123\"; void F() { Console.WriteLine(K); } }", &["log Console.WriteLine: #0"]),
            (
                "public record C(string ApiKey, string Url);\nclass A { void F(C c) { _logger.LogInformation(\"{C}\", c); } }",
                &["log _logger.LogInformation: Settings(\"C\", \"ApiKey\")"],
            ),
            ("public class C { public string ApiKey { get; set; } }\nclass A { void F(C c) { _logger.LogInformation(\"{C}\", c); } }", &[]),
            ("throw new InvalidOperationException($\"bad {apiKey}\");", &["error new InvalidOperationException: ?apiKey"]),
            ("throw new InvalidOperationException($\"bad {nameof(apiKey)}\");", &[]),
            (
                "Console.WriteLine(apiKey.Length); Console.WriteLine(string.IsNullOrEmpty(apiKey)); Console.WriteLine(apiKey[..4]); Console.WriteLine(apiKey[^4..]);",
                &[],
            ),
            ("Console.WriteLine(apiKey.Substring(0, 4)); Console.WriteLine(apiKey.Substring(apiKey.Length - 4)); Console.WriteLine(apiKey is null);", &[]),
            ("Console.WriteLine(apiKey[..20]);", &["log Console.WriteLine: ?apiKey"]),
            ("using var p = Process.Start(\"curl\", $\"-u {password}\");", &["process Process.Start: ?password"]),
            ("var u = $\"https://a.b/c?api_key={apiKey}\";", &["url the query parameter `api_key`: ?apiKey"]),
            ("foreach (DictionaryEntry e in Environment.GetEnvironmentVariables()) { Console.WriteLine(e.Key); }", &[]),
            ("Console.WriteLine(JsonSerializer.Serialize(Environment.GetEnvironmentVariables()));", &["log Console.WriteLine: ENV"]),
            ("var sb = new StringBuilder();\nsb.AppendLine($\"k {apiKey}\");\nConsole.WriteLine(sb.ToString());", &["log Console.WriteLine: ?apiKey"]),
            ("SentrySdk.CaptureMessage($\"k {apiKey}\");", &["error SentrySdk.CaptureMessage: ?apiKey"]),
            ("return Results.Problem($\"k {apiKey}\");", &["error Results.Problem: ?apiKey"]),
            (
                "client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(\"Bearer\", Environment.GetEnvironmentVariable(\"K\"));\nawait client.PostAsync(\"https://api.useplunk.com/v1/send\", content);",
                &["request POST https://api.useplunk.com/v1/send by Authorization: K"],
            ),
            (
                "var request = new HttpRequestMessage(HttpMethod.Post, \"https://api.useplunk.com/v1/send\");\nrequest.Headers.Add(\"Authorization\", $\"Bearer {Environment.GetEnvironmentVariable(\"K\")}\");",
                &["request POST https://api.useplunk.com/v1/send by Authorization: K"],
            ),
        ],
    );
}
