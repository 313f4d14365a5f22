//! Writing files whole: the old one or the new one is there at any moment, never half of one.
//!
//! It decides nothing about what is written.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

/// Whether this runs in a CI: there nothing is written into notebooks, nor beside them.
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// Writes a file atomically: a temporary one in the same folder takes its place once it is on the disk.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    // A link is written through, not replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".forward-pass-").tempfile_in(folder)?;
        file.write_all(bytes)?;
        if let Ok(metadata) = target.metadata() {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        file.as_file().sync_all()?;
        file.persist(&target)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// The folder of the repository that holds a file.
pub fn repository(path: &Path) -> Option<std::path::PathBuf> {
    path.ancestors().skip(1).find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

/// Relative to where the reader is, when that is shorter.
pub fn shown_path(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
