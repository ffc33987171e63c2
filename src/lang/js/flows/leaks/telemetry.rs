//! Services that collect errors and events: what they are told, many people read.

use oxc_ast::ast::{CallExpression, Expression};

use super::super::{root, specifier_of};
use super::method;
use crate::lang::js::scene::Scene;
use crate::lang::js::values::last_name;

/// Owners, and the methods that send what they are given. An owner counts as the first or the last name of what is called.
const SERVICES: &[(&[&str], &[&str])] = &[
    (
        &["Sentry", "scope", "currentScope", "sentry", "Raven", "hub"],
        &[
            "captureMessage",
            "captureException",
            "captureEvent",
            "setContext",
            "setExtra",
            "setExtras",
            "setTag",
            "setTags",
            "setUser",
            "addBreadcrumb",
            "addAttachment",
            "setFingerprint",
            "captureBreadcrumb",
        ],
    ),
    (
        &["datadogRum", "DD_RUM", "datadogLogs"],
        &["addAction", "addError", "setUser", "setGlobalContextProperty", "setGlobalContext", "setUserProperty", "addTiming"],
    ),
    (
        &["newrelic", "newRelic", "NREUM"],
        &[
            "noticeError",
            "addCustomAttribute",
            "addCustomAttributes",
            "recordCustomEvent",
            "setCustomAttribute",
            "addPageAction",
            "addCustomSpanAttribute",
            "recordLogEvent",
        ],
    ),
    (&["Bugsnag", "bugsnag", "bugsnagClient"], &["notify", "leaveBreadcrumb", "addMetadata", "setUser"]),
    (&["rollbar", "Rollbar"], &["log", "debug", "info", "warn", "warning", "error", "critical"]),
    (&["LogRocket"], &["log", "info", "warn", "error", "debug", "identify", "track", "captureException", "captureMessage"]),
    (&["Honeybadger", "honeybadger"], &["notify", "setContext", "addBreadcrumb", "event"]),
    (
        &["appInsights", "telemetryClient", "telemetry", "TelemetryClient"],
        &["trackTrace", "trackException", "trackEvent", "trackDependency", "trackRequest", "track", "sendTelemetryEvent"],
    ),
    (&["posthog", "PostHog"], &["capture", "identify", "register", "setPersonProperties", "captureException", "group"]),
    (&["mixpanel", "people"], &["track", "register", "identify", "set", "alias"]),
    (&["analytics", "segment", "Analytics", "rudderanalytics"], &["track", "identify", "page", "group", "screen", "logEvent", "setUserProperties"]),
    (&["amplitude"], &["track", "logEvent", "identify", "setUserProperties", "setUserId"]),
    (&["dataLayer"], &["push"]),
    (&["heap", "umami", "plausible", "FS", "FullStory", "Countly", "ahoy", "gtm", "fathom"], &["track", "identify", "event", "setUserVars", "add_event"]),
    (
        &["logtail", "axiom", "highlight", "H", "Raygun", "rg4js", "airbrake", "TrackJS", "Appsignal", "appsignal", "crashlytics", "Airbrake"],
        &[
            "info",
            "warn",
            "error",
            "debug",
            "log",
            "ingest",
            "consumeError",
            "send",
            "notify",
            "track",
            "sendError",
            "setAttribute",
            "setAttributes",
            "recordError",
            "identify",
        ],
    ),
    (
        &["span", "activeSpan", "currentSpan", "rootSpan", "parentSpan", "getActiveSpan"],
        &["setAttribute", "setAttributes", "addEvent", "recordException", "setTag", "addTags", "log", "setBaggageItem", "setStatus"],
    ),
    (&["statsd", "dogstatsd"], &["event"]),
];
const FUNCTIONS: &[&str] = &[
    "captureMessage",
    "captureException",
    "captureEvent",
    "gtag",
    "plausible",
    "ga",
    "fbq",
    "logEvent",
    "trackEvent",
    "setExtra",
    "rg4js",
    "reportError",
    "recordError",
    "logException",
    "rum",
];

/// Whether a call tells a service, and from which argument on.
pub(super) fn takes<'a>(scene: &Scene<'a, '_>, call: &'a CallExpression<'a>) -> Option<usize> {
    if let Expression::Identifier(callee) = call.callee.get_inner_expression() {
        let name = callee.name.as_str();
        let is_local = crate::lang::js::values::local_function(scene, &call.callee).is_some();
        return (FUNCTIONS.contains(&name) && !is_local).then_some(usize::from(name == "gtag"));
    }
    let (object, name) = method(call)?;
    let owners = [last_name(object), root(object)];
    let is_one = |list: &[&str]| owners.iter().flatten().any(|owner| list.contains(owner));
    let takes = SERVICES.iter().any(|(services, methods)| methods.contains(&name) && is_one(services)) || is_of_package(scene, object, name);
    takes.then_some(0)
}

/// `import * as S from '@sentry/node'`
fn is_of_package<'a>(scene: &Scene<'a, '_>, object: &'a Expression<'a>, name: &str) -> bool {
    let Expression::Identifier(identifier) = object.get_inner_expression() else { return false };
    SERVICES[0].1.contains(&name) && specifier_of(scene, identifier).is_some_and(|from| from.starts_with("@sentry/"))
}
