//! The crates of a build, linked into one shared library that is loaded once: cells use its code and its statics.
//!
//! A build that follows another in a session is a layer on top of the earlier ones, and contains only what these have
//! not got.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::super::cache;
use super::super::compile::link::{Crates, Layer, OWNERS};
use super::super::compile::toolchain::Toolchain;
use super::Libraries;

/// Changes with the way in which layers are linked.
const FORMAT: &str = "3";

/// The layer with the crates of a build that those below have not got.
pub fn layer(toolchain: &Toolchain, libraries: &Libraries, below: &[Layer]) -> Result<Option<Layer>> {
    let (rlibs, paths) = (&libraries.rlibs, &libraries.search_paths);
    if !libraries.is_shared {
        return layer_of(toolchain, rlibs, paths, below, &libraries.folder);
    }
    if let Some(layer) = existing(toolchain, rlibs, below, &libraries.folder).filter(|it| cache::is_safe(&it.library)) {
        return Ok(Some(layer));
    }
    // With other layers below it than those for which the shared cache was filled.
    let folder = cache::folder()?.join("deps/layers").join(name(toolchain, rlibs, below));
    cache::make(&folder)?;
    let layer = layer_of(toolchain, rlibs, paths, below, &folder)?;
    fs::write(folder.join(cache::DONE), "{}").context("cannot write into the cache")?;
    Ok(layer)
}

/// The layer of these libraries, if it has been linked in this folder.
pub fn existing(
    toolchain: &Toolchain,
    rlibs: &BTreeMap<PathBuf, String>,
    below: &[Layer],
    folder: &Path,
) -> Option<Layer> {
    let is_below = |print: &String| below.iter().any(|layer| layer.prints.contains(print));
    let new: BTreeMap<_, _> = rlibs.clone().into_iter().filter(|(_, print)| !is_below(print)).collect();
    let layer = in_folder(folder, &name(toolchain, &new, below), &new);
    (!new.is_empty() && layer.library.is_file() && layer.stub.is_file()).then_some(layer)
}

fn in_folder(folder: &Path, name: &str, new: &BTreeMap<PathBuf, String>) -> Layer {
    let stub = folder.join(format!("stub-{name}"));
    Layer { library: folder.join(name), stub, prints: new.values().cloned().collect() }
}

/// Links these libraries, each with a hash of its content, unless that is done already; `None` if the layers below have
/// all of them.
pub fn layer_of(
    toolchain: &Toolchain,
    rlibs: &BTreeMap<PathBuf, String>,
    search_paths: &[String],
    below: &[Layer],
    folder: &Path,
) -> Result<Option<Layer>> {
    let is_below = |print: &String| below.iter().any(|layer| layer.prints.contains(print));
    let (left_out, new): (BTreeMap<_, _>, BTreeMap<_, _>) = rlibs.clone().into_iter().partition(|(_, it)| is_below(it));
    if new.is_empty() {
        return Ok(None);
    }
    let name = name(toolchain, &new, below);
    let layer = in_folder(folder, &name, &new);
    if layer.library.is_file() && layer.stub.is_file() {
        return Ok(Some(layer));
    }
    // Linked aside and moved into place: other sessions may do the same.
    let scratch = tempfile::tempdir_in(folder).context("cannot write into the cache")?;
    let words = link_words(toolchain, rlibs.keys(), search_paths, scratch.path())?;
    let canonical = |file: PathBuf| fs::canonicalize(&file).unwrap_or(file);
    let [whole, left_out] = [new, left_out].map(|files| files.into_keys().map(canonical).collect::<BTreeSet<_>>());
    let crates = Crates { words: &words, whole: &whole, left_out: &left_out, below, scratch: scratch.path() };
    let made = ["owners", "stub", "library"].map(|name| scratch.path().join(name));
    crates.link(toolchain, [&made[2], &made[1], &made[0]], &name)?;
    // The library comes last: it marks the layer as complete.
    for (made, to) in made.iter().zip([&layer.library.with_extension(OWNERS), &layer.stub, &layer.library]) {
        fs::rename(made, to).context("cannot write into the cache")?;
    }
    Ok(Some(layer))
}

/// The name by which the loader knows the layer: no two have the same one.
fn name(toolchain: &Toolchain, new: &BTreeMap<PathBuf, String>, below: &[Layer]) -> String {
    let name = |file: &Path| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut parts: Vec<String> = vec![FORMAT.to_owned(), toolchain.version.clone()];
    parts.extend(below.iter().map(|layer| name(&layer.library)));
    parts.extend(new.iter().map(|(file, print)| format!("{} {print}", name(file))));
    let digest = cache::digest(parts.iter().map(String::as_bytes));
    format!("libfp_crates-{digest}{}", std::env::consts::DLL_SUFFIX)
}

/// What rustc passes to the linker for a library that uses all of these, the native libraries that they need included.
fn link_words<'a>(
    toolchain: &Toolchain,
    rlibs: impl Iterator<Item = &'a PathBuf>,
    search_paths: &[String],
    scratch: &Path,
) -> Result<Vec<String>> {
    let mut source = "#![allow(warnings)]\n".to_owned();
    let mut command = Command::new(&toolchain.rustc);
    for (number, rlib) in rlibs.enumerate() {
        source.push_str(&format!("extern crate fp_{number};\n"));
        command.arg("--extern").arg(format!("fp_{number}={}", rlib.display()));
    }
    fs::write(scratch.join("all.rs"), source).context("cannot write into the cache")?;
    command.args(["--edition=2024", "--crate-type=cdylib", "--crate-name=fp_all", "--emit=link", "--print=link-args"]);
    // A linker that does nothing: only the words are wanted.
    command.args(["-Cprefer-dynamic", "-Clinker=true", "-Clinker-flavor=ld"]);
    command.args(search_paths.iter().flat_map(|path| ["-L", path]));
    command.arg("--out-dir").args([scratch, &scratch.join("all.rs")]);
    command.env_remove("RUSTC_BOOTSTRAP").env_remove("RUSTC_LOG").current_dir(scratch).stdin(Stdio::null());
    let output = command.output().with_context(|| format!("cannot run `{}`", toolchain.rustc.display()))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let words = printed.lines().map(words).find(|words| words.iter().any(|word| word.ends_with("symbols.o")));
    match words {
        Some(words) if output.status.success() => Ok(words),
        _ => bail!("rustc does not link the crates\n{}", String::from_utf8_lossy(&output.stderr).trim()),
    }
}

/// The quoted words of a command line after the program, which is the first word without a variable's name.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut letters = line.chars();
    let mut is_variable = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                let mut word = String::new();
                while let Some(letter) = letters.next().filter(|&letter| letter != '"') {
                    word.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
                }
                if !std::mem::take(&mut is_variable) {
                    words.push(word);
                }
            }
            '=' => is_variable = true,
            _ => {}
        }
    }
    words.drain(..words.len().min(1));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_command_line_are_unquoted() {
        let line =
            r#"LC_ALL="C" PATH="/a:/b" "/bin/true" "--version-script=/t/list" "/t/with space.rlib" "a\"b\\" "-lc""#;
        let expected = ["--version-script=/t/list", "/t/with space.rlib", "a\"b\\", "-lc"];
        assert_eq!(words(line), expected);
        assert_eq!(words("note: nothing"), Vec::<String>::new());
    }
}
