//! Bytes into a file that appears whole or not at all.
//!
//! It makes no folders.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&beside, path)).map_err(|error| {
        // The half-written file is ours; that it cannot be removed either changes nothing.
        let _ = fs::remove_file(&beside);
        let message = format!("cannot write `{}`: {error}", path.display());
        Error::new(ErrorKind::File, message, "choose a folder that is there and may be written to")
    })
}
