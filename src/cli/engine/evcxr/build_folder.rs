//! Warm build folders in the cache: one for each set of dependencies, with a copy for each live session.
//!
//! It does not decide when a dependency is stale: cargo does, inside the folder.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::super::cache_folder;

/// Cells are compiled without optimisation, their dependencies with full optimisation: cargo reads this from the folder
/// above the one it builds in.
const CARGO_CONFIG: &str = "[profile.dev]\nlto = \"off\"\n\n[profile.dev.package.\"*\"]\nopt-level = 3\n";

/// Compiled like a cell, so that it flushes the cells' stdout and not ours.
const FLUSH_SOURCE: &str = "#[unsafe(no_mangle)]\npub extern \"C\" fn forward_pass_flush() {\n    \
     let _ = std::io::Write::flush(&mut std::io::stdout());\n}\n";

/// A build folder that belongs to one session until this is dropped.
#[derive(Debug)]
pub struct WarmFolder {
    home: PathBuf,
    slot: PathBuf,
    _lock: File,
}

impl WarmFolder {
    /// A folder for these dependencies that no other session uses.
    pub fn take(dependencies: &[String]) -> Result<WarmFolder> {
        let home = cache_folder::place()?.join("evcxr").join(key(dependencies)?);
        std::fs::create_dir_all(&home).with_context(|| format!("cannot make the folder {}", home.display()))?;
        for number in 0.. {
            let slot = home.join(format!("slot-{number}"));
            let lock = File::create(home.join(format!("slot-{number}.lock")))?;
            match lock.try_lock() {
                Ok(()) => {
                    let folder = WarmFolder { home, slot, _lock: lock };
                    folder.prepare()?;
                    return Ok(folder);
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error).context("cannot lock a build folder"),
            }
        }
        unreachable!("the numbers do not run out")
    }

    /// Where evcxr builds.
    pub fn build_folder(&self) -> PathBuf {
        self.slot.join("ctx")
    }

    /// Have the dependencies been built here before?
    pub fn is_warm(&self) -> bool {
        self.slot.join("warm").exists()
    }

    /// The dependencies are built: other sessions may copy them.
    pub fn mark_warm(&self) -> Result<()> {
        File::create(self.slot.join("warm"))?;
        Ok(())
    }

    /// Held while dependencies are built, so that two sessions do not build the same ones at the same time.
    pub fn lock_building(&self) -> Result<File> {
        let lock = File::create(self.home.join("building.lock"))?;
        lock.lock().context("cannot lock the build of the dependencies")?;
        Ok(lock)
    }

    /// Copies the warm folder of another session into this one, if there is one.
    pub fn warm_up(&self) -> Result<()> {
        let others = std::fs::read_dir(&self.home)?.filter_map(|entry| Some(entry.ok()?.path()));
        let mut warm: Vec<PathBuf> = others.filter(|path| path != &self.slot && path.join("warm").exists()).collect();
        warm.sort();
        let Some(source) = warm.first() else { return Ok(()) };
        let target = "ctx/target";
        for folder in fingerprint_folders(&source.join(target)) {
            // First: what has a fingerprint is complete. In the other order, a half-written library could be copied.
            let relative = folder.strip_prefix(source).unwrap_or(&folder);
            copy_tree(&folder, &self.slot.join(relative));
        }
        copy_tree(&source.join(target), &self.slot.join(target));
        for name in ["Cargo.toml", "Cargo.lock"] {
            let _ = std::fs::copy(source.join("ctx").join(name), self.build_folder().join(name));
        }
        self.mark_warm()
    }

    fn prepare(&self) -> Result<()> {
        std::fs::create_dir_all(self.slot.join(".cargo"))?;
        std::fs::create_dir_all(self.build_folder())?;
        std::fs::write(self.slot.join(".cargo").join("config.toml"), CARGO_CONFIG)?;
        Ok(())
    }
}

/// The library with the flush function, compiled once for each toolchain.
pub fn flush_library() -> Result<PathBuf> {
    let name = format!("flush-{}.{}", &digest(&[&toolchain()?, FLUSH_SOURCE])[..16], std::env::consts::DLL_EXTENSION);
    let path = cache_folder::place()?.join("evcxr").join(name);
    if path.exists() {
        return Ok(path);
    }
    let folder = path.parent().context("the cache has no folder")?;
    std::fs::create_dir_all(folder)?;
    let work = tempfile::tempdir_in(folder)?;
    let (source, built) = (work.path().join("flush.rs"), work.path().join("flush.out"));
    std::fs::write(&source, FLUSH_SOURCE)?;
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "--crate-type", "cdylib", "-C", "prefer-dynamic", "-C", "rpath", "-o"]);
    let output = rustc.arg(&built).arg(&source).output().context("cannot start rustc")?;
    anyhow::ensure!(output.status.success(), "rustc failed: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::rename(&built, &path)?;
    Ok(path)
}

fn key(dependencies: &[String]) -> Result<String> {
    let mut sorted: Vec<&str> = dependencies.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let rustflags = std::env::var("RUSTFLAGS").unwrap_or_default();
    Ok(digest(&[&toolchain()?, CARGO_CONFIG, &rustflags, &sorted.join("\n")])[..24].to_string())
}

/// The toolchain's folder with the libstd that all cells share.
pub fn std_folder() -> Result<PathBuf> {
    Ok(PathBuf::from(ask_rustc(&["--print", "target-libdir"])?.trim()))
}

fn toolchain() -> Result<String> {
    ask_rustc(&["-vV"])
}

fn ask_rustc(question: &[&str]) -> Result<String> {
    let output = Command::new("rustc").args(question).output();
    let output = output.context("cannot start rustc\nhelp: install Rust from https://rustup.rs")?;
    anyhow::ensure!(output.status.success(), "rustc failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn digest(parts: &[&str]) -> String {
    cache_folder::digest(parts.iter().map(|part| part.as_bytes()))
}

fn fingerprint_folders(target: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in [target.join("debug"), target.to_path_buf()] {
        found.push(folder.join(".fingerprint"));
    }
    let triples = std::fs::read_dir(target).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    found.extend(triples.map(|path| path.join("debug").join(".fingerprint")));
    found.retain(|path| path.is_dir());
    found
}

/// Copies files with their times, by which cargo judges freshness. Existing files stay, and files that vanish meanwhile
/// are skipped.
fn copy_tree(from: &Path, to: &Path) {
    if std::fs::create_dir_all(to).is_err() {
        return;
    }
    for entry in std::fs::read_dir(from).into_iter().flatten().flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_tree(&source, &target);
        } else if !target.exists() {
            copy_file(&source, &target);
        }
    }
}

fn copy_file(source: &Path, target: &Path) {
    let time = source.metadata().and_then(|metadata| metadata.modified());
    if std::fs::copy(source, target).is_ok()
        && let (Ok(time), Ok(file)) = (time, File::options().write(true).open(target))
    {
        let _ = file.set_modified(time);
    }
}
