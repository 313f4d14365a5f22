//! Links a cell against the layers of its session.
//!
//! rustc has written the object files. wild or mold link them if one is on the path, else the toolchain's lld.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result};

use super::super::process::system::in_own_group;
use super::super::statics::name_statics;
use super::link::{SHARED, emulation};
use super::rustc::Job;
use super::toolchain::{Toolchain, system_libraries};

/// Cells export their functions only: what one cell defines must not replace a symbol of another.
const EXPORTS: &str = "{ global: fp_cell_*; local: *; };\n";

/// The linker of one cell.
pub struct Linker {
    lld: PathBuf,
    /// mold or wild.
    quick: Option<PathBuf>,
    /// lld that has started, and waits for what it is to link: without a quicker one, that saves its start.
    waiting: Option<Child>,
    system: [PathBuf; 2],
}

impl Linker {
    /// `None` if this toolchain has no linker that we could call.
    pub fn start(toolchain: &Toolchain, job: &Job) -> Option<Linker> {
        let (lld, system, quick) = (toolchain.lld(&job.folder)?, system()?, quick());
        let waiting = if quick.is_none() { Some(start(&lld)?) } else { None };
        Some(Linker { lld, quick, waiting, system })
    }

    /// Links the object files that rustc wrote for a cell. `false` if the linker cannot.
    pub fn finish(mut self, job: &Job) -> Result<bool> {
        let objects = objects(job)?;
        let has_statics = name_all_statics(&objects)?;
        let words = self.words(job, &objects, has_statics)?;
        // The worker reads the relocations as lld writes them.
        let quick = self.quick.take().filter(|_| !has_statics && !objects.is_empty());
        let is_linked = quick.is_some_and(|quick| run(&quick, &words)) || self.run_lld(&words)?;
        for object in &objects {
            let _ = fs::remove_file(object);
        }
        Ok(is_linked && !objects.is_empty())
    }

    fn words(&self, job: &Job, objects: &[PathBuf], has_statics: bool) -> Result<Vec<OsString>> {
        let exports = job.folder.join("cells.map");
        if !exports.is_file() {
            fs::write(&exports, EXPORTS).with_context(|| format!("cannot write `{}`", exports.display()))?;
        }
        let mut words: Vec<OsString> = SHARED.iter().map(Into::into).collect();
        words.extend(["--threads=1", "--gc-sections", "--version-script"].map(Into::into));
        words.extend([exports.into(), "-o".into(), job.library().into()]);
        if has_statics {
            words.push("--emit-relocs".into());
        }
        words.extend(objects.iter().map(Into::into));
        words.extend(job.layers.iter().map(|layer| layer.stub.clone().into()));
        words.push("--as-needed".into());
        words.extend(self.system.iter().map(Into::into));
        Ok(words)
    }

    fn run_lld(&mut self, words: &[OsString]) -> Result<bool> {
        let child = self.waiting.take().or_else(|| start(&self.lld));
        let mut child = child.context("cannot run the linker")?;
        let is_sent = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(&quoted(words)).is_ok());
        let status = child.wait().context("cannot wait for the linker")?;
        Ok(is_sent && status.success())
    }
}

/// lld, which gets the words of its command line by its standard input.
fn start(lld: &Path) -> Option<Child> {
    let mut command = Command::new(lld);
    // With the machine's name, it reads the rest only once.
    command.args(["-m", emulation().ok()?, "@/dev/stdin"]);
    in_own_group(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()));
    command.spawn().ok()
}

/// Another linker, in one go.
fn run(linker: &Path, words: &[OsString]) -> bool {
    let mut command = Command::new(linker);
    command.args(emulation().iter().flat_map(|name| ["-m", name])).args(words);
    in_own_group(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
    command.status().is_ok_and(|status| status.success())
}

/// A linker on the path that is quicker than lld.
fn quick() -> Option<PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
        let mut all = ["wild", "mold"].iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        all.find(|file| file.is_file())
    };
    FOUND.get_or_init(find).clone()
}

impl Drop for Linker {
    fn drop(&mut self) {
        if let Some(mut child) = self.waiting.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// As in a response file: a word a line, in quotes.
fn quoted(words: &[OsString]) -> Vec<u8> {
    let mut quoted = Vec::new();
    for word in words {
        quoted.push(b'"');
        for &byte in word.as_encoded_bytes() {
            if matches!(byte, b'"' | b'\\') {
                quoted.push(b'\\');
            }
            quoted.push(byte);
        }
        quoted.extend(b"\"\n");
    }
    quoted
}

/// `cell-1.cell.0123-cgu.0.rcgu.o` and the like, in order.
fn objects(job: &Job) -> Result<Vec<PathBuf>> {
    // A single one has been copied to this name, and its own may not have been removed yet.
    let single = job.folder.join(format!("{}{}.o", job.crate_name, job.suffix));
    if single.is_file() {
        return Ok(vec![single]);
    }
    let begin = format!("{}{}.", job.crate_name, job.suffix);
    let entries = fs::read_dir(&job.folder).with_context(|| format!("cannot read `{}`", job.folder.display()))?;
    let mut objects: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(&begin) && name.ends_with(".o")
        })
        .map(|entry| entry.path())
        .collect();
    objects.sort();
    Ok(objects)
}

/// Prepares the statics of a cell for being shared; `false` if it has none.
fn name_all_statics(objects: &[PathBuf]) -> Result<bool> {
    let mut found = false;
    for object in objects {
        let mut bytes = fs::read(object).with_context(|| format!("cannot read `{}`", object.display()))?;
        if name_statics(&mut bytes) {
            fs::write(object, bytes).with_context(|| format!("cannot write `{}`", object.display()))?;
            found = true;
        }
    }
    Ok(found)
}

/// The libraries of the system that code refers to directly: with them, it refers to the versions that rustc meant.
fn system() -> Option<[PathBuf; 2]> {
    let find = |name: &str| system_libraries().iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    Some([find("libc.so.6")?, find("libm.so.6")?])
}
