//! The runtime of cells: a small library that every cell links, compiled once for each compiler.
//!
//! Its source is `fp_rt.rs.txt`; none of it runs in this process.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::super::cache::ABANDONED;
use super::super::deps::layer_of;
use super::super::stop::Stop;
use super::link::Layer;
use super::rustc::{CompileEnd, Job, Kind, compile};
use super::toolchain::Toolchain;

/// The cell reached its end.
pub const PASSED: u32 = 0;
pub const PANICKED: u32 = 1;
/// An error left the cell through `?`.
pub const FAILED: u32 = 2;
/// A loaded value was not of its recorded type.
pub const LOST: u32 = 4;

const TEXT: &str = include_str!("fp_rt.rs.txt");

/// Removes what killed sessions have left.
fn remove_abandoned(cache: &Path) {
    for entry in std::fs::read_dir(cache).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|about| about.modified()).ok().and_then(|time| time.elapsed().ok());
        if entry.path().is_dir() && age.is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The runtime as a shared library, beside the other one; `None` if it cannot be linked.
pub fn layer(toolchain: &Toolchain, runtime: &Path) -> Option<Layer> {
    // Its name contains a hash of its content.
    let rlibs = BTreeMap::from([(runtime.to_owned(), runtime.file_name()?.to_string_lossy().into_owned())]);
    layer_of(toolchain, &rlibs, &[], &[], runtime.parent()?).ok()?
}

/// The library for this toolchain, from the cache or built into it.
pub fn library(toolchain: &Toolchain, cache: &Path, stop: &Stop) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    (TEXT, &toolchain.version, &toolchain.host, &toolchain.sysroot).hash(&mut hasher);
    let library = cache.join(format!("libfp_rt-{:016x}.rlib", hasher.finish()));
    if library.is_file() {
        return Ok(library);
    }
    remove_abandoned(cache);
    // Built aside and moved into place: other sessions may build it at the same time.
    let scratch = tempfile::tempdir_in(cache).context("cannot write into the cache")?;
    let source = scratch.path().join("fp_rt.rs");
    std::fs::write(&source, TEXT).context("cannot write into the cache")?;
    let job = Job {
        crate_name: "fp_rt".to_owned(),
        source,
        folder: scratch.path().to_owned(),
        kind: Kind::Rlib,
        metadata: "fp_rt".to_owned(),
        ..Job::default()
    };
    let compiled = compile(toolchain, &job, None, stop)?;
    if compiled.ended != CompileEnd::Succeeded {
        let messages: Vec<&str> = compiled.messages.iter().filter_map(|message| message["rendered"].as_str()).collect();
        if messages.concat().contains("No space left on device") {
            let place = cache.display();
            bail!("cannot compile the runtime of cells: the disk of `{place}` is full\nhelp: free some space");
        }
        bail!("{} cannot compile the runtime of cells\n{}{}", toolchain.version, messages.join(""), compiled.rest);
    }
    std::fs::rename(&compiled.library, &library).context("cannot write into the cache")?;
    Ok(library)
}
