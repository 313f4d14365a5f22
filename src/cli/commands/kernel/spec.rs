//! The kernelspec, which tells Jupyter how to start the kernel, its name and its logo.
//!
//! Only a folder that this program wrote is replaced or removed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use super::dirs;
use crate::cli::args::{KernelInstallArgs, KernelUninstallArgs};
use crate::cli::engine::Engine;
use crate::cli::exit::usage;

/// Marks our kernelspecs, whatever their names.
const MARK: &str = "forward_pass";

const LOGOS: &[(&str, &[u8])] = &[
    ("logo-32x32.png", include_bytes!("logo/logo-32x32.png")),
    ("logo-64x64.png", include_bytes!("logo/logo-64x64.png")),
    ("logo-svg.svg", include_bytes!("logo/logo-svg.svg")),
];

/// Writes the kernelspec, whole or not at all; returns its folder.
pub fn install(engine: Engine, args: &KernelInstallArgs) -> Result<PathBuf> {
    let kernels = dirs::chosen(&args.place)?;
    let folder = kernels.join(dirs::checked(&args.name)?);
    refuse_foreign(&folder)?;
    if args.display_name.trim().is_empty() {
        return Err(usage("`--display-name` is empty\nhelp: leave it out, or give the name that Jupyter shows"));
    }
    let spec = serde_json::to_string_pretty(&spec(engine, args)?)? + "\n";
    write(&kernels, &folder, &spec).map_err(|error| {
        anyhow!("cannot write `{}`: {error}\nhelp: choose a writable folder with `--prefix`", folder.display())
    })?;
    Ok(folder)
}

fn write(kernels: &Path, folder: &Path, spec: &str) -> std::io::Result<()> {
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

/// Removes the kernelspec; returns where it was.
pub fn uninstall(args: &KernelUninstallArgs) -> Result<PathBuf> {
    let folder = dirs::chosen(&args.place)?.join(dirs::checked(&args.name)?);
    if !folder.exists() {
        bail!(
            "no kernel is installed in `{}`\nhelp: `forward-pass kernel list` lists the installed kernels",
            folder.display()
        );
    }
    refuse_foreign(&folder)?;
    std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove `{}`", folder.display()))?;
    Ok(folder)
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
        "interrupt_mode": "message",
        "metadata": { "debugger": false, MARK: env!("CARGO_PKG_VERSION") },
    }))
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
