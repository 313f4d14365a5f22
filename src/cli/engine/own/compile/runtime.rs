//! The runtime of cells: a small library that every cell links, compiled once for each compiler.
//!
//! Its source is `fp_rt.rs.txt`; none of it runs in this process.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::super::cache::{ABANDONED, is_safe};
use super::super::deps::{existing, layer_of};
use super::super::stop::Stop;
use super::closures::forms_of;
use super::link::Layer;
use super::rustc::{CompileEnd, Job, Kind, compile};
use super::toolchain::{Toolchain, unreadable};
use super::types::{TypeText, marked_types};

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
    if !cfg!(target_os = "linux") {
        return None;
    }
    // Its name contains a hash of its content.
    let rlibs = BTreeMap::from([(runtime.to_owned(), runtime.file_name()?.to_string_lossy().into_owned())]);
    layer_of(toolchain, &rlibs, &[], &[], runtime.parent()?).ok()?
}

fn name(toolchain: &Toolchain) -> String {
    let mut hasher = DefaultHasher::new();
    (TEXT, &toolchain.version, &toolchain.host, &toolchain.sysroot).hash(&mut hasher);
    format!("libfp_rt-{:016x}.rlib", hasher.finish())
}

/// The library for this toolchain in a shared cache, if its layer is there as well.
pub fn shared_library(toolchain: &Toolchain, cache: &Path) -> Option<PathBuf> {
    let library = cache.join(name(toolchain));
    let rlibs = BTreeMap::from([(library.clone(), name(toolchain))]);
    let layer = existing(toolchain, &rlibs, &[], cache)?;
    [&library, &layer.library, &layer.stub].iter().all(|file| is_safe(file)).then_some(library)
}

/// The library for this toolchain, from the cache or built into it.
pub fn library(toolchain: &Toolchain, cache: &Path, stop: &Stop) -> Result<PathBuf> {
    let library = cache.join(name(toolchain));
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
    probe(toolchain, scratch.path(), &compiled.library, stop)?;
    std::fs::rename(&compiled.library, &library).context("cannot write into the cache")?;
    Ok(library)
}

/// A cell with variables of known types.
const KNOWN: &str = "#![allow(warnings)]\n#[unsafe(no_mangle)] pub extern \"C\" fn fp_cell_0() {\n\
    let mut f = || { let n = 5; let names = vec![\"a\".parse::<f64>()]; let add = move |x: i32| x + n;\n\
    if ::fp_rt::never() { let __fp_types_0 = (::fp_rt::never(), n, names, add,);\n::fp_rt::mark(__fp_types_0); } };\n\
    f(); }\n";

/// Compiles a known cell, so that a compiler whose MIR cannot be read is reported before anything runs.
fn probe(toolchain: &Toolchain, folder: &Path, runtime: &Path, stop: &Stop) -> Result<()> {
    let source = folder.join("probe.rs");
    std::fs::write(&source, KNOWN).context("cannot write into the cache")?;
    let job = Job {
        crate_name: "probe".to_owned(),
        source,
        folder: folder.to_owned(),
        kind: Kind::Check,
        metadata: "probe".to_owned(),
        externs: vec![("fp_rt".to_owned(), runtime.to_owned())],
        ..Job::default()
    };
    let compiled = compile(toolchain, &job, None, stop)?;
    let is_read = compiled.ended == CompileEnd::Succeeded && is_read(&compiled.read_mir()?);
    if is_read { Ok(()) } else { Err(unreadable(&toolchain.version)) }
}

/// Does the MIR of the known cell tell what it should?
fn is_read(mir: &str) -> bool {
    let Some(types) = marked_types(mir, 0) else { return false };
    let shown: Vec<String> = types.iter().map(TypeText::shown).collect();
    let has_signature = types.last().is_some_and(|closure| !forms_of(closure, mir).is_empty());
    shown.len() == 3 && shown[..2] == ["i32", "Vec<Result<f64, ParseFloatError>>"] && has_signature
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_that_writes_its_mir_in_another_form_is_noticed() {
        let (toolchain, stop) = (Toolchain::find().unwrap(), Stop::new().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let runtime = library(&toolchain, folder.path(), &stop).unwrap();
        probe(&toolchain, folder.path(), &runtime, &stop).unwrap();
        let mir = std::fs::read_to_string(folder.path().join("probe.mir")).unwrap();
        assert!(is_read(&mir));
        for (form, other) in [("debug __fp", "name __fp"), ("i32, ", "I32, "), ("(_1: ", "(%1: "), ("let ", "var ")] {
            assert!(!is_read(&mir.replace(form, other)), "{form}");
        }
        let message = unreadable("rustc 9.99.0").to_string();
        assert!(message.starts_with("rustc 9.99.0 writes its MIR in an unknown form"), "{message}");
        assert!(message.ends_with("it finds the types in another way"), "{message}");
    }
}
