//! Python: what the first table of tests leaves out.

use super::check;

#[test]
fn flows() {
    check(
        "a.py",
        &[
            ("print(f'{api_key=}')", &["log print: ?api_key"]),
            ("print(f'{api_key!r:>20}')", &["log print: ?api_key"]),
            ("logger.info('x', extra={'api_key': api_key})", &["log logger.info: {api_key: ?api_key}"]),
            ("log = structlog.get_logger()\nlog.info('login', password=password)", &["log log.info: ?password"]),
            ("log.bind(token=token).info('x')", &["log log.bind: ?token"]),
            ("from loguru import logger\nlogger.debug('key {}', api_key)", &["log logger.debug: ?api_key"]),
            ("print(vars(cfg))\nprint(cfg.__dict__)", &[]),
            (
                "class C:\n    def __init__(self):\n        self.password = x()\n\nc = C()\nprint(vars(c))\nprint(c.__dict__)\nprint(c)",
                &["log print: Settings(\"C\", \"password\")", "log print: Settings(\"C\", \"password\")"],
            ),
            (
                "class S(BaseSettings):\n    api_key: str = ''\n\ns = S()\nprint(s.api_key)\nprint(s.model_dump())\nprint(f'{s}')",
                &["log print: ?api_key", "log print: Settings(\"S\", \"api_key\")", "log print: Settings(\"S\", \"api_key\")"],
            ),
            (
                "class S(BaseSettings):\n    api_key: SecretStr\n\ns = S()\nprint(s.api_key)\nprint(s)\nprint(s.api_key.get_secret_value())",
                &["log print: [?api_key | ?secret]"],
            ),
            ("print(settings.STRIPE_SECRET_KEY)", &["log print: ?STRIPE_SECRET_KEY"]),
            ("return_value = 1\ndef f():\n    return jsonify({'error': f'bad {api_key}'}), 500\n", &["error jsonify: {error: ?api_key}"]),
            ("def f():\n    return jsonify({'key': api_key})\n", &[]),
            ("def f():\n    return JsonResponse({'error': api_key}, status=500)\n", &["error JsonResponse: {error: ?api_key}"]),
            ("def f():\n    return JSONResponse(status_code=500, content={'e': api_key})\n", &["error JSONResponse: {e: ?api_key}"]),
            ("raise HTTPException(status_code=500, detail=f'bad {api_key}')", &["error HTTPException: ?api_key"]),
            ("assert valid(token), f'bad {token}'", &["error assert: ?token"]),
            ("password = getpass.getpass()\nprint(password)", &["log print: [?password | ?getpass]"]),
            ("raise RuntimeError(f\"the secret '{self.secret}' was not found\")", &[]),
            ("raise HomeAssistantError(f\"Secret {secret} not defined\")", &[]),
            ("raise RuntimeError(f\"Unable to retrieve secret '{self.authentication_secret}'\")", &[]),
            ("log.debug('Secret %s retrieved from secrets.yaml in folder %s', secret, folder)", &[]),
            ("log.debug('Writing private key to %s.', private_key)", &[]),
            ("raise AnsibleError(\"The secret '%s' doesn't seem to exist.\" % secret)", &[]),
            ("raise A(\"The secret %s does not contain the field '%s'\" % (secret, field))", &[]),
            ("raise A('bad %s, %s' % (name, secret))", &["error raise: ?secret"]),
            ("log.debug('the secret %s is used', secret)", &["log log.debug: ?secret"]),
            ("scheme, rest = auth_header.split(' ', 1)\nraise ValueError('unknown scheme %s' % scheme)", &[]),
            ("user, password = creds.split(':')\nprint(user)\nprint(password)", &["log print: ?password"]),
            ("_, username = pool.access_tokens[access_token]\nprint(username)", &[]),
            ("site, username, password = self._init()\nprint(site)\nprint(password)", &["log print: ?password"]),
            ("from a import get_secret_str\nbase = get_secret_str('B_API_BASE')\nprint(base)", &[]),
            ("base = get_secret_str('AZURE_API_BASE')\nprint(base)", &[]),
            ("print(get_secret_str('AZURE_API_KEY'))", &["log print: ?AZURE_API_KEY"]),
            ("api_key_hash = f(user_api_key)\nprint(api_key_hash)\n_safe_cred = g(cred)\nprint(_safe_cred)", &[]),
            ("try:\n    f()\nexcept A as e:\n    e.message = api_key\n    raise\nexcept B as e:\n    print(str(e))", &[]),
            ("raise RuntimeError(f\"the secret is {self.secret}\")", &["error RuntimeError: ?secret"]),
            ("print(client.get_secret(which))", &["log print: ?get_secret"]),
            ("password = keyring.get_password('a', 'b')\nprint('p', password)", &["log print: [?password | ?get_password]"]),
            ("x = client.get_secret_value(SecretId='prod/db')\nprint(x['SecretString'])", &["log print: ?SecretString"]),
            ("print(st.secrets['openai_key'])\nprint(st.secrets)", &["log print: ?openai_key", "log print: Secrets"]),
            ("requests.get(url, params={'api_key': api_key})", &["url the query parameter `api_key`: ?api_key", "request GET - by api_key: ?api_key"]),
            ("sys.exit('bad ' + token)", &["error sys.exit: ?token"]),
            ("print('*' * len(token), token[-4:], token[:4] + '...', re.sub('.', '*', token))", &[]),
            ("os.system(f'curl -u {api_key}: https://a.b')", &["process os.system: ?api_key"]),
            ("with open('x', 'w') as f:\n    print(api_key, file=f)\n", &[]),
            ("print(api_key, file=sys.stderr)", &["log print: ?api_key"]),
            ("for key in os.environ:\n    print(key)\nfor k, v in os.environ.items():\n    print(k, v)\n", &["log print: ?key", "log print: ENV"]),
        ],
    );
}
