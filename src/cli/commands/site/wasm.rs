//! Builds the program behind the moving figures: the package `web` of the project's clone, for WebAssembly.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::strip;
use crate::cli::notebook::chapter;
use crate::cli::streams;

const TARGET: &str = "wasm32-unknown-unknown";
const STILL: &str = "or add `--still` for a site whose figures do not move";

/// The programs: with SIMD, which every browser has had since 2023 and which trains faster, and without.
pub const PROGRAMS: [(&str, &str); 2] =
    [("forward-pass.wasm", " -C target-feature=+simd128"), ("forward-pass-plain.wasm", "")];

/// The bytes of a program with these features of the target.
pub fn build(name: &str, features: &str) -> Result<Vec<u8>> {
    let notebooks = chapter::own_notebooks();
    let manifest = notebooks.as_deref().and_then(Path::parent).map(|clone| clone.join("web/Cargo.toml"));
    let Some(manifest) = manifest.filter(|manifest| manifest.is_file()) else {
        bail!("the moving figures are built from the project's source\nhelp: run this in a clone of it, {STILL}");
    };
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("../target"), Into::into);
    // Other flags would build everything again.
    let target = target.join("web").join(name.trim_end_matches(".wasm"));
    streams::eprintln!("building {name} for the moving figures; the first time takes a minute or two");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--quiet", "--target", TARGET, "--manifest-path"]).arg(&manifest);
    cargo.arg("--target-dir").arg(&target).current_dir(folder);
    // The figures need no other Hangul.
    cargo.env("RUSTFLAGS", format!("--cfg page_letters{features}")).env_remove("CARGO_ENCODED_RUSTFLAGS");
    // The toolchain is that of the clone, whatever started this process.
    cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").env_remove("RUSTC");
    let output = cargo.output().with_context(|| format!("cannot start cargo\nhelp: install Rust, {STILL}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("can't find crate for `core`") || said.contains("can't find crate for `std`") {
            bail!("Rust's library for {TARGET} is missing\nhelp: run `rustup target add {TARGET}`, {STILL}");
        }
        bail!("the moving figures could not be built:\n{}\nhelp: mend what cargo says, {STILL}", said.trim());
    }
    let program = target.join(TARGET).join("release/forward_pass_web.wasm");
    let module = std::fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
    strip::stripped(&module).with_context(|| format!("{} is no WebAssembly", program.display()))
}
