//! PHP.

use super::check;

#[test]
fn flows() {
    check(
        "a.php",
        &[
            ("<?php echo getenv('API_KEY');", &["log echo: API_KEY"]),
            ("<?php\necho \"key: $apiKey\\n\";", &["log echo: ?apiKey"]),
            ("<?php\necho 'key: ' . $apiKey . PHP_EOL;", &["log echo: ?apiKey"]),
            ("<?php\n$key = env('API_KEY');\nLog::info('key', ['k' => $key]);", &["log Log.info: {k: API_KEY}"]),
            ("<?php\nLog::debug(\"t {$this->config['api_token']}\");", &["log Log.debug: ?api_token"]),
            ("<?php\n$p = [A::CONN_HOST => $x['host'], A::CONN_PASSWORD => $x['password']];\nerror_log($p[A::CONN_HOST]);", &[]),
            ("<?php\nerror_log('Stripe: ' . config('services.stripe.secret'));", &["log error_log: ?services_stripe_secret"]),
            ("<?php\nprint_r($_ENV);\nvar_dump($_SERVER);", &["log print_r: ENV", "log var_dump: ENV"]),
            ("<?php\nprint_r(getenv());", &["log print_r: ENV"]),
            ("<?php\n$s = print_r($config['password'], true);", &["log print_r: ?password"]),
            ("<?php\ndie(\"bad key $apiKey\");", &["error die: ?apiKey"]),
            ("<?php\nthrow new \\RuntimeException(\"bad key $apiKey\");", &["error new RuntimeException: ?apiKey"]),
            ("<?php\nthrow new InvalidKey('bad', 1);", &[]),
            ("<?php\ndefine('API_SECRET', getenv('X_SECRET'));\necho API_SECRET;", &["log echo: X_SECRET"]),
            ("<?php\nconst API_SECRET = 'sk_123';\necho API_SECRET;", &["log echo: #0"]),
            (
                "<?php\nclass A {\n  private string $apiKey;\n  public function __construct() { $this->apiKey = getenv('A_KEY'); }\n  function b(): void { echo $this->apiKey; }\n}",
                &["log echo: A_KEY"],
            ),
            ("<?php\nclass A {\n  const SECRET_KEY = 'sk_123';\n  function b() { echo self::SECRET_KEY; }\n}", &["log echo: #0"]),
            (
                "<?php\nclass A {\n  public function __construct(private readonly string $apiKey) {}\n  function b() { $this->logger->info('k', ['key' => $this->apiKey]); }\n}",
                &["log this.logger.info: {key: ?apiKey}"],
            ),
            ("<?php\n$msg = <<<TXT\nkey $apiKey\nTXT;\necho $msg;", &["log echo: ?apiKey"]),
            ("<?php\necho strlen($apiKey), empty($apiKey), isset($apiKey), md5($apiKey), substr($apiKey, 0, 4), substr($apiKey, -4);", &[]),
            ("<?php\necho $apiKey ? 'set' : 'missing';", &[]),
            ("<?php\necho substr($apiKey, 0, 24);", &["log echo: ?apiKey"]),
            ("<?php\n$apiKey = hash('sha256', $apiKey);\necho $apiKey;", &[]),
            ("<?php\nexec(\"curl -u $apiKey: https://a.b\");", &["process exec: ?apiKey"]),
            ("<?php\n$out = `curl -u {$apiKey}: https://a.b`;", &["process a shell: ?apiKey"]),
            ("<?php\n$url = \"https://a.b/c?api_key={$apiKey}\";", &["url the query parameter `api_key`: ?apiKey"]),
            ("<?php\n$url = 'https://a.b/c?api_key=' . $apiKey;", &["url the query parameter `api_key`: ?apiKey"]),
            ("<?php\nreturn response()->json(['error' => \"bad $apiKey\"], 500);", &["error response.json: {error: ?apiKey}"]),
            ("<?php\nreturn response()->json(['user' => $user]);", &[]),
            ("<?php\n\\Sentry\\captureMessage(\"t $apiKey\");", &["error captureMessage: ?apiKey"]),
            ("<?php\necho get_option('my_api_key');", &["log echo: ?my_api_key"]),
            ("<?php\nif ($a): echo $apiKey; endif;", &["log echo: ?apiKey"]),
            ("<?php\n$f = function () use ($apiKey) { echo $apiKey; };\n$g = fn($x) => dump($secret);", &["log echo: ?apiKey", "log dump: ?secret"]),
            ("<?php\nforeach ($tokens as $id => $token) { echo \"$id: $token\"; }", &["log echo: [?token | ?tokens]"]),
            ("<?php\n// echo $apiKey;\n# echo $apiKey;\n/* echo $apiKey; */\n#[Attr]\nfunction f() {}", &[]),
            (
                "<?php\nHttp::withToken(config('services.plunk.secret'))->post('https://api.useplunk.com/v1/send', []);",
                &["request POST https://api.useplunk.com/v1/send by Authorization: ?services_plunk_secret"],
            ),
            (
                "<?php\n$client->post('https://api.useplunk.com/v1/send', ['headers' => ['Authorization' => 'Bearer ' . getenv('PLUNK_KEY')]]);",
                &["request POST https://api.useplunk.com/v1/send by Authorization: PLUNK_KEY"],
            ),
            (
                "<?php\n$ch = curl_init('https://api.useplunk.com/v1/send');\ncurl_setopt($ch, CURLOPT_POST, true);\ncurl_setopt($ch, CURLOPT_HTTPHEADER, ['Authorization: Bearer ' . getenv('PLUNK_KEY')]);",
                &["request POST https://api.useplunk.com/v1/send by Authorization: PLUNK_KEY"],
            ),
        ],
    );
}
