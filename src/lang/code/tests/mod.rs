//! Tables of what programs say, written as short texts.

mod csharp;
mod dart;
mod elixir;
mod go;
mod java;
mod kotlin;
mod php;
mod python;
mod ruby;
mod rust;
mod scala;
mod swift;

use crate::lang::{Module, Sink, Spots, Value};
use crate::text::Span;

fn credentials(text: &str) -> Vec<Span> {
    let end = |at: usize| at + text[at..].find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len() - at);
    text.match_indices("sk_").map(|(at, _)| Span::new(at, end(at))).collect()
}

/// A value as a short text: `KEY` for a variable, `#0` for a credential, `?name` for what is known by name.
fn shown(module: &Module, value: &Value) -> String {
    let all = |values: &[&Value]| values.iter().map(|value| shown(module, value)).collect::<Vec<_>>().join(" | ");
    match value {
        Value::Nothing => "-".to_owned(),
        Value::Env(read) => module.reads[*read as usize].name.clone(),
        Value::WholeEnv(_) => "ENV".to_owned(),
        Value::Literal(number) => format!("#{number}"),
        Value::Import { import, name, path, is_called } => {
            let path: String = path.iter().map(|name| format!(".{name}")).collect();
            format!("{}:{name}{path}{}", module.imports[*import as usize].specifier, if *is_called { "()" } else { "" })
        }
        Value::Object(fields, spread) => {
            let fields = fields.iter().filter(|(_, value)| !is_implied(module, value)).map(|(name, value)| format!("{name}: {}", shown(module, value)));
            let spread = spread.iter().map(|value| format!("...{}", shown(module, value)));
            format!("{{{}}}", fields.chain(spread).collect::<Vec<_>>().join(", "))
        }
        Value::Returns(value) => format!("=> {}", shown(module, value)),
        Value::Some(values) => match &values.iter().filter(|value| !is_implied(module, value)).collect::<Vec<_>>()[..] {
            [one] => shown(module, one),
            values => format!("[{}]", all(values)),
        },
        Value::Named(_, name) => format!("?{name}"),
        Value::Dump(_, what) => format!("{what:?}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Via(_, _, value) => shown(module, value),
    }
}

/// Whether a value is what another file of the package may hold.
fn is_implied(module: &Module, value: &Value) -> bool {
    matches!(value, Value::Import { import, .. } if module.imports[*import as usize].specifier.is_empty())
}

/// A value without what may be a name of another file that is not here.
fn known(module: &Module, value: Value) -> Option<Value> {
    match value {
        Value::Import { import, .. } if module.imports[import as usize].specifier.is_empty() => None,
        Value::Some(values) => {
            let mut values: Vec<Value> = values.into_iter().filter_map(|value| known(module, value)).collect();
            if values.len() == 1 { values.pop() } else { (!values.is_empty()).then_some(Value::Some(values)) }
        }
        other => Some(other),
    }
}

/// The flows of a text but those to client libraries: the sink, how it is written, and what leaves.
pub(super) fn flows(path: &str, text: &str) -> Vec<String> {
    let mut spots = Spots::default();
    let module = crate::lang::code::read(path, text.as_bytes(), &credentials(text), &mut spots).expect("facts");
    let one = |flow: &crate::lang::Flow| {
        let sink = match &flow.sink {
            Sink::Log(how) => format!("log {how}"),
            Sink::Error(how) => format!("error {how}"),
            Sink::Response(how) => format!("answer {how}"),
            Sink::Render(how) => format!("page {how}"),
            Sink::Url(how) => format!("url {how}"),
            Sink::Argument(how) => format!("process {how}"),
            Sink::Request(request) => {
                let url: String = request.url.iter().map(|part| shown(&module, part).trim_matches('"').to_owned()).collect();
                format!("request {} {url} by {}", request.method.as_deref().unwrap_or("?"), request.by)
            }
            _ => return None,
        };
        let value = known(&module, flow.value.clone())?;
        let value = shown(&module, &value);
        (value != "{}").then(|| format!("{sink}: {value}"))
    };
    module.flows.iter().filter(|flow| !is_implied(&module, &flow.value)).filter_map(one).collect()
}

/// Checks rows of a text and the flows in it.
pub(super) fn check(path: &str, rows: &[(&str, &[&str])]) {
    let mut wrong = String::new();
    for (text, expected) in rows {
        let found = flows(path, text);
        if found != *expected {
            wrong.push_str(&format!("{text}\n  found    {found:?}\n  expected {expected:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn first_of_all() {
    check(
        "a.py",
        &[
            ("print(os.environ['API_KEY'])", &["log print: API_KEY"]),
            ("key = os.getenv('API_KEY')\nprint(f'key {key}')", &["log print: API_KEY"]),
            ("key = os.environ.get('API_KEY', 'x')\nlogging.info('key %s', key)", &["log logging.info: API_KEY"]),
            ("logger.info('k: {}'.format(password))", &["log logger.info: ?password"]),
            ("def f(password):\n    log.debug('p=%s' % password)\n", &["log log.debug: ?password"]),
            (
                "class A:\n    def __init__(self):\n        self.api_key = os.environ['K_SECRET']\n    def show(self):\n        print(self.api_key)\n",
                &["log print: K_SECRET"],
            ),
            ("raise ValueError('bad key ' + api_key)", &["error ValueError: ?api_key"]),
            ("raise ValueError(f'bad key {mask(api_key)}')", &[]),
            ("token = mask(raw_token)\nprint(token)", &[]),
            ("print(api_key[:4])", &[]),
            ("print(api_key[:24])", &["log print: ?api_key"]),
            ("print(len(password), bool(password), password is None)", &[]),
            ("print('set' if api_key else 'missing')", &[]),
            ("print(os.environ)", &["log print: ENV"]),
            ("print(dict(os.environ))", &["log print: ENV"]),
            ("print(json.dumps({'api_key': os.environ['S_SECRET']}))", &["log print: {api_key: S_SECRET}"]),
            ("KEY = 'sk_123'\nprint(KEY)", &["log print: #0"]),
            ("print(request.headers)", &["log print: Headers"]),
            ("def f():\n    a = os.environ['A_SECRET']\n    return a\nprint(f())", &["log print: A_SECRET"]),
            ("def show(x):\n    print(x)\n\nshow(1)", &[]),
            ("requests.get(f'https://a.b/c?api_key={api_key}')", &["url the query parameter `api_key`: ?api_key"]),
            ("subprocess.run(['x', '--password', password])", &["process subprocess.run: ?password"]),
            ("subprocess.run(['x'], env={'A': password})", &[]),
            (
                "requests.post('https://api.useplunk.com/v1/send', headers={'Authorization': f'Bearer {os.environ[\"PLUNK_KEY\"]}'})",
                &["request POST https://api.useplunk.com/v1/send by Authorization: PLUNK_KEY"],
            ),
            ("def f(password: SecretStr):\n    print(password)", &[]),
            ("@dataclass\nclass C:\n    api_key: str\n\nc = C('x')\nprint(c)", &["log print: Settings(\"C\", \"api_key\")"]),
            ("class C:\n    api_key: str\n\nc = C('x')\nprint(c)", &[]),
            ("if x:\n    key = secret_value\nelse:\n    key = 'none'\nprint(key)", &["log print: [?key | ?secret_value]"]),
            ("for k, v in os.environ.items():\n    print(k)", &[]),
            ("secret = get()\nsecret = hashlib.sha256(secret).hexdigest()\nprint(secret)", &[]),
            ("print(\"a\" \"b\", password)", &["log print: ?password"]),
            ("x = lambda s: print(s)\nprint(user.password)", &["log print: ?password"]),
        ],
    );
}

#[test]
fn broken_text_is_read_to_its_end() {
    let texts = [
        "(",
        "def",
        "class",
        "f'{",
        "f'{a",
        "a = ",
        "'''",
        "if x:",
        "raise",
        "a[",
        "a[1:",
        "lambda",
        "from",
        "import",
        "@",
        "\\",
        "a.b.",
        "{",
        "é = 'é'\nprint(é, f'é{é}')",
        "x: int = ",
        "print(",
        "with a as",
        "for",
        "for x in",
    ];
    for language in crate::lang::code::languages::ALL {
        for text in texts {
            let path = format!("a.{}", language.extensions[0]);
            let _ = flows(&path, text);
        }
        let path = format!("a.{}", language.extensions[0]);
        for deep in ["(", "[", "{", "f(", "a.b(", "if x {", "!", "-", "x = "] {
            let _ = flows(&path, &deep.repeat(20_000));
        }
    }
}
