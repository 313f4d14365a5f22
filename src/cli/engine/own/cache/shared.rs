//! Caches that all users of a machine share: filled by `warm`, looked at before the user's own, and never written to by
//! a session.
//!
//! What is in them is loaded and run, so they must belong to root or to the user, and nobody else may be able to write.

use std::io;
use std::path::{Path, PathBuf};

use super::is_redirected;
use super::private::{is_safe, is_sticky};

/// Folders, separated as in `PATH`, in place of the system's.
pub const ENV: &str = "FORWARD_PASS_CACHE_SHARED";

const SYSTEM: [&str; 2] = ["/usr/local/share/forward-pass/cache", "/usr/share/forward-pass/cache"];

/// Those that can be trusted, and what to say of the others.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    pub folders: Vec<PathBuf>,
    pub notes: Vec<String>,
}

/// The shared caches.
pub fn shared() -> Shared {
    let mut shared = Shared::default();
    // What fills a cache must not rely on another.
    if is_redirected() {
        return shared;
    }
    let named = std::env::var_os(ENV).map(|folders| std::env::split_paths(&folders).collect::<Vec<_>>());
    let is_named = named.is_some();
    let all = named.unwrap_or_else(|| SYSTEM.iter().map(PathBuf::from).collect());
    for folder in all.into_iter().filter(|folder| !folder.as_os_str().is_empty()) {
        match trusted(&folder) {
            Ok(folder) => shared.folders.push(folder),
            Err(None) if !is_named => {}
            Err(why) => {
                let why = why.unwrap_or_else(|| "it does not exist".to_owned());
                shared.notes.push(format!("the shared cache `{}` is not used: {why}", folder.display()));
            }
        }
    }
    shared
}

/// The folder's real path, or why it is not used; `None` if it is missing.
fn trusted(folder: &Path) -> Result<PathBuf, Option<String>> {
    let real = folder.canonicalize().map_err(|error| {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        (!is_missing).then(|| error.to_string())
    })?;
    if cfg!(not(unix)) {
        return Err(Some("who can write to it is not known on this system".to_owned()));
    }
    let parts = ["", "deps", "cells", "runtime"].map(|part| real.join(part));
    for part in parts.iter().filter(|part| part.exists()) {
        if !is_safe(part) {
            return Err(Some(format!("others than root and you own `{0}` or can write to it", part.display())));
        }
    }
    // Who can rename a folder above can put another one into its place.
    let above = real.ancestors().skip(1).find(|above| !is_safe(above) && !is_sticky(above));
    match above {
        Some(above) => Err(Some(format!("others than root and you can write to `{}`", above.display()))),
        None => Ok(real),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use nix::libc;

    use super::super::private::open_to_all;
    use super::*;

    #[test]
    fn what_others_can_write_to_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("a/cache");
        fs::create_dir_all(cache.join("deps/0")).unwrap();
        fs::write(cache.join("deps/0/file"), "").unwrap();
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let of = |path: &Path| path.metadata().unwrap().mode() & 0o777;
        assert_eq!(trusted(&folder.path().join("none")).unwrap_err(), None);
        mode(&folder.path().join("a"), 0o755);
        mode(&cache.join("deps/0/file"), 0o700);
        open_to_all(&cache).unwrap();
        assert_eq!([of(&cache), of(&cache.join("deps/0")), of(&cache.join("deps/0/file"))], [0o755; 3]);
        assert_eq!(trusted(&cache), Ok(cache.canonicalize().unwrap()));
        for (path, other) in [("a/cache", 0o777), ("a/cache", 0o775), ("a/cache/deps", 0o757), ("a", 0o777)] {
            mode(&folder.path().join(path), other);
            let why = trusted(&cache).unwrap_err().unwrap();
            assert!(why.contains("write to") && why.contains(path), "{why}");
            mode(&folder.path().join(path), 0o755);
        }
        mode(&folder.path().join("a"), 0o1777);
        // SAFETY: always succeeds.
        let is_root = unsafe { libc::geteuid() } == 0;
        assert_eq!(trusted(&cache).is_ok(), is_root);
    }
}
