//! Files that are whole or as they were: written beside their place and moved there.

use std::io::{self, Write};
use std::path::Path;

use crate::error::Error;

/// Writes a file, if it is still what it was: `old` are the bytes that the edits were made for, `None` for a file that
/// was not there. A link is refused; permissions stay.
///
/// # Errors
/// With the file's path.
pub(super) fn replace(path: &Path, old: Option<&[u8]>, new: &[u8]) -> Result<(), Error> {
    let failed =
        |error: io::Error| Error::new("the file can't be written").at(path).because(error).help("check that its folder is writable and has space left");
    let changed = || Error::new("the file changed while it was looked at, and is left as it is").at(path).help("run the command again");
    let about = match std::fs::symlink_metadata(path) {
        Ok(about) => Some(about),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    match (&about, old) {
        (None, None) => {}
        (Some(about), Some(old)) if about.is_file() && std::fs::read(path).map_err(failed)? == old => {}
        _ => return Err(changed()),
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut file| {
        if let Some(about) = &about {
            file.set_permissions(about.permissions())?;
        }
        file.write_all(new)?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&beside, path)).map_err(|error| {
        // A part of an earlier run is somebody else's.
        if error.kind() != io::ErrorKind::AlreadyExists {
            let _ = std::fs::remove_file(&beside);
        }
        failed(error)
    })
}
