//! Which key which call takes: endpoints of providers' APIs, and arguments of their client libraries.
//!
//! Static data that the build made from `[[endpoint]]` and `[[sdk]]` of `rules/`. A part of a URL that nobody knows is
//! [`UNKNOWN`]: an endpoint that it may lead to counts as well as the one that it surely leads to, so that whoever asks
//! judges by all of them.

use crate::terms::Role;

include!(concat!(env!("OUT_DIR"), "/endpoints.rs"));

/// Stands in a URL for what is not known.
pub const UNKNOWN: char = '\u{1a}';

/// A call that a provider's API offers.
#[derive(Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The provider's id.
    pub provider: &'static str,
    /// Host names; `*.` at the start stands for one label or more.
    pub hosts: &'static [&'static str],
    /// Empty for any.
    pub methods: &'static [&'static str],
    /// `*` stands for a segment, a last `**` for the rest.
    pub path: &'static str,
    /// Roles of keys that it takes.
    pub accepts: &'static [Role],
    /// The role that is made for it.
    pub prefers: Option<Role>,
    /// Whether nothing is known of it on servers that people run themselves.
    pub hosted_only: bool,
}

/// An argument of a client library that takes a key.
#[derive(Debug, PartialEq, Eq)]
pub struct SdkCall {
    /// The provider's id.
    pub provider: &'static str,
    /// Packages, modules or namespaces that bring it.
    pub packages: &'static [&'static str],
    /// What is called, or assigned to, with dots: `loadStripe`, `stripe.api_key`; `default` for what a package exports as such.
    pub call: &'static str,
    /// Its number from 0, the name of a field or keyword, or nothing for an assignment.
    pub argument: &'static str,
    /// Roles of keys that it takes.
    pub takes: &'static [Role],
    /// Whether the name alone tells.
    pub is_global: bool,
}

impl Endpoint {
    /// `POST api.useplunk.com/v1/send`, for a sentence. A path is shown as far as it is made of plain words: it may hold anything.
    pub fn written(&self, method: Option<&str>, host: &str, path: &str) -> String {
        let host = if host.contains(UNKNOWN) { self.hosts.first().copied().unwrap_or_default() } else { host };
        let method = method.or(if let [one] = self.methods { Some(*one) } else { None });
        let is_word = |segment: &str| segment.len() < 24 && segment.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
        let is_version = |segment: &str| segment.len() < 5 && segment.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let is_plain = !path.is_empty() && path.split('/').all(|segment| is_word(segment) || is_version(segment));
        let path = if is_plain { path } else { self.path.trim_end_matches("/**") };
        method.map_or_else(|| format!("{host}{path}"), |method| format!("{method} {host}{path}"))
    }
}

/// All calls of a provider.
pub fn of(provider: &str) -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().filter(move |one| one.provider == provider)
}

/// Names of hosts, as texts hold them whatever stands before.
pub fn hosts() -> impl Iterator<Item = &'static str> {
    let mut hosts: Vec<&str> = ENDPOINTS.iter().flat_map(|one| one.hosts).map(|host| host.trim_start_matches('*')).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts.into_iter()
}

/// Names of packages that nothing but an import of them is likely to say.
pub fn packages() -> impl Iterator<Item = &'static str> {
    let mut packages: Vec<&str> = SDK_CALLS.iter().flat_map(|one| one.packages).copied().filter(|name| name.starts_with('@') || name.contains('-')).collect();
    packages.retain(|name| !name.starts_with("page"));
    packages.sort_unstable();
    packages.dedup();
    packages.into_iter()
}

/// The call that a URL leads to; several where that depends on what is not known of it. Nothing for a host that no table names.
pub fn find(host: &str, path: &str, method: Option<&str>) -> Vec<&'static Endpoint> {
    let host = host.to_ascii_lowercase();
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let named = ENDPOINTS.iter().filter(|one| one.hosts.iter().any(|known| host_fits(known, host)));
    let found = best(named, &segments, method);
    if !found.is_empty() || host.is_empty() {
        return found;
    }
    let Some((_, provider)) = SELF_HOSTED.iter().find(|(word, _)| host.split(['.', '-', '_']).any(|label| label == *word)) else { return Vec::new() };
    // A proxy in front mostly adds `/api`.
    let segments = if segments.first() == Some(&"api") && !of(provider).any(|one| one.path.starts_with("/api/")) { &segments[1..] } else { &segments[..] };
    let found = best(of(provider), segments, method);
    if found.iter().any(|one| one.hosted_only) { Vec::new() } else { found }
}

/// Host and path of a URL, without what stands before and after them. `None` where the URL does not begin with a host.
pub fn split(url: &str) -> Option<(String, String)> {
    let rest = match url.split_once("://") {
        Some((scheme, rest)) if scheme.len() <= 6 || scheme.contains(UNKNOWN) => rest,
        Some(_) => return None,
        None => url.strip_prefix("//").unwrap_or(url),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, tail) = rest.split_at(end);
    let host = host.rsplit('@').next().unwrap_or(host);
    if !host.contains('.') && !url.contains("://") {
        return None;
    }
    let path = tail.split(['?', '#']).next().unwrap_or(tail);
    // `https://api.example.com${path}`: what is not known begins the path.
    Some(match host.strip_suffix(UNKNOWN).filter(|rest| rest.contains('.')) {
        Some(host) => (host.to_owned(), format!("/{UNKNOWN}{path}")),
        None => (host.to_owned(), path.to_owned()),
    })
}

/// Arguments of a function of a client library that take keys: those of the package that is named most exactly. `callee` is as
/// its language writes it: `Stripe.apiKey`, `\Stripe\Stripe::setApiKey`, `Stripe::api_key`.
pub fn sdk(package: &str, callee: &str) -> Vec<&'static SdkCall> {
    // A file of the project itself may be called anything.
    if package.starts_with(['.', '/', '~', '#']) || package.starts_with("@/") {
        return Vec::new();
    }
    let callee = dotted(callee);
    let package = dotted(package);
    let is_bare = package.is_empty() || package == "page" || package == "page-new";
    let mut found: Vec<(usize, &'static SdkCall)> = Vec::new();
    for one in SDK_CALLS.iter().filter(|one| ends_with(&callee, one.call)) {
        let exact = one.packages.iter().filter(|known| begins_with(&package, &dotted(known))).map(|known| known.len()).max();
        match exact {
            Some(length) => found.push((length, one)),
            None if one.is_global && is_bare => found.push((0, one)),
            None => {}
        }
    }
    let most = found.iter().map(|(length, _)| *length).max().unwrap_or(0);
    found.into_iter().filter(|(length, _)| *length == most).map(|(_, one)| one).collect()
}

/// A name with dots, whatever its language puts between its words.
fn dotted(name: &str) -> String {
    let name = name.trim().trim_start_matches("new ");
    let mut out = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            ':' | '\\' | '/' | '>' | '.' => {
                if !out.is_empty() && !out.ends_with('.') {
                    out.push('.');
                }
            }
            '-' if name.contains("->") => {}
            '$' => {}
            other => out.push(other.to_ascii_lowercase()),
        }
    }
    out
}

/// Whether a dotted name ends with whole words. Both are ASCII as far as they can be equal.
fn ends_with(name: &str, end: &str) -> bool {
    let Some(at) = name.len().checked_sub(end.len()) else { return false };
    let name = name.as_bytes();
    name[at..].eq_ignore_ascii_case(end.as_bytes()) && (at == 0 || name[at - 1] == b'.')
}

fn begins_with(package: &str, known: &str) -> bool {
    package.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn host_fits(known: &str, host: &str) -> bool {
    match known.strip_prefix('*') {
        Some(suffix) => host.len() > suffix.len() && host.ends_with(suffix),
        None => known == host,
    }
}

/// Whether a URL leads to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    No,
    Maybe,
    Sure,
}

/// The most specific of the calls that a path surely leads to, and those more specific that it may lead to.
fn best<'e>(known: impl Iterator<Item = &'e Endpoint>, segments: &[&str], method: Option<&str>) -> Vec<&'e Endpoint> {
    let mut fits: Vec<(u64, Fit, &Endpoint)> = Vec::new();
    for one in known {
        if method.is_some_and(|method| !one.methods.is_empty() && !one.methods.contains(&method)) {
            continue;
        }
        match path_fit(one.path, segments) {
            Fit::No => {}
            fit => fits.push((weight(one), fit, one)),
        }
    }
    let Some(most) = fits.iter().filter(|(_, fit, _)| *fit == Fit::Sure).map(|(weight, ..)| *weight).max() else { return Vec::new() };
    fits.into_iter().filter(|(weight, fit, _)| *weight == most && *fit == Fit::Sure || *weight > most && *fit == Fit::Maybe).map(|(.., one)| one).collect()
}

/// The larger, the more specific: segments that are written out before those that stand for any.
fn weight(one: &Endpoint) -> u64 {
    let segments = one.path.split('/').filter(|segment| !segment.is_empty());
    let mut weight = 0;
    let mut left = 20;
    for segment in segments.take(left) {
        left -= 1;
        let worth = match segment {
            "**" => 1,
            "*" => 2,
            _ => 3,
        };
        weight |= worth << (left * 2 + 2);
    }
    weight | u64::from(!one.methods.is_empty())
}

fn path_fit(pattern: &str, segments: &[&str]) -> Fit {
    let mut at = 0;
    let mut fit = Fit::Sure;
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        if part == "**" {
            return fit;
        }
        let Some(segment) = segments.get(at) else { return Fit::No };
        at += 1;
        let is_unknown = segment.contains(UNKNOWN);
        if part == "*" || *segment == part {
            // What is not known may be a whole rest of the path.
        } else if is_unknown && may_be(segment, part) {
            fit = Fit::Maybe;
        } else {
            return Fit::No;
        }
        if at == segments.len() && segment.ends_with(UNKNOWN) && part != "*" {
            return Fit::Maybe;
        }
    }
    if at == segments.len() { fit } else { Fit::No }
}

/// Whether a segment with something unknown in it may be `part`.
fn may_be(segment: &str, part: &str) -> bool {
    let (before, rest) = segment.split_once(UNKNOWN).unwrap_or((segment, ""));
    let after = rest.rsplit(UNKNOWN).next().unwrap_or(rest);
    part.len() >= before.len() + after.len() && part.starts_with(before) && part.ends_with(after)
}

#[cfg(test)]
mod tests;
