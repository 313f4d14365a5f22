//! The temporary folder of a session's cells. The session removes it, or a later one if this one was killed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow};
use tempfile::TempDir;

use super::cache::{self, IN_USE, Lock};

const PREFIX: &str = "forward-pass-";

/// A folder that is not held was left by a killed session, unless it is younger than this.
const JUST_MADE: Duration = Duration::from_secs(60);

/// A folder of our own in the temporary folder, and the hold on it.
pub struct Scratch {
    // Windows removes no folder with an open file.
    #[cfg(windows)]
    _hold: Option<Lock>,
    // Dropped in this order: a folder without a hold could be claimed.
    folder: TempDir,
    /// `None` where files cannot be locked: then no other session can claim it either.
    #[cfg(not(windows))]
    _hold: Option<Lock>,
}

impl Scratch {
    pub fn new() -> Result<Scratch> {
        // In the background: the session need not wait for it.
        let _ = std::thread::Builder::new().spawn(|| sweep(&std::env::temp_dir()));
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir().map_err(|error| {
            let place = std::env::temp_dir();
            let help = "help: set TMPDIR to a folder that exists, is writable and has space";
            anyhow!("cannot make a folder for cells in `{}`: {}\n{help}", place.display(), error.kind())
        })?;
        let hold = cache::hold(folder.path());
        Ok(Scratch { folder, _hold: hold })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what killed sessions of this user have left behind.
fn sweep(temporary: &Path) {
    for entry in fs::read_dir(temporary).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry.metadata().is_ok_and(|about| about.is_dir())
            && cache::is_own(&entry.path()).is_ok_and(|is_own| is_own);
        if is_ours {
            remove_if_left(&entry.path());
        }
    }
}

fn remove_if_left(folder: &Path) {
    let made = fs::symlink_metadata(folder.join(IN_USE)).and_then(|about| about.modified());
    if made.ok().and_then(|made| made.elapsed().ok()).is_none_or(|age| age < JUST_MADE) {
        return;
    }
    let Some(_claim) = cache::claim(folder) else { return };
    // The lock file goes last: if this is interrupted, the next session finishes it.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.file_name() != IN_USE) {
        let path = entry.path();
        let _ = if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        };
    }
    let _ = fs::remove_dir_all(folder);
}
