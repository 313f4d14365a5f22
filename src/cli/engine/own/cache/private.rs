//! What only its owner may read, as each system has it: on Windows, the user's folders are private as they are.

use std::fs::{DirBuilder, Metadata, OpenOptions};
use std::io;
use std::path::Path;

#[cfg(unix)]
pub use of_unix::*;
#[cfg(not(unix))]
pub use others::*;

#[cfg(unix)]
mod of_unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};

    use nix::libc;
    use nix::unistd::Uid;

    use super::*;

    pub fn folders(builder: &mut DirBuilder) -> &mut DirBuilder {
        builder.mode(0o700)
    }

    pub fn files(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(0o600)
    }

    /// Does it belong to this user?
    pub fn is_own(path: &Path) -> io::Result<bool> {
        Ok(fs::metadata(path)?.uid() == Uid::effective().as_raw())
    }

    pub fn close(folder: &Path) -> io::Result<()> {
        if fs::metadata(folder)?.mode() & 0o077 == 0 {
            return Ok(());
        }
        fs::set_permissions(folder, Permissions::from_mode(0o700))
    }

    /// A copy has the mode of its original, which may be nobody's to write.
    pub fn make_writable(file: &Path) -> io::Result<()> {
        let mode = fs::metadata(file)?.mode();
        if mode & 0o200 == 0 { fs::set_permissions(file, Permissions::from_mode(mode | 0o200)) } else { Ok(()) }
    }

    /// Can only root and the user change this file or folder?
    pub fn is_safe(path: &Path) -> bool {
        let own = Uid::effective().as_raw();
        path.metadata().is_ok_and(|about| [0, own].contains(&about.uid()) && about.mode() & 0o022 == 0)
    }

    /// In such a folder of root's, such as `/tmp`, only the owner of a folder can rename it.
    pub fn is_sticky(path: &Path) -> bool {
        path.metadata().is_ok_and(|about| about.uid() == 0 && about.mode() & 0o1000 != 0)
    }

    /// Makes a cache readable by all users, and writable by its owner only.
    pub fn open_to_all(folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let about = path.symlink_metadata()?;
            if about.is_dir() {
                open_to_all(&path)?;
            } else if about.is_file() {
                let program = if about.mode() & 0o100 != 0 { 0o111 } else { 0 };
                fs::set_permissions(&path, Permissions::from_mode(about.mode() & 0o755 | 0o444 | program))?;
            }
        }
        fs::set_permissions(folder, Permissions::from_mode(0o755))
    }

    /// The bytes that a file takes on the disk.
    pub fn size(about: &Metadata) -> u64 {
        about.blocks() * 512
    }

    /// Does the error mean that the system allows no more processes?
    pub fn is_no_process_left(error: &io::Error) -> bool {
        error.raw_os_error() == Some(libc::EAGAIN)
    }
}

#[cfg(not(unix))]
mod others {
    use super::*;

    pub fn folders(builder: &mut DirBuilder) -> &mut DirBuilder {
        builder
    }

    pub fn files(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub fn is_own(_: &Path) -> io::Result<bool> {
        Ok(true)
    }

    pub fn close(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub fn make_writable(file: &Path) -> io::Result<()> {
        let mut permissions = file.metadata()?.permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "this is not Unix")]
        permissions.set_readonly(false);
        std::fs::set_permissions(file, permissions)
    }

    pub fn is_safe(_: &Path) -> bool {
        false
    }

    pub fn is_sticky(_: &Path) -> bool {
        false
    }

    pub fn open_to_all(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub fn size(about: &Metadata) -> u64 {
        about.len()
    }

    pub fn is_no_process_left(_: &io::Error) -> bool {
        false
    }
}
