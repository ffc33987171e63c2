//! Three kinds of "no" begin here: an [`Error`] ends a run, a [`Skip`] is an input that was not scanned.
//! (The third, a rejected candidate, belongs to `detect`.)

use std::fmt;
use std::path::{Path, PathBuf};

/// What went wrong, where, and what to do next. A run that returns one can't be trusted and exits with 2.
#[derive(Debug)]
pub struct Error {
    what: String,
    path: Option<PathBuf>,
    line: Option<usize>,
    help: Option<String>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error that says what was being done and why it failed, in one sentence without a full stop.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), path: None, line: None, help: None, cause: None }
    }

    /// Adds the file that it is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds the 1-based line.
    #[must_use]
    pub fn line(mut self, line: impl Into<Option<usize>>) -> Self {
        self.line = line.into().or(self.line);
        self
    }

    /// Adds the next step for the person.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The next step for the person, where there is one.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The file it is about.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        if let Some(path) = &self.path {
            text.push_str(&path.display().to_string());
            if let Some(line) = self.line {
                text.push_str(&format!(":{line}"));
            }
            text.push_str(": ");
        }
        text.push_str(&self.what);
        if let Some(cause) = &self.cause {
            text.push_str(&format!(": {cause}"));
        }
        // Paths and foreign messages may hold what steers a terminal; line feeds of TOML's diagnostics stay.
        for (index, line) in text.trim_end().split('\n').enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            let mut safe = String::new();
            crate::text::visible(line.as_bytes(), &mut safe);
            f.write_str(safe.trim_end())?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause.as_ref() as _)
    }
}

/// Whether somebody chose that an input is not scanned, or it was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SkipClass {
    /// By a rule, an option or the nature of the input; the scan is complete.
    Chosen,
    /// It should have been scanned and could not be; the scan is incomplete.
    Lost,
}

/// An input that was not scanned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip {
    /// Relative like the paths of findings.
    pub path: ScanPath,
    /// Why, in a few words.
    pub reason: String,
    /// Whether the scan is still complete.
    pub class: SkipClass,
}

/// The path of an input as it is reported: `/` between its parts, relative to the root of the scan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScanPath {
    /// With replacement characters for what is not UTF-8.
    pub text: String,
    /// The exact bytes, where `text` can't give them.
    pub bytes: Option<Vec<u8>>,
}

impl ScanPath {
    /// Takes a path as its bytes, with `/` as the separator.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self { text: text.to_owned(), bytes: None },
            Err(_) => Self { text: String::from_utf8_lossy(bytes).into_owned(), bytes: Some(bytes.to_vec()) },
        }
    }

    /// Takes a relative path of this system.
    pub fn from_path(path: &Path) -> Self {
        let bytes = path.as_os_str().as_encoded_bytes();
        if std::path::MAIN_SEPARATOR == '/' {
            Self::from_bytes(bytes)
        } else {
            let slashed: Vec<u8> = bytes.iter().map(|byte| if *byte == std::path::MAIN_SEPARATOR as u8 { b'/' } else { *byte }).collect();
            Self::from_bytes(&slashed)
        }
    }

    /// The exact bytes.
    pub fn exact(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or(&self.text)
    }
}

impl fmt::Display for ScanPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut safe = String::new();
        crate::text::visible(self.text.as_bytes(), &mut safe);
        f.pad(&safe)
    }
}
