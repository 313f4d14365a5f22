//! The text of a notebook's file: a regular file of a sane size, in UTF-8.
//!
//! A device or a pipe may have no end, so nothing but a regular file is opened.

use std::fs::{FileType, Metadata};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Larger files are not read: Jupyter cannot open them either.
const MOST_BYTES: u64 = 256 << 20;

/// Reads a file that holds a notebook.
pub fn read_text(path: &Path) -> Result<String> {
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    if let Some(what) = what_else(&metadata) {
        bail!("cannot read {}: it is {what}, not a file", path.display());
    }
    let size = metadata.len();
    if size > MOST_BYTES {
        bail!(
            "cannot read {}: it has {} MB, more than the {} MB that a notebook may have",
            path.display(),
            size >> 20,
            MOST_BYTES >> 20
        );
    }
    let mut bytes = Vec::new();
    // The kernel's own files say that they are empty, and some of them have no end.
    if size > 0 {
        let read = std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
        read.with_context(|| format!("cannot read {}", path.display()))?;
    }
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// What a path leads to, if it is neither a file nor a folder: `a named pipe`.
pub fn what_else(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() { None } else { Some(name_of(kind)) }
}

#[cfg(unix)]
fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_char_device() || kind.is_block_device() => "a device",
        _ => "something else",
    }
}

#[cfg(not(unix))]
fn name_of(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "something else" }
}
