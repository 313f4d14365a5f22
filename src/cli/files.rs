//! Files on the command line's side: atomic writes, edits beside other writers, paths as shown to the user.
//!
//! What is written is decided elsewhere.

mod edit;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
pub use edit::{Edited, Lock, Origin, edit};
use tempfile::NamedTempFile;

/// Whether this runs in CI, where no output is stored in a notebook and no picture written beside it.
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// Writes a file atomically: a temporary file in the same folder replaces it once it is on disk. A symbolic link stays:
/// the file it points to is replaced.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(&path.canonicalize().unwrap_or_else(|_| path.to_path_buf()), bytes)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// As [`write_atomically`], except that a symbolic link is replaced, not followed.
pub fn write_here(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    staged(target, bytes)?.persist(target)?;
    Ok(())
}

/// A temporary file beside the target with its new content, on disk.
fn staged(target: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    // The umask applies to a new file, as to any other.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".forward-pass-").tempfile_in(folder_of(target))?;
    // Not through the temporary file, whose errors name its path.
    file.as_file_mut().write_all(bytes)?;
    if let Ok(metadata) = target.metadata() {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes a folder, and those above it.
pub fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))
}

/// The folder that a path is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The root of the git repository that contains a file.
pub fn repository(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

/// The path relative to the current folder if it is below it.
pub fn shown_path(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
