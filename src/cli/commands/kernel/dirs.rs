//! Where Jupyter keeps kernelspecs: the user's folder, an environment's, any prefix.
//!
//! It writes nothing.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use jupyter_zmq_client::dirs;

use crate::cli::args::KernelPlace;
use crate::cli::exit::usage;

/// The folder of kernelspecs that the arguments name, by default the user's.
pub fn chosen(place: &KernelPlace) -> Result<PathBuf> {
    let base = if let Some(prefix) = &place.prefix {
        std::path::absolute(prefix)?.join("share/jupyter")
    } else if place.sys_prefix {
        environment()?.join("share/jupyter")
    } else {
        of_user()?
    };
    Ok(base.join("kernels"))
}

/// Every folder that Jupyter searches for kernelspecs, in order, as far as it can be known without asking Python.
pub fn all() -> Vec<PathBuf> {
    let mut bases: Vec<PathBuf> =
        std::env::var_os("JUPYTER_PATH").map(|paths| std::env::split_paths(&paths).collect()).unwrap_or_default();
    bases.extend(of_user());
    bases.extend(environment().map(|prefix| prefix.join("share/jupyter")));
    bases.extend(dirs::system_data_dirs());
    let mut seen = std::collections::HashSet::new();
    bases.retain(|base| seen.insert(base.clone()));
    bases.into_iter().map(|base| base.join("kernels")).collect()
}

/// Checks that Jupyter accepts the name.
pub fn checked(name: &str) -> Result<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_plain) {
        return Err(usage(format!("`{name}` is not a valid kernel name\nhelp: use letters, digits, `-`, `_` and `.`")));
    }
    Ok(name)
}

fn of_user() -> Result<PathBuf> {
    match std::env::var_os("JUPYTER_DATA_DIR") {
        Some(folder) if Path::new(&folder).is_absolute() => Ok(folder.into()),
        _ => Ok(dirs::user_data_dir()?),
    }
}

/// The active Python environment.
fn environment() -> Result<PathBuf> {
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        if let Some(prefix) = std::env::var_os(variable).map(PathBuf::from).filter(|prefix| prefix.is_dir()) {
            return Ok(prefix);
        }
    }
    bail!("no Python environment is active\nhelp: activate one, or name its folder with `--prefix`")
}
