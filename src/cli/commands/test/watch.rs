//! `--watch`: waits until a file that a notebook depends on changes.
//!
//! The caller decides what runs again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::cli::notebook::ipynb::Notebook;
use crate::cli::runner::settings::{PROJECT_FILE, file_beside};
use crate::cli::terminal::interrupt;

/// Editors write a file in several steps: a change counts once nothing more has followed for this long.
const SETTLED_AFTER: Duration = Duration::from_millis(200);
const TICK: Duration = Duration::from_millis(50);

/// The watched files.
pub struct Watch {
    _watcher: RecommendedWatcher,
    changes: Receiver<notify::Result<Event>>,
    notebooks: Vec<PathBuf>,
}

impl Watch {
    /// Watches the notebooks, their settings, and the sources of their path dependencies.
    pub fn new(notebooks: &[PathBuf]) -> Result<Watch> {
        let (sender, changes) = channel();
        let mut watcher = notify::recommended_watcher(sender).context("cannot watch files here")?;
        let folders: BTreeSet<&Path> = notebooks.iter().filter_map(|path| path.parent()).collect();
        // Folders are watched instead of files: editors replace a file with a new one.
        for folder in folders.iter().flat_map(|folder| folder.ancestors().take(1).chain(project_folder(folder))) {
            let watched = watcher.watch(folder, RecursiveMode::NonRecursive);
            watched.with_context(|| format!("cannot watch {}", folder.display()))?;
        }
        for source in notebooks.iter().flat_map(|path| path_sources(path)) {
            let watched = watcher.watch(&source, RecursiveMode::Recursive);
            watched.with_context(|| format!("cannot watch {}", source.display()))?;
        }
        Ok(Watch { _watcher: watcher, changes, notebooks: notebooks.to_vec() })
    }

    /// Waits for a relevant change and returns the notebooks to run again; `None` on Ctrl-C.
    pub fn wait(&self) -> Option<Vec<PathBuf>> {
        let mut again: BTreeSet<PathBuf> = BTreeSet::new();
        let mut last = Instant::now();
        loop {
            if interrupt::take() {
                return None;
            }
            match self.changes.recv_timeout(TICK) {
                Ok(Ok(event)) if !event.kind.is_access() => {
                    again.extend(event.paths.iter().flat_map(|path| self.affected_by(path)));
                    if !again.is_empty() {
                        last = Instant::now();
                    }
                }
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
            if !again.is_empty() && last.elapsed() >= SETTLED_AFTER {
                return Some(again.into_iter().collect());
            }
        }
    }

    /// The notebooks that depend on a changed file: as notebook, settings or source.
    fn affected_by(&self, changed: &Path) -> Vec<PathBuf> {
        let depends = |notebook: &&PathBuf| {
            let is_setting = changed == file_beside(notebook)
                || changed.file_name().is_some_and(|name| name == PROJECT_FILE)
                    && changed.parent().is_some_and(|folder| notebook.starts_with(folder));
            let is_source = path_sources(notebook).iter().any(|source| changed.starts_with(source));
            changed == notebook.as_path() || is_setting || is_source
        };
        self.notebooks.iter().filter(depends).cloned().collect()
    }
}

fn project_folder(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file())
}

/// The source folders of a notebook's path dependencies.
fn path_sources(notebook: &Path) -> Vec<PathBuf> {
    let Ok(read) = Notebook::read(notebook) else { return Vec::new() };
    let folder = notebook.parent().unwrap_or(Path::new("."));
    let quoted = |line: &str| {
        let rest = line.split("path").nth(1)?.split('"').nth(1)?.to_string();
        let source = folder.join(rest).join("src").canonicalize().ok()?;
        source.is_dir().then_some(source)
    };
    read.dependencies().iter().filter_map(|line| quoted(line)).collect()
}
