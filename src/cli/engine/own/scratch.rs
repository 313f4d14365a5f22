//! The folder of a session's cells. It goes with the session, or, where that was killed, with a later one.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::libc;
use tempfile::TempDir;

use super::cache;
use super::cache::{IN_USE, Lock};

const PREFIX: &str = "forward-pass-";

/// A folder that nobody holds is left by a killed session, unless it was made this moment.
const JUST_MADE: Duration = Duration::from_secs(60);

/// A folder of our own in the temporary folder, and the hold on it.
pub struct Scratch {
    // In this order: nobody else may see it without a hold.
    folder: TempDir,
    /// `None` where there are no locks: then nobody can claim it either.
    _hold: Option<Lock>,
}

impl Scratch {
    pub fn new() -> Result<Scratch> {
        // Beside the session: what others have left is no reason to wait.
        let _ = std::thread::Builder::new().spawn(|| sweep(&std::env::temp_dir()));
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir().context("cannot make a folder for cells")?;
        let hold = cache::hold(folder.path());
        Ok(Scratch { folder, _hold: hold })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what killed sessions of this user have left.
fn sweep(temporary: &Path) {
    for entry in fs::read_dir(temporary).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            // SAFETY: always succeeds.
            && entry.metadata().is_ok_and(|about| about.is_dir() && about.uid() == unsafe { libc::geteuid() });
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
    // The mark goes last: what is begun here and not finished is finished by the next session.
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
