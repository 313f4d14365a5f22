//! `--watch`: which files a notebook depends on, and waiting until one of them changes.
//!
//! Files are polled: a few `stat` calls every 25 ms answer as quickly as the system's notifications and work on every
//! file system. What runs again is decided by the caller.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::cli::notebook::ipynb::Notebook;
use crate::cli::runner::settings::{PROJECT_FILE, file_beside};
use crate::cli::terminal::interrupt;

const POLL_EVERY: Duration = Duration::from_millis(25);
/// Editors save a file in several steps; a change counts once nothing has followed it for this long.
const QUIET_FOR: Duration = Duration::from_millis(175);

/// Modification time and size of each file under one input.
type Stamps = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// The inputs of the notebooks under watch, and their state when last looked at.
pub struct Watch {
    notebooks: Vec<(PathBuf, Vec<PathBuf>)>,
    seen: BTreeMap<PathBuf, Stamps>,
}

impl Watch {
    /// Watches the notebooks, their settings, and the sources of crates they take by path.
    pub fn new(notebooks: &[PathBuf]) -> Watch {
        let notebooks: Vec<_> = notebooks.iter().map(|path| (path.clone(), inputs(path))).collect();
        let seen = notebooks.iter().flat_map(|(_, inputs)| inputs).map(|input| (input.clone(), stamps(input)));
        Watch { seen: seen.collect(), notebooks }
    }

    /// Waits for a change and returns the notebooks to run again, or None after Ctrl-C.
    pub fn wait(&mut self) -> Option<Vec<PathBuf>> {
        let mut again = BTreeSet::new();
        let mut last_change = Instant::now();
        while !interrupt::take() {
            let changed = self.changed_inputs();
            if !changed.is_empty() {
                last_change = Instant::now();
                let depends = |inputs: &[PathBuf]| inputs.iter().any(|input| changed.contains(input));
                let concerned = self.notebooks.iter().filter(|(_, inputs)| depends(inputs));
                again.extend(concerned.map(|(notebook, _)| notebook.clone()));
            } else if !again.is_empty() && last_change.elapsed() >= QUIET_FOR {
                return Some(again.into_iter().collect());
            }
            thread::sleep(POLL_EVERY);
        }
        None
    }

    fn changed_inputs(&mut self) -> BTreeSet<PathBuf> {
        let mut changed = BTreeSet::new();
        for (input, seen) in &mut self.seen {
            let now = stamps(input);
            if *seen != now {
                *seen = now;
                changed.insert(input.clone());
            }
        }
        changed
    }
}

/// The files and folders whose change makes a notebook run again; some of them may not exist yet.
fn inputs(notebook: &Path) -> Vec<PathBuf> {
    let folder = notebook.parent().unwrap_or(Path::new("."));
    let project = folder.ancestors().map(|folder| folder.join(PROJECT_FILE)).find(|file| file.is_file());
    let own = [notebook.to_path_buf(), file_beside(notebook), folder.join(PROJECT_FILE)];
    own.into_iter().chain(project).chain(path_sources(notebook, folder)).collect()
}

/// The source folders of the crates that a notebook takes by path.
fn path_sources(notebook: &Path, folder: &Path) -> Vec<PathBuf> {
    let Ok(read) = Notebook::read(notebook) else { return Vec::new() };
    let source = |line: &str| {
        let path = line.split("path").nth(1)?.split('"').nth(1)?.to_string();
        let source = folder.join(path).join("src").canonicalize().ok()?;
        source.is_dir().then_some(source)
    };
    read.dependencies().iter().filter_map(|line| source(line)).collect()
}

/// The stamp of a file, or of all files below a folder; empty for a missing path.
fn stamps(input: &Path) -> Stamps {
    let mut stamps = Stamps::new();
    let mut pending = vec![input.to_path_buf()];
    while let Some(path) = pending.pop() {
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            // A link to a folder is not followed: it may lead back.
            let is_file_or_folder = |path: &PathBuf| path.is_file() || !path.is_symlink();
            pending.extend(entries.map(|entry| entry.path()).filter(is_file_or_folder));
        } else {
            stamps.insert(path, (metadata.modified().ok(), metadata.len()));
        }
    }
    stamps
}
