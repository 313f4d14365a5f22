//! Where Jupyter keeps its kernels: the user's folder, an environment's, any prefix.
//!
//! It writes nothing.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use jupyter_zmq_client::dirs;

use crate::cli::args::KernelPlace;
use crate::cli::exit::usage;

/// The folder of kernels that the arguments name; the user's when they name none.
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

/// Every folder of kernels that Jupyter looks into, as far as it is known without asking Python; first come, first taken.
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

/// A name that Jupyter takes as a kernel's.
pub fn checked(name: &str) -> Result<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_plain) {
        return Err(usage(format!("`{name}` cannot be a kernel's name\nhelp: letters, digits, `-`, `_` and `.`")));
    }
    Ok(name)
}

fn of_user() -> Result<PathBuf> {
    match std::env::var_os("JUPYTER_DATA_DIR") {
        Some(folder) if Path::new(&folder).is_absolute() => Ok(folder.into()),
        _ => Ok(dirs::user_data_dir()?),
    }
}

/// The Python environment that is active.
fn environment() -> Result<PathBuf> {
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        if let Some(prefix) = std::env::var_os(variable).map(PathBuf::from).filter(|prefix| prefix.is_dir()) {
            return Ok(prefix);
        }
    }
    bail!("no Python environment is active\nhelp: activate one, or name its folder with `--prefix`")
}
