use super::flows::flows;

/// The flows of a text but for requests and client libraries, which have tests of their own.
fn leaks(text: &str) -> Vec<String> {
    let mut found = flows("a.ts", text);
    found.retain(|flow| !flow.starts_with("Request ") && !flow.starts_with("Sdk "));
    found
}

/// Checks rows of a text and all the flows that it has.
fn check(rows: &[(&str, &[&str])]) {
    let mut wrong = String::new();
    for (text, expected) in rows {
        let found = leaks(text);
        if found != *expected {
            wrong.push_str(&format!("{text}\n   found {found:?}\nexpected {expected:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn loggers_of_all_families_log() {
    check(&[
        ("console.log(process.env.A)", &["Log console.log: A"]),
        ("console.error('key', 'sk_one')", &["Log console.error: #0"]),
        ("console.log(`key ${process.env.A} ${process.env.B}`)", &["Log console.log: [A | B]"]),
        ("console.log('key: ' + process.env.A)", &["Log console.log: A"]),
        ("console['log'](process.env.A)", &["Log console.log: A"]),
        ("console[level](process.env.A)", &["Log console[level]: A"]),
        ("console.assert(process.env.A, 'no key')", &[]),
        ("console.assert(ok, process.env.A)", &["Log console.assert: A"]),
        ("console.time(process.env.A)", &[]),
        ("console.log('%s', process.env.A)", &["Log console.log: A"]),
        ("console.table({ key: process.env.A })", &["Log console.table: {key: A}"]),
        ("window.console.log(process.env.A)", &["Log window.console.log: A"]),
        ("process.stdout.write(process.env.A + '\\n')", &["Log process.stdout.write: A"]),
        ("process.emitWarning(`bad ${process.env.A}`)", &["Log process.emitWarning: A"]),
        ("logger.info(process.env.A)", &["Log logger.info: A"]),
        ("logger.info({ key: process.env.A }, 'started')", &["Log logger.info: {key: A}"]),
        ("log.debug(() => `key ${process.env.A}`)", &["Log log.debug: A"]),
        ("req.log.info({ key: process.env.A })", &["Log req.log.info: {key: A}"]),
        ("app.log.error(process.env.A)", &["Log app.log.error: A"]),
        ("c.var.logger.warn(process.env.A)", &["Log c.var.logger.warn: A"]),
        ("class S { f() { this.logger.log(process.env.A) } }", &["Log this.logger.log: A"]),
        ("class S { #log; f() { this.#log.fatal(process.env.A) } }", &["Log this.#log.fatal: A"]),
        ("winston.log('info', process.env.A)", &["Log winston.log: A"]),
        ("logger.child({ key: process.env.A })", &["Log logger.child: {key: A}"]),
        ("logger.child({ id: 1 }).info(process.env.A)", &["Log child.info: A"]),
        ("createLogger({}).info(process.env.A)", &["Log createLogger.info: A"]),
        ("getLogger('a').info(process.env.A)", &["Log getLogger.info: A"]),
        ("const l = createLogger(); l.info(process.env.A)", &["Log l.info: A"]),
        ("import L from 'loglevel'; L.warn(process.env.A)", &["Log L.warn: A"]),
        ("import debug from 'debug'; const d = debug('ns'); d('key %s', process.env.A)", &["Log d: A"]),
        ("const d = require('debug')('ns'); d(process.env.A)", &["Log d: A"]),
        ("debug('ns')(process.env.A)", &["Log debug: A"]),
        ("signale.success(process.env.A)", &["Log signale.success: A"]),
        ("consola.box(process.env.A)", &["Log consola.box: A"]),
        ("auditLog.info(process.env.A)", &["Log auditLog.info: A"]),
        ("Sentry.logger.info(process.env.A)", &["Log Sentry.logger.info: A"]),
        ("log(process.env.A)", &["Log log: A"]),
        ("dialog.info(process.env.A)", &[]),
        ("catalog.error(process.env.A)", &[]),
        ("Math.log(process.env.A)", &[]),
        ("logger.configure({ key: process.env.A })", &[]),
        ("createLogger({ key: process.env.A })", &[]),
        ("if (false) { console.log(process.env.A) }", &[]),
        ("alert(process.env.A)", &["Log alert: A"]),
        ("document.write(process.env.A)", &["Log document.write: A"]),
        ("toast.error(`bad ${process.env.A}`)", &["Log toast.error: A"]),
        ("fs.appendFileSync('app.log', process.env.A)", &["Log fs.appendFileSync: A"]),
        ("fs.writeFileSync(path.join(dir, 'debug.log'), process.env.A)", &["Log fs.writeFileSync: A"]),
        ("fs.writeFileSync('.npmrc', process.env.A)", &[]),
        ("import * as core from '@actions/core'; core.setOutput('key', process.env.A)", &["Log core.setOutput: A"]),
        ("const key = process.env.A; core.setSecret(key); core.info(key)", &[]),
        ("app.use(morgan(':method :req[authorization]'))", &["Log morgan: ?authorization"]),
        ("app.use(morgan('combined'))", &[]),
    ]);
}

#[test]
fn errors_and_services_tell() {
    check(&[
        ("throw new Error(`bad key ${process.env.A}`)", &["Error new Error: A"]),
        ("new HttpException({ key: process.env.A }, 400)", &["Error new HttpException: {key: A}"]),
        ("throw new Error('x', { cause: { key: process.env.A } })", &["Error new Error: {cause: {key: A}}"]),
        ("throw `bad ${process.env.A}`", &["Error throw: A"]),
        ("throw createError(401, `bad ${process.env.A}`)", &["Error createError: A"]),
        ("Promise.reject(`bad ${process.env.A}`)", &["Error Promise.reject: A"]),
        ("Promise.reject(new Error(process.env.A))", &["Error new Error: A"]),
        ("assert(ok, `bad ${process.env.A}`)", &["Error assert: A"]),
        ("assert(process.env.A, 'no key')", &[]),
        ("invariant(ok, process.env.A)", &["Error invariant: A"]),
        ("if (!process.env.A) throw new Error('A is missing')", &[]),
        ("throw new Error(`bad ${typeof process.env.A}`)", &[]),
        ("res.status(500).json({ key: process.env.A })", &["Response res.json: {key: A}", "Error res.status(500).json: {key: A}"]),
        ("res.status(200).json({ key: process.env.A })", &["Response res.json: {key: A}"]),
        ("res.status(err.status || 500).send(process.env.A)", &["Response res.send: A", "Error res.status(err.status || 500).send: A"]),
        ("new Response(process.env.A, { status: 500 })", &["Response new Response: A", "Error new Response: A"]),
        ("NextResponse.json({ k: process.env.A }, { status: 400 })", &["Response NextResponse.json: {k: A}", "Error NextResponse.json: {k: A}"]),
        ("c.json({ k: process.env.A }, 500)", &["Response c.json: {k: A}", "Error c.json: {k: A}"]),
        ("Sentry.captureMessage(`key ${process.env.A}`)", &["Error Sentry.captureMessage: A"]),
        ("Sentry.captureException(e, { extra: { key: process.env.A } })", &["Error Sentry.captureException: {extra: {key: A}}"]),
        ("import * as S from '@sentry/node'; S.setExtra('key', process.env.A)", &["Error S.setExtra: A"]),
        ("Sentry.init({ dsn: process.env.A })", &[]),
        ("posthog.capture('x', { key: process.env.A })", &["Error posthog.capture: {key: A}"]),
        ("posthog.init(process.env.A)", &[]),
        ("analytics.track('x', { key: process.env.A })", &["Error analytics.track: {key: A}"]),
        ("span.setAttribute('key', process.env.A)", &["Error span.setAttribute: A"]),
        ("gtag('event', 'x', { key: process.env.A })", &["Error gtag: {key: A}"]),
    ]);
}

#[test]
fn urls_and_processes_carry() {
    check(&[
        ("fetch(`https://a.io/v1?api_key=${process.env.A}`)", &["Url the query parameter `api_key`: A"]),
        ("const u = 'https://a.io/v1?x=1&token=' + process.env.A", &["Url the query parameter `token`: A"]),
        ("fetch(`${base}/v1?key=${process.env.A}`)", &["Url the query parameter `key`: A"]),
        ("fetch(`https://api.telegram.org/bot${process.env.A}/send`)", &["Url the path: A"]),
        ("const BASE = 'https://a.io'; fetch(`${BASE}/hooks/${process.env.A}`)", &["Url the path: A"]),
        ("const u = `https://${user}:${process.env.A}@a.io`", &["Url the user name and password: A"]),
        ("const u = `https://x-access-token:${process.env.A}@github.com/a/b.git`", &["Url the user name and password: A"]),
        ("const u = `postgres://user:${process.env.A}@localhost:5432/db`", &[]),
        ("const u = `mongodb+srv://${process.env.A}:${process.env.B}@host`", &[]),
        ("fetch(`https://${process.env.HOST}/v1`)", &[]),
        ("url.searchParams.set('token', process.env.A)", &["Url the query parameter `token`: A"]),
        ("const p = new URLSearchParams(); p.append('key', process.env.A); fetch(`/x?${p}`)", &["Url the query parameter `key`: A"]),
        ("const p = new URLSearchParams(); p.append('key', process.env.A); fetch('/x', { body: p })", &[]),
        ("fetch(`/x?${new URLSearchParams({ api_key: process.env.A })}`)", &["Url the query parameter `api_key`: A"]),
        ("fetch('/x', { method: 'POST', body: new URLSearchParams({ secret: process.env.A }) })", &[]),
        ("axios.get('/x', { params: { api_key: process.env.A } })", &["Url the query parameter `api_key`: A"]),
        ("got('/x', { searchParams: { key: process.env.A } })", &["Url the query parameter `key`: A"]),
        ("axios.get('/x', { headers: { key: process.env.A } })", &[]),
        ("console.log(`https://a.io?key=${process.env.A}`)", &["Log console.log: A"]),
        ("const t = `Bearer ${process.env.A}`", &[]),
        ("import { exec } from 'child_process'; exec(`curl -H 'x: ${process.env.A}'`)", &["Argument curl: A"]),
        ("execSync(`git push https://x:${process.env.A}@a.io`)", &["Argument git: A", "Url the user name and password: A"]),
        ("import { spawn } from 'node:child_process'; spawn('docker', ['login', '-p', process.env.A])", &["Argument docker: A"]),
        ("import { spawn } from 'node:child_process'; spawn('docker', ['x'], { env: { K: process.env.A } })", &[]),
        ("await $`npm login --token ${process.env.A}`", &["Argument npm: A"]),
        ("await execa('x', ['--key', process.env.A])", &["Argument x: A"]),
        ("/a/.exec(process.env.A)", &[]),
    ]);
}

#[test]
fn names_and_whole_things_are_noted() {
    check(&[
        ("function f(password) { console.log(password) }", &["Log console.log: ?password"]),
        ("const f = ({ apiKey }) => console.log(apiKey)", &["Log console.log: ?apiKey"]),
        ("console.log(req.query.api_key)", &["Log console.log: ?api_key"]),
        ("const { password } = req.body; console.log({ password })", &["Log console.log: {password: password>?password}"]),
        ("const p = req.body.password; console.log(p)", &["Log console.log: p>?password"]),
        ("console.log(getPassword())", &["Log console.log: ?getPassword"]),
        ("const k = await getApiKey(); console.log(k)", &["Log console.log: k>?getApiKey"]),
        ("const apiKey = make(); console.log(apiKey)", &["Log console.log: ?apiKey"]),
        ("const apiKey = row.key; console.log(apiKey)", &["Log console.log: [apiKey>?key | ?apiKey]"]),
        ("console.log(config.get('apiKey'))", &["Log console.log: ?apiKey"]),
        ("console.log(request.headers.get('authorization'))", &["Log console.log: ?authorization"]),
        ("console.log(req.headers['x-api-key'])", &["Log console.log: ?x-api-key"]),
        ("console.log(localStorage.getItem('token'))", &["Log console.log: ?token"]),
        ("app.get('/', (req, res) => console.log(req.headers))", &["Log console.log: Headers"]),
        ("app.get('/', (req, res) => console.log(JSON.stringify(req.headers)))", &["Log console.log: Headers"]),
        ("app.get('/', (req, res) => console.log(req))", &["Log console.log: Request"]),
        ("app.get('/', (req, res) => console.log(req.url, req.headers.host))", &[]),
        ("app.get('/', ({ headers }, res) => console.log(headers))", &[]),
        ("app.use((req, res) => { const { headers } = req; console.log(headers) })", &["Log console.log: headers>Headers"]),
        ("f().catch((error) => console.log(error.config))", &["Log console.log: Request"]),
        ("try { f() } catch (error) { console.log(error) }", &[]),
        ("try { f() } catch (error) { console.log(error.message, error.config.headers) }", &["Log console.log: Headers"]),
        ("axios.interceptors.request.use((config) => { console.log(config); return config })", &["Log console.log: Request"]),
        (
            "interface Config { id: string; apiKey: string } function f(config: Config) { console.log(config) }",
            &["Log console.log: Settings(\"config\", \"apiKey\")"],
        ),
        ("interface Config { id: string; apiKey: string } function f(config: Config) { console.log(config.id) }", &[]),
        ("class A { constructor(private apiKey: string) {} f() { console.log(this.apiKey) } }", &["Log console.log: ?apiKey"]),
        ("class A { constructor() { this.k = process.env.A } f() { console.log(this.k) } }", &["Log console.log: this.k>A"]),
        ("class A { #k = process.env.A; f() { console.log(this.#k) } }", &["Log console.log: this.k>A"]),
        ("const config = { apiKey: process.env.A }; console.log(config)", &["Log console.log: config>{apiKey: A}"]),
        ("const config = { apiKey: load() }; console.log(JSON.stringify(config, null, 2))", &["Log console.log: config>{apiKey: ?apiKey}"]),
        ("console.log(process.env)", &["Log console.log: ENV"]),
        ("console.log(chalk.red(process.env.A), util.inspect(process.env.B))", &["Log console.log: [A | B]"]),
        ("import { config } from './config'; console.log(config.apiKey)", &["Log console.log: [./config:config.apiKey | ?apiKey]"]),
        ("const show = (k) => console.log(k); show(process.env.A)", &["Log console.log: show>A"]),
        ("function show({ k }) { console.log(k) } show({ k: process.env.A })", &["Log console.log: show>A"]),
        ("function fmt(k) { return `key ${k}` } console.log(fmt(process.env.A))", &["Log console.log: A"]),
        ("let key; ({ A: key } = process.env); console.log(key)", &["Log console.log: key>A"]),
        ("fetchToken().then((t) => console.log(t))", &["Log console.log: ?fetchToken"]),
        ("const f = (k = process.env.A) => console.log(k)", &["Log console.log: k>A"]),
        ("for (const [k, v] of Object.entries(process.env)) console.log(v)", &["Log console.log: v>ENV"]),
    ]);
}

#[test]
fn what_is_harmless_is_silent() {
    let silent = [
        "console.log(mask(process.env.A))",
        "const token = mask(raw); console.log(token)",
        "let key = process.env.A; key = mask(key); console.log(key)",
        "console.log(process.env.A.slice(0, 4) + '...')",
        "console.log(`${apiKey.slice(0, 4)}...${apiKey.slice(-4)}`)",
        "console.log(password.replace(/./g, '*'))",
        "console.log(url.replace(token, '***'))",
        "console.log('*'.repeat(password.length))",
        "console.log(!!token, !password, Boolean(apiKey))",
        "console.log(token ? 'set' : 'missing')",
        "console.log(password === other, token != null)",
        "console.log(token.length, typeof token)",
        "console.log(Object.keys(process.env))",
        "Object.keys(secrets).forEach((secret) => console.log(secret))",
        "console.log(key.startsWith('sk'), tokens.includes(token))",
        "console.log({ hasToken: !!token, token: '[REDACTED]' })",
        "const token = 'abc'; console.log(token)",
        "const password = t('login.password'); console.log(password)",
        "console.log(messages.password, errors.token)",
        "console.log(TokenType.PrivateKey)",
        "enum Token { A } console.log(Token.A)",
        "const passwords = 3; console.log(passwords)",
        "console.log(crypto.createHash('sha256').update(apiKey).digest('hex'))",
        "console.log(await bcrypt.hash(password, 10))",
        "const hash = hashPassword(password); console.log(hash)",
        "if (!apiKey) throw new Error('missing apiKey')",
        "if (isValid(password)) console.log('ok')",
        "const getToken = () => {}; console.log(getToken)",
        "console.log(process.env.A && 'set')",
        "const passwordMessage = `At least ${n} letters`; console.log(passwordMessage)",
        "const log = pino({ redact: ['password', 'req.headers.authorization'] }); log.info({ password })",
        "console.log(JSON.stringify(config, (k, v) => k === 'apiKey' ? undefined : v))",
        "function f(token: boolean) { console.log(token) }",
        "console.log(new Token('a'))",
        "console.log(header.split(' ')[0])",
        "const short = (k) => k.slice(-4); console.log(short(process.env.A))",
        "for (const [key] of Object.entries(process.env)) console.log(key)",
        "console.log(validatePassword(password))",
        "console.log(count, name)",
        "redact(password); console.log('password is wrong')",
        "console.log(isDev ? '' : maskKey(process.env.A))",
        "const passwordInput = document.getElementById('password'); console.log(passwordInput)",
    ];
    let mut wrong = String::new();
    for text in silent {
        let found = leaks(text);
        if !found.is_empty() {
            wrong.push_str(&format!("{text}\n   found {found:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn order_counts() {
    check(&[
        ("let key = process.env.A; console.log(key); key = mask(key)", &["Log console.log: key>A"]),
        ("let key = 'none'; console.log(key); key = process.env.A", &[]),
        ("let key = 'none'; if (x) key = process.env.A; console.log(key)", &["Log console.log: key>A"]),
        ("let key = process.env.A; key = key.trim(); console.log(key)", &["Log console.log: key>key>A"]),
        ("let key; function set() { key = process.env.A } function show() { console.log(key) }", &["Log console.log: key>A"]),
    ]);
}

#[test]
fn other_flows_know_no_names() {
    for text in ["res.json({ password, token: getToken() })", "res.send(req.headers)", "res.cookie('a', token)", "<Chart token={apiKey} />"] {
        assert!(flows("a.tsx", text).is_empty(), "{text}");
    }
}
