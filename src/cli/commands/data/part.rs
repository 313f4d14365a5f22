//! A file on its way: `NAME.part` grows beside its final place and moves there once every byte is right.
//!
//! It outlives an interruption, so that the next attempt goes on where this one stopped. It knows no network.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};

use super::disk::{State, judge};
use super::sets::Entry;

/// Locked as long as this lives: two commands at once do not write into one another.
pub struct Part<'a> {
    pub entry: &'a Entry,
    path: PathBuf,
    target: PathBuf,
    file: File,
    hash: Sha256,
    length: u64,
}

impl<'a> Part<'a> {
    /// What an earlier attempt left, or an empty file.
    pub fn open(folder: &Path, entry: &'a Entry) -> Result<Part<'a>> {
        let (path, target) = (folder.join(format!("{}.part", entry.name)), folder.join(entry.name));
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|error| {
            anyhow!("cannot write {}: {error}\nhelp: choose another folder with `--dir FOLDER`", path.display())
        })?;
        match file.try_lock() {
            // Some file systems know no locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("another command is fetching {} right now\nhelp: wait for it to end", target.display())
            }
        }
        let mut part = Part { entry, path, target, file, hash: Sha256::new(), length: 0 };
        part.take_up()?;
        Ok(part)
    }

    /// Hashes what is there, and forgets what cannot be the beginning of the file.
    fn take_up(&mut self) -> Result<()> {
        let mut chunk = vec![0; 1 << 16];
        loop {
            let got = self.file.read(&mut chunk).with_context(|| self.trouble("read"))?;
            if got == 0 {
                break;
            }
            self.hash.update(&chunk[..got]);
            self.length += got as u64;
        }
        if self.length > self.entry.size || self.length < 2 { self.clear() } else { Ok(()) }
    }

    /// How many bytes are there.
    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn is_full(&self) -> bool {
        self.length == self.entry.size
    }

    /// More of the file; nothing is written beyond its size.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).with_context(|| self.trouble("write"))?;
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Starts from nothing.
    pub fn clear(&mut self) -> Result<()> {
        let empty = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        empty.with_context(|| self.trouble("empty"))?;
        (self.hash, self.length) = (Sha256::new(), 0);
        Ok(())
    }

    /// What all bytes together are.
    pub fn state(&self) -> State {
        if self.is_full() { judge(self.hash.clone(), self.entry) } else { State::Size(self.length, self.entry.size) }
    }

    /// Puts the file in its place. Only for one whose state is right.
    pub fn finish(self) -> Result<()> {
        let moved = self.file.sync_all().and_then(|()| fs::rename(&self.path, &self.target));
        moved.with_context(|| format!("cannot move {} to {}", self.path.display(), self.target.display()))
    }

    /// Leaves nothing behind where nothing came.
    pub fn give_up(self) {
        if self.length == 0 {
            fs::remove_file(&self.path).ok();
        }
    }

    fn trouble(&self, verb: &str) -> String {
        format!("cannot {verb} {}", self.path.display())
    }
}
