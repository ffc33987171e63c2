//! What files let out: each row a file and its flows.

use crate::error::ScanPath;
use crate::lang::facts;
use crate::lang::shell::tests::told;

#[test]
fn what_leaves() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("compose.yaml", "services:\n  app:\n    command: sh -c \"echo $DB_PASSWORD && node server.js\"\n", &["log echo: DB_PASSWORD"]),
        (
            "api.http",
            "GET https://a.example/v1?api_key={{API_KEY}}\nAccept: application/json\n",
            &["url the query parameter `api_key`: API_KEY", "GET https://a.example/v1?api_key=+API_KEY ?api_key: API_KEY"],
        ),
        ("api.http", "@base = https://a.example\n\nPOST {{base}}/v1\nX-Api-Key: {{apiKey}}\n\n{}\n", &["POST https://a.example+/v1 X-Api-Key: ~apiKey"]),
        ("Makefile", "a:\n\tb $(API_KEY)\n", &["log make: API_KEY"]),
        ("Makefile", "a:\n\t@b $(API_KEY)\n\tb $$API_KEY\n", &[]),
        (
            ".github/workflows/a.yml",
            "jobs:\n  a:\n    steps:\n      - env:\n          A: ${{ secrets.API_KEY }}\n        run: |\n          echo $A\n",
            &["log echo: API_KEY"],
        ),
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: 'echo ${{ secrets.API_KEY }}'\n", &["log echo: API_KEY"]),
        (
            ".github/workflows/a.yml",
            "jobs:\n  a:\n    steps:\n      - run: curl -X POST -H \"Authorization: Bearer ${{ secrets.API_KEY }}\" https://a.example\n",
            &["POST https://a.example Authorization: API_KEY"],
        ),
    ];
    let mut wrong = String::new();
    for (path, text, expected) in rows {
        let found = told(&facts(&ScanPath::from_bytes(path.as_bytes()), text.as_bytes(), &[]));
        if found != *expected {
            wrong.push_str(&format!("\n{path}\n{text}\n   gives {found:?}\n   not   {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn broken_texts_are_read_to_their_end() {
    let open = [
        "a: |",
        "- ",
        "a: \"",
        "a: [",
        "a: {b",
        "a: '",
        "run: |\n  echo ${{",
        "\u{e9}: \u{e9}",
        "RUN <<",
        "RUN a \\",
        "ARG ",
        "\t@",
        "\ta $(",
        "output \"",
        "  value = ",
        "GET {{",
        "@a=",
        "\"scripts\": {\n\"a\": \"",
        "sh '",
        "{{",
        "${",
        "- - - a:",
        "\\\n",
    ];
    for one in open {
        for path in [
            "a/.github/workflows/a.yml",
            "Dockerfile",
            "Makefile",
            "a.tf",
            "package.json",
            "Jenkinsfile",
            "a.http",
            "docker-compose.yml",
            "azure-pipelines.yml",
        ] {
            for text in [
                one.to_owned(),
                format!("{one}\n  run: echo $API_KEY\n{one}"),
                format!("{one}\n").repeat(3000),
                one.repeat(3000),
                format!("key: {one}\n  - run: {one}\n").repeat(500),
            ] {
                let _ = facts(&ScanPath::from_bytes(path.as_bytes()), text.as_bytes(), &[]);
            }
        }
    }
}
