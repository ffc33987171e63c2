//! Sizes as people write them: `10M`, `10MiB`, `10MB`, plain bytes.

/// Units in bytes. As with `dd`, `ls` and ripgrep a lone letter is a power of 1024, and so is `KiB`; `KB` is a power of 1000.
const UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("b", 1),
    ("k", 1 << 10),
    ("kib", 1 << 10),
    ("kb", 1_000),
    ("m", 1 << 20),
    ("mib", 1 << 20),
    ("mb", 1_000_000),
    ("g", 1 << 30),
    ("gib", 1 << 30),
    ("gb", 1_000_000_000),
];

/// Reads a size in bytes: a whole number and an optional unit, in any case (`10M` = `10MiB` = 10 * 1024 * 1024, `10MB` =
/// 10,000,000). Zero is refused: as a limit it would skip every file, and many people write it for "no limit".
///
/// # Errors
/// A sentence on what is wrong and what would be right.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim())).map(|(_, factor)| *factor);
    let (false, Some(factor)) = (number.is_empty(), factor) else {
        return Err(format!("`{text}` is no size: write 10M, 10MiB, 10MB or a whole number of bytes"));
    };
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)) {
        Some(0) => Err("a size of 0 would leave nothing to scan: leave it out for no limit".to_owned()),
        Some(bytes) => Ok(bytes),
        None => Err(format!("the size `{text}` is too large")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let cases = [
            ("10M", Some(10 << 20)),
            ("10MiB", Some(10 << 20)),
            ("10MB", Some(10_000_000)),
            (" 512 ", Some(512)),
            ("1 gib", Some(1 << 30)),
            ("2k", Some(2048)),
            ("7b", Some(7)),
            ("0", None),
            ("", None),
            ("M", None),
            ("-1", None),
            ("1.5M", None),
            ("10Q", None),
            ("99999999999999999999", None),
            ("18446744073709551615k", None),
        ];
        for (text, bytes) in cases {
            assert_eq!(parse_size(text).ok(), bytes, "{text:?}");
        }
        insta::assert_snapshot!(parse_size("10 megs").unwrap_err(), @"`10 megs` is no size: write 10M, 10MiB, 10MB or a whole number of bytes");
    }
}
