//! A table for a spreadsheet: RFC 4180 with line feeds, a header, a row for each open finding.

use std::io::{self, Write};

use super::shown;
use crate::finding::Report;

const HEADER: &str = "rule,severity,confidence,key_type,role,place,path,line,column,commit,fingerprint,message";

/// Writes the table.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEADER}")?;
    for finding in report.open() {
        let start = finding.location.region.start;
        let row = [
            finding.rule.0.to_owned(),
            finding.severity.to_string(),
            finding.confidence.to_string(),
            finding.key.key_type.to_string(),
            finding.key.role.to_string(),
            finding.place.to_string(),
            finding.location.path.text.clone(),
            start.line.to_string(),
            start.column.to_string(),
            finding.git.as_ref().map(|git| git.commit.clone()).unwrap_or_default(),
            finding.fingerprint.to_string(),
            finding.message.clone(),
        ];
        writeln!(out, "{}", row.map(|text| field(&text)).join(","))?;
    }
    Ok(())
}

/// A field that no spreadsheet takes for a formula, quoted where it has to be.
fn field(text: &str) -> String {
    let mut text = shown(text);
    // The wide forms are formulas to a spreadsheet with East Asian settings. `-` alone is the path of standard input.
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']) && text != "-";
    if is_formula {
        text.insert(0, '\'');
    }
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, sample};
    use super::*;

    #[test]
    fn rows_are_findings() {
        insta::assert_snapshot!(sample::written(Format::Csv, &sample::plain(), &sample::options()), @r#"
rule,severity,confidence,key_type,role,place,path,line,column,commit,fingerprint,message
secret-in-client-code,critical,high,plunk.secret-key,secret,client,app/page.tsx,3,14,,sk1:450efde4217568477ab388ccf87fc42d,a Plunk secret key is written in source that runs in a browser
hardcoded-secret,medium,high,plunk.secret-key,secret,history,src/old.ts,112,9,1234567890abcdef1234567890abcdef12345678,sk1:c4e72306ac2fac6e1db6071a600869e5,a Plunk secret key is written in source that runs in a browser
"#);
        let text = sample::written(Format::Csv, &sample::hostile(), &sample::options());
        assert_eq!(text.lines().count(), 1 + 8, "a header and the open findings");
    }

    #[test]
    fn fields_are_neutralised_and_quoted() {
        assert_eq!(field("=cmd()"), "'=cmd()");
        assert_eq!(field("=cmd(),\"x\""), "\"'=cmd(),\"\"x\"\"\"");
        assert_eq!(field("\t=cmd()"), "' =cmd()");
        assert_eq!(field("\u{ff1d}x"), "'\u{ff1d}x");
        assert_eq!(field("-"), "-");
        assert_eq!(field("-x"), "'-x");
        assert_eq!(field("a\nb"), "a b");
    }
}
