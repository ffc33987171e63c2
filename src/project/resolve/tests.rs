use super::*;

const FILES: &[&str] = &[
    "apps/web/src/main.ts",
    "apps/web/src/lib/mail.ts",
    "apps/web/src/lib/index.ts",
    "apps/web/src/ui/Card.vue",
    "apps/web/public/app.js",
    "apps/web/shims/crypto.ts",
    "apps/web/src/node.ts",
    "apps/web/src/legacy.ts",
    "apps/remix/app/root.tsx",
    "apps/remix/app/db.server.ts",
    "apps/kit/src/routes/+page.svelte",
    "apps/kit/src/lib/server/db.ts",
    "apps/kit/src/lib/index.ts",
    "packages/ui/src/index.ts",
    "packages/ui/src/button.tsx",
    "packages/ui/src/forms/input.tsx",
    "packages/core/lib/core.js",
    "packages/core/lib/browser.js",
    "cra/src/App.js",
    "cra/src/config/keys.js",
    "rn/src/pay.ios.tsx",
    "rn/index.js",
    "base/deep/x.ts",
];

#[test]
fn what_imports_mean() {
    let settings: Vec<Setting> = [
        ("apps/web/package.json", r##"{"name":"web","imports":{"#mail":"./src/lib/mail.ts","#ui/*":{"types":"./x.d.ts","default":"./src/ui/*.vue"}},"browser":{"crypto":"./shims/crypto.ts","fs":false,"./src/node.ts":"./src/legacy.ts"}}"##),
        ("apps/web/tsconfig.json", r#"{"extends":"@acme/tsconfig/base.json","compilerOptions":{"paths":{"~mail":["./src/lib/mail.ts"],"@lib/*":["./nowhere/*","./src/lib/*"]}}}"#),
        ("apps/remix/package.json", r#"{"name":"remix"}"#),
        ("apps/remix/tsconfig.json", r#"{"references":[{"path":"./tsconfig.app.json"}]}"#),
        ("apps/remix/tsconfig.app.json", r#"{"compilerOptions":{"paths":{"%/*":["./app/*"]}}}"#),
        ("apps/kit/package.json", r#"{"name":"kit"}"#),
        ("packages/ui/package.json", r#"{"name":"@acme/ui","exports":{".":{"types":"./dist/index.d.ts","import":"./dist/index.js"},"./forms/*":"./src/forms/*.tsx"}}"#),
        ("packages/core/package.json", r#"{"name":"core","main":"lib/core.js","browser":"lib/browser.js"}"#),
        ("packages/tsconfig/package.json", r#"{"name":"@acme/tsconfig"}"#),
        ("packages/tsconfig/base.json", "{}"),
        ("cra/package.json", "{}"),
        ("cra/jsconfig.json", r#"{"compilerOptions":{"baseUrl":"src"}}"#),
        ("tests/copy/of/ui/package.json", r#"{"name":"@acme/ui"}"#),
        ("base/package.json", "{}"),
        ("base/tsconfig.base.json", r#"{"compilerOptions":{"paths":{"@deep":["deep/x.ts"]}}}"#),
        ("base/deep/tsconfig.json", r#"{"extends":"../tsconfig.base.json"}"#),
    ]
    .map(|(path, json)| (path, serde_json::from_str(json).expect(path)))
    .into();
    let files: HashMap<&str, usize> = FILES.iter().enumerate().map(|(at, path)| (*path, at)).collect();
    let resolver = Resolver::new(&files, &settings);
    let web = "apps/web/src/main.ts";
    for (from, specifier, expected) in [
        (web, "./lib/mail", "apps/web/src/lib/mail.ts"),
        (web, "./lib/mail.js", "apps/web/src/lib/mail.ts"),
        (web, "./lib", "apps/web/src/lib/index.ts"),
        (web, "./lib/", "apps/web/src/lib/index.ts"),
        ("apps/web/src/lib/mail.ts", ".", "apps/web/src/lib/index.ts"),
        ("apps/web/src/lib/mail.ts", "../main.ts?raw", web),
        (web, "./ui/Card", "apps/web/src/ui/Card.vue"),
        (web, "worker-loader!./lib/mail", "apps/web/src/lib/mail.ts"),
        (web, "./nowhere", "missing"),
        (web, "./style.css", "foreign"),
        (web, "react", "foreign"),
        (web, "~mail", "apps/web/src/lib/mail.ts"),
        (web, "@lib/mail", "apps/web/src/lib/mail.ts"),
        (web, "@/lib/mail", "apps/web/src/lib/mail.ts"),
        (web, "@/nowhere", "missing"),
        (web, "#mail", "apps/web/src/lib/mail.ts"),
        (web, "#ui/Card", "apps/web/src/ui/Card.vue"),
        (web, "crypto", "apps/web/shims/crypto.ts"),
        (web, "fs", "foreign"),
        (web, "./node", "apps/web/src/legacy.ts"),
        (web, "@acme/ui", "packages/ui/src/index.ts"),
        (web, "@acme/ui/forms/input", "packages/ui/src/forms/input.tsx"),
        (web, "@acme/ui/button", "packages/ui/src/button.tsx"),
        (web, "core", "packages/core/lib/browser.js"),
        ("apps/web/index.html", "/src/main.ts", web),
        ("apps/web/index.html", "/app.js", "apps/web/public/app.js"),
        ("apps/web/index.html", "https://cdn.example.com/x.js", "foreign"),
        ("apps/remix/app/root.tsx", "~/db.server", "apps/remix/app/db.server.ts"),
        ("apps/remix/app/root.tsx", "%/db.server", "apps/remix/app/db.server.ts"),
        ("apps/remix/app/root.tsx", "./+types/root", "foreign"),
        ("apps/kit/src/routes/+page.svelte", "$lib/server/db", "apps/kit/src/lib/server/db.ts"),
        ("apps/kit/src/routes/+page.svelte", "$lib", "apps/kit/src/lib/index.ts"),
        ("cra/src/App.js", "config/keys", "cra/src/config/keys.js"),
        ("rn/index.js", "./src/pay", "rn/src/pay.ios.tsx"),
        ("base/deep/y.ts", "@deep", "base/deep/x.ts"),
        (web, "../../../../../../../cra/src/App", "cra/src/App.js"),
    ] {
        let found = match resolver.resolve(from, specifier) {
            Target::File(at) => FILES[at as usize],
            Target::Foreign => "foreign",
            Target::Missing => "missing",
        };
        assert_eq!(found, expected, "{specifier} in {from}");
    }
}
