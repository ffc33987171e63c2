//! The rules on logs, errors and URLs, over facts that are made by hand: what scripts say is read elsewhere.

use super::{RuleSetting, Verdicts, judge};
use crate::config::Config;
use crate::context::{FileContext, Observation, Subject, observe};
use crate::detect::{Detector, Scratch};
use crate::error::ScanPath;
use crate::keys::Catalog;
use crate::keys::examples::fill;
use crate::lang::{Dump, EnvObject, Facts, Flow, Literal, Manifest, Module, Read, Sink, Spot, SpotIx, Value};
use crate::project::{FileFacts, Origin, Project};
use crate::terms::Severity;
use crate::text::{Excerpt, Position, Region, Span};

fn spots(count: u64, line_text: &str) -> Vec<Spot> {
    let position = |line, column| Position { line, column, offset: line * 100 + column };
    let excerpt = || Excerpt { text: line_text.to_owned(), ..Excerpt::default() };
    (1..=count).map(|line| Spot { region: Region { start: position(line, 1), end: position(line, 9) }, excerpt: excerpt(), ..Spot::default() }).collect()
}

fn file(path: &str, facts: Facts) -> FileFacts {
    FileFacts { path: ScanPath::from_bytes(path.as_bytes()), lives_at: path.to_owned(), origin: Origin::Present, is_context: false, facts }
}

/// A file with one flow: spot 0 is the source, spot 1 the call. `reads` are numbered in order, `keys` are templates of values.
fn leaking(path: &str, sink: Sink, value: Value, reads: &[&str], keys: &[&str], line: &str) -> FileFacts {
    let read = |name: &&str| Read { name: (*name).to_owned(), from: EnvObject::Process, is_direct: true, spot: SpotIx(0), part: 0 };
    let flow = Flow { sink, spot: SpotIx(1), value, part: 0, within: None };
    let module = Module { reads: reads.iter().map(read).collect(), flows: vec![flow], ..Module::default() };
    let catalog = Catalog::built_in();
    let detector = Detector::new(&catalog, false);
    let text: String = keys.iter().map(|key| fill(key, 1).expect("a template") + "\n").collect();
    let found = detector.detect(text.as_bytes(), &mut Scratch::default(), false).credentials;
    assert_eq!(found.len(), keys.len(), "{path}: every key is found");
    let literal = |credential| Literal {
        credential,
        region: Region::default(),
        excerpt: Excerpt::default(),
        name: None,
        entry: crate::lang::Entry::default(),
        built: crate::lang::sourcemap::Point::default(),
        original: None,
    };
    file(path, Facts { module: Some(module), literals: found.into_iter().map(literal).collect(), spots: spots(2, line), ..Facts::default() })
}

/// What the rules of this module say of a file, each as `rule severity message`.
fn told(files: &[FileFacts]) -> Vec<String> {
    let catalog = Catalog::built_in();
    let config = Config::default();
    let project = Project::join(files.iter(), &config);
    let mut out = Vec::new();
    for file in files {
        let cx = FileContext { file, placed: project.place_of(file), project: &project, catalog: &catalog };
        let mut observations = observe(&cx);
        observations.list.retain(|one| ["secret-in-log", "secret-in-error", "secret-in-url"].contains(&one.rule.0));
        let findings = judge(&cx, &observations.list, &Verdicts::default());
        out.extend(findings.iter().map(|found| format!("{} {} {}", found.rule, found.severity, found.message)));
    }
    out
}

fn log(how: &str) -> Sink {
    Sink::Log(how.to_owned())
}

fn named(name: &str) -> Value {
    Value::Named(SpotIx(0), name.to_owned())
}

fn settings(how: &str, field: &str) -> Value {
    Value::Dump(SpotIx(0), Dump::Settings(how.to_owned(), field.to_owned()))
}

const STRIPE: &str = "sk_live_{alnum:24}";

#[test]
fn values_and_names_in_logs() {
    let one = |value: Value, reads: &[&str], keys: &[&str]| told(&[leaking("server/a.js", log("console.log"), value, reads, keys, "")]).join("; ");
    let end = "is written to a log by `console.log`";
    for (value, reads, keys, wanted) in [
        (Value::Literal(0), &[][..], &[STRIPE][..], format!("secret-in-log high Stripe secret key {end}")),
        (Value::Literal(0), &[], &["pk_live_{alnum:24}"], String::new()),
        (Value::Literal(7), &[], &[], String::new()),
        (Value::Env(0), &["STRIPE_SECRET_KEY"], &[], format!("secret-in-log high the value of `STRIPE_SECRET_KEY` {end}")),
        (Value::Env(0), &["API_KEY"], &[], format!("secret-in-log high the value of `API_KEY` {end}")),
        (Value::Env(0), &["DATABASE_URL"], &[], format!("secret-in-log medium the value of `DATABASE_URL` {end}")),
        (Value::Env(0), &["NEXT_PUBLIC_STRIPE_SECRET_KEY"], &[], format!("secret-in-log low the value of `NEXT_PUBLIC_STRIPE_SECRET_KEY` {end}")),
        (Value::Env(0), &["STRIPE_PUBLISHABLE_KEY"], &[], String::new()),
        (Value::Env(0), &["NODE_ENV"], &[], String::new()),
        (Value::Env(0), &["MAX_TOKENS"], &[], String::new()),
        (Value::Env(9), &[], &[], String::new()),
        (Value::WholeEnv(SpotIx(0)), &[], &[], format!("secret-in-log high every environment variable {end}")),
        (named("password"), &[], &[], format!("secret-in-log medium `password` {end}")),
        (named("databaseUrl"), &[], &[], format!("secret-in-log medium `databaseUrl` {end}")),
        (named("x-auth-token"), &[], &[], format!("secret-in-log medium `x-auth-token` {end}")),
        (named("set-cookie"), &[], &[], format!("secret-in-log medium `set-cookie` {end}")),
        (named("tokenCount"), &[], &[], String::new()),
        (named("publicKey"), &[], &[], String::new()),
        (Value::Dump(SpotIx(0), Dump::Headers), &[], &[], format!("secret-in-log medium all headers of a request, `Authorization` among them, {end}")),
        (settings("JSON.stringify(config)", "apiKey"), &[], &[], format!("secret-in-log medium `JSON.stringify(config)`, with `apiKey` in it, {end}")),
        (settings("JSON.stringify(config)", "keyCode"), &[], &[], String::new()),
        (Value::Text("password".to_owned()), &[], &[], String::new()),
        (Value::Nothing, &[], &[], String::new()),
    ] {
        assert_eq!(one(value.clone(), reads, keys), wanted, "{value:?} {reads:?}");
    }
}

#[test]
fn one_call_gives_one_finding_the_most_telling() {
    let value = Value::Some(vec![named("password"), Value::WholeEnv(SpotIx(0)), Value::Env(0), Value::Literal(0)]);
    let found = told(&[leaking("server/a.js", log("print"), value, &["STRIPE_SECRET_KEY"], &[STRIPE], "")]);
    assert_eq!(found, ["secret-in-log high Stripe secret key is written to a log by `print`"]);
    let value = Value::Some(vec![named("password"), Value::Env(0)]);
    let found = told(&[leaking("server/a.js", log("print"), value, &["STRIPE_SECRET_KEY"], &[], "")]);
    assert_eq!(found, ["secret-in-log high the value of `STRIPE_SECRET_KEY` is written to a log by `print`"]);
}

#[test]
fn in_tests_and_documentation_values_alone_count_and_in_bundles_nothing() {
    for (path, literal) in [("test/a.test.js", "medium"), ("docs/a.js", "medium"), ("dist/assets/index-B3f9a1c2.js", "")] {
        let name = |value: Value| told(&[leaking(path, log("console.log"), value, &["STRIPE_SECRET_KEY"], &[], "")]);
        assert!(name(Value::Env(0)).is_empty() && name(named("password")).is_empty() && name(Value::WholeEnv(SpotIx(0))).is_empty(), "{path}");
        let value = told(&[leaking(path, log("console.log"), Value::Literal(0), &[], &[STRIPE], "")]);
        let wanted = format!("secret-in-log {literal} Stripe secret key is written to a log by `console.log`");
        assert_eq!(value.join("; "), if literal.is_empty() { "" } else { &wanted }, "{path}");
    }
}

#[test]
fn errors() {
    let one = |how: &str, value: Value| told(&[leaking("server/a.js", Sink::Error(how.to_owned()), value, &["STRIPE_SECRET_KEY"], &[], "")]);
    assert_eq!(one("new Error", named("apiKey")), ["secret-in-error medium `apiKey` goes into the message of an exception (`new Error`)"]);
    assert_eq!(
        one("Sentry.setExtra", Value::Env(0)),
        ["secret-in-error high the value of `STRIPE_SECRET_KEY` goes into what an error tracker or analytics is sent (`Sentry.setExtra`)"]
    );
    assert!(one("new Error", named("apiKeyName")).is_empty());
}

#[test]
fn urls_and_arguments() {
    let one = |sink: Sink, value: Value, line: &str| told(&[leaking("server/a.js", sink, value, &["STRIPE_SECRET_KEY"], &[STRIPE], line)]);
    let query = || Sink::Url("the query parameter `api_key`".to_owned());
    assert_eq!(
        one(query(), Value::Env(0), "https://api.example.com"),
        ["secret-in-url medium the value of `STRIPE_SECRET_KEY` becomes the query parameter `api_key` of a URL"]
    );
    assert_eq!(one(query(), named("apiKey"), ""), ["secret-in-url medium `apiKey` becomes the query parameter `api_key` of a URL"]);
    assert_eq!(
        one(Sink::Url("the path".to_owned()), named("botToken"), "fetch(`https://api.telegram.org/bot${botToken}/getMe`)"),
        ["secret-in-url low `botToken` becomes the path of a URL"]
    );
    assert!(one(query(), named("apiKey"), "`https://maps.googleapis.com/maps/api/js?key=${apiKey}`").is_empty());
    assert!(one(Sink::Url("the query parameter `client_secret`".to_owned()), named("clientSecret"), "fetch(`https://api.stripe.****${id}`)").is_empty());
    let published = |sink: Sink| told(&[leaking("server/a.js", sink, Value::Env(0), &["NEXT_PUBLIC_STRIPE_SECRET_KEY"], &[], "")]);
    assert!(published(query()).is_empty() && published(Sink::Argument("curl".to_owned())).is_empty());
    assert_eq!(
        one(Sink::Argument("curl".to_owned()), Value::Literal(0), ""),
        ["secret-in-url medium Stripe secret key is an argument of the process `curl`, which everybody on the machine can list"]
    );
}

#[test]
fn traces_run_from_the_source_to_the_call() {
    let catalog = Catalog::built_in();
    let config = Config::default();
    let value = Value::Via(SpotIx(1), "it is put into a text".to_owned(), Box::new(Value::Env(0)));
    let mut own = leaking("server/a.js", log("logger.info"), value, &["STRIPE_SECRET_KEY"], &[], "");
    own.facts.manifest = Some(Manifest::default());
    let files = [own];
    let project = Project::join(files.iter(), &config);
    let cx = FileContext { file: &files[0], placed: project.place_of(&files[0]), project: &project, catalog: &catalog };
    let found = observe(&cx).list;
    let one: &Observation<'_> = found.iter().find(|one| one.rule.0 == "secret-in-log").expect("it fires");
    let steps: Vec<&str> = one.trace.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(steps, ["`STRIPE_SECRET_KEY` is read here", "it is put into a text", "`logger.info` writes it"]);
    assert!(matches!(&one.subject, Subject::Named(name, _) if name == "STRIPE_SECRET_KEY"));
}

#[test]
fn a_setting_of_the_configuration_holds_for_names_too() {
    let catalog = Catalog::built_in();
    let config = Config::default();
    let files = [leaking("server/a.js", log("print"), named("password"), &[], &[], "")];
    let project = Project::join(files.iter(), &config);
    let cx = FileContext { file: &files[0], placed: project.place_of(&files[0]), project: &project, catalog: &catalog };
    let mut verdicts = Verdicts::default();
    verdicts.settings.insert("secret-in-log".to_owned(), RuleSetting::Fixed(Severity::Critical));
    let found = judge(&cx, &observe(&cx).list, &verdicts);
    assert_eq!(found.iter().map(|one| one.severity).collect::<Vec<_>>(), [Severity::Critical]);
}

#[test]
fn key_values_are_cut_where_they_stand() {
    // The helper above finds what it is told to find, or these tests would pass without a value.
    let own = leaking("server/a.js", log("print"), Value::Literal(0), &[], &[STRIPE], "");
    assert_ne!(own.facts.literals[0].credential.span, Span::default());
}
