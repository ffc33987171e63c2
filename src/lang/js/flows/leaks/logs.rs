//! What is logged, printed, or put before somebody's eyes.

use oxc_ast::ast::{Argument, CallExpression, Expression};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use super::super::{Out, is_free, specifier_of};
use super::{Ground, arguments, errors, method, telemetry, tell, text_of, written};
use crate::lang::hint::may_say_secret;
use crate::lang::js::scene::{Origin, Scene, constant};
use crate::lang::js::values::{self, last_name};
use crate::lang::{Dump, Sink, Value};

const CONSOLE: &[&str] =
    &["log", "info", "warn", "error", "debug", "trace", "dir", "dirxml", "table", "group", "groupCollapsed", "assert", "count", "timeLog", "timeStamp", "*"];
/// Methods of loggers of all families.
const METHODS: &[&str] = &[
    "silly",
    "trace",
    "debug",
    "verbose",
    "http",
    "info",
    "notice",
    "success",
    "warn",
    "warning",
    "error",
    "fatal",
    "crit",
    "critical",
    "emerg",
    "emergency",
    "alert",
    "log",
    "child",
    "write",
    "fail",
    "start",
    "ready",
    "box",
    "note",
    "wtf",
    "print",
    "pending",
    "complete",
    "await",
    "watch",
    "with",
    "withContext",
    "withMetadata",
    "bindings",
    "setBindings",
    "addContext",
    "*",
    "dir",
    "out",
    "err",
    "exception",
    "logError",
    "logInfo",
];
/// Words that a logger's name ends with.
const LOGGERS: &[&str] =
    &["log", "logger", "logging", "winston", "pino", "bunyan", "consola", "signale", "loglevel", "log4js", "npmlog", "tslog", "roarr", "logtail", "logs"];
/// Functions that are loggers themselves.
const DIRECT: &[&str] = &["log", "logger", "debug", "fancylog", "print", "println", "trace"];
/// Words with which the name of a function begins that makes or sets a logger, rather than logs.
const MAKERS: &[&str] = &["create", "get", "make", "use", "new", "init", "setup", "configure", "with", "set", "build", "enable", "disable", "toggle", "is"];
const PACKAGES: &[&str] = &[
    "winston",
    "pino",
    "bunyan",
    "log4js",
    "loglevel",
    "npmlog",
    "consola",
    "signale",
    "tslog",
    "roarr",
    "debug",
    "fancy-log",
    "electron-log",
    "next-logger",
    "@logtape/logtape",
    "@logtail/node",
    "@logtail/browser",
    "@vercel/logger",
    "next-axiom",
    "ulog",
    "lambda-log",
    "@aws-lambda-powertools/logger",
    "gulplog",
];
const TOOLKIT: &[&str] =
    &["info", "debug", "notice", "warning", "error", "setOutput", "exportVariable", "saveState", "addRaw", "addCodeBlock", "addTable", "addHeading"];
/// What shows a text to whoever sits there.
const ALERTS: &[&str] = &["alert", "confirm", "prompt"];
const MESSAGES: &[&str] = &[
    "toast",
    "showToast",
    "setError",
    "setErrorMessage",
    "enqueueSnackbar",
    "showErrorMessage",
    "showInformationMessage",
    "showWarningMessage",
    "showMessage",
    "showNotification",
    "showAlert",
];

pub(super) fn of_call<'a>(scene: &mut Scene<'a, '_>, out: &mut Out, ground: &mut Ground, node: NodeId, call: &'a CallExpression<'a>) {
    if let Some(from) = logs(scene, call) {
        let how = written(scene, &call.callee);
        let is_console = how.starts_with("console") || how.starts_with("process.");
        let mut value = arguments(scene, &call.arguments, from);
        if !is_console && !ground.redacted.is_empty() {
            value = without_redacted(value, ground);
        }
        if value == Value::Nothing && how.contains("morgan") {
            value = of_morgan(scene, call);
        }
        return tell(scene, out, ground, node, Sink::Log(how), call.span, value);
    }
    if let Some(from) = telemetry::takes(scene, call) {
        let how = written(scene, &call.callee);
        let value = arguments(scene, &call.arguments, from);
        return tell(scene, out, ground, node, Sink::Error(how), call.span, value);
    }
    errors::of_call(scene, out, ground, node, call);
}

/// Whether a call logs, and from which argument on.
fn logs<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>) -> Option<usize> {
    match call.callee.get_inner_expression() {
        Expression::Identifier(callee) => {
            let name = callee.name.as_str();
            if ALERTS.contains(&name) && is_free(scene, &call.callee, ALERTS) || MESSAGES.contains(&name) || name == "morgan" {
                return Some(0);
            }
            let specifier = specifier_of(scene, callee);
            if specifier == Some("@actions/core") && TOOLKIT.contains(&name) {
                return Some(0);
            }
            if values::local_function(scene, &call.callee).is_some() {
                return None;
            }
            let is_direct = DIRECT.contains(&name.to_ascii_lowercase().as_str()) || ends_as_logger(name) && !begins_as_maker(name);
            let is_made = || made_by(scene, callee).is_some_and(|maker| maker == "debug" || maker == "debuglog");
            // `const app = express(); app.use(logger())`: a logger's function that is given nothing logs nothing.
            (is_direct || is_made()).then_some(0)
        }
        Expression::StaticMemberExpression(_) | Expression::ComputedMemberExpression(_) => of_method(scene, call),
        // debug('ns')('text', value)
        Expression::CallExpression(inner) => (last_name(&inner.callee) == Some("debug")).then_some(0),
        _ => None,
    }
}

fn of_method<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>) -> Option<usize> {
    let (object, name) = method(call)?;
    let owner = last_name(object).unwrap_or("");
    if owner == "console" {
        let is_one = CONSOLE.contains(&name);
        return is_one.then_some(usize::from(name == "assert"));
    }
    let is_written = match (owner, name) {
        ("stdout" | "stderr", "write") => true,
        ("process", "emitWarning") => true,
        ("document", "write" | "writeln") => true,
        ("window", "alert" | "confirm" | "prompt") => true,
        ("Alert", "alert") | ("Swal" | "swal", "fire") => true,
        ("toast" | "toaster" | "toastr", "error" | "success" | "info" | "warning" | "warn" | "show" | "message" | "add") => true,
        ("message" | "notification", "error" | "success" | "info" | "warning" | "open") => {
            matches!(object.get_inner_expression(), Expression::Identifier(id) if specifier_of(scene, id).is_some_and(|from| from.starts_with("antd")))
        }
        ("core" | "summary", _) if TOOLKIT.contains(&name) => true,
        _ => MESSAGES.contains(&name),
    };
    if is_written {
        return Some(0);
    }
    if ["writeFile", "writeFileSync", "appendFile", "appendFileSync", "outputFile", "outputFileSync"].contains(&name) {
        let path = call.arguments.first()?.as_expression()?;
        return is_log_file(scene, path).then_some(1);
    }
    if !METHODS.contains(&name) || !is_logger(scene, object, 4) {
        return None;
    }
    // A logger's own stream takes anything.
    (name != "write" || owner.to_ascii_lowercase().contains("log")).then_some(0)
}

/// Whether an expression is a logger, by its name or by what made it.
fn is_logger<'a>(scene: &Scene<'a, '_>, expression: &'a Expression<'a>, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match expression.get_inner_expression() {
        Expression::Identifier(identifier) => {
            ends_as_logger(&identifier.name)
                || specifier_of(scene, identifier).is_some_and(|from| PACKAGES.contains(&from))
                || made_by(scene, identifier).is_some_and(|maker| ends_as_logger(maker) || maker == "debug")
        }
        Expression::CallExpression(inner) => match last_name(&inner.callee) {
            Some("get" | "resolve" | "inject") => inner.arguments.first().and_then(Argument::as_expression).and_then(constant).is_some_and(ends_as_logger),
            Some("child" | "with" | "withContext" | "withFields" | "withTag" | "withMetadata" | "withScope" | "bind" | "extend" | "getLogger") => {
                method(inner).is_none_or(|(object, name)| name == "getLogger" || is_logger(scene, object, depth))
            }
            Some(name) => ends_as_logger(name),
            None => false,
        },
        other => last_name(other).is_some_and(ends_as_logger),
    }
}

/// Whether the last word of a name is a logger's: `auditLog` is one, `dialog` is none.
fn ends_as_logger(name: &str) -> bool {
    let name = name.trim_start_matches(['_', '$', '#']);
    let start = name.bytes().rposition(|byte| byte.is_ascii_uppercase()).unwrap_or(0);
    let word = name.get(start..).unwrap_or(name).rsplit(['_', '-']).next().unwrap_or(name).to_ascii_lowercase();
    LOGGERS.contains(&word.as_str()) || name.eq_ignore_ascii_case("log") || name == "LOG" || name == "LOGGER"
}

fn begins_as_maker(name: &str) -> bool {
    MAKERS.iter().any(|maker| name.strip_prefix(maker).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())))
}

/// The function that made what a name holds: `debug` for `const trace = debug('ns')`.
fn made_by<'a>(scene: &Scene<'a, '_>, identifier: &oxc_ast::ast::IdentifierReference) -> Option<&'a str> {
    let [source] = scene.sources_of(scene.symbol(identifier)?) else { return None };
    let Origin::Expression(init) = source.from else { return None };
    match init.get_inner_expression() {
        Expression::CallExpression(made) => match made.callee.get_inner_expression() {
            // require('debug')('ns')
            Expression::CallExpression(required) => required.arguments.first()?.as_expression().and_then(constant),
            callee => last_name(callee),
        },
        Expression::NewExpression(made) => last_name(&made.callee),
        _ => None,
    }
}

/// Whether a path ends like a log's.
fn is_log_file<'a>(scene: &Scene<'a, '_>, path: &'a Expression<'a>) -> bool {
    let is_log = |text: &str| text.trim_end_matches([')', ' ', '"', '\'', '`']).ends_with(".log");
    if is_log(text_of(scene, path.span())) && !matches!(path.get_inner_expression(), Expression::StaticMemberExpression(_)) {
        return true;
    }
    let Expression::Identifier(identifier) = path.get_inner_expression() else { return false };
    let Some(symbol) = scene.symbol(identifier) else { return false };
    scene.sources_of(symbol).iter().any(|source| match source.from {
        Origin::Expression(init) => is_log(text_of(scene, init.span())),
        _ => false,
    })
}

/// A format of request logs that writes a header with a key in it: `morgan(':req[authorization]')`.
fn of_morgan<'a>(scene: &mut Scene<'a, '_>, call: &'a CallExpression<'a>) -> Value {
    let Some(format) = call.arguments.first().and_then(Argument::as_expression) else { return Value::Nothing };
    let text = constant(format).unwrap_or("");
    let named = text.split(":req[").skip(1).filter_map(|rest| rest.split(']').next()).find(|name| may_say_secret(name));
    match named {
        Some(name) => Value::Named(scene.spot(format.span()), name.to_owned()),
        None => Value::Nothing,
    }
}

/// A value without what the loggers of the file are told to leave out.
fn without_redacted(value: Value, ground: &Ground) -> Value {
    let is_out = |name: &str| ground.redacted.contains(name) || ground.redacted.contains(&name.to_ascii_lowercase());
    match value {
        Value::Object(mut fields, spread) => {
            fields.retain(|(name, _)| !is_out(name));
            let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, without_redacted(value, ground))).collect();
            let fields: Vec<_> = fields.into_iter().filter(|(_, value)| *value != Value::Nothing).collect();
            let spread: Vec<_> = spread.into_iter().map(|value| without_redacted(value, ground)).filter(|value| *value != Value::Nothing).collect();
            if fields.is_empty() && spread.is_empty() { Value::Nothing } else { Value::Object(fields, spread) }
        }
        Value::Some(values) => values::some(values.into_iter().map(|value| without_redacted(value, ground)).filter(|value| *value != Value::Nothing).collect()),
        Value::Via(spot, text, value) => match without_redacted(*value, ground) {
            Value::Nothing => Value::Nothing,
            value => Value::Via(spot, text, Box::new(value)),
        },
        Value::Dump(_, Dump::Headers | Dump::Request) if is_out("authorization") => Value::Nothing,
        Value::Dump(_, Dump::Settings(_, field)) if is_out(&field) => Value::Nothing,
        other => other,
    }
}
