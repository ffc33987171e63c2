//! Answers to requests that tell of an error: what is in them is shown to whoever asked.

use super::leave;
use crate::lang::code::language::Blocks;
use crate::lang::code::tree::{Call, NodeIx, What};
use crate::lang::code::values::Reader;
use crate::lang::{Flow, Sink};

/// Parts of names of a status that means an error.
const STATUS: &[&str] = &[
    "internal_server_error",
    "internalservererror",
    "bad_request",
    "badrequest",
    "unauthorized",
    "forbidden",
    "not_found",
    "notfound",
    "unprocessable",
    "bad_gateway",
    "badgateway",
    "service_unavailable",
    "conflict",
    "too_many_requests",
    "http_4",
    "http_5",
];

/// Lists of statuses, and those in them that tell of no error.
const LISTS: &[&str] = &["http.Status", "fiber.Status", "StatusCode."];
const FINE: &[&str] = &["OK", "Created", "Accepted", "NoContent", "Found", "SeeOther"];

/// Calls, in the chain before, that set a status.
const DEEPEST: u32 = 6;

/// Whether the status of an answer says that something went wrong.
pub(super) fn is_error(reader: &Reader<'_, '_>, at: NodeIx, call: &Call<'_>) -> bool {
    let tree = reader.tree;
    if has_status(reader, call, 0) {
        return true;
    }
    // `response(...).status(500)`, `jsonify(...), 500`: what follows.
    let span = tree.node(at).span;
    let rest = &reader.text[span.end..];
    let rest = rest.trim_start_matches([' ', ',', '\n', '\t']);
    let follows = &rest.as_bytes()[..rest.len().min(20)];
    let is_tuple = reader.text[span.end..].trim_start().starts_with(',') && matches!(follows, [b'4' | b'5', b'0'..=b'9', b'0'..=b'9', ..]);
    is_tuple && !follows.get(3).is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether a call makes a page of a template and what it is given; `render json: x` makes none.
pub(super) fn is_page(written: &str, call: &Call<'_>) -> bool {
    let last = written.rsplit('.').next().unwrap_or(written);
    let is_told = call.args.iter().any(|arg| matches!(arg.name, Some("json" | "plain" | "text" | "xml" | "body" | "html")));
    !is_told && matches!(last, "render" | "render_template" | "TemplateResponse" | "render_to_response" | "view" | "HTML")
}

/// Marks by which frameworks send what a function returns: `@app.get("/x")`, `@bp.route("/x")`; of the JVM, of .NET and of Rust.
const ROUTES: &[&str] = &[".route(", ".get(", ".post(", ".put(", ".patch(", ".delete(", ".api_route("];
const OTHER_ROUTES: &[&str] = &[
    "@GetMapping",
    "@PostMapping",
    "@PutMapping",
    "@PatchMapping",
    "@DeleteMapping",
    "@RequestMapping",
    "[HttpGet",
    "[HttpPost",
    "[HttpPut",
    "[get(",
    "[post(",
    "[put(",
];

/// Flask's `return {"error": x}, 500`, and what the function of a route returns as an object or a text. A token that is known by
/// its name may be what was asked for; a variable of the environment is not.
pub(super) fn returned(reader: &mut Reader<'_, '_>, out: &mut Vec<Flow>) {
    let tree = reader.tree;
    let is_python = reader.language.grammar.blocks == Blocks::Indent;
    let routes = if is_python { ROUTES } else { OTHER_ROUTES };
    for function in &tree.functions {
        let is_route = function.marks.iter().any(|mark| routes.iter().any(|route| reader.text[mark.start..mark.end].contains(route)));
        if !is_route && !is_python {
            continue;
        }
        for result in function.results.iter().take(40) {
            // Calls of Python that answer are flows of their own.
            if is_route && (!is_python || matches!(tree.node(*result).what, What::Map(_) | What::Text(_) | What::Binary(..) | What::Name(_))) {
                let known = super::logs::settings(reader.evaluate(*result));
                leave(reader, out, Sink::Response("return".to_owned()), tree.node(*result).span, known);
            }
            let What::List(values) = &tree.node(*result).what else { continue };
            if !is_python {
                continue;
            }
            let [body, status, ..] = values[..] else { continue };
            let is_body = matches!(tree.node(body).what, What::Map(_) | What::Text(_) | What::Binary(..));
            if is_body && matches!(tree.node(status).what, What::Constant | What::Member(..)) && is_status(reader, status, None) {
                let known = reader.evaluate(body);
                leave(reader, out, Sink::Error("return".to_owned()), tree.node(*result).span, known);
            }
        }
    }
}

fn has_status(reader: &Reader<'_, '_>, call: &Call<'_>, depth: u32) -> bool {
    let tree = reader.tree;
    if depth > DEEPEST {
        return false;
    }
    let mut arguments = call.args.iter();
    if arguments.any(|arg| is_status(reader, arg.value, arg.name)) {
        return true;
    }
    // `conn |> put_status(500) |> json(x)`, `response.status(500).json(x)`
    let before = match tree.node(call.callee).what {
        What::Member(object, _) => Some(object),
        _ => call.args.first().map(|arg| arg.value),
    };
    match before.map(|before| &tree.node(before).what) {
        Some(What::Call(inner)) => has_status(reader, inner, depth + 1),
        _ => false,
    }
}

fn is_status(reader: &Reader<'_, '_>, at: NodeIx, name: Option<&str>) -> bool {
    let node = reader.tree.node(at);
    let text = &reader.text[node.span.start..node.span.end];
    let is_number = || text.len() == 3 && matches!(text.as_bytes()[0], b'4' | b'5');
    match node.what {
        What::Constant => is_number(),
        // All statuses of a library's list but the fine ones: `http.StatusTeapot`.
        What::Member(..) if LISTS.iter().any(|list| text.starts_with(list)) => !FINE.iter().any(|fine| text.ends_with(fine)),
        What::Name(_) | What::Member(..) => says(text),
        // A symbol, or a text where a status is asked for.
        What::Text(_) => (text.starts_with(':') || name.is_some_and(|name| name.contains("status"))) && says(text),
        _ => false,
    }
}

fn says(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.len() < 80 && STATUS.iter().any(|status| lower.contains(status))
}
