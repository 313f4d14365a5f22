//! The user's cache folder: private, locked against races, limited in size.
//!
//! It manages entries without knowing their content.

mod clear;
mod private;
mod shared;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, anyhow, bail};
pub use clear::{Cleared, clear};
pub use private::{is_own, is_safe, open_to_all};

use super::super::cache_folder::unusable;
use super::limits;
pub use shared::shared;

pub use super::super::cache_folder::{ENV, digest, is_redirected, place};
use super::stop::Stop;

/// The size limit of all entries, in bytes; the least recently used are evicted first.
pub const LIMIT: u64 = 6 << 30;

/// An incomplete entry is removed after this time.
pub const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// The file that marks an entry as complete.
pub const DONE: &str = "built.json";

/// Locked while the entry is in use; its time is that of the last use.
pub const IN_USE: &str = "in-use";

/// Our folder in the user's cache, created and made private.
pub fn folder() -> Result<PathBuf> {
    let folder = place()?;
    make(&folder)?;
    if !private::is_own(&folder).with_context(|| unusable(&folder))? {
        bail!("{}: it belongs to another user\nhelp: set {ENV} to a folder of your own", unusable(&folder));
    }
    if !is_redirected() {
        private::close(&folder).with_context(|| unusable(&folder))?;
    }
    Ok(folder)
}

/// Creates a private folder, with its parents.
pub fn make(folder: &Path) -> Result<()> {
    private::folders(DirBuilder::new().recursive(true))
        .create(folder)
        .map_err(|error| anyhow!("{}: {error}\nhelp: set {ENV} to a writable folder", unusable(folder)))
}

/// A lock on a file, released when dropped or when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// An exclusive lock; waits for other holders until stopped or too late.
    pub fn exclusive(
        path: &Path,
        stop: &Stop,
        deadline: Option<Instant>,
        mut waiting: impl FnMut(),
    ) -> Result<Option<Lock>> {
        let file = open(path)?;
        let mut has_waited = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Lock { _file: file })),
                Err(TryLockError::WouldBlock)
                    if stop.is_set() || deadline.is_some_and(|deadline| Instant::now() > deadline) =>
                {
                    return Ok(None);
                }
                Err(TryLockError::WouldBlock) => {
                    if !std::mem::replace(&mut has_waited, true) {
                        waiting();
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::Error(error)) => return Err(error).with_context(|| unusable(path)),
            }
        }
    }

    /// An exclusive lock, if available at once.
    pub fn try_exclusive(path: &Path) -> Option<Lock> {
        let file = open(path).ok()?;
        file.try_lock().ok()?;
        Some(Lock { _file: file })
    }

    /// A shared lock, if available at once.
    pub fn try_shared(path: &Path) -> Option<Lock> {
        let file = open(path).ok()?;
        file.try_lock_shared().ok()?;
        Some(Lock { _file: file })
    }
}

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    match private::files(&mut options).open(path) {
        // A read-only cache can still be used.
        Err(_) if path.exists() => File::open(path).with_context(|| unusable(path)),
        other => other.with_context(|| unusable(path)),
    }
}

/// Locks an entry against eviction.
pub fn hold(entry: &Path) -> Option<Lock> {
    let path = entry.join(IN_USE);
    let lock = Lock::try_shared(&path)?;
    let _ = lock._file.set_modified(SystemTime::now());
    Some(lock)
}

/// Takes exclusive ownership of an unused entry.
pub fn claim(entry: &Path) -> Option<Lock> {
    Lock::try_exclusive(&entry.join(IN_USE))
}

/// The message of an error, with a next step if the disk is full or the system allows no more processes.
pub fn describe(error: &anyhow::Error) -> String {
    let message = format!("{error:#}");
    let has = |is: fn(&io::Error) -> bool| error.chain().any(|cause| cause.downcast_ref().is_some_and(is));
    if has(|io| io.kind() == io::ErrorKind::StorageFull) {
        format!(
            "{message}\nhelp: free some space on that disk; `forward-pass clean` empties our cache; no variable is lost"
        )
    } else if has(private::is_no_process_left) {
        format!("{message}\nhelp: {}", limits::processes().help())
    } else {
        message
    }
}

/// Copies a folder recursively, with the times by which cargo judges freshness.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let about = entry.metadata()?;
        if about.is_dir() {
            copy(&source, &target)?;
        } else if about.is_file() {
            copy_file(&source, &target)?;
        }
    }
    Ok(())
}

/// Copies a file with its time of modification.
pub fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    copy_to_own(from, to)?;
    File::options().write(true).open(to)?.set_modified(fs::metadata(from)?.modified()?)
}

/// Copies a file, perhaps of a cache that this user only reads, to one that can be written again. Returns its length.
pub fn copy_to_own(from: &Path, to: &Path) -> io::Result<u64> {
    let length = fs::copy(from, to)?;
    private::make_writable(to)?;
    Ok(length)
}

/// The bytes that a folder takes on the disk.
pub fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let one = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        Ok(about) => private::size(&about),
        Err(_) => 0,
    };
    entries.flatten().map(one).sum()
}

/// Evicts the least recently used entries until the rest is within `limit`; entries in use stay.
pub fn evict(groups: &Path, limit: u64) {
    let mut entries: Vec<(SystemTime, u64, PathBuf)> =
        entries(groups).into_iter().map(|entry| (last_used(&entry), size(&entry), entry)).collect();
    entries.sort();
    let mut total: u64 = entries.iter().map(|(_, size, _)| size).sum();
    for (used, size, entry) in entries {
        let age = SystemTime::now().duration_since(used).unwrap_or_default();
        let is_abandoned = !entry.join(DONE).exists() && age > ABANDONED;
        if (total > limit || is_abandoned) && discard(&entry) {
            total = total.saturating_sub(size);
        }
    }
}

/// All entries of all groups.
pub fn entries(groups: &Path) -> Vec<PathBuf> {
    below(groups).iter().flat_map(|group| below(group)).collect()
}

/// The folders in a folder.
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    paths.sort();
    paths
}

pub fn last_used(entry: &Path) -> SystemTime {
    let time = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
    time(&entry.join(IN_USE)).or_else(|| time(entry)).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Removes an unused entry, its completeness mark first, as the removal may be interrupted.
pub fn discard(entry: &Path) -> bool {
    let Some(_lock) = claim(entry) else { return false };
    let _ = fs::remove_file(entry.join(DONE));
    fs::remove_dir_all(entry).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(groups: &Path, name: &str, bytes: usize, age: u64) -> PathBuf {
        let entry = groups.join(name);
        make(&entry).unwrap();
        fs::write(entry.join(DONE), "{}").unwrap();
        fs::write(entry.join("content"), vec![1; bytes]).unwrap();
        drop(hold(&entry).unwrap());
        let file = File::options().write(true).open(entry.join(IN_USE)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        entry
    }

    #[test]
    fn the_least_recently_used_entry_goes_first_unless_it_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let groups = folder.path();
        let oldest = entry(groups, "a/0", 1 << 20, 300);
        let old = entry(groups, "a/1", 1 << 20, 200);
        let new = entry(groups, "b/0", 1 << 20, 100);
        let held = Lock::try_shared(&oldest.join(IN_USE)).unwrap();
        evict(groups, 5 << 19);
        assert_eq!([oldest.exists(), old.exists(), new.exists()], [true, false, true]);
        drop(held);
        evict(groups, 0);
        assert!(entries(groups).is_empty());
    }

    #[test]
    fn an_incomplete_entry_is_removed_after_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let young = entry(folder.path(), "a/0", 1, 60);
        let old = entry(folder.path(), "a/1", 1, 48 * 3600);
        fs::remove_file(young.join(DONE)).unwrap();
        fs::remove_file(old.join(DONE)).unwrap();
        evict(folder.path(), LIMIT);
        assert_eq!([young.exists(), old.exists()], [true, false]);
    }

    #[test]
    fn a_copy_keeps_the_times_that_cargo_judges_by() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("deep")).unwrap();
        fs::write(from.join("deep/file"), "text").unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        File::options().write(true).open(from.join("deep/file")).unwrap().set_modified(time).unwrap();
        copy(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("deep/file")).unwrap(), "text");
        assert_eq!(fs::metadata(to.join("deep/file")).unwrap().modified().unwrap(), time);
    }
}
