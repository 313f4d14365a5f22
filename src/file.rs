//! Atomic file writes: a reader of the path finds the old file or the new one, never a partial one.
//!
//! It does not create folders.

use std::fs::{self, File};
use std::io::{self, ErrorKind as IoKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// Replaces a file, or creates it: the bytes go to a temporary file in the same folder, which takes the path's place.
///
/// A new file gets the default permissions (umask), a replaced file keeps its own, and a symlink is followed.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes).map_err(|error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Error::new(ErrorKind::File, message, "choose an existing folder that you may write to")
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (temporary, mut file) = create_beside(&target)?;
    let written = file.write_all(bytes).and_then(|()| {
        if let Ok(old) = fs::metadata(&target) {
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()
    });
    // Some systems cannot rename an open file.
    drop(file);
    written.and_then(|()| fs::rename(&temporary, &target)).inspect_err(|_| {
        // The first error is the one to report.
        fs::remove_file(&temporary).ok();
    })
}

/// Creates a temporary file with a name that no other thread or process uses.
fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let mut number = 0_u32;
    loop {
        let path = target.with_file_name(format!(".forward-pass-{number}.part"));
        match File::create_new(&path) {
            Err(error) if error.kind() == IoKind::AlreadyExists && number < 10_000 => number += 1,
            created => return created.map(|file| (path, file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new, empty folder for one test.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("forward-pass-file-{name}-{}", std::process::id()));
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        fs::read_dir(folder).unwrap().map(name).collect()
    }

    #[test]
    fn many_writers_of_one_file_leave_one_whole_file() {
        let folder = folder("many");
        let path = folder.join("weights.npz");
        std::thread::scope(|scope| {
            for writer in 0..8_u8 {
                let path = &path;
                scope.spawn(move || (0..20).for_each(|_| write(path, &vec![writer; 100_000]).unwrap()));
            }
        });
        let bytes = fs::read(&path).unwrap();
        assert_eq!((bytes.len(), bytes.iter().all(|byte| *byte == bytes[0])), (100_000, true));
        assert_eq!(names(&folder), ["weights.npz"]);
        fs::remove_dir_all(&folder).ok();
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_nothing_behind() {
        let folder = folder("refused");
        let taken = folder.join("figure.svg");
        fs::create_dir(&taken).unwrap();
        let error = write(&taken, b"<svg/>").unwrap_err();
        assert!(error.message().starts_with(&format!("cannot write `{}`: ", taken.display())), "{error}");
        assert_eq!(error.help(), "choose an existing folder that you may write to");
        assert_eq!(names(&folder), ["figure.svg"]);
        fs::remove_dir_all(&folder).ok();
    }

    #[test]
    fn a_leftover_temporary_file_does_not_block_a_write() {
        let folder = folder("crash");
        fs::write(folder.join(".forward-pass-0.part"), b"half").unwrap();
        write(&folder.join("figure.svg"), b"<svg/>").unwrap();
        assert_eq!(fs::read(folder.join("figure.svg")).unwrap(), b"<svg/>");
        assert_eq!(fs::read(folder.join(".forward-pass-0.part")).unwrap(), b"half");
        fs::remove_dir_all(&folder).ok();
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_mode_and_a_link_is_written_through() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = folder("mode");
        let (path, link) = (folder.join("figure.svg"), folder.join("link.svg"));
        fs::write(&path, b"old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        // An ordinary file, for comparison: its mode follows the umask.
        fs::write(folder.join("usual"), b"").unwrap();
        write(&folder.join("new.svg"), b"new").unwrap();
        let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode();
        assert_eq!(mode("new.svg"), mode("usual"));
        fs::remove_dir_all(&folder).ok();
    }
}
