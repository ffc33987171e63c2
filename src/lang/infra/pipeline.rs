//! What YAML files run: pipelines of CI services, actions, compose files, manifests of Kubernetes, playbooks of Ansible.

use std::collections::HashMap;

use super::yaml::{self, Entry};
use crate::lang::shell::{self, Held, Host, Known, Sheet, Shell, expression_held, template};
use crate::lang::{Sink, hint};
use crate::text::Span;

/// The kinds of YAML files that run something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// GitHub's workflows and actions.
    GitHub,
    /// Azure's pipelines.
    Azure,
    /// Other services.
    Ci,
    /// docker-compose.
    Compose,
    /// Ansible.
    Ansible,
    /// Kubernetes.
    Cluster,
}

/// The kind of a file.
pub(super) fn kind(path: &str, text: &[u8]) -> Option<Kind> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    if !(name.ends_with(".yml") || name.ends_with(".yaml")) {
        return None;
    }
    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if lower.contains(".github/") || stem == "action" || lower.contains(".gitea/") || lower.contains(".forgejo/") {
        return Some(Kind::GitHub);
    }
    if stem.starts_with("azure-pipeline")
        || stem.starts_with("azure_pipeline")
        || lower.contains(".azure-pipelines/")
        || lower.contains(".azure/")
        || has("vmImage:")
    {
        return Some(Kind::Azure);
    }
    let is_ci = stem.ends_with("gitlab-ci")
        || lower.contains(".gitlab/")
        || lower.contains(".circleci/")
        || lower.contains(".buildkite/")
        || lower.contains(".woodpecker")
        || matches!(
            stem,
            ".travis"
                | "bitbucket-pipelines"
                | ".drone"
                | "cloudbuild"
                | "buildspec"
                | "appveyor"
                | ".appveyor"
                | "codefresh"
                | "taskfile"
                | ".cirrus"
                | "semaphore"
                | "pipeline"
        );
    if is_ci {
        return Some(Kind::Ci);
    }
    if stem.starts_with("docker-compose") || stem == "compose" || stem.starts_with("compose.") {
        return Some(Kind::Compose);
    }
    let is_play = has("ansible.builtin.") || has("hosts:") && has("tasks:") || has("debug:") && has("- name:") || lower.contains("/tasks/") && has("- name:");
    if is_play {
        return Some(Kind::Ansible);
    }
    (has("apiVersion:") && has("kind:")).then_some(Kind::Cluster)
}

/// Keys whose scalars are scripts.
const SCRIPTS: &[&str] = &[
    "run",
    "script",
    "before_script",
    "after_script",
    "command",
    "commands",
    "bash",
    "pwsh",
    "powershell",
    "sh",
    "inlineScript",
    "install",
    "before_install",
    "after_success",
    "after_failure",
    "before_deploy",
    "cmd",
    "cmds",
    "build",
    "test",
    "deploy",
    "pre",
    "post",
    "shell",
    "ansible.builtin.shell",
    "ansible.builtin.command",
    "raw",
    "pre_build",
    "post_build",
    "args",
    "entrypoint",
    "test_script",
    "build_script",
    "before_build",
    "after_build",
    "deploy_script",
    "win_shell",
    "ansible.windows.win_shell",
    "inline",
    "targetType",
];

/// Keys under which variables are given values.
const MAPS: &[&str] = &["env", "variables", "environment", "vars", "environment_variables"];

/// Reads one file.
pub(super) fn read(kind: Kind, text: &str, sheet: &mut Sheet<'_>) {
    let entries = yaml::entries(text);
    if kind == Kind::Ansible {
        return super::ansible::read(&entries, sheet);
    }
    if kind == Kind::Compose {
        build_arguments(&entries, sheet);
    }
    let given: Vec<(&Entry<'_>, &[String], String, Known)> = entries.iter().filter_map(|entry| variable(kind, entry)).collect();
    let mut number = 0;
    let mut scripts = 0;
    while let Some(entry) = entries.get(number) {
        number += 1;
        // Each script looks at all of the file: no service runs so many.
        if scripts > 1000 {
            break;
        }
        setting(kind, entry, &entries, sheet);
        let key = entry.key();
        let is_github_script = key == "script" && kind == Kind::GitHub;
        if is_github_script {
            console(entry, sheet);
            continue;
        }
        if !SCRIPTS.contains(&key) || entry.path.iter().any(|key| MAPS.contains(&key.as_str())) {
            continue;
        }
        // `build:` of a compose file is a folder, `command:` with a list is one command.
        let is_words = matches!(kind, Kind::Compose | Kind::Cluster);
        if is_words && !matches!(key, "command" | "args" | "entrypoint" | "test") {
            continue;
        }
        scripts += 1;
        // The items of a list are one script, in which a `set -x` lasts.
        let mut source = entry.value.clone();
        let parent = entry.parent().to_vec();
        let is_item = entry.path.last().is_some_and(|key| key.starts_with('#'));
        while is_item
            && let Some(next) =
                entries.get(number).filter(|next| next.key() == key && next.parent() == parent && next.path.last().is_some_and(|key| key.starts_with('#')))
        {
            source.append("\n", &next.value);
            number += 1;
        }
        if is_words && is_item {
            // `["sh", "-c", "echo $X"]`: the last line is the script.
            let Some(last) = entries.get(number - 1) else { continue };
            source = last.value.clone();
        }
        let vars = given.iter().filter(|(_, above, ..)| parent.starts_with(above)).map(|(_, _, name, known)| (name.clone(), known.clone())).collect();
        let (shell, is_traced) = shell_of(&entries, entry, &parent);
        let host = match kind {
            Kind::Azure => Host::Azure,
            Kind::Cluster | Kind::Compose => Host::Plain,
            _ => Host::Ci,
        };
        shell::script(shell, &source, host, vars, is_traced, sheet);
    }
}

/// The shell of a step, and whether it prints its commands.
fn shell_of(entries: &[Entry<'_>], entry: &Entry<'_>, parent: &[String]) -> (Shell, bool) {
    if matches!(entry.key(), "pwsh" | "powershell" | "win_shell") {
        return (Shell::Power, false);
    }
    let beside = |key: &str| {
        let is_it = |other: &&Entry<'_>| {
            other.key() == key
                && (other.parent() == parent
                    || other.path.iter().any(|key| key == "defaults")
                        && parent.starts_with(&other.path[..other.path.iter().position(|key| key == "defaults").unwrap_or(0)]))
        };
        entries.iter().filter(is_it).map(|other| other.value.text.to_string()).next_back()
    };
    let named = beside("shell").unwrap_or_default();
    if named.starts_with("pwsh") || named.starts_with("powershell") {
        return (Shell::Power, false);
    }
    if named == "cmd" {
        return (Shell::Batch, false);
    }
    let is_power = beside("task").is_some_and(|task| task.starts_with("PowerShell") || task.starts_with("AzurePowerShell"));
    let is_traced = named.split_ascii_whitespace().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('x'));
    (if is_power { Shell::Power } else { Shell::Posix }, is_traced)
}

/// What an entry gives to a variable: where that holds, the name, and what it is.
fn variable<'e, 't>(kind: Kind, entry: &'e Entry<'t>) -> Option<(&'e Entry<'t>, &'e [String], String, Known)> {
    let at = entry.path.iter().position(|key| MAPS.contains(&key.as_str()))?;
    let behind: Vec<&String> = entry.path[at + 1..].iter().filter(|key| !key.starts_with('#')).collect();
    let [name] = behind.as_slice() else { return None };
    if matches!(name.as_str(), "name" | "value" | "group" | "secret" | "description" | "required") || matches!(kind, Kind::Compose | Kind::Cluster) {
        return None;
    }
    let place = entry.value.place(Span::new(0, entry.value.text.len()));
    let mut held: Vec<Held> = Vec::new();
    let text = entry.value.text.as_ref();
    let mut is_constant = true;
    let mut from = 0;
    while let Some(open) = text[from..].find("${{").map(|found| from + found) {
        let close = text[open..].find("}}").map_or(text.len(), |found| open + found + 2);
        is_constant = false;
        let inner = text.get(open + 3..close.saturating_sub(2)).unwrap_or_default().trim();
        held.extend(expression_held(inner, place, &HashMap::new()));
        from = close.max(open + 3);
    }
    if is_constant && text.contains('$') {
        // GitLab's own expansion, Azure's `$(name)`.
        let word = template(text);
        for piece in &word.pieces {
            let name = match piece {
                shell::Piece::Var(var) => var.name.clone(),
                shell::Piece::Run(commands, _) => commands.first().and_then(|command| command.words.first()).and_then(shell::Word::plain).unwrap_or_default(),
                _ => continue,
            };
            if hint::may_say_secret(&name) {
                held.push(Held::Env(name, place));
            }
        }
    }
    let is_itself = |held: &Held| matches!(held, Held::Env(own, _) if own == *name);
    let held = held.into_iter().map(|held| if is_itself(&held) { held } else { held.via(entry.span, format!("kept in `{name}`")) }).collect();
    Some((entry, &entry.path[..at], (*name).clone(), Known { held, by_name: false, text: is_constant.then(|| text.to_owned()) }))
}

/// Settings by which a service prints or keeps what it should not.
fn setting(kind: Kind, entry: &Entry<'_>, entries: &[Entry<'_>], sheet: &mut Sheet<'_>) {
    let value = entry.value.text.trim();
    let is_on = matches!(value, "true" | "True" | "1" | "yes");
    match entry.key() {
        name @ ("CI_DEBUG_TRACE" | "CI_DEBUG_SERVICES") if is_on && kind == Kind::Ci => {
            sheet.flow(Sink::Log(name.to_owned()), entry.span, &[Held::Whole(entry.span)])
        }
        name @ "ACTIONS_STEP_DEBUG" if is_on && kind == Kind::GitHub => sheet.flow(Sink::Log(name.to_owned()), entry.span, &[Held::Secrets(entry.span)]),
        "path" if kind == Kind::GitHub => {
            let parent = entry.parent();
            let step = parent.strip_suffix(&["with".to_owned()]).unwrap_or(parent);
            let uploads = entries.iter().any(|other| other.key() == "uses" && other.parent() == step && other.value.text.contains("upload-artifact"));
            let is_env = |line: &str| {
                let name = line.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                name == ".env" || name.starts_with(".env.") && !["example", "sample", "template", "dist"].iter().any(|word| name.ends_with(word))
            };
            if uploads && value.lines().any(is_env) {
                sheet.flow(Sink::Log("upload-artifact".to_owned()), entry.span, &[Held::Secrets(entry.span)]);
            }
        }
        "paths" if kind == Kind::Ci && entry.path.iter().any(|key| key == "artifacts") => {
            let name = value.rsplit('/').next().unwrap_or_default();
            if name == ".env" || matches!(name, ".env.production" | ".env.local") {
                sheet.flow(Sink::Log("artifacts".to_owned()), entry.span, &[Held::Secrets(entry.span)]);
            }
        }
        _ => {}
    }
}

/// Calls that print, in the script of `actions/github-script`.
const CONSOLE: &[&str] = &[
    "console.log(",
    "console.info(",
    "console.error(",
    "console.warn(",
    "console.debug(",
    "core.info(",
    "core.debug(",
    "core.notice(",
    "core.warning(",
    "core.error(",
    "core.setFailed(",
];

/// `actions/github-script`: what is printed of expressions and of the environment.
fn console(entry: &Entry<'_>, sheet: &mut Sheet<'_>) {
    let text = entry.value.text.as_ref();
    for call in CONSOLE {
        for (at, _) in text.match_indices(call) {
            let line_end = text[at..].find('\n').map_or(text.len(), |found| at + found);
            let line = &text[at..line_end];
            let end = line.rfind(')').map_or(line_end, |close| at + close + 1);
            let place = entry.value.place(Span::new(at, end));
            let mut held = Vec::new();
            for (open, _) in line.match_indices("${{") {
                let inner = line[open + 3..].split("}}").next().unwrap_or_default().trim();
                held.extend(expression_held(inner, place, &HashMap::new()));
            }
            for (open, found) in line.match_indices("process.env") {
                let rest = &line[open + found.len()..];
                let name: String =
                    rest.trim_start_matches(['.', '[', '\'', '"']).chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
                if rest.starts_with(['.', '[']) {
                    if hint::may_say_secret(&name) && !rest[1 + name.len()..].starts_with(".length") {
                        held.push(Held::Env(name, place));
                    }
                } else {
                    held.push(Held::Whole(place));
                }
            }
            sheet.flow(Sink::Log(call.trim_end_matches('(').to_owned()), place, &held);
        }
    }
}

/// Secrets among the arguments of a build, which the image's history keeps.
fn build_arguments(entries: &[Entry<'_>], sheet: &mut Sheet<'_>) {
    for entry in entries.iter().filter(|entry| entry.path.windows(2).any(|pair| pair[0] == "build" && pair[1] == "args")) {
        let text = entry.value.text.as_ref();
        let is_item = entry.path.last().is_some_and(|key| key.starts_with('#'));
        let (name, value) = if is_item { text.split_once('=').unwrap_or((text, "$")) } else { (entry.key(), text) };
        if hint::may_say_secret(name) && (value.contains('$') || value.is_empty()) {
            sheet.flow(Sink::Argument("docker build".to_owned()), entry.span, &[Held::Env(name.to_owned(), entry.span)]);
        }
    }
}
