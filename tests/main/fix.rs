//! `skout fix`: what is rewritten, what is not and why, and that no value leaves.

use crate::sandbox::{Sandbox, commit, filled};

const KEY: &str = "sk_{lower-hex:48}";

/// Keys in the files of a folder: what no output may hold.
fn values(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            values(&path, found);
        } else {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            found.extend(
                text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                    .filter(|word| word.starts_with("sk_") && word.len() > 40)
                    .map(str::to_owned),
            );
        }
    }
}

/// Runs `skout fix` and holds that the output has nothing of the values that the files had.
#[track_caller]
fn fix(sandbox: &Sandbox, args: &[&str], code: i32) -> crate::sandbox::Run {
    let all: Vec<&str> = ["fix"].iter().chain(args).copied().collect();
    let mut secrets = Vec::new();
    values(&sandbox.root(), &mut secrets);
    let run = sandbox.skout(&all).exits(code);
    for value in secrets {
        assert!(!run.out.contains(&value[8..24]) && !run.err.contains(&value[8..24]), "a value in:\n{}", run.out);
    }
    run
}

fn read(sandbox: &Sandbox, path: &str) -> String {
    std::fs::read_to_string(sandbox.at(path)).unwrap_or_default()
}

/// One file is fixed; its text afterwards, the value's hole as `KEY`.
#[track_caller]
fn fixed(path: &str, template: &str, beside: &[(&str, &str)]) -> String {
    let sandbox = Sandbox::with(path, template);
    for (path, template) in beside {
        sandbox.plant(path, template);
    }
    let before = read(&sandbox, path);
    fix(&sandbox, &[], 0).says(&["would change"]);
    assert_eq!(read(&sandbox, path), before, "a diff alone changes nothing");
    fix(&sandbox, &["--write"], 0).says(&["changed"]);
    let after = read(&sandbox, path);
    assert!(!after.contains("sk_"), "{after}");
    // Once more finds nothing to do, and the scan is clean.
    fix(&sandbox, &["--write"], 0).says(&["nothing to fix"]);
    assert_eq!(read(&sandbox, path), after);
    assert_eq!(sandbox.scan(&[]).findings().len(), 0);
    after
}

/// One file stays; the reason.
#[track_caller]
fn left(path: &str, template: &str, beside: &[(&str, &str)], words: &[&str]) {
    let sandbox = Sandbox::with(path, template);
    for (path, template) in beside {
        sandbox.plant(path, template);
    }
    let before = read(&sandbox, path);
    fix(&sandbox, &["--write"], 1).says(&["not fixed:"]).says(words);
    assert_eq!(read(&sandbox, path), before);
}

#[test]
fn literals_in_server_code_become_reads() {
    for (path, template, wanted) in [
        ("server/mail.js", "const plunk = new Plunk(\"sk_{lower-hex:48}\");\n", "const plunk = new Plunk(process.env.PLUNK_SECRET_KEY);\n"),
        (
            "server/mail.ts",
            "fetch(url, { headers: { Authorization: \"Bearer sk_{lower-hex:48}\" } }); // plunk\n",
            "fetch(url, { headers: { Authorization: \"Bearer \" + process.env.PLUNK_SECRET_KEY } }); // plunk\n",
        ),
        (
            "server/mail.mjs",
            "const plunk = { Authorization: `Bearer sk_{lower-hex:48}` };\n",
            "const plunk = { Authorization: `Bearer ${process.env.PLUNK_SECRET_KEY}` };\n",
        ),
        ("server/a.js", "const PLUNK_API_SECRET = 'sk_{lower-hex:48}';\n", "const PLUNK_API_SECRET = process.env.PLUNK_API_SECRET;\n"),
        ("main.ts", "Deno.serve(() => new Plunk(\"sk_{lower-hex:48}\"));\n", "Deno.serve(() => new Plunk(Deno.env.get(\"PLUNK_SECRET_KEY\")));\n"),
        (
            "mail.py",
            "\"\"\"Mail.\"\"\"\nfrom __future__ import annotations\nimport json\n\nplunk = \"sk_{lower-hex:48}\"\n",
            "\"\"\"Mail.\"\"\"\nfrom __future__ import annotations\nimport os\nimport json\n\nplunk = os.environ[\"PLUNK_SECRET_KEY\"]\n",
        ),
        (
            "mail2.py",
            "import os\nplunk = {\"Authorization\": f\"Bearer sk_{lower-hex:48}\"}\n",
            "import os\nplunk = {\"Authorization\": f\"Bearer {os.environ['PLUNK_SECRET_KEY']}\"}\n",
        ),
        ("mail.rb", "plunk = \"sk_{lower-hex:48}\"\n", "plunk = ENV.fetch(\"PLUNK_SECRET_KEY\")\n"),
        ("mail.php", "<?php\n$plunk = 'sk_{lower-hex:48}';\n", "<?php\n$plunk = getenv('PLUNK_SECRET_KEY');\n"),
        (
            "mail.go",
            "package main\n\nimport (\n\t\"os\"\n)\n\nvar plunk = \"sk_{lower-hex:48}\"\n",
            "package main\n\nimport (\n\t\"os\"\n)\n\nvar plunk = os.Getenv(\"PLUNK_SECRET_KEY\")\n",
        ),
        ("Mail.java", "class Mail { String plunk = \"sk_{lower-hex:48}\"; }\n", "class Mail { String plunk = System.getenv(\"PLUNK_SECRET_KEY\"); }\n"),
        (
            "Mail.cs",
            "using System;\nclass Mail { string plunk = \"sk_{lower-hex:48}\"; }\n",
            "using System;\nclass Mail { string plunk = Environment.GetEnvironmentVariable(\"PLUNK_SECRET_KEY\"); }\n",
        ),
        (
            "mail.rs",
            "fn main() {\n    let plunk = \"sk_{lower-hex:48}\";\n}\n",
            "fn main() {\n    let plunk = std::env::var(\"PLUNK_SECRET_KEY\").expect(\"PLUNK_SECRET_KEY is set\");\n}\n",
        ),
        (
            "mail.sh",
            "curl https://api.useplunk.com/v1/send -H 'Authorization: Bearer sk_{lower-hex:48}'\n",
            "curl https://api.useplunk.com/v1/send -H 'Authorization: Bearer '\"$PLUNK_SECRET_KEY\"''\n",
        ),
        (".github/workflows/mail.yml", "env:\n  PLUNK_SECRET_KEY: sk_{lower-hex:48}\n", "env:\n  PLUNK_SECRET_KEY: ${{ secrets.PLUNK_SECRET_KEY }}\n"),
        (
            "docker-compose.yml",
            "services:\n  mail:\n    environment:\n      - PLUNK_SECRET_KEY=sk_{lower-hex:48}\n",
            "services:\n  mail:\n    environment:\n      - PLUNK_SECRET_KEY=${PLUNK_SECRET_KEY}\n",
        ),
        // Line ends and a missing last one stay as they are.
        ("server/crlf.js", "// plunk\r\nconst a = 'sk_{lower-hex:48}';\r\nlast()", "// plunk\r\nconst a = process.env.PLUNK_SECRET_KEY;\r\nlast()"),
    ] {
        assert_eq!(fixed(path, template, &[]), wanted, "{path}");
    }
}

#[test]
fn frameworks_have_accessors_of_their_own() {
    let kit = [("package.json", "{\"devDependencies\": {\"@sveltejs/kit\": \"2\"}}")];
    assert_eq!(
        fixed("src/lib/server/mail.ts", "export const plunk = \"sk_{lower-hex:48}\";\n", &kit),
        "import { PLUNK_SECRET_KEY } from \"$env/static/private\";\nexport const plunk = PLUNK_SECRET_KEY;\n"
    );
    let astro = [("package.json", "{\"dependencies\": {\"astro\": \"5\"}}")];
    assert_eq!(
        fixed("src/pages/index.astro", "---\nconst plunk = new Plunk(\"sk_{lower-hex:48}\");\n---\n<p>hi</p>\n", &astro),
        "---\nconst plunk = new Plunk(import.meta.env.PLUNK_SECRET_KEY);\n---\n<p>hi</p>\n"
    );
    let nuxt = [("package.json", "{\"dependencies\": {\"nuxt\": \"4\"}}")];
    assert_eq!(
        fixed("server/api/mail.ts", "export default defineEventHandler(() => send(new Plunk('sk_{lower-hex:48}')));\n", &nuxt),
        "export default defineEventHandler(() => send(new Plunk(process.env.PLUNK_SECRET_KEY)));\n"
    );
}

#[test]
fn one_value_has_one_name_and_two_have_two() {
    let sandbox = Sandbox::new();
    let one = filled(KEY);
    let two = skout::keys::examples::fill(KEY, 7).expect("a key");
    sandbox.write("server/a.js", format!("const plunk = '{one}';\nconst other = plunk2('{two}'); // plunk\n"));
    sandbox.write("server/b.js", format!("const PLUNK_MAIL_SECRET = '{one}';\n"));
    fix(&sandbox, &["--write"], 0);
    assert_eq!(read(&sandbox, "server/a.js"), "const plunk = process.env.PLUNK_MAIL_SECRET;\nconst other = plunk2(process.env.PLUNK_SECRET_KEY); // plunk\n");
    assert_eq!(read(&sandbox, "server/b.js"), "const PLUNK_MAIL_SECRET = process.env.PLUNK_MAIL_SECRET;\n");
    sandbox.write("server/c.js", format!("f('{one}'); // plunk\ng('{two}'); // plunk\n"));
    fix(&sandbox, &["--write"], 0);
    assert_eq!(read(&sandbox, "server/c.js"), "f(process.env.PLUNK_SECRET_KEY); // plunk\ng(process.env.PLUNK_SECRET_KEY_2); // plunk\n");
}

#[test]
fn what_is_not_safe_is_left_and_said() {
    for (path, template, words) in [
        ("mail.go", "package main\n\nvar plunk = \"sk_{lower-hex:48}\"\n", &["does not import \"os\""][..]),
        ("c.go", "package main\n\nimport \"os\"\n\nconst plunk = \"sk_{lower-hex:48}\"\n", &["wants a constant"]),
        ("lib.rs", "const PLUNK: &str = \"sk_{lower-hex:48}\";\n", &["`let` of a function"]),
        ("server/a.js", "// plunk: sk_{lower-hex:48}\n", &["in a comment"]),
        ("server/b.js", "const plunk = { \"sk_{lower-hex:48}\": 1 };\n", &["would not parse"]),
        ("mail.py", "plunk = b\"sk_{lower-hex:48}\"\n", &["begins with `b`"]),
        ("config.toml", "plunk_secret_key = \"sk_{lower-hex:48}\"\n", &["environment variable"]),
        ("README.md", "Use plunk key `sk_{lower-hex:48}`.\n", &["placeholder"]),
    ] {
        left(path, template, &[], words);
    }
}

#[test]
fn client_code_gets_no_accessor_that_is_undefined_there() {
    let next = ("package.json", "{\"dependencies\": {\"next\": \"16\", \"react\": \"19\"}}");
    left("app/page.tsx", "\"use client\";\nconst plunk = new Plunk(\"sk_{lower-hex:48}\");\n", &[next], &["move the call to a server"]);
    left(
        "app/send.tsx",
        "\"use client\";\nfetch(\"https://api.useplunk.com/v1/send\", { method: \"POST\", headers: { Authorization: \"Bearer sk_{lower-hex:48}\" } });\n",
        &[next],
        &["this call needs the secret"],
    );
    left("index.html", "<script>const plunk = \"sk_{lower-hex:48}\";</script>\n", &[], &["index.html:1"]);
}

#[test]
fn the_publishable_twin_takes_the_place_where_it_is_enough() {
    let track = "fetch(\"https://api.useplunk.com/v1/track\", { method: \"POST\", headers: { Authorization: \"Bearer sk_{lower-hex:48}\" } });\n";
    let next = [("package.json", "{\"dependencies\": {\"next\": \"16\", \"react\": \"19\"}}")];
    let code = fixed("app/track.tsx", &format!("\"use client\";\n{track}"), &next);
    assert!(code.contains("Authorization: \"Bearer \" + process.env.NEXT_PUBLIC_PLUNK_PUBLIC_KEY }"), "{code}");
    let vite = [("package.json", "{\"devDependencies\": {\"vite\": \"7\"}}"), ("index.html", "<script type=\"module\" src=\"/src/main.js\"></script>")];
    let code = fixed("src/main.js", track, &vite);
    assert!(code.contains("\"Bearer \" + import.meta.env.VITE_PLUNK_PUBLIC_KEY }"), "{code}");
    // Without a build tool that is known there is nothing to read it from.
    left("public/track.js", &format!("document.title;\n{track}"), &[], &["how the build tool publishes"]);
}

#[test]
fn a_literal_that_a_client_imports_is_told_at_both_ends() {
    let sandbox = Sandbox::with("lib/mail.ts", "export const plunk = \"sk_{lower-hex:48}\";\n");
    sandbox.plant("package.json", "{\"dependencies\": {\"next\": \"16\"}}");
    sandbox.plant("app/page.tsx", "\"use client\";\nimport { plunk } from \"../lib/mail\";\nexport default () => <p>{plunk}</p>;\n");
    let before = read(&sandbox, "lib/mail.ts");
    fix(&sandbox, &["--write"], 1).says(&["not fixed: lib/mail.ts:1", "not fixed: app/page.tsx:2"]);
    assert_eq!(read(&sandbox, "lib/mail.ts"), before);
}

#[test]
fn public_names_lose_their_prefix_everywhere() {
    let sandbox = Sandbox::new();
    sandbox.plant("package.json", "{\"dependencies\": {\"next\": \"16\"}}");
    sandbox.plant(".env.example", "NEXT_PUBLIC_STRIPE_SECRET_KEY=\nOTHER=1\n");
    sandbox.plant("Dockerfile", "FROM node\nARG NEXT_PUBLIC_STRIPE_SECRET_KEY\nENV NEXT_PUBLIC_STRIPE_SECRET_KEY=$NEXT_PUBLIC_STRIPE_SECRET_KEY\n");
    sandbox.plant(".github/workflows/ci.yml", "env:\n  NEXT_PUBLIC_STRIPE_SECRET_KEY: ${{ secrets.NEXT_PUBLIC_STRIPE_SECRET_KEY }}\n");
    sandbox.plant("app/api/pay/route.ts", "export const stripe = () => new Stripe(process.env.NEXT_PUBLIC_STRIPE_SECRET_KEY);\n");
    sandbox.plant("docs.txt", "MY_NEXT_PUBLIC_STRIPE_SECRET_KEY NEXT_PUBLIC_STRIPE_SECRET_KEYS\n");
    fix(&sandbox, &["--write"], 0).says(&["`NEXT_PUBLIC_STRIPE_SECRET_KEY` is `STRIPE_SECRET_KEY` now"]);
    assert_eq!(read(&sandbox, ".env.example"), "STRIPE_SECRET_KEY=\nOTHER=1\n");
    assert_eq!(read(&sandbox, "Dockerfile"), "FROM node\nARG STRIPE_SECRET_KEY\nENV STRIPE_SECRET_KEY=$STRIPE_SECRET_KEY\n");
    assert_eq!(read(&sandbox, ".github/workflows/ci.yml"), "env:\n  STRIPE_SECRET_KEY: ${{ secrets.NEXT_PUBLIC_STRIPE_SECRET_KEY }}\n");
    assert_eq!(read(&sandbox, "app/api/pay/route.ts"), "export const stripe = () => new Stripe(process.env.STRIPE_SECRET_KEY);\n");
    assert_eq!(read(&sandbox, "docs.txt"), "MY_NEXT_PUBLIC_STRIPE_SECRET_KEY NEXT_PUBLIC_STRIPE_SECRET_KEYS\n");
    // A second run has nothing more to change. An image keeps what it is built with, whatever the name: that is left to a person.
    fix(&sandbox, &["--write"], 1).says(&["nothing changes", "not fixed: Dockerfile:2: secret-in-url"]);
}

#[test]
fn client_reads_of_a_public_name_stay_and_are_told() {
    let sandbox = Sandbox::new();
    sandbox.plant("package.json", "{\"dependencies\": {\"next\": \"16\"}}");
    sandbox.plant(".env.example", "NEXT_PUBLIC_STRIPE_SECRET_KEY=\n");
    let page = sandbox.plant("app/page.tsx", "\"use client\";\nconst stripe = Stripe(process.env.NEXT_PUBLIC_STRIPE_SECRET_KEY);\n");
    fix(&sandbox, &["--write"], 1).says(&["client code", "app/page.tsx:2", "move"]);
    assert_eq!(read(&sandbox, ".env.example"), "STRIPE_SECRET_KEY=\n");
    assert_eq!(read(&sandbox, "app/page.tsx"), page);
    // A second run has nothing more to change.
    fix(&sandbox, &["--write"], 1).says(&["nothing changes"]);
}

#[test]
fn a_published_value_loses_prefix_and_place() {
    let workflow = "env:\n  VITE_PLUNK_SECRET_KEY: 'sk_{lower-hex:48}'\n";
    assert_eq!(fixed(".github/workflows/a.yml", workflow, &[]), "env:\n  PLUNK_SECRET_KEY: '${{ secrets.PLUNK_SECRET_KEY }}'\n");
    let sandbox = Sandbox::with("Dockerfile", "FROM node\nENV VITE_PLUNK_SECRET_KEY=sk_{lower-hex:48}\n");
    let before = read(&sandbox, "Dockerfile");
    fix(&sandbox, &["--write"], 1).says(&["Dockerfile:2", "the value stays written here"]);
    assert_eq!(read(&sandbox, "Dockerfile"), before.replace("VITE_", ""));
}

#[test]
fn servers_of_vite_read_what_is_not_public_from_the_process() {
    let sandbox = Sandbox::with("server/a.ts", "export const token = () => import.meta.env.VITE_GITHUB_TOKEN;\n");
    sandbox.plant("package.json", "{\"devDependencies\": {\"vite\": \"7\"}}");
    sandbox.plant("vercel.json", "{\"env\": {\"VITE_GITHUB_TOKEN\": \"@token\"}}");
    fix(&sandbox, &["--write"], 0);
    assert_eq!(read(&sandbox, "server/a.ts"), "export const token = () => process.env.GITHUB_TOKEN;\n");
    assert_eq!(read(&sandbox, "vercel.json"), "{\"env\": {\"GITHUB_TOKEN\": \"@token\"}}");
}

#[test]
fn a_bare_name_with_another_value_is_not_taken() {
    left(".env.production.example", "NEXT_PUBLIC_STRIPE_SECRET_KEY=abc\n", &[("app.env.example", "STRIPE_SECRET_KEY=xyz\n")], &["another value"]);
    let sandbox = Sandbox::with(".env.example", "STRIPE_SECRET_KEY=\nNEXT_PUBLIC_STRIPE_SECRET_KEY=\n");
    fix(&sandbox, &["--write"], 0);
    assert_eq!(read(&sandbox, ".env.example"), "STRIPE_SECRET_KEY=\n");
}

#[test]
fn published_sections_and_nuxt_are_told() {
    left("app.json", "{ \"expo\": { \"extra\": { \"stripeSecretKey\": \"set by the build\" } } }\n", &[], &["app.json:1"]);
    left(".env.example", "NUXT_PUBLIC_STRIPE_SECRET_KEY=\n", &[], &["runtimeConfig.public"]);
}

#[test]
fn modules_of_public_variables_become_private_ones() {
    let sandbox = Sandbox::new();
    sandbox.plant("package.json", "{\"devDependencies\": {\"@sveltejs/kit\": \"2\"}}");
    sandbox.plant(".env.example", "PUBLIC_STRIPE_SECRET_KEY=\n");
    sandbox.plant(
        "src/routes/pay/+server.ts",
        "import { PUBLIC_A, PUBLIC_STRIPE_SECRET_KEY } from '$env/static/public';\nexport const POST = () => pay(PUBLIC_A, PUBLIC_STRIPE_SECRET_KEY);\n",
    );
    fix(&sandbox, &["--write"], 0);
    assert_eq!(
        read(&sandbox, "src/routes/pay/+server.ts"),
        "import { STRIPE_SECRET_KEY } from '$env/static/private';\nimport { PUBLIC_A } from '$env/static/public';\nexport const POST = () => pay(PUBLIC_A, STRIPE_SECRET_KEY);\n"
    );
}

#[test]
fn a_secret_in_an_env_file_stays_there_and_out_of_git() {
    let sandbox = Sandbox::new();
    let before = sandbox.plant(".env", "NEXT_PUBLIC_PLUNK_SECRET_KEY=sk_{lower-hex:48}\n");
    sandbox.init();
    let run = fix(&sandbox, &[], 0);
    assert!(run.out.contains("-NEXT_PUBLIC_PLUNK_SECRET_KEY=sk_") && run.out.contains("+PLUNK_SECRET_KEY=sk_"), "{}", run.out);
    fix(&sandbox, &["--write"], 0);
    assert_eq!(read(&sandbox, ".env"), before.replace("NEXT_PUBLIC_", ""));
    assert_eq!(read(&sandbox, ".gitignore"), ".env\n");
    assert_eq!(sandbox.scan(&[]).findings().len(), 0);
}

#[test]
fn a_tracked_env_file_is_told() {
    let sandbox = Sandbox::with(".env", "PLUNK_SECRET_KEY=sk_{lower-hex:48}\n");
    let repository = sandbox.init();
    sandbox.track(&repository, &[".env"]);
    commit(&repository, "Begin");
    fix(&sandbox, &["--write"], 1).says(&["git rm --cached .env"]);
    assert_eq!(read(&sandbox, ".gitignore"), ".env\n");
}

#[test]
fn an_env_file_that_stays_as_it_is_is_told() {
    let sandbox = Sandbox::with(".env", "PLUNK_SECRET_KEY=sk_{lower-hex:48}\n");
    fix(&sandbox, &[".env", "--write"], 1).says(&["list the env file in .gitignore"]);
    sandbox.plant(".gitignore", ".env\n");
    fix(&sandbox, &[".env", "--write"], 1).says(&["git ignores the env file"]);
    fix(&sandbox, &["--write"], 0);
}

#[test]
fn a_list_of_variables_loses_the_value() {
    assert_eq!(fixed(".env.example", "PLUNK_SECRET_KEY=sk_{lower-hex:48}\nA=1\n", &[]), "PLUNK_SECRET_KEY=\nA=1\n");
}

#[test]
fn lists_and_ignore_rules_gain_what_is_missing() {
    let sandbox = Sandbox::with("pkg/server/mail.js", "const plunk = 'sk_{lower-hex:48}';\n");
    sandbox.init();
    sandbox.plant("pkg/package.json", "{}");
    sandbox.plant("pkg/.env.sample", "A=1");
    sandbox.plant(".gitignore", "node_modules\n");
    fix(&sandbox, &["--write"], 0).says(&["Set PLUNK_SECRET_KEY", "Rotate"]);
    assert_eq!(read(&sandbox, "pkg/.env.sample"), "A=1\nPLUNK_SECRET_KEY=");
    assert_eq!(read(&sandbox, ".gitignore"), "node_modules\n.env\n");
    let all = ["pkg/server/mail.js", "pkg/.env.sample", ".gitignore"].map(|path| read(&sandbox, path)).concat();
    assert!(!all.contains("sk_"));
}

#[test]
fn files_outside_the_paths_stay() {
    let sandbox = Sandbox::with("server/mail.js", "const plunk = 'sk_{lower-hex:48}';\n");
    sandbox.init();
    let other = sandbox.plant("other/mail.js", "const plunk = 'sk_{lower-hex:48}';\n");
    fix(&sandbox, &["server", "--write"], 0).says(&["Add `PLUNK_SECRET_KEY=` to .env.example by hand"]);
    assert_eq!(read(&sandbox, "other/mail.js"), other);
    assert!(!sandbox.at(".env.example").exists() && !sandbox.at(".gitignore").exists());
    sandbox.plant("a/.env.example", "NEXT_PUBLIC_STRIPE_SECRET_KEY=\n");
    sandbox.plant("b/x.js", "process.env.NEXT_PUBLIC_STRIPE_SECRET_KEY;\n");
    fix(&sandbox, &["a", "--write"], 1).says(&["outside of the paths"]);
}

#[test]
fn what_is_no_secret_is_not_touched() {
    let sandbox = Sandbox::new();
    sandbox.plant("app/page.tsx", "\"use client\";\nconst plunk = new Plunk(\"pk_{lower-hex:48}\");\n");
    sandbox.plant("server/mail.js", "const plunk = new Plunk(process.env.PLUNK_SECRET_KEY);\n");
    sandbox.plant(".env.example", "NEXT_PUBLIC_PLUNK_PUBLIC_KEY=pk_{lower-hex:48}\nPLUNK_SECRET_KEY=\n");
    sandbox.plant("server/allowed.js", "const plunk = 'sk_{lower-hex:48}'; // skout:allow hardcoded-secret -- made up\n");
    let before = read(&sandbox, "server/allowed.js");
    fix(&sandbox, &["--write"], 0).says(&["nothing to fix"]);
    assert_eq!(read(&sandbox, "server/allowed.js"), before);
}

#[test]
fn other_values_in_shown_lines_are_masked() {
    let sandbox = Sandbox::with(
        "server/mail.js",
        "const password = \"correct-horse-9\";\nconst plunk = new Plunk(\"sk_{lower-hex:48}\", \"hunter2hunter2\");\nDB_PASSWORD=\"batterystaple\"\n",
    );
    let run = fix(&sandbox, &[], 0);
    for value in ["correct-horse-9", "hunter2hunter2", "batterystaple"] {
        assert!(!run.out.contains(value), "{value} in:\n{}", run.out);
    }
    assert!(run.out.contains("+const plunk = new Plunk(process.env.PLUNK_SECRET_KEY, \"****\");"), "{}", run.out);
}

#[test]
fn utf16_is_told() {
    let sandbox = Sandbox::new();
    let text = filled("const plunk = 'sk_{lower-hex:48}';\n");
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    sandbox.write("server/mail.js", &bytes);
    fix(&sandbox, &["--write"], 1).says(&["not in UTF-8"]);
    assert_eq!(std::fs::read(sandbox.at("server/mail.js")).expect("the file"), bytes);
}

#[test]
fn attributes_get_braces() {
    let next = [("package.json", "{\"dependencies\": {\"next\": \"16\", \"react\": \"19\"}}")];
    let code = fixed("app/page.tsx", "export default async function Page() {\n  return <Mail plunk=\"sk_{lower-hex:48}\" />;\n}\n", &next);
    assert!(code.contains("<Mail plunk={process.env.PLUNK_SECRET_KEY} />"), "{code}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::with("real/mail.sh", "plunk=sk_{lower-hex:48}\n");
    let before = read(&sandbox, "real/mail.sh");
    std::os::unix::fs::symlink(sandbox.at("real/mail.sh"), sandbox.at("link.sh")).expect("a link");
    fix(&sandbox, &["link.sh", "--write"], 1);
    assert_eq!(read(&sandbox, "real/mail.sh"), before);
    std::fs::set_permissions(sandbox.at("real/mail.sh"), std::fs::Permissions::from_mode(0o750)).expect("permissions");
    fix(&sandbox, &["real", "--write"], 0);
    let mode = std::fs::metadata(sandbox.at("real/mail.sh")).expect("the file").permissions().mode();
    assert_eq!((mode & 0o777, read(&sandbox, "real/mail.sh").as_str()), (0o750, "plunk=\"$PLUNK_SECRET_KEY\"\n"));
    let names: Vec<_> = std::fs::read_dir(sandbox.at("real")).expect("the folder").filter_map(|entry| Some(entry.ok()?.file_name())).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{names:?}");
}

#[test]
fn wrong_use_is_an_error() {
    Sandbox::new().skout(&["fix", "nowhere"]).exits(2).complains(&["nowhere"]);
    Sandbox::new().skout(&["fix"]).exits(0).says(&["nothing to fix"]);
}

#[test]
fn what_is_logged_is_redacted() {
    for (path, template, wanted) in [
        ("server/a.js", "console.log('key', process.env.API_KEY);\n", "console.log('key', '[redacted]');\n"),
        (
            "server/a.ts",
            "const key = process.env.STRIPE_SECRET_KEY;\nlogger.info(`key ${key} of ${user.name}`);\n",
            "const key = process.env.STRIPE_SECRET_KEY;\nlogger.info(`key [redacted] of ${user.name}`);\n",
        ),
        ("server/a.js", "log.error({ user, key: process.env.API_KEY }, \"x\");\n", "log.error({ user, key: \"[redacted]\" }, \"x\");\n"),
        (
            "server/a.js",
            "const key = process.env.API_KEY;\nif (!key) throw new Error(\"no key: \" + key);\n",
            "const key = process.env.API_KEY;\nif (!key) throw new Error(\"no key: \" + \"[redacted]\");\n",
        ),
        ("a.py", "import os\nprint(\"key\", os.environ[\"API_KEY\"])\n", "import os\nprint(\"key\", \"[redacted]\")\n"),
        ("a.py", "def f(name, password):\n    print(f\"{name} has {password!r}\")\n", "def f(name, password):\n    print(f\"{name} has [redacted]\")\n"),
        // The value itself, and the call that logs it: one edit for both.
        ("server/a.js", "console.log(\"plunk key sk_{lower-hex:48}\");\n", "console.log(\"plunk key [redacted]\");\n"),
    ] {
        assert_eq!(fixed(path, template, &[]), wanted, "{template}");
    }
}

#[test]
fn what_is_logged_stays_where_more_than_the_secret_would_go() {
    for (path, template, words) in [
        ("server/a.js", "console.log(process.env);\n", "a whole thing is written out"),
        ("server/a.js", "console.log(process.env.API_KEY || other);\n", "a part of a larger expression"),
        ("server/a.js", "app.get(\"/\", (req, res) => { res.status(500).json({ error: process.env.API_KEY }); });\n", "not fixed"),
        ("server/a.js", "fetch(`https://api.example.com/v1?api_key=${process.env.API_KEY}`);\n", "skout does not know which header"),
        ("a.sh", "echo \"key $API_KEY\"\n", "skout redacts in JavaScript, TypeScript and Python alone: take the secret out of what is logged"),
    ] {
        left(path, template, &[], &[words]);
    }
}

#[test]
fn a_value_that_is_logged_by_its_variable_is_told_after_it_is_read() {
    let sandbox = Sandbox::with("server/a.js", "const key = \"sk_{lower-hex:48}\"; // plunk\nconsole.log(key);\n");
    fix(&sandbox, &["--write"], 1).says(&["what the variable holds is still written out"]);
    assert!(read(&sandbox, "server/a.js").contains("process.env.PLUNK_SECRET_KEY"));
    fix(&sandbox, &["--write"], 0).says(&["changed"]);
    assert!(read(&sandbox, "server/a.js").contains("console.log(\"[redacted]\")"));
}
