//! What the REPL keeps between sessions beside the reader's progress: history and figures.
//!
//! None of it is necessary: if it cannot be written, the lesson continues without it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cli::notebook::progress::{folder, private};

/// The history file, created here so that it is never readable by others.
pub fn history() -> Option<PathBuf> {
    let file = folder().ok()?.join("history");
    private(&file)?;
    Some(file)
}

/// Writes a figure, replacing the last one of the same name.
pub fn save_figure(name: &str, svg: &str) -> Result<PathBuf> {
    let folder = folder()?.join("figures");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let path = folder.join(format!("{name}.svg"));
    fs::write(&path, svg).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
