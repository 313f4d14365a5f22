//! The program around rustc with which cargo builds crates: it names their sources without the folder that they are in,
//! as a build may be used from another place and by another user.
//!
//! Cargo takes no notice of it: crates that are compiled already stay as they are, wherever a path dependency is.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::compile::toolchain::Toolchain;
use super::graph::Graph;
use crate::cli::files::write_atomically;

/// Tells the script which options to add, one on each line.
const OPTIONS: &str = "FORWARD_PASS_RUSTC_OPTIONS";

const SCRIPT: &str = "#!/bin/sh\nset -f\nIFS='\n'\nexec \"$@\" $FORWARD_PASS_RUSTC_OPTIONS\n";

/// Since this version, rustc can leave the paths in its messages as they are.
const WITH_SCOPE: u32 = 95;

/// A larger file is not searched.
const LARGEST: u64 = 16 << 20;

pub struct Wrapper {
    script: PathBuf,
    options: OsString,
}

impl Wrapper {
    /// For the crates of a graph, which are built in this entry of these groups.
    pub fn new(groups: &Path, entry: &Path, toolchain: &Toolchain, graph: &Graph) -> io::Result<Wrapper> {
        let script = groups.join("rustc.sh");
        if fs::read(&script).ok().as_deref() != Some(SCRIPT.as_bytes()) {
            write_atomically(&script, SCRIPT.as_bytes()).map_err(io::Error::other)?;
            #[cfg(unix)]
            fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        }
        let mut options = OsString::new();
        if toolchain.minor().is_some_and(|minor| minor >= WITH_SCOPE) {
            options.push("--remap-path-scope=object\n");
        }
        for (from, to) in names(entry, graph).into_iter().filter(|(from, _)| !from.to_string_lossy().contains('\n')) {
            options.push("--remap-path-prefix=");
            options.push(from);
            options.push(format!("={to}\n"));
        }
        Ok(Wrapper { script, options })
    }

    /// Where scripts are no programs, cargo calls rustc itself.
    pub fn wrap(&self, command: &mut Command) {
        if cfg!(windows) {
            return;
        }
        command.env("RUSTC_WRAPPER", &self.script).env(OPTIONS, &self.options);
    }
}

/// Folders and their names; of several that a file is in, the last counts.
fn names(entry: &Path, graph: &Graph) -> Vec<(PathBuf, String)> {
    let mut names = Vec::new();
    if let Some(home) = cargo_home() {
        let registries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
        names.extend(registries.map(|registry| (registry.path(), String::new())));
        names.push((home.join("git/checkouts"), String::new()));
    }
    names.push((entry.join("target/debug/build"), "build".to_owned()));
    let mut local: Vec<_> = graph.local().map(|package| (package.folder.clone(), package.name.clone())).collect();
    local.sort_by_key(|(folder, _)| folder.as_os_str().len());
    names.extend(local);
    names
}

/// Cargo's folder.
pub fn cargo_home() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}

/// Is the place of a path dependency in one of these files, or may it be?
pub fn looks_at<'a>(graph: &Graph, files: impl IntoIterator<Item = &'a Path>) -> bool {
    let places: Vec<&[u8]> = graph.local().map(|package| package.folder.as_os_str().as_encoded_bytes()).collect();
    let is_in = |file: &Path| {
        let is_large = file.metadata().is_ok_and(|about| about.is_file() && about.len() > LARGEST);
        let bytes = if is_large { Vec::new() } else { fs::read(file).unwrap_or_default() };
        is_large || places.iter().any(|place| bytes.windows(place.len()).any(|part| part == *place))
    };
    !places.is_empty() && files.into_iter().any(is_in)
}
