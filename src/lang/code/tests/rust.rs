//! Rust.

use super::check;

#[test]
fn rust() {
    check(
        "a.rs",
        &[
            ("fn main() { let key = std::env::var(\"API_KEY\").unwrap(); println!(\"{}\", key); }", &["log println!: API_KEY"]),
            ("fn main() -> Result<()> { let key = env::var(\"API_KEY\")?; info!(\"key {key}\"); Ok(()) }", &["log info!: API_KEY"]),
            ("fn f(api_key: &str) { tracing::info!(api_key = %api_key, \"x\"); }", &["log tracing.info!: ?api_key"]),
            ("fn f(api_key: &str) { info!(%api_key, ?password, \"x\"); }", &["log info!: [?api_key | ?password]"]),
            ("fn f(api_key: &str) { debug!(key_len = api_key.len(), set = api_key.is_empty(), \"x {:.4}\", api_key); }", &[]),
            ("fn f(api_key: &str) { dbg!(api_key); }", &["log dbg!: ?api_key"]),
            ("fn f(api_key: &str) { dbg!(&api_key); eprintln!(\"{api_key:?}\"); }", &["log dbg!: ?api_key", "log eprintln!: ?api_key"]),
            ("fn f(api_key: &str) { panic!(\"bad {}\", api_key) }", &["error panic!: ?api_key"]),
            ("fn f(api_key: &str) { x.expect(&format!(\"bad {api_key}\")); }", &["error x.expect: ?api_key"]),
            ("fn f(api_key: &str) -> Result<()> { bail!(\"bad {api_key}\"); }", &["error bail!: ?api_key"]),
            ("fn f(api_key: &str) -> Result<()> { x().with_context(|| format!(\"bad {api_key}\"))?; Ok(()) }", &["error x.with_context: ?api_key"]),
            ("fn f(api_key: &str) -> Result<(), String> { Err(format!(\"bad {}\", api_key)) }", &["error Err: ?api_key"]),
            ("#[tracing::instrument]\nasync fn login(user: &str, password: &str) { }", &["log #[instrument]: ?password"]),
            ("#[tracing::instrument(skip(password))]\nasync fn login(user: &str, password: &str) { }", &[]),
            ("#[instrument(skip_all)]\npub fn login(user: &str, password: &str) { }", &[]),
            ("#[derive(Debug, Clone)]\npub struct Config { pub host: String, pub api_key: String }\nfn f(c: &Config) { println!(\"{:?}\", c); }", &["log println!: Settings(\"Config\", \"api_key\")"]),
            ("#[derive(Debug, Clone)]\npub struct Config { pub host: String, pub api_key: SecretString }\nfn f(c: &Config) { println!(\"{:?}\", c); }", &[]),
            ("#[derive(Clone)]\npub struct Config { pub api_key: String }\nimpl fmt::Debug for Config { fn fmt(&self, f: &mut F) -> R { Ok(()) } }\nfn f(c: &Config) { println!(\"{:?}\", c); }", &[]),
            ("fn f(key: SecretString) { println!(\"{:?}\", key); println!(\"{}\", key.expose_secret()); }", &["log println!: [?key | ?secret]"]),
            ("fn f() { let key = SecretString::new(env::var(\"X_KEY\").unwrap()); println!(\"{:?}\", key); }", &[]),
            ("const KEY: &str = \"sk_123\"; fn main() { println!(\"{}\", KEY); }", &["log println!: #0"]),
            ("fn main() { println!(\"{}\", env!(\"API_KEY\")); }", &["log println!: API_KEY"]),
            ("fn main() { match env::var(\"X_SECRET\") { Ok(v) => println!(\"{v}\"), Err(e) => println!(\"{e}\") } }", &["log println!: X_SECRET"]),
            ("fn main() { if let Ok(v) = env::var(\"X_SECRET\") { println!(\"{v}\"); } }", &["log println!: X_SECRET"]),
            ("fn main() { if let Err(e) = env::var(\"X_SECRET\") { println!(\"{e}\"); } }", &[]),
            ("fn main() { for (k, v) in env::vars() { println!(\"{}\", k); println!(\"{v}\"); } }", &["log println!: ENV"]),
            ("fn f(api_key: &str) { let r = \"/v1/{api_key}\"; info!(\"route {}\", r); route(\"https://a/{api_key}\"); }", &[]),
            ("fn f(api_key: &str) { let masked = mask(api_key); info!(\"{masked}\"); info!(\"{}\", &api_key[..4]); }", &[]),
            ("fn f(api_key: Option<String>) { info!(\"{}\", api_key.map(|k| k.len()).unwrap_or(0)); info!(\"{}\", if api_key.is_some() { \"yes\" } else { \"no\" }); }", &[]),
            ("struct C { token: String }\nimpl C { fn new() -> Self { Self { token: env::var(\"T_TOKEN\").unwrap() } }\n fn show(&self) { println!(\"{}\", self.token); } }", &["log println!: T_TOKEN"]),
            ("fn f(password: &str) { Command::new(\"x\").arg(\"-p\").arg(password).spawn(); }", &["process arg.arg: ?password"]),
            ("fn f(api_key: &str) { let url = format!(\"https://a.b/c?api_key={}\", api_key); }", &["url the query parameter `api_key`: ?api_key"]),
            ("fn f(api_key: &str) { let url = format!(\"https://a.b/c?api_key={api_key}\"); }", &["url the query parameter `api_key`: ?api_key"]),
            (
                "async fn f() { client.post(\"https://api.useplunk.com/v1/send\").bearer_auth(env::var(\"PLUNK_KEY\").unwrap()).send().await; }",
                &["request POST https://api.useplunk.com/v1/send by Authorization: PLUNK_KEY"],
            ),
            ("fn f<'a>(x: &'a str, password: &'a str) { let c = 'x'; log::warn!(\"{}{}\", c, password); }", &["log log.warn!: ?password"]),
            ("fn f(f: &mut F) -> R { write!(f, \"{}\", self.token)?; writeln!(io::stdout(), \"{}\", password) }", &["log writeln!: ?password"]),
            ("fn f(password: &str) { assert!(password == expected, \"no\"); assert!(ok, \"bad {password}\"); }", &["error assert!: ?password"]),
        ],
    );
}
