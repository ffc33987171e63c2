//! How parts of modules come to clients, and what that says of places.

use super::{at, check, tree};
use crate::config::Config;
use crate::project::Project;
use crate::terms::Place;

const PAGE: &str = "== package.json\n{\"name\":\"web\",\"devDependencies\":{\"vite\":\"7\"}}\n== packages/pure/package.json\n{\"name\":\"pure\",\"sideEffects\":false}\n== index.html\nimport ./main.ts\n";

#[test]
fn what_a_bundler_keeps() {
    for (text, rows) in [
        // Barrels: what is asked for, and what has effects.
        (
            "== main.ts\nimport a from ./lib\neffect : a\n== lib/index.ts\nreexport a from ./a\nstar ./b\n== lib/a.ts\nexport a\nexport other\n== lib/b.ts\nexport b\neffect\n",
            &[("lib/a.ts#a", "lib/index.ts < main.ts < index.html"), ("lib/a.ts#other", "-"), ("lib/b.ts#b", "-")][..],
        ),
        (
            "== main.ts\nimport b from ./lib\neffect : b\n== lib/index.ts\nstar ./a\nstar ./b\n== lib/a.ts\nexport a\n== lib/b.ts\nexport b : c\nc\n",
            &[("lib/b.ts#c", "lib/index.ts < main.ts < index.html"), ("lib/a.ts#a", "-")],
        ),
        ("== main.ts\nimport * as lib from ./lib\neffect : lib.a\n== lib.ts\nexport a\nexport b\n", &[("lib.ts#a", "main.ts < index.html"), ("lib.ts#b", "-")]),
        (
            "== main.ts\nimport * as lib from ./lib\neffect : lib\n== lib.ts\nexport a\nexport b\nc\n",
            &[("lib.ts#b", "main.ts < index.html"), ("lib.ts#c", "-")],
        ),
        (
            "== main.ts\nimport a as x from ./lib\nimport y from ./gone\neffect : x\n== lib.ts\na\nb\nlist a b\n== gone.ts\neffect\nexport y\n",
            &[("lib.ts#a", "main.ts < index.html"), ("lib.ts#b", "-"), ("gone.ts", "-")],
        ),
        (
            "== main.ts\nimport a from ./lib\nunused : a\nimport ./side\n== lib.ts\nexport a\n== side.ts\neffect : k\nk\n",
            &[("lib.ts#a", "-"), ("side.ts#k", "main.ts < index.html")],
        ),
        ("== main.ts\nlazy ./page\n== page.ts\nexport a\nb\n", &[("page.ts#a", "main.ts < index.html"), ("page.ts#b", "-")]),
        ("== main.ts\nlazy a from ./page\n== page.ts\nexport a\nexport b\n", &[("page.ts#a", "-")]),
        (
            "== main.ts\nimport a from pure/a\nimport pure/b\neffect : a\n== packages/pure/src/a.ts\nimport ./b\nexport a\n== packages/pure/src/b.ts\neffect\n",
            &[("packages/pure/src/a.ts#a", "main.ts < index.html"), ("packages/pure/src/b.ts", "-")],
        ),
        ("== main.ts\nimport default as k from ./k.json\neffect : k\n== k.json\n{}\n== l.json\n{}\n", &[("k.json", "main.ts < index.html"), ("l.json", "-")]),
        // Circles end, and the shortest way is told.
        (
            "== main.ts\nimport a from ./a\nimport b from ./b\neffect : a b\n== a.ts\nimport b from ./b\nexport a : b\n== b.ts\nimport a from ./a\nexport b : a c\nc\n",
            &[("b.ts#c", "main.ts < index.html"), ("a.ts#a", "main.ts < index.html")],
        ),
        ("== main.ts\nimport x from ./a\neffect : x\n== a.ts\nstar ./b\n== b.ts\nstar ./a\n", &[("a.ts", "-"), ("b.ts", "-")]),
        // What CommonJS offers is not told by name.
        ("== main.ts\nrequire * as k from ./k\neffect : k.a\n== k.js\na\n", &[("k.js#a", "main.ts < index.html")]),
        // The boundary.
        (
            "== main.ts\nimport a from ./a.server\nimport b from ./b\neffect : a b\n== a.server.ts\nexport a\n== b.ts\n\"use server\"\nexport b\n",
            &[("a.server.ts", "-"), ("b.ts#b", "-")],
        ),
    ] {
        check(&format!("{PAGE}{text}"), rows);
    }
}

#[test]
fn a_way_tells_its_hops() {
    let files = tree(&format!(
        "{PAGE}== main.ts\nlazy ./page\n== page.ts\nimport k from ./lib\nexport page : k\n== lib.ts\nreexport k from ./k\n== k.ts\nexport k = literal 0\n"
    ));
    let config = Config::default();
    let project = Project::join(files.iter(), &config);
    let way = project.way(at(&files, "k.ts"), 0).unwrap();
    let told: Vec<&str> = way.hops.iter().map(|hop| hop.text.as_str()).collect();
    assert_eq!(told, ["passed on by `lib.ts`", "imported by `page.ts`", "imported on demand by `main.ts`", "imported by `index.html`"]);
    assert_eq!((way.why.as_str(), way.place), ("browsers run the scripts of a page", Place::Client));
    assert!(project.is_client_live(at(&files, "lib.ts")) && project.way(at(&files, "k.ts"), 9).is_none());
}

#[test]
fn places_by_what_imports() {
    const NEXT: &str = "== package.json\n{\"dependencies\":{\"next\":\"15\"}}\n== app/page.tsx\nimport Chart from ../components/Chart\nimport Live from ../components/Live\nexport default : Chart Live\n";
    for (text, path, place) in [
        (format!("{NEXT}== components/Chart.tsx\nexport Chart\n== components/Live.tsx\n\"use client\"\nexport Live\n"), "components/Chart.tsx", Place::Server),
        (format!("{NEXT}== components/Chart.tsx\nexport Chart\n== components/Live.tsx\n\"use client\"\nimport Chart from ./Chart\nexport Live : Chart\n"), "components/Chart.tsx", Place::Client),
        // Nobody imports it, it uses what browsers have, or something is not known.
        (format!("{NEXT}== components/Lost.tsx\nexport Lost\n"), "components/Lost.tsx", Place::Client),
        (format!("{NEXT}== components/Chart.tsx\nbrowser\nexport Chart\n== components/Live.tsx\nexport Live\n"), "components/Chart.tsx", Place::Client),
        (format!("{NEXT}== components/Chart.tsx\nbroken\nexport Chart\n== components/Live.tsx\nexport Live\n"), "components/Chart.tsx", Place::Client),
        (format!("{NEXT}== components/Chart.tsx\nimport x from ./missing\nexport Chart\n== components/Live.tsx\nexport Live\n"), "components/Chart.tsx", Place::Client),
        (format!("{NEXT}== components/Live.tsx\n\"use client\"\nexport Live\n"), "components/Live.tsx", Place::Client),
        ("== package.json\n{\"dependencies\":{\"expo\":\"54\"}}\n== App.tsx\nimport k from ./lib/k\nexport default : k\n== lib/k.ts\nexport k\n== lib/other.ts\nexport k\n".to_owned(), "lib/k.ts", Place::Mobile),
        ("== package.json\n{\"dependencies\":{\"expo\":\"54\"}}\n== App.tsx\nimport k from ./lib/k\nexport default : k\n== lib/k.ts\nexport k\n== lib/other.ts\nexport k\n".to_owned(), "lib/other.ts", Place::Unknown),
        ("== package.json\n{\"devDependencies\":{\"electron\":\"38\"}}\n== main.js\nrequire ./lib/k\n== lib/k.js\nexport k\n".to_owned(), "lib/k.js", Place::Desktop),
        (format!("{PAGE}== main.ts\nimport k from ./services/k\neffect : k\n== services/k.ts\nexport k\n"), "services/k.ts", Place::Server),
        // Services of a page, of a package with a server as well, and pages that are packed into an app.
        ("== package.json\n{\"dependencies\":{\"@angular/core\":\"17\"}}\n== src/app/services/k.ts\nexport k\n".to_owned(), "src/app/services/k.ts", Place::Client),
        ("== package.json\n{\"dependencies\":{\"@angular/core\":\"17\",\"express\":\"4\"}}\n== src/app/services/k.ts\nexport k\n".to_owned(), "src/app/services/k.ts", Place::Server),
        ("== package.json\n{\"dependencies\":{\"react\":\"18\",\"vite\":\"5\"}}\n== src/api.ts\nexport k\n".to_owned(), "src/api.ts", Place::Client),
        ("== package.json\n{\"dependencies\":{\"react\":\"18\",\"vite\":\"5\"}}\n== src/config.ts\nexport k\n== src/bin/k.ts\nexport k\n".to_owned(), "src/config.ts", Place::Client),
        ("== package.json\n{\"dependencies\":{\"react\":\"18\",\"vite\":\"5\"}}\n== src/config.ts\nexport k\n== src/lib/bin/k.ts\nexport k\n".to_owned(), "src/lib/bin/k.ts", Place::Server),
        ("== package.json\n{\"dependencies\":{\"pg\":\"8\",\"vite\":\"5\"}}\n== src/api.ts\nexport k\n".to_owned(), "src/api.ts", Place::Server),
        ("== package.json\n{\"dependencies\":{\"@nestjs/core\":\"10\"}}\n== src/main.ts\nexport k\n".to_owned(), "src/main.ts", Place::Server),
        ("== package.json\n{\"dependencies\":{\"@nestjs/core\":\"10\",\"vite\":\"5\"}}\n== src/main.ts\nexport k\n".to_owned(), "src/main.ts", Place::Client),
        ("== package.json\n{\"dependencies\":{\"react-native\":\"0.74\"}}\n== src/services/k.ts\nexport k\n".to_owned(), "src/services/k.ts", Place::Mobile),
        ("== package.json\n{\"dependencies\":{\"cordova-android\":\"12\"}}\n== www/js/k.js\nexport k\n".to_owned(), "www/js/k.js", Place::Mobile),
        (format!("{PAGE}== main.ts\nimport k from ./tests/k\neffect : k\n== tests/k.tsx\nexport k\n"), "tests/k.tsx", Place::Test),
    ] {
        let (files, config) = (tree(&text), Config::default());
        let project = Project::join(files.iter(), &config);
        let placed = project.place_of(at(&files, path));
        assert_eq!(placed.place, place, "{path} ({}):\n{text}", placed.why);
    }
}

#[test]
fn the_configuration_bars_and_frees() {
    let files = tree(&format!("{PAGE}== main.ts\nimport k from ./k\neffect : k\n== k.ts\nexport k\n"));
    let toml = "[[place]]\npaths = [\"k.ts\"]\nplace = \"server\"\n";
    let config = crate::config::parse(toml, std::path::Path::new("skout.toml"), &[]).unwrap();
    assert!(Project::join(files.iter(), &config).way(at(&files, "k.ts"), 0).is_none());
    let plain = Config::default();
    assert!(Project::join(files.iter(), &plain).way(at(&files, "k.ts"), 0).is_some());
}

#[test]
fn literals_are_found_in_their_parts() {
    use crate::detect::{Detector, Scratch};
    let catalog = crate::keys::Catalog::built_in();
    let text = crate::keys::examples::fill("const stripe = 'sk_live_{alnum:24}'", 1).unwrap();
    let found = Detector::new(&catalog, false).detect(text.as_bytes(), &mut Scratch::default(), false);
    let credential = found.credentials[0].clone();
    let mut files = tree(&format!("{PAGE}== main.ts\nimport a from ./k\neffect : a\n== k.ts\nexport a\nexport b\n"));
    let holder = files.iter_mut().find(|file| file.path.text == "k.ts").unwrap();
    for start in [50, 150, 950] {
        let mut credential = credential.clone();
        credential.span = crate::text::Span::new(start, start + 10);
        holder.facts.literals.push(crate::lang::Literal {
            credential,
            region: Default::default(),
            excerpt: Default::default(),
            name: None,
            entry: crate::lang::Entry::default(),
            built: Default::default(),
            original: None,
        });
    }
    let config = Config::default();
    let project = Project::join(files.iter(), &config);
    let is_live = [0, 1, 2, 3].map(|literal| project.client_way_of_literal(at(&files, "k.ts"), literal).is_some());
    assert_eq!(is_live, [true, false, false, false]);
}

#[test]
fn ten_thousand_modules_are_quick() {
    let mut text = PAGE.to_owned();
    for at in 0..10_000 {
        text.push_str(&format!("== src/d{}/m{at}.ts\n", at % 100));
        for step in 1..=10 {
            let to = (at * 7 + step * 13) % 10_000;
            text.push_str(&format!("import v{to} from ../d{}/m{to}\n", to % 100));
        }
        text.push_str(&format!("export v{at} :{}\n", (1..=10).map(|step| format!(" v{}", (at * 7 + step * 13) % 10_000)).collect::<String>()));
    }
    text.push_str("== main.ts\nimport v1 from ./src/d1/m1\neffect : v1\n");
    let (files, config) = (tree(&text), Config::default());
    let start = std::time::Instant::now();
    let project = Project::join(files.iter(), &config);
    let took = start.elapsed();
    assert!(project.is_client_live(at(&files, "src/d8/m1008.ts")));
    // Far above what a busy machine takes, far below what a quadratic walk would.
    assert!(took.as_secs() < 15, "{took:?}");
}
