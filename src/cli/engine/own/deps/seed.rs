//! What a new build starts with: libraries that another build has compiled.
//!
//! Cargo decides which of them it uses. If anything fails here, it builds from scratch.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::cache::{self, DONE};
use super::graph::Graph;

/// Copies the libraries of the most similar of these entries; returns whether it is current.
pub fn from_similar(
    entries: impl Iterator<Item = PathBuf>,
    platform: &str,
    lines: &BTreeSet<String>,
    entry: &Path,
    is_current: impl Fn(&Path) -> Option<bool>,
) -> Option<bool> {
    let common = |other: &Path| -> Option<usize> {
        let text = fs::read_to_string(other.join(DONE)).ok()?;
        let value: Value = serde_json::from_str(&text).ok()?;
        let is_alike = value["platform"] == platform;
        let theirs = value["lines"].as_array()?;
        is_alike.then(|| theirs.iter().filter(|line| line.as_str().is_some_and(|line| lines.contains(line))).count())
    };
    let best = entries
        .filter_map(|other| Some((common(&other)?, cache::last_used(&other), other)))
        .filter(|(common, ..)| *common > 0)
        .max();
    let (_, _, best) = best?;
    let _hold = cache::hold(&best)?;
    let is_current = is_current(&best)?;
    let (half, whole) = (entry.join("target.half"), entry.join("target"));
    let _ = fs::remove_dir_all(&half);
    let is_copied = cache::copy(&best.join("target"), &half).is_ok();
    if is_copied {
        let _ = cache::copy_to_own(&best.join("Cargo.lock"), &entry.join("Cargo.lock"));
        let _ = fs::rename(&half, &whole);
    }
    let _ = fs::remove_dir_all(&half);
    Some(is_copied && is_current)
}

/// Copies what cargo has compiled for this program, where it runs in its build folder: the two have crates in common,
/// with the same versions, features and profile.
///
/// Nothing is copied into a cache that is redirected: others may use it, and the paths in these crates are the user's.
pub fn from_own_build(entry: &Path, graph: &Graph) {
    if cache::is_redirected() {
        return;
    }
    let program = std::env::current_exe().ok();
    if let Some(profile) = program.as_deref().and_then(Path::parent).filter(|folder| folder.ends_with("debug")) {
        let names = graph.packages.values().filter(|package| !package.is_local).map(|package| package.name.as_str());
        let _ = copy_crates(profile, entry, &names.collect());
    }
}

/// Copies all that belongs to these packages from one build folder to a new one.
fn copy_crates(profile: &Path, entry: &Path, names: &BTreeSet<&str>) -> io::Result<()> {
    // Cargo holds it while it builds.
    let lock = File::open(profile.join(".cargo-lock"))?;
    if lock.try_lock_shared().is_err() {
        return Ok(());
    }
    let half = entry.join("target.half");
    let to = half.join("debug");
    let mut hashes: BTreeSet<String> = BTreeSet::new();
    for print in fs::read_dir(profile.join(".fingerprint"))?.flatten() {
        let unit = print.file_name().to_string_lossy().into_owned();
        let Some((name, hash)) = unit.rsplit_once('-') else { continue };
        if names.contains(name) {
            hashes.insert(hash.to_owned());
            cache::copy(&print.path(), &to.join(".fingerprint").join(&unit))?;
            let built = profile.join("build").join(&unit);
            if built.is_dir() {
                cache::copy(&built, &to.join("build").join(&unit))?;
            }
        }
    }
    fs::create_dir_all(to.join("deps"))?;
    for file in fs::read_dir(profile.join("deps"))?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let stem = name.split('.').next().unwrap_or_default();
        if stem.rsplit_once('-').is_some_and(|(_, hash)| hashes.contains(hash)) {
            cache::copy_file(&file.path(), &to.join("deps").join(&name))?;
        }
    }
    fs::rename(&half, entry.join("target"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_crates_of_these_packages_are_copied_with_their_times() {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("debug");
        let files = [
            ".cargo-lock",
            ".fingerprint/num-traits-1a/lib-num_traits",
            ".fingerprint/num-traits-2b/run-build-script-build-script-build",
            ".fingerprint/num-3c/lib-num",
            "build/num-traits-2b/output",
            "build/num-3c/output",
            "deps/libnum_traits-1a.rlib",
            "deps/num_traits-1a.d",
            "deps/libnum-3c.rlib",
            "deps/forward_pass-9d",
        ];
        let time = SystemTime::now() - Duration::from_secs(3600);
        for name in files {
            let file = profile.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, name).unwrap();
            File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
        }
        let entry = folder.path().join("entry");
        copy_crates(&profile, &entry, &BTreeSet::from(["num-traits"])).unwrap();
        for name in &files[1..] {
            let copied = entry.join("target/debug").join(name);
            let expected = name.contains("traits");
            assert_eq!(copied.is_file(), expected, "{name}");
            if expected {
                assert_eq!(fs::metadata(&copied).unwrap().modified().unwrap(), time, "{name}");
            }
        }
    }

    #[test]
    fn nothing_is_copied_while_cargo_builds() {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("debug");
        fs::create_dir_all(profile.join(".fingerprint/log-1a")).unwrap();
        fs::create_dir_all(profile.join("deps")).unwrap();
        let lock = File::create(profile.join(".cargo-lock")).unwrap();
        let entry = folder.path().join("entry");
        lock.lock().unwrap();
        copy_crates(&profile, &entry, &BTreeSet::from(["log"])).unwrap();
        assert!(!entry.exists());
        lock.unlock().unwrap();
        copy_crates(&profile, &entry, &BTreeSet::from(["log"])).unwrap();
        assert!(entry.join("target/debug/.fingerprint/log-1a").is_dir());
    }
}
