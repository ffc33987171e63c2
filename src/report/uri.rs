//! Addresses in reports: paths as relative URIs, and where a repository is fetched from without its credentials.

use crate::error::ScanPath;

/// A path as a relative URI, each byte that is not plain percent-encoded. A colon is one of them: `commit:SHA` would
/// read as a scheme.
pub(super) fn relative(path: &ScanPath) -> String {
    encoded(path.bytes.as_deref().unwrap_or(path.text.as_bytes()), b"-._~/")
}

/// Letters, digits and the bytes of `plain` as they are, the rest percent-encoded.
fn encoded(bytes: &[u8], plain: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || plain.contains(byte) { out.push(*byte as char) } else { out.push_str(&format!("%{byte:02X}")) }
    }
    out
}

/// The address of a repository as an absolute URI without user, password, query and fragment, for these may be
/// credentials. `git@host:path` becomes `ssh://host/path`, an absolute path a `file:` URI; what is neither gives `None`.
pub(super) fn repository(address: &str) -> Option<String> {
    let address = address.trim();
    if let Some((scheme, rest)) = address.split_once("://") {
        let is_scheme = scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        return is_scheme.then(|| format!("{scheme}://{}", plain(host_and_path(rest))));
    }
    if address.starts_with('/') {
        return Some(format!("file://{}", plain(address)));
    }
    let (host, path) = address.split_once(':')?;
    // One letter before the colon is a Windows drive.
    if host.len() == 1 {
        return Some(format!("file:///{host}:/{}", plain(path.replace('\\', "/").trim_start_matches('/'))));
    }
    let host = host.rsplit('@').next().unwrap_or(host);
    (!host.contains('/')).then(|| format!("ssh://{}/{}", plain(host), plain(path.trim_start_matches('/'))))
}

/// What stands after the user and password, and before the query.
fn host_and_path(rest: &str) -> &str {
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..authority_end];
    let start = match authority.rfind('@') {
        Some(at) => at + 1,
        // `user:pa/ss@host`: a password that nobody encoded reaches past the first slash. A port has digits only.
        None if authority.rsplit_once(':').is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit())) && !authority.ends_with(']') => {
            rest.rfind('@').map_or(rest.len(), |at| at + 1)
        }
        None => 0,
    };
    let rest = &rest[start..];
    &rest[..rest.find(['?', '#']).unwrap_or(rest.len())]
}

fn plain(text: &str) -> String {
    encoded(text.as_bytes(), b"-._~/:[]@%+!$&()*,;=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_percent_encoded() {
        let uri = |bytes: &[u8]| relative(&ScanPath::from_bytes(bytes));
        assert_eq!(uri(b"src/a b.ts"), "src/a%20b.ts");
        assert_eq!(uri(b"commit:12#%"), "commit%3A12%23%25");
        assert_eq!(uri(b"\xff\n"), "%FF%0A");
        assert_eq!(uri("\u{e4}".as_bytes()), "%C3%A4");
    }

    #[test]
    fn repositories_keep_no_credentials() {
        let uri = |address| repository(address);
        assert_eq!(uri("https://me:token@example.com:8443/o/r.git?key=1#f").as_deref(), Some("https://example.com:8443/o/r.git"));
        assert_eq!(uri("https://to@ken@example.com/o").as_deref(), Some("https://example.com/o"));
        assert_eq!(uri("https://me:to/ken@example.com/o").as_deref(), Some("https://example.com/o"));
        assert_eq!(uri("https://example.com/@o/r").as_deref(), Some("https://example.com/@o/r"));
        assert_eq!(uri("ssh://[::1]/r").as_deref(), Some("ssh://[::1]/r"));
        assert_eq!(uri("git@github.com:o/r.git").as_deref(), Some("ssh://github.com/o/r.git"));
        assert_eq!(uri("/srv/my repo").as_deref(), Some("file:///srv/my%20repo"));
        assert_eq!(uri("C:\\git\\r").as_deref(), Some("file:///C:/git/r"));
        assert_eq!(uri("../other"), None);
    }
}
