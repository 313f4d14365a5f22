//! Files on disk: compared with their published size and SHA-256, and written whole or not at all.
//!
//! It accesses no network.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use anyhow::{Result, anyhow};
#[cfg(unix)]
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use sha2::{Digest, Sha256};

use super::sets::{Entry, Set};
use crate::cli::files;

const HELP: &str = "help: choose another folder with `--dir FOLDER`";

/// What is wrong with a file.
#[derive(Debug, PartialEq)]
pub enum FileError {
    Missing,
    /// It exists without `.gz`. The library reads it, but no checksum is published for it.
    Unpacked,
    Wrong(String),
}

/// The state of each file of a set.
pub fn check(folder: &Path, set: &Set) -> Vec<Result<(), FileError>> {
    set.files.iter().map(|entry| read(folder, entry).map(drop)).collect()
}

/// The bytes of a file, if they are the published ones.
pub fn read(folder: &Path, entry: &Entry) -> Result<Vec<u8>, FileError> {
    let path = folder.join(entry.name);
    let error = |error: io::Error| match error.kind() {
        ErrorKind::NotFound if folder.join(unpacked(entry.name)).is_file() => FileError::Unpacked,
        ErrorKind::NotFound => FileError::Missing,
        _ => FileError::Wrong(format!("cannot be read: {error}")),
    };
    match path.metadata().map_err(error)?.len() {
        size if size == entry.size => verified(fs::read(&path).map_err(error)?, entry),
        size => Err(FileError::Wrong(format!("{size} bytes, expected {}", entry.size))),
    }
}

/// Returns the bytes only if their hash is the published one.
pub fn verified(bytes: Vec<u8>, entry: &Entry) -> Result<Vec<u8>, FileError> {
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if hash == entry.sha256 {
        return Ok(bytes);
    }
    Err(FileError::Wrong(format!("sha256 {hash}, expected {}", entry.sha256)))
}

pub fn unpacked(name: &str) -> &str {
    name.strip_suffix(".gz").unwrap_or(name)
}

/// Creates the folder, and fails before a download rather than after it if nothing can be written there.
pub fn prepare(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| cannot("create the folder", folder, &error))?;
    tempfile::tempfile_in(folder).map_err(|error| cannot("write to the folder", folder, &error))?;
    Ok(())
}

pub fn place(folder: &Path, entry: &Entry, bytes: &[u8]) -> Result<()> {
    // Ctrl-C would leave a temporary file behind, so it waits for these few milliseconds.
    #[cfg(unix)]
    let mask = SigSet::from(Signal::SIGINT).thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let written = files::write_atomically(&folder.join(entry.name), bytes);
    #[cfg(unix)]
    mask.thread_set_mask()?;
    written.map_err(|error| anyhow!("{error:#}\n{HELP}"))
}

fn cannot(verb: &str, path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("cannot {verb} {}: {error}\n{HELP}", path.display())
}

impl std::error::Error for FileError {}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileError::Missing => "missing",
            FileError::Unpacked => "unpacked: readable, but cannot be verified",
            FileError::Wrong(what) => what,
        })
    }
}
