//! Reads and bundlers' settings, from facts that are made by hand: what scripts say is read elsewhere.

use super::*;
use crate::config::Config;
use crate::context::Subject;
use crate::detect::{Detector, Scratch};
use crate::error::ScanPath;
use crate::keys::examples::fill;
use crate::lang::{EnvObject, Facts, Flow, Literal, Manifest, Module, Read, Sink, Spot, SpotIx, Value};
use crate::project::{FileFacts, Origin, Project};
use crate::text::{Excerpt, Position, Region, Span};

fn file(path: &str, facts: Facts) -> FileFacts {
    FileFacts { path: ScanPath::from_bytes(path.as_bytes()), lives_at: path.to_owned(), origin: Origin::Present, is_context: false, facts }
}

fn spots(count: u64) -> Vec<Spot> {
    let position = |line, column| Position { line, column, offset: line * 100 + column };
    (1..=count).map(|line| Spot { region: Region { start: position(line, 1), end: position(line, 9) }, ..Spot::default() }).collect()
}

fn reading(path: &str, reads: &[(&str, EnvObject)]) -> FileFacts {
    let read =
        |(at, (name, from)): (usize, &(&str, EnvObject))| Read { name: (*name).to_owned(), from: *from, is_direct: true, spot: SpotIx(at as u32), part: 0 };
    let module = Module { reads: reads.iter().enumerate().map(read).collect(), ..Module::default() };
    file(path, Facts { module: Some(module), spots: spots(reads.len() as u64), ..Facts::default() })
}

fn declaring(path: &str, names: &[&str]) -> FileFacts {
    let text: String = names.iter().map(|name| format!("{name}=\n")).collect();
    let mut facts = crate::lang::facts(&ScanPath::from_bytes(path.as_bytes()), text.as_bytes(), &[]);
    facts.spots = spots(names.len() as u64);
    file(path, facts)
}

/// A file whose one flow is a bundler's setting.
fn bundler(setting: &str, name: &str, value: Value, reads: &[&str], values: &[&str]) -> FileFacts {
    let mut own = reading("vite.config.ts", &reads.iter().map(|name| (*name, EnvObject::Process)).collect::<Vec<_>>());
    let flow = Flow { sink: Sink::Define(setting.to_owned(), name.to_owned()), spot: SpotIx(reads.len() as u32), value, part: 0, within: None };
    own.facts.spots = spots(reads.len() as u64 + 1);
    own.facts.module.as_mut().expect("a module").flows.push(flow);
    let catalog = Catalog::built_in();
    for value in values {
        let text = fill(value, 1).expect("good holes");
        let found = Detector::new(&catalog, false).detect(text.as_bytes(), &mut Scratch::default(), false);
        let credential = found.credentials.into_iter().next().expect("a credential");
        own.facts.literals.push(Literal {
            credential,
            region: Region::default(),
            excerpt: Excerpt::default(),
            name: None,
            entry: crate::lang::Entry::default(),
            built: Default::default(),
            original: None,
        });
    }
    own
}

/// What the rule says of each file, in order: the subject's name or "value", and the message.
fn told(files: &[FileFacts]) -> Vec<(String, String)> {
    let (catalog, config) = (Catalog::built_in(), Config::default());
    let project = Project::join(files.iter(), &config);
    let mut all = Vec::new();
    for file in files {
        let cx = FileContext { file, placed: project.place_of(file), project: &project, catalog: &catalog };
        let mut out = Observations::default();
        PublicEnvSecret.check_file(&cx, &mut out);
        all.extend(out.list.into_iter().map(|one| match one.subject {
            Subject::Named(name, _) | Subject::Variable(name, _) => (name, one.message),
            Subject::Value(_) => ("value".to_owned(), one.message),
        }));
    }
    all
}

fn names(files: &[FileFacts]) -> Vec<String> {
    told(files).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn reads_that_nothing_declares() {
    use EnvObject::{ImportMeta, PrivateModule, Process, PublicModule, Server};
    let secret = "VITE_STRIPE_SECRET_KEY";
    for (reads, wanted) in [
        (&[(secret, ImportMeta)][..], &[secret][..]),
        (&[(secret, Process), (secret, Process)], &[secret]),
        (&[(secret, Server)], &[]),
        (&[("STRIPE_SECRET_KEY", Process)], &[]),
        (&[("MY_VITE_SECRET", Process)], &[]),
        (&[("VITE_SUPABASE_ANON_KEY", ImportMeta), ("VITE_API_URL", ImportMeta)], &[]),
        (&[("VITE_OPENAI_API_KEY", ImportMeta), ("VITE_PLUNK_API_KEY", ImportMeta)], &["VITE_OPENAI_API_KEY"]),
        // SvelteKit's prefix needs SvelteKit.
        (&[("PUBLIC_API_SECRET", PublicModule)], &[]),
        (&[("PUBLIC_API_SECRET", PrivateModule)], &[]),
    ] {
        assert_eq!(names(&[reading("src/pay.ts", reads)]), wanted, "{reads:?}");
    }
    assert!(names(&[reading("src/pay.test.ts", &[(secret, ImportMeta)])]).is_empty(), "tests are not shipped");
    // The declaration speaks, and the reads are silent.
    let both = [declaring(".env", &[secret]), reading("src/pay.ts", &[(secret, ImportMeta)])];
    assert_eq!(names(&both), [secret]);
    assert!(told(&both)[0].1.starts_with("`VITE_STRIPE_SECRET_KEY` promises a Stripe secret key, and Vite puts it into client code"), "{:?}", told(&both));
    // Two files that read it are two places.
    assert_eq!(names(&[reading("src/a.ts", &[(secret, ImportMeta)]), reading("src/b.ts", &[(secret, ImportMeta)])]).len(), 2);
}

#[test]
fn prefixes_that_need_a_package() {
    let manifest = |path: &str, package: &str| {
        let manifest = Manifest { dependencies: vec![package.to_owned()], ..Manifest::default() };
        file(path, Facts { manifest: Some(manifest), ..Facts::default() })
    };
    let secret = "PUBLIC_STRIPE_SECRET_KEY";
    for (manifest_at, package, declared_at, fires) in [
        ("package.json", "astro", ".env", true),
        ("package.json", "next", ".env", false),
        ("apps/web/package.json", "@sveltejs/kit", "apps/web/.env", true),
        ("apps/web/package.json", "@sveltejs/kit", ".github/workflows/a.yml", true),
        ("apps/web/package.json", "@sveltejs/kit", "apps/api/.env", true),
    ] {
        let files = [manifest(manifest_at, package), declaring(declared_at, &[secret])];
        assert_eq!(names(&files).len(), usize::from(fires), "{manifest_at} {package} {declared_at}");
    }
    let files = [manifest("apps/web/package.json", "astro"), manifest("apps/api/package.json", "express"), declaring("apps/api/.env", &[secret])];
    assert!(names(&files).is_empty(), "another package's prefix");
}

#[test]
fn a_name_is_told_once_in_a_file() {
    let twice = declaring(".env", &["VITE_API_SECRET", "VITE_API_SECRET", "VITE_API_URL", "VITE_SENTRY_DSN"]);
    assert_eq!(names(&[twice]), ["VITE_API_SECRET"]);
}

/// Setting, defined name, value, names that are read, texts with literals, and whose findings there are.
type Case<'c> = (&'c str, &'c str, Value, &'c [&'c str], &'c [&'c str], &'c [&'c str]);

#[test]
fn what_bundlers_publish() {
    let cases: &[Case<'_>] = &[
        ("env", "STRIPE_SECRET_KEY", Value::Env(0), &["STRIPE_SECRET_KEY"], &[], &["STRIPE_SECRET_KEY"]),
        ("env", "KEY", Value::Env(0), &["STRIPE_SECRET_KEY"], &[], &["STRIPE_SECRET_KEY"]),
        ("env", "API_URL", Value::Env(0), &["API_URL"], &[], &[]),
        ("env", "STRIPE_SECRET", Value::Env(0), &["STRIPE_PUBLISHABLE_KEY"], &[], &[]),
        ("define", "process.env.OPENAI_API_KEY", Value::Some(vec![Value::Nothing, Value::Env(0)]), &["OPENAI_API_KEY"], &[], &["OPENAI_API_KEY"]),
        ("define", "process.env", Value::WholeEnv(SpotIx(0)), &[], &[], &["process.env"]),
        ("define", "__KEY__", Value::Literal(0), &[], &["PLUNK_SECRET_KEY=sk_{lower-hex:48}"], &["value"]),
        ("define", "__SECRET__", Value::Literal(0), &[], &["PLUNK_PUBLIC_KEY=pk_{lower-hex:48}"], &[]),
        ("EnvironmentPlugin", "GITHUB_TOKEN", Value::Nothing, &[], &[], &["GITHUB_TOKEN"]),
        ("EnvironmentPlugin", "NODE_ENV", Value::Nothing, &[], &[], &[]),
        ("runtimeConfig.public", "stripeSecretKey", Value::Nothing, &[], &[], &["stripeSecretKey"]),
        ("runtimeConfig.public", "stripeKey", Value::Nothing, &[], &[], &[]),
        ("envPrefix", "", Value::Nothing, &[], &[], &["envPrefix"]),
        ("envPrefix", "APP_", Value::Nothing, &[], &[], &[]),
        // The prefix publishes it already: the read speaks, once.
        ("env", "VITE_API_SECRET", Value::Env(0), &["VITE_API_SECRET"], &[], &["VITE_API_SECRET"]),
    ];
    for (setting, name, value, reads, values, wanted) in cases {
        assert_eq!(names(&[bundler(setting, name, value.clone(), reads, values)]), *wanted, "{setting} {name} {value:?}");
    }
    let deep = (0..10_000).fold(Value::Env(0), |inner, _| Value::Some(vec![inner, Value::Nothing]));
    let own = bundler("define", "X", deep, &["API_SECRET"], &[]);
    let _ = names(std::slice::from_ref(&own));
    // Such a value is not taken apart by dropping it either.
    std::mem::forget(own);
}

#[test]
fn values_belong_to_the_declaration_before_them() {
    let text = |value: &str| format!("env:\n  - name: VITE_STRIPE_SECRET\n    value: {value}\n");
    let catalog = Catalog::built_in();
    for (value, wanted) in [("sk_live_{alnum:24}", "value"), ("pk_live_{alnum:24}", "")] {
        let text = fill(&text(value), 1).expect("good holes");
        let found = Detector::new(&catalog, false).detect(text.as_bytes(), &mut Scratch::default(), false);
        let span = found.credentials[0].span;
        let mut facts = crate::lang::facts(&ScanPath::from_bytes(b"k8s.yaml"), text.as_bytes(), &[span]);
        let whole = crate::text::Text::plain(text.as_bytes());
        let mut locator = crate::text::Locator::new(&whole, Position::START);
        for spot in &mut facts.spots {
            spot.region = locator.region(spot.span);
        }
        let region = locator.region(span);
        let name = crate::lang::name_of(text.as_bytes(), Span::new(span.start, span.end));
        facts.literals.push(Literal {
            credential: found.credentials[0].clone(),
            region,
            excerpt: Excerpt::default(),
            name,
            entry: crate::lang::Entry::default(),
            built: Default::default(),
            original: None,
        });
        assert_eq!(names(&[file("k8s.yaml", facts)]).concat(), wanted, "{value}");
    }
}
