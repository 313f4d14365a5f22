//! Layers: the crates of a session, linked into shared libraries by the toolchain's linker.
//!
//! All cells of a process use the one copy of each library, so the statics of crates live as long as the process. A
//! cell is linked with stubs (`linker`): libraries of the same name without a symbol. The linker reads them at once,
//! and the loader finds the symbols in the real ones.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::toolchain::{Toolchain, system_libraries};

/// A shared library with the code of crates.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    pub library: PathBuf,
    pub stub: PathBuf,
    /// The contents of its crates.
    pub prints: BTreeSet<String>,
}

/// The ending of the file that tells whose code is where in a layer.
pub const OWNERS: &str = "owners";

/// What every shared library is linked with.
pub const SHARED: [&str; 9] =
    ["-shared", "--eh-frame-hdr", "-z", "relro", "-z", "now", "-z", "noexecstack", "--build-id=none"];

/// Links crates into one shared library. `words` are what rustc would pass to the linker for a library that uses them
/// all; of the archives (by their canonical paths) among them, those in `whole` become part of it and those in
/// `left_out` do not.
pub struct Crates<'a> {
    pub words: &'a [String],
    pub whole: &'a BTreeSet<PathBuf>,
    pub left_out: &'a BTreeSet<PathBuf>,
    pub below: &'a [Layer],
    /// For files on the way.
    pub scratch: &'a Path,
}

impl Crates<'_> {
    /// Writes the library, its stub, and the list of whose code is where.
    pub fn link(&self, toolchain: &Toolchain, [library, stub, owners]: [&Path; 3], name: &str) -> Result<()> {
        let lld = toolchain.lld(self.scratch).context("this toolchain has no linker of its own")?;
        let mut arguments: Vec<OsString> = SHARED.iter().map(Into::into).collect();
        // Within the library, its own symbols come first, whatever else is loaded.
        arguments.extend(["-Bsymbolic", "-soname", name, "-o"].map(Into::into));
        arguments.push(library.into());
        let map = self.scratch.join("map");
        arguments.push(format!("--Map={}", map.display()).into());
        arguments.push(format!("-rpath={}", toolchain.libraries().display()).into());
        arguments.extend(system_libraries().iter().map(|folder| format!("-L{}", folder.display()).into()));
        arguments.push("--no-as-needed".into());
        arguments.extend(self.below.iter().map(|layer| layer.stub.clone().into()));
        arguments.extend(self.inputs()?);
        run(&lld, &arguments)?;
        let map = fs::read_to_string(map).context("cannot read the linker's map")?;
        fs::write(owners, owners_of(&map)).context("cannot write into the cache")?;
        let empty = self.scratch.join("empty");
        fs::write(&empty, "\n").context("cannot write into the cache")?;
        let mut arguments: Vec<OsString> =
            ["-shared", "-m", emulation()?, "-soname", name, "-o"].map(Into::into).into();
        arguments.extend([stub.into(), "--format=binary".into(), empty.into()]);
        run(&lld, &arguments)
    }

    /// The words with each archive replaced.
    fn inputs(&self) -> Result<Vec<OsString>> {
        let mut inputs: Vec<OsString> = Vec::new();
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            let path = fs::canonicalize(word).unwrap_or_else(|_| word.into());
            if word == "-o" {
                words.next();
            } else if self.whole.contains(&path) {
                self.add_whole(&path, &mut inputs)?;
            } else if !self.left_out.contains(&path) && !is_of_rustc(word) {
                inputs.push(word.into());
            }
        }
        Ok(inputs)
    }

    /// All Rust code of an archive. Objects in C are linked as they would be otherwise: those that are needed, and one
    /// of several with the same symbols.
    fn add_whole(&self, archive: &Path, inputs: &mut Vec<OsString>) -> Result<()> {
        let bytes = fs::read(archive).with_context(|| format!("cannot read `{}`", archive.display()))?;
        let members = members(&bytes).with_context(|| format!("`{}` is not an archive", archive.display()))?;
        if members.iter().all(|(name, _)| is_of_rust(name)) {
            inputs.extend(["--whole-archive".into(), archive.into(), "--no-whole-archive".into()]);
            return Ok(());
        }
        for (name, content) in &members {
            if name.ends_with(".rcgu.o") {
                let object = self.scratch.join(name);
                fs::write(&object, content).context("cannot write into the cache")?;
                inputs.push(object.into());
            }
        }
        inputs.push(archive.into());
        Ok(())
    }
}

/// A line for each run of code of one crate: its address in hexadecimal, and the crate's name.
fn owners_of(map: &str) -> String {
    let mut owners = String::new();
    let mut last = "";
    for line in map.lines() {
        // `bc0 bc0 18 16 /t/libx-01.rlib(x-01.x.02-cgu.0.rcgu.o):(.text.f)`
        let Some((object, _)) = line.split_once(":(.text") else { continue };
        let mut words = object.split_whitespace();
        let (Some(address), Some(size)) = (words.next(), words.nth(1)) else { continue };
        if size == "0" {
            continue;
        }
        let name = object.rsplit(['(', '/']).next().unwrap_or(object);
        let owner = name.split('-').next().unwrap_or(name);
        if owner != last {
            owners.push_str(&format!("{address} {owner}\n"));
            last = owner;
        }
    }
    owners
}

/// Files that rustc made for this one call, and options that do not suit a library that exports everything.
fn is_of_rustc(word: &str) -> bool {
    ["--version-script", "--no-undefined-version", "--gc-sections", "-shared"].iter().any(|it| word.starts_with(it))
        || word.ends_with(".rcgu.o")
        || word.ends_with("symbols.o")
}

fn is_of_rust(member: &str) -> bool {
    member.ends_with(".rcgu.o") || member.ends_with(".rmeta")
}

/// The files in an archive, without its indexes; `None` if it is not one.
fn members(archive: &[u8]) -> Option<Vec<(String, &[u8])>> {
    let mut rest = archive.strip_prefix(b"!<arch>\n")?;
    let mut long_names: &[u8] = &[];
    let mut members = Vec::new();
    while !rest.is_empty() {
        let (header, after) = rest.split_at_checked(60)?;
        let name = String::from_utf8_lossy(&header[..16]).trim_end().to_owned();
        let size: usize = String::from_utf8_lossy(&header[48..58]).trim().parse().ok()?;
        let (content, after) = after.split_at_checked(size)?;
        // Each starts at an even place.
        rest = after.get(size % 2..).unwrap_or_default();
        match name.as_str() {
            "/" | "/SYM64/" => {}
            "//" => long_names = content,
            _ => members.push((member_name(&name, long_names)?, content)),
        }
    }
    Some(members)
}

/// `name/`, or `/17` for the long name that begins there.
fn member_name(name: &str, long_names: &[u8]) -> Option<String> {
    let Some(at) = name.strip_prefix('/') else { return Some(name.trim_end_matches('/').to_owned()) };
    let long = long_names.get(at.parse::<usize>().ok()?..)?;
    let end = long.iter().position(|&byte| byte == b'\n').unwrap_or(long.len());
    Some(String::from_utf8_lossy(&long[..end]).trim_end_matches('/').to_owned())
}

fn run(lld: &Path, arguments: &[OsString]) -> Result<()> {
    let output = Command::new(lld).args(arguments).stdin(Stdio::null()).output().context("cannot run the linker")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// The linker's word for this machine, for a library that is made of no object file.
pub fn emulation() -> Result<&'static str> {
    match std::env::consts::ARCH {
        "x86_64" => Ok("elf_x86_64"),
        "aarch64" => Ok("aarch64linux"),
        "riscv64" => Ok("elf64lriscv"),
        other => bail!("no name for the linker is known for {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_of_an_archive_are_found() {
        let header = |name: &str, size: usize| format!("{name:<16}{:<32}{size:<10}`\n", "0");
        let long = "a-long-name.rcgu.o/\n";
        let text = [
            "!<arch>\n",
            &header("/", 4),
            "inde",
            &header("//", long.len()),
            long,
            &header("/0", 3),
            "one\n",
            &header("lib.rmeta/", 2),
            "xy",
        ]
        .concat();
        let expected: Vec<(String, &[u8])> = vec![("a-long-name.rcgu.o".into(), b"one"), ("lib.rmeta".into(), b"xy")];
        assert_eq!(members(text.as_bytes()), Some(expected));
        assert_eq!(members(b"\x7fELF"), None);
        assert_eq!(members(&text.as_bytes()[..text.len() - 1]), None);
    }

    #[test]
    fn the_owner_of_code_is_the_crate_of_its_object() {
        let map = "  VMA  LMA  Size Align Out     In      Symbol\n 200 200 8 8 .dynsym\n\
                   bc0 bc0 0 4 /t/liba-01.rlib(a-01.a.2-cgu.0.rcgu.o):(.text)\n\
                   bc0 bc0 18 16 /t/liba-01.rlib(a-01.a.2-cgu.0.rcgu.o):(.text.f)\n bc0 bc0 18 1 f\n\
                   bd8 bd8 4 16 /t/liba-01.rlib(a-01.a.2-cgu.1.rcgu.o):(.text.g)\n\
                   be0 be0 4 16 /t/.tmp/rayon_core-9.rcgu.o:(.text.h)\n c00 c00 8 8 /t/x.o:(.data)\n";
        assert_eq!(owners_of(map), "bc0 a\nbe0 rayon_core\n");
    }
}
