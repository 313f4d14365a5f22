//! Empties the cache: removes and counts everything that no session is using.
//!
//! It touches nothing outside our own folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Lock, below, discard, entries, place, size};

/// What was removed, and what was in use.
#[derive(Debug, Default, PartialEq)]
pub struct Cleared {
    pub folder: PathBuf,
    /// In bytes on the disk.
    pub freed: u64,
    /// Builds that a running session uses.
    pub in_use: usize,
}

/// Empties the user's cache.
pub fn clear() -> Result<Cleared> {
    let folder = place()?;
    let mut cleared = Cleared { folder: folder.clone(), ..Cleared::default() };
    if !folder.exists() {
        return Ok(cleared);
    }
    let before = size(&folder);
    let all = ["deps", "cells"].into_iter().flat_map(|groups| entries(&folder.join(groups)));
    for entry in all.chain([folder.join("runtime")]) {
        if entry.exists() && !discard(&entry) {
            is_left(&entry, &mut cleared)?;
        }
    }
    let groups = ["deps", "cells", "evcxr"].into_iter().flat_map(|groups| below(&folder.join(groups)));
    for group in groups {
        let has_entries = below(&group).iter().any(|entry| entry.join(super::IN_USE).exists());
        if !has_entries && !remove_unlocked(&group)? {
            cleared.in_use += 1;
        }
    }
    if cleared.in_use == 0 {
        // Cargo calls it only during a build.
        let _ = fs::remove_file(folder.join("deps/rustc.sh"));
    }
    cleared.freed = before.saturating_sub(size(&folder));
    Ok(cleared)
}

/// Counts an entry in use; an entry that is not, and cannot be removed, is an error.
fn is_left(entry: &Path, cleared: &mut Cleared) -> Result<()> {
    if super::claim(entry).is_some() {
        fs::remove_dir_all(entry).with_context(|| format!("cannot remove `{}`", entry.display()))?;
    }
    cleared.in_use += 1;
    Ok(())
}

/// Removes a folder unless one of its locks is held.
fn remove_unlocked(folder: &Path) -> Result<bool> {
    let locks = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let locks = locks.filter(|path| path.is_file() && path.to_string_lossy().ends_with("lock"));
    let held: Vec<Option<Lock>> = locks.map(|path| Lock::try_exclusive(&path)).collect();
    if held.iter().any(Option::is_none) {
        return Ok(false);
    }
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove `{}`", folder.display()))?;
    Ok(true)
}
