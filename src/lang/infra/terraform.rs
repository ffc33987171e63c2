//! Terraform: outputs that show secrets, `nonsensitive`, and commands that run on this machine.

use std::collections::HashMap;

use super::plain_lines;
use crate::lang::shell::{self, Held, Host, Sheet, Shell, Source};
use crate::lang::{Sink, hint};
use crate::text::Span;

/// Functions that show nothing of what they are given.
const HARMLESS: &[&str] = &["sha256(", "sha512(", "md5(", "sha1(", "length(", "bcrypt(", "base64sha256(", "sensitive(", "filesha256(", "substr(", "can("];

/// Attributes of resources about a secret, by which nobody gets it.
const ABOUT: &[&str] = &["id", "arn", "name", "version", "length", "kms_key_id", "key_id", "self_link", "version_id"];

/// Whether a file is Terraform.
pub(super) fn is_one(path: &str) -> bool {
    path.ends_with(".tf") || path.ends_with(".tofu")
}

/// Reads a file.
pub(super) fn read(text: &str, sheet: &mut Sheet<'_>) {
    let lines = plain_lines(text);
    // What is open: the block's kind and label, with the depth inside of it.
    let mut depth = 0usize;
    let mut output: Option<Output> = None;
    let mut executes = None;
    let mut number = 0;
    while let Some((at, line)) = lines.get(number).copied() {
        number += 1;
        let trimmed = line.trim();
        if trimmed.starts_with('#') || trimmed.starts_with("//") || trimmed.is_empty() {
            continue;
        }
        let start = at + (line.len() - line.trim_start().len());
        if depth == 0 && trimmed.starts_with("output ") {
            let name = trimmed.split('"').nth(1).unwrap_or_default().to_owned();
            output = Some(Output { name, span: Span::new(start, at + line.trim_end().len()), held: Vec::new(), is_sensitive: false, is_read: false });
        }
        if trimmed.contains("provisioner \"local-exec\"") || trimmed.contains("provisioner \"remote-exec\"") {
            executes = Some(depth);
        }
        if let Some((name, value)) = trimmed.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            let value_at = at + line.find(value).filter(|_| !value.is_empty()).unwrap_or(line.len());
            if let Some(open) = output.as_mut() {
                match name {
                    "sensitive" => open.is_sensitive = value.starts_with("true"),
                    "description" | "depends_on" => {}
                    _ => {
                        open.is_read = true;
                        open.held.extend(shown(value, value_at, &open.name));
                    }
                }
            } else if value.contains("nonsensitive(") {
                let inner = value.split("nonsensitive(").nth(1).unwrap_or_default();
                let held = references(inner, value_at);
                sheet.flow(Sink::Log("nonsensitive".to_owned()), Span::new(start, at + line.trim_end().len()), &held);
            }
            if executes.is_some() && (name == "command" || name == "inline") {
                let mut source = Source::empty();
                if let Some(mark) = value.strip_prefix("<<") {
                    let mark = mark.trim_start_matches('-').trim();
                    while let Some((at, line)) = lines.get(number).copied() {
                        number += 1;
                        if line.trim() == mark {
                            break;
                        }
                        source.push(line, at);
                        source.push("\n", at + line.len());
                    }
                } else {
                    source.push(value.trim_matches(['"', '[', ']']), value_at + (value.len() - value.trim_start_matches(['"', '[']).len()));
                }
                let unescaped = unescaped(&source);
                shell::script(Shell::Posix, &unescaped, Host::Ci, HashMap::new(), false, sheet);
                continue;
            }
        }
        let opens = brackets(trimmed, &['{', '(', '[']);
        let closes = brackets(trimmed, &['}', ')', ']']);
        if depth == 0
            && output.is_some()
            && opens > 0
            && opens == closes
            && let Some((_, inner)) = trimmed.split_once('{')
        {
            // `output "x" { value = var.x }` in one line
            if let Some(open) = output.as_mut() {
                open.is_sensitive |= inner.replace(' ', "").contains("sensitive=true");
            }
        }
        depth = (depth + opens).saturating_sub(closes);
        if executes.is_some_and(|outer| depth <= outer) && closes > 0 {
            executes = None;
        }
        if depth == 0
            && let Some(open) = output.take()
        {
            finish(open, sheet);
        }
    }
    if let Some(open) = output {
        finish(open, sheet);
    }
}

/// An output that is being read.
struct Output {
    name: String,
    span: Span,
    held: Vec<Held>,
    is_sensitive: bool,
    is_read: bool,
}

fn finish(output: Output, sheet: &mut Sheet<'_>) {
    if !output.is_sensitive && output.is_read {
        sheet.flow(Sink::Log(format!("output \"{}\"", output.name)), output.span, &output.held);
    }
}

/// The brackets of a line outside of texts.
fn brackets(line: &str, which: &[char]) -> usize {
    let mut is_text = false;
    let mut before = ' ';
    let mut count = 0;
    for letter in line.chars() {
        if letter == '"' && before != '\\' {
            is_text = !is_text;
        } else if !is_text && letter == '#' {
            break;
        } else if !is_text && which.contains(&letter) {
            count += 1;
        }
        before = letter;
    }
    count
}

/// What the value of an output shows.
fn shown(value: &str, at: usize, output: &str) -> Vec<Held> {
    let is_open = value.contains("nonsensitive(");
    if !is_open && HARMLESS.iter().any(|call| value.contains(call)) || value.contains("==") || value.contains("!=") {
        return Vec::new();
    }
    let mut held = references(value, at);
    // `value = aws_iam_access_key.ci.secret`: the attribute tells, and else the name of the output.
    if held.is_empty() && hint::may_say_secret(output) && value.contains(".result") {
        held.push(Held::Named(output.to_owned(), Span::new(at, at + value.len())));
    }
    held
}

/// The references in an expression whose last name may say secret.
fn references(value: &str, at: usize) -> Vec<Held> {
    let mut out = Vec::new();
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-' | '[' | ']' | '*');
    let mut from = 0;
    while let Some(start) = value[from..].find(|letter: char| letter.is_ascii_alphabetic()).map(|found| from + found) {
        let end = value[start..].find(|letter: char| !is_part(letter)).map_or(value.len(), |found| start + found);
        let chain = value[start..end].trim_end_matches([']', '.']);
        from = end.max(start + 1);
        if value[end..].starts_with('(') || !chain.contains('.') {
            continue;
        }
        let last = chain.rsplit('.').next().unwrap_or_default();
        let last = last.split('[').next().unwrap_or(last);
        let resource = chain.split('.').next().unwrap_or_default();
        let name = match last {
            last if ABOUT.contains(&last) => continue,
            // `random_password.db.result`
            "result" | "secret_string" | "secret_data" | "value" if hint::may_say_secret(resource) => "password",
            "secret_string" | "secret_data" => "secret",
            last => last,
        };
        if hint::may_say_secret(name) {
            out.push(Held::Named(name.to_owned(), Span::new(at + start, at + end)));
        }
    }
    out
}

/// A text of HCL as the shell gets it: `\"` is a quote.
fn unescaped(source: &Source<'_>) -> Source<'static> {
    let mut out = Source::empty();
    let text = source.text.as_ref();
    let mut from = 0;
    for (at, _) in text.match_indices('\\') {
        if at < from || !matches!(text.as_bytes().get(at + 1), Some(b'"' | b'\\' | b'n')) {
            continue;
        }
        out.push(&text[from..at], source.place(Span::new(from, from + 1)).start);
        let made = match text.as_bytes()[at + 1] {
            b'"' => "\"",
            b'n' => "\n",
            _ => "\\",
        };
        out.push(made, source.place(Span::new(at, at + 1)).start);
        from = at + 2;
    }
    out.push(&text[from..], source.place(Span::new(from, from + 1)).start);
    out
}
