//! The files of an export, and how they are written: none of them over another without being asked.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::cli::exit::usage;
use crate::cli::files::{make_folder, write_atomically};

/// The result of an export: a text, and the files it refers to, by their relative paths.
#[derive(Default)]
pub struct Exported {
    pub text: String,
    /// The path of the text where the output is a folder.
    pub main: Option<&'static str>,
    pub beside: Vec<(PathBuf, Vec<u8>)>,
    /// What the author should know.
    pub notes: Vec<String>,
}

impl Exported {
    pub fn single(text: String) -> Exported {
        Exported { text, ..Exported::default() }
    }

    pub fn write(&self, input: &Path, output: &Path, force: bool) -> Result<()> {
        self.refuse(input, output, force)?;
        for (path, bytes) in &self.files(output) {
            if let Some(folder) = path.parent() {
                make_folder(folder)?;
            }
            write_atomically(path, bytes)?;
        }
        Ok(())
    }

    /// Fails where a file cannot be written, before any is.
    pub fn refuse(&self, input: &Path, output: &Path, force: bool) -> Result<()> {
        self.files(output).iter().try_for_each(|(path, _)| refuse(input, path, force))
    }

    fn files(&self, output: &Path) -> Vec<(PathBuf, &[u8])> {
        let main = self.main.map_or_else(|| output.to_path_buf(), |main| output.join(main));
        let root = if self.main.is_some() { output } else { output.parent().unwrap_or(Path::new("")) };
        let beside = self.beside.iter().map(|(path, bytes)| (root.join(path), bytes.as_slice()));
        beside.chain([(main, self.text.as_bytes())]).collect()
    }
}

fn refuse(input: &Path, path: &Path, force: bool) -> Result<()> {
    if path.exists() && input.canonicalize().ok() == path.canonicalize().ok() {
        return Err(usage(format!(
            "`-o {}` would overwrite the file that is exported\nhelp: name another file",
            path.display()
        )));
    }
    if path.is_dir() {
        bail!("{} is a folder\nhelp: name a file in it", path.display());
    }
    if path.exists() && !force {
        bail!("{} already exists\nhelp: name another file, or add `--force` to overwrite it", path.display());
    }
    Ok(())
}
