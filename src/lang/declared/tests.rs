use super::super::{Spots, facts};
use super::*;
use crate::error::ScanPath;

/// What a file declares: `NAME` with a value, `NAME-` without, `NAME@` in a published section.
fn told(path: &str, text: &str) -> Vec<String> {
    let mut spots = Spots::default();
    let found = read(path, text.as_bytes(), &mut spots);
    let spots = spots.finish();
    assert!(found.is_empty() || has_cue(path, text.as_bytes()), "{path}: names without a cue\n{text}");
    found
        .iter()
        .map(|one| {
            assert_eq!(&text[spots[one.spot.0 as usize].span.start..spots[one.spot.0 as usize].span.end], one.name, "{path}");
            format!("{}{}{}", one.name, if one.has_value { "" } else { "-" }, if one.published_by.is_some() { "@" } else { "" })
        })
        .collect()
}

fn check(path: &str, text: &str, wanted: &[&str]) {
    assert_eq!(told(path, text), wanted, "{path}\n{text}");
}

#[test]
fn env_files() {
    let text = "# NEXT_PUBLIC_A=1\nNEXT_PUBLIC_B=2\nexport VITE_C='x'\nVITE_D=\nVITE_E=\"\"\nMY_VITE_F=1\nG=$VITE_G\n  VITE_H = 3 # VITE_I=1\nVITE_=1\nSECRET=1\nVITE_J: yaml\n";
    let wanted = ["NEXT_PUBLIC_B", "VITE_C", "VITE_D-", "VITE_E-", "VITE_H", "VITE_J"];
    for path in [".env", "apps/web/.env.production", ".env.example", "prod.env", ".envrc", ".dev.vars", "env.sample"] {
        check(path, text, &wanted);
    }
    check("src/env.ts", text, &[]);
    check("README.md", text, &[]);
    check(".env", "VITE_A=1\r\nVITE_B=\r\n", &["VITE_A", "VITE_B-"]);
}

#[test]
fn workflows_and_other_yaml() {
    let github = "env:\n  NEXT_PUBLIC_A: ${{ secrets.NEXT_PUBLIC_A }}\n  'VITE_B': \"\"\n  # VITE_C: 1\njobs:\n  x:\n    steps:\n      - run: VITE_D=1 npm run build\n      - run: |\n          export VITE_E=$VITE_A\n          echo \"VITE_F=$X\" >> $GITHUB_ENV\n          echo $VITE_G ${VITE_H}\n        env: { VITE_I: 1, VITE_J: \"2\" }\n          build-args: |\n            VITE_K=${{ vars.X }}\n";
    check(".github/workflows/a.yml", github, &["NEXT_PUBLIC_A", "VITE_B-", "VITE_D", "VITE_E", "VITE_F", "VITE_I", "VITE_J", "VITE_K"]);
    check(".gitlab-ci.yml", "variables:\n  VITE_A: x\n  VITE_B:\n    value: y\n", &["VITE_A", "VITE_B-"]);
    check(".circleci/config.yml", "environment:\n  VITE_A: x\n", &["VITE_A"]);
    let compose = "environment:\n  - VITE_A=x\n  - VITE_B\n  - \"VITE_C=\"\nbuild:\n  args:\n    VITE_D: ${VITE_D}\n    VITE_E:\n";
    check("docker-compose.yml", compose, &["VITE_A", "VITE_B-", "VITE_C-", "VITE_D", "VITE_E-"]);
    check("k8s/web.yaml", "env:\n  - name: VITE_A\n    value: x\n  - name: \"VITE_B\"\n", &["VITE_A-", "VITE_B-"]);
    check("render.yaml", "envVars:\n  - key: VITE_A\n    sync: false\n", &["VITE_A-"]);
    check("amplify.yml", "commands:\n  - echo \"VITE_A=$VITE_A\" >> .env\n  - VITE_B=1 npm run build\n", &["VITE_A", "VITE_B"]);
    check("docs.yml", "text: see VITE_A and NEXT_PUBLIC_B.\n", &[]);
}

#[test]
fn dockerfiles() {
    let text = "FROM node\nARG VITE_A\nARG VITE_B=1 VITE_C\nENV VITE_D=$VITE_A VITE_E=\"x\"\nENV VITE_F value\nENV A=1 \\\n    VITE_G=2\n# ENV VITE_H=1\nRUN VITE_I=1 npm run build && echo $VITE_J\narg VITE_K\n";
    check("Dockerfile", text, &["VITE_A-", "VITE_B", "VITE_C-", "VITE_D", "VITE_E", "VITE_F", "VITE_G", "VITE_I", "VITE_K-"]);
    check("web.dockerfile", "ARG VITE_A", &["VITE_A-"]);
}

#[test]
fn json() {
    check("vercel.json", r#"{ "env": { "NEXT_PUBLIC_A": "@a" }, "build": { "env": { "NEXT_PUBLIC_B": "" } } }"#, &["NEXT_PUBLIC_A", "NEXT_PUBLIC_B-"]);
    check("turbo.json", "{ \"globalEnv\": [\"NEXT_PUBLIC_A\",\n  \"VITE_B\", \"VITE_*\"], \"tasks\": {} }", &["NEXT_PUBLIC_A-", "VITE_B-"]);
    check("eas.json", r#"{ "build": { "production": { "env": { "EXPO_PUBLIC_A": "x" } } } }"#, &["EXPO_PUBLIC_A"]);
    check("wrangler.jsonc", "{\n  // \"VITE_A\": 1\n  \"vars\": { \"VITE_B\": \"x\" }\n}", &["VITE_B"]);
    check("package.json", r#"{ "scripts": { "build": "cross-env REACT_APP_A=1 craco build $REACT_APP_B" } }"#, &["REACT_APP_A"]);
    check("task.json", r#"{ "environment": [{ "name": "VITE_A", "value": "x" }] }"#, &["VITE_A-"]);
    check("package-lock.json", r#"{ "VITE_A": "x" }"#, &[]);
    let app = r#"{ "expo": { "name": "x", "extra": { "stripeSecretKey": "x", "eas": { "projectId": "y" }, "n": 1 }, "ios": { "token": "z" } } }"#;
    check("app.json", app, &["stripeSecretKey@", "projectId@"]);
    check("app.json", r#"{ "extra": { "a\"b": "", "apiSecret": "" }, "other": { "extra": { "no": "x" } } }"#, &["a\\\"b-@", "apiSecret-@"]);
    check("other.json", app, &[]);
    check(".vscode/launch.json", r#"{ "args": ["--dart-define=API_SECRET=x"] }"#, &["API_SECRET@"]);
}

#[test]
fn toml_terraform_and_kin() {
    let netlify = "[build.environment]\n  NEXT_PUBLIC_A = \"x\"\n[context.production.environment]\nVITE_B = ''\n# VITE_C = 1\n";
    check("netlify.toml", netlify, &["NEXT_PUBLIC_A", "VITE_B-"]);
    check("wrangler.toml", "[vars]\nVITE_A = \"x\"\nvars = { VITE_B = \"1\", VITE_C = \"2\" }\n", &["VITE_A", "VITE_B", "VITE_C"]);
    check("fly.toml", "[build.args]\n  VITE_A = \"x\"\n", &["VITE_A"]);
    check("redwood.toml", "[web]\n  includeEnvironmentVariables = ['API_SECRET',\n \"OTHER\"]\n", &["API_SECRET-@", "OTHER-@"]);
    let tf = "environment_variables = {\n  NEXT_PUBLIC_A = var.a\n  \"VITE_B\" = \"\"\n}\nenvironment { key = \"VITE_C\" }\nvariable \"VITE_D\" {}\nx = var.VITE_E\n";
    check("main.tf", tf, &["NEXT_PUBLIC_A", "VITE_B-", "VITE_C-", "VITE_D-"]);
    check("prod.tfvars", "VITE_A = \"x\"", &["VITE_A"]);
    check("Jenkinsfile", "environment {\n  VITE_A = credentials('a')\n}\nwithEnv([\"VITE_B=1\"]) {}", &["VITE_A", "VITE_B"]);
    check("Config.xcconfig", "// VITE_A = 1\nEXPO_PUBLIC_B = 2\n", &["EXPO_PUBLIC_B"]);
}

#[test]
fn scripts_of_shells() {
    let text = "#!/bin/sh\n# VITE_A=1\nexport VITE_B=1\nexport VITE_C\nVITE_D=\"\" npm run build\ndocker build --build-arg VITE_E --build-arg VITE_F=$X .\nif [ \"$VITE_G\" = \"\" ]; then echo VITE_H; fi\n[ VITE_I == x ]\n";
    check("build.sh", text, &["VITE_B", "VITE_C-", "VITE_D-", "VITE_E-", "VITE_F"]);
    check("Makefile", "export VITE_A := 1\nVITE_B ?= 2\nbuild:\n\tVITE_C=3 npm run build\n", &["VITE_A", "VITE_B", "VITE_C"]);
    check("build.ps1", "$env:VITE_A = \"x\"\n", &["VITE_A"]);
    check("build.cmd", "set VITE_A=x\nrem set VITE_B=x\n", &["VITE_A"]);
    let flutter =
        "flutter build apk --dart-define=STRIPE_SECRET=$S --dart-define API_KEY=x --dart-define-from-file=x.json\n# flutter run --dart-define=OLD=1\n";
    check("build.sh", flutter, &["STRIPE_SECRET@", "API_KEY@"]);
    check("codemagic.yaml", "scripts:\n  - flutter build --dart-define=A_SECRET=$A\n", &["A_SECRET@"]);
}

#[test]
fn mobile_sections() {
    let gradle = "android {\n  defaultConfig {\n    buildConfigField \"String\", \"API_SECRET\", \"\\\"x\\\"\"\n    buildConfigField(\"String\", 'OTHER', x)\n    resValue 'string', 'api_token', 'x'\n    manifestPlaceholders = [mapsKey: \"x\", \"secretKey\": y]\n    // buildConfigField \"String\", \"OLD\", \"1\"\n  }\n}\n";
    check("android/app/build.gradle", gradle, &["API_SECRET@", "OTHER@", "api_token@", "mapsKey@", "secretKey@"]);
    check("app/build.gradle.kts", "manifestPlaceholders[\"apiSecret\"] = x\nbuildConfigField(\"String\", \"A\", \"1\")", &["apiSecret@", "A@"]);
    let plist = "<dict>\n<!-- <key>Old</key><string>x</string> -->\n<key>ApiSecret</key>\n<string>$(API_SECRET)</string>\n<key>Empty</key><string></string>\n<key>Flag</key><true/>\n</dict>";
    check("ios/App/Info.plist", plist, &["ApiSecret@", "Empty-@"]);
    check("Other.plist", plist, &[]);
}

#[test]
fn angular_defines() {
    let text = "{\"projects\":{\"a\":{\"architect\":{\"build\":{\"options\":{\"define\":{\"API_SECRET\":\"'x'\"},\"index\":\"a\"}}}}}}";
    check("angular.json", text, &["API_SECRET@"]);
    check("other.json", text, &[]);
}

#[test]
fn env_files_give_values_to_names() {
    let text = b"# A=1\nB=2\nexport C = 3\nD\n E=\n";
    assert_eq!(super::variables("a/.env.production", text), ["B", "C", "E"]);
    assert!(super::variables("a.ini", text).is_empty());
}

#[test]
fn broken_files_give_what_they_hold() {
    for text in [
        "{ \"extra\": { \"a",
        "{ \"extra\": {{{{ \"a\\",
        "]]]}}",
        "VITE_A",
        "\"VITE_A\"",
        "--dart-define",
        "--dart-define=",
        "<key>",
        "<key>A",
        "<!--",
        "buildConfigField \"",
        "manifestPlaceholders [\"",
        "includeEnvironmentVariables = ['a",
    ] {
        for path in [".env", "a.yml", "Dockerfile", "app.json", "a.toml", "redwood.toml", "a.tf", "Info.plist", "build.gradle", "a.sh"] {
            let _ = told(path, text);
            for cut in 0..text.len() {
                let _ = told(path, &text[..cut]);
            }
        }
    }
    // A line of a megabyte is read once.
    let long = "VITE_A=1 ".repeat(100_000);
    assert_eq!(told("a.sh", &long).len(), 100_000);
    assert!(told(".env", &"VITE_A=1\n".repeat(1_000_000)).is_empty(), "larger than configuration is");
}

#[test]
fn facts_hold_what_is_declared() {
    let found = facts(&ScanPath::from_bytes(b".env"), b"VITE_A=1\n", &[]);
    assert_eq!(found.declared.len(), 1);
    assert_eq!(found.spot(found.declared[0].spot).map(|spot| spot.span), Some(Span::new(0, 6)));
}
