//! How far a reader has come, across sessions: the cells seen and the exercises solved, in a folder of the user's.
//!
//! If it cannot be written, the lesson continues without it.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use etcetera::BaseStrategy;

/// What begins the lines of solved exercises; no section has this name.
const EXERCISE: &str = "solved exercise/";

/// The cells that a reader has seen, as `section/cell`, and the exercises solved, across sessions.
pub struct Progress {
    seen: BTreeSet<String>,
    /// The last one seen in an earlier session.
    last: Option<String>,
    file: Option<File>,
}

impl Progress {
    pub fn load() -> Progress {
        let path = folder().ok().map(|folder| folder.join("progress"));
        let text = path.as_ref().and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        Progress {
            seen: text.lines().map(str::to_owned).collect(),
            last: text.lines().rfind(|line| !line.starts_with(EXERCISE)).map(str::to_owned),
            file: path.as_ref().and_then(private),
        }
    }

    /// The section and cell seen last before this session.
    pub fn last(&self) -> Option<(&str, &str)> {
        self.last.as_deref()?.split_once('/')
    }

    pub fn note(&mut self, section: &str, cell: &str) {
        let line = format!("{section}/{cell}");
        if self.seen.contains(&line) {
            return;
        }
        if let Some(file) = &mut self.file {
            let _ = writeln!(file, "{line}");
        }
        self.seen.insert(line);
    }

    /// An exercise was solved.
    pub fn note_solved(&mut self, id: &str) {
        self.note(EXERCISE.trim_end_matches('/'), id);
    }

    pub fn is_solved(&self, id: &str) -> bool {
        self.seen.contains(&format!("{EXERCISE}{id}"))
    }

    /// How many of these cells have been seen.
    pub fn count<'a>(&self, section: &str, cells: impl Iterator<Item = &'a str>) -> usize {
        cells.filter(|cell| self.seen.contains(&format!("{section}/{cell}"))).count()
    }
}

/// `~/.local/state/forward-pass`, or the system's equivalent; created if missing.
pub fn folder() -> Result<PathBuf> {
    let strategy = etcetera::choose_base_strategy()?;
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join("forward-pass");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

/// Opens a file to append to, created so that it is never readable by others.
pub fn private(file: &PathBuf) -> Option<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.create(true).append(true).open(file).ok()
}
