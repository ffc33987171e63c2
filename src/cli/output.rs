//! Writing: standard output that may close, and files that are whole or not there.

use std::io::{self, Write};
use std::path::Path;

use crate::error::Error;

/// Writes to standard output. A pipe that its reader has closed is a quiet end.
///
/// # Errors
/// For any other failure.
pub(super) fn to_stdout(bytes: &[u8]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::new("standard output can't be written").because(error)),
        _ => Ok(()),
    }
}

/// Writes a file beside its place and moves it there, so that nobody sees half of one. What is no regular file (a
/// pipe, `/dev/stdout`) is written as it is.
///
/// # Errors
/// With the file's path and the next step.
pub(super) fn to_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error: io::Error| {
        Error::new("the report can't be written").at(path).because(error).help("check that its folder exists, is writable and has space left")
    };
    if std::fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        return std::fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(bytes)).map_err(failed);
    }
    // A link keeps pointing where it points.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = target.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&beside, &target)).map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        failed(error)
    })
}
