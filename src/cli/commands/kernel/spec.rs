//! The kernelspec, which tells Jupyter how to start the kernel, its name and its logo.
//!
//! Only a folder that this program wrote is replaced or removed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use super::dirs;
use super::queries::PROTOCOL;
use crate::cli::args::{KERNEL_NAME, KernelInstallArgs, KernelUninstallArgs};
use crate::cli::engine::Engine;
use crate::cli::exit::usage;

/// Marks our kernelspecs, whatever their names.
const MARK: &str = "forward_pass";

const LOGOS: &[(&str, &[u8])] = &[
    ("logo-32x32.png", include_bytes!("logo/logo-32x32.png")),
    ("logo-64x64.png", include_bytes!("logo/logo-64x64.png")),
    ("logo-svg.svg", include_bytes!("logo/logo-svg.svg")),
];

/// The name of the kernel in notebooks that were written with the stock one.
const STORED: &str = "rust";

/// The folder of the kernelspec, and what else there is to say.
pub struct Installed {
    pub folder: PathBuf,
    pub notes: Vec<String>,
}

/// Writes the kernelspec, whole or not at all, and a second one for the name that notebooks store, if it is free.
pub fn install(engine: Engine, args: &KernelInstallArgs) -> Result<Installed> {
    let kernels = dirs::chosen(&args.place)?;
    let folder = kernels.join(dirs::checked(args.name.as_deref().unwrap_or(KERNEL_NAME))?);
    refuse_foreign(&folder)?;
    if args.display_name.trim().is_empty() {
        return Err(usage("`--display-name` is empty\nhelp: leave it out, or give the name that Jupyter shows"));
    }
    let spec = spec(engine, args)?;
    write(&kernels, &folder, &spec)?;
    let notes = if args.name.is_none() { vec![take_stored_name(&kernels, spec)?] } else { Vec::new() };
    Ok(Installed { folder, notes })
}

/// Takes the name that notebooks store, unless another program has it.
fn take_stored_name(kernels: &Path, mut spec: Value) -> Result<String> {
    let places = dirs::all().into_iter().chain([kernels.to_owned()]).map(|place| place.join(STORED));
    let foreign = places.filter(|place| place.exists()).find(|place| refuse_foreign(place).is_err());
    if let Some(foreign) = foreign {
        return Ok(format!(
            "the kernel `{STORED}` in `{}` belongs to another program and stays: notebooks that name it open with it\n\
             help: choose this one in Jupyter (Kernel, Change Kernel), or with `--ExecutePreprocessor.kernel_name` \
             of nbconvert and `-k` of papermill",
            foreign.display()
        ));
    }
    let folder = kernels.join(STORED);
    // The name that Jupyter shows, in notebooks and in its menus.
    spec["display_name"] = "Rust".into();
    write(kernels, &folder, &spec)?;
    Ok(format!("notebooks that name the kernel `{STORED}` open with it, too: {}", folder.display()))
}

fn write(kernels: &Path, folder: &Path, spec: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(spec)? + "\n";
    write_files(kernels, folder, &text).map_err(|error| {
        anyhow!("cannot write `{}`: {error}\nhelp: choose a writable folder with `--prefix`", folder.display())
    })
}

fn write_files(kernels: &Path, folder: &Path, spec: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(kernels)?;
    let fresh = tempfile::Builder::new().prefix(".forward-pass-").tempdir_in(kernels)?;
    std::fs::write(fresh.path().join("kernel.json"), spec)?;
    for (name, bytes) in LOGOS {
        std::fs::write(fresh.path().join(name), bytes)?;
    }
    open_to_all(fresh.path())?;
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::rename(fresh.keep(), folder)
}

/// Removes the kernelspec, and the one for the name that notebooks store; returns where they were.
pub fn uninstall(args: &KernelUninstallArgs) -> Result<Vec<PathBuf>> {
    let kernels = dirs::chosen(&args.place)?;
    let folder = kernels.join(dirs::checked(args.name.as_deref().unwrap_or(KERNEL_NAME))?);
    if !folder.exists() {
        bail!(
            "no kernel is installed in `{}`\nhelp: `forward-pass kernel list` lists the installed kernels",
            folder.display()
        );
    }
    refuse_foreign(&folder)?;
    let stored = kernels.join(STORED);
    let has_stored = args.name.is_none() && stored.exists() && refuse_foreign(&stored).is_ok();
    let removed: Vec<PathBuf> = [folder].into_iter().chain(has_stored.then_some(stored)).collect();
    for folder in &removed {
        std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove `{}`", folder.display()))?;
    }
    Ok(removed)
}

/// One line for each installed kernel.
pub fn list() -> String {
    let mut lines = String::new();
    for kernels in dirs::all() {
        let Ok(entries) = std::fs::read_dir(&kernels) else { continue };
        let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        for folder in folders {
            let Some(spec) = read(&folder) else { continue };
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            let shown = spec["display_name"].as_str().unwrap_or_default();
            lines.push_str(&format!("{name:<20} {shown:<24} {}\n", folder.display()));
        }
    }
    if lines.is_empty() {
        "no kernel is installed\nhelp: `forward-pass kernel install` installs one\n".into()
    } else {
        lines
    }
}

fn spec(engine: Engine, args: &KernelInstallArgs) -> Result<Value> {
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    let program = program.to_str().context("the path of this program is not UTF-8")?;
    let engine = match engine {
        Engine::Own => "own",
        Engine::Evcxr => "evcxr",
    };
    let mut argv = vec![program.to_owned(), "--engine".into(), engine.into(), "kernel".into(), "run".into()];
    argv.extend(args.timeout.iter().flat_map(|seconds| ["--timeout".to_owned(), seconds.to_string()]));
    argv.push("{connection_file}".into());
    Ok(json!({
        "argv": argv,
        "display_name": args.display_name,
        "language": "rust",
        "env": environment(&args.env)?,
        "interrupt_mode": "message",
        "kernel_protocol_version": PROTOCOL,
        "metadata": { "debugger": false, MARK: env!("CARGO_PKG_VERSION") },
    }))
}

/// The variables of `--env`.
fn environment(pairs: &[String]) -> Result<BTreeMap<&str, &str>> {
    let is_pair = |pair: &String| pair.split_once('=').is_some_and(|(name, _)| is_variable(name));
    if let Some(wrong) = pairs.iter().find(|one| !is_pair(one)) {
        return Err(usage(format!("`--env {wrong}` sets no variable\nhelp: write it as NAME=VALUE")));
    }
    Ok(pairs.iter().filter_map(|pair| pair.split_once('=')).collect())
}

fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn read(folder: &Path) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(folder.join("kernel.json")).ok()?).ok()
}

fn refuse_foreign(folder: &Path) -> Result<()> {
    if folder.exists() && read(folder).is_none_or(|spec| spec["metadata"][MARK].is_null()) {
        bail!(
            "the kernel in `{}` belongs to another program\n\
             help: choose another `--name`, or remove it with `jupyter kernelspec remove`",
            folder.display()
        );
    }
    Ok(())
}

/// A temporary folder is private; a kernelspec must be readable by every user of the prefix.
#[cfg(unix)]
fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> std::io::Result<()> {
    Ok(())
}
