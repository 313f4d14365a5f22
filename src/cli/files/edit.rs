//! Edits a file that others may write at the same moment: an editor, Jupyter, a second `forward-pass`, a running cell.
//!
//! The edit is made to what the file holds now, and again if somebody writes before the new text is in place. What the
//! new text is, is decided by the caller.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use super::{folder_of, shown_path, staged};

/// How long another process may hold the lock.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long somebody else's half-written file may take to be complete.
const BREATH: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(10);
/// An editor that saves more often than this during one edit is not an editor.
const MOST_ATTEMPTS: usize = 1000;

/// The file that a path leads to, noted before anything runs that could replace it by a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin(Option<PathBuf>);

/// How an edit ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Edited {
    /// The file has the new text, or needed none.
    Done,
    /// The file is left as it is, and why.
    Refused(String),
}

impl Edited {
    /// An error where the file is left as it is.
    pub fn or_fail(self) -> Result<()> {
        match self {
            Edited::Done => Ok(()),
            Edited::Refused(why) => bail!("nothing was written: {why}"),
        }
    }
}

impl Origin {
    pub fn of(path: &Path) -> Origin {
        Origin(path.canonicalize().ok())
    }
}

/// What a file is to hold in place of what it holds; `None` leaves it as it is.
pub type New<'a> = &'a mut dyn FnMut(&[u8]) -> Result<Option<Vec<u8>>>;

/// Replaces the text of a file by the one that `new` makes of it; `None` leaves the file as it is. An error of `new`
/// means that the file cannot be edited as it is: it may be half-written, and is read again until it is at rest.
pub fn edit(path: &Path, origin: &Origin, new: New) -> Result<Edited> {
    let shown = shown_path(path);
    let Some(real) = &origin.0 else {
        return Ok(Edited::Refused(format!("{shown} was missing at the start")));
    };
    let _lock = Lock::of(path);
    for _ in 0..MOST_ATTEMPTS {
        match path.canonicalize() {
            Ok(now) if now == *real => {}
            Ok(_) => return Ok(Edited::Refused(format!("{shown} leads to another file than before"))),
            Err(_) => return Ok(Edited::Refused(format!("{shown} is missing now"))),
        }
        let Some(mut base) = Base::open(real).with_context(|| format!("cannot read {}", path.display()))? else {
            continue;
        };
        let text = match new(&base.bytes) {
            Ok(None) => return Ok(Edited::Done),
            Ok(Some(text)) => text,
            Err(_) if !base.rests()? => continue,
            Err(error) => return Ok(Edited::Refused(format!("{shown} cannot be edited: {error:#}"))),
        };
        if base.replace(real, &text).with_context(|| format!("cannot write {}", path.display()))? {
            return Ok(Edited::Done);
        }
    }
    Ok(Edited::Refused(format!("{shown} is written again and again by another process")))
}

/// A file as it was read; it stays open, so that later writes into it are noticed even when it has been replaced.
struct Base {
    file: File,
    bytes: Vec<u8>,
}

impl Base {
    /// `None` if the file is replaced at this moment.
    fn open(path: &Path) -> io::Result<Option<Base>> {
        if !fs::symlink_metadata(path).is_ok_and(|it| it.is_file()) {
            sleep(TICK);
            return Ok(None);
        }
        let mut base = Base { file: File::open(path)?, bytes: Vec::new() };
        base.bytes = base.read()?;
        Ok(base.is_named(path)?.then_some(base))
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn is_named(&self, path: &Path) -> io::Result<bool> {
        let open = identity(&self.file.metadata()?);
        Ok(fs::symlink_metadata(path).is_ok_and(|named| identity(&named) == open))
    }

    /// Whether the path still leads to this file, and it has the text that was read.
    fn is_current(&mut self, path: &Path) -> io::Result<bool> {
        Ok(self.is_named(path)? && self.read()? == self.bytes)
    }

    /// Puts a new text in the place of this one; false if somebody else wrote meanwhile, and their text is there.
    fn replace(&mut self, path: &Path, text: &[u8]) -> io::Result<bool> {
        let file = staged(path, text)?;
        if !self.is_current(path)? {
            return Ok(false);
        }
        if !exchange(file, path, &self.file)? {
            return Ok(false);
        }
        // An editor that had the replaced file open has written into nothing: its text is put back.
        let is_mine = self.rests()?;
        if !is_mine {
            staged(path, &self.bytes)?.persist(path)?;
        }
        Ok(is_mine)
    }

    /// Whether nobody wrote since the file was read. If somebody did, waits until they are done, and has their text.
    fn rests(&mut self) -> io::Result<bool> {
        let begun = Instant::now();
        let before = std::mem::take(&mut self.bytes);
        self.bytes = self.read()?;
        if self.bytes == before && is_whole(&before) {
            return Ok(true);
        }
        loop {
            sleep(TICK);
            let now = self.read()?;
            let is_still = now == self.bytes;
            self.bytes = now;
            if is_still && is_whole(&self.bytes) || begun.elapsed() > BREATH {
                return Ok(self.bytes == before);
            }
        }
    }
}

/// Puts a new file in the place of another one; false if the path had come to lead to a third one, which is put back.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn exchange(new: NamedTempFile, path: &Path, old: &File) -> io::Result<bool> {
    use nix::errno::Errno;
    use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
    let swap = || renameat2(AT_FDCWD, new.path(), AT_FDCWD, path, RenameFlags::RENAME_EXCHANGE);
    match swap() {
        Ok(()) => {}
        // The file system cannot exchange files.
        Err(Errno::EINVAL | Errno::ENOSYS) => {
            new.persist(path)?;
            return Ok(true);
        }
        Err(error) => return Err(error.into()),
    }
    let is_base = identity(&fs::symlink_metadata(new.path())?) == identity(&old.metadata()?);
    if !is_base {
        swap()?;
    }
    Ok(is_base)
}

/// Where files cannot be exchanged, a write between the last look and this one, a few instructions later, is lost.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn exchange(new: NamedTempFile, path: &Path, _: &File) -> io::Result<bool> {
    new.persist(path)?;
    Ok(true)
}

/// What tells a file from another one of the same name.
#[cfg(unix)]
fn identity(about: &Metadata) -> impl PartialEq + use<> {
    use std::os::unix::fs::MetadataExt;
    (about.dev(), about.ino())
}

/// A file that has been written to may seem to be another one, and is read again.
#[cfg(not(unix))]
fn identity(about: &Metadata) -> impl PartialEq + use<> {
    (about.created().ok(), about.modified().ok(), about.len())
}

/// Whether a notebook is complete: JSON that is cut short is no JSON.
fn is_whole(bytes: &[u8]) -> bool {
    let json = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    serde_json::from_slice::<serde::de::IgnoredAny>(json).is_ok()
}

/// Held by the one process that edits files in a folder; it lets go when dropped.
pub struct Lock(File);

impl Lock {
    /// `None` where the file system has no locks, or another process does not let go: a change is noticed all the same.
    pub fn of(path: &Path) -> Option<Lock> {
        let folder = File::open(folder_of(path)).ok()?;
        let begun = Instant::now();
        loop {
            match folder.try_lock() {
                Ok(()) => return Some(Lock(folder)),
                Err(fs::TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => sleep(TICK),
                Err(_) => return None,
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Not only by closing: a process forked meanwhile would hold it.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn list(bytes: &[u8]) -> Result<Vec<Value>> {
        Ok(serde_json::from_slice(bytes)?)
    }

    fn adding(item: &str) -> impl FnMut(&[u8]) -> Result<Option<Vec<u8>>> {
        move |bytes| {
            let mut items = list(bytes)?;
            items.push(json!(item));
            Ok(Some(serde_json::to_vec(&items)?))
        }
    }

    /// Saves as editors do: a new file in the place of the old one, or the old one emptied and written again.
    fn save(path: &Path, bytes: &[u8], in_place: bool, pause: Duration) {
        if !in_place {
            let new = path.with_extension("editor");
            fs::write(&new, bytes).unwrap();
            fs::rename(&new, path).unwrap();
            return;
        }
        let mut file = File::create(path).unwrap();
        let (one, two) = bytes.split_at(bytes.len() / 2);
        for half in [one, two] {
            io::Write::write_all(&mut file, half).unwrap();
            sleep(pause);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        /// What an editor saves once, at any moment, is in the file beside all that was added meanwhile.
        #[test]
        fn nothing_is_lost_to_an_editor(in_place: bool, at in 0..4000_u64, pause in 0..15_u64, edits in 1..4_usize) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("made.ipynb");
            fs::write(&path, "[]").unwrap();
            let origin = Origin::of(&path);
            let saved = Arc::new(AtomicBool::new(false));
            let editor = {
                let (path, saved) = (path.clone(), saved.clone());
                std::thread::spawn(move || {
                    sleep(Duration::from_micros(at));
                    save(&path, br#"["the editor's"]"#, in_place, Duration::from_millis(pause));
                    saved.store(true, Ordering::SeqCst);
                })
            };
            let mut after = Vec::new();
            for number in 0..edits {
                let name = format!("edit {number}");
                let was_saved = saved.load(Ordering::SeqCst);
                prop_assert_eq!(edit(&path, &origin, &mut adding(&name)).unwrap(), Edited::Done);
                after.extend(was_saved.then_some(name));
            }
            editor.join().unwrap();
            let text = fs::read(&path).unwrap();
            let now = list(&text).unwrap();
            prop_assert!(now.contains(&json!("the editor's")), "{now:?}");
            prop_assert!(after.iter().all(|it| now.contains(&json!(it))), "{now:?} {after:?}");
        }
    }

    #[test]
    fn several_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made.ipynb");
        fs::write(&path, "[]").unwrap();
        let origin = Origin::of(&path);
        std::thread::scope(|scope| {
            for worker in 0..5 {
                let (path, origin) = (&path, &origin);
                scope.spawn(move || {
                    for number in 0..20 {
                        edit(path, origin, &mut adding(&format!("{worker} {number}"))).unwrap();
                    }
                });
            }
        });
        assert_eq!(list(&fs::read(&path).unwrap()).unwrap().len(), 100);
    }

    #[test]
    fn a_file_that_became_a_link_is_not_followed_and_one_that_was_is() {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["made.ipynb", "other.ipynb"].map(|name| folder.path().join(name));
        fs::write(&path, "[]").unwrap();
        let origin = Origin::of(&path);
        fs::write(&other, "[]").unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        let refused = edit(&path, &origin, &mut adding("x")).unwrap();
        assert!(matches!(refused, Edited::Refused(why) if why.contains("leads to another file")));
        assert_eq!(fs::read_to_string(&other).unwrap(), "[]");
        assert_eq!(edit(&path, &Origin::of(&path), &mut adding("x")).unwrap(), Edited::Done);
        assert_eq!(fs::read_to_string(&other).unwrap(), "[\"x\"]");
        fs::remove_file(&path).unwrap();
        assert!(matches!(edit(&path, &origin, &mut adding("x")).unwrap(), Edited::Refused(_)));
    }
}
