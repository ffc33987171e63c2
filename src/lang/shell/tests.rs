//! What scripts let out: each row a script and its flows.

use crate::error::ScanPath;
use crate::lang::{Dump, Facts, Module, Sink, Value, facts};

/// A value in short; steps are left out.
fn shown(module: &Module, value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Env(read) => out.push(module.reads[*read as usize].name.clone()),
        Value::Named(_, name) => out.push(format!("~{name}")),
        Value::Literal(number) => out.push(format!("#{number}")),
        Value::WholeEnv(_) => out.push("*".to_owned()),
        Value::Dump(_, Dump::Secrets) => out.push("secrets".to_owned()),
        Value::Via(_, _, inner) => shown(module, inner, out),
        Value::Some(values) => values.iter().for_each(|value| shown(module, value, out)),
        Value::Text(text) => out.push(text.clone()),
        _ => {}
    }
}

/// Flows in short: `log echo API_KEY`.
pub(in crate::lang) fn told(facts: &Facts) -> Vec<String> {
    let Some(module) = &facts.module else { return Vec::new() };
    let flows = module.flows.iter().map(|flow| {
        let way = match &flow.sink {
            Sink::Log(how) => format!("log {how}"),
            Sink::Error(how) => format!("error {how}"),
            Sink::Url(part) => format!("url {part}"),
            Sink::Argument(program) => format!("argument {program}"),
            Sink::Request(request) => {
                let mut url = Vec::new();
                request.url.iter().for_each(|part| if matches!(part, Value::Nothing) { url.push("?".to_owned()) } else { shown(module, part, &mut url) });
                format!("{} {} {}", request.method.as_deref().unwrap_or("?"), url.join("+"), request.by)
            }
            other => format!("{other:?}"),
        };
        let mut held = Vec::new();
        shown(module, &flow.value, &mut held);
        format!("{way}: {}", held.join(" "))
    });
    flows.collect()
}

fn check(path: &str, rows: &[(&str, &[&str])]) {
    let mut wrong = String::new();
    for (text, expected) in rows {
        let found = told(&facts(&ScanPath::from_bytes(path.as_bytes()), text.as_bytes(), &[]));
        if found != *expected {
            wrong.push_str(&format!("\n{text}\n   gives {found:?}\n   not   {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn shell() {
    check(
        "deploy.sh",
        &[
            ("echo $API_KEY", &["log echo: API_KEY"]),
            ("echo \"key: ${API_KEY}\"", &["log echo: API_KEY"]),
            ("echo 'key: $API_KEY'", &[]),
            ("echo \\$API_KEY", &[]),
            ("printf '%s\\n' \"$DB_PASSWORD\"", &["log printf: DB_PASSWORD"]),
            ("printf '%.4s\\n' \"$DB_PASSWORD\"", &[]),
            ("printf -v x '%s' \"$DB_PASSWORD\"", &[]),
            ("echo \"${API_KEY:+set}\"", &[]),
            ("echo ${#API_KEY}", &[]),
            ("echo ${API_KEY:0:4}...", &[]),
            ("echo ${API_KEY: -4}", &[]),
            ("echo \"${API_KEY:0:20}\"", &["log echo: API_KEY"]),
            ("echo \"${API_KEY:-none}\"", &["log echo: API_KEY"]),
            ("X=\"$API_KEY\"\necho \"$X\"", &["log echo: API_KEY"]),
            ("API_KEY=none\necho $API_KEY", &[]),
            ("password=$1\necho $password", &["log echo: ~password"]),
            ("token=$(curl -s https://a.example | jq -r .access_token)\necho \"$token\"", &["log echo: ~access_token"]),
            ("P=$(aws secretsmanager get-secret-value --secret-id x)\necho $P", &["log echo: ~secret"]),
            ("DB_PASS=$(pass show db)\necho $DB_PASS", &["log echo: ~DB_PASS ~password"]),
            ("H=$(echo -n \"$API_KEY\" | sha256sum)\necho $H", &[]),
            ("echo \"$API_KEY\" | sha256sum", &[]),
            ("echo \"$API_KEY\" | sed 's/./*/g'", &[]),
            ("echo \"$API_KEY\" | cut -c1-4", &[]),
            ("echo \"$API_KEY\" | head -c 4", &[]),
            ("echo \"$API_KEY\" | base64", &["log echo: API_KEY"]),
            ("echo \"$TOKEN\" | docker login --password-stdin", &[]),
            ("echo \"$TOKEN\" > ~/.netrc", &[]),
            ("echo \"$TOKEN\" > /dev/null", &[]),
            ("echo \"$TOKEN\" >> build.log", &["log echo >> build.log: TOKEN"]),
            ("echo \"$TOKEN\" >&2", &["log echo: TOKEN"]),
            ("echo \"$TOKEN\" | tee out.txt", &["log echo: TOKEN"]),
            ("echo \"$TOKEN\" | tee out.txt > /dev/null", &[]),
            ("cat <<EOF\ntoken $API_TOKEN\nEOF\n", &["log cat: API_TOKEN"]),
            ("cat <<'EOF'\ntoken $API_TOKEN\nEOF\n", &[]),
            ("cat > .env <<EOF\ntoken $API_TOKEN\nEOF\necho done", &[]),
            ("cat <<EOF > .env\ntoken $API_TOKEN\nEOF\necho done", &[]),
            ("cat <<EOF | kubectl apply -f -\ntoken $API_TOKEN\nEOF\n", &[]),
            ("logger \"token $API_TOKEN\"", &["log logger: API_TOKEN"]),
            ("{ echo a; echo \"$API_KEY\"; } > .env", &[]),
            ("(echo \"$API_KEY\") | docker login", &[]),
            ("{ echo \"$API_KEY\"; }", &["log echo: API_KEY"]),
            ("f() { echo \"$API_KEY\"; }\nx=$(f)", &[]),
            ("get_token() {\n  echo \"$TOKEN\"\n}", &[]),
            ("show() {\n  echo \"t $TOKEN\"\n}\nshow", &["log echo: TOKEN"]),
            ("set -x\nmake\nfoo $API_KEY\nbar $API_KEY", &["log set -x: API_KEY"]),
            ("set -euxo pipefail\nfoo $API_KEY", &["log set -x: API_KEY"]),
            ("set -x\nmake\nset +x\nfoo $API_KEY", &[]),
            ("[ -n \"$DEBUG\" ] && set -x\nfoo $API_KEY", &[]),
            ("#!/bin/bash -ex\nfoo $API_KEY", &["log set -x: API_KEY"]),
            ("env\n", &[]),
            ("env\nfoo $API_KEY", &["log env: *"]),
            ("env | sort\nfoo $API_KEY", &["log env: *"]),
            ("env | cut -d= -f1\nfoo $API_KEY", &[]),
            ("env | grep -i token", &["log env | grep: ~token"]),
            ("env > .env\nfoo $API_KEY", &[]),
            ("printenv API_KEY", &["log printenv: API_KEY"]),
            ("if [ -z \"$API_KEY\" ]; then echo 'API_KEY is missing'; exit 1; fi", &[]),
            ("echo \"API key is $( [ -n \"$API_KEY\" ] && echo set )\"", &[]),
            ("curl -H \"Authorization: Bearer $API_KEY\" https://api.a.example/v1", &["GET https://api.a.example/v1 Authorization: API_KEY"]),
            ("curl -sv -X POST -H \"Authorization: Bearer $API_KEY\" \"$BASE/v1\"", &["POST ?+/v1 Authorization: API_KEY", "log curl -v: API_KEY"]),
            ("BASE=https://a.example\ncurl -d x=1 -H \"X-Api-Key: ${API_KEY}\" $BASE/v1", &["POST https://a.example+/v1 X-Api-Key: API_KEY"]),
            (
                "curl \"https://a.example/v1?api_key=$API_KEY&x=1\"",
                &["url the query parameter `api_key`: API_KEY", "GET https://a.example/v1?api_key=+API_KEY+&x=1 ?api_key: API_KEY"],
            ),
            ("git clone https://x:${GH_TOKEN}@github.com/a/b", &["url the user name and password: GH_TOKEN"]),
            ("mysql -u root -p\"$DB_PASSWORD\" db", &["argument mysql: DB_PASSWORD"]),
            ("mysql -u root -p db", &[]),
            ("docker login -u x -p $TOKEN ghcr.io", &["argument docker: TOKEN"]),
            ("docker build --build-arg NPM_TOKEN=$NPM_TOKEN .", &["argument docker: NPM_TOKEN"]),
            ("foo --password=$DB_PASSWORD --name x", &["argument foo: DB_PASSWORD"]),
            ("foo --password-file=$DB_PASSWORD_FILE", &[]),
            ("echo \"::add-mask::$API_KEY\"\necho $API_KEY", &[]),
            ("echo \"k=$API_KEY\" >> $GITHUB_OUTPUT", &[]),
            ("echo \"k=$(echo $API_KEY | base64)\" >> \"$GITHUB_OUTPUT\"", &["log echo >> $GITHUB_OUTPUT: API_KEY"]),
            ("echo \"$API_KEY\" >> $GITHUB_STEP_SUMMARY", &["log echo >> $GITHUB_STEP_SUMMARY: API_KEY"]),
            ("read -s -p 'Password: ' password\necho \"$password\"", &["log echo: ~password"]),
            ("case $1 in\n  a) echo $API_KEY ;;\n  *) echo no ;;\nesac", &["log echo: API_KEY"]),
            ("x=$(case $1 in a) echo b;; esac)\necho $API_KEY", &["log echo: API_KEY"]),
            ("# echo $API_KEY\necho a # $API_KEY", &[]),
            ("echo a \\\n  $API_KEY", &["log echo: API_KEY"]),
            ("sudo echo $API_KEY", &["log echo: API_KEY"]),
            ("echo $PWD $SSH_AUTH_SOCK $HOME", &[]),
            ("bash -c 'echo $API_KEY'", &["log echo: API_KEY"]),
            ("echo `cat /run/secrets/x`", &["log echo: ~secret"]),
            ("if [ -z \"$API_KEY\" ]; then API_KEY=none; fi\necho $API_KEY", &["log echo: API_KEY"]),
        ],
    );
}

#[test]
fn powershell() {
    check(
        "deploy.ps1",
        &[
            ("Write-Host $env:API_KEY", &["log Write-Host: API_KEY"]),
            ("Write-Host \"key: $env:API_KEY\"", &["log Write-Host: API_KEY"]),
            ("Write-Host 'key: $env:API_KEY'", &[]),
            ("Write-Host \"key: `$env:API_KEY\"", &[]),
            ("Write-Output \"key: $($env:API_KEY)\"", &["log Write-Output: API_KEY"]),
            ("$k = $env:API_KEY\nWrite-Verbose \"key $k\"", &["log Write-Verbose: API_KEY"]),
            ("Write-Host $env:API_KEY.Length", &[]),
            ("Write-Host \"$($env:API_KEY.Substring(0, 4))...\"", &[]),
            ("Write-Host \"$($env:API_KEY.Substring(0, 20))\"", &["log Write-Host: API_KEY"]),
            ("if ($env:API_KEY) { Write-Host 'set' } else { Write-Host 'no' }", &[]),
            ("if ($x) { Write-Host $password }", &["log Write-Host: ~password"]),
            ("throw \"bad key $env:API_KEY\"", &["error throw: API_KEY"]),
            ("Get-ChildItem env:", &["log Get-ChildItem env:: *"]),
            ("gci env: | Select-Object Name", &[]),
            ("\"$env:API_KEY\" | Out-File app.log", &["log Out-File: API_KEY"]),
            ("$env:API_KEY | Out-File key.txt", &[]),
            ("Add-Content -Path app.log -Value $env:API_KEY", &["log Add-Content app.log: API_KEY"]),
            ("$s = ConvertTo-SecureString $env:API_KEY -AsPlainText -Force\nWrite-Host $s", &[]),
            ("$s = Read-Host 'Password' -AsSecureString\nWrite-Host \"$s\"", &[]),
            ("$password = Read-Host 'Password'\nWrite-Host \"got $password\"", &["log Write-Host: ~password"]),
            ("Write-Host \"##vso[task.setvariable variable=t]$token\"", &["log ##vso[task.setvariable]: ~token"]),
            ("Write-Host \"##vso[task.setvariable variable=t;issecret=true]$token\"", &[]),
            ("Write-Host (\"{0}\" -f $env:API_KEY)", &["log Write-Host: API_KEY"]),
            ("Write-Host ($env:API_KEY -ne $null)", &[]),
            ("Write-Host ($env:API_KEY -replace '.', '*')", &[]),
            ("Write-Host $cred.GetNetworkCredential().Password", &["log Write-Host: ~Password"]),
            ("Write-Host \"t $($response.access_token)\"", &["log Write-Host: ~access_token"]),
            (
                "$h = @{ Authorization = \"Bearer $env:API_KEY\"; Accept = 'x' }\nInvoke-RestMethod -Uri https://a.example/v1 -Headers $h -Method Post",
                &["POST https://a.example/v1 Authorization: API_KEY"],
            ),
            ("# Write-Host $env:API_KEY\n<# Write-Host $env:API_KEY #>", &[]),
            ("Write-Host @\"\nkey $env:API_KEY\n\"@", &["log Write-Host: API_KEY"]),
            ("[Console]::WriteLine($env:API_KEY)", &["log Console.WriteLine: API_KEY"]),
            ("Set-PSDebug -Trace 2\n$t = $env:API_KEY", &["log Set-PSDebug -Trace: API_KEY"]),
            ("docker login -u x -p $env:TOKEN", &["argument docker: TOKEN"]),
            ("$env:TOKEN | docker login --password-stdin", &[]),
            ("Write-Host \"$(Get-Date) $name\"", &[]),
        ],
    );
}

#[test]
fn batch() {
    check(
        "deploy.bat",
        &[
            ("@echo off\necho %API_KEY%\n", &["log echo: API_KEY"]),
            ("echo %API_KEY%> key.txt\n", &[]),
            ("echo %API_KEY%| docker login --password-stdin\n", &[]),
            ("rem echo %API_KEY%\n:: echo %API_KEY%\n", &[]),
            ("if not defined API_KEY echo API_KEY is missing\n", &[]),
            ("set API_KEY=none\necho %API_KEY%\n", &[]),
            ("if defined X (echo !API_KEY!)\n", &["log echo: API_KEY"]),
            ("echo %API_KEY:~0,4%\n", &[]),
        ],
    );
}

#[test]
fn broken_texts_are_read_to_their_end() {
    let open = [
        "\"",
        "'",
        "$(",
        "${",
        "`",
        "<<EOF\n",
        "((",
        "{",
        "(",
        "case x in",
        "$'",
        "${{",
        "[[",
        "echo $K\\",
        "@\"",
        "@{",
        "$env:",
        "\u{e9}\"$\u{e9}",
        "<#",
        "if (",
    ];
    for one in open {
        for path in ["a.sh", "a.ps1", "a.bat"] {
            for text in [
                one.to_owned(),
                format!("echo $API_KEY {one}"),
                one.repeat(3000),
                format!("x{one} ").repeat(3000),
                format!("echo \"{one}$API_KEY\"\n").repeat(500),
            ] {
                let _ = facts(&ScanPath::from_bytes(path.as_bytes()), text.as_bytes(), &[]);
            }
        }
    }
}
